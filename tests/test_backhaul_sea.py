"""Land and sea along straight routes, on a ground whose strait is known."""

from __future__ import annotations

import numpy as np
import pytest
from ground_worlds import GRID, PIXEL_DEG, two_islands

from planner.backhaul.sea import measure
from planner.geo import distance_km


def _measure(a, b, land):
    ends = [(np.array([p[0]]), np.array([p[1]])) for p in (a, b)]
    return measure(*ends, grid=GRID, land=land)


def test_a_strait_is_as_wide_as_it_was_drawn():
    found = _measure((120.3, -8.25), (120.8, -8.25), two_islands())
    wide = float(distance_km(120 + 180 * PIXEL_DEG, -8.25, 120 + 217 * PIXEL_DEG, -8.25))
    assert found.sea_km[0] == pytest.approx(wide, abs=0.4)
    assert (found.n_crossings[0], found.is_same_landmass[0]) == (1, False)


def test_a_route_on_one_island_is_land():
    found = _measure((120.1, -8.1), (120.4, -8.4), two_islands())
    assert (found.sea_km[0], found.n_crossings[0], found.is_same_landmass[0]) == (0.0, 0, True)


def test_where_nothing_is_known_the_sea_is_dear():
    found = _measure((120.2, -8.25), (118.0, -8.25), two_islands())
    assert found.sea_km[0] == pytest.approx(float(distance_km(118.0, -8.25, 120 + 10 * PIXEL_DEG, -8.25)), abs=0.5)


def test_without_a_land_mask_everything_is_land():
    found = _measure((120.3, -8.25), (120.8, -8.25), None)
    assert found.sea_km[0] == 0.0
    assert found.length_km[0] == pytest.approx(float(distance_km(120.3, -8.25, 120.8, -8.25)))


def test_a_landing_point_just_off_the_coast_crosses_nothing():
    edge = 120 + 181 * PIXEL_DEG  # one pixel into the water
    found = _measure((120.3, -8.25), (edge, -8.25), two_islands())
    assert found.sea_km[0] == 0.0


def test_many_routes_are_each_measured_alone():
    rng = np.random.default_rng(5)
    a = rng.uniform(120.05, 121.0, 700), rng.uniform(-8.5, -8.05, 700)
    b = rng.uniform(120.05, 121.0, 700), rng.uniform(-8.5, -8.05, 700)
    together = measure(a, b, grid=GRID, land=two_islands())
    for i in range(0, 700, 70):
        alone = _measure((a[0][i], a[1][i]), (b[0][i], b[1][i]), two_islands())
        assert together.sea_km[i] == pytest.approx(alone.sea_km[0], abs=0.35)
        assert together.n_crossings[i] == alone.n_crossings[0]
