"""SINR and the rate of a cell: attenuated Shannon for 4G and 5G, fixed small rates for 2G and 3G."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.errors import RadioError
from planner.radio.link_budget import element_noise_dbm, nr_resource_blocks
from planner.radio.ranges import Floats
from planner.specs.radio import RadioSpec
from planner.units import LTE_RESOURCE_BLOCK_KHZ, lte_resource_blocks

__all__ = [
    "busy_weight",
    "cell_capacity_mbps",
    "harmonic_mean",
    "hidden_sectors",
    "link_efficiency",
    "sinr_db",
    "spectral_efficiency",
]

_NR_BLOCK_KHZ = 360.0
_WIDTHS = "3GPP TS 36.101 §5.6, TS 38.101-1 §5.3"
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


def sinr_db(
    level_dbm: ArrayLike,
    interference_dbm: ArrayLike,
    technology: ArrayLike,
    *,
    spec: RadioSpec,
    n_sectors: ArrayLike = 1,
) -> Floats:
    """Ratio of a server's level to interference and noise, ``S / (load·I + N)``, dB.

    Parameters
    ----------
    level_dbm
        Level of one resource element of the server.
    interference_dbm
        Sum of the other cells of its operator on its carrier, as if always sending (where loads are iterated each by its
        `busy_weight`); NaN where there is none.
    technology
        ``4G`` or ``5G`` of the server.
    spec
        ``load_share``, noise figure, ``front_back_db``.
    n_sectors
        Cells behind the server's row. The sectors of an envelope (no azimuth) hide each other: each is counted
        ``front_back_db`` below the server. Need not be whole: `hidden_sectors` weighs them by the server's load.

    References
    ----------
    3GPP TR 36.942 v17 (2022), annex A.1; load as in its §5.1.

    Examples
    --------
    A cell at −100 dBm with one equal neighbour at half load, and alone:

    >>> from planner.catalog import read_spec
    >>> radio = read_spec(RadioSpec, "radio", "default")
    >>> sinr_db([-100.0, -100.0], [-100.0, np.nan], "4G", spec=radio).round(1).tolist()
    [3.0, 23.2]
    """
    level = np.asarray(level_dbm, dtype=np.float64)
    kind = np.asarray(technology)
    noise = np.where(
        kind == "5G", element_noise_dbm(spec.noise_figure_db, "5G"), element_noise_dbm(spec.noise_figure_db)
    )
    other = np.nan_to_num(10.0 ** (np.asarray(interference_dbm, dtype=np.float64) / 10.0), nan=0.0)
    own = (np.asarray(n_sectors, dtype=np.float64) - 1.0) * 10.0 ** ((level - spec.front_back_db) / 10.0)
    found: Floats = level - 10.0 * np.log10(spec.load_share * (other + own) + 10.0 ** (noise / 10.0))
    return found


def hidden_sectors(n_sectors: ArrayLike, azimuth_deg: ArrayLike, busy_share: ArrayLike, spec: RadioSpec) -> Floats:
    """``n_sectors`` of `sinr_db`: 1 for a row that is one sector, else those of the envelope by their `busy_weight`."""
    hidden = (np.asarray(n_sectors, dtype=np.float64) - 1.0) * busy_weight(busy_share, spec)
    return np.asarray(
        1.0 + np.where(np.isnan(np.asarray(azimuth_deg, dtype=np.float64)), hidden, 0.0), dtype=np.float64
    )


def busy_weight(busy_share: ArrayLike, spec: RadioSpec) -> Floats:
    """What the power of stations that send for ``busy_share`` of the time counts for where all are taken to send for ``spec.load_share``.

    Examples
    --------
    >>> from planner.catalog import read_spec
    >>> busy_weight([0.25, 1.0], read_spec(RadioSpec, "radio", "default")).tolist()
    [0.5, 2.0]
    """
    share = np.asarray(busy_share, dtype=np.float64)
    return share / spec.load_share if spec.load_share > 0.0 else np.ones(share.shape)


def link_efficiency(sinr: ArrayLike, technology: ArrayLike, *, spec: RadioSpec) -> Floats:
    """Downlink rate per hertz of links of 4G and 5G at a SINR in dB, b/s/Hz; 0 for other technologies."""
    ratio, kind = np.broadcast_arrays(np.asarray(sinr, dtype=np.float64), np.asarray(technology))
    found = np.zeros(ratio.shape)
    for name, c in spec.capacity.items():
        mine = kind == name
        found[mine] = spectral_efficiency(
            ratio[mine], attenuation_share=c.attenuation_share, cap_bps_per_hz=c.cap_bps_per_hz
        )
    return found


def harmonic_mean(group: NDArray[np.int64], weight: Floats, rate: Floats, n_groups: int) -> Floats:
    """Weighted harmonic mean of rates by group: what a cell carries when each user gets the same amount.

    Parameters
    ----------
    group
        0 to ``n_groups − 1``, one a link.
    weight
        Demand of each link, 0 or more; a group without any demand weighs its links evenly.
    rate
        Positive.

    Returns
    -------
    array
        ``Σw / Σ(w/rate)``, NaN for groups without links.

    Examples
    --------
    >>> harmonic_mean(np.array([0, 0, 1]), np.array([1.0, 1.0, 5.0]), np.array([1.0, 3.0, 2.0]), 3).tolist()
    [1.5, 2.0, nan]
    """
    total = np.bincount(group, weights=weight, minlength=n_groups)
    even = np.where(total[group] > 0.0, weight, 1.0)
    with np.errstate(invalid="ignore"):
        found: Floats = np.bincount(group, weights=even, minlength=n_groups) / np.bincount(
            group, weights=even / rate, minlength=n_groups
        )
    return found


def cell_capacity_mbps(
    bandwidth_mhz: ArrayLike,
    n_sectors: ArrayLike,
    technology: ArrayLike,
    *,
    spec: RadioSpec,
    efficiency_bps_per_hz: ArrayLike = np.nan,
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
        Attenuation, cap, overhead, gain of streams; rates of 2G and 3G; the mean SINR where nothing better is known.
    efficiency_bps_per_hz
        Harmonic mean of `link_efficiency` over the footprint; NaN takes that of ``mean_sinr_db``.

    Returns
    -------
    array
        4G, 5G: resource blocks × width of a block × efficiency × share left by overhead × gain of streams × sectors.
        2G, 3G: a fixed rate a sector, whatever the width.

    Notes
    -----
    4G at 10 MHz and 10 dB: 50 blocks × 180 kHz × 2.08 b/s/Hz × 0.75 = 14 Mbps a sector. Signal alone would promise
    more: a lone cell at −110 dBm has 13 dB over noise and 2.7 b/s/Hz; with one equal neighbour at half load 0.9.

    Raises
    ------
    RadioError
        A width or number of sectors that is not positive, an unknown technology.
    """
    width, sectors, kind, given = np.broadcast_arrays(
        np.asarray(bandwidth_mhz, dtype=np.float64),
        np.asarray(n_sectors, dtype=np.float64),
        np.asarray(technology),
        np.asarray(efficiency_bps_per_hz, dtype=np.float64),
    )
    for name, values in (("bandwidth_mhz", width), ("n_sectors", sectors)):
        if not bool((values > 0.0).all()):
            faulty = float(values[~(values > 0.0)].flat[0])
            message = f"{name} must be positive, got {faulty:g} ({_WIDTHS})"
            raise RadioError(
                message, code="radio_outside", name=name, value=faulty, low="> 0", high="∞", source=_WIDTHS
            )
    cells = zip(kind.ravel().tolist(), width.ravel().tolist(), given.ravel().tolist(), strict=True)
    rates = [_sector_mbps(str(t), w, e, spec) for t, w, e in cells]
    found: NDArray[np.float64] = np.array(rates, dtype=np.float64).reshape(width.shape) * sectors
    return found


def _sector_mbps(technology: str, bandwidth_mhz: float, efficiency: float, spec: RadioSpec) -> float:
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
    if math.isnan(efficiency):
        shannon = c.attenuation_share * math.log2(1.0 + 10.0 ** (c.mean_sinr_db / 10.0))
        efficiency = min(shannon, c.cap_bps_per_hz)
    return occupied_mhz * efficiency * c.overhead_share * c.stream_gain
