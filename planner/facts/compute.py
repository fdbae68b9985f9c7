"""Computes the facts of a run."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.errors import LayerError
from planner.facts.areas import area_index, area_tables, desa_table
from planner.facts.backbone import upper_layers
from planner.facts.evidence import evidence_answer, evidenced, ledger
from planner.facts.planned import gains, plan_totals, survey_totals
from planner.facts.standing import standing_of
from planner.facts.totals import (
    by_class,
    by_level,
    cause_totals,
    network,
    operators,
    programmes,
    umkm_tables,
)
from planner.facts.types import Facts, FactsInputs
from planner.schema_columns import CAUSES

__all__ = ["compute_facts"]

RIM_SHARE = 0.02
"""Above it the reader is told that the radius of the stations cuts coverage off."""


def compute_facts(inputs: FactsInputs) -> Facts:
    """Every total of a run.

    Parameters
    ----------
    inputs
        Results of the stages.

    Returns
    -------
    Facts
        Every total of weight sums shares (`planner.facts.standing`). Sums are exact: levels sum to the whole, areas of
        a level to the region (as far as cells lie in areas), causes and served to the whole, served today and newly
        served to served after the plan. People, enterprises and their served parts are multiples of 2⁻²⁰
        (`planner.demand`), so float64 adds them without rounding in any order.

    Raises
    ------
    LayerError
        Cells and service that are not row by row the same cells.
    """
    cells, service = inputs.cells, inputs.service
    if not np.array_equal(cells["cell_id"].to_numpy(), service["cell_id"].to_numpy()):
        message = f"cells ({len(cells)} rows) and service ({len(service)} rows) are not of one run: compute both again"
        raise LayerError(message, code="tables_differ", left="cells", right="service")
    standing = standing_of(service)
    desa = desa_table(inputs, area_index(inputs, "desa"), standing)
    levels = {**by_level(cells, standing), "desa": desa.counts()}
    causes = cause_totals(cells, standing)
    desa_causes = by_class(np.ones(len(desa.codes)), desa.levels.cause, CAUSES)
    for name, counts in causes.items():
        counts["desa"] = desa_causes[name]
    new = gains(inputs)
    return Facts(
        whole={unit: sum(counts.values()) for unit, counts in levels.items()},
        totals=levels,
        causes=causes,
        programmes=programmes(cells, standing, levels),
        operators=operators(cells, service, standing),
        umkm=umkm_tables(inputs, standing),
        areas=area_tables(inputs, standing, desa, {**new, **evidenced(inputs)}),
        network={**network(inputs), **upper_layers(inputs)},
        plan=_with_check(plan_totals(inputs, levels, new), inputs),
        surveys=survey_totals(inputs.plan),
        layers=ledger(inputs),
        evidence=evidence_answer(inputs),
        demand=inputs.demand,
        assumptions=_assumptions(inputs),
    )


def _with_check(totals: dict[str, Any], inputs: FactsInputs) -> dict[str, Any]:
    return {**totals, "interference": inputs.planned_interference} if totals and inputs.planned_interference else totals


def _assumptions(inputs: FactsInputs) -> dict[str, Any]:
    spec = inputs.spec
    above = inputs.coverage_edges[1] / max(1, inputs.coverage_edges[0])
    return {
        "served_share": spec.served_share,
        "confidence_threshold_share": spec.confidence_threshold_share,
        "desa_people_share": spec.desa_people_share,
        "desa_facilities_share": spec.desa_facilities_share,
        "coverage_model": inputs.coverage_model,
        "served_place": spec.place,
        "interference": inputs.interference,
        "n_coverage_rim": inputs.coverage_edges[0],
        "coverage_rim_above_share": above,
        "is_radius_short": above > RIM_SHARE,
        "has_terrain": any(item.kind == "terrain" for item in inputs.layers),
    }
