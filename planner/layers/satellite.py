"""Satellites and their beams: capacity, and what is committed already."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.layers.conform import Recipe
from planner.layers.merge import read_table_layer
from planner.layers.report import Conformed, ReadContext

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["read"]

_BANDS = {
    **dict.fromkeys(("ku band", "kuband", "pita ku"), "Ku"),
    **dict.fromkeys(("ka band", "kaband", "pita ka"), "Ka"),
    **dict.fromkeys(("c band", "cband", "pita c", "extended c"), "C"),
}

RECIPE = Recipe(kind="satellite", vocabulary={"band": _BANDS})


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read satellite beams.

    Raises
    ------
    LayerError
        The file cannot be opened as a table.
    """
    return read_table_layer(RECIPE, path, source, context)
