"""The steps of a plain covering, one after the other, each with a valid bound: greedy, prices, cores, windows.

A *core* is the program over the options whose reduced gain is nearest to nothing, the others set as prices have
them. What another setting of those could reach is bounded by the prices, so a core that is solved proves

    bound = max(bound of the core, bound of the prices − least |reduced gain| outside the core)

and once that second part is no better than the plan, the plan is optimal.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.plan.cover_bound import Dual, first_dual, price_search
from planner.plan.cover_program import solve_core
from planner.plan.cover_search import greedy, polish
from planner.plan.covering import BUDGET_ALLOWANCE, Covering, narrowed, nearby_order, worth_of

__all__ = ["IsOver", "Limits", "Standing", "first_standing", "improve"]

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
IsOver = Callable[[], bool] | None

_MOST_STEPS = 4000
"""Steps of the price search."""
_SLICE_ENTRIES = 100_000_000
"""Entries of the covers a slice of the price search goes through, about."""
_FIRST_CORE = 60
_CORE_PER_PART = 3
"""Options of the first core: at least, and for each option that the relaxed answer takes in part."""
_MOST_SHARED = 7000
"""Groups that several options hold, in a program at most; beyond, windows."""
_WINDOW = 400
"""Options of a window."""
_MOST_NODES = 2000
_ROUNDS = 2000
"""Trials of ruin and recreate after the first roundings."""


@dataclass(frozen=True)
class Limits:
    """When to stop.

    Parameters
    ----------
    is_whole
        Whether all weights are whole numbers, so that values and bounds are.
    target_gap_share
        Gap that is close enough.
    seed
        Of the search's and the solver's choices.
    stop_s
        Monotonic time to stop at; inf without a clock.
    """

    is_whole: bool
    target_gap_share: float
    seed: int
    stop_s: float

    def seconds_left(self) -> float | None:
        """Seconds until the clock strikes; None without one."""
        return None if math.isinf(self.stop_s) else self.stop_s - time.monotonic()


@dataclass(frozen=True, eq=False)
class Standing:
    """The best so far.

    Parameters
    ----------
    covering
        The problem.
    chosen, value
        Best choice, by option, and the weight it covers.
    dual
        Prices.
    bound
        Least bound proven, by prices or cores.
    steps
        What was done.
    """

    covering: Covering
    chosen: Flags
    value: float
    dual: Dual
    bound: float
    steps: tuple[str, ...]

    def is_close(self, limits: Limits) -> bool:
        """Whether the gap is as small as asked for, or nothing at all."""
        return self.bound - self.value <= max(limits.target_gap_share, 1e-12) * self.bound

    def with_choice(self, chosen: Flags) -> Standing:
        """Take a choice where it covers more."""
        value = worth_of(self.covering, chosen)
        return replace(self, chosen=chosen, value=value) if value > self.value else self

    def with_bound(self, bound: float, limits: Limits) -> Standing:
        """Take a bound where it is lower; of whole weights a whole one."""
        bound = math.floor(bound) if limits.is_whole else bound
        return replace(self, bound=max(self.value, min(self.bound, bound)))

    def noted(self, text: str) -> Standing:
        """Add a step, with where it led."""
        return replace(self, steps=(*self.steps, f"{text}: value {self.value:.12g}, bound {self.bound:.12g}"))


def first_standing(covering: Covering) -> Standing:
    """Nothing chosen, all weight as the bound."""
    dual = first_dual(covering)
    return Standing(covering, np.zeros(covering.n_options, dtype=bool), covering.base, dual, dual.bound, ())


def improve(standing: Standing, limits: Limits, is_over: IsOver) -> Iterator[Standing]:
    """Better and better standings, each of them valid; ends when there is nothing more to try within the limits."""
    standing = standing.with_choice(greedy(standing.covering)).with_bound(standing.bound, limits).noted("greedy")
    yield standing
    for better in _by_prices(standing, limits, is_over):
        standing = better
        yield standing
    polished = polish(standing.covering, standing.chosen, rounds=_ROUNDS, seed=limits.seed)
    standing = standing.with_choice(polished).noted(f"ruin and recreate, {_ROUNDS} trials")
    yield standing
    for better in _by_cores(standing, limits, is_over):
        standing = better
        yield standing
    for turn in range(3):
        before = standing.value
        for better in _by_windows(standing, limits, turn):
            standing = better
            yield standing
        if standing.value == before:
            return


def _by_prices(standing: Standing, limits: Limits, is_over: IsOver) -> Iterator[Standing]:
    """Prices until they are as good as they get, with the relaxed answer rounded on the way."""
    covering = standing.covering
    slice_ = int(np.clip(_SLICE_ENTRIES // max(1, 2 * len(covering.indices)), 20, 400))
    while standing.dual.n_steps < _MOST_STEPS:
        gap = max(_price_gap(standing), 0.03 * limits.target_gap_share * standing.bound)
        if standing.dual.bound - standing.dual.relaxed <= gap:
            return
        steps = min(slice_, _MOST_STEPS - standing.dual.n_steps)
        dual = price_search(covering, standing.dual, max_steps=steps, gap=gap, is_over=is_over)
        standing = replace(standing, dual=dual).with_bound(dual.bound, limits)
        standing = standing.with_choice(_rounded(covering, dual))
        yield standing.noted(f"prices, {dual.n_steps} steps")


def _price_gap(standing: Standing) -> float:
    """How close prices and the relaxed answer must come: little beside the gap, and enough to tell options apart."""
    return max(2e-8 * standing.bound, min(0.02 * (standing.bound - standing.value), 2e-5 * standing.bound))


def _rounded(covering: Covering, dual: Dual) -> Flags:
    """The relaxed answer's full options, and greedy for the rest."""
    order = np.argsort(-dual.x, kind="stable")
    order = order[dual.x[order] > 0.9]
    order = order[np.cumsum(covering.cost[order]) <= covering.budget]
    start = np.zeros(covering.n_options, dtype=bool)
    start[order] = True
    return greedy(covering, start=start)


