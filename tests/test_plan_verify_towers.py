"""The checker charges a relay tower to the sites whose microwave hangs on it, not to fiber that runs through its place."""

from __future__ import annotations

import dataclasses

import networkx as nx
import numpy as np
import pandas as pd
from plan_worlds import OPTION_COLUMNS, frame_of_candidates, link, node, option_row, tiny_problem

from planner.plan.select import select
from planner.plan.types import Problem
from planner.plan.verify import verify


def passed_twice() -> Problem:
    """A bare relay tower at t: p0 passes there by fiber alone, p1 hops on by microwave."""
    graph = nx.MultiGraph()
    node(graph, "root:a", "root")
    for name, tower in (("p0", 0.0), ("p1", 0.0), ("t", 2.0)):
        node(graph, name, "place", tower=tower)
    link(graph, "root:a", "t", "fiber", "fiber", 4.0, np.inf)
    link(graph, "t", "p0", "fiber", "fiber", 1.0, np.inf)
    link(graph, "t", "p1", "microwave", "microwave", 1.0, np.inf)
    rows = [option_row("p0", "macro", 5.0, 50.0, 1, "fiber"), option_row("p1", "macro", 2.0, 50.0, 1, "microwave")]
    few = tiny_problem(0, n_places=2, n_cells=2, rich=False)
    return Problem(
        cells=few.cells.assign(n_umkm=[8.0, 5.0], people=[80.0, 50.0], demand_mbps=[3.0, 2.0]),
        service=few.service.assign(level="unserved", served_share=0.0),
        candidates=frame_of_candidates(["p0", "p1", "t"], np.full(3, 120.0), np.full(3, -9.0)),
        options=pd.DataFrame(rows, columns=OPTION_COLUMNS),
        indptr=np.array([0, 1, 2]), indices=np.array([0, 1], dtype=np.int32), graph=graph, weight=np.array([8.0, 5.0]),
    )  # fmt: skip


def test_fiber_through_a_place_with_a_relay_tower_pays_nothing_for_it():
    problem = passed_twice()
    plan = select(problem, ceiling_idr=30.0)
    assert plan.sites["site_id"].tolist() == ["p0", "p1"]
    assert plan.relays["place_id"].tolist() == ["t"]
    assert plan.relays["n_sites"].tolist() == [1]
    assert plan.sites["cost_idr"].tolist() == [5.0 + 1.0 + 2.0, 2.0 + 1.0 + 2.0 + 2.0]
    assert verify(plan, problem, ceiling_idr=30.0) == ()


def test_a_share_of_the_tower_laid_on_the_fiber_is_found():
    problem = passed_twice()
    plan = select(problem, ceiling_idr=30.0)
    wrong = plan.sites.assign(cost_idr=[9.0, 6.0])
    faults = verify(dataclasses.replace(plan, sites=wrong), problem, ceiling_idr=30.0)
    assert any("site p0 states cost_idr" in fault for fault in faults), faults
