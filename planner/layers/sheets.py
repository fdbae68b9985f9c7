"""Workbooks (XLSX, XLS, ODS) as raw tables: every visible sheet, cells as text, true row numbers.

calamine lays a sheet out as a full rectangle, so one stray cell in the last corner of a sheet asks for 500 GB
and ends the process; the extent is therefore read from the file's own XML before calamine opens it.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import LayerError
from planner.layers.report import Problem, RawTable
from planner.layers.sniff import find_header

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["MAX_CELLS", "cell_text", "raw_tables", "read_sheets"]

MAX_CELLS = 30_000_000
"""Largest rectangle of a sheet that is laid out (about 1 GB)."""

_ROW = re.compile(rb'<(?:x:)?row\b[^>]*?\br="(\d+)"')
_WIDE = re.compile(rb'\br="([A-Z]{2,3})(\d+)"')
_ODS_REPEAT = re.compile(rb'number-(?:rows|columns)-repeated="(\d+)"')
_BLOCK = 1 << 22


def raw_tables(plain: Path, source: LayerSource, *, kind: str, shown: str) -> Iterator[RawTable]:
    """Yield one raw table for each sheet that has rows.

    Parameters
    ----------
    plain
        The file, already let in by the door.
    source
        ``sheet`` picks one sheet.
    kind
        Layer kind whose columns are looked for.
    shown
        Name in messages.

    Raises
    ------
    LayerError
        The workbook cannot be read, has no such sheet, or no sheet with rows.
    """
    n_tables = 0
    failed: list[LayerError] = []
    for name, rows, merged, is_hidden in read_sheets(plain, shown):
        if source.sheet and name != source.sheet:
            continue
        if not any(_filled(row) for row in rows):
            continue
        n_tables += 1
        if is_hidden and not source.sheet:
            yield _hidden(shown, name, len(rows))
            continue
        try:
            table = _table(name, rows, merged, source, kind, shown)
        except LayerError as err:
            failed.append(err)
            yield _skipped(shown, name, len(rows), err)
            continue
        yield table
    if failed and len(failed) == n_tables:
        raise failed[0]
    if not n_tables:
        known = ", ".join(_names(plain, shown))
        if source.sheet:
            message = f"{shown}: no sheet '{source.sheet}' with rows (sheets: {known})"
            raise LayerError(message, code="sheet_missing", file=shown, sheet=source.sheet, known=known)
        message = f"{shown}: no sheet with rows (sheets: {known})"
        raise LayerError(message, code="sheets_empty", file=shown, known=known)


def read_sheets(plain: Path, shown: str) -> Iterator[tuple[str, list[list[Any]], Sequence[Any], bool]]:
    """Yield ``(name, rows, merged ranges, is hidden)`` of every worksheet.

    Raises
    ------
    LayerError
        Protected, damaged or too large.
    """
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    _check_extent(plain, shown)
    book = _guarded(lambda: _open(plain), shown)
    for meta in book.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = _guarded(lambda name=meta.name: book.get_sheet_by_name(name), shown)
        rows = _guarded(lambda given=sheet: given.to_python(skip_empty_area=False), shown)
        merged = getattr(sheet, "merged_cell_ranges", None) or ()
        yield meta.name, rows, merged, meta.visible != SheetVisibleEnum.Visible


def _open(plain: Path) -> Any:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(str(plain))


def _names(plain: Path, shown: str) -> list[str]:
    return list(_guarded(lambda: _open(plain), shown).sheet_names)


def _guarded(call: Any, shown: str) -> Any:
    """Answer of a calamine call; its errors and Rust panics become a `LayerError`."""
    from python_calamine import CalamineError, PasswordError

    try:
        return call()
    except PasswordError as err:
        message = f"{shown}: the workbook is protected by a password: save it without one"
        raise LayerError(message, code="workbook_password", file=shown) from err
    except (CalamineError, OSError, ValueError) as err:
        raise _damaged(shown, err) from err
    except BaseException as err:
        if type(err).__name__ != "PanicException":  # a panic of the Rust library is no Exception
            raise
        raise _damaged(shown, err) from err


def _damaged(shown: str, err: BaseException) -> LayerError:
    fault = str(err)[:200]
    message = f"{shown}: the workbook cannot be read ({fault}): open it in a spreadsheet program and save it again"
    return LayerError(message, code="workbook_damaged", file=shown, fault=fault)


def _check_extent(plain: Path, shown: str) -> None:
    """Refuse sheets whose rectangle is beyond `MAX_CELLS`, before they are laid out."""
    if not zipfile.is_zipfile(plain):
        return  # XLS: at most 65,536 × 256 cells
    try:
        with zipfile.ZipFile(plain) as archive:
            for info in archive.infolist():
                if re.match(r"xl/worksheets/[^/]+\.xml$", info.filename, re.IGNORECASE):
                    _check_xlsx_sheet(archive, info, shown)
                elif info.filename == "content.xml":
                    _check_ods(archive, info, shown)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as err:
        raise _damaged(shown, err) from err


def _check_xlsx_sheet(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str) -> None:
    n_rows, n_cols, tail = 0, 26, b""
    with archive.open(info) as file:
        while block := file.read(_BLOCK):
            text = tail + block
            n_rows = max([n_rows, *(int(number) for number in _ROW.findall(text))])
            for letters, number in set(_WIDE.findall(text)):
                n_cols = max(n_cols, _column_number(letters))
                n_rows = max(n_rows, int(number))
            tail = text[-200:]
    if n_rows * n_cols > MAX_CELLS:
        raise _too_large(shown, info.filename, n_rows, n_cols)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _check_ods(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str) -> None:
    """Refuse ODS rows that repeat a filled cell beyond `MAX_CELLS` (empty repeats cost nothing)."""
    total, tail = 0, b""
    with archive.open(info) as file:
        while block := file.read(_BLOCK):
            *rows, tail = (tail + block).split(b"</table:table-row>")
            for row in rows:
                if b"value-type" not in row and b"<text:p" not in row:
                    continue
                times = [int(number) for number in _ODS_REPEAT.findall(row)]
                total += int(np.prod(np.array([1, *times], dtype=np.float64))) if times else 1
                if total > MAX_CELLS:
                    raise _too_large(shown, "content.xml", total, 1)


def _too_large(shown: str, sheet: str, n_rows: int, n_cols: int) -> LayerError:
    message = (
        f"{shown}: a sheet ({sheet}) reaches over {n_rows:,} rows × {n_cols:,} columns: "
        "delete the stray cells far from the table, or save the table as CSV"
    )
    return LayerError(message, code="sheet_too_large", file=shown, n_rows=n_rows, n_cols=n_cols)


def _hidden(shown: str, name: str, n_rows: int) -> RawTable:
    message = f"the sheet is hidden and was not read ({n_rows} rows)"
    problem = Problem(
        shown, "sheet_hidden", message, sheet=name, severity="warning", n_rows=n_rows, fields={"n_rows": n_rows},
        mend="show the sheet, or name it in 'sheet'",
    )  # fmt: skip
    return RawTable(shown, pd.DataFrame(), np.zeros(0, dtype=np.int64), sheet=name, problems=(problem,))


def _skipped(shown: str, name: str, n_rows: int, err: LayerError) -> RawTable:
    problem = Problem(
        shown, "sheet_skipped", f"the sheet is no table of this layer: {n_rows} rows not read ({err})", sheet=name,
        severity="warning", n_rows=n_rows, mend="nothing, if it is a cover or a note; else correct its header",
        fields={"n_rows": n_rows, "missing": ""},
    )  # fmt: skip
    return RawTable(shown, pd.DataFrame(), np.zeros(0, dtype=np.int64), sheet=name, problems=(problem,))


def cell_text(value: object) -> str:
    """A cell as text, as a person would type it: whole numbers without a point, dates in ISO.

    Examples
    --------
    >>> cell_text(5301.0), cell_text(53.1), cell_text(True), cell_text("007")
    ('5301', '53.1', 'true', '007')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        is_whole = float(value).is_integer() and abs(value) < 1e15
        return f"{value:.0f}" if is_whole else repr(value)
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        text = value.isoformat()
        return text.removesuffix("T00:00:00")
    return "" if value is None else str(value)


