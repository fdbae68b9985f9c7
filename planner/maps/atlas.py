"""An atlas for regions too large for one page: a page of counts, a list, and a page a kabupaten, tied by relative links."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

from planner.maps.atlas_index import IndexRow, index_html
from planner.maps.atlas_parts import Parts
from planner.maps.coarse import coarser_cells
from planner.maps.inputs import MapInputs
from planner.maps.page import write_map, write_page

__all__ = ["FOLDER", "MOST_CELLS", "MOST_POINTS", "needs_atlas", "write_atlas"]

FOLDER = "atlas"
MOST_POINTS, MOST_CELLS, MOST_AREAS, MOST_ROWS = 1_000_000, 400_000, 12_000, 60_000
"""What one page holds and still opens within three seconds."""

_FINE_LEVELS = ("desa", "hexagon", "kecamatan")


def needs_atlas(inputs: MapInputs, *, wanted: bool | None) -> bool:
    """Whether a run is shown as an atlas: on the scenario's word, else when one page would be too slow."""
    if wanted is not None:
        return wanted
    sizes = ((inputs.umkm_points, MOST_POINTS), (inputs.cells, MOST_CELLS))
    return any(frame is not None and len(frame) > most for frame, most in sizes)


def write_atlas(folder: Path, inputs: MapInputs, *, language: str = "id") -> tuple[Path, ...]:
    """Write ``map.html`` (counts of the whole), ``atlas/index.html`` and ``atlas/<code>.html`` a kabupaten.

    Parameters
    ----------
    folder
        Where ``map.html`` goes.
    inputs
        The whole run. Points of enterprises need the column ``area_code`` to find their page.
    language
        Language the pages open in.

    Returns
    -------
    tuple of Path
        The files, the page of the whole first.

    Raises
    ------
    OutputError
        A page could not be written whole.
    """
    parts = Parts(inputs)
    files = _files(parts.codes)
    whole = dataclasses.replace(_whole(inputs), atlas={"index": f"{FOLDER}/index.html", "pages": files})
    made = [write_map(folder / "map.html", whole, language=language)]
    rows = [
        IndexRow(file, parts.name(code), parts.above(code), parts.record(code), parts.plan(code))
        for code, file in files.items()
    ]
    made.append(write_page(folder / FOLDER / "index.html", index_html(inputs, rows, language=language)))
    for code, file in files.items():
        part = dataclasses.replace(parts.cut(code), atlas={"index": "index.html", "whole": "../map.html"})
        made.append(write_map(folder / FOLDER / file, part, language=language))
    return tuple(made)


def _whole(inputs: MapInputs) -> MapInputs:
    """The run without what only a kabupaten's page has room for."""
    changes: dict[str, Any] = {"umkm_points": None, "coverage_by_operator": {}, "servers": None}
    if inputs.cells is not None and inputs.service is not None and inputs.grid is not None:
        cells, service, grid = coarser_cells(inputs.cells, inputs.service, inputs.grid, MOST_CELLS)
        changes |= {"cells": cells, "service": service, "grid": grid}
    for name in ("bts", "candidates", "measurements", "quarantined"):
        frame = getattr(inputs, name)
        if frame is not None and len(frame) > MOST_ROWS:
            changes[name] = None
    admin, areas = inputs.admin, inputs.areas
    for level in _FINE_LEVELS:
        n_hexagons = 0 if areas is None else int((areas["area_level"] == "hexagon").sum())
        if n_hexagons + (0 if admin is None else len(admin)) <= MOST_AREAS:
            break
        admin = None if admin is None else admin[admin["level"] != level]
        areas = None if areas is None else areas[areas["area_level"] != level]
    return dataclasses.replace(inputs, admin=admin, areas=areas, **changes)


def _files(codes: tuple[str, ...]) -> dict[str, str]:
    """File of each kabupaten, by its code: letters, digits and dots alone, none twice."""
    files: dict[str, str] = {}
    for code in codes:
        name = re.sub(r"[^0-9A-Za-z.-]", "_", code)[:40].strip(".") or "_"
        while name in ("index", *(file.removesuffix(".html") for file in files.values())):
            name += "_"
        files[code] = f"{name}.html"
    return files
