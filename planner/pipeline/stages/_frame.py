"""Helpers of the stages: grid over a box, polygons of a region, land mask, terrain of a run."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from planner.grid import Grid
from planner.pipeline.artifacts import read_bands, read_grid, read_layer_artifact
from planner.pipeline.stage import StageContext

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["grid_over", "ground", "layer", "read_land", "region_polygons"]

MARGIN_DEG = 0.02
MAX_PIXELS = 400_000_000


def grid_over(bounds_deg: tuple[float, float, float, float], pixel_deg: float) -> Grid:
    """Grid whose lines are whole multiples of the pixel, so that two runs of one region share it."""
    west, south, east, north = bounds_deg
    col = math.floor((west - MARGIN_DEG) / pixel_deg)
    row = math.ceil((north + MARGIN_DEG) / pixel_deg)
    n_cols = math.ceil((east + MARGIN_DEG) / pixel_deg) - col
    n_rows = row - math.floor((south - MARGIN_DEG) / pixel_deg)
    return Grid(col * pixel_deg, row * pixel_deg, pixel_deg, n_rows, n_cols)


def region_polygons(admin: gpd.GeoDataFrame, areas: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Polygons of the region: those whose code is, or lies below, one of ``areas``; all where none is named."""
    shaped = admin.loc[~admin.geometry.isna() & ~admin.geometry.is_empty]
    if not areas:
        return shaped
    inside = [any(code == area or code.startswith(f"{area}.") for area in areas) for code in shaped["code"]]
    return shaped.loc[inside]


def read_land(frame: Path) -> NDArray[Any]:
    """Land mask of the run, shape of its grid."""
    return read_bands(frame / "land.tif")[1][0]


def layer(context: StageContext, kind: str) -> Any:
    """Conformed layer of this run, empty (None for rasters) where the scenario has none."""
    return read_layer_artifact(context.inputs.get(f"layer:{kind}"), kind)


def ground(context: StageContext) -> tuple[Grid, NDArray[Any], Any, Any]:
    """Grid, land mask, terrain and clutter classes of the run (the last two may be None)."""
    frame = context.inputs["frame"]
    return read_grid(frame), read_land(frame), layer(context, "terrain"), layer(context, "clutter")
