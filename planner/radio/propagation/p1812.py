"""ITU-R P.1812-8: loss of a path over its terrain, clutter and sea; the default model.

References
----------
ITU-R P.1812-8 (09/2025), A path-specific propagation prediction method for point-to-area
terrestrial services in the frequency range 30 MHz to 6 000 MHz.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit_entry, jit_scan, single
from planner.radio.link import RadioLink
from planner.radio.location import location_sigma_db
from planner.radio.propagation import MIN_DISTANCE_KM, AreaJob, ModelInfo, Profile, Surface
from planner.radio.propagation._p1812_area import Links, Work, sweep_losses
from planner.radio.propagation._p1812_block import BLOCK_SIZE, LANES
from planner.radio.propagation._p1812_diffraction import Steps, make_ground, make_steps
from planner.radio.propagation._p1812_geometry import Site
from planner.radio.propagation._p1812_kernel import PARTS, Air, inverse_normal, pack_air, point_loss, unpack_air
from planner.radio.propagation._p1812_path import FAR_COAST_KM, zone_lengths
from planner.radio.propagation._p1812_sweep import TAIL, Sweep, make_ray
from planner.radio.propagation._sampling import (
    Frame,
    Paths,
    frame_of,
    path_points,
    paths_of,
    sample_path,
)
from planner.units import EARTH_RADIUS_KM

__all__ = ["INFO", "area_losses", "loss_db", "losses_db", "parts"]

INFO = ModelInfo(
    name="p1812",
    about="path-specific loss over terrain, clutter and sea",
    source="ITU-R P.1812-8 (2025)",
    has_terrain=True,
    min_frequency_mhz=30.0,
    max_frequency_mhz=6000.0,
)


def _air(link: RadioLink, resolution_m: float, *, is_whole: bool) -> Air:
    sigma = location_sigma_db(link.frequency_mhz, resolution_m, link.rx_height_m)
    inverse = inverse_normal(link.location_percent / 100.0) if link.location_percent != 50.0 else 0.0
    f = link.frequency_mhz / 1000.0
    return Air(
        frequency_ghz=f,
        time_percent=link.time_percent,
        n0=link.n0,
        latitude_deg=link.latitude_deg,
        radius_km=EARTH_RADIUS_KM * 157.0 / (157.0 - link.delta_n),  # (6), (7a)
        radius_beta_km=EARTH_RADIUS_KM * 3.0,  # (7b)
        inverse_p=inverse_normal(link.time_percent / 100.0),
        location_db=-inverse * sigma,
        frequency_db=20.0 * math.log10(f),
        scatter_db=25.0 * math.log10(f) - 2.5 * math.log10(f / 2.0) ** 2,  # (45)
        duct_db=45.375 - 137.0 * f + 92.5 * f * f if f < 0.5 else 0.0,  # (47a)
        ground=make_ground(f, is_vertical=link.polarisation == "vertical"),
        is_whole=is_whole,
    )


def _evaluate(profile: Profile, link: RadioLink, *, is_whole: bool) -> NDArray[np.float64]:
    true_km = float(profile.distance_km[-1])
    stretch = max(1.0, MIN_DISTANCE_KM / true_km)
    d = np.ascontiguousarray(profile.distance_km * stretch)
    h = np.ascontiguousarray(profile.height_m)
    g = h + profile.clutter_m
    g[0], g[-1] = h[0], h[-1]
    n = d.size
    resolution_m = 1000.0 * float(profile.distance_km[-1] - profile.distance_km[-2])
    air = _air(link, resolution_m, is_whole=is_whole)
    zones = (*zone_lengths(d, np.ascontiguousarray(profile.zone), n), int(profile.zone[-1]))
    out = np.zeros(len(PARTS))
    steps = make_steps(d)
    point_loss(steps, h, g, n, (link.tx_height_m, link.rx_height_m), zones, air, out)
    if stretch > 1.0:
        out[-1] = short_path_loss(true_km, air.frequency_ghz, out)
    return out


_AT = {name: i for i, name in enumerate(PARTS)}
_LBFS, _HTS, _HRS = _AT["Lbfs"], _AT["hts"], _AT["hrs"]


def loss_db(profile: Profile, link: RadioLink) -> float:
    """Basic transmission loss L_b, dB, not exceeded for the link's time and location percentages."""
    return float(_evaluate(profile, link, is_whole=False)[-1])


