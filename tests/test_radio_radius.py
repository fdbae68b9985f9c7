"""Reach of a station from its mast over the ground: effective height by hand, order, caps, what the rim says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from radio_worlds import PIXEL_DEG, link, spec

from planner.grid import Grid, Raster
from planner.radio.coverage import coverage
from planner.radio.profile import profile_loss_db
from planner.radio.radius import (
    LEAST_REACH_KM,
    LEGACY_REACH_KM,
    effective_height_m,
    planned_radius_km,
    station_radius_km,
)

AUTO = spec(radius_km=0.0)
PIXEL_M = PIXEL_DEG * 110_946.0


def _frame(side: int = 160) -> Grid:
    return Grid(121.0, 0.3, PIXEL_DEG, side, side)


def _station(frame: Grid, **columns: object) -> pd.DataFrame:
    lon, lat = frame.lon_lat(np.array([frame.n_rows // 2]), np.array([frame.n_cols // 2]))
    base = {
        "bts_id": "a", "operator": "A", "technology": "4G", "status": "on_air", "band_mhz": 900.0, "height_m": 42.0,
        "power_dbm": 43.0, "gain_dbi": 15.0, "bandwidth_mhz": 10.0, "azimuth_deg": np.nan, "n_sectors": 1,
        "lon_deg": lon[0], "lat_deg": lat[0],
    }  # fmt: skip
    return pd.DataFrame({name: [value] for name, value in {**base, **columns}.items()})


def _radius(bts: pd.DataFrame, terrain: Raster | None, **settings: object) -> float:
    radio = spec(radius_km=0.0, **settings)
    return float(station_radius_km(bts, spec=radio, terrain=terrain, land=None, pixel_m=PIXEL_M)[0])


def test_effective_height_is_over_the_mean_ground_of_the_ring_and_never_below_the_mast() -> None:
    frame = _frame()
    height = np.full(frame.shape, 100.0, np.float32)
    middle = frame.n_rows // 2
    height[middle - 5 : middle + 6, middle - 5 : middle + 6] = 700.0  # a summit of 3 km, within the inner square
    bts = _station(frame)
    place = bts["lon_deg"].to_numpy(), bts["lat_deg"].to_numpy(), np.array([42.0])
    assert effective_height_m(*place, terrain=Raster(frame, height, "m")) == pytest.approx([642.0])
    valley = Raster(frame, np.where(height > 500.0, 0.0, 600.0).astype(np.float32), "m")
    assert effective_height_m(*place, terrain=valley) == [42.0]
    sea = np.zeros(frame.shape, dtype=bool)
    sea[middle - 10 : middle + 11, middle - 10 : middle + 11] = True  # an island: the ring is mostly sea
    assert effective_height_m(*place, terrain=Raster(frame, height, "m"), land=sea)[0] > 735.0


def test_over_flat_ground_the_radius_is_where_the_level_falls_to_the_threshold() -> None:
    frame = _frame()
    flat = Raster(frame, np.zeros(frame.shape, np.float32), "m")
    found = _radius(_station(frame), flat)
    levels = []
    for km in (0.93 * found, 1.05 * found + 0.25):
        n = round(km / 0.25) + 1
        loss = profile_loss_db(np.linspace(0.0, km, n), np.zeros(n), link(latitude_deg=0.0, tx_height_m=44.0))
        levels.append(43.0 + 15.0 - 10.0 * np.log10(600.0) - loss)
    assert levels[0] > AUTO.threshold_dbm > levels[1]


def test_higher_ground_more_power_and_lower_bands_reach_farther_within_the_caps() -> None:
    frame = _frame()
    flat = Raster(frame, np.zeros(frame.shape, np.float32), "m")
    base = _radius(_station(frame), flat)
    assert _radius(_station(frame, height_m=72.0), flat) > base
    assert _radius(_station(frame, power_dbm=46.0), flat) > base
    assert _radius(_station(frame, band_mhz=2300.0), flat) < base
    assert _radius(_station(frame), flat, margin_db=10.0) < base
    hill = np.zeros(frame.shape, np.float32)
    middle = frame.n_rows // 2
    hill[middle, middle] = 900.0
    assert _radius(_station(frame), Raster(frame, hill, "m")) == 35.0
    assert _radius(_station(frame, technology="2G", bandwidth_mhz=0.2), Raster(frame, hill, "m")) == LEGACY_REACH_KM
    assert _radius(_station(frame, power_dbm=5.0), flat) == LEAST_REACH_KM
    fixed = station_radius_km(_station(frame), spec=spec(radius_km=7.0), terrain=flat, land=None, pixel_m=PIXEL_M)
    assert fixed.tolist() == [7.0]


def test_the_rim_of_such_a_radius_holds_hardly_any_signal_over_flat_ground() -> None:
    frame = _frame()
    flat = Raster(frame, np.zeros(frame.shape, np.float32), "m")
    bts = _station(frame)
    reach = station_radius_km(bts, spec=AUTO, terrain=flat, land=None, pixel_m=PIXEL_M)
    edges = coverage(bts.assign(radius_km=reach), frame, spec=AUTO, terrain=flat, clutter_m=None, land=None).edges
    assert edges.n_pixels > 300
    assert edges.n_above <= 0.02 * edges.n_pixels
    short = coverage(bts.assign(radius_km=reach / 2.0), frame, spec=AUTO, terrain=flat, clutter_m=None, land=None).edges
    assert short.n_above == short.n_pixels


def test_without_terrain_the_masts_own_height_counts_and_tables_may_be_empty() -> None:
    frame = _frame()
    flat = Raster(frame, np.zeros(frame.shape, np.float32), "m")
    assert _radius(_station(frame), None) == _radius(_station(frame), flat)
    none = station_radius_km(_station(frame).iloc[:0], spec=AUTO, terrain=flat, land=None, pixel_m=PIXEL_M)
    assert none.shape == (0,)


def test_a_proposed_station_is_followed_as_far_as_a_standing_one_unless_its_type_says_otherwise() -> None:
    frame = _frame()
    terrain = Raster(frame, np.zeros(frame.shape, np.float32), "m")
    both = pd.concat([_station(frame, radius_km=0.0), _station(frame, radius_km=0.5)], ignore_index=True)
    found = planned_radius_km(both, spec=AUTO, terrain=terrain, land=None, pixel_m=PIXEL_M)
    assert found.tolist() == [_radius(_station(frame), terrain), 0.5]
    assert found[0] > 15.0  # the old fixed reach cut a 42 m mast over flat ground short
    fixed = planned_radius_km(both, spec=spec(radius_km=9.0), terrain=None, land=None, pixel_m=PIXEL_M)
    assert fixed.tolist() == [9.0, 0.5]
