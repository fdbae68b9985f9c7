"""Faults of the assumptions that a scenario names, found before anything is computed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from planner import registry
from planner.catalog import read_spec
from planner.errors import Phrase, PlannerError, ScenarioError
from planner.pipeline.stages._specs import cost_spec, demand_spec, picture_step, radio_spec, score_spec, service_spec
from planner.plan import candidates
from planner.scenario import Scenario
from planner.specs.backhaul import BackhaulSpec
from planner.specs.sites import SiteSpec
from planner.units import METRES_PER_DEGREE, pixel_deg_for

__all__ = ["assumption_faults", "has_coarse_picture", "has_iterated_load", "refuse"]


def assumption_faults(scenario: Scenario) -> list[str]:
    """What is wrong with the model files, replaced fields and registry names of a scenario, all at once.

    Parameters
    ----------
    scenario
        The scenario.

    Returns
    -------
    list of str
        One sentence a fault, beginning with the key of the scenario; empty where all can be read.
    """
    options = scenario.options
    reads: list[tuple[str, Callable[[], object]]] = [
        ("radio", partial(radio_spec, scenario)),
        ("demand", partial(demand_spec, scenario)),
        ("service", partial(service_spec, scenario)),
        ("score", partial(score_spec, scenario)),
        ("cost", partial(cost_spec, scenario)),
        *(("options.sites", partial(read_spec, SiteSpec, "sites", name)) for name in options.sites),
        *(("options.backhaul", partial(read_spec, BackhaulSpec, "backhaul", name)) for name in options.backhaul),
        *(("options.generators", partial(registry.load, candidates, name)) for name in options.generators),
    ]
    faults: list[str] = []
    for key, read in reads:
        try:
            read()
        except PlannerError as err:
            faults.append(Phrase(f"{key}: {err}", "fault_in", key=key, fault=Phrase(str(err), err.code, **err.fields)))
    return faults


def has_coarse_picture(scenario: Scenario) -> bool:
    """Whether pixels are finer than coverage is drawn, so that it has to know the demand cells."""
    pixel_m = pixel_deg_for(scenario.region.pixel_m) * METRES_PER_DEGREE
    return picture_step(radio_spec(scenario), pixel_m) > 1


def has_iterated_load(scenario: Scenario) -> bool:
    """Whether loads of stations follow their demand, so that coverage has to know them."""
    return radio_spec(scenario).load == "iterated"


def refuse(faults: list[str]) -> None:
    """Stop with every fault of a scenario in one message.

    Raises
    ------
    ScenarioError
        There is a fault.
    """
    if faults:
        message = "the scenario cannot be run:\n" + "\n".join(f"  - {fault}" for fault in faults)
        raise ScenarioError(message, code="scenario_unusable", faults=tuple(faults))
