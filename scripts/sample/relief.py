"""Synthetic relief: hand-drawn ridge lines, river erosion, the real summits and town heights.

The land is lifted in proportion to an envelope drawn from ridge lines and carved by the stream-power law
``dz/dt = U - K A^m S`` (implicit, after Braun & Willett 2013, doi:10.1016/j.geomorph.2012.10.008), which
gives valleys that join as rivers do. The result is scaled back to the envelope; volcanoes and summits of
``data/reference/volcanoes_ntt.csv`` and town heights of ``ntt_towns.csv`` are then put in their places.
Nothing here is a survey: slopes and valleys are invented.
"""

from __future__ import annotations

import heapq
from itertools import pairwise

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import ndimage

from sample.common import GRID, PIXEL_KM, World, blur, km_east_north, local_km, read_reference, rng

__all__ = ["make_relief", "slope_of"]

RIDGES: tuple[tuple[float, tuple[tuple[float, float, float], ...]], ...] = (
    # width_km, (lon_deg, lat_deg, height_m) along the ridge: schematic, drawn by hand
    (11.0, ((119.92, -8.62, 500), (120.05, -8.68, 900), (120.2, -8.68, 1300), (120.35, -8.66, 1650), (120.5, -8.66, 1950),
            (120.65, -8.62, 1500), (120.85, -8.6, 1300), (120.98, -8.7, 1500), (121.1, -8.78, 1250), (121.25, -8.75, 950),
            (121.4, -8.68, 1050), (121.55, -8.7, 1250), (121.75, -8.74, 1550), (121.9, -8.74, 1300), (122.05, -8.7, 950),
            (122.2, -8.7, 850), (122.4, -8.67, 950), (122.6, -8.58, 600), (122.75, -8.5, 700), (122.9, -8.35, 500))),
    (10.0, ((120.1, -8.5, 600), (120.35, -8.48, 800), (120.6, -8.45, 950), (120.78, -8.5, 1150), (120.95, -8.5, 900),
            (121.15, -8.58, 500))),
    (15.0, ((123.55, -10.25, 220), (123.8, -10.05, 420), (123.9, -9.72, 950), (124.1, -9.6, 1500), (124.25, -9.57, 1950),
            (124.33, -9.75, 1250), (124.5, -9.8, 1000), (124.6, -9.6, 900), (124.75, -9.4, 700), (124.95, -9.17, 750),
            (125.05, -9.1, 1150), (125.3, -9.0, 1100), (125.6, -8.9, 1900), (126.0, -8.8, 1500))),
    (12.0, ((124.0, -10.05, 450), (124.3, -9.95, 900), (124.6, -9.85, 650), (124.85, -9.7, 250))),
    (19.0, ((119.2, -9.55, 420), (119.45, -9.66, 620), (119.7, -9.72, 720), (119.95, -9.85, 750), (120.15, -10.02, 1000),
            (120.3, -10.1, 1000), (120.5, -10.05, 620), (120.62, -9.95, 380))),
    (9.0, ((124.4, -8.35, 700), (124.55, -8.3, 1050), (124.75, -8.28, 1250), (124.95, -8.28, 950), (125.08, -8.25, 600))),
    (7.0, ((124.05, -8.5, 500), (124.12, -8.4, 500), (124.2, -8.27, 550))),
    (8.0, ((123.33, -8.48, 700), (123.55, -8.47, 700), (123.72, -8.32, 700), (123.88, -8.24, 450))),
    (7.0, ((123.07, -8.36, 450), (123.25, -8.34, 700))),
    (6.0, ((122.93, -8.54, 450), (123.08, -8.48, 500))),
    (8.0, ((122.88, -10.86, 120), (123.1, -10.75, 220), (123.33, -10.6, 200))),
    (6.0, ((121.75, -10.55, 180), (121.93, -10.48, 230))),
    (6.0, ((119.42, -8.7, 380), (119.46, -8.58, 600), (119.48, -8.48, 450), (119.67, -8.72, 420))),
    (14.0, ((117.4, -8.7, 900), (118.6, -8.6, 850), (119.05, -8.55, 500))),
)  # fmt: skip

BASE_M = 190.0


def _envelope() -> NDArray[np.float32]:
    east, north = local_km()
    top = np.full(GRID.shape, BASE_M, dtype=np.float32)
    for width_km, points in RIDGES:
        for (lon_a, lat_a, height_a), (lon_b, lat_b, height_b) in pairwise(points):
            (xa, xb), (ya, yb) = km_east_north([lon_a, lon_b], [lat_a, lat_b])
            dx, dy = xb - xa, yb - ya
            along = ((east[None, :] - xa) * dx + (north[:, None] - ya) * dy) / (dx * dx + dy * dy)
            along = np.clip(along, 0.0, 1.0)
            away2 = (east[None, :] - xa - along * dx) ** 2 + (north[:, None] - ya - along * dy) ** 2
            height = height_a + along * (height_b - height_a)
            np.maximum(
                top, BASE_M + (height - BASE_M) * np.exp(-away2 / (2.0 * width_km**2)), out=top, casting="unsafe"
            )
    return blur(top, 2.5)


