"""Network-growth greedy: sites join one by one, each paying only for the links that are not bought yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.plan.draft import Draft, bought, empty_draft, gains, money, twin
from planner.plan.growth import grow
from planner.plan.instance import Instance
from planner.plan.network import SOURCE

__all__ = [
    "Draft", "Reach", "add", "assemble", "empty_draft", "extra_cost", "gains", "grow", "keep_only", "money",
    "open_choices", "passes_itself", "reach", "twin", "without",
]  # fmt: skip

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_LEAST_MBPS = 1e-6


@dataclass(frozen=True, eq=False)
class Reach:
    """Cheapest way from the network as bought to every node: price, arc that enters it, bottleneck."""

    price: Floats
    before: Ints
    arc: Ints
    mbps: Floats


def reach(
    instance: Instance,
    draft: Draft,
    *,
    need_mbps: float = _LEAST_MBPS,
    shut: int | None = None,
    open_arcs: Flags | None = None,
) -> Reach:
    """Cheapest way to every node over links that still carry ``need_mbps``.

    Parameters
    ----------
    need_mbps
        Links with less left are closed.
    shut
        A place that nothing may pass through.
    open_arcs
        Arcs that may be used; all when None.
    """
    from planner.plan._ascent_kernel import shortest_tree  # numba takes a second to load

    network = instance.network
    edge, tower = bought(instance, draft)
    price = network.arc_cost(
        np.where(edge, 0.0, network.edge_cost), np.where(tower | draft.has_site_tower, 0.0, network.tower_cost)
    )
    left = network.edge_mbps - draft.load_mbps
    arc_left = np.where(network.edge >= 0, left[network.edge], np.inf) if len(left) else np.full(len(price), np.inf)
    closed = arc_left < need_mbps
    if len(edge):
        closed |= (network.edge >= 0) & (draft.arc_uses == 0) & edge[network.edge]
    if open_arcs is not None:
        closed |= ~open_arcs
    if shut is not None:
        closed |= np.isin(network.tail, network.place_nodes[shut][[0, 2]])
    distance, arc = shortest_tree(*instance.leaving, np.where(closed, np.inf, price), SOURCE)
    before = np.where(arc >= 0, network.tail[np.maximum(arc, 0)], -1) if len(price) else arc
    return Reach(price=distance, before=before, arc=arc, mbps=_narrowest(before, arc, arc_left))


def _narrowest(before: Ints, arc: Ints, arc_left: Floats) -> Floats:
    """Least capacity left on the way to each node."""
    mbps = np.full(len(before), np.inf)
    node = np.flatnonzero(before >= 0)
    mbps[node] = arc_left[arc[node]]
    if np.isfinite(mbps).any():
        jump = np.where(before >= 0, before, np.arange(len(before)))
        further = jump[jump]
        mbps = np.minimum(mbps, mbps[jump])
        while (further != jump).any():
            jump, further = further, further[further]
            mbps = np.minimum(mbps, mbps[jump])
    return mbps


def path_to(way: Reach, node: int) -> Ints:
    """Arcs from the source to ``node``."""
    arcs: list[int] = []
    while node != SOURCE:
        arcs.append(int(way.arc[node]))
        node = int(way.before[node])
    return np.array(arcs[::-1], dtype=np.int64)


def _fill(instance: Instance, rest: Floats, option: int, mbps: float) -> tuple[Ints, Floats]:
    """Groups and shares that one option takes of what is left."""
    groups = instance.groups
    list_ = groups.indices[groups.indptr[option] : groups.indptr[option + 1]]
    list_ = list_[rest[list_] > 0]
    demand = groups.demand_mbps[list_] * rest[list_]
    before = np.cumsum(demand) - demand
    part = np.divide(mbps - before, demand, out=np.ones(len(demand)), where=demand > 0)
    share = np.clip(part, 0.0, 1.0) * rest[list_]
    keep = share > 0
    return list_[keep], share[keep]


def add(instance: Instance, draft: Draft, choice: int, way: Reach | None) -> None:
    """Build a choice, with its path over the network (``way``) or its satellite link."""
    network = instance.network
    place, option = int(instance.choice_place[choice]), int(instance.choice_option[choice])
    mbps = float(instance.choice_mbps[choice])
    draft.choice[place] = choice
    draft.has_site_tower[place] |= bool(instance.has_tower[option])
    node, sat = int(instance.choice_node[choice]), int(instance.choice_sat[choice])
    if sat >= 0:
        draft.beam_mbps[network.sat_beam[sat]] -= network.sat_reserved_mbps[sat]
    elif way is not None:
        arcs = path_to(way, node)
        draft.path[place] = arcs
        draft.arc_uses[arcs] += 1
        mbps = min(mbps, float(way.mbps[node]))
    _serve(instance, draft, place, option, mbps)


def _serve(instance: Instance, draft: Draft, place: int, option: int, mbps: float) -> None:
    group, share = _fill(instance, draft.rest, option, mbps)
    draft.took[place] = (group, share)
    draft.rest[group] = np.maximum(draft.rest[group] - share, 0.0)
    if place in draft.path:
        edges = _edges(instance, draft.path[place])
        draft.load_mbps[edges] += float((instance.groups.demand_mbps[group] * share).sum())


def _edges(instance: Instance, arcs: Ints) -> Ints:
    edges = instance.network.edge[arcs]
    return np.asarray(edges[edges >= 0])


def keep_only(instance: Instance, draft: Draft, places: set[int]) -> Draft:
    """The plan with only the sites of ``places``: same paths, served afresh in the same order."""
    fresh = empty_draft(instance)
    for place, choice in draft.choice.items():
        if place not in places:
            continue
        option, sat = int(instance.choice_option[choice]), int(instance.choice_sat[choice])
        fresh.choice[place] = choice
        fresh.has_site_tower[place] |= bool(instance.has_tower[option])
        mbps = float(instance.choice_mbps[choice])
        if sat >= 0:
            fresh.beam_mbps[instance.network.sat_beam[sat]] -= instance.network.sat_reserved_mbps[sat]
        else:
            arcs = fresh.path[place] = draft.path[place]
            fresh.arc_uses[arcs] += 1
            edges = _edges(instance, arcs)
            left = instance.network.edge_mbps[edges] - fresh.load_mbps[edges]
            mbps = max(0.0, min(mbps, float(left.min(initial=np.inf))))
        _serve(instance, fresh, place, option, mbps)
    return fresh


def without(instance: Instance, draft: Draft, place: int) -> Draft:
    """The plan without one site; what it served is served by nobody."""
    choice, arcs = draft.choice[place], draft.path.get(place)
    rest, load, uses = draft.rest.copy(), draft.load_mbps.copy(), draft.arc_uses.copy()
    beam, towers = draft.beam_mbps.copy(), draft.has_site_tower.copy()
    group, share = draft.took[place]
    rest[group] = np.minimum(rest[group] + share, 1.0)
    towers[place] = False
    sat = int(instance.choice_sat[choice])
    if sat >= 0:
        beam[instance.network.sat_beam[sat]] += instance.network.sat_reserved_mbps[sat]
    if arcs is not None:
        uses[arcs] -= 1
        edges = np.unique(_edges(instance, arcs))
        load[edges] -= float((instance.groups.demand_mbps[group] * share).sum())
    return Draft(
        choice={p: c for p, c in draft.choice.items() if p != place},
        path={p: a for p, a in draft.path.items() if p != place},
        took={p: t for p, t in draft.took.items() if p != place},
        rest=rest, arc_uses=uses, load_mbps=np.maximum(load, 0.0), beam_mbps=beam, has_site_tower=towers,
    )  # fmt: skip


def extra_cost(instance: Instance, draft: Draft, way: Reach) -> Floats:
    """What each choice would add to the bill."""
    network = instance.network
    node = instance.choice_node
    price = np.where(node >= 0, way.price[np.maximum(node, 0)], 0.0)
    _, tower = bought(instance, draft)
    refund = np.where(tower & ~draft.has_site_tower, network.tower_cost, 0.0)[instance.choice_place]
    return np.asarray(instance.choice_cost + price - np.where(instance.has_tower[instance.choice_option], refund, 0.0))


def open_choices(instance: Instance, draft: Draft) -> Flags:
    """Choices at places without a site whose beam has enough left."""
    taken = np.zeros(instance.n_places, dtype=bool)
    taken[list(draft.choice)] = True
    free = ~taken[instance.choice_place]
    beam = instance.choice_beam()
    if len(draft.beam_mbps):
        free &= (beam < 0) | (instance.choice_reserved() <= draft.beam_mbps[np.maximum(beam, 0)] + 1e-9)
    return np.asarray(free)


def passes_itself(instance: Instance, way: Reach, choice: int) -> bool:
    """Whether the way to a choice runs through its own place before it ends there (not where there is none)."""
    node = int(instance.choice_node[choice])
    if node < 0 or not np.isfinite(way.price[node]):
        return False
    arcs = path_to(way, node)
    own = instance.network.place_nodes[instance.choice_place[choice]]
    return bool(np.isin(instance.network.tail[arcs], own[[0, 2]]).any())


def assemble(
    instance: Instance, chosen: list[int], *, open_arcs: Flags | None = None, is_nearest_first: bool = True
) -> Draft | None:
    """Connect given choices, whatever they cost; None when one finds no way.

    Parameters
    ----------
    chosen
        Choices, at most one a place.
    open_arcs
        Arcs that may be used; all when None.
    is_nearest_first
        Join whoever is nearest to the network so far; otherwise keep the order of ``chosen``.
    """
    draft = empty_draft(instance)
    left = list(chosen)
    for choice in left:
        draft.has_site_tower[instance.choice_place[choice]] |= bool(instance.has_tower[instance.choice_option[choice]])
    while left:
        way = reach(instance, draft, open_arcs=open_arcs)
        node = instance.choice_node[left]
        price = np.where(node >= 0, way.price[np.maximum(node, 0)], -1.0)
        at = int(np.argmin(price)) if is_nearest_first else 0
        choice = left.pop(at)
        if node[at] >= 0 and passes_itself(instance, way, choice):
            way = reach(instance, draft, shut=int(instance.choice_place[choice]), open_arcs=open_arcs)
        if node[at] >= 0 and not np.isfinite(way.price[node[at]]):
            return None
        add(instance, draft, choice, way if node[at] >= 0 else None)
    return draft
