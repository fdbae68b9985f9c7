"""What the facts are made from, and the facts themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.specs.service import ServiceSpec

if TYPE_CHECKING:
    from planner.plan.types import Plan

__all__ = ["Facts", "FactsInputs", "LayerRows", "plain"]

Table = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class LayerRows:
    """What became of one input file.

    Parameters
    ----------
    kind
        Layer.
    name
        File name, without its folder.
    source, year
        Publisher and year, as far as stated; 0 where not.
    n_in, n_used, n_quarantined
        Rows; for a raster, 1 used.
    evidence
        Kind of evidence → rows used.
    completeness_share
        Declared completeness of a register; None where not declared.
    is_raster
        The file is a raster.
    """

    kind: str
    name: str
    source: str
    year: int
    n_in: int
    n_used: int
    n_quarantined: int
    evidence: Mapping[str, int]
    completeness_share: float | None = None
    is_raster: bool = False


@dataclass(frozen=True, eq=False)
class FactsInputs:
    """Results of the stages of one run.

    Parameters
    ----------
    cells, service
        Stage tables, row by row the same cells.
    admin
        Areas of the region: ``code, bps_code, name, level``; geometry is not needed.
    bts
        Stations, all statuses.
    spec
        Service model: what makes a desa served, and the confidence threshold.
    umkm, umkm_cells
        Enterprises with a position (``umkm_id, sector, weight``) and their cells, for the table by
        sector; None leaves that table to what the cells know.
    areas
        Score tables of all levels, one below the other; None without scores.
    bts_load
        Load of the stations; None without.
    plan
        The plan; None before it is made.
    layers
        Ledger of the input files.
    demand
        ``DemandReport.to_json()``.
    coverage_model
        Propagation model that was used.
    coverage_edges
        Pixels at the rim of the stations' radius, and those where signal still counts.
    interference
        ``modelled`` or ``fixed`` (`planner.specs.radio.RadioSpec`).
    planned_interference
        Check of the plan's sites with all of them on; goes into the totals of the plan.
    fiber, fiber_nodes, satellite
        Conformed layers of backbone and middle mile; None without.
    """

    cells: pd.DataFrame
    service: pd.DataFrame
    admin: pd.DataFrame
    bts: pd.DataFrame
    spec: ServiceSpec
    umkm: pd.DataFrame | None = None
    umkm_cells: pd.DataFrame | None = None
    areas: pd.DataFrame | None = None
    bts_load: pd.DataFrame | None = None
    plan: Plan | None = None
    layers: tuple[LayerRows, ...] = ()
    demand: Mapping[str, Any] = field(default_factory=dict)
    coverage_model: str = ""
    coverage_edges: tuple[int, int] = (0, 0)
    interference: str = "modelled"
    planned_interference: Mapping[str, Any] = field(default_factory=dict)
    fiber: pd.DataFrame | None = None
    fiber_nodes: pd.DataFrame | None = None
    satellite: pd.DataFrame | None = None


@dataclass(frozen=True, eq=False)
class Facts:
    """Totals of a run. Units: ``umkm, people, desa, facilities``; levels: `schema_columns.LEVELS`.

    Parameters
    ----------
    whole
        Unit → how many there are.
    totals
        Unit → level → how many; the levels sum to the whole. Shares are summed (`planner.facts.standing`), desa
        are whole.
    causes
        Cause → unit → how many of those that are not served.
    programmes
        Programme → unit → how many. ``undecided``: served, and nobody knows whether online.
    operators
        ``one_or_more``, ``two_or_more`` → unit → how many of the served; ``indoor``, ``outdoor_only`` and
        ``one_or_more_indoor``, ``two_or_more_indoor`` likewise.
        ``signal_one_or_more``, ``signal_two_or_more`` and the same with ``_indoor``:
        how many have signal, whatever the capacity.
    umkm
        Enterprises by ``size``, ``digital``, ``sector`` and ``evidence`` → class → level → how many.
    areas
        One row per area of `admin`: codes, names, ``<unit>_<level>``, ``<unit>_total``, cause, score, what
        the plan adds, what rests on evidence alone; a desa has its ``level`` too.
    network
        Stations by technology, status, limit; ``backbone`` and ``middle_mile`` where the run has them.
    plan
        Totals of the plan and the levels after it; empty without a plan.
    surveys
        Number of surveys and what they would settle.
    layers
        The ledger, one entry a file.
    evidence
        What remains when everything synthetic, estimated, schematic or unknown is removed.
    demand
        Report of the demand cells.
    assumptions
        Thresholds that decide levels, printed on every page.
    """

    whole: Mapping[str, float]
    totals: Table
    causes: Table
    programmes: Table
    operators: Table
    umkm: Mapping[str, Table]
    areas: pd.DataFrame
    network: Mapping[str, Any]
    plan: Mapping[str, Any]
    surveys: Mapping[str, float]
    layers: tuple[Mapping[str, Any], ...]
    evidence: Mapping[str, Any]
    demand: Mapping[str, Any]
    assumptions: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Plain dict: numbers, text, lists and dicts; what is unknown is null.

        ``areas`` becomes a list of records with ``umkm``, ``people``, ``desa`` and ``facilities`` as
        dicts by level, as `planner.maps.numbers` reads them.
        """
        found: dict[str, Any] = plain(
            {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "areas"}
        )
        found["areas"] = [_record(row) for row in plain(self.areas.to_dict(orient="records"))]
        return found


def _record(row: dict[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for key, value in row.items():
        unit, _, level = key.partition("_")
        if unit in ("umkm", "people", "desa", "facilities") and level in (
            "served",
            "limited",
            "unserved",
            "unknown",
            "total",
        ):
            record.setdefault(unit, {})[level] = value
        else:
            record[key] = value
    return record


def plain(value: Any) -> Any:
    """Values JSON can hold: numpy scalars unwrapped, what is not a number becomes null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        if not np.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if value is None or value is pd.NA:
        return None
    return value if isinstance(value, (bool, int, str)) else str(value)
