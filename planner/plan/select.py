"""Selection: which sites to build, of which type, with which backhaul, under one ceiling, with its proof.

Pipeline: collapse → network-growth greedy → linear bound with cost shares → improvement → search tree.
Every step is limited in units of work, so two runs with the same limits give the same plan; a wall-clock
limit ends it earlier only when it strikes, and the certificate then says so.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from planner.errors import InfeasibleError, UsageError
from planner.plan.bound import linear_bound
from planner.plan.build import Draft, add, empty_draft, extra_cost, grow, money, open_choices, passes_itself, reach
from planner.plan.decisions import Demand, Word, allowed_options, demands_of, read_word, split_places
from planner.plan.explain import rejected_table, site_reasons
from planner.plan.instance import Instance, check_problem, make_instance
from planner.plan.model import make_model
from planner.plan.output import plan_totals, relay_table, route_links, routes, served_table, site_table
from planner.plan.serve import served_weight, share_out
from planner.plan.solver import TOLERANCE_SHARE
from planner.plan.types import Certificate, Plan, Problem
from planner.schema_columns import SURVEYS

__all__ = ["select"]

_MAX_ROUNDS = 10
_LEAST_GAP_SHARE = 1e-9


def select(
    problem: Problem,
    *,
    ceiling_idr: float,
    decisions: pd.DataFrame | None = None,
    time_limit_s: float = 60.0,
    gap_target_share: float = 0.01,
    max_nodes: int = 2000,
    seed: int = 0,
) -> Plan:
    """The plan that newly serves most under the ceiling, and how close to the best it is proven to be.

    Parameters
    ----------
    problem
        Cells, options, network and weights.
    ceiling_idr
        On the present value of sites, links and relay towers, at least 0.
    decisions
        The planner's word (`schema.LAYERS["decisions"]`): forced, forbidden and locked sites.
    time_limit_s
        Wall-clock limit. The work limits end a run of ordinary size long before; when the clock ends it,
        the certificate says ``time_limit`` and another run may find another plan.
    gap_target_share
        The search stops once (bound − value) / bound is this small.
    max_nodes
        Nodes of the search tree at most.
    seed
        Of the local search.

    Raises
    ------
    LayerError
        Weights, costs, capacities or covers that cannot be right.
    InfeasibleError
        Decisions that contradict each other or cost more than the ceiling.
    UsageError
        A ceiling or limit that is no number of at least 0.
    """
    _check_call(ceiling_idr, time_limit_s, gap_target_share, max_nodes)
    check_problem(problem)
    clock = Clock(time_limit_s)
    words = read_word(problem, decisions)
    wanted = frozenset(name for word in words if word.action != "forbid" for name in word.candidates)
    instance = make_instance(
        problem, ceiling_idr=ceiling_idr, is_allowed=allowed_options(problem, words),
        split_places=split_places(words), wanted=wanted,
    )  # fmt: skip
    instance, demands = demands_of(instance, problem, words)
    limits = {"max_rounds": _MAX_ROUNDS, "max_nodes": max_nodes, "gap_target_share": gap_target_share}
    search = Search(instance, ceiling_idr, demands, words, clock, limits, seed)
    draft, certificate = _solve(search, problem.objective)
    return _make_plan(search, problem, draft, certificate)


def _check_call(ceiling_idr: float, time_limit_s: float, gap_target_share: float, max_nodes: int) -> None:
    faults = []
    if not (math.isfinite(ceiling_idr) and ceiling_idr >= 0):
        faults.append(f"ceiling_idr is {ceiling_idr}: give a number of rupiah, at least 0")
    if math.isnan(time_limit_s) or time_limit_s < 0:
        faults.append(f"time_limit_s is {time_limit_s}: give seconds, at least 0")
    if not 0 <= gap_target_share <= 1:
        faults.append(f"gap_target_share is {gap_target_share}: give a share, 0–1")
    if max_nodes < 0:
        faults.append(f"max_nodes is {max_nodes}: give a number of at least 0")
    if faults:
        raise UsageError("; ".join(faults), code="plan_call", faults="; ".join(faults))


@dataclass(frozen=True, eq=False)
class Clock:
    """The user's wall-clock limit; without one, no step looks at the time."""

    limit_s: float
    started_s: float = field(default_factory=time.monotonic)

    def left_s(self) -> float:
        """Seconds left, at least 0."""
        return max(0.0, self.limit_s - (time.monotonic() - self.started_s))

    def is_over(self) -> bool:
        """Whether the limit has struck."""
        return self.left_s() <= 0.0


@dataclass(frozen=True, eq=False)
class Search:
    """What every step of one selection shares."""

    instance: Instance
    ceiling_idr: float
    demands: tuple[Demand, ...]
    words: tuple[Word, ...]
    clock: Clock
    limits: dict[str, float]
    seed: int


