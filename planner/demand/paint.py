"""Paints polygons on a grid: which polygon holds each pixel centre, for many polygons at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.grid import Grid

__all__ = ["paint"]

_PART_PIXELS = 250_000


def paint(shapes: NDArray[Any], grid: Grid) -> NDArray[np.int32]:
    """First polygon that holds each pixel centre.

    Parameters
    ----------
    shapes
        Valid shapely polygons and multipolygons in degrees; earlier ones win where they overlap.
    grid
        The frame.

    Returns
    -------
    array
        Position in ``shapes`` plus 1, int32 of shape ``grid.shape``; 0 where no polygon holds the centre.

    Notes
    -----
    Scan lines through the pixel centres, even-odd rule. A centre on the boundary belongs to the polygon
    to its east and south, so polygons that share a side share no pixel and leave none between them.
    All edges are crossed with all their scan lines in one pass: rasterio walks Python lists corner by
    corner, and real coastlines have a million.
    """
    edges = _edges(shapes, grid)
    owner, row, col = _crossings(*edges, grid.n_rows)
    order = np.lexsort((col, row, -owner))  # last polygons first: what is painted later stays on top
    owner, row, col = owner[order], row[order], col[order]
    start = np.clip(np.ceil(col[0::2]), 0, grid.n_cols).astype(np.int64)
    stop = np.clip(np.ceil(col[1::2]), 0, grid.n_cols).astype(np.int64)
    length = np.maximum(0, stop - start)
    first = row[0::2] * grid.n_cols + start
    painted = np.zeros(grid.n_rows * grid.n_cols, dtype=np.int32)
    number = (owner[0::2] + 1).astype(np.int32)
    ends = np.cumsum(length)
    parts = np.searchsorted(ends, np.arange(_PART_PIXELS, int(ends[-1]) if ends.size else 0, _PART_PIXELS))
    for part in np.split(np.arange(length.size), np.unique(parts)):  # what a part writes stays near the processor
        painted[_runs(first[part], length[part])] = np.repeat(number[part], length[part])
    return painted.reshape(grid.shape)


def _runs(first: NDArray[np.int64], length: NDArray[np.int64]) -> NDArray[np.int64]:
    """``first, first + 1, …`` for each run, one after the other."""
    total = int(length.sum())
    offset = np.repeat(np.cumsum(length) - length, length)
    return np.repeat(first, length) + np.arange(total) - offset


def _edges(shapes: NDArray[Any], grid: Grid) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Polygon of each edge, and rows and columns of its ends in pixels from the first centre, shape ``(n, 2)``."""
    import shapely

    if len(shapes) == 0:
        return np.zeros(0, dtype=np.int64), np.zeros((0, 2)), np.zeros((0, 2))
    parts, owner_of_part = shapely.get_parts(shapes, return_index=True)
    is_polygon = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, part_of_ring = shapely.get_rings(parts[is_polygon], return_index=True)
    points, ring_of_point = shapely.get_coordinates(rings, return_index=True)
    row = (grid.north_deg - points[:, 1]) / grid.pixel_deg - 0.5
    col = (points[:, 0] - grid.west_deg) / grid.pixel_deg - 0.5
    is_edge = ring_of_point[1:] == ring_of_point[:-1]
    owner = owner_of_part[is_polygon][part_of_ring[ring_of_point[:-1][is_edge]]]
    ends_row = np.column_stack((row[:-1][is_edge], row[1:][is_edge]))
    ends_col = np.column_stack((col[:-1][is_edge], col[1:][is_edge]))
    return owner.astype(np.int64), ends_row, ends_col


def _crossings(
    owner: NDArray[np.int64], row: NDArray[np.float64], col: NDArray[np.float64], n_rows: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Polygon, scan line and column of every crossing of an edge with a scan line."""
    first = np.clip(np.ceil(row.min(axis=1, initial=np.inf)), 0, n_rows).astype(np.int64)
    last = np.clip(np.ceil(row.max(axis=1, initial=-np.inf)), 0, n_rows).astype(np.int64)
    n = np.maximum(0, last - first)
    edge = np.repeat(np.arange(owner.size), n)
    line = _runs(first, n)
    along = (line - row[edge, 0]) / (row[edge, 1] - row[edge, 0])
    return owner[edge], line, col[edge, 0] + along * (col[edge, 1] - col[edge, 0])
