"""Cells judged against the declaration of their column: types, ranges, vocabularies, whole columns at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from planner.layers.headers import Match, Matched, unit_of
from planner.layers.places import Fault, Mask
from planner.layers.report import RawTable
from planner.layers.values import (
    as_mask,
    by_distinct,
    clean,
    control_characters,
    each_distinct,
    parse_dates,
    parse_flags,
    parse_numbers,
)
from planner.schema_columns import Column

__all__ = ["Judged", "empty_frame", "judge_column", "missing_columns", "not_data"]

_TOTALS = re.compile(
    r"^(?:(?:sub|grand)[ -]?)?(?:total|jumlah)(?:\s*(?:keseluruhan|umum|akhir|besar|semua|seluruhnya))?"
    r"(?:\s+(?:provinsi|propinsi|kabupaten|kab|kota|kecamatan|kec|ntt|desa)\b.*)?\s*[:.]?$|^indonesia$"
)
_TOTALS_HINT = r"(?i)^\s*(?:(?:sub|grand)[ -]?)?(?:total|jumlah)|^\s*indonesia\s*$"
_FOOTNOTE = re.compile(
    r"^(?:sumber|source|catatan|note|keterangan|ket|diolah|\*+|dicetak|printed)\b\s*[:.]?|^\*", re.IGNORECASE
)
_COUNTS = ("n_umkm", "people", "samples", "n_sectors", "mikro", "kecil", "menengah", "weight", "year")
_SIGNED_COLUMNS = 3
_SIGNED_LETTERS = 3
_SIGNED_ROWS = 12


@dataclass(frozen=True)
class Judged:
    """One column of a table after judgement.

    Parameters
    ----------
    values
        Conformed values, one per row; rows in a fault hold nothing to rely on.
    faults
        What is wrong, by rows.
    notes
        What was assumed.
    """

    values: pd.Series[Any]
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


def empty_frame(columns: Sequence[Column]) -> pd.DataFrame:
    """A table without rows that has the declared columns with their types."""
    return pd.DataFrame({column.name: pd.Series(dtype=_dtype(column)) for column in columns})


def _dtype(column: Column) -> str:
    if column.dtype == "flag":
        return "bool" if column.default is not None else "boolean"
    return {"text": "str", "date": "str", "number": "float64", "integer": "Int64"}[column.dtype]


def missing_columns(columns: Sequence[Column], matched: Matched, *, supplied: Sequence[str]) -> list[Column]:
    """Required columns that neither the file nor the layer's reader (``supplied``) gives."""
    return [c for c in columns if c.is_required and c.name not in matched.columns and c.name not in supplied]


def not_data(table: RawTable) -> list[Fault]:
    """Rows that are no data: totals, headers repeated, column numbers, footnotes."""
    if not len(table.cells):
        return []
    texts = [clean(table.cells[name]) for name in table.cells.columns]
    n_filled = np.zeros(len(table.cells), dtype=np.int64)
    for text in texts:
        n_filled += as_mask(pc.not_equal(text, ""))
    faults = []
    named = np.zeros(len(table.cells), dtype=np.bool_)
    for text in texts[:4]:
        named |= _among(as_mask(pc.match_substring_regex(text, _TOTALS_HINT)), text, _is_total)
    if named.any():
        faults.append(
            Fault(named, "totals_row", "a row of totals", mend="nothing: it is left out so that nothing counts twice")
        )
    repeated = np.ones(len(table.cells), dtype=np.bool_)
    for name, text in zip(table.cells.columns, texts, strict=True):
        repeated &= as_mask(pc.equal(text, str(name)))
    numbers = _column_numbers(table, texts) & ~named
    foot = _among(n_filled == 1, texts[0], lambda cell: bool(_FOOTNOTE.match(cell))) & ~named
    foot |= _signatures(n_filled, texts) & ~named
    for mask, code, message in (
        (repeated & ~named, "header_repeated", "the header again"),
        (numbers & ~repeated, "column_numbers", "a row that numbers the columns"),
        (foot, "footnote", "a note below the table"),
    ):
        if mask.any():
            faults.append(Fault(mask, code, message, mend="nothing: it is no data"))
    return faults


def _column_numbers(table: RawTable, texts: Sequence[pa.Array]) -> Mask:
    """Of the first three rows those that read (1) (2) (3) … from left to right."""
    found = np.zeros(len(table.cells), dtype=np.bool_)
    if len(texts) < 3:
        return found
    for row in range(min(3, len(table.cells))):
        cells = [re.sub(r"[()\s.]", "", text[row].as_py()) for text in texts]
        found[row] = (
            all(cell == str(place) for place, cell in enumerate(cells, 1) if cell) and sum(map(bool, cells)) > 2
        )
    return found


