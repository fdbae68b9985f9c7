"""The formulas of ITU-R P.1812-8 for `LANES` paths at once, as packed code of single precision.

Every field of a block is a row of floats, and a loop over them has no calls and no jumps, so that LLVM makes vector
instructions of it. The formulas are those of `_p1812_kernel` and `_p1812_diffraction`, written without branches; a
test holds the two together to 0.005 dB.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit_single, least
from planner.radio.propagation._fast_math import fast_exp, fast_log, whole
from planner.radio.propagation._p1812_block import (
    COAST_R,
    COAST_T,
    DIFFRACTED,
    DIFFRACTED_FLAT,
    DLR,
    DLT,
    DUCTED,
    FREE,
    HRE,
    HRED,
    HRS,
    HTE,
    HTED,
    HTS,
    LANES,
    LONGEST,
    LOSS,
    NU,
    NU_FLAT,
    OMEGA,
    POINTS,
    RISE,
    ROUGH,
    SLOPE_R,
    SLOPE_R_FLAT,
    SLOPE_T,
    SLOPE_T_FLAT,
    THETA,
    THETA_R,
    THETA_T,
    TOTAL,
)
from planner.radio.propagation._p1812_diffraction import DB10
from planner.radio.propagation._p1812_kernel import Air

__all__ = ["finish_block"]

Block = NDArray[np.float32]

LN10 = 10.0 / DB10

_FAR_DB = 1e6
"""Stands for the loss of a duct that does not count."""


@jit_single
def _edge_loss(nu: float, total: float) -> float:
    """Bullington loss of an edge, eq. (12) and (21)."""
    shifted = greatest(nu, -0.78) - 0.1
    edge = 6.9 + 2.0 * DB10 * fast_log(math.sqrt(shifted * shifted + 1.0) + shifted)
    loss = edge + (1.0 - fast_exp(edge / -6.0)) * (10.0 + 0.02 * total)
    return loss if nu > -0.78 else 0.0


@jit_single
def _edge_nu(total: float, rise: float, slope_t: float, slope_r: float) -> float:
    """ν of the Bullington point, eq. (18) and (20), without sqrt(1/λ); ``rise`` is hts − hrs."""
    both = greatest(slope_t + slope_r, 1e-9)
    at = (slope_r * total - rise) / both
    rest = total - at
    height = slope_t * at + rise * at / total
    nu = height * math.sqrt(0.002 * total / greatest(at * rest, 1e-9))
    return nu if slope_t + slope_r > 1e-9 else 0.0


@jit_single
def _height_factor(b: float, k: float) -> float:
    """10^(G(Y)/20) of eq. (34)."""
    shifted = greatest(b - 1.1, 0.9)
    high = fast_exp((17.6 * math.sqrt(shifted) - 8.0) / (2.0 * DB10)) / math.sqrt(math.sqrt(shifted))
    low = b + 0.1 * b * b * b
    return float(greatest(high if b > 2.0 else low, 1.258_925_411_794_167 * k))


@jit_single
def _first_term(total: float, hte: float, hre: float, root: float, cbrt_f: float, admittance: float) -> float:
    """Eq. (29)–(36) over one kind of ground; ``root`` is the cube root of the Earth's radius."""
    k = admittance / (root * cbrt_f)
    k2 = k * k
    beta = (1.0 + 1.6 * k2 + 0.67 * k2 * k2) / (1.0 + 4.5 * k2 + 1.53 * k2 * k2)
    x = 21.88 * beta * cbrt_f / (root * root) * total
    scale = 0.9575 * beta * beta * cbrt_f * cbrt_f / root
    gains = _height_factor(scale * hte, k) * _height_factor(scale * hre, k)
    log_x, log_gains = fast_log(x), fast_log(gains)
    far = 17.6 * x - 11.0 - DB10 * log_x - 2.0 * DB10 * log_gains
    near = 5.6488 * fast_exp(1.425 * log_x) + 2.0 * DB10 * (log_x - log_gains)
    return far if x >= 1.6 else near


@jit_single
def _tightest_share(hte: float, hre: float, m: float) -> float:
    """B of eq. (24c), the root of m·b³ − (m + 1)·b + c inside ±1, by five steps of Newton (m ≤ 1 where it counts)."""
    c = (hte - hre) / (hte + hre)
    b = c / (m + 1.0)
    for _ in range(5):
        slope = least(3.0 * m * b * b - (m + 1.0), -0.05)
        b = least(greatest(b - ((m * b * b - (m + 1.0)) * b + c) / slope, -1.0), 1.0)
    return b


