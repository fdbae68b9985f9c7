"""The area engine's pixels: what a ray's samples say of each, gathered in blocks for the formulas of P.1812-8."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit, jit_entry, single
from planner.radio.propagation._fast_math import mark_of
from planner.radio.propagation._p1812_block import (
    ABOVE,
    ABOVE_AT,
    AT_R,
    AT_T,
    BARE_R,
    BARE_T,
    BENT_R,
    BLOCK_SIZE,
    COAST_R,
    COAST_T,
    DEPARTURE,
    EAST,
    GROUND_R,
    GROUND_T,
    HEIGHT_R,
    HEIGHT_T,
    HRS,
    HTS,
    LAND_RUN,
    LANES,
    LAST,
    LAST_H,
    LAST_X,
    LONGEST,
    LOSS,
    NORTH,
    NU_FLAT,
    OMEGA,
    OVER_R,
    OVER_T,
    ROOM,
    SEA,
    SHARED_SIZE,
    SLOPE_R,
    SLOPE_R_FLAT,
    SLOPE_T,
    SLOPE_T_FLAT,
    TAIL_COVER,
    TAIL_DOWN,
    TAIL_H,
    TAIL_RIGHT,
    TOTAL,
    V1,
    V2,
)
from planner.radio.propagation._p1812_finish import finish_block
from planner.radio.propagation._p1812_geometry import Site, prepare, settle, settle_receiver
from planner.radio.propagation._p1812_kernel import unpack_air
from planner.radio.propagation._p1812_path import FAR_COAST_KM
from planner.radio.propagation._p1812_scan import above_line, clearance, first_and_count, look_back, other_earth
from planner.radio.propagation._p1812_sweep import PAD, TAIL, Ray, Sweep, is_past_half, pass_ray, sample
from planner.radio.propagation._sampling import Frame, path_points

__all__ = ["Links", "Work", "sweep_losses"]

Array = NDArray[np.float64]
Singles = NDArray[np.float32]


class Links(NamedTuple):
    """Links of a place: a row of ``table`` each (see `pack_air`) and which of the ray's heights each stands on.

    ``is_again``: the link is that of the row before, which is for 50 % of time, at another percentage.
    ``is_varying``: some link is for less than 50 % of time.
    """

    table: Singles
    height: NDArray[np.int64]
    is_again: NDArray[np.bool_]
    is_varying: bool


class Work(NamedTuple):
    """Wanted pixels and what is found for them.

    ``rows, cols`` and ``distance`` (km) are those of the wanted pixels; ``losses`` (dB)
    and ``departures`` (mrad above the horizontal, of the first obstructing edge or the pixel itself) go by link and
    pixel. ``of_ray`` is the ray of each pixel, ``starts`` where a ray's pixels begin in ``order``, which holds their
    numbers, and in ``sorted``, which holds their offsets from the place, distance and ground. ``block`` gathers
    `LANES` of them a height of the antenna before their losses are worked out, ``tail_at`` where their last samples lie.
    """

    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    distance: Array
    losses: Singles
    departures: Singles
    of_ray: NDArray[np.int32]
    starts: NDArray[np.int32]
    order: NDArray[np.int32]
    sorted: Singles
    block: Singles
    tail_at: NDArray[np.int64]


@jit
def _take_lanes(frame: Frame, site: Site, work: Work, ground_t: float, first: int, n: int) -> None:
    """The pixels from ``first`` on in the order of rays into the lanes; lanes without a pixel repeat the first."""
    b, at = work.block[0], work.tail_at
    for k in range(LANES):
        p = first + (k if k < n else 0)
        b[NORTH + k], b[EAST + k] = work.sorted[p, 0], work.sorted[p, 1]
        b[TOTAL + k], b[GROUND_R + k], b[GROUND_T + k] = work.sorted[p, 2], work.sorted[p, 3], ground_t
    prepare(b, site, frame.n_cols, at)
    for k in range(TAIL * LANES):
        upper, one = np.uint64(at[k]), np.uint64(1)
        lower = upper + np.uint64(frame.n_cols)
        down, right = b[TAIL_DOWN + k], b[TAIL_RIGHT + k]
        north = frame.height[upper] + right * (frame.height[upper + one] - frame.height[upper])
        south = frame.height[lower] + right * (frame.height[lower + one] - frame.height[lower])
        b[TAIL_H + k] = north + down * (south - north)
        b[TAIL_COVER + k] = single(0.0)
        if frame.has_cover:
            is_below = is_past_half(down, b[NORTH + k % LANES])
            is_right = is_past_half(right, b[EAST + k % LANES])
            b[TAIL_COVER + k] = frame.cover[(lower if is_below else upper) + (one if is_right else np.uint64(0))]


@jit
def _take_receiver(frame: Frame, sweep: Sweep, ray: Ray, b: Singles, k: int) -> None:
    """What lane ``k`` asks of the ray whatever the antenna's height."""
    last = int(b[LAST + k])
    over, place, slope, bare = look_back(
        (ray.x, ray.h, ray.bent, ray.covered), last, b[TOTAL + k], b[BENT_R + k], b[HRS + k], sweep.mask
    )
    b[OVER_R + k], b[SLOPE_R + k], b[BARE_R + k] = over, slope, bare
    b[SEA + k] = b[LAND_RUN + k] = b[LONGEST + k] = b[COAST_R + k] = single(0.0)
    b[COAST_T + k] = single(FAR_COAST_KM)
    if last == 0:
        b[LAST_X + k], b[LAST_H + k], b[V1 + k], b[V2 + k] = 0.0, b[GROUND_T + k], 0.0, 0.0
        b[AT_R + k], b[HEIGHT_R + k] = 0.0, b[GROUND_T + k]
        return
    at = first_and_count(last)[0] + mark_of(place, sweep.mask)
    b[AT_R + k], b[HEIGHT_R + k] = ray.x[at], ray.h[at]
    b[LAST_X + k], b[LAST_H + k] = ray.x[PAD + last], ray.h[PAD + last]
    b[V1 + k], b[V2 + k] = ray.moments[last, 0], ray.moments[last, 1]
    if frame.has_cover:
        zones = ray.zones[last]
        b[SEA + k], b[LAND_RUN + k], b[LONGEST + k], b[COAST_R + k] = zones[0], zones[1], zones[2], zones[3]
        if zones[0] > 0.0:
            b[COAST_T + k] = sweep.spacing * (ray.first_sea[0] - 0.5)


