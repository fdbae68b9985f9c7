"""Ranges of whole arrays: what a Recommendation does not cover is refused with value, range and source."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.errors import RadioError

__all__ = ["Floats", "within"]

Floats = NDArray[np.float64]


def within(name: str, values: ArrayLike, low: float, high: float, source: str) -> Floats:
    """``values`` as float64, refused unless all are finite and inside ``low`` to ``high``.

    Raises
    ------
    RadioError
        Names the first faulty value, how many there are, the allowed range and the source of the range.

    Examples
    --------
    >>> within("percent", [0.01, 0.5], 0.001, 1.0, "ITU-R P.530-17 §2.4.1").tolist()
    [0.01, 0.5]
    """
    array = np.asarray(values, dtype=np.float64)
    faulty = ~(np.isfinite(array) & (array >= low) & (array <= high))
    n = int(faulty.sum())
    if n:
        first = float(array[faulty].flat[0])
        many = f"; {n} of {array.size} values are outside" if array.size > 1 else ""
        message = f"{name} = {first:g} is outside {low:g} to {high:g} ({source}){many}"
        raise RadioError(
            message, code="radio_outside", name=name, value=first, low=f"{low:g}", high=f"{high:g}", source=source
        )
    return array
