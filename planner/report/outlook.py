"""Sections of the report that look beyond the chosen plan's totals: what to build first, years and payers, other ceilings."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from planner.facts.flat import share
from planner.report._inputs import ReportInputs
from planner.report.charts import Line, line_chart, stacked_bars
from planner.report.say import Say, printable
from planner.report.sections import places_of, said, table
from planner.words import Words

__all__ = ["decisions", "first_sites", "frontier", "operators", "payers", "rules", "years"]

_FIRST = 10
_ACCENT, _SOFT = "#0b6e99", "#566473"
_BARS = ("#0b6e99", "#efb03c", "#12876f", "#6b4a9a", "#c4421a", "#8c9199")


def first_sites(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    """The sites that serve most for their money: where, with what, why there."""
    heads = [(words("pdf.place"), "3.3fr"), (words("pdf.with"), "2.2fr"), (words("pdf.new_umkm"), ">0.9fr"),
             (words("pdf.cost"), ">1.2fr"), (words("pdf.per_umkm"), ">1.2fr"), (words("pdf.only_here"), ">1fr")]  # fmt: skip
    caption = words("pdf.first_sites")
    if inputs.sites is None or inputs.sites.empty:
        return table(heads, [], caption=caption)
    gain = inputs.sites["n_umkm_new"].to_numpy(dtype=np.float64)
    cost = inputs.sites["cost_idr"].to_numpy(dtype=np.float64)
    each = np.divide(cost, gain, out=np.full(len(gain), np.nan), where=gain > 0.0)
    ranked = inputs.sites.assign(each=each).sort_values(["each", "site_id"], kind="stable", na_position="last")[:_FIRST]
    rows = [
        [
            ": ".join(part for part in (printable(r["name"], 60), place) if part),
            f"{said(words, 'map.site_type', r['site_type'])}, {said(words, 'map.backhaul', r['backhaul'])}",
            say.number(r["n_umkm_new"]), say.money(r["cost_idr"]), say.money(r["each"]), say.number(_only_here(r)),
        ]
        for r, place in zip(ranked.to_dict("records"), places_of(ranked["area_code"], inputs.facts), strict=True)
    ]  # fmt: skip
    return table(heads, rows, caption=caption)


def _only_here(row: Mapping[Any, Any]) -> float | None:
    """How much of its gain no other chosen site could serve, as the plan's explanation says."""
    try:
        value = json.loads(row.get("why") or "{}").get("only_here")
    except (ValueError, AttributeError):
        return None
    return float(value) if isinstance(value, (int, float)) else None


