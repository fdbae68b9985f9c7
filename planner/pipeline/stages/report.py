"""Sets the report."""

from __future__ import annotations

from planner.pipeline.stage import StageContext
from planner.pipeline.stages._shown import report_inputs
from planner.report import pdf

__all__ = ["run"]

IMPORTS = ("typst", "matplotlib.backends.backend_svg", "geopandas")


def run(context: StageContext) -> None:
    """The report of one language."""
    language = context.stage.arguments["language"]
    pdf.write(context.publish_path(context.stage.outputs[0]), report_inputs(context), language=language)
