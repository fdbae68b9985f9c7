"""Exports: whole or absent, the same bytes each time, opened with other libraries, hostile text kept as text."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import sqlite3
import struct
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import export_worlds
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import planner.export
from planner import registry
from planner.errors import OutputError
from planner.export import ExportInputs, cog, csv_excel, flatgeobuf, geoparquet, gpkg, kmz, service_raster, shapefile
from planner.export._layers import dictionary_rows, vector_layers
from planner.layers._gdal import pyogrio_module, rasterio_module
from planner.schema_columns import LEVELS
from planner.words import read_words

FORMATS = registry.names(planner.export)


@pytest.fixture(scope="module")
def inputs() -> ExportInputs:
    world = export_worlds.world()
    known = {name: value for name, value in world.items() if name in ExportInputs.__dataclass_fields__}
    return ExportInputs(
        name="uji", title_id="Uji", title_en="Test", date=export_worlds.DATE, notices=export_worlds.NOTICES,
        credits=("SRTM", export_worlds.HOSTILE), run_hash="abc123", is_synthetic=True, **known,
    )  # fmt: skip


def target(folder: Path, module: ModuleType) -> Path:
    return folder / "out" if module.META["is_folder"] else folder / f"out{module.META['suffix']}"


def digests(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_writes_the_same_bytes_whatever_the_order_of_rows(name, inputs, tmp_path):
    module = registry.load(planner.export, name)
    first, second = tmp_path / "a", tmp_path / "b"
    module.write(target(first, module), inputs)
    turned = {
        field: frame.iloc[::-1].reset_index(drop=True)
        for field in ("sites", "links", "surveys", "candidates", "areas", "rejected", "cells", "service")
        if (frame := getattr(inputs, field)) is not None
    }
    fields = {field: getattr(inputs, field) for field in ExportInputs.__dataclass_fields__}
    module.write(target(second, module), ExportInputs(**{**fields, **turned}))
    assert digests(first) == digests(second)
    assert digests(first)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_leaves_nothing_behind_when_it_fails(name, inputs, tmp_path, monkeypatch):
    module = registry.load(planner.export, name)

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="No space left"):
        module.write(target(tmp_path, module), inputs)
    assert digests(tmp_path) == {}


@pytest.mark.parametrize("name", FORMATS)
def test_a_run_without_anything_can_be_written(name, tmp_path):
    module = registry.load(planner.export, name)
    nothing = ExportInputs(name="leer", title_id="", title_en="", date=export_worlds.DATE)
    module.write(target(tmp_path, module), nothing)
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(path.stat().st_size > 0 for path in left)  # whole files or none, no part of one
    for path in left:
        if path.suffix == ".gpkg":
            with contextlib.closing(sqlite3.connect(path)) as base:
                listed = {name for (name,) in base.execute("SELECT table_name FROM gpkg_contents")}
            assert listed >= {"about", "data_dictionary"}
    assert not [path for path in left if path.suffix in (".part", ".tmp") or path.name.startswith(".")]


def test_a_folder_that_cannot_be_written_is_said(inputs, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="could not be written"):
        gpkg.write(tmp_path / "file" / "plan.gpkg", inputs)


def test_an_old_file_stays_until_the_new_one_is_whole(inputs, tmp_path, monkeypatch):
    path = tmp_path / "plan.gpkg"
    path.write_bytes(b"old")
    monkeypatch.setattr(gpkg, "_add_table", lambda *_: (_ for _ in ()).throw(OSError(5, "Input/output error")))
    with pytest.raises(OutputError):
        gpkg.write(path, inputs)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["plan.gpkg"]


@pytest.mark.parametrize("limit", [1_000, 20_000])
def test_a_disk_that_fills_up_leaves_whole_files_or_none(limit, tmp_path):
    """The real thing: the kernel refuses to let any file grow beyond a limit."""
    code = textwrap.dedent(f"""
        import sys
        sys.path[:0] = [{str(Path(__file__).parent)!r}]
        import resource, signal
        from pathlib import Path
        import numpy as np
        import planner.export, planner.layers
        from planner import registry
        from planner.errors import OutputError
        from planner.export._layers import vector_layers
        from planner.grid import Grid, Raster
        import export_worlds
        world = export_worlds.world()
        world.pop("coverage_server")
        grid = Grid(118.0, -8.0, 0.002, 300, 300)
        world["coverage_rsrp_dbm"] = Raster(grid, np.random.default_rng(0).normal(-90, 9, grid.shape).astype("f4"), "dbm")
        known = {{k: v for k, v in world.items() if k in planner.export.ExportInputs.__dataclass_fields__}}
        inputs = planner.export.ExportInputs(name="u", title_id="U", title_en="T", date=export_worlds.DATE, **known)
        vector_layers(inputs)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY))
        for name in registry.names(planner.export):
            module = registry.load(planner.export, name)
            folder = Path({str(tmp_path)!r}) / name
            try:
                module.write(folder if module.META["is_folder"] else folder / "out", inputs)
                print(name, "written")
            except OutputError:
                print(name, "refused")
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    said = dict(line.split() for line in done.stdout.splitlines())
    assert set(said) == set(FORMATS)
    assert said["gpkg"] == said["cog"] == "refused"
    assert "Traceback" not in done.stderr
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in left if path.name.startswith(".part") or path.parent.name in ("gpkg", "cog")]
    assert all(path.stat().st_size <= limit for path in left)


