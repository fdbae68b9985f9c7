"""Helpers of the stages: grid over a box, polygons of a region, land, layers and specs of a run."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.catalog import read_spec, spec_names
from planner.grid import Grid, Raster
from planner.pipeline.artifacts import Block, read_bands, read_json, read_layer_artifact, read_raster
from planner.pipeline.stage import StageContext
from planner.radio.calibration import cover_correction
from planner.radio.surface import clutter_heights
from planner.scenario import Scenario
from planner.specs.backhaul import BackhaulSpec
from planner.specs.base import Spec
from planner.specs.calibration import CalibrationSpec
from planner.specs.candidates import CandidateSpec
from planner.specs.cost import CostSpec
from planner.specs.demand import DemandSpec
from planner.specs.radio import ClutterSpec, RadioSpec, TransmitterDefaults
from planner.specs.score import ScoreProfile
from planner.specs.service import ServiceSpec
from planner.specs.sites import SiteSpec

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "all_specs",
    "backhaul_specs",
    "built_up",
    "clutter_m",
    "cost_spec",
    "cover_db",
    "demand_spec",
    "grid_over",
    "layer",
    "layer_notes",
    "radio_spec",
    "raster_layer",
    "read_land",
    "region_polygons",
    "score_spec",
    "service_spec",
    "site_specs",
]

MARGIN_DEG = 0.02


def grid_over(bounds_deg: tuple[float, float, float, float], pixel_deg: float) -> Grid:
    """Grid whose lines are whole multiples of the pixel, so that two runs of one region share it."""
    west, south, east, north = bounds_deg
    col = math.floor((west - MARGIN_DEG) / pixel_deg)
    row = math.ceil((north + MARGIN_DEG) / pixel_deg)
    n_cols = math.ceil((east + MARGIN_DEG) / pixel_deg) - col
    n_rows = row - math.floor((south - MARGIN_DEG) / pixel_deg)
    return Grid(col * pixel_deg, row * pixel_deg, pixel_deg, n_rows, n_cols)


def region_polygons(admin: gpd.GeoDataFrame, areas: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Polygons of the region: those whose code is, or lies below, one of ``areas``; all where none is named."""
    shaped = admin.loc[~admin.geometry.isna() & ~admin.geometry.is_empty]
    if not areas:
        return shaped
    inside = [any(code == area or code.startswith(f"{area}.") for area in areas) for code in shaped["code"]]
    return shaped.loc[inside]


def read_land(frame: Path, block: Block | None = None) -> NDArray[np.bool_]:
    """Land mask of the run, shape of its grid, or of a block of it."""
    land: NDArray[np.bool_] = read_bands(frame / "land.tif", block)[1][0]
    return land


def raster_layer(context: StageContext, kind: str, block: Block | None = None) -> Raster | None:
    """Conformed raster of this run, or a block of it; None where the scenario has none."""
    folder = context.inputs.get(f"layer:{kind}")
    return None if folder is None else read_raster(folder / "data.tif", block)


def layer(context: StageContext, kind: str) -> Any:
    """Conformed layer of this run, empty (None for rasters) where the scenario has none."""
    return read_layer_artifact(context.inputs.get(f"layer:{kind}"), kind)


def layer_notes(context: StageContext) -> dict[str, dict[str, Any]]:
    """Ledger of each layer of this run, by kind."""
    return {
        name.removeprefix("layer:"): read_json(folder / "note.json")
        for name, folder in context.inputs.items()
        if name.startswith("layer:")
    }


def clutter_m(context: StageContext, block: Block | None = None) -> Raster | None:
    """Heights of the ground cover, of a block if one is given, or None without a clutter layer."""
    classes = raster_layer(context, "clutter", block)
    return None if classes is None else clutter_heights(classes, read_spec(ClutterSpec, "radio", "clutter"))


def built_up(context: StageContext) -> NDArray[np.bool_] | None:
    """Pixels whose ground cover is buildings, or None without a clutter layer."""
    classes = raster_layer(context, "clutter")
    if classes is None:
        return None
    code = read_spec(ClutterSpec, "radio", "clutter").heights.get("built")
    return None if code is None else classes.values == code.code


def cover_db(context: StageContext, spec: RadioSpec, block: Block | None = None) -> Raster | None:
    """Part of the fitted correction by ground cover, or None without correction or clutter layer."""
    classes = None if spec.correction is None else raster_layer(context, "clutter", block)
    if classes is None or spec.correction is None:
        return None
    return cover_correction(classes, read_spec(ClutterSpec, "radio", "clutter"), spec.correction)


def radio_spec(scenario: Scenario) -> RadioSpec:
    """Radio model of the scenario, with its calibration where one is named."""
    spec = read_spec(RadioSpec, "radio", scenario.radio.model, overrides=scenario.radio.overrides)
    path = scenario.calibration_path
    if path is None:
        return spec
    fitted = read_spec(CalibrationSpec, path.parent.name, path.stem, folder=path.parent.parent)
    return spec.model_copy(update={"correction": fitted.correction()})


def service_spec(scenario: Scenario) -> ServiceSpec:
    """Service model of the scenario."""
    return read_spec(ServiceSpec, "service", scenario.service.model, overrides=scenario.service.overrides)


def cost_spec(scenario: Scenario) -> CostSpec:
    """Cost model of the scenario."""
    return read_spec(CostSpec, "cost", scenario.cost.model, overrides=scenario.cost.overrides)


def demand_spec(scenario: Scenario) -> DemandSpec:
    """Demand model of the scenario."""
    return read_spec(DemandSpec, "demand", scenario.demand.model, overrides=scenario.demand.overrides)


def score_spec(scenario: Scenario) -> ScoreProfile:
    """Score profile of the scenario."""
    return read_spec(ScoreProfile, "score", scenario.score.model, overrides=scenario.score.overrides)


def site_specs(scenario: Scenario) -> tuple[SiteSpec, ...]:
    """Site types that the scenario allows; all of ``models/sites`` where it names none."""
    return tuple(read_spec(SiteSpec, "sites", name) for name in scenario.options.sites or spec_names("sites"))


def backhaul_specs(scenario: Scenario) -> tuple[BackhaulSpec, ...]:
    """Backhaul technologies that the scenario allows; all of ``models/backhaul`` where it names none."""
    names = scenario.options.backhaul or spec_names("backhaul")
    return tuple(read_spec(BackhaulSpec, "backhaul", name) for name in names)


def all_specs(scenario: Scenario) -> tuple[tuple[str, Spec], ...]:
    """Every assumption of a run with its file below ``models/``, for the sheet of sources."""
    rooms: list[tuple[str, Spec]] = [
        ("radio", radio_spec(scenario)),
        ("radio", read_spec(TransmitterDefaults, "radio", "transmitters")),
        ("radio", read_spec(ClutterSpec, "radio", "clutter")),
        ("demand", demand_spec(scenario)),
        ("service", service_spec(scenario)),
        ("score", score_spec(scenario)),
        ("cost", cost_spec(scenario)),
        ("candidates", read_spec(CandidateSpec, "candidates", "default")),
    ]
    rooms += [("sites", spec) for spec in site_specs(scenario)]
    rooms += [("backhaul", spec) for spec in backhaul_specs(scenario)]
    return tuple((f"{room}/{spec.name}.toml", spec) for room, spec in rooms)
