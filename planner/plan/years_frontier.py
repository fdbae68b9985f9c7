"""The frontier of a plan under rules: what all ceilings scaled up or down would serve, every point a checked plan.

Every source's ceiling of every year is scaled by one factor; what stands and is kept, floors, shares of money and build
rates stay as asked. More money never serves less, for the plan of a smaller scale is one of the larger as well.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import InfeasibleError, UsageError
from planner.interrupt import heeding
from planner.plan.build import Draft
from planner.plan.frontier import Frontier, accept, frontier_table
from planner.plan.money_shares import keep_shares
from planner.plan.programme import check_kept, filled, make_programme, with_word
from planner.plan.programme_tables import programme_plan
from planner.plan.rules import Rules, check_rules, whole_ceiling
from planner.plan.rules_check import refuse_contradictions
from planner.plan.schedule import Schedule, World
from planner.plan.select import Search, certify, check_call
from planner.plan.types import Plan, Problem
from planner.plan.years import HARD, settled, share_years, short_of, worth, worth_of_years
from planner.plan.years_bound import YearBound, bounds_by_scale, least_worth
from planner.plan.years_redraft import schedule_of, shrink_years
from planner.plan.years_search import improve_compiled

__all__ = ["Line", "rules_at", "scales_around", "years_frontier"]

Floats = NDArray[np.float64]
_LINES = (0.05, 0.15, 0.3, 0.6, 1.0)
"""Places along the scales at which prices are sought, besides the plan's own."""
_PRICE_MOVES = (25, 7)
"""Moves of the prices at the largest scale, and at each other from those before."""
_RUIN_ROUNDS = 60
_PROVED_BY = "price bound over years with cost shares, over all scales of the ceilings"


def scales_around(n_points: int) -> list[float]:
    """Evenly spaced factors on the ceilings, half of them up to 1 (which is one of them), the others above.

    Examples
    --------
    >>> scales_around(4)
    [0.5, 1.0, 1.5, 2.0]
    """
    below = math.ceil(n_points / 2)
    return [(k + 1) / below for k in range(n_points)]


def rules_at(rules: Rules, scale: float) -> Rules:
    """The rules with every ceiling times ``scale`` (at least 0); what stands is kept as it is.

    Examples
    --------
    >>> from planner.plan.rules import Source
    >>> rules_at(Rules((2026,), (Source("RM", "BAKTI", (10.0,), kept_opex_idr_per_year=1.0),)), 0.5).sources[0].ceilings_idr
    (5.0,)
    """
    sources = tuple(replace(s, ceilings_idr=tuple(c * scale for c in s.ceilings_idr)) for s in rules.sources)
    return replace(rules, sources=sources)


@dataclass(frozen=True, eq=False)
class _Point:
    """A schedule that keeps the rules, who serves whom in each year, what it is worth."""

    schedule: Schedule
    drafts: list[Draft]
    value: float


@dataclass(frozen=True, eq=False)
class Line:
    """Prices found under one scale: a bound there and under every smaller one."""

    scale: float
    found: YearBound

    def at(self, scale: float) -> float:
        """No plan under ``scale``, at most the line's own, is worth more."""
        if self.found.is_infeasible:
            return -math.inf
        top = self.found.value + self.found.per_scale * (scale / self.scale - 1.0)
        return top + 1e-9 * (abs(self.found.value) + abs(self.found.per_scale))


