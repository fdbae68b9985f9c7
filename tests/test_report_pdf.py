"""The report: the facts' numbers in the reader's words, hostile text as text, tagged, the same bytes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import export_worlds
import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_report_workbook import report_inputs

from planner.errors import OutputError
from planner.report import ReportInputs, pdf
from planner.report.pages import document
from planner.report.say import Say, printable
from planner.words import read_words


def inputs(**changes) -> ReportInputs:
    return report_inputs(**{"admin": export_worlds.world()["admin"], **changes})


def said(path: Path, *pages: str) -> str:
    """Text of a PDF by poppler (``-f``, ``-l``: first and last page), its lines joined."""
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext (poppler-utils)")
    done = subprocess.run(
        ["pdftotext", *pages, "-layout", path, "-"], capture_output=True, text=True, check=True, timeout=60
    )
    return re.sub(r"[\s\xa0\u200b]+", " ", done.stdout)


@pytest.fixture(scope="module", params=["id", "en"])
def report(request, tmp_path_factory) -> tuple[str, Path]:
    path = tmp_path_factory.mktemp("pdf") / pdf.FILE_NAMES[request.param]
    return request.param, pdf.write(path, inputs(), language=request.param)


def test_it_says_the_totals_in_the_readers_numbers(report):
    language, path = report
    text, facts, say = said(path), inputs().facts, Say(language)
    for unit in ("umkm", "people", "desa", "facilities"):
        for count in facts["totals"][unit].values():
            assert say.number(count) in text
    planned = facts["plan"]
    wanted = [say.rupiah(planned[key]) for key in ("capex_idr", "opex_idr_per_year", "cost_idr")]
    wanted += [
        say.money(planned["cost_idr"]),
        say.share(planned["certificate"]["gap_share"]),
        say.number(planned["n_umkm_new"]),
    ]
    for value in wanted:
        assert value.replace("\xa0", " ") in text
    assert ("Rp 7,9 miliar" if language == "id" else "Rp 7.9 billion") in text


def test_every_page_carries_the_trace_and_the_warnings(report):
    language, path = report
    words = read_words(language)
    pages = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout.split("\f")[:-1]
    assert len(pages) > 8
    for page in pages:
        flat = re.sub(r"\s+", " ", page)
        assert "abc123" in flat.replace(" ", "")
        assert words("report.synthetic") in flat
        assert words("report.indicative") in flat
    for role in ("prepared", "checked", "approved"):
        assert words(f"pdf.{role}") in pages[0]


def test_no_key_and_no_placeholder_reaches_the_reader(report):
    language, path = report
    annex = read_words(language)("pdf.annex_numbers")  # its parameters stand under their names in models/
    text = said(path).replace("${x}", "").rpartition(annex)[0]  # of the hostile name
    assert len(text) > 5000
    assert not re.search(r"\{[a-z_]+\}", text)
    for key in (
        *read_words(language).section("pdf"),
        "umkm_total",
        "small_cell",
        "macro_42m",
        "time_limit",
        "existing_towers",
    ):
        if "_" in key:
            assert key not in text


def test_it_is_tagged_titled_and_dated_by_the_scenario(report):
    language, path = report
    data = path.read_bytes()
    for mark in (b"/StructTreeRoot", b"/MarkInfo", b"/ViewerPreferences", b"pdfuaid:part", b"2026-07-01"):
        assert mark in data, mark
    assert f"/Lang({language})".encode() in data


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_same_bytes_each_time_whatever_the_order_of_rows(tmp_path, language):
    one = pdf.write(tmp_path / "a.pdf", inputs(), language=language).read_bytes()
    turned = {
        name: getattr(inputs(), name).iloc[::-1]
        for name in ("sites", "links", "surveys", "candidates", "areas", "admin")
    }
    two = pdf.write(tmp_path / "b.pdf", inputs(**turned), language=language).read_bytes()
    assert one == two


def test_hostile_text_is_set_as_text(report):
    text = said(report[1])
    bare = re.sub(r"\s+", " ", export_worlds.HOSTILE)
    assert bare.replace(" ", "")[:20] in text.replace(" ", "")


@pytest.mark.parametrize(
    "name", ['#import "@preview/x:1": *', "$x$ *b* _i_ @ref <l> `raw` \\", "=HYPERLINK(1)", "日本 عربي देवनागरी 😀", "\x00\x01\ue000\ud800", "x" * 10_000]
)  # fmt: skip
def test_names_of_strangers_neither_run_nor_break_the_report(tmp_path, name):
    sites = export_worlds.sites(export_worlds.cells())
    asked = inputs(
        sites=sites.assign(name=name.replace("\ud800", "")), credits=(name,), title_id=name, document_number=name, prepared_by=name, checked_by=name
    )  # fmt: skip
    path = pdf.write(tmp_path / "a.pdf", asked)
    assert path.read_bytes().startswith(b"%PDF-")
    if name.startswith(("#", "$", "=")):
        assert name.replace(" ", "") in said(path).replace(" ", "")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=200))
def test_printable_text_is_short_and_has_a_shape(text):
    shown = printable(text)
    assert len(shown.replace("\u200b", "")) <= 90
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cs", "Co", "Cn"}
    shown.encode("utf-8")


def test_a_report_of_nothing_says_so(tmp_path):
    empty = ReportInputs(name="leer", title_id="", title_en="", date=export_worlds.DATE)
    text = said(pdf.write(tmp_path / "a.pdf", empty))
    words = read_words("id")
    assert words("pdf.no_map") in text
    assert words("pdf.plan_none")[:60] in text
    assert words("pdf.none") in text


def test_areas_without_a_shape_or_without_totals_are_borne(tmp_path):
    admin = export_worlds.world()["admin"]
    bare = gpd.GeoDataFrame(admin.assign(geometry=None), crs="EPSG:4326")
    assert document(inputs(admin=bare), read_words("en"))["maps"] == {}
    maps = document(inputs(facts={}), read_words("en"))["maps"]
    assert "service" in maps
    pdf.write(tmp_path / "a.pdf", inputs(facts={}, areas=pd.DataFrame()))


def test_numbers_reach_the_template_as_text_alone():
    def walk(value, path=""):
        if isinstance(value, dict):
            for key, item in value.items():
                if key not in ("bar", "maps"):
                    walk(item, f"{path}.{key}")
        elif isinstance(value, list):
            for item in value:
                walk(item, path)
        else:
            assert value is None or isinstance(value, (str, bool)), path

    made = document(inputs(), read_words("id"))
    walk(made)
    json.dumps(made, allow_nan=False)


def test_a_full_disk_or_a_broken_template_leaves_nothing(tmp_path, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as held:
        held.setattr(Path, "replace", full)
        with pytest.raises(OutputError, match="No space"):
            pdf.write(tmp_path / "a.pdf", inputs())
    broken = tmp_path / "maps/templates"
    broken.mkdir(parents=True)
    (broken / "report.typ").write_text("#nothing-here()", encoding="utf-8")
    monkeypatch.setattr(pdf, "maps_dir", lambda: tmp_path / "maps")
    with pytest.raises(OutputError, match="template"):
        pdf.write(tmp_path / "b.pdf", inputs())
    assert [path.name for path in tmp_path.iterdir()] == ["maps"]


def check_pdfua(*paths: Path, jars: str) -> subprocess.CompletedProcess[str]:
    script = Path(__file__).resolve().parents[1] / "scripts" / "check_pdfua.py"
    command = [sys.executable, str(script), *map(str, paths)]
    environment = {**os.environ, "VERAPDF_JARS": jars}
    return subprocess.run(command, capture_output=True, text=True, timeout=180, env=environment, check=False)


def test_the_check_of_accessibility_says_what_it_needs(report):
    done = check_pdfua(report[1], jars="")
    assert (done.returncode, "VERAPDF_JARS" in done.stderr) == (2, True)


@pytest.mark.skipif(not os.environ.get("VERAPDF_JARS"), reason="needs VERAPDF_JARS; not part of CI")
def test_verapdf_finds_nothing_against_the_report(report):
    done = check_pdfua(report[1], jars=os.environ["VERAPDF_JARS"])
    assert done.returncode == 0, done.stdout
