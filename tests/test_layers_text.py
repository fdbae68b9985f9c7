"""Text files as they arrive: encodings, delimiters, line ends, titles, broken quotes, shifted rows."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from layer_worlds import examine_path

from planner.errors import LayerError
from planner.layers.sniff import find_header, sniff_delimiter, sniff_text
from planner.layers.text import raw_tables
from planner.scenario import LayerSource

HEADER = "id,operator,technology,lon,lat"


def read(tmp_path: Path, content: bytes | str, name: str = "bts.csv", kind: str = "bts", **source):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(raw_tables(path, LayerSource(path=name, **source), kind=kind, shown=name))


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings_are_recognised(tmp_path, codec):
    table = read(tmp_path, f"{HEADER}\nA1,Télkomsel,4G,120.5,-8.5\n".encode(codec))[0]
    assert table.cells["operator"].tolist() == ["Télkomsel"]
    assert table.cells["id"].tolist() == ["A1"]


def test_another_encoding_than_utf8_is_said(tmp_path):
    table = read(tmp_path, f"{HEADER}\nA1,Télkomsel,4G,120.5,-8.5\n".encode("cp1252"))[0]
    assert any("Windows-1252" in note for note in table.notes)


def test_mixed_encodings_keep_their_damage_visible(tmp_path):
    table = read(tmp_path, f"{HEADER}\nA1,Télkomsel,4G,1,2\n".encode() + "A2,Indósat,4G,1,2\n".encode("cp1252"))[0]
    assert table.cells["operator"].tolist()[0] == "Télkomsel"
    assert "\ufffd" in table.cells["operator"].tolist()[1]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters_are_recognised(tmp_path, mark):
    table = read(tmp_path, f"{HEADER}\nA1,X,4G,120.5,-8.5\n".replace(",", mark))[0]
    assert list(table.cells.columns) == HEADER.split(",")


def test_decimal_commas_do_not_pass_for_delimiters():
    lines = ["nama;lat;lon", "a;-8,5;120,1", "b;-8,25;120,2", "c;-8,125;120,3"]
    assert sniff_delimiter(lines) == ";"


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_a_table_of_numbers_alone_may_hold_more_decimal_commas_than_delimiters(mark):
    rows = ["lon_deg;lat_deg;rsrp_dbm", "123,58;-10,17;-84,2", "123,59;-10,18;-90,5", "123,61;-10,19;-97,1"]
    assert sniff_delimiter([row.replace(";", mark) for row in rows]) == mark
    assert sniff_delimiter(["Uji jalan, Kupang", *(row.replace(";", mark) for row in rows)]) == mark


def test_marks_inside_notes_of_a_comma_table_do_not_pass_for_delimiters():
    rows = ["nama,lat,lon,catatan", "a,-8.5,120.1,baik; ramai", "b,-8.6,120.2,sepi; jauh", "c,1,2,dekat; baru"]
    assert sniff_delimiter(rows) == ","
    assert sniff_delimiter(["a,b,c", "1,2,3", "4,5,6"]) == ","


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n", "\r"])
def test_line_ends_keep_true_line_numbers(tmp_path, end):
    rows = [HEADER, "A1,X,4G,120.5,-8.5", "", "A2,X,4G,120.6,-8.6", ""]
    table = read(tmp_path, end.join(rows))[0]
    assert table.cells["id"].tolist() == ["A1", "A2"]
    assert table.line.tolist() == [2, 4]


def test_titles_above_the_header_are_kept_and_said(tmp_path):
    table = read(tmp_path, f"DAFTAR BTS TAHUN 2024\n\nDinas Kominfo\n{HEADER}\nA1,X,4G,120.5,-8.5\n")[0]
    assert table.titles == ("DAFTAR BTS TAHUN 2024", "Dinas Kominfo")
    assert table.line.tolist() == [5]


def test_codes_stay_text(tmp_path):
    table = read(tmp_path, "kode,nama,total\n53.10,NA,007\n", kind="population_counts")[0]
    assert table.cells.iloc[0].tolist() == ["53.10", "NA", "007"]


def test_rows_with_extra_or_missing_cells_are_broken_not_shifted(tmp_path):
    table = read(
        tmp_path, f"{HEADER}\nA1,X,4G,120.5,-8.5\nA2,PT X, Tbk,4G,120.5,-8.5\nA3,X,4G\nA4,X,4G,120.5,-8.5,,\n"
    )[0]
    assert table.cells["id"].tolist() == ["A1", "A4"]
    assert table.broken["code"].tolist() == ["extra_cells", "short_row"]
    assert table.broken["line"].tolist() == [3, 4]


def test_an_extra_cell_in_every_row_breaks_every_row(tmp_path):
    table = read(tmp_path, f"{HEADER}\n1,A1,X,4G,120.5,-8.5\n2,A2,X,4G,120.6,-8.6\n")[0]
    assert len(table.cells) == 0
    assert table.broken["code"].tolist() == ["extra_cells"] * 2


def test_quoted_cells_may_hold_delimiters_quotes_and_line_breaks(tmp_path):
    table = read(tmp_path, f'{HEADER}\n"A,1","PT ""X""","4G",120.5,-8.5\n"A\n2",X,4G,1,2\nA3,X,4G,1,2\n')[0]
    assert table.cells["id"].tolist() == ["A,1", "A\n2", "A3"]
    assert table.cells["operator"].iloc[0] == 'PT "X"'
    assert table.line.tolist() == [2, 3, 5]


def test_a_quote_that_never_closes_takes_one_row_not_the_file(tmp_path):
    rows = "\n".join(f"B{i},X,4G,120.5,-8.5" for i in range(500))
    table = read(tmp_path, f'{HEADER}\nA1,"PT X,4G,1,2\n{rows}\n')[0]
    assert len(table.cells) == 500
    assert table.broken["code"].tolist() == ["unclosed_quote"]
    assert table.broken["line"].tolist() == [2]
    assert table.line[0] == 3


