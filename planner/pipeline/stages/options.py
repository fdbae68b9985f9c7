"""Prices every site type at every candidate and computes whom it would reach, and at what rates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.grid import Raster
from planner.pipeline.artifacts import read_grid, read_table, write_json, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._air import carrier_names, existing_dbm, write_air
from planner.pipeline.stages._frame import clutter_m, cover_db, layer, read_land
from planner.pipeline.stages._specs import cost_spec, radio_spec, service_spec, site_specs
from planner.plan.options import Options, make_options, operators_of, with_covers
from planner.radio.covers import Covers, covers
from planner.radio.link_budget import Budgets, station_budgets
from planner.radio.planned import Air, alone_efficiency, full_mbps, planned_mbps
from planner.radio.radius import planned_radius_km
from planner.schema import TABLES, check_frame
from planner.specs.radio import RadioSpec

__all__ = ["run"]


def run(context: StageContext) -> None:
    """Make the options, their covers over the cells that lack service, and the air they would share."""
    scenario = context.scenario
    radio = radio_spec(scenario)
    cells = read_table(context.inputs["cells"] / "cells.parquet")
    service = read_table(context.inputs["service"] / "service.parquet")
    bts = layer(context, "bts")
    made = make_options(
        read_table(context.inputs["candidates"] / "candidates.parquet"),
        site_specs(scenario),
        cost_spec(scenario),
        radio=radio,
        bts=bts,
        power=layer(context, "power"),
    )
    made = _with_operators(made, bts)
    lacking = np.flatnonzero(service["level"].isin(["limited", "unserved"]).to_numpy())
    terrain = layer(context, "terrain")
    made = _followed(context, made, radio, terrain)
    sent = made.transmitters.assign(technology=made.frame["technology"].to_numpy())
    budgets = station_budgets(sent, radio, read_grid(context.inputs["frame"]).pixel_m)
    limit = budgets.indoor_limit_dbm if service_spec(scenario).place == "indoor" else budgets.limit_dbm
    heard = _heard(context, sent, cells.iloc[lacking].reset_index(drop=True), radio, limit, terrain)
    heard = replace(heard, indices=lacking[heard.indices].astype(np.int32))
    option = np.repeat(np.arange(len(sent)), np.diff(heard.indptr))
    reaches = heard.rsrp_dbm >= limit[option].astype(np.float32)
    frame = made.frame
    if radio.interference == "modelled":
        air = _air(context, made, heard, (cells, service), (radio, budgets, limit))
        rate = alone_efficiency(air)
        reaches &= rate > 0.0
        frame = frame.assign(radio_mbps=planned_mbps(frame["radio_mbps"].to_numpy(dtype=float), air, rate, reaches))
        write_air(context.folder, air)
    indptr = np.append(0, np.cumsum(np.bincount(option[reaches], minlength=len(sent)))).astype(np.int64)
    frame = with_covers(frame, indptr)
    write_table(context.folder / "options.parquet", check_frame(frame, TABLES["options"], "options"))
    np.save(context.folder / "indptr.npy", indptr)
    np.save(context.folder / "indices.npy", heard.indices[reaches])
    write_json(context.folder / "note.json", {"n_options": len(frame), "n_covers": int(reaches.sum())})


def _with_operators(made: Options, bts: pd.DataFrame) -> Options:
    """The options with the operator each would stand for and the cells behind it."""
    asked = made.frame.assign(band_mhz=made.transmitters["band_mhz"].to_numpy())
    return Options(made.frame.assign(operator=pd.Series(operators_of(asked, bts), dtype="str")), made.transmitters)


def _followed(context: StageContext, made: Options, radio: RadioSpec, terrain: Raster | None) -> Options:
    """The options with the reach of those that follow their mast, as existing stations do."""
    sent = made.transmitters
    radius = planned_radius_km(
        sent.assign(technology=made.frame["technology"].to_numpy()),
        spec=radio,
        terrain=terrain if radio.radius_km == 0.0 else None,
        land=read_land(context.inputs["frame"]),
        pixel_m=read_grid(context.inputs["frame"]).pixel_m,
    )
    return Options(made.frame.assign(radius_km=radius), sent.assign(radius_km=radius))


def _heard(
    context: StageContext, sent: pd.DataFrame, cells: pd.DataFrame, radio: RadioSpec, limit_dbm: NDArray[np.float64],
    terrain: Raster | None,
) -> Covers:  # fmt: skip
    """Levels of the options at cells: down to the floor where they count as interference."""
    least = np.full(len(sent), radio.floor_dbm) if radio.interference == "modelled" else limit_dbm
    return covers(
        sent.assign(limit_dbm=least),
        cells,
        grid=read_grid(context.inputs["frame"]),
        spec=radio,
        terrain=terrain,
        clutter_m=clutter_m(context),
        land=read_land(context.inputs["frame"]),
        cover_db=cover_db(context, radio),
    )


def _air(
    context: StageContext, made: Options, heard: Covers, tables: tuple[pd.DataFrame, pd.DataFrame],
    radiated: tuple[RadioSpec, Budgets, NDArray[np.float64]],
) -> Air:  # fmt: skip
    """What the options share: carriers, the existing network's power on them, demand that is not served."""
    (cells, service), (radio, budgets, limit) = tables, radiated
    option = np.repeat(np.arange(len(made.frame)), np.diff(heard.indptr))
    sent = made.transmitters
    technology = made.frame["technology"].to_numpy(dtype=str)
    names, carrier = np.unique(
        carrier_names(sent.assign(technology=technology, operator=made.frame["operator"])), return_inverse=True
    )
    existing = np.full(heard.indices.size, np.nan, dtype=np.float32)
    for name, level in existing_dbm(context.inputs["coverage"], cells).items():
        mine = np.flatnonzero(names[carrier[option]] == name) if name in names else np.zeros(0, dtype=np.int64)
        existing[mine] = level[heard.indices[mine]]
    n_sectors = made.frame["n_sectors"].to_numpy(dtype=np.int64)
    rest = np.where(service["level"].isin(["limited", "unserved"]), 1.0 - service["served_share"], 0.0)
    entry = np.zeros(len(sent)) + (limit - budgets.limit_dbm)  # indoors signal and interference lose the same wall
    return Air(
        Covers(heard.indptr, heard.indices, *_behind_wall(heard, entry[option])),
        (existing - entry[option]).astype(np.float32), carrier.astype(np.int64), technology, n_sectors,
        full_mbps(sent["bandwidth_mhz"].to_numpy(dtype=float), n_sectors, technology, radio),
        cells["demand_mbps"].to_numpy(dtype=np.float64) * rest, radio,
    )  # fmt: skip


def _behind_wall(
    heard: Covers, entry_db: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """Levels of service and of interference behind what a wall takes of each."""
    late = None if heard.late_dbm is None else (heard.late_dbm - entry_db).astype(np.float32)
    return (heard.rsrp_dbm - entry_db).astype(np.float32), late
