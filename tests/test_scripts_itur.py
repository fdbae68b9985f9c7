"""Tables made with ITU-Rpy are what their scripts make; runs where the extra ``bench`` is installed."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from planner.catalog import read_spec
from planner.specs.climate import ClimateSpec

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def climate_script():
    """scripts/make_climate.py as a module."""
    pytest.importorskip("itur", reason="extra 'bench' is not installed")
    sys.path.insert(0, str(ROOT / "scripts"))
    import make_climate  # type: ignore[import-not-found]  # scripts are no package of the type check

    yield make_climate
    sys.path.remove(str(ROOT / "scripts"))


@pytest.mark.slow
def test_the_climate_table_is_what_its_script_makes(climate_script) -> None:
    assert climate_script.text() == (ROOT / "models" / "radio" / "climate.toml").read_text(encoding="utf-8")


@pytest.mark.slow
def test_between_its_places_the_table_stays_near_the_maps(climate_script) -> None:
    """Stated error: rain 7 mm/h rms (bias below 2), rain height 0.05 km within 150 km of a place."""
    spec = read_spec(ClimateSpec, "radio", "climate")
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(95.0, 141.0, 4000), rng.uniform(-11.0, 6.0, 4000)
    near = spec.nearest_km(lon, lat) < 150.0
    maps, ours = climate_script.of_maps(lon[near], lat[near]), spec.at(lon[near], lat[near])
    rain, height = ours.rain_mm_per_h - maps["rain_mm_per_h"], ours.rain_height_km - maps["rain_height_km"]
    assert np.sqrt((rain**2).mean()) < 8.0
    assert abs(rain.mean()) < 2.0
    assert np.sqrt((height**2).mean()) < 0.06


@pytest.mark.slow
def test_the_vectors_are_what_their_script_makes(climate_script) -> None:
    import make_itur_vectors  # type: ignore[import-not-found]  # as above

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = make_itur_vectors.HEADER + "\n".join(make_itur_vectors.rows()) + "\n"
    kept = (ROOT / "tests" / "vectors" / "itur_links.csv").read_text(encoding="utf-8")
    for line, old in zip(made.splitlines()[2:], kept.splitlines()[2:], strict=True):
        ours, theirs = line.split(","), old.split(",")
        assert ours[0] == theirs[0]
        assert float(ours[-1]) == pytest.approx(float(theirs[-1]), rel=1e-9)
