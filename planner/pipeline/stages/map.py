"""Draws the map: one page, or an atlas where one page would be too slow."""

from __future__ import annotations

from planner.maps.atlas import needs_atlas, write_atlas
from planner.maps.page import write_map
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._shown import map_inputs

__all__ = ["run"]


def run(context: StageContext) -> None:
    """Write pages that open without any network."""
    outputs, inputs = context.scenario.outputs, map_inputs(context)
    page = context.publish_path("map.html")
    if needs_atlas(inputs, wanted=outputs.atlas):
        write_atlas(page.parent, inputs, language=outputs.languages[0])
    else:
        write_map(page, inputs, language=outputs.languages[0])
