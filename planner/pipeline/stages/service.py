"""Turns signal, capacity and evidence into a level of service for each demand cell."""

from __future__ import annotations

import numpy as np

from planner.pipeline.artifacts import read_grid, read_json, read_table, write_json, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import layer
from planner.pipeline.stages._signal import coverage_tiles, with_busy_share
from planner.pipeline.stages._specs import radio_spec, service_spec
from planner.schema import TABLES, check_frame
from planner.service import SignalAtCells, confidence, join_signals, judge, server_table, signal_at_cells

__all__ = ["run"]


def run(context: StageContext) -> None:
    """Judge every cell and load every station."""
    scenario = context.scenario
    cells = read_table(context.inputs["cells"] / "cells.parquet")
    radio, pixel_m = radio_spec(scenario), read_grid(context.inputs["frame"]).pixel_m
    bts = with_busy_share(context, layer(context, "bts"), radio)
    parts = [signal_at_cells(tile, cells) for tile in coverage_tiles(context.inputs["coverage"])]
    signal = join_signals(parts) if parts else _silence(len(cells))
    spec = service_spec(scenario)
    declared = {
        source.source: source.completeness_share
        for source in scenario.sources("bts")
        if source.completeness_share is not None
    }
    sure = confidence(cells, bts, completeness_share=_by_source(declared), spec=spec)
    service, load = judge(cells, bts, signal, confidence_share=sure, radio=radio, spec=spec, pixel_m=pixel_m)
    servers = server_table(bts, load, radio=radio, pixel_m=pixel_m)
    write_table(context.folder / "service.parquet", check_frame(service, TABLES["service"], "service"))
    write_table(context.folder / "bts_load.parquet", check_frame(load, TABLES["bts_load"], "bts_load"))
    write_table(context.folder / "servers.parquet", check_frame(servers, TABLES["servers"], "servers"))
    levels = {str(name): int(n) for name, n in service["level"].value_counts().sort_index().items()}
    loads = read_json(context.inputs["loads"] / "note.json") if "loads" in context.inputs else {}
    write_json(context.folder / "note.json", {"n_cells_by_level": levels, "loads": loads})


def _by_source(declared: dict[str, float]) -> dict[str, float] | float | None:
    """Completeness by the ``source`` of the rows; one number where the only source has no name."""
    if set(declared) == {""}:
        return declared[""]
    return declared or None


def _silence(n_cells: int) -> SignalAtCells:
    return SignalAtCells((), np.empty((0, n_cells), dtype=np.float32), np.empty((0, n_cells), dtype=np.int32))
