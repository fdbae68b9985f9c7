"""Compiled kernels of large networks: packing cuts between the root and terminals into the prices of arcs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.plan._heap_kernel import pop, push
from planner.radio._jit import jit, jit_maker

__all__ = ["pack_cuts"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Work = tuple[Floats, Ints, Ints, Ints, Floats, Ints]
Lists = tuple[Ints, Ints, Ints]
_NOTHING = 1e-9
"""Rests of prices (in units of the mean price) that count as packed: leaving them out only loosens the bound."""


@jit
def _leader(leader: Ints, node: int) -> int:
    while leader[node] != node:
        leader[node] = leader[leader[node]]
        node = leader[node]
    return node


@jit
def _raise(
    arcs: tuple[Ints, Ints], left: Floats, start: int, cap: float, marks: Lists,
    work: Work,
) -> tuple[float, int, int]:  # fmt: skip
    """How far ``start`` can be raised (to its cap, the root or another live terminal), who stopped it, nodes touched.

    Infinitely far where no arc leads on: nobody will ever stop it.
    """
    indptr, tail = arcs
    is_live, is_rooted, leader = marks
    distance, parent, is_settled, touched, keys, items = work
    distance[start] = 0.0
    touched[0] = start
    n_touched = 1
    size = push(keys, items, 0, 0.0, start)
    height, stop = np.inf, -1
    while size > 0:
        node, near = items[0], keys[0]
        size = pop(keys, items, size)
        if is_settled[node]:
            continue
        if near >= cap:
            height = cap
            break
        lead = _leader(leader, node)
        if is_rooted[node] or (lead != start and is_live[lead]):
            height, stop = near, node
            break
        is_settled[node] = 1
        for k in range(indptr[node], indptr[node + 1]):
            other = tail[k]
            to = near + left[k]
            if to < distance[other]:
                if distance[other] == np.inf:
                    touched[n_touched] = other
                    n_touched += 1
                distance[other] = to
                parent[other] = node
                size = push(keys, items, size, to, other)
    return height, stop, n_touched


@jit
def _take(arcs: tuple[Ints, Ints], left: Floats, height: float, n_touched: int, work: Work) -> int:  # fmt: skip
    """Take the cuts up to the height off the prices of the arcs they cross; how many arcs."""
    indptr, tail = arcs
    distance, _, is_settled, touched, _, _ = work
    n_cut = 0
    for t in range(n_touched):
        node = touched[t]
        if not is_settled[node] or distance[node] >= height:
            continue
        for k in range(indptr[node], indptr[node + 1]):
            if left[k] > 0.0:
                other = tail[k]
                far = min(distance[other], height) if is_settled[other] else height
                if far > distance[node]:
                    rest = left[k] - (far - distance[node])
                    left[k] = rest if rest > _NOTHING else 0.0
                    n_cut += 1
    return n_cut


@jit
def _charge(kappa: Floats, pool: Floats, members: Lists, lead: int, height: float) -> None:
    """Charge a height to the members of a component, one after the other, each within its pool."""
    member, _, now = members
    while height > 0.0:
        one = now[lead]
        if pool[one] >= height or member[one] < 0:
            kappa[one] += height
            pool[one] = max(pool[one] - height, 0.0)
            return
        kappa[one] += pool[one]
        height -= pool[one]
        pool[one] = 0.0
        now[lead] = member[one]


@jit
def _wake(lists: Lists, node: int, key: Floats, order: tuple[Floats, Ints], n_order: int) -> int:
    """Those who waited for a node have their turn again."""
    waits, first, after = lists
    one = first[node]
    while one >= 0:
        then = after[one]
        if waits[one] == node:
            waits[one] = -1
            n_order = push(order[0], order[1], n_order, key[one], one)
        one = then
    first[node] = -1
    return n_order


@jit
def _unite(lists: Lists, marks: Lists, members: Lists, room: Floats, node: int, lead: int) -> None:
    """Components that wait for each other in a ring become one, led by ``node``; each is inside every later cut."""
    waits, first, after = lists
    is_live, _, leader = marks
    member, last, now = members
    one = lead
    while one != node:
        up = _leader(leader, waits[one])
        leader[one] = node
        is_live[one] = 0
        waits[one] = -1
        room[node] += room[one]
        member[last[node]] = now[one]
        last[node] = last[one]
        other = first[one]
        while other >= 0:
            then = after[other]
            if waits[other] == one:
                waits[other] = node
                after[other] = first[node]
                first[node] = other
            other = then
        first[one] = -1
        one = up


@jit
def _halt(lists: Lists, marks: Lists, members: Lists, room: Floats, node: int, stop: int) -> bool:
    """A component met another: it waits for that one, or they become one; whether it goes on at once."""
    waits, first, after = lists
    leader = marks[2]
    lead = _leader(leader, stop)
    top = lead
    while waits[top] >= 0 and top != node:
        top = _leader(leader, waits[top])
    if top == node:
        _unite(lists, marks, members, room, node, lead)
        return True
    waits[node] = lead
    after[node] = first[lead]
    first[lead] = node
    return False


@jit
def _root_way(is_rooted: Ints, parent: Ints, stop: int, node: int) -> None:
    """Everything on the way from the root to a node is reached by the root."""
    at = stop
    while at != node:
        is_rooted[at] = 1
        at = parent[at]
    is_rooted[node] = 1


@jit_maker
def pack_cuts(
    indptr: Ints, tail: Ints, left: Floats, pool: Floats, root: int, step: float, flex: Floats
) -> tuple[Floats, Ints]:
    """Pack cuts between the root and terminals into the prices of arcs.

    A component holds what reaches its terminals over arcs packed in full. It is raised until it meets the root,
    spends its pool, or meets a live component, which then goes first: its cuts are smaller. Components that meet
    each other become one.

    Parameters
    ----------
    indptr, tail
        Arcs by the node they enter: offsets, where they come from.
    left
        Price of each arc that is not packed yet; changed in place.
    pool
        By node: how much may be charged to it; changed in place.
    root
        The node no cut holds.
    step
        The most a component is raised before others have their turn.
    flex
        By node: added to the number of arcs of its last cut, the lowest of which goes first.

    Returns
    -------
    Charged to each node; the number of raises and of nodes they touched.
    """
    n = len(pool)
    size = len(tail) + n + 8
    work = (
        np.full(n, np.inf), np.zeros(n, np.int64), np.zeros(n, np.int64), np.empty(n, np.int64), np.empty(size), np.empty(size, np.int64),
    )  # fmt: skip
    order = (np.empty(4 * n + 8), np.empty(4 * n + 8, np.int64))
    lists = (np.full(n, -1), np.full(n, -1), np.full(n, -1))
    members = (np.full(n, -1), np.arange(n), np.arange(n))
    marks = (np.zeros(n, np.int64), np.zeros(n, np.int64), np.arange(n))
    is_live, is_rooted, leader = marks
    waits, room, kappa, key = lists[0], pool.copy(), np.zeros(n), flex.copy()
    is_rooted[root] = 1
    n_order, n_raises, n_work = 0, 0, 0
    for node in range(n):
        if pool[node] > 0.0 and node != root:
            is_live[node] = 1
            n_order = push(order[0], order[1], n_order, key[node], node)
    while n_order > 0:
        node = order[1][0]
        n_order = pop(order[0], order[1], n_order)
        if leader[node] != node or is_live[node] == 0 or waits[node] >= 0:
            continue
        height, stop, n_touched = _raise((indptr, tail), left, node, min(room[node], step), marks, work)
        height = min(height, room[node])
        n_raises += 1
        n_work += n_touched
        if height > 0.0:
            key[node] = flex[node] + _take((indptr, tail), left, height, n_touched, work)
            _charge(kappa, pool, members, node, height)
            room[node] -= height
        goes_on = True
        if stop >= 0 and is_rooted[stop]:
            _root_way(is_rooted, work[1], stop, node)
            is_live[node] = 0
        elif room[node] <= _NOTHING:
            is_live[node] = 0
        elif stop >= 0:
            goes_on = _halt(lists, marks, members, room, node, stop)
        if is_live[node] == 0:
            n_order = _wake(lists, node, key, order, n_order)
        elif goes_on:
            n_order = push(order[0], order[1], n_order, key[node], node)
        for k in range(n_touched):
            work[0][work[3][k]] = np.inf
            work[2][work[3][k]] = 0
    return kappa, np.array([n_raises, n_work])
