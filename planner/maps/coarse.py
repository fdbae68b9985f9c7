"""Joins demand cells into larger squares, so that a nation fits on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.grid import Grid

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["coarser_cells"]


def coarser_cells(
    cells: pd.DataFrame, service: pd.DataFrame, grid: Grid, most: int
) -> tuple[pd.DataFrame, pd.DataFrame, Grid]:
    """Demand cells joined into larger squares until at most ``most`` are left.

    Counts are summed; level, cause, server and area are those of the square's heaviest cell (UMKM, then people); the
    share served is weighed by UMKM.
    """
    factor, grouped = 1, cells
    while len(grouped) > most:
        factor *= 2
        square = (cells["row"] // factor) * grid.n_cols + cells["col"] // factor
        grouped = square.drop_duplicates().to_frame()
    if factor == 1:
        return cells, service, grid
    return _joined_cells(cells, service, grid, factor)


def _joined_cells(
    cells: pd.DataFrame, service: pd.DataFrame, grid: Grid, factor: int
) -> tuple[pd.DataFrame, pd.DataFrame, Grid]:
    n_rows, n_cols = -(-grid.n_rows // factor), -(-grid.n_cols // factor)
    coarse = Grid(grid.west_deg, grid.north_deg, grid.pixel_deg * factor, n_rows, n_cols)
    told = service.drop(columns=[name for name in service.columns if name in cells.columns and name != "cell_id"])
    both = cells.merge(told, on="cell_id")
    both = both.assign(fine_id=both["cell_id"], row=both["row"] // factor, col=both["col"] // factor)
    both = both.assign(cell_id=both["row"] * n_cols + both["col"], of_served=both["served_share"] * both["n_umkm"])
    heaviest = both.sort_values(
        ["cell_id", "n_umkm", "people", "fine_id"], ascending=[True, False, False, True], kind="stable"
    ).drop_duplicates("cell_id")
    sums = both.groupby("cell_id", sort=True)[["people", "n_umkm", "n_facilities", "of_served"]].sum()
    served = np.where(sums["n_umkm"] > 0, sums["of_served"] / sums["n_umkm"].clip(lower=1e-9), heaviest["served_share"])
    counted = heaviest.assign(**{name: sums[name].to_numpy() for name in ("people", "n_umkm", "n_facilities")})
    counted = counted.assign(served_share=np.clip(served, 0.0, 1.0)).reset_index(drop=True)
    lon, lat = coarse.lon_lat(counted["row"].to_numpy(), counted["col"].to_numpy())
    counted = counted.assign(lon_deg=lon, lat_deg=lat)
    return counted[[*cells.columns]], counted[["cell_id", *(n for n in told.columns if n != "cell_id")]], coarse