def noise(name: str, *, octaves: tuple[float, ...]) -> NDArray[np.float32]:
    """Sum of blurred white noises, each octave of unit spread times its wavelength, then unit spread."""
    draw = rng(name)
    total = np.zeros(GRID.shape, dtype=np.float32)
    for km in octaves:
        part = blur(draw.standard_normal(GRID.shape), km)
        total += part / part.std() * np.float32(km**0.8)
    return total / total.std()


@njit(cache=False)
def _fill(z: NDArray[np.float64], land: NDArray[np.bool_]) -> None:  # pragma: no cover - compiled
    """Raise pits so that every land pixel drains to the sea (priority flood, Barnes 2014)."""
    n_rows, n_cols = z.shape
    done = np.zeros(z.shape, dtype=np.bool_)
    heap = [(0.0, 0)]
    heap.pop()
    for r in range(n_rows):
        for c in range(n_cols):
            if not land[r, c]:
                done[r, c] = True
                for dr in range(-1, 2):
                    for dc in range(-1, 2):
                        rr, cc = r + dr, c + dc
                        if 0 <= rr < n_rows and 0 <= cc < n_cols and land[rr, cc] and not done[rr, cc]:
                            done[rr, cc] = True
                            heapq.heappush(heap, (z[rr, cc], rr * n_cols + cc))
    while len(heap) > 0:
        level, at = heapq.heappop(heap)
        r, c = at // n_cols, at % n_cols
        for dr in range(-1, 2):
            for dc in range(-1, 2):
                rr, cc = r + dr, c + dc
                if 0 <= rr < n_rows and 0 <= cc < n_cols and land[rr, cc] and not done[rr, cc]:
                    done[rr, cc] = True
                    z[rr, cc] = max(z[rr, cc], level + 0.01)
                    heapq.heappush(heap, (z[rr, cc], rr * n_cols + cc))


@njit(cache=False)
def _carve(  # pragma: no cover - compiled
    z: NDArray[np.float64],
    rise: NDArray[np.float64],
    rate: NDArray[np.float64],
    land: NDArray[np.bool_],
    step: tuple[float, float],
) -> None:
    """One implicit step of the stream-power law with m = 0.45, n = 1; sea stays at zero."""
    n_rows, n_cols = z.shape
    to = np.full(n_rows * n_cols, -1, dtype=np.int64)
    away = np.ones(n_rows * n_cols)
    for r in range(n_rows):
        for c in range(n_cols):
            if not land[r, c]:
                continue
            best = 0.0
            for dr in range(-1, 2):
                for dc in range(-1, 2):
                    rr, cc = r + dr, c + dc
                    if (dr == 0 and dc == 0) or rr < 0 or rr >= n_rows or cc < 0 or cc >= n_cols:
                        continue
                    length = np.sqrt((dr * step[0]) ** 2 + (dc * step[1]) ** 2)
                    drop = (z[r, c] - z[rr, cc]) / length
                    if drop > best:
                        best = drop
                        to[r * n_cols + c] = rr * n_cols + cc
                        away[r * n_cols + c] = length
    on_land = np.flatnonzero(land.ravel())
    order = on_land[np.argsort(z.ravel()[on_land], kind="mergesort")]
    area = np.ones(n_rows * n_cols)
    flat = z.ravel()
    lift = rise.ravel()
    soft = rate.ravel()
    for k in range(order.size - 1, -1, -1):
        at = order[k]
        if to[at] >= 0:
            area[to[at]] += area[at]
    for k in range(order.size):
        at = order[k]
        if to[at] >= 0:
            f = soft[at] * area[at] ** 0.45 / away[at]
            flat[at] = (flat[at] + lift[at] + f * flat[to[at]]) / (1.0 + f)


def _eroded(world: World, top: NDArray[np.float32]) -> NDArray[np.float32]:
    start = world.coast_km * 20.0 + 45.0 * noise("relief-start", octaves=(0.3, 0.6, 1.2, 2.5, 5.0))
    z = np.where(world.land, np.maximum(start, 1.0), 0.0).astype(np.float64)
    rough = np.exp(0.5 * noise("relief-rise", octaves=(0.8, 1.6, 3.2, 6.4)))
    rise = np.where(world.land, top * rough, 0.0).astype(np.float64)
    rate = (0.05 * np.exp(0.5 * noise("relief-rock", octaves=(0.25, 0.5, 1.0, 3.0)))).astype(np.float64)
    for _ in range(18):
        _fill(z, world.land)
        _carve(z, rise * 0.12, rate, world.land, (PIXEL_KM[1], PIXEL_KM[0]))
    size = (2 * round(6.0 / PIXEL_KM[1]) + 1, 2 * round(6.0 / PIXEL_KM[0]) + 1)
    crest = blur(ndimage.maximum_filter(z.astype(np.float32), size=size), 5.0)
    share = np.clip(z / np.maximum(crest, 1.0), 0.0, 1.15)
    return np.asarray(1.25 * top * share**0.8, dtype=np.float32)


