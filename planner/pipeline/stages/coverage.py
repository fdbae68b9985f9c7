"""Computes the signal of every station on air over terrain, tile by tile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.geo import tiles
from planner.grid import Grid, Raster
from planner.pipeline.artifacts import read_grid, write_bands, write_json
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import BEST_BANDS, clutter_m, layer, radio_spec, read_land
from planner.radio.coverage import CoverageGroup, coverage, coverage_groups
from planner.radio.surface import halo_pixels

__all__ = ["parts", "run_part", "warm"]

IMPORTS = ("planner.radio.propagation.p1812", "rasterio")

TILE_SIDE = 1024


def warm() -> None:
    """Compile what other processes then find compiled, while this one has nothing to make."""
    from planner.radio.warm import compile_kernels

    compile_kernels()


def parts(context: StageContext) -> list[str]:
    """Blocks of the grid that hold land, named by their first row and column."""
    grid = read_grid(context.inputs["frame"])
    land = read_land(context.inputs["frame"])
    return [
        f"{row:06d}-{col:06d}"
        for row, col, tile in tiles(grid, TILE_SIDE)
        if land[row : row + tile.n_rows, col : col + tile.n_cols].any()
    ]


def run_part(context: StageContext, part: str) -> None:
    """Signal and best server of each operator on one tile."""
    grid = read_grid(context.inputs["frame"])
    row, col = (int(text) for text in part.split("-"))
    tile = grid.window(row, col, min(TILE_SIDE, grid.n_rows - row), min(TILE_SIDE, grid.n_cols - col))
    spec = radio_spec(context.scenario)
    bts = layer(context, "bts")
    terrain = layer(context, "terrain")
    land = Raster(grid, read_land(context.inputs["frame"]), "land")
    halo = 0 if terrain is None else halo_pixels(spec, grid.pixel_deg)
    block = (row - halo, col - halo, row + tile.n_rows + halo, col + tile.n_cols + halo)
    found = coverage(
        bts,
        tile,
        spec=spec,
        terrain=_cut(terrain, grid, block),
        clutter_m=_cut(clutter_m(context), grid, block),
        land=_cut(land, grid, block).values,  # type: ignore[union-attr]  # a raster in gives a raster
        groups=coverage_groups(bts),
    )
    names = tuple(f"{group.kind}|{group.operator}" for group in found.groups)
    if names:
        shape = (len(names), *tile.shape)
        signal = np.round(found.rsrp_dbm.reshape(shape), 1).astype(np.float32)
        write_bands(context.folder / f"rsrp-{part}.tif", tile, signal, names=names)
        write_bands(context.folder / f"server-{part}.tif", tile, found.server.reshape(shape), names=names)
        best = best_broadband(found.groups, signal, found.server)
        write_bands(context.folder / f"best-{part}.tif", tile, best, names=BEST_BANDS)
    note = {"model": found.model, "groups": list(names), "left_out": list(found.left_out), "n_filled": found.n_filled}
    write_json(context.folder / f"tile-{part}.json", note)


def best_broadband(
    groups: tuple[CoverageGroup, ...], rsrp_dbm: NDArray[np.float32], server: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Best 4G or 5G signal over all operators, its operator's number among them, its station; NaN where none is."""
    wanted = [k for k, group in enumerate(groups) if group.kind == "broadband"]
    best = np.full((3, *rsrp_dbm.shape[1:]), np.nan, dtype=np.float32)
    for number, k in enumerate(wanted):  # the first of equals stays
        with np.errstate(invalid="ignore"):
            better = (rsrp_dbm[k] > best[0]) | (np.isnan(best[0]) & ~np.isnan(rsrp_dbm[k]))
        best[0][better] = rsrp_dbm[k][better]
        best[1][better] = number
        best[2][better] = server[k][better]
    return best


def _cut(raster: Raster | None, grid: Grid, block: tuple[int, int, int, int]) -> Raster | None:
    """Window of a raster on the run's grid, clipped to it."""
    if raster is None:
        return None
    top, left, bottom, right = (
        max(block[0], 0),
        max(block[1], 0),
        min(block[2], grid.n_rows),
        min(block[3], grid.n_cols),
    )
    values = raster.values[top:bottom, left:right]
    return Raster(grid.window(top, left, bottom - top, right - left), values, raster.unit)
