"""Bounds over years and the compiled search: against enumeration, stopped anywhere, under other ceilings."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from plan_brute_years import Brute
from plan_rule_worlds import tiny_rules

from planner.plan.programme import make_programme
from planner.plan.rules import Floor, Rules
from planner.plan.schedule import empty_schedule
from planner.plan.types import Problem
from planner.plan.years import settled, worth
from planner.plan.years_bound import YearBound, years_bound
from planner.plan.years_search import grown_compiled, improve_compiled


def scaled(rules: Rules, factor: float) -> Rules:
    each = (dataclasses.replace(s, ceilings_idr=tuple(c * factor for c in s.ceilings_idr)) for s in rules.sources)
    return dataclasses.replace(rules, sources=tuple(each))


def bound_of(problem: Problem, rules: Rules, moves: int) -> YearBound | None:
    """Bound after so many moves of the prices; None where nothing can be built."""
    world = make_programme(problem, rules, None, {}, 0)[1]
    if not world.instance.n_choices:
        return None
    none = np.zeros((len(rules.years), world.instance.n_choices))
    return years_bound(world, inside=none, value=5.0, max_rounds=moves)


@pytest.mark.parametrize("seed", range(100, 150))
def test_bound_stopped_anywhere_holds_under_every_scale_of_the_ceilings(seed):
    """Years, shared trunks, thin links and roots, relays, beams, build rates, floors, sources for some areas only."""
    problem, rules = tiny_rules(seed)
    best = {factor: Brute(problem, scaled(rules, factor)).run() for factor in (0.5, 1.0)}
    for moves in (4, 40):
        found = bound_of(problem, rules, moves)
        if found is None:
            continue
        assert found.value >= best[1.0] - 1e-6
        if found.is_infeasible:
            assert best[1.0] == -math.inf
            continue
        assert found.value + found.per_scale * (0.5 - 1.0) >= best[0.5] - 1e-6


@pytest.mark.parametrize("seed", range(10))
def test_floor_that_no_money_meets_is_proven_so(seed):
    problem, rules = tiny_rules(seed, n_years=2)
    hard = dataclasses.replace(scaled(rules, 0.05), floors=(Floor("53.01", 1e3),))
    found = bound_of(problem, hard, 60)
    assert found is None or found.is_infeasible


@pytest.mark.parametrize("seed", range(20))
def test_compiled_search_keeps_the_books_of_the_schedule(seed):
    """What the kernels hold for affordable and worth is what a settled schedule says."""
    problem, rules = tiny_rules(seed, n_years=3)
    world = make_programme(problem, dataclasses.replace(rules, floors=()), None, {}, 0)[1]
    if not world.instance.n_choices:
        return
    grown = grown_compiled(world, empty_schedule(world), np.zeros(0))
    better, _ = improve_compiled(world, grown, np.zeros(0), rounds=40, seed=0)
    for schedule in (grown, better):
        assert schedule.ledger.is_kept()
        assert worth(world, settled(world, schedule)) == pytest.approx(worth(world, schedule))
        counts = np.bincount(list(schedule.year.values()), minlength=3)
        assert not rules.most_sites or (counts <= np.array(rules.most_sites)).all()
    assert worth(world, better) >= worth(world, grown) - 1e-9
