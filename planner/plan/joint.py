"""One dual search over regions that share little: money, beams, demand on their borders.

Regions (islands, provinces) answer prices, each by itself and side by side; a small linear program of their
answers moves the prices. For any prices low ≤ π ≤ top

    constant + π L + Σ_r F_r(π)          F_r(π) ≥ worth − π use   for whatever region r could do

bounds every plan whose regions together use no more than L of the shared rows. Nothing here knows what a region is: a
covering problem (`planner.plan.cover_regions`), or siting with its network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.parallel import map_parts
from planner.plan.solver import Rows, solve

__all__ = ["Answer", "Joint", "Shared", "joint_bound"]

Floats = NDArray[np.float64]
_EPS = float(np.finfo(float).eps)


@dataclass(frozen=True, eq=False)
class Shared:
    """What regions share, by row.

    Parameters
    ----------
    limit
        What there is of each row (below 0: what must come together, as on borders).
    low, top
        Range of each price; a narrower one loosens the bound.
    start, width
        Prices to begin at, and how far from them to look at first.
    constant
        Worth that belongs to no region.
    """

    limit: Floats
    low: Floats
    top: Floats
    start: Floats
    width: Floats
    constant: float = 0.0


@dataclass(frozen=True, eq=False)
class Answer:
    """What a region says to prices.

    Parameters
    ----------
    bound
        Nothing it could do is worth more, less its charges at these prices.
    worth, use
        Worth (without charges) and use of each shared row, of something it could do (or a mixture of such).
    memory
        Whatever the region wants to be given back at the next prices.
    """

    bound: float
    worth: float
    use: Floats
    memory: Any = None  # known to the region alone


Region = Callable[[Floats, Any], Answer]
"""A pure function of the prices and of what the region remembered."""


@dataclass(frozen=True, eq=False)
class Joint:
    """Bound over all regions.

    Parameters
    ----------
    bound
        Proven upper bound.
    floor
        What the answers so far leave possible: no prices prove less than this.
    price
        Prices of the bound.
    use
        By region and row: the mixture of answers that is worth ``floor``; together within the limits.
    answers
        Each region's answer at the prices of the bound.
    rounds
        Rounds of prices.
    """

    bound: float
    floor: float
    price: Floats
    use: Floats
    answers: tuple[Answer, ...]
    rounds: int


@dataclass(frozen=True, eq=False)
class _Cuts:
    region: tuple[int, ...]
    worth: tuple[float, ...]
    use: tuple[Floats, ...]


def joint_bound(
    regions: Sequence[Region], shared: Shared, *, gap: float, max_rounds: int, mode: str = "threads", workers: int = 0,
    is_over: Callable[[], bool] | None = None,
) -> Joint:  # fmt: skip
    """Search for the prices that bound all regions best.

    Parameters
    ----------
    regions
        Each answers prices. Doing nothing must be possible for it: worth 0, use 0.
    gap
        Stop once bound and floor are so close.
    max_rounds
        Rounds at most, from 1.
    mode, workers
        As in `planner.parallel.map_parts`; the answer is the same for any.
    is_over
        Says whether the user's clock has struck; None without one.

    Notes
    -----
    Cutting planes by region (Kelley 1960, doi:10.1137/0108053) inside a box around the best prices that widens and
    narrows (Marsten, Hogan and Blankenship 1975, doi:10.1287/opre.23.3.389).
    """
    memories: list[Any] = [None] * len(regions)
    price, width = np.clip(shared.start, shared.low, shared.top), np.maximum(shared.width, 1e-300)
    cuts, best = _Cuts((), (), ()), None
    for number in range(max_rounds):
        tasks = [(region, price, memory) for region, memory in zip(regions, memories, strict=True)]
        answers = tuple(map_parts(_ask, tasks, mode=mode, workers=workers))
        memories = [answer.memory for answer in answers]
        bound = _bound(shared, price, answers)
        cuts = _Cuts(
            (*cuts.region, *range(len(regions))),
            (*cuts.worth, *(a.worth for a in answers)),
            (*cuts.use, *(a.use for a in answers)),
        )
        is_better = best is None or bound < best.bound
        floor, _, use = _master(shared, cuts, len(regions), shared.low, shared.top)
        if best is None or is_better:
            best = Joint(bound, floor, price, use, answers, number + 1)
        else:
            best = Joint(best.bound, floor, best.price, use, best.answers, number + 1)
        if best.bound - floor <= gap or number == max_rounds - 1 or (is_over is not None and is_over()):
            break
        width = width * (2.0 if is_better and number else 0.5 if number else 1.0)
        low, top = np.maximum(shared.low, best.price - width), np.minimum(shared.top, best.price + width)
        value, price, _ = _master(shared, cuts, len(regions), low, top)
        while (
            best.bound - value <= gap and (width < shared.top - shared.low).any()
        ):  # nothing to win nearby: look farther
            width = width * 4.0
            low, top = np.maximum(shared.low, best.price - width), np.minimum(shared.top, best.price + width)
            value, price, _ = _master(shared, cuts, len(regions), low, top)
    if best is None:
        message = "joint_bound: max_rounds must be at least 1"
        raise ValueError(message)
    return best


def _ask(task: tuple[Region, Floats, Any]) -> Answer:
    region, price, memory = task
    return region(price, memory)


def _bound(shared: Shared, price: Floats, answers: tuple[Answer, ...]) -> float:
    """Σ with an allowance for the rounding of a few hundred terms."""
    parts = np.r_[shared.constant, price * shared.limit, [answer.bound for answer in answers]]
    return float(parts.sum() + 64.0 * _EPS * np.abs(parts).sum())


def _master(shared: Shared, cuts: _Cuts, n_regions: int, low: Floats, top: Floats) -> tuple[float, Floats, Floats]:
    """Least value of the answers' lines within a box; its prices, and the mixture of answers that holds it up."""
    n, k = len(shared.limit), len(cuts.worth)
    use, worth = np.array(cuts.use).reshape(k, n), np.array(cuts.worth)
    scale = np.maximum(np.abs(use).max(axis=0, initial=0.0), np.maximum(np.abs(shared.limit), 1e-300))
    unit = max(float(worth.max(initial=0.0)), abs(shared.constant) / n_regions) or 1.0
    rows = Rows(n + n_regions)
    row, column = np.nonzero(use)
    rows.add(
        np.r_[row, np.arange(k)], np.r_[column, n + np.array(cuts.region)],
        np.r_[-use[row, column] / scale[column], -np.ones(k)], high=-worth / unit,
    )  # fmt: skip
    gain = np.r_[-shared.limit / scale, -np.ones(n_regions)]
    ends = np.r_[top * scale / unit, np.full(n_regions, 1e9)]
    answer = solve(rows, gain, ends, low=np.r_[low * scale / unit, np.zeros(n_regions)])
    if answer.status != "optimal":
        return -np.inf, 0.5 * (low + top), np.zeros((n_regions, n))
    price = np.clip(answer.x[:n] * unit / scale, low, top)
    mixture = np.zeros((n_regions, n))
    np.add.at(mixture, np.array(cuts.region), np.abs(answer.row_dual)[:, None] * use)
    return shared.constant - answer.value * unit, price, mixture
