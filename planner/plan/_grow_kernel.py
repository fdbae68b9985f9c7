"""Compiled kernels of growth: cheapest ways that are kept up to date, sites that join and leave, ruin and recreate.

Arrays travel in tuples, one for each kind of number (the order stands in `planner.plan.growth`):

* ``net_i``: arcs by tail (offsets, heads, arcs), arcs by head (offsets, tails, arcs), tail, head, edge and
  tower of each arc, arcs of each edge (offsets, arcs), arcs of each tower (offsets, arcs);
* ``net_f``: cost and Mbps of each edge, cost of each tower;
* ``use_i``: paths over each arc, over each edge, over arcs that need each tower, whether a site's tower stands;
* ``use_f``: traffic on each edge, Mbps left of each beam, Mbps of each site, and a ledger (spent, value);
* ``way_i``/``way_f``: by level and node the arc that enters it and its price; a level is a need of Mbps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.plan._ascent_kernel import _pop, _push
from planner.radio._jit import jit, jit_maker

__all__ = ["World", "attach_site", "grow_sites", "mend_ways", "regain", "release_site", "touch_options", "way_trees"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_I = tuple[Ints, ...]
_F = tuple[Floats, ...]
World = tuple[_I, _F, _I, _F, _I, _F, _I, _F, _I, _F, _I]
_SPENT, _VALUE = 0, 1
_SHARE = 1e-12


@jit
def _price(a: int, need: float, net_i: tuple[Ints, ...], net_f: tuple[Floats, ...], use_i: tuple[Ints, ...], load: Floats) -> float:  # fmt: skip
    """What it costs to use an arc now; inf where it lacks Mbps or its edge is used the other way."""
    edge, tower = net_i[8][a], net_i[9][a]
    cost = 0.0
    if edge >= 0:
        if net_f[1][edge] - load[edge] < need:
            return np.inf
        if use_i[1][edge] == 0:
            cost = net_f[0][edge]
        elif use_i[0][a] == 0:
            return np.inf
    if tower >= 0 and use_i[2][tower] == 0 and use_i[3][tower] == 0:
        cost += net_f[2][tower]
    return cost


@jit_maker
def _settle(level: int, size: int, world: World) -> None:
    """Dijkstra from what lies in the heap."""
    net_i, net_f, use_i, use_f, way_i, way_f = world[0], world[1], world[2], world[3], world[4], world[5]
    n = len(net_i[0]) - 1
    base, need = level * n, way_f[1][level]
    price, entered, keys, items = way_f[0], way_i[0], way_f[2], way_i[1]
    while size > 0:
        node, near = items[0], keys[0]
        size = _pop(keys, items, size)
        if near > price[base + node]:
            continue
        for k in range(net_i[0][node], net_i[0][node + 1]):
            other, a = net_i[1][k], net_i[2][k]
            if near >= price[base + other]:
                continue
            to = near + _price(a, need, net_i, net_f, use_i, use_f[0])
            if to < price[base + other]:
                price[base + other] = to
                entered[base + other] = a
                size = _push(keys, items, size, to, other)


@jit
def _cut_off(level: int, world: World) -> int:
    """Take the price off every node that hangs on an arc which is no longer so cheap; how many."""
    net_i, net_f, use_i, use_f, way_i, way_f, book_i = (
        world[0],
        world[1],
        world[2],
        world[3],
        world[4],
        world[5],
        world[10],
    )
    base, need = level * (len(net_i[0]) - 1), way_f[1][level]
    price, entered, lost = way_f[0], way_i[0], way_i[2]
    n_lost, at = 0, 0
    for k in range(book_i[2][0]):
        a = book_i[0][k]
        top = net_i[7][a]
        if entered[base + top] == a:
            to = price[base + net_i[6][a]] + _price(a, need, net_i, net_f, use_i, use_f[0])
            if to > price[base + top]:
                entered[base + top] = -1
                lost[n_lost] = top
                n_lost += 1
    while at < n_lost:
        node = lost[at]
        at += 1
        price[base + node] = np.inf
        for k in range(net_i[0][node], net_i[0][node + 1]):
            other = base + net_i[1][k]
            if entered[other] == net_i[2][k]:
                entered[other] = -1
                lost[n_lost] = net_i[1][k]
                n_lost += 1
    return n_lost


@jit
def _offer_way(a: int, level: int, world: World) -> bool:
    """Enter the head of an arc by it where that is cheaper."""
    net_i, net_f, use_i, use_f, way_i, way_f = world[0], world[1], world[2], world[3], world[4], world[5]
    base = level * (len(net_i[0]) - 1)
    near, top = way_f[0][base + net_i[6][a]], base + net_i[7][a]
    if near >= way_f[0][top]:
        return False
    to = near + _price(a, way_f[1][level], net_i, net_f, use_i, use_f[0])
    if to < way_f[0][top]:
        way_f[0][top] = to
        way_i[0][top] = a
        return True
    return False


@jit_maker
def mend_ways(world: World) -> None:
    """Bring the ways of every level up to date after the arcs in the book changed their price."""
    net_i, way_i, way_f, book_i = world[0], world[4], world[5], world[10]
    n = len(net_i[0]) - 1
    for level in range(len(way_f[1])):
        n_lost, size = _cut_off(level, world), 0
        for at in range(n_lost):
            node = way_i[2][at]
            for k in range(net_i[3][node], net_i[3][node + 1]):
                _offer_way(net_i[5][k], level, world)
            if way_f[0][level * n + node] < np.inf:
                size = _push(way_f[2], way_i[1], size, way_f[0][level * n + node], node)
        for k in range(book_i[2][0]):
            top = net_i[7][book_i[0][k]]
            if _offer_way(book_i[0][k], level, world):
                size = _push(way_f[2], way_i[1], size, way_f[0][level * n + top], top)
        _settle(level, size, world)
    for k in range(book_i[2][0]):
        book_i[1][book_i[0][k]] = 0
    book_i[2][0] = 0


@jit_maker
def way_trees(source: int, world: World) -> None:
    """Ways of every level from nothing."""
    net_i, way_i, way_f = world[0], world[4], world[5]
    n = len(net_i[0]) - 1
    way_f[0][:] = np.inf
    way_i[0][:] = -1
    for level in range(len(way_f[1])):
        way_f[0][level * n + source] = 0.0
        size = _push(way_f[2], way_i[1], 0, 0.0, source)
        _settle(level, size, world)


@jit
def _note(first: int, last: int, arcs: Ints, book_i: tuple[Ints, ...]) -> None:
    """Put arcs on the list of those whose price may have changed, each once."""
    for k in range(first, last):
        a = arcs[k]
        if book_i[1][a] == 0:
            book_i[1][a] = 1
            book_i[0][book_i[2][0]] = a
            book_i[2][0] += 1


@jit_maker
def attach_site(sign: int, place: int, world: World) -> None:
    """Put a site's choice and path into the books (``sign`` 1) or take them out (−1)."""
    net_i, net_f, use_i, use_f, offer_i, offer_f, site_i, book_i = (
        world[0],
        world[1],
        world[2],
        world[3],
        world[6],
        world[7],
        world[8],
        world[10],
    )
    choice = site_i[0][place]
    spent = sign * offer_f[0][choice]
    if offer_i[3][choice] >= 0:
        use_f[1][offer_i[3][choice]] -= sign * offer_f[2][choice]
    tower_cost, has_tower = net_f[2], offer_i[5][choice]
    stride = site_i[4][0]
    for k in range(place * stride, place * stride + site_i[1][place]):
        a = site_i[2][k]
        edge, tower = net_i[8][a], net_i[9][a]
        use_i[0][a] += sign
        if edge >= 0:
            _note(net_i[10][edge], net_i[10][edge + 1], net_i[11], book_i)
            before = use_i[1][edge]
            use_i[1][edge] += sign
            if (before == 0) != (use_i[1][edge] == 0):
                spent += sign * net_f[0][edge]
            use_f[0][edge] = max(0.0, use_f[0][edge] + sign * use_f[2][place])
            if use_i[1][edge] == 0:
                use_f[0][edge] = 0.0
        if tower >= 0:
            _note(net_i[12][tower], net_i[12][tower + 1], net_i[13], book_i)
            before = use_i[2][tower]
            use_i[2][tower] += sign
            if (before == 0) != (use_i[2][tower] == 0) and use_i[3][tower] == 0:
                spent += sign * tower_cost[tower]
    if has_tower == 1:
        if use_i[2][place] > 0:
            spent -= sign * tower_cost[place]
        use_i[3][place] += sign
        _note(net_i[12][place], net_i[12][place + 1], net_i[13], book_i)
    use_f[3][_SPENT] += spent