def _filled(row: Sequence[Any]) -> bool:
    return any(cell not in ("", None) for cell in row)


def _table(
    name: str, rows: list[list[Any]], merged: Sequence[Any], source: LayerSource, kind: str, shown: str
) -> RawTable:
    head = [[cell_text(cell) for cell in row] for row in rows[:60]]
    header = find_header(head, kind, source.columns, file=f"{shown}[{name}]")
    start = header.first_row + header.n_rows
    notes = list(header.notes)
    n_filled = _fill_merged(rows, merged, start)
    if n_filled:
        notes.append(f"{n_filled} cells below merged cells filled with their text")
    kept = [(number, row) for number, row in enumerate(rows[start:], start + 1) if _filled(row)]
    names = header.names
    columns: dict[str, Any] = {}
    numbers: dict[str, NDArray[np.bool_]] = {}
    for position, title in enumerate(names):
        cells = [row[position] if position < len(row) else "" for _, row in kept]
        is_number = np.fromiter((isinstance(c, (int, float)) and not isinstance(c, bool) for c in cells), np.bool_, len(cells))  # fmt: skip
        if title.startswith("column ") and not any(c not in ("", None) for c in cells):
            continue
        columns[title] = pd.array([cell_text(cell) for cell in cells], dtype="str")
        if is_number.any():
            numbers[title] = is_number
    return RawTable(
        file=shown,
        cells=pd.DataFrame(columns, index=pd.RangeIndex(len(kept))),
        line=np.array([number for number, _ in kept], dtype=np.int64),
        sheet=name,
        titles=header.titles,
        number_cells=numbers,
        notes=tuple(notes),
    )


def _fill_merged(rows: list[list[Any]], merged: Sequence[Any], start: int) -> int:
    """Give every row below a merged text cell its text; numbers are left alone (they would count twice)."""
    n_filled = 0
    for (top, left), (bottom, right) in merged:
        if top < start or bottom == top or top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        if not isinstance(value, str) or not value.strip() or left != right:
            continue
        for row in range(top + 1, min(bottom, len(rows) - 1) + 1):
            if rows[row][left] in ("", None) and any(cell not in ("", None) for cell in rows[row]):
                rows[row][left] = value
                n_filled += 1
    return n_filled
