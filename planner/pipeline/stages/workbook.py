"""Writes the workbooks."""

from __future__ import annotations

from planner.pipeline.stage import StageContext
from planner.pipeline.stages._shown import report_inputs
from planner.report import workbook

__all__ = ["run"]

IMPORTS = ("xlsxwriter",)


def run(context: StageContext) -> None:
    """The workbook of each language, from the same tables."""
    shown = report_inputs(context)
    for language, name in zip(context.scenario.outputs.languages, context.stage.outputs, strict=True):
        workbook.write(context.publish_path(name), shown, language=language)
