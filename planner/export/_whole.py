"""Files that are whole or absent: written under a temporary name, then renamed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from planner.errors import OutputError

__all__ = ["whole"]


@contextlib.contextmanager
def whole(path: Path, faults: tuple[type[Exception], ...] = ()) -> Iterator[Path]:
    """Give a temporary path of the same ending; it becomes ``path`` when the block ends without an error.

    Parameters
    ----------
    path
        The file to write.
    faults
        What the library that writes raises beside `OSError` when the disk is full or breaks.

    Raises
    ------
    OutputError
        The folder cannot be written or is full; nothing is left behind.
    """
    part = path.with_name(f".part-{path.name}")
    caught: tuple[type[Exception], ...] = (OSError, *faults)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _clear(part)
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OutputError:
        raise
    except caught as err:
        number = err.errno if isinstance(err, OSError) else None
        reason = os.strerror(number) if number else str(err)[:200]
        message = f"'{path}' could not be written: {reason}; make room or give another folder"
        raise OutputError(message, code="output_unwritten", path=str(path), fault=reason) from err
    finally:
        _clear(part)


def _clear(part: Path) -> None:
    """Remove a temporary file with what SQLite leaves beside it."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            part.with_name(part.name + suffix).unlink(missing_ok=True)
