"""Checks the SINR of the plan's sites with all of them and the existing carriers on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.pipeline.artifacts import read_grid, read_table, write_json, write_sheet, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import clutter_m, cover_db, layer, radio_spec, read_land, service_spec, site_specs
from planner.pipeline.stages._signal import carrier_tiles
from planner.plan.options import TRANSMITTER_COLUMNS
from planner.radio.capacity import cell_capacity_mbps
from planner.radio.covers import covers
from planner.radio.link_budget import station_budgets
from planner.radio.planned import check_sites

__all__ = ["run"]


def run(context: StageContext) -> None:
    """Compare what each site was planned to carry with what interference leaves of it."""
    inputs, radio = context.inputs, radio_spec(context.scenario)
    sites = read_table(inputs["plan"] / "sites.parquet")
    cells = read_table(inputs["cells"] / "cells.parquet")
    grid = read_grid(inputs["frame"])
    sent = _transmitters(context, sites)
    budgets = station_budgets(sent, radio, grid.pixel_m)
    is_indoor = service_spec(context.scenario).place == "indoor"
    found = covers(
        sent.assign(limit_dbm=radio.floor_dbm),
        cells,
        grid=grid,
        spec=radio,
        terrain=layer(context, "terrain"),
        clutter_m=clutter_m(context),
        land=read_land(inputs["frame"]),
        cover_db=cover_db(context, radio),
    )
    technology = sent["technology"].to_numpy(dtype=str)
    named = zip(sent["operator"], technology, sent["band_mhz"], strict=True)
    carrier = np.array([f"{operator}|{kind}|{band:g}" for operator, kind, band in named], dtype=str)
    checked = check_sites(
        found,
        budgets.indoor_limit_dbm if is_indoor else budgets.limit_dbm,
        carrier,
        technology,
        demand_mbps=cells["demand_mbps"].to_numpy(dtype=np.float64),
        existing_dbm=_existing(context, cells),
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
            "n_cells": checked.n_cells,
            "sinr_db": checked.sinr_db,
            "planned_mbps": sent["radio_mbps"].to_numpy(dtype=np.float64),
            "checked_mbps": checked_mbps,
            "demand_mbps": sites["demand_mbps"],
            "lost_share": checked.lost_share,
        }
    )
    table["is_short"] = table["checked_mbps"] < table["demand_mbps"] * (1.0 - 1e-9)
    write_table(context.folder / "sites.parquet", table)
    write_sheet(context.publish_path("network/interference.csv"), table)
    write_json(context.folder / "note.json", _summary(table, radio.planned_interference_db))


def _summary(table: pd.DataFrame, planned_db: float) -> dict[str, float]:
    """How many sites fall short, and the share of their demand that is carried."""
    carried = np.minimum(table["checked_mbps"], table["demand_mbps"]).sum()
    asked = float(table["demand_mbps"].sum())
    return {
        "n_sites": len(table),
        "n_short": int(table["is_short"].sum()),
        "planned_interference_db": planned_db,
        "demand_mbps": asked,
        "carried_share": float(carried / asked) if asked > 0.0 else 1.0,
    }


def _transmitters(context: StageContext, sites: pd.DataFrame) -> pd.DataFrame:
    """What the plan's sites radiate, row by row, and for whom.

    A site on a tower takes the tower's operator. Nobody knows yet whom a new one will stand for: the operator with
    most 4G and 5G stations on air is taken.
    """
    options = read_table(context.inputs["options"] / "options.parquet").set_index("option_id")
    chosen = options.loc[sites["option_id"]].reset_index()
    specs = {spec.name: spec for spec in site_specs(context.scenario)}
    names = ("band_mhz", "power_dbm", "gain_dbi", "bandwidth_mhz", "radius_km", "n_sectors")
    radiated = {name: [float(getattr(specs[kind], name)) for kind in chosen["site_type"]] for name in names}
    bts = layer(context, "bts")
    wide = bts.loc[bts["technology"].isin(("4G", "5G")) & (bts["status"] == "on_air"), "operator"].astype(str)
    largest = min(((-n, name) for name, n in wide.value_counts().items()), default=(0, ""))[1]
    of_tower = bts.drop_duplicates("bts_id").set_index("bts_id")["operator"].astype(str)
    operator = chosen["ref_id"].map(of_tower).fillna(largest).astype("str")
    made = chosen.assign(azimuth_deg=np.nan, operator=operator, **radiated)
    return made[[*TRANSMITTER_COLUMNS, "technology", "operator", "radio_mbps", "n_sectors"]].astype(
        dict.fromkeys(names, "float64")
    )


def _existing(context: StageContext, cells: pd.DataFrame) -> dict[str, np.typing.NDArray[np.float64]]:
    """Power of the existing cells at the demand cells, by carrier."""
    lon, lat = cells["lon_deg"].to_numpy(dtype=np.float64), cells["lat_deg"].to_numpy(dtype=np.float64)
    found: dict[str, np.typing.NDArray[np.float64]] = {}
    for grid, carriers, power in carrier_tiles(context.inputs["coverage"]):
        row, col = grid.row_col(lon, lat)
        held = np.flatnonzero(grid.contains(row, col))
        for k, item in enumerate(carriers):
            level = found.setdefault(
                f"{item.operator}|{item.technology}|{item.band_mhz:g}", np.full(len(cells), np.nan)
            )
            level[held] = power[k][row[held], col[held]]
    return found
