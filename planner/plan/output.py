"""From a finished draft to the tables of a `Plan`: sites, links, relay towers, served cells, totals."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
RELAY_COLUMNS = ("place_id", "name", "lon_deg", "lat_deg", "capex_idr", "opex_idr_per_year", "cost_idr", "n_sites")
SERVED_COLUMNS = ("cell_id", "site_id", "share")
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


def routes(instance: Instance, problem: Problem, draft: Draft) -> dict[int, Route]:
    """Route of every built place."""
    network = instance.network
    names = [*instance.place_ids]
    names += sorted({n for n, d in problem.graph.nodes(data=True) if d.get("kind") == "place"} - set(names))
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
    parts = []
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
        parts.append(
            pd.DataFrame({"cell_id": cell_id[rows], "site_id": instance.place_ids[place],
                          "share": np.repeat(share, width) * (1.0 - done[rows])})
        )  # fmt: skip
    parts += _leftovers(instance, problem, draft)
    if not parts:
        empty = {"cell_id": np.zeros(0, np.int64), "site_id": np.zeros(0, dtype=str), "share": np.zeros(0)}
        return pd.DataFrame(empty)
    table = pd.concat(parts, ignore_index=True)
    table = table[table["share"] > 0]
    return table.sort_values(["cell_id", "site_id"], kind="stable", ignore_index=True)


def _leftovers(instance: Instance, problem: Problem, draft: Draft) -> list[pd.DataFrame]:
    """Cells that weigh nothing in the objective but hold people, served with what capacity is left."""
    level = problem.service["level"].to_numpy(dtype=str) if len(problem.service) else np.zeros(0, dtype=str)
    rest = np.where(np.isin(level, ("unserved", "limited")), 1.0 - problem.service["served_share"].to_numpy(float), 0.0)
    rest[instance.cell_rows] = 0.0
    demand = problem.cells["demand_mbps"].to_numpy(dtype=float)
    people = problem.cells["people"].to_numpy(dtype=float)
    cell_id = problem.cells["cell_id"].to_numpy()
    rest = np.where((people > 0) & (demand > 0), rest, 0.0)
    load = draft.load_mbps.copy()
    parts = []
    for place in sorted(draft.choice):
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
        rest_before = rest[cells]
        rest[cells] = rest_before * (1.0 - part)
        load[edges] += float((need * part).sum())
        table = {"cell_id": cell_id[cells], "site_id": instance.place_ids[place], "share": rest_before * part}
        parts.append(pd.DataFrame(table))
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
    of_link = {str(row["link_id"]): row for row in links.to_dict("records")}
    of_relay = {str(row["place_id"]): row for row in relays.to_dict("records")}
    candidates = {str(row["candidate_id"]): row for row in problem.candidates.to_dict("records")}
    options = problem.options.iloc[instance.option_rows].to_dict("records")
    cells = problem.cells.set_index("cell_id")
    shares = served.join(cells[["n_umkm", "people", "n_facilities", "demand_mbps"]], on="cell_id")
    rows = []
    for place in sorted(draft.choice):
        choice, route = draft.choice[place], by_place[place]
        name = instance.place_ids[place]
        option = options[int(instance.choice_option[choice])]
        mine = shares[shares["site_id"] == name]
        ids = [link_id(link) for link in route.links]
        parts = [of_link[i] for i in ids] + [of_relay[t] for t in route.towers]
        money = {key: float(option[key]) + float(sum(p[key] / p["n_sites"] for p in parts)) for key in _MONEY}
        narrow = min([float(option["radio_mbps"]), *(float(of_link[i]["capacity_mbps"]) for i in ids)])
        at = candidates[name]
        rows.append(
            {
                "site_id": name, "option_id": option["option_id"], "candidate_id": name, "name": at["name"],
                "area_code": at["area_code"], "site_type": option["site_type"], "status": "indicative",
                "backhaul": of_link[ids[0]]["technology"] if ids else "", "backhaul_path": ">".join(route.nodes),
                "access_mode": at["access_mode"],
                "n_umkm_new": float((mine["n_umkm"] * mine["share"]).sum()),
                "people_new": float((mine["people"] * mine["share"]).sum()),
                "demand_mbps": float((mine["demand_mbps"] * mine["share"]).sum()), "capacity_mbps": narrow, **money,
                "why": json.dumps({}), "lon_deg": float(at["lon_deg"]), "lat_deg": float(at["lat_deg"]),
                "facilities_new": float((mine["n_facilities"] * mine["share"]).sum()),
                "link_ids": json.dumps(ids), "option_cost_idr": float(option["cost_idr"]),
            }
        )  # fmt: skip
    extra = ["facilities_new", "link_ids", "option_cost_idr"]
    return pd.DataFrame(rows, columns=[*(column.name for column in SITES), *extra])


def plan_totals(
    problem: Problem, sites: pd.DataFrame, links: pd.DataFrame, relays: pd.DataFrame, served: pd.DataFrame
) -> dict[str, float]:
    """Sums of the plan, from its tables and the options."""
    options = problem.options.set_index("option_id").loc[sites["option_id"]]
    cells = problem.cells.assign(weight=np.asarray(problem.weight, dtype=float)).set_index("cell_id")
    new = served.groupby("cell_id")["share"].sum()
    at = cells.loc[new.index]
    money = {key: float(options[key].sum() + links[key].sum() + relays[key].sum()) for key in _MONEY}
    return {
        "n_sites": float(len(sites)), "n_links": float(len(links)), "n_relays": float(len(relays)), **money,
        "network_cost_idr": float(links["cost_idr"].sum() + relays["cost_idr"].sum()),
        "weight_new": float((at["weight"] * new).sum()), "n_umkm_new": float((at["n_umkm"] * new).sum()),
        "people_new": float((at["people"] * new).sum()), "facilities_new": float((at["n_facilities"] * new).sum()),
        "demand_mbps": float((at["demand_mbps"] * new).sum()),
    }  # fmt: skip
