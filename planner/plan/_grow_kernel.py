"""Compiled kernels of growth: cheapest ways that are kept up to date, sites that join and leave.

A plan in the making is a `World` of tables, one record a thing (`planner.plan.growth` fills them): few wide tables
instead of an array a column, for machine code is made for every array that a call hands on.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.plan._heap_kernel import pop, push
from planner.radio._jit import jit, jit_maker, jit_part

__all__ = [
    "JOIN",
    "LEAVE",
    "NONE",
    "World",
    "attach_site",
    "grow_sites",
    "mend_ways",
    "note_edge",
    "regain",
    "release_site",
    "touch_options",
    "way_trees",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Table = Any
"""A record array, or one record of it (its columns have no types that the checker knows)."""
_SHARE = 1e-12
NONE: int = np.int64(0)  # type: ignore[assignment]  # to the checker an integer is an integer
JOIN: int = np.int64(1)  # type: ignore[assignment]
LEAVE: int = np.int64(-1)  # type: ignore[assignment]
"""Plain integers: a literal would have its callee compiled once more."""


class World(NamedTuple):
    """Tables of one plan in the making; everything but prices and lists changes in place.

    Parameters
    ----------
    arc
        ``tail, head, edge, tower`` (−1: none), ``uses``: paths over it.
    leave, enter
        Arcs by tail (``other``: the head, ``arc``) and by head (``other``: the tail, ``arc``).
    owned
        Arcs of each edge (``of_edge``) and of each tower (``of_tower``); ``book``: arcs whose price may have changed, and
        by arc whether it is ``noted`` there.
    node
        Where its arcs begin in ``leave`` and ``enter``; ``lost``: room for a list of nodes.
    edge, tower
        ``cost``, ``uses``: paths over them, ``first``: where their arcs begin in ``owned``; edges with ``mbps`` and ``load``,
        towers with ``stands``: whether a site's own tower stands there.
    way
        By level and node the ``arc`` that enters it and its ``price``; a level is a need of Mbps.
    choice
        ``option, place, node, beam, level, has_tower, cost, mbps, reserved``, ``gain``: what it would newly serve;
        ``of_option``: choices by option.
    option
        ``first`` in ``cover``, ``first_choice`` in ``of_option``, ``place``, ``is_touched``: its gain must be found anew.
    cover
        ``group`` and ``share`` of it that the site serves, option by option; ``option`` and ``entry``: options by group, and
        where the group stands in their lists.
    group
        ``weight, mbps``, ``rest``: share nobody serves yet, ``first``: where its options begin.
    place
        Nodes ``fiber`` and ``mast``, ``choice`` (−1: none), ``steps`` of its path, ``mbps`` it carries.
    path
        Arcs of the paths, a stride a place.
    beam, level
        Mbps left of each beam; Mbps of each level.
    keys, items
        Room for a heap.
    sum
        Spent IDR, newly served weight, and what counts as no gain.
    tally
        Arcs in the book; stride of the paths.
    """

    arc: Table
    leave: Table
    enter: Table
    owned: Table
    node: Table
    edge: Table
    tower: Table
    way: Table
    choice: Table
    option: Table
    cover: Table
    group: Table
    place: Table
    path: Ints
    beam: Floats
    level: Floats
    keys: Floats
    items: Ints
    sum: Floats
    tally: Ints


@jit
def _price(a: int, need: float, world: World) -> float:
    """What it costs to use an arc now; inf where it lacks Mbps or its edge is used the other way."""
    arc, cost = world.arc[a], 0.0
    if arc.edge >= 0:
        edge = world.edge[arc.edge]
        if edge.mbps - edge.load < need:
            return np.inf
        if edge.uses == 0:
            cost = edge.cost
        elif arc.uses == 0:
            return np.inf
    if arc.tower >= 0:
        tower = world.tower[arc.tower]
        if tower.uses == 0 and tower.stands == 0:
            cost += tower.cost
    return cost


@jit_part
def _settle(level: int, size: int, world: World) -> None:
    """Dijkstra from what lies in the heap."""
    base, need = level * (len(world.node) - 1), world.level[level]
    keys, items = world.keys, world.items
    while size > 0:
        node, near = items[0], keys[0]
        size = pop(keys, items, size)
        if near > world.way[base + node].price:
            continue
        for k in range(world.node[node].leave, world.node[node + 1].leave):
            other, a = world.leave[k].other, world.leave[k].arc
            if near >= world.way[base + other].price:
                continue
            to = near + _price(a, need, world)
            if to < world.way[base + other].price:
                world.way[base + other].price = to
                world.way[base + other].arc = a
                size = push(keys, items, size, to, other)


@jit
def _cut_off(level: int, world: World) -> int:
    """Take the price off every node that hangs on an arc which is no longer so cheap; how many."""
    base, need = level * (len(world.node) - 1), world.level[level]
    n_lost, at = NONE, NONE
    for k in range(world.tally[0]):
        a = world.owned[k].book
        top = world.arc[a].head
        if world.way[base + top].arc == a:
            to = world.way[base + world.arc[a].tail].price + _price(a, need, world)
            if to > world.way[base + top].price:
                world.way[base + top].arc = -1
                world.node[n_lost].lost = top
                n_lost += 1
    while at < n_lost:
        node = world.node[at].lost
        at += 1
        world.way[base + node].price = np.inf
        for k in range(world.node[node].leave, world.node[node + 1].leave):
            other = base + world.leave[k].other
            if world.way[other].arc == world.leave[k].arc:
                world.way[other].arc = -1
                world.node[n_lost].lost = world.leave[k].other
                n_lost += 1
    return n_lost


@jit
def _offer_way(a: int, level: int, world: World) -> bool:
    """Enter the head of an arc by it where that is cheaper."""
    base = level * (len(world.node) - 1)
    near, top = world.way[base + world.arc[a].tail].price, base + world.arc[a].head
    if near >= world.way[top].price:
        return False
    to = near + _price(a, world.level[level], world)
    if to < world.way[top].price:
        world.way[top].price = to
        world.way[top].arc = a
        return True
    return False


@jit_part
def mend_ways(world: World) -> None:
    """Bring the ways of every level up to date after the arcs in the book changed their price."""
    n = len(world.node) - 1
    for level in range(len(world.level)):
        n_lost, size = _cut_off(level, world), NONE
        for at in range(n_lost):
            node = world.node[at].lost
            for k in range(world.node[node].enter, world.node[node + 1].enter):
                _offer_way(world.enter[k].arc, level, world)
            if world.way[level * n + node].price < np.inf:
                size = push(world.keys, world.items, size, world.way[level * n + node].price, node)
        for k in range(world.tally[0]):
            a = world.owned[k].book
            if _offer_way(a, level, world):
                top = world.arc[a].head
                size = push(world.keys, world.items, size, world.way[level * n + top].price, top)
        _settle(level, size, world)
    for k in range(world.tally[0]):
        world.owned[world.owned[k].book].noted = 0
    world.tally[0] = 0


@jit_maker
def way_trees(source: int, world: World) -> None:
    """Ways of every level from nothing."""
    n = len(world.node) - 1
    for at in range(len(world.way)):
        world.way[at].price = np.inf
        world.way[at].arc = -1
    for level in range(len(world.level)):
        world.way[level * n + source].price = 0.0
        size = push(world.keys, world.items, NONE, 0.0, source)
        _settle(level, size, world)


@jit
def _note(a: int, world: World) -> None:
    """Put an arc on the list of those whose price may have changed, once."""
    if world.owned[a].noted == 0:
        world.owned[a].noted = 1
        world.owned[world.tally[0]].book = a
        world.tally[0] += 1


@jit
def note_edge(edge: int, world: World) -> None:
    """Note the arcs of an edge."""
    for k in range(world.edge[edge].first, world.edge[edge + 1].first):
        _note(world.owned[k].of_edge, world)


@jit
def _note_tower(tower: int, world: World) -> None:
    for k in range(world.tower[tower].first, world.tower[tower + 1].first):
        _note(world.owned[k].of_tower, world)


@jit_part
def attach_site(sign: int, place: int, world: World) -> None:
    """Put a site's choice and path into the books (``sign`` `JOIN`) or take them out (`LEAVE`)."""
    site = world.place[place]
    choice = world.choice[site.choice]
    spent = sign * choice.cost
    if choice.beam >= 0:
        world.beam[choice.beam] -= sign * choice.reserved
    start = place * world.tally[1]
    for k in range(start, start + site.steps):
        arc = world.arc[world.path[k]]
        arc.uses += sign
        if arc.edge >= 0:
            note_edge(arc.edge, world)
            edge = world.edge[arc.edge]
            before = edge.uses
            edge.uses += sign
            if (before == 0) != (edge.uses == 0):
                spent += sign * edge.cost
            edge.load = max(0.0, edge.load + sign * site.mbps)
            if edge.uses == 0:
                edge.load = 0.0
        if arc.tower >= 0:
            _note_tower(arc.tower, world)
            tower = world.tower[arc.tower]
            before = tower.uses
            tower.uses += sign
            if (before == 0) != (tower.uses == 0) and tower.stands == 0:
                spent += sign * tower.cost
    if choice.has_tower == 1:
        own = world.tower[place]
        if own.uses > 0:
            spent -= sign * own.cost
        own.stands += sign
        _note_tower(place, world)
    world.sum[0] += spent


