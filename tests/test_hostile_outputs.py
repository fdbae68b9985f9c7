"""Hostile text in every free field of every layer stays text in every format and in the reports."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import zipfile
import zlib
from typing import Any

import export_worlds
import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from test_report_pdf import said
from test_report_workbook import report_inputs

from planner.export import ExportInputs, csv_excel, flatgeobuf, geoparquet, gpkg, kmz, shapefile
from planner.export._layers import vector_layers
from planner.layers._gdal import pyogrio_module
from planner.report import pdf, workbook
from planner.report.figures import pictures
from planner.schema import LAYERS

ATTACKS = {
    "formula": '=HYPERLINK("http://x.example","klik")',
    "command": "+cmd|' /C calc'!A0",
    "minus": "-2+3+cmd|x",
    "at": "@SUM(1+1)*cmd|x",
    "script": "</script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "template": "${alert(1)} `x` {{7*7}} #{1} $[name]",
    "sql": "'; DROP TABLE sites;--\" OR 1=1",
    "xml": "]]></value><!ENTITY x SYSTEM 'file:///etc/passwd'>&x;&lt;b&gt;",
    "typst": '#read("/etc/passwd") $x$ *b* _i_ @ref <label> \\u{0}',
    "semicolon": "a;b,c\"d'e",
    "lines": "satu\r\ndua\n=1+1\ttiga",
    "bidi": "\u202egnp.exe\u202c \u2066x\u2069 \u200b\ufeff",
    "scripts": "日本語 العربية देवनागरी 😀 ꦲꦏ꧀ꦱꦫ ᬩᬮᬶ",
    "long": "Ñ" * 10_000,
}
FREE = {
    "sites": ["name", "site_id"], "links": ["link_id", "from_id", "to_id"], "surveys": [], "candidates": ["name", "ref_id"],
    "bts": ["operator", "source", "assumed"], "admin": ["name", "source"],
}  # fmt: skip
"""Free text columns of the tables of `export_worlds`; codes and vocabularies are judged by the readers before."""


KEYS = {"sites": "candidate_id", "links": "", "candidates": "candidate_id", "bts": "bts_id", "surveys": ""}


def cycled(n: int, offset: int) -> list[str]:
    """Attack after attack, each with its number."""
    listed = list(ATTACKS.values())
    return [f"{listed[(offset + at) % len(listed)]}{at}" for at in range(n)]


def layer_rows(kind: str, offset: int) -> gpd.GeoDataFrame:
    """A row an attack of a declared layer, in every free text column."""
    n = len(ATTACKS)
    columns: dict[str, Any] = {"lon_deg": np.linspace(124.1, 124.2, n), "lat_deg": -9.1}
    for column in LAYERS[kind].columns:
        if column.name in columns:
            continue
        if column.dtype == "text":
            columns[column.name] = column.allowed[0] if column.allowed else cycled(n, offset)
        elif column.dtype == "date":
            columns[column.name] = "2025-01-01"
        else:
            columns[column.name] = False if column.dtype == "flag" else 1.0
    frame = pd.DataFrame(columns)
    lines = [shapely.LineString([(lon, -9.1), (124.3, -9.2)]) for lon in frame["lon_deg"]]
    squares = [shapely.box(lon, -9.3, 124.3, -9.1) for lon in frame["lon_deg"]]
    shapes = {"line": lines, "polygon": squares, "table": squares}.get(
        LAYERS[kind].shape, gpd.points_from_xy(frame["lon_deg"], frame["lat_deg"])
    )
    return gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326")


def tiled(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """A table with a row an attack, its key still unique."""
    n = -(-len(ATTACKS) // len(frame))
    parts = [frame.assign(**{key: frame[key] + f"-{k}"}) if key and k else frame for k in range(n)]
    return pd.concat(parts, ignore_index=True)


def attacked(offset: int) -> dict[str, Any]:
    world = export_worlds.world()
    for name, columns in FREE.items():
        frame = tiled(world[name], KEYS[name]) if name in KEYS else world[name].copy()
        for column in columns:
            frame[column] = cycled(len(frame), offset)
        world[name] = frame
    for record, text in zip(world["facts"]["areas"], cycled(20, offset), strict=False):
        record["name"] = text
    for row in world["facts"]["layers"]:
        row["name"] = row["source"] = cycled(1, offset)[0]
    more = {kind: layer_rows(kind, offset) for kind in ("fiber", "fiber_nodes", "facilities", "gateways", "proposals")}
    more |= {kind: layer_rows(kind, offset) for kind in ("exclusions", "measurements")}
    more["beams"] = layer_rows("satellite", offset).drop(columns="footprint_wkt")
    aside = layer_rows("measurements", offset)[["lon_deg", "lat_deg"]].assign(kind="bts", line=range(len(ATTACKS)))
    more["quarantined"] = aside.assign(
        **{name: cycled(len(aside), offset) for name in ("file", "reason_id", "reason_en")}
    )
    return {**world, **more}


def export_inputs(offset: int) -> ExportInputs:
    known = {name: value for name, value in attacked(offset).items() if name in ExportInputs.__dataclass_fields__}
    text = cycled(1, offset)[0]
    return ExportInputs(name="uji", title_id=text, title_en=text, date=export_worlds.DATE, notices=export_worlds.NOTICES,
                        credits=tuple(cycled(20, 0)), run_hash="abc123", **known)  # fmt: skip


def reported(offset: int) -> Any:
    shown = ("facts", "admin", "sites", "links", "candidates", "surveys", "fiber")
    known = {name: value for name, value in attacked(offset).items() if name in shown}
    text = cycled(1, offset)[0]
    return report_inputs(**known, title_id=text, title_en=text, credits=tuple(cycled(20, 0)), document_number=text, prepared_by=text,
                         frontier=export_worlds.points())  # fmt: skip


@pytest.fixture(params=[0, 6, 12], scope="module")
def offset(request) -> int:
    """Which attack comes first: areas are fewer than attacks."""
    return int(request.param)


@pytest.fixture(scope="module")
def inputs(offset) -> ExportInputs:
    return export_inputs(offset)


@pytest.fixture(scope="module")
def shown(offset) -> Any:
    return reported(offset)


def said_or_nothing(value: Any) -> str:
    return "" if value is None or value != value else str(value)  # noqa: PLR0124  NaN differs from itself


def texts(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Values of the text columns that hold a stranger's text."""
    return {
        str(name): [said_or_nothing(value) for value in frame[name]]
        for name in frame.columns
        if name != "geometry" and frame[name].dtype.kind not in "iufb" and any(len(str(v)) > 3 for v in frame[name])
    }  # fmt: skip


