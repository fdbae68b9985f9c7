"""Calibration: a known truth plus known noise is recovered, judged on blocks it has not seen."""

from __future__ import annotations

import numpy as np
import pytest

from planner.catalog import read_spec
from planner.errors import RadioError
from planner.radio.calibration import Samples, corrected_dbm, coverage_probability, fit_calibration
from planner.specs.radio import RadioSpec

TRUTH = {"offset": -4.0, "slope": -6.0, "tree": -9.0, "built": -5.0, "sigma": 5.0}


def _world(n: int = 3000, *, wild_share: float = 0.05, seed: int = 1, sigma: float = TRUTH["sigma"]) -> Samples:
    """Samples around towers: the truth of `TRUTH` at 3 km in the open, noise, and a share of wild values."""
    rng = np.random.default_rng(seed)
    lon, lat = 121.0 + rng.uniform(0, 0.3, n), -8.8 + rng.uniform(0, 0.3, n)
    distance = 10.0 ** rng.uniform(-0.5, 1.1, n)
    clutter = rng.choice(["grass", "tree", "built", "mangrove"], n, p=[0.5, 0.3, 0.19, 0.01])
    modelled = -70.0 - 35.0 * np.log10(distance) + rng.normal(0, 8, n)
    truth = modelled + TRUTH["offset"] + TRUTH["slope"] * np.log10(distance / 3.0)
    truth += np.where(clutter == "tree", TRUTH["tree"], np.where(clutter == "built", TRUTH["built"], 0.0))
    measured = truth + rng.normal(0, sigma, n)
    wild = rng.random(n) < wild_share
    measured[wild] += rng.normal(-25.0, 10.0, int(wild.sum()))
    return Samples(lon, lat, np.clip(measured, -159, -21), modelled, distance, clutter)


def test_the_truth_is_recovered_within_three_stated_errors_despite_wild_samples() -> None:
    found = fit_calibration(_world(), name="t", model="p1812", spacing_m=90.0)
    at_three = found.offset_db + found.slope_db_per_decade * np.log10(3.0 / found.pivot_km)
    assert found.reference_class == "grass"
    assert at_three == pytest.approx(TRUTH["offset"], abs=max(3 * found.offset_error_db, 0.9))
    assert found.slope_db_per_decade == pytest.approx(TRUTH["slope"], abs=3 * found.slope_error_db + 0.1)
    for name in ("tree", "built"):
        assert found.clutter_db[name] == pytest.approx(TRUTH[name], abs=3 * found.clutter_error_db[name] + 0.1)
        assert 0.05 < found.clutter_error_db[name] < 1.0
    assert found.sigma_db == pytest.approx(TRUTH["sigma"], rel=0.1)
    assert found.sigma_before_db > found.sigma_db + 0.5


def test_without_noise_the_truth_comes_back_exactly() -> None:
    found = fit_calibration(_world(wild_share=0.0, sigma=1e-4), name="t", model="p1812", spacing_m=90.0)
    assert found.clutter_db["tree"] == pytest.approx(-9.0, abs=1e-3)
    assert found.slope_db_per_decade == pytest.approx(-6.0, abs=1e-3)


def test_errors_by_class_shrink_on_blocks_left_out() -> None:
    found = fit_calibration(_world(), name="t", model="p1812", spacing_m=90.0)
    for name in ("grass", "tree", "built"):
        error = found.errors[name]
        assert abs(error.bias_after_db) < abs(error.bias_before_db)
        assert error.rms_after_db < error.rms_before_db
    assert sum(error.n_samples for error in found.errors.values()) == 3000


