"""Computes the signal of every station on air over terrain, tile by tile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.geo import tiles
from planner.grid import Grid
from planner.pipeline.artifacts import read_grid, read_table, write_bands, write_json, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import clutter_m, cover_db, layer, raster_layer, read_land
from planner.pipeline.stages._picture import picture_grid, stand_ins
from planner.pipeline.stages._signal import BEST_BANDS, NO_LEVEL, group_names, tenths, tile_side, with_busy_share
from planner.pipeline.stages._specs import picture_step, radio_spec
from planner.pipeline.stages.reach import station_reach_km
from planner.radio.coverage import Coverage, coverage
from planner.radio.surface import halo_pixels

if TYPE_CHECKING:
    import pandas as pd

Pixels = tuple[NDArray[np.int64], NDArray[np.int64]]

__all__ = ["parts", "run_part", "warm"]

IMPORTS = ("planner.radio.propagation.p1812", "rasterio")


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
        for row, col, tile in tiles(grid, tile_side(_step(context, grid)))
        if land[row : row + tile.n_rows, col : col + tile.n_cols].any()
    ]


def run_part(context: StageContext, part: str) -> None:
    """Signal, servers and interference on one tile.

    Three files a tile, levels in whole tenths of a decibel (`NO_LEVEL` where none), servers as rows of the layer bts:
    ``signal`` holds RSRP by group, then second best and interference by operator's 4G and 5G; ``server`` best by
    group, then second best; ``carrier`` the power of all cells of each carrier. ``best`` is what the map packs: the
    bands of `BEST_BANDS` over all operators (`best_tiles` reads them). What a row of the layer is (place, band, EIRP,
    limits, load) stands in the table ``servers`` of the stage `service`.

    Where the grid is finer than the picture (`_picture`), these files hold a pixel a block, without ``carrier``, and
    ``cells`` is the table of the same numbers at the demand cells.
    """
    grid = read_grid(context.inputs["frame"])
    step = _step(context, grid)
    row, col = (int(text) for text in part.split("-"))
    side = tile_side(step)
    tile = grid.window(row, col, min(side, grid.n_rows - row), min(side, grid.n_cols - col))
    wanted = None if step == 1 else _wanted(context, tile, (row, col), step)
    found = _predict(context, tile, (row, col), grid, None if wanted is None else wanted.at)
    if found.groups and wanted is None:
        _write(context.folder, part, found)
    elif found.groups and wanted is not None:
        _write(context.folder, part, _taken(found, picture_grid(tile, step), wanted.blocks))
        write_table(context.folder / f"cells-{part}.parquet", _cell_table(found, wanted))
    note = {
        "model": found.model,
        "groups": group_names(found.groups),
        "carriers": [f"{item.technology}|{item.band_mhz:g}|{item.operator}" for item in found.carriers],
        "left_out": list(found.left_out),
        "n_filled": found.n_filled,
        "n_edge": found.edges.n_pixels,
        "n_edge_above": found.edges.n_above,
        "step": step,
        "grid": [tile.west_deg, tile.north_deg, tile.pixel_deg, tile.n_rows, tile.n_cols],
    }
    write_json(context.folder / f"tile-{part}.json", note)


def _step(context: StageContext, grid: Grid) -> int:
    return picture_step(radio_spec(context.scenario), grid.pixel_m)


def _predict(context: StageContext, tile: Grid, first: tuple[int, int], grid: Grid, at: Pixels | None) -> Coverage:
    """Coverage of a tile, or of pixels of it, with as much ground around it as its answer rests on."""
    spec = radio_spec(context.scenario)
    halo = halo_pixels(spec, grid.pixel_deg) if "layer:terrain" in context.inputs else 0
    block = (first[0] - halo, first[1] - halo, first[0] + tile.n_rows + halo, first[1] + tile.n_cols + halo)
    bts = layer(context, "bts")
    return coverage(
        with_busy_share(context, bts, spec).assign(radius_km=station_reach_km(context)),
        tile,
        spec=spec,
        terrain=raster_layer(context, "terrain", block),
        clutter_m=clutter_m(context, block),
        land=read_land(context.inputs["frame"], block),
        cover_db=cover_db(context, spec, block),
        at=at,
    )


@dataclass(frozen=True, eq=False)
class _Wanted:
    """Pixels of a tile that are predicted, and which of them stand for blocks and for demand cells.

    ``blocks`` has the shape of the picture (−1: no land); ``cells`` goes with ``cell_at``, rows and columns on the tile.
    """

    at: Pixels
    blocks: NDArray[np.int64]
    cells: NDArray[np.int64]
    cell_at: Pixels


def _wanted(context: StageContext, tile: Grid, first: tuple[int, int], step: int) -> _Wanted:
    """Demand cells of a tile and the pixels that stand for its blocks."""
    row, col = first
    land = read_land(context.inputs["frame"], (row, col, row + tile.n_rows, col + tile.n_cols))
    rows, cols = stand_ins(land, step)
    table = read_table(context.inputs["cells"] / "cells.parquet", columns=("row", "col"))
    down, right = table["row"].to_numpy() - row, table["col"].to_numpy() - col
    held = tile.contains(down, right)
    cell = down[held] * tile.n_cols + right[held]
    block = np.where(rows >= 0, rows * tile.n_cols + cols, -1)
    pixels = np.union1d(cell, block[block >= 0])
    return _Wanted(
        at=(pixels // tile.n_cols, pixels % tile.n_cols),
        blocks=np.where(block >= 0, np.searchsorted(pixels, block), -1),
        cells=np.searchsorted(pixels, cell),
        cell_at=(down[held], right[held]),
    )


def _taken(found: Coverage, grid: Grid, which: NDArray[np.int64]) -> Coverage:
    """A list of pixels laid out on a grid; nothing where ``which`` is negative."""

    def level(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.where(which >= 0, values[:, 0][:, which], np.float32(np.nan))

    def server(values: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.where(which >= 0, values[:, 0][:, which], np.int32(-1))

    return replace(
        found, grid=grid, rsrp_dbm=level(found.rsrp_dbm), server=server(found.server), second_dbm=level(found.second_dbm),
        second_server=server(found.second_server), interference_dbm=level(found.interference_dbm), carriers=(),
        carrier_dbm=np.empty((0, *which.shape), np.float32),
    )  # fmt: skip


def _cell_table(found: Coverage, wanted: _Wanted) -> pd.DataFrame:
    """Bands of the files of a tile as columns, a row a demand cell; ``row, col`` on the tile."""
    import pandas as pd

    columns: dict[str, NDArray[Any]] = dict(zip(("row", "col"), wanted.cell_at, strict=True))
    signal, servers = _signal_bands(found), _server_bands(found)
    for name, bands in (("signal", signal), ("server", servers), ("carrier", tenths(found.carrier_dbm))):
        columns |= {f"{name}{i}": band[0, wanted.cells] for i, band in enumerate(bands)}
    return pd.DataFrame(columns)


def _signal_bands(found: Coverage) -> NDArray[np.int16]:
    return np.concatenate([tenths(part) for part in (found.rsrp_dbm, found.second_dbm, found.interference_dbm)])


def _server_bands(found: Coverage) -> NDArray[np.int32]:
    return np.concatenate([found.server, found.second_server])


def _write(folder: Path, part: str, found: Coverage) -> None:
    groups = group_names(found.groups)
    wide = [groups[k] for k in found.broadband]
    signal, servers = _signal_bands(found), _server_bands(found)
    second = tuple(f"second|{name}" for name in wide)
    names = (*groups, *second, *(f"interference|{name}" for name in wide))
    write_bands(folder / f"signal-{part}.tif", found.grid, signal, names=names)
    write_bands(folder / f"server-{part}.tif", found.grid, servers, names=(*groups, *second))
    if found.carriers:
        carriers = tuple(f"{item.technology}|{item.band_mhz:g}|{item.operator}" for item in found.carriers)
        write_bands(folder / f"carrier-{part}.tif", found.grid, tenths(found.carrier_dbm), names=carriers)
    if wide:
        write_bands(folder / f"best-{part}.tif", found.grid, best_broadband(found, signal), names=BEST_BANDS)


def best_broadband(found: Coverage, tenth_dbm: NDArray[np.int16]) -> NDArray[np.int32]:
    """The `BEST_BANDS` over all operators; levels in tenths of a decibel as in ``tenth_dbm``, the file ``signal``.

    The second best is the strongest of the other operators' best and of the operator's own second best.
    """
    wide, n = found.broadband, len(found.groups)
    shape = tenth_dbm.shape[1:]
    best = np.full((len(BEST_BANDS), *shape), NO_LEVEL, dtype=np.int32)
    best[[1, 2, 4]] = -1
    for i, k in enumerate(wide):  # an operator after another; the first of equals stays
        for level, server in ((tenth_dbm[k], found.server[k]), (tenth_dbm[n + i], found.second_server[i])):
            first = level > best[0]
            after = ~first & (level > best[3])
            for target, source in ((3, best[0]), (4, best[2])):
                best[target] = np.where(first, source, best[target])
            best[3][after], best[4][after] = level[after], server[after]
            best[0][first], best[1][first], best[2][first] = level[first], i, server[first]
            best[5] = np.where(first, tenth_dbm[n + len(wide) + i], best[5])
    return best
