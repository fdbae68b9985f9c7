"""A covering problem by regions (islands, provinces): prices in parallel, then each region's plan with its money.

Options belong to one region. What regions share are rows over the options (money, the capacity of a beam), and the groups
on their borders that options of several regions cover. Such a group is priced: its weight w splits into w − v, which is
nobody's, and v, which every region may earn once; Σ over the regions of what they earn and w − v bounds w.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.parallel import map_parts
from planner.plan.cover_bound import first_dual, price_search
from planner.plan.cover_search import greedy, polish
from planner.plan.cover_stages import Limits, first_standing, improve
from planner.plan.covering import BUDGET_ALLOWANCE, Covering, narrowed, worth_of
from planner.plan.joint import Answer, Joint, Region, Shared, joint_bound

__all__ = ["RegionalCover", "cover_by_regions", "regional_bound"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_HALO_STEPS, _FIRST_ROUNDS = 600, 6
"""Steps of the prices that borders begin at, and rounds before they are found anew."""
_STEPS = 300
"""Steps of a region's own prices in a round; they go on from those of the round before."""
_ROUNDS = 20_000
"""Trials of ruin and recreate over all regions at the end."""
_BORDER_SHARE = 1e-6
"""Least price of a border group, share of its weight: no weight of a region's problem is nothing."""


@dataclass(frozen=True, eq=False)
class RegionalCover:
    """A plan made region by region, and its proof.

    Parameters
    ----------
    chosen, value
        By option, and the weight covered.
    bound, gap_share
        Proven upper bound over all regions together; (bound − value) / bound.
    joint
        Prices of the shared rows (money first) and of the border groups.
    budget
        Money of each region.
    """

    chosen: Flags
    value: float
    bound: float
    gap_share: float
    joint: Joint
    budget: Floats


@dataclass(frozen=True, eq=False)
class _Part:
    """One region's problem: its border groups are priced by rows ``border_row`` of the shared prices."""

    covering: Covering
    groups: Ints
    options: Ints
    charges: Floats
    border: Ints
    border_row: Ints

    def at(self, price: Floats) -> tuple[Covering, Floats]:
        """The problem with border groups at their prices, and the charge of each option."""
        weight = self.covering.weight.copy()
        weight[self.border] = price[self.border_row]
        return replace(self.covering, weight=weight), np.asarray(price[: len(self.charges)] @ self.charges)


def regional_bound(
    covering: Covering, region: Ints, *, gap: float, rows: tuple[Floats, Floats] | None = None, max_rounds: int = 60,
    mode: str = "threads", workers: int = 0, is_over: Callable[[], bool] | None = None,
) -> Joint:  # fmt: skip
    """Bound of a covering problem by prices in parallel.

    Parameters
    ----------
    covering
        The problem.
    region
        Region of each option, 0 … without gaps.
    gap
        Weight to which the prices are worth searching.
    rows
        Further shared rows: use of each by option (row × option, at least 0), and what there is of each.
    max_rounds
        Rounds of prices.
    mode, workers
        As in `planner.parallel.map_parts`; the answer is the same for any.

    Notes
    -----
    The prices of the bound are first those of the rows (money, then ``rows``), then those of the border groups.
    """
    parts, shared = _parts(covering, region, rows)
    return _joint(
        parts, _warmed(covering, region, parts, shared, (mode, workers)), gap, max_rounds, (mode, workers), is_over
    )


def cover_by_regions(
    covering: Covering, region: Ints, *, gap_share: float = 1e-4, max_rounds: int = 60, seed: int = 0,
    mode: str = "threads", workers: int = 0, is_over: Callable[[], bool] | None = None,
) -> RegionalCover:  # fmt: skip
    """Plan region by region: joint prices, then every region with the money they give it, side by side.

    Parameters
    ----------
    gap_share
        Share of the bound to which the joint prices are searched.
    seed
        Of the regions' searches.

    Notes
    -----
    Border groups count at their price in each region, so that neighbours do not both build for them; money that
    regions leave is spent by greedy over all of them, and ruin and recreate evens out the borders.
    """
    parts, shared = _parts(covering, region, None)
    size = float(covering.weight.sum()) + covering.base
    shared = _warmed(covering, region, parts, shared, (mode, workers))
    joint = _joint(parts, shared, gap_share * size, max_rounds, (mode, workers), is_over)
    budget = _budgets(joint.use[:, 0], covering.budget)
    tasks = [(part, money, joint.price, seed, is_over) for part, money in zip(parts, budget.tolist(), strict=True)]
    chosen = np.zeros(covering.n_options, dtype=bool)
    for numbers in map_parts(_plan, tasks, mode=mode, workers=workers):
        chosen[numbers] = True
    chosen = greedy(covering, start=chosen)
    chosen = polish(covering, chosen, rounds=_ROUNDS, seed=seed)
    value = worth_of(covering, chosen)
    bound = max(joint.bound, value)
    return RegionalCover(chosen, value, bound, (bound - value) / bound if bound > 0 else 0.0, joint, budget)


