"""Upper bound of a covering problem by prices of its groups, and the relaxed answer that comes with it.

For any prices 0 ≤ v ≤ w of the groups and θ ≥ 0 of the money no choice of options covers more than

    Σ (w − v)  +  θ B  +  Σ_j max(0, V_j − θ c_j)        V_j: sum of v over the groups of option j

so a search stopped anywhere has proven something. Leaving option j out (where V_j > θ c_j), or taking it
(where V_j < θ c_j), lowers the bound by |V_j − θ c_j|: options for which it then falls below a known plan are decided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.plan.covering import BUDGET_ALLOWANCE, Covering

__all__ = ["Dual", "first_dual", "price_search"]

Floats = NDArray[np.float64]
Four = tuple[Floats, Floats, Floats, Floats]
_EPS = float(np.finfo(float).eps)
_LOOK = 10
"""Steps between two looks at the bound."""


@dataclass(frozen=True, eq=False)
class Dual:
    """A bound and what it knows.

    Parameters
    ----------
    bound
        No choice covers more (what is covered for good included; less its charges, where options are charged).
    reduced
        V_j − θ c_j by option at the prices of the bound.
    x, relaxed
        Best relaxed answer (0 ≤ x ≤ 1 by option, within the budget) and its worth.
    search
        Where the search stopped, for the next one to go on: iterate, anchor and last step, and the kernel's knobs.
    n_steps
        Steps so far.
    """

    bound: float
    reduced: Floats
    x: Floats
    relaxed: float
    search: tuple[Four, Four, Four, Floats]
    n_steps: int


def first_dual(covering: Covering) -> Dual:
    """The bound before any search: all weight; no option decided."""
    from planner.plan._dual_kernel import row_sums  # numba takes a second to load

    degree = np.diff(covering.by_group).astype(np.float64)
    x, price = np.zeros(covering.n_options), covering.weight / degree
    iterate = (x, price, np.zeros(covering.n_groups), row_sums(covering.indptr, covering.indices, price))
    search = (iterate, iterate, iterate, np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, covering.budget, 0.0]))
    roof = covering.base + float(covering.weight.sum()) * (1 + 64 * _EPS)
    return Dual(roof, np.zeros(covering.n_options), x, covering.base, search, 0)


def price_search(
    covering: Covering, dual: Dual, *, max_steps: int, gap: float, charge: Floats | None = None,
    is_over: Callable[[], bool] | None = None,
) -> Dual:  # fmt: skip
    """Steps of a primal-dual method from where ``dual`` stopped.

    Parameters
    ----------
    max_steps
        Steps at most.
    gap
        Stop once bound and relaxed answer are so close, in weight.
    charge
        Taken off for each option, in weight; the budget then does not count (prices of shared rows come from
        outside, as in `planner.plan.joint`).
    is_over
        Says whether the user's clock has struck; None without one.

    Notes
    -----
    Restarted Halpern steps with reflection (Lu and Yang 2024, arXiv:2407.16144) on the saddle point of weight and
    prices. The bound is worked out anew in float64 at each look, with an allowance for rounding (`_roof`).
    """
    from planner.plan._dual_kernel import run_steps

    if not covering.n_options or not covering.n_groups:
        return replace(dual, bound=covering.base, relaxed=covering.base)
    sizes, cost = _sizes(covering), covering.cost if charge is None else charge
    iterate, anchor, image = (_copied(arrays) for arrays in dual.search[:3])
    knobs = dual.search[3].copy()
    knobs[7] = 0.0 if charge is None else 1.0
    knobs[4] = knobs[4] if charge is None else 1.0
    n, covers = 0, (covering.indptr, covering.indices)
    while n < max_steps and dual.bound - dual.relaxed > gap and not (n and is_over is not None and is_over()):
        n += run_steps(covers, sizes, cost, iterate, anchor, image, knobs, min(_LOOK, max_steps - n))
        dual = _better(covering, dual, image, charge)
        if knobs[5] > 0 or knobs[1] >= 0.36 * (dual.n_steps + n) + 20:
            _restart(sizes, iterate, anchor, image, knobs)
    return replace(dual, search=(iterate, anchor, image, knobs), n_steps=dual.n_steps + n)


def _copied(arrays: Four) -> Four:
    return arrays[0].copy(), arrays[1].copy(), arrays[2].copy(), arrays[3].copy()


def _sizes(covering: Covering) -> Four:
    """Weight and options of each group, weight an option reaches and its reciprocal."""
    from planner.plan._dual_kernel import row_sums

    reach = row_sums(covering.indptr, covering.indices, covering.weight)
    per_reach = np.divide(1.0, reach, out=np.zeros_like(reach), where=reach > 0)
    return covering.weight, np.diff(covering.by_group).astype(np.float64), reach, per_reach


def _restart(sizes: Four, iterate: Four, anchor: Four, image: Four, knobs: Floats) -> None:
    """Begin again at the last step, with step sizes balanced by the way since the last restart."""
    weight, degree, reach, _ = sizes
    way_x = float(np.sqrt((reach * (image[0] - anchor[0]) ** 2).sum()))
    way_v = float(np.sqrt((degree / weight * (image[1] - anchor[1]) ** 2).sum()))
    if min(way_x, way_v) > 1e-12 * float(weight.sum()) ** 0.5:
        knobs[0] = np.exp(0.5 * np.log(way_v / way_x) + 0.5 * np.log(knobs[0]))
    for here, start, last in zip(iterate, anchor, image, strict=True):
        here[:] = last
        start[:] = last
    knobs[1:4] = 0.0
    knobs[5] = 0.0


def _better(covering: Covering, dual: Dual, image: Four, charge: Floats | None) -> Dual:
    """The dual with the bound and the relaxed answer of a step, where these are better."""
    x, price, served, sums = image
    bound, reduced = _roof(covering, price, sums, charge)
    if bound < dual.bound:
        dual = replace(dual, bound=bound, reduced=reduced)
    relaxed = covering.base + float(covering.weight @ np.minimum(served, 1.0))
    relaxed -= 0.0 if charge is None else float(charge @ x)
    return replace(dual, x=x.copy(), relaxed=relaxed) if relaxed > dual.relaxed else dual


def _roof(covering: Covering, price: Floats, sums: Floats, charge: Floats | None) -> tuple[float, Floats]:
    """Bound and reduced gains at prices of the groups.

    Rounding: a sum of L terms one after the other errs by at most L ε of itself, numpy's pairwise sums by less than
    64 ε, and both are added.
    """
    if charge is None:
        budget = covering.budget * (1 + BUDGET_ALLOWANCE)
        theta = _money_price(sums, covering.cost, budget)
        paid, due = theta * budget, theta * covering.cost
    else:
        paid, due = 0.0, charge
    reduced = sums - due
    on = reduced > 0
    free = covering.weight - price
    roof = float(free.sum()) + paid + float(reduced[on].sum()) + covering.base
    size = float(free.sum()) + paid + float((sums + due)[on].sum()) + abs(covering.base)
    slack = _EPS * (64.0 * size + float((np.diff(covering.indptr) * sums)[on].sum()))
    return roof + slack, reduced


def _money_price(sums: Floats, cost: Floats, budget: float) -> float:
    """Price of the money at which the fractional knapsack fills the budget, 0 where it does not."""
    ratio = np.divide(sums, cost, out=np.full(len(cost), np.inf), where=cost > 0)
    order = np.argsort(-ratio, kind="stable")
    at = int(np.searchsorted(np.cumsum(cost[order]), budget, side="right"))
    return float(ratio[order[at]]) if at < len(order) else 0.0
