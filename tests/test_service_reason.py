"""Reason of a pixel: who is heard, and losses that add up to the level."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from demand_worlds import service_spec
from radio_worlds import PIXEL_DEG, grid, ground, spec, stations

from planner.grid import Grid, Raster
from planner.radio.coverage import coverage
from planner.radio.inspection import ground_profile
from planner.schema import TABLES, check_frame
from planner.service import judge, server_table, signal_at_cells
from planner.service.reason import loss_steps, reason_at
from planner.specs.radio import Correction

RADIO = spec(radius_km=6.0)
NOBODY = pd.DataFrame({name: pd.Series(dtype="float64") for name in ("demand_mbps", "capacity_mbps", "load_share", "served_share", "efficiency_bps_per_hz")}).assign(bts_id=pd.Series(dtype="str"), limit=pd.Series(dtype="str"))  # fmt: skip


def _world() -> tuple[pd.DataFrame, Grid, Raster, Raster, np.ndarray]:
    frame = grid()
    terrain, clutter, land = ground(frame)
    bts = stations(frame, 10, technology="4G", status="on_air").assign(tilt_deg=np.nan, mechanical_tilt_deg=np.nan)
    return bts, frame, terrain, clutter, land


def _servers(bts: pd.DataFrame, radio: object = RADIO) -> pd.DataFrame:
    made = server_table(bts, NOBODY, radio=radio, pixel_m=PIXEL_DEG * 110_946.0)
    return check_frame(made, TABLES["servers"], "servers")


def test_the_exact_profile_of_a_server_gives_the_level_of_the_raster() -> None:
    bts, frame, terrain, clutter, land = _world()
    found = coverage(bts, frame, spec=RADIO, terrain=terrain, clutter_m=clutter, land=land)
    servers = _servers(bts)
    flat_sea = Raster(frame, np.where(land, terrain.values, 0.0).astype(np.float32), "m")
    rows, cols = np.nonzero((found.server[0] >= 0) | (found.server[1] >= 0))
    off = []
    for row, col in zip(rows[::211].tolist(), cols[::211].tolist(), strict=True):
        reason = reason_at(found, servers, (row, col), radio=RADIO)
        best = reason.heard[0]
        assert best.rsrp_dbm == max(item.rsrp_dbm for item in reason.heard)
        if best.distance_km < 0.3:
            continue
        tower = float(bts["lon_deg"].iloc[best.station]), float(bts["lat_deg"].iloc[best.station])
        n = max(5, int(best.distance_km / (PIXEL_DEG * 110.946) + 0.5) + 1)
        profile = ground_profile(flat_sea, tower, (reason.lon_deg, reason.lat_deg), clutter=clutter, n_points=n)
        steps = {step.key: step for step in loss_steps(best, servers, RADIO, profile=profile)}
        changed = sum(step.value for step in steps.values() if step.kind == "change")
        assert steps["zero_loss"].value + changed == pytest.approx(steps["received"].value)
        off.append(steps["received"].value - best.rsrp_dbm)
    assert len(off) > 15
    assert np.sqrt(np.mean(np.square(off))) < 2.5
    assert abs(np.median(off)) < 0.3


def test_without_terrain_the_rest_of_the_model_is_one_step() -> None:
    bts, frame, _, _, land = _world()
    found = coverage(bts, frame, spec=RADIO, terrain=None, clutter_m=None, land=land)
    servers = _servers(bts)
    row, col = (int(v[0]) for v in np.nonzero(found.server[0] >= 0))
    best = reason_at(found, servers, (row, col), radio=RADIO).heard[0]
    steps = {step.key: step.value for step in loss_steps(best, servers, RADIO, profile=None)}
    assert steps["received"] == best.rsrp_dbm
    free = 32.45 + 20 * np.log10(best.band_mhz) + 20 * np.log10(best.distance_km)
    assert steps["free_space"] == pytest.approx(-free)
    assert steps["zero_loss"] + steps["free_space"] + steps["pattern"] + steps["rest"] == pytest.approx(best.rsrp_dbm)


def test_a_fitted_correction_is_a_step_of_its_own() -> None:
    bts, frame, terrain, clutter, _ = _world()
    found = coverage(bts, frame, spec=RADIO, terrain=terrain, clutter_m=clutter, land=None)
    row, col = (int(v[0]) for v in np.nonzero(found.server[0] >= 0))
    best = reason_at(found, _servers(bts), (row, col), radio=RADIO).heard[0]
    fitted = Correction(
        name="x", model="p1812", spacing_m=300.0, offset_db=-4.0, slope_db_per_decade=0.0, pivot_km=1.0,
        clutter_db={"tree": -3.0}, sigma_db=6.0,
    )  # fmt: skip
    radio = RADIO.model_copy(update={"correction": fitted})
    steps = {step.key: step.value for step in loss_steps(best, _servers(bts, radio), radio, profile=None, cover="tree")}
    assert steps["calibration"] == -7.0


def test_where_nobody_is_heard_the_reason_is_empty() -> None:
    bts, frame, terrain, clutter, land = _world()
    found = coverage(bts.iloc[:1], frame, spec=RADIO, terrain=terrain, clutter_m=clutter, land=land)
    row, col = (int(v[0]) for v in np.nonzero((found.server < 0).all(axis=0)))
    reason = reason_at(found, _servers(bts), (row, col), radio=RADIO)
    assert reason.heard == ()
    assert reason.cell is None
    assert replace(reason, row=0).to_json()["heard"] == []


@pytest.mark.parametrize("place", ["outdoor", "indoor"])
def test_a_pixel_is_told_what_service_says_of_its_cell(place: str) -> None:
    bts, frame, terrain, clutter, land = _world()
    bts = bts.assign(backhaul_mbps=np.nan, n_sectors=3)
    found = coverage(bts, frame, spec=RADIO, terrain=terrain, clutter_m=clutter, land=land)
    rows, cols = (v[::97] for v in np.nonzero(land))
    lon, lat = frame.lon_lat(rows, cols)
    cells = pd.DataFrame({"cell_id": np.arange(rows.size), "lon_deg": lon, "lat_deg": lat, "demand_mbps": 0.5})
    service, _ = judge(
        cells, bts, signal_at_cells(found, cells), confidence_share=np.ones(rows.size), radio=RADIO,
        spec=service_spec(place=place), pixel_m=PIXEL_DEG * 110_946.0,
    )  # fmt: skip
    n = 0
    for row, col, told in zip(rows.tolist(), cols.tolist(), service.itertuples(index=False), strict=True):
        reason = reason_at(found, _servers(bts), (row, col), radio=RADIO, is_indoor=place == "indoor")
        wide = [item for item in reason.heard if item.kind == "broadband"]
        assert sum(item.margin_db >= 0.0 for item in wide) == told.n_operators
        if wide:
            n += 1
            assert wide[0].bts_id == told.server_bts_id
            said = wide[0].rsrp_dbm, wide[0].sinr_db, wide[0].probability_share
            assert said == pytest.approx((told.rsrp_dbm, told.sinr_db, told.probability_share), abs=1e-4)
    assert n > 20
