"""Kalimantan Barat from files nobody here wrote: crowd-sourced cells, real borders, no terrain, no UMKM list."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
from plan_region import scenario_text  # noqa: E402 the recipe itself is under test

pytestmark = [pytest.mark.shared, pytest.mark.slow]
THRESHOLD = 0.5


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    """Run folder of the whole province."""
    folder = tmp_path_factory.mktemp("kalbar")
    layers = [
        f"admin={shared}/admin/kabupaten_514.gpkg",
        f"admin={shared}/admin/kecamatan_7285.gpkg",
        f"bts={shared}/towers/opencellid_510_20250712.csv.gz",
        f"population_counts={shared}/admin/penduduk_2025.csv",
        f"fiber={shared}/fiber/telegeography_cables_idn_NC-SA.geojson",
        f"fiber_nodes={shared}/fiber/telegeography_landing_idn_NC-SA.geojson",
        f"priority={shared}/admin/daerah_tertinggal_perpres63_2020.csv",
        "satellite=shipped:reference/satellites.csv",
        "gateways=shipped:reference/gateways.csv",
    ]
    columns = [
        "fiber_nodes.kind==landing",
        "priority.kind==tertinggal",
        "priority.area_code=kemendagri_2025",
        "priority.name=name_2025",
    ]
    text = scenario_text(
        "kalbar", ["61"], layers, 60e9, columns=columns, estimate_umkm=True, confidence=THRESHOLD, pixel_m=1000
    )
    (folder / "kalbar.toml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "planner", "plan", folder / "kalbar.toml", "--out", folder / "out", "--lang", "en"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "out"


@pytest.fixture(scope="module")
def facts(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run / "facts.json").read_text(encoding="utf-8"))
    return found


def test_every_row_is_used_or_in_quarantine(facts):
    assert {item["kind"] for item in facts["layers"]} >= {"admin", "bts", "population_counts", "fiber", "fiber_nodes"}
    for item in facts["layers"]:
        assert item["n_used"] + item["n_quarantined"] == item["n_in"], item


def test_the_cells_of_the_province_are_used(run, facts):
    """The box of the region holds 775 cells (a tower across the border serves too), its polygons 648."""
    import geopandas as gpd

    bts = next(item for item in facts["layers"] if item["kind"] == "bts")
    assert (bts["n_in"], bts["n_used"]) == (25_384, 775)
    stations = gpd.read_parquet(run / "gis" / "bts.parquet")
    province = gpd.read_parquet(run / "gis" / "areas_kabupaten.parquet").union_all()
    assert int(stations.within(province).sum()) == pytest.approx(648, abs=2)


def test_all_fourteen_kabupaten_are_there_with_the_people_of_2025(facts):
    kabupaten = [row for row in facts["areas"] if row["area_level"] == "kabupaten"]
    assert len(kabupaten) == 14
    assert sum(row["people"]["total"] for row in kabupaten) == pytest.approx(facts["whole"]["people"], rel=1e-9)
    assert facts["demand"]["people_in"] == pytest.approx(5_646_268, abs=1)


def test_umkm_are_estimated_and_said_to_be(facts):
    assert facts["demand"]["umkm_estimated"] > 100_000
    assert facts["evidence"]["umkm"] == 0


def test_without_terrain_the_fallback_model_is_used_and_the_map_says_so(run, facts):
    assert facts["assumptions"]["coverage_model"] == "extended_hata"
    assert not facts["assumptions"]["has_terrain"]
    assert "fallback_model" in (run / "map.html").read_text(encoding="utf-8")


def test_what_nobody_reported_is_unknown_and_earns_surveys(facts):
    assert facts["assumptions"]["confidence_threshold_share"] == THRESHOLD
    assert facts["totals"]["umkm"]["unknown"] > facts["totals"]["umkm"]["unserved"]
    assert facts["surveys"]["n_surveys"] > 0
    assert facts["surveys"]["n_umkm_unknown"] == pytest.approx(facts["totals"]["umkm"]["unknown"], rel=1e-6)


def test_something_is_built_within_the_ceiling_and_proven(facts):
    plan = facts["plan"]
    assert plan["n_sites"] >= 1
    assert 0 < plan["cost_idr"] <= 60e9
    assert plan["n_umkm_new"] > 0
    assert 0 <= plan["certificate"]["gap_share"] < 1


def test_the_layers_hold_the_same_sites_as_the_facts(run, facts):
    with sqlite3.connect(run / "gis" / "plan.gpkg") as file:
        assert file.execute("select count(*) from sites").fetchone()[0] == facts["plan"]["n_sites"]
