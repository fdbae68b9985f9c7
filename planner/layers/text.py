"""Delimited text files as raw tables, in chunks, with true line numbers."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.errors import LayerError
from planner.layers.report import RawTable
from planner.layers.sniff import Header, TextScan, TextShape, find_header, sniff_delimiter

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["CHUNK_ROWS", "raw_tables"]

CHUNK_ROWS = 200_000
"""Rows held at once while a text file is cut."""

_BLOCK = 1 << 20
_MAX_LINE = 1_000_000
_MAX_RECORD_LINES = 100
_MAX_UNPACKED = 16 << 30
_MAX_RATIO = 1000
_N_SNIFF = 60


class _UnclosedError(Exception):
    """A quoted cell runs on for too many lines."""


class _Lines:
    """Lines of a text with their number; can be put back when a quote turned out never to close."""

    def __init__(self, stream: io.TextIOBase) -> None:
        self._stream = stream
        self._back: list[str] = []
        self.number = 0
        self.record: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self._back:
            line = self._back.pop()
        else:
            line = self._stream.readline(_MAX_LINE)
            if not line:
                raise StopIteration
            if len(line) == _MAX_LINE and not line.endswith(("\n", "\r")):
                line = line[: _MAX_LINE // 2] + "\n"
                while (more := self._stream.readline(_MAX_LINE)) and not more.endswith(("\n", "\r")):
                    pass
        if len(self.record) >= _MAX_RECORD_LINES:
            self._back.append(line)
            raise _UnclosedError
        self.number += 1
        line = line.rstrip("\r\n") + "\n"
        self.record.append(line)
        return line

    def put_back(self) -> str:
        """Give back all lines of the running record but the first, which is returned."""
        first, *rest = self.record
        self._back.extend(reversed(rest))
        self.number -= len(rest)
        self.record.clear()
        return first


@dataclass
class _Chunk:
    """Rows being gathered."""

    rows: list[list[str]]
    lines: list[int]
    broken: list[tuple[int, str, str, str]]


def raw_tables(path: Path, source: LayerSource, *, kind: str, shown: str) -> Iterator[RawTable]:
    """Cut a text file, plain or gzipped, into raw tables of at most `CHUNK_ROWS` rows.

    Parameters
    ----------
    path
        The file, already let in by the door.
    source
        ``columns`` helps to find the header.
    kind
        Layer kind whose columns are looked for.
    shown
        Name in messages.

    Raises
    ------
    LayerError
        No text, no header, an archive that is damaged or far larger than it looks.
    """
    file = shown
    shape = _scan(path, file)
    try:
        with _open(path) as raw:
            stream = io.TextIOWrapper(raw, encoding=shape.encoding, errors=shape.errors, newline=shape.newline)
            yield from _tables(stream, file, shape, source, kind)
    except (OSError, EOFError, zlib.error) as err:
        message = f"{file}: cannot be read to its end ({err}): copy or unpack it again"
        raise LayerError(message, code="file_damaged", file=file, fault=str(err)) from err


def _open(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")  # type: ignore[return-value]  # a GzipFile reads like one


def _scan(path: Path, file: str) -> TextShape:
    scan, size = TextScan(), 0
    limit = min(_MAX_UNPACKED, max(1 << 26, path.stat().st_size * _MAX_RATIO))
    try:
        with _open(path) as raw:
            while block := raw.read(_BLOCK):
                scan.feed(block)
                size += len(block)
                if size > limit:
                    message = f"{file}: unpacks to more than {limit >> 20} MB, {_MAX_RATIO} times its size: refused"
                    raise LayerError(message, code="archive_bomb", file=file)
    except (OSError, EOFError, zlib.error) as err:
        message = f"{file}: cannot be read to its end ({err}): copy or unpack it again"
        raise LayerError(message, code="file_damaged", file=file, fault=str(err)) from err
    if not size:
        message = f"{file}: the file is empty"
        raise LayerError(message, code="file_empty", file=file)
    return scan.shape(file)


def _tables(stream: io.TextIOBase, file: str, shape: TextShape, source: LayerSource, kind: str) -> Iterator[RawTable]:
    lines = _Lines(stream)
    head = [line for _, line in zip(range(_N_SNIFF), lines, strict=False)]
    delimiter = sniff_delimiter([line for line in head if line.strip()])
    lines.number, lines.record = 0, []
    lines._back.extend(reversed(head))  # noqa: SLF001  # its own module
    records = _records(lines, delimiter)
    first: list[tuple[int, list[str], str]] = []
    for record in records:
        first.append(record)
        if len(first) >= _N_SNIFF:
            break
    header = find_header([row for _, row, _ in first], kind, source.columns, file=file)
    notes = list(shape.notes) + list(header.notes)
    if delimiter != ",":
        notes.insert(0, f"delimiter {'tab' if delimiter == chr(9) else delimiter}")
    yield from _cut_rows(first[header.first_row + header.n_rows :], records, header, file, tuple(notes))


def _records(lines: _Lines, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """Yield ``(line, cells, fault code)``; blank lines are left out."""
    csv.field_size_limit(_MAX_LINE * _MAX_RECORD_LINES)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        start = lines.number + 1
        lines.record.clear()
        try:
            row = next(reader)
        except StopIteration:
            return
        except (_UnclosedError, csv.Error):
            yield start, [lines.put_back().rstrip("\n")], "unclosed_quote"
            reader = csv.reader(lines, delimiter=delimiter)
            continue
        if len(lines.record) > 1 and "".join(lines.record).count('"') % 2:
            yield start, [lines.put_back().rstrip("\n")], "unclosed_quote"  # the file ended inside a quote
            reader = csv.reader(lines, delimiter=delimiter)
            continue
        if any(row) and not (len(row) == 1 and not row[0].strip()):
            yield start, row, ""


def _cut_rows(
    first: list[tuple[int, list[str], str]],
    records: Iterator[tuple[int, list[str], str]],
    header: Header,
    file: str,
    notes: tuple[str, ...],
) -> Iterator[RawTable]:
    width = len(header.names)
    chunk = _Chunk([], [], [])
    is_first = True
    for source in (first, records):
        for line, row, code in source:
            if len(row) == width and not code:
                chunk.rows.append(row)
                chunk.lines.append(line)
            else:
                _odd_row(chunk, line, row, code, width)
            if len(chunk.lines) + len(chunk.broken) >= CHUNK_ROWS:
                yield _table(chunk, header, file, notes if is_first else ())
                chunk, is_first = _Chunk([], [], []), False
    if is_first or chunk.lines or chunk.broken:
        yield _table(chunk, header, file, notes if is_first else ())


def _odd_row(chunk: _Chunk, line: int, row: list[str], code: str, width: int) -> None:
    """A row of another width: padding is cut off, anything else is broken."""
    if not code and len(row) > width and not any(cell.strip() for cell in row[width:]):
        chunk.rows.append(row[:width])
        chunk.lines.append(line)
        return
    if not code and not any(cell.strip() for cell in row):
        return
    if not code:
        code = "extra_cells" if len(row) > width else "short_row"
    message = {
        "extra_cells": f"{len(row)} cells where the header has {width}",
        "short_row": f"{len(row)} cells where the header has {width}",
        "unclosed_quote": "a quotation mark that never closes",
    }[code]
    chunk.broken.append((line, " | ".join(row)[:500], code, message))


def _table(chunk: _Chunk, header: Header, file: str, notes: tuple[str, ...]) -> RawTable:
    width = len(header.names)
    columns = list(zip(*chunk.rows, strict=True)) if chunk.rows else [()] * width
    cells = pd.DataFrame(
        {name: pd.array(list(column), dtype="str") for name, column in zip(header.names, columns, strict=True)}
    )
    return RawTable(
        file=file,
        cells=cells,
        line=np.array(chunk.lines, dtype=np.int64),
        titles=header.titles,
        broken=pd.DataFrame(chunk.broken, columns=["line", "text", "code", "message"]) if chunk.broken else None,
        notes=notes,
    )