def test_stray_quotes_that_pair_up_do_not_swallow_the_rows_between(tmp_path):
    rows = [f"A{i},{chr(34) if i % 50 == 0 else ''}X,4G,120.5,-8.5" for i in range(1000)]
    tables = read(tmp_path, "\n".join([HEADER, *rows]) + "\n")
    assert sum(len(table.cells) for table in tables) == 980
    assert sum(len(table.broken) for table in tables) == 20


def test_an_address_over_two_lines_with_many_commas_is_one_cell(tmp_path):
    table = read(
        tmp_path, f'{HEADER}\nA1,"PT A, Tbk, RT 2, RW 3, x\nKel. B, Kec. C, Kota D, NTT",4G,1,2\nA2,X,4G,1,2\n'
    )[0]
    assert table.cells["id"].tolist() == ["A1", "A2"]


def test_a_quote_open_at_the_end_takes_one_row(tmp_path):
    table = read(tmp_path, f'{HEADER}\nA1,"PT X,4G,1,2\nA2,X,4G,1,2\nA3,X,4G,1,2\n')[0]
    assert table.cells["id"].tolist() == ["A2", "A3"]


def test_nul_bytes_do_not_stop_the_reader(tmp_path):
    table = read(tmp_path, f"{HEADER}\nA1,X\0Y,4G,120.5,-8.5\nA2,X,4G,1,2\n")[0]
    assert len(table.cells) == 2


def test_one_endless_line_is_no_row(tmp_path):
    table = read(tmp_path, f"{HEADER}\n{'x' * 3_000_000}\nA2,X,4G,1,2\n")[0]
    assert table.cells["id"].tolist() == ["A2"]
    assert len(table.broken) == 1


def test_a_long_line_below_the_limit_is_kept_whole(tmp_path):
    table = read(tmp_path, f"{HEADER}\nA1,{'x' * 300_000},4G,1,2\nA2,X,4G,1,2\n")[0]
    assert [len(cell) for cell in table.cells["operator"]] == [300_000, 1]


def test_the_fast_and_the_slow_way_of_cutting_agree(tmp_path):
    rows = [f'A{i},"PT ""{i}""",4G,{100 + i / 1000},-8.5' for i in range(3000)]
    plain = read(tmp_path, "\n".join([HEADER, *rows]) + "\n")
    rows[1500] = 'A1500,"PT\n1500",4G,1,2'  # a line break in a cell sends its block the slow way
    mixed = read(tmp_path, "\n".join([HEADER, *rows]) + "\n")
    assert sum(len(t.cells) for t in plain) == sum(len(t.cells) for t in mixed) == 3000
    assert plain[0].cells["operator"].tolist()[2000] == mixed[0].cells["operator"].tolist()[2000] == 'PT "2000"'
    assert mixed[0].line[2000] == plain[0].line[2000] + 1


def test_gzip_is_read_and_a_damaged_one_refused(tmp_path):
    packed = gzip.compress(f"{HEADER}\nA1,X,4G,120.5,-8.5\n".encode())
    assert len(read(tmp_path, packed, "bts.csv.gz")[0].cells) == 1
    with pytest.raises(LayerError, match="cannot be read to its end"):
        read(tmp_path, packed[:-10], "cut.csv.gz")


def test_a_gzip_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("planner.layers.text._MAX_UNPACKED", 1 << 20)
    packed = gzip.compress(b"a,b\n" + b"\n" * 3_000_000, compresslevel=9)
    with pytest.raises(LayerError, match="unpacks to more than"):
        read(tmp_path, packed, "bomb.csv.gz")


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b"\x00\x01\x02\x03" * 100, bytes(range(256)) * 20])
def test_what_is_no_table_is_refused_in_words(tmp_path, content):
    with pytest.raises(LayerError, match=r"empty|no header|no text file"):
        read(tmp_path, content)


def test_opencellid_country_files_have_no_header(tmp_path):
    row = "LTE,510,10,499,14091,-1,109.33,-0.02,1000,22,1,1239101333,1737785281,0\n"
    table = read(tmp_path, row * 3)[0]
    assert table.cells["radio"].tolist() == ["LTE"] * 3
    assert table.line.tolist() == [1, 2, 3]


def test_a_header_of_two_rows_is_joined():
    rows = [
        ["DATA BTS", "", "", ""],
        ["Site ID", "Koordinat", "", "Operator"],
        ["", "Lintang", "Bujur", ""],
        ["A1", "-8.5", "120", "X"],
    ]
    header = find_header(rows, "bts", {}, file="x")
    assert header.names == ("Site ID", "Lintang", "Bujur", "Operator")
    assert (header.first_row, header.n_rows) == (1, 2)


def test_a_header_that_occurs_twice_is_told_apart(tmp_path):
    table = read(tmp_path, "id,lat,lon,lat\nA1,1,2,3\n")[0]
    assert list(table.cells.columns) == ["id", "lat", "lon", "lat (2)"]


def test_sniffing_works_block_by_block():
    assert sniff_text([b"\xef", b"\xbb\xbfa,b\n1,2\n"]).encoding == "utf-8-sig"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_passes_the_door(tmp_path, codec):
    path = tmp_path / "bts.csv"
    path.write_bytes("bts_id;operator;technology;bujur;lintang\nA-1;Telkomsel;4G;124,55;-8,25\n".encode(codec))
    found = examine_path(path, "bts")
    assert found.n_used == 1
    assert any("without a byte order mark" in note for note in found.notes)
