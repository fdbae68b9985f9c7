"""A whole run of a small region: map, tables, layers and manifest say the same, to the last unit."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.layers._gdal import gdal_ready
from planner.pipeline.runner import run
from planner.pipeline.table import data_folder, stage_table
from planner.scenario import read_scenario
from planner.schema_columns import LEVELS

pytestmark = pytest.mark.slow
AREA = "53.20"
CHANGES = {
    "region.areas": [AREA],
    "region.pixel_m": 600.0,
    "budget.ceiling_idr": 40e9,
    "objective": "umkm",
    "options.eligibility": [],
}
UNITS = ("umkm", "people", "facilities")
COLUMNS = {"umkm": "n_umkm", "people": "people", "facilities": "n_facilities"}
EXACT = {"rel": 1e-13, "abs": 1e-9}  # sums in another order; a workbook keeps 16 digits


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run folder of one kabupaten of the sample, with the enterprises around it."""
    gdal_ready()
    import geopandas as gpd

    folder = tmp_path_factory.mktemp("run")
    shutil.copytree(data_folder(), folder / "in")
    admin = gpd.read_parquet(folder / "in/admin.parquet")
    west, south, east, north = admin.loc[admin["code"] == AREA].total_bounds
    for name in ("umkm.parquet", "bts.csv", "facilities.csv"):
        path = folder / "in" / name
        is_csv = path.suffix == ".csv"
        table = pd.read_csv(path, dtype=str) if is_csv else pd.read_parquet(path)
        lon, lat = table["lon_deg"].astype(float), table["lat_deg"].astype(float)
        kept = table.loc[lon.between(west, east) & lat.between(south, north)]
        kept.to_csv(path, index=False) if is_csv else kept.to_parquet(path)
    scenario = read_scenario(folder / "in/scenario.toml", changes=CHANGES)
    run(stage_table(scenario), scenario, folder / "out", say=lambda _: None)
    return folder / "out"


@pytest.fixture(scope="module")
def facts(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "facts.json").read_text(encoding="utf-8"))
    assert found["plan"]["n_sites"] > 0
    return found


def test_the_manifest_names_every_output_with_its_digest(out, facts):
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    found = {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in out.rglob("*")
        if path.is_file() and path.relative_to(out).parts[0] not in (".merata", "manifest.json")
    }
    assert found == manifest["outputs"]
    assert manifest["notes"]["plan"]["certificate"] == facts["plan"]["certificate"]


@pytest.mark.parametrize("layer", ["areas_provinsi", "areas_kabupaten", "areas_kecamatan", "areas_desa"])
def test_the_areas_of_every_level_sum_to_the_totals(out, facts, layer):
    base = sqlite3.connect(out / "gis/plan.gpkg")
    for unit in UNITS:
        for level in LEVELS:
            total = base.execute(f'SELECT sum({unit}_{level}) FROM "{layer}"').fetchone()[0]  # noqa: S608  our names
            assert total == pytest.approx(facts["totals"][unit][level], **EXACT)
    base.close()


def shown(facts: dict[str, Any]) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """Totals now and after the plan as outputs show them, reckoned here anew."""
    new = {"umkm": "n_umkm_new", "people": "people_new", "desa": "n_desa_new", "facilities": "n_facilities_new"}
    now: dict[str, dict[str, int]] = {}
    then: dict[str, dict[str, int]] = {}
    for unit, name in new.items():
        for found, counts in ((now, facts["totals"][unit]), (then, facts["plan"]["totals_after"][unit])):
            found[unit] = {level: round(counts[level]) for level in LEVELS}
        then[unit]["served"] = now[unit]["served"] + round(facts["plan"][name])
        whole = round(facts["whole"][unit])
        for found in (now, then):
            found[unit]["limited"] = 0
            found[unit]["limited"] = whole - sum(found[unit].values())
        for level in LEVELS:  # never further from the total than rounding explains
            assert abs(now[unit][level] - facts["totals"][unit][level]) <= 2.0
            assert abs(then[unit][level] - facts["plan"]["totals_after"][unit][level]) <= 2.0
    return now, then


