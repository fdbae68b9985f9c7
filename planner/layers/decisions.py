"""What planners decided: sites forced, forbidden or locked, with reason, author and letter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.layers.conform import Recipe
from planner.layers.merge import read_table_layer
from planner.layers.report import Conformed, ReadContext

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["read"]

_ACTIONS = {
    **dict.fromkeys(("paksa", "wajib", "harus", "bangun", "wajib bangun", "must", "include", "ya"), "force"),
    **dict.fromkeys(("larang", "dilarang", "tolak", "ditolak", "jangan", "exclude", "tidak"), "forbid"),
    **dict.fromkeys(("kunci", "dikunci", "tetap", "terkontrak", "kontrak", "locked", "fix", "fixed"), "lock"),
}

RECIPE = Recipe(kind="decisions", vocabulary={"action": _ACTIONS})


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read decisions of planners.

    Raises
    ------
    LayerError
        The file cannot be opened as a table.
    """
    return read_table_layer(RECIPE, path, source, context)
