"""A small finished run with hostile names, for the tests of exports and reports."""

from __future__ import annotations

import datetime as dt
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.facts import FactsInputs, LayerRows, compute_facts
from planner.grid import Grid, Raster
from planner.plan.types import Certificate, Plan
from planner.specs.service import ServiceSpec

HOSTILE = '=HYPERLINK("http://x.example","klik") <script>alert(1)</script> ${x} \'; DROP TABLE sites;--'
GRID = Grid(124.0, -9.0, 0.01, 40, 60)
DATE = dt.date(2026, 7, 1)


def admin() -> gpd.GeoDataFrame:
    rows = [
        ("53", "", "Nusa Tenggara Timur", "provinsi", shapely.box(124.0, -9.4, 124.6, -9.0)),
        ("53.01", "5303", "Kabupaten Kupang", "kabupaten", shapely.box(124.0, -9.4, 124.3, -9.0)),
        ("53.02", "5304", HOSTILE, "kabupaten", shapely.box(124.3, -9.4, 124.6, -9.0)),
        ("53.01.01", "5303010", "Semau", "kecamatan", shapely.box(124.0, -9.4, 124.3, -9.0)),
        ("53.01.01.2001", "", "Uitao", "desa", shapely.box(124.0, -9.4, 124.15, -9.0)),
        ("53.01.01.2002", "", "Huilelot", "desa", None),
    ]
    frame = pd.DataFrame([row[:4] for row in rows], columns=["code", "bps_code", "name", "level"]).astype("str")
    frame = frame.assign(
        parent_code=[code.rpartition(".")[0] for code in frame["code"]], people=np.nan, lon_deg=124.1, lat_deg=-9.2,
        source="test", evidence="observed",
    )  # fmt: skip
    return gpd.GeoDataFrame(frame, geometry=[row[4] for row in rows], crs="EPSG:4326")


def cells(n: int = 30) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    cell_id = np.sort(rng.choice(GRID.n_rows * GRID.n_cols, n, replace=False)).astype(np.int64)
    row, col = cell_id // GRID.n_cols, cell_id % GRID.n_cols
    lon, lat = GRID.lon_lat(row, col)
    code = np.where(lon < 124.15, "53.01.01.2001", np.where(lon < 124.3, "53.01.01.2002", "53.02"))
    n_umkm = rng.integers(0, 20, n).astype(float)
    return pd.DataFrame({
        "cell_id": cell_id, "row": row, "col": col, "lon_deg": lon, "lat_deg": lat, "area_code": code.astype(str),
        "people": n_umkm * 12 + 5, "n_umkm": n_umkm, "n_umkm_offline": n_umkm, "n_umkm_online": 0.0, "n_umkm_small": 0.0,
        "n_umkm_priority_sector": 0.0, "n_umkm_observed": n_umkm, "n_facilities": 1, "demand_mbps": n_umkm * 0.1 + 0.1,
        "people_evidence": "observed",
    }).astype({"area_code": "str", "people_evidence": "str"})  # fmt: skip


def service(table: pd.DataFrame) -> pd.DataFrame:
    level = np.array(["served", "limited", "unserved", "unknown"])[np.arange(len(table)) % 4]
    cause = np.array(["", "cell_capacity", "signal", "no_data"])[np.arange(len(table)) % 4]
    return pd.DataFrame({
        "cell_id": table["cell_id"], "level": level, "cause": cause, "rest_cause": "", "served_share": np.where(level == "served", 1.0, 0.0),
        "n_operators": 1, "rsrp_dbm": np.where(level == "unknown", np.nan, -100.0),
        "server_bts_id": np.where(level == "served", "B1", ""), "confidence_share": 0.7, "is_indoor": False, "n_operators_indoor": 0, "deficit_db": 0.0,
    }).astype({"level": "str", "cause": "str", "server_bts_id": "str"})  # fmt: skip


def bts() -> pd.DataFrame:
    return pd.DataFrame({
        "bts_id": ["B2", "B1"], "operator": ["Operator A", HOSTILE], "technology": ["4G", "2G"], "band_mhz": [1800.0, 900.0],
        "height_m": [42.0, np.nan], "status": ["on_air", "inactive"], "backhaul": ["fiber", "unknown"],
        "backhaul_mbps": [1000.0, np.nan], "samples": pd.array([3, None], dtype="Int64"), "assumed": ["", "height_m"],
        "source": "test", "evidence": ["observed", "synthetic"], "lon_deg": [124.1, 124.2], "lat_deg": [-9.1, -9.2],
    })  # fmt: skip


