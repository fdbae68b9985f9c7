"""Areas that are terdepan, terluar or tertinggal (3T), by a 3T list or by the list of daerah tertinggal.

The two lists are not the same: a kabupaten of Perpres 63/2020 is tertinggal, and thereby one of the three Ts;
border and outermost islands have criteria of their own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.score.inputs import AreaInputs, Bounds, Criterion, listed_share

META = Criterion("three_t", "share", "higher", "Share of the demand in 3T areas")

_KINDS = ("3T", "tertinggal")


def raw(inputs: AreaInputs) -> NDArray[np.float64]:
    """Share of each area's demand in listed areas, 0–1; unknown without a list."""
    return listed_share(inputs, _KINDS)[0]


def bounds(inputs: AreaInputs) -> Bounds:
    """The same where the list is finer than the cells' codes: none and all of them listed."""
    return listed_share(inputs, _KINDS)[1]