def test_every_free_column_is_attacked(inputs):
    """What this test leaves out would be a hole in all others."""
    known = {"area_code", "code", "level", "cause", "area_level", "bts_id", "candidate_id", "option_id", "status", "site_type", "backhaul",
             "backhaul_path", "technology", "evidence", "generator", "access_mode", "excluded_because", "why", "reason", "decision_id",
             "settle_with", "server_bts_id", "people_evidence", "kind", "bps_code", "date", "limit"}  # fmt: skip
    for layer, frame in vector_layers(inputs).items():
        for column, values in texts(frame).items():
            if column not in known and any(values):
                assert any(attack in value for value in values for attack in ATTACKS.values()), (layer, column)


def test_the_geopackage_holds_it_unchanged_and_nothing_more(inputs, tmp_path):
    path = gpkg.write(tmp_path / "plan.gpkg", inputs)
    base = sqlite3.connect(path)
    assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    listed = {name for (name,) in base.execute("SELECT table_name FROM gpkg_contents")}
    frames = {name: frame for name, frame in vector_layers(inputs).items() if name != "cells"}
    assert listed == {*frames, "about", "data_dictionary", "layer_styles"}
    for name, frame in frames.items():
        for column, values in texts(frame).items():
            rows = base.execute(f'SELECT "{column}" FROM "{name}" ORDER BY fid')  # noqa: S608  our names
            assert [said_or_nothing(value) for (value,) in rows] == values, (name, column)
    base.close()


