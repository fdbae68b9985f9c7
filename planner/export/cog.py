"""Cloud-optimised GeoTIFFs of the coverage: best level and server, signal over interference, probability of enough signal."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from planner.errors import OutputError
from planner.export._cog import cog_bytes
from planner.export._inputs import ExportInputs
from planner.export._qgis_raster import ramp_qml
from planner.export._whole import whole
from planner.grid import Raster

__all__ = ["META", "write"]

META = {
    "is_folder": False,
    "suffix": ".tif",
    "path": "gis/coverage.tif",
    "about": "coverage as rasters with overviews: level in dBm and number of the best server, SINR, probability",
}


def write(path: Path, inputs: ExportInputs) -> Path | None:
    """Write ``coverage.tif``, with ``sinr.tif`` and ``probability.tif`` beside it, each with its style for QGIS.

    Parameters
    ----------
    path
        The file of the level; the others stand beside it.
    inputs
        ``coverage_rsrp_dbm`` becomes band 1 (dBm), ``coverage_server`` band 2 (``bts_number`` of the layer
        ``bts``); ``coverage_sinr_db`` and ``coverage_probability_share`` files of their own, where there are any.
        Nodata is NaN in all.

    Returns
    -------
    Path or None
        The file of the level; None when the run has no coverage.

    Raises
    ------
    OutputError
        A file could not be written whole, or the rasters have different grids.
    """
    level, server = inputs.coverage_rsrp_dbm, inputs.coverage_server
    if level is None:
        return None
    more = {"sinr": inputs.coverage_sinr_db, "probability": inputs.coverage_probability_share}
    for raster in (server, *more.values()):
        if raster is not None and raster.grid != level.grid:
            message = "rasters of coverage have different grids"
            raise OutputError(message, code="output_unwritten", path=str(path), fault=message)
    bands, names = [np.asarray(level.values, dtype=np.float32)], ["best RSRP (dBm)"]
    if server is not None:
        numbers = np.asarray(server.values, dtype=np.float32)
        bands.append(np.where(numbers < 0.0, np.float32(np.nan), numbers))
        names.append("best server (bts_number)")
    data = cog_bytes(level.grid, np.stack(bands), tuple(names), inputs, nodata=float("nan"))
    _write(path, data, "coverage_rsrp")
    place = f"{inputs.served_place}s"
    said = {
        "sinr": f"SINR of the best server, {place} (dB)",
        "probability": f"probability of enough signal, {place} (0-1)",
    }
    for name, raster in more.items():
        if raster is not None:
            _write(path.with_name(f"{name}.tif"), _one(raster, said[name], inputs), f"coverage_{name}")
    return path


def _one(raster: Raster, name: str, inputs: ExportInputs) -> bytes:
    """A raster as the only band of a file, rounded to what it is worth (0.1 dB, 1 %): files are half as large then."""
    digits = 2 if raster.unit == "share" else 1
    values = np.round(np.asarray(raster.values, dtype=np.float32), digits)
    return cog_bytes(raster.grid, values[np.newaxis], (name,), inputs, nodata=float("nan"))


def _write(path: Path, data: bytes, style: str) -> None:
    with whole(path) as part:
        part.write_bytes(data)
    with whole(path.with_suffix(".qml")) as part:
        part.write_text(ramp_qml(style), encoding="utf-8")
