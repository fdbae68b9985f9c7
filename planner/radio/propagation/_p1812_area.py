"""The area engine's rays and pixels: what the sweep knows, put into the formulas of ITU-R P.1812-8."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit, jit_entry
from planner.radio.propagation._p1812_diffraction import (
    bullington_loss,
    edge_parameter,
    even_smooth_bullington,
    knife_edge_loss,
    spherical_loss,
)
from planner.radio.propagation._p1812_edges import clearance, highest, other_earth, roughness_between, steepest_back
from planner.radio.propagation._p1812_kernel import (
    PARTS,
    Air,
    combine,
    diffraction_losses,
    duct_counts,
    duct_loss,
    effective_heights,
    fixed_duct_loss,
    line_of_sight,
    troposcatter,
    unpack_air,
)
from planner.radio.propagation._p1812_path import duct_incidence, horizon_angles, smooth_heights
from planner.radio.propagation._p1812_sweep import (
    BARE_T,
    OVER_AT,
    OVER_T,
    SLOPE_T,
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
from planner.radio.propagation._sampling import Frame, path_points

__all__ = ["Work", "sweep_losses"]

Array = NDArray[np.float64]

_AT = {name: i for i, name in enumerate(PARTS)}
(
    _D, _DLT, _DLR, _TH_T, _TH_R, _TH, _HTS, _HRS, _OMEGA, _DTM, _DLM, _BETA0, _AE,
    _HST, _HSR, _HSTD, _HSRD, _HTED, _HRED,
) = range(19)  # fmt: skip
_LB0P, _LD50, _LDB, _LBD, _LMINBAP, _LB = (_AT[name] for name in ("Lb0p", "Ld50", "Ldb", "Lbd", "Lminbap", "Lb"))


class Work(NamedTuple):
    """Wanted pixels and what is found for them.

    ``number`` counts the wanted pixels of a window (−1: not wanted) that starts ``north``, ``east`` pixels from
    the place's own; ``distance`` in kilometres by number; ``losses`` (dB) and ``departures`` (mrad above the
    horizontal, of the first obstructing edge or the pixel itself) by link and number.
    """

    number: NDArray[np.int32]
    north: int
    east: int
    distance: Array
    losses: NDArray[np.float32]
    departures: NDArray[np.float32]
    out: Array


@jit
def _bullington(
    ends: tuple[float, float], total: float, slopes: tuple[float, float], nu: float, wavelength_m: float
) -> float:
    """§4.3.1 with its slopes or its largest ν known."""
    if slopes[0] >= (ends[1] - ends[0]) / total:
        nu = edge_parameter(ends[0], ends[1], total, slopes[0], slopes[1])
    return bullington_loss(knife_edge_loss(nu / math.sqrt(wavelength_m)), total)


@jit
def _delta(total: float, n: int, actual: float, air: Air, radius_km: float, out: Array) -> float:
    """§4.3.4: the actual Bullington loss and what the spherical Earth adds to the smooth one."""
    spherical = spherical_loss(total, out[_HTED], out[_HRED], radius_km, air.ground, out[_OMEGA])
    if spherical <= 0.0:
        return actual
    smooth = even_smooth_bullington(total, n, (out[_HTED], out[_HRED]), radius_km, air.ground.wavelength_m)
    return float(actual + greatest(spherical - smooth, 0.0))


@jit
def _tail_slope_t(sweep: Sweep, ray: Ray, hts: float, total: float, step_km: float) -> float:
    """Steepest slope over the curved Earth from the transmitter to a tail sample, without the term bulge·total."""
    best = -np.inf
    for q in range(TAIL):
        x = total - step_km * (TAIL - q)
        best = greatest(best, (ray.tail_g[q] - hts) / x - sweep.bulge * x)
    return best


@jit
def _horizons(sweep: Sweep, ray: Ray, j: int, seen: Seen, step_km: float, out: Array) -> None:
    """Horizon angles and distances of the bare ground, smooth surface, eq. (76)–(92)."""
    total, ends = out[_D], (out[_HTS], out[_HRS])
    ground_r = ends[1] - sweep.rx_height
    over_t, at_t = ray.tops[j, OVER_T], ray.tops[j, OVER_AT]
    bare_t = ray.tops[j, BARE_T]
    for q in range(TAIL):
        x = total - step_km * (TAIL - q)
        slope = (ray.tail_h[q] - ends[0]) / x
        bare_t = greatest(bare_t, slope)
        if slope - sweep.bulge * x > over_t:
            over_t, at_t = slope - sweep.bulge * x, x
    above, vertex = highest(sweep, ray, ends, total, step_km)
    bare_r = 0.0
    if above > 0.0:
        bare_r = steepest_back(sweep, ray, ends[1], total, step_km, (seen.vertex, vertex))
    out[_HST], out[_HSR], out[_HSTD], out[_HSRD] = smooth_heights(
        total, (ray.h[0], ground_r), ends, (seen.v1, seen.v2), (bare_t, bare_r, above)
    )
    out[_HTED], out[_HRED] = ends[0] - out[_HSTD], ends[1] - out[_HSRD]  # (37)
    out[_TH_T], out[_TH_R] = horizon_angles(total, ends, sweep.bulge, (over_t, seen.over_r))
    out[_TH] = 2.0 * sweep.bulge * total + out[_TH_T] + out[_TH_R]  # (84)
    is_clear = over_t <= (ends[1] - ends[0]) / total - sweep.bulge * total
    out[_DLT], out[_DLR] = (-1.0 if is_clear else at_t), total - seen.over_at  # a clear path's is found when wanted


@jit
def _diffraction(
    frame: Frame, sweep: Sweep, ray: Ray, slopes: tuple[float, float], air: Air, n: int, out: Array
) -> None:
    """§4.3.4 and 4.3.5 from the slopes over the median Earth."""
    total, ends = out[_D], (out[_HTS], out[_HRS])
    step_km, wavelength_m = total / (n - 1), air.ground.wavelength_m
    nu = 0.0
    if slopes[0] < (ends[1] - ends[0]) / total:
        nu, _ = clearance(frame, sweep, ray, ends, total, step_km)
    actual = _bullington(ends, total, slopes, nu, wavelength_m)
    out[_LD50] = _delta(total, n, actual, air, air.radius_km, out)
    out[_LDB] = out[_LD50]
    if air.time_percent < 50.0:
        flat = other_earth(frame, sweep, ray, ends, (total, step_km), 500.0 / air.radius_beta_km)
        actual = _bullington(ends, total, (flat[0], flat[1]), flat[2], wavelength_m)
        out[_LDB] = _delta(total, n, actual, air, air.radius_beta_km, out)
    diffraction_losses(air, out)


@jit
def _find_horizons(frame: Frame, sweep: Sweep, ray: Ray, n: int, out: Array) -> None:
    """On a line of sight, the point that stands for both horizons (eq. 80)."""
    if out[_DLT] < 0.0:
        total = out[_D]
        _, at = clearance(frame, sweep, ray, (out[_HTS], out[_HRS]), total, total / (n - 1))
        out[_DLT], out[_DLR] = at, total - at


@jit
def _loss(
    frame: Frame, sweep: Sweep, ray: Ray, slopes: tuple[float, float, float, float], air: Air, n: int, out: Array
) -> float:
    """L_b of a pixel whose geometry stands in ``out``.

    ``slopes`` are those from both ends over ground with clutter, and the distances over land to the coast.
    """
    is_varying = air.time_percent < 50.0
    out[_BETA0] = 0.0
    if is_varying:
        out[_BETA0] = duct_incidence(air.latitude_deg, out[_DTM], out[_DLM])
        _find_horizons(frame, sweep, ray, n, out)
    line_of_sight(air, out)
    _diffraction(frame, sweep, ray, (slopes[0], slopes[1]), air, n, out)
    out[_LMINBAP] = np.inf
    if out[_LBD] > out[_LB0P]:
        if not is_varying:
            _find_horizons(frame, sweep, ray, n, out)
        fixed_db = fixed_duct_loss(air, out, (slopes[2], slopes[3]))
        if duct_counts(air, fixed_db, out):
            out[_BETA0] = duct_incidence(air.latitude_deg, out[_DTM], out[_DLM])
            line = effective_heights(ray.h[0], out[_HRS] - sweep.rx_height, out)
            duct_loss(air, fixed_db, roughness_between(sweep, ray, line, out[_DLT], out[_D] - out[_DLR]), out)
    troposcatter(air, out)
    combine(air, 4, out)
    return float(out[_LB])


@jit
def _pixel(
    frame: Frame, sweep: Sweep, ray: Ray, path: tuple[float, float, float, float], table: Array, work: Work, at: int
) -> None:
    """Losses and departure angles of one pixel for every link of ``table``."""
    total, out = path[2], work.out
    n = path_points(total, sweep.spacing)
    step_km = total / (n - 1)
    seen = look_back(frame, sweep, ray, path, step_km)
    omega, longest, coast_t, coast_r = pixel_sums(frame, sweep, ray, total, step_km)
    for j in range(table.shape[0]):
        air = unpack_air(table[j])
        out[_D], out[_AE] = total, air.radius_km
        out[_HTS], out[_HRS] = ray.h[0] + ray.heights[j], path[3] + sweep.rx_height
        out[_OMEGA], out[_DTM], out[_DLM] = omega, longest, longest
        _horizons(sweep, ray, j, seen, step_km, out)
        slope_t = greatest(ray.tops[j, SLOPE_T], _tail_slope_t(sweep, ray, out[_HTS], total, step_km))
        direct = (out[_HRS] - out[_HTS]) / total - sweep.bulge * total
        slopes = (slope_t + sweep.bulge * total, seen.slope_r, coast_t, coast_r)
        work.losses[j, at] = _loss(frame, sweep, ray, slopes, air, n, out)
        work.departures[j, at] = greatest(slope_t, direct)


@jit
def _ray(frame: Frame, sweep: Sweep, ray: Ray, side: tuple[int, int, int], table: Array, work: Work) -> None:
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
            _pixel(frame, sweep, ray, (north - sweep.part_row, east - sweep.part_col, total, ground), table, work, at)


@jit
def _position(work: Work, north: int, east: int) -> int:
    """Number of a wanted pixel by its offset from the place's own, −1 where it is not wanted."""
    row, col = north - work.north, east - work.east
    if row < 0 or col < 0 or row >= work.number.shape[0] or col >= work.number.shape[1]:
        return -1
    return int(work.number[row, col])


@jit_entry
def sweep_losses(frame: Frame, sweep: Sweep, ray: Ray, table: Array, work: Work) -> None:
    """Fill ``work.losses`` and ``work.departures`` for all wanted pixels farther than ``sweep.near_km``."""
    for axis in range(2):
        for sense in (1, -1):
            for k in range(-sweep.n_rays, sweep.n_rays + 1):
                _ray(frame, sweep, ray, (axis, sense, k), table, work)
