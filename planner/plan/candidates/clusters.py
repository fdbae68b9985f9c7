"""Places in the middle of the heaviest weight that lacks service."""

from __future__ import annotations

import pandas as pd

from planner.plan.world import CandidateWorld, places

__all__ = ["generate"]


def generate(world: CandidateWorld) -> pd.DataFrame:
    """One place a disc (`planner.plan.clustering`)."""
    at = world.need.iloc[world.cluster_centres]
    return places("clusters", lon_deg=at["lon_deg"].to_numpy(float), lat_deg=at["lat_deg"].to_numpy(float))
