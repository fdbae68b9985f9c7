"""The area engine's rays and pixels: what the sweep knows of a path, gathered for the formulas of P.1812-8."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit, jit_entry, least
from planner.radio.propagation._p1812_edges import clearance, highest, other_earth, steepest_back
from planner.radio.propagation._p1812_finish import (
    COAST_R,
    COAST_T,
    DLR,
    DLT,
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
    finish_block,
)
from planner.radio.propagation._p1812_kernel import unpack_air
from planner.radio.propagation._p1812_path import horizon_angles, smooth_heights
from planner.radio.propagation._p1812_sweep import (
    BARE_T,
    OVER_AT,
    OVER_T,
    TAIL,
    Ray,
    Seen,
    Sweep,
    advance,
    look_back,
    pixel_sums,
    restart,
    sample,
)
from planner.radio.propagation._p1812_sweep import (
    SLOPE_T as TOP_SLOPE_T,
)
from planner.radio.propagation._p1812_varying import finish_lane
from planner.radio.propagation._sampling import Frame, path_points

__all__ = ["Links", "Work", "sweep_losses"]

Array = NDArray[np.float64]


class Links(NamedTuple):
    """Links of a place: a row of ``table`` each (see `pack_air`) and which of the ray's heights it stands on.

    ``is_varying``: some link is for less than 50 % of time; ``flat_bulge`` is 500/a_β.
    """

    table: Array
    height: NDArray[np.int64]
    is_varying: bool
    flat_bulge: float


class Work(NamedTuple):
    """Wanted pixels and what is found for them.

    ``number`` counts the wanted pixels of a window (−1: not wanted) that starts ``north``, ``east`` pixels from
    the place's own; ``distance`` in kilometres by number; ``losses`` (dB) and ``departures`` (mrad above the
    horizontal, of the first obstructing edge or the pixel itself) by link and number. ``block`` gathers `LANES`
    pixels a height of the antenna before their losses are worked out, ``at`` and ``leaving`` their numbers and
    departure angles, ``filled`` how many there are.
    """

    number: NDArray[np.int32]
    north: int
    east: int
    distance: Array
    losses: NDArray[np.float32]
    departures: NDArray[np.float32]
    block: NDArray[np.float64]
    at: NDArray[np.int64]
    leaving: Array
    filled: NDArray[np.int64]
    out: Array


@jit
def _tail_slope_t(sweep: Sweep, ray: Ray, hts: float, total: float, step_km: float) -> float:
    """Steepest slope over the curved Earth from the transmitter to a tail sample, without the term bulge·total."""
    best = -np.inf
    for q in range(TAIL):
        x = total - step_km * (TAIL - q)
        best = greatest(best, (ray.tail_g[q] - hts) / x - sweep.bulge * x)
    return best


@jit
def _horizons(
    sweep: Sweep, ray: Ray, j: int, ends: tuple[float, float], seen: Seen, path: tuple[float, float], b: Array, k: int
) -> None:
    """Horizons of the bare ground, smooth surface and roughness, eq. (76)–(95), into lane ``k`` of a block.

    ``path`` is the distance and the step in kilometres.
    """
    total, step_km = path
    over_t, at_t, bare_t = ray.tops[j, OVER_T], ray.tops[j, OVER_AT], ray.tops[j, BARE_T]
    for q in range(TAIL):
        x = total - step_km * (TAIL - q)
        slope = (ray.tail_h[q] - ends[0]) / x
        bare_t = greatest(bare_t, slope)
        if slope - sweep.bulge * x > over_t:
            over_t, at_t = slope - sweep.bulge * x, x
    above, vertex, above_at = highest(sweep, ray, ends, total, step_km)
    bare_r = 0.0
    if above > 0.0:
        bare_r = steepest_back(sweep, ray, ends[1], total, step_km, (seen.vertex, vertex))
    ground_r = ends[1] - sweep.rx_height
    hst, hsr, hstd, hsrd = smooth_heights(
        total, (ray.h[0], ground_r), ends, (seen.v1, seen.v2), (bare_t, bare_r, above)
    )
    b[HTED, k], b[HRED, k] = ends[0] - hstd, ends[1] - hsrd  # (37)
    b[THETA_T, k], b[THETA_R, k] = horizon_angles(total, ends, sweep.bulge, (over_t, seen.over_r))
    b[THETA, k] = 2.0 * sweep.bulge * total + b[THETA_T, k] + b[THETA_R, k]  # (84)
    at_r = seen.over_at
    if over_t <= (ends[1] - ends[0]) / total - sweep.bulge * total:  # a clear path: one point stands for both (80)
        at_t = at_r = above_at
    b[DLT, k], b[DLR, k] = at_t, total - at_r
    low_t, low_r = least(hst, ray.h[0]), least(hsr, ground_r)  # (92a), (92b)
    b[HTE, k], b[HRE, k] = ends[0] - low_t, ends[1] - low_r  # (94)
    slope = (low_r - low_t) / total
    b[ROUGH, k] = greatest(  # (95) at the horizons and the highest ground between them: low by what stands elsewhere
        greatest(_height_near(sweep, ray, at_t, total, step_km) - low_t - slope * at_t,
                 _height_near(sweep, ray, at_r, total, step_km) - low_t - slope * at_r),
        above + ends[0] + (ends[1] - ends[0]) / total * above_at - low_t - slope * above_at
        if at_t <= above_at <= at_r else -np.inf,
    )  # fmt: skip


@jit
def _height_near(sweep: Sweep, ray: Ray, at: float, total: float, step_km: float) -> float:
    """Bare ground at a sample of the ray or the tail, by its kilometre."""
    back = (total - at) / step_km
    if back < TAIL + 0.25:
        return float(ray.tail_h[np.uint64(TAIL - int(back + 0.5))])
    return float(ray.h[np.uint64(int(at / sweep.spacing + 0.5))])


@jit
def _gather(
    frame: Frame, sweep: Sweep, ray: Ray, path: tuple[float, float, float, float], links: Links, work: Work, at: int
) -> None:
    """What the ray knows of a pixel into the next lane of each height's block; full blocks are finished."""
    total = path[2]
    n = path_points(total, sweep.spacing)
    step_km = total / (n - 1)
    seen = look_back(frame, sweep, ray, path, step_km)
    omega, longest, coast_t, coast_r = pixel_sums(frame, sweep, ray, total, step_km)
    for j in range(ray.heights.size):
        b, k = work.block[j], work.filled[j]
        ends = (ray.h[0] + ray.heights[j], path[3] + sweep.rx_height)
        b[TOTAL, k], b[RISE, k], b[HTS, k], b[HRS, k] = total, ends[0] - ends[1], ends[0], ends[1]
        b[OMEGA, k], b[LONGEST, k], b[COAST_T, k], b[COAST_R, k] = omega, longest, coast_t, coast_r
        b[POINTS, k] = n
        _horizons(sweep, ray, j, ends, seen, (total, step_km), b, k)
        slope_t = greatest(ray.tops[j, TOP_SLOPE_T], _tail_slope_t(sweep, ray, ends[0], total, step_km))
        b[SLOPE_T, k], b[SLOPE_R, k] = slope_t + sweep.bulge * total, seen.slope_r
        direct = (ends[1] - ends[0]) / total
        b[NU, k] = 0.0
        if b[SLOPE_T, k] < direct:
            b[NU, k] = clearance(frame, sweep, ray, ends, total, step_km)
        if links.is_varying:
            flat = other_earth(frame, sweep, ray, ends, (total, step_km), links.flat_bulge)
            b[SLOPE_T_FLAT, k], b[SLOPE_R_FLAT, k], b[NU_FLAT, k] = flat
        work.at[j, k], work.leaving[j, k] = at, greatest(slope_t, direct - sweep.bulge * total)
        work.filled[j] = k + 1
        if k + 1 == LANES:
            _finish(links, work, j)


