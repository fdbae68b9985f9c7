"""Cloud-optimised GeoTIFF of the coverage: best level and best server."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.errors import OutputError
from planner.export._inputs import ExportInputs
from planner.export._whole import whole
from planner.grid import Raster

__all__ = ["META", "write"]

META = {
    "is_folder": False,
    "suffix": ".tif",
    "path": "gis/coverage.tif",
    "about": "coverage as a raster with overviews: level in dBm and number of the best server",
}

_BLOCK = 512


def write(path: Path, inputs: ExportInputs) -> Path | None:
    """Write ``coverage.tif``; None when the run has no coverage.

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
    data = _cog_bytes(level, np.stack(bands), tuple(names), inputs)
    with whole(path) as part:
        part.write_bytes(data)
    return path


def _cog_bytes(level: Raster, bands: NDArray[np.float32], names: tuple[str, ...], inputs: ExportInputs) -> bytes:
    """A COG, made in memory (a full disk would leave GDAL with half a file and no clear error).

    Overviews take the nearest pixel: numbers of servers must not be averaged, nor dBm.
    """
    import rasterio
    from rasterio.io import MemoryFile
    from rasterio.shutil import copy
    from rasterio.transform import Affine

    grid = level.grid
    profile = {
        "driver": "GTiff", "crs": "EPSG:4326", "dtype": "float32", "count": len(bands), "height": grid.n_rows,
        "width": grid.n_cols, "nodata": float("nan"), "tiled": True, "blockxsize": _BLOCK, "blockysize": _BLOCK,
        "transform": Affine(grid.pixel_deg, 0.0, grid.west_deg, 0.0, -grid.pixel_deg, grid.north_deg),
    }  # fmt: skip
    stamp = f"{inputs.date:%Y:%m:%d} 00:00:00"
    with rasterio.Env(GDAL_PAM_ENABLED="NO"), MemoryFile() as memory, MemoryFile(ext="tif") as made:
        with memory.open(**profile) as file:
            file.write(bands)
            file.descriptions = names
            file.update_tags(
                TIFFTAG_DATETIME=stamp, TIFFTAG_IMAGEDESCRIPTION=inputs.title_en or inputs.title_id or inputs.name,
                run=inputs.run_hash, synthetic=str(inputs.is_synthetic).lower(),
            )  # fmt: skip
        with memory.open() as file:
            copy(
                file, made.name, driver="COG", blocksize=_BLOCK, compress="DEFLATE", level=6, predictor="YES",
                resampling="NEAREST", overview_resampling="NEAREST", bigtiff="IF_SAFER", num_threads="1",
            )  # fmt: skip
        data: bytes = made.read()
    return data
