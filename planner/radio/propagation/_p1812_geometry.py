"""The geometry of `LANES` paths in packed code: what their scans need, and what the formulas of P.1812-8 take."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit_single, least, single
from planner.radio.propagation._fast_math import whole
from planner.radio.propagation._p1812_block import (
    ABOVE,
    ABOVE_AT,
    AT_R,
    AT_T,
    BARE_R,
    BARE_T,
    BENT_R,
    COAST_R,
    COAST_T,
    DEPARTURE,
    DLR,
    DLT,
    EAST,
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
    LAND_RUN,
    LANES,
    LAST,
    LAST_H,
    LAST_X,
    LONGEST,
    NORTH,
    NU,
    NU_FLAT,
    OMEGA,
    OVER_R,
    OVER_T,
    POINTS,
    RISE,
    ROOM,
    ROUGH,
    SEA,
    SLOPE_R,
    SLOPE_R_FLAT,
    SLOPE_T,
    SLOPE_T_FLAT,
    STEP,
    TAIL_COVER,
    TAIL_DOWN,
    TAIL_H,
    TAIL_RIGHT,
    THETA,
    THETA_R,
    THETA_T,
    TOTAL,
    V1,
    V2,
)
from planner.radio.propagation._p1812_path import FAR_COAST_KM
from planner.radio.propagation._p1812_sweep import TAIL

__all__ = ["Site", "prepare", "settle", "settle_receiver"]

Block = NDArray[np.float32]


class Site(NamedTuple):
    """The place and the frame in single precision.

    Pixel of the place and its offset in it; last row and column that have a neighbour; spacing of samples (km) and
    its inverse; receiver above ground (m); 500/a_e and 500/a_β.
    """

    row: float
    col: float
    part_row: float
    part_col: float
    last_row: float
    last_col: float
    spacing: float
    per_km: float
    rx_height: float
    bulge: float
    flat_bulge: float


@jit_single
def prepare(b: Block, site: Site, n_cols: int, tail_at: NDArray[np.int64]) -> None:
    """Own path of every lane from its offset, distance and ground; where its last samples lie in the frame.

    ``tail_at`` takes the upper left of the four pixels around each. The whole part of a place is counted from the
    tower's own pixel, so that every frame gives the same bits.
    """
    for k in range(LANES):
        total = b[TOTAL + k]
        steps = greatest(whole(total * site.per_km + 0.5), 4.0)
        step = total / steps
        b[STEP + k], b[POINTS + k] = step, steps + 1.0
        b[LAST + k] = whole((total - (TAIL + 0.5) * step) * site.per_km)
        b[HRS + k] = b[GROUND_R + k] + site.rx_height
        b[BENT_R + k] = b[HRS + k] - site.bulge * total * total
    for q in range(TAIL):
        back = single(TAIL - q)
        for k in range(LANES):
            share = 1.0 - back / (b[POINTS + k] - 1.0)
            row, col = site.part_row + b[NORTH + k] * share, site.part_col + b[EAST + k] * share
            top, left = site.row + whole(row), site.col + whole(col)
            upper, west = least(greatest(top, 0.0), site.last_row), least(greatest(left, 0.0), site.last_col)
            b[TAIL_DOWN + q * LANES + k] = row - whole(row) + (top - upper)
            b[TAIL_RIGHT + q * LANES + k] = col - whole(col) + (left - west)
            tail_at[q * LANES + k] = np.int64(upper) * n_cols + np.int64(west)


@jit_single
def settle_receiver(b: Block, site: Site, has_cover: bool) -> None:  # noqa: FBT001  (kernels take positional arguments)
    """Zones up to each pixel, on land: share of sea, longest land section, land to the first and from the last sea.

    The ray's samples stand for half a step to both sides, those of the tail likewise.
    """
    for k in range(LANES):
        b[OMEGA + k] = 0.0
    if not has_cover:
        for k in range(LANES):
            b[LONGEST + k], b[COAST_T + k], b[COAST_R + k] = b[TOTAL + k], FAR_COAST_KM, FAR_COAST_KM
        return
    for q in range(TAIL):
        back = single(TAIL - q)
        for k in range(LANES):
            total, step = b[TOTAL + k], b[STEP + k]
            low = total - (back + 0.5) * step
            if q == 0:
                low = (b[LAST + k] + 0.5) * site.spacing if b[LAST + k] > 0.0 else 0.0
            high = total - (back - 0.5) * step
            is_sea, width = b[TAIL_COVER + q * LANES + k] < 0.0, high - low
            b[COAST_T + k] = least(b[COAST_T + k], low) if is_sea else b[COAST_T + k]
            b[COAST_R + k] = high if is_sea else b[COAST_R + k]
            b[SEA + k] += width if is_sea else 0.0
            b[LAND_RUN + k] = 0.0 if is_sea else b[LAND_RUN + k] + width
            b[LONGEST + k] = greatest(b[LONGEST + k], b[LAND_RUN + k])
    for k in range(LANES):
        total = b[TOTAL + k]
        is_dry = b[SEA + k] <= 0.0
        longest = greatest(b[LONGEST + k], b[LAND_RUN + k] + 0.5 * b[STEP + k])
        b[OMEGA + k] = least(1.0, b[SEA + k] / total)
        b[LONGEST + k] = total if is_dry else longest
        b[COAST_T + k] = FAR_COAST_KM if is_dry else b[COAST_T + k]
        b[COAST_R + k] = FAR_COAST_KM if is_dry else total - b[COAST_R + k]


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
        h = b[TAIL_H + q * LANES + k]
        g = h + greatest(b[TAIL_COVER + q * LANES + k], 0.0)
        sag, bent_r = bulge * x * x, b[BENT_R + k]
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
        x = total - rest
        g = b[TAIL_H + q * LANES + k] + greatest(b[TAIL_COVER + q * LANES + k], 0.0)
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
def settle(b: Block, site: Site, is_varying: bool) -> None:  # noqa: FBT001  (kernels take positional arguments)
    """Write the rows of a block that the formulas take; ``is_varying``: below 50 % of time."""
    bulge = site.bulge
    for q in range(TAIL):
        back = single(TAIL - q)
        _pass_tail(b, q, back, bulge)
        if is_varying:
            _pass_flat(b, q, back, site.flat_bulge)
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
