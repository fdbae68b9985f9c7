"""Paths that come back to a place they have left are cut short."""

from __future__ import annotations

import pytest
from plan_brute import best_value
from plan_worlds import tiny_problem
from test_plan_air import with_air

from planner.plan import serve
from planner.plan.draft import money
from planner.plan.select import select
from planner.plan.straight import straight
from planner.plan.verify import verify


def test_a_plan_whose_cheapest_way_came_back_over_free_links_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """World 110 has links at no cost between p3 and a relay; the way of p1 went p3 > relay > p3 and the checker refused it."""
    cut = []

    def watched(instance, draft):
        short = straight(instance, draft)
        if short is not draft:
            assert money(instance, short) <= money(instance, draft) + 1e-9
            assert straight(instance, short) is short
            cut.append(short)
        return short

    monkeypatch.setattr(serve, "straight", watched)
    problem = with_air(tiny_problem(110), 110)
    plan = select(problem, ceiling_idr=24.0)
    assert cut
    assert verify(plan, problem, ceiling_idr=24.0) == ()
    assert plan.totals["weight_new"] == pytest.approx(best_value(problem, 24.0))
    assert dict(zip(plan.sites["site_id"], plan.sites["backhaul_path"], strict=True))["p1"] == "p1>p3>p2>root:a"