def _by_cores(standing: Standing, limits: Limits, is_over: IsOver) -> Iterator[Standing]:
    """Programs over more and more options, until one proves the plan or they grow too large."""
    n_part = int(((standing.dual.x > 1e-3) & (standing.dual.x < 1 - 1e-3)).sum())
    size, is_first = max(_FIRST_CORE, _CORE_PER_PART * n_part), True
    while size >= max(1, _FIRST_CORE // 2):
        core, is_last = _core(standing, size, limits)
        small = _narrowed_to(standing, core)
        if small is None or _n_shared(small) > _MOST_SHARED:
            if not is_first:
                return
            size = int(size / 1.5)
            continue
        standing = _solved(standing, core, small, limits)
        yield standing
        if is_last:
            return
        size, is_first = 2 * size, False
        for better in _by_prices(standing, limits, is_over):
            standing = better
            yield standing


def _core(standing: Standing, size: int, limits: Limits) -> tuple[Flags, bool]:
    """Options to decide, and whether the prices decide all others."""
    dual = standing.dual
    least = 1.0 if limits.is_whole else 1e-12 * standing.bound
    undecided = dual.bound - np.abs(dual.reduced) >= standing.value + least
    if int(undecided.sum()) <= 1.5 * size:
        return undecided, True
    order = np.argsort(np.where(undecided, np.abs(dual.reduced), np.inf), kind="stable")
    core = np.zeros(len(undecided), dtype=bool)
    core[order[:size]] = True
    return core, False


def _narrowed_to(standing: Standing, core: Flags) -> Covering | None:
    """The problem of a core; None where the options set by prices cost more than there is."""
    taken = np.flatnonzero((standing.dual.reduced > 0) & ~core)
    budget = standing.covering.budget * (1 + BUDGET_ALLOWANCE)
    if math.fsum(standing.covering.cost[taken]) > budget:
        return None
    return narrowed(standing.covering, core, taken)


def _n_shared(covering: Covering) -> int:
    """Groups that more than one option holds: rows of the program."""
    return int((np.diff(covering.by_group) > 1).sum())


def _solved(standing: Standing, core: Flags, small: Covering, limits: Limits) -> Standing:
    """The standing after the program of a core."""
    start = standing.chosen[core]
    if math.fsum(small.cost[start]) > small.budget:
        start = np.zeros(small.n_options, dtype=bool)
    gap = max(0.999 if limits.is_whole else 1e-10 * standing.bound, 0.1 * limits.target_gap_share * standing.bound)
    answer = solve_core(
        small, greedy(small, start=start), gap=gap, max_nodes=_MOST_NODES, seconds=limits.seconds_left(),
        seed=limits.seed,
    )  # fmt: skip
    outside = np.abs(standing.dual.reduced[~core])
    bound = max(answer.bound, standing.dual.bound - float(outside.min(initial=math.inf)))
    standing = standing.with_choice(_whole_choice(standing, small, answer.chosen)).with_bound(bound, limits)
    end = "solved" if answer.is_done else "stopped"
    return standing.noted(f"core of {small.n_options} options, {answer.nodes} nodes, {end}")


def _whole_choice(standing: Standing, small: Covering, chosen: Flags) -> Flags:
    """A choice of a smaller problem as one of the whole."""
    numbers = np.searchsorted(standing.covering.option, np.r_[small.taken, small.option[chosen]])
    whole = np.zeros(standing.covering.n_options, dtype=bool)
    whole[numbers] = True
    return whole


def _by_windows(standing: Standing, limits: Limits, turn: int) -> Iterator[Standing]:
    """Programs over neighbouring options that prices leave open, all others as they are."""
    dual = standing.dual
    n_part = int(((dual.x > 1e-3) & (dual.x < 1 - 1e-3)).sum())
    order = np.argsort(np.abs(dual.reduced), kind="stable")[: max(4 * n_part, 2 * _WINDOW)]
    is_near = np.zeros(standing.covering.n_options, dtype=bool)
    is_near[order] = True
    order = np.flatnonzero(is_near)
    near = order[np.argsort(nearby_order(narrowed(standing.covering, is_near, order[:0])), kind="stable")]
    offset = (turn * _WINDOW) // 2
    for number, part in enumerate(np.array_split(np.roll(near, -offset), max(1, -(-len(near) // _WINDOW)))):
        open_ = np.zeros(standing.covering.n_options, dtype=bool)
        open_[part] = True
        small = narrowed(standing.covering, open_, np.flatnonzero(standing.chosen & ~open_))
        if _n_shared(small) > _MOST_SHARED:
            continue
        gap = max(0.999 if limits.is_whole else 1e-10 * standing.bound, 1e-3 * (standing.bound - standing.value))
        answer = solve_core(
            small, standing.chosen[open_], gap=gap, max_nodes=200, seconds=limits.seconds_left(), seed=limits.seed
        )
        standing = standing.with_choice(_whole_choice(standing, small, answer.chosen))
        yield standing.noted(f"window {number + 1} of turn {turn + 1}")
