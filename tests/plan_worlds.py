"""Seeded worlds for the tests and benchmarks of the selection: tiny ones to enumerate, larger ones like a province."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd

from planner.plan.types import Problem

TYPES = {"macro": (2.4e9, 60.0, 5.0), "mid": (1.6e9, 40.0, 3.5), "small": (0.8e9, 20.0, 2.0), "ap": (0.25e9, 8.0, 0.8)}
KINDS = {
    "macro": "fiber,microwave,satellite",
    "mid": "fiber,microwave,satellite",
    "small": "fiber,microwave",
    "ap": "satellite",
}


def frame_of_cells(lon, lat, umkm, people, demand) -> pd.DataFrame:
    n = len(lon)
    return pd.DataFrame(
        {
            "cell_id": np.arange(n, dtype=np.int64), "row": np.arange(n), "col": 0, "lon_deg": lon, "lat_deg": lat,
            "area_code": "53.01", "people": people, "n_umkm": umkm, "n_umkm_offline": umkm, "n_umkm_online": 0.0,
            "n_umkm_small": 0.0, "n_umkm_priority_sector": 0.0, "n_umkm_observed": umkm, "n_facilities": 0,
            "demand_mbps": demand, "people_evidence": "synthetic",
        }
    )  # fmt: skip


def frame_of_service(n, level="unserved", share=0.0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cell_id": np.arange(n, dtype=np.int64), "level": level, "cause": "signal", "served_share": share,
            "n_operators": 0, "rsrp_dbm": np.nan, "server_bts_id": "", "confidence_share": 1.0, "is_indoor": False,
            "deficit_db": 10.0,
        }
    )  # fmt: skip


def frame_of_candidates(ids, lon, lat) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "candidate_id": list(ids), "generator": "cluster", "ref_id": "", "name": list(ids), "area_code": "53.01",
            "elevation_m": 0.0, "access_mode": "road", "is_existing": False, "excluded_because": "",
            "lon_deg": lon, "lat_deg": lat,
        }
    )  # fmt: skip


def option_row(candidate, site_type, cost, mbps, n_cells, kinds, pool="bts") -> dict:
    return {
        "option_id": f"{candidate}:{site_type}", "candidate_id": candidate, "site_type": site_type,
        "capex_idr": cost * 0.6, "opex_idr_per_year": cost * 0.4 / 7.7217, "cost_idr": cost, "radio_mbps": mbps,
        "n_cells": n_cells, "backhaul_kinds": kinds, "backhaul_pool": pool,
    }  # fmt: skip


OPTION_COLUMNS = list(option_row("", "", 0.0, 0.0, 0, ""))


def node(graph, name, kind, capacity=np.inf, tower=0.0, lon=120.0, lat=-9.0, **more) -> None:
    graph.add_node(
        name, kind=kind, ref_id=name, name=name, lon_deg=lon, lat_deg=lat, height_m=40.0, capacity_mbps=capacity,
        is_capacity_known=bool(np.isfinite(capacity)), pool=more.get("pool", ""), tower_cost_idr=tower,
        tower_capex_idr=tower * 0.7, tower_opex_idr_per_year=tower * 0.3 / 7.7217, evidence="synthetic",
    )  # fmt: skip


def link(graph, a, b, technology, kind, cost, mbps, km=1.0, reserved=0.0, pool="") -> None:
    graph.add_edge(
        a, b, key=technology, technology=technology, kind=kind, pool=pool, length_km=km, sea_km=0.0,
        capacity_mbps=mbps, reserved_mbps=reserved, capex_idr=cost * 0.8, opex_idr_per_year=cost * 0.2 / 7.7217,
        cost_idr=cost, clearance_f1_share=np.nan, margin_db=np.nan, elevation_deg=np.nan, has_terrain=True,
        evidence="synthetic",
    )  # fmt: skip


def tiny_problem(seed: int, *, n_places: int | None = None, n_cells: int | None = None, rich: bool = True) -> Problem:
    """A world small enough to enumerate: shared trunks, relay towers, beams, link capacities, limited cells."""
    rng = np.random.default_rng(seed)
    places = n_places or int(rng.integers(3, 6))
    cells = n_cells or int(rng.integers(3, 9))
    umkm = rng.integers(0, 10, cells).astype(float)
    demand = np.where(rng.random(cells) < 0.1, 0.0, rng.integers(1, 8, cells).astype(float))
    level = rng.choice(["unserved", "limited", "served", "unknown"], cells, p=[0.7, 0.15, 0.1, 0.05])
    share = np.where(level == "limited", rng.random(cells).round(2), np.where(level == "served", 1.0, 0.0))
    names = [f"p{k}" for k in range(places)]
    graph = _tiny_graph(rng, names, rich=rich)
    options, covers = [], []
    for name in names:
        for site_type in ("macro", "small")[: int(rng.integers(1, 3))]:
            reached = np.flatnonzero(rng.random(cells) < 0.45)
            kinds = str(
                rng.choice(
                    ["fiber,microwave,satellite", "fiber,microwave", "microwave", "fiber", "satellite"],
                    p=[0.6, 0.15, 0.1, 0.1, 0.05],
                )
            )
            options.append(
                option_row(name, site_type, float(rng.integers(2, 9)), float(rng.integers(3, 16)), len(reached), kinds)
            )
            covers.append(reached)
    return _problem(graph, names, options, covers, umkm, demand, level, share)


def _tiny_graph(rng, names, *, rich):
    graph = nx.MultiGraph()
    roots = ["root:a", "root:b"][: int(rng.integers(1, 3))]
    relays = [f"relay:{k}" for k in range(int(rng.integers(0, 3)))]
    for name in roots:
        node(graph, name, "root", capacity=float(rng.choice([np.inf, 9.0, 20.0])) if rich else np.inf)
    for name in relays:
        node(graph, name, "relay")
    for name in names:
        node(graph, name, "place", tower=float(rng.choice([0.0, 2.0, 4.0])) if rich else 0.0)
    nodes = roots + relays + names
    for k, a in enumerate(nodes):
        for b in nodes[k + 1 :]:
            if a in roots and b in roots:
                continue
            for technology in ("fiber", "microwave"):
                if rng.random() < 0.35:
                    mbps = float(rng.choice([5.0, 12.0, np.inf])) if rich else np.inf
                    link(graph, a, b, technology, technology, float(rng.integers(0, 9)), mbps)
    if rich and rng.random() < 0.6:
        node(graph, "beam:1", "satellite", capacity=float(rng.integers(2, 12)), pool="bts")
        for name in names:
            if rng.random() < 0.7:
                link(
                    graph, name, "beam:1", "geo", "satellite", float(rng.integers(1, 6)), 6.0, reserved=4.0, pool="bts"
                )
    return graph


def _problem(graph, names, options, covers, umkm, demand, level, share, lon=None, lat=None, at=None) -> Problem:
    n = len(umkm)
    lon = np.full(n, 120.0) if lon is None else lon
    lat = np.full(n, -9.0) if lat is None else lat
    at = np.tile([120.0, -9.0], (len(names), 1)) if at is None else at
    return Problem(
        cells=frame_of_cells(lon, lat, umkm, umkm * 10, demand),
        service=frame_of_service(n, level, share),
        candidates=frame_of_candidates(names, at[:, 0], at[:, 1]),
        options=pd.DataFrame(options, columns=OPTION_COLUMNS),
        indptr=np.r_[0, np.cumsum([len(c) for c in covers])].astype(np.int64),
        indices=np.concatenate([*covers, np.zeros(0)]).astype(np.int32),
        graph=graph,
        weight=umkm.copy(),
    )


def province(seed: int, *, n_places: int = 400, n_cells: int = 30_000, n_relays: int = 300) -> Problem:
    """A province of islands: settled cells, candidates near them, roads to the backbone, hops, one thin beam."""
    rng = np.random.default_rng(seed)
    n_towns = 150
    town = np.c_[rng.uniform(0, 420, n_towns), rng.uniform(0, 230, n_towns)]
    home = rng.integers(0, n_towns, n_cells)
    spot = np.round((town[home] + rng.normal(0, 5.0, (n_cells, 2))) / 0.3) * 0.3
    spot = np.unique(spot, axis=0)
    people = np.ceil(rng.lognormal(3.0, 1.0, len(spot)))
    umkm = rng.binomial(people.astype(int), 0.08).astype(float)
    demand = people * 0.02
    at = spot[rng.choice(len(spot), n_places, replace=False)] + rng.normal(0, 0.5, (n_places, 2))
    names = [f"c{k:04d}" for k in range(n_places)]
    from scipy.spatial import cKDTree

    tree = cKDTree(spot)
    options, covers = [], []
    for k, name in enumerate(names):
        access = rng.choice([1.0, 1.3, 1.9], p=[0.7, 0.2, 0.1])
        blocked = rng.uniform(0, 2 * np.pi)
        for site_type, (cost, mbps, radius) in TYPES.items():
            near = np.array(sorted(tree.query_ball_point(at[k], radius)), dtype=int)
            angle = np.arctan2(*(spot[near] - at[k]).T) if len(near) else np.zeros(0)
            near = near[np.cos(angle - blocked) < 0.8] if len(near) else near
            pool = "public" if site_type == "ap" else "bts"
            options.append(option_row(name, site_type, cost * access, mbps, len(near), KINDS[site_type], pool))
            covers.append(near)
    graph = _province_graph(rng, names, at, n_relays)
    level = rng.choice(["unserved", "limited", "unknown"], len(spot), p=[0.8, 0.15, 0.05])
    share = np.where(level == "limited", 0.5, 0.0)
    lon, lat = 119.0 + spot[:, 0] / 110.0, -11.0 + spot[:, 1] / 111.0
    place = np.c_[119.0 + at[:, 0] / 110.0, -11.0 + at[:, 1] / 111.0]
    return _problem(graph, names, options, covers, umkm, demand, level, share, lon, lat, place)


def _province_graph(rng, names, at, n_relays):
    from scipy.spatial import cKDTree

    graph = nx.MultiGraph()
    roots = rng.uniform([0, 0], [420, 230], (40, 2))
    forks = rng.uniform([0, 0], [420, 230], (n_relays, 2))
    spots = np.vstack([roots, forks, at])
    ids = [f"root:{k}" for k in range(len(roots))] + [f"road:{k}" for k in range(n_relays)] + names
    for k, name in enumerate(ids):
        kind = "root" if k < len(roots) else "relay" if k < len(roots) + n_relays else "place"
        node(graph, name, kind, tower=1.1e9 if kind == "place" else 0.0)
    tree = cKDTree(spots)
    for k, name in enumerate(ids):
        _, near = tree.query(spots[k], 6)
        for other in near[1:]:
            km = float(np.hypot(*(spots[k] - spots[other]))) * 1.3
            if not (k < len(roots) and other < len(roots)) and not graph.has_edge(name, ids[other], "fiber"):
                link(graph, name, ids[other], "fiber", "fiber", km * 1.5e8, 10_000.0, km)
    for k, name in enumerate(ids):
        if name.startswith("road"):
            continue
        for other in tree.query_ball_point(spots[k], 30.0):
            if other > k and not ids[other].startswith("road") and rng.random() < 0.3 and not (k < 40 and other < 40):
                km = float(np.hypot(*(spots[k] - spots[other])))
                link(graph, name, ids[other], "microwave", "microwave", 9e8 + 1e6 * km, 400.0 if km < 20 else 150.0, km)
    for beam, mbps, pool, rate, cost in (
        ("beam:bts", 120.0, "bts", 8.0, 9e8),
        ("beam:public", 300.0, "public", 6.0, 5e8),
    ):
        node(graph, beam, "satellite", capacity=mbps, pool=pool)
        for name in names:
            link(graph, name, beam, f"geo_{pool}", "satellite", cost, rate, reserved=rate, pool=pool)
    return graph
