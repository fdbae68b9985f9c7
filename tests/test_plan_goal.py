"""The cheapest plan for a goal: against enumeration, against the checker, with goals that cannot be reached."""

from __future__ import annotations

import dataclasses
import math

import pytest
from plan_brute_years import Brute
from plan_rule_worlds import tiny_rules
from test_plan_programme import two_areas

from planner.errors import InfeasibleError
from planner.plan.goal import cheapest
from planner.plan.rules import Floor, GoalRule, Rules, Source, is_within
from planner.plan.types import Problem
from planner.plan.verify import verify

AREAS = {"53.01": ("53.01",), "53.02": ("53.02",)}


def least_cost(problem: Problem, goal: GoalRule, top: float) -> float:
    """Cheapest cost of the goal by bisection over ceilings, each decided by enumeration; inf where none reaches it."""
    weight, share = problem.weight, problem.service["served_share"].to_numpy()
    served = weight * (problem.service["level"] != "unknown").to_numpy() * share
    floors = []
    for name in sorted(goal.areas):
        inside = is_within(problem.cells["area_code"].to_numpy(dtype=str), goal.areas[name])
        needed = goal.share * weight[inside].sum() - served[inside].sum()
        if needed > 1e-9:
            floors.append(Floor(name, float(needed)))

    def is_reached(ceiling: float) -> bool:
        rules = Rules(
            (2026,), (Source("", "", (ceiling,)),), is_present_value=True, floors=tuple(floors), groups=dict(goal.areas)
        )
        return Brute(problem, rules).run() > -math.inf

    if not is_reached(top):
        return math.inf
    low, high = 0, int(top)
    while low < high:  # all costs of tiny worlds are whole numbers
        middle = (low + high) // 2
        low, high = (low, middle) if is_reached(float(middle)) else (middle + 1, high)
    return float(low)


@pytest.mark.parametrize("seed", range(30))
def test_plan_reaches_the_goal_and_its_bound_holds(seed):
    problem, _ = tiny_rules(seed, n_years=1)
    goal = GoalRule((0.3, 0.5, 0.7)[seed % 3], AREAS)
    least = least_cost(problem, goal, 200.0)
    try:
        plan, rules = cheapest(problem, goal, year=2026, gap_target_share=0.0)
    except InfeasibleError as err:
        said = str(err)
        assert least == math.inf or "is open" in said, said
        return
    assert verify(plan, problem, ceiling_idr=math.inf, rules=rules) == ()
    assert plan.certificate.sense == "min"
    assert plan.certificate.value >= least - 1e-6
    assert plan.certificate.bound <= least + 1e-6


@pytest.fixture(scope="module")
def problem() -> Problem:
    return two_areas()


def test_a_larger_goal_costs_more(problem):
    costs = [cheapest(problem, GoalRule(share, AREAS), year=2026)[0].certificate.value for share in (0.11, 0.125)]
    assert 0 < costs[0] < costs[1]


def test_plan_of_a_larger_world_is_accepted_and_says_what_each_area_gets(problem):
    plan, rules = cheapest(problem, GoalRule(0.12, AREAS), year=2026)
    assert verify(plan, problem, ceiling_idr=math.inf, rules=rules) == ()
    rows = plan.equity[plan.equity["rule"] == "goal"]
    assert rows["area"].tolist() == ["53.01", "53.02"]
    assert (rows["reached"] >= 0.12 - 1e-6).all()
    assert plan.certificate.value == pytest.approx(plan.totals["cost_idr"])
    assert plan.certificate.gap_share < 0.4


def test_goal_out_of_reach_is_named_or_relaxed(problem):
    with pytest.raises(InfeasibleError, match="cannot be met"):
        cheapest(problem, GoalRule(0.999, AREAS), year=2026)
    plan, rules = cheapest(problem, GoalRule(0.999, AREAS, is_relaxed=True), year=2026)
    assert verify(plan, problem, ceiling_idr=math.inf, rules=rules) == ()
    assert (plan.equity.query("rule == 'goal'")["short"] > 0).any()


def test_goal_beyond_the_ceiling_is_refused_with_its_least_cost(problem):
    with pytest.raises(InfeasibleError, match="no plan reaches it"):
        cheapest(problem, GoalRule(0.12, AREAS), year=2026, ceiling_idr=1e6)


def test_goal_that_is_reached_today_costs_nothing(problem):
    plan, rules = cheapest(problem, GoalRule(1e-6, AREAS), year=2026)
    assert len(plan.sites) == 0
    assert plan.certificate.value == 0.0
    assert verify(plan, problem, ceiling_idr=math.inf, rules=rules) == ()


def test_checker_refuses_a_missed_goal_and_a_wrong_cost(problem):
    plan, rules = cheapest(problem, GoalRule(0.12, AREAS), year=2026)
    asked = dataclasses.replace(rules, goal=GoalRule(0.6, AREAS))
    assert any("the goal is 0.6" in f for f in verify(plan, problem, ceiling_idr=math.inf, rules=asked))
    proof = dataclasses.replace(plan.certificate, value=plan.certificate.value + 9.0)
    other = dataclasses.replace(plan, certificate=proof)
    assert any("the plan costs" in f for f in verify(other, problem, ceiling_idr=math.inf, rules=rules))


def test_a_relaxed_goal_that_the_clock_cut_short_is_not_called_optimal(problem):
    """Nothing was built, nothing was asked any more, and 0 rupiah for it were the optimum."""
    plan, rules = cheapest(problem, GoalRule(0.12, AREAS, is_relaxed=True), year=2026, time_limit_s=1e-9)
    assert plan.certificate.status == "time_limit"
    assert verify(plan, problem, ceiling_idr=math.inf, rules=rules) == ()