def _signatures(n_filled: NDArray[np.int64], texts: Sequence[pa.Array]) -> Mask:
    """Rows at the end that hold one text alone, in a table of several columns: place and date, office, name.

    Totals may stand between; a number alone is no signature.
    """
    found = np.zeros(len(n_filled), dtype=np.bool_)
    if len(texts) < _SIGNED_COLUMNS or not (n_filled >= _SIGNED_COLUMNS).any():
        return found
    first = int(np.flatnonzero(n_filled >= _SIGNED_COLUMNS)[-1]) + 1
    if len(n_filled) - first > _SIGNED_ROWS:
        return found  # a form half filled in, not a signature
    for row in range(first, len(n_filled)):
        cells = [cell for text in texts if (cell := text[row].as_py())]
        found[row] = len(cells) == 1 and sum(letter.isalpha() for letter in cells[0]) >= _SIGNED_LETTERS
    return found


def _is_total(cell: str) -> bool:
    return bool(_TOTALS.match(" ".join(cell.casefold().split())))


def _among(rows: Mask, text: pa.Array, test: Callable[[str], bool]) -> Mask:
    """Which of ``rows`` pass a test of their cell."""
    found = np.zeros(len(rows), dtype=np.bool_)
    if rows.any():
        found[rows] = each_distinct(pc.filter(text, pa.array(rows)), test)
    return found


def judge_column(
    table: RawTable, column: Column, match: Match | None, vocabulary: Mapping[str, str] | None = None
) -> Judged:
    """Conform one column.

    Parameters
    ----------
    table
        The rows.
    column
        Declaration.
    match
        Where the column is in the file; None = nowhere, so that its default stands in every row.
    vocabulary
        Foreign words (lower case) → ours.
    """
    n_rows = len(table.cells)
    if match is None or (not match.header and match.constant is None):
        return _absent(column, n_rows)
    if match.constant is not None:
        text = pd.Series([match.constant] * n_rows, dtype="str")
    else:
        text = table.cells[match.header]
    header = match.header or column.name
    damaged = control_characters(text)
    faults = []
    if damaged.any():
        faults.append(
            Fault(damaged, "control_character", "control characters or damaged letters", header, "type the cell again")
        )
    if column.dtype in ("number", "integer"):
        typed = table.number_cells.get(match.header)
        found = _numbers(column, text, header, match.factor, typed)
    elif column.dtype == "flag":
        found = _flags(column, text, header)
    elif column.dtype == "date":
        found = _dates(text, header)
    else:
        found = _texts(column, text, header, vocabulary or {})
    return Judged(found.values, (*faults, *found.faults), found.notes)


def _absent(column: Column, n_rows: int) -> Judged:
    value = column.default
    if column.dtype in ("text", "date"):
        filler = value if value is not None else ("" if column.dtype == "text" and not column.allowed else None)
        return Judged(pd.Series([filler] * n_rows, dtype="str"))
    if column.dtype == "flag":
        return Judged(pd.Series([value if value is not None else pd.NA] * n_rows, dtype=_dtype(column)))
    number = float(value) if isinstance(value, (int, float)) else np.nan
    series = pd.Series(np.full(n_rows, number))
    return Judged(series.astype("Int64") if column.dtype == "integer" else series)


def _empty_fault(column: Column, is_empty: Mask, header: str) -> list[Fault]:
    if column.is_required and is_empty.any():
        return [Fault(is_empty, "empty", f"{column.name} is empty", header, f"give it: {column.about}")]
    return []


def _default_note(column: Column, is_empty: Mask, header: str) -> tuple[str, ...]:
    if column.default in (None, "") or not is_empty.any():
        return ()
    return (f"'{header}': {int(is_empty.sum())} empty cells stand for {column.default}",)


def _numbers(column: Column, text: pd.Series[Any], header: str, factor: float, typed: Mask | None) -> Judged:
    bounds = (column.minimum, column.maximum)
    read = parse_numbers(
        text,
        unit=unit_of(column.name),
        is_count=column.name in _COUNTS,
        number_cells=typed,
        bounds=bounds,
        factor=factor,
    )
    values, faults = read.values.copy(), []
    for mask, code, message, mend in (
        (read.unreadable, "not_a_number", "no number", "write a number"),
        (read.ambiguous, "number_ambiguous", "this can be read in two ways (1.234 or 1234)",
         "write 1234, or 1,234 with more digits, or save the cells as numbers"),
        (read.infinite, "not_finite", "not a finite number", "write a number"),
    ):  # fmt: skip
        if mask.any():
            faults.append(Fault(mask, code, message, header, mend))
    low = values < column.minimum if column.minimum is not None else np.zeros(len(values), dtype=np.bool_)
    high = values > column.maximum if column.maximum is not None else np.zeros(len(values), dtype=np.bool_)
    outside = (low | high) & ~read.infinite
    if outside.any():
        limits = f"{'' if column.minimum is None else f'{column.minimum:g}'} … {'' if column.maximum is None else f'{column.maximum:g}'}"
        mend = "correct the value or its unit"
        faults.append(Fault(outside, "out_of_range", _range_text(column), header, mend, detail=limits.strip()))
    is_empty = np.isnan(values) & ~(read.unreadable | read.ambiguous | read.infinite)
    faults += _empty_fault(column, is_empty, header)
    if column.dtype == "integer":
        broken = np.isfinite(values) & (values != np.floor(values))
        if broken.any():
            faults.append(Fault(broken, "not_whole", "not a whole number", header, "write a whole number"))
        values[broken | ~np.isfinite(values) | (np.abs(values) > 1e15)] = np.nan
    if isinstance(column.default, (int, float)):
        values[is_empty] = float(column.default)
    series = pd.Series(values)
    notes = (*_default_note(column, is_empty, header), *((f"'{header}': {read.note}",) if read.note else ()))
    return Judged(series.astype("Int64") if column.dtype == "integer" else series, tuple(faults), notes)


