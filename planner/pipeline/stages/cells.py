"""Puts people, UMKM and facilities on the grid: the demand cells."""

from __future__ import annotations

from planner.catalog import read_spec
from planner.demand import build_cells
from planner.pipeline.artifacts import read_grid, write_json, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import layer, read_land
from planner.schema import TABLES, check_frame
from planner.specs.demand import DemandSpec

__all__ = ["run"]


def run(context: StageContext) -> None:
    """Build the demand cells and say where each enterprise lies."""
    frame = context.inputs["frame"]
    model = context.scenario.demand
    cells, umkm_cells = build_cells(
        grid=read_grid(frame),
        land=read_land(frame),
        admin=layer(context, "admin"),
        umkm=layer(context, "umkm"),
        umkm_counts=layer(context, "umkm_counts"),
        population=layer(context, "population"),
        population_counts=layer(context, "population_counts"),
        facilities=layer(context, "facilities"),
        spec=read_spec(DemandSpec, "demand", model.model, overrides=model.overrides),
    )
    write_table(context.folder / "cells.parquet", check_frame(cells, TABLES["cells"], "cells"))
    write_table(context.folder / "umkm_cells.parquet", umkm_cells)
    write_json(context.folder / "note.json", {"n_cells": len(cells), **cells.attrs})
