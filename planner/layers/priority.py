"""Areas with a priority: 3T, tertinggal, border, outermost islands, priority destinations, proposals."""

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
    **dict.fromkeys(("terdepan terluar tertinggal", "daerah 3t", "wilayah 3t"), "3T"),
    **dict.fromkeys(("daerah tertinggal", "dt", "kabupaten tertinggal", "tertinggal perpres 63 2020"), "tertinggal"),
    **dict.fromkeys(("perbatasan", "lokpri", "pksn", "kawasan perbatasan", "lokasi prioritas", "batas negara"), "border"),
    **dict.fromkeys(("ppkt", "pulau terluar", "pulau kecil terluar", "pulau pulau kecil terluar", "outermost island"), "outermost_island"),
    **dict.fromkeys(("dpsp", "destinasi prioritas", "destinasi pariwisata super prioritas", "destinasi super prioritas", "kspn", "wisata prioritas",
                     "priority destination"), "priority_destination"),
    **dict.fromkeys(("usulan", "usulan pemda", "prioritas daerah"), "proposal"),
}  # fmt: skip

RECIPE = Recipe(kind="priority", vocabulary={"kind": _KINDS}, code_column="area_code", identity=("area_code", "kind"))


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read priority areas.

    Raises
    ------
    LayerError
        The file cannot be opened as a table.
    """
    return read_table_layer(RECIPE, path, source, context)
