# ruff: noqa: NPY002 (compiled code knows the old generator alone; it is seeded here and touches no other)
"""Compiled search over years: sites leave, the years grow again one after the other, what is better stays.

Tuples of arrays, in the order in which every function takes them (`planner.plan.years_search` fills them):

* ``net_i``: arcs by the node they leave (offsets, heads, numbers), then by arc its tail, edge and tower (−1: none), its
  head, and the arcs that need each tower (offsets, arcs);
* ``net_f``: by edge its price and Mbps, by place the price of a bare tower, Mbps of the levels ways are kept for;
* ``offer_i``: by choice option, place, node (−1: satellite), beam (−1: network), level, 1 with a tower; covers of the
  options (offsets, groups); options of each group; choices of each option; by place two nodes ways to it must not pass;
* ``offer_f``: by choice price, Mbps, Mbps reserved; by group weight, weight that leans to floors, Mbps; Mbps of beams;
* ``cash_i``: by (place, source) whether it may pay; sources in order; by source whether money is carried over; by year
  the most sites;
* ``cash_f``: money there is by (source, year); worth from each year on; capex and opex of choices, edges, towers;
* ``floor_f``: by (floor, group) 1 inside; least weight; price of a missing unit;
* ``state_i``: by place choice (−1: none), steps, path, year, source, rank; by edge and tower the year it is bought; uses
  of arcs; marks of options; counter of ranks; which levels must be found anew;
* ``state_f``: shares by entry of the covers; by group what is left; load of edges; Mbps left of beams; money spent by
  (source, year); gain of each choice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.plan._ascent_kernel import _pop, _push, shortest_tree
from planner.radio._jit import jit_maker

__all__ = ["NEVER", "search_years"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_I = tuple[Ints, ...]
_F = tuple[Floats, ...]
World = tuple[_I, _F, _I, _F, _I, _F, _F, _I, _F]
NEVER = 1 << 30
_FAILS = 12
_SHARE = 1e-12
_ROUNDING = 1e-12


@jit_maker
def _fits(source: int, year: int, capex: float, opex: float, world: World) -> bool:
    """Whether a source can pay for something from a year on, all later years included."""
    has, spent, carries = world[5][0], world[8][4], world[4][2][source]
    n = len(world[5][1])
    there, gone = 0.0, 0.0
    for t in range(n):
        here = has[source * n + t]
        out = spent[source * n + t] + (capex if t == year else 0.0) + (opex if t > year else 0.0)
        there = there + here if carries == 1 else here
        gone = gone + out if carries == 1 else out
        if gone - there > _ROUNDING * abs(there):
            return False
    return True


@jit_maker
def _spend(source: int, year: int, capex: float, opex: float, world: World) -> None:
    spent, n = world[8][4], len(world[5][1])
    spent[source * n + year] += capex
    for t in range(year + 1, n):
        spent[source * n + t] += opex


@jit_maker
def _over(world: World) -> tuple[int, int]:
    """Source and year that spend too much, the earliest year; (−1, −1) when every ceiling holds."""
    n, found, first = len(world[5][1]), -1, NEVER
    for source in range(len(world[4][1])):
        has, spent, carries = world[5][0], world[8][4], world[4][2][source]
        there, gone = 0.0, 0.0
        for t in range(n):
            there = (there if carries == 1 else 0.0) + has[source * n + t]
            gone = (gone if carries == 1 else 0.0) + spent[source * n + t]
            if gone - there > _ROUNDING * abs(there):
                if t < first:
                    found, first = source, t
                break
    return found, first if found >= 0 else -1


@jit_maker
def _stands(at: int, year: int, world: World) -> bool:
    """Whether a site with a tower stands at a place in a year."""
    offer_i, state_i = world[2], world[7]
    if at >= len(state_i[0]) or state_i[0][at] < 0:
        return False
    return offer_i[5][state_i[0][at]] == 1 and state_i[3][at] <= year


@jit_maker
def _serve(place: int, mbps: float, world: World) -> float:
    """Serve what is left, best first, at most so many Mbps; the weight that is served."""
    offer_i, offer_f, state_i, state_f = world[2], world[3], world[7], world[8]
    option = offer_i[0][state_i[0][place]]
    left, total, used = mbps, 0.0, 0.0
    for k in range(offer_i[6][option], offer_i[6][option + 1]):
        group = offer_i[7][k]
        share = state_f[1][group]
        if share <= _SHARE:
            continue
        need = offer_f[5][group] * share
        if need > left:
            share *= left / need
            need = left
        if share > _SHARE:
            state_f[0][k] = share
            state_f[1][group] = max(0.0, state_f[1][group] - share)
            total += offer_f[3][group] * share
            left -= need
            used += need
        if left <= 0.0:
            break
    stride = len(state_i[2]) // len(state_i[0])
    for k in range(place * stride, place * stride + state_i[1][place]):
        edge = world[0][4][state_i[2][k]]
        if edge >= 0:
            state_f[2][edge] += used
    return total


@jit_maker
def _room_mbps(place: int, world: World) -> float:
    """What a site can take over its path."""
    net_i, net_f, offer_f, state_i, state_f = world[0], world[1], world[3], world[7], world[8]
    stride = len(state_i[2]) // len(state_i[0])
    mbps = offer_f[1][state_i[0][place]]
    for k in range(place * stride, place * stride + state_i[1][place]):
        edge = net_i[4][state_i[2][k]]
        if edge >= 0:
            mbps = min(mbps, net_f[1][edge] - state_f[2][edge])
    return max(mbps, 0.0)


@jit_maker
def _in_order(world: World) -> Ints:
    """Built places by year, then in the order in which they joined."""
    state_i = world[7]
    built = np.flatnonzero(state_i[0] >= 0)
    return built[np.argsort(state_i[3][built] * NEVER + state_i[5][built])]


@jit_maker
def _buy(place: int, world: World) -> None:
    """Enter a site, and whatever of its path nobody has bought by its year, into the books."""
    net_i, offer_i, cash_f, state_i, state_f = world[0], world[2], world[5], world[7], world[8]
    stride = len(state_i[2]) // len(state_i[0])
    choice, year, source = state_i[0][place], state_i[3][place], state_i[4][place]
    _spend(source, year, cash_f[2][choice], cash_f[3][choice], world)
    if offer_i[3][choice] >= 0:
        state_f[3][offer_i[3][choice]] -= world[3][2][choice]
    for k in range(place * stride, place * stride + state_i[1][place]):
        a = state_i[2][k]
        edge, tower = net_i[4][a], net_i[5][a]
        state_i[8][a] += 1
        if edge >= 0 and state_i[6][edge] > year:
            state_i[6][edge] = year
            _spend(source, year, cash_f[4][edge], cash_f[5][edge], world)
        if tower >= 0 and state_i[7][tower] > year and not _stands(tower, year, world):
            state_i[7][tower] = year
            _spend(source, year, cash_f[6][tower], cash_f[7][tower], world)


@jit_maker
def _settle(world: World, has_gains: bool) -> float:  # noqa: FBT001 (compiled code takes no keywords)
    """Books and service afresh in the order of years; the worth over years less missing floors."""
    offer_f, cash_f, floor_f, state_i, state_f = world[3], world[5], world[6], world[7], world[8]
    state_i[6][:], state_i[7][:], state_i[8][:], state_i[11][:] = NEVER, NEVER, 0, 1
    state_f[0][:], state_f[1][:], state_f[2][:], state_f[4][:] = 0.0, 1.0, 0.0, 0.0
    state_f[3][:] = offer_f[6]
    total = 0.0
    for place in _in_order(world):
        _buy(place, world)
        total += cash_f[1][state_i[3][place]] * _serve(place, _room_mbps(place, world), world)
    n_groups = len(state_f[1])
    for f in range(len(floor_f[1])):
        missing = floor_f[1][f]
        for g in range(n_groups):
            missing -= floor_f[0][f * n_groups + g] * offer_f[3][g] * (1.0 - state_f[1][g])
        total -= floor_f[2][f] * max(missing, 0.0)
    if has_gains:
        state_i[9][:] = 1
        _regain(world)
    return total


@jit_maker
def _gain(option: int, mbps: float, world: World) -> float:
    """Leaning weight an option would newly serve with so many Mbps."""
    offer_i, offer_f, rest = world[2], world[3], world[8][1]
    left, total = mbps, 0.0
    for k in range(offer_i[6][option], offer_i[6][option + 1]):
        group = offer_i[7][k]
        share = rest[group]
        if share <= _SHARE:
            continue
        need = offer_f[5][group] * share
        if need <= left:
            left -= need
            total += offer_f[4][group] * share
        else:
            total += offer_f[4][group] * share * left / need
            break
    return total


@jit_maker
def _regain(world: World) -> None:
    """Gains of the choices of options that are marked."""
    offer_i, offer_f, mark, gain = world[2], world[3], world[7][9], world[8][5]
    for option in range(len(mark)):
        if mark[option] == 0:
            continue
        mark[option] = 0
        for k in range(offer_i[10][option], offer_i[10][option + 1]):
            choice = offer_i[11][k]
            gain[choice] = _gain(option, offer_f[1][choice], world)


@jit_maker
def _arc_cost(a: int, need: float, world: World) -> float:
    """What it costs to use an arc now; inf where it lacks Mbps or its edge is used the other way."""
    net_i, net_f, state_i, state_f = world[0], world[1], world[7], world[8]
    edge, tower, cost = net_i[4][a], net_i[5][a], 0.0
    if edge >= 0:
        if net_f[1][edge] - state_f[2][edge] < need:
            return np.inf
        if state_i[6][edge] == NEVER:
            cost = net_f[0][edge]
        elif state_i[8][a] == 0:
            return np.inf
    if tower >= 0 and state_i[7][tower] == NEVER and not _stands(tower, NEVER, world):
        cost += net_f[2][tower]
    return cost


@jit_maker
def _offer(a: int, size: int, base: int, need: float, ways: tuple[Floats, Ints, Floats, Ints], world: World) -> int:
    """Enter the head of an arc by it where that is cheaper; the size of the heap."""
    price, entered, keys, items = ways
    head = world[0][6][a]
    to = price[base + world[0][3][a]] + _arc_cost(a, need, world)
    if to < price[base + head]:
        price[base + head], entered[base + head] = to, a
        return int(_push(keys, items, size, to, head))
    return size


@jit_maker
def _ease(place: int, ways: tuple[Floats, Ints, Floats, Ints], world: World) -> None:
    """Bring ways up to date after a site's path was bought: nothing became dearer."""
    net_i, net_f, state_i = world[0], world[1], world[7]
    price, _, keys, items = ways
    n, stride = len(net_i[0]) - 1, len(state_i[2]) // len(state_i[0])
    for level in range(len(net_f[3])):
        if state_i[11][level] == 1:
            continue
        base, need, size = level * n, net_f[3][level], 0
        for k in range(place * stride, place * stride + state_i[1][place]):
            size = _offer(state_i[2][k], size, base, need, ways, world)
            tower = net_i[5][state_i[2][k]]
            if tower >= 0:
                for j in range(net_i[7][tower], net_i[7][tower + 1]):
                    size = _offer(net_i[8][j], size, base, need, ways, world)
        for j in range(net_i[7][place], net_i[7][place + 1]):
            size = _offer(net_i[8][j], size, base, need, ways, world)
        while size > 0:
            node, near = items[0], keys[0]
            size = _pop(keys, items, size)
            if near > price[base + node]:
                continue
            for k in range(net_i[0][node], net_i[0][node + 1]):
                size = _offer(net_i[2][k], size, base, need, ways, world)


