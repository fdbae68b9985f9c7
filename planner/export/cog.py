"""Cloud-optimised GeoTIFF of the coverage: best level and best server."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from planner.errors import OutputError
from planner.export._cog import cog_bytes
from planner.export._inputs import ExportInputs
from planner.export._qgis_raster import coverage_qml
from planner.export._whole import whole

__all__ = ["META", "write"]

META = {
    "is_folder": False,
    "suffix": ".tif",
    "path": "gis/coverage.tif",
    "about": "coverage as a raster with overviews: level in dBm and number of the best server",
}


def write(path: Path, inputs: ExportInputs) -> Path | None:
    """Write ``coverage.tif`` and its style for QGIS beside it; None when the run has no coverage.

    Parameters
    ----------
    path
        The file.
    inputs
        ``coverage_rsrp_dbm`` becomes band 1 (dBm), ``coverage_server`` band 2 (``bts_number`` of the layer
        ``bts``); nodata is NaN in both.

    Raises
    ------
    OutputError
        It could not be written whole, or the two rasters have different grids.
    """
    level = inputs.coverage_rsrp_dbm
    if level is None:
        return None
    server = inputs.coverage_server
    if server is not None and server.grid != level.grid:
        message = "coverage level and server have different grids"
        raise OutputError(message, code="output_unwritten", path=str(path), fault=message)
    bands, names = [np.asarray(level.values, dtype=np.float32)], ["best RSRP (dBm)"]
    if server is not None:
        numbers = np.asarray(server.values, dtype=np.float32)
        bands.append(np.where(numbers < 0.0, np.float32(np.nan), numbers))
        names.append("best server (bts_number)")
    data = cog_bytes(level.grid, np.stack(bands), tuple(names), inputs, nodata=float("nan"))
    with whole(path) as part:
        part.write_bytes(data)
    with whole(path.with_suffix(".qml")) as part:
        part.write_text(coverage_qml(), encoding="utf-8")
    return path
