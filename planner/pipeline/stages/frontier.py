"""Plans under ceilings around the scenario's own: what more or less money would serve."""

from __future__ import annotations

import pandas as pd

from planner.facts import FactsInputs, newly_served
from planner.pipeline.artifacts import write_json, write_sheet, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import layer
from planner.pipeline.stages._plan import dated, read_plan
from planner.pipeline.stages._problem import read_problem
from planner.pipeline.stages._rules import rules_of
from planner.pipeline.stages._specs import cost_spec, service_spec
from planner.plan.frontier import Frontier, ceilings_around, frontier
from planner.plan.link_word import obey_links
from planner.plan.types import Problem
from planner.plan.years_frontier import scales_around, years_frontier

__all__ = ["run", "warm"]

IMPORTS = ("planner.plan.frontier", "planner.plan.years_frontier")


def warm() -> None:
    """Compile the kernels while this process has nothing to make."""
    from planner.plan.warm import compile_kernels

    compile_kernels()


def run(context: StageContext) -> None:
    """Plan around the ceilings; the scenario's own plan is one of the points."""
    scenario = context.scenario
    problem = obey_links(read_problem(context)[0], layer(context, "decisions"))
    found = _found(context, problem)
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
    years = [plan.yearly.assign(point=k) for k, plan in enumerate(found.plans) if len(plan.yearly) > 1]
    if years:
        table = pd.concat(years, ignore_index=True)
        write_table(context.folder / "years.parquet", table)
        write_sheet(context.publish_path("frontier_years.csv"), table, digits=15)
    write_sheet(context.publish_path("frontier.csv"), points, digits=15)
    left_out = scenario.budget.frontier_points - len(points)
    write_json(context.folder / "note.json", {"n_points": len(points), "n_left_out": left_out})


def _found(context: StageContext, problem: Problem) -> Frontier:
    """Points under other ceilings: all sources and years scaled together, or the one ceiling there is."""
    scenario, decisions = context.scenario, layer(context, "decisions")
    plan, budget = read_plan(context.inputs["plan"]), scenario.budget
    rules = rules_of(scenario, layer(context, "priority"), cost_spec(scenario))
    if rules is None:
        ceilings = ceilings_around(budget.total_idr, budget.frontier_points)
        return frontier(
            problem, ceilings_idr=ceilings, decisions=decisions, plan=(budget.total_idr, plan),
            time_limit_s=budget.time_limit_s,
        )  # fmt: skip
    return years_frontier(
        problem, rules, scales=scales_around(budget.frontier_points), decisions=decisions, plan=plan,
        time_limit_s=budget.time_limit_s,
    )  # fmt: skip
