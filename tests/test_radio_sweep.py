"""The area engine against exact profiles, and what must not change its result."""

from __future__ import annotations

import dataclasses
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog import read_spec
from planner.grid import Grid
from planner.radio.coverage import settings_of
from planner.radio.propagation import AreaJob, Surface, p1812
from planner.radio.surface import metric_km, pixel_km
from planner.specs.radio import RadioSpec
from planner.units import pixel_deg_for

SPEC = read_spec(RadioSpec, "radio", "default")
LATITUDE_DEG = -8.7


def _hills(side: int, seed: int, metres: float = 300.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    wave = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None, :])
    wave[0, 0] = 1.0
    field = np.fft.irfft2(np.fft.rfft2(rng.normal(size=(side, side))) * wave**-1.8, s=(side, side))
    return np.asarray(metres * field / field.std(), dtype=np.float64)


def _ground(kind: str, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Height and clutter (−1 at sea) of a terrain."""
    height = _hills(side, 3)
    woods = np.where(_hills(side, 4) > 0.0, 15.0, 0.0)
    if kind == "flat":
        return np.zeros((side, side)), np.zeros((side, side))
    if kind == "islands":
        return np.maximum(height, 0.0), np.where(height > 0.0, woods, -1.0)
    return np.abs(height), (woods if kind == "woods" else np.zeros_like(height))


def _job(
    height: np.ndarray,
    cover: np.ndarray,
    *,
    pixel_m: float = 90.0,
    radius_km: float = 9.0,
    parts: tuple[float, float] = (0.3, 0.2),
    bands: tuple[float, ...] = (900.0,),
    mast_m: float = 42.0,
    **changes: float,
) -> AreaJob:
    side = height.shape[0]
    row, col = side // 2 + parts[0], side // 2 + parts[1]
    pixel_deg = pixel_deg_for(pixel_m)
    rows, cols = np.nonzero(cover >= 0.0)
    per_row, per_col = metric_km(LATITUDE_DEG, row, rows, pixel_deg)
    near = np.hypot((rows - row) * per_row, (cols - col) * per_col) <= radius_km
    shared = settings_of(SPEC, Grid(121.0, -8.0, pixel_deg, side, side))
    return AreaJob(
        surface=Surface(height.astype(np.float32), cover.astype(np.float32), has_cover=bool((cover != 0.0).any())),
        tower=(row, col),
        latitude_deg=LATITUDE_DEG,
        pixel_km=pixel_km(LATITUDE_DEG, pixel_deg),
        rows=rows[near],
        cols=cols[near],
        km_per_row=per_row[near],
        km_per_col=per_col[near],
        heights_m=np.full(len(bands), mast_m),
        bands_mhz=np.array(bands),
        settings=dataclasses.replace(shared, radius_km=radius_km, **changes),
    )


def _difference(job: AreaJob, n: int = 3000) -> np.ndarray:
    pick = np.random.default_rng(1).permutation(job.rows.size)[:n]
    return np.asarray(p1812.losses_db(job)[:, pick] - p1812.exact_losses_db(job.some(pick)), dtype=np.float64)


@pytest.mark.parametrize("time_percent", [50.0, 10.0, 1.0])
@pytest.mark.parametrize("kind", ["flat", "bare", "woods", "islands"])
def test_sweep_agrees_with_exact_profiles(kind: str, time_percent: float) -> None:
    job = _job(*_ground(kind, 221), bands=(450.0, 900.0, 1800.0, 2600.0), time_percent=time_percent)
    for wrong in _difference(job):
        assert np.sqrt((wrong**2).mean()) < (0.05 if kind == "flat" else 1.3)
        assert abs(wrong.mean()) < 0.1


@pytest.mark.shared
def test_sweep_agrees_with_exact_profiles_on_real_ground(shared: Path) -> None:
    with zipfile.ZipFile(shared / "dem" / "N00E010.hgt.zip") as packed:
        raw = np.frombuffer(packed.read("N00E010.hgt"), ">i2")
    side = round(raw.size**0.5)
    step = max(1, side // 1200)
    height = raw.reshape(side, side)[: 260 * step : step, : 260 * step : step].astype(np.float64)
    assert height.min() > -100.0  # no void in this corner
    wrong = _difference(_job(height, np.zeros_like(height)))[0]
    assert np.sqrt((wrong**2).mean()) < 0.7
    assert abs(wrong.mean()) < 0.1


@pytest.mark.parametrize("kind", ["flat", "islands"])
def test_two_shares_of_time_in_one_pass_are_those_of_two_passes(kind: str) -> None:
    job = _job(*_ground(kind, 121), bands=(900.0, 1800.0))
    both, angles = p1812.area_losses(job, (50.0, 10.0))
    for k, percent in enumerate((50.0, 10.0)):
        settings = dataclasses.replace(job.settings, time_percent=percent)
        losses, leaving = p1812.area_losses(dataclasses.replace(job, settings=settings))
        np.testing.assert_array_equal(both[k::2], losses)
        np.testing.assert_array_equal(angles[k::2], leaving)
    assert (both[1::2] <= both[0::2] + 1e-3).all()


def test_long_flat_paths_over_sea_are_exact() -> None:
    side = 241
    cover = np.full((side, side), -1.0)
    cover[:, side // 2 + 60 :] = 0.0
    wrong = _difference(_job(np.zeros((side, side)), cover, pixel_m=300.0, radius_km=35.0))[0]
    assert np.abs(wrong).max() < 0.6


def test_more_rays_bring_less_error() -> None:
    ground = _ground("woods", 221)
    few, many = (_difference(_job(*ground, rays_per_cell=rays))[0] for rays in (0.5, 4.0))
    assert (many**2).mean() < 0.8 * (few**2).mean()


@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5), st.sampled_from([0.25, 0.5, 1.0, 1.7, 3.0]), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_every_pixel_is_met_once(north: float, east: float, rays: float, kind: int) -> None:
    """No pixel is left out wherever the place stands in its own pixel; over level ground loss grows with distance."""
    side = 47
    height = np.zeros((side, side)) if kind else _hills(side, 9)
    parts = tuple(round(v * 2**20) / 2**20 for v in (north, east))
    job = _job(np.abs(height), np.zeros((side, side)), radius_km=1.9, parts=(parts[0], parts[1]), rays_per_cell=rays)
    found = p1812.losses_db(job)[0]
    assert np.isfinite(found).all()
    if kind:
        distance = job.distance_km()
        far = distance > 0.5
        order = np.argsort(distance[far])
        assert np.abs(np.diff(found[far][order])).max() < 0.7


def test_result_of_a_pixel_does_not_depend_on_the_others() -> None:
    job = _job(*_ground("islands", 221), bands=(900.0, 1800.0))
    whole, departures = p1812.area_losses(job)
    for seed in range(6):
        pick = np.random.default_rng(seed).permutation(job.rows.size)[:2000]
        some, angles = p1812.area_losses(job.some(pick))
        np.testing.assert_array_equal(some, whole[:, pick])
        np.testing.assert_array_equal(angles, departures[:, pick])


def test_window_of_the_ground_gives_the_same_bytes() -> None:
    height, cover = _ground("islands", 301)
    whole = _job(height, cover, radius_km=6.0)
    down, right = 37, 58
    window = dataclasses.replace(
        whole,
        surface=Surface(
            np.ascontiguousarray(height[down:, right:], dtype=np.float32),
            np.ascontiguousarray(cover[down:, right:], dtype=np.float32),
            has_cover=True,
        ),
        tower=(whole.tower[0] - down, whole.tower[1] - right),
        rows=whole.rows - down,
        cols=whole.cols - right,
    )
    np.testing.assert_array_equal(p1812.losses_db(whole), p1812.losses_db(window))


def test_departure_points_at_the_receiver_or_the_edge() -> None:
    side = 201
    height = np.zeros((side, side))
    height[:, side // 2 + 30 : side // 2 + 32] = 400.0  # a wall 2.7 km east
    job = _job(height, np.zeros_like(height), radius_km=8.0, parts=(0.0, 0.0))
    _, angles = p1812.area_losses(job)
    km = job.distance_km()
    east = (job.rows == side // 2) & (job.cols > side // 2 + 34)
    west = (job.rows == side // 2) & (job.cols < side // 2 - 10)
    edge_km = 30 * job.pixel_km[1]
    assert angles[0][east] == pytest.approx((400.0 - 42.0) / edge_km, rel=0.02)
    bent = (1.5 - 42.0) / km[west] - 500.0 * (157.0 - 50.0) / (6371.0 * 157.0) * km[west]
    assert angles[0][west] == pytest.approx(bent, abs=0.05)


@pytest.mark.parametrize("time_percent", [50.0, 10.0, 1.0])
@pytest.mark.parametrize("kind", ["flat", "bare", "woods", "islands"])
def test_on_a_ray_of_its_own_a_pixel_gets_the_loss_of_the_point_kernel(kind: str, time_percent: float) -> None:
    """Pixels due east and west whose samples are those of their exact profile: only the arithmetic differs."""
    bands = (150.0, 450.0, 900.0, 1800.0, 5800.0)
    height, cover = _ground(kind, 301)
    job = _job(height, cover, parts=(0.0, 0.0), radius_km=13.0, bands=bands, time_percent=time_percent)
    job = dataclasses.replace(
        job,
        km_per_col=np.full(job.rows.size, job.pixel_km[1]),
        settings=dataclasses.replace(job.settings, spacing_km=job.pixel_km[1]),
    ).some(np.flatnonzero(job.rows == 150))
    wrong = p1812.losses_db(job).astype(np.float64) - p1812.exact_losses_db(job)
    assert job.rows.size > 100
    assert np.sqrt((wrong**2).mean(axis=1)).max() < 0.005
    assert np.abs(wrong).max() < 0.1


@pytest.mark.parametrize("kind", ["bare", "woods", "islands"])
@pytest.mark.parametrize("flip", [(1, -1), (-1, 1), (-1, -1)])
def test_a_mirrored_ground_has_mirrored_losses(kind: str, flip: tuple[int, int]) -> None:
    height, cover = _ground(kind, 221)
    side = height.shape[0]
    found = []
    for down, right in ((1, 1), flip):
        turned = np.ascontiguousarray(height[::down, ::right]), np.ascontiguousarray(cover[::down, ::right])
        job = _job(*turned, parts=(0.0, 0.0), bands=(900.0,), time_percent=10.0)
        job = dataclasses.replace(
            job, km_per_row=np.full(job.rows.size, job.pixel_km[0]), km_per_col=np.full(job.rows.size, job.pixel_km[1])
        )
        loss = np.full((side, side), np.nan)
        loss[job.rows, job.cols] = p1812.losses_db(job)[0]
        found.append(loss[::down, ::right])
    wrong = np.abs(found[0] - found[1])
    both = np.isfinite(found[0]) & np.isfinite(found[1])
    assert both.sum() > 0.95 * np.isfinite(found[0]).sum()
    assert (wrong[both] > 0.02).mean() == 0.0
