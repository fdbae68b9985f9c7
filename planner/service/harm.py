"""What proposed sites take from the existing network's users: their carriers hear more interference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.service.signal import SignalAtCells

__all__ = ["with_interference"]


def with_interference(
    signal: SignalAtCells, carrier_of: NDArray[np.str_], added_mw: Mapping[str, NDArray[np.float64]]
) -> SignalAtCells:
    """The signal of the existing network with more stations on its carriers; who serves whom stays.

    Parameters
    ----------
    signal
        Of the existing network at the cells.
    carrier_of
        Name of the carrier of each row of the stations.
    added_mw
        Carrier → power of the added stations at the cells, mW, as if always sending.

    Returns
    -------
    SignalAtCells
        ``interference_dbm`` raised where a cell's 4G or 5G server sends on a carrier that is named.
    """
    raised = signal.interference_dbm.astype(np.float64)
    for k, group in enumerate(signal.groups):
        if group.kind != "broadband":
            continue
        has = signal.server[k] >= 0
        carrier = np.where(has, carrier_of[np.maximum(signal.server[k], 0)] if len(carrier_of) else "", "")
        for name, power in added_mw.items():
            mine = np.flatnonzero((carrier == name) & (power > 0.0))
            before = np.nan_to_num(10.0 ** (raised[k][mine] / 10.0), nan=0.0)
            raised[k][mine] = 10.0 * np.log10(before + power[mine])
    return replace(signal, interference_dbm=raised.astype(np.float32))
