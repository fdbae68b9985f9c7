"""Levels of service against a plain oracle, and the properties that hold and do not hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from demand_worlds import bts, cells, grid, radio_spec, service_spec, signal
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.radio.building import building_entry_loss_db
from planner.radio.capacity import cell_capacity_mbps
from planner.radio.coverage import Coverage, CoverageGroup
from planner.radio.link_budget import uplink_limit_dbm
from planner.schema import TABLES, check_frame
from planner.service import SignalAtCells, join_signals, judge, server_table, signal_at_cells
from planner.service.harm import with_interference
from planner.units import THERMAL_NOISE_DBM_PER_HZ

RADIO, SPEC = radio_spec(), service_spec()
GROUPS = [("A", "broadband"), ("A", "inactive"), ("A", "legacy"), ("B", "broadband")]


def judged(demand, stations, heard, confidence=1.0, *, radio=RADIO, spec=SPEC):
    n = heard.server.shape[1]
    world = cells(n, demand_mbps=np.broadcast_to(np.asarray(demand, dtype=float), n).copy())
    share = np.broadcast_to(np.asarray(confidence, dtype=float), n)
    service, load = judge(world, stations, heard, confidence_share=share, radio=radio, spec=spec, pixel_m=1000.0)
    check_frame(service, TABLES["service"], "service")
    check_frame(load, TABLES["bts_load"], "bts_load")
    return service, load


def random_network(seed: int):
    """A few stations of two operators, in shared and own places, and their signal at a few cells."""
    rng = np.random.default_rng(seed)
    n_bts, n_cells = int(rng.integers(1, 7)), int(rng.integers(1, 9))
    technology = rng.choice(["2G", "3G", "4G", "5G"], n_bts, p=[0.15, 0.1, 0.6, 0.15])
    status = rng.choice(["on_air", "inactive"], n_bts, p=[0.8, 0.2])
    stations = bts(
        n_bts,
        operator=rng.choice(["A", "B"], n_bts).tolist(),
        technology=technology.tolist(),
        status=status.tolist(),
        bandwidth_mhz=rng.choice([5.0, 10.0, 20.0], n_bts),
        n_sectors=rng.integers(1, 4, n_bts).astype(float),
        backhaul_mbps=rng.choice([np.nan, 2.0, 8.0, 30.0, 500.0], n_bts),
        azimuth_deg=rng.choice([np.nan, 0.0, 120.0], n_bts),
        lon_deg=120.0 + 0.01 * rng.integers(0, 3, n_bts),
    )
    kinds = np.where(
        status == "inactive", "inactive", np.where(np.isin(technology, ("4G", "5G")), "broadband", "legacy")
    )
    groups = sorted(set(zip(stations["operator"], kinds, strict=True)))
    server = np.full((len(groups), n_cells), -1)
    for g, (operator, kind) in enumerate(groups):
        own = np.flatnonzero((stations["operator"] == operator) & (kinds == kind))
        server[g] = np.where(rng.random(n_cells) < 0.7, rng.choice(own, n_cells), -1)
    level = rng.uniform(-125.0, -80.0, server.shape)
    other = np.where(rng.random(server.shape) < 0.3, np.nan, level + rng.uniform(-30.0, 16.0, server.shape))
    demand = rng.uniform(0.0, 60.0, n_cells) * (rng.random(n_cells) < 0.9)
    return stations, signal(groups, server.tolist(), level, other), demand, rng.random(n_cells)


def heard_by_kind(rows, heard, i):
    """Station of each operator that reaches cell ``i``, by kind."""
    found = {"broadband": {}, "legacy": {}, "inactive": {}}
    for g, group in enumerate(heard.groups):
        row = int(heard.server[g, i])
        if row >= 0:
            is_new = rows[row]["technology"] in ("4G", "5G")
            limit = RADIO.legacy_threshold_dbm
            if is_new:  # the weaker direction decides: narrow carriers reach farther down than a handset reaches up
                kind = {name: rows[row][name] for name in ("technology", "bandwidth_mhz")}
                limit = max(RADIO.threshold_dbm, uplink_limit_dbm(**kind, port_power_dbm=43.0, spec=RADIO))
            if float(heard.rsrp_dbm[g, i]) >= limit:
                found[group.kind][group.operator] = row
    return found


def efficiency_by_hand(row, level_dbm, other_dbm):
    """b/s/Hz of a link from its powers in milliwatts: 3GPP TR 36.942 annex A.2 on S / (load·I + N)."""
    noise = 10 ** (
        (THERMAL_NOISE_DBM_PER_HZ + 10 * np.log10(15e3 if row["technology"] == "4G" else 30e3) + RADIO.noise_figure_db)
        / 10
    )
    power = 10 ** (level_dbm / 10)
    hidden = (row["n_sectors"] - 1) * power / 10 ** (RADIO.front_back_db / 10) if np.isnan(row["azimuth_deg"]) else 0.0
    other = 0.0 if np.isnan(other_dbm) else 10 ** (other_dbm / 10)
    ratio = power / (RADIO.load_share * (other + hidden) + noise)
    if ratio < 0.1:
        return 0.0
    return min(0.6 * np.log2(1 + ratio), {"4G": 4.4, "5G": 7.4}[row["technology"]])


def carried_shares(rows, load, air):
    """Share of its load that each 4G or 5G station's cells carry, and of that its backhaul."""
    on_air = [r for r, row in enumerate(rows) if row["technology"] in ("4G", "5G") and row["status"] == "on_air"]

    def place(row):
        return rows[row]["operator"], rows[row]["lon_deg"], rows[row]["lat_deg"]

    def bearing(row):
        return place(row), "omni" if np.isnan(rows[row]["azimuth_deg"]) else rows[row]["azimuth_deg"]

    def mbps(row, efficiency):
        kind = rows[row]
        at_mean = float(cell_capacity_mbps(kind["bandwidth_mhz"], kind["n_sectors"], kind["technology"], spec=RADIO))
        return at_mean * efficiency / (0.6 * np.log2(11.0))  # 10 dB

    radio, backhaul = {}, {}
    for r in on_air:
        pool = [q for q in on_air if bearing(q) == bearing(r)]
        asked, spent = sum(load[q] for q in pool), sum(air[q] for q in pool)
        radio[r] = min(1.0, sum(mbps(q, asked / spent) for q in pool) / asked) if asked > 0 else 1.0
    for r in on_air:
        site = [q for q in on_air if place(q) == place(r)]
        stated = [rows[q]["backhaul_mbps"] for q in site if not np.isnan(rows[q]["backhaul_mbps"])]
        carried = sum(load[q] * radio[q] for q in site)
        backhaul[r] = min(1.0, max(stated) / carried) if stated and carried > 0 else 1.0
    return radio, backhaul


