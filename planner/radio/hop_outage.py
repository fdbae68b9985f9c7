"""How long a microwave hop is out of service in a year: multipath, rain and equipment, hop by hop and end to end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from planner.radio.multipath import multipath_outage_percent
from planner.radio.rain import Polarisation, hop_rain_outage_percent
from planner.radio.ranges import Floats, within
from planner.specs.climate import Climate

__all__ = ["HopOutage", "chain_outage_percent", "hop_fade_margin_db", "hop_outage", "low_k_factor"]

_MAX_HOP_KM = 60.0


@dataclass(frozen=True, eq=False)
class HopOutage:
    """Share of an average year in which each hop is out, percent; arrays of one shape.

    Parameters
    ----------
    multipath_percent
        Clear-air fading deeper than the margin.
    rain_percent
        Rain that takes more than the margin.
    equipment_percent
        Failures until repair.
    total_percent
        Their sum: rain and multipath do not come together (ITU-R P.530-17 §2.3), failures are rare.
    """

    multipath_percent: Floats
    rain_percent: Floats
    equipment_percent: Floats
    total_percent: Floats


def hop_fade_margin_db(
    distance_km: ArrayLike,
    frequency_ghz: ArrayLike,
    *,
    tx_power_dbm: ArrayLike,
    antenna_gain_dbi: ArrayLike,
    threshold_dbm: ArrayLike,
) -> Floats:
    """Received power over the threshold in clear air: two equal antennas and free-space loss, dB.

    Parameters
    ----------
    distance_km
        0.001 to 200.
    frequency_ghz
        0.4 to 100.
    tx_power_dbm, antenna_gain_dbi, threshold_dbm
        Of one end; the gain is that of one antenna with its losses.

    References
    ----------
    ITU-R P.525-4 (2019), eq. 3: ``92.45 + 20·log10 f + 20·log10 d``.

    Examples
    --------
    >>> round(float(hop_fade_margin_db(10, 7, tx_power_dbm=27, antenna_gain_dbi=38.5, threshold_dbm=-69)), 1)
    43.6
    """
    d = within("distance_km", distance_km, 1e-3, 200.0, "ITU-R P.530-17: line-of-sight hops")
    f = within("frequency_ghz", frequency_ghz, 0.4, 100.0, "ITU-R P.530-17: line-of-sight hops")
    loss = 92.45 + 20.0 * np.log10(f) + 20.0 * np.log10(d)
    power, gain, threshold = (np.asarray(v, dtype=np.float64) for v in (tx_power_dbm, antenna_gain_dbi, threshold_dbm))
    return np.asarray(power + 2.0 * gain - loss - threshold, dtype=np.float64)


def hop_outage(  # noqa: PLR0913  (a hop: length, band, ends, margin; where it is; what fails)
    distance_km: ArrayLike,
    frequency_ghz: ArrayLike,
    top_a_m: ArrayLike,
    top_b_m: ArrayLike,
    margin_db: ArrayLike,
    *,
    climate: Climate,
    latitude_deg: ArrayLike,
    equipment_percent: ArrayLike = 0.0,
    polarisation: Polarisation = "horizontal",
) -> HopOutage:
    """Yearly outage of hops; arguments are broadcast.

    Parameters
    ----------
    distance_km
        0.001 to 60 (ITU-R P.530-17 §2.4.1).
    frequency_ghz
        1 to 100.
    top_a_m, top_b_m
        Antennas above sea level.
    margin_db
        Fade margin in clear air; without any the hop is always out.
    climate
        At the middle of each hop.
    latitude_deg
        Of the middle.
    equipment_percent
        Of both ends together, 0 to 100.
    polarisation
        Of the wave; horizontal loses most to rain, and frequency coordination may assign either.

    References
    ----------
    ITU-R P.530-17 (2017) §2.3.4 and §2.4.1.
    """
    within("distance_km", distance_km, 1e-3, _MAX_HOP_KM, "ITU-R P.530-17 §2.4.1")
    equipment = within("equipment_percent", equipment_percent, 0.0, 100.0, "a share of the year")
    margin = np.asarray(margin_db, dtype=np.float64)
    has_margin = margin > 0.0
    multipath = multipath_outage_percent(
        distance_km, frequency_ghz, top_a_m, top_b_m,
        fade_db=np.maximum(margin, 0.0), dn1_per_km=climate.dn1_per_km, roughness_m=climate.roughness_m,
        latitude_deg=latitude_deg,
    )  # fmt: skip
    multipath = np.where(has_margin, multipath, 100.0)
    rain = hop_rain_outage_percent(margin, distance_km, frequency_ghz, climate.rain_mm_per_h, polarisation=polarisation)
    multipath, rain, equipment = np.broadcast_arrays(multipath, rain, equipment)
    total = np.minimum(multipath + rain + equipment, 100.0)
    return HopOutage(multipath, rain, equipment, total)


def chain_outage_percent(hop_percent: ArrayLike) -> float:
    """Outage of a chain of hops end to end, percent: it works when every hop does.

    Parameters
    ----------
    hop_percent
        Outage of each hop, 0 to 100.

    Notes
    -----
    ``100·(1 − Π(1 − p/100))``: hops fail independently. One rain cell over two hops makes the truth smaller.

    Examples
    --------
    >>> round(chain_outage_percent([0.01, 0.01, 0.02]), 4)
    0.04
    """
    percent = within("hop_percent", hop_percent, 0.0, 100.0, "a share of the year")
    with np.errstate(divide="ignore"):
        return abs(float(100.0 * np.expm1(np.log1p(-percent / 100.0).sum())))  # no hop: 0, not −0


def low_k_factor(distance_km: ArrayLike) -> Floats:
    """Effective-Earth factor exceeded about 99.9 % of the worst month, ``157/(144 + 2670/d)``.

    Parameters
    ----------
    distance_km
        Positive; below 20 km the value at 20 km.

    Notes
    -----
    The curve of ITU-R P.530 figure 2 (continental temperate climate) as a formula; the longer the hop, the less
    likely is one bad layer all along it. Tropical hops are given more clearance instead (0.6 F1).

    References
    ----------
    ITU-R P.530-17 (2017) §2.2.2.1 figure 2; Mojoli, L.F., Mengali, U. (1988), Propagation in line of sight radio
    links, Telettra.

    Examples
    --------
    >>> low_k_factor([5.0, 20.0, 50.0]).round(2).tolist()
    [0.57, 0.57, 0.8]
    """
    d = np.maximum(within("distance_km", distance_km, 1e-3, 1000.0, "ITU-R P.530-17 figure 2"), 20.0)
    return np.asarray(157.0 / (144.0 + 2670.0 / d), dtype=np.float64)
