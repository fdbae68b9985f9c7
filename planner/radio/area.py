"""Path loss from one place to all pixels around it, with every input checked first."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.errors import RadioError
from planner.grid import Grid, MetricGrid, MetricRaster, Raster
from planner.radio.link import P1812, RadioLink, require_between
from planner.radio.profile import MAX_CLUTTER_M, MAX_HEIGHT_M, MIN_HEIGHT_M
from planner.radio.propagation import AreaJob, Settings, Surface
from planner.radio.surface import metric_km, offset, pixel_km

__all__ = ["MAX_RADIUS_KM", "area_loss_db"]

MAX_RADIUS_KM = 100.0
MIN_RAYS, MAX_RAYS = 0.25, 8.0
_HEIGHTS = "heights on Earth in metres; a model in feet must be converted first"
_NORTH_UP = "a north-up grid; turn the rows of one that is upside down"


def area_loss_db(
    terrain: Raster | MetricRaster,
    link: RadioLink,
    *,
    tx_row: float,
    tx_col: float,
    radius_km: float,
    clutter: Raster | MetricRaster | None = None,
    rays_per_cell: float = 1.0,
) -> NDArray[np.float32]:
    """Basic transmission loss to every pixel within a radius, dB.

    Parameters
    ----------
    terrain
        Ground above sea level in metres (unit ``m``), −500 to 9000, north-up; in degrees (`Raster`) or in a conformal
        projection such as UTM (`MetricRaster`). No void may lie within the radius: `planner.radio.fill_voids`
        fills and counts them.
    link
        Frequency, antennas above ground, air and percentages; its latitude enters the incidence of ducting.
    tx_row, tx_col
        Pixel of the transmitter, centres at whole numbers; parts of a pixel are allowed.
    radius_km
        Reach, from one pixel to 100 km.
    clutter
        Clutter above ground in metres (unit ``m``), 0 to 500, on the terrain's grid or a larger aligned one;
        NaN counts as none. That of the two terminals' own samples is left out, as P.1812 §3.2 asks.
    rays_per_cell
        Rays of the sweep a pixel at the radius, 0.25 to 8: more rays, less error against exact profiles
        (see ``docs/benchmarks.md``).

    Returns
    -------
    array
        float32 of the terrain's shape; NaN outside the radius. All ground counts as inland (zone A2); what is
        sea must be said to `planner.radio.coverage.coverage`, whose land mask knows it.

    Raises
    ------
    RadioError
        A transmitter off the terrain or on a void, voids within the radius, heights or clutter that cannot be
        metres, a radius below a pixel, a grid that is upside down, rasters that do not fit each other.

    Notes
    -----
    Profiles are sampled every pixel (mean of both sides); clutter loss depends on that spacing. Pixels nearer
    than 0.25 km or five samples are computed by their own exact profiles. Distances on a grid in degrees use the
    metric of WGS 84 at the mean latitude of each path: right to 0.01 % within 35 km in Indonesia. Those on a projected
    grid are the map's over its ``scale``: in a UTM zone right to 0.04 % within 35 km with the scale at the place
    (`planner.geo.utm_scale`), to 0.13 % without.

    References
    ----------
    ITU-R P.1812-8 (2025).

    Examples
    --------
    >>> from planner.grid import Grid
    >>> grid = Grid(121.0, -8.0, 0.001, 41, 41)
    >>> link = RadioLink(900.0, 40.0, 1.5, delta_n=50.0, n0=380.0, latitude_deg=-8.0)
    >>> loss = area_loss_db(Raster(grid, np.zeros((41, 41)), "m"), link, tx_row=20, tx_col=20, radius_km=2.0)
    >>> round(float(loss[20, 30]), 1), bool(np.isnan(loss[0, 0]))
    (92.3, True)
    """
    from planner.radio.propagation import p1812

    grid = terrain.grid
    _require_north_up(grid)
    require_between("tx_row", tx_row, -0.5, grid.n_rows - 0.5, f"the terrain has {grid.n_rows} rows")
    require_between("tx_col", tx_col, -0.5, grid.n_cols - 0.5, f"the terrain has {grid.n_cols} columns")
    require_between("rays_per_cell", rays_per_cell, MIN_RAYS, MAX_RAYS, "the area engine")
    place = (round(float(tx_row) * 2**20) / 2**20, round(float(tx_col) * 2**20) / 2**20)
    side = _pixel_km(grid, place)
    require_between("radius_km", radius_km, max(side), MAX_RADIUS_KM, "one pixel to the engine's reach")
    radius_km, rays_per_cell = float(radius_km), float(rays_per_cell)
    box = _box(grid, place, radius_km, side)
    height = _metres("terrain", terrain, box, (MIN_HEIGHT_M, MAX_HEIGHT_M), _HEIGHTS)
    near = _within(grid, place, box, radius_km)
    _require_no_void(height, place, box, _within(grid, place, box, radius_km + 2.0 * max(side)))
    cover = np.zeros(height.shape, dtype=np.float32)
    if clutter is not None:
        top, left = offset(clutter.grid, grid, "clutter")
        tall = _metres("clutter", clutter, _moved(box, top, left), (0.0, MAX_CLUTTER_M), f"{P1812} §3.2")
        cover = np.nan_to_num(tall, copy=False, nan=0.0)
    surface = Surface(height, cover, bool(cover.any()))
    found = np.full(grid.shape, np.nan, dtype=np.float32)
    job = _job(
        surface, link, (place[0] - box[0].start, place[1] - box[1].start), near, (side, radius_km, rays_per_cell)
    )
    found[job.rows + box[0].start, job.cols + box[1].start] = p1812.losses_db(job)[0]
    return found


Box = tuple[slice, slice]
Near = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]


def _require_north_up(grid: Grid | MetricGrid) -> None:
    """Refuse a grid without area, upside down, or without neighbours to interpolate between."""
    if isinstance(grid, Grid):
        require_between("pixel_deg", grid.pixel_deg, 1e-7, 1.0, _NORTH_UP)
        south_deg = grid.north_deg - grid.n_rows * grid.pixel_deg
        require_between("west_deg", grid.west_deg, -360.0, 360.0, _NORTH_UP)
        require_between("north_deg", grid.north_deg, -90.0, 90.0, _NORTH_UP)
        require_between("south_deg", south_deg, -90.0 - 1e-9, 90.0, _NORTH_UP)
    else:
        require_between("pixel_m", grid.pixel_m, 0.01, 100_000.0, _NORTH_UP)
        require_between("scale", grid.scale, 0.98, 1.02, "a conformal map near its centre, such as UTM")
    if min(grid.shape) < 2:
        message = f"terrain of {grid.n_rows} x {grid.n_cols} pixels has no slope: give at least 2 x 2"
        raise RadioError(message, code="radio_grid", what="terrain")


def _latitude_deg(grid: Grid, place: tuple[float, float]) -> float:
    return float(grid.lon_lat(np.asarray(place[0]), np.asarray(place[1]))[1])


def _pixel_km(grid: Grid | MetricGrid, place: tuple[float, float]) -> tuple[float, float]:
    """North-south and east-west length of a pixel at a place, km."""
    if isinstance(grid, Grid):
        return pixel_km(_latitude_deg(grid, place), grid.pixel_deg)
    side = grid.pixel_m / grid.scale / 1000.0
    return side, side


def _box(grid: Grid | MetricGrid, place: tuple[float, float], radius_km: float, side: tuple[float, float]) -> Box:
    """The part of a grid that holds the radius around a place, and two pixels beside."""
    deep, wide = (math.ceil(1.02 * radius_km / km) + 3 for km in side)
    row, col = round(place[0]), round(place[1])
    return (
        slice(max(0, min(row - deep, grid.n_rows - 2)), min(grid.n_rows, row + deep + 1)),
        slice(max(0, min(col - wide, grid.n_cols - 2)), min(grid.n_cols, col + wide + 1)),
    )


def _moved(box: Box, top: int, left: int) -> Box:
    rows, cols = box
    return slice(rows.start + top, rows.stop + top), slice(cols.start + left, cols.stop + left)


def _within(grid: Grid | MetricGrid, place: tuple[float, float], box: Box, radius_km: float) -> Near:
    """Rows and columns in the box and both lengths of a pixel (km) of the pixels within a radius."""
    from planner.radio._coverage_kernel import pixels_within

    rows = np.arange(box[0].start, box[0].stop)
    if isinstance(grid, Grid):
        metric = metric_km(_latitude_deg(grid, place), place[0], rows, grid.pixel_deg)
    else:
        km = np.full(rows.size, grid.pixel_m / grid.scale / 1000.0)
        metric = km, km
    all_of_it = np.ones((rows.size, box[1].stop - box[1].start), dtype=np.bool_)
    here = place[0] - box[0].start, place[1] - box[1].start
    near_rows, near_cols = np.empty(all_of_it.size, np.int64), np.empty(all_of_it.size, np.int64)
    n = pixels_within(all_of_it, (0, 0), here, metric, radius_km, (near_rows, near_cols))
    near_rows, near_cols = near_rows[:n], near_cols[:n]
    return near_rows, near_cols, metric[0][near_rows], metric[1][near_rows]


def _job(
    surface: Surface,
    link: RadioLink,
    tower: tuple[float, float],
    near: Near,
    reach: tuple[tuple[float, float], float, float],
) -> AreaJob:
    """The job of one link; ``reach`` is both sides of a pixel and the radius in kilometres, and the rays a pixel."""
    side, radius_km, rays_per_cell = reach
    return AreaJob(
        surface=surface,
        tower=tower,
        latitude_deg=link.latitude_deg,
        pixel_km=side,
        rows=near[0],
        cols=near[1],
        km_per_row=near[2],
        km_per_col=near[3],
        heights_m=np.array([link.tx_height_m]),
        bands_mhz=np.array([link.frequency_mhz]),
        settings=Settings(
            rx_height_m=link.rx_height_m,
            delta_n=link.delta_n,
            n0=link.n0,
            time_percent=link.time_percent,
            location_percent=link.location_percent,
            polarisation=link.polarisation,
            spacing_km=0.5 * (side[0] + side[1]),
            resolution_m=500.0 * (side[0] + side[1]),
            radius_km=radius_km,
            rays_per_cell=rays_per_cell,
        ),
    )


def _metres(
    name: str, raster: Raster | MetricRaster, box: Box, limits: tuple[float, float], source: str
) -> NDArray[np.float32]:
    """Values of the box in metres, NaN where unknown."""
    if raster.unit != "m":
        message = f"{name} is in '{raster.unit}', not in metres ('m'): convert it first"
        raise RadioError(message, code="radio_unit", name=name, unit=raster.unit)
    if raster.values.dtype.kind not in "iuf":
        what = f"of type {raster.values.dtype}"
        message = f"{name} does not hold numbers: {what}"
        raise RadioError(message, code="radio_numbers", name=name, what=what)
    values: NDArray[np.float32] = np.array(raster.values[box], dtype=np.float32, order="C")
    values[~np.isfinite(values)] = np.nan
    if not np.isnan(values).all():
        require_between(name, float(np.nanmin(values)), *limits, source)
        require_between(name, float(np.nanmax(values)), *limits, source)
    return values


def _require_no_void(height: NDArray[Any], place: tuple[float, float], box: Box, near: Near) -> None:
    """Refuse voids within the radius (``near`` holds the pixels beside the last ones too), that of the site first."""
    is_void = np.isnan(height)
    if not is_void.any():
        return
    top, left = box[0].start, box[1].start
    row, col = (min(max(round(v), b.start), b.stop - 1) for v, b in zip(place, box, strict=True))
    if is_void[row - top, col - left]:
        message = f"the transmitter at row {place[0]:g}, column {place[1]:g} stands on a void of the terrain"
        raise RadioError(message, code="radio_site_void", row=place[0], col=place[1])
    faulty = np.flatnonzero(is_void[near[0], near[1]])
    if faulty.size:
        row, col = int(near[0][faulty[0]]) + top, int(near[1][faulty[0]]) + left
        message = (
            f"terrain has no height on {faulty.size} pixels within the radius (first at row {row}, column {col}): "
            "a void is never taken for sea level in silence; fill it first, for example by planner.radio.fill_voids"
        )
        raise RadioError(message, code="radio_area_void", n=faulty.size, row=row, col=col)
