"""Seeded covering worlds for tests and benchmarks: discs of three sizes over towns and countryside."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@numba.njit(cache=False)
def _points_within(start, side_cells, points, sites, radius, found, is_counting):
    """Points (sorted by cells of 1 km, row after row) within each disc; how many up to each site."""
    n, ends = 0, np.zeros(len(radius) + 1, np.int64)
    for s in range(len(radius)):
        west, east = max(0, int(sites[s, 0] - radius[s])), min(side_cells - 1, int(sites[s, 0] + radius[s]))
        south, north = max(0, int(sites[s, 1] - radius[s])), min(side_cells - 1, int(sites[s, 1] + radius[s]))
        for row in range(south, north + 1):
            for k in range(start[row * side_cells + west], start[row * side_cells + east + 1]):
                if (points[k, 0] - sites[s, 0]) ** 2 + (points[k, 1] - sites[s, 1]) ** 2 <= radius[s] ** 2:
                    if not is_counting:
                        found[n] = k
                    n += 1
        ends[s + 1] = n
    return ends


def discs(
    n_options: int, n_points: int, *, seed: int = 0, is_unit: bool = False, share: float = 0.12
) -> tuple[Floats, Ints, NDArray[np.int32], Floats, float]:
    """Weight, covers (CSR, ascending), cost and budget of a world of 16 km² a site.

    Two thirds of the points lie in towns of very unequal size; half of the sites are near towns. Radii of 2.4–9.6 km,
    whole weights (median 3) and costs (8–39, or 1 each with ``is_unit``); the budget pays ``share`` of all sites. A
    point has about 8 options, and 9 points are one group at 2 million points.
    """
    return discs_and_sites(n_options, n_points, seed, is_unit, share)[0]


def discs_and_sites(
    n_options: int, n_points: int, seed: int = 0, is_unit: bool = False, share: float = 0.12
) -> tuple[tuple[Floats, Ints, NDArray[np.int32], Floats, float], Floats]:
    """The world of `discs` and where its sites are, as shares of its sides."""
    rng = np.random.default_rng(seed)
    side_km = 4.0 * n_options**0.5
    towns = rng.uniform(0, side_km, (max(5, n_options // 20), 2))
    size = np.minimum(rng.pareto(1.3, len(towns)) + 0.3, 40)
    spread = 0.8 + 3 * np.sqrt(size / size.max())
    home = rng.choice(len(towns), n_points, p=size / size.sum())
    is_rural = rng.random(n_points) < 0.35
    points = np.where(
        is_rural[:, None],
        rng.uniform(0, side_km, (n_points, 2)),
        towns[home] + rng.normal(0, 1, (n_points, 2)) * spread[home, None],
    )
    points = np.clip(points, 0, side_km * (1 - 1e-9))
    weight = np.ceil(rng.lognormal(1.0, 0.8, n_points))
    near = towns[rng.integers(0, len(towns), n_options)] + rng.normal(0, 4.0, (n_options, 2))
    sites = np.where(rng.random(n_options)[:, None] < 0.5, near, rng.uniform(0, side_km, (n_options, 2)))
    kind = rng.choice(3, n_options, p=[0.3, 0.5, 0.2])
    radius = np.array([3.0, 5.0, 8.0])[kind] * rng.uniform(0.8, 1.2, n_options)
    cost = np.round(np.array([10, 18, 30])[kind] * rng.uniform(0.8, 1.3, n_options))
    cost = np.ones(n_options) if is_unit else cost
    side_cells = int(side_km) + 1
    cell = points[:, 1].astype(np.int64) * side_cells + points[:, 0].astype(np.int64)
    order = np.argsort(cell, kind="stable")
    points, weight = points[order], weight[order]
    start = np.searchsorted(cell[order], np.arange(side_cells**2 + 1))
    del cell, order, home, is_rural
    ends = _points_within(start, side_cells, points, sites, radius, np.zeros(0, np.int32), True)
    found = np.empty(ends[-1], dtype=np.int32)
    _points_within(start, side_cells, points, sites, radius, found, False)
    return (weight, ends, found, cost, float(np.round(cost.sum() * share))), sites / side_km
