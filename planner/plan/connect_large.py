"""Plan and proof of large networks: prices at which the bound is lowest, and the trees that they lead to."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from planner.plan.connect_net import Net
from planner.plan.steiner_dual import ROUNDING, Ascent, Prices, ascend
from planner.plan.steiner_tree import Plan, Tree, fitted, grown, is_better, lagrangian

__all__ = ["Found", "beam_prices", "look", "search"]

Floats = NDArray[np.float64]
_LOOKS = 60
_FITS = 6
_WIDEN = 4.0
_SHAKEN_ARCS = 2_000_000
_SMALL_ARCS = 300
"""So few that the integer program settles them at once."""
_SHAKES = (4, 40)
_UNREST = (3.0, 10.0, 100.0)
"""Mean disturbances of turns, in arcs of a cut."""
_NARROW = 1e-4
_LEAST_RATE = 1e-9
"""Of the first rate: money is worth so little that the budget pays for everybody."""


@dataclass(eq=False)
class Found:
    """The best so far; it changes as the search goes on, so that an interruption loses nothing.

    Parameters
    ----------
    grain
        Least difference between two objectives; 0 where they are not whole.
    bound
        On the score of any plan.
    best
        The packing with the lowest bound.
    net, plan
        The best plan and the network it stands on.
    steps
        What was done.
    """

    grain: float
    bound: float = math.inf
    best: Ascent | None = None
    net: Net | None = None
    plan: Plan | None = None
    steps: list[str] = field(default_factory=list)

    def offer(self, net: Net, plan: Plan | None) -> None:
        """Keep a plan if it is better."""
        if is_better(plan, self.plan):
            self.net, self.plan = net, plan

    def target(self) -> float:
        """Score of the best plan (−inf without one)."""
        return -math.inf if self.plan is None else self.plan.score

    def wanted(self) -> float:
        """The least score that would be better."""
        return self.target() + self.grain * (1.0 - 1e-3)

    def is_closed(self) -> bool:
        """Whether nothing better is possible."""
        return self.plan is not None and self.bound <= self.wanted() + ROUNDING * abs(self.bound)


def search(net: Net, found: Found, left_s: Callable[[], float]) -> None:
    """Look for the prices with the lowest bound, and make plans of the trees on the way.

    Parameters
    ----------
    net
        The network.
    found
        Changed.
    left_s
        Seconds left.
    """
    looks: list[tuple[float, int, Tree, Prices]] = []
    prices = Prices(1.0 if net.budget is None else _first_rate(net), np.zeros(len(net.room)))
    low, high = 0.0, math.inf
    for number in range(_LOOKS if net.budget is not None or len(net.room) else 1):
        if left_s() <= 0:
            found.steps.append("the clock ended the search")
            break
        _, tree = look(net, prices, found)
        spent, _ = lagrangian(net, tree, prices)
        looks.append((abs(math.log(max(spent, 1e-9) / max(net.budget or 1.0, 1e-9))), number, tree, prices))
        beams = 0.5 * (prices.beams + beam_prices(net, tree, prices)) if number else beam_prices(net, tree, prices)
        if net.budget is None:
            if number and np.allclose(beams, prices.beams, rtol=_NARROW, atol=0.0):
                break
            prices = Prices(1.0, beams)
            continue
        low, high = (prices.rate, high) if spent > net.budget else (low, prices.rate)
        if high <= low * (1 + _NARROW) or high <= _LEAST_RATE * _first_rate(net):
            break
        prices = Prices(_between(low, high), beams)
    found.steps.append(f"prices: {len(looks)} packings of cuts")
    for _, _, tree, at in sorted(looks, key=lambda entry: entry[:2])[:_FITS]:
        found.offer(net, fitted(net, tree, replace(at, beams=beam_prices(net, tree, at))))
        if left_s() <= 0:
            return
    _shake(net, found, left_s)


def _shake(net: Net, found: Found, left_s: Callable[[], float]) -> None:
    """Packings at the best prices with the turns of components disturbed: other trees, and other bounds."""
    rng = np.random.default_rng(0)
    n_shakes = int(np.clip(_SHAKEN_ARCS // max(1, len(net.tail)), *_SHAKES)) if len(net.tail) > _SMALL_ARCS else 0
    for number in range(n_shakes):
        if found.best is None or found.is_closed() or left_s() <= 0:
            return
        prices = found.best.prices
        _, tree = look(net, prices, found, rng.exponential(_UNREST[number % len(_UNREST)], net.n_nodes))
        found.offer(net, fitted(net, tree, prices))
    if n_shakes:
        found.steps.append(f"{n_shakes} disturbed packings")


def _between(low: float, high: float) -> float:
    """The next rate to try."""
    if low == 0.0:
        return high / _WIDEN
    return low * _WIDEN if math.isinf(high) else math.sqrt(low * high)


def look(net: Net, prices: Prices, found: Found, flex: Floats | None = None) -> tuple[Ascent, Tree]:
    """Pack cuts at given prices and grow a tree along them."""
    answer = ascend(net, prices, flex=flex)
    if answer.bound < found.bound:
        found.bound, found.best = answer.bound, answer
    return answer, grown(net, answer.left, answer.gain)[1]


def _first_rate(net: Net) -> float:
    """Prize per unit of money if every node were reached by one mean arc."""
    wins = net.prize > 0
    return float(net.prize.sum() / max(net.node_cost[wins].sum() + wins.sum(), 1e-300)) if wins.any() else 1.0


def beam_prices(net: Net, tree: Tree, prices: Prices) -> Floats:
    """The price of each beam at which what wants it fits in it, the others' prices standing."""
    beams = prices.beams.copy()
    takes = net.takes.tocsr()
    for beam in range(len(net.room)):
        at = slice(takes.indptr[beam], takes.indptr[beam + 1])
        nodes, mbps = takes.indices[at], takes.data[at]
        away = ~tree.on[nodes] & (mbps > 0)
        nodes, mbps = nodes[away], mbps[away]
        others = beams.copy()
        others[beam] = 0.0
        worth = net.prize[nodes] - prices.rate * net.sat_cost[nodes] - (net.takes.T @ others)[nodes]
        ratio = np.where(net.is_required[nodes], np.inf, worth / mbps)
        order = np.argsort(-ratio, kind="stable")
        used = np.cumsum(mbps[order])
        k = int(np.searchsorted(used, net.room[beam] * (1 + 1e-12), side="right"))
        price = ratio[order[k]] if k < len(order) else 0.0
        beams[beam] = max(0.0, price) if math.isfinite(price) else prices.beams[beam] * 2.0 + 1e-9
    return beams
