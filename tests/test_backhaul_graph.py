"""The graph keeps its declaration, whatever the order of rows, and says when nothing connects."""

from __future__ import annotations

import re
import time

import numpy as np
import pandas as pd
import pytest
from ground_worlds import BACKHAUL, COST, GRID, beams, flat, frame, lines, places, pops, two_islands
from hypothesis import given, settings
from hypothesis import strategies as st

from planner import registry
from planner.backhaul import graph as graph_module
from planner.backhaul import technology
from planner.backhaul.graph import build_graph, check_graph, edge_frame, node_frame, unreachable
from planner.backhaul.network import EDGE_COLUMNS, NODE_COLUMNS
from planner.backhaul.roots import tower_relays, tower_roots
from planner.errors import InfeasibleError, LayerError

ALL = tuple(BACKHAUL.values())
SAT = beams(("SATRIA-1", "SATRIA-1-PUBLIC", 150_000.0, 148_000.0), ("HTS", "HTS-BTS-1", 4000.0, 2600.0))
ROADS = lines(
    [("w", [(120.05, -8.25), (120.25, -8.3), (120.45, -8.25)], 1.3), ("s", [(120.25, -8.3), (120.25, -8.45)], 1.3)]
)


def _inputs(seed=0, n=12):
    rng = np.random.default_rng(seed)
    at = {f"p{i:02d}": (float(rng.uniform(120.05, 121.0)), float(rng.uniform(-8.5, -8.05))) for i in range(n)}
    towers = pd.DataFrame(
        {
            "bts_id": ["b1", "b2"],
            "lon_deg": [120.2, 120.8],
            "lat_deg": [-8.2, -8.4],
            "height_m": [42.0, np.nan],
            "residual_mbps": [80.0, 20.0],
            "evidence": "observed",
        }
    )
    relays = pd.DataFrame(
        {
            "bts_id": ["b3", "b4"],
            "lon_deg": [120.3, 120.9],
            "lat_deg": [-8.3, -8.2],
            "height_m": [52.0, 42.0],
            "evidence": "synthetic",
        }
    )
    return places(at), pops({"r1": (120.1, -8.2), "r2": (120.7, -8.3)}), towers, relays


def _build(at, nodes, towers, relays, *, roads=ROADS, satellite=SAT, specs=ALL):
    return build_graph(
        at, specs=specs, cost=COST, grid=GRID, land=two_islands(), terrain=flat(), fiber_nodes=nodes, bts_roots=towers,
        relays=relays, roads=roads, satellite=satellite,
    )  # fmt: skip


@pytest.fixture(scope="module")
def full():
    return _build(*_inputs())


def test_every_node_and_edge_carries_the_declared_attributes(full):
    declared = {*NODE_COLUMNS} - {"node_id"}
    assert all(set(data) == declared for _, data in full.nodes(data=True))
    assert all(set(data) == {*EDGE_COLUMNS} - {"from_id", "to_id"} for *_, data in full.edges(data=True))
    documented = set(re.findall(r"``([a-z_0-9]+)``", graph_module.__doc__ or ""))
    assert documented >= declared | ({*EDGE_COLUMNS} - {"from_id", "to_id"})


def test_no_length_cost_or_capacity_is_missing(full):
    edges = edge_frame(full)
    numbers = edges[
        ["length_km", "sea_km", "capacity_mbps", "reserved_mbps", "capex_idr", "opex_idr_per_year", "cost_idr"]
    ]
    assert np.isfinite(numbers.to_numpy(float)).all()
    assert (edges["length_km"] > 0).all()
    assert (edges["sea_km"] <= edges["length_km"]).all()
    assert set(edges["kind"]) == {"fiber", "microwave", "satellite"}


def test_present_value_is_one_formula(full):
    edges = edge_frame(full)
    np.testing.assert_allclose(
        edges["cost_idr"], edges["capex_idr"] + 7.721734929 * edges["opex_idr_per_year"], rtol=1e-9
    )


def test_a_beam_has_links_to_places_only(full):
    for a, b, data in full.edges(data=True):
        kinds = sorted((full.nodes[a]["kind"], full.nodes[b]["kind"]))
        assert (data["kind"] == "satellite") == ("satellite" in kinds)
        if "satellite" in kinds:
            assert kinds == ["place", "satellite"]


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000))
def test_row_order_changes_nothing(full, seed):
    at, nodes, towers, relays = _inputs()
    rng = np.random.default_rng(seed)
    mixed = [table.iloc[rng.permutation(len(table))] for table in (at, nodes, towers, relays)]
    again = _build(
        *mixed,
        roads=ROADS.iloc[rng.permutation(len(ROADS))],
        satellite=SAT.iloc[rng.permutation(len(SAT))],
        specs=tuple(ALL[i] for i in rng.permutation(len(ALL))),
    )
    pd.testing.assert_frame_equal(node_frame(full), node_frame(again))
    pd.testing.assert_frame_equal(edge_frame(full), edge_frame(again))