def sites(table: pd.DataFrame) -> pd.DataFrame:
    places = table.iloc[[5, 2]]
    return pd.DataFrame({
        "site_id": ["S2", "S1"], "option_id": ["C2:macro_42m", "C1:macro_42m"], "candidate_id": ["C2", "C1"],
        "name": [HOSTILE, "Bukit Uitao"], "area_code": ["53.02", "53.01.01.2001"], "site_type": "macro_42m", "status": "indicative",
        "backhaul": ["satellite_satria1", "microwave_7ghz"], "backhaul_path": ["S2>satria1", "S1>root"], "access_mode": ["boat", "road"],
        "n_umkm_new": [12.0, 30.5], "people_new": [150.0, 366.0], "demand_mbps": [2.0, 4.0], "capacity_mbps": [8.0, 60.0],
        "capex_idr": [2.1e9, 1.9e9], "opex_idr_per_year": [3e8, 2.5e8], "cost_idr": [4.2e9, 3.7e9], "why": "{}",
        "lon_deg": places["lon_deg"].to_numpy(), "lat_deg": places["lat_deg"].to_numpy(),
    })  # fmt: skip


def links() -> pd.DataFrame:
    return pd.DataFrame({
        "link_id": ["L2", "L1"], "from_id": ["S2", "S1"], "to_id": ["gateway", "root"], "technology": ["satellite_satria1", "microwave_7ghz"],
        "length_km": [36000.0, 22.0], "sea_km": 0.0, "capacity_mbps": [8.0, 400.0], "load_mbps": [2.0, 4.0], "capex_idr": [1e8, 4e8],
        "opex_idr_per_year": [5e7, 2e7], "cost_idr": [4e8, 5e8], "from_lon_deg": [124.4, 124.1], "from_lat_deg": [-9.1, -9.2],
        "to_lon_deg": [124.0, 124.2], "to_lat_deg": [-9.0, -9.0],
    })  # fmt: skip


def surveys() -> pd.DataFrame:
    return pd.DataFrame({
        "area_code": ["53.01.01.2002"], "rank": [1], "n_umkm_unknown": [40.0], "people_unknown": [500.0], "confidence_share": [0.1],
        "settle_with": ["drive_test"], "lon_deg": [124.2], "lat_deg": [-9.2],
    })  # fmt: skip


def candidates(table: pd.DataFrame) -> pd.DataFrame:
    places = table.iloc[[2, 5, 7, 9]]
    return pd.DataFrame({
        "candidate_id": ["C1", "C2", "C3", "C4"], "generator": "clusters", "ref_id": "", "name": ["Bukit Uitao", HOSTILE, "+cmd|calc", "-2+3"],
        "area_code": "53.01.01.2001", "elevation_m": [100.0, 20.0, np.nan, 5.0], "access_mode": "road", "is_existing": False,
        "excluded_because": ["", "", "slope", ""], "lon_deg": places["lon_deg"].to_numpy(), "lat_deg": places["lat_deg"].to_numpy(),
    })  # fmt: skip


def areas() -> pd.DataFrame:
    from h3ronpy.vector import coordinates_to_cells

    index = np.asarray(coordinates_to_cells(np.array([-9.1, -9.3]), np.array([124.1, 124.4]), 7), dtype=np.uint64)
    codes = [f"{value:x}" for value in index.tolist()]
    return pd.DataFrame({
        "area_level": ["hexagon", "hexagon", "kabupaten", "kabupaten", "desa"], "area_code": [*codes, "53.01", "53.02", "53.01.01.2001"],
        "score": [80.0, np.nan, 55.0, 12.0, 70.0], "score_low": [75.0, 10.0, 50.0, 10.0, 65.0], "score_high": [85.0, 90.0, 60.0, 20.0, 75.0],
        "raw_unserved_umkm": [10.0, np.nan, 100.0, 5.0, 40.0], "part_unserved_umkm": [0.5, np.nan, 0.9, 0.1, 0.6],
    }).astype({"area_level": "str", "area_code": "str"})  # fmt: skip


