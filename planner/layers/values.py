"""Cells of Indonesian files as values: numbers, units, flags, dates; whole columns at once.

Every parser takes a column of text and gives values plus a mask of the cells it could not read. A cell is
never repaired on the way: what cannot be read in exactly one way is not read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = [
    "MISSING_MARKS",
    "Numbers",
    "by_distinct",
    "clean",
    "control_characters",
    "each_distinct",
    "has_letters",
    "parse_dates",
    "parse_flags",
    "parse_numbers",
    "plain_numbers",
]

Mask = NDArray[np.bool_]

MISSING_MARKS = frozenset(
    {"", "-", "--", "–", "—", "…", "...", "n/a", "na", "#n/a", "null", "none", "nan", "nil", "nihil", "kosong", "(blank)"}
)  # fmt: skip
"""Words that say "nothing here" in number, flag and date columns; in text columns they stay text."""

_PLAIN = r"^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"
_COMMA = r"^-?\d+,\d+$"
_AMBIGUOUS = re.compile(r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$")
_GROUPED_DOT = re.compile(r"^[+-]?\d{1,3}(\.\d{3})+(,\d+)?$")
_GROUPED_COMMA = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
_GROUPED_SPACE = re.compile(r"^[+-]?\d{1,3}( \d{3})+([.,]\d+)?$")
_SIMPLE = re.compile(r"^[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d{1,3})?$")
_UNIT = re.compile(r"^(.*?\d[\d.,]*)\s*([a-zµ°%/][a-zµ°%/ ]*)\.?$")

_FACTORS: Mapping[tuple[str, str], float] = {
    ("m", "m"): 1.0, ("m", "meter"): 1.0, ("m", "metre"): 1.0, ("m", "mdpl"): 1.0, ("m", "km"): 1000.0,
    ("m", "ft"): 0.3048, ("m", "feet"): 0.3048, ("m", "kaki"): 0.3048,
    ("km", "km"): 1.0, ("km", "m"): 0.001, ("km", "meter"): 0.001,
    ("mhz", "mhz"): 1.0, ("mhz", "ghz"): 1000.0, ("mhz", "khz"): 0.001,
    ("mbps", "mbps"): 1.0, ("mbps", "mbit/s"): 1.0, ("mbps", "gbps"): 1000.0, ("mbps", "gbit/s"): 1000.0,
    ("mbps", "kbps"): 0.001, ("mbps", "tbps"): 1_000_000.0,
    ("dbm", "dbm"): 1.0, ("dbi", "dbi"): 1.0, ("deg", "deg"): 1.0, ("deg", "°"): 1.0, ("deg", "derajat"): 1.0,
    ("deg", "bt"): 1.0, ("deg", "e"): 1.0, ("deg", "°bt"): 1.0, ("deg", "°e"): 1.0, ("deg", "bb"): -1.0, ("deg", "°bb"): -1.0,
    ("deg", "w"): -1.0, ("deg", "°w"): -1.0,
    ("kv", "kv"): 1.0, ("kv", "v"): 0.001,
    ("", "unit"): 1.0, ("", "jiwa"): 1.0, ("", "orang"): 1.0, ("", "umkm"): 1.0, ("", "usaha"): 1.0, ("", "buah"): 1.0,
}  # fmt: skip
"""(unit of our column, unit as written) → factor; a watt is not here because dBm is not linear."""

_TRUE = {"ya", "y", "yes", "true", "1", "1.0", "ada", "sudah", "benar", "punya", "memiliki", "aktif", "v", "✓", "✔"}
_FALSE = {"tidak", "no", "n", "false", "0", "0.0", "tidak ada", "belum", "belum ada", "salah", "tdk", "tidak punya", "nonaktif"}  # fmt: skip

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("januari january jan", "februari february pebruari feb", "maret march mar", "april apr", "mei may",
         "juni june jun", "juli july jul", "agustus august agu agt aug", "september sep sept",
         "oktober october okt oct", "november nopember nov nop", "desember december des dec"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip


@dataclass(frozen=True)
class Numbers:
    """A column of numbers as read.

    Parameters
    ----------
    values
        float64; NaN where empty or unreadable.
    unreadable, ambiguous, infinite
        Masks of the cells that could not be used, by reason.
    note
        What was assumed about separators, or "".
    """

    values: NDArray[np.float64]
    unreadable: Mask
    ambiguous: Mask
    infinite: Mask
    note: str = ""


def clean(text: pd.Series[Any]) -> pa.Array:
    """A text column as an Arrow array, outer white space (also no-break) taken off, "" for nothing."""
    array = pa.array(text, type=pa.large_string(), from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return pc.utf8_trim_whitespace(pc.fill_null(array, ""))


def as_mask(array: Any) -> Mask:
    """An Arrow boolean array as a numpy mask, nothing counted as false."""
    return np.asarray(pc.fill_null(array, fill_value=False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def has_letters(array: pa.Array) -> Mask:
    """Which cells of an Arrow text column hold anything but white space."""
    return as_mask(pc.not_equal(pc.utf8_trim_whitespace(array), ""))


def control_characters(text: pd.Series[Any]) -> Mask:
    """Which cells hold control characters (NUL and its kin) or bytes that were no characters (U+FFFD)."""
    array = pa.array(text, type=pa.large_string(), from_pandas=True)
    return as_mask(pc.match_substring_regex(array, "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\ufffd]"))


def by_distinct(array: pa.Array, of: Callable[[str], Any]) -> tuple[list[Any], NDArray[np.int64]]:
    """Answers of ``of`` for every distinct text, and which of them each cell has (many cells, few values)."""
    encoded = array.dictionary_encode()
    answers = [of(value) for value in encoded.dictionary.to_pylist()]  # a loop over distinct values only
    return answers, np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)


def each_distinct(array: pa.Array, of: Callable[[str], Any]) -> list[Any]:
    """Apply ``of`` to every distinct text and give its answer for each cell."""
    answers, which = by_distinct(array, of)
    return [answers[index] for index in which.tolist()]


def plain_numbers(array: pa.Array, *, comma_is_decimal: bool) -> tuple[NDArray[np.float64], Mask]:
    """Numbers written plainly (``-8.5``, ``1e3`` and, where allowed, ``-8,5``), and which cells they are."""
    plain = pc.match_substring_regex(array, _PLAIN)
    values = pc.cast(pc.if_else(plain, array, pa.scalar(None, array.type)), pa.float64())
    found = np.array(values.to_numpy(zero_copy_only=False), dtype=np.float64)
    known = as_mask(plain)
    if comma_is_decimal and not known.all():
        comma = pc.match_substring_regex(array, _COMMA)
        if pc.any(comma).as_py():
            dotted = pc.replace_substring(pc.if_else(comma, array, pa.scalar(None, array.type)), ",", ".")
            mask = as_mask(comma)
            found[mask] = np.asarray(pc.cast(dotted, pa.float64()).to_numpy(zero_copy_only=False))[mask]
            known |= mask
    return found, known


def parse_numbers(
    text: pd.Series[Any],
    *,
    unit: str = "",
    is_count: bool = False,
    number_cells: Mask | None = None,
    bounds: tuple[float | None, float | None] = (None, None),
    factor: float = 1.0,
) -> Numbers:
    """Numbers of a column with Indonesian or English separators and optional units.

    Parameters
    ----------
    text
        The cells.
    unit
        Unit of our column (``m``, ``mhz``, ``mbps``, …), so that ``42 m`` and ``1,8 GHz`` can be read.
    is_count
        The column counts things: ``1.234`` alone is then 1234.
    number_cells
        Cells that were numbers in the source, whose dot is a decimal point.
    bounds
        Declared range; where it allows one reading of ``1.800`` only, that one is taken.
    factor
        Unit of the column's header as a factor (``kapasitas (Gbps)`` → 1000); a unit in the cell wins.

    Notes
    -----
    A lone separator before exactly three digits can mean thousands or decimals. It is decided by the rest
    of the column (``1.234,5`` or ``1,5`` shows commas as decimals), then for counts, then by the declared
    range; otherwise the cell is ``ambiguous`` and not read.
    """
    array = clean(text)
    typed = np.zeros(len(array), dtype=np.bool_) if number_cells is None else number_cells
    values, known = plain_numbers(array, comma_is_decimal=False)
    doubtful = as_mask(pc.match_substring_regex(array, r"^[+-]?[1-9]\d{0,2}\.\d{3}$")) & ~typed
    known &= ~doubtful
    values[known] *= factor
    if known.all():
        return Numbers(values, ~known, ~known, ~np.isfinite(values))
    rest = pc.filter(array, pa.array(~known))
    distinct = rest.dictionary_encode().dictionary.to_pylist()
    style, note = _decimal_style(distinct, array, doubtful, is_count=is_count)
    read = _reader(unit, style, bounds, factor)
    answers = np.array(each_distinct(rest, read), dtype=np.float64).reshape(-1, 2)
    values[~known] = answers[:, 0]
    verdict = np.zeros(len(array), dtype=np.int8)
    verdict[~known] = answers[:, 1].astype(np.int8)
    return Numbers(values, verdict == 1, verdict == 2, (verdict == 3) | np.isinf(values), note)


def _decimal_style(distinct: list[str], array: pa.Array, doubtful: Mask, *, is_count: bool) -> tuple[str, str]:
    """Which sign the column uses for decimals: ``comma``, ``dot``, ``thousands`` (counts only) or ``""``."""
    bare = [_strip_unit(text)[0] for text in distinct]
    comma = any("," in t and (_GROUPED_DOT.match(t) or _SIMPLE.match(t)) and not _AMBIGUOUS.match(t) for t in bare)
    comma = comma or any(t.count(".") > 1 and _GROUPED_DOT.match(t) for t in bare)
    dots = r"^[+-]?(0\.\d+|\d{4,}\.\d+|\d+\.\d{1,2}|\d+\.\d{4,})$"
    dot = bool(pc.any(pc.match_substring_regex(array, dots)).as_py())
    dot = dot or any("." in t and _GROUPED_COMMA.match(t) and "," in t for t in bare)
    dot = dot or any(t.count(",") > 1 and _GROUPED_COMMA.match(t) for t in bare)
    if comma and not dot:
        return "comma", "decimal commas, dots between thousands"
    if dot and not comma:
        return "dot", ""
    lone = doubtful.any() or any(_AMBIGUOUS.match(t) for t in bare)
    if is_count and lone and not (comma or dot):
        return "thousands", "a separator before three digits read as thousands (counts are whole)"
    return "", ""


def _reader(
    unit: str, style: str, bounds: tuple[float | None, float | None], factor: float
) -> Callable[[str], tuple[float, int]]:
    """Reader of one cell: ``(value, 0 fine | 1 unreadable | 2 ambiguous | 3 infinite)``."""

    def read(text: str) -> tuple[float, int]:
        if text.casefold() in MISSING_MARKS:
            return np.nan, 0
        bare, suffix = _strip_unit(text)
        scale = factor if not suffix else _FACTORS.get((unit, suffix))
        if scale is None:
            return np.nan, 1
        if bare.lstrip("+-").casefold() in {"inf", "infinity", "∞"}:
            return np.nan, 3
        if _AMBIGUOUS.match(bare):
            return _ambiguous(bare, style, scale, bounds)
        value = _one_way(bare)
        return (np.nan, 1) if value is None else (value * scale, 0)

    return read


def _strip_unit(text: str) -> tuple[str, str]:
    bare = text.replace("\u2212", "-").replace("\xa0", " ").replace("\u202f", " ").strip().casefold()
    if bare.startswith("rp"):
        bare = bare[2:].lstrip(". ")
    found = _UNIT.match(bare)
    if found and not re.fullmatch(r"[+-]?[\d.,]+e", bare):
        return found.group(1).strip(), found.group(2).replace(" ", "")
    return bare, ""


def _ambiguous(bare: str, style: str, scale: float, bounds: tuple[float | None, float | None]) -> tuple[float, int]:
    whole = float(re.sub(r"[.,]", "", bare)) * scale
    broken = float(bare.replace(",", ".")) * scale
    if style == "thousands":
        return whole, 0
    if style:
        is_decimal = ("," in bare) == (style == "comma")
        return (broken if is_decimal else whole), 0
    fits = [value for value in (whole, broken) if _within(value, bounds)]
    return (fits[0], 0) if len(fits) == 1 else (np.nan, 2)


def _within(value: float, bounds: tuple[float | None, float | None]) -> bool:
    low, high = bounds
    return (low is None or value >= low) and (high is None or value <= high)


def _one_way(bare: str) -> float | None:
    """Value of a text that can be read in one way only, else None."""
    if _GROUPED_DOT.match(bare):
        return float(bare.replace(".", "").replace(",", "."))
    if _GROUPED_COMMA.match(bare):
        return float(bare.replace(",", ""))
    if _GROUPED_SPACE.match(bare):
        return float(bare.replace(" ", "").replace(",", "."))
    if _SIMPLE.match(bare):
        return float(bare.replace(",", "."))
    return None


def parse_flags(text: pd.Series[Any]) -> tuple[pd.Series[Any], Mask]:
    """Flags (``ya``/``tidak``, ``sudah``/``belum``, 1/0, true/false) as nullable booleans, and what is none."""
    array = clean(text)

    def read(cell: str) -> tuple[object, bool]:
        word = " ".join(cell.casefold().split())
        if word in _TRUE or word in _FALSE:
            return word in _TRUE, False
        return None, word not in MISSING_MARKS

    answers, which = by_distinct(array, read)
    values = np.array([bool(value) for value, _ in answers], dtype=np.bool_)[which]
    is_empty = np.array([value is None for value, _ in answers], dtype=np.bool_)[which]
    flags = pd.Series(pd.arrays.BooleanArray(values, is_empty), index=text.index)
    return flags, np.array([bad for _, bad in answers], dtype=np.bool_)[which]


def parse_dates(text: pd.Series[Any]) -> tuple[pd.Series[Any], Mask]:
    """Dates as ISO text (day first where written with slashes), and what is none.

    Examples
    --------
    >>> list(parse_dates(pd.Series(["19 Mei 2023", "19/05/2023", "2023-05-19"]))[0])
    ['2023-05-19', '2023-05-19', '2023-05-19']
    """
    answers = each_distinct(clean(text), _date_of)
    iso = pd.Series([value for value, _ in answers], dtype="str", index=text.index)
    return iso, np.array([bad for _, bad in answers], dtype=np.bool_)


def _date_of(cell: str) -> tuple[str | None, bool]:
    if cell.casefold() in MISSING_MARKS:
        return None, False
    word = cell.casefold().replace(",", " ")
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ].*)?", word)
    if found:
        year, month, day = (int(part) for part in found.groups())
        return _iso(year, month, day)
    found = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: .*)?", word)
    if found:
        day, month, year = (int(part) for part in found.groups())
        return _iso(year, month, day)
    found = re.fullmatch(r"(\d{1,2})[\s-]+([a-z]+)[\s-]+(\d{4})", word)
    if found and found.group(2) in _MONTHS:
        return _iso(int(found.group(3)), _MONTHS[found.group(2)], int(found.group(1)))
    return None, True


def _iso(year: int, month: int, day: int) -> tuple[str | None, bool]:
    try:
        return dt.date(year, month, day).isoformat(), False
    except ValueError:
        return None, True


def unit_factor(unit: str, written: str) -> float | None:
    """Factor from a written unit to the unit of our column, or None when they do not fit.

    Examples
    --------
    >>> unit_factor("mbps", "Gbps")
    1000.0
    """
    return _FACTORS.get((unit, written.casefold()))
