"""From what was gathered of `LANES` paths to the geometry that the formulas of P.1812-8 take, as packed code."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit_single, least, single
from planner.radio.propagation._p1812_block import (
    ABOVE,
    ABOVE_AT,
    AT_R,
    AT_T,
    BARE_R,
    BARE_T,
    DEPARTURE,
    DLR,
    DLT,
    GROUND_R,
    GROUND_T,
    HEIGHT_R,
    HEIGHT_T,
    HRE,
    HRED,
    HRS,
    HTE,
    HTED,
    HTS,
    LANES,
    LAST_H,
    LAST_X,
    NU,
    NU_FLAT,
    OVER_R,
    OVER_T,
    RISE,
    ROOM,
    ROUGH,
    SLOPE_R,
    SLOPE_R_FLAT,
    SLOPE_T,
    SLOPE_T_FLAT,
    STEP,
    TAIL_G,
    TAIL_H,
    THETA,
    THETA_R,
    THETA_T,
    TOTAL,
    V1,
    V2,
)
from planner.radio.propagation._p1812_sweep import TAIL

__all__ = ["settle"]

Block = NDArray[np.float32]


@jit_single
def _pass_ground(b: Block, k: int, x: float, h: float) -> None:
    """Add the stretch of ground up to a point to the moments of the smooth surface, eq. (85), (86)."""
    low_x, low_h = b[LAST_X + k], b[LAST_H + k]
    b[V1 + k] += (x - low_x) * (h + low_h)
    b[V2 + k] += (x - low_x) * (h * (2.0 * x + low_x) + low_h * (x + 2.0 * low_x))
    b[LAST_X + k], b[LAST_H + k] = x, h


@jit_single
def _pass_tail(b: Block, q: int, back: float, bulge: float) -> None:
    """Add sample ``q`` of the tail, ``back`` steps before the receiver, to the extremes and moments of every lane."""
    for k in range(LANES):
        total, hts, hrs = b[TOTAL + k], b[HTS + k], b[HRS + k]
        rest = back * b[STEP + k]
        x = total - rest
        h, g = b[TAIL_H + q * LANES + k], b[TAIL_G + q * LANES + k]
        sag, bent_r = bulge * x * x, hrs - bulge * total * total
        from_t, from_r = 1.0 / x, 1.0 / rest
        over_t, over_r = (h - sag - hts) * from_t, (h - sag - bent_r) * from_r
        is_first, is_last = over_t > b[OVER_T + k], over_r >= b[OVER_R + k]
        b[AT_T + k], b[HEIGHT_T + k] = x if is_first else b[AT_T + k], h if is_first else b[HEIGHT_T + k]
        b[AT_R + k], b[HEIGHT_R + k] = x if is_last else b[AT_R + k], h if is_last else b[HEIGHT_R + k]
        b[OVER_T + k], b[OVER_R + k] = greatest(b[OVER_T + k], over_t), greatest(b[OVER_R + k], over_r)
        b[SLOPE_T + k] = greatest(b[SLOPE_T + k], (g - sag - hts) * from_t)
        b[SLOPE_R + k] = greatest(b[SLOPE_R + k], (g - sag - bent_r) * from_r)
        b[BARE_T + k] = greatest(b[BARE_T + k], (h - hts) * from_t)
        b[BARE_R + k] = greatest(b[BARE_R + k], (h - hrs) * from_r)
        line = (hrs - hts) / total
        above = h - hts - line * x
        b[ABOVE_AT + k] = x if above > b[ABOVE + k] else b[ABOVE_AT + k]
        b[ABOVE + k] = greatest(b[ABOVE + k], above)
        room = hts + (line - bulge * total) * x - (g - sag)
        b[ROOM + k] = least(b[ROOM + k], room * room * from_t * from_r)
        _pass_ground(b, k, x, h)


@jit_single
def _pass_flat(b: Block, q: int, back: float, bulge: float) -> None:
    """Add a sample of the tail to the slopes and ν over the flatter Earth of every lane."""
    for k in range(LANES):
        total, hts, hrs = b[TOTAL + k], b[HTS + k], b[HRS + k]
        rest = back * b[STEP + k]
        x, g = total - rest, b[TAIL_G + q * LANES + k]
        b[SLOPE_T_FLAT + k] = greatest(b[SLOPE_T_FLAT + k], (g - hts) / x + bulge * rest)
        b[SLOPE_R_FLAT + k] = greatest(b[SLOPE_R_FLAT + k], (g - hrs) / rest + bulge * x)
        above = g - hts - (hrs - hts) / total * x
        b[NU_FLAT + k] = greatest(b[NU_FLAT + k], above / math.sqrt(x * rest) + bulge * math.sqrt(x * rest))


@jit_single
def _mrad(slope: float) -> float:
    """Angle of a slope in m/km, mrad: twice halved by atan x = 2·atan(x/(1 + sqrt(1 + x²))), then five terms."""
    x = slope * 0.001
    x = x / (1.0 + math.sqrt(1.0 + x * x))
    x = x / (1.0 + math.sqrt(1.0 + x * x))
    x2 = x * x
    return 4000.0 * x * (1.0 - x2 * (1.0 / 3.0 - x2 * (0.2 - x2 * (1.0 / 7.0 - x2 / 9.0))))


@jit_single
def _smooth_surface(b: Block) -> None:
    """Effective heights for diffraction and for ducting, roughness: eq. (85)–(95), of every lane."""
    for k in range(LANES):
        total, hts, hrs = b[TOTAL + k], b[HTS + k], b[HRS + k]
        _pass_ground(b, k, total, b[GROUND_R + k])
        per_km = 1.0 / total
        v1, v2 = b[V1 + k] * per_km, b[V2 + k] * per_km * per_km
        hst, hsr = 2.0 * v1 - v2, v2 - v1  # (87), (88)
        line, above = (hrs - hts) * per_km, b[ABOVE + k]
        alpha_t, alpha_r = b[BARE_T + k] - line, b[BARE_R + k] + line  # (89b), (89c)
        lower = above / (alpha_t + alpha_r) if above > 0.0 else 0.0
        b[HTED + k] = hts - least(hst - lower * alpha_t, b[GROUND_T + k])  # (90), (91), (37)
        b[HRED + k] = hrs - least(hsr - lower * alpha_r, b[GROUND_R + k])
        low_t, low_r = least(hst, b[GROUND_T + k]), least(hsr, b[GROUND_R + k])  # (92a), (92b)
        b[HTE + k], b[HRE + k] = hts - low_t, hrs - low_r  # (94)
        slope = (low_r - low_t) * per_km
        at_t, at_r, at = b[DLT + k], total - b[DLR + k], b[ABOVE_AT + k]
        ends = greatest(b[HEIGHT_T + k] - slope * at_t, b[HEIGHT_R + k] - slope * at_r)
        middle = above + hts + (line - slope) * at
        # (95) at the horizons and the highest ground between them: low by what stands elsewhere
        b[ROUGH + k] = (greatest(ends, middle) if at_t <= at <= at_r else ends) - low_t


@jit_single
def settle(b: Block, bulge: float, flat_bulge: float) -> None:
    """Write the rows of a block that the formulas take; ``bulge`` is 500/a_e, ``flat_bulge`` 500/a_β."""
    for q in range(TAIL):
        back = single(TAIL - q)
        _pass_tail(b, q, back, bulge)
        _pass_flat(b, q, back, flat_bulge)
    for k in range(LANES):
        total, hts, hrs = b[TOTAL + k], b[HTS + k], b[HRS + k]
        b[RISE + k] = hts - hrs
        curve, line = bulge * total, (hrs - hts) / total
        b[DEPARTURE + k] = greatest(b[SLOPE_T + k], line - curve)
        b[SLOPE_T + k] += curve
        b[SLOPE_R + k] -= curve
        b[NU + k] = -math.sqrt(b[ROOM + k] * 0.002 * total)
        b[NU_FLAT + k] *= math.sqrt(0.002 * total)
        is_clear = b[OVER_T + k] <= line - curve  # one point stands for both horizons (80)
        over_t = line - curve if is_clear else b[OVER_T + k]
        over_r = -line - curve if is_clear else b[OVER_R + k] - 2.0 * curve
        b[THETA_T + k], b[THETA_R + k] = _mrad(over_t), _mrad(over_r)  # (76)–(82)
        b[THETA + k] = 2.0 * curve + b[THETA_T + k] + b[THETA_R + k]  # (84)
        at = b[ABOVE_AT + k]
        b[DLT + k] = at if is_clear else b[AT_T + k]
        b[DLR + k] = total - (at if is_clear else b[AT_R + k])
        low = b[ABOVE + k] + hts + line * at
        b[HEIGHT_T + k] = low if is_clear else b[HEIGHT_T + k]
        b[HEIGHT_R + k] = low if is_clear else b[HEIGHT_R + k]
    _smooth_surface(b)
