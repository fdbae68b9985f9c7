"""What an auditor adds up anew: every purchase once, whom each site serves, what each end of the network gives."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from planner.plan.types import Plan, Problem

__all__ = ["ends_table", "purchases_table", "served_shares"]

_PAID = ("year", "payer", "funding_source", "capex_idr", "opex_idr_per_year", "cost_idr")


def purchases_table(plan: Plan, problem: Problem) -> pd.DataFrame:
    """``kind`` (site, link, tower), ``id, what, year, payer, funding_source, capex_idr, opex_idr_per_year, cost_idr``.

    Notes
    -----
    A site stands with its own cost, without any share of the network; every link and every bare relay tower once, with
    the year and source that buy it. Column by column the rows add up to the totals of the plan.
    """
    own = problem.options.set_index("option_id").loc[plan.sites["option_id"]].reset_index()
    sites = plan.sites.assign(**{name: own[name].to_numpy(float) for name in _PAID[3:]})
    parts = [
        sites.assign(kind="site", id=sites["site_id"], what=sites["site_type"]),
        plan.links.assign(kind="link", id=plan.links["link_id"], what=plan.links["technology"]),
        plan.relays.assign(kind="tower", id=plan.relays["place_id"], what="relay"),
    ]
    columns = ["kind", "id", "what", *_PAID]
    held = [part[columns] for part in parts if len(part)]
    return pd.concat(held, ignore_index=True) if held else pd.DataFrame(columns=columns)


def served_shares(plan: Plan) -> pd.DataFrame:
    """``year, cell_id, site_id, share`` of each cell's whole demand that a site newly serves while the year lasts."""
    last = plan.served.assign(year=int(plan.yearly["year"].max()) if len(plan.yearly) else _only_year(plan))
    columns = ["year", "cell_id", "site_id", "share"]
    earlier = [plan.served_years[columns]] if len(plan.served_years) else []
    return pd.concat([*earlier, last[columns]], ignore_index=True)


def _only_year(plan: Plan) -> int:
    return int(plan.sites["year"].max()) if len(plan.sites) else 0


def ends_table(plan: Plan, problem: Problem) -> pd.DataFrame:
    """Roots and beams that sites end at: ``node_id, kind, ref_id, left_mbps, load_mbps, reserved_mbps, n_sites``.

    Notes
    -----
    ``left_mbps`` is what may be taken before the plan (missing: its owner states none), ``load_mbps`` the busy-hour
    traffic of the sites of the whole plan, ``reserved_mbps`` what they take from a beam (0 for roots).
    """
    nodes: Any = problem.graph.nodes
    far = plan.links.set_index("link_id")[["from_id", "to_id"]]
    found: dict[str, list[float]] = {}
    for site in plan.sites.to_dict("records"):
        here = str(site["candidate_id"])
        for name in json.loads(site["link_ids"]):
            ends = [str(end) for end in far.loc[name]]
            here, link = ends[1] if ends[0] == here else ends[0], (*ends, name)
        sums = found.setdefault(here, [0.0, 0.0, 0])
        is_beam = nodes[here].get("kind") == "satellite"
        sums[0] += float(site["demand_mbps"])
        sums[1] += _reserved(problem, link) if is_beam else 0.0
        sums[2] += 1
    rows = [
        {
            "node_id": node, "kind": nodes[node].get("kind", ""), "ref_id": nodes[node].get("ref_id", ""),
            "left_mbps": float(nodes[node].get("capacity_mbps", float("inf"))), "load_mbps": load,
            "reserved_mbps": reserved, "n_sites": int(n),
        }
        for node, (load, reserved, n) in sorted(found.items())
    ]  # fmt: skip
    columns = ["node_id", "kind", "ref_id", "left_mbps", "load_mbps", "reserved_mbps", "n_sites"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(left_mbps=table["left_mbps"].where(table["left_mbps"] != float("inf")))


def _reserved(problem: Problem, link: tuple[str, ...]) -> float:
    """What a site takes from its beam by a link (from, to, identifier)."""
    a, b, name = link
    graph: Any = problem.graph
    key = name.removeprefix(f"{a}>{b}").removeprefix("|")
    data = graph.edges[a, b, key] if graph.is_multigraph() else graph.edges[a, b]
    return float(data.get("reserved_mbps", 0.0))
