"""The door: a file is judged by path, kind, signature and size before any library opens it.

Libraries read what a name says (``/vsicurl/…``, ``CSV:/etc/passwd``, ``<VRTDataset…``), wait for ever on a
FIFO and follow links out of a folder. `open_checked` lets regular files below the allowed folders pass,
`staged` hands a library a private name without neighbours: nothing of the user's path is left to parse, and
no side-car lies beside it that the door has not seen.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

from planner.errors import DoorError
from planner.layers import archives, signatures

__all__ = [
    "GEO_KINDS",
    "RASTER_KINDS",
    "TABLE_KINDS",
    "VECTOR_KINDS",
    "CheckedFile",
    "Limits",
    "kind_of",
    "open_checked",
    "staged",
    "tile_paths",
]

TABLE_KINDS = ("csv", "xlsx", "xls", "ods")
VECTOR_KINDS = ("geojson", "gpkg", "parquet", "shapefile", "kml", "kmz", "flatgeobuf")
RASTER_KINDS = ("geotiff", "hgt")
GEO_KINDS = VECTOR_KINDS + RASTER_KINDS

_SUFFIXES = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv",
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".ods": "ods",
    ".geojson": "geojson", ".json": "geojson", ".gpkg": "gpkg", ".parquet": "parquet", ".geoparquet": "parquet",
    ".shp": "shapefile", ".kml": "kml", ".kmz": "kmz", ".fgb": "flatgeobuf",
    ".tif": "geotiff", ".tiff": "geotiff", ".hgt": "hgt",
}  # fmt: skip
_CONNECTION = re.compile(r"^\s*(<|\{|/vsi|[A-Za-z][A-Za-z0-9_+.-]+:)|://|[\x00-\x1f]", re.IGNORECASE)
_TILE_SUFFIXES = (".hgt", ".hgt.zip", ".hgt.gz", ".tif", ".tiff")


class HasRoots(Protocol):
    """What the door needs of a `ReadContext`."""

    @property
    def folder(self) -> Path:
        """The scenario's folder; relative paths start here, and it is an allowed root."""

    @property
    def roots(self) -> tuple[Path, ...]:
        """Further allowed folders."""


@dataclass(frozen=True)
class Limits:
    """Sizes beyond which a file is refused before it is read.

    Parameters
    ----------
    file_bytes
        Largest file (the largest OpenCelliD world file is about 5 GB).
    unpacked_bytes
        Largest unpacked content of an archive.
    ratio
        Largest ratio of unpacked to packed bytes, once the content is over `ratio_from_bytes`
        (an all-sea SRTM tile of 25 MB packs 1000-fold, so small files may).
    members
        Most members of an archive, and most tiles of a folder.
    """

    file_bytes: int = 64 * 1024**3
    unpacked_bytes: int = 8 * 1024**3
    ratio: float = 200.0
    ratio_from_bytes: int = 64 * 1024**2
    members: int = 20_000


@dataclass(frozen=True)
class CheckedFile:
    """A file the door let in.

    Parameters
    ----------
    path
        Real path: absolute, links resolved, below an allowed root.
    kind
        What its signature says: a name of `TABLE_KINDS` or `GEO_KINDS`; for an archive, what it holds.
    size
        Bytes on disk.
    packing
        ``""``, ``zip`` or ``gzip``.
    member
        Main member of a zip archive.
    companions
        Side-cars of a shapefile: paths, or member names in an archive.
    limits
        Limits that still hold while it is unpacked.
    """

    path: Path
    kind: str
    size: int
    packing: str = ""
    member: str = ""
    companions: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits, repr=False)

    @cached_property
    def sha256(self) -> str:
        """Hash of the bytes on disk and, for a plain shapefile, of its side-cars."""
        digest = hashlib.sha256()
        for path in (self.path, *(Path(c) for c in self.companions if not self.packing)):
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()

    @property
    def name(self) -> str:
        """File name for messages, with the member of an archive."""
        return f"{self.path.name}!{self.member}" if self.member else self.path.name