@jit
def _gain(option: int, mbps: float, offer_i: tuple[Ints, ...], offer_f: tuple[Floats, ...], rest: Floats) -> float:
    """Weight an option would newly serve with so many Mbps."""
    left, total = mbps, 0.0
    for k in range(offer_i[6][option], offer_i[6][option + 1]):
        group = offer_i[7][k]
        share = rest[group]
        if share <= _SHARE:
            continue
        need = offer_f[4][group] * share
        if need <= left:
            left -= need
            total += offer_f[3][group] * share
        else:
            total += offer_f[3][group] * share * left / need
            break
    return total


@jit
def touch_options(group: int, offer_i: tuple[Ints, ...], site_i: tuple[Ints, ...]) -> None:
    """Mark the options that reach a group: their gains must be found anew."""
    for k in range(offer_i[8][group], offer_i[8][group + 1]):
        site_i[3][offer_i[9][k]] = 1


@jit_maker
def _serve(place: int, mbps: float, world: World) -> float:
    """Serve more of what is left, at most so many Mbps; how many it became."""
    use_f, offer_i, offer_f, site_i, site_f = world[3], world[6], world[7], world[8], world[9]
    option = offer_i[0][site_i[0][place]]
    share_of, rest = site_f[0], site_f[1]
    left = mbps
    for k in range(offer_i[6][option], offer_i[6][option + 1]):
        group = offer_i[7][k]
        share = rest[group]
        if share <= _SHARE:
            continue
        need = offer_f[4][group] * share
        if need > left:
            share *= left / need
            need = left
        if share <= _SHARE:
            break
        share_of[k] += share
        rest[group] = max(0.0, rest[group] - share)
        use_f[3][_VALUE] += offer_f[3][group] * share
        left -= need
        touch_options(group, offer_i, site_i)
        if left <= 0.0:
            break
    return mbps - left