@jit_maker
def _ways(price: Floats, entered: Ints, world: World) -> None:
    """Ways of every level that must be found anew."""
    net_i, net_f, state_i = world[0], world[1], world[7]
    n = len(net_i[0]) - 1
    cost = np.zeros(len(net_i[3]))
    for level in range(len(net_f[3])):
        if state_i[11][level] == 0:
            continue
        state_i[11][level] = 0
        for a in range(len(cost)):
            cost[a] = _arc_cost(a, net_f[3][level], world)
        price[level * n : level * n + n], entered[level * n : level * n + n] = shortest_tree(
            net_i[0], net_i[1], net_i[2], cost, 0
        )


@jit_maker
def _walk(node: int, base: int, place: int, entered: Ints, world: World) -> float:
    """Mbps left on the way to a node; −1 where it runs through the place itself or is too long."""
    net_i, net_f, offer_i, state_i, state_f = world[0], world[1], world[2], world[7], world[8]
    narrow, steps = np.inf, 0
    while True:
        a = entered[base + node]
        if a < 0:
            return narrow
        node = net_i[3][a]
        if node == offer_i[12][place] or node == offer_i[13][place]:
            return -1.0
        if net_i[4][a] >= 0:
            narrow = min(narrow, net_f[1][net_i[4][a]] - state_f[2][net_i[4][a]])
        steps += 1
        if steps > len(state_i[2]) // len(state_i[0]):
            return -1.0


