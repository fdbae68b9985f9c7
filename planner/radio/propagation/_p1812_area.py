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
    BLOCK_SIZE,
    COAST_R,
    COAST_T,
    DEPARTURE,
    GROUND_R,
    GROUND_T,
    HEIGHT_R,
    HEIGHT_T,
    HRS,
    HTS,
    LANES,
    LAST_H,
    LAST_X,
    LONGEST,
    LOSS,
    NU_FLAT,
    OMEGA,
    OVER_R,
    OVER_T,
    POINTS,
    ROOM,
    SLOPE_R,
    SLOPE_R_FLAT,
    SLOPE_T,
    SLOPE_T_FLAT,
    STEP,
    TAIL_G,
    TAIL_H,
    TOTAL,
    V1,
    V2,
)
from planner.radio.propagation._p1812_finish import finish_block
from planner.radio.propagation._p1812_geometry import settle
from planner.radio.propagation._p1812_kernel import unpack_air
from planner.radio.propagation._p1812_path import FAR_COAST_KM
from planner.radio.propagation._p1812_scan import above_line, clearance, first_and_count, look_back, other_earth
from planner.radio.propagation._p1812_sweep import PAD, TAIL, Ray, Sweep, pass_ray, sample, zones_at
from planner.radio.propagation._sampling import Frame, path_points

__all__ = ["Links", "Work", "sweep_losses"]

Array = NDArray[np.float64]
Singles = NDArray[np.float32]


class Links(NamedTuple):
    """Links of a place: a row of ``table`` each (see `pack_air`) and which of the ray's heights each stands on.

    ``is_varying``: some link is for less than 50 % of time.
    """

    table: Singles
    height: NDArray[np.int64]
    is_varying: bool


class Work(NamedTuple):
    """Wanted pixels and what is found for them.

    ``rows, cols`` and ``distance`` (km) are those of the wanted pixels; ``losses`` (dB)
    and ``departures`` (mrad above the horizontal, of the first obstructing edge or the pixel itself) go by link and
    pixel. ``of_ray`` is the ray of each pixel, ``starts`` where a ray's pixels begin in ``order``, which holds their
    numbers, and in ``sorted``, which holds their offsets from the place's own pixel, distance and ground. ``block`` gathers
    `LANES` pixels a height of the antenna before their losses are worked out, ``at`` their numbers, ``filled`` how
    many there are.
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
    at: NDArray[np.int32]
    filled: NDArray[np.int64]


class Path(NamedTuple):
    """A pixel's way: its offset in pixels, its distance and step (km), points, ground, last sample of the ray."""

    north: float
    east: float
    total: float
    step: float
    points: int
    ground: float
    last: int


@jit
def _take_tail(frame: Frame, sweep: Sweep, path: Path, b: Singles, k: int) -> int:
    """The last samples, on the pixel's own path, into lane ``k``; a bit for each that is sea."""
    inverse = 1.0 / (path.points - 1)
    sea = 0
    for q in range(TAIL):
        share = 1.0 - (TAIL - q) * inverse
        h, cover = sample(frame, sweep, path.north * share, path.east * share)
        b[TAIL_H + q * LANES + k], b[TAIL_G + q * LANES + k] = h, h + greatest(cover, 0.0)
        if cover < 0.0:
            sea |= 1 << q
    return sea


