"""The independent checker: does a plan keep every rule, and serve what it says?

It shares no code with the selection. Everything is recomputed from the plan's own tables, the cells, the
options with their covers, the graph and, where given, the single enterprises: who may be served, radio
capacity, routes, link loads, beams, relay towers, money, objective, certificate and decisions.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from planner.geo import distance_km
from planner.plan.rules import Rules
from planner.plan.stated import MONEY, Walk, is_other_money, records, stated_faults, values
from planner.plan.types import Plan, Problem
from planner.plan.verify_air import air_faults
from planner.plan.verify_rules import late_needs, rules_faults

__all__ = ["verify"]

_SLACK = 1e-6


@dataclass(frozen=True)
class _World:
    """The raw inputs, looked up by name (``Any``: rows of tables and attributes of the graph)."""

    plan: Plan
    problem: Problem
    sites: dict[str, dict[str, Any]]
    options: dict[str, dict[str, Any]]
    option_row: dict[str, int]
    cells: dict[int, dict[str, Any]]
    graph: Any
    loads: dict[str, float]
    links: dict[str, dict[str, Any]]
    routes: dict[str, list[tuple[str, str, str]]]
    served: tuple[tuple[int, str, float], ...]

    def link(self, a: str, b: str, key: str) -> dict[str, Any] | None:
        """Attributes of a link, None when the graph has no such link."""
        if not self.graph.has_edge(a, b):
            return None
        if not self.graph.is_multigraph():
            return dict(self.graph.edges[a, b])
        return dict(self.graph.edges[a, b, key]) if self.graph.has_edge(a, b, key) else None

    def kind(self, name: str) -> str:
        """Kind of a node."""
        return str(self.graph.nodes[name].get("kind", "")) if name in self.graph else ""


def verify(
    plan: Plan,
    problem: Problem,
    *,
    ceiling_idr: float,
    decisions: pd.DataFrame | None = None,
    points: pd.DataFrame | None = None,
    rules: Rules | None = None,
) -> tuple[str, ...]:
    """Violations of the rules, in English; empty when the plan may be written.

    Parameters
    ----------
    plan
        The plan, as it would be written.
    problem
        Raw cells, service, candidates, options with covers, graph and weights.
    ceiling_idr
        On the present value of everything that is built.
    decisions
        The planner's word.
    points
        Single demand points (``cell_id, weight``) behind the weights of the cells; the objective is then
        summed over them as well.
    rules
        Years, sources of money, floors and shares of money (`planner.plan.rules`); None for a plan under one ceiling.
    """
    faults: list[str] = []
    world = _world(plan, problem, faults)
    for check in (_check_sites, _check_service, _check_air, _check_routes, _check_links, _check_relays, _check_beams):
        check(world, faults)
        if faults and check is _check_sites:
            return tuple(faults)
    if any(world.link(*link) is None for route in world.routes.values() for link in route):
        return tuple(faults)
    _check_money(world, faults, ceiling_idr)
    _check_objective(world, faults, points, has_years=rules is not None)
    _check_certificate(world, faults)
    used = {link: world.link(*link) or {} for route in world.routes.values() for link in route}
    loads = {name: world.loads.get(name, 0.0) for name in world.sites}
    walk = Walk(world.routes, loads, _passers(world), used)
    faults += stated_faults(plan, problem, walk)
    if rules is not None:
        faults += rules_faults(plan, problem, rules, walk, walk.towers)
    if decisions is not None and len(decisions):
        _check_decisions(world, faults, decisions)
    return tuple(faults)


def _world(plan: Plan, problem: Problem, faults: list[str]) -> _World:
    options = _rows(problem.options[problem.options["option_id"].isin(set(plan.sites["option_id"]))], "option_id")
    number = {str(name): k for k, name in enumerate(values(problem.options["option_id"]))}
    there = np.flatnonzero(problem.cells["cell_id"].isin(set(plan.served["cell_id"])).to_numpy())
    table = problem.cells[["cell_id", "n_umkm", "people", "n_facilities", "demand_mbps"]].iloc[there].copy()
    table["weight"] = np.asarray(problem.weight, dtype=float)[there]
    table["level"] = problem.service["level"].iloc[there].to_numpy()
    table["served_share"] = problem.service["served_share"].to_numpy(dtype=float)[there]
    cells = {int(row["cell_id"]): row for row in _rows(table, "cell_id").values()}
    loads: dict[str, float] = defaultdict(float)
    served = tuple(zip(*(values(plan.served[name]) for name in ("cell_id", "site_id", "share")), strict=True))
    for cell_id, name, share in served:
        if cell_id in cells:
            loads[name] += share * float(cells[cell_id]["demand_mbps"])
    sites = _rows(plan.sites, "site_id")
    links = _rows(plan.links, "link_id")
    if len(links) < len(plan.links):
        faults.append("a link_id stands twice")
    routes = {name: _route(site, links, faults) for name, site in sites.items()}
    return _World(plan, problem, sites, options, number, cells, problem.graph, dict(loads), links, routes, served)


def _rows(table: pd.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    """Rows of a table by the text of their key."""
    return {str(row[key]): row for row in records(table)}


def _above(value: float, limit: float, scale: float = 1.0) -> bool:
    """Whether ``value`` passes ``limit`` by more than rounding; NaN always does."""
    return not value <= limit + _SLACK * max(scale, abs(limit) if math.isfinite(limit) else scale)


def _differs(value: float, other: float) -> bool:
    return not abs(value - other) <= _SLACK * max(1.0, abs(value), abs(other))


def _check_sites(world: _World, faults: list[str]) -> None:
    sites = world.plan.sites
    every = world.problem.candidates
    candidates = _rows(every[every["candidate_id"].isin(set(sites["candidate_id"]))], "candidate_id")
    for name, count in Counter(sites["candidate_id"].astype(str)).items():
        if count > 1:
            faults.append(f"candidate {name} carries {count} sites (one option a place)")
    if sites["site_id"].duplicated().any():
        faults.append("a site_id stands twice")
    for site in world.sites.values():
        option = world.options.get(str(site["option_id"]))
        candidate = candidates.get(str(site["candidate_id"]))
        if option is None or candidate is None:
            faults.append(f"site {site['site_id']} names an option or candidate that does not exist")
            continue
        if option["candidate_id"] != site["candidate_id"] or option["site_type"] != site["site_type"]:
            faults.append(f"site {site['site_id']} does not match its option {site['option_id']}")
        if candidate["excluded_because"]:
            faults.append(f"site {site['site_id']} stands on an excluded candidate ({candidate['excluded_because']})")
        if site["status"] != "indicative":
            faults.append(f"site {site['site_id']} has status {site['status']}; a desk study proposes indicative sites")
    if world.plan.served.duplicated(["cell_id", "site_id"]).any():
        faults.append("a cell and a site stand twice in the served table")


def _check_service(world: _World, faults: list[str]) -> None:
    per_cell: dict[int, float] = defaultdict(float)
    covers = {name: _cover(world, str(site["option_id"])) for name, site in world.sites.items()}
    for cell_id, name, share in world.served:
        if name not in world.sites or cell_id not in world.cells:
            faults.append(f"served row names cell {cell_id} or site {name} that does not exist")
            continue
        if not 0.0 < share <= 1.0 + _SLACK:
            faults.append(f"cell {cell_id} is served by {name} with share {share}")
        if cell_id not in covers[name]:
            faults.append(f"cell {cell_id} lies outside the cover of {name}")
        if world.cells[cell_id]["level"] not in {"unserved", "limited"}:
            faults.append(f"cell {cell_id} is {world.cells[cell_id]['level']} today and cannot be newly served")
        per_cell[cell_id] += share
    for cell_id, share in sorted(per_cell.items()):
        if _above(share, 1.0 - float(world.cells[cell_id]["served_share"])):
            faults.append(f"cell {cell_id} is newly served {share:.6f} beyond what is unserved")
    for name, site in sorted(world.sites.items()):
        radio = float(world.options[str(site["option_id"])]["radio_mbps"])
        load = world.loads.get(name, 0.0)
        if _above(load, radio):
            faults.append(f"site {name} serves {load:.3f} Mbps over radio of {radio:.3f}")
        if _differs(load, float(site["demand_mbps"])):
            faults.append(f"site {name} states {site['demand_mbps']} Mbps and serves {load}")


def _check_air(world: _World, faults: list[str]) -> None:
    """The spectrum of every site, in the last state and in each year before it with the sites that are on then."""
    if world.problem.air is None:
        return
    row = {name: world.option_row[str(site["option_id"])] for name, site in world.sites.items()}
    faults += air_faults(world.problem, row, [item for item in world.served if item[1] in row])
    for year in sorted(set(world.plan.served_years["year"].tolist())) if len(world.plan.served_years) else ():
        table = world.plan.served_years[world.plan.served_years["year"] == year]
        on = {name: k for name, k in row.items() if int(world.sites[name]["year"]) <= int(year)}
        served = zip(*(table[name].tolist() for name in ("cell_id", "site_id", "share")), strict=True)
        faults += air_faults(world.problem, on, [item for item in served if item[1] in on])


def _cover(world: _World, option_id: str) -> set[int]:
    row = world.option_row[option_id]
    at = np.asarray(world.problem.indices)[int(world.problem.indptr[row]) : int(world.problem.indptr[row + 1])]
    return set(world.problem.cells["cell_id"].to_numpy()[at].tolist())


def _route(site: dict[str, Any], links: dict[str, dict[str, Any]], faults: list[str]) -> list[tuple[str, str, str]]:
    """Links of a site as (from, to, key), in its own order; none, and a fault, where they cannot be read."""
    try:
        names = json.loads(site["link_ids"])
    except (TypeError, ValueError):
        names = None
    if not isinstance(names, list):
        faults.append(f"site {site['site_id']}: its link_ids are no list ({site['link_ids']!r})")
        return []
    lost = [name for name in names if not isinstance(name, str) or name not in links]
    if lost:
        faults.append(f"site {site['site_id']}: the links table has no {lost[0]!r}")
        return []
    return [(str(links[n]["from_id"]), str(links[n]["to_id"]), n.partition("|")[2]) for n in names]


def _check_routes(world: _World, faults: list[str]) -> None:
    for name, site in sorted(world.sites.items()):
        route = world.routes[str(site["site_id"])]
        nodes = str(site["backhaul_path"]).split(">")
        if not route or route[0][0] != name:
            faults.append(f"site {name} has no backhaul that starts at it")
            continue
        walked = [route[0][0], *(to for _, to, _ in route)]
        if walked != nodes or any(a[1] != b[0] for a, b in pairwise(route)):
            faults.append(f"site {name}: its links do not follow its path {site['backhaul_path']}")
            continue
        if world.kind(nodes[-1]) not in {"root", "satellite"}:
            faults.append(f"site {name}: its path ends at {nodes[-1]}, neither root nor beam")
        if world.kind(nodes[-1]) == "satellite" and len(route) > 1:
            faults.append(
                f"site {name}: its path reaches beam {nodes[-1]} over other nodes; a beam serves its own site"
            )
        if any(world.kind(node) in {"root", "satellite"} for node in nodes[:-1]):
            faults.append(f"site {name}: its path runs through a root or beam")
        if len(set(nodes)) < len(nodes):
            faults.append(f"site {name}: its path passes a node twice")
        _check_start(world, site, route, faults)


def _check_start(world: _World, site: dict[str, Any], route: list[tuple[str, str, str]], faults: list[str]) -> None:
    data = [world.link(*link) for link in route]
    if any(item is None for item in data):
        faults.append(f"site {site['site_id']}: a link of its path is not in the graph")
        return
    first = data[0] or {}
    option = world.options[str(site["option_id"])]
    kinds = option.get("backhaul_kinds")
    if isinstance(kinds, str) and str(first.get("kind")) not in kinds.replace(",", " ").split():
        faults.append(f"site {site['site_id']}: {option['site_type']} may not start on {first.get('kind')}")
    pool, wants = str(first.get("pool") or ""), str(option.get("backhaul_pool") or "")
    if str(first.get("kind")) == "satellite" and pool and wants and pool != wants:
        faults.append(f"site {site['site_id']}: draws from pool {pool} instead of {wants}")
    if str(first.get("technology", route[0][2])) != str(site["backhaul"]):
        faults.append(
            f"site {site['site_id']}: states backhaul {site['backhaul']}, starts on {first.get('technology')}"
        )


def _check_links(world: _World, faults: list[str]) -> None:
    carried: dict[tuple[str, str, str], float] = defaultdict(float)
    into: dict[str, float] = defaultdict(float)
    for name, site in world.sites.items():
        route = world.routes[str(site["site_id"])]
        for link in route:
            carried[link] += world.loads.get(name, 0.0)
        if route and world.kind(route[-1][1]) == "root":
            into[route[-1][1]] += world.loads.get(name, 0.0)
    for a, b, key in carried:
        if (b, a, key) in carried:
            faults.append(f"link {a} – {b} ({key}) is used in both directions")
    stated = {
        (str(row["from_id"]), str(row["to_id"]), name.split("|", 1)[1] if "|" in name else ""): row
        for name, row in world.links.items()
    }
    faults.extend(
        f"link {link[0]} – {link[1]} ({link[2]}) is bought but unused, or used but not bought"
        for link in sorted(set(stated) ^ set(carried))
    )
    for link in sorted(set(stated) & set(carried)):
        data = world.link(*link) or {}
        limit = float(data.get("capacity_mbps", math.inf))
        if _above(carried[link], limit):
            faults.append(f"link {link[0]} – {link[1]} carries {carried[link]:.3f} Mbps of {limit:.3f}")
        if _differs(carried[link], float(stated[link]["load_mbps"])):
            faults.append(
                f"link {link[0]} – {link[1]} states a load of {stated[link]['load_mbps']}, carries {carried[link]}"
            )
        if any(_differs(float(data.get(key, 0.0)), float(stated[link][key])) for key in MONEY):
            faults.append(f"link {link[0]} – {link[1]} does not state its cost")
    limits = {root: float(world.graph.nodes[root].get("capacity_mbps", math.inf)) for root in into}
    faults.extend(
        f"root {root} takes in {load:.3f} Mbps of {limits[root]:.3f}"
        for root, load in sorted(into.items())
        if _above(load, limits[root])
    )


def _passers(world: _World) -> dict[str, list[str]]:
    """Places where microwave passes before a site with a tower stands there, with the sites that pass."""
    has_tower: dict[str, int] = {}
    for site in world.sites.values():
        kinds = world.options[str(site["option_id"])].get("backhaul_kinds")
        if not isinstance(kinds, str) or "microwave" in kinds.replace(",", " ").split():
            has_tower[str(site["candidate_id"])] = int(site.get("year", 0))
    years = {name: int(site.get("year", 0)) for name, site in world.sites.items()}
    return late_needs(world.routes, world.graph, has_tower, years)


def _needed_towers(world: _World) -> dict[str, int]:
    """Places that need a bare relay tower, with the number of sites that pass by it."""
    return {name: len(sites) for name, sites in _passers(world).items()}


def _check_relays(world: _World, faults: list[str]) -> None:
    needed = _needed_towers(world)
    stated = {str(row["place_id"]): row for row in records(world.plan.relays)}
    faults.extend(
        f"relay tower at {name} is needed but not bought, or bought but not needed"
        for name in sorted(set(needed) ^ set(stated))
    )
    for name in sorted(set(needed) & set(stated)):
        data = world.graph.nodes[name]
        if any(_differs(float(data.get(f"tower_{key}", 0.0)), float(stated[name][key])) for key in MONEY):
            faults.append(f"relay tower at {name} does not state its cost")


def _check_beams(world: _World, faults: list[str]) -> None:
    taken: dict[str, float] = defaultdict(float)
    for site in world.sites.values():
        for link in world.routes[str(site["site_id"])]:
            if world.kind(link[1]) == "satellite":
                taken[link[1]] += float((world.link(*link) or {}).get("reserved_mbps", 0.0))
    for beam, mbps in sorted(taken.items()):
        limit = float(world.graph.nodes[beam].get("capacity_mbps", math.inf))
        if _above(mbps, limit):
            faults.append(f"beam {beam} gives {mbps:.3f} Mbps of the {limit:.3f} it has left")


def _check_money(world: _World, faults: list[str], ceiling_idr: float) -> None:
    links = {link for site in world.sites.values() for link in world.routes[str(site["site_id"])]}
    towers = _needed_towers(world)
    for key in MONEY:
        total = math.fsum(float(world.options[str(site["option_id"])][key]) for site in world.sites.values())
        total += math.fsum(float((world.link(*link) or {}).get(key, 0.0)) for link in links)
        total += math.fsum(float(world.graph.nodes[name].get(f"tower_{key}", 0.0)) for name in towers)
        if is_other_money(total, float(world.plan.totals.get(key, math.nan))):
            faults.append(f"{key} adds up to {total:.2f}, the plan states {world.plan.totals.get(key)}")
        if is_other_money(total, math.fsum(float(site[key]) for site in world.sites.values())):
            faults.append(f"{key} of the sites with their shares of the network does not add up to {total:.2f}")
        if key == "cost_idr" and not total <= ceiling_idr * (1 + 2e-12) + 1e-6:
            faults.append(f"the plan costs {total:.2f} IDR over the ceiling of {ceiling_idr:.2f}")


def _check_objective(world: _World, faults: list[str], points: pd.DataFrame | None, *, has_years: bool) -> None:
    stated = float(world.plan.totals.get("weight_new", math.nan)) if has_years else world.plan.certificate.value
    share: dict[int, float] = defaultdict(float)
    by_site: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for cell_id, name, part in world.served:
        share[cell_id] += part
        by_site[name].append((cell_id, part))
    names = {"weight": "weight_new", "n_umkm": "n_umkm_new", "people": "people_new", "n_facilities": "facilities_new"}
    for column, total in names.items():
        value = math.fsum(float(world.cells[c][column]) * s for c, s in share.items() if c in world.cells)
        if _differs(value, float(world.plan.totals.get(total, math.nan))):
            faults.append(f"{total} is {value:.6f} from the cells, the plan states {world.plan.totals.get(total)}")
        if column == "weight" and _differs(value, stated):
            faults.append(f"the objective is {value:.6f}, the certificate states {stated:.6f}")
    if points is not None:
        at = points["cell_id"].to_numpy()
        value = math.fsum(w * share.get(int(c), 0.0) for c, w in zip(at, points["weight"].to_numpy(float), strict=True))
        if _differs(value, stated):
            faults.append(f"over the single points the objective is {value:.6f}, not {stated:.6f}")
    for name, site in world.sites.items():
        mine = by_site.get(name, [])
        for column, told in (("n_umkm", "n_umkm_new"), ("people", "people_new"), ("n_facilities", "facilities_new")):
            value = math.fsum(float(world.cells[c][column]) * s for c, s in mine if c in world.cells)
            if _differs(value, float(site[told])):
                faults.append(f"site {name} states {told} {site[told]}, serves {value}")


def _check_certificate(world: _World, faults: list[str]) -> None:
    proof = world.plan.certificate
    if not (math.isfinite(proof.value) and math.isfinite(proof.bound)):
        faults.append("the certificate holds no numbers")
        return
    low, high = (proof.value, proof.bound) if proof.sense == "max" else (proof.bound, proof.value)
    if _above(low, high):
        faults.append(f"the value {proof.value} passes the bound {proof.bound}")
    size = high if high > 0 else abs(low)
    gap = (high - low) / size if size > 0 else 0.0
    if _differs(gap, proof.gap_share):
        faults.append(f"the gap is {gap}, the certificate states {proof.gap_share}")


def _check_decisions(world: _World, faults: list[str], decisions: pd.DataFrame) -> None:
    candidates = world.problem.candidates
    usable = candidates["candidate_id"].isin(set(world.problem.options["candidate_id"])) & (
        candidates["excluded_because"] == ""
    )
    pool = candidates[usable].sort_values("candidate_id", kind="stable")
    for row in decisions.to_dict("records"):
        if not math.isnan(float(row.get("to_lon_deg") or math.nan)):
            _check_link_decision(world, faults, row)
            continue
        km = distance_km(
            pool["lon_deg"].to_numpy(float),
            pool["lat_deg"].to_numpy(float),
            float(row["lon_deg"]),
            float(row["lat_deg"]),
        )
        near = np.flatnonzero(km <= float(row["radius_km"]))
        if row["action"] == "lock":
            near = _lock(world, row, near, pool["candidate_id"].to_numpy())
            near = near[np.argsort(km[near], kind="stable")[:1]]
        names = set(pool["candidate_id"].to_numpy()[near].astype(str))
        hits = [
            site for site in world.sites.values()
            if str(site["candidate_id"]) in names
            and (not _text(row.get("site_type")) or site["site_type"] == row["site_type"])
            and (not _text(row.get("backhaul")) or site["backhaul"] == row["backhaul"])
        ]  # fmt: skip
        if row["action"] == "forbid" and hits:
            faults.append(f"decision {row['decision_id']} forbids site {hits[0]['site_id']}")
        if row["action"] in {"force", "lock"} and not hits:
            faults.append(f"decision {row['decision_id']} ({row['action']}) is not met")


def _lock(world: _World, row: dict[Any, Any], near: Any, names: Any) -> Any:
    """Of the candidates near a lock those that have the site type it names; all where it names none or none has it."""
    options, wanted = world.problem.options, _text(row.get("site_type"))
    able = set(options["candidate_id"][options["site_type"] == wanted]) if wanted else set()
    return np.array([k for k in near if names[k] in able] or near, dtype=np.int64)


def _check_link_decision(world: _World, faults: list[str], row: dict[Any, Any]) -> None:
    """A forbidden link is in no route; a forced or locked one is the first of some site's route."""

    def is_meant(link: tuple[str, str, str]) -> bool:
        ends = [world.graph.nodes[node] for node in link[:2]]
        if any("lon_deg" not in end for end in ends):
            return False
        km = [
            float(distance_km(float(row[f"{to}lon_deg"]), float(row[f"{to}lat_deg"]), float(e["lon_deg"]), float(e["lat_deg"])))
            for to in ("", "to_") for e in ends
        ]  # fmt: skip
        radius = float(row["radius_km"])
        data = world.link(*link) or {}
        fits = not _text(row.get("backhaul")) or str(data.get("technology", link[2])) == row["backhaul"]
        return fits and ((km[0] <= radius and km[3] <= radius) or (km[1] <= radius and km[2] <= radius))

    if row["action"] == "forbid":
        used = {link for route in world.routes.values() for link in route}
        faults.extend(f"decision {row['decision_id']} forbids link {link}" for link in sorted(used) if is_meant(link))
    elif not any(route and is_meant(route[0]) for route in world.routes.values()):
        faults.append(f"decision {row['decision_id']} ({row['action']} of a link) is not met")


def _text(value: Any) -> str:
    """Text of a cell that may be missing (``Any``: a value of a table)."""
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 (NaN)