def oracle(stations, heard, demand, confidence):
    """Level, cause and share of each cell in plain Python, from the words of DESIGN §7."""
    rows = stations.to_dict(orient="records")
    covers = [heard_by_kind(rows, heard, i) for i in range(len(demand))]
    number = {group.operator: g for g, group in enumerate(heard.groups) if group.kind == "broadband"}
    carrying = []
    for i, found in enumerate(covers):
        links = {}
        for operator, row in found["broadband"].items():
            g = number[operator]
            links[row] = efficiency_by_hand(rows[row], float(heard.rsrp_dbm[g, i]), float(heard.interference_dbm[g, i]))
        carrying.append({row: efficiency for row, efficiency in links.items() if efficiency > 0.0})
    load, air = [0.0] * len(rows), [0.0] * len(rows)
    for i, links in enumerate(carrying):
        for row, efficiency in links.items():
            load[row] += demand[i] / len(links)
            air[row] += demand[i] / len(links) / efficiency
    radio, backhaul = carried_shares(rows, load, air)
    answers = []
    for i, found in enumerate(covers):
        servers = list(carrying[i])
        if servers:
            share = sum(radio[r] * backhaul[r] for r in servers) / len(servers)
            lost_radio = sum(1 - radio[r] for r in servers)
            lost_backhaul = sum(radio[r] * (1 - backhaul[r]) for r in servers)
            capacity = "backhaul_capacity" if lost_backhaul > lost_radio else "cell_capacity"
            answers.append(("served", "", share) if share >= 0.5 else ("limited", capacity, share))
        elif found["broadband"]:
            answers.append(("limited", "cell_capacity", 0.0))
        elif found["legacy"]:
            answers.append(("limited", "inactive_site" if found["inactive"] else "technology", 0.0))
        elif confidence[i] < SPEC.confidence_threshold_share:
            answers.append(("unknown", "no_data", 0.0))
        else:
            answers.append(("unserved", "inactive_site" if found["inactive"] else "signal", 0.0))
    return answers