def _solve(search: Search, objective: str) -> tuple[Draft, Certificate]:
    instance, ceiling = search.instance, search.ceiling_idr
    steps = [
        f"collapse: {len(instance.cell_rows)} cells, {instance.groups.n_groups} groups, {instance.n_choices} choices"
    ]
    if not instance.n_choices:
        return empty_draft(instance), _certificate(search, objective, (0.0, 0.0), "nothing can be built", [*steps, "bound 0: no option reaches unserved weight, finds a backhaul and fits"], "empty")  # fmt: skip
    draft = share_out(instance, first_draft(search))
    value = served_weight(instance, draft)
    steps.append(f"greedy: value {value:.6g}, {len(draft.choice)} sites")
    model = make_model(instance, ceiling_idr=ceiling, demands=tuple(d.choices for d in search.demands))
    inside = np.zeros(instance.n_choices)
    inside[list(draft.choice.values())] = 1.0
    bound = linear_bound(instance, model, inside=inside, max_rounds=int(search.limits["max_rounds"]))
    most = min(bound.value, float(instance.groups.weight.sum()))
    steps.append(f"linear bound: {most:.6g} after {bound.rounds} rounds")
    return draft, _certificate(search, objective, (value, most), "linear bound", steps, "work_limit")


def first_draft(search: Search) -> Draft:
    """Greedy plan that meets the decisions first.

    Raises
    ------
    InfeasibleError
        The decisions alone cost more than the ceiling.
    """
    instance, ceiling = search.instance, search.ceiling_idr
    draft = empty_draft(instance)
    for demand in search.demands:
        if not meets(draft, demand) and not meet(instance, draft, demand, ceiling):
            names = "; ".join(item.word.label for item in search.demands)
            message = (
                f"the forced and locked sites cannot be built together under the ceiling of {ceiling:.0f} IDR: {names}"
            )
            raise InfeasibleError(message, code="decisions_ceiling", decisions=names, ceiling_idr=ceiling)
    return grow(instance, draft, ceiling_idr=ceiling)


def meets(draft: Draft, demand: Demand) -> bool:
    """Whether a plan has one of the choices a decision asks for."""
    return bool(set(demand.choices.tolist()) & set(draft.choice.values()))


def meet(instance: Instance, draft: Draft, demand: Demand, ceiling_idr: float) -> bool:
    """Build the best choice that meets a decision, the cheapest where none serves anybody new."""
    among = np.zeros(instance.n_choices, dtype=bool)
    among[demand.choices] = True
    before = len(draft.choice)
    grow(instance, draft, ceiling_idr=ceiling_idr, among=among, max_sites=1)
    if len(draft.choice) > before:
        return True
    while among.any():
        way = reach(instance, draft)
        cost = np.where(among & open_choices(instance, draft), extra_cost(instance, draft, way), np.inf)
        choice = int(np.argmin(cost))
        if passes_itself(instance, way, choice) and np.isfinite(cost[choice]):
            way = reach(instance, draft, shut=int(instance.choice_place[choice]))
            cost[choice] = extra_cost(instance, draft, way)[choice]
        if cost[choice] <= ceiling_idr - money(instance, draft):
            add(instance, draft, choice, way if instance.choice_node[choice] >= 0 else None)
            return True
        among[choice] = False
    return False


def _certificate(
    search: Search, objective: str, figures: tuple[float, float], proved_by: str, steps: list[str], status: str
) -> Certificate:  # fmt: skip
    value, bound = figures
    bound = max(value, bound)
    instance = search.instance
    gap = (bound - value) / bound if bound > 0 else 0.0
    if status == "work_limit" and gap <= _LEAST_GAP_SHARE:
        status = "optimal"
    elif status == "work_limit" and gap <= search.limits["gap_target_share"]:
        status = "gap_reached"
    sizes = {
        "cells": len(instance.cell_rows), "groups": instance.groups.n_groups, "places": instance.n_places,
        "options": len(instance.option_rows), "choices": instance.n_choices, "links": len(instance.network.edge_cost),
    }  # fmt: skip
    return Certificate(
        objective=objective, value=value, bound=bound, gap_share=gap, proved_by=proved_by, steps=tuple(steps),
        seed=search.seed, work_limits=MappingProxyType(dict(search.limits)), status=status,
        rounding_share=TOLERANCE_SHARE, sizes=MappingProxyType(sizes),
    )  # fmt: skip


def _make_plan(search: Search, problem: Problem, draft: Draft, certificate: Certificate) -> Plan:
    instance = search.instance
    served = served_table(instance, problem, draft)
    by_place = routes(instance, problem, draft)
    demand = served["cell_id"].map(problem.cells.set_index("cell_id")["demand_mbps"]) * served["share"]
    by_site = demand.groupby(served["site_id"]).sum()
    load = {place: float(by_site.get(instance.place_ids[place], 0.0)) for place in by_place}
    links = route_links(problem, by_place, load)
    relays = relay_table(problem, by_place)
    sites = site_table(instance, problem, draft, by_place, (links, relays, served))
    whys = site_reasons(instance, problem, draft, (sites, links, relays), search.ceiling_idr, search.words)
    return Plan(
        sites=sites.assign(why=pd.Series(whys, dtype="str", index=sites.index)), links=links, relays=relays,
        rejected=rejected_table(instance, problem, draft, search.words),
        surveys=pd.DataFrame({column.name: pd.Series(dtype="float64") for column in SURVEYS}),
        served=served, totals=MappingProxyType(plan_totals(problem, sites, links, relays, served)),
        certificate=certificate,
    )  # fmt: skip
