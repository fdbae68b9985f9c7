"""How much of a straight route lies on land and how much under the sea."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.backhaul.near import label_landmass
from planner.geo import distance_km
from planner.grid import Grid

__all__ = ["Crossing", "landmass_at", "measure"]

Floats = NDArray[np.float64]
_CHUNK = 2_000_000  # samples held at once


@dataclass(frozen=True, eq=False)
class Crossing:
    """Straight routes over land and water, one entry a route.

    Parameters
    ----------
    length_km
        Geodesic length.
    sea_km
        Part of it on water (outside the grid counts as water: nothing is known there).
    n_crossings
        Separate stretches of water.
    is_same_landmass
        Whether both ends stand on one connected piece of land.
    """

    length_km: Floats
    sea_km: Floats
    n_crossings: NDArray[np.int64]
    is_same_landmass: NDArray[np.bool_]


def landmass_at(
    grid: Grid, landmass: NDArray[np.int32], lon_deg: NDArray[Any], lat_deg: NDArray[Any], *, reach_pixels: int = 2
) -> NDArray[np.int32]:
    """Number of the landmass at each point, 0 where there is no land within ``reach_pixels``.

    Coast lines are coarse, so a point on water takes the nearest land pixel of its neighbourhood.
    """
    row, col = grid.row_col(lon_deg, lat_deg)
    found = np.zeros(len(row), dtype=np.int32)
    best = np.full(len(row), np.inf)
    span = range(-reach_pixels, reach_pixels + 1)
    for d_row in span:
        for d_col in span:
            r, c = row + d_row, col + d_col
            inside = grid.contains(r, c)
            label = np.zeros(len(row), dtype=np.int32)
            label[inside] = landmass[r[inside], c[inside]]
            better = (label > 0) & (d_row**2 + d_col**2 < best)
            found[better], best[better] = label[better], d_row**2 + d_col**2
    return found


def measure(
    a: tuple[Floats, Floats],
    b: tuple[Floats, Floats],
    *,
    grid: Grid,
    land: NDArray[np.bool_] | None,
    landmass: NDArray[np.int32] | None = None,
) -> Crossing:
    """Land and water along the straight line between each pair of points.

    Parameters
    ----------
    a, b
        Longitudes and latitudes of the ends, shape ``(n,)`` each.
    grid, land
        Land mask. None means that land and sea are not told apart: the whole route is land, and the
        caller must say so.
    landmass
        `label_landmass` of the mask, where the caller holds it already.

    Notes
    -----
    The line is sampled at most one pixel apart; a stretch of water is as long as its samples' share of
    the geodesic. Ends that stand on water within two pixels of land (a landing point on a coarse coast)
    do not make a crossing: water is counted between the first and the last sample on land.
    """
    n = len(a[0])
    length = distance_km(*a, *b) if n else np.empty(0)
    if land is None or n == 0:
        return Crossing(length, np.zeros(n), np.zeros(n, dtype=np.int64), np.ones(n, dtype=bool))
    labels = label_landmass(land) if landmass is None else landmass
    side_a, side_b = landmass_at(grid, labels, *a), landmass_at(grid, labels, *b)
    sea_km, crossings = np.zeros(n), np.zeros(n, dtype=np.int64)
    steps = np.ceil(np.hypot(a[0] - b[0], a[1] - b[1]) / grid.pixel_deg).astype(np.int64) + 1
    order = np.argsort(steps, kind="stable")
    start = 0
    while start < n:  # routes of like length together, so that one block stays small
        width = int(steps[order[min(n - 1, start + 255)]])
        stop = min(n, start + max(1, min(_CHUNK // (width + 1), 4096)))
        part = order[start:stop]
        width = int(steps[part].max())
        water = _is_water((a[0][part], a[1][part]), (b[0][part], b[1][part]), grid, land, width)
        water[:, :3] &= ~_leads(side_a[part])[:, None]
        water[:, -3:] &= ~_leads(side_b[part])[:, None]
        sea_km[part] = water.mean(axis=1) * length[part]
        crossings[part] = water[:, 0] + (water[:, 1:] & ~water[:, :-1]).sum(axis=1)
        start = stop
    return Crossing(length, sea_km, crossings, (side_a == side_b) & (side_a > 0))


def _leads(side: NDArray[np.int32]) -> NDArray[np.bool_]:
    is_on_land: NDArray[np.bool_] = side > 0
    return is_on_land


def _is_water(
    a: tuple[Floats, Floats], b: tuple[Floats, Floats], grid: Grid, land: NDArray[np.bool_], n_steps: int
) -> NDArray[np.bool_]:
    share = (np.arange(n_steps) + 0.5) / n_steps
    lon = a[0][:, None] + (b[0] - a[0])[:, None] * share
    lat = a[1][:, None] + (b[1] - a[1])[:, None] * share
    row, col = grid.row_col(lon, lat)
    inside = grid.contains(row, col)
    water = np.ones(lon.shape, dtype=bool)
    water[inside] = ~land[row[inside], col[inside]]
    return water
