"""Plans under ceilings around the scenario's own: what more or less money would serve."""

from __future__ import annotations

import pandas as pd

from planner.facts import FactsInputs, newly_served
from planner.pipeline.artifacts import write_json, write_sheet, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import layer
from planner.pipeline.stages._plan import dated, read_plan
from planner.pipeline.stages._problem import read_problem
from planner.pipeline.stages._specs import service_spec
from planner.plan.frontier import ceilings_around, frontier
from planner.plan.link_word import obey_links

__all__ = ["run", "warm"]

IMPORTS = ("planner.plan.frontier",)


def warm() -> None:
    """Compile the kernels while this process has nothing to make."""
    from planner.plan.warm import compile_kernels

    compile_kernels()


def run(context: StageContext) -> None:
    """Plan around the ceiling; the scenario's own plan is one of the points."""
    scenario = context.scenario
    decisions = layer(context, "decisions")
    problem = obey_links(read_problem(context)[0], decisions)
    plan = read_plan(context.inputs["plan"])
    ceiling = scenario.budget.total_idr
    found = frontier(
        problem,
        ceilings_idr=ceilings_around(ceiling, scenario.budget.frontier_points),
        decisions=decisions,
        plan=(ceiling, plan),
    )
    inputs = FactsInputs(
        cells=problem.cells,
        service=problem.service,
        admin=layer(context, "admin").drop(columns="geometry"),
        bts=pd.DataFrame(),
        spec=service_spec(context.scenario),
    )
    counted = newly_served(inputs, found.plans)
    points = found.points.assign(**{name: counted[name].to_numpy() for name in counted})
    write_table(context.folder / "points.parquet", points)
    for name in ("sites", "links"):
        tables = [getattr(dated(p, scenario.date.year), name).assign(point=k) for k, p in enumerate(found.plans)]
        write_table(context.folder / f"{name}.parquet", pd.concat(tables, ignore_index=True))
    write_sheet(context.publish_path("frontier.csv"), points)
    left_out = scenario.budget.frontier_points - len(points)
    write_json(context.folder / "note.json", {"n_points": len(points), "n_ceilings_below_decisions": left_out})
