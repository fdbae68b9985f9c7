"""The third part of the checker: years, sources of money, floors and shares of money.

Like `planner.plan.verify` it shares no code with the selection: everything comes from the plan's tables, the options,
the graph, the cells and the rules.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from planner.plan.rules import GoalRule, Rules, Source
from planner.plan.stated import Link, Walk, is_other_money
from planner.plan.types import Plan, Problem

__all__ = ["late_needs", "rules_faults"]

_SLACK = 1e-6
Rows = list[dict[Any, Any]]


def rules_faults(plan: Plan, problem: Problem, rules: Rules, walk: Walk, needs: Mapping[str, list[str]]) -> list[str]:
    """What a plan breaks of the rules, or states wrongly about them.

    Parameters
    ----------
    plan
        Tables whose keys, routes and links are known to be right.
    problem
        Raw inputs.
    rules
        What binds the plan.
    walk
        Routes, loads and towers as walked by the checker.
    needs
        By relay tower: the sites that pass by it.
    """
    faults: list[str] = []
    sites = {str(row["site_id"]): row for row in plan.sites.to_dict("records")}
    year = {name: int(row["year"]) for name, row in sites.items()}
    if not _dates(plan, problem, rules, sites, faults):
        return faults
    _networks(plan, sites, walk, needs, faults)
    bought = _bought(plan, problem, rules, walk)
    _money(plan, rules, bought, faults)
    for number, most in zip(rules.years, rules.most_sites, strict=False):
        n = sum(1 for at in year.values() if at == number)
        if n > most:
            faults.append(f"{n} sites are switched on in {number}, at most {most:g} may be")
    weight = _service(plan, problem, rules, walk, year, faults)
    short = _floors(plan, problem, rules, faults)
    _objective(plan, rules, weight, short, faults)
    if rules.goal is not None:
        _goal(plan, problem, rules, rules.goal, faults)
    _shares(plan, problem, rules, _spent_by_site(plan, rules, bought, walk, year, needs), faults)
    return faults


def _other(value: float, other: float) -> bool:
    return not abs(value - other) <= _SLACK * max(1.0, abs(value), abs(other))


def _is_in(code: str, area: str, rules: Rules) -> bool:
    """Whether an area code is one of those behind ``area``, or lies below one."""
    return any(code == held or code.startswith(held + ".") for held in rules.groups.get(area, (area,)))


def _dates(plan: Plan, problem: Problem, rules: Rules, sites: Mapping[str, dict[Any, Any]], faults: list[str]) -> bool:
    """Years and sources that exist, and sources that may pay there."""
    known = {source.name: source for source in rules.sources}
    area = dict(zip(problem.candidates["candidate_id"].tolist(), problem.candidates["area_code"].tolist(), strict=True))
    before = len(faults)
    for table, key in ((plan.sites, "site_id"), (plan.links, "link_id"), (plan.relays, "place_id")):
        for row in table.to_dict("records"):
            source = known.get(str(row.get("funding_source")))
            if row.get("year") not in rules.years:
                faults.append(f"{row[key]} is bought in {row.get('year')}, outside the years of the plan")
            if source is None or str(row.get("payer")) != source.payer:
                faults.append(f"{row[key]} states source {row.get('funding_source')} and payer {row.get('payer')}")
    for name, site in sites.items():
        source = known.get(str(site["funding_source"]))
        code = area[str(site["candidate_id"])]
        if source is not None and source.only_in and not any(_is_in(code, a, rules) for a in source.only_in):
            faults.append(f"site {name} in {code} is paid by {source.name}, which may not pay there")
    return len(faults) == before


def _networks(
    plan: Plan, sites: Mapping[str, dict[Any, Any]], walk: Walk, needs: Mapping[str, list[str]], faults: list[str]
) -> None:
    """Every site has its links and relay towers from its first year on, paid by one of those who need them first."""
    users: dict[str, list[str]] = defaultdict(list)
    names = {
        (str(r["from_id"]), str(r["to_id"]), str(r["link_id"]).partition("|")[2]): str(r["link_id"])
        for r in plan.links.to_dict("records")
    }
    for name, route in walk.routes.items():
        for link in route:
            users[names[link]].append(name)
    for table, key, held in ((plan.links, "link_id", users), (plan.relays, "place_id", needs)):
        for row in table.to_dict("records"):
            mine = [sites[name] for name in held.get(str(row[key]), [])]
            first = min((int(site["year"]) for site in mine), default=int(row["year"]))
            if int(row["year"]) > first:
                faults.append(f"{row[key]} is bought in {row['year']}, a site needs it in {first}")
            if str(row["funding_source"]) not in {
                str(s["funding_source"]) for s in mine if int(s["year"]) == int(row["year"])
            }:
                faults.append(f"{row[key]} is paid by {row['funding_source']}, no site that needs it that year is")


def _bought(plan: Plan, problem: Problem, rules: Rules, walk: Walk) -> Rows:
    """Every purchase with year, source, what it costs once and each year after."""
    names = ("cost_idr", "") if rules.is_present_value else ("capex_idr", "opex_idr_per_year")
    options = {str(row["option_id"]): row for row in problem.options.to_dict("records")}
    nodes: Any = problem.graph.nodes
    rows: Rows = []

    def add(kind: str, name: str, row: dict[Any, Any], held: Mapping[Any, Any], prefix: str = "") -> None:
        once, after = (float(held.get(prefix + n, 0.0)) if n else 0.0 for n in names)
        rows.append(
            {
                "kind": kind,
                "name": name,
                "year": int(row["year"]),
                "source": str(row["funding_source"]),
                "once": once,
                "after": after,
            }
        )

    for row in plan.sites.to_dict("records"):
        add("site", str(row["site_id"]), row, options[str(row["option_id"])])
    for row in plan.links.to_dict("records"):
        link: Link = (str(row["from_id"]), str(row["to_id"]), str(row["link_id"]).partition("|")[2])
        add("link", str(row["link_id"]), row, walk.links.get(link, {}))
    for row in plan.relays.to_dict("records"):
        add("relay", str(row["place_id"]), row, nodes[str(row["place_id"])], "tower_")
    return rows


def _money(plan: Plan, rules: Rules, bought: Rows, faults: list[str]) -> None:
    """Ceilings by source and year, and what the money table states."""
    stated = {(str(r["funding_source"]), int(r["year"])): r for r in plan.money.to_dict("records")}
    if set(stated) != {(s.name, y) for s in rules.sources for y in rules.years} or len(stated) != len(plan.money):
        faults.append("the money table does not hold every source and year once")
        return
    total = 0.0
    for source in rules.sources:
        carried = 0.0
        for k, year in enumerate(rules.years):
            mine = [row for row in bought if row["source"] == source.name]
            capex = math.fsum(row["once"] for row in mine if row["year"] == year)
            opex = math.fsum(row["after"] for row in mine if row["year"] < year)
            total += capex + opex
            left = carried + source.ceilings_idr[k] - source.kept_opex_idr_per_year - capex - opex
            if left < -(2e-12 * max(1.0, carried + source.ceilings_idr[k]) + 1e-6):
                faults.append(f"{source.name} {year}: {capex + opex:.2f} IDR spent, {-left:.2f} more than there is")
            _stated_money(source, k, stated[source.name, year], (carried, capex, opex, left), faults)
            carried = max(left, 0.0) if source.carries_over else 0.0
    if is_other_money(total, float(plan.totals.get("spent_idr", math.nan))):
        faults.append(f"spent_idr is {total:.2f}, the plan states {plan.totals.get('spent_idr')}")


def _stated_money(
    source: Source, k: int, row: dict[Any, Any], found: tuple[float, float, float, float], faults: list[str]
) -> None:
    carried, capex, opex, left = found
    known = {
        "ceiling_idr": source.ceilings_idr[k], "carried_in_idr": carried, "kept_opex_idr": source.kept_opex_idr_per_year,
        "capex_idr": capex, "opex_idr": opex, "spent_idr": capex + opex, "left_idr": left,
    }  # fmt: skip
    faults.extend(
        f"{source.name} {row['year']} states {name} {row[name]}, it is {value:.2f}"
        for name, value in known.items()
        if not abs(value - float(row[name])) <= min(0.5, _SLACK * max(1.0, carried + source.ceilings_idr[k]))
    )


def _service(
    plan: Plan, problem: Problem, rules: Rules, walk: Walk, year: Mapping[str, int], faults: list[str]
) -> dict[int, float]:
    """Newly served weight by year; every share within cover, cell, radio, links and roots of the sites that are on."""
    row_of = {int(c): k for k, c in enumerate(problem.cells["cell_id"])}
    weight, demand = np.asarray(problem.weight, dtype=float), problem.cells["demand_mbps"].to_numpy(dtype=float)
    level, done = problem.service["level"].to_numpy(), problem.service["served_share"].to_numpy(dtype=float)
    options = {str(name): k for k, name in enumerate(problem.options["option_id"])}
    radio = problem.options["radio_mbps"].to_numpy(dtype=float)
    option = {str(s): options[str(o)] for s, o in zip(plan.sites["site_id"], plan.sites["option_id"], strict=True)}
    cover = {
        s: set(np.asarray(problem.indices)[int(problem.indptr[k]) : int(problem.indptr[k + 1])].tolist())
        for s, k in option.items()
    }
    last = rules.years[-1]
    found: dict[int, float] = {}
    for now in rules.years:
        table = plan.served if now == last else plan.served_years[plan.served_years["year"] == now]
        per_cell: dict[int, float] = defaultdict(float)
        loads: dict[str, float] = defaultdict(float)
        for cell, site, share in zip(
            *(table[column].tolist() for column in ("cell_id", "site_id", "share")), strict=True
        ):
            at = row_of.get(int(cell), -1)
            if site not in year or at < 0 or at not in cover[site] or level[at] not in {"unserved", "limited"}:
                faults.append(f"{now}: cell {cell} cannot be served by {site}")
                continue
            if year[site] > now:
                faults.append(f"{now}: cell {cell} is served by {site}, which is switched on in {year[site]}")
            if not 0.0 < share <= 1.0 + _SLACK:
                faults.append(f"{now}: cell {cell} is served by {site} with share {share}")
            per_cell[at] += float(share)
            loads[site] += float(share) * demand[at]
        faults.extend(
            f"{now}: cell in row {at} is newly served {share:.6f} beyond what is unserved"
            for at, share in per_cell.items()
            if share > 1.0 - done[at] + _SLACK
        )
        _loads(problem, walk, {s: float(radio[k]) for s, k in option.items()}, loads, now, faults)
        found[now] = math.fsum(weight[at] * share for at, share in per_cell.items())
    _stated_years(plan, rules, found, year, faults)
    return found


def _loads(
    problem: Problem, walk: Walk, radio: Mapping[str, float], loads: Mapping[str, float], now: int, faults: list[str]
) -> None:
    carried: dict[Any, float] = defaultdict(float)
    nodes: Any = problem.graph.nodes
    for site, load in loads.items():
        if load > radio[site] + _SLACK * max(1.0, radio[site]):
            faults.append(f"{now}: site {site} serves {load:.3f} Mbps over radio of {radio[site]:.3f}")
        for link in walk.routes[site]:
            carried[link] += load
        if walk.routes[site]:
            carried[walk.routes[site][-1][1]] += load
    for key, load in carried.items():
        is_link = isinstance(key, tuple)
        held = walk.links.get(key, {}) if is_link else nodes[key]
        limit = float(held.get("capacity_mbps", math.inf)) if is_link or held.get("kind") == "root" else math.inf
        if load > limit + _SLACK * max(1.0, limit if math.isfinite(limit) else 1.0):
            faults.append(f"{now}: {key} carries {load:.3f} Mbps of {limit:.3f}")


def _stated_years(
    plan: Plan, rules: Rules, weight: Mapping[int, float], year: Mapping[str, int], faults: list[str]
) -> None:
    worth = _year_worth(rules)
    stated = {int(row["year"]): row for row in plan.yearly.to_dict("records")}
    if set(stated) != set(rules.years) or len(stated) != len(plan.yearly):
        faults.append("the table of years does not hold every year once")
        return
    for now in rules.years:
        known = {
            "n_sites": sum(1 for at in year.values() if at == now), "n_sites_on": sum(1 for at in year.values() if at <= now),
            "weight_on": weight[now], "year_worth": worth[now],
        }  # fmt: skip
        faults.extend(
            f"{now} states {name} {stated[now][name]}, it is {value}"
            for name, value in known.items()
            if _other(float(value), float(stated[now][name]))
        )


def _year_worth(rules: Rules) -> dict[int, float]:
    """Worth of a unit served in each year: discounted, the last year standing for the rest of the horizon; sum 1."""
    end = max(len(rules.years), rules.horizon_years)
    each = [1.0 / (1.0 + rules.discount_share_per_year) ** k for k in range(end)]
    n = len(rules.years)
    worth = [*each[: n - 1], math.fsum(each[n - 1 :])]
    return {year: value / math.fsum(each) for year, value in zip(rules.years, worth, strict=True)}


def _floors(plan: Plan, problem: Problem, rules: Rules, faults: list[str]) -> list[float]:
    """What each floor lacks once the plan is complete."""
    ids = problem.cells["cell_id"].tolist()
    code = dict(zip(ids, problem.cells["area_code"].tolist(), strict=True))
    weight = dict(zip(ids, np.asarray(problem.weight, dtype=float).tolist(), strict=True))
    new: dict[str, float] = defaultdict(float)
    for row in plan.served.to_dict("records"):
        new[code[row["cell_id"]]] += float(weight[row["cell_id"]]) * float(row["share"])
    stated = {str(r["area"]): r for r in plan.equity.to_dict("records") if r["rule"] == "floor"}
    short = []
    for floor in rules.floors:
        reached = math.fsum(value for area, value in new.items() if _is_in(area, floor.area, rules))
        missing = max(0.0, floor.least - reached)
        missing = 0.0 if missing <= _SLACK * floor.least else missing
        short.append(missing)
        if missing and floor.price is None:
            faults.append(f"{floor.area} gets {reached:.6f}, the floor is {floor.least}")
        said = stated.get(floor.area)
        if said is None or _other(float(said["reached"]), reached) or _other(float(said["least"]), floor.least):
            faults.append(f"the floor of {floor.area} is stated as {said}, it reaches {reached:.6f}")
    return short


def _objective(plan: Plan, rules: Rules, weight: Mapping[int, float], short: list[float], faults: list[str]) -> None:
    worth = _year_worth(rules)
    over_years = math.fsum(worth[year] * weight[year] for year in rules.years)
    price = math.fsum(missing * (floor.price or 0.0) for missing, floor in zip(short, rules.floors, strict=True))
    if plan.certificate.sense != ("max" if rules.goal is None else "min"):
        faults.append(f"the certificate has the sense {plan.certificate.sense}")
    if _other(over_years, float(plan.totals.get("worth_over_years", math.nan))):
        faults.append(f"worth_over_years is {over_years:.6f}, the plan states {plan.totals.get('worth_over_years')}")
    if rules.goal is not None:
        if is_other_money(plan.certificate.value, float(plan.totals.get("spent_idr", math.nan))):
            faults.append(
                f"the certificate states {plan.certificate.value:.2f} IDR, the plan costs {plan.totals.get('spent_idr')}"
            )
    elif _other(over_years - price, plan.certificate.value):
        faults.append(f"the objective is {over_years - price:.6f}, the certificate states {plan.certificate.value:.6f}")


def _goal(plan: Plan, problem: Problem, rules: Rules, goal: GoalRule, faults: list[str]) -> None:
    """Share of all weight that each area of the goal has served once the plan stands."""
    weight = np.asarray(problem.weight, dtype=float)
    level, share = problem.service["level"].to_numpy(), problem.service["served_share"].to_numpy(dtype=float)
    new = plan.served.groupby("cell_id")["share"].sum().to_dict()
    whole: dict[str, float] = defaultdict(float)
    served: dict[str, float] = defaultdict(float)
    held = replace(rules, groups=dict(goal.areas))
    inside: dict[str, list[str]] = {}
    for k, (cell, code) in enumerate(
        zip(problem.cells["cell_id"], problem.cells["area_code"].astype(str), strict=True)
    ):
        if code not in inside:
            inside[code] = [name for name in goal.areas if _is_in(code, name, held)]
        for name in inside[code]:
            whole[name] += weight[k]
            served[name] += weight[k] * ((0.0 if level[k] == "unknown" else share[k]) + new.get(cell, 0.0))
    stated = {str(r["area"]): r for r in plan.equity.to_dict("records") if r["rule"] == "goal"}
    for name in goal.areas:
        reached = served[name] / whole[name] if whole[name] > 0 else 1.0
        said = stated.get(name)
        if said is None or _other(float(said["reached"]), reached) or _other(float(said["least"]), goal.share):
            faults.append(f"the goal of {name} is stated as {said}, it reaches {reached:.6f}")
        if reached < goal.share - _SLACK and not goal.is_relaxed:
            faults.append(f"{name} is served to {reached:.6f}, the goal is {goal.share}")


def _spent_by_site(
    plan: Plan, rules: Rules, bought: Rows, walk: Walk, year: Mapping[str, int], needs: Mapping[str, list[str]]
) -> dict[str, float]:
    """Money spent because of each site: links and towers shared evenly by those who need them in their year."""
    users: dict[str, list[str]] = {name: list(sites) for name, sites in needs.items()}
    names = {
        (str(r["from_id"]), str(r["to_id"]), str(r["link_id"]).partition("|")[2]): str(r["link_id"])
        for r in plan.links.to_dict("records")
    }
    for name, route in walk.routes.items():
        for link in route:
            users.setdefault(names[link], []).append(name)
    found: dict[str, float] = defaultdict(float)
    for row in bought:
        spent = row["once"] + (rules.years[-1] - row["year"]) * row["after"]
        mine = [row["name"]] if row["kind"] == "site" else [s for s in users[row["name"]] if year[s] == row["year"]]
        for site in mine:
            found[site] += spent / len(mine)
    return found


def _shares(plan: Plan, problem: Problem, rules: Rules, spent: Mapping[str, float], faults: list[str]) -> None:
    area = dict(zip(problem.candidates["candidate_id"].tolist(), problem.candidates["area_code"].tolist(), strict=True))
    code = {str(s): area[str(c)] for s, c in zip(plan.sites["site_id"], plan.sites["candidate_id"], strict=True)}
    faults.extend(
        f"site {row['site_id']} states spent_idr {row['spent_idr']}, it is {spent.get(str(row['site_id']))}"
        for row in plan.sites.to_dict("records")
        if is_other_money(spent.get(str(row["site_id"]), 0.0), float(row["spent_idr"]))
    )
    total = math.fsum(spent.values())
    stated = {str(r["area"]): r for r in plan.equity.to_dict("records") if r["rule"] == "money_share"}
    for rule in rules.money_shares:
        mine = math.fsum(value for site, value in spent.items() if _is_in(code[site], rule.area, rules))
        share = mine / total if total > 0 else 1.0
        if share < rule.least_share - _SLACK:
            faults.append(f"{rule.area} gets {share:.6f} of the money, at least {rule.least_share} must go there")
        said = stated.get(rule.area)
        if said is None or _other(float(said["reached"]), share):
            faults.append(f"the share of {rule.area} is stated as {said}, it is {share:.6f}")


def late_needs(
    routes: Mapping[str, list[Link]], graph: Any, towers: Mapping[str, int], years: Mapping[str, int]
) -> dict[str, list[str]]:
    """By place where a bare relay tower is needed: every site that passes there by microwave.

    It is needed where, for one of them, no site with a tower stands by its first year (``towers``: year in which one
    is switched on, by place).
    """
    found: dict[str, list[str]] = defaultdict(list)
    bare: set[str] = set()
    for name, route in routes.items():
        for before, after in pairwise(route):
            node = before[1]
            kinds = {_kind(graph, link) for link in (before, after)}
            if graph.nodes[node].get("kind") == "place" and "microwave" in kinds:
                found[node].append(name)
                if not towers.get(node, 1 << 30) <= years[name]:
                    bare.add(node)
    return {node: found[node] for node in sorted(bare)}


def _kind(graph: Any, link: Link) -> str:
    a, b, key = link
    if not graph.has_edge(a, b):
        return ""
    data = (graph.edges[a, b, key] if graph.has_edge(a, b, key) else {}) if graph.is_multigraph() else graph.edges[a, b]
    return str(data.get("kind"))
