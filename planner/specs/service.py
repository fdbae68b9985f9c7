"""Assumptions that turn signal, capacity and evidence into a level of service."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from planner.specs.base import Spec

__all__ = ["ServiceSpec"]


class ServiceSpec(Spec):
    """Service model (`models/service/*.toml`).

    Parameters
    ----------
    place
        What ``served`` means: a handset ``outdoor``, or ``indoor`` (the entry loss of ITU-R P.2109 on top).
    served_share
        A cell is ``served`` when at least this share of its demand is served.
    confidence_threshold_share
        Below this confidence a cell without signal is ``unknown``, at or above it ``unserved``.
    register_completeness_share
        Completeness of a register whose scenario entry declares none.
    crowd_radius_km, crowd_samples
        Confidence from crowd-sourced data is 1 − exp(−s / ``crowd_samples``), s being the samples of
        stations within ``crowd_radius_km``.
    desa_people_share, desa_facilities_share
        A desa is served when at least these shares of its people and of its main facilities are.
    """

    place: Literal["outdoor", "indoor"] = "outdoor"
    served_share: float = Field(gt=0.0, le=1.0)
    confidence_threshold_share: float = Field(ge=0.0, le=1.0)
    register_completeness_share: float = Field(ge=0.0, le=1.0)
    crowd_radius_km: float = Field(gt=0.0, le=100.0)
    crowd_samples: float = Field(gt=0.0)
    desa_people_share: float = Field(gt=0.0, le=1.0)
    desa_facilities_share: float = Field(ge=0.0, le=1.0)
