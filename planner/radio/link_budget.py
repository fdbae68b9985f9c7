"""From path loss to what a handset reports: RSRP of 4G and 5G, received level of 2G and 3G.

RSRP is the power of **one resource element**: the power of one antenna port is spread over all subcarriers
of the carrier. Taking the whole carrier's power for it is wrong by 28 dB at 10 MHz, taking ERP for EIRP by
2.15 dB; the tests hold both.
"""

from __future__ import annotations

import math

from planner.errors import RadioError
from planner.specs.radio import RadioSpec
from planner.units import LTE_SUBCARRIERS_PER_BLOCK, THERMAL_NOISE_DBM_PER_HZ, lte_resource_blocks

__all__ = [
    "ERP_TO_EIRP_DB",
    "element_noise_dbm",
    "level_at_zero_loss_dbm",
    "nr_resource_blocks",
    "spread_db",
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
_LTE_SPACING_HZ = 15e3


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
    technology: str, *, port_power_dbm: float, gain_dbi: float, bandwidth_mhz: float, spec: RadioSpec
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
        Handset, body, margin and pilot share.

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
    return port_power_dbm + spread + gain_dbi + spec.rx_gain_dbi - spec.body_loss_db - spec.margin_db


def element_noise_dbm(noise_figure_db: float) -> float:
    """Thermal noise of one LTE resource element with the handset's noise figure, dBm.

    Examples
    --------
    >>> round(element_noise_dbm(9.0), 1)
    -123.2
    """
    return THERMAL_NOISE_DBM_PER_HZ + 10.0 * math.log10(_LTE_SPACING_HZ) + noise_figure_db
