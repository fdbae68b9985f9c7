"""How many of an area's enterprises are in the scenario's priority sectors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.score.inputs import AreaInputs, Criterion, share

META = Criterion("umkm_sector", "share", "higher", "Share of the UMKM in priority sectors")


def raw(inputs: AreaInputs) -> NDArray[np.float64]:
    """Share 0–1; unknown where the scenario names no sector."""
    if not inputs.context.has_priority_sectors:
        return inputs.unknown_areas
    return share(inputs.total(inputs.column("n_umkm_priority_sector")), inputs.total(inputs.column("n_umkm")))
