"""Tables by provinsi, kabupaten, kecamatan and desa."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demand.areas import AREA_LEVELS, code_at_level
from planner.facts.desa import DesaLevels, desa_levels
from planner.facts.standing import Standing, sums_by
from planner.facts.totals import CELL_UNITS, by_class
from planner.facts.types import FactsInputs
from planner.schema_columns import CAUSES, LEVELS

__all__ = ["AreaIndex", "DesaTable", "area_index", "area_tables", "desa_table"]


@dataclass(frozen=True, eq=False)
class AreaIndex:
    """Areas of one level and the cells in them.

    Parameters
    ----------
    codes
        Codes of `admin` at this level, sorted.
    index
        Area of each cell among them, −1 for none.
    """

    codes: NDArray[np.str_]
    index: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class DesaTable:
    """Judgement of each desa: codes, and positions in `LEVELS` and `CAUSES`."""

    codes: NDArray[np.str_]
    levels: DesaLevels

    def counts(self) -> dict[str, float]:
        """Level → number of desa."""
        return by_class(np.ones(len(self.codes)), self.levels.level, LEVELS)


def desa_table(inputs: FactsInputs, desa: AreaIndex, standing: Standing) -> DesaTable:
    """Judge each desa of ``admin``; empty without desa."""
    found = desa_levels(inputs.cells, standing, desa_index=desa.index, n_desa=len(desa.codes), spec=inputs.spec)
    return DesaTable(desa.codes, found)


def area_index(inputs: FactsInputs, area_level: str) -> AreaIndex:
    """Areas of a level and the cells in them."""
    rows = inputs.admin.loc[inputs.admin["level"] == area_level, "code"]
    codes = np.unique(rows.to_numpy(dtype=str)) if len(rows) else np.zeros(0, dtype="U13")
    at, unique = pd.factorize(inputs.cells["area_code"])
    above = code_at_level(np.asarray(unique, dtype=object), area_level)
    return AreaIndex(codes, np.append(_positions(codes, above), -1)[at])


def _positions(codes: NDArray[np.str_], wanted: NDArray[np.str_]) -> NDArray[np.int64]:
    """Position of each wanted code among sorted ones, −1 for none."""
    if not len(codes):
        return np.full(len(wanted), -1, dtype=np.int64)
    found = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    return np.where(codes[found] == wanted, found, -1).astype(np.int64)


def area_tables(
    inputs: FactsInputs, standing: Standing, desa: DesaTable, gains: dict[str, NDArray[np.float64]]
) -> pd.DataFrame:
    """One row per area of ``admin``, by level and code.

    Parameters
    ----------
    inputs
        Results of the run.
    standing
        How the demand of each cell stands.
    desa
        `desa_table`.
    gains
        More sums, of each cell: what the plan adds, what rests on evidence; column → values.

    Returns
    -------
    DataFrame
        ``area_level, area_code, bps_code, name``, ``<unit>_<level>`` and ``<unit>_total`` for umkm,
        people, facilities and desa, ``demand_mbps``, ``served_demand_share``, ``confidence_share``
        (mean over the demand), the columns of ``gains``, ``level`` and ``cause`` (desa only), and
        ``score, score_low, score_high`` where the run has them.
    """
    tables = [_table(inputs, area_level, standing, desa, gains) for area_level in AREA_LEVELS]
    joined = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    if inputs.areas is None or not len(inputs.areas):
        return joined.assign(score=np.nan, score_low=np.nan, score_high=np.nan)
    scores = inputs.areas[["area_level", "area_code", "score", "score_low", "score_high"]]
    return joined.merge(scores, on=["area_level", "area_code"], how="left", validate="one_to_one")


def _table(
    inputs: FactsInputs,
    area_level: str,
    standing: Standing,
    desa: DesaTable,
    gains: dict[str, NDArray[np.float64]],
) -> pd.DataFrame:
    held = area_index(inputs, area_level)
    codes, index, n = held.codes, held.index, len(held.codes)
    cells = inputs.cells
    columns: dict[str, Any] = {"area_level": np.full(n, area_level), "area_code": codes, **_names(inputs, codes)}
    for unit, name in CELL_UNITS.items():
        sums = sums_by(index, n, standing.parts(cells[name].to_numpy(dtype=np.float64)))
        columns |= {f"{unit}_{at}": row for at, row in zip(LEVELS, sums, strict=True)}
        columns[f"{unit}_total"] = sums.sum(axis=0)
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
    columns["level"] = np.array(LEVELS)[desa.levels.level] if is_desa else np.full(n, "")
    columns["cause"] = np.array(CAUSES)[desa.levels.cause] if is_desa else np.full(n, "")
    text = ("area_level", "area_code", "bps_code", "name", "level", "cause")
    return pd.DataFrame(columns).astype(dict.fromkeys(text, "str"))


def _names(inputs: FactsInputs, codes: NDArray[np.str_]) -> dict[str, Any]:
    held = inputs.admin.drop_duplicates("code").set_index("code").reindex(codes)
    return {name: held[name].fillna("").to_numpy(dtype=str) for name in ("bps_code", "name")}


def _desa_counts(desa: DesaTable, codes: NDArray[np.str_], area_level: str) -> dict[str, NDArray[np.float64]]:
    index = _positions(codes, code_at_level(desa.codes, area_level))
    is_level = desa.levels.level == np.arange(len(LEVELS))[:, np.newaxis]
    sums = sums_by(index, len(codes), is_level.astype(np.float64))
    counts = {f"desa_{at}": row for at, row in zip(LEVELS, sums, strict=True)}
    return {**counts, "desa_total": sums.sum(axis=0)}
