"""Compiled kernels of the covering bound: steps of a primal-dual method on the linear relaxation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import jit_maker

__all__ = ["row_sums", "run_steps"]

Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
Floats = NDArray[np.float64]


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


@jit_maker
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


@jit_maker
def run_steps(
    covers: tuple[Ints, Shorts], sizes: tuple[Floats, Floats, Floats, Floats], cost: Floats, budget: float,
    iterate: tuple[Floats, Floats, Floats, Floats], anchor: tuple[Floats, Floats, Floats, Floats],
    image: tuple[Floats, Floats, Floats, Floats], knobs: Floats, n_steps: int,
) -> int:  # fmt: skip
    """Steps of a reflected Halpern primal-dual method, until they are done or a restart is due.

    Parameters
    ----------
    covers
        Groups of each option (CSR).
    sizes
        Weight and number of options by group; weight of all its groups and the reciprocal by option.
    cost, budget
        By option, and in all.
    iterate, anchor, image
        Options x, prices v, how often x serves each group, sums of v by option: of the point, of the point
        the search began at, and of the last step. Changed in place.
    knobs
        Balance ω of the two step sizes, steps since the restart, residual at the restart, last residual, price of
        the budget, whether a restart is due, and whether that price is given (then the budget is not looked at).
        Changed in place.

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
    weight, degree, reach, per_reach = sizes
    x, v, served, value = iterate
    x0, v0, served0, value0 = anchor
    x1, v1, served1, value1 = image
    m = len(cost)
    wish, slope = np.empty(m), np.empty(m)
    for number in range(n_steps):
        omega = knobs[0]
        r_group = 0.0
        for g in range(len(weight)):
            s = v[g] - omega * weight[g] / degree[g] * (served[g] - 1.0)
            v1[g] = min(max(s, 0.0), weight[g])
            d = v1[g] - v[g]
            r_group += d * d * degree[g] / weight[g]
            served1[g] = 0.0
        for j in range(m):
            total = 0.0
            for k in range(covers[0][j], covers[0][j + 1]):
                total += v1[covers[1][k]]
            value1[j] = total
            wish[j] = x[j] + (2.0 * total - value[j]) * per_reach[j] / omega
            slope[j] = cost[j] * per_reach[j] / omega
        if knobs[6] == 0.0:
            knobs[4] = _onto_budget(wish, slope, cost, budget, knobs[4])
        r_option = 0.0
        for j in range(m):
            x1[j] = min(max(wish[j] - knobs[4] * slope[j], 0.0), 1.0) if reach[j] > 0.0 else 0.0
            d = x1[j] - x[j]
            r_option += d * d * reach[j]
            if x1[j] > 0.0:
                for k in range(covers[0][j], covers[0][j + 1]):
                    served1[covers[1][k]] += x1[j]
        residual = np.sqrt(r_option * omega + r_group / omega)
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
        for j in range(m):
            x[j] = keep * (2.0 * x1[j] - x[j]) + (1.0 - keep) * x0[j]
            value[j] = keep * (2.0 * value1[j] - value[j]) + (1.0 - keep) * value0[j]
        for g in range(len(weight)):
            v[g] = keep * (2.0 * v1[g] - v[g]) + (1.0 - keep) * v0[g]
            served[g] = keep * (2.0 * served1[g] - served[g]) + (1.0 - keep) * served0[g]
    return n_steps
