"""Which administrative area holds a point or a pixel, by Kemendagri code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.demand.paint import paint
from planner.grid import Grid

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["AREA_LEVELS", "area_of_pixels", "area_of_points", "code_at_level", "ranked_areas"]

AREA_LEVELS = ("provinsi", "kabupaten", "kecamatan", "desa")
"""From coarse to fine; a code of the n-th level has n dotted parts."""


def code_at_level(codes: NDArray[Any] | pd.Series, level: str) -> NDArray[np.str_]:
    """Code of the area of ``level`` above (or at) each area, '' where the code is coarser.

    Parameters
    ----------
    codes
        Kemendagri codes, '' where unknown.
    level
        One of `AREA_LEVELS`.

    Examples
    --------
    >>> code_at_level(np.array(["53.01.02.2003", "53", ""]), "kecamatan").tolist()
    ['53.01.02', '', '']
    """
    n_parts = AREA_LEVELS.index(level) + 1
    index, unique = _factorized(codes)
    parts = [code.split(".") for code in unique]
    cut = [".".join(p[:n_parts]) if len(p) >= n_parts and p[0] else "" for p in parts]
    return np.asarray([*cut, ""], dtype=str)[index]


def _factorized(codes: NDArray[Any] | pd.Series) -> tuple[NDArray[np.intp], list[str]]:
    """Position of each code among the different ones; a column of text hashes faster than it sorts."""
    import pandas as pd

    index, unique = pd.factorize(codes if isinstance(codes, pd.Series) else np.asarray(codes, dtype=object))
    return index, [str(code) for code in unique]


def ranked_areas(admin: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Areas with a shape, finest level first, then by code: the order in which a point is claimed."""
    held = admin.loc[admin.geometry.notna() & ~admin.geometry.is_empty]
    depth = -held["code"].astype(str).str.count(r"\.").to_numpy()
    order = np.lexsort((held["code"].to_numpy(dtype=str), depth))
    return held.iloc[order].reset_index(drop=True)


def area_of_points(
    admin: gpd.GeoDataFrame, lon_deg: NDArray[Any], lat_deg: NDArray[Any], *, snap_km: float = 3.0
) -> NDArray[np.str_]:
    """Code of the finest area that holds each point.

    Parameters
    ----------
    admin
        Areas (`schema.LAYERS["admin"]`) in EPSG:4326.
    lon_deg, lat_deg
        Points, shape ``(n,)``.
    snap_km
        A point outside all areas takes the nearest one within this distance (coastlines of areas
        are coarse, so piers and small islands fall outside); 0 takes none.

    Returns
    -------
    array of text
        Codes, '' for points outside and too far. Where areas overlap the finest wins, then the
        smallest code, whatever the order of rows.
    """
    import shapely

    lon = np.asarray(lon_deg, dtype=np.float64)
    lat = np.asarray(lat_deg, dtype=np.float64)
    if len(admin) == 0 or lon.size == 0:
        return np.full(lon.size, "", dtype="U13")
    areas = ranked_areas(admin)
    shapes = areas.geometry.to_numpy()
    points = np.asarray(shapely.points(lon, lat))
    # The tree holds the points and the areas ask it: shapely prepares the asking geometry, so a
    # polygon of thousands of corners is prepared once and not walked for each point.
    asked, found = shapely.STRtree(points).query(shapes, predicate="intersects")
    rank = np.full(lon.size, len(areas), dtype=np.int64)
    np.minimum.at(rank, found, asked)
    outside = np.flatnonzero(rank == len(areas))
    if outside.size and snap_km > 0.0:
        rank[outside] = _nearest(shapes, points[outside], snap_km)
    codes = np.append(areas["code"].to_numpy(dtype=str), "")
    return codes[rank]


def _nearest(shapes: NDArray[Any], points: NDArray[Any], snap_km: float) -> NDArray[np.int64]:
    """Rank of the nearest area of each point, ``len(shapes)`` beyond ``snap_km``.

    Nearest in degrees, which ranks distances right to 2 % below 11° of latitude; the distance
    itself is then measured on the ellipsoid.
    """
    import shapely

    from planner.geo import distance_km

    reach_deg = 1.1 * snap_km / 110.0
    asked, found = shapely.STRtree(shapes).query_nearest(points, max_distance=reach_deg, all_matches=True)
    rank = np.full(points.size, len(shapes), dtype=np.int64)
    np.minimum.at(rank, asked, found)
    near = np.flatnonzero(rank < len(shapes))
    if near.size:
        line = shapely.get_coordinates(shapely.shortest_line(points[near], shapes[rank[near]])).reshape(-1, 2, 2)
        far = distance_km(line[:, 0, 0], line[:, 0, 1], line[:, 1, 0], line[:, 1, 1]) > snap_km
        rank[near[far]] = len(shapes)
    return rank


def area_of_pixels(admin: gpd.GeoDataFrame, grid: Grid) -> tuple[NDArray[np.int32], NDArray[np.str_]]:
    """Finest area that holds the centre of each pixel.

    Returns
    -------
    index, codes
        ``index`` of shape ``grid.shape`` points into ``codes``; 0 stands for no area (``codes[0]``
        is '').
    """
    if len(admin) == 0:
        return np.zeros(grid.shape, dtype=np.int32), np.array([""], dtype="U13")
    areas = ranked_areas(admin)
    return paint(areas.geometry.to_numpy(), grid), np.insert(areas["code"].to_numpy(dtype=str), 0, "")
