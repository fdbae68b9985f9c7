"""Compiled dice of the searches, with the same bits on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import jit

__all__ = ["bell", "draw", "random"]

Ints = NDArray[np.int64]


@jit
def random(dice: Ints) -> float:
    """Uniform in [0, 1): xorshift of 63 bits."""
    x = np.uint64(dice[0])
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    dice[0] = np.int64(x)
    return float(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@jit
def draw(dice: Ints, n: int) -> int:
    """One of the first ``n`` numbers."""
    return min(int(random(dice) * n), n - 1)


@jit
def bell(dice: Ints) -> float:
    """Nearly normal, of mean 0 and variance 1: a sum of uniform numbers, with the same bits on every machine."""
    total = -6.0
    for _ in range(12):
        total += random(dice)
    return total
