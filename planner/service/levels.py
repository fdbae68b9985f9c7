"""Judges each demand cell: level of service, cause, and the share of its demand that is served."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.radio.calibration import coverage_probability
from planner.radio.capacity import hidden_sectors, link_efficiency, sinr_db
from planner.radio.link_budget import Budgets, station_budgets
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
    """Signal that counts: per broadband group and cell, and what else is on air or dead.

    ``efficiency`` in b/s/Hz where covered (NaN: not modelled, 0: the interference leaves nothing).
    """

    is_covered: NDArray[np.bool_]
    server: NDArray[np.int32]
    efficiency: NDArray[np.float32]
    n_indoor: NDArray[np.int64]
    has_legacy: NDArray[np.bool_]
    has_inactive: NDArray[np.bool_]
    best_dbm: NDArray[np.float64]
    best_sinr_db: NDArray[np.float64]
    best_server: NDArray[np.int64]

    @property
    def is_usable(self) -> NDArray[np.bool_]:
        """Covered, and something is left of the air: who splits the demand."""
        found: NDArray[np.bool_] = self.is_covered & (self.efficiency != 0.0)
        return found


def judge(
    cells: pd.DataFrame,
    bts: pd.DataFrame,
    signal: SignalAtCells,
    *,
    confidence_share: NDArray[np.float64],
    radio: RadioSpec,
    spec: ServiceSpec,
    pixel_m: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Level of service of each cell and load of each 4G or 5G station on air.

    Parameters
    ----------
    cells
        Demand cells, n rows.
    bts
        Stations; ``signal.server`` points into its rows. A column ``busy_share`` says how long each sends as its own
        hidden sectors' interferer; without it ``radio.load_share``.
    signal
        Signal per operator and kind at the cells.
    confidence_share
        Confidence in the evidence about towers, shape ``(n,)``.
    radio
        Radio model: thresholds and capacity.
    spec
        Service model; ``place`` says whether signal counts outdoors or indoors.
    pixel_m
        Side of the square a level stands for, metres.

    Returns
    -------
    service, bts_load
        `schema.TABLES`; ``bts_load`` sorted by ``bts_id``.

    Notes
    -----
    A cell is covered by an operator when its best 4G or 5G server reaches that station's limit (`station_budgets`: the
    threshold or the uplink's limit, indoors with the entry loss); 2G and 3G count from ``radio.legacy_threshold_dbm``.
    Where interference is modelled, an operator whose SINR is below the floor of the throughput curve covers but carries
    nothing. The cell's demand is split evenly over the operators that carry something, each part goes to that
    operator's best server, and `station_load` says which share is carried; the cell's
    ``served_share`` is the mean over those operators. So nobody is served twice and no station carries
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

    Totals sum shares: of a served cell the share counts as served, the rest as limited by ``rest_cause``.
    Where a signal is found the level is known whatever the confidence. ``deficit_db`` is the
    distance of the best 4G or 5G signal below its limit; where none was computed it is that of the easiest limit
    to ``radio.floor_dbm``, a lower bound. ``probability_share`` is Φ of the median's distance to the limit over its spread.

    What holds whatever the network (tested by brute force): more backhaul lowers nobody's share, nor
    does more radio capacity, except of the other carriers on its own tower, which share its backhaul; less demand in one cell lowers nobody's share; an operator that
    reaches only cells nobody covered lowers nobody's share. What does **not** hold: a new station
    that also reaches covered cells may lower their share, for it takes users from a station with
    room to spare (even split, best server). Plans are therefore selected with fractional sharing
    (`planner.plan`), and this judgement describes the network as users meet it.
    """
    budgets = station_budgets(bts, radio, pixel_m)
    seen = _above_limit(signal, bts, budgets, radio, spec)
    usable = seen.is_usable
    n_carrying = usable.sum(axis=0)
    load, rows = _load(cells, bts, seen, n_carrying, radio)
    served_share = _mean_share(seen, n_carrying, load.served_share, rows, len(bts))
    lost_in_backhaul = _mean_share(seen, n_carrying, load.lost_in_backhaul, rows, len(bts))
    n_operators = seen.is_covered.sum(axis=0)
    is_backhaul = lost_in_backhaul > (1.0 - served_share) / 2.0
    level, cause = _levels(
        seen,
        is_covered=n_operators > 0,
        is_enough=served_share >= spec.served_share - _SHARE_TOLERANCE,
        is_backhaul=is_backhaul,
        is_known=np.asarray(confidence_share) >= spec.confidence_threshold_share,
    )
    ids = np.append(bts["bts_id"].to_numpy(dtype=object), "")
    service = pd.DataFrame(
        {
            "cell_id": cells["cell_id"].to_numpy(),
            "level": pd.Series(level, dtype="str"),
            "cause": pd.Series(cause, dtype="str"),
            "rest_cause": pd.Series(_rest_cause(level, served_share, is_backhaul), dtype="str"),
            "served_share": served_share,
            "n_operators": n_operators.astype(np.int64),
            "rsrp_dbm": seen.best_dbm,
            "server_bts_id": pd.Series(ids[seen.best_server], dtype="str"),
            "confidence_share": np.asarray(confidence_share, dtype=np.float64),
            "is_indoor": seen.n_indoor > 0,
            "n_operators_indoor": seen.n_indoor,
            "sinr_db": seen.best_sinr_db,
            **_reserve(seen, budgets, radio, spec),
        }
    )
    return service, _load_table(bts.iloc[rows], load)


