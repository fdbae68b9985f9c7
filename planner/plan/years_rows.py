"""Rows a x ≤ b of a plan over years and their prices: money with cost shares, beams, build rates, decisions, floors.

Columns are (copy, year in which it is switched on), place by place, so the years of a copy lie side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from planner.plan.copies import Copies
from planner.plan.ledger import empty_ledger
from planner.plan.newton import newton_step
from planner.plan.schedule import World

__all__ = ["MoneyRow", "YearRows", "money_rows", "room_by_year", "scaled_rows"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_PATIENCE = 30
_STEPS = 3
_LENGTHS = (1.0, 0.4, 0.1, 0.02)


@dataclass(frozen=True, eq=False)
class MoneyRow:
    """A row of money over (copy, year): Σ cost x − Σ rebate (Mbps not carried) ≤ kept + scale · ceiling, over a unit.

    Parameters
    ----------
    cost
        By column.
    rebate
        By copy, for the Mbps of the years of ``block``.
    kept, ceiling
        What does not grow with the ceilings, and what does.
    block
        Number of the block of years whose Mbps the rebate speaks of; −1 without one.
    """

    cost: Floats
    rebate: Floats
    kept: float
    ceiling: float
    block: int = -1


class YearRows:
    """Rows with their prices; money rows leave when they have been without a price for long.

    The first rows are the floors (their coefficients change with how the copies serve), then beams, build rates and
    decisions, then money.
    """

    def __init__(
        self, fixed: tuple[Floats, Floats], floors: tuple[Floats, Floats], n_copies: int, most_rows: int
    ) -> None:
        cost, high = fixed
        least, most = floors
        n, self.n_floors, self.most_rows = len(high) + len(least), len(least), most_rows
        self.n_fixed = n
        self.cost = np.vstack([np.zeros((len(least), cost.shape[1])), cost])
        self.rebate, self.block = np.zeros((n, n_copies)), np.full(n, -1, dtype=np.int64)
        self.kept, self.ceiling = np.r_[-np.ones(len(least)), high], np.zeros(n)
        self.top = np.r_[most * least, np.full(len(high), np.inf)]
        self.price, self.last_use = np.zeros(n), np.zeros(n, dtype=np.int64)

    def add(self, row: MoneyRow, number: int) -> None:
        """Add a money row."""
        self.cost, self.rebate = np.vstack([self.cost, row.cost]), np.vstack([self.rebate, row.rebate])
        self.block, self.kept = np.r_[self.block, row.block], np.r_[self.kept, row.kept]
        self.ceiling, self.top = np.r_[self.ceiling, row.ceiling], np.r_[self.top, np.inf]
        self.price, self.last_use = np.r_[self.price, 0.0], np.r_[self.last_use, number]

    def tidy(self, number: int, n_kept: int) -> None:
        """Take rows off that have had no price for long, the oldest first where there are too many.

        ``n_kept``: money rows that stay whatever their price.
        """
        least = 1e-6 * max(float(self.price[self.n_fixed :].max(initial=0.0)), 1e-300)
        self.last_use[self.price > least] = number
        idle = np.flatnonzero(number - self.last_use > _PATIENCE)
        surplus = len(self.price) - self.n_fixed - self.most_rows
        if surplus > 0:
            idle = np.r_[idle, np.argsort(self.last_use, kind="stable")[: surplus + self.n_fixed + n_kept]]
        idle = np.unique(idle[idle >= self.n_fixed + n_kept])
        idle = idle[self.price[idle] <= least]
        for name in ("cost", "rebate", "block", "kept", "ceiling", "top", "price", "last_use"):
            setattr(self, name, np.delete(getattr(self, name), idle, axis=0))

    def rebates(self, n_blocks: int) -> list[Floats]:
        """By block: what each copy gets for a Mbps it does not carry, at the present prices."""
        return [np.einsum("r,rc->c", np.where(self.block == b, self.price, 0.0), self.rebate) for b in range(n_blocks)]

    def high(self, scale: float) -> Floats:
        """Right-hand sides."""
        return np.asarray(self.kept + scale * self.ceiling)

    def settle(self, worth: Floats, cost: Floats, first: Ints, at: tuple[float, float, float]) -> Floats:
        """Move the prices to the least smoothed bound (projected Newton steps); the mix there.

        Parameters
        ----------
        worth
            By column at the present prices, without what rows take or give.
        cost
            Coefficients as the copies serve now, shape (rows, columns).
        first
            Where the columns of each place begin.
        at
            Smoothing, longest step of a price, scale of the ceilings.
        """
        from planner.plan._price_kernel import bend, mix_places  # numba takes a second to load

        heat, most, scale = at
        high, x = self.high(scale), np.zeros(len(worth))
        smooth, _ = mix_places(first, worth - _mixed(self.price, cost), heat, x)
        value = smooth + float(self.price @ high)
        for _ in range(_STEPS):
            slope = high - np.einsum("rc,c->r", cost, x)
            free = np.flatnonzero(((self.price > 0) | (slope < -1e-9)) & ((self.price < self.top) | (slope > 1e-9)))
            if not len(free):
                break
            step = newton_step(bend(first, cost, free, x, heat), slope, free, most, (self.price, self.top))
            for length in _LENGTHS:
                trial, y = np.clip(self.price + length * step, 0.0, self.top), np.zeros(len(worth))
                smooth, _ = mix_places(first, worth - _mixed(trial, cost), heat, y)
                now = smooth + float(trial @ high)
                if now < value:
                    self.price, x, value = trial, y, now
                    break
            else:
                break
        return x


def _mixed(price: Floats, rows: Floats) -> Floats:
    """Rows added up by their prices (without BLAS: the number of its threads must not count)."""
    return np.asarray(np.einsum("r,rc->c", price, rows))


def room_by_year(world: World) -> Flags:
    """By choice and year: whether some source could pay for the site alone in that year."""
    ledger, instance = empty_ledger(world.rules), world.instance
    room = np.where(ledger.carries_over[:, None], np.cumsum(ledger.has, axis=1), ledger.has)
    may = world.may_pay[instance.choice_place]
    most = np.where(may[:, :, None], room[None], -np.inf).max(axis=1, initial=-np.inf)
    fits = world.costs.choice[0][:, None] <= most * (1 + 1e-12) + 1e-12
    rates = world.rules.most_sites
    return np.asarray(fits & (np.array(rates) >= 1.0)[None]) if rates else fits


def scaled_rows(world: World, copies: Copies, demands: tuple[Ints, ...]) -> tuple[Floats, Floats]:
    """Beams, build rates and decisions over (copy, year); those of beams are over what is left of each."""
    instance, n_years = world.instance, len(world.rules.years)
    beam, reserved = instance.choice_beam()[copies.choice], instance.choice_reserved()[copies.choice]
    cost, high = [], []
    for number, left in enumerate(instance.network.beam_mbps.tolist()):
        if np.isfinite(left) and (beam == number).any():
            unit = max(left, 1e-9)
            cost.append(np.repeat(np.where(beam == number, reserved, 0.0) / unit, n_years))
            high.append(max(left, 0.0) / unit * (1 + 1e-9))
    year = np.tile(np.arange(n_years), len(copies.choice))
    for t, most in enumerate(world.rules.most_sites):
        if 1.0 <= most < instance.n_places:
            cost.append((year == t) / float(most))
            high.append(1.0)
    for needed in demands:
        cost.append(-np.repeat(np.isin(copies.choice, needed), n_years).astype(float))
        high.append(-1.0)
    return np.array(cost, dtype=float).reshape(-1, len(year)), np.array(high, dtype=float)


def money_rows(world: World, copies: Copies, unit_idr: float) -> list[MoneyRow]:
    """Rows of money without the network, for every set of sources over the choices that only they may pay."""
    rules, instance = world.rules, world.instance
    ledger = empty_ledger(rules)
    gross = np.array([source.ceilings_idr for source in rules.sources], dtype=float)
    pays = world.may_pay[instance.choice_place]
    kinds = {tuple(np.flatnonzero(row).tolist()) for row in np.unique(pays, axis=0)} if len(pays) else set()
    found = []
    n_years, n_sources = len(rules.years), len(rules.sources)
    for size in range(1, n_sources + 1):
        for sources in combinations(range(n_sources), size):
            held = [set(kind) for kind in kinds if set(kind) <= set(sources)]
            if not held or set().union(*held) != set(sources):
                continue
            rest = [s for s in range(n_sources) if s not in sources]
            mine: Flags = np.asarray(~pays[:, rest].any(axis=1))
            carry = ledger.carries_over[list(sources)]
            for start, end in _spans(n_years, has_carry=bool(carry.any()), has_lapse=bool((~carry).any())):
                row = _span_row(world, mine, start, end)[copies.choice].ravel()
                limit = []
                for has in (ledger.has, gross):
                    part = has[list(sources)]
                    limit.append(float(part[~carry, start : end + 1].sum() + part[carry, : end + 1].sum()) / unit_idr)
                found.append(MoneyRow(row / unit_idr, np.zeros(len(copies.choice)), limit[0] - limit[1], limit[1]))
    return found


def _span_row(world: World, mine: Flags, start: int, end: int) -> Floats:
    """Coefficients by (choice, year): what a site of each year costs in the years from ``start`` to ``end``."""
    capex, opex = world.costs.choice
    n_years = len(world.rules.years)
    row = np.zeros((world.instance.n_choices, n_years))
    for year in range(end + 1):
        later = sum(1 for t in range(start, end + 1) if t > year)
        row[:, year] = np.where(mine, (capex if year >= start else 0.0) + later * opex, 0.0)
    return row


def _spans(n_years: int, *, has_carry: bool, has_lapse: bool) -> list[tuple[int, int]]:
    """Spans of years that say something: single years where money lapses, from the first one where it is carried."""
    whole = [(0, t) for t in range(n_years)]
    if not has_carry:
        return [(t, t) for t in range(n_years)]
    return whole if not has_lapse else [(s, t) for s in range(n_years) for t in range(s, n_years)]
