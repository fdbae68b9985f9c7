"""The analysis grid and values on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.units import METRES_PER_DEGREE

__all__ = ["Grid", "Lattice", "MetricGrid", "MetricRaster", "Raster", "first_centre"]


@dataclass(frozen=True)
class Grid:
    """A north-up raster frame in geographic coordinates (EPSG:4326).

    Parameters
    ----------
    west_deg, north_deg
        Outer corner of the first pixel.
    pixel_deg
        Side of a square pixel in degrees, positive.
    n_rows, n_cols
        Shape of the arrays on it, ``(row, column)``; row 0 is the northernmost.
    """

    west_deg: float
    north_deg: float
    pixel_deg: float
    n_rows: int
    n_cols: int

    @property
    def shape(self) -> tuple[int, int]:
        """``(n_rows, n_cols)``."""
        return self.n_rows, self.n_cols

    @property
    def pixel_m(self) -> float:
        """Side of a pixel at the equator, metres: mean of west-east and north-south."""
        return self.pixel_deg * METRES_PER_DEGREE

    @property
    def pixel_km(self) -> float:
        """The same in kilometres."""
        return self.pixel_deg * (METRES_PER_DEGREE / 1000.0)

    @property
    def bounds_deg(self) -> tuple[float, float, float, float]:
        """``west, south, east, north``."""
        return (
            self.west_deg,
            self.north_deg - self.n_rows * self.pixel_deg,
            self.west_deg + self.n_cols * self.pixel_deg,
            self.north_deg,
        )

    def row_col(
        self, lon_deg: NDArray[Any] | float, lat_deg: NDArray[Any] | float
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pixel that holds each point; outside points get indices outside the shape."""
        col = np.floor((np.asarray(lon_deg) - self.west_deg) / self.pixel_deg).astype(np.int64)
        row = np.floor((self.north_deg - np.asarray(lat_deg)) / self.pixel_deg).astype(np.int64)
        return row, col

    def contains(self, row: NDArray[Any], col: NDArray[Any]) -> NDArray[np.bool_]:
        """Whether each pixel index lies on the grid."""
        inside: NDArray[np.bool_] = (row >= 0) & (row < self.n_rows) & (col >= 0) & (col < self.n_cols)
        return inside

    def lon_lat(self, row: NDArray[Any], col: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Centres of pixels in degrees."""
        lon = self.west_deg + (np.asarray(col, dtype=np.float64) + 0.5) * self.pixel_deg
        lat = self.north_deg - (np.asarray(row, dtype=np.float64) + 0.5) * self.pixel_deg
        return lon, lat

    def cell_id(self, row: NDArray[Any], col: NDArray[Any]) -> NDArray[np.int64]:
        """Row-major number of each pixel, ``row * n_cols + col``."""
        return np.asarray(row, dtype=np.int64) * self.n_cols + np.asarray(col, dtype=np.int64)

    def window(self, row: int, col: int, n_rows: int, n_cols: int) -> Grid:
        """The part of the grid that starts at pixel ``(row, col)``."""
        return Grid(
            west_deg=self.west_deg + col * self.pixel_deg,
            north_deg=self.north_deg - row * self.pixel_deg,
            pixel_deg=self.pixel_deg,
            n_rows=n_rows,
            n_cols=n_cols,
        )


@dataclass(frozen=True)
class Lattice:
    """Pixels of a source in degrees that is coarser than the grid it was brought onto.

    Parameters
    ----------
    west_deg, north_deg
        Outer corner of one of its pixels.
    step_lon_deg, step_lat_deg
        Sides of a pixel, positive.
    """

    west_deg: float
    north_deg: float
    step_lon_deg: float
    step_lat_deg: float

    def numbers(self, grid: Grid) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row and column of the source pixel that each row and column of a grid belongs to, from the corner.

        A source pixel holds the grid pixels whose centres lie on it, a centre on its western or northern edge too.
        """
        rows = _numbers(
            grid.n_rows, (grid.north_deg - self.north_deg) / grid.pixel_deg, self.step_lat_deg / grid.pixel_deg
        )
        cols = _numbers(
            grid.n_cols, (self.west_deg - grid.west_deg) / grid.pixel_deg, self.step_lon_deg / grid.pixel_deg
        )
        return rows, cols

    def off_middle(self, grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Distance of the centres of rows and of columns from the middle of their source pixel, 0 to 0.5 of its side."""
        number = self.numbers(grid)
        lat = (self.north_deg - grid.north_deg + (np.arange(grid.n_rows) + 0.5) * grid.pixel_deg) / self.step_lat_deg
        lon = (grid.west_deg - self.west_deg + (np.arange(grid.n_cols) + 0.5) * grid.pixel_deg) / self.step_lon_deg
        return np.abs(lat - number[0] - 0.5), np.abs(lon - number[1] - 0.5)

    def is_in_step(self, other: Lattice) -> bool:
        """Whether another lattice is the same one, counted from another pixel."""
        lon = (other.west_deg - self.west_deg) / self.step_lon_deg
        lat = (other.north_deg - self.north_deg) / self.step_lat_deg
        sizes = np.allclose((other.step_lon_deg, other.step_lat_deg), (self.step_lon_deg, self.step_lat_deg), rtol=1e-9)
        return bool(sizes) and abs(lon - round(lon)) < 1e-4 and abs(lat - round(lat)) < 1e-4


def first_centre(edge: NDArray[np.float64]) -> NDArray[np.int64]:
    """First pixel whose centre lies on or beyond an edge, edges in pixels, rounded so that the last digit decides nothing."""
    return np.ceil(np.round(edge, 6) - 0.5).astype(np.int64)


def _numbers(n: int, first_edge: float, step: float) -> NDArray[np.int64]:
    lowest = math.floor(-first_edge / step) - 1
    edges = first_edge + step * np.arange(lowest, math.ceil((n - first_edge) / step) + 2, dtype=np.float64)
    before: NDArray[np.int64] = np.searchsorted(first_centre(edges), np.arange(n), side="right").astype(np.int64)
    return before - 1 + lowest


@dataclass(frozen=True)
class Raster:
    """Values on a grid, with their unit.

    Parameters
    ----------
    grid
        The frame.
    values
        Array of shape ``grid.shape``; float arrays use NaN where nothing is known, and so does what a masked array
        hides (whole numbers become float64 then).
    unit
        Unit of the values, e.g. ``m``, ``people``, ``dbm``, ``class``.
    """

    grid: Grid
    values: NDArray[Any]
    unit: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", _plain(self.values, self.grid.shape))


def _plain(values: NDArray[Any], shape: tuple[int, int]) -> NDArray[Any]:
    """Values as a plain array: what a masked array hides is unknown, not the number behind the mask.

    Raises
    ------
    ValueError
        They do not fit the grid.
    """
    if isinstance(values, np.ma.MaskedArray):
        hidden = np.ma.getmaskarray(values)
        values = np.array(values.data)
        if hidden.any():
            values = values.astype(np.float64) if values.dtype.kind in "iu" else values
            values[hidden] = np.nan
    values = np.asarray(values)
    if values.shape != shape:
        message = f"raster of shape {values.shape} does not fit its grid {shape}"
        raise ValueError(message)
    return values


@dataclass(frozen=True)
class MetricGrid:
    """A north-up raster frame in a conformal projection, such as UTM.

    Parameters
    ----------
    west_m, north_m
        Easting and northing of the outer corner of the first pixel.
    pixel_m
        Side of a square pixel on the map, positive.
    n_rows, n_cols
        Shape of the arrays on it; row 0 is the northernmost.
    scale
        Metres on the map per metre on the ground where the grid is used (`utm_scale`); 1 takes the map as it is,
        which is wrong by up to 0.13 % within a UTM zone.
    """

    west_m: float
    north_m: float
    pixel_m: float
    n_rows: int
    n_cols: int
    scale: float = 1.0

    @property
    def shape(self) -> tuple[int, int]:
        """``(n_rows, n_cols)``."""
        return self.n_rows, self.n_cols


@dataclass(frozen=True)
class MetricRaster:
    """Values on a projected grid, with their unit; see `Raster`."""

    grid: MetricGrid
    values: NDArray[Any]
    unit: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", _plain(self.values, self.grid.shape))
