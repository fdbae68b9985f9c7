"""Choices told apart by how many Mbps they carry, and rows of cost shares over them.

A copy is a choice whose sites carry more than ``need_mbps`` and at most ``mbps``: its path then runs over links of
more than ``need_mbps`` alone. Every site of every plan is a site of one copy of its choice, so a bound over copies
bounds all plans, and thin links and roots no longer connect wide sites.

Roots (and links) may have a price μ per Mbps besides. For any μ ≥ 0, what passes a root pays for it at most what the
root's whole capacity costs, so with the shares κ of a directed dual ascent under which a copy of load U pays μ U
along its way, every plan within the ceiling B keeps

    Σ (cost + κ − own tower) x − Σ rebate (U x − Mbps)  ≤  B + Σ μ capacity.

A path that carries less than U pays less for the root, at most ``rebate`` (the dearest μ within reach) a Mbps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from planner.plan.instance import Instance
from planner.plan.network import SOURCE, by_tail

__all__ = ["Copies", "CopyHunt", "Row", "make_copies"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_STEPS = (0.0, 0.3, 0.6, 1.0)
"""Ends of the classes of Mbps, shares of what a choice can carry at most."""


@dataclass(frozen=True, eq=False)
class Copies:
    """Copies in order of place, option and choice.

    Parameters
    ----------
    choice, place, option
        Of each copy.
    mbps, need_mbps
        It carries at most this, and more than that (0 for the first class).
    end
        Number of its end of the network; −1 for satellite.
    end_node, end_need_mbps, end_load_mbps, end_far_idr
        Ends: terminal, Mbps that closed links have at most, load, and the least price of a way from nothing.
    first, last
        By option: its copies are ``first`` … ``last − 1``.
    place_first
        By place with copies: where its copies begin.
    """

    choice: Ints
    place: Ints
    option: Ints
    mbps: Floats
    need_mbps: Floats
    end: Ints
    end_node: Ints
    end_need_mbps: Floats
    end_load_mbps: Floats
    end_far_idr: Floats
    first: Ints
    last: Ints
    place_first: Ints


def _classes(instance: Instance, demand: Floats) -> tuple[Ints, Floats, Floats]:
    """Choice, most and least Mbps of every class; one class where no link is thinner than all demand."""
    network = instance.network
    most = np.minimum(instance.choice_mbps, demand[instance.choice_option])
    is_thin = bool((network.edge_mbps < float(instance.groups.demand_mbps.sum())).any())
    steps = _STEPS if is_thin else (0.0, 1.0)
    choice, top, low = [], [], []
    for k in range(len(steps) - 1):
        wired = instance.choice_node >= 0
        of = np.flatnonzero(wired if k < len(steps) - 2 else np.ones(len(wired), dtype=bool))
        choice.append(of)
        top.append(most[of] * steps[k + 1])
        low.append(np.where(wired[of], most[of] * steps[k], 0.0))
    return np.concatenate(choice), np.concatenate(top), np.concatenate(low)


@lru_cache(maxsize=4)
def make_copies(instance: Instance) -> Copies:
    """Copies of all choices that could be connected: under any ceiling, for lines of the bound reach over many."""
    from planner.plan._ascent_kernel import shortest_tree  # numba takes a second to load

    network, groups = instance.network, instance.groups
    sums = np.r_[0.0, np.cumsum(groups.demand_mbps[groups.indices])]
    demand = (sums[groups.indptr[1:]] - sums[groups.indptr[:-1]]) * (1 + 1e-12) + 1e-12 * sums[-1]
    choice, mbps, need = _classes(instance, demand)
    arc_mbps = _arc_mbps(instance)
    tower = network.tower_cost.copy()
    np.minimum.at(tower, instance.option_place, instance.option_cost)
    price = network.arc_cost(network.edge_cost, tower)
    node = instance.choice_node[choice]
    far = np.zeros(len(choice))
    for least in np.unique(need[node >= 0]):
        of = np.flatnonzero((node >= 0) & (need == least))
        far[of] = shortest_tree(*instance.leaving, np.where(arc_mbps <= least, np.inf, price), SOURCE)[0][node[of]]
    keep = np.flatnonzero(np.isfinite(far))
    order = keep[np.lexsort((need[keep], choice[keep], instance.choice_option[choice[keep]], instance.choice_place[choice[keep]]))]  # fmt: skip
    choice, mbps, need, far, node = choice[order], mbps[order], need[order], far[order], node[order]
    wired = np.flatnonzero(node >= 0)
    ends, number = np.unique(np.c_[node[wired], need[wired], mbps[wired]], axis=0, return_inverse=True)
    end = np.full(len(choice), -1, dtype=np.int64)
    end[wired] = number.reshape(-1)
    end_far = np.zeros(len(ends))
    end_far[end[wired]] = far[wired]
    option, place = instance.choice_option[choice], instance.choice_place[choice]
    first = np.zeros(len(groups.indptr) - 1, dtype=np.int64)
    last = np.zeros(len(groups.indptr) - 1, dtype=np.int64)
    begins = np.flatnonzero(np.r_[True, option[1:] != option[:-1]]) if len(option) else np.zeros(0, dtype=np.int64)
    first[option[begins]] = begins
    last[option[begins]] = np.r_[begins[1:], len(option)]
    place_first = np.flatnonzero(np.r_[True, place[1:] != place[:-1]]) if len(place) else begins
    return Copies(
        choice=choice, place=place, option=option, mbps=mbps, need_mbps=need, end=end,
        end_node=np.array(ends[:, 0], dtype=np.int64), end_need_mbps=np.array(ends[:, 1]), end_load_mbps=np.array(ends[:, 2]),
        end_far_idr=end_far, first=first, last=last, place_first=place_first.astype(np.int64),
    )  # fmt: skip


def _arc_mbps(instance: Instance) -> Floats:
    network = instance.network
    if not len(network.edge_mbps):
        return np.full(len(network.tail), np.inf)
    return np.where(network.edge >= 0, network.edge_mbps[network.edge], np.inf)


@dataclass(frozen=True, eq=False)
class Row:
    """Σ cost x − Σ rebate (Mbps not carried) ≤ high, by copy, in IDR; ``root_mbps``: what ``x`` sends over each arc."""

    cost: Floats
    rebate: Floats
    high: float
    root_mbps: Floats


class CopyHunt:
    """Finds rows of cost shares over copies, packed in the order in which a fractional answer uses the ends."""

    def __init__(self, instance: Instance, copies: Copies, ceiling_idr: float) -> None:
        network = instance.network
        self.instance, self.copies, self.ceiling_idr = instance, copies, ceiling_idr
        self.arc_mbps = _arc_mbps(instance)
        self.roots = np.flatnonzero((network.tail == SOURCE) & np.isfinite(self.arc_mbps) & (network.edge >= 0))
        self.full = network.arc_cost(network.edge_cost, network.tower_cost)
        self.arcs = (by_tail(network.head, network.tail, network.n_nodes), instance.leaving)
        far = copies.end_far_idr[copies.end_far_idr > 0]
        self.step_idr = float(np.median(far)) / 4.0 if len(far) else 1.0
        self.wired = np.flatnonzero(copies.end >= 0)
        self.has_tower = instance.has_tower[copies.option]

    def row(self, x: Floats, mbps_idr: Floats, *, is_flat: bool) -> Row:
        """One row.

        Parameters
        ----------
        x
            By copy, 0–1: whom the row is to be dear for.
        mbps_idr
            By arc from the source to a root of known capacity: price of a Mbps, IDR; 0 elsewhere.
        is_flat
            Treat all ends alike in what they need of towers.
        """
        from planner.plan._ascent_kernel import raise_ends  # numba takes a second to load

        copies, network = self.copies, self.instance.network
        h = np.bincount(copies.end[self.wired], weights=x[self.wired], minlength=len(copies.end_node))
        stands = np.bincount(copies.place, weights=x * self.has_tower, minlength=len(network.tower_cost))
        active, idle = np.flatnonzero(h > 1e-3), np.flatnonzero(h <= 1e-3)
        first = active[np.lexsort((copies.end_far_idr[active], -h[active]))]
        last = idle[np.argsort(copies.end_far_idr[idle], kind="stable")]
        order = np.r_[np.tile(first, 8), first, last]
        caps = np.r_[np.full(8 * len(first), self.step_idr), np.full(len(first) + len(last), np.inf)]
        weight = np.ones(len(order)) if is_flat else np.maximum(h, 1e-3)[order]
        own = np.where(stands <= 0.2, 0.0, 2.0) if is_flat else stands
        left = self.full.copy()
        arc_own = np.where(network.tower >= 0, own[network.tower], -1.0) if len(own) else np.full(len(left), -1.0)
        kappa, rebate, root = raise_ends(
            self.arcs, left, (arc_own, self.arc_mbps, mbps_idr), order, (caps, weight), copies.end_node,
            (copies.end_need_mbps, copies.end_load_mbps), SOURCE,
        )  # fmt: skip
        tower = np.zeros(len(network.tower_cost))
        on = np.flatnonzero(network.tower >= 0)
        np.maximum.at(tower, network.tower[on], (self.full - left)[on])
        tower = np.minimum(tower, network.tower_cost)
        cost = self.instance.choice_cost[copies.choice] - np.where(self.has_tower, tower[copies.place], 0.0)
        cost[self.wired] += kappa[copies.end[self.wired]]
        given = np.zeros(len(cost))
        given[self.wired] = rebate[copies.end[self.wired]]
        high = self.ceiling_idr + float(mbps_idr[self.roots] @ self.arc_mbps[self.roots])
        at = root[copies.end[self.wired]]
        sent = np.bincount(np.maximum(at, 0), weights=np.where(at >= 0, (x * copies.mbps)[self.wired], 0.0), minlength=len(left))  # fmt: skip
        return Row(cost, given, high, sent.astype(np.float64))