@jit
def _gain(option: int, mbps: float, world: World) -> float:
    """Weight an option would newly serve with so many Mbps."""
    left, total = mbps, 0.0
    for k in range(world.option[option].first, world.option[option + 1].first):
        group = world.group[world.cover[k].group]
        share = group.rest
        if share <= _SHARE:
            continue
        need = group.mbps * share
        if need <= left:
            left -= need
            total += group.weight * share
        else:
            total += group.weight * share * left / need
            break
    return total


@jit
def touch_options(group: int, world: World) -> None:
    """Mark the options that reach a group: their gains must be found anew."""
    for k in range(world.group[group].first, world.group[group + 1].first):
        world.option[world.cover[k].option].is_touched = 1


@jit_part
def _serve(place: int, mbps: float, world: World) -> float:
    """Serve more of what is left, at most so many Mbps; how many it became."""
    option = world.choice[world.place[place].choice].option
    left = mbps
    for k in range(world.option[option].first, world.option[option + 1].first):
        g = world.cover[k].group
        group = world.group[g]
        share = group.rest
        if share <= _SHARE:
            continue
        need = group.mbps * share
        if need > left:
            share *= left / need
            need = left
        if share <= _SHARE:
            break
        world.cover[k].share += share
        group.rest = max(0.0, group.rest - share)
        world.sum[1] += group.weight * share
        left -= need
        touch_options(g, world)
        if left <= 0.0:
            break
    return mbps - left


