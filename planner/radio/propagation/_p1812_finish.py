"""The formulas of ITU-R P.1812-8 at 50 % of time for `LANES` paths at once, as packed code.

The sweep leaves what it knows of a path in a block of numbers, a field a row; here every field is a row of `LANES`
doubles, and a loop over them has no calls and no jumps, so that LLVM makes vector instructions of it. The
formulas are those of `_p1812_kernel` and `_p1812_diffraction`, written without branches; a test holds the two
together to 0.001 dB.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit, jit_scan, least
from planner.radio.propagation._fast_math import fast_exp, fast_log
from planner.radio.propagation._p1812_diffraction import DB10
from planner.radio.propagation._p1812_kernel import PARTS, Air, duct_counts, duct_loss, fixed_duct_loss
from planner.radio.propagation._p1812_path import duct_incidence

__all__ = ["FIELDS", "LANES", "finish_block", "take_lane"]

Array = NDArray[np.float64]
Block = NDArray[np.float64]

LANES = 16

FIELDS = (
    "total", "rise", "slope_t", "slope_r", "nu", "hted", "hred", "omega", "longest", "theta", "theta_t", "theta_r",
    "dlt", "dlr", "hte", "hre", "rough", "coast_t", "coast_r", "points", "hts", "hrs",
    "slope_t_flat", "slope_r_flat", "nu_flat",
    "free", "diffracted", "ducted", "loss",
)  # fmt: skip
"""Rows of a block.

Distance (km); transmitter over receiver (m); slopes from both ends over ground with clutter (m/km) and largest ν
without sqrt(1/λ), which counts on clear paths; heights over the smooth surface for diffraction (m); share over
sea; longest land section (km); angular distance and horizon angles (mrad); horizon distances (km); heights for
ducting and roughness (m); distances to the coast (km); points of the profile; antennas above sea level (m); the slopes and ν
again over the flatter Earth of β0 % (wanted below 50 % of time only). The last four are written here: free space, with diffraction, with ducting, and the result (dB).
"""

(
    TOTAL, RISE, SLOPE_T, SLOPE_R, NU, HTED, HRED, OMEGA, LONGEST, THETA, THETA_T, THETA_R,
    DLT, DLR, HTE, HRE, ROUGH, COAST_T, COAST_R, POINTS, HTS, HRS,
    SLOPE_T_FLAT, SLOPE_R_FLAT, NU_FLAT,
    _FREE, _DIFFRACTED, _DUCTED, LOSS,
) = range(len(FIELDS))  # fmt: skip

_FAR_DB = 1e6
"""Stands for the loss of a duct that does not count."""

_COAST_DB = 12.0
"""The most that both ends' nearness to the sea takes off the coupling loss, eq. (49)."""

_AT = {name: i for i, name in enumerate(PARTS)}
_TAKEN = tuple(
    (_AT[part], FIELDS.index(field))
    for part, field in (
        ("total_km", "total"), ("dlt", "dlt"), ("dlr", "dlr"), ("theta_t", "theta_t"), ("theta_r", "theta_r"),
        ("theta", "theta"), ("hts", "hts"), ("hrs", "hrs"), ("omega", "omega"), ("dtm", "longest"), ("dlm", "longest"),
        ("hte", "hte"), ("hre", "hre"), ("hm", "rough"), ("hte_diffraction", "hted"), ("hre_diffraction", "hred"),
    )
)  # fmt: skip
"""Which row of a block is which intermediate result."""

_DTM, _BETA0, _LBD, _LB0P, _LMINBAP = (_AT[name] for name in ("dtm", "beta0", "Lbd", "Lb0p", "Lminbap"))


@jit_scan
def _edge_loss(nu: float, total: float) -> float:
    """Bullington loss of an edge, eq. (12) and (21)."""
    shifted = greatest(nu, -0.78) - 0.1
    edge = 6.9 + 2.0 * DB10 * fast_log(math.sqrt(shifted * shifted + 1.0) + shifted)
    loss = edge + (1.0 - fast_exp(edge / -6.0)) * (10.0 + 0.02 * total)
    return loss if nu > -0.78 else 0.0


@jit_scan
def _edge_nu(total: float, rise: float, slope_t: float, slope_r: float) -> float:
    """ν of the Bullington point, eq. (18) and (20), without sqrt(1/λ); ``rise`` is hts − hrs."""
    both = greatest(slope_t + slope_r, 1e-9)
    at = (slope_r * total - rise) / both
    rest = total - at
    height = slope_t * at + rise * at / total
    nu = height * math.sqrt(0.002 * total / greatest(at * rest, 1e-9))
    return nu if slope_t + slope_r > 1e-9 else 0.0


