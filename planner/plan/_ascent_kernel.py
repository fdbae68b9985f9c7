"""Compiled kernels of the network: one shortest-path tree, and raising terminals one after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.plan._heap_kernel import pop, push
from planner.radio._jit import jit, jit_maker

__all__ = ["raise_ends", "shortest_tree"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@jit
def _moat(
    arcs: tuple[Ints, Ints, Ints], left: Floats, is_free: NDArray[np.bool_], arc_f: tuple[Floats, Floats, Floats],
    start: int, end: tuple[float, float, float], source: int,
    work: tuple[Floats, NDArray[np.bool_], Ints, Floats, Ints],
) -> tuple[float, int]:  # fmt: skip
    """Settle the nodes nearer to ``start`` than the cap and the source; how far it went, how many it touched."""
    indptr, tail, arc = arcs
    distance, is_settled, touched, keys, items = work
    cap, need, load = end
    distance[start] = 0.0
    touched[0] = start
    n_touched = 1
    size = push(keys, items, 0, 0.0, start)
    height = cap
    while size > 0:
        node = items[0]
        near = keys[0]
        size = pop(keys, items, size)
        if is_settled[node]:
            continue
        if near >= cap or node == source:
            height = min(near, cap)
            break
        is_settled[node] = True
        for k in range(indptr[node], indptr[node + 1]):
            a = arc[k]
            if arc_f[1][a] <= need:
                continue
            other = tail[k]
            to = near + arc_f[2][a] * load + (0.0 if is_free[a] else left[a])
            if to < distance[other]:
                if distance[other] == np.inf:
                    touched[n_touched] = other
                    n_touched += 1
                distance[other] = to
                size = push(keys, items, size, to, other)
    return height, n_touched


@jit
def _pack(
    arcs: tuple[Ints, Ints, Ints], left: Floats, is_free: NDArray[np.bool_], arc_f: tuple[Floats, Floats, Floats],
    end: tuple[float, float, float], n_touched: int, work: tuple[Floats, NDArray[np.bool_], Ints, Floats, Ints],
) -> float:  # fmt: skip
    """Take the cuts up to the height (``end[0]``) off the prices of the arcs they cross; the dearest Mbps among them."""
    indptr, tail, arc = arcs
    distance, is_settled, touched, _, _ = work
    height, need, load = end
    dearest = 0.0
    for t in range(n_touched):
        node = touched[t]
        if not (is_settled[node] and distance[node] < height):
            continue
        for k in range(indptr[node], indptr[node + 1]):
            a = arc[k]
            if arc_f[1][a] <= need:
                continue
            dearest = max(dearest, arc_f[2][a])
            other = tail[k]
            far = min(distance[other], height) if is_settled[other] else height
            take = far - distance[node] - arc_f[2][a] * load
            if take > 0.0 and not is_free[a]:
                left[a] = max(left[a] - take, 0.0)
    return dearest


@jit
def _root_of(arcs: tuple[Ints, Ints, Ints], arc_f: tuple[Floats, Floats, Floats], end: tuple[float, float, float], source: int, work: tuple[Floats, NDArray[np.bool_], Ints, Floats, Ints]) -> int:  # fmt: skip
    """The last arc of the cheapest way, away from the source; −1 where there is none."""
    indptr, tail, arc = arcs
    distance, is_settled, _, _, _ = work
    best, found = np.inf, -1
    for k in range(indptr[source], indptr[source + 1]):
        a, root = arc[k], tail[k]
        if is_settled[root] and arc_f[1][a] > end[1] and distance[root] + arc_f[2][a] * end[2] < best:
            best, found = distance[root] + arc_f[2][a] * end[2], a
    return found


@jit_maker
def raise_ends(
    arcs: tuple[tuple[Ints, Ints, Ints], tuple[Ints, Ints, Ints]], left: Floats, arc_f: tuple[Floats, Floats, Floats],
    ends: Ints, turn_f: tuple[Floats, Floats], end_node: Ints, end_f: tuple[Floats, Floats], source: int,
) -> tuple[Floats, Floats, Ints]:  # fmt: skip
    """Raise each end in turn as far as its cap or the source; prices in ``left`` go down by what is packed.

    Parameters
    ----------
    arcs
        By the node they enter: offsets, where they come from, and their number in ``left``; the same by the node
        they leave.
    left
        Price of each arc that is not packed yet; changed in place.
    arc_f
        By arc: how much of a site stands at the place whose tower it needs (−1 for arcs without tower); its Mbps;
        the price of a Mbps over it, which is charged once an end, in the turn without a cap.
    ends, turn_f
        Ends in order; how far each goes this time, and how much of it is wanted: towers of places of which more
        stands are not packed for it.
    end_node, end_f
        By end: its node; arcs of no more Mbps than the first figure are closed to it, the second one is its load.
    source
        The node that ends a raise.

    Returns
    -------
    raised, rebate, root
        How far each end was raised in all; what it falls at most for each Mbps less of load; the arc from the source
        that ended its turn without a cap (−1: none).
    """
    n_nodes, n_ends = len(arcs[0][0]) - 1, len(end_node)
    raised, rebate, root = np.zeros(n_ends), np.zeros(n_ends), np.full(n_ends, -1, dtype=np.int64)
    work = (
        np.full(n_nodes, np.inf), np.zeros(n_nodes, dtype=np.bool_), np.zeros(n_nodes, dtype=np.int64),
        np.zeros(len(left) + 1), np.zeros(len(left) + 1, dtype=np.int64),
    )  # fmt: skip
    is_free, free_of_charge = np.zeros(len(left), dtype=np.bool_), np.zeros(len(left))
    is_done = np.zeros(n_ends, dtype=np.bool_)
    for turn in range(len(ends)):
        e, cap, weight = ends[turn], turn_f[0][turn], turn_f[1][turn]
        if is_done[e]:
            continue
        if turn == 0 or weight != turn_f[1][turn - 1]:
            is_free[:] = arc_f[0] >= weight
        is_last = cap == np.inf
        paid = (arc_f[0], arc_f[1], arc_f[2] if is_last else free_of_charge)
        height, n_touched = _moat(
            arcs[0], left, is_free, paid, end_node[e], (cap, end_f[0][e], end_f[1][e]), source, work
        )
        if height == np.inf:  # no way to the source: nothing that could be charged
            height = 0.0
        is_done[e] = height < cap and (is_last or end_f[1][e] == 0.0)
        end = (height, end_f[0][e], end_f[1][e])
        raised[e] += height
        dearest = _pack(arcs[0], left, is_free, paid, end, n_touched, work)
        if is_last:
            rebate[e] = dearest
            root[e] = _root_of(arcs[1], paid, end, source, work)
        for t in range(n_touched):
            work[0][work[2][t]] = np.inf
            work[1][work[2][t]] = False
    return raised, rebate, root


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
    size = push(keys, items, 0, 0.0, source)
    while size > 0:
        node = items[0]
        near = keys[0]
        size = pop(keys, items, size)
        if is_settled[node]:
            continue
        is_settled[node] = True
        for k in range(indptr[node], indptr[node + 1]):
            other = head[k]
            to = near + price[arc[k]]
            if to < distance[other]:
                distance[other] = to
                entered[other] = arc[k]
                size = push(keys, items, size, to, other)
    return distance, entered
