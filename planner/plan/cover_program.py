"""Covering as an integer program, for what is left when most options are decided."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.plan.covering import BUDGET_ALLOWANCE, Covering, worth_of
from planner.plan.solver import TOLERANCE_SHARE, Rows, solve

__all__ = ["CoreAnswer", "solve_core"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_MOST_WEIGHT = 2.0**20


@dataclass(frozen=True, eq=False)
class CoreAnswer:
    """What the program says.

    Parameters
    ----------
    chosen
        The best choice known, by option; at least as good as the one it began with.
    value, bound
        Weight it covers, and what no choice of these options exceeds (both with what is covered for good).
    is_done
        Whether the search ended by itself, within the gap asked for.
    nodes
        Nodes of its tree.
    """

    chosen: Flags
    value: float
    bound: float
    is_done: bool
    nodes: int


def solve_core(
    covering: Covering, chosen: Flags, *, gap: float, max_nodes: int, seconds: float | None = None, seed: int = 0
) -> CoreAnswer:
    """Solve a covering problem by branch and cut.

    Parameters
    ----------
    chosen
        A choice within the budget to begin with.
    gap
        Stop once bound and value are so close, in weight.
    max_nodes, seconds
        Limits; ``seconds`` only where the user set a clock.

    Notes
    -----
    y_g ≤ Σ x over the options that hold g, for groups that several hold; what only one holds goes to its
    own gain. Weights are scaled by a power of two, so whole numbers stay exact. The solver's bound is widened by its
    tolerance (`planner.plan.solver.TOLERANCE_SHARE`) on what is not decided beforehand.
    """
    value = worth_of(covering, chosen)
    if not covering.n_options or not covering.n_groups:
        return CoreAnswer(chosen, value, max(value, covering.base), is_done=True, nodes=0)
    rows, gain, start, unit = _program(covering, chosen)
    m = covering.n_options
    whole = np.zeros(len(gain), dtype=bool)
    whole[:m] = True
    knobs: dict[str, float | int | str] = {
        "mip_rel_gap": 0.0, "mip_abs_gap": gap / unit, "mip_max_nodes": max_nodes, "random_seed": seed,
        "mip_allow_restart": False, "mip_feasibility_tolerance": 1e-9,
    }  # fmt: skip
    if seconds is not None:
        knobs["time_limit"] = max(0.05, seconds)
    answer = solve(rows, gain, np.ones(len(gain)), is_integer=whole, start=start, options=knobs)
    bound = covering.base + (answer.bound + abs(answer.bound) * TOLERANCE_SHARE) * unit
    if len(answer.x):
        found = answer.x[:m] > 0.5
        is_paid = math.fsum(covering.cost[found]) <= covering.budget * (1 + BUDGET_ALLOWANCE)
        if is_paid and worth_of(covering, found) > value:
            chosen, value = found, worth_of(covering, found)
    return CoreAnswer(chosen, value, max(bound, value), answer.status == "optimal", answer.nodes)


def _program(covering: Covering, chosen: Flags) -> tuple[Rows, Floats, Floats, float]:
    """Rows, gains and a start, and the power of two the weights are divided by."""
    m, degree = covering.n_options, np.diff(covering.by_group)
    unit = 2.0 ** max(0.0, math.ceil(math.log2(float(covering.weight.max()) / _MOST_WEIGHT)))
    if float(covering.weight.max()) < 1.0:
        unit = 2.0 ** math.floor(math.log2(float(covering.weight.max())))
    alone, shared = degree == 1, np.flatnonzero(degree > 1)
    own = np.bincount(
        covering.holders[covering.by_group[:-1][alone]], weights=covering.weight[alone], minlength=m
    )  # fmt: skip
    row = np.repeat(np.arange(len(shared)), degree[shared])
    entry = np.repeat(~alone, degree)
    k = np.arange(len(shared))
    rows = Rows(m + len(shared))
    rows.add(
        np.r_[k, row], np.r_[m + k, covering.holders[entry]], np.r_[np.ones(len(k)), -np.ones(len(row))],
        high=np.zeros(len(k)),
    )  # fmt: skip
    price = float(covering.cost.max()) or 1.0
    budget = np.array([covering.budget * (1 + BUDGET_ALLOWANCE) / price])
    rows.add(np.zeros(m, np.int64), np.arange(m), covering.cost / price, high=budget)
    is_covered = np.zeros(covering.n_groups, dtype=bool)
    for number in np.flatnonzero(chosen).tolist():
        is_covered[covering.indices[covering.indptr[number] : covering.indptr[number + 1]]] = True
    start = np.r_[chosen.astype(float), is_covered[shared].astype(float)]
    return rows, np.r_[own, covering.weight[shared]] / unit, start, unit