def _range_text(column: Column) -> str:
    low = f"at least {column.minimum:g}" if column.minimum is not None else ""
    high = f"at most {column.maximum:g}" if column.maximum is not None else ""
    return f"{column.name} must be {' and '.join(part for part in (low, high) if part)}"


def _flags(column: Column, text: pd.Series[Any], header: str) -> Judged:
    values, bad = parse_flags(text)
    is_empty = np.asarray(values.isna()) & ~bad
    faults = _empty_fault(column, is_empty, header)
    if bad.any():
        faults.append(Fault(bad, "not_a_flag", "neither yes nor no", header, "write ya or tidak"))
    notes = _default_note(column, is_empty, header)
    if column.default is not None:
        return Judged(values.fillna(bool(column.default)).astype("bool"), tuple(faults), notes)
    return Judged(values, tuple(faults), notes)


def _dates(text: pd.Series[Any], header: str) -> Judged:
    values, bad = parse_dates(text)
    faults = [Fault(bad, "not_a_date", "no date", header, "write 2025-05-31 or 31/05/2025")] if bad.any() else []
    return Judged(values, tuple(faults))


def _texts(column: Column, text: pd.Series[Any], header: str, vocabulary: Mapping[str, str]) -> Judged:
    array = clean(text)
    if pc.any(pc.match_substring_regex(array, r"\s\s|[\t\n\r\v\f]")).as_py():
        array = pc.replace_substring_regex(array, r"\s+", " ")
    is_empty = as_mask(pc.equal(array, ""))
    faults = _empty_fault(column, is_empty, header)
    too_long = as_mask(pc.greater(pc.utf8_length(array), column.most_letters))
    if too_long.any():
        faults.append(
            Fault(
                too_long,
                "text_too_long",
                f"more than {column.most_letters} letters",
                header,
                "shorten it; look for a lost quotation mark",
            )
        )
    if column.allowed or vocabulary:
        array, strange = _translated(array, column, vocabulary)
        if strange.any():
            faults.append(_vocabulary_fault(strange & ~is_empty, array, column, header, vocabulary))
    notes = _default_note(column, is_empty, header)
    if is_empty.any():
        filler = column.default if isinstance(column.default, str) else None
        if filler is None and not column.allowed:
            filler = ""
        array = pc.if_else(pa.array(is_empty), pa.scalar(filler, pa.large_string()), array)
    return Judged(pd.Series(pd.array(array, dtype="str")), tuple(faults), notes)


def _translated(array: pa.Array, column: Column, vocabulary: Mapping[str, str]) -> tuple[pa.Array, Mask]:
    """Our word for every cell; cells without one stay as they are and are marked."""
    own = {word.casefold(): word for word in column.allowed}

    def read(cell: str) -> tuple[str, bool]:
        word = " ".join(re.sub(r"[_./-]+", " ", cell.casefold()).split())
        for key in (cell.casefold(), word):
            if key in own or key in vocabulary:
                return own.get(key, vocabulary.get(key, "")), False
        return cell, bool(column.allowed) and bool(cell)

    answers, which = by_distinct(array, read)
    words = pa.array([word for word, _ in answers], type=pa.large_string())
    return words.take(pa.array(which)), np.array([bad for _, bad in answers], dtype=np.bool_)[which]


def _vocabulary_fault(mask: Mask, array: pa.Array, column: Column, header: str, vocabulary: Mapping[str, str]) -> Fault:
    known = [word for word in column.allowed if word]
    words = [*known, *vocabulary]
    mends = {}
    for cell in pc.unique(pc.filter(array, pa.array(mask))).to_pylist()[:1000]:
        near = difflib.get_close_matches(cell.casefold(), words, n=1, cutoff=0.7)
        mends[cell] = f"did you mean {near[0]}?" if near else f"write one of: {', '.join(known)}"
    usual = f"write one of: {', '.join(known)}"
    cells: list[str] = array.to_pylist()
    per_row = [mends.get(cell, usual) if bad else "" for cell, bad in zip(cells, mask.tolist(), strict=True)]
    return Fault(
        mask, "not_in_vocabulary", f"no word that {column.name} knows", header, per_row, detail=", ".join(known)
    )


def any_fault(faults: Sequence[Fault], n_rows: int) -> Mask:
    """Rows that some fault quarantines."""
    found: NDArray[np.bool_] = np.zeros(n_rows, dtype=np.bool_)
    for fault in faults:
        if fault.severity == "quarantine":
            found |= fault.mask
    return found
