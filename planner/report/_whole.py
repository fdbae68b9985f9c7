"""Files that are whole or absent: written under a temporary name, then renamed."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from planner.errors import OutputError

__all__ = ["write_whole"]


def write_whole(path: Path, data: bytes | memoryview) -> Path:
    """Write ``data`` as ``path``.

    Raises
    ------
    OutputError
        The folder cannot be written or is full; nothing is left behind.
    """
    part = path.with_name(f".part-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as err:
        reason = os.strerror(err.errno or 0)
        message = f"'{path}' could not be written: {reason}; close it, make room or give another folder"
        raise OutputError(message, code="output_unwritten", path=str(path), fault=reason) from err
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return path