def parts(profile: Profile, link: RadioLink) -> dict[str, float]:
    """Every intermediate result by its name in the Recommendation.

    Names with ``50`` belong to the median Earth radius, ``Lbulla, Lbulls, Ldsph`` to the radius exceeded
    for β0 per cent of time. Angles in mrad, distances in km, heights in m, losses in dB.
    """
    return dict(zip(PARTS, (float(v) for v in _evaluate(profile, link, is_whole=True)), strict=True))


@jit_entry
def short_path_loss(true_km: float, frequency_ghz: float, out: NDArray[np.float64]) -> float:
    """Loss below 0.25 km: free space plus the excess at 0.25 km, scaled by the distance.

    ``out`` holds the parts of the same profile stretched to 0.25 km.
    """
    excess = out[-1] - out[_LBFS]
    slant2 = greatest(1e-6, true_km * true_km + ((out[_HTS] - out[_HRS]) / 1000.0) ** 2)
    free = 92.4 + 20.0 * math.log10(frequency_ghz) + 10.0 * math.log10(slant2)
    return float(free + excess * true_km / MIN_DISTANCE_KM)


class Scratch(NamedTuple):
    """Arrays the loop over paths writes into, and tables of 1/i and 1/sqrt(i)."""

    h: NDArray[np.float64]
    g: NDArray[np.float64]
    steps: Steps
    zone: NDArray[np.uint8]
    out: NDArray[np.float64]
    inverse: NDArray[np.float64]
    root: NDArray[np.float64]


def _scratch(longest_km: float, spacing_km: float) -> Scratch:
    size = max(5, int(longest_km / spacing_km + 1.5)) + 1
    inverse = 1.0 / np.maximum(np.arange(size), 1.0)
    h, g, *steps = np.zeros((6, size))
    zone = np.full(size, 4, dtype=np.uint8)
    return Scratch(h, g, Steps(*steps), zone, np.zeros(len(PARTS)), inverse, np.sqrt(inverse))


@jit_entry
def _losses(
    frame: Frame, paths: Paths, rx_height: float, table: NDArray[np.float64], work: Scratch, losses: NDArray[np.float32]
) -> None:
    h, steps, zone = work.h, work.steps, work.zone
    for k in range(paths.length.size):
        true_km = paths.length[k]
        length = greatest(true_km, MIN_DISTANCE_KM)
        n = path_points(true_km, paths.spacing)
        start, stop = (paths.row, paths.col), (paths.rows[k], paths.cols[k])
        _even_steps(length / (n - 1), n, work.inverse, work.root, steps)
        n_sea = sample_path(frame, start, stop, n, h, work.g, zone)
        lengths = (0.0, length, length, FAR_COAST_KM, FAR_COAST_KM)
        if n_sea > 0:
            lengths = zone_lengths(steps.d, zone, n)
        ground = work.g if frame.has_cover else h
        zones = (lengths[0], lengths[1], lengths[2], lengths[3], lengths[4], int(zone[n - 1]))
        for j in range(table.shape[0]):
            air = unpack_air(table[j])
            loss = point_loss(steps, h, ground, n, (table[j, 0], rx_height), zones, air, work.out)
            if true_km < MIN_DISTANCE_KM:
                loss = short_path_loss(true_km, air.frequency_ghz, work.out)
            losses[j, k] = loss


