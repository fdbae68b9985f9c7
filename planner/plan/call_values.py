"""Numbers that scripts hand to `max_cover` and `connect`: what is none must be said, never guessed at."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST", "amounts", "is_amount", "number", "whole"]

MOST = 1e300
"""Amounts above it would not add up."""


def number(value: Any) -> float:
    """The number that a value is; NaN for texts, None, complex numbers, rows of numbers and the like.

    Examples
    --------
    >>> number(np.int32(3)), number("3"), number(None), number([3.0])
    (3.0, nan, nan, nan)
    """
    if isinstance(value, (str, bytes)) or np.ndim(value):
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def is_amount(value: Any) -> bool:
    """Whether it is a number of at least 0 that can be added up with others."""
    return 0 <= number(value) <= MOST


def whole(value: Any) -> int | None:
    """The whole number that a value is; None for anything else.

    Examples
    --------
    >>> whole(np.int8(3)), whole(2.0), whole("2")
    (3, None, None)
    """
    return int(value) if isinstance(value, (int, np.integer)) else None


def amounts(values: Any, name: str) -> tuple[NDArray[np.float64], list[str]]:
    """A row of numbers of at least 0, and what is wrong with it (then the row is empty)."""
    none = np.zeros(0)
    try:
        found = np.asarray(values)
    except ValueError:  # rows of several lengths
        return none, [f"{name} must be a row of numbers"]
    if found.ndim != 1:
        return none, [f"{name} has {found.ndim} dimensions (1 is wanted)"]
    if len(found) and found.dtype.kind not in "iuf":
        return none, [f"{name} must be a row of numbers, not {found.dtype}"]
    found = found.astype(np.float64)
    bad = ~((found >= 0) & (found <= MOST))
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        return none, [f"{name}[{at}] is {found[at]} (0 to {MOST:g}; {int(bad.sum())} such values)"]
    if found.sum() > MOST:
        return none, [f"{name} adds up to more than {MOST:g}"]
    return found, []