@jit_maker
def release_site(place: int, world: World, keep: Floats, n_kept: int) -> int:
    """Whom a site serves is served by nobody; its shares are kept in ``keep`` from ``n_kept`` on."""
    use_f, offer_i, offer_f, site_i, site_f = world[3], world[6], world[7], world[8], world[9]
    option = offer_i[0][site_i[0][place]]
    share_of, rest = site_f[0], site_f[1]
    for k in range(offer_i[6][option], offer_i[6][option + 1]):
        share = share_of[k]
        keep[n_kept] = share
        n_kept += 1
        if share > 0.0:
            group = offer_i[7][k]
            rest[group] = min(1.0, rest[group] + share)
            use_f[3][_VALUE] -= offer_f[3][group] * share
            share_of[k] = 0.0
            touch_options(group, offer_i, site_i)
    return n_kept


@jit_maker
def regain(world: World) -> None:
    """Gains of the options that were marked."""
    offer_i, offer_f, site_i, site_f = world[6], world[7], world[8], world[9]
    for option in range(len(site_i[3])):
        if site_i[3][option] == 0:
            continue
        site_i[3][option] = 0
        for k in range(offer_i[10][option], offer_i[10][option + 1]):
            choice = offer_i[11][k]
            site_f[2][choice] = _gain(option, offer_f[1][choice], offer_i, offer_f, site_f[1])


@jit
def _walk(node: int, level: int, place: int, world: World) -> float:
    """Mbps left on the way to a node; −1 where it runs through the place itself or is too long."""
    net_i, net_f, use_f, way_i, offer_i, site_i = world[0], world[1], world[3], world[4], world[6], world[8]
    n = len(net_i[0]) - 1
    narrow, steps = np.inf, 0
    while True:
        a = way_i[0][level * n + node]
        if a < 0:
            break
        node = net_i[6][a]
        if node == offer_i[12][place] or node == offer_i[13][place]:
            return -1.0
        edge = net_i[8][a]
        if edge >= 0:
            narrow = min(narrow, net_f[1][edge] - use_f[0][edge])
        steps += 1
        if steps > site_i[4][0]:
            return -1.0
    return narrow