@jit_single
def _spherical(ends: tuple[float, float, float], air: Air, ae: float, share: float, omega: float) -> float:
    """Spherical-Earth loss over a radius ``ae``, eq. (22)–(28), not below zero.

    ``ends`` are the distance and both heights, ``share`` is b of eq. (24c).
    """
    total, hte, hre = ends
    roots = math.sqrt(hte) + math.sqrt(hre)
    is_far = total >= math.sqrt(0.002 * ae) * roots
    marginal = 500.0 * (total / roots) * (total / roots)
    root = fast_exp(fast_log(ae if is_far else marginal) * 0.333_333_333)
    loss = _first_term(total, hte, hre, root, air.ground.cbrt_f, air.ground.land)
    sea = _first_term(total, hte, hre, root, air.ground.cbrt_f, air.ground.sea)
    loss += omega * (sea - loss)
    first = 0.5 * total * (1.0 + share)
    second = total - first
    clear = ((hte - 500.0 * first * first / ae) * second + (hre - 500.0 * second * second / ae) * first) / total
    needed = 17.456 * math.sqrt(greatest(first * second, 1e-12) * air.ground.wavelength_m / total)
    partial = greatest(1.0 - clear / needed, 0.0) * greatest(loss, 0.0)
    return loss if is_far else partial


@jit_single
def _steepest(total: float, step: float, points: float, height: float, bulge: float) -> float:
    """Steepest slope over a smooth Earth from an antenna, over even steps."""
    i = least(greatest(whole(math.sqrt(height / bulge) / step), 1.0), points - 2.0)
    first = i * step
    second = least(i + 1.0, points - 2.0) * step
    return float(greatest(bulge * (total - first) - height / first, bulge * (total - second) - height / second))


@jit_single
def _smooth_nu(total: float, step: float, i: float, hts: float, slope: float, bulge: float) -> float:
    x = i * step
    room = x * (total - x)
    return (bulge * room - hts - slope * x) / math.sqrt(room)


@jit_single
def _smooth(ends: tuple[float, float, float], points: float, wave: float, bulge: float, share: float) -> float:
    """Bullington loss over a smooth Earth of even steps, without a scan; ``wave`` is sqrt(1/λ).

    Each maximum lies beside a known place: the slope from an antenna ``h`` metres up is steepest sqrt(h·a_e/500) away,
    and the largest ν is where eq. (24) has the least clearance (both set the same derivative to zero).
    """
    total, hte, hre = ends
    step = total / (points - 1.0)
    slope_t = _steepest(total, step, points, hte, bulge)
    slope_r = _steepest(total, step, points, hre, bulge)
    slope = (hre - hte) / total
    i = least(greatest(whole(0.5 * total * (1.0 + share) / step), 1.0), points - 2.0)
    clear = greatest(
        _smooth_nu(total, step, i, hte, slope, bulge),
        _smooth_nu(total, step, least(i + 1.0, points - 2.0), hte, slope, bulge),
    ) * math.sqrt(0.002 * total)
    cut = _edge_nu(total, hte - hre, slope_t, slope_r)
    nu = clear if slope_t < slope else cut
    return _edge_loss(nu * wave, total)


@jit_single
def _diffract(b: Block, rows: tuple[int, int, int, int], air: Air, ae: float) -> None:
    """Delta-Bullington loss of every lane over an Earth of radius ``ae``, §4.3.4.

    ``rows`` are those of the slopes from both ends, of the largest ν of a clear path, and of the result.
    """
    wave = 1.0 / math.sqrt(air.ground.wavelength_m)
    for k in range(LANES):
        total, rise, hte, hre = b[TOTAL + k], b[RISE + k], b[HTED + k], b[HRED + k]
        cut = _edge_nu(total, rise, b[rows[0] + k], b[rows[1] + k])
        nu = b[rows[2] + k] if b[rows[0] + k] * total < -rise else cut
        share = _tightest_share(hte, hre, least(250.0 * total * total / (ae * (hte + hre)), 1.0))
        ends = (total, hte, hre)
        spherical = _spherical(ends, air, ae, share, b[OMEGA + k])
        smooth = _smooth(ends, b[POINTS + k], wave, 500.0 / ae, share)
        b[rows[3] + k] = _edge_loss(nu * wave, total) + greatest(spherical - smooth, 0.0)


@jit_single
def _power(base: float, exponent: float) -> float:
    """A positive number to a power."""
    return fast_exp(exponent * fast_log(base))


@jit_single
def _inland(longest: float) -> float:
    """τ of eq. (3)."""
    return 1.0 - fast_exp(-4.12e-4 * _power(longest, 2.41))


