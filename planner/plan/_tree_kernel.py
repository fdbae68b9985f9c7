"""Compiled kernels of large networks: growing, pruning and filling trees."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.plan._heap_kernel import pop, push
from planner.radio._jit import jit_maker

__all__ = ["best_way", "cheapest_tree", "joined_tree", "pruned", "satellites_in_turn"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@jit_maker
def cheapest_tree(
    indptr: Ints, head: Ints, arc: Ints, price: Floats, allowed: NDArray[np.bool_], root: int, carry: float
) -> tuple[Floats, Ints, Ints]:
    """Tree of cheapest ways from the root (Dijkstra), or of least cost in all (Prim).

    Parameters
    ----------
    indptr, head, arc
        Arcs by the node they leave: offsets, where they go, and their number in ``price``.
    price
        By arc; the same both ways where a tree of least cost is asked for.
    allowed
        Nodes that may be entered.
    root, carry
        Where it starts; 1 for cheapest ways, 0 for least cost in all.

    Returns
    -------
    Distance by node (or the price of its arc), the arc it is entered by (−1), and the nodes in order of arrival.
    """
    n = len(indptr) - 1
    distance, entered, order = np.full(n, np.inf), np.full(n, -1), np.empty(n, np.int64)
    is_settled = np.zeros(n, np.bool_)
    keys, items = np.empty(len(head) + 8), np.empty(len(head) + 8, np.int64)
    distance[root] = 0.0
    n_order = 0
    size = push(keys, items, 0, 0.0, root)
    while size > 0:
        node, near = items[0], keys[0]
        size = pop(keys, items, size)
        if is_settled[node]:
            continue
        is_settled[node] = True
        order[n_order] = node
        n_order += 1
        for k in range(indptr[node], indptr[node + 1]):
            other = head[k]
            if is_settled[other] or not allowed[other]:
                continue
            to = price[arc[k]] + carry * near
            if to < distance[other]:
                distance[other] = to
                entered[other] = arc[k]
                size = push(keys, items, size, to, other)
    return distance, entered, order[:n_order]


@jit_maker
def joined_tree(
    indptr: Ints, head: Ints, arc: Ints, tail: Ints, price: Floats, wanted: NDArray[np.bool_], root: int
) -> tuple[Ints, Ints]:
    """Join wanted nodes to the root, each over the cheapest way from what is joined already, the nearest first.

    Parameters
    ----------
    indptr, head, arc
        Arcs by the node they leave: offsets, where they go, and their number.
    tail, price
        By arc: where it comes from, and its price.
    wanted, root
        Nodes to be joined, and where it starts.

    Returns
    -------
    The arc each joined node is entered by (−1 for others), and joined nodes, each after the one it is entered from.
    """
    n = len(indptr) - 1
    distance, entered, order = np.full(n, np.inf), np.full(n, -1), np.empty(n, np.int64)
    is_in, way = np.zeros(n, np.bool_), np.empty(n, np.int64)
    keys, items = np.empty(2 * len(head) + n + 8), np.empty(2 * len(head) + n + 8, np.int64)
    distance[root], is_in[root], order[0] = 0.0, True, root
    n_order = 1
    size = push(keys, items, 0, 0.0, root)
    while size > 0:
        node, near = items[0], keys[0]
        size = pop(keys, items, size)
        if near > distance[node]:
            continue
        if wanted[node] and not is_in[node]:
            at, long = node, 0
            while not is_in[at]:
                way[long] = at
                long += 1
                at = tail[entered[at]]
            for k in range(long - 1, -1, -1):
                is_in[way[k]] = True
                distance[way[k]] = 0.0
                order[n_order] = way[k]
                n_order += 1
                if way[k] != node:
                    size = push(keys, items, size, 0.0, way[k])
            near = 0.0
        for k in range(indptr[node], indptr[node + 1]):
            other = head[k]
            to = near + price[arc[k]]
            if not is_in[other] and to < distance[other]:
                distance[other] = to
                entered[other] = arc[k]
                if size >= len(keys) - 1:
                    grown_k, grown_i = np.empty(2 * len(keys)), np.empty(2 * len(keys), np.int64)
                    grown_k[:size], grown_i[:size] = keys[:size], items[:size]
                    keys, items = grown_k, grown_i
                size = push(keys, items, size, to, other)
    for node in range(n):
        if not is_in[node]:
            entered[node] = -1
    return entered, order[:n_order]


@jit_maker
def pruned(order: Ints, entered: Ints, tail: Ints, cost: Floats, gain: Floats) -> tuple[float, NDArray[np.bool_]]:
    """The part of a tree that is worth most: gains of its nodes less costs of their arcs.

    Parameters
    ----------
    order, entered
        Nodes, each after the one it is entered from, the root first; the arc each is entered by.
    tail, cost, gain
        By arc: where it comes from and its cost; by node: what being on the tree gains (any sign).

    Returns
    -------
    Worth of the best part, and its nodes.
    """
    n = len(entered)
    best, keep = gain.copy(), np.zeros(n, np.bool_)
    for k in range(len(order) - 1, 0, -1):
        arc = entered[order[k]]
        worth = best[order[k]] - cost[arc]
        if worth > 0.0:
            best[tail[arc]] += worth
    keep[order[0]] = True
    for k in range(1, len(order)):
        arc = entered[order[k]]
        keep[order[k]] = keep[tail[arc]] and best[order[k]] - cost[arc] > 0.0
    return best[order[0]], keep


@jit_maker
def satellites_in_turn(
    turn: Ints, cost: Floats, money: float, ptr: Ints, beam: Ints, mbps: Floats, room: Floats
) -> tuple[NDArray[np.bool_], float]:
    """Give satellites in turn while money and beams last.

    Parameters
    ----------
    turn, cost, money
        Nodes in order, the cost of each in that order, and what there is.
    ptr, beam, mbps
        By node: offsets, the beams it takes from and how much.
    room
        Left of each beam; changed in place.

    Returns
    -------
    Whether each of ``turn`` gets one, and the money left.
    """
    given = np.zeros(len(turn), np.bool_)
    for k in range(len(turn)):
        if cost[k] > money:
            continue
        fits = True
        for at in range(ptr[turn[k]], ptr[turn[k] + 1]):
            fits = fits and mbps[at] <= room[beam[at]]
        if fits:
            for at in range(ptr[turn[k]], ptr[turn[k] + 1]):
                room[beam[at]] -= mbps[at]
            money -= cost[k]
            given[k] = True
    return given, money


@jit_maker
def best_way(
    indptr: Ints, head: Ints, arc: Ints, price: Floats, inside: NDArray[np.bool_], prize: Floats, money: float
) -> tuple[int, float, Ints]:
    """The way out of a tree that wins most for its price.

    Parameters
    ----------
    indptr, head, arc
        Arcs by the node they leave.
    price, prize
        By arc: what going there costs; by node: what it still wins.
    inside, money
        Nodes of the tree; the most a way may cost.

    Returns
    -------
    The last node of the way (−1: none), its price, and the arc each node is entered by.
    """
    n = len(indptr) - 1
    distance, won, entered = np.full(n, np.inf), np.zeros(n), np.full(n, -1)
    is_settled = inside.copy()
    keys, items = np.empty(len(head) + 8), np.empty(len(head) + 8, np.int64)
    size = 0
    for node in range(n):
        if inside[node]:
            for k in range(indptr[node], indptr[node + 1]):
                other = head[k]
                if not inside[other] and price[arc[k]] <= money and price[arc[k]] < distance[other]:
                    distance[other], entered[other], won[other] = price[arc[k]], arc[k], prize[other]
                    size = push(keys, items, size, distance[other], other)
    best, ratio = -1, 0.0
    while size > 0:
        node, near = items[0], keys[0]
        size = pop(keys, items, size)
        if is_settled[node]:
            continue
        is_settled[node] = True
        if prize[node] > 0.0 and (best < 0 or won[node] > ratio * max(near, 1e-12)):
            best, ratio = node, won[node] / max(near, 1e-12)
        for k in range(indptr[node], indptr[node + 1]):
            other = head[k]
            to = near + price[arc[k]]
            if not is_settled[other] and to <= money and to < distance[other]:
                distance[other], entered[other], won[other] = to, arc[k], won[node] + prize[other]
                size = push(keys, items, size, to, other)
    return best, distance[best] if best >= 0 else 0.0, entered