def operators(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    """The served by how many operators reach them, outdoors and indoors, each with its share of all served."""
    found, totals = inputs.facts.get("operators", {}), inputs.facts.get("totals", {})
    units = ("umkm", "people", "facilities")
    heads = [(words("pdf.reached_by"), "2fr")]
    for unit in units:
        heads += [(words(f"map.unit.{unit}"), ">1fr"), (words("pdf.of_served"), ">0.8fr")]
    rows = []
    for name in ("one_or_more", "two_or_more", "one_or_more_indoor", "two_or_more_indoor", "outdoor_only"):
        if name in found:
            cells = [words(f"pdf.reached_{name}")]
            for unit in units:
                cells += [
                    say.number(found[name].get(unit)),
                    say.share(share(found[name].get(unit), totals.get(unit, {}).get("served"))),
                ]
            rows.append(cells)
    return table(heads, rows, caption=words("pdf.operators"))


def decisions(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any] | None:
    """The planner's word, and what each decision costs the plan; None where there is none."""
    if inputs.decided is None or inputs.decided.empty:
        return None
    heads = [(words("columns.decision_id"), "1fr"), (words("pdf.decided"), "1.1fr"), (words("pdf.decided_why"), "3.2fr"),
             (words("pdf.cost"), ">1.2fr"), (words("pdf.new_umkm"), ">0.9fr"), (words("pdf.decided_price"), ">1fr"),
             (words("pdf.decided_most"), ">1fr")]  # fmt: skip
    rows = [
        [
            printable(r["decision_id"], 30), said(words, "pdf", f"decided_{r['action']}_{r['object']}"),
"; ".join(printable(r[key], 160) for key in ("reason", "author", "letter") if r[key]),
            say.money(r["cost_idr"]), say.number(r["n_umkm_new"]), say.number(r["price_weight"]), say.number(r["price_at_most_weight"]),
        ]
        for r in inputs.decided.sort_values("decision_id", kind="stable").to_dict("records")
    ]  # fmt: skip
    objective = (inputs.facts["plan"].get("certificate") or {}).get("objective", "umkm")
    return table(heads, rows, caption=words("pdf.decisions", unit=words(f"units.{objective}")))


def years(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    """Sites, services and money by year and source, where the plan has more than one year."""
    planned = inputs.facts.get("plan") or {}
    found, money, yearly = planned.get("by_year", {}), planned.get("money") or [], planned.get("years") or []
    if len(found) < 2 and len(yearly) < 2:
        return {"table": None, "money": None, "chart": {}}
    names = [str(row["year"]) for row in yearly] or list(found)
    if money:
        parts = [
            (printable(source, 40), _BARS[at % len(_BARS)], [_spent(money, source, year) for year in names])
            for at, source in enumerate(dict.fromkeys(row["funding_source"] for row in money))
        ]
    else:
        parts = [(words("pdf.capex"), _ACCENT, [row["capex_idr"] for row in found.values()])]
    title = words("pdf.spent_year" if money else "pdf.capex")
    by_year = _yearly(yearly, money, words, say) if yearly else _groups(found, words, say, "by_year", str)
    chart = stacked_bars(names, parts, y_text=say.money, title=title)
    return {"table": by_year, "money": _money(money, words, say) if money else None, "chart": chart}


def _spent(money: list[dict[str, Any]], source: Any, year: str, *, column: str = "spent_idr") -> float:
    """Sum of a source (all where None) in a year."""
    return sum(
        float(row[column]) for row in money if str(row["year"]) == year and source in (None, row["funding_source"])
    )


def _yearly(yearly: list[dict[str, Any]], money: list[dict[str, Any]], words: Words, say: Say) -> dict[str, Any]:
    heads = [(words("pdf.year"), "0.7fr"), (words("pdf.switched_on"), ">0.8fr"), (words("pdf.on_air"), ">0.8fr")]
    heads += [(words(f"pdf.{key}"), ">1fr") for key in ("on_umkm", "on_people", "on_facilities")]
    heads += [(words(f"pdf.{key}"), ">1.3fr") for key in ("capex", "opex_earlier", "spent")]
    rows = []
    for row in yearly:
        year = str(row["year"])
        sums = (_spent(money, None, year, column=column) for column in ("capex_idr", "opex_idr", "spent_idr"))
        counts = (row[key] for key in ("n_sites", "n_sites_on", "n_umkm_on", "people_on", "facilities_on"))
        rows.append([year, *(say.number(value) for value in counts), *(say.money(value) for value in sums)])
    return table(heads, rows, caption=words("pdf.by_year"))


def _money(money: list[dict[str, Any]], words: Words, say: Say) -> dict[str, Any]:
    """Ceiling, use and rest of each source and year, to the rupiah."""
    heads = [(words("pdf.source_money"), "1.5fr"), (words("pdf.year"), "0.6fr")]
    columns = ("ceiling", "carried_in", "kept_opex", "capex", "opex", "left")
    heads += [(words(f"pdf.money_{key}"), ">1.5fr") for key in columns] + [(words("pdf.sites"), ">0.5fr")]
    rows = [
        [
            f"{printable(row['funding_source'], 40)} ({printable(row['payer'], 40)})", str(row["year"]),
            *(say.number(row[f"{key}_idr"]) for key in columns), say.number(row["n_sites"]),
        ]
        for row in money
    ]  # fmt: skip
    return table(heads, rows, caption=words("pdf.money_table"))


def rules(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any] | None:
    """Floors and shares of pemerataan: what was asked, reached and missing; None where the plan has none."""
    rows = (inputs.facts.get("plan") or {}).get("equity")
    if not rows:
        return None
    names = {str(r["area_code"]): printable(r["name"]) for r in inputs.facts.get("areas", ())}
    heads = [(words("pdf.rule"), "2.2fr"), (words("pdf.group"), "1.6fr")]
    heads += [(words(f"pdf.rule_{key}"), ">1fr") for key in ("least", "reached", "short", "price")]
    cells: list[list[Any]] = []
    for row in rows:
        is_share = row["rule"] == "money_share"
        how = say.share if is_share else say.number
        short = how(row["short"])
        cells.append([
            said(words, "pdf", f"rule_is_{row['rule']}"), names.get(str(row["area"]), printable(row["area"])),
            how(row["least"]), how(row["reached"]), {"strong": short} if (row["short"] or 0.0) > 0.0 else short,
            say.number(row["price"], 2) if row.get("price") is not None else words("pdf.rule_hard" if not is_share else "pdf.nothing"),
        ])  # fmt: skip
    return table(heads, cells, caption=words("pdf.rules"))


def payers(inputs: ReportInputs, words: Words, say: Say) -> list[dict[str, Any]]:
    """Sites and money by payer and by source of money, where the plan names them."""
    planned = inputs.facts.get("plan") or {}
    return [
        _groups(planned[f"by_{key}"], words, say, f"by_{key}", printable)
        for key in ("payer", "source")
        if planned.get(f"by_{key}")
    ]


def _groups(groups: Mapping[str, Any], words: Words, say: Say, title: str, named: Any) -> dict[str, Any]:
    labels = {"by_year": "year", "by_payer": "payer", "by_source": "source_money"}
    heads = [(words(f"pdf.{labels[title]}"), "1.6fr"), (words("pdf.sites"), ">0.6fr")]
    heads += [(words(f"pdf.{key}"), ">1.4fr") for key in ("capex", "opex", "cost")]
    heads += [(words(f"pdf.{key}"), ">1fr") for key in ("new_umkm", "new_people")]
    rows = [
        [
            named(name), say.number(row["n_sites"]), say.rupiah(row["capex_idr"]), say.rupiah(row["opex_idr_per_year"]),
            say.rupiah(row["cost_idr"]), say.number(row["n_umkm_new"]), say.number(row["people_new"]),
        ]
        for name, row in groups.items()
    ]  # fmt: skip
    return table(heads, rows, caption=words(f"pdf.{title}"))


def frontier(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any] | None:
    """What other ceilings would serve; None where the run did not ask."""
    points = inputs.frontier
    if points is None or points.empty:
        return None
    ordered = points.sort_values("ceiling_idr", kind="stable", ignore_index=True)
    objective = str(((inputs.facts.get("plan") or {}).get("certificate") or {}).get("objective") or "umkm")
    unit = said(words, "units", objective)
    ceilings, values = ordered["ceiling_idr"].tolist(), ordered["value"].tolist()
    own = [at for at, value in enumerate(ceilings) if math.isclose(value, inputs.ceiling_idr or 0.0, rel_tol=1e-9)]
    mark = (ceilings[own[0]], values[own[0]], words("pdf.this_plan")) if own else None
    lines = [
        Line(words("pdf.plans_found"), _ACCENT, list(zip(ceilings, values, strict=True))),
        Line(words("pdf.bound"), _SOFT, list(zip(ceilings, ordered["bound"].tolist(), strict=True)), is_dashed=True),
    ]
    money, kind = ("ceiling_years", "worth_of") if "scale" in ordered else ("ceiling", "served_of")
    chart = line_chart(
        lines, x_text=say.money, y_text=say.number, titles=(words(f"pdf.{money}"), words(f"pdf.{kind}", unit=unit)), mark=mark
    )  # fmt: skip
    return {
        "lead": _more_money(ordered, own, unit, words, say),
        "chart": chart,
        "table": _points(ordered, own, words, say),
        "note": _frontier_note(inputs, ordered, own, words, say),
    }


def _frontier_note(inputs: ReportInputs, points: pd.DataFrame, own: list[int], words: Words, say: Say) -> str:
    """What the points are, and how many ceilings have none."""
    told = [words("pdf.frontier_note")] * bool(own)
    if "scale" in points:
        told.append(words("pdf.frontier_scaled"))
        told += [words("pdf.frontier_floors")] * bool((points["floors_short"] > 0.0).any())
    if inputs.frontier_left_out:
        told.append(words("pdf.frontier_left_out", n=say.number(inputs.frontier_left_out)))
    return " ".join(told)


def _more_money(points: pd.DataFrame, own: list[int], unit: str, words: Words, say: Say) -> str:
    """What the next steps up and down from the scenario's ceiling would change."""
    lead = words("pdf.frontier_lead", n=say.number(len(points)))
    for step, key in ((1, "frontier_more"), (-1, "frontier_less")):
        if own and 0 <= own[0] + step < len(points):
            here, there = points.iloc[own[0]], points.iloc[own[0] + step]
            served = "served" if "served" in points else "value"
            money, gain = abs(there["ceiling_idr"] - here["ceiling_idr"]), abs(there[served] - here[served])
            each = say.money(money / gain) if gain > 0.0 else say.money(None)
            lead += " " + words(f"pdf.{key}", money=say.money(money), n=say.number(gain), unit=unit, each=each)
    return lead


def _points(points: pd.DataFrame, own: list[int], words: Words, say: Say) -> dict[str, Any]:
    heads = [(words("pdf.ceiling_short"), ">1.3fr"), (words("pdf.spent"), ">1.3fr"), (words("pdf.sites"), ">0.6fr")]
    heads += [(words(f"map.unit.{unit}"), ">0.9fr") for unit in ("umkm", "people", "desa", "facilities")]
    heads += [(words("pdf.bound"), ">1fr"), (words("pdf.gap_share"), ">0.8fr")]
    rows = []
    for at, row in enumerate(points.to_dict("records")):
        cells = [
            say.money(row["ceiling_idr"]), say.money(row.get("spent_in_years_idr", row["spent_idr"])), say.number(row["n_sites"]),
            *(say.number(row.get(unit)) for unit in ("umkm", "people", "desa", "facilities")),
            say.number(row["bound"]), say.share(row["gap_share"]),
        ]  # fmt: skip
        rows.append([{"strong": cell} for cell in cells] if at in own else cells)
    return table(heads, rows, caption=words("pdf.frontier_table"))
