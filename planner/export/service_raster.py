"""Level of service as a raster in the colours of the map: light where the cells as points are heavy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from planner.export._cog import cog_bytes
from planner.export._inputs import ExportInputs
from planner.export._qgis import style_classes
from planner.export._qgis_raster import service_qml
from planner.export._whole import whole
from planner.schema_columns import LEVELS

__all__ = ["META", "write"]

META = {
    "is_folder": False, "suffix": ".tif", "path": "gis/service.tif",
    "about": "level of service where people and enterprises are, as a raster in colours with overviews",
}  # fmt: skip

NODATA = 255


def write(path: Path, inputs: ExportInputs) -> Path | None:
    """Write ``service.tif`` and its style for QGIS beside it; None when the run has no demand cells.

    Parameters
    ----------
    path
        The file.
    inputs
        ``service`` gives the level of each cell: 0 served, 1 limited, 2 unserved, 3 unknown; 255 elsewhere.

    Raises
    ------
    OutputError
        It could not be written whole.
    """
    if inputs.grid is None or inputs.service is None or inputs.service.empty:
        return None
    values = np.full(inputs.grid.shape, NODATA, dtype=np.uint8)
    level = pd.Categorical(inputs.service["level"], categories=list(LEVELS)).codes
    values.ravel()[inputs.service["cell_id"].to_numpy(dtype=np.int64)] = level
    shades = dict(style_classes("cells"))
    colours = {at: (*bytes.fromhex(shades[name][1:]), 255) for at, name in enumerate(LEVELS)}
    names = ("level of service (" + ", ".join(f"{at} {name}" for at, name in enumerate(LEVELS)) + ")",)
    data = cog_bytes(
        inputs.grid, values[np.newaxis], names, inputs, nodata=NODATA, colours={**colours, NODATA: (0, 0, 0, 0)}
    )
    with whole(path) as part:
        part.write_bytes(data)
    with whole(path.with_suffix(".qml")) as part:
        part.write_text(service_qml(), encoding="utf-8")
    return path
