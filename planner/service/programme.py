"""Programmes that each enterprise falls under, by its level of service and whether it is online."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["PROGRAMME_OF_LEVEL", "programme_weights"]

PROGRAMME_OF_LEVEL = {"limited": "upgrade", "unserved": "build", "unknown": "survey"}
"""Programme of everybody in a cell that is not served; served enterprises fall under ``accompany``
(offline) or ``stimulus`` (online)."""


def programme_weights(cells: pd.DataFrame, service: pd.DataFrame) -> dict[str, NDArray[np.float64]]:
    """Enterprises of each cell under each programme.

    Returns
    -------
    dict
        ``build, upgrade, accompany, stimulus, survey`` and ``undecided`` (served, and nobody knows
        whether online); in each cell they sum to ``n_umkm``.
    """
    level = service["level"].to_numpy()
    n_umkm = cells["n_umkm"].to_numpy(dtype=np.float64)
    offline = cells["n_umkm_offline"].to_numpy(dtype=np.float64)
    online = cells["n_umkm_online"].to_numpy(dtype=np.float64)
    is_served = level == "served"
    weights = {name: np.where(level == at, n_umkm, 0.0) for at, name in PROGRAMME_OF_LEVEL.items()}
    weights["accompany"] = np.where(is_served, offline, 0.0)
    weights["stimulus"] = np.where(is_served, online, 0.0)
    weights["undecided"] = np.where(is_served, np.maximum(0.0, n_umkm - offline - online), 0.0)
    return {name: weights[name] for name in ("build", "upgrade", "accompany", "stimulus", "survey", "undecided")}
