"""Signal of each operator at each demand cell, taken from coverage rasters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

    from planner.radio.coverage import Coverage, CoverageGroup

__all__ = ["SignalAtCells", "join_signals", "signal_at_cells"]


@dataclass(frozen=True, eq=False)
class SignalAtCells:
    """Best server of each group at each cell.

    Parameters
    ----------
    groups
        Operator and kind (``broadband``, ``legacy``, ``inactive``) of each row of the arrays.
    rsrp_dbm
        RSRP in dBm, shape ``(n_groups, n_cells)``; NaN where none was computed.
    server
        Row of the station in the bts table, same shape; −1 for none.
    interference_dbm
        Power of the other cells on the best server's carrier as if always sending, dBm, same shape; NaN where there
        is nothing else, and for groups other than broadband. Empty: nowhere.
    """

    groups: tuple[CoverageGroup, ...]
    rsrp_dbm: NDArray[np.float32]
    server: NDArray[np.int32]
    interference_dbm: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), np.float32))

    def __post_init__(self) -> None:
        if not self.interference_dbm.size:
            object.__setattr__(self, "interference_dbm", np.full(self.rsrp_dbm.shape, np.nan, np.float32))


def signal_at_cells(coverage: Coverage, cells: pd.DataFrame) -> SignalAtCells:
    """Take the coverage at the cells; those outside its grid get no signal.

    Parameters
    ----------
    coverage
        Of the whole region or of a tile of it.
    cells
        Demand cells with ``lon_deg, lat_deg`` at pixel centres.
    """
    row, col = coverage.grid.row_col(cells["lon_deg"].to_numpy(), cells["lat_deg"].to_numpy())
    held = np.flatnonzero(coverage.grid.contains(row, col))
    shape = (len(coverage.groups), len(cells))
    rsrp = np.full(shape, np.nan, dtype=np.float32)
    server = np.full(shape, -1, dtype=np.int32)
    rsrp[:, held] = coverage.rsrp_dbm[:, row[held], col[held]]
    server[:, held] = coverage.server[:, row[held], col[held]]
    interference = np.full(shape, np.nan, dtype=np.float32)
    for i, k in enumerate(coverage.broadband[: len(coverage.interference_dbm)]):
        interference[k, held] = coverage.interference_dbm[i, row[held], col[held]]
    return SignalAtCells(coverage.groups, rsrp, server, interference)


def join_signals(parts: Iterable[SignalAtCells]) -> SignalAtCells:
    """Signal of several tiles in one: the strongest of what they hold.

    Parameters
    ----------
    parts
        At least one, all with the same groups and cells. Tiles do not overlap, so each cell has
        signal in one part at most; where they do, the stronger wins, then the smaller row.

    Raises
    ------
    ValueError
        Groups that differ, or nothing to join.
    """
    waiting = iter(parts)
    first = next(waiting, None)
    if first is None:
        message = "no signal to join: give at least one tile"
        raise ValueError(message)
    rsrp, server, interference = first.rsrp_dbm.copy(), first.server.copy(), first.interference_dbm.copy()
    for part in waiting:
        if part.groups != first.groups:
            message = (
                "tiles with different coverage groups cannot be joined: compute the groups from the whole bts table"
            )
            raise ValueError(message)
        is_better = (part.server >= 0) & (
            (server < 0) | (part.rsrp_dbm > rsrp) | ((part.rsrp_dbm == rsrp) & (part.server < server))
        )
        rsrp[is_better] = part.rsrp_dbm[is_better]
        server[is_better] = part.server[is_better]
        interference[is_better] = part.interference_dbm[is_better]
    return SignalAtCells(first.groups, rsrp, server, interference)
