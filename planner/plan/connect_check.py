"""Walk an answer of `planner.plan.connect` over the graph as it was given, reckoning everything anew."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable
from typing import Any

import networkx as nx

from planner.plan.connect_net import Node, Wishes

__all__ = ["reckoned"]

_SLACK = 1e-9


def reckoned(
    graph: nx.Graph[Any], wishes: Wishes, chosen: tuple[Node, ...], satellite: tuple[Node, ...], edges: tuple[tuple[Node, Node], ...]
) -> tuple[float, float]:  # fmt: skip
    """Cost and prizes of an answer that keeps every rule.

    Raises
    ------
    RuntimeError
        An answer that breaks one: a fault of the program, never of the input.
    """
    roots, on, faults = set(wishes.roots), set(chosen), []
    reached = set(roots)
    for tail, head in edges:
        if tail not in reached or head in reached:
            faults.append(f"edge {tail!r} – {head!r} does not lead on from a root")
        reached.add(head)
    if reached - roots != on:
        faults.append("the nodes on the network are not those its edges reach")
    if on & set(satellite):
        faults.append("a node is on the network and on a satellite")
    parts = [_least_cost(graph, tail, head) for tail, head in edges]
    parts += [float(wishes.costs.get(v, 0.0)) for v in chosen] + [float(wishes.satellites.costs[v]) for v in satellite]
    cost = math.fsum(parts)
    if wishes.budget is not None and cost > wishes.budget * (1 + _SLACK):
        faults.append(f"cost {cost} is beyond the budget of {wishes.budget}")
    served = on | set(satellite) | roots
    faults += [f"required {v!r} is not served" for v in wishes.required if v not in served]
    used: dict[Hashable, float] = defaultdict(float)
    for v in satellite:
        for beam in dict.fromkeys(wishes.satellites.beams.get(v, ())):
            used[beam] += float(wishes.satellites.mbps[v])
    room = wishes.satellites.beam_mbps
    faults += [
        f"beam {beam!r} gives {u} of {room[beam]} Mbps" for beam, u in used.items() if u > room[beam] * (1 + _SLACK)
    ]
    if faults:
        message = f"connect made an answer that breaks {len(faults)} rule(s): {'; '.join(faults[:5])}"
        raise RuntimeError(message)
    return cost, math.fsum(float(wishes.prizes.get(v, 0.0)) for v in served - roots)


def _least_cost(graph: Any, tail: Node, head: Node) -> float:
    """Of parallel edges the cheapest."""
    found = graph.get_edge_data(tail, head)
    return min(float(data["cost"]) for data in found.values()) if graph.is_multigraph() else float(found["cost"])