@given(seed=st.integers(0, 100_000))
@settings(max_examples=80, deadline=None)
def test_judgement_agrees_with_the_oracle(seed):
    stations, heard, demand, confidence = random_network(seed)
    service, load = judged(demand, stations, heard, confidence)
    expected = oracle(stations, heard, demand, confidence)
    assert service["served_share"].to_numpy() == pytest.approx([answer[2] for answer in expected], rel=1e-5)
    clear = np.abs(service["served_share"] - 0.5) > 1e-6  # a share of one half to the last bit is a matter of rounding
    found = list(zip(service["level"], service["cause"], strict=True))
    assert [f for f, c in zip(found, clear, strict=True) if c] == [
        e[:2] for e, c in zip(expected, clear, strict=True) if c
    ]
    carried = (demand * service["served_share"]).sum()
    assert carried <= load["radio_mbps"].sum() + 1e-6  # nobody is served twice
    assert (service["served_share"] <= 1.0).all()
    is_short = (service["level"] == "served") & (service["served_share"] < 1.0)
    assert (service.loc[is_short, "rest_cause"].isin(["cell_capacity", "backhaul_capacity"])).all()
    assert (service.loc[~is_short, "rest_cause"] == "").all()
    assert (service.loc[~service["level"].isin(["served", "limited"]), "served_share"] == 0.0).all()


@given(seed=st.integers(0, 100_000), which=st.sampled_from(["bandwidth_mhz", "backhaul_mbps"]))
@settings(max_examples=25, deadline=None)
def test_more_capacity_never_carries_less_and_lowers_nobody_on_another_tower(seed, which):
    stations, heard, demand, confidence = random_network(seed)
    before, _ = judged(demand, stations, heard, confidence)
    grown = stations.copy()
    row = seed % len(stations)
    grown.loc[row, which] = 20.0 if which == "bandwidth_mhz" else grown.loc[row, which] * 2
    after, _ = judged(demand, grown, heard, confidence)
    assert (demand * after["served_share"]).sum() >= (demand * before["served_share"]).sum() - 1e-9
    alone = not stations.duplicated(["operator", "lon_deg", "lat_deg"], keep=False)[row]
    if alone or which == "backhaul_mbps":  # carriers of one tower share its backhaul: one may take from the other
        assert (after["served_share"] >= before["served_share"] - 1e-9).all()


def test_a_wider_carrier_may_take_backhaul_from_its_neighbour_on_the_tower():
    stations, heard, demand, confidence = random_network(1192)
    before, _ = judged(demand, stations, heard, confidence)
    after, _ = judged(demand, stations.assign(bandwidth_mhz=[20.0, *stations["bandwidth_mhz"][1:]]), heard, confidence)
    assert (after["served_share"] < before["served_share"] - 1e-3).any()
    assert (demand * after["served_share"]).sum() >= (demand * before["served_share"]).sum() - 1e-9


@given(seed=st.integers(0, 100_000))
@settings(max_examples=25, deadline=None)
def test_less_demand_somewhere_lowers_nobody(seed):
    stations, heard, demand, confidence = random_network(seed)
    before, _ = judged(demand, stations, heard, confidence)
    less = demand.copy()
    less[seed % len(less)] *= 0.3
    after, _ = judged(less, stations, heard, confidence)
    assert (after["served_share"] >= before["served_share"] - 1e-9).all()


