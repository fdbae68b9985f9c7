"""A graph of names as checked arrays, and as the smaller network that is planned on (for `planner.plan.connect`)."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from planner.errors import InfeasibleError, UsageError
from planner.plan.call_values import is_amount
from planner.plan.steiner_reduce import shortened

__all__ = ["Fixed", "Ground", "Net", "Node", "Satellites", "Wishes", "read_ground", "shorter_net"]

Node = Hashable
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_MOST_SHOWN = 10
_SPARE = 1e-11
"""A budget met exactly must not be missed by the rounding of sums."""


@dataclass(frozen=True, eq=False)
class Satellites:
    """Satellite alternatives that share beams.

    Parameters
    ----------
    costs
        By node: cost of being served without the network, at least 0.
    mbps
        By node: what it takes of each of its beams, at least 0.
    beams
        By node: names of what carries it (its beam, the satellite as a whole); a node without any takes nothing.
    beam_mbps
        By name: what is left to give, at least 0.
    """

    costs: Mapping[Node, float]
    mbps: Mapping[Node, float] = field(default_factory=dict)
    beams: Mapping[Node, Sequence[Hashable]] = field(default_factory=dict)
    beam_mbps: Mapping[Hashable, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Wishes:
    """What is asked of a graph (see `planner.plan.connect.connect`)."""

    roots: list[Node]
    prizes: dict[Node, float]
    required: list[Node]
    costs: dict[Node, float]
    satellites: Satellites
    budget: float | None


@dataclass(frozen=True, eq=False)
class Ground:
    """Checked arrays of the whole graph.

    Parameters
    ----------
    names
        Nodes that a root reaches or a satellite serves, in the order of their texts.
    a, b, cost
        Edges between them, parallel ones once.
    is_root, node_cost, prize, sat_cost, is_required
        By node; ``sat_cost`` is inf where there is no alternative.
    takes
        (beams × nodes) what a node's satellite takes of each beam, in Mbps.
    room
        What is left of each beam, in Mbps.
    budget
        None: least cost with the prizes that are not won.
    notes
        For the steps.
    """

    names: list[Node]
    a: Ints
    b: Ints
    cost: Floats
    is_root: Flags
    node_cost: Floats
    prize: Floats
    sat_cost: Floats
    is_required: Flags
    takes: csr_array
    room: Floats
    budget: float | None
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Net:
    """The smaller network: node 0 stands for all roots. Money is in units of ``unit``.

    Parameters
    ----------
    unit
        The mean price of an arc, so that rounding means the same whatever the currency. Without a budget prizes are
        money too.
    n_nodes
        Nodes.
    tail, head, edge, cost
        Arcs (both directions of every edge, none into the root) by the node they enter, their edge, its cost.
    enter
        Offsets of the arcs of each node.
    leave, leave_ptr
        Arcs by the node they leave, and their offsets.
    is_root, node_cost, prize, sat_cost, is_required, takes, room, budget
        As in `Ground`.
    is_on
        Nodes that must be on the network itself.
    edge_of
        Edge here of each edge of the whole graph (−1 where it vanished).
    node_of
        Node here of each node of the whole graph (−1 where it vanished).
    """

    unit: float
    n_nodes: int
    tail: Ints
    head: Ints
    edge: Ints
    cost: Floats
    enter: Ints
    leave: Ints
    leave_ptr: Ints
    is_root: Flags
    node_cost: Floats
    prize: Floats
    sat_cost: Floats
    is_required: Flags
    takes: csr_array
    room: Floats
    budget: float | None
    is_on: Flags
    edge_of: Ints
    node_of: Ints


def read_ground(graph: nx.Graph[Any], wishes: Wishes, faults: Sequence[str] = ()) -> Ground:
    """Check everything at once and turn it into arrays.

    Raises
    ------
    UsageError
        What is no graph, no number, or not in the graph.
    InfeasibleError
        Required nodes that no root reaches and no satellite serves.
    """
    faults = [*_faults(graph, wishes), *faults]
    if faults:
        shown = "; ".join(faults[:_MOST_SHOWN])
        raise UsageError(f"connect: {len(faults)} fault(s): {shown}", code="connect", n=len(faults), faults=shown)
    listed = list(graph)
    number = {name: k for k, name in enumerate(listed)}
    rows = [(number[a], number[b], float(data["cost"])) for a, b, data in graph.edges(data=True)]
    ends = np.array([row[:2] for row in rows], dtype=np.int64).reshape(-1, 2)
    links = coo_array((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(len(listed), len(listed)))
    label = connected_components(links, directed=False)[1]
    reached = np.isin(label, label[[number[root] for root in wishes.roots]])
    lost = [v for v in dict.fromkeys(wishes.required) if not reached[number[v]] and v not in wishes.satellites.costs]
    if lost:
        shown = ", ".join(str(name) for name in lost[:_MOST_SHOWN])
        message = f"{len(lost)} required node(s) are cut off from every root and have no satellite: {shown}"
        raise InfeasibleError(message, code="connect_pieces", n=len(lost), nodes=shown)
    n_off = len(listed) - int(reached.sum())
    notes = (f"{n_off} node(s) lie in pieces without a root",) if n_off else ()
    kept = [name for k, name in enumerate(listed) if reached[k] or name in wishes.satellites.costs]
    names = sorted(kept, key=lambda name: (str(name), repr(name)))
    place = np.full(len(listed), -1, dtype=np.int64)
    place[[number[name] for name in names]] = np.arange(len(names))
    inside = reached[ends[:, 0]] & (ends[:, 0] != ends[:, 1])
    pair = np.sort(place[ends[inside]], axis=1)
    return _arrays(names, pair, np.array([row[2] for row in rows], dtype=float)[inside], wishes, notes)


def _arrays(names: list[Node], pair: Ints, cost: Floats, wishes: Wishes, notes: tuple[str, ...]) -> Ground:
    order = np.lexsort((cost, pair[:, 1], pair[:, 0]))
    pair, cost = pair[order], cost[order]
    is_first = np.r_[np.ones(min(1, len(pair)), dtype=bool), (pair[1:] != pair[:-1]).any(axis=1)]
    roots, required = set(wishes.roots), set(wishes.required)
    is_root = np.array([name in roots for name in names], dtype=bool)

    def by_node(values: Mapping[Node, float], other: float) -> Floats:
        found = np.array([float(values.get(name, other)) for name in names], dtype=float)
        return np.where(is_root, other, found)

    takes, room = _beams(names, wishes.satellites)
    return Ground(
        names=names, a=pair[is_first, 0], b=pair[is_first, 1], cost=cost[is_first], is_root=is_root,
        node_cost=by_node(wishes.costs, 0.0), prize=by_node(wishes.prizes, 0.0),
        sat_cost=by_node(wishes.satellites.costs, math.inf), takes=takes, room=room,
        is_required=np.array([name in required for name in names], dtype=bool) & ~is_root, budget=wishes.budget, notes=notes,
    )  # fmt: skip


def _beams(names: list[Node], satellites: Satellites) -> tuple[csr_array, Floats]:
    listed = sorted(satellites.beam_mbps, key=lambda name: (str(name), repr(name)))
    number = {name: k for k, name in enumerate(listed)}
    room = np.array([float(satellites.beam_mbps[name]) for name in listed], dtype=float)
    found = [
        (number[beam], k, float(satellites.mbps[name]))
        for k, name in enumerate(names)
        if name in satellites.costs
        for beam in dict.fromkeys(satellites.beams.get(name, ()))
    ]
    rows = np.array(found, dtype=float).reshape(-1, 3)
    at = (rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64))
    return csr_array(coo_array((rows[:, 2], at), shape=(len(listed), len(names)))), room


def _faults(graph: Any, wishes: Wishes) -> list[str]:
    sat = wishes.satellites
    if not isinstance(graph, nx.Graph):
        return [f"the graph is a {type(graph).__name__}, not one of networkx"]
    faults = [] if wishes.roots else ["there is no root"]
    if graph.is_directed():
        faults.append("the graph is directed; give an undirected one")
    faults += [f"root {name!r} is not in the graph" for name in wishes.roots if name not in graph]
    faults += [f"required {name!r} is not in the graph" for name in wishes.required if name not in graph]
    tables = {
        "prizes": wishes.prizes,
        "costs": wishes.costs,
        "satellite": sat.costs,
        "mbps": sat.mbps,
        "beams": sat.beams,
    }
    for label, values in tables.items():
        faults += [f"{label} name {name!r}, which is not in the graph" for name in values if name not in graph]
        if label != "beams":
            faults += [f"{label} of {name!r} is {v} (at least 0)" for name, v in values.items() if not is_amount(v)]
    faults += [f"beam {name!r} has {v} Mbps left (at least 0)" for name, v in sat.beam_mbps.items() if not is_amount(v)]
    for name, beams in sat.beams.items():
        if isinstance(beams, (str, bytes)) or not isinstance(beams, Iterable):
            faults.append(f"beams of {name!r} are {beams!r} (give a list of names)")
            continue
        faults += [f"beam {beam!r} of {name!r} is not in beam_mbps" for beam in beams if beam not in sat.beam_mbps]
        if beams and name not in sat.mbps:
            faults.append(f"{name!r} has a beam but no mbps")
    for a, b, data in graph.edges(data=True):
        if not is_amount(data.get("cost", math.nan)):
            faults.append(f"cost of edge {a!r} – {b!r} is {data.get('cost', math.nan)} (at least 0)")
    if wishes.budget is not None and not is_amount(wishes.budget):
        faults.append(f"budget is {wishes.budget} (a number of at least 0, or None)")
    return faults


@dataclass(frozen=True, eq=False)
class Fixed:
    """What is known of all better plans, by node of the whole graph: off the network, without satellite, on it."""

    off: Flags
    no_satellite: Flags
    on: Flags


def shorter_net(ground: Ground, fixed: Fixed | None = None, unit: float | None = None) -> Net:
    """The network that is planned on: roots as one node, chains, dead ends and what is fixed gone.

    Parameters
    ----------
    ground
        The whole graph.
    fixed
        What need not be looked at any more.
    unit
        Of money; the mean price of an arc when None.
    """
    n = len(ground.names)
    none = np.zeros(n, dtype=bool)
    fixed = fixed or Fixed(none, none, none)
    wins = ((ground.prize > 0) | ground.is_required) & ~ground.is_root
    first_root = int(np.argmax(ground.is_root))
    merged = np.where(ground.is_root, first_root, np.arange(n))
    plain = ~wins & ~ground.is_root
    ends = (merged[ground.a], merged[ground.b])
    left_in = np.flatnonzero(~(fixed.off[ends[0]] | fixed.off[ends[1]]))
    short = shortened(n, (ends[0][left_in], ends[1][left_in]), ground.cost[left_in], ground.node_cost, plain)
    edge_of = np.full(len(ground.a), -1, dtype=np.int64)
    edge_of[left_in] = short.edge_of
    used = np.zeros(n, dtype=bool)
    used[short.a], used[short.b], used[wins], used[first_root] = True, True, True, False
    left = np.r_[first_root, np.flatnonzero(used)]
    node_of = np.full(n, -1, dtype=np.int64)
    node_of[left] = np.arange(len(left))
    node_of[ground.is_root] = 0
    a, b = node_of[short.a], node_of[short.b]
    tail, head, edge = np.r_[a, b], np.r_[b, a], np.tile(np.arange(len(a)), 2)
    order = np.lexsort((tail, head))
    order = order[head[order] != 0]
    tail, head, edge = tail[order], head[order], edge[order]
    leave = np.argsort(tail, kind="stable")
    size = len(left)

    def offsets(nodes: Ints) -> Ints:
        return np.asarray(np.r_[0, np.cumsum(np.bincount(nodes, minlength=size))], dtype=np.int64)

    is_root = np.zeros(size, dtype=bool)
    is_root[0] = True
    if unit is None:
        unit = float(short.cost.mean()) if short.cost.any() else float(ground.node_cost.max(initial=0.0)) or 1.0
    sat = np.where(wins[left] & ~is_root & ~fixed.no_satellite[left], ground.sat_cost[left], math.inf)
    return Net(
        unit=unit, n_nodes=size, tail=tail, head=head, edge=edge, cost=short.cost[edge] / unit, enter=offsets(head),
        leave=leave, leave_ptr=offsets(tail), is_root=is_root,
        node_cost=np.where(is_root, 0.0, ground.node_cost[left]) / unit,
        prize=np.where(is_root, 0.0, ground.prize[left]) / (unit if ground.budget is None else 1.0),
        sat_cost=sat / unit, is_required=ground.is_required[left],
        takes=csr_array(ground.takes[:, left]), room=ground.room,
        budget=None if ground.budget is None else ground.budget / unit * (1 + _SPARE), is_on=fixed.on[left],
        edge_of=edge_of, node_of=node_of,
    )  # fmt: skip
