"""Loads that follow from each other: the fixed point, its bounds, and what each link hears of whom."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from demand_worlds import service_spec
from radio_worlds import grid, ground, spec, stations
from scipy.sparse import csr_matrix

from planner.radio.capacity import busy_weight, hidden_sectors, link_efficiency, sinr_db
from planner.radio.coverage import coverage
from planner.radio.covers import Covers, covers
from planner.radio.link_budget import element_noise_dbm, station_budgets
from planner.service.coupling import Links, coupled_load
from planner.service.links import busy_shares, station_links
from planner.service.load import stations_and_pools

RADIO = spec()


def _world(seed: int, *, asked: float = 1.0) -> Links:
    """A few pools and links with signals from far below to far above what the others send."""
    rng = np.random.default_rng(seed)
    n_pools, n_links = int(rng.integers(1, 7)), int(rng.integers(0, 14))
    is_heard = rng.random((n_links, n_pools)) < 0.7
    return Links(
        pool=rng.integers(0, n_pools, n_links),
        asked_mbps=asked * rng.choice([0.0, 0.3, 4.0, 30.0], n_links),
        signal_mw=10.0 ** rng.uniform(-12.0, -8.0, n_links),
        noise_mw=np.full(n_links, 10.0**-12.3),
        attenuation_share=np.full(n_links, 0.6),
        cap_bps_per_hz=np.full(n_links, 4.4),
        power_mw=csr_matrix(np.where(is_heard, 10.0 ** rng.uniform(-13.0, -8.0, is_heard.shape), 0.0)),
        full_mbps=rng.uniform(3.0, 30.0, n_pools),
        backhaul_share=rng.choice([1.0, 1.0, 0.4, 0.0], n_pools),
    )


def _by_hand(links: Links, rounds: int = 4000) -> list[float]:
    """The fixed point by half steps from the middle, link after link."""
    n = len(links.full_mbps)
    load, power = [0.5] * n, links.power_mw.toarray()
    for _ in range(rounds):
        air = [0.0] * n
        for k in range(len(links.pool)):
            other = sum(load[q] * power[k, q] for q in range(n))
            ratio = max(0.1, links.signal_mw[k] / (other + links.noise_mw[k]))
            air[links.pool[k]] += links.asked_mbps[k] / min(0.6 * math.log2(1.0 + ratio), 4.4)
        needed = [min(1.0, a / c * b) for a, c, b in zip(air, links.full_mbps, links.backhaul_share, strict=True)]
        step = max(abs(a - b) for a, b in zip(needed, load, strict=True))
        load = [(a + b) / 2.0 for a, b in zip(needed, load, strict=True)]
        if step < 1e-12:
            break
    return load


@pytest.mark.parametrize("seed", range(60))
def test_loads_are_the_only_fixed_point_from_above_from_below_and_from_the_middle(seed: int) -> None:
    links = _world(seed)
    found = coupled_load(links, tolerance_share=1e-9, max_rounds=5000)
    assert found.is_converged
    assert found.load_share == pytest.approx(_by_hand(links), abs=1e-6)
    again = np.minimum(1.0, links.needed_share(found.load_share))
    assert again == pytest.approx(found.load_share, abs=1e-6)


@pytest.mark.parametrize("seed", range(60))
def test_more_demand_anywhere_lowers_no_load(seed: int) -> None:
    links = _world(seed, asked=0.4)
    if not links.asked_mbps.size:
        return
    rng = np.random.default_rng(seed + 1)
    more = dataclasses.replace(links, asked_mbps=links.asked_mbps + rng.choice([0.0, 2.0], links.asked_mbps.size))
    before, after = (coupled_load(w, tolerance_share=1e-9, max_rounds=5000).load_share for w in (links, more))
    assert (after >= before - 1e-7).all()
    wider = dataclasses.replace(links, full_mbps=1.5 * links.full_mbps)
    assert (coupled_load(wider, tolerance_share=1e-9, max_rounds=5000).load_share <= before + 1e-7).all()


def test_a_network_nobody_asks_anything_of_is_idle_and_one_asked_for_too_much_is_full() -> None:
    links = _world(3)
    assert coupled_load(dataclasses.replace(links, asked_mbps=0.0 * links.asked_mbps)).load_share.max() == 0.0
    flooded = dataclasses.replace(
        links, asked_mbps=links.asked_mbps + 1e6, backhaul_share=np.ones(links.full_mbps.size)
    )
    full = coupled_load(flooded).load_share
    assert full[np.unique(links.pool)].tolist() == [1.0] * np.unique(links.pool).size


def test_a_lone_cell_sends_for_demand_over_capacity() -> None:
    links = dataclasses.replace(
        _world(0), pool=np.array([0]), asked_mbps=np.array([3.0]), signal_mw=np.array([1e-9]), noise_mw=np.array([1e-10]),
        attenuation_share=np.array([0.6]), cap_bps_per_hz=np.array([4.4]), power_mw=csr_matrix((1, 1)),
        full_mbps=np.array([10.0]), backhaul_share=np.array([1.0]),
    )  # fmt: skip
    assert coupled_load(links).load_share == pytest.approx([3.0 / (10.0 * 0.6 * math.log2(11.0))])
    thin = dataclasses.replace(links, backhaul_share=np.array([0.5]))
    assert coupled_load(thin).load_share == pytest.approx([1.5 / (10.0 * 0.6 * math.log2(11.0))])


def test_what_has_not_converged_says_so_and_stays_above() -> None:
    links = _world(5)
    short = coupled_load(links, tolerance_share=1e-9, max_rounds=1)
    assert not short.is_converged
    assert short.gap_share > 1e-9
    assert (short.load_share >= coupled_load(links, tolerance_share=1e-9, max_rounds=5000).load_share - 1e-9).all()


def _heard(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, Covers]:
    """Stations of two operators on few masts and carriers, and random levels at a few cells."""
    rng = np.random.default_rng(seed)
    n, n_cells = int(rng.integers(1, 9)), int(rng.integers(1, 8))
    bts = stations(
        grid(),
        n,
        seed,
        technology=rng.choice(["4G", "5G"], n),
        status="on_air",
        band_mhz=rng.choice([900.0, 1800.0], n),
    )
    place = rng.integers(0, 3, n)
    bts = bts.assign(lon_deg=121.0 + 0.1 * place, lat_deg=-9.0, backhaul_mbps=rng.choice([np.nan, 0.0, 4.0, 100.0], n))
    bts["n_sectors"] = rng.integers(1, 4, n)
    heard = rng.random((n, n_cells)) < 0.8
    level = rng.uniform(-120.0, -80.0, (n, n_cells)).astype(np.float32)
    late = level + rng.uniform(0.0, 15.0, level.shape).astype(np.float32)
    indptr = np.append(0, np.cumsum(heard.sum(axis=1))).astype(np.int64)
    found = Covers(indptr, np.nonzero(heard)[1].astype(np.int32), level[heard], late[heard])
    return bts, pd.DataFrame({"demand_mbps": rng.uniform(0.0, 9.0, n_cells)}), found


def _links_by_hand(bts: pd.DataFrame, cells: pd.DataFrame, heard: Covers, place: str) -> dict[tuple[str, int], tuple]:
    """Operator and cell → server, demand, signal, and power by pool: in plain loops, from the words."""
    rows, pool = bts.to_dict(orient="records"), stations_and_pools(bts)[1]
    budgets = station_budgets(bts, RADIO, 300.0)
    limit = budgets.limit_dbm if place == "outdoor" else budgets.indoor_limit_dbm
    wall = (budgets.indoor_limit_dbm - budgets.limit_dbm) * (place == "indoor")
    found = {}
    for cell in range(len(cells)):
        at = {}
        for k in range(len(rows)):
            mine, _ = heard.of(k)
            if cell in mine:
                e = heard.indptr[k] + int(np.flatnonzero(mine == cell)[0])
                at[k] = float(heard.rsrp_dbm[e]), float(heard.disturbing_dbm[e])
        for operator in sorted(set(bts["operator"])):
            mine = [k for k in at if rows[k]["operator"] == operator]
            if not mine:
                continue
            s = min(mine, key=lambda k: (-at[k][0], rows[k]["bts_id"]))
            if at[s][0] < limit[s]:
                continue
            same = [k for k in mine if all(rows[k][c] == rows[s][c] for c in ("technology", "band_mhz")) and k != s]
            power = np.zeros(pool.max() + 1)
            for mast in {rows[k]["lon_deg"] for k in same}:
                is_own = mast == rows[s]["lon_deg"]
                there = [k for k in same if rows[k]["lon_deg"] == mast]
                drawn = [k for k in there if np.isnan(rows[k]["azimuth_deg"])]
                if is_own and np.isnan(rows[s]["azimuth_deg"]):
                    drawn = []
                elif drawn:
                    drawn = [max(drawn, key=lambda k: at[k][0 if is_own else 1])]
                for k in [k for k in there if not np.isnan(rows[k]["azimuth_deg"])] + drawn:
                    power[pool[k]] += 10 ** ((at[k][0 if is_own else 1] - wall[s]) / 10)
            signal = 10 ** ((at[s][0] - wall[s]) / 10)
            if np.isnan(rows[s]["azimuth_deg"]):
                power[pool[s]] += (rows[s]["n_sectors"] - 1) * signal / 10 ** (RADIO.front_back_db / 10)
            found[operator, cell] = s, signal, power
    n_operators = {c: sum(key[1] == c for key in found) for c in range(len(cells))}
    asked = cells["demand_mbps"].tolist()
    return {key: (*value, asked[key[1]] / n_operators[key[1]]) for key, value in found.items()}


@pytest.mark.parametrize("seed", range(50))
@pytest.mark.parametrize("place", ["outdoor", "indoor"])
def test_links_are_those_of_plain_loops(seed: int, place: str) -> None:
    bts, cells, heard = _heard(seed)
    wanted = _links_by_hand(bts, cells, heard, place)
    links, pool = station_links(bts, cells, heard, radio=RADIO, spec=service_spec(place=place), pixel_m=300.0)
    operator = bts["operator"].to_numpy()
    key = sorted(wanted)
    assert len(links.pool) == len(key)
    order = [key.index(k) for k in key]
    assert links.pool.tolist() == [pool[wanted[k][0]] for k in (key[i] for i in order)]
    assert links.signal_mw == pytest.approx([wanted[k][1] for k in key], rel=1e-5)
    assert links.asked_mbps == pytest.approx([wanted[k][3] for k in key])
    if key:
        assert links.power_mw.toarray() == pytest.approx(np.array([wanted[k][2] for k in key]), rel=1e-5)
    for p in range(int(pool.max()) + 1):
        first = int(np.flatnonzero(pool == p)[0])
        mast = [
            k for k in range(len(bts)) if operator[k] == operator[first] and bts["lon_deg"][k] == bts["lon_deg"][first]
        ]
        stated = bts["backhaul_mbps"].to_numpy()[mast]
        demand = sum(w[3] for w in wanted.values() if w[0] in mast)
        let = 1.0 if np.isnan(stated).all() or demand <= np.nanmax(stated) else np.nanmax(stated) / demand
        assert links.backhaul_share[p] == pytest.approx(let)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("late_percent", [10.0, 50.0])
def test_coverage_weighs_interference_by_the_loads_that_the_links_weigh(seed: int, late_percent: float) -> None:
    """Interference of coverage with iterated loads is what the links hear of the pools at these loads."""
    radio = spec(radius_km=15.0, interference_time_percent=late_percent)
    frame = grid(50, 55)
    terrain, woods, land = ground(frame, seed + 3)
    bts = stations(frame, 14, seed, technology="4G", status="on_air", n_sectors=3).assign(backhaul_mbps=np.nan)
    bts.loc[3:6, ["lon_deg", "lat_deg"]] = bts.loc[3, ["lon_deg", "lat_deg"]].to_numpy(dtype=float)
    rows, cols = (v[::7] for v in np.nonzero(land))
    lon, lat = frame.lon_lat(rows, cols)
    cells = pd.DataFrame({"row": rows, "col": cols, "lon_deg": lon, "lat_deg": lat, "demand_mbps": 0.2})
    sent = bts.assign(radius_km=15.0, limit_dbm=-200.0)
    made = {"spec": radio, "terrain": terrain, "clutter_m": woods, "land": land}
    heard = covers(sent, cells, grid=frame, **made)
    busy, found = busy_shares(bts, cells, heard, radio=radio, spec=service_spec(), pixel_m=frame.pixel_m)
    assert found.is_converged
    assert 0.0 <= busy.min() < busy.max() <= 1.0
    plain = coverage(bts, frame, **made)
    same = coverage(bts.assign(busy_share=radio.load_share), frame, **made)
    np.testing.assert_array_equal(plain.interference_dbm, same.interference_dbm)
    np.testing.assert_array_equal(plain.carrier_dbm, same.carrier_dbm)
    seen = coverage(bts.assign(busy_share=busy), frame, **made)
    np.testing.assert_array_equal(plain.server, seen.server)
    links, pool = station_links(bts, cells, heard, radio=radio, spec=service_spec(), pixel_m=frame.pixel_m)
    load = np.zeros(int(pool.max()) + 1)
    load[pool] = busy
    limit = station_budgets(bts, radio, frame.pixel_m).limit_dbm
    link = 0
    for k in range(len(seen.groups)):
        server, level = seen.server[k, rows, cols], seen.rsrp_dbm[k, rows, cols]
        for cell in np.flatnonzero((server >= 0) & (level >= np.append(limit, np.inf)[server])):
            row = bts.iloc[server[cell]]
            sectors = hidden_sectors(row["n_sectors"], row["azimuth_deg"], busy[server[cell]], radio)
            other = seen.interference_dbm[k, rows[cell], cols[cell]]
            ratio = sinr_db(level[cell], other, "4G", spec=radio, n_sectors=sectors)
            noise = 10 ** (element_noise_dbm(radio.noise_figure_db) / 10)
            mine = links.signal_mw[link] / ((links.power_mw[link] @ load)[0] + noise)
            if ratio < 30.0:  # fainter interference is lost in the rounding of coverage's sum
                assert 10 * np.log10(mine) == pytest.approx(float(ratio), abs=0.05)
            link += 1
    assert link == len(links.pool) > 100


def test_weights_are_one_where_all_send_as_long_and_where_nobody_does() -> None:
    assert busy_weight([0.5, 0.0, 1.0], RADIO).tolist() == [1.0, 0.0, 2.0]
    assert busy_weight([0.0, 0.0], spec(load_share=0.0)).tolist() == [1.0, 1.0]
    assert hidden_sectors([3, 3, 1], [np.nan, 120.0, np.nan], [1.0, 1.0, 1.0], RADIO).tolist() == [5.0, 1.0, 1.0]
    assert float(link_efficiency(-10.0, "4G", spec=RADIO)) == pytest.approx(
        0.6 * math.log2(1.1)
    )  # the floor of the links
