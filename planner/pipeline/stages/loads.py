"""Finds how long each station sends in the busy hour where loads are iterated: from the demand of the cells it serves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.pipeline.artifacts import read_grid, read_table, write_json, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import clutter_m, cover_db, layer, read_land
from planner.pipeline.stages._specs import radio_spec, service_spec
from planner.pipeline.stages.reach import station_reach_km
from planner.radio.covers import covers
from planner.radio.link_budget import element_noise_dbm
from planner.service.links import busy_shares

__all__ = ["run"]

_BELOW_NOISE_DB = 20.0
"""A station so far below the noise adds a hundredth of it at most."""


def run(context: StageContext) -> None:
    """Levels of every 4G and 5G station at the demand cells, and the loads that agree with each other."""
    radio, grid = radio_spec(context.scenario), read_grid(context.inputs["frame"])
    cells = read_table(context.inputs["cells"] / "cells.parquet")
    bts = layer(context, "bts")
    bts = bts.assign(radius_km=station_reach_km(context), station=np.arange(len(bts)))
    counted = bts.loc[bts["status"].isin(("on_air", "inactive"))]
    reach = counted.groupby(["lon_deg", "lat_deg"])["radius_km"].transform("max")  # one radius a place
    is_wide = (counted["status"] == "on_air") & counted["technology"].isin(("4G", "5G"))
    sent = counted.assign(radius_km=reach, limit_dbm=element_noise_dbm(radio.noise_figure_db) - _BELOW_NOISE_DB)
    sent = sent.loc[is_wide].reset_index(drop=True)
    heard = covers(
        sent,
        cells,
        grid=grid,
        spec=radio,
        terrain=layer(context, "terrain"),
        clutter_m=clutter_m(context),
        land=read_land(context.inputs["frame"]),
        cover_db=cover_db(context, radio),
    )
    spec = service_spec(context.scenario)
    busy, found = busy_shares(sent, cells, heard, radio=radio, spec=spec, pixel_m=grid.pixel_m)
    table = pd.DataFrame({"station": sent["station"].to_numpy(), "busy_share": busy})
    write_table(context.folder / "loads.parquet", table)
    note = {
        "n_stations": len(table),
        "n_full": int((busy >= 1.0).sum()),
        "mean_share": float(busy.mean()) if len(busy) else 0.0,
        "n_rounds": found.n_rounds,
        "gap_share": found.gap_share,
        "is_converged": found.is_converged,
    }
    write_json(context.folder / "note.json", note)
