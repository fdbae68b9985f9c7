"""The complete point model of ITU-R P.1812-8, one profile at a time (§4.2–4.9)."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit, jit_entry, least
from planner.radio.propagation._p1812_diffraction import DB10, Ground, Steps, delta_bullington
from planner.radio.propagation._p1812_path import (
    duct_incidence,
    horizon_angles,
    horizon_points,
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

    ``frequency_db`` is 20·log10(f), ``scatter_db`` eq. (45), ``duct_db`` eq. (47a), ``location_db`` −I(p_L/100)·σ_L of eq. (67), 0 at 50 % of locations; ``is_whole`` asks for every
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
    frequency_db: float
    scatter_db: float
    duct_db: float
    ground: Ground
    is_whole: bool


def pack_air(height_m: float, air: Air) -> list[float]:
    """A row of numbers: the antenna's height and the link, as loops over links take them."""
    return [height_m, *air[:11], *air.ground]


@jit
def unpack_air(row: Array) -> Air:
    """The link of a row made by `pack_air`."""
    ground = Ground(row[12], row[13], row[14], row[15])
    return Air(row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9], row[10], row[11], ground, False)  # noqa: FBT003  (numba)


def inverse_normal(share: float) -> float:
    """I(x), the inverse complementary cumulative normal distribution, attachment 2 eq. (96), (97)."""
    x = share  # percentages are checked, so that the Recommendation's limits at 1e-6 cannot be met
    tail = x if x <= 0.5 else 1.0 - x
    t = math.sqrt(-2.0 * math.log(tail))
    c = ((0.010328 * t + 0.802853) * t + 2.515516698) / (((0.001308 * t + 0.189269) * t + 1.432788) * t + 1.0)
    return t - c if x <= 0.5 else c - t


inverse_normal_jit = jit(inverse_normal)


@jit
def line_of_sight(air: Air, out: Array) -> None:
    """Eq. (8)–(11): free space, and its corrections for multipath and focusing at p and β0."""
    rise = (out[_HTS] - out[_HRS]) / 1000.0
    out[_LBFS] = 92.4 + air.frequency_db + DB10 * math.log(out[_D] * out[_D] + rise * rise)
    out[_LB0P] = out[_LBFS]
    out[_LB0B] = out[_LBFS]
    if air.is_whole or air.time_percent < 50.0:
        focus = 0.26 * DB10 * (1.0 - math.exp(-0.1 * (out[_DLT] + out[_DLR])))  # 2.6·log10 = 0.26·DB10·ln
        out[_LB0P] += focus * math.log(air.time_percent / 50.0)
        out[_LB0B] += focus * math.log(out[_BETA0] / 50.0)


@jit
def troposcatter(air: Air, out: Array) -> None:
    """Eq. (44)."""
    loss = 190.1 + air.scatter_db + 2.0 * DB10 * math.log(out[_D]) + 0.573 * out[_TH] - 0.15 * air.n0
    if air.time_percent < 50.0:
        loss -= 10.125 * math.log10(50.0 / air.time_percent) ** 0.7
    out[_LBS] = loss


@jit
def _coupling_loss(air: Air, out: Array, coast_km: tuple[float, float]) -> float:
    """A_f of eq. (47)–(49): fixed coupling between the antennas and the ducts."""
    f = air.frequency_ghz
    loss = 102.45 + air.frequency_db + 2.0 * DB10 * math.log(out[_DLT] + out[_DLR]) + air.duct_db
    for side in range(2):
        horizon_km = out[_DLT + side]
        shielding = out[_TH_T + side] - 0.1 * horizon_km  # (48a)
        if shielding > 0.0:
            loss += 2.0 * DB10 * math.log(1.0 + 0.361 * shielding * math.sqrt(f * horizon_km))  # (48)
            loss += 0.264 * shielding * air.ground.cbrt_f
        coast = coast_km[side]
        if out[_OMEGA] >= 0.75 and coast <= 5.0 and coast <= horizon_km:
            loss -= 3.0 * math.exp(-0.25 * coast * coast) * (1.0 + math.tanh(0.07 * (50.0 - out[_HTS + side])))  # (49)
    return loss


