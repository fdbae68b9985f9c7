"""From a finished draft to the tables of a `Plan`: sites, links, relay towers, served cells, totals."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.plan.airtime import spectrum_left
from planner.plan.build import Draft
from planner.plan.instance import Instance
from planner.plan.types import Problem
from planner.schema_columns import LINKS, SITES

__all__ = [
    "RELAY_COLUMNS",
    "Route",
    "plan_totals",
    "relay_table",
    "route_links",
    "routes",
    "served_table",
    "site_table",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
RELAY_COLUMNS = ("place_id", "name", "lon_deg", "lat_deg", "capex_idr", "opex_idr_per_year", "cost_idr", "n_sites")
_MONEY = ("capex_idr", "opex_idr_per_year", "cost_idr")


@dataclass(frozen=True)
class Route:
    """Way of one site to the backbone.

    Parameters
    ----------
    nodes
        Graph nodes from the site to a root or beam.
    links
        (from, to, key) in the same order.
    towers
        Places on the way where microwave needs a relay tower, because no site stands there.
    """

    nodes: tuple[str, ...]
    links: tuple[tuple[str, str, str], ...]
    towers: tuple[str, ...]


def edge_data(graph: Any, link: tuple[str, str, str]) -> dict[str, Any]:
    """Attributes of a link (``Any``: multigraphs and plain graphs differ in their types)."""
    a, b, key = link
    return dict(graph.edges[a, b, key] if graph.is_multigraph() else graph.edges[a, b])


def place_names(instance: Instance, problem: Problem) -> list[str]:
    """Names of the places that carry towers: those with an option first, in the order of their numbers."""
    names = [*instance.place_ids]
    return names + sorted({n for n, d in problem.graph.nodes(data=True) if d.get("kind") == "place"} - set(names))


def routes(instance: Instance, problem: Problem, draft: Draft) -> dict[int, Route]:
    """Route of every built place."""
    network, names = instance.network, place_names(instance, problem)
    found: dict[int, Route] = {}
    for place in sorted(draft.choice):
        sat = int(instance.choice_sat[draft.choice[place]])
        if sat >= 0:
            at, beam, key = network.sat_key[sat]
            found[place] = Route((at, beam), ((at, beam, key),), ())
            continue
        arcs = draft.path[place][::-1]
        here, nodes, links = instance.place_ids[place], [instance.place_ids[place]], []
        for edge in network.edge[arcs]:
            if edge < 0 or network.edge_key[edge][0] == network.edge_key[edge][1]:
                continue
            a, b, key = network.edge_key[edge]
            there = b if a == here else a
            links.append((here, there, key))
            nodes.append(there)
            here = there
        needs = network.tower[arcs]
        towers = tuple(sorted({names[t] for t in needs[needs >= 0] if not draft.has_site_tower[t]}))
        found[place] = Route(tuple(nodes), tuple(links), towers)
    return found


def served_table(instance: Instance, problem: Problem, draft: Draft) -> pd.DataFrame:
    """Share of each cell's whole demand that each site newly serves, leftover capacity included."""
    cell_id = problem.cells["cell_id"].to_numpy()
    done = problem.service["served_share"].to_numpy(dtype=float)
    by_group = np.argsort(instance.cell_group, kind="stable")
    first = np.searchsorted(instance.cell_group[by_group], np.arange(instance.groups.n_groups + 1))
    parts: list[tuple[int, Ints, Floats]] = []
    for place in sorted(draft.took):
        group, share = draft.took[place]
        width = first[group + 1] - first[group]
        ends = np.cumsum(width)
        at = (
            np.arange(int(ends[-1]) if len(ends) else 0)
            - np.repeat(ends - width, width)
            + np.repeat(first[group], width)
        )
        rows = instance.cell_rows[by_group[at]]
        parts.append((place, cell_id[rows], np.repeat(share, width) * (1.0 - done[rows])))
    parts += _leftovers(instance, problem, draft)
    place_of = np.repeat(np.array([p for p, _, _ in parts], dtype=np.int64), [len(cells) for _, cells, _ in parts])
    cells = np.concatenate([np.zeros(0, dtype=np.int64), *(cells for _, cells, _ in parts)])
    share = np.concatenate([np.zeros(0), *(share for _, _, share in parts)])
    order = np.lexsort((place_of, cells))  # place identifiers ascend with their numbers
    order = order[share[order] > 0]
    site_id = np.array(instance.place_ids, dtype=object)[place_of[order]] if len(order) else np.zeros(0, dtype=str)
    return pd.DataFrame({"cell_id": cells[order], "site_id": pd.Series(site_id, dtype="str"), "share": share[order]})


