"""How much of an area lacks 4G signal: the head-count ratio."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.score.inputs import AreaInputs, Bounds, Criterion, share

META = Criterion("unserved_share", "share", "higher", "Share of the people (else UMKM) in unserved cells")


def _weights(inputs: AreaInputs) -> NDArray[np.float64]:
    """People; in areas whose people nobody knows, enterprises; else facilities."""
    people, n_umkm = inputs.column("people"), inputs.column("n_umkm")
    has_people = (inputs.total(people) > 0.0)[inputs.area_index]
    has_umkm = (inputs.total(n_umkm) > 0.0)[inputs.area_index]
    return np.where(has_people, people, np.where(has_umkm, n_umkm, inputs.column("n_facilities")))


def raw(inputs: AreaInputs) -> NDArray[np.float64]:
    """Unserved among those about whom something is known, 0–1; NaN where nothing is."""
    weight = _weights(inputs)
    known = inputs.total(np.where(inputs.is_level("unknown"), 0.0, weight))
    unserved = inputs.total(np.where(inputs.is_level("unserved"), weight, 0.0))
    return np.where((known <= 0.0) & (inputs.total(weight) > 0.0), np.nan, share(unserved, known))


def bounds(inputs: AreaInputs) -> Bounds:
    """With every unknown cell served, and with every one unserved."""
    weight = _weights(inputs)
    whole = inputs.total(weight)
    low = inputs.total(np.where(inputs.is_level("unserved"), weight, 0.0))
    unknown = inputs.total(np.where(inputs.is_level("unknown"), weight, 0.0))
    return share(low, whole), share(low + unknown, whole)
