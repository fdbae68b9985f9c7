"""Upper convex hulls of a ray's samples: the horizon of any later point by a short search.

Heights are bent by the effective Earth, ``y = h − 500·d²/a_e``, so that slopes over the curved Earth are plain
slopes. The highest slope from a point beyond all samples to any of them is the tangent to their upper hull.

References
----------
Andrew, A. M., Another efficient algorithm for convex hulls in two dimensions, Information Processing Letters
9(5), 1979, doi:10.1016/0020-0190(79)90072-3 (the monotone chain, used here one point at a time).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import jit

__all__ = ["highest_above", "push", "tangent"]

Array = NDArray[np.float64]


@jit
def push(x: Array, y: Array, top: int, new_x: float, new_y: float) -> int:
    """Add a point right of all others to the hull of ``top`` points; returns its new number of points."""
    n = np.uint64(top)
    one, two = np.uint64(1), np.uint64(2)
    while n >= two:
        across, rise = new_x - x[n - two], new_y - y[n - two]
        if (x[n - one] - x[n - two]) * rise < (y[n - one] - y[n - two]) * across:
            break
        n -= one
    x[n], y[n] = new_x, new_y
    return np.int64(n) + 1  # type: ignore[return-value]  # numba's integer


@jit
def tangent(x: Array, y: Array, top: int, at_x: float, at_y: float) -> int:
    """Vertex of the hull that stands highest as seen from a point right of it.

    The slope from the point to the vertices rises and then falls along the hull: binary search.
    """
    low, high = np.uint64(0), np.uint64(top - 1)
    one = np.uint64(1)
    while low < high:
        middle = (low + high) >> one
        after = middle + one
        # is the slope to `middle` at least as high as to the vertex after it?
        if (y[middle] - at_y) * (at_x - x[after]) >= (y[after] - at_y) * (at_x - x[middle]):
            high = middle
        else:
            low = after
    return np.int64(low)  # type: ignore[return-value]  # numba's integer


@jit
def highest_above(x: Array, y: Array, top: int, slope: float, bulge: float) -> int:
    """Vertex that stands highest above a line of ``slope``, the hull's bending by ``bulge`` taken back."""
    low, high = np.uint64(0), np.uint64(top - 1)
    one = np.uint64(1)
    while low < high:
        middle = (low + high) >> one
        after = middle + one
        step = x[after] - x[middle]
        if y[middle] >= y[after] + (bulge * (x[after] + x[middle]) - slope) * step:
            high = middle
        else:
            low = after
    return np.int64(low)  # type: ignore[return-value]  # numba's integer
