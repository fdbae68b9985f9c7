"""Path loss from one place to all pixels around it, with every input checked first."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.errors import RadioError
from planner.grid import Raster
from planner.radio.link import P1812, RadioLink, require_between
from planner.radio.profile import MAX_CLUTTER_M, MAX_HEIGHT_M, MIN_HEIGHT_M
from planner.radio.propagation import AreaJob, Settings, Surface
from planner.radio.surface import metric_km, offset, pixel_km

__all__ = ["MAX_RADIUS_KM", "area_loss_db"]

MAX_RADIUS_KM = 100.0
MIN_RAYS, MAX_RAYS = 0.25, 8.0
_HEIGHTS = "heights on Earth in metres; a model in feet must be converted first"


def area_loss_db(
    terrain: Raster,
    link: RadioLink,
    *,
    tx_row: float,
    tx_col: float,
    radius_km: float,
    clutter: Raster | None = None,
    rays_per_cell: float = 1.0,
) -> NDArray[np.float32]:
    """Basic transmission loss to every pixel within a radius, dB.

    Parameters
    ----------
    terrain
        Ground above sea level in metres (unit ``m``), −500 to 9000, north-up in degrees. No void may lie
        within the radius.
    link
        Frequency, antennas above ground, air and percentages; its latitude enters the incidence of ducting.
    tx_row, tx_col
        Pixel of the transmitter, centres at whole numbers; parts of a pixel are allowed.
    radius_km
        Reach, from half a pixel to 100 km.
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
        metres, a radius below half a pixel, rasters that do not fit each other.

    Notes
    -----
    Profiles are sampled every pixel (mean of both sides); clutter loss depends on that spacing. Pixels nearer
    than 0.25 km or five samples are computed by their own exact profiles. Distances use the metric of WGS 84 at
    the mean latitude of each path: right to 0.01 % within 35 km in Indonesia.

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
    height = _metres("terrain", terrain, MIN_HEIGHT_M, MAX_HEIGHT_M, _HEIGHTS)
    require_between("tx_row", tx_row, -0.5, grid.n_rows - 0.5, f"the terrain has {grid.n_rows} rows")
    require_between("tx_col", tx_col, -0.5, grid.n_cols - 0.5, f"the terrain has {grid.n_cols} columns")
    require_between("rays_per_cell", rays_per_cell, MIN_RAYS, MAX_RAYS, "the area engine")
    place = (round(tx_row * 2**20) / 2**20, round(tx_col * 2**20) / 2**20)
    latitude_deg = float(grid.lon_lat(np.asarray(place[0]), np.asarray(place[1]))[1])
    side = pixel_km(latitude_deg, grid.pixel_deg)
    require_between("radius_km", radius_km, 0.5 * max(side), MAX_RADIUS_KM, "half a pixel to the engine's reach")
    cover = np.zeros(grid.shape, dtype=np.float32)
    if clutter is not None:
        top, left = offset(clutter.grid, grid, "clutter")
        tall = _metres("clutter", clutter, 0.0, MAX_CLUTTER_M, f"{P1812} §3.2")
        cover = np.nan_to_num(tall[top : top + grid.n_rows, left : left + grid.n_cols], nan=0.0).astype(np.float32)
    surface = Surface(height, np.ascontiguousarray(cover), bool(cover.any()))
    job = _job(surface, terrain, link, place, (radius_km, rays_per_cell))
    _require_no_void(terrain, place, radius_km + 2.0 * max(side))
    found = np.full(grid.shape, np.nan, dtype=np.float32)
    found[job.rows, job.cols] = p1812.losses_db(job)[0]
    return found


