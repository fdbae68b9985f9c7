"""Hostile and unlucky files: whatever comes in, rows balance and nothing but a PlannerError comes out."""

from __future__ import annotations

import random
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from layer_worlds import codes, examine

from planner.errors import PlannerError
from planner.layers import ReadContext, read_layer
from planner.layers.check import check_file
from planner.scenario import LayerSource
from planner.schema import LAYERS, check_frame

TABLES = (
    "bts",
    "umkm",
    "umkm_counts",
    "facilities",
    "population_counts",
    "priority",
    "proposals",
    "satellite",
    "measurements",
    "decisions",
)
HEADERS = {
    "bts": ["site id", "operator", "teknologi", "tinggi", "bujur", "lintang"],
    "umkm": ["id", "nama", "skala", "nib", "desa", "kecamatan", "bujur", "lintang"],
    "umkm_counts": ["kecamatan", "mikro", "kecil", "tahun"],
    "population_counts": ["kode", "nama", "total"],
}
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "53.1", "5301", "53.01.02", "Kupang", "1.234", "1,5", "nan", "inf", "1e308", "-8.5", "120.5", "8°29' LS", "LTE", "ya", "JUMLAH",
         "mikro", "Telkomsel", '"', '""', ";", ",", "\t", "\0", "=1+1", "\ufffd", "0", "\u202e", "９", "١٢", "1" * 400, "-" * 50]),
)  # fmt: skip
slow = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def judge(folder: Path, kind: str, content: bytes, name: str = "f.csv") -> None:
    found = examine(folder, kind, content, name, context_codes=codes())
    assert found.n_in >= found.n_used >= 0
    if not found.is_refused:
        check_frame(found.data, LAYERS[kind].columns, kind)
        assert found.n_used == 0 or len(found.data) > 0
    for problem in found.problems:
        assert str(problem)
    assert not found.quarantine["codes"].isin([""]).any(), "a quarantined row has no reason"


@slow
@given(kind=st.sampled_from(TABLES), data=st.binary(max_size=2000))
@example(kind="umkm", data=b'"')
@example(kind="umkm", data=b"id,bujur,lintang\r\r\n\r1,2,3")
@example(kind="bts", data=b"\xff\xfe\x00\x00")
@example(kind="bts", data=b"LTE,510,10,,,,,,,,,,,\n")
@example(kind="bts", data=b"radio,mcc,net,area,cell,unit,lon,lat\n\n\n")
@example(kind="umkm", data=b"id,desa,kecamatan\n1,0\x1f0,\x1f\n")
@example(kind="priority", data=b"a,b\n\xef\xbb\xbf,\n")
def test_random_bytes(tmp_path, kind, data):
    judge(tmp_path, kind, data)


@slow
@given(
    kind=st.sampled_from(sorted(HEADERS)),
    rows=st.lists(st.lists(CELLS, min_size=0, max_size=9), max_size=12),
    mark=st.sampled_from([",", ";", "\t"]),
    end=st.sampled_from(["\n", "\r\n", "\r\r\n", "\r"]),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    titles=st.lists(st.text(max_size=20), max_size=2),
)
def test_random_tables_below_a_good_header(tmp_path, kind, rows, mark, end, codec, titles):
    lines = [*titles, mark.join(HEADERS[kind]), *(mark.join(row) for row in rows)]
    judge(tmp_path, kind, end.join(lines).encode(codec, "replace"))


@slow
@given(
    kind=st.sampled_from(sorted(HEADERS)),
    rows=st.lists(st.lists(CELLS, min_size=8, max_size=8), min_size=1, max_size=8),
)
def test_random_cells_in_the_right_places(tmp_path, kind, rows):
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(HEADERS[kind])
    writer.writerows(row[: len(HEADERS[kind])] for row in rows)
    judge(tmp_path, kind, buffer.getvalue().encode("utf-8", "replace"))


@slow
@given(
    rows=st.lists(
        st.lists(st.one_of(CELLS, st.floats(), st.integers(), st.booleans(), st.none()), max_size=8), max_size=10
    )
)
def test_random_workbooks(tmp_path, rows):
    import re

    made = openpyxl.Workbook()
    made.active.append(HEADERS["umkm"])
    for row in rows:
        made.active.append(
            [re.sub(r"[\x00-\x1f\ud800-\udfff\ufffe\uffff]", "", c) if isinstance(c, str) else c for c in row]
        )
    path = tmp_path / "f.xlsx"
    made.save(path)
    report = check_file(path, "umkm", out=tmp_path / "out")
    item = report.checked[0]
    assert item.n_in == item.n_used + item.n_quarantined
    assert report.lines()
    assert report.to_json()["exit_code"] in (0, 3)


@pytest.mark.parametrize("seed", range(25))
def test_bytes_flipped_in_good_files(tmp_path, seed):
    rng = random.Random(seed)  # noqa: S311  # no secret
    good = (
        "id;nama;skala;bujur;lintang\r\n"
        + "".join(f"U{i};Toko {i};mikro;120,{i:03d};-8,{i:03d}\r\n" for i in range(60))
    ).encode()
    data = bytearray(good)
    for _ in range(rng.randint(1, 12)):
        place = rng.randrange(len(data))
        action = rng.randrange(3)
        if action == 0:
            data[place] = rng.randrange(256)
        elif action == 1:
            del data[place : place + rng.randint(1, 20)]
        else:
            data[place:place] = rng.choice([b'"', b"\0", b"\n", b"\r", b";", b"\xff", b"'", b'";"'])
    judge(tmp_path, "umkm", bytes(data))


def test_every_layer_kind_refuses_nonsense_with_a_planner_error(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    for kind in LAYERS:
        with pytest.raises(PlannerError):
            read_layer(LayerSource(path="x.csv"), kind, path=path, context=ReadContext(folder=tmp_path))


@pytest.mark.parametrize(
    "name", ["missing.csv", "../outside.csv", "/etc/passwd", "/vsicurl/http://x/y.csv", "CSV:/etc/passwd", "."]
)
def test_paths_that_are_no_files_of_the_folder(tmp_path, name):
    found = check_file(tmp_path / name, "umkm", context=ReadContext(folder=tmp_path))
    assert found.exit_code == 3
    assert found.checked[0].is_refused
