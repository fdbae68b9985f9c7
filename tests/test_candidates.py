"""Candidates: known clusters, hills and towers are found; each exclusion says why; row order changes nothing."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from ground_worlds import (
    CANDIDATE_SPEC,
    COST,
    GRID,
    PIXEL_DEG,
    SITES,
    admin,
    blobs,
    cells_at,
    flat,
    frame,
    lines,
    service_of,
    shut,
    two_islands,
    world,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from planner import registry
from planner.backhaul.near import within_km
from planner.catalog import read_spec
from planner.errors import LayerError, UsageError
from planner.geo import distance_km
from planner.grid import Raster
from planner.plan import candidates
from planner.plan.candidates_run import DEFAULT_GENERATORS, make_candidates
from planner.plan.clustering import cluster_centres
from planner.plan.options import make_options
from planner.plan.world import RAW_COLUMNS
from planner.schema import TABLES, check_frame
from planner.specs.radio import RadioSpec

RADIO = read_spec(RadioSpec, "radio", "default")
ALL = registry.names(candidates)
CENTRES = ((50, 50), (120, 100), (60, 300))


def _lonlat(row, col):
    lon, lat = GRID.lon_lat(np.array(row), np.array(col))
    return float(lon), float(lat)


def _bts(*rows):
    return frame("bts", [{"operator": "A", "technology": "4G", "height_m": 42.0, **row} for row in rows])


def _proposals(*points, access_mode=np.nan):
    return frame(
        "proposals",
        [
            {"proposal_id": f"U{i}", "lon_deg": p[0], "lat_deg": p[1], "access_mode": access_mode}
            for i, p in enumerate(points)
        ],
    )


def _make(at, generators, *, most=400):
    return make_candidates(at, generators, max_candidates=most)


# ---------------------------------------------------------------- clusters


def test_three_settlements_give_three_places_in_their_middle():
    found = _make(world(blobs(*CENTRES)), ("clusters",))
    assert len(found) == 3
    for row, col in CENTRES:
        lon, lat = _lonlat(row, col)
        km = distance_km(found["lon_deg"].to_numpy(), found["lat_deg"].to_numpy(), lon, lat)
        assert km.min() < 1.5


def test_what_is_served_or_unknown_asks_for_no_site():
    cells = blobs(*CENTRES)
    for level, share in (("served", 1.0), ("unknown", 0.0)):
        assert _make(world(cells, service_of(cells, level, share)), ("clusters", "desa_centres")).empty


def test_limited_cells_weigh_by_the_part_that_is_missing():
    cells = blobs((50, 50))
    need = world(cells, service_of(cells, "limited", 0.75)).need
    assert need["weight"].sum() == pytest.approx(0.25 * cells["n_umkm"].sum())


def test_people_count_where_no_enterprise_is_known():
    cells = cells_at([50], [50], 0.0, people=np.array([200.0]))
    assert world(cells).need["weight"].tolist() == [200.0]
    assert world(cells, objective="people").need["weight"].tolist() == [200.0]


def test_a_hamlet_below_the_least_weight_is_left():
    cells = cells_at([50, 51], [50, 50], 4.0)
    assert len(cluster_centres(world(cells).need, CANDIDATE_SPEC)) == 0
    assert len(cluster_centres(world(cells_at([50, 51], [50, 50], 5.0)).need, CANDIDATE_SPEC)) == 1


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 400))
@example(seed=986, n=254)  # hexagons moved points apart
def test_no_disc_worth_a_site_is_left(seed, n):
    rng = np.random.default_rng(seed)
    cells = cells_at(rng.integers(10, 190, n), rng.integers(10, 390, n), rng.uniform(0.1, 6.0, n))
    need = world(cells).need
    centre = cluster_centres(need, CANDIDATE_SPEC)
    lon, lat, weight = (need[name].to_numpy() for name in ("lon_deg", "lat_deg", "weight"))
    reach = (
        2 * CANDIDATE_SPEC.reach_km + 1e-6
    )  # a place stands within its disc, a member within reach of the disc's middle
    covered = np.array([len(near) > 0 for near in within_km((lon, lat), (lon[centre], lat[centre]), max_km=reach)])
    rest = np.flatnonzero(~covered)
    near = within_km((lon[rest], lat[rest]), (lon[rest], lat[rest]), max_km=CANDIDATE_SPEC.reach_km)
    assert all(weight[rest][members].sum() < CANDIDATE_SPEC.min_weight + 1e-9 for members in near)


def test_sixty_thousand_cells_take_seconds():
    rng = np.random.default_rng(1)
    k = rng.integers(0, 400, 60_000)
    c_lon, c_lat = rng.uniform(119, 125, 400)[k], rng.uniform(-10.5, -8.2, 400)[k]
    need = pd.DataFrame(
        {
            "lon_deg": c_lon + rng.normal(0, 0.03, 60_000),
            "lat_deg": c_lat + rng.normal(0, 0.03, 60_000),
            "weight": rng.gamma(0.5, 4, 60_000),
        }
    )
    start = time.process_time()
    assert len(cluster_centres(need, CANDIDATE_SPEC)) > 400
    assert time.process_time() - start < 8.0  # seconds of processor; about 2


# ------------------------------------------------------------- high ground


def _hill(ground, row, col, height, radius=6):
    rows, cols = np.indices(ground.shape)
    away = np.hypot(rows - row, cols - col)
    return np.maximum(ground, height * np.clip(1.0 - away / radius, 0.0, 1.0) + ground)


def test_the_hill_beside_a_village_is_found():
    ground = _hill(np.full(GRID.shape, 10.0), 55, 56, 120.0, radius=12)
    found = _make(world(blobs((50, 50)), terrain=Raster(GRID, ground, "m")), ("high_ground",))
    assert found[["lon_deg", "lat_deg"]].to_numpy()[0] == pytest.approx(_lonlat(55, 56), abs=1e-9)
    assert found["elevation_m"].iloc[0] == pytest.approx(130.0)


def test_the_hill_that_sees_more_wins_over_the_higher_one():
    ground = _hill(np.full(GRID.shape, 10.0), 50, 57, 130.0, radius=12)
    ground[:, 42] = 250.0  # a wall between the village and the higher hill in the west
    ground = np.maximum(ground, _hill(np.full(GRID.shape, 10.0), 50, 41, 260.0, radius=2))
    at = world(
        blobs((50, 50), spread=1.0),
        terrain=Raster(GRID, ground, "m"),
        max_slope_deg=60.0,
        land=np.ones(GRID.shape, dtype=bool),
    )
    wide = _make(at, ("high_ground",))
    assert (
        wide["lon_deg"].iloc[0] == pytest.approx(_lonlat(50, 57)[0], abs=1e-9) or wide["elevation_m"].iloc[0] >= 250.0
    )


def test_flat_ground_and_no_terrain_give_no_hill():
    assert _make(world(blobs((50, 50)), terrain=flat()), ("high_ground",)).empty
    assert _make(world(blobs((50, 50))), ("high_ground",)).empty


# --------------------------------------------------------- existing towers


def test_towers_of_limited_cells_and_inactive_towers_are_found():
    cells = blobs((50, 50))
    lon, lat = _lonlat(50, 50)
    bts = _bts(
        {"bts_id": "busy", "lon_deg": lon, "lat_deg": lat}, {"bts_id": "idle", "lon_deg": lon + 0.02, "lat_deg": lat},
        {"bts_id": "old", "status": "inactive", "lon_deg": lon, "lat_deg": lat + 0.01}, {"bts_id": "far", "status": "inactive", "lon_deg": 120.9, "lat_deg": -8.4},
    )  # fmt: skip
    found = _make(world(cells, service_of(cells, "limited", 0.5, "busy"), bts=bts), ("existing_towers",))
    assert dict(zip(found["ref_id"], found["place_kind"], strict=True)) == {"busy": "on_air", "old": "inactive"}
    assert found["is_existing"].all()


def test_several_operators_on_one_tower_are_one_candidate():
    cells = blobs((50, 50))
    lon, lat = _lonlat(50, 50)
    bts = _bts(
        {"bts_id": "b", "lon_deg": lon, "lat_deg": lat},
        {"bts_id": "a", "lon_deg": lon, "lat_deg": lat},
        {"bts_id": "c", "status": "inactive", "lon_deg": lon, "lat_deg": lat},
    )
    service = service_of(cells, "limited", 0.5, "b")
    service.loc[0, "server_bts_id"] = "a"
    found = _make(world(cells, service, bts=bts), ("existing_towers",))
    assert found[["ref_id", "place_kind"]].to_numpy().tolist() == [["a", "on_air"]]


# ------------------------------------- desa, proposals, decisions, facilities


def test_every_desa_that_lacks_service_has_a_place_at_its_heaviest_cells():
    cells = blobs((50, 50), (60, 300))
    cells["area_code"] = np.where(cells["col"] < 200, "53.01.01.2001", "53.02.01.2001")
    found = _make(world(cells), ("desa_centres",))
    assert sorted(found["ref_id"]) == ["53.01.01.2001", "53.02.01.2001"]
    assert sorted(found["name"]) == ["Barat", "Timur"]
    assert sorted(found["area_code"]) == sorted(found["ref_id"])


def test_every_proposal_gets_a_verdict_even_where_nothing_is_missing():
    cells = blobs((50, 50))
    found = _make(
        world(cells, proposals=_proposals(_lonlat(150, 150), _lonlat(50, 200), access_mode="boat")), ("proposals",)
    )
    assert found.set_index("ref_id")["excluded_because"].to_dict() == {"U0": "", "U1": "water"}
    assert set(found["access_mode"]) == {"boat"}


def test_forced_sites_are_candidates():
    decisions = frame(
        "decisions",
        [
            {
                "decision_id": d,
                "action": a,
                "reason": "surat",
                "author": "x",
                "lon_deg": 120.1 + i / 10,
                "lat_deg": -8.2,
            }
            for i, (d, a) in enumerate((("D1", "force"), ("D2", "forbid"), ("D3", "lock")))
        ],
    )
    found = _make(world(blobs((50, 50)), decisions=decisions), ("decisions",))
    assert sorted(found["ref_id"]) == ["D1", "D3"]


def test_facilities_without_service_are_places_of_their_own_kind():
    cells = blobs((50, 50))
    lon, lat = _lonlat(cells["row"].iloc[0], cells["col"].iloc[0])
    stand = frame(
        "facilities",
        [
            {"facility_id": "s1", "kind": "school", "lon_deg": lon, "lat_deg": lat},
            {"facility_id": "s2", "kind": "school", "lon_deg": 120.9, "lat_deg": -8.4},
        ],
    )
    found = _make(world(cells, facilities=stand), ("facilities", "clusters"))
    assert found.loc[found["place_kind"] == "facility", "ref_id"].tolist() == ["s1"]
    assert "new" in set(found["place_kind"])


# --------------------------------------------------------------- the table


def test_near_places_merge_and_keep_their_provenance():
    cells = blobs((50, 50))
    lon, lat = _make(world(cells), ("clusters",))[["lon_deg", "lat_deg"]].to_numpy()[0]
    found = _make(world(cells, proposals=_proposals((lon + 0.001, lat), (lon, lat + 0.001))), ("clusters", "proposals"))
    assert found["provenance"].tolist() == ["clusters;proposals:U0;proposals:U1"]
    swapped = _make(
        world(cells, proposals=_proposals((lon + 0.001, lat), (lon, lat + 0.001))), ("proposals", "clusters")
    )
    assert swapped["provenance"].tolist() == ["proposals:U0;proposals:U1;clusters"]


def test_new_ground_never_swallows_an_existing_tower():
    cells = blobs((50, 50))
    lon, lat = _lonlat(50, 50)
    at = world(
        cells,
        service_of(cells, "limited", 0.5, "a"),
        bts=_bts({"bts_id": "a", "lon_deg": lon, "lat_deg": lat}),
        proposals=_proposals((lon, lat)),
    )
    found = _make(at, ("proposals", "existing_towers"))
    assert sorted(found["place_kind"]) == ["new", "on_air"]


def _around(row, col):
    lon, lat = _lonlat(row, col)
    return (lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01)


def test_dry_ground_that_no_area_claims_is_outside_and_not_water():
    ground = np.zeros(GRID.shape)
    ground[:40, 190] = 30.0  # between the areas
    asked = _proposals(_lonlat(20, 190), _lonlat(60, 190))
    found = _make(world(blobs((50, 50)), proposals=asked, terrain=Raster(GRID, ground, "m")), ("proposals",))
    assert found.set_index("ref_id")["excluded_because"].to_dict() == {"U0": "outside", "U1": "water"}


def test_exclusions_say_why():
    ground = np.full(GRID.shape, 50.0)
    ground[:, 100:] += np.arange(300) * 500.0  # 500 m a pixel: steep
    ground[:, 180:210] = 0.0
    places = [(50, 50), (50, 190), (50, 120), None, (105, 45), (50, 300), (70, 40), (85, 45)]
    asked = _proposals(*((125.0, -8.2) if at is None else _lonlat(*at) for at in places))
    areas = shut(
        ("hazard", _around(105, 45), 0.0), ("protected", _around(105, 45), 0.0), ("hazard", _around(70, 40), 0.0),
        ("aviation", _around(85, 45), 45.0), ("aviation", _around(85, 45), 60.0),
    )  # fmt: skip
    at = world(
        blobs((50, 50)), proposals=asked, terrain=Raster(GRID, ground, "m"), exclusions=areas, only_areas=("53.01",)
    )
    found = _make(at, ("proposals",)).set_index("ref_id")
    assert found["excluded_because"].to_dict() == {
        "U0": "",
        "U1": "water",
        "U2": "slope",
        "U3": "outside",
        "U4": "protected",
        "U5": "not_eligible",
        "U6": "hazard",
        "U7": "",
    }
    assert found["max_height_m"].dropna().to_dict() == {"U7": 45.0}


def test_a_limit_of_height_leaves_the_lower_masts():
    lon, lat = _lonlat(50, 50)
    at = world(blobs((50, 50)), proposals=_proposals((lon, lat)), exclusions=shut(("aviation", _around(50, 50), 45.0)))
    found = make_options(_make(at, ("proposals",)), SITES, COST, radio=RADIO).frame
    assert set(found["site_type"]) == {s.name for s in SITES if s.fits == "new" and s.height_m <= 45.0}
    assert len(found)


def test_grounds_are_tagged_and_asked_for():
    priority = frame(
        "priority",
        [{"area_code": "53.02", "kind": "border", "name": "x"}, {"area_code": "53.01", "kind": "3T", "name": "y"}],
    )
    asked = _proposals(_lonlat(50, 50), _lonlat(60, 300)).assign(land_status=["hibah desa", ""])
    cells = blobs((50, 50), (60, 300))
    level = np.where(cells["col"] < 200, "unserved", "limited")
    found = {}
    for wanted in ((), ("3T|border",), ("3T|border", "land"), ("blank_spot",), ("tertinggal",)):
        at = world(cells, service_of(cells, level), proposals=asked, priority=priority, eligibility=wanted)
        table = _make(at, ("proposals",)).set_index("ref_id")
        assert table["eligibility"].to_dict() == {"U0": "3T;blank_spot;land;asked", "U1": "border;asked"}
        found[wanted] = sorted(table.index[table["excluded_because"] == ""])
    assert found == {
        (): ["U0", "U1"],
        ("3T|border",): ["U0", "U1"],
        ("3T|border", "land"): ["U0"],
        ("blank_spot",): ["U0"],
        ("tertinggal",): [],
    }


def test_eligible_areas_are_whole_codes():
    at = world(blobs((50, 50)), proposals=_proposals(_lonlat(50, 50)), only_areas=("53.0",))
    assert _make(at, ("proposals",))["excluded_because"].tolist() == ["not_eligible"]


def test_a_kind_of_priority_stands_for_its_areas():
    priority = frame("priority", [{"area_code": "53.02", "kind": "3T", "name": "x"}])
    asked = _proposals(_lonlat(50, 50), _lonlat(60, 300))
    at = world(blobs(*CENTRES), proposals=asked, only_areas=("3T",), priority=priority)
    found = _make(at, ("proposals",)).set_index("ref_id")["excluded_because"]
    assert found.to_dict() == {"U0": "not_eligible", "U1": ""}
    with pytest.raises(LayerError, match="'border' is neither an area code nor a kind"):
        _make(world(blobs(*CENTRES), only_areas=("border",), priority=priority), ("clusters",))


def test_a_point_just_off_a_coarse_coast_stands_on_land():
    edge = 120 + (180 + 1.2) * PIXEL_DEG
    found = _make(world(blobs((50, 175)), proposals=_proposals((edge, -8.14), (edge + 0.02, -8.14))), ("proposals",))
    assert found.set_index("ref_id")["excluded_because"].to_dict() == {"U0": "", "U1": "water"}


def test_the_limit_keeps_the_heaviest_and_says_so_of_the_rest():
    cells = (
        pd.concat([blobs((50, 50), weight=9.0), blobs((120, 100), weight=3.0), blobs((60, 300), weight=6.0)])
        .drop_duplicates("cell_id")
        .sort_values("cell_id", ignore_index=True)
    )
    everything = _make(world(cells), ("clusters",))
    limited = _make(world(cells), ("clusters",), most=2)
    assert everything["candidate_id"].tolist() == limited["candidate_id"].tolist()
    lightest = everything["weight_near"].idxmin()
    assert limited.index[limited["excluded_because"] == "over_limit"].tolist() == [lightest]


def test_a_decision_outweighs_the_limit():
    decisions = frame(
        "decisions",
        [{"decision_id": "D1", "action": "force", "reason": "surat", "author": "x", "lon_deg": 120.9, "lat_deg": -8.4}],
    )
    found = _make(world(blobs(*CENTRES), decisions=decisions), ("clusters", "decisions"), most=1)
    assert found.loc[found["excluded_because"] == "", "ref_id"].tolist() == ["D1"]


def test_a_forced_site_needs_no_other_ground_and_says_so():
    rows = [
        {"decision_id": "D1", "action": "force", "reason": "surat", "author": "x", "lon_deg": 120.9, "lat_deg": -8.4},
        {"decision_id": "D2", "action": "forbid", "reason": "surat", "author": "x", "lon_deg": 120.3, "lat_deg": -8.4},
    ]
    at = world(blobs(*CENTRES), decisions=frame("decisions", rows), eligibility=("asked",))
    found = _make(at, ("clusters", "decisions"))
    held = found.loc[found["excluded_because"] == ""]
    assert held["ref_id"].tolist() == ["D1"]
    assert "decided" in held["eligibility"].iloc[0].split(";")
    assert not found.loc[found["ref_id"] != "D1", "eligibility"].str.contains("decided").any()


def test_blank_spots_alone_call_for_candidates_where_the_objective_counts_them():
    cells = blobs((50, 50), (60, 300))
    level = np.where(cells["col"] < 200, "unserved", "limited")
    every = world(cells, service_of(cells, level))
    blank = world(cells, service_of(cells, level), objective="blank_spot")
    assert set(every.need["level"]) == {"unserved", "limited"}
    assert set(blank.need["level"]) == {"unserved"}
    assert blank.need["weight"].sum() == every.need.loc[every.need["level"] == "unserved", "weight"].sum()


def test_the_limit_spreads_and_proposals_take_no_more_than_half():
    asked = _proposals(*[_lonlat(50 + 4 * i, 50) for i in range(6)])
    found = _make(world(blobs(*CENTRES), proposals=asked), ("proposals", "clusters"), most=4)
    usable = found.loc[found["excluded_because"] == ""]
    assert len(usable) == 4
    assert (usable["generator"] == "proposals").sum() >= 2
    km = distance_km(usable["lon_deg"].to_numpy(), usable["lat_deg"].to_numpy(), *_lonlat(60, 300))
    assert km.min() < 3.0  # the far settlement keeps a place


def test_names_are_stable_for_a_place_and_differ_between_places():
    cells = blobs(*CENTRES)
    one = _make(world(cells), ("clusters",))
    more = _make(world(cells, proposals=_proposals((120.85, -8.45))), ("proposals", "clusters"))
    assert set(one["candidate_id"]) < set(more["candidate_id"])
    assert more["candidate_id"].is_unique


def _rich_world():
    cells = blobs(*CENTRES, n=120)
    cells["area_code"] = np.where(cells["col"] < 200, "53.01.01.2001", "53.02.01.2001")
    service = service_of(cells)
    service.loc[:20, ["level", "served_share", "server_bts_id"]] = ["limited", 0.5, "a"]
    ground = _hill(np.full(GRID.shape, 10.0), 55, 56, 120.0, radius=12)
    lon, lat = _lonlat(52, 48)
    bts = _bts(
        {"bts_id": "a", "lon_deg": lon, "lat_deg": lat},
        {"bts_id": "z", "status": "inactive", "lon_deg": lon, "lat_deg": lat + 0.02},
    )
    stand = frame(
        "facilities",
        [{"facility_id": f"s{i}", "kind": "school", "lon_deg": lon + i / 300, "lat_deg": lat} for i in range(5)],
    )
    roads = lines([("w", [(120.05, -8.2), (120.4, -8.2)], 1.0)])
    return {
        "cells": cells,
        "service": service,
        "bts": bts,
        "proposals": _proposals(*[_lonlat(60 + i, 60 + i) for i in range(6)]),
        "facilities": stand,
        "terrain": Raster(GRID, ground, "m"),
        "roads": roads,
    }


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000))
def test_row_order_changes_nothing(seed):
    parts = _rich_world()
    rng = np.random.default_rng(seed)
    mixed = {
        name: table.iloc[rng.permutation(len(table))].reset_index(drop=True)
        if isinstance(table, pd.DataFrame)
        else table
        for name, table in parts.items()
    }
    first = _make(world(parts.pop("cells"), parts.pop("service"), **parts), ALL, most=5)
    second = _make(world(mixed.pop("cells"), mixed.pop("service"), **mixed), ALL, most=5)
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize("name", ALL)
def test_every_generator_answers_in_raw_columns_also_from_nothing(name):
    parts = _rich_world()
    generate = registry.load(candidates, name).generate
    found = generate(
        world(parts["cells"], parts["service"], **{k: v for k, v in parts.items() if k not in ("cells", "service")})
    )
    assert tuple(found.columns) == RAW_COLUMNS
    assert np.isfinite(found[["lon_deg", "lat_deg"]].to_numpy(float)).all()
    nothing = cells_at([50], [50], 1.0).iloc[:0]
    assert generate(world(nothing)).empty


def test_the_table_keeps_its_schema_and_an_empty_one_too():
    parts = _rich_world()
    found = _make(world(parts.pop("cells"), parts.pop("service"), **parts), ALL)
    check_frame(found, TABLES["candidates"], "candidates")
    assert set(found["generator"]) >= {"clusters", "proposals", "existing_towers", "facilities"}
    none = _make(world(cells_at([50], [50], 1.0).iloc[:0]), DEFAULT_GENERATORS)
    assert none.columns.tolist() == found.columns.tolist()
    check_frame(none, TABLES["candidates"], "candidates")


def test_an_unknown_generator_is_refused():
    with pytest.raises(UsageError, match="did you mean 'clusters'"):
        _make(world(blobs((50, 50))), ("cluster",))


# ------------------------------------------------------------------- access


def test_access_is_by_road_boat_or_air():
    land = np.ones(GRID.shape, dtype=bool)
    land[:, :5] = False
    roads = lines([("e", [(121.0, -8.1), (121.05, -8.1)], 1.0)])
    asked = _proposals(_lonlat(30, 370), _lonlat(100, 10), _lonlat(190, 150))
    found = _make(world(blobs((50, 50)), land=land, proposals=asked, roads=roads), ("proposals",)).set_index("ref_id")[
        "access_mode"
    ]
    assert found.to_dict() == {"U0": "road", "U1": "boat", "U2": "air"}


def test_a_road_across_a_strait_does_not_count():
    roads = lines([("w", [(120.1, -8.2), (120.48, -8.2)], 1.0)])
    asked = _proposals((120.45, -8.2), (120.6, -8.2))
    found = _make(world(blobs((50, 50)), proposals=asked, roads=roads), ("proposals",)).set_index("ref_id")[
        "access_mode"
    ]
    assert found.to_dict() == {"U0": "road", "U1": "boat"}


def test_without_roads_only_islands_with_a_tower_count_as_reached_by_road():
    bts = _bts({"bts_id": "a", "lon_deg": 120.2, "lat_deg": -8.2})
    asked = _proposals((120.3, -8.3), (120.6, -8.3))
    found = _make(world(blobs((50, 50)), proposals=asked, bts=bts), ("proposals",)).set_index("ref_id")["access_mode"]
    assert found.to_dict() == {"U0": "road", "U1": "boat"}


def test_areas_are_those_of_the_polygons():
    found = _make(
        world(blobs(*CENTRES), admin=admin(("53.01.01.2001", "A", (119.0, -9.0, 120.5, -8.0)))), ("clusters",)
    )
    assert found.loc[found["lon_deg"] > 120.55, "excluded_because"].tolist() == ["outside"]
    assert two_islands().any()