@jit_maker
def _rooms(year: int, world: World) -> Floats:
    """Most capex that each place could be paid in a year."""
    has, spent, n = world[5][0], world[8][4], len(world[5][1])
    n_sources, n_places = len(world[4][1]), len(world[7][0])
    room = np.zeros(n_sources)
    for s in range(n_sources):
        left, least = 0.0, np.inf
        for t in range(n):
            left = (left if world[4][2][s] == 1 else 0.0) + has[s * n + t] - spent[s * n + t]
            if t >= year:
                least = min(least, left)
            if t == year and world[4][2][s] == 0:
                least = left
                break
        room[s] = least
    found = np.zeros(n_places) - np.inf
    for p in range(n_places):
        for s in range(n_sources):
            if world[4][0][p * n_sources + s] == 1:
                found[p] = max(found[p], room[s])
    return found


@jit_maker
def _pick(
    year: int, favour: Floats, shut: Ints, ways: tuple[Floats, Ints, Floats, Ints], world: World
) -> tuple[int, int]:  # fmt: skip
    """The choice of most gain for its price that some source could pay alone, and the level of its way."""
    offer_i, offer_f, cash_f, state_i, state_f = world[2], world[3], world[5], world[7], world[8]
    price, entered, _, _ = ways
    n, room = len(world[0][0]) - 1, _rooms(year, world)
    best, best_choice, best_level = 0.0, -1, -1
    tiny = offer_f[7][0]
    for c in range(len(favour)):
        place, gain, cost = offer_i[1][c], state_f[5][c], offer_f[0][c]
        if gain <= tiny or state_i[0][place] >= 0 or shut[c] == 1 or favour[c] <= 0.0:
            continue
        if cash_f[2][c] > room[place] * (1.0 + _ROUNDING) or gain * favour[c] / max(cost, 1.0) <= best:
            continue
        node = offer_i[2][c]
        if node < 0:
            if offer_f[2][c] <= state_f[3][offer_i[3][c]] + 1e-9:
                best, best_choice, best_level = gain * favour[c] / max(cost, 1.0), c, -1
            continue
        level = offer_i[4][c]
        full, thin = price[level * n + node], price[node]
        merit = gain * favour[c] / max(cost + full, 1.0)
        if merit > best and _walk(node, level * n, place, entered, world) >= 0.0:
            best, best_choice, best_level = merit, c, level
        if thin < full and gain * favour[c] / max(cost + thin, 1.0) > best:
            mbps = _walk(node, 0, place, entered, world)
            if mbps > 0.0:
                gain = _gain(offer_i[0][c], min(mbps, offer_f[1][c]), world)
                merit = gain * favour[c] / max(cost + thin, 1.0)
                if gain > tiny and merit > best:
                    best, best_choice, best_level = merit, c, 0
    return best_choice, best_level


