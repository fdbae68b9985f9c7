"""Where candidates are looked for, and how near two of them may stand."""

from __future__ import annotations

from pydantic import Field

from planner.specs.base import Spec

__all__ = ["CandidateSpec"]


class CandidateSpec(Spec):
    """Assumptions of the candidate generators.

    Parameters
    ----------
    reach_km
        Radius within which a site is thought to serve when places are compared (coverage decides later).
    merge_km
        Two candidates of the same kind nearer than this are one place.
    min_weight
        Least unserved weight (UMKM, or people when they are the objective) around a place worth a candidate.
    cluster_points
        Most points that discs are laid over; more are summed into larger hexagons first.
    hill_km
        How far from a cluster a hill top may lie.
    min_rise_m
        Least height of a hill top above its cluster.
    road_reach_km, coast_reach_km
        A place this near a road on the same island is reached by road; else, this near the coast, by boat; else by air.
    move_km
        Equipment of a tower that serves nobody may be moved to a new site this near.
    coast_tolerance_km
        A point on water this near to land still stands on land (coast lines are coarse).
    """

    reach_km: float = Field(gt=0.0, le=50.0)
    merge_km: float = Field(ge=0.0, le=20.0)
    min_weight: float = Field(ge=0.0)
    cluster_points: int = Field(ge=100, le=50_000)
    hill_km: float = Field(gt=0.0, le=30.0)
    min_rise_m: float = Field(ge=0.0, le=3000.0)
    road_reach_km: float = Field(ge=0.0, le=100.0)
    coast_reach_km: float = Field(ge=0.0, le=100.0)
    move_km: float = Field(ge=0.0, le=500.0)
    coast_tolerance_km: float = Field(ge=0.0, le=5.0)
