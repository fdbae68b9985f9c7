"""Looks for places where a site could stand."""

from __future__ import annotations

from planner.catalog import read_spec
from planner.pipeline.artifacts import read_grid, read_table, write_json, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import layer, read_land
from planner.plan.candidates_run import DEFAULT_GENERATORS, make_candidates
from planner.plan.world import CandidateWorld
from planner.schema import TABLES, check_frame
from planner.specs.candidates import CandidateSpec

__all__ = ["run"]

IMPORTS = ("scipy.ndimage", "scipy.spatial")


def run(context: StageContext) -> None:
    """Run the generators of the scenario."""
    options = context.scenario.options
    frame = context.inputs["frame"]
    world = CandidateWorld(
        grid=read_grid(frame),
        land=read_land(frame),
        terrain=layer(context, "terrain"),
        cells=read_table(context.inputs["cells"] / "cells.parquet"),
        service=read_table(context.inputs["service"] / "service.parquet"),
        bts=layer(context, "bts"),
        admin=layer(context, "admin"),
        proposals=layer(context, "proposals"),
        facilities=layer(context, "facilities"),
        roads=layer(context, "roads"),
        spec=read_spec(CandidateSpec, "candidates", "default"),
        decisions=layer(context, "decisions"),
        priority=layer(context, "priority"),
        max_slope_deg=options.max_slope_deg,
        only_areas=options.only_areas,
        eligibility=options.eligibility,
        exclusions=layer(context, "exclusions"),
        objective=context.scenario.objective,
    )
    found = make_candidates(world, options.generators or DEFAULT_GENERATORS, max_candidates=options.max_candidates)
    write_table(context.folder / "candidates.parquet", check_frame(found, TABLES["candidates"], "candidates"))
    excluded = found["excluded_because"].value_counts().sort_index()
    write_json(
        context.folder / "note.json", {"n_by_exclusion": {str(k) or "usable": int(n) for k, n in excluded.items()}}
    )
