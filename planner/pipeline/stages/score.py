"""Ranks areas by where service is needed most."""

from __future__ import annotations

import pandas as pd

from planner.catalog import read_spec
from planner.pipeline.artifacts import read_table, write_json, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import layer
from planner.schema import TABLES, check_frame
from planner.score import area_codes, score_areas, score_context
from planner.specs.score import ScoreProfile

__all__ = ["AREA_LEVELS", "run"]

AREA_LEVELS = ("hexagon", "provinsi", "kabupaten", "kecamatan", "desa")


def run(context: StageContext) -> None:
    """Score hexagons and areas of every level."""
    scenario = context.scenario
    cells = read_table(context.inputs["cells"] / "cells.parquet")
    service = read_table(context.inputs["service"] / "service.parquet")
    profile = read_spec(ScoreProfile, "score", scenario.score.model, overrides=scenario.score.overrides)
    around = score_context(
        cells,
        fiber=layer(context, "fiber"),
        fiber_nodes=layer(context, "fiber_nodes"),
        priority=layer(context, "priority"),
        priority_sectors=scenario.options.priority_sectors,
    )
    tables = []
    for level in AREA_LEVELS:
        codes = area_codes(cells, level, hexagon_resolution=scenario.outputs.hexagon_resolution)
        tables.append(score_areas(cells, service, area_code=codes, area_level=level, context=around, profile=profile))
    areas = (
        pd.concat([table for table in tables if len(table)], ignore_index=True) if any(map(len, tables)) else tables[0]
    )
    write_table(context.folder / "areas.parquet", check_frame(areas, TABLES["areas"], "areas"))
    counts = areas["area_level"].value_counts().sort_index()
    write_json(context.folder / "note.json", {"n_areas": {str(name): int(n) for name, n in counts.items()}})