def test_geoparquet_and_flatgeobuf_hold_it_unchanged(inputs, tmp_path):
    geoparquet.write(tmp_path / "p", inputs)
    flatgeobuf.write(tmp_path / "f", inputs)
    for name, frame in vector_layers(inputs).items():
        packed, flat = (
            gpd.read_parquet(tmp_path / f"p/{name}.parquet"),
            pyogrio_module().read_dataframe(tmp_path / f"f/{name}.fgb"),
        )
        for column, values in texts(frame).items():
            assert [said_or_nothing(value) for value in packed[column]] == values, (name, column)
            assert sorted(said_or_nothing(value) for value in flat[column]) == sorted(values), (name, column)


def test_a_shapefile_holds_it_cut(inputs, tmp_path):
    shapefile.write(tmp_path, inputs)
    names = pyogrio_module().read_dataframe(tmp_path / "sites.shp")["name"].tolist()
    whole = vector_layers(inputs)["sites"]["name"].tolist()
    for found, text in zip(names, whole, strict=True):
        assert found.rstrip("…")[:60].strip() == text[:60].strip()


def test_no_cell_of_the_csv_is_a_formula_and_the_text_comes_back(inputs, tmp_path):
    for path in csv_excel.write(tmp_path, inputs):
        data = path.read_bytes().decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(data, newline=""), delimiter=";"))
        assert len({len(row) for row in rows}) == 1
        for row in rows[1:]:
            for cell in row:
                is_number = re.fullmatch(r"-?[\d.,e+-]+", cell) is not None
                assert is_number or not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")), (path.name, cell[:40])
    with (tmp_path / "sites.csv").open(encoding="utf-8-sig", newline="") as file:
        found = [row["name"] for row in csv.DictReader(file, delimiter=";")]
    texts_ = vector_layers(inputs)["sites"]["name"]
    assert found == [f"'{text}" if text.startswith(("=", "+", "-", "@")) else text for text in texts_]


def test_the_kmz_is_well_formed_and_nothing_in_it_would_be_drawn(inputs, tmp_path):
    from defusedxml import ElementTree as Safe

    with zipfile.ZipFile(kmz.write(tmp_path / "plan.kmz", inputs)) as archive:
        data = archive.read("doc.kml")
    assert b"<!ENTITY" not in data
    assert b"<!DOCTYPE" not in data
    for item in Safe.fromstring(data).iter():
        assert item.tag.startswith("{http://www.opengis.net/kml/2.3}")
        for text in (item.text or "", *item.attrib.values()):
            assert not any(mark in text for mark in ("<", ">", "$[", "\x00")), item.tag


def test_the_workbook_holds_it_as_text(shown, tmp_path):
    path = workbook.write(tmp_path / "a.xlsx", shown)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            assert b"<f>" not in data
            assert b"<hyperlink" not in data
            assert "externalLink" not in name
            assert "vba" not in name.lower()
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    held = "\0".join(str(cell.value) for cell in cells).replace("_x000D_", "").replace("\r", "")
    for attack in ATTACKS.values():
        assert attack.replace("\r", "") in held


def streams(data: bytes) -> list[bytes]:
    """All streams of a PDF, unpacked as far as they are packed by zlib."""
    found = []
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
        try:
            found.append(zlib.decompress(packed))
        except zlib.error:
            found.append(packed)
    return found


def test_the_report_sets_it_as_text_and_does_nothing(shown, tmp_path):
    path = pdf.write(tmp_path / "a.pdf", shown)
    assert [item.name for item in tmp_path.iterdir()] == ["a.pdf"]
    data = path.read_bytes()
    for part in (data, *streams(data)):
        for mark in (
            b"/JavaScript",
            b"/JS ",
            b"/Launch",
            b"/URI",
            b"/EmbeddedFile",
            b"/OpenAction",
            b"/SubmitForm",
            b"root:x:0",
        ):
            assert mark not in part, mark
    text = re.sub(r"\s|\u200b", "", said(path))
    for attack in ATTACKS.values():
        if attack.isascii() and attack.isprintable():
            assert re.sub(r"\s", "", attack)[:18] in text


def test_no_name_reaches_a_drawing(shown):
    for picture in pictures(shown).values():
        assert not [attack for attack in ATTACKS.values() if attack[:12] in picture.svg]
        assert "<script" not in picture.svg
        assert np.isfinite(picture.ratio)
