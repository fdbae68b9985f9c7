"""Writes the workbooks."""

from __future__ import annotations

from planner.pipeline.stage import StageContext
from planner.pipeline.stages._shown import report_inputs
from planner.report import workbook

__all__ = ["run"]


def run(context: StageContext) -> None:
    """One workbook a language of the scenario."""
    shown = report_inputs(context)
    for language in context.scenario.outputs.languages:
        workbook.write(context.publish_path(f"report/{workbook.FILE_NAMES[language]}"), shown, language=language)
