"""Satellites and their beams: capacity, what is committed already, and the outline on the ground where it is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.layers.conform import Recipe, View
from planner.layers.headers import match_headers
from planner.layers.mend import MAX_CHANGE_SHARE, mend_polygons
from planner.layers.merge import read_table_layer
from planner.layers.places import Fault
from planner.layers.report import Conformed, RawTable, ReadContext

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["read"]

_BANDS = {
    **dict.fromkeys(("ku band", "kuband", "pita ku"), "Ku"),
    **dict.fromkeys(("ka band", "kaband", "pita ka"), "Ka"),
    **dict.fromkeys(("c band", "cband", "pita c", "extended c"), "C"),
}
_OUTLINE = "footprint_wkt"
_STEP_DEG = 1e-4  # 11 m: no outline of a beam is known better
_DETAIL = {"polygon_changed": f"> {MAX_CHANGE_SHARE:.0%}"}
_SAID = {
    "geometry_unreadable": "the outline is no WKT",
    "geometry_kind": "the outline is no polygon",
    "coordinates_infinite": "the outline has coordinates that are no degrees",
    "polygon_broken": "the outline cannot be repaired",
    "polygon_changed": "the repair would change the outline's area too much",
    "polygon_flat": "an outline without area",
}


def _before(table: RawTable, source: LayerSource, context: ReadContext) -> View:
    """Outlines as one column of WKT, whether they came as geometries of a vector file or as text in a table."""
    del context
    matched = match_headers([str(name) for name in table.cells.columns], "satellite", source.columns)
    header = matched.header(_OUTLINE)
    if table.geometry is not None:
        header, shapes = _OUTLINE, np.asarray(table.geometry, dtype=object)
        unreadable = np.zeros(len(shapes), dtype=np.bool_)
    elif header in table.cells.columns:
        shapes, unreadable = _from_wkt(table.cells[header].str.strip().to_numpy(dtype=object))
    else:
        return View(table)
    outline, fault = _outlines(shapes)
    fault[unreadable] = "geometry_unreadable"
    found = [
        Fault(fault == code, code, said, header, "draw it again, or leave it empty", detail=_DETAIL.get(code, ""))
        for code, said in _SAID.items()
        if (fault == code).any()
    ]
    n_known = int((outline != "").sum())
    note = f"{n_known} of {len(outline)} beams have an outline: places outside it are not connected to them"
    return View(replace(table, cells=table.cells.assign(**{header: outline.astype("str")})), tuple(found), (note,))


def _from_wkt(texts: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Geometries of WKT texts, None where the text is empty, and which texts could not be read."""
    import shapely

    given = texts.copy()
    given[texts == ""] = None
    shapes = shapely.from_wkt(given, on_invalid="ignore")
    return shapes, np.asarray(shapely.is_missing(shapes) & (texts != ""), dtype=np.bool_)


def _outlines(shapes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Sound polygons as WKT, "" where there is none, and the fault of each row, "" where there is none."""
    import shapely

    present = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    corners, of = shapely.get_coordinates(shapes, return_index=True)
    on_earth = np.ones(len(shapes), dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        on_earth[of[~((np.abs(corners[:, 0]) <= 180.0) & (np.abs(corners[:, 1]) <= 90.0))]] = False
    sound = shapes.copy()
    sound[~(present & on_earth)] = None
    mended = mend_polygons(sound)
    fault = mended.fault.astype(object)
    fault[present & ~on_earth] = "coordinates_infinite"
    whole = shapely.set_precision(mended.geometry, _STEP_DEG)
    held = present & (fault == "") & ~(shapely.is_missing(whole) | shapely.is_empty(whole))
    fault[present & (fault == "") & ~held] = "polygon_flat"
    outline = np.full(len(shapes), "", dtype=object)
    outline[held] = shapely.to_wkt(shapely.normalize(whole[held]), rounding_precision=4)
    return outline, fault


RECIPE = Recipe(kind="satellite", vocabulary={"band": _BANDS}, before=_before)


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read satellite beams from a table or from a vector file whose polygons are their outlines.

    Notes
    -----
    A beam's outline (`footprint_wkt`, degrees) is what its operator published; nothing is invented where there is
    none. A row whose outline cannot be used is quarantined: to drop the outline alone would widen the beam.

    Raises
    ------
    LayerError
        The file cannot be opened as a table.
    """
    return read_table_layer(RECIPE, path, source, context)
