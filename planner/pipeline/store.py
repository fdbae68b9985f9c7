"""Artifacts on disk: whole or absent, found by key, resumable by part."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from planner.errors import OutputError, RunBusyError

__all__ = [
    "DONE",
    "PARTS",
    "Store",
    "begin_parts",
    "claim_part",
    "file_digest",
    "finish_part",
    "is_made",
    "locked",
    "read_note",
    "write_whole",
]

DONE = "done.json"
PARTS = ".parts"
_CLAIM = ".claim-"


def file_digest(path: Path, cache: dict[str, str] | None = None) -> str:
    """SHA-256 of a file; with a cache, only when its size, times or place changed.

    The time of change (ctime) counts too: tools that copy keep the time of writing, and nobody can set this one.
    """
    stat = path.stat()
    stamp = f"{stat.st_size}|{stat.st_mtime_ns}|{stat.st_ctime_ns}|{stat.st_ino}"
    if cache is not None:
        known, _, digest = cache.get(str(path), "").rpartition("|")
        if known == stamp:
            return digest
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if cache is not None:
        cache[str(path)] = f"{stamp}|{digest}"
    return digest


def read_note(path: Path, kind: type) -> Any:
    """JSON of a file of our own when it is of this kind; None when it is not there or damaged."""
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return noted if isinstance(noted, kind) else None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is whole or absent (temporary name, sync, rename)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    with _told(path):
        try:
            _write(partial, data)
            partial.replace(path)
        except OSError:
            partial.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the run folder for this process.

    Raises
    ------
    RunBusyError
        Another run holds it.
    OutputError
        The folder cannot be made or written.
    """
    state = out / ".merata"
    try:
        state.mkdir(parents=True, exist_ok=True)
        handle = (state / "lock").open("a+")
    except OSError as err:
        message = f"folder '{out}' cannot be written: {err.strerror or err}; choose another with --out"
        raise OutputError(message, code="out_unwritable", path=str(out), fault=str(err.strerror or err)) from err
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as err:
            message = f"another run works in '{out}': wait for it, or choose another folder with --out"
            raise RunBusyError(message, code="run_busy", path=str(out)) from err
        yield


class Store:
    """The artifacts of one run folder, below ``OUT/.merata/stages/<stage>/<key>``."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.root = out / ".merata"

    def folder(self, stage: str, key: str) -> Path:
        """Folder of an artifact."""
        return self.root / "stages" / stage / key

    def done(self, stage: str, key: str, cache: dict[str, str] | None = None) -> dict[str, Any] | None:
        """What was noted when the artifact was finished; None when a file of it is missing or not as it was."""
        folder = self.folder(stage, key)
        noted: dict[str, Any] | None = read_note(folder / DONE, dict)
        files = noted.get("files") if noted else None
        return (
            noted
            if isinstance(files, dict) and sorted(files) == _files(folder) and _same(folder, files, cache)
            else None
        )

    def finish(self, stage: str, key: str, **notes: Any) -> dict[str, Any]:
        """Note an artifact as whole, with the digest of each of its files."""
        folder = self.folder(stage, key)
        noted = {"files": {name: file_digest(folder / name) for name in _files(folder)}, **notes}
        write_whole(folder / DONE, json.dumps(noted, indent=1, sort_keys=True).encode())
        return noted

    def sweep(self, keys: dict[str, str]) -> None:
        """Remove artifacts of earlier runs that this run did not use."""
        stages = self.root / "stages"
        if not stages.is_dir():
            return
        for place in stages.iterdir():
            for artifact in place.iterdir():
                if keys.get(place.name) != artifact.name:
                    shutil.rmtree(artifact, ignore_errors=True)

    def published(self, stage: str, key: str) -> tuple[str, ...]:
        """Names of the outputs an artifact publishes, relative to the run folder."""
        root = self.folder(stage, key) / "publish"
        return tuple(sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()))

    @contextlib.contextmanager
    def prepared(self, outputs: dict[str, Path], texts: dict[str, bytes]) -> Iterator[dict[str, Path]]:
        """Outputs under temporary names beside their places, for as long as the block runs.

        Parameters
        ----------
        outputs
            Name in the run folder → file of an artifact. Links cost no room; where the file system knows none, or the
            artifact lies on another one, the file is copied.
        texts
            Name → content of files made here.

        Yields
        ------
        dict
            Name → temporary file, each whole: renaming them needs no room. What is left of them goes with the block.

        Raises
        ------
        OutputError
            No room, no permission, or a symbolic link or folder stands in the place of an output; nothing has changed.
        """
        made: dict[str, Path] = {}
        try:
            for name in (*outputs, *texts):
                target = self.out / name
                made[name] = target.with_name(f".{target.name}.partial")
                with _told(target):
                    if target.is_symlink() or (target.exists() and not target.is_file()):
                        message = f"'{target}' is not a regular file: move it away, then run again"
                        raise OutputError(message, code="output_not_regular", path=str(target))
                    target.parent.mkdir(parents=True, exist_ok=True)
                    made[name].unlink(missing_ok=True)
                    if name in outputs:
                        _link(outputs[name], made[name])
                    else:
                        _write(made[name], texts[name])
            yield made
        finally:
            for path in made.values():
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)


def _link(source: Path, target: Path) -> None:
    """The same file under another name; a copy where that cannot be."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as err:
        if err.errno == errno.ENOSPC:
            raise
        target.unlink(missing_ok=True)
        shutil.copyfile(source, target)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the system says against writing a file, as an `OutputError` that names the file."""
    try:
        yield
    except OSError as err:
        if isinstance(err, OutputError):
            raise
        message = f"'{path}' could not be written: {err.strerror or err}"
        raise OutputError(message, code="output_failed", path=str(path), fault=str(err.strerror or err)) from err


def begin_parts(folder: Path) -> list[str]:
    """Ready an artifact for the makers of its parts; names of those made earlier whose files are missing or changed.

    Their marks are taken off, and nobody has claimed a part yet.
    """
    (folder / PARTS).mkdir(parents=True, exist_ok=True)
    for claim in (folder / PARTS).glob(f"{_CLAIM}*"):
        claim.unlink()
    found = []
    for mark in sorted((folder / PARTS).glob("[!.]*")):
        files = read_note(mark, dict)
        if files is None or not _same(folder, files, None):
            mark.unlink()
            found.append(mark.name)
    return found


def is_made(folder: Path, part: str) -> bool:
    """Whether a part is whole."""
    return (folder / PARTS / part).exists()


def claim_part(folder: Path, part: str) -> bool:
    """Whether the caller is to make this part: nobody has made or claimed it since `begin_parts`."""
    if is_made(folder, part):
        return False
    try:
        (folder / PARTS / f"{_CLAIM}{part}").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def finish_part(folder: Path, part: str) -> None:
    """Mark a part as whole, with the digests of its files: those whose name holds the part's as a word."""
    mine = re.compile(rf"(?<!\w){re.escape(part)}(?!\w)")
    files = {name: file_digest(folder / name) for name in _files(folder) if mine.search(name)}
    write_whole(folder / PARTS / part, json.dumps(files, sort_keys=True).encode())


def _files(folder: Path) -> list[str]:
    """Files of an artifact, relative to its folder, without our own marks."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.name != DONE and not path.name.startswith(".") and path.parent.name != PARTS
    )


def _same(folder: Path, files: dict[str, str], cache: dict[str, str] | None) -> bool:
    """Whether files are there with the digests they had."""
    return all((folder / name).is_file() and file_digest(folder / name, cache) == was for name, was in files.items())
