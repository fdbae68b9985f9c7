"""What becomes of the towers that stand."""

from __future__ import annotations

from planner.catalog import read_spec
from planner.pipeline.artifacts import read_table, write_json, write_sheet, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import layer
from planner.pipeline.stages._plan import read_plan
from planner.pipeline.stages._specs import site_specs
from planner.plan.existing import existing_towers
from planner.specs.candidates import CandidateSpec

__all__ = ["run"]


def run(context: StageContext) -> None:
    """Judge every tower on air or inactive."""
    inputs = context.inputs
    found = existing_towers(
        layer(context, "bts"),
        read_table(inputs["service"] / "bts_load.parquet"),
        read_table(inputs["cells"] / "cells.parquet"),
        read_table(inputs["service"] / "service.parquet"),
        read_plan(inputs["plan"]).sites,
        read_table(inputs["candidates"] / "candidates.parquet"),
        site_specs(context.scenario),
        reach_km=read_spec(CandidateSpec, "candidates", "default").move_km,
    )
    write_table(context.folder / "existing.parquet", found)
    write_sheet(context.publish_path("network/existing_towers.csv"), found)
    counts = found["verdict"].value_counts().sort_index()
    write_json(context.folder / "note.json", {"n_by_verdict": {str(k): int(n) for k, n in counts.items()}})
