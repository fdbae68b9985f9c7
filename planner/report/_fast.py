"""A worksheet that takes a table column by column: XlsxWriter's way of cell by cell takes most of a workbook's time."""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

__all__ = ["TableSheet"]


class TableSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter is followed as Any
    """A worksheet whose last rows are one block of columns.

    Notes
    -----
    Rows are written as ECMA-376 part 1, 18.3.1.4 (``c``) and 18.3.1.73 (``row``) ask for; texts go through XlsxWriter's
    own table of strings, formats through its own list. A number keeps all its digits.
    """

    def __init__(self) -> None:
        super().__init__()
        self._block: tuple[int, list[list[Any]], list[Any]] | None = None

    def write_block(self, top: int, columns: list[list[Any]], formats: list[Any]) -> None:
        """Take the values of each column from row ``top`` on: text, bool, finite float, or None for an empty cell."""
        n_rows = len(columns[0]) if columns else 0
        if not n_rows:
            return
        self._check_dimensions(top, 0)
        self._check_dimensions(top + n_rows - 1, len(columns) - 1)
        place = self.str_table._get_shared_string_index  # noqa: SLF001  as its own write_string does
        indexed = [[(place(value),) if isinstance(value, str) else value for value in column] for column in columns]
        self._block = (top, indexed, formats)

    def _write_rows(self) -> None:
        if self._block is None:
            super()._write_rows()
            return
        top, columns, formats = self._block
        last = top + len(columns[0]) - 1
        self.dim_rowmax: int = top - 1
        super()._write_rows()
        self.dim_rowmax = last
        cells = [
            _column_xml(column, top, xl_col_to_name(at), formats[at]._get_xf_index())  # noqa: SLF001  as its own cells do
            for at, column in enumerate(columns)
        ]
        self.fh.write(
            "".join(f'<row r="{top + at + 1}">{"".join(row)}</row>' for at, row in enumerate(zip(*cells, strict=True)))
        )


def _column_xml(column: list[Any], top: int, letter: str, form: int) -> list[str]:
    """Cells of a column; texts and truth values have no format."""
    found = []
    for row, value in enumerate(column, start=top + 1):  # text is made cell by cell
        if value is None:
            found.append("")
        elif isinstance(value, tuple):
            found.append(f'<c r="{letter}{row}" t="s"><v>{value[0]}</v></c>')
        elif isinstance(value, bool):
            found.append(f'<c r="{letter}{row}" t="b"><v>{int(value)}</v></c>')
        else:
            shown = int(value) if value.is_integer() and abs(value) < 1e15 else repr(value)
            found.append(f'<c r="{letter}{row}" s="{form}"><v>{shown}</v></c>')
    return found
