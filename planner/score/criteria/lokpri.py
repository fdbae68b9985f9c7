"""Priority locations on the land border (Lokpri)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.score.inputs import AreaInputs, Bounds, Criterion, listed_share

META = Criterion("lokpri", "share", "higher", "Share of the demand in border priority locations")

_KINDS = ("border",)


def raw(inputs: AreaInputs) -> NDArray[np.float64]:
    """Share of each area's demand in listed areas, 0–1; unknown without a list."""
    return listed_share(inputs, _KINDS)[0]


def bounds(inputs: AreaInputs) -> Bounds:
    """The same where the list is finer than the cells' codes: none and all of them listed."""
    return listed_share(inputs, _KINDS)[1]
