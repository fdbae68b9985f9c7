"""Assumptions of a scenario, read from the model files; without any numeric library, for every run begins here."""

from __future__ import annotations

import math

from planner.catalog import read_spec, spec_names
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

__all__ = [
    "all_specs",
    "backhaul_specs",
    "cost_spec",
    "demand_spec",
    "picture_step",
    "radio_spec",
    "score_spec",
    "service_spec",
    "site_specs",
]


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


def picture_step(spec: RadioSpec, pixel_m: float) -> int:
    """Pixels of a side of a block of the picture; 1 where the picture is as fine as the grid."""
    return max(1, math.floor(spec.picture_m / pixel_m + 0.25))
