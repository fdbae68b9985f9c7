"""What is not known earns a survey: areas in the order in which knowing more would change most."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from planner.backhaul.near import xyz_km
from planner.plan.types import Plan, Problem
from planner.schema_columns import SURVEYS

__all__ = ["Worth", "survey_table", "surveys", "worth_of"]

Floats = NDArray[np.float64]
_REGISTER = "register"
_DRIVE_TEST = "drive_test"
_COUNT = "count"
_WEAKEST_SHARE = 0.1


@dataclass(frozen=True)
class Worth:
    """What a site found by a survey is measured against.

    Parameters
    ----------
    cost_idr
        Of such a site, its share of the network included; 0 where no plan says.
    weight_per_idr
        Newly served weight that the plan would lose for each rupiah taken from its weakest sites.
    lacking_share
        Probability that somebody unknown lacks service: the share of the known weight that does.
    """

    cost_idr: float = 0.0
    weight_per_idr: float = 0.0
    lacking_share: float = 1.0


def surveys(plan: Plan, problem: Problem, *, reach_km: float) -> Plan:
    """The plan with its surveys: unknown areas by the finest code of their cells (`survey_table`).

    Parameters
    ----------
    plan
        Any plan; only its surveys change.
    problem
        What it was made from.
    reach_km
        Radius within which a site is thought to serve.
    """
    area = problem.cells["area_code"].to_numpy(dtype=str)
    worth = worth_of(plan, problem)
    weight = np.asarray(problem.weight, dtype=float)
    found = survey_table(problem.cells, problem.service, area, weight=weight, reach_km=reach_km, worth=worth)
    return replace(plan, surveys=found)


def worth_of(plan: Plan, problem: Problem) -> Worth:
    """What a found site would be measured against in a plan.

    Notes
    -----
    The cost is the median of the plan's sites. The weakest sites are the tenth that serves least weight for its money.
    """
    level, share = problem.service["level"].to_numpy(dtype=str), problem.service["served_share"].to_numpy(float)
    weight = np.asarray(problem.weight, dtype=float)
    known = level != "unknown"
    whole = float(weight[known].sum())
    lacking = float((weight * (1.0 - share))[known & (level != "served")].sum()) / whole if whole > 0 else 1.0
    if plan.sites.empty:
        return Worth(lacking_share=lacking)
    by_cell = pd.Series(weight, index=problem.cells["cell_id"].to_numpy())
    served = plan.served["share"].to_numpy(float) * by_cell.loc[plan.served["cell_id"]].to_numpy(float)
    of_site = pd.Series(served).groupby(plan.served["site_id"].to_numpy()).sum()
    cost = plan.sites["cost_idr"].to_numpy(float)
    each = of_site.reindex(plan.sites["site_id"], fill_value=0.0).to_numpy(float) / np.maximum(cost, 1.0)
    return Worth(float(np.median(cost)), float(np.quantile(each, _WEAKEST_SHARE)), lacking)


def survey_table(
    cells: pd.DataFrame, service: pd.DataFrame, area_code: NDArray[np.str_], *, weight: Floats, reach_km: float,
    worth: Worth,
) -> pd.DataFrame:  # fmt: skip
    """Areas that hold cells of unknown service, those first whose survey is expected to change the plan most.

    Parameters
    ----------
    cells
        `schema.TABLES["cells"]`.
    service
        `schema.TABLES["service"]`, row by row the same cells.
    area_code
        Area of each cell, at the level at which surveys are ordered; cells outside all areas ("") are left out.
    weight
        Of each cell in the objective.
    reach_km
        Radius within which a site is thought to serve.
    worth
        What a found site is measured against.

    Returns
    -------
    DataFrame
        `schema.TABLES["surveys"]`, sorted by rank. ``stake_weight``: most unknown weight that one site there could
        serve. ``change_weight``: what the plan would serve more if all of it proved unserved, the site's money taken
        from the plan's weakest sites; 0 where it would not be built. ``expected_weight``: that times the probability
        that somebody unknown lacks service. ``settle_with`` is ``drive_test`` where a tower is known to be near (a
        server is named), else ``register`` (ask the operators for their registers), and ``count`` where fewer than half
        of the UMKM there come from observed rows.

    Notes
    -----
    The rank goes by ``expected_weight``, then unknown UMKM, unknown people and area code. It is the expected value of
    perfect information for one area alone: areas that share a site count it each. Capacity and backhaul are not looked
    at. An area is placed at the middle of its unknown UMKM (of its unknown cells where it has none).

    References
    ----------
    Raiffa, Schlaifer (1961), Applied Statistical Decision Theory, ch. 4.
    """
    names = [column.name for column in SURVEYS]
    unknown = (service["level"].to_numpy(dtype=str) == "unknown") & (np.asarray(area_code, dtype=str) != "")
    holds = (cells["n_umkm"].to_numpy(dtype=float) > 0) | (cells["people"].to_numpy(dtype=float) > 0)
    at = np.flatnonzero(unknown & holds)
    if not len(at):
        return pd.DataFrame({name: pd.Series(dtype="float64") for name in names})
    code, area = np.unique(np.asarray(area_code, dtype=str)[at], return_inverse=True)

    def sums(values: Floats) -> Floats:
        return np.bincount(area, weights=values, minlength=len(code)).astype(np.float64)

    umkm, people = cells["n_umkm"].to_numpy(dtype=float)[at], cells["people"].to_numpy(dtype=float)[at]
    lon, lat = cells["lon_deg"].to_numpy(dtype=float)[at], cells["lat_deg"].to_numpy(dtype=float)[at]
    n_umkm = sums(umkm)
    middle = np.where(n_umkm[area] > 0, umkm, 1.0)
    has_server = service["server_bts_id"].to_numpy(dtype=str)[at] != ""
    seen = sums(cells["n_umkm_observed"].to_numpy(dtype=float)[at])
    counted = (n_umkm <= 0) | (seen >= 0.5 * n_umkm)
    stake = np.zeros(len(code))
    np.maximum.at(stake, area, _within(lon, lat, weight[at], reach_km))
    change = np.maximum(stake - worth.cost_idr * worth.weight_per_idr, 0.0)
    confidence = sums(service["confidence_share"].to_numpy(dtype=float)[at]) / np.bincount(area, minlength=len(code))
    table = pd.DataFrame(
        {
            "area_code": code, "rank": 0, "n_umkm_unknown": n_umkm, "people_unknown": sums(people),
            "confidence_share": np.clip(confidence, 0.0, 1.0),
            "settle_with": np.where(sums(has_server.astype(float)) > 0, _DRIVE_TEST, np.where(counted, _REGISTER, _COUNT)),
            "stake_weight": stake, "change_weight": change, "expected_weight": change * worth.lacking_share,
            "lon_deg": sums(middle * lon) / sums(middle), "lat_deg": sums(middle * lat) / sums(middle),
        }
    )  # fmt: skip
    order = ["expected_weight", "n_umkm_unknown", "people_unknown", "area_code"]
    table = table.sort_values(order, ascending=[False, False, False, True], kind="stable", ignore_index=True)
    table["rank"] = np.arange(1, len(code) + 1)
    return table[names]


def _within(lon: Floats, lat: Floats, weight: Floats, reach_km: float) -> Floats:
    """Weight within reach of each cell, of whatever area."""
    xyz = xyz_km(lon, lat)
    near = cKDTree(xyz).query_ball_point(xyz, reach_km, return_sorted=True)
    return np.array([weight[some].sum() for some in near], dtype=np.float64)
