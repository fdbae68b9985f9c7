"""Prices of decisions under rules: never below zero, within what enumeration allows, never above the proven bound."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from plan_brute_years import Brute
from plan_rule_worlds import tiny_rules
from test_plan_link_word import _word, _world
from test_plan_programme import bound_to, two_areas
from test_plan_word_prices import _about

from planner.errors import InfeasibleError
from planner.plan.link_word import obey_links
from planner.plan.programme import select_programme
from planner.plan.rules import Rules, Source
from planner.plan.word_prices import WORD_COLUMNS
from planner.plan.years_word_prices import years_word_prices


@pytest.mark.parametrize("action", ["forbid", "force"])
@pytest.mark.parametrize("seed", range(300, 325))
def test_prices_stay_within_what_enumeration_allows(seed, action):
    """Years, sources, shared trunks, relay towers, beams, build rates, floors; one decision."""
    problem, held = tiny_rules(seed)
    names = sorted(set(problem.options["candidate_id"]))
    words = pd.DataFrame([_about(problem, names[seed % len(names)], action)])
    try:
        plan = select_programme(problem, held, decisions=words, gap_target_share=0.0)
    except InfeasibleError:
        return
    best = Brute(problem, held).run() - plan.certificate.value
    found = years_word_prices(problem, plan, held, decisions=words, ruin_rounds=20).iloc[0]
    assert 0.0 <= found["price_weight"] <= best + 1e-6
    is_idle = action == "forbid" and found["price_by"] == "none" and found["price_at_most_weight"] == 0.0
    assert is_idle or found["price_at_most_weight"] >= best - 1e-6
    assert not is_idle or best <= 1e-6


def test_a_forbidden_link_costs_what_the_way_round_it_takes():
    problem = _world()  # over p0 both sites fit 13; p1 by its own hop makes 16
    held = Rules((2026,), (Source("RM", "BAKTI", (13.0,)),), is_present_value=True)
    words = _word("forbid", 120.2, 120.1)
    plan = select_programme(obey_links(problem, words), held, decisions=words, gap_target_share=0.0)
    found = years_word_prices(problem, plan, held, decisions=words).iloc[0]
    assert found["price_weight"] == pytest.approx(10.0)
    assert found["object"] == "link"
    assert found["price_at_most_weight"] >= 10.0 - 1e-6


def test_other_decisions_are_kept_and_two_runs_are_equal():
    problem, held = two_areas(), bound_to()
    built = select_programme(problem, held).sites["site_id"].tolist()
    spare = min(set(problem.options["candidate_id"]) - set(built))
    said = [(spare, "force"), (built[0], "forbid"), (built[1], "lock")]
    words = pd.DataFrame([_about(problem, name, action, f"K{k}") for k, (name, action) in enumerate(said)])
    plan = select_programme(problem, held, decisions=words)
    first, second = (years_word_prices(problem, plan, held, decisions=words) for _ in range(2))
    assert first.equals(second)
    assert tuple(first.columns) == WORD_COLUMNS
    assert (first["price_weight"] >= 0).all()
    assert (first["price_weight"] <= first["price_at_most_weight"] + 1e-9).all()
    assert np.isfinite(first["price_at_most_weight"]).all()
    assert first["site_id"].tolist() == [spare, "", built[1]]
