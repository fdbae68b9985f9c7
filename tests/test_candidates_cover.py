"""Greedy covering: marginal order as by brute force, rounds that spread first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.plan.cover import greedy_cover, greedy_rounds


def _plain(covers, weight, least):
    left, order, gains = weight.copy(), [], []
    while True:
        gain = np.array([left[c].sum() for c in covers])
        best = int(np.argmax(gain))
        if gain[best] < least or gain[best] <= 0:
            return order, gains
        order.append(best)
        gains.append(float(gain[best]))
        left[covers[best]] = 0.0


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 12), m=st.integers(1, 30), least=st.sampled_from([0.0, 1.0, 5.0]))
def test_lazy_greedy_is_plain_greedy(seed, n, m, least):
    rng = np.random.default_rng(seed)
    covers = [np.flatnonzero(rng.random(m) < 0.4) for _ in range(n)]
    weight = rng.integers(0, 9, m).astype(float)
    found = list(greedy_cover(covers, weight, least=least))
    order, gains = _plain(covers, weight, least)
    assert [i for i, _, _ in found] == order
    assert [float(w.sum()) for _, _, w in found] == pytest.approx(gains)
    held = np.concatenate([rows for _, rows, _ in found]) if found else np.empty(0)
    assert len(held) == len(np.unique(held))


def test_rounds_spread_over_all_places_before_they_double():
    near, twin, far = np.array([0, 1]), np.array([0, 1]), np.array([2])
    weight = np.array([50.0, 50.0, 10.0])
    assert greedy_rounds([near, twin, far], weight, least=1.0, most=2) == [0, 2]
    assert greedy_rounds([near, twin, far], weight, least=1.0, most=9) == [0, 2, 1]


def test_covers_that_add_nothing_come_last_by_weight():
    covers = [np.array([0]), np.array([1]), np.empty(0, dtype=int)]
    assert greedy_rounds(covers, np.array([1.0, 2.0]), least=100.0, most=3) == [1, 0, 2]