@jit
def _duct_time_loss(air: Air, out: Array) -> float:
    """A(p) of eq. (53)–(56): time variability of ducting."""
    total = out[_D]
    mu3 = 1.0
    if out[_HM] > 10.0:
        inner = least(total - out[_DLT] - out[_DLR], 40.0)  # (56a)
        mu3 = math.exp(-4.6e-5 * (out[_HM] - 10.0) * (43.0 + 6.0 * inner))  # (56)
    tau = 1.0 - math.exp(-4.12e-4 * out[_DLM] ** 2.41)  # (3)
    alpha = greatest(-3.4, -0.6 - 3.5e-9 * total**3.1 * tau)  # (55a)
    heights = math.sqrt(out[_HTE]) + math.sqrt(out[_HRE])
    mu2 = least(1.0, (500.0 / air.radius_km * total * total / (heights * heights)) ** alpha)  # (55)
    beta = out[_BETA0] * mu2 * mu3  # (54)
    log_beta = math.log10(beta)
    gamma = 1.076 / (2.0058 - log_beta) ** 1.012
    gamma *= math.exp(-(9.51 - 4.8 * log_beta + 0.198 * log_beta * log_beta) * 1e-6 * total**1.13)  # (53a)
    ratio = air.time_percent / beta
    return float(-12.0 + (1.2 + 3.7e-3 * total) * math.log10(ratio) + 12.0 * ratio**gamma)  # (53)


@jit
def fixed_duct_loss(air: Air, out: Array, coast_km: tuple[float, float]) -> float:
    """Eq. (47), (50)–(52): losses of ducting and layer reflection that do not vary in time."""
    total, ae = out[_D], air.radius_km
    theta = 1000.0 * total / ae + least(out[_TH_T], 0.1 * out[_DLT]) + least(out[_TH_R], 0.1 * out[_DLR])  # (52)
    return float(_coupling_loss(air, out, coast_km) + 5e-5 * ae * air.ground.cbrt_f * theta)


@jit
def duct_counts(air: Air, fixed_db: float, out: Array) -> bool:
    """Whether ducting can change the loss.

    Where the fixed losses alone exceed the diffraction loss, eq. (61) leaves that as it is: the time
    variability, which is positive at 50 %, is then not computed and ``L_minbap`` stays infinite.
    """
    return bool(air.is_whole or air.time_percent != 50.0 or fixed_db <= out[_LBD])


@jit
def effective_heights(h_t: float, h_r: float, out: Array) -> tuple[float, float]:
    """Eq. (92)–(94): heights for ducting; returns the smooth surface's height at the transmitter and its slope."""
    low_t, low_r = least(out[_HST], h_t), least(out[_HSR], h_r)  # (92a), (92b)
    out[_HTE], out[_HRE] = out[_HTS] - low_t, out[_HRS] - low_r  # (94)
    return low_t, (low_r - low_t) / out[_D]


@jit
def duct_loss(air: Air, fixed_db: float, roughness_m: float, out: Array) -> None:
    """Eq. (46), (53)–(60): basic transmission loss during ducting and layer reflection."""
    out[_HM] = roughness_m
    out[_LBA] = fixed_db + _duct_time_loss(air, out)  # (46)
    eta = 2.5
    high = greatest(out[_LBA], out[_LB0P])
    low = least(out[_LBA], out[_LB0P])
    out[_LMINBAP] = high + eta * math.log1p(math.exp((low - high) / eta))  # (60)


@jit
def _diffraction(s: Steps, g: Array, n: int, air: Air, out: Array) -> None:
    """§4.3.4: delta-Bullington losses of the whole profile at 50 % and at β0 %."""
    ends = (out[_HTS], out[_HRS], out[_HTED], out[_HRED])
    out[_LD50], out[_LBULLA50], out[_LBULLS50], out[_LDSPH50] = delta_bullington(
        s, g, n, ends, air.radius_km, air.ground, out[_OMEGA], air.is_whole
    )
    out[_LDB] = out[_LD50]
    if air.is_whole or air.time_percent < 50.0:
        out[_LDB], out[_LBULLA], out[_LBULLS], out[_LDSPH] = delta_bullington(
            s, g, n, ends, air.radius_beta_km, air.ground, out[_OMEGA], air.is_whole
        )
    diffraction_losses(air, out)


@jit
def diffraction_losses(air: Air, out: Array) -> None:
    """§4.3.5: diffraction loss not exceeded for p % from those at 50 % and β0 %, eq. (40)–(43)."""
    out[_LDP] = out[_LD50]
    out[_FI] = 0.0
    if air.is_whole or air.time_percent < 50.0:
        out[_FI] = 1.0
        if air.time_percent > out[_BETA0]:
            out[_FI] = air.inverse_p / inverse_normal_jit(out[_BETA0] / 100.0)  # (40)
        out[_LDP] = out[_LD50] + out[_FI] * (out[_LDB] - out[_LD50])  # (41)
    out[_LBD50] = out[_LBFS] + out[_LD50]  # (42)
    out[_LBD] = out[_LB0P] + out[_LDP]  # (43)


_FAR_DB = 80.0
"""Losses so far apart add nothing to each other: the lesser changes by 1e-15 dB."""


@jit
def _falling(x: float) -> float:
    """1/(1 + exp(x)), its ends cut where a double could not tell."""
    if x > 40.0:
        return 0.0
    return 1.0 / (1.0 + math.exp(x))