@jit
def _finish(links: Links, work: Work, j: int) -> None:
    """Losses of the pixels gathered for one height, by every link that stands on it."""
    b, n = work.block[j], work.filled[j]
    sea = 0.0
    for k in range(n, LANES):  # lanes without a pixel repeat the first
        for row in range(b.shape[0]):
            b[row, k] = b[row, 0]
    for k in range(n):
        sea = greatest(sea, b[OMEGA, k])
    for link in range(links.height.size):
        if links.height[link] == j:
            air = unpack_air(links.table[link])
            if air.time_percent < 50.0:
                for k in range(n):
                    b[LOSS, k] = finish_lane(b, k, air, work.out)
            else:
                finish_block(b, air, sea > 0.0, work.out)
            for k in range(n):
                work.losses[link, work.at[j, k]] = b[LOSS, k]
                work.departures[link, work.at[j, k]] = work.leaving[j, k]
    work.filled[j] = 0


@jit
def _ray(frame: Frame, sweep: Sweep, ray: Ray, side: tuple[int, int, int], links: Links, work: Work) -> None:
    """One ray: ``side`` is the axis it leads along (0 rows, 1 columns), the sense (±1), and its number.

    A pixel belongs to the ray nearest to it among those of its side; the bounds of neighbouring rays are the
    same numbers, so that no pixel is left out or met twice.
    """
    axis, sense, k = side
    part_major, part_minor, km_major, km_minor = sweep.part_row, sweep.part_col, sweep.km_row, sweep.km_col
    if axis == 1:
        part_major, part_minor, km_major, km_minor = sweep.part_col, sweep.part_row, sweep.km_col, sweep.km_row
    slope = k / sweep.n_rays
    stride = sweep.spacing / math.hypot(km_major, slope * km_minor)
    way = (sense * stride, slope * stride) if axis == 0 else (slope * stride, sense * stride)
    restart(ray, sample(frame, sweep, 0.0, 0.0)[0])
    for m in range(sweep.reach + 2):
        major = m - sense * part_major
        first = math.ceil((k - 0.5) * major / sweep.n_rays + part_minor)
        last = math.ceil((k + 0.5) * major / sweep.n_rays + part_minor) - 1.0
        for minor in range(int(first), int(last) + 1):
            across = abs(minor - part_minor)
            if across > major or (axis == 0 and across == major):
                continue
            north, east = (sense * m, minor) if axis == 0 else (minor, sense * m)
            at = _position(work, north, east)
            if at < 0 or work.distance[at] < sweep.near_km:
                continue
            total = work.distance[at]
            n = path_points(total, sweep.spacing)
            advance(frame, sweep, ray, way, total - (TAIL + 0.5) * total / (n - 1))
            ground = frame.height[(sweep.row + north) * frame.n_cols + sweep.col + east]
            _gather(frame, sweep, ray, (north - sweep.part_row, east - sweep.part_col, total, ground), links, work, at)


@jit
def _position(work: Work, north: int, east: int) -> int:
    """Number of a wanted pixel by its offset from the place's own, −1 where it is not wanted."""
    row, col = north - work.north, east - work.east
    if row < 0 or col < 0 or row >= work.number.shape[0] or col >= work.number.shape[1]:
        return -1
    return int(work.number[row, col])


@jit_entry
def sweep_losses(frame: Frame, sweep: Sweep, ray: Ray, links: Links, work: Work) -> None:
    """Fill ``work.losses`` and ``work.departures`` for all wanted pixels farther than ``sweep.near_km``."""
    for axis in range(2):
        for sense in (1, -1):
            for k in range(-sweep.n_rays, sweep.n_rays + 1):
                _ray(frame, sweep, ray, (axis, sense, k), links, work)
    for j in range(ray.heights.size):
        if work.filled[j] > 0:
            _finish(links, work, j)
