"""Demand cells: nobody is lost, nobody is invented, and every estimate says so."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
import shapely
from demand_worlds import box_admin, demand_spec, empty, grid, inputs, table, two_desa, umkm_at
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.demand import build_cells, build_demand
from planner.demand.points import LandFrame, place_on_land, tally_umkm
from planner.grid import Raster
from planner.schema import TABLES, check_frame


def people_of(demand, prefix: str) -> float:
    held = demand.cells["area_code"].str.startswith(prefix)
    return float(demand.cells.loc[held, "people"].sum())


def counts(**people: float) -> pd.DataFrame:
    codes = [code.removeprefix("c").replace("_", ".") for code in people]
    return table("population_counts", area_code=codes, people=list(people.values()), year=2025)


def test_points_people_and_facilities_meet_in_one_cell():
    """A known answer: 100 people, 2 enterprises and a school in one pixel."""
    population = np.full((10, 10), np.nan)
    population[3, 4] = 100.0
    facilities = table(
        "facilities", facility_id=["s"], kind=["school"], lon_deg=[120.045], lat_deg=[-8.035], is_main=True
    )
    umkm = umkm_at(
        [3, 3], [4, 4], weight=[1.0, 1.0], digital=["online", "offline"], size=["kecil", "mikro"], sector=["C", "A"]
    )
    demand = build_demand(
        inputs(
            population=Raster(grid(), population, "people"), facilities=facilities, umkm=umkm, priority_sectors=("C",)
        )
    )
    check_frame(demand.cells, TABLES["cells"], "cells")
    assert len(demand.cells) == 1
    cell = demand.cells.iloc[0]
    assert (cell["cell_id"], cell["row"], cell["col"]) == (34, 3, 4)
    assert cell["area_code"] == "53.01.01.2001"
    names = [
        "people",
        "n_umkm",
        "n_umkm_offline",
        "n_umkm_online",
        "n_umkm_small",
        "n_umkm_priority_sector",
        "n_facilities",
    ]
    assert cell[names].tolist() == [100.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1]
    # 100·0.5933·0.05185 + 2·0.05185 + 4/20, by hand
    assert cell["demand_mbps"] == pytest.approx(3.0764 + 0.1037 + 0.2, abs=1e-3)
    assert demand.umkm_cells["cell_id"].tolist() == [34, 34]
    assert demand.facility_cells["cell_id"].tolist() == [34]


def test_people_on_water_go_to_the_nearest_land_and_far_ones_are_reported():
    land = np.zeros((10, 10), dtype=bool)
    land[:, :3] = True
    population = np.zeros((10, 10))
    population[5, 2], population[5, 3], population[5, 9] = 1.0, 10.0, 100.0
    demand = build_demand(
        inputs(land=land, population=Raster(grid(), population, "people"), spec=demand_spec(snap_km=3.0))
    )
    assert demand.cells["people"].tolist() == [11.0]
    report = demand.report
    assert (report.people_in, report.people_used, report.people_moved, report.people_left_out) == (
        111.0,
        11.0,
        10.0,
        100.0,
    )


def test_counts_are_spread_in_their_area_and_flagged():
    demand = build_demand(inputs(population_counts=counts(c53_01_01_2001=500.0, c53_01_01_2002=1000.0)))
    assert people_of(demand, "53.01.01.2001") == 500.0
    assert people_of(demand, "53.01.01.2002") == 1000.0
    assert set(demand.cells["people_evidence"]) == {"estimate"}
    assert demand.report.people_method == "counts"
    centre = demand.cells.loc[demand.cells["people"].idxmax()]
    assert abs(centre["lat_deg"] + 8.05) < 0.01  # densest at the representative point
    assert demand.cells["people"].gt(0).all()


def test_synthetic_counts_stay_synthetic():
    stated = counts(c53=10.0).assign(evidence="synthetic")
    demand = build_demand(inputs(population_counts=stated))
    assert set(demand.cells["people_evidence"]) == {"synthetic"}


def test_the_rest_of_a_kabupaten_goes_where_no_desa_is_counted():
    demand = build_demand(inputs(population_counts=counts(c53_01=100.0, c53_01_01_2001=30.0)))
    assert people_of(demand, "53.01.01.2001") == 30.0
    assert people_of(demand, "53.01.01.2002") == 70.0


def test_sub_areas_share_by_their_stated_people_else_evenly():
    even = build_demand(inputs(population_counts=counts(c53_01=100.0)))
    assert people_of(even, "53.01.01.2001") == pytest.approx(50.0)
    admin = two_desa()
    admin.loc[admin["code"] == "53.01.01.2001", "people"] = 10.0
    admin.loc[admin["code"] == "53.01.01.2002", "people"] = 30.0
    stated = build_demand(inputs(admin=admin, population_counts=counts(c53_01=100.0)))
    assert people_of(stated, "53.01.01.2001") == pytest.approx(25.0)


def test_counts_of_other_regions_stay_out():
    demand = build_demand(inputs(population_counts=counts(c53_01=100.0, c31=1e7, c53_02=5.0)))
    assert demand.report.people_used == 100.0
    assert demand.report.n_areas_elsewhere == 2


def test_an_area_cut_by_the_region_brings_only_the_people_inside():
    admin = box_admin({"53": (-10, 10, 0, 10)})
    demand = build_demand(inputs(admin=admin, population_counts=counts(c53=100.0)))
    assert demand.report.people_used == pytest.approx(50.0)
    assert demand.report.people_cut == pytest.approx(50.0)


def test_a_region_of_one_desa_takes_its_part_of_the_kabupaten_only():
    """Also where the neighbour's own point lies close to the border."""
    land = np.zeros((10, 10), dtype=bool)
    land[:, :5] = True
    demand = build_demand(inputs(land=land, population_counts=counts(c53_01=100.0)))
    assert demand.report.people_used == pytest.approx(50.0)
    assert demand.report.people_cut == pytest.approx(50.0)
    both = build_demand(
        inputs(land=land, population_counts=counts(c53_01_01_2001=7.0, c53_01_01_2002=100.0, c53_01=107.0))
    )
    assert (both.report.people_used, both.report.n_areas_elsewhere, both.report.conflicts) == (7.0, 1, ())
    assert set(both.cells["area_code"]) == {"53.01.01.2001"}