def test_newly_served_is_the_difference_in_the_facts_and_the_layers(out, facts):
    """Served after the plan less served today, reckoned from cells and shares alone."""
    cells = pd.read_parquet(out / "gis/cells.parquet")
    for unit, name in (("umkm", "n_umkm_new"), ("people", "people_new"), ("facilities", "n_facilities_new")):
        gain = facts["plan"]["totals_after"][unit]["served"] - facts["totals"][unit]["served"]
        assert gain == facts["plan"][name]
        today = float((cells[COLUMNS[unit]] * cells["served_share"]).sum())
        assert facts["totals"][unit]["served"] == pytest.approx(today, abs=1e-2)
    plan = next((out / ".merata/stages/plan").iterdir())
    served = pd.read_parquet(plan / "served.parquet").merge(cells[["cell_id", "n_umkm", "level"]], on="cell_id")
    new = served["share"] * served["n_umkm"]
    assert facts["plan"]["n_umkm_new"] == pytest.approx(new.sum(), abs=1e-2)
    assert facts["plan"]["certificate"]["value"] == pytest.approx(new.sum(), abs=1e-2)


def test_cells_and_sites_of_the_layers_sum_to_the_totals(out, facts):
    base = sqlite3.connect(out / "gis/plan.gpkg")
    cells = pd.read_parquet(out / "gis/cells.parquet")
    for unit, column in COLUMNS.items():
        served = cells[column] * cells["served_share"]
        rest = (cells[column] - served).groupby(cells["level"].replace("served", "limited")).sum()
        for level in LEVELS:
            total = served.sum() if level == "served" else rest.get(level, 0.0)
            assert total == pytest.approx(facts["totals"][unit][level], rel=1e-13, abs=1e-2)  # steps of 2⁻²⁰ a cell
    for column in ("cost_idr", "capex_idr", "opex_idr_per_year", "n_umkm_new", "people_new"):
        total = base.execute(f"SELECT sum({column}) FROM sites").fetchone()[0]  # noqa: S608  our names
        assert total == pytest.approx(facts["plan"][column], rel=1e-13, abs=1e-2)  # totals in steps of 2⁻²⁰ a cell
    assert base.execute("SELECT count(*) FROM sites").fetchone()[0] == facts["plan"]["n_sites"]
    assert base.execute("SELECT count(*) FROM links").fetchone()[0] == facts["plan"]["n_links"]
    assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    base.close()


@pytest.mark.parametrize("layer", ["sites", "links", "hexagons", "areas_desa", "areas_kabupaten", "bts", "candidates"])
def test_geoparquet_and_geopackage_hold_the_same_rows(out, layer):
    base = sqlite3.connect(out / "gis/plan.gpkg")
    names = [row[1] for row in base.execute(f"PRAGMA table_info({layer})")][2:]
    packed = pd.read_sql(f"SELECT * FROM {layer} ORDER BY fid", base)[names]  # noqa: S608  our names
    base.close()
    plain = pd.read_parquet(out / f"gis/{layer}.parquet")[names]
    assert len(packed) == len(plain)
    for name in names:
        if pd.api.types.is_numeric_dtype(plain[name]) and plain[name].dtype != bool:
            both = packed[name].astype(float).to_numpy(), plain[name].astype("Float64").astype(float).to_numpy()
            assert both[0].tolist() == pytest.approx(both[1].tolist(), rel=0.0, abs=0.0, nan_ok=True), name


@pytest.mark.parametrize("name", ["laporan_id.xlsx", "report_en.xlsx"])
def test_the_workbooks_say_the_totals(out, facts, name):
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(out / "report" / name)
    rows = book.get_sheet_by_index(0).to_python()
    said = [value for row in rows for value in row if isinstance(value, (int, float))]
    wanted = [value for table in shown(facts) for counts in table.values() for value in counts.values()]
    wanted += [
        facts["plan"][key] for key in ("n_sites", "n_links", "cost_idr", "capex_idr", "n_umkm_new", "people_new")
    ]
    wanted += [facts["plan"]["certificate"][key] for key in ("value", "bound", "gap_share")]
    for value in wanted:
        assert any(value == pytest.approx(other, **EXACT) for other in said), value
    lengths = [len(book.get_sheet_by_index(i).to_python()) for i in (1, 2, 3, 4)]
    areas = pd.Series([row["area_level"] for row in facts["areas"]]).value_counts()
    heads = {
        length - areas[level]
        for length, level in zip(lengths, ("provinsi", "kabupaten", "kecamatan", "desa"), strict=True)
    }
    assert len(heads) == 1  # every sheet has the same head, and a row an area


