"""The score: anchors, means, intervals, and criteria that change nothing."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from demand_worlds import cells, service_of, table
from hypothesis import given, settings
from hypothesis import strategies as st

from planner import registry
from planner.catalog import read_spec, spec_names
from planner.errors import ScenarioError
from planner.schema import TABLES, check_frame
from planner.schema_columns import LEVELS
from planner.score import ScoreContext, area_codes, criteria, effective_weights, score_areas, score_context
from planner.score.context import backbone_distance_km
from planner.specs.score import Anchors, ScoreProfile

NAMES = registry.names(criteria)


def profile(mean: str = "arithmetic", **weights: float) -> ScoreProfile:
    """The default anchors with other weights."""
    default = read_spec(ScoreProfile, "score", "default")
    named = {
        name: Anchors(weight=weight, at_zero=default.criteria[name].at_zero, at_one=default.criteria[name].at_one)
        for name, weight in weights.items()
    }
    return ScoreProfile(name="test", mean=mean, criteria=named)


def scored(world, service, areas, spec, context=None, level="desa"):
    found = score_areas(
        world, service, area_code=np.array(areas), area_level=level, context=context or ScoreContext(), profile=spec
    )
    return check_frame(found, TABLES["areas"], "areas")


def random_world(seed: int):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 25))
    world = cells(
        n,
        people=rng.integers(0, 50, n).astype(float) * (rng.random(n) < 0.8),
        n_umkm=rng.integers(0, 30, n).astype(float),
        n_facilities=rng.integers(0, 3, n),
        demand_mbps=rng.uniform(0, 5, n),
        area_code=pd.Series(rng.choice(["53.01.01.2001", "53.01.01.2002", "53.01.02", ""], n), dtype="str"),
    )
    world["n_umkm_small"] = np.floor(world["n_umkm"] * rng.random(n))
    world["n_umkm_priority_sector"] = np.floor(world["n_umkm"] * rng.random(n))
    levels = rng.choice(LEVELS, n, p=[0.3, 0.2, 0.3, 0.2]).tolist()
    service = service_of(levels)
    service["served_share"] = np.where(service["level"] == "limited", rng.uniform(0, 0.5, n), service["served_share"])
    kinds = ["3T", "tertinggal", "border", "outermost_island", "priority_destination"]
    codes = ["53.01", "53.01.01", "53.01.01.2001", "53.01.02.2001"]
    n_rows = int(rng.integers(1, 5))
    priority = table("priority", area_code=rng.choice(codes, n_rows).tolist(), kind=rng.choice(kinds, n_rows).tolist())
    context = ScoreContext(
        backbone_km=rng.uniform(0, 150, n) if rng.random() < 0.7 else None,
        priority=priority if rng.random() < 0.8 else None,
        has_priority_sectors=bool(rng.random() < 0.5),
    )
    return world, service, rng.choice(["a", "b", "c", ""], n), context


@pytest.mark.parametrize("name", NAMES)
def test_every_criterion_keeps_the_contract(name):
    """Its name is its file's, all areas get a value or NaN, and the value lies within its bounds."""
    module = registry.load(criteria, name)
    assert module.META.name == name
    assert module.META.unit in ("umkm", "people", "facilities", "share", "km")
    assert module.META.about
    assert module.META.is_count == (module.META.unit in ("umkm", "people", "facilities"))
    from planner.score.areas import _group

    for seed in range(25):
        world, service, areas, context = random_world(seed)
        inputs = _group(world, service, np.asarray(areas, dtype=str), "desa", context)
        raw = module.raw(inputs)
        assert raw.shape == (len(inputs.area_codes),)
        assert not np.isinf(raw).any()
        if module.META.unit == "share":
            assert ((raw >= 0.0) & (raw <= 1.0 + 1e-12) | np.isnan(raw)).all()
        if hasattr(module, "bounds"):
            low, high = module.bounds(inputs)
            known = np.isfinite(raw) & np.isfinite(low)
            assert (low[known] <= raw[known] + 1e-9).all()
            assert (raw[known] <= high[known] + 1e-9).all()


