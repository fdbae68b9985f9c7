"""The frontier: real plans, never falling, bounded by enumeration."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from plan_brute import best_value
from plan_worlds import province, tiny_problem

from planner.errors import InfeasibleError, UsageError
from planner.plan.build import money
from planner.plan.frontier import ceilings_around, frontier
from planner.plan.redraft import draft_of
from planner.plan.select import make_search, plan_tables, select
from planner.plan.serve import served_weight
from planner.plan.shrink import shrink
from planner.plan.verify import verify


@pytest.mark.parametrize("seed", range(12))
def test_every_bound_holds_and_every_plan_is_real(seed):
    problem = tiny_problem(seed, n_places=3, n_cells=6)
    found = frontier(problem, ceilings_idr=ceilings_around(12.0, 8))
    for row, plan in zip(found.points.to_dict("records"), found.plans, strict=True):
        best = best_value(problem, row["ceiling_idr"])
        assert verify(plan, problem, ceiling_idr=row["ceiling_idr"]) == ()
        assert row["value"] <= best + 1e-6
        assert row["bound"] >= best - 1e-6
        assert row["spent_idr"] <= row["ceiling_idr"] * (1 + 1e-9)


def test_twenty_points_around_a_plan_never_fall_and_two_runs_are_equal():
    problem = province(3, n_places=30, n_cells=1500, n_relays=30)
    plan = select(problem, ceiling_idr=3e10)
    first, second = (
        frontier(problem, ceilings_idr=ceilings_around(3e10, 20), plan=(3e10, plan), ruin_rounds=3) for _ in range(2)
    )
    assert first.points.equals(second.points)
    assert len(first.points) == 20
    assert (np.diff(first.points["value"]) >= 0).all()
    assert (np.diff(first.points["bound"]) >= -1e-9).all()
    assert first.points["value"].iloc[-1] > first.points["value"].iloc[0]
    assert (first.points["gap_share"] < 0.6).all()
    assert first.plans[9] is plan
    assert first.points["ceiling_idr"].iloc[9] == 3e10
    built = [set(p.sites["site_id"]) for p in first.plans]
    assert first.points["is_nested"].tolist() == [True, *(a <= b for a, b in pairwise(built))]


@pytest.mark.parametrize("seed", range(6))
def test_a_plan_becomes_the_same_draft_again_under_any_ceiling(seed):
    problem = province(seed, n_places=25, n_cells=900, n_relays=20)
    plan = select(problem, ceiling_idr=2.5e10)
    instance = make_search(problem, 5e10, None, {}, 0).instance
    draft = draft_of(instance, plan.sites, plan.links)
    assert draft is not None
    assert money(instance, draft) == pytest.approx(plan.totals["cost_idr"], rel=1e-12)
    assert served_weight(instance, draft) == pytest.approx(plan.certificate.value, rel=1e-7)
    sites, links, relays, _ = plan_tables(instance, problem, draft)
    assert sites["link_ids"].tolist() == plan.sites["link_ids"].tolist()
    assert links["link_id"].tolist() == plan.links["link_id"].tolist()
    assert relays["place_id"].tolist() == plan.relays["place_id"].tolist()


def test_a_plan_shrinks_within_the_ceiling_and_keeps_what_must_stay():
    problem = province(1, n_places=25, n_cells=900, n_relays=20)
    plan = select(problem, ceiling_idr=4e10)
    instance = make_search(problem, 4e10, None, {}, 0).instance
    draft = draft_of(instance, plan.sites, plan.links)
    stays = frozenset(sorted(draft.choice)[:2])
    less = shrink(instance, draft, ceiling_idr=2e10, keep=stays)
    assert money(instance, less) <= 2e10
    assert stays <= set(less.choice) < set(draft.choice)
    assert shrink(instance, draft, ceiling_idr=1e6, keep=stays) is None


def test_ceilings_that_cannot_pay_the_decisions_are_left_out_and_none_is_an_error():
    problem = province(2, n_places=20, n_cells=600, n_relays=10)
    dear = problem.options.sort_values("cost_idr").iloc[-1]
    at = problem.candidates.set_index("candidate_id").loc[dear["candidate_id"]]
    word = pd.DataFrame(
        [{
            "decision_id": "K1", "action": "lock", "site_type": dear["site_type"], "backhaul": "", "radius_km": 0.5,
            "reason": "test", "author": "test", "letter": "", "lon_deg": at["lon_deg"], "lat_deg": at["lat_deg"],
        }]
    )  # fmt: skip
    found = frontier(problem, ceilings_idr=[1e8, 2e8, 2e10, 4e10], decisions=word)
    assert found.points["ceiling_idr"].tolist() == [2e10, 4e10]
    assert all(dear["option_id"] in set(plan.sites["option_id"]) for plan in found.plans)
    with pytest.raises(InfeasibleError):
        frontier(problem, ceilings_idr=[1e8, 2e8], decisions=word)


@pytest.mark.parametrize(
    "call",
    [{"ceilings_idr": []}, {"ceilings_idr": [0.0, 1.0]}, {"ceilings_idr": [np.nan]}, {"ceilings_idr": [2.0, 1.0]},
     {"ceilings_idr": [1.0], "plan": (2.0, None)}],
)  # fmt: skip
def test_calls_that_make_no_sense(call):
    with pytest.raises(UsageError, match="frontier"):
        frontier(tiny_problem(0), **call)
