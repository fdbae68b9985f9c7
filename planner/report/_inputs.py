"""What the reports are made from: plain values, handed over by the pipeline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from planner.facts.flat import area_table
from planner.specs.base import Spec

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ReportInputs", "areas_of"]


@dataclass(frozen=True, eq=False)
class ReportInputs:
    """Everything a report may say; every table may be missing.

    Parameters
    ----------
    name
        Name of the scenario.
    title_id, title_en
        Its title in Bahasa Indonesia and English.
    date
        Its date: the only date inside the files.
    facts
        ``Facts.to_json()`` of the run: every total.
    areas
        Scores of areas (declared table ``areas`` with ``raw_<criterion>, part_<criterion>``).
    candidates, sites, links, rejected, surveys
        Tables of the plan.
    frontier
        Points of the frontier (``ceiling_idr, spent_idr, value, bound, gap_share, n_sites`` and who is newly served).
    frontier_left_out
        Ceilings asked for that no plan was found for.
    decided
        Decisions of the planner, each with its price against the plan that is free of it (`planner.plan.word_prices`).
    existing
        A verdict on each standing tower (`planner.plan.existing`).
    interference
        Check of each site with all of them on.
    exclusions
        Areas where nothing, or nothing tall, may be built.
    admin, coast, fiber
        Areas, land and routes with their shapes, for the maps of the report.
    document_number, prepared_by, checked_by, approved_by
        For the first page of the report; empty ones leave a line to fill by hand.
    ceiling_idr
        Ceiling of the plan, present value; None where there is none.
    specs
        Assumptions used: ``(file below models/, spec)``; their numbers are listed with their sources.
    notices
        ``(code, fields)`` of what every reader must know; texts stand below ``[map.notice]`` of the words.
    credits
        Publishers of the data, in order of worth.
    run_hash
        Short hash of the run, so that a page can be traced.
    is_synthetic
        Whether the run rests on invented data.
    """

    name: str
    title_id: str
    title_en: str
    date: dt.date
    facts: Mapping[str, Any] = field(default_factory=dict)
    areas: pd.DataFrame | None = None
    candidates: pd.DataFrame | None = None
    sites: pd.DataFrame | None = None
    links: pd.DataFrame | None = None
    rejected: pd.DataFrame | None = None
    surveys: pd.DataFrame | None = None
    frontier: pd.DataFrame | None = None
    frontier_left_out: int = 0
    decided: pd.DataFrame | None = None
    existing: pd.DataFrame | None = None
    interference: pd.DataFrame | None = None
    exclusions: pd.DataFrame | None = None
    admin: pd.DataFrame | None = None
    coast: pd.DataFrame | None = None
    fiber: Any = None  # a GeoDataFrame
    document_number: str = ""
    prepared_by: str = ""
    checked_by: str = ""
    approved_by: str = ""
    ceiling_idr: float | None = None
    specs: tuple[tuple[str, Spec], ...] = ()
    notices: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    credits: tuple[str, ...] = ()
    run_hash: str = ""
    is_synthetic: bool = False


@lru_cache(maxsize=8)  # sections, maps and sheets of both languages ask for the same few; none of them changes it
def areas_of(inputs: ReportInputs, level: str) -> pd.DataFrame:
    """Areas of a level with their totals and scores (`planner.facts.flat.area_table`)."""
    return area_table(inputs.facts, level, inputs.areas)