def test_a_correction_that_holds_in_one_place_alone_is_found_out() -> None:
    """Each block has an offset of its own: the fit cannot know it, and the spread says so."""
    world = _world(wild_share=0.0, sigma=1.0)
    block = np.floor(world.lon_deg * 20) * 1000 + np.floor(world.lat_deg * 20)
    own = np.random.default_rng(5).normal(0.0, 6.0, 200_000)[(block - block.min()).astype(int)]
    local = Samples(world.lon_deg, world.lat_deg, world.measured_dbm + own, world.modelled_dbm, world.distance_km, world.clutter)  # fmt: skip
    found = fit_calibration(local, name="t", model="p1812", spacing_m=90.0, block_km=6.0)
    assert found.sigma_db > 4.0
    assert found.offset_error_db > 4 * fit_calibration(world, name="t", model="p1812", spacing_m=90.0).offset_error_db


def test_the_corrected_level_is_what_was_measured() -> None:
    world = _world(wild_share=0.0)
    found = fit_calibration(world, name="t", model="p1812", spacing_m=90.0)
    after = world.measured_dbm - corrected_dbm(found, world.modelled_dbm, world.distance_km, world.clutter)
    assert after.mean() == pytest.approx(0.0, abs=0.2)
    assert after.std() == pytest.approx(TRUTH["sigma"], rel=0.05)
    odd = corrected_dbm(found, [-90.0], [found.pivot_km], ["never seen"])
    assert odd[0] == pytest.approx(-90.0 + found.offset_db)


def test_order_of_samples_changes_nothing_that_counts() -> None:
    world = _world(600)
    turned = Samples(*(getattr(world, name)[::-1] for name in ("lon_deg", "lat_deg", "measured_dbm", "modelled_dbm", "distance_km", "clutter")))  # fmt: skip
    one, other = (fit_calibration(w, name="t", model="p1812", spacing_m=90.0) for w in (world, turned))
    assert one.offset_db == pytest.approx(other.offset_db, abs=1e-3)
    assert one.sigma_db == pytest.approx(other.sigma_db, abs=1e-2)


def test_few_classes_and_short_ranges_are_not_made_up() -> None:
    world = _world()
    near = Samples(
        world.lon_deg, world.lat_deg, world.measured_dbm, world.modelled_dbm, np.full(3000, 2.0), world.clutter
    )
    found = fit_calibration(near, name="t", model="p1812", spacing_m=90.0)
    assert found.slope_db_per_decade == 0.0
    rare = fit_calibration(_world(1000), name="t", model="p1812", spacing_m=90.0)
    assert "mangrove" not in rare.clutter_db
    assert "mangrove" in rare.errors


def test_the_fitted_spread_feeds_margin_and_probability() -> None:
    found = fit_calibration(_world(), name="t", model="p1812", spacing_m=90.0)
    radio = read_spec(RadioSpec, "radio", "default").model_copy(update={"correction": found.correction()})
    margin = radio.edge_margin_db(0.9, 0.0)
    assert margin == pytest.approx(1.2816 * found.sigma_db, rel=1e-3)
    assert float(coverage_probability(-110.0 + margin, -110.0, found.sigma_db)) == pytest.approx(0.9, abs=1e-6)
    assert np.all(np.diff(coverage_probability(np.linspace(-140, -60, 50), -110.0, 6.0)) >= 0)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: fit_calibration(_world(60), name="t", model="p1812", spacing_m=90.0), "60 samples in .* too few"),
        (
            lambda: fit_calibration(_world(), name="t", model="p1812", spacing_m=90.0, block_km=100.0),
            r"3000 samples in \d blocks of 100 km are too few",
        ),
        (
            lambda: fit_calibration(_world(), name="t", model="p1812", spacing_m=0.0),
            "spacing_m = 0 is outside 1 to 5000",
        ),
        (lambda: coverage_probability(-90.0, -110.0, 0.0), "sigma_db = 0 is outside"),
        (
            lambda: Samples(
                *(np.ones(3),) * 2, np.array([-90.0, 12.0, -80.0]), -np.ones(3), np.ones(3), np.array(["a"] * 3)
            ),
            r"measured_dbm = 12 is outside -160 to -20 \(3GPP TS 36.133",
        ),
    ],
)
def test_what_cannot_be_fitted_is_refused(call, said: str) -> None:
    with pytest.raises(RadioError, match=said):
        call()
