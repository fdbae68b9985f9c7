"""A run over years: from scenario keys to facts, outputs and manifest; and rules that cannot be read or met."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.errors import ScenarioError
from planner.layers._gdal import gdal_ready
from planner.pipeline.runner import run
from planner.pipeline.stages._rules import area_codes
from planner.pipeline.table import data_folder, stage_table
from planner.scenario import read_scenario

AREA = "53.20"
BUDGET = {
    "sources": [
        {"name": "Rupiah Murni", "payer": "BAKTI", "ceilings_idr_by_year": {"2026": 8e9, "2027": 8e9}},
        {"name": "USO", "payer": "Komdigi", "ceilings_idr_by_year": {"2027": 6e9, "2028": 6e9}, "carry_over": True},
    ]
}


def changed(**more: Any) -> dict[str, Any]:
    small = {"region.areas": [AREA], "region.pixel_m": 600.0, "outputs.formats": [], "outputs.languages": ["en"]}
    return {**small, "budget": copy.deepcopy(BUDGET), **more}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with the enterprises, towers and facilities of one kabupaten alone."""
    gdal_ready()
    import geopandas as gpd

    made = tmp_path_factory.mktemp("programme")
    shutil.copytree(data_folder(), made / "in")
    admin = gpd.read_parquet(made / "in/admin.parquet")
    west, south, east, north = admin.loc[admin["code"] == AREA].total_bounds
    for name in ("umkm.parquet", "bts.csv", "facilities.csv"):
        path = made / "in" / name
        table = pd.read_csv(path, dtype=str) if path.suffix == ".csv" else pd.read_parquet(path)
        lon, lat = table["lon_deg"].astype(float), table["lat_deg"].astype(float)
        kept = table.loc[lon.between(west, east) & lat.between(south, north)]
        kept.to_csv(path, index=False) if path.suffix == ".csv" else kept.to_parquet(path)
    (made / "in/decisions.csv").write_text(
        (made / "in/decisions.csv").read_text(encoding="utf-8").splitlines()[0] + "\n"
    )
    return made


@pytest.mark.slow
def test_run_over_years_states_money_by_source_and_year_everywhere(folder):
    scenario = read_scenario(
        folder / "in/scenario.toml",
        changes=changed(
            **{
                "equity.floors": [{"area": AREA, "least": 50.0, "price": 2.0}],
                "equity.curve_area": AREA,
                "equity.curve_points": 2,
            }
        ),
    )
    run(stage_table(scenario), scenario, folder / "out", say=lambda _: None)
    plan = json.loads((folder / "out/facts.json").read_text(encoding="utf-8"))["plan"]
    assert plan["n_sites"] > 0
    assert [row["year"] for row in plan["years"]] == [2026, 2027, 2028]
    assert {(row["funding_source"], row["year"]) for row in plan["money"]} == {
        (name, year) for name in ("Rupiah Murni", "USO") for year in (2026, 2027, 2028)
    }
    assert sum(row["spent_idr"] for row in plan["money"]) == pytest.approx(plan["spent_idr"])
    assert sum(group["n_sites"] for group in plan["by_year"].values()) == plan["n_sites"]
    assert set(plan["by_payer"]) <= {"BAKTI", "Komdigi"}
    assert plan["equity"][0]["area"] == AREA
    manifest = json.loads((folder / "out/manifest.json").read_text(encoding="utf-8"))
    assert "price bound over years" in json.dumps(manifest)
    assert len(pd.read_csv(folder / "out/pemerataan.csv")) == len(plan["pemerataan"])
    assert not (folder / "out/frontier.csv").exists()


@pytest.mark.slow
def test_run_for_a_goal_states_its_cost_and_bound(folder):
    changes = changed(goal={"share": 0.9, "per": "kabupaten", "relax": True}, budget={})
    scenario = read_scenario(folder / "in/scenario.toml", changes=changes)
    run(stage_table(scenario), scenario, folder / "goal", say=lambda _: None)
    plan = json.loads((folder / "goal/facts.json").read_text(encoding="utf-8"))["plan"]
    assert plan["certificate"]["sense"] == "min"
    assert plan["certificate"]["bound"] <= plan["certificate"]["value"] == pytest.approx(plan["cost_idr"])
    assert [row["area"] for row in plan["equity"] if row["rule"] == "goal"] == [AREA]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"budget.ceiling_idr": 1e9}, "either 'ceiling_idr' or 'sources'"),
        ({"budget": {}}, "budget needs 'ceiling_idr'"),
        ({"budget": {"sources": [{"name": "RM", "ceilings_idr_by_year": {"2026": 0.0}}]}}, "are not all 0"),
        (
            {"budget": {"sources": [{"name": "RM", "ceilings_idr_by_year": {"2026": -1.0}}]}},
            "greater than or equal to 0",
        ),
        (
            {"budget": {"sources": [{"name": "RM", "ceilings_idr_by_year": {"2026": 1.0}}] * 2}},
            "source RM stands twice",
        ),
        ({"budget": {"ceiling_idr": 1e9, "most_sites_by_year": {"2026": 3}}}, "needs 'sources'"),
        ({"budget.most_sites_by_year": {"2031": 3}}, "2031, a year without a ceiling"),
        ({"equity.floors": [{"area": "53", "least": 0.0}]}, "greater than 0"),
        ({"equity.curve_points": 4}, "needs 'curve_area'"),
        ({"goal": {"share": 0.9}}, "takes neither budget.sources"),
        ({"goal": {"share": 1.9}}, "less than or equal to 1"),
        ({"equity.flors": []}, "did you mean 'floors'"),
    ],
)
def test_rules_of_a_scenario_that_cannot_be_right_are_refused(changes, said):
    with pytest.raises(ScenarioError, match=said):
        read_scenario(data_folder() / "scenario.toml", changes=changed(**changes))


def test_names_that_are_neither_code_nor_kind_are_refused():
    priority = pd.DataFrame({"kind": ["3T", "3T"], "area_code": ["53.02", "53.01"]})
    assert area_codes([("equity.floors", "3T"), ("budget.sources", "53.07")], priority) == {"3T": ("53.01", "53.02")}
    with pytest.raises(ScenarioError, match=r"equity\.floors: '4T'"):
        area_codes([("equity.floors", "4T")], priority)
