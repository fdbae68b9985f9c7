"""The area engine's rays: ITU-R P.1812-8 from one place to all pixels around it.

Straight rays leave the place so densely that each pixel has a nearest ray at most half a pixel aside
(``rays_per_cell`` = 1). Along a ray the samples of terrain and clutter are taken once; what only grows as samples
are passed (the transmitter's horizon, moments of the smooth surface, zones) is kept for every sample, and what
depends on the receiver is found by a scan of the ray's samples in packed code (`_p1812_scan`). The last `TAIL` samples
before a pixel are taken on the pixel's own straight path, for the ground next to the receiver matters most, and the
pixel keeps its own height and distance. The result of a pixel depends only on place, pixel and ground: not on which
other pixels are wanted.

Heights are bent by the effective Earth, ``y = h − 500·d²/a_e``, so that slopes over the curved Earth are plain slopes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit, least, single
from planner.radio.propagation._sampling import Frame

__all__ = ["PAD", "TAIL", "Ray", "Sweep", "is_past_half", "make_ray", "pass_ray", "sample"]

Array = NDArray[np.float64]
Singles = NDArray[np.float32]

TAIL = 3
"""Samples before a pixel that are taken on its own path."""

PAD = 16
"""Places before a ray's first sample that never count, so that scans take whole strides of this many samples."""

_SHIFT = 1048576.0
"""Added to offsets in pixels so that they are positive and their whole part is what is left of the point."""

V1, V2 = range(2)
"""Places in a row of `Ray.moments`."""

SEA, LAND_RUN, LONGEST, LAST_SEA = range(4)
"""Places in a row of `Ray.zones`: kilometres of sea, of the land section at hand, of the longest one, and up to the
end of the last sea."""

OVER_T, AT_T, BARE_T, SLOPE_T = range(4)
"""Places in a row of `Ray.tops`: slope to the horizon of bare ground over the curved Earth without the receiver's
bulge, number of its sample; steepest slope without curvature; the first again for ground with clutter. m/km."""


class Sweep(NamedTuple):
    """Geometry all rays share. Lengths in kilometres, places in pixels.

    ``row, col`` is the pixel the place stands in, ``part_row, part_col`` how far beside its centre (−0.5 to
    0.5); ``n_rays`` is the number of rays from the middle of a side of a square around the place to its corner; ``bulge`` is 500/a_e, ``flat_bulge`` 500/a_β; ``mask`` holds the bits that a sample's number needs.
    """

    row: int
    col: int
    part_row: float
    part_col: float
    km_row: float
    km_col: float
    n_rays: int
    spacing: float
    near_km: float
    bulge: float
    flat_bulge: float
    rx_height: float
    mask: int


class Ray(NamedTuple):
    """What a ray has passed so far, by number of the sample; see the names of the places above.

    ``x`` (km) and its inverse, ``h`` (bare ground, m), the bent heights of bare ground and of ground with clutter,
    and the clutter (−1 at sea) start with `PAD` places that never count. ``first_sea`` is the first sample at sea, 0
    where there is none; ``heights`` are those of the antennas above ground.
    """

    x: Singles
    per_km: Singles
    h: Singles
    bent: Singles
    covered: Singles
    cover: Singles
    moments: Array
    zones: Array
    tops: Singles
    first_sea: NDArray[np.int64]
    heights: Array


def make_ray(longest_km: float, spacing_km: float, heights_m: Array) -> Ray:
    """Scratch for the rays of one place."""
    size = int(longest_km / spacing_km) + 8
    x = np.maximum(np.arange(-PAD, size), 1.0) * spacing_km
    h, bent, covered, cover = np.full((4, x.size), -1e6, dtype=np.float32)
    return Ray(
        x.astype(np.float32), (1.0 / x).astype(np.float32), h, bent, covered, cover, np.zeros((size, 2)),
        np.zeros((size, 4)), np.zeros((heights_m.size, size, 4), np.float32), np.zeros(1, np.int64), heights_m,
    )  # fmt: skip


@jit
def is_past_half(part: float, offset: float) -> bool:
    """Whether the next pixel is the nearer one; half-way the one farther from the place, as in a mirror."""
    half = single(0.5)
    return part > half or (part == half and offset > 0.0)


