"""What stands beside the plan in the report: towers that stand, interference, places left out, the curve of pemerataan."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pandas as pd

from planner.report._inputs import ReportInputs
from planner.report.charts import Line, line_chart
from planner.report.say import Say, printable
from planner.report.sections import places_of, said, table
from planner.words import Words

__all__ = ["curves", "existing_towers", "interference", "left_out"]

_ACCENT = "#0b6e99"
_VERDICTS = ("keep", "upgrade", "reactivate", "relocate", "switch_off", "idle")
_WORST = 10


def existing_towers(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any] | None:
    """Standing towers by verdict; None in a run without any."""
    towers = inputs.existing
    if towers is None or towers.empty:
        return None
    heads = [
        (words("pdf.verdict"), "2.4fr"),
        (words("pdf.towers"), ">0.7fr"),
        (words("pdf.served_best_umkm"), ">1.1fr"),
    ]
    heads += [(words(f"pdf.{key}"), ">1.1fr") for key in ("served_best_people", "reuse", "saving")]
    sums = towers.groupby("verdict")[["n_umkm_best", "people_best", "reuse_idr", "saving_idr_per_year"]].sum()
    counts = towers["verdict"].value_counts()
    rows = [
        [
            words(f"report.verdict.{name}"), say.number(counts[name]), say.number(sums.loc[name, "n_umkm_best"]),
            say.number(sums.loc[name, "people_best"]), say.money(sums.loc[name, "reuse_idr"]), say.money(sums.loc[name, "saving_idr_per_year"]),
        ]
        for name in _VERDICTS if name in counts
    ]  # fmt: skip
    return table(heads, rows, caption=words("pdf.existing"))


def interference(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any] | None:
    """The sites that interference leaves least, with all of the plan's sites on; None where it was not checked."""
    sites = inputs.interference
    if sites is None or sites.empty:
        return None
    named = _sites_said(inputs)
    spare = sites["checked_mbps"] - sites["demand_mbps"]
    worst = sites.assign(spare=spare).sort_values(["spare", "site_id"], kind="stable")[:_WORST]
    heads = [(words("pdf.place"), "2.6fr"), (words("columns.site_type"), "1.4fr"), (words("pdf.sinr"), ">0.8fr")]
    heads += [(words(f"pdf.{key}"), ">1fr") for key in ("planned_mbps", "checked_mbps", "asked_mbps")]
    rows = [
        [
            named.get(r["site_id"], printable(r["site_id"], 60)), said(words, "map.site_type", r["site_type"]), say.number(r["sinr_db"], 1),
            say.number(r["planned_mbps"], 1), say.number(r["checked_mbps"], 1), say.number(r["demand_mbps"], 1),
        ]
        for r in worst.to_dict("records")
    ]  # fmt: skip
    n_short = int(sites["is_short"].sum())
    lead = words(
        "pdf.interference_lead", n=say.number(len(sites)), short=say.number(n_short), shown=say.number(len(rows))
    )
    harm = (inputs.facts.get("plan") or {}).get("interference", {})
    if harm.get("existing_lost_umkm"):
        lost = {unit: say.number(harm.get(f"existing_lost_{unit}")) for unit in ("umkm", "people")}
        lead = f"{lead} {words('pdf.harm', **lost)}"
    return {"lead": lead, "table": table(heads, rows, caption=words("pdf.interference"))}


def _sites_said(inputs: ReportInputs) -> dict[str, str]:
    """Each site's name and area as the other tables of sites write them; its id where it has neither."""
    if inputs.sites is None or inputs.sites.empty:
        return {}
    places = places_of(inputs.sites["area_code"], inputs.facts)
    rows = zip(inputs.sites["site_id"], inputs.sites["name"], places, strict=True)
    return {
        str(key): ": ".join(part for part in (printable(name, 60), place) if part) or printable(key, 60)
        for key, name, place in rows
    }


def left_out(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any] | None:
    """Candidates by the reason that shut them before the selection, and the areas given as shut; None without any."""
    found = inputs.candidates
    if found is None or found.empty:
        return None
    reasons = found["excluded_because"].value_counts()
    rows = [
        [said(words, "map.reason", reason), say.number(n)]
        for reason, n in sorted(reasons.items(), key=lambda item: (-item[1], str(item[0])))
        if reason
    ]
    lead = words("pdf.left_out_lead", n=say.number(len(found)), usable=say.number(int(reasons.get("", 0))))
    heads = [(words("pdf.left_out_reason"), "1fr"), (words("pdf.left_out_n"), ">auto")]
    return {
        "lead": lead,
        "table": table(heads, rows, caption=words("pdf.left_out")),
        "areas": _shut(inputs, words, say),
    }


def _shut(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any] | None:
    """The areas of the layer ``exclusions``."""
    areas = inputs.exclusions
    if areas is None or areas.empty:
        return None
    heads = [(words("columns.name"), "2fr"), (words("pdf.left_out_reason"), "1.6fr"), (words("pdf.most_height"), ">0.9fr"), (words("pdf.source"), "2.2fr")]  # fmt: skip
    held = areas.sort_values(["kind", "name"], kind="stable")
    rows = [
        [printable(r["name"], 60), said(words, "map.reason", r["kind"]), _height(r.get("max_height_m"), words, say), printable(r.get("source", ""), 120)]
        for r in held[:60].to_dict("records")
    ]  # fmt: skip
    return table(heads, rows, caption=words("pdf.shut_areas"))


def _height(value: Any, words: Words, say: Say) -> str:
    return words("pdf.no_building") if value is None or pd.isna(value) or value <= 0.0 else say.number(value)


def curves(inputs: ReportInputs, words: Words, say: Say) -> list[dict[str, Any]]:
    """For each area or group asked for: what serving more of it costs the whole; empty where the run has no curve."""
    planned = inputs.facts.get("plan") or {}
    names = {str(r["area_code"]): printable(r["name"]) for r in inputs.facts.get("areas", ())}
    found = []
    for area, points in groupby(planned.get("pemerataan") or (), key=lambda row: str(row["area"])):
        rows = list(points)
        name = names.get(area, printable(area))
        line = Line(words("pdf.plans_found"), _ACCENT, [(row["reached_share"], row["value"]) for row in rows])
        titles = (words("pdf.curve_x", area=name), words("pdf.curve_y"))
        heads = [
            (words("pdf.curve_share"), ">1fr"),
            (words("pdf.curve_reached"), ">1fr"),
            (words("pdf.curve_all"), ">1fr"),
        ]
        heads += [
            (words("pdf.curve_lost"), ">1fr"),
            (words("pdf.curve_each"), ">1.2fr"),
            (words("pdf.sites"), ">0.6fr"),
        ]
        cells = [
            [
                say.share(row["reached_share"]), say.number(row["reached"]), say.number(row["value"]), say.number(row["lost"]),
                say.number(row["lost_per_percent"]), say.number(row["n_sites"]),
            ]
            for row in rows
        ]  # fmt: skip
        chart = line_chart([line], x_text=say.share, y_text=say.number, titles=titles)
        found.append(
            {
                "lead": words("pdf.curve_lead", area=name),
                "chart": chart,
                "table": table(heads, cells, caption=words("pdf.curve", area=name)),
            }
        )
    return found
