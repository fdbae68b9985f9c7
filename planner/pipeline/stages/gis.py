"""Writes the layers for other programs, in the formats that were asked for."""

from __future__ import annotations

import planner.export
from planner import registry
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._shown import export_inputs

__all__ = ["run"]

IMPORTS = ("pyogrio", "rasterio", "geopandas")


def run(context: StageContext) -> None:
    """Write every format from the same inputs."""
    shown = export_inputs(context)
    for name in context.stage.arguments["formats"].split(","):
        module = registry.load(planner.export, name)
        module.write(context.publish_path(module.META["path"]), shown)