@jit_maker
def _join(choice: int, level: int, year: int, ways: tuple[Floats, Ints, Floats, Ints], world: World) -> bool:
    """Switch a choice on, paid by the first source that can; whether one could."""
    net_i, net_f, offer_i, offer_f, cash_i, cash_f = world[0], world[1], world[2], world[3], world[4], world[5]
    entered, state_i, state_f = ways[1], world[7], world[8]
    n, place = len(net_i[0]) - 1, offer_i[1][choice]
    stride, steps = len(state_i[2]) // len(state_i[0]), 0
    capex, opex = cash_f[2][choice], cash_f[3][choice]
    node, is_new = offer_i[2][choice], False
    while level >= 0 and entered[level * n + node] >= 0:
        a = entered[level * n + node]
        edge, tower = net_i[4][a], net_i[5][a]
        if edge >= 0 and state_i[6][edge] > year:
            capex += cash_f[4][edge]
            opex += cash_f[5][edge]
            is_new = True
        if tower >= 0 and state_i[7][tower] > year and not _stands(tower, year, world):
            if not (tower == place and offer_i[5][choice] == 1):
                capex += cash_f[6][tower]
                opex += cash_f[7][tower]
                is_new = True
        state_i[2][place * stride + steps] = a
        steps += 1
        node = net_i[3][a]
    n_sources, payer = len(cash_i[1]), -1
    for k in range(n_sources):
        source = cash_i[1][k]
        if cash_i[0][place * n_sources + source] == 1 and _fits(source, year, capex, opex, world):
            payer = source
            break
    if payer < 0:
        return False
    path = state_i[2][place * stride : place * stride + steps]
    path[:] = path[::-1].copy()
    state_i[0][place], state_i[1][place], state_i[3][place], state_i[4][place] = choice, steps, year, payer
    state_i[5][place] = state_i[10][0]
    state_i[10][0] += 1
    _buy(place, world)
    before = state_f[2][net_i[4][path]].copy()
    _serve(place, _room_mbps(place, world), world)
    for k in range(steps):
        edge = net_i[4][path[k]]
        if edge >= 0:
            for at in range(len(net_f[3])):
                need = net_f[3][at]
                if net_f[1][edge] - before[k] >= need > net_f[1][edge] - state_f[2][edge]:
                    state_i[11][at] = 1
    if is_new or offer_i[5][choice] == 1:
        _ease(place, ways, world)
    option = offer_i[0][choice]
    for k in range(offer_i[6][option], offer_i[6][option + 1]):
        if state_f[0][k] > 0.0:
            group = offer_i[7][k]
            for j in range(offer_i[8][group], offer_i[8][group + 1]):
                state_i[9][offer_i[9][j]] = 1
    _regain(world)
    return True


