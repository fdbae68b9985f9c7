"""Sites asked for by local governments (usulan); each one gets a verdict."""

from __future__ import annotations

import pandas as pd

from planner.plan.world import CandidateWorld, places, texts

__all__ = ["generate"]


def generate(world: CandidateWorld) -> pd.DataFrame:
    """Every proposal at its own position, with the access mode it states."""
    asked = world.proposals
    if asked.empty:
        return places("proposals")
    return places(
        "proposals",
        ref_id=asked["proposal_id"].to_numpy(dtype=str),
        name=texts(asked["name"]),
        access_mode=texts(asked["access_mode"]),
        lon_deg=asked["lon_deg"].to_numpy(float),
        lat_deg=asked["lat_deg"].to_numpy(float),
    )
