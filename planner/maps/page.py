"""Makes the map page: `make_map` answers with a `folium.Map`, `write_map` writes it whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.errors import OutputError
from planner.geo import INDONESIA_BOUNDS_DEG
from planner.maps import tables
from planner.maps.areas import add_areas, sound_polygons
from planner.maps.figure import OfflineFigure, OfflineMap, island
from planner.maps.inputs import MapInputs
from planner.maps.numbers import page_numbers
from planner.maps.packed import Pack
from planner.maps.plans import add_frontier, plan_row
from planner.maps.rasters import (
    PROBABILITY_STEPS,
    SINR_STEPS,
    add_coarse_signal_raster,
    add_operator_raster,
    add_signal_raster,
    add_stepped_raster,
)
from planner.maps.servers import add_servers
from planner.maps.styles import LayerStyle, StyleField, read_styles
from planner.paths import maps_dir
from planner.schema_columns import CAUSES, LEVELS
from planner.words import LANGUAGES, read_words

if TYPE_CHECKING:
    import folium
    import pandas as pd

__all__ = ["make_map", "write_map", "write_page"]

_DIGITAL = ("offline", "online", "unknown")
_SHOWN_WORDS = (
    "levels.", "causes.", "programmes.", "evidence.", "area_levels.", "units.", "map.", "criteria.", "area_levels_short.", "columns.",
)  # fmt: skip
_THINNED = ("measurements", "quarantined")
_MOST_ROWS = 60_000
"""Rows of `_THINNED` on one page: more would not be told apart, and the GIS layers hold them all."""
_REJECTED_COLUMNS = ("reason", "gain", "cost_idr", "enters_at_idr", "decision")
_SITE_COLUMNS = (
    "site_id", "candidate_id", "name", "area_code", "site_type", "status", "backhaul", "backhaul_path", "access_mode",
    "n_umkm_new", "people_new", "demand_mbps", "capacity_mbps", "capex_idr", "opex_idr_per_year", "cost_idr", "why",
    "site_class", "year", "payer", "funding_source",
)  # fmt: skip


def make_map(inputs: MapInputs, *, language: str = "id") -> folium.Map:
    """Page of a run as a `folium.Map` inside an offline figure.

    Parameters
    ----------
    inputs
        What is shown; missing layers become absent controls or useful empty states.
    language
        Language the page opens in; it carries both.

    Returns
    -------
    folium.Map
        ``make_map(inputs).get_root().render()`` is the whole page; it asks for nothing outside itself
        and equal inputs give equal bytes.
    """
    pack = Pack()
    styles = read_styles()
    bounds = _bounds_deg(inputs)
    data = {
        "meta": _meta(inputs, bounds, language),
        "words": {name: _words(name) for name in LANGUAGES},
        "styles": [style.to_json() for style in styles],
        "vocabulary": {"levels": list(LEVELS), "causes": list(CAUSES), "digital": list(_DIGITAL)},
        **page_numbers(inputs),
        "areas": add_areas(pack, inputs),
        "coast": _coast(pack, inputs, bounds),
        "layers": _layers(pack, inputs, styles),
        "frontier": _frontier(pack, inputs, styles),
        "atlas": dict(inputs.atlas),
        **_grids(pack, inputs),
    }
    title = inputs.title_en if language == "en" else inputs.title_id
    figure = OfflineFigure(
        title=title or "Merata",
        language=language,
        islands={"merata-data": island(data), "merata-pack": f'"{pack.to_text()}"'},
    )
    west, south, east, north = bounds
    return OfflineMap(
        figure,
        skeleton=(maps_dir() / "templates" / "page.html").read_text(encoding="utf-8"),
        location=[round((south + north) / 2.0, 6), round((west + east) / 2.0, 6)],
        zoom_start=7,
        max_zoom=16,
        min_zoom=4,
        zoom_snap=0.25,
        attribution_control=False,
        world_copy_jump=False,
    )


def write_map(path: Path, inputs: MapInputs, *, language: str = "id") -> Path:
    """Make the page and write it to ``path``, whole or not at all.

    Raises
    ------
    OutputError
        The file could not be written whole; nothing is left behind.
    """
    return write_page(path, make_map(inputs, language=language).get_root().render())


def write_page(path: Path, text: str) -> Path:
    """Write a page to ``path``, under a temporary name first.

    Raises
    ------
    OutputError
        The file could not be written whole; nothing is left behind.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(text.encode("utf-8", errors="replace"))
        part.replace(path)
    except OSError as err:
        with contextlib.suppress(OSError):
            part.unlink()
        message = f"map '{path}' could not be written: {os.strerror(err.errno or 0)}; make room or give another folder"
        raise OutputError(message, code="output_unwritten", path=str(path), fault=str(err)) from err
    return path


