"""Cloud-optimised GeoTIFF made in memory: a full disk would leave GDAL with half a file and no clear error."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from planner.export._inputs import ExportInputs
from planner.grid import Grid

__all__ = ["cog_bytes"]

_BLOCK = 512


def cog_bytes(
    grid: Grid,
    bands: NDArray[Any],
    names: tuple[str, ...],
    inputs: ExportInputs,
    *,
    nodata: float,
    colours: dict[int, tuple[int, int, int, int]] | None = None,
) -> bytes:
    """Bytes of a COG, the same each time.

    Parameters
    ----------
    grid
        Of the bands.
    bands
        Shape ``(band, row, column)``.
    names
        Of the bands.
    inputs
        Its date and title stand in the file.
    nodata
        Value of pixels about which nothing is said.
    colours
        Red, green, blue, alpha of each value of a single band of bytes; programs then draw it in colours.

    Notes
    -----
    Overviews take a pixel that is there, the nearest or (with ``colours``) the most common one: numbers of servers
    must not be averaged, nor dBm, nor classes.
    """
    import rasterio
    from rasterio.io import MemoryFile
    from rasterio.shutil import copy
    from rasterio.transform import Affine

    profile = {
        "driver": "GTiff", "crs": "EPSG:4326", "dtype": str(bands.dtype), "count": len(bands), "height": grid.n_rows,
        "width": grid.n_cols, "nodata": nodata, "tiled": True, "blockxsize": _BLOCK, "blockysize": _BLOCK,
        "transform": Affine(grid.pixel_deg, 0.0, grid.west_deg, 0.0, -grid.pixel_deg, grid.north_deg),
    }  # fmt: skip
    with rasterio.Env(GDAL_PAM_ENABLED="NO"), MemoryFile() as memory, MemoryFile(ext="tif") as made:
        with memory.open(**profile) as file:
            file.write(bands)
            file.descriptions = names
            if colours is not None:
                file.write_colormap(1, colours)
            file.update_tags(
                TIFFTAG_DATETIME=f"{inputs.date:%Y:%m:%d} 00:00:00",
                TIFFTAG_IMAGEDESCRIPTION=inputs.title_en or inputs.title_id or inputs.name,
                run=inputs.run_hash, synthetic=str(inputs.is_synthetic).lower(),
            )  # fmt: skip
        with memory.open() as file:
            copy(
                file, made.name, driver="COG", blocksize=_BLOCK, compress="DEFLATE", level=6,
                predictor="NO" if colours is not None else "YES", resampling="NEAREST",
                overview_resampling="NEAREST" if colours is None else "MODE", bigtiff="IF_SAFER", num_threads="1",
            )  # fmt: skip
        data: bytes = made.read()
    return data
