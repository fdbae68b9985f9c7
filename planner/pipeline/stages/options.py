"""Prices every site type at every candidate and computes whom it would reach."""

from __future__ import annotations

import numpy as np

from planner.pipeline.artifacts import read_grid, read_table, write_json, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import (
    clutter_m,
    cost_spec,
    cover_db,
    layer,
    radio_spec,
    read_land,
    service_spec,
    site_specs,
)
from planner.plan.options import make_options, with_covers
from planner.radio.covers import covers
from planner.radio.link_budget import station_budgets
from planner.radio.planned import planned_mbps
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
    grid = read_grid(context.inputs["frame"])
    sent = made.transmitters.assign(technology=made.frame["technology"].to_numpy())
    budgets = station_budgets(sent, radio, grid.pixel_m)
    is_indoor = service_spec(scenario).place == "indoor"
    found = covers(
        sent.assign(limit_dbm=budgets.indoor_limit_dbm if is_indoor else budgets.limit_dbm),
        cells.iloc[lacking].reset_index(drop=True),
        grid=grid,
        spec=radio,
        terrain=layer(context, "terrain"),
        clutter_m=clutter_m(context),
        land=read_land(context.inputs["frame"]),
        cover_db=cover_db(context, radio),
    )
    demand = cells["demand_mbps"].to_numpy(dtype=np.float64)[lacking]
    technology = made.frame["technology"].to_numpy(dtype=str)
    mbps = planned_mbps(made.frame["radio_mbps"].to_numpy(dtype=np.float64), found, demand, technology, radio)
    frame = with_covers(made.frame, found.indptr).assign(radio_mbps=mbps)
    write_table(context.folder / "options.parquet", check_frame(frame, TABLES["options"], "options"))
    np.save(context.folder / "indptr.npy", found.indptr)
    np.save(context.folder / "indices.npy", lacking[found.indices].astype(np.int32))
    write_json(context.folder / "note.json", {"n_options": len(frame), "n_covers": len(found.indices)})