@jit
def _take_antenna(sweep: Sweep, ray: Ray, work: Work, j: int, hts: float, k: int) -> None:
    """What lane ``k`` asks of the ray for the antenna's height ``j``; ``hts`` in single precision."""
    shared, b = work.block[0], work.block[j]
    last, total = int(shared[LAST + k]), shared[TOTAL + k]
    line = (shared[HRS + k] - hts) / total
    above, place = above_line((ray.x, ray.h), last, hts, line, sweep.mask)
    none = single(-1e30)
    b[HTS + k], b[ABOVE + k], b[ROOM + k] = hts, above, -none
    b[OVER_T + k] = b[BARE_T + k] = b[SLOPE_T + k] = none
    b[AT_T + k] = b[HEIGHT_T + k] = b[ABOVE_AT + k] = single(0.0)
    if last > 0:
        tops = ray.tops[j, last]
        at = np.uint64(PAD) + np.uint64(tops[1])
        b[OVER_T + k], b[AT_T + k], b[HEIGHT_T + k] = tops[0], ray.x[at], ray.h[at]
        b[BARE_T + k], b[SLOPE_T + k] = tops[2], tops[3]
        b[ABOVE_AT + k] = ray.x[first_and_count(last)[0] + mark_of(place, sweep.mask)]
        curved = line - single(sweep.bulge) * total
        if tops[3] < curved:
            b[ROOM + k] = clearance((ray.x, ray.covered), last, total, hts, curved)


@jit
def _take_flat(sweep: Sweep, ray: Ray, work: Work, j: int, hts: float, k: int) -> None:
    """Slopes and ν over the flatter Earth of lane ``k``; the tail is added by `settle`."""
    shared, b = work.block[0], work.block[j]
    bulges = (single(sweep.bulge), single(sweep.flat_bulge))
    found = other_earth((ray.x, ray.covered), int(shared[LAST + k]), shared[TOTAL + k], (hts, shared[HRS + k]), bulges)
    b[SLOPE_T_FLAT + k], b[SLOPE_R_FLAT + k], b[NU_FLAT + k] = found


@jit
def _finish(frame: Frame, site: Site, links: Links, work: Work, first: int, n: int) -> None:
    """Losses of the first ``n`` lanes by every link; they are the pixels from ``first`` on in the order of rays."""
    shared = work.block[0]
    settle_receiver(shared, site, frame.has_cover)
    sea = 0.0
    for k in range(LANES):
        sea = greatest(sea, float(shared[OMEGA + k]))
    for j in range(1, work.block.shape[0]):
        for at in range(SHARED_SIZE):
            work.block[j, at] = shared[at]
    for j in range(work.block.shape[0]):
        settle(work.block[j], site, links.is_varying)
    for link in range(links.height.size):
        b = work.block[links.height[link]]
        finish_block(b, unpack_air(links.table[link]), sea > 0.0, links.is_again[link])
        for k in range(n):
            work.losses[link, work.order[first + k]] = b[LOSS + k]
            work.departures[link, work.order[first + k]] = b[DEPARTURE + k]


