"""What a map page is made from: plain values, handed over by the pipeline."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from planner.grid import Grid, Raster

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MapInputs", "Notice", "without_years"]


@dataclass(frozen=True)
class Notice:
    """Something every reader of the page must know before trusting it.

    Parameters
    ----------
    code
        Key below ``[map.notice]`` of the word files: ``synthetic``, ``estimate``, ``schematic``,
        ``fallback_model``, ``confidence``, ``observed_only`` …
    fields
        Values named in the sentence; numbers are written in the reader's language.
    """

    code: str
    fields: Mapping[str, str | float | int] = field(default_factory=dict)


@dataclass(frozen=True)
class MapInputs:
    """Everything a page may show; every layer may be missing.

    Parameters
    ----------
    title_id, title_en
        Title of the page in Bahasa Indonesia and English.
    date
        Date of the scenario, ISO text; the page knows no other clock.
    grid
        Frame of ``cells``; needed when they are given.
    facts
        ``Facts.to_json()`` of the run: every total on the page comes from it.
    admin
        Areas (declared layer ``admin``, EPSG:4326).
    areas
        Scores: declared table ``areas`` with columns ``raw_<criterion>`` and ``part_<criterion>``;
        hexagons are drawn from their H3 index.
    coast
        Land polygons for the background, EPSG:4326; the areas stand in where it is missing.
    cells, service
        Declared tables, same rows.
    umkm_points
        Points of enterprises, only on the scenario's word: columns ``lon_deg, lat_deg, level,
        digital, sector``; names never come this far.
    coverage_rsrp_dbm
        Best broadband signal per pixel, NaN where none.
    coverage_operator
        Number of the best server's operator in ``coverage_operators``, −1 where none.
    coverage_by_operator
        Best broadband signal of each operator alone, NaN where none.
    coverage_server, coverage_second
        Row of the strongest and of the next server in ``servers``, −1 where none.
    coverage_lead_db
        How far the strongest server leads the next one, NaN where there is no other.
    servers
        Cells that serve pixels: ``bts_id, operator, lon_deg, lat_deg`` and, where known, ``height_m, band_mhz,
        zero_loss_dbm`` (level with no loss on the way), ``needed_dbm`` (level that is enough, where ``served_place``
        says) and ``load_share``.
    threshold_dbm
        Signal that counts as 4G/5G.
    coverage_sinr_db, coverage_probability_share
        Ratio of the best signal to interference and noise, and how likely it is to be enough (where ``served_place``
        says: outdoors or indoors); NaN where there is no server. None: not modelled.
    served_place
        ``outdoor`` or ``indoor``: what the levels and the probability are judged for.
    interference
        ``modelled`` or ``fixed``; with the latter the page shows coverage, not capacity.
    bts, fiber, fiber_nodes, satellite, gateways, proposals, measurements, exclusions
        Conformed layers.
    beams
        Rows of ``satellite`` whose outline is known, with it as ``geometry``.
    candidates, sites, links, surveys
        Declared tables of the plan.
    backhaul_kinds
        Kind (``fiber``, ``microwave``, ``satellite``) of each backhaul technology by its key in models/backhaul.
    rejected
        Candidates looked at and not chosen: ``candidate_id, reason`` and, where known, ``lon_deg, lat_deg``.
    frontier_points, frontier_sites, frontier_links, frontier_years
        Plans at other ceilings: a row a ceiling (``point, ceiling_idr, spent_idr, value, bound, n_sites, umkm,
        people, desa, facilities`` …), and the sites and links of each with the column ``point``, for plans over
        years also what each year brings (``point, year, n_sites_on, n_umkm_on``). The point whose
        ceiling is that of ``plan`` is drawn from ``sites`` and ``links``.
    frontier_left_out
        Ceilings asked for that no plan was found for.
    quarantined
        Rows set aside that still have a place: ``kind, reason_id, reason_en, file, line, lon_deg, lat_deg``.
    plan
        Totals and proof of the plan: ``ceiling_idr, cost_idr, n_umkm_new, people_new, value, bound, gap_share`` …
    notices
        What the reader must be told.
    credits
        Publishers of the data shown, in order of worth.
    evidence
        The answer to "what remains without everything synthetic, estimated, schematic or unknown".
    run_hash
        Short hash of the run, printed so that a page can be traced.
    atlas
        Links to the other pages of an atlas, set by `planner.maps.atlas`.
    is_synthetic
        Whether the page carries the watermark of invented data.
    """

    title_id: str
    title_en: str
    date: str = ""
    grid: Grid | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    admin: pd.DataFrame | None = None
    areas: pd.DataFrame | None = None
    coast: pd.DataFrame | None = None
    cells: pd.DataFrame | None = None
    service: pd.DataFrame | None = None
    umkm_points: pd.DataFrame | None = None
    coverage_rsrp_dbm: Raster | None = None
    coverage_operator: Raster | None = None
    coverage_operators: tuple[str, ...] = ()
    coverage_by_operator: Mapping[str, Raster] = field(default_factory=dict)
    coverage_server: Raster | None = None
    coverage_second: Raster | None = None
    coverage_lead_db: Raster | None = None
    coverage_sinr_db: Raster | None = None
    coverage_probability_share: Raster | None = None
    served_place: str = "outdoor"
    interference: str = "modelled"
    servers: pd.DataFrame | None = None
    threshold_dbm: float | None = None
    bts: pd.DataFrame | None = None
    fiber: pd.DataFrame | None = None
    fiber_nodes: pd.DataFrame | None = None
    satellite: pd.DataFrame | None = None
    gateways: pd.DataFrame | None = None
    proposals: pd.DataFrame | None = None
    measurements: pd.DataFrame | None = None
    exclusions: pd.DataFrame | None = None
    beams: pd.DataFrame | None = None
    candidates: pd.DataFrame | None = None
    sites: pd.DataFrame | None = None
    links: pd.DataFrame | None = None
    surveys: pd.DataFrame | None = None
    rejected: pd.DataFrame | None = None
    quarantined: pd.DataFrame | None = None
    frontier_points: pd.DataFrame | None = None
    frontier_sites: pd.DataFrame | None = None
    frontier_links: pd.DataFrame | None = None
    frontier_years: pd.DataFrame | None = None
    frontier_left_out: int = 0
    backhaul_kinds: Mapping[str, str] = field(default_factory=dict)
    plan: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    credits: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    run_hash: str = ""
    atlas: Mapping[str, Any] = field(default_factory=dict)
    is_synthetic: bool = False


def without_years(inputs: MapInputs) -> MapInputs:
    """The inputs of a plan that has no years: its rows carry the scenario's, which is no promise of a year to build.

    Parameters
    ----------
    inputs
        What is shown; ``year`` leaves the sites and links of the plan and of the frontier.
    """
    names = ("sites", "links", "frontier_sites", "frontier_links")
    tables = {name: getattr(inputs, name) for name in names}
    undated = {name: table.drop(columns="year", errors="ignore") for name, table in tables.items() if table is not None}
    return dataclasses.replace(inputs, **undated)
