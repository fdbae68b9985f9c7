"""The check of files and scenarios: one report, all problems, in both languages, nothing changed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from planner.cli.console import Console
from planner.errors import LayerError, OutputError
from planner.layers import ReadContext, examine_layer
from planner.layers.check import check_file, check_layers, problem_text
from planner.layers.dispatch import raise_refused
from planner.layers.quarantine import with_reasons
from planner.layers.report import Problem
from planner.scenario import LayerSource, read_scenario
from planner.words import read_words

ROOT = Path(__file__).resolve().parent.parent
LAYERS_DIR = ROOT / "planner" / "layers"

BAD = "id,nama usaha,skala,bujur,lintang\nU1,A,mikro,120.5,-8.5\nU2,B,raksasa,120.5,-8.5\nU3,C,mikro,-8.5,120.5\nJUMLAH,,,,\n"


def write(folder: Path, text: str = BAD, name: str = "umkm.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_report_counts_and_names_every_problem(tmp_path):
    path = write(tmp_path)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    report = check_file(path, "umkm", out=tmp_path / "out")
    item = report.checked[0]
    assert (item.n_in, item.n_used, item.n_quarantined, item.n_aside, item.n_bad) == (4, 1, 3, 1, 2)
    assert report.exit_code == 3
    text = "\n".join(report.lines())
    assert "4 rows in = 1 used + 3 quarantined" in text
    assert "umkm.csv:3, skala 'raksasa'" in text
    assert "umkm.csv:4, bujur, lintang '-8.5, 120.5'" in text
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert item.quarantine_path.read_text(encoding="utf-8-sig").count("\n") == 4


def test_a_clean_file_passes(tmp_path):
    report = check_file(write(tmp_path, "id,skala,bujur,lintang\nU1,mikro,120.5,-8.5\n"), "umkm", out=tmp_path / "out")
    assert report.exit_code == 0
    assert not (tmp_path / "out").exists()


def test_the_report_as_json_is_plain(tmp_path):
    data = check_file(write(tmp_path), "umkm").to_json()
    assert json.loads(json.dumps(data))["layers"][0]["n_quarantined"] == 3


def test_the_report_speaks_indonesian(tmp_path):
    text = "\n".join(check_file(write(tmp_path), "umkm").lines(read_words("id")))
    assert "baris" in text
    assert "tertukar" in text
    assert not re.search(r"exchanged|quarantined|rows in", text)


def test_an_unknown_kind_is_a_usage_error_of_the_caller(tmp_path):
    with pytest.raises(LayerError, match="unknown layer kind"):
        check_file(write(tmp_path), "towers")


def test_an_output_folder_that_is_a_file_is_said(tmp_path):
    write(tmp_path, "x", "out")
    with pytest.raises(OutputError, match="cannot be written"):
        check_file(write(tmp_path), "umkm", out=tmp_path / "out")


def codes_in_source() -> set[str]:
    """Every problem and error code that the layers name."""
    found: set[str] = set()
    for path in LAYERS_DIR.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        found |= set(
            re.findall(r"""(?:Fault\([^"()]*(?:\([^()]*\))?[^"()]*|AreaAnswer\("", |take\()"([a-z_]+)\"""", source)
        )
        found |= set(re.findall(r'Problem\(\s*[\w.]+,\s*"([a-z_]+)"', source))
    return found - {"quarantine", "refused", "code_system"}


def test_every_problem_has_words_in_both_languages():
    english, indonesian = read_words("en"), read_words("id")
    missing = {
        code
        for code in codes_in_source()
        if f"problems.{code}" not in english.texts or f"problems.{code}" not in indonesian.texts
    }
    assert not missing
    assert len(codes_in_source()) > 35


def test_rows_outside_the_region_are_mended_in_the_readers_language():
    """A lost minus was told in English to readers of Indonesian."""
    words = read_words("id")
    mend = "1 of them would lie in it with a minus before the latitude"
    lost = Problem("f.csv", "outside_region", "m", line=3, mend=mend, fields={"detail": "1"})
    assert "tanda minus" in problem_text(lost, words)
    assert "of them" not in problem_text(lost, words)
    assert "tanda minus" not in problem_text(Problem("f.csv", "outside_region", "m", line=3), words)


def test_every_problem_text_can_be_filled():
    for language in ("en", "id"):
        words = read_words(language)
        for key in (*words.section("problems"), *words.section("mends")):
            problem = Problem(
                "f.csv", key, "m", line=3, column="lat", value="x", fields={"detail": "d", "n_rows": 2, "missing": "x"}
            )
            assert not re.search(r"\{[a-z_]+\}", problem_text(problem, words))


SCENARIO = """
name = "uji"
date = 2026-01-01
[region]
areas = ["53.01"]
[layers]
admin = {{ path = "admin.geojson" }}
umkm = {{ path = "umkm.csv" }}
population_counts = {{ path = "pop.csv" }}
bts = [{{ path = "bts.csv" }}, {{ path = "{second}" }}]
[budget]
ceiling_idr = 1e11
"""

ADMIN = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"kode": "53.01.02", "nama": "Amarasi"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[123.7, -10.3], [124.0, -10.3], [124.0, -10.0], [123.7, -10.0], [123.7, -10.3]]],
            },
        }
    ],
}


def world(folder: Path, second: str = "bts.csv") -> Path:
    write(folder, json.dumps(ADMIN), "admin.geojson")
    write(
        folder,
        "id,skala,kecamatan,bujur,lintang\nU1,mikro,Amarasi,123.8,-10.1\nU2,mikro,Amarasi,,\nU3,mikro,,106.8,-6.2\n",
    )
    write(folder, "kode,total\n53.01.02,900\n61.01.01,10\n", "pop.csv")
    write(
        folder,
        "id,operator,teknologi,bujur,lintang\nA1,Telkomsel,4G,123.8,-10.1\nA2,Telkomsel,6G,123.8,-10.1\n",
        "bts.csv",
    )
    return Path(write(folder, SCENARIO.format(second=second), "s.toml"))


