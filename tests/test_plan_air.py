"""Plans under interference: users share the spectrum at the rates all sites together leave, against enumeration."""

from __future__ import annotations

import contextlib
import math
from dataclasses import replace

import numpy as np
import pytest
from plan_brute import best_value
from plan_rule_worlds import tiny_rules
from plan_worlds import tiny_problem
from radio_worlds import spec

from planner.errors import InfeasibleError
from planner.plan import serve
from planner.plan.goal import cheapest
from planner.plan.programme import select_programme
from planner.plan.rules import GoalRule
from planner.plan.select import select
from planner.plan.solver import Answer
from planner.plan.types import Problem
from planner.plan.verify import verify
from planner.plan.verify_air import air_faults
from planner.radio.covers import Covers
from planner.radio.planned import Air


def with_air(problem: Problem, seed: int, *, loudest_dbm: float = -85.0, is_louder: bool = False) -> Problem:
    """The problem on two carriers, every option heard where it covers and at a few cells more."""
    rng = np.random.default_rng([seed, 77])
    n_cells, n = len(problem.cells), len(problem.options)
    rest = 1.0 - problem.service["served_share"].to_numpy(float)
    rest[~problem.service["level"].isin(["unserved", "limited"]).to_numpy()] = 0.0
    cells, levels = [], []
    for k in range(n):
        covered = problem.indices[problem.indptr[k] : problem.indptr[k + 1]]
        heard = np.union1d(covered, np.flatnonzero(rng.random(n_cells) < 0.4)).astype(np.int32)
        level = rng.uniform(-122.0, loudest_dbm, len(heard))
        level[np.isin(heard, covered)] = rng.uniform(-108.0, loudest_dbm, len(covered))
        cells.append(heard)
        levels.append(level.astype(np.float32))
    indices = np.concatenate([*cells, np.zeros(0, np.int32)])
    existing = np.where(rng.random(len(indices)) < 0.4, rng.uniform(-115.0, -92.0, len(indices)), np.nan)
    heard = Covers(np.r_[0, np.cumsum([len(c) for c in cells])].astype(np.int64), indices, np.concatenate([*levels, np.zeros(0, np.float32)]))  # fmt: skip
    if is_louder:  # as interference more than as service
        more = np.random.default_rng([seed, 78]).uniform(0.0, 6.0, len(indices))
        heard = replace(heard, late_dbm=(heard.rsrp_dbm + more).astype(np.float32))
    air = Air(
        heard, existing.astype(np.float32), rng.integers(0, 2, n), np.full(n, "4G"), rng.choice([1, 3], n),
        problem.options["radio_mbps"].to_numpy(float) / rng.uniform(0.7, 3.0, n),
        problem.cells["demand_mbps"].to_numpy(float) * rest, spec(),
    )  # fmt: skip
    return replace(problem, air=air)


@pytest.mark.parametrize("seed", range(20))
def test_no_bound_is_below_the_best_plan_under_interference_and_no_plan_is_refused(seed: int) -> None:
    problem = with_air(tiny_problem(seed), seed, is_louder=bool(seed % 2))
    for ceiling in (9.0, 24.0):
        plan = select(problem, ceiling_idr=ceiling)
        best = best_value(problem, ceiling)
        assert verify(plan, problem, ceiling_idr=ceiling) == ()
        assert plan.totals["weight_new"] <= best * (1 + 1e-6) + 1e-9
        assert plan.certificate.bound >= best - 1e-6
        assert plan.certificate.value == pytest.approx(plan.totals["weight_new"], rel=1e-6, abs=1e-9)


def test_nobody_is_served_where_interference_leaves_no_rate_even_if_nothing_is_asked_there() -> None:
    """World 929: a cell of weight 7 without demand, below the least SINR of the site that covers it, was promised."""
    problem = with_air(tiny_problem(929), 929, is_louder=True)
    plan, best = select(problem, ceiling_idr=9.0), best_value(problem, 9.0)
    assert verify(plan, problem, ceiling_idr=9.0) == ()
    assert plan.totals["weight_new"] == pytest.approx(best)
    assert plan.certificate.bound == pytest.approx(best, rel=1e-5)
    assert air_faults(problem, {"p1": 2}, [(3, "p1", 1.0)])


def test_interference_takes_value_from_some_worlds_and_none_where_it_is_not_modelled() -> None:
    lower = 0
    for seed in range(25):
        bare = tiny_problem(seed)
        free, bound_by_air = (select(p, ceiling_idr=24.0).certificate.value for p in (bare, with_air(bare, seed)))
        assert bound_by_air <= best_value(bare, 24.0) + 1e-6
        lower += bound_by_air < free - 1e-6
    assert lower >= 5


