"""Plain maximal covering: choose options within a budget so that most weight is covered.

The special case of the selection without capacity and network: collapse, lazy greedy with exchanges, a
bound by prices, and an integer program on what is left.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.errors import UsageError
from planner.plan.collapse import Groups, collapse
from planner.plan.solver import TOLERANCE_SHARE, Rows, solve

__all__ = ["Cover", "max_cover"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_MOVES = 300
_MOST_ENTRIES = 3_000_000


@dataclass(frozen=True, eq=False)
class Cover:
    """A choice of options and its proof.

    Parameters
    ----------
    chosen
        Numbers of the options, ascending.
    value, bound, gap_share
        Covered weight, proven upper bound, (bound − value) / bound.
    steps
        What was done.
    seconds
        Wall-clock time it took.
    """

    chosen: Ints
    value: float
    bound: float
    gap_share: float
    steps: tuple[str, ...]
    seconds: float


def max_cover(
    weight: Floats, indptr: Ints, indices: Ints, cost: Floats, budget: float, *, time_limit_s: float = 60.0,
    target_gap_share: float = 0.0, seed: int = 0,
) -> Cover:  # fmt: skip
    """Options within a budget that cover most weight.

    Parameters
    ----------
    weight
        By point, at least 0.
    indptr, indices
        Points each option covers, in CSR form.
    cost, budget
        Of each option, and in all; at least 0. With unit costs the budget is the number of options.
    time_limit_s
        Wall-clock limit.
    target_gap_share
        Stop once the gap is this small.
    seed
        Of the solver's choices.

    Returns
    -------
    Cover

    Raises
    ------
    UsageError
        Weights, costs or a budget that are negative or no numbers, covers that name no point; all at once.

    Examples
    --------
    >>> found = max_cover(np.array([3.0, 2.0, 2.0]), np.array([0, 2, 3, 4]), np.array([0, 1, 1, 2]), np.ones(3), 2.0)
    >>> found.chosen.tolist(), found.value, found.gap_share
    ([0, 2], 7.0, 0.0)
    """
    started = time.monotonic()
    weight, cost = np.asarray(weight, dtype=float), np.asarray(cost, dtype=float)
    indptr, indices = np.asarray(indptr, dtype=np.int64), np.asarray(indices, dtype=np.int64)
    _check(weight, indptr, indices, cost, budget)
    groups = collapse(weight, np.zeros(len(weight)), *_once(indptr, indices, len(weight)))
    steps = [f"collapse: {len(weight)} points, {groups.n_groups} groups"]
    usable = (np.diff(groups.indptr) > 0) & (cost <= budget * (1 + 1e-12))
    chosen = _exchange(groups, _greedy(groups, cost, budget, usable), cost, budget, usable)
    value = _value(groups, chosen)
    steps.append(f"greedy with exchanges: {value:.10g}")
    bound, reduced = _price_bound(groups, cost, budget, usable, value) if usable.any() else (0.0, cost)
    steps.append(f"price bound: {bound:.10g}")
    left = time_limit_s - (time.monotonic() - started)
    if bound - value > max(target_gap_share, 1e-9) * bound and len(groups.indices) <= _MOST_ENTRIES and left > 0:
        fixed = usable & (bound + np.minimum(reduced, 0.0) >= value * (1 - 1e-9))
        answer, note = _program(groups, cost, budget, fixed, (target_gap_share, left, seed), chosen)
        steps.append(note)
        if answer is not None:
            bound = min(bound, max(answer[1], value))
            if answer[2] > value:
                chosen, value = answer[0], answer[2]
    bound = max(bound, value)
    if bound - value <= 2 * TOLERANCE_SHARE * bound and _is_whole(weight):
        bound = max(value, math.floor(bound + 1e-6))
    gap = (bound - value) / bound if bound > 0 else 0.0
    return Cover(np.sort(chosen), value, bound, gap, tuple(steps), time.monotonic() - started)


def _is_whole(weight: Floats) -> bool:
    return bool((weight == np.round(weight)).all())


def _check(weight: Floats, indptr: Ints, indices: Ints, cost: Floats, budget: float) -> None:
    faults = []
    for name, values in (("weight", weight), ("cost", cost)):
        bad = ~np.isfinite(values) | (values < 0)
        if bad.any():
            at = int(np.flatnonzero(bad)[0])
            faults.append(f"{name}[{at}] is {values[at]} (at least 0; {int(bad.sum())} such values)")
    if not (math.isfinite(budget) and budget >= 0):
        faults.append(f"budget is {budget} (at least 0)")
    if len(indptr) != len(cost) + 1 or indptr[0] != 0 or (np.diff(indptr) < 0).any() or indptr[-1] != len(indices):
        faults.append(f"indptr must hold {len(cost) + 1} ascending offsets that end at {len(indices)}")
    elif len(indices) and (indices.min() < 0 or indices.max() >= len(weight)):
        faults.append("indices name points that are not there")
    if faults:
        message = "max_cover: " + "; ".join(faults)
        raise UsageError(message, code="max_cover", faults="; ".join(faults))


def _once(indptr: Ints, indices: Ints, n_points: int) -> tuple[Ints, Ints]:
    """Covers with every point at most once an option."""
    option = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    pairs = np.unique(option * max(1, n_points) + indices)
    option, point = np.divmod(pairs, max(1, n_points))
    return np.searchsorted(option, np.arange(len(indptr))).astype(np.int64), point


def _list(groups: Groups, option: int) -> Ints:
    return np.asarray(groups.indices[groups.indptr[option] : groups.indptr[option + 1]])


def _sums(groups: Groups, values: Floats) -> Floats:
    """Sum of a value of the groups, by option."""
    total = np.r_[0.0, np.cumsum(values[groups.indices])]
    return np.asarray(total[groups.indptr[1:]] - total[groups.indptr[:-1]])


def _value(groups: Groups, chosen: Ints) -> float:
    is_covered = np.zeros(groups.n_groups, dtype=bool)
    for option in chosen:
        is_covered[_list(groups, int(option))] = True
    return float(groups.weight[is_covered].sum())


def _greedy(
    groups: Groups, cost: Floats, budget: float, usable: NDArray[np.bool_], start: tuple[int, ...] = ()
) -> Ints:
    """Most new weight per cost, again and again."""
    left, chosen, open_ = budget - float(cost[list(start)].sum()), list(start), usable.copy()
    new = groups.weight.copy()
    for option in start:
        new[_list(groups, option)] = 0.0
        open_[option] = False
    while True:
        gain = _sums(groups, new)
        open_ &= (cost <= left * (1 + 1e-12)) & (gain > 1e-12 * groups.weight.sum())
        if not open_.any():
            return np.array(chosen, dtype=np.int64)
        merit = np.where(open_, gain / np.maximum(cost, 1e-300), -1.0)
        best = int(np.argmax(merit))
        chosen.append(best)
        left -= float(cost[best])
        new[_list(groups, best)] = 0.0
        open_[best] = False


def _exchange(groups: Groups, chosen: Ints, cost: Floats, budget: float, usable: NDArray[np.bool_]) -> Ints:
    """Take one option out and let greedy fill its place, while that covers more."""
    best, value = chosen, _value(groups, chosen)
    is_better = len(chosen) <= 400
    while is_better:
        is_better = False
        for option in best.tolist():
            trial = _greedy(
                groups,
                cost,
                budget,
                usable & (np.arange(len(cost)) != option),
                tuple(k for k in best.tolist() if k != option),
            )
            if _value(groups, trial) > value * (1 + 1e-12):
                best, value, is_better = trial, _value(groups, trial), True
                break
    return best


def _price_bound(
    groups: Groups, cost: Floats, budget: float, usable: NDArray[np.bool_], value: float
) -> tuple[float, Floats]:
    """Bound by prices of the groups: Σ u plus the best knapsack of Σ max(0, w − u); and reduced gains."""
    weight = groups.weight
    best, price, best_reduced = math.inf, np.zeros(groups.n_groups), np.zeros(len(cost))
    best_price, lean, stale = price, 1.0, 0
    for _ in range(_MOVES):
        worth = np.where(usable, _sums(groups, np.maximum(weight - price, 0.0)), 0.0)
        theta, x = _knapsack(worth, cost, budget)
        reduced = worth - theta * cost
        roof = float(price.sum() + theta * budget + np.maximum(reduced, 0.0).sum())
        roof += 1e-12 * (float(weight.sum()) + theta * budget)
        if roof < best:
            stale = 0 if roof < best * (1 - 1e-6) else stale + 1
            best, best_price, best_reduced = roof, price, reduced
        else:
            stale += 1
        if stale >= 5:
            lean, stale, price = lean * 0.6, 0, best_price
        if best <= value * (1 + 1e-9) or lean < 1e-3:
            break
        served = np.zeros(groups.n_groups)
        for option in np.flatnonzero(x > 0).tolist():
            served[_list(groups, option)] += x[option]
        push = np.where(weight > price, served, 0.0) - 1.0
        push[(price <= 0) & (push < 0)] = 0.0
        size = float(push @ push)
        if size <= 0:
            break
        price = np.clip(price + lean * max(roof - value, 1e-9 * roof) / size * push, 0.0, weight)
    return best, best_reduced


def _knapsack(worth: Floats, cost: Floats, budget: float) -> tuple[float, Floats]:
    """Price of the budget and how much of each option the fractional knapsack takes."""
    ratio = np.divide(worth, cost, out=np.full(len(cost), np.inf), where=cost > 0)
    order = np.lexsort((np.arange(len(cost)), -ratio))
    spent = np.cumsum(cost[order])
    part = np.clip(
        np.divide(budget - (spent - cost[order]), cost[order], out=np.ones(len(cost)), where=cost[order] > 0), 0.0, 1.0
    )
    x = np.zeros(len(cost))
    x[order] = np.where(worth[order] > 0, part, 0.0)
    cut = np.flatnonzero((part < 1.0) & (worth[order] > 0))
    return (float(ratio[order[cut[0]]]) if len(cut) else 0.0), x


def _program(
    groups: Groups,
    cost: Floats,
    budget: float,
    usable: NDArray[np.bool_],
    limits: tuple[float, float, int],
    start: Ints,
) -> tuple[tuple[Ints, float, float] | None, str]:
    """The integer program over the options that are left: options, bound and value."""
    options = np.flatnonzero(usable)
    column = np.full(len(cost), -1, dtype=np.int64)
    column[options] = np.arange(len(options))
    option = np.repeat(np.arange(len(cost)), np.diff(groups.indptr))
    on = np.flatnonzero(usable[option])
    live, row = np.unique(groups.indices[on], return_inverse=True)
    rows = Rows(len(options) + len(live))
    k = np.arange(len(live))
    rows.add(
        np.r_[k, row], np.r_[len(options) + k, column[option[on]]], np.r_[np.ones(len(k)), -np.ones(len(row))],
        high=np.zeros(len(k)),
    )  # fmt: skip
    unit = max(1e-300, float(cost.max(initial=0.0)))
    rows.add(
        np.zeros(len(options), np.int64),
        np.arange(len(options)),
        cost[options] / unit,
        high=np.array([budget / unit * (1 + 1e-12)]),
    )
    scale = max(1e-300, float(groups.weight[live].sum())) / 1000.0 if len(live) else 1.0
    gain = np.r_[np.zeros(len(options)), groups.weight[live] / scale]
    whole = np.r_[np.ones(len(options), dtype=bool), np.zeros(len(live), dtype=bool)]
    x0 = np.zeros(len(gain))
    x0[column[start[usable[start]]]] = 1.0
    is_covered = np.zeros(groups.n_groups, dtype=bool)
    for number in start[usable[start]].tolist():
        is_covered[_list(groups, number)] = True
    x0[len(options) :] = is_covered[live]
    target, seconds, seed = limits
    knobs: dict[str, float | int | str] = {
        "mip_rel_gap": max(target, 1e-8),
        "time_limit": max(0.05, seconds),
        "random_seed": seed,
    }
    answer = solve(rows, gain, np.ones(len(gain)), is_integer=whole, start=x0, options=knobs)
    note = f"integer program on {len(options)} options: {answer.status}, bound {answer.bound * scale:.10g}"
    if not len(answer.x):
        return None, note
    chosen = options[answer.x[: len(options)] > 0.5]
    if float(cost[chosen].sum()) > budget * (1 + 1e-9):
        return None, note
    return (chosen, answer.bound * scale * (1 + TOLERANCE_SHARE), _value(groups, chosen)), note
