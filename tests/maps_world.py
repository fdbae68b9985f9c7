"""A small made-up world for the tests of maps: two islands, three kabupaten, everything in it known."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.grid import Grid, Raster
from planner.maps.inputs import MapInputs, Notice

LEVELS = ("served", "limited", "unserved", "unknown")
HOSTILE = (
    "</script><script>window.broken=1</script>",
    "${window.broken=2}`;window.broken=3;//",
    "<img src=x onerror=window.broken=4>",
    "{{ 7*7 }}{% raw %}'\"\\",
    "=cmd|'/c calc'!A1 \u2028\u2029 ارض 山 \U0001f3dd",
)


def island(lon: float, lat: float, half: float) -> Any:
    """Square island around a place."""
    return shapely.box(lon - half, lat - half, lon + half, lat + half)


def admin(names: tuple[str, ...] = ("Kabupaten Barat", "Kabupaten Timur", "Kota Pulau")) -> gpd.GeoDataFrame:
    """Three kabupaten with two kecamatan each, and one desa a kecamatan."""
    shapes = [shapely.box(120.0, -9.5, 120.5, -9.0), shapely.box(120.5, -9.5, 121.0, -9.0), island(121.6, -9.2, 0.2)]
    rows = []
    for i, (name, shape) in enumerate(zip(names, shapes, strict=True), start=1):
        code = f"99.{i:02d}"
        rows.append((code, name, "kabupaten", "99", shape))
        west, south, east, north = shape.bounds
        for k in (1, 2):
            low, high = south + (north - south) * (k - 1) / 2, south + (north - south) * k / 2
            part = shapely.box(west, low, east, high)
            rows.append((f"{code}.{k:02d}", f"Kecamatan {i}{k}", "kecamatan", code, part))
            rows.append((f"{code}.{k:02d}.2001", f"Desa {i}{k}", "desa", f"{code}.{k:02d}", part))
    frame = pd.DataFrame(rows, columns=["code", "name", "level", "parent_code", "geometry"]).assign(
        evidence="schematic"
    )
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=4326)


def facts(areas: gpd.GeoDataFrame) -> dict[str, Any]:
    """Totals in which the second kabupaten is the least served and the third is unknown."""
    counts = {"99.01": (80, 10, 10, 0), "99.02": (20, 20, 60, 0), "99.03": (5, 0, 0, 95)}
    records = []
    for row in areas.itertuples():
        whole = counts[row.code[:5]]
        parts = dict(zip(LEVELS, whole if row.level == "kabupaten" else [n // 2 for n in whole], strict=True))
        people = {level: n * 10 for level, n in parts.items()}
        record = {"area_level": row.level, "area_code": row.code, "umkm": parts, "people": people, "desa": {}}
        records.append(record | {"umkm_new": 12.0 if row.code == "99.02" else 0.0, "confidence_share": 0.9})
    umkm = dict(zip(LEVELS, (105, 30, 70, 95), strict=True))
    totals = {"umkm": umkm, "people": {k: v * 10 for k, v in umkm.items()}, "desa": {"served": 2, "unserved": 4}}
    steps = [{"step": "all", "umkm": 300, "people": 3000}, {"step": "counted", "umkm": 0, "people": 0}]
    return {
        "totals": totals,
        "areas": records,
        "causes": {"signal": {"umkm": 50, "people": 500}, "technology": {"umkm": 20, "people": 200}},
        "programmes": {"build": {"umkm": 70}, "upgrade": {"umkm": 30}},
        "plan": {"cost_idr": 4.2e9, "n_umkm_new": 12.0, "totals_after": {"umkm": umkm}},
        "evidence": {"steps": steps, "rows": {"bts": {"observed": 0, "synthetic": 40}}},
    }


def cells_and_service(grid: Grid, areas: gpd.GeoDataFrame, seed: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Some 800 settled cells inside the kabupaten, with levels that follow the longitude."""
    rng = np.random.default_rng(seed)
    rows, cols = rng.integers(0, grid.n_rows, 4000), rng.integers(0, grid.n_cols, 4000)
    ids = np.unique(grid.cell_id(rows, cols))
    rows, cols = ids // grid.n_cols, ids % grid.n_cols
    lon, lat = grid.lon_lat(rows, cols)
    desa = areas[areas["level"] == "desa"].reset_index(drop=True)
    places, found = shapely.STRtree(desa.geometry.to_numpy()).query(shapely.points(lon, lat), predicate="within")
    code = np.full(len(ids), "", dtype=object)
    code[places] = desa["code"].to_numpy(dtype=object)[found]
    keep = code != ""
    ids, rows, cols, lon, lat, code = (array[keep] for array in (ids, rows, cols, lon, lat, code))
    level = np.select([lon < 120.4, lon < 120.6, lon < 121.2], LEVELS[:3], default="unknown").astype(object)
    cause = pd.Series(level).map({"served": "", "limited": "cell_capacity", "unserved": "signal", "unknown": "no_data"})
    ones = np.ones(len(ids))
    cells = pd.DataFrame(
        {
            "cell_id": ids,
            "row": rows,
            "col": cols,
            "lon_deg": lon,
            "lat_deg": lat,
            "area_code": code,
            "people": ones * 40,
        }
    ).assign(n_umkm=ones * 3, n_facilities=0, demand_mbps=0.2, people_evidence="synthetic")
    service = pd.DataFrame({"cell_id": ids, "level": level, "cause": cause.to_numpy()}).assign(
        served_share=np.where(level == "served", 1.0, 0.0),
        n_operators=np.where(level == "served", 2, 0),
        rsrp_dbm=np.where(level == "unknown", np.nan, -60.0 - (lon - 120.0) * 60.0),
        server_bts_id=np.where(level == "served", "b0", ""),
        confidence_share=np.where(level == "unknown", 0.1, 0.9),
        is_indoor=level == "served",
        deficit_db=0.0,
    )
    return cells, service


