"""Puts people, UMKM and facilities on the grid: the demand cells."""

from __future__ import annotations

from planner.catalog import read_spec
from planner.demand import DemandInputs, build_demand
from planner.grid import Lattice
from planner.pipeline.artifacts import read_grid, write_json, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import built_up, layer, layer_notes, read_land
from planner.schema import TABLES, check_frame
from planner.specs.demand import DemandSpec

__all__ = ["run"]


def run(context: StageContext) -> None:
    """Build the demand cells and say where each enterprise and facility lies."""
    frame = context.inputs["frame"]
    model = context.scenario.demand
    raster = layer_notes(context).get("population", {"evidence": {}})
    lattice = Lattice(**raster["lattice"]) if "lattice" in raster else None
    demand = build_demand(
        DemandInputs(
            grid=read_grid(frame),
            land=read_land(frame),
            admin=layer(context, "admin"),
            umkm=layer(context, "umkm"),
            umkm_counts=layer(context, "umkm_counts"),
            population=layer(context, "population"),
            population_counts=layer(context, "population_counts"),
            facilities=layer(context, "facilities"),
            spec=read_spec(DemandSpec, "demand", model.model, overrides=model.overrides),
            priority_sectors=context.scenario.options.priority_sectors,
            population_evidence=next(iter(raster["evidence"]), "observed"),
            lattice=lattice,
            built=None if lattice is None else built_up(context),
        )
    )
    write_table(context.folder / "cells.parquet", check_frame(demand.cells, TABLES["cells"], "cells"))
    write_table(context.folder / "umkm_cells.parquet", demand.umkm_cells)
    write_table(context.folder / "facility_cells.parquet", demand.facility_cells)
    write_json(context.folder / "note.json", {"n_cells": len(demand.cells), **demand.report.to_json()})
