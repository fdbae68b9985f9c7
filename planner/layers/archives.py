"""Zip and gzip at the door: no traversal, no bombs, no archive within an archive, no more bytes than allowed."""

from __future__ import annotations

import gzip
import lzma
import stat
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, cast

from planner.errors import DoorError

if TYPE_CHECKING:
    from planner.layers.door import Limits

__all__ = [
    "Held",
    "check_member",
    "extract",
    "gunzip",
    "gzip_head",
    "inspect",
    "inspect_kmz",
    "inspect_package",
    "open_gzip",
]

_BLOCK = 1 << 20
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, lzma.LZMAError)
_PACKED = (".zip", ".gz", ".7z", ".rar", ".tar", ".bz2", ".xz", ".kmz", ".tgz")
_HEAD_BYTES = 1 << 16
_SIDECARS = (".shx", ".dbf", ".prj", ".cpg")
_SAID = {"xlsx": "xl/workbook", "ods": "content.xml"}


@dataclass(frozen=True)
class Held:
    """What an archive holds: kind, main member, side-cars and the bytes of the main member."""

    kind: str
    member: str
    companions: tuple[str, ...]
    size: int


def inspect(path: Path, limits: Limits, suffixes: Mapping[str, str]) -> Held:
    """Judge a zip archive by its directory alone; it must hold one data set.

    Raises
    ------
    DoorError
        Damaged, unsafe names, links, encryption, archives inside, too large, or not exactly one data set.
    """
    infos = _safe_infos(path, limits, refuse_packed=True)
    kinds = {info.filename: suffixes.get(PurePosixPath(info.filename).suffix.lower(), "") for info in infos}
    shapes = [name for name, kind in kinds.items() if kind == "shapefile"]
    mains = shapes or [name for name, kind in kinds.items() if kind and kind != "kmz"]
    if len(mains) != 1:
        what = ", ".join(sorted(mains)[:5]) or "none"
        message = f"'{path.name}' must hold one data set, it holds {len(mains)} ({what}): unpack it and name the file"
        raise DoorError(message, code="door_archive", path=str(path), fault=what)
    main = mains[0]
    sizes = {info.filename: info.file_size for info in infos}
    stem = main[: -len(PurePosixPath(main).suffix)]
    beside = {PurePosixPath(n).suffix.lower(): n for n in kinds if n.startswith(f"{stem}.") and n != main}
    companions = tuple(beside[s] for s in _SIDECARS if s in beside) if shapes else ()
    missing = [s for s in (".shx", ".dbf") if s not in beside] if shapes else []
    if missing:
        message = f"'{path.name}' holds {main} without {', '.join(missing)}: pack all files of the shapefile"
        raise DoorError(message, code="door_sidecar", path=str(path), missing=", ".join(missing))
    return Held(kinds[main], main, companions, sizes[main])


def inspect_kmz(path: Path, limits: Limits) -> str:
    """Judge a KMZ; the member to read is ``doc.kml``, else its only KML.

    Raises
    ------
    DoorError
        Not safe, or no such member.
    """
    names = [i.filename for i in _safe_infos(path, limits, refuse_packed=True) if i.filename.lower().endswith(".kml")]
    main = next((name for name in names if name.lower() == "doc.kml"), names[0] if len(names) == 1 else "")
    if not main:
        message = f"'{path.name}' must hold doc.kml or one KML file, it holds {len(names)}: save it again"
        raise DoorError(message, code="door_archive", path=str(path), fault=f"{len(names)} KML files")
    return main


def inspect_package(path: Path, kind: str, limits: Limits) -> None:
    """Judge a file that is a zip inside (XLSX, ODS): limits, names, and that it is of its kind."""
    names = [info.filename for info in _safe_infos(path, limits, refuse_packed=False)]
    if not any(_SAID[kind] in name for name in names):
        message = f"'{path.name}' says it is {kind}, but it is another zip archive: give the true file"
        raise DoorError(message, code="door_signature", path=str(path), kind=kind, found="a zip archive")