def points(**columns: Any) -> pd.DataFrame:
    """Point table with lon_deg and lat_deg spread over the first island."""
    n = len(next(iter(columns.values())))
    t = np.linspace(0.1, 0.9, n)
    return pd.DataFrame({**columns, "lon_deg": 120.0 + t, "lat_deg": -9.4 + 0.3 * t})


def make_inputs(
    names: tuple[str, ...] = ("Kabupaten Barat", "Kabupaten Timur", "Kota Pulau"), **changes: Any
) -> MapInputs:
    """A whole page of this world; ``changes`` replace fields."""
    areas = admin(names)
    grid = Grid(119.9, -8.9, 0.01, 70, 200)
    cells, service = cells_and_service(grid, areas)
    lon, _ = grid.lon_lat(np.zeros(200, dtype=int), np.arange(200))
    signal = np.tile((-60.0 - (lon - 120.0) * 60.0).astype(np.float32), (70, 1))
    signal[:, lon > 121.0] = np.nan
    fields: dict[str, Any] = {
        "title_id": "Pulau Contoh",
        "title_en": "Example Islands",
        "date": "2025-11-20",
        "grid": grid,
        "facts": facts(areas),
        "admin": areas,
        "areas": scores(areas),
        "coast": gpd.GeoDataFrame(geometry=[shapely.box(119.9, -9.6, 121.1, -8.9), island(121.6, -9.2, 0.3)], crs=4326),
        "cells": cells,
        "service": service,
        "coverage_rsrp_dbm": Raster(grid, signal, "dbm"),
        "coverage_operator": Raster(grid, np.where(np.isnan(signal), -1, 0).astype(np.int16), "class"),
        "coverage_operators": (names[0],),
        "coverage_sinr_db": Raster(grid, signal + 100.0, "db"),
        "coverage_probability_share": Raster(grid, np.clip((signal + 130.0) / 40.0, 0.0, 1.0), "share"),
        **networks(names),
        **planned(names),
        "notices": (Notice("synthetic"), Notice("confidence", {"threshold": 0.5})),
        "credits": ("Natural Earth", names[1]),
        "run_hash": "0123456789ab",
        "is_synthetic": True,
    }
    return MapInputs(**{**fields, **changes})


