"""From the keys of a scenario to the rules of a plan."""

from __future__ import annotations

import math
import re

import pandas as pd

from planner.errors import ScenarioError
from planner.plan.rules import Floor, GoalRule, MoneyShare, Rules, Source
from planner.scenario import Scenario
from planner.specs.cost import CostSpec

__all__ = ["area_codes", "goal_of", "rules_of"]

_CODE = re.compile(r"\d\d(\.\d+)*")


def rules_of(
    scenario: Scenario, priority: pd.DataFrame | None, cost: CostSpec, *, is_always: bool = False
) -> Rules | None:
    """What binds the plan beyond one ceiling; None where nothing does, unless rules are wanted anyway (``is_always``).

    Parameters
    ----------
    scenario
        With ``budget`` and ``equity``.
    priority
        The priority layer: its kinds are the groups that rules may name. None without one.
    cost
        Discount and horizon.

    Raises
    ------
    ScenarioError
        Names that are neither an area code nor a kind of the priority layer.
    """
    budget, equity = scenario.budget, scenario.equity
    if not (budget.sources or equity.floors or equity.money_shares or is_always):
        return None
    years = budget.years or (scenario.date.year,)
    named = [("equity.floors", floor.area) for floor in equity.floors]
    named += [("equity.money_shares", share.area) for share in equity.money_shares]
    named += [("equity.curve_area", equity.curve_area)] * bool(equity.curve_area)
    named += [("budget.sources", area) for source in budget.sources for area in source.only_in]
    sources = tuple(
        Source(
            source.name, source.payer, tuple(source.ceilings_idr_by_year.get(year, 0.0) for year in years),
            source.carry_over, source.only_in, source.kept_opex_idr_per_year,
        )
        for source in budget.sources
    )  # fmt: skip
    most = tuple(float(budget.most_sites_by_year.get(year, math.inf)) for year in years)
    return Rules(
        years=years, sources=sources or (Source("", "", (budget.total_idr,)),), is_present_value=not budget.sources,
        most_sites=most if budget.most_sites_by_year else (), discount_share_per_year=cost.discount_share_per_year,
        horizon_years=cost.horizon_years, floors=tuple(Floor(f.area, f.least, f.price) for f in equity.floors),
        money_shares=tuple(MoneyShare(s.area, s.least_share) for s in equity.money_shares),
        groups=area_codes(named, priority),
    )  # fmt: skip


def goal_of(scenario: Scenario, cells: pd.DataFrame) -> GoalRule | None:
    """What the cheapest plan must reach, in each area of the level that the scenario names; None without a goal.

    Parameters
    ----------
    cells
        Demand cells; their area codes say which areas there are.
    """
    goal = scenario.goal
    if goal is None:
        return None
    depth = {"region": 0, "provinsi": 1, "kabupaten": 2, "kecamatan": 3}[goal.per]
    parts = [str(code).split(".") for code in cells["area_code"].unique()]
    if not depth:
        whole = tuple(sorted({part[0] for part in parts if part[0]}))
        return GoalRule(goal.share, {"region": whole}, goal.relax)
    codes = sorted({".".join(part[:depth]) for part in parts if len(part) >= depth and part[0]})
    return GoalRule(goal.share, {code: (code,) for code in codes}, goal.relax)


def area_codes(named: list[tuple[str, str]], priority: pd.DataFrame | None) -> dict[str, tuple[str, ...]]:
    """Area codes of each kind of the priority layer that (key of the scenario, name) pairs speak of.

    Raises
    ------
    ScenarioError
        Names that are neither an area code nor a kind of the layer, all at once.
    """
    kinds: dict[str, tuple[str, ...]] = {}
    if priority is not None and len(priority):
        for kind, rows in priority.groupby("kind"):
            kinds[str(kind)] = tuple(sorted({str(code) for code in rows["area_code"]}))
    lost = sorted({f"{key}: '{name}'" for key, name in named if not _CODE.fullmatch(name) and name not in kinds})
    if lost:
        known = ", ".join(sorted(kinds)) or "none"
        listed = "; ".join(lost)
        message = f"neither an area code nor a kind of the priority layer ({known}): {listed}"
        raise ScenarioError(message, code="rule_area", names=listed, known=known)
    return {name: kinds[name] for _, name in named if name in kinds}
