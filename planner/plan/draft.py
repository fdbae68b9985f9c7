"""A plan in the making: what is built, by which way, whom it serves, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.plan.instance import Instance

__all__ = ["Draft", "bought", "empty_draft", "gains", "money", "twin"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(eq=False)
class Draft:
    """A plan in the making (the one mutable value of the selection).

    Parameters
    ----------
    choice
        Choice by place, in the order of building.
    path
        Arcs from the source to the terminal, by place on the network.
    took
        (groups, shares) that each place serves.
    rest
        Share of each group that nobody serves yet.
    arc_uses, load_mbps
        Paths over each arc; traffic on each edge.
    beam_mbps
        What is left of each beam.
    has_site_tower
        By place: a site stands there by whose tower microwave may pass.
    """

    choice: dict[int, int]
    path: dict[int, Ints]
    took: dict[int, tuple[Ints, Floats]]
    rest: Floats
    arc_uses: Ints
    load_mbps: Floats
    beam_mbps: Floats
    has_site_tower: Flags


def empty_draft(instance: Instance) -> Draft:
    """A plan with nothing in it."""
    network = instance.network
    return Draft(
        choice={}, path={}, took={},
        rest=np.ones(instance.groups.n_groups),
        arc_uses=np.zeros(len(network.tail), dtype=np.int64),
        load_mbps=np.zeros(len(network.edge_cost)),
        beam_mbps=network.beam_mbps.copy(),
        has_site_tower=np.zeros(len(network.tower_cost), dtype=bool),
    )  # fmt: skip


def twin(draft: Draft) -> Draft:
    """A copy that may grow without touching the original."""
    return Draft(
        choice=dict(draft.choice), path=dict(draft.path), took=dict(draft.took), rest=draft.rest.copy(),
        arc_uses=draft.arc_uses.copy(), load_mbps=draft.load_mbps.copy(), beam_mbps=draft.beam_mbps.copy(),
        has_site_tower=draft.has_site_tower.copy(),
    )  # fmt: skip


def bought(instance: Instance, draft: Draft) -> tuple[Flags, Flags]:
    """Edges that some path runs over, and places where some path needs a tower."""
    network = instance.network
    used = draft.arc_uses > 0
    edge = np.zeros(len(network.edge_cost), dtype=bool)
    edge[network.edge[used & (network.edge >= 0)]] = True
    tower = np.zeros(len(network.tower_cost), dtype=bool)
    tower[network.tower[used & (network.tower >= 0)]] = True
    return edge, tower


def money(instance: Instance, draft: Draft) -> float:
    """Present value of the plan in IDR: options, links and relay towers, each once."""
    edge, tower = bought(instance, draft)
    total = sum(float(instance.choice_cost[choice]) for choice in draft.choice.values())
    network = instance.network
    return total + float(network.edge_cost[edge].sum() + network.tower_cost[tower & ~draft.has_site_tower].sum())


def gains(instance: Instance, rest: Floats, choice_option: Ints, choice_mbps: Floats) -> Floats:
    """Weight each choice would newly serve by itself, within its capacity, of what is left.

    Parameters
    ----------
    rest
        Share of each group that nobody serves yet.
    choice_option, choice_mbps
        Option and capacity of each choice.

    Notes
    -----
    A fractional knapsack: groups by weight over demand until the capacity is used up.
    """
    from planner.plan._cover_kernel import gains_in_order  # numba takes a second to load

    groups = instance.groups
    return np.asarray(
        gains_in_order(
            groups.indptr, groups.indices, groups.weight, groups.demand_mbps, rest, choice_option, choice_mbps
        )
    )