@given(seed=st.integers(0, 100_000))
@settings(max_examples=20, deadline=None)
def test_an_operator_that_reaches_only_uncovered_cells_lowers_nobody(seed):
    stations, heard, demand, confidence = random_network(seed)
    before, _ = judged(demand, stations, heard, confidence)
    new = bts(1, bts_id=["new"], operator="C", lon_deg=[121.0])
    joined = pd.concat([stations, new], ignore_index=True)
    is_free = (before["n_operators"] == 0).to_numpy()
    row = np.where(is_free, len(stations), -1)
    groups = [(g.operator, g.kind) for g in heard.groups] + [("C", "broadband")]
    level = np.vstack([heard.rsrp_dbm, np.full(len(demand), -90.0)])
    other = np.vstack([heard.interference_dbm, np.full(len(demand), np.nan)])
    after, _ = judged(demand, joined, signal(groups, [*heard.server.tolist(), row.tolist()], level, other), confidence)
    assert (after["served_share"] >= before["served_share"] - 1e-9).all()
    assert set(after.loc[is_free, "level"]) <= {"served", "limited"}


def test_a_new_station_may_lower_the_share_of_covered_cells():
    """Known and documented: an even split sends half of the users to a newcomer that cannot carry them."""
    good = bts(2, operator=["A", "B"], bandwidth_mhz=[20.0, 5.0], n_sectors=[3.0, 1.0], backhaul_mbps=[np.nan, 1.0])
    alone, _ = judged(80.0, good, signal([("A", "broadband")], [[0]]))
    both, _ = judged(80.0, good, signal([("A", "broadband"), ("B", "broadband")], [[0], [1]]))
    assert alone["served_share"].iloc[0] == 1.0
    assert both["served_share"].iloc[0] == pytest.approx((1.0 + 1.0 / 40.0) / 2.0)


def test_an_empty_network_serves_nobody():
    nothing = SignalAtCells((), np.zeros((0, 3), dtype=np.float32), np.zeros((0, 3), dtype=np.int32))
    service, load = judged(1.0, bts(1).iloc[:0], nothing, [0.0, 0.5, 1.0])
    assert service["level"].tolist() == ["unknown", "unserved", "unserved"]
    assert service["cause"].tolist() == ["no_data", "signal", "signal"]
    assert service["served_share"].sum() == 0.0
    assert (service["deficit_db"] == RADIO.threshold_dbm - RADIO.floor_dbm).all()
    assert len(load) == 0


def test_a_station_behind_8_mbps_does_not_serve_a_town():
    """A town of 5,000 people asks for 154 Mbps: the satellite link is the cause, not the signal."""
    station = bts(1, backhaul="satellite", backhaul_mbps=[8.0])
    town = np.full(5, 30.8)
    service, load = judged(town, station, signal([("A", "broadband")], [[0] * 5]))
    assert set(service["level"]) == {"limited"}
    assert set(service["cause"]) == {"backhaul_capacity"}
    assert service["served_share"].iloc[0] == pytest.approx(8.0 / 154.0)
    assert load["limit"].tolist() == ["backhaul_capacity"]
    fiber, _ = judged(town / 2, bts(1, backhaul_mbps=[1000.0]), signal([("A", "broadband")], [[0] * 5]))
    assert set(fiber["level"]) == {"served"}


def test_an_unknown_backhaul_caps_nothing_and_stays_empty():
    _, load = judged(10.0, bts(1), signal([("A", "broadband")], [[0]]))
    assert np.isnan(load["backhaul_mbps"].iloc[0])
    assert load["capacity_mbps"].iloc[0] == load["radio_mbps"].iloc[0]


def test_causes_rank_inactive_before_signal_and_technology_but_after_no_data():
    stations = bts(3, technology=["4G", "2G", "4G"], status=["on_air", "on_air", "inactive"])
    groups = [("A", "broadband"), ("A", "inactive"), ("A", "legacy")]
    servers = [[-1, -1, -1, -1, 0], [2, -1, 2, 2, 2], [-1, 1, 1, -1, -1]]
    service, _ = judged(1.0, stations, signal(groups, servers), [0.9, 0.9, 0.9, 0.1, 0.1])
    assert service["level"].tolist() == ["unserved", "limited", "limited", "unknown", "served"]
    assert service["cause"].tolist() == ["inactive_site", "technology", "inactive_site", "no_data", ""]


