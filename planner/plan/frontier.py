"""The frontier: what each ceiling could serve, from one run, every point a plan that the checker has accepted."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from planner.errors import InfeasibleError, PlanRejectedError, UsageError
from planner.interrupt import heeding
from planner.plan.bound import Bound
from planner.plan.build import Draft, grow, twin
from planner.plan.improve import improve
from planner.plan.output import plan_totals
from planner.plan.prices import price_bound
from planner.plan.redraft import draft_of
from planner.plan.rules import Rules
from planner.plan.select import Search, State, first_draft, make_certificate, make_search, plan_tables
from planner.plan.serve import served_weight, share_out
from planner.plan.shrink import shrink
from planner.plan.types import Plan, Problem
from planner.plan.verify import verify
from planner.schema_columns import SURVEYS

__all__ = ["Frontier", "accept", "ceilings_around", "frontier", "frontier_table"]

_LINES = (0.0, 0.16, 0.47, 1.0)
"""Places along the ceilings at which prices are sought; their lines bound all others."""
_PRICE_MOVES = 25


@dataclass(frozen=True, eq=False)
class Frontier:
    """Points of the frontier, ceilings ascending.

    Parameters
    ----------
    points
        ``point`` (0, 1, …), ``ceiling_idr, spent_idr, value, bound, gap_share, n_sites, umkm, people, facilities``
        (newly served) and ``is_nested`` (its sites include all of the point below): value and bound never fall.
    plans
        The plan of each row, accepted by the checker; without reasons and surveys.
    """

    points: pd.DataFrame
    plans: tuple[Plan, ...]


def ceilings_around(ceiling_idr: float, n_points: int) -> list[float]:
    """Evenly spaced ceilings, half of them up to ``ceiling_idr`` (which is one of them), the others above.

    Examples
    --------
    >>> ceilings_around(10.0, 4)
    [5.0, 10.0, 15.0, 20.0]
    """
    below = math.ceil(n_points / 2)
    return [ceiling_idr * (k + 1) / below for k in range(n_points)]


def frontier(
    problem: Problem, *, ceilings_idr: list[float], decisions: pd.DataFrame | None = None,
    plan: tuple[float, Plan] | None = None, ruin_rounds: int = 6, time_limit_s: float | None = None, seed: int = 0,
) -> Frontier:  # fmt: skip
    """Plans under several ceilings, each with its proof.

    Parameters
    ----------
    problem
        Cells, options, network and weights.
    ceilings_idr
        Ceilings, above 0 and ascending (`ceilings_around`).
    decisions
        The planner's word; it binds every point. Ceilings that cannot pay it are left out.
    plan
        A plan and its ceiling, one of ``ceilings_idr``: it stands as that point, and the others start from it.
    ruin_rounds
        Rounds of improvement at each point.
    time_limit_s
        Wall-clock limit on the search, None without one; the points found by then stay, as after Ctrl-C.
    seed
        Of the improvement.

    Raises
    ------
    UsageError
        No ceiling, one that is not above 0, or ceilings that do not ascend.
    InfeasibleError
        Decisions that no ceiling can pay.
    PlanRejectedError
        The checker refused a point (a fault of the program).

    Notes
    -----
    One way through all ceilings: from the given plan (else from one grown under the middle ceiling) downwards by
    taking out what serves least for its money, upwards by growing on; every point is then improved. A plan that
    serves less than the one of a lower ceiling is replaced by it, so what is served never falls. Prices found
    under one ceiling bound the plans under any other: the bound is the lowest of a few lines, which is concave in
    the ceiling. A point is quicker and so somewhat weaker than a `select` under the same ceiling.
    """
    _check(ceilings_idr, ruin_rounds, plan)
    limits: dict[str, float] = {"price_moves": _PRICE_MOVES, "ruin_rounds": ruin_rounds, "gap_target_share": 0.0}
    if time_limit_s is not None and math.isfinite(time_limit_s):
        limits["time_limit_s"] = time_limit_s
    with heeding():
        whole = make_search(problem, ceilings_idr[-1], decisions, limits, seed)
        searches = [replace(whole, ceiling_idr=c) for c in ceilings_idr]
        at = len(searches) // 2 if plan is None else _at(ceilings_idr, plan[0])
        drafts = _drafts(searches, at, None if plan is None else plan[1])
        held = [k for k, draft in enumerate(drafts) if draft is not None]
        searches, found = [searches[k] for k in held], [draft for draft in drafts if draft is not None]
        ceilings = [search.ceiling_idr for search in searches]
        bound_at = _around(plan, _bounds(whole, ceilings, found))
    plans = [_plan(s, problem, draft, bound_at(s.ceiling_idr)) for s, draft in zip(searches, found, strict=True)]
    if plan is not None:
        plans[held.index(at)] = plan[1]
    plans = _never_falling(plans, None if plan is None else held.index(at), [bound_at(c) for c in ceilings])
    accept(problem, ceilings, plans, decisions)
    return Frontier(frontier_table(ceilings, plans), tuple(plans))


def _check(ceilings_idr: list[float], ruin_rounds: int, plan: tuple[float, Plan] | None) -> None:
    steps = np.diff([0.0, *ceilings_idr])
    faults = []
    if not ceilings_idr or not (np.isfinite(steps).all() and (steps > 0).all()):
        faults.append(f"ceilings {ceilings_idr} (at least one, above 0 and ascending)")
    if ruin_rounds < 0:
        faults.append(f"ruin_rounds {ruin_rounds} (at least 0)")
    if plan is not None and not any(math.isclose(c, plan[0], rel_tol=1e-12) for c in ceilings_idr):
        faults.append(f"a plan under {plan[0]}, which is none of the ceilings")
    if faults:
        message = f"the frontier was asked for wrongly: {'; '.join(faults)}"
        raise UsageError(message, code="plan_call", faults="; ".join(faults))


def _at(ceilings_idr: list[float], ceiling_idr: float) -> int:
    return next(k for k, c in enumerate(ceilings_idr) if math.isclose(c, ceiling_idr, rel_tol=1e-12))


def _drafts(searches: list[Search], at: int, plan: Plan | None) -> list[Draft | None]:
    """A draft a ceiling, None where the decisions cannot be paid."""
    instance = searches[0].instance
    middle = None if plan is None else draft_of(instance, plan.sites, plan.links)
    while middle is None:
        try:
            middle = _improved(searches[at], first_draft(searches[at]))
        except InfeasibleError:
            if at == len(searches) - 1:
                raise
            at += 1
    drafts: list[Draft | None] = [None] * len(searches)
    drafts[at] = middle
    is_over = searches[0].clock.is_over
    for k in range(at + 1, len(searches)):
        if is_over():
            break
        below = drafts[k - 1] or middle
        drafts[k] = _improved(searches[k], grow(instance, twin(below), ceiling_idr=searches[k].ceiling_idr))
    now = middle
    for k in reversed(range(at)):
        if is_over():
            break
        less = shrink(instance, now, ceiling_idr=searches[k].ceiling_idr, keep=_bound_places(searches[k]))
        if less is None:
            break
        now = _improved(searches[k], grow(instance, less, ceiling_idr=searches[k].ceiling_idr))
        drafts[k] = now
    return drafts


def _bound_places(search: Search) -> frozenset[int]:
    return frozenset(int(search.instance.choice_place[k]) for demand in search.demands for k in demand.choices)


def _improved(search: Search, draft: Draft) -> Draft:
    """The draft after a few ruins, shared out."""
    instance = search.instance
    rounds = int(search.limits["ruin_rounds"])
    better, n_better = improve(
        instance, draft, ceiling_idr=search.ceiling_idr, rounds=rounds, seed=search.seed, keep=_bound_places(search),
        is_over=search.clock.is_over,
    )  # fmt: skip
    return better if n_better else share_out(instance, draft)


def _bounds(whole: Search, ceilings: list[float], drafts: list[Draft]) -> Callable[[float], float]:
    """Bound under any ceiling, from prices found under a few of them."""
    instance = whole.instance
    most = float(instance.groups.weight.sum())
    if not instance.n_choices:
        return lambda _: 0.0
    lines: list[tuple[float, Bound]] = []
    for k in sorted({round((len(ceilings) - 1) * part) for part in _LINES}):
        inside = np.zeros(instance.n_choices)
        inside[list(drafts[k].choice.values())] = 1.0
        found = price_bound(
            instance, ceiling_idr=ceilings[k], demands=tuple(demand.choices for demand in whole.demands), inside=inside,
            value=served_weight(instance, drafts[k]), max_rounds=_PRICE_MOVES, is_over=whole.clock.is_over,
        )  # fmt: skip
        lines.append((ceilings[k], found))

    def bound_at(ceiling_idr: float) -> float:
        tops = [b.value + b.per_idr * (ceiling_idr - c) for c, b in lines if math.isfinite(b.per_idr)]
        return min([most, *(top * (1 + 1e-9) for top in tops)])

    return bound_at


def _around(plan: tuple[float, Plan] | None, bound_at: Callable[[float], float]) -> Callable[[float], float]:
    """The bounds with the one of the given plan: it holds below its ceiling too, and none above falls under it."""
    if plan is None:
        return bound_at
    ceiling, own = plan[0], plan[1].certificate.bound
    return lambda c: min(bound_at(c), own) if c <= ceiling else max(bound_at(c), own)


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


def _never_falling(plans: list[Plan], at: int | None, bounds: list[float]) -> list[Plan]:
    """Plans whose value never falls: one that serves less than the one below it gives way to that one.

    The given plan (``at``) stays: a plan below it that serves more gives way to the next lower one instead.
    """
    kept = list(plans)
    for k in range(1, len(kept)):
        if at is not None and k <= at and kept[k - 1].certificate.value > kept[at].certificate.value:
            kept[k - 1] = _under(kept[k - 2], bounds[k - 1]) if k > 1 else kept[k - 1]
        if k != at and kept[k].certificate.value < kept[k - 1].certificate.value:
            kept[k] = _under(kept[k - 1], bounds[k])
    return kept


def _under(plan: Plan, bound: float) -> Plan:
    """The plan under another ceiling, with the bound there."""
    proof = plan.certificate
    bound = max(bound, proof.value)
    gap = (bound - proof.value) / bound if bound > 0 else 0.0
    status = "work_limit" if bound > 0 else proof.status
    return replace(plan, certificate=replace(proof, bound=bound, gap_share=gap, status=status))


def accept(
    problem: Problem, ceilings: list[float], plans: list[Plan], decisions: pd.DataFrame | None,
    *, rules: list[Rules] | None = None,
) -> None:  # fmt: skip
    """Let the independent checker judge every point, under its ceiling and rules.

    Raises
    ------
    PlanRejectedError
        It refused one.
    """
    for k, (ceiling, plan) in enumerate(zip(ceilings, plans, strict=True)):
        held = None if rules is None else rules[k]
        faults = verify(plan, problem, ceiling_idr=ceiling, decisions=decisions, rules=held)
        if faults:
            listed = "; ".join(faults[:10])
            message = f"the independent checker refused a point of the frontier: {listed}"
            raise PlanRejectedError(message, code="plan_rejected", n=len(faults), faults=listed)


def frontier_table(ceilings: list[float], plans: list[Plan]) -> pd.DataFrame:
    """The points of a frontier from its ceilings and plans, as `Frontier` describes them."""
    built = [set(plan.sites["site_id"].astype(str)) for plan in plans]
    return pd.DataFrame(
        {
            "point": range(len(plans)),
            "ceiling_idr": ceilings,
            "spent_idr": [plan.totals["cost_idr"] for plan in plans],
            "value": [plan.certificate.value for plan in plans],
            "bound": [plan.certificate.bound for plan in plans],
            "gap_share": [plan.certificate.gap_share for plan in plans],
            "n_sites": [int(plan.totals["n_sites"]) for plan in plans],
            "umkm": [plan.totals["n_umkm_new"] for plan in plans],
            "people": [plan.totals["people_new"] for plan in plans],
            "facilities": [plan.totals["facilities_new"] for plan in plans],
            "is_nested": [k == 0 or built[k - 1] <= sites for k, sites in enumerate(built)],
        }
    )
