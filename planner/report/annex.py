"""Tables at the end of the report: sites, areas, assumed numbers; each says how many rows it leaves out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from planner.facts.flat import share_of
from planner.report._inputs import ReportInputs, areas_of
from planner.report.say import Say, printable
from planner.report.sections import ROWS_MAX, places_of, said, table
from planner.report.tables import assumption_rows
from planner.words import Words

__all__ = ["annex"]


def annex(inputs: ReportInputs, words: Words, say: Say) -> list[dict[str, Any]]:
    """Tables at the end, each with what was cut off."""
    found = [
        (words("pdf.annex_sites"), *_annex_sites(inputs, words, say)),
        (words("pdf.annex_areas"), *_annex_areas(inputs, words, say)),
        (words("pdf.annex_numbers"), *_annex_numbers(inputs, words, say)),
    ]
    return [
        {
            "title": title, "table": made,
            "cut": words("pdf.annex_cut", shown=say.number(len(made["rows"])), n=say.number(n)) if n > len(made["rows"]) else "",
        }
        for title, made, n in found
    ]  # fmt: skip


def _annex_sites(inputs: ReportInputs, words: Words, say: Say) -> tuple[dict[str, Any], int]:
    heads = [(words("pdf.place"), "3.6fr"), (words("columns.site_type"), "1.25fr"), (words("columns.backhaul"), "1.25fr"),
             (words("pdf.coordinates"), ">1.1fr"), (words("pdf.new_umkm"), ">0.8fr"), (words("pdf.cost"), ">0.9fr")]  # fmt: skip
    if inputs.sites is None or inputs.sites.empty:
        return table(heads, []), 0
    sites = inputs.sites.sort_values(["area_code", "site_id"], kind="stable")
    shown = sites[:ROWS_MAX]
    places = places_of(shown["area_code"], inputs.facts)
    rows = [
        [
            ": ".join(part for part in (printable(r["name"], 60), place) if part), said(words, "map.site_type", r["site_type"]),
            said(words, "map.backhaul", r["backhaul"]), f"{say.number(r['lon_deg'], 5)} {say.number(r['lat_deg'], 5)}",
            say.number(r["n_umkm_new"]), say.money(r["cost_idr"]),
        ]
        for r, place in zip(shown.to_dict("records"), places, strict=True)
    ]  # fmt: skip
    return table(heads, rows), len(sites)


def _annex_areas(inputs: ReportInputs, words: Words, say: Say) -> tuple[dict[str, Any], int]:
    heads = [(words("pdf.area"), "3.6fr"), (words("columns.area_code"), "0.8fr"), (words("map.unit.umkm"), ">0.7fr"),
             (words("pdf.umkm_unserved"), ">0.9fr"), (words("pdf.share_unserved"), ">0.7fr"), (words("pdf.score_short"), ">0.7fr"),
             (words("pdf.new_umkm"), ">0.9fr")]  # fmt: skip
    areas = areas_of(inputs, "kecamatan")
    if areas.empty:
        return table(heads, []), 0
    areas = areas.assign(part=share_of(areas, "umkm_unserved", "umkm_total"))
    top = areas.sort_values(["umkm_unserved", "area_code"], ascending=[False, True], kind="stable")[:60]
    places = np.where(top["kabupaten_name"] != "", top["name"] + ", " + top["kabupaten_name"], top["name"])
    rows = [
        [
            printable(place), r["area_code"], say.number(r["umkm_total"]), say.number(r["umkm_unserved"]), say.share(r["part"]),
            say.number(r["score"], 1), say.number(r.get("umkm_new")),
        ]
        for r, place in zip(top.to_dict("records"), places, strict=True)
    ]  # fmt: skip
    return table(heads, rows), len(areas)


def _annex_numbers(inputs: ReportInputs, words: Words, say: Say) -> tuple[dict[str, Any], int]:
    heads = [(words("columns.model"), "1.5fr"), (words("pdf.key"), "1.6fr"), (words("columns.value"), ">0.8fr"),
             (words("pdf.source"), "3.4fr"), (words("pdf.year"), ">0.45fr")]  # fmt: skip
    numbers = assumption_rows(inputs.specs)
    told = numbers.loc[numbers["source"] != ""]
    rows = [
        [
            printable(r["model"], 60), printable(r["key"], 60), say.plain(r["value"]), printable(r["source"], 160),
            "" if pd.isna(r["year"]) else str(int(r["year"])),
        ]
        for r in told[:ROWS_MAX].to_dict("records")
    ]  # fmt: skip
    return table(heads, rows), len(told)
