"""The problem of a run, as the stages before the plan left it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import networkx as nx
import numpy as np

from planner.backhaul.graph import assembled
from planner.pipeline.artifacts import read_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._air import read_air
from planner.plan.types import Problem
from planner.plan.weights import objective_weight

__all__ = ["read_problem"]

_READ = ("cells", "service", "score", "candidates", "options", "backhaul")


def read_problem(context: StageContext) -> tuple[Problem, nx.MultiGraph[str]]:
    """What the selection depends on, from the artifacts of the stages before it, and its network; not to be changed."""
    return _problem(tuple(context.inputs[name] for name in _READ), context.scenario.objective)


@lru_cache(maxsize=1)
def _problem(artifacts: tuple[Path, ...], objective: str) -> tuple[Problem, nx.MultiGraph[str]]:
    """The problem of these artifacts; kept, for the stages after the plan ask for the same."""
    at_cells, at_service, at_score, at_candidates, at_options, at_backhaul = artifacts
    cells = read_table(at_cells / "cells.parquet")
    service = read_table(at_service / "service.parquet")
    areas = read_table(at_score / "areas.parquet")
    tables = [read_table(at_backhaul / f"{name}.parquet") for name in ("nodes", "edges")]
    graph = assembled(*tables)
    problem = Problem(
        cells=cells,
        service=service,
        candidates=read_table(at_candidates / "candidates.parquet"),
        options=read_table(at_options / "options.parquet"),
        indptr=np.load(at_options / "indptr.npy", allow_pickle=False),
        indices=np.load(at_options / "indices.npy", allow_pickle=False),
        graph=graph,
        weight=objective_weight(objective, cells, service, areas=areas),
        objective=objective,
        air=read_air(at_options),
    )
    return problem, graph
