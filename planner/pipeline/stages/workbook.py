"""Writes the workbooks."""

from __future__ import annotations

from planner.pipeline.stage import StageContext
from planner.pipeline.stages._shown import report_inputs
from planner.report import workbook

__all__ = ["run"]

IMPORTS = ("xlsxwriter",)


def run(context: StageContext) -> None:
    """The workbook of one language."""
    language = context.stage.arguments["language"]
    workbook.write(context.publish_path(context.stage.outputs[0]), report_inputs(context), language=language)
