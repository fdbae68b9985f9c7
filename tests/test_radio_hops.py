"""Fresnel clearance of hops, satellite geometry, capacity of a cell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from radio_worlds import PIXEL_DEG, spec

from planner.errors import RadioError
from planner.grid import Grid, Raster
from planner.radio.capacity import cell_capacity_mbps
from planner.radio.hops import hop_clearance, satellite_elevation_deg, satellite_slant_range_km

FRAME = Grid(121.0, 0.15, PIXEL_DEG, 110, 160)


def _terrain(height_m: float = 0.0) -> Raster:
    return Raster(FRAME, np.full(FRAME.shape, height_m, np.float32), "m")


def _hop(terrain: Raster | None, *, mast_m: float = 50.0, **changes: object):
    arguments = {"frequency_ghz": 7.0, "terrain": terrain, **changes}
    return hop_clearance(121.05, 0.0, mast_m, 121.35, 0.0, mast_m, **arguments)


def test_clearance_over_a_smooth_earth_is_mast_less_bulge_in_fresnel_radii() -> None:
    """Equal masts: the tightest point is the middle, F1 = 8.66·sqrt(d/f), bulge = d²·125/(k·a)."""
    found = _hop(None)
    length_km = found.distance_km[0]
    radius_m = 17.3 * np.sqrt(length_km / 4.0 / 7.0)
    expected = [(50.0 - 125.0 * length_km**2 / (k * 6371.0)) / radius_m for k in (4 / 3, 2 / 3)]
    assert found.by_k[0] == pytest.approx(expected, abs=1e-3)
    assert found.clearance_f1_share[0] == pytest.approx(min(expected), abs=1e-3)
    assert found.obstacle_km[0] == pytest.approx(length_km / 2.0, abs=0.5)
    assert not found.has_terrain


def test_each_k_may_have_its_own_clearance() -> None:
    high, low = _hop(None, mast_m=60.0).by_k[0]
    assert _hop(None, mast_m=60.0, min_f1_share=(high - 0.01, low - 0.01)).is_clear[0]
    assert not _hop(None, mast_m=60.0, min_f1_share=(high + 0.01, low - 0.01)).is_clear[0]
    assert not _hop(None, mast_m=60.0, min_f1_share=(high - 0.01, low + 0.01)).is_clear[0]


def test_flat_terrain_gives_what_a_smooth_earth_does() -> None:
    for height_m in (0.0, 700.0):
        found = _hop(_terrain(height_m))
        assert found.by_k[0] == pytest.approx(_hop(None).by_k[0], abs=2e-3)
        assert found.has_terrain


def test_a_ridge_cuts_the_hop_and_is_found() -> None:
    terrain = _terrain()
    row, col = FRAME.row_col(121.14, 0.0)
    terrain.values[row - 3 : row + 4, col] = 300.0
    found = _hop(terrain, mast_m=60.0)
    assert found.clearance_f1_share[0] < -5.0
    assert not found.is_clear[0]
    assert found.obstacle_km[0] == pytest.approx(0.09 * 111.32, abs=0.3)


def test_unknown_ground_is_never_clear_but_the_sea_is_known() -> None:
    terrain = _terrain(2.0)
    terrain.values[:, 60:63] = np.nan
    found = _hop(terrain, mast_m=90.0)
    assert found.is_unknown[0]
    assert not found.is_clear[0]
    land = np.ones(FRAME.shape, bool)
    land[:, 60:63] = False
    assert _hop(terrain, mast_m=90.0, land=land).is_clear[0]
    outside = hop_clearance(121.05, 0.0, 90.0, 122.5, 0.0, 90.0, frequency_ghz=7.0, terrain=_terrain())
    assert outside.is_unknown[0]


def test_hops_are_symmetric_and_vectorised() -> None:
    rng = np.random.default_rng(8)
    terrain = Raster(FRAME, rng.uniform(0.0, 60.0, FRAME.shape).astype(np.float32), "m")
    lon = rng.uniform(121.02, 121.4, (2, 300))
    lat = rng.uniform(-0.13, 0.13, (2, 300))
    there = hop_clearance(lon[0], lat[0], 60.0, lon[1], lat[1], 40.0, frequency_ghz=7.0, terrain=terrain)
    back = hop_clearance(lon[1], lat[1], 40.0, lon[0], lat[0], 60.0, frequency_ghz=7.0, terrain=terrain)
    assert there.clearance_f1_share == pytest.approx(back.clearance_f1_share, abs=1e-9)
    one = hop_clearance(lon[0, 7], lat[0, 7], 60.0, lon[1, 7], lat[1, 7], 40.0, frequency_ghz=7.0, terrain=terrain)
    assert one.clearance_f1_share[0] == there.clearance_f1_share[7]


@settings(max_examples=40, deadline=None)
@given(mast_m=st.floats(5.0, 150.0), more_m=st.floats(0.5, 80.0))
def test_higher_masts_never_clear_less(mast_m: float, more_m: float) -> None:
    low, high = _hop(_terrain(), mast_m=mast_m), _hop(_terrain(), mast_m=mast_m + more_m)
    assert high.clearance_f1_share[0] >= low.clearance_f1_share[0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"mast_m": 0.0}, "height_a_m must be positive"),
        ({"mast_m": float("nan")}, "height_a_m must be positive"),
        ({"frequency_ghz": -7.0}, "frequency_ghz must be positive"),
        ({"k_factors": (0.0,)}, "k_factors must be positive"),
        ({"land": np.ones((2, 2), bool)}, "land has shape"),
        ({"frequency_ghz": 7000.0}, r"frequency_ghz = 7000 is outside 0\.4 to 100 .*GHz"),
        ({"frequency_ghz": 0.1}, r"frequency_ghz = 0\.1 is outside"),
        ({"frequency_ghz": "seven"}, "must be numbers"),
        ({"frequency_ghz": [[7.0, 7.0]], "mast_m": np.array([1.0, 2.0, 3.0])}, "shapes go together"),
        ({"terrain": Raster(FRAME, np.zeros(FRAME.shape), "ft")}, "terrain is in 'ft'"),
        ({"terrain": Raster(FRAME, np.full(FRAME.shape, -9999.0), "m")}, "terrain = -9999 is outside -500 to 9000"),
        ({"terrain": Raster(Grid(121.0, 1.0, 1.0, 1, 1), np.zeros((1, 1)), "m")}, "2 x 2"),
    ],
)
def test_faulty_hops_are_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(RadioError, match=said):
        _hop(**{"terrain": _terrain(), **changes})


def test_what_a_mask_or_an_infinity_hides_is_unknown_ground() -> None:
    hidden = np.ma.masked_array(np.zeros(FRAME.shape), np.zeros(FRAME.shape, bool))
    hidden[:, 80] = np.ma.masked
    endless = np.zeros(FRAME.shape)
    endless[:, 80] = -np.inf
    for values in (hidden, endless):
        found = _hop(Raster(FRAME, values, "m"))
        assert found.is_unknown[0]
        assert not found.is_clear[0]


def test_ends_at_one_place_are_refused() -> None:
    with pytest.raises(RadioError, match="distance_km must be positive"):
        hop_clearance(121.0, 0.0, 50.0, 121.0, 0.0, 50.0, frequency_ghz=7.0, terrain=None)


def test_satellite_at_146_degrees_east_from_indonesian_towns() -> None:
    """Kupang 61.4°, Jakarta 44.2°, Sabang 31.7°, Jayapura 83.1°; Kupang 36,456 km, Sabang 38,464 km."""
    lon, lat = [123.602, 106.83, 95.32, 140.70], [-10.169, -6.20, 5.89, -2.53]
    assert satellite_elevation_deg(lon, lat, 146.0) == pytest.approx([61.4, 44.2, 31.7, 83.1], abs=0.06)
    assert satellite_slant_range_km(lon, lat, 146.0)[[0, 2]] == pytest.approx([36_456.0, 38_464.0], abs=1.0)


def test_satellite_overhead_and_below_the_horizon() -> None:
    assert float(satellite_elevation_deg(146.0, 0.0, 146.0)) == pytest.approx(90.0)
    assert float(satellite_slant_range_km(146.0, 0.0, 146.0)) == pytest.approx(35_786.0, abs=1.0)
    assert float(satellite_elevation_deg(-34.0, 0.0, 146.0)) < 0.0


def test_capacity_of_a_sector_by_technology() -> None:
    """4G at 10 MHz: 50 · 0.18 MHz · 0.6·log2(11) · 0.75 = 14.0 Mbps."""
    four = 50 * 0.18 * 0.6 * np.log2(11.0) * 0.75
    found = cell_capacity_mbps([10.0, 10.0, 5.0, 0.2], [1, 3, 3, 3], ["4G", "4G", "3G", "2G"], spec=spec())
    assert found == pytest.approx([four, 3 * four, 7.8, 0.6])
    assert four == pytest.approx(14.0, abs=0.05)
    five = cell_capacity_mbps(20.0, 1, "5G", spec=spec())
    assert float(five) == pytest.approx(51 * 0.36 * 0.6 * np.log2(11.0) * 0.75 * 1.5)


def test_capacity_refuses_what_is_not_a_cell() -> None:
    with pytest.raises(RadioError, match="bandwidth_mhz must be positive"):
        cell_capacity_mbps([10.0, np.nan], 1, "4G", spec=spec())
    with pytest.raises(RadioError, match="n_sectors must be positive"):
        cell_capacity_mbps(10.0, 0, "4G", spec=spec())
    with pytest.raises(RadioError, match="'6G' is not one of"):
        cell_capacity_mbps(10.0, 1, "6G", spec=spec())
    assert cell_capacity_mbps([], [], [], spec=spec()).shape == (0,)
