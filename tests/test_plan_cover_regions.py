"""Covering by regions: bounds against enumeration and against the undecomposed search, the same for any worker count."""

from __future__ import annotations

import numpy as np
import pytest

from planner.plan import cover_regions
from planner.plan.cover_bound import first_dual, price_search
from planner.plan.cover_regions import cover_by_regions, regional_bound
from planner.plan.covering import make_covering, worth_of
from planner.plan.joint import Shared, joint_bound
from tests.cover_worlds import discs_and_sites
from tests.test_plan_cover_bound import csr, every_choice, tiny


@pytest.fixture(scope="module")
def provinces():
    """300 sites in six regions of one ground: groups on every border."""
    instance, sites = discs_and_sites(300, 6000, seed=5)
    covering = make_covering(*instance)
    region = np.clip((sites[:, 0] * 3).astype(int), 0, 2) * 2 + np.clip((sites[:, 1] * 2).astype(int), 0, 1)
    return covering, np.unique(region[covering.option], return_inverse=True)[1]


def test_no_choice_passes_the_joint_bound_whatever_the_rounds(monkeypatch):
    """1,000 instances, regions at random, a second shared row in half of them, stopped after any round."""
    for name, value in (("_FIRST_ROUNDS", 1), ("_HALO_STEPS", 30), ("_STEPS", 60)):
        monkeypatch.setattr(cover_regions, name, value)
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        weight, holds, cost, budget = tiny(seed)
        covering = make_covering(weight, *csr(holds), cost, budget)
        if not covering.n_options:
            continue
        region = np.unique(rng.integers(0, 3, covering.n_options), return_inverse=True)[1]
        masks, worth = every_choice(weight, holds[covering.option])
        fits = masks @ covering.cost <= budget * (1 + 1e-12)
        rows = None
        if seed % 2:
            use = rng.integers(0, 4, (1, covering.n_options)).astype(float)
            rows = (use, np.array([float(rng.integers(0, 8))]))
            fits &= masks @ use[0] <= rows[1][0]
        found = regional_bound(covering, region, gap=0.0, rows=rows, max_rounds=1 + seed % 3, mode="serial")
        assert worth[fits].max() <= found.bound + 1e-12 * max(1.0, weight.sum()), seed


def test_the_joint_bound_meets_the_undecomposed_one(provinces):
    covering, region = provinces
    whole = price_search(covering, first_dual(covering), max_steps=4000, gap=1e-3)
    found = regional_bound(covering, region, gap=1e-4 * whole.bound, max_rounds=80)
    assert len(found.price) > 100, "the regions share groups"
    assert whole.relaxed * (1 - 1e-9) <= found.bound <= whole.bound * (1 + 3e-4)
    assert found.floor <= whole.bound * (1 + 1e-9)
    assert found.use[:, 0].sum() <= covering.budget * (1 + 1e-6)


def test_plans_by_region_are_the_same_for_any_number_of_workers(provinces):
    covering, region = provinces
    one, two, three = (cover_by_regions(covering, region, max_rounds=12, workers=n) for n in (1, 2, 3))
    for other in (two, three):
        assert np.array_equal(one.chosen, other.chosen)
        assert (one.value, one.bound, one.joint.price.tobytes()) == (
            other.value,
            other.bound,
            other.joint.price.tobytes(),
        )


def test_a_plan_by_region_keeps_the_budget_and_comes_near_the_bound(provinces):
    covering, region = provinces
    found = cover_by_regions(covering, region, max_rounds=40)
    assert covering.cost[found.chosen].sum() <= covering.budget
    assert found.value == worth_of(covering, found.chosen)
    assert 0 <= found.gap_share < 0.02, "regions of 50 sites: whole sites for parts of the money"


def test_regions_that_share_nothing_but_money_need_few_rounds():
    """Two islands whose best use of money is known: 3 for 2 on one, 5 for 2 and 1 for 2 on the other; 4 to spend."""
    lines = {0: [(0.0, 0.0), (3.0, 2.0)], 1: [(0.0, 0.0), (5.0, 2.0), (6.0, 4.0)]}

    def island(number):
        from planner.plan.joint import Answer

        def answer(price, memory):
            worth, use = max(lines[number], key=lambda line: line[0] - price[0] * line[1])
            return Answer(worth - price[0] * use, worth, np.array([use]), memory)

        return answer

    shared = Shared(np.array([4.0]), np.zeros(1), np.array([100.0]), np.array([10.0]), np.array([5.0]))
    found = joint_bound([island(0), island(1)], shared, gap=1e-9, max_rounds=20, mode="serial")
    assert found.bound == pytest.approx(8.0, rel=1e-6)
    assert found.use.sum() == pytest.approx(4.0, rel=1e-6)
    with pytest.raises(ValueError, match="at least 1"):
        joint_bound([island(0)], shared, gap=0.0, max_rounds=0)