def test_a_signal_is_knowledge_whatever_the_confidence():
    service, _ = judged(1.0, bts(1), signal([("A", "broadband")], [[0]]), 0.0)
    assert service["level"].tolist() == ["served"]


def test_levels_at_the_thresholds_and_indoors():
    level = [[RADIO.threshold_dbm, RADIO.threshold_dbm - 0.5, RADIO.threshold_dbm + 15.0]]
    service, _ = judged(1.0, bts(1), signal([("A", "broadband")], [[0, 0, 0]], level))
    assert service["level"].tolist() == ["served", "unserved", "served"]
    assert service["is_indoor"].tolist() == [False, False, True]
    assert service["n_operators_indoor"].tolist() == [0, 0, 1]
    assert service["deficit_db"].tolist() == [0.0, 0.5, 0.0]
    assert service["server_bts_id"].tolist() == ["b00", "b00", "b00"]


def test_served_may_mean_indoors_and_then_the_entry_loss_decides():
    entry = float(building_entry_loss_db(900.0))
    edge = RADIO.threshold_dbm + entry
    heard = signal([("A", "broadband")], [[0, 0]], [[edge + 0.1, edge - 0.1]])
    lone = bts(1, n_sectors=1.0)
    outdoor, _ = judged(1.0, lone, heard)
    indoor, _ = judged(1.0, lone, heard, spec=service_spec(place="indoor"))
    assert outdoor["level"].tolist() == ["served", "served"]
    assert indoor["level"].tolist() == ["served", "unserved"]
    assert outdoor["n_operators_indoor"].tolist() == indoor["n_operators_indoor"].tolist() == [1, 0]
    assert indoor["deficit_db"].tolist() == pytest.approx([0.0, 0.1], abs=1e-4)
    assert indoor["sinr_db"].to_numpy() == pytest.approx(outdoor["sinr_db"] - entry)  # noise does not shrink


def test_interference_that_leaves_nothing_is_limited_by_capacity_and_takes_no_load():
    heard = signal(
        [("A", "broadband"), ("B", "broadband")], [[0, 0], [-1, 1]], -90.0, [[-70.0, -70.0], [np.nan, np.nan]]
    )
    service, load = judged(10.0, bts(2, operator=["A", "B"]), heard)
    assert service["level"].tolist() == ["limited", "served"]
    assert service["cause"].tolist() == ["cell_capacity", ""]
    assert service["n_operators"].tolist() == [1, 2]  # signal is there
    assert load["demand_mbps"].tolist() == [0.0, 10.0]  # nobody is sent where nothing is left


def test_one_equal_neighbour_at_half_load_leaves_3_decibels():
    """S / (S/2 + N): 2 less the noise, 3.0 dB; 0.6·log2(3) = 0.95 b/s/Hz, the figure of the design for such an edge."""
    heard = signal([("A", "broadband")], [[0]], -95.0, -95.0)
    service, load = judged(1.0, bts(1, n_sectors=1.0), heard)
    assert service["sinr_db"].iloc[0] == pytest.approx(3.0, abs=0.02)
    assert load["efficiency_bps_per_hz"].iloc[0] == pytest.approx(0.6 * np.log2(3.0), rel=5e-3)
    assert load["radio_mbps"].iloc[0] == pytest.approx(100 * 0.18 * 0.75 * 0.6 * np.log2(3.0), rel=5e-3)


def test_a_cell_carries_the_harmonic_mean_of_its_users_not_the_arithmetic():
    """Half of the demand at the curve's cap, half at 3 dB: 2 / (1/4.4 + 1/0.95) b/s/Hz."""
    heard = signal([("A", "broadband")], [[0, 0]], -95.0, [[np.nan, -95.0]])
    _, load = judged(1.0, bts(1, n_sectors=1.0), heard)
    assert load["efficiency_bps_per_hz"].iloc[0] == pytest.approx(2.0 / (1.0 / 4.4 + 1.0 / 0.951), rel=5e-3)
    _, quiet = judged([1.0, 0.0], bts(1, n_sectors=1.0), heard)
    assert quiet["efficiency_bps_per_hz"].iloc[0] == pytest.approx(4.4)


