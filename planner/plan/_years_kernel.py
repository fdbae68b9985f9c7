"""Compiled search over years: sites leave, the years grow again one after the other, what is better stays.

The tuples of arrays are those of `planner.plan._years_books_kernel`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.plan._ascent_kernel import shortest_tree
from planner.plan._dice_kernel import bell, draw, random
from planner.plan._heap_kernel import pop, push
from planner.plan._years_books_kernel import (
    NEVER,
    World,
    can_pay,
    enter_books,
    gain_of,
    in_order,
    overspent,
    regain,
    room_mbps,
    serve_rest,
    settle_books,
    tower_stands,
)
from planner.radio._jit import jit, jit_maker, jit_part

__all__ = ["NEVER", "search_years"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_I = tuple[Ints, ...]
_F = tuple[Floats, ...]
_FAILS = 12
_ROUNDING = 1e-12
_YES: bool = np.bool_(True)  # type: ignore[assignment]  # noqa: FBT003  (a literal would have its callee compiled once more)
_NO: bool = np.bool_(False)  # type: ignore[assignment]  # noqa: FBT003


@jit
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
    if tower >= 0 and state_i[7][tower] == NEVER and not tower_stands(tower, NEVER, world):
        cost += net_f[2][tower]
    return cost


@jit
def _offer(a: int, size: int, base: int, need: float, ways: tuple[Floats, Ints, Floats, Ints], world: World) -> int:
    """Enter the head of an arc by it where that is cheaper; the size of the heap."""
    price, entered, keys, items = ways
    head = world[0][6][a]
    to = price[base + world[0][3][a]] + _arc_cost(a, need, world)
    if to < price[base + head]:
        price[base + head], entered[base + head] = to, a
        return int(push(keys, items, size, to, head))
    return size


@jit_part
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
            size = pop(keys, items, size)
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


@jit
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
                gain = gain_of(offer_i[0][c], min(mbps, offer_f[1][c]), world)
                merit = gain * favour[c] / max(cost + thin, 1.0)
                if gain > tiny and merit > best:
                    best, best_choice, best_level = merit, c, 0
    return best_choice, best_level


@jit
def _price_path(choice: int, level: int, year: int, entered: Ints, world: World) -> tuple[int, float, float, int]:
    """Note the way of a choice from its end on; steps, capex and opex of all that must be bought, how many links and towers."""
    net_i, offer_i, cash_f, state_i = world[0], world[2], world[5], world[7]
    n, place, node = len(net_i[0]) - 1, offer_i[1][choice], offer_i[2][choice]
    stride, steps, n_new = len(state_i[2]) // len(state_i[0]), 0, 0
    capex, opex = cash_f[2][choice], cash_f[3][choice]
    while level >= 0 and entered[level * n + node] >= 0:
        a = entered[level * n + node]
        edge, tower = net_i[4][a], net_i[5][a]
        if edge >= 0 and state_i[6][edge] > year:
            capex += cash_f[4][edge]
            opex += cash_f[5][edge]
            n_new += 1
        is_own = tower == place and offer_i[5][choice] == 1
        if tower >= 0 and not is_own and state_i[7][tower] > year and not tower_stands(tower, year, world):
            capex += cash_f[6][tower]
            opex += cash_f[7][tower]
            n_new += 1
        state_i[2][place * stride + steps] = a
        steps += 1
        node = net_i[3][a]
    return steps, capex, opex, n_new


@jit
def _payer(place: int, year: int, capex: float, opex: float, world: World) -> int:
    """The first source that can pay; −1 where none can."""
    cash_i = world[4]
    for k in range(len(cash_i[1])):
        source = cash_i[1][k]
        if cash_i[0][place * len(cash_i[1]) + source] == 1 and can_pay(source, year, capex, opex, world):
            return int(source)
    return -1


@jit
def _note_full(path: Ints, before: Floats, world: World) -> None:
    """Levels for which a link of a path has become too thin must be found anew."""
    net_i, net_f, state_i, state_f = world[0], world[1], world[7], world[8]
    for k in range(len(path)):
        edge = net_i[4][path[k]]
        for at in range(len(net_f[3])):
            need = net_f[3][at]
            if edge >= 0 and net_f[1][edge] - before[k] >= need > net_f[1][edge] - state_f[2][edge]:
                state_i[11][at] = 1


@jit_maker
def _join(choice: int, level: int, year: int, ways: tuple[Floats, Ints, Floats, Ints], world: World) -> bool:
    """Switch a choice on, paid by the first source that can; whether one could."""
    net_i, offer_i, state_i, state_f = world[0], world[2], world[7], world[8]
    place, stride = offer_i[1][choice], len(state_i[2]) // len(state_i[0])
    steps, capex, opex, n_new = _price_path(choice, level, year, ways[1], world)
    payer = _payer(place, year, capex, opex, world)
    if payer < 0:
        return False
    path = state_i[2][place * stride : place * stride + steps]
    path[:] = path[::-1].copy()
    state_i[0][place], state_i[1][place], state_i[3][place], state_i[4][place] = choice, steps, year, payer
    state_i[5][place] = state_i[10][0]
    state_i[10][0] += 1
    enter_books(place, world)
    before = state_f[2][net_i[4][path]].copy()
    serve_rest(place, room_mbps(place, world), world)
    _note_full(path, before, world)
    if n_new > 0 or offer_i[5][choice] == 1:
        _ease(place, ways, world)
    option = offer_i[0][choice]
    for k in range(offer_i[6][option], offer_i[6][option + 1]):
        if state_f[0][k] > 0.0:
            group = offer_i[7][k]
            for j in range(offer_i[8][group], offer_i[8][group + 1]):
                state_i[9][offer_i[9][j]] = 1
    regain(world)
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


@jit
def _remove(place: int, world: World) -> None:
    world[7][0][place] = -1
    world[7][1][place] = 0


@jit_maker
def _leave(fixed: Ints, knobs: Floats, spot: tuple[Floats, Floats], dice: Ints, world: World) -> None:
    """Take a few sites out: neighbours of a random one, users of one of its links, or scattered ones."""
    state_i = world[7]
    built = np.flatnonzero((state_i[0] >= 0) & (fixed == 0))
    if len(built) == 0:
        return
    size = min(len(built), 2 + int(np.log(1.0 - random(dice)) / np.log(1.0 - 1.0 / knobs[4])))
    centre, lot = built[draw(dice, len(built))], random(dice)
    stride, steps = len(state_i[2]) // len(state_i[0]), state_i[1][centre]
    if lot < knobs[2] and steps > 0:
        arc, n_out = state_i[2][centre * stride + draw(dice, steps)], 0
        for place in built:
            if n_out < 2 * size and np.any(state_i[2][place * stride : place * stride + state_i[1][place]] == arc):
                n_out += 1
                _remove(int(place), world)
        return
    if lot >= knobs[2] + knobs[3]:
        far = (spot[0][built] - spot[0][centre]) ** 2 + (spot[1][built] - spot[1][centre]) ** 2
        for place in built[np.argsort(far)[:size]]:
            _remove(int(place), world)
        return
    for _ in range(size):
        at: int = built[draw(dice, len(built))]
        _remove(at, world)


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
        Noise on merits, slack, chance of ruins along the network, of scattered ones, mean number of sites taken out.
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
    now = settle_books(world, _YES)
    if rounds == 0:
        _grow(lean, ways, world)
        return settle_books(world, _NO), 0
    dice = np.full(1, 0x2545F4914F6CDD1D ^ (seed + 1) * 0x9E3779B97F4A7, np.int64)
    kept, top, favour, records = spare[0], spare[1], np.zeros(len(lean)), 0
    _copy(kept, world)
    _copy(top, world)
    record = now
    for number in range(rounds):
        _leave(fixed, knobs, spot, dice, world)
        power = random(dice)
        n_choices = len(lean) // len(world[5][1])
        for c in range(n_choices):
            noise = np.exp(knobs[0] * bell(dice))
            for k in range(c, len(lean), n_choices):
                favour[k] = lean[k] ** power * noise if lean[k] > 0.0 else 0.0
        settle_books(world, _NO)
        is_good = True
        source, year = overspent(world)
        while source >= 0 and is_good:
            is_good = False
            for place in in_order(world)[::-1]:
                if fixed[place] == 0 and world[7][4][place] == source and world[7][3][place] <= year:
                    _remove(place, world)
                    is_good = True
                    break
            settle_books(world, _NO)
            source, year = overspent(world)
        if is_good:
            world[7][9][:] = 1
            regain(world)
            _grow(favour, ways, world)
            value = settle_books(world, _NO)
            is_good = overspent(world)[0] < 0
        slack = knobs[1] * (1.0 - (first + number) / total) * random(dice)
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
