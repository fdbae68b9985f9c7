"""Delimited text files as raw tables, in chunks, with true line numbers."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from planner.errors import LayerError
from planner.layers.report import RawTable
from planner.layers.sniff import Header, TextScan, TextShape, find_header, sniff_delimiter
from planner.layers.values import has_letters

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["CHUNK_ROWS", "raw_tables"]

CHUNK_ROWS = 200_000
"""Rows held at once while a text file is cut."""

_BLOCK = 1 << 20
_BLOCK_LETTERS = 1 << 22
_HEAD_LETTERS = 1 << 16
_CARRIAGE = re.compile(r"\r+\n")
_MAX_LINE = 1_000_000
_MAX_RECORD_LINES = 100
_MAX_UNPACKED = 16 << 30
_MAX_RATIO = 1000
_N_SNIFF = 60


class _UnclosedError(Exception):
    """A quoted cell runs on for too many lines."""


class _Lines:
    """Lines of a text with their number, taken in blocks or one by one.

    Lines can be put back when a quote turned out never to close.
    """

    def __init__(self, stream: io.TextIOBase, newline: str) -> None:
        self._stream = stream
        self._newline = newline
        self._rest = ""
        self._back: list[str] = []
        self.number = 0
        self.record: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if not self._back:
            block = self._read()
            if not block:
                raise StopIteration
            self._back = block.split("\n")[-2::-1]
        if len(self.record) >= _MAX_RECORD_LINES:
            raise _UnclosedError
        self.number += 1
        line = self._back.pop() + "\n"
        self.record.append(line)
        return line

    @property
    def has_waiting(self) -> bool:
        """Whether lines of a block are waiting to be taken one by one."""
        return bool(self._back)

    def take_block(self, letters: int = _BLOCK_LETTERS) -> str:
        """The next block of whole lines, "" at the end."""
        return self._read(letters)

    def give_back(self, block: str) -> None:
        """Give a block back, to be taken line by line."""
        self._back = block.split("\n")[-2::-1]

    def put_back(self) -> str:
        """Give back all lines of the running record but the first, which is returned."""
        first, *rest = self.record
        self._back.extend(line[:-1] for line in reversed(rest))
        self.number -= len(rest)
        self.record.clear()
        return first

    def _read(self, letters: int = _BLOCK_LETTERS) -> str:
        """Whole lines with plain line ends; lines beyond `_MAX_LINE` letters are cut."""
        text = self._rest + self._stream.read(letters)
        if not text:
            return ""
        if self._newline == "\r":
            text = text.replace("\r", "\n")
        while "\n" not in text and len(text) < _MAX_LINE and (more := self._stream.read(letters)):
            text += more.replace("\r", "\n") if self._newline == "\r" else more
        cut = text.rfind("\n") + 1
        if not cut:
            return self._long_line(text)
        self._rest = text[cut:]
        block = text[:cut]
        if "\r" in block:
            block = _CARRIAGE.sub("\n", block)
        return block

    def _long_line(self, text: str) -> str:
        """The last line without its end; or a line too long to be one, cut so that it cannot pass as a row."""
        self._rest = ""
        if len(text) < _MAX_LINE:
            return text + "\n"
        mark = "\n" if self._newline == "\n" else "\r"
        while more := self._stream.read(_BLOCK_LETTERS):
            before, found, after = more.partition(mark)
            del before
            if found:
                self._rest = after
                break
        return text[:200] + "\0\n"


@dataclass(frozen=True)
class _Piece:
    """Rows of one block: columns of equal length, their lines, and rows that have other widths."""

    columns: list[pa.Array]
    lines: NDArray[np.int64]
    odd: list[tuple[int, list[str], str]]


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
    lines = _Lines(stream, shape.newline)
    first_block = lines.take_block(_HEAD_LETTERS)
    head = first_block.split("\n", _N_SNIFF)[:_N_SNIFF]
    delimiter = sniff_delimiter([line for line in head if line.strip()])
    lines.give_back(first_block)
    first: list[tuple[int, list[str], str]] = []
    for record in _records(lines, delimiter):
        first.append(record)
        if len(first) >= _N_SNIFF:
            break
    header = find_header([row for _, row, _ in first], kind, source.columns, file=file)
    notes = list(shape.notes) + list(header.notes)
    if delimiter != ",":
        notes.insert(0, f"delimiter {'tab' if delimiter == chr(9) else delimiter}")
    data = first[header.first_row + header.n_rows :]
    width = len(header.names)
    held = [_piece_of_rows(data, width)]
    is_first = True
    for piece in _pieces(lines, delimiter, width):
        if sum(len(item.lines) for item in held) + len(piece.lines) > CHUNK_ROWS:
            yield _table(held, header, file, tuple(notes) if is_first else ())
            held, is_first = [], False
        held.append(piece)
    if held or is_first:
        yield _table(held, header, file, tuple(notes) if is_first else ())


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
        except (_UnclosedError, csv.Error) as err:
            code = "stray_return" if "new-line" in str(err) else "unclosed_quote"
            yield start, [lines.put_back().rstrip("\n")], code
            reader = csv.reader(lines, delimiter=delimiter)
            continue
        if len(lines.record) > 1 and _is_stray(lines.record, delimiter):
            yield start, [lines.put_back().rstrip("\n")], "unclosed_quote"
            reader = csv.reader(lines, delimiter=delimiter)
            continue
        yield start, row, ""


def _is_stray(record: list[str], delimiter: str) -> bool:
    """Whether a record of several lines is no cell with line breaks, but a quote that was never meant to open one.

    The file ended inside it, the quote that closes it stands in the middle of a cell, or whole rows lie in it.
    """
    joined = "".join(record)
    if joined.count('"') % 2:
        return True
    try:
        cells = next(csv.reader([joined], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return True
    inner = (line.count(delimiter) for line in record[1:-1])
    return len(cells) > 1 and any(count >= len(cells) - 1 for count in inner)


def _pieces(lines: _Lines, delimiter: str, width: int) -> Iterator[_Piece]:
    """The rest of a text, block by block: plain blocks by Arrow, blocks with broken quotes record by record."""
    while True:
        if not lines.has_waiting:
            block = lines.take_block()
            if not block:
                return
            piece = _fast_piece(block, lines.number, delimiter, width)
            if piece is not None:
                lines.number += block.count("\n")
                yield piece
                continue
            lines.give_back(block)
        rows = []
        for record in _records(lines, delimiter):
            rows.append(record)
            if not lines.has_waiting or len(rows) >= CHUNK_ROWS // 4:
                break
        if not rows:
            return
        yield _piece_of_rows(rows, width)


def _fast_piece(block: str, n_before: int, delimiter: str, width: int) -> _Piece | None:
    """Cut a block whose lines each close their quotes; None where some line does not."""
    if "\r" in block or ('"' in block and any(line.count('"') % 2 for line in block.split("\n"))):
        return None
    odd: list[tuple[int, list[str], str]] = []

    def note_odd(row: Any) -> str:  # Any: pyarrow.csv.InvalidRow carries no types
        cells = next(csv.reader([row.text], delimiter=delimiter), [])
        odd.append((n_before + row.number, cells, ""))
        return "skip"

    names = [str(place) for place in range(width)]
    raw = block.encode("utf-8", "surrogatepass")
    try:
        table = pacsv.read_csv(
            io.BytesIO(raw),
            read_options=pacsv.ReadOptions(use_threads=False, column_names=names, block_size=len(raw) + 1),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, ignore_empty_lines=False, invalid_row_handler=note_odd
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False, null_values=[]
            ),
        )
    except pa.ArrowInvalid:
        return None
    n_lines = block.count("\n")
    is_row = np.ones(n_lines, dtype=np.bool_)
    is_row[[line - n_before - 1 for line, _, _ in odd]] = False
    if int(is_row.sum()) != table.num_rows:
        return None  # Arrow counted lines in another way: cut the block record by record
    columns = [column.combine_chunks() for column in table.columns]
    return _Piece(columns, np.flatnonzero(is_row).astype(np.int64) + 1 + n_before, odd)


def _piece_of_rows(rows: list[tuple[int, list[str], str]], width: int) -> _Piece:
    good = [(line, row) for line, row, code in rows if len(row) == width and not code]
    odd = [(line, row, code) for line, row, code in rows if len(row) != width or code]
    columns = list(zip(*(row for _, row in good), strict=True)) if good else [()] * width
    arrays = [pa.array(column, type=pa.large_string()) for column in columns]
    return _Piece(arrays, np.array([line for line, _ in good], dtype=np.int64), odd)


def _table(pieces: list[_Piece], header: Header, file: str, notes: tuple[str, ...]) -> RawTable:
    """One raw table from blocks: padding cut off, blank rows left out, rows of other widths broken."""
    width = len(header.names)
    broken: list[tuple[int, str, str, str]] = []
    padded: list[tuple[int, list[str], str]] = []
    for line, row, code in (item for piece in pieces for item in piece.odd):
        if not code and not any(cell.strip() for cell in row):
            continue
        if not code and len(row) > width and not any(cell.strip() for cell in row[width:]):
            padded.append((line, row[:width], ""))
        else:
            broken.append(_broken(line, row, code, width))
    every = [*pieces, _piece_of_rows(padded, width)]
    columns = [pa.concat_arrays([piece.columns[place] for piece in every]) for place in range(width)]
    line_numbers = np.concatenate([piece.lines for piece in every])
    filled = np.zeros(len(line_numbers), dtype=np.bool_)
    for column in columns:
        filled |= has_letters(column)
    order = np.argsort(line_numbers[filled], kind="stable")
    take = pa.array(np.flatnonzero(filled)[order])
    cells = pd.DataFrame(
        {name: pd.array(column.take(take), dtype="str") for name, column in zip(header.names, columns, strict=True)},
        index=pd.RangeIndex(len(take)),
    )
    frame = pd.DataFrame(broken, columns=["line", "text", "code", "message"]).sort_values("line", ignore_index=True)
    return RawTable(
        file=file,
        cells=cells,
        line=line_numbers[filled][order],
        titles=header.titles,
        broken=frame if broken else None,
        notes=notes,
    )


def _broken(line: int, row: list[str], code: str, width: int) -> tuple[int, str, str, str]:
    code = code or ("extra_cells" if len(row) > width else "short_row")
    message = {
        "extra_cells": f"{len(row)} cells where the header has {width}",
        "short_row": f"{len(row)} cells where the header has {width}",
        "unclosed_quote": "a quotation mark that never closes",
        "stray_return": "a carriage return in the middle of the row",
    }[code]
    return line, " | ".join(row)[:500], code, message
