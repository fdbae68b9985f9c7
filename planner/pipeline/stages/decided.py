"""What each decision of the planner costs, against the plan that is free of it."""

from __future__ import annotations

from planner.pipeline.artifacts import write_json, write_sheet, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import layer
from planner.pipeline.stages._plan import read_plan
from planner.pipeline.stages._problem import read_problem
from planner.plan.word_prices import word_prices

__all__ = ["run", "warm"]

IMPORTS = ("planner.plan.word_prices",)


def warm() -> None:
    """Compile the kernels while this process has nothing to make."""
    from planner.plan.warm import compile_kernels

    compile_kernels()


def run(context: StageContext) -> None:
    """Price every decision."""
    plan, ceiling = read_plan(context.inputs["plan"]), context.scenario.budget.total_idr
    found = word_prices(read_problem(context)[0], plan, ceiling_idr=ceiling, decisions=layer(context, "decisions"))
    write_table(context.folder / "decisions.parquet", found)
    write_sheet(context.publish_path("decisions.csv"), found)
    write_json(
        context.folder / "note.json", {"n_decisions": len(found), "n_binding": int((found["price_weight"] > 0).sum())}
    )
