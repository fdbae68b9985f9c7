"""Outage of hops and chains: sums by hand, ranges, and 100,000 hops in a second."""

from __future__ import annotations

import time

import numpy as np
import pytest

from planner.catalog import read_spec
from planner.errors import RadioError
from planner.radio.hop_outage import chain_outage_percent, hop_fade_margin_db, hop_outage, low_k_factor
from planner.radio.multipath import multipath_outage_percent
from planner.radio.rain import hop_rain_outage_percent
from planner.specs.climate import Climate, ClimateSpec

CLIMATE = read_spec(ClimateSpec, "radio", "climate")
JAVA = Climate(*(np.array(v) for v in (99.0, 4.87, -140.0, 100.0)))


def test_outage_is_multipath_plus_rain_plus_equipment() -> None:
    found = hop_outage(15.0, 15.0, 80.0, 60.0, 33.0, climate=JAVA, latitude_deg=-6.9, equipment_percent=0.002)
    rain = hop_rain_outage_percent(33.0, 15.0, 15.0, 99.0, polarisation="horizontal")
    fading = multipath_outage_percent(
        15.0, 15.0, 80.0, 60.0, fade_db=33.0, dn1_per_km=-140.0, roughness_m=100.0, latitude_deg=-6.9
    )
    assert float(found.total_percent) == pytest.approx(float(rain + fading) + 0.002)
    assert float(found.total_percent) > 0.01  # refused at 99.99 %


def test_the_polarisation_that_loses_most_is_assumed() -> None:
    loss = [
        float(hop_outage(15.0, 15.0, 80.0, 60.0, 45.0, climate=JAVA, latitude_deg=-7.0, **more).rain_percent)
        for more in ({}, {"polarisation": "horizontal"}, {"polarisation": "vertical"})
    ]
    assert loss[0] == loss[1] > loss[2] > 0.0


def test_a_hop_without_margin_is_always_out() -> None:
    found = hop_outage(15.0, 15.0, 80.0, 60.0, [-1.0, 0.0], climate=JAVA, latitude_deg=-6.9)
    assert found.total_percent.tolist() == [100.0, 100.0]


def test_a_chain_works_when_every_hop_does() -> None:
    assert chain_outage_percent([]) == 0.0
    assert chain_outage_percent([50.0, 50.0]) == pytest.approx(75.0)
    assert chain_outage_percent([0.01] * 5) == pytest.approx(0.05, rel=1e-3)
    assert chain_outage_percent([100.0, 0.0]) == 100.0
    with pytest.raises(RadioError, match="hop_percent = 101 is outside 0 to 100"):
        chain_outage_percent([101.0])


def test_low_k_is_the_curve_of_figure_2() -> None:
    """Read off the figure: 0.57 at 20 km, 0.8 at 50 km, 0.92 at 100 km."""
    assert low_k_factor([20.0, 50.0, 100.0]) == pytest.approx([0.57, 0.80, 0.92], abs=0.01)
    assert np.all(np.diff(low_k_factor(np.linspace(1.0, 200.0, 100))) >= 0.0)


def test_climate_by_place_answers_at_its_own_places_and_refuses_far_ones() -> None:
    found = CLIMATE.at(np.array(CLIMATE.lon_deg), np.array(CLIMATE.lat_deg))
    assert found.rain_mm_per_h == pytest.approx(np.array(CLIMATE.rain_mm_per_h), rel=0.02)
    assert 60.0 < float(CLIMATE.at(123.58, -10.17).rain_mm_per_h) < 90.0  # Kupang is dry
    with pytest.raises(RadioError, match=r"nearest place of known climate is .* more than 400 km"):
        CLIMATE.at(100.0, 30.0)
    with pytest.raises(RadioError, match="not finite"):
        CLIMATE.at(np.nan, 0.0)


def test_climate_table_stays_near_the_oracle() -> None:
    """Kuala Lumpur 99.15 mm/h at 0.01 % is published with P.837-7 (test values of the ITU)."""
    assert float(CLIMATE.at(101.7, 3.133).rain_mm_per_h) == pytest.approx(99.15, rel=0.1)


def test_a_hundred_thousand_hops_take_a_second_at_most() -> None:
    rng = np.random.default_rng(4)
    n = 100_000
    lon, lat = rng.uniform(96.0, 140.0, n), rng.uniform(-10.0, 5.0, n)
    near = CLIMATE.nearest_km(lon, lat) < 400.0
    lon, lat, km = lon[near], lat[near], rng.uniform(1.0, 50.0, int(near.sum()))
    start = time.perf_counter()
    climate = CLIMATE.at(lon, lat)
    margin = hop_fade_margin_db(km, 7.0, tx_power_dbm=27.0, antenna_gain_dbi=38.5, threshold_dbm=-69.0)
    found = hop_outage(km, 7.0, 100.0, 60.0, margin, climate=climate, latitude_deg=lat)
    seconds = time.perf_counter() - start
    assert np.isfinite(found.total_percent).all()
    assert seconds < 2.0  # 0.3 s on one core of 2023; room for a busy machine


def test_order_of_hops_changes_nothing() -> None:
    km = np.array([5.0, 20.0, 44.0])
    one = hop_outage(km, 7.0, 90.0, 60.0, 35.0, climate=JAVA, latitude_deg=-8.0).total_percent
    other = hop_outage(km[::-1], 7.0, 60.0, 90.0, 35.0, climate=JAVA, latitude_deg=-8.0).total_percent
    assert one.tolist() == other[::-1].tolist()
