"""Computes the signal of every station on air over terrain, tile by tile."""

from __future__ import annotations

import numpy as np

from planner.catalog import read_spec
from planner.geo import tiles
from planner.grid import Raster
from planner.pipeline.artifacts import read_grid, write_bands, write_json
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import ground, layer
from planner.radio.clutter import clutter_height_m
from planner.radio.coverage import coverage, coverage_groups
from planner.specs.radio import ClutterSpec, RadioSpec

__all__ = ["parts", "run_part"]

TILE_SIDE = 512


def parts(context: StageContext) -> list[str]:
    """Blocks of the grid, named by their first row and column."""
    grid = read_grid(context.inputs["frame"])
    return [f"{row:06d}-{col:06d}" for row, col, _ in tiles(grid, TILE_SIDE)]


def run_part(context: StageContext, part: str) -> None:
    """Signal and best server of each operator on one tile."""
    grid, land, terrain, clutter = ground(context)
    row, col = (int(text) for text in part.split("-"))
    tile = grid.window(row, col, min(TILE_SIDE, grid.n_rows - row), min(TILE_SIDE, grid.n_cols - col))
    here = land[row : row + tile.n_rows, col : col + tile.n_cols]
    bts = layer(context, "bts")
    model = context.scenario.radio
    spec = read_spec(RadioSpec, "radio", model.model, overrides=model.overrides)
    heights = None
    if clutter is not None:
        heights = Raster(grid, clutter_height_m(clutter.values, read_spec(ClutterSpec, "radio", "clutter")), "m")
    found = coverage(bts, tile, spec=spec, terrain=terrain, clutter_m=heights, land=here, groups=coverage_groups(bts))
    names = tuple(f"{group.kind}|{group.operator}" for group in found.groups)
    signal = np.round(found.rsrp_dbm.reshape(len(names), *tile.shape), 1).astype(np.float32)
    write_bands(context.folder / f"rsrp-{part}.tif", tile, signal, names=names)
    write_bands(context.folder / f"server-{part}.tif", tile, found.server.reshape(len(names), *tile.shape), names=names)
    write_json(context.folder / f"tile-{part}.json", {"model": found.model, "groups": list(names)})
