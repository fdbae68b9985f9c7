"""Prices every site type at every candidate and computes whom it would reach."""

from __future__ import annotations

import numpy as np

from planner.pipeline.artifacts import read_grid, read_table, write_json, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import clutter_m, cost_spec, layer, radio_spec, read_land, site_specs
from planner.plan.options import make_options, with_covers
from planner.radio.covers import covers
from planner.schema import TABLES, check_frame

__all__ = ["run"]


def run(context: StageContext) -> None:
    """Make the options and their covers over the cells that lack service."""
    scenario = context.scenario
    radio = radio_spec(scenario)
    cells = read_table(context.inputs["cells"] / "cells.parquet")
    service = read_table(context.inputs["service"] / "service.parquet")
    made = make_options(
        read_table(context.inputs["candidates"] / "candidates.parquet"),
        site_specs(scenario),
        cost_spec(scenario),
        radio=radio,
        bts=layer(context, "bts"),
        power=layer(context, "power"),
    )
    lacking = np.flatnonzero(service["level"].isin(["limited", "unserved"]).to_numpy())
    found = covers(
        made.transmitters,
        cells.iloc[lacking].reset_index(drop=True),
        grid=read_grid(context.inputs["frame"]),
        spec=radio,
        terrain=layer(context, "terrain"),
        clutter_m=clutter_m(context),
        land=read_land(context.inputs["frame"]),
        threshold_dbm=radio.threshold_dbm,
    )
    frame = with_covers(made.frame, found.indptr)
    write_table(context.folder / "options.parquet", check_frame(frame, TABLES["options"], "options"))
    np.save(context.folder / "indptr.npy", found.indptr)
    np.save(context.folder / "indices.npy", lacking[found.indices].astype(np.int32))
    write_json(context.folder / "note.json", {"n_options": len(frame), "n_covers": len(found.indices)})