def test_the_page_says_the_totals(out, facts):
    page = (out / "map.html").read_text(encoding="utf-8")
    found = re.search(r'id="merata-data">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert (data["totals"], data["plan"]["totals_after"]) == shown(facts)
    for key in ("n_sites", "cost_idr", "capex_idr"):
        assert data["plan"][key] == facts["plan"][key]
    for key in ("n_umkm_new", "people_new", "n_facilities_new", "n_desa_new"):
        assert data["plan"][key] == round(facts["plan"][key])
    for key in ("value", "bound", "gap_share"):
        assert data["plan"][key] == facts["plan"]["certificate"][key]


def sheet_named(path: Path, name: str) -> pd.DataFrame:
    """Numbers of the one table of a sheet."""
    import openpyxl

    work = openpyxl.load_workbook(path)[name]
    (table,) = work.tables.values()
    rows = [[cell.value for cell in row] for row in work[table.ref]]
    return pd.DataFrame(rows[1:], columns=rows[0]).astype(float)


def test_the_frontier_passes_through_the_plan(out, facts):
    folder = next((out / ".merata/stages/frontier").iterdir())
    points = pd.read_parquet(folder / "points.parquet")
    assert len(points) == len(pd.read_csv(out / "frontier.csv", sep=";", encoding="utf-8-sig")) == 20
    own = points.loc[points["ceiling_idr"] == CHANGES["budget.ceiling_idr"]].iloc[0]
    plan = facts["plan"]
    stated = {"spent_idr": "cost_idr", "n_sites": "n_sites", "umkm": "n_umkm_new", "people": "people_new",
              "facilities": "n_facilities_new", "desa": "n_desa_new"}  # fmt: skip
    for column, total in stated.items():
        assert own[column] == (pytest.approx(plan[total], **EXACT) if column == "spent_idr" else plan[total]), column
    for name in ("laporan_id.xlsx", "report_en.xlsx"):
        shown = sheet_named(out / "report" / name, "Pagu lain" if "id" in name else "Other ceilings")
        assert shown.to_numpy().tolist() == points.astype(float).to_numpy().tolist()  # in the order of its columns
    sites = pd.read_parquet(folder / "sites.parquet")
    assert sites.groupby("point").size().reindex(points["point"], fill_value=0).tolist() == points["n_sites"].tolist()
    assert sites.groupby("point")["n_umkm_new"].sum().max() == pytest.approx(points["umkm"].max(), rel=1e-9)


def test_the_raster_knows_only_stations_of_the_layer(out):
    from planner.layers._gdal import rasterio_module

    with rasterio_module().open(out / "gis/coverage.tif") as file:
        numbers = pd.Series(file.read(2).ravel()).dropna().unique()
    known = set(pd.read_parquet(out / "gis/bts.parquet")["bts_number"])
    assert len(numbers)
    assert set(numbers.astype(int)) <= known


def test_the_raster_of_service_holds_every_cell(out):
    from planner.layers._gdal import rasterio_module

    cells = pd.read_parquet(out / "gis/cells.parquet")
    with rasterio_module().open(out / "gis/service.tif") as file:
        values = file.read(1)
        at = [file.index(*place) for place in cells[["lon_deg", "lat_deg"]].to_numpy()]
    assert [LEVELS[values[place]] for place in at] == cells["level"].tolist()
    assert (values != 255).sum() == len(cells)


def test_the_page_of_layers_is_what_a_run_writes(out, tmp_path):
    root = Path(__file__).resolve().parents[1]
    command = [sys.executable, str(root / "scripts/make_dictionary.py"), str(out), "--out", str(tmp_path / "layers.md")]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    made = (tmp_path / "layers.md").read_text(encoding="utf-8")
    assert made == (root / "docs/layers.md").read_text(encoding="utf-8"), "run scripts/make_dictionary.py on a run"


def pdf_text(path: Path) -> str:
    """Text of a report by poppler, in one line."""
    if shutil.which("pdftotext") is None:
        if os.environ.get("CI"):
            pytest.fail("install poppler-utils")
        pytest.skip("needs pdftotext (poppler-utils)")
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True, timeout=60)
    return re.sub(r"[\s\xa0\u200b]+", " ", done.stdout)


