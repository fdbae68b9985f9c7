"""Sets the reports."""

from __future__ import annotations

from planner.pipeline.stage import StageContext
from planner.pipeline.stages._shown import report_inputs
from planner.report import pdf

__all__ = ["run"]

IMPORTS = ("typst", "matplotlib.backends.backend_svg", "geopandas")


def run(context: StageContext) -> None:
    """The report of each language, from the same drawings."""
    shown = report_inputs(context)
    for language, name in zip(context.scenario.outputs.languages, context.stage.outputs, strict=True):
        pdf.write(context.publish_path(name), shown, language=language)
