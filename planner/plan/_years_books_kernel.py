"""Compiled books of a plan over years: who is served, what is bought when and by whom, and whether the money holds.

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

from planner.radio._jit import jit, jit_maker, jit_part

__all__ = [
    "NEVER",
    "World",
    "can_pay",
    "enter_books",
    "gain_of",
    "in_order",
    "overspent",
    "regain",
    "room_mbps",
    "serve_rest",
    "settle_books",
    "tower_stands",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_I = tuple[Ints, ...]
_F = tuple[Floats, ...]
World = tuple[_I, _F, _I, _F, _I, _F, _F, _I, _F]
NEVER = 1 << 30
_SHARE = 1e-12
_ROUNDING = 1e-12


@jit
def can_pay(source: int, year: int, capex: float, opex: float, world: World) -> bool:
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


@jit
def _spend(source: int, year: int, capex: float, opex: float, world: World) -> None:
    spent, n = world[8][4], len(world[5][1])
    spent[source * n + year] += capex
    for t in range(year + 1, n):
        spent[source * n + t] += opex


@jit_part
def overspent(world: World) -> tuple[int, int]:
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


@jit
def tower_stands(at: int, year: int, world: World) -> bool:
    """Whether a site with a tower stands at a place in a year."""
    offer_i, state_i = world[2], world[7]
    if at >= len(state_i[0]) or state_i[0][at] < 0:
        return False
    return bool(offer_i[5][state_i[0][at]] == 1 and state_i[3][at] <= year)


@jit
def serve_rest(place: int, mbps: float, world: World) -> float:
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


@jit
def room_mbps(place: int, world: World) -> float:
    """What a site can take over its path."""
    net_i, net_f, offer_f, state_i, state_f = world[0], world[1], world[3], world[7], world[8]
    stride = len(state_i[2]) // len(state_i[0])
    mbps = offer_f[1][state_i[0][place]]
    for k in range(place * stride, place * stride + state_i[1][place]):
        edge = net_i[4][state_i[2][k]]
        if edge >= 0:
            mbps = min(mbps, net_f[1][edge] - state_f[2][edge])
    return float(max(mbps, 0.0))


@jit_maker
def in_order(world: World) -> Ints:
    """Built places by year, then in the order in which they joined."""
    state_i = world[7]
    built = np.flatnonzero(state_i[0] >= 0)
    return built[np.argsort(state_i[3][built] * NEVER + state_i[5][built])]


@jit_part
def enter_books(place: int, world: World) -> None:
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
        if tower >= 0 and state_i[7][tower] > year and not tower_stands(tower, year, world):
            state_i[7][tower] = year
            _spend(source, year, cash_f[6][tower], cash_f[7][tower], world)


@jit_maker
def settle_books(world: World, has_gains: bool) -> float:  # noqa: FBT001 (compiled code takes no keywords)
    """Books and service afresh in the order of years; the worth over years less missing floors."""
    offer_f, cash_f, floor_f, state_i, state_f = world[3], world[5], world[6], world[7], world[8]
    state_i[6][:], state_i[7][:], state_i[8][:], state_i[11][:] = NEVER, NEVER, 0, 1
    state_f[0][:], state_f[1][:], state_f[2][:], state_f[4][:] = 0.0, 1.0, 0.0, 0.0
    state_f[3][:] = offer_f[6]
    total = 0.0
    for place in in_order(world):
        enter_books(place, world)
        total += cash_f[1][state_i[3][place]] * serve_rest(place, room_mbps(place, world), world)
    n_groups = len(state_f[1])
    for f in range(len(floor_f[1])):
        missing = floor_f[1][f]
        for g in range(n_groups):
            missing -= floor_f[0][f * n_groups + g] * offer_f[3][g] * (1.0 - state_f[1][g])
        total -= floor_f[2][f] * max(missing, 0.0)
    if has_gains:
        state_i[9][:] = 1
        regain(world)
    return total


@jit
def gain_of(option: int, mbps: float, world: World) -> float:
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


@jit_part
def regain(world: World) -> None:
    """Gains of the choices of options that are marked."""
    offer_i, offer_f, mark, gain = world[2], world[3], world[7][9], world[8][5]
    for option in range(len(mark)):
        if mark[option] == 0:
            continue
        mark[option] = 0
        for k in range(offer_i[10][option], offer_i[10][option + 1]):
            choice = offer_i[11][k]
            gain[choice] = gain_of(option, offer_f[1][choice], world)