def _meta(inputs: MapInputs, bounds: tuple[float, float, float, float], language: str) -> dict[str, Any]:
    return {
        "title": {"id": inputs.title_id, "en": inputs.title_en or inputs.title_id},
        "date": inputs.date,
        "language": language,
        "bounds": [round(value, 6) for value in bounds],
        "run": inputs.run_hash,
        "synthetic": inputs.is_synthetic,
        "threshold_dbm": inputs.threshold_dbm,
        "place": inputs.served_place,
        "interference": inputs.interference,
        "confidence": inputs.facts.get("assumptions", {}).get("confidence_threshold_share"),
        "credits": list(inputs.credits),
        "notices": [{"code": item.code, "fields": dict(item.fields)} for item in inputs.notices],
    }


def _words(language: str) -> dict[str, str]:
    texts = read_words(language).texts
    return {key: text for key, text in texts.items() if key.startswith(_SHOWN_WORDS)}


def _bounds_deg(inputs: MapInputs) -> tuple[float, float, float, float]:
    for frame in (inputs.admin, inputs.coast):
        if frame is not None and len(frame) and hasattr(frame, "total_bounds"):
            west, south, east, north = (float(value) for value in frame.total_bounds)
            if np.isfinite([west, south, east, north]).all():
                return west, south, east, north
    if inputs.grid is not None:
        return inputs.grid.bounds_deg
    return INDONESIA_BOUNDS_DEG


def _coast(pack: Pack, inputs: MapInputs, bounds: tuple[float, float, float, float]) -> dict[str, Any] | None:
    import shapely

    frame = inputs.coast
    if frame is None or not len(frame):
        frame = inputs.admin
    if frame is None or not len(frame):
        return None
    west, south, east, north = bounds
    margin = max(3.0, (east - west) * 0.6)
    window = (west - margin, south - margin, east + margin, north + margin)
    shapes = np.asarray(frame.geometry, dtype=object)
    shapes = shapely.clip_by_rect(sound_polygons(shapes), *window)
    shapes = shapes[~shapely.is_empty(shapes)]
    return pack.add_shapes(shapes)


def _layers(pack: Pack, inputs: MapInputs, styles: tuple[LayerStyle, ...]) -> dict[str, Any]:
    """Pack every point and line layer that has rows, by the name of its source."""
    sources: dict[str, list[LayerStyle]] = {}
    for style in styles:
        if style.kind in ("points", "lines", "polygons"):
            sources.setdefault(style.source, []).append(style)
    found: dict[str, Any] = {}
    for source, shown in sources.items():
        frame = getattr(inputs, source)
        if frame is not None and len(frame):
            rows = _thinned(frame) if source in _THINNED else frame
            found[source] = _layer(pack, rows, shown, inputs)
            if len(rows) < len(frame):
                found[source]["of"] = len(frame)
    return found


def _thinned(frame: pd.DataFrame) -> pd.DataFrame:
    """At most `_MOST_ROWS`, spread evenly over the rows in order of their places."""
    if len(frame) <= _MOST_ROWS:
        return frame
    ordered = frame.sort_values(["lat_deg", "lon_deg"], kind="stable")
    return ordered.iloc[np.linspace(0, len(frame) - 1, _MOST_ROWS).round().astype(np.int64)]


def _layer(pack: Pack, frame: pd.DataFrame, styles: list[LayerStyle], inputs: MapInputs, *more: str) -> dict[str, Any]:
    """Pack one layer with the columns that any of its styles asks for."""
    source = styles[0].source
    fields = [name for style in styles for item in style.fields for name in _columns_of(item)]
    filters = [item.key for style in styles for item in style.filters]
    columns = (*fields, *filters, *(style.by for style in styles), *_extra_columns(source), *more)
    names = tuple(dict.fromkeys(name for name in columns if name))
    rows = _with_class(source, frame, inputs)
    if styles[0].kind == "points":
        return tables.add_points(pack, rows, names)
    return tables.add_lines(pack, rows, names, _line_shapes(rows))


def _columns_of(field: StyleField) -> tuple[str, ...]:
    return tuple(f"{field.key}_{name}" for name in LANGUAGES) if field.show == "spoken" else (field.key,)


def _frontier(pack: Pack, inputs: MapInputs, styles: tuple[LayerStyle, ...]) -> dict[str, Any] | None:
    """Plans at other ceilings, where there are at least two and the page's own plan is one of them."""
    points = inputs.frontier_points
    if points is None or len(points) < 2 or plan_row(points, inputs.plan.get("ceiling_idr")) is None:
        return None
    by_source = {source: [style for style in styles if style.source == source] for source in ("sites", "links")}

    def packed(source: str, frame: pd.DataFrame | None) -> dict[str, Any] | None:
        return None if frame is None or not len(frame) else _layer(pack, frame, by_source[source], inputs, "point")

    sites, links = packed("sites", inputs.frontier_sites), packed("links", inputs.frontier_links)
    ceiling = inputs.plan.get("ceiling_idr")
    found = add_frontier(pack, points, sites=sites, links=links, years=inputs.frontier_years, ceiling_idr=ceiling)
    return {**found, "left_out": inputs.frontier_left_out}