@pytest.mark.parametrize("name", spec_names("score"))
def test_every_profile_names_known_criteria_in_their_direction(name):
    found = read_spec(ScoreProfile, "score", name)
    assert set(found.criteria) == set(NAMES)
    world, service, areas, context = random_world(3)
    for level in ("hexagon", "desa", "kecamatan", "kabupaten", "provinsi"):
        scored(world, service, areas, found, context, level)
        assert level in found.count_scale


def test_a_hand_made_score():
    """100 of 300 enterprises (part 1/3, weight 4) and a share of 0.25 (weight 2): 100·(4/3 + 0.5)/6."""
    world = cells(4, people=np.array([1.0, 3.0, 4.0, 0.0]), n_umkm=np.array([100.0, 50.0, 0.0, 10.0]))
    service = service_of(["unserved", "served", "served", "served"])
    found = scored(world, service, ["x", "x", "y", "y"], profile(unserved_umkm=4.0, unserved_share=2.0))
    assert found["area_code"].tolist() == ["x", "y"]
    assert found["raw_unserved_umkm"].tolist() == [100.0, 0.0]
    assert found["raw_unserved_share"].tolist() == [0.25, 0.0]
    assert found["score"].tolist() == pytest.approx([100.0 * (4.0 / 3.0 + 0.5) / 6.0, 0.0])
    geometric = scored(
        world, service, ["x", "x", "y", "y"], profile("geometric", unserved_umkm=4.0, unserved_share=2.0)
    )
    assert geometric["score"].tolist() == pytest.approx(
        [100.0 * math.exp((4 * math.log(1 / 3) + 2 * math.log(0.25)) / 6), 0.0]
    )


def test_counts_are_judged_by_the_size_of_the_level():
    world, service = cells(2, n_umkm=np.array([300.0, 30.0])), service_of(["unserved", "unserved"])
    spec = read_spec(ScoreProfile, "score", "default")
    desa = scored(world, service, ["x", "y"], spec, level="desa")
    kabupaten = scored(world, service, ["x", "y"], spec, level="kabupaten")
    assert desa["part_unserved_umkm"].tolist() == pytest.approx([1.0, 0.1])
    assert kabupaten["part_unserved_umkm"].tolist() == pytest.approx([1.0 / 156.0, 0.1 / 156.0])


def test_parts_are_held_between_the_anchors_not_the_data_s_extremes():
    spec = profile(unserved_umkm=1.0)
    one = scored(cells(2, n_umkm=np.array([30.0, 600.0])), service_of(["unserved"] * 2), ["x", "y"], spec)
    other = scored(cells(2, n_umkm=np.array([30.0, 90.0])), service_of(["unserved"] * 2), ["x", "y"], spec)
    assert one["score"].tolist() == pytest.approx([10.0, 100.0])
    assert other["score"].tolist() == pytest.approx([10.0, 30.0])


def test_unknown_cells_open_an_interval_and_an_unknown_area_has_no_score():
    world = cells(4, n_umkm=np.array([30.0, 60.0, 90.0, 0.0]))
    service = service_of(["unserved", "unknown", "unknown", "served"])
    found = scored(world, service, ["x", "x", "y", "z"], profile(unserved_umkm=1.0))
    assert found["score"].tolist() == pytest.approx([10.0, np.nan, 0.0], nan_ok=True)
    assert found["score_low"].tolist() == pytest.approx([10.0, 0.0, 0.0])
    assert found["score_high"].tolist() == pytest.approx([30.0, 30.0, 0.0])


