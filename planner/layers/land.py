"""Which pixels are land: those that any polygon of the region touches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.grid import Grid
from planner.layers._gdal import rasterio_module

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["land_mask"]


def land_mask(areas: gpd.GeoDataFrame, grid: Grid) -> NDArray[np.bool_]:
    """Pixels that a polygon touches.

    Parameters
    ----------
    areas
        Polygons of the region or its coast, EPSG:4326; missing geometries are passed over.
    grid
        The run's grid.

    Notes
    -----
    A pixel counts as land when any part of it does: islands smaller than a pixel and towns on a jetty keep
    a place, at the price of half a pixel of shallow water along the coast.
    """
    rasterio_module()
    from rasterio.features import rasterize
    from rasterio.transform import Affine

    shapes = [shape for shape in areas.geometry if shape is not None and not shape.is_empty]
    if not shapes:
        return np.zeros(grid.shape, dtype=np.bool_)
    burnt = rasterize(
        shapes,
        out_shape=grid.shape,
        transform=Affine(grid.pixel_deg, 0.0, grid.west_deg, 0.0, -grid.pixel_deg, grid.north_deg),
        all_touched=True,
        dtype="uint8",
    )
    return np.asarray(burnt, dtype=np.bool_)
