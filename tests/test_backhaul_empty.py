"""A scenario without towers, roads, fiber or satellites goes through candidates, options and graph, and is refused clearly."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from ground_worlds import BACKHAUL, COST, GRID, SITES, blobs, two_islands, world

from planner import registry
from planner.backhaul.graph import build_graph, check_graph
from planner.backhaul.roots import tower_relays, tower_roots
from planner.catalog import read_spec
from planner.errors import InfeasibleError
from planner.plan import candidates
from planner.plan.candidates_run import make_candidates
from planner.plan.options import graph_places, make_options
from planner.schema import LAYERS
from planner.specs.radio import RadioSpec


def _none(kind):
    return pd.DataFrame(columns=[column.name for column in LAYERS[kind].columns])


def _no_shapes(kind):
    return gpd.GeoDataFrame(_none(kind), geometry=[], crs=4326)


def test_absent_layers_are_no_fault_until_nothing_can_be_connected():
    bts = _none("bts")
    at = world(
        blobs((50, 50), (60, 300)), bts=bts, proposals=_none("proposals"), facilities=_none("facilities"),
        decisions=_none("decisions"), admin=_no_shapes("admin"), roads=_no_shapes("roads"),
    )  # fmt: skip
    found = make_candidates(at, registry.names(candidates), max_candidates=10)
    assert (found["excluded_because"] == "").all()
    options = make_options(
        found, SITES, COST, radio=read_spec(RadioSpec, "radio", "default"), bts=bts, power=_no_shapes("power")
    )
    roots = tower_roots(bts, pd.DataFrame(columns=["bts_id", "demand_mbps", "radio_mbps"]))
    graph = build_graph(
        graph_places(found, options.frame, SITES, COST), specs=tuple(BACKHAUL.values()), cost=COST, grid=GRID,
        land=two_islands(), fiber_nodes=_none("fiber_nodes"), roads=_no_shapes("roads"), bts_roots=roots,
        relays=tower_relays(bts, roots), satellite=_none("satellite"), gateways=_none("gateways"),
    )  # fmt: skip
    with pytest.raises(InfeasibleError, match=r"0 roots .* and 0 satellite beams"):
        check_graph(graph)


def test_no_candidate_is_an_empty_graph():
    found = make_candidates(world(blobs((50, 50)).iloc[:0]), ("clusters",), max_candidates=10)
    options = make_options(found, SITES, COST, radio=read_spec(RadioSpec, "radio", "default"))
    graph = build_graph(
        graph_places(found, options.frame, SITES, COST), specs=tuple(BACKHAUL.values()), cost=COST, grid=GRID
    )
    assert graph.number_of_nodes() == 0
    assert check_graph(graph) == ()