def test_slivers_between_desa_weigh_by_their_land_not_like_a_desa():
    admin = box_admin({"53": (0, 10, 0, 10), "53.01": (0, 10, 0, 5), "53.02": (0, 10, 5, 9)})
    admin.loc[admin["code"] == "53", ["lon_deg", "lat_deg"]] = np.nan
    demand = build_demand(inputs(admin=admin, population_counts=counts(c53=190.0)))
    sliver = demand.cells.loc[demand.cells["area_code"] == "53", "people"].sum()
    assert sliver == pytest.approx(19.0, rel=1e-3)  # 10 pixels at 2 desa per 90, of 2 + 20/90
    assert demand.report.people_used == 190.0


def test_an_island_without_a_land_pixel_keeps_its_people_nearby():
    land = np.ones((10, 10), dtype=bool)
    land[:, 8:] = False
    admin = box_admin({"53": (0, 8, 0, 10), "53.09": (8, 9, 4, 5)})  # one pixel, off the land
    demand = build_demand(inputs(land=land, admin=admin, population_counts=counts(c53_09=7.0)))
    assert demand.report.people_used == 7.0
    assert demand.report.people_moved == 7.0
    assert demand.cells["col"].tolist() == [7]


def test_a_whole_beyond_its_parts_without_free_land_is_reported_not_placed():
    demand = build_demand(inputs(population_counts=counts(c53_01=100.0, c53_01_01_2001=30.0, c53_01_01_2002=40.0)))
    assert demand.report.people_used == 70.0
    assert demand.report.people_left_out == 30.0
    assert [(c.kind, c.area_code, c.stated) for c in demand.report.conflicts] == [("rest_without_place", "53.01", 30.0)]


