"""Satellite stars: elevation, what is left of a beam, pools, prices by hand."""

from __future__ import annotations

import numpy as np
import pytest
from ground_worlds import BACKHAUL, COST, GRID, beams, frame, places, with_terms

from planner.backhaul.graph import build_graph, edge_frame, link_allowed, node_frame
from planner.backhaul.technology.satellite import SatelliteTerms, reserved_mbps
from planner.catalog import read_spec
from planner.errors import ScenarioError
from planner.specs.backhaul import BackhaulSpec
from planner.specs.climate import ClimateSpec

HTS, SATRIA = BACKHAUL["satellite_hts_lease"], BACKHAUL["satellite_satria1"]
KUPANG, SABANG = (123.58, -10.17), (95.32, 5.89)
LAYER = beams(("SATRIA-1", "SATRIA-1-PUBLIC", 150_000.0, 148_000.0), ("NUSANTARA-SATU", "HTS-BTS-NTT", 4000.0, 2600.0))


def _graph(at, specs=(HTS, SATRIA), layer=LAYER):
    return build_graph(places(at), specs=specs, cost=COST, grid=GRID, satellite=layer)


def test_what_is_left_of_satria_is_150_less_148_gigabit():
    nodes = node_frame(_graph({"p": KUPANG})).set_index("node_id")
    assert nodes.loc["beam:SATRIA-1-PUBLIC", "capacity_mbps"] == 2000.0
    assert nodes.loc["beam:HTS-BTS-NTT", "capacity_mbps"] == 1400.0
    assert nodes.loc["beam:SATRIA-1-PUBLIC", "pool"] == "public"


def test_an_overcommitted_beam_has_nothing_left_and_keeps_its_links():
    graph = _graph({"p": KUPANG}, layer=beams(("SATRIA-1", "full", 100.0, 150.0)))
    assert graph.nodes["beam:full"]["capacity_mbps"] == 0.0
    assert graph.number_of_edges() == 1


def test_elevation_is_that_of_the_place():
    edges = edge_frame(_graph({"kupang": KUPANG, "sabang": SABANG}, specs=(SATRIA,))).set_index("to_id")
    elevation = dict(zip(edges["elevation_deg"].index, edges["elevation_deg"], strict=True))
    assert elevation["kupang"] == pytest.approx(61.4, abs=0.3)
    assert elevation["sabang"] == pytest.approx(31.7, abs=0.3)
    low = edge_frame(_graph({"kupang": KUPANG, "sabang": SABANG}, specs=(with_terms(SATRIA, min_elevation_deg=45.0),)))
    assert low["to_id"].tolist() == ["kupang"]


def test_a_lease_costs_by_the_megabit_and_month():
    edge = edge_frame(_graph({"p": KUPANG}, specs=(HTS,))).iloc[0]
    opex = 12 * 3e6 * 8 + 0.08 * 100e6
    assert (edge["capacity_mbps"], edge["reserved_mbps"], edge["capex_idr"]) == (8.0, 8.0, 100e6)
    assert edge["cost_idr"] == pytest.approx(100e6 + 7.721734929 * opex)


def test_overbooking_is_counted_once():
    edge = edge_frame(_graph({"p": KUPANG}, specs=(with_terms(HTS, overbooking=4.0),))).iloc[0]
    assert (edge["capacity_mbps"], edge["reserved_mbps"]) == (8.0, 2.0)


def test_pools_do_not_mix():
    edges = edge_frame(_graph({"p": KUPANG}))
    assert set(edges["pool"]) == {"bts", "public"}
    for kind, pool in zip(edges["kind"], edges["pool"], strict=True):
        assert link_allowed(kind, pool, backhaul_kinds="satellite", backhaul_pool="bts") == (pool == "bts")


def test_without_a_satellite_layer_there_are_no_beams():
    graph = build_graph(places({"p": KUPANG}), specs=(HTS,), cost=COST, grid=GRID)
    assert graph.number_of_edges() == 0


def test_faults_of_a_technology_file_are_named():
    spec = BackhaulSpec(
        **{**{n: getattr(SATRIA, n) for n in type(SATRIA).model_fields}, "terms": {"overbooking": 0.5, "tariff": 1.0}}
    )
    with pytest.raises(ScenarioError, match=r"terms\.tariff.*"):
        _graph({"p": KUPANG}, specs=(spec,))


