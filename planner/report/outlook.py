"""Sections of the report that look beyond the chosen plan's totals: what to build first, years and payers, other ceilings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from planner.report._inputs import ReportInputs
from planner.report.charts import Line, line_chart, stacked_bars
from planner.report.say import Say, printable
from planner.report.sections import places_of, said, table
from planner.words import Words

__all__ = ["first_sites", "frontier", "payers", "years"]

_FIRST = 10
_ACCENT, _SOFT = "#0b6e99", "#566473"


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


def years(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    """Sites and money by year, where the plan has more than one."""
    found = (inputs.facts.get("plan") or {}).get("by_year", {})
    if len(found) < 2:
        return {"table": None, "chart": {}}
    return {
        "table": _groups(found, words, say, "by_year", str),
        "chart": stacked_bars(
            list(found), [(words("pdf.capex"), _ACCENT, [row["capex_idr"] for row in found.values()])],
            y_text=say.money, title=words("pdf.capex"),
        ),
    }  # fmt: skip


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
    own = [at for at, value in enumerate(ceilings) if value == inputs.ceiling_idr]
    mark = (ceilings[own[0]], values[own[0]], words("pdf.this_plan")) if own else None
    lines = [
        Line(words("pdf.plans_found"), _ACCENT, list(zip(ceilings, values, strict=True))),
        Line(words("pdf.bound"), _SOFT, list(zip(ceilings, ordered["bound"].tolist(), strict=True)), is_dashed=True),
    ]
    chart = line_chart(
        lines, x_text=say.money, y_text=say.number, titles=(words("pdf.ceiling"), words("pdf.served_of", unit=unit)), mark=mark
    )  # fmt: skip
    return {
        "lead": _more_money(ordered, own, unit, words, say),
        "chart": chart,
        "table": _points(ordered, own, words, say),
    }


def _more_money(points: pd.DataFrame, own: list[int], unit: str, words: Words, say: Say) -> str:
    """What the next steps up and down from the scenario's ceiling would change."""
    lead = words("pdf.frontier_lead", n=say.number(len(points)))
    for step, key in ((1, "frontier_more"), (-1, "frontier_less")):
        if own and 0 <= own[0] + step < len(points):
            here, there = points.iloc[own[0]], points.iloc[own[0] + step]
            money, gain = abs(there["ceiling_idr"] - here["ceiling_idr"]), abs(there["value"] - here["value"])
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
            say.money(row["ceiling_idr"]), say.money(row["spent_idr"]), say.number(row["n_sites"]),
            *(say.number(row.get(unit)) for unit in ("umkm", "people", "desa", "facilities")),
            say.number(row["bound"]), say.share(row["gap_share"]),
        ]  # fmt: skip
        rows.append([{"strong": cell} for cell in cells] if at in own else cells)
    return table(heads, rows, caption=words("pdf.frontier_table"))
