"""Ground stations (stasiun bumi) of satellites."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.layers.conform import Recipe
from planner.layers.merge import read_table_layer
from planner.layers.report import Conformed, ReadContext

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["read"]

RECIPE = Recipe(kind="gateways", is_national=True)


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read ground stations.

    Raises
    ------
    LayerError
        The file cannot be opened as a table.
    """
    return read_table_layer(RECIPE, path, source, context)