def years_frontier(
    problem: Problem, rules: Rules, *, scales: list[float], decisions: pd.DataFrame | None = None,
    plan: Plan | None = None, ruin_rounds: int = _RUIN_ROUNDS,
    time_limit_s: float | None = None, seed: int = 0,
) -> Frontier:  # fmt: skip
    """Plans under scaled ceilings, each with its proof.

    Parameters
    ----------
    problem
        Cells, options, network and weights.
    rules
        Years, sources, build rates, floors and shares of money, as asked.
    scales
        Factors on every ceiling, above 0 and ascending (`scales_around`).
    decisions
        The planner's word; it binds every point.
    plan
        The plan under the rules as asked (scale 1, one of ``scales``): it stands as that point, the others start from it.
    ruin_rounds
        Of improvement at each point.
    time_limit_s
        Wall-clock limit on the search, None without one; the points found by then stay, as after Ctrl-C.
    seed
        Of the improvement.

    Returns
    -------
    Frontier
        Its ``ceiling_idr`` is the sum over sources and years, ``spent_idr`` a present value; besides there are ``scale``,
        ``spent_in_years_idr`` (what the ceilings limit), ``served`` (weight newly served in the end) and ``floors_short``
        (weight that floors lack). Scales whose floors, decisions or kept sites no plan was found for are left out.

    Raises
    ------
    UsageError
        No scale, one that is not above 0, scales that do not ascend, or a plan without 1 among them.
    InfeasibleError
        Rules that no scale was found to meet.
    PlanRejectedError
        The checker refused a point (a fault of the program).

    Notes
    -----
    Each scale starts from the plan beside it (upwards its sites stay and others join, downwards those go that are worth
    least for their money) or from nothing, whichever grows better, and a few ruins follow. A line of prices holds for its own and
    smaller scales, so the bound is the lowest of those from at least the point's, and never falls with the scale.
    """
    _check(scales, plan)
    check_rules(rules)
    check_call(whole_ceiling(rules), time_limit_s, 0.0, 1)
    refuse_contradictions(problem, rules)
    payable = [scale for scale in scales if _is_kept(rules_at(rules, scale))]
    if not payable:
        check_kept(rules_at(rules, scales[-1]))
    limits: dict[str, float] = {"price_moves": _PRICE_MOVES[0], "ruin_rounds": ruin_rounds, "gap_target_share": 0.0}
    if time_limit_s is not None and math.isfinite(time_limit_s):
        limits["time_limit_s"] = time_limit_s
    with heeding():
        search, world = make_programme(problem, rules_at(rules, payable[-1]), decisions, limits, seed)
        worlds = [replace(world, rules=rules_at(rules, scale)) for scale in payable]
        own = None if plan is None else payable.index(1.0)
        start = None if plan is None or own is None else schedule_of(worlds[own], problem, plan)
        lines = _lines(search, worlds, payable, own, start)
        found = _Walk(search, worlds, payable, lines).points(own, start)
        is_cut = search.clock.is_over()
    bounds = _bounds(payable, lines, plan, world)
    points = _never_falling(worlds, found, own, math.inf if plan is None else plan.certificate.value, is_cut=is_cut)
    plans = [_plan(search, worlds[k], problem, point, bounds[k]) for k, point in enumerate(points) if point is not None]
    held = [k for k, point in enumerate(points) if point is not None]
    if plan is not None and own is not None:
        at = int(np.searchsorted(held, own))
        plans[at : at + (own in held)] = [plan]
        held = sorted({*held, own})
    if not held:
        message = "no plan was found for the floors and decisions under any of the ceilings"
        raise InfeasibleError(message, code="floors_unmet", n=len(rules.floors), floors="–")
    kept = [worlds[k].rules for k in held]
    accept(problem, [math.inf] * len(held), plans, decisions, rules=kept)
    return Frontier(_table([payable[k] for k in held], kept, plans), tuple(plans))


def _check(scales: list[float], plan: Plan | None) -> None:
    steps = np.diff([0.0, *scales])
    faults = []
    if not scales or not (np.isfinite(steps).all() and (steps > 0).all()):
        faults.append(f"scales {scales} (at least one, above 0 and ascending)")
    elif plan is not None and 1.0 not in scales:
        faults.append("a plan, but no scale of 1")
    if faults:
        message = f"the frontier was asked for wrongly: {'; '.join(faults)}"
        raise UsageError(message, code="plan_call", faults="; ".join(faults))


def _is_kept(rules: Rules) -> bool:
    """Whether the ceilings pay for what already stands."""
    try:
        check_kept(rules)
    except InfeasibleError:
        return False
    return True


def _keep(search: Search) -> frozenset[int]:
    """Places that decisions bind."""
    return frozenset(int(search.instance.choice_place[k]) for demand in search.demands for k in demand.choices)


def _lines(
    search: Search, worlds: list[World], scales: list[float], own: int | None, start: Schedule | None
) -> list[Line]:
    """Prices under a few scales, ascending."""
    instance = search.instance
    if not instance.n_choices:
        return []
    inside = np.zeros((len(worlds[0].rules.years), instance.n_choices))
    value = 0.3 * float(instance.groups.weight.sum())
    if start is not None:
        for place, choice in start.draft.choice.items():
            inside[start.year[place], choice] = 1.0
        value = float((instance.groups.weight * (1.0 - start.draft.rest)).sum())
    at = sorted({round((len(scales) - 1) * part) for part in _LINES} | ({own} if own is not None else set()))[::-1]
    found = bounds_by_scale(
        [(scales[k], worlds[k]) for k in at], demands=tuple(demand.choices for demand in search.demands), inside=inside,
        value=value, rounds=_PRICE_MOVES, is_over=search.clock.is_over,
    )  # fmt: skip
    return [Line(scales[k], line) for k, line in zip(at, found, strict=True)][::-1]


def _bounds(scales: list[float], lines: list[Line], plan: Plan | None, world: World) -> list[float]:
    """By scale the lowest bound that holds there, never falling; that of the given plan holds for smaller ones too."""
    most = float(world.instance.groups.weight.sum()) if world.instance.n_choices else least_worth(world)
    found = []
    for scale in scales:
        tops = [most, *(line.at(scale) for line in lines if line.scale >= scale)]
        if plan is not None and scale <= 1.0:
            tops = [plan.certificate.bound] if scale == 1.0 else [*tops, plan.certificate.bound]
        found.append(min(tops))
    return [max(found[: k + 1]) for k in range(len(found))]


