"""Totals by level, cause, programme and operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demand.points import UNIT
from planner.facts.standing import Standing, part_of
from planner.facts.types import FactsInputs
from planner.schema_columns import CAUSES, LEVELS
from planner.service.programme import PROGRAMME_OF_LEVEL

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "CELL_UNITS",
    "by_class",
    "by_level",
    "cause_totals",
    "network",
    "operators",
    "programmes",
    "umkm_tables",
]

CELL_UNITS = {"umkm": "n_umkm", "people": "people", "facilities": "n_facilities"}
"""Unit → column of the cells; desa are counted by themselves."""


def by_class(values: NDArray[np.float64], index: NDArray[np.int64], names: tuple[str, ...]) -> dict[str, float]:
    """Sum of ``values`` in each class."""
    sums = np.bincount(index, weights=values, minlength=len(names))
    return dict(zip(names, sums.tolist(), strict=True))


def by_level(cells: pd.DataFrame, standing: Standing) -> dict[str, dict[str, float]]:
    """Unit → level → total."""
    return {
        unit: dict(zip(LEVELS, standing.parts(cells[column].to_numpy(dtype=np.float64)).sum(axis=1).tolist(), strict=True))
        for unit, column in CELL_UNITS.items()
    }  # fmt: skip


def cause_totals(cells: pd.DataFrame, standing: Standing) -> dict[str, dict[str, float]]:
    """Cause → unit → total of those that are not served."""
    units = {
        unit: standing.by_cause(cells[column].to_numpy(dtype=np.float64)).sum(axis=1).tolist()
        for unit, column in CELL_UNITS.items()
    }
    return {name: {unit: counts[at] for unit, counts in units.items()} for at, name in enumerate(CAUSES) if name}


def programmes(
    cells: pd.DataFrame, standing: Standing, levels: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    """Programme → unit → total; people and facilities fall under programmes of networks alone.

    Who is served falls under ``accompany`` (offline), ``stimulus`` (online) or ``undecided`` (nobody knows).
    """
    found = {
        name: {unit: levels[unit][level] for unit in ("umkm", "people", "desa", "facilities")}
        for level, name in PROGRAMME_OF_LEVEL.items()
    }
    whole, offline, online = (
        cells[name].to_numpy(dtype=np.float64) for name in ("n_umkm", "n_umkm_offline", "n_umkm_online")
    )
    classes = {"accompany": offline, "stimulus": online, "undecided": whole - offline - online}
    served = _served_of(classes, standing)
    found |= {name: {"umkm": float(served[name].sum())} for name in classes}
    return {name: found[name] for name in ("build", "upgrade", "accompany", "stimulus", "survey", "undecided")}


def _served_of(classes: Mapping[str, NDArray[np.float64]], standing: Standing) -> dict[str, NDArray[np.float64]]:
    """Served part of each class of a weight; in each cell they sum to the served part of the whole, exactly."""
    found, below, done = {}, np.zeros(standing.share.size), np.zeros(standing.share.size)
    for name, weight in classes.items():
        below = below + weight
        now = part_of(below, standing.share)
        found[name], done = now - done, now
    return found


def operators(cells: pd.DataFrame, service: pd.DataFrame, standing: Standing) -> dict[str, dict[str, float]]:
    """How many of the served are reached by one or two operators, and how many indoors; how many have signal at all."""
    n_operators = service["n_operators"].to_numpy(dtype=np.int64)
    is_indoor = service["is_indoor"].to_numpy(dtype=bool)
    n_indoor = service["n_operators_indoor"].to_numpy(dtype=np.int64)
    of_served = {
        "one_or_more": n_operators >= 1,
        "two_or_more": n_operators >= 2,
        "indoor": is_indoor,
        "outdoor_only": ~is_indoor,
        "one_or_more_indoor": n_indoor >= 1,
        "two_or_more_indoor": n_indoor >= 2,
    }
    of_all = {
        "signal_one_or_more": n_operators >= 1,
        "signal_two_or_more": n_operators >= 2,
        "signal_one_or_more_indoor": n_indoor >= 1,
        "signal_two_or_more_indoor": n_indoor >= 2,
    }
    units = {unit: cells[column].to_numpy(dtype=np.float64) for unit, column in CELL_UNITS.items()}
    served = {unit: standing.served(values) for unit, values in units.items()}
    return {
        name: {unit: float(v[mask].sum()) for unit, v in held.items()}
        for masks, held in ((of_served, served), (of_all, units))
        for name, mask in masks.items()
    }


def umkm_tables(inputs: FactsInputs, standing: Standing) -> dict[str, dict[str, dict[str, float]]]:
    """Enterprises by size, digital status, evidence and sector, each by level; each sums to all."""
    cells = inputs.cells
    column = {name: cells[name].to_numpy(dtype=np.float64) for name in cells.columns if name.startswith("n_umkm")}
    n_umkm, small, observed = column["n_umkm"], column["n_umkm_small"], column["n_umkm_observed"]
    offline, online = column["n_umkm_offline"], column["n_umkm_online"]
    classes = {
        "size": {"micro": n_umkm - small, "small_and_medium": small},
        "digital": {"offline": offline, "online": online, "unknown": n_umkm - offline - online},
        "evidence": {"observed": observed, "not_observed": n_umkm - observed},
        "sector": _sectors(inputs, n_umkm),
    }
    found: dict[str, dict[str, dict[str, float]]] = {}
    for table, rows in classes.items():
        served = _served_of(rows, standing)
        sums = {name: standing.split(served[name], values).sum(axis=1).tolist() for name, values in rows.items()}
        found[table] = {name: dict(zip(LEVELS, counts, strict=True)) for name, counts in sums.items()}
    return found


def _sectors(inputs: FactsInputs, n_umkm: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Enterprises of each cell by sector; '' holds those whose sector nobody states."""
    found: dict[str, NDArray[np.float64]] = {}
    stated = np.zeros(n_umkm.size)
    if inputs.umkm is not None and inputs.umkm_cells is not None and len(inputs.umkm):
        where = inputs.umkm_cells["cell_id"].to_numpy(dtype=np.int64)
        sector = inputs.umkm["sector"].fillna("").to_numpy(dtype=str)
        weight = np.round(inputs.umkm["weight"].to_numpy(dtype=np.float64) / UNIT) * UNIT  # as in the cells
        used = (where >= 0) & (sector != "")
        row = np.searchsorted(inputs.cells["cell_id"].to_numpy(dtype=np.int64), where[used])
        names, index = np.unique(sector[used], return_inverse=True)
        for i, name in enumerate(names.tolist()):
            at = index == i
            found[name] = np.bincount(row[at], weights=weight[used][at], minlength=n_umkm.size).astype(np.float64)
            stated += found[name]
    found[""] = n_umkm - stated
    return found


def network(inputs: FactsInputs) -> dict[str, Any]:
    """Stations by technology, status and operator; those on air by what limits them."""
    bts = inputs.bts
    found: dict[str, Any] = {"n_bts": len(bts)}
    for name in ("technology", "status", "operator", "backhaul"):
        counts = bts[name].fillna("unknown").value_counts()
        found[f"by_{name}"] = {str(key): int(counts[key]) for key in sorted(counts.index)}
    found["n_backhaul_rate_unknown"] = int(bts["backhaul_mbps"].isna().sum())
    if inputs.bts_load is not None:
        limits = inputs.bts_load["limit"].value_counts()
        found["by_limit"] = {str(key): int(limits[key]) for key in sorted(limits.index)}
        found["demand_mbps"] = float(inputs.bts_load["demand_mbps"].sum())
        carried = inputs.bts_load["demand_mbps"] * inputs.bts_load["served_share"]
        found["carried_mbps"] = float(carried.sum())
    return found
