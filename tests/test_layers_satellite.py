"""Beams: outlines from vector files and from WKT in tables; what cannot be used is said, nothing is invented."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from layer_worlds import examine_path

ROW = {
    "satellite_id": "SAT", "orbit_deg": 146.0, "band": "Ka", "capacity_mbps": 1000.0, "committed_mbps": 10.0,
    "source": "made up", "evidence": "schematic",
}  # fmt: skip
CIRCLE = shapely.Point(123.0, -10.0).buffer(1.0)
BOW_TIE = shapely.Polygon([(120, -10), (121, -9), (121, -10), (120, -9)])
SPIKED = shapely.Polygon([(120, -10), (122, -10), (122, -8), (121.0, -8), (121.0, -7.9), (121.0, -8), (120, -8)])


def _frame(shapes):
    rows = [{**ROW, "beam_id": name} for name in shapes]
    return gpd.GeoDataFrame(rows, geometry=list(shapes.values()), crs=4326)


@pytest.mark.parametrize("name", ["beams.geojson", "beams.gpkg"])
def test_polygons_of_a_vector_file_are_outlines_and_rows_without_one_stay(tmp_path, name):
    shapes = {"a": CIRCLE, "b": None, "c": shapely.Point(123, -10), "d": BOW_TIE, "e": SPIKED}
    _frame(shapes).to_file(tmp_path / name)
    found = examine_path(tmp_path / name, "satellite")
    assert found.data["beam_id"].tolist() == ["a", "b", "e"]
    outline = dict(zip(found.data["beam_id"], found.data["footprint_wkt"], strict=True))
    assert shapely.from_wkt(outline["a"]).symmetric_difference(CIRCLE).area < 0.001 * CIRCLE.area
    assert shapely.from_wkt(outline["e"]).area == pytest.approx(4.0)
    assert outline["b"] == ""
    assert found.n_in == 5
    assert {"geometry_kind", "polygon_changed"} <= {problem.code for problem in found.problems}
    assert found.quarantine["codes"].tolist() == ["geometry_kind", "polygon_changed"]
    assert len(found.quarantine) == 2


def test_wkt_in_a_table_is_read_and_judged(tmp_path):
    long = shapely.Point(123.0, -10.0).buffer(2.0, quad_segs=3000)
    texts = {"a": long.wkt, "b": "", "c": "POLYGON ((", "d": "POLYGON ((10 200, 20 200, 20 210, 10 200))"}
    rows = pd.DataFrame([{**ROW, "beam_id": name, "WKT": text} for name, text in texts.items()])
    rows.to_csv(tmp_path / "beams.csv", index=False)
    found = examine_path(tmp_path / "beams.csv", "satellite")
    assert found.data["beam_id"].tolist() == ["a", "b"]
    assert shapely.from_wkt(found.data["footprint_wkt"].iloc[0]).area == pytest.approx(long.area, rel=1e-3)
    assert sorted(problem.code for problem in found.problems) == ["coordinates_infinite", "geometry_unreadable"]
    assert found.quarantine["line"].tolist() == [4, 5]


def test_a_table_without_outlines_is_what_it_was(tmp_path):
    pd.DataFrame([{**ROW, "beam_id": "a"}]).to_csv(tmp_path / "beams.csv", index=False)
    found = examine_path(tmp_path / "beams.csv", "satellite")
    assert found.data["footprint_wkt"].tolist() == [""]
    assert not any("outline" in note for note in found.notes)
