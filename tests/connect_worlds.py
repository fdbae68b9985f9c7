"""Seeded worlds for networks: roads over towns and countryside, fiber roots, candidate places, satellite beams."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PLACE_KM2 = 4.0


@dataclass(frozen=True, eq=False)
class RoadWorld:
    """Arrays of a world; nodes are numbers, the last ``len(place)`` of them places on a drop of their own."""

    n_nodes: int
    a: Ints
    b: Ints
    edge_cost: Floats
    roots: Ints
    place: Ints
    prize: Floats
    site_cost: Floats
    satellite_cost: Floats
    beam: Ints
    mbps: Floats
    beam_mbps: Floats

    def graph(self) -> nx.Graph:
        """The roads as a graph with costs."""
        made = nx.Graph()
        made.add_nodes_from(range(self.n_nodes))
        made.add_weighted_edges_from(
            zip(self.a.tolist(), self.b.tolist(), self.edge_cost.tolist(), strict=True), weight="cost"
        )
        return made


def _points(rng: np.random.Generator, n: int, n_towns: int, side_km: float) -> Floats:
    """Junctions: two thirds in towns of very unequal size, the rest anywhere."""
    size = rng.lognormal(0.0, 1.0, n_towns)
    centre = rng.uniform(0, side_km, (n_towns, 2))
    town = rng.choice(n_towns, 2 * n // 3, p=size / size.sum())
    spread = 0.9 * np.sqrt(np.bincount(town, minlength=n_towns) / np.pi)  # km: about one junction a km² at one spread
    inside = centre[town] + rng.normal(size=(len(town), 2)) * spread[town, None]
    inside = side_km - np.abs(side_km - np.abs(inside))  # mirrored at the borders
    return np.r_[inside, rng.uniform(0, side_km, (n - len(town), 2))]


def _roads(rng: np.random.Generator, points: Floats) -> tuple[Ints, Ints]:
    """Edges: the shortest connected network and the Gabriel edges that make its loops, some 2.8 a junction."""
    faces = Delaunay(points).simplices
    pairs = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [0, 2]]]), axis=1)
    pairs = np.unique(pairs, axis=0).astype(np.int64)
    length = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    n = len(points)
    tree = minimum_spanning_tree(coo_array((length + 1e-9, (pairs[:, 0], pairs[:, 1])), shape=(n, n)).tocsr()).tocoo()
    key = pairs[:, 0] * n + pairs[:, 1]
    in_tree = np.isin(key, np.minimum(tree.row, tree.col).astype(np.int64) * n + np.maximum(tree.row, tree.col))
    near = cKDTree(points).query(points[pairs].mean(axis=1))[0]
    gabriel = near >= length / 2 * (1 - 1e-9)
    keep = in_tree | (gabriel & (rng.random(len(pairs)) < 0.4))
    return pairs[keep, 0].astype(np.int64), pairs[keep, 1].astype(np.int64)


def roads(
    n_places: int, n_nodes: int, *, seed: int = 0, idr_per_m: float = 150_000.0, root_share: float = 1 / 60
) -> RoadWorld:
    """A world of ``n_places`` places and ``n_nodes`` nodes in all; half of them junctions, the rest bends and drops.

    Costs are million IDR: fiber by the metre (1 to 2.5 times as dear in hills), sites 1–4 billion, satellite three
    fifths of the places. Prizes are whole numbers (UMKM), larger in towns. Roots lie mostly in the larger towns.
    """
    rng = np.random.default_rng(seed)
    side_km = np.sqrt(PLACE_KM2 * n_places)
    n_junctions = n_nodes // 2
    points = _points(rng, n_junctions, max(3, n_places // 60), side_km)
    a, b = _roads(rng, points)
    hills = 1.75 + 0.75 * np.sin(points[:, 0] / 17.0) * np.cos(points[:, 1] / 23.0)
    m_long = 1000.0 * np.linalg.norm(points[a] - points[b], axis=1) * rng.uniform(1.05, 1.4, len(a))
    cost = m_long * idr_per_m * (hills[a] + hills[b]) / 2 / 1e6
    n_bends = n_nodes - n_junctions - n_places
    bends = rng.multinomial(n_bends, m_long / m_long.sum())
    starts = n_junctions + np.r_[0, np.cumsum(bends)[:-1]]
    tails, heads, prices = [], [], []
    for k in range(len(a)):
        chain = [a[k], *range(starts[k], starts[k] + bends[k]), b[k]]
        tails += chain[:-1]
        heads += chain[1:]
        prices += [cost[k] / (bends[k] + 1)] * (bends[k] + 1)
    crowd = np.clip(cKDTree(points).query(points, k=min(30, n_junctions))[0][:, -1], 0.3, 20.0)
    roots = rng.choice(
        n_junctions, max(2, int(n_places * root_share)), replace=False, p=crowd**-2.0 / (crowd**-2.0).sum()
    )
    at = rng.choice(n_junctions, n_places, replace=False, p=crowd**-0.5 / (crowd**-0.5).sum())
    place = np.arange(n_nodes - n_places, n_nodes)
    drop = rng.uniform(30, 400, n_places) * idr_per_m / 1e6
    prize = np.ceil(rng.lognormal(3.5, 0.8, n_places) * np.clip(4.0 / crowd[at], 0.5, 3.0))
    site = np.round(rng.uniform(1_000, 2_500, n_places) * rng.choice([1.0, 1.0, 1.5], n_places))
    sat = np.where(rng.random(n_places) < 0.6, site + np.round(rng.uniform(500, 1_500, n_places)), np.inf)
    side_beams = max(1, round(side_km / 90.0))
    cell = np.minimum((points[at] / side_km * side_beams).astype(np.int64), side_beams - 1)
    beam, mbps = cell[:, 0] * side_beams + cell[:, 1], np.ceil(prize / 4.0)
    n_beams = side_beams**2
    asked = np.bincount(beam, np.where(np.isfinite(sat), mbps, 0.0), minlength=n_beams)
    return RoadWorld(
        n_nodes=n_nodes, a=np.r_[np.array(tails, np.int64), at], b=np.r_[np.array(heads, np.int64), place],
        edge_cost=np.r_[np.array(prices), drop], roots=np.sort(roots), place=place, prize=prize, site_cost=site,
        satellite_cost=sat, beam=beam, mbps=mbps, beam_mbps=np.round(0.04 * asked),
    )  # fmt: skip
