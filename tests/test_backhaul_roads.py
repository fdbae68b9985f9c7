"""Routes along roads: reduced networks keep every distance and the best tree."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from ground_worlds import lines
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.backhaul import roads as roads_module
from planner.backhaul.roads import Terminals, road_net
from planner.geo import distance_km


def routes(net, lon, lat, is_root, **how):
    on_land = np.zeros(len(lon), dtype=np.int32), np.zeros(len(net.lon_deg), dtype=np.int32)
    return roads_module.routes(net, Terminals(lon, lat, is_root, *on_land), **how)


def _reduced(found):
    graph = nx.Graph()
    graph.add_nodes_from(range(len(found.group)))
    graph.add_weighted_edges_from(zip(found.a.tolist(), found.b.tolist(), found.length_km.tolist(), strict=True))
    return graph


def _random_roads(seed):
    """A broken lattice of roads with random length factors."""
    rng = np.random.default_rng(seed)
    node = {
        (i, j): (120.0 + 0.05 * i + rng.uniform(0, 0.01), -9.0 + 0.05 * j + rng.uniform(0, 0.01))
        for i in range(5)
        for j in range(4)
    }
    rows = []
    for (i, j), here in sorted(node.items()):
        for there in ((i + 1, j), (i, j + 1)):
            if there in node and rng.random() < 0.75:
                rows.append((f"r{len(rows)}", [here, node[there]], float(rng.uniform(1.0, 2.0))))
    return lines(rows), list(node.values()), rng


def _full(net, lon, lat, factor):
    """The whole network with terminals, by plain networkx and all-pairs snapping."""
    graph = nx.Graph()
    n = len(lon)
    graph.add_nodes_from(range(n))
    for a, b, km in zip(net.tail, net.head, net.length_km, strict=True):
        graph.add_edge(n + int(a), n + int(b), weight=float(km))
    for i in range(n):
        km = distance_km(lon[i], lat[i], net.lon_deg, net.lat_deg)
        graph.add_edge(i, n + int(np.argmin(km)), weight=max(float(km.min()) * factor, 1e-6))
    return graph


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), n_roots=st.integers(1, 3), n_places=st.integers(1, 6))
def test_the_reduced_network_keeps_ways_to_roots_and_the_best_tree(seed, n_roots, n_places):
    roads, nodes, rng = _random_roads(seed)
    n = n_roots + n_places
    at = rng.choice(len(nodes), n, replace=False)
    lon = np.array([nodes[i][0] for i in at]) + rng.uniform(-0.004, 0.004, n)
    lat = np.array([nodes[i][1] for i in at]) + rng.uniform(-0.004, 0.004, n)
    is_root = np.arange(n) < n_roots
    net = road_net(roads)
    found = routes(net, lon, lat, is_root, snap_km=30.0, off_road_factor=1.4)
    small, full = _reduced(found), _full(net, lon, lat, 1.4)
    to_root_small = nx.multi_source_dijkstra_path_length(small, range(n_roots))
    to_root_full = nx.multi_source_dijkstra_path_length(full, range(n_roots))
    for i in range(n):
        assert to_root_small.get(i, np.inf) == pytest.approx(to_root_full.get(i, np.inf), rel=1e-6)

    def closure_tree(graph):
        metric = nx.Graph()
        metric.add_nodes_from(range(n))
        for i in range(n):
            for j, km in nx.single_source_dijkstra_path_length(graph, i).items():
                if i < j < n:
                    metric.add_edge(i, j, weight=km)
        return nx.minimum_spanning_tree(metric).size("weight")

    assert closure_tree(small) == pytest.approx(closure_tree(full), rel=1e-6)


def test_a_road_is_as_long_as_its_factor_says():
    net = road_net(lines([("a", [(120.0, -9.0), (120.3, -9.0)], 1.5)]))
    assert net.length_km.sum() == pytest.approx(1.5 * float(distance_km(120.0, -9.0, 120.3, -9.0)), rel=1e-6)
    assert net.length_km.max() <= 0.5 * 1.5 + 1e-6  # cut finely enough to join anywhere


def test_a_y_of_roads_has_one_fork_and_dead_ends_go():
    centre = (120.1, -9.0)
    roads = lines(
        [
            ("a", [centre, (120.0, -9.0)], 1.0),
            ("b", [centre, (120.2, -8.95)], 1.0),
            ("c", [centre, (120.2, -9.05)], 1.0),
            ("dead", [(120.05, -9.0), (120.05, -9.2)], 1.0),
        ]
    )
    lon, lat = np.array([120.0, 120.2, 120.2]), np.array([-9.0, -8.95, -9.05])
    found = routes(road_net(roads), lon, lat, np.array([True, False, False]), snap_km=5.0, off_road_factor=1.4)
    assert len(found.lon_deg) == 1
    assert (found.lon_deg[0], found.lat_deg[0]) == pytest.approx(centre)
    assert len(found.a) == 3


def test_lines_that_do_not_touch_are_two_networks():
    roads = lines([("a", [(120.0, -9.0), (120.1, -9.0)], 1.0), ("b", [(120.0, -9.1), (120.1, -9.1)], 1.0)])
    found = routes(
        road_net(roads),
        np.array([120.0, 120.1]),
        np.array([-9.0, -9.1]),
        np.array([True, False]),
        snap_km=3.0,
        off_road_factor=1.4,
    )
    assert len(found.a) == 0
    assert found.group[0] != found.group[1]


def test_a_place_far_from_roads_stays_alone():
    found = routes(
        road_net(lines([("a", [(120.0, -9.0), (120.1, -9.0)], 1.0)])), np.array([120.0, 121.0]), np.array([-9.0, -9.0]),
        np.array([True, False]), snap_km=10.0, off_road_factor=1.4,
    )  # fmt: skip
    assert found.group.tolist() == [0, -1]
