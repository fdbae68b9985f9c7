"""What the exports are made from: plain values, handed over by the pipeline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from planner.grid import Grid, Raster

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ExportInputs"]


@dataclass(frozen=True, eq=False)
class ExportInputs:
    """Everything the exports may write; every layer may be missing.

    Parameters
    ----------
    name
        Name of the scenario.
    title_id, title_en
        Its title in Bahasa Indonesia and English.
    date
        Its date: the only date inside the files.
    facts
        ``Facts.to_json()`` of the run: totals of areas come from here alone.
    admin
        Areas (declared layer ``admin``); their shapes carry the totals.
    areas
        Scores of areas and hexagons (declared table ``areas`` with ``raw_<criterion>, part_<criterion>``).
    cells, service
        Declared tables, row by row the same cells.
    bts, bts_load
        Stations, and what they carry.
    fiber, fiber_nodes, facilities, gateways, proposals, exclusions, measurements
        Conformed layers.
    beams
        Satellite beams whose outline is known, with it as ``geometry``.
    quarantined
        Rows set aside that still have a place: ``kind, reason_id, reason_en, file, line, lon_deg, lat_deg``.
    candidates, sites, links, relays, rejected, surveys
        Tables of the plan.
    umkm_points
        Enterprises as points, only on the scenario's word (``outputs.umkm_points``).
    grid
        Frame of ``cells``.
    coverage_rsrp_dbm
        Best broadband level per pixel, NaN where none.
    coverage_sinr_db, coverage_probability_share
        Best signal over interference and noise, and the probability that it is enough (where ``served_place`` says);
        NaN where there is no server. None: not modelled.
    served_place
        ``outdoor`` or ``indoor``.
    coverage_server
        Position of the best server in ``bts`` (its ``bts_number``), −1 where none.
    notices
        ``(code, fields)`` of what every reader must know; texts stand below ``[map.notice]`` of the words.
    credits
        Publishers of the data, in order of worth.
    run_hash
        Short hash of the run, so that a file can be traced.
    is_synthetic
        Whether the run rests on invented data.
    """

    name: str
    title_id: str
    title_en: str
    date: dt.date
    facts: Mapping[str, Any] = field(default_factory=dict)
    admin: pd.DataFrame | None = None
    areas: pd.DataFrame | None = None
    cells: pd.DataFrame | None = None
    service: pd.DataFrame | None = None
    bts: pd.DataFrame | None = None
    bts_load: pd.DataFrame | None = None
    fiber: pd.DataFrame | None = None
    fiber_nodes: pd.DataFrame | None = None
    facilities: pd.DataFrame | None = None
    gateways: pd.DataFrame | None = None
    proposals: pd.DataFrame | None = None
    exclusions: pd.DataFrame | None = None
    measurements: pd.DataFrame | None = None
    beams: pd.DataFrame | None = None
    quarantined: pd.DataFrame | None = None
    candidates: pd.DataFrame | None = None
    sites: pd.DataFrame | None = None
    links: pd.DataFrame | None = None
    relays: pd.DataFrame | None = None
    rejected: pd.DataFrame | None = None
    surveys: pd.DataFrame | None = None
    umkm_points: pd.DataFrame | None = None
    grid: Grid | None = None
    coverage_rsrp_dbm: Raster | None = None
    coverage_server: Raster | None = None
    coverage_sinr_db: Raster | None = None
    coverage_probability_share: Raster | None = None
    served_place: str = "outdoor"
    notices: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    credits: tuple[str, ...] = ()
    run_hash: str = ""
    is_synthetic: bool = False
