"""The area engine: ITU-R P.1812-8 from one place to all pixels around it, near constant work a pixel.

Straight rays leave the place so densely that each pixel has a nearest ray at most half a pixel aside
(``rays_per_cell`` = 1). Along a ray the samples of terrain and clutter are taken once; what the
Recommendation asks of a whole profile (horizons, smooth surface, sums, zones) is kept up to date as samples
are passed, so that no profile is scanned again. The last `TAIL` samples before a pixel are taken on the pixel's
own straight path, for the ground next to the receiver matters most, and the pixel keeps its own height and
distance. The result of a pixel depends only on place, pixel and ground: not on which other pixels are wanted.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit, least
from planner.radio.propagation._p1812_path import FAR_COAST_KM
from planner.radio.propagation._sampling import Frame
from planner.radio.propagation._sweep_hull import push, tangent

__all__ = ["TAIL", "Ray", "Seen", "Sweep", "advance", "look_back", "make_ray", "pixel_sums", "restart", "sample"]

Array = NDArray[np.float64]

TAIL = 3
"""Samples before a pixel that are taken on its own path."""

N_SAMPLES, TOP_H, TOP_G, FIRST_SEA = range(4)
"""Places in `Ray.counts`."""

V1, V2, SEA, LAND_RUN, LONGEST, LAST_SEA = range(6)
"""Places in `Ray.sums`: moments of the smooth surface; kilometres of sea, of the land section at hand, of the
longest one, and up to the end of the last sea."""

OVER_T, OVER_AT, SLOPE_T, BARE_T = range(4)
"""Places in a row of `Ray.tops`, one row a height of the antenna."""


class Sweep(NamedTuple):
    """Geometry all rays share. Lengths in kilometres, places in pixels.

    ``row, col`` is the pixel the place stands in, ``part_row, part_col`` how far beside its centre (−0.5 to
    0.5); ``n_rays`` is the number of rays from the middle of a side of the square of ``reach`` pixels to its
    corner; ``bulge`` is 500/a_e.
    """

    row: int
    col: int
    part_row: float
    part_col: float
    km_row: float
    km_col: float
    reach: int
    n_rays: int
    spacing: float
    near_km: float
    bulge: float
    rx_height: float


class Ray(NamedTuple):
    """What a ray has passed so far; see the names of the places above."""

    h: Array
    g: Array
    hull_hx: Array
    hull_hy: Array
    hull_gx: Array
    hull_gy: Array
    counts: NDArray[np.int64]
    sums: Array
    tops: Array
    heights: Array
    tail_h: Array
    tail_g: Array
    tail_sea: NDArray[np.uint8]


class Seen(NamedTuple):
    """What a receiver sees looking back, whatever the antenna's height.

    Steepest slopes over the curved Earth (m/km) to ground with clutter and to bare ground, and the kilometre of
    the latter's horizon; the moments v1 and v2; the bare hull's vertex of that horizon.
    """

    slope_r: float
    over_r: float
    over_at: float
    v1: float
    v2: float
    vertex: int


def make_ray(longest_km: float, spacing_km: float, heights_m: Array) -> Ray:
    """Scratch for the rays of one place."""
    size = int(longest_km / spacing_km) + 8
    h, g, hx, hy, gx, gy = np.zeros((6, size))
    return Ray(
        h, g, hx, hy, gx, gy, np.zeros(4, np.int64), np.zeros(6), np.zeros((heights_m.size, 4)), heights_m,
        np.zeros(TAIL), np.zeros(TAIL), np.zeros(TAIL, np.uint8),
    )  # fmt: skip


@jit
def restart(ray: Ray, ground_m: float) -> None:
    """Back to the place: one sample, the ground it stands on."""
    ray.counts[N_SAMPLES], ray.counts[TOP_H], ray.counts[TOP_G], ray.counts[FIRST_SEA] = 1, 0, 0, 0
    ray.sums[:] = 0.0
    ray.tops[:, :] = -np.inf
    ray.h[0] = ray.g[0] = ground_m


@jit
def sample(frame: Frame, sweep: Sweep, north: float, east: float) -> tuple[float, float]:
    """Height (bilinear) and clutter (nearest pixel, −1 at sea) at an offset in pixels from the place.

    The whole part is counted from the place's own pixel, so that every frame gives the same bits.
    """
    row, col = sweep.part_row + north, sweep.part_col + east
    top, left = math.floor(row), math.floor(col)
    down, right = row - top, col - left
    upper_row = least(greatest(sweep.row + top, 0.0), frame.n_rows - 2.0)
    left_col = least(greatest(sweep.col + left, 0.0), frame.n_cols - 2.0)
    down += sweep.row + top - upper_row
    right += sweep.col + left - left_col
    at = np.uint64(np.int64(upper_row) * frame.n_cols + np.int64(left_col))
    below, one = at + np.uint64(frame.n_cols), np.uint64(1)
    upper = frame.height[at] + right * (frame.height[at + one] - frame.height[at])
    lower = frame.height[below] + right * (frame.height[below + one] - frame.height[below])
    cover = np.float32(0.0)
    if frame.has_cover:
        cover = frame.cover[(below if down >= 0.5 else at) + (one if right >= 0.5 else np.uint64(0))]
    return float(upper + down * (lower - upper)), float(cover)


@jit
def advance(frame: Frame, sweep: Sweep, ray: Ray, way: tuple[float, float], until_km: float) -> None:
    """Pass the samples up to ``until_km``; ``way`` is one step of the ray in pixels north-south and east-west."""
    i = ray.counts[N_SAMPLES]
    while sweep.spacing * i <= until_km:
        x = sweep.spacing * i
        h, cover = sample(frame, sweep, way[0] * i, way[1] * i)
        g = h + greatest(cover, 0.0)
        before = ray.h[i - 1]
        ray.h[i], ray.g[i] = h, g
        ray.sums[V1] += sweep.spacing * (h + before)
        ray.sums[V2] += sweep.spacing * sweep.spacing * (h * (3.0 * i - 1.0) + before * (3.0 * i - 2.0))
        sag = sweep.bulge * x * x
        ray.counts[TOP_H] = push(ray.hull_hx, ray.hull_hy, ray.counts[TOP_H], x, h - sag)
        if frame.has_cover:
            ray.counts[TOP_G] = push(ray.hull_gx, ray.hull_gy, ray.counts[TOP_G], x, g - sag)
            _pass_zone(sweep, ray, i, cover)
        inverse = 1.0 / x
        for j in range(ray.heights.size):
            hts = ray.h[0] + ray.heights[j]
            bare = (h - hts) * inverse
            ray.tops[j, BARE_T] = greatest(ray.tops[j, BARE_T], bare)
            ray.tops[j, SLOPE_T] = greatest(ray.tops[j, SLOPE_T], (g - hts) * inverse - sweep.bulge * x)
            over = bare - sweep.bulge * x
            if over > ray.tops[j, OVER_T]:
                ray.tops[j, OVER_T], ray.tops[j, OVER_AT] = over, x
        i += 1
    ray.counts[N_SAMPLES] = i


@jit
def _pass_zone(sweep: Sweep, ray: Ray, i: int, cover: float) -> None:
    """Zones of §3.3: each sample stands for the half steps around it (the place itself for half a step of land)."""
    sums = ray.sums
    if i == 1:
        sums[LAND_RUN] = 0.5 * sweep.spacing
    if cover < 0.0:
        if ray.counts[FIRST_SEA] == 0:
            ray.counts[FIRST_SEA] = i
        sums[SEA] += sweep.spacing
        sums[LAST_SEA] = sweep.spacing * (i + 0.5)
        sums[LAND_RUN] = 0.0
    else:
        sums[LAND_RUN] += sweep.spacing
    sums[LONGEST] = greatest(sums[LONGEST], sums[LAND_RUN])


@jit
def look_back(frame: Frame, sweep: Sweep, ray: Ray, path: tuple[float, float, float, float], step_km: float) -> Seen:
    """What the receiver at the end of ``path`` sees; fills the tail.

    ``path`` is its offset in pixels north-south and east-west, its distance in kilometres, and the ground there.
    """
    total, ground = path[2], path[3]
    bent = ground + sweep.rx_height - sweep.bulge * total * total
    vertex = tangent(ray.hull_hx, ray.hull_hy, ray.counts[TOP_H], total, bent)
    over_at = ray.hull_hx[np.uint64(vertex)]
    over_r = (ray.hull_hy[np.uint64(vertex)] - bent) / (total - over_at)
    slope_r = over_r
    if frame.has_cover:
        best = np.uint64(tangent(ray.hull_gx, ray.hull_gy, ray.counts[TOP_G], total, bent))
        slope_r = (ray.hull_gy[best] - bent) / (total - ray.hull_gx[best])
    last = ray.counts[N_SAMPLES] - 1
    low_x, low_h = sweep.spacing * last, ray.h[last]
    v1, v2 = ray.sums[V1], ray.sums[V2]
    for q in range(TAIL):
        back = step_km * (TAIL - q)
        x = total - back
        share = x / total
        h, cover = sample(frame, sweep, path[0] * share, path[1] * share)
        ray.tail_h[q], ray.tail_g[q], ray.tail_sea[q] = h, h + greatest(cover, 0.0), 1 if cover < 0.0 else 0
        level = sweep.bulge * x * x + bent
        slope = (h - level) / back
        if slope >= over_r:
            over_r, over_at = slope, x
        slope_r = greatest(slope_r, (ray.tail_g[q] - level) / back)
        v1 += (x - low_x) * (h + low_h)
        v2 += (x - low_x) * (h * (2.0 * x + low_x) + low_h * (x + 2.0 * low_x))
        low_x, low_h = x, h
    v1 += step_km * (ground + low_h)
    v2 += step_km * (ground * (2.0 * total + low_x) + low_h * (total + 2.0 * low_x))
    curve = sweep.bulge * total
    return Seen(slope_r - curve, over_r - 2.0 * curve, over_at, v1, v2, vertex)


@jit
def pixel_sums(frame: Frame, sweep: Sweep, ray: Ray, total: float, step_km: float) -> tuple[float, float, float, float]:
    """Zones up to a pixel on land: share of sea, longest land section, land to the first and from the last sea, km."""
    if not frame.has_cover:
        return 0.0, total, FAR_COAST_KM, FAR_COAST_KM
    sums, last = ray.sums, ray.counts[N_SAMPLES] - 1
    sea, run, longest, end = sums[SEA], sums[LAND_RUN], sums[LONGEST], sums[LAST_SEA]
    first = sweep.spacing * (ray.counts[FIRST_SEA] - 0.5) if ray.counts[FIRST_SEA] > 0 else FAR_COAST_KM
    low = sweep.spacing * (last + 0.5) if last > 0 else 0.0
    for q in range(TAIL):
        high = total - step_km * (TAIL - q - 0.5)
        if ray.tail_sea[q] == 1:
            first = least(first, low)
            sea += high - low
            end = high
            run = 0.0
        else:
            run += high - low
        longest = greatest(longest, run)
        low = high
    longest = greatest(longest, run + 0.5 * step_km)
    if sea <= 0.0:
        return 0.0, total, FAR_COAST_KM, FAR_COAST_KM
    return least(1.0, sea / total), longest, first, total - end
