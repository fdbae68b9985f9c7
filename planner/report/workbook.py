"""Workbook (XLSX) of a run: one sheet a level, plan, surveys, data ledger, sources and assumptions.

Names come from spreadsheets of strangers: a text that looks like a formula or an address stays a text.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from planner.report._fast import TableSheet
from planner.report._inputs import ReportInputs
from planner.report._whole import write_whole
from planner.report.tables import FORM_BLANKS, SHEETS, sheet_tables, spoken, summary_blocks
from planner.words import Words, read_words

__all__ = ["FILE_NAMES", "write"]

FILE_NAMES = {"id": "laporan_id.xlsx", "en": "report_en.xlsx"}

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_CELL_MAX = 32_000  # Excel holds 32 767 characters; longer texts would vanish in silence
_FORMATS = (
    ("_share", "0.0%"), ("_idr_per_year", "#,##0"), ("_idr", "#,##0"), ("_deg", "0.00000"), ("score", "0.0"),
    ("score_low", "0.0"), ("score_high", "0.0"), ("year", "0"), ("rank", "0"), ("_km", "#,##0.0"), ("_mbps", "#,##0.0"),
    ("_dbm", "0.0"), ("_m", "#,##0.0"),
)  # fmt: skip
_FIRST_WIDTH, _OTHER_WIDTH = 44.0, 18.0
_SAID_SHORT = ("desk_study", "synthetic", "estimate")
_WIDE = ("name", "source", "note", "about", "key", "label", "settle_with")
_BROAD = ("_name", "_id", "_code", "site_type", "backhaul", "technology", "reason", "excluded_because", "kind")
_STYLES: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "notice": {"italic": True, "font_color": "#7F3F00"},
    "heading": {"bold": True, "font_size": 12},
    "header": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DCE6F1", "border": 1},
}


def write(path: Path, inputs: ReportInputs, *, language: str = "id") -> Path:
    """Write the workbook of one language.

    Parameters
    ----------
    path
        The file; `FILE_NAMES` has the usual names.
    inputs
        What to say. Totals come from ``facts`` alone.
    language
        ``id`` or ``en``.

    Notes
    -----
    Numbers are numbers (Excel writes them in the user's way), tables are table objects with filters, headers
    are frozen and repeat in print; every sheet carries the notices. Equal inputs give equal bytes: dates come
    from the scenario.

    Raises
    ------
    OutputError
        It could not be written whole; nothing is left behind.
    """
    import xlsxwriter

    words = read_words(language)
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {**_OPTIONS, "in_memory": True})
    _fill(book, inputs, words)
    book.close()
    return write_whole(path, held.getbuffer())


def _fill(book: Any, inputs: ReportInputs, words: Words) -> None:
    """Put all sheets into the workbook."""
    title = (inputs.title_en if words.language == "en" else inputs.title_id) or inputs.title_id or inputs.name
    midnight = dt.datetime.combine(inputs.date, dt.time(), tzinfo=dt.UTC).replace(tzinfo=None)  # Excel knows no zones
    book.set_properties(
        {"title": _text(title), "subject": words("report.title"), "author": "Merata", "created": midnight}
    )
    book.set_calc_mode("auto")
    styles = {name: book.add_format(dict(style)) for name, style in _STYLES.items()}
    numbers = {
        form: book.add_format({"num_format": form}) for form in ("#,##0", *dict.fromkeys(f for _, f in _FORMATS))
    }
    short, full = _notices(inputs, words)
    _summary(book, inputs, words, (title, [*short, *full]), (styles, numbers))
    labels = words.section("columns")
    for name, table in sheet_tables(inputs, words).items():
        heading = words(f"report.sheet_{name}")
        sheet = book.add_worksheet(heading, None if name == "form" else TableSheet)
        how = [words("report.form_how")] if name == "form" else []
        top = _head(sheet, f"{heading} — {title}", [*short, *how], styles)
        _page(sheet, top, words("report.indicative"), inputs)
        if table.empty:
            sheet.write_string(top, 0, words("report.empty"))
            continue
        _table(
            sheet,
            table,
            top,
            [labels.get(column, column) for column in table.columns],
            styles,
            numbers,
            f"t_{SHEETS.index(name)}",
        )
        sheet.freeze_panes(top + 1, min(3, len(table.columns)))
        if name == "form":
            _fillable(book, sheet, table, top, words)


def _notices(inputs: ReportInputs, words: Words) -> tuple[list[str], list[str]]:
    """Sentences for the head of every sheet, the hardest first, and those that the summary adds."""
    short = [words("report.indicative")]
    codes = {code for code, _ in inputs.notices}
    if inputs.is_synthetic or "synthetic" in codes:
        short.insert(0, words("report.synthetic"))
    if "estimate" in codes:
        short.append(words("report.estimate"))
    full = [
        words(f"map.notice.{code}", **spoken(fields, words.language))
        for code, fields in inputs.notices
        if code not in _SAID_SHORT
    ]
    return short, full


def _head(sheet: Any, title: str, notices: Iterable[str], styles: Mapping[str, Any]) -> int:
    """Title and notices of a sheet; gives the row where its content starts."""
    sheet.write_string(0, 0, _text(title), styles["title"])
    row = 1
    for notice in notices:
        sheet.write_string(row, 0, _text(notice), styles["notice"])
        row += 1
    return row + 1


def _page(sheet: Any, header_row: int, notice: str, inputs: ReportInputs) -> None:
    """Paper: landscape, as wide as the page, header repeated, notice and trace at the foot."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header_row)
    sheet.set_footer(f"&L&8{notice[:120].replace('&', '&&')}&R&8{inputs.run_hash} · {inputs.date.isoformat()} · &P/&N")


def _summary(
    book: Any,
    inputs: ReportInputs,
    words: Words,
    told: tuple[str, list[str]],
    looks: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    title, notices = told
    styles, numbers = looks
    sheet = book.add_worksheet(words("report.sheet_summary"))
    row = _head(sheet, title, notices, styles)
    sheet.write_string(row - 1, 0, words("report.of_run", run=inputs.run_hash, date=inputs.date.isoformat()))
    _page(sheet, 0, words("report.indicative"), inputs)
    sheet.set_column(0, 0, _FIRST_WIDTH)
    sheet.set_column(1, 8, _OTHER_WIDTH)
    for number, (heading, table) in enumerate(summary_blocks(inputs, words)):
        sheet.write_string(row + 1, 0, _text(heading), styles["heading"])
        labels = [str(column) or " " for column in table.columns]
        share = words("report.share_unserved")
        gap = words("report.proof_gap_share")
        formats = [numbers["0.0%"] if label == share else numbers["#,##0"] for label in labels]
        sheet.set_row(row + 2, _header_height(labels, [_FIRST_WIDTH] + [_OTHER_WIDTH] * len(labels)))
        row = _plain_table(sheet, table, row + 2, labels, formats, f"s_{number}", styles)
        if gap in table.iloc[:, 0].to_numpy():  # one row of this table is a share
            at = int(np.flatnonzero(table.iloc[:, 0].to_numpy() == gap)[0])
            value = table.iloc[at, 1]
            if isinstance(value, (int, float)):
                sheet.write_number(row - len(table) + at, 1, float(value), numbers["0.0%"])


def _table(
    sheet: Any, table: pd.DataFrame, top: int, labels: list[str], styles: Mapping[str, Any], numbers: Mapping[str, Any], name: str
) -> None:  # fmt: skip
    formats = [numbers[_format_of(column)] for column in table.columns]
    _plain_table(sheet, table, top, labels, formats, name, styles)
    widths = [_width(str(column), label) for column, label in zip(table.columns, labels, strict=True)]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.set_row(top, _header_height(labels, widths))


def _width(column: str, label: str) -> float:
    """Width of a column in characters."""
    least = 22.0 if column.endswith(_BROAD) else 11.0
    return 36.0 if column in _WIDE else min(22.0, max(least, len(label) * 0.6 + 4))


def _fillable(book: Any, sheet: Any, table: pd.DataFrame, top: int, words: Words) -> None:
    """Mark the blanks of the survey form, and offer the words to choose from."""
    blank = book.add_format({"bg_color": "#FFF9E5", "border": 1, "border_color": "#D9C98A"})
    first, last = top + 1, top + len(table)
    yes_no = [words("map.yes"), words("map.no")]
    choices = {
        "form_access_mode": [words(f"report.form_access_{mode}") for mode in ("road", "boat", "air")],
        "form_is_granted": yes_no, "form_keeper": yes_no, "form_power": yes_no, "form_signal": yes_no,
        "form_status": [words(f"map.status.{status}") for status in ("verified", "surveyed", "land_ready", "inactive")],
    }  # fmt: skip
    ranges = {"form_lon_deg": (90.0, 145.0), "form_lat_deg": (-15.0, 10.0)}
    for column in FORM_BLANKS:
        at = list(table.columns).index(column)
        for row in range(first, last + 1):  # XlsxWriter formats cell by cell
            sheet.write_blank(row, at, None, blank)
        if column in choices:
            sheet.data_validation(first, at, last, at, {"validate": "list", "source": choices[column]})
        elif column in ranges:
            low, high = ranges[column]
            sheet.data_validation(
                first, at, last, at, {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
            )
        elif column == "form_date":
            since = dt.date(2000, 1, 1)
            sheet.data_validation(first, at, last, at, {"validate": "date", "criteria": ">", "value": since})


def _header_height(labels: list[str], widths: list[float]) -> float:
    """Height in points that wrapped headers need; not every program finds it by itself."""
    lines = [-(-len(label) // max(int(width) - 3, 4)) for label, width in zip(labels, widths, strict=False)]
    return 15.0 * min(max(lines, default=1), 6)


def _plain_table(
    sheet: Any, table: pd.DataFrame, top: int, labels: list[str], formats: list[Any], name: str, styles: Mapping[str, Any]
) -> int:  # fmt: skip
    """Write a table object; gives the row after it."""
    headers = _distinct(labels)
    columns = [{"header": _text(label), "header_format": styles["header"]} for label in headers]
    last = top + len(table)
    sheet.add_table(
        top, 0, last, len(headers) - 1, {"columns": columns, "name": name, "style": "Table Style Light 1", "autofilter": len(table) > 6}
    )  # fmt: skip
    if isinstance(sheet, TableSheet):
        sheet.write_block(top + 1, [_cells(table[column]) for column in table.columns], formats)
        return last + 1
    for place, column in enumerate(table.columns):
        form = formats[place]
        for row, value in enumerate(_cells(table[column]), start=top + 1):  # XlsxWriter takes cell by cell
            if isinstance(value, str):
                sheet.write_string(row, place, value)
            elif isinstance(value, bool):
                sheet.write_boolean(row, place, value)
            elif value is not None:
                sheet.write_number(row, place, value, form)
    return last + 1


def _cells(column: Any) -> list[Any]:
    """Values of a column as text, bool, finite number or None."""
    if column.dtype.kind in "iuf":
        return [value if math.isfinite(value) else None for value in column.to_numpy(dtype=np.float64).tolist()]
    return [_cell(value) for value in column.astype(object).tolist()]


def _cell(value: Any) -> Any:
    if value is None or value is pd.NA:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, float, np.integer, np.floating)):
        return float(value) if math.isfinite(value) else None
    return _text(str(value))


def _text(value: str) -> str:
    """Text that a cell can hold: valid Unicode, not longer than a cell."""
    clean = value.encode("utf-8", errors="replace").decode("utf-8")
    return clean if len(clean) <= _CELL_MAX else f"{clean[: _CELL_MAX - 1]}…"


def _distinct(labels: list[str]) -> list[str]:
    """Headers of a table must differ without regard to case; repeats get a number."""
    seen: dict[str, int] = {}
    found = []
    for label in labels:
        count = seen[label.casefold()] = seen.get(label.casefold(), 0) + 1
        found.append(label if count == 1 else f"{label} ({count})")
    return found


def _format_of(column: str) -> str:
    return next(
        (form for suffix, form in _FORMATS if column == suffix or (suffix[0] == "_" and column.endswith(suffix))),
        "#,##0",
    )
