"""The door: what must never be opened is refused, quickly, with a message that says how to mend it."""

from __future__ import annotations

import gzip
import os
import sqlite3
import stat
import struct
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from planner.errors import DoorError
from planner.layers import archives
from planner.layers._gdal import FORBIDDEN_DRIVERS, gdal_ready, pyogrio_module
from planner.layers.door import (
    GEO_KINDS,
    RASTER_KINDS,
    TABLE_KINDS,
    VECTOR_KINDS,
    Limits,
    open_checked,
    staged,
    tile_paths,
)
from planner.layers.report import ReadContext

ALL = TABLE_KINDS + GEO_KINDS
GEOJSON = '{"type": "FeatureCollection", "features": []}'
VRT = "<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"


@pytest.fixture
def context(tmp_path: Path) -> ReadContext:
    return ReadContext(folder=tmp_path)


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "path",
    [
        "/vsicurl/http://127.0.0.1/x.tif",
        "/vsizip/a.zip/b.geojson",
        "/VSIMEM/x.geojson",
        "http://127.0.0.1/x.geojson",
        "https:/x/y.geojson",
        "CSV:/etc/passwd",
        "GPKG:a.gpkg:layer",
        "SQLITE:/tmp/a.db",
        "PG:dbname=x",
        "zip://a.zip!b.tif",
        "<VRTDataset rasterXSize='1'/>",
        '{"type": "gdal_streamed_alg"}',
        "a\x00b.csv",
        "a\nb.csv",
        "WFS:http://127.0.0.1/",
        "NETCDF:x.nc:y",
    ],
)
def test_connections_are_not_paths(context, path):
    with pytest.raises(DoorError, match="not a plain path") as caught:
        open_checked(path, context, ALL)
    assert caught.value.code == "door_connection"


