"""Busy-hour load of each station and the share of it that its cells and its backhaul carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

    from planner.specs.radio import RadioSpec

__all__ = ["StationLoad", "station_load", "stations_and_pools"]


@dataclass(frozen=True, eq=False)
class StationLoad:
    """Load of each row of the bts table.

    Parameters
    ----------
    demand_mbps
        Busy-hour demand it is the best server of.
    radio_mbps, backhaul_mbps
        Capacity of its own cells, and of the backhaul of its station (NaN = not known).
    radio_share, backhaul_share
        Share of the demand that its cells carry, and of that the share its backhaul carries.
    efficiency_bps_per_hz
        Harmonic mean over the users of its pool; NaN where interference is not modelled or there are none.
    """

    demand_mbps: NDArray[np.float64]
    efficiency_bps_per_hz: NDArray[np.float64]
    radio_mbps: NDArray[np.float64]
    backhaul_mbps: NDArray[np.float64]
    radio_share: NDArray[np.float64]
    backhaul_share: NDArray[np.float64]

    @property
    def served_share(self) -> NDArray[np.float64]:
        """Share of the demand that is carried."""
        return self.radio_share * self.backhaul_share

    @property
    def lost_in_backhaul(self) -> NDArray[np.float64]:
        """Share of the demand that the cells would carry and the backhaul does not."""
        return self.radio_share * (1.0 - self.backhaul_share)


def station_load(
    bts: pd.DataFrame, demand_mbps: NDArray[np.float64], air_mhz: NDArray[np.float64], radio: RadioSpec
) -> StationLoad:
    """Share the load of each station among its carriers, then through its backhaul.

    Parameters
    ----------
    bts
        Stations on air with 4G or 5G; a row is a carrier or a sector, or a whole site.
    demand_mbps
        Demand each row is the best server of.
    air_mhz
        Σ demand / efficiency over the cells each row is the best server of; NaN takes the radio model's mean SINR.
    radio
        Radio model (spectral efficiency).

    Notes
    -----
    Rows of one operator at one position and bearing are carriers that share their users, whichever
    of them is the strongest. The users' efficiency is their demand-weighted harmonic mean, ΣD / Σ(D/e), since
    everybody gets the same amount and takes the air it costs; with it the capacities of the pool's rows add, and the
    pool carries s_r = min(1, ΣC_r / ΣD). All rows of one operator at one position share one backhaul B (the
    largest rate stated among them, for the same link is often repeated on each row), which carries
    s_b = min(1, B / Σ s_r D); without a stated rate s_b = 1. Each row's share is s_r·s_b.
    """
    from planner.radio.capacity import cell_capacity_mbps

    station, pool = stations_and_pools(bts)
    asked = _sums(pool, demand_mbps)
    with np.errstate(invalid="ignore", divide="ignore"):
        efficiency = (asked / _sums(pool, air_mhz))[pool]  # 0 / 0 and NaN: nobody, or not modelled
    radio_mbps = np.asarray(
        cell_capacity_mbps(
            bts["bandwidth_mhz"].to_numpy(dtype=np.float64),
            bts["n_sectors"].to_numpy(dtype=np.float64),
            bts["technology"].to_numpy(),
            spec=radio,
            efficiency_bps_per_hz=efficiency,
        ),
        dtype=np.float64,
    )
    radio_share = _share(_sums(pool, radio_mbps), asked)[pool]
    carried = demand_mbps * radio_share
    backhaul = _largest(station, bts["backhaul_mbps"].to_numpy(dtype=np.float64, na_value=np.nan))
    backhaul_share = _share(np.where(np.isnan(backhaul), np.inf, backhaul), _sums(station, carried))[station]
    return StationLoad(
        demand_mbps=demand_mbps,
        efficiency_bps_per_hz=efficiency,
        radio_mbps=radio_mbps,
        backhaul_mbps=backhaul[station],
        radio_share=radio_share,
        backhaul_share=backhaul_share,
    )


def stations_and_pools(bts: pd.DataFrame) -> tuple[NDArray[Any], NDArray[Any]]:
    """Number of the station (operator and place) and of the pool (with the bearing too) of each row."""
    import pandas as pd

    place = pd.DataFrame(
        {
            "operator": bts["operator"].to_numpy(),
            "lon": np.round(bts["lon_deg"].to_numpy(dtype=np.float64), 5),  # about 1 m
            "lat": np.round(bts["lat_deg"].to_numpy(dtype=np.float64), 5),
            "azimuth": bts["azimuth_deg"].to_numpy(dtype=np.float64, na_value=np.nan),
        }
    )
    station = place.groupby(["operator", "lon", "lat"], sort=True, dropna=False).ngroup()
    pool = place.groupby(["operator", "lon", "lat", "azimuth"], sort=True, dropna=False).ngroup()
    return station.to_numpy(dtype=np.int64), pool.to_numpy(dtype=np.int64)


def _sums(group: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.bincount(group, weights=values).astype(np.float64)


def _largest(group: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    largest = np.full(int(group.max(initial=-1)) + 1, -np.inf)
    np.maximum.at(largest, group, np.where(np.isnan(values), -np.inf, values))
    return np.where(np.isinf(largest), np.nan, largest)


def _share(capacity: NDArray[np.float64], demand: NDArray[np.float64]) -> NDArray[np.float64]:
    share = np.ones(demand.size)
    is_over = demand > capacity
    share[is_over] = capacity[is_over] / demand[is_over]
    return share
