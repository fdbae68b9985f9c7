"""Sections of the report: each takes the facts and gives lines and tables whose cells are text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from planner.facts.flat import names_above, share, share_of, short_of
from planner.report._inputs import ReportInputs, areas_of
from planner.report.say import Say, printable
from planner.report.tables import assumption_rows
from planner.schema_columns import CAUSES, EVIDENCE, LEVELS, PROGRAMMES
from planner.words import Words

__all__ = [
    "ROWS_MAX",
    "assumptions",
    "by_level",
    "claims",
    "equity",
    "least_served",
    "ledger",
    "money",
    "places_of",
    "plan",
    "programmes",
    "said",
    "score",
    "service",
    "surveys",
    "table",
    "three_layers",
]

Cell = str | Mapping[str, Any]
_UNITS = ("umkm", "people", "desa", "facilities")
ROWS_MAX = 400
_BESIDE = ("umkm_unserved", "people_unserved", "facilities_unserved")


def table(heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[Cell]], *, caption: str = "") -> dict[str, Any]:
    """A table for the template: ``heads`` are label and column width (``1fr``, ``auto``; a leading ``>`` is right-aligned)."""
    return {
        "heads": [label for label, _ in heads],
        "widths": [width.removeprefix(">") for _, width in heads],
        "aligns": ["right" if width.startswith(">") else "left" for _, width in heads],
        "rows": [list(row) for row in rows],
        "caption": caption,
    }


def _bar(counts: Mapping[str, Any]) -> Cell:
    """Shares of the levels, for a bar; empty without anything to share."""
    whole = sum(float(counts.get(level) or 0.0) for level in LEVELS)
    return {"bar": [round(share(counts.get(level) or 0.0, whole) or 0.0, 4) for level in LEVELS]} if whole else ""


def said(words: Words, section: str, key: Any) -> str:
    """Word of a value; a value without a word is shown as it is."""
    return words.texts.get(f"{section}.{key}", printable(key))


def _list(counts: Mapping[str, Any], words: Words, section: str, how: Any) -> str:
    return ", ".join(f"{said(words, section, key)} {how(value)}" for key, value in counts.items())


def by_level(totals: Mapping[str, Mapping[str, float]], words: Words, say: Say, caption: str) -> dict[str, Any]:
    """Units by level of service, with a bar of their shares."""
    heads = [(words("pdf.counted"), "auto"), (words("pdf.total"), ">auto")]
    heads += [(words(f"map.level_short.{level}"), ">auto") for level in LEVELS] + [(words("pdf.mix"), "1fr")]
    rows = []
    for unit in (name for name in _UNITS if name in totals):
        counts = totals[unit]
        whole = sum(counts.values())
        cells = [say.number(counts.get(level, 0.0)) for level in LEVELS]
        rows.append([words(f"map.unit.{unit}"), say.number(whole), *cells, _bar(counts)])
    return table(heads, rows, caption=caption)


def _kabupaten(inputs: ReportInputs) -> pd.DataFrame:
    """Areas that officials compare: kabupaten, else the next level that has more than one."""
    for level in ("kabupaten", "kecamatan", "desa", "provinsi"):
        found = areas_of(inputs, level)
        if len(found) > 1:
            return found
    return areas_of(inputs, "provinsi")


def least_served(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    """The five areas with the largest share of UMKM unserved."""
    areas = _kabupaten(inputs)
    heads = [(words("pdf.area"), "1fr"), (words("pdf.umkm_unserved"), ">auto"), (words("pdf.share_unserved"), ">auto")]
    if areas.empty:
        return table(heads, [], caption=words("pdf.least"))
    areas = areas.assign(gap=share_of(areas, "umkm_unserved", "umkm_total"))
    top = areas.loc[areas["gap"].notna()].sort_values(["gap", "area_code"], ascending=[False, True], kind="stable")[:5]
    rows = [[printable(r["name"]), say.number(r["umkm_unserved"]), say.share(r["gap"])] for r in top.to_dict("records")]
    return table(heads, rows, caption=words("pdf.least"))


def three_layers(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    """Backbone, middle mile and last mile: what is there, and what is missing."""
    facts = inputs.facts
    net, causes = facts.get("network", {}), facts.get("causes", {})
    stopped = {name: say.number(causes.get(name, {}).get("umkm")) for name in CAUSES[1:]}
    held = words(
        "pdf.backhaul_gap", n=stopped["backhaul_capacity"], n_bts=say.number(net.get("by_limit", {}).get("backhaul_capacity", 0))
    )  # fmt: skip
    signal = words(
        "pdf.signal_gap", signal=stopped["signal"], technology=stopped["technology"], cell=stopped["cell_capacity"],
        inactive=stopped["inactive_site"],
    )  # fmt: skip
    cards = [
        {"name": words("pdf.backbone"), "assets": _backbone(net, words, say), "gaps": _far(inputs, words, say)},
        {"name": words("pdf.middle"), "assets": _middle(net, words, say), "gaps": [held]},
        {"name": words("pdf.last"), "assets": _last(net, words, say), "gaps": [signal]},
    ]
    two, one = (facts.get("operators", {}).get(name, {}).get("umkm") for name in ("two_or_more", "one_or_more"))
    note = words("pdf.two_operators", n=say.number(two), share=say.share(share(two, one)))
    units = [unit for unit in _UNITS if any(unit in row for row in causes.values())]
    rows = [
        [words(f"causes.{name}"), *(say.number(causes[name].get(u)) for u in units)]
        for name in CAUSES[1:]
        if name in causes
    ]
    heads = [(words("columns.cause"), "1fr"), *((words(f"map.unit.{unit}"), ">auto") for unit in units)]
    return {"cards": cards, "note": note, "causes": table(heads, rows, caption=words("pdf.causes"))}


def _backbone(net: Mapping[str, Any], words: Words, say: Say) -> list[str]:
    held = net.get("backbone", {})

    def km(value: float) -> str:
        return words("pdf.km", n=say.number(value))

    lines = [f"{words(f'pdf.route_{kind}')}: {km(value)}" for kind, value in held.get("route_km", {}).items()]
    if held.get("route_km_by_evidence"):
        lines.append(words("pdf.route_evidence", names=_list(held["route_km_by_evidence"], words, "evidence", km)))
    if held.get("n_nodes"):
        lines.append(words("pdf.nodes", names=_list(held["n_nodes"], words, "map.node_kind", say.number)))
    return lines or [words("pdf.no_layer")]


def _middle(net: Mapping[str, Any], words: Words, say: Say) -> list[str]:
    rows = net.get("middle_mile", {}).get("by_satellite", {})
    lines = [
        words(
            "pdf.satellite_row", name=printable(name), capacity=words("pdf.mbps", n=say.number(row["capacity_mbps"])),
            committed=words("pdf.mbps", n=say.number(row["committed_mbps"])),
        )
        for name, row in rows.items()
    ]  # fmt: skip
    return lines or [words("pdf.no_layer")]


def _last(net: Mapping[str, Any], words: Words, say: Say) -> list[str]:
    if not net.get("n_bts"):
        return [words("pdf.no_layer")]
    lines = [
        words("pdf.bts_total", n=say.number(net["n_bts"]), names=_list(net["by_technology"], words, "", say.number)),
        words("pdf.bts_status", names=_list(net["by_status"], words, "map.status", say.number)),
    ]
    if "demand_mbps" in net:
        both = {name: words("pdf.mbps", n=say.number(net[f"{name}_mbps"])) for name in ("carried", "demand")}
        lines.append(words("pdf.carried", **both))
    return lines


def _far(inputs: ReportInputs, words: Words, say: Say) -> list[str]:
    """Distance to the backbone as the score measured it."""
    name = "raw_backbone_distance"
    whole, areas = areas_of(inputs, "provinsi"), _kabupaten(inputs)
    if name not in areas or name not in whole or not areas[name].notna().any():
        return []
    worst = areas.sort_values([name, "area_code"], ascending=[False, True], kind="stable", na_position="last").iloc[0]
    value = whole[name].iloc[0] if len(whole) == 1 else None
    return [
        words("pdf.backbone_gap", value=say.number(value), name=printable(worst["name"]), far=say.number(worst[name]))
    ]  # fmt: skip


def service(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    """Levels by area."""
    assumed = inputs.facts.get("assumptions", {})
    lead = words(
        "pdf.service_lead", people=say.share(assumed.get("desa_people_share")),
        facilities=say.share(assumed.get("desa_facilities_share")), confidence=say.share(assumed.get("confidence_threshold_share")),
    )  # fmt: skip
    heads = [(words("pdf.area"), "3.1fr"), (words("map.unit.umkm"), ">1fr")]
    heads += [(words(f"map.level_short.{level}"), ">1.1fr") for level in LEVELS]
    heads += [
        (words("pdf.share_unserved"), ">1fr"),
        (words("pdf.mix"), "1.6fr"),
        (words("columns.desa_unserved"), ">1.1fr"),
    ]
    areas = _kabupaten(inputs)
    if areas.empty:
        return {"lead": lead, "table": table(heads, [])}
    gap = share_of(areas, "umkm_unserved", "umkm_total")
    rows = []
    for row, part in zip(areas.to_dict("records"), gap, strict=True):
        counts = {level: row[f"umkm_{level}"] for level in LEVELS}
        cells = [say.number(counts[level]) for level in LEVELS]
        rows.append([
            printable(row["name"]), say.number(row["umkm_total"]), *cells, say.share(part), _bar(counts),
            say.number(row.get("desa_unserved")),
        ])  # fmt: skip
    return {"lead": lead, "table": table(heads, rows)}


def score(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    """Scores of areas with their range, the parts of the first, weights and anchors."""
    areas = _kabupaten(inputs)
    heads = [(words("pdf.area"), "2.4fr"), (words("pdf.score_short"), ">0.7fr"), (words("pdf.score_range"), ">1fr")]
    heads += [(words(f"columns.{name}"), ">1fr") for name in _BESIDE]
    if areas.empty:
        return {"table": table(heads, []), "why": table(heads, []), "weights": _weights(inputs, words, say)}
    ranked = areas.sort_values(["score", "area_code"], ascending=[False, True], kind="stable", na_position="last")
    rows = [
        [
            printable(r["name"]), say.number(r["score"], 1), say.span(r["score_low"], r["score_high"], 1),
            *(say.number(r[name]) for name in _BESIDE),
        ]
        for r in ranked.to_dict("records")
    ]  # fmt: skip
    return {"table": table(heads, rows), "why": _why(inputs, words, say), "weights": _weights(inputs, words, say)}


def _why(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    """Parts of the score of the kecamatan (else areas) that rank first."""
    areas = areas_of(inputs, "kecamatan")
    areas = areas if len(areas) else _kabupaten(inputs)
    top = areas.sort_values(["score", "area_code"], ascending=[False, True], kind="stable", na_position="last")[:6]
    parts = [str(name) for name in areas.columns if str(name).startswith("part_") and areas[name].notna().any()]
    heads = [(words("pdf.criterion"), "2fr"), *((printable(name, 24), ">1fr") for name in top["name"])]
    rows: list[list[Cell]] = [[words("pdf.score_short"), *(say.number(value, 1) for value in top["score"])]]
    rows.extend(
        [said(words, "criteria", part.removeprefix("part_")), *(say.number(value) for value in 100.0 * top[part])]
        for part in parts
    )
    return table(heads, rows, caption=words("pdf.score_why"))


def _weights(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    heads = [(words("pdf.criterion"), "1fr"), (words("pdf.weight"), ">auto"), (words("pdf.at_zero"), ">auto"), (words("pdf.at_one"), ">auto")]  # fmt: skip
    numbers = assumption_rows(tuple(item for item in inputs.specs if item[0].startswith("score/")))
    values = {str(row["key"]): row["value"] for row in numbers.to_dict("records")}
    names = dict.fromkeys(key.split(".")[1] for key in values if key.startswith("criteria.") and key.count(".") == 2)
    rows = [
        [said(words, "criteria", name), *(say.plain(values.get(f"criteria.{name}.{key}")) for key in ("weight", "at_zero", "at_one"))]
        for name in names
    ]  # fmt: skip
    return table(heads, rows, caption=words("pdf.score_weights"))


def plan(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    """Totals of the plan by type, backhaul, access and area."""
    planned = inputs.facts.get("plan") or {}
    if not planned.get("n_sites"):
        return {"tables": [], "areas": None, "links": ""}
    names = {str(r["area_code"]): printable(r["name"]) for r in inputs.facts.get("areas", ())}
    tables = [
        _groups(planned[key], words, say, title, lambda name, section=section: said(words, section, name))
        for key, title, section in (
            ("by_site_type", "by_type", "map.site_type"), ("by_backhaul", "by_backhaul", "map.backhaul"),
            ("by_access_mode", "by_access", "map.access"),
        )
    ]  # fmt: skip
    areas = _groups(planned["by_kabupaten"], words, say, "by_area", lambda code: names.get(code, code))
    km = {name: value for name, value in planned.get("link_km", {}).items() if value}
    lengths = _list(km, words, "map.backhaul", lambda value: words("pdf.km", n=say.number(value)))
    return {"tables": tables, "areas": areas, "links": words("pdf.link_km", names=lengths) if lengths else ""}


def _groups(groups: Mapping[str, Any], words: Words, say: Say, title: str, named: Any) -> dict[str, Any]:
    heads = [(words("pdf.area" if title == "by_area" else "pdf.kind"), "2.6fr"), (words("pdf.sites"), ">0.6fr")]
    heads += [(words(f"pdf.{key}"), ">1.2fr") for key in ("capex", "opex", "cost", "new_umkm", "new_people")]
    rows = [
        [
            named(name), say.number(row["n_sites"]), say.money(row["capex_idr"]), say.money(row["opex_idr_per_year"]),
            say.money(row["cost_idr"]), say.number(row["n_umkm_new"]), say.number(row["people_new"]),
        ]
        for name, row in groups.items()
    ]  # fmt: skip
    return table(heads, rows, caption=words(f"pdf.{title}"))


def money(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    """Costs, and the proof with the uncertainty of what it rests on."""
    planned = inputs.facts.get("plan") or {}
    numbers = {str(row["key"]): row["value"] for row in assumption_rows(inputs.specs).to_dict("records")}
    years, discount = numbers.get("horizon_years"), numbers.get("discount_share_per_year")
    has_years, is_goal = bool(planned.get("years")), (planned.get("certificate") or {}).get("sense") == "min"
    ceiling = words("pdf.ceiling_years" if has_years else "pdf.ceiling")
    costs = [(ceiling, say.rupiah(inputs.ceiling_idr))] if inputs.ceiling_idr is not None else []
    listed: tuple[tuple[str, str], ...] = (("capex", "capex_idr"), ("opex", "opex_idr_per_year"), ("cost", "cost_idr"))
    if has_years:
        listed = (("spent_years", "spent_idr"), ("opex_after", "opex_after_idr_per_year"), *listed)
    costs += [(words(f"pdf.{label}"), say.rupiah(planned.get(key))) for label, key in listed]
    heads = [(words("pdf.item"), "1.15fr"), (words("pdf.amount"), ">1fr")]
    return {
        "year": words("pdf.year_none", years=say.plain(years), discount=say.share(discount)),
        "costs": table(heads, costs if planned else []),
        "proof": table(heads, _proof(planned, words, say), caption=words("pdf.proof")),
        "value": words("pdf.value_goal_note" if is_goal else "pdf.value_worth_note") if is_goal or has_years else "",
        "uncertainty": table(heads, _uncertainty(inputs, words, say), caption=words("pdf.uncertainty")),
    }


def _proof(planned: Mapping[str, Any], words: Words, say: Say) -> list[list[Cell]]:
    proof = planned.get("certificate")
    if not proof:
        return []
    status = f"report.proof_is_{proof.get('status', '')}"
    is_cost = proof.get("sense") == "min"  # the cheapest plan for a goal: its value is money
    value = "value_cost" if is_cost else "value_worth" if planned.get("years") else "value"
    how = say.money if is_cost else say.number
    return [
        [words("pdf.objective"), said(words, "units", proof["objective"])],
        [words(f"pdf.{value}"), how(proof["value"])],
        [words("pdf.bound_cost" if is_cost else "pdf.bound"), how(proof["bound"])],
        [words("pdf.gap_share"), say.share(proof["gap_share"])],
        [words("pdf.status"), words.texts.get(status, printable(proof.get("status", "")))],
    ]


def _uncertainty(inputs: ReportInputs, words: Words, say: Say) -> list[list[Cell]]:
    facts = inputs.facts
    demand, evidence = facts.get("demand", {}), facts.get("evidence", {})
    assumed, whole = facts.get("assumptions", {}), facts.get("whole", {})
    observed = sum(facts.get("umkm", {}).get("evidence", {}).get("observed", {}).values())
    estimated = words(
        "pdf.unc_range", n=say.number(demand.get("umkm_estimated")), low=say.number(demand.get("umkm_estimated_low")),
        high=say.number(demand.get("umkm_estimated_high")),
    )  # fmt: skip
    complete = [item["completeness_share"] for item in facts.get("layers", ()) if item["kind"] == "bts"]
    model = words(
        "pdf.with_terrain" if assumed.get("has_terrain") else "pdf.without_terrain",
        model=assumed.get("coverage_model", ""),
    )
    return [
        [words("pdf.unc_observed"), say.share(share(observed, whole.get("umkm")))],
        [words("pdf.unc_counts"), estimated],
        [words("pdf.unc_people"), say.share(evidence.get("people_share"))],
        [words("pdf.unc_rows"), say.share(share(evidence.get("n_rows_observed"), evidence.get("n_rows_used")))],
        [words("pdf.unc_complete"), ", ".join(say.share(value) for value in complete) or say.number(None)],
        [words("pdf.unc_model"), model],
        [words("pdf.unc_conflicts"), say.number(len(demand.get("conflicts", ())))],
    ]


def programmes(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    """UMKM by programme, size and sector."""
    facts = inputs.facts
    found, whole = facts.get("programmes", {}), facts.get("whole", {}).get("umkm")
    heads = [(words("pdf.programme"), "1fr"), (words("map.unit.umkm"), ">auto"), (words("pdf.share_unserved"), ">auto")]
    heads += [(words(f"map.unit.{unit}"), ">auto") for unit in ("people", "desa", "facilities")]
    rows = []
    for name in (*PROGRAMMES, "undecided"):
        if name in found:
            label = words.texts.get(f"programmes.{name}") or words("report.undecided")
            rest = [say.number(found[name].get(unit)) for unit in ("people", "desa", "facilities")]
            rows.append([label, say.number(found[name]["umkm"]), say.share(share(found[name]["umkm"], whole)), *rest])
    by = facts.get("umkm", {})
    sizes = {name: (words(f"pdf.{name}"), counts) for name, counts in by.get("size", {}).items()}
    sectors = {
        name: (said(words, "map.sector", name) if name else words("pdf.sector_unknown"), counts)
        for name, counts in by.get("sector", {}).items() if sum(counts.values()) > 0.0
    }  # fmt: skip
    return {
        "table": table(heads, rows),
        "sizes": _classes(sizes, words, say, "by_size"),
        "sectors": _classes(sectors, words, say, "by_sector"),
    }


def _classes(rows: Mapping[str, tuple[str, Mapping[str, float]]], words: Words, say: Say, title: str) -> dict[str, Any]:
    heads = [(words("pdf.kind"), "1fr"), (words("pdf.total"), ">auto")]
    heads += [(words(f"map.level_short.{level}"), ">auto") for level in LEVELS] + [(words("pdf.mix"), "3cm")]
    cells = [
        [
            label,
            say.number(sum(counts.values())),
            *(say.number(counts.get(level, 0.0)) for level in LEVELS),
            _bar(counts),
        ]
        for label, counts in rows.values()
    ]
    return table(heads, cells, caption=words(f"pdf.{title}"))


def equity(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    """Who was short of service, and whom the plan reaches, by area."""
    heads = [(words("pdf.area"), "2fr")]
    heads += [(words(f"pdf.{key}"), ">1fr") for key in ("short_before", "new_umkm", "share_new", "new_people")]
    areas = _kabupaten(inputs)
    if areas.empty or "umkm_new" not in areas:
        return {"table": table(heads, [])}
    short = short_of(areas, "umkm")
    part = share_of(areas.assign(short=short), "umkm_new", "short")
    rows = [
        [printable(r["name"]), say.number(before), say.number(r["umkm_new"]), say.share(p), say.number(r["people_new"])]
        for r, before, p in zip(areas.to_dict("records"), short, part, strict=True)
    ]
    return {"table": table(heads, rows)}


def surveys(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    """Areas that earn a survey."""
    facts = inputs.facts
    held = facts.get("surveys", {})
    confidence = say.share(facts.get("assumptions", {}).get("confidence_threshold_share"))
    if not held.get("n_surveys") or inputs.surveys is None or inputs.surveys.empty:
        return {"lead": words("pdf.surveys_none", confidence=confidence), "table": None}
    lead = words(
        "pdf.surveys_lead", n=say.number(held["n_surveys"]), umkm=say.number(held["n_umkm_unknown"]),
        people=say.number(held["people_unknown"]),
    )  # fmt: skip
    rows = inputs.surveys.sort_values("rank", kind="stable")[:ROWS_MAX]
    places = places_of(rows["area_code"], facts)
    heads = [(words("pdf.rank"), ">auto"), (words("pdf.area"), "1fr"), (words("columns.n_umkm_unknown"), ">auto"),
             (words("columns.expected_weight"), ">auto"), (words("pdf.confidence"), ">auto"), (words("pdf.settle"), "auto")]  # fmt: skip
    cells = [
        [
            say.number(r["rank"]), place or printable(r["area_code"]), say.number(r["n_umkm_unknown"]),
            say.number(r.get("expected_weight")), say.share(r["confidence_share"]), said(words, "map.settle", r["settle_with"]),
        ]
        for r, place in zip(rows.to_dict("records"), places, strict=True)
    ]  # fmt: skip
    return {"lead": lead, "table": table(heads, cells)}


def places_of(codes: pd.Series, facts: Mapping[str, Any]) -> list[str]:
    """Desa, kecamatan and kabupaten of each code."""
    names = names_above(facts, codes.reset_index(drop=True))
    wanted = [names[f"{level}_name"].tolist() for level in ("desa", "kecamatan", "kabupaten")]
    return [", ".join(printable(name, 40) for name in parts if name) for parts in zip(*wanted, strict=True)]


def claims(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    """What the model claims of each area, and how much of it rests on evidence."""
    heads = [(words("pdf.area"), "2.2fr"), (words("map.unit.umkm"), ">1fr"), (words("pdf.claimed"), ">1fr"),
             (words("pdf.unknown"), ">1fr"), (words("pdf.confidence"), ">1fr"), (words("pdf.evidenced"), ">1fr")]  # fmt: skip
    areas = _kabupaten(inputs)
    rows = [
        [
            printable(r["name"]), say.number(r["umkm_total"]), say.number(r["umkm_served"]), say.number(r["umkm_unknown"]),
            say.share(r.get("confidence_share")), say.number(r.get("umkm_evidenced")),
        ]
        for r in areas.to_dict("records")
    ]  # fmt: skip
    steps = [
        [said(words, "report", f"step_{step['step']}"), say.number(step["umkm"]), say.number(step["people"])]
        for step in inputs.facts.get("evidence", {}).get("steps", ())
    ]
    step_heads = [(words("pdf.step"), "1fr"), (words("map.unit.umkm"), ">auto"), (words("map.unit.people"), ">auto")]
    return {"table": table(heads, rows), "steps": table(step_heads, steps, caption=words("pdf.steps"))}


def assumptions(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    """Thresholds that decide levels, and the publishers of the data."""
    assumed = inputs.facts.get("assumptions", {})
    rows = [
        [words(f"pdf.{label}"), say.share(assumed.get(key))]
        for label, key in (
            ("served_share", "served_share"), ("desa_share", "desa_people_share"), ("facility_share", "desa_facilities_share"),
            ("confidence_share", "confidence_threshold_share"),
        )
    ]  # fmt: skip
    if assumed.get("served_place"):
        rows.append([words("pdf.served_place"), said(words, "pdf", f"place_{assumed['served_place']}")])
    heads = [(words("pdf.thresholds"), "1fr"), (words("pdf.amount"), ">auto")]
    return {"table": table(heads, rows), "sources": [printable(credit, 300) for credit in inputs.credits]}


def ledger(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    """Rows of every file: in, used, quarantined, by evidence."""
    heads = [(words("columns.kind"), "auto"), (words("pdf.file"), "1fr")]
    heads += [(words(f"pdf.{key}"), ">auto") for key in ("rows_in", "rows_used", "rows_aside")]
    heads += [(words(f"evidence.{name}"), ">auto") for name in EVIDENCE]
    rows = [
        [
            said(words, "map.layer_kind", item["kind"]), printable(item["name"], 60), say.number(item["n_in"]),
            say.number(item["n_used"]), say.number(item["n_quarantined"]),
            *(say.number(item["evidence"].get(name, 0)) for name in EVIDENCE),
        ]
        for item in inputs.facts.get("layers", ())
    ]  # fmt: skip
    return {"table": table(heads, rows)}
