"""Tiles of the stage `coverage` on disk and back: levels in tenths of a decibel, servers as rows of the layer bts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.grid import Grid
from planner.pipeline.artifacts import read_bands, read_json, read_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import read_land
from planner.pipeline.stages._picture import stand_ins
from planner.radio.coverage import Carrier, Coverage, CoverageGroup, Edges
from planner.specs.radio import RadioSpec

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "BEST_BANDS", "NO_LEVEL", "best_tiles", "carrier_tiles", "coverage_edges", "coverage_model", "coverage_of_pixel", "coverage_tiles",
    "group_names", "picture_levels", "tenths", "tile_side", "with_busy_share",
]  # fmt: skip

_TILE_SIDE = 1024

NO_LEVEL = -32768
"""Stands for no level in the rasters of tenths of a decibel."""

BEST_BANDS = ("rsrp_dbm", "operator", "station", "second_dbm", "second_station", "interference_dbm")
"""Bands of the best 4G or 5G signal over all operators, a file a tile.

``operator`` counts the operators, ``station`` and ``second_station`` are rows of the layer bts (and of the table
``servers`` of the stage `service`), −1 where there is none; the margin between servers is rsrp less second.
"""


def tile_side(step: int) -> int:
    """Pixels of a side of a tile, the unit of work, of memory and of resuming: whole blocks of the picture."""
    return _TILE_SIDE // step * step


def tenths(level_db: NDArray[np.float32]) -> NDArray[np.int16]:
    """Levels as whole tenths of a decibel; NaN becomes `NO_LEVEL`."""
    found = np.rint(level_db * np.float32(10.0))
    found[np.isnan(found)] = NO_LEVEL
    whole: NDArray[np.int16] = found.astype(np.int16)
    return whole


def _levels(tenth_db: NDArray[Any]) -> NDArray[np.float32]:
    """Levels from tenths of a decibel."""
    return np.where(tenth_db == NO_LEVEL, np.float32(np.nan), tenth_db.astype(np.float32) / np.float32(10.0))


def group_names(groups: tuple[CoverageGroup, ...]) -> list[str]:
    """Names of groups in files."""
    return [f"{group.kind}|{group.operator}" for group in groups]


def best_tiles(folder: Path) -> Iterator[tuple[Grid, NDArray[np.float32], tuple[str, ...]]]:
    """Per tile of the stage `coverage`: grid, the `BEST_BANDS` (NaN where none), and the operators their numbers mean."""
    for note, part in _tile_notes(folder):
        operators = tuple(name.split("|", 1)[1] for name in note["groups"] if name.startswith("broadband|"))
        if operators:
            grid, bands, _ = read_bands(folder / f"best-{part}.tif")
            found = bands.astype(np.float32)
            for i, name in enumerate(BEST_BANDS):
                found[i] = _levels(bands[i]) if name.endswith("_dbm") else np.where(bands[i] < 0, np.nan, found[i])
            yield grid, found, operators


def coverage_model(folder: Path) -> str:
    """Propagation model of the stage `coverage`; empty where nothing was computed."""
    return next((str(note["model"]) for note, _ in _tile_notes(folder)), "")


def coverage_edges(folder: Path) -> Edges:
    """What happens at the rim of the stations' radius, over all tiles."""
    return sum((Edges(note["n_edge"], note["n_edge_above"]) for note, _ in _tile_notes(folder)), Edges())


def _tile_notes(folder: Path) -> Iterator[tuple[dict[str, Any], str]]:
    for path in sorted(folder.glob("tile-*.json")):
        note = read_json(path)
        if note["groups"]:
            yield note, path.stem.removeprefix("tile-")


def coverage_tiles(folder: Path) -> Iterator[Coverage]:
    """Tiles of the stage `coverage` as service judges them, in order, without the power of the carriers.

    Where the picture is coarser than the grid, only the demand cells hold levels.
    """
    for note, part in _tile_notes(folder):
        if note["step"] == 1:
            yield _picture(folder, note, part)
            continue
        table = read_table(folder / f"cells-{part}.parquet")
        if len(table):
            grid, signal = _laid_out(table, note, "signal")
            yield _coverage(grid, note, signal, _laid_out(table, note, "server")[1])


def picture_levels(folder: Path) -> Iterator[tuple[Grid, CoverageGroup, NDArray[np.float32]]]:
    """Best level of each tile and group of the stage `coverage` as maps draw it, dBm: every pixel, or one a block."""
    for note, part in _tile_notes(folder):
        grid, signal, _ = read_bands(folder / f"signal-{part}.tif", n_bands=len(note["groups"]))
        for group, level in zip(_groups(note), signal, strict=True):
            yield grid, group, _levels(level)


