"""Least cost of a goal by whole sites: covers and tiny worlds against enumeration, at any prices."""

from __future__ import annotations

import dataclasses
import math
from itertools import product

import numpy as np
import pytest
from plan_brute_years import Brute
from plan_rule_worlds import tiny_rules
from test_plan_programme import two_areas

from planner.plan.goal import _floors, cheapest
from planner.plan.goal_bound import least_cover, whole_sites_cost
from planner.plan.programme import make_programme
from planner.plan.rules import GoalRule, Rules, Source

AREAS = {"53.01": ("53.01",), "53.02": ("53.02",)}


@pytest.mark.parametrize("seed", range(60))
def test_cover_is_never_above_the_best_one(seed):
    rng = np.random.default_rng(seed)
    place = np.sort(rng.integers(0, 5, 9))
    worth = np.where(rng.random(9) < 0.2, 0.0, rng.integers(1, 9, 9).astype(float))
    cost = rng.integers(-1 if seed % 3 == 0 else 0, 9, 9).astype(float)
    need = float(rng.integers(0, 16))
    picks = [[-1, *np.flatnonzero(place == p)] for p in np.unique(place)]
    covers = [[k for k in some if k >= 0] for some in product(*picks)]
    best = min((cost[some].sum() for some in covers if worth[some].sum() >= need), default=math.inf)
    found = least_cover(place, worth, cost, need)
    assert found <= best + 1e-6
    assert found >= best - 3.0 or math.isinf(best)


@pytest.mark.parametrize("seed", range(50))
def test_no_plan_that_meets_the_goal_costs_less(seed):
    """Enumeration finds no plan for a little less than the bound, whatever prices and mixes the bound is asked with."""
    rng = np.random.default_rng(seed)
    problem, _ = tiny_rules(seed, n_years=1)
    goal = GoalRule(float(rng.uniform(0.2, 0.8)), AREAS if seed % 3 else {"all": ("53",)})
    floors, _ = _floors(problem, goal)
    rules = Rules(
        (2026,), (Source("", "", (1e3,)),), is_present_value=True, floors=floors, groups=dict(goal.areas)
    )  # fmt: skip
    world = make_programme(problem, rules, None, {}, 0)[1]
    weight, n = world.instance.groups.weight, world.instance.n_choices
    bounds = [
        whole_sites_cost(world.instance, world.floors, (part * rng.random(len(weight)) * weight, rng.random(len(floors))), (rng.random(n),))
        for part in (0.0, 0.1, 0.5)
    ]  # fmt: skip
    if max(bounds) > 0:
        cheaper = dataclasses.replace(rules, sources=(Source("", "", (max(bounds) - 1e-5,)),))
        assert Brute(problem, cheaper).run() == -math.inf


def test_a_goal_that_needs_part_of_a_site_costs_a_whole_one():
    """The price bound alone pays for the part that the goal needs: here 0.3 % of what the site costs."""
    problem = two_areas()
    codes = problem.cells["area_code"].to_numpy(dtype=str)
    served = problem.weight * problem.service["served_share"].to_numpy()
    share = served[codes == "53.02"].sum() / problem.weight[codes == "53.02"].sum()
    plan, _ = cheapest(problem, GoalRule(float(share) + 1e-5, {"53.02": ("53.02",)}), year=2026)
    assert len(plan.sites) == 1
    assert plan.certificate.gap_share < 1e-6
