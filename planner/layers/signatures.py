"""What the first bytes of each kind of file must be, whatever its name says."""

from __future__ import annotations

import re
import sqlite3
import struct
from pathlib import Path

from planner.errors import DoorError
from planner.layers.sniff import utf16_without_mark

__all__ = ["HEAD_BYTES", "check", "check_geopackage", "check_parquet_end", "refuse_entities", "shapefile_companions"]

HEAD_BYTES = 1 << 16

_MAGIC: dict[str, tuple[bytes, ...]] = {
    "gpkg": (b"SQLite format 3\x00",),
    "parquet": (b"PAR1",),
    "shapefile": (b"\x00\x00\x27\x0a",),
    "flatgeobuf": (b"fgb\x03fgb",),
    "geotiff": (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
    "xlsx": (b"PK\x03\x04",),
    "ods": (b"PK\x03\x04",),
    "kmz": (b"PK\x03\x04",),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00"),
}
_BINARY_STARTS = (b"PK\x03\x04", b"SQLite", b"%PDF", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"II*\x00", b"MM\x00*", b"PAR1")
_HGT_SIDES = (1201, 3601)
_HGT_NAME = re.compile(r"^[NS]\d{2}[EW]\d{3}", re.IGNORECASE)
_GEOJSON_TYPES = {
    "FeatureCollection", "Feature", "GeometryCollection",
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
}  # fmt: skip
_GPKG_IDS = (b"GPKG", b"GP10", b"GP11")


def check(kind: str, name: str, head: bytes, *, size: int) -> None:
    """Refuse a file whose first bytes are not of its kind.

    Parameters
    ----------
    kind
        Kind that its name claims.
    name
        File name, for the message (and the place of an SRTM tile).
    head
        Its first bytes, at most `HEAD_BYTES`.
    size
        Its size in bytes, −1 when not known (packed).

    Raises
    ------
    DoorError
        The content is something else.
    """
    fault = ""
    if kind in _MAGIC:
        fault = "" if head.startswith(_MAGIC[kind]) else _looks_like(head)
        if kind == "gpkg" and not fault and head[68:72] not in _GPKG_IDS:
            fault = "another SQLite database, not a GeoPackage"
    elif kind == "geojson":
        fault = _geojson_fault(head)
    elif kind == "kml":
        fault = "" if b"<kml" in head[:4096].lower() else _looks_like(head)
    elif kind == "hgt":
        fault = _hgt_fault(name, size)
    elif kind == "csv":
        fault = _text_fault(head)
    if fault:
        message = f"'{name}' says it is {kind}, but it holds {fault}: give the true file, or its true name"
        raise DoorError(message, code="door_signature", path=name, kind=kind, found=fault)


def check_parquet_end(path: Path) -> None:
    """Refuse a Parquet file that was cut off."""
    with path.open("rb") as file:
        file.seek(-4, 2)
        if file.read(4) != b"PAR1":
            message = f"'{path.name}' is cut off (its Parquet footer is missing): get the file again"
            raise DoorError(message, code="door_truncated", path=str(path))


def check_geopackage(path: Path) -> None:
    """Refuse a GeoPackage that is cut off, unreadable, or carries virtual tables (these open other files)."""
    with path.open("rb") as file:
        head = file.read(100)
    page = int.from_bytes(head[16:18], "big") or 1
    n_pages = int.from_bytes(head[28:32], "big")
    if head[24:28] == head[92:96] and path.stat().st_size < n_pages * (65536 if page == 1 else page):
        message = f"'{path.name}' is cut off ({path.stat().st_size} of {n_pages * page} bytes): get the file again"
        raise DoorError(message, code="door_truncated", path=str(path))
    base = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    base.text_factory = lambda raw: raw.decode("utf-8", errors="replace")  # damaged names must not raise
    try:
        rows = base.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        base.execute("SELECT table_name FROM gpkg_contents").fetchall()
    except (sqlite3.Error, UnicodeDecodeError) as err:  # SQLite's own message may quote damaged bytes
        message = f"'{path.name}' is a damaged GeoPackage ({err}): get the file again"
        raise DoorError(message, code="door_truncated", path=str(path)) from err
    finally:
        base.close()
    pattern = re.compile(r"^\s*CREATE\s+VIRTUAL\s+TABLE.*?\sUSING\s+(\w+)", re.IGNORECASE | re.DOTALL)
    for name, sql in rows:
        found = pattern.match(sql)
        if found and found.group(1).lower() != "rtree":
            message = f"'{path.name}' carries the virtual table '{name}' ({found.group(1)}), which can read other files"
            raise DoorError(message, code="door_virtual_table", path=str(path), table=name)


def refuse_entities(path: Path) -> None:
    """Refuse XML with a document type or entities (bombs, and references to other files)."""
    tail = b""
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            if re.search(rb"<!\s*(DOCTYPE|ENTITY)", tail + block, re.IGNORECASE):
                message = f"'{path.name}' declares XML entities, which maps never need: save it again from its program"
                raise DoorError(message, code="door_entities", path=str(path))
            tail = block[-32:]


def shapefile_companions(path: Path) -> tuple[str, ...]:
    """Side-cars of a shapefile: ``.shx`` and ``.dbf`` must be there and whole, ``.prj`` and ``.cpg`` may.

    Raises
    ------
    DoorError
        A side-car is missing, or one of the files was cut off.
    """
    beside = {p.suffix.lower(): p for p in sorted(path.parent.iterdir()) if p.stem == path.stem and p.is_file()}
    missing = [s for s in (".shx", ".dbf") if s not in beside]
    if missing:
        message = f"'{path.name}' lacks {', '.join(path.stem + s for s in missing)} beside it: copy all files of the shapefile"
        raise DoorError(message, code="door_sidecar", path=str(path), missing=", ".join(missing))
    companions = [beside[s] for s in (".shx", ".dbf", ".prj", ".cpg") if s in beside]
    for companion in companions:
        if companion.is_symlink() and companion.resolve().parent != path.parent:
            message = f"'{companion.name}' is a link to another folder: copy the file itself"
            raise DoorError(message, code="door_outside", path=str(companion))
    with path.open("rb") as file:
        head = file.read(100)
    check_shapefile_parts(path.name, head, path.stat().st_size, beside)
    return tuple(str(companion) for companion in companions)


def check_shapefile_parts(name: str, head: bytes, size: int, beside: dict[str, Path]) -> None:
    """Refuse a shapefile that was cut off: lengths in its headers against the files."""
    declared = struct.unpack(">i", head[24:28])[0] * 2 if len(head) == 100 else 100
    with beside[".shx"].open("rb") as file:
        index = file.read(100)
    with beside[".dbf"].open("rb") as file:
        table = file.read(32)
    n_shapes = (beside[".shx"].stat().st_size - 100) // 8
    n_rows = struct.unpack("<I", table[4:8])[0] if len(table) == 32 else -1
    fault = ""
    if len(table) < 32 or len(index) < 100:
        fault = ".dbf or .shx is shorter than its header"
    elif size < declared:
        fault = f".shp has {size} of {declared} bytes"
    elif index[:4] != _MAGIC["shapefile"][0]:
        fault = ".shx is not a shape index"
    elif n_rows != n_shapes:
        fault = f".dbf says {n_rows} rows, .shx {n_shapes} shapes"
    elif (
        beside[".dbf"].stat().st_size
        < struct.unpack("<H", table[8:10])[0] + n_rows * struct.unpack("<H", table[10:12])[0]
    ):
        fault = ".dbf is shorter than its rows"
    if fault:
        message = f"'{name}' was cut off or mixed up ({fault}): get all files of the shapefile again"
        raise DoorError(message, code="door_truncated", path=name, fault=fault)


def _geojson_fault(head: bytes) -> str:
    text = head.decode("utf-8-sig", errors="replace").lstrip()
    if not text.startswith("{"):
        return _looks_like(head)
    keys = _top_level(text)
    if keys.get("type") in _GEOJSON_TYPES or ("type" not in keys and "features" in keys):
        return ""
    return f"JSON of type '{keys.get('type', 'none')}'"


def _top_level(text: str) -> dict[str, str]:
    """Keys of the outermost JSON object that fall into ``text`` (it may be cut), with values that are text."""
    found: dict[str, str] = {}
    depth, key = 0, ""
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]', text):
        piece = match.group()
        if piece in "{[":
            depth += 1
            if depth == 2 and key:
                found.setdefault(key, "")
        elif piece in "}]":
            depth -= 1
        elif depth == 1 and piece == ",":
            key = ""
        elif depth == 1 and piece[0] == '"':
            value = piece[1:-1]
            if key:
                found.setdefault(key, value)
            else:
                key = value
    return found


