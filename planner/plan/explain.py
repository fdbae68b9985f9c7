"""Why each site is in the plan, and what kept every other candidate out of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.plan.build import (
    Draft,
    Reach,
    extra_cost,
    gains,
    money,
    open_choices,
    passes_itself,
    reach,
    twin,
    without,
)
from planner.plan.decisions import Word
from planner.plan.instance import Instance
from planner.plan.types import Plan, Problem

__all__ = ["REJECTED_COLUMNS", "explain", "rejected_table", "site_reasons"]

Floats = NDArray[np.float64]
REJECTED_COLUMNS = ("candidate_id", "option_id", "reason", "gain", "cost_idr", "enters_at_idr", "decision_id")
_PARTS = ("structure_capex_idr", "access_capex_idr", "power_capex_idr")
_MOST_LATER = 150


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
    the plan reaches), ``cost_idr`` by
    part, ``backhaul`` (chosen, and what each other kind would have cost), ``alternative`` (the best thing
    to build instead), ``decision``.
    """
    names = dict(zip(areas["code"].astype(str), areas["name"].astype(str), strict=True)) if areas is not None else {}
    said = _decision_texts(decisions)
    cells = problem.cells.set_index("cell_id")
    rows = plan.served.join(cells[["n_umkm_offline", "n_umkm_online", "n_umkm_small"]], on="cell_id")
    whys = []
    for site in plan.sites.to_dict("records"):
        why = json.loads(str(site["why"]))
        mine = rows[rows["site_id"] == site["site_id"]]
        for name in ("n_umkm_offline", "n_umkm_online", "n_umkm_small"):
            why["new"][name.removeprefix("n_")] = round(float((mine[name] * mine["share"]).sum()), 3)
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
    gates: dict[int, list[tuple[str, int]]] = {}
    for (at, label), node in sorted(instance.network.gate.items()):
        gates.setdefault(at, []).append((label, node))
    found = []
    for site in sites.to_dict("records"):
        place = number[str(site["site_id"])]
        row = int(instance.option_rows[instance.choice_option[draft.choice[place]]])
        option: dict[Any, Any] = problem.options.iloc[row].to_dict()
        rest = without(instance, draft, place)
        bound_by = [word for word in words if word.action != "forbid" and str(site["candidate_id"]) in word.candidates]
        why = {
            "new": {
                "umkm": _round(site["n_umkm_new"]), "people": _round(site["people_new"]),
                "facilities": _round(site["facilities_new"]),
            },
            "only_here": _round(_only_here(instance, draft, place)),
            "cost_idr": _cost_parts(option, site, of_link, towers),
            "backhaul": _backhaul(instance, rest, draft.choice[place], site, gates.get(place, [])),
            "alternative": _alternative(instance, rest, draft.choice[place], ceiling_idr),
            "decision": bound_by[0].decision_id if bound_by else "",
        }  # fmt: skip
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
    instance: Instance, rest: Draft, choice: int, site: dict[Any, Any], gates: list[tuple[str, int]]
) -> dict[str, Any]:
    """What each kind of backhaul would add to the bill of the rest of the plan."""
    network, way = instance.network, reach(instance, rest)
    place, option = int(instance.choice_place[choice]), instance.choice_option[choice]
    own = float(instance.option_cost[option])
    others = []
    for label, node in gates:
        if np.isfinite(way.price[node]):
            others.append(
                {
                    "kind": label.removeprefix("="),
                    "cost_idr": round(float(way.price[node])),
                    "mbps": _mbps(way.mbps[node]),
                }
            )
    room = open_choices(instance, rest)
    for k in np.flatnonzero(
        (instance.choice_place == place) & (instance.choice_option == option) & (instance.choice_sat >= 0)
    ):
        link = int(instance.choice_sat[k])
        beam = network.beam_ids[int(network.sat_beam[link])]
        cost = round(float(instance.choice_cost[k]) - own)
        others.append(
            {
                "kind": "satellite",
                "beam": beam,
                "cost_idr": cost,
                "mbps": _mbps(network.sat_mbps[link]),
                "has_room": bool(room[k]),
            }
        )
    return {"chosen": str(site["backhaul"]), "path": str(site["backhaul_path"]).split(">"), "possible": others}


def _mbps(value: Any) -> float | None:
    """Capacity for JSON; None without a limit (``Any``: numpy scalars)."""
    return round(float(value), 3) if np.isfinite(value) else None


def _alternative(instance: Instance, rest: Draft, choice: int, ceiling_idr: float) -> dict[str, Any] | None:
    """The choice that would serve most in its stead, within the same money."""
    way = reach(instance, rest)
    cost = extra_cost(instance, rest, way)
    fits = open_choices(instance, rest) & (cost <= ceiling_idr - money(instance, rest))
    fits &= instance.choice_option != instance.choice_option[choice]
    if not fits.any():
        return None
    gain = np.where(fits, _gain_now(instance, rest, way.mbps), -1.0)
    best = int(np.argmax(gain))
    name = instance.option_ids[int(instance.choice_option[best])]
    return {"option_id": name, "weight": _round(gain[best]), "cost_idr": round(float(cost[best]))}


def _gain_now(instance: Instance, draft: Draft, node_mbps: Floats) -> Floats:
    node = instance.choice_node
    mbps = np.minimum(instance.choice_mbps, np.where(node >= 0, node_mbps[np.maximum(node, 0)], np.inf))
    return gains(instance, draft.rest, instance.choice_option, mbps)


