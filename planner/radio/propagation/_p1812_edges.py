"""Which edges of a ray count for a pixel: the largest ν, the highest ground, the steepest slopes.

Searches over the hull of `Ray`. What they find is exact on the ray but for the places that say otherwise; no
search starts from what an earlier pixel found, so that a pixel's loss does not depend on its neighbours.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit, least
from planner.radio.propagation._p1812_sweep import N_SAMPLES, TAIL, TOP_G, TOP_H, Ray, Sweep
from planner.radio.propagation._sampling import Frame
from planner.radio.propagation._sweep_hull import highest_above

__all__ = ["LATE", "clearance", "highest", "other_earth", "steepest_back"]

Array = NDArray[np.float64]

LATE = 6
"""Samples of the ray before the tail that are tried for the largest ν besides the hull's vertices."""


@jit
def _closeness(x: float, y: float, line: tuple[float, float, float], bulge: float) -> float:
    """ν² of a point below a line (height at 0, slope, length) over an Earth of a bulge, without its constant factor."""
    span = x * (line[2] - x)
    room = line[0] + line[1] * x - y - bulge * span
    return room * room / span


@jit
def _climb(x: Array, y: Array, top: int, start: int, sense: int, line: tuple[float, float, float]) -> float:
    """Least closeness from a bent vertex on, in strides that double while it falls and start again where it rises."""
    v, stride = start, 1
    best = _closeness(x[np.uint64(v)], y[np.uint64(v)], line, 0.0)
    while True:
        after = v + sense * stride
        value = np.inf
        if 0 <= after < top:
            value = _closeness(x[np.uint64(after)], y[np.uint64(after)], line, 0.0)
        if value < best:
            v, best = after, value
            stride *= 2
        elif stride > 1:
            stride = 1
        else:
            return best


@jit
def clearance(frame: Frame, sweep: Sweep, ray: Ray, ends: tuple[float, float], total: float, step_km: float) -> float:
    """Largest ν of a line-of-sight path over ground with clutter, eq. (15), without the factor sqrt(1/λ).

    The hull's vertices from that of closest approach on, the last `LATE` samples and the tail are tried:
    an approximation, 0.1 dB on hilly ground; everything else of the engine is exact on its ray.
    """
    hull_x, hull_y, top = (ray.hull_hx, ray.hull_hy, ray.counts[TOP_H])
    if frame.has_cover:
        hull_x, hull_y, top = (ray.hull_gx, ray.hull_gy, ray.counts[TOP_G])
    line = (ends[1] - ends[0]) / total
    bent = (ends[0], line - sweep.bulge * total, total)
    nearest = highest_above(hull_x, hull_y, top, bent[1], 0.0)
    best = least(
        _climb(hull_x, hull_y, top, nearest, -1, bent), _climb(hull_x, hull_y, top, min(nearest + 1, top - 1), 1, bent)
    )
    n = ray.counts[N_SAMPLES]
    for i in range(max(1, n - LATE), n):
        best = least(best, _closeness(sweep.spacing * i, ray.g[np.uint64(i)], (ends[0], line, total), sweep.bulge))
    for q in range(TAIL):
        x = total - step_km * (TAIL - q)
        best = least(best, _closeness(x, ray.tail_g[q], (ends[0], line, total), sweep.bulge))
    return -math.sqrt(best * 0.002 * total)


@jit
def highest(
    sweep: Sweep, ray: Ray, ends: tuple[float, float], total: float, step_km: float
) -> tuple[float, int, float]:
    """Greatest height of the bare ground above the direct line, eq. (89a); the hull's vertex nearby; its kilometre."""
    line = (ends[1] - ends[0]) / total
    found = highest_above(ray.hull_hx, ray.hull_hy, ray.counts[TOP_H], line, sweep.bulge)
    best, at = -np.inf, 0.0
    for v in range(max(found - 1, 0), min(found + 2, ray.counts[TOP_H])):
        x = ray.hull_hx[np.uint64(v)]
        above = ray.hull_hy[np.uint64(v)] + sweep.bulge * x * x - ends[0] - line * x
        if above > best:
            best, at = above, x
    for q in range(TAIL):
        x = total - step_km * (TAIL - q)
        above = ray.tail_h[q] - ends[0] - line * x
        if above > best:
            best, at = above, x
    return best, found, at


@jit
def steepest_back(sweep: Sweep, ray: Ray, hrs: float, total: float, step_km: float, near: tuple[int, int]) -> float:
    """Steepest slope from the receiver to bare ground without curvature, eq. (89c), m/km.

    Vertices around the horizon over the curved Earth and around the highest one are tried, and the tail.
    """
    best = -np.inf
    for middle in near:
        for v in range(max(middle - 2, 0), min(middle + 3, ray.counts[TOP_H])):
            x = ray.hull_hx[np.uint64(v)]
            best = greatest(best, (ray.hull_hy[np.uint64(v)] + sweep.bulge * x * x - hrs) / (total - x))
    for q in range(TAIL):
        best = greatest(best, (ray.tail_h[q] - hrs) / (step_km * (TAIL - q)))
    return best


@jit
def _edge(x: float, g: float, ends: tuple[float, float], total: float, bulge: float) -> tuple[float, float, float]:
    """Slopes of one edge from both ends, eq. (13) and (17), and its ν, eq. (15)."""
    room = total - x
    above = g - ends[0] - (ends[1] - ends[0]) / total * x
    return (
        (g - ends[0]) / x + bulge * room,
        (g - ends[1]) / room + bulge * x,
        above / math.sqrt(x * room) + bulge * math.sqrt(x * room),
    )


@jit
def other_earth(
    frame: Frame, sweep: Sweep, ray: Ray, ends: tuple[float, float], path: tuple[float, float], bulge: float
) -> tuple[float, float, float]:
    """Slopes from both ends and largest ν over a flatter Earth (§4.3.5), by a walk over the hull.

    Its own hull's vertices are among those kept: bending less makes no new ones. ``path`` is the distance and
    the step in kilometres. ν is approximate, as in `clearance`.
    """
    total, step_km = path
    hull_x, hull_y, top = (ray.hull_hx, ray.hull_hy, ray.counts[TOP_H])
    if frame.has_cover:
        hull_x, hull_y, top = (ray.hull_gx, ray.hull_gy, ray.counts[TOP_G])
    slope_t = slope_r = nu = -np.inf
    for v in range(top):
        x = hull_x[np.uint64(v)]
        found = _edge(x, hull_y[np.uint64(v)] + sweep.bulge * x * x, ends, total, bulge)
        slope_t, slope_r, nu = greatest(slope_t, found[0]), greatest(slope_r, found[1]), greatest(nu, found[2])
    n = ray.counts[N_SAMPLES]
    for i in range(max(1, n - LATE), n):
        nu = greatest(nu, _edge(sweep.spacing * i, ray.g[np.uint64(i)], ends, total, bulge)[2])
    for q in range(TAIL):
        found = _edge(total - step_km * (TAIL - q), ray.tail_g[q], ends, total, bulge)
        slope_t, slope_r, nu = greatest(slope_t, found[0]), greatest(slope_r, found[1]), greatest(nu, found[2])
    return slope_t, slope_r, nu * math.sqrt(0.002 * total)
