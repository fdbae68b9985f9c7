"""One step of Newton's method for the prices of rows, each within its range."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["newton_step"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_RIDGE = 1e-6
"""Added to the curvature, as a part of its largest: rows alike leave it singular."""


def newton_step(curve: Floats, slope: Floats, free: Ints, most: float, limits: tuple[Floats, Floats]) -> Floats:
    """Step of the free prices; those that would leave their range stop at its end, the others are found again.

    Parameters
    ----------
    curve
        Second derivatives by the free rows, shape (free, free); changed in place.
    slope
        First derivatives by all rows.
    free
        Rows whose prices may move.
    most
        Longest step of a price, at least 0.
    limits
        Present prices, at least 0, and the most each may become.

    Returns
    -------
    numpy.ndarray
        By row. Where the bound bends nowhere but for rounding, as far downhill as ``most`` and the ranges let it.
    """
    price, top = limits
    step, open_ = np.zeros(len(price)), np.ones(len(free), dtype=bool)
    bends = curve.diagonal()
    steepest = float(bends.max())
    if steepest <= 0.0 or float(bends.min()) < -0.5 * _RIDGE * steepest:
        downhill = -most * np.sign(slope[free])
        step[free] = np.clip(downhill, -price[free], top[free] - price[free])
        return step
    curve[np.diag_indices(len(free))] += _RIDGE * steepest
    for _ in range(len(free)):
        at = free[open_]
        pull = -slope[at] - curve[np.ix_(open_, ~open_)] @ step[free[~open_]]
        step[at] = np.clip(np.linalg.solve(curve[np.ix_(open_, open_)], pull), -most, most)
        after = price[free] + step[free]
        low, high = open_ & (after < 0), open_ & (after > top[free])
        if not (low | high).any():
            break
        step[free[low]] = -price[free[low]]
        step[free[high]] = top[free[high]] - price[free[high]]
        open_ &= ~(low | high)
        if not open_.any():
            break
    return step