def points() -> pd.DataFrame:
    """A frontier of four ceilings, the third of them that of `test_report_workbook.report_inputs`."""
    return pd.DataFrame({
        "point": [0, 1, 2, 3], "ceiling_idr": [2.5e9, 5e9, 1e10, 2e10], "spent_idr": [0.0, 4.2e9, 7.9e9, 1.99e10],
        "value": [0.0, 30.5, 42.5, 61.25], "bound": [5.0, 31.0, 43.0, 70.0], "gap_share": [1.0, 0.0161, 0.0116, 0.125],
        "n_sites": [0, 1, 2, 4], "umkm": [0.0, 30.5, 42.5, 61.25], "people": [0.0, 366.0, 516.0, 1203.0],
        "facilities": [0.0, 1.0, 2.0, 3.0], "is_nested": [True, True, True, False], "desa": [0.0, 0.0, 1.0, 2.0],
    })  # fmt: skip


def decided() -> pd.DataFrame:
    """Two decisions and their prices."""
    return pd.DataFrame({
        "decision_id": ["K2", "K1"], "action": ["forbid", "force"], "object": ["link", "site"], "reason": [HOSTILE, "Puskesmas"],
        "author": ["", "Bappeda"], "letter": ["", "12/KEP"], "candidates": [1, 2], "site_id": ["", "S1"], "cost_idr": [0.0, 3.7e9],
        "n_umkm_new": [0.0, 30.5], "price_weight": [0.0, 4.25], "price_at_most_weight": [9.0, 12.0], "price_by": ["bound", "rerun"],
        "lon_deg": [124.1, 124.2], "lat_deg": [-9.1, -9.2],
    })  # fmt: skip


def money() -> list[dict[str, Any]]:
    """Two sources over two years as the facts hold them: what lapses is not carried."""
    return [
        {"funding_source": "Rupiah Murni", "payer": "BAKTI", "year": 2026, "ceiling_idr": 2.5e9, "carried_in_idr": 0.0,
         "kept_opex_idr": 1e8, "capex_idr": 1.9e9, "opex_idr": 0.0, "spent_idr": 1.9e9, "left_idr": 5e8, "n_sites": 1},
        {"funding_source": "Rupiah Murni", "payer": "BAKTI", "year": 2027, "ceiling_idr": 1e9, "carried_in_idr": 0.0,
         "kept_opex_idr": 1e8, "capex_idr": 0.0, "opex_idr": 2.5e8, "spent_idr": 2.5e8, "left_idr": 6.5e8, "n_sites": 0},
        {"funding_source": HOSTILE, "payer": "Pemda", "year": 2027, "ceiling_idr": 3e9, "carried_in_idr": 0.0,
         "kept_opex_idr": 0.0, "capex_idr": 2.1e9, "opex_idr": 0.0, "spent_idr": 2.1e9, "left_idr": 9e8, "n_sites": 1},
    ]  # fmt: skip


def _shapes(columns: dict[str, Any]) -> gpd.GeoDataFrame:
    """Two overlapping squares with these columns."""
    squares = [shapely.box(124.2, -9.3, 124.5, -9.1), shapely.box(124.0, -9.4, 124.3, -9.0)]
    return gpd.GeoDataFrame(pd.DataFrame(columns, index=range(2)), geometry=squares, crs="EPSG:4326")


YEARS = [
    {"year": 2026, "year_worth": 0.25, "n_sites": 1, "n_sites_on": 1, "n_umkm_on": 30.5, "people_on": 366.0, "facilities_on": 1.0, "weight_on": 30.5},
    {"year": 2027, "year_worth": 0.75, "n_sites": 1, "n_sites_on": 2, "n_umkm_on": 42.5, "people_on": 516.0, "facilities_on": 2.0, "weight_on": 42.5},
]  # fmt: skip
EQUITY = [
    {"rule": "floor", "area": "3T", "least": 50.0, "reached": 42.5, "short": 7.5, "price": 2.0},
    {"rule": "floor", "area": "53.01", "least": 10.0, "reached": 30.5, "short": 0.0, "price": None},
    {"rule": "money_share", "area": HOSTILE, "least": 0.4, "reached": 0.525, "short": 0.0, "price": None},
]
PHASED = {"year": [2027, 2026], "payer": [HOSTILE, "BAKTI"], "funding_source": ["USO/PNBP", "Rupiah Murni"]}
"""Columns of the two sites where a plan has years and payers."""


