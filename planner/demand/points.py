"""Points on the grid: which land pixel holds each, and exact tallies of enterprises by pixel."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.grid import Grid
from planner.units import EARTH_RADIUS_KM

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "UMKM_COUNTS",
    "UNIT",
    "LandFrame",
    "Placed",
    "UmkmTally",
    "in_units",
    "merge_tallies",
    "place_on_land",
    "tally_umkm",
]

UMKM_COUNTS = (
    "n_umkm",
    "n_umkm_offline",
    "n_umkm_online",
    "n_umkm_small",
    "n_umkm_priority_sector",
    "n_umkm_observed",
)
"""Columns of `UmkmTally.counts`, in order."""

UNIT = 2.0**-20
"""Enterprises and people are multiples of this unit (about 10⁻⁶), so that float64 adds them exactly:
sums do not depend on the order of rows, the size of chunks or the way areas are grouped."""


@dataclass(frozen=True, eq=False)
class LandFrame:
    """A grid with its land.

    Parameters
    ----------
    grid
        The frame.
    land
        Whether a pixel is land, shape ``grid.shape``.
    snap_km
        Points off the land are moved to the nearest land pixel within this distance.
    """

    grid: Grid
    land: NDArray[np.bool_]
    snap_km: float


@dataclass(frozen=True, eq=False)
class Placed:
    """Where points stand on the land.

    Parameters
    ----------
    cell_id
        Land pixel of each point, −1 for points left out.
    is_moved
        Points that stood off the land and were moved.
    """

    cell_id: NDArray[np.int64]
    is_moved: NDArray[np.bool_]

    @property
    def is_used(self) -> NDArray[np.bool_]:
        """Points that stand on a land pixel."""
        used: NDArray[np.bool_] = self.cell_id >= 0
        return used


def place_on_land(frame: LandFrame, lon_deg: NDArray[Any], lat_deg: NDArray[Any]) -> Placed:
    """Land pixel that holds each point, or the nearest one within ``frame.snap_km``.

    Parameters
    ----------
    frame
        Grid, land and reach.
    lon_deg, lat_deg
        Points, shape ``(n,)``; finite.
    """
    grid, land = frame.grid, frame.land
    row, col = grid.row_col(np.asarray(lon_deg), np.asarray(lat_deg))
    on_grid = grid.contains(row, col)
    cell_id = np.where(on_grid, grid.cell_id(row, col), -1)
    cell_id[on_grid & ~land.ravel()[np.where(on_grid, cell_id, 0)]] = -1
    is_moved = np.zeros(cell_id.size, dtype=bool)
    off = np.flatnonzero(cell_id < 0)
    shore = _shore(land)
    if off.size and shore.size:
        near, far_km = _nearest_pixel(grid, shore, np.asarray(lon_deg)[off], np.asarray(lat_deg)[off])
        reached = far_km <= frame.snap_km
        cell_id[off[reached]] = near[reached]
        is_moved[off[reached]] = True
    return Placed(cell_id.astype(np.int64), is_moved)


def _shore(land: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Land pixels with a side on water or on the edge of the grid: nearest to any point off the land."""
    padded = np.pad(land, 1, constant_values=False)
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return np.flatnonzero(land & ~inner)


def _nearest_pixel(
    grid: Grid, pixels: NDArray[np.int64], lon_deg: NDArray[Any], lat_deg: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    from scipy.spatial import KDTree

    lon, lat = grid.lon_lat(pixels // grid.n_cols, pixels % grid.n_cols)
    chord, position = KDTree(_unit_vectors(lon, lat)).query(_unit_vectors(lon_deg, lat_deg))
    arc_km = 2.0 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, chord / 2.0))
    return pixels[position], arc_km


def _unit_vectors(lon_deg: NDArray[Any], lat_deg: NDArray[Any]) -> NDArray[np.float64]:
    lon, lat = np.radians(lon_deg), np.radians(lat_deg)
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


