"""A plan over years: which site is switched on when and who pays, grown year after year.

Sites join in the order of years, each at a place that has none yet and over links that stay: what is bought in a
year serves every later one. So every site has its way to the backbone from its first year on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from planner.plan.build import (
    Draft,
    Reach,
    add,
    empty_draft,
    extra_cost,
    gains,
    open_choices,
    passes_itself,
    path_to,
    reach,
    twin,
)
from planner.plan.instance import Instance
from planner.plan.ledger import Costs, Ledger, costs_of, eligible, empty_ledger, place_codes, priced
from planner.plan.rules import Rules, year_weights
from planner.plan.types import Problem

__all__ = [
    "Purchase",
    "Schedule",
    "Taste",
    "World",
    "empty_schedule",
    "grow_years",
    "join",
    "ledger_of",
    "make_world",
    "purchases",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
NEVER = 1 << 30
_MOST_OPEX_YEARS = 50.0


@dataclass(frozen=True, eq=False)
class FloorSet:
    """Floors as arrays: by floor the groups inside (bool, shape (floors, groups)), least weight, price (inf: hard)."""

    inside: Flags
    least: Floats
    price: Floats


@dataclass(frozen=True, eq=False)
class World:
    """What every schedule of one search shares.

    Parameters
    ----------
    instance
        Choices and network, at present values.
    costs
        Capex and opex of everything.
    rules
        Years, sources and build rates.
    may_pay
        By place and source.
    by_year
        The instance priced for a purchase in each year: capex and the opex that is still to be paid, weighted by
        what money of a later year is worth.
    order
        Sources in the order in which they are asked: the most restricted first, then those whose money lapses.
    year_worth
        What a unit served in each year is worth (`planner.plan.rules.year_weights`).
    place_codes
        Area code of each place.
    floors
        On groups.
    """

    instance: Instance
    costs: Costs
    rules: Rules
    may_pay: Flags
    by_year: tuple[Instance, ...]
    order: tuple[int, ...]
    year_worth: Floats
    place_codes: NDArray[np.str_]
    floors: FloorSet


@dataclass(eq=False)
class Schedule:
    """A draft with the year and source of each site, and the year in which each edge and relay tower is bought.

    It changes while it grows; what is not bought has the year `NEVER`.
    """

    draft: Draft
    ledger: Ledger
    edge_year: Ints
    tower_year: Ints
    year: dict[int, int] = field(default_factory=dict)
    source: dict[int, int] = field(default_factory=dict)

    def copy(self) -> Schedule:
        """A copy that may grow without touching the original."""
        return Schedule(
            twin(self.draft), self.ledger, self.edge_year.copy(), self.tower_year.copy(), dict(self.year),
            dict(self.source),
        )  # fmt: skip

    def in_order(self) -> list[int]:
        """Places in the order in which their sites are switched on."""
        rank = {place: number for number, place in enumerate(self.draft.choice)}
        return sorted(self.draft.choice, key=lambda place: (self.year[place], rank[place]))


def make_world(
    instance: Instance, problem: Problem, rules: Rules, floors: FloorSet, money_worth: Floats | None = None
) -> World:
    """What every schedule shares.

    Parameters
    ----------
    money_worth
        What a rupiah of each year is worth, relative and positive; None: as much as a unit served from then on.
    """
    costs, may_pay, year_worth = (
        costs_of(instance, problem, rules),
        eligible(instance, problem, rules),
        year_weights(rules),
    )
    each = np.cumsum(year_worth[::-1])[::-1] if money_worth is None else money_worth
    each = np.maximum(each, 1e-12 * max(1e-300, float(each.max(initial=0.0))))
    after = [float(each[t + 1 :].sum() / each[t]) for t in range(len(each))]
    by_year = tuple(priced(instance, costs, opex_years=min(k, _MOST_OPEX_YEARS)) for k in after)
    n_places = may_pay.sum(axis=0)
    order = sorted(range(len(rules.sources)), key=lambda s: (int(n_places[s]), rules.sources[s].carries_over, s))
    codes = place_codes(instance, problem)
    return World(instance, costs, rules, may_pay, by_year, tuple(order), year_worth, codes, floors)


def empty_schedule(world: World) -> Schedule:
    """Nothing built yet."""
    network = world.instance.network
    return Schedule(
        empty_draft(world.instance), empty_ledger(world.rules), np.full(len(network.edge_cost), NEVER, dtype=np.int64),
        np.full(len(network.tower_cost), NEVER, dtype=np.int64),
    )  # fmt: skip


@dataclass(frozen=True)
class Purchase:
    """A site (``kind`` "site", number a place), edge or relay tower, with its year and source."""

    kind: str
    number: int
    year: int
    source: int


def purchases(world: World, schedule: Schedule) -> list[Purchase]:
    """What is bought when and by whom: a link or tower by the source of the first site that needs it.

    A relay tower is needed where microwave passes in a year in which no site with a tower stands there yet.
    """
    network, draft = world.instance.network, schedule.draft
    found: list[Purchase] = []
    edges: set[int] = set()
    towers: set[int] = set()
    for place in schedule.in_order():
        year, source = schedule.year[place], schedule.source[place]
        found.append(Purchase("site", place, year, source))
        arcs = draft.path.get(place, np.zeros(0, dtype=np.int64))
        for edge in network.edge[arcs][network.edge[arcs] >= 0].tolist():
            if edge not in edges:
                edges.add(edge)
                found.append(Purchase("edge", edge, year, source))
        for at in network.tower[arcs][network.tower[arcs] >= 0].tolist():
            stands = draft.has_site_tower[at] and schedule.year.get(at, NEVER) <= year
            if at not in towers and not stands:
                towers.add(at)
                found.append(Purchase("tower", at, year, source))
    return found


def ledger_of(world: World, schedule: Schedule) -> Ledger:
    """Money spent by everything a schedule buys, added up from nothing."""
    ledger = empty_ledger(world.rules)
    costs, choice = world.costs, schedule.draft.choice
    spent = ledger.spent.copy()
    for item in purchases(world, schedule):
        if item.kind == "site":
            capex, opex = (part[choice[item.number]] for part in costs.choice)
        else:
            capex, opex = (part[item.number] for part in (costs.edge if item.kind == "edge" else costs.tower))
        spent[item.source, item.year] += capex
        spent[item.source, item.year + 1 :] += opex
    return Ledger(ledger.has, spent, ledger.carries_over)


@dataclass(frozen=True, eq=False)
class Taste:
    """What a growth prefers.

    Parameters
    ----------
    favour
        Factor on the merit of each choice in each year, shape (years, choices); all 1 when None.
    weights_of
        Weight of the groups once so much has been served (floors that are not met yet count more); None: the
        instance's own.
    among
        Choices that may be taken; all when None.
    most
        Sites to add in all, at most.
    """

    favour: Floats | None = None
    weights_of: Callable[[Draft], Instance | None] | None = None
    among: Flags | None = None
    most: int | None = None


def grow_years(
    world: World, schedule: Schedule, *, taste: Taste | None = None, is_over: Callable[[], bool] | None = None,
    first_year: int = 0,
) -> Schedule:  # fmt: skip
    """Add sites year after year, most newly served weight per rupiah first, while some source can pay.

    Parameters
    ----------
    schedule
        Where to start; its sites stay. It is changed and returned.
    first_year
        Number of the first year in which sites join.
    """
    taste = taste or Taste()
    added = 0
    for year in range(first_year, len(world.rules.years)):
        limit = world.rules.most_sites[year] if world.rules.most_sites else np.inf
        n_on = sum(1 for at in schedule.year.values() if at == year)
        shut = np.zeros(world.instance.n_choices, dtype=bool)
        while n_on + 1 <= limit and (taste.most is None or added < taste.most) and not (is_over and is_over()):
            if not _join_best(world, schedule, year, taste, shut):
                break
            n_on, added = n_on + 1, added + 1
    return schedule


def _join_best(world: World, schedule: Schedule, year: int, taste: Taste, shut: Flags) -> bool:
    """Switch the best affordable choice on in a year; choices that nobody can pay are shut for the year."""
    draft, instance = schedule.draft, world.by_year[year]
    weighed = (taste.weights_of(draft) if taste.weights_of else None) or instance
    room = np.where(world.may_pay, schedule.ledger.room(year), -np.inf).max(axis=1)
    fits = open_choices(instance, draft) & ~shut & (world.costs.choice[0] <= room[instance.choice_place] * (1 + 1e-12))
    if taste.among is not None:
        fits &= taste.among
    if not fits.any():
        return False
    for way in _ways(instance, draft):
        cost = extra_cost(instance, draft, way)
        node = instance.choice_node
        mbps = np.minimum(instance.choice_mbps, np.where(node >= 0, way.mbps[np.maximum(node, 0)], np.inf))
        gain = gains(weighed, draft.rest, instance.choice_option, mbps)
        tiny = 1e-9 * max(1.0, float(instance.groups.weight.sum()))
        merit = np.where(fits & (gain > tiny) & np.isfinite(cost), gain / np.maximum(cost, 1.0), 0.0)
        if taste.favour is not None:
            merit = merit * taste.favour[year]
        for _ in range(40):
            best = int(np.argmax(merit))
            if not merit[best] > 0:
                break
            if join(world, schedule, best, year, way):
                return True
            merit[best] = 0.0
            shut[best] = True
    return False


def _ways(instance: Instance, draft: Draft) -> list[Reach]:
    """Ways over links that still carry what one site can take; if need be, over any that carry something."""
    way = reach(instance, draft)
    if not np.isfinite(way.mbps[instance.choice_node]).any():
        return [way]
    full = min(float(np.max(instance.choice_mbps, initial=0.0)), float(instance.groups.demand_mbps.sum()))
    return [reach(instance, draft, need_mbps=full), way]


def join(world: World, schedule: Schedule, choice: int, year: int, way: Reach) -> bool:
    """Switch a choice on, paid by the first source that can; whether one could."""
    draft, instance = schedule.draft, world.by_year[year]
    place = int(instance.choice_place[choice])
    node = int(instance.choice_node[choice])
    if node >= 0 and passes_itself(instance, way, choice):
        way = reach(instance, draft, shut=place)
    if node >= 0 and not np.isfinite(way.price[node]):
        return False
    arcs = path_to(way, node) if node >= 0 else np.zeros(0, dtype=np.int64)
    edges, towers = _still_to_buy(world, schedule, choice, year, arcs)
    capex, opex = (
        float(part[0][choice] + part[1][edges].sum() + part[2][towers].sum())
        for part in zip(world.costs.choice, world.costs.edge, world.costs.tower, strict=True)
    )
    for source in world.order:
        if world.may_pay[place, source] and schedule.ledger.fits(source, year, capex, opex):
            schedule.ledger = schedule.ledger.with_item(source, year, capex, opex)
            schedule.year[place], schedule.source[place] = year, source
            schedule.edge_year[edges], schedule.tower_year[towers] = year, year
            add(instance, draft, choice, way if node >= 0 else None)
            return True
    return False


def _still_to_buy(world: World, schedule: Schedule, choice: int, year: int, arcs: Ints) -> tuple[Ints, Ints]:
    """Edges and relay towers on a way that are not there by a year."""
    network = world.instance.network
    place = int(world.instance.choice_place[choice])
    edges = np.unique(network.edge[arcs][network.edge[arcs] >= 0])
    towers = np.unique(network.tower[arcs][network.tower[arcs] >= 0])
    own = bool(world.instance.has_tower[world.instance.choice_option[choice]])
    stands = [
        (at == place and own) or (schedule.draft.has_site_tower[at] and schedule.year.get(int(at), NEVER) <= year)
        for at in towers.tolist()
    ]
    towers = towers[(schedule.tower_year[towers] > year) & ~np.array(stands, dtype=bool)]
    return edges[schedule.edge_year[edges] > year], towers
