"""Terrain: SRTM tiles, GeoTIFF and folders of tiles as metres above sea level on the run's grid."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.errors import LayerError
from planner.grid import Raster
from planner.layers.raster import Sums, Tile, spread
from planner.layers.raster_layer import Survey, conformed, divided, frame_of, say_survey, walk
from planner.layers.report import Conformed, ReadContext
from planner.schema import layer

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["FOOT_M", "read"]

FOOT_M = 0.3048
"""International foot (1959 agreement); the US survey foot differs by 2 millionths."""

_FEET = ("ft", "feet", "foot", "kaki", "us survey foot", "us_survey_foot", "ftus")
_METRES = ("", "m", "metre", "metres", "meter", "meters", "mdpl", "m dpl")
_FEET_SHARE = 1e-4
"""Share of pixels between 5000 and 17000 from which heights look like feet (Puncak Jaya: 16 024 ft)."""


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read heights.

    Notes
    -----
    Tiles finer than the grid are averaged by overlapping area, coarser ones interpolated. Heights outside
    −50 to 5000 m are never used; where they look like a "no data" number, or like feet, that is said. Voids
    stay NaN: no height is made up here.

    Raises
    ------
    LayerError
        Not readable, no place or CRS, no overlap, or heights that look like feet without ``unit``.
    """
    declared = layer("terrain")
    survey = Survey(declared.minimum or 0.0, declared.maximum or 0.0)
    grid = frame_of(path, source, context)
    sums = Sums.on(grid, np.float32)
    high = _High()

    def take(tile: Tile, shown: str) -> bool:
        factor = _factor(tile, source, shown)

        def clean(values: NDArray[np.float64], _first_row: int) -> NDArray[np.float64]:
            metres = values * factor
            high.look(metres)
            return survey.clean(metres)

        return spread(tile, grid, sums, clean, shown, method="average")

    found = walk(path, source, context, grid, take)
    if not source.unit and high.n_high > _FEET_SHARE * max(1, survey.n_pixels - survey.n_void):
        message = (
            f"'{found.file}' has {high.n_high} heights from 5000 to 17000 (highest {high.highest:.0f}), and Indonesia's highest "
            'ground is 4884 m: they look like feet. Give unit = "ft" for this layer, or unit = "m" if they are metres'
        )
        raise LayerError(message, code="terrain_feet", file=found.file, highest=high.highest)
    say_survey(found, survey, "m")
    heights = divided(sums.total, sums.weight)
    n_void = int(np.isnan(heights).sum())
    found.notes.append(f"{n_void / heights.size:.1%} of the grid has no height")
    return conformed("terrain", found, Raster(grid, heights, "m"))


class _High:
    """Counts heights that only feet would explain."""

    def __init__(self) -> None:
        self.n_high = 0
        self.highest = 0.0

    def look(self, metres: NDArray[np.float64]) -> None:
        with np.errstate(invalid="ignore"):
            high = metres[(metres > 5000.0) & (metres < 17_000.0) & (metres != 9999.0)]
        self.n_high += high.size
        self.highest = max(self.highest, float(high.max(initial=0.0)))


def _factor(tile: Tile, source: LayerSource, shown: str) -> float:
    """Metres in one unit of the file: the scenario's word first, then the band's own."""
    said = source.unit.strip().lower()
    own = str(tile.dataset.units[0] or "").strip().lower()
    unit = said or own
    if unit in _FEET:
        tile.notes.append(f"heights in feet ({'scenario' if said else 'file'}), turned into metres")
        return FOOT_M
    if said not in _METRES:
        message = f"'{shown}': unit '{source.unit}' of a height is not known: give \"m\" or \"ft\""
        raise LayerError(message, code="unit_unknown", file=shown, unit=source.unit)
    return 1.0
