"""The problem of a run, as the stages before the plan left it."""

from __future__ import annotations

import networkx as nx
import numpy as np

from planner.backhaul.graph import assembled
from planner.pipeline.artifacts import read_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._air import read_air
from planner.plan.types import Problem
from planner.plan.weights import objective_weight

__all__ = ["read_problem"]


def read_problem(context: StageContext) -> tuple[Problem, nx.MultiGraph[str]]:
    """What the selection depends on, from the artifacts of the stages before it, and its network."""
    inputs, objective = context.inputs, context.scenario.objective
    cells = read_table(inputs["cells"] / "cells.parquet")
    service = read_table(inputs["service"] / "service.parquet")
    areas = read_table(inputs["score"] / "areas.parquet")
    tables = [read_table(inputs["backhaul"] / f"{name}.parquet") for name in ("nodes", "edges")]
    graph = assembled(*tables)
    problem = Problem(
        cells=cells,
        service=service,
        candidates=read_table(inputs["candidates"] / "candidates.parquet"),
        options=read_table(inputs["options"] / "options.parquet"),
        indptr=np.load(inputs["options"] / "indptr.npy", allow_pickle=False),
        indices=np.load(inputs["options"] / "indices.npy", allow_pickle=False),
        graph=graph,
        weight=objective_weight(objective, cells, service, areas=areas),
        objective=objective,
        air=read_air(inputs["options"]),
    )
    return problem, graph