@pytest.mark.parametrize(("name", "point"), [("laporan_id.pdf", "."), ("report_en.pdf", ",")])
def test_the_reports_say_the_totals_to_the_last_rupiah_and_the_run(out, facts, name, point):
    """Numbers are written here by Python itself, not by the code of the report."""
    text = pdf_text(out / "report" / name)

    def said(value: float) -> str:
        return f"{round(value):,}".replace(",", point)

    wanted = [value for table in shown(facts) for counts in table.values() for value in counts.values()]
    wanted += [facts["plan"][key] for key in ("n_sites", "n_umkm_new", "people_new")]
    wanted += [facts["programmes"][key]["umkm"] for key in ("build", "upgrade", "accompany", "stimulus")]
    wanted += [facts["plan"]["certificate"][key] for key in ("value", "bound")]
    for value in wanted:
        if abs(value % 1 - 0.5) > 1e-6:  # a half may be rounded to either side
            assert f" {said(value)} " in text, value
    for key in ("capex_idr", "opex_idr_per_year", "cost_idr"):
        assert f"Rp {said(facts['plan'][key])}" in text
    gap = f"{facts['plan']['certificate']['gap_share']:.1%}"
    assert (gap.replace(".", ",") if point == "." else gap) in text
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["stages"]["facts"][:12] in text


def test_the_reports_list_every_area_and_every_site(out, facts):
    text = pdf_text(out / "report/laporan_id.pdf")
    sites = pd.read_parquet(out / "gis/sites.parquet")
    for row in sites.to_dict("records"):
        assert f"{row['lon_deg']:.5f}".replace(".", ",") in text
        assert f"{row['lat_deg']:.5f}".replace(".", ",") in text
    for area in facts["areas"]:
        if area["area_level"] == "kecamatan":
            assert f"{round(area['umkm']['total']):,}".replace(",", ".") in text


def test_outputs_made_again_are_the_same_and_nothing_else_is_computed(out):
    """``merata map|report|export RUN``."""
    before = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    scenario = read_scenario(out.parent / "in/scenario.toml", changes=CHANGES)
    again = ("map", "workbook", "report", "gis")
    result = run(stage_table(scenario), scenario, out, again=again, say=lambda _: None)
    assert {item["stage"] for item in result.stages if not item["kept"]} == set(again)
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["outputs"] == before


def test_one_more_format_afterwards_says_the_same_and_leaves_the_rest(out, facts):
    """``merata export RUN --format …`` adds files, and neither computes nor changes any other."""
    import xml.etree.ElementTree as ET
    import zipfile

    from planner.layers._gdal import pyogrio_module

    before = {
        p: p.read_bytes() for p in out.rglob("*") if p.is_file() and ".merata" not in p.parts and p.suffix != ".json"
    }
    scenario = read_scenario(out.parent / "in/scenario.toml", changes=CHANGES)
    more = ("kmz", "flatgeobuf", "shapefile", "csv_excel")
    result = run(stage_table(scenario, more_formats=more), scenario, out, say=lambda _: None)
    assert {item["stage"] for item in result.stages if not item["kept"]} == {f"gis:{name}" for name in more}
    assert {path: path.read_bytes() for path in before} == before
    cost, n_sites = facts["plan"]["cost_idr"], facts["plan"]["n_sites"]
    read = pyogrio_module().read_dataframe
    for path in (out / "gis/flatgeobuf/sites.fgb", out / "gis/shapefile/sites.shp"):
        sites = read(path)
        assert (len(sites), sites["cost_idr"].sum()) == (n_sites, pytest.approx(cost, **EXACT))
    table = pd.read_csv(out / "gis/csv/sites.csv", sep=";", decimal=",", encoding="utf-8-sig")
    assert (len(table), table["cost_idr"].sum()) == (n_sites, pytest.approx(cost, **EXACT))
    with zipfile.ZipFile(out / "gis/plan.kmz") as archive:
        root = ET.fromstring(archive.read("doc.kml"))  # noqa: S314  our own file
    kml = "{http://www.opengis.net/kml/2.3}"
    folder = next(item for item in root.iter(f"{kml}Folder") if item.find(f"{kml}Placemark/{kml}Point") is not None)
    costs = [float(d.findtext(f"{kml}value")) for d in folder.iter(f"{kml}Data") if d.get("name") == "cost_idr"]
    assert (len(costs), sum(costs)) == (n_sites, pytest.approx(cost, **EXACT))


