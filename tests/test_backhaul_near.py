"""Neighbours by geodesic distance: a tree must find what all pairs find."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.backhaul.near import label_landmass, nearest_pairs, within_km, xyz_km
from planner.geo import distance_km


def _points(seed, n):
    rng = np.random.default_rng(seed)
    return rng.uniform(118, 126, n), rng.uniform(-11, -8, n)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(1, 25),
    m=st.integers(1, 25),
    k=st.integers(1, 8),
    max_km=st.floats(20, 400),
)
def test_the_tree_finds_what_all_pairs_find(seed, n, m, k, max_km):
    a, b = _points(seed, n), _points(seed + 1, m)
    i, j, km = nearest_pairs(a, b, k=k, max_km=max_km)
    full = distance_km(a[0][:, None], a[1][:, None], b[0][None], b[1][None])
    wanted = [sorted(d for d in row if d <= max_km)[:k] for row in full]
    for row in range(n):
        np.testing.assert_allclose(km[i == row], wanted[row], rtol=1e-12)
    np.testing.assert_allclose(full[i, j], km, rtol=1e-12)


def test_a_point_is_not_its_own_neighbour():
    a = _points(3, 12)
    i, j, _ = nearest_pairs(a, a, k=3, max_km=5000.0)
    assert (i != j).all()
    assert np.bincount(i).tolist() == [3] * 12


def test_coincident_points_are_neighbours_at_no_distance():
    a = (np.array([120.0, 120.0]), np.array([-9.0, -9.0]))
    i, j, km = nearest_pairs(a, a, k=1, max_km=1.0)
    assert (i.tolist(), j.tolist(), km.tolist()) == ([0, 1], [1, 0], [0.0, 0.0])


def test_nothing_has_no_neighbours():
    none = (np.empty(0), np.empty(0))
    assert len(nearest_pairs(none, _points(1, 3), k=2, max_km=10.0)[0]) == 0
    assert within_km(_points(1, 2), none, max_km=10.0) == [[], []]


def test_a_chord_is_nearly_the_geodesic():
    lon, lat = np.array([120.0, 122.0]), np.array([-9.0, -9.5])
    chord = np.linalg.norm(np.diff(xyz_km(lon, lat), axis=0))
    assert chord == pytest.approx(float(distance_km(lon[0], lat[0], lon[1], lat[1])), rel=2e-4)


def test_landmasses_join_over_corners():
    land = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 0], [1, 1, 1]], dtype=bool)
    assert label_landmass(land).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0], [2, 2, 2]]
