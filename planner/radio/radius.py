"""How far each station is followed: from its mast's height over the ground around it.

References
----------
ITU-R P.1546-6 (2019), annex 5 §3.2: effective height h1 over the mean ground from 3 to 15 km.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.grid import Raster
from planner.radio.link_budget import station_budgets
from planner.radio.propagation import AreaJob, Settings, Surface
from planner.radio.ranges import Floats
from planner.radio.surface import pixel_km
from planner.specs.radio import MOST_REACH_KM, RadioSpec

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LEAST_REACH_KM", "effective_height_m", "planned_radius_km", "station_radius_km"]

LEAST_REACH_KM, LEGACY_REACH_KM = 5.0, 15.0
_NEAR_KM, _FAR_KM = 3.0, 15.0
_HEIGHT_STEP, _STEP_KM = 1.1, 0.25


def effective_height_m(
    lon_deg: Floats, lat_deg: Floats, mast_m: Floats, *, terrain: Raster, land: NDArray[np.bool_] | None = None
) -> Floats:
    """Height of antennas over the mean ground between 3 and 15 km around them, at least their mast's, metres.

    Parameters
    ----------
    lon_deg, lat_deg, mast_m
        Places, and antennas above their ground.
    terrain, land
        Heights in metres (a void counts as 0), and what is not sea; sea counts as 0 m, ground beyond the raster not.

    Notes
    -----
    The ring is taken as the difference of two squares of equal area, all bearings together: P.1546 takes them one
    by one, which a radius for all bearings does not need.
    """
    height = np.asarray(terrain.values, dtype=np.float64)
    height = np.where(np.isfinite(height) if land is None else np.isfinite(height) & land, height, 0.0)
    total = np.zeros((height.shape[0] + 1, height.shape[1] + 1))
    np.cumsum(height, axis=0, out=total[1:, 1:])
    np.cumsum(total[1:, 1:], axis=1, out=total[1:, 1:])
    grid = terrain.grid
    row, col = (np.asarray(v, dtype=np.int64) for v in grid.row_col(lon_deg, lat_deg))
    km_row, km_col = pixel_km(float(np.mean(lat_deg)) if lat_deg.size else 0.0, grid.pixel_deg)

    def square(radius_km: float) -> tuple[Floats, Floats]:
        side = radius_km * np.sqrt(np.pi) / 2.0
        deep, wide = round(side / km_row), round(side / km_col)
        top, bottom = np.clip(row - deep, 0, grid.n_rows), np.clip(row + deep + 1, 0, grid.n_rows)
        left, right = np.clip(col - wide, 0, grid.n_cols), np.clip(col + wide + 1, 0, grid.n_cols)
        held = total[bottom, right] - total[top, right] - total[bottom, left] + total[top, left]
        return held, ((bottom - top) * (right - left)).astype(np.float64)

    (far, n_far), (near, n_near) = square(_FAR_KM), square(_NEAR_KM)
    mean = (far - near) / np.maximum(n_far - n_near, 1.0)
    at = height[np.clip(row, 0, grid.n_rows - 1), np.clip(col, 0, grid.n_cols - 1)]
    found: Floats = np.maximum(mast_m, at + mast_m - mean)
    return found


def station_radius_km(
    stations: pd.DataFrame, *, spec: RadioSpec, terrain: Raster | None, land: NDArray[np.bool_] | None, pixel_m: float
) -> Floats:
    """Reach of each station, kilometres: ``spec.radius_km``, or where that is 0 what its height makes of it.

    Parameters
    ----------
    stations
        ``lon_deg, lat_deg, height_m`` and what `station_budgets` reads.
    spec
        Radio model.
    terrain, land
        Of the whole run, not of a tile. None: the antenna's own height counts.
    pixel_m
        Side of a pixel.

    Returns
    -------
    array
        Where a smooth bare Earth would let the level fall to what counts as signal for an antenna of the effective
        height; between 5 and 35 km. Clutter and hills shorten it; a mountain face beyond it may still be lit: the
        share of pixels at the rim where signal still counts is reported with every run (`coverage.Edges`).
        2G and 3G, which decide nobody's 4G, are followed 15 km at most. All stations of one place share the largest.
    """
    if spec.radius_km > 0.0 or not len(stations):
        return np.full(len(stations), spec.reach_km)
    lon, lat, mast = (stations[name].to_numpy(dtype=np.float64) for name in ("lon_deg", "lat_deg", "height_m"))
    mast = np.nan_to_num(mast, nan=1.0)
    height = mast if terrain is None else effective_height_m(lon, lat, mast, terrain=terrain, land=land)
    height = _HEIGHT_STEP ** np.ceil(np.log(np.clip(height, 1.0, 2500.0)) / np.log(_HEIGHT_STEP))
    band = np.nan_to_num(stations["band_mhz"].to_numpy(dtype=np.float64), nan=900.0)
    budgets = station_budgets(stations, spec, pixel_m)
    allowed = np.nan_to_num(budgets.zero_loss_dbm - budgets.limit_dbm, nan=0.0)
    pairs, which = np.unique(np.column_stack([height, band]), axis=0, return_inverse=True)
    distance, loss = _smooth_loss(pairs, spec, float(np.mean(lat)))
    reaches = loss[which.ravel()] <= allowed[:, np.newaxis]
    found: Floats = np.where(reaches.any(axis=1), distance[reaches.shape[1] - 1 - reaches[:, ::-1].argmax(axis=1)], 0.0)
    is_wide = stations["technology"].isin(("4G", "5G")).to_numpy(dtype=bool)
    return np.clip(found, LEAST_REACH_KM, np.where(is_wide, MOST_REACH_KM, LEGACY_REACH_KM))


def planned_radius_km(
    sent: pd.DataFrame, *, spec: RadioSpec, terrain: Raster | None, land: NDArray[np.bool_] | None, pixel_m: float
) -> Floats:
    """Reach of proposed stations: their own ``radius_km``, or where that is 0 that of an existing station in their place.

    Parameters
    ----------
    sent
        ``radius_km`` and what `station_radius_km` reads.
    spec, terrain, land, pixel_m
        As there.
    """
    own = sent["radius_km"].to_numpy(dtype=np.float64)
    by_mast = station_radius_km(sent, spec=spec, terrain=terrain, land=land, pixel_m=pixel_m)
    return np.asarray(np.where(own > 0.0, own, by_mast), dtype=np.float64)


def _smooth_loss(pairs: Floats, spec: RadioSpec, latitude_deg: float) -> tuple[Floats, Floats]:
    """Distances, and the loss over a smooth bare Earth at each of them for pairs of height and band."""
    from planner.radio.propagation import p1812

    n = round(MOST_REACH_KM / _STEP_KM) + 1
    flat = np.zeros((2, n + 2), dtype=np.float32)
    cols = np.arange(1, n + 1)
    settings = Settings(
        spec.rx_height_m, spec.delta_n, spec.n0, spec.time_percent, spec.location_percent, spec.polarisation, _STEP_KM,
        1000.0 * _STEP_KM, radius_km=MOST_REACH_KM,
    )  # fmt: skip
    step = np.full(n, _STEP_KM)
    job = AreaJob(
        Surface(flat, flat, has_cover=False), (0.0, 0.0), latitude_deg, (_STEP_KM, _STEP_KM),
        np.zeros(n, dtype=np.int64), cols, step, step, pairs[:, 0].copy(), pairs[:, 1].copy(), settings,
    )  # fmt: skip
    return np.asarray(cols * _STEP_KM, dtype=np.float64), p1812.exact_losses_db(job).astype(np.float64)
