"""Small grounds, specs and stations for the tests of the radio room."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd

from planner.catalog import read_spec
from planner.grid import Grid, Raster
from planner.radio.link import RadioLink
from planner.specs.radio import RadioSpec
from planner.units import pixel_deg_for

PIXEL_DEG = pixel_deg_for(300.0)


@functools.cache
def _default() -> RadioSpec:
    return read_spec(RadioSpec, "radio", "default")


def spec(**changes: Any) -> RadioSpec:
    """The shipped assumptions, with some fields replaced."""
    if not changes:
        return _default()
    fields = {name: getattr(_default(), name) for name in RadioSpec.model_fields}
    return RadioSpec(**{**fields, **changes})


def link(
    frequency_mhz: float = 900.0, tx_height_m: float = 42.0, rx_height_m: float = 1.5, **changes: Any
) -> RadioLink:
    """A link in Indonesian air."""
    return RadioLink(
        frequency_mhz, tx_height_m, rx_height_m, **{"delta_n": 50.0, "n0": 380.0, "latitude_deg": -8.5, **changes}
    )


def grid(n_rows: int = 80, n_cols: int = 90) -> Grid:
    """Pixels of about 300 m on Flores."""
    return Grid(121.0, -8.5, PIXEL_DEG, n_rows, n_cols)


def relief(frame: Grid, seed: int = 3) -> np.ndarray:
    """Hills of up to some hundred metres, below zero in places."""
    rng = np.random.default_rng(seed)
    row, col = np.mgrid[0 : frame.n_rows, 0 : frame.n_cols]
    height = np.zeros(frame.shape)
    for _ in range(12):
        angle, phase = rng.uniform(0.0, 2.0 * np.pi, 2)
        wave = rng.uniform(0.08, 0.5)
        height += rng.normal() * np.cos(wave * (np.cos(angle) * row + np.sin(angle) * col) + phase) / wave
    return (120.0 + 18.0 * height).astype(np.float32)


def ground(frame: Grid, seed: int = 3) -> tuple[Raster, Raster, np.ndarray]:
    """Terrain, clutter heights and land of an island with woods."""
    height = relief(frame, seed)
    land = height > 0.0
    woods = np.where((relief(frame, seed + 1) > 130.0) & land, 15.0, 0.0).astype(np.float32)
    return Raster(frame, np.where(land, height, 0.0).astype(np.float32), "m"), Raster(frame, woods, "m"), land


def stations(frame: Grid, count: int, seed: int = 5, **columns: Any) -> pd.DataFrame:
    """Stations at random places of the grid, of two operators and all technologies."""
    rng = np.random.default_rng(seed)
    west, south, east, north = frame.bounds_deg
    table = {
        "bts_id": [f"b{i:03d}" for i in range(count)],
        "operator": rng.choice(["Merak", "Nuri"], count),
        "technology": rng.choice(["2G", "3G", "4G", "5G"], count, p=[0.1, 0.1, 0.7, 0.1]),
        "band_mhz": rng.choice([900.0, 1800.0, 2100.0], count),
        "height_m": rng.choice([32.0, 42.0, 72.0], count),
        "power_dbm": 43.0,
        "gain_dbi": 15.0,
        "azimuth_deg": rng.choice([np.nan, 0.0, 120.0, 240.0], count),
        "bandwidth_mhz": 10.0,
        "n_sectors": 3,
        "status": rng.choice(["on_air", "inactive", "contracted"], count, p=[0.8, 0.15, 0.05]),
        "lon_deg": rng.uniform(west, east, count),
        "lat_deg": rng.uniform(south, north, count),
    }
    return pd.DataFrame({**table, **columns})