def coverage_of_pixel(folder: Path, frame: Path, at: tuple[int, int]) -> tuple[Coverage, tuple[int, int]] | None:
    """Coverage of one pixel of the run's grid on a grid of its own, and row and column of the pixel that was predicted.

    That is the pixel asked for, or the one that stands for its block (`stand_ins`). None outside the tiles.

    Parameters
    ----------
    folder, frame
        Artifacts of the stages `coverage` and `frame`.
    at
        Row and column on the run's grid.
    """
    for note, part in _tile_notes(folder):
        first = [int(text) for text in part.split("-")]
        row, col = (a - f for a, f in zip(at, first, strict=True))
        tile, step = Grid(*note["grid"]), int(note["step"])
        if not (0 <= row < tile.n_rows and 0 <= col < tile.n_cols):
            continue
        held = read_table(folder / f"cells-{part}.parquet") if step > 1 else None
        if held is not None and (mine := (held["row"] == row) & (held["col"] == col)).any():
            bands = (_laid_out(held.loc[mine], note, "signal")[1], _laid_out(held.loc[mine], note, "server")[1])
        else:
            block = row // step, col // step
            alone = (*block, block[0] + 1, block[1] + 1)
            signal, server = (read_bands(folder / f"{kind}-{part}.tif", alone)[1] for kind in ("signal", "server"))
            bands = (_levels(signal), server)
            if step > 1:
                row, col = _stand_in(frame, first, tile, step, block, (row, col))
        return _coverage(tile.window(row, col, 1, 1), note, *bands), (first[0] + row, first[1] + col)
    return None


def _stand_in(
    frame: Path, first: list[int], tile: Grid, step: int, block: tuple[int, int], at: tuple[int, int]
) -> tuple[int, int]:
    """The pixel of a tile that stands for a block; ``at`` itself where the block has no land."""
    top, left = first[0] + block[0] * step, first[1] + block[1] * step
    bottom, right = min(top + step, first[0] + tile.n_rows), min(left + step, first[1] + tile.n_cols)
    rows, cols = stand_ins(read_land(frame, (top, left, bottom, right)), step)
    return at if rows[0, 0] < 0 else (block[0] * step + int(rows[0, 0]), block[1] * step + int(cols[0, 0]))


def _picture(folder: Path, note: dict[str, Any], part: str) -> Coverage:
    grid, signal, _ = read_bands(folder / f"signal-{part}.tif")
    return _coverage(grid, note, _levels(signal), read_bands(folder / f"server-{part}.tif")[1])


def _groups(note: dict[str, Any]) -> tuple[CoverageGroup, ...]:
    return tuple(CoverageGroup(*reversed(name.split("|", 1))) for name in note["groups"])


def _coverage(grid: Grid, note: dict[str, Any], level: NDArray[Any], server: NDArray[Any]) -> Coverage:
    groups = _groups(note)
    n, wide = len(groups), sum(group.kind == "broadband" for group in groups)
    return Coverage(
        grid, groups, level[:n], server[:n], note["model"], tuple(note["left_out"]), note["n_filled"],
        level[n : n + wide], server[n:], level[n + wide :], edges=Edges(note["n_edge"], note["n_edge_above"]),
    )  # fmt: skip


def _laid_out(table: pd.DataFrame, note: dict[str, Any], kind: str) -> tuple[Grid, NDArray[Any]]:
    """Columns of a table of cells as bands of the smallest part of its tile that holds them: levels in dB, or servers."""
    names = [name for name in table.columns if name.startswith(kind)]
    row, col = table["row"].to_numpy(), table["col"].to_numpy()
    top, left = int(row.min()), int(col.min())
    grid = Grid(*note["grid"]).window(top, left, int(row.max()) + 1 - top, int(col.max()) + 1 - left)
    is_server = kind == "server"
    bands = np.full((len(names), *grid.shape), -1 if is_server else np.nan, dtype=np.int32 if is_server else np.float32)
    for band, name in zip(bands, names, strict=True):
        values = table[name].to_numpy()
        band[row - top, col - left] = values if is_server else _levels(values)
    return grid, bands


def with_busy_share(context: StageContext, bts: pd.DataFrame, radio: RadioSpec) -> pd.DataFrame:
    """The layer bts with the share of the time each station sends: that of the stage `loads`, or one for all."""
    busy = np.full(len(bts), radio.load_share)
    if "loads" in context.inputs:
        table = read_table(context.inputs["loads"] / "loads.parquet")
        busy[table["station"].to_numpy()] = table["busy_share"].to_numpy()
    return bts.assign(busy_share=busy)


def carrier_tiles(folder: Path) -> Iterator[tuple[Grid, tuple[Carrier, ...], NDArray[np.float32]]]:
    """Per tile of the stage `coverage`: grid, carriers, and the power of all cells of each, dBm (NaN: none).

    Where the picture is coarser than the grid, only the demand cells hold levels.
    """
    for note, part in _tile_notes(folder):
        names = [name.split("|", 2) for name in note["carriers"]]
        carriers = tuple(Carrier(operator, kind, float(band)) for kind, band, operator in names)
        if names and note["step"] == 1:
            grid, bands, _ = read_bands(folder / f"carrier-{part}.tif")
            yield grid, carriers, _levels(bands)
        elif names and len(table := read_table(folder / f"cells-{part}.parquet")):
            grid, power = _laid_out(table, note, "carrier")
            yield grid, carriers, power
