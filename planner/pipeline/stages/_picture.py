"""The picture of coverage: where pixels are finer than it, one pixel of each block stands for the others of the block.

Service is judged at the demand cells, each by its own pixel. What lies between is only looked at, so it need not be finer
than `RadioSpec.picture_m`; a region at 90 m then costs a fifth of what all of its pixels would.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.grid import Grid

__all__ = ["picture_grid", "stand_ins"]


def picture_grid(grid: Grid, step: int) -> Grid:
    """Blocks of a grid as pixels; the last row and column may reach beyond it."""
    return Grid(
        grid.west_deg, grid.north_deg, grid.pixel_deg * step, -(-grid.n_rows // step), -(-grid.n_cols // step)
    )  # fmt: skip


def stand_ins(land: NDArray[np.bool_], step: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The land pixel of each block that stands for it: the one nearest to the middle, then the northernmost.

    Parameters
    ----------
    land
        Land from a corner of a block on, shape ``(n_rows, n_cols)``.
    step
        Pixels of a side of a block.

    Returns
    -------
    rows, cols
        int64, of the shape of the blocks (`picture_grid`); −1 where a block has no land.

    Examples
    --------
    >>> land = np.array([[True, False, False], [False, False, True]])
    >>> [part.tolist() for part in stand_ins(land, 2)]
    [[[0, 1]], [[0, 2]]]
    """
    n_rows, n_cols = -(-land.shape[0] // step), -(-land.shape[1] // step)
    rows, cols = np.full((2, n_rows, n_cols), -1, dtype=np.int64)
    middle = (step - 1) / 2.0
    places = sorted(
        ((down, right) for down in range(step) for right in range(step)),
        key=lambda at: ((at[0] - middle) ** 2 + (at[1] - middle) ** 2, at),
    )
    for down, right in places:  # a place within the block after another, all blocks at once
        seen = land[down::step, right::step]
        block = slice(0, seen.shape[0]), slice(0, seen.shape[1])
        row, col = np.nonzero(seen & (rows[block] < 0))
        rows[row, col], cols[row, col] = row * step + down, col * step + right
    return rows, cols