def _budgets(use: Floats, budget: float) -> Floats:
    """Money of each region, together no more than there is."""
    wanted = np.maximum(use, 0.0)
    total = float(wanted.sum())
    return wanted * min(1.0, budget / total) * (1 - 1e-12) if total > 0 else wanted


def _parts(covering: Covering, region: Ints, rows: tuple[Floats, Floats] | None) -> tuple[list[_Part], Shared]:
    n_regions = int(region.max(initial=-1)) + 1
    holder_region = region[covering.holders]
    first = holder_region[covering.by_group[:-1]]
    differs = holder_region != np.repeat(first, np.diff(covering.by_group))
    is_border = np.zeros(covering.n_groups, dtype=bool)
    is_border[np.repeat(np.arange(covering.n_groups), np.diff(covering.by_group))[differs]] = True
    use, limit = (np.zeros((0, covering.n_options)), np.zeros(0)) if rows is None else rows
    use = np.vstack([covering.cost, use])
    limit = np.r_[covering.budget * (1 + BUDGET_ALLOWANCE), limit]
    border = np.flatnonzero(is_border)
    row_of = np.full(covering.n_groups, -1, dtype=np.int64)
    row_of[border] = len(limit) + np.arange(len(border))
    parts = [_part(covering, np.flatnonzero(region == k), use, row_of) for k in range(n_regions)]
    weight = covering.weight[border]
    start = np.r_[[_start_price(covering)], np.full(len(limit) - 1, 0.0), 0.5 * weight]
    most = np.divide(covering.weight.sum(), use.min(axis=1, where=use > 0, initial=np.inf))
    shared = Shared(
        limit=np.r_[limit, -np.ones(len(border))], low=np.r_[np.zeros(len(limit)), _BORDER_SHARE * weight],
        top=np.r_[most, weight], start=start, width=np.r_[0.5 * start[: len(limit)], 0.3 * weight], constant=covering.base + float(weight.sum()),
    )  # fmt: skip
    return parts, shared


def _part(covering: Covering, options: Ints, use: Floats, row_of: Ints) -> _Part:
    """The groups and options of one region, not merged: border groups keep their own prices."""
    from planner.plan._collapse_kernel import turn_over  # numba takes a second to load

    width = np.diff(covering.indptr)[options]
    start = np.r_[0, np.cumsum(width)].astype(np.int64)
    at = np.arange(int(start[-1])) + np.repeat(covering.indptr[options] - start[:-1], width)
    groups, numbers = np.unique(covering.indices[at], return_inverse=True)
    indices = np.asarray(numbers, dtype=np.int32)
    by_group, holders = turn_over(start, indices, len(groups))
    mine = Covering(
        weight=covering.weight[groups], cost=covering.cost[options], budget=covering.budget, indptr=start,
        indices=indices, by_group=by_group, holders=holders, option=np.arange(len(options), dtype=np.int64),
        taken=np.zeros(0, dtype=np.int64), base=0.0,
    )  # fmt: skip
    border = np.flatnonzero(row_of[groups] >= 0)
    return _Part(mine, groups, options, use[:, options], border, row_of[groups[border]])


def _start_price(covering: Covering) -> float:
    """Weight that greedy's last money buys, about: where the search for the price of money begins."""
    from planner.plan._dual_kernel import row_sums

    chosen = greedy(covering)
    held = row_sums(covering.by_group, covering.holders, chosen.astype(float))
    alone = row_sums(covering.indptr, covering.indices, np.where(held == 1, covering.weight, 0.0))
    ratio = alone[chosen & (covering.cost > 0)] / covering.cost[chosen & (covering.cost > 0)]
    return float(np.quantile(ratio, 0.25)) if len(ratio) else 0.0