def _limits(budgets: Budgets, spec: ServiceSpec) -> NDArray[np.float64]:
    """Level that counts as signal by row of the stations, and no level at all for "no server" (the last)."""
    return np.append(budgets.limit_dbm if spec.place == "outdoor" else budgets.indoor_limit_dbm, np.inf)


def _reserve(seen: _Signal, budgets: Budgets, radio: RadioSpec, spec: ServiceSpec) -> dict[str, NDArray[np.float64]]:
    """How far the best signal stays below its limit, and how likely it is to reach it."""
    limits = _limits(budgets, spec)
    easiest = float(np.nanmin(limits, initial=radio.threshold_dbm if len(limits) == 1 else np.inf))
    limit = np.where(seen.best_server >= 0, limits[seen.best_server], easiest)
    heard = np.where(np.isnan(seen.best_dbm), radio.floor_dbm, seen.best_dbm)
    probability = np.full(heard.size, np.nan)
    has = seen.best_server >= 0
    at = seen.best_server[has]
    probability[has] = coverage_probability(heard[has] + budgets.margin_db[at], limit[has], budgets.sigma_db[at])
    return {"probability_share": probability, "deficit_db": np.maximum(0.0, limit - heard)}


def _above_limit(
    signal: SignalAtCells, bts: pd.DataFrame, budgets: Budgets, radio: RadioSpec, spec: ServiceSpec
) -> _Signal:
    """Which groups reach each cell; a station that is off is judged by what it would send."""
    kinds = np.array([group.kind for group in signal.groups], dtype=str)
    level = np.nan_to_num(signal.rsrp_dbm, nan=-np.inf)
    reaches = level >= _limits(budgets, spec)[signal.server]
    wide = np.flatnonzero(kinds == "broadband")
    indoors = level[wide] >= np.append(budgets.indoor_limit_dbm, np.inf)[signal.server[wide]]
    sinr = _sinr_db(signal, wide, bts, budgets, radio, spec)
    n_cells = signal.server.shape[1]
    best_dbm, best_sinr = np.full(n_cells, np.nan), np.full(n_cells, np.nan)
    best_server = np.full(n_cells, -1, dtype=np.int64)
    if wide.size:
        rsrp = np.where(signal.server[wide] >= 0, level[wide].astype(np.float64), -np.inf)
        best = rsrp.argmax(axis=0)  # the first of equals: groups are sorted by operator
        column = np.arange(n_cells)
        has = np.isfinite(rsrp[best, column])
        best_dbm[has] = rsrp[best, column][has]
        best_sinr[has] = sinr[best, column][has]
        best_server[has] = signal.server[wide][best, column][has]
    technology = np.append(bts["technology"].to_numpy(dtype=str), "")[signal.server[wide]]
    efficiency = np.full(sinr.shape, np.nan, dtype=np.float32)
    if radio.interference == "modelled":
        efficiency = link_efficiency(sinr, technology, spec=radio).astype(np.float32)
    return _Signal(
        is_covered=reaches[wide],
        server=signal.server[wide],
        efficiency=efficiency,
        n_indoor=indoors.sum(axis=0).astype(np.int64),
        has_legacy=reaches[kinds == "legacy"].any(axis=0),
        has_inactive=reaches[kinds == "inactive"].any(axis=0),
        best_dbm=best_dbm,
        best_sinr_db=best_sinr,
        best_server=best_server,
    )