@jit
def combine(air: Air, zone_end: int, out: Array) -> None:
    """§4.6–4.9: the parts put together, eq. (57)–(69)."""
    out[_LMINB0P] = out[_LB0P] + (1.0 - out[_OMEGA]) * out[_LDP]  # (59)
    if air.time_percent >= out[_BETA0]:
        sea_db = out[_LB0B] + (1.0 - out[_OMEGA]) * out[_LDP] - out[_LBD50]
        out[_LMINB0P] = out[_LBD50] + sea_db * out[_FI]
    out[_FJ] = _falling(16.0 * (out[_TH] - 0.3))  # (57) with Θ = 0.3, ξ = 0.8
    out[_LBDA] = out[_LBD]
    if air.is_whole or out[_LMINBAP] <= out[_LBD]:
        out[_FK] = _falling(0.15 * (out[_D] - 20.0))  # (58) with d_sw = 20, κ = 0.5
    if out[_LMINBAP] <= out[_LBD]:
        out[_LBDA] = out[_LMINBAP] + (out[_LBD] - out[_LMINBAP]) * out[_FK]  # (61)
    out[_LBAM] = out[_LBDA] + (out[_LMINB0P] - out[_LBDA]) * out[_FJ]  # (62)
    low = least(out[_LBS], out[_LBAM])
    high = greatest(out[_LBS], out[_LBAM])
    out[_LBC] = low
    if high - low < _FAR_DB:
        out[_LBC] -= 0.5 * DB10 * math.log1p(math.exp(-2.0 / DB10 * (high - low)))  # (63)
    out[_LLOC] = 0.0 if zone_end == 1 else air.location_db  # (67)
    out[_LB] = greatest(out[_LB0P], out[_LBC] + out[_LLOC])  # (69)


@jit_entry
def point_loss(
    s: Steps,
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
    s
        Distances from the transmitter, km, rising from 0, with their inverses.
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
        Takes the intermediate results, ordered as `PARTS`. At 50 % of time those that cannot change the
        loss are left out unless ``air.is_whole``.
    """
    bulge = 500.0 / air.radius_km
    ends = (h[0] + heights[0], h[n - 1] + heights[1])
    out[_D], out[_HTS], out[_HRS], out[_AE] = s.d[n - 1], ends[0], ends[1], air.radius_km
    out[_OMEGA], out[_DTM], out[_DLM] = zones[0], zones[1], zones[2]
    over_t, over_r, bare_t, bare_r, above = terrain_slopes(s, h, n, ends, bulge)
    sums = profile_sums(s.d, h, n)
    out[_HST], out[_HSR], out[_HSTD], out[_HSRD] = smooth_heights(
        s.d[n - 1], (h[0], h[n - 1]), ends, sums, (bare_t, bare_r, above)
    )
    out[_HTED], out[_HRED] = ends[0] - out[_HSTD], ends[1] - out[_HSRD]  # (37)
    out[_TH_T], out[_TH_R] = horizon_angles(out[_D], ends, bulge, (over_t, over_r))
    out[_TH] = 1000.0 * out[_D] / air.radius_km + out[_TH_T] + out[_TH_R]  # (84)
    is_varying = air.is_whole or air.time_percent < 50.0
    points = (0, 0)
    out[_BETA0] = 0.0
    if is_varying:
        points = _prepare(s, h, n, air, out, (over_t, over_r))
    line_of_sight(air, out)
    _diffraction(s, g, n, air, out)
    out[_LMINBAP] = np.inf
    # L_minbap exceeds L_b0p, so that eq. (61) leaves a path without diffraction loss as it is
    if air.is_whole or out[_LBD] > out[_LB0P]:
        if not is_varying:
            points = _prepare(s, h, n, air, out, (over_t, over_r))
        fixed_db = fixed_duct_loss(air, out, (zones[3], zones[4]))
        if duct_counts(air, fixed_db, out):
            line = effective_heights(h[0], h[n - 1], out)
            duct_loss(air, fixed_db, roughness(s.d, h, line, points[0], points[1]), out)
    troposcatter(air, out)
    combine(air, zones[5], out)
    return float(out[_LB])


@jit
def _prepare(s: Steps, h: Array, n: int, air: Air, out: Array, over: tuple[float, float]) -> tuple[int, int]:
    """Horizon distances and β0, wanted by time variability and ducting; returns the horizons' points."""
    points = horizon_points(s, h, n, (out[_HTS], out[_HRS]), 500.0 / air.radius_km, over)
    out[_DLT], out[_DLR] = s.d[points[0]], out[_D] - s.d[points[1]]
    out[_BETA0] = duct_incidence(air.latitude_deg, out[_DTM], out[_DLM])
    return points
