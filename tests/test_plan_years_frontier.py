"""The frontier under rules: real plans at every scale of the ceilings, never falling, bounded by enumeration."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from plan_brute_years import Brute
from plan_rule_worlds import tiny_rules
from test_plan_programme import YEARS, bound_to, rules, two_areas

from planner.errors import InfeasibleError, UsageError
from planner.interrupt import ASKED
from planner.plan import years_frontier as years_frontier_module
from planner.plan.programme import make_programme, select_programme
from planner.plan.rules import Floor
from planner.plan.types import Plan, Problem
from planner.plan.verify import verify
from planner.plan.years import settled
from planner.plan.years_bound import bounds_by_scale
from planner.plan.years_frontier import Line, rules_at, scales_around, years_frontier
from planner.plan.years_redraft import schedule_of, shrink_years

SCALES = [0.4, 0.7, 1.0, 1.5]


@pytest.mark.parametrize("seed", range(40, 70))
def test_every_bound_holds_and_every_plan_is_real(seed):
    """Years, sources, shared trunks, relay towers, beams, build rates, floors with a price and without one."""
    problem, held = tiny_rules(seed)
    best = {scale: Brute(problem, rules_at(held, scale)).run() for scale in SCALES}
    try:
        plan = select_programme(problem, held) if seed % 3 else None
        found = years_frontier(problem, held, scales=SCALES, plan=plan, ruin_rounds=20)
    except InfeasibleError:
        assert min(best.values()) == -math.inf
        return
    for row, point in zip(found.points.to_dict("records"), found.plans, strict=True):
        assert verify(point, problem, ceiling_idr=math.inf, rules=rules_at(held, row["scale"])) == ()
        assert row["value"] <= best[row["scale"]] + 1e-6
        assert row["bound"] >= best[row["scale"]] - 1e-6
    assert (np.diff(found.points["value"]) >= 0).all()
    assert (np.diff(found.points["bound"]) >= 0).all()
    assert plan is None or found.plans[found.points["scale"].tolist().index(1.0)] is plan


@pytest.mark.parametrize("seed", range(200, 230))
def test_a_line_holds_for_every_smaller_scale_also_where_it_goes_on_from_another(seed):
    problem, held = tiny_rules(seed)
    best = {scale: Brute(problem, rules_at(held, scale)).run() for scale in (0.3, 0.8, 1.6)}
    worlds = [(scale, make_programme(problem, rules_at(held, scale), None, {}, 0)[1]) for scale in (1.6, 0.8)]
    first = worlds[0][1]
    if not first.instance.n_choices:
        return
    worlds[1] = (0.8, dataclasses.replace(first, rules=worlds[1][1].rules))
    inside = np.zeros((len(held.years), first.instance.n_choices))
    for rounds in ((5, 2), (30, 8)):
        found = bounds_by_scale(worlds, inside=inside, value=5.0, rounds=rounds)
        for (top, _), line in zip(worlds, found, strict=True):
            for scale, value in best.items():
                assert scale > top or Line(top, line).at(scale) >= value - 1e-6


@pytest.fixture(scope="module")
def world() -> Problem:
    return two_areas()


@pytest.fixture(scope="module")
def plan(world) -> Plan:
    return select_programme(world, bound_to())


def test_points_around_a_plan_never_fall_and_two_runs_are_equal(world, plan):
    """Build rates, a floor with a price, a share of money, a source for some areas only."""
    first, second = (years_frontier(world, bound_to(), scales=scales_around(8), plan=plan) for _ in range(2))
    assert first.points.equals(second.points)
    assert len(first.points) == 8
    assert (np.diff(first.points["value"]) >= 0).all()
    assert (np.diff(first.points["bound"]) >= 0).all()
    assert first.points["value"].iloc[-1] > plan.certificate.value > first.points["value"].iloc[0]
    assert first.plans[3] is plan
    assert first.points["ceiling_idr"].iloc[3] == 5.0e10
    assert (first.points["spent_in_years_idr"] <= first.points["ceiling_idr"]).all()
    assert all(set(p.yearly["year"]) == set(YEARS) for p in first.plans)


def test_a_plan_becomes_the_same_schedule_again_and_shrinks_within_the_money(world, plan):
    held = make_programme(world, rules_at(bound_to(), 2.0), None, {}, 0)[1]
    same = dataclasses.replace(held, rules=bound_to())
    schedule = schedule_of(same, world, plan)
    assert schedule is not None
    assert schedule.ledger.spent.sum() == pytest.approx(plan.totals["spent_idr"], rel=1e-12)
    stays = frozenset(sorted(schedule.year)[:2])
    poor = dataclasses.replace(held, rules=rules_at(bound_to(), 0.5))
    less = shrink_years(poor, settled(poor, schedule), stays)
    assert less is not None
    assert less.ledger.is_kept()
    assert stays <= set(less.year) < set(schedule.year)
    none = dataclasses.replace(held, rules=rules_at(bound_to(), 1e-6))
    assert shrink_years(none, settled(none, schedule), stays) is None
    assert schedule_of(none, world, plan) is None


def test_scales_that_a_floor_or_a_decision_cannot_be_paid_under_are_left_out(world):
    free = select_programme(world, rules())
    area = world.cells.set_index("cell_id")["area_code"].loc[free.served["cell_id"]].to_numpy()
    weight = pd.Series(world.weight, index=world.cells["cell_id"]).loc[free.served["cell_id"]].to_numpy()
    reached = float((weight * free.served["share"].to_numpy())[area == "53.01"].sum())
    held = dataclasses.replace(rules(), floors=(Floor("53.01", 0.8 * reached),))
    found = years_frontier(world, held, scales=[0.05, 1.0, 1.5], plan=select_programme(world, held))
    assert found.points["scale"].tolist() == [1.0, 1.5]
    assert (found.points["floors_short"] == 0.0).all()
    dear = world.options.sort_values("capex_idr").iloc[-1]
    at = world.candidates.set_index("candidate_id").loc[dear["candidate_id"]]
    word = pd.DataFrame(
        [{
            "decision_id": "K1", "action": "lock", "site_type": dear["site_type"], "backhaul": "", "radius_km": 0.5,
            "reason": "test", "author": "test", "letter": "", "lon_deg": at["lon_deg"], "lat_deg": at["lat_deg"],
        }]
    )  # fmt: skip
    found = years_frontier(world, rules(), scales=[1e-4, 1.0], decisions=word)
    assert found.points["scale"].tolist() == [1.0]
    with pytest.raises(InfeasibleError):
        years_frontier(world, rules(), scales=[1e-4], decisions=word)


def test_kept_sites_that_a_scale_cannot_pay_leave_it_out(world):
    kept = tuple(dataclasses.replace(s, kept_opex_idr_per_year=4e9) for s in rules().sources)
    found = years_frontier(world, dataclasses.replace(rules(), sources=kept), scales=[0.5, 1.0])
    assert found.points["scale"].tolist() == [1.0]


def test_ctrl_c_and_the_clock_keep_the_points_found_so_far(world, plan, monkeypatch):
    timed = years_frontier(world, bound_to(), scales=scales_around(8), plan=plan, time_limit_s=0.0)
    assert [point is plan for point in timed.plans] == [True]
    made = years_frontier_module.improve_compiled

    def asked_while_seeking(*args, **more):
        ASKED.set()
        return made(*args, **more)

    monkeypatch.setattr(years_frontier_module, "improve_compiled", asked_while_seeking)
    found = years_frontier(world, bound_to(), scales=scales_around(8), plan=plan)
    assert found.points["scale"].tolist() == [1.0, 1.25]
    assert not ASKED.is_set()


@pytest.mark.parametrize("scales", [[], [0.0, 1.0], [math.nan], [2.0, 1.0], [0.5, 2.0]])
def test_calls_that_make_no_sense(world, plan, scales):
    with pytest.raises(UsageError, match="frontier"):
        years_frontier(world, bound_to(), scales=scales, plan=plan)