def test_lease_beams_of_base_stations_are_not_satria():
    found = [
        n
        for n, d in _graph({"p": KUPANG}, specs=(read_spec(BackhaulSpec, "backhaul", "satellite_hts_lease"),)).nodes(
            data=True
        )
        if d["kind"] == "satellite"
    ]
    assert found == ["beam:HTS-BTS-NTT"]
    assert np.isnan(_graph({"p": KUPANG}).nodes["beam:HTS-BTS-NTT"]["lon_deg"])


def test_rain_by_place_and_altitude_is_on_each_link_and_refuses_with_its_numbers():
    climate = read_spec(ClimateSpec, "radio", "climate")
    at = places({"kupang": KUPANG, "enggano": (102.25, -5.38)})
    graph = build_graph(at, specs=(SATRIA,), cost=COST, grid=GRID, satellite=LAYER, climate=climate)
    edges = edge_frame(graph)
    percent = dict(zip(edges["to_id"], edges["rain_percent"], strict=True))
    assert 0.05 < percent["kupang"] < percent["enggano"] <= 1.0
    strict = with_terms(SATRIA, max_unavailable_percent=(percent["kupang"] + percent["enggano"]) / 2.0)
    less = build_graph(at, specs=(strict,), cost=COST, grid=GRID, satellite=LAYER, climate=climate)
    assert edge_frame(less)["to_id"].tolist() == ["kupang"]
    refused = less.graph["refused"].iloc[0]
    assert (refused["from_id"], refused["refused"]) == ("enggano", "rain")
    assert refused["rain_percent"] == pytest.approx(percent["enggano"])


def test_a_satellite_too_low_is_refused_for_its_elevation():
    graph = _graph({"kupang": KUPANG, "sabang": SABANG}, specs=(with_terms(SATRIA, min_elevation_deg=45.0),))
    refused = graph.graph["refused"].iloc[0]
    assert (refused["from_id"], refused["refused"]) == ("sabang", "elevation")
    assert refused["elevation_deg"] == pytest.approx(31.7, abs=0.1)


def test_the_direction_that_is_scarcer_is_what_a_site_takes():
    """1 Mbps back at a quarter of the capacity weighs as 4 Mbps forth: equal. 2 Mbps back weigh as 8."""
    terms = SATRIA.terms_as(SatelliteTerms)
    assert reserved_mbps(4.0, terms) == 4.0
    assert reserved_mbps(4.0, terms.model_copy(update={"return_mbps": 2.0})) == 8.0
    edge = edge_frame(_graph({"p": KUPANG}, specs=(with_terms(SATRIA, return_mbps=2.0),))).iloc[0]
    assert (edge["capacity_mbps"], edge["reserved_mbps"]) == (4.0, 8.0)


def test_what_is_left_of_satria_serves_500_sites():
    left = node_frame(_graph({"p": KUPANG})).set_index("node_id").loc["beam:SATRIA-1-PUBLIC", "capacity_mbps"]
    assert 37_000 * 4 == 148_000
    assert left / reserved_mbps(4.0, SATRIA.terms_as(SatelliteTerms)) == 500.0


def test_latency_is_four_slant_ranges_and_the_processing():
    gateways = frame("gateways", [{"gateway_id": "g", "satellite_id": "SATRIA-1", "lon_deg": 107.15, "lat_deg": -6.3}])
    graph = build_graph(
        places({"p": KUPANG}), specs=(SATRIA,), cost=COST, grid=GRID, satellite=LAYER, gateways=gateways
    )
    far = edge_frame(graph)["latency_ms"].iloc[0]
    near = edge_frame(_graph({"p": KUPANG}, specs=(SATRIA,)))["latency_ms"].iloc[0]
    assert near == pytest.approx(4 * 36_456 / 299.792458 + 60.0, abs=0.5)
    assert 545.0 < near < far < 560.0


def test_a_known_outline_keeps_places_outside_from_the_beam():
    outline = "POLYGON ((122 -11, 125 -11, 125 -9, 122 -9, 122 -11))"
    known, unknown = LAYER.assign(footprint_wkt=[outline, ""]), LAYER.assign(footprint_wkt="")
    at = {"kupang": KUPANG, "sabang": SABANG, "edge": (125.0, -10.0)}
    assert set(edge_frame(_graph(at, specs=(SATRIA,), layer=unknown))["to_id"]) == {"edge", "kupang", "sabang"}
    graph = _graph(at, specs=(SATRIA,), layer=known)
    assert set(edge_frame(graph)["to_id"]) == {"edge", "kupang"}
    refused = graph.graph["refused"]
    assert refused.loc[refused["from_id"] == "sabang", "refused"].tolist() == ["outline"]
