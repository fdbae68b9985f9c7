"""Faults of the assumptions that a scenario names, found before anything is computed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from planner.errors import Phrase, PlannerError, ScenarioError
from planner.scenario import Scenario

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
    from planner import registry
    from planner.catalog import read_spec
    from planner.pipeline.stages import _frame as frame
    from planner.plan import candidates
    from planner.specs.backhaul import BackhaulSpec
    from planner.specs.sites import SiteSpec

    options = scenario.options
    reads: list[tuple[str, Callable[[], object]]] = [
        ("radio", partial(frame.radio_spec, scenario)),
        ("demand", partial(frame.demand_spec, scenario)),
        ("service", partial(frame.service_spec, scenario)),
        ("score", partial(frame.score_spec, scenario)),
        ("cost", partial(frame.cost_spec, scenario)),
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
    from planner.geo import pixel_deg_for
    from planner.pipeline.stages import _frame as frame
    from planner.pipeline.stages._picture import picture_step
    from planner.units import METRES_PER_DEGREE

    pixel_m = pixel_deg_for(scenario.region.pixel_m) * METRES_PER_DEGREE
    return picture_step(frame.radio_spec(scenario), pixel_m) > 1


def has_iterated_load(scenario: Scenario) -> bool:
    """Whether loads of stations follow their demand, so that coverage has to know them."""
    from planner.pipeline.stages import _frame as frame

    return frame.radio_spec(scenario).load == "iterated"


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
