"""Judges each demand cell: level of service, cause, and the share of its demand that is served."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.service.load import StationLoad, station_load
from planner.service.signal import SignalAtCells
from planner.specs.service import ServiceSpec

if TYPE_CHECKING:
    from planner.specs.radio import RadioSpec

__all__ = ["judge"]

_SHARE_TOLERANCE = 1e-12
"""Rounding of sums of shares: half of the demand on two operators is half, not a hair less."""


@dataclass(frozen=True, eq=False)
class _Signal:
    """Signal above the threshold: per broadband group and cell, and what else is on air or dead."""

    is_covered: NDArray[np.bool_]
    server: NDArray[np.int32]
    has_legacy: NDArray[np.bool_]
    has_inactive: NDArray[np.bool_]
    best_dbm: NDArray[np.float64]
    best_server: NDArray[np.int64]


def judge(
    cells: pd.DataFrame,
    bts: pd.DataFrame,
    signal: SignalAtCells,
    *,
    confidence_share: NDArray[np.float64],
    radio: RadioSpec,
    spec: ServiceSpec,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Level of service of each cell and load of each 4G or 5G station on air.

    Parameters
    ----------
    cells
        Demand cells, n rows.
    bts
        Stations; ``signal.server`` points into its rows.
    signal
        Signal per operator and kind at the cells.
    confidence_share
        Confidence in the evidence about towers, shape ``(n,)``.
    radio
        Radio model: thresholds and capacity.
    spec
        Service model.

    Returns
    -------
    service, bts_load
        `schema.TABLES`; ``bts_load`` sorted by ``bts_id``.

    Notes
    -----
    A cell is covered by an operator when its best 4G or 5G server reaches ``radio.threshold_dbm``;
    2G and 3G count from ``radio.legacy_threshold_dbm``.
    The cell's demand is split evenly over the operators that cover it, each part goes to that
    operator's best server, and `station_load` says which share is carried; the cell's
    ``served_share`` is the mean over its operators. So nobody is served twice and no station carries
    more than its capacity.

    ========== ============================ =====================================================
    level      when                         cause (the first that holds)
    ========== ============================ =====================================================
    served     covered, share ≥ threshold
    limited    covered, share below it      cell_capacity, or backhaul_capacity where the backhaul
                                            holds back more than the cells do
    limited    only 2G or 3G                inactive_site if one would cover it, else technology
    unserved   nothing on air, confidence   inactive_site if one would cover it, else signal
               at or above the threshold
    unknown    nothing on air, confidence   no_data
               below the threshold
    ========== ============================ =====================================================

    Where a signal is found the level is known whatever the confidence. ``deficit_db`` is the
    distance of the best 4G or 5G signal below the threshold; where none was computed it is the
    distance to ``radio.floor_dbm``, a lower bound.

    What holds whatever the network (tested by brute force): more backhaul lowers nobody's share, nor
    does more radio capacity, except of the other carriers on its own tower, which share its backhaul; less demand in one cell lowers nobody's share; an operator that
    reaches only cells nobody covered lowers nobody's share. What does **not** hold: a new station
    that also reaches covered cells may lower their share, for it takes users from a station with
    room to spare (even split, best server). Plans are therefore selected with fractional sharing
    (`planner.plan`), and this judgement describes the network as users meet it.
    """
    seen = _above_threshold(signal, bts, radio, len(cells))
    n_operators = seen.is_covered.sum(axis=0)
    load, rows = _load(cells, bts, seen, n_operators, radio)
    served_share = _mean_share(seen, n_operators, load.served_share, rows, len(bts))
    lost_in_backhaul = _mean_share(seen, n_operators, load.lost_in_backhaul, rows, len(bts))
    level, cause = _levels(
        seen,
        is_covered=n_operators > 0,
        is_enough=served_share >= spec.served_share - _SHARE_TOLERANCE,
        is_backhaul=lost_in_backhaul > (1.0 - served_share) / 2.0,
        is_known=np.asarray(confidence_share) >= spec.confidence_threshold_share,
    )
    heard = np.where(np.isnan(seen.best_dbm), radio.floor_dbm, seen.best_dbm)
    ids = np.append(bts["bts_id"].to_numpy(dtype=object), "")
    service = pd.DataFrame(
        {
            "cell_id": cells["cell_id"].to_numpy(),
            "level": pd.Series(level, dtype="str"),
            "cause": pd.Series(cause, dtype="str"),
            "served_share": served_share,
            "n_operators": n_operators.astype(np.int64),
            "rsrp_dbm": seen.best_dbm,
            "server_bts_id": pd.Series(ids[seen.best_server], dtype="str"),
            "confidence_share": np.asarray(confidence_share, dtype=np.float64),
            "is_indoor": heard >= radio.indoor_threshold_dbm,
            "deficit_db": np.maximum(0.0, radio.threshold_dbm - heard),
        }
    )
    return service, _load_table(bts.iloc[rows], load)


