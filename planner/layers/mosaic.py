"""Several rasters of one layer laid over each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.errors import LayerError
from planner.grid import Raster

__all__ = ["overlay"]


def overlay(rasters: Sequence[Raster]) -> Raster:
    """The first raster, its unknown pixels (NaN, class 0) filled from the second, and so on.

    Raises
    ------
    LayerError
        No raster, or rasters of different grids or units.
    """
    if not rasters:
        message = "there is no raster to lay over each other"
        raise LayerError(message, code="raster_none")
    first = rasters[0]
    values = first.values.copy()
    for other in rasters[1:]:
        if other.grid != first.grid or other.unit != first.unit:
            message = f"rasters of different grids or units cannot be joined ({first.unit}, {other.unit})"
            raise LayerError(message, code="raster_mixed")
        unknown = np.isnan(values) if np.issubdtype(values.dtype, np.floating) else values == 0
        values[unknown] = other.values[unknown]
    return Raster(first.grid, values, first.unit)