@dataclass(frozen=True, eq=False)
class UmkmTally:
    """Enterprises by pixel, summed exactly.

    Parameters
    ----------
    cell_id
        Pixels that hold a row, ascending.
    counts
        Sums of weights, shape ``(len(UMKM_COUNTS), n)``.
    n_rows
        Rows tallied.
    left_out, moved
        Weight of the rows off the land and too far from it, and of those moved to it.
    """

    cell_id: NDArray[np.int64]
    counts: NDArray[np.float64]
    n_rows: int = 0
    left_out: float = 0.0
    moved: float = 0.0


def tally_umkm(umkm: pd.DataFrame, placed: Placed, *, priority_sectors: tuple[str, ...] = ()) -> UmkmTally:
    """Tally a chunk of the enterprise layer.

    Parameters
    ----------
    umkm
        Rows of `schema.LAYERS["umkm"]`.
    placed
        Where they stand.
    priority_sectors
        KBLI letters that count as priority.
    """
    weight = np.round(umkm["weight"].to_numpy(dtype=np.float64) / UNIT)
    masks = (
        np.ones(len(umkm), dtype=bool),
        _equals(umkm["digital"], ("offline",)),
        _equals(umkm["digital"], ("online",)),
        _equals(umkm["size"], ("kecil", "menengah")),
        _equals(umkm["sector"], priority_sectors),
        _equals(umkm["evidence"], ("observed",)),
    )
    used = placed.is_used
    cells, inverse = np.unique(placed.cell_id[used], return_inverse=True)
    counts = np.empty((len(UMKM_COUNTS), cells.size))
    for i, mask in enumerate(masks):
        counts[i] = np.bincount(inverse, weights=(weight * mask)[used], minlength=cells.size)
    return UmkmTally(
        cell_id=cells,
        counts=counts * UNIT,
        n_rows=len(umkm),
        left_out=float(weight[~used].sum()) * UNIT,
        moved=float(weight[placed.is_moved].sum()) * UNIT,
    )


def _equals(values: pd.Series, wanted: tuple[str, ...]) -> NDArray[np.bool_]:
    if not wanted:
        return np.zeros(len(values), dtype=bool)
    return np.asarray(values.isin(wanted).to_numpy(), dtype=bool)


def in_units(values: NDArray[np.float64], group: NDArray[np.int32] | None = None) -> NDArray[np.float64]:
    """Values as multiples of the unit, with their sum kept: what one loses in rounding the next gains.

    Parameters
    ----------
    values
        At least 0, in an order that does not depend on the input rows (pixels); zeros stay zeros.
    group
        Groups whose sums are kept as well, as far as those are multiples of the unit themselves.

    Examples
    --------
    >>> thirds = in_units(np.full(3, 1.0 / 3.0))
    >>> float(thirds.sum()), bool((thirds * 2**20 % 1 == 0).all())
    (1.0, True)
    """
    held = np.flatnonzero(values)
    if not held.size:
        return values
    if group is not None:
        held = held[np.argsort(group[held], kind="stable")]
    steps = np.round(np.cumsum(values[held]) / UNIT)
    last = np.round(math.fsum(values[held].tolist()) / UNIT)
    steps = np.minimum(steps, last)
    steps[-1] = last
    kept = np.zeros(values.size)
    kept[held] = np.diff(steps, prepend=0.0) * UNIT
    return kept


def merge_tallies(tallies: Iterable[UmkmTally]) -> UmkmTally:
    """Sum of tallies, one pass, holding two at a time: thirty million rows pass in chunks."""
    total = UmkmTally(np.zeros(0, dtype=np.int64), np.zeros((len(UMKM_COUNTS), 0)))
    for tally in tallies:
        cells = np.union1d(total.cell_id, tally.cell_id)
        counts = np.zeros((len(UMKM_COUNTS), cells.size))
        counts[:, np.searchsorted(cells, total.cell_id)] += total.counts
        counts[:, np.searchsorted(cells, tally.cell_id)] += tally.counts
        total = UmkmTally(
            cell_id=cells,
            counts=counts,
            n_rows=total.n_rows + tally.n_rows,
            left_out=total.left_out + tally.left_out,
            moved=total.moved + tally.moved,
        )
    return total
