"""The price of pemerataan: what serving more of one area or group costs everybody together, plan by plan."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from planner.errors import InfeasibleError, PlanRejectedError, UsageError
from planner.plan.programme import check_kept, make_programme, solve_programme
from planner.plan.programme_tables import programme_plan
from planner.plan.rules import Floor, Rules, check_rules, is_within
from planner.plan.schedule import Schedule
from planner.plan.types import Plan, Problem
from planner.plan.verify import verify

__all__ = ["price_of_equity"]

_MOST_PRICE = 1e3
_RUIN_ROUNDS = 200


def price_of_equity(
    problem: Problem,
    rules: Rules,
    area: str,
    *,
    n_points: int = 8,
    decisions: pd.DataFrame | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Plans under rising floors of one area, from none to the most it can get.

    Parameters
    ----------
    problem, rules, decisions
        As for `planner.plan.programme.select_programme`; a floor that the rules already have for the area is left out.
    area
        Area code or group.
    n_points
        Plans, at least 2.
    seed
        Of the local search.

    Returns
    -------
    DataFrame
        By rising floor: ``point, area, floor, reached`` (newly served weight there), ``reached_share`` (served once the
        plan stands over all weight there), ``value`` (what the plans maximise), ``weight_new, n_sites``,
        ``lost`` (value less than without the floor) and ``lost_per_percent`` (value lost for one more percent of the
        area's weight since the row before; NaN in the first). Plans that another one beats both in the area and in all
        are left out. Every row is a plan that the checker has accepted, found
        by search: differences between rows are those of real plans, not proven prices.

    Raises
    ------
    UsageError
        Fewer than 2 points.
    InfeasibleError
        Rules that no plan meets even without the floor.
    PlanRejectedError
        The checker refused a plan (a fault of the program).
    """
    if n_points < 2:
        message = f"n_points is {n_points}: a curve has at least 2 points"
        raise UsageError(message, code="plan_call", faults=message)
    free = replace(rules, floors=tuple(floor for floor in rules.floors if floor.area != area))
    inside = is_within(problem.cells["area_code"].to_numpy(dtype=str), rules.codes(area))
    weight = np.asarray(problem.weight, dtype=float)
    level, done = problem.service["level"].to_numpy(), problem.service["served_share"].to_numpy(dtype=float)
    whole = float(weight[inside].sum())
    before = float((weight * np.where(level == "unknown", 0.0, done))[inside].sum())

    check_rules(free)
    check_kept(free)
    limits: dict[str, float] = {"price_moves": 0, "ruin_rounds": _RUIN_ROUNDS, "gap_target_share": 0.0}
    named = Floor(area, max(whole, 1e-9), _MOST_PRICE)  # its cells stay apart from others in every plan
    search, world = make_programme(problem, replace(free, floors=(*free.floors, named)), decisions, limits, seed)
    floors = world.floors

    def plan_for(floor: Floor | None, start: Schedule | None) -> tuple[Plan, float, Schedule]:
        held = free if floor is None else replace(free, floors=(*free.floors, floor))
        n = len(held.floors)
        least = np.array([f.least for f in held.floors], dtype=float)
        price = np.array([math.inf if f.price is None else f.price for f in held.floors], dtype=float)
        mine = replace(world, rules=held, floors=replace(floors, inside=floors.inside[:n], least=least, price=price))
        schedule, drafts, proof = solve_programme(search, mine, problem.objective, start=start)
        plan = programme_plan(mine, problem, schedule, drafts, proof, search.words, is_light=True)
        faults = verify(plan, problem, ceiling_idr=math.inf, decisions=decisions, rules=held)
        if faults:
            listed = "; ".join(faults[:10])
            message = f"the independent checker refused a plan of the curve of {area}: {listed}"
            raise PlanRejectedError(message, code="plan_rejected", n=len(faults), faults=listed)
        return plan, _reached(problem, plan, inside), schedule

    first, low, now = plan_for(None, None)
    rest = whole - before
    found = [(0.0, low, first)]
    if rest > low * (1 + 1e-9):
        _, high, _ = plan_for(Floor(area, rest, _MOST_PRICE), None)
        for floor in np.linspace(low, high, n_points)[1:]:
            try:
                plan, reached, now = plan_for(Floor(area, float(floor) * (1 - 1e-9)), now)
            except InfeasibleError:  # the search does not get there: the curve ends
                break
            found.append((float(floor), reached, plan))
    return _table(area, _undominated(found), (whole, before))


def _undominated(found: list[tuple[float, float, Plan]]) -> list[tuple[float, float, Plan]]:
    """Plans by rising reach, without those that another one beats in the area and in all."""
    kept: list[tuple[float, float, Plan]] = []
    for item in sorted(found, key=lambda item: (-item[1], -item[2].totals["worth_over_years"])):
        if not kept or item[2].totals["worth_over_years"] > kept[-1][2].totals["worth_over_years"]:
            kept.append(item)
    return kept[::-1]


def _reached(problem: Problem, plan: Plan, inside: np.ndarray) -> float:
    new = plan.served.groupby("cell_id")["share"].sum()
    share = problem.cells["cell_id"].map(new).fillna(0.0).to_numpy(dtype=float)
    return float((np.asarray(problem.weight, dtype=float) * share)[inside].sum())


def _table(area: str, found: list[tuple[float, float, Plan]], weights: tuple[float, float]) -> pd.DataFrame:
    whole, before = weights
    value = np.array([plan.totals["worth_over_years"] for _, _, plan in found])
    reached = np.array([at for _, at, _ in found])
    percent = np.diff(reached) / whole * 100.0 if whole > 0 else np.zeros(len(found) - 1)
    step = np.divide(-np.diff(value), percent, out=np.full(len(percent), np.nan), where=percent > 0)
    return pd.DataFrame(
        {
            "point": np.arange(len(found)), "area": area, "floor": [floor for floor, _, _ in found], "reached": reached,
            "reached_share": (before + reached) / whole if whole > 0 else np.ones(len(found)), "value": value,
            "weight_new": [plan.totals["weight_new"] for _, _, plan in found],
            "n_sites": [int(plan.totals["n_sites"]) for _, _, plan in found], "lost": value[0] - value,
            "lost_per_percent": np.r_[np.nan, step],
        }
    )  # fmt: skip
