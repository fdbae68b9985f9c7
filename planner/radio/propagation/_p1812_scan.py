"""What a pixel asks of its ray's samples: horizons, highest ground, clearance, by scans in packed code.

Each scan takes whole strides of `PAD` samples that end at the last one wanted; it starts among the places before the
ray's first sample where need be, which never count. A scan of 200 samples costs 20 ns: less than any search that
must decide what to look at next. Everything here is exact on the ray, but for the places of extremes: where two
samples agree to the bits that hold the place, the later one is taken.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit_single, least
from planner.radio.propagation._fast_math import marked
from planner.radio.propagation._p1812_sweep import PAD

__all__ = ["above_line", "clearance", "first_and_count", "look_back", "other_earth"]

Singles = NDArray[np.float32]

_STRIDE = np.uint64(PAD)
_ONE = np.uint64(1)


@jit_single
def first_and_count(last: int) -> tuple[int, int]:
    """First place of the scan that ends at sample ``last`` (marks count from it), and how many it takes."""
    n = (np.uint64(last) + _STRIDE - _ONE) // _STRIDE * _STRIDE
    return _STRIDE + np.uint64(last) + _ONE - n, n  # type: ignore[return-value]  # numba's integers


@jit_single
def look_back(
    arrays: tuple[Singles, Singles, Singles, Singles], last: int, total: float, bent_r: float, hrs: float, mask: int
) -> tuple[float, float, float, float]:
    """Steepest slopes from the receiver, m/km, less the bulge.

    ``arrays`` are ``x, h, bent, covered`` of `Ray`; ``bent_r`` and ``hrs`` are the antenna over the curved Earth and
    above sea level.

    Returns
    -------
    tuple
        Over the curved Earth to bare ground, the same with its place marked, that to ground with clutter, and
        without curvature to bare ground.
    """
    x, h, bent, covered = arrays
    over, place, slope, bare = -1e30, -1e30, -1e30, -1e30
    start, n = first_and_count(last)
    for i in range(n):
        at = start + i
        inverse = 1.0 / (total - x[at])
        value = (bent[at] - bent_r) * inverse
        over = greatest(over, value)
        place = greatest(place, marked(value, i, mask))
        slope = greatest(slope, (covered[at] - bent_r) * inverse)
        bare = greatest(bare, (h[at] - hrs) * inverse)
    return over, place, slope, bare


@jit_single
def above_line(arrays: tuple[Singles, Singles], last: int, hts: float, slope: float, mask: int) -> tuple[float, float]:
    """Greatest height of bare ground above the direct line, eq. (89a), and the same with its place marked."""
    x, h = arrays
    above, place = -1e30, -1e30
    start, n = first_and_count(last)
    for i in range(n):
        at = start + i
        value = h[at] - hts - slope * x[at]
        above = greatest(above, value)
        place = greatest(place, marked(value, i, mask))
    return above, place


@jit_single
def clearance(arrays: tuple[Singles, Singles], last: int, total: float, hts: float, slope: float) -> float:
    """Least ν² of a clear path over ground with clutter, eq. (15), without its constant factor.

    ``slope`` is that of the line between the antennas over the curved Earth.
    """
    x, covered = arrays
    found = 1e30
    start, n = first_and_count(last)
    for i in range(n):
        at = start + i
        room = hts + slope * x[at] - covered[at]
        found = least(found, room * room / (x[at] * (total - x[at])))
    return found


@jit_single
def other_earth(
    arrays: tuple[Singles, Singles], last: int, total: float, ends: tuple[float, float], bulges: tuple[float, float]
) -> tuple[float, float, float]:
    """Slopes from both ends, eq. (13) and (17), and largest ν without sqrt(0.002·d/λ), eq. (15), over another Earth.

    ``bulges`` are 500/a of the Earth that bent the samples and of the other one.
    """
    x, covered = arrays
    slope_t, slope_r, nu = -1e30, -1e30, -1e30
    line = (ends[1] - ends[0]) / total
    start, n = first_and_count(last)
    for i in range(n):
        at = start + i
        room = total - x[at]
        ground = covered[at] + bulges[0] * x[at] * x[at]
        slope_t = greatest(slope_t, (ground - ends[0]) / x[at] + bulges[1] * room)
        slope_r = greatest(slope_r, (ground - ends[1]) / room + bulges[1] * x[at])
        above = ground + bulges[1] * x[at] * room - ends[0] - line * x[at]
        nu = greatest(nu, above / math.sqrt(x[at] * room))
    return slope_t, slope_r, nu
