"""What the line layers (fiber, roads, power) share: judge the rows, cut them into single lines, name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.geo import INDONESIA_BOUNDS_DEG, distance_km
from planner.layers.geo_rows import Judged, judge_places, pick_columns, selected, text_of
from planner.layers.mend import mend_lines
from planner.layers.report import RawTable, ReadContext
from planner.layers.vector import raw_tables

if TYPE_CHECKING:
    import pandas as pd

    from planner.scenario import LayerSource

__all__ = ["Lines", "judged_lines", "length_km", "line_frame"]

_FAULTS = {
    "line_flat": ("a line whose points are all the same", "delete it, or draw it again"),
    "geometry_kind": ("not a line", "give this layer lines; points and areas belong to other layers"),
}


@dataclass(frozen=True)
class Lines:
    """Judged rows of one table and the single lines they gave.

    Parameters
    ----------
    judged
        The rows.
    picked
        Header of the file for each of our columns.
    line, row
        Single lines that meet the region, and the row each came from.
    """

    judged: Judged
    picked: Mapping[str, str]
    line: NDArray[Any]
    row: NDArray[np.int64]

    @property
    def table(self) -> RawTable:
        """The rows as they stand in the file."""
        return self.judged.table

    def text(self, name: str, default: str = "") -> NDArray[Any]:
        """Cells of one of our columns, for each row."""
        return text_of(self.table, self.picked, name, default)


def judged_lines(
    path: Path, source: LayerSource, context: ReadContext, names: Mapping[str, tuple[str, ...]]
) -> list[Lines]:
    """Read a line layer and judge its places; readers go on with their own columns."""
    found = []
    for table in raw_tables(path, source, context):
        judged = Judged(selected(table, source.where))
        judge_places(judged, context)
        lines, row, fault = mend_lines(judged.good_geometry)
        for code, (message, mend) in _FAULTS.items():
            judged.say(fault == code, code, message, mend=mend)
        keep = judged.is_good[row] & _meets_region(lines, context)
        lost = judged.is_good.copy()
        lost[row[keep]] = False
        code = "outside_region" if context.bounds_deg else "other_country"
        judged.say(lost, code, "no part of the line lies in the region")
        found.append(Lines(judged, pick_columns(judged.table, names, source.columns), lines[keep], row[keep]))
    return found


def _meets_region(lines: NDArray[Any], context: ReadContext) -> NDArray[np.bool_]:
    import shapely

    meets: NDArray[np.bool_] = shapely.intersects(lines, shapely.box(*(context.bounds_deg or INDONESIA_BOUNDS_DEG)))
    return meets


def length_km(lines: NDArray[Any]) -> NDArray[np.float64]:
    """Geodesic length of each line."""
    import shapely

    points, of = shapely.get_coordinates(lines, return_index=True)
    if len(points) < 2:
        return np.zeros(len(lines))
    step = distance_km(points[:-1, 0], points[:-1, 1], points[1:, 0], points[1:, 1])
    same = of[1:] == of[:-1]
    total: NDArray[np.float64] = np.bincount(of[1:][same], weights=step[same], minlength=len(lines)).astype(np.float64)
    return total


def line_frame(found: list[tuple[Lines, pd.DataFrame]], key: str, prefix: str, columns: tuple[str, ...]) -> Any:
    """GeoDataFrame of all lines that are used, each with the attributes of its row and a key of its own.

    Parameters
    ----------
    found
        Lines with a frame of attributes, one row for each row of the table; column ``key`` may be empty.
    key
        Name of the key column.
    prefix
        First letters of the keys of rows without one.
    """
    import geopandas as gpd
    import pandas as pd

    parts = []
    for lines, attributes in found:
        use = lines.judged.is_good[lines.row]
        row, line = lines.row[use], lines.line[use]
        taken = attributes.iloc[row].reset_index(drop=True)
        named = taken[key].to_numpy(dtype=object)
        numbered = np.array([f"{prefix}{lines.table.line[r]}" for r in row.tolist()], dtype=object)
        taken[key] = np.where(named == "", numbered, named)
        parts.append(gpd.GeoDataFrame(taken, geometry=line, crs="EPSG:4326"))
    frame = pd.concat(parts, ignore_index=True)
    box = frame.geometry.bounds.to_numpy()
    order = np.lexsort((length_km(frame.geometry.to_numpy()), *box.T[::-1], frame[key].to_numpy(dtype=str)))
    ordered = frame.iloc[order].reset_index(drop=True)
    ordered[key] = _numbered(ordered[key])
    return gpd.GeoDataFrame(ordered[[*columns, "geometry"]], geometry="geometry", crs="EPSG:4326")


def _numbered(keys: pd.Series[Any]) -> pd.Series[Any]:
    """Keys that occur more than once get ``-1``, ``-2``, … (parts of one route)."""
    again = keys.duplicated(keep=False)
    number = keys.groupby(keys).cumcount() + 1
    return keys.where(~again, keys.astype(str) + "-" + number.astype(str)).astype("str")
