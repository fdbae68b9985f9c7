"""Centres of desa (or of the finest areas known) that lack service."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.backhaul.near import xyz_km
from planner.plan.world import CandidateWorld, places, texts

__all__ = ["generate"]


def generate(world: CandidateWorld) -> pd.DataFrame:
    """One place a desa with weight that lacks service: the cell nearest to the centre of that weight.

    Notes
    -----
    The representative point of an area may lie in a forest or, for a crescent, outside it; a cell with
    people does not. Ties go to the smaller ``cell_id``.
    """
    need = world.need.loc[world.need["area_code"] != ""]
    if need.empty:
        return places("desa_centres")
    area, number = np.unique(need["area_code"].to_numpy(dtype=str), return_inverse=True)
    weight = need["weight"].to_numpy(float)
    total = np.bincount(number, weights=weight, minlength=len(area))
    xyz = xyz_km(need["lon_deg"].to_numpy(float), need["lat_deg"].to_numpy(float))
    centre = np.column_stack([np.bincount(number, weights=xyz[:, axis] * weight) / total for axis in range(3)])
    away = np.round(((xyz - centre[number]) ** 2).sum(axis=1), 9)
    order = np.lexsort((need["cell_id"].to_numpy(np.int64), away, number))
    first = order[np.searchsorted(number[order], np.arange(len(area)))]
    best = need.iloc[first[total >= world.spec.min_weight]]
    names = world.admin.set_index("code")["name"] if len(world.admin) else pd.Series(dtype="str")
    names = names[~names.index.duplicated()]
    return places(
        "desa_centres",
        ref_id=best["area_code"].to_numpy(dtype=str),
        name=texts(best["area_code"].map(names)),
        lon_deg=best["lon_deg"].to_numpy(float),
        lat_deg=best["lat_deg"].to_numpy(float),
    )
