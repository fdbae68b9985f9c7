"""The scenario file: strict about keys, all faults at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.cli.console import Console
from planner.errors import ScenarioError
from planner.paths import maps_dir
from planner.scenario import read_scenario

GOOD = """
name = "t"
date = 2026-01-01
region = { areas = ["53.05"] }
layers.admin.path = "admin.gpkg"
budget.ceiling_idr = 1e11
"""


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_relative_layer_paths_start_at_the_scenario(tmp_path):
    scenario = read_scenario(_write(tmp_path, GOOD))
    assert scenario.resolve(scenario.sources("admin")[0]) == tmp_path / "admin.gpkg"


def test_a_misspelt_key_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(ScenarioError, match="did you mean 'ceiling_idr'"):
        read_scenario(_write(tmp_path, GOOD.replace("ceiling_idr", "cieling_idr")))


def test_a_misspelt_section_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(ScenarioError, match="did you mean 'budget'"):
        read_scenario(_write(tmp_path, GOOD + "\n[budgett]\nx = 1\n"))


def test_all_faults_come_at_once(tmp_path):
    text = GOOD.replace('"53.05"', "53.05").replace("1e11", "-1")
    with pytest.raises(ScenarioError) as caught:
        read_scenario(_write(tmp_path, text))
    assert "region.areas" in str(caught.value)
    assert "budget.ceiling_idr" in str(caught.value)


def test_an_unknown_layer_names_the_known_ones(tmp_path):
    with pytest.raises(ScenarioError, match="unknown layer 'btss'; did you mean 'bts'"):
        read_scenario(_write(tmp_path, GOOD + 'layers.btss.path = "x"\n'))


@pytest.mark.parametrize("text", ["name = ", "\x00", "a = 1\na = 2"])
def test_what_is_not_toml_is_said_to_be(tmp_path, text):
    with pytest.raises(ScenarioError, match="not readable as TOML"):
        read_scenario(_write(tmp_path, text))


def test_bytes_that_are_not_utf8_are_refused(tmp_path):
    path = tmp_path / "s.toml"
    path.write_bytes(b'name = "\xff\xfe"')
    with pytest.raises(ScenarioError, match="UTF-8"):
        read_scenario(path)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_templates_are_good_scenarios(language):
    scenario = read_scenario(maps_dir() / "templates" / f"scenario_{language}.toml")
    assert scenario.budget.ceiling_idr == 200e9


def test_a_change_from_the_command_line_replaces_a_key(tmp_path):
    assert read_scenario(_write(tmp_path, GOOD), changes={"budget.ceiling_idr": 5.0}).budget.ceiling_idr == 5.0


@pytest.mark.parametrize(
    ("changes", "in_id"),
    [
        ({"region": {}}, "isi 'areas'"),
        ({"region": {"bounds_deg": [120.0, 0.0, 110.0, 1.0]}}, "barat < timur"),
        ({"options": {"eligibility": ["3X"]}}, "dasar 3X tidak dikenal"),
        ({"budget.frontier_points": 1}, "paling sedikit 2 titik"),
        ({"budget.sources": [{"name": "RM", "ceilings_idr_by_year": {"2026": 1.0}}]}, "salah satu saja"),
        ({"budget": {"sources": [{"name": "RM", "ceilings_idr_by_year": {"2026": 1.0}}] * 2}}, "sumber RM tertulis dua kali"),
        ({"budget": {"ceiling_idr": 1.0, "most_sites_by_year": {"2026": 1}}}, "perlu 'sources'"),
        ({"budget": {}}, "yang pagunya tidak semua 0"),
        ({"equity": {"curve_points": 3}}, "kurva perlu 'curve_area'"),
        ({"goal": {"share": 0.5}, "equity": {"floors": [{"area": "53", "least": 1.0}]}}, "mencari sendiri rencana termurah"),
        ({"layers": {"btss": {"path": "x"}}}, "maksudnya 'bts'"),
        ({"layers": {"qqq": {"path": "x"}}}, "lapisan 'qqq' tidak dikenal (yang dikenal: "),
    ],
)  # fmt: skip
def test_keys_that_do_not_fit_together_are_refused_in_the_users_language(tmp_path, changes, in_id):
    with pytest.raises(ScenarioError) as caught:
        read_scenario(_write(tmp_path, GOOD), changes=changes)
    said = {language: Console(language).translated(caught.value) for language in ("id", "en")}
    assert in_id in said["id"]
    assert "Value error" not in said["id"] + said["en"]
    for phrase in caught.value.fields["faults"]:
        assert phrase.code not in {"", "fault_other"}
        assert str(phrase).split(": ", 1)[1] in said["en"]


@pytest.mark.parametrize(
    ("money", "carries", "stranded"),
    [
        ({"2026": 5.0, "2027": 5.0}, False, {}),
        ({"2026": 5.0, "2028": 5.0}, False, {"RM": 5.0}),
        ({"2026": 5.0, "2028": 5.0}, True, {}),
        ({"2026": 5.0, "2027": 2.0, "2028": 0.0}, False, {"RM": 7.0}),
        ({"2027": 5.0, "2028": 5.0}, False, {}),
    ],
)
def test_money_that_cannot_keep_a_site_on_is_named(tmp_path, money, carries, stranded):
    sources = [
        {"name": "RM", "ceilings_idr_by_year": money, "carry_over": carries},
        {"name": "PNBP", "ceilings_idr_by_year": {"2026": 1.0, "2027": 1.0, "2028": 1.0}},
    ]
    if set(money) == {"2026", "2027"}:
        sources = sources[:1]
    scenario = read_scenario(_write(tmp_path, GOOD), changes={"budget": {"sources": sources}})
    assert scenario.budget.stranded_idr == stranded
