"""Fiber: prices by hand, sea apart from land, along roads where there are roads."""

from __future__ import annotations

import numpy as np
import pytest
from ground_worlds import BACKHAUL, COST, GRID, lines, places, pops, two_islands, with_terms

from planner.backhaul.graph import build_graph, edge_frame, node_frame
from planner.geo import distance_km
from planner.grid import Grid

FIBER = BACKHAUL["fiber"]
TERMS = FIBER.terms


def _edges(at, roots, *, land=None, roads=None, spec=FIBER):
    land = two_islands() if land is None else land
    return build_graph(places(at), specs=(spec,), cost=COST, grid=GRID, land=land, fiber_nodes=pops(roots), roads=roads)


def test_a_land_route_costs_what_the_price_list_says():
    edge = edge_frame(_edges({"p": (120.2, -8.2)}, {"r": (120.3, -8.2)})).iloc[0]
    km = 1.4 * float(distance_km(120.2, -8.2, 120.3, -8.2))
    capex = km * TERMS["land_idr_per_km"] + 2 * TERMS["terminal_idr"]
    assert edge["length_km"] == pytest.approx(km)
    assert edge["capex_idr"] == pytest.approx(capex)
    assert edge["opex_idr_per_year"] == pytest.approx(0.05 * capex)
    assert edge["cost_idr"] == pytest.approx(capex * (1 + 0.05 * 7.721734929))
    assert (edge["sea_km"], edge["evidence"]) == (0.0, "estimate")


def test_a_strait_is_priced_as_sea_with_its_landings():
    edge = edge_frame(_edges({"p": (120.47, -8.2)}, {"r": (120.6, -8.2)})).iloc[0]
    land_km = edge["length_km"] - edge["sea_km"]
    capex = (
        land_km * TERMS["land_idr_per_km"]
        + edge["sea_km"] * TERMS["sea_idr_per_km"]
        + TERMS["sea_landing_idr"]
        + 2 * TERMS["terminal_idr"]
    )
    assert edge["sea_km"] == pytest.approx(1.1 * 37 / 370 * 110.3, rel=0.03)
    assert edge["capex_idr"] == pytest.approx(capex)


def test_cost_grows_with_distance_and_sea_is_dearer_than_land():
    at = {f"p{i}": (120.1 + 0.05 * i, -8.2) for i in range(1, 8)}
    edges = edge_frame(_edges(at, {"r": (120.1, -8.2)}, spec=with_terms(FIBER, nearest=10)))
    held = edges.loc[edges["to_id"] == "root:r"].sort_values("from_id")
    assert len(held) == 7
    assert np.all(np.diff(held["cost_idr"]) > 0)
    over_sea = edge_frame(_edges({"p": (120.47, -8.2)}, {"r": (120.6, -8.2)}))["cost_idr"].iloc[0]
    on_land = edge_frame(_edges({"p": (120.34, -8.2)}, {"r": (120.47, -8.2)}))["cost_idr"].iloc[0]
    assert over_sea > 3 * on_land


def test_a_bay_is_gone_round_on_land():
    land = two_islands()
    land[10:100, 80:90] = False  # a bay 10 pixels wide in the west island
    edge = edge_frame(_edges({"p": (120.1, -8.2)}, {"r": (120.4, -8.2)}, land=land)).iloc[0]
    straight = float(distance_km(120.1, -8.2, 120.4, -8.2))
    bay = straight * 10 / 111
    assert edge["sea_km"] == 0.0
    assert edge["length_km"] == pytest.approx(1.4 * (straight - bay + bay * np.pi / 2), rel=0.01)


def test_fiber_follows_the_road_and_not_the_straight_line():
    roads = lines([("u", [(120.1, -8.2), (120.1, -8.4), (120.3, -8.4), (120.3, -8.2)], 1.2)])
    edges = edge_frame(_edges({"p": (120.3, -8.2)}, {"r": (120.1, -8.2)}, roads=roads))
    u_km = 2 * float(distance_km(120.1, -8.2, 120.1, -8.4)) + float(distance_km(120.1, -8.4, 120.3, -8.4))
    assert len(edges) == 1
    assert edges["length_km"].iloc[0] == pytest.approx(1.2 * u_km, rel=1e-3)
    assert edges["evidence"].iloc[0] == "schematic"


