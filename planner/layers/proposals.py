"""Sites asked for by local governments (usulan): a point, or a desa whose point stands in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.layers.conform import Recipe
from planner.layers.merge import read_table_layer
from planner.layers.report import Conformed, ReadContext

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["read"]

_ACCESS = {
    **dict.fromkeys(
        (
            "darat",
            "jalan",
            "jalan darat",
            "mobil",
            "motor",
            "roda 4",
            "roda 2",
            "roda empat",
            "roda dua",
            "truk",
            "jalan kaki",
        ),
        "road",
    ),
    **dict.fromkeys(
        ("laut", "air", "sungai", "kapal", "perahu", "speedboat", "speed boat", "jalur laut", "feri", "ferry", "sea"),
        "boat",
    ),
    **dict.fromkeys(("udara", "pesawat", "helikopter", "heli", "jalur udara", "plane"), "air"),
}

RECIPE = Recipe(
    kind="proposals",
    vocabulary={"access_mode": _ACCESS},
    code_column="desa_code",
    may_place=True,
    optional_area=True,
)


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read proposals.

    Raises
    ------
    LayerError
        The file cannot be opened as a table.
    """
    return read_table_layer(RECIPE, path, source, context)