class _Walk:
    """One way through all scales, from one of them down and up."""

    def __init__(self, search: Search, worlds: list[World], scales: list[float], lines: list[Line]) -> None:
        self.search, self.worlds, self.scales, self.lines = search, worlds, scales, lines
        self.keep = _keep(search)

    def points(self, own: int | None, start: Schedule | None) -> list[_Point | None]:
        """A plan a scale, None where none was found."""
        found: list[_Point | None] = [None] * len(self.worlds)
        at = len(self.worlds) // 2 if own is None else own
        if start is not None:
            drafts = share_years(self.worlds[at], start)
            found[at] = _Point(start, drafts, worth_of_years(self.worlds[at], drafts))
        for k in range(at if start is None else at + 1, len(self.worlds)):
            found[k] = self._at(k, found[k - 1] if k else None)
        now = found[at]
        for k in reversed(range(at)):
            found[k] = self._at(k, now)
            now = found[k] or now
        return found

    def _at(self, k: int, near: _Point | None) -> _Point | None:
        """A plan at a scale, from the one beside it (without what cannot be paid any more) and from nothing."""
        if self.search.clock.is_over():
            return None
        world, starts = self.worlds[k], []
        if near is not None and (less := shrink_years(world, settled(world, near.schedule), self.keep)) is not None:
            starts.append(less)
        with suppress(InfeasibleError):
            starts.append(with_word(self.search, world))
        return self._worked(k, starts) if starts else None

    def _worked(self, k: int, starts: list[Schedule]) -> _Point | None:
        """The best start grown on and improved; None where a floor without a price is missed or a share cannot hold."""
        search, world = self.search, self.worlds[k]
        if not search.instance.n_choices:
            return self._point(world, starts[0])
        guide = next((line.found for line in self.lines if line.scale >= self.scales[k]), None)
        lean = self._lean(world, guide)
        grown = [filled(world, lean, start, search.clock.is_over) for start in starts]
        schedule, _ = improve_compiled(
            world, max(grown, key=lambda schedule: worth(world, schedule)), lean, rounds=int(search.limits["ruin_rounds"]),
            seed=search.seed, keep=self.keep, bound=guide, is_over=search.clock.is_over,
        )  # fmt: skip
        try:
            schedule = keep_shares(world, filled(world, lean, schedule, search.clock.is_over), self.keep)
        except InfeasibleError:
            return None
        return self._point(world, schedule)

    def _point(self, world: World, schedule: Schedule) -> _Point | None:
        """The schedule shared out; None where a floor without a price is missed."""
        drafts = share_years(world, schedule)
        is_missed = ((short_of(world, drafts[-1]) > 0) & np.isinf(world.floors.price)).any()
        return None if is_missed else _Point(schedule, drafts, worth_of_years(world, drafts))

    def _lean(self, world: World, guide: YearBound | None) -> Floats:
        """What a floor's weight counts more while sites join."""
        hard = np.where(np.isinf(world.floors.price), HARD, 0.0)
        if guide is None or not len(hard):
            return hard
        return np.maximum(hard, guide.floor_price / max(1e-9, float(world.year_worth[-1])))


def _never_falling(
    worlds: list[World], found: list[_Point | None], own: int | None, value: float, *, is_cut: bool
) -> list[_Point | None]:
    """Points whose value never falls: one that is worth less than one below it gives way to that one.

    The given plan (``own``, worth ``value``) stays: a point below it that is worth more gives way to the next lower one.
    Where the search was cut short (``is_cut``), scales it did not come to stay without a point.
    """
    kept: list[_Point | None] = []
    best: _Point | None = None
    for k, point in enumerate(found):
        if k == own:
            is_same = point is not None and math.isclose(point.value, value, rel_tol=1e-6, abs_tol=1e-9)
            best = replace(point, value=value) if point is not None and is_same else None
            kept.append(best)
            continue
        now = point
        if own is not None and now is not None and (k < own) == (now.value > value):
            now = None
        is_unseen = is_cut and point is None
        if best is not None and not is_unseen and (now is None or now.value < best.value):
            now = replace(best, schedule=settled(worlds[k], best.schedule))
        kept.append(now)
        best = now if now is not None else best
    return kept


def _plan(search: Search, world: World, problem: Problem, point: _Point, bound: float) -> Plan:
    pair = point.value, max(point.value, bound)
    proof = certify(search, problem.objective, pair, "work_limit", proved_by=_PROVED_BY, steps=())
    return programme_plan(world, problem, point.schedule, point.drafts, proof, search.words, is_light=True)


def _table(scales: list[float], rules: list[Rules], plans: list[Plan]) -> pd.DataFrame:
    ceilings = [float(sum(sum(source.ceilings_idr) for source in held.sources)) for held in rules]
    return frontier_table(ceilings, plans).assign(
        scale=scales,
        spent_in_years_idr=[plan.totals["spent_idr"] for plan in plans],
        served=[plan.totals["weight_new"] for plan in plans],
        floors_short=[float(plan.equity.loc[plan.equity["rule"] == "floor", "short"].sum()) for plan in plans],
    )
