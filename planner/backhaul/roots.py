"""Existing towers in the network: roots where their residual backhaul is known, relays where it is not."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["RELAY_COLUMNS", "ROOT_COLUMNS", "tower_relays", "tower_roots"]

ROOT_COLUMNS = ("bts_id", "lon_deg", "lat_deg", "height_m", "residual_mbps", "evidence")
RELAY_COLUMNS = ("bts_id", "lon_deg", "lat_deg", "height_m", "evidence")
_TERRESTRIAL = ("fiber", "microwave")


def tower_roots(bts: pd.DataFrame, bts_load: pd.DataFrame) -> pd.DataFrame:
    """Towers on air whose fiber or microwave backhaul has a known rate with something left.

    Parameters
    ----------
    bts
        `schema.LAYERS["bts"]`.
    bts_load
        Own busy-hour load (`schema.TABLES["bts_load"]`). A tower without a row there has an unknown
        load, and an unknown load leaves nothing: it is no root.

    Returns
    -------
    DataFrame
        `ROOT_COLUMNS`, sorted by ``bts_id``; ``residual_mbps`` is the rate of the backhaul less the
        tower's own traffic (demand up to what its radio can carry).
    """
    if bts.empty or bts_load.empty:
        return pd.DataFrame(
            {name: pd.Series(dtype="str" if name in ("bts_id", "evidence") else "float64") for name in ROOT_COLUMNS}
        )
    known = bts.loc[(bts["status"] == "on_air") & bts["backhaul"].isin(_TERRESTRIAL) & bts["backhaul_mbps"].notna()]
    load = bts_load[["bts_id", "demand_mbps", "radio_mbps"]]
    held = known.merge(load, on="bts_id", how="inner", validate="one_to_one")
    own = np.minimum(held["demand_mbps"].to_numpy(float), held["radio_mbps"].to_numpy(float))
    held = held.assign(residual_mbps=held["backhaul_mbps"].to_numpy(float) - own)
    held = held.loc[held["residual_mbps"] > 0.0].sort_values("bts_id", kind="stable")
    return held[list(ROOT_COLUMNS)].reset_index(drop=True)


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
