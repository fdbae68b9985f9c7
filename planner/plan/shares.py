"""Cost shares of the network: what every feasible plan must at least pay for the links of its sites.

A directed dual ascent packs cuts between the source and the terminals into the prices of the arcs; each
unit of a cut is charged to one terminal inside it. Then every plan pays at least Σ κ of its terminals.
A relay tower is free where a site stands, so what was packed on a place's own tower is given back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.plan.instance import Instance
from planner.plan.network import SOURCE, by_tail

__all__ = ["Ascent", "Shares", "share_row"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Shares:
    """One packing: share of each terminal (by node) and what lies on each place's own tower, in IDR."""

    kappa: Floats
    tower: Floats


class Ascent:
    """Packs cuts, terminal after terminal (one value per run of `pack`).

    Parameters
    ----------
    instance
        Its arcs, all at their full price.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        network = instance.network
        self.entering = by_tail(network.head, network.tail, network.n_nodes)

    def pack(self, terminals: Ints, caps: Floats, weights: Floats, stands: Floats) -> Shares:
        """Raise each terminal of the list in turn, at most by its cap; a terminal may stand in it more than once.

        Parameters
        ----------
        terminals, caps
            Nodes in order, and how far each is raised this time, in IDR.
        weights
            How much of each is wanted, positive: a tower is packed for it only where less of a site stands.
        stands
            By place: how much of a site with a tower stands there.

        Notes
        -----
        Raising one terminal all the way is a shortest path under the prices that are left: the cut at
        height r holds the nodes nearer than r, so an arc (u, v) is crossed for max(0, min(d_u, D) − min(d_v, D)).
        Whatever the weights, what lies on a place's own tower is given back, so the row stays valid.
        """
        from planner.plan._ascent_kernel import raise_ends  # numba takes a second to load

        network = self.instance.network
        full = network.arc_cost(network.edge_cost, network.tower_cost)
        left = full.copy()
        own = np.where(network.tower >= 0, stands[np.maximum(network.tower, 0)], -1.0) if len(stands) else full
        none = np.zeros(network.n_nodes)
        arc_f = (own, np.full(len(left), np.inf), np.zeros(len(left)))
        arcs, nodes = (self.entering, self.instance.leaving), np.arange(network.n_nodes)
        kappa, _, _ = raise_ends(arcs, left, arc_f, terminals, (caps, weights), nodes, (none, none), SOURCE)
        return Shares(kappa=kappa, tower=self._on_towers(full - left))

    def _on_towers(self, packing: Floats) -> Floats:
        network = self.instance.network
        packed = np.zeros(len(network.tower_cost))
        arcs = np.flatnonzero(network.tower >= 0)
        np.maximum.at(packed, network.tower[arcs], packing[arcs])
        return np.asarray(np.minimum(packed, network.tower_cost))


def share_row(instance: Instance, shares: Shares) -> Floats:
    """Coefficient of each choice in the row Σ (cost + κ − own tower) x ≤ ceiling."""
    node = instance.choice_node
    kappa = np.where(node >= 0, shares.kappa[np.maximum(node, 0)], 0.0)
    tower = np.where(instance.has_tower[instance.choice_option], shares.tower[instance.choice_place], 0.0)
    return np.asarray(instance.choice_cost + kappa - tower)
