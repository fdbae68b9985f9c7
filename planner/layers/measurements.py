"""Signal samples with position, for calibration: drive tests and applications."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.layers.conform import Recipe
from planner.layers.merge import read_table_layer
from planner.layers.report import Conformed, ReadContext

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["read"]

RECIPE = Recipe(
    kind="measurements",
    identity=("lon_deg", "lat_deg", "rsrp_dbm", "cell_id", "operator", "date"),
)


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read signal samples.

    Raises
    ------
    LayerError
        The file cannot be opened as a table.
    """
    return read_table_layer(RECIPE, path, source, context)
