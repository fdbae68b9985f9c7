"""Collapse: what no plan can tell apart merges, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.plan.collapse import collapse


def covers(rng, n_cells, n_options):
    lists = [np.flatnonzero(rng.random(n_cells) < 0.4) for _ in range(n_options)]
    return np.r_[0, np.cumsum([len(one) for one in lists])].astype(np.int64), np.concatenate(
        [*lists, np.zeros(0, int)]
    ).astype(np.int64)


@given(st.integers(0, 10_000), st.integers(0, 40), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_every_option_reaches_the_same_weight_and_demand_as_before(seed, n_cells, n_options):
    rng = np.random.default_rng(seed)
    weight, demand = rng.integers(0, 4, n_cells).astype(float), rng.integers(0, 3, n_cells).astype(float)
    indptr, indices = covers(rng, n_cells, n_options)
    merged = collapse(weight, demand, indptr, indices)
    for k in range(n_options):
        cells = indices[indptr[k] : indptr[k + 1]]
        mine = merged.indices[merged.indptr[k] : merged.indptr[k + 1]]
        assert merged.weight[mine].sum() == pytest.approx(weight[cells].sum())
        assert merged.demand_mbps[mine].sum() == pytest.approx(demand[cells][weight[cells] > 0].sum())
        assert set(mine) == set(merged.group_of[cells]) - {-1}


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_cells_of_a_group_have_one_cover_and_one_ratio(seed):
    rng = np.random.default_rng(seed)
    weight, demand = rng.integers(1, 4, 30).astype(float), rng.integers(0, 4, 30).astype(float)
    indptr, indices = covers(rng, 30, 4)
    merged = collapse(weight, demand, indptr, indices)
    keys: dict[int, set] = {}
    for cell in range(30):
        options = tuple(k for k in range(4) if cell in indices[indptr[k] : indptr[k + 1]])
        group = int(merged.group_of[cell])
        assert (group == -1) == (not options)
        if group >= 0:
            keys.setdefault(group, set()).add((options, round(demand[cell] / weight[cell], 9)))
    assert all(len(found) == 1 for found in keys.values())
    assert len({next(iter(found)) for found in keys.values()}) == len(keys), "equal cells stay apart"


def test_cells_without_weight_or_option_belong_nowhere():
    merged = collapse(np.array([0.0, 2.0, 3.0]), np.ones(3), np.array([0, 2]), np.array([0, 1]))
    assert merged.group_of.tolist() == [-1, 0, -1]
    assert merged.n_groups == 1


def test_nothing_at_all_collapses_to_nothing():
    merged = collapse(np.zeros(0), np.zeros(0), np.array([0]), np.zeros(0, np.int64))
    assert merged.n_groups == 0
