"""Chooses sites, technology and backhaul together, explains, lists surveys, and lets the checker judge."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import networkx as nx
import pandas as pd

from planner.backhaul.availability import accepted_percent, availability
from planner.backhaul.graph import check_graph
from planner.catalog import read_spec
from planner.errors import PlanRejectedError
from planner.interrupt import ASKED
from planner.pipeline.artifacts import write_json, write_sheet, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import layer
from planner.pipeline.stages._plan import dated, write_plan
from planner.pipeline.stages._problem import read_problem
from planner.pipeline.stages._rules import goal_of, rules_of
from planner.pipeline.stages._specs import backhaul_specs, cost_spec
from planner.plan.audit import ends_table, purchases_table, served_shares
from planner.plan.explain import explain
from planner.plan.goal import cheapest
from planner.plan.link_word import obey_links
from planner.plan.pemerataan import price_of_equity
from planner.plan.programme import select_programme
from planner.plan.rules import Rules
from planner.plan.rules_check import refuse_nowhere
from planner.plan.select import select
from planner.plan.surveys import surveys
from planner.plan.types import Plan, Problem
from planner.plan.verify import verify
from planner.specs.candidates import CandidateSpec

__all__ = ["run", "warm"]

IMPORTS = ("planner.plan.prices", "planner.plan.explain")

_SHOWN_FAULTS = 10


def warm() -> None:
    """Compile the kernels while this process has nothing to make."""
    from planner.plan.warm import compile_kernels

    compile_kernels()


def run(context: StageContext) -> None:
    """Select a plan; write it only when the independent checker has nothing against it."""
    scenario = context.scenario
    problem, graph = read_problem(context)
    check_graph(graph)
    decisions = layer(context, "decisions")
    problem = obey_links(problem, decisions)
    curve_rules = _curve_rules(context, problem)
    plan, rules = _select(context, problem, decisions)
    plan = dated(plan, scenario.date.year)
    ceiling = math.inf if rules is not None else scenario.budget.total_idr
    whole = (
        scenario.budget.total_idr if rules is None else plan.totals["cost_idr"] + float(plan.money["left_idr"].sum())
    )
    plan = explain(plan, problem, ceiling_idr=whole, decisions=decisions, areas=_names(context))
    reach_km = read_spec(CandidateSpec, "candidates", "default").reach_km
    plan = surveys(plan, problem, reach_km=reach_km)
    faults = verify(plan, problem, ceiling_idr=ceiling, decisions=decisions, rules=rules)
    if faults:
        listed = "; ".join(faults[:_SHOWN_FAULTS])
        message = f"the independent checker refused the plan ({len(faults)} faults): {listed}"
        raise PlanRejectedError(message, code="plan_rejected", n=len(faults), faults=listed)
    plan = _with_curve(context, problem, plan, decisions, curve_rules)
    write_plan(context.folder, plan)
    _for_auditors(context, plan, problem)
    over = _availability(context, plan, graph)
    note = {"certificate": plan.certificate.to_json(), "checker": "accepted", "n_sites_over_outage": over}
    write_json(context.folder / "note.json", note)


def _select(context: StageContext, problem: Problem, decisions: pd.DataFrame | None) -> tuple[Plan, Rules | None]:
    """The plan that the scenario asks for: for a goal, under rules, or under one ceiling; and what binds it."""
    scenario = context.scenario
    budget = scenario.budget
    goal = goal_of(scenario, problem.cells)
    if goal is not None:
        return cheapest(
            problem, goal, year=scenario.date.year, ceiling_idr=budget.ceiling_idr, decisions=decisions,
            time_limit_s=budget.time_limit_s, gap_target_share=budget.gap_target_share,
        )  # fmt: skip
    rules = rules_of(scenario, layer(context, "priority"), cost_spec(scenario))
    if rules is not None:
        plan = select_programme(
            problem, rules, decisions=decisions, time_limit_s=budget.time_limit_s,
            gap_target_share=budget.gap_target_share,
        )  # fmt: skip
        return plan, rules
    plan = select(
        problem, ceiling_idr=budget.total_idr, decisions=decisions, time_limit_s=budget.time_limit_s,
        gap_target_share=budget.gap_target_share, max_nodes=budget.max_nodes,
    )  # fmt: skip
    return plan, None


def _curve_rules(context: StageContext, problem: Problem) -> Rules | None:
    """Rules of the curve of pemerataan, looked at before anything is sought; None where none is asked for."""
    equity = context.scenario.equity
    if not equity.curve_points:
        return None
    rules = rules_of(context.scenario, layer(context, "priority"), cost_spec(context.scenario), is_always=True)
    if rules is not None:
        refuse_nowhere(problem, rules, equity.curve_area)
    return rules


def _with_curve(
    context: StageContext, problem: Problem, plan: Plan, decisions: pd.DataFrame | None, rules: Rules | None
) -> Plan:
    """The plan with the price of pemerataan, where the scenario asks for it."""
    equity = context.scenario.equity
    if rules is None or ASKED.is_set():
        return plan
    curve = price_of_equity(problem, rules, equity.curve_area, n_points=equity.curve_points, decisions=decisions)
    if ASKED.is_set():  # plans that were cut short say nothing about prices
        return plan
    write_sheet(context.publish_path("pemerataan.csv"), curve)
    return replace(plan, curve=curve)


def _for_auditors(context: StageContext, plan: Plan, problem: Problem) -> None:
    """Publish what the totals are summed from, with every digit."""
    tables = {
        "purchases": purchases_table(plan, problem), "served": served_shares(plan), "ends": ends_table(plan, problem),
        "money": plan.money, "years": plan.yearly, "equity": plan.equity,
    }  # fmt: skip
    for name, table in tables.items():
        if len(table.columns):
            write_sheet(context.publish_path(f"audit/{name}.csv"), table, digits=None)


def _availability(context: StageContext, plan: Plan, graph: nx.MultiGraph[str]) -> int:
    """Keep the outage of each site's way; how many exceed what their technologies accept."""
    ways = {
        str(site): tuple(json.loads(links))
        for site, links in zip(plan.sites["site_id"], plan.sites["link_ids"], strict=True)
    }
    found = availability(ways, graph, accepted=accepted_percent(backhaul_specs(context.scenario)))
    write_table(context.folder / "availability.parquet", found)
    write_sheet(context.publish_path("network/availability.csv"), found)
    return int(found["is_over"].sum())


def _names(context: StageContext) -> pd.DataFrame:
    """Codes and names of the areas."""
    admin: pd.DataFrame = layer(context, "admin")[["code", "name"]]
    return admin
