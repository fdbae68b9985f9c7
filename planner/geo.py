"""Distances, areas, tiles and hexagons on the ellipsoid; never in degrees, never in one UTM zone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.grid import Grid

__all__ = [
    "INDONESIA_BOUNDS_DEG",
    "distance_km",
    "h3_cells",
    "metres_per_degree",
    "pixel_area_km2",
    "tiles",
    "to_local_m",
    "utm_scale",
]

INDONESIA_BOUNDS_DEG = (94.5, -11.5, 141.5, 6.5)
"""West, south, east, north around Sabang to Merauke and Miangas to Rote (with margin)."""

_A_M = 6_378_137.0
_E2 = 0.006_694_379_990_141_3  # WGS 84 first eccentricity squared


def metres_per_degree(lat_deg: NDArray[Any] | float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Length of a degree of longitude and of latitude on WGS 84.

    Parameters
    ----------
    lat_deg
        Latitude(s), −90 to 90.

    Returns
    -------
    tuple of arrays
        Metres per degree ``(longitude, latitude)``, from the radii of curvature in the prime
        vertical and the meridian (Snyder 1987, USGS PP 1395, eq. 4-20 and 4-18).

    Examples
    --------
    >>> lon_m, lat_m = metres_per_degree(0.0)
    >>> round(float(lon_m)), round(float(lat_m))
    (111319, 110574)
    """
    lat = np.radians(np.asarray(lat_deg, dtype=np.float64))
    w2 = 1.0 - _E2 * np.sin(lat) ** 2
    prime = _A_M / np.sqrt(w2)
    meridian = _A_M * (1.0 - _E2) / w2**1.5
    return np.radians(1.0) * prime * np.cos(lat), np.radians(1.0) * meridian


def utm_scale(easting_m: float, lat_deg: float) -> float:
    """Metres on a UTM map per metre on the ground.

    Parameters
    ----------
    easting_m
        With the false easting of 500,000 m.
    lat_deg
        Latitude, −84 to 84.

    Notes
    -----
    ``k = 0.9996·(1 + x²/(2·0.9996²·R²))`` with R the mean radius of curvature (Snyder 1987, USGS PP 1395, eq. 8-17
    without its fourth power): right to 1e-6 within a zone.

    Examples
    --------
    >>> utm_scale(500_000.0, -8.0), round(utm_scale(820_000.0, -8.0), 5)
    (0.9996, 1.00087)
    """
    lon_m, lat_m = metres_per_degree(lat_deg)
    radius2 = float(lon_m) / np.cos(np.radians(lat_deg)) * float(lat_m) / np.radians(1.0) ** 2
    return float(0.9996 * (1.0 + (easting_m - 500_000.0) ** 2 / (2.0 * 0.9996**2 * radius2)))


def pixel_area_km2(grid: Grid) -> NDArray[np.float64]:
    """Area of a pixel in each row, shape ``(n_rows,)``."""
    _, lat = grid.lon_lat(np.arange(grid.n_rows), np.zeros(grid.n_rows))
    lon_m, lat_m = metres_per_degree(lat)
    area: NDArray[np.float64] = lon_m * lat_m * grid.pixel_deg**2 / 1e6
    return area


def distance_km(
    lon_a_deg: NDArray[Any] | float,
    lat_a_deg: NDArray[Any] | float,
    lon_b_deg: NDArray[Any] | float,
    lat_b_deg: NDArray[Any] | float,
) -> NDArray[np.float64]:
    """Geodesic distance on WGS 84 (Karney 2013, doi:10.1007/s00190-012-0578-z), broadcast.

    Examples
    --------
    >>> round(float(distance_km(123.58, -10.17, 121.65, -8.85)), 1)
    257.3
    """
    from pyproj import Geod  # 0.2 s to import

    given = (lon_a_deg, lat_a_deg, lon_b_deg, lat_b_deg)
    arrays = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in given))
    lon_a, lat_a, lon_b, lat_b = (a.copy() for a in arrays)
    _, _, dist_m = Geod(ellps="WGS84").inv(lon_a, lat_a, lon_b, lat_b)
    return np.asarray(dist_m, dtype=np.float64) / 1000.0


def to_local_m(
    lon_deg: NDArray[Any], lat_deg: NDArray[Any], *, lon0_deg: float, lat0_deg: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """East and north metres from a local origin, with the metric at the mean latitude of each pair.

    Good to 0.1 % within 100 km of the origin at Indonesian latitudes; for longer use `distance_km`.
    """
    lon_m, _ = metres_per_degree((np.asarray(lat_deg) + lat0_deg) / 2.0)
    _, lat_m = metres_per_degree((np.asarray(lat_deg) + lat0_deg) / 2.0)
    return (np.asarray(lon_deg) - lon0_deg) * lon_m, (np.asarray(lat_deg) - lat0_deg) * lat_m


def h3_cells(lon_deg: NDArray[Any], lat_deg: NDArray[Any], resolution: int) -> NDArray[np.uint64]:
    """H3 index of each point (h3ronpy); resolution 0–15."""
    from h3ronpy.vector import coordinates_to_cells

    found = coordinates_to_cells(
        np.ascontiguousarray(lat_deg, dtype=np.float64), np.ascontiguousarray(lon_deg, dtype=np.float64), resolution
    )
    return np.asarray(found, dtype=np.uint64)


def tiles(grid: Grid, side: int) -> Iterator[tuple[int, int, Grid]]:
    """Yield ``(row, column, part)`` over blocks of at most ``side`` × ``side`` pixels."""
    for row in range(0, grid.n_rows, side):
        for col in range(0, grid.n_cols, side):
            yield row, col, grid.window(row, col, min(side, grid.n_rows - row), min(side, grid.n_cols - col))