@jit_scan
def _height_factor(b: float, k: float) -> float:
    """10^(G(Y)/20) of eq. (34)."""
    shifted = greatest(b - 1.1, 0.9)
    high = fast_exp((17.6 * math.sqrt(shifted) - 8.0) / (2.0 * DB10)) / math.sqrt(math.sqrt(shifted))
    low = b + 0.1 * b * b * b
    return float(greatest(high if b > 2.0 else low, 1.258_925_411_794_167 * k))


@jit_scan
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


@jit_scan
def _tightest_share(hte: float, hre: float, m: float) -> float:
    """B of eq. (24c), the root of m·b³ − (m + 1)·b + c inside ±1, by five steps of Newton (m ≤ 1 where it counts)."""
    c = (hte - hre) / (hte + hre)
    b = c / (m + 1.0)
    for _ in range(5):
        slope = least(3.0 * m * b * b - (m + 1.0), -0.05)
        b = least(greatest(b - ((m * b * b - (m + 1.0)) * b + c) / slope, -1.0), 1.0)
    return b


@jit_scan
def _spherical(total: float, hte: float, hre: float, air: Air, share: float, omega: float, with_sea: bool) -> float:  # noqa: FBT001  (kernels take positional arguments)
    """Spherical-Earth loss, eq. (22)–(28), not below zero; ``share`` is b of eq. (24c)."""
    roots = math.sqrt(hte) + math.sqrt(hre)
    ae = air.radius_km
    is_far = total >= math.sqrt(0.002 * ae) * roots
    marginal = 500.0 * (total / roots) * (total / roots)
    root = fast_exp(fast_log(ae if is_far else marginal) / 3.0)
    loss = _first_term(total, hte, hre, root, air.ground.cbrt_f, air.ground.land)
    if with_sea:
        sea = _first_term(total, hte, hre, root, air.ground.cbrt_f, air.ground.sea)
        loss += omega * (sea - loss)
    first = 0.5 * total * (1.0 + share)
    second = total - first
    clear = ((hte - 500.0 * first * first / ae) * second + (hre - 500.0 * second * second / ae) * first) / total
    needed = 17.456 * math.sqrt(greatest(first * second, 1e-12) * air.ground.wavelength_m / total)
    partial = greatest(1.0 - clear / needed, 0.0) * greatest(loss, 0.0)
    return loss if is_far else partial


@jit_scan
def _steepest(total: float, step: float, points: float, height: float, bulge: float) -> float:
    """Steepest slope over a smooth Earth from an antenna, over even steps."""
    i = least(greatest(_floor(math.sqrt(height / bulge) / step), 1.0), points - 2.0)
    first = i * step
    second = least(i + 1.0, points - 2.0) * step
    return float(greatest(bulge * (total - first) - height / first, bulge * (total - second) - height / second))


@jit
def _floor(x: float) -> float:
    """Whole part of a number from 0 to 2^51."""
    rounded = (x + 6755399441055744.0) - 6755399441055744.0
    return rounded - 1.0 if rounded > x else rounded


@jit_scan
def _smooth_nu(total: float, step: float, i: float, hts: float, slope: float, bulge: float) -> float:
    x = i * step
    room = x * (total - x)
    return (bulge * room - hts - slope * x) / math.sqrt(room)


@jit_scan
def _smooth(total: float, points: float, hte: float, hre: float, air: Air, share: float) -> float:
    """Bullington loss over a smooth Earth, as `even_smooth_bullington`."""
    step, bulge = total / (points - 1.0), 500.0 / air.radius_km
    slope_t = _steepest(total, step, points, hte, bulge)
    slope_r = _steepest(total, step, points, hre, bulge)
    slope = (hre - hte) / total
    i = least(greatest(_floor(0.5 * total * (1.0 + share) / step), 1.0), points - 2.0)
    clear = greatest(
        _smooth_nu(total, step, i, hte, slope, bulge),
        _smooth_nu(total, step, least(i + 1.0, points - 2.0), hte, slope, bulge),
    ) * math.sqrt(0.002 * total)
    cut = _edge_nu(total, hte - hre, slope_t, slope_r)
    nu = clear if slope_t < slope else cut
    return _edge_loss(nu / math.sqrt(air.ground.wavelength_m), total)