@jit_maker
def _grow(favour: Floats, ways: tuple[Floats, Ints, Floats, Ints], world: World) -> None:
    """Add sites year after year while some source can pay."""
    cash_i, state_i = world[4], world[7]
    n = len(favour) // len(world[5][1])
    shut = np.zeros(n, dtype=np.int64)
    for year in range(len(world[5][1])):
        n_on, fails = 0, 0
        for place in range(len(state_i[0])):
            n_on += state_i[0][place] >= 0 and state_i[3][place] == year
        shut[:] = 0
        while n_on < cash_i[3][year] and fails < _FAILS:
            _ways(ways[0], ways[1], world)
            choice, level = _pick(year, favour[year * n : year * n + n], shut, ways, world)
            if choice < 0:
                break
            if _join(choice, level, year, ways, world):
                n_on += 1
            else:
                shut[choice] = 1
                fails += 1


@jit_maker
def _remove(place: int, world: World) -> None:
    world[7][0][place] = -1
    world[7][1][place] = 0


@jit_maker
def _leave(fixed: Ints, spot: tuple[Floats, Floats], world: World) -> None:
    """Take a few sites out: neighbours of a random one, users of one of its links, or scattered ones."""
    state_i = world[7]
    built = np.flatnonzero((state_i[0] >= 0) & (fixed == 0))
    if len(built) == 0:
        return
    size = min(len(built), 1 + np.random.geometric(0.25))
    centre, lot = built[np.random.randint(0, len(built))], np.random.random()
    stride, steps = len(state_i[2]) // len(state_i[0]), state_i[1][centre]
    if lot < 0.35 and steps > 0:
        arc, n_out = state_i[2][centre * stride + np.random.randint(0, steps)], 0
        for place in built:
            if n_out < 2 * size and np.any(state_i[2][place * stride : place * stride + state_i[1][place]] == arc):
                n_out += 1
                _remove(place, world)
        return
    if lot < 0.75:
        far = (spot[0][built] - spot[0][centre]) ** 2 + (spot[1][built] - spot[1][centre]) ** 2
        for k in np.argsort(far)[:size]:
            _remove(built[k], world)
        return
    for _ in range(size):
        _remove(built[np.random.randint(0, len(built))], world)