@jit
def sample(frame: Frame, sweep: Sweep, north: float, east: float) -> tuple[float, float]:
    """Height (bilinear) and clutter (nearest pixel, −1 at sea) at an offset in pixels from the place.

    The whole part is counted from the place's own pixel, so that every frame gives the same bits.
    """
    row, col = sweep.part_row + north + _SHIFT, sweep.part_col + east + _SHIFT
    top, left = np.int64(row), np.int64(col)
    down, right = single(row - top), single(col - left)
    top += sweep.row - np.int64(_SHIFT)
    left += sweep.col - np.int64(_SHIFT)
    if top < 0 or left < 0 or top > frame.n_rows - 2 or left > frame.n_cols - 2:
        inside = np.int64(least(greatest(float(top), 0.0), frame.n_rows - 2.0))
        down, top = down + single(float(top - inside)), inside
        inside = np.int64(least(greatest(float(left), 0.0), frame.n_cols - 2.0))
        right, left = right + single(float(left - inside)), inside
    at = np.uint64(top * frame.n_cols + left)
    below, one = at + np.uint64(frame.n_cols), np.uint64(1)
    upper = frame.height[at] + right * (frame.height[at + one] - frame.height[at])
    lower = frame.height[below] + right * (frame.height[below + one] - frame.height[below])
    cover = single(0.0)
    if frame.has_cover:
        is_below, is_right = is_past_half(down, north), is_past_half(right, east)
        cover = frame.cover[(below if is_below else at) + (one if is_right else np.uint64(0))]
    return float(upper + down * (lower - upper)), float(cover)


@jit
def pass_ray(frame: Frame, sweep: Sweep, ray: Ray, way: tuple[float, float], ground_m: float, last: int) -> None:
    """Take the samples 1 to ``last`` of a ray; ``way`` is one step of it in pixels, ``ground_m`` its start."""
    before, v1, v2 = ground_m, 0.0, 0.0
    per_step, per_area = sweep.spacing, sweep.spacing * sweep.spacing
    for i in range(1, last + 1):
        x = sweep.spacing * i
        h, cover = sample(frame, sweep, way[0] * i, way[1] * i)
        sag = sweep.bulge * x * x
        at = np.uint64(PAD + i)
        ray.h[at], ray.bent[at], ray.covered[at] = h, h - sag, h + greatest(cover, 0.0) - sag
        ray.cover[at] = cover
        v1 += per_step * (h + before)
        v2 += per_area * (h * (3.0 * i - 1.0) + before * (3.0 * i - 2.0))
        ray.moments[i, V1], ray.moments[i, V2] = v1, v2
        before = h
    if frame.has_cover:
        _pass_zones(sweep, ray, last)
    for j in range(ray.heights.size):
        _pass_tops(ray, j, single(ground_m + ray.heights[j]), last)


@jit
def _pass_tops(ray: Ray, j: int, hts: float, last: int) -> None:
    """What the transmitter at height ``j`` sees of the samples up to each."""
    over, at = single(-1e30), single(0.0)
    bare, slope = over, over
    for i in range(1, last + 1):
        k = np.uint64(PAD + i)
        inverse = ray.per_km[k]
        value = (ray.bent[k] - hts) * inverse
        if value > over:
            over, at = value, single(i)
        bare = greatest(bare, (ray.h[k] - hts) * inverse)
        slope = greatest(slope, (ray.covered[k] - hts) * inverse)
        ray.tops[j, i, OVER_T], ray.tops[j, i, AT_T] = over, at
        ray.tops[j, i, BARE_T], ray.tops[j, i, SLOPE_T] = bare, slope


@jit
def _pass_zones(sweep: Sweep, ray: Ray, last: int) -> None:
    """Zones of §3.3: each sample stands for the half steps around it (the place itself for half a step of land)."""
    sea, run, longest, end = 0.0, 0.5 * sweep.spacing, 0.0, 0.0
    ray.first_sea[0] = 0
    for i in range(1, last + 1):
        if ray.cover[np.uint64(PAD + i)] < single(0.0):
            if ray.first_sea[0] == 0:
                ray.first_sea[0] = i
            sea, run, end = sea + sweep.spacing, 0.0, sweep.spacing * (i + 0.5)
        else:
            run += sweep.spacing
        longest = greatest(longest, run)
        ray.zones[i, SEA], ray.zones[i, LAND_RUN] = sea, run
        ray.zones[i, LONGEST], ray.zones[i, LAST_SEA] = longest, end
