"""Public facilities without 4G signal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.score.inputs import AreaInputs, Bounds, Criterion, counted

META = Criterion(
    "unserved_facilities",
    "facilities",
    "higher",
    "Schools, health posts, offices and markets in unserved cells",
    is_count=True,
)


def raw(inputs: AreaInputs) -> NDArray[np.float64]:
    """Public facilities in unserved cells, in each area, as far as is known."""
    return counted(inputs, "n_facilities")[0]


def bounds(inputs: AreaInputs) -> Bounds:
    """The same with every unknown cell served, and with every one unserved."""
    return counted(inputs, "n_facilities")[1]
