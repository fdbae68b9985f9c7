"""The links that could be bought, as arrays: a directed graph from one source to every place's terminals.

A place is split so that a bare relay tower is paid exactly when traffic passes by microwave and no site
stands there (`planner.backhaul.graph` declares the rules):

* ``F`` – fiber passes here without a tower (it arrives at a gate of its own);
* ``M-in`` – microwave arrives;
* ``M-out`` – microwave leaves; every arc into it needs a tower at the place;
* a gate for a tower's own backhaul, and gates by technology where a decision names one;
* one terminal for each set of link kinds (or technologies) that options of the place may start with.

All roots hang on one source. Arcs point from the source to the terminals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.errors import LayerError

__all__ = ["NET_KINDS", "SOURCE", "Network", "by_tail", "make_network"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
SOURCE = 0
NET_KINDS = ("existing", "fiber", "microwave")


@dataclass(frozen=True, eq=False)
class Network:
    """Arrays of the layered graph.

    Parameters
    ----------
    n_nodes
        Layered nodes, the source being number 0.
    tail, head, edge, tower
        Arcs: from, to, the purchasable edge they stand for (−1: none) and the place whose tower they
        need (−1: none).
    edge_cost, edge_mbps
        Present value in IDR and capacity of each edge; the last ones are the roots (cost 0).
    edge_key
        (node, node, key) in the `networkx` graph; for a root (name, name, "").
    tower_cost
        Present value of a bare relay tower, by place; places without options come last.
    place_nodes
        By place: its nodes F, M-in and M-out (−1 where the graph does not know the place).
    gate
        (place, kind of link or ``=technology``) → node where such links arrive.
    terminal
        (place, kinds) → node.
    sat_place, sat_beam, sat_cost, sat_mbps, sat_reserved_mbps, sat_key, sat_pool
        Star links to satellite beams.
    beam_ids, beam_mbps
        Beams and what is left of them.
    """

    n_nodes: int
    tail: Ints
    head: Ints
    edge: Ints
    tower: Ints
    edge_cost: Floats
    edge_mbps: Floats
    edge_key: tuple[tuple[str, str, str], ...]
    tower_cost: Floats
    place_nodes: Ints
    gate: Mapping[tuple[int, str], int]
    terminal: Mapping[tuple[int, tuple[str, ...]], int]
    sat_place: Ints
    sat_beam: Ints
    sat_cost: Floats
    sat_mbps: Floats
    sat_reserved_mbps: Floats
    sat_key: tuple[tuple[str, str, str], ...]
    sat_pool: tuple[str, ...]
    beam_ids: tuple[str, ...]
    beam_mbps: Floats

    def arc_cost(self, edge_cost: Floats, tower_cost: Floats) -> Floats:
        """Cost of every arc under the given prices of edges and towers."""
        return np.asarray(np.r_[edge_cost, 0.0][self.edge] + np.r_[tower_cost, 0.0][self.tower])  # −1: the last, 0


def by_tail(tail: Ints, head: Ints, n_nodes: int) -> tuple[Ints, Ints, Ints]:
    """Arcs in CSR form by the node they leave: offsets, other ends, numbers of the arcs."""
    order = np.lexsort((head, tail)).astype(np.int64)
    return np.searchsorted(tail[order], np.arange(n_nodes + 1)).astype(np.int64), head[order], order


def _number(data: Mapping[str, Any], name: str, where: str, faults: list[str], *, default: float = 0.0) -> float:
    value = float(data.get(name, default))
    if np.isnan(value) or value < 0:
        faults.append(f"{where}: {name} is {value} (must be at least 0)")
        return 0.0
    return value


class _Maker:
    """Collects arcs, edges and satellite links while walking the graph in sorted order."""

    def __init__(self, n_places: int, n_towers: int, split: frozenset[int]) -> None:
        self.split = split
        self.n_places = n_places
        self.tower_cost = [0.0] * n_towers
        self.arcs: list[tuple[int, int, int, int]] = []
        self.edges: list[tuple[float, float, tuple[str, str, str]]] = []
        self.sats: list[tuple[int, int, float, float, float, tuple[str, str, str], str]] = []
        self.faults: list[str] = []
        self.n_nodes = 1
        self.single: dict[str, int] = {}
        self.place: dict[str, tuple[int, int, int, int]] = {}
        self.is_root: set[str] = set()
        self.beam: dict[str, int] = {}
        self.beam_mbps: list[float] = []
        self.gate: dict[tuple[int, str], int] = {}

    def node(self) -> int:
        self.n_nodes += 1
        return self.n_nodes - 1

    def add_node(self, name: str, data: Mapping[str, Any], place_of: Mapping[str, int]) -> None:
        kind = data.get("kind")
        if kind == "satellite":
            self.beam[name] = len(self.beam_mbps)
            self.beam_mbps.append(_number(data, "capacity_mbps", f"beam {name}", self.faults, default=np.inf))
        elif name in place_of:
            place = place_of[name]
            self.tower_cost[place] = _number(data, "tower_cost_idr", f"place {name}", self.faults)
            fiber, arrive, leave = self.node(), self.node(), self.node()
            self.place[name] = (place, fiber, arrive, leave)
            self.arcs.append((arrive, leave, -1, place))
            self.arcs.append((fiber, leave, -1, place))
            self.arcs.append((leave, fiber, -1, -1))
        else:
            self.single[name] = self.node()
            if kind == "root":
                self.is_root.add(name)

    def ends(self, name: str, kind: str, technology: str) -> tuple[int, int]:
        """Node that a link of ``kind`` enters here, and the one it leaves from."""
        if name in self.single:
            return self.single[name], self.single[name]
        place, fiber, arrive, leave = self.place[name]
        enter, out = (arrive, leave) if kind == "microwave" else (fiber, fiber)
        label = f"={technology}" if place in self.split else kind
        if label == "microwave":
            self.gate[place, label] = enter
        elif (place, label) not in self.gate:
            gate = self.gate[place, label] = self.node()
            self.arcs.append((gate, enter, -1, -1))
        return self.gate[place, label], out

    def add_edge(self, a: str, b: str, key: str, data: Mapping[str, Any]) -> None:
        where = f"link {a} – {b} ({key})"
        cost = _number(data, "cost_idr", where, self.faults)
        mbps = _number(data, "capacity_mbps", where, self.faults, default=np.inf)
        if a in self.beam or b in self.beam:
            place, beam = (b, a) if a in self.beam else (a, b)
            if place in self.place and self.place[place][0] < self.n_places:
                reserved = _number(data, "reserved_mbps", where, self.faults)
                pool = str(data.get("pool", ""))
                link = (place, beam, key)
                self.sats.append((self.place[place][0], self.beam[beam], cost, mbps, reserved, link, pool))
            return
        if a in self.is_root and b in self.is_root:
            return
        number = len(self.edges)
        self.edges.append((cost, mbps, (a, b, key)))
        kind = str(data.get("kind", "fiber"))
        technology = str(data.get("technology", key))
        in_a, out_a = self.ends(a, kind, technology)
        in_b, out_b = self.ends(b, kind, technology)
        if b not in self.is_root:
            self.arcs.append((out_a, in_b, number, -1))
        if a not in self.is_root:
            self.arcs.append((out_b, in_a, number, -1))

    def add_terminals(self, starts: Mapping[int, set[tuple[str, ...]]]) -> dict[tuple[int, tuple[str, ...]], int]:
        terminal: dict[tuple[int, tuple[str, ...]], int] = {}
        for place in sorted(starts):
            for kinds in sorted(starts[place]):
                node = terminal[place, kinds] = self.node()
                self.arcs.extend(
                    (self.gate[place, label], node, -1, -1) for label in kinds if (place, label) in self.gate
                )
        return terminal


def make_network(graph: Any, place_ids: tuple[str, ...], starts: Mapping[int, set[tuple[str, ...]]]) -> Network:
    """Arrays of ``graph``, independent of the order in which it was built.

    Parameters
    ----------
    graph
        A `networkx` graph as declared in `planner.backhaul.graph`, multigraph or not (hence ``Any``).
    place_ids
        Places that options stand at; their nodes bear these names. Other places can only pass traffic on.
    starts
        By place: the sets of link kinds (or ``=technology``) that its options may start with, besides
        satellite.

    Raises
    ------
    LayerError
        Costs or capacities that are negative or not numbers, all of them at once.
    """
    others = sorted(name for name, data in graph.nodes(data=True) if data.get("kind") == "place")
    names = place_ids + tuple(name for name in others if name not in set(place_ids))
    place_of = {name: number for number, name in enumerate(names)}
    split = frozenset(
        place for place, sets in starts.items() if any(k.startswith("=") for kinds in sets for k in kinds)
    )
    make = _Maker(len(place_ids), len(names), split)
    for name in sorted(graph.nodes):
        make.add_node(name, graph.nodes[name], place_of)
    rows = (
        graph.edges(keys=True, data=True)
        if graph.is_multigraph()
        else ((a, b, "", d) for a, b, d in graph.edges(data=True))
    )
    links = sorted((min(a, b), max(a, b), str(d.get("technology", key)), str(key), d) for a, b, key, d in rows)  # fmt: skip
    for a, b, _, key, data in links:
        make.add_edge(a, b, key, data)
    roots = sorted(make.is_root)
    for name in roots:
        make.arcs.append((SOURCE, make.single[name], len(make.edges), -1))
        mbps = _number(graph.nodes[name], "capacity_mbps", f"root {name}", make.faults, default=np.inf)
        make.edges.append((0.0, mbps, (name, name, "")))
    if make.faults:
        message = f"the network has {len(make.faults)} fault(s): " + "; ".join(make.faults[:20])
        raise LayerError(message, code="network_faults", faults="; ".join(make.faults))
    return _finish(make, make.add_terminals(starts))


def _finish(make: _Maker, terminal: dict[tuple[int, tuple[str, ...]], int]) -> Network:
    arcs = np.asarray(make.arcs, dtype=np.int64).reshape(-1, 4)
    sats = make.sats
    nodes = np.full((len(make.tower_cost), 3), -1, dtype=np.int64)
    for place, *own in make.place.values():
        nodes[place] = own
    return Network(
        n_nodes=make.n_nodes,
        tail=arcs[:, 0].copy(), head=arcs[:, 1].copy(), edge=arcs[:, 2].copy(), tower=arcs[:, 3].copy(),
        edge_cost=np.array([e[0] for e in make.edges], dtype=float),
        edge_mbps=np.array([e[1] for e in make.edges], dtype=float),
        edge_key=tuple(e[2] for e in make.edges),
        tower_cost=np.array(make.tower_cost, dtype=float),
        place_nodes=nodes,
        gate=dict(make.gate),
        terminal=terminal,
        sat_place=np.array([s[0] for s in sats], dtype=np.int64),
        sat_beam=np.array([s[1] for s in sats], dtype=np.int64),
        sat_cost=np.array([s[2] for s in sats], dtype=float),
        sat_mbps=np.array([s[3] for s in sats], dtype=float),
        sat_reserved_mbps=np.array([s[4] for s in sats], dtype=float),
        sat_key=tuple(s[5] for s in sats),
        sat_pool=tuple(s[6] for s in sats),
        beam_ids=tuple(sorted(make.beam, key=lambda name: make.beam[name])),
        beam_mbps=np.array(make.beam_mbps, dtype=float),
    )  # fmt: skip
