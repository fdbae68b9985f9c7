"""Other ceilings, years and payers in reports and facts: the numbers of the tables, nothing where there are none."""

from __future__ import annotations

import re
import subprocess

import export_worlds
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_report_pdf import said
from test_report_workbook import report_inputs

from planner.report import pdf, workbook
from planner.report.charts import Line, line_chart, stacked_bars, steps
from planner.report.pages import document
from planner.report.say import Say
from planner.words import read_words


def inputs(**changes):
    return report_inputs(**{"frontier": export_worlds.points(), **changes})


@given(st.floats(1e-6, 1e14))
def test_steps_cover_the_range_and_are_few_and_even(high):
    found = steps(high)
    assert found[0] == 0.0
    assert high * (1 - 1e-6) <= found[-1] <= high * 2
    assert 4 <= len(found) <= 8
    assert [at / found[1] for at in found] == pytest.approx(range(len(found)), rel=1e-9)


def test_places_of_a_chart_lie_in_its_frame_in_proportion():
    chart = line_chart(
        [Line("a", "#000000", [(0.0, 0.0), (50.0, 5.0), (100.0, 10.0)])], x_text=str, y_text=str, titles=("x", "y")
    )
    assert chart["lines"][0]["points"] == [[0.0, 0.0], [0.5, 0.5], [1.0, 1.0]]
    assert [tick["text"] for tick in chart["x"]] == ["0.0", "20.0", "40.0", "60.0", "80.0", "100.0"]
    assert line_chart([Line("a", "#000000", [])], x_text=str, y_text=str, titles=("", "")) == {}
    bars = stacked_bars(["2026", "2027"], [("a", "#0", [1.0, 2.0]), ("b", "#1", [3.0, 0.0])], y_text=str, title="")
    assert [part["heights"] for part in bars["parts"]] == [[0.25, 0.5], [0.75, 0.0]]
    assert stacked_bars(["2026"], [("a", "#0", [0.0])], y_text=str, title="") == {}


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_report_shows_every_ceiling_and_what_more_money_would_serve(language, tmp_path):
    text, say, words = (
        said(pdf.write(tmp_path / "a.pdf", inputs(), language=language)),
        Say(language),
        read_words(language),
    )
    for row in export_worlds.points().to_dict("records"):
        line = [
            say.money(row["ceiling_idr"]),
            say.money(row["spent_idr"]),
            *(say.number(row[k]) for k in ("n_sites", "umkm", "people")),
        ]
        assert " ".join(line).replace("\xa0", " ") in text
    more = words(
        "pdf.frontier_more", money=say.money(1e10), n=say.number(18.75), unit="UMKM", each=say.money(1e10 / 18.75)
    )
    assert more.replace("\xa0", " ") in text


def test_the_row_of_this_plan_is_marked_and_no_other():
    shown = document(inputs(), read_words("id"))["frontier"]
    strong = [row for row in shown["table"]["rows"] if isinstance(row[0], dict)]
    assert [row[0]["strong"] for row in strong] == [Say("id").money(1e10)]
    assert shown["chart"]["mark"]["at"] == shown["chart"]["lines"][0]["points"][2]


def test_a_plan_that_is_no_point_of_the_frontier_is_not_marked_on_it():
    shown = document(inputs(ceiling_idr=7e9), read_words("en"))["frontier"]
    assert not [row for row in shown["table"]["rows"] if isinstance(row[0], dict)]
    assert shown["chart"]["mark"] is None
    assert "bold row" not in shown["note"]
    assert "more would serve" not in shown["lead"]


def test_a_run_without_a_frontier_says_nothing_of_it(tmp_path):
    assert document(report_inputs(), read_words("en"))["frontier"] is None
    assert read_words("en")("pdf.frontier") not in said(pdf.write(tmp_path / "a.pdf", report_inputs(), language="en"))
    book = openpyxl.load_workbook(workbook.write(tmp_path / "a.xlsx", report_inputs()))
    assert read_words("id")("report.sheet_frontier") not in book.sheetnames


def test_the_workbook_has_the_frontier_to_the_last_digit(tmp_path):
    book = openpyxl.load_workbook(workbook.write(tmp_path / "a.xlsx", inputs(), language="en"))
    work = book[read_words("en")("report.sheet_frontier")]
    (table,) = work.tables.values()
    rows = [[cell.value for cell in row] for row in work[table.ref]]
    assert rows[1:] == export_worlds.points().to_numpy().tolist()
    assert "UMKM newly served" in rows[0]


