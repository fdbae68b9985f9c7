"""The page as text: a folium.Map, the same every time, with or without each layer."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import json
import re
import time
from pathlib import Path
from typing import Any

import folium
import numpy as np
import pandas as pd
import pytest
from maps_world import HOSTILE, LEVELS, admin, make_inputs, umkm_points

from planner.errors import OutputError
from planner.grid import Grid, Raster
from planner.maps.inputs import MapInputs
from planner.maps.page import make_map, write_map

FRAMES = [name for name, value in vars(make_inputs()).items() if isinstance(value, pd.DataFrame)]


def html_of(inputs: MapInputs, **options: Any) -> str:
    return make_map(inputs, **options).get_root().render()


def data_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="merata-data">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


def test_it_is_a_folium_map_that_needs_nothing_else() -> None:
    page = make_map(make_inputs())
    html = page.get_root().render()
    assert isinstance(page, folium.Map)
    assert "Content-Security-Policy" in html
    assert not re.search(r"<(link|img|iframe|script[^>]+src)\b", html)
    assert "cdn." not in html


def test_folium_layers_of_the_caller_are_kept() -> None:
    page = make_map(make_inputs())
    folium.CircleMarker([-9.2, 120.4]).add_to(page)
    html = page.get_root().render()
    assert html.index("L.circleMarker(") > html.index("var map_merata")


def test_equal_inputs_give_equal_bytes_in_any_row_order() -> None:
    inputs = make_inputs(umkm_points=umkm_points(500))
    names = ("cells", "service", "umkm_points", "admin", "areas")
    mixed = {name: getattr(inputs, name).sample(frac=1.0, random_state=4) for name in names}
    assert html_of(inputs) == html_of(inputs)
    assert html_of(inputs) == html_of(dataclasses.replace(inputs, **mixed))


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("empty", [True, False], ids=["empty", "absent"])
def test_any_layer_may_be_missing(name: str, *, empty: bool) -> None:
    inputs = make_inputs()
    frame = getattr(inputs, name)
    data = data_of(html_of(dataclasses.replace(inputs, **{name: frame.iloc[:0] if empty else None})))
    assert name not in data["layers"]


def test_a_page_of_nothing_is_still_a_page() -> None:
    data = data_of(html_of(MapInputs(title_id="Kosong", title_en="Empty")))
    assert data["areas"] == {}
    assert data["layers"] == {}
    assert data["coast"] is None


def test_totals_are_those_of_the_facts() -> None:
    inputs = make_inputs()
    data = data_of(html_of(inputs))
    told = inputs.facts["totals"]
    assert {unit: {level: n for level, n in data["totals"][unit].items() if n} for unit in told} == told
    assert data["causes"]["umkm"] == {"signal": 50, "technology": 20}
    assert data["plan"]["ceiling_idr"] == 5e9
    assert data["plan"]["n_umkm_new"] == 12.0


def test_hostile_texts_leave_no_markup() -> None:
    html = html_of(make_inputs(HOSTILE[:3], title_id=HOSTILE[0], title_en=HOSTILE[3]))
    plain = html_of(make_inputs())
    for mark in ("<script", "</script", "<img", "<title"):
        assert html.count(mark) == plain.count(mark), mark
    assert HOSTILE[0] in data_of(html)["meta"]["title"]["id"]


def test_a_title_is_no_template() -> None:
    html = html_of(make_inputs(title_id="{{ 7*7 }}{% raw %}"))
    assert "<title>{{ 7*7 }}{% raw %}</title>" in html


def test_very_long_and_missing_names_are_kept_or_empty() -> None:
    areas = admin(("A" * 10_000, "Kabupaten Timur", "Kota Pulau"))
    areas.loc[1, "name"] = None
    data = data_of(html_of(make_inputs(admin=areas)))
    assert "A" * 10_000 in data["areas"]["kabupaten"]["c"]["name"]["k"]
    assert "" in data["areas"]["kecamatan"]["c"]["name"]["k"]


def test_points_without_a_place_are_left_out() -> None:
    inputs = make_inputs()
    bts = inputs.bts.assign(lon_deg=[np.nan, 120.2, np.inf])  # type: ignore[union-attr]
    assert data_of(html_of(dataclasses.replace(inputs, bts=bts)))["layers"]["bts"]["n"] == 1


def test_invalid_and_empty_polygons_do_not_stop_the_page() -> None:
    import shapely

    areas = admin()
    bow_tie = shapely.Polygon([(120, -9), (121, -9.5), (121, -9), (120, -9.5)])
    areas.loc[0, "geometry"] = bow_tie
    areas.loc[1, "geometry"] = shapely.Polygon()
    data = data_of(html_of(make_inputs(admin=areas)))
    assert data["areas"]["kabupaten"]["n"] == 3
    assert data["areas"]["kecamatan"]["n"] == 5


def test_a_raster_beyond_the_maps_latitude_is_packed() -> None:
    grid = Grid(100.0, 89.9, 0.5, 10, 10)
    raster = Raster(grid, np.full((10, 10), -90.0, dtype=np.float32), "dbm")
    assert data_of(html_of(make_inputs(coverage_rsrp_dbm=raster)))["rasters"]["coverage_rsrp_dbm"]["rows"] == 10


def test_no_name_of_an_enterprise_can_come_in() -> None:
    points = umkm_points(50).assign(name="Warung Bu Siti", phone="0812", umkm_id="u1")
    html = html_of(make_inputs(umkm_points=points))
    block = re.search(r'id="merata-pack">"(.*?)"<', html)
    assert block is not None
    unpacked = gzip.decompress(base64.b64decode(block.group(1)))
    for text in ("Warung", "0812"):
        assert text not in html
        assert text.encode() not in unpacked


def test_the_page_opens_in_the_language_asked_for_and_carries_both() -> None:
    html = html_of(make_inputs(), language="en")
    assert '<html lang="en">' in html
    assert "<title>Example Islands</title>" in html
    words = data_of(html)["words"]
    assert words["id"].keys() == words["en"].keys()
    assert not [key for key in words["id"] if key.startswith(("errors.", "cli."))]


def test_a_whole_province_stays_small_and_quick() -> None:
    """366,473 enterprises and 2.5 million pixels: under 5 MB; 2.5 s on an idle machine, here with slack."""
    rng = np.random.default_rng(1)
    grid = Grid(119.0, -8.0, 1.0 / 370.0, 1100, 2300)
    rows, cols = np.indices(grid.shape)
    rough = np.repeat(np.repeat(rng.normal(0.0, 6.0, (110, 230)), 10, axis=0), 10, axis=1)
    signal = np.where((rows + cols) % 900 < 300, np.nan, -80.0 - 0.02 * ((rows - 500) ** 2 / 500 + cols / 9) + rough)
    inputs = make_inputs(
        coverage_rsrp_dbm=Raster(grid, signal.astype(np.float32), "dbm"), umkm_points=umkm_points(366_473)
    )
    html_of(make_inputs())
    start = time.process_time()
    html = html_of(inputs)
    seconds = time.process_time() - start
    assert len(html.encode()) < 5e6
    assert seconds < 5.0


def test_writing_is_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "map.html"
    assert write_map(target, make_inputs()).read_text(encoding="utf-8").rstrip().endswith("</html>")
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="could not be written"):
        write_map(blocked / "map.html", make_inputs())
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["deep", "file", "map.html"]


def test_levels_are_counted_as_the_page_counts_them() -> None:
    assert data_of(html_of(make_inputs()))["vocabulary"]["levels"] == list(LEVELS)


def test_very_many_measured_samples_are_thinned_and_the_page_says_so() -> None:
    rng = np.random.default_rng(4)
    n = 150_000
    many = pd.DataFrame({"lon_deg": 120.0 + rng.random(n), "lat_deg": -9.5 + rng.random(n), "rsrp_dbm": -90.0})
    many = many.assign(operator="A", cell_id="", date="2026-01-02", evidence="observed", source="")
    data = data_of(html_of(make_inputs(measurements=many)))
    layer = data["layers"]["measurements"]
    assert (layer["n"], layer["of"]) == (60_000, n)
    again = data_of(html_of(make_inputs(measurements=many.sample(frac=1.0, random_state=1))))
    assert again["layers"]["measurements"] == layer
    few = data_of(html_of(make_inputs(measurements=many.head(100))))
    assert "of" not in few["layers"]["measurements"]
