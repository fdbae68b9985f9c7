"""``merata link``: answers over the sample's ground, pictures, both languages, faults with exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.maps.link_figure import number

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = str(ROOT / "data" / "sample" / "scenario.toml")
HOP = ["--kind", "hop", "--height-m", "72", "--height-m", "72"]


def _run(tmp_path: Path, *arguments: str):
    return CliRunner().invoke(app, ["link", *arguments, "--out", str(tmp_path)])


def test_a_hop_that_holds_and_one_behind_a_mountain(tmp_path: Path) -> None:
    ends = ("--from", "121.75,-8.87", "--to", "121.40,-8.83", SAMPLE)
    found = _run(tmp_path, *ends, *HOP, "--json")
    assert found.exit_code == 0, found.output
    answer = json.loads(found.stdout)
    assert answer["is_holding"]
    assert answer["outage_percent"]["total_percent"] == pytest.approx(
        sum(answer["outage_percent"][f"{name}_percent"] for name in ("multipath", "rain", "equipment"))
    )
    assert answer["distance_km"] == pytest.approx(38.8, abs=0.1)
    hidden = _run(tmp_path, "--from", "121.40,-8.75", "--to", "121.10,-8.72", SAMPLE, *HOP, "--json")
    answer = json.loads(hidden.stdout)
    assert (answer["is_holding"], answer["fault"]) == (False, "clearance")
    assert answer["obstacles"][0]["clearance_f1_share"] < 0.0


def test_rain_refuses_fifteen_gigahertz_in_words_of_both_languages(tmp_path: Path) -> None:
    ends = ("--from", "121.75,-8.87", "--to", "121.60,-8.87", SAMPLE, "--frequency-mhz", "15000")
    heights = ("--height-m", "90", "--height-m", "90")
    for language, said in (("id", "Ditolak: hujan memutus tautan 0,0"), ("en", "Refused: rain breaks the hop 0.0")):
        found = _run(tmp_path, *ends, *heights, "--lang", language)
        assert said in found.stdout
        assert (tmp_path / f"link-{language}.png").stat().st_size > 40_000


def test_an_access_link_is_drawn_as_svg_and_png_the_same_every_time(tmp_path: Path) -> None:
    ends = ("--from", "121.65,-8.80", "--to", "121.70,-8.76", SAMPLE)
    first = _run(tmp_path / "a", *ends, "--lang", "en")
    assert first.exit_code == 0, first.output
    assert "ITU-R P.1812-8" in first.stdout
    _run(tmp_path / "b", *ends, "--lang", "en")
    for name in ("link-en.svg", "link-en.png"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    text = (tmp_path / "a" / "link-en.svg").read_text(encoding="utf-8")
    assert text.startswith("<?xml")
    assert text.rstrip().endswith("</svg>")


@pytest.mark.shared
def test_a_real_srtm_tile_is_ground_enough(tmp_path: Path, shared: Path) -> None:
    tile = shared / "dem" / "N00E010.hgt.zip"
    found = _run(tmp_path, "--from", "10.55,0.45", "--to", "10.75,0.55", "--terrain", str(tile), "--json")
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["spacing_m"] == pytest.approx(30.0, abs=1.0)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--from", "121.65", "--to", "121.7,-8.7", SAMPLE), 2, "--from '121.65' bukan BUJUR,LINTANG"),
        (("--from", "121.65,-8.8", "--to", "121.7,-95", SAMPLE), 2, "--to '121.7,-95' bukan"),
        (("--from", "121.65,-8.8", "--to", "121.7,-8.7"), 2, "berikan medan satu kali"),
        (("--from", "121.65,-8.8", "--to", "121.7,-8.7", SAMPLE, "--pixel-m", "1"), 2, "di luar 10 sampai 1000"),
        (("--from", "121.65,-8.8", "--to", "121.65,-8.8", SAMPLE), 3, "distance_km = 0.0 di luar rentang 0.01"),
        (
            ("--from", "121.65,-8.8", "--to", "121.7,-8.7", SAMPLE, "--frequency-mhz", "20"),
            3,
            "frequency_mhz = 20.0 di luar rentang 30 sampai 6000 (ITU-R P.1812-8",
        ),
        (
            ("--from", "121.65,-8.8", "--to", "121.7,-8.7", SAMPLE, "--height-m", "-5"),
            3,
            "tx_height_m = -5.0 di luar rentang 1 sampai 3000 (ITU-R P.1812-8",
        ),
        (
            ("--from", "121.65,-8.8", "--to", "121.7,-8.7", SAMPLE, "--height-m", "30", "--height-m", "0"),
            3,
            "rx_height_m = 0.0 di luar rentang 1 sampai 3000",
        ),
        (
            ("--from", "121.65,-8.8", "--to", "120.9,-8.7", SAMPLE, "--kind", "hop"),
            3,
            "distance_km = 83.2",
        ),
    ],
)
def test_faults_are_said_in_the_users_language(tmp_path: Path, arguments, code: int, said: str) -> None:
    found = _run(tmp_path, *arguments)
    assert found.exit_code == code, found.output
    assert said in found.stderr


def test_numbers_are_written_as_the_language_does() -> None:
    assert (number(-0.04, 1, "en"), number(12345.678, 2, "id")) == ("0.0", "12.345,68")


def test_more_heights_than_ends_and_a_folder_that_is_a_file_are_refused(tmp_path: Path) -> None:
    ends = ("--from", "121.65,-8.80", "--to", "121.70,-8.76", SAMPLE, "--lang", "en")
    found = _run(tmp_path, *ends, *HOP[2:], "--height-m", "9")
    assert (found.exit_code, "a link has two ends" in found.output) == (2, True)
    (tmp_path / "taken").touch()
    found = _run(tmp_path / "taken", *ends)
    assert (found.exit_code, "taken' cannot be written" in found.output) == (1, True)
