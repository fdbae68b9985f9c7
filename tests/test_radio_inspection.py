"""One link looked at: geometry by hand, obstacles where they were put, budgets that add up, faults."""

from __future__ import annotations

import numpy as np
import pytest

from planner.errors import RadioError
from planner.grid import Grid, Raster
from planner.radio.hops import hop_clearance
from planner.radio.inspection import HopEnds, access_steps, ground_profile, hop_steps, link_outage, sight_of
from planner.radio.link import RadioLink
from planner.radio.profile import profile_loss_db
from planner.specs.climate import Climate

GRID = Grid(121.0, 0.1, 1.0 / 1200.0, 240, 600)
A, B = (121.05, 0.0), (121.35, 0.0)


def _flat(height_m: float = 100.0) -> Raster:
    return Raster(GRID, np.full(GRID.shape, height_m, np.float32), "m")


def _ridge() -> Raster:
    terrain = _flat()
    for lon, top in ((121.12, 220.0), (121.25, 320.0)):
        _, col = GRID.row_col(lon, 0.0)
        terrain.values[:, col - 2 : col + 3] = [top - 40, top - 20, top, top - 20, top - 40]
    return terrain


def test_profile_is_the_ground_of_the_terrain_at_its_own_spacing() -> None:
    profile = ground_profile(_flat(), A, B)
    assert profile.distance_km[-1] == pytest.approx(0.3 * 111.32, abs=0.01)
    assert profile.spacing_m == pytest.approx(92.4, rel=0.01)
    assert np.all(profile.ground_m == 100.0)
    assert not profile.is_sea.any()


def test_clearance_is_that_of_the_kernel_of_many_hops() -> None:
    terrain = _ridge()
    sight = sight_of(ground_profile(terrain, A, B), frequency_mhz=7000.0, height_a_m=60.0, height_b_m=60.0)
    hop = hop_clearance(*A, 60.0, *B, 60.0, frequency_ghz=7.0, terrain=terrain, k_factors=(4 / 3, sight.low_k))
    assert [sight.clearance_f1_share, sight.low_k_f1_share] == pytest.approx(hop.by_k[0], abs=0.15)


def test_obstacles_are_the_summits_worst_first() -> None:
    sight = sight_of(ground_profile(_ridge(), A, B), frequency_mhz=7000.0, height_a_m=60.0, height_b_m=60.0)
    assert [round(item.lon_deg, 2) for item in sight.obstacles] == [121.25, 121.12]
    assert sight.obstacles[0].top_m == pytest.approx(320.0, abs=12.0)
    assert sight.obstacles[0].clearance_f1_share == sight.clearance_f1_share
    assert sight.tightest_km == pytest.approx(0.2 * 111.32, abs=0.1)


def test_fresnel_zone_and_bulge_of_the_middle_by_hand() -> None:
    """33.4 km at 7 GHz: F1 = 8.66·sqrt(d/f) = 18.9 m, bulge = d²·125/(k·a) = 16.4 m."""
    profile = ground_profile(_flat(), A, B)
    sight = sight_of(profile, frequency_mhz=7000.0, height_a_m=60.0, height_b_m=60.0)
    length = float(profile.distance_km[-1])
    assert sight.f1_m.max() == pytest.approx(8.65 * np.sqrt(length / 7.0), rel=1e-3)
    assert sight.bulge_m.max() == pytest.approx(125.0 * length**2 / (4 / 3 * 6371.0), rel=1e-3)
    assert sight.obstacles == () or sight.clearance_f1_share < 1.0
    assert sight.tilt_a_deg == pytest.approx(-np.degrees(length / (2 * 4 / 3 * 6371.0)), rel=1e-3)


def test_the_access_budget_adds_up_to_the_loss_of_the_exact_kernel() -> None:
    clutter = Raster(GRID, np.full(GRID.shape, 12.0, np.float32), "m")
    profile = ground_profile(_ridge(), A, B, clutter=clutter)
    link = RadioLink(900.0, 50.0, 1.5, 50.0, 380.0, 0.0, location_percent=75.0)
    steps = {step.key: step.value for step in access_steps(profile, link, zero_loss_dbm=30.0, threshold_dbm=-110.0)}
    loss = profile_loss_db(profile.distance_km, profile.ground_m, link, clutter_m=profile.clutter_m)
    assert steps["received"] == pytest.approx(30.0 - loss, abs=1e-6)
    parts = ("free_space", "terrain", "clutter", "location")
    assert 30.0 + sum(steps[name] for name in parts) == pytest.approx(steps["received"], abs=1e-9)
    assert steps["margin"] == pytest.approx(steps["received"] + 110.0)
    assert steps["clutter"] < 0.0
    assert steps["location"] < 0.0


def test_the_hop_budget_adds_up_and_its_outage_is_that_of_many_hops() -> None:
    ends = HopEnds(7.0, 27.0, 38.5, -69.0)
    steps = {step.key: step.value for step in hop_steps(30.0, ends)}
    assert steps["margin"] == pytest.approx(27 + 77 - (92.45 + 20 * np.log10(210.0)) + 69)
    climate = Climate(*(np.array(v) for v in (90.0, 4.9, -100.0, 300.0)))
    profile = ground_profile(_flat(), A, B)
    sea = _flat(0.0)
    rough = link_outage(profile, ends, (60.0, 60.0), margin_db=30.0, climate=climate)
    smooth = link_outage(profile, ends, (60.0, 60.0), margin_db=30.0, climate=climate, terrain=sea)
    assert float(smooth.multipath_percent) >= float(rough.multipath_percent)


def test_a_void_is_refused_unless_the_caller_calls_it_sea() -> None:
    terrain = _flat()
    terrain.values[:, 200:260] = np.nan
    with pytest.raises(RadioError, match=r"no height at \d+ of \d+ points .* --void-is-sea"):
        ground_profile(terrain, A, B)
    profile = ground_profile(terrain, A, B, void_is_sea=True)
    assert profile.n_filled == profile.is_sea.sum() > 50


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: ground_profile(_flat(), (120.0, 0.0), B), r"'from' = 120.0000,0.0000 lies off the terrain model"),
        (lambda: ground_profile(_flat(), A, A), "distance_km = 0.0 is outside 0.01 to 500"),
        (lambda: ground_profile(_flat(), (181.0, 0.0), B), "longitude = 181.0 is outside -180 to 180"),
        (
            lambda: sight_of(ground_profile(_flat(), A, B), frequency_mhz=5.0, height_a_m=9.0, height_b_m=9.0),
            r"frequency_mhz = 5.0 is outside 30 to 100000 \(ITU-R P.1812-8 and P.530-17\)",
        ),
        (
            lambda: sight_of(ground_profile(_flat(), A, B), frequency_mhz=900.0, height_a_m=0.0, height_b_m=9.0),
            "height_a_m = 0.0 is outside 1 to 3000",
        ),
    ],
)
def test_faults_name_value_and_range(call, said) -> None:
    with pytest.raises(RadioError, match=said):
        call()