def test_years_payers_and_sources_sum_to_the_plan():
    facts = export_worlds.world(is_phased=True)["facts"]["plan"]
    assert list(facts["by_year"]) == ["2026", "2027"]
    assert set(facts["by_payer"]) == {"BAKTI", export_worlds.HOSTILE}
    for groups in (facts["by_year"], facts["by_payer"], facts["by_source"]):
        for key in ("n_sites", "capex_idr", "opex_idr_per_year", "cost_idr"):
            assert sum(row[key] for row in groups.values()) == facts[key]
    plain = export_worlds.world()["facts"]["plan"]
    assert not {"by_year", "by_payer", "by_source"} & set(plain)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_report_and_the_workbook_show_years_and_payers(language, tmp_path):
    asked = inputs(is_phased=True)
    text, say, words = (
        said(pdf.write(tmp_path / "a.pdf", asked, language=language)),
        Say(language),
        read_words(language),
    )
    for groups in (asked.facts["plan"]["by_year"], asked.facts["plan"]["by_source"]):
        for name, row in groups.items():
            assert re.search(
                rf"{re.escape(name)} {say.number(row['n_sites'])} {re.escape(say.rupiah(row['capex_idr']))}".replace(
                    "\xa0", " "
                ),
                text,
            )
    assert words("pdf.payer_none")[:40] not in text
    assert words("pdf.by_year") in text
    book = openpyxl.load_workbook(workbook.write(tmp_path / "a.xlsx", asked, language=language))
    cells = [cell.value for row in book[words("report.sheet_summary")].iter_rows() for cell in row]
    assert {words("report.by_year"), words("report.by_payer"), "2026", "BAKTI", export_worlds.HOSTILE} <= set(cells)
    sites = book[words("report.sheet_sites")]
    heads = [cell.value for cell in sites[next(iter(sites.tables.values())).ref.split(":")[0][1:]]]
    assert {words("columns.year"), words("columns.payer"), words("columns.funding_source")} <= set(heads)


def test_the_first_sites_are_those_that_serve_most_for_their_money():
    first = document(inputs(), read_words("id"))["plan"]["first"]["rows"]
    assert [row[4] for row in first] == [Say("id").money(3.7e9 / 30.5), Say("id").money(4.2e9 / 12.0)]


