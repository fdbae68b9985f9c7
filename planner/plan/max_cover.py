"""Plain maximal covering: choose options within a budget so that most weight is covered, with proof.

The special case of the selection without capacity and network: lossless collapse, dominated options, greedy,
prices (`planner.plan.cover_bound`), a program over the options that prices leave open, and windows where that is large.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.errors import UsageError
from planner.plan.call_values import MOST, amounts, is_amount, number, whole
from planner.plan.cover_stages import IsOver, Limits, first_standing, improve
from planner.plan.covering import make_covering

__all__ = ["Cover", "max_cover"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Cover:
    """A choice of options and its proof.

    Parameters
    ----------
    chosen
        Numbers of the options, ascending.
    value, bound, gap_share
        Covered weight, proven upper bound, (bound − value) / bound (0 where the bound is 0).
    steps
        What was done, and what ended it.
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
        Points each option covers, in CSR form; in any order, and a point named twice counts once.
    cost, budget
        Of each option, and in all; at least 0. With unit costs the budget is the number of options.
    time_limit_s
        Wall-clock limit; inf for none. A run that ends before it is the same on every machine; a run that it ends
        says so in ``steps``. Steps that have begun may overrun it a little.
    target_gap_share
        Stop once the gap is this small.
    seed
        Of the search's and the solver's choices; 0 to 2³¹ − 1.

    Returns
    -------
    Cover
        Interrupted (Ctrl-C) or out of time it holds the best choice so far and a valid bound.

    Raises
    ------
    UsageError
        Weights, costs, a budget or limits that are negative or no numbers, covers that name no point; all at once.

    Notes
    -----
    Cells that no option tells apart are one group, and their weights add up, so the objective on groups is that on
    points (exactly, for whole weights below 2⁵³ in all). Costs may exceed the budget by 10⁻¹² of it (rounding).

    Examples
    --------
    >>> found = max_cover(np.array([3.0, 2.0, 2.0]), np.array([0, 2, 3, 4]), np.array([0, 1, 1, 2]), np.ones(3), 2.0)
    >>> found.chosen.tolist(), found.value, found.gap_share
    ([0, 2], 7.0, 0.0)
    """
    started = time.monotonic()
    (weight, faults), (cost, more) = amounts(weight, "weight"), amounts(cost, "cost")
    n_points = None if faults else len(weight)
    faults += more or _cover_faults(n_points, np.asarray(indptr), np.asarray(indices), len(cost))
    faults += _number_faults(budget, time_limit_s, target_gap_share, seed)
    if faults:
        message = "max_cover: " + "; ".join(faults)
        raise UsageError(message, code="max_cover", faults="; ".join(faults))
    limits = Limits(_is_whole(weight), target_gap_share, seed, started + time_limit_s)
    is_over = None if math.isinf(time_limit_s) else _clock(limits.stop_s)
    steps: tuple[str, ...] = ()
    chosen, bound = np.zeros(0, dtype=np.int64), _all(weight, limits)
    try:
        for found in _search(weight, (indptr, indices), cost, float(budget), limits, is_over):
            chosen, bound, steps = found
            if is_over is not None and is_over():
                end: tuple[str, ...] = ("stopped by the time limit",)
                break
        else:
            end = ()
    except KeyboardInterrupt:
        end = ("interrupted",)
    value = _value(weight, np.asarray(indptr), np.asarray(indices), chosen)
    bound = max(bound, value)
    gap = (bound - value) / bound if bound > 0 else 0.0
    chosen = np.sort(chosen)
    chosen.setflags(write=False)
    return Cover(chosen, value, bound, gap, (*steps, *end), time.monotonic() - started)


def _search(
    weight: Floats, covers: tuple[Ints, Ints], cost: Floats, budget: float, limits: Limits, is_over: IsOver
) -> Iterator[tuple[Ints, float, tuple[str, ...]]]:
    """Choice, bound and steps, better and better; nothing at all to begin with."""
    chosen, bound = np.zeros(0, dtype=np.int64), _all(weight, limits)
    yield chosen, bound, ()
    pointers, points, steps = _once(*covers)
    yield chosen, bound, steps
    covering = make_covering(weight, pointers, points, cost, budget)
    note = f"collapse: {len(weight)} points, {covering.n_groups} groups, {covering.n_options} of {len(cost)} options"
    steps = (*steps, note)
    yield chosen, bound, steps
    for standing in improve(first_standing(covering), limits, is_over):
        yield covering.option[standing.chosen], standing.bound, (*steps, *standing.steps)
        if standing.is_close(limits):
            return


def _all(weight: Floats, limits: Limits) -> float:
    """All weight, with an allowance for rounding where it is needed."""
    return float(weight.sum()) * (1.0 if limits.is_whole else 1 + 1e-13)


def _clock(stop: float) -> Callable[[], bool]:
    return lambda: time.monotonic() >= stop


def _is_whole(weight: Floats) -> bool:
    return bool((weight == np.round(weight)).all()) and float(weight.sum()) < 2.0**53


def _value(weight: Floats, indptr: Ints, indices: Ints, chosen: Ints) -> float:
    """Weight of the points that options cover, from the points themselves."""
    is_covered = np.zeros(len(weight), dtype=bool)
    for option in chosen.tolist():
        is_covered[indices[indptr[option] : indptr[option + 1]]] = True
    return float(weight[is_covered].sum())


def _cover_faults(
    n_points: int | None, indptr: NDArray[np.generic], indices: NDArray[np.generic], n_options: int
) -> list[str]:
    """What is wrong with covers; ``n_points`` None: nobody knows how many points there are."""
    for name, numbers in (("indptr", indptr), ("indices", indices)):
        if numbers.ndim != 1 or (len(numbers) and numbers.dtype.kind not in "iu"):
            return [f"{name} must be a row of whole numbers"]
    faults = []
    if (n_points or 0) >= 2**31 or n_options >= 2**31:
        faults.append("more than 2³¹ points or options")
    is_whole = len(indptr) == n_options + 1 and indptr[0] == 0 and indptr[-1] == len(indices)
    if not is_whole or (indptr[1:] < indptr[:-1]).any():  # type: ignore[operator]  # whole numbers, as looked at above
        faults.append(f"indptr must hold {n_options + 1} ascending offsets that end at {len(indices)}")
    elif n_points is not None and len(indices) and (indices.min() < 0 or indices.max() >= n_points):
        faults.append(f"indices name points that are not there (0 … {n_points - 1})")
    return faults


def _number_faults(budget: float, time_limit_s: float, target_gap_share: float, seed: int) -> list[str]:
    faults = []
    if not is_amount(budget):
        faults.append(f"budget is {budget} (0 to {MOST:g})")
    if not number(time_limit_s) >= 0:
        faults.append(f"time_limit_s is {time_limit_s} (at least 0)")
    if not 0 <= number(target_gap_share) <= 1:
        faults.append(f"target_gap_share is {target_gap_share} (0 to 1)")
    if not 0 <= (-1 if whole(seed) is None else seed) < 2**31:
        faults.append(f"seed is {seed} (a whole number, 0 to 2³¹ - 1)")
    return faults


def _once(indptr: Ints, indices: Ints) -> tuple[Ints, Shorts, tuple[str, ...]]:
    """Covers with every point at most once an option."""
    from planner.plan._collapse_kernel import repeats  # numba takes a second to load

    pointers = np.ascontiguousarray(indptr, dtype=np.int64)
    points = np.ascontiguousarray(indices, dtype=np.int32)
    twice = repeats(pointers, points)
    if not len(twice):
        return pointers, points, ()
    option = np.repeat(np.arange(len(pointers) - 1), np.diff(pointers))[~twice]
    start = np.searchsorted(option, np.arange(len(pointers))).astype(np.int64)
    return start, points[~twice], (f"{int(twice.sum())} points named twice by an option count once",)
