"""What the tables of a plan state, column by column, against the raw inputs: the second half of the checker.

Only columns that reach an output are looked at. Like `planner.plan.verify` it shares no code with the selection.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from planner.plan.types import Plan, Problem

__all__ = ["MONEY", "Link", "Walk", "is_other_money", "records", "stated_faults", "values"]

MONEY = ("capex_idr", "opex_idr_per_year", "cost_idr")
_SLACK = 1e-6
_RUPIAH = 0.5
_OPTIMAL_GAP_SHARE = 1e-5
_STATUSES = ("optimal", "gap_reached", "work_limit", "time_limit", "stopped", "empty")
_SITE_TEXTS = ("name", "area_code", "access_mode")
_LINK_NUMBERS = ("length_km", "sea_km", "capacity_mbps")
Link = tuple[str, str, str]


@dataclass(frozen=True, eq=False)
class Walk:
    """What the checker found by walking the routes itself.

    Parameters
    ----------
    routes
        Links of each site as (from, to, key).
    loads
        Mbps each site serves.
    towers
        Places that need a relay tower, with the sites that pass by it: a way by fiber through the place is none.
    links
        Attributes of every link used, from the graph (``Any``: attributes of a graph).
    """

    routes: Mapping[str, list[Link]]
    loads: Mapping[str, float]
    towers: Mapping[str, list[str]]
    links: Mapping[Link, dict[str, Any]]


def values(column: pd.Series[Any]) -> list[Any]:
    """Values of a column as plain Python (``Any``: of a table); texts at once, for one by one they take most of a check."""
    is_text = isinstance(column.dtype, pd.StringDtype)
    found: list[Any] = column.to_numpy(dtype=object).tolist() if is_text else column.tolist()
    return found


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table by column."""
    names = [str(name) for name in table.columns]
    return [
        dict(zip(names, row, strict=True)) for row in zip(*(values(table[name]) for name in table.columns), strict=True)
    ]


def is_other_money(value: float, other: float) -> bool:
    """Whether two sums differ by half a rupiah, or by more than rounding where the sums are small; NaN always does."""
    return not abs(value - other) <= min(_RUPIAH, _SLACK * max(1.0, abs(value), abs(other)))


def _is_other(value: float, other: float) -> bool:
    if math.isinf(value) or math.isinf(other):
        return value != other
    return not abs(value - other) <= _SLACK * max(1.0, abs(value), abs(other))


def stated_faults(plan: Plan, problem: Problem, walk: Walk) -> list[str]:
    """Statements of the tables, totals and certificate that the raw inputs do not bear out.

    Parameters
    ----------
    plan
        Tables whose keys, routes and links are known to be right.
    problem
        Raw inputs.
    walk
        Routes, loads and towers as walked by the checker.
    """
    faults: list[str] = []
    users = Counter(link for route in walk.routes.values() for link in set(route))
    _sites(plan, problem, walk, users, faults)
    _links(plan, problem, walk, users, faults)
    _relays(plan, problem, walk, faults)
    _rejected(plan, problem, faults)
    _totals(plan, walk, faults)
    _proof(plan, problem, faults)
    return faults


def _sites(plan: Plan, problem: Problem, walk: Walk, users: Mapping[Link, int], faults: list[str]) -> None:
    built, chosen = set(plan.sites["candidate_id"]), set(plan.sites["option_id"])
    places = problem.candidates[problem.candidates["candidate_id"].isin(built)]
    types = problem.options[problem.options["option_id"].isin(chosen)]
    candidates = {str(row["candidate_id"]): row for row in records(places)}
    options = {str(row["option_id"]): row for row in records(types)}
    nodes: Any = problem.graph.nodes
    for site in records(plan.sites):
        name, option = str(site["site_id"]), options[str(site["option_id"])]
        at, route = candidates[str(site["candidate_id"])], walk.routes[name]
        wrong = [c for c in _SITE_TEXTS if c in at and str(site[c]) != str(at[c])]
        wrong += [c for c in ("lon_deg", "lat_deg") if _is_other(float(site[c]), float(at[c]))]
        faults.extend(f"site {name} states {c} {site[c]}, its candidate {at[c]}" for c in wrong)
        caps = [float(option["radio_mbps"]), *(float(walk.links[k].get("capacity_mbps", math.inf)) for k in route)]
        if _is_other(float(site["capacity_mbps"]), min(caps)):
            faults.append(f"site {name} states capacity_mbps {site['capacity_mbps']}, its narrowest part {min(caps)}")
        if is_other_money(float(site["option_cost_idr"]), float(option["cost_idr"])):
            faults.append(f"site {name} states option_cost_idr {site['option_cost_idr']}, not {option['cost_idr']}")
        passed = [tower for tower, sites in sorted(walk.towers.items()) if name in sites]
        for key in MONEY:
            share = math.fsum(float(walk.links[k].get(key, 0.0)) / users[k] for k in route)
            share += math.fsum(float(nodes[t].get(f"tower_{key}", 0.0)) / len(walk.towers[t]) for t in passed)
            if is_other_money(float(site[key]), float(option[key]) + share):
                faults.append(f"site {name} states {key} {site[key]}, its parts make {float(option[key]) + share:.2f}")


