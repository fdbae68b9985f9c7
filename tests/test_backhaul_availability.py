"""Availability end to end over chains of hops, by hand."""

from __future__ import annotations

import networkx as nx
import pytest
from ground_worlds import BACKHAUL

from planner.backhaul.availability import accepted_percent, availability

ACCEPTED = accepted_percent(tuple(BACKHAUL.values()))


def _graph() -> nx.MultiGraph:
    graph: nx.MultiGraph = nx.MultiGraph()
    for a, b, technology, percent in (
        ("p", "relay:a", "microwave_7ghz", 0.009),
        ("relay:a", "relay:b", "microwave_15ghz", 0.03),
        ("relay:b", "root:r", "microwave_7ghz", 0.02),
        ("q", "root:r", "fiber", float("nan")),
        ("s", "beam:x", "satellite_satria1", 0.7),
    ):
        graph.add_edge(a, b, key=technology, technology=technology, unavailable_percent=percent)
    return graph


def test_hops_of_a_chain_add_up_and_the_worst_is_named() -> None:
    way = ("p>relay:a|microwave_7ghz", "relay:a>relay:b|microwave_15ghz", "relay:b>root:r|microwave_7ghz")
    found = availability({"p": way, "short": way[:1]}, _graph(), accepted=ACCEPTED).set_index("site_id")
    by_hand = 100.0 * (1.0 - 0.99991 * 0.9997 * 0.9998)
    assert found.loc["p", "unavailable_percent"] == pytest.approx(by_hand)
    assert found.loc["p", "is_over"]
    assert found.loc["p", "worst_link"] == way[1]
    assert not found.loc["short", "is_over"]


def test_fiber_is_not_judged_and_satellite_has_its_own_limit() -> None:
    ways = {"q": ("q>root:r|fiber",), "s": ("s>beam:x|satellite_satria1",)}
    found = availability(ways, _graph(), accepted=ACCEPTED).set_index("site_id")
    assert found["n_judged"].to_dict() == {"q": 0, "s": 1}
    assert found["unavailable_percent"].to_dict() == {"q": 0.0, "s": pytest.approx(0.7)}
    assert found["accepted_percent"].to_dict() == {"q": 100.0, "s": 1.0}
    assert not found["is_over"].any()


def test_limits_are_those_of_the_model_files() -> None:
    assert ACCEPTED["microwave_7ghz"] == 0.05
    assert ACCEPTED["satellite_hts_lease"] == 0.5
    assert "fiber" not in ACCEPTED
