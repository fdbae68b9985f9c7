"""Small grounds with known truth for the tests of candidates, options and backhaul."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString, box

from planner.catalog import read_spec, spec_names
from planner.grid import Grid, Raster
from planner.plan.world import CandidateWorld
from planner.schema import LAYERS
from planner.specs.backhaul import BackhaulSpec
from planner.specs.candidates import CandidateSpec
from planner.specs.cost import CostSpec
from planner.specs.sites import SiteSpec

PIXEL_DEG = 1.0 / 370.0
GRID = Grid(west_deg=120.0, north_deg=-8.0, pixel_deg=PIXEL_DEG, n_rows=200, n_cols=400)

COST = read_spec(CostSpec, "cost", "default")
SITES = tuple(read_spec(SiteSpec, "sites", name) for name in spec_names("sites"))
BACKHAUL = {name: read_spec(BackhaulSpec, "backhaul", name) for name in spec_names("backhaul")}
CANDIDATE_SPEC = read_spec(CandidateSpec, "candidates", "default")


def with_terms(spec: BackhaulSpec, **terms: float) -> BackhaulSpec:
    fields = {name: getattr(spec, name) for name in type(spec).model_fields}
    top = {name: terms.pop(name) for name in list(terms) if name in fields}
    return BackhaulSpec(**{**fields, **top, "terms": {**spec.terms, **terms}})


def two_islands() -> np.ndarray:
    """Land of the grid: two islands, 0.1° of sea between columns 180 and 217."""
    land = np.zeros(GRID.shape, dtype=bool)
    land[10:190, 10:180] = True
    land[10:190, 217:390] = True
    return land


def frame(kind: str, rows: list[dict]) -> pd.DataFrame:
    """Rows of a layer with every declared column, defaults filled."""
    columns = LAYERS[kind].columns
    empty = {c.name: pd.Series(dtype="str" if c.dtype in ("text", "date") else "float64") for c in columns}
    if not rows:
        return pd.DataFrame(empty)
    filled = [{**{c.name: c.default if c.default is not None else np.nan for c in columns}, **row} for row in rows]
    return pd.DataFrame(filled)[[c.name for c in columns]]


def lines(rows: list[tuple[str, list[tuple[float, float]], float]]) -> gpd.GeoDataFrame:
    """Roads from (id, points, length factor)."""
    return gpd.GeoDataFrame(
        {
            "road_id": [r[0] for r in rows],
            "class": "",
            "length_factor": [r[2] for r in rows],
            "source": "",
            "evidence": "schematic",
        },
        geometry=[LineString(r[1]) for r in rows],
        crs=4326,
    )


def admin(*areas: tuple[str, str, tuple[float, float, float, float]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "code": [a[0] for a in areas], "bps_code": "", "name": [a[1] for a in areas], "level": "desa",
            "parent_code": "", "people": np.nan, "lon_deg": np.nan, "lat_deg": np.nan, "source": "", "evidence": "schematic",
        },
        geometry=[box(*a[2]) for a in areas],
        crs=4326,
    )  # fmt: skip


def shut(*areas: tuple[str, tuple[float, float, float, float], float]) -> gpd.GeoDataFrame:
    """Exclusions: kind, bounds, tallest structure (0: nothing)."""
    return gpd.GeoDataFrame(
        {
            "exclusion_id": [f"E{k}" for k in range(len(areas))], "kind": [a[0] for a in areas], "name": "",
            "max_height_m": [a[2] for a in areas], "source": "", "evidence": "schematic",
        },
        geometry=[box(*a[1]) for a in areas],
        crs=4326,
    )  # fmt: skip


def cells_at(rows, cols, umkm, *, people=None, area_code="53.01.01.2001", grid=GRID) -> pd.DataFrame:
    rows, cols = np.asarray(rows), np.asarray(cols)
    lon, lat = grid.lon_lat(rows, cols)
    umkm = np.broadcast_to(np.asarray(umkm, dtype=float), rows.shape)
    cells = pd.DataFrame(
        {
            "cell_id": grid.cell_id(rows, cols), "row": rows, "col": cols, "lon_deg": lon, "lat_deg": lat,
            "area_code": area_code, "people": umkm * 5 if people is None else people, "n_umkm": umkm,
            "n_umkm_offline": umkm, "n_umkm_online": 0.0, "n_umkm_small": 0.0, "n_umkm_priority_sector": 0.0,
            "n_umkm_observed": umkm, "n_facilities": 0, "demand_mbps": umkm * 0.1, "people_evidence": "synthetic",
        }
    )  # fmt: skip
    return cells.drop_duplicates("cell_id").sort_values("cell_id").reset_index(drop=True)


def service_of(cells: pd.DataFrame, level="unserved", share=0.0, server="") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cell_id": cells["cell_id"], "level": level, "cause": "signal", "served_share": share, "n_operators": 0,
            "rsrp_dbm": np.nan, "server_bts_id": server, "confidence_share": 1.0, "is_indoor": False, "deficit_db": 10.0,
        }
    )  # fmt: skip


def blobs(
    *centres: tuple[int, int], spread: float = 2.0, n: int = 60, seed: int = 0, weight: float = 3.0
) -> pd.DataFrame:
    """Cells around pixels (row, col), each blob with ``n`` draws."""
    rng = np.random.default_rng(seed)
    rows = np.concatenate([np.round(rng.normal(r, spread, n)) for r, _ in centres]).astype(int)
    cols = np.concatenate([np.round(rng.normal(c, spread, n)) for _, c in centres]).astype(int)
    return cells_at(np.clip(rows, 0, 199), np.clip(cols, 0, 399), weight)


def world(cells: pd.DataFrame, service: pd.DataFrame | None = None, **changes) -> CandidateWorld:
    west, south, east, north = GRID.bounds_deg
    parts = {
        "grid": GRID, "land": two_islands(), "terrain": None, "cells": cells,
        "service": service_of(cells) if service is None else service, "bts": frame("bts", []),
        "admin": admin(("53.01.01.2001", "Barat", (west, south, 120.53, north)), ("53.02.01.2001", "Timur", (120.53, south, east, north))),
        "proposals": frame("proposals", []), "facilities": frame("facilities", []), "roads": None, "spec": CANDIDATE_SPEC,
    }  # fmt: skip
    return CandidateWorld(**{**parts, **changes})


def flat(height_m: float = 50.0) -> Raster:
    return Raster(GRID, np.full(GRID.shape, height_m, dtype=np.float32), "m")


def places(positions: dict[str, tuple[float, float]], height_m: float = 42.0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "place_id": list(positions), "lon_deg": [p[0] for p in positions.values()],
            "lat_deg": [p[1] for p in positions.values()], "height_m": height_m,
        }
    )  # fmt: skip


def pops(positions: dict[str, tuple[float, float]], capacity_mbps: float = 1000.0) -> pd.DataFrame:
    return frame(
        "fiber_nodes",
        [
            {"node_id": name, "kind": "pop", "capacity_mbps": capacity_mbps, "lon_deg": p[0], "lat_deg": p[1]}
            for name, p in positions.items()
        ],
    )


def beams(*rows: tuple[str, str, float, float], orbit_deg: float = 146.0) -> pd.DataFrame:
    """Satellite layer from (satellite, beam, capacity, committed)."""
    return frame(
        "satellite",
        [
            {
                "satellite_id": r[0],
                "beam_id": r[1],
                "orbit_deg": orbit_deg,
                "band": "Ka",
                "capacity_mbps": r[2],
                "committed_mbps": r[3],
            }
            for r in rows
        ],
    )