def test_a_capacity_nobody_states_is_marked_and_no_limit():
    graph = build_graph(
        places({"p": (120.1, -8.2)}), specs=(), cost=COST, grid=GRID, fiber_nodes=pops({"r": (120.2, -8.2)}, np.nan)
    )
    assert (graph.nodes["root:r"]["capacity_mbps"], graph.nodes["root:r"]["is_capacity_known"]) == (np.inf, False)


def test_a_node_with_nothing_left_to_give_is_no_root():
    at = places({"p": (120.1, -8.2)})
    common = {"specs": ALL, "cost": COST, "grid": GRID, "land": two_islands(), "terrain": flat(), "satellite": SAT}
    nodes = pd.concat([pops({"full": (120.1, -8.2)}, 0.0), pops({"open": (120.12, -8.2)}, 10.0)], ignore_index=True)
    graph = build_graph(at, fiber_nodes=nodes, **common)
    assert [name for name in graph if name.startswith("root:")] == ["root:open"]


def test_a_place_on_a_root_tower_uses_its_backhaul_for_nothing():
    _, _, towers, _ = _inputs()
    at = places({"p": (120.2, -8.2)}).assign(ref_id="b1")
    edges = edge_frame(build_graph(at, specs=(), cost=COST, grid=GRID, bts_roots=towers))
    assert edges[["technology", "kind", "length_km", "capacity_mbps", "cost_idr"]].to_numpy().tolist() == [
        ["existing", "existing", 0.0, 80.0, 0.0]
    ]


def test_a_place_without_position_is_refused():
    at = places({"a": (np.nan, -8.2), "b": (120.2, -8.2)})
    with pytest.raises(LayerError, match=r"1 places have no position \(a\)"):
        build_graph(at, specs=(), cost=COST, grid=GRID)
    with pytest.raises(LayerError, match="named twice"):
        build_graph(pd.concat([at.iloc[1:], at.iloc[1:]]), specs=(), cost=COST, grid=GRID)


def test_a_fiber_node_and_a_tower_of_one_name_are_refused():
    _, _, towers, _ = _inputs()
    with pytest.raises(LayerError, match=r"share an identifier \(root:b1\)"):
        build_graph(
            places({"p": (120.2, -8.2)}),
            specs=(),
            cost=COST,
            grid=GRID,
            fiber_nodes=pops({"b1": (120.1, -8.2)}),
            bts_roots=towers,
        )


def test_no_root_and_no_satellite_is_a_clear_refusal():
    at, _, _, _ = _inputs()
    graph = build_graph(at, specs=ALL, cost=COST, grid=GRID, land=two_islands())
    with pytest.raises(InfeasibleError, match="none of 12 places can be connected: 0 roots"):
        check_graph(graph)


def test_a_full_beam_connects_nobody():
    at = places({"p": (120.2, -8.2)})
    graph = build_graph(at, specs=ALL, cost=COST, grid=GRID, satellite=beams(("HTS", "HTS-BTS-1", 10.0, 5.0)))
    assert unreachable(graph) == ("p",)  # 5 Mbps are left, a site takes 8


def test_places_in_other_pieces_are_named_and_the_rest_goes_on():
    graph = build_graph(
        places({"near": (120.15, -8.2), "far": (125.0, -8.2)}),
        specs=(BACKHAUL["fiber"],),
        cost=COST,
        grid=GRID,
        land=two_islands(),
        fiber_nodes=pops({"r": (120.1, -8.2)}),
    )
    assert check_graph(graph) == ("far",)


def test_no_places_is_an_empty_graph_without_complaint():
    graph = build_graph(
        places({}).astype({"lon_deg": float, "lat_deg": float}),
        specs=ALL,
        cost=COST,
        grid=GRID,
        fiber_nodes=pops({"r": (120.1, -8.2)}),
    )
    assert check_graph(graph) == ()
    assert edge_frame(graph).dtypes.astype(str).to_dict() == edge_frame(_build(*_inputs())).dtypes.astype(str).to_dict()
    empty = node_frame(
        build_graph(places({}).astype({"lon_deg": float, "lat_deg": float}), specs=(), cost=COST, grid=GRID)
    )
    assert empty.dtypes.astype(str).to_dict() == node_frame(graph).dtypes.astype(str).to_dict()


