"""The complete point model of ITU-R P.1812-8, one profile at a time (§4.2–4.9)."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import jit
from planner.radio.propagation._p1812_diffraction import Ground, delta_bullington, profile_slopes
from planner.radio.propagation._p1812_path import (
    duct_incidence,
    horizons,
    profile_sums,
    roughness,
    smooth_heights,
    terrain_slopes,
)

__all__ = ["PARTS", "Air", "inverse_normal", "point_loss"]

Array = NDArray[np.float64]

PARTS = (
    "total_km", "dlt", "dlr", "theta_t", "theta_r", "theta", "hts", "hrs", "omega", "dtm", "dlm", "beta0", "ae",
    "hst", "hsr", "hstd", "hsrd", "hte_diffraction", "hre_diffraction", "hte", "hre", "hm", "Fi", "Fj", "Fk",
    "Lbfs", "Lb0p", "Lb0b", "Lbulla50", "Lbulls50", "Ldsph50", "Ld50", "Lbulla", "Lbulls", "Ldsph", "Ldb", "Ldp",
    "Lbd50", "Lbd", "Lminb0p", "Lba", "Lminbap", "Lbda", "Lbam", "Lbs", "Lbc", "Lloc", "Lb",
)  # fmt: skip
"""Names of the intermediate results `point_loss` writes, in order."""

(
    _D, _DLT, _DLR, _TH_T, _TH_R, _TH, _HTS, _HRS, _OMEGA, _DTM, _DLM, _BETA0, _AE,
    _HST, _HSR, _HSTD, _HSRD, _HTED, _HRED, _HTE, _HRE, _HM, _FI, _FJ, _FK,
    _LBFS, _LB0P, _LB0B, _LBULLA50, _LBULLS50, _LDSPH50, _LD50, _LBULLA, _LBULLS, _LDSPH, _LDB, _LDP,
    _LBD50, _LBD, _LMINB0P, _LBA, _LMINBAP, _LBDA, _LBAM, _LBS, _LBC, _LLOC, _LB,
) = range(len(PARTS))  # fmt: skip


class Air(NamedTuple):
    """Everything about a link that does not change along a profile.

    ``location_db`` is −I(p_L/100)·σ_L of eq. (67), 0 at 50 % of locations; ``is_whole`` asks for every
    intermediate result, also those that cannot change the loss.
    """

    frequency_ghz: float
    time_percent: float
    n0: float
    latitude_deg: float
    radius_km: float
    radius_beta_km: float
    inverse_p: float
    location_db: float
    ground: Ground
    is_whole: bool


def inverse_normal(share: float) -> float:
    """I(x), the inverse complementary cumulative normal distribution, attachment 2 eq. (96), (97)."""
    x = min(0.999999, max(0.000001, share))
    tail = x if x <= 0.5 else 1.0 - x
    t = math.sqrt(-2.0 * math.log(tail))
    c = ((0.010328 * t + 0.802853) * t + 2.515516698) / (((0.001308 * t + 0.189269) * t + 1.432788) * t + 1.0)
    return t - c if x <= 0.5 else c - t


_inverse_normal = jit(inverse_normal)


@jit
def _line_of_sight(air: Air, out: Array) -> None:
    """Eq. (8)–(11): free space, and its corrections for multipath and focusing at p and β0."""
    slant2 = out[_D] ** 2 + ((out[_HTS] - out[_HRS]) / 1000.0) ** 2
    out[_LBFS] = 92.4 + 20.0 * math.log10(air.frequency_ghz) + 10.0 * math.log10(slant2)
    focus = 0.0
    if air.is_whole or air.time_percent < 50.0:
        focus = 2.6 * (1.0 - math.exp(-0.1 * (out[_DLT] + out[_DLR])))
    out[_LB0P] = out[_LBFS]
    out[_LB0B] = out[_LBFS]
    if focus > 0.0:
        out[_LB0P] += focus * math.log10(air.time_percent / 50.0)
        out[_LB0B] += focus * math.log10(out[_BETA0] / 50.0)


@jit
def _troposcatter(air: Air, out: Array) -> None:
    """Eq. (44), (45)."""
    f = air.frequency_ghz
    frequency_db = 25.0 * math.log10(f) - 2.5 * math.log10(f / 2.0) ** 2
    loss = 190.1 + frequency_db + 20.0 * math.log10(out[_D]) + 0.573 * out[_TH] - 0.15 * air.n0
    if air.time_percent < 50.0:
        loss -= 10.125 * math.log10(50.0 / air.time_percent) ** 0.7
    out[_LBS] = loss


@jit
def _coupling_loss(air: Air, out: Array, coast_km: tuple[float, float]) -> float:
    """A_f of eq. (47)–(49): fixed coupling between the antennas and the ducts."""
    f = air.frequency_ghz
    loss = 102.45 + 20.0 * math.log10(f) + 20.0 * math.log10(out[_DLT] + out[_DLR])
    if f < 0.5:
        loss += 45.375 - 137.0 * f + 92.5 * f * f  # (47a)
    for side in range(2):
        horizon_km = out[_DLT + side]
        shielding = out[_TH_T + side] - 0.1 * horizon_km  # (48a)
        if shielding > 0.0:
            loss += 20.0 * math.log10(1.0 + 0.361 * shielding * math.sqrt(f * horizon_km))  # (48)
            loss += 0.264 * shielding * np.cbrt(f)
        coast = coast_km[side]
        if out[_OMEGA] >= 0.75 and coast <= 5.0 and coast <= horizon_km:
            loss -= 3.0 * math.exp(-0.25 * coast * coast) * (1.0 + math.tanh(0.07 * (50.0 - out[_HTS + side])))  # (49)
    return loss


@jit
def _ducting(air: Air, out: Array, coast_km: tuple[float, float]) -> None:
    """Eq. (46)–(56): basic transmission loss during ducting and layer reflection."""
    total, ae = out[_D], air.radius_km
    theta = 1000.0 * total / ae + min(out[_TH_T], 0.1 * out[_DLT]) + min(out[_TH_R], 0.1 * out[_DLR])  # (52)
    mu3 = 1.0
    if out[_HM] > 10.0:
        inner = min(total - out[_DLT] - out[_DLR], 40.0)  # (56a)
        mu3 = math.exp(-4.6e-5 * (out[_HM] - 10.0) * (43.0 + 6.0 * inner))  # (56)
    tau = 1.0 - math.exp(-4.12e-4 * out[_DLM] ** 2.41)  # (3)
    alpha = max(-3.4, -0.6 - 3.5e-9 * total**3.1 * tau)  # (55a)
    heights = math.sqrt(out[_HTE]) + math.sqrt(out[_HRE])
    mu2 = min(1.0, (500.0 / ae * total * total / (heights * heights)) ** alpha)  # (55)
    beta = out[_BETA0] * mu2 * mu3  # (54)
    log_beta = math.log10(beta)
    gamma = 1.076 / (2.0058 - log_beta) ** 1.012
    gamma *= math.exp(-(9.51 - 4.8 * log_beta + 0.198 * log_beta * log_beta) * 1e-6 * total**1.13)  # (53a)
    ratio = air.time_percent / beta
    time_db = -12.0 + (1.2 + 3.7e-3 * total) * math.log10(ratio) + 12.0 * ratio**gamma  # (53)
    angle_db = 5e-5 * ae * np.cbrt(air.frequency_ghz) * theta  # (50), (51)
    out[_LBA] = _coupling_loss(air, out, coast_km) + angle_db + time_db  # (46)
    eta = 2.5
    high = max(out[_LBA], out[_LB0P])
    low = min(out[_LBA], out[_LB0P])
    out[_LMINBAP] = high + eta * math.log1p(math.exp((low - high) / eta))  # (60)


@jit
def _duct_geometry(
    d: Array, h: Array, n: int, heights: tuple[float, float], points: tuple[int, int], out: Array
) -> None:
    """Eq. (92)–(95): effective antenna heights and roughness for the ducting model."""
    low_t = min(out[_HST], h[0])
    low_r = min(out[_HSR], h[n - 1])
    out[_HTE] = heights[0] + h[0] - low_t
    out[_HRE] = heights[1] + h[n - 1] - low_r
    out[_HM] = roughness(d, h, (low_t, (low_r - low_t) / out[_D]), points[0], points[1])


@jit
def _diffraction(d: Array, g: Array, n: int, air: Air, out: Array) -> None:
    """§4.3.4 and 4.3.5: loss at 50 %, at β0 %, and between them, eq. (39)–(43)."""
    ends = (out[_HTS], out[_HRS], out[_HTED], out[_HRED])
    slopes = profile_slopes(d, g, n, (ends[0], ends[1]), 500.0 / air.radius_km)
    out[_LD50], out[_LBULLA50], out[_LBULLS50], out[_LDSPH50] = delta_bullington(
        d, g, n, ends, air.radius_km, air.ground, out[_OMEGA], slopes
    )
    out[_LDB] = out[_LDP] = out[_LD50]
    out[_FI] = 0.0
    if air.is_whole or air.time_percent < 50.0:
        slopes = profile_slopes(d, g, n, (ends[0], ends[1]), 500.0 / air.radius_beta_km)
        out[_LDB], out[_LBULLA], out[_LBULLS], out[_LDSPH] = delta_bullington(
            d, g, n, ends, air.radius_beta_km, air.ground, out[_OMEGA], slopes
        )
        out[_FI] = 1.0
        if air.time_percent > out[_BETA0]:
            out[_FI] = air.inverse_p / _inverse_normal(out[_BETA0] / 100.0)  # (40)
        out[_LDP] = out[_LD50] + out[_FI] * (out[_LDB] - out[_LD50])  # (41)
    out[_LBD50] = out[_LBFS] + out[_LD50]  # (42)
    out[_LBD] = out[_LB0P] + out[_LDP]  # (43)


@jit
def _combine(air: Air, zone_end: int, out: Array) -> None:
    """§4.6–4.9: the parts put together, eq. (57)–(69)."""
    out[_LMINB0P] = out[_LB0P] + (1.0 - out[_OMEGA]) * out[_LDP]  # (59)
    if air.time_percent >= out[_BETA0]:
        sea_db = out[_LB0B] + (1.0 - out[_OMEGA]) * out[_LDP] - out[_LBD50]
        out[_LMINB0P] = out[_LBD50] + sea_db * out[_FI]
    out[_FJ] = 1.0 - 0.5 * (1.0 + math.tanh(8.0 * (out[_TH] - 0.3)))  # (57) with Θ = 0.3, ξ = 0.8
    out[_FK] = 1.0 - 0.5 * (1.0 + math.tanh(1.5 * (out[_D] - 20.0) / 20.0))  # (58) with d_sw = 20, κ = 0.5
    out[_LBDA] = out[_LBD]
    if out[_LMINBAP] <= out[_LBD]:
        out[_LBDA] = out[_LMINBAP] + (out[_LBD] - out[_LMINBAP]) * out[_FK]  # (61)
    out[_LBAM] = out[_LBDA] + (out[_LMINB0P] - out[_LBDA]) * out[_FJ]  # (62)
    low = min(out[_LBS], out[_LBAM])
    high = max(out[_LBS], out[_LBAM])
    out[_LBC] = low - 5.0 / math.log(10.0) * math.log1p(10.0 ** (-0.2 * (high - low)))  # (63)
    out[_LLOC] = 0.0 if zone_end == 1 else air.location_db  # (67)
    out[_LB] = max(out[_LB0P], out[_LBC] + out[_LLOC])  # (69)


@jit
def point_loss(
    d: Array,
    h: Array,
    g: Array,
    n: int,
    heights: tuple[float, float],
    zones: tuple[float, float, float, float, float, int],
    air: Air,
    out: Array,
) -> float:
    """Basic transmission loss L_b of one profile, dB.

    Parameters
    ----------
    d
        Distances from the transmitter, km, rising from 0.
    h, g
        Ground, and ground plus clutter (equal to the ground at both ends), m above sea level.
    n
        Points of the profile, at least 5.
    heights
        Antennas above ground, m: transmitter, receiver.
    zones
        Result of `zone_lengths` and the zone of the last point.
    air
        The link.
    out
        Takes the intermediate results, ordered as `PARTS`.
    """
    bulge = 500.0 / air.radius_km
    hts, hrs = h[0] + heights[0], h[n - 1] + heights[1]
    ends = (hts, hrs)
    out[_D], out[_HTS], out[_HRS], out[_AE] = d[n - 1], hts, hrs, air.radius_km
    out[_OMEGA], out[_DTM], out[_DLM] = zones[0], zones[1], zones[2]
    over_t, over_r, bare_t, bare_r, above = terrain_slopes(d, h, n, ends, bulge)
    sums = profile_sums(d, h, n)
    out[_HST], out[_HSR], out[_HSTD], out[_HSRD] = smooth_heights(d, h, n, ends, sums, (bare_t, bare_r, above))
    out[_HTED], out[_HRED] = hts - out[_HSTD], hrs - out[_HSRD]  # (37)
    theta_t, theta_r, dlt, dlr, first, last = horizons(d, h, n, ends, bulge, (over_t, over_r))
    out[_TH_T], out[_TH_R], out[_DLT], out[_DLR] = theta_t, theta_r, dlt, dlr
    out[_TH] = 1000.0 * out[_D] / air.radius_km + theta_t + theta_r  # (84)
    out[_BETA0] = duct_incidence(air.latitude_deg, zones[1], zones[2])
    _line_of_sight(air, out)
    _diffraction(d, g, n, air, out)
    out[_LMINBAP] = np.inf
    # L_minbap exceeds L_b0p, so that eq. (61) leaves a path without diffraction loss as it is
    if air.is_whole or out[_LBD] > out[_LB0P]:
        _duct_geometry(d, h, n, heights, (first, last), out)
        _ducting(air, out, (zones[3], zones[4]))
    _troposcatter(air, out)
    _combine(air, zones[5], out)
    return float(out[_LB])