def rejected_table(instance: Instance, problem: Problem, draft: Draft, words: tuple[Word, ...]) -> pd.DataFrame:
    """Candidates that are not built, with the reason that binds (`REJECTED_COLUMNS`).

    Returns
    -------
    DataFrame
        ``option_id`` is the candidate's best option beside the plan, ``gain`` the weight it would add and
        ``cost_idr`` what it would add to the bill. ``reason``: the candidate's own exclusion,
        ``forbidden``, ``no_option``, ``no_unserved`` (reaches nobody unserved), ``no_backhaul`` (no way to
        the backbone, or none with capacity left),
        ``covered`` (the plan serves whom it reaches), ``beam_full`` or ``budget``. ``enters_at_idr`` is the
        ceiling at which it joins when the plan as it stands is continued greedily; NaN where it does not
        within the next sites.
    """
    way = reach(instance, draft)
    cost, gain = extra_cost(instance, draft, way), _gain_now(instance, draft, way.mbps)
    later = _entries(instance, draft)
    room = open_choices(instance, draft)
    place = {name: k for k, name in enumerate(instance.place_ids)}
    options = problem.options.groupby("candidate_id")["option_id"].min()
    rows = []
    for row in problem.candidates.sort_values("candidate_id", kind="stable").to_dict("records"):
        name = str(row["candidate_id"])
        at = place.get(name)
        if at is not None and at in draft.choice:
            continue
        mine = np.flatnonzero(instance.choice_place == at) if at is not None else np.zeros(0, np.int64)
        if len(mine):
            _around_itself(instance, draft, way, mine, (cost, gain))
        merit = np.where(np.isfinite(cost[mine]), gain[mine] / np.maximum(cost[mine], 1.0), 0.0)
        best = int(mine[int(np.argmax(merit))]) if len(mine) else -1
        reason, word = _reason(instance, row, at, words, has_option=name in options.index)
        if best >= 0 and not reason:
            reason = _binding(instance, gain, room & np.isfinite(cost), mine, np.isfinite(cost))
        rows.append(
            {
                "candidate_id": name,
                "option_id": instance.option_ids[int(instance.choice_option[best])] if best >= 0 else str(options.get(name, "")),
                "reason": reason, "gain": float(gain[best]) if best >= 0 and np.isfinite(cost[best]) else 0.0,
                "cost_idr": float(cost[best]) if best >= 0 and np.isfinite(cost[best]) else np.nan,
                "enters_at_idr": later.get(at, np.nan) if at is not None else np.nan, "decision_id": word,
            }
        )  # fmt: skip
        if reason == "budget" and best < 0 and at is not None:
            serves = (instance.option_place == at) & (np.diff(instance.groups.indptr) > 0)
            rows[-1]["enters_at_idr"] = float(instance.option_least[serves].min())
    table = pd.DataFrame(rows, columns=list(REJECTED_COLUMNS))
    texts = dict.fromkeys(("candidate_id", "option_id", "reason", "decision_id"), "str")
    return table.astype({**texts, "gain": "float64", "cost_idr": "float64", "enters_at_idr": "float64"})


def _around_itself(
    instance: Instance, draft: Draft, way: Reach, mine: NDArray[np.int64], found: tuple[Floats, Floats]
) -> None:
    """Correct cost and gain (in place) of one place's choices: no way may run through the place it ends at."""
    cost, gain = found
    loops = [int(k) for k in mine if passes_itself(instance, way, int(k))]
    if loops:
        other = reach(instance, draft, shut=int(instance.choice_place[loops[0]]))
        cost[loops], gain[loops] = (
            extra_cost(instance, draft, other)[loops],
            _gain_now(instance, draft, other.mbps)[loops],
        )


def _reason(
    instance: Instance, row: dict[Any, Any], at: int | None, words: tuple[Word, ...], *, has_option: bool
) -> tuple[str, str]:
    """Reasons known before any comparison, with the decision behind them; "" where the candidate could be built."""
    forbids = [w for w in words if w.action == "forbid" and str(row["candidate_id"]) in w.candidates]
    word = forbids[0].decision_id if forbids else ""
    reason = ""
    if row["excluded_because"] or not has_option:
        return str(row["excluded_because"]) or "no_option", ""
    mine = instance.option_place == at if at is not None else np.zeros(0, dtype=bool)
    if at is None:
        reason = "forbidden"
    elif not (instance.choice_place == at).any():
        serves = mine & (np.diff(instance.groups.indptr) > 0)
        if not serves.any():
            reason = "no_unserved"
        elif not np.isfinite(instance.option_least[serves]).any():
            reason = "no_backhaul"
        else:
            reason = "forbidden" if any(w.backhaul for w in forbids) else "budget"
    return reason, word if reason == "forbidden" else ""


def _binding(
    instance: Instance, gain: Floats, room: NDArray[np.bool_], mine: NDArray[np.int64], finds_way: NDArray[np.bool_]
) -> str:
    tiny = 1e-9 * max(1.0, float(instance.groups.weight.sum()))
    gains_some = gain[mine] > tiny
    if not gains_some.any():
        return "covered"
    if not (gains_some & finds_way[mine]).any():
        return "no_backhaul"
    return "budget" if (room[mine] & gains_some).any() else "beam_full"


def _entries(instance: Instance, draft: Draft) -> dict[int, float]:
    """Ceiling at which each place joins when the plan is continued by the best merit, site after site."""
    from planner.plan.build import grow

    now = twin(draft)
    found: dict[int, float] = {}
    for _ in range(_MOST_LATER):
        before = set(now.choice)
        grow(instance, now, ceiling_idr=np.inf, max_sites=1)
        new = set(now.choice) - before
        if not new:
            break
        found[new.pop()] = money(instance, now)
    return found
