"""Why each site is in the plan: whom it serves, what it costs, why this backhaul, and what could stand instead."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from planner.geo import distance_km
from planner.plan.build import (
    Draft,
    Reach,
    extra_cost,
    money,
    open_choices,
    reach,
    without,
)
from planner.plan.decisions import Word
from planner.plan.instance import Instance
from planner.plan.rejected import gain_now
from planner.plan.types import Plan, Problem

__all__ = ["explain", "site_reasons"]

Floats = NDArray[np.float64]
_PARTS = ("structure_capex_idr", "access_capex_idr", "power_capex_idr")
_KINDS = ("n_umkm_offline", "n_umkm_online", "n_umkm_small", "n_umkm_priority_sector")
_ENOUGH_SHARE = 0.5
"""Of what a site newly serves, the part that another place must reach to count as its alternative."""


def explain(
    plan: Plan, problem: Problem, *, ceiling_idr: float, decisions: pd.DataFrame | None = None,
    areas: pd.DataFrame | None = None,
) -> Plan:  # fmt: skip
    """The plan with its reasons completed from the tables around it.

    Parameters
    ----------
    plan
        From `select`, which already knows what each site gains and what keeps the others out.
    problem
        What it was made from.
    ceiling_idr
        The ceiling of the plan; what is left of it is stated beside each site's cost.
    decisions
        The planner's word: reason, author and letter join the sites and candidates they bind.
    areas
        ``code, name`` of the areas, for readable places.

    Notes
    -----
    Each reason is JSON: ``new`` (by kind), ``only_here`` (weight of it that no other site of
    the plan reaches), ``cost_idr`` by part, ``backhaul`` (chosen, what each kind would add to the bill of the rest of
    the plan, and ``why`` the chosen one), ``alternative`` (the best thing to build instead within the same money),
    ``nearest`` (the nearest other place that reaches at least half of whom it newly serves), ``decision``.
    """
    names = dict(zip(areas["code"].astype(str), areas["name"].astype(str), strict=True)) if areas is not None else {}
    said = _decision_texts(decisions)
    cells = problem.cells.set_index("cell_id")
    rows = plan.served.join(cells[list(_KINDS)], on="cell_id")
    kinds = rows[list(_KINDS)].mul(rows["share"], axis=0).groupby(rows["site_id"].to_numpy()).sum()
    kinds = kinds.reindex(plan.sites["site_id"], fill_value=0.0)
    whys = []
    for site, of_kind in zip(plan.sites.to_dict("records"), kinds.to_dict("records"), strict=True):
        why = json.loads(str(site["why"]))
        why["new"] |= {str(name).removeprefix("n_"): _round(value) for name, value in of_kind.items()}
        why["area"] = [names[c] for c in _chain(str(site["area_code"])) if c in names]
        why["ceiling_left_idr"] = round(ceiling_idr - float(plan.totals["cost_idr"]))
        if why.get("decision") in said:
            why["decision"] = said[str(why["decision"])]
        whys.append(json.dumps(why, ensure_ascii=False, sort_keys=True))
    rejected = plan.rejected.assign(
        decision=[said.get(str(name), {}).get("text", "") for name in plan.rejected["decision_id"]]
    )
    return replace(
        plan, sites=plan.sites.assign(why=pd.Series(whys, dtype="str", index=plan.sites.index)), rejected=rejected
    )


def _chain(code: str) -> list[str]:
    """An area code and those above it, widest first."""
    parts = code.split(".")
    return [".".join(parts[: k + 1]) for k in range(len(parts))]


def _decision_texts(decisions: pd.DataFrame | None) -> dict[str, dict[str, str]]:
    if decisions is None:
        return {}
    found = {}
    for row in decisions.to_dict("records"):
        part = {
            key: "" if pd.isna(row.get(key)) else str(row.get(key, ""))
            for key in ("action", "reason", "author", "letter")
        }
        text = f"{part['action']}: {part['reason']} ({part['author']}" + (
            f", {part['letter']})" if part["letter"] else ")"
        )
        found[str(row["decision_id"])] = {"decision_id": str(row["decision_id"]), "text": text, **part}
    return found


def site_reasons(
    instance: Instance, problem: Problem, draft: Draft, tables: tuple[pd.DataFrame, ...], ceiling_idr: float,
    words: tuple[Word, ...],
) -> list[str]:  # fmt: skip
    """Reason of each site as JSON, in the order of the sites table.

    Parameters
    ----------
    tables
        Sites, links and relay towers of the plan.
    words
        The planner's word.
    """
    sites, links, relays = tables
    number = {name: k for k, name in enumerate(instance.place_ids)}
    of_link = {str(row["link_id"]): row for row in links.to_dict("records")}
    towers = {str(row["place_id"]): row for row in relays.to_dict("records")}
    nearest = _nearest(instance, draft)
    gates: dict[int, list[tuple[str, int]]] = {}
    for (at, label), node in sorted(instance.network.gate.items()):
        gates.setdefault(at, []).append((label, node))
    found = []
    for site in sites.to_dict("records"):
        place = number[str(site["site_id"])]
        row = int(instance.option_rows[instance.choice_option[draft.choice[place]]])
        option: dict[Any, Any] = problem.options.iloc[row].to_dict()
        rest = without(instance, draft, place)
        way, room = reach(instance, rest), open_choices(instance, rest)
        bound_by = [word for word in words if word.action != "forbid" and str(site["candidate_id"]) in word.candidates]
        why: dict[str, Any] = {
            "new": {
                "umkm": _round(site["n_umkm_new"]), "people": _round(site["people_new"]),
                "facilities": _round(site["facilities_new"]),
            },
            "only_here": _round(_only_here(instance, draft, place)),
            "cost_idr": _cost_parts(option, site, of_link, towers),
            "backhaul": _backhaul(instance, (way, room), draft.choice[place], site, gates.get(place, [])),
            "alternative": _alternative(instance, rest, (way, room), draft.choice[place], ceiling_idr),
            "nearest": nearest.get(place),
            "decision": bound_by[0].decision_id if bound_by else "",
        }  # fmt: skip
        if any(word.backhaul for word in bound_by):
            why["backhaul"]["why"] = "decision"
        found.append(json.dumps(why, ensure_ascii=False, sort_keys=True))
    return found


def _round(value: Any) -> float:
    """Three decimals, for JSON (``Any``: a cell of a table)."""
    return round(float(value), 3)


def _cost_parts(
    option: dict[Any, Any], site: dict[Any, Any], of_link: dict[str, dict[Any, Any]], towers: dict[str, dict[Any, Any]]
) -> dict[str, float]:
    parts = {name.removesuffix("_capex_idr"): round(float(option[name])) for name in _PARTS if name in option}
    if not parts:
        parts = {"structure": round(float(option["capex_idr"]))}
    parts["operation"] = round(float(option["cost_idr"]) - float(option["capex_idr"]))
    for name in json.loads(str(site["link_ids"])):
        link = of_link[name]
        key = str(link["technology"])
        parts[key] = parts.get(key, 0) + round(float(link["cost_idr"]) / float(link["n_sites"]))
    for name in str(site["backhaul_path"]).split(">")[1:-1]:
        if name in towers:
            parts["relay_tower"] = parts.get("relay_tower", 0) + round(
                float(towers[name]["cost_idr"]) / float(towers[name]["n_sites"])
            )
    parts["total"] = round(float(site["cost_idr"]))
    return {name: float(value) for name, value in parts.items()}


def _only_here(instance: Instance, draft: Draft, place: int) -> float:
    """Weight a site serves that no other site of the plan reaches."""
    groups = instance.groups
    is_reached = np.zeros(groups.n_groups, dtype=bool)
    for other, choice in draft.choice.items():
        if other != place:
            k = instance.choice_option[choice]
            is_reached[groups.indices[groups.indptr[k] : groups.indptr[k + 1]]] = True
    group, share = draft.took[place]
    return float((groups.weight[group] * share)[~is_reached[group]].sum())


def _backhaul(
    instance: Instance, around: tuple[Reach, NDArray[np.bool_]], choice: int, site: dict[Any, Any],
    gates: list[tuple[str, int]],
) -> dict[str, Any]:  # fmt: skip
    """What each kind of backhaul would add to the bill of the rest of the plan, the cheapest first, and why the chosen."""
    network, (way, room) = instance.network, around
    place, option = int(instance.choice_place[choice]), instance.choice_option[choice]
    own = float(instance.option_cost[option])
    others: list[dict[str, Any]] = [
        {"kind": label.removeprefix("="), "cost_idr": round(float(way.price[node])), "mbps": _mbps(way.mbps[node])}
        for label, node in gates
        if np.isfinite(way.price[node])
    ]
    mine = (instance.choice_place == place) & (instance.choice_option == option) & (instance.choice_sat >= 0)
    for k in np.flatnonzero(mine):
        link = int(instance.choice_sat[k])
        cost, mbps = round(float(instance.choice_cost[k]) - own), _mbps(network.sat_mbps[link])
        others.append(
            {"kind": "satellite", "beam": network.beam_ids[int(network.sat_beam[link])], "cost_idr": cost, "mbps": mbps, "has_room": bool(room[k])}
        )  # fmt: skip
    others.sort(key=lambda item: (item["cost_idr"], item["kind"]))
    chosen, load = str(site["backhaul"]), float(site["demand_mbps"])
    cheaper = [item for item in others[:1] if not _is_kind(chosen, item["kind"])]
    why = "only" if len(others) < 2 else "cheapest"
    if cheaper:
        is_thin = cheaper[0]["mbps"] is not None and cheaper[0]["mbps"] < load * (1 - 1e-6)
        why = "full" if cheaper[0].get("has_room") is False else "capacity" if is_thin else "shared"
    return {"chosen": chosen, "path": str(site["backhaul_path"]).split(">"), "possible": others, "why": why}


def _is_kind(technology: str, kind: str) -> bool:
    """Whether a technology is of a kind of link (``microwave_7ghz`` is microwave)."""
    return technology == kind or technology.startswith(f"{kind}_")


def _mbps(value: Any) -> float | None:
    """Capacity for JSON; None without a limit (``Any``: numpy scalars)."""
    return round(float(value), 3) if np.isfinite(value) else None


def _alternative(
    instance: Instance, rest: Draft, around: tuple[Reach, NDArray[np.bool_]], choice: int, ceiling_idr: float
) -> dict[str, Any] | None:
    """The choice that would serve most in its stead, within the same money."""
    way, room = around
    cost = extra_cost(instance, rest, way)
    fits = room & (cost <= ceiling_idr - money(instance, rest))
    fits &= instance.choice_option != instance.choice_option[choice]
    if not fits.any():
        return None
    gain = np.where(fits, gain_now(instance, rest, way.mbps), -1.0)
    best = int(np.argmax(gain))
    name = instance.option_ids[int(instance.choice_option[best])]
    return {"option_id": name, "weight": _round(gain[best]), "cost_idr": round(float(cost[best]))}


def _nearest(instance: Instance, draft: Draft) -> dict[int, dict[str, Any] | None]:
    """By site: the nearest other place with an option that reaches at least half of the weight it newly serves."""
    groups, places = instance.groups, sorted(draft.took)
    n_options = len(groups.indptr) - 1
    reached = csr_array(
        (np.ones(len(groups.indices)), groups.indices, groups.indptr), shape=(n_options, groups.n_groups)
    )
    size = [len(draft.took[place][0]) for place in places]
    taken = csc_array(
        (
            np.concatenate([np.zeros(0), *(groups.weight[draft.took[p][0]] * draft.took[p][1] for p in places)]),
            np.concatenate([np.zeros(0, dtype=np.int64), *(draft.took[p][0] for p in places)]),
            np.concatenate([[0], np.cumsum(size, dtype=np.int64)]),
        ),
        shape=(groups.n_groups, len(places)),
    )
    held = (reached @ taken).tocsc()
    whole = np.asarray(taken.sum(axis=0)).ravel()
    found: dict[int, dict[str, Any] | None] = {}
    for k, place in enumerate(places):
        at = slice(held.indptr[k], held.indptr[k + 1])
        option, weight = held.indices[at], held.data[at]
        other = instance.option_place[option]
        enough = (other != place) & (weight >= _ENOUGH_SHARE * whole[k]) & (whole[k] > 0)
        found[place] = None
        if enough.any():
            option, weight, other = option[enough], weight[enough], other[enough]
            lon, lat = instance.place_lon_deg, instance.place_lat_deg
            km = np.asarray(distance_km(lon[other], lat[other], lon[place], lat[place]))
            best = int(np.lexsort((option, -weight, km))[0])
            found[place] = {
                "option_id": instance.option_ids[int(option[best])], "km": _round(km[best]),
                "reaches_share": _round(weight[best] / whole[k]), "is_built": int(other[best]) in draft.choice,
            }  # fmt: skip
    return found