@jit_part
def release_site(place: int, world: World, keep: Floats, n_kept: int) -> int:
    """Whom a site serves is served by nobody; its shares are kept in ``keep`` from ``n_kept`` on."""
    option = world.choice[world.place[place].choice].option
    for k in range(world.option[option].first, world.option[option + 1].first):
        share = world.cover[k].share
        keep[n_kept] = share
        n_kept += 1
        if share > 0.0:
            group = world.group[world.cover[k].group]
            group.rest = min(1.0, group.rest + share)
            world.sum[1] -= group.weight * share
            world.cover[k].share = 0.0
            touch_options(world.cover[k].group, world)
    return n_kept


@jit_part
def regain(world: World) -> None:
    """Gains of the options that were marked."""
    for option in range(len(world.option) - 1):
        if world.option[option].is_touched == 0:
            continue
        world.option[option].is_touched = 0
        for k in range(world.option[option].first_choice, world.option[option + 1].first_choice):
            choice = world.choice[world.choice[k].of_option]
            choice.gain = _gain(option, choice.mbps, world)


@jit
def _walk(node: int, level: int, place: int, world: World) -> float:
    """Mbps left on the way to a node; −1 where it runs through the place itself or is too long."""
    base = level * (len(world.node) - 1)
    narrow, steps = np.inf, 0
    while True:
        a = world.way[base + node].arc
        if a < 0:
            break
        node = world.arc[a].tail
        if node == world.place[place].fiber or node == world.place[place].mast:
            return -1.0
        if world.arc[a].edge >= 0:
            edge = world.edge[world.arc[a].edge]
            narrow = min(narrow, edge.mbps - edge.load)
        steps += 1
        if steps > world.tally[1]:
            return -1.0
    return narrow


