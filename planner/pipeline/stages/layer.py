"""Conforms one layer: every source of it, rows used and rows in quarantine, and a ledger of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from planner.catalog import read_spec
from planner.errors import LayerError
from planner.grid import Raster
from planner.layers import Conformed, Problem, ReadContext, read_layer
from planner.pipeline.artifacts import (
    read_grid,
    read_json,
    read_layer_artifact,
    write_geo,
    write_json,
    write_raster,
    write_table,
)
from planner.pipeline.stage import StageContext
from planner.scenario import LayerSource, Scenario
from planner.schema import LAYERS
from planner.specs.radio import TransmitterDefaults

__all__ = ["read_context", "run"]

MAX_FAULTY_SHARE = 0.05
"""DESIGN §8: a required layer with more faulty rows than this stops the run."""
REQUIRED = ("admin", "bts", "umkm", "umkm_counts", "population_counts")


def run(context: StageContext) -> None:
    """Read every source of the layer, keep what is used, publish what is not."""
    kind = context.stage.arguments["kind"]
    scenario = context.scenario
    reading = read_context(scenario, context.inputs)
    found = [
        (source, read_layer(source, kind, path=scenario.resolve(source), context=reading))
        for source in scenario.sources(kind)
    ]
    data = _joined(kind, [conformed.data for _, conformed in found])
    if scenario.observed_only and not isinstance(data, Raster):
        data = data.loc[data["evidence"] == "observed"].reset_index(drop=True) if "evidence" in data else data
    _write(context.folder, kind, data)
    write_json(context.folder / "note.json", _ledger(kind, found, data, scenario))
    quarantine = pd.concat([conformed.quarantine for _, conformed in found], ignore_index=True)
    if len(quarantine):
        from planner.layers.quarantine import write_quarantine_csv

        write_quarantine_csv(context.publish_path(f"quarantine/{kind}.csv"), quarantine)
    for _, conformed in found:
        _guard(conformed)
    faulty = sum(conformed.n_faulty for _, conformed in found)
    if faulty:
        context.say(f"     layer {kind}: {faulty} rows need repair, see quarantine/{kind}.csv")


def read_context(scenario: Scenario, inputs: Mapping[str, Path]) -> ReadContext:
    """What readers may know: region, codes and grid, once the admin layer has been read."""
    transmitters = read_spec(TransmitterDefaults, "radio", "transmitters")
    defaults = {technology: transmitters.for_technology(technology) for technology in transmitters.defaults}
    common: dict[str, Any] = {
        "folder": scenario.folder,
        "roots": scenario.allowed_roots,
        "areas": scenario.region.areas,
        "transmitter_defaults": defaults,
        "umkm_points": scenario.outputs.umkm_points,
    }
    if "frame" not in inputs:
        return ReadContext(**common)
    frame = read_json(inputs["frame"] / "frame.json")
    return ReadContext(
        **common,
        grid=read_grid(inputs["frame"]),
        bounds_deg=tuple(frame["bounds_deg"]),
        codes=read_layer_artifact(inputs["layer:admin"], "admin"),
    )


def _joined(kind: str, found: list[Any]) -> Any:  # Any: the data of a layer is a table or a raster, by its kind
    if LAYERS[kind].shape == "raster":
        from planner.layers.mosaic import overlay

        return overlay(found)
    if kind == "admin":
        from planner.layers.admin_merge import merge_admin

        return merge_admin(found)
    data = pd.concat(found, ignore_index=True)
    key = LAYERS[kind].key
    if key and data[key].duplicated().any():
        names = ", ".join(sorted(data.loc[data[key].duplicated(), key].astype(str).unique())[:5])
        message = f"layer '{kind}': two sources give the same {key} ({names} …): drop one source or rename its rows"
        raise LayerError(message, code="layer_key_twice", kind=kind, key=key, names=names)
    return data


def _guard(conformed: Conformed) -> None:
    kind = conformed.kind
    if kind == "decisions" and conformed.n_faulty:
        first = next((problem for problem in conformed.problems if problem.severity == "quarantine"), "")
        message = (
            f"{conformed.n_faulty} of {conformed.n_in} decisions cannot be read, and no plan is made without them: "
            f"mend or remove these rows. First: {first}"
        )
        raise LayerError(
            message, code="decisions_unread", n_faulty=conformed.n_faulty, n_in=conformed.n_in, first=first
        )
    if kind in REQUIRED and conformed.n_in and conformed.n_faulty / conformed.n_in > MAX_FAULTY_SHARE:
        first = next((problem for problem in conformed.problems if problem.severity == "quarantine"), "")
        message = (
            f"layer '{kind}': {conformed.n_faulty} of {conformed.n_in} rows cannot be used, more than "
            f"{MAX_FAULTY_SHARE:.0%}; run 'merata check' on the file. First: {first}"
        )
        raise LayerError(
            message, code="layer_too_faulty", kind=kind, n_faulty=conformed.n_faulty, n_in=conformed.n_in, first=first
        )


def _write(folder: Path, kind: str, data: Any) -> None:
    if isinstance(data, Raster):
        write_raster(folder / "data.tif", data)
    elif LAYERS[kind].shape in ("line", "polygon"):
        write_geo(folder / "data.parquet", data)
    else:
        write_table(folder / "data.parquet", data)


def _ledger(kind: str, found: list[tuple[LayerSource, Conformed]], data: Any, scenario: Scenario) -> dict[str, Any]:
    """Rows in, used and set aside, with the evidence of what is used: one entry of the data ledger."""
    is_raster = isinstance(data, Raster)
    return {
        "kind": kind,
        "files": [
            {
                "path": source.path,
                "source": source.source,
                "year": source.year,
                "n_in": conformed.n_in,
                "n_used": conformed.n_used,
                "n_quarantined": conformed.n_quarantined,
                "n_faulty": conformed.n_faulty,
                "evidence": _evidence(source, conformed.data),
                "notes": list(conformed.notes),
                "problems": [_plain(problem) for problem in conformed.problems[:20]],
            }
            for source, conformed in found
        ],
        "n_in": sum(conformed.n_in for _, conformed in found),
        "n_used": sum(conformed.n_used for _, conformed in found),
        "n_rows": 1 if is_raster else len(data),
        "n_quarantined": sum(conformed.n_quarantined for _, conformed in found),
        "evidence": _total(_evidence(source, conformed.data) for source, conformed in found),
        "observed_only": scenario.observed_only,
        **_lattice([conformed for _, conformed in found]),
    }


def _lattice(found: list[Conformed]) -> dict[str, Any]:
    """Pixels of the sources where these are coarser than the grid, and all alike."""
    first = found[0].lattice
    if first is None or not all(one.lattice is not None and first.is_in_step(one.lattice) for one in found):
        return {}
    return {"lattice": asdict(first)}


def _evidence(source: LayerSource, data: Any) -> dict[str, int]:
    """Rows used by kind of evidence; a raster counts as one row."""
    if isinstance(data, Raster):
        return {source.evidence or "observed": 1}
    if "evidence" not in data:
        return {"observed": len(data)} if len(data) else {}
    return {str(name): int(n) for name, n in data["evidence"].value_counts().sort_index().items()}


def _total(parts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(sorted(total.items()))


def _plain(problem: Problem) -> dict[str, Any]:
    """A problem as plain data."""
    return {
        name: getattr(problem, name)
        for name in ("file", "sheet", "line", "column", "value", "code", "message", "mend", "severity", "n_rows")
    }
