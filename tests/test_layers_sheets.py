"""Workbooks as they arrive: titles, merged headers, a sheet a kabupaten, damaged, huge; and the marked copy."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwt
from layer_worlds import codes, codes_of, examine, examine_path

from planner.layers.check import check_file
from planner.layers.marked import _sheet_name
from planner.layers.sheets import cell_text

HEADER = ["ID Usaha", "Nama Usaha", "Desa", "Kecamatan", "Skala", "Lintang", "Bujur"]


def book(path: Path, sheets: dict[str, list[list]], merged: dict[str, list[str]] | None = None) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for area in (merged or {}).get(name, []):
            sheet.merge_cells(area)
    made.save(path)
    return path


def old_book(path: Path, rows: list[list]) -> Path:
    made = xlwt.Workbook()
    sheet = made.add_sheet("Data")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is not None:
                sheet.write(r, c, value)
    made.save(str(path))
    return path


def open_book(path: Path, rows: list[list]) -> Path:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    table = Table(name="Data")
    for row in rows:
        line = TableRow()
        for value in row:
            if isinstance(value, (int, float)):
                cell = TableCell(valuetype="float", value=value)
            else:
                cell = TableCell(valuetype="string")
            cell.addElement(P(text="" if value is None else str(value)))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(path))
    return path


ROWS = [
    ["DATA UMKM KABUPATEN KUPANG TAHUN 2024", None, None, None, None, None, None],
    [],
    HEADER,
    ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
    ["U1", "Toko A", "Oesena", "Amarasi", "Usaha Mikro", -10.21, 123.81],
    ["U2", "Toko B", "Oesena", "Amarasi", "Kecil", "10°12'36\" LS", "123°48'36\" BT"],
    ["U3", "Toko C", "Oesena", "Amarasi", "Mikro", None, None],
    ["U4", "Toko D", "Oesana", "Amarasi", "Mikro", None, None],
    ["Jumlah", None, None, None, None, None, None],
    ["Sumber: Dinas Koperasi", None, None, None, None, None, None],
]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_sheet_with_title_numbers_totals_and_source_is_read(tmp_path, kind):
    path = tmp_path / f"umkm.{kind}"
    {
        "xlsx": lambda: book(path, {"Data": ROWS}),
        "xls": lambda: old_book(path, ROWS),
        "ods": lambda: open_book(path, ROWS),
    }[kind]()
    found = examine_path(path, "umkm", context_codes=codes())
    assert found.data["umkm_id"].tolist() == ["U1", "U2", "U3"]
    assert found.data["is_placed"].tolist() == [False, False, True]
    assert found.data["lat_deg"].tolist() == pytest.approx([-10.21, -10.21, -10.21], abs=1e-9)
    assert found.data["size"].tolist() == ["mikro", "kecil", "mikro"]
    assert codes_of(found) == ["column_numbers", "name_unknown", "totals_row", "footnote"]
    assert found.quarantine["line"].tolist() == [4, 8, 9, 10]


def test_a_header_of_merged_cells_over_two_rows(tmp_path):
    rows = [
        ["Data BTS", None, None, None, None],
        ["Site ID", "Koordinat", None, "Jaringan", None],
        [None, "Lintang", "Bujur", "Operator", "Teknologi"],
        ["A1", -8.5, 120.5, "Telkomsel", "4G"],
    ]
    path = book(tmp_path / "bts.xlsx", {"BTS": rows}, {"BTS": ["A1:E1", "B2:C2", "D2:E2", "A2:A3"]})
    found = examine_path(path, "bts")
    assert found.data[["bts_id", "operator", "technology"]].iloc[0].tolist() == ["A1", "Telkomsel", "4G"]


def test_one_sheet_a_kabupaten_gives_its_name_to_the_desa(tmp_path):
    rows = [["ID", "Desa", "Skala"], ["U1", "Wae Rii", "mikro"]]
    path = book(tmp_path / "umkm.xlsx", {"Kab Kupang": rows, "Kab Manggarai": [rows[0], ["U2", "Wae Rii", "mikro"]]})
    found = examine_path(path, "umkm", context_codes=codes())
    assert found.data["desa_code"].tolist() == ["53.01.02.2004", "53.10.02.2003"]
    assert found.data["is_placed"].all()


def test_cover_sheets_and_hidden_sheets_step_aside_with_a_warning(tmp_path):
    path = tmp_path / "umkm.xlsx"
    book(
        path,
        {
            "Sampul": [["Laporan"], ["Dinas"]],
            "Data": ROWS[2:6],
            "Rekap": [["Kecamatan", "Jumlah"], ["Amarasi", 3]],
            "Lama": ROWS[2:6],
        },
    )
    made = openpyxl.load_workbook(path)
    made["Lama"].sheet_state = "hidden"
    made.save(path)
    found = examine_path(path, "umkm")
    assert found.n_in == 3
    assert sorted(p.sheet for p in found.problems if p.code in ("sheet_skipped", "sheet_hidden")) == [
        "Lama",
        "Rekap",
        "Sampul",
    ]


def test_the_scenario_may_pick_a_sheet(tmp_path):
    path = book(
        tmp_path / "umkm.xlsx",
        {"A": [HEADER, ["U1", "x", "", "", "mikro", -10, 123]], "B": [HEADER, ["U2", "x", "", "", "mikro", -10, 123]]},
    )
    assert examine_path(path, "umkm", sheet="B").data["umkm_id"].tolist() == ["U2"]
    refused = examine_path(path, "umkm", sheet="C")
    assert refused.problems[0].code == "sheet_missing"


def test_cells_merged_downwards_name_all_their_rows_but_numbers_do_not_spread(tmp_path):
    rows = [
        ["Kecamatan", "Desa", "Jumlah UMKM"],
        ["Amarasi", "Oesena", 5],
        [None, "Wae Rii", 7],
        ["Ruteng", "Wae Ri'i", 9],
    ]
    path = book(tmp_path / "n.xlsx", {"S": rows}, {"S": ["A2:A3"]})
    found = examine_path(path, "umkm_counts", context_codes=codes())
    assert found.data["area_code"].tolist() == ["53.01.02.2003", "53.01.02.2004", "53.10.02.2003"]
    path = book(
        tmp_path / "m.xlsx", {"S": [["Desa", "Jumlah UMKM"], ["Oesena", 5], ["Wae Ri'i", None]]}, {"S": ["B2:B3"]}
    )
    assert "empty" in codes_of(examine_path(path, "umkm_counts", context_codes=codes(), columns={}))[0]


def test_codes_that_a_workbook_took_for_numbers(tmp_path):
    rows = [
        ["Kode", "Nama", "Jumlah Penduduk"],
        [53.01, "Kabupaten Kupang", 10],
        [53.1, "Kabupaten Manggarai", 20],
        ["53.71", "Kota Kupang", 5],
    ]
    found = examine_path(book(tmp_path / "p.xlsx", {"S": rows}), "population_counts", context_codes=codes())
    assert found.data["area_code"].tolist() == ["53.01", "53.71"]
    assert codes_of(found) == ["code_damaged"]


def test_numbers_of_a_workbook_keep_their_decimals(tmp_path):
    rows = [["Beam", "Satelit", "Orbit", "Band", "Kapasitas", "Terpakai"], ["B1", "S1", 146, "Ka", 1.125, 0]]
    found = examine_path(book(tmp_path / "s.xlsx", {"S": rows}), "satellite")
    assert found.data["capacity_mbps"].tolist() == [1.125]


def test_dates_booleans_and_numbers_become_the_text_a_person_would_type():
    given = [
        cell_text(v)
        for v in (
            7.0,
            0.1,
            dt.datetime(2024, 5, 1),  # noqa: DTZ001
            dt.date(2024, 5, 1),
            dt.time(8, 30),
            False,
            None,
        )
    ]
    assert given == ["7", "0.1", "2024-05-01", "2024-05-01", "08:30:00", "false", ""]


def test_a_stray_cell_in_the_last_corner_does_not_end_the_process(tmp_path):
    made = openpyxl.Workbook()
    made.active["A1"] = "Lintang"
    made.active["XFD1048576"] = "x"
    made.save(tmp_path / "corner.xlsx")
    found = examine_path(tmp_path / "corner.xlsx", "umkm")
    assert found.problems[0].code == "sheet_too_large"


def test_an_ods_that_repeats_a_filled_cell_is_refused(tmp_path):
    path = open_book(tmp_path / "a.ods", [["Lintang", "Bujur"], [-10.0, 123.0]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    marked = b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16000" office:value-type="float"'
    parts["content.xml"] = parts["content.xml"].replace(
        b'<table:table-row><table:table-cell office:value-type="float"', marked
    )
    with zipfile.ZipFile(tmp_path / "b.ods", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert marked in parts["content.xml"]
    assert examine_path(tmp_path / "b.ods", "umkm").problems[0].code == "sheet_too_large"


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_damaged_workbook_is_refused_in_words(tmp_path, kind):
    path = tmp_path / f"umkm.{kind}"
    {
        "xlsx": lambda: book(path, {"Data": ROWS}),
        "xls": lambda: old_book(path, ROWS),
        "ods": lambda: open_book(path, ROWS),
    }[kind]()
    data = path.read_bytes()
    for cut in (len(data) // 2, len(data) - 30):
        path.write_bytes(data[:cut])
        found = examine_path(path, "umkm")
        assert found.is_refused or found.n_in == found.n_used + found.n_quarantined


def test_a_workbook_without_rows_is_refused(tmp_path):
    found = examine_path(book(tmp_path / "e.xlsx", {"A": []}), "umkm")
    assert found.is_refused


def test_the_marked_copy_has_the_rows_of_the_original_in_colour(tmp_path):
    path = book(tmp_path / "umkm.xlsx", {"Data": [*ROWS[:6], ["U9", "=1+1", "", "", "raksasa", 0, 0]]})
    report = check_file(path, "umkm", out=tmp_path / "out")
    item = report.checked[0]
    assert report.exit_code == 3
    marked = openpyxl.load_workbook(item.marked_path)["Data"]
    bad = [cell for cell in marked[7] if cell.fill.fgColor.rgb == "FFF8B26A"]
    assert {cell.column_letter for cell in bad} == {"E", "F", "G"}
    assert "size" in bad[0].comment.text
    assert marked["E7"].value == "raksasa"
    assert marked["B7"].value is None, "names are not copied by default"
    assert marked["A5"].fill.fgColor.rgb != "FFFFF2CC"


def test_the_marked_copy_is_the_same_each_time(tmp_path):
    path = book(tmp_path / "umkm.xlsx", {"Data": ROWS})
    first = check_file(path, "umkm", out=tmp_path / "a").checked[0].marked_path.read_bytes()
    assert check_file(path, "umkm", out=tmp_path / "b").checked[0].marked_path.read_bytes() == first


def test_formulas_of_a_workbook_are_not_carried_into_the_quarantine(tmp_path):
    content = 'umkm_id,skala,lintang,bujur\n"=HYPERLINK(""x"")",mikro,0,0\n+cmd|calc,mikro,0,0\n-5,mikro,0,0\n'
    (tmp_path / "u.csv").write_text(content)
    report = check_file(tmp_path / "u.csv", "umkm", out=tmp_path / "out")
    text = report.checked[0].quarantine_path.read_text(encoding="utf-8-sig")
    assert "'=HYPERLINK" in text
    assert "'+cmd" in text
    assert ";-5;" in text


def test_a_csv_and_a_workbook_of_the_same_rows_agree(tmp_path):
    csv = "\n".join(
        ",".join("" if cell is None else f'"{str(cell).replace(chr(34), chr(34) * 2)}"' for cell in row)
        for row in ROWS[2:6]
        if row
    )
    one = examine(tmp_path, "umkm", csv)
    two = examine_path(book(tmp_path / "x.xlsx", {"D": ROWS[2:6]}), "umkm")
    assert one.data.drop(columns="evidence").equals(two.data.drop(columns="evidence"))


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_old_and_open_workbooks_get_a_marked_copy_too(tmp_path, kind):
    rows = [HEADER, ["U1", "x", "", "", "raksasa", -10.0, 123.0]]
    path = (old_book if kind == "xls" else open_book)(tmp_path / f"umkm.{kind}", rows)
    item = check_file(path, "umkm", out=tmp_path / "out").checked[0]
    marked = openpyxl.load_workbook(item.marked_path)["Data"]
    assert marked["E2"].fill.fgColor.rgb == "FFF8B26A"
    assert marked["F2"].value == -10.0


def test_sheet_names_that_a_workbook_would_not_accept_are_changed_in_the_copy():
    taken: set[str] = set()
    names = [_sheet_name(name, taken) for name in ("Kab/Kota [1]", "kab_kota _1_", "x" * 50, "", "'")]
    assert names == ["Kab_Kota _1_", "kab_kota _1_ 2", "x" * 31, "Sheet", "Sheet 2"]


REGISTER = [
    ["No", "ID Site", "Operator", "Teknologi", "Lintang", "Bujur"],
    [1, 2, 3, 4, 5, 6],
    [1, "A-1", "Telkomsel", "4G", -8.25, 124.55],
    [2, "A-2", "Telkomsel", "4G", -8.26, 124.56],
    [None, "Jumlah", 2, None, None, None],
    [],
    ["Kalabahi, 12 Mei 2024", None, None, None, None, None],
    ["Kepala Dinas Kominfo", None, None, None, None, None],
]

OTHER = [*REGISTER[:2], [1, "B-1", "Telkomsel", "4G", -8.35, 124.65], [2, "B-2", "XL", "4G", -8.36, 124.66]]


def test_column_numbers_and_a_signature_below_the_table_are_no_faults(tmp_path):
    found = examine_path(book(tmp_path / "bts.xlsx", {"Kec 1": REGISTER, "Kec 2": OTHER}), "bts")
    assert (found.n_in, found.n_used, found.n_aside, found.n_faulty) == (9, 4, 5, 0)
    assert sorted(codes_of(found)) == ["column_numbers", "column_numbers", "footnote", "footnote", "totals_row"]


def test_a_form_half_filled_in_is_no_signature(tmp_path):
    unfinished = [[None, f"A-{n}", None, None, None, None] for n in range(3, 23)]
    found = examine_path(book(tmp_path / "bts.xlsx", {"Kec 1": REGISTER[:4] + unfinished}), "bts")
    assert found.n_faulty == 20


def test_a_note_that_holds_for_every_sheet_is_said_once(tmp_path):
    cover = [["Daftar Menara"], ["Dinas Kominfo"]]
    twice = [*REGISTER[:4], [3, "A-1", "XL", "4G", -8.27, 124.57]]
    found = examine_path(book(tmp_path / "bts.xlsx", {"Sampul": cover, "Kec 1": twice, "Kec 2": OTHER}), "bts")
    read = [note for note in found.notes if "'ID Site' read as bts_id" in note]
    assert read == ["column 'ID Site' read as bts_id"]
    shared = [note for note in found.notes if "share their bts_id" in note]
    assert len(shared) == 1
    assert not shared[0].startswith("[")


def test_a_workbook_without_rows_names_its_sheets(tmp_path):
    found = examine_path(book(tmp_path / "bts.xlsx", {"Lembar1": [], "Lembar2": []}), "bts")
    assert found.problems[0].code == "sheets_empty"
    assert "Lembar1, Lembar2" in found.problems[0].message


def test_a_row_that_comes_twice_without_a_band_is_used_once(tmp_path):
    """The columns that tell transmitters apart may be empty, or lacking in the file."""
    rows = [*REGISTER[:4], REGISTER[3]]
    found = examine_path(book(tmp_path / "bts.xlsx", {"Data": rows}), "bts")
    assert (found.n_used, codes_of(found)) == (2, ["column_numbers", "row_repeated"])