def _hgt_fault(name: str, size: int) -> str:
    if not _HGT_NAME.match(Path(name).name):
        return "an elevation tile without its place in the name (such as S09E124.hgt)"
    if size >= 0 and size not in {2 * side * side for side in _HGT_SIDES}:
        return f"{size} bytes, where a tile has {' or '.join(str(2 * s * s) for s in _HGT_SIDES)}"
    return ""


def _text_fault(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""  # UTF-16, as Excel's "Unicode text"
    if head.startswith(_BINARY_STARTS):
        return _looks_like(head)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return "a web page or XML"
    if utf16_without_mark(head):
        return ""
    if head.count(b"\x00") > len(head) // 100:
        return "binary data"
    return ""


def _looks_like(head: bytes) -> str:
    known = {
        b"PK\x03\x04": "a zip archive or Office file", b"SQLite": "an SQLite database", b"PAR1": "Parquet",
        b"%PDF": "a PDF", b"\x1f\x8b": "gzip", b"\xd0\xcf\x11\xe0": "an old Office file",
        b"II*\x00": "a TIFF", b"MM\x00*": "a TIFF", b"\x00\x00\x27\x0a": "a shapefile", b"version https://git-lfs": "a git-lfs pointer",
    }  # fmt: skip
    for start, what in known.items():
        if head.startswith(start):
            return what
    text = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"vrt" in text[:64] and text[:1] == b"<":
        return "a GDAL VRT, which points to other files"
    if text.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    if text[:1] == b"<":
        return "XML"
    return "JSON" if text[:1] in (b"{", b"[") else "something else"
