"""A plan over years and sources of money, with floors: which site, when, paid by whom, and its proof.

Pipeline: collapse (cells of different floor areas stay apart) → growth year by year → price bound over years →
ruin and growth → sharing year by year. Limits are units of work, as in `planner.plan.select`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import InfeasibleError, Phrase
from planner.interrupt import heeding
from planner.plan.build import Draft, money, reach
from planner.plan.decisions import Demand, Word, allowed_options, demands_of, read_word, split_places
from planner.plan.instance import Instance, check_problem, make_instance, only_choices
from planner.plan.ledger import cost_names, costs_of, eligible, empty_ledger
from planner.plan.money_shares import keep_shares
from planner.plan.programme_tables import programme_plan
from planner.plan.rules import Rules, check_rules, is_within, whole_ceiling
from planner.plan.rules_check import refuse_contradictions
from planner.plan.schedule import FloorSet, Schedule, World, empty_schedule, join, make_world
from planner.plan.select import Clock, Search, State, check_call, make_certificate
from planner.plan.types import Certificate, Plan, Problem
from planner.plan.years import HARD, advance, settled, share_years, short_of, with_weight, worth_of_years
from planner.plan.years_bound import YearBound, years_bound
from planner.plan.years_search import grown_compiled, improve_compiled
from planner.plan.years_start import Rates, at_one_price, one_ceiling, scheduled

__all__ = [
    "check_kept",
    "filled",
    "make_programme",
    "refuse_unmet",
    "rules_instance",
    "select_programme",
    "solve_programme",
    "with_word",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_PRICE_MOVES = 60
_FLOOR_MOVES = 40
_RUIN_ROUNDS = 800
_FILLS = 3
_CEILINGS = (0.9, 0.95, 0.92)
"""Parts of what the best schedule costs under which plans of one ceiling are sought."""
_TRIAL_ROUNDS = 3
"""Ruins of each of them for one over years (a quarter of the work)."""
_SHARINGS = 3
"""Times that the rates planned neighbours leave are found anew during ruins over years."""
_LEANS, _SOFT_LEANS = 6, 2
"""Growths that lean more and more to missed floors, and those of them that floors with a price alone are worth."""


def select_programme(
    problem: Problem, rules: Rules, *, decisions: pd.DataFrame | None = None, time_limit_s: float | None = None,
    gap_target_share: float = 0.01, ruin_rounds: int = _RUIN_ROUNDS, price_moves: int = _PRICE_MOVES, seed: int = 0,
) -> Plan:  # fmt: skip
    """The plan that newly serves most over the years within all rules, and how close to the best it is proven to be.

    Parameters
    ----------
    problem
        Cells, options, network and weights.
    rules
        Years, sources of money, build rates, floors and shares of money.
    decisions
        The planner's word; a forced or locked site is switched on as early as money allows.
    time_limit_s
        Wall-clock limit on the search, None without one (see `planner.plan.select.select`).
    gap_target_share
        The search stops once the gap is this small.
    ruin_rounds, price_moves
        Limits of work of the search and of the bound.
    seed
        Of the local search.

    Raises
    ------
    LayerError, UsageError
        Inputs or rules that cannot be right.
    InfeasibleError
        A source that cannot even keep what stands, decisions that the money cannot meet, floors without a price
        that no plan meets (each with the most that is proven to be reachable) or that none was found for.

    Notes
    -----
    The certificate speaks of newly served weight averaged over the years, each by what it is worth
    (`planner.plan.rules.year_weights`), less the price of what soft floors lack.
    """
    check_rules(rules)
    check_call(whole_ceiling(rules), time_limit_s, gap_target_share, 1)
    check_kept(rules)
    refuse_contradictions(problem, rules)
    limits: dict[str, float] = {
        "price_moves": price_moves, "ruin_rounds": ruin_rounds, "gap_target_share": gap_target_share,
    }  # fmt: skip
    if time_limit_s is not None and math.isfinite(time_limit_s):
        limits["time_limit_s"] = time_limit_s
    search, world = make_programme(problem, rules, decisions, limits, seed)
    with heeding():
        schedule, drafts, certificate = solve_programme(search, world, problem.objective)
    return programme_plan(world, problem, schedule, drafts, certificate, search.words)


def check_kept(rules: Rules) -> None:
    """Refuse sources whose ceiling does not even pay for what already stands.

    Raises
    ------
    InfeasibleError
        Naming source and year.
    """
    faults: list[Phrase] = []
    for source in rules.sources:
        left = np.array(source.ceilings_idr) - source.kept_opex_idr_per_year
        left = np.cumsum(left) if source.carries_over else left
        if (left < 0).any():
            year = rules.years[int(np.argmax(left < 0))]
            text = f"{source.name} {year}: keeping up what stands takes {source.kept_opex_idr_per_year:.0f} IDR a year"
            kept = source.kept_opex_idr_per_year
            faults.append(Phrase(text, "kept_over", source=source.name, year=year, cost_idr=kept))
    if faults:
        listed = "; ".join(faults)
        message = f"the ceilings do not pay for what already stands: {listed}"
        raise InfeasibleError(message, code="kept_over_ceiling", faults=tuple(faults))


def make_programme(
    problem: Problem, rules: Rules, decisions: pd.DataFrame | None, limits: dict[str, float], seed: int
) -> tuple[Search, World]:
    """Checked problem and decisions as one search under rules, its clock started."""
    check_problem(problem)
    clock = Clock(limits.get("time_limit_s", math.inf))
    words = read_word(problem, decisions)
    instance, floors = rules_instance(problem, rules, words, allowed_options(problem, words))
    instance, demands = demands_of(instance, problem, words)
    search = Search(instance, whole_ceiling(rules), demands, words, clock, limits, seed)
    return search, make_world(instance, problem, rules, floors)


def rules_instance(
    problem: Problem, rules: Rules, words: tuple[Word, ...], is_allowed: NDArray[np.bool_]
) -> tuple[Instance, FloorSet]:
    """The instance of what some source could pay for, cells of different floors apart, and the floors on its groups."""
    inside, kind = floor_cells(problem, rules)
    instance = make_instance(
        problem, ceiling_idr=math.inf, is_allowed=is_allowed, split_places=split_places(words),
        wanted=frozenset(name for word in words if word.action != "forbid" for name in word.candidates),
        cell_kind=kind, prices=cost_names(rules),
    )  # fmt: skip
    instance = _affordable(instance, problem, rules)
    return instance, _floor_set(instance, rules, inside)


def floor_cells(problem: Problem, rules: Rules) -> tuple[NDArray[np.bool_], Ints]:
    """By floor the cells inside, and the kind of each cell: which floors hold it."""
    codes = problem.cells["area_code"].to_numpy(dtype=str)
    inside = np.array([is_within(codes, rules.codes(floor.area)) for floor in rules.floors], dtype=bool)
    inside = inside.reshape(len(rules.floors), len(codes))
    kind = (
        np.unique(inside, axis=1, return_inverse=True)[1] if len(rules.floors) and len(codes) else np.zeros(len(codes))
    )
    return inside, np.asarray(kind, dtype=np.int64).reshape(-1)


def _floor_set(instance: Instance, rules: Rules, inside: NDArray[np.bool_]) -> FloorSet:
    """Floors on groups; every cell of a group lies in the same ones."""
    held = np.zeros((len(rules.floors), instance.groups.n_groups), dtype=bool)
    on = np.flatnonzero(instance.cell_group >= 0)
    held[:, instance.cell_group[on]] = inside[:, instance.cell_rows[on]]
    least = np.array([floor.least for floor in rules.floors], dtype=float)
    price = np.array([math.inf if floor.price is None else floor.price for floor in rules.floors], dtype=float)
    return FloorSet(held, least, price)


def _affordable(instance: Instance, problem: Problem, rules: Rules) -> Instance:
    """The instance without choices that no source could pay for by itself in any year."""
    if not instance.n_choices:
        return instance
    ledger = empty_ledger(rules)
    most = np.where(ledger.carries_over, ledger.has.cumsum(axis=1).max(axis=1), ledger.has.max(axis=1))
    room = np.where(eligible(instance, problem, rules), most, -np.inf).max(axis=1, initial=-np.inf)
    return only_choices(instance, costs_of(instance, problem, rules).choice[0] <= room[instance.choice_place])


@dataclass(eq=False)
class _Best:
    """Best schedule so far with its sharing year by year."""

    schedule: Schedule
    drafts: list[Draft]


def solve_programme(
    search: Search, world: World, objective: str, *, start: Schedule | None = None
) -> tuple[Schedule, list[Draft], Certificate]:
    """Schedule, who serves whom in each year, and the proof.

    Parameters
    ----------
    search, world
        From `make_programme`.
    objective
        Name of the weight.
    start
        A schedule within the rules to begin with, besides those grown from nothing.

    Raises
    ------
    InfeasibleError
        As `select_programme`.
    """
    instance = search.instance
    schedule = empty_schedule(world)
    state = State(schedule.draft, -math.inf, math.inf, "", [])
    years = world.rules.years
    state.say(
        f"collapse: {len(instance.cell_rows)} cells, {instance.groups.n_groups} groups, {instance.n_choices} choices, "
        f"{len(years)} years"
    )
    best = _Best(schedule, [schedule.draft for _ in years])
    state.value = worth_of_years(world, best.drafts)
    if not instance.n_choices:
        refuse_unmet(search, world, best.drafts[-1])
        state.say("bound: no option reaches unserved weight, finds a backhaul and fits a source")
        state.lower(state.value, "nothing can be built")
        return (
            schedule,
            best.drafts,
            make_certificate(search, objective, state, "empty" if not len(world.floors.least) else "optimal"),
        )
    keep = frozenset(int(instance.choice_place[k]) for demand in search.demands for k in demand.choices)
    lean = _grown(search, world, state, best, keep)
    if start is not None:
        _take(world, state, best, filled(world, lean, start.copy(), search.clock.is_over), keep)
    state.say(f"growth over years: value {state.value:.8g}, {len(best.schedule.year)} sites")
    state.lower(float(instance.groups.weight.sum()), "all unserved weight within reach")
    bound = _bound(search, world, state, best.schedule)
    if (
        bound is not None and bound.is_infeasible
    ):  # the decisions are met, so it is floors that must be met which cannot be
        refuse_unmet(search, world, best.drafts[-1], is_proven=True)
    if not _is_done(search, world, state):
        _improved(search, world, (state, best), lean, bound)
    refuse_unmet(search, world, best.drafts[-1])
    return best.schedule, best.drafts, make_certificate(search, objective, state, "work_limit")


def _improved(search: Search, world: World, found: tuple[State, _Best], lean: Floats, bound: YearBound | None) -> None:
    """Plans under one ceiling, scheduled, then ruin and growth over years, guided by what the bound knows."""
    state, best = found
    keep = frozenset(int(world.instance.choice_place[k]) for demand in search.demands for k in demand.choices)
    low = np.zeros(len(lean))
    if bound is not None and len(lean):
        low = bound.floor_price / max(1e-9, float(world.year_worth[-1]))
    rates = Rates(world)
    rates.learn(best.drafts[-1])
    lean = np.maximum(low, lean)
    if bound is not None:
        lean = _trials(search, rates, found, (lean, low, keep), bound)
    turns, n_better = _SHARINGS if world.instance.air is not None else 1, 0
    for number in range(turns):
        if _is_done(search, world, state):
            break
        mine = rates.world()
        better, n = improve_compiled(
            mine, settled(mine, best.schedule), lean, rounds=int(search.limits["ruin_rounds"]) // turns,
            seed=search.seed + number, keep=keep, bound=bound, is_over=search.clock.is_over,
        )  # fmt: skip
        n_better += n
        rates.learn(_take(world, state, best, filled(mine, lean, better, search.clock.is_over), keep))
    state.say(f"ruin and growth: value {state.value:.8g} after {n_better} improvements")


def _trials(
    search: Search,
    rates: Rates,
    found: tuple[State, _Best],
    taste: tuple[Floats, Floats, frozenset[int]],
    bound: YearBound,
) -> Floats:
    """Plans under one ceiling, scheduled: each a little below what the best costs, leaning to floors that were missed."""
    (state, best), (lean, low, keep), world = found, taste, rates.true
    start, chosen = with_word(search, world), lean
    rounds = int(search.limits["ruin_rounds"] * _TRIAL_ROUNDS)
    for number, part in enumerate(_CEILINGS):
        if _is_done(search, world, state):
            break
        mine, before = rates.world(), state.value
        instance = at_one_price(mine, lean)
        first = start.draft if number % 2 == 0 else best.schedule.draft
        draft = one_ceiling(
            instance, first, ceiling_idr=part * money(instance, best.schedule.draft), rounds=rounds,
            seed=search.seed + number, bound=bound, keep=keep, is_over=search.clock.is_over,
        )  # fmt: skip
        if draft is None:
            continue
        schedule = filled(mine, lean, scheduled(mine, start, draft, lean), search.clock.is_over)
        last = _take(world, state, best, schedule, keep)
        rates.learn(last)
        chosen = lean if state.value > before else chosen
        lean = _leaning(world, lean, low, short_of(world, last))
    state.say(f"plans under one ceiling, scheduled: value {state.value:.8g}, {len(best.schedule.year)} sites")
    return chosen


def _leaning(world: World, lean: Floats, low: Floats, missing: Floats) -> Floats:
    """How far to lean next: more to floors that were missed, at most by their price, less to those that were met."""
    price = np.where(np.isfinite(world.floors.price), world.floors.price, HARD)
    most = price / max(1e-9, float(world.year_worth[-1]))
    return np.where(missing > 0, np.minimum(1.5 * lean + 0.3, most), low + 0.6 * (lean - low))


def _is_done(search: Search, world: World, state: State) -> bool:
    """Whether the clock has struck, or the gap is small beside what is served (not beside what missed floors cost)."""
    price = world.floors.price
    lost = np.where(np.isfinite(price), price, HARD) * short_of(world, state.draft)
    size = abs(state.bound) if not lost.any() else state.value + float(lost.sum())
    return search.clock.is_over() or state.bound - state.value <= search.limits["gap_target_share"] * size


def _take(world: World, state: State, best: _Best, schedule: Schedule, keep: frozenset[int]) -> Draft:
    """Take a schedule if it is the best so far, once its shares of money hold; who serves whom in its last year."""
    schedule = keep_shares(world, schedule, keep)
    drafts = share_years(world, schedule)
    value = worth_of_years(world, drafts)
    if value > state.value or not best.schedule.year:
        state.value, state.draft, best.schedule, best.drafts = value, drafts[-1], schedule, drafts
    return drafts[-1]


def _grown(search: Search, world: World, state: State, best: _Best, keep: frozenset[int]) -> Floats:
    """Plans grown from nothing, leaning ever more to floors that are missed; how far the best one leans."""
    start = with_word(search, world)
    lean = np.zeros(len(world.floors.least))
    chosen = lean
    for number in range(_LEANS):
        before = state.value
        schedule = filled(world, lean, start.copy(), search.clock.is_over)
        missing = short_of(world, _take(world, state, best, schedule, keep))
        chosen = lean if state.value > before or not number else chosen
        if not (missing > 0).any() or search.clock.is_over():
            break
        if number == _SOFT_LEANS and not (missing[np.isinf(world.floors.price)] > 0).any():
            break
        most = np.where(np.isfinite(world.floors.price), world.floors.price, HARD)
        lean = np.where(missing > 0, most if number == _LEANS - 2 else np.minimum(3.0 * lean + 0.3, most), lean)
    return chosen


def filled(world: World, lean: Floats, schedule: Schedule, is_over: Callable[[], bool]) -> Schedule:
    """Grown, sites moved forward, and grown again with the money that frees."""
    for _ in range(_FILLS):
        before = len(schedule.year)
        schedule = grown_compiled(world, schedule, lean) if not is_over() else schedule
        schedule = advance(world, schedule, is_over=is_over)
        if len(schedule.year) == before:
            break
    return schedule


def with_word(search: Search, world: World) -> Schedule:
    """The sites that decisions ask for, each in the earliest year that can pay for it.

    Raises
    ------
    InfeasibleError
        One finds no year and source.
    """
    schedule = empty_schedule(world)
    for demand in sorted(search.demands, key=lambda d: len(d.choices)):
        if set(demand.choices.tolist()) & set(schedule.draft.choice.values()):
            continue
        if not _meet(world, schedule, demand):
            _refuse_word(search)
    return schedule


def _meet(world: World, schedule: Schedule, demand: Demand) -> bool:
    most = world.rules.most_sites or (math.inf,) * len(world.rules.years)
    order = sorted(demand.choices.tolist(), key=lambda k: (world.instance.least_cost[k], k))
    for year in range(len(world.rules.years)):
        if sum(1 for at in schedule.year.values() if at == year) + 1 > most[year]:
            continue
        way = reach(world.by_year[year], schedule.draft)
        for choice in order:
            if int(world.instance.choice_place[choice]) not in schedule.year and join(
                world, schedule, choice, year, way
            ):
                return True
    return False


def _refuse_word(search: Search) -> NoReturn:
    names = tuple(item.word.label for item in search.demands)
    message = (
        f"the forced and locked sites cannot be built within the ceilings by source and year (together "
        f"{search.ceiling_idr:.0f} IDR): {'; '.join(names)}"
    )
    raise InfeasibleError(message, code="decisions_ceiling", decisions=names, ceiling_idr=search.ceiling_idr)


def _bound(search: Search, world: World, state: State, schedule: Schedule) -> YearBound | None:
    """Bound by prices; None where no move of them is allowed."""
    if search.limits["price_moves"] < 1:
        return None
    inside = np.zeros((len(world.rules.years), world.instance.n_choices))
    for place, choice in schedule.draft.choice.items():
        inside[schedule.year[place], choice] = 1.0
    missing, floors = short_of(world, state.draft), world.floors
    # what is served, at the prices that missed floors begin with: the steps of all prices follow from it
    soft = np.where(np.isfinite(floors.price), floors.price, 0.0)
    lost = np.where(missing > 0, np.where(soft > 0, soft * floors.least, HARD * missing), 0.0)
    found = years_bound(
        world, demands=tuple(demand.choices for demand in search.demands), inside=inside,
        value=state.value + float(lost.sum()), max_rounds=int(search.limits["price_moves"]),
        is_over=search.clock.is_over, is_missed=missing > 0,
    )  # fmt: skip
    name = "price bound over years with cost shares"
    state.lower(found.value, name)
    state.say(f"{name}: {found.value:.8g} after {found.rounds} moves, {found.n_rows} rows of money")
    return found


def refuse_unmet(search: Search, world: World, draft: Draft, *, is_proven: bool = False) -> None:
    """Refuse a plan that lacks floors without a price, with the most that is proven to be reachable for each.

    Raises
    ------
    InfeasibleError
        Naming area, floor, what the best plan reaches and what any plan could.
    """
    missing = np.where(np.isfinite(world.floors.price), 0.0, short_of(world, draft))
    if not missing.any():
        return
    rows, said = [], []
    for k in np.flatnonzero(missing > 0).tolist():
        reached = float(world.floors.least[k] - missing[k])
        most = _most_within(search, world, world.floors.inside[k], reached)
        proof = "no plan can reach all of them together" if is_proven else "whether a plan could is open"
        proof = "no plan can reach it" if most < world.floors.least[k] * (1 - 1e-9) else proof
        rows.append(
            f"{world.rules.floors[k].area}: {world.floors.least[k]:.10g} asked, {reached:.10g} reached, at most {most:.10g} "
            f"within the money ({proof})"
        )
        said.append(f"{world.rules.floors[k].area}: {world.floors.least[k]:.10g} → {reached:.10g} (≤ {most:.10g})")
    listed = "; ".join(rows)
    floors = "; ".join(said)
    if world.rules.goal is not None:
        message = f"the goal cannot be met in {len(rows)} area(s): {listed}. Lower the share, or set goal.relax = true"
        raise InfeasibleError(message, code="goal_unmet", n=len(rows), floors=floors)
    message = (
        f"{len(rows)} floor(s) cannot be met: {listed}. Lower them, or give them a price to let the plan fall short"
    )
    raise InfeasibleError(message, code="floors_unmet", n=len(rows), floors=floors)


def _most_within(search: Search, world: World, inside: NDArray[np.bool_], reached: float) -> float:
    """Upper bound on what any plan within the money newly serves in an area when it is complete; one serves ``reached``."""
    instance = world.instance
    if not instance.n_choices or not inside.any():
        return 0.0
    last = np.zeros(len(world.rules.years))
    last[-1] = 1.0
    leaning = with_weight(instance, np.where(inside, instance.groups.weight, 0.0))
    other = replace(world, instance=leaning, year_worth=last)
    none = FloorSet(np.zeros((0, len(inside)), dtype=bool), np.zeros(0), np.zeros(0))
    found = years_bound(
        replace(other, floors=none), inside=np.zeros((len(last), instance.n_choices)), value=reached, max_rounds=_FLOOR_MOVES,
        demands=tuple(demand.choices for demand in search.demands), is_over=search.clock.is_over,
    )  # fmt: skip
    return min(found.value, float(leaning.groups.weight.sum()))
