"""Where people of a raster coarser than the grid stand: beside its enterprises and facilities, an estimate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.demand.points import in_units
from planner.demand.spread import LandPixels
from planner.grid import Grid, Lattice

__all__ = ["Attraction", "Settled", "settled"]


@dataclass(frozen=True, eq=False)
class Attraction:
    """What draws people to a pixel of the land.

    Parameters
    ----------
    weight
        Enterprises and facilities of each land pixel, at least 0.
    is_built
        Whether the ground cover says buildings, per land pixel.
    """

    weight: NDArray[np.float64]
    is_built: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Settled:
    """People on the land pixels.

    Parameters
    ----------
    values
        People per land pixel.
    is_estimate
        Land pixels whose coarse pixel has others: where in it people stand is an estimate.
    moved
        People of water pixels whose coarse pixel has land, who were put there.
    at_sea
        Flat pixels that hold people in coarse pixels without any land; they are not in ``values``.
    """

    values: NDArray[np.float64]
    is_estimate: NDArray[np.bool_]
    moved: float
    at_sea: NDArray[np.int64]


def settled(
    people: NDArray[np.float64], grid: Grid, lattice: Lattice, pixels: LandPixels, attraction: Attraction
) -> Settled:
    """Put the people of every coarse pixel where its enterprises and facilities are.

    Parameters
    ----------
    people
        People per pixel of ``grid``, flat, even within each coarse pixel (`planner.layers.population`); NaN where
        nothing is known.
    lattice
        The coarse pixels.

    Notes
    -----
    A part is what one coarse pixel and one finest area have in common. Its people are those of the coarse pixel by its
    share of the land; they stand in its pixels in proportion to enterprises and facilities, and where it has neither in
    one pixel: built-up before any other, then the one nearest to the middle of the coarse pixel, then the northernmost.
    So the total of a coarse pixel that has land is kept to the unit of `in_units`, and so is that of every area as even
    placement has it. This is dasymetric mapping with enterprises as the ancillary data: it supposes that people live
    where enterprises are registered, and no further from them than a coarse pixel.

    References
    ----------
    C. L. Eicher, C. A. Brewer, Dasymetric mapping and areal interpolation: implementation and evaluation, Cartography
    and Geographic Information Science 28 (2001) 125-138.
    """
    here = np.flatnonzero(people > 0.0)
    rows, cols = lattice.numbers(grid)
    row, col = np.divmod(here, grid.n_cols)
    number = rows[row] * (1 << 32) + cols[col]
    _, block = np.unique(number, return_inverse=True)
    at = np.searchsorted(pixels.cell_id, here)
    is_land = (
        pixels.cell_id[np.minimum(at, pixels.cell_id.size - 1)] == here if pixels.cell_id.size else np.zeros(0, bool)
    )
    n_blocks = int(block.max(initial=-1)) + 1
    total = in_units(np.bincount(block, weights=people[here], minlength=n_blocks).astype(np.float64))
    on_land = np.bincount(block[is_land], weights=people[here[is_land]], minlength=n_blocks)
    at, block_of = at[is_land], block[is_land]
    _, first, part = np.unique(
        block_of * len(pixels.codes) + pixels.code_index[at], return_index=True, return_inverse=True
    )
    owner = block_of[first]
    held = np.bincount(part, weights=people[here[is_land]], minlength=owner.size)
    amount = in_units(total[owner] * (held / on_land[owner]), owner.astype(np.int32))
    south, east = lattice.off_middle(grid)
    middle = np.round(south[row[is_land]] ** 2 + east[col[is_land]] ** 2, 5)  # rounded so that likes are equal
    share = _shares(part, attraction.weight[at], ~attraction.is_built[at], middle, at)
    group = np.full(pixels.cell_id.size, -1, dtype=np.int32)
    values = np.zeros(pixels.cell_id.size)
    group[at], values[at] = part, amount[part] * share
    is_estimate = np.zeros(values.size, dtype=np.bool_)
    is_estimate[at] = np.bincount(block, minlength=n_blocks)[block_of] > 1
    is_lost = on_land[block] == 0.0
    return Settled(
        values=in_units(values, group),
        is_estimate=is_estimate,
        moved=float(people[here[~is_land & ~is_lost]].sum(dtype=np.float64)),
        at_sea=here[is_lost],
    )


def _shares(
    part: NDArray[np.int64],
    weight: NDArray[np.float64],
    is_bare: NDArray[np.bool_],
    middle: NDArray[np.float64],
    at: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Share of its part that stands in each pixel; 1 over each part."""
    whole = np.bincount(part, weights=weight)[part]
    order = np.lexsort((at, middle, is_bare, part))
    one = np.zeros(part.size)
    one[order[np.diff(part[order], prepend=-1) != 0]] = 1.0
    return np.where(whole > 0.0, weight / np.where(whole > 0.0, whole, 1.0), one)