def test_a_list_finer_than_the_cells_opens_an_interval():
    world = cells(2, area_code=pd.Series(["53.01.02", "53.01.01"], dtype="str"))
    context = ScoreContext(priority=table("priority", area_code=["53.01.02.2001"], kind=["border"]))
    found = scored(world, service_of(["served"] * 2), ["x", "y"], profile(lokpri=1.0, unserved_share=1.0), context)
    assert found["raw_lokpri"].tolist() == pytest.approx([np.nan, 0.0], nan_ok=True)
    assert found["score_high"].tolist() == pytest.approx([100.0, 0.0])
    assert found["score_low"].tolist() == [0.0, 0.0]


def test_three_t_is_either_list_and_the_others_are_their_own():
    world = cells(3, area_code=pd.Series(["53.01.01.2001", "53.02.01.2001", "53.10.01.2001"], dtype="str"))
    rows = table(
        "priority", area_code=["53.01", "53.02", "53.1", "53.02.01"], kind=["3T", "tertinggal", "3T", "border"]
    )
    spec = profile(three_t=1.0, lokpri=1.0)
    found = scored(world, service_of(["served"] * 3), ["x", "y", "z"], spec, ScoreContext(priority=rows))
    assert found["raw_three_t"].tolist() == [1.0, 1.0, 0.0]  # 53.1 does not hold 53.10
    assert found["raw_lokpri"].tolist() == [0.0, 1.0, 0.0]


def test_geometric_lets_no_strength_hide_a_zero_and_arithmetic_does():
    world = cells(2, n_umkm=np.array([300.0, 100.0]), people=np.array([0.0, 3000.0]))
    service = service_of(["unserved", "unserved"])
    weights = {"unserved_umkm": 1.0, "unserved_people": 1.0}
    assert scored(world, service, ["x", "y"], profile("geometric", **weights))["score"].iloc[0] == 0.0
    assert scored(world, service, ["x", "y"], profile(**weights))["score"].iloc[0] == pytest.approx(50.0)


@given(seed=st.integers(0, 10_000), mean=st.sampled_from(["arithmetic", "geometric"]))
@settings(max_examples=15, deadline=None)
def test_scores_stay_in_range_and_in_their_interval_whatever_the_order_of_cells(seed, mean):
    world, service, areas, context = random_world(seed)
    base = read_spec(ScoreProfile, "score", "default" if mean == "arithmetic" else "afirmasi")
    found = scored(world, service, areas, base, context)
    held = found.loc[found["score"].notna()]
    assert (held["score_low"] <= held["score"] + 1e-9).all()
    assert (held["score"] <= held["score_high"] + 1e-9).all()
    order = np.random.default_rng(seed).permutation(len(world))
    km = None if context.backbone_km is None else context.backbone_km[order]
    turned = ScoreContext(km, context.priority, context.has_priority_sectors)
    again = scored(world.iloc[order], service.iloc[order], areas[order], base, turned)
    pd.testing.assert_frame_equal(found, again, rtol=1e-9)
    weights = effective_weights(found)
    assert sum(weights.values()) == pytest.approx(1.0) or not any(weights.values())


@given(seed=st.integers(0, 10_000), mean=st.sampled_from(["arithmetic", "geometric"]))
@settings(max_examples=20, deadline=None)
def test_a_criterion_that_is_constant_or_empty_changes_nothing(seed, mean):
    """Adding it to the profile, with any weight, gives the same scores to the last bit."""
    world, service, areas, context = random_world(seed)
    context = ScoreContext(context.backbone_km, table("priority", area_code=["99"], kind=["border"]))
    weights = {"unserved_umkm": 1.0, "unserved_share": 2.0, "deficit_depth": 0.5}
    without = scored(world, service, areas, profile(mean, **weights), context)
    known = without[[f"weight_{name}" for name in weights]].to_numpy()
    if not known.any() or (known == 0.0).all():
        return
    constant = scored(world, service, areas, profile(mean, **weights, lokpri=7.0, umkm_sector=3.0), context)
    tells = without[[f"raw_{name}" for name in weights]].nunique(dropna=False).gt(1).any()
    if tells:
        pd.testing.assert_frame_equal(constant[without.columns[:5]], without[without.columns[:5]], check_exact=True)


