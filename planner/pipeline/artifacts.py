"""Values of the stages on disk and back: tables as Parquet, places as GeoParquet, rasters as tiled GeoTIFF."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.grid import Grid, Raster
from planner.schema import LAYERS

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "empty_layer",
    "read_bands",
    "read_geo",
    "read_grid",
    "read_json",
    "read_layer_artifact",
    "read_raster",
    "read_table",
    "write_bands",
    "write_geo",
    "write_json",
    "write_raster",
    "write_sheet",
    "write_table",
]

_GEO = ("line", "polygon")


def write_json(path: Path, data: Any) -> None:
    """Write plain data; keys keep their order, so that equal data give equal bytes."""
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def read_json(path: Path) -> Any:
    """Plain data of `write_json`."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a table without its index."""
    table.to_parquet(path, index=False, compression="zstd")


def read_table(path: Path, *, columns: tuple[str, ...] | None = None) -> pd.DataFrame:
    """Read a table of `write_table`, or some of its columns."""
    return pd.read_parquet(path, columns=None if columns is None else list(columns))


def write_geo(path: Path, frame: gpd.GeoDataFrame) -> None:
    """Write a GeoDataFrame as GeoParquet."""
    frame.to_parquet(path, index=False, compression="zstd")


def read_geo(path: Path) -> gpd.GeoDataFrame:
    """Read a GeoDataFrame of `write_geo`."""
    import geopandas as gpd

    return gpd.read_parquet(path)


def read_grid(frame: Path) -> Grid:
    """Grid of the run, from the artifact of the stage `frame`."""
    return Grid(**read_json(frame / "frame.json")["grid"])


Block = tuple[int, int, int, int]
"""First row and column, and those behind the last."""


def write_raster(path: Path, raster: Raster) -> None:
    """Write one band with its unit."""
    write_bands(path, raster.grid, raster.values[np.newaxis], names=(raster.unit,))


def read_raster(path: Path, block: Block | None = None) -> Raster:
    """Read one band and its unit; of a ``block`` only, clipped to the raster."""
    grid, values, names = read_bands(path, block)
    return Raster(grid, values[0], names[0])


def write_bands(path: Path, grid: Grid, values: NDArray[Any], *, names: tuple[str, ...]) -> None:
    """Write an array of shape ``(band, row, column)`` with a name for each band.

    Booleans are stored as bytes; NaN is the nodata value of floats.
    """
    import rasterio
    from affine import Affine

    data = values.astype(np.uint8) if values.dtype == np.bool_ else values
    profile = {
        "driver": "GTiff", "crs": "EPSG:4326", "dtype": str(data.dtype), "count": data.shape[0],
        "height": grid.n_rows, "width": grid.n_cols, "tiled": True, "blockxsize": 512, "blockysize": 512,
        "compress": "zstd", "zstd_level": 1, "predictor": 2, "interleave": "band", "bigtiff": "if_safer", "num_threads": "all_cpus",
        "transform": Affine(grid.pixel_deg, 0.0, grid.west_deg, 0.0, -grid.pixel_deg, grid.north_deg),
    }  # fmt: skip
    if np.issubdtype(data.dtype, np.floating):
        profile |= {"nodata": float("nan"), "predictor": 3}
    with rasterio.open(path, "w", **profile) as file:
        file.write(data)
        file.descriptions = names
        file.update_tags(
            grid=json.dumps([grid.west_deg, grid.north_deg, grid.pixel_deg]), is_flag=str(values.dtype == np.bool_)
        )


def read_bands(
    path: Path, block: Block | None = None, *, n_bands: int | None = None
) -> tuple[Grid, NDArray[Any], tuple[str, ...]]:
    """Read what `write_bands` wrote: grid, array, names; of a ``block`` only, clipped to the grid, or the first bands."""
    import rasterio
    from rasterio.windows import Window

    with rasterio.open(path, driver="GTiff", num_threads="all_cpus") as file:
        top, left, bottom, right = block or (0, 0, file.height, file.width)
        top, left, bottom, right = max(top, 0), max(left, 0), min(bottom, file.height), min(right, file.width)
        wanted = list(range(1, (n_bands or file.count) + 1))
        values = file.read(wanted, window=Window(left, top, right - left, bottom - top))
        west, north, pixel = json.loads(file.tags()["grid"])
        flag = file.tags()["is_flag"] == "True"
        grid = Grid(west, north, pixel, file.height, file.width).window(top, left, bottom - top, right - left)
        return grid, values.astype(np.bool_) if flag else values, tuple(file.descriptions[: len(wanted)])


def empty_layer(kind: str) -> pd.DataFrame | gpd.GeoDataFrame:
    """A layer nobody gave: its declared columns and no row."""
    declared = LAYERS[kind]
    types = {"text": "str", "date": "str", "number": "float64", "integer": "float64", "flag": "boolean"}
    table = pd.DataFrame({column.name: pd.Series(dtype=types[column.dtype]) for column in declared.columns})
    if declared.shape not in _GEO:
        return table
    import geopandas as gpd

    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries([], crs="EPSG:4326"), crs="EPSG:4326")


def read_layer_artifact(folder: Path | None, kind: str) -> Any:
    """A conformed layer: table, GeoDataFrame or Raster; an empty one (None for rasters) where nobody gave it."""
    declared = LAYERS[kind]
    if folder is None:
        return None if declared.shape == "raster" else empty_layer(kind)
    if declared.shape == "raster":
        return read_raster(folder / "data.tif")
    path = folder / "data.parquet"
    return read_geo(path) if declared.shape in _GEO else read_table(path)


def write_sheet(path: Path, table: pd.DataFrame, *, digits: int | None = 6) -> None:
    """A table for people: semicolons, UTF-8 with a mark, no cell that a spreadsheet would run as a formula.

    Parameters
    ----------
    path
        Below `StageContext.publish_path`.
    table
        Sorted by its maker.
    digits
        Of numbers, after the point; None keeps every digit, for who adds them up again.
    """
    from planner.layers.quarantine import safe_cells

    safe = safe_cells(table if digits is None else table.round(digits))
    safe.to_csv(path, sep=";", index=False, encoding="utf-8-sig", lineterminator="\n")
