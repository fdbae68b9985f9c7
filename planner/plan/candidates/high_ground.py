"""High ground near clusters: the hill top that sees most of the weight that lacks service."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.backhaul.near import within_km, xyz_km
from planner.plan.world import CandidateWorld, places

__all__ = ["generate"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_TOPS = 6  # hill tops looked at for each cluster, the highest first
_TARGETS = 48  # heaviest cells of a cluster that should be seen
_SAMPLES = 24  # ground points along each line of sight
_MAST_M = 30.0  # eye above the hill top when views are compared; coverage decides later
_EARTH_KM = 8495.0  # effective radius at k = 4/3 (ITU-R P.834)


def generate(world: CandidateWorld) -> pd.DataFrame:
    """At most one hill top a cluster; none without terrain.

    Notes
    -----
    Tops are local maxima of the ground over 3 × 3 pixels, on land, not too steep, within ``hill_km`` of the
    cluster's middle and at least ``min_rise_m`` above it. Of the highest few, the one that sees most weight
    wins: straight lines over sampled ground and the bulge of the earth; ties go to the higher, then the
    first in row order.
    """
    if world.terrain is None or not len(world.cluster_centres):
        return places("high_ground")
    tops = _tops(world)
    lon, lat = world.grid.lon_lat(*np.divmod(tops, world.grid.n_cols))
    at = world.need.iloc[world.cluster_centres]
    c_lon, c_lat = at["lon_deg"].to_numpy(float), at["lat_deg"].to_numpy(float)
    near = within_km((c_lon, c_lat), (lon, lat), max_km=world.spec.hill_km)
    ground = world.at(world.terrain, c_lon, c_lat)
    height = world.at(world.terrain, lon, lat)
    cells = world.need_near(c_lon, c_lat)
    need = tuple(world.need[name].to_numpy(float) for name in ("lon_deg", "lat_deg", "weight"))
    best = []
    for i, tops_near in enumerate(near):  # a few tops and cells a cluster; all clusters at once would not fit in memory
        rising = np.array(
            [top for top in tops_near if height[top] - ground[i] >= world.spec.min_rise_m], dtype=np.int64
        )
        highest = rising[np.lexsort((rising, -height[rising]))][:_TOPS]
        weight = need[2][cells[i]]
        heaviest = np.array(cells[i], dtype=np.int64)[np.argsort(-weight, kind="stable")][:_TARGETS]
        if len(highest) and len(heaviest):
            best.append(_best(world, (lon, lat, height), highest, tuple(part[heaviest] for part in need)))
    chosen = np.unique(np.array(best, dtype=np.int64))
    return places("high_ground", lon_deg=lon[chosen], lat_deg=lat[chosen])


def _tops(world: CandidateWorld) -> Ints:
    """Pixels (row-major numbers) that are local maxima on buildable land, ascending."""
    from scipy.ndimage import maximum_filter

    if world.terrain is None:
        return np.empty(0, dtype=np.int64)
    ground = np.where(np.isnan(world.terrain.values), np.float32(-1e9), world.terrain.values)
    row, col = np.nonzero((ground >= maximum_filter(ground, size=3, mode="nearest")) & world.land & (ground > -1e8))
    keep = np.nan_to_num(world.slope_deg(row, col), nan=0.0) <= world.max_slope_deg
    return (row[keep] * world.grid.n_cols + col[keep]).astype(np.int64)


def _best(world: CandidateWorld, tops: tuple[Floats, Floats, Floats], near: Ints, target: tuple[Floats, ...]) -> int:
    """The top that sees most of the weight; ties to the higher, then the first."""
    lon, lat, height = tops
    seen = _seen(world, (lon[near], lat[near]), (target[0], target[1])) @ target[2]
    return int(near[np.lexsort((near, -height[near], -seen))[0]])


def _seen(world: CandidateWorld, eye: tuple[Floats, Floats], target: tuple[Floats, Floats]) -> NDArray[np.bool_]:
    """Which targets each eye sees, shape ``(n_eyes, n_targets)``."""
    share = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    lon = eye[0][:, None, None] + (target[0][None, :, None] - eye[0][:, None, None]) * share
    lat = eye[1][:, None, None] + (target[1][None, :, None] - eye[1][:, None, None]) * share
    ground = np.nan_to_num(world.at(world.terrain, lon.reshape(-1), lat.reshape(-1)).reshape(lon.shape))
    top = np.nan_to_num(world.at(world.terrain, *eye)) + _MAST_M
    foot = np.nan_to_num(world.at(world.terrain, *target)) + 1.5
    chord = np.linalg.norm(xyz_km(*eye)[:, None, :] - xyz_km(*target)[None, :, :], axis=2)
    bulge_m = 1000.0 * share * (1.0 - share) * chord[:, :, None] ** 2 / (2.0 * _EARTH_KM)
    line = top[:, None, None] + (foot[None, :, None] - top[:, None, None]) * share
    return np.asarray((ground + bulge_m <= line).all(axis=2))
