"""Tiles of the stage `coverage` on disk and back: levels in tenths of a decibel, servers as rows of the layer bts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.grid import Grid
from planner.pipeline.artifacts import read_bands, read_json
from planner.radio.coverage import Carrier, Coverage, CoverageGroup, Edges

__all__ = [
    "BEST_BANDS", "NO_LEVEL", "TILE_SIDE", "best_tiles", "carrier_tiles", "coverage_edges", "coverage_model", "coverage_tiles",
    "group_names", "tenths",
]  # fmt: skip

TILE_SIDE = 1024
"""Pixels of a side of a tile: the unit of work, of memory and of resuming."""

NO_LEVEL = -32768
"""Stands for no level in the rasters of tenths of a decibel."""

BEST_BANDS = ("rsrp_dbm", "operator", "station", "second_dbm", "second_station", "interference_dbm")
"""Bands of the best 4G or 5G signal over all operators, a file a tile.

``operator`` counts the operators, ``station`` and ``second_station`` are rows of the layer bts (and of the table
``servers`` of the stage `service`), −1 where there is none; the margin between servers is rsrp less second.
"""


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


def coverage_tiles(folder: Path, at: tuple[int, int] | None = None) -> Iterator[Coverage]:
    """Tiles of the stage `coverage`, in order, without the power of the carriers (`carrier_tiles`).

    ``at`` asks for the tile that holds a row and column of the run's grid alone.
    """
    for note, part in _tile_notes(folder):
        first = [int(text) for text in part.split("-")]
        if at is not None and not all(0 <= a - f < TILE_SIDE for a, f in zip(at, first, strict=True)):
            continue
        grid, signal, _ = read_bands(folder / f"signal-{part}.tif")
        _, server, _ = read_bands(folder / f"server-{part}.tif")
        groups = tuple(CoverageGroup(*reversed(name.split("|", 1))) for name in note["groups"])
        level, n, wide = _levels(signal), len(groups), sum(group.kind == "broadband" for group in groups)
        yield Coverage(
            grid, groups, level[:n], server[:n], note["model"], tuple(note["left_out"]), note["n_filled"],
            level[n : n + wide], server[n:], level[n + wide :], edges=Edges(note["n_edge"], note["n_edge_above"]),
        )  # fmt: skip


def carrier_tiles(folder: Path) -> Iterator[tuple[Grid, tuple[Carrier, ...], NDArray[np.float32]]]:
    """Per tile of the stage `coverage`: grid, carriers, and the power of all cells of each, dBm (NaN: none)."""
    for note, part in _tile_notes(folder):
        names = [name.split("|", 2) for name in note["carriers"]]
        if names:
            grid, bands, _ = read_bands(folder / f"carrier-{part}.tif")
            yield grid, tuple(Carrier(operator, kind, float(band)) for kind, band, operator in names), _levels(bands)