def scores(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Scores of all levels and of two hexagons; one part is unknown."""
    codes = [*areas["code"], "868c160d7ffffff", "868c1609fffffff"]
    levels = [*areas["level"], "hexagon", "hexagon"]
    frame = pd.DataFrame({"area_level": levels, "area_code": codes})
    score = np.linspace(5.0, 80.0, len(frame))
    frame = frame.assign(score=score, score_low=score - 2.0, score_high=score + 3.0)
    return frame.assign(raw_three_t=0.5, part_three_t=0.5, weight_three_t=0.6, raw_lokpri=np.nan, part_lokpri=np.nan)


def networks(names: tuple[str, ...]) -> dict[str, Any]:
    """Stations, fiber, nodes, satellite and gateway."""
    bts = points(bts_id=["b0", "b1", "b2"], operator=list(names), technology=["4G", "2G", "4G"])
    bts = bts.assign(status=["on_air", "on_air", "inactive"], band_mhz=1800.0, height_m=42.0, backhaul="fiber")
    lines = [shapely.LineString([(120.1, -9.3), (120.9, -9.2)]), shapely.LineString([(120.9, -9.2), (121.6, -9.2)])]
    fiber = gpd.GeoDataFrame(
        {"fiber_id": ["f0", "f1"], "name": list(names[:2]), "kind": ["land", "sea"], "status": "in_service"},
        geometry=lines,
        crs=4326,
    ).assign(owner="", evidence=["observed", "schematic"], source="")
    nodes = points(node_id=["n0"], name=[names[0]], kind=["pop"]).assign(
        capacity_mbps=np.nan, evidence="observed", source=""
    )
    gateway = points(gateway_id=["g0"], name=[names[2]], satellite_id=["SATRIA-1"]).assign(
        evidence="observed", source=""
    )
    beam = {"satellite_id": ["SATRIA-1"], "beam_id": [names[0]], "orbit_deg": [146.0], "band": ["Ka"]}
    satellite = pd.DataFrame(beam).assign(capacity_mbps=6000.0, committed_mbps=4100.0, evidence="estimate", source="")
    schematic = {"evidence": "schematic", "source": names[1]}
    outline = gpd.GeoDataFrame(satellite.assign(**schematic), geometry=[island(120.6, -9.2, 0.5)], crs=4326)
    forbidden = {
        "exclusion_id": ["x0", "x1"],
        "kind": ["protected", "hazard"],
        "name": list(names[:2]),
        "max_height_m": 0.0,
    }
    areas = [shapely.box(120.0, -9.5, 120.2, -9.3), shapely.box(120.7, -9.4, 120.9, -9.1)]
    exclusions = gpd.GeoDataFrame(pd.DataFrame(forbidden).assign(**schematic), geometry=areas, crs=4326)
    texts = {"backhaul_mbps": 100.0, "samples": np.nan, "evidence": "synthetic", "source": names[1]}
    return {
        "bts": bts.assign(**texts),
        "fiber": fiber,
        "fiber_nodes": nodes,
        "gateways": gateway,
        "satellite": satellite,
        "beams": outline,
        "exclusions": exclusions,
    }


def planned(names: tuple[str, ...]) -> dict[str, Any]:
    """Two sites with links, candidates, a survey, a proposal, a quarantined row and a measurement."""
    why = [json.dumps(reason(names[0])), names[1]]
    sites = points(site_id=["c0", "c1"], candidate_id=["c0", "c1"], name=list(names[1:]), why=why).assign(
        area_code=["99.02.01.2001", "99.01.02.2001"], site_type="macro_42m", status="indicative",
        backhaul=["fiber", "microwave_7ghz"], backhaul_path=["c0>n0", "c1>b0"], access_mode="road", option_id="o",
        n_umkm_new=[8.0, 4.0], people_new=[80.0, 40.0], demand_mbps=2.0, capacity_mbps=50.0, capex_idr=1.2e9,
        opex_idr_per_year=2e8, cost_idr=2.1e9,
    )  # fmt: skip
    links = pd.DataFrame({"link_id": ["l0", "l1"], "from_id": ["c0", "c1"], "to_id": ["n0", "b0"]}).assign(
        technology=["fiber", "microwave_7ghz"], length_km=9.0, sea_km=0.0, capacity_mbps=100.0, load_mbps=3.0,
        capex_idr=1e8, opex_idr_per_year=1e7, cost_idr=2e8, from_lon_deg=[120.1, 120.9], from_lat_deg=[-9.37, -9.13],
        to_lon_deg=[120.5, 120.1], to_lat_deg=[-9.25, -9.37],
    )  # fmt: skip
    candidates = points(candidate_id=["c0", "c1", "c2"], generator=["clusters", "proposals", names[0]]).assign(
        name=list(names), access_mode="road", elevation_m=[10.0, np.nan, 300.0], excluded_because=["", "", "slope"]
    )
    survey = points(area_code=["99.03.01.2001"], rank=[1], settle_with=["drive_test"])
    survey = survey.assign(n_umkm_unknown=95.0, people_unknown=950.0, confidence_share=0.1)
    proposal = points(proposal_id=["p0"], name=[names[0]], requested_by=[names[1]]).assign(letter="", date="2025-01-02")
    faulty = points(kind=["bts"], reason_id=[names[0]], reason_en=[names[2]], file=[names[1]], line=[7])
    measured = points(rsrp_dbm=[-90.0, -112.0], operator=[names[0], ""]).assign(
        date="2025-02-03", cell_id="", evidence="observed", source=""
    )
    rejected = pd.DataFrame({"candidate_id": ["c2"], "reason": [names[0]]})
    return {
        "sites": sites, "links": links, "candidates": candidates, "surveys": survey, "proposals": proposal,
        "quarantined": faulty, "measurements": measured, "rejected": rejected, "plan": {"ceiling_idr": 5e9},
    }  # fmt: skip


def reason(name: str) -> dict[str, Any]:
    """Why of a site, as the plan writes it, with one key nobody knows."""
    possible = [
        {"kind": "fiber", "cost_idr": 3e8, "mbps": None},
        {"kind": "satellite", "beam": name, "cost_idr": 9e8, "mbps": 8.0, "has_room": False},
    ]
    return {
        "new": {"umkm": 8.0, "people": 80.0, "facilities": 0.0, "umkm_offline": 6.0},
        "only_here": 7.5,
        "cost_idr": {"structure": 9e8, "access": 3e8, "operation": 6e8, "fiber": 3e8, "total": 2.1e9},
        "backhaul": {"chosen": "fiber", "path": ["c0", "n0"], "possible": possible},
        "alternative": {"option_id": "c2:small_cell", "weight": 5.0, "cost_idr": 9e8},
        "decision": {"decision_id": "d1", "text": f"force: {name} (Bupati)"},
        "ceiling_left_idr": 8e8,
        "something_new_km": 4.5,
    }


def umkm_points(n: int, seed: int = 5) -> pd.DataFrame:
    """Very many points of enterprises in the settled half of the first island."""
    rng = np.random.default_rng(seed)
    towns = rng.uniform((120.05, -9.45), (120.95, -9.05), (400, 2))
    place = towns[rng.integers(0, 400, n)] + rng.normal(0.0, 0.02, (n, 2))
    return pd.DataFrame(
        {
            "lon_deg": np.round(place[:, 0], 4),
            "lat_deg": np.round(place[:, 1], 4),
            "level": rng.choice(LEVELS, n, p=[0.5, 0.2, 0.2, 0.1]),
            "digital": rng.choice(["offline", "online"], n),
            "sector": rng.choice(list("ACGI"), n),
        }
    )


def frontier(names: tuple[str, ...] = ("Kabupaten Barat", "Kabupaten Timur", "Kota Pulau")) -> dict[str, Any]:
    """Plans at three ceilings: no site, the first site, both; the last is the ceiling of `planned`."""
    plan = planned(names)
    sites = plan["sites"].assign(year=[2026, 2028], payer=["bakti", names[0]], funding_source="uso")
    links = plan["links"].assign(year=[2026, 2028])
    points = pd.DataFrame(
        {
            "point": [0, 1, 2], "ceiling_idr": [1e9, 2.5e9, 5e9], "spent_idr": [0.0, 2.1e9, 4.2e9],
            "value": [0.0, 8.0, 12.0], "bound": [3.0, 9.0, 12.5], "gap_share": [1.0, 0.11, 0.04], "n_sites": [0, 1, 2],
            "umkm": [0.0, 8.0, 12.0], "people": [0.0, 80.0, 120.0], "desa": [0, 1, 2], "facilities": [0, 0, 1],
            "is_nested": True,
        }
    )  # fmt: skip
    return {
        "sites": sites, "links": links, "frontier_points": points,
        "frontier_sites": pd.concat([sites.iloc[:1].assign(point=1), sites.assign(point=2)], ignore_index=True),
        "frontier_links": pd.concat([links.iloc[:1].assign(point=1), links.assign(point=2)], ignore_index=True),
    }  # fmt: skip


def served_by(grid: Grid, name: str = "Telko") -> dict[str, Any]:
    """Two servers, the first serving the west of the grid and the second the rest, with the signal of two operators."""
    half = np.zeros(grid.shape, dtype=np.int32)
    half[:, 100:] = 1
    level = np.where(half == 0, -90.0, -100.0).astype(np.float32)
    servers = pd.DataFrame({"bts_id": ["b0", "b1", "b2"], "operator": [name, "Lain", "Lain"]}).assign(
        technology="4G", height_m=42.0, band_mhz=900.0, zero_loss_dbm=30.0, needed_dbm=[-110.0, -104.0, -110.0], load_share=[0.4, 1.6, np.nan],
        lon_deg=[120.3, 121.3, np.nan], lat_deg=[-9.3, -9.2, -9.0],
    )  # fmt: skip
    return {
        "servers": servers,
        "coverage_server": Raster(grid, half, "class"),
        "coverage_second": Raster(grid, 1 - half, "class"),
        "coverage_lead_db": Raster(grid, np.where(half == 0, 7.4, np.nan).astype(np.float32), "db"),
        "coverage_by_operator": {name: Raster(grid, level, "dbm"), "Lain": Raster(grid, level - 6.0, "dbm")},
        "coverage_operators": (name, "Lain"),
        "threshold_dbm": -110.0,
    }
