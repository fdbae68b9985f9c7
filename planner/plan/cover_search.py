"""Covers made and improved without a solver: greedy, and ruin and recreate."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.plan.covering import BUDGET_ALLOWANCE, Covering, worth_of

__all__ = ["greedy", "polish"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Shorts = NDArray[np.int32]
_MOST_TOUCHED = 4e8
"""Entries that the trials may touch, about: a second or two, in which Ctrl-C and the clock are not heard."""
State = tuple[Shorts, Ints, Floats, Floats, NDArray[np.int8], Shorts, Shorts]


def _least(covering: Covering) -> float:
    """An addition that counts as none: what rounding leaves of weights that are no whole numbers."""
    return 1e-13 * float(covering.weight.sum())


def _money(covering: Covering, spent: float) -> Floats:
    left = covering.budget * (1 + BUDGET_ALLOWANCE) - spent
    return np.array([left, _least(covering), float(covering.cost.min(initial=math.inf))])


def _state(covering: Covering, chosen: Flags) -> tuple[State, Floats]:
    from planner.plan._search_kernel import new_state, take  # numba takes a second to load

    least = _least(covering)
    covers = (covering.indptr, covering.indices)
    flags = np.zeros(covering.n_options, dtype=np.int8)
    state = new_state(covers, covering.n_groups, covering.weight, covering.cost, flags, least)
    spent = take(covering.sides, covering.weight, covering.cost, state, np.flatnonzero(chosen), least)
    return state, _money(covering, spent)


def greedy(covering: Covering, *, start: Flags | None = None) -> Flags:
    """Most new weight by cost, again and again, while the budget lasts.

    Parameters
    ----------
    start
        Options taken first; what they cost must be within the budget.
    """
    from planner.plan._search_kernel import fill

    chosen = np.zeros(covering.n_options, dtype=bool) if start is None else start
    if not covering.n_options:
        return chosen
    state, money = _state(covering, chosen)
    fill(covering.sides, covering.weight, covering.cost, state, money, covering.n_options)
    return np.asarray(state[4] == 1)


def polish(covering: Covering, chosen: Flags, *, rounds: int, seed: int) -> Flags:
    """Take neighbours out and let greedy fill the place, with cooling; never worse than before.

    Parameters
    ----------
    rounds
        Trials, each of a few options and what they share; fewer where options share very much.
    seed
        Of the trials.

    Notes
    -----
    Ruin and recreate (Schrimpf et al. 2000, doi:10.1006/jcph.1999.6413) with tops passed over now and then
    (Christiaens and Vanden Berghe 2020, doi:10.1287/trsc.2019.0914).
    """
    from planner.plan._search_kernel import ruin_and_recreate

    if not chosen.any() or not covering.n_options:
        return chosen
    state, money = _state(covering, chosen)
    heat = 3e-6 * worth_of(covering, chosen)
    dice = np.random.default_rng(seed).integers(1, 2**62, 1)
    each = 5.0 * len(covering.indices) ** 2 / (covering.n_options * covering.n_groups)
    knobs = np.array([float(min(rounds, max(20, int(_MOST_TOUCHED / each)))), 8.0, heat, heat / 20.0, 0.05])
    pool = np.arange(covering.n_options, dtype=np.int64)
    _, flags = ruin_and_recreate(covering.sides, covering.weight, covering.cost, state, money, pool, knobs, dice)
    better = np.asarray(flags == 1)
    is_paid = math.fsum(covering.cost[better]) <= covering.budget * (1 + BUDGET_ALLOWANCE)
    return better if is_paid and worth_of(covering, better) > worth_of(covering, chosen) else chosen
