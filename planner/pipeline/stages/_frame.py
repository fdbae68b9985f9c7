"""Helpers of the stages: grid over a box, polygons of a region, land and layers of a run."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.catalog import read_spec
from planner.grid import Grid, Raster
from planner.pipeline.artifacts import Block, read_bands, read_json, read_layer_artifact, read_raster
from planner.pipeline.stage import StageContext
from planner.radio.calibration import cover_correction
from planner.radio.surface import clutter_heights
from planner.specs.radio import ClutterSpec, RadioSpec

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "built_up",
    "clutter_m",
    "cover_db",
    "grid_over",
    "layer",
    "layer_notes",
    "raster_layer",
    "read_land",
    "region_polygons",
]

MARGIN_DEG = 0.02


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


def read_land(frame: Path, block: Block | None = None) -> NDArray[np.bool_]:
    """Land mask of the run, shape of its grid, or of a block of it."""
    land: NDArray[np.bool_] = read_bands(frame / "land.tif", block)[1][0]
    return land


def raster_layer(context: StageContext, kind: str, block: Block | None = None) -> Raster | None:
    """Conformed raster of this run, or a block of it; None where the scenario has none."""
    folder = context.inputs.get(f"layer:{kind}")
    return None if folder is None else read_raster(folder / "data.tif", block)


def layer(context: StageContext, kind: str) -> Any:
    """Conformed layer of this run, empty (None for rasters) where the scenario has none."""
    return read_layer_artifact(context.inputs.get(f"layer:{kind}"), kind)


def layer_notes(context: StageContext) -> dict[str, dict[str, Any]]:
    """Ledger of each layer of this run, by kind."""
    return {
        name.removeprefix("layer:"): read_json(folder / "note.json")
        for name, folder in context.inputs.items()
        if name.startswith("layer:")
    }


def clutter_m(context: StageContext, block: Block | None = None) -> Raster | None:
    """Heights of the ground cover, of a block if one is given, or None without a clutter layer."""
    classes = raster_layer(context, "clutter", block)
    return None if classes is None else clutter_heights(classes, read_spec(ClutterSpec, "radio", "clutter"))


def built_up(context: StageContext) -> NDArray[np.bool_] | None:
    """Pixels whose ground cover is buildings, or None without a clutter layer."""
    classes = raster_layer(context, "clutter")
    if classes is None:
        return None
    code = read_spec(ClutterSpec, "radio", "clutter").heights.get("built")
    return None if code is None else classes.values == code.code


def cover_db(context: StageContext, spec: RadioSpec, block: Block | None = None) -> Raster | None:
    """Part of the fitted correction by ground cover, or None without correction or clutter layer."""
    classes = None if spec.correction is None else raster_layer(context, "clutter", block)
    if classes is None or spec.correction is None:
        return None
    return cover_correction(classes, read_spec(ClutterSpec, "radio", "clutter"), spec.correction)