def kind_of(path: Path | str) -> tuple[str, str]:
    """Kind and packing that a file's name claims: ``("csv", "gzip")`` for ``510.csv.gz``.

    Examples
    --------
    >>> kind_of("510.csv.gz"), kind_of("batas.zip"), kind_of("foto.jpg")
    (('csv', 'gzip'), ('', 'zip'), ('', ''))
    """
    name = str(path).lower()
    if name.endswith(".zip"):
        return "", "zip"
    packing = "gzip" if name.endswith(".gz") else ""
    return _SUFFIXES.get(Path(name.removesuffix(".gz")).suffix, ""), packing


def open_checked(
    path: Path | str, context: HasRoots, kinds: tuple[str, ...], *, limits: Limits | None = None
) -> CheckedFile:
    """Judge a file before a library opens it.

    Parameters
    ----------
    path
        As the user wrote it; relative paths start at ``context.folder``.
    context
        Says which folders may be read.
    kinds
        Kinds the caller can read.
    limits
        Other limits than the usual.

    Raises
    ------
    DoorError
        Not a plain path, not there, not a regular file, outside the allowed folders, empty, too large, of
        another kind than it says, an archive that is not safe, or a shapefile without its side-cars.
    """
    limits = limits or Limits()
    real = _real_path(path, context)
    size = _regular_size(real, limits)
    kind, packing = kind_of(real)
    if packing == "zip":
        held = archives.inspect(real, limits, _SUFFIXES)
        found = CheckedFile(real, held.kind, size, "zip", held.member, held.companions, limits)
        _allow(found.kind, real, kinds)
        archives.check_member(real, held, signatures.check)
        return found
    if not kind:
        message = f"'{real.name}': files of this type are not read here; give {_listed(kinds)}"
        raise DoorError(message, code="door_kind", path=str(real), known=_listed(kinds))
    _allow(kind, real, kinds)
    if packing == "gzip":
        signatures.check(kind, real.name.removesuffix(".gz"), archives.gzip_head(real), size=-1)
        return CheckedFile(real, kind, size, "gzip", limits=limits)
    signatures.check(kind, real.name, _head(real), size=size)
    found = CheckedFile(real, kind, size, limits=limits)
    if kind == "kmz":
        member = archives.inspect_kmz(real, limits)
        return CheckedFile(real, "kml", size, "zip", member, limits=limits)
    if kind in ("xlsx", "ods"):
        archives.inspect_package(real, kind, limits)
    if kind == "kml":
        signatures.refuse_entities(real)
    if kind == "parquet":
        signatures.check_parquet_end(real)
    if kind == "gpkg":
        signatures.check_geopackage(real)
    return replace(found, companions=signatures.shapefile_companions(real)) if kind == "shapefile" else found


def tile_paths(path: Path | str, context: HasRoots, *, limits: Limits | None = None) -> tuple[Path, ...]:
    """Tiles of a folder (``.hgt``, ``.hgt.zip``, ``.tif``) sorted by name, or the single file itself.

    Other files of the folder are left aside; each tile still has to pass `open_checked`.

    Raises
    ------
    DoorError
        Not a plain path, not there, outside the allowed folders, or a folder without tiles.
    """
    limits = limits or Limits()
    real = _real_path(path, context)
    if not real.is_dir():
        return (real,)
    names = sorted(p.name for p in real.iterdir() if p.name.lower().endswith(_TILE_SUFFIXES) and p.name[0] != ".")
    if not names or len(names) > limits.members:
        message = f"folder '{real}' holds {len(names)} tiles (.hgt, .hgt.zip, .tif); 1 to {limits.members} are read"
        raise DoorError(message, code="door_tiles", path=str(real), count=len(names), most=limits.members)
    return tuple(real / name for name in names)


