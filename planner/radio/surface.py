"""The ground under a prediction: terrain, clutter and sea on one frame, voids refused or filled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from planner.errors import RadioError
from planner.geo import metres_per_degree
from planner.grid import Grid, MetricGrid, MetricRaster, Raster
from planner.radio.link import require_between
from planner.radio.propagation import Surface
from planner.specs.radio import ClutterSpec, RadioSpec

__all__ = ["Ground", "clutter_heights", "fill_voids", "halo_pixels", "make_ground", "metric_km", "offset", "pixel_km"]

_MOST_COUNTED = 2**16

_SNAP = 1 << 20
"""Places are snapped to 2⁻²⁰ of a pixel, so that a tile and the whole give the same paths bit for bit."""


@dataclass(frozen=True)
class Ground:
    """Terrain prepared for path loss on a grid.

    Parameters
    ----------
    frame
        Grid of the surface: that of the terrain, or of the prediction where there is none.
    row, col
        Where the prediction's grid starts on the frame.
    surface
        Arrays, or None without terrain.
    is_land
        Land on the frame.
    is_void
        Land without height, on the frame.
    n_filled
        Land pixels whose height was filled by the spec's policy.
    """

    frame: Grid
    row: int
    col: int
    surface: Surface | None
    is_land: NDArray[np.bool_]
    is_void: NDArray[np.bool_]
    n_filled: int

    def place(self, lon_deg: float, lat_deg: float) -> tuple[float, float]:
        """Row and column of a point on the frame, pixel centres at whole numbers."""
        row = (self.frame.north_deg - lat_deg) / self.frame.pixel_deg - 0.5
        col = (lon_deg - self.frame.west_deg) / self.frame.pixel_deg - 0.5
        return round(row * _SNAP) / _SNAP, round(col * _SNAP) / _SNAP

    def is_on(self, row: float, col: float) -> bool:
        """Whether a place stands on the frame (anywhere, where there is no terrain to stand on)."""
        n_rows, n_cols = self.frame.shape
        return self.surface is None or (-0.5 <= row <= n_rows - 0.5 and -0.5 <= col <= n_cols - 0.5)

    def window(self, row: float, col: float, latitude_deg: float, radius_km: float) -> tuple[int, int, int, int]:
        """First and last row and column that a radius around a place may touch, not clipped to the frame."""
        per_row, per_col = metric_km(latitude_deg, row, np.array([round(row)]), self.frame.pixel_deg)
        deep = int(np.ceil(radius_km / float(per_row[0]) * 1.02)) + 1
        wide = int(np.ceil(radius_km / float(per_col[0]) * 1.02)) + 1
        return round(row) - deep, round(row) + deep, round(col) - wide, round(col) + wide

    def require_known(self, places: Iterable[tuple[float, float, float]], policy: str) -> None:
        """Refuse land without height within reach of ``places`` (longitude, latitude, radius in kilometres).

        Raises
        ------
        RadioError
            Says how many pixels, where the first is, and which policies would fill them.
        """
        if self.surface is None or not self.is_void.any():
            return
        inside = np.zeros(self.frame.shape, dtype=np.bool_)
        for lon_deg, lat_deg, radius_km in places:
            row, col = self.place(lon_deg, lat_deg)
            top, bottom, left, right = self.window(row, col, lat_deg, radius_km)
            inside[max(0, top) : max(0, bottom + 1), max(0, left) : max(0, right + 1)] = True
        faulty = self.is_void & inside
        count = int(faulty.sum())
        if count:
            first_row, first_col = (int(v[0]) for v in np.nonzero(faulty))
            lon, lat = (float(v) for v in self.frame.lon_lat(np.asarray(first_row), np.asarray(first_col)))
            message = (
                f"terrain has no height on {count} land pixels within reach of sites (first at {lon:.4f}, {lat:.4f}; "
                f"void_policy = '{policy}'): a void is never taken for sea level in silence; fill the model, or set "
                "radio.void_policy to 'nearest' or 'sea'"
            )
            raise RadioError(message, code="radio_terrain_void", n=count, lon_deg=lon, lat_deg=lat, policy=policy)


def offset(frame: Grid | MetricGrid, grid: Grid | MetricGrid, what: str) -> tuple[int, int]:
    """Row and column at which ``grid`` starts on ``frame``.

    Raises
    ------
    RadioError
        The two do not share pixels, or the grid is not inside.
    """
    west, north, pixel = _corner(frame)
    own_west, own_north, own_pixel = _corner(grid)
    row, col = (north - own_north) / pixel, (own_west - west) / pixel
    is_aligned = (
        isinstance(frame, Grid) == isinstance(grid, Grid)
        and abs(pixel - own_pixel) < 1e-9 * own_pixel
        and abs(row - round(row)) < 1e-3
        and abs(col - round(col)) < 1e-3
    )
    top, left = round(row), round(col)
    inside = top >= 0 and left >= 0 and top + grid.n_rows <= frame.n_rows and left + grid.n_cols <= frame.n_cols
    if not (is_aligned and inside):
        message = f"{what} on {frame} does not hold the grid {grid} pixel by pixel: bring it onto the run's grid first"
        raise RadioError(message, code="radio_grid", what=what)
    return top, left


def _corner(grid: Grid | MetricGrid) -> tuple[float, float, float]:
    """West and north of a grid and its pixel, in its own unit."""
    if isinstance(grid, Grid):
        return grid.west_deg, grid.north_deg, grid.pixel_deg
    return grid.west_m, grid.north_m, grid.pixel_m


def metric_km(
    latitude_deg: float, row: float, rows: NDArray[np.int64], pixel_deg: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Kilometres of a pixel north-south and east-west on the way from ``row`` to each of ``rows``.

    The metric of WGS 84 at the mean latitude of the path; 35 km paths in Indonesia are right to 0.01 %.
    """
    mean_lat = latitude_deg + 0.5 * (row - rows) * pixel_deg
    lon_m, lat_m = metres_per_degree(mean_lat)
    return lat_m * (pixel_deg / 1000.0), lon_m * (pixel_deg / 1000.0)


