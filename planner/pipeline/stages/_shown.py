"""What outputs show: results of the stages as plain values, with the notices every reader must see."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from planner.export import ExportInputs
from planner.grid import Grid
from planner.layers.placed import placed_rows
from planner.maps.inputs import MapInputs, Notice, without_years
from planner.pipeline.artifacts import read_grid, read_json, read_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import layer, layer_notes
from planner.pipeline.stages._plan import read_plan
from planner.pipeline.stages._specs import all_specs, backhaul_specs, picture_step, radio_spec, service_spec
from planner.pipeline.stages._views import operator_coverage, signal_views
from planner.plan.types import Plan
from planner.report import ReportInputs

__all__ = ["credits", "export_inputs", "map_inputs", "notices", "report_inputs"]


_SIGNED = ("document_number", "prepared_by", "checked_by", "approved_by")
_DRAWN = ("bts", "fiber", "fiber_nodes", "satellite", "gateways", "proposals", "measurements", "exclusions", "admin")
"""Layers drawn on the page as they were conformed."""


def map_inputs(context: StageContext) -> MapInputs:
    """Everything the map page may show."""
    scenario, inputs = context.scenario, context.inputs
    facts = read_json(inputs["facts"] / "facts.json")
    plan = read_plan(inputs["plan"])
    grid = read_grid(inputs["frame"])
    views = signal_views(context, grid)
    told = notices(context, facts)
    tables = {name: layer(context, name) for name in _DRAWN}
    shown = MapInputs(
        title_id=scenario.title_id or scenario.name,
        title_en=scenario.title_en or scenario.title_id or scenario.name,
        date=scenario.date.isoformat(),
        grid=grid,
        facts=facts,
        areas=read_table(inputs["score"] / "areas.parquet"),
        coast=coast(grid),
        cells=read_table(inputs["cells"] / "cells.parquet"),
        service=read_table(inputs["service"] / "service.parquet"),
        umkm_points=_umkm_points(context) if scenario.outputs.umkm_points else None,
        coverage_rsrp_dbm=views.rsrp_dbm,
        coverage_operator=views.operator,
        coverage_operators=views.operators,
        coverage_by_operator=operator_coverage(context, grid),
        coverage_server=views.server,
        coverage_second=views.second,
        coverage_lead_db=views.lead_db,
        coverage_sinr_db=views.sinr_db,
        coverage_probability_share=views.probability_share,
        served_place=service_spec(scenario).place,
        interference=radio_spec(scenario).interference,
        beams=beam_outlines(tables["satellite"]),
        servers=servers(context),
        threshold_dbm=radio_spec(scenario).threshold_dbm,
        quarantined=_quarantined(context),
        **_frontier(context),
        candidates=read_table(inputs["candidates"] / "candidates.parquet"),
        sites=plan.sites,
        links=plan.links,
        surveys=plan.surveys,
        rejected=plan.rejected,
        plan={
            **plan.totals,
            **_same_totals(plan, facts),
            **plan.certificate.to_json(),
            "ceiling_idr": scenario.budget.total_idr or plan.totals["cost_idr"],
        },
        notices=told,
        credits=credits(context),
        evidence=facts["evidence"],
        backhaul_kinds={spec.name: spec.kind for spec in backhaul_specs(scenario)},
        run_hash=inputs["facts"].name[:12],
        is_synthetic=any(notice.code == "synthetic" for notice in told),
        **tables,
    )
    return shown if (facts.get("plan") or {}).get("years") else without_years(shown)


def _same_totals(plan: Plan, facts: dict[str, Any]) -> dict[str, Any]:
    """Totals of the plan as the facts hold them: sums in another order differ in their last digit."""
    return {name: value for name, value in facts["plan"].items() if name in plan.totals}


def _common(context: StageContext, facts: dict[str, Any]) -> dict[str, Any]:
    """What every export and report says about the run."""
    scenario = context.scenario
    told = notices(context, facts)
    return {
        "name": scenario.name,
        "title_id": scenario.title_id or scenario.name,
        "title_en": scenario.title_en or scenario.title_id or scenario.name,
        "date": scenario.date,
        "facts": facts,
        "areas": read_table(context.inputs["score"] / "areas.parquet"),
        "candidates": read_table(context.inputs["candidates"] / "candidates.parquet"),
        "notices": tuple((notice.code, notice.fields) for notice in told),
        "credits": credits(context),
        "run_hash": context.inputs["facts"].name[:12],
        "is_synthetic": any(notice.code == "synthetic" for notice in told),
    }


def export_inputs(context: StageContext) -> ExportInputs:
    """Everything the exports may write."""
    inputs = context.inputs
    plan = read_plan(inputs["plan"])
    grid = read_grid(inputs["frame"])
    views = signal_views(context, grid, ("rsrp_dbm", "server", "sinr_db", "probability_share"))
    kinds = (
        "admin",
        "bts",
        "fiber",
        "fiber_nodes",
        "facilities",
        "gateways",
        "proposals",
        "exclusions",
        "measurements",
    )
    return ExportInputs(
        cells=read_table(inputs["cells"] / "cells.parquet"),
        service=read_table(inputs["service"] / "service.parquet"),
        bts_load=read_table(inputs["service"] / "bts_load.parquet"),
        sites=plan.sites,
        links=plan.links,
        relays=plan.relays,
        rejected=plan.rejected,
        surveys=plan.surveys,
        umkm_points=_umkm_points(context) if context.scenario.outputs.umkm_points else None,
        grid=grid,
        coverage_rsrp_dbm=views.rsrp_dbm,
        coverage_server=views.server,
        coverage_sinr_db=views.sinr_db,
        coverage_probability_share=views.probability_share,
        served_place=service_spec(context.scenario).place,
        beams=beam_outlines(layer(context, "satellite")),
        quarantined=_quarantined(context),
        **{kind: layer(context, kind) for kind in kinds},
        **_common(context, read_json(inputs["facts"] / "facts.json")),
    )


def report_inputs(context: StageContext) -> ReportInputs:
    """Everything the workbooks and the report may say."""
    plan = read_plan(context.inputs["plan"])
    points, decided = context.inputs.get("frontier"), context.inputs.get("decided")
    towers = context.inputs.get("existing")
    return ReportInputs(
        existing=read_table(towers / "existing.parquet") if towers is not None else None,
        interference=read_table(context.inputs["interference"] / "sites.parquet"),
        exclusions=layer(context, "exclusions"),
        frontier=read_table(points / "points.parquet") if points is not None else None,
        frontier_left_out=read_json(points / "note.json")["n_left_out"] if points is not None else 0,
        decided=read_table(decided / "decisions.parquet") if decided is not None else None,
        sites=plan.sites,
        links=plan.links,
        rejected=plan.rejected,
        surveys=plan.surveys,
        ceiling_idr=context.scenario.budget.total_idr or plan.totals["cost_idr"],
        specs=all_specs(context.scenario),
        admin=layer(context, "admin"),
        fiber=layer(context, "fiber"),
        coast=coast(read_grid(context.inputs["frame"])),
        **{name: getattr(context.scenario.outputs, name) for name in _SIGNED},
        **_common(context, read_json(context.inputs["facts"] / "facts.json")),
    )


def beam_outlines(satellite: pd.DataFrame) -> pd.DataFrame | None:
    """Beams whose outline is known, with it as geometry; None where there is none."""
    import geopandas as gpd
    import shapely

    known = satellite.loc[satellite["footprint_wkt"].fillna("") != ""]
    if not len(known):
        return None
    outline = shapely.from_wkt(known["footprint_wkt"].to_numpy(dtype=object))
    beams: pd.DataFrame = gpd.GeoDataFrame(known.drop(columns="footprint_wkt"), geometry=outline, crs="EPSG:4326")
    return beams


def coast(grid: Grid) -> pd.DataFrame:
    """Land around the region for the background (Natural Earth, shipped)."""
    import geopandas as gpd

    from planner.catalog import reference_path

    west, south, east, north = grid.bounds_deg
    wide, high = (east - west) / 2 + 0.5, (north - south) / 2 + 0.5
    land = gpd.read_parquet(reference_path("coast_indonesia.parquet"))
    clipped: pd.DataFrame = land.clip((west - wide, south - high, east + wide, north + high))
    return clipped


def _quarantined(context: StageContext) -> pd.DataFrame | None:
    """Rows that could not be used and still have a place; places of enterprises only on the scenario's word."""
    found = []
    for name, folder in sorted(context.inputs.items()):
        kind = name.removeprefix("layer:")
        path = folder / "publish" / "quarantine" / f"{kind}.csv"
        if kind != name and path.is_file() and (kind != "umkm" or context.scenario.outputs.umkm_points):
            found.append(placed_rows(path, kind))
    return pd.concat(found, ignore_index=True) if found else None