def check_member(path: Path, held: Held, check: Callable[..., None]) -> None:
    """Check the signature of an archive's main member from its first bytes."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(held.member) as file:
            head = file.read(_HEAD_BYTES)
    except _DAMAGE as err:
        raise _damaged(path, err) from err
    check(held.kind, PurePosixPath(held.member).name, head, size=held.size)


def extract(path: Path, member: str, target: Path, limits: Limits) -> None:
    """Unpack one member, counting bytes as they come (declared sizes can lie)."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as file:
            _copy(file, target, path, limits)
    except DoorError:
        raise
    except _DAMAGE as err:
        raise _damaged(path, err) from err


def gunzip(path: Path, target: Path, limits: Limits) -> None:
    """Unpack a gzip file within the limits."""
    try:
        with open_gzip(path) as file:
            _copy(file, target, path, limits)
    except DoorError:
        raise
    except _DAMAGE as err:
        raise _damaged(path, err) from err


def gzip_head(path: Path) -> bytes:
    """First bytes inside a gzip file."""
    try:
        with gzip.open(path) as file:
            return file.read(_HEAD_BYTES)
    except _DAMAGE as err:
        raise _damaged(path, err) from err


def open_gzip(path: Path) -> IO[bytes]:
    """Stream of a gzip file, for readers that work by chunk and so need no limit on its length."""
    return cast("IO[bytes]", gzip.open(path))


def _safe_infos(path: Path, limits: Limits, *, refuse_packed: bool) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except _DAMAGE as err:
        raise _damaged(path, err) from err
    fault = _archive_fault(infos, limits) or next(
        (f for f in (_member_fault(i, refuse_packed=refuse_packed) for i in infos) if f), ""
    )
    if fault:
        message = f"'{path.name}' is not a safe archive: {fault}"
        raise DoorError(message, code="door_archive", path=str(path), fault=fault)
    return [i for i in infos if not i.is_dir() and "__MACOSX" not in i.filename and not _is_hidden(i.filename)]


def _is_hidden(name: str) -> bool:
    return PurePosixPath(name).name.startswith(".")


def _archive_fault(infos: list[zipfile.ZipInfo], limits: Limits) -> str:
    total = sum(info.file_size for info in infos)
    packed = max(1, sum(info.compress_size for info in infos))
    names = [info.filename.lower() for info in infos]
    if len(infos) > limits.members:
        return f"{len(infos)} members, at most {limits.members} are read"
    if total > limits.unpacked_bytes:
        return f"it would unpack to {total} bytes, at most {limits.unpacked_bytes} are read"
    if total > limits.ratio_from_bytes and total > limits.ratio * packed:
        return f"it would swell {total // packed}-fold, at most {limits.ratio:.0f}-fold is read"
    if len(set(names)) != len(names):
        return "two members have the same name"
    return ""


def _member_fault(info: zipfile.ZipInfo, *, refuse_packed: bool) -> str:
    name = info.orig_filename
    if (
        name.startswith(("/", "\\"))
        or ":" in name
        or "\\" in name
        or "\x00" in name
        or ".." in PurePosixPath(name).parts
    ):
        return f"member '{name[:60]}' points outside the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return f"member '{name[:60]}' is a link"
    if info.flag_bits & 0x1:
        return f"member '{name[:60]}' is encrypted"
    if refuse_packed and name.lower().endswith(_PACKED):
        return f"member '{name[:60]}' is an archive itself: unpack it first"
    return ""


def _copy(source: IO[bytes], target: Path, path: Path, limits: Limits) -> None:
    packed = path.stat().st_size
    n_bytes = 0
    with target.open("xb") as file:
        while block := source.read(_BLOCK):
            n_bytes += len(block)
            is_bomb = n_bytes > limits.ratio_from_bytes and n_bytes > limits.ratio * packed
            if n_bytes > limits.unpacked_bytes or is_bomb:
                message = f"'{path.name}' swells beyond {n_bytes} bytes: it is refused as a bomb"
                raise DoorError(message, code="door_archive", path=str(path), fault="bomb")
            file.write(block)


def _damaged(path: Path, err: Exception) -> DoorError:
    message = f"'{path.name}' is a damaged archive ({err}): get the file again"
    return DoorError(message, code="door_truncated", path=str(path), fault=str(err))
