"""Small worlds with known truth for the tests of demand, service, score and facts."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.catalog import read_spec
from planner.demand import DemandInputs
from planner.grid import Grid
from planner.radio.coverage import CoverageGroup
from planner.schema import layer
from planner.service import SignalAtCells
from planner.specs.demand import DemandSpec
from planner.specs.radio import RadioSpec
from planner.specs.service import ServiceSpec

PIXEL_DEG = 0.01  # about 1.1 km


def grid(n_rows: int = 10, n_cols: int = 10) -> Grid:
    """North-west corner at 120° E, 8° S."""
    return Grid(120.0, -8.0, PIXEL_DEG, n_rows, n_cols)


def empty(kind: str) -> pd.DataFrame:
    """A layer without rows."""
    types = {"text": "str", "number": "float64", "integer": "float64", "flag": "boolean", "date": "str"}
    names = {column.name: pd.Series([], dtype=types[column.dtype]) for column in layer(kind).columns}
    return pd.DataFrame(names)


def table(kind: str, /, **columns: Any) -> pd.DataFrame:
    """A layer with some columns given and the declared defaults elsewhere."""
    n = max(len(v) for v in columns.values() if not isinstance(v, (str, float, int, bool)))
    frame = {}
    for column in layer(kind).columns:
        value = columns.get(column.name, column.default)
        if column.dtype in ("number", "integer"):
            frame[column.name] = pd.Series(np.broadcast_to(np.nan if value is None else value, n), dtype="float64")
        elif column.dtype == "flag":
            frame[column.name] = pd.Series([bool(value)] * n if np.isscalar(value) or value is None else list(value))
        else:
            values = ["" if value is None else value] * n if np.isscalar(value) or value is None else list(value)
            frame[column.name] = pd.Series(values, dtype="str")
    return pd.DataFrame(frame)


def box_admin(boxes: dict[str, tuple[float, float, float, float]], **people: float) -> gpd.GeoDataFrame:
    """Areas from boxes ``(first column, last column + 1, first row, last row + 1)`` of `grid`."""
    levels = ("provinsi", "kabupaten", "kecamatan", "desa")
    frame = grid()
    rows = []
    for code, (c0, c1, r0, r1) in boxes.items():
        west, east = frame.west_deg + c0 * PIXEL_DEG, frame.west_deg + c1 * PIXEL_DEG
        north, south = frame.north_deg - r0 * PIXEL_DEG, frame.north_deg - r1 * PIXEL_DEG
        rows.append(
            {
                "code": code,
                "bps_code": "",
                "name": f"area {code}",
                "level": levels[code.count(".")],
                "parent_code": code.rpartition(".")[0],
                "people": people.get(code.replace(".", "_"), np.nan),
                "lon_deg": (west + east) / 2,
                "lat_deg": (north + south) / 2,
                "source": "test",
                "evidence": "observed",
                "geometry": shapely.box(west, south, east, north),
            }
        )
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")


def two_desa() -> gpd.GeoDataFrame:
    """A provinsi, a kabupaten and a kecamatan over 10 × 10 pixels, with a desa in each half."""
    whole = (0, 10, 0, 10)
    return box_admin(
        {
            "53": whole,
            "53.01": whole,
            "53.01.01": whole,
            "53.01.01.2001": (0, 5, 0, 10),
            "53.01.01.2002": (5, 10, 0, 10),
        }
    )


def demand_spec(**changes: Any) -> DemandSpec:
    """The default demand model."""
    return read_spec(DemandSpec, "demand", "default", overrides=changes)


def service_spec(**changes: Any) -> ServiceSpec:
    """The default service model."""
    return read_spec(ServiceSpec, "service", "default", overrides=changes)


def radio_spec(**changes: Any) -> RadioSpec:
    """The default radio model."""
    return read_spec(RadioSpec, "radio", "default", overrides=changes)


def umkm_at(rows: list[int], cols: list[int], **columns: Any) -> pd.DataFrame:
    """Enterprises at pixel centres."""
    lon, lat = grid().lon_lat(np.array(rows), np.array(cols))
    ids = [f"u{i:03d}" for i in range(len(rows))]
    return table("umkm", **{"umkm_id": ids, "lon_deg": lon, "lat_deg": lat, **columns})


def inputs(**changes: Any) -> DemandInputs:
    """Demand inputs of the 10 × 10 world, all land, nobody there."""
    frame = grid()
    base: dict[str, Any] = {
        "grid": frame,
        "land": np.ones(frame.shape, dtype=bool),
        "admin": two_desa(),
        "umkm": empty("umkm"),
        "umkm_counts": empty("umkm_counts"),
        "population": None,
        "population_counts": empty("population_counts"),
        "facilities": empty("facilities"),
        "spec": demand_spec(),
    }
    return DemandInputs(**{**base, **changes})


def cells(n: int, **columns: Any) -> pd.DataFrame:
    """Demand cells along the first rows of `grid`, one person each unless said otherwise."""
    frame = grid()
    row, col = np.divmod(np.arange(n), frame.n_cols)
    lon, lat = frame.lon_lat(row, col)
    base: dict[str, Any] = {
        "cell_id": np.arange(n),
        "row": row,
        "col": col,
        "lon_deg": lon,
        "lat_deg": lat,
        "area_code": pd.Series(["53.01.01.2001"] * n, dtype="str"),
        "people": np.ones(n),
        "n_umkm": np.zeros(n),
        "n_umkm_offline": np.zeros(n),
        "n_umkm_online": np.zeros(n),
        "n_umkm_small": np.zeros(n),
        "n_umkm_priority_sector": np.zeros(n),
        "n_umkm_observed": np.zeros(n),
        "n_facilities": np.zeros(n, dtype=np.int64),
        "demand_mbps": np.ones(n),
        "people_evidence": pd.Series(["observed"] * n, dtype="str"),
        "n_facilities_main": np.zeros(n, dtype=np.int64),
    }
    return pd.DataFrame({**base, **columns})


def bts(n: int, **columns: Any) -> pd.DataFrame:
    """Stations 1 km apart: 4G of one operator, 20 MHz in three sectors, on air, backhaul unknown."""
    base: dict[str, Any] = {
        "bts_id": [f"b{i:02d}" for i in range(n)],
        "operator": "A",
        "technology": "4G",
        "band_mhz": 900.0,
        "power_dbm": 43.0,
        "gain_dbi": 15.0,
        "bandwidth_mhz": 20.0,
        "n_sectors": 3.0,
        "lon_deg": 120.0 + 0.01 * np.arange(n),
        "lat_deg": np.full(n, -8.0),
        "source": "register",
    }
    return table("bts", **{**base, **columns})


def service_of(levels: list[str], **columns: Any) -> pd.DataFrame:
    """Service table with given levels; the cause follows the level."""
    cause = {"served": "", "limited": "cell_capacity", "unserved": "signal", "unknown": "no_data"}
    n = len(levels)
    base: dict[str, Any] = {
        "cell_id": np.arange(n),
        "level": pd.Series(levels, dtype="str"),
        "cause": pd.Series([cause[level] for level in levels], dtype="str"),
        "rest_cause": pd.Series([""] * n, dtype="str"),
        "served_share": np.array([1.0 if level == "served" else 0.0 for level in levels]),
        "n_operators": np.array([1 if level in ("served", "limited") else 0 for level in levels]),
        "rsrp_dbm": np.full(n, np.nan),
        "server_bts_id": pd.Series([""] * n, dtype="str"),
        "confidence_share": np.ones(n),
        "is_indoor": np.zeros(n, dtype=bool),
        "n_operators_indoor": np.zeros(n, dtype=np.int64),
        "sinr_db": np.full(n, np.nan),
        "probability_share": np.full(n, np.nan),
        "deficit_db": np.zeros(n),
    }
    return pd.DataFrame({**base, **columns})


def signal(
    groups: list[tuple[str, str]], servers: list[list[int]], rsrp_dbm: Any = -90.0, interference_dbm: Any = np.nan
) -> SignalAtCells:
    """Signal of each group at each cell, and the interference of its carrier (NaN: none); −1 for no server."""
    server = np.array(servers, dtype=np.int32).reshape(len(groups), -1)
    level = np.where(server >= 0, np.broadcast_to(np.asarray(rsrp_dbm, dtype=np.float64), server.shape), np.nan)
    other = np.where(server >= 0, np.broadcast_to(np.asarray(interference_dbm, dtype=np.float64), server.shape), np.nan)
    return SignalAtCells(
        tuple(CoverageGroup(*group) for group in groups), level.astype(np.float32), server, other.astype(np.float32)
    )