def _links(plan: Plan, problem: Problem, walk: Walk, users: Mapping[Link, int], faults: list[str]) -> None:
    nodes: Any = problem.graph.nodes
    for row in records(plan.links):
        name, a, b = str(row["link_id"]), str(row["from_id"]), str(row["to_id"])
        pair, _, key = name.partition("|")
        link, data = (a, b, key), walk.links.get((a, b, key), {})
        if pair != f"{a}>{b}":
            faults.append(f"link {name} runs from {a} to {b}")
        if link in users and int(row["n_sites"]) != users[link]:
            faults.append(f"link {name} states {row['n_sites']} sites, {users[link]} run over it")
        wrong = [c for c in ("technology", "kind") if c in row and c in data and str(row[c]) != str(data[c])]
        faults.extend(f"link {name} states {c} {row[c]}, the graph {data[c]}" for c in wrong)
        for column in _LINK_NUMBERS:
            known = float(data.get(column, math.inf if column == "capacity_mbps" else 0.0))
            if _is_other(float(row[column]), known):
                faults.append(f"link {name} states {column} {row[column]}, the graph {known}")
        for end, node, other in (("from", a, b), ("to", b, a)):
            for axis in ("lon_deg", "lat_deg"):
                here = float(nodes[node].get(axis, math.nan))
                known = here if math.isfinite(here) else float(nodes[other].get(axis, math.nan))
                if math.isfinite(known) and _is_other(float(row[f"{end}_{axis}"]), known):
                    faults.append(f"link {name} states {end}_{axis} {row[f'{end}_{axis}']}, the graph {known}")


def _relays(plan: Plan, problem: Problem, walk: Walk, faults: list[str]) -> None:
    nodes: Any = problem.graph.nodes
    for row in records(plan.relays):
        name = str(row["place_id"])
        if name in walk.towers and int(row["n_sites"]) != len(walk.towers[name]):
            faults.append(f"relay tower {name} states {row['n_sites']} sites, {len(walk.towers[name])} pass by it")
        for axis in ("lon_deg", "lat_deg"):
            known = float(nodes[name].get(axis, math.nan)) if name in nodes else math.nan
            if math.isfinite(known) and _is_other(float(row[axis]), known):
                faults.append(f"relay tower {name} states {axis} {row[axis]}, the graph {known}")


def _rejected(plan: Plan, problem: Problem, faults: list[str]) -> None:
    built, listed = set(_names(plan.sites)), Counter(_names(plan.rejected))
    every = set(_names(problem.candidates))
    faults.extend(f"candidate {name} is built and listed as rejected" for name in sorted(built & set(listed)))
    faults.extend(f"candidate {name} is listed as rejected {n} times" for name, n in sorted(listed.items()) if n > 1)
    faults.extend(f"rejected candidate {name} does not exist" for name in sorted(set(listed) - every))
    lost = sorted(every - built - set(listed))
    if lost:
        faults.append(f"{len(lost)} candidate(s) are neither built nor rejected, such as {lost[0]}")


def _names(table: pd.DataFrame) -> list[str]:
    return [str(name) for name in values(table["candidate_id"])]


def _totals(plan: Plan, walk: Walk, faults: list[str]) -> None:
    links = {link for route in walk.routes.values() for link in route}
    counts = {"n_sites": len(walk.routes), "n_links": len(links), "n_relays": len(walk.towers)}
    for name, value in counts.items():
        if float(plan.totals.get(name, math.nan)) != value:
            faults.append(f"{name} is {value}, the plan states {plan.totals.get(name)}")
    network = math.fsum(float(walk.links[link].get("cost_idr", 0.0)) for link in links)
    network += math.fsum(float(row["cost_idr"]) for row in records(plan.relays))
    if is_other_money(network, float(plan.totals.get("network_cost_idr", math.nan))):
        faults.append(f"network_cost_idr is {network:.2f}, the plan states {plan.totals.get('network_cost_idr')}")
    mbps = math.fsum(walk.loads.values())
    if _is_other(mbps, float(plan.totals.get("demand_mbps", math.nan))):
        faults.append(f"demand_mbps is {mbps:.6f}, the plan states {plan.totals.get('demand_mbps')}")


def _proof(plan: Plan, problem: Problem, faults: list[str]) -> None:
    proof = plan.certificate
    if proof.objective != problem.objective:
        faults.append(f"the certificate speaks of {proof.objective}, the plan maximises {problem.objective}")
    if proof.status not in _STATUSES:
        faults.append(f"the certificate has the unknown status {proof.status}")
    low, high = sorted((proof.value, proof.bound))
    gap = (high - low) / high if high > 0 else 0.0
    target = float(proof.work_limits.get("gap_target_share", np.nan))
    if proof.status == "optimal" and not gap <= _OPTIMAL_GAP_SHARE:
        faults.append(f"the certificate says optimal at a gap of {gap}")
    if proof.status == "gap_reached" and not gap <= target + _OPTIMAL_GAP_SHARE:
        faults.append(f"the certificate says that the gap of {target} was reached, it is {gap}")
    if proof.status == "empty" and (len(plan.sites) or proof.bound > 0):
        faults.append("the certificate says that nothing can be built, with sites or a bound above 0")
