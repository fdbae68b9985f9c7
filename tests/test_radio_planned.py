"""Capacity of proposed sites: the planned rise of noise by hand, and the check with all of them on."""

from __future__ import annotations

import numpy as np
import pytest
from radio_worlds import spec

from planner.radio.covers import Covers
from planner.radio.link_budget import element_noise_dbm
from planner.radio.planned import check_sites, planned_mbps

RADIO = spec()
NOISE = element_noise_dbm(RADIO.noise_figure_db)
MEAN = 0.6 * np.log2(11.0)  # at 10 dB


def _covers(rows: list[dict[int, float]]) -> Covers:
    """Cell → level of each site."""
    indptr = np.cumsum([0, *map(len, rows)])
    cells = np.array([cell for row in rows for cell in sorted(row)], dtype=np.int32)
    return Covers(indptr, cells, np.array([row[cell] for row in rows for cell in sorted(row)], dtype=np.float32))


def _efficiency(ratio_db: float) -> float:
    return min(0.6 * np.log2(1.0 + 10.0 ** (ratio_db / 10.0)), 4.4)


def test_a_site_is_planned_with_three_decibels_more_noise_and_the_harmonic_mean_of_its_users() -> None:
    kind = np.array(["4G", "4G"])
    faint, edge = _efficiency(-115.0 - NOISE - 3.0), _efficiency(-110.0 - NOISE - 3.0)
    found = planned_mbps(
        np.array([10.0, 7.0]), _covers([{0: -115.0, 1: -110.0}, {}]), np.array([3.0, 1.0]), kind, RADIO
    )
    assert found[0] == pytest.approx(10.0 * (4.0 / (3.0 / faint + 1.0 / edge)) / MEAN, rel=1e-5)
    near = planned_mbps(np.array([10.0]), _covers([{0: -70.0}]), np.array([1.0]), kind[:1], RADIO)
    assert near.tolist() == [10.0]  # the mean of a network's cells is the most that is planned with
    assert found[1] == 7.0  # reaches nobody
    fixed = spec(interference="fixed")
    assert planned_mbps(np.array([10.0, 7.0]), _covers([{0: -110.0}, {}]), np.array([3.0]), kind, fixed).tolist() == [
        10.0,
        7.0,
    ]


def _checked(rows: list[dict[int, float]], carrier: list[str], existing: dict[str, list[float]] | None = None):
    n_cells = 1 + max(max(row, default=0) for row in rows)
    return check_sites(
        _covers(rows), np.full(len(rows), -110.0), np.array(carrier), np.array(["4G"] * len(rows)),
        demand_mbps=np.ones(n_cells), existing_dbm={k: np.array(v) for k, v in (existing or {}).items()}, radio=RADIO,
    )  # fmt: skip


def test_sites_of_one_carrier_interfere_and_those_of_another_do_not() -> None:
    rows = [{0: -95.0, 1: -98.0}, {0: -98.0, 1: -95.0}]
    alone, both = _checked(rows, ["a", "b"]), _checked(rows, ["a", "a"])
    assert alone.n_cells.tolist() == both.n_cells.tolist() == [1, 1]
    assert alone.sinr_db == pytest.approx(-95.0 - NOISE)
    by_hand = 10 ** (-9.5) / (0.5 * 10 ** (-9.8) + 10 ** (NOISE / 10))
    assert both.sinr_db == pytest.approx(10 * np.log10(by_hand), abs=1e-4)
    assert both.checked_bps_per_hz == pytest.approx(_efficiency(10 * np.log10(by_hand)), rel=1e-4)


def test_the_existing_network_on_the_carrier_counts_and_may_leave_nothing() -> None:
    found = _checked([{0: -100.0, 1: -100.0}], ["a"], {"a": [-80.0, np.nan]})
    assert found.lost_share.tolist() == [0.5]
    assert found.checked_bps_per_hz == pytest.approx(
        [_efficiency(-100.0 - NOISE)], rel=1e-4
    )  # of the cell that is left
    other = _checked([{0: -100.0, 1: -100.0}], ["a"], {"b": [-80.0, -80.0]})
    assert other.lost_share.tolist() == [0.0]


def test_a_site_that_is_nowhere_the_strongest_or_too_weak_has_nothing_to_check() -> None:
    found = _checked([{0: -95.0}, {0: -96.0}, {1: -115.0}], ["a", "a", "a"])
    assert found.n_cells.tolist() == [1, 0, 0]
    assert np.isnan(found.checked_bps_per_hz).tolist() == [False, True, True]
    none = check_sites(
        Covers(np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0, np.float32)), np.empty(0), np.empty(0, str),
        np.empty(0, str), demand_mbps=np.ones(3), existing_dbm={}, radio=RADIO,
    )  # fmt: skip
    assert none.n_cells.shape == (0,)
