"""Upper bound by prices on the groups: for covers too large for a linear program.

For any prices u ≥ 0 of the groups (each can be served once) and λ ≥ 0 of the rows a x ≤ b (money with cost shares,
beams, decisions), the worth V(u, λ) of the copies bounds every plan by weak duality:

    Σ u  +  Σ λ b  +  Σ over places of max(0, V − λ a).

The prices move along the gradient of a smoothed bound (places lean to their best copy by degrees), accelerated, while
the smoothing fades; the prices of the rows follow by a few Newton steps each time. What is reported is the exact
figure above, the lowest that was met. Rows of cost shares join on the way (`planner.plan.copies`).

References
----------
Nesterov, Smooth minimization of non-smooth functions, Mathematical Programming 103, 2005,
doi:10.1007/s10107-004-0552-5; O'Donoghue and Candès, Adaptive restart for accelerated gradient schemes, Foundations
of Computational Mathematics 15, 2015, doi:10.1007/s10208-013-9150-3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.parallel import map_parts
from planner.plan.bound import Bound
from planner.plan.copies import Copies, CopyHunt, Row, make_copies
from planner.plan.instance import Instance
from planner.plan.newton import newton_step

__all__ = ["price_bound"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_HEAT = 0.01
"""Smoothing at the start, share of what a site is worth."""
_COLD = 0.05
_MOST_ROWS = 36
_PATIENCE = 30
_EVERY = 3
"""Rounds between two new pairs of rows."""
_MOMENTUM = 0.9
_HOPELESS = 1.01
"""A second bound so many times the first after a third of its moves is given up."""
_WARMTH = 0.3
"""Smoothing of a bound that goes on, share of the usual at the start."""
_STEPS = 3
_ROOT_STEP = 0.12
"""First step of the price of a root's Mbps, share of what a Mbps costs on average."""


