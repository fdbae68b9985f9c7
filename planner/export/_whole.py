"""Files that are whole or absent: written under a temporary name, then renamed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from planner.errors import OutputError

__all__ = ["whole"]


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a temporary path of the same ending; it becomes ``path`` when the block ends without an error.

    Raises
    ------
    OutputError
        The folder cannot be written or is full; nothing is left behind.
    """
    part = path.with_name(f".part-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _clear(part)
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as err:
        message = f"'{path}' could not be written: {os.strerror(err.errno or 0)}; make room or give another folder"
        raise OutputError(message, code="output_unwritten", path=str(path), fault=str(err)) from err
    finally:
        _clear(part)


def _clear(part: Path) -> None:
    """Remove a temporary file with what SQLite leaves beside it."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            part.with_name(part.name + suffix).unlink(missing_ok=True)
