"""Arcs that no cheapest network needs, left out of large problems.

An arc into a node is needless when its link alone costs more than bringing the network to that node from
a root with every tower paid: whatever hangs below the node could hang on that way instead. So the cheapest
network of any set of sites is unchanged. Link capacities are not looked at, so small problems, which are
solved to the end, keep all their arcs.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.plan.network import SOURCE, Network, by_tail

__all__ = ["MOST_ARCS_KEPT", "slim"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_ARCS_KEPT = 400
"""Problems with fewer arcs are left as they are."""


def slim(network: Network, *, apart: tuple[tuple[Floats, Floats], ...] = ()) -> Network:
    """The network without needless arcs and dead ends.

    Parameters
    ----------
    network
        As made from the graph; returned unchanged when it has at most `MOST_ARCS_KEPT` arcs.
    apart
        Costs of edges and towers that are paid apart, such as capex and opex: an arc must be needless, along the same
        way, by each of them. Empty: by the network's own.
    """
    if len(network.tail) <= MOST_ARCS_KEPT:
        return network
    from planner.plan._ascent_kernel import shortest_tree  # numba takes a second to load

    leaving = by_tail(network.tail, network.head, network.n_nodes)
    distance, entered = shortest_tree(*leaving, network.arc_cost(network.edge_cost, network.tower_cost), SOURCE)
    arcs = np.arange(len(network.tail))
    is_wanted = entered[network.head] == arcs
    for edge, tower in apart or ((network.edge_cost, network.tower_cost),):
        cost = np.where(network.edge >= 0, edge[network.edge], 0.0)
        is_wanted |= cost <= _along(network, entered, network.arc_cost(edge, tower))[network.head]
    keep = np.isfinite(distance[network.tail]) & is_wanted
    ends = np.zeros(network.n_nodes, dtype=bool)
    ends[list(network.terminal.values())] = True
    while True:
        leads = ends.copy()
        leads[network.tail[keep]] = True
        thinner = keep & leads[network.head]
        if (thinner == keep).all():
            break
        keep = thinner
    return replace(
        network, tail=network.tail[keep], head=network.head[keep], edge=network.edge[keep], tower=network.tower[keep]
    )


def _along(network: Network, entered: Ints, cost: Floats) -> Floats:
    """Cost of the way to each node along the tree of arcs that enter, by doubling the steps; inf off the tree."""
    way = np.where(entered >= 0, cost[np.maximum(entered, 0)], 0.0)
    jump = np.where(entered >= 0, network.tail[np.maximum(entered, 0)], np.arange(network.n_nodes))
    while (jump[jump] != jump).any():
        way, jump = way + way[jump], jump[jump]
    way = way + np.where(jump != np.arange(network.n_nodes), way[jump], 0.0)
    return np.where(jump == SOURCE, way, np.inf)