@contextlib.contextmanager
def staged(file: CheckedFile) -> Iterator[Path]:
    """Give a checked file a private, plain name for a library to open; unpacks archives within the limits.

    Yields
    ------
    Path
        A file alone in a private folder (a shapefile with its side-cars), gone when the block ends.
    """
    folder = Path(tempfile.mkdtemp(prefix="merata-"))
    try:
        yield _staged_in(folder, file)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _staged_in(folder: Path, file: CheckedFile) -> Path:
    suffix = {"shapefile": ".shp", "geotiff": ".tif", "flatgeobuf": ".fgb"}.get(file.kind, f".{file.kind}")
    stem = _tile_stem(file) if file.kind == "hgt" else "data"
    main = folder / f"{stem}{suffix}"
    if file.packing == "gzip":
        archives.gunzip(file.path, main, file.limits)
    elif file.packing == "zip":
        archives.extract(file.path, file.member, main, file.limits)
        for companion in file.companions:
            archives.extract(file.path, companion, main.with_suffix(Path(companion).suffix.lower()), file.limits)
    else:
        _link(file.path, main)
        for companion in file.companions:
            _link(Path(companion), main.with_suffix(Path(companion).suffix.lower()))
    return main


def _tile_stem(file: CheckedFile) -> str:
    """SRTM tiles say where they are by their name alone."""
    return Path(file.member or file.path.name.removesuffix(".gz")).stem.upper()[:7]


def _link(source: Path, target: Path) -> None:
    try:
        target.symlink_to(source)
    except OSError:  # Windows without the right to make links
        shutil.copyfile(source, target)


def _real_path(path: Path | str, context: HasRoots) -> Path:
    text = str(path)
    if _CONNECTION.search(text) and not re.match(r"^[A-Za-z]:[\\/]", text):
        message = f"'{text[:80]}' is not a plain path: give a file on this computer, not an address or a connection"
        raise DoorError(message, code="door_connection", path=text[:80])
    given = Path(text)
    given = given if given.is_absolute() else context.folder / given
    try:
        real = given.resolve(strict=True)
    except (OSError, RuntimeError) as err:  # RuntimeError: links in a circle
        message = f"'{given}' is not there or cannot be reached: check the name and the folder"
        raise DoorError(message, code="door_missing", path=str(given)) from err
    roots = [root.resolve() for root in (context.folder, *context.roots)]
    if not any(real.is_relative_to(root) for root in roots):
        message = (
            f"'{given}' is really '{real}', outside the folders that may be read "
            f"({', '.join(str(root) for root in roots)}): copy it there"
        )
        raise DoorError(message, code="door_outside", path=str(given), roots=", ".join(str(root) for root in roots))
    return real


def _regular_size(real: Path, limits: Limits) -> int:
    """Size of a regular, readable file; FIFOs, devices and folders are refused without opening them."""
    mode = real.stat()
    if not stat.S_ISREG(mode.st_mode):
        message = f"'{real}' is not a regular file (folder, pipe or device): give a file"
        raise DoorError(message, code="door_not_regular", path=str(real))
    if not os.access(real, os.R_OK):
        message = f"'{real}' may not be read by this user: change its permissions"
        raise DoorError(message, code="door_unreadable", path=str(real))
    if mode.st_size == 0:
        message = f"'{real.name}' is empty (0 bytes): get the file again"
        raise DoorError(message, code="door_empty", path=str(real))
    if mode.st_size > limits.file_bytes:
        message = f"'{real.name}' has {mode.st_size} bytes, more than {limits.file_bytes}: cut it to the region"
        raise DoorError(message, code="door_large", path=str(real), size=mode.st_size, most=limits.file_bytes)
    return mode.st_size


def _head(real: Path, n_bytes: int = signatures.HEAD_BYTES) -> bytes:
    descriptor = os.open(real, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # exchanged since it was judged
            message = f"'{real}' changed while it was being checked"
            raise DoorError(message, code="door_not_regular", path=str(real))
        return file.read(n_bytes)


def _allow(kind: str, real: Path, kinds: tuple[str, ...]) -> None:
    if kind not in kinds:
        message = (
            f"'{real.name}' is {kind or 'of no known kind'}, which this layer does not read; give {_listed(kinds)}"
        )
        raise DoorError(message, code="door_kind", path=str(real), known=_listed(kinds))


def _listed(kinds: tuple[str, ...]) -> str:
    suffixes = {kind: " ".join(s for s, k in _SUFFIXES.items() if k == kind) for kind in kinds}
    return ", ".join(text for text in suffixes.values() if text)
