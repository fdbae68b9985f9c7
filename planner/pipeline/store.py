"""Artifacts on disk: whole or absent, found by key, resumable by part."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from planner.errors import OutputError, RunBusyError

__all__ = ["Store", "locked", "write_whole"]

DONE = "done.json"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is whole or absent (temporary name, sync, rename)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as err:
        partial.unlink(missing_ok=True)
        message = f"'{path}' could not be written: {err.strerror or err}"
        raise OutputError(message, code="output_failed", path=str(path), fault=str(err.strerror or err)) from err


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

    def done(self, stage: str, key: str) -> dict[str, Any] | None:
        """What was noted when the artifact was finished; None when it is not whole."""
        path = self.folder(stage, key) / DONE
        try:
            noted: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        whole = all(
            (path.parent / name).is_file() and (path.parent / name).stat().st_size == size
            for name, size in noted["files"].items()
        )
        return noted if whole else None

    def finish(self, stage: str, key: str, **notes: Any) -> dict[str, Any]:
        """Note an artifact as whole."""
        folder = self.folder(stage, key)
        files = {
            str(path.relative_to(folder)): path.stat().st_size
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != DONE and not path.name.startswith(".")
        }
        noted = {"files": files, **notes}
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

    def publish(self, stage: str, key: str, name: str) -> Path:
        """Copy an output into the run folder, whole or not at all.

        Raises
        ------
        OutputError
            No room, no permission, or a symbolic link stands there.
        """
        source = self.folder(stage, key) / "publish" / name
        target = self.out / name
        partial = target.with_name(f".{target.name}.partial")
        try:
            if target.is_symlink() or (target.exists() and not target.is_file()):
                message = f"'{target}' is not a regular file: move it away, then run again"
                raise OutputError(message, code="output_not_regular", path=str(target))
            target.parent.mkdir(parents=True, exist_ok=True)
            partial.unlink(missing_ok=True)
            shutil.copyfile(source, partial)
            partial.replace(target)
        except OSError as err:
            if isinstance(err, OutputError):
                raise
            partial.unlink(missing_ok=True)
            message = f"'{target}' could not be written: {err.strerror or err}"
            raise OutputError(message, code="output_failed", path=str(target), fault=str(err.strerror or err)) from err
        return target