@jit
def _thin_gain(choice: int, world: World) -> float:
    """Gain of a choice over the cheapest way that carries anything."""
    offer_i, offer_f, site_f = world[6], world[7], world[9]
    mbps = _walk(offer_i[2][choice], 0, offer_i[1][choice], world)
    if mbps <= 0.0:
        return 0.0
    return _gain(offer_i[0][choice], min(mbps, offer_f[1][choice]), offer_i, offer_f, site_f[1])


@jit_maker
def _pick(ceiling: float, favour: Floats, fair: Floats, world: World) -> tuple[int, int]:
    """The choice of most gain for its price that still fits, and the level of its way (−1: none, or satellite)."""
    net_i, net_f, use_i, use_f, way_f, offer_i, offer_f, site_i, site_f = (
        world[0],
        world[1],
        world[2],
        world[3],
        world[5],
        world[6],
        world[7],
        world[8],
        world[9],
    )
    n = len(net_i[0]) - 1
    best, best_choice, best_level = 0.0, -1, -1
    left = ceiling - use_f[3][_SPENT]
    tiny = offer_f[5][0]
    for c in range(len(favour)):
        place, gain = offer_i[1][c], site_f[2][c]
        if favour[c] <= 0.0 or gain <= tiny or site_i[0][place] >= 0:
            continue
        node, cost = offer_i[2][c], offer_f[0][c]
        if offer_i[5][c] == 1 and use_i[2][place] > 0 and use_i[3][place] == 0:
            cost -= net_f[2][place]
        if node < 0:
            if cost <= left and offer_f[2][c] <= use_f[1][offer_i[3][c]] + 1e-9:
                merit = gain * favour[c] / max(min(cost, fair[c]), 1.0)
                if merit > best:
                    best, best_choice, best_level = merit, c, -1
            continue
        thin = cost + way_f[0][node]
        if not thin <= left or gain * favour[c] / max(min(thin, fair[c]), 1.0) <= best:
            continue
        level = offer_i[4][c]
        full = cost + way_f[0][level * n + node]
        if full <= left:
            merit = gain * favour[c] / max(min(full, fair[c]), 1.0)
            if merit > best and _walk(node, level, place, world) >= 0.0:
                best, best_choice, best_level = merit, c, level
        if thin < full:
            gain = _thin_gain(c, world)
            merit = gain * favour[c] / max(min(thin, fair[c]), 1.0)
            if gain > tiny and merit > best:
                best, best_choice, best_level = merit, c, 0
    return best_choice, best_level


@jit_maker
def _build(choice: int, level: int, world: World) -> None:
    """Build a choice over the way of a level."""
    net_i, net_f, use_f, way_i, offer_i, offer_f, site_i = (
        world[0],
        world[1],
        world[3],
        world[4],
        world[6],
        world[7],
        world[8],
    )
    n = len(net_i[0]) - 1
    place, node = offer_i[1][choice], offer_i[2][choice]
    stride = site_i[4][0]
    mbps = offer_f[1][choice]
    site_i[0][place] = choice
    steps = 0
    if node >= 0:
        at = node
        while way_i[0][level * n + at] >= 0:
            at = net_i[6][way_i[0][level * n + at]]
            steps += 1
        at = node
        for k in range(place * stride + steps - 1, place * stride - 1, -1):
            a = way_i[0][level * n + at]
            site_i[2][k] = a
            at = net_i[6][a]
            edge = net_i[8][a]
            if edge >= 0:
                mbps = min(mbps, net_f[1][edge] - use_f[0][edge])
    site_i[1][place] = steps
    use_f[2][place] = _serve(place, max(mbps, 0.0), world)
    attach_site(1, place, world)
    mend_ways(world)
    regain(world)


@jit_maker
def grow_sites(ceiling: float, most: int, favour: Floats, fair: Floats, order: Ints, world: World) -> int:
    """Add the choice of most gain for its price until nothing fits; how many were added, their places in ``order``."""
    for number in range(most):
        choice, level = _pick(ceiling, favour, fair, world)
        if choice < 0:
            return number
        _build(choice, level, world)
        order[number] = world[6][1][choice]
    return most