def test_the_checker_refuses_users_whom_interference_leaves_less_than_they_take() -> None:
    refused = 0
    for seed in range(30):
        bare = tiny_problem(seed)
        plan = select(bare, ceiling_idr=24.0)  # shared out as if nobody interfered
        faults = verify(plan, with_air(bare, seed, loudest_dbm=-100.0), ceiling_idr=24.0)
        assert all("spectrum" in fault for fault in faults)
        refused += bool(faults)
    assert refused >= 10


def test_the_checkers_rate_by_hand() -> None:
    """Two sites of one carrier at -90 and -93 dBm, an existing cell at -96 dBm, half load, three sectors each."""
    radio = spec()
    problem = tiny_problem(0, n_places=2, n_cells=1)
    heard = Covers(np.array([0, 1, 2]), np.zeros(2, np.int32), np.array([-90.0, -93.0], np.float32))
    air = Air(
        heard, np.array([-96.0, np.nan], np.float32), np.zeros(2, int), np.array(["4G", "4G"]), np.array([3, 3]),
        np.array([10.0, 10.0]), np.ones(1), radio,
    )  # fmt: skip
    problem = replace(problem, air=air, cells=problem.cells.assign(demand_mbps=1.0))
    noise = 10 ** ((-173.975 + 10 * np.log10(15e3) + 9.0) / 10)
    other = 10**-9.3 + 10**-9.6 + 2 * 10**-9.0 * 0.01
    rate = 0.6 * np.log2(1 + 10**-9.0 / (0.5 * other + noise))
    options = {"a": 0, "b": 1}
    assert air_faults(problem, options, [(0, "a", 0.999 * 10 * rate)]) == []
    assert len(air_faults(problem, options, [(0, "a", 1.001 * 10 * rate)])) == 1
    alone = 0.6 * np.log2(1 + 10**-9.0 / (0.5 * (10**-9.6 + 2 * 10**-9.0 * 0.01) + noise))
    assert air_faults(problem, {"a": 0}, [(0, "a", 0.999 * 10 * alone)]) == []
    assert alone > 1.2 * rate


def test_people_without_enterprises_take_air_too() -> None:
    """Cells that weigh nothing are served from what is left: of the spectrum as well as of the Mbps."""
    seen = 0
    for seed in range(40):
        problem = with_air(tiny_problem(seed), seed, loudest_dbm=-98.0)
        weight = problem.weight.copy()
        weight[::2] = 0.0
        problem = replace(problem, weight=weight, cells=problem.cells.assign(people=10.0))
        plan = select(problem, ceiling_idr=24.0)
        assert verify(plan, problem, ceiling_idr=24.0) == ()
        nobody = set(problem.cells["cell_id"].to_numpy()[weight == 0.0].tolist())
        seen += bool(nobody & set(plan.served["cell_id"]))
    assert seen >= 5


def test_plans_of_years_and_for_a_goal_keep_to_the_air_in_every_year() -> None:
    years, goals = 0, 0
    for seed in range(30):
        problem, rules = tiny_rules(seed)
        problem = with_air(problem, seed)
        with contextlib.suppress(InfeasibleError):  # floors that nobody reaches under interference
            plan = select_programme(problem, rules)
            assert verify(plan, problem, ceiling_idr=np.inf, rules=rules) == ()
            years += plan.totals["weight_new"] > 0
        with contextlib.suppress(InfeasibleError):
            plan, held = cheapest(problem, GoalRule(0.4, {"53.01": ("53.01",), "53.02": ("53.02",)}), year=2026)
            assert verify(plan, problem, ceiling_idr=np.inf, rules=held) == ()
            goals += plan.totals["weight_new"] > 0
    assert years >= 8
    assert goals >= 5


def test_a_sharing_that_the_solver_does_not_find_still_keeps_to_the_air(monkeypatch) -> None:
    """Shares then stay as sites took them one after the other, cut to what spectrum and links carry."""
    none = Answer("limit", -math.inf, math.inf, np.zeros(0), np.zeros(0))
    monkeypatch.setattr(serve, "solve", lambda *_, **__: none)
    served = 0.0
    for seed in range(40):
        problem = with_air(tiny_problem(seed), seed, is_louder=bool(seed % 2))
        plan = select(problem, ceiling_idr=24.0)
        assert verify(plan, problem, ceiling_idr=24.0) == ()
        served += plan.certificate.value
    assert served > 0
