"""Nodes of the backbone: equipment (POP), submarine landings, fiber-fed towers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.layers.conform import Recipe
from planner.layers.merge import read_table_layer
from planner.layers.report import Conformed, ReadContext

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["read"]

_KINDS = {
    **dict.fromkeys(
        ("pop", "node", "noc", "sto", "sentral", "hub", "perangkat", "point of presence", "core", "metro"), "pop"
    ),
    **dict.fromkeys(
        (
            "landing station",
            "landing point",
            "cls",
            "beach manhole",
            "bmh",
            "pendaratan",
            "titik labuh",
            "stasiun kabel laut",
        ),
        "landing",
    ),
    **dict.fromkeys(("menara", "bts", "site", "tower fiber"), "tower"),
}

RECIPE = Recipe(kind="fiber_nodes", vocabulary={"kind": _KINDS})


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read nodes of the backbone.

    Raises
    ------
    LayerError
        The file cannot be opened as a table.
    """
    return read_table_layer(RECIPE, path, source, context)