def pixel_km(latitude_deg: float, pixel_deg: float) -> tuple[float, float]:
    """North-south and east-west length of a pixel at a latitude, km."""
    lon_m, lat_m = metres_per_degree(np.array([latitude_deg]))
    return float(lat_m[0]) * pixel_deg / 1000.0, float(lon_m[0]) * pixel_deg / 1000.0


def halo_pixels(spec: RadioSpec, pixel_deg: float) -> int:
    """Pixels of terrain a tile needs around it, so that its result equals that of the whole.

    Enough up to 15° of latitude, where a degree of longitude has shrunk to 107.5 km.
    """
    reach_km = spec.reach_km + (spec.void_fill_km if spec.void_policy == "nearest" else 0.0)
    return int(np.ceil(1.001 * reach_km / (pixel_deg * 107.5))) + 2


def clutter_heights(clutter: Raster, spec: ClutterSpec) -> Raster:
    """Heights of the ground cover from a raster of classes, m.

    Codes without an entry (0, no data) have no clutter; a code above 0 that the spec does not know is refused.

    Raises
    ------
    RadioError
        Unknown codes, all at once.
    """
    codes = np.nan_to_num(np.asarray(clutter.values, dtype=np.float64), nan=0.0).astype(np.int64)
    table = spec.height_of()
    is_small = codes.min(initial=0) >= 0 and codes.max(initial=0) < _MOST_COUNTED  # counting takes a tenth of sorting
    found = np.flatnonzero(np.bincount(codes.ravel())) if is_small else np.unique(codes)
    strange = sorted(set(found.tolist()) - set(table) - {0})
    if strange:
        message = f"clutter has codes {strange[:10]} that models/radio/clutter.toml lacks (known: {sorted(table)})"
        raise RadioError(message, code="radio_clutter", codes=str(strange[:10]))
    heights = np.zeros(max(table, default=0) + 1, dtype=np.float32)
    heights[list(table)] = list(table.values())
    return Raster(clutter.grid, heights[codes], "m")


