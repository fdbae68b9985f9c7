"""The command line: answers, exit codes, no traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from planner.cli.console import Console
from planner.cli.summary import _least_served, _proof, _service
from planner.errors import InfeasibleError, ScenarioError
from planner.pipeline.table import stage_table
from planner.scenario import read_scenario

ROOT = Path(__file__).resolve().parent.parent


def merata(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "planner", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False, timeout=120)
    assert "Traceback" not in done.stderr
    return done


def test_help_is_english_and_lists_the_commands():
    done = merata("--help")
    assert done.returncode == 0
    for name in ("demo", "plan", "check", "init", "map", "export", "report", "doctor"):
        assert name in done.stdout


def test_a_scenario_that_is_not_there_is_bad_data_in_the_users_language():
    assert "not there" in merata("plan", "nowhere.toml", "--lang", "en").stderr
    done = merata("plan", "nowhere.toml")
    assert done.returncode == 3
    assert "Kesalahan" in done.stderr


def test_an_unknown_command_is_a_usage_error():
    assert merata("plam").returncode == 2


def test_json_errors_are_json_alone_on_stdout():
    done = merata("plan", "nowhere.toml", "--json", "--lang", "en")
    assert json.loads(done.stdout)["error"] == "ScenarioError"


def test_init_writes_once(tmp_path):
    assert merata("init", tmp_path / "s.toml", "--lang", "en").returncode == 0
    again = merata("init", tmp_path / "s.toml", "--lang", "en")
    assert again.returncode == 2
    assert "exists already" in again.stderr


@pytest.mark.parametrize("command", [("plan", "--dry-run"), ("check",)])
def test_misspelt_assumptions_are_told_at_once_before_anything_is_computed(tmp_path, command):
    folder = ROOT / "data" / "sample"
    text = (folder / "scenario.toml").read_text(encoding="utf-8").replace('path = "', f'path = "{folder}/')
    faulty = '[options]\nsites = ["macro"]\nbackhaul = ["fibre"]\ngenerators = ["cluster"]\n'
    text = text.replace("radius_km = 0.0", "radius_km = -1.0")
    text = text.replace("[options]\n", faulty) if "[options]\n" in text else f"{text}{faulty}"
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    done = merata(command[0], path, *command[1:], "--lang", "en", cwd=tmp_path)
    assert done.returncode == 3
    for fault in ("options.sites: models/sites has no 'macro'", "did you mean 'fiber'", "did you mean 'clusters'"):
        assert fault in done.stderr
    assert "radio: models/radio/default.toml: radius_km" in done.stderr
    assert [item.name for item in tmp_path.iterdir()] == ["s.toml"]


def test_a_dry_run_writes_nothing(tmp_path):
    done = merata("demo", "--dry-run", "--out", tmp_path / "out", "--lang", "en", "--json")
    assert done.returncode == 0
    assert not (tmp_path / "out").exists()
    assert len(json.loads(done.stdout)["stages"]) > 20


@pytest.mark.parametrize(("limit", "code"), [("5", 0), ("0", 3), ("-1", 3), ("nan", 3), ("x", 2)])
def test_a_time_limit_is_a_key_of_the_budget(tmp_path, limit, code):
    path = ROOT / "data" / "sample" / "scenario.toml"
    done = merata("plan", path, "--time-limit", limit, "--dry-run", "--out", tmp_path / "out", "--lang", "en")
    assert done.returncode == code, done.stderr
    assert code != 3 or "budget.time_limit_s" in done.stderr


@pytest.mark.parametrize("text", ["lon;lat\nabc;def\n", "", "\x00\x01"])
def test_a_broken_table_is_judged_not_crashed_on(tmp_path, text):
    path = tmp_path / "umkm.csv"
    path.write_text(text, encoding="utf-8")
    done = merata("check", path, "--kind", "umkm", "--out", tmp_path / "check", "--lang", "en")
    assert done.returncode == 3


def test_a_data_file_needs_its_kind(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a\n1\n", encoding="utf-8")
    assert merata("check", path, "--lang", "en").returncode == 2
    unknown = merata("check", path, "--kind", "towers", "--lang", "en")
    assert unknown.returncode == 2
    assert "bts" in unknown.stderr


def test_a_share_of_nothing_has_no_sign():
    area = {"area_level": "kabupaten", "area_code": "53.05", "name": "Alor", "umkm": {"unserved": 0, "total": 398}}
    [line] = _least_served({"areas": [area]}, Console("id"))
    assert "-0" not in line


def test_a_programme_says_that_its_value_is_a_mean_over_the_years():
    proof = {"gap_share": 0.002, "value": 73.8, "bound": 73.9}
    assert "rata-rata terdiskonto" in _proof(proof, Console("id"), over_years=True)
    assert "mean over the years" in _proof(proof, Console("en"), over_years=True)
    assert "years" not in _proof(proof, Console("en"))


def test_money_of_a_translated_error_is_in_whole_rupiah():
    money = {"cost_idr": 126_619_446_958.6, "bound_idr": 94_729_802_249.2, "ceiling_idr": 30e9}
    said = Console("id").translated(InfeasibleError("x", code="goal_over_ceiling", **money))
    assert "Rp 126.619.446.959 " in said
    assert said.endswith("pagunya Rp 30.000.000.000")


def test_a_unit_nobody_gave_data_on_has_no_share_of_service():
    levels = {"served": 1.0, "limited": 0.0, "unserved": 1.0, "unknown": 0.0}
    facts = {
        "whole": {"umkm": 2.0, "people": 2.0, "desa": 0.0},
        "totals": dict.fromkeys(("umkm", "people", "desa"), levels),
    }
    lines = _service(facts, Console("id"))
    assert "50,0 %" in lines[1]
    assert "%" not in lines[3]
    assert "desa" in lines[3]


def test_faults_of_a_scenario_are_said_in_the_users_language(tmp_path):
    """They stood there in English, as a tuple with its brackets."""
    (tmp_path / "s.toml").write_text(
        'name = "x"\ndate = 2025-01-01\n[region]\nareas = ["53"]\n[layers.bts]\npath = "gone.csv"\n'
        '[budget]\nceiling_idr = 1e9\n[outputs]\nformats = ["gpgk"]\n'
    )
    with pytest.raises(ScenarioError) as said:
        stage_table(read_scenario(tmp_path / "s.toml"))
    told = Console("id").translated(said.value)
    for part in ("layers.admin tidak ada", "di mana permintaan", "gone.csv' tidak ada", "format 'gpgk' tidak dikenal"):
        assert part in told
    plain = ScenarioError("x", code="scenario_unusable", faults=("one", "two"))
    assert Console("id").translated(plain).endswith("one\ntwo")
