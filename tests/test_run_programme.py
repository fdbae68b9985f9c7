"""A run over years: from scenario keys to facts, outputs and manifest; and rules that cannot be read or met."""

from __future__ import annotations

import base64
import copy
import gzip
import json
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from test_run import pdf_text, sheet_named, shown

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
    small = {
        "region.areas": [AREA], "region.pixel_m": 600.0, "outputs.formats": [], "outputs.languages": ["en"],
        "objective": "umkm", "options.eligibility": [],
    }  # fmt: skip
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


@pytest.fixture(scope="module")
def years(folder: Path) -> Path:
    """Run folder of a plan over three years, with all outputs in both languages."""
    scenario = read_scenario(
        folder / "in/scenario.toml",
        changes=changed(
            **{
                "outputs.formats": ["gpkg", "geoparquet"],
                "outputs.languages": ["id", "en"],
                "equity.floors": [{"area": AREA, "least": 50.0, "price": 2.0}],
                "equity.curve_area": AREA,
                "equity.curve_points": 2,
                "budget.frontier_points": 6,
            }
        ),
    )
    run(stage_table(scenario), scenario, folder / "out", say=lambda _: None)
    return folder / "out"


@pytest.mark.slow
def test_run_over_years_states_money_by_source_and_year_everywhere(years):
    plan = json.loads((years / "facts.json").read_text(encoding="utf-8"))["plan"]
    assert plan["n_sites"] > 0
    assert [row["year"] for row in plan["years"]] == [2026, 2027, 2028]
    assert {(row["funding_source"], row["year"]) for row in plan["money"]} == {
        (name, year) for name in ("Rupiah Murni", "USO") for year in (2026, 2027, 2028)
    }
    assert sum(row["spent_idr"] for row in plan["money"]) == pytest.approx(plan["spent_idr"])
    assert sum(group["n_sites"] for group in plan["by_year"].values()) == plan["n_sites"]
    assert set(plan["by_payer"]) <= {"BAKTI", "Komdigi"}
    assert plan["equity"][0]["area"] == AREA
    manifest = json.loads((years / "manifest.json").read_text(encoding="utf-8"))
    assert "price bound over years" in json.dumps(manifest)
    assert len(pd.read_csv(years / "pemerataan.csv")) == len(plan["pemerataan"])


