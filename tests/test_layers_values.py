"""Cells as people write them: numbers, units, flags, dates, coordinates, pairs, links."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.layers.angles import parse_angles, parse_pairs
from planner.layers.headers import is_personal, match_headers, normal
from planner.layers.sectors import sector_in_titles, sector_of
from planner.layers.values import parse_dates, parse_flags, parse_numbers


def text(*cells: str) -> pd.Series:
    return pd.Series(list(cells), dtype="str")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("42", 42.0), ("-8.5", -8.5), ("8,25", 8.25), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("1.234.567", 1_234_567.0),
        ("1 234", 1234.0), ("\u221242", -42.0), ("1e3", 1000.0), ("  7 ", 7.0), (".5", 0.5), ("Rp 1.250.000", 1_250_000.0),
    ],
)  # fmt: skip
def test_a_number_that_can_be_read_in_one_way_is_read(cell, value):
    read = parse_numbers(text(cell))
    assert read.values[0] == pytest.approx(value, abs=1e-12)
    assert not (read.unreadable | read.ambiguous | read.infinite).any()


@pytest.mark.parametrize("cell", ["abc", "1.2.3", "12-13", "1,2,3", "--5", "5 apples", "#REF!", "0x10", "1_000"])
def test_what_is_no_number_is_said_to_be_none(cell):
    read = parse_numbers(text(cell))
    assert read.unreadable[0]
    assert np.isnan(read.values[0])


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "1e999", "∞"])
def test_infinity_is_no_number(cell):
    assert parse_numbers(text(cell)).infinite[0]


@pytest.mark.parametrize("cell", ["", "-", "NA", "n/a", "nan", "NULL", "…"])
def test_words_for_nothing_are_empty_not_wrong(cell):
    read = parse_numbers(text(cell))
    assert np.isnan(read.values[0])
    assert not read.unreadable[0]


def test_a_lone_separator_before_three_digits_is_ambiguous():
    assert parse_numbers(text("1.234", "2.500")).ambiguous.all()


def test_the_rest_of_the_column_decides_an_ambiguous_number():
    assert parse_numbers(text("1.234", "2,5")).values.tolist() == [1234.0, 2.5]
    assert parse_numbers(text("1.234", "2.5")).values.tolist() == [1.234, 2.5]
    assert parse_numbers(text("1,234", "2.5")).values.tolist() == [1234.0, 2.5]


def test_a_column_that_shows_both_styles_leaves_the_ambiguous_cell_open():
    read = parse_numbers(text("1.234", "2,5", "2.5"))
    assert read.ambiguous.tolist() == [True, False, False]


def test_counts_are_whole_so_dots_are_thousands_and_that_is_said():
    read = parse_numbers(text("1.234", "56"), is_count=True)
    assert read.values.tolist() == [1234.0, 56.0]
    assert "thousands" in read.note


def test_the_declared_range_can_settle_an_ambiguous_number():
    assert parse_numbers(text("1.800"), bounds=(30.0, 6000.0)).values[0] == 1800.0


def test_cells_that_were_numbers_in_the_workbook_are_never_ambiguous():
    read = parse_numbers(text("1.125"), number_cells=np.array([True]))
    assert read.values[0] == 1.125


def test_units_in_cells_and_headers():
    assert parse_numbers(text("42 m", "42m", "0,05 km"), unit="m").values.tolist() == [42.0, 42.0, 50.0]
    assert parse_numbers(text("1,8 GHz", "900 MHz"), unit="mhz").values.tolist() == [1800.0, 900.0]
    assert parse_numbers(text("2"), unit="mbps", factor=1000.0).values[0] == 2000.0
    assert parse_numbers(text("42 kg"), unit="m").unreadable[0]
    assert parse_numbers(text("146° BT", "146 E"), unit="deg").values.tolist() == [146.0, 146.0]


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
def test_every_float_that_a_program_writes_comes_back(value):
    read = parse_numbers(text(repr(value)), number_cells=np.array([True]))
    assert read.values[0] == value


@given(st.text(max_size=30))
def test_no_text_breaks_the_parsers(cell):
    column = text(cell)
    read = parse_numbers(column, unit="m")
    assert np.isfinite(read.values[0]) or np.isnan(read.values[0]) or read.infinite[0]
    for axis in ("lon", "lat"):
        parse_angles(column, axis)
    parse_pairs(column)
    parse_flags(column)
    parse_dates(column)
    sector_of(cell)
    normal(cell)


def test_flags_in_both_languages():
    flags, bad = parse_flags(text("Ya", "tidak", "SUDAH", "Belum", "1", "0", "", "mungkin", "t"))
    assert [None if pd.isna(f) else bool(f) for f in flags] == [True, False, True, False, True, False, None, None, None]
    assert bad.tolist() == [False] * 7 + [True, True]


def test_dates_are_read_day_first():
    dates, bad = parse_dates(
        text("2023-05-19", "19/05/2023", "19 Mei 2023", "3-4-2024", "31/02/2023", "05/19/2023", "kemarin")
    )
    assert dates.iloc[:4].tolist() == ["2023-05-19", "2023-05-19", "2023-05-19", "2024-04-03"]
    assert bad.tolist() == [False] * 4 + [True] * 3


@pytest.mark.parametrize(
    ("cell", "axis", "degrees"),
    [
        ("8°29' LS", "lat", -8.483333333), ("119°52'30\" BT", "lon", 119.875), ("8° 29' 15,5\" S", "lat", -8.487638889),
        ("LS 8 29 15", "lat", -8.4875), ("-8,486", "lat", -8.486), ("8.5 LU", "lat", 8.5), ("120º 15′ 36″ E", "lon", 120.26),
        ("08.29.15 LS", "lat", -8.4875), ("8d29m15s", "lat", 8.4875), ("10:10:38 S", "lat", -10.177222222),
        ("Bujur Timur 123.5", "lon", 123.5), ("- 8.5", "lat", -8.5), ("8° 29.25' LS", "lat", -8.4875),
    ],
)  # fmt: skip
def test_coordinates_as_written(cell, axis, degrees):
    values, bad = parse_angles(text(cell), axis)
    assert not bad[0]
    assert values[0] == pytest.approx(degrees, abs=1e-8)


@pytest.mark.parametrize("cell", ["8°75' LS", "8°29'99\" LS", "delapan", "8.5.5.5", "1,2,3", "8,5° 30'", "119°52' BT"])
def test_coordinates_that_cannot_be_are_refused(cell):
    _, bad = parse_angles(text(cell), "lat")
    assert bad[0]


@pytest.mark.parametrize(
    "cell",
    [
        "-10.1772, 123.6070", "-10.1772 123.6070", "-10,1772; 123,6070", "(-10.1772,123.6070)", "123.6070, -10.1772",
        "https://www.google.com/maps?q=-10.1772,123.6070", "https://maps.google.com/?q=loc:-10.1772,123.6070",
        "https://www.google.com/maps/@-10.1772,123.6070,17z", "https://www.google.com/maps/search/-10.1772,+123.6070",
        "https://www.google.com/maps/place/Kupang/@-1.0,100.0,17z/data=!3m1!4b1!4m5!3m4!1s0x0:0x0!8m2!3d-10.1772!4d123.6070",
        "https://www.openstreetmap.org/?mlat=-10.1772&mlon=123.6070#map=15/-10.1/123.6",
        "https://www.google.com/maps/search/?api=1&query=-10.1772%2C123.6070", "geo:-10.1772,123.6070",
        "https://waze.com/ul?ll=-10.1772,123.6070&navigate=yes",
        "10°10'37.92\" LS, 123°36'25.2\" BT", "123°36'25.2\"E 10°10'37.92\"S",
    ],
)  # fmt: skip
def test_pairs_and_links(cell):
    lon, lat, bad = parse_pairs(text(cell))
    assert not bad[0], cell
    assert lon[0] == pytest.approx(123.6070, abs=1e-6)
    assert lat[0] == pytest.approx(-10.1772, abs=1e-6)


@pytest.mark.parametrize(
    "cell", ["https://maps.app.goo.gl/AbCdEf", "Kupang", "-10.1772", "200, 300", "https://example.org/a"]
)
def test_pairs_that_hold_no_place(cell):
    _, _, bad = parse_pairs(text(cell))
    assert bad[0]


def test_headers_are_known_in_both_languages_and_units_are_read():
    found = match_headers(["KODE SITE", "Bujur", "Lintang", "Tinggi Menara (ft)", "Provider", "Teknologi"], "bts", {})
    assert found.columns["bts_id"].header == "KODE SITE"
    assert found.columns["lon_deg"].header == "Bujur"
    assert found.columns["height_m"].factor == pytest.approx(0.3048)
    assert found.columns["operator"].header == "Provider"


def test_an_override_wins_and_may_be_a_constant():
    found = match_headers(["x1", "y1", "jenis"], "facilities", {"lon_deg": "x1", "lat_deg": "y1", "kind": "=school"})
    assert found.columns["kind"].constant == "school"
    assert found.columns["lon_deg"].header == "x1"


def test_an_override_that_points_nowhere_is_said():
    found = match_headers(["a"], "bts", {"lon_deg": "b", "nonsense": "a"})
    assert {fault[0] for fault in found.faults} == {"override_missing", "override_unknown"}


def test_a_unit_that_cannot_be_turned_is_said():
    assert match_headers(["Daya (watt)"], "bts", {}).faults[0][0] == "unit_mismatch"


def test_names_and_phones_are_known_as_personal():
    assert all(is_personal(name) for name in ("Nama Usaha", "No. HP", "NIK", "Alamat", "e-mail", "Nama Pemilik (2)"))
    assert not any(is_personal(name) for name in ("Kecamatan", "Sektor", "Bujur"))


def test_sectors_from_codes_words_and_titles():
    assert [sector_of(t) for t in ("47111", "10750", "Perikanan", "A", "kuliner", "Jasa Transportasi", "")] == [
        "G",
        "C",
        "A",
        "A",
        "I",
        "",
        "",
    ]
    assert sector_in_titles(["DATA UMKM KULINER - TANGERANG SELATAN", "Tanggal: 2025-06-23"], "x.csv") == "I"
    assert sector_in_titles(["Jumlah UMKM Bidang Lainnya Menurut Kecamatan"], "x.csv") == ""


@pytest.mark.parametrize(
    "link", ["https://google.com/maps/@-8.25,124.55,7z", "https://www.openstreetmap.org/#map=6/-8.2/124.5"]
)
def test_a_view_of_a_whole_province_is_no_place(link: str) -> None:
    _, _, unreadable = parse_pairs(pd.Series([link]))
    assert unreadable.tolist() == [True]
