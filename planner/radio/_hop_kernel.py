"""Compiled loop of `planner.radio.hops`: the tightest point of each hop."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit, jit_entry, least

__all__ = ["tightest_points"]

Array = NDArray[np.float64]


@jit
def _height(height: NDArray[np.float32], row: float, col: float) -> float:
    """Bilinear height; NaN off the raster or beside a void."""
    n_rows, n_cols = height.shape
    if not (-0.5 <= row <= n_rows - 0.5 and -0.5 <= col <= n_cols - 0.5):
        return math.nan
    row = least(greatest(row, 0.0), n_rows - 1.0)
    col = least(greatest(col, 0.0), n_cols - 1.0)
    top, left = int(least(row, n_rows - 2.0)), int(least(col, n_cols - 2.0))
    down, right = row - top, col - left
    above = height[top, left] * (1.0 - right) + height[top, left + 1] * right
    below = height[top + 1, left] * (1.0 - right) + height[top + 1, left + 1] * right
    return float(above * (1.0 - down) + below * down)


@jit_entry
def tightest_points(
    height: NDArray[np.float32],
    ends: Array,
    length_km: Array,
    step_km: float,
    bulge: Array,
    frequency_ghz: Array,
    share: Array,
    at_km: Array,
) -> None:
    """Smallest clearance in first Fresnel radii of each hop and Earth radius, and where it is.

    Parameters
    ----------
    height
        Ground, m; a 0 × 0 array stands for a smooth Earth at the ends' own height.
    ends
        ``(n, 6)``: row, column and antenna above ground at both ends; the heights above sea level of a
        smooth Earth are 0.
    length_km, frequency_ghz
        Of each hop.
    step_km
        Step of the profile.
    bulge
        ``500/(k·a)`` of each hop for each k, ``(n, n_k)``: m per km².
    share, at_km
        Results, ``(n, n_k)``; NaN where the hop crosses ground of unknown height.
    """
    has_terrain = height.size > 0
    for i in range(length_km.size):
        row_a, col_a, mast_a, row_b, col_b, mast_b = ends[i]
        total = length_km[i]
        n = int(greatest(8.0, total / step_km + 0.5))
        foot_a = _height(height, row_a, col_a) if has_terrain else 0.0
        foot_b = _height(height, row_b, col_b) if has_terrain else 0.0
        top_a, top_b = foot_a + mast_a, foot_b + mast_b
        radius_scale = 17.3 / math.sqrt(frequency_ghz[i] * total)
        for k in range(bulge.shape[1]):
            share[i, k] = np.inf
            at_km[i, k] = 0.0
        if not math.isfinite(top_a + top_b):
            _forget(share, i)
            continue
        for j in range(1, n):
            t = j / n
            ground = 0.0
            if has_terrain:
                ground = _height(height, row_a + (row_b - row_a) * t, col_a + (col_b - col_a) * t)
            near, far = total * t, total * (1.0 - t)
            over = top_a + (top_b - top_a) * t - ground
            radius = radius_scale * math.sqrt(near * far)
            for k in range(bulge.shape[1]):
                value = (over - bulge[i, k] * near * far) / radius
                if not value >= share[i, k]:  # also takes NaN, and keeps it
                    share[i, k] = value
                    at_km[i, k] = near
            if math.isnan(ground):
                _forget(share, i)
                break


@jit
def _forget(share: Array, i: int) -> None:
    for k in range(share.shape[1]):
        share[i, k] = math.nan
