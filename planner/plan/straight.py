"""Paths without detours: links that cost nothing let a cheapest way come back to a place that it has left."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.plan.draft import Draft
from planner.plan.instance import Instance

__all__ = ["straight"]

Ints = NDArray[np.int64]


def straight(instance: Instance, draft: Draft) -> Draft:
    """The draft with every path cut short where it passes a place twice; the same draft where none does.

    Notes
    -----
    A way that leaves a place and comes back goes on from where it first arrived: by microwave it then needs the place's
    tower, which it needed at its first or second leaving as well. So nothing becomes dearer, and loads only fall.
    """
    paths, uses = dict(draft.path), draft.arc_uses
    for place, arcs in draft.path.items():
        short = _cut(instance, place, arcs)
        if short is not arcs:
            uses = uses.copy() if uses is draft.arc_uses else uses
            uses[arcs] -= 1
            uses[short] += 1
            paths[place] = short
    return draft if uses is draft.arc_uses else replace(draft, path=paths, arc_uses=uses)


def _cut(instance: Instance, place: int, arcs: Ints) -> Ints:
    stops = _stops(instance, place, arcs)
    for at, name in enumerate(stops):
        again = len(stops) - 1 - stops[::-1].index(name)
        if any(other != name for other in stops[at:again]):
            network = instance.network
            ends = np.r_[network.tail[arcs], network.head[arcs[-1]]]
            inner = _within(instance, int(ends[at]), int(ends[again]))
            return _cut(instance, place, np.concatenate([arcs[:at], inner, arcs[again:]]))
    return arcs


def _stops(instance: Instance, place: int, arcs: Ints) -> list[str]:
    """Name of the node of the graph where each arc begins, and where the last one ends."""
    network, here = instance.network, instance.place_ids[place]
    stops = [here]
    for edge in network.edge[arcs][::-1].tolist():
        if edge >= 0:
            a, b, _ = network.edge_key[edge]
            here = b if a == here else a
        stops.append(here)
    return stops[::-1]


def _within(instance: Instance, start: int, end: int) -> Ints:
    """Arcs from ``start`` to ``end`` inside one place."""
    network, (first, _, order) = instance.network, instance.leaving
    came: dict[int, int] = {start: -1}
    waiting = deque([start])
    while end not in came:
        node = waiting.popleft()
        for arc in order[first[node] : first[node + 1]].tolist():
            head = int(network.head[arc])
            if network.edge[arc] < 0 and head not in came:
                came[head] = arc
                waiting.append(head)
    arcs: list[int] = []
    while end != start:
        arcs.append(came[end])
        end = int(network.tail[came[end]])
    return np.array(arcs[::-1], dtype=np.int64)
