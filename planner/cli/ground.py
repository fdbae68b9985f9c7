"""Terrain and ground cover for the commands that look at single links: from a scenario's layers or from one file."""

from __future__ import annotations

import math
from pathlib import Path

from planner.catalog import read_spec
from planner.errors import UsageError
from planner.grid import Grid, Raster
from planner.layers import ReadContext, read_layer
from planner.layers.mosaic import overlay
from planner.radio.surface import clutter_heights
from planner.scenario import LayerSource, Scenario
from planner.specs.radio import ClutterSpec

__all__ = ["file_terrain", "scenario_raster", "scenario_terrain", "window"]

_MOST_PIXELS = 3000


def window(
    bounds_deg: tuple[float, float, float, float],
    pixel_deg: float,
    *,
    margin_deg: float,
    most_pixels: int = _MOST_PIXELS,
) -> Grid:
    """Grid around a box, its pixel widened where the box would hold more than ``most_pixels`` of them a side."""
    west, south, east, north = bounds_deg
    widest = max(east - west, north - south) + 2.0 * margin_deg
    pixel = max(pixel_deg, widest / most_pixels)
    col, row = math.floor((west - margin_deg) / pixel), math.ceil((north + margin_deg) / pixel)
    n_cols, n_rows = math.ceil((east + margin_deg) / pixel) - col, row - math.floor((south - margin_deg) / pixel)
    return Grid(col * pixel, row * pixel, pixel, n_rows, n_cols)


def file_terrain(path: Path, grid: Grid) -> Raster:
    """Heights of one file (or folder of tiles) on a grid."""
    path = path.resolve()
    found = read_layer(
        LayerSource(path=path.name), "terrain", path=path, context=ReadContext(folder=path.parent, grid=grid)
    )
    return _raster(found.data)


def scenario_raster(scenario: Scenario, kind: str, grid: Grid) -> Raster | None:
    """A raster layer of a scenario on a grid; None where it has none."""
    context = ReadContext(folder=scenario.folder, roots=scenario.allowed_roots, grid=grid)
    found = [
        _raster(read_layer(source, kind, path=scenario.resolve(source), context=context).data)
        for source in scenario.sources(kind)
    ]
    return overlay(found) if found else None


def scenario_terrain(scenario: Scenario, grid: Grid, shown: str) -> tuple[Raster, Raster | None, Raster | None]:
    """Terrain, heights of the ground cover and its classes.

    Raises
    ------
    UsageError
        The scenario has no terrain.
    """
    terrain = scenario_raster(scenario, "terrain", grid)
    if terrain is None:
        message = f"'{shown}' has no layer terrain: give one"
        raise UsageError(message, code="link_no_terrain", path=shown)
    classes = scenario_raster(scenario, "clutter", grid)
    heights = None if classes is None else clutter_heights(classes, read_spec(ClutterSpec, "radio", "clutter"))
    return terrain, heights, classes


def _raster(data: object) -> Raster:
    if not isinstance(data, Raster):
        message = "a raster layer gave no raster"
        raise TypeError(message)
    return data