@pytest.mark.parametrize("language", ["id", "en"])
def test_any_place_says_why_it_has_its_level(out, language, capsys):
    from planner.cli.console import Console
    from planner.cli.why import explain
    from planner.errors import UsageError
    from planner.pipeline.store import Store

    changes = [f"{key}={json.dumps(value)}" for key, value in CHANGES.items()]
    call = {"scenario": str(out.parent / "in/scenario.toml"), "changes": changes}
    (out / ".merata/call.json").write_text(json.dumps(call), encoding="utf-8")
    keys = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["stages"]
    folder = {name: Store(out).folder(name, key) for name, key in keys.items()}
    service = pd.read_parquet(folder["service"] / "service.parquet")
    cells = pd.read_parquet(folder["cells"] / "cells.parquet")
    for level in sorted(set(service["level"])):
        at = int((service["level"] == level).to_numpy().nonzero()[0][0])
        place = float(cells["lon_deg"].iloc[at]), float(cells["lat_deg"].iloc[at])
        assert explain(out, place, Console(language, as_json=True)) == 0
        said = json.loads(capsys.readouterr().out)
        row = service.iloc[at]
        assert (said["cell"]["level"], said["cell"]["cause"]) == (row["level"], row["cause"])
        wide = [item for item in said["heard"] if item["kind"] == "broadband"]
        assert [item["bts_id"] for item in wide[:1]] == [row["server_bts_id"]] * len(wide[:1])
        assert sum(item["margin_db"] >= 0.0 for item in wide) == row["n_operators"]
        if said["steps"]:
            value = {step["key"]: step["value"] for step in said["steps"]}
            changed = sum(step["value"] for step in said["steps"] if step["kind"] == "change")
            assert value["zero_loss"] + changed == pytest.approx(value["received"])
            assert value["received"] == pytest.approx(row["rsrp_dbm"], abs=3.0)  # the raster is the area engine's
            assert value["margin"] == pytest.approx(value["received"] - value["threshold"])
            assert wide[0]["sinr_db"] == pytest.approx(row["sinr_db"], abs=0.05)
        assert explain(out, place, Console(language)) == 0
        text = capsys.readouterr().out
        assert row["server_bts_id"] in text
        assert "{" not in text
    with pytest.raises(UsageError, match="lies outside the run"):
        explain(out, (100.0, 0.0), Console(language))
    with pytest.raises(UsageError, match="not the folder of a finished run"):
        explain(out / "gis", (120.0, -9.0), Console(language))


