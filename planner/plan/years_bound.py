"""Upper bound on what any plan over years can serve: prices on the groups, one small linear program over years.

Columns are (choice j, year τ), row by row of years. With ``d_t`` the worth of year t (sum 1), ``V_j(c)`` the
fractional knapsack of worths ``c`` over the cells of j, and prices ``u, v, μ ≥ 0``::

    Σ u + Σ v − Σ_p μ_p f_p + max Σ_{j,τ} [ α_τ V_j(A w − u) + V_j(d_T w (1 + μ)) − v) ] x_jτ

over places, beams, build rates and rows of money, where ``A = Σ_{t<T} d_t`` and ``α_τ = Σ_{τ≤t<T} d_t / A``: all years
but the last are added up, which only loosens (``Σ_j y_ijt ≤ 1`` and ``y_ijt ≤ x`` hold for their mean), the last one
carries the floors f with ``0 ≤ μ_p ≤ π_p``. With a single year only the last term is there.

Rows of money, for any set E of sources over the choices that only E may pay, and any years s..t::

    Σ x_jτ (capex_j [s ≤ τ ≤ t] + opex_j · #{t' : s ≤ t' ≤ t, t' > τ}) ≤ Σ_{s..t} lapsing + Σ_{1..t} carried ceilings

and, over all sources and from the first year on (``s = 1``), the same with shares of the network κ in capex and in
opex, each packed at its own prices: what is on by year t' needs a network by t', which was bought by then and is kept
up every year after. A row of a later start with κ in capex would be wrong: a trunk of year 1 serves year 2 for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from planner.plan.bound import Hunt, Session, safe_bound
from planner.plan.instance import Instance
from planner.plan.ledger import empty_ledger, priced
from planner.plan.model import Model
from planner.plan.schedule import FloorSet, World
from planner.plan.solver import Rows

__all__ = ["CostAim", "YearBound", "floor_worth", "years_bound"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_PATIENCE = 10
_UNIT = 1000.0


@dataclass(frozen=True, eq=False)
class YearBound:
    """A proven bound and what it advises.

    Parameters
    ----------
    value
        Upper bound on worth served less what missing floors cost.
    is_infeasible
        No plan meets the decisions under the ceilings.
    hint
        How much of each choice the program takes in each year, shape (years, choices).
    money_worth
        What a rupiah of each year is worth at the best prices.
    floor_price
        Price μ of each floor at the best prices: worth lost per unit of floor.
    rounds, n_rows
        Moves of the prices, rows of money.
    """

    value: float
    is_infeasible: bool
    hint: Floats
    money_worth: Floats
    floor_price: Floats
    rounds: int
    n_rows: int


@dataclass(frozen=True)
class CostAim:
    """What the cheapest plan known costs, and what a unit of weight is reckoned at, both in IDR and above 0."""

    most_idr: float
    unit_idr: float


def floor_worth(floors: FloorSet, price: Floats, n_groups: int) -> Floats:
    """Factor on the weight of each group: 1 plus the prices of the floors that hold it."""
    return 1.0 + (price @ floors.inside if len(price) else np.zeros(n_groups))


@dataclass(frozen=True, eq=False)
class _Covers:
    order: Ints
    first_choice: Ints
    mbps: Floats
    demand: Floats


def _covers(instance: Instance) -> _Covers:
    groups = instance.groups
    order = np.argsort(instance.choice_option, kind="stable")
    sums = np.r_[0.0, np.cumsum(groups.demand_mbps[groups.indices])]
    demand = (sums[groups.indptr[1:]] - sums[groups.indptr[:-1]]) * (1 - 1e-12)
    first = np.searchsorted(instance.choice_option[order], np.arange(len(groups.indptr))).astype(np.int64)
    return _Covers(order, first, instance.choice_mbps[order], demand)


def _values(instance: Instance, covers: _Covers, worth: Floats) -> Floats:
    from planner.plan._cover_kernel import knapsacks  # numba takes a second to load

    groups = instance.groups
    found = np.zeros(instance.n_choices)
    found[covers.order] = knapsacks(
        groups.indptr, groups.indices, worth, groups.demand_mbps, covers.first_choice, covers.mbps, covers.demand
    )
    return found


def _served(instance: Instance, worth: Floats, x: Floats) -> Floats:
    from planner.plan._cover_kernel import serve_in_order

    groups = instance.groups
    chosen = np.flatnonzero(x > 1e-9)
    return np.asarray(
        serve_in_order(
            groups.indptr, groups.indices, worth, groups.demand_mbps, chosen, instance.choice_option,
            instance.choice_mbps, x,
        )
    )  # fmt: skip


@dataclass(eq=False)
class _Layer:
    """Years that share prices: their worth over a year of weight 1, how much of it a site of each year gets, prices."""

    worth: float
    factor: Floats
    price: Floats
    has_floors: bool


def years_bound(
    world: World, *, demands: tuple[Ints, ...] = (), inside: Floats, value: float, max_rounds: int,
    is_over: Callable[[], bool] | None = None, cost: CostAim | None = None,
) -> YearBound:  # fmt: skip
    """Bound by prices on the groups over all years.

    Parameters
    ----------
    world
        Instance, costs, rules and floors.
    demands
        Sets of choices of which one must be taken in some year.
    inside
        A plan, 0/1 by (year, choice), which steadies the search for rows.
    value
        Its worth: where the steps aim.
    max_rounds
        Moves of the prices.
    is_over
        Says whether the user's clock has struck; None without one.
    cost
        The money of a single year is not limited but paid: nothing but the floors is worth anything, ``value`` is less
        than 0, and minus the bound is the least that meeting the floors costs.
    """
    instance, n_years, floors = world.instance, len(world.rules.years), world.floors
    covers = _covers(instance)
    program = _Program(world, demands, cost)
    layers = _layers(world, instance.groups.n_groups)
    layers[-1].worth *= cost is None
    weight = instance.groups.weight
    mu = np.full(len(floors.least), 0.0 if cost is None else 1.0)
    x = core = inside.copy()
    best = YearBound(np.inf, False, inside, np.ones(n_years), mu, 0, 0)  # noqa: FBT003
    at_best = [layer.price for layer in layers]
    program.add_rows(core)
    lean, stale = 1.0, 0
    for number in range(max_rounds):
        worths = [_worth(layer, weight, floors, mu) for layer in layers]
        each = [_values(instance, covers, w - layer.price) for w, layer in zip(worths, layers, strict=True)]
        gain = sum(np.multiply.outer(layer.factor, v) for v, layer in zip(each, layers, strict=True))
        status, x, roof = program.run(np.asarray(gain))
        if status == "infeasible":
            return replace(best, value=-np.inf, is_infeasible=True, rounds=number)
        if status != "optimal" or (is_over is not None and is_over()):
            break
        roof += float(sum(layer.price.sum() for layer in layers)) - float(mu @ floors.least)
        stale = 0 if roof < best.value - 1e-5 * abs(roof) else stale + 1
        if roof < best.value:
            best = YearBound(roof, False, core, program.money_worth(), mu, number, program.n_rows)  # noqa: FBT003
            at_best = [layer.price for layer in layers]
        if stale >= 2:
            lean, stale, mu = lean * 0.6, 0, best.floor_price
            for layer, price in zip(layers, at_best, strict=True):
                layer.price = price
            if lean < 0.02:
                break
        core = 0.85 * core + 0.15 * x
        program.shelve(number)
        if number % 3 == 2:
            program.add_rows(0.7 * core + 0.3 * x, number, x)
        step = lean * max(roof - value - 0.3 * (best.value - value), 1e-6 * abs(roof))
        mu = _move(instance, layers, worths, x, (floors, mu), step)
    return replace(best, hint=core)


def _layers(world: World, n_groups: int) -> list[_Layer]:
    d = world.year_worth
    n_years = len(d)
    last = _Layer(float(d[-1]), np.ones(n_years), np.zeros(n_groups), has_floors=True)
    rest = float(d[:-1].sum())
    if rest <= 0:
        return [last]
    factor = np.r_[np.cumsum(d[:-1][::-1])[::-1] / rest, 0.0]
    return [_Layer(rest, factor, np.zeros(n_groups), has_floors=False), last]


def _worth(layer: _Layer, weight: Floats, floors: FloorSet, mu: Floats) -> Floats:
    extra = weight * (floor_worth(floors, mu, len(weight)) - 1.0) if layer.has_floors and len(mu) else 0.0
    return np.asarray(layer.worth * weight + extra)


def _move(
    instance: Instance, layers: list[_Layer], worths: list[Floats], x: Floats, held: tuple[FloorSet, Floats], step: float
) -> Floats:  # fmt: skip
    """Move the prices of the layers along a subgradient; the moved prices of the floors are returned."""
    floors, mu = held
    weight = instance.groups.weight
    scale = np.sqrt(len(weight)) / max(1e-300, float(weight.sum()))
    pushes, size, short = [], 0.0, np.zeros(len(mu))
    for layer, worth in zip(layers, worths, strict=True):
        served = _served(instance, worth - layer.price, layer.factor @ x)
        over = served - 1.0
        push = np.where((layer.price > 0) | (over > 0), over, 0.0)
        pushes.append(push)
        size += float(push @ push)
        if layer.has_floors and len(mu):
            short = floors.least - floors.inside @ (weight * np.minimum(served, 1.0))
            short = np.where((mu > 0) | (short > 0), short, 0.0) * scale
            size += float(short @ short)
    if size > 0:
        for layer, worth, push in zip(layers, worths, pushes, strict=True):
            layer.price = np.clip(layer.price + step / size * push, 0.0, worth)
        mu = np.clip(mu + step / size * short * scale, 0.0, floors.price)
    return mu


class _Program:
    """The linear program over (year, choice): fixed rows, and rows of money with shares of the network."""

    def __init__(self, world: World, demands: tuple[Ints, ...], cost: CostAim | None) -> None:
        instance, self.cost = world.instance, cost
        self.world, self.n_years = world, len(world.rules.years)
        self.n_choices = instance.n_choices
        ledger = empty_ledger(world.rules)
        self.ceilings = np.cumsum(ledger.has.sum(axis=0))
        most = float(self.ceilings.max(initial=0.0)) if cost is None else cost.most_idr
        self.money_unit = max(1.0, most) / _UNIT
        rows = _fixed_rows(world, demands, n_more=int(cost is not None))
        self.first = rows.n_rows
        none = np.zeros(0, dtype=np.int64)
        unit = max(1e-300, float(instance.groups.weight.sum())) / _UNIT
        self.model = Model(rows, np.zeros(rows.n_columns), none, none, unit, self.money_unit)
        self.session = Session(self.model)
        self.spans: list[tuple[int, int]] = []
        self.last_use: list[int] = []
        for row, high, span in _money_rows(world):
            self._add(row, high, span, 1 << 30)
        self.hunts = [Hunt(priced(instance, world.costs, capex=1.0, opex_years=0.0))]
        if any(part[1].any() for part in (world.costs.choice, world.costs.edge, world.costs.tower)):
            self.hunts.append(Hunt(priced(instance, world.costs, capex=0.0, opex_years=1.0)))
        self.price, self.paid = np.zeros(0), 0.0

    @property
    def n_rows(self) -> int:
        return len(self.spans)

    def _add(self, row: Floats, high: float, span: tuple[int, int], number: int) -> None:
        flat = row.ravel() / self.money_unit
        if self.cost is not None:
            flat, high = np.r_[flat, -_UNIT], 0.0
        self.session.add(flat, high / self.money_unit)
        self.spans.append(span)
        self.last_use.append(number)

    def run(self, gain: Floats) -> tuple[str, Floats, float]:
        """Status, solution by (year, choice) and a safe bound on the best ``gain · x``."""
        flat = gain.ravel() / self.model.weight_unit
        if self.cost is not None:
            flat = np.r_[flat, -self.cost.most_idr / self.cost.unit_idr / self.model.weight_unit]
        status, x, price = self.session.run_with(flat)
        if status != "optimal":
            return status, np.zeros_like(gain), np.inf
        roof, _ = safe_bound(self.session.priced(flat), self.session.matrix, self.session.high, price)
        self.price = np.maximum(price[self.first :], 0.0)
        self.paid = float(x[-1]) * self.cost.most_idr if self.cost is not None else 0.0
        return status, x[: gain.size].reshape(gain.shape), roof

    def money_worth(self) -> Floats:
        """What a rupiah of each year is worth at the prices of the last run, over a common unit."""
        found = np.zeros(self.n_years)
        for price, (start, end) in zip(self.price, self.spans, strict=False):
            found[start : end + 1] += price
        return found

    def add_rows(self, x: Floats, number: int = 0, broken_by: Floats | None = None) -> None:
        """Rows of shares of the network, packed in the order in which ``x`` uses the terminals by each year."""
        for t in range(self.n_years):
            if t and self.ceilings[t] <= self.ceilings[t - 1]:
                continue
            on = np.minimum(x[: t + 1].sum(axis=0), 1.0)
            packs = [hunt.rows(on) for hunt in self.hunts]
            for pack in zip(*packs, strict=True):
                row = np.zeros((self.n_years, self.n_choices))
                for year in range(t + 1):
                    row[year] = pack[0] + ((t - year) * pack[1] if len(pack) > 1 else 0.0)
                limit = self.ceilings[t] if self.cost is None else self.paid
                if broken_by is None or float((row * broken_by).sum()) > limit + 1e-6 * self.money_unit:
                    self._add(row, float(self.ceilings[t]), (0, t), number)

    def shelve(self, number: int) -> None:
        """Take off rows that have had no price for long."""
        priced_now = self.price > 1e-12
        self.last_use = [
            max(last, number) if k < len(priced_now) and priced_now[k] else last for k, last in enumerate(self.last_use)
        ]
        idle = [k for k, last in enumerate(self.last_use) if number - last > _PATIENCE]
        if len(idle) >= 4:
            gone = set(idle)
            self.session.drop([self.first + k for k in idle])
            self.spans = [span for k, span in enumerate(self.spans) if k not in gone]
            self.last_use = [last for k, last in enumerate(self.last_use) if k not in gone]


def _fixed_rows(world: World, demands: tuple[Ints, ...], *, n_more: int) -> Rows:
    """Places, beams, build rates and decisions over (year, choice)."""
    instance, n_years = world.instance, len(world.rules.years)
    n = instance.n_choices
    rows = Rows(n * n_years + n_more)
    column = np.arange(n * n_years)
    label, row = np.unique(instance.choice_place, return_inverse=True)
    rows.add(np.tile(row, n_years), column, np.ones(len(column)), high=np.ones(len(label)))
    beam, reserved = np.tile(instance.choice_beam(), n_years), np.tile(instance.choice_reserved(), n_years)
    on = np.flatnonzero(beam >= 0)
    if len(on):
        label, row = np.unique(beam[on], return_inverse=True)
        left = np.maximum(instance.network.beam_mbps[label], 0.0)
        finite = np.isfinite(left)
        unit = np.where(finite & (left > 0), left, 1.0)
        rows.add(row, on, reserved[on] / unit[row], high=np.where(finite, left / unit, np.inf) * (1 + 1e-9))
    for year, most in enumerate(world.rules.most_sites):
        if most < n:
            rows.add(np.zeros(n, np.int64), year * n + np.arange(n), np.ones(n), high=np.array([float(most)]))
    for needed in demands:
        at = (np.arange(n_years)[:, None] * n + needed).ravel()
        rows.add(np.zeros(len(at), np.int64), at, -np.ones(len(at)), high=np.array([-1.0]))
    return rows


def _money_rows(world: World) -> list[tuple[Floats, float, tuple[int, int]]]:
    """Rows of money without the network: coefficients by (year, choice), limit, first and last year."""
    rules, instance = world.rules, world.instance
    ledger = empty_ledger(rules)
    n_years, n_sources = len(rules.years), len(rules.sources)
    pays = world.may_pay[instance.choice_place]
    kinds = {tuple(np.flatnonzero(row).tolist()) for row in np.unique(pays, axis=0)} if len(pays) else set()
    capex, opex = world.costs.choice
    found = []
    for size in range(1, n_sources + 1):
        for sources in combinations(range(n_sources), size):
            held = [set(kind) for kind in kinds if set(kind) <= set(sources)]
            if not held or set().union(*held) != set(sources):
                continue
            rest = [s for s in range(n_sources) if s not in sources]
            mine = ~pays[:, rest].any(axis=1)
            carried = ledger.has[list(sources)][ledger.carries_over[list(sources)]].sum(axis=0)
            lapsing = ledger.has[list(sources)][~ledger.carries_over[list(sources)]].sum(axis=0)
            for start, end in _spans(n_years, has_carry=bool(carried.any()), has_lapse=bool(lapsing.any())):
                row = np.zeros((n_years, instance.n_choices))
                for year in range(end + 1):
                    later = sum(1 for t in range(start, end + 1) if t > year)
                    row[year] = np.where(mine, (capex if year >= start else 0.0) + later * opex, 0.0)
                found.append((row, float(lapsing[start : end + 1].sum() + carried[: end + 1].sum()), (start, end)))
    return found


def _spans(n_years: int, *, has_carry: bool, has_lapse: bool) -> list[tuple[int, int]]:
    """Spans of years that say something: single years where money lapses, from the first one where it is carried."""
    single = [(t, t) for t in range(n_years)]
    whole = [(0, t) for t in range(n_years)]
    if not has_carry:
        return single
    return whole if not has_lapse else [(s, t) for s in range(n_years) for t in range(s, n_years)]
