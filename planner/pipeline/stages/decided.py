"""What each decision of the planner costs, against the plan that is free of it."""

from __future__ import annotations

from planner.pipeline.artifacts import write_json, write_sheet, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import layer
from planner.pipeline.stages._plan import read_plan
from planner.pipeline.stages._problem import read_problem
from planner.pipeline.stages._rules import rules_of
from planner.pipeline.stages._specs import cost_spec
from planner.plan.word_prices import word_prices
from planner.plan.years_word_prices import years_word_prices

__all__ = ["run", "warm"]

IMPORTS = ("planner.plan.word_prices", "planner.plan.years_word_prices")


def warm() -> None:
    """Compile the kernels while this process has nothing to make."""
    from planner.plan.warm import compile_kernels

    compile_kernels()


def run(context: StageContext) -> None:
    """Price every decision."""
    scenario, decisions = context.scenario, layer(context, "decisions")
    problem, plan = read_problem(context)[0], read_plan(context.inputs["plan"])
    rules = rules_of(scenario, layer(context, "priority"), cost_spec(scenario))
    if rules is None:
        found = word_prices(problem, plan, ceiling_idr=scenario.budget.total_idr, decisions=decisions)
    else:
        found = years_word_prices(problem, plan, rules, decisions=decisions)
    write_table(context.folder / "decisions.parquet", found)
    write_sheet(context.publish_path("decisions.csv"), found, digits=15)
    write_json(
        context.folder / "note.json", {"n_decisions": len(found), "n_binding": int((found["price_weight"] > 0).sum())}
    )