@jit
def _take_receiver(frame: Frame, sweep: Sweep, ray: Ray, path: Path, ground_t: float, b: Singles, k: int) -> None:
    """What does not depend on the antenna's height into lane ``k``."""
    total, last = single(path.total), path.last
    hrs = path.ground + sweep.rx_height
    bent_r = hrs - sweep.bulge * path.total * path.total
    tail_sea = _take_tail(frame, sweep, path, b, k)
    over, place, slope, bare = look_back(
        (ray.x, ray.h, ray.bent, ray.covered), last, total, single(bent_r), single(hrs), sweep.mask
    )
    b[TOTAL + k], b[STEP + k], b[POINTS + k] = total, path.step, path.points
    b[HRS + k], b[GROUND_T + k], b[GROUND_R + k] = hrs, ground_t, path.ground
    b[OVER_R + k], b[SLOPE_R + k], b[BARE_R + k] = over, slope, bare
    b[LAST_X + k], b[LAST_H + k], b[V1 + k], b[V2 + k] = 0.0, ground_t, 0.0, 0.0
    b[AT_R + k], b[HEIGHT_R + k] = 0.0, ground_t
    if last > 0:
        at = first_and_count(last)[0] + mark_of(place, sweep.mask)
        b[AT_R + k], b[HEIGHT_R + k] = ray.x[at], ray.h[at]
        b[LAST_X + k], b[LAST_H + k] = ray.x[PAD + last], ray.h[PAD + last]
        b[V1 + k], b[V2 + k] = ray.moments[last, 0], ray.moments[last, 1]
    omega, longest, coast_t, coast_r = 0.0, path.total, FAR_COAST_KM, FAR_COAST_KM
    if frame.has_cover:
        omega, longest, coast_t, coast_r = zones_at(sweep, ray, last, (path.total, path.step), tail_sea)
    b[OMEGA + k], b[LONGEST + k], b[COAST_T + k], b[COAST_R + k] = omega, longest, coast_t, coast_r


@jit
def _take_antenna(sweep: Sweep, ray: Ray, path: Path, j: int, hts: float, b: Singles, k: int) -> None:
    """What depends on the antenna's height ``j`` into lane ``k``."""
    total, last = single(path.total), path.last
    hrs = path.ground + sweep.rx_height
    line = (hrs - hts) / path.total
    curved = line - sweep.bulge * path.total
    above, place = above_line((ray.x, ray.h), last, single(hts), single(line), sweep.mask)
    b[HTS + k], b[ABOVE + k], b[ROOM + k] = hts, above, 1e30
    b[OVER_T + k] = b[BARE_T + k] = b[SLOPE_T + k] = -1e30
    b[AT_T + k], b[HEIGHT_T + k], b[ABOVE_AT + k] = 0.0, 0.0, 0.0
    if last > 0:
        tops = ray.tops[j, last]
        at = np.uint64(PAD) + np.uint64(tops[1])
        b[OVER_T + k], b[AT_T + k], b[HEIGHT_T + k] = tops[0], ray.x[at], ray.h[at]
        b[BARE_T + k], b[SLOPE_T + k] = tops[2], tops[3]
        b[ABOVE_AT + k] = ray.x[first_and_count(last)[0] + mark_of(place, sweep.mask)]
        if tops[3] < curved:
            b[ROOM + k] = clearance((ray.x, ray.covered), last, total, single(hts), single(curved))


@jit
def _take_flat(sweep: Sweep, ray: Ray, path: Path, hts: float, b: Singles, k: int) -> None:
    """Slopes and ν over the flatter Earth into lane ``k``; the tail is added by `settle`."""
    ends = (single(hts), single(path.ground + sweep.rx_height))
    bulges = (single(sweep.bulge), single(sweep.flat_bulge))
    found = other_earth((ray.x, ray.covered), path.last, single(path.total), ends, bulges)
    b[SLOPE_T_FLAT + k], b[SLOPE_R_FLAT + k], b[NU_FLAT + k] = found


@jit
def _gather(
    frame: Frame, sweep: Sweep, ray: Ray, path: Path, ground_t: float, links: Links, work: Work, at: int
) -> None:
    """What the ray knows of a pixel into the next lane of each height's block; full blocks are finished."""
    for j in range(ray.heights.size):
        b, k = work.block[j], work.filled[j]
        hts = ground_t + ray.heights[j]
        if j == 0:
            _take_receiver(frame, sweep, ray, path, ground_t, b, k)
        else:
            for row in range(0, BLOCK_SIZE, LANES):
                b[row + k] = work.block[0][row + k]
        _take_antenna(sweep, ray, path, j, hts, b, k)
        if links.is_varying:
            _take_flat(sweep, ray, path, hts, b, k)
        work.at[j, k] = at
        work.filled[j] = k + 1
    if work.filled[0] == LANES:
        _finish(sweep, links, work)