@pytest.mark.slow
def test_facts_page_layers_and_manifest_of_a_programme_say_one_truth(years):
    """Opened with other libraries, compared to the last unit; years, operators and sums of areas and sites among them."""
    facts = json.loads((years / "facts.json").read_text(encoding="utf-8"))
    plan, (now, then) = facts["plan"], shown(facts)
    names = {"umkm": "n_umkm_new", "people": "people_new", "facilities": "n_facilities_new", "desa": "n_desa_new"}
    for unit, name in names.items():
        assert plan["totals_after"][unit]["served"] - facts["totals"][unit]["served"] == plan[name]
        assert then[unit]["served"] - now[unit]["served"] == round(plan[name])
        assert sum(now[unit].values()) == sum(then[unit].values()) == round(facts["whole"][unit])
    last = plan["years"][-1]
    for name, total in (
        ("n_umkm_on", "n_umkm_new"),
        ("people_on", "people_new"),
        ("facilities_on", "n_facilities_new"),
    ):
        assert last[name] == pytest.approx(plan[total], abs=1e-2)
    page = re.search(r'id="merata-data">(.*?)</script>', (years / "map.html").read_text(encoding="utf-8"), re.DOTALL)
    data = json.loads(page[1])
    assert (data["totals"], data["plan"]["totals_after"]) == (now, then)
    assert data["plan"]["years"] == plan["years"]
    assert data["plan"]["money"] == plan["money"]
    for name, units in facts["operators"].items():
        assert {unit: data["operators"][unit][name] for unit in units} == units
    base = sqlite3.connect(years / "gis/plan.gpkg")
    for unit in ("umkm", "people", "facilities"):
        total = base.execute(f"SELECT sum({unit}_new) FROM areas_kabupaten").fetchone()[0]  # noqa: S608  our names
        assert total == pytest.approx(plan[names[unit]], rel=1e-13, abs=1e-9)
    by_year = dict(base.execute("SELECT year, count(*) FROM sites GROUP BY year").fetchall())
    assert {str(year): n for year, n in by_year.items()} == {
        year: row["n_sites"] for year, row in plan["by_year"].items()
    }
    for name in ("n_umkm_new", "people_new"):
        assert base.execute(f"SELECT sum({name}) FROM sites").fetchone()[0] == pytest.approx(plan[name], abs=1e-2)  # noqa: S608
    base.close()
    manifest = json.loads((years / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["notes"]["plan"]["certificate"] == plan["certificate"]


@pytest.mark.slow
@pytest.mark.parametrize(("language", "point"), [("id", "."), ("en", ",")])
def test_report_and_workbook_of_a_programme_say_the_same(years, language, point):
    import openpyxl

    facts = json.loads((years / "facts.json").read_text(encoding="utf-8"))
    plan, tables = facts["plan"], shown(facts)
    names = {"id": ("laporan_id.pdf", "laporan_id.xlsx"), "en": ("report_en.pdf", "report_en.xlsx")}[language]
    counts = [value for table in tables for levels in table.values() for value in levels.values()]
    counts += [row[key] for row in plan["years"] for key in ("n_sites_on", "n_umkm_on", "people_on")]
    counts += [row[key] for row in plan["money"] for key in ("ceiling_idr", "capex_idr", "opex_idr", "left_idr")]
    counts += [facts["operators"][name]["umkm"] for name in ("one_or_more", "two_or_more")]
    counts += [plan[key] for key in ("n_sites", "n_umkm_new", "people_new")]
    text = pdf_text(years / "report" / names[0])
    for value in counts:
        if abs(value % 1 - 0.5) > 1e-6:  # a half may be rounded to either side
            assert re.search(rf"(?<![\d.,]){re.escape(f'{round(value):,}'.replace(',', point))}(?![\d])", text), value
    book = openpyxl.load_workbook(years / "report" / names[1], read_only=True)
    held = [
        cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if isinstance(cell, (int, float))
    ]
    wanted = [value for table in tables for levels in table.values() for value in levels.values()]
    wanted += [plan[key] for key in ("n_umkm_new", "people_new", "spent_idr", "cost_idr")]
    wanted += [plan["certificate"][key] for key in ("value", "bound", "gap_share")]
    wanted += [row[key] for row in plan["by_year"].values() for key in ("n_sites", "capex_idr", "n_umkm_new")]
    for value in wanted:
        assert any(value == pytest.approx(other, rel=1e-13, abs=1e-9) for other in held), value


@pytest.mark.slow
def test_the_frontier_of_a_programme_is_one_truth(years):
    """What the sliders show at each point and year is what stands in the tables, to the last unit."""
    page = (years / "map.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="merata-data">(.*?)</script>', page, re.DOTALL)[1])["frontier"]
    block = gzip.decompress(base64.b64decode(re.search(r'id="merata-pack">"(.*?)"<', page)[1]))

    def packed(table: str, name: str) -> list[float]:
        held = data[table]["c"][name]
        return np.frombuffer(block, "<f8", held["n"], held["o"]).tolist()

    folder = next((years / ".merata/stages/frontier").iterdir())
    points, by_year = (pd.read_parquet(folder / name) for name in ("points.parquet", "years.parquet"))
    for table, name in ((points, "frontier.csv"), (by_year, "frontier_years.csv")):
        sheet = pd.read_csv(years / name, sep=";", encoding="utf-8-sig")
        assert sheet.astype(float).to_numpy() == pytest.approx(table.astype(float).to_numpy(), rel=1e-13, abs=1e-9)
    assert len(points) + data["left_out"] == 6
    for name in ("ceiling_idr", "spent_idr", "n_sites", "umkm", "value", "bound", "gap_share", "scale", "floors_short"):
        assert packed("points", name) == points[name].astype(float).tolist(), name
    for name in ("point", "year", "n_sites_on", "n_umkm_on"):
        assert packed("years", name) == by_year[name].astype(float).tolist(), name
    plan = json.loads((years / "facts.json").read_text(encoding="utf-8"))["plan"]
    own = points.iloc[data["own"]]
    assert own["scale"] == 1.0
    assert own["ceiling_idr"] == sum(sum(source["ceilings_idr_by_year"].values()) for source in BUDGET["sources"])
    assert (own["umkm"], own["spent_in_years_idr"]) == pytest.approx((plan["n_umkm_new"], plan["spent_idr"]), rel=1e-12)
    assert (own["value"], own["bound"]) == (plan["certificate"]["value"], plan["certificate"]["bound"])
    last = by_year.groupby("point").last()
    assert last["n_umkm_on"].tolist() == pytest.approx(points["umkm"].tolist(), abs=1e-2)
    assert last["n_sites_on"].tolist() == points["n_sites"].tolist()
    shown = sheet_named(years / "report/report_en.xlsx", "Other ceilings")
    assert shown.to_numpy().tolist() == points.astype(float).to_numpy().tolist()


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
        ({"equity.floors": [{"area": "53.20", "least": 1.0}] * 2}, "'floors' names 53.20 twice"),
        ({"equity.money_shares": [{"area": "53.20", "least_share": 0.1}] * 2}, "'money_shares' names 53.20 twice"),
        (
            {"budget": {"sources": [{"name": "RM", "ceilings_idr_by_year": {"2000": 1e9, "2050": 1e9}}]}},
            "over the years 2000, 2050: a plan has at most 50",
        ),
        ({"budget": {"sources": [{"name": "RM", "ceilings_idr_by_year": {"26": 1e9}}]}}, "or equal to 1990"),
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