def test_places_on_two_branches_share_the_trunk():
    fork = (120.2, -8.3)
    roads = lines(
        [("t", [(120.05, -8.3), fork], 1.0), ("a", [fork, (120.3, -8.25)], 1.0), ("b", [fork, (120.3, -8.35)], 1.0)]
    )
    graph = _edges({"p": (120.3, -8.25), "q": (120.3, -8.35)}, {"r": (120.05, -8.3)}, roads=roads)
    nodes = node_frame(graph)
    forks = nodes.loc[nodes["node_id"].str.startswith("road:")]
    assert len(forks) == 1
    assert forks[["lon_deg", "lat_deg"]].to_numpy()[0] == pytest.approx(fork)
    assert edge_frame(graph)["from_id"].str.cat(edge_frame(graph)["to_id"]).str.contains("road:").all()


def test_an_island_without_road_is_reached_by_sea():
    roads = lines([("w", [(120.1, -8.2), (120.45, -8.2)], 1.0), ("e", [(120.6, -8.2), (120.9, -8.2)], 1.0)])
    edges = edge_frame(_edges({"p": (120.62, -8.2), "q": (120.85, -8.2)}, {"r": (120.4, -8.2)}, roads=roads))
    by_sea = edges.loc[edges["sea_km"] > 0]
    assert {"p", "q"} <= set(by_sea["from_id"])
    on_road = edges.loc[(edges["from_id"] == "p") & (edges["to_id"] == "q")]
    assert on_road["sea_km"].tolist() == [0.0]


def test_a_road_across_a_strait_is_no_road_of_the_island():
    """A place 12 km from the other island's road must not be joined to it as if over land."""
    roads = lines([("w", [(120.1, -8.2), (120.47, -8.2)], 1.0)])
    edges = edge_frame(_edges({"p": (120.6, -8.2)}, {"r": (120.4, -8.2)}, roads=roads))
    assert len(edges) == 1
    assert edges["sea_km"].iloc[0] > 10.0


def test_moving_everything_by_whole_pixels_changes_no_price():
    at = {"p": (120.101, -8.201), "q": (120.451, -8.301)}
    roots = {"r": (120.201, -8.251), "s": (120.651, -8.301)}
    grid = Grid(GRID.west_deg + 5 * GRID.pixel_deg, GRID.north_deg, GRID.pixel_deg, GRID.n_rows, GRID.n_cols)
    moved = [{name: (p[0] + 5 * GRID.pixel_deg, p[1]) for name, p in where.items()} for where in (at, roots)]
    here = edge_frame(_edges(at, roots))
    there = edge_frame(
        build_graph(
            places(moved[0]), specs=(FIBER,), cost=COST, grid=grid, land=two_islands(), fiber_nodes=pops(moved[1])
        )
    )
    assert here["from_id"].tolist() == there["from_id"].tolist()
    np.testing.assert_allclose(here["cost_idr"], there["cost_idr"], rtol=1e-6)


def test_no_route_is_longer_than_allowed():
    spec = with_terms(FIBER, max_km=20.0)
    edges = edge_frame(_edges({"p": (120.1, -8.2)}, {"near": (120.2, -8.2), "far": (120.4, -8.2)}, spec=spec))
    assert edges["to_id"].tolist() == ["root:near"]


def test_pruned_arcs_keep_the_cheapest_way_of_every_place():
    rng = np.random.default_rng(11)
    at = {f"p{i:02d}": (float(rng.uniform(120.05, 120.45)), float(rng.uniform(-8.5, -8.05))) for i in range(40)}
    roots = {f"r{i}": (float(rng.uniform(120.05, 120.45)), float(rng.uniform(-8.5, -8.05))) for i in range(5)}

    def cheapest(nearest):
        import networkx as nx

        graph = _edges(at, roots, spec=with_terms(FIBER, nearest=nearest))
        reach = nx.multi_source_dijkstra_path_length(graph, {f"root:{r}" for r in roots}, weight="cost_idr")
        tree = nx.minimum_spanning_tree(nx.Graph(graph), weight="cost_idr").size("cost_idr")
        return np.array([reach[p] for p in at]), tree

    pruned, all_arcs = cheapest(6), cheapest(60)
    np.testing.assert_allclose(pruned[0], all_arcs[0], rtol=1e-9)
    assert pruned[1] == pytest.approx(all_arcs[1], rel=1e-9)
