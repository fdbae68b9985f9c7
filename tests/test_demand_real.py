"""Demand cells from real areas and real counts."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from demand_worlds import demand_spec, empty, table

from planner.demand import DemandInputs, area_of_points, build_demand
from planner.demand.areas import area_of_pixels
from planner.grid import Grid
from planner.schema import TABLES, check_frame
from planner.units import pixel_deg_for

pytestmark = pytest.mark.shared


def admin_of(path, level: str, prefix: str = "") -> gpd.GeoDataFrame:
    frame = gpd.read_file(path, where=f"kode LIKE '{prefix}%'" if prefix and path.suffix == ".gpkg" else None)
    frame = frame.rename(columns={"kode": "code", "nama": "name", "lat": "lat_deg", "lng": "lon_deg"})
    frame = frame.loc[frame["code"].str.startswith(prefix)].copy()
    frame["geometry"] = frame.geometry.make_valid()
    return frame.assign(level=level, people=np.nan, bps_code="", evidence="observed")


def grid_of(admin: gpd.GeoDataFrame, pixel_m: float) -> Grid:
    west, south, east, north = admin.total_bounds
    side = pixel_deg_for(pixel_m)
    return Grid(west, north, side, int((north - south) / side) + 1, int((east - west) / side) + 1)


def people_of(shared) -> pd.DataFrame:
    rows = pd.read_csv(shared / "admin" / "penduduk_2025.csv", dtype={"kode": "str"})
    return table("population_counts", area_code=rows["kode"].tolist(), people=rows["total"].to_numpy(float), year=2025)


def world(admin: gpd.GeoDataFrame, pixel_m: float, counts: pd.DataFrame, **spec) -> DemandInputs:
    frame = grid_of(admin, pixel_m)
    index, _ = area_of_pixels(admin, frame)
    return DemandInputs(
        grid=frame,
        land=index > 0,
        admin=admin,
        umkm=empty("umkm"),
        umkm_counts=empty("umkm_counts"),
        population=None,
        population_counts=counts,
        facilities=empty("facilities"),
        spec=demand_spec(**spec),
    )


def test_every_inhabitant_of_ntt_stands_in_his_kabupaten(shared):
    """3,352 desa polygons, counts of all Indonesia by kabupaten: 5,700,772 people, each kabupaten its own."""
    folder = shared / "admin"
    admin = pd.concat(
        [
            admin_of(folder / "ntt_desa_3352.gpkg", "desa"),
            admin_of(folder / "ntt_kecamatan_315.geojson", "kecamatan"),
            admin_of(folder / "ntt_kabupaten_22.geojson", "kabupaten"),
        ],
        ignore_index=True,
    )
    counts = people_of(shared)
    demand = build_demand(world(admin, 600.0, counts))
    check_frame(demand.cells, TABLES["cells"], "cells")
    assert demand.report.people_used == 5_700_772
    assert demand.report.conflicts == ()
    by_kabupaten = demand.cells.groupby(demand.cells["area_code"].str[:5])["people"].sum()
    stated = counts.set_index("area_code")["people"]
    assert by_kabupaten.to_dict() == pytest.approx(stated.loc[by_kabupaten.index].to_dict(), abs=1e-3)
    assert len(by_kabupaten) == 22


def test_kalimantan_barat_estimates_its_enterprises_from_people(shared):
    """Kabupaten and kecamatan polygons, some invalid as they come; no enterprise is known."""
    folder = shared / "admin"
    admin = pd.concat(
        [
            admin_of(folder / "kecamatan_7285.gpkg", "kecamatan", "61"),
            admin_of(folder / "kabupaten_514.gpkg", "kabupaten", "61"),
        ],
        ignore_index=True,
    )
    counts = people_of(shared)
    demand = build_demand(world(admin, 1000.0, counts, estimate_umkm=True))
    stated = counts.loc[counts["area_code"].str.fullmatch(r"61\.\d\d"), "people"].sum()
    assert demand.report.people_used == pytest.approx(stated, abs=1e-3)
    assert demand.report.umkm_used == pytest.approx(0.0643 * stated, rel=1e-9)
    assert demand.cells["n_umkm_observed"].sum() == 0.0
    assert set(demand.cells["people_evidence"]) == {"estimate"}


def test_desa_points_lie_in_their_desa(shared):
    """The published representative points of 3,352 real polygons: nine of ten at least."""
    desa = admin_of(shared / "admin" / "ntt_desa_3352.gpkg", "desa")
    found = area_of_points(desa, desa["lon_deg"].to_numpy(), desa["lat_deg"].to_numpy(), snap_km=0.5)
    assert (found == desa["code"].to_numpy(dtype=str)).mean() > 0.9
    assert (found != "").mean() > 0.99