def test_where_nothing_tells_areas_apart_the_known_criteria_stay():
    world = cells(2, n_umkm=np.array([30.0, 30.0]))
    found = scored(world, service_of(["unserved"] * 2), ["x", "y"], profile(unserved_umkm=1.0, umkm_sector=1.0))
    assert found["score"].tolist() == pytest.approx([10.0, 10.0])
    assert effective_weights(found) == {"umkm_sector": 0.0, "unserved_umkm": 1.0}


def test_without_any_known_criterion_the_score_is_open():
    found = scored(cells(1), service_of(["served"]), ["x"], profile(umkm_sector=1.0))
    assert found["score"].isna().all()
    assert (found["score_low"].iloc[0], found["score_high"].iloc[0]) == (0.0, 100.0)


def test_anchors_against_the_direction_are_refused():
    spec = ScoreProfile(
        name="turned", mean="arithmetic", criteria={"unserved_umkm": Anchors(weight=1, at_zero=9, at_one=0)}
    )
    with pytest.raises(ScenarioError, match="exchange at_zero and at_one"):
        scored(cells(1), service_of(["served"]), ["x"], spec)


def test_unknown_criteria_and_empty_profiles_are_refused():
    from planner.errors import UsageError

    spec = ScoreProfile(
        name="odd", mean="arithmetic", criteria={"unserved_umk": Anchors(weight=1, at_zero=0, at_one=9)}
    )
    with pytest.raises(UsageError, match="did you mean 'unserved_umkm'"):
        scored(cells(1), service_of(["served"]), ["x"], spec)
    with pytest.raises(ValueError, match="no criterion has a weight"):
        ScoreProfile(name="none", mean="arithmetic", criteria={"three_t": Anchors(weight=0, at_zero=0, at_one=1)})
    with pytest.raises(ValueError, match="two different anchors"):
        Anchors(weight=1, at_zero=1, at_one=1)


def test_areas_by_code_and_by_hexagon():
    import h3

    world = cells(3, area_code=pd.Series(["53.01.01.2001", "53.01", ""], dtype="str"))
    assert area_codes(world, "kabupaten").tolist() == ["53.01", "53.01", ""]
    assert area_codes(world, "desa").tolist() == ["53.01.01.2001", "", ""]
    expected = [h3.latlng_to_cell(lat, lon, 7) for lat, lon in zip(world["lat_deg"], world["lon_deg"], strict=True)]
    assert area_codes(world, "hexagon", hexagon_resolution=7).tolist() == expected


def test_the_backbone_is_entered_at_nodes_and_land_routes_never_at_sea():
    world = cells(1)
    nodes = table("fiber_nodes", node_id=["n"], kind=["landing"], lon_deg=[121.0], lat_deg=[-8.005])
    route = {
        "fiber_id": ["f"],
        "status": ["in_service"],
        "geometry": [shapely.LineString([(120.105, -9), (120.105, -7)])],
    }
    sea = gpd.GeoDataFrame({**route, "kind": ["sea"]}, crs="EPSG:4326")
    land = gpd.GeoDataFrame({**route, "kind": ["land"]}, crs="EPSG:4326")
    planned = land.assign(status="planned")
    assert backbone_distance_km(world, sea, nodes)[0] == pytest.approx(109.6, abs=0.5)
    assert backbone_distance_km(world, land, nodes)[0] == pytest.approx(11.0, abs=0.1)
    assert backbone_distance_km(world, planned, nodes)[0] == pytest.approx(109.6, abs=0.5)
    assert backbone_distance_km(world, sea, None) is None
    context = score_context(world, fiber=None, fiber_nodes=None, priority=None)
    assert context.backbone_km is None
    assert context.priority is None