@jit
def _ray_of(sweep: Sweep, north: float, east: float) -> int:
    """Number of the ray nearest to an offset in pixels: four sides of a square, each from corner to corner.

    Half-way between two rays the one farther from the axis is taken on either hand: a mirrored ground has mirrored rays.
    """
    major, minor, side = (north, east, 0) if abs(north) > abs(east) else (east, north, 1)
    aside = int(sweep.n_rays * (abs(minor) / abs(major)) + 0.5)
    k = sweep.n_rays + (aside if minor > 0.0 else -aside)
    return (2 * side + (1 if major < 0.0 else 0)) * (2 * sweep.n_rays + 1) + k


@jit
def _sort_pixels(frame: Frame, sweep: Sweep, work: Work) -> None:
    """Order the pixels by ray; those nearer than ``sweep.near_km`` are left out."""
    n_rays = work.starts.size - 2
    for i in range(work.starts.size):
        work.starts[i] = 0
    for i in range(work.rows.size):
        number = n_rays
        if work.distance[i] >= sweep.near_km:
            number = _ray_of(
                sweep, work.rows[i] - sweep.row - sweep.part_row, work.cols[i] - sweep.col - sweep.part_col
            )
        work.of_ray[i] = number
        work.starts[number + 1] += 1
    for ray in range(1, work.starts.size):
        work.starts[ray] += work.starts[ray - 1]
    for i in range(work.rows.size - 1, -1, -1):
        number = work.of_ray[i]
        work.starts[number + 1] -= 1
        p, row, col = work.starts[number + 1], work.rows[i], work.cols[i]
        work.order[p] = i
        work.sorted[p, 0], work.sorted[p, 1] = row - sweep.row - sweep.part_row, col - sweep.col - sweep.part_col
        work.sorted[p, 2], work.sorted[p, 3] = work.distance[i], frame.height[np.uint64(row * frame.n_cols + col)]


@jit
def _way(sweep: Sweep, number: int) -> tuple[float, float]:
    """One step of a ray in pixels, north-south and east-west."""
    side, k = divmod(number, 2 * sweep.n_rays + 1)
    slope, sense = (k - sweep.n_rays) / sweep.n_rays, 1.0 - 2.0 * (side & 1)
    if side < 2:
        stride = sweep.spacing / math.hypot(sweep.km_row, slope * sweep.km_col)
        return sense * stride, slope * stride
    stride = sweep.spacing / math.hypot(sweep.km_col, slope * sweep.km_row)
    return slope * stride, sense * stride


@jit
def _start_ray(frame: Frame, sweep: Sweep, ray: Ray, work: Work, number: int, ground_t: float) -> None:
    """Take the samples of a ray up to where its farthest pixel wants them."""
    total = 0.0
    for p in range(work.starts[number + 1], work.starts[number + 2]):
        total = greatest(total, float(work.sorted[p, 2]))
    step = total / (path_points(total, sweep.spacing) - 1)
    pass_ray(frame, sweep, ray, _way(sweep, number), ground_t, int((total - TAIL * step) / sweep.spacing))


@jit_entry
def sweep_losses(frame: Frame, sweep: Sweep, site: Site, ray: Ray, links: Links, work: Work) -> None:
    """Fill ``work.losses`` and ``work.departures`` for all wanted pixels farther than ``sweep.near_km``."""
    _sort_pixels(frame, sweep, work)
    ground_t = sample(frame, sweep, 0.0, 0.0)[0]
    n_rays = work.starts.size - 2
    n_pixels, number = int(work.starts[n_rays + 1]), -1
    for first in range(0, n_pixels, LANES):
        n = n_pixels - first
        n = min(n, LANES)
        _take_lanes(frame, site, work, ground_t, first, n)
        for k in range(n):
            while first + k >= work.starts[number + 2]:
                number += 1
                if first + k < work.starts[number + 2]:
                    _start_ray(frame, sweep, ray, work, number, ground_t)
            _take_receiver(frame, sweep, ray, work.block[0], k)
            for j in range(ray.heights.size):
                hts = single(ground_t + ray.heights[j])
                _take_antenna(sweep, ray, work, j, hts, k)
                if links.is_varying:
                    _take_flat(sweep, ray, work, j, hts, k)
        for row in range(0, BLOCK_SIZE, LANES):
            for k in range(n, LANES):
                for j in range(ray.heights.size):
                    work.block[j, row + k] = work.block[j, row]
        _finish(frame, site, links, work, first, n)