def test_areas_without_any_figure_are_named():
    """No row for an area, nor for one above it: its people are unknown, and the run says so."""
    some = build_demand(inputs(population_counts=counts(c53_01_01_2001=7.0)))
    missing = {c.area_code for c in some.report.conflicts if c.kind == "no_figure"}
    assert missing
    assert "53.01.01.2001" not in missing
    whole = build_demand(inputs(population_counts=counts(c53=100.0)))
    assert not [c for c in whole.report.conflicts if c.kind == "no_figure"]


def test_counts_fill_only_where_the_raster_knows_nothing():
    population = np.full((10, 10), np.nan)
    population[:, :5] = 1.0
    demand = build_demand(
        inputs(
            population=Raster(grid(), population, "people"),
            population_counts=counts(c53_01_01_2001=999.0, c53_01_01_2002=200.0),
        )
    )
    assert people_of(demand, "53.01.01.2001") == 50.0
    assert people_of(demand, "53.01.01.2002") == 200.0
    assert demand.report.people_method == "raster_and_counts"
    kinds = demand.cells.groupby(demand.cells["area_code"])["people_evidence"].agg(set)
    assert kinds.tolist() == [{"observed"}, {"estimate"}]


def test_enterprise_counts_add_what_the_points_lack_by_people():
    umkm = umkm_at([5] * 4, [2] * 4)
    stated = table("umkm_counts", area_code=["53.01.01.2001"], n_umkm=[10.0], year=2024)
    demand = build_demand(
        inputs(umkm=umkm, umkm_counts=stated, population_counts=counts(c53_01_01_2001=600.0, c53_01_01_2002=1.0))
    )
    held = demand.cells["area_code"] == "53.01.01.2001"
    assert demand.cells.loc[held, "n_umkm"].sum() == 10.0
    assert demand.cells.loc[~held, "n_umkm"].sum() == 0.0
    assert demand.cells["n_umkm_observed"].sum() == 4.0
    assert (demand.report.umkm_in, demand.report.umkm_from_counts, demand.report.umkm_used) == (4.0, 6.0, 10.0)
    elsewhere = held & (demand.cells["cell_id"] != 52)
    ratio = demand.cells.loc[elsewhere, "n_umkm"] / demand.cells.loc[elsewhere, "people"]
    assert ratio.to_numpy() == pytest.approx(np.full(elsewhere.sum(), 0.01), rel=1e-3)


def test_enterprises_are_estimated_only_on_the_planner_s_word():
    stated = counts(c53_01=1000.0)
    silent = build_demand(inputs(population_counts=stated))
    assert silent.cells["n_umkm"].sum() == 0.0
    asked = build_demand(inputs(population_counts=stated, spec=demand_spec(estimate_umkm=True)))
    assert asked.cells["n_umkm"].sum() == pytest.approx(64.3, abs=1e-5)
    assert asked.cells["n_umkm_observed"].sum() == 0.0
    assert asked.report.umkm_estimated_low < asked.report.umkm_estimated < asked.report.umkm_estimated_high
    known = build_demand(inputs(population_counts=stated, umkm=umkm_at([1], [1]), spec=demand_spec(estimate_umkm=True)))
    assert known.cells["n_umkm"].sum() == 1.0


def test_an_empty_world_has_no_cells():
    demand = build_demand(inputs())
    check_frame(demand.cells, TABLES["cells"], "cells")
    assert len(demand.cells) == 0
    assert demand.report.people_method == "none"
    nothing = build_demand(inputs(land=np.zeros((10, 10), dtype=bool), population_counts=counts(c53=5.0)))
    assert (nothing.report.people_used, nothing.report.n_areas_elsewhere) == (0.0, 1)


