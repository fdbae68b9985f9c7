"""Land cover: the class that fills most of each pixel, as ESA WorldCover codes; 0 where nothing is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.catalog import read_spec
from planner.errors import LayerError
from planner.grid import Raster
from planner.layers.raster import Tile, warped_blocks
from planner.layers.raster_layer import conformed, frame_of, walk
from planner.layers.report import Conformed, ReadContext
from planner.specs.radio import ClutterSpec

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["read"]

_MAX_STRANGE_SHARE = 0.5


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read land cover.

    Notes
    -----
    Codes are those of `models/radio/clutter.toml` (ESA WorldCover). Another classification needs its codes
    named: ``columns = { "3" = "tree", "7" = "built" }`` (code of the file → class of the model).

    Raises
    ------
    LayerError
        Not readable, no place or CRS, no overlap, or mostly codes that no class explains.
    """
    spec = read_spec(ClutterSpec, "radio", "clutter")
    codes = {name: int(item.code) for name, item in spec.heights.items()}
    renamed = _renamed(source, codes, context.shown(path))
    grid = frame_of(path, source, context)
    classes = np.zeros(grid.shape, dtype=np.uint8)
    strange: dict[int, int] = {}
    n_read = [0]

    def clean(values: NDArray[np.float64], _first_row: int) -> NDArray[np.float64]:
        found = np.full(values.shape, np.nan)
        for code, ours in renamed.items():
            found[values == code] = ours
        left = values[np.isfinite(values) & np.isnan(found) & (values != 0.0)]
        for code, count in zip(*np.unique(left, return_counts=True), strict=True):
            strange[int(code)] = strange.get(int(code), 0) + int(count)
        n_read[0] += int(np.isfinite(values).sum())
        return found

    def take(tile: Tile, _shown: str) -> bool:
        return _spread_classes(tile, classes, grid, clean)

    found = walk(path, source, context, grid, take)
    n_strange = sum(strange.values())
    if n_strange:
        listed = ", ".join(str(code) for code in sorted(strange)[:12])
        message = f"{n_strange} of {n_read[0]} pixels hold codes that no class explains ({listed})"
        mend = f'name them: columns = {{ "{min(strange)}" = "{min(codes)}" }} (classes: {", ".join(sorted(codes))})'
        if n_strange > _MAX_STRANGE_SHARE * max(1, n_read[0]):
            raise LayerError(f"'{found.file}': {message}; {mend}", code="clutter_codes", file=found.file, codes=listed)
        found.warn("clutter_codes", message, mend=mend, n_rows=n_strange)
    found.notes.append(f"{float((classes == 0).mean()):.1%} of the grid has no land cover")
    return conformed("clutter", found, Raster(grid, classes, "class"))


def _renamed(source: LayerSource, codes: dict[str, int], shown: str) -> dict[int, int]:
    """Code of the file → our code."""
    known = {code: code for code in codes.values()}
    if not source.columns:
        return known
    strange = sorted(name for name in source.columns.values() if name not in codes)
    bad = sorted(code for code in source.columns if not code.lstrip("-").isdigit())
    if strange or bad:
        message = f"'{shown}': columns must give a class for each code (unknown: {', '.join(strange + bad)}; classes: {', '.join(sorted(codes))})"
        raise LayerError(message, code="override_unknown", file=shown, column=", ".join(strange + bad))
    return {int(code): codes[name] for code, name in source.columns.items()}


def _spread_classes(tile: Tile, classes: NDArray[np.uint8], grid: Any, clean: Any) -> bool:
    from rasterio.warp import Resampling

    is_met = False
    for rows, cols, found in warped_blocks(tile, grid, clean, Resampling.mode):
        is_met = True
        block = classes[rows, cols]
        free = (block == 0) & np.isfinite(found)
        block[free] = found[free].astype(np.uint8)
    return is_met
