"""Draws the map page."""

from __future__ import annotations

from planner.maps.page import write_map
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._shown import map_inputs

__all__ = ["run"]


def run(context: StageContext) -> None:
    """Write the page that opens without any network."""
    write_map(context.publish_path("map.html"), map_inputs(context), language=context.scenario.outputs.languages[0])
