"""Rules that no plan can keep, named with the rows that conflict before anything is computed."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from planner.errors import InfeasibleError, UsageError
from planner.plan.rules import MoneyShare, Rules, is_within
from planner.plan.types import Problem

__all__ = ["refuse_contradictions", "refuse_nowhere"]

_MOST_SETS = 12
"""Shares of money of which all sets are looked at; of more, the largest ones."""


def refuse_contradictions(problem: Problem, rules: Rules) -> None:
    """Refuse rules that speak of nowhere, or that no plan can keep whatever it costs.

    Raises
    ------
    UsageError
        Areas and groups without any demand cell or candidate.
    InfeasibleError
        Floors without a price above all that lacks service there; shares of money of areas apart that exceed 1 together,
        or of an area without candidates.
    """
    refuse_nowhere(problem, rules)
    rows = _floors_above_all(problem, rules) + _shares_above_one(rules) + _shares_of_nothing(problem, rules)
    if rows:
        listed = "; ".join(rows)
        message = f"the rules contradict each other or what there is: {listed}"
        raise InfeasibleError(message, code="rules_contradict", rows=listed)


def refuse_nowhere(problem: Problem, rules: Rules, curve_area: str = "") -> None:
    """Refuse rules (and a curve) that speak of areas and groups without any demand cell or candidate.

    Raises
    ------
    UsageError
        Naming all of them.
    """
    cells = problem.cells["area_code"].to_numpy(dtype=str)
    places = problem.candidates["area_code"].to_numpy(dtype=str)
    named = [("equity.floors", floor.area) for floor in rules.floors]
    named += [("equity.money_shares", share.area) for share in rules.money_shares]
    named += [("equity.curve_area", curve_area)] * bool(curve_area)
    named += [(f"budget.sources '{s.name}' only_in", area) for s in rules.sources for area in s.only_in]
    lost = [
        f"{key}: {area}"
        for key, area in named
        if not is_within(cells, rules.codes(area)).any() and not is_within(places, rules.codes(area)).any()
    ]
    if lost:
        listed = "; ".join(sorted(set(lost)))
        message = f"rules for areas where there is no demand and no candidate: {listed}"
        raise UsageError(message, code="rule_nowhere", names=listed)


def _floors_above_all(problem: Problem, rules: Rules) -> list[str]:
    """Floors that must be met above all weight that lacks service in their area."""
    service = problem.service
    open_ = service["level"].isin(("unserved", "limited")).to_numpy() * (1.0 - service["served_share"].to_numpy(float))
    weight = np.asarray(problem.weight, dtype=float) * open_
    codes = problem.cells["area_code"].to_numpy(dtype=str)
    found = []
    for floor in rules.floors:
        there = float(weight[is_within(codes, rules.codes(floor.area))].sum())
        if floor.price is None and floor.least > there * (1 + 1e-9):
            found.append(f"equity.floors {floor.area}: {floor.least:.10g} > {there:.10g}")
    return found


def _shares_above_one(rules: Rules) -> list[str]:
    """The smallest set of areas that lie apart whose shares exceed 1 together."""
    shares = sorted(rules.money_shares, key=lambda s: (-s.least_share, s.area))[:_MOST_SETS]
    for size in range(2, len(shares) + 1):
        for held in combinations(shares, size):
            if _are_apart(held, rules) and sum(s.least_share for s in held) > 1 + 1e-9:
                parts = " + ".join(f"{s.area} {s.least_share:.6g}" for s in held)
                return [f"equity.money_shares: {parts} > 1"]
    return []


def _are_apart(held: tuple[MoneyShare, ...], rules: Rules) -> bool:
    """Whether no two of the areas overlap."""
    sets = [np.array(rules.codes(s.area)) for s in held]
    return not any(
        is_within(a, tuple(b.tolist())).any() or is_within(b, tuple(a.tolist())).any() for a, b in combinations(sets, 2)
    )


def _shares_of_nothing(problem: Problem, rules: Rules) -> list[str]:
    """Shares of areas where nothing could be built."""
    built = problem.candidates.loc[problem.candidates["excluded_because"] == "", "area_code"].to_numpy(dtype=str)
    return [
        f"equity.money_shares {s.area}: {s.least_share:.6g} > 0"
        for s in rules.money_shares
        if s.least_share > 0 and not is_within(built, rules.codes(s.area)).any()
    ]
