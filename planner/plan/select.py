"""Selection: which sites to build, of which type, with which backhaul, under one ceiling, with its proof.

Pipeline: collapse → network-growth greedy → linear bound with cost shares → improvement → search tree.
Every step is limited in units of work, so two runs with the same limits give the same plan; a wall-clock
limit ends it earlier only when it strikes, and the certificate then says so.
"""

from __future__ import annotations

import contextlib
import math
import time
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import InfeasibleError, UsageError
from planner.interrupt import ASKED, heeding
from planner.plan.bound import Bound, linear_bound
from planner.plan.build import (
    Draft,
    empty_draft,
    grow,
    money,
    twin,
)
from planner.plan.decisions import Demand, Word, allowed_options, demands_of, read_word, split_places
from planner.plan.exact import is_small, solve_exactly
from planner.plan.explain import site_reasons
from planner.plan.improve import improve
from planner.plan.instance import Instance, check_problem, make_instance
from planner.plan.meeting import joined, meet, meets
from planner.plan.model import make_model
from planner.plan.neighbours import improve_among_neighbours
from planner.plan.output import plan_totals, relay_table, route_links, routes, served_table, site_table
from planner.plan.prices import price_bound
from planner.plan.rejected import rejected_table
from planner.plan.serve import served_weight, share_out
from planner.plan.solver import TOLERANCE_SHARE
from planner.plan.types import Certificate, Plan, Problem
from planner.schema_columns import SURVEYS

__all__ = [
    "Clock",
    "Search",
    "State",
    "certify",
    "check_call",
    "first_draft",
    "gap_share",
    "make_certificate",
    "make_search",
    "plan_tables",
    "select",
]

STOPPED = "stopped by the user: the best plan so far"
_ROUNDS = 10
_RUIN_ROUNDS = 3000
_TRIALS = 10
"""Searches at the rates that neighbours leave."""
_PRICE_MOVES = 100
_LEAST_GAP_SHARE = 2e-6
_MOST_WORDS = 2000
"""Combinations of choices tried to meet all decisions at once."""


