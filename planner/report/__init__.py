"""Tables for officials: workbooks in Bahasa Indonesia and English, every number from the facts."""

from __future__ import annotations

from planner.report._inputs import ReportInputs

__all__ = ["ReportInputs"]