def world(*, is_phased: bool = False) -> dict[str, Any]:
    """All tables of a finished run, and its facts."""
    table = cells()
    judged = service(table)
    rejected = pd.DataFrame({"candidate_id": ["C3", "C4"], "option_id": "", "reason": ["slope", "budget"], "gain": [0.0, 4.0],
                             "cost_idr": [np.nan, 5e9], "enters_at_idr": [np.nan, 9e9], "decision_id": ""})  # fmt: skip
    certificate = Certificate(
        "umkm", 42.5, 43.0, 0.0116, "milp", ("greedy 40", "milp 42.5"), 0, {"max_nodes": 2000.0}, "gap_reached"
    )
    served = pd.DataFrame({"cell_id": table["cell_id"].iloc[[2]], "site_id": "S1", "share": 1.0})
    chosen = sites(table).assign(**PHASED) if is_phased else sites(table)
    plan = Plan(chosen, links(), pd.DataFrame(), rejected, surveys(), served, {}, certificate)
    layers = (
        LayerRows("bts", "bts.csv", "Operator lists", 2024, 3, 2, 1, {"observed": 1, "synthetic": 1}, 0.8),
        LayerRows("terrain", "dem", "SRTM", 2000, 1, 1, 0, {"observed": 1}, None, is_raster=True),
    )
    from planner.catalog import read_spec

    spec = read_spec(ServiceSpec, "service", "default")
    inputs = FactsInputs(cells=table, service=judged, admin=admin(), bts=bts(), spec=spec, areas=areas(), plan=plan, layers=layers,
                         coverage_model="p1812")  # fmt: skip
    shown = {"source": HOSTILE, "evidence": "schematic"}
    exclusions = _shapes(
        {
            "exclusion_id": ["X2", "X1"],
            "kind": ["hazard", "protected"],
            "name": [HOSTILE, "Hutan"],
            "max_height_m": 0.0,
            **shown,
        }
    )
    beams = _shapes({"satellite_id": "SATRIA-1", "beam_id": ["B2", HOSTILE], "orbit_deg": 146.0, "band": "Ka", "capacity_mbps": 100.0,
                     "committed_mbps": 10.0, "committed_mbps_per_site": np.nan, **shown})  # fmt: skip
    measured = {"rsrp_dbm": [-101.5, -88.0], "cell_id": "", "operator": [HOSTILE, "A"], "date": "2026-05-01", "source": HOSTILE,
                "evidence": "observed", "lon_deg": [124.2, 124.1], "lat_deg": -9.2}  # fmt: skip
    aside = {
        "kind": "bts",
        "file": HOSTILE,
        "line": [9, 7],
        "reason_id": HOSTILE,
        "reason_en": "out of range",
        "lon_deg": 124.2,
        "lat_deg": -9.2,
    }
    rsrp = np.full(GRID.shape, np.nan, dtype=np.float32)
    rsrp[5:20, 5:30] = -95.5
    server = np.where(np.isfinite(rsrp), 1, -1).astype(np.int32)
    return {
        "facts": compute_facts(inputs).to_json(), "admin": admin(), "areas": areas(), "cells": table, "service": judged, "bts": bts(),
        "candidates": candidates(table), "sites": plan.sites, "links": plan.links, "rejected": rejected, "surveys": plan.surveys,
        "grid": GRID, "coverage_rsrp_dbm": Raster(GRID, rsrp, "dbm"), "coverage_server": Raster(GRID, server, "class"), "spec": spec,
        "coverage_sinr_db": Raster(GRID, rsrp + 108.04, "db"), "coverage_probability_share": Raster(GRID, rsrp * 0 + 0.876, "share"),
        "exclusions": exclusions, "beams": beams, "measurements": pd.DataFrame(measured), "quarantined": pd.DataFrame(aside),
    }  # fmt: skip


NOTICES = (("desk_study", {}), ("synthetic", {}), ("confidence", {"threshold": "50%"}))
