"""What the bound leaves open of a network: nodes fixed by reduced costs, then cuts on the linear and integer program."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from planner.plan._connect_program import Program, State
from planner.plan.connect_large import Found
from planner.plan.connect_net import Fixed, Ground, Net, shorter_net
from planner.plan.solver import TOLERANCE_SHARE
from planner.plan.steiner_dual import Prices, ascend, known
from planner.plan.steiner_tree import filled, fitted, liked, plan_of

__all__ = ["prove"]

_FACTORS = (1.0, 0.7, 0.8, 0.9, 0.95, 1.05, 1.1, 1.25, 1.5, 2.0)
_FIXINGS = 6
_MOST_WORK = 1_200_000
"""Arcs × nodes that win: beyond it finding the cuts takes minutes."""
_ROUNDS = 200
_PATIENCE = 4
_PROGRESS = 1e-3
"""The linear program is left once so many rounds in a row move the bound by less than this share."""


def prove(ground: Ground, net: Net, found: Found, left_s: Callable[[], float], max_nodes: int) -> None:
    """Close the gap as far as the limits allow; ``found`` is brought forward.

    Parameters
    ----------
    ground, net
        The whole graph, and the network that was planned on.
    found
        Best plan and bound; changed.
    left_s
        Seconds left.
    max_nodes
        Of the search tree of each integer program.
    """
    small = _fix(ground, net, found, left_s)
    if small is None or found.is_closed():
        found.steps.append("reduced costs: nothing better is left")
        found.bound = min(found.bound, found.target())
        return
    found.steps.append(f"reduced costs leave {small.n_nodes} of {net.n_nodes} nodes")
    if len(small.tail) * int(((small.prize > 0) | small.is_required).sum()) > _MOST_WORK:
        found.steps.append("too much is open for the integer program")
        return
    program, is_whole, n_cuts, slow, last = Program(small), False, 0, 0, math.inf
    for number in range(_ROUNDS):
        seconds = left_s()
        if seconds <= 0:
            found.steps.append("the clock ended the search")
            return
        clock = seconds if math.isfinite(seconds) else None
        state = program.run(is_whole=is_whole, seconds=clock, max_nodes=max_nodes, slack=found.grain * (1 - 1e-3))
        if state.status == "infeasible":
            found.steps.append("the program holds nothing better")
            found.bound = min(found.bound, found.target())
            return
        slack = TOLERANCE_SHARE * abs(state.bound)
        if math.isfinite(state.bound):
            found.bound = min(found.bound, max(state.bound + slack, found.target()))
        if state.status == "limit":
            found.steps.append("a limit ended the search")
            return
        _offer(small, state, found, is_whole=is_whole)
        new = 0 if found.is_closed() else program.cut(state)
        n_cuts += new
        slow = 0 if is_whole or abs(state.bound - last) > _PROGRESS * abs(state.bound) else slow + 1
        last = state.bound
        if new and slow < _PATIENCE:
            continue
        kind = "integer" if is_whole else "linear"
        found.steps.append(f"{kind} program: {n_cuts} cuts, {number + 1} rounds")
        if is_whole or found.is_closed():
            return
        is_whole, slow = True, -_ROUNDS


def _fix(ground: Ground, net: Net, found: Found, left_s: Callable[[], float]) -> Net | None:
    """The network without what no better plan holds, made smaller again while that helps; None where nothing is left."""
    n = len(ground.names)
    off, no_satellite, on = (np.zeros(n, dtype=bool) for _ in range(3))
    if found.plan is None or found.best is None:
        return net
    small = net
    for _ in range(_FIXINGS):
        there = np.flatnonzero((small.node_of >= 0) & ~ground.is_root)
        for factor in _FACTORS if net.budget is not None else (1.0,):
            ascent = ascend(small, Prices(found.best.prices.rate * factor, found.best.prices.beams))
            found.bound = min(found.bound, max(ascent.bound, found.target()))
            for mask, new in zip((off, no_satellite, on), known(small, ascent, found.wanted()), strict=True):
                mask[there] |= new[small.node_of[there]]
            if left_s() <= 0:
                return small
        if (on & off).any() or found.is_closed():
            return None
        before, small = small, shorter_net(ground, Fixed(off, no_satellite, on), net.unit)
        if not _is_joined(small):
            return None
        if len(small.tail) > 0.9 * len(before.tail):
            break
    return small


def _is_joined(net: Net) -> bool:
    """Whether the root reaches everybody who must be on the network."""
    tree = liked(net, np.ones(len(net.cost)), np.ones(net.n_nodes, dtype=bool))
    lost = (net.is_on | (net.is_required & ~np.isfinite(net.sat_cost))) & ~tree.on
    return not lost.any()


def _offer(net: Net, state: State, found: Found, *, is_whole: bool) -> None:
    """Plans made from an answer of the program."""
    plan = plan_of(net, (state.x > 0.5) | net.is_root, state.w > 0.5)
    if plan is not None:
        found.offer(net, plan if net.budget is None else filled(net, plan))
    if not is_whole and found.best is not None:
        tree = liked(net, 1.0 - state.z, (state.x > 0.5) & ((net.prize > 0) | net.is_required))
        found.offer(net, fitted(net, tree, found.best.prices))