def _within(
    terrain: Raster, place: tuple[float, float], radius_km: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Rows, columns and both lengths of a pixel (km) of the pixels within a radius."""
    from planner.radio._coverage_kernel import pixels_within

    window, (top, left) = _window(terrain, place, radius_km)
    latitude_deg = float(terrain.grid.lon_lat(np.asarray(place[0]), np.asarray(place[1]))[1])
    metric = metric_km(latitude_deg, place[0], np.arange(top, top + window.shape[0]), terrain.grid.pixel_deg)
    rows, cols = np.empty(window.size, np.int64), np.empty(window.size, np.int64)
    everywhere = np.ones(window.shape, dtype=np.bool_)
    n = pixels_within(everywhere, (top, left), place, metric, radius_km, (rows, cols))
    return rows[:n], cols[:n], metric[0][rows[:n] - top], metric[1][rows[:n] - top]


def _window(terrain: Raster, place: tuple[float, float], radius_km: float) -> tuple[NDArray[Any], tuple[int, int]]:
    """The part of the terrain that holds the radius around a place, and where it starts."""
    grid = terrain.grid
    latitude_deg = float(grid.lon_lat(np.asarray(place[0]), np.asarray(place[1]))[1])
    deep, wide = (math.ceil(1.02 * radius_km / side) + 1 for side in pixel_km(latitude_deg, grid.pixel_deg))
    top, left = max(0, round(place[0]) - deep), max(0, round(place[1]) - wide)
    return terrain.values[top : round(place[0]) + deep + 1, left : round(place[1]) + wide + 1], (top, left)


def _job(
    surface: Surface, terrain: Raster, link: RadioLink, place: tuple[float, float], reach: tuple[float, float]
) -> AreaJob:
    """The job of one link; ``reach`` is the radius in kilometres and the rays a pixel."""
    rows, cols, per_row, per_col = _within(terrain, place, reach[0])
    latitude_deg = float(terrain.grid.lon_lat(np.asarray(place[0]), np.asarray(place[1]))[1])
    north_km, east_km = pixel_km(latitude_deg, terrain.grid.pixel_deg)
    return AreaJob(
        surface=surface,
        tower=place,
        latitude_deg=link.latitude_deg,
        pixel_km=(north_km, east_km),
        rows=rows,
        cols=cols,
        km_per_row=per_row,
        km_per_col=per_col,
        heights_m=np.array([link.tx_height_m]),
        bands_mhz=np.array([link.frequency_mhz]),
        settings=Settings(
            rx_height_m=link.rx_height_m,
            delta_n=link.delta_n,
            n0=link.n0,
            time_percent=link.time_percent,
            location_percent=link.location_percent,
            polarisation=link.polarisation,
            spacing_km=0.5 * (north_km + east_km),
            resolution_m=500.0 * (north_km + east_km),
            radius_km=reach[0],
            rays_per_cell=reach[1],
        ),
    )


def _metres(name: str, raster: Raster, low: float, high: float, source: str) -> NDArray[np.float32]:
    """Values in metres, NaN where unknown."""
    if raster.unit != "m":
        message = f"{name} is in '{raster.unit}', not in metres ('m'): convert it first"
        raise RadioError(message, code="radio_unit", name=name, unit=raster.unit)
    values = np.ascontiguousarray(raster.values, dtype=np.float32)
    known = values[np.isfinite(values)]
    if known.size:
        require_between(name, float(known.min()), low, high, source)
        require_between(name, float(known.max()), low, high, source)
    return values


def _require_no_void(terrain: Raster, place: tuple[float, float], radius_km: float) -> None:
    """Refuse voids within the radius (which holds the pixels beside the last ones too), that of the site first."""
    row, col = (min(max(round(v), 0), n - 1) for v, n in zip(place, terrain.grid.shape, strict=True))
    if not np.isfinite(terrain.values[row, col]):
        message = f"the transmitter at row {place[0]:g}, column {place[1]:g} stands on a void of the terrain"
        raise RadioError(message, code="radio_site_void", row=place[0], col=place[1])
    if np.isfinite(_window(terrain, place, radius_km)[0]).all():
        return
    rows, cols, *_ = _within(terrain, place, radius_km)
    faulty = np.flatnonzero(~np.isfinite(terrain.values[rows, cols]))
    if faulty.size:
        row, col = int(rows[faulty[0]]), int(cols[faulty[0]])
        message = (
            f"terrain has no height on {faulty.size} pixels within the radius (first at row {row}, column {col}): "
            "a void is never taken for sea level; fill it first"
        )
        raise RadioError(message, code="radio_area_void", n=faulty.size, row=row, col=col)
