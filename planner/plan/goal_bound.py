"""Lower bounds on the cost of a goal from whole sites: what no part of a site can reach is not paid in parts.

For any prices ``u ≥ 0`` of the groups of one area with weights ``w`` and floor ``f``, every plan that meets the floor keeps

    Σ over copies c of  V_c x_c  ≥  f − Σ u,        V_c: fractional knapsack of w − u within the Mbps of c,

with whole sites and at most one copy a place (`planner.plan.copies`). So it pays at least ``t + least Σ cost x`` of such
a cover over the copies whose way to the backbone costs at most ``t``, for the dearest way ``t`` among its own sites (towers
of other sites on that way count with those sites alone); at least the whole way of the cheapest set of sites that can
reach the floor at all; and, where cost shares κ bring the network to each site (`planner.plan.copies`), the sum over areas
of covers whose costs add up to no more than ``cost + κ``. A cover costs at least its linear relaxation, and at least the
best of whole sites with worths rounded up.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from planner.plan.copies import CopyHunt, make_copies
from planner.plan.instance import Instance
from planner.plan.network import SOURCE
from planner.plan.schedule import FloorSet

__all__ = ["least_cover", "whole_sites_cost"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_MOST_SITES = 30
"""Covers of more sites than this are bounded by their linear relaxation alone."""
_UNITS_A_SITE = 30
_UNITS = (200, 1200)
_MOST_WAYS = 24
_SAFE = 1.0 - 1e-9


@dataclass(frozen=True, eq=False)
class _Need:
    """What an area asks of the copies: their worth and how much of it."""

    worth: Floats
    least: float


def whole_sites_cost(
    instance: Instance, floors: FloorSet, prices: tuple[Floats, Floats], mixes: tuple[Floats, ...]
) -> float:
    """Least that any plan meeting all floors pays, IDR (present value, at least 0).

    Parameters
    ----------
    instance
        Choices and network at present values.
    floors
        Areas and the weight to be newly served in each.
    prices
        Of each group, and of a unit of each floor: where the price bound was best. Any others are valid.
    mixes
        By choice, 0–1: whom rows of cost shares are to be dear for. Any are valid.
    """
    copies = make_copies(instance)
    if not len(copies.choice):
        return 0.0
    hunt = CopyHunt(instance, copies, 0.0)
    is_top = np.r_[copies.choice[1:] != copies.choice[:-1], True]
    none = np.zeros(len(instance.network.tail))
    costs = [
        hunt.row(np.where(is_top, mix[copies.choice], 0.0), none, is_flat=is_flat).cost
        for mix in mixes
        for is_flat in (False, True)
    ]
    plain = instance.choice_cost[copies.choice]
    ways, whole = _ways(instance)[copies.choice], instance.least_cost[copies.choice]
    found, place = 0.0, copies.place
    zero = np.zeros(len(prices[0]))
    asked = [_needs(instance, floors, held) for held in ((zero, np.ones(len(floors.least))), prices)]
    for needs in asked:
        for need in needs:
            found = max(found, _dearest(place, whole, need), _with_way(place, plain, ways, need))
    for needs in asked:
        parts = _parts(needs)
        for cost in costs:
            found = max(
                found, sum(least_cover(place, n.worth, cost * p, n.least) for n, p in zip(needs, parts, strict=True))
            )
    return found * _SAFE if np.isfinite(found) else 0.0


def _needs(instance: Instance, floors: FloorSet, prices: tuple[Floats, Floats]) -> list[_Need]:
    """By floor: worth of each copy at the prices, and what is asked of them; nothing where prices leave nothing."""
    from planner.plan._price_kernel import worth_of_copies  # numba takes a second to load

    groups, copies = instance.groups, make_copies(instance)
    n, (price, unit) = len(copies.choice), prices
    needs = []
    for inside, least, mu in zip(floors.inside, floors.least, unit, strict=True):
        paid = np.where(inside, price, 0.0)
        worth = np.where(inside, mu * groups.weight, 0.0) - paid
        found = (np.zeros(n), np.zeros(n), np.zeros(n))
        worth_of_copies(
            (groups.indptr, groups.indices, np.zeros(len(groups.indices), dtype=np.int64)), worth, groups.demand_mbps,
            (copies.first, copies.last), (copies.mbps, np.zeros(n)), found, np.zeros(n, dtype=np.int64),
        )  # fmt: skip
        asked = float(mu * least - paid.sum()) - 1e-9 * float(mu * least + paid.sum())
        needs.append(_Need(found[0], max(0.0, asked)))
    return needs


def _parts(needs: list[_Need]) -> list[Floats]:
    """By floor: which part of each copy's cost its cover pays, by how much of the need it could serve (sum 1)."""
    serves = [np.minimum(n.worth / n.least, 1.0) if n.least > 0 else np.zeros(len(n.worth)) for n in needs]
    total = np.sum(serves, axis=0)
    return [np.divide(s, total, out=np.full(len(s), 1.0 / len(needs)), where=total > 0) for s in serves]


def _ways(instance: Instance) -> Floats:
    """By choice: least price of its way over the network when towers where sites may stand cost nothing."""
    from planner.plan._ascent_kernel import shortest_tree  # numba takes a second to load

    network, tower = instance.network, instance.network.tower_cost.copy()
    tower[instance.option_place] = 0.0
    price = network.arc_cost(network.edge_cost, tower)
    far = shortest_tree(*instance.leaving, price, SOURCE)[0]
    return np.asarray(np.where(instance.choice_node >= 0, far[np.maximum(instance.choice_node, 0)], 0.0))


