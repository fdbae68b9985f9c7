"""Upper bound on what any plan over years can serve, or lower bound on what a goal costs, by prices on groups and rows.

Years are split into blocks. With ``d_t`` the worth of year t (sum 1), a block b of years has the weight
``A_b = Σ d_t``, and a site switched on in year τ is there for the part ``α_bτ = Σ_{t ≥ τ in b} d_t / A_b`` of it. For
prices ``u_b ≥ 0`` of the groups in each block and ``λ ≥ 0`` of the rows a x ≤ h, every plan is bounded by

    Σ u + Σ λ h + Σ over places of max(0, max over copies c, years τ of  Σ_b α_bτ V_bc − λ a)

where ``V_bc`` is the fractional knapsack of ``A_b w − u_b`` over the groups of c within its Mbps: the mean of service
over a block keeps ``Σ y ≤ 1`` and ``y ≤ α x``. The last block is the last year alone, where floors ``Σ w y ≥ f`` are
rows with prices ``0 ≤ μ ≤ π``. Copies (`planner.plan.copies`) tell choices apart by the most Mbps they carry in any year.

Rows of money without the network, for any set E of sources over the choices that only E may pay, and any years s..t::

    Σ x_jτ (capex_j [s ≤ τ ≤ t] + opex_j · #{t' : s ≤ t' ≤ t, t' > τ}) ≤ Σ_{s..t} lapsing + Σ_{1..t} carried ceilings

and, over all sources and from the first year on (``s = 1``), the same with shares of the network κ in capex and in
opex, each packed at its own prices: what is on by year t' needs a network by t', which was bought by then and is kept
up every year after. A row of a later start with κ in capex would be wrong: a trunk of year 1 serves year 2 for nothing.
Averages of the rows from the first year on, weighed as the years of a block, may carry prices of root Mbps
(`planner.plan.copies`): in each year what passes a root fits its capacity, so it does on average.

For the least cost of a goal nothing but the floors is worth anything and the money is paid: at any prices

    cost ≥ (Σ μ f − Σ u − Σ λ kept − Σ max(0, …)) / Σ λ ceiling,

whatever scale the prices have; the ceiling follows the best figure so far (Dinkelbach 1967, doi:10.1287/mnsc.13.7.492).
Prices move as in `planner.plan.prices`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.plan.copies import Copies, CopyHunt, make_copies
from planner.plan.instance import Instance
from planner.plan.ledger import empty_ledger, priced
from planner.plan.schedule import World
from planner.plan.years_rows import MoneyRow, YearRows, money_rows, room_by_year, scaled_rows

__all__ = ["YearBound", "bounds_by_scale", "least_worth", "years_bound"]

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_HEAT = 0.02
"""Smoothing at the start, share of what a site is worth."""
_COLD = 0.05
_MOMENTUM = 0.9
_EVERY = 3
"""Rounds between two new sets of rows."""
_EVERY_OPEX = 3
"""Sets between two packings of yearly opex."""
_ROWS_A_YEAR = 12
_REHEAT = 0.4
"""Part of the smoothing with which prices under another scale begin."""
_ROOT_STEP = 0.12
_NEVER = -1e30
_WARM_UP = 15
"""Rounds in which a cost bound begins with a ceiling of its own, before it follows the best figure."""


@dataclass(frozen=True, eq=False)
class YearBound:
    """A proven bound and what it advises.

    Parameters
    ----------
    value
        Upper bound on worth served less what missing floors cost; with ``paid_idr`` the least cost of the floors, IDR.
    is_infeasible
        No plan meets the decisions and the floors without a price under the ceilings.
    hint
        How much of each choice the mix takes in each year, shape (years, choices).
    per_scale
        What the bound moves by when all ceilings grow by their whole size; a line of the same prices holds for smaller
        ceilings, not for larger ones: what today's ceilings cannot pay was left out.
    prices
        By group: what its weight is priced at in the last year, in units of weight.
    floor_price
        Price μ of each floor at the best prices: worth lost per unit of floor.
    rounds, n_rows
        Moves of the prices, rows of money.
    """

    value: float
    is_infeasible: bool
    hint: Floats
    per_scale: float
    prices: Floats
    floor_price: Floats
    rounds: int
    n_rows: int


@dataclass(frozen=True, eq=False)
class _Block:
    """Years that share prices: their worth, which part of it a site of each year gets, weights of the years (sum 1)."""

    worth: float
    factor: Floats
    mean: Floats


def _blocks(year_worth: Floats) -> tuple[_Block, ...]:
    """All years but the last, and the last one."""
    n = len(year_worth)
    found = []
    for years in ([*range(n - 1)], [n - 1]):
        worth = float(year_worth[years].sum())
        if not years or (worth <= 0 and years != [n - 1]):
            continue
        mean = np.zeros(n)
        mean[years] = year_worth[years] / worth if worth > 0 else 1.0 / len(years)
        found.append(_Block(worth, np.cumsum(mean[::-1])[::-1].copy(), mean))
    return tuple(found)


class _Service:
    """How the copies serve in the years of one block at some prices."""

    def __init__(self, instance: Instance, copies: Copies) -> None:
        n, groups = len(copies.choice), instance.groups
        self.instance, self.copies = instance, copies
        self.found = (np.zeros(n), np.zeros(n), np.zeros(n))
        self.whole, self.ordered = np.zeros(n, dtype=np.int64), np.zeros(len(groups.indices), dtype=np.int64)
        self.first = groups.indptr[copies.option]

    def at(self, worth: Floats, rebate: Floats) -> None:
        """Find everything when the groups are worth so much and a Mbps not carried earns a rebate."""
        from planner.plan._price_kernel import worth_of_copies  # numba takes a second to load

        groups, copies = self.instance.groups, self.copies
        worth_of_copies(
            (groups.indptr, groups.indices, self.ordered), worth, groups.demand_mbps,
            (copies.first, copies.last), (copies.mbps, rebate), self.found, self.whole,
        )  # fmt: skip

    def idle_mbps(self) -> Floats:
        """Mbps each copy does not carry."""
        return np.asarray(self.copies.mbps - self.found[1])

    def served(self, x: Floats) -> Floats:
        """How often each group is served."""
        from planner.plan._price_kernel import serve_copies

        groups = self.instance.groups
        return np.asarray(
            serve_copies(groups.indptr, self.ordered, self.copies.option, x, self.found[2], self.whole, groups.n_groups)
        )

    def within(self, weight: Floats) -> Floats:
        """Weight of some groups that each copy serves."""
        if not len(self.ordered):
            return np.zeros(len(self.first))
        each = weight[self.ordered]
        sums = np.r_[0.0, np.cumsum(each)]
        part = self.found[2]
        rest = np.where(part > 0, part * each[np.minimum(self.first + self.whole, len(each) - 1)], 0.0)
        return np.asarray(sums[self.first + self.whole] - sums[self.first] + rest)


class _Search:
    """Prices of groups and rows over (copy, year) that move towards the least bound."""

    def __init__(
        self, world: World, demands: tuple[Ints, ...], inside: Floats, paid_idr: float | None
    ) -> None:  # fmt: skip
        instance = world.instance
        self.world, self.n_years, self.is_paid = world, len(world.rules.years), paid_idr is not None
        capex = priced(instance, world.costs, capex=1.0, opex_years=0.0)
        self.copies = copies = make_copies(capex)
        self.blocks = _blocks(world.year_worth)
        self.worth = [block.worth * (not self.is_paid) for block in self.blocks]
        self.first = copies.place_first * self.n_years
        self.shut = (
            ~room_by_year(world)[copies.choice].ravel()
            if not self.is_paid
            else np.zeros(len(copies.choice), dtype=bool)
        )
        self.service = [_Service(instance, copies) for _ in self.blocks]
        self.gross = np.cumsum(np.array([s.ceilings_idr for s in world.rules.sources], dtype=float).sum(axis=0))
        self.net = np.cumsum(empty_ledger(world.rules).has.sum(axis=0))
        self.unit_idr = paid_idr if paid_idr is not None else max(1.0, float(self.gross.max(initial=0.0)))
        floors = world.floors
        most = np.ones(len(floors.least)) if self.is_paid else floors.price
        self.rows = YearRows(
            scaled_rows(world, copies, demands), (floors.least, most), len(copies.choice), _ROWS_A_YEAR * (self.n_years + 1)
        )  # fmt: skip
        if self.is_paid:
            self.rows.price[: len(most)] = self.rows.top[: len(most)]
        plain = [self._paid_row(world)] if self.is_paid else money_rows(world, copies, self.unit_idr)
        for row in plain:
            self.rows.add(row, 0)
        self.n_plain = len(plain)
        self.hunts = [CopyHunt(capex, copies, 0.0)]
        if any(part[1].any() for part in (world.costs.choice, world.costs.edge, world.costs.tower)):
            opex = priced(instance, world.costs, capex=0.0, opex_years=1.0)
            self.hunts.append(CopyHunt(opex, make_copies(opex), 0.0))
        self.opex = np.zeros(len(copies.choice))
        self.mbps_idr = [np.zeros(len(instance.network.tail)) for _ in self.blocks]
        is_top = np.r_[copies.choice[1:] != copies.choice[:-1], True]
        self.x = np.where(is_top[:, None], inside.T[copies.choice], 0.0).ravel()
        self.ahead = [np.zeros(instance.groups.n_groups) for _ in self.blocks]
        self.scale, self.number = 1.0, 0

    def rescale(self, world: World, factor: float) -> None:
        """The same prices and rows under the ceilings of another world, ``factor`` times those before."""
        self.world, self.gross = world, factor * self.gross
        self.net = np.cumsum(empty_ledger(world.rules).has.sum(axis=0))
        self.rows.ceiling = factor * self.rows.ceiling
        self.shut = ~room_by_year(world)[self.copies.choice].ravel()

    def _paid_row(self, world: World) -> MoneyRow:
        cost = world.costs.choice[0][self.copies.choice] / self.unit_idr
        return MoneyRow(cost, np.zeros(len(cost)), 0.0, 1.0)

    def begin_high(self, is_missed: Flags) -> None:
        """Prices of missed floors begin at their most."""
        most = self.rows.top[: self.rows.n_floors]
        self.rows.price[: len(most)] = np.where(is_missed & np.isfinite(most), most, 0.0)

    def by_copy(self, x: Floats, factor: Floats) -> Floats:
        """What of each copy is there, its years weighed by a factor."""
        return np.asarray(np.minimum(x.reshape(-1, self.n_years) @ factor, 1.0))

    def worths(self, mu: Floats) -> list[Floats]:
        """By block: what the groups are worth before their prices."""
        weight, floors = self.world.instance.groups.weight, self.world.floors
        found = [worth * weight for worth in self.worth]
        if len(mu):
            found[-1] = found[-1] + weight * (mu @ floors.inside)
        return found

    def mu(self) -> Floats:
        """Prices of a unit of each floor."""
        return np.asarray(self.rows.price[: self.rows.n_floors] / self.world.floors.least)

    def find(self, prices: list[Floats]) -> tuple[Floats, list[Floats]]:
        """Worth of each column at the present prices before rows; worths of the groups."""
        worths, rebates = self.worths(self.mu()), self.rows.rebates(len(self.blocks))
        found = np.zeros((len(self.copies.choice), self.n_years))
        for block, service, worth, price, rebate in zip(
            self.blocks, self.service, worths, prices, rebates, strict=True
        ):
            service.at(worth - price, rebate)
            found += np.multiply.outer(service.found[0], block.factor)
        flat = found.ravel()
        flat[self.shut] = _NEVER
        return flat, worths

    def charges(self) -> Floats:
        """What each column pays at the present prices; what floors are worth is in the worth of the groups."""
        n = self.rows.n_floors
        return np.asarray(np.einsum("r,rc->c", self.rows.price[n:], self.rows.cost[n:]))

    def coefficients(self) -> Floats:
        """Coefficients of the rows as the copies serve now: floors by what is served, money less rebates."""
        floors, weight, rows = self.world.floors, self.world.instance.groups.weight, self.rows
        last = self.blocks[-1].factor
        for k in range(rows.n_floors):
            held = self.service[-1].within(np.where(floors.inside[k], weight, 0.0)) / floors.least[k]
            rows.cost[k] = -np.multiply.outer(held, last).ravel()
        cost = rows.cost.copy()
        for b, (block, service) in enumerate(zip(self.blocks, self.service, strict=True)):
            idle = service.idle_mbps()
            for r in np.flatnonzero(rows.block == b).tolist():
                cost[r] -= np.multiply.outer(rows.rebate[r] * idle, block.factor).ravel()
        return cost

    def first_rows(self, x: Floats) -> None:
        """Rows of cost shares to begin with: one packing, for every year and every block."""
        n = self.n_years
        self.opex = self._opex_pack(self.by_copy(x, np.ones(n)), is_flat=False)
        years = [] if self.is_paid else [*np.eye(n)[:-1]]
        self._pack((*years, *(block.mean for block in self.blocks)), x, (None, self.opex), 0, is_flat=False)

    def more_rows(self, x: Floats, number: int, *, is_flat: bool) -> None:
        """Rows of cost shares that a mix breaks: for the last year and another one, and with prices of root Mbps."""
        n, turn = self.n_years, number // _EVERY
        if turn % _EVERY_OPEX == 0:
            self.opex = self._opex_pack(self.by_copy(x, np.ones(n)), is_flat=is_flat)
        for t in {n - 1, turn % n} if not self.is_paid else ():
            self._pack((np.eye(n)[t],), x, (None, self.opex), number, is_flat=is_flat)
        for b, block in enumerate(self.blocks):
            if self.is_paid or (len(self.hunts[0].roots) and turn % len(self.blocks) == b):
                sent, carried = self._pack((block.mean,), x, (b, self.opex), number, is_flat=not is_flat)
                self._move_roots(b, sent, carried, (float(self.by_copy(x, block.factor).sum()), number))

    def _opex_pack(self, on: Floats, *, is_flat: bool) -> Floats:
        """What each copy keeps up every year, its share of the network included."""
        none = np.zeros(len(self.world.instance.network.tail))
        return self.hunts[1].row(on, none, is_flat=is_flat).cost if len(self.hunts) > 1 else np.zeros(len(on))

    def _pack(
        self, means: tuple[Floats, ...], x: Floats, held: tuple[int | None, Floats], number: int, *, is_flat: bool
    ) -> tuple[Floats, float]:
        """Add rows of money up to each year, weighed by each of ``means``; what the mix sends over each arc and carries.

        ``held``: block whose prices of root Mbps count (None: none does), and what each copy keeps up a year.
        """
        n, (block, opex) = self.n_years, held
        on = self.by_copy(x, np.cumsum(means[-1][::-1])[::-1].copy())
        mbps_idr = np.zeros(len(self.mbps_idr[0])) if block is None else self.mbps_idr[block]
        row = self.hunts[0].row(on, mbps_idr, is_flat=is_flat)
        for mean in means:
            factor = np.cumsum(mean[::-1])[::-1].copy()
            after = np.array([float(sum(mean[t] * (t - tau) for t in range(tau, n))) for tau in range(n)])
            cost = np.multiply.outer(row.cost, factor) + np.multiply.outer(opex, after)
            ceiling, net = (
                (float((mean * self.gross).sum()), float((mean * self.net).sum()))
                if not self.is_paid
                else (self.unit_idr, self.unit_idr)
            )
            kept, rebate = net - ceiling + row.high, row.rebate / self.unit_idr
            self.rows.add(
                MoneyRow(cost.ravel() / self.unit_idr, rebate, kept / self.unit_idr, ceiling / self.unit_idr, -1 if block is None else block),
                number,
            )  # fmt: skip
        return row.root_mbps, float((on * self.copies.mbps).sum())

    def _move_roots(self, b: int, sent: Floats, carried: float, at: tuple[float, int]) -> None:
        """Prices of root Mbps of a block follow what the mix sends over the roots."""
        hunt, (n_sites, number) = self.hunts[0], at
        room, old = hunt.arc_mbps[hunt.roots], self.mbps_idr[b]
        money = self.unit_idr * max(self.scale, 1e-9)
        step = _ROOT_STEP * money / max(carried, 1e-9) / (1.0 + number / 30.0)
        pull = np.clip((sent[hunt.roots] - room) / np.maximum(room, 0.1 * carried / max(n_sites, 1e-9)), -1.0, 2.0)
        self.mbps_idr[b] = np.zeros(len(old))
        self.mbps_idr[b][hunt.roots] = np.maximum(old[hunt.roots] + step * pull, 0.0)

    def width(self, x: Floats) -> float:
        """Groups a site serves on average, over the blocks."""
        total = sum(
            float(np.maximum(service.whole, 1) @ self.by_copy(x, block.factor))
            for service, block in zip(self.service, self.blocks, strict=True)
        )
        return total / max(float(x.sum()), 1e-9)


def years_bound(
    world: World, *, demands: tuple[Ints, ...] = (), inside: Floats, value: float, max_rounds: int,
    is_over: Callable[[], bool] | None = None, paid_idr: float | None = None, is_missed: Flags | None = None,
) -> YearBound:  # fmt: skip
    """Bound by prices on the groups over all years.

    Parameters
    ----------
    world
        Instance, costs, rules and floors.
    demands
        Sets of choices of which one must be taken in some year.
    inside
        A plan, 0/1 by (year, choice), to begin with.
    value
        Weight that it serves: how far the smoothing reaches follows from it.
    max_rounds
        Moves of the prices.
    is_over
        Says whether the user's clock has struck; None without one.
    paid_idr
        The money of a single year is not limited but paid, and a plan that meets all floors costs so much: the bound is
        on the cost. None for a bound on what is served.
    is_missed
        Floors that the plan misses: their prices begin at the most a missing unit costs, where they will end if no plan
        reaches them.
    """
    return _bounds([(1.0, world)], demands, inside, (value, max_rounds, 0), is_over, paid_idr, is_missed)[0]


def bounds_by_scale(
    worlds: list[tuple[float, World]], *, demands: tuple[Ints, ...] = (), inside: Floats, value: float,
    rounds: tuple[int, int], is_over: Callable[[], bool] | None = None,
) -> list[YearBound]:  # fmt: skip
    """Bounds under several scales of the same ceilings, each from the prices and rows of the one before.

    Parameters
    ----------
    worlds
        Scale of the ceilings, above 0, and the world with them; the same in all else.
    demands, inside, value, is_over
        As in `years_bound`.
    rounds
        Moves of the prices under the first scale, and under each other.
    """
    return _bounds(worlds, demands, inside, (value, *rounds), is_over, None)


def _bounds(
    worlds: list[tuple[float, World]], demands: tuple[Ints, ...], inside: Floats, work: tuple[float, int, int],
    is_over: Callable[[], bool] | None, paid_idr: float | None, is_missed: Flags | None = None,
) -> list[YearBound]:  # fmt: skip
    scale, world = worlds[0]
    (n_years, n), (value, first, more) = inside.shape, work
    search = _Search(world, demands, inside, paid_idr)
    if is_missed is not None:
        search.begin_high(is_missed)
    groups, floors = world.instance.groups.n_groups, len(world.floors.least)
    none = YearBound(
        value=np.inf, is_infeasible=False, hint=inside, per_scale=0.0, prices=np.zeros(groups),
        floor_price=np.zeros(floors), rounds=0, n_rows=0,
    )  # fmt: skip
    if not len(search.copies.choice) and paid_idr is None:  # nothing finds a way
        is_lost = bool(demands) or bool(np.isinf(world.floors.price).any())
        low = -np.inf if is_lost else least_worth(world)
        return [replace(none, value=low, is_infeasible=is_lost, hint=np.zeros((n_years, n)))] * len(worlds)
    if paid_idr is not None:
        none, search.scale = replace(none, value=0.0), 0.25
    for start in (search.x, np.full(len(search.x), 1e-2)):
        search.first_rows(start)
    found = [_descend(search, none, value, (first, 1.0), is_over)]
    for other, its in worlds[1:]:
        search.rescale(its, other / scale)
        found.append(_descend(search, none, value, (more, _REHEAT), is_over))
        scale = other
    return found


def least_worth(world: World) -> float:
    """No plan that keeps its word is worth less than this: nothing served, every floor with a price missed."""
    price = world.floors.price
    return -float((np.where(np.isfinite(price), price, 0.0) * world.floors.least).sum())


def _descend(
    search: _Search, best: YearBound, value: float, work: tuple[int, float], is_over: Callable[[], bool] | None
) -> YearBound:
    """Move the prices from where they are, keep the best exact figure; ``work``: rounds, part of the heat to begin with."""
    from planner.plan._price_kernel import mix_places  # numba takes a second to load

    groups = search.world.instance.groups
    x = mean = search.x
    sites = max(1.0, float(x.sum()))
    each = max(value, 0.3 * float(groups.weight.sum()) / max(1, search.world.instance.n_places)) / sites
    ahead = price = search.ahead
    momentum, n_kept, (rounds, warmth), first = 1.0, search.n_plain, work, search.number
    for number in range(first, first + rounds):
        heat = _HEAT * each * max(_COLD, warmth * (1.0 - (number - first) / rounds))
        worth, worths = search.find(ahead)
        net = worth - search.charges()
        _, exact = mix_places(search.first, net, heat, np.zeros(len(net)))
        mean = 0.8 * mean + 0.2 * x
        best = _noted(search, best, (ahead, exact, mean), number)
        if best.is_infeasible or (is_over is not None and is_over()):
            break
        cost = search.coefficients()
        base = net + np.einsum("r,rc->c", search.rows.price, cost)
        x = search.rows.settle(base, cost, search.first, (heat, max(value, each), search.scale))
        width, moved = search.width(x), []
        for block, service, old, w in zip(search.blocks, search.service, ahead, worths, strict=True):
            pull = 1.0 - service.served(search.by_copy(x, block.factor))
            moved.append(np.clip(old - heat * 4.0 / (3.0 * max(width, 1.0)) * pull, 0.0, w))
        turn = sum(float(((m - p) * (a - m)).sum()) for m, p, a in zip(moved, price, ahead, strict=True))
        momentum = 1.0 if turn > 0 else momentum
        after = (1.0 + np.sqrt(1.0 + 4.0 * momentum**2)) / 2.0
        push = min((momentum - 1.0) / after, _MOMENTUM)
        tops = search.worths(search.mu())
        ahead = [np.clip(m + push * (m - p), 0.0, top) for m, p, top in zip(moved, price, tops, strict=True)]
        price, momentum = moved, after
        if number % _EVERY == _EVERY - 1:
            search.more_rows(x, number, is_flat=number // _EVERY % 2 == 0)
            search.rows.tidy(number, n_kept)
        if search.is_paid:
            search.scale = max(best.value / search.unit_idr, 0.25 * (1.0 - number / _WARM_UP))
    search.x, search.ahead, search.number = mean, price, first + rounds
    return best


def _noted(search: _Search, best: YearBound, at: tuple[list[Floats], float, Floats], number: int) -> YearBound:
    """The better of the best figure and that of the present prices."""
    prices, exact, mean = at
    rows = search.rows
    parts = np.r_[
        [float(p.sum()) for p in prices], rows.price * rows.kept, exact,
    ]  # fmt: skip
    slope = float(rows.price @ rows.ceiling)
    base = float(parts.sum()) + 1e-12 * float(np.abs(parts).sum())
    if search.is_paid:
        found = max(0.0, -base / slope * (1 - 1e-12)) * search.unit_idr if slope > 0 else 0.0
        is_better, is_infeasible = found > best.value, False
    else:
        found = base + slope * (1 + 1e-12)
        low = least_worth(search.world)
        is_better, is_infeasible = found < best.value, found < low - 1e-9 * max(1.0, abs(low))
    if not is_better:
        return best
    hint = np.zeros((search.n_years, search.world.instance.n_choices))
    np.add.at(hint.T, search.copies.choice, mean.reshape(-1, search.n_years))
    last = search.worth[-1] if search.worth[-1] > 0 else 1.0
    return YearBound(
        -np.inf if is_infeasible else found, is_infeasible, np.minimum(hint, 1.0), slope, prices[-1] / last, search.mu(), number,
        len(rows.price) - rows.n_fixed,
    )  # fmt: skip
