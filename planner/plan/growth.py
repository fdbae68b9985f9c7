"""A plan in the making as tables for the compiled growth (`planner.plan._grow_kernel`), and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.plan.draft import Draft, empty_draft, gains, money
from planner.plan.instance import Instance
from planner.plan.network import SOURCE, by_tail

if TYPE_CHECKING:
    from planner.plan._grow_kernel import World

__all__ = ["COLUMNS", "entries", "field_of", "from_field", "grow", "longest"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Table = NDArray[Any]
"""Records (their columns have no types that the checker knows)."""
_LEAST_MBPS = 1e-6
_MOST_LEVELS = 4
_AT_ONCE = 50
"""Sites between two looks at the clock."""
_ROOM = 64
"""Arcs a path may have beyond twice the longest of the first ways."""


_INT, _FLOAT = "i8", "f8"
COLUMNS: dict[str, list[tuple[str, str]]] = {
    "arc": [(name, _INT) for name in ("tail", "head", "edge", "tower", "uses")],
    "leave": [("other", _INT), ("arc", _INT)],
    "enter": [("other", _INT), ("arc", _INT)],
    "owned": [(name, _INT) for name in ("of_edge", "of_tower", "noted", "book")],
    "node": [(name, _INT) for name in ("leave", "enter", "lost")],
    "edge": [("cost", _FLOAT), ("mbps", _FLOAT), ("load", _FLOAT), ("uses", _INT), ("first", _INT)],
    "tower": [("cost", _FLOAT), ("uses", _INT), ("stands", _INT), ("first", _INT)],
    "way": [("price", _FLOAT), ("arc", _INT)],
    "choice": [
        *[(name, _INT) for name in ("option", "place", "node", "beam", "level", "has_tower", "of_option")],
        *[(name, _FLOAT) for name in ("cost", "mbps", "reserved", "gain")],
    ],
    "option": [("first", _INT), ("first_choice", _INT), ("place", _INT), ("is_touched", _INT)],
    "cover": [("group", _INT), ("option", _INT), ("entry", _INT), ("share", _FLOAT)],
    "group": [("weight", _FLOAT), ("mbps", _FLOAT), ("rest", _FLOAT), ("first", _INT)],
    "place": [("fiber", _INT), ("mast", _INT), ("choice", _INT), ("steps", _INT), ("mbps", _FLOAT)],
}
"""Columns of the tables of a `planner.plan._grow_kernel.World`."""


def _lists(label: Ints, size: int) -> tuple[Ints, Ints]:
    """Offsets and members of each label; −1 belongs to none."""
    member = np.flatnonzero(label >= 0)
    member = member[np.argsort(label[member], kind="stable")].astype(np.int64)
    return np.searchsorted(label[member], np.arange(size + 1)).astype(np.int64), member


def _table(name: str, size: int, **values: Any) -> Table:
    """A record array; columns shorter than the table are filled up with 0."""
    made = np.zeros(size, dtype=COLUMNS[name])
    for column, value in values.items():
        made[column][: len(value) if np.ndim(value) else size] = value
    return made


@lru_cache(maxsize=4)
def _fixed(instance: Instance) -> tuple[dict[str, Table], Floats, int]:
    """Tables before any plan, the Mbps of the levels, and the arcs a path may have."""
    network, groups = instance.network, instance.groups
    n_arcs, n_options = len(network.tail), len(groups.indptr) - 1
    leave = by_tail(network.tail, network.head, network.n_nodes)
    enter = by_tail(network.head, network.tail, network.n_nodes)
    edge_first, of_edge = _lists(network.edge, len(network.edge_cost))
    tower_first, of_tower = _lists(network.tower, len(network.tower_cost))
    levels = _levels(instance)
    by_group = np.argsort(groups.indices, kind="stable")
    option_of = np.repeat(np.arange(n_options), np.diff(groups.indptr))
    first_choice, of_option = _lists(instance.choice_option, n_options)
    nodes = network.place_nodes[: max(1, instance.n_places)]
    level = np.searchsorted(levels, instance.choice_mbps * (1 - 1e-9)).clip(1, len(levels) - 1)
    tables = {
        "arc": _table("arc", n_arcs, tail=network.tail, head=network.head, edge=network.edge, tower=network.tower),
        "leave": _table("leave", n_arcs, other=leave[1], arc=leave[2]),
        "enter": _table("enter", n_arcs, other=enter[1], arc=enter[2]),
        "owned": _table("owned", n_arcs, of_edge=of_edge, of_tower=of_tower),
        "node": _table("node", network.n_nodes + 1, leave=leave[0], enter=enter[0]),
        "edge": _table("edge", len(edge_first), cost=network.edge_cost, mbps=network.edge_mbps, first=edge_first),
        "tower": _table("tower", len(tower_first), cost=network.tower_cost, first=tower_first),
        "way": _table("way", len(levels) * network.n_nodes),
        "choice": _table(
            "choice", instance.n_choices, option=instance.choice_option, place=instance.choice_place,
            node=instance.choice_node, beam=instance.choice_beam(), level=level,
            has_tower=instance.has_tower[instance.choice_option], of_option=of_option, cost=instance.choice_cost,
            mbps=instance.choice_mbps, reserved=instance.choice_reserved(),
        ),
        "option": _table(
            "option", n_options + 1, first=groups.indptr, first_choice=first_choice, place=instance.option_place
        ),
        "cover": _table("cover", len(groups.indices), group=groups.indices, option=option_of[by_group], entry=by_group),
        "group": _table(
            "group", groups.n_groups + 1, weight=groups.weight, mbps=groups.demand_mbps,
            first=np.searchsorted(groups.indices[by_group], np.arange(groups.n_groups + 1)),
        ),
        "place": _table("place", len(nodes), fiber=nodes[:, 0], mast=nodes[:, 2]),
    }  # fmt: skip
    return tables, levels, longest(instance)


def _levels(instance: Instance) -> Floats:
    """Mbps that ways are kept for: hardly any, and a few steps up to what the widest choice can use."""
    on = instance.choice_node >= 0
    reach = np.minimum(instance.choice_mbps[on], float(instance.groups.demand_mbps.sum()) + _LEAST_MBPS)
    found, count = np.unique(reach, return_counts=True)
    if not len(found):
        return np.array([_LEAST_MBPS, 1.0])
    if len(found) > _MOST_LEVELS:
        share = np.cumsum(count) / count.sum()
        at = np.unique(np.searchsorted(share, np.arange(1, _MOST_LEVELS) / _MOST_LEVELS))
        found = np.unique(found[np.r_[at, len(found) - 1]])
    return np.asarray(np.r_[_LEAST_MBPS, np.maximum(found * (1 - 1e-9), 2 * _LEAST_MBPS)])


def field_of(instance: Instance, draft: Draft) -> World:
    """A draft as tables, with the ways from its network to every node."""
    from planner.plan._grow_kernel import World, way_trees  # numba takes a second to load

    fixed, levels, longest = _fixed(instance)
    tables = {name: table.copy() for name, table in fixed.items()}
    network, groups, n_arcs = instance.network, instance.groups, len(instance.network.tail)
    on, tower = network.edge >= 0, network.tower >= 0
    tables["arc"]["uses"] = draft.arc_uses
    n_edges, n_towers = len(network.edge_cost), len(network.tower_cost)
    tables["edge"]["uses"][:n_edges] = np.bincount(network.edge[on], weights=draft.arc_uses[on], minlength=n_edges)
    tables["edge"]["load"][:n_edges] = draft.load_mbps
    tables["tower"]["uses"][:n_towers] = np.bincount(
        network.tower[tower], weights=draft.arc_uses[tower], minlength=n_towers
    )
    tables["tower"]["stands"][:n_towers] = draft.has_site_tower
    tables["group"]["rest"][: groups.n_groups] = draft.rest
    tables["choice"]["gain"] = gains(instance, draft.rest, instance.choice_option, instance.choice_mbps)
    paths, stride = _sites(instance, draft, longest, tables)
    value = sum(float((groups.weight[group] * part).sum()) for group, part in draft.took.values())
    room = 3 * n_arcs + network.n_nodes + 16
    tiny = 1e-9 * max(1.0, float(groups.weight.sum()))
    world = World(
        **tables, path=paths, beam=draft.beam_mbps.copy(), level=levels, keys=np.zeros(room),
        items=np.zeros(room, dtype=np.int64), sum=np.array([money(instance, draft), value, tiny]),
        tally=np.array([0, stride]),
    )  # fmt: skip
    way_trees(SOURCE, world)
    return world


def _sites(instance: Instance, draft: Draft, longest: int, tables: dict[str, Table]) -> tuple[Ints, int]:
    """Paths of the sites and their stride; choices, steps, Mbps and shares go into the tables."""
    groups, places, share = instance.groups, tables["place"], tables["cover"]["share"]
    stride = max([longest, *(len(path) for path in draft.path.values())])
    paths = np.zeros(len(places) * stride, dtype=np.int64)
    places["choice"] = -1
    for place, number in draft.choice.items():
        path = draft.path.get(place, np.zeros(0, dtype=np.int64))
        group, part = draft.took[place]
        places["choice"][place], places["steps"][place] = number, len(path)
        places["mbps"][place] = float((groups.demand_mbps[group] * part).sum())
        paths[place * stride : place * stride + len(path)] = path
        first, last = groups.indptr[instance.choice_option[number] : instance.choice_option[number] + 2]
        order = np.argsort(groups.indices[first:last], kind="stable")
        share[first + order[np.searchsorted(groups.indices[first:last][order], group)]] = part
    return paths, stride


def longest(instance: Instance) -> int:
    """Arcs a path may have: twice the longest cheapest way, and some room."""
    from planner.plan._ascent_kernel import shortest_tree  # numba takes a second to load

    network = instance.network
    _, arc = shortest_tree(*instance.leaving, network.arc_cost(network.edge_cost, network.tower_cost), SOURCE)
    before = np.where(arc >= 0, network.tail[np.maximum(arc, 0)], -1) if len(network.tail) else arc
    depth, at = 0, np.flatnonzero(before >= 0)
    while len(at):
        depth += 1
        at = np.unique(before[at])
        at = at[before[at] >= 0]
    return min(network.n_nodes, 2 * depth + _ROOM)


def from_field(instance: Instance, site: tuple[Ints, Ints, Ints, Floats], stride: int, order: list[int]) -> Draft:
    """The draft of choices, steps, paths and shares, its places in the given order."""
    choice, steps, paths, share = site
    groups, network = instance.groups, instance.network
    draft = empty_draft(instance)
    for place in order:
        number = int(choice[place])
        option, sat = int(instance.choice_option[number]), int(instance.choice_sat[number])
        first, last = groups.indptr[option], groups.indptr[option + 1]
        took = first + np.flatnonzero(share[first:last] > 0)
        group, part = groups.indices[took], share[took]
        draft.choice[place], draft.took[place] = number, (group, part)
        draft.rest[group] -= part
        draft.has_site_tower[place] |= bool(instance.has_tower[option])
        if sat >= 0:
            draft.beam_mbps[network.sat_beam[sat]] -= network.sat_reserved_mbps[sat]
        else:
            path = draft.path[place] = paths[place * stride : place * stride + steps[place]].copy()
            draft.arc_uses[path] += 1
            edges = network.edge[path]
            draft.load_mbps[edges[edges >= 0]] += float((groups.demand_mbps[group] * part).sum())
    np.maximum(draft.rest, 0.0, out=draft.rest)
    return draft


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
    fair
        By choice: its price counts for no more than this in merits.
    is_over
        Says whether the user's clock has struck; None without one.
    """
    from planner.plan._ruin_kernel import search_plans  # numba takes a second to load

    if not instance.n_choices:
        return draft
    world = field_of(instance, draft)
    taste = np.ones(instance.n_choices) if favour is None else np.maximum(favour, 0.0)
    taste = taste if among is None else np.where(among, taste, 0.0)
    dear = np.full(instance.n_choices, np.inf) if fair is None else fair
    order, left = list(draft.choice), instance.n_places if max_sites is None else max_sites
    added, idle, none = np.zeros(instance.n_places, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    top_i, top_f = (idle, idle, idle), (none, none)  # no record is kept: nothing is taken out
    while left > 0 and not (is_over is not None and is_over()):
        now = min(left, _AT_ONCE)
        when = (0, 0, 1, 0, now)
        n_new = search_plans(when, ceiling_idr, (taste, none, dear), (idle, added), (none, none), top_i, top_f, world)
        order += added[:n_new].tolist()
        left -= now
        if n_new < now:
            break
    site = (world.place["choice"], world.place["steps"], world.path, world.cover["share"])
    fresh = from_field(instance, site, int(world.tally[1]), order)
    vars(draft).update(vars(fresh))
    return draft


def entries(instance: Instance, draft: Draft) -> dict[int, float]:
    """What the plan would cost with each place that joins when it is continued greedily until nothing is gained; IDR.

    Parameters
    ----------
    draft
        The plan as it stands; it is not changed.
    """
    from planner.plan._ruin_kernel import search_plans  # numba takes a second to load

    if not instance.n_choices:
        return {}
    world, n = field_of(instance, draft), instance.n_places
    ones, free = np.ones(instance.n_choices), np.full(instance.n_choices, np.inf)
    added, bill, idle, none = np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(0, dtype=np.int64), np.zeros(0)
    top_i, top_f = (idle, idle, idle), (bill, none)
    n_new = search_plans(
        (0, 0, 1, 0, n), np.inf, (ones, none, free), (idle, added), (none, none), top_i, top_f, world
    )  # fmt: skip
    return dict(zip(added[:n_new].tolist(), bill[:n_new].tolist(), strict=True))
