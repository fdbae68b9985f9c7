"""Networks that can be built: trees from the root, pruned at prices, fitted to a budget, filled with what is left."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.plan._tree_kernel import best_way, cheapest_tree, joined_tree, pruned, satellites_in_turn
from planner.plan.connect_net import Net
from planner.plan.steiner_dual import Prices, worths

__all__ = ["Plan", "Tree", "fitted", "grown", "is_better", "lagrangian", "liked", "plan_of", "settled"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_LIKING = 1e-3
"""Share of its full price an arc packed in full still counts with."""
_MOST_FITS = 40
_MOST_WAYS = 400


@dataclass(frozen=True, eq=False)
class Tree:
    """Nodes on the network (the root among them) and the arc each is entered by (−1 for the others)."""

    on: Flags
    entered: Ints


@dataclass(frozen=True, eq=False)
class Plan:
    """A feasible answer: tree, satellites, money spent, prize won, and the objective (more is better)."""

    tree: Tree
    by_satellite: Flags
    cost: float
    value: float
    score: float


def is_better(one: Plan | None, other: Plan | None) -> bool:
    """Whether ``one`` is better than ``other`` (any plan is better than none)."""
    return one is not None and (other is None or one.score > other.score)


def _finite(net: Net, gain: Floats) -> Floats:
    """Gains with a number for those who must be on the network: more than everything else together."""
    most = math.fsum(net.cost) + math.fsum(np.abs(gain[np.isfinite(gain)])) + 1.0
    return np.where(np.isfinite(gain), gain, most)


def _cut(net: Net, entered: Ints, order: Ints, gain: Floats) -> tuple[float, Tree]:
    worth, on = pruned(order, entered, net.tail, net.cost, gain)
    return worth, Tree(on, np.where(on, entered, -1))


def _out(net: Net) -> tuple[Ints, Ints, Ints]:
    return net.leave_ptr, net.head[net.leave], net.leave


def settled(net: Net, on: Flags, gain: Floats) -> tuple[float, Tree]:
    """The cheapest tree over given nodes, pruned, again and again while that helps."""
    best, tree = -math.inf, Tree(on, np.full(net.n_nodes, -1))
    while True:
        worth, other = _cut(net, *cheapest_tree(*_out(net), net.cost, tree.on, 0, 0.0)[1:], gain)
        if worth <= best + 1e-9 * abs(best):
            return (worth, other) if worth >= best else (best, tree)
        best, tree = worth, other


def grown(net: Net, left: Floats, gain: Floats) -> tuple[float, Tree]:
    """A tree along the arcs that are packed in full, the most that is worth its price.

    Parameters
    ----------
    net
        The network.
    left
        By arc: price that is not packed.
    gain
        By node, in money (inf: it must be on the network).

    Returns
    -------
    Worth at these gains, and the tree.
    """
    gain = _finite(net, gain)
    price = left + _LIKING * (net.cost + np.maximum(-gain, 0.0)[net.head])
    may = np.ones(net.n_nodes, dtype=bool)
    best, tree = -math.inf, Tree(net.is_root, np.full(net.n_nodes, -1))
    for entered, order in (
        cheapest_tree(*_out(net), price, may, 0, 1.0)[1:],
        joined_tree(*_out(net), net.tail, price, gain > 0, 0),
    ):
        part = _cut(net, entered, order, gain)[1]
        worth, other = settled(net, part.on, gain)
        if worth > best:
            best, tree = worth, other
    return best, tree


def tree_cost(net: Net, tree: Tree) -> float:
    """Money of a tree: its arcs and nodes."""
    arcs = tree.entered[tree.entered >= 0]
    return float(net.cost[arcs].sum() + net.node_cost[tree.on].sum())


def lagrangian(net: Net, tree: Tree, prices: Prices) -> tuple[float, Floats]:
    """Money spent and Mbps taken of each beam by the best answer at these prices, whatever the limits."""
    _, off = worths(net, prices)
    up = ~tree.on & np.isfinite(net.sat_cost) & ((off > 0) | net.is_required)
    return tree_cost(net, tree) + float(net.sat_cost[up].sum()), net.takes @ up.astype(float)


def with_satellites(net: Net, tree: Tree, prices: Prices) -> Plan | None:
    """A plan from a tree: satellites for those who need or deserve one; None where it breaks a limit."""
    cost = tree_cost(net, tree)
    limit = math.inf if net.budget is None else net.budget
    must = np.flatnonzero(net.is_required & ~tree.on)
    may = np.flatnonzero(~net.is_required & ~tree.on & np.isfinite(net.sat_cost) & (net.prize > 0))
    if net.budget is None:
        may = may[net.prize[may] > net.sat_cost[may]]
    if cost > limit or not np.isfinite(net.sat_cost[must]).all():
        return None
    by_node = net.takes.T.tocsr()
    shadow = prices.rate * net.sat_cost[may] + (by_node @ prices.beams)[may]
    may = may[np.lexsort((may, shadow / np.maximum(net.prize[may], 1e-300)))]
    room, money = net.room.copy(), limit - cost
    beams = (by_node.indptr.astype(np.int64), by_node.indices.astype(np.int64), by_node.data)
    given = np.zeros(net.n_nodes, dtype=bool)
    for turn in (must[np.lexsort((must, net.sat_cost[must]))], may):
        ok, money = satellites_in_turn(turn, net.sat_cost[turn], money, *beams, room)
        if turn is not may and not ok.all():
            return None
        given[turn[ok]] = True
    return _plan(net, tree, given)


def _plan(net: Net, tree: Tree, given: Flags) -> Plan:
    cost = tree_cost(net, tree) + float(net.sat_cost[given].sum())
    value = float(net.prize[tree.on | given].sum())
    return Plan(tree, given, cost, value, value - cost if net.budget is None else value)


def plan_of(net: Net, on: Flags, given: Flags) -> Plan | None:
    """The plan of nodes on the network (those the root reaches among them) and satellites; None where it breaks a limit."""
    gain = np.where(net.prize > 0, 1.0, 0.0) + net.is_required + net.is_on
    _, entered, order = cheapest_tree(*_out(net), net.cost, on, 0, 0.0)
    reached = pruned(order, entered, net.tail, np.zeros(len(net.cost)), gain)[1]
    plan = _plan(net, Tree(reached, np.where(reached, entered, -1)), given & ~reached)
    served = reached | plan.by_satellite
    is_in = net.budget is None or plan.cost <= net.budget
    if not is_in or (net.is_required & ~served).any() or (net.takes @ plan.by_satellite.astype(float) > net.room).any():
        return None
    return plan


def liked(net: Net, taste: Floats, wanted: Flags) -> Tree:
    """The tree of ways to wanted nodes along the arcs with little distaste (1 − how much an arc is bought)."""
    price = (net.cost + net.node_cost[net.head]) * np.maximum(taste, _LIKING)
    _, entered, order = cheapest_tree(*_out(net), price, np.ones(net.n_nodes, dtype=bool), 0, 1.0)
    on = pruned(order, entered, net.tail, np.zeros(len(net.cost)), wanted.astype(float))[1]
    return Tree(on, np.where(on, entered, -1))


def fitted(net: Net, tree: Tree, prices: Prices) -> Plan | None:
    """The best part of a tree that a budget pays for, with satellites, filled with what the rest of the money buys."""
    if net.budget is None:
        gain, _ = worths(net, prices)
        return with_satellites(net, settled(net, tree.on, _finite(net, gain))[1], prices)
    entered, order = cheapest_tree(*_out(net), net.cost, tree.on, 0, 0.0)[1:]
    best = None
    low, high = prices.rate / 4.0, prices.rate * 4.0
    for _ in range(_MOST_FITS):
        now = Prices(math.sqrt(low * high), prices.beams)
        part = _cut(net, entered, order, _finite(net, worths(net, now)[0]))[1]
        plan = with_satellites(net, part, now)
        spent = lagrangian(net, part, now)[0]
        if is_better(plan, best):
            best = plan
        low, high = (now.rate, high) if spent > net.budget else (low, now.rate)
        if high <= low * (1 + 1e-7):
            break
    return None if best is None else filled(net, best)


def filled(net: Net, plan: Plan) -> Plan:
    """What the money left buys, way by way, the best prize for its price first."""
    assert net.budget is not None  # noqa: S101  (only called with one)
    price = net.cost + net.node_cost[net.head]
    for _ in range(_MOST_WAYS):
        served = plan.tree.on | plan.by_satellite
        end, _, entered = best_way(
            *_out(net), price, plan.tree.on, np.where(served, 0.0, net.prize), net.budget - plan.cost
        )
        if end < 0:
            return plan
        on, way, given = plan.tree.on.copy(), plan.tree.entered.copy(), plan.by_satellite.copy()
        while not on[end]:
            on[end], way[end], given[end] = True, entered[end], False
            end = int(net.tail[entered[end]])
        plan = _plan(net, Tree(on, way), given)
    return plan
