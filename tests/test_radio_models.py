"""Contract of every propagation model, and the fallback's known answers."""

from __future__ import annotations

import numpy as np
import pytest
from radio_worlds import link

from planner import registry
from planner.radio import propagation
from planner.radio.profile import profile_loss_db
from planner.radio.propagation import AreaJob, ModelInfo, Settings, Surface
from planner.radio.propagation._basics import free_space_loss_db, knife_edge_db
from planner.radio.propagation.extended_hata import hata_loss_db

NAMES = registry.names(propagation)


def _job(distance_km: np.ndarray, heights_m: list[float], bands_mhz: list[float], relief_m: float = 0.0) -> AreaJob:
    n = distance_km.size
    height = np.zeros((3, n + 2), np.float32)
    height[:, n // 2] = relief_m
    surface = Surface(height, np.zeros_like(height), has_cover=False)
    return AreaJob(
        surface=surface,
        tower=(1.0, 0.0),
        latitude_deg=-8.5,
        pixel_km=(1.0, float(distance_km[-1]) / n),
        rows=np.ones(n, np.int64),
        cols=np.arange(1, n + 1),
        km_per_row=np.ones(n),
        km_per_col=distance_km / np.arange(1, n + 1),
        heights_m=np.array(heights_m),
        bands_mhz=np.array(bands_mhz),
        settings=Settings(1.5, 50.0, 380.0, 50.0, 50.0, "vertical", 0.1, 100.0),
    )


@pytest.mark.parametrize("name", NAMES)
def test_model_meets_the_contract(name: str) -> None:
    module = registry.load(propagation, name)
    info = module.INFO
    assert isinstance(info, ModelInfo)
    assert info.name == name
    assert 30.0 <= info.min_frequency_mhz < info.max_frequency_mhz <= 6000.0
    assert any(character.isdigit() for character in info.source)
    job = _job(np.linspace(0.2, 12.0, 40), [42.0, 42.0, 72.0], [900.0, 1800.0, 900.0])
    found = module.losses_db(job)
    assert found.shape == (3, 40)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert found[1, 0] - found[0, 0] == pytest.approx(6.0, abs=3.5)  # twice the frequency, close to the mast
    assert (found[2, 10:] <= found[0, 10:] + 1e-2).all()  # a higher mast, beyond 3 km


@pytest.mark.parametrize("name", NAMES)
def test_area_and_profile_agree_over_flat_ground(name: str) -> None:
    job = _job(np.array([0.1, 1.0, 3.0, 9.0, 24.0]), [42.0], [900.0])
    found = registry.load(propagation, name).losses_db(job)[0]
    for loss, length_km in zip(found, job.distance_km(), strict=True):
        n = max(5, int(length_km / 0.1 + 0.5) + 1)
        distance_km = np.linspace(0.0, length_km, n)
        assert loss == pytest.approx(profile_loss_db(distance_km, np.zeros(n), link(), model=name), abs=0.06)


def test_p1812_over_a_surface_is_the_profile_cut_from_it() -> None:
    job = _job(np.linspace(0.1, 4.0, 40), [42.0], [900.0], relief_m=60.0)
    found = registry.load(propagation, "p1812").losses_db(job)[0]
    height = np.where(np.arange(41) == 20, 60.0, 0.0)
    expected = profile_loss_db(np.linspace(0.0, 4.0, 41), height, link())
    assert found[-1] == pytest.approx(expected, abs=1e-4)


def test_extended_hata_known_answers() -> None:
    """Hata 1980 at 900 MHz, 30 m, 1.5 m, 5 km: 151.0 dB urban; 9.9 dB less in suburbs, 28.5 dB in the open."""
    at_5_km = np.array([5.0])
    urban = float(hata_loss_db(at_5_km, 900.0, 30.0, 1.5, environment="urban")[0])
    hata = 69.55 + 26.16 * np.log10(900.0) - 13.82 * np.log10(30.0) + (44.9 - 6.55 * np.log10(30.0)) * np.log10(5.0)
    hata -= (1.1 * np.log10(900.0) - 0.7) * 1.5 - (1.56 * np.log10(900.0) - 0.8)
    assert urban == pytest.approx(hata, abs=0.2)
    suburban = float(hata_loss_db(at_5_km, 900.0, 30.0, 1.5, environment="suburban")[0])
    assert urban - suburban == pytest.approx(9.94, abs=0.02)
    assert urban - float(hata_loss_db(at_5_km, 900.0, 30.0, 1.5, environment="open")[0]) == pytest.approx(28.5, abs=0.1)


def test_extended_hata_is_never_below_free_space_and_grows_with_distance() -> None:
    distance_km = np.geomspace(0.01, 90.0, 200)
    for frequency_mhz in (450.0, 900.0, 1800.0, 2600.0, 3500.0):
        loss = hata_loss_db(distance_km, frequency_mhz, 42.0, 1.5)
        slant = np.hypot(distance_km, 0.0405)
        assert (loss >= free_space_loss_db(slant, frequency_mhz) - 1e-9).all()
        assert (np.diff(loss) > -1e-9).all()


def test_fallback_adds_what_a_hill_obstructs() -> None:
    distance_km = np.linspace(0.0, 10.0, 51)
    flat = profile_loss_db(distance_km, np.zeros(51), link(), model="extended_hata")
    hill = np.where(np.arange(51) == 25, 200.0, 0.0)
    assert 15.0 < profile_loss_db(distance_km, hill, link(), model="extended_hata") - flat < 40.0
    valley = np.where(np.arange(51) == 25, -50.0, 0.0)
    assert profile_loss_db(distance_km, valley, link(), model="extended_hata") == pytest.approx(flat, abs=1e-9)


def test_knife_edge_of_p526() -> None:
    assert knife_edge_db(np.array([-2.0, -0.78, 0.0, 1.0, 2.4])) == pytest.approx(
        [0.0, 0.0, 6.03, 13.93, 20.54], abs=0.02
    )