def _frontier(context: StageContext) -> dict[str, Any]:
    """Plans at other ceilings, where the scenario asks for them."""
    folder = context.inputs.get("frontier")
    if folder is None:
        return {}
    names = [name for name in ("points", "sites", "links", "years") if (folder / f"{name}.parquet").is_file()]
    tables = {f"frontier_{name}": read_table(folder / f"{name}.parquet") for name in names}
    return {**tables, "frontier_left_out": read_json(folder / "note.json")["n_left_out"]}


def servers(context: StageContext) -> pd.DataFrame:
    """Stations as a click on a pixel names them: level without loss, level that is enough there, how full they are."""
    table = read_table(context.inputs["service"] / "servers.parquet")
    place = service_spec(context.scenario).place
    return table.assign(needed_dbm=table["limit_dbm" if place == "outdoor" else "indoor_limit_dbm"])


def notices(context: StageContext, facts: dict[str, Any]) -> tuple[Notice, ...]:
    """What the reader must be told before trusting the page."""
    mixes = [note["evidence"] for note in layer_notes(context).values()]
    used = {name for mix in mixes for name, n in mix.items() if n} | set(
        read_table(context.inputs["cells"] / "cells.parquet")["people_evidence"].unique()
    )
    found = [Notice("desk_study")]
    found += [Notice(name) for name in ("synthetic", "estimate", "schematic") if name in used]
    if facts["demand"].get("umkm_estimated") and "estimate" not in used:
        found.append(Notice("estimate"))
    if layer(context, "terrain") is None:
        found.append(Notice("fallback_model", {"model": facts["assumptions"]["coverage_model"]}))
    grid = read_grid(context.inputs["frame"])
    step = picture_step(radio_spec(context.scenario), grid.pixel_m)
    if step > 1:
        found.append(Notice("picture", {"pixel_m": round(grid.pixel_m), "block_m": round(step * grid.pixel_m)}))
    assumed = facts["assumptions"]
    if assumed["interference"] == "fixed":
        found.append(Notice("coverage_only"))
    else:
        found.append(Notice("interference_near"))
    loads = read_json(context.inputs["service"] / "note.json")["loads"]
    if loads:
        code = "loads" if loads["is_converged"] else "loads_open"
        found.append(Notice(code, {name: loads[name] for name in ("mean_share", "n_full", "n_stations", "gap_share")}))
    if assumed["served_place"] == "indoor":
        found.append(Notice("served_indoor"))
    if assumed["is_radius_short"]:
        found.append(Notice("radius", {"share": assumed["coverage_rim_above_share"]}))
    found += [
        Notice("source_stranded", {"name": name, "sum_idr": round(left)})
        for name, left in context.scenario.budget.stranded_idr.items()
    ]
    found.append(Notice("confidence", {"threshold": service_spec(context.scenario).confidence_threshold_share}))
    if context.scenario.observed_only:
        found.append(Notice("observed_only"))
    faulty = sum(file["n_faulty"] for note in layer_notes(context).values() for file in note["files"])
    if faulty:
        found.append(Notice("quarantined", {"n": faulty}))
    return tuple(found)