class _Page:
    """What the map's page holds, unpacked as its script does, written a second time."""

    def __init__(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        island = re.search(r'id="merata-data">(.*?)</script>', text, re.DOTALL)
        block = re.search(r'id="merata-pack">"(.*?)"<', text)
        assert island is not None
        assert block is not None
        self.held: dict[str, Any] = json.loads(island[1])
        self.block = gzip.decompress(base64.b64decode(block[1]))

    def array(self, reference: dict[str, Any]) -> np.ndarray:
        start, n = reference["o"], reference["n"]
        if reference["t"] != "d":
            return np.frombuffer(self.block, dtype=f"<{reference['t']}", count=n, offset=start)
        planes = np.frombuffer(self.block, np.uint8, count=4 * n, offset=start).reshape(4, n).astype(np.int64)
        zigzag = sum(planes[k] << (8 * k) for k in range(4))
        return np.cumsum((zigzag >> 1) ^ -(zigzag & 1))

    def texts(self, column: dict[str, Any]) -> list[str]:
        if "k" in column:
            known = column["k"]
        else:
            reference = column["t"]
            known = json.loads(self.block[reference["o"] : reference["o"] + reference["n"]])
        return [known[i] for i in self.array(column["i"])]

    def raster(self, name: str, plane: str = "v") -> np.ndarray:
        packed = self.held["rasters"][name]
        steps = self.array(packed[plane]).reshape(packed["rows"], packed["cols"])
        return np.cumsum(steps, axis=1, dtype=np.uint8).astype(np.int64)

    def numbers(self, table: str, column: str) -> np.ndarray:
        return self.array(self.held[table]["c"][column])


def _pixels(page: _Page, folder: dict[str, Path]) -> list[tuple[int, int]]:
    """Pixels drawn by lot: 40 where people live, 20 that somebody serves, 10 that nobody does."""
    rng = np.random.default_rng(20)
    served = page.raster("coverage_rsrp_dbm") > 0
    cell = pd.read_parquet(folder["service"] / "service.parquet")["cell_id"].to_numpy()
    at = [divmod(int(i), served.shape[1]) for i in rng.choice(cell, 40, replace=False)]
    for where, n in ((served, 20), (~served, 10)):
        at += [divmod(int(i), served.shape[1]) for i in rng.choice(np.flatnonzero(where), n, replace=False)]
    return at


def test_page_service_table_and_why_say_the_same_of_any_pixel(out, capsys):
    """Server, level, margin, interference, probability, load and verdict of 70 pixels drawn by lot."""
    from planner.cli.console import Console
    from planner.cli.why import explain
    from planner.pipeline.store import Store

    changes = [f"{key}={json.dumps(value)}" for key, value in CHANGES.items()]
    call = {"scenario": str(out.parent / "in/scenario.toml"), "changes": changes}
    (out / ".merata/call.json").write_text(json.dumps(call), encoding="utf-8")
    keys = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["stages"]
    folder = {name: Store(out).folder(name, key) for name, key in keys.items()}
    page = _Page(out / "map.html")
    frame = page.held["rasters"]["coverage_rsrp_dbm"]
    ids = page.texts(page.held["servers"]["c"]["bts_id"])
    server = page.raster("server") + 256 * page.raster("server", "high")
    level, sinr = page.raster("coverage_rsrp_dbm"), page.raster("coverage_sinr_db")
    likely = page.raster("coverage_probability_share")
    column = {name: page.numbers("servers", name) for name in ("needed_dbm", "zero_loss_dbm", "load_share")}
    service = pd.read_parquet(folder["service"] / "service.parquet").set_index("cell_id")
    page_cells = {int(cell): i for i, cell in enumerate(page.array(page.held["cells"]["cell"]))}
    page_server = page.texts(page.held["cells"]["server"])
    page_level = page.array(page.held["cells"]["level"])
    judged = 0
    for row, col in _pixels(page, folder):
        place = frame["west"] + (col + 0.5) * frame["pixel"], frame["north"] - (row + 0.5) * frame["pixel"]
        assert explain(out, place, Console("en", as_json=True)) == 0
        said = json.loads(capsys.readouterr().out)
        assert (said["row"], said["col"]) == (row, col)
        wide = [item for item in said["heard"] if item["kind"] == "broadband"]
        k = int(server[row, col]) - 1
        assert (k >= 0) == bool(wide) == bool(level[row, col])
        if wide:
            best = wide[0]
            assert ids[k] == best["bts_id"]
            assert level[row, col] - 200 == pytest.approx(best["rsrp_dbm"], abs=0.51)
            assert column["needed_dbm"][k] == pytest.approx(best["limit_dbm"])
            assert level[row, col] - 200 - column["needed_dbm"][k] == pytest.approx(best["margin_db"], abs=0.51)
            assert -12.0 + 4.0 * (sinr[row, col] - 1) <= max(best["sinr_db"], -12.0) + 1e-3
            assert max(best["sinr_db"], -12.0) < -12.0 + 4.0 * sinr[row, col] + 1e-3 or sinr[row, col] == 11
            assert 0.05 * (likely[row, col] - 1) <= best["probability_share"] + 1e-3
            assert best["probability_share"] < 0.05 * likely[row, col] + 1e-3
            assert column["load_share"][k] == pytest.approx(best["load_share"], nan_ok=True)
            if said["steps"]:
                assert said["steps"][0]["key"] == "zero_loss"
                assert said["steps"][0]["value"] == pytest.approx(column["zero_loss_dbm"][k])
        number = row * frame["cols"] + col
        assert (number in service.index) == (number in page_cells) == (said["cell"] is not None)
        if said["cell"] is not None:
            judged += 1
            told, i = service.loc[number], page_cells[number]
            assert said["cell"]["served_share"] == told["served_share"]
            assert (said["cell"]["level"], LEVELS[page_level[i]]) == (told["level"], told["level"])
            assert (page_server[i], said["cell"]["server_bts_id"]) == (told["server_bts_id"], told["server_bts_id"])
            assert told["n_operators"] == sum(item["margin_db"] >= 0.0 for item in wide)
            assert told["server_bts_id"] == (wide[0]["bts_id"] if wide else "")
    assert judged >= 40
