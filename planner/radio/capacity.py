"""Rate of a cell: attenuated Shannon for 4G and 5G, fixed small rates for 2G and 3G."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.errors import RadioError
from planner.radio.link_budget import nr_resource_blocks
from planner.specs.radio import RadioSpec
from planner.units import LTE_RESOURCE_BLOCK_KHZ, lte_resource_blocks

__all__ = ["cell_capacity_mbps", "spectral_efficiency"]

_NR_BLOCK_KHZ = 360.0
_FLOOR_DB = -10.0


def spectral_efficiency(sinr_db: ArrayLike, *, attenuation_share: float, cap_bps_per_hz: float) -> NDArray[np.float64]:
    """Rate per hertz at a signal-to-noise-and-interference ratio, b/s/Hz.

    Parameters
    ----------
    sinr_db
        Ratio; below −10 dB nothing is carried.
    attenuation_share
        Share of the Shannon bound that a link reaches: 0.6 downlink, 0.4 uplink.
    cap_bps_per_hz
        Highest coding: 4.4 downlink, 2.0 uplink for LTE.

    References
    ----------
    3GPP TR 36.942 v17 (2022), annex A.2.

    Examples
    --------
    >>> rate = spectral_efficiency([-12.0, 10.0, 40.0], attenuation_share=0.6, cap_bps_per_hz=4.4)
    >>> [round(float(v), 2) for v in rate]
    [0.0, 2.08, 4.4]
    """
    sinr = np.asarray(sinr_db, dtype=np.float64)
    rate = np.minimum(attenuation_share * np.log2(1.0 + 10.0 ** (sinr / 10.0)), cap_bps_per_hz)
    result: NDArray[np.float64] = np.where(sinr >= _FLOOR_DB, rate, 0.0)
    return result


def cell_capacity_mbps(
    bandwidth_mhz: ArrayLike, n_sectors: ArrayLike, technology: ArrayLike, *, spec: RadioSpec
) -> NDArray[np.float64]:
    """Downlink rate that the cells of each station share at busy hour, Mbps.

    Parameters
    ----------
    bandwidth_mhz
        Channel width; arrays are broadcast together.
    n_sectors
        Cells behind the row, at least 1.
    technology
        ``2G``, ``3G``, ``4G`` or ``5G``.
    spec
        Mean SINR, attenuation, cap, overhead, gain of streams; rates of 2G and 3G.

    Returns
    -------
    array
        4G, 5G: resource blocks × width of a block × efficiency at the mean SINR × share left by overhead
        × gain of streams × sectors. 2G, 3G: a fixed rate a sector, whatever the width.

    Notes
    -----
    One mean SINR stands for the cell: it is "coverage with a typical rate", not a simulation of
    interference. 4G at 10 MHz: 50 blocks × 180 kHz × 2.08 b/s/Hz × 0.75 = 14 Mbps a sector. Signal
    alone would promise more: a lone cell at −110 dBm has 13 dB over noise and 2.7 b/s/Hz; with one equal
    neighbour at half load 0.9 b/s/Hz.

    Raises
    ------
    RadioError
        A width or number of sectors that is not positive, an unknown technology.
    """
    width, sectors, kind = np.broadcast_arrays(
        np.asarray(bandwidth_mhz, dtype=np.float64), np.asarray(n_sectors, dtype=np.float64), np.asarray(technology)
    )
    for name, values in (("bandwidth_mhz", width), ("n_sectors", sectors)):
        if not bool((values > 0.0).all()):
            message = f"{name} must be positive, got {values.min() if values.size else values}"
            raise RadioError(message, code="radio_range", name=name, low="0", high="")
    rates = [_sector_mbps(str(t), float(w), spec) for t, w in zip(kind.ravel(), width.ravel(), strict=True)]
    found: NDArray[np.float64] = np.array(rates, dtype=np.float64).reshape(width.shape) * sectors
    return found


def _sector_mbps(technology: str, bandwidth_mhz: float, spec: RadioSpec) -> float:
    if technology in ("2G", "3G"):
        return spec.legacy_mbps[technology]  # type: ignore[index]  # checked just above
    if technology not in ("4G", "5G"):
        message = f"technology '{technology}' is not one of 2G, 3G, 4G, 5G"
        raise RadioError(message, code="radio_technology", value=technology)
    c = spec.capacity[technology]  # type: ignore[index]  # checked just above
    if technology == "4G":
        occupied_mhz = lte_resource_blocks(bandwidth_mhz) * LTE_RESOURCE_BLOCK_KHZ / 1000.0
    else:
        occupied_mhz = nr_resource_blocks(bandwidth_mhz) * _NR_BLOCK_KHZ / 1000.0
    shannon = c.attenuation_share * math.log2(1.0 + 10.0 ** (c.mean_sinr_db / 10.0))
    return occupied_mhz * min(shannon, c.cap_bps_per_hz) * c.overhead_share * c.stream_gain
