"""The workbook: numbers as numbers, hostile text as text, the same totals as the facts, the same bytes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import export_worlds
import openpyxl
import pandas as pd
import pytest

from planner.errors import OutputError
from planner.report import ReportInputs, workbook
from planner.report.tables import assumption_rows, spoken
from planner.words import read_words


def report_inputs(*, is_phased: bool = False, **changes) -> ReportInputs:
    world = export_worlds.world(is_phased=is_phased)
    known = {name: value for name, value in world.items() if name in ReportInputs.__dataclass_fields__}
    base = {
        "name": "uji", "title_id": "Rencana uji", "title_en": "Test plan", "date": export_worlds.DATE, "notices": export_worlds.NOTICES,
        "credits": ("SRTM", export_worlds.HOSTILE), "run_hash": "abc123", "is_synthetic": True, "ceiling_idr": 1e10,
        "specs": (("service/default", world["spec"]),), **known,
    }  # fmt: skip
    return ReportInputs(**{**base, **changes})


@pytest.fixture(scope="module")
def inputs() -> ReportInputs:
    return report_inputs()


@pytest.fixture(scope="module", params=["id", "en"])
def book(request, inputs, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / workbook.FILE_NAMES[request.param]
    workbook.write(path, inputs, language=request.param)
    found = openpyxl.load_workbook(path)
    found.words = read_words(request.param)
    found.file = path
    yield found
    found.close()


def sheet(book, name: str) -> pd.DataFrame:
    """The table of a sheet, by our labels."""
    work = book[book.words(f"report.sheet_{name}")]
    (table,) = work.tables.values()
    rows = [[cell.value for cell in row] for row in work[table.ref]]
    return pd.DataFrame(rows[1:], columns=rows[0])


SHEETS = (
    "provinsi",
    "kabupaten",
    "kecamatan",
    "desa",
    "flat",
    "sites",
    "form",
    "links",
    "surveys",
    "rejected",
    "exclusions",
    "ledger",
    "sources",
    "assumptions",
    "columns",
)


def test_all_sheets_are_there_with_table_frozen_header_and_notices(book):
    assert book.sheetnames == [
        book.words("report.sheet_summary"),
        *(book.words(f"report.sheet_{name}") for name in SHEETS),
    ]
    for work in book:
        head = [work.cell(row, 1).value for row in range(1, 6)]
        assert book.words("report.synthetic") in head
        assert book.words("report.indicative") in head
        assert work.tables
        assert work.oddFooter.left.text
    for name in SHEETS:
        work = book[book.words(f"report.sheet_{name}")]
        (table,) = work.tables.values()
        first = int("".join(c for c in table.ref.split(":")[0] if c.isdigit()))
        assert work.freeze_panes.endswith(str(first + 1))


def test_nothing_in_the_workbook_is_a_formula_or_a_link(book):
    for work in book:
        assert not work._hyperlinks
        for row in work.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    with zipfile.ZipFile(book.file) as archive:
        names = archive.namelist()
        assert not [name for name in names if "externalLink" in name or "vba" in name.lower()]
        assert not any(b"<f>" in archive.read(name) for name in names if name.startswith("xl/worksheets/sheet"))


def test_hostile_names_stay_text(book):
    label = book.words("columns.name")
    assert sheet(book, "sites")[label].tolist() == ["Bukit Uitao", export_worlds.HOSTILE]
    assert sheet(book, "rejected")[label].tolist() == ["+cmd|calc", "-2+3"]
    assert sheet(book, "sites")[book.words("columns.kabupaten_name")].tolist() == [
        "Kabupaten Kupang",
        export_worlds.HOSTILE,
    ]
    assert sheet(book, "sites")[book.words("columns.desa_name")].fillna("").tolist() == ["Uitao", ""]
    assert sheet(book, "sites")[book.words("columns.cost_per_umkm_idr")].tolist() == pytest.approx(
        [3.7e9 / 30.5, 3.5e8]
    )
    assert export_worlds.HOSTILE in sheet(book, "kabupaten")[label].tolist()


def test_numbers_are_numbers_and_equal_the_facts(book, inputs):
    for level in ("provinsi", "kabupaten", "kecamatan", "desa"):
        table = sheet(book, level).set_index(book.words("columns.area_code"))
        records = {r["area_code"]: r for r in inputs.facts["areas"] if r["area_level"] == level}
        assert sorted(table.index) == sorted(records)
        for code, row in table.iterrows():
            for unit in ("umkm", "people", "facilities", *(["desa"] if level != "desa" else [])):
                for at in ("total", "served", "unserved", "unknown"):
                    value = row[book.words(f"columns.{unit}_{at}")]
                    assert isinstance(value, (int, float))
                    assert value == records[code][unit][at]


def test_the_summary_gives_the_totals_of_the_facts(book, inputs):
    work = book[book.words("report.sheet_summary")]
    rows = {row[0]: row[1:] for row in work.iter_rows(values_only=True) if row[0]}
    umkm = [row for row in work.iter_rows(values_only=True) if row[0] == book.words("map.unit.umkm")]
    assert umkm[0][1] == inputs.facts["whole"]["umkm"]
    assert umkm[1][2] == inputs.facts["plan"]["totals_after"]["umkm"]["served"]  # after the plan
    assert rows[book.words("report.plan_cost_idr")][0] == inputs.facts["plan"]["cost_idr"] == 7.9e9
    assert rows[book.words("report.proof_gap_share")][0] == pytest.approx(0.0116)
    assert rows[book.words("report.ceiling_idr")][0] == 1e10
    evidence = inputs.facts["evidence"]["steps"][-1]["umkm"]
    assert rows[book.words("report.step_terrain")][0] == evidence


def test_codes_stay_text(book):
    codes = sheet(book, "kabupaten")[book.words("columns.area_code")].tolist()
    assert codes == ["53.01", "53.02"]
    assert sheet(book, "kabupaten")[book.words("columns.bps_code")].tolist() == ["5303", "5304"]


def test_every_assumption_names_its_source(book):
    table = sheet(book, "assumptions")
    assert len(table) > 3
    assert table[book.words("columns.source")].notna().all()


def test_words_are_the_readers(book):
    said = sheet(book, "sites")[book.words("columns.status")].unique().tolist()
    assert said == [book.words("map.status.indicative")]
    assert (
        sheet(book, "desa")[book.words("columns.level")]
        .isin([book.words(f"levels.{x}") for x in ("served", "limited", "unserved", "unknown")])
        .all()
    )


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_same_bytes_each_time_whatever_the_order_of_rows(inputs, tmp_path, language):
    turned = {
        name: getattr(inputs, name).iloc[::-1]
        for name in ("sites", "links", "surveys", "candidates", "rejected", "areas")
    }
    one = workbook.write(tmp_path / "a.xlsx", inputs, language=language).read_bytes()
    two = workbook.write(tmp_path / "b.xlsx", report_inputs(**turned), language=language).read_bytes()
    assert one == two


def test_a_workbook_of_nothing_says_so(tmp_path):
    empty = ReportInputs(name="leer", title_id="", title_en="", date=export_worlds.DATE)
    book = openpyxl.load_workbook(workbook.write(tmp_path / "a.xlsx", empty))
    assert len(book.sheetnames) == 15
    texts = [cell.value for cell in book["Site diusulkan"]["A"]]
    assert "Tidak ada baris." in texts
    assert book["Ringkasan"]["A1"].value == "leer"


def test_odd_texts_fit_into_cells(tmp_path):
    odd = "\x00\x01\x1f " + "x" * 40_000
    sites = export_worlds.sites(export_worlds.cells()).assign(name=[odd, "ok"])
    path = workbook.write(tmp_path / "a.xlsx", report_inputs(sites=sites))
    names = [row[1].value for row in openpyxl.load_workbook(path)["Site diusulkan"].iter_rows(min_row=7)]
    assert any(name.endswith("…") and len(name) <= 32_767 for name in names if name)


def test_a_full_disk_leaves_nothing(tmp_path, inputs, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="No space left"):
        workbook.write(tmp_path / "a.xlsx", inputs)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_a_file_is_said(tmp_path, inputs):
    (tmp_path / "x").write_text("")
    with pytest.raises(OutputError, match="could not be written"):
        workbook.write(tmp_path / "x" / "a.xlsx", inputs)


def test_notices_speak_the_readers_numbers():
    assert spoken({"threshold": 0.5, "n": 12_345, "model": "x"}, "id") == {
        "threshold": "50%",
        "n": "12.345",
        "model": "x",
    }
    assert spoken({"n": 12_345}, "en") == {"n": "12,345"}


def test_assumptions_of_nested_tables_keep_their_source():
    from planner.catalog import read_spec
    from planner.specs.radio import ClutterSpec

    rows = assumption_rows((("radio/clutter", read_spec(ClutterSpec, "radio", "clutter")),)).set_index("key")
    assert rows.loc["heights.tree.height_m", "value"] == 15.0
    assert "P.1812" in rows.loc["heights.tree.height_m", "source"]


def test_flat_data_sum_to_the_totals_without_counting_anybody_twice(book, inputs):
    table = sheet(book, "flat")
    unit, level, count = (book.words(f"columns.{name}") for name in ("unit", "level", "count"))
    for name in ("umkm", "people", "facilities"):
        rows = table.loc[table[unit] == book.words(f"map.unit.{name}")]
        areas = [r for r in inputs.facts["areas"] if r["area_level"] == "desa"]
        for at in ("served", "limited", "unserved", "unknown"):
            found = rows.loc[rows[level] == book.words(f"levels.{at}"), count].sum()
            assert found == pytest.approx(sum(r[name][at] for r in areas), rel=1e-13)
    assert (table[count] > 0).all()


def test_the_survey_form_filled_in_comes_back_as_proposals(book, inputs, tmp_path):
    from layer_worlds import examine_path

    heading = book.words("report.sheet_form")
    filled = openpyxl.load_workbook(book.file)
    work = filled[heading]
    (table,) = work.tables.values()
    head, *rows = list(work[table.ref])
    at = {cell.value: cell.column - 1 for cell in head}
    label = {
        name: at[book.words(f"columns.form_{name}")]
        for name in ("lon_deg", "lat_deg", "by", "land_status", "access_mode", "date")
    }
    assert len(rows) == len(inputs.sites)
    choices = {str(rule.sqref): rule.formula1 for rule in work.data_validations.dataValidation if rule.type == "list"}
    column = rows[0][label["access_mode"]].column_letter
    offered = next(text for area, text in choices.items() if area.startswith(column)).strip('"').split(",")
    for number, row in enumerate(rows):
        assert row[label["lon_deg"]].value is None
        row[label["lon_deg"]].value, row[label["lat_deg"]].value = 123.80 + number / 100, -10.20
        row[label["by"]].value, row[label["land_status"]].value = "Dinas Kominfo", "hibah"
        row[label["access_mode"]].value = offered[number]
        row[label["date"]].value = "2026-08-17"
    path = tmp_path / "form.xlsx"
    filled.save(path)
    found = examine_path(path, "proposals", sheet=heading)
    back = found.data.set_index("proposal_id").sort_index()
    assert sorted(back.index) == sorted(inputs.sites["site_id"])
    assert back["lat_deg"].tolist() == [-10.2, -10.2]
    assert back["requested_by"].tolist() == ["Dinas Kominfo"] * 2
    assert set(back["access_mode"]) == {"road", "boat"}


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_reader_of_proposals_knows_every_way_of_access_the_form_offers(language):
    from planner.layers.proposals import RECIPE

    for mode in ("road", "boat", "air"):
        said = read_words(language)(f"report.form_access_{mode}")
        assert RECIPE.vocabulary["access_mode"].get(said, said) == mode