def test_files_outside_the_allowed_folders_are_refused_also_through_links(tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "out"
    secret = put(outside, "secret.csv", "a,b\n1,2\n")
    inside.mkdir()
    (inside / "link.csv").symlink_to(secret)
    (inside / "folder").symlink_to(outside)
    context = ReadContext(folder=inside)
    for path in ("../out/secret.csv", "link.csv", "folder/secret.csv", str(secret)):
        with pytest.raises(DoorError, match="outside the folders"):
            open_checked(path, context, ALL)
    with_root = ReadContext(folder=inside, roots=(outside,))
    assert open_checked("link.csv", with_root, ALL).path == secret.resolve()


def test_a_link_within_the_folder_is_followed(context, tmp_path):
    put(tmp_path, "a.csv", "x\n1\n")
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")
    assert open_checked("b.csv", context, ALL).kind == "csv"


def test_links_in_a_circle_do_not_hang(context, tmp_path):
    (tmp_path / "a.csv").symlink_to(tmp_path / "b.csv")
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")
    with pytest.raises(DoorError, match="not there or cannot be reached"):
        open_checked("a.csv", context, ALL)


def test_a_fifo_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.geojson")
    code = textwrap.dedent(f"""
        from pathlib import Path
        from planner.layers.door import VECTOR_KINDS, open_checked
        from planner.layers.report import ReadContext
        try:
            open_checked("pipe.geojson", ReadContext(folder=Path({str(tmp_path)!r})), VECTOR_KINDS)
        except Exception as err:
            print(type(err).__name__, err.code)
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "DoorError door_not_regular"


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/stdin", "/proc/self/environ"])
def test_devices_and_proc_are_refused(context, path):
    with pytest.raises(DoorError):
        open_checked(path, context, ALL)
    with pytest.raises(DoorError, match=r"not a regular file|empty|not read here"):
        open_checked(path, ReadContext(folder=Path("/")), ALL)


def test_a_folder_missing_and_empty_files_are_refused(context, tmp_path):
    (tmp_path / "folder.tif").mkdir()
    put(tmp_path, "empty.csv", "")
    for name, match in (("folder.tif", "not a regular file"), ("empty.csv", "empty"), ("none.csv", "not there")):
        with pytest.raises(DoorError, match=match):
            open_checked(name, context, ALL)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_said(context, tmp_path):
    put(tmp_path, "a.csv", "x\n").chmod(0)
    with pytest.raises(DoorError, match="permissions"):
        open_checked("a.csv", context, ALL)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.geojson", VRT),
        ("a.tif", '<VRTDataset rasterXSize="1"><SourceFilename>/etc/passwd</SourceFilename></VRTDataset>'),
        ("a.geojson", '{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline read /etc/passwd"}'),
        ("a.geojson", '{"type": "Topology", "objects": {}}'),
        ("a.geojson", "[1, 2]"),
        ("a.json", '{"command_line": "x", "nested": {"type": "FeatureCollection"}}'),
        ("a.gpkg", b"SQLite format 3\x00" + b"\x00" * 200),
        ("a.gpkg", b"PK\x03\x04"),
        ("a.shp", b"PK\x03\x04" + b"\x00" * 200),
        ("a.kml", "<html><body>login</body></html>"),
        ("a.fgb", b"II*\x00"),
        ("a.parquet", b"SQLite format 3\x00"),
        ("a.tif", b"\x89PNG\r\n\x1a\n"),
        ("a.hgt", b"\x00" * 100),
        ("S09E124.hgt", b"\x00" * 100),
        ("a.csv", "<html><body>Silakan masuk</body></html>"),
        ("a.csv", b"\x00\x01\x02\x03" * 500),
        ("a.csv", b"PK\x03\x04 xlsx renamed"),
        ("a.xlsx", "a,b\n1,2\n"),
        ("a.xls", "<table></table>"),
        ("a.parquet", "version https://git-lfs.github.com/spec/v1\noid sha256:1\n"),
    ],
)
def test_content_of_another_kind_is_refused(context, tmp_path, name, content):
    put(tmp_path, name, content)
    with pytest.raises(DoorError, match=r"says it is|cut off|damaged") as caught:
        open_checked(name, context, ALL)
    assert caught.value.code in {"door_signature", "door_truncated"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.geojson", GEOJSON),
        ("b.geojson", "\ufeff\n " + GEOJSON),
        ("c.geojson", '{"features": [' + ", ".join(['{"type": "Feature"}'] * 9000) + '], "type": "FeatureCollection"}'),
        ("d.json", '{"name": "a \\"type\\": {", "crs": {"type": "name"}, "type": "FeatureCollection", "features": []}'),
        ("e.csv", "kode;nama\n53;NTT\n"),
        ("f.csv", "kode;nama\n53;NTT\n".encode("utf-16")),
        ("g.csv", "nama\nKafé\n".encode("cp1252")),
        ("S09E124.hgt", b"\x00\x01" * 1201 * 1201),
        ("h.kml", '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"></kml>'),
    ],
)
def test_honest_files_pass(context, tmp_path, name, content):
    put(tmp_path, name, content)
    assert open_checked(name, context, ALL).size > 0


def test_kinds_of_other_layers_are_refused_with_what_would_do(context, tmp_path):
    put(tmp_path, "a.geojson", GEOJSON)
    put(tmp_path, "photo.jpg", b"\xff\xd8\xff")
    with pytest.raises(DoorError, match=r"give \.tif"):
        open_checked("a.geojson", context, RASTER_KINDS)
    with pytest.raises(DoorError, match="not read here"):
        open_checked("photo.jpg", context, VECTOR_KINDS)


def test_files_over_the_limit_are_refused_unread(context, tmp_path):
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(70 * 1024**3)  # sparse: takes no space
    with pytest.raises(DoorError, match="more than"):
        open_checked("big.csv", context, ALL)


def test_xml_entities_are_refused_wherever_they_stand(context, tmp_path):
    put(tmp_path, "a.kml", "<kml>" + " " * (1 << 20) + '<!DOCTYPE x [<!ENTITY a "b">]></kml>')
    with pytest.raises(DoorError, match="XML entities"):
        open_checked("a.kml", context, ALL)


# ---- archives


def pack(path: Path, members: dict[str, bytes | str], **kind) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content, **kind)
    return path


@pytest.mark.parametrize(
    "name", ["../a.geojson", "/etc/a.geojson", "x/../../a.geojson", "C:/a.geojson", "..\\a.geojson"]
)
def test_archive_members_that_leave_the_archive_are_refused(context, tmp_path, name):
    pack(tmp_path / "a.zip", {name: GEOJSON})
    with pytest.raises(DoorError, match="points outside the archive"):
        open_checked("a.zip", context, ALL)


def test_an_archive_in_an_archive_is_refused(context, tmp_path):
    inner = pack(tmp_path / "inner.zip", {"a.geojson": GEOJSON}).read_bytes()
    pack(tmp_path / "a.zip", {"a.geojson": GEOJSON, "more.zip": inner})
    with pytest.raises(DoorError, match="archive itself"):
        open_checked("a.zip", context, ALL)


def test_links_and_encryption_in_archives_are_refused(context, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        info = zipfile.ZipInfo("a.geojson")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(DoorError, match="is a link"):
        open_checked("a.zip", context, ALL)
    data = bytearray(pack(tmp_path / "b.zip", {"a.geojson": GEOJSON}).read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    put(tmp_path, "b.zip", bytes(data))
    with pytest.raises(DoorError, match="encrypted"):
        open_checked("b.zip", context, ALL)


def test_zip_bombs_are_refused_by_directory_and_by_count(context, tmp_path, monkeypatch):
    pack(tmp_path / "a.zip", {"a.geojson": b'{"type": "FeatureCollection"' + b" " * 68_000_000})
    with pytest.raises(DoorError, match="swell"):
        open_checked("a.zip", context, ALL)
    monkeypatch.setattr(archives, "_archive_fault", lambda *_: "")  # as if the directory had lied
    limits = Limits(ratio_from_bytes=1_000_000)
    checked = open_checked("a.zip", context, ALL, limits=limits)
    with pytest.raises(DoorError, match="bomb"), staged(checked):
        pass


def test_gzip_bombs_are_stopped(context, tmp_path):
    put(tmp_path, "a.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * 1_000_000))
    checked = open_checked("a.csv.gz", context, TABLE_KINDS, limits=Limits(ratio_from_bytes=1_000_000))
    with pytest.raises(DoorError, match="bomb"), staged(checked):
        pass


def test_damaged_archives_are_said(context, tmp_path):
    data = pack(tmp_path / "a.zip", {"a.geojson": GEOJSON * 50}).read_bytes()
    put(tmp_path, "a.zip", data[: len(data) // 2])
    put(tmp_path, "b.csv.gz", gzip.compress(b"a\n" * 90000)[:50])
    for name in ("a.zip", "b.csv.gz"):
        with pytest.raises(DoorError, match="damaged archive"):
            open_checked(name, context, ALL)


def test_an_archive_must_hold_one_data_set(context, tmp_path):
    pack(tmp_path / "two.zip", {"a.geojson": GEOJSON, "b.geojson": GEOJSON})
    pack(tmp_path / "none.zip", {"readme.md": "x"})
    for name in ("two.zip", "none.zip"):
        with pytest.raises(DoorError, match="must hold one data set"):
            open_checked(name, context, ALL)
    pack(tmp_path / "one.zip", {"sub/a.geojson": GEOJSON, "__MACOSX/sub/._a.geojson": b"\x00", "readme.pdf": b"%PDF"})
    checked = open_checked("one.zip", context, ALL)
    assert (checked.kind, checked.member) == ("geojson", "sub/a.geojson")
    with staged(checked) as plain:
        assert plain.read_text() == GEOJSON
    assert not plain.exists()


def test_the_signature_of_a_member_is_checked_too(context, tmp_path):
    pack(tmp_path / "a.zip", {"a.geojson": VRT})
    with pytest.raises(DoorError, match="VRT"):
        open_checked("a.zip", context, ALL)


def test_a_kmz_gives_its_kml(context, tmp_path):
    pack(tmp_path / "a.kmz", {"doc.kml": "<kml></kml>", "files/icon.png": b"x"})
    pack(tmp_path / "b.kmz", {"x.txt": "x"})
    assert open_checked("a.kmz", context, ALL).kind == "kml"
    with pytest.raises(DoorError, match=r"must hold doc\.kml"):
        open_checked("b.kmz", context, ALL)


# ---- shapefiles and GeoPackages


@pytest.fixture
def shapefile(tmp_path) -> Path:
    import geopandas as gpd
    import shapely

    frame = gpd.GeoDataFrame(
        {"nama": ["a", "b", "c"]}, geometry=shapely.points([[124, -9], [124, -8], [123, -9]]), crs="EPSG:4326"
    )
    pyogrio_module().write_dataframe(frame, tmp_path / "titik.shp")
    return tmp_path / "titik.shp"


@pytest.mark.parametrize("suffix", [".dbf", ".shx"])
def test_missing_side_cars_are_named(context, shapefile, suffix):
    shapefile.with_suffix(suffix).unlink()
    with pytest.raises(DoorError, match=f"lacks titik{suffix}"):
        open_checked(shapefile, context, VECTOR_KINDS)


@pytest.mark.parametrize("suffix", [".shp", ".dbf", ".shx"])
def test_a_shapefile_that_was_cut_off_is_refused(context, shapefile, suffix):
    part = shapefile.with_suffix(suffix)
    part.write_bytes(part.read_bytes()[:-20])
    with pytest.raises(DoorError, match="cut off"):
        open_checked(shapefile, context, VECTOR_KINDS)


def test_a_zipped_shapefile_without_dbf_is_refused(context, shapefile):
    members = {f"x/titik{s}": shapefile.with_suffix(s).read_bytes() for s in (".shp", ".shx")}
    pack(shapefile.parent / "a.zip", members)
    with pytest.raises(DoorError, match=r"without \.dbf"):
        open_checked("a.zip", context, VECTOR_KINDS)


def test_a_geopackage_that_reads_other_files_is_refused(context, tmp_path):
    path = tmp_path / "a.gpkg"
    base = sqlite3.connect(path)
    base.execute("PRAGMA application_id = 1196444487")
    base.execute("CREATE TABLE gpkg_contents (table_name TEXT)")
    base.execute("PRAGMA writable_schema = 1")
    sql = "CREATE VIRTUAL TABLE spy USING VirtualOGR('/etc/passwd')"
    base.execute("INSERT INTO sqlite_master VALUES ('table', 'spy', 'spy', 0, ?)", (sql,))
    base.commit()
    base.close()
    with pytest.raises(DoorError, match="virtual table 'spy'"):
        open_checked(path, context, VECTOR_KINDS)


def test_a_geopackage_that_was_cut_off_is_refused(context, tmp_path, shapefile):
    frame = pyogrio_module().read_dataframe(shapefile)
    pyogrio_module().write_dataframe(frame, tmp_path / "a.gpkg")
    data = (tmp_path / "a.gpkg").read_bytes()
    put(tmp_path, "a.gpkg", data[: len(data) // 2])
    with pytest.raises(DoorError, match="cut off"):
        open_checked("a.gpkg", context, VECTOR_KINDS)


# ---- GDAL itself


def test_the_drivers_that_read_other_files_are_gone():
    gdal_ready()
    assert not set(FORBIDDEN_DRIVERS) & set(pyogrio_module().list_drivers())


def test_reading_is_refused_when_gdal_was_loaded_too_early():
    code = "import pyogrio\nfrom planner.layers._gdal import gdal_ready\ngdal_ready()"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GDAL")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1
    assert "import planner.layers before" in done.stderr


def test_importing_the_layers_says_nothing_on_the_terminal():
    code = "from planner.layers._gdal import gdal_ready\ngdal_ready()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_tiles_of_a_folder_come_sorted_and_others_are_left(context, tmp_path):
    for name in ("S10E124.hgt", "S09E124.hgt", "readme.txt", ".hidden.tif"):
        put(tmp_path, f"dem/{name}", b"\x00\x01" * 1201 * 1201)
    assert [path.name for path in tile_paths("dem", context)] == ["S09E124.hgt", "S10E124.hgt"]
    (tmp_path / "leer").mkdir()
    with pytest.raises(DoorError, match="0 tiles"):
        tile_paths("leer", context)


def test_the_hash_covers_the_side_cars(context, shapefile):
    first = open_checked(shapefile, context, VECTOR_KINDS).sha256
    dbf = shapefile.with_suffix(".dbf")
    data = bytearray(dbf.read_bytes())
    data[-3] ^= 1
    dbf.write_bytes(bytes(data))
    assert open_checked(shapefile, context, VECTOR_KINDS).sha256 != first


@pytest.mark.shared
def test_every_real_data_file_passes_or_is_of_no_kind(shared):
    context = ReadContext(folder=shared)
    passed, refused = 0, {}
    for path in sorted(p for p in shared.rglob("*") if p.is_file()):
        try:
            open_checked(path, context, ALL)
            passed += 1
        except DoorError as err:
            refused[path.name] = err.code
    assert {name: code for name, code in refused.items() if code != "door_kind"} == {"MANIFEST.json": "door_signature"}
    assert passed > 60


def test_a_tiff_header_alone_is_no_signature_of_another_kind(context, tmp_path):
    put(tmp_path, "a.tif", struct.pack("<2sHIH", b"II", 42, 8, 0) + b"\x00" * 20)
    assert open_checked("a.tif", context, RASTER_KINDS).kind == "geotiff"
