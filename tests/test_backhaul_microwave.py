"""Microwave hops: rain and margin by known figures, sight over known ground, prices by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from ground_worlds import BACKHAUL, COST, GRID, flat, places, pops, two_islands, with_terms

from planner.backhaul.graph import build_graph, edge_frame
from planner.catalog import read_spec
from planner.geo import distance_km
from planner.grid import Raster
from planner.specs.climate import ClimateSpec

MW7, MW15 = BACKHAUL["microwave_7ghz"], BACKHAUL["microwave_15ghz"]


def _edges(at, roots, *, spec=MW7, terrain=None, height_m=42.0, **layers):
    graph = build_graph(
        places(at, height_m),
        specs=(spec,),
        cost=COST,
        grid=GRID,
        land=two_islands(),
        terrain=terrain,
        fiber_nodes=pops(roots),
        **layers,
    )
    return edge_frame(graph)


def _refused(at, roots, **changes):
    spec = changes.pop("spec", MW7)
    graph = build_graph(
        places(at, changes.pop("height_m", 80.0)), specs=(spec,), cost=COST, grid=GRID, land=two_islands(),
        fiber_nodes=pops(roots), **changes,
    )  # fmt: skip
    return graph.graph["refused"]


def test_a_hop_that_rain_breaks_is_refused_with_its_numbers():
    """15 GHz over 15 km in Java: 54 dB at 0.01 % against a margin of 33 dB; out 0.026 % of the year."""
    found = _refused({"p": (120.1, -8.25)}, {"r": (120.235, -8.25)}, spec=MW15)
    assert found["refused"].tolist() == ["rain"]
    row = found.iloc[0]
    assert row["length_km"] == pytest.approx(14.9, abs=0.1)
    assert row["margin_db"] == pytest.approx(24 + 83 - (92.45 + 20 * np.log10(15.0 * row["length_km"])) + 66, abs=1e-6)
    assert row["rain_percent"] > 0.02
    assert row["unavailable_percent"] == pytest.approx(row["rain_percent"] + row["multipath_percent"] + 0.002)


def test_a_hop_that_multipath_breaks_is_refused_with_its_numbers():
    """50 km of 7 GHz over the sea: flat ground and low masts fade deepest."""
    spec = with_terms(MW7, rain_mm_per_h=10.0, roughness_m=1.0, dn1_per_km=-450.0)
    found = _refused({"p": (120.1, -8.25)}, {"r": (120.53, -8.25)}, spec=spec, height_m=150.0)
    assert found["refused"].tolist() == ["multipath"]
    assert found["multipath_percent"].iloc[0] > 0.01 > found["rain_percent"].iloc[0]


def test_a_hop_behind_a_hill_is_refused_for_its_clearance():
    ground = np.full(GRID.shape, 10.0, dtype=np.float32)
    ground[:, 60:63] = 300.0
    found = _refused({"p": (120.1, -8.25)}, {"r": (120.22, -8.25)}, terrain=Raster(GRID, ground, "m"))
    assert found["refused"].tolist() == ["clearance"]
    assert found["clearance_f1_share"].iloc[0] < 0.0


def test_rain_by_place_decides_and_not_one_number_for_the_country():
    """Kalabahi (75 mm/h) keeps a hop that Enggano (118 mm/h) would lose."""
    at, roots = {"p": (120.1, -8.25)}, {"r": (120.175, -8.25)}
    climate = read_spec(ClimateSpec, "radio", "climate")
    kept = _edges(at, roots, spec=MW15, height_m=80.0, climate=climate).iloc[0]
    wet = climate.model_copy(update={"rain_mm_per_h": tuple(130.0 for _ in climate.places)})
    drowned = _edges(at, roots, spec=MW15, height_m=80.0, climate=wet)
    assert kept["rain_percent"] < 0.01
    assert len(drowned) == 0


def test_rain_refuses_a_long_hop_of_fifteen_gigahertz_that_seven_carries():
    at, roots = {"p": (120.1, -8.25)}, {"r": (120.235, -8.25)}  # 15 km
    assert len(_edges(at, roots, spec=MW15, height_m=80.0)) == 0
    assert len(_edges(at, roots, spec=MW7, height_m=80.0)) == 1


def test_a_ridge_hides_and_a_taller_tower_sees():
    ground = np.full(GRID.shape, 10.0, dtype=np.float32)
    ground[:, 60:63] = 60.0
    terrain = Raster(GRID, ground, "m")
    at, roots = {"p": (120.1, -8.25)}, {"r": (120.22, -8.25)}
    assert len(_edges(at, roots, terrain=terrain, height_m=42.0)) == 0
    seen = _edges(at, roots, terrain=terrain, height_m=120.0, spec=with_terms(MW7, root_height_m=120.0))
    assert len(seen) == 1
    assert seen["clearance_f1_share"].iloc[0] >= 0.3
    assert seen["has_terrain"].all()


def test_a_hop_over_unknown_ground_is_not_clear():
    ground = np.full(GRID.shape, 10.0, dtype=np.float32)
    ground[:, 60:63] = np.nan
    assert len(_edges({"p": (120.1, -8.25)}, {"r": (120.22, -8.25)}, terrain=Raster(GRID, ground, "m"))) == 0


def test_the_sea_is_flat_where_terrain_says_nothing():
    ground = np.where(two_islands(), 10.0, np.nan).astype(np.float32)
    found = _edges({"p": (120.47, -8.25)}, {"r": (120.6, -8.25)}, terrain=Raster(GRID, ground, "m"))
    assert len(found) == 1


def test_a_hill_of_the_neighbour_country_hides_too():
    """The land mask holds the region alone; the terrain knows what lies beyond it."""
    ground = np.where(two_islands(), 10.0, np.nan).astype(np.float32)
    ground[:, 195:200] = 900.0  # between the islands, outside the mask
    assert len(_edges({"p": (120.47, -8.25)}, {"r": (120.6, -8.25)}, terrain=Raster(GRID, ground, "m"))) == 0


def test_without_terrain_a_hop_is_an_estimate():
    towers = pd.DataFrame(
        {
            "bts_id": ["b"],
            "lon_deg": 120.2,
            "lat_deg": -8.25,
            "height_m": 42.0,
            "residual_mbps": 50.0,
            "evidence": "observed",
        }
    )
    for terrain, evidence in ((None, "estimate"), (flat(), "observed")):
        found = _edges({"p": (120.1, -8.25)}, {}, terrain=terrain, bts_roots=towers)
        assert found["evidence"].tolist() == [evidence]
        assert found["has_terrain"].tolist() == [terrain is not None]


def test_a_root_of_unknown_height_makes_an_estimate():
    assert _edges({"p": (120.1, -8.25)}, {"r": (120.2, -8.25)}, terrain=flat())["evidence"].tolist() == ["estimate"]


def test_prices_by_hand():
    edge = _edges({"p": (120.1, -8.25)}, {"r": (120.2, -8.25)}, terrain=flat()).iloc[0]
    opex = 0.08 * 375e6 + 36e6  # one end stands on an existing tower
    assert (edge["capex_idr"], edge["opex_idr_per_year"]) == (375e6, pytest.approx(opex))
    assert edge["cost_idr"] == pytest.approx(375e6 + 7.721734929 * opex)
    long = _edges({"p": (120.1, -8.25)}, {"r": (120.27, -8.25)}, terrain=flat()).iloc[0]
    assert long["length_km"] > 15.0
    assert long["capex_idr"] == 620e6


def test_relays_pass_traffic_on_between_hills():
    relays = pd.DataFrame(
        {"bts_id": ["b1"], "lon_deg": 120.25, "lat_deg": -8.25, "height_m": 60.0, "evidence": "observed"}
    )
    found = _edges({"p": (120.05, -8.25)}, {"r": (120.45, -8.25)}, terrain=flat(), relays=relays)
    assert {tuple(sorted(pair)) for pair in zip(found["from_id"], found["to_id"], strict=True)} >= {
        ("p", "relay:b1"),
        ("relay:b1", "root:r"),
    }


def test_a_place_without_room_for_a_dish_has_no_hop():
    at = places({"p": (120.1, -8.25)}).assign(height_m=np.nan)
    graph = build_graph(
        at, specs=(MW7,), cost=COST, grid=GRID, land=two_islands(), fiber_nodes=pops({"r": (120.2, -8.25)})
    )
    assert graph.number_of_edges() == 0


def test_the_nearest_clear_hops_are_those_of_all_pairs():
    rng = np.random.default_rng(2)
    at = {f"p{i:02d}": (float(rng.uniform(120.05, 120.45)), float(rng.uniform(-8.5, -8.05))) for i in range(30)}
    spec = with_terms(MW7, nearest=4)
    found = _edges(at, {}, spec=spec, terrain=flat())
    every = _edges(at, {}, spec=with_terms(MW7, nearest=100), terrain=flat())
    both = pd.concat([every, every.rename(columns={"from_id": "to_id", "to_id": "from_id"})])
    wanted = both.sort_values(["from_id", "length_km"]).groupby("from_id").head(4)
    wanted_pairs = {tuple(sorted(p)) for p in zip(wanted["from_id"], wanted["to_id"], strict=True)}
    assert {tuple(sorted(p)) for p in zip(found["from_id"], found["to_id"], strict=True)} == wanted_pairs
    assert len(wanted_pairs) < len(every)


def test_lengths_are_geodesic():
    edge = _edges({"p": (120.1, -8.25)}, {"r": (120.2, -8.2)}, terrain=flat()).iloc[0]
    assert edge["length_km"] == pytest.approx(float(distance_km(120.1, -8.25, 120.2, -8.2)))