def _with_summits(z: NDArray[np.float32]) -> NDArray[np.float32]:
    east, north = local_km()
    gully = 1.0 + 0.05 * noise("relief-gully", octaves=(0.6, 1.2, 2.5))
    for peak in read_reference("volcanoes_ntt.csv").itertuples():
        x, y = km_east_north(peak.lon_deg, peak.lat_deg)
        away = np.hypot(east[None, :] - x, north[:, None] - y)
        if peak.kind == "mountain":
            continue
        reach_km = 3.0 + 3.2 * peak.height_m / 1000.0
        sharp = 1.9 if peak.kind == "stratovolcano" else 1.3
        cone = peak.height_m * np.clip(1.0 - away / reach_km, 0.0, 1.0) ** sharp
        cone = cone * np.where(away < 0.5, 1.0, np.clip(gully, 0.85, 1.15))
        z = np.maximum(z, cone).astype(np.float32)
    return z


def _at_summits(z: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lift or lower the ground around each summit until the pixel has its height, highest summits first."""
    east, north = local_km()
    peaks = read_reference("volcanoes_ntt.csv").sort_values("height_m", ascending=False)
    for peak in [*peaks.itertuples(), *peaks.itertuples()]:  # twice, for neighbours move each other
        x, y = km_east_north(peak.lon_deg, peak.lat_deg)
        row, col = GRID.row_col(peak.lon_deg, peak.lat_deg)
        reach_km = 4.0 if peak.kind == "mountain" else 1.3
        away2 = (east[None, :] - x) ** 2 + (north[:, None] - y) ** 2
        z = z + np.float32(peak.height_m - float(z[row, col])) * np.exp(-away2 / reach_km**2).astype(np.float32)
        z = np.where(away2 < reach_km**2, np.minimum(z, peak.height_m), z).astype(np.float32)
    return z


def _with_towns(z: NDArray[np.float32], world: World) -> NDArray[np.float32]:
    east, north = local_km()
    known = world.towns[world.towns["elevation_m"].notna()]
    rows, cols = GRID.row_col(known["lon_deg"], known["lat_deg"])
    on_grid = GRID.contains(rows, cols)
    known, rows, cols = known[on_grid], rows[on_grid], cols[on_grid]
    x, y = km_east_north(known["lon_deg"], known["lat_deg"])
    at = blur(z, 0.6)[rows, cols]
    want = np.log(np.clip(known["elevation_m"] / np.maximum(at, 4.0), 0.2, 3.0))
    kernel = np.exp(-((x[:, None] - x) ** 2 + (y[:, None] - y) ** 2) / (2.0 * 5.0**2))
    weight = np.linalg.solve(kernel + 0.05 * np.eye(len(x)), want.to_numpy())
    change = np.zeros(GRID.shape, dtype=np.float32)
    for k in range(len(x)):
        near = np.exp(-((east[None, :] - x[k]) ** 2 + (north[:, None] - y[k]) ** 2) / (2.0 * 5.0**2))
        change += (weight[k] * near).astype(np.float32)
    z = z * np.exp(np.clip(change, -1.6, 1.2))
    for k, town in enumerate(known.itertuples()):
        reach = {"A": 4.5, "B": 2.4, "C": 1.8}.get(town.size_class, 1.3)
        away = np.hypot(east[None, :] - x[k], north[:, None] - y[k])
        flat = 0.75 * np.exp(-((away / reach) ** 2)) * np.clip(world.coast_km / 1.0, 0.0, 1.0)
        z = (z + (town.elevation_m - z) * flat).astype(np.float32)
    return z


def slope_of(terrain_m: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rise over run between neighbouring pixels."""
    down, right = np.gradient(terrain_m.astype(np.float32), PIXEL_KM[1] * 1000.0, PIXEL_KM[0] * 1000.0)
    return np.hypot(down, right).astype(np.float32)


def make_relief(world: World) -> None:
    """Fill ``terrain_m`` (metres, 0 at sea, at least 1 on land) and ``slope``."""
    z = _eroded(world, _envelope())
    z = z + 18.0 * noise("relief-fine", octaves=(0.3, 0.6, 1.2)) * np.clip(z / 300.0, 0.0, 2.5)
    z = z * np.clip(0.25 + world.coast_km / 1.2, 0.0, 1.0)
    z = _with_summits(z.astype(np.float32))
    z = _at_summits(_with_towns(z, world))
    world.terrain_m = np.where(world.land, np.clip(np.rint(z), 1.0, 2500.0), 0.0).astype(np.float32)
    world.slope = slope_of(world.terrain_m)