def test_the_short_form_gives_the_same_cells_and_carries_the_report():
    given_inputs = inputs(population_counts=counts(c53_01=100.0), umkm=umkm_at([1, 2], [3, 4]))
    fields = {f.name: getattr(given_inputs, f.name) for f in dataclasses.fields(given_inputs)}
    cells, umkm_cells = build_cells(**fields)
    demand = build_demand(given_inputs)
    pd.testing.assert_frame_equal(cells, demand.cells)
    pd.testing.assert_frame_equal(umkm_cells, demand.umkm_cells)
    assert json.loads(json.dumps(cells.attrs["demand"]))["people_used"] == 100.0


def test_chunks_of_enterprises_give_the_same_cells():
    umkm = umkm_at([1, 2, 2, 9], [3, 4, 4, 9], weight=[0.5, 1.5, 2.0, 1.0])
    frame = LandFrame(grid(), np.ones((10, 10), dtype=bool), 3.0)
    placed = place_on_land(frame, umkm["lon_deg"].to_numpy(), umkm["lat_deg"].to_numpy())
    tallied = build_demand(inputs(umkm=tally_umkm(umkm, placed)))
    pd.testing.assert_frame_equal(tallied.cells, build_demand(inputs(umkm=umkm)).cells)
    assert len(tallied.umkm_cells) == 0


@given(seed=st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_sums_are_kept_and_rows_may_come_in_any_order(seed):
    """Random land, boxes, counts, points: in = used + left out, for each layer; shuffled rows give the same table."""
    rng = np.random.default_rng(seed)
    admin = two_desa()
    admin["people"] = np.where(rng.random(len(admin)) < 0.5, rng.integers(1, 99, len(admin)), np.nan)
    codes = rng.choice(admin["code"].to_numpy(), rng.integers(0, 6), replace=False)
    people = (
        table("population_counts", area_code=codes.tolist(), people=rng.integers(0, 999, codes.size), year=2025)
        if codes.size
        else empty("population_counts")
    )
    umkm_codes = rng.choice(admin["code"].to_numpy(), rng.integers(1, 6), replace=False)
    stated = table("umkm_counts", area_code=umkm_codes.tolist(), n_umkm=rng.integers(0, 99, umkm_codes.size), year=2024)
    n = int(rng.integers(1, 30))
    umkm = umkm_at([0] * n, [0] * n, weight=rng.uniform(0, 2, n), lon_deg=rng.uniform(119.9, 120.2, n), lat_deg=rng.uniform(-8.2, -7.9, n))  # fmt: skip
    base = inputs(
        land=rng.random((10, 10)) < 0.6, admin=admin, population_counts=people, umkm_counts=stated, umkm=umkm
    )  # fmt: skip
    demand = build_demand(base)
    check_frame(demand.cells, TABLES["cells"], "cells")
    report = demand.report
    assert report.people_in == pytest.approx(report.people_used + report.people_left_out, rel=1e-9, abs=1e-5)
    assert report.umkm_in == pytest.approx(umkm["weight"].sum(), abs=1e-4)
    placed = report.umkm_in - report.umkm_left_out + report.umkm_from_counts
    assert report.umkm_used == pytest.approx(placed, rel=1e-9, abs=1e-5)
    assert demand.cells["cell_id"].is_monotonic_increasing
    assert base.land.ravel()[demand.cells["cell_id"]].all()
    turned = dataclasses.replace(
        base,
        admin=admin.iloc[::-1],
        population_counts=people.iloc[::-1],
        umkm_counts=stated.iloc[::-1],
        umkm=umkm.iloc[::-1],
    )
    pd.testing.assert_frame_equal(build_demand(turned).cells, demand.cells)


def test_pixels_off_the_polygons_take_the_nearest_area():
    admin = box_admin({"53.01": (0, 4, 0, 10)})
    admin["geometry"] = [shapely.box(120.0, -8.1, 120.04, -8.0)]
    demand = build_demand(inputs(admin=admin, umkm=umkm_at([5, 5, 5], [3, 5, 9]), spec=demand_spec(snap_km=3.0)))
    assert demand.cells["area_code"].tolist() == ["53.01", "53.01", ""]
