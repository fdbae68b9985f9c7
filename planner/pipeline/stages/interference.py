"""Reckons anew what each site of the plan carries where it serves, with all of them and the existing carriers on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.pipeline.artifacts import read_grid, read_table, write_json, write_sheet, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._air import carrier_names, existing_dbm
from planner.pipeline.stages._frame import clutter_m, cover_db, layer, read_land
from planner.pipeline.stages._signal import coverage_tiles
from planner.pipeline.stages._specs import radio_spec, service_spec, site_specs
from planner.plan.options import TRANSMITTER_COLUMNS
from planner.radio.capacity import cell_capacity_mbps
from planner.radio.covers import Covers, covers
from planner.radio.link_budget import station_budgets
from planner.radio.planned import check_sites
from planner.radio.ranges import Floats
from planner.service import join_signals, judge, signal_at_cells
from planner.service.harm import with_interference

__all__ = ["run"]


def run(context: StageContext) -> None:
    """Compare what each site serves with what interference leaves of it."""
    inputs, radio = context.inputs, radio_spec(context.scenario)
    sites = read_table(inputs["plan"] / "sites.parquet")
    cells = read_table(inputs["cells"] / "cells.parquet")
    grid = read_grid(inputs["frame"])
    beside, at = _transmitters(context, sites)
    found = covers(
        beside.assign(limit_dbm=radio.floor_dbm),
        cells,
        grid=grid,
        spec=radio,
        terrain=layer(context, "terrain"),
        clutter_m=clutter_m(context),
        land=read_land(inputs["frame"]),
        cover_db=cover_db(context, radio),
    ).only(at)
    sent = beside.iloc[at].reset_index(drop=True)
    technology = sent["technology"].to_numpy(dtype=str)
    budgets = station_budgets(sent, radio, grid.pixel_m)
    is_indoor = service_spec(context.scenario).place == "indoor"
    checked = check_sites(
        found,
        carrier_names(sent),
        technology,
        sent["n_sectors"].to_numpy(dtype=np.int64),
        served=_served(context, sites, cells),
        existing_dbm=existing_dbm(inputs["coverage"], cells),
        entry_db=budgets.indoor_limit_dbm - budgets.limit_dbm if is_indoor else np.zeros(len(sent)),
        radio=radio,
    )
    checked_mbps = cell_capacity_mbps(
        sent["bandwidth_mhz"],
        sent["n_sectors"],
        technology,
        spec=radio,
        efficiency_bps_per_hz=checked.checked_bps_per_hz,
    )
    table = pd.DataFrame(
        {
            "site_id": sites["site_id"],
            "site_type": sites["site_type"],
            "operator": sent["operator"],
            "n_cells": checked.n_cells,
            "sinr_db": checked.sinr_db,
            "planned_mbps": sent["radio_mbps"].to_numpy(dtype=np.float64),
            "checked_mbps": checked_mbps,
            "demand_mbps": sites["demand_mbps"],
            "lost_share": checked.lost_share,
        }
    )
    left = (1.0 - table["lost_share"]) * table["demand_mbps"]
    table["is_short"] = (table["checked_mbps"] < left * (1.0 - 1e-4)) | (table["lost_share"] > 1e-4)
    write_table(context.folder / "sites.parquet", table)
    write_sheet(context.publish_path("network/interference.csv"), table)
    harm = _harm(context, cells, (carrier_names(sent), found)) if radio.interference == "modelled" else {}
    write_json(context.folder / "note.json", {**_summary(table), **harm})


def _harm(
    context: StageContext, cells: pd.DataFrame, sent: tuple[np.typing.NDArray[np.str_], Covers]
) -> dict[str, float]:
    """What the existing network's users lose by the interference of the plan's sites, judged as they were before."""
    parts = [signal_at_cells(tile, cells) for tile in coverage_tiles(context.inputs["coverage"])]
    (names, heard), bts = sent, layer(context, "bts")
    servers = read_table(context.inputs["service"] / "servers.parquet")
    bts = bts.assign(busy_share=servers["busy_share"].to_numpy())
    if not parts or not len(names):
        return {}
    power = 10.0 ** (heard.disturbing_dbm.astype(np.float64) / 10.0)
    of_site = np.repeat(names, np.diff(heard.indptr))
    added = {
        str(name): np.bincount(heard.indices[of_site == name], power[of_site == name], minlength=len(cells)).astype(
            np.float64
        )
        for name in np.unique(names)
    }
    after, _ = judge(
        cells,
        bts,
        with_interference(join_signals(parts), carrier_names(bts), added),
        confidence_share=np.ones(len(cells)),
        radio=radio_spec(context.scenario),
        spec=service_spec(context.scenario),
        pixel_m=read_grid(context.inputs["frame"]).pixel_m,
    )
    before = read_table(context.inputs["service"] / "service.parquet")["served_share"].to_numpy(dtype=np.float64)
    lost = before - after["served_share"].to_numpy(dtype=np.float64)
    return {
        f"existing_lost_{unit}": float((lost * cells[column].to_numpy(dtype=np.float64)).sum())
        for unit, column in (("umkm", "n_umkm"), ("people", "people"), ("mbps", "demand_mbps"))
    }


def _summary(table: pd.DataFrame) -> dict[str, float]:
    """How many sites fall short, and the share of what they serve that is carried."""
    asked = table["demand_mbps"]
    left = (1.0 - table["lost_share"]) * asked
    carried = np.fmin(table["checked_mbps"], left).sum()
    total = float(asked.sum())
    return {
        "n_sites": len(table),
        "n_short": int(table["is_short"].sum()),
        "demand_mbps": total,
        "carried_share": float(carried / total) if total > 0.0 else 1.0,
    }


def _served(
    context: StageContext, sites: pd.DataFrame, cells: pd.DataFrame
) -> tuple[np.typing.NDArray[np.int64], np.typing.NDArray[np.int64], Floats]:
    """Site, cell and Mbps of everything the plan serves."""
    served = read_table(context.inputs["plan"] / "served.parquet")
    site = pd.Index(sites["site_id"]).get_indexer(pd.Index(served["site_id"]))
    cell = pd.Index(cells["cell_id"]).get_indexer(pd.Index(served["cell_id"]))
    mbps = served["share"].to_numpy(dtype=np.float64) * cells["demand_mbps"].to_numpy(dtype=np.float64)[cell]
    return site.astype(np.int64), cell.astype(np.int64), mbps


def _transmitters(context: StageContext, sites: pd.DataFrame) -> tuple[pd.DataFrame, np.typing.NDArray[np.int64]]:
    """What every option in the places of the plan's sites would radiate, and which of them the sites are.

    The rays of a place follow the farthest of its options: levels are then those that the plan knew, to the bit.
    """
    options = read_table(context.inputs["options"] / "options.parquet")
    chosen = pd.Index(options["option_id"]).get_indexer(pd.Index(sites["option_id"]))
    place = pd.MultiIndex.from_frame(options[["lon_deg", "lat_deg"]])
    kept = np.flatnonzero(place.isin(place[chosen]))
    held = options.iloc[kept].reset_index(drop=True)
    specs = {spec.name: spec for spec in site_specs(context.scenario)}
    names = ("band_mhz", "power_dbm", "gain_dbi", "bandwidth_mhz", "n_sectors")
    radiated = {name: [float(getattr(specs[kind], name)) for kind in held["site_type"]] for name in names}
    tilt = [np.nan if specs[kind].tilt_deg is None else specs[kind].tilt_deg for kind in held["site_type"]]
    made = held.assign(azimuth_deg=np.nan, tilt_deg=np.array(tilt, dtype=np.float64), **radiated)
    made = made[[*TRANSMITTER_COLUMNS, "technology", "operator", "radio_mbps", "n_sectors"]]
    return made.astype(dict.fromkeys(names, "float64")), np.searchsorted(kept, chosen).astype(np.int64)