@jit_scan
def _even_steps(step: float, n: int, inverse: NDArray[np.float64], root: NDArray[np.float64], steps: Steps) -> None:
    """Distances and inverses of evenly spaced points, from tables instead of divisions."""
    per_step = 1.0 / step
    for i in range(n):
        steps.d[i] = step * i
        steps.inv_t[i] = inverse[i] * per_step
        steps.inv_r[i] = inverse[n - 1 - i] * per_step
        steps.inv_s[i] = root[i] * root[n - 1 - i] * per_step


def losses_db(job: AreaJob) -> NDArray[np.float32]:
    """Losses from one place to many pixels; see the contract of `planner.radio.propagation`.

    By the area engine (`_p1812_area`); pixels nearer than 0.25 km or five samples by `exact_losses_db`.
    """
    return area_losses(job)[0]


def area_losses(job: AreaJob, percents: tuple[float, ...] = ()) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Losses of `losses_db`, and the angle at which each path leaves the antenna, mrad above the horizontal.

    Parameters
    ----------
    job
        Place and pixels.
    percents
        Shares of time (per cent, 1 to 50) in one pass over the ground; empty: that of the job's settings.

    Returns
    -------
    losses_db, departure_mrad
        Shape ``(n_pairs · n_percents, n_pixels)`` both, the percentages of a pair one after another. The angle is that
        of the first obstructing edge or, on a clear path, of the receiver, over the curved Earth.
    """
    surface = _surface(job)
    percents = percents or (job.settings.time_percent,)
    job = _for_percents(job, len(percents))
    shape = (job.heights_m.size, job.rows.size)
    losses, departures = np.empty(shape, dtype=np.float32), np.empty(shape, dtype=np.float32)
    if losses.size == 0:
        return losses, departures
    spacing = job.settings.spacing_km
    distance = job.distance_km()
    near_km = max(MIN_DISTANCE_KM, (TAIL + 2) * spacing)
    near = np.flatnonzero(distance < near_km)
    if near.size:
        some = job.some(near)
        losses[:, near] = _exact_losses_db(some, _table(some, percents))
        departures[:, near] = _direct_mrad(some, distance[near])
    if near.size < distance.size:
        heights, which = np.unique(job.heights_m, return_inverse=True)
        again = np.arange(losses.shape[0]) % len(percents) == 1
        links = Links(
            _table(job, percents).astype(np.float32), which, again & (percents[0] == 50.0), min(percents) < 50.0
        )
        ray = make_ray(1.05 * float(distance.max()), spacing, heights)
        sweep = _sweep(job, near_km, ray.x.size)
        work = _work(job, sweep, distance, (losses, departures), heights.size)
        frame = frame_of(surface)
        sweep_losses(frame, sweep, _site(frame, sweep), ray, links, work)
    return losses, departures


def _for_percents(job: AreaJob, n: int) -> AreaJob:
    """The job with each of its pairs ``n`` times."""
    return replace(job, heights_m=np.repeat(job.heights_m, n), bands_mhz=np.repeat(job.bands_mhz, n))


def _surface(job: AreaJob) -> Surface:
    if job.surface is None:
        message = "p1812 needs terrain"
        raise ValueError(message)
    return job.surface


def _sweep(job: AreaJob, near_km: float, n_samples: int) -> Sweep:
    row, col = round(job.tower[0]), round(job.tower[1])
    km_row, km_col = job.pixel_km
    return Sweep(
        row=row,
        col=col,
        part_row=job.tower[0] - row,
        part_col=job.tower[1] - col,
        km_row=km_row,
        km_col=km_col,
        n_rays=max(8, math.ceil(job.settings.radius_km / min(km_row, km_col) * job.settings.rays_per_cell)),
        spacing=job.settings.spacing_km,
        near_km=near_km,
        bulge=500.0 * (157.0 - job.settings.delta_n) / (EARTH_RADIUS_KM * 157.0),
        flat_bulge=500.0 / (3.0 * EARTH_RADIUS_KM),
        rx_height=job.settings.rx_height_m,
        mask=0xFFF if n_samples < 0xFFF else 0xFFFF,  # not the very size: that would follow the pixels wanted
    )


def _site(frame: Frame, sweep: Sweep) -> Site:
    """The place and the frame as packed code takes them."""
    return Site(*(
        single(value)
        for value in (
            sweep.row, sweep.col, sweep.part_row, sweep.part_col, frame.n_rows - 2, frame.n_cols - 2, sweep.spacing,
            1.0 / sweep.spacing, sweep.rx_height, sweep.bulge, sweep.flat_bulge,
        )
    ))  # fmt: skip


def _work(
    job: AreaJob,
    sweep: Sweep,
    distance: NDArray[np.float64],
    results: tuple[NDArray[np.float32], NDArray[np.float32]],
    n_heights: int,
) -> Work:
    n = job.rows.size
    return Work(
        rows=job.rows,
        cols=job.cols,
        distance=distance,
        losses=results[0],
        departures=results[1],
        of_ray=np.empty(n, dtype=np.int32),
        starts=np.zeros(4 * (2 * sweep.n_rays + 1) + 2, dtype=np.int32),
        order=np.empty(n, dtype=np.int32),
        sorted=np.empty((n, 4), dtype=np.float32),
        block=np.zeros((n_heights, BLOCK_SIZE), dtype=np.float32),
        tail_at=np.zeros(TAIL * LANES, dtype=np.int64),
    )


def _direct_mrad(job: AreaJob, distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Angle of the straight way, for pixels so near that no edge is looked for."""
    surface = _surface(job)
    row, col = (min(max(round(v), 0), n - 1) for v, n in zip(job.tower, surface.height_m.shape, strict=True))
    rise = surface.height_m[job.rows, job.cols] + job.settings.rx_height_m - float(surface.height_m[row, col])
    km = np.maximum(distance, 1e-3)
    angle: NDArray[np.float64] = (
        np.arctan((rise[np.newaxis, :] - job.heights_m[:, np.newaxis]) / (1000.0 * km)) * 1000.0
    )
    return angle


