"""From path loss to what a handset reports: RSRP of 4G and 5G, received level of 2G and 3G.

RSRP is the power of **one resource element**: the power of one antenna port is spread over all subcarriers
of the carrier. Taking the whole carrier's power for it is wrong by 28 dB at 10 MHz, taking ERP for EIRP by
2.15 dB; the tests hold both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from planner.errors import RadioError
from planner.radio.building import building_entry_loss_db
from planner.radio.link import MAX_FREQUENCY_MHZ, MIN_FREQUENCY_MHZ, P1812, require_between
from planner.radio.location import location_sigma_db
from planner.radio.ranges import Floats
from planner.specs.radio import UPLINK_OVERHEAD_SHARE, RadioSpec
from planner.units import LTE_SUBCARRIERS_PER_BLOCK, THERMAL_NOISE_DBM_PER_HZ, lte_resource_blocks

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ERP_TO_EIRP_DB",
    "Budgets",
    "element_noise_dbm",
    "level_at_zero_loss_dbm",
    "nr_resource_blocks",
    "spread_db",
    "station_budgets",
    "uplink_limit_dbm",
]

ERP_TO_EIRP_DB = 2.15
"""Gain of a half-wave dipole over an isotropic antenna (ITU-R BS.1195)."""

_NR_BLOCKS = {
    5.0: 11,
    10.0: 24,
    15.0: 38,
    20.0: 51,
    25.0: 65,
    30.0: 78,
    40.0: 106,
    50.0: 133,
    60.0: 162,
    80.0: 217,
    100.0: 273,
}
_NR_BLOCK_KHZ = 360.0
_SPACING_HZ = {"4G": 15e3, "5G": 30e3}
_GRANT_HZ = 180e3
_BROADBAND = ("4G", "5G")


def nr_resource_blocks(bandwidth_mhz: float) -> int:
    """Resource blocks of a 5G channel at 30 kHz spacing (3GPP TS 38.101-1 table 5.3.2-1).

    Widths outside the table get 95 % of their spectrum in whole blocks.

    Examples
    --------
    >>> nr_resource_blocks(100.0), nr_resource_blocks(20.0)
    (273, 51)
    """
    found = _NR_BLOCKS.get(float(bandwidth_mhz))
    return found if found is not None else max(1, int(bandwidth_mhz * 950.0 / _NR_BLOCK_KHZ))


def spread_db(technology: str, bandwidth_mhz: float, *, pilot_share_db: float) -> float:
    """From the power of a port to the power of what the handset measures, dB (0 or negative).

    Parameters
    ----------
    technology
        ``4G``: one of 12·N_RB subcarriers; ``5G``: the same at 30 kHz; ``3G``: the pilot's share of the
        cell's power (CPICH RSCP); ``2G``: the whole carrier (BCCH is sent at full power).
    bandwidth_mhz
        Channel width.
    pilot_share_db
        Share of the 3G pilot, negative dB.

    References
    ----------
    3GPP TS 36.214 §5.1.1 (RSRP), TS 38.215 §5.1.1 (SS-RSRP), TS 25.215 §5.1.1 (RSCP), TS 45.008 §8.1 (RxLev).

    Examples
    --------
    >>> round(spread_db("4G", 10.0, pilot_share_db=-10.0), 2), round(spread_db("4G", 20.0, pilot_share_db=-10.0), 2)
    (-27.78, -30.79)
    """
    if technology == "4G":
        return -10.0 * math.log10(LTE_SUBCARRIERS_PER_BLOCK * lte_resource_blocks(bandwidth_mhz))
    if technology == "5G":
        return -10.0 * math.log10(LTE_SUBCARRIERS_PER_BLOCK * nr_resource_blocks(bandwidth_mhz))
    if technology == "3G":
        return pilot_share_db
    if technology == "2G":
        return 0.0
    message = f"technology '{technology}' is not one of 2G, 3G, 4G, 5G"
    raise RadioError(message, code="radio_technology", value=technology)


def level_at_zero_loss_dbm(
    technology: str, *, port_power_dbm: float, gain_dbi: float, bandwidth_mhz: float, spec: RadioSpec, margin_db: float
) -> float:
    """Level a handset would report if the path lost nothing; subtract loss and pattern from it.

    ``port power + spread + antenna gain + handset gain − body − margin``. The margin enters here and
    nowhere else.

    Parameters
    ----------
    technology
        ``2G``, ``3G``, ``4G`` or ``5G``.
    port_power_dbm
        Power of one antenna port (LTE: of one CRS port; 2 × 20 W is 43 dBm), −10 to 60 dBm.
    gain_dbi
        Antenna gain over isotropic with the feeder's loss taken off, −5 to 30 dBi.
    bandwidth_mhz
        Channel width.
    spec
        Handset, body and pilot share.
    margin_db
        Safety margin, 0 or more (`Budgets.margin_db`); 0 gives the median.

    Raises
    ------
    RadioError
        Power or gain outside its range: a power of 60 dBm or more is an EIRP, not that of a port.

    Examples
    --------
    A 43 dBm port into 15 dBi at 10 MHz is 30.2 dBm per resource element: −109.8 dBm behind 140 dB.
    """
    if not -10.0 <= port_power_dbm < 60.0:
        message = (
            f"power_dbm = {port_power_dbm} is outside -10 to 60 (3GPP TS 36.104: power of one antenna port); "
            "an EIRP or ERP holds the antenna's gain already"
        )
        raise RadioError(
            message,
            code="radio_outside",
            name="power_dbm",
            value=port_power_dbm,
            low="-10",
            high="60",
            source="3GPP TS 36.104",
        )
    if not -5.0 <= gain_dbi <= 30.0:
        message = f"gain_dbi = {gain_dbi} is outside -5 to 30 (3GPP TR 36.942 §4.2: base station antennas)"
        raise RadioError(
            message,
            code="radio_outside",
            name="gain_dbi",
            value=gain_dbi,
            low="-5",
            high="30",
            source="3GPP TR 36.942 §4.2",
        )
    spread = spread_db(technology, bandwidth_mhz, pilot_share_db=spec.pilot_share_db)
    return port_power_dbm + spread + gain_dbi + spec.rx_gain_dbi - spec.body_loss_db - margin_db


def element_noise_dbm(noise_figure_db: float, technology: str = "4G") -> float:
    """Thermal noise of one resource element (15 kHz in 4G, 30 kHz in 5G) with the handset's noise figure, dBm.

    Examples
    --------
    >>> round(element_noise_dbm(9.0), 1), round(element_noise_dbm(9.0, "5G"), 1)
    (-123.2, -120.2)
    """
    return THERMAL_NOISE_DBM_PER_HZ + 10.0 * math.log10(_SPACING_HZ[technology]) + noise_figure_db


def uplink_limit_dbm(technology: str, *, port_power_dbm: float, bandwidth_mhz: float, spec: RadioSpec) -> float:
    """Level of `level_at_zero_loss_dbm` less path and pattern at which the uplink just carries its rate, dBm.

    Notes
    -----
    Both directions lose the same path, pattern, gains, body and margin, so the uplink closes where the downlink's
    RSRP is ``port power + spread − handset + sensitivity``; the sensitivity is noise of the granted blocks, noise
    figure, interference rise and the SINR that `spec.uplink_mbps` needs on the curve of 3GPP TR 36.942 annex A.2.
    A service needs the weaker direction: its limit is the larger of this and the threshold.

    Examples
    --------
    A station of 43 dBm a port at 10 MHz: 23 dBm from a handset are enough down to −114 dBm RSRP.
    """
    hz = _GRANT_HZ * spec.uplink_blocks
    efficiency = spec.uplink_mbps * 1e6 / (hz * UPLINK_OVERHEAD_SHARE)
    sinr_db = 10.0 * math.log10(2.0 ** (efficiency / spec.uplink_attenuation_share) - 1.0)
    noise_dbm = THERMAL_NOISE_DBM_PER_HZ + 10.0 * math.log10(hz) + spec.base_noise_figure_db
    sensitivity_dbm = noise_dbm + spec.uplink_interference_db + max(sinr_db, -10.0)
    spread = spread_db(technology, bandwidth_mhz, pilot_share_db=spec.pilot_share_db)
    return port_power_dbm + spread - spec.uplink_handset_dbm + sensitivity_dbm


@dataclass(frozen=True, eq=False)
class Budgets:
    """What a level of each station must reach, and what it holds; float64 arrays of shape ``(n_stations,)``.

    Parameters
    ----------
    zero_loss_dbm
        `level_at_zero_loss_dbm`, with the margin taken off.
    margin_db
        Safety that every level of the station holds, whichever setting asks for it; add it to get the median.
    sigma_db
        Spread of a level.
    uplink_limit_dbm
        `uplink_limit_dbm` of 4G and 5G, −inf for the others.
    limit_dbm, indoor_limit_dbm
        Level that counts as signal: the threshold or the uplink's limit, whichever is higher; indoors the
        building's entry loss on top (ITU-R P.2109).
    """

    zero_loss_dbm: Floats
    margin_db: Floats
    sigma_db: Floats
    uplink_limit_dbm: Floats
    limit_dbm: Floats
    indoor_limit_dbm: Floats


def station_budgets(stations: pd.DataFrame, spec: RadioSpec, pixel_m: float) -> Budgets:
    """Budgets of stations row by row; NaN where a number of the station is not known.

    Parameters
    ----------
    stations
        ``technology, band_mhz, power_dbm, gain_dbi, bandwidth_mhz``; rows without technology are 4G.
    spec
        Radio model.
    pixel_m
        Side of the square a prediction stands for, metres: location variability grows with it.

    Raises
    ------
    RadioError
        Power, gain, band or width out of range, an unknown technology.
    """
    n = len(stations)
    technology = stations["technology"].astype(str).to_numpy() if "technology" in stations else np.full(n, "4G")
    names = ("band_mhz", "power_dbm", "gain_dbi", "bandwidth_mhz")
    columns = [np.asarray(technology, dtype=object), *(stations[name].to_numpy(dtype=np.float64) for name in names)]
    found: dict[tuple[object, ...], tuple[float, ...]] = {}
    rows = [found.get(key) or found.setdefault(key, _budget(key, spec, pixel_m)) for key in zip(*columns, strict=True)]
    table = np.array(rows, dtype=np.float64).reshape(n, 6)
    return Budgets(*(np.ascontiguousarray(table[:, k]) for k in range(6)))


def _budget(key: tuple[object, ...], spec: RadioSpec, pixel_m: float) -> tuple[float, ...]:
    """Fields of `Budgets` for one kind of station."""
    technology = str(key[0])
    band, power, gain, width = (float(value) for value in key[1:])  # type: ignore[arg-type]  # numbers of a table
    if math.isnan(band + power + gain + width):
        return (math.nan,) * 6
    require_between("band_mhz", band, MIN_FREQUENCY_MHZ, MAX_FREQUENCY_MHZ, f"{P1812} table 1")
    require_between(
        "bandwidth_mhz", width, 0.2, 200.0, "3GPP TS 45.005 (one GSM carrier) to two carriers of TS 38.101-1"
    )
    location_db = location_sigma_db(band, pixel_m, spec.rx_height_m)
    sigma = spec.spread_db(location_db)
    margin = spec.margin_db
    if spec.edge_probability_share != 0.5:
        margin = spec.edge_margin_db(spec.edge_probability_share, location_db)
    zero = level_at_zero_loss_dbm(
        technology, port_power_dbm=power, gain_dbi=gain, bandwidth_mhz=width, spec=spec, margin_db=margin
    )
    held = margin + NormalDist().inv_cdf(spec.location_percent / 100.0) * location_db  # the model takes the latter off
    threshold, uplink = spec.legacy_threshold_dbm, -math.inf
    if technology in _BROADBAND:
        threshold = spec.threshold_dbm
        uplink = uplink_limit_dbm(technology, port_power_dbm=power, bandwidth_mhz=width, spec=spec)
    entry = building_entry_loss_db(max(band, 80.0), spec.entry_probability_share, building=spec.building)
    limit = max(threshold, uplink)
    return zero, held, sigma, uplink, limit, limit + float(entry)
