"""From the tables of a plan over years back to a schedule, and a schedule made cheaper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.plan.money_shares import spent_for
from planner.plan.output import link_id, place_names
from planner.plan.redraft import draft_of
from planner.plan.schedule import Schedule, World, empty_schedule
from planner.plan.types import Plan, Problem
from planner.plan.years import HARD, settled

__all__ = ["schedule_of", "shrink_years", "worst_first"]


def schedule_of(world: World, problem: Problem, plan: Plan) -> Schedule | None:
    """The schedule with the sites, routes, years and payers of a plan.

    Parameters
    ----------
    world
        Of the same problem; its ceilings and its instance may be others.
    plan
        With year and source of everything it buys.

    Returns
    -------
    Schedule
        None where the world lacks a site, link, year or source of it, or its ceilings do not pay for it.

    Notes
    -----
    A link or tower is paid by the first site that needs it, so sites of a year are put in an order in which the first
    user of everything is one of the source that the plan states.
    """
    draft = draft_of(world.instance, plan.sites, plan.links)
    years = {year: k for k, year in enumerate(world.rules.years)}
    sources = {source.name: k for k, source in enumerate(world.rules.sources)}
    is_known = plan.sites["year"].isin(years).all() and plan.sites["funding_source"].isin(sources).all()
    if draft is None or not is_known:
        return None
    place = {name: k for k, name in enumerate(world.instance.place_ids)}
    rows = plan.sites[["site_id", "year", "funding_source"]].to_dict("records")
    year = {place[str(row["site_id"])]: years[int(row["year"])] for row in rows}
    source = {place[str(row["site_id"])]: sources[str(row["funding_source"])] for row in rows}
    bare = replace(empty_schedule(world), draft=draft, year=year, source=source)
    payers = {
        str(name): sources.get(str(paid), -1)
        for table, key in ((plan.links, "link_id"), (plan.relays, "place_id"))
        for name, paid in zip(table[key], table["funding_source"], strict=True)
    }
    order = _order(bare, _needs(world, problem, bare, payers))
    ordered = replace(draft, choice={k: draft.choice[k] for k in order})
    schedule = settled(world, replace(bare, draft=ordered))
    return schedule if schedule.ledger.is_kept() else None


def _needs(
    world: World, problem: Problem, schedule: Schedule, payers: dict[str, int]
) -> dict[int, list[tuple[str, int]]]:
    """By place the links and towers of its way that are bought, each with the source that pays for it."""
    network, places = world.instance.network, place_names(world.instance, problem)
    found = {}
    for place, arcs in schedule.draft.path.items():
        names = [places[k] for k in network.tower[arcs][network.tower[arcs] >= 0].tolist()]
        for edge in network.edge[arcs][network.edge[arcs] >= 0].tolist():
            a, b, key = network.edge_key[edge]
            names += [link_id((a, b, key)), link_id((b, a, key))]
        found[place] = [(name, payers[name]) for name in names if name in payers]
    return found


def _order(schedule: Schedule, needs: dict[int, list[tuple[str, int]]]) -> list[int]:
    """Places by year, within a year so that the first user of everything pays for it where that can be."""
    found: list[int] = []
    bought: set[str] = set()
    for year in sorted(set(schedule.year.values())):
        left = [place for place in sorted(schedule.year) if schedule.year[place] == year]
        while left:
            at = next((k for k, p in enumerate(left) if _pays_all(p, schedule.source[p], needs, bought)), 0)
            place = left.pop(at)
            bought |= {name for name, _ in needs.get(place, ())}
            found.append(place)
    return found


def _pays_all(place: int, source: int, needs: dict[int, list[tuple[str, int]]], bought: set[str]) -> bool:
    return all(name in bought or payer == source for name, payer in needs.get(place, ()))


def shrink_years(world: World, schedule: Schedule, keep: frozenset[int]) -> Schedule | None:
    """The schedule without the sites that lose least for their money, until every source keeps its ceilings.

    Parameters
    ----------
    schedule
        Any schedule, its ledger that of the world; it stays as it is.
    keep
        Places that stay.

    Returns
    -------
    Schedule
        None where the places that stay cost more than there is.

    Notes
    -----
    Weight in an area that a floor still needs counts more by the floor's price. What a leaving site's links cost is
    charged to their next users, so the money is added up anew until it suffices.
    """
    while (over := schedule.ledger.over_in()) is not None:
        source, year = over
        free = [p for p, s in schedule.source.items() if s == source and schedule.year[p] <= year and p not in keep]
        if not free:
            return None
        spent = spent_for(world, schedule)
        order = worst_first(world, schedule, set(free), spent)
        ledger = schedule.ledger
        gone, has = ledger.spent[source], ledger.has[source]
        much = (
            (gone[: year + 1].sum() - has[: year + 1].sum()) if ledger.carries_over[source] else gone[year] - has[year]
        )
        freed = np.cumsum([spent[p] for p in order])
        n = 1 + int(np.searchsorted(freed, much))
        schedule = settled(world, schedule, set(schedule.year) - set(order[:n]))
    return schedule


def worst_first(world: World, schedule: Schedule, places: set[int], spent: dict[int, float]) -> list[int]:
    """Places from the one whose site is worth least for the money ``spent`` because of it."""
    merit = _merit(world, schedule)
    return sorted(places, key=lambda p: (merit[p] / max(spent[p], 1.0), p))


def _merit(world: World, schedule: Schedule) -> dict[int, float]:
    """By place what it serves over the years, weight that a floor needs counted by the floor's price."""
    floors, weight = world.floors, world.instance.groups.weight
    gain = np.cumsum(world.year_worth[::-1])[::-1]
    price = np.where(np.isfinite(floors.price), floors.price, HARD)
    served = 1.0 - schedule.draft.rest
    slack = floors.inside @ (weight * served) - floors.least if len(floors.least) else np.zeros(0)
    tight = slack <= 0.05 * floors.least
    extra = (price * tight) @ floors.inside if len(price) else np.zeros(len(weight))
    return {
        place: float(((gain[schedule.year[place]] * weight + extra * weight)[group] * share).sum())
        for place, (group, share) in schedule.draft.took.items()
    }
