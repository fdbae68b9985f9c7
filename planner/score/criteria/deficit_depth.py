"""How deep the deficit is: the share of the busy-hour demand that nobody carries.

It counts limited areas by what they lack, as the poverty-gap index counts the poor by their distance to the
line (J. Foster, J. Greer, E. Thorbecke, A class of decomposable poverty measures, Econometrica 52 (1984)
761–766, index with α = 1).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.score.inputs import AreaInputs, Bounds, Criterion, share

META = Criterion("deficit_depth", "share", "higher", "Share of the busy-hour demand that is not carried")


def _sums(inputs: AreaInputs) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Demand not carried in known cells, demand of known cells, demand of unknown ones."""
    demand = inputs.column("demand_mbps")
    is_unknown = inputs.is_level("unknown")
    lacking = demand * (1.0 - inputs.service["served_share"].to_numpy(dtype=np.float64))
    return (
        inputs.total(np.where(is_unknown, 0.0, lacking)),
        inputs.total(np.where(is_unknown, 0.0, demand)),
        inputs.total(np.where(is_unknown, demand, 0.0)),
    )


def raw(inputs: AreaInputs) -> NDArray[np.float64]:
    """Share of the known cells' demand, 0–1; NaN where no cell is known."""
    lacking, known, unknown = _sums(inputs)
    return np.where((known <= 0.0) & (unknown > 0.0), np.nan, share(lacking, known))


def bounds(inputs: AreaInputs) -> Bounds:
    """With everything carried in unknown cells, and with nothing."""
    lacking, known, unknown = _sums(inputs)
    return share(lacking, known + unknown), share(lacking + unknown, known + unknown)