class _Rows:
    """Rows a x ≤ b with their prices; money rows are scaled to b = 1 and leave when long without a price."""

    def __init__(self, instance: Instance, copies: Copies, demands: tuple[Ints, ...]) -> None:
        size = len(copies.choice)
        beam, reserved = instance.choice_beam()[copies.choice], instance.choice_reserved()[copies.choice]
        cost, high = [], []
        for number, left in enumerate(instance.network.beam_mbps.tolist()):
            if np.isfinite(left) and (beam == number).any():
                unit = max(left, 1e-9)
                cost.append(np.where(beam == number, reserved, 0.0) / unit)
                high.append(max(left, 0.0) / unit * (1 + 1e-9))
        for needed in demands:
            cost.append(-np.isin(copies.choice, needed).astype(float))
            high.append(-1.0)
        self.n_fixed = len(cost)
        self.cost = np.array(cost).reshape(-1, size)
        self.rebate, self.high = np.zeros_like(self.cost), np.array(high)
        self.price, self.unit, self.last_use = (
            np.zeros(len(high)),
            np.ones(len(high)),
            np.zeros(len(high), dtype=np.int64),
        )

    def add(self, row: Row, number: int) -> None:
        """Add a money row."""
        self.cost = np.vstack([self.cost, row.cost / row.high])
        self.rebate = np.vstack([self.rebate, row.rebate / row.high])
        self.high, self.unit = np.r_[self.high, 1.0], np.r_[self.unit, row.high]
        self.price, self.last_use = np.r_[self.price, 0.0], np.r_[self.last_use, number]

    def begin(self, hunt: CopyHunt, x: Floats) -> None:
        """The first money rows, unless there are some."""
        self.last_use[:] = 0
        if len(self.high) > self.n_fixed:
            return
        instance, copies, free = hunt.instance, hunt.copies, np.zeros(len(hunt.instance.network.tail))
        cost = instance.choice_cost[copies.choice]
        self.add(Row(cost, np.zeros(len(cost)), max(hunt.ceiling_idr, 1e-300), free), 0)
        for mix in (x, np.full(len(cost), 1e-2)):
            self.add(hunt.row(mix, free, is_flat=False), 0)

    def tidy(self, number: int) -> None:
        """Take money rows off that have had no price for long, the oldest first where there are too many."""
        top = max(float(self.price[self.n_fixed :].max(initial=0.0)), 1e-300)
        self.last_use[self.price > 1e-6 * top] = number
        idle = np.flatnonzero(number - self.last_use > _PATIENCE)
        surplus = len(self.high) - self.n_fixed - _MOST_ROWS
        if surplus > 0:
            idle = np.r_[idle, np.argsort(self.last_use, kind="stable")[:surplus]]
        idle = np.unique(idle[idle > self.n_fixed])  # the money itself, the first of its kind, stays
        idle = idle[self.price[idle] <= 1e-6 * top]
        for name in ("cost", "rebate", "high", "price", "unit", "last_use"):
            setattr(self, name, np.delete(getattr(self, name), idle, axis=0))

    def per_idr(self) -> float:
        """What the bound moves by for each rupiah of ceiling."""
        return float((self.price / self.unit)[self.n_fixed :].sum())

    def settle(self, worth: Floats, idle_mbps: Floats, first: Ints, heat: float, most: float) -> Floats:
        """Move the prices to the least smoothed bound (projected Newton steps, none over ``most``); the mix there."""
        from planner.plan._price_kernel import bend, mix_places  # numba takes a second to load

        cost = self.cost - self.rebate * idle_mbps
        base = worth - _mixed(self.price, self.rebate) * idle_mbps
        x = np.zeros(len(worth))
        smooth, _ = mix_places(first, base - _mixed(self.price, cost), heat, x)
        value = smooth + float(self.price @ self.high)
        for _ in range(_STEPS):
            slope = self.high - np.einsum("rc,c->r", cost, x)
            free = np.flatnonzero((self.price > 0) | (slope < -1e-9))
            if not len(free):
                break
            step = newton_step(
                bend(first, cost, free, x, heat), slope, free, most, (self.price, np.full(len(self.price), np.inf))
            )
            for length in (1.0, 0.4, 0.1, 0.02):
                trial, y = np.maximum(self.price + length * step, 0.0), np.zeros(len(worth))
                smooth, _ = mix_places(first, base - _mixed(trial, cost), heat, y)
                now = smooth + float(trial @ self.high)
                if now < value:
                    self.price, x, value = trial, y, now
                    break
            else:
                break
        return x


def _mixed(price: Floats, rows: Floats) -> Floats:
    """Rows added up by their prices (without BLAS: its threads cost more than they save, and their number must not count)."""
    return np.asarray(np.einsum("r,rc->c", price, rows))


@dataclass(eq=False)
class _Worth:
    """Worth of the copies at some prices, Mbps they carry, and how they serve."""

    instance: Instance
    copies: Copies

    def __post_init__(self) -> None:
        n, groups = len(self.copies.choice), self.instance.groups
        self.found = (np.zeros(n), np.zeros(n), np.zeros(n))
        self.whole, self.ordered = np.zeros(n, dtype=np.int64), np.zeros(len(groups.indices), dtype=np.int64)

    def at(self, price: Floats, rebate: Floats) -> None:
        """Find everything at these prices of the groups and rebates of the copies."""
        from planner.plan._price_kernel import worth_of_copies  # numba takes a second to load

        groups, copies = self.instance.groups, self.copies
        worth_of_copies(
            (groups.indptr, groups.indices, self.ordered), groups.weight - price, groups.demand_mbps,
            (copies.first, copies.last), (copies.mbps, rebate), self.found, self.whole,
        )  # fmt: skip

    def served(self, x: Floats) -> Floats:
        """How often each group is served."""
        from planner.plan._price_kernel import serve_copies

        groups = self.instance.groups
        return np.asarray(serve_copies(groups.indptr, self.ordered, self.copies.option, x, self.found[2], self.whole, groups.n_groups))  # fmt: skip