def exact_losses_db(job: AreaJob) -> NDArray[np.float32]:
    """Losses as `losses_db`, each pixel by its own profile: the slow oracle of the area engine.

    Profiles are sampled along the straight path every ``spacing_km`` (heights bilinear, clutter and sea of
    the nearest pixel). All land counts as inland: the coastal zone A1 changes only the incidence of ducting.
    """
    return _exact_losses_db(job, _table(job, (job.settings.time_percent,)))


def _exact_losses_db(job: AreaJob, table: NDArray[np.float64]) -> NDArray[np.float32]:
    surface = _surface(job)
    losses = np.empty((job.heights_m.size, job.rows.size), dtype=np.float32)
    if losses.size == 0:
        return losses
    paths = paths_of(job)
    work = _scratch(float(paths.length.max()), paths.spacing)
    _losses(frame_of(surface), paths, job.settings.rx_height_m, table, work, losses)
    return losses


def _table(job: AreaJob, percents: tuple[float, ...]) -> NDArray[np.float64]:
    """A row of numbers for each pair of antenna height and band, as the kernels take them; percentages go around."""
    return np.array(
        [
            pack_air(
                float(height_m),
                _air(
                    _link(job, float(height_m), float(band_mhz), percents[i % len(percents)]),
                    job.settings.resolution_m,
                    is_whole=False,
                ),
            )
            for i, (height_m, band_mhz) in enumerate(zip(job.heights_m, job.bands_mhz, strict=True))
        ]
    )


def _link(job: AreaJob, height_m: float, band_mhz: float, time_percent: float) -> RadioLink:
    s = job.settings
    return RadioLink(
        frequency_mhz=band_mhz,
        tx_height_m=height_m,
        rx_height_m=s.rx_height_m,
        delta_n=s.delta_n,
        n0=s.n0,
        latitude_deg=job.latitude_deg,
        time_percent=time_percent,
        location_percent=s.location_percent,
        polarisation="horizontal" if s.polarisation == "horizontal" else "vertical",
    )
