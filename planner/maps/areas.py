"""Areas of the page: outlines, totals from the facts, scores with their parts, by level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.maps import tables
from planner.maps.inputs import MapInputs
from planner.maps.numbers import area_numbers
from planner.maps.packed import Pack

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AREA_LEVELS", "add_areas", "sound_polygons"]

AREA_LEVELS = ("provinsi", "kabupaten", "kecamatan", "desa", "hexagon")


def add_areas(pack: Pack, inputs: MapInputs) -> dict[str, Any]:
    """Pack the areas of every level that has any.

    Returns
    -------
    dict
        Level → packed table (``code, name, parent``, totals, scores) with ``shapes`` and, where known, the
        place of its label.
    """
    numbers = area_numbers(inputs.facts)
    found: dict[str, Any] = {}
    for level in AREA_LEVELS:
        frame = _hexagons(inputs) if level == "hexagon" else _admin(inputs, level)
        if frame is None or not len(frame):
            continue
        frame = _joined(frame, numbers, inputs.areas, level)
        columns = [name for name in frame.columns if name not in ("geometry", "area_level")]
        shapes = np.asarray(frame["geometry"], dtype=object)
        found[level] = {
            **tables.add_table(pack, frame, columns),
            "shapes": pack.add_shapes(shapes),
        }
    return found


def _admin(inputs: MapInputs, level: str) -> pd.DataFrame | None:
    import pandas as pd
    import shapely

    if inputs.admin is None:
        return None
    rows = inputs.admin[inputs.admin["level"] == level]
    if not len(rows):
        return None
    shapes = np.asarray(rows.geometry, dtype=object)
    rows = rows[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))].sort_values("code", kind="stable")
    shapes = sound_polygons(np.asarray(rows.geometry, dtype=object))
    inside = shapely.point_on_surface(shapes)
    parent = rows["parent_code"].fillna("") if "parent_code" in rows else pd.Series("", index=rows.index)
    above = np.array([str(code).rpartition(".")[0] for code in rows["code"]], dtype=object)
    return pd.DataFrame(
        {
            "code": rows["code"].astype("str").to_numpy(dtype=object),
            "name": rows["name"].fillna("").astype("str").to_numpy(dtype=object),
            "parent": np.where(parent.to_numpy(dtype=object) == "", above, parent),
            "evidence": rows["evidence"].fillna("").to_numpy(dtype=object) if "evidence" in rows else "",
            "label_lon": shapely.get_x(inside),
            "label_lat": shapely.get_y(inside),
            "geometry": shapes,
        }
    )


def sound_polygons(shapes: Any) -> Any:
    """Polygons as they are; invalid ones mended, with lines and points that mending leaves taken off."""
    import shapely

    broken = ~shapely.is_valid(shapes)
    if not broken.any():
        return shapes
    mended = shapes.copy()
    mended[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    return mended


def _hexagons(inputs: MapInputs) -> pd.DataFrame | None:
    import pandas as pd

    if inputs.areas is None:
        return None
    codes = inputs.areas.loc[inputs.areas["area_level"] == "hexagon", "area_code"].astype("str").sort_values()
    if not len(codes):
        return None
    array = codes.to_numpy(dtype=object)
    return pd.DataFrame({"code": array, "name": "", "parent": "", "geometry": tables.hexagon_shapes(array)})


def _joined(frame: pd.DataFrame, numbers: pd.DataFrame, areas: pd.DataFrame | None, level: str) -> pd.DataFrame:
    joined = frame
    if len(numbers):
        mine = (
            numbers[numbers["area_level"] == level]
            .drop(columns="area_level")
            .rename(columns={"level": "service_level"})
        )
        joined = joined.merge(mine, how="left", left_on="code", right_on="area_code").drop(columns="area_code")
    if areas is not None and len(areas):
        mine = areas[areas["area_level"] == level].drop(columns="area_level")
        kept = [name for name in mine.columns if name.startswith(("area_code", "score", "raw_", "part_", "weight_"))]
        joined = joined.merge(mine[kept], how="left", left_on="code", right_on="area_code").drop(columns="area_code")
    return joined
