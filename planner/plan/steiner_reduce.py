"""A smaller graph with the same best networks: chains joined, dead ends and dear parallels left out.

Nothing that wins or must be served is touched, so whatever is proven on the smaller graph holds on the whole one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

__all__ = ["Shorter", "shortened"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Shorter:
    """What is left of a graph: edges (ends by their old numbers), cost, and where each old edge went (−1: nowhere).

    The cost of an edge counts the nodes that vanished into it.
    """

    a: Ints
    b: Ints
    cost: Floats
    edge_of: Ints


def shortened(n_nodes: int, ends: tuple[Ints, Ints], cost: Floats, node_cost: Floats, is_plain: Flags) -> Shorter:
    """Leave out what no best network needs.

    Parameters
    ----------
    n_nodes
        Nodes.
    ends, cost
        Of undirected edges, costs at least 0.
    node_cost
        What passing a node costs, at least 0.
    is_plain
        Nodes that win nothing and need not be served: of these dead ends vanish, and those on a way between two
        others become part of its edge.
    """
    a, b = ends
    edge_of = np.arange(len(a))
    while True:
        before = len(a)
        for step in (_single, _joined):
            group, a, b, cost = step(n_nodes, (a, b), cost, node_cost, is_plain)
            edge_of = np.where(edge_of >= 0, group[np.maximum(edge_of, 0)] if len(group) else -1, -1)
        if len(a) == before:
            return Shorter(a, b, cost, edge_of)


def _kept(keep: Ints, n_before: int) -> Ints:
    group = np.full(n_before, -1, dtype=np.int64)
    group[keep] = np.arange(len(keep))
    return group


def _single(
    n: int, ends: tuple[Ints, Ints], cost: Floats, _: Floats, is_plain: Flags
) -> tuple[Ints, Ints, Ints, Floats]:
    """The cheapest of parallel edges, no loops, no plain dead ends."""
    a, b = np.minimum(*ends), np.maximum(*ends)
    order = np.lexsort((cost, b, a))
    pair = a[order] * n + b[order]
    is_first = np.r_[np.ones(min(1, len(pair)), dtype=bool), pair[1:] != pair[:-1]]
    keep = np.sort(order[is_first & (a[order] != b[order])])
    while True:
        degree = np.bincount(a[keep], minlength=n) + np.bincount(b[keep], minlength=n)
        dead = is_plain & (degree == 1)
        is_dead = dead[a[keep]] | dead[b[keep]]
        if not is_dead.any():
            return _kept(keep, len(a)), a[keep], b[keep], cost[keep]
        keep = keep[~is_dead]


def _joined(
    n: int, ends: tuple[Ints, Ints], cost: Floats, node_cost: Floats, is_plain: Flags
) -> tuple[Ints, Ints, Ints, Floats]:
    """Ways through plain nodes with two edges become one edge."""
    a, b = ends
    degree = np.bincount(a, minlength=n) + np.bincount(b, minlength=n)
    is_inner = is_plain & (degree == 2)
    in_a, in_b = is_inner[a], is_inner[b]
    both = np.flatnonzero(in_a & in_b)
    links = coo_array((np.ones(len(both), np.int8), (a[both], b[both])), shape=(n, n))
    label = connected_components(links, directed=False)[1].astype(np.int64)
    inner = np.flatnonzero(is_inner)
    of_way, way = np.unique(label[inner], return_inverse=True)
    number = np.full(n, -1, dtype=np.int64)
    number[inner] = way
    on = np.where(in_a, number[a], np.where(in_b, number[b], -1))  # the way each edge lies on
    length = np.bincount(on[on >= 0], cost[on >= 0], len(of_way)) + np.bincount(way, node_cost[inner], len(of_way))
    ends_of = np.flatnonzero(in_a ^ in_b)
    outer = np.where(in_a[ends_of], b[ends_of], a[ends_of])
    order = np.argsort(on[ends_of], kind="stable")
    has_ends = np.bincount(on[ends_of], minlength=len(of_way)) == 2
    outer = outer[order].reshape(-1, 2)
    plain = np.flatnonzero(on < 0)
    group = np.full(len(a), -1, dtype=np.int64)
    group[plain] = np.arange(len(plain))
    place = np.cumsum(has_ends) - 1 + len(plain)
    group[on >= 0] = np.where(has_ends, place, -1)[on[on >= 0]]
    return group, np.r_[a[plain], outer[:, 0]], np.r_[b[plain], outer[:, 1]], np.r_[cost[plain], length[has_ends]]
