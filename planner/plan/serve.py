"""Whom the sites of a plan serve: the best sharing of cells among them, within radio and links."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.plan.airtime import airtime
from planner.plan.build import Draft
from planner.plan.instance import Instance
from planner.plan.solver import Rows, solve
from planner.plan.straight import straight

__all__ = ["served_weight", "share_out"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def served_weight(instance: Instance, draft: Draft) -> float:
    """Newly served weight of a plan as it stands."""
    weight = instance.groups.weight
    return float(sum(float((weight[group] * share).sum()) for group, share in draft.took.values()))


def share_out(
    instance: Instance, draft: Draft, *, floors: tuple[NDArray[np.bool_], Floats, Floats] | None = None
) -> Draft:
    """Serve as much weight as the sites can: exact, a linear program.

    Every site serves cells it reaches, within the capacity of its radio and its first link; each group
    is served at most once; the traffic over a link stays within its capacity, and where the problem knows its air, the
    users of a site share its spectrum at the rates that all sites together leave them. Paths are cut short where they
    pass a place twice.

    Parameters
    ----------
    floors
        By floor the groups inside, the least weight they shall get, and what a missing unit of it costs; None without.
    """
    groups, draft = instance.groups, straight(instance, draft)
    places = sorted(draft.choice)
    lists = [_reached(instance, draft.choice[place]) for place in places]
    site = np.repeat(np.arange(len(places)), [len(item) for item in lists])
    group = np.concatenate([*lists, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    if not len(group):
        return draft
    air = airtime(instance, draft, places, site, group)
    left = np.isfinite(air)
    site, group, air = site[left], group[left], air[left]
    column = np.arange(len(group))
    demand = groups.demand_mbps[group]
    inside, least, price = floors or (np.zeros((0, groups.n_groups), dtype=bool), np.zeros(0), np.zeros(0))
    rows = Rows(len(group) + len(least))
    row = np.unique(group, return_inverse=True)[1]
    shared = np.bincount(row)[row] > 1
    compact, number = np.unique(row[shared], return_inverse=True)
    rows.add(number, column[shared], np.ones(int(shared.sum())), high=np.ones(len(compact)))
    mbps = np.array([instance.choice_mbps[draft.choice[place]] for place in places])
    _capacity_rows(rows, site, column, demand, mbps)
    _capacity_rows(rows, site, column, air, np.ones(len(places)))
    _link_rows(instance, draft, places, rows, (site, column, demand))
    for at, (held, asked) in enumerate(zip(inside, least, strict=True)):
        mine = np.flatnonzero(held[group])
        rows.add(
            np.zeros(len(mine) + 1, np.int64), np.r_[mine, len(group) + at],
            np.r_[groups.weight[group[mine]], asked] / asked, low=np.ones(1), high=np.array([np.inf]),
        )  # fmt: skip
    gain = np.r_[groups.weight[group], -price * least]
    scale = max(1.0, float(groups.weight[group].max(initial=0.0)))
    answer = solve(rows, gain / scale, np.ones(len(gain)), options={"presolve": "off"})  # it costs more than it spares
    is_shared = answer.status == "optimal"
    wish = np.clip(answer.x[: len(group)], 0.0, 1.0) if is_shared else _as_it_stands(draft, places, site, group)
    share = _trim(instance, draft, places, (site, group, air), wish)
    return _with_shares(instance, draft, places, (site, group, share))


def _as_it_stands(draft: Draft, places: list[int], site: Ints, group: Ints) -> Floats:
    """Shares that the sites took one after the other, for where the solver gives none."""
    share = np.zeros(len(group))
    for number, place in enumerate(places):
        mine = np.flatnonzero(site == number)
        took, part = draft.took[place]
        held = np.isin(took, group[mine])
        order = np.argsort(group[mine], kind="stable")
        at = order[np.searchsorted(group[mine][order], took[held])]
        share[mine[at]] = part[held]
    return share


def _reached(instance: Instance, choice: int) -> Ints:
    option = instance.choice_option[choice]
    return np.asarray(instance.groups.indices[instance.groups.indptr[option] : instance.groups.indptr[option + 1]])


def _capacity_rows(rows: Rows, site: Ints, column: Ints, demand: Floats, mbps: Floats) -> None:
    reach = np.bincount(site, weights=demand, minlength=len(mbps))
    tight = reach > mbps
    use = tight[site] & (demand > 0)
    number = np.cumsum(tight) - 1
    rows.add(number[site[use]], column[use], demand[use], high=mbps[tight])


def _link_rows(
    instance: Instance, draft: Draft, places: list[int], rows: Rows, table: tuple[Ints, Ints, Floats]
) -> None:
    """Rows of the links that the sites together could fill."""
    site, column, demand = table
    network = instance.network
    reach = np.bincount(site, weights=demand, minlength=len(places))
    reach = np.minimum(reach, [instance.choice_mbps[draft.choice[place]] for place in places])
    could = np.zeros(len(network.edge_mbps))
    uses: dict[int, list[int]] = {}
    for number, place in enumerate(places):
        for edge in edges_of(instance, draft, place):
            could[edge] += reach[number]
            uses.setdefault(int(edge), []).append(number)
    for edge in sorted(uses):
        if could[edge] > network.edge_mbps[edge]:
            use = np.isin(site, uses[edge]) & (demand > 0)
            rows.add(np.zeros(int(use.sum()), np.int64), column[use], demand[use], high=network.edge_mbps[[edge]])


def edges_of(instance: Instance, draft: Draft, place: int) -> Ints:
    """Edges on the path of a place, each once, roots included."""
    arcs = draft.path.get(place, np.zeros(0, dtype=np.int64))
    edges = instance.network.edge[arcs]
    return np.unique(edges[edges >= 0])


def _trim(
    instance: Instance, draft: Draft, places: list[int], table: tuple[Ints, Ints, Floats], share: Floats
) -> Floats:
    """Shares with the solver's tolerance taken off, so that no capacity is passed by even a trace."""
    site, group, air = table
    demand = instance.groups.demand_mbps[group]
    share = np.where(share < 1e-9, 0.0, share)
    total = np.bincount(group, weights=share, minlength=instance.groups.n_groups)
    share = share / np.maximum(total, 1.0)[group]
    load = np.bincount(site, weights=demand * share, minlength=len(places))
    mbps = np.array([instance.choice_mbps[draft.choice[place]] for place in places])
    factor = np.minimum(1.0, np.divide(mbps, load, out=np.ones(len(load)), where=load > 0))
    factor /= np.maximum(1.0, np.bincount(site, weights=air * share, minlength=len(places)) * factor)
    carried = np.zeros(len(instance.network.edge_mbps))
    paths = [edges_of(instance, draft, place) for place in places]
    for number, edges in enumerate(paths):
        carried[edges] += load[number] * factor[number]
    ease = np.minimum(1.0, np.divide(instance.network.edge_mbps, carried, out=np.ones(len(carried)), where=carried > 0))
    for number, edges in enumerate(paths):
        factor[number] *= float(ease[edges].min(initial=1.0))
    return np.asarray(np.where(demand > 0, share * factor[site], share))


def _with_shares(instance: Instance, draft: Draft, places: list[int], table: tuple[Ints, Ints, Floats]) -> Draft:
    site, group, share = table
    rest = np.ones(instance.groups.n_groups)
    took: dict[int, tuple[Ints, Floats]] = {}
    load = np.zeros(len(instance.network.edge_mbps))
    for number, place in enumerate(places):
        mine = np.flatnonzero((site == number) & (share > 0))
        took[place] = (group[mine], share[mine])
        rest[group[mine]] -= share[mine]
        load[edges_of(instance, draft, place)] += float((instance.groups.demand_mbps[group[mine]] * share[mine]).sum())
    return Draft(
        choice=dict(draft.choice), path=dict(draft.path), took=took, rest=np.maximum(rest, 0.0),
        arc_uses=draft.arc_uses.copy(), load_mbps=load, beam_mbps=draft.beam_mbps.copy(),
        has_site_tower=draft.has_site_tower.copy(),
    )  # fmt: skip
