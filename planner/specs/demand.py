"""Assumptions about who needs service and how much of it at the busy hour."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from planner.specs.base import Spec

__all__ = ["DemandSpec"]


class DemandSpec(Spec):
    """Demand model (`models/demand/*.toml`).

    Parameters
    ----------
    design
        Which busy-hour figure the plan is dimensioned with: ``volume`` (gigabytes a month) or
        ``rate`` (target rate over overbooking). Both are always reported.
    user_share
        Share of people who use mobile data, 0–1.
    user_gb_per_month, umkm_gb_per_month
        Traffic of a user, and of an enterprise on top of its people, gigabytes (10⁹ bytes) a month.
    busy_hour_share
        Share of a day's traffic in its busiest hour.
    itu_busy_hour_share
        The same share as the ITU Connectivity Planning Platform assumes; only reported.
    rate_floor_mbps, rate_goal_mbps
        Rates a user should meet at the busy hour: the floor dimensions ``rate``, the goal is reported.
    facility_rate_mbps
        Rate promised to a public facility.
    overbooking
        Users who share the rate of one.
    estimate_umkm
        Where the run knows no UMKM at all, estimate them from people.
    umkm_per_people_share, umkm_per_people_low_share, umkm_per_people_high_share
        Enterprises per inhabitant: used, and the range between sources.
    people_placement
        Where people of a raster much coarser than the grid stand: ``settled`` (beside the enterprises and
        facilities of their coarse pixel, else in one of its pixels) or ``even`` over its pixels. Either way an
        estimate; no total of a coarse pixel or an area depends on it.
    settle_decay_share, settle_decay_min_km, settle_reach_decays
        Spreading of counts: people thin out as exp(−d/L) around the representative point of a
        sub-area; L is ``settle_decay_share`` of the radius of a circle of the sub-area's area, at
        least ``settle_decay_min_km``; beyond ``settle_reach_decays``·L nobody lives.
    snap_km
        Points and people off the land are moved to the nearest land pixel within this distance;
        what lies farther is left out and counted.
    """

    design: Literal["volume", "rate"] = "volume"
    user_share: float = Field(gt=0.0, le=1.0)
    user_gb_per_month: float = Field(gt=0.0, le=1000.0)
    umkm_gb_per_month: float = Field(gt=0.0, le=1000.0)
    busy_hour_share: float = Field(ge=1.0 / 24.0, le=1.0)
    itu_busy_hour_share: float = Field(ge=1.0 / 24.0, le=1.0)
    rate_floor_mbps: float = Field(gt=0.0, le=1000.0)
    rate_goal_mbps: float = Field(gt=0.0, le=1000.0)
    facility_rate_mbps: float = Field(gt=0.0, le=1000.0)
    overbooking: float = Field(ge=1.0, le=1000.0)
    estimate_umkm: bool = False
    umkm_per_people_share: float = Field(gt=0.0, le=1.0)
    umkm_per_people_low_share: float = Field(gt=0.0, le=1.0)
    umkm_per_people_high_share: float = Field(gt=0.0, le=1.0)
    people_placement: Literal["settled", "even"] = "settled"
    settle_decay_share: float = Field(gt=0.0, le=5.0)
    settle_decay_min_km: float = Field(gt=0.0, le=100.0)
    settle_reach_decays: float = Field(gt=0.0, le=50.0)
    snap_km: float = Field(gt=0.0, le=50.0)

    @model_validator(mode="after")
    def _ordered(self) -> DemandSpec:
        low, used, high = self.umkm_per_people_low_share, self.umkm_per_people_share, self.umkm_per_people_high_share
        if not low <= used <= high:
            message = f"umkm_per_people_share {used} must lie between low {low} and high {high}"
            raise ValueError(message)
        if self.rate_goal_mbps < self.rate_floor_mbps:
            message = f"rate_goal_mbps {self.rate_goal_mbps} is below rate_floor_mbps {self.rate_floor_mbps}"
            raise ValueError(message)
        return self
