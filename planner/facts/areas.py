"""Tables by provinsi, kabupaten, kecamatan and desa."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demand.areas import AREA_LEVELS, code_at_level
from planner.facts.desa import desa_levels, sums_by
from planner.facts.totals import CELL_UNITS
from planner.facts.types import FactsInputs
from planner.schema_columns import LEVELS

__all__ = ["area_index", "area_tables", "desa_table"]


def desa_table(inputs: FactsInputs, level: NDArray[Any], cause: NDArray[Any]) -> pd.DataFrame:
    """Level and cause of each desa of ``admin``: ``area_code, level, cause``; empty without desa."""
    codes, index = area_index(inputs, "desa")
    found = desa_levels(inputs.cells, level, cause, desa_index=index, n_desa=len(codes), spec=inputs.spec)
    return pd.DataFrame({"area_code": codes, "level": found.level, "cause": found.cause})


def area_index(inputs: FactsInputs, area_level: str) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    """Codes of a level in ``admin``, sorted, and the area of each cell among them (−1 for none)."""
    rows = inputs.admin.loc[inputs.admin["level"] == area_level, "code"]
    codes = np.unique(rows.to_numpy(dtype=str)) if len(rows) else np.zeros(0, dtype="U13")
    at = code_at_level(inputs.cells["area_code"].to_numpy(dtype=str), area_level)
    if not len(codes):
        return codes, np.full(len(at), -1, dtype=np.int64)
    index = np.searchsorted(codes, at)
    index[index == len(codes)] = 0
    return codes, np.where(codes[index] == at, index, -1).astype(np.int64)


def area_tables(
    inputs: FactsInputs, level: NDArray[Any], desa: pd.DataFrame, gains: dict[str, NDArray[np.float64]]
) -> pd.DataFrame:
    """One row per area of ``admin``, by level and code.

    Parameters
    ----------
    inputs
        Results of the run.
    level
        Level of each cell.
    desa
        `desa_table`.
    gains
        What the plan adds to each cell: column → values; empty without a plan.

    Returns
    -------
    DataFrame
        ``area_level, area_code, bps_code, name``, ``<unit>_<level>`` and ``<unit>_total`` for umkm,
        people, facilities and desa, ``demand_mbps``, ``served_demand_share``, ``confidence_share``
        (mean over the demand), the columns of ``gains``, ``level`` and ``cause`` (desa only), and
        ``score, score_low, score_high`` where the run has them.
    """
    tables = [_table(inputs, area_level, level, desa, gains) for area_level in AREA_LEVELS]
    joined = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    if inputs.areas is None or not len(inputs.areas):
        return joined.assign(score=np.nan, score_low=np.nan, score_high=np.nan)
    scores = inputs.areas[["area_level", "area_code", "score", "score_low", "score_high"]]
    return joined.merge(scores, on=["area_level", "area_code"], how="left", validate="one_to_one")


def _table(
    inputs: FactsInputs,
    area_level: str,
    level: NDArray[Any],
    desa: pd.DataFrame,
    gains: dict[str, NDArray[np.float64]],
) -> pd.DataFrame:
    codes, index = area_index(inputs, area_level)
    n = len(codes)
    cells = inputs.cells
    columns: dict[str, Any] = {"area_level": np.full(n, area_level), "area_code": codes, **_names(inputs, codes)}
    for unit, name in CELL_UNITS.items():
        values = cells[name].to_numpy(dtype=np.float64)
        for at in LEVELS:
            columns[f"{unit}_{at}"] = sums_by(index, n, np.where(level == at, values, 0.0))
        columns[f"{unit}_total"] = sums_by(index, n, values)
    columns |= _desa_counts(desa, codes, area_level)
    demand = cells["demand_mbps"].to_numpy(dtype=np.float64)
    whole = sums_by(index, n, demand)
    columns["demand_mbps"] = whole
    for name in ("served_share", "confidence_share"):
        part = sums_by(index, n, demand * inputs.service[name].to_numpy(dtype=np.float64))
        key = "served_demand_share" if name == "served_share" else name
        columns[key] = np.divide(part, whole, out=np.full(n, np.nan), where=whole > 0.0)
    columns |= {name: sums_by(index, n, values) for name, values in gains.items()}
    is_desa = area_level == "desa"
    columns["level"] = desa["level"].to_numpy() if is_desa else np.full(n, "")
    columns["cause"] = desa["cause"].to_numpy() if is_desa else np.full(n, "")
    text = ("area_level", "area_code", "bps_code", "name", "level", "cause")
    return pd.DataFrame(columns).astype(dict.fromkeys(text, "str"))


def _names(inputs: FactsInputs, codes: NDArray[np.str_]) -> dict[str, Any]:
    held = inputs.admin.drop_duplicates("code").set_index("code").reindex(codes)
    return {name: held[name].fillna("").to_numpy(dtype=str) for name in ("bps_code", "name")}


def _desa_counts(desa: pd.DataFrame, codes: NDArray[np.str_], area_level: str) -> dict[str, NDArray[np.float64]]:
    above = code_at_level(desa["area_code"].to_numpy(dtype=str), area_level)
    index = np.searchsorted(codes, above)
    index[index == len(codes)] = -1
    if len(codes):
        index = np.where(codes[index] == above, index, -1)
    level = desa["level"].to_numpy(dtype=str)
    counts = {f"desa_{at}": sums_by(index, len(codes), (level == at).astype(np.float64)) for at in LEVELS}
    counts["desa_total"] = sums_by(index, len(codes), np.ones(len(desa)))
    return counts
