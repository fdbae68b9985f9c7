"""Broken shapes: repaired where that is honest, with the change of area said, else given up row by row.

Half the province outlines in circulation cross themselves; GEOS mends a ring, but a bow-tie of area 0 can
become anything, so a repair that changes the area too much is no repair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.geo import metres_per_degree

__all__ = ["MAX_CHANGE_SHARE", "Mended", "mend_lines", "mend_polygons"]

MAX_CHANGE_SHARE = 0.2
"""A repaired polygon whose area moved by more than this share is given up."""

_POINT, _LINE, _RING, _POLYGON, _MULTI_LINE, _MULTI_POLYGON, _COLLECTION = 0, 1, 2, 3, 5, 6, 7


@dataclass(frozen=True)
class Mended:
    """Shapes after repair.

    Parameters
    ----------
    geometry
        Polygons or lines; None where given up.
    fault
        Why a row was given up, "" where it was not.
    was_repaired
        Rows that needed repair and got it.
    area_before_km2, area_after_km2
        Areas around the repair (polygons; NaN elsewhere).
    """

    geometry: NDArray[Any]
    fault: NDArray[np.str_]
    was_repaired: NDArray[np.bool_]
    area_before_km2: NDArray[np.float64]
    area_after_km2: NDArray[np.float64]


def km2_per_square_degree(geometry: NDArray[Any]) -> NDArray[np.float64]:
    """Area of a square degree at the middle latitude of each shape (good to 1 % up to 5° of latitude tall)."""
    import shapely

    box = shapely.bounds(geometry)
    lon_m, lat_m = metres_per_degree(np.nan_to_num((box[:, 1] + box[:, 3]) / 2.0))
    return np.asarray(lon_m * lat_m / 1e6)


def mend_polygons(geometry: NDArray[Any]) -> Mended:
    """Repair polygons one by one; missing geometries stay missing, without a fault.

    Notes
    -----
    `shapely.make_valid` with the method *structure* keeps the meaning of shells and holes. Collections give
    their polygons. The area before is that of the shape as written, with its rings as they are: where rings
    cross, parts cancel out, so a large change says that the ring itself was nonsense.
    """
    import shapely

    given = np.array(geometry, dtype=object, copy=True)
    present = ~(shapely.is_missing(given) | shapely.is_empty(given))
    kind = shapely.get_type_id(given)
    fault = np.full(given.shape, "", dtype="U60")
    collections = np.flatnonzero(present & (kind == _COLLECTION))
    for row in collections.tolist():
        given[row] = _polygons_of(given[row])
    wrong = present & ~np.isin(kind, (_POLYGON, _MULTI_POLYGON)) & ~((kind == _COLLECTION) & ~shapely.is_empty(given))
    fault[wrong] = "geometry_kind"
    broken = np.flatnonzero(present & ~wrong & ~shapely.is_valid(given))
    metric = km2_per_square_degree(given)
    before = shapely.area(given) * metric
    for row in broken.tolist():  # one bad shape must not raise for all
        try:
            given[row] = _polygons_of(shapely.make_valid(given[row], method="structure", keep_collapsed=False))
        except shapely.errors.GEOSException:
            given[row] = None
    after = shapely.area(given) * metric
    lost = np.zeros(given.shape, dtype=np.bool_)
    lost[broken] = shapely.is_missing(given[broken]) | shapely.is_empty(given[broken])
    fault[lost] = "polygon_broken"
    with np.errstate(invalid="ignore", divide="ignore"):
        change = np.abs(after - before) / before
    jumped = np.zeros(given.shape, dtype=np.bool_)
    jumped[broken] = ~lost[broken] & ~(change[broken] <= MAX_CHANGE_SHARE)
    fault[jumped] = "polygon_changed"
    fault[present & ~wrong & (fault == "") & ~(after > 0.0)] = "polygon_flat"
    given[fault != ""] = None
    repaired = np.zeros(given.shape, dtype=np.bool_)
    repaired[broken] = fault[broken] == ""
    return Mended(given, fault, repaired, before, after)


def _polygons_of(shape: Any) -> Any:
    """The polygons within a shape as one Polygon or MultiPolygon."""
    import shapely

    parts = shapely.get_parts(shape)
    while (shapely.get_type_id(parts) == _COLLECTION).any():
        parts = shapely.get_parts(parts)
    flat = shapely.get_parts(parts)
    polygons = flat[shapely.get_type_id(flat) == _POLYGON]
    return polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)


def mend_lines(geometry: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64], NDArray[np.str_]]:
    """Single lines from lines, multi-lines, rings and collections, with the row each came from.

    Returns
    -------
    lines
        LineStrings of at least two different points, cut where they cross the antimeridian.
    row
        Position in ``geometry`` of each line.
    fault
        For each row of ``geometry``: why nothing came of it, "" where something did or nothing was there.
    """
    import shapely

    given = np.asarray(geometry, dtype=object)
    present = ~(shapely.is_missing(given) | shapely.is_empty(given))
    parts, row = shapely.get_parts(given, return_index=True)
    while (shapely.get_type_id(parts) >= 4).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        row = row[inner]
    kind = shapely.get_type_id(parts)
    is_line = np.isin(kind, (_LINE, _RING)) & (shapely.length(parts) > 0.0)
    fault = np.full(given.shape, "", dtype="U60")
    has_line = np.zeros(given.shape, dtype=np.bool_)
    has_line[row[is_line]] = True
    has_kind = np.zeros(given.shape, dtype=np.bool_)
    has_kind[row[np.isin(kind, (_LINE, _RING))]] = True
    fault[present & ~has_line] = np.where(has_kind[present & ~has_line], "line_flat", "geometry_kind")
    lines, kept = parts[is_line], row[is_line]
    return (*_cut_at_antimeridian(lines, kept), fault)


def _cut_at_antimeridian(lines: NDArray[Any], row: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Cut lines where two neighbouring points lie more than 180° of longitude apart."""
    import shapely

    box = shapely.bounds(lines)
    wide = np.flatnonzero((box[:, 2] - box[:, 0]) > 180.0) if len(lines) else np.zeros(0, dtype=np.int64)
    if not wide.size:
        return lines, row
    pieces: list[Any] = []
    piece_row: list[int] = []
    for place in wide.tolist():  # a few cables of the whole world
        points = shapely.get_coordinates(lines[place])
        jumps = np.flatnonzero(np.abs(np.diff(points[:, 0])) > 180.0) + 1
        found = [shapely.linestrings(part) for part in np.split(points, jumps) if len(part) > 1]
        pieces.extend(found)
        piece_row.extend([int(row[place])] * len(found))
    keep = np.ones(len(lines), dtype=np.bool_)
    keep[wide] = False
    all_lines = np.concatenate([lines[keep], np.array(pieces, dtype=object)])
    all_rows = np.concatenate([row[keep], np.array(piece_row, dtype=np.int64)])
    order = np.argsort(all_rows, kind="stable")
    return all_lines[order], all_rows[order]
