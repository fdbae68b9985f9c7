"""The vector layers of an export, settled once for all formats: names, columns, order, geometry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.export._inputs import ExportInputs
from planner.facts.flat import area_table
from planner.schema import LAYERS, TABLES
from planner.schema_columns import AREAS, Column
from planner.words import read_words

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["AREA_LEVELS", "MASS_LAYERS", "about_rows", "dictionary", "dictionary_rows", "vector_layers"]

MASS_LAYERS = ("umkm",)
"""Layers of very many points, which only formats made for them hold."""
AREA_LEVELS = ("provinsi", "kabupaten", "kecamatan", "desa")
_LANGUAGES = ("id", "en")


@lru_cache(maxsize=1)  # every format of a run asks for the same layers; they are not changed
def vector_layers(inputs: ExportInputs) -> dict[str, gpd.GeoDataFrame]:
    """Layers that the run can fill, by name, each in a fixed order of rows and columns.

    Returns
    -------
    dict
        ``sites``, ``links``, ``relays``, ``areas_<level>``, ``hexagons``, ``surveys``, ``candidates``,
        ``cells``, ``bts``, ``fiber``, ``fiber_nodes``, ``facilities``, ``gateways``, ``proposals``, ``beams``,
        ``exclusions``, ``measurements``, ``quarantined``, ``umkm``. EPSG:4326. Empty layers are left out.
    """
    made: dict[str, Callable[[], gpd.GeoDataFrame | None]] = {
        "sites": lambda: _points(inputs.sites, "site_id"),
        "links": lambda: _links(inputs.links),
        "relays": lambda: _points(inputs.relays, "place_id"),
        **{f"areas_{level}": lambda level=level: _areas(inputs, level) for level in AREA_LEVELS},  # type: ignore[misc]  # mypy cannot type a lambda's default
        "hexagons": lambda: _hexagons(inputs.areas),
        "surveys": lambda: _points(inputs.surveys, "rank"),
        "candidates": lambda: _candidates(inputs),
        "cells": lambda: _cells(inputs),
        "bts": lambda: _bts(inputs),
        "fiber": lambda: _shaped(inputs.fiber, "fiber_id"),
        "fiber_nodes": lambda: _points(inputs.fiber_nodes, "node_id"),
        "facilities": lambda: _points(inputs.facilities, "facility_id"),
        "gateways": lambda: _points(inputs.gateways, "gateway_id"),
        "proposals": lambda: _points(inputs.proposals, "proposal_id"),
        "beams": lambda: _outlines(inputs.beams, "beam_id"),
        "exclusions": lambda: _outlines(inputs.exclusions, "exclusion_id"),
        "measurements": lambda: _points(inputs.measurements, "lon_deg", "lat_deg", "rsrp_dbm"),
        "quarantined": lambda: _points(inputs.quarantined, "kind", "file", "line"),
        "umkm": lambda: _points(inputs.umkm_points, "lon_deg", "lat_deg"),
    }
    found = {name: make() for name, make in made.items()}
    return {name: frame for name, frame in found.items() if frame is not None and len(frame)}


def _areas(inputs: ExportInputs, level: str) -> gpd.GeoDataFrame | None:
    import geopandas as gpd

    if inputs.admin is None or inputs.admin.empty:
        return None
    shaped = inputs.admin.loc[inputs.admin["level"] == level, ["code", "geometry"]]
    frame = area_table(inputs.facts, level, inputs.areas)
    if frame.empty or shaped.empty:
        return None
    joined = frame.merge(shaped, left_on="area_code", right_on="code", how="inner", validate="one_to_one").drop(
        columns="code"
    )
    held = joined.loc[joined["geometry"].notna()]
    return gpd.GeoDataFrame(held.drop(columns="geometry"), geometry=_multi(held["geometry"]), crs="EPSG:4326")


def _multi(shapes: Any) -> NDArray[Any]:
    """Polygons as multi-polygons, so that a layer has one type of geometry."""
    import shapely

    array = np.asarray(shapes, dtype=object)
    single = shapely.get_type_id(array) == 3
    made = array.copy()
    made[single] = [shapely.multipolygons([shape]) for shape in array[single]]
    return made


def _hexagons(areas: pd.DataFrame | None) -> gpd.GeoDataFrame | None:
    import geopandas as gpd
    import shapely

    if areas is None or areas.empty:
        return None
    rows = areas.loc[areas["area_level"] == "hexagon"].sort_values("area_code", kind="stable", ignore_index=True)
    if rows.empty:
        return None
    import pyarrow as pa
    from h3ronpy.vector import cells_to_wkb_polygons

    index = np.array([int(str(code), 16) for code in rows["area_code"]], dtype=np.uint64)
    shapes = shapely.from_wkb(pa.array(cells_to_wkb_polygons(index)).to_numpy(zero_copy_only=False))
    return gpd.GeoDataFrame(rows.drop(columns="area_level"), geometry=shapes, crs="EPSG:4326")


def _points(frame: pd.DataFrame | None, *keys: str) -> gpd.GeoDataFrame | None:
    import geopandas as gpd

    if frame is None or frame.empty:
        return None
    ordered = frame.sort_values(list(keys), kind="stable", ignore_index=True)
    shapes = gpd.points_from_xy(ordered["lon_deg"], ordered["lat_deg"])
    return gpd.GeoDataFrame(
        pd.DataFrame(ordered).drop(columns="geometry", errors="ignore"), geometry=shapes, crs="EPSG:4326"
    )


def _shaped(frame: Any, key: str) -> gpd.GeoDataFrame | None:
    return None if frame is None or frame.empty else frame.sort_values(key, kind="stable", ignore_index=True)


def _outlines(frame: Any, key: str) -> gpd.GeoDataFrame | None:
    """Areas of a layer as multi-polygons."""
    ordered = _shaped(frame, key)
    return None if ordered is None else ordered.set_geometry(_multi(ordered.geometry), crs="EPSG:4326")


def _links(links: pd.DataFrame | None) -> gpd.GeoDataFrame | None:
    """Links as straight lines between their ends; the length of the route is a column."""
    import geopandas as gpd
    import shapely

    if links is None or links.empty:
        return None
    ordered = links.sort_values("link_id", kind="stable", ignore_index=True)
    ends = ordered[["from_lon_deg", "from_lat_deg", "to_lon_deg", "to_lat_deg"]].to_numpy(dtype=np.float64)
    return gpd.GeoDataFrame(ordered, geometry=shapely.linestrings(ends.reshape(-1, 2, 2)), crs="EPSG:4326")


def _candidates(inputs: ExportInputs) -> gpd.GeoDataFrame | None:
    """Candidates with why they were not taken, as far as the plan says."""
    if inputs.candidates is None or inputs.candidates.empty:
        return None
    frame = inputs.candidates
    if inputs.rejected is not None and len(inputs.rejected) and "reason" in inputs.rejected:
        why = inputs.rejected.drop(columns=["lon_deg", "lat_deg", "name"], errors="ignore")
        frame = frame.merge(why.drop_duplicates("candidate_id"), on="candidate_id", how="left")
    if inputs.sites is not None:
        frame = frame.assign(is_proposed=frame["candidate_id"].isin(inputs.sites["candidate_id"]).to_numpy())
    return _points(frame, "candidate_id")


def _cells(inputs: ExportInputs) -> gpd.GeoDataFrame | None:
    if inputs.cells is None or inputs.cells.empty:
        return None
    frame = inputs.cells
    if inputs.service is not None:
        frame = frame.merge(inputs.service, on="cell_id", how="left", validate="one_to_one")
    return _points(frame, "cell_id")


def _bts(inputs: ExportInputs) -> gpd.GeoDataFrame | None:
    if inputs.bts is None or inputs.bts.empty:
        return None
    frame = inputs.bts.assign(bts_number=np.arange(len(inputs.bts), dtype=np.int64))
    if inputs.bts_load is not None and len(inputs.bts_load):
        load = inputs.bts_load.drop(columns="backhaul_mbps", errors="ignore")
        frame = frame.merge(load, on="bts_id", how="left", validate="one_to_one")
    return _points(frame, "bts_id")


def dictionary_rows(layers: Mapping[str, Any]) -> pd.DataFrame:
    """The data dictionary: each column of each layer with its labels, unit and meaning.

    Returns
    -------
    DataFrame
        ``layer, column, label_id, label_en, unit, about``.
    """
    labels = {language: read_words(language).section("columns") for language in _LANGUAGES}
    abouts = _abouts()
    rows = []
    for layer, frame in layers.items():
        for name in frame.columns:
            if name == "geometry":
                continue
            label_id, label_en = (labels[language].get(name, name) for language in _LANGUAGES)
            about = abouts.get((layer, name)) or abouts.get(("", name)) or label_en
            rows.append((layer, name, label_id, label_en, unit_of(name), about))
    return pd.DataFrame(rows, columns=["layer", "column", "label_id", "label_en", "unit", "about"]).astype("str")


def dictionary(layer: str, frame: Any) -> dict[str, dict[str, str]]:
    """What each column of one layer means: column → ``label_id, label_en, unit, about``, empty units left out."""
    rows = dictionary_rows({layer: frame}).drop(columns="layer").to_dict("records")
    return {str(row.pop("column")): {str(k): str(v) for k, v in row.items() if v} for row in rows}


def _abouts() -> dict[tuple[str, str], str]:
    """Meaning of columns by ``(layer, column)``, and by column alone where all who declare it agree."""
    declared: dict[str, tuple[Column, ...]] = {**{k: v.columns for k, v in LAYERS.items()}, **TABLES}
    declared |= {f"areas_{level}": AREAS for level in (*AREA_LEVELS,)} | {"hexagons": AREAS}
    declared["cells"] = (*TABLES["cells"], *TABLES["service"])
    found = {(layer, column.name): column.about for layer, columns in declared.items() for column in columns}
    shared: dict[str, set[str]] = {}
    for columns in (*TABLES.values(), *(layer.columns for layer in LAYERS.values())):
        for column in columns:
            shared.setdefault(column.name, set()).add(column.about)
    return found | {("", name): next(iter(abouts)) for name, abouts in shared.items() if len(abouts) == 1}


def unit_of(name: str) -> str:
    """Unit at the end of a column's name, "" where it has none.

    Examples
    --------
    >>> unit_of("opex_idr_per_year"), unit_of("height_m"), unit_of("name")
    ('IDR/year', 'm', '')
    """
    units = {
        "_idr_per_year": "IDR/year", "_idr": "IDR", "_mbps": "Mbit/s", "_mhz": "MHz", "_dbm": "dBm", "_dbi": "dBi",
        "_db": "dB", "_km": "km", "_kv": "kV", "_m": "m", "_deg": "°", "_share": "0–1",
    }  # fmt: skip
    return next((unit for suffix, unit in units.items() if name.endswith(suffix)), "")


def about_rows(inputs: ExportInputs) -> pd.DataFrame:
    """What a reader of the layers must know: title, date, notices, sources; both languages."""
    rows: list[tuple[str, str, str]] = [
        ("title", inputs.title_id or inputs.name, inputs.title_en or inputs.title_id or inputs.name),
        ("date", inputs.date.isoformat(), inputs.date.isoformat()),
        ("run", inputs.run_hash, inputs.run_hash),
    ]
    words = {language: read_words(language) for language in _LANGUAGES}
    for code, fields in inputs.notices:
        text_id, text_en = (words[lang](f"map.notice.{code}", **_spoken(fields, lang)) for lang in _LANGUAGES)
        rows.append((f"notice:{code}", text_id, text_en))
    rows.extend(("source", credit, credit) for credit in inputs.credits)
    return pd.DataFrame(rows, columns=["key", "text_id", "text_en"]).astype("str")


def _spoken(fields: Mapping[str, Any], language: str) -> dict[str, str]:
    """Fields of a notice in the reader's way of writing numbers (shares as percent)."""
    from babel.numbers import format_decimal, format_percent

    def one(value: Any) -> str:
        if isinstance(value, float) and 0.0 <= value <= 1.0:
            return str(format_percent(value, locale=language))
        return str(format_decimal(value, locale=language)) if isinstance(value, (int, float)) else str(value)

    return {name: one(value) for name, value in fields.items()}
