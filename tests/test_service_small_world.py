"""Three stations on six by six pixels, everything by hand: profiles one by one, powers, rates, shares."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from demand_worlds import service_spec
from radio_worlds import PIXEL_DEG, spec

from planner.geo import metres_per_degree
from planner.grid import Grid, Raster
from planner.radio.antenna import Mount, pattern_loss_db, pattern_of
from planner.radio.coverage import coverage
from planner.radio.link import RadioLink
from planner.radio.profile import profile_loss_db
from planner.service import judge, signal_at_cells
from planner.units import THERMAL_NOISE_DBM_PER_HZ

SIDE = 6
FRAME = Grid(121.0, -8.5, PIXEL_DEG, SIDE, SIDE)
RADIO = spec(radius_km=5.0)


def _world(seed: int) -> tuple[np.ndarray, pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    at = rng.choice(SIDE * SIDE, 3, replace=False)
    lon, lat = FRAME.lon_lat(at // SIDE, at % SIDE)
    bts = pd.DataFrame({
        "bts_id": ["c", "a", "b"], "operator": rng.choice(["X", "Y"], 3, p=[0.7, 0.3]), "technology": "4G", "status": "on_air",
        "band_mhz": 900.0, "height_m": rng.choice([20.0, 42.0], 3), "power_dbm": rng.choice([-8.0, 3.0], 3), "gain_dbi": 2.0,
        "azimuth_deg": np.nan, "bandwidth_mhz": 10.0, "n_sectors": 1.0, "backhaul_mbps": np.nan, "lon_deg": lon, "lat_deg": lat,
    })  # fmt: skip
    return rng.uniform(0.0, 250.0, FRAME.shape).astype(np.float32), bts, at


def _profile(height: np.ndarray, start: tuple[int, int], stop: tuple[int, int], km: float) -> np.ndarray:
    n = max(5, int(km / (FRAME.pixel_m / 1000.0) + 0.5) + 1)
    rows, cols = np.linspace(start[0], stop[0], n), np.linspace(start[1], stop[1], n)
    top, left = np.minimum(rows.astype(int), SIDE - 2), np.minimum(cols.astype(int), SIDE - 2)
    down, right = rows - top, cols - left
    upper = height[top, left] * (1 - right) + height[top, left + 1] * right
    lower = height[top + 1, left] * (1 - right) + height[top + 1, left + 1] * right
    return np.asarray(upper * (1 - down) + lower * down, dtype=np.float64)


def _level(height: np.ndarray, row: pd.Series, place: tuple[int, int], pixel: tuple[int, int], percent: float) -> float:
    """Level by one profile: what a port sends over 600 elements, less pattern and loss."""
    mean_lat = float(row["lat_deg"]) + 0.5 * (place[0] - pixel[0]) * PIXEL_DEG
    lon_m, lat_m = metres_per_degree(np.array([mean_lat]))
    km = math.hypot((pixel[0] - place[0]) * lat_m[0], (pixel[1] - place[1]) * lon_m[0]) * PIXEL_DEG / 1000.0
    ground = _profile(height, place, pixel, max(km, 0.25))
    link = RadioLink(900.0, row["height_m"], 1.5, RADIO.delta_n, RADIO.n0, row["lat_deg"], percent)
    loss = profile_loss_db(np.linspace(0.0, max(km, 1e-3), ground.size), ground, link)
    rise = ground[-1] + 1.5 - ground[0] - row["height_m"]
    angle = math.degrees(math.atan(rise / (1000.0 * max(km, 1e-3))))
    pattern = float(pattern_loss_db(0.0, angle, Mount(np.nan, RADIO.tilt_deg), pattern_of(RADIO)))
    return float(row["power_dbm"] + row["gain_dbi"] - 10 * math.log10(600.0) - pattern - loss)


@pytest.mark.parametrize("seed", range(8))
def test_service_of_a_small_world_is_that_of_plain_sums(seed: int) -> None:
    height, bts, at = _world(seed)
    found = coverage(bts, FRAME, spec=RADIO, terrain=Raster(FRAME, height, "m"), clutter_m=None, land=None)
    rows, cols = (v.ravel() for v in np.indices(FRAME.shape))
    lon, lat = FRAME.lon_lat(rows, cols)
    demand = np.random.default_rng(seed + 50).uniform(0.0, 3.0, rows.size)
    cells = pd.DataFrame({"cell_id": np.arange(rows.size), "lon_deg": lon, "lat_deg": lat, "demand_mbps": demand})
    service, load = judge(
        cells, bts, signal_at_cells(found, cells), confidence_share=np.ones(rows.size), radio=RADIO, spec=service_spec(),
        pixel_m=FRAME.pixel_m,
    )  # fmt: skip
    level, late = (
        [[_level(height, bts.iloc[k], divmod(int(at[k]), SIDE), (r, c), p) for r, c in zip(rows.tolist(), cols.tolist(), strict=True)] for k in range(3)]
        for p in (50.0, 10.0)
    )  # fmt: skip
    noise = 10 ** ((THERMAL_NOISE_DBM_PER_HZ + 10 * math.log10(15e3) + RADIO.noise_figure_db) / 10)
    air, asked, parts = [0.0] * 3, [0.0] * 3, []
    for i in range(rows.size):
        rates = {}
        for operator in sorted(set(bts["operator"])):
            mine = [k for k in range(3) if bts["operator"][k] == operator]
            best = max(mine, key=lambda k: (level[k][i], -ord(bts["bts_id"][k])))
            g = [group.operator for group in found.groups].index(operator)
            if level[best][i] < RADIO.floor_dbm + 1.5:
                assert not found.rsrp_dbm[g, rows[i], cols[i]] >= RADIO.floor_dbm + 3.0
                continue
            assert found.rsrp_dbm[g, rows[i], cols[i]] == pytest.approx(level[best][i], abs=1.5)  # the sweep
            ranked = sorted(level[k][i] for k in mine)
            if len(ranked) < 2 or ranked[-1] - ranked[-2] > 3.0:
                assert found.server[g, rows[i], cols[i]] == best
            best = int(found.server[g, rows[i], cols[i]])
            other = sum(10 ** (late[k][i] / 10) for k in mine if k != best)
            ratio = 10 ** (level[best][i] / 10) / (0.5 * other + noise)
            if level[best][i] >= RADIO.threshold_dbm and 10 * math.log10(ratio) >= -10.0:
                rates[best] = min(0.6 * math.log2(1 + ratio), 4.4)
        for k, rate in rates.items():
            asked[k] += demand[i] / len(rates)
            air[k] += demand[i] / len(rates) / rate
        parts.append(list(rates))
    share = [min(1.0, 9.0 * 0.75 / air[k]) if air[k] > 0.0 else 1.0 for k in range(3)]  # 50 blocks of 180 kHz
    served = [sum(share[k] for k in part) / len(part) if part else 0.0 for part in parts]
    assert service["served_share"].to_numpy() == pytest.approx(served, abs=0.02)
    carried = float((service["served_share"] * demand).sum())
    assert carried <= demand.sum() + 1e-9  # nobody is served twice
    assert carried == pytest.approx(float((load["demand_mbps"] * load["served_share"]).sum()), rel=1e-6)
    assert load.set_index("bts_id")["demand_mbps"].reindex(bts["bts_id"]).to_numpy() == pytest.approx(asked, abs=0.05)


def test_a_world_without_stations_serves_nobody() -> None:
    height, bts, _ = _world(0)
    none = bts.iloc[:0]
    found = coverage(none, FRAME, spec=RADIO, terrain=Raster(FRAME, height, "m"), clutter_m=None, land=None)
    lon, lat = FRAME.lon_lat(np.arange(SIDE), np.arange(SIDE))
    cells = pd.DataFrame({"cell_id": np.arange(SIDE), "lon_deg": lon, "lat_deg": lat, "demand_mbps": 1.0})
    service, load = judge(
        cells, none, signal_at_cells(found, cells), confidence_share=np.ones(SIDE), radio=RADIO, spec=service_spec(),
        pixel_m=FRAME.pixel_m,
    )  # fmt: skip
    assert service["served_share"].sum() == 0.0
    assert not len(load)
    assert set(service["level"]) == {"unserved"}
