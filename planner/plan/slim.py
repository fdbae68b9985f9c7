"""Arcs that no cheapest network needs, left out of large problems.

An arc into a node is needless when its link alone costs more than bringing the network to that node from
a root with every tower paid: whatever hangs below the node could hang on that way instead. So the cheapest
network of any set of sites is unchanged. Link capacities are not looked at, so small problems, which are
solved to the end, keep all their arcs.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.plan.network import SOURCE, Network, by_tail

__all__ = ["MOST_ARCS_KEPT", "slim"]

MOST_ARCS_KEPT = 400
"""Problems with fewer arcs are left as they are."""


def slim(network: Network) -> Network:
    """The network without needless arcs and dead ends.

    Parameters
    ----------
    network
        As made from the graph; returned unchanged when it has at most `MOST_ARCS_KEPT` arcs.
    """
    if len(network.tail) <= MOST_ARCS_KEPT:
        return network
    from planner.plan._ascent_kernel import shortest_tree  # numba takes a second to load

    leaving = by_tail(network.tail, network.head, network.n_nodes)
    distance, entered = shortest_tree(*leaving, network.arc_cost(network.edge_cost, network.tower_cost), SOURCE)
    cost = np.where(network.edge >= 0, network.edge_cost[network.edge], 0.0)
    arcs = np.arange(len(network.tail))
    is_tree = entered[network.head] == arcs
    keep = np.isfinite(distance[network.tail]) & (is_tree | (cost <= distance[network.head]))
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
