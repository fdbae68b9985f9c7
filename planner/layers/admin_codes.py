"""Code tables without geometry as an admin layer: codes, names, levels, parents, inhabitants."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from planner.layers.conform import Recipe
from planner.layers.gazetteer import level_of, parent_of
from planner.layers.merge import read_table_layer
from planner.layers.report import Conformed, RawTable, ReadContext
from planner.schema import layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.layers.headers import Matched
    from planner.scenario import LayerSource
    from planner.schema_columns import Column

__all__ = ["read"]

_DERIVED = ("level", "parent_code")


def _columns(matched: Matched) -> Sequence[Column]:
    del matched
    return [column for column in layer("admin").columns if column.name not in _DERIVED]


def _finish(frame: pd.DataFrame, table: RawTable, context: ReadContext) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Level and parent follow from the code."""
    del table, context
    level = pd.array([level_of(code) for code in frame["code"]], dtype="str")
    parent = pd.array([parent_of(code) for code in frame["code"]], dtype="str")
    return frame.assign(level=level, parent_code=parent), ("level and parent of each area follow from its code",)


RECIPE = Recipe(kind="admin", code_column="code", columns=_columns, finish=_finish)


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read a table of area codes.

    Raises
    ------
    LayerError
        The file cannot be opened as a table.
    """
    return read_table_layer(RECIPE, path, source, context)