@jit_scan
def _diffract(b: Block, air: Air, with_sea: bool) -> None:  # noqa: FBT001  (kernels take positional arguments)
    """Free space and delta-Bullington loss of every lane."""
    wave = 1.0 / math.sqrt(air.ground.wavelength_m)
    for k in range(LANES):
        total, rise, hte, hre = b[TOTAL, k], b[RISE, k], b[HTED, k], b[HRED, k]
        free = 92.4 + air.frequency_db + DB10 * fast_log(total * total + 1e-6 * rise * rise)
        cut = _edge_nu(total, rise, b[SLOPE_T, k], b[SLOPE_R, k])
        nu = b[NU, k] if b[SLOPE_T, k] * total < -rise else cut
        m = least(250.0 * total * total / (air.radius_km * (hte + hre)), 1.0)
        share = _tightest_share(hte, hre, m)
        spherical = _spherical(total, hte, hre, air, share, b[OMEGA, k], with_sea)
        smooth = _smooth(total, b[POINTS, k], hte, hre, air, share)
        b[_FREE, k] = free
        b[_DIFFRACTED, k] = free + _edge_loss(nu * wave, total) + greatest(spherical - smooth, 0.0)
        b[_DUCTED, k] = _FAR_DB


@jit_scan
def _fixed_duct(b: Block, air: Air) -> None:
    """Losses of ducting that do not vary in time, eq. (47)–(52) but for the coast's part, of every lane."""
    ae, cbrt_f = air.radius_km, air.ground.cbrt_f
    f = air.frequency_ghz
    for k in range(LANES):
        dlt, dlr = b[DLT, k], b[DLR, k]
        fixed = 102.45 + air.frequency_db + 2.0 * DB10 * fast_log(dlt + dlr) + air.duct_db
        over_t = greatest(b[THETA_T, k] - 0.1 * dlt, 0.0)
        over_r = greatest(b[THETA_R, k] - 0.1 * dlr, 0.0)
        fixed += 2.0 * DB10 * fast_log(1.0 + 0.361 * over_t * math.sqrt(f * dlt)) + 0.264 * over_t * cbrt_f
        fixed += 2.0 * DB10 * fast_log(1.0 + 0.361 * over_r * math.sqrt(f * dlr)) + 0.264 * over_r * cbrt_f
        bent = 1000.0 * b[TOTAL, k] / ae + least(b[THETA_T, k], 0.1 * dlt) + least(b[THETA_R, k], 0.1 * dlr)
        fixed += 5e-5 * ae * cbrt_f * bent
        b[_DUCTED, k] = fixed


@jit
def take_lane(b: Block, k: int, out: Array) -> None:
    """The geometry of lane ``k`` as intermediate results in the order of `PARTS`."""
    for part, row in _TAKEN:
        out[part] = b[row, k]


@jit
def _duct(b: Block, air: Air, out: Array) -> None:
    """Loss during ducting and layer reflection of the few lanes in which it counts, one by one."""
    for k in range(LANES):
        fixed, diffracted, free = b[_DUCTED, k], b[_DIFFRACTED, k], b[_FREE, k]
        b[_DUCTED, k] = _FAR_DB
        if fixed - _COAST_DB <= diffracted and diffracted > free:
            take_lane(b, k, out)
            out[_LB0P] = free
            out[_LBD] = diffracted
            fixed = fixed_duct_loss(air, out, (b[COAST_T, k], b[COAST_R, k]))
            if duct_counts(air, fixed, out):
                out[_BETA0] = duct_incidence(air.latitude_deg, out[_DTM], out[_DTM])
                duct_loss(air, fixed, b[ROUGH, k], out)
                b[_DUCTED, k] = out[_LMINBAP]


@jit_scan
def _combine(b: Block, air: Air) -> None:
    """§4.6–4.9 of every lane: the parts put together."""
    for k in range(LANES):
        free, diffracted, ducted = b[_FREE, k], b[_DIFFRACTED, k], b[_DUCTED, k]
        near = 1.0 / (1.0 + fast_exp(least(16.0 * (b[THETA, k] - 0.3), 600.0)))
        far = 1.0 / (1.0 + fast_exp(0.15 * (b[TOTAL, k] - 20.0)))
        beyond = ducted + (diffracted - ducted) * far if ducted <= diffracted else diffracted
        least_loss = diffracted
        mixed = beyond + (least_loss - beyond) * near
        scattered = 190.1 + air.scatter_db + 2.0 * DB10 * fast_log(b[TOTAL, k]) + 0.573 * b[THETA, k] - 0.15 * air.n0
        high, low = greatest(scattered, mixed), least(scattered, mixed)
        both = low - 0.5 * DB10 * fast_log(1.0 + fast_exp(-2.0 / DB10 * (high - low)))
        b[LOSS, k] = greatest(free, both + air.location_db)


@jit
def finish_block(b: Block, air: Air, with_sea: bool, out: Array) -> None:  # noqa: FBT001  (kernels take positional arguments)
    """Write the row ``loss`` of a block; ``air`` must be at 50 % of time, ``out`` is scratch."""
    _diffract(b, air, with_sea)
    _fixed_duct(b, air)
    _duct(b, air, out)
    _combine(b, air)
