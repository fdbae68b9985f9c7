"""A copy of a workbook with the cells that need mending coloured and commented; the original stays as it is."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.errors import OutputError
from planner.layers.headers import is_personal
from planner.layers.quarantine import with_reasons
from planner.layers.sheets import read_sheets
from planner.layers.sniff import find_header

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MAX_ROWS", "write_marked_copy"]

MAX_ROWS = 100_000
"""Workbooks with more rows are not copied; the quarantine file says it all."""

_MAX_COMMENTS = 20_000
_COMMENT_LETTERS = 400


def write_marked_copy(
    target: Path, plain: Path, quarantine: pd.DataFrame, *, kind: str, columns: Mapping[str, str], keep_personal: bool
) -> bool:
    """Write the marked copy, on the same rows and columns as the original.

    Parameters
    ----------
    target
        An ``.xlsx`` path; written under a temporary name and renamed.
    plain
        The workbook, already let in by the door.
    quarantine
        Its `Conformed.quarantine`.
    kind, columns
        Layer kind and the scenario's column overrides, to find the header as the reader did.
    keep_personal
        Keep the cells that name people or enterprises; else they are emptied (the row numbers still fit).

    Returns
    -------
    bool
        False when the workbook is too large to copy.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    from xlsxwriter.exceptions import XlsxWriterException

    sheets = list(read_sheets(plain, plain.name))
    if sum(len(rows) for _, rows, _, _ in sheets) > MAX_ROWS:
        return False
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".marked-", dir=target.parent) as folder:
            temporary = Path(folder) / "copy.xlsx"
            _write(temporary, sheets, quarantine, kind=kind, columns=columns, keep_personal=keep_personal)
            temporary.replace(target)
    except (OSError, XlsxWriterException) as err:
        fault = getattr(err, "strerror", "") or str(err)
        message = f"'{target}' cannot be written: {fault}: choose another output folder with --out"
        raise OutputError(message, code="output_failed", path=str(target), fault=str(err)) from err
    return True


def _write(
    path: Path,
    sheets: Sequence[Any],
    quarantine: pd.DataFrame,
    *,
    kind: str,
    columns: Mapping[str, str],
    keep_personal: bool,
) -> None:
    import xlsxwriter

    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"created": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)})  # the same bytes each time
    row_format = book.add_format({"bg_color": "#FFF2CC"})
    cell_format = book.add_format({"bg_color": "#F8B26A", "bold": True})
    quarantine = with_reasons(quarantine)
    n_comments = 0
    taken: set[str] = set()
    several = len(sheets) > 1
    for name, rows, _, is_hidden in sheets:
        sheet = book.add_worksheet(_sheet_name(name, taken))
        if is_hidden and several:
            sheet.hide()
        marks, said = _marks(quarantine, name, "reason"), _marks(quarantine, name, "alasan")
        names = _header_names(rows, kind, columns) if marks else ()
        hidden = {i for i, title in enumerate(names) if is_personal(title)} if not keep_personal else set()
        for number, row in enumerate(rows, 1):
            reason = marks.get(number, "")
            bad = _bad_columns(reason, names)
            for position, value in enumerate(row):
                form = (cell_format if position in bad else row_format) if reason else None
                _put(sheet, number - 1, position, "" if position in hidden and number > 1 else value, form)
            if reason and n_comments < _MAX_COMMENTS:
                n_comments += 1
                place = min(bad) if bad else 0
                text = f"{said[number]}\n({reason})"[:_COMMENT_LETTERS]
                sheet.write_comment(number - 1, place, text, {"x_scale": 2.5, "author": "Merata"})
    book.close()


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that a workbook accepts: 31 letters, no brackets, colons or slashes, not twice; other formats allow more."""
    bare = re.sub(r"[\[\]:*?/\\]", "_", name).strip("'")[:31] or "Sheet"
    number = 1
    while bare.casefold() in taken:
        number += 1
        bare = f"{bare[:27]} {number}"
    taken.add(bare.casefold())
    return bare


def _marks(quarantine: pd.DataFrame, sheet: str, column: str) -> dict[int, str]:
    mine = quarantine.loc[quarantine["sheet"] == sheet]
    return dict(zip(mine["line"].tolist(), mine[column].tolist(), strict=True))


def _header_names(rows: Sequence[Sequence[Any]], kind: str, columns: Mapping[str, str]) -> tuple[str, ...]:
    from planner.errors import LayerError
    from planner.layers.sheets import cell_text

    head = [[cell_text(cell) for cell in row] for row in rows[:60]]
    try:
        return find_header(head, kind, columns, file="").names
    except LayerError:
        return ()


def _bad_columns(reason: str, names: Sequence[str]) -> set[int]:
    """Positions of the columns that a reason names (``Lintang: …; Skala: …``)."""
    parts = reason.split("; ")
    titles = {title for part in parts if ": " in part for title in part.split(": ", 1)[0].split(", ")}
    return {position for position, name in enumerate(names) if name in titles}


def _put(sheet: Any, row: int, column: int, value: Any, form: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, form)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value, form)
    elif isinstance(value, (dt.datetime, dt.date, dt.time, dt.timedelta)):
        sheet.write_string(row, column, value.isoformat() if not isinstance(value, dt.timedelta) else str(value), form)
    elif value:
        sheet.write_string(row, column, str(value)[:32_000], form)
    elif form is not None:
        sheet.write_blank(row, column, None, form)