def _extra_columns(source: str) -> tuple[str, ...]:
    return {
        "sites": _SITE_COLUMNS,
        "bts": ("bts_id",),
        "surveys": ("area_code",),
        "candidates": ("candidate_id",),
        "links": ("link_id", "from_id", "to_id", "year"),
        "gateways": ("gateway_id",),
        "fiber_nodes": ("node_id",),
        "proposals": ("proposal_id", "desa_code"),
        "exclusions": ("exclusion_id", "name"),
        "beams": ("beam_id",),
    }.get(source, ())


def _with_class(source: str, frame: pd.DataFrame, inputs: MapInputs) -> pd.DataFrame:
    """Rows of a layer with the class that its style asks for, where the table does not hold it already."""
    derived: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
        "bts": lambda rows: rows.assign(bts_class=tables.bts_class(rows)),
        "fiber": lambda rows: rows.assign(line_class=tables.fiber_class(rows)),
        "beams": lambda rows: rows.assign(beam_class=tables.beam_class(rows)),
        "links": lambda rows: rows.assign(link_class=tables.backhaul_class(rows["technology"], inputs.backhaul_kinds)),
        "sites": lambda rows: rows.assign(site_class=tables.backhaul_class(rows["backhaul"], inputs.backhaul_kinds)),
        "candidates": lambda rows: _judged_candidates(rows, inputs.rejected),
    }
    return derived[source](frame) if source in derived else frame


def _judged_candidates(candidates: pd.DataFrame, rejected: pd.DataFrame | None) -> pd.DataFrame:
    """Candidates with their class and, where the plan says so, why they were not chosen."""
    excluded = candidates["excluded_because"].fillna("").to_numpy(dtype=object) != ""
    judged = candidates.assign(candidate_class=np.where(excluded, "excluded", "usable"))
    if rejected is None or not len(rejected):
        return judged
    said = rejected.drop_duplicates("candidate_id").set_index("candidate_id")
    known = [name for name in _REJECTED_COLUMNS if name in said.columns]
    told = said[known].reindex(judged["candidate_id"]).set_index(judged.index)
    return judged.assign(**{name: told[name] for name in known})


def _line_shapes(frame: pd.DataFrame) -> Any:
    import shapely

    if "geometry" in frame.columns:
        return np.asarray(frame["geometry"], dtype=object)
    ends = frame[["from_lon_deg", "from_lat_deg", "to_lon_deg", "to_lat_deg"]].to_numpy(float).reshape(-1, 2, 2)
    return shapely.linestrings(ends)


def _grids(pack: Pack, inputs: MapInputs) -> dict[str, Any]:
    found: dict[str, Any] = {"rasters": {}}
    cells, service, grid = inputs.cells, inputs.service, inputs.grid
    if cells is not None and service is not None and grid is not None and len(cells):
        frame = {"west": grid.west_deg, "north": grid.north_deg, "pixel": grid.pixel_deg, "cols": grid.n_cols}
        found["cells"] = {**tables.add_cells(pack, cells, service, {"levels": LEVELS, "causes": CAUSES}), **frame}
    if inputs.umkm_points is not None and len(inputs.umkm_points):
        found["umkm"] = tables.add_mass_points(pack, inputs.umkm_points, LEVELS, _DIGITAL)
    if inputs.coverage_rsrp_dbm is not None:
        found["rasters"]["coverage_rsrp_dbm"] = add_signal_raster(pack, inputs.coverage_rsrp_dbm)
    if inputs.coverage_operator is not None:
        found["rasters"]["coverage_operator"] = add_operator_raster(
            pack, inputs.coverage_operator, inputs.coverage_operators
        )
    for name, raster in inputs.coverage_by_operator.items():
        found["rasters"][f"coverage_rsrp_dbm:{name}"] = add_coarse_signal_raster(pack, raster)
    if inputs.coverage_sinr_db is not None:
        found["rasters"]["coverage_sinr_db"] = add_stepped_raster(pack, inputs.coverage_sinr_db, SINR_STEPS)
    if inputs.coverage_probability_share is not None:
        found["rasters"]["coverage_probability_share"] = add_stepped_raster(
            pack, inputs.coverage_probability_share, PROBABILITY_STEPS
        )
    serving = add_servers(pack, inputs)
    return found | {"servers": serving.get("servers"), "rasters": found["rasters"] | serving.get("rasters", {})}
