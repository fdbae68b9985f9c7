"""Totals by level, cause, programme and operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demand.points import UNIT
from planner.facts.types import FactsInputs
from planner.schema_columns import CAUSES, LEVELS
from planner.service.programme import PROGRAMME_OF_LEVEL, programme_weights

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "CELL_UNITS",
    "by_class",
    "by_level",
    "cause_totals",
    "class_index",
    "network",
    "operators",
    "programmes",
    "umkm_tables",
]

CELL_UNITS = {"umkm": "n_umkm", "people": "people", "facilities": "n_facilities"}
"""Unit → column of the cells; desa are counted by themselves."""


def class_index(values: pd.Series, names: tuple[str, ...]) -> NDArray[np.int64]:
    """Position of each value in ``names``: sums over numbers are many times faster than over text."""
    return np.asarray(pd.Categorical(values, categories=list(names)).codes, dtype=np.int64)


def by_class(values: NDArray[np.float64], index: NDArray[np.int64], names: tuple[str, ...]) -> dict[str, float]:
    """Sum of ``values`` in each class."""
    sums = np.bincount(index, weights=values, minlength=len(names))
    return dict(zip(names, sums.tolist(), strict=True))


def by_level(cells: pd.DataFrame, level: NDArray[np.int64]) -> dict[str, dict[str, float]]:
    """Unit → level → total; ``level`` holds positions in `LEVELS`."""
    return {
        unit: by_class(cells[column].to_numpy(dtype=np.float64), level, LEVELS) for unit, column in CELL_UNITS.items()
    }


def cause_totals(cells: pd.DataFrame, cause: NDArray[np.int64]) -> dict[str, dict[str, float]]:
    """Cause → unit → total of those that are not served; ``cause`` holds positions in `CAUSES`."""
    units = {
        unit: by_class(cells[column].to_numpy(dtype=np.float64), cause, CAUSES) for unit, column in CELL_UNITS.items()
    }
    return {name: {unit: counts[name] for unit, counts in units.items()} for name in CAUSES[1:]}


def programmes(
    cells: pd.DataFrame, service: pd.DataFrame, levels: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    """Programme → unit → total; people and facilities fall under programmes of networks alone."""
    level_of = {programme: level for level, programme in PROGRAMME_OF_LEVEL.items()}
    found: dict[str, dict[str, float]] = {}
    for name, weights in programme_weights(cells, service).items():
        found[name] = {"umkm": float(weights.sum())}
        if name in level_of:
            found[name] |= {unit: levels[unit][level_of[name]] for unit in ("people", "desa", "facilities")}
    return found


def operators(cells: pd.DataFrame, service: pd.DataFrame) -> dict[str, dict[str, float]]:
    """How many of the served are reached by one or two operators, and how many indoors; how many have signal at all."""
    is_served = (service["level"] == "served").to_numpy(dtype=bool)
    n_operators = service["n_operators"].to_numpy(dtype=np.int64)
    is_indoor = service["is_indoor"].to_numpy(dtype=bool)
    n_indoor = service["n_operators_indoor"].to_numpy(dtype=np.int64)
    masks = {
        "one_or_more": is_served & (n_operators >= 1),
        "two_or_more": is_served & (n_operators >= 2),
        "indoor": is_served & is_indoor,
        "outdoor_only": is_served & ~is_indoor,
        "one_or_more_indoor": is_served & (n_indoor >= 1),
        "two_or_more_indoor": is_served & (n_indoor >= 2),
        "signal_one_or_more": n_operators >= 1,
        "signal_two_or_more": n_operators >= 2,
        "signal_one_or_more_indoor": n_indoor >= 1,
        "signal_two_or_more_indoor": n_indoor >= 2,
    }
    units = {unit: cells[column].to_numpy(dtype=np.float64) for unit, column in CELL_UNITS.items()}
    return {name: {unit: float(v[mask].sum()) for unit, v in units.items()} for name, mask in masks.items()}


def umkm_tables(inputs: FactsInputs, level: NDArray[np.int64]) -> dict[str, dict[str, dict[str, float]]]:
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
    return {
        table: {name: by_class(values, level, LEVELS) for name, values in rows.items()}
        for table, rows in classes.items()
    }


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
