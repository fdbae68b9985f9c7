"""Physical constants and unit conversions, each with its source."""

from __future__ import annotations

__all__ = [
    "EARTH_RADIUS_KM",
    "LIGHT_SPEED_M_PER_S",
    "LTE_RESOURCE_BLOCK_KHZ",
    "LTE_SUBCARRIERS_PER_BLOCK",
    "METRES_PER_DEGREE",
    "THERMAL_NOISE_DBM_PER_HZ",
    "lte_resource_blocks",
    "pixel_deg_for",
]

LIGHT_SPEED_M_PER_S = 299_792_458.0
"""Speed of light in vacuum (SI definition, BIPM 2019)."""

EARTH_RADIUS_KM = 6371.0
"""Mean Earth radius used by ITU-R P.1812-8 §3.5."""

METRES_PER_DEGREE = 110_946.0
"""A degree at the equator, metres: mean of longitude (111,319) and latitude (110,574) on WGS 84."""

THERMAL_NOISE_DBM_PER_HZ = -173.975
"""10·log10(k·T·1000) at T = 290 K with k = 1.380649e-23 J/K (SI definition, BIPM 2019)."""

LTE_RESOURCE_BLOCK_KHZ = 180.0
"""Width of an LTE resource block (3GPP TS 36.211 §6.2.3)."""

LTE_SUBCARRIERS_PER_BLOCK = 12
"""Subcarriers of a resource block at 15 kHz spacing (3GPP TS 36.211 table 6.2.3-1)."""

_LTE_BLOCKS = {1.4: 6, 3.0: 15, 5.0: 25, 10.0: 50, 15.0: 75, 20.0: 100}


def lte_resource_blocks(bandwidth_mhz: float) -> int:
    """Resource blocks of an LTE channel (3GPP TS 36.101 table 5.6-1).

    Parameters
    ----------
    bandwidth_mhz
        Channel bandwidth. The standard's widths answer from the table; any other width
        (aggregated or shared carriers) gets 90 % of its spectrum in whole blocks.

    Examples
    --------
    >>> lte_resource_blocks(10.0), lte_resource_blocks(20.0), lte_resource_blocks(7.5)
    (50, 100, 37)
    """
    found = _LTE_BLOCKS.get(float(bandwidth_mhz))
    return found if found is not None else max(1, int(bandwidth_mhz * 900.0 / LTE_RESOURCE_BLOCK_KHZ))


def pixel_deg_for(pixel_m: float) -> float:
    """Pixel side in degrees, a whole fraction of a degree, nearest to ``pixel_m`` at the equator.

    Examples
    --------
    >>> round(1.0 / pixel_deg_for(300.0))
    370
    """
    return 1.0 / max(1, round(METRES_PER_DEGREE / pixel_m))
