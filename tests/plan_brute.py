"""Enumeration of tiny plans: every set of sites, every set of routes; shares nothing with the selection but its inputs."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
from scipy.optimize import linprog

from planner.plan.types import Problem


def best_value(problem: Problem, ceiling: float, *, with_links: bool = True) -> float:
    """Most weight any plan can newly serve; without link and root capacities when ``with_links`` is False."""
    places = sorted(set(problem.options["candidate_id"]))
    choices = {name: [None, *_site_choices(problem, name)] for name in places}
    best = 0.0
    for picks in product(*(choices[name] for name in places)):
        sites = [(name, pick) for name, pick in zip(places, picks, strict=True) if pick is not None]
        if not sites or sum(pick["cost"] for _, pick in sites) > ceiling + 1e-9 or not _beams_fit(problem, sites):
            continue
        roof = _serve(problem, sites, [])
        if roof <= best + 1e-9:
            continue
        best = max(best, _route_all(problem, sites, ceiling, roof, best, with_links))
    return best


def _site_choices(problem: Problem, name: str) -> list[dict]:
    found = []
    for row, option in enumerate(problem.options.to_dict("records")):
        if option["candidate_id"] != name:
            continue
        kinds = option["backhaul_kinds"].split(",")
        base = {"row": row, "kinds": kinds, "has_tower": "microwave" in kinds, "mbps": option["radio_mbps"]}
        for _, beam, data in problem.graph.edges(name, data=True):
            if data["kind"] == "satellite" and "satellite" in kinds:
                mbps = min(base["mbps"], data["capacity_mbps"])
                found.append(
                    {
                        **base,
                        "cost": option["cost_idr"] + data["cost_idr"],
                        "beam": beam,
                        "q": data["reserved_mbps"],
                        "mbps": mbps,
                    }
                )
        found.append({**base, "cost": option["cost_idr"], "beam": None, "q": 0.0})
    return found


def _beams_fit(problem: Problem, sites) -> bool:
    taken: dict[str, float] = {}
    for _, pick in sites:
        if pick["beam"]:
            taken[pick["beam"]] = taken.get(pick["beam"], 0.0) + pick["q"]
    return all(mbps <= problem.graph.nodes[beam]["capacity_mbps"] + 1e-9 for beam, mbps in taken.items())


def _paths(problem: Problem, name: str, kinds: list[str]):
    """Every simple path from a place to a root, as lists of (from, to, key, data)."""
    graph, found = problem.graph, []

    def walk(here, seen, path):
        for _, there, key, data in sorted(graph.edges(here, keys=True, data=True), key=lambda e: (e[1], e[2])):
            if there in seen or data["kind"] == "satellite" or (not path and data["kind"] not in kinds):
                continue
            step = [*path, (here, there, key, data)]
            if graph.nodes[there]["kind"] == "root":
                found.append(step)
            else:
                walk(there, seen | {there}, step)

    walk(name, {name}, [])
    return found


def _route_all(problem: Problem, sites, ceiling, roof, best, with_links) -> float:
    base = sum(pick["cost"] for _, pick in sites)
    towers = {name for name, pick in sites if pick["has_tower"]}
    wired = [(k, name, pick) for k, (name, pick) in enumerate(sites) if pick["beam"] is None]
    lists = [
        sorted(_paths(problem, name, pick["kinds"]), key=lambda p: sum(s[3]["cost_idr"] for s in p))
        for _, name, pick in wired
    ]
    top = best

    def search(at, edges, relays, chosen):
        nonlocal top
        if top >= roof - 1e-9:
            return
        if at == len(wired):
            routes = [(wired[k][0], path) for k, path in enumerate(chosen)]
            top = max(top, _serve(problem, sites, routes) if with_links else roof)
            return
        for path in lists[at]:
            directed = {(a, b, key): data["cost_idr"] for a, b, key, data in path}
            if any((b, a, key) in edges for a, b, key in directed):
                continue
            new_edges = {**edges, **directed}
            new_relays = relays | _relays(problem, path, towers)
            cost = base + sum(new_edges.values()) + sum(problem.graph.nodes[v]["tower_cost_idr"] for v in new_relays)
            if cost <= ceiling + 1e-9:
                search(at + 1, new_edges, new_relays, [*chosen, path])

    search(0, {}, frozenset(), [])
    return top


def _relays(problem: Problem, path, towers) -> frozenset:
    found = set()
    for before, after in pairwise(path):
        node = before[1]
        if (
            problem.graph.nodes[node]["kind"] == "place"
            and node not in towers
            and "microwave" in {before[3]["kind"], after[3]["kind"]}
        ):
            found.add(node)
    return frozenset(found)


def _serve(problem: Problem, sites, routes) -> float:
    level = problem.service["level"].to_numpy()
    rest = np.where(np.isin(level, ("unserved", "limited")), 1.0 - problem.service["served_share"].to_numpy(float), 0.0)
    demand = problem.cells["demand_mbps"].to_numpy(float)
    pairs = [
        (k, int(cell))
        for k, (_, pick) in enumerate(sites)
        for cell in problem.indices[problem.indptr[pick["row"]] : problem.indptr[pick["row"] + 1]]
        if rest[int(cell)] * problem.weight[int(cell)] > 0
    ]
    if not pairs:
        return 0.0
    rows, top = [], []
    for k, (_, pick) in enumerate(sites):
        rows.append([demand[c] * (j == k) for j, c in pairs])
        top.append(pick["mbps"])
    for cell in sorted({c for _, c in pairs}):
        rows.append([float(c == cell) for _, c in pairs])
        top.append(rest[cell])
    for k in range(len(sites)) if problem.air is not None else ():
        rows.append([_air_share(problem, sites, j, c) * (j == k) for j, c in pairs])
        top.append(1.0)
    limits: dict = {}
    for k, path in routes:
        for a, b, key, data in path:
            limits.setdefault((a, b, key), (data["capacity_mbps"], []))[1].append(k)
        root = path[-1][1]
        limits.setdefault((root,), (problem.graph.nodes[root]["capacity_mbps"], []))[1].append(k)
    for mbps, users in limits.values():
        if np.isfinite(mbps):
            rows.append([demand[c] * (j in users) for j, c in pairs])
            top.append(mbps)
    gain = [-problem.weight[c] for _, c in pairs]
    answer = linprog(gain, A_ub=np.array(rows), b_ub=np.array(top), bounds=(0, 1), method="highs")
    return float(-answer.fun)


def _air_share(problem: Problem, sites, k: int, cell: int) -> float:
    """Share of a site's spectrum that the whole demand of a cell takes with all sites on (1e6: nothing is left there)."""
    air, row = problem.air, sites[k][1]["row"]

    def heard(option: int) -> float:
        part = slice(air.heard.indptr[option], air.heard.indptr[option + 1])
        at = np.flatnonzero(air.heard.indices[part] == cell)
        return 10 ** (float(air.heard.rsrp_dbm[part][at[0]]) / 10) if len(at) else 0.0

    own = heard(row)
    at = air.heard.indptr[row] + list(air.heard.indices[air.heard.indptr[row] : air.heard.indptr[row + 1]]).index(cell)
    other = np.nan_to_num(10 ** (float(air.existing_dbm[at]) / 10)) + (air.n_sectors[row] - 1) * own / 100
    for j, (_, pick) in enumerate(sites):
        if j != k and air.carrier[pick["row"]] == air.carrier[row]:
            other += heard(pick["row"])
    ratio = own / (0.5 * other + 10 ** ((-173.975 + 10 * np.log10(15e3) + 9) / 10))
    rate = min(0.6 * np.log2(1 + ratio), 4.4) if ratio >= 0.1 else 0.0
    return float(problem.cells["demand_mbps"][cell]) / (rate * air.full_mbps[row]) if rate > 0 else 1e6
