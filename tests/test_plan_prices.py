"""The price bound: never below the best plan."""

from __future__ import annotations

import dataclasses

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from plan_brute import best_value
from plan_worlds import OPTION_COLUMNS, link, node, option_row, tiny_problem

from planner.plan.decisions import allowed_options, split_places
from planner.plan.instance import make_instance
from planner.plan.prices import price_bound


def _bound(problem, ceiling, best, rounds):
    instance = make_instance(
        problem,
        ceiling_idr=ceiling,
        is_allowed=allowed_options(problem, ()),
        split_places=split_places(()),
        wanted=frozenset(),
    )
    if not instance.n_choices:
        return None
    inside = np.zeros(instance.n_choices)
    return price_bound(instance, ceiling_idr=ceiling, demands=(), inside=inside, value=best, max_rounds=rounds)


@pytest.mark.parametrize("seed", range(120))
def test_no_plan_serves_more_than_the_bound(seed):
    """Tiny worlds with shared trunks, relay towers, beams, thin links and thin roots (1,079 of them held when written)."""
    ceiling = float(np.random.default_rng(seed).choice([6.0, 10.0, 16.0, 25.0]))
    problem = tiny_problem(seed, n_places=3, n_cells=6)
    best = best_value(problem, ceiling)
    found = _bound(problem, ceiling, best, 40)
    if found is None:
        assert best == pytest.approx(0.0, abs=1e-9)
    else:
        assert found.value >= best - 1e-6


def test_more_rounds_never_loosen_the_bound():
    problem = tiny_problem(3, n_places=4, n_cells=6)
    few, many = (_bound(problem, 16.0, 1.0, rounds).value for rounds in (3, 60))
    assert many <= few + 1e-9


@pytest.mark.parametrize("seed", range(20))
def test_links_told_apart_never_loosen_the_bound(seed):
    """The bound of an instance with thin links is at most the one found as if every link carried everything."""
    problem = tiny_problem(seed, n_places=4, n_cells=6)
    instance = make_instance(problem, ceiling_idr=16.0, is_allowed=allowed_options(problem, ()))
    wide = np.full(len(instance.network.edge_mbps), np.inf)
    free = dataclasses.replace(instance, network=dataclasses.replace(instance.network, edge_mbps=wide))
    given = {"ceiling_idr": 16.0, "demands": (), "inside": np.zeros(instance.n_choices), "value": 1.0, "max_rounds": 40}
    if instance.n_choices:
        assert price_bound(instance, **given).value <= price_bound(free, **given).value + 1e-9


def test_a_thin_root_feeds_no_wide_site_in_the_bound():
    """Two sites of 10 Mbps each hang on one free root of 10 Mbps; a wide root costs 6 more: 10 fit, not 20."""
    graph = nx.MultiGraph()
    node(graph, "root:thin", "root", capacity=10.0)
    node(graph, "root:wide", "root")
    rows = [option_row(name, "macro", 2.0, 10.0, 1, "fiber") for name in ("p0", "p1")]
    for name in ("p0", "p1"):
        node(graph, name, "place")
        link(graph, "root:thin", name, "fiber", "fiber", 0.0, np.inf)
        link(graph, "root:wide", name, "fiber", "fiber", 6.0, np.inf)
    base = tiny_problem(0, n_places=2, n_cells=2, rich=False)
    problem = dataclasses.replace(
        base, cells=base.cells.assign(n_umkm=8.0, people=80.0, demand_mbps=10.0),
        service=base.service.assign(level="unserved", served_share=0.0), graph=graph,
        options=pd.DataFrame(rows, columns=OPTION_COLUMNS), indptr=np.array([0, 1, 2]),
        indices=np.array([0, 1], dtype=np.int32), weight=np.array([8.0, 8.0]),
    )  # fmt: skip
    assert best_value(problem, 5.0) == pytest.approx(8.0)
    assert 8.0 - 1e-9 <= _bound(problem, 5.0, 8.0, 80).value < 14.0
    assert best_value(problem, 10.0) == pytest.approx(16.0)
    assert _bound(problem, 10.0, 16.0, 80).value >= 16.0 - 1e-9