def _leftovers(instance: Instance, problem: Problem, draft: Draft) -> list[tuple[int, Ints, Floats]]:
    """Cells that weigh nothing in the objective but hold people, served with what capacity is left."""
    lacks = problem.service["level"].isin(["unserved", "limited"]).to_numpy(bool)
    rest = np.where(lacks, 1.0 - problem.service["served_share"].to_numpy(float), 0.0)
    rest[instance.cell_rows] = 0.0
    demand = problem.cells["demand_mbps"].to_numpy(dtype=float)
    people = problem.cells["people"].to_numpy(dtype=float)
    cell_id = problem.cells["cell_id"].to_numpy()
    rest = np.where((people > 0) & (demand > 0), rest, 0.0)
    load = draft.load_mbps.copy()
    whole = np.where(rest > 0, rest, 1.0)
    air = spectrum_left(instance, draft, sorted(draft.choice))
    parts: list[tuple[int, Ints, Floats]] = []
    for number, place in enumerate(sorted(draft.choice)):
        choice = draft.choice[place]
        group, share = draft.took.get(place, (np.zeros(0, np.int64), np.zeros(0)))
        used = float((instance.groups.demand_mbps[group] * share).sum())
        arcs = draft.path.get(place, np.zeros(0, dtype=np.int64))
        edges = np.unique(instance.network.edge[arcs][instance.network.edge[arcs] >= 0])
        room = (instance.network.edge_mbps[edges] - load[edges]).min(initial=np.inf)
        left = min(float(instance.choice_mbps[choice]) - used, float(room)) * (1 - 1e-9)
        row = int(instance.option_rows[instance.choice_option[choice]])
        cells = np.unique(problem.indices[problem.indptr[row] : problem.indptr[row + 1]])
        cells = cells[rest[cells] > 0]
        cells = cells[np.lexsort((cell_id[cells], -people[cells] / demand[cells]))]
        need = demand[cells] * rest[cells]
        part = np.clip((max(left, 0.0) - (np.cumsum(need) - need)) / need, 0.0, 1.0) if len(cells) else np.zeros(0)
        if air is not None:
            part = np.minimum(part, air.room(number, cells.astype(np.int64), rest[cells] / whole[cells]))
        rest_before = rest[cells]
        rest[cells] = rest_before * (1.0 - part)
        load[edges] += float((need * part).sum())
        parts.append((place, cell_id[cells], rest_before * part))
    return parts


def route_links(problem: Problem, by_place: dict[int, Route], load: dict[int, float]) -> pd.DataFrame:
    """`schema.TABLES["links"]`: every link once, with the traffic of all sites behind it."""
    carried: dict[tuple[str, str, str], float] = {}
    sites: dict[tuple[str, str, str], int] = {}
    for place, route in by_place.items():
        for link in route.links:
            carried[link] = carried.get(link, 0.0) + load.get(place, 0.0)
            sites[link] = sites.get(link, 0) + 1
    nodes: Any = problem.graph.nodes
    rows = []
    for link in sorted(carried):
        a, b, _ = link
        data = edge_data(problem.graph, link)
        rows.append(
            {
                "link_id": link_id(link), "from_id": a, "to_id": b, "technology": str(data.get("technology", link[2])),
                "length_km": float(data.get("length_km", 0.0)), "sea_km": float(data.get("sea_km", 0.0)),
                "capacity_mbps": float(data.get("capacity_mbps", np.inf)), "load_mbps": carried[link],
                **{name: float(data.get(name, 0.0)) for name in _MONEY},
                "from_lon_deg": _at(nodes, a, b, "lon_deg"), "from_lat_deg": _at(nodes, a, b, "lat_deg"),
                "to_lon_deg": _at(nodes, b, a, "lon_deg"), "to_lat_deg": _at(nodes, b, a, "lat_deg"),
                "kind": str(data.get("kind", "")), "evidence": str(data.get("evidence", "observed")),
                "n_sites": sites[link],
            }
        )  # fmt: skip
    extra = ["kind", "evidence", "n_sites"]
    return pd.DataFrame(rows, columns=[*(column.name for column in LINKS), *extra])


def link_id(link: tuple[str, str, str]) -> str:
    """Identifier of a link: from, to and technology."""
    a, b, key = link
    return f"{a}>{b}" + (f"|{key}" if key != "" else "")


def _at(nodes: Any, name: str, other: str, key: str) -> float:
    """Coordinate of a node; a beam has none, so its link is drawn at its other end."""
    value = float(nodes[name].get(key, np.nan))
    return value if np.isfinite(value) else float(nodes[other].get(key, np.nan))


def relay_table(problem: Problem, by_place: dict[int, Route]) -> pd.DataFrame:
    """Bare relay towers: places where microwave passes and no site stands."""
    users: dict[str, int] = {}
    for route in by_place.values():
        for name in route.towers:
            users[name] = users.get(name, 0) + 1
    rows = []
    for name in sorted(users):
        data = problem.graph.nodes[name]
        money = {key: float(data.get(f"tower_{key}", 0.0)) for key in _MONEY}
        place = {"place_id": name, "name": str(data.get("name", name)), "n_sites": users[name]}
        rows.append({**place, "lon_deg": data.get("lon_deg"), "lat_deg": data.get("lat_deg"), **money})
    return pd.DataFrame(rows, columns=list(RELAY_COLUMNS))