def test_a_scenario_is_checked_whole(tmp_path):
    report = check_layers(read_scenario(world(tmp_path)), out=tmp_path / "out")
    by_kind = {item.kind: item for item in report.checked}
    assert by_kind["admin"].n_used == 1
    assert (by_kind["umkm"].n_used, by_kind["umkm"].n_aside, by_kind["umkm"].n_bad) == (2, 1, 0)
    assert (by_kind["population_counts"].n_used, by_kind["population_counts"].n_bad) == (1, 0)
    assert by_kind["bts"].n_bad == 1
    assert report.exit_code == 3
    assert sorted(p.name for p in (tmp_path / "out" / "quarantine").iterdir()) == [
        "bts_1.csv", "bts_2.csv", "population_counts.csv", "umkm.csv",
    ]  # fmt: skip


def test_a_missing_file_does_not_hide_the_problems_of_the_others(tmp_path):
    report = check_layers(read_scenario(world(tmp_path, "nowhere.csv")))
    assert [item.is_refused for item in report.checked if item.kind == "bts"] == [False, True]


def test_hash_seed_time_zone_and_locale_change_nothing(tmp_path):
    path = write(tmp_path, BAD + "".join(f"V{i},T,mikro,120.{i},-8.{i}\n" for i in range(50)))
    code = (
        "import hashlib, sys; from pathlib import Path; from planner.layers import ReadContext, examine_layer;"
        "from planner.scenario import LayerSource; path = Path(sys.argv[1]);"
        "found = examine_layer(LayerSource(path='x'), 'umkm', path=path, context=ReadContext(folder=path.parent));"
        "print(hashlib.sha256((found.data.to_csv() + found.quarantine.to_csv() + repr(found.problems)).encode()).hexdigest())"
    )
    answers = set()
    for seed, zone, locale in (("0", "UTC", "C.UTF-8"), ("7", "Asia/Jayapura", "POSIX")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, env=env, cwd=ROOT
        )
        answers.add(done.stdout)
    assert len(answers) == 1


def test_a_mended_file_takes_its_old_quarantine_away(tmp_path):
    check_file(write(tmp_path), "umkm", out=tmp_path / "out")
    assert (tmp_path / "out" / "quarantine" / "umkm.csv").exists()
    check_file(write(tmp_path, "id,skala,bujur,lintang\nU1,mikro,120.5,-8.5\n"), "umkm", out=tmp_path / "out")
    assert not (tmp_path / "out" / "quarantine" / "umkm.csv").exists()


def test_one_fault_in_every_row_does_not_hide_the_others(tmp_path):
    rows = "".join(f"U{n},mikro,-8.5,120.5\n" for n in range(60))
    report = check_file(write(tmp_path, f"id,skala,bujur,lintang\n{rows}V1,raksasa,120.5,-8.5\n"), "umkm")
    text = "\n".join(report.lines(read_words("id")))
    assert "'raksasa'" in text
    assert "Kode" not in text


def test_no_english_is_left_in_the_indonesian_report_of_a_file(tmp_path):
    metres = "".join(f"U{n},mikro,{667000 + n},9090000\n" for n in range(3))
    text = "\n".join(check_file(write(tmp_path, f"id,skala,x,y\n{metres}"), "umkm").lines(read_words("id")))
    counts = write(tmp_path, "kode,jumlah penduduk\n53.01.02,10\n", "orang.csv")
    text += "\n".join(check_file(counts, "population_counts").lines(read_words("id")))
    assert not re.search(r"\b(or|the|of|give|file|codes)\b", text)


def test_a_refused_layer_is_explained_in_the_users_language(tmp_path):
    path = write(tmp_path, "id,skala\nU1,mikro\n")
    found = examine_layer(LayerSource(path=str(path)), "umkm", path=path, context=ReadContext(folder=tmp_path))
    with pytest.raises(LayerError, match="no column") as caught:
        raise_refused(found)
    text = Console("id").translated(caught.value)
    assert "tidak ada kolom untuk lon_deg" in text
    assert "no column" not in text


def test_the_quarantine_file_says_why_in_indonesian_too(tmp_path):
    item = check_file(write(tmp_path), "umkm", out=tmp_path / "out").checked[0]
    lines = item.quarantine_path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].split(";")[:6] == ["file", "sheet", "line", "codes", "reason", "alasan"]
    assert any("lintang dan bujur tertukar" in line for line in lines)
    assert any("baris jumlah" in line for line in lines)


def test_every_reason_to_quarantine_a_row_has_words_without_its_fields():
    codes = sorted(
        codes_in_source() - {"polygons_repaired", "clutter_codes", "reader_warning", "raster_nodata", "raster_range"}
    )
    frame = pd.DataFrame({"codes": codes, "reason": ""})
    for language in ("id", "en"):
        said = dict(zip(codes, with_reasons(frame, language).iloc[:, 2], strict=True))
        assert not {code for code, text in said.items() if text == code or "{" in text}


def test_a_column_called_alasan_in_the_file_is_kept_beside_the_reasons(tmp_path):
    text = "id,aksi,bujur,lintang,alasan\nK1,wajib,-8.5,120.5,puskesmas baru\n"
    item = check_file(write(tmp_path, text, "keputusan.csv"), "decisions", out=tmp_path / "out").checked[0]
    header, row = item.quarantine_path.read_text(encoding="utf-8-sig").splitlines()
    assert "alasan (source)" in header
    assert "puskesmas baru" in row
