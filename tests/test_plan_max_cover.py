"""Plain covering: enumeration, and instances with proven optima."""

from __future__ import annotations

import csv
import importlib
from pathlib import Path

import numpy as np
import pytest

from planner.errors import UsageError
from planner.plan.cover_stages import improve
from planner.plan.covering import make_covering, worth_of
from planner.plan.max_cover import max_cover
from tests.cover_worlds import discs

ROOT = Path(__file__).resolve().parent.parent
max_cover_module = importlib.import_module("planner.plan.max_cover")


def csr(lists):
    return np.r_[0, np.cumsum([len(one) for one in lists])].astype(np.int64), np.concatenate(
        [*lists, np.zeros(0)]
    ).astype(np.int64)


def best_by_enumeration(weight, lists, cost, budget):
    holds = np.zeros((len(lists), len(weight)), dtype=int)
    for row, one in zip(holds, lists, strict=True):
        row[one] = 1
    masks = (np.arange(2 ** len(lists))[:, None] >> np.arange(len(lists))) & 1
    return float((((masks @ holds) > 0) @ weight)[masks @ cost <= budget * (1 + 1e-12)].max())


def test_tiny_instances_are_solved_to_the_end():
    """1,000 instances: whole weights and costs, and others over 12 orders of magnitude."""
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        n, m, is_whole = int(rng.integers(1, 20)), int(rng.integers(1, 9)), seed % 2 == 0
        weight = rng.integers(0, 9, n).astype(float) if is_whole else rng.random(n) * 10.0 ** rng.integers(-3, 9)
        cost = rng.integers(0, 6, m).astype(float) if is_whole else rng.random(m) * 10.0 ** rng.integers(-2, 10)
        lists = [np.flatnonzero(rng.random(n) < 0.4) for _ in range(m)]
        budget = float(np.round(cost.sum() * rng.random())) if is_whole else cost.sum() * rng.random()
        best = best_by_enumeration(weight, lists, cost, budget)
        found = max_cover(weight, *csr(lists), cost, budget)
        assert found.value == pytest.approx(best, rel=1e-12), seed
        assert found.bound >= best * (1 - 1e-12), seed
        assert found.gap_share <= (0.0 if is_whole else 2e-6), (seed, found.steps)
        assert cost[found.chosen].sum() <= budget * (1 + 1e-11), seed
        covered = sorted(set().union(*(set(lists[k]) for k in found.chosen)))
        assert weight[covered].sum() == pytest.approx(found.value, rel=1e-12), seed


def own_instances():
    """Instances written out with their optima (see the file's header)."""
    lines = (ROOT / "tests" / "vectors" / "cover_instances.txt").read_text().splitlines()
    lines = [line for line in lines if not line.startswith("#")]
    while lines:
        name, m, n, budget, optimum = lines[0].split()
        weight = np.array(lines[1].split(), dtype=float)
        assert len(weight) == int(n)
        parts = [line.split(":") for line in lines[2 : 2 + int(m)]]
        cost = np.array([float(part[0]) for part in parts])
        yield (
            name,
            weight,
            [np.array(part[1].split(), dtype=int) for part in parts],
            cost,
            float(budget),
            float(optimum),
        )
        lines = lines[2 + int(m) :]


def test_optima_of_reference_solvers():
    names = []
    for name, weight, lists, cost, budget, optimum in own_instances():
        found = max_cover(weight, *csr(lists), cost, budget)
        assert (found.value, found.bound, found.gap_share) == (optimum, optimum, 0.0), name
        names.append(name)
    assert names == ["towns", "unit", "dear", "wide"]


def test_six_hundred_sites_are_proven_optimal_the_same_twice_and_in_any_order():
    weight, indptr, indices, cost, budget = discs(600, 12_000, seed=2)
    first, again = (max_cover(weight, indptr, indices, cost, budget, time_limit_s=np.inf) for _ in range(2))
    assert first.gap_share == 0.0
    assert np.array_equal(first.chosen, again.chosen)
    assert first.steps == again.steps
    rng = np.random.default_rng(0)
    order, name = rng.permutation(len(cost)), rng.permutation(len(weight))
    lists = [name[indices[indptr[k] : indptr[k + 1]]] for k in order]
    moved = max_cover(weight[np.argsort(name)], *csr(lists), cost[order], budget, time_limit_s=np.inf)
    assert (moved.value, moved.bound) == (first.value, first.bound)


