"""Confidence in the absence of towers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from demand_worlds import bts, cells, service_spec
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.geo import distance_km
from planner.service import confidence

SPEC = service_spec()


def test_a_register_holds_everywhere_at_its_declared_completeness():
    world = cells(2)
    assert confidence(world, bts(1), completeness_share=None, spec=SPEC).tolist() == [0.9, 0.9]
    assert confidence(world, bts(1), completeness_share=0.7, spec=SPEC).tolist() == [0.7, 0.7]
    assert confidence(world, bts(1), completeness_share={"register": 0.6}, spec=SPEC).tolist() == [0.6, 0.6]
    assert confidence(world, bts(1), completeness_share={"other": 0.6}, spec=SPEC).tolist() == [0.9, 0.9]


def test_two_registers_count_by_the_better_one():
    stations = bts(2, source=["one", "two"])
    found = confidence(cells(1), stations, completeness_share={"one": 0.6, "two": 0.8}, spec=SPEC)
    assert found.tolist() == [0.8]


def test_without_any_source_nothing_is_known_and_an_empty_register_says_something():
    nobody = bts(1).iloc[:0]
    assert confidence(cells(1), nobody, completeness_share=None, spec=SPEC).tolist() == [0.0]
    assert confidence(cells(1), nobody, completeness_share={}, spec=SPEC).tolist() == [0.0]
    assert confidence(cells(1), nobody, completeness_share={"bakti": 0.95}, spec=SPEC).tolist() == [0.95]


@given(seed=st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_crowd_data_hold_where_people_reported(seed):
    """Against the formula, cell by cell, on the ellipsoid (the sphere differs by less than the gap asked for)."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 12))
    spec = service_spec(crowd_radius_km=8.0, crowd_samples=20.0)
    samples = rng.integers(0, 40, n).astype(float)
    stations = bts(
        n, samples=samples, lon_deg=120.0 + rng.choice([0.0, 0.03, 0.07], n), lat_deg=-8.0 + rng.uniform(-0.1, 0.1, n)
    )
    world = cells(15)
    found = confidence(world, stations, completeness_share=None, spec=spec)
    for i, cell in world.iterrows():
        far = distance_km(cell["lon_deg"], cell["lat_deg"], stations["lon_deg"], stations["lat_deg"])
        if (np.abs(far - 8.0) < 0.05).any():
            continue
        assert found[i] == pytest.approx(1.0 - math.exp(-samples[far < 8.0].sum() / 20.0))


def test_more_samples_never_lower_the_confidence_and_a_register_is_its_floor():
    few = bts(2, samples=[5.0, np.nan])
    many = bts(2, samples=[500.0, np.nan])
    low = confidence(cells(5), few, completeness_share=0.3, spec=SPEC)
    high = confidence(cells(5), many, completeness_share=0.3, spec=SPEC)
    assert (low >= 0.3).all()
    assert (high >= low).all()
    assert high[0] > 0.99


def test_a_station_without_samples_in_crowd_data_says_nothing():
    assert confidence(cells(1), bts(1, samples=[0.0]), completeness_share=None, spec=SPEC).tolist() == [0.0]


def test_no_cells_no_confidence():
    assert confidence(cells(0), bts(2, samples=[3.0, 4.0]), completeness_share=None, spec=SPEC).size == 0
