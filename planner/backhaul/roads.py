"""Routes along roads: the part of a road network that joins places and roots, with its forks.

A full road network has far more nodes than a plan needs. Two sets of shortest paths are kept: from each
place to its nearest root, and across the borders of the network's Voronoi cells of all places and roots
(Mehlhorn 1988: the tree of shortest total length over the terminals is found among these). What remains is
reduced to terminals and forks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from planner.backhaul.near import nearest_pairs
from planner.geo import distance_km

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["RoadNet", "Routes", "Terminals", "road_net", "routes", "walk_back"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
_STEP_KM = 0.5  # drawn lines are cut this fine, so that a place joins its road where it stands
_ROUND = 1e6  # vertices nearer than a millionth of a degree (0.1 m) are one


@dataclass(frozen=True, eq=False)
class RoadNet:
    """A road network: vertices, and undirected edges with their length.

    Parameters
    ----------
    lon_deg, lat_deg
        Vertices, in order of longitude, then latitude.
    tail, head, length_km
        Edges, ``tail < head``, sorted; parallel edges keep the shortest.
    component
        Connected piece of each vertex.
    """

    lon_deg: Floats
    lat_deg: Floats
    tail: Indices
    head: Indices
    length_km: Floats
    component: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Terminals:
    """Places and roots that roads may join.

    Parameters
    ----------
    lon_deg, lat_deg
        Positions.
    is_root
        Whether each is a root.
    landmass, vertex_landmass
        Connected piece of land of each terminal and of each vertex of the network; all 0 where land and
        sea are not told apart.
    """

    lon_deg: Floats
    lat_deg: Floats
    is_root: NDArray[np.bool_]
    landmass: NDArray[np.int32]
    vertex_landmass: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Routes:
    """Reduced network. Nodes ``0 … n_terminals − 1`` are the terminals, the rest forks.

    Parameters
    ----------
    lon_deg, lat_deg
        Position of the forks.
    a, b, length_km
        Routes between nodes, ``a < b``, sorted.
    group
        Piece of the road network each terminal is joined to, −1 for none.
    """

    lon_deg: Floats
    lat_deg: Floats
    a: Indices
    b: Indices
    length_km: Floats
    group: NDArray[np.int32]


def road_net(roads: gpd.GeoDataFrame, *, step_km: float = _STEP_KM) -> RoadNet:
    """Network of the drawn lines; lines join where they share a vertex.

    Parameters
    ----------
    roads
        Lines in EPSG:4326 with ``length_factor`` (road length over drawn length).
    step_km
        Vertices stand at most this far apart.
    """
    import shapely

    lines = roads.explode(index_parts=False, ignore_index=True)
    lines = lines.loc[lines.geometry.notna() & ~lines.geometry.is_empty]
    xy, line = shapely.get_coordinates(lines.geometry.to_numpy(), return_index=True)
    factor = lines["length_factor"].fillna(1.0).to_numpy(float) if "length_factor" in lines else np.ones(len(lines))
    start = np.flatnonzero(line[1:] == line[:-1])
    a, b, stretch = xy[start], xy[start + 1], factor[line[start]]
    km = distance_km(a[:, 0], a[:, 1], b[:, 0], b[:, 1]) if len(a) else np.empty(0)
    a, b, km = _cut(a, b, km * stretch, np.maximum(np.ceil(km / step_km).astype(np.int64), 1))
    keys = np.round(np.concatenate([a, b]) * _ROUND).astype(np.int64)
    vertices, position = np.unique(keys, axis=0, return_inverse=True)
    position = position.reshape(-1)
    low = np.minimum(position[: len(a)], position[len(a) :]).astype(np.int64)
    high = np.maximum(position[: len(a)], position[len(a) :]).astype(np.int64)
    proper = low != high
    low, high, km = _shortest(low[proper], high[proper], km[proper])
    n = len(vertices)
    _, component = connected_components(csr_array((km, (low, high)), shape=(n, n)), directed=False)
    return RoadNet(vertices[:, 0] / _ROUND, vertices[:, 1] / _ROUND, low, high, km, component.astype(np.int32))


def _cut(a: Floats, b: Floats, km: Floats, pieces: Indices) -> tuple[Floats, Floats, Floats]:
    """Cut each segment into equal pieces."""
    owner = np.repeat(np.arange(len(a)), pieces)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share_a, share_b = nth / pieces[owner], (nth + 1) / pieces[owner]
    step = b - a
    return (
        a[owner] + step[owner] * share_a[:, None],
        a[owner] + step[owner] * share_b[:, None],
        km[owner] / pieces[owner],
    )


def _shortest(low: Indices, high: Indices, km: Floats) -> tuple[Indices, Indices, Floats]:
    """Edges sorted, the shortest of each pair of ends."""
    order = np.lexsort((km, high, low))
    low, high, km = low[order], high[order], km[order]
    first = np.ones(len(low), dtype=bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    return low[first], high[first], km[first]


def routes(
    net: RoadNet,
    at: Terminals,
    *,
    snap_km: float,
    off_road_factor: float,
) -> Routes:
    """Reduced network of routes between terminals.

    Parameters
    ----------
    net
        The road network.
    at
        Places and roots.
    snap_km
        A terminal farther than this from every road of its own piece of land stays alone.
    off_road_factor
        Route over geodesic length between a terminal and its road.

    Returns
    -------
    Routes
        Lengths in km along the roads, with the way to the road.
    """
    n = len(at.lon_deg)
    terminal, vertex, off_km = _snapped(net, at, snap_km)
    group = np.full(n, -1, dtype=np.int32)
    group[terminal] = net.component[vertex]
    tail = np.concatenate([terminal, net.tail + n])
    head = np.concatenate([vertex + n, net.head + n])
    km = np.concatenate([off_km * off_road_factor, net.length_km])
    km = np.maximum(km, 1e-6)  # a place on its road: a millimetre, since sparse graphs hold no 0
    size = n + len(net.lon_deg)
    graph = csr_array((km, (tail, head)), shape=(size, size))
    wanted = [_borders(graph, terminal, (tail, head, km))]
    roots = terminal[at.is_root[terminal]]
    if len(roots):
        wanted.append(_to_roots(graph, roots, terminal))
    used = np.unique(np.concatenate(wanted))
    key = tail * size + head  # unique: a terminal joins one vertex, and the network's edges are unique
    order = np.argsort(key)
    length = km[order][np.searchsorted(key[order], used)]
    return _reduced(net, (used // size, used % size, length), group, n)


def _snapped(net: RoadNet, at: Terminals, snap_km: float) -> tuple[Indices, Indices, Floats]:
    """Terminals that reach a road on their own piece of land, the vertex they join, and the way there."""
    found = []
    for mass in np.unique(at.landmass):  # a road across a strait is no road of this island
        here = np.flatnonzero(at.landmass == mass)
        there = np.flatnonzero(at.vertex_landmass == mass)
        i, j, km = nearest_pairs(
            (at.lon_deg[here], at.lat_deg[here]), (net.lon_deg[there], net.lat_deg[there]), k=1, max_km=snap_km
        )
        found.append((here[i], there[j], km))
    terminal = np.concatenate([item[0] for item in found]) if found else np.empty(0, np.int64)
    order = np.argsort(terminal)
    vertex = np.concatenate([item[1] for item in found]) if found else np.empty(0, np.int64)
    km = np.concatenate([item[2] for item in found]) if found else np.empty(0)
    return terminal[order], vertex[order], km[order]


def _borders(graph: csr_array, terminal: Indices, edges: tuple[Indices, Indices, Floats]) -> Indices:
    """Edges (as ``low * size + high``) of the shortest path across each border of Voronoi cells."""
    tail, head, km = edges
    size = graph.shape[0]
    dist, pred, source = dijkstra(graph, directed=False, indices=terminal, min_only=True, return_predecessors=True)
    border = np.flatnonzero((source[tail] != source[head]) & (source[tail] >= 0) & (source[head] >= 0))
    tail, head, km = tail[border], head[border], km[border]
    total = dist[tail] + km + dist[head]
    s_low = np.minimum(source[tail], source[head])
    s_high = np.maximum(source[tail], source[head])
    order = np.lexsort((head, tail, total, s_high, s_low))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (s_low[order][1:] != s_low[order][:-1]) | (s_high[order][1:] != s_high[order][:-1])
    best = order[first]
    crossing = np.minimum(tail[best], head[best]) * size + np.maximum(tail[best], head[best])
    return np.concatenate([crossing, walk_back(pred, np.concatenate([tail[best], head[best]]), size)])


def _to_roots(graph: csr_array, roots: Indices, terminal: Indices) -> Indices:
    """Edges of the shortest path from each terminal to its nearest root."""
    _, pred, _ = dijkstra(graph, directed=False, indices=roots, min_only=True, return_predecessors=True)
    return walk_back(pred, terminal, graph.shape[0])


def walk_back(pred: NDArray[np.int32], start: Indices, size: int) -> Indices:
    """Edges met on the way back along predecessors from each start; all starts step together.

    Parameters
    ----------
    pred
        Predecessor of each node, negative where there is none.
    start
        Nodes to start from.
    size
        Number of nodes.

    Returns
    -------
    array
        Edges as ``smaller node * size + larger node``; some may come twice.
    """
    at = np.unique(start)
    seen = np.zeros(size, dtype=bool)
    found: list[Indices] = []
    while len(at):
        seen[at] = True
        before = pred[at].astype(np.int64)
        moves = before >= 0
        here, before = at[moves], before[moves]
        found.append(np.minimum(here, before) * size + np.maximum(here, before))
        at = np.unique(before)
        at = at[~seen[at]]
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _reduced(net: RoadNet, edges: tuple[Indices, Indices, Floats], group: NDArray[np.int32], n: int) -> Routes:
    """Replace chains by single routes and drop dead ends; terminals and forks stay."""
    import networkx as nx

    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from(zip(*(column.tolist() for column in edges), strict=True))
    queue = sorted(node for node in graph if node >= n and graph.degree(node) <= 2)
    while queue:  # each step removes one node, so this ends
        node = queue.pop()
        if node not in graph or graph.degree(node) > 2:
            continue
        ends = sorted(graph[node])
        if len(ends) == 2:
            km = graph[node][ends[0]]["weight"] + graph[node][ends[1]]["weight"]
            old = graph.get_edge_data(ends[0], ends[1], {"weight": np.inf})["weight"]
            graph.add_edge(ends[0], ends[1], weight=min(km, old))
        graph.remove_node(node)
        queue.extend(end for end in ends if end >= n and graph.degree(end) <= 2)
    forks = np.array(sorted(node for node in graph if node >= n), dtype=np.int64)
    number = {int(node): n + i for i, node in enumerate(forks)}
    flat = sorted(
        (min(p, q), max(p, q), data["weight"])
        for u, v, data in graph.edges(data=True)
        for p, q in [(number.get(u, u), number.get(v, v))]
    )
    table = np.array(flat, dtype=np.float64).reshape(-1, 3)
    return Routes(
        net.lon_deg[forks - n], net.lat_deg[forks - n],
        table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2], group,
    )  # fmt: skip
