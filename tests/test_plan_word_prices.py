"""The price of a decision: known by hand on small worlds, never below zero, never above the proven bound."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from plan_brute import best_value
from plan_worlds import province, tiny_problem
from test_plan_link_word import _word, _world

from planner.plan.link_word import obey_links
from planner.plan.select import select
from planner.plan.word_prices import WORD_COLUMNS, word_prices


def _about(problem, name, action, number="K", **more):
    at = problem.candidates.set_index("candidate_id").loc[name]
    said = {"decision_id": number, "action": action, "site_type": "", "backhaul": "", "radius_km": 0.01, "reason": "r",
            "author": "a", "letter": "l", "lon_deg": at["lon_deg"], "lat_deg": at["lat_deg"]}  # fmt: skip
    return {**said, **more}


def _priced(problem, words, ceiling):
    plan = select(obey_links(problem, words), ceiling_idr=ceiling, decisions=words, gap_target_share=0.0)
    found = word_prices(problem, plan, ceiling_idr=ceiling, decisions=words)
    assert tuple(found.columns) == WORD_COLUMNS
    return plan, found.set_index("decision_id")


def test_a_forced_site_costs_what_its_money_would_serve_elsewhere():
    problem = dataclasses.replace(_world(), weight=np.array([2.0, 10.0]))  # p0 for 7, p1 for 9, both for 13
    words = pd.DataFrame([_about(problem, "p0", "force")])
    plan, found = _priced(problem, words, 9.0)
    assert plan.sites["site_id"].tolist() == ["p0"]
    assert found.loc["K", "price_weight"] == pytest.approx(8.0)
    assert found.loc["K", ["site_id", "price_by", "object"]].tolist() == ["p0", "rerun", "site"]
    assert found.loc["K", "cost_idr"] == pytest.approx(7.0)


def test_a_forbidden_site_costs_what_it_would_serve():
    problem = dataclasses.replace(_world(), weight=np.array([2.0, 10.0]))
    words = pd.DataFrame([_about(problem, "p1", "forbid")])
    _, found = _priced(problem, words, 9.0)
    assert found.loc["K", "price_weight"] == pytest.approx(8.0)


def test_a_forbidden_link_costs_what_the_way_round_it_takes():
    problem = _world()  # over p0 both sites fit 13; p1 by its own hop makes 16
    _, found = _priced(problem, _word("forbid", 120.2, 120.1), 13.0)
    assert found.loc["K", "price_weight"] == pytest.approx(10.0)
    assert found.loc["K", "object"] == "link"


def test_a_site_that_two_decisions_hold_is_not_proven_to_cost_nothing():
    """Without the narrow word the wide one is met by p1 as well, which serves 8 more."""
    problem = dataclasses.replace(_world(), weight=np.array([2.0, 10.0]))
    words = pd.DataFrame([_about(problem, "p0", "force"), _about(problem, "p0", "force", "L", radius_km=50.0)])
    _, found = _priced(problem, words, 9.0)
    assert found.loc["K", "price_at_most_weight"] >= 8.0


def test_a_forced_site_that_serves_nobody_new_has_a_price():
    problem = dataclasses.replace(_world(), weight=np.array([0.0, 10.0]))
    _, found = _priced(problem, pd.DataFrame([_about(problem, "p0", "force")]), 7.0)  # money for p0 alone
    assert found.loc["K", ["site_id", "price_weight"]].tolist() == ["p0", 0.0]


def test_a_decision_that_binds_nothing_costs_nothing():
    problem = _world()
    words = pd.DataFrame(
        [_about(problem, "p0", "force"), _about(problem, "p1", "forbid", "L", radius_km=0.0, lat_deg=-8.0)]
    )
    _, found = _priced(problem, words, 30.0)
    assert found["price_weight"].tolist() == [0.0, 0.0]
    assert found.loc["L", "price_by"] == "none"


@pytest.mark.parametrize("seed", range(8))
def test_prices_stay_within_what_enumeration_allows(seed):
    problem = tiny_problem(seed, n_places=3, n_cells=6)
    name = sorted(set(problem.options["candidate_id"]))[seed % 3]
    words = pd.DataFrame([_about(problem, name, "forbid")])
    ceiling = 20.0
    plan, found = _priced(problem, words, ceiling)
    best = best_value(problem, ceiling)
    assert 0.0 <= found["price_weight"].iloc[0] <= best - plan.certificate.value + 1e-6
    if found["price_by"].iloc[0] == "rerun":
        assert found["price_at_most_weight"].iloc[0] >= best - plan.certificate.value - 1e-6


def test_other_decisions_are_kept_and_two_runs_are_equal():
    problem = province(4, n_places=30, n_cells=1200, n_relays=20)
    names = sorted(set(problem.options["candidate_id"]))[:4]
    words = pd.DataFrame([_about(problem, n, a, f"K{k}") for k, (n, a) in enumerate(zip(names, ["force", "force", "forbid", "lock"], strict=True))])  # fmt: skip
    plan = select(problem, ceiling_idr=4e10, decisions=words)
    first, second = (word_prices(problem, plan, ceiling_idr=4e10, decisions=words) for _ in range(2))
    assert first.equals(second)
    assert (first["price_weight"] >= 0).all()
    assert (first["price_weight"] <= first["price_at_most_weight"] + 1e-9).all()
    assert np.isfinite(first["price_at_most_weight"]).all()
    assert first["site_id"].tolist() == [names[0], names[1], "", names[3]]