def test_roots_are_towers_whose_residual_is_known():
    rows = [
        {"bts_id": "ok", "backhaul": "fiber", "backhaul_mbps": 100.0}, {"bts_id": "busy", "backhaul": "fiber", "backhaul_mbps": 30.0},
        {"bts_id": "no_rate", "backhaul": "fiber"}, {"bts_id": "no_load", "backhaul": "fiber", "backhaul_mbps": 100.0},
        {"bts_id": "sat", "backhaul": "satellite", "backhaul_mbps": 8.0}, {"bts_id": "off", "backhaul": "fiber", "backhaul_mbps": 100.0, "status": "inactive"},
    ]  # fmt: skip
    bts = frame(
        "bts",
        [
            {"operator": "A", "technology": "4G", "lon_deg": 120.0 + i, "lat_deg": -8.0, "height_m": 42.0, **row}
            for i, row in enumerate(rows)
        ],
    )
    load = pd.DataFrame(
        {
            "bts_id": ["ok", "busy", "no_rate", "sat", "off"],
            "demand_mbps": [200.0, 40.0, 1.0, 1.0, 1.0],
            "radio_mbps": 60.0,
        }
    )
    roots = tower_roots(bts, load)
    assert roots[["bts_id", "residual_mbps"]].to_numpy().tolist() == [["ok", 40.0]]  # 100 less what its radio can carry
    assert tower_relays(bts, roots)["bts_id"].tolist() == ["busy", "no_load", "no_rate", "sat"]
    assert tower_roots(bts, load.iloc[:0]).empty


def test_towers_at_one_position_count_once_by_the_tallest():
    bts = frame(
        "bts",
        [
            {"bts_id": n, "operator": "A", "technology": "4G", "lon_deg": 120.0, "lat_deg": -8.0, "height_m": h}
            for n, h in (("a", 30.0), ("b", 52.0))
        ],
    )
    assert tower_relays(bts, tower_roots(bts, pd.DataFrame()))[["bts_id", "height_m"]].to_numpy().tolist() == [
        ["b", 52.0]
    ]


@pytest.mark.parametrize("name", registry.names(technology))
def test_every_technology_module_keeps_the_contract(name):
    module = registry.load(technology, name)
    users = [spec for spec in ALL if spec.kind == name]
    assert users, f"no file in models/backhaul uses '{name}'"
    for spec in users:
        spec.terms_as(module.KIND_TERMS)
        assert set(module.KIND_TERMS.model_fields) == set(spec.terms)


def test_every_technology_file_names_a_known_kind():
    assert {spec.kind for spec in ALL} <= set(registry.names(technology))


def test_four_hundred_places_and_thousands_of_towers_stay_sparse_and_quick():
    rng = np.random.default_rng(4)
    at = places({f"p{i:03d}": (float(rng.uniform(120.05, 121.0)), float(rng.uniform(-8.5, -8.05))) for i in range(400)})
    relays = pd.DataFrame(
        {
            "bts_id": [f"b{i}" for i in range(1500)],
            "lon_deg": rng.uniform(120.05, 121.0, 1500),
            "lat_deg": rng.uniform(-8.5, -8.05, 1500),
            "height_m": 42.0,
            "evidence": "observed",
        }
    )
    _, nodes, towers, few = _inputs()
    _build(at, nodes, towers, few)  # kernels compiled
    start = time.process_time()
    graph = _build(at, nodes, towers, relays)
    seconds = time.process_time() - start
    assert graph.number_of_edges() < 25_000
    assert seconds < 8.0  # seconds of processor; about 1.5


def test_between_relays_a_beaten_technology_goes_and_at_places_all_stay():
    _, nodes, towers, _ = _inputs()
    near = pd.DataFrame(
        {
            "bts_id": ["n1", "n2"],
            "lon_deg": [120.3, 120.33],
            "lat_deg": [-8.3, -8.3],
            "height_m": 52.0,
            "evidence": "observed",
        }
    )
    graph = _build(places({"p": (120.31, -8.32)}), nodes, towers.iloc[:0], near, roads=None)
    assert set(graph["relay:n1"]["relay:n2"]) == {"microwave_15ghz"}  # as cheap as 7 GHz and carries more
    assert set(graph["p"]["relay:n1"]) == {"microwave_15ghz", "microwave_7ghz"}


def test_rows_of_one_operator_on_one_tower_share_its_backhaul():
    rows = [
        {
            "bts_id": n,
            "operator": o,
            "technology": "4G",
            "lon_deg": 120.2,
            "lat_deg": -8.2,
            "height_m": 42.0,
            "backhaul": "fiber",
            "backhaul_mbps": 100.0,
        }
        for n, o in (("a1", "A"), ("a2", "A"), ("b1", "B"))
    ]
    bts = frame("bts", rows)
    load = pd.DataFrame({"bts_id": ["a1", "a2", "b1"], "demand_mbps": [30.0, 20.0, 10.0], "radio_mbps": 60.0})
    roots = tower_roots(bts, load)
    assert roots[["bts_id", "residual_mbps", "members"]].to_numpy().tolist() == [
        ["a1", 50.0, "a1;a2"],
        ["b1", 90.0, "b1"],
    ]
    graph = build_graph(
        places({"p": (120.2, -8.2)}).assign(ref_id="a2"), specs=(), cost=COST, grid=GRID, bts_roots=roots
    )
    assert set(graph["p"]) == {"root:a1"}
    assert tower_roots(bts, load.iloc[:1])["bts_id"].tolist() == []  # the load of a2 and b1 is not known
