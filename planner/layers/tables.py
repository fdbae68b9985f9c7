"""Raw tables of any file: through the door, then to the reader of its kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from planner.layers.report import RawTable, ReadContext

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["raw_tables"]


def raw_tables(path: Path, source: LayerSource, context: ReadContext, kind: str) -> Iterator[RawTable]:
    """Yield the raw tables of a file: chunks of a text, sheets of a workbook, layers of a vector file.

    Parameters
    ----------
    path
        The file.
    source
        What the scenario says about it.
    context
        Says which folders may be read.
    kind
        Layer kind, for finding the header.

    Raises
    ------
    DoorError
        The file was refused before it was opened.
    LayerError
        It cannot be read as a table.
    """
    from planner.layers import sheets, text
    from planner.layers.door import TABLE_KINDS, VECTOR_KINDS, open_checked, staged

    checked = open_checked(path, context, TABLE_KINDS + VECTOR_KINDS)
    shown = context.shown(path)
    if checked.kind in VECTOR_KINDS:
        from planner.layers import vector

        yield from vector.raw_tables(path, source, context)
    elif checked.kind == "csv" and checked.packing in ("", "gzip"):
        yield from text.raw_tables(checked.path, source, kind=kind, shown=shown)
    elif checked.kind == "csv":
        with staged(checked) as plain:
            yield from text.raw_tables(plain, source, kind=kind, shown=shown)
    else:
        with staged(checked) as plain:
            yield from sheets.raw_tables(plain, source, kind=kind, shown=shown)