def test_the_objective_on_groups_is_that_on_points():
    """Whole weights: equal to the last unit, for random choices of options of a collapsed world."""
    weight, indptr, indices, cost, budget = discs(200, 5000, seed=4)
    covering = make_covering(weight, indptr, indices, cost, budget)
    assert covering.n_groups < 2500
    rng = np.random.default_rng(1)
    for _ in range(100):
        chosen = rng.random(covering.n_options) < rng.random()
        is_covered = np.zeros(len(weight), dtype=bool)
        for option in covering.option[chosen]:
            is_covered[indices[indptr[option] : indptr[option + 1]]] = True
        assert worth_of(covering, chosen) == weight[is_covered].sum()


def test_every_gap_asked_for_is_reached_and_no_more_work_done():
    instance = discs(200, 5000, seed=0)
    exact = max_cover(*instance)
    rough = max_cover(*instance, target_gap_share=0.02)
    assert exact.gap_share == 0.0
    assert rough.gap_share <= 0.02
    assert rough.value <= exact.value <= rough.bound
    assert len(rough.steps) < len(exact.steps)


def test_no_time_leaves_an_empty_choice_with_a_valid_bound():
    weight, indptr, indices, cost, budget = discs(60, 600, seed=1)
    found = max_cover(weight, indptr, indices, cost, budget, time_limit_s=0.0)
    assert (len(found.chosen), found.value, found.bound, found.gap_share) == (0, 0.0, weight.sum(), 1.0)
    assert found.steps == ("stopped by the time limit",)


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_an_interruption_keeps_the_best_so_far(monkeypatch, step):
    """Ctrl-C at some step: value and bound are those of the step before, and valid."""
    instance = discs(200, 5000, seed=0)
    exact = max_cover(*instance)
    made: list[object] = []

    def interrupted(standing, limits, is_over):
        for better in improve(standing, limits, is_over):
            made.append(better)
            if len(made) > step:
                raise KeyboardInterrupt
            yield better

    monkeypatch.setattr(max_cover_module, "improve", interrupted)
    found = max_cover(*instance)
    assert found.steps[-1] == "interrupted"
    assert 0 < found.value <= exact.value <= found.bound
    assert found.value == made[-2].value


def test_budgets_too_small_for_anything_and_options_for_nothing():
    weight, lists = np.array([4.0, 5.0]), [[0], [1], []]
    nothing = max_cover(weight, *csr(lists), np.array([2.0, 3.0, 1.0]), 1.5)
    assert (nothing.chosen.tolist(), nothing.value, nothing.bound, nothing.gap_share) == ([], 0.0, 0.0, 0.0)
    free = max_cover(weight, *csr(lists), np.array([2.0, 0.0, 0.0]), 0.0)
    assert (free.chosen.tolist(), free.value, free.bound) == ([1], 5.0, 5.0)


def test_points_named_twice_count_once_in_any_order():
    found = max_cover(np.array([1.0, 2.0, 4.0]), np.array([0, 4, 5]), [2, 0, 2, 0, 1], np.ones(2), 1.0)
    assert (found.chosen.tolist(), found.value, found.bound) == ([0], 5.0, 5.0)
    assert "2 points named twice" in found.steps[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"indices": np.array([0, 7])}, "points that are not there"),
        ({"indices": np.array([0, -1])}, "points that are not there"),
        ({"indices": np.array([0.0, 1.0])}, "whole numbers"),
        ({"indptr": np.array([0, 2, 1])}, "ascending offsets"),
        ({"indptr": np.zeros(0, dtype=int)}, "ascending offsets"),
        ({"weight": np.array([1.0, np.inf])}, r"weight\[1\] is inf"),
        ({"weight": np.ones((2, 2))}, "2 dimensions"),
        ({"cost": np.array([1.0, -1.0])}, r"cost\[1\] is -1"),
        ({"budget": float("nan")}, "budget is nan"),
        ({"time_limit_s": -1.0}, "time_limit_s"),
        ({"target_gap_share": 1.5}, "target_gap_share"),
    ],
)
def test_what_cannot_be_meant_is_refused(change, said):
    right = {
        "weight": np.ones(2), "indptr": np.array([0, 1, 2]), "indices": np.array([0, 1]), "cost": np.ones(2), "budget": 1.0,
    }  # fmt: skip
    assert max_cover(**right).value == 1.0
    with pytest.raises(UsageError, match=said):
        max_cover(**{**right, **change})


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
