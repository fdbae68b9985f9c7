"""Busy-hour demand of people, enterprises and public facilities."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from planner.specs.demand import DemandSpec

__all__ = ["BusyHour", "busy_hour", "demand_mbps"]

_DAYS_PER_MONTH = 30.0
_MBIT_PER_GB = 8000.0
_S_PER_HOUR = 3600.0


@dataclass(frozen=True)
class BusyHour:
    """Busy-hour figures that stand side by side in every report, Mbps.

    Parameters
    ----------
    design
        Figure the plan is dimensioned with, ``volume`` or ``rate``.
    user_mbps, person_mbps, umkm_mbps, facility_mbps
        What the plan uses: per user, per inhabitant (users and others), per enterprise, per facility.
    volume_user_mbps
        From gigabytes a month and the busy-hour share.
    itu_user_mbps
        The same with the ITU platform's busy-hour share.
    rate_floor_user_mbps, rate_goal_user_mbps
        Target rates over overbooking.
    """

    design: str
    user_mbps: float
    person_mbps: float
    umkm_mbps: float
    facility_mbps: float
    volume_user_mbps: float
    itu_user_mbps: float
    rate_floor_user_mbps: float
    rate_goal_user_mbps: float

    def people_per_site(self, capacity_mbps: float) -> float:
        """Inhabitants a site of ``capacity_mbps`` serves at the busy hour, nobody else asking."""
        return capacity_mbps / self.person_mbps

    def to_json(self) -> dict[str, float | str]:
        """Plain dict."""
        return asdict(self)


def volume_mbps(gb_per_month: float, busy_hour_share: float) -> float:
    """Mean busy-hour rate of a monthly volume.

    Parameters
    ----------
    gb_per_month
        Volume in gigabytes (10⁹ bytes) a month.
    busy_hour_share
        Share of the day's traffic in the busiest hour.

    Notes
    -----
    rate = V / 30 · share · 8000 / 3600, with V in GB a month and the rate in Mbps.

    References
    ----------
    ITU, Connectivity Planning Platform, demand of a point of interest.

    Examples
    --------
    >>> round(volume_mbps(20.0, 0.20), 3)
    0.296
    """
    return gb_per_month / _DAYS_PER_MONTH * busy_hour_share * _MBIT_PER_GB / _S_PER_HOUR


def busy_hour(spec: DemandSpec) -> BusyHour:
    """Busy-hour figures of a demand model.

    Notes
    -----
    With the default model a user takes 10 / 30 · 0.07 · 8000 / 3600 = 0.0519 Mbps, an inhabitant
    0.0519 · 0.5933 = 0.0308 Mbps. A 4G site of 20 MHz in three sectors carries 84 Mbps
    (3 · 100 blocks · 0.18 MHz · 2.08 b/s/Hz · 0.75, `planner.radio.capacity`), so 2,733 inhabitants; one
    behind an 8 Mbps satellite link serves 260. The ITU share (0.20) would give 0.148 Mbps a user, the rate floor
    2 / 20 = 0.1 and the goal 10 / 20 = 0.5: up to ten times more. The range is printed, not hidden.
    """
    volume = volume_mbps(spec.user_gb_per_month, spec.busy_hour_share)
    floor = spec.rate_floor_mbps / spec.overbooking
    user = volume if spec.design == "volume" else floor
    umkm = volume_mbps(spec.umkm_gb_per_month, spec.busy_hour_share) if spec.design == "volume" else floor
    return BusyHour(
        design=spec.design,
        user_mbps=user,
        person_mbps=user * spec.user_share,
        umkm_mbps=umkm,
        facility_mbps=spec.facility_rate_mbps / spec.overbooking,
        volume_user_mbps=volume,
        itu_user_mbps=volume_mbps(spec.user_gb_per_month, spec.itu_busy_hour_share),
        rate_floor_user_mbps=floor,
        rate_goal_user_mbps=spec.rate_goal_mbps / spec.overbooking,
    )


def demand_mbps(
    people: NDArray[np.float64], n_umkm: NDArray[np.float64], n_facilities: NDArray[np.int64], figures: BusyHour
) -> NDArray[np.float64]:
    """Busy-hour demand of everybody in each cell, Mbps."""
    demand: NDArray[np.float64] = (
        people * figures.person_mbps + n_umkm * figures.umkm_mbps + n_facilities * figures.facility_mbps
    )
    return demand