def test_where_interference_is_not_modelled_the_mean_stands_for_all():
    fixed = radio_spec(interference="fixed")
    service, load = judged(1.0, bts(1), signal([("A", "broadband")], [[0]], -95.0, -80.0), radio=fixed)
    assert service["sinr_db"].isna().all()
    assert load["efficiency_bps_per_hz"].isna().all()
    assert load["radio_mbps"].iloc[0] == pytest.approx(3 * 100 * 0.18 * 0.6 * np.log2(11.0) * 0.75)


def test_probability_is_that_of_the_median_whatever_the_margin():
    at = RADIO.threshold_dbm
    plain, _ = judged(1.0, bts(1), signal([("A", "broadband")], [[0, 0]], [[at, at + 8.0]]))
    assert plain["probability_share"].tolist() == pytest.approx([0.5, 0.83], abs=0.01)
    margin = radio_spec(margin_db=5.5)
    held, _ = judged(1.0, bts(1), signal([("A", "broadband")], [[0, 0]], [[at - 5.5, at + 2.5]]), radio=margin)
    assert held["probability_share"].tolist() == pytest.approx(plain["probability_share"].tolist())
    assert held["level"].tolist() == ["unserved", "served"]


def test_servers_stand_in_the_order_of_the_stations_with_their_load_and_limits():
    stations = bts(3, technology=["4G", "2G", "4G"], tilt_deg=[4.0, np.nan, np.nan], bandwidth_mhz=[10.0, 0.2, 10.0])
    _, load = judged(30.0, stations, signal([("A", "broadband")], [[2]]))
    table = check_frame(server_table(stations, load, radio=RADIO, pixel_m=1000.0), TABLES["servers"], "servers")
    assert table["bts_id"].tolist() == stations["bts_id"].tolist()
    assert table["station"].tolist() == [0, 1, 2]
    assert table["tilt_deg"].tolist() == [4.0, RADIO.tilt_deg, RADIO.tilt_deg]
    assert table["zero_loss_dbm"].tolist() == pytest.approx([58.0 - 27.78, 58.0, 58.0 - 27.78], abs=0.01)
    assert table["load_share"].isna().tolist() == [False, True, False]
    assert table["load_share"].iloc[2] == pytest.approx(30.0 / table["capacity_mbps"].iloc[2])
    assert table["limit_dbm"].tolist() == [-110.0, -95.0, -110.0]


def test_operators_share_a_cell_evenly_and_each_is_counted():
    stations = bts(2, operator=["A", "B"])
    service, load = judged(40.0, stations, signal([("A", "broadband"), ("B", "broadband")], [[0, 0], [1, -1]]))
    assert service["n_operators"].tolist() == [2, 1]
    assert load["demand_mbps"].tolist() == [60.0, 20.0]


def test_carriers_of_one_bearing_share_their_users_and_sectors_do_not():
    """Two carriers carry what one alone cannot, though users see the stronger one only."""
    servers = signal([("A", "broadband")], [[0]])
    place = {"lon_deg": [120.0, 120.0], "bandwidth_mhz": [10.0, 10.0], "n_sectors": [1.0, 1.0]}
    asked = 2 * 9.0 * 4.4 * 0.75  # two carriers of 50 blocks at the curve's cap
    carriers, _ = judged(asked, bts(2, azimuth_deg=[0.0, 0.0], **place), servers)
    sectors, _ = judged(asked, bts(2, azimuth_deg=[0.0, 120.0], **place), servers)
    assert carriers["served_share"].iloc[0] == pytest.approx(1.0, abs=1e-6)
    assert sectors["served_share"].iloc[0] == pytest.approx(0.5, abs=1e-6)