# ---- GeoPackage


@pytest.fixture(scope="module")
def package(inputs, tmp_path_factory) -> Path:
    return gpkg.write(tmp_path_factory.mktemp("gpkg") / "plan.gpkg", inputs)


def test_the_geopackage_is_one_by_sqlite(package):
    base = sqlite3.connect(package)
    assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert base.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
    contents = dict(base.execute("SELECT table_name, last_change FROM gpkg_contents"))
    assert set(contents.values()) == {"2026-07-01T00:00:00.000Z"}
    tables = {name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert set(contents) <= tables
    assert {"sites", "links", "areas_kabupaten", "hexagons", "data_dictionary", "about"} <= set(contents)
    missing = [
        t for t in contents if t not in {n for (n,) in base.execute("SELECT table_name FROM gpkg_geometry_columns")}
    ]
    assert sorted(missing) == ["about", "data_dictionary", "layer_styles"]
    base.close()


def test_every_feature_has_a_class_in_the_style_that_qgis_opens(package):
    base = sqlite3.connect(package)
    styles = base.execute("SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles").fetchall()
    assert {name for name, *_ in styles} >= {"sites", "links", "areas_kabupaten", "hexagons", "bts"}
    for name, column, qml, is_default in styles:
        assert (column, is_default) == ("geom", 1)
        root = ET.fromstring(qml.split("\n", 1)[1])  # noqa: S314  # our own text
        renderer = root.find("renderer-v2")
        symbols = {symbol.get("name") for symbol in renderer.iter("symbol")}
        classes = [*renderer.iter("category"), *renderer.iter("range")]
        assert {item.get("symbol") for item in classes} <= symbols
        if not classes:
            continue
        found = [value for (value,) in base.execute(f'SELECT DISTINCT {renderer.get("attr")} FROM "{name}"')]  # noqa: S608
        for value in found:
            if renderer.get("type") == "categorizedSymbol":
                assert value in {item.get("value") for item in classes}, (name, value)
            else:
                assert any(float(item.get("lower")) <= value <= float(item.get("upper")) for item in classes), (
                    name,
                    value,
                )
    base.close()


def test_hostile_names_are_text_and_change_nothing(package):
    base = sqlite3.connect(package)
    assert base.execute("SELECT name FROM sites WHERE site_id = 'S2'").fetchone() == (export_worlds.HOSTILE,)
    assert base.execute("SELECT count(*) FROM sites").fetchone() == (2,)
    assert (export_worlds.HOSTILE,) in base.execute("SELECT text_id FROM about WHERE key = 'source'").fetchall()
    base.close()


def test_areas_carry_the_totals_of_the_facts(package, inputs):
    read = pyogrio_module().read_dataframe
    for level in ("provinsi", "kabupaten", "desa"):
        frame = read(package, layer=f"areas_{level}").set_index("area_code")
        records = {r["area_code"]: r for r in inputs.facts["areas"] if r["area_level"] == level}
        for code, row in frame.iterrows():
            assert row["umkm_unserved"] == records[code]["umkm"]["unserved"]
            assert row["people_total"] == records[code]["people"]["total"]
    desa = read(package, layer="areas_desa")
    assert desa["kabupaten_name"].tolist() == ["Kabupaten Kupang"]  # the desa without a polygon has no row


def test_every_exported_column_has_a_label_in_both_languages(inputs):
    rows = dictionary_rows(vector_layers(inputs))
    for language in ("id", "en"):
        labels = read_words(language).section("columns")
        assert sorted(set(rows["column"]) - set(labels)) == []
    assert (rows["label_id"] != rows["column"]).any()


def test_declared_columns_all_have_labels():
    from planner.schema import LAYERS, TABLES

    names = {c.name for columns in (*TABLES.values(), *(layer.columns for layer in LAYERS.values())) for c in columns}
    assert sorted(names - set(read_words("id").section("columns"))) == []


def test_every_score_criterion_has_labels():
    import planner.score.criteria

    labels = read_words("en").section("columns")
    names = [f"{part}_{name}" for name in registry.names(planner.score.criteria) for part in ("raw", "part", "weight")]
    assert sorted(set(names) - set(labels)) == []


def test_notices_and_trace_stand_in_the_file(package):
    about = pyogrio_module().read_dataframe(package, layer="about").set_index("key")
    assert about.loc["run", "text_id"] == "abc123"
    assert "indikatif" in about.loc["notice:desk_study", "text_id"]
    assert "50%" in about.loc["notice:confidence", "text_en"]


def test_points_of_enterprises_go_to_geoparquet_alone_and_only_on_request(inputs, tmp_path):
    points = pd.DataFrame({"lon_deg": [124.2, 124.1], "lat_deg": [-9.1, -9.2], "level": ["served", "unknown"]})
    fields = {field: getattr(inputs, field) for field in ExportInputs.__dataclass_fields__}
    asked = ExportInputs(**{**fields, "umkm_points": points})
    assert "umkm" not in {str(name) for name, _ in pyogrio_module().list_layers(gpkg.write(tmp_path / "a.gpkg", asked))}
    assert (tmp_path / "umkm.parquet") in geoparquet.write(tmp_path, asked)
    assert (tmp_path / "x" / "umkm.parquet") not in geoparquet.write(tmp_path / "x", inputs)


# ---- GeoParquet


def test_geoparquet_says_its_crs_and_holds_what_the_geopackage_holds(inputs, package, tmp_path):
    files = geoparquet.write(tmp_path, inputs)
    layers = {str(name) for name, kind in pyogrio_module().list_layers(package) if kind is not None}
    assert {path.stem for path in files} == {*layers, "cells"}
    about = json.loads(pq.read_schema(tmp_path / "sites.parquet").metadata[b"geo"])
    assert about["columns"]["geometry"]["encoding"] == "WKB"
    assert pq.read_table(tmp_path / "sites.parquet").column("name").to_pylist() == [
        "Bukit Uitao",
        export_worlds.HOSTILE,
    ]
    assert pq.read_metadata(tmp_path / "cells.parquet").num_rows == len(inputs.cells)


def test_geoparquet_explains_its_fields_in_both_languages(inputs, tmp_path):
    geoparquet.write(tmp_path, inputs)
    schema = pq.read_schema(tmp_path / "sites.parquet")
    cost = {key.decode(): value.decode() for key, value in schema.field("cost_idr").metadata.items()}
    assert (cost["label_id"], cost["label_en"], cost["unit"]) == (
        read_words("id")("columns.cost_idr"), read_words("en")("columns.cost_idr"), "IDR",
    )  # fmt: skip
    about = json.loads(schema.metadata[b"merata"])
    assert about["fields"]["cost_idr"] == {key: cost[key] for key in ("label_id", "label_en", "unit", "about")}
    assert set(about["fields"]) == set(schema.names) - {"geometry", "bbox"}
    assert (about["layer"], about["run"], about["is_synthetic"]) == ("sites", "abc123", True)


def test_flatgeobuf_explains_its_fields_in_its_header(inputs, tmp_path):
    flatgeobuf.write(tmp_path, inputs)
    pyogrio = pyogrio_module()
    _, table = pyogrio.raw.read_arrow(tmp_path / "sites.fgb")
    said = {
        field.name: {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        for field in table.schema
        if field.name not in ("wkb_geometry", "geometry")
    }
    words = [read_words(language)("columns.cost_idr") for language in ("id", "en")]
    assert said["cost_idr"]["GDAL:OGR:alternative_name"] == " · ".join(dict.fromkeys(words))
    assert said["cost_idr"]["GDAL:OGR:comment"].endswith("(IDR)")
    assert all(field["GDAL:OGR:comment"] for field in said.values())
    assert "sites: Uji · Test" in str(pyogrio.read_info(tmp_path / "sites.fgb")["layer_metadata"])


# ---- COG


@pytest.fixture(scope="module")
def large(inputs) -> ExportInputs:
    from planner.grid import Grid, Raster

    grid = Grid(118.0, -8.0, 0.002, 1500, 2100)
    rng = np.random.default_rng(5)
    level = rng.uniform(-120, -60, grid.shape).astype(np.float32)
    level[:300] = np.nan
    server = np.where(np.isnan(level), -1, rng.integers(0, 3000, grid.shape)).astype(np.int32)
    fields = {field: getattr(inputs, field) for field in ExportInputs.__dataclass_fields__}
    rasters = {
        "coverage_rsrp_dbm": Raster(grid, level, "dbm"), "coverage_server": Raster(grid, server, "class"),
        "coverage_sinr_db": Raster(grid, level + np.float32(110.04), "db"),
        "coverage_probability_share": Raster(grid, np.clip((level + 120.0) / 60.0, 0.0, 1.0), "share"),
    }  # fmt: skip
    return ExportInputs(**{**fields, **rasters})


def ifd_offsets(data: bytes) -> list[tuple[int, dict[int, tuple[int, int, int]]]]:
    """Offsets and tags of the directories of a classic little-endian TIFF."""
    assert data[:4] == b"II*\x00"
    at, found = struct.unpack("<I", data[4:8])[0], []
    while at:
        count = struct.unpack("<H", data[at : at + 2])[0]
        entries = [struct.unpack("<HHII", data[at + 2 + 12 * k : at + 14 + 12 * k]) for k in range(count)]
        found.append((at, {tag: (kind, n, value) for tag, kind, n, value in entries}))
        at = struct.unpack("<I", data[at + 2 + 12 * count : at + 6 + 12 * count])[0]
    return found


def test_the_coverage_is_a_cloud_optimised_geotiff(large, tmp_path):
    path = cog.write(tmp_path / "coverage.tif", large)
    data = path.read_bytes()
    directories = ifd_offsets(data)
    assert len(directories) == 4  # 1500 × 2100 and overviews down to one block
    assert b"LAYOUT=IFDS_BEFORE_DATA" in data[:400]
    widths = [tags[256][2] for _, tags in directories]
    assert widths == sorted(widths, reverse=True)
    first_tile = []
    for _, tags in directories:
        kind, n, value = tags[324]
        first_tile.append(
            value
            if n == 1
            else struct.unpack("<I" if kind == 4 else "<Q", data[value : value + (4 if kind == 4 else 8)])[0]
        )
    assert max(at for at, _ in directories) < min(first_tile)  # all directories before all data
    assert first_tile == sorted(first_tile, reverse=True)  # the smallest overview first


def test_the_coverage_reads_back_with_its_bands(large, tmp_path):
    path = cog.write(tmp_path / "coverage.tif", large)
    with rasterio_module().open(path) as file:
        assert file.descriptions == ("best RSRP (dBm)", "best server (bts_number)")
        assert np.array_equal(file.read(1), large.coverage_rsrp_dbm.values, equal_nan=True)
        server = file.read(2)
        assert np.array_equal(np.where(np.isnan(server), -1, server), large.coverage_server.values)
        assert (file.crs.to_epsg(), file.tags()["TIFFTAG_DATETIME"], file.tags()["synthetic"]) == (
            4326,
            "2026:07:01 00:00:00",
            "true",
        )
        small = file.read(2, out_shape=(375, 525))
        assert np.isin(
            small[np.isfinite(small)], np.unique(server[np.isfinite(server)])
        ).all()  # never an average of servers


def test_rasters_of_two_grids_are_refused(inputs, large, tmp_path):
    fields = {field: getattr(inputs, field) for field in ExportInputs.__dataclass_fields__}
    mixed = ExportInputs(**{**fields, "coverage_server": large.coverage_server})
    with pytest.raises(OutputError, match="different grids"):
        cog.write(tmp_path / "a.tif", mixed)
    assert not list(tmp_path.iterdir())


def test_the_raster_of_service_says_the_level_of_every_cell_in_the_colours_of_the_map(inputs, tmp_path):
    from planner.report.figures import class_colours

    with rasterio_module().open(service_raster.write(tmp_path / "service.tif", inputs)) as file:
        values, colours = file.read(1), file.colormap(1)
        assert (file.dtypes[0], file.nodata, file.crs.to_epsg()) == ("uint8", 255, 4326)
        for row in inputs.cells.merge(inputs.service, on="cell_id").to_dict("records"):
            at = file.index(row["lon_deg"], row["lat_deg"])
            assert LEVELS[values[at]] == row["level"]
    assert (values != 255).sum() == len(inputs.cells)
    for at, level in enumerate(LEVELS):
        assert "#" + bytes(colours[at][:3]).hex() == class_colours("cells")[level]


# ---- CSV for Excel


def test_csv_opens_in_an_indonesian_excel_and_formulas_are_text(inputs, tmp_path):
    files = csv_excel.write(tmp_path, inputs)
    data = (tmp_path / "sites.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    frame = pd.read_csv(tmp_path / "sites.csv", sep=";", decimal=",", encoding="utf-8-sig")
    assert frame["name"].tolist() == ["Bukit Uitao", f"'{export_worlds.HOSTILE}"]
    assert frame["n_umkm_new"].tolist() == [30.5, 12.0]
    candidates = pd.read_csv(tmp_path / "candidates.csv", sep=";", decimal=",", encoding="utf-8-sig")
    assert {"'+cmd|calc", "'-2+3"} <= set(candidates["name"])
    assert candidates["lat_deg"].dtype == float
    assert len(files) > 5


def test_the_bytes_do_not_depend_on_how_a_layer_describes_its_crs(inputs, tmp_path):
    """PROJ gives EPSG:4326 with a datum or with an ensemble, by what the process has read before."""
    import geopandas as gpd
    from pyproj import CRS
    from shapely.geometry import LineString

    ensemble = CRS.from_wkt(geoparquet._WGS84)
    plain = CRS.from_wkt(ensemble.to_wkt("WKT2_2015"))
    for folder, described in (("a", plain), ("b", ensemble)):
        fiber = gpd.GeoDataFrame({"fiber_id": ["f"]}, geometry=[LineString([(120, -9), (121, -9)])], crs=described)
        geoparquet.write(tmp_path / folder, dataclasses.replace(inputs, fiber=fiber))
    assert plain.to_json() != ensemble.to_json()
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    told = json.loads(pq.read_schema(tmp_path / "b/fiber.parquet").metadata[b"geo"])["columns"]["geometry"]["crs"]
    assert CRS.from_json_dict(told).to_epsg() == 4326


def test_quality_and_probability_are_files_of_their_own_with_their_styles(large, tmp_path):
    cog.write(tmp_path / "coverage.tif", dataclasses.replace(large, served_place="indoor"))
    sinr, share = large.coverage_sinr_db.values, large.coverage_probability_share.values
    for name, unit, values, step in (
        ("sinr", "indoors (dB)", sinr, 0.05),
        ("probability", "indoors (0-1)", share, 0.005),
    ):
        with rasterio_module().open(tmp_path / f"{name}.tif") as file:
            assert file.descriptions[0].endswith(unit)
            read = file.read(1)
        assert np.array_equal(np.isnan(read), np.isnan(values))
        assert np.nanmax(np.abs(read - values)) <= step + 1e-4
        ramp = ET.parse(tmp_path / f"{name}.qml").getroot().find(".//colorrampshader")  # noqa: S314  written here
        assert len(ramp) == 5
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        f"{name}.{end}" for name in ("coverage", "sinr", "probability") for end in ("qml", "tif")
    )


def test_without_a_model_of_interference_there_is_no_file_of_quality(large, tmp_path):
    cog.write(tmp_path / "coverage.tif", dataclasses.replace(large, coverage_sinr_db=None))
    assert not (tmp_path / "sinr.tif").exists()
    assert (tmp_path / "probability.tif").exists()


# ---- KMZ, FlatGeobuf, shapefile


def test_the_table_of_stages_knows_where_each_format_goes():
    from planner.pipeline.table import FORMATS as PLACES

    assert set(PLACES) == set(FORMATS)
    for name in FORMATS:
        meta = registry.load(planner.export, name).META
        for place in PLACES[name]:
            folder = (
                meta["path"] if meta["is_folder"] else meta["path"].rpartition("/")[0]
            )  # styles lie beside a raster
            assert place.rpartition("/")[0] == folder
        assert meta["is_folder"] or PLACES[name][0] == meta["path"]


KML = "{http://www.opengis.net/kml/2.3}"


def kml_of(path: Path) -> ET.Element:
    from defusedxml import ElementTree as Safe

    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["doc.kml"]
        return Safe.fromstring(archive.read("doc.kml"))


def test_the_kmz_holds_the_sites_where_they_stand_with_all_digits(inputs, tmp_path):
    root = kml_of(kmz.write(tmp_path / "plan.kmz", inputs))
    styles = {style.get("id") for style in root.iter(f"{KML}Style")}
    marks = list(root.iter(f"{KML}Placemark"))
    assert {mark.findtext(f"{KML}styleUrl").removeprefix("#") for mark in marks} <= styles
    sites = {}
    for mark in marks:
        data = {item.get("name"): item.findtext(f"{KML}value") for item in mark.iter(f"{KML}Data")}
        if "site_id" in data and mark.find(f"{KML}Point") is not None and "n_umkm_new" in data:
            sites[data["site_id"]] = (data, mark)
    assert sorted(sites) == sorted(inputs.sites["site_id"])
    for row in inputs.sites.to_dict("records"):
        data, mark = sites[row["site_id"]]
        assert float(data["cost_idr"]) == row["cost_idr"]
        assert float(data["n_umkm_new"]) == row["n_umkm_new"]
        lon, lat = map(float, mark.findtext(f"{KML}Point/{KML}coordinates").split(","))
        assert (lon, lat) == pytest.approx((row["lon_deg"], row["lat_deg"]), abs=1e-4)
    assert "indikatif" in root.findtext(f"{KML}Document/{KML}description")
    assert "abc123" in root.findtext(f"{KML}Document/{KML}description")


def test_no_text_of_the_kmz_is_markup_for_google_earth(inputs, tmp_path):
    evil = '</name><script>x</script><img src="http://x.example"/> $[name] \x00\ue000 &lt;'
    sites = inputs.sites.assign(name=[evil] * len(inputs.sites))
    root = kml_of(kmz.write(tmp_path / "plan.kmz", dataclasses.replace(inputs, sites=sites, title_id=evil)))
    for item in root.iter():
        for text in (item.text or "", *item.attrib.values()):
            assert not any(mark in text for mark in ("<", ">", "$[", "\x00")), item.tag
    assert {item.tag for item in root.iter()} & {"script", "img"} == set()
    names = [mark.findtext(f"{KML}name") for mark in root.iter(f"{KML}Placemark")]
    assert any("‹script›x‹/script›" in (name or "") for name in names)


def test_the_kmz_is_read_by_gdal(inputs, tmp_path):
    with zipfile.ZipFile(kmz.write(tmp_path / "plan.kmz", inputs)) as archive:
        archive.extract("doc.kml", tmp_path)
    read = pyogrio_module()
    layers = [str(name) for name, _ in read.list_layers(tmp_path / "doc.kml")]
    n = sum(len(read.read_dataframe(tmp_path / "doc.kml", layer=layer)) for layer in layers)
    frames = vector_layers(inputs)
    assert n == sum(len(frames[name]) for name in kmz._LAYERS if name in frames)


def test_flatgeobuf_holds_what_geoparquet_holds(inputs, tmp_path):
    import geopandas as gpd

    fgb = {path.stem: path for path in flatgeobuf.write(tmp_path / "f", inputs)}
    flat = {path.stem: path for path in geoparquet.write(tmp_path / "p", inputs)}
    assert set(fgb) == set(flat)
    for name, key in (("sites", "site_id"), ("cells", "cell_id"), ("areas_kabupaten", "area_code")):
        one = pyogrio_module().read_dataframe(fgb[name]).sort_values(key, ignore_index=True)
        two = gpd.read_parquet(flat[name]).sort_values(key, ignore_index=True)
        assert one.geometry.to_wkb().tolist() == two.geometry.to_wkb().tolist()
        for column in ("name", "cost_idr", "n_umkm", "umkm_unserved"):
            if column in two:
                assert one[column].tolist() == two[column].tolist()


def test_the_shapefile_says_in_its_table_what_each_field_means(inputs, tmp_path):
    files = shapefile.write(tmp_path, inputs)
    table = pd.read_csv(tmp_path / shapefile.FIELD_TABLE, sep=";", encoding="utf-8-sig", dtype=str)
    names = {(r["layer"], r["column"]): r["field"] for r in table.to_dict("records")}
    assert table["field"].str.len().max() <= 10
    assert not table.duplicated(["layer", "field"]).any()
    sites = pyogrio_module().read_dataframe(tmp_path / "sites.shp").set_index("site_id")
    want = inputs.sites.set_index("site_id")
    for column in ("cost_idr", "n_umkm_new", "capex_idr"):
        short = names["sites", column]
        for key in want.index:
            assert sites.loc[key, short] == pytest.approx(want.loc[key, column], rel=1e-12)
    assert sites.loc["S2", "name"] == export_worlds.HOSTILE
    assert (tmp_path / "sites.dbf").read_bytes()[1:4] == bytes((126, 7, 1))
    assert {path.suffix for path in files} >= {".shp", ".shx", ".dbf", ".prj", ".cpg", ".csv"}


def test_long_texts_of_a_shapefile_are_cut_and_say_so(inputs, tmp_path):
    sites = inputs.sites.assign(name=["é" * 400, "ok"])
    shapefile.write(tmp_path, dataclasses.replace(inputs, sites=sites))
    names = pyogrio_module().read_dataframe(tmp_path / "sites.shp")["name"].tolist()
    assert max(len(name.encode()) for name in names) <= 254
    assert any(name.endswith("…") for name in names)
    assert "ok" in names