def make_ground(
    grid: Grid, *, terrain: Raster | None, clutter_m: Raster | None, land: NDArray[np.bool_] | None, spec: RadioSpec
) -> Ground:
    """Bring terrain, clutter and land onto one frame.

    Parameters
    ----------
    grid
        Grid of the prediction; may be a window of the terrain's.
    terrain
        Heights in metres, NaN where unknown; covers the grid and a halo of the radius.
    clutter_m
        Clutter heights in metres on the terrain's grid or larger; NaN counts as none.
    land
        Land on the terrain's grid (or on ``grid`` where they are the same); pixels that are not land are
        sea, at 0 m. None: every pixel is land.
    spec
        Policy for voids.

    Raises
    ------
    RadioError
        Arrays that do not fit each other.
    """
    frame = grid if terrain is None else terrain.grid
    row, col = offset(frame, grid, "terrain")
    is_land = np.ones(frame.shape, dtype=np.bool_) if land is None else np.asarray(land, dtype=np.bool_)
    if is_land.shape != frame.shape:
        message = (
            f"land has shape {is_land.shape} but the terrain's grid is {frame.shape}: give land for the whole terrain, "
            "halo included (paths to the tile may cross sea outside it)"
        )
        raise RadioError(message, code="radio_land_shape", shape=str(is_land.shape))
    if terrain is None:
        return Ground(frame, row, col, None, is_land, np.zeros(frame.shape, dtype=np.bool_), 0)
    if min(frame.shape) < 2:
        message = f"terrain of {frame.n_rows} x {frame.n_cols} pixels has no slope: give at least 2 x 2"
        raise RadioError(message, code="radio_grid", what="terrain")
    height = np.array(terrain.values, dtype=np.float32)
    height[~is_land] = 0.0
    is_void = ~np.isfinite(height)
    n_void = int(is_void.sum())
    if n_void and spec.void_policy != "refuse":
        side_km = pixel_km(frame.north_deg - 0.5 * frame.n_rows * frame.pixel_deg, frame.pixel_deg)[0]
        height = _filled(height, np.isfinite(height) & is_land, spec.void_policy, spec.void_fill_km / side_km)
        is_void = ~np.isfinite(height)
    cover = np.where(is_land, np.float32(0.0), np.float32(-1.0))
    if clutter_m is not None:
        top, left = offset(clutter_m.grid, frame, "clutter")
        window = clutter_m.values[top : top + frame.n_rows, left : left + frame.n_cols]
        cover = np.where(is_land, np.nan_to_num(window, nan=0.0), cover).astype(np.float32)
    surface = Surface(np.ascontiguousarray(height), np.ascontiguousarray(cover), bool((cover != 0.0).any()))
    return Ground(frame, row, col, surface, is_land, is_void, n_void - int(is_void.sum()))


def fill_voids(
    terrain: Raster | MetricRaster, policy: Literal["nearest", "sea"], *, reach_km: float = 1.0
) -> tuple[Raster | MetricRaster, int]:
    """Terrain with its voids filled, and how many pixels were.

    Parameters
    ----------
    terrain
        Heights; not finite where unknown.
    policy
        ``nearest`` takes the nearest known pixel within ``reach_km``, ``sea`` takes 0 m.
    reach_km
        Farthest that a height may come from, above 0 to 100; voids farther inside stay.

    Raises
    ------
    RadioError
        Another policy, or a reach outside its range.

    Examples
    --------
    >>> terrain = Raster(Grid(121.0, -8.0, 0.001, 2, 2), np.array([[7.0, np.nan], [8.0, 9.0]]), "m")
    >>> filled, count = fill_voids(terrain, "sea")
    >>> filled.values.tolist(), count
    ([[7.0, 0.0], [8.0, 9.0]], 1)
    """
    if policy not in {"nearest", "sea"}:
        message = f"policy = '{policy}' is neither 'nearest' nor 'sea' (planner.radio.fill_voids)"
        raise RadioError(message, code="radio_policy", value=policy)
    require_between("reach_km", reach_km, 1e-3, 100.0, "planner.radio.fill_voids")
    values = np.asarray(terrain.values, dtype=np.float64)
    known = np.isfinite(values)
    grid = terrain.grid
    if isinstance(grid, Grid):
        side_km = pixel_km(grid.north_deg - 0.5 * grid.n_rows * grid.pixel_deg, grid.pixel_deg)[0]
    else:
        side_km = grid.pixel_m / grid.scale / 1000.0
    filled = _filled(values, known, policy, reach_km / side_km)
    return replace(terrain, values=filled), int(np.isfinite(filled).sum() - known.sum())


def _filled(height: NDArray[Any], known: NDArray[np.bool_], policy: str, reach_pixels: float) -> NDArray[Any]:
    """Heights with voids filled by policy: 0 m, or the nearest ``known`` pixel within reach."""
    if policy == "sea":
        return np.where(np.isfinite(height), height, height.dtype.type(0.0))
    from scipy.ndimage import distance_transform_edt

    if not known.any():
        return height
    distance, (rows, cols) = distance_transform_edt(~known, return_indices=True)
    use = ~np.isfinite(height) & (distance <= reach_pixels)
    return np.where(use, height[rows, cols], height)
