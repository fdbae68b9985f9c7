"""Compiled kernels that build and improve covers: greedy by a tournament tree, ruin and recreate.

The state of a search is a tuple of arrays, changed in place: how many chosen options hold each group, the sum
of their numbers (which names the only one where there is one), what each option would add (or, chosen, what only
it covers), a tournament tree over addition by cost, and flags (0 open, 1 chosen, 2 barred).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.plan._dice_kernel import random
from planner.radio._jit import jit, jit_maker

__all__ = ["fill", "new_state", "ruin_and_recreate", "take"]

Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
Floats = NDArray[np.float64]
Bytes = NDArray[np.int8]
Sides = tuple[Ints, Shorts, Ints, Shorts]
State = tuple[Shorts, Ints, Floats, Floats, Bytes, Shorts, Shorts]


@jit
def _climb(tree: Floats, leaf: int, key: float) -> None:
    tree[leaf] = key
    node = leaf >> 1
    while node >= 1:
        best = max(tree[2 * node], tree[2 * node + 1])
        if tree[node] == best:
            break
        tree[node] = best
        node >>= 1


@jit
def _top(tree: Floats, half: int) -> int:
    """Number of the best leaf; of equal ones the first."""
    node = 1
    while node < half:
        node = 2 * node if tree[2 * node] >= tree[2 * node + 1] else 2 * node + 1
    return node - half


@jit
def _key(gain: float, cost: float, least: float) -> float:
    return -1.0 if gain <= least else gain / max(cost, 1e-300)


@jit
def _toggle(sides: Sides, weight: Floats, cost: Floats, state: State, option: int, least: float) -> None:
    """Take an option, or give it back."""
    count, who, gain, tree, flag, dirty, is_dirty = state
    sign = -1 if flag[option] == 1 else 1
    n_dirty = 0
    for k in range(sides[0][option], sides[0][option + 1]):
        g = sides[1][k]
        before = count[g]
        count[g] = before + sign
        who[g] += sign * option
        if before + count[g] == 1:  # between nobody and one: everybody's addition moves
            for h in range(sides[2][g], sides[2][g + 1]):
                other = sides[3][h]
                if other != option:
                    gain[other] -= sign * weight[g]
                    if is_dirty[other] == 0:
                        is_dirty[other] = 1
                        dirty[n_dirty] = other
                        n_dirty += 1
        elif before + count[g] == 3:  # between one and two: the one loses or wins it
            only = who[g] - option if sign > 0 else who[g]
            gain[only] -= sign * weight[g]
    flag[option] = 1 if sign > 0 else 0
    half = len(tree) // 2
    _climb(tree, half + option, -1.0 if sign > 0 else _key(gain[option], cost[option], least))
    for d in range(n_dirty):
        other = dirty[d]
        is_dirty[other] = 0
        if flag[other] == 0 and tree[half + other] != -2.0:
            _climb(tree, half + other, _key(gain[other], cost[other], least))


@jit_maker
def new_state(
    covers: tuple[Ints, Shorts], n_groups: int, weight: Floats, cost: Floats, flag: Bytes, least: float
) -> State:
    """A state in which nothing is chosen.

    Parameters
    ----------
    flag
        0 for options that may be taken, 2 for others.
    least
        An addition up to this counts as none.
    """
    m = len(cost)
    half = 1
    while half < m:
        half *= 2
    tree = np.full(2 * half, -1.0)
    gain = np.zeros(m)
    for j in range(m):
        for k in range(covers[0][j], covers[0][j + 1]):
            gain[j] += weight[covers[1][k]]
        if flag[j] == 0:
            tree[half + j] = _key(gain[j], cost[j], least)
    for node in range(half - 1, 0, -1):
        tree[node] = max(tree[2 * node], tree[2 * node + 1])
    return (
        np.zeros(n_groups, dtype=np.int32), np.zeros(n_groups, dtype=np.int64), gain, tree, flag.copy(),
        np.empty(m, dtype=np.int32), np.zeros(m, dtype=np.int32),
    )  # fmt: skip


@jit_maker
def take(sides: Sides, weight: Floats, cost: Floats, state: State, options: Ints, least: float) -> float:
    """Take the options that are open, one after the other; what they cost."""
    spent = 0.0
    for option in options:
        if state[4][option] == 0:
            spent += cost[option]
            _toggle(sides, weight, cost, state, option, least)
    return spent


@jit
def _fill(
    sides: Sides, weight: Floats, cost: Floats, state: State, money: Floats, log: Ints, shelf: Ints, chance: tuple[float, Ints]
) -> tuple[int, float]:  # fmt: skip
    """Greedy; options taken are logged. Numbers taken and what they add."""
    tree, gain = state[3], state[2]
    half = len(tree) // 2
    n, n_shelf, added = 0, 0, 0.0
    while n_shelf < len(shelf) and n < len(log):
        if tree[1] <= 0.0 or money[0] < money[2]:
            break
        j = _top(tree, half)
        if cost[j] > money[0]:
            shelf[n_shelf] = j
            n_shelf += 1
            _climb(tree, half + j, -2.0)
            continue
        if chance[0] > 0.0 and random(chance[1]) < chance[0]:
            shelf[n_shelf] = j
            n_shelf += 1
            _climb(tree, half + j, -2.0)
            continue
        added += gain[j]
        money[0] -= cost[j]
        _toggle(sides, weight, cost, state, j, money[1])
        log[n] = j
        n += 1
    for k in range(n_shelf):
        j = shelf[k]
        _climb(tree, half + j, _key(gain[j], cost[j], money[1]))
    return n, added


@jit_maker
def fill(sides: Sides, weight: Floats, cost: Floats, state: State, money: Floats, most: int) -> tuple[Ints, float]:
    """Most new weight by cost, again and again, within the money left.

    Parameters
    ----------
    money
        Money left (changed in place), an addition that counts as none, cost of the cheapest option.
    most
        Options taken at most.

    Returns
    -------
    tuple
        Options taken, in order, and the weight they add.
    """
    log = np.empty(min(most, len(cost)), dtype=np.int64)
    dice = np.ones(1, dtype=np.int64)
    n, added = _fill(sides, weight, cost, state, money, log, np.empty(len(cost) + 1, dtype=np.int64), (0.0, dice))
    return log[:n], added


@jit
def _wander(sides: Sides, state: State, start: int, wanted: int, picked: Ints, dice: Ints) -> int:
    """Chosen options around one: a walk over groups and the options that hold them."""
    count, who, flag = state[0], state[1], state[4]
    n, here, tries = 0, start, 0
    if flag[start] == 1:
        picked[0] = start
        n = 1
    while n < wanted and tries < 12 * wanted:
        tries += 1
        low, high = sides[0][here], sides[0][here + 1]
        if high == low:
            break
        g = sides[1][low + int(random(dice) * (high - low))]
        if count[g] == 1:
            other = who[g]
            is_known = flag[other] != 1
            for k in range(n):
                is_known = is_known or picked[k] == other
            if not is_known:
                picked[n] = other
                n += 1
        low, high = sides[2][g], sides[2][g + 1]
        here = sides[3][low + int(random(dice) * (high - low))]
        if tries % 8 == 0 and n > 0:
            here = picked[int(random(dice) * n)]
    return n


@jit
def _ruin(
    sides: Sides, weight: Floats, cost: Floats, state: State, money: Floats, pool: Ints, picked: Ints, dice: Ints
) -> tuple[int, float]:
    """Take neighbours out at one or two spots; how many, and what they covered alone."""
    wanted = 1 + int(random(dice) * (len(picked) // 2))
    parts = 1 + int(random(dice) * 2.0)
    lost, n_out = 0.0, 0
    for _ in range(parts):
        start = pool[int(random(dice) * len(pool))]
        n = _wander(sides, state, start, max(1, wanted // parts), picked[n_out:], dice)
        for k in range(n_out, n_out + n):
            lost += state[2][picked[k]]
            money[0] += cost[picked[k]]
            _toggle(sides, weight, cost, state, picked[k], money[1])
        n_out += n
    return n_out, lost


@jit
def _note(best_flag: Bytes, flag: Bytes, changed: Ints, n_changed: int) -> None:
    """Bring the best flags up to date: those changed since, or all where too many changed to list."""
    if n_changed > len(changed):
        for k in range(len(flag)):
            best_flag[k] = flag[k]
    else:
        for k in range(n_changed):
            best_flag[changed[k]] = flag[changed[k]]


@jit_maker
def ruin_and_recreate(
    sides: Sides, weight: Floats, cost: Floats, state: State, money: Floats, pool: Ints, knobs: Floats, dice: Ints
) -> tuple[float, Bytes]:
    """Take neighbours out, let greedy fill the place, keep what is better (or not much worse, at first).

    Parameters
    ----------
    money
        Money left (changed in place), an addition that counts as none, cost of the cheapest option.
    pool
        Options among which a ruin begins.
    knobs
        Rounds, options taken out at most, first and last temperature in weight, share of tops passed over.
    dice
        State of the random numbers, above 0. Changed in place.

    Returns
    -------
    tuple
        What the best cover seen has more than the first, and its flags; the state stays at the last.
    """
    flag = state[4]
    n_rounds = int(knobs[0])
    picked, log = np.empty(2 * int(knobs[1]), dtype=np.int64), np.empty(len(cost), dtype=np.int64)
    shelf, changed, n_changed = np.empty(40, dtype=np.int64), np.empty(4096, dtype=np.int64), 0
    now, best, best_flag = 0.0, 0.0, flag.copy()
    for number in range(n_rounds):
        heat = knobs[2] * (knobs[3] / knobs[2]) ** (number / n_rounds)
        before = money[0]
        n_out, lost = _ruin(sides, weight, cost, state, money, pool, picked, dice)
        n_in, added = _fill(sides, weight, cost, state, money, log, shelf, (knobs[4], dice))
        change = added - lost
        if change >= 0.0 or random(dice) < np.exp(change / heat):
            now += change
            for k in range(n_out + n_in):
                if n_changed < len(changed):
                    changed[n_changed] = picked[k] if k < n_out else log[k - n_out]
                n_changed += 1
            if now > best + money[1]:
                best = now
                _note(best_flag, flag, changed, n_changed)
                n_changed = 0
        else:
            for k in range(n_in - 1, -1, -1):
                _toggle(sides, weight, cost, state, log[k], money[1])
            for k in range(n_out):
                _toggle(sides, weight, cost, state, picked[k], money[1])
            money[0] = before
    return best, best_flag
