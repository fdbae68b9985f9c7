"""Centres of desa (or of the finest areas known) that lack service."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.plan.world import CandidateWorld, places, texts

__all__ = ["generate"]


def generate(world: CandidateWorld) -> pd.DataFrame:
    """One place a desa with weight that lacks service: its heaviest cell nearest to the area's middle.

    Notes
    -----
    The representative point of an area may lie in a forest or, for a crescent, outside it; so the place is
    the cell with the most missing weight within reach, ties to the smaller ``cell_id``.
    """
    need = world.need.loc[world.need["area_code"] != ""]
    if need.empty:
        return places("desa_centres")
    total = need.groupby("area_code", sort=True)["weight"].sum()
    keep = need.loc[need["area_code"].map(total >= world.spec.min_weight).to_numpy(bool)]
    if keep.empty:
        return places("desa_centres")
    near = world.weight_near(keep["lon_deg"].to_numpy(float), keep["lat_deg"].to_numpy(float))
    order = np.lexsort((keep["cell_id"], -near, keep["area_code"].to_numpy(dtype=str)))
    best = keep.iloc[order].drop_duplicates("area_code")
    names = world.admin.set_index("code")["name"] if len(world.admin) else pd.Series(dtype="str")
    names = names[~names.index.duplicated()]
    return places(
        "desa_centres",
        ref_id=best["area_code"].to_numpy(dtype=str),
        name=texts(best["area_code"].map(names)),
        lon_deg=best["lon_deg"].to_numpy(float),
        lat_deg=best["lat_deg"].to_numpy(float),
    )
