"""Existing towers in the network: roots where their residual backhaul is known, relays where it is not."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["RELAY_COLUMNS", "ROOT_COLUMNS", "tower_relays", "tower_roots"]

ROOT_COLUMNS = ("bts_id", "lon_deg", "lat_deg", "height_m", "residual_mbps", "evidence", "members")
RELAY_COLUMNS = ("bts_id", "lon_deg", "lat_deg", "height_m", "evidence")
_TERRESTRIAL = ("fiber", "microwave")


def tower_roots(bts: pd.DataFrame, bts_load: pd.DataFrame) -> pd.DataFrame:
    """Towers on air whose fiber or microwave backhaul has a known rate with something left.

    Parameters
    ----------
    bts
        `schema.LAYERS["bts"]`. Rows of one operator at one position (to about 10 m) share one backhaul.
    bts_load
        Own busy-hour load (`schema.TABLES["bts_load"]`). A row without load there has an unknown
        load, and an unknown load leaves nothing: its tower is no root.

    Returns
    -------
    DataFrame
        `ROOT_COLUMNS`, sorted by ``bts_id`` (the smallest of the tower's rows; ``members`` lists all,
        separated by semicolons). ``residual_mbps`` is the best stated rate of the backhaul less the traffic of
        all its rows (demand up to what their radio can carry).
    """
    on_air = bts.loc[bts["status"] == "on_air"].sort_values("bts_id", kind="stable")
    if on_air.empty or bts_load.empty:
        return _none(ROOT_COLUMNS)
    load = bts_load.drop_duplicates("bts_id").set_index("bts_id")
    own = load[["demand_mbps", "radio_mbps"]].min(axis=1, skipna=False)
    rate = on_air["backhaul_mbps"].where(on_air["backhaul"].isin(_TERRESTRIAL))
    held = on_air.assign(
        own_mbps=on_air["bts_id"].map(own),
        rate_mbps=rate,
        _lon=on_air["lon_deg"].round(4),
        _lat=on_air["lat_deg"].round(4),
    )
    towers = held.groupby(["operator", "_lon", "_lat"], sort=True)
    found = towers.agg(
        bts_id=("bts_id", "first"), lon_deg=("lon_deg", "first"), lat_deg=("lat_deg", "first"), height_m=("height_m", "max"),
        rate_mbps=("rate_mbps", "max"), evidence=("evidence", "first"), members=("bts_id", ";".join),
    )  # fmt: skip
    own_mbps = towers["own_mbps"].sum(min_count=1).where(towers["own_mbps"].count() == towers["bts_id"].count())
    found = found.assign(residual_mbps=found["rate_mbps"] - own_mbps)
    found = found.loc[found["residual_mbps"] > 0.0].sort_values("bts_id", kind="stable")
    return found[list(ROOT_COLUMNS)].reset_index(drop=True)


def _none(columns: tuple[str, ...]) -> pd.DataFrame:
    texts = ("bts_id", "evidence", "members")
    return pd.DataFrame({name: pd.Series(dtype="str" if name in texts else "float64") for name in columns})


def tower_relays(bts: pd.DataFrame, roots: pd.DataFrame) -> pd.DataFrame:
    """Towers on air that are no roots: they may carry a dish, and pass traffic on.

    Towers of several operators or bands at one position (to about 10 m) count once, by the tallest and
    then the smallest ``bts_id``; a position that holds a root is left out.
    """
    standing = bts.loc[bts["status"] == "on_air"].copy()
    for name in ("lon_deg", "lat_deg"):
        standing[f"_{name}"] = standing[name].round(4)
    taken = set(zip(roots["lon_deg"].round(4), roots["lat_deg"].round(4), strict=True))
    is_free = [place not in taken for place in zip(standing["_lon_deg"], standing["_lat_deg"], strict=True)]
    standing = standing.loc[np.array(is_free, dtype=bool)]
    standing = standing.assign(_height_m=-standing["height_m"].fillna(0.0))
    standing = standing.sort_values(["_lon_deg", "_lat_deg", "_height_m", "bts_id"], kind="stable")
    standing = standing.drop_duplicates(["_lon_deg", "_lat_deg"]).sort_values("bts_id", kind="stable")
    return standing[list(RELAY_COLUMNS)].reset_index(drop=True)