def price_bound(
    instance: Instance, *, ceiling_idr: float, demands: tuple[Ints, ...], inside: Floats, value: float, max_rounds: int,
    is_over: Callable[[], bool] | None = None,
) -> Bound:  # fmt: skip
    """Bound by prices on the groups.

    Parameters
    ----------
    inside
        A plan (0/1 by choice) to begin with.
    value
        Its weight: how far the smoothing reaches follows from it.
    max_rounds
        Moves of the prices.
    is_over
        Says whether the user's clock has struck; None without one.

    Notes
    -----
    Where links are thin, the prices move twice: first as if every link carried everything, then over copies by the Mbps
    they need, from the prices found. Both bound every plan; the lower one is reported. Which one it is depends on what
    binds: with links left out the prices settle sooner. Where the second does not come near the first, it is given up, and
    the first goes on with as many moves.
    """
    network = instance.network
    is_thin = bool((network.edge_mbps < float(instance.groups.demand_mbps.sum())).any())
    known = _Start(inside, value)
    if not is_thin:
        return _descend(instance, ceiling_idr, demands, known, max_rounds, is_over)
    wide = replace(instance, network=replace(network, edge_mbps=np.full(len(network.edge_mbps), np.inf)))
    known = replace(known, rows=_Rows(wide, make_copies(wide), demands))
    first = _descend(wide, ceiling_idr, demands, known, max_rounds, is_over)
    if first.is_infeasible or (is_over is not None and is_over()):
        return first
    other = _Start(inside, value, prices=first.prices, hopeless=_HOPELESS * first.value)
    second = _descend(instance, ceiling_idr, demands, other, max_rounds, is_over)
    if second.is_infeasible or second.value < first.value:
        return second
    further = replace(known, prices=first.prices, warmth=_WARMTH)
    third = _descend(wide, ceiling_idr, demands, further, max_rounds, is_over)
    return min(first, third, key=lambda bound: bound.value)


@dataclass(frozen=True, eq=False)
class _Start:
    """Where prices begin to move.

    Parameters
    ----------
    inside, value
        A plan (0/1 by choice) and its weight.
    prices
        Of the groups; None: 0.
    rows
        Rows with their prices, changed in place; None: fresh ones.
    warmth
        Smoothing at the start, share of the usual.
    hopeless
        After a third of the moves a bound above this is given up.
    """

    inside: Floats
    value: float
    prices: Floats | None = None
    rows: _Rows | None = None
    warmth: float = 1.0
    hopeless: float = np.inf


