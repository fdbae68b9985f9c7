"""The frontier: what each ceiling could serve, from one run, every point a plan that the checker has accepted."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from planner.errors import PlanRejectedError, UsageError
from planner.plan.bound import Bound
from planner.plan.build import Draft, empty_draft, grow, twin
from planner.plan.improve import improve
from planner.plan.instance import Instance
from planner.plan.output import plan_totals
from planner.plan.prices import price_bound
from planner.plan.select import Search, State, first_draft, make_certificate, make_search, plan_tables
from planner.plan.serve import served_weight, share_out
from planner.plan.types import Plan, Problem
from planner.plan.verify import verify
from planner.schema_columns import SURVEYS

__all__ = ["Frontier", "frontier"]

_LINES = 5
"""Ceilings at which prices are sought; their lines bound all others."""
_PRICE_MOVES = 60


@dataclass(frozen=True, eq=False)
class Frontier:
    """Points of the frontier, ceilings ascending.

    Parameters
    ----------
    points
        ``ceiling_idr, cost_idr, value, bound, gap_share, n_sites, n_umkm_new, people_new``: value and bound never
        fall from row to row.
    plans
        The plan of each row, accepted by the checker; without reasons and surveys.
    """

    points: pd.DataFrame
    plans: tuple[Plan, ...]


def frontier(
    problem: Problem, *, top_idr: float, n_points: int = 20, decisions: pd.DataFrame | None = None,
    ruin_rounds: int = 10, seed: int = 0,
) -> Frontier:  # fmt: skip
    """Plans under ``n_points`` evenly spaced ceilings up to ``top_idr``, each with its proof.

    Parameters
    ----------
    problem
        Cells, options, network and weights.
    top_idr
        The highest ceiling, above 0.
    n_points
        Ceilings: ``top_idr`` times 1/n, 2/n … 1.
    decisions
        The planner's word; it binds every point.
    ruin_rounds
        Rounds of improvement at each point.
    seed
        Of the improvement.

    Raises
    ------
    UsageError
        A ceiling or number of points that is not above 0.
    InfeasibleError
        Decisions that the lowest ceiling cannot pay.
    PlanRejectedError
        The checker refused a point (a fault of the program).

    Notes
    -----
    Each point is the better of two: the plan of the ceiling below, continued, and one grown from nothing; then
    improved. So what is served never falls. Prices found under one ceiling bound the plans under any other: the
    bound is the lowest of a few lines, which is concave in the ceiling. A point is quicker and so somewhat weaker
    than a `select` under the same ceiling.
    """
    if not (math.isfinite(top_idr) and top_idr > 0 and n_points > 0 and ruin_rounds >= 0):
        faults = f"top_idr {top_idr} (above 0), n_points {n_points} (above 0), ruin_rounds {ruin_rounds} (at least 0)"
        raise UsageError(f"the frontier was asked for wrongly: {faults}", code="plan_call", faults=faults)
    limits: dict[str, float] = {"price_moves": _PRICE_MOVES, "ruin_rounds": ruin_rounds, "gap_target_share": 0.0}
    whole = make_search(problem, top_idr, decisions, limits, seed)
    ceilings = [top_idr * (k + 1) / n_points for k in range(n_points)]
    searches = [Search(whole.instance, c, whole.demands, whole.words, whole.clock, limits, seed) for c in ceilings]
    drafts: list[Draft] = []
    for search in searches:
        drafts.append(_point(search, drafts[-1] if drafts else None))
    bound_at = _bounds(whole, ceilings, drafts)
    plans = tuple(_plan(s, problem, d, bound_at(s.ceiling_idr)) for s, d in zip(searches, drafts, strict=True))
    for search, plan in zip(searches, plans, strict=True):
        faults_found = verify(plan, problem, ceiling_idr=search.ceiling_idr, decisions=decisions)
        if faults_found:
            listed = "; ".join(faults_found[:10])
            message = f"the independent checker refused a point of the frontier: {listed}"
            raise PlanRejectedError(message, code="plan_rejected", n=len(faults_found), faults=listed)
    return Frontier(_table(ceilings, plans), plans)


def _point(search: Search, below: Draft | None) -> Draft:
    instance, ceiling = search.instance, search.ceiling_idr
    if not instance.n_choices:
        return empty_draft(instance)
    best = share_out(instance, first_draft(search))
    if below is not None:
        best = _better(instance, best, below)
        best = _better(instance, best, share_out(instance, grow(instance, twin(below), ceiling_idr=ceiling)))
    bound_to = frozenset(int(instance.choice_place[k]) for demand in search.demands for k in demand.choices)
    rounds = int(search.limits["ruin_rounds"])
    other, _ = improve(instance, best, ceiling_idr=ceiling, rounds=rounds, seed=search.seed, keep=bound_to)
    return _better(instance, best, other)


def _better(instance: Instance, a: Draft, b: Draft) -> Draft:
    return b if served_weight(instance, b) > served_weight(instance, a) else a


def _bounds(whole: Search, ceilings: list[float], drafts: list[Draft]) -> Callable[[float], float]:
    """Bound under any ceiling, from prices found under a few of them."""
    instance = whole.instance
    most = float(instance.groups.weight.sum())
    if not instance.n_choices:
        return lambda _: 0.0
    lines: list[tuple[float, Bound]] = []
    for k in sorted({round(at) for at in np.linspace(0, len(ceilings) - 1, _LINES)}):
        inside = np.zeros(instance.n_choices)
        inside[list(drafts[k].choice.values())] = 1.0
        found = price_bound(
            instance, ceiling_idr=ceilings[k], demands=tuple(demand.choices for demand in whole.demands), inside=inside,
            value=served_weight(instance, drafts[k]), max_rounds=_PRICE_MOVES,
        )  # fmt: skip
        lines.append((ceilings[k], found))

    def bound_at(ceiling_idr: float) -> float:
        tops = [b.value + b.per_idr * (ceiling_idr - c) for c, b in lines if math.isfinite(b.per_idr)]
        return min([most, *(top * (1 + 1e-9) for top in tops)])

    return bound_at


def _plan(search: Search, problem: Problem, draft: Draft, bound: float) -> Plan:
    instance = search.instance
    state = State(draft, served_weight(instance, draft), math.inf, "", [])
    state.lower(bound, "price bound with cost shares, over all ceilings")
    sites, links, relays, served = plan_tables(instance, problem, draft)
    names = sorted(set(problem.candidates["candidate_id"].astype(str)) - set(sites["candidate_id"].astype(str)))
    return Plan(
        sites=sites, links=links, relays=relays, rejected=pd.DataFrame({"candidate_id": names}), served=served,
        surveys=pd.DataFrame({column.name: pd.Series(dtype="float64") for column in SURVEYS}),
        totals=MappingProxyType(plan_totals(problem, sites, links, relays, served)),
        certificate=make_certificate(search, problem.objective, state, "work_limit"),
    )  # fmt: skip


def _table(ceilings: list[float], plans: tuple[Plan, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ceiling_idr": ceilings,
            "cost_idr": [plan.totals["cost_idr"] for plan in plans],
            "value": [plan.certificate.value for plan in plans],
            "bound": [plan.certificate.bound for plan in plans],
            "gap_share": [plan.certificate.gap_share for plan in plans],
            "n_sites": [int(plan.totals["n_sites"]) for plan in plans],
            "n_umkm_new": [plan.totals["n_umkm_new"] for plan in plans],
            "people_new": [plan.totals["people_new"] for plan in plans],
        }
    )
