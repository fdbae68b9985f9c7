"""The price bound: never below the best plan."""

from __future__ import annotations

import numpy as np
import pytest
from plan_brute import best_value
from plan_worlds import tiny_problem

from planner.plan.decisions import allowed_options, split_places
from planner.plan.instance import make_instance
from planner.plan.prices import price_bound


def _bound(problem, ceiling, best, rounds):
    instance = make_instance(
        problem,
        ceiling_idr=ceiling,
        is_allowed=allowed_options(problem, ()),
        split_places=split_places(()),
        wanted=frozenset(),
    )
    if not instance.n_choices:
        return None
    inside = np.zeros(instance.n_choices)
    return price_bound(instance, ceiling_idr=ceiling, demands=(), inside=inside, value=best, max_rounds=rounds)


@pytest.mark.parametrize("seed", range(60))
def test_no_plan_serves_more_than_the_bound(seed):
    ceiling = float(np.random.default_rng(seed).choice([6.0, 10.0, 16.0, 25.0]))
    problem = tiny_problem(seed, n_places=3, n_cells=6)
    best = best_value(problem, ceiling)
    found = _bound(problem, ceiling, best, 40)
    if found is None:
        assert best == pytest.approx(0.0, abs=1e-9)
    else:
        assert found.value >= best - 1e-6


def test_more_rounds_never_loosen_the_bound():
    problem = tiny_problem(3, n_places=4, n_cells=6)
    few, many = (_bound(problem, 16.0, 1.0, rounds).value for rounds in (3, 60))
    assert many <= few + 1e-9
