"""Compiled kernels of the covering bound: steps of a primal-dual method on the linear relaxation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import jit, jit_maker

__all__ = ["row_sums", "run_steps"]

Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
Floats = NDArray[np.float64]
Four = tuple[Floats, Floats, Floats, Floats]


@jit_maker
def row_sums(indptr: Ints, indices: Shorts, values: Floats) -> Floats:
    """Sum of a value of the groups of each option, term after term."""
    found = np.zeros(len(indptr) - 1)
    for option in range(len(found)):
        total = 0.0
        for k in range(indptr[option], indptr[option + 1]):
            total += values[indices[k]]
        found[option] = total
    return found


@jit
def _onto_budget(wish: Floats, slope: Floats, cost: Floats, budget: float, guess: float) -> float:
    """Price λ ≥ 0 at which the options clip(wish − λ slope, 0, 1) cost the budget: Newton inside a bracket."""
    low, high, price = 0.0, np.inf, guess
    for _ in range(100):
        spent, rate = 0.0, 0.0
        for j in range(len(wish)):
            x = wish[j] - price * slope[j]
            if x >= 1.0:
                spent += cost[j]
            elif x > 0.0:
                spent += cost[j] * x
                rate += cost[j] * slope[j]
        over = spent - budget
        if over > 0.0:
            low = price
        else:
            high = price
            if price == 0.0 or over > -1e-9 * budget:
                return price
        step = price + over / rate if rate > 0.0 else np.inf
        if step <= low or step >= high:
            step = 2.0 * low + 1e-12 if high == np.inf else 0.5 * (low + high)
        if high < np.inf and high - low <= 1e-13 * high:
            return high
        price = max(step, 0.0)
    return high if high < np.inf else low


@jit
def _step_prices(covers: tuple[Ints, Shorts], sizes: Four, iterate: Four, image: Four, omega: float) -> float:
    """Prices one step on, and their sums by option; the square of the way, as the balance measures it."""
    weight, degree, _, _ = sizes
    way = 0.0
    for g in range(len(weight)):
        s = iterate[1][g] - omega * weight[g] / degree[g] * (iterate[2][g] - 1.0)
        image[1][g] = min(max(s, 0.0), weight[g])
        d = image[1][g] - iterate[1][g]
        way += d * d * degree[g] / weight[g]
        image[2][g] = 0.0
    for j in range(len(image[3])):
        total = 0.0
        for k in range(covers[0][j], covers[0][j + 1]):
            total += image[1][covers[1][k]]
        image[3][j] = total
    return way / omega


@jit
def _step_options(
    covers: tuple[Ints, Shorts], reach: Floats, iterate: Four, image: Four, wish: Floats, slope: Floats, price: float
) -> float:
    """Options one step on, and how often they serve each group; the square of the way."""
    way = 0.0
    for j in range(len(reach)):
        image[0][j] = min(max(wish[j] - price * slope[j], 0.0), 1.0) if reach[j] > 0.0 else 0.0
        d = image[0][j] - iterate[0][j]
        way += d * d * reach[j]
        if image[0][j] > 0.0:
            for k in range(covers[0][j], covers[0][j + 1]):
                image[2][covers[1][k]] += image[0][j]
    return way


@jit_maker
def run_steps(
    covers: tuple[Ints, Shorts], sizes: Four, cost: Floats, iterate: Four, anchor: Four, image: Four, knobs: Floats,
    n_steps: int,
) -> int:  # fmt: skip
    """Steps of a reflected Halpern primal-dual method, until they are done or a restart is due.

    Parameters
    ----------
    covers
        Groups of each option (CSR).
    sizes
        Weight and number of options by group; weight of all its groups and the reciprocal by option.
    cost
        By option.
    iterate, anchor, image
        Options x, prices v, how often x serves each group, sums of v by option: of the point, of the point
        the search began at, and of the last step. Changed in place.
    knobs
        Balance ω of the two step sizes, steps since the restart, residual at the restart, last residual, price of
        the budget, whether a restart is due, the budget, and whether its price is given (then the budget is not
        looked at). Changed in place.

    Returns
    -------
    int
        Steps made.

    Notes
    -----
    Diagonal step sizes 1/deg and 1/W (Pock and Chambolle 2011, doi:10.1109/ICCV.2011.6126441); Halpern's
    anchored step with reflection (Lu and Yang 2024, arXiv:2407.16144). The projection onto the options within the
    budget is exact.
    """
    wish, slope = np.empty(len(cost)), np.empty(len(cost))
    for number in range(n_steps):
        omega = knobs[0]
        way = _step_prices(covers, sizes, iterate, image, omega)
        for j in range(len(cost)):
            wish[j] = iterate[0][j] + (2.0 * image[3][j] - iterate[3][j]) * sizes[3][j] / omega
            slope[j] = cost[j] * sizes[3][j] / omega
        if knobs[7] == 0.0:
            knobs[4] = _onto_budget(wish, slope, cost, knobs[6], knobs[4])
        way += omega * _step_options(covers, sizes[2], iterate, image, wish, slope, knobs[4])
        residual = np.sqrt(way)
        knobs[1] += 1.0
        age = knobs[1]
        if age == 1.0:
            knobs[2] = residual
        elif residual <= 0.2 * knobs[2] or (residual <= 0.8 * knobs[2] and residual > knobs[3]):
            knobs[5] = 1.0
        knobs[3] = residual
        if knobs[5] > 0.0:
            return number + 1
        keep = age / (age + 1.0)
        for part in range(4):
            here, last, start = iterate[part], image[part], anchor[part]
            for k in range(len(here)):
                here[k] = keep * (2.0 * last[k] - here[k]) + (1.0 - keep) * start[k]
    return n_steps