def _warmed(covering: Covering, region: Ints, parts: list[_Part], shared: Shared, how: tuple[str, int]) -> Shared:
    """Prices to begin at: each region's own, with the options of its neighbours that reach its border.

    The price of money of the first rounds is used for a second time round.
    """
    n_border = len(shared.limit) - len(parts[0].charges) if parts else 0
    if not n_border:
        return shared
    for rounds in (0, _FIRST_ROUNDS):
        start = shared.start
        if rounds:
            start = _joint(parts, shared, 0.0, rounds, how, None).price
        tasks = [(covering, region, part, start) for part in parts]
        sums, counts = np.zeros(len(start)), np.zeros(len(start))
        for part, prices in zip(parts, map_parts(_halo_prices, tasks, mode=how[0], workers=how[1]), strict=True):
            sums[part.border_row] += prices
            counts[part.border_row] += 1
        start = np.where(counts > 0, np.divide(sums, counts, out=sums, where=counts > 0), start)
        shared = replace(
            shared, start=np.clip(start, shared.low, shared.top), width=shared.width * (0.3 if rounds else 1.0)
        )
    return shared


def _halo_prices(task: tuple[Covering, Ints, _Part, Floats]) -> Floats:
    """Prices of a region's border groups, found with all options that reach them and money at its price."""
    covering, _, part, start = task
    groups = part.groups[part.border]
    near = np.zeros(covering.n_options, dtype=bool)
    near[part.options] = True
    width = np.diff(covering.by_group)[groups]
    first = np.repeat(covering.by_group[:-1][groups], width)
    ramp = np.arange(int(width.sum())) - np.repeat(np.cumsum(width) - width, width)
    near[covering.holders[first + ramp]] = True
    halo = _part(covering, np.flatnonzero(near), covering.cost[None, :], np.full(covering.n_groups, -1))
    dual = price_search(
        halo.covering, first_dual(halo.covering), max_steps=_HALO_STEPS, gap=0.0, charge=start[0] * halo.covering.cost
    )
    return np.asarray(dual.search[2][1][np.searchsorted(halo.groups, groups)])


def _joint(
    parts: list[_Part], shared: Shared, gap: float, max_rounds: int, how: tuple[str, int],
    is_over: Callable[[], bool] | None,
) -> Joint:  # fmt: skip
    regions = [_region(part, len(shared.limit), 0.3 * gap / max(1, len(parts))) for part in parts]
    return joint_bound(
        regions, shared, gap=gap, max_rounds=max_rounds, mode=how[0], workers=how[1], is_over=is_over
    )  # fmt: skip


def _region(part: _Part, n_rows: int, gap: float) -> Region:
    """The region's answer to prices: a bound by its own prices, and its relaxed options."""

    def answer(price: Floats, memory: Any) -> Answer:
        from planner.plan._dual_kernel import row_sums

        covering, charge = part.at(price)
        dual = first_dual(covering)
        if memory is not None:
            dual = replace(dual, search=_resumed(covering, memory))
        dual = price_search(covering, dual, max_steps=_STEPS, gap=gap, charge=charge)
        served = np.minimum(row_sums(covering.by_group, covering.holders, dual.x), 1.0)
        use = np.zeros(n_rows)
        use[: len(part.charges)] = part.charges @ dual.x
        use[part.border_row] = -served[part.border]
        inner = np.ones(covering.n_groups, dtype=bool)
        inner[part.border] = False
        return Answer(dual.bound, float(covering.weight[inner] @ served[inner]), use, dual.search)

    return answer


def _resumed(covering: Covering, search: Any) -> Any:
    """The last search's options and prices under new weights, as a search to go on from."""
    from planner.plan._dual_kernel import row_sums

    x, price = search[2][0], np.minimum(search[2][1], covering.weight)
    served = row_sums(covering.by_group, covering.holders, x)
    here = (x, price, served, row_sums(covering.indptr, covering.indices, price))
    knobs = search[3].copy()
    knobs[1:4] = 0.0
    knobs[5] = 0.0
    return here, here, here, knobs


def _plan(task: tuple[_Part, float, Floats, int, Callable[[], bool] | None]) -> Ints:
    """Options of a region's plan, numbered as in the whole problem."""
    part, money, price, seed, is_over = task
    whole = replace(part.at(price)[0], budget=money)
    open_ = whole.cost <= money * (1 + BUDGET_ALLOWANCE)
    covering = narrowed(whole, open_, np.zeros(0, dtype=np.int64))
    limits = Limits(is_whole=False, target_gap_share=1e-5, seed=seed, stop_s=np.inf)
    standing = first_standing(covering)
    for better in improve(standing, limits, is_over):
        standing = better
        if standing.is_close(limits) or (is_over is not None and is_over()):
            break
    return np.asarray(part.options[covering.option[standing.chosen]])