def _dearest(place: Ints, whole: Floats, need: _Need) -> float:
    """Least ``b`` so that the sites that cost at most ``b`` each, way included, could reach the need together."""
    if need.least <= 0:
        return 0.0
    useful = need.worth > 0
    place, whole, worth = place[useful], whole[useful], need.worth[useful]
    steps, first = np.unique(whole), _first(place)
    low, high = 0, len(steps)  # the answer is one of steps[low:], or none
    while low < high:
        middle = (low + high) // 2
        within = np.where(whole <= steps[middle], worth, 0.0)
        if float(np.maximum.reduceat(within, first).sum()) >= need.least * _SAFE:
            high = middle
        else:
            low = middle + 1
    return float(steps[low]) if low < len(steps) else np.inf


def _with_way(place: Ints, cost: Floats, ways: Floats, need: _Need) -> float:
    """Least cost of a cover with the dearest way among its sites."""
    if need.least <= 0:
        return 0.0
    steps = np.unique(ways[need.worth > 0])
    if len(steps) > _MOST_WAYS:
        steps = steps[np.linspace(0, len(steps) - 1, _MOST_WAYS).astype(int)]
    best = np.inf
    for low, high in pairwise([*steps.tolist(), np.inf]):
        if low >= best:
            break
        within = np.where((ways < high) | (high == np.inf), need.worth, 0.0)
        best = min(best, low + least_cover(place, within, cost, need.least))
    return best


def least_cover(place: Ints, worth: Floats, cost: Floats, need: float) -> float:
    """Lower bound on Σ cost x over covers Σ worth x ≥ need of whole copies, at most one a place.

    Parameters
    ----------
    place
        Of each copy, ascending.
    worth, cost
        By copy; costs may be negative.
    need
        At least 0.

    Returns
    -------
    float
        Infinite where all places together fall short.

    Examples
    --------
    >>> least_cover(np.array([0, 1]), np.array([5.0, 4.0]), np.array([7.0, 6.0]), 3.0)
    6.0
    """
    keep = (worth > 0) | (cost < 0)
    if not keep.any():
        return np.inf if need > 0 else 0.0
    first, worth, cost = _first(place[keep]), worth[keep], cost[keep]
    best = np.maximum.reduceat(worth, first)
    if need > 0 and float(best.sum()) < need * _SAFE:
        return np.inf
    found = _relaxed(first, worth, cost, need * (1.0 - 2.0 * (1.0 - _SAFE)))  # so all places together exceed it
    if need <= 0:
        return found
    reached = np.cumsum(np.sort(best)[::-1])
    n_sites = int(np.searchsorted(reached, need * _SAFE)) + 1
    return max(found, _rounded(first, worth, cost, need, n_sites)) if n_sites <= _MOST_SITES else found


def _first(place: Ints) -> Ints:
    """Where the copies of each place begin."""
    return np.flatnonzero(np.diff(place, prepend=-1))


def _relaxed(first: Ints, worth: Floats, cost: Floats, need: float) -> float:
    """The linear relaxation: the best price of a unit of worth, by bisection (every price gives a bound)."""

    def at(price: float) -> tuple[float, float]:
        net = price * worth - cost
        top = np.maximum.reduceat(net, first)
        end = np.r_[first[1:], len(net)]
        is_best = net >= np.repeat(np.maximum(top, 0.0), end - first)
        used = np.maximum.reduceat(np.where(is_best, worth, 0.0), first).sum()
        return price * need - float(np.maximum(top, 0.0).sum()), need - float(used)

    best, _ = at(0.0)
    if need <= 0:
        return best
    high = max(1e-300, float(np.abs(cost).max(initial=0.0)) / need)
    for _ in range(60):
        value, slope = at(high)
        best = max(best, value)
        if slope <= 0:
            break
        high *= 2.0
    low = 0.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        value, slope = at(middle)
        best = max(best, value)
        low, high = (middle, high) if slope > 0 else (low, middle)
    return best


def _rounded(first: Ints, worth: Floats, cost: Floats, need: float, n_sites: int) -> float:
    """The best whole sites when each worth is rounded up to a unit: a knapsack by the units that are still missing."""
    n_units = int(np.clip(_UNITS_A_SITE * n_sites, *_UNITS))
    units = np.minimum(np.ceil(worth / (need * _SAFE) * n_units), n_units).astype(np.int64)
    least = np.full(n_units + 1, np.inf)
    least[0] = 0.0
    end = np.r_[first[1:], len(worth)]
    for start, stop in zip(first.tolist(), end.tolist(), strict=True):
        held: dict[int, float] = {}
        for c in range(start, stop):
            if units[c] > 0 or cost[c] < 0:
                held[int(units[c])] = min(held.get(int(units[c]), np.inf), float(cost[c]))
        if not held:
            continue
        after = least.copy()
        for unit, idr in held.items():
            moved = np.r_[np.full(unit, least[0]), least[: n_units + 1 - unit]]
            np.minimum(after, moved + idr, out=after)
        least = after
    return float(least[n_units])