@jit
def _thin_gain(c: int, world: World) -> float:
    """Gain of a choice over the cheapest way that carries anything."""
    choice = world.choice[c]
    mbps = _walk(choice.node, NONE, choice.place, world)
    if mbps <= 0.0:
        return 0.0
    return _gain(choice.option, min(mbps, choice.mbps), world)


@jit
def _site_cost(c: int, world: World) -> float:
    """What a choice costs by itself, less the bare tower it makes needless at its place."""
    choice = world.choice[c]
    cost: float = choice.cost
    if choice.has_tower == 1:
        own = world.tower[choice.place]
        if own.uses > 0 and own.stands == 0:
            cost -= own.cost
    return cost


@jit_part
def _pick(ceiling: float, favour: Floats, fair: Floats, world: World) -> tuple[int, int]:
    """The choice of most gain for its price that still fits, and the level of its way (−1: none, or satellite)."""
    n = len(world.node) - 1
    best, best_choice, best_level = 0.0, -1, -1
    left, tiny = ceiling - world.sum[0], world.sum[2]
    for c in range(len(favour)):
        choice = world.choice[c]
        gain = choice.gain
        if favour[c] <= 0.0 or gain <= tiny or world.place[choice.place].choice >= 0:
            continue
        node, cost = choice.node, _site_cost(c, world)
        if node < 0:
            if cost <= left and choice.reserved <= world.beam[choice.beam] + 1e-9:
                merit = gain * favour[c] / max(min(cost, fair[c]), 1.0)
                if merit > best:
                    best, best_choice, best_level = merit, c, -1
            continue
        thin = cost + world.way[node].price
        if not thin <= left or gain * favour[c] / max(min(thin, fair[c]), 1.0) <= best:
            continue
        level = choice.level
        full = cost + world.way[level * n + node].price
        if full <= left:
            merit = gain * favour[c] / max(min(full, fair[c]), 1.0)
            if merit > best and _walk(node, level, choice.place, world) >= 0.0:
                best, best_choice, best_level = merit, c, level
        if thin < full:
            gain = _thin_gain(c, world)
            merit = gain * favour[c] / max(min(thin, fair[c]), 1.0)
            if gain > tiny and merit > best:
                best, best_choice, best_level = merit, c, 0
    return best_choice, best_level


@jit_part
def _build(c: int, level: int, world: World) -> None:
    """Build a choice over the way of a level."""
    base, choice = level * (len(world.node) - 1), world.choice[c]
    site, start = world.place[choice.place], choice.place * world.tally[1]
    mbps, steps, at = choice.mbps, 0, choice.node
    site.choice = c
    if at >= 0:
        while world.way[base + at].arc >= 0:
            at = world.arc[world.way[base + at].arc].tail
            steps += 1
        at = choice.node
        for k in range(start + steps - 1, start - 1, -1):
            a = world.way[base + at].arc
            world.path[k] = a
            at = world.arc[a].tail
            if world.arc[a].edge >= 0:
                edge = world.edge[world.arc[a].edge]
                mbps = min(mbps, edge.mbps - edge.load)
    site.steps = steps
    site.mbps = _serve(choice.place, max(mbps, 0.0), world)
    attach_site(JOIN, choice.place, world)
    mend_ways(world)
    regain(world)


@jit_part
def grow_sites(ceiling: float, most: int, taste: tuple[Floats, Floats], order: Ints, bill: Floats, world: World) -> int:
    """Add the choice of most gain for its price until nothing fits; how many were added.

    Their places stand in ``order``, what the plan costs with each in ``bill`` (as far as it reaches).
    """
    favour, fair = taste
    for number in range(most):
        choice, level = _pick(ceiling, favour, fair, world)
        if choice < 0:
            return number
        _build(choice, level, world)
        order[number] = world.choice[choice].place
        if number < len(bill):
            bill[number] = world.sum[0]
    return most
