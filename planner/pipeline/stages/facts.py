"""Computes every total of the run, once."""

from __future__ import annotations

import shutil

from planner.facts import FactsInputs, LayerRows, compute_facts
from planner.pipeline.artifacts import read_json, read_table, write_json
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import layer, layer_notes
from planner.pipeline.stages._plan import read_plan
from planner.pipeline.stages._signal import coverage_edges, coverage_model
from planner.pipeline.stages._specs import radio_spec, service_spec
from planner.schema import LAYERS

__all__ = ["run"]


def run(context: StageContext) -> None:
    """Compute and publish the facts."""
    inputs = context.inputs
    edges = coverage_edges(inputs["coverage"])
    facts = compute_facts(
        FactsInputs(
            cells=read_table(inputs["cells"] / "cells.parquet"),
            service=read_table(inputs["service"] / "service.parquet"),
            admin=layer(context, "admin").drop(columns="geometry"),
            bts=layer(context, "bts"),
            spec=service_spec(context.scenario),
            umkm=layer(context, "umkm"),
            umkm_cells=read_table(inputs["cells"] / "umkm_cells.parquet"),
            areas=read_table(inputs["score"] / "areas.parquet"),
            bts_load=read_table(inputs["service"] / "bts_load.parquet"),
            plan=read_plan(inputs["plan"]),
            layers=ledger(context),
            demand=read_json(inputs["cells"] / "note.json"),
            coverage_model=coverage_model(inputs["coverage"]),
            coverage_edges=(edges.n_pixels, edges.n_above),
            interference=radio_spec(context.scenario).interference,
            planned_interference=read_json(inputs["interference"] / "note.json"),
            **{kind: layer(context, kind) for kind in ("fiber", "fiber_nodes", "satellite")},
        )
    )
    write_json(context.folder / "facts.json", facts.to_json())
    shutil.copyfile(context.folder / "facts.json", context.publish_path("facts.json"))


def ledger(context: StageContext) -> tuple[LayerRows, ...]:
    """What became of each input file of the run."""
    rows = []
    for kind, note in sorted(layer_notes(context).items()):
        for source, file in zip(context.scenario.sources(kind), note["files"], strict=True):
            rows.append(
                LayerRows(
                    kind=kind,
                    name=file["path"].rpartition("/")[2],
                    source=source.source,
                    year=source.year or 0,
                    n_in=file["n_in"],
                    n_used=file["n_used"],
                    n_quarantined=file["n_quarantined"],
                    evidence=file["evidence"],
                    completeness_share=source.completeness_share,
                    is_raster=LAYERS[kind].shape == "raster",
                )
            )
    return tuple(rows)