def test_one_link_repeated_on_each_sector_is_one_link():
    place = {"lon_deg": [120.0] * 3, "azimuth_deg": [0.0, 120.0, 240.0], "backhaul_mbps": [8.0, np.nan, 8.0]}
    servers = signal([("A", "broadband")], [[0, 1, 2]])
    service, load = judged(8.0, bts(3, **place), servers)
    assert service["served_share"].to_numpy() == pytest.approx(np.full(3, 1.0 / 3.0))
    assert load["backhaul_mbps"].tolist() == [8.0, 8.0, 8.0]


def test_order_of_stations_changes_nothing():
    for seed in range(12):
        stations, heard, demand, confidence = random_network(seed)
        order = np.random.default_rng(seed).permutation(len(stations))
        place = np.append(np.argsort(order), -1)
        turned = type(heard)(heard.groups, heard.rsrp_dbm, place[heard.server].astype(np.int32), heard.interference_dbm)
        before = judged(demand, stations, heard, confidence)
        after = judged(demand, stations.iloc[order].reset_index(drop=True), turned, confidence)
        for one, other in zip(before, after, strict=True):
            pd.testing.assert_frame_equal(one, other)


def test_signal_is_taken_at_the_cells_and_tiles_join():
    frame = grid()
    groups = (CoverageGroup("A", "broadband"),)
    level = np.full((1, 10, 10), np.nan, dtype=np.float32)
    server = np.full((1, 10, 10), -1, dtype=np.int32)
    level[0, 0, 7], server[0, 0, 7] = -88.0, 4
    level[0, 1, 2], server[0, 1, 2] = -99.0, 5
    whole = signal_at_cells(Coverage(frame, groups, level, server, "p1812"), cells(20))
    assert np.flatnonzero(whole.server[0] >= 0).tolist() == [7, 12]
    parts = []
    for col in (0, 5):
        window = frame.window(0, col, 10, 5)
        tile = Coverage(window, groups, level[:, :, col : col + 5], server[:, :, col : col + 5], "p1812")
        parts.append(signal_at_cells(tile, cells(20)))
    joined = join_signals(parts)
    assert (joined.server == whole.server).all()
    assert np.array_equal(joined.rsrp_dbm, whole.rsrp_dbm, equal_nan=True)
    with pytest.raises(ValueError, match="at least one tile"):
        join_signals([])
    with pytest.raises(ValueError, match="different coverage groups"):
        join_signals([parts[0], signal([("B", "broadband")], [[-1] * 20])])


def test_proposed_sites_take_from_the_users_of_their_carrier_alone():
    """An equal neighbour leaves 3 dB where noise alone left 28: the cap's 4.4 b/s/Hz become 0.95."""
    stations = bts(2, operator=["A", "B"], n_sectors=1.0)
    heard = signal([("A", "broadband"), ("A", "legacy"), ("B", "broadband")], [[0, 0], [0, 0], [1, 1]], -95.0, np.nan)
    names, power = np.array(["A|4G|900", "B|4G|900"]), np.array([10.0**-9.5, 0.0])
    raised = with_interference(heard, names, {"A|4G|900": power, "C|4G|900": power})
    assert raised.interference_dbm[0] == pytest.approx([-95.0, np.nan], nan_ok=True)
    assert np.isnan(raised.interference_dbm[1:]).all()
    again = with_interference(raised, names, {"A|4G|900": power})
    assert again.interference_dbm[0, 0] == pytest.approx(-95.0 + 10.0 * np.log10(2.0))
    assert (again.server == heard.server).all()
    before, _ = judged([40.0, 0.0], stations.iloc[[0]], signal([("A", "broadband")], [[0, 0]], -95.0, np.nan))
    after, _ = judged(
        [40.0, 0.0], stations.iloc[[0]],
        with_interference(signal([("A", "broadband")], [[0, 0]], -95.0, np.nan), names[:1], {"A|4G|900": power}),
    )  # fmt: skip
    full = 100 * 0.18 * 0.75
    assert before["served_share"].iloc[0] == 1.0
    assert after["served_share"].iloc[0] == pytest.approx(
        full * 0.6 * np.log2(1 + 1 / (0.5 + 10**-2.82)) / 40.0, rel=1e-2
    )
