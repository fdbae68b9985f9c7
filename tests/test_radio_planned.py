"""Capacity of proposed sites: rates by hand, planning rates against every filling, the check against the sharing."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from radio_worlds import spec
from scipy.optimize import linprog

from planner.radio.covers import Covers
from planner.radio.link_budget import element_noise_dbm
from planner.radio.planned import Air, alone_efficiency, check_sites, full_mbps, planned_mbps

RADIO = spec()
NOISE_MW = 10.0 ** (element_noise_dbm(RADIO.noise_figure_db) / 10.0)


def _covers(rows: list[dict[int, float]]) -> Covers:
    """Cell → level of each site."""
    indptr = np.cumsum([0, *map(len, rows)])
    cells = np.array([cell for row in rows for cell in sorted(row)], dtype=np.int32)
    return Covers(indptr, cells, np.array([row[cell] for row in rows for cell in sorted(row)], dtype=np.float32))


def _air(rows, carrier, *, existing=None, asked=None, full=10.0, sectors=1) -> Air:
    heard = _covers(rows)
    n, n_cells = len(rows), 1 + int(heard.indices.max(initial=0))
    return Air(
        heard, np.full(len(heard.indices), np.nan, np.float32) if existing is None else np.array(existing, np.float32),
        np.array(carrier), np.full(n, "4G"), np.full(n, sectors), np.full(n, full),
        np.ones(n_cells) if asked is None else np.array(asked, float), RADIO,
    )  # fmt: skip


def _rate(signal_dbm: float, *others_dbm: float, sectors: int = 1) -> float:
    signal = 10.0 ** (signal_dbm / 10.0)
    other = sum(10.0 ** (v / 10.0) for v in others_dbm) + (sectors - 1) * signal / 100.0
    ratio = signal / (0.5 * other + NOISE_MW)
    return min(0.6 * np.log2(1.0 + ratio), 4.4) if ratio >= 0.1 else 0.0


def test_sites_of_one_carrier_interfere_when_both_are_on_and_those_of_another_never() -> None:
    air = _air([{0: -95.0, 1: -98.0}, {0: -98.0, 1: -95.0}, {0: -60.0}], [0, 0, 1])
    site, cell, both = air.efficiency(np.array([0, 1, 2]))
    assert list(zip(site, cell, strict=True)) == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)]
    by_hand = [_rate(-95, -98), _rate(-98, -95), _rate(-98, -95), _rate(-95, -98), 4.4]
    assert both == pytest.approx(by_hand, rel=1e-5)
    site, _, one = air.efficiency(np.array([1]))
    assert site.tolist() == [0, 0]
    assert one == pytest.approx([_rate(-98), _rate(-95)], rel=1e-5)


def test_others_disturb_at_their_own_share_of_time_and_a_site_serves_at_the_median() -> None:
    heard = dataclasses.replace(_covers([{0: -95.0}, {0: -110.0}]), late_dbm=np.array([-94.0, -92.0], np.float32))
    air = dataclasses.replace(_air([{0: -95.0}, {0: -110.0}], [0, 0]), heard=heard)
    _, _, rate = air.efficiency(np.array([0, 1]))
    assert rate == pytest.approx([_rate(-95.0, -92.0), _rate(-110.0, -94.0)], rel=1e-5)
    found = check_sites(
        heard, np.array(["a", "a"]), air.technology, air.n_sectors, served=(np.zeros(1, int), np.zeros(1, int), np.ones(1)),
        existing_dbm={}, entry_db=np.zeros(2), radio=RADIO,
    )  # fmt: skip
    assert found.checked_bps_per_hz[0] == pytest.approx(_rate(-95.0, -92.0), rel=1e-5)
    assert heard.only(np.array([1])).disturbing_dbm.tolist() == [-92.0]


def test_existing_cells_and_the_sites_own_sectors_count() -> None:
    air = _air([{0: -100.0, 1: -100.0, 2: -60.0}], [0], existing=[-80.0, np.nan, np.nan], sectors=3)
    expected = [0.0, _rate(-100.0, sectors=3), _rate(-60.0, sectors=3)]
    assert alone_efficiency(air) == pytest.approx(expected, rel=1e-5)
    assert air.efficiency(np.array([0]))[2] == pytest.approx(expected, rel=1e-5)
    assert expected[2] == pytest.approx(0.6 * np.log2(1 + 100.0), rel=1e-3)  # 20 dB between the sectors, no more


@pytest.mark.parametrize("seed", range(40))
def test_the_planning_rate_is_the_most_any_filling_carries_with_and_without_neighbours(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_cells = 7
    rows = [{c: float(rng.uniform(-115, -80)) for c in np.flatnonzero(rng.random(n_cells) < 0.8)} for _ in range(3)]
    rows[0][n_cells - 1] = -90.0
    existing = [rng.choice([np.nan, rng.uniform(-110, -85)]) for row in rows for _ in row]
    air = _air(rows, [0, 0, 0], existing=existing, asked=rng.uniform(0.0, 8.0, n_cells), full=float(rng.uniform(1, 9)))
    alone = alone_efficiency(air)
    served = rng.random(len(alone)) < 0.8
    found = planned_mbps(np.full(3, 1e9), air, alone, served)
    site, cell, together = air.efficiency(np.arange(3))
    assert (together <= alone + 1e-9).all()
    for k in range(3):
        mine = np.flatnonzero((site == k) & served)
        for is_alone, rate in ((True, alone[mine]), (False, together[mine])):
            use = rate > 0
            asked = air.asked_mbps[cell[mine[use]]]
            if not use.any():
                continue
            answer = linprog(-asked, A_ub=[asked / rate[use] / air.full_mbps[k]], b_ub=[1.0], bounds=(0, 1))
            assert -answer.fun <= found[k] * (1 + 1e-7) + 1e-9
            if is_alone and (asked / rate[use]).sum() >= air.full_mbps[k]:
                assert -answer.fun == pytest.approx(found[k], rel=1e-6)
    assert planned_mbps(np.full(3, 1e-3), air, alone, served).tolist() == [1e-3] * 3  # never above the mean


def test_a_station_that_reaches_no_demand_keeps_the_mean_rate() -> None:
    air = _air([{0: -90.0}, {}], [0, 0], asked=[0.0])
    assert planned_mbps(np.array([5.0, 7.0]), air, alone_efficiency(air), np.ones(1, bool)).tolist() == [5.0, 7.0]


def test_full_rate_is_that_of_one_bit_a_hertz() -> None:
    found = full_mbps(np.array([10.0]), np.array([3]), np.array(["4G"]), RADIO)
    assert found.tolist() == pytest.approx([50 * 0.18 * 0.75 * 3])


@pytest.mark.parametrize("seed", range(15))
def test_the_check_reckons_the_rates_that_the_sharing_took(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, n_cells = 4, 9
    rows = [{c: float(rng.uniform(-120, -75)) for c in np.flatnonzero(rng.random(n_cells) < 0.7)} for _ in range(n)]
    names = rng.choice(["a", "b"], n)
    known = {"a": np.where(rng.random(n_cells) < 0.5, rng.uniform(-115, -95, n_cells), np.nan)}
    existing = [known["a"][c] if names[k] == "a" else np.nan for k, row in enumerate(rows) for c in sorted(row)]
    air = _air(rows, (names == "b").astype(int), existing=existing, sectors=3)
    site, cell, rate = air.efficiency(np.arange(n))
    pick = np.flatnonzero(rng.random(len(site)) < 0.6)
    mbps = rng.uniform(0.1, 2.0, len(pick))
    found = check_sites(
        air.heard, names, air.technology, air.n_sectors, served=(site[pick], cell[pick], mbps), existing_dbm=known,
        entry_db=np.zeros(n), radio=RADIO,
    )  # fmt: skip
    assert found.n_cells.tolist() == np.bincount(site[pick], minlength=n).tolist()
    for k in range(n):
        mine = site[pick] == k
        left = mine & (rate[pick] > 0)
        if left.any():
            mean = mbps[left].sum() / (mbps[left] / rate[pick][left]).sum()
            assert found.checked_bps_per_hz[k] == pytest.approx(mean, rel=1e-6)
            assert found.lost_share[k] == pytest.approx(1 - mbps[left].sum() / mbps[mine].sum())


def test_a_wall_takes_from_signal_and_interference_alike() -> None:
    served = (np.zeros(1, int), np.zeros(1, int), np.ones(1))
    rows = _covers([{0: -90.0}])

    def check(entry_db, level):
        return check_sites(
            rows, np.array(["a"]), np.array(["4G"]), np.ones(1, int), served=served,
            existing_dbm={"a": np.array([level])}, entry_db=np.array([entry_db]), radio=RADIO,
        ).checked_bps_per_hz[0]  # fmt: skip

    assert check(10.0, -93.0) == pytest.approx(_rate(-100.0, -103.0), rel=1e-5)
    assert check(0.0, -93.0) == pytest.approx(_rate(-90.0, -93.0), rel=1e-5)


def test_a_site_that_serves_nobody_or_is_not_heard_where_it_serves_has_nothing_or_loses_all() -> None:
    found = check_sites(
        _covers([{0: -90.0}, {0: -91.0}]), np.array(["a", "a"]), np.array(["4G", "4G"]), np.ones(2, int),
        served=(np.zeros(1, int), np.ones(1, int), np.ones(1)), existing_dbm={}, entry_db=np.zeros(2), radio=RADIO,
    )  # fmt: skip
    assert found.lost_share.tolist() == [1.0, 0.0]
    assert found.n_cells.tolist() == [1, 0]
    assert np.isnan(found.checked_bps_per_hz).tolist() == [True, True]
