"""Writes the layers for other programs: GeoPackage, GeoParquet, COG."""

from __future__ import annotations

from planner.export import cog, geoparquet, gpkg
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._shown import export_inputs

__all__ = ["run"]

IMPORTS = ("pyogrio", "rasterio", "geopandas")


def run(context: StageContext) -> None:
    """Write every format from the same inputs."""
    shown = export_inputs(context)
    gpkg.write(context.publish_path("gis/plan.gpkg"), shown)
    geoparquet.write(context.publish_path("gis/x").parent, shown)
    cog.write(context.publish_path("gis/coverage.tif"), shown)