def test_no_gap_stands_without_the_uncertainty_of_its_inputs(tmp_path):
    path = pdf.write(tmp_path / "a.pdf", inputs(), language="en")
    page = subprocess.run(
        ["pdftotext", "-f", "2", "-l", "2", "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "of UMKM come from observed data" in re.sub(r"\s+", " ", page)


def test_a_plan_whose_explanation_is_no_json_is_borne():
    sites = export_worlds.sites(export_worlds.cells()).assign(why=["{", '{"only_here": 7}'])
    rows = document(inputs(sites=sites), read_words("id"))["plan"]["first"]["rows"]
    assert sorted(row[5] for row in rows) == ["7", "–"]


def test_an_empty_frontier_is_none():
    assert document(inputs(frontier=pd.DataFrame()), read_words("id"))["frontier"] is None


def phased(**more):
    """A plan over two years under rules, as the facts hold it."""
    base = inputs(is_phased=True)
    rules = {
        "money": export_worlds.money(),
        "years": export_worlds.YEARS,
        "equity": export_worlds.EQUITY,
        "spent_idr": 4.25e9,
        "opex_after_idr_per_year": 5.5e8,
        **more,
    }
    return inputs(is_phased=True, facts={**base.facts, "plan": {**base.facts["plan"], **rules}})


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_rupiah_of_every_source_and_year_is_in_the_report(language, tmp_path):
    text, say, words = (
        said(pdf.write(tmp_path / "a.pdf", phased(), language=language)),
        Say(language),
        read_words(language),
    )
    for row in export_worlds.money():
        line = [
            str(row["year"]),
            *(say.number(row[f"{key}_idr"]) for key in ("ceiling", "carried_in", "kept_opex", "capex", "opex", "left")),
        ]
        assert " ".join(line) in text
    for row in export_worlds.YEARS:
        assert (
            " ".join(
                [
                    str(row["year"]),
                    *(say.number(row[key]) for key in ("n_sites", "n_sites_on", "n_umkm_on", "people_on")),
                ]
            )
            in text
        )
    assert words("pdf.rule_is_floor") in text
    assert words("pdf.years_lead")[:40] in text


def test_the_chart_of_years_stacks_what_each_source_spends():
    chart = document(phased(), read_words("en"))["money"]["years"]["chart"]
    assert chart["names"] == ["2026", "2027"]
    heights = {part["text"]: part["heights"] for part in chart["parts"]}
    top = 2.5e9
    assert heights["Rupiah Murni"] == [1.9e9 / top, 0.25e9 / top]
    assert [h for text, h in heights.items() if text.startswith("=HYPERLINK")] == [[0.0, 2.1e9 / top]]


def test_a_floor_that_is_missed_is_marked_with_how_much_and_its_price():
    rows = document(phased(), read_words("en"))["equity"]["rules"]["rows"]
    assert rows[0][1:] == ["3T", "50", "42", {"strong": "8"}, "2.00"]
    assert rows[1][1:] == ["Kabupaten Kupang", "10", "30", "0", "must be met"]
    assert rows[2][2:5] == ["40.0%", "52.5%", "0.0%"]
    assert document(inputs(), read_words("en"))["equity"]["rules"] is None


def test_the_served_are_told_by_the_number_of_operators(tmp_path):
    base = inputs()
    shown = document(base, read_words("en"))["service"]["operators"]
    found = base.facts["operators"]
    names = ("one_or_more", "two_or_more", "one_or_more_indoor", "two_or_more_indoor", "outdoor_only")
    assert [row[1] for row in shown["rows"]] == [
        Say("en").number(found[name]["umkm"]) for name in names if name in found
    ]
    assert shown["rows"][0][2] == "100.0%"


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_plan_of_years_says_what_is_spent_in_them_and_after(language, tmp_path):
    """Beside a ceiling in the money of its years, a present value over decades would be read as an overrun."""
    say, words = Say(language), read_words(language)
    summary = document(phased(), words)["summary"]
    for told in ("2026–2027", say.money(4.25e9), say.money(5.5e8)):
        assert told in summary["lead"]
    assert (say.money(4.25e9), words("pdf.card_spent")) in [(card["value"], card["label"]) for card in summary["cards"]]
    book = openpyxl.load_workbook(workbook.write(tmp_path / "a.xlsx", phased(), language=language))
    told = {row[0].value: row[1].value for row in book[words("report.sheet_summary")].iter_rows(max_col=2)}
    assert told[words("report.plan_spent_idr")] == 4.25e9
    assert words("report.ceiling_idr") not in told


@pytest.mark.parametrize("language", ["id", "en"])
def test_decisions_stand_with_their_reason_and_price(language, tmp_path):
    words, asked = read_words(language), inputs(decided=export_worlds.decided())
    rows = document(asked, words)["plan"]["decisions"]["rows"]
    assert rows[0][:3] == ["K1", words("pdf.decided_force_site"), "Puskesmas; Bappeda; 12/KEP"]
    assert [row[5:] for row in rows] == [["4", "12"], ["0", "9"]]
    assert not rows[1][2].endswith("; ")
    assert words("pdf.decisions", unit=words("units.umkm")) in said(
        pdf.write(tmp_path / "a.pdf", asked, language=language)
    )
    book = openpyxl.load_workbook(workbook.write(tmp_path / "a.xlsx", asked, language=language))
    work = book[words("report.sheet_decided")]
    told = [[cell.value for cell in row] for row in work[next(iter(work.tables.values())).ref]]
    assert [row[told[0].index(words("columns.price_weight"))] for row in told[1:]] == [4.25, 0.0]
    assert document(inputs(), words)["plan"]["decisions"] is None
    assert (
        words("report.sheet_decided")
        not in openpyxl.load_workbook(workbook.write(tmp_path / "b.xlsx", inputs(), language=language)).sheetnames
    )


def test_a_programme_says_how_its_points_are_made_and_draws_what_lies_below_nothing():
    points = export_worlds.points().assign(
        scale=[0.25, 0.5, 1.0, 2.0], spent_in_years_idr=[0.0, 4e9, 7e9, 1.5e10], floors_short=[9.0, 0.0, 0.0, 0.0],
        served=[5.0, 33.0, 44.0, 64.0], value=[-20.0, 30.5, 42.5, 61.25],
    )  # fmt: skip
    words, say = read_words("en"), Say("en")
    shown = document(inputs(frontier=points, frontier_left_out=2), words)["frontier"]
    for text in (words("pdf.frontier_scaled"), words("pdf.frontier_floors"), words("pdf.frontier_left_out", n="2")):
        assert text in shown["note"]
    assert say.number(20.0) + " more UMKM" in shown["lead"]  # what is served, not the value
    assert shown["table"]["rows"][1][1] == say.money(4e9)
    ys = [y for _, y in shown["chart"]["lines"][0]["points"]]
    assert (
        0.0
        <= ys[0]
        < next(tick["at"] for tick in shown["chart"]["y"] if tick["text"] == say.number(0.0))
        < ys[1]
        <= 1.0
    )
