"""Public facilities without service: places for an internet access point (titik Akses Internet)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.plan.world import CandidateWorld, places, texts

__all__ = ["generate"]


def generate(world: CandidateWorld) -> pd.DataFrame:
    """Facilities that stand in a cell that lacks service."""
    stand = world.facilities
    level = world.service["level"]
    unserved = world.service.loc[level.isin(["limited", "unserved"]), "cell_id"].to_numpy(np.int64)
    if stand.empty or not len(unserved):
        return places("facilities")
    grid = world.grid
    lacks = np.zeros(grid.n_rows * grid.n_cols, dtype=bool)
    lacks[unserved] = True
    row, col = grid.row_col(stand["lon_deg"].to_numpy(float), stand["lat_deg"].to_numpy(float))
    inside = grid.contains(row, col)
    keep = np.zeros(len(stand), dtype=bool)
    keep[inside] = lacks[grid.cell_id(row[inside], col[inside])]
    held = stand.loc[keep]
    return places(
        "facilities",
        ref_id=held["facility_id"].to_numpy(dtype=str),
        name=texts(held["name"]),
        place_kind="facility",
        lon_deg=held["lon_deg"].to_numpy(float),
        lat_deg=held["lat_deg"].to_numpy(float),
    )
