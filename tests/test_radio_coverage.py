"""Sites to coverage and candidates' covers: values, ties, voids, tiles, threads, order of rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from radio_worlds import PIXEL_DEG, grid, ground, link, spec, stations

from planner import parallel
from planner.catalog import read_spec
from planner.errors import RadioError
from planner.geo import distance_km, metres_per_degree, tiles
from planner.grid import Grid, Raster
from planner.radio.calibration import cover_correction
from planner.radio.capacity import sinr_db
from planner.radio.coverage import Coverage, CoverageGroup, coverage, coverage_groups
from planner.radio.covers import Covers, covers
from planner.radio.profile import profile_loss_db
from planner.radio.surface import clutter_heights, halo_pixels
from planner.specs.radio import ClutterSpec, Correction

SPEC = spec(radius_km=6.0)
ROUND = spec(radius_km=6.0, tilt_deg=0.0, side_lobe_db=0.0)
"""Antennas that send alike at all elevations."""


def _equal(a: Coverage, b: Coverage) -> bool:
    names = ("rsrp_dbm", "server", "second_dbm", "second_server", "interference_dbm", "carrier_dbm")
    return all(np.array_equal(getattr(a, n), getattr(b, n), equal_nan=n.endswith("dbm")) for n in names)


def _whole(count: int = 14, **changes: object) -> tuple[pd.DataFrame, Grid, Raster, Raster, np.ndarray, Coverage]:
    frame = grid()
    terrain, clutter, land = ground(frame)
    bts = stations(frame, count)
    found = coverage(bts, frame, spec=SPEC, terrain=terrain, clutter_m=clutter, land=land)
    return bts, frame, terrain, clutter, land, found


def test_groups_are_operators_by_what_is_on_air() -> None:
    bts = stations(grid(), 5)
    bts["operator"] = ["B", "A", "A", "A", "C"]
    bts["technology"] = ["4G", "2G", "5G", "4G", "4G"]
    bts["status"] = ["on_air", "on_air", "on_air", "inactive", "contracted"]
    assert coverage_groups(bts) == (
        CoverageGroup("A", "broadband"),
        CoverageGroup("A", "inactive"),
        CoverageGroup("A", "legacy"),
        CoverageGroup("B", "broadband"),
    )


def test_level_of_a_pixel_is_budget_minus_the_loss_of_its_profile() -> None:
    frame = Grid(121.0, 0.1, PIXEL_DEG, 30, 40)
    flat = Raster(frame, np.zeros(frame.shape, np.float32), "m")
    lon, lat = frame.lon_lat(np.array([15]), np.array([5]))
    bts = stations(frame, 1, technology="4G", status="on_air", azimuth_deg=np.nan, height_m=42.0, band_mhz=900.0)
    bts["lon_deg"], bts["lat_deg"] = lon, lat
    found = coverage(bts, frame, spec=SPEC, terrain=flat, clutter_m=None, land=None)
    level = found.rsrp_dbm[0, 15, 5 + 14]
    length_km = 14 * PIXEL_DEG * float(metres_per_degree(float(lat[0]))[0]) / 1000.0
    n = max(5, int(length_km / (PIXEL_DEG * 110.946) + 0.5) + 1)
    loss = profile_loss_db(np.linspace(0.0, length_km, n), np.zeros(n), link(latitude_deg=float(lat[0])))
    down_deg = np.degrees((42.0 - 1.5) / (1000.0 * length_km) + length_km / (2.0 * 6371.0 * 157.0 / 107.0))
    pattern = 12.0 * ((SPEC.tilt_deg - down_deg) / 10.0) ** 2
    assert level == pytest.approx(43.0 + 15.0 - 10.0 * np.log10(600.0) - loss - pattern, abs=2e-3)
    assert found.server[0, 15, 19] == 0
    assert found.model == "p1812"


def test_sector_pattern_is_taken_off_behind_the_antenna() -> None:
    frame = grid(60, 60)
    flat = Raster(frame, np.zeros(frame.shape, np.float32), "m")
    bts = stations(frame, 1, technology="4G", status="on_air", azimuth_deg=90.0)
    lon, lat = frame.lon_lat(np.array([30]), np.array([30]))
    bts["lon_deg"], bts["lat_deg"] = lon, lat
    found = coverage(bts, frame, spec=ROUND, terrain=flat, clutter_m=None, land=None).rsrp_dbm[0]
    assert found[30, 40] - found[30, 20] == pytest.approx(20.0, abs=0.01)
    assert np.isnan(found[0, 0])  # beyond the radius


def test_result_depends_neither_on_the_order_of_rows_nor_on_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    bts, frame, terrain, clutter, land, found = _whole()
    order = np.random.default_rng(1).permutation(len(bts))
    shuffled = coverage(
        bts.iloc[order].reset_index(drop=True), frame, spec=SPEC, terrain=terrain, clutter_m=clutter, land=land
    )
    assert np.array_equal(shuffled.rsrp_dbm, found.rsrp_dbm, equal_nan=True)
    named = np.where(found.server >= 0, bts["bts_id"].to_numpy()[found.server], "")
    again = np.where(shuffled.server >= 0, bts["bts_id"].to_numpy()[order][shuffled.server], "")
    assert np.array_equal(named, again)
    for workers in (1, 3):
        monkeypatch.setattr(parallel, "worker_count", lambda n=workers: n)
        assert _equal(coverage(bts, frame, spec=SPEC, terrain=terrain, clutter_m=clutter, land=land), found)


def test_a_tile_with_its_halo_gives_the_same_bytes_as_the_whole() -> None:
    bts, frame, terrain, clutter, land, found = _whole()
    halo = halo_pixels(SPEC, frame.pixel_deg)
    for row, col, tile in tiles(frame, 37):
        top, left = max(0, row - halo), max(0, col - halo)
        bottom, right = min(frame.n_rows, row + tile.n_rows + halo), min(frame.n_cols, col + tile.n_cols + halo)
        window = frame.window(top, left, bottom - top, right - left)
        cut = (slice(top, bottom), slice(left, right))
        part = coverage(
            bts,
            tile,
            spec=SPEC,
            terrain=Raster(window, terrain.values[cut], "m"),
            clutter_m=Raster(window, clutter.values[cut], "m"),
            land=land[cut],
        )
        whole = (slice(None), slice(row, row + tile.n_rows), slice(col, col + tile.n_cols))
        assert part.rsrp_dbm.tobytes() == np.ascontiguousarray(found.rsrp_dbm[whole]).tobytes()
        for name in ("server", "second_dbm", "second_server", "interference_dbm", "carrier_dbm"):
            assert getattr(part, name).tobytes() == np.ascontiguousarray(getattr(found, name)[whole]).tobytes()
        assert part.left_out == ()


def test_a_pixel_is_the_same_whichever_others_are_wanted() -> None:
    bts, frame, terrain, clutter, land, whole = _whole(8)
    assert land[::3, 1::3].any()
    rows, cols = (part.ravel() for part in np.mgrid[0 : frame.n_rows : 3, 1 : frame.n_cols : 3])
    some = coverage(bts, frame, spec=SPEC, terrain=terrain, clutter_m=clutter, land=land, at=(rows, cols))
    names = ("rsrp_dbm", "server", "second_dbm", "second_server", "interference_dbm", "carrier_dbm")
    for name in names:
        every, few = getattr(whole, name), getattr(some, name)
        assert few.shape == (len(every), 1, rows.size)
        np.testing.assert_array_equal(few[:, 0], every[:, rows, cols], err_msg=name)
    assert np.isfinite(some.rsrp_dbm).any()


def test_sea_is_not_predicted_and_best_level_belongs_to_its_server() -> None:
    bts, _, _, _, land, found = _whole()
    assert np.isnan(found.rsrp_dbm[:, ~land]).all()
    assert (np.isnan(found.rsrp_dbm) == (found.server < 0)).all()
    kinds = {group: i for i, group in enumerate(found.groups)}
    for group, i in kinds.items():
        servers = np.unique(found.server[i][found.server[i] >= 0])
        assert (bts["operator"].to_numpy()[servers] == group.operator).all()
    assert np.nanmin(found.rsrp_dbm) >= SPEC.floor_dbm


def test_equal_levels_go_to_the_first_identifier() -> None:
    frame = grid(30, 30)
    flat = Raster(frame, np.zeros(frame.shape, np.float32), "m")
    bts = stations(
        frame, 3, technology="4G", status="on_air", operator="A", azimuth_deg=np.nan, height_m=42.0, band_mhz=900.0
    )
    bts["lon_deg"], bts["lat_deg"] = bts["lon_deg"].iloc[0], bts["lat_deg"].iloc[0]
    bts["bts_id"] = ["c", "a", "b"]
    found = coverage(bts, frame, spec=SPEC, terrain=flat, clutter_m=None, land=None)
    assert set(np.unique(found.server)) <= {-1, 1}


def _alone(
    bts: pd.DataFrame, i: int, frame: Grid, ground_of: tuple[Raster, Raster, np.ndarray], percent: float = 50.0
) -> np.ndarray:
    """Level of one station on all pixels for a share of time, −inf where it is not kept."""
    terrain, clutter, land = ground_of
    alike = spec(radius_km=6.0, floor_dbm=-160.0, time_percent=percent, interference_time_percent=percent)
    found = coverage(bts.iloc[[i]], frame, spec=alike, terrain=terrain, clutter_m=clutter, land=land)
    return np.nan_to_num(found.rsrp_dbm[0], nan=-np.inf)


@pytest.mark.parametrize("percent", [50.0, 10.0])
def test_second_best_interference_and_power_are_those_of_the_stations_one_by_one(percent: float) -> None:
    bts, frame, terrain, clutter, land, _ = _whole()
    bts = bts.assign(technology="4G", status="on_air")
    bts.loc[1, ["lon_deg", "lat_deg"]] = bts.loc[0, ["lon_deg", "lat_deg"]].to_numpy()  # two sectors on one mast
    bts.loc[:1, "operator"], bts.loc[:1, "band_mhz"], bts.loc[:1, "azimuth_deg"] = "Merak", 900.0, [0.0, 120.0]
    bts.loc[2:4, "operator"], bts.loc[2:4, "band_mhz"] = "Merak", 900.0
    model = spec(radius_km=6.0, interference_time_percent=percent)
    found = coverage(bts, frame, spec=model, terrain=terrain, clutter_m=clutter, land=land)
    level = np.array([_alone(bts, i, frame, (terrain, clutter, land)) for i in range(len(bts))])
    loud = np.array([_alone(bts, i, frame, (terrain, clutter, land), percent) for i in range(len(bts))])
    place = bts.groupby(["lon_deg", "lat_deg"]).ngroup().to_numpy()
    assert [found.groups[k].operator for k in found.broadband] == ["Merak", "Nuri"]
    n_heard = 0
    for i, k in enumerate(found.broadband):
        own = np.flatnonzero(bts["operator"] == found.groups[k].operator)
        best = own[level[own].argmax(axis=0)]
        has = found.server[k] >= 0
        assert np.array_equal(found.server[k][has], best[has])
        elsewhere = np.where(place[own][:, np.newaxis, np.newaxis] == place[best], -np.inf, level[own])
        second = np.where(elsewhere.max(axis=0) >= SPEC.floor_dbm, elsewhere.max(axis=0), np.nan)
        assert np.array_equal(found.second_dbm[i][has], second[has].astype(np.float32), equal_nan=True)
        others = (bts["band_mhz"].to_numpy()[:, np.newaxis, np.newaxis] == bts["band_mhz"].to_numpy()[best])[own]
        others &= own[:, np.newaxis, np.newaxis] != best
        beside = place[own][:, np.newaxis, np.newaxis] == place[best]  # sectors of the server's mast share its path
        heard_at = np.where(beside, level[own], loud[own])
        power = 10.0 * np.log10((10.0 ** (heard_at / 10.0) * others).sum(axis=0) + 1e-30)
        heard = has & (power > level[own].max(axis=0) - 40.0)  # fainter ones drown in the rounding of the sum
        n_heard += int(heard.sum())
        assert found.interference_dbm[i][heard] == pytest.approx(power[heard], abs=0.05)
    assert n_heard > 300
    number = [item.band_mhz == 900.0 and item.operator == "Merak" for item in found.carriers].index(True)
    own = np.flatnonzero((bts["operator"] == "Merak") & (bts["band_mhz"] == 900.0))
    total = (10.0 ** (loud[own] / 10.0)).sum(axis=0)
    assert found.carrier_dbm[number][total > 0.0] == pytest.approx(10.0 * np.log10(total[total > 0.0]), abs=1e-3)


def test_an_interferer_across_20_km_of_sea_is_heard_23_db_louder_a_tenth_of_the_time() -> None:
    frame = grid(24, 90)
    land = np.zeros(frame.shape, bool)
    land[:, 4:8], land[:, 74:76] = True, True
    flat = Raster(frame, np.zeros(frame.shape, np.float32), "m")
    lon, lat = frame.lon_lat(np.array([12, 12]), np.array([6, 74]))
    bts = stations(frame, 2, technology="4G", status="on_air", operator="A", band_mhz=900.0, height_m=42.0).assign(
        azimuth_deg=np.nan, lon_deg=lon, lat_deg=lat
    )

    def found(percent: float) -> Coverage:
        model = spec(radius_km=35.0, interference_time_percent=percent)
        return coverage(bts, frame, spec=model, terrain=flat, clutter_m=None, land=land)

    often, seldom = found(50.0), found(10.0)
    assert np.array_equal(often.rsrp_dbm, seldom.rsrp_dbm, equal_nan=True)
    assert np.array_equal(often.server, seldom.server)
    at = (0, slice(0, 6), slice(7, 8))  # 20 km from the interferer, on the server's own shore
    assert (often.server[at] == 0).all()
    louder = seldom.interference_dbm - often.interference_dbm
    assert (louder[at] > 21.5).all()
    assert (louder[at] < 24.0).all()
    ratio = [sinr_db(one.rsrp_dbm[at], one.interference_dbm[at], "4G", spec=SPEC) for one in (often, seldom)]
    assert (ratio[1] < ratio[0] - 3.0).all()
    here = bts[["lon_deg", "lat_deg"]].iloc[:1].assign(row=2, col=7)
    sent = bts.assign(radius_km=35.0, limit_dbm=-125.0)
    heard = covers(
        sent, here, grid=frame, spec=spec(interference_time_percent=10.0), terrain=flat, clutter_m=None, land=land
    )
    assert heard.indptr.tolist() == [0, 1, 2]
    assert heard.disturbing_dbm[1] == pytest.approx(seldom.interference_dbm[0, 2, 7], abs=0.05)
    assert heard.disturbing_dbm[1] - heard.rsrp_dbm[1] == pytest.approx(louder[0, 2, 7], abs=0.05)


def test_sectors_of_the_servers_own_mast_rise_with_it_and_count_as_service_does() -> None:
    frame = grid(40, 40)
    flat = Raster(frame, np.zeros(frame.shape, np.float32), "m")
    bts = stations(frame, 3, technology="4G", status="on_air", operator="A", band_mhz=900.0, height_m=42.0)
    bts = bts.assign(azimuth_deg=[0.0, 120.0, 240.0])
    bts["lon_deg"], bts["lat_deg"] = bts["lon_deg"].iloc[0], bts["lat_deg"].iloc[0]
    often, seldom = (
        coverage(
            bts, frame, spec=spec(radius_km=6.0, interference_time_percent=p), terrain=flat, clutter_m=None, land=None
        )
        for p in (50.0, 10.0)
    )
    has = np.isfinite(often.interference_dbm)
    assert has.sum() > 500
    assert seldom.interference_dbm[has] == pytest.approx(often.interference_dbm[has], abs=0.02)
    assert (seldom.carrier_dbm > often.carrier_dbm + 0.01)[np.isfinite(often.carrier_dbm)].mean() > 0.9


def test_sectors_drawn_as_one_envelope_at_a_mast_do_not_drown_each_other() -> None:
    frame = grid(40, 40)
    flat = Raster(frame, np.zeros(frame.shape, np.float32), "m")
    bts = stations(frame, 3, technology="4G", status="on_air", operator="A", band_mhz=900.0, height_m=42.0)
    bts["lon_deg"], bts["lat_deg"] = bts["lon_deg"].iloc[0], bts["lat_deg"].iloc[0]
    envelope = coverage(bts.assign(azimuth_deg=np.nan), frame, spec=SPEC, terrain=flat, clutter_m=None, land=None)
    assert np.isnan(envelope.interference_dbm).all()
    assert np.isnan(envelope.second_dbm).all()  # nothing stands at another place
    sectors = coverage(bts.assign(azimuth_deg=[0.0, 120.0, 240.0]), frame, spec=SPEC, terrain=flat, clutter_m=None, land=None)  # fmt: skip
    assert np.isfinite(sectors.interference_dbm).any()


def test_the_rim_of_the_radius_is_counted_and_its_signal_told() -> None:
    frame = grid(60, 60)
    flat = Raster(frame, np.zeros(frame.shape, np.float32), "m")
    lon, lat = frame.lon_lat(np.array([30]), np.array([30]))
    bts = stations(frame, 1, technology="4G", status="on_air", azimuth_deg=np.nan, height_m=42.0).assign(
        lon_deg=lon, lat_deg=lat
    )
    near = coverage(bts, frame, spec=spec(radius_km=4.0), terrain=flat, clutter_m=None, land=None).edges
    weak = coverage(bts.assign(power_dbm=3.0), frame, spec=spec(radius_km=4.0), terrain=flat, clutter_m=None, land=None)
    around = 2.0 * np.pi * 4.0 * 1.5 / 0.3
    assert near.n_pixels == pytest.approx(around, rel=0.15)
    assert near.n_above == near.n_pixels  # 4 km from 42 m over flat ground
    assert (weak.edges.n_pixels, weak.edges.n_above) == (near.n_pixels, 0)


def test_levels_near_a_high_mast_fall_with_the_pattern_in_elevation() -> None:
    """Half a kilometre from a mast on a hill of 300 m the path leaves 30 degrees down: 20 dB off."""
    frame = grid(30, 30)
    height = np.zeros(frame.shape, np.float32)
    height[15, 15] = 300.0
    hill = Raster(frame, height, "m")
    lon, lat = frame.lon_lat(np.array([15]), np.array([15]))
    bts = stations(frame, 1, technology="4G", status="on_air", azimuth_deg=np.nan, height_m=42.0).assign(
        lon_deg=lon, lat_deg=lat
    )
    flat = coverage(bts, frame, spec=ROUND, terrain=hill, clutter_m=None, land=None).rsrp_dbm[0]
    lobed = coverage(bts, frame, spec=SPEC, terrain=hill, clutter_m=None, land=None).rsrp_dbm[0]
    assert flat[15, 17] - lobed[15, 17] == pytest.approx(20.0, abs=0.01)
    down = np.degrees(np.arctan(340.5 / 3600.0))
    assert flat[15, 27] - lobed[15, 27] == pytest.approx(12.0 * ((down - SPEC.tilt_deg) / 10.0) ** 2, abs=0.4)
    steep = coverage(bts.assign(tilt_deg=14.0), frame, spec=SPEC, terrain=hill, clutter_m=None, land=None).rsrp_dbm[0]
    assert steep[15, 18] > lobed[15, 18] + 5.0


def _fitted(**changes: object) -> Correction:
    base = {"name": "x", "model": "p1812", "spacing_m": PIXEL_DEG * 110_946.0, "offset_db": -3.0, "slope_db_per_decade": -2.0,
            "pivot_km": 1.0, "clutter_db": {"tree": -4.0, "crop": 0.0}, "sigma_db": 6.0}  # fmt: skip
    return Correction(**{**base, **changes})


def test_a_calibration_moves_levels_by_offset_slope_and_ground_cover() -> None:
    bts, frame, terrain, clutter, land, _ = _whole()
    bts = bts.assign(technology="4G", status="on_air").iloc[:1]
    codes = Raster(frame, np.where(clutter.values > 0.0, 10, 40), "class")
    cover = cover_correction(codes, read_spec(ClutterSpec, "radio", "clutter"), _fitted())
    arguments = {"terrain": terrain, "clutter_m": clutter, "land": land}
    low = spec(radius_km=6.0, floor_dbm=-160.0)
    plain = coverage(bts, frame, spec=low, **arguments).rsrp_dbm[0]
    moved = coverage(bts, frame, spec=low.model_copy(update={"correction": _fitted()}), cover_db=cover, **arguments)
    row, col = np.nonzero(np.isfinite(plain) & np.isfinite(moved.rsrp_dbm[0]))
    lon, lat = frame.lon_lat(row, col)
    km = distance_km(bts["lon_deg"].iloc[0], bts["lat_deg"].iloc[0], lon, lat)
    expected = -3.0 - 2.0 * np.log10(np.maximum(km, 0.05)) + np.where(clutter.values[row, col] > 0.0, -4.0, 0.0)
    far = km > 0.3
    assert (moved.rsrp_dbm[0] - plain)[row, col][far] == pytest.approx(expected[far], abs=2e-2)
    assert {-4.0, 0.0} == set(np.unique(cover.values))


@pytest.mark.parametrize("changes", [{"spacing_m": 90.0}, {"model": "extended_hata"}])
def test_a_calibration_of_another_model_or_spacing_is_refused(changes: dict[str, object]) -> None:
    frame = grid()
    terrain, clutter, land = ground(frame)
    radio = SPEC.model_copy(update={"correction": _fitted(**changes)})
    with pytest.raises(RadioError, match="calibrate again with this scenario"):
        coverage(stations(frame, 2), frame, spec=radio, terrain=terrain, clutter_m=clutter, land=land)


def test_land_without_height_is_refused_unless_the_planner_says_how_to_fill_it() -> None:
    frame = grid()
    terrain, _, land = ground(frame)
    bts = stations(frame, 4, status="on_air")
    row, col = (int(v[0]) for v in frame.row_col(bts["lon_deg"].to_numpy()[:1], bts["lat_deg"].to_numpy()[:1]))
    height = terrain.values.copy()
    land = land.copy()
    land[row : row + 2, col : col + 3] = True
    height[row : row + 2, col : col + 3] = np.nan
    holed = Raster(frame, height, "m")
    with pytest.raises(RadioError, match="no height on 6 land pixels within reach of sites"):
        coverage(bts, frame, spec=SPEC, terrain=holed, clutter_m=None, land=land)
    for policy in ("nearest", "sea"):
        found = coverage(
            bts, frame, spec=spec(radius_km=6.0, void_policy=policy), terrain=holed, clutter_m=None, land=land
        )
        assert found.n_filled == 6
        assert np.isfinite(found.rsrp_dbm).any()
    height[:] = np.nan
    with pytest.raises(RadioError, match="no height"):
        coverage(
            bts, frame, spec=spec(radius_km=6.0, void_policy="nearest"), terrain=Raster(frame, height, "m"), clutter_m=None,
            land=land,
        )  # fmt: skip


def test_unknown_height_at_sea_is_sea_level() -> None:
    frame = grid()
    terrain, clutter, land = ground(frame)
    bts = stations(frame, 6)
    unknown = Raster(frame, np.where(land, terrain.values, np.nan).astype(np.float32), "m")
    first = coverage(bts, frame, spec=SPEC, terrain=terrain, clutter_m=clutter, land=land)
    assert _equal(coverage(bts, frame, spec=SPEC, terrain=unknown, clutter_m=clutter, land=land), first)


def test_without_terrain_the_fallback_model_is_used_and_named() -> None:
    frame = grid()
    _, _, land = ground(frame)
    found = coverage(stations(frame, 6), frame, spec=SPEC, terrain=None, clutter_m=None, land=land)
    assert found.model == "extended_hata"
    assert np.isfinite(found.rsrp_dbm).any()


def test_stations_off_the_terrain_are_named_and_far_ones_ignored() -> None:
    frame = grid()
    terrain, _, land = ground(frame)
    bts = stations(frame, 3, status="on_air")
    west, _, _, north = frame.bounds_deg
    bts.loc[1, ["lon_deg", "lat_deg"]] = [west - 0.02, north - 0.05]
    bts.loc[2, ["lon_deg", "lat_deg"]] = [west - 5.0, north]
    found = coverage(bts, frame, spec=SPEC, terrain=terrain, clutter_m=None, land=land)
    assert found.left_out == ("b001",)
    assert set(np.unique(found.server)) <= {-1, 0}


def test_no_stations_give_empty_coverage() -> None:
    frame = grid()
    terrain, _, land = ground(frame)
    found = coverage(stations(frame, 3).iloc[:0], frame, spec=SPEC, terrain=terrain, clutter_m=None, land=land)
    assert found.groups == ()
    assert found.rsrp_dbm.shape == (0, *frame.shape)


def test_faulty_calls_are_refused() -> None:
    frame = grid()
    terrain, _, land = ground(frame)
    bts = stations(frame, 3, status="on_air")
    with pytest.raises(RadioError, match="1 stations have no band_mhz"):
        coverage(
            bts.assign(band_mhz=[900.0, np.nan, 900.0]), frame, spec=SPEC, terrain=terrain, clutter_m=None, land=land
        )
    with pytest.raises(RadioError, match=r"radius_km = .* is outside .*one pixel of 300 m"):
        coverage(bts, frame, spec=spec(radius_km=0.1), terrain=terrain, clutter_m=None, land=land)
    with pytest.raises(RadioError, match="land has shape"):
        coverage(bts, frame, spec=SPEC, terrain=terrain, clutter_m=None, land=land[:10])
    line = Grid(121.0, -8.5, PIXEL_DEG, 1, 90)
    with pytest.raises(RadioError, match="at least 2 x 2"):
        coverage(bts, line, spec=SPEC, terrain=Raster(line, np.zeros((1, 90)), "m"), clutter_m=None, land=None)
    other = Raster(Grid(121.0004, -8.5, PIXEL_DEG, 80, 90), terrain.values, "m")
    with pytest.raises(RadioError, match="bring it onto the run's grid first"):
        coverage(bts, frame, spec=SPEC, terrain=other, clutter_m=None, land=land)


def _transmitters(frame: Grid, count: int) -> pd.DataFrame:
    made = stations(
        frame, count, technology="4G", status="on_air", operator="A", bts_id=[f"t{i}" for i in range(count)]
    )
    return made.assign(radius_km=6.0, limit_dbm=-110.0)


def _cells(land: np.ndarray) -> pd.DataFrame:
    row, col = np.nonzero(land)
    pick = np.arange(0, row.size, 3)
    return pd.DataFrame({"row": row[pick], "col": col[pick]})


def test_covers_hold_the_levels_of_coverage_at_the_cells() -> None:
    frame = grid()
    terrain, clutter, land = ground(frame)
    made, cells = _transmitters(frame, 5), _cells(land)
    found = covers(made, cells, grid=frame, spec=SPEC, terrain=terrain, clutter_m=clutter, land=land)
    assert found.indptr.tolist()[0] == 0
    assert found.indptr[-1] == found.indices.size == found.rsrp_dbm.size
    for i in range(len(made)):
        alone = coverage(made.iloc[[i]], frame, spec=SPEC, terrain=terrain, clutter_m=clutter, land=land).rsrp_dbm[0]
        level = alone[cells["row"], cells["col"]]
        indices, levels = found.of(i)
        late = found.disturbing_dbm[found.indptr[i] : found.indptr[i + 1]]
        is_heard = levels >= -110.0
        assert np.array_equal(indices[is_heard], np.flatnonzero(level >= -110.0))
        assert np.array_equal(levels[is_heard], level[indices[is_heard]])
        assert (np.maximum(levels, late) >= -110.0).all()


def test_covers_do_not_depend_on_the_order_of_cells_or_transmitters() -> None:
    frame = grid()
    terrain, clutter, land = ground(frame)
    made, cells = _transmitters(frame, 5), _cells(land)
    arguments = {
        "grid": frame,
        "spec": SPEC,
        "terrain": terrain,
        "clutter_m": clutter,
        "land": land,
    }
    found = covers(made, cells, **arguments)
    order = np.random.default_rng(2).permutation(len(cells))
    shuffled = covers(made.iloc[::-1], cells.iloc[order], **arguments)
    for i in range(len(made)):
        indices, levels = shuffled.of(len(made) - 1 - i)
        back = np.argsort(order[indices])
        assert np.array_equal(order[indices][back], found.of(i)[0])
        assert np.array_equal(levels[back], found.of(i)[1])
        assert (np.diff(indices) > 0).all()


def test_each_transmitter_keeps_its_own_radius_and_height() -> None:
    frame = grid()
    terrain, _, land = ground(frame)
    made, cells = _transmitters(frame, 1), _cells(land)
    pair = pd.concat([made, made.assign(radius_km=2.0, height_m=20.0)], ignore_index=True).assign(limit_dbm=-120.0)
    found = covers(pair, cells, grid=frame, spec=SPEC, terrain=terrain, clutter_m=None, land=land)
    wide, narrow = found.of(0)[0], found.of(1)[0]
    assert 0 < narrow.size < wide.size
    assert set(narrow) <= set(wide)


def test_covers_refuse_voids_and_missing_numbers_and_take_empty_tables() -> None:
    frame = grid()
    terrain, _, land = ground(frame)
    made, cells = _transmitters(frame, 2), _cells(land)
    arguments = {"grid": frame, "spec": SPEC, "clutter_m": None, "land": land}
    with pytest.raises(RadioError, match="2 transmitters have no height_m"):
        covers(made.assign(height_m=np.nan), cells, terrain=terrain, **arguments)
    holed = Raster(frame, np.full(frame.shape, np.nan, np.float32), "m")
    with pytest.raises(RadioError, match="no height"):
        covers(made, cells, terrain=holed, **arguments)
    assert covers(made, cells.iloc[:0], terrain=terrain, **arguments).indptr.tolist() == [0, 0, 0]
    assert covers(made.iloc[:0], cells, terrain=terrain, **arguments).indptr.tolist() == [0]


def test_clutter_heights_come_from_the_classes_and_unknown_codes_are_refused() -> None:
    frame = Grid(121.0, -8.5, PIXEL_DEG, 1, 4)
    table = read_spec(ClutterSpec, "radio", "clutter")
    found = clutter_heights(Raster(frame, np.array([[10, 50, 0, 40]]), "class"), table)
    assert found.values.tolist() == [[15.0, 10.0, 0.0, 0.0]]
    with pytest.raises(RadioError, match=r"codes \[77\]"):
        clutter_heights(Raster(frame, np.array([[10, 77, 0, 40]]), "class"), table)


def test_paths_of_coverage_are_those_of_an_independent_sampling() -> None:
    """Levels again: profile by scipy's interpolation, exact model call, budget by hand; the engine's error shows."""
    from scipy.ndimage import map_coordinates

    bts, frame, terrain, clutter, land, _ = _whole()
    bts = bts.assign(technology="4G", status="on_air", operator="A", azimuth_deg=np.nan).iloc[[3]]
    found = coverage(bts, frame, spec=ROUND, terrain=terrain, clutter_m=clutter, land=land).rsrp_dbm[0]
    lon, lat = float(bts["lon_deg"].iloc[0]), float(bts["lat_deg"].iloc[0])
    row_0, col_0 = (frame.north_deg - lat) / frame.pixel_deg - 0.5, (lon - frame.west_deg) / frame.pixel_deg - 0.5
    rows, cols = np.nonzero(np.isfinite(found))
    wrong, near_wrong = [], []
    for row, col in zip(rows[::37], cols[::37], strict=True):
        lon_m, lat_m = metres_per_degree(lat + (row_0 - row) * frame.pixel_deg / 2.0)
        length_km = float(np.hypot((row - row_0) * lat_m, (col - col_0) * lon_m)) * frame.pixel_deg / 1000.0
        n = max(5, int(length_km / (frame.pixel_deg * 110.946) + 0.5) + 1)
        at = np.stack([np.linspace(row_0, row, n), np.linspace(col_0, col, n)])
        near = tuple(np.floor(at + 0.5).astype(int))
        height = map_coordinates(terrain.values.astype(float), at, order=1, mode="nearest")
        cover, sea = clutter.values[near], ~land[near]
        loss = profile_loss_db(
            np.linspace(0.0, length_km, n),
            height,
            link(float(bts["band_mhz"].iloc[0]), float(bts["height_m"].iloc[0]), latitude_deg=lat),
            clutter_m=np.where(sea, 0.0, cover),
            zone=np.where(sea, 1, 4),
        )
        error = float(found[row, col]) - (58.0 - 10.0 * np.log10(600.0) - loss)
        (near_wrong if length_km < 5 * frame.pixel_deg * 110.9 else wrong).append(error)
    assert len(wrong) > 20
    assert near_wrong == pytest.approx([0.0] * len(near_wrong), abs=2e-3)
    assert np.sqrt(np.mean(np.square(wrong))) < 1.3
    assert abs(np.mean(wrong)) < 0.4


def test_covers_of_some_transmitters_are_theirs_in_the_order_asked() -> None:
    whole = Covers(np.array([0, 2, 2, 5]), np.array([3, 7, 1, 2, 9], np.int32), np.arange(5, dtype=np.float32))
    some = whole.only(np.array([2, 0, 1]))
    assert [some.of(k)[0].tolist() for k in range(3)] == [[1, 2, 9], [3, 7], []]
    assert some.rsrp_dbm.tolist() == [2.0, 3.0, 4.0, 0.0, 1.0]
    assert whole.only(np.zeros(0, np.int64)).indptr.tolist() == [0]


def test_levels_of_a_place_depend_on_its_farthest_antenna_so_a_check_must_hold_them_all() -> None:
    """Rays lie a pixel apart at the farthest reach: alone, an antenna's pixels are sampled on other rays."""
    frame = grid()
    terrain, clutter, land = ground(frame)
    rows, cols = np.nonzero(land)
    demand = pd.DataFrame({"row": rows[::7], "col": cols[::7]})
    base = stations(frame, 1, technology="4G", status="on_air").assign(limit_dbm=-125.0, radius_km=4.0)
    both = pd.concat([base, base.assign(height_m=80.0, radius_km=11.0)], ignore_index=True)
    given = {"grid": frame, "spec": spec(), "terrain": terrain, "clutter_m": clutter, "land": land}
    whole = covers(both, demand, **given).only(np.array([0]))
    again = covers(both.iloc[::-1].reset_index(drop=True), demand, **given).only(np.array([1]))
    assert np.array_equal(whole.rsrp_dbm, again.rsrp_dbm)
    alone = covers(base, demand, **given)
    assert not np.array_equal(whole.rsrp_dbm, alone.rsrp_dbm)


def test_a_mast_with_stations_of_two_radii_has_no_seam() -> None:
    """A station that alone would not reach a tile is followed there as far as its neighbour on the mast."""
    frame = grid()
    terrain, woods, land = ground(frame)
    bts = stations(frame, 8, status="on_air").assign(radius_km=lambda t: np.where(np.arange(len(t)) % 2, 2.0, 9.0))
    bts[["lon_deg", "lat_deg"]] = bts[["lon_deg", "lat_deg"]].to_numpy()[np.arange(8) // 2]
    made = {"spec": spec(radius_km=9.0), "terrain": terrain, "clutter_m": woods, "land": land}
    whole = coverage(bts, frame, **made)
    for row, col in ((0, 0), (0, 45), (40, 0), (40, 45)):
        part = coverage(bts, frame.window(row, col, 40, 45), **made)
        for name in ("rsrp_dbm", "server", "interference_dbm", "carrier_dbm"):
            np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[:, row : row + 40, col : col + 45])
