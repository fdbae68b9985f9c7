"""The table of servers: what a pixel needs to know of the station whose signal is best there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.radio.link_budget import station_budgets

if TYPE_CHECKING:
    from planner.specs.radio import RadioSpec

__all__ = ["server_table"]

_PLAIN = ("bts_id", "operator", "technology", "status", "lon_deg", "lat_deg", "height_m", "band_mhz", "bandwidth_mhz")
_LOAD = ("demand_mbps", "capacity_mbps", "load_share", "served_share", "efficiency_bps_per_hz", "limit")


def server_table(bts: pd.DataFrame, bts_load: pd.DataFrame, *, radio: RadioSpec, pixel_m: float) -> pd.DataFrame:
    """One row a station, in the order of the layer bts: `schema.TABLES["servers"]`.

    Parameters
    ----------
    bts, bts_load
        Stations, where loads are iterated with their ``busy_share``, and what `planner.service.judge` says of their load.
    radio, pixel_m
        Radio model, and the side of the square a level stands for.

    Notes
    -----
    Free-space loss to a place is ``32.45 + 20·log10(MHz) + 20·log10(km)`` dB (ITU-R P.525-4); what is missing between
    ``zero_loss_dbm`` less it and the level of a pixel is terrain, clutter and the pattern of the antenna.
    """
    budgets = station_budgets(bts, radio, pixel_m)
    tilt = bts["tilt_deg"].to_numpy(dtype=np.float64, na_value=np.nan)
    table = pd.DataFrame(
        {
            "station": np.arange(len(bts), dtype=np.int64),
            **{name: bts[name].to_numpy() for name in _PLAIN},
            "azimuth_deg": bts["azimuth_deg"].to_numpy(dtype=np.float64, na_value=np.nan),
            "tilt_deg": np.where(np.isnan(tilt), radio.tilt_deg, tilt),
            "mechanical_tilt_deg": np.nan_to_num(
                bts["mechanical_tilt_deg"].to_numpy(dtype=np.float64, na_value=np.nan)
            ),
            "n_sectors": bts["n_sectors"].to_numpy(dtype=np.float64, na_value=1.0).astype(np.int64),
            "busy_share": bts["busy_share"].to_numpy(dtype=np.float64) if "busy_share" in bts else radio.load_share,
            "zero_loss_dbm": budgets.zero_loss_dbm,
            "margin_db": budgets.margin_db,
            "sigma_db": budgets.sigma_db,
            "uplink_limit_dbm": np.where(np.isfinite(budgets.uplink_limit_dbm), budgets.uplink_limit_dbm, np.nan),
            "limit_dbm": budgets.limit_dbm,
            "indoor_limit_dbm": budgets.indoor_limit_dbm,
        }
    )
    load = bts_load.drop_duplicates("bts_id").set_index("bts_id")[list(_LOAD)].reindex(table["bts_id"])
    table = table.assign(**{name: load[name].to_numpy() for name in _LOAD})
    return table.assign(limit=table["limit"].fillna("").astype("str"))
