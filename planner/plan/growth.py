"""A plan in the making as flat arrays for the compiled growth (`planner.plan._grow_kernel`), and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.plan.draft import Draft, empty_draft, gains, money
from planner.plan.instance import Instance
from planner.plan.network import SOURCE, by_tail

if TYPE_CHECKING:
    from planner.plan._grow_kernel import World

__all__ = ["Field", "field_of", "from_field", "grow"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_LEAST_MBPS = 1e-6
_MOST_LEVELS = 4
_AT_ONCE = 50
"""Sites between two looks at the clock."""
_ROOM = 64
"""Arcs a path may have beyond twice the longest of the first ways."""


@dataclass(frozen=True, eq=False)
class Field:
    """Tuples of arrays, as the kernels take them; those of ``use``, ``way``, ``site`` and ``book`` change in place."""

    net_i: tuple[Ints, ...]
    net_f: tuple[Floats, ...]
    use_i: tuple[Ints, ...]
    use_f: tuple[Floats, ...]
    way_i: tuple[Ints, ...]
    way_f: tuple[Floats, ...]
    offer_i: tuple[Ints, ...]
    offer_f: tuple[Floats, ...]
    site_i: tuple[Ints, ...]
    site_f: tuple[Floats, ...]
    book_i: tuple[Ints, ...]

    def world(self) -> World:
        """All tuples in the order of the kernels' last argument."""
        return (
            self.net_i, self.net_f, self.use_i, self.use_f, self.way_i, self.way_f, self.offer_i, self.offer_f,
            self.site_i, self.site_f, self.book_i,
        )  # fmt: skip

    @property
    def spent_idr(self) -> float:
        """What the plan costs."""
        return float(self.use_f[3][0])

    @property
    def value(self) -> float:
        """Weight it newly serves."""
        return float(self.use_f[3][1])


def _lists(label: Ints, size: int) -> tuple[Ints, Ints]:
    """Offsets and members of each label; −1 belongs to none."""
    member = np.flatnonzero(label >= 0)
    member = member[np.argsort(label[member], kind="stable")].astype(np.int64)
    return np.searchsorted(label[member], np.arange(size + 1)).astype(np.int64), member


@lru_cache(maxsize=4)
def _fixed(
    instance: Instance,
) -> tuple[tuple[Ints, ...], tuple[Floats, ...], tuple[Ints, ...], tuple[Floats, ...], Floats, int]:
    """What no plan changes: network, offers, and the Mbps of the levels."""
    network, groups = instance.network, instance.groups
    net_i = (
        *by_tail(network.tail, network.head, network.n_nodes), *by_tail(network.head, network.tail, network.n_nodes),
        network.tail, network.head, network.edge, network.tower,
        *_lists(network.edge, len(network.edge_cost)), *_lists(network.tower, len(network.tower_cost)),
    )  # fmt: skip
    levels = _levels(instance)
    n_options = len(groups.indptr) - 1
    option_of = np.repeat(np.arange(n_options), np.diff(groups.indptr))
    by_group = np.argsort(groups.indices, kind="stable")
    group_first = np.searchsorted(groups.indices[by_group], np.arange(groups.n_groups + 1)).astype(np.int64)
    nodes = network.place_nodes[: max(1, instance.n_places)]
    offer_i = (
        instance.choice_option, instance.choice_place, instance.choice_node, instance.choice_beam(),
        np.searchsorted(levels, instance.choice_mbps * (1 - 1e-9)).clip(1, len(levels) - 1).astype(np.int64),
        instance.has_tower[instance.choice_option].astype(np.int64), groups.indptr, groups.indices,
        group_first, option_of[by_group].astype(np.int64), *_lists(instance.choice_option, n_options),
        np.ascontiguousarray(nodes[:, 0]), np.ascontiguousarray(nodes[:, 2]),
    )  # fmt: skip
    tiny = 1e-9 * max(1.0, float(groups.weight.sum()))
    offer_f = (
        instance.choice_cost, instance.choice_mbps, instance.choice_reserved(), groups.weight, groups.demand_mbps,
        np.array([tiny]),
    )  # fmt: skip
    return (
        net_i,
        (network.edge_cost, network.edge_mbps, network.tower_cost),
        offer_i,
        offer_f,
        levels,
        _longest(instance),
    )


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


