"""Towers that stand already: on air with cells that are only limited (upgrade), or inactive (reactivate)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.plan.world import CandidateWorld, places

__all__ = ["generate"]


def generate(world: CandidateWorld) -> pd.DataFrame:
    """Inactive towers near weight that lacks service, and servers of limited cells.

    Notes
    -----
    Rows of several operators or bands at one position (to about 10 m) are one tower: it counts as on air
    if one of them is, and the smallest ``bts_id`` names it.
    """
    bts = world.bts
    if bts.empty:
        return places("existing_towers")
    limited = world.service.loc[(world.service["level"] == "limited") & (world.service["server_bts_id"] != "")]
    is_limiting = bts["bts_id"].isin(limited["server_bts_id"].unique()).to_numpy()
    is_on_air = (bts["status"] == "on_air").to_numpy()
    is_inactive = (bts["status"] == "inactive").to_numpy()
    lon, lat = bts["lon_deg"].to_numpy(float), bts["lat_deg"].to_numpy(float)
    is_wanted = is_inactive | (is_on_air & is_limiting)
    near = np.zeros(len(bts))
    near[is_wanted] = world.weight_near(lon[is_wanted], lat[is_wanted])
    is_wanted &= (near >= world.spec.min_weight) | (is_on_air & is_limiting)
    at = pd.DataFrame({"lon": np.round(lon, 4), "lat": np.round(lat, 4), "on_air": is_on_air})
    has_on_air = at.groupby(["lon", "lat"])["on_air"].transform("any").to_numpy(bool)
    keep = is_wanted & (is_on_air | ~has_on_air)
    held = bts.loc[keep].assign(_lon=at.loc[keep, "lon"].to_numpy(), _lat=at.loc[keep, "lat"].to_numpy())
    held = held.sort_values("bts_id", kind="stable").drop_duplicates(["_lon", "_lat"])
    return places(
        "existing_towers",
        ref_id=held["bts_id"].to_numpy(dtype=str),
        name=(held["operator"].astype(str) + " " + held["bts_id"].astype(str)).to_numpy(dtype=str),
        place_kind=held["status"].to_numpy(dtype=str),
        lon_deg=held["lon_deg"].to_numpy(float),
        lat_deg=held["lat_deg"].to_numpy(float),
    )
