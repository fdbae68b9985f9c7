"""Loops of coverage over pixels: which lie within reach, and whose signal is best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import jit_entry

__all__ = ["keep_best", "pixels_within"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@jit_entry
def pixels_within(
    land: NDArray[np.bool_],
    corner: tuple[int, int],
    place: tuple[float, float],
    metric: tuple[Floats, Floats],
    radius_km: float,
    found: tuple[Ints, Ints, Floats, Floats],
) -> int:
    """Land pixels within a radius of a place, in order of rows and columns; how many.

    Parameters
    ----------
    land
        Window of the land mask; ``corner`` is the row and column of its first pixel.
    place
        Row and column of the place, pixel centres at whole numbers.
    metric
        North-south and east-west kilometres of a pixel, a value a row of the window.
    radius_km
        Reach.
    found
        Takes rows, columns and both kilometres of each pixel; as long as the window has pixels.
    """
    rows, cols, km_rows, km_cols = found
    n = 0
    for i in range(land.shape[0]):
        north, per_col = (place[0] - (corner[0] + i)) * metric[0][i], metric[1][i]
        rest = radius_km * radius_km - north * north
        if rest < 0.0:
            continue
        for j in range(land.shape[1]):
            east = (corner[1] + j - place[1]) * per_col
            if land[i, j] and east * east <= rest:
                rows[n], cols[n] = corner[0] + i, corner[1] + j
                km_rows[n], km_cols[n] = metric[0][i], per_col
                n += 1
    return n


@jit_entry
def keep_best(
    best: NDArray[np.float32],
    rank: NDArray[np.int32],
    rows: Ints,
    cols: Ints,
    level: NDArray[np.float32],
    mine: int,
    floor: float,
) -> None:
    """Take a station's level where it is at least ``floor`` and best; of equals the lower rank keeps the pixel."""
    for i in range(rows.size):
        row, col, value = rows[i], cols[i], level[i]
        if value >= floor and (value > best[row, col] or (value == best[row, col] and mine < rank[row, col])):
            best[row, col] = value
            rank[row, col] = mine