def field_of(instance: Instance, draft: Draft) -> Field:
    """A draft as arrays, with the ways from its network to every node."""
    from planner.plan._grow_kernel import way_trees  # numba takes a second to load

    net_i, net_f, offer_i, offer_f, levels, longest = _fixed(instance)
    network, n_arcs = instance.network, len(instance.network.tail)
    uses = draft.arc_uses.astype(np.int64)
    on, tower = network.edge >= 0, network.tower >= 0
    n_edges, n_towers = len(network.edge_cost), len(network.tower_cost)
    use_i = (
        uses, np.bincount(network.edge[on], weights=uses[on], minlength=n_edges).astype(np.int64),
        np.bincount(network.tower[tower], weights=uses[tower], minlength=n_towers).astype(np.int64),
        draft.has_site_tower.astype(np.int64),
    )  # fmt: skip
    site_i, share, mbps = _sites(instance, draft, longest)
    gain = gains(instance, draft.rest, instance.choice_option, instance.choice_mbps)
    value = sum(float((instance.groups.weight[group] * part).sum()) for group, part in draft.took.values())
    use_f = (draft.load_mbps.copy(), draft.beam_mbps.copy(), mbps, np.array([money(instance, draft), value]))
    size = len(levels) * network.n_nodes
    way_i = (
        np.full(size, -1, dtype=np.int64), np.zeros(3 * n_arcs + network.n_nodes + 16, dtype=np.int64),
        np.zeros(network.n_nodes, dtype=np.int64),
    )  # fmt: skip
    way_f = (np.full(size, np.inf), levels, np.zeros(len(way_i[1])))
    book_i = (np.zeros(n_arcs, dtype=np.int64), np.zeros(n_arcs, dtype=np.int64), np.zeros(1, dtype=np.int64))
    field = Field(
        net_i, net_f, use_i, use_f, way_i, way_f, offer_i, offer_f, site_i, (share, draft.rest.copy(), gain), book_i
    )
    way_trees(SOURCE, field.world())
    return field


def _sites(instance: Instance, draft: Draft, longest: int) -> tuple[tuple[Ints, ...], Floats, Floats]:
    """Choices, steps, paths, marks of options and stride; shares; Mbps of each place."""
    groups, n_places = instance.groups, max(1, instance.n_places)
    stride = max([longest, *(len(path) for path in draft.path.values())])
    choice, steps = np.full(n_places, -1, dtype=np.int64), np.zeros(n_places, dtype=np.int64)
    paths, share, mbps = np.zeros(n_places * stride, dtype=np.int64), np.zeros(len(groups.indices)), np.zeros(n_places)
    for place, number in draft.choice.items():
        path = draft.path.get(place, np.zeros(0, dtype=np.int64))
        choice[place], steps[place] = number, len(path)
        paths[place * stride : place * stride + len(path)] = path
        group, part = draft.took[place]
        mbps[place] = float((groups.demand_mbps[group] * part).sum())
        first, last = groups.indptr[instance.choice_option[number] : instance.choice_option[number] + 2]
        order = np.argsort(groups.indices[first:last], kind="stable")
        share[first + order[np.searchsorted(groups.indices[first:last][order], group)]] = part
    return (choice, steps, paths, np.zeros(len(groups.indptr) - 1, dtype=np.int64), np.array([stride])), share, mbps


def _longest(instance: Instance) -> int:
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
    field = field_of(instance, draft)
    taste = np.ones(instance.n_choices) if favour is None else np.maximum(favour, 0.0)
    taste = taste if among is None else np.where(among, taste, 0.0)
    dear = np.full(instance.n_choices, np.inf) if fair is None else fair
    order, left = list(draft.choice), instance.n_places if max_sites is None else max_sites
    added, idle, none = np.zeros(instance.n_places, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    top_i, top_f = (idle, idle, idle), (none, none)  # no record is kept: nothing is taken out
    while left > 0 and not (is_over is not None and is_over()):
        now = min(left, _AT_ONCE)
        when = (0, 0, 1, 0, now)
        n_new = search_plans(
            when, ceiling_idr, (taste, none, dear), (idle, added), (none, none), top_i, top_f, field.world()
        )
        order += added[:n_new].tolist()
        left -= now
        if n_new < now:
            break
    fresh = from_field(
        instance, (field.site_i[0], field.site_i[1], field.site_i[2], field.site_f[0]), int(field.site_i[4][0]), order
    )
    vars(draft).update(vars(fresh))
    return draft