def site_table(
    instance: Instance,
    problem: Problem,
    draft: Draft,
    by_place: dict[int, Route],
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
) -> pd.DataFrame:
    """`schema.TABLES["sites"]`; the cost of a link or relay tower is shared evenly by the sites behind it."""
    links, relays, served = tables
    of_link = _by_name(links, "link_id", (*_MONEY, "n_sites", "capacity_mbps", "technology"))
    of_relay = _by_name(relays, "place_id", (*_MONEY, "n_sites"))
    places = sorted(draft.choice)
    chosen = np.array([instance.choice_option[draft.choice[place]] for place in places], dtype=np.int64)
    options = problem.options.iloc[instance.option_rows[chosen]].reset_index(drop=True)
    names = [instance.place_ids[place] for place in places]
    at = problem.candidates.set_index("candidate_id").loc[names].reset_index()
    new = _served_sums(problem, served, names)
    ids = [[link_id(link) for link in by_place[place].links] for place in places]
    parts = [
        [of_link[i] for i in row] + [of_relay[t] for t in by_place[p].towers]
        for row, p in zip(ids, places, strict=True)
    ]
    table = {
        "site_id": names, "option_id": options["option_id"], "candidate_id": names, "name": at["name"],
        "area_code": at["area_code"], "site_type": options["site_type"], "status": "indicative",
        "backhaul": [of_link[row[0]]["technology"] if row else "" for row in ids],
        "backhaul_path": [">".join(by_place[place].nodes) for place in places], "access_mode": at["access_mode"],
        "n_umkm_new": new["n_umkm"], "people_new": new["people"], "demand_mbps": new["demand_mbps"],
        "capacity_mbps": [
            min([mbps, *(float(of_link[i]["capacity_mbps"]) for i in row)])
            for mbps, row in zip(options["radio_mbps"].to_numpy(float).tolist(), ids, strict=True)
        ],
        **{
            key: [own + float(sum(p[key] / p["n_sites"] for p in row)) for own, row in zip(options[key].tolist(), parts, strict=True)]
            for key in _MONEY
        },
        "why": json.dumps({}), "lon_deg": at["lon_deg"].to_numpy(float), "lat_deg": at["lat_deg"].to_numpy(float),
        "facilities_new": new["n_facilities"], "link_ids": [json.dumps(row) for row in ids],
        "option_cost_idr": options["cost_idr"].to_numpy(float),
    }  # fmt: skip
    extra = ["facilities_new", "link_ids", "option_cost_idr"]
    return pd.DataFrame(table, index=range(len(places)))[[*(column.name for column in SITES), *extra]]


def _by_name(table: pd.DataFrame, key: str, columns: tuple[str, ...]) -> dict[str, dict[Any, Any]]:
    """Rows of a table by the text of their key (``Any``: cells of a table)."""
    return dict(zip(table[key].astype(str), table[list(columns)].to_dict("records"), strict=True))


def _served_sums(problem: Problem, served: pd.DataFrame, names: list[str]) -> dict[str, Floats]:
    """What each site newly serves of every quantity of its cells."""
    row = _rows_of(problem, served["cell_id"].to_numpy())
    site = pd.Index(names).get_indexer(pd.Index(served["site_id"]))
    share = served["share"].to_numpy(float)
    return {
        name: np.bincount(site, problem.cells[name].to_numpy(float)[row] * share, len(names)).astype(np.float64)
        for name in ("n_umkm", "people", "n_facilities", "demand_mbps")
    }


def _rows_of(problem: Problem, cell_id: Ints) -> Ints:
    """Rows of some cells."""
    ids = problem.cells["cell_id"].to_numpy()
    if (
        ids[1:] > ids[:-1]
    ).all():  # as cells are made: to sort them for each plan of a frontier takes longer than the rest
        return np.searchsorted(ids, cell_id)
    order = np.argsort(ids, kind="stable")
    return np.asarray(order[np.searchsorted(ids, cell_id, sorter=order)])


def plan_totals(
    problem: Problem, sites: pd.DataFrame, links: pd.DataFrame, relays: pd.DataFrame, served: pd.DataFrame
) -> dict[str, float]:
    """Sums of the plan, from its tables and the options."""
    options = problem.options.set_index("option_id").loc[sites["option_id"]]
    new = served.groupby("cell_id")["share"].sum()
    row = _rows_of(problem, new.index.to_numpy())
    at = problem.cells.iloc[row].assign(weight=np.asarray(problem.weight, dtype=float)[row]).set_index("cell_id")
    money = {key: float(options[key].sum() + links[key].sum() + relays[key].sum()) for key in _MONEY}
    return {
        "n_sites": float(len(sites)), "n_links": float(len(links)), "n_relays": float(len(relays)), **money,
        "network_cost_idr": float(links["cost_idr"].sum() + relays["cost_idr"].sum()),
        "weight_new": float((at["weight"] * new).sum()), "n_umkm_new": float((at["n_umkm"] * new).sum()),
        "people_new": float((at["people"] * new).sum()), "facilities_new": float((at["n_facilities"] * new).sum()),
        "demand_mbps": float((at["demand_mbps"] * new).sum()),
    }  # fmt: skip