@jit_single
def _incidence(latitude: float, longest: float) -> float:
    """β0 of eq. (2)–(5), per cent of time; all land is inland."""
    tau = _inland(longest)
    mu1 = fast_exp(-LN10 * longest / (16.0 - 6.6 * tau)) + fast_exp(-LN10 * (2.48 + 1.77 * tau))
    log_mu1 = least(0.0, 0.2 * fast_log(mu1))
    high = abs(latitude)
    low = fast_exp(LN10 * (1.67 - 0.015 * high) + log_mu1 * (0.065 + 0.0176 * high))
    return low if high <= 70.0 else 4.17 * fast_exp(1.3 * log_mu1)


@jit_single
def _shielding(theta: float, horizon: float, air: Air) -> float:
    """A_s of eq. (48)."""
    over = greatest(theta - 0.1 * horizon, 0.0)
    return (
        2.0 * DB10 * fast_log(1.0 + 0.361 * over * math.sqrt(air.frequency_ghz * horizon))
        + 0.264 * over * air.ground.cbrt_f
    )


@jit_single
def _coast(omega: float, coast: float, horizon: float, antenna: float) -> float:
    """A_c of eq. (49): what nearness to the sea takes off the coupling loss."""
    near = 6.0 * fast_exp(-0.25 * coast * coast) / (1.0 + fast_exp(0.14 * (antenna - 50.0)))
    return near if omega >= 0.75 and coast <= 5.0 and coast <= horizon else 0.0


@jit_single
def _duct_time(b: Block, k: int, air: Air, beta0: float) -> float:
    """A(p) of eq. (53)–(56): time variability of ducting in lane ``k``."""
    total: float = b[TOTAL + k]
    log_total = fast_log(total)
    inner = least(total - b[DLT + k] - b[DLR + k], 40.0)
    log_mu3 = -4.6e-5 * greatest(b[ROUGH + k] - 10.0, 0.0) * (43.0 + 6.0 * inner)
    alpha = greatest(-3.4, -0.6 - 3.5e-9 * fast_exp(3.1 * log_total) * _inland(b[LONGEST + k]))
    heights = math.sqrt(b[HTE + k]) + math.sqrt(b[HRE + k])
    log_mu2 = least(0.0, alpha * fast_log(500.0 / air.radius_km * total * total / (heights * heights)))
    log_beta = fast_log(beta0) + log_mu2 + log_mu3  # (54)
    ten = log_beta / LN10
    gamma = 1.076 * fast_exp(
        -1.012 * fast_log(2.0058 - ten) - (9.51 - 4.8 * ten + 0.198 * ten * ten) * 1e-6 * fast_exp(1.13 * log_total)
    )  # (53a)
    log_ratio = fast_log(air.time_percent) - log_beta
    return -12.0 + (1.2 + 3.7e-3 * total) * log_ratio / LN10 + 12.0 * fast_exp(gamma * log_ratio)  # (53)


@jit_single
def _focus(b: Block, k: int) -> float:
    """Factor of multipath and focusing in eq. (9) and (10), by natural logarithms, of lane ``k``."""
    return 0.26 * DB10 * (1.0 - fast_exp(-0.1 * (b[DLT + k] + b[DLR + k])))


@jit_single
def _duct(b: Block, air: Air, with_sea: bool) -> None:  # noqa: FBT001  (kernels take positional arguments)
    """Loss during ducting and layer reflection, eq. (46)–(60), of every lane; skipped where it counts in none.

    It cannot count where the fixed losses alone exceed diffraction (their coastal part takes 12 dB at most; the
    rest is positive), nor on a path without diffraction loss.
    """
    ae = air.radius_km
    excess = -_FAR_DB
    for k in range(LANES):
        dlt, dlr = b[DLT + k], b[DLR + k]
        fixed = 102.45 + air.frequency_db + 2.0 * DB10 * fast_log(dlt + dlr) + air.duct_db
        fixed += _shielding(b[THETA_T + k], dlt, air) + _shielding(b[THETA_R + k], dlr, air)
        bent = 1000.0 * b[TOTAL + k] / ae + least(b[THETA_T + k], 0.1 * dlt) + least(b[THETA_R + k], 0.1 * dlr)
        b[DUCTED + k] = fixed + 5e-5 * ae * air.ground.cbrt_f * bent
        room = b[FREE + k] + b[DIFFRACTED + k] + 12.0 - b[DUCTED + k]
        excess = greatest(excess, room if b[DIFFRACTED + k] > 0.0 else -_FAR_DB)
    if excess < 0.0 and air.time_percent >= 50.0:
        for k in range(LANES):
            b[DUCTED + k] = _FAR_DB
        return
    if with_sea:
        for k in range(LANES):
            b[DUCTED + k] -= _coast(b[OMEGA + k], b[COAST_T + k], b[DLT + k], b[HTS + k]) + _coast(
                b[OMEGA + k], b[COAST_R + k], b[DLR + k], b[HRS + k]
            )
    for k in range(LANES):
        beta0 = _incidence(air.latitude_deg, b[LONGEST + k])
        ducted = b[DUCTED + k] + _duct_time(b, k, air, beta0)  # (46)
        clear = b[FREE + k] + _focus(b, k) * fast_log(air.time_percent / 50.0)
        high, low = greatest(ducted, clear), least(ducted, clear)
        b[DUCTED + k] = high + 2.5 * fast_log(1.0 + fast_exp((low - high) / 2.5))  # (60)


