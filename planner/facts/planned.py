"""Totals of a plan: money, sites, who is newly served, and the levels after it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demand.areas import code_at_level
from planner.facts.areas import area_index, desa_table
from planner.facts.standing import Standing, after, standing_of
from planner.facts.totals import CELL_UNITS, by_level
from planner.facts.types import FactsInputs

if TYPE_CHECKING:
    from planner.plan.types import Plan

__all__ = ["gains", "newly_served", "plan_totals", "survey_totals"]

_MONEY = ("capex_idr", "opex_idr_per_year", "cost_idr")
_BY = {"year": "year", "payer": "payer", "source": "funding_source"}
"""Group of the totals → column of the sites, where the plan says it."""
_SUMS = (*_MONEY, "n_umkm_new", "people_new", "demand_mbps")


def gains(inputs: FactsInputs) -> dict[str, NDArray[np.float64]]:
    """What the plan adds in each cell: ``umkm_new, people_new, facilities_new``; empty without a plan.

    Notes
    -----
    ``plan.served`` gives the share of a cell's whole demand that a site newly serves; its enterprises
    and facilities get the same share.
    """
    if inputs.plan is None:
        return {}
    now = standing_of(inputs.service)
    then = _standing_after(inputs, now, inputs.plan)
    weights = {unit: inputs.cells[column].to_numpy(dtype=np.float64) for unit, column in CELL_UNITS.items()}
    return {f"{unit}_new": then.served(weight) - now.served(weight) for unit, weight in weights.items()}


def plan_totals(
    inputs: FactsInputs, levels: dict[str, dict[str, float]], new: dict[str, NDArray[np.float64]]
) -> dict[str, Any]:
    """Totals of the plan; empty without one.

    Parameters
    ----------
    inputs
        Results of the run.
    levels
        Totals by level before the plan, desa among them.
    new
        `gains`.
    """
    plan = inputs.plan
    if plan is None:
        return {}
    then = _standing_after(inputs, standing_of(inputs.service), plan)
    levels_after = by_level(inputs.cells, then)
    levels_after["desa"] = desa_table(inputs, area_index(inputs, "desa"), then).counts()
    sites = plan.sites
    found: dict[str, Any] = {
        "n_sites": len(sites),
        "n_links": len(plan.links),
        "n_relays": len(plan.relays),
        **{name: float(sites[name].sum()) for name in _MONEY},
        "n_umkm_new": float(new["umkm_new"].sum()),
        "people_new": float(new["people_new"].sum()),
        "n_facilities_new": float(new["facilities_new"].sum()),
        "n_desa_new": levels_after["desa"]["served"] - levels["desa"]["served"],
        "totals_after": levels_after,
        "by_site_type": _groups(sites, sites["site_type"]),
        "by_backhaul": _groups(sites, sites["backhaul"]),
        "by_access_mode": _groups(sites, sites["access_mode"]),
        **{
            f"by_{key}": _groups(sites, sites[column].astype(str))
            for key, column in _BY.items()
            if _is_said(sites, column)
        },
        "by_kabupaten": _groups(sites, pd.Series(code_at_level(sites["area_code"].to_numpy(dtype=str), "kabupaten"))),
        "link_km": {
            str(name): float(rows["length_km"].sum()) for name, rows in plan.links.groupby("technology", sort=True)
        },
        **_under_rules(plan),
        "certificate": plan.certificate.to_json(),
    }
    return found


def _under_rules(plan: Plan) -> dict[str, Any]:
    """Money by source and year, what each year brings, floors and shares of money; nothing for a plan without rules."""
    curve = {"pemerataan": [_plain(row) for row in plan.curve.to_dict("records")]} if len(plan.curve.columns) else {}
    if not len(plan.money.columns):
        return curve
    names = ("spent_idr", "opex_after_idr_per_year", "worth_over_years")
    tables = {"money": plan.money, "years": plan.yearly, "equity": plan.equity}
    return {
        **{name: float(plan.totals[name]) for name in names},
        **curve,
        **{name: [_plain(row) for row in table.to_dict("records")] for name, table in tables.items()},
    }


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    """A row for JSON: None for what is not there."""
    found = {str(key): value.item() if hasattr(value, "item") else value for key, value in row.items()}
    return {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in found.items()}


def newly_served(inputs: FactsInputs, plans: Sequence[Plan]) -> pd.DataFrame:
    """Who is newly served under each of several plans, counted as in the facts.

    Parameters
    ----------
    inputs
        Cells, service, areas and service model of the run; its own plan is not looked at.
    plans
        Plans made from the same cells.

    Returns
    -------
    DataFrame
        ``umkm, people, facilities, desa``, one row a plan.
    """
    desa = area_index(inputs, "desa")
    now = standing_of(inputs.service)
    weights = {unit: inputs.cells[column].to_numpy(dtype=np.float64) for unit, column in CELL_UNITS.items()}
    served = {unit: float(now.served(weight).sum()) for unit, weight in weights.items()}
    today = desa_table(inputs, desa, now).counts()["served"]
    rows = []
    for plan in plans:
        then = _standing_after(inputs, now, plan)
        new = {unit: float(then.served(weight).sum()) - served[unit] for unit, weight in weights.items()}
        rows.append({**new, "desa": desa_table(inputs, desa, then).counts()["served"] - today})
    return pd.DataFrame(rows, columns=[*CELL_UNITS, "desa"], dtype=np.float64)


def survey_totals(plan: Plan | None) -> dict[str, float]:
    """How many areas need a survey, and whom it would settle."""
    if plan is None or not len(plan.surveys):
        return {"n_surveys": 0.0, "n_umkm_unknown": 0.0, "people_unknown": 0.0}
    return {
        "n_surveys": float(len(plan.surveys)),
        "n_umkm_unknown": float(plan.surveys["n_umkm_unknown"].sum()),
        "people_unknown": float(plan.surveys["people_unknown"].sum()),
    }


def _standing_after(inputs: FactsInputs, now: Standing, plan: Plan) -> Standing:
    """How cells stand once the plan does."""
    ids = inputs.cells["cell_id"].to_numpy(dtype=np.int64)
    row = np.searchsorted(ids, plan.served["cell_id"].to_numpy(dtype=np.int64))
    share = np.bincount(row, weights=plan.served["share"].to_numpy(dtype=np.float64), minlength=len(ids))
    return after(now, share.astype(np.float64))


def _is_said(sites: pd.DataFrame, column: str) -> bool:
    return column in sites and bool(
        (sites[column].astype(str).replace({"nan": "", "<NA>": "", "None": ""}) != "").any()
    )


def _groups(sites: pd.DataFrame, key: pd.Series) -> dict[str, dict[str, float]]:
    found = {}
    for name, rows in sites.groupby(key.to_numpy(), sort=True):
        found[str(name)] = {"n_sites": float(len(rows)), **{column: float(rows[column].sum()) for column in _SUMS}}
    return found
