"""Compiled heap of keys with items; what has equal keys comes by the number of the item."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import jit

__all__ = ["pop", "push"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@jit
def push(keys: Floats, items: Ints, size: int, key: float, item: int) -> int:
    """Put an entry on; the size after it."""
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if keys[up] < key or (keys[up] == key and items[up] <= item):
            break
        keys[at], items[at] = keys[up], items[up]
        at = up
    keys[at], items[at] = key, item
    return size + 1


@jit
def pop(keys: Floats, items: Ints, size: int) -> int:
    """Take the first entry off; what was last finds its place from the top."""
    last = size - 1
    key, item = keys[last], items[last]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= last:
            break
        other = child + 1
        if other < last and (keys[other] < keys[child] or (keys[other] == keys[child] and items[other] < items[child])):
            child = other
        if key < keys[child] or (key == keys[child] and item <= items[child]):
            break
        keys[at], items[at] = keys[child], items[child]
        at = child
    keys[at], items[at] = key, item
    return last