@jit_single
def _inverse_normal(share: float) -> float:
    """I(x) of attachment 2, for x below a half."""
    t = math.sqrt(-2.0 * fast_log(share))
    return t - ((0.010328 * t + 0.802853) * t + 2.515516698) / (((0.001308 * t + 0.189269) * t + 1.432788) * t + 1.0)


@jit_single
def _vary(b: Block, air: Air) -> None:
    """§4.3.5 and eq. (59) below 50 % of time: losses of every lane with and without the sea's share.

    Free space becomes L_b0p, the diffraction loss that of p per cent, that of β0 the difference L_minb0p − L_bd.
    """
    for k in range(LANES):
        beta0 = _incidence(air.latitude_deg, b[LONGEST + k])
        focus = _focus(b, k)
        free, median = b[FREE + k], b[DIFFRACTED + k]
        is_often = air.time_percent > beta0
        share = air.inverse_p / _inverse_normal(beta0 * 0.01) if is_often else 1.0  # (40)
        loss = median + share * (b[DIFFRACTED_FLAT + k] - median)  # (41)
        clear, over_land = free + focus * fast_log(air.time_percent / 50.0), (1.0 - b[OMEGA + k]) * loss
        seldom = clear + over_land
        sea_db = free + focus * fast_log(beta0 / 50.0) + over_land - free - median
        b[FREE + k], b[DIFFRACTED + k] = clear, loss
        b[DIFFRACTED_FLAT + k] = (free + median + sea_db * share if is_often else seldom) - clear - loss


@jit_single
def _combine(b: Block, air: Air) -> None:
    """§4.6–4.9 of every lane: the parts put together."""
    late = 0.0
    if air.time_percent < 50.0:
        late = 10.125 * _power(fast_log(50.0 / air.time_percent) / LN10, 0.7)
    for k in range(LANES):
        free, ducted = b[FREE + k], b[DUCTED + k]
        diffracted = free + b[DIFFRACTED + k]
        near = 1.0 / (1.0 + fast_exp(least(16.0 * (b[THETA + k] - 0.3), 80.0)))  # (57)
        far = 1.0 / (1.0 + fast_exp(0.15 * (b[TOTAL + k] - 20.0)))  # (58)
        counts = ducted <= diffracted and b[DIFFRACTED + k] > 0.0
        beyond = ducted + (diffracted - ducted) * far if counts else diffracted  # (61)
        mixed = beyond + (diffracted + b[DIFFRACTED_FLAT + k] - beyond) * near  # (62)
        scattered = 190.1 + air.scatter_db + 2.0 * DB10 * fast_log(b[TOTAL + k]) + 0.573 * b[THETA + k] - 0.15 * air.n0
        scattered -= late  # (44)
        high, low = greatest(scattered, mixed), least(scattered, mixed)
        both = low - 0.5 * DB10 * fast_log(1.0 + fast_exp(-2.0 / DB10 * (high - low)))  # (63)
        b[LOSS + k] = greatest(free, both + air.location_db)  # (69)


@jit_single
def finish_block(b: Block, air: Air, with_sea: bool, is_again: bool) -> None:  # noqa: FBT001  (kernels take positional arguments)
    """Write the row ``loss`` of a block.

    ``with_sea``: some lane crosses the sea. ``is_again``: the block was just finished for the same link at 50 % of
    time, whose free-space and diffraction losses still stand in it.
    """
    if not is_again:
        for k in range(LANES):
            total, rise = b[TOTAL + k], b[RISE + k]
            b[FREE + k] = 92.4 + air.frequency_db + DB10 * fast_log(total * total + 1e-6 * rise * rise)  # (8)
            b[DIFFRACTED_FLAT + k] = 0.0
        _diffract(b, (SLOPE_T, SLOPE_R, NU, DIFFRACTED), air, air.radius_km)
    if air.time_percent < 50.0:
        _diffract(b, (SLOPE_T_FLAT, SLOPE_R_FLAT, NU_FLAT, DIFFRACTED_FLAT), air, air.radius_beta_km)
        _vary(b, air)
    _duct(b, air, with_sea)
    _combine(b, air)
