"""One step of Newton's method for prices within their ranges."""

from __future__ import annotations

import numpy as np
import pytest

from planner.plan.newton import newton_step


def limits(n, price=1.0, top=np.inf):
    return np.full(n, price), np.full(n, top)


@pytest.mark.parametrize("curve", [np.zeros((2, 2)), np.diag([-9.1e-14, 0.0]), np.diag([-9.1e-14, 2.3e-14])])
def test_a_bound_that_bends_nowhere_but_for_rounding_goes_downhill(curve):
    step = newton_step(curve.copy(), np.array([1.0, -0.1]), np.arange(2), 5.0, limits(2, top=4.0))
    assert step.tolist() == [-1.0, 3.0]
    step = newton_step(curve.copy(), np.array([0.1, -1.0]), np.arange(2), 0.5, limits(2))
    assert step.tolist() == [-0.5, 0.5]


def test_inside_the_ranges_it_is_the_plain_step():
    curve, slope = np.array([[2.0, 0.5], [0.5, 1.0]]), np.array([0.3, -0.2])
    step = newton_step(curve.copy(), slope, np.arange(2), 5.0, limits(2))
    assert step == pytest.approx(np.linalg.solve(curve, -slope), rel=1e-5)


def test_rows_alike_share_the_step():
    step = newton_step(np.ones((2, 2)), np.array([1.0, 1.0]), np.arange(2), 5.0, limits(2))
    assert step == pytest.approx([-0.5, -0.5], rel=1e-5)


def test_prices_stop_at_the_ends_of_their_ranges_and_the_others_are_found_again():
    curve, slope = np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([3.0, -1.0])
    step = newton_step(curve.copy(), slope, np.arange(2), 50.0, limits(2, price=1.0, top=10.0))
    assert step[0] == -1.0
    assert step[1] == pytest.approx(1.5, rel=1e-5)
    step = newton_step(curve.copy(), -slope, np.arange(2), 50.0, limits(2, price=1.0, top=2.0))
    assert (1.0 + step <= 2.0).all()
    assert (1.0 + step >= 0.0).all()


def test_rows_that_are_not_free_stay():
    step = newton_step(np.eye(1), np.array([7.0, 1.0, 7.0]), np.array([1]), 0.25, limits(3))
    assert step.tolist() == [0.0, -0.25, 0.0]
