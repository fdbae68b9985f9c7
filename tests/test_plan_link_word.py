"""Decisions about links: forbidden ones are never used, forced and locked ones carry their site, the checker sees both."""

from __future__ import annotations

import dataclasses
import json

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from plan_worlds import frame_of_candidates, frame_of_cells, frame_of_service, link, node, option_row

from planner.errors import InfeasibleError
from planner.plan.link_word import obey_links
from planner.plan.select import select
from planner.plan.types import Problem
from planner.plan.verify import verify


def _world() -> Problem:
    """Two sites, 10 UMKM each; p0 reaches the root by a cheap hop or dear fiber, p1 by a hop over p0 or to the root."""
    graph = nx.MultiGraph()
    node(graph, "root:a", "root", lon=120.0)
    for k in range(2):
        node(graph, f"p{k}", "place", lon=120.1 + k / 10, tower=1.0)
    link(graph, "root:a", "p0", "hop", "microwave", 2.0, 50.0)
    link(graph, "root:a", "p0", "cable", "fiber", 6.0, 500.0)
    link(graph, "p0", "p1", "hop", "microwave", 1.0, 50.0)
    link(graph, "root:a", "p1", "hop", "microwave", 4.0, 50.0)
    cells = frame_of_cells(np.array([120.1, 120.2]), np.full(2, -9.0), np.full(2, 10.0), 20.0, 0.5)
    options = pd.DataFrame([option_row(f"p{k}", "macro", 5.0, 9.0, 1, "fiber,microwave") for k in range(2)])
    return Problem(
        cells=cells, service=frame_of_service(2), candidates=frame_of_candidates(["p0", "p1"], [120.1, 120.2], [-9.0, -9.0]),
        options=options, indptr=np.array([0, 1, 2]), indices=np.array([0, 1], dtype=np.int32), graph=graph,
        weight=cells["n_umkm"].to_numpy(),
    )  # fmt: skip


def _word(action, start, end, backhaul="", radius=1.0):
    return pd.DataFrame(
        [{
            "decision_id": "K", "action": action, "site_type": "", "backhaul": backhaul, "radius_km": radius, "reason": "r",
            "author": "a", "letter": "l", "lon_deg": start, "lat_deg": -9.0, "to_lon_deg": end, "to_lat_deg": np.nan if np.isnan(end) else -9.0,
        }]
    )  # fmt: skip


def _plan(problem, words, ceiling=30.0):
    plan = select(obey_links(problem, words), ceiling_idr=ceiling, decisions=words, gap_target_share=0.0)
    assert verify(plan, problem, ceiling_idr=ceiling, decisions=words) == ()
    return plan


def test_a_forbidden_link_is_not_used_and_the_sites_are_built_all_the_same():
    free = select(_world(), ceiling_idr=30.0, gap_target_share=0.0)
    assert set(free.links["link_id"]) == {"p0>root:a|hop", "p1>p0|hop"}
    words = _word("forbid", 120.2, 120.1)
    plan = _plan(_world(), words)
    assert set(plan.links["link_id"]) == {"p0>root:a|hop", "p1>root:a|hop"}
    faults = verify(free, _world(), ceiling_idr=30.0, decisions=words)
    assert any("forbids link" in fault for fault in faults), faults


@pytest.mark.parametrize("action", ["force", "lock"])
def test_a_forced_or_locked_link_is_the_first_of_its_site(action):
    words = _word(action, 120.1, 120.0, "cable")
    plan = _plan(_world(), words)
    site = plan.sites.set_index("site_id").loc["p0"]
    assert site["backhaul"] == "cable"
    assert json.loads(site["why"])["backhaul"]["why"] == "decision"
    free = select(_world(), ceiling_idr=30.0, gap_target_share=0.0)
    assert any("of a link) is not met" in f for f in verify(free, _world(), ceiling_idr=30.0, decisions=words))


def test_a_locked_link_brings_its_site_though_another_is_worth_more():
    problem = _world()
    problem = dataclasses.replace(problem, weight=np.array([1.0, 10.0]))
    words = _word("lock", 120.1, 120.0, "hop")
    assert _plan(problem, words, ceiling=8.0).sites["site_id"].tolist() == ["p0"]


def test_a_link_that_is_not_there_is_said():
    for words in (_word("force", 120.1, 121.0), _word("lock", 120.1, 120.0, "geo"), _word("force", 125.0, 120.0)):
        with pytest.raises(InfeasibleError, match="has a link to the second"):
            obey_links(_world(), words)


def test_decisions_about_sites_leave_the_network_as_it_is():
    problem = _world()
    assert obey_links(problem, _word("force", 120.1, np.nan)) is problem
    assert obey_links(problem, None) is problem


def test_a_forced_site_on_excluded_ground_is_told_why():
    problem = _world()
    shut = problem.candidates.assign(excluded_because=["slope", ""])
    problem = dataclasses.replace(problem, candidates=shut)
    with pytest.raises(InfeasibleError, match=r"\[excluded there: slope\]"):
        select(problem, ceiling_idr=30.0, decisions=_word("force", 120.1, np.nan))
