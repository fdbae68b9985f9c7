"""Multipath of hops: the oracle's values, the published Flores case, year and worst month, roughness."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.errors import RadioError
from planner.grid import Grid, Raster
from planner.radio.multipath import (
    area_roughness_m,
    geoclimatic_factor,
    multipath_outage_percent,
    multipath_worst_month_percent,
)

VECTORS = pd.read_csv(Path(__file__).parent / "vectors" / "itur_links.csv", comment="#")
FLORES = {"dn1_per_km": -85.4, "roughness_m": 328.0}


def test_deep_fades_agree_with_the_oracle() -> None:
    rows = VECTORS.loc[VECTORS["kind"] == "multipath"]
    found = multipath_worst_month_percent(
        rows["a"], rows["b"], rows["c"], rows["d"],
        fade_db=rows["e"], dn1_per_km=rows["f"], roughness_m=rows["g"],
    )  # fmt: skip
    assert len(rows) == 40
    assert found == pytest.approx(rows["value"].to_numpy(), rel=0.01)


def test_forty_kilometres_of_flores_at_seven_gigahertz() -> None:
    """25 dB: 0.008 % of the worst month, 35 dB: 0.0008 %."""
    found = multipath_worst_month_percent(40, 7, 500, 500, fade_db=[25.0, 35.0], **FLORES)
    assert found == pytest.approx([0.008, 0.0008], rel=0.05)


def test_the_year_is_the_worst_month_less_the_gain_of_the_season() -> None:
    """On the equator cos 2ξ = 1: ΔG = 10.5 − 5.6·log10 2.1 − 2.7·log10 40 = 4.37 dB."""
    worst = multipath_worst_month_percent(40, 7, 500, 500, fade_db=35.0, **FLORES)
    year = multipath_outage_percent(40, 7, 500, 500, fade_db=35.0, latitude_deg=0.0, **FLORES)
    gain = 10.5 - 5.6 * np.log10(2.1) - 2.7 * np.log10(40.0)
    assert 10.0 * np.log10(worst / year) == pytest.approx(gain, abs=1e-9)
    short = multipath_outage_percent(0.5, 7, 900, 100, fade_db=35.0, latitude_deg=60.0, **FLORES)
    assert short == pytest.approx(multipath_worst_month_percent(0.5, 7, 900, 100, fade_db=35.0, **FLORES) * 10.0**-1.08)


def test_shallow_fades_join_deep_ones_and_all_time_fades_at_least_somewhat() -> None:
    fade = np.linspace(0.0, 60.0, 601)
    found = multipath_worst_month_percent(40, 7, 100, 100, fade_db=fade, **FLORES)
    assert np.all(np.diff(found) <= 0)
    assert float(found[0]) == pytest.approx(100.0 * (1.0 - np.exp(-1.0)))  # eq. 18 at A = 0
    step = found[:-1] / np.maximum(found[1:], 1e-30)
    assert step.max() < 1.15  # no jump where the two laws meet


def test_sea_fades_more_than_mountains() -> None:
    assert float(geoclimatic_factor(-100.0, 0.0)) > 4.0 * float(geoclimatic_factor(-100.0, 300.0))


def test_longer_lower_and_higher_frequency_fade_more() -> None:
    def out(d=40.0, f=7.0, a=200.0, b=200.0):
        return float(
            multipath_outage_percent(d, f, a, b, fade_db=30.0, dn1_per_km=-200, roughness_m=50, latitude_deg=-8)
        )

    assert out(d=50.0) > out() > out(f=5.0)
    assert out(a=60.0, b=60.0) > out() > out(a=500.0)


def test_roughness_is_the_deviation_of_the_ground_with_the_sea_as_zero() -> None:
    grid = Grid(120.0, -8.0, 1.0 / 100.0, 220, 220)
    rng = np.random.default_rng(3)
    hills = Raster(grid, rng.normal(500.0, 200.0, grid.shape).astype(np.float32), "m")
    assert float(area_roughness_m(hills, 121.1, -9.1)) == pytest.approx(200.0, rel=0.02)
    sea = Raster(grid, np.zeros(grid.shape, np.float32), "m")
    assert float(area_roughness_m(sea, 121.1, -9.1)) == 0.0
    half = np.zeros(grid.shape, np.float32)
    half[:, 110:] = 400.0
    assert float(area_roughness_m(Raster(grid, half, "m"), 121.1, -9.1)) == pytest.approx(200.0, rel=0.01)
    void = np.full(grid.shape, np.nan, np.float32)
    assert np.isnan(area_roughness_m(Raster(grid, void, "m"), 121.1, -9.1))


def test_ranges_are_named() -> None:
    with pytest.raises(RadioError, match=r"fade_db = -1 is outside 0 to 200 \(ITU-R P.530-17 §2.3.2\)"):
        multipath_worst_month_percent(40, 7, 500, 500, fade_db=-1.0, **FLORES)
    with pytest.raises(RadioError, match="dn1_per_km = 40 is outside"):
        geoclimatic_factor(40.0, 10.0)
    with pytest.raises(RadioError, match="latitude_deg = 91"):
        multipath_outage_percent(40, 7, 500, 500, fade_db=30.0, latitude_deg=91.0, **FLORES)
