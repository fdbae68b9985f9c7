"""Vector files: nothing is lost without a word, broken shapes are judged one by one."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import LayerError
from planner.layers import ReadContext, examine_layer, read_layer
from planner.layers._gdal import pyogrio_module
from planner.layers.admin_merge import merge_admin
from planner.layers.mend import mend_lines, mend_polygons
from planner.layers.vector import raw_tables
from planner.scenario import LayerSource

WRITERS = {"geojson": "GeoJSON", "gpkg": "GPKG", "fgb": "FlatGeobuf", "shp": "ESRI Shapefile", "kml": "LIBKML"}


@pytest.fixture
def context(tmp_path: Path) -> ReadContext:
    return ReadContext(folder=tmp_path)


def roads(crs: str = "EPSG:4326") -> gpd.GeoDataFrame:
    lines = [shapely.LineString([(124.0, -9.0), (124.1, -9.1)]), shapely.LineString([(124.1, -9.1), (124.2, -9.0)])]
    return gpd.GeoDataFrame({"kode": ["53.10", "007"], "Nama": ["Jl. A", "=cmd"], "kelas": ["primary", "tertiary"]}, geometry=lines, crs="EPSG:4326").to_crs(crs)  # fmt: skip


def write(frame: gpd.GeoDataFrame, path: Path, **kind) -> Path:
    driver = WRITERS.get(path.suffix[1:])
    if driver is None:
        frame.to_parquet(path)
    else:
        pyogrio_module().write_dataframe(frame, path, driver=driver, **kind)
    return path


def tables(path: Path, context: ReadContext, **source):
    return list(raw_tables(path, LayerSource(path=path.name, **source), context))


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(path: Path, features: list) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def polygon(rings):
    return {"type": "Polygon", "coordinates": rings}


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "fgb", "shp", "kml", "parquet"])
def test_every_format_gives_the_same_rows_with_codes_as_text(tmp_path, context, suffix):
    path = write(roads(), tmp_path / f"a.{suffix}")
    (table,) = tables(path, context)
    order = np.argsort(table.cells["kode"])[::-1]  # FlatGeobuf keeps its own order of rows
    assert table.cells["kode"].iloc[order].tolist() == ["53.10", "007"]
    assert shapely.equals_exact(table.geometry[order], roads().geometry.to_numpy(), 1e-9).all()
    assert table.line.tolist() == [1, 2]


def test_zipped_shapefiles_and_kmz_are_read(tmp_path, context):
    write(roads(), tmp_path / "jalan.shp")
    write(roads(), tmp_path / "doc.kml")
    with zipfile.ZipFile(tmp_path / "jalan.zip", "w") as archive:
        for part in sorted(tmp_path.glob("jalan.*")):
            if part.suffix != ".zip":
                archive.write(part, f"data/{part.name.upper()}")
    with zipfile.ZipFile(tmp_path / "jalan.kmz", "w") as archive:
        archive.write(tmp_path / "doc.kml", "doc.kml")
    for name in ("jalan.zip", "jalan.kmz"):
        (table,) = tables(tmp_path / name, context)
        assert len(table.cells) == 2, name


def test_numbers_keep_their_shortest_form_and_are_marked(tmp_path, context):
    frame = roads().assign(kode=[5310, 5301], tinggi=[42.5, 40.0])
    (table,) = tables(write(frame, tmp_path / "a.gpkg"), context)
    assert table.cells["kode"].tolist() == ["5310", "5301"]
    assert table.cells["tinggi"].tolist() == ["42.5", "40"]
    assert set(table.number_cells) == {"kode", "tinggi"}


def test_other_crs_comes_back_as_degrees_and_is_said(tmp_path, context):
    (table,) = tables(write(roads("EPSG:32751"), tmp_path / "a.gpkg"), context)
    assert shapely.equals_exact(table.geometry, roads().geometry.to_numpy(), 1e-7).all()
    assert "CRS EPSG:32751" in table.notes


def test_a_file_without_crs_is_refused_until_the_scenario_gives_it(tmp_path, context):
    path = write(roads("EPSG:32751"), tmp_path / "a.shp")
    path.with_suffix(".prj").unlink()
    with pytest.raises(LayerError, match="does not say its CRS"):
        tables(path, context)
    (table,) = tables(path, context, crs="EPSG:32751")
    assert shapely.equals_exact(table.geometry, roads().geometry.to_numpy(), 1e-6).all()
    with pytest.raises(LayerError, match="not known"):
        tables(path, context, crs="EPSG:999999")


def test_text_coordinates_are_recovered_and_said(tmp_path, context):
    points = [feature({"type": "Point", "coordinates": ["107.6", "-6.9"]}, id=1), feature({"type": "Point", "coordinates": [107.7, -6.8]}, id=2),
              feature(None, id=3)]  # fmt: skip
    (table,) = tables(collection(tmp_path / "a.geojson", points), context)
    assert table.cells["lon_deg"].tolist() == ["107.6", "107.7", ""]
    assert table.cells["lat_deg"].tolist() == ["-6.9", "-6.8", ""]
    assert any("as text" in note for note in table.notes)
    assert [(p.code, p.n_rows) for p in table.problems] == [("geometry_missing", 1)]


def test_missing_geometries_are_counted(tmp_path, context):
    frame = roads()
    frame.loc[1, "geometry"] = None
    (table,) = tables(write(frame, tmp_path / "a.gpkg"), context)
    assert "1 of 2 features have no geometry" in table.problems[0].message


def test_heights_are_dropped_and_said(tmp_path, context):
    frame = roads()
    frame.geometry = shapely.force_3d(frame.geometry, 7.0)
    (table,) = tables(write(frame, tmp_path / "a.gpkg"), context)
    assert not shapely.has_z(table.geometry).any()
    assert any("Z/M" in note for note in table.notes)


def test_layers_of_a_geopackage_are_read_one_by_one_or_by_name(tmp_path, context):
    path = write(roads(), tmp_path / "a.gpkg", layer="satu")
    write(roads().head(1), path, layer="dua", append=True)
    assert [(t.sheet, len(t.cells)) for t in tables(path, context)] == [("satu", 2), ("dua", 1)]
    assert [len(t.cells) for t in tables(path, context, table="dua")] == [1]
    with pytest.raises(LayerError, match=r"no layer 'tiga' \(it has: satu, dua\)"):
        tables(path, context, table="tiga")


def test_windows_text_without_a_code_page_is_read_as_such(tmp_path, context):
    frame = roads().assign(Nama=["Kafé", "Nñ"])
    path = write(frame, tmp_path / "a.shp", encoding="cp1252")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    (table,) = tables(path, context)
    assert table.cells["Nama"].tolist() == ["Kafé", "Nñ"]


def test_odd_geojson_is_read_whole_or_refused_never_in_part(tmp_path, context):
    line = {"type": "LineString", "coordinates": [[124, -9], [124.1, -9.1]]}
    rows = [json.dumps(feature(line, id=str(k))) for k in range(3)]
    cases = {
        "lines.geojson": "\n".join(rows),
        "trailing.geojson": f'{{"type": "FeatureCollection", "features": [{rows[0]}]}} {{"type": "Feature"}}',
        "huge.geojson": f'{{"type": "FeatureCollection", "features": [{rows[0]}, {rows[1].replace("124.1", "1e400")}]}}',
    }
    for name, text in cases.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(LayerError, match="cannot be read") as caught:
            tables(tmp_path / name, context)
        assert "merata-" not in str(caught.value)
    (tmp_path / "nan.geojson").write_text(
        f'{{"type": "FeatureCollection", "features": [{rows[0]}, {rows[1].replace("[124, -9]", "[NaN, -9]")}]}}'
    )
    found = examine_layer(LayerSource(path="nan.geojson"), "roads", path=tmp_path / "nan.geojson", context=context)
    assert (found.n_used, found.quarantine["codes"].tolist()) == (1, ["coordinates_infinite"])
    (tmp_path / "empty.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    empty = examine_layer(LayerSource(path="empty.geojson"), "roads", path=tmp_path / "empty.geojson", context=context)
    assert [problem.code for problem in empty.problems] == ["no_features"]


def test_a_kml_that_links_to_a_network_reads_only_itself(tmp_path, context):
    (tmp_path / "a.kml").write_text(
        '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link><href>http://127.0.0.1:9/x.kml'
        "</href></Link></NetworkLink><Placemark><name>a</name><styleUrl>http://127.0.0.1:9/s.kml#x</styleUrl><LineString>"
        "<coordinates>124,-9 124.1,-9.1</coordinates></LineString></Placemark></Document></kml>"
    )
    (table,) = tables(tmp_path / "a.kml", context)
    assert len(table.cells) == 1


def test_a_geojson_that_was_cut_off_is_refused(tmp_path, context):
    path = write(roads(), tmp_path / "a.geojson")
    path.write_text(path.read_text()[:-80])
    with pytest.raises(LayerError, match="cannot be read"):
        tables(path, context)


def test_an_aux_xml_beside_a_file_changes_nothing(tmp_path, context):
    path = write(roads(), tmp_path / "a.gpkg")
    (tmp_path / "a.gpkg.aux.xml").write_text("<PAMDataset><SRS>EPSG:3857</SRS></PAMDataset>")
    (table,) = tables(path, context)
    assert shapely.equals_exact(table.geometry, roads().geometry.to_numpy(), 1e-9).all()


# ---- places and mends


def test_metres_labelled_as_degrees_are_quarantined_with_the_crs_that_would_do(tmp_path):
    context = ReadContext(folder=tmp_path, bounds_deg=(123.0, -11.0, 125.0, -8.0))
    frame = roads("EPSG:32751").set_crs("EPSG:4326", allow_override=True)
    found = examine_layer(LayerSource(path="a.gpkg"), "roads", path=write(frame, tmp_path / "a.gpkg"), context=context)
    assert (found.n_in, found.n_used) == (2, 0)
    assert found.problems[0].code == "coordinates_metres"
    assert "EPSG:32751" in found.problems[0].mend


def test_swapped_axes_are_quarantined_and_the_mend_works(tmp_path, context):
    frame = roads()
    frame.geometry = shapely.transform(frame.geometry, lambda xy: xy[:, ::-1])
    path = write(frame, tmp_path / "a.geojson")
    found = examine_layer(LayerSource(path="a.geojson"), "roads", path=path, context=context)
    assert found.n_used == 0
    assert 'crs = "lat,lon"' in found.problems[0].mend
    mended = read_layer(LayerSource(path="a.geojson", crs="lat,lon"), "roads", path=path, context=context)
    assert mended.n_used == 2
    assert mended.data.total_bounds == pytest.approx(roads().total_bounds)


def test_a_lost_minus_sign_is_told_apart_from_another_region(tmp_path):
    context = ReadContext(folder=tmp_path, bounds_deg=(123.0, -11.0, 125.0, -8.0))
    frame = roads()
    frame.geometry = shapely.transform(frame.geometry, lambda xy: xy * [1.0, -1.0])
    found = examine_layer(
        LayerSource(path="a.geojson"), "roads", path=write(frame, tmp_path / "a.geojson"), context=context
    )
    assert found.n_aside == 2
    assert "minus sign" in found.problems[0].mend


def test_rows_in_are_rows_used_and_rows_quarantined_with_their_cells(tmp_path, context):
    line = {"type": "LineString", "coordinates": [[124, -9], [124.1, -9.1]]}
    rows = [
        feature(line, id="a"), feature(None, id="b"), feature({"type": "Point", "coordinates": [124, -9]}, id="c"),
        feature({"type": "LineString", "coordinates": [[124, -9], [124, -9]]}, id="d"),
        feature({"type": "GeometryCollection", "geometries": [line, {"type": "Point", "coordinates": [1, 1]}]}, id="e"),
        feature({"type": "MultiLineString", "coordinates": [line["coordinates"], [[124.2, -9], [124.3, -9]]]}, id="f"),
    ]  # fmt: skip
    path = collection(tmp_path / "a.geojson", rows)
    found = read_layer(LayerSource(path="a.geojson"), "roads", path=path, context=context)
    assert (found.n_in, found.n_used, len(found.quarantine)) == (6, 3, 3)
    assert found.quarantine["id"].tolist() == ["b", "c", "d"]
    assert found.quarantine["line"].tolist() == [2, 3, 4]
    assert found.data["road_id"].tolist() == ["a", "e", "f-1", "f-2"]


BOW_TIE = [[[124, -9], [124.1, -8.9], [124.1, -9], [124, -8.9], [124, -9]]]
SPIKE = [[[124, -9], [124.2, -9], [124.2, -8.8], [124.2, -8.7], [124.2, -8.8], [124, -8.8], [124, -9]]]


def test_broken_polygons_are_repaired_or_given_up_one_by_one():
    square = shapely.box(124, -9, 124.1, -8.9)
    shapes = np.array([
        square, shapely.Polygon(SPIKE[0]), shapely.Polygon(BOW_TIE[0]), shapely.LineString([(0, 0), (1, 1)]), None,
        shapely.GeometryCollection([square, shapely.Point(0, 0)]), shapely.Polygon([(0, 0), (1, 1), (0, 0), (0, 0)]),
    ], dtype=object)  # fmt: skip
    found = mend_polygons(shapes)
    assert found.fault.tolist() == ["", "", "polygon_changed", "geometry_kind", "", "", "polygon_broken"]
    assert found.was_repaired.tolist() == [False, True, False, False, False, False, False]
    assert found.area_after_km2[1] == pytest.approx(found.area_before_km2[1], rel=1e-6)
    assert shapely.is_valid(found.geometry[found.fault == ""][:2]).all()
    assert found.geometry[5].equals(square)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(120, 121), st.floats(-10, -9)), min_size=3, max_size=12))
def test_no_ring_whatsoever_raises_and_what_is_kept_is_valid(points):
    found = mend_polygons(np.array([shapely.Polygon(points)], dtype=object))
    kept = found.geometry[0]
    assert (kept is None) == (found.fault[0] != "")
    if kept is not None:
        assert kept.is_valid
        assert kept.area > 0


def test_lines_are_cut_at_the_antimeridian():
    cable = shapely.LineString([(175, 0), (179, 1), (-179, 2), (-175, 3)])
    lines, row, fault = mend_lines(np.array([cable, None], dtype=object))
    assert [shapely.get_num_points(line) for line in lines] == [2, 2]
    assert row.tolist() == [0, 0]
    assert fault.tolist() == ["", ""]


# ---- admin


def areas(rows, path: Path) -> Path:
    frame = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=["kode", "nama", "geometry"]), geometry="geometry", crs="EPSG:4326"
    )
    return write(frame, path)


def test_areas_get_level_parent_and_a_point_inside(tmp_path, context):
    horseshoe = shapely.Polygon(
        [(124, -9), (125, -9), (125, -8), (124.9, -8), (124.9, -8.9), (124.1, -8.9), (124.1, -8), (124, -8)]
    )
    path = areas(
        [("53.01", "Kupang", horseshoe), ("53.01.02", "Semau", shapely.box(124, -9, 124.05, -8.9))], tmp_path / "a.gpkg"
    )
    data = read_layer(LayerSource(path="a.gpkg"), "admin", path=path, context=context).data
    assert data["level"].tolist() == ["kabupaten", "kecamatan"]
    assert data["parent_code"].tolist() == ["53", "53.01"]
    assert shapely.contains_xy(data.geometry.to_numpy(), data["lon_deg"], data["lat_deg"]).all()


def test_islands_of_one_code_are_joined_and_two_names_of_one_code_quarantined(tmp_path, context):
    boxes = [shapely.box(124 + k / 10, -9, 124.05 + k / 10, -8.9) for k in range(5)]
    rows = [
        ("53.01", "Kupang", boxes[0]),
        ("53.01", "KAB. KUPANG", boxes[1]),
        ("53.02", "TTS", boxes[2]),
        ("53.02.01", "Alfa", boxes[3]),
        ("53.02.01", "Beta", boxes[4]),
    ]
    found = read_layer(LayerSource(path="a.gpkg"), "admin", path=areas(rows, tmp_path / "a.gpkg"), context=context)
    assert found.data["code"].tolist() == ["53.01", "53.02"]
    assert found.data.geometry.iloc[0].geom_type == "MultiPolygon"
    assert (found.n_in, found.n_used, sorted(found.quarantine["line"])) == (5, 3, [4, 5])


def test_codes_that_went_through_a_float_are_quarantined_with_the_mend(tmp_path, context):
    rows = [
        ("53.1", "Kab. Ende", shapely.box(121, -9, 121.5, -8.5)),
        ("53.02", "Kab. TTS", shapely.box(124, -10, 124.5, -9.5)),
    ]
    found = read_layer(LayerSource(path="a.gpkg"), "admin", path=areas(rows, tmp_path / "a.gpkg"), context=context)
    assert found.data["code"].tolist() == ["53.02"]
    assert found.problems[0].code == "code_damaged"
    assert "53.10" in found.problems[0].mend


def test_rows_of_other_regions_are_set_aside_and_parents_keep_only_their_name(tmp_path):
    context = ReadContext(folder=tmp_path, areas=("53.01",))
    rows = [
        ("53", "NTT", shapely.box(119, -11, 125, -8)),
        ("53.01", "Kupang", shapely.box(123, -10, 124, -9)),
        ("61", "Kalbar", shapely.box(109, -1, 110, 1)),
    ]
    found = read_layer(LayerSource(path="a.gpkg"), "admin", path=areas(rows, tmp_path / "a.gpkg"), context=context)
    assert found.data["code"].tolist() == ["53", "53.01"]
    assert found.data.geometry.isna().tolist() == [True, False]
    assert (found.n_aside, found.n_faulty) == (1, 0)


def test_merged_sources_fill_each_other_and_make_the_outlines_above(tmp_path, context):
    rows = [("53.01.01", "A", shapely.box(124, -9, 124.5, -8)), ("53.01.02", "B", shapely.box(124.5, -9, 125, -8))]
    polygons = read_layer(
        LayerSource(path="a.gpkg"), "admin", path=areas(rows, tmp_path / "a.gpkg"), context=context
    ).data
    codes = pd.DataFrame({
        "code": ["53", "53.01", "53.01.01", "53.01.03"], "bps_code": ["", "5303", "5303010", ""], "name": ["NTT", "Kupang", "a", "C"],
        "level": ["provinsi", "kabupaten", "kecamatan", "kecamatan"], "parent_code": ["", "53", "53.01", "53.01"],
        "people": [np.nan, np.nan, 5.0, 7.0], "lon_deg": np.nan, "lat_deg": np.nan, "source": "", "evidence": "observed",
    })  # fmt: skip
    for order in ([polygons, codes], [codes, polygons]):
        merged = merge_admin(order).set_index("code")
        assert list(merged.index) == ["53", "53.01", "53.01.01", "53.01.02", "53.01.03"]
        assert merged.loc["53.01", "geometry"].equals(shapely.box(124, -9, 125, -8))
        assert merged.loc["53.01.01", "bps_code"] == "5303010"
        assert merged.loc["53.01.01", "people"] == 5.0
        assert merged.loc["53.01.03", "geometry"] is None
        assert merged.loc["53", "name"] == "NTT"


def test_ocha_codes_are_read_as_bps(tmp_path, context):
    frame = gpd.GeoDataFrame(
        {"ADM2_PCODE": ["ID5303"], "ADM2_EN": ["Kupang"]}, geometry=[shapely.box(123, -10, 124, -9)], crs="EPSG:4326"
    )
    found = read_layer(LayerSource(path="a.gpkg"), "admin", path=write(frame, tmp_path / "a.gpkg"), context=context)
    if found.n_used:  # the crosswalk ships with the reference tables
        assert found.data["code"].tolist() == ["53.01"]
        assert found.data["bps_code"].tolist() == ["5303"]
    else:
        assert found.problems[0].code == "bps_unknown"


def named(path: Path, **columns) -> Path:
    boxes = [shapely.box(119.0, -10.0, 120.0, -9.0), shapely.box(124.0, -9.0, 125.0, -8.0)]
    return write(gpd.GeoDataFrame(columns, geometry=boxes, crs="EPSG:4326"), path)


def test_codes_of_both_systems_are_told_apart_by_name_or_asked_for(tmp_path, context):
    by_name = named(tmp_path / "a.gpkg", kode=["5301", "5302"], nama=["Sumba Barat", "Sumba Timur"])
    found = examine_layer(LayerSource(path="a.gpkg"), "admin", path=by_name, context=context)
    assert found.data["code"].tolist() == ["53.11", "53.12"]  # Sumba Timur, Sumba Barat
    bare = named(tmp_path / "b.gpkg", kode=["5301", "5302"])
    refused = examine_layer(LayerSource(path="b.gpkg"), "admin", path=bare, context=context)
    assert refused.is_refused
    assert 'code_system = "kemendagri" or "bps"' in refused.problems[0].mend
    told = read_layer(LayerSource(path="b.gpkg", code_system="bps"), "admin", path=bare, context=context)
    assert told.data["code"].tolist() == ["53.11", "53.12"]


def test_names_alone_are_enough_where_they_are_unique(tmp_path, context):
    path = named(tmp_path / "gadm.gpkg", NAME_1=["Nusa Tenggara Timur"] * 2, NAME_2=["Sumba Barat", "Alor"])
    found = read_layer(LayerSource(path="gadm.gpkg"), "admin", path=path, context=context)
    assert found.data["code"].tolist() == ["53.05", "53.12"]


def test_polygons_say_which_columns_were_read_and_which_name_is_unknown(tmp_path, context):
    path = named(tmp_path / "a.gpkg", NAMOBJ=["Alor", "Negeri Antah"], LUAS=["1", "2"])
    found = read_layer(LayerSource(path="a.gpkg"), "admin", path=path, context=context)
    assert "column 'NAMOBJ' read as name" in found.notes
    assert "columns not used: LUAS" in found.notes
    (fault,) = [problem for problem in found.problems if problem.code == "name_unknown"]
    assert (fault.column, fault.value) == ("NAMOBJ", "Negeri Antah")


def test_columns_of_the_mapping_agency_are_known(tmp_path, context):
    path = named(
        tmp_path / "big.shp", KDEPUM=["53.01.02.2003", "5301022004"], WADMKD=["Uitao", "Huilelot"], WADMKC=["Semau"] * 2
    )
    found = read_layer(LayerSource(path="big.shp"), "admin", path=path, context=context)
    assert found.data["code"].tolist() == ["53.01.02.2003", "53.01.02.2004"]
    assert found.data["name"].tolist() == ["Uitao", "Huilelot"]


# ---- fiber


def test_the_kind_of_fiber_is_never_guessed(tmp_path, context):
    path = write(roads().drop(columns="kelas"), tmp_path / "a.gpkg")
    found = examine_layer(LayerSource(path="a.gpkg"), "fiber", path=path, context=context)
    assert found.n_used == 0
    assert 'kind = "land"' in found.problems[0].mend
    given_kind = read_layer(LayerSource(path="a.gpkg", kind="land"), "fiber", path=path, context=context)
    assert given_kind.data["kind"].tolist() == ["land", "land"]
    words = write(roads().assign(jenis=["Darat", "SKKL"]), tmp_path / "b.gpkg")
    by_column = read_layer(LayerSource(path="b.gpkg"), "fiber", path=words, context=context)
    assert sorted(by_column.data["kind"]) == ["land", "sea"]
    constant = LayerSource(path="a.gpkg", columns={"kind": "=laut"})
    assert set(read_layer(constant, "fiber", path=path, context=context).data["kind"]) == {"sea"}


def test_results_do_not_depend_on_the_order_of_rows(tmp_path, context):
    frame = pd.concat([roads().assign(kode="x")] * 2, ignore_index=True)
    one = read_layer(LayerSource(path="a.gpkg"), "roads", path=write(frame, tmp_path / "a.gpkg"), context=context).data
    two = read_layer(
        LayerSource(path="b.gpkg"), "roads", path=write(frame.iloc[::-1], tmp_path / "b.gpkg"), context=context
    ).data
    assert one["road_id"].tolist() == two["road_id"].tolist()
    assert one.geometry.geom_equals_exact(two.geometry, 1e-12).all()


# ---- real files


@pytest.mark.shared
def test_the_tower_register_of_bandung_keeps_its_763_towers(shared):
    context = ReadContext(folder=shared)
    (table,) = tables(shared / "towers" / "bandung_menara_2016.geojson", context)
    assert (len(table.cells), int((table.cells["lon_deg"] != "").sum())) == (763, 763)


@pytest.mark.shared
def test_real_areas_with_broken_shapes_are_all_accounted_for(shared):
    context = ReadContext(folder=shared)
    for name, n_in, n_used, n_repaired in (
        ("provinces_38", 38, 38, 34),
        ("kabupaten_514", 514, 514, 124),
        ("kecamatan_7285", 7285, 7283, 273),
    ):
        path = shared / "admin" / f"{name}.gpkg"
        found = read_layer(LayerSource(path=path.name), "admin", path=path, context=context)
        assert (found.n_in, found.n_used, found.n_quarantined) == (n_in, n_used, n_in - n_used)
        assert found.data.geometry.is_valid.all()
        assert (
            sum(p.n_rows for p in found.problems if p.code in ("polygon_repaired", "polygons_repaired")) == n_repaired
        )


@pytest.mark.shared
def test_real_submarine_cables_are_schematic_and_global_ones_do_not_break(shared):
    context = ReadContext(folder=shared, bounds_deg=(118.9, -11.1, 125.3, -7.7))
    path = shared / "fiber" / "telegeography_cables_idn_NC-SA.geojson"
    found = read_layer(LayerSource(path=path.name, year=2021), "fiber", path=path, context=context)
    assert (found.n_in, found.n_used, found.n_faulty) == (55, 5, 0)
    assert set(found.data["evidence"]) == {"schematic"}
    assert set(found.data["kind"]) == {"sea"}
    everywhere = read_layer(LayerSource(path=path.name), "fiber", path=path, context=ReadContext(folder=shared)).data
    width = everywhere.bounds["maxx"] - everywhere.bounds["minx"]
    assert width.max() < 180


@pytest.mark.shared
def test_real_roads_without_a_highway_tag_are_not_roads(shared):
    path = shared / "roads" / "osm_roads_maumere_2012.gpkg"
    found = read_layer(LayerSource(path=path.name), "roads", path=path, context=ReadContext(folder=shared))
    assert (found.n_in, found.n_used, set(found.quarantine["codes"])) == (156, 152, {"not_a_road"})


def test_columns_that_the_kml_driver_adds_are_not_taken_for_the_files_own(tmp_path):
    marks = "".join(
        f"<Placemark><name>Menara {n}</name><Point><coordinates>124.5{n},-8.25,0</coordinates></Point></Placemark>"
        for n in range(2)
    )
    path = tmp_path / "menara.kml"
    path.write_text(f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>', encoding="utf-8")
    source = LayerSource(path=str(path), columns={"operator": "=Telkomsel", "technology": "=4G"})
    found = examine_layer(source, "bts", path=path, context=ReadContext(folder=tmp_path))
    assert (found.n_used, found.n_quarantined) == (2, 0)
    assert found.data["bts_id"].nunique() == 2
