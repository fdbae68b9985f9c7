"""The atlas: every kabupaten on one page, nothing lost, nothing twice, links that stay within the folder."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from maps_world import HOSTILE, admin, frontier, make_inputs, served_by, umkm_points

from planner.errors import OutputError
from planner.grid import Grid
from planner.maps.atlas import needs_atlas, write_atlas
from planner.maps.atlas_parts import Parts
from planner.maps.coarse import coarser_cells
from planner.maps.inputs import MapInputs


def data_of(path: Path) -> dict[str, Any]:
    found = re.search(r'id="merata-data">(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


def placed_points(n: int) -> Any:
    points = umkm_points(n)
    west = points["lon_deg"] < 120.5
    return points.assign(area_code=np.where(west, "99.01.01.2001", "99.02.02.2001"))


@pytest.fixture
def atlas(tmp_path: Path) -> tuple[Path, ...]:
    inputs = make_inputs(umkm_points=placed_points(600), **frontier())
    assert inputs.grid is not None
    inputs = dataclasses.replace(inputs, **served_by(inputs.grid))
    inputs = dataclasses.replace(inputs, facts={**inputs.facts, "plan": with_kabupaten(inputs)})
    return write_atlas(tmp_path, inputs)


def with_kabupaten(inputs: MapInputs) -> dict[str, Any]:
    figures = {"n_sites": 1, "cost_idr": 2.1e9, "n_umkm_new": 8.0, "people_new": 80.0}
    return {**inputs.facts["plan"], "by_kabupaten": {"99.01": dict(figures), "99.02": dict(figures)}}


def test_there_is_a_page_of_counts_a_list_and_a_page_a_kabupaten(atlas: tuple[Path, ...], tmp_path: Path) -> None:
    names = [str(path.relative_to(tmp_path)) for path in atlas]
    assert names == ["map.html", "atlas/index.html", "atlas/99.01.html", "atlas/99.02.html", "atlas/99.03.html"]
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == sorted(path.name for path in atlas)


def test_every_cell_and_point_is_on_one_page_and_the_whole_has_no_points(atlas: tuple[Path, ...]) -> None:
    whole, _, *pages = [data_of(path) if path.name != "index.html" else {} for path in atlas]
    assert "umkm" not in whole
    assert whole["cells"]["n"] == sum(page["cells"]["n"] for page in pages if "cells" in page)
    assert [page.get("umkm", {}).get("n", 0) for page in pages] == [
        int((placed_points(600)["area_code"] < "99.02").sum()),
        int((placed_points(600)["area_code"] > "99.02").sum()),
        0,
    ]
    assert whole["layers"]["sites"]["n"] == sum(page["layers"].get("sites", {}).get("n", 0) for page in pages)
    assert whole["frontier"] is not None
    assert all(page["frontier"] is None for page in pages)


def test_totals_of_a_page_are_those_of_the_facts_for_its_kabupaten(atlas: tuple[Path, ...]) -> None:
    page = data_of(atlas[3])
    assert page["totals"]["umkm"] == {"served": 20, "limited": 20, "unserved": 60, "unknown": 0}
    assert page["plan"]["cost_idr"] == 2.1e9
    assert page["areas"]["kabupaten"]["n"] == 1
    assert page["areas"]["kecamatan"]["n"] == 2
    assert page["meta"]["title"]["en"] == "Kabupaten Timur · Example Islands"


def test_links_are_relative_and_lead_somewhere(atlas: tuple[Path, ...], tmp_path: Path) -> None:
    whole, index, *pages = atlas
    links = data_of(whole)["atlas"]
    assert (tmp_path / links["index"]).is_file()
    assert all((tmp_path / "atlas" / file).is_file() for file in links["pages"].values())
    for page in pages:
        back = data_of(page)["atlas"]
        assert (page.parent / back["index"]).resolve() == index.resolve()
        assert (page.parent / back["whole"]).resolve() == whole.resolve()
    for href in re.findall(r'href="([^"]*)"', index.read_text(encoding="utf-8")):
        assert (index.parent / href).resolve().is_file(), href


def test_the_list_is_worst_first_in_both_languages_and_runs_nothing(atlas: tuple[Path, ...]) -> None:
    text = atlas[1].read_text(encoding="utf-8")
    assert "<script" not in text
    for language, share in (("id", "60,0%"), ("en", "60.0%")):
        view = text.split(f'<section lang="{language}"')[1].split("</section>")[0]
        assert view.index("Kabupaten Timur") < view.index("Kabupaten Barat") < view.index("Kota Pulau")
        assert share in view


def test_hostile_names_and_codes_stay_text(tmp_path: Path) -> None:
    areas = admin((HOSTILE[0], HOSTILE[1], HOSTILE[2]))
    for code, bad in (("99.01", "../../x"), ("99.02", "index"), ("99.03", "..")):
        areas["code"] = [bad + str(c).removeprefix(code) if str(c).startswith(code) else c for c in areas["code"]]
    made = write_atlas(tmp_path, make_inputs(admin=areas, title_id=HOSTILE[0], title_en=HOSTILE[1]))
    assert all(path.resolve().is_relative_to(tmp_path) and path.suffix == ".html" for path in made)
    assert len({path.name for path in made}) == len(made) == 5
    text = made[1].read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<img" not in text


def test_equal_inputs_give_equal_bytes_in_any_row_order(tmp_path: Path) -> None:
    inputs = make_inputs(umkm_points=placed_points(300))
    mixed = {
        name: getattr(inputs, name).sample(frac=1.0, random_state=4)
        for name in ("cells", "service", "umkm_points", "admin", "areas")
    }
    first = write_atlas(tmp_path / "a", inputs)
    second = write_atlas(tmp_path / "b", dataclasses.replace(inputs, **mixed))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_a_run_without_areas_is_a_page_and_an_empty_list(tmp_path: Path) -> None:
    made = write_atlas(tmp_path, MapInputs(title_id="Kosong", title_en="Empty"))
    assert [path.name for path in made] == ["map.html", "index.html"]
    assert "Belum ada" in made[1].read_text(encoding="utf-8")


def test_it_is_chosen_by_the_scenario_or_by_size(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = make_inputs(umkm_points=umkm_points(20))
    assert not needs_atlas(inputs, wanted=None)
    assert needs_atlas(inputs, wanted=True)
    monkeypatch.setattr("planner.maps.atlas.MOST_POINTS", 19)
    assert needs_atlas(inputs, wanted=None)
    assert not needs_atlas(inputs, wanted=False)


def test_no_name_of_an_enterprise_comes_into_any_page(tmp_path: Path) -> None:
    points = placed_points(50).assign(name="Warung Bu Siti", phone="0812-3456", umkm_id="u1")
    for path in write_atlas(tmp_path, make_inputs(umkm_points=points)):
        text = path.read_text(encoding="utf-8")
        block = re.search(r'id="merata-pack">"(.*?)"<', text)
        inside = gzip.decompress(base64.b64decode(block.group(1))) if block else b""
        for name in ("Warung", "0812-3456"):
            assert name not in text
            assert name.encode() not in inside


def test_squares_keep_every_count_and_the_heaviest_level() -> None:
    inputs = make_inputs()
    assert inputs.cells is not None
    assert inputs.service is not None
    assert inputs.grid is not None
    cells, service, grid = coarser_cells(inputs.cells, inputs.service, inputs.grid, 100)
    assert len(cells) <= 100
    for name in ("people", "n_umkm", "n_facilities"):
        assert cells[name].sum() == pytest.approx(inputs.cells[name].sum())
    assert grid.pixel_deg > inputs.grid.pixel_deg
    assert set(service["level"]) == set(inputs.service["level"])
    first = cells.iloc[0]
    row, col = grid.row_col(first["lon_deg"], first["lat_deg"])
    assert int(grid.cell_id(row, col)) == first["cell_id"]


def test_few_cells_stay_as_they_are() -> None:
    inputs = make_inputs()
    same = coarser_cells(inputs.cells, inputs.service, inputs.grid, 10**6)  # type: ignore[arg-type]
    assert same == (inputs.cells, inputs.service, inputs.grid)


def test_rasters_are_cut_to_the_kabupaten() -> None:
    part = Parts(make_inputs()).cut("99.01")
    raster = part.coverage_rsrp_dbm
    assert raster is not None
    whole: Grid = make_inputs().grid  # type: ignore[assignment]
    assert raster.values.shape == raster.grid.shape
    assert raster.grid.n_cols < whole.n_cols
    west, _, east, _ = raster.grid.bounds_deg
    assert west <= 120.0
    assert 120.5 <= east < 120.6


def test_an_atlas_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "atlas").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="could not be written"):
        write_atlas(tmp_path, make_inputs())
