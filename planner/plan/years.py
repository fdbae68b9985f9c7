"""Better schedules: take a neighbourhood out, let the years grow again, move sites forward, keep what is better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.plan.build import Draft, keep_only
from planner.plan.instance import Instance
from planner.plan.schedule import NEVER, Schedule, World, ledger_of, purchases
from planner.plan.serve import share_out

__all__ = [
    "HARD",
    "advance",
    "settled",
    "share_years",
    "short_of",
    "within_money",
    "worth",
    "worth_of_years",
]

Floats = NDArray[np.float64]
_FLOOR_SLACK = 1e-7
HARD = 1e3
"""Weight of a missing unit of a floor that must be met, while plans are compared with each other."""


def settled(world: World, schedule: Schedule, places: set[int] | None = None) -> Schedule:
    """The schedule with only some of its sites (all when None), served afresh in the order of years, money added up."""
    kept = [place for place in schedule.in_order() if places is None or place in places]
    ordered = replace(schedule.draft, choice={place: schedule.draft.choice[place] for place in kept})
    draft = keep_only(world.instance, ordered, set(kept))
    fresh = Schedule(
        draft, schedule.ledger, np.full_like(schedule.edge_year, NEVER), np.full_like(schedule.tower_year, NEVER),
        {p: schedule.year[p] for p in kept}, {p: schedule.source[p] for p in kept},
    )  # fmt: skip
    for item in purchases(world, fresh):
        if item.kind != "site":
            (fresh.edge_year if item.kind == "edge" else fresh.tower_year)[item.number] = item.year
    fresh.ledger = ledger_of(world, fresh)
    return fresh


def short_of(world: World, draft: Draft) -> Floats:
    """How much newly served weight each floor lacks."""
    instance, floors = world.instance, world.floors
    if not len(floors.least):
        return np.zeros(0)
    served = np.zeros(instance.groups.n_groups)
    for group, share in draft.took.values():
        served[group] += share
    missing = floors.least - floors.inside @ (instance.groups.weight * served)
    return np.asarray(np.where(missing > _FLOOR_SLACK * floors.least, missing, 0.0))


def worth(world: World, schedule: Schedule) -> float:
    """Newly served weight over the years as each site serves what the earlier ones left, less missing floors."""
    gain = np.cumsum(world.year_worth[::-1])[::-1]
    weight = world.instance.groups.weight
    total = sum(
        float(gain[schedule.year[place]] * (weight[group] * share).sum())
        for place, (group, share) in schedule.draft.took.items()
    )
    missing = short_of(world, schedule.draft)
    return total - float((missing * np.where(np.isfinite(world.floors.price), world.floors.price, HARD)).sum())


def with_weight(instance: Instance, weight: Floats) -> Instance:
    """The instance under other weights, each option's groups again best first."""
    groups = instance.groups
    demand, value = groups.demand_mbps[groups.indices], weight[groups.indices]
    ratio = np.divide(value, demand, out=np.full(len(demand), np.inf), where=demand > 0)
    option = np.repeat(np.arange(len(groups.indptr) - 1), np.diff(groups.indptr))
    order = np.lexsort((groups.indices, -ratio, option))
    return replace(instance, groups=replace(groups, weight=weight, indices=groups.indices[order]))


def advance(world: World, schedule: Schedule, *, is_over: Callable[[], bool] | None = None) -> Schedule:
    """Switch sites on earlier, in their order, wherever the money of an earlier year allows."""
    most = world.rules.most_sites or (np.inf,) * len(world.rules.years)
    n_on = np.bincount(list(schedule.year.values()), minlength=len(most))
    ledger = ledger_of(world, schedule)
    for place in schedule.in_order():
        now, source = schedule.year[place], schedule.source[place]
        capex = float(world.costs.choice[0][schedule.draft.choice[place]])
        is_relay = schedule.tower_year[place] != NEVER  # its own tower would take the place of a bare one
        for year in range(now):
            if is_over is not None and is_over():
                return schedule
            if n_on[year] + 1 > most[year] or not (is_relay or ledger.takes(source, year, capex)):
                continue
            schedule.year[place] = year
            moved = ledger_of(world, schedule)
            if moved.is_kept():
                ledger = moved
                n_on[year], n_on[now] = n_on[year] + 1, n_on[now] - 1
                break
            schedule.year[place] = now
    return settled(world, schedule)


def within_money(world: World, schedule: Schedule, keep: frozenset[int]) -> Schedule | None:
    """Sites of a source and year that spend too much go, the last first; None where only bound ones are left.

    Without its first user a link is charged to the next one, in its year and to its source.
    """
    while (over := schedule.ledger.over_in()) is not None:
        source, year = over
        movable = [
            p
            for p in schedule.in_order()
            if schedule.source[p] == source and schedule.year[p] <= year and p not in keep
        ]
        if not movable:
            return None
        schedule = settled(world, schedule, set(schedule.year) - {movable[-1]})
    return schedule


def share_years(world: World, schedule: Schedule) -> list[Draft]:
    """By year: the sites that are on, sharing their cells as well as they can (exact, a linear program a year)."""
    found = []
    n_years = len(world.rules.years)
    for year in range(n_years):
        on = {place for place, at in schedule.year.items() if at <= year}
        found.append(share_out(world.instance, settled(world, schedule, on).draft))
    if short_of(world, found[-1]).any():
        floors = world.floors
        price = np.where(np.isfinite(floors.price), floors.price, HARD)
        on = set(schedule.year)
        other = share_out(
            world.instance, settled(world, schedule, on).draft, floors=(floors.inside, floors.least, price)
        )
        if worth_of_years(world, [*found[:-1], other]) > worth_of_years(world, found):
            found[-1] = other
    return found


def worth_of_years(world: World, drafts: list[Draft]) -> float:
    """Newly served weight of each year by what the year is worth, less missing floors (inf where one must be met)."""
    weight, total = world.instance.groups.weight, 0.0
    for d, draft in zip(world.year_worth, drafts, strict=True):
        total += float(d) * sum(float((weight[group] * share).sum()) for group, share in draft.took.values())
    missing = short_of(world, drafts[-1])
    return total - float(
        np.where(missing > 0, missing * np.where(np.isfinite(world.floors.price), world.floors.price, HARD), 0.0).sum()
    )
