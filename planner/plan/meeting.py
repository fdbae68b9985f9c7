"""Sites that decisions ask for, built into a draft."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.plan.build import add, assemble, extra_cost, grow, money, open_choices, passes_itself, reach
from planner.plan.decisions import Demand
from planner.plan.draft import Draft
from planner.plan.instance import Instance

__all__ = ["joined", "meet", "meets"]


def joined(instance: Instance, chosen: tuple[int, ...]) -> Draft | None:
    """Chosen sites with their network; None where a beam is full or one finds no way."""
    taken = np.zeros(len(instance.network.beam_mbps))
    for choice in chosen:
        sat = int(instance.choice_sat[choice])
        if sat >= 0:
            taken[instance.network.sat_beam[sat]] += instance.network.sat_reserved_mbps[sat]
    return None if (taken > instance.network.beam_mbps + 1e-9).any() else assemble(instance, list(chosen))


def meets(draft: Draft, demand: Demand) -> bool:
    """Whether a plan has one of the choices a decision asks for."""
    return bool(set(demand.choices.tolist()) & set(draft.choice.values()))


def meet(
    instance: Instance, draft: Draft, demand: Demand, ceiling_idr: float, liked: NDArray[np.float64] | None = None
) -> bool:
    """Build the best choice that meets a decision (the most ``liked`` one), the cheapest where none serves anybody new."""
    if liked is not None:
        favourite = demand.choices[[int(np.argmax(liked[demand.choices]))]]
        if meet(instance, draft, replace(demand, choices=favourite), ceiling_idr):
            return True
    among = np.zeros(instance.n_choices, dtype=bool)
    among[demand.choices] = True
    before = len(draft.choice)
    grow(instance, draft, ceiling_idr=ceiling_idr, among=among, max_sites=1)
    if len(draft.choice) > before:
        return True
    among &= open_choices(instance, draft)
    while among.any():
        way = reach(instance, draft)
        cost = np.where(among, extra_cost(instance, draft, way), np.inf)
        choice = int(np.argmin(cost))
        if passes_itself(instance, way, choice) and np.isfinite(cost[choice]):
            way = reach(instance, draft, shut=int(instance.choice_place[choice]))
            cost[choice] = extra_cost(instance, draft, way)[choice]
        if cost[choice] <= ceiling_idr - money(instance, draft):
            add(instance, draft, choice, way if instance.choice_node[choice] >= 0 else None)
            return True
        among[choice] = False
    return False
