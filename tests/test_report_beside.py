"""Beside the plan: standing towers, interference, places left out, the curve of pemerataan; numbers as given, both languages."""

from __future__ import annotations

import dataclasses

import openpyxl
import pandas as pd
import pytest
from test_report_outlook import phased
from test_report_pdf import said
from test_report_workbook import report_inputs

from planner.report import pdf, workbook
from planner.report.pages import document
from planner.report.say import Say
from planner.words import read_words


def towers() -> pd.DataFrame:
    verdicts = ["keep", "keep", "switch_off", "relocate"]
    return pd.DataFrame({
        "tower_id": ["t1", "t2", "t3", "t4"], "operators": "A", "technology": "4G", "status": "on_air", "verdict": verdicts, "site_id": "",
        "n_umkm_best": [120.0, 30.0, 0.0, 0.0], "people_best": [1000.0, 200.0, 0.0, 0.0], "people_alone": [500.0, 0.0, 0.0, 0.0],
        "demand_mbps": 1.0, "load_share": 0.5, "reuse_km": [float("nan")] * 3 + [12.0], "reuse_idr": [0.0, 0.0, 0.0, 4e8],
        "saving_idr_per_year": [0.0, 0.0, 2e8, 1e8], "lon_deg": 123.0, "lat_deg": -10.0,
    })  # fmt: skip


def checked(site_ids: list[str]) -> pd.DataFrame:
    n = len(site_ids)
    left = [8.0 + k for k in range(n)]
    return pd.DataFrame({
        "site_id": site_ids, "site_type": "macro_42m", "n_cells": 5, "sinr_db": 7.5, "planned_mbps": 31.1, "checked_mbps": left,
        "demand_mbps": 9.0, "lost_share": 0.1, "is_short": [value < 9.0 for value in left],
    })  # fmt: skip


CURVE = [
    {"point": 0, "area": "3T", "floor": 0.0, "reached": 10.0, "reached_share": 0.25, "value": 80.0, "weight_new": 90.0, "n_sites": 4, "lost": 0.0, "lost_per_percent": None},
    {"point": 1, "area": "3T", "floor": 20.0, "reached": 20.0, "reached_share": 0.5, "value": 60.0, "weight_new": 70.0, "n_sites": 5, "lost": 20.0, "lost_per_percent": 0.8},
]  # fmt: skip
SHUT = pd.DataFrame(
    {"name": ["Hutan Mutis"], "kind": ["protected"], "max_height_m": [float("nan")], "source": ["KLHK 2024"]}
)


def full():
    base = phased(pemerataan=CURVE, interference={"existing_lost_umkm": 1100.4, "existing_lost_people": 9000.0})
    return report_inputs(
        facts=base.facts,
        is_phased=True,
        existing=towers(),
        interference=checked(base.sites["site_id"].tolist()),
        exclusions=SHUT,
    )


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_report_says_what_stands_beside_the_plan(language, tmp_path):
    words, say, inputs = read_words(language), Say(language), full()
    text = said(pdf.write(tmp_path / "a.pdf", inputs, language=language))
    shown = document(inputs, words)
    kept = shown["plan"]["existing"]["rows"][0]
    assert kept == [words("report.verdict.keep"), "2", say.number(150), say.number(1200), say.money(0), say.money(0)]
    assert [row[0] for row in shown["plan"]["existing"]["rows"]] == [
        words(f"report.verdict.{name}") for name in ("keep", "relocate", "switch_off")
    ]
    assert shown["plan"]["interference"]["table"]["rows"][0][4] == say.number(8.0, 1)
    assert shown["plan"]["left_out"]["areas"]["rows"] == [
        ["Hutan Mutis", words("map.reason.protected"), words("pdf.no_building"), "KLHK 2024"]
    ]
    (curve,) = shown["equity"]["curves"]
    assert [row[:4] for row in curve["table"]["rows"]] == [
        [say.share(0.25), "10", "80", "0"],
        [say.share(0.5), "20", "60", "20"],
    ]
    assert curve["chart"]["lines"][0]["points"][1] == [1.0, 0.75]
    assert words("pdf.harm", umkm=say.number(1100), people=say.number(9000)) in shown["plan"]["interference"]["lead"]
    for key in ("existing_note", "value_worth_note"):
        assert words(f"pdf.{key}")[:50] in text
    assert words("pdf.curve", area="3T") in text
    assert "Hutan Mutis" in text


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_workbook_has_a_sheet_of_each_and_says_what_the_value_is(language, tmp_path):
    words, inputs = read_words(language), full()
    book = openpyxl.load_workbook(workbook.write(tmp_path / "a.xlsx", inputs, language=language))
    for name in ("curve", "interference", "existing", "exclusions"):
        sheet = book[words(f"report.sheet_{name}")]
        assert len(sheet.tables) == 1
        head = next(row for row in sheet.iter_rows(values_only=True) if row[1] is not None)
        assert not any("_" in str(label) for label in head if label), head
    verdicts = [row[4] for row in book[words("report.sheet_existing")].iter_rows(values_only=True)]
    assert verdicts.count(words("report.verdict.keep")) == 2
    first = [row[0] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert words("report.proof_value_worth", unit="UMKM") in first


def test_a_cheapest_plan_is_said_in_rupiah():
    base = report_inputs()
    proof = {**base.facts["plan"]["certificate"], "sense": "min", "value": 4.25e9, "bound": 4e9}
    inputs = report_inputs(facts={**base.facts, "plan": {**base.facts["plan"], "certificate": proof}})
    rows = document(inputs, read_words("en"))["money"]["proof"]["rows"]
    assert rows[1:3] == [["Cost of this plan", Say("en").money(4.25e9)], ["Proven least cost", Say("en").money(4e9)]]


def test_a_run_without_them_has_none_of_these_sections():
    shown = document(report_inputs(candidates=None), read_words("id"))
    assert (shown["plan"]["existing"], shown["plan"]["interference"], shown["plan"]["left_out"]) == (None, None, None)
    assert shown["equity"]["curves"] == []


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_first_page_holds_all_notices_and_the_places_to_sign(language, tmp_path):
    """With every notice a run can have, the boxes of names stay on the first page and the summary begins the second."""
    told = (
        ("synthetic", {}), ("estimate", {}), ("schematic", {}), ("radius", {"share": 0.075}),
        ("confidence", {"threshold": 0.5}), ("quarantined", {"n": 12}),
    )  # fmt: skip
    inputs = full()
    inputs = dataclasses.replace(inputs, notices=(*inputs.notices, *told))
    path = pdf.write(tmp_path / "a.pdf", inputs, language=language)
    first = said(path, "-f", "1", "-l", "1")
    assert read_words(language)("pdf.approved") in first
    assert read_words(language)("pdf.counted") in said(path, "-f", "2", "-l", "2")


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_site_without_a_name_is_told_by_its_area(language):
    """Interference named one of ten sites: places that a generator found have no name, but they have an area."""
    base = full()
    inputs = dataclasses.replace(base, sites=base.sites.assign(name=""))
    shown = document(inputs, read_words(language))["plan"]["interference"]["table"]["rows"]
    annex = {row[0] for part in document(inputs, read_words(language))["annex"] for row in part["table"]["rows"]}
    assert all(row[0] and row[0] in annex for row in shown)
    nameless = dataclasses.replace(base, sites=base.sites.assign(name="", area_code=""))
    rows = document(nameless, read_words(language))["plan"]["interference"]["table"]["rows"]
    assert [row[0] for row in rows] == nameless.interference["site_id"].tolist()[: len(rows)]