def select(
    problem: Problem,
    *,
    ceiling_idr: float,
    decisions: pd.DataFrame | None = None,
    time_limit_s: float | None = None,
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
        Wall-clock limit on the search, None without one: then the limits in units of work decide, and two
        runs are equal to the byte. With one, the certificate notes it, and says so where it struck: another
        run may then find another plan.
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
    check_call(ceiling_idr, time_limit_s, gap_target_share, max_nodes)
    limits: dict[str, float] = {
        "price_moves": _PRICE_MOVES, "ruin_rounds": _RUIN_ROUNDS, "max_nodes": max_nodes,
        "gap_target_share": gap_target_share,
    }  # fmt: skip
    if time_limit_s is not None and math.isfinite(time_limit_s):
        limits["time_limit_s"] = time_limit_s
    search = make_search(problem, ceiling_idr, decisions, limits, seed)
    with heeding():
        draft, certificate = _solve(search, problem.objective)
    return _make_plan(search, problem, draft, certificate)


def make_search(
    problem: Problem, ceiling_idr: float, decisions: pd.DataFrame | None, limits: dict[str, float], seed: int
) -> Search:
    """Checked problem and decisions as one search under a ceiling, its clock started."""
    check_problem(problem)
    clock = Clock(limits.get("time_limit_s", math.inf))
    words = read_word(problem, decisions)
    wanted = frozenset(name for word in words if word.action != "forbid" for name in word.candidates)
    instance = make_instance(
        problem, ceiling_idr=ceiling_idr, is_allowed=allowed_options(problem, words),
        split_places=split_places(words), wanted=wanted,
    )  # fmt: skip
    instance, demands = demands_of(instance, problem, words)
    return Search(instance, ceiling_idr, demands, words, clock, limits, seed)


def check_call(ceiling_idr: float, time_limit_s: float | None, gap_target_share: float, max_nodes: int) -> None:
    """Refuse limits that are no limits, all of them at once."""
    faults = []
    if not (math.isfinite(ceiling_idr) and ceiling_idr >= 0):
        faults.append(f"ceiling_idr is {ceiling_idr}: give a number of rupiah, at least 0")
    if time_limit_s is not None and (math.isnan(time_limit_s) or time_limit_s < 0):
        faults.append(f"time_limit_s is {time_limit_s}: give seconds, at least 0")
    if not 0 <= gap_target_share <= 1:
        faults.append(f"gap_target_share is {gap_target_share}: give a share, 0–1")
    if max_nodes < 0:
        faults.append(f"max_nodes is {max_nodes}: give a number of at least 0")
    if faults:
        raise UsageError("; ".join(faults), code="plan_call", faults="; ".join(faults))


@dataclass(frozen=True, eq=False)
class Clock:
    """The user's wall-clock limit (without one, no step looks at the time) and the user's wish to end (Ctrl-C)."""

    limit_s: float
    started_s: float = field(default_factory=time.monotonic)

    def left_s(self) -> float:
        """Seconds left, at least 0."""
        return max(0.0, self.limit_s - (time.monotonic() - self.started_s))

    def is_over(self) -> bool:
        """Whether the limit has struck, or the user has asked for an end."""
        return ASKED.is_set() or self.left_s() <= 0.0


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

    def is_done(self, state: State) -> bool:
        """Whether the gap is small enough or the user's clock has struck."""
        return self.clock.is_over() or state.bound - state.value <= self.limits["gap_target_share"] * state.bound

    def keeps_word(self, draft: Draft) -> bool:
        """Whether a plan has what the decisions ask for."""
        return all(meets(draft, demand) for demand in self.demands)


def _solve(search: Search, objective: str) -> tuple[Draft, Certificate]:
    """Draft and proof: greedy, linear bound, improvement, and the integer program where the problem is small."""
    instance = search.instance
    state = State(empty_draft(instance), 0.0, math.inf, "", [])
    state.say(
        f"collapse: {len(instance.cell_rows)} cells, {instance.groups.n_groups} groups, {instance.n_choices} choices"
    )
    if not instance.n_choices:
        state.say("bound 0: no option reaches unserved weight, finds a backhaul and fits")
        state.lower(0.0, "nothing can be built")
        return state.draft, make_certificate(search, objective, state, "empty")
    state.take(instance, share_out(instance, first_draft(search)))
    state.say(f"greedy: value {state.value:.8g}, {len(state.draft.choice)} sites")
    state.lower(float(instance.groups.weight.sum()), "all unserved weight within reach")
    bound = _bound(search, state)
    if not search.is_done(state):
        _ruin(search, state, bound)
    if not search.is_done(state) and is_small(instance):
        _finish(search, state, bound)
    _fill_up(search, state)
    return state.draft, make_certificate(search, objective, state, "work_limit")


def _ruin(search: Search, state: State, bound: Bound) -> None:
    """Ruin and recreate; where sites of the plan disturb each other, half of it at the rates they leave each other."""
    instance, rounds = search.instance, int(search.limits["ruin_rounds"])
    has_air = instance.air is not None
    better, n_better = improve(
        instance, _liked_draft(search, state, bound), ceiling_idr=search.ceiling_idr, rounds=rounds // 2 if has_air else rounds, seed=search.seed,
        bound=bound, keep=_bound_places(search), is_over=search.clock.is_over,
    )  # fmt: skip
    state.take(instance, share_out(instance, better))
    state.say(f"ruin and recreate: value {state.value:.8g} after {n_better} improvements")
    if not has_air or search.is_done(state):
        return
    better, n_better = improve_among_neighbours(
        instance, state.draft, ceiling_idr=search.ceiling_idr, work=(_TRIALS, rounds // _TRIALS),
        seed=search.seed + 1, bound=bound, keep=_bound_places(search), is_over=search.clock.is_over,
    )  # fmt: skip
    state.take(instance, better)
    state.say(f"among neighbours: value {state.value:.8g} after {n_better} improvements")


def _liked_draft(search: Search, state: State, bound: Bound) -> Draft:
    """A plan grown anew around what the bound likes best of each decision's choices; the best so far without decisions."""
    liked = bound.reduced[: search.instance.n_choices]
    if not search.demands or len(liked) < search.instance.n_choices:
        return state.draft
    with contextlib.suppress(InfeasibleError):  # met one by one they may stand in each other's way
        return share_out(search.instance, first_draft(search, liked))
    return state.draft


def _bound(search: Search, state: State) -> Bound:
    """Bound with cost shares: linear program for small problems, prices on the groups for the others."""
    instance, ceiling = search.instance, search.ceiling_idr
    sets = tuple(demand.choices for demand in search.demands)
    inside = np.zeros(instance.n_choices)
    inside[list(state.draft.choice.values())] = 1.0
    if is_small(instance):
        model = make_model(instance, ceiling_idr=ceiling, demands=sets)
        found, name = (
            linear_bound(instance, model, inside=inside, max_rounds=_ROUNDS, is_over=search.clock.is_over),
            "linear bound with cost shares",
        )
    else:
        found = price_bound(
            instance, ceiling_idr=ceiling, demands=sets, inside=inside, value=state.value,
            max_rounds=int(search.limits["price_moves"]), is_over=search.clock.is_over,
        )  # fmt: skip
        name = "price bound with cost shares"
    state.lower(found.value, name)
    state.say(f"{name}: {found.value:.8g} after {found.rounds} rounds, {found.n_rows or len(found.money_rows)} rows")
    if found.is_infeasible:
        _refuse(search)
    return found


def _refuse(search: Search) -> NoReturn:
    names = tuple(item.word.label for item in search.demands)
    ceiling = search.ceiling_idr
    listed = "; ".join(names)
    message = f"the forced and locked sites cannot be built together under the ceiling of {ceiling:.0f} IDR: {listed}"
    raise InfeasibleError(message, code="decisions_ceiling", decisions=names, ceiling_idr=ceiling)


def _finish(search: Search, state: State, bound: Bound) -> None:
    """The integer program with the whole network."""
    instance = search.instance
    sets = tuple(demand.choices for demand in search.demands)
    model = make_model(instance, ceiling_idr=search.ceiling_idr, demands=sets)
    exact = solve_exactly(
        instance, model, ceiling_idr=search.ceiling_idr, money_rows=bound.money_rows,
        max_nodes=int(search.limits["max_nodes"]), gap_target_share=search.limits["gap_target_share"],
        seconds=search.clock.left_s() if math.isfinite(search.clock.limit_s) else None,
    )  # fmt: skip
    if exact.draft is not None and search.keeps_word(exact.draft):
        state.take(instance, exact.draft)
    state.lower(exact.bound, "integer program with the whole network")
    state.say(f"integer program: {exact.status}, bound {exact.bound:.8g}, value {state.value:.8g}, {exact.nodes} nodes")


@dataclass(eq=False)
class State:
    """Best plan and best bound so far, and what was done."""

    draft: Draft
    value: float
    bound: float
    proved_by: str
    steps: list[str]

    def say(self, step: str) -> None:
        """Note what was done."""
        self.steps.append(step)

    def lower(self, bound: float, step: str) -> None:
        """Take a bound if it is the best so far."""
        if bound < self.bound:
            self.bound, self.proved_by = bound, step

    def take(self, instance: Instance, draft: Draft) -> None:
        """Take a plan if it is the best so far."""
        value = served_weight(instance, draft)
        if value > self.value or not self.draft.choice:
            self.draft, self.value = draft, value


def _fill_up(search: Search, state: State) -> None:
    """Sites that still fit and serve somebody new: sharing out again can leave somebody over."""
    for _ in range(_ROUNDS):
        draft = grow(search.instance, twin(state.draft), ceiling_idr=search.ceiling_idr, is_over=search.clock.is_over)
        if len(draft.choice) == len(state.draft.choice):
            return
        before = state.value
        state.take(search.instance, share_out(search.instance, draft))
        if not state.value > before:
            return


def _bound_places(search: Search) -> frozenset[int]:
    """Places that carry the sites decisions ask for."""
    return frozenset(int(search.instance.choice_place[k]) for demand in search.demands for k in demand.choices)


def first_draft(search: Search, liked: NDArray[np.float64] | None = None) -> Draft:
    """Greedy plan that meets the decisions first, each by the choice most ``liked`` where that can be built.

    Raises
    ------
    InfeasibleError
        The decisions alone cost more than the ceiling.
    """
    instance, ceiling = search.instance, search.ceiling_idr
    draft = empty_draft(instance)
    for demand in search.demands:
        if not meets(draft, demand) and not meet(instance, draft, demand, ceiling, liked):
            draft = meet_together(search)
            break
    return grow(instance, draft, ceiling_idr=ceiling, is_over=search.clock.is_over)


def meet_together(search: Search) -> Draft:
    """The cheapest choices found that meet all decisions at once, where one after the other stood in each other's way.

    Raises
    ------
    InfeasibleError
        None was found within the ceiling in `_MOST_WORDS` trials. That is no proof that there is none: the
        network of each combination is joined by a heuristic, and trials may run out.
    """
    instance, n_left, best, cost = search.instance, _MOST_WORDS, None, math.inf
    order = sorted(search.demands, key=lambda demand: len(demand.choices))
    stack: list[tuple[int, tuple[int, ...]]] = [(0, ())]
    while stack and n_left:
        at, chosen = stack.pop()
        while at < len(order) and set(order[at].choices.tolist()) & set(chosen):
            at += 1
        if at < len(order):
            taken = {int(instance.choice_place[k]) for k in chosen}
            free = [k for k in order[at].choices.tolist() if int(instance.choice_place[k]) not in taken]
            free.sort(key=lambda k: (-instance.least_cost[k], k))
            stack.extend((at + 1, (*chosen, int(k))) for k in free)
            continue
        n_left -= 1
        draft = joined(instance, chosen)
        if draft is not None and money(instance, draft) < cost:
            best, cost = draft, money(instance, draft)
        if cost <= search.ceiling_idr:
            break
    if best is None or cost > search.ceiling_idr:
        _refuse(search)
    return best


def make_certificate(search: Search, objective: str, state: State, status: str) -> Certificate:
    """The proof of a state, its status from the gap and the clock where it is ``work_limit``."""
    pair = state.value, max(state.value, state.bound)
    return certify(search, objective, pair, status, proved_by=state.proved_by, steps=tuple(state.steps))


def gap_share(high: float, low: float) -> float:
    """How far apart two figures are, as a share of the higher one; of the lower one's size where that is not above 0.

    Examples
    --------
    >>> gap_share(10.0, 8.0), gap_share(0.0, 0.0), gap_share(-5.0, -10.0)
    (0.2, 0.0, 0.5)
    """
    size = high if high > 0 else -low
    return (high - low) / size if size > 0 else 0.0


def certify(
    search: Search, objective: str, pair: tuple[float, float], status: str, *, proved_by: str, steps: tuple[str, ...],
    sense: str = "max",
) -> Certificate:  # fmt: skip
    """The proof of a value by a bound; ``pair`` is (value, bound), and ``sense`` says which of them is the larger."""
    instance, (value, bound) = search.instance, pair
    high, low = (bound, value) if sense == "max" else (value, bound)
    gap = gap_share(high, low)
    if status == "work_limit":
        if gap <= _LEAST_GAP_SHARE:
            status = "optimal"
        elif gap <= search.limits["gap_target_share"]:
            status = "gap_reached"
        elif search.clock.is_over():
            status = "stopped" if ASKED.is_set() else "time_limit"
    if ASKED.is_set():
        steps = (*steps, STOPPED)
    sizes = {
        "cells": len(instance.cell_rows), "groups": instance.groups.n_groups, "places": instance.n_places,
        "options": len(instance.option_rows), "choices": instance.n_choices, "links": len(instance.network.edge_cost),
    }  # fmt: skip
    return Certificate(
        objective=objective, value=value, bound=bound, gap_share=gap, proved_by=proved_by, steps=steps,
        seed=search.seed, work_limits=MappingProxyType(dict(search.limits)), status=status,
        rounding_share=TOLERANCE_SHARE, sizes=MappingProxyType(sizes), sense=sense,
    )  # fmt: skip


def plan_tables(
    instance: Instance, problem: Problem, draft: Draft
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Sites, links, relay towers and served cells of a draft."""
    served = served_table(instance, problem, draft)
    by_place = routes(instance, problem, draft)
    demand = served["cell_id"].map(problem.cells.set_index("cell_id")["demand_mbps"]) * served["share"]
    by_site = demand.groupby(served["site_id"]).sum()
    load = {place: float(by_site.get(instance.place_ids[place], 0.0)) for place in by_place}
    links = route_links(problem, by_place, load)
    relays = relay_table(problem, by_place)
    sites = site_table(instance, problem, draft, by_place, (links, relays, served))
    return sites, links, relays, served


def _make_plan(search: Search, problem: Problem, draft: Draft, certificate: Certificate) -> Plan:
    instance = search.instance
    sites, links, relays, served = plan_tables(instance, problem, draft)
    whys = site_reasons(instance, problem, draft, (sites, links, relays), search.ceiling_idr, search.words)
    return Plan(
        sites=sites.assign(why=pd.Series(whys, dtype="str", index=sites.index)), links=links, relays=relays,
        rejected=rejected_table(instance, problem, draft, search.words),
        surveys=pd.DataFrame({column.name: pd.Series(dtype="float64") for column in SURVEYS}),
        served=served, totals=MappingProxyType(plan_totals(problem, sites, links, relays, served)),
        certificate=certificate,
    )  # fmt: skip
