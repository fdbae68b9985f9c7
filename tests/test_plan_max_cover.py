"""Plain covering: enumeration, and instances with proven optima."""

from __future__ import annotations

import csv
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import UsageError
from planner.plan.max_cover import max_cover


def csr(lists):
    return np.r_[0, np.cumsum([len(one) for one in lists])].astype(np.int64), np.concatenate(
        [*lists, np.zeros(0)]
    ).astype(np.int64)


@given(st.integers(0, 100_000))
@settings(max_examples=40, deadline=None)
def test_tiny_instances_are_solved_to_the_end(seed):
    rng = np.random.default_rng(seed)
    n, m = 8, int(rng.integers(1, 8))
    weight, cost = rng.integers(0, 9, n).astype(float), rng.integers(0, 6, m).astype(float)
    lists = [np.flatnonzero(rng.random(n) < 0.4) for _ in range(m)]
    budget = float(rng.integers(0, 14))
    best = max(
        weight[sorted(set().union(*(set(lists[k]) for k in pick)))].sum()
        for size in range(m + 1)
        for pick in combinations(range(m), size)
        if sum(cost[k] for k in pick) <= budget
    )
    found = max_cover(weight, *csr(lists), cost, budget)
    assert found.value == pytest.approx(best)
    assert found.bound >= best - 1e-9
    assert found.gap_share < 1e-5
    assert cost[found.chosen].sum() <= budget
    covered = sorted(set().union(*(set(lists[k]) for k in found.chosen)))
    assert weight[covered].sum() == pytest.approx(found.value)


def test_bad_numbers_are_said_at_once():
    with pytest.raises(UsageError, match=r"weight\[1\].*cost\[0\].*budget"):
        max_cover(np.array([1.0, -2.0]), np.array([0, 1]), np.array([0]), np.array([np.nan]), -1.0)
    with pytest.raises(UsageError, match="offsets"):
        max_cover(np.ones(1), np.array([0, 2]), np.array([0]), np.ones(1), 1.0)


@pytest.mark.parametrize(("n_points", "n_options"), [(0, 0), (3, 0), (0, 2)])
def test_nothing_to_cover_or_to_choose(n_points, n_options):
    found = max_cover(np.ones(n_points), *csr([[]] * n_options), np.ones(n_options), 5.0)
    assert (len(found.chosen), found.value, found.bound) == (0, 0.0, 0.0)


@pytest.mark.shared
def test_sjc_optima(shared):
    with (shared / "optim" / "sjc" / "proved_opt.csv").open() as file:
        rows = list(csv.reader(file))
    for name, p, radius, optimum, *_ in rows:
        lines = (shared / "optim" / "sjc" / f"{name}.txt").read_text().splitlines()[1:]
        points = np.array([[float(v) for v in line.split()[:3]] for line in lines if len(line.split()) >= 3])
        gap = np.hypot(points[:, None, 0] - points[None, :, 0], points[:, None, 1] - points[None, :, 1])
        lists = [np.flatnonzero(row <= float(radius)) for row in gap]
        found = max_cover(points[:, 2], *csr(lists), np.ones(len(lists)), float(p))
        assert found.value == float(optimum), (name, p, radius)
        assert found.bound == pytest.approx(float(optimum), rel=1e-6)


@pytest.mark.shared
def test_san_francisco_optima(shared):
    folder = shared / "optim" / "spopt-sf"
    with (folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv").open() as file:
        rows = list(csv.DictReader(file))
    stores, tracts = sorted({r["name"] for r in rows}), sorted({r["DestinationName"] for r in rows})
    weight = np.zeros(len(tracts))
    lists: list[list[int]] = [[] for _ in stores]
    for row in rows:
        tract = tracts.index(row["DestinationName"])
        weight[tract] = float(row["demand"])
        if float(row["distance"]) <= 5000:
            lists[stores.index(row["name"])].append(tract)
    for p, optimum in ((2, 671938), (4, 875247), (6, 941462)):
        found = max_cover(weight, *csr(lists), np.ones(len(stores)), float(p))
        assert (found.value, found.gap_share) == (optimum, 0.0)
