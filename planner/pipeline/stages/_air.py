"""Signal and interference of the options at the demand cells, on disk and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.pipeline.artifacts import read_json, write_json
from planner.pipeline.stages._signal import carrier_tiles
from planner.radio.covers import Covers
from planner.radio.planned import Air
from planner.specs.radio import RadioSpec

__all__ = ["carrier_names", "existing_dbm", "read_air", "write_air"]

_ARRAYS = (
    "indptr",
    "indices",
    "level_dbm",
    "late_dbm",
    "existing_dbm",
    "carrier",
    "n_sectors",
    "full_mbps",
    "asked_mbps",
)


def carrier_names(stations: pd.DataFrame) -> NDArray[np.str_]:
    """Name of each station's carrier: cells of one name interfere."""
    named = zip(stations["operator"], stations["technology"], stations["band_mhz"], strict=True)
    return np.array([f"{operator}|{kind}|{band:g}" for operator, kind, band in named], dtype=str)


def existing_dbm(coverage: Path, cells: pd.DataFrame) -> dict[str, NDArray[np.float64]]:
    """Power of the existing cells at the demand cells, by name of the carrier; NaN where there is none."""
    lon, lat = cells["lon_deg"].to_numpy(dtype=np.float64), cells["lat_deg"].to_numpy(dtype=np.float64)
    found: dict[str, NDArray[np.float64]] = {}
    for grid, carriers, power in carrier_tiles(coverage):
        row, col = grid.row_col(lon, lat)
        held = np.flatnonzero(grid.contains(row, col))
        for k, item in enumerate(carriers):
            name = f"{item.operator}|{item.technology}|{item.band_mhz:g}"
            level = found.setdefault(name, np.full(len(cells), np.nan))
            level[held] = power[k][row[held], col[held]]
    return found


def write_air(folder: Path, air: Air) -> None:
    """Keep the air of the options, with the radio model it was reckoned with."""
    arrays: tuple[NDArray[np.generic], ...] = (
        air.heard.indptr, air.heard.indices, air.heard.rsrp_dbm, air.heard.disturbing_dbm, air.existing_dbm, air.carrier, air.n_sectors,
        air.full_mbps, air.asked_mbps,
    )  # fmt: skip
    for name, values in zip(_ARRAYS, arrays, strict=True):
        np.save(folder / f"air_{name}.npy", values)
    write_json(folder / "air.json", air.radio.model_dump(mode="json"))


def read_air(options: Path) -> Air | None:
    """What `write_air` wrote; None where interference is not modelled."""
    if not (options / "air.json").is_file():
        return None
    held = {name: np.load(options / f"air_{name}.npy", allow_pickle=False) for name in _ARRAYS}
    technology = pd.read_parquet(options / "options.parquet", columns=["technology"])["technology"]
    return Air(
        Covers(held["indptr"], held["indices"], held["level_dbm"], held["late_dbm"]), held["existing_dbm"], held["carrier"],
        technology.to_numpy(dtype=str), held["n_sectors"], held["full_mbps"], held["asked_mbps"],
        RadioSpec.model_validate(read_json(options / "air.json")),
    )  # fmt: skip