def _sinr_db(
    signal: SignalAtCells,
    wide: NDArray[np.int64],
    bts: pd.DataFrame,
    budgets: Budgets,
    radio: RadioSpec,
    spec: ServiceSpec,
) -> NDArray[np.float64]:
    """SINR of each operator's best server at the cells, NaN where none is or interference is not modelled."""
    server = signal.server[wide]
    if radio.interference != "modelled":
        return np.full(server.shape, np.nan)
    column = {
        name: bts[name].to_numpy(dtype=np.float64, na_value=empty)
        for name, empty in (("azimuth_deg", np.nan), ("n_sectors", 1.0))
    }
    busy = bts["busy_share"].to_numpy(dtype=np.float64) if "busy_share" in bts else np.full(len(bts), radio.load_share)
    hidden = np.append(hidden_sectors(column["n_sectors"], column["azimuth_deg"], busy, radio), 1.0)
    entry = np.zeros(len(bts) + 1)
    if spec.place == "indoor":
        entry[:-1] = budgets.indoor_limit_dbm - budgets.limit_dbm
    technology = np.append(bts["technology"].to_numpy(dtype=str), "4G")
    return sinr_db(
        signal.rsrp_dbm[wide] - entry[server],
        signal.interference_dbm[wide] - entry[server],
        technology[server],
        spec=radio,
        n_sectors=hidden[server],
    )


def _load(
    cells: pd.DataFrame, bts: pd.DataFrame, seen: _Signal, n_carrying: NDArray[np.int64], radio: RadioSpec
) -> tuple[StationLoad, NDArray[np.int64]]:
    """Load of the 4G and 5G stations on air, and their rows in ``bts``."""
    part = cells["demand_mbps"].to_numpy(dtype=np.float64) / np.maximum(1, n_carrying)
    demand, air = np.zeros(len(bts)), np.zeros(len(bts))
    for usable, server, efficiency in zip(
        seen.is_usable, seen.server, seen.efficiency, strict=True
    ):  # an operator each
        at, asked = server[usable], part[usable]
        demand += np.bincount(at, weights=asked, minlength=len(bts))
        air += np.bincount(at, weights=asked / efficiency[usable].astype(np.float64), minlength=len(bts))
    is_on_air = bts["technology"].isin(("4G", "5G")) & (bts["status"] == "on_air")
    rows = np.flatnonzero(is_on_air.to_numpy(dtype=bool) | (demand > 0.0))
    return station_load(bts.iloc[rows], demand[rows], air[rows], radio), rows


def _mean_share(
    seen: _Signal,
    n_carrying: NDArray[np.int64],
    share: NDArray[np.float64],
    rows: NDArray[np.int64],
    n_bts: int,
) -> NDArray[np.float64]:
    """Mean over the operators that carry a cell of a share of their best servers, 0 where nobody does."""
    of_row = np.zeros(n_bts)
    of_row[rows] = share
    total = np.zeros(n_carrying.size)
    for usable, server in zip(seen.is_usable, seen.server, strict=True):  # one pass an operator
        total[usable] += of_row[server[usable]]
    return np.clip(total / np.maximum(1, n_carrying), 0.0, 1.0)


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


def _rest_cause(
    level: NDArray[np.str_], served_share: NDArray[np.float64], is_backhaul: NDArray[np.bool_]
) -> NDArray[np.str_]:
    """What holds back the rest of a served cell; '' where nothing does."""
    is_short = (level == "served") & (served_share < 1.0)
    return np.select(
        [is_short & is_backhaul, is_short],
        [np.full(1, "backhaul_capacity"), np.full(1, "cell_capacity")],
        default=np.full(1, ""),
    )


def _load_table(bts: pd.DataFrame, load: StationLoad) -> pd.DataFrame:
    is_short = load.served_share < 1.0 - _SHARE_TOLERANCE
    is_backhaul = load.lost_in_backhaul > (1.0 - load.served_share) / 2.0
    limit = np.select(
        [is_short & is_backhaul, is_short],
        [np.full(1, "backhaul_capacity"), np.full(1, "cell_capacity")],
        default=np.full(1, ""),
    )
    capacity = np.fmin(load.radio_mbps, load.backhaul_mbps)
    table = pd.DataFrame(
        {
            "bts_id": bts["bts_id"].to_numpy(),
            "demand_mbps": load.demand_mbps,
            "radio_mbps": load.radio_mbps,
            "backhaul_mbps": load.backhaul_mbps,
            "capacity_mbps": capacity,
            "served_share": load.served_share,
            "load_share": load.demand_mbps / np.maximum(capacity, 1e-9),
            "efficiency_bps_per_hz": load.efficiency_bps_per_hz,
            "limit": limit,
        }
    )
    return table.astype({"bts_id": "str", "limit": "str"}).sort_values("bts_id", kind="stable", ignore_index=True)
