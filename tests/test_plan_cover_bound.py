"""Prices of a covering: the bound, the rule that decides options, cores and charges, against enumeration."""

from __future__ import annotations

import numpy as np
import pytest

from planner.plan import cover_stages
from planner.plan.cover_bound import first_dual, price_search
from planner.plan.cover_stages import Limits, first_standing, improve
from planner.plan.covering import make_covering


def tiny(seed):
    """Weights, covers, costs and budget small enough to try every choice."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 20)), int(rng.integers(1, 8))
    is_whole = seed % 2 == 0
    weight = rng.integers(0, 9, n).astype(float) if is_whole else rng.random(n) * 10.0 ** rng.integers(-3, 9)
    cost = rng.integers(0, 6, m).astype(float) if is_whole else rng.random(m) * 10.0 ** rng.integers(-2, 10)
    holds = rng.random((m, n)) < rng.uniform(0.1, 0.6)
    budget = float(np.round(cost.sum() * rng.uniform(0, 0.8))) if is_whole else cost.sum() * rng.uniform(0, 0.8)
    return weight, holds, cost, budget


def csr(holds):
    start = np.r_[0, np.cumsum(holds.sum(axis=1))].astype(np.int64)
    return start, np.nonzero(holds)[1].astype(np.int32)


def every_choice(weight, holds):
    masks = ((np.arange(2 ** len(holds))[:, None] >> np.arange(len(holds))) & 1).astype(bool)
    return masks, ((masks.astype(int) @ holds.astype(int)) > 0) @ weight


def test_no_choice_passes_the_bound_nor_the_rule_that_decides_options():
    """1,200 instances, prices stopped anywhere: each setting that differs from the prices costs its reduced gain."""
    for seed in range(1200):
        weight, holds, cost, budget = tiny(seed)
        covering = make_covering(weight, *csr(holds), cost, budget)
        dual = first_dual(covering)
        for steps in (seed % 3, seed % 17):
            dual = price_search(covering, dual, max_steps=steps, gap=0.0)
        masks, worth = every_choice(weight, holds[covering.option])
        fits = masks @ covering.cost <= budget
        differs = np.where(masks, dual.reduced < 0, dual.reduced > 0) @ np.abs(dual.reduced)
        size = max(1.0, weight.sum())
        assert (worth[fits] <= dual.bound - differs[fits] + 1e-12 * size).all(), seed
        assert dual.relaxed <= dual.bound + 1e-12 * size, seed
        assert covering.cost @ dual.x <= budget * (1 + 1e-9), seed


def test_charged_options_are_bounded_without_a_budget():
    for seed in range(300):
        weight, holds, cost, budget = tiny(seed)
        covering = make_covering(weight, *csr(holds), cost, budget)
        charge = np.random.default_rng(seed).random(covering.n_options) * weight.sum() / 3
        dual = price_search(covering, first_dual(covering), max_steps=seed % 40, gap=0.0, charge=charge)
        masks, worth = every_choice(weight, holds[covering.option])
        assert (worth - masks @ charge).max() <= dual.bound + 1e-12 * max(1.0, weight.sum()), seed


def test_every_standing_on_the_way_is_valid(monkeypatch):
    """With cores of one option first: their bound is what the core and the prices outside it leave."""
    monkeypatch.setattr(cover_stages, "_FIRST_CORE", 1)
    monkeypatch.setattr(cover_stages, "_CORE_PER_PART", 0)
    monkeypatch.setattr(cover_stages, "_ROUNDS", 1)
    n_cores = 0
    for seed in range(400):
        weight, holds, cost, budget = tiny(seed)
        covering = make_covering(weight, *csr(holds), cost, budget)
        masks, worth = every_choice(weight, holds)
        best = worth[masks @ cost <= budget * (1 + 1e-12)].max()
        limits = Limits(is_whole=seed % 2 == 0, target_gap_share=0.0, seed=seed, stop_s=np.inf)
        for standing in improve(first_standing(covering), limits, None):
            assert standing.bound >= best * (1 - 1e-12), (seed, standing.steps)
            assert standing.value <= best * (1 + 1e-12), (seed, standing.steps)
            assert covering.cost[standing.chosen].sum() <= budget * (1 + 1e-11)
            if standing.is_close(limits):
                break
        n_cores += sum("core" in step for step in standing.steps)
    assert n_cores > 60


def test_dominated_options_are_left_out_and_cost_nothing():
    holds = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0]], dtype=bool)
    covering = make_covering(np.ones(3), *csr(holds), np.array([2.0, 2.0, 2.0, 9.0, 1.0]), 5.0)
    assert covering.option.tolist() == [0], "1 within 0, 2 twin of 0, 3 too dear, 4 empty"
    assert covering.weight.tolist() == [2.0]


@pytest.mark.parametrize("steps", [0, 5, 400])
def test_the_bound_closes_in_on_the_relaxed_answer(steps):
    weight, holds, cost, budget = tiny(6)
    covering = make_covering(weight, *csr(holds), cost, budget)
    dual = price_search(covering, first_dual(covering), max_steps=steps, gap=0.0)
    if steps == 400:
        assert dual.bound - dual.relaxed < 1e-6 * dual.bound
