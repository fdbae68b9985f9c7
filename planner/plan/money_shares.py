"""Shares of money to an area or group: what must go there of all that is spent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.errors import InfeasibleError
from planner.plan.rules import is_within
from planner.plan.schedule import Schedule, Taste, World, grow_years, purchases
from planner.plan.years import settled, within_money

__all__ = ["keep_shares", "spent_for"]

Floats = NDArray[np.float64]


def spent_for(world: World, schedule: Schedule) -> dict[int, float]:
    """By place: money spent within the years of the plan because of its site.

    What a link or relay tower costs is shared evenly by the sites that need it in the year it is bought.
    """
    n_years, choice, network = len(world.rules.years), schedule.draft.choice, world.instance.network
    users: dict[tuple[str, int], list[int]] = {}
    for place, arcs in schedule.draft.path.items():
        for edge in set(network.edge[arcs].tolist()) - {-1}:
            users.setdefault(("edge", edge), []).append(place)
        for tower in set(network.tower[arcs].tolist()) - {-1}:
            users.setdefault(("tower", tower), []).append(place)
    found: dict[int, float] = {}
    for item in purchases(world, schedule):
        parts = {"site": world.costs.choice, "edge": world.costs.edge, "tower": world.costs.tower}[item.kind]
        at = choice[item.number] if item.kind == "site" else item.number
        spent = float(parts[0][at]) + (n_years - 1 - item.year) * float(parts[1][at])
        mine = [item.number] if item.kind == "site" else users[item.kind, item.number]
        mine = [place for place in mine if schedule.year[place] == item.year]
        for place in mine:
            found[place] = found.get(place, 0.0) + spent / len(mine)
    return found


def keep_shares(world: World, schedule: Schedule, keep: frozenset[int]) -> Schedule:
    """Sites outside the groups go, the least worth for their money first, until each group has its share of the money.

    Raises
    ------
    InfeasibleError
        Sites that decisions bind (``keep``) alone break a share.
    """
    for rule in world.rules.money_shares:
        inside = _inside(world, rule.area)
        while _share(world, schedule, inside) < rule.least_share * (1 - 1e-12):
            spent = spent_for(world, schedule)
            weight = world.instance.groups.weight
            merit = {
                place: float((weight[schedule.draft.took[place][0]] * schedule.draft.took[place][1]).sum())
                / max(spent[place], 1.0)
                for place in spent
                if not inside[place] and place not in keep
            }
            if not merit:
                message = f"{rule.area} cannot get {rule.least_share:.3g} of the money: decisions alone bind more of it elsewhere"
                raise InfeasibleError(message, code="money_share", area=rule.area, share=rule.least_share)
            worst = min(merit, key=lambda place: (merit[place], place))
            schedule = settled(world, schedule, set(schedule.year) - {worst})
            schedule = within_money(world, schedule, keep) or schedule
            among = inside[world.instance.choice_place]
            schedule = settled(world, grow_years(world, schedule, taste=Taste(among=among)))
    return schedule


def _inside(world: World, area: str) -> NDArray[np.bool_]:
    return is_within(world.place_codes, world.rules.codes(area))


def _share(world: World, schedule: Schedule, inside: NDArray[np.bool_]) -> float:
    spent = spent_for(world, schedule)
    total = sum(spent.values())
    return sum(value for place, value in spent.items() if inside[place]) / total if total > 0 else 1.0
