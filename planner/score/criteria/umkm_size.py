"""How many of an area's enterprises are micro: the smallest find it hardest to reach service by themselves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.score.inputs import AreaInputs, Criterion, share

META = Criterion("umkm_size", "share", "higher", "Share of micro-enterprises among the UMKM")


def raw(inputs: AreaInputs) -> NDArray[np.float64]:
    """Share 0–1; enterprises of unstated size count as micro, as 99.6 % of them are in NTT."""
    n_umkm = inputs.total(inputs.column("n_umkm"))
    return share(n_umkm - inputs.total(inputs.column("n_umkm_small")), n_umkm)