def _descend(
    instance: Instance, ceiling_idr: float, demands: tuple[Ints, ...], start: _Start, max_rounds: int,
    is_over: Callable[[], bool] | None,
) -> Bound:  # fmt: skip
    """The bound over the copies of one instance."""
    from planner.plan._price_kernel import mix_places  # numba takes a second to load

    copies = make_copies(instance)
    if not len(copies.choice):  # nothing finds a way
        none = np.zeros(instance.n_choices)
        return Bound(-np.inf if demands else 0.0, bool(demands), none, none, (), 0)
    inside, value, known = start.inside, start.value, start.prices
    rows = _Rows(instance, copies, demands) if start.rows is None else start.rows
    hunt, worth = CopyHunt(instance, copies, ceiling_idr), _Worth(instance, copies)
    groups = instance.groups
    is_top = np.r_[copies.choice[1:] != copies.choice[:-1], True]
    x = mean = np.where(is_top, inside[copies.choice], 0.0)
    mbps_idr = np.zeros(len(instance.network.tail))
    rows.begin(hunt, x)
    price = np.zeros(groups.n_groups) if known is None else known  # moves by new arrays
    ahead, momentum = price.copy(), 1.0
    each = max(value, 0.3 * float(groups.weight.sum()) / max(1, instance.n_places)) / max(1.0, float(inside.sum()))
    most = max(value, each)
    best = Bound(np.inf, False, inside, np.zeros(instance.n_choices), (), 0)  # noqa: FBT003
    for number in range(max_rounds):
        heat = _HEAT * each * max(_COLD, start.warmth * (1.0 - number / max_rounds))
        worth.at(ahead, _mixed(rows.price, rows.rebate))
        net = worth.found[0] - _mixed(rows.price, rows.cost)
        _, exact = mix_places(copies.place_first, net, heat, np.zeros(len(net)))
        parts = (float(ahead.sum()), float(rows.price @ rows.high), exact)
        roof = sum(parts) + 1e-12 * sum(abs(part) for part in parts)
        mean = 0.8 * mean + 0.2 * x
        if roof < best.value:
            best = _noted(instance, copies, rows, (roof, net, mean, ahead), number)
        is_lost = number == max_rounds // 3 and best.value > start.hopeless
        if roof < 0.0 or is_lost or (is_over is not None and is_over()):
            break
        x = rows.settle(worth.found[0], copies.mbps - worth.found[1], copies.place_first, heat, most)
        pull = 1.0 - worth.served(x)
        width = float(np.maximum(worth.whole, 1) @ x) / max(float(x.sum()), 1e-9)
        moved = np.clip(ahead - heat * 4.0 / (3.0 * max(width, 1.0)) * pull, 0.0, groups.weight)
        if (moved - price) @ (ahead - moved) > 0:
            momentum = 1.0
        after = (1.0 + np.sqrt(1.0 + 4.0 * momentum**2)) / 2.0
        ahead = np.clip(moved + min((momentum - 1.0) / after, _MOMENTUM) * (moved - price), 0.0, groups.weight)
        price, momentum = moved, after
        if number % _EVERY == _EVERY - 1:
            mbps_idr = _more_rows(hunt, rows, x, mbps_idr, number)
            rows.tidy(number)
    return best


def _noted(
    instance: Instance, copies: Copies, rows: _Rows, at: tuple[float, Floats, Floats, Floats], number: int
) -> Bound:
    roof, net, x, price = at
    reduced = np.full(instance.n_choices, -np.inf)
    np.maximum.at(reduced, copies.choice, net)
    used = np.minimum(np.bincount(copies.choice, weights=x, minlength=instance.n_choices), 1.0)
    return Bound(
        roof if roof >= 0 else -np.inf, roof < 0, used, reduced, (), number, per_idr=rows.per_idr(),
        prices=price.copy(), n_rows=len(rows.high) - rows.n_fixed,
    )  # fmt: skip


def _more_rows(hunt: CopyHunt, rows: _Rows, x: Floats, mbps_idr: Floats, number: int) -> Floats:
    """Rows that the present mix breaks, under the present prices of root Mbps; those prices, moved."""
    flat = number // _EVERY % 2 == 0
    asked = ((mbps_idr, flat), (np.zeros(len(mbps_idr)), not flat))[: 2 if mbps_idr.any() else 1]
    made = list(map_parts(lambda part: hunt.row(x, part[0], is_flat=part[1]), asked))
    row = made[0]
    for found in (row, made[-1]):
        rows.add(found, number)
    sent, room = row.root_mbps[hunt.roots], hunt.arc_mbps[hunt.roots]
    carried = max(float(x @ hunt.copies.mbps), 1e-9)
    step = _ROOT_STEP * hunt.ceiling_idr / carried / (1.0 + number / 30.0)
    moved = np.zeros(len(mbps_idr))
    pull = np.clip((sent - room) / np.maximum(room, 0.1 * carried / max(float(x.sum()), 1e-9)), -1.0, 2.0)
    moved[hunt.roots] = np.maximum(mbps_idr[hunt.roots] + step * pull, 0.0)
    return moved
