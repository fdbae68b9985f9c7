"""Rain on hops: published coefficients and attenuation, the inverse, properties, ranges."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import RadioError
from planner.radio.rain import hop_rain_loss_db, hop_rain_outage_percent, rain_coefficients, rain_specific_db_per_km

VECTORS = pd.read_csv(Path(__file__).parent / "vectors" / "itur_links.csv", comment="#")


@pytest.mark.parametrize(
    ("frequency_ghz", "polarisation", "k", "alpha"),
    [
        (7.0, "horizontal", 0.001915, 1.4810),
        (7.0, "vertical", 0.001425, 1.4745),
        (15.0, "horizontal", 0.04481, 1.1233),
        (15.0, "vertical", 0.05008, 1.0440),
        (30.0, "horizontal", 0.2403, 0.9485),
    ],
)
def test_coefficients_are_those_of_table_5_of_p838(frequency_ghz, polarisation, k, alpha) -> None:
    found = rain_coefficients(frequency_ghz, polarisation=polarisation)
    assert float(found[0]) == pytest.approx(k, rel=5e-4)
    assert float(found[1]) == pytest.approx(alpha, abs=1e-4)


@pytest.mark.shared
def test_specific_attenuation_of_the_published_table(shared: Path) -> None:
    table = pd.read_csv(
        shared / "radio" / "rain" / "ITURP838-3_rain_specific_attenuation.csv", encoding="latin-1", skiprows=[1]
    )
    tilt = table.filter(like="tau").iloc[:, 0]
    assert len(table) == 64
    for name, deg in (("horizontal", 0), ("vertical", 90)):
        mine = table.loc[tilt == deg]
        found = rain_specific_db_per_km(mine["f"], mine["R"], elevation_deg=mine["el"], polarisation=name)
        assert found == pytest.approx(mine["gamma_r"].to_numpy(), rel=1e-6)


def test_hops_agree_with_the_oracle() -> None:
    rows = VECTORS.loc[VECTORS["kind"] == "rain"]
    found = hop_rain_loss_db(rows["a"], rows["b"], rows["c"], rows["d"])
    assert len(rows) == 40
    assert found == pytest.approx(rows["value"].to_numpy(), rel=0.01)


def test_fifteen_gigahertz_over_fifteen_kilometres_of_java_loses_54_db() -> None:
    assert float(hop_rain_loss_db(15.0, 15.0, 99.0, polarisation="horizontal")) == pytest.approx(54.0, abs=0.6)


@given(
    d=st.floats(0.5, 60.0), f=st.floats(4.0, 80.0), rain=st.floats(5.0, 150.0),
    p=st.floats(0.001, 1.0),
)  # fmt: skip
def test_the_outage_is_the_inverse_of_the_loss(d: float, f: float, rain: float, p: float) -> None:
    loss = hop_rain_loss_db(d, f, rain, p)
    assert float(hop_rain_outage_percent(loss, d, f, rain)) == pytest.approx(p, rel=1e-6)


def test_loss_grows_with_rain_and_rarity_and_outage_falls_with_margin() -> None:
    rain = np.linspace(1.0, 150.0, 50)
    assert np.all(np.diff(hop_rain_loss_db(15.0, 15.0, rain)) > 0)
    assert np.all(np.diff(hop_rain_loss_db(15.0, 15.0, 99.0, np.geomspace(0.001, 1.0, 30))) < 0)
    margin = np.linspace(0.5, 90.0, 80)
    assert np.all(np.diff(hop_rain_outage_percent(margin, 15.0, 15.0, 99.0)) <= 0)


def test_without_margin_always_out_and_without_rain_never() -> None:
    assert hop_rain_outage_percent([0.0, -3.0], 10.0, 15.0, 99.0).tolist() == [100.0, 100.0]
    assert float(hop_rain_outage_percent(30.0, 10.0, 15.0, 0.0)) == 0.0
    assert float(hop_rain_outage_percent(0.1, 40.0, 30.0, 120.0)) == 100.0  # beyond 1 % nothing is promised


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: hop_rain_loss_db(61.0, 15.0, 99.0), r"distance_km = 61 is outside 0.001 to 60 \(ITU-R P.530-17"),
        (lambda: hop_rain_loss_db(float("nan"), 15.0, 99.0), "distance_km = nan is outside"),
        (lambda: hop_rain_loss_db(10.0, 15.0, 99.0, 5.0), "percent = 5 is outside 0.001 to 1"),
        (lambda: hop_rain_loss_db(10.0, 15.0, [-1.0, 3.0]), r"rain_mm_per_h = -1 .* 1 of 2 values"),
        (lambda: rain_coefficients(0.5), r"frequency_ghz = 0.5 is outside 1 to 1000 \(ITU-R P.838-3\)"),
    ],
)
def test_what_the_recommendation_does_not_cover_is_refused(call, said) -> None:
    with pytest.raises(RadioError, match=said):
        call()
