"""Network-growth greedy: sites join one by one, each paying only for the links that are not bought yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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


@dataclass(frozen=True, eq=False)
class Reach:
    """Cheapest way from the network as bought to every node: price, arc that enters it, bottleneck."""

    price: Floats
    before: Ints
    arc: Ints
    mbps: Floats


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


def _bought(instance: Instance, draft: Draft) -> tuple[Flags, Flags]:
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
    edge, tower = _bought(instance, draft)
    total = sum(float(instance.choice_cost[choice]) for choice in draft.choice.values())
    network = instance.network
    return total + float(network.edge_cost[edge].sum() + network.tower_cost[tower & ~draft.has_site_tower].sum())


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
    edge, tower = _bought(instance, draft)
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
    _, tower = _bought(instance, draft)
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


def grow(
    instance: Instance, draft: Draft, *, ceiling_idr: float, favour: Floats | None = None, among: Flags | None = None,
    max_sites: int | None = None, fair: Floats | None = None, is_over: Callable[[], bool] | None = None,
) -> Draft:  # fmt: skip
    """Add the choice with the most newly served weight per rupiah until nothing fits.

    Parameters
    ----------
    draft
        Where to start; it is changed and returned.
    ceiling_idr
        On the whole plan.
    favour
        Factor on each choice's merit, such as noise or hints of a bound; all 1 when None.
    among
        Choices that may be taken; all when None.
    max_sites
        Sites to add at most.
    is_over
        Says whether the user's clock has struck; None without one.
    """
    groups = instance.groups
    spent = money(instance, draft)
    widest = float(np.max(instance.choice_mbps, initial=0.0))
    while (max_sites is None or max_sites > 0) and not (is_over is not None and is_over()):
        way = reach(instance, draft)
        ways = [way]
        if np.isfinite(way.mbps[instance.choice_node]).any():
            full = min(widest, float(groups.demand_mbps.sum()))
            ways.append(reach(instance, draft, need_mbps=full))
        found = [_best(instance, draft, w, ceiling_idr - spent, (favour, among, fair)) for w in ways]
        merit, choice, way = max(found, key=lambda item: (item[0], -item[1]))
        if not merit > 0:
            break
        add(instance, draft, choice, way if instance.choice_node[choice] >= 0 else None)
        spent = money(instance, draft)
        if max_sites is not None:
            max_sites -= 1
    return draft


def _best(
    instance: Instance, draft: Draft, way: Reach, left_idr: float,
    taste: tuple[Floats | None, Flags | None, Floats | None],
) -> tuple[float, int, Reach]:  # fmt: skip
    favour, among, fair = taste
    cost = extra_cost(instance, draft, way)
    fits = open_choices(instance, draft) & (cost <= left_idr)
    if among is not None:
        fits &= among
    if not fits.any():
        return 0.0, -1, way
    node = instance.choice_node
    mbps = np.minimum(instance.choice_mbps, np.where(node >= 0, way.mbps[np.maximum(node, 0)], np.inf))
    gain = gains(instance, draft.rest, instance.choice_option, mbps)
    tiny = 1e-9 * max(1.0, float(instance.groups.weight.sum()))
    merit = np.where(
        fits & (gain > tiny), gain / np.maximum(cost if fair is None else np.minimum(cost, fair), 1.0), 0.0
    )
    if favour is not None:
        merit *= favour
    while True:
        best = int(np.argmax(merit))
        if not merit[best] > 0 or not passes_itself(instance, way, best):
            return float(merit[best]), best, way
        other = reach(instance, draft, shut=int(instance.choice_place[best]))
        price = float(extra_cost(instance, draft, other)[best])
        alone = merit.copy()
        alone[best] = merit[best] * max(float(cost[best]), 1.0) / max(price, 1.0) if price <= left_idr else 0.0
        if alone[best] > 0 and int(np.argmax(alone)) == best:
            return float(alone[best]), best, other
        merit[best] = 0.0


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