@jit_maker
def _copy(into: tuple[_I, _F], world: World) -> None:
    for k in range(12):
        into[0][k][:] = world[7][k]
    for k in range(6):
        into[1][k][:] = world[8][k]


@jit_maker
def _restore(kept: tuple[_I, _F], world: World) -> None:
    for k in range(12):
        world[7][k][:] = kept[0][k]
    for k in range(6):
        world[8][k][:] = kept[1][k]


@jit_maker
def search_years(
    when: tuple[int, int, int, int], lean: Floats, knobs: Floats, fixed: Ints, spot: tuple[Floats, Floats],
    spare: tuple[tuple[_I, _F], tuple[_I, _F]], world: World,
) -> tuple[float, int]:  # fmt: skip
    """Rounds of ruin and growth over years, or growth alone where there is no round.

    Parameters
    ----------
    when
        Rounds now, rounds done before, rounds in all (the slack shrinks to nothing at the end), seed of all lots.
    lean
        By (year, choice): factor on merits, in rounds raised to a random power; 0 shuts it.
    knobs
        Noise on merits, slack.
    fixed
        By place: 1 where the site stays.
    spot
        Where the places are, degrees of the same length.
    spare
        Two sets of arrays like ``state_i`` and ``state_f``: the present plan, and the record (changed in place).
    world
        Everything else; holds the record at the end.

    Returns
    -------
    Worth of the record, and how often one was set.
    """
    rounds, first, total, seed = when
    n = len(world[0][0]) - 1
    size, room = len(world[1][3]) * n, 2 * len(world[0][3]) + n + 16
    ways = (np.zeros(size), np.zeros(size, dtype=np.int64), np.zeros(room), np.zeros(room, dtype=np.int64))
    now = _settle(world, rounds == 0)
    if rounds == 0:
        _grow(lean, ways, world)
        return _settle(world, False), 0
    np.random.seed(seed)
    kept, top, favour, records = spare[0], spare[1], np.zeros(len(lean)), 0
    _copy(kept, world)
    _copy(top, world)
    record = now
    for number in range(rounds):
        _leave(fixed, spot, world)
        power = np.random.random()
        n_choices = len(lean) // len(world[5][1])
        for c in range(n_choices):
            noise = np.exp(knobs[0] * np.random.standard_normal())
            for k in range(c, len(lean), n_choices):
                favour[k] = lean[k] ** power * noise if lean[k] > 0.0 else 0.0
        _settle(world, False)
        is_good = True
        source, year = _over(world)
        while source >= 0 and is_good:
            is_good = False
            for place in _in_order(world)[::-1]:
                if fixed[place] == 0 and world[7][4][place] == source and world[7][3][place] <= year:
                    _remove(place, world)
                    is_good = True
                    break
            _settle(world, False)
            source, year = _over(world)
        if is_good:
            world[7][9][:] = 1
            _regain(world)
            _grow(favour, ways, world)
            value = _settle(world, False)
            is_good = _over(world)[0] < 0
        slack = knobs[1] * (1.0 - (first + number) / total) * np.random.random()
        if is_good and value > now - abs(now) * slack:
            now = value
            _copy(kept, world)
            if value > record + 1e-9 * abs(record):
                record, records = value, records + 1
                _copy(top, world)
        else:
            _restore(kept, world)
    _restore(top, world)
    return record, records
