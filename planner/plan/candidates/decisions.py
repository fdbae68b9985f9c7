"""Sites a planner forces or locks: they are candidates wherever they stand."""

from __future__ import annotations

import pandas as pd

from planner.plan.world import CandidateWorld, places, texts

__all__ = ["generate"]


def generate(world: CandidateWorld) -> pd.DataFrame:
    """Points of decisions with action ``force`` or ``lock``."""
    if world.decisions is None or world.decisions.empty:
        return places("decisions")
    wanted = world.decisions.loc[world.decisions["action"].isin(["force", "lock"])]
    return places(
        "decisions",
        ref_id=wanted["decision_id"].to_numpy(dtype=str),
        name=texts(wanted["reason"]),
        lon_deg=wanted["lon_deg"].to_numpy(float),
        lat_deg=wanted["lat_deg"].to_numpy(float),
    )
