"""Packs who serves each pixel, so that a click anywhere can say why the signal is what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.grid import Raster
from planner.maps import tables
from planner.maps.inputs import MapInputs
from planner.maps.packed import Pack
from planner.maps.rasters import MOST_NUMBERS, add_lead_raster, add_number_raster

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["add_servers"]

_COLUMNS = ("bts_id", "operator", "technology", "height_m", "band_mhz", "zero_loss_dbm", "needed_dbm", "load_share")


def add_servers(pack: Pack, inputs: MapInputs) -> dict[str, Any]:
    """Pack the servers that some pixel has, and the rasters of their numbers.

    Returns
    -------
    dict
        ``servers`` (a point table) and ``rasters`` (``server`` and, where given, ``second``); empty where the run
        holds neither, or more servers than two bytes can number.
    """
    table, first = inputs.servers, inputs.coverage_server
    if table is None or not len(table) or first is None:
        return {}
    rasters = {"server": first} | ({"second": inputs.coverage_second} if inputs.coverage_second is not None else {})
    placed = np.isfinite(table[["lon_deg", "lat_deg"]].to_numpy(float)).all(axis=1)
    used = np.unique(np.concatenate([np.unique(raster.values) for raster in rasters.values()]))
    used = used[(used >= 0) & (used < len(table))]
    used = used[placed[used]]
    if not len(used) or len(used) > MOST_NUMBERS:
        return {}
    rows: pd.DataFrame = table.iloc[used]
    packed = {name: add_number_raster(pack, _renumbered(raster, used)) for name, raster in rasters.items()}
    if inputs.coverage_lead_db is not None:
        packed["lead"] = add_lead_raster(pack, inputs.coverage_lead_db)
    return {"servers": tables.add_points(pack, rows, _COLUMNS), "rasters": packed}


def _renumbered(raster: Raster, used: NDArray[Any]) -> Raster:
    """Numbers of rows as positions among those used; −1 for the others."""
    at = np.clip(np.searchsorted(used, raster.values), 0, len(used) - 1)
    return Raster(raster.grid, np.where(used[at] == raster.values, at, -1).astype(np.int32), raster.unit)
