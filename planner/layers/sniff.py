"""What a text or sheet looks like: encoding, line ends, delimiter, where the header is.

Nothing is assumed in silence: every finding that is not the plain case (UTF-8, commas, header in line 1)
comes back as a note.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.errors import LayerError
from planner.layers.headers import match_headers, normal

__all__ = [
    "Header",
    "TextShape",
    "find_header",
    "is_opencellid_row",
    "sniff_delimiter",
    "sniff_text",
    "utf16_without_mark",
]

OPENCELLID = (
    "radio", "mcc", "net", "area", "cell", "unit", "lon", "lat", "range", "samples", "changeable", "created",
    "updated", "averageSignal",
)  # fmt: skip
"""Columns of an OpenCelliD export; country files come without this header (docs.opencellid.org, 2024)."""

_RADIOS = frozenset({"GSM", "UMTS", "CDMA", "LTE", "NR", "NBIOT"})
_MAX_HEADER_ROW = 40
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_NUMBER = re.compile(r"^[-+]?[\d.,]+$")


@dataclass(frozen=True)
class TextShape:
    r"""How the bytes of a text file are to be read.

    Parameters
    ----------
    encoding
        Python codec name.
    newline
        ``"\n"``, or ``"\r"`` for files that have no other line end.
    errors
        How to decode: ``strict``, or ``replace`` for a file of mixed encodings (its damaged rows are
        quarantined later).
    notes
        What is not the plain case.
    """

    encoding: str
    newline: str
    errors: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Header:
    """Where the header of a table is.

    Parameters
    ----------
    first_row, n_rows
        Position of its first row and how many rows it takes (0 = the table has none).
    names
        One text per column, unique.
    titles
        Texts above it.
    notes
        What was assumed.
    n_known
        How many of our columns it names.
    """

    first_row: int
    n_rows: int
    names: tuple[str, ...]
    titles: tuple[str, ...]
    notes: tuple[str, ...]
    n_known: int


class TextScan:
    """Collects what the bytes of a file say about its encoding (fed once, in blocks)."""

    def __init__(self) -> None:
        self.head = b""
        self.n_lf = self.n_cr = self.n_crcrlf = self.n_nul = 0
        self.is_utf8 = True
        self.has_multibyte = False
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._tail = b""

    def feed(self, block: bytes) -> None:
        """Take the next block of the file."""
        if len(self.head) < 65536:
            self.head += block[:65536]
        self.n_lf += block.count(b"\n")
        self.n_cr += block.count(b"\r")
        self.n_nul += block.count(b"\0")
        joined = self._tail + block
        self.n_crcrlf += joined.count(b"\r\r\n")
        self._tail = block[-2:]
        if self.is_utf8:
            try:
                text = self._decoder.decode(block)
            except UnicodeDecodeError:
                self.is_utf8 = False
            else:
                self.has_multibyte = self.has_multibyte or len(text) != len(block)

    def shape(self, file: str) -> TextShape:
        """The verdict."""
        notes: list[str] = []
        encoding, errors = self._encoding(file, notes)
        if self.n_crcrlf and not encoding.startswith(("utf-16", "utf-32")):
            notes.append("line ends \\r\\r\\n read as one line end")
        newline = "\n"
        if not self.n_lf and self.n_cr:
            newline = "\r"
            notes.append("line ends are bare carriage returns")
        return TextShape(encoding, newline, errors, tuple(notes))

    def _encoding(self, file: str, notes: list[str]) -> tuple[str, str]:
        boms = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
                (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
        for bom, codec in boms:
            if self.head.startswith(bom):
                if codec != "utf-8-sig" or not self.is_utf8:
                    notes.append(f"encoding {codec.upper()} (byte order mark)")
                return codec, "replace" if codec != "utf-8-sig" or not self.is_utf8 else "strict"
        guess = utf16_without_mark(self.head)
        if guess:
            notes.append(f"encoding {guess.upper()} without a byte order mark")
            return guess, "replace"
        if self.is_utf8:
            return "utf-8", "replace"
        if _looks_binary(self.head):
            message = f"{file}: this is no text file (control bytes all over): give a CSV, or name the file after its true kind"  # fmt: skip
            raise LayerError(message, code="not_text", file=file)
        if _has_utf8_pairs(self.head):
            notes.append("encoding UTF-8 with damaged bytes: rows that hold them are quarantined")
            return "utf-8", "replace"
        notes.append("encoding Windows-1252 (the file is not UTF-8)")
        return "cp1252", "replace"


def sniff_text(blocks: Sequence[bytes], file: str = "") -> TextShape:
    """Shape of a text given as blocks of bytes.

    Raises
    ------
    LayerError
        The bytes are no text.
    """
    scan = TextScan()
    for block in blocks:
        scan.feed(block)
    return scan.shape(file)


def utf16_without_mark(head: bytes) -> str:
    """Codec of a UTF-16 text without a byte order mark, told by its zero bytes; "" for anything else."""
    if len(head) < 4:
        return ""
    even, odd = head[0:4096:2], head[1:4096:2]
    share = 0.4
    codec = ""
    if odd.count(0) > share * len(odd) and even.count(0) < 0.1 * len(even):
        codec = "utf-16-le"
    elif even.count(0) > share * len(even) and odd.count(0) < 0.1 * len(odd):
        codec = "utf-16-be"
    text = head[:4096].decode(codec, "replace") if codec else ""
    n_control = sum(letter < " " and letter not in "\t\r\n" for letter in text)
    return "" if n_control > 0.02 * len(text) else codec


def _looks_binary(head: bytes) -> bool:
    control = sum(head.count(bytes([byte])) for byte in range(32) if byte not in (9, 10, 12, 13))
    return control > 0.02 * max(1, len(head))


def _has_utf8_pairs(head: bytes) -> bool:
    return re.search(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}", head) is not None


def sniff_delimiter(lines: Sequence[str]) -> str:
    """Delimiter of the first lines of a text: the one that cuts most lines into the same number of cells.

    Examples
    --------
    >>> sniff_delimiter(["Judul, tahun 2023", "nama;lat;lon", "a;-8,5;120,1", "b;-8,6;120,2"])
    ';'
    """
    best, best_score = ",", (0.0, 0)
    for mark in (",", ";", "\t", "|"):
        counts = Counter(len(row) for row in _cut(lines, mark) if len(row) > 1)
        if not counts:
            continue
        width, times = max(counts.items(), key=lambda item: (item[1] * min(item[0], 6), item[0]))
        score = (times * min(width, 6) / (1 + 0.5 * (len(counts) - 1)), width)
        if score > best_score:
            best, best_score = mark, score
    if best == ",":
        return next((mark for mark in (";", "\t", "|") if _has_decimal_commas(lines, mark)), best)
    return best


def _has_decimal_commas(lines: Sequence[str], mark: str) -> bool:
    """Whether ``mark`` cuts most lines alike and all commas there stand between digits: numbers, not cells.

    A table of numbers alone (``123,58;-10,17;-84,2``) holds more decimal commas than delimiters.
    """
    rows = [line for line in lines if mark in line]
    is_most = 3 * len(rows) >= 2 * len(lines) and len({len(row) for row in _cut(rows, mark)}) == 1
    return is_most and not any("," in _DECIMAL_COMMA.sub("", line) for line in rows)


def _cut(lines: Sequence[str], mark: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=mark))
    except csv.Error:
        return []


def is_opencellid_row(row: Sequence[str]) -> bool:
    """Whether a row is data of an OpenCelliD export (14 cells, first a radio)."""
    return len(row) == len(OPENCELLID) and row[0] in _RADIOS and row[1].isdigit()


def find_header(rows: Sequence[Sequence[str]], kind: str, overrides: Mapping[str, str], *, file: str) -> Header:
    """Find the header among the first rows of a table.

    Parameters
    ----------
    rows
        First rows, cells as text.
    kind
        Layer kind whose columns are looked for.
    overrides
        The scenario's ``columns``.
    file
        For messages.

    Notes
    -----
    Every row of the first 40, alone or with the one or two below it (merged headers), is scored by how many
    of our columns it names; the best wins, then the fewest rows, then the highest. A row below one that is as
    wide is no header (titles are narrower than tables). A table in which nothing is known takes its first
    row of texts as the header, so that the missing columns can be named.

    Raises
    ------
    LayerError
        No row could be a header.
    """
    if kind == "bts" and rows and is_opencellid_row([cell.strip() for cell in rows[0]]):
        note = "no header: 14 columns in the order of OpenCelliD"
        return Header(0, 0, OPENCELLID, (), (note,), 6)
    best: tuple[tuple[int, int, int], int, int, tuple[str, ...]] | None = None
    widest = 0
    for first in range(min(len(rows), _MAX_HEADER_ROW)):
        n_filled = sum(bool(cell.strip()) for cell in rows[first])
        if n_filled <= widest and widest > 1:
            continue  # a row as wide stands above: this is data, or the lower half of that header
        widest = max(widest, n_filled)
        for depth in (1, 2, 3):
            names = _joined(rows[first : first + depth], depth, kind, overrides)
            if names is None:
                continue
            known = _n_known(names, kind, overrides)
            score = (known, -depth, -first)
            if known and (best is None or score > best[0]):
                best = (score, first, depth, names)
    if best is None:
        best = _first_texts(rows, file)
    (known, _, _), first, depth, names = best
    titles = tuple(" ".join(c.strip() for c in row if c.strip()) for row in rows[:first] if any(c.strip() for c in row))
    notes = []
    if first:
        notes.append(f"header in row {first + 1}; above it: {'; '.join(titles)[:200]}" if titles else f"header in row {first + 1}")  # fmt: skip
    if depth > 1:
        notes.append(f"header taken from {depth} rows")
    return Header(first, depth, _unique(names), titles, tuple(notes), known)


def _joined(
    rows: Sequence[Sequence[str]], depth: int, kind: str, overrides: Mapping[str, str]
) -> tuple[str, ...] | None:
    """Header texts of one to three rows; None where they cannot be a header."""
    if len(rows) < depth:
        return None
    width = max(len(row) for row in rows)
    cells = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows]
    if any(_is_data(row) for row in cells):
        return None
    if depth == 1:
        return tuple(cells[0])
    n_named = sum(any(row[col] for row in cells) for col in range(width))
    if any(sum(map(bool, row)) >= n_named for row in cells[:-1]) or any(_NUMBER.match(c) for row in cells for c in row):
        return None  # merged cells leave gaps in the upper rows, and no header holds numbers
    names = []
    filled = [_fill_right(row, cells[level + 1 :]) for level, row in enumerate(cells[:-1])]
    for col in range(width):
        parts = [row[col] for row in filled if row[col]] + ([cells[-1][col]] if cells[-1][col] else [])
        names.append(_best_part(list(dict.fromkeys(parts)), kind, overrides))
    return tuple(names)


def _best_part(parts: list[str], kind: str, overrides: Mapping[str, str]) -> str:
    """Of a stacked header the lowest part that names one of our columns, else all parts together."""
    for text in [*reversed(parts), " ".join(parts)]:
        if _n_known((text,), kind, overrides):
            return text
    return " ".join(parts)


def _fill_right(row: list[str], below: list[list[str]]) -> list[str]:
    """A merged header cell stands for the empty ones to its right that have something below them."""
    filled = list(row)
    for col in range(1, len(row)):
        if not filled[col] and filled[col - 1] and any(line[col] for line in below):
            filled[col] = filled[col - 1]
    return filled


def _is_data(row: list[str]) -> bool:
    filled = [cell for cell in row if cell]
    numbers = sum(bool(_NUMBER.match(cell)) for cell in filled)
    return bool(filled) and numbers > 0.34 * len(filled)


def _n_known(names: Sequence[str], kind: str, overrides: Mapping[str, str]) -> int:
    present = {name: header for name, header in overrides.items() if header in names}
    given = sum(1 for header in overrides.values() if any(normal(header) == normal(name) for name in names))
    return max(given, len([m for m in match_headers(names, kind, present).columns.values() if m.header]))


def _first_texts(rows: Sequence[Sequence[str]], file: str) -> tuple[tuple[int, int, int], int, int, tuple[str, ...]]:
    for first, row in enumerate(rows[:_MAX_HEADER_ROW]):
        cells = [cell.strip() for cell in row]
        if sum(bool(cell) for cell in cells) >= 2 and not any(_NUMBER.match(cell) for cell in cells if cell):
            return (0, 0, 0), first, 1, tuple(cells)
    message = f"{file}: no header found in the first {_MAX_HEADER_ROW} rows: put the names of the columns in one row above the data"  # fmt: skip
    raise LayerError(message, code="no_header", file=file)


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    seen: Counter[str] = Counter()
    found = []
    for position, name in enumerate(names):
        text = " ".join(name.split()) or f"column {position + 1}"
        seen[text] += 1
        found.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return tuple(found)