def credits(context: StageContext) -> tuple[str, ...]:  # noqa: A001 the word readers of maps know
    """Publishers of the layers used, each once, in the order of the layers."""
    named = [source.source for kind in context.scenario.layers for source in context.scenario.sources(kind)]
    return tuple(dict.fromkeys([name for name in named if name] + ["Natural Earth"]))


def _umkm_points(context: StageContext) -> pd.DataFrame:
    """Points of enterprises with the level of their cell; no name comes this far."""
    points = layer(context, "umkm")
    where = read_table(context.inputs["cells"] / "umkm_cells.parquet")
    service = read_table(context.inputs["service"] / "service.parquet")
    cells = where["cell_id"].to_numpy()
    order = service["cell_id"].to_numpy()
    at = np.clip(np.searchsorted(order, cells), 0, max(len(order) - 1, 0))
    level = service["level"].to_numpy()[at] if len(order) else np.empty(0, dtype=str)
    areas = read_table(context.inputs["cells"] / "cells.parquet")["area_code"].astype("category")
    shown: pd.DataFrame = points[["lon_deg", "lat_deg", "digital", "sector"]].assign(level=level)
    if len(order):
        shown = shown.assign(area_code=areas.array[at])
    return shown.loc[cells >= 0].reset_index(drop=True)