def _above_threshold(signal: SignalAtCells, bts: pd.DataFrame, radio: RadioSpec, n_cells: int) -> _Signal:
    """Which groups reach each cell; a station that is off is judged by what it would send."""
    kinds = np.array([group.kind for group in signal.groups], dtype=str)
    is_broadband = np.append(bts["technology"].isin(("4G", "5G")).to_numpy(dtype=bool), True)  # last: no server
    threshold_dbm = np.where(is_broadband[signal.server], radio.threshold_dbm, radio.legacy_threshold_dbm)
    reaches = (signal.server >= 0) & (np.nan_to_num(signal.rsrp_dbm, nan=-np.inf) >= threshold_dbm)
    broadband = np.flatnonzero(kinds == "broadband")
    best_dbm = np.full(n_cells, np.nan)
    best_server = np.full(n_cells, -1, dtype=np.int64)
    if broadband.size:
        rsrp = np.where(signal.server[broadband] >= 0, signal.rsrp_dbm[broadband].astype(np.float64), -np.inf)
        rsrp = np.nan_to_num(rsrp, nan=-np.inf, neginf=-np.inf)
        best = rsrp.argmax(axis=0)  # the first of equals: groups are sorted by operator
        column = np.arange(n_cells)
        has = np.isfinite(rsrp[best, column])
        best_dbm[has] = rsrp[best, column][has]
        best_server[has] = signal.server[broadband][best, column][has]
    return _Signal(
        is_covered=reaches[broadband],
        server=signal.server[broadband],
        has_legacy=reaches[kinds == "legacy"].any(axis=0),
        has_inactive=reaches[kinds == "inactive"].any(axis=0),
        best_dbm=best_dbm,
        best_server=best_server,
    )


def _load(
    cells: pd.DataFrame, bts: pd.DataFrame, seen: _Signal, n_operators: NDArray[np.int64], radio: RadioSpec
) -> tuple[StationLoad, NDArray[np.int64]]:
    """Load of the 4G and 5G stations on air, and their rows in ``bts``."""
    part = cells["demand_mbps"].to_numpy(dtype=np.float64) / np.maximum(1, n_operators)
    demand = np.zeros(len(bts))
    for covered, server in zip(seen.is_covered, seen.server, strict=True):  # one pass an operator
        demand += np.bincount(server[covered], weights=part[covered], minlength=len(bts))
    is_on_air = bts["technology"].isin(("4G", "5G")) & (bts["status"] == "on_air")
    rows = np.flatnonzero(is_on_air.to_numpy(dtype=bool) | (demand > 0.0))
    return station_load(bts.iloc[rows], demand[rows], radio), rows


def _mean_share(
    seen: _Signal,
    n_operators: NDArray[np.int64],
    share: NDArray[np.float64],
    rows: NDArray[np.int64],
    n_bts: int,
) -> NDArray[np.float64]:
    """Mean over the operators of a cell of a share of their best servers, 0 where nobody covers."""
    of_row = np.zeros(n_bts)
    of_row[rows] = share
    total = np.zeros(n_operators.size)
    for covered, server in zip(seen.is_covered, seen.server, strict=True):  # one pass an operator
        total[covered] += of_row[server[covered]]
    return np.clip(total / np.maximum(1, n_operators), 0.0, 1.0)


def _levels(
    seen: _Signal,
    *,
    is_covered: NDArray[np.bool_],
    is_enough: NDArray[np.bool_],
    is_backhaul: NDArray[np.bool_],
    is_known: NDArray[np.bool_],
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    is_served = is_covered & is_enough
    cases = (
        (is_served, "served", ""),
        (is_covered & is_backhaul, "limited", "backhaul_capacity"),
        (is_covered, "limited", "cell_capacity"),
        (seen.has_legacy & seen.has_inactive, "limited", "inactive_site"),
        (seen.has_legacy, "limited", "technology"),
        (~is_known, "unknown", "no_data"),
        (seen.has_inactive, "unserved", "inactive_site"),
    )
    conditions = [case[0] for case in cases]
    level = np.select(conditions, [np.full(1, case[1]) for case in cases], default=np.full(1, "unserved"))
    cause = np.select(conditions, [np.full(1, case[2]) for case in cases], default=np.full(1, "signal"))
    return level, cause


def _load_table(bts: pd.DataFrame, load: StationLoad) -> pd.DataFrame:
    is_short = load.served_share < 1.0 - _SHARE_TOLERANCE
    is_backhaul = load.lost_in_backhaul > (1.0 - load.served_share) / 2.0
    limit = np.select(
        [is_short & is_backhaul, is_short],
        [np.full(1, "backhaul_capacity"), np.full(1, "cell_capacity")],
        default=np.full(1, ""),
    )
    table = pd.DataFrame(
        {
            "bts_id": bts["bts_id"].to_numpy(),
            "demand_mbps": load.demand_mbps,
            "radio_mbps": load.radio_mbps,
            "backhaul_mbps": load.backhaul_mbps,
            "capacity_mbps": np.fmin(load.radio_mbps, load.backhaul_mbps),
            "served_share": load.served_share,
            "limit": limit,
        }
    )
    return table.astype({"bts_id": "str", "limit": "str"}).sort_values("bts_id", kind="stable", ignore_index=True)
