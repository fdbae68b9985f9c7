"""The frontier: real plans, never falling, bounded by enumeration."""

from __future__ import annotations

import numpy as np
import pytest
from plan_brute import best_value
from plan_worlds import province, tiny_problem

from planner.errors import UsageError
from planner.plan.frontier import frontier
from planner.plan.verify import verify


@pytest.mark.parametrize("seed", range(12))
def test_every_bound_holds_and_every_plan_is_real(seed):
    problem = tiny_problem(seed, n_places=3, n_cells=6)
    found = frontier(problem, top_idr=24.0, n_points=8)
    for row, plan in zip(found.points.to_dict("records"), found.plans, strict=True):
        best = best_value(problem, row["ceiling_idr"])
        assert verify(plan, problem, ceiling_idr=row["ceiling_idr"]) == ()
        assert row["value"] <= best + 1e-6
        assert row["bound"] >= best - 1e-6
        assert row["cost_idr"] <= row["ceiling_idr"] * (1 + 1e-9)


def test_twenty_points_of_a_larger_world_never_fall_and_two_runs_are_equal():
    problem = province(3, n_places=30, n_cells=1500, n_relays=30)
    first, second = (frontier(problem, top_idr=6e10, n_points=20, ruin_rounds=3) for _ in range(2))
    assert first.points.equals(second.points)
    assert len(first.points) == 20
    assert (np.diff(first.points["value"]) >= 0).all()
    assert (np.diff(first.points["bound"]) >= -1e-9).all()
    assert first.points["value"].iloc[-1] > first.points["value"].iloc[0]
    assert (first.points["gap_share"] < 0.6).all()


@pytest.mark.parametrize("call", [{"top_idr": 0.0}, {"top_idr": np.nan}, {"top_idr": 1.0, "n_points": 0}])
def test_calls_that_make_no_sense(call):
    with pytest.raises(UsageError, match="frontier"):
        frontier(tiny_problem(0), **call)
