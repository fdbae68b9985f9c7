"""How far the backbone is: demand-weighted mean distance to the nearest place where it can be entered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.score.inputs import AreaInputs, Criterion, share

META = Criterion("backbone_distance", "km", "higher", "Mean distance of the demand to the backbone")


def raw(inputs: AreaInputs) -> NDArray[np.float64]:
    """Kilometres, great circle; unknown where the run knows no backbone."""
    km = inputs.context.backbone_km
    if km is None:
        return inputs.unknown_areas
    demand = inputs.column("demand_mbps")
    return share(inputs.total(demand * km), inputs.total(demand))
