"""Compiled kernels of the network: one shortest-path tree, and raising terminals one after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import jit, jit_maker

__all__ = ["raise_terminals", "shortest_tree"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@jit
def _push(keys: Floats, items: Ints, size: int, key: float, item: int) -> int:
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if keys[up] < key or (keys[up] == key and items[up] <= item):
            break
        keys[at], items[at] = keys[up], items[up]
        at = up
    keys[at], items[at] = key, item
    return size + 1


@jit
def _pop(keys: Floats, items: Ints, size: int) -> int:
    """Take the first entry off; what was last finds its place from the top."""
    last = size - 1
    key, item = keys[last], items[last]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= last:
            break
        other = child + 1
        if other < last and (keys[other] < keys[child] or (keys[other] == keys[child] and items[other] < items[child])):
            child = other
        if key < keys[child] or (key == keys[child] and item <= items[child]):
            break
        keys[at], items[at] = keys[child], items[child]
        at = child
    keys[at], items[at] = key, item
    return last


@jit
def _moat(
    arcs: tuple[Ints, Ints, Ints], left: Floats, is_free: NDArray[np.bool_], start: int, cap: float, source: int,
    work: tuple[Floats, NDArray[np.bool_], Ints, Floats, Ints],
) -> tuple[float, int]:  # fmt: skip
    """Settle the nodes nearer to ``start`` than the cap and the source; how far it went, how many it touched."""
    indptr, tail, arc = arcs
    distance, is_settled, touched, keys, items = work
    distance[start] = 0.0
    touched[0] = start
    n_touched = 1
    size = _push(keys, items, 0, 0.0, start)
    height = cap
    while size > 0:
        node = items[0]
        near = keys[0]
        size = _pop(keys, items, size)
        if is_settled[node]:
            continue
        if near >= cap or node == source:
            height = min(near, cap)
            break
        is_settled[node] = True
        for k in range(indptr[node], indptr[node + 1]):
            other = tail[k]
            to = near if is_free[arc[k]] else near + left[arc[k]]
            if to < distance[other]:
                if distance[other] == np.inf:
                    touched[n_touched] = other
                    n_touched += 1
                distance[other] = to
                size = _push(keys, items, size, to, other)
    return height, n_touched


@jit
def _pack(
    arcs: tuple[Ints, Ints, Ints], left: Floats, is_free: NDArray[np.bool_], height: float, n_touched: int,
    work: tuple[Floats, NDArray[np.bool_], Ints],
) -> None:  # fmt: skip
    """Take the cuts up to ``height`` off the prices of the arcs they cross."""
    indptr, tail, arc = arcs
    distance, is_settled, touched = work
    for t in range(n_touched):
        node = touched[t]
        if not (is_settled[node] and distance[node] < height):
            continue
        for k in range(indptr[node], indptr[node + 1]):
            other = tail[k]
            far = min(distance[other], height) if is_settled[other] else height
            if far > distance[node] and not is_free[arc[k]]:
                left[arc[k]] = max(left[arc[k]] - (far - distance[node]), 0.0)


@jit_maker
def raise_terminals(
    arcs: tuple[Ints, Ints, Ints], left: Floats, arc_stands: Floats, terminals: Ints, caps: Floats, weights: Floats,
    source: int,
) -> Floats:  # fmt: skip
    """Raise each terminal in turn as far as its cap or the source; prices in ``left`` go down by what is packed.

    Parameters
    ----------
    arcs
        By the node they enter: offsets, where they come from, and their number in ``left``.
    arc_stands
        By arc: how much of a site stands at the place whose tower it needs; −1 for arcs without tower.
    left
        Price of each arc that is not packed yet; changed in place.
    terminals, caps, weights
        Nodes in order, how far each goes this time, and how much of it is wanted: towers of places of which
        more stands are not packed for it.
    source
        The node that ends a raise.

    Returns
    -------
    NDArray
        How far each node was raised in all.
    """
    n_nodes = len(arcs[0]) - 1
    raised = np.zeros(n_nodes)
    distance = np.full(n_nodes, np.inf)
    is_settled = np.zeros(n_nodes, dtype=np.bool_)
    is_done = np.zeros(n_nodes, dtype=np.bool_)
    touched = np.zeros(n_nodes, dtype=np.int64)
    keys = np.zeros(len(left) + 1)
    items = np.zeros(len(left) + 1, dtype=np.int64)
    is_free = np.zeros(len(left), dtype=np.bool_)
    for turn in range(len(terminals)):
        start = terminals[turn]
        if is_done[start]:
            continue
        if turn == 0 or weights[turn] != weights[turn - 1]:
            is_free[:] = arc_stands >= weights[turn]
        height, n_touched = _moat(
            arcs, left, is_free, start, caps[turn], source, (distance, is_settled, touched, keys, items)
        )
        is_done[start] = height < caps[turn]
        if height == np.inf:  # no way to the source: nothing that could be charged
            height = 0.0
            is_done[start] = True
        raised[start] += height
        _pack(arcs, left, is_free, height, n_touched, (distance, is_settled, touched))
        for t in range(n_touched):
            distance[touched[t]] = np.inf
            is_settled[touched[t]] = False
    return raised


@jit_maker
def shortest_tree(indptr: Ints, head: Ints, arc: Ints, price: Floats, source: int) -> tuple[Floats, Ints]:
    """Distance of every node from the source, and the arc that enters it (−1: none).

    Parameters
    ----------
    indptr, head, arc
        Arcs by the node they leave: where they go, and their number in ``price``.
    price
        By arc, at least 0; inf closes it.
    """
    n_nodes = len(indptr) - 1
    distance = np.full(n_nodes, np.inf)
    entered = np.full(n_nodes, -1, dtype=np.int64)
    is_settled = np.zeros(n_nodes, dtype=np.bool_)
    keys = np.zeros(len(head) + 1)
    items = np.zeros(len(head) + 1, dtype=np.int64)
    distance[source] = 0.0
    size = _push(keys, items, 0, 0.0, source)
    while size > 0:
        node = items[0]
        near = keys[0]
        size = _pop(keys, items, size)
        if is_settled[node]:
            continue
        is_settled[node] = True
        for k in range(indptr[node], indptr[node + 1]):
            other = head[k]
            to = near + price[arc[k]]
            if to < distance[other]:
                distance[other] = to
                entered[other] = arc[k]
                size = _push(keys, items, size, to, other)
    return distance, entered