@jit
def _finish(sweep: Sweep, links: Links, work: Work) -> None:
    """Losses of the pixels gathered, by every link."""
    n = work.filled[0]
    for j in range(work.filled.size):
        b = work.block[j]
        sea = 0.0
        for row in range(0, BLOCK_SIZE, LANES):
            for k in range(n, LANES):  # lanes without a pixel repeat the first
                b[row + k] = b[row]
        for k in range(n):
            sea = greatest(sea, float(b[OMEGA + k]))
        settle(b, single(sweep.bulge), single(sweep.flat_bulge))
        for link in range(links.height.size):
            if links.height[link] == j:
                _finish_link(links, work, j, link, sea > 0.0)
        work.filled[j] = 0


@jit
def _finish_link(links: Links, work: Work, j: int, link: int, with_sea: bool) -> None:  # noqa: FBT001  (kernels take positional arguments)
    b = work.block[j]
    finish_block(b, unpack_air(links.table[link]), with_sea)
    for k in range(work.filled[j]):
        work.losses[link, work.at[j, k]] = b[LOSS + k]
        work.departures[link, work.at[j, k]] = b[DEPARTURE + k]


@jit
def _ray_of(sweep: Sweep, north: float, east: float) -> int:
    """Number of the ray nearest to an offset in pixels: four sides of a square, each from corner to corner."""
    major, minor, side = (north, east, 0) if abs(north) > abs(east) else (east, north, 1)
    k = int(sweep.n_rays * (minor / abs(major) + 1.0) + 0.5)
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
        work.sorted[p, 0], work.sorted[p, 1] = row - sweep.row, col - sweep.col
        work.sorted[p, 2], work.sorted[p, 3] = work.distance[i], frame.height[np.uint64(row * frame.n_cols + col)]


@jit
def _step(sweep: Sweep, total: float) -> tuple[int, float, int]:
    """Points and step (km) of a pixel's own path, and the last sample it takes from its ray."""
    n = path_points(total, sweep.spacing)
    step = total / (n - 1)
    return n, step, int((total - (TAIL + 0.5) * step) / sweep.spacing)


@jit
def _way(sweep: Sweep, number: int) -> tuple[float, float]:
    """One step of a ray in pixels, north-south and east-west."""
    side, k = divmod(number, 2 * sweep.n_rays + 1)
    slope, sense = k / sweep.n_rays - 1.0, 1.0 - 2.0 * (side & 1)
    if side < 2:
        stride = sweep.spacing / math.hypot(sweep.km_row, slope * sweep.km_col)
        return sense * stride, slope * stride
    stride = sweep.spacing / math.hypot(sweep.km_col, slope * sweep.km_row)
    return slope * stride, sense * stride


@jit_entry
def sweep_losses(frame: Frame, sweep: Sweep, ray: Ray, links: Links, work: Work) -> None:
    """Fill ``work.losses`` and ``work.departures`` for all wanted pixels farther than ``sweep.near_km``."""
    _sort_pixels(frame, sweep, work)
    ground_t = sample(frame, sweep, 0.0, 0.0)[0]
    for number in range(work.starts.size - 2):
        first, stop = work.starts[number + 1], work.starts[number + 2]
        longest = 0.0
        for p in range(first, stop):
            longest = greatest(longest, float(work.sorted[p, 2]))
        if longest > 0.0:
            pass_ray(frame, sweep, ray, _way(sweep, number), ground_t, _step(sweep, longest)[2])
        for p in range(first, stop):
            north, east = work.sorted[p, 0] - sweep.part_row, work.sorted[p, 1] - sweep.part_col
            total = float(work.sorted[p, 2])
            n, step, last = _step(sweep, total)
            path = Path(north, east, total, step, n, float(work.sorted[p, 3]), last)
            _gather(frame, sweep, ray, path, ground_t, links, work, work.order[p])
    if work.filled[0] > 0:
        _finish(sweep, links, work)
