"""The inverse: the cheapest plan that reaches a goal, and the least that any plan reaching it costs.

The goal is a floor on newly served weight in each area. Sites join by what they add to areas still below their floor
per rupiah, needless ones leave, neighbourhoods are grown again; prices on groups and floors bound the cost from below
(`planner.plan.years_bound` with money that is paid instead of limited), and so do covers of whole sites
(`planner.plan.goal_bound`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import InfeasibleError
from planner.interrupt import ASKED, heeding
from planner.plan.build import Draft, money
from planner.plan.goal_bound import whole_sites_cost
from planner.plan.improve import neighbourhood
from planner.plan.instance import Instance
from planner.plan.programme import make_programme, refuse_unmet, with_word
from planner.plan.programme_tables import programme_plan
from planner.plan.rules import Floor, GoalRule, Rules, Source, is_within
from planner.plan.schedule import Schedule, Taste, World, grow_years
from planner.plan.select import Search, certify, check_call
from planner.plan.types import Plan, Problem
from planner.plan.years import settled, share_years, short_of, with_weight
from planner.plan.years_bound import years_bound

__all__ = ["cheapest"]

Floats = NDArray[np.float64]
_PRICE_MOVES = 80
_RUIN_ROUNDS = 40
_PRUNED_BY_SHARING = 30
_AIMS = (0.9, 0.93, 0.95, 0.97, 0.985, 1.0)
"""Parts of the floors that the search aims at, one after the other."""
_FARTHER = (1.0, 1.1, 1.25, 1.5, 2.0, 4.0)
"""Where interference is modelled: while sites join, nobody sees what their neighbours take from them."""
_NEAREST = 12


def cheapest(
    problem: Problem, goal: GoalRule, *, year: int, ceiling_idr: float | None = None,
    decisions: pd.DataFrame | None = None, time_limit_s: float | None = None, gap_target_share: float = 0.01,
    seed: int = 0,
) -> tuple[Plan, Rules]:  # fmt: skip
    """The cheapest plan found for a goal, in present value, with a lower bound on what the goal costs.

    Parameters
    ----------
    problem
        Cells, options, network and weights.
    goal
        Share of all weight that must be served in each area, what is served today included.
    year
        Calendar year of the plan.
    ceiling_idr
        What it may cost at most; None without a limit.
    decisions
        The planner's word.
    time_limit_s, gap_target_share, seed
        As in `planner.plan.select.select`.

    Returns
    -------
    Plan
        Its certificate has the sense ``min``: value is the cost, no plan that reaches the goal costs less than the bound.
    Rules
        What the checker holds it to: the goal as floors, its own cost as ceiling.

    Raises
    ------
    InfeasibleError
        Areas that no plan was found to lift so far (unless the goal is relaxed), with the most that is known to be
        reachable; or a cost above the ceiling, with what is proven about it.
    """
    check_call(0.0 if ceiling_idr is None else ceiling_idr, time_limit_s, gap_target_share, 1)
    floors, before = _floors(problem, goal)
    limits: dict[str, float] = {
        "price_moves": _PRICE_MOVES, "ruin_rounds": _RUIN_ROUNDS, "gap_target_share": gap_target_share,
    }  # fmt: skip
    if time_limit_s is not None and math.isfinite(time_limit_s):
        limits["time_limit_s"] = time_limit_s
    rules = Rules(
        (year,),
        (Source("", "", (_enough(problem),)),),
        is_present_value=True,
        floors=floors,
        groups=dict(goal.areas),
        goal=goal,
    )
    search, world = make_programme(problem, rules, decisions, limits, seed)
    with heeding():
        asked = float(world.floors.least.sum())
        world, reached = _reached(search, world, goal)
        is_cut = search.clock.is_over() and float(world.floors.least.sum()) < asked * (1 - 1e-9)
        ended = "stopped" if ASKED.is_set() else "time_limit"  # how far areas are lifted is then the clock's word
        schedule, steps = _cheaper(search, world, reached)
        drafts = share_years(world, schedule)
        cost = money(world.instance, drafts[-1])
        bound, step = _least_cost(search, world, schedule, cost)
        _check_ceiling(ceiling_idr, cost, bound)
        certificate = certify(
            search, problem.objective, (cost, bound), ended if is_cut else "work_limit", steps=(*steps, step), sense="min",
            proved_by="price bound on the cost and covers of whole sites, with cost shares",
        )  # fmt: skip
    rules = replace(world.rules, sources=(Source("", "", (cost * (1 + 1e-12),)),))
    plan = programme_plan(replace(world, rules=rules), problem, schedule, drafts, certificate, search.words)
    rows = _goal_rows(problem, goal, before, plan)
    return replace(plan, equity=pd.concat([plan.equity, rows], ignore_index=True)), rules


def _enough(problem: Problem) -> float:
    """More than everything together costs."""
    links = sum(float(data.get("cost_idr", 0.0)) for _, _, data in problem.graph.edges(data=True))
    towers = sum(float(data.get("tower_cost_idr", 0.0)) for _, data in problem.graph.nodes(data=True))
    return 2.0 * (float(problem.options["cost_idr"].sum()) + links + towers) + 1.0


def _floors(problem: Problem, goal: GoalRule) -> tuple[tuple[Floor, ...], dict[str, tuple[float, float]]]:
    """Newly served weight each area still needs, and by area its whole weight and what is served today."""
    codes = problem.cells["area_code"].to_numpy(dtype=str)
    weight = np.asarray(problem.weight, dtype=float)
    served = weight * np.where(
        problem.service["level"] == "unknown", 0.0, problem.service["served_share"].to_numpy(float)
    )
    floors, before = [], {}
    for name, held in sorted(goal.areas.items()):
        inside = is_within(codes, held)
        before[name] = (float(weight[inside].sum()), float(served[inside].sum()))
        needed = goal.share * before[name][0] - before[name][1]
        if needed > 1e-9 * max(1.0, before[name][0]):
            floors.append(Floor(name, needed))
    return tuple(floors), before


def _reached(search: Search, world: World, goal: GoalRule) -> tuple[World, Schedule]:
    """The world with floors that a plan is known to meet, and that plan: lowered to what it reaches where the goal is relaxed.

    Raises
    ------
    InfeasibleError
        Floors that it does not meet, unless the goal is relaxed.
    """
    best: tuple[float, Schedule, Draft] | None = None
    for part in _FARTHER if world.instance.air is not None else (1.0,):
        aim = replace(world, floors=replace(world.floors, least=world.floors.least * part))
        grown = settled(world, _grown(search, aim, with_word(search, world)))
        draft = share_years(world, grown)[-1]
        missing = short_of(world, draft)
        if best is None or float(missing.sum()) < best[0]:
            best = float(missing.sum()), grown, draft
        if not missing.any():
            return world, grown
    assert best is not None  # noqa: S101  # the loop has at least one turn
    _, grown, draft = best
    missing = short_of(world, draft)
    if not goal.is_relaxed:
        refuse_unmet(search, world, draft)
    least = (world.floors.least - missing) * (1 - 1e-9)
    kept = np.flatnonzero(least > 0)
    floors = tuple(replace(world.rules.floors[k], least=float(least[k])) for k in kept)
    held = replace(world.floors, inside=world.floors.inside[kept], least=least[kept], price=world.floors.price[kept])
    return replace(world, rules=replace(world.rules, floors=floors), floors=held), grown


def _grown(search: Search, world: World, schedule: Schedule, favour: Floats | None = None) -> Schedule:
    """Sites join by what they add to areas that are still short, until none is or nothing helps."""
    return grow_years(
        world, schedule, taste=Taste(favour, _only_short(world)), is_over=_is_met(search, world, schedule)
    )


def _is_met(search: Search, world: World, schedule: Schedule) -> Callable[[], bool]:
    return lambda: search.clock.is_over() or not short_of(world, schedule.draft).any()


def _only_short(world: World) -> Callable[[Draft], Instance | None]:
    """Weights that count only in areas still short of their floor."""
    known: dict[bytes, Instance] = {}

    def weights_of(draft: Draft) -> Instance:
        missing = short_of(world, draft) > 0
        key = missing.tobytes()
        if key not in known:
            inside = missing.astype(float) @ world.floors.inside > 0
            known[key] = with_weight(world.instance, np.where(inside, world.instance.groups.weight, 0.0))
        return known[key]

    return weights_of


def _cheaper(search: Search, world: World, reached: Schedule) -> tuple[Schedule, tuple[str, ...]]:
    """Needless sites leave, then neighbourhoods are taken out and grown again while that costs less.

    While sites join, each serves what the earlier ones left; the best sharing serves more. So the search aims at
    somewhat lower floors (the lowest that still works), and every plan it takes meets the real ones once shared.
    """
    keep = frozenset(int(world.instance.choice_place[k]) for demand in search.demands for k in demand.choices)
    start = with_word(search, world)
    for part in _AIMS:
        aim = replace(world, floors=replace(world.floors, least=world.floors.least * part))
        now = _pruned(aim, settled(aim, _grown(search, aim, start.copy())), keep)
        if _meets(world, now):
            break
    else:
        now = reached  # what is known to meet the floors
    cost = money(world.instance, now.draft)
    steps = [f"cover: {cost:.8g} IDR, {len(now.year)} sites, aimed at {part:.0%} of the floors"]
    rng = np.random.default_rng(search.seed)
    n_better = 0
    for _ in range(int(search.limits["ruin_rounds"])):
        built = np.array(sorted(set(now.year) - keep), dtype=np.int64)
        if not len(built) or search.clock.is_over():
            break
        out = neighbourhood(world.instance, built, rng)
        favour = np.exp(rng.normal(0.0, 0.15, (1, world.instance.n_choices)))
        trial = _grown(search, aim, settled(aim, now, set(now.year) - out), favour)
        if short_of(aim, trial.draft).any():
            continue
        trial = _pruned(
            aim, settled(aim, trial), keep, among=set(trial.year) - set(now.year) | _near(world, trial, out)
        )
        other = money(world.instance, trial.draft)
        if other < cost * (1 - 1e-9) and _meets(world, trial):
            now, cost, n_better = trial, other, n_better + 1
    steps.append(f"ruin and growth: {cost:.8g} IDR after {n_better} improvements")
    now = _pruned_by_sharing(world, now, keep, search.clock.is_over)
    spared = money(world.instance, now.draft)
    steps.append(f"without sites that a better sharing spares: {spared:.8g} IDR, {len(now.year)} sites")
    return now, tuple(steps)


def _meets(world: World, schedule: Schedule) -> bool:
    return not short_of(world, share_years(world, schedule)[-1]).any()


def _near(world: World, schedule: Schedule, out: set[int]) -> set[int]:
    """The built places nearest to those taken out."""
    built = np.array(sorted(schedule.year), dtype=np.int64)
    at = sorted(out)
    lon, lat = world.instance.place_lon_deg, world.instance.place_lat_deg
    far = np.hypot(lon[built][:, None] - lon[at], lat[built][:, None] - lat[at]).min(axis=1)
    return set(built[np.argsort(far, kind="stable")[:_NEAREST]].tolist())


def _by_merit(world: World, schedule: Schedule, keep: frozenset[int]) -> list[int]:
    """Places from the one that serves least for its own money."""
    weight, draft = world.instance.groups.weight, schedule.draft
    merit = {
        place: float((weight[draft.took[place][0]] * draft.took[place][1]).sum())
        / max(1.0, float(world.costs.choice[0][choice]))
        for place, choice in draft.choice.items()
        if place not in keep
    }
    return sorted(merit, key=lambda place: (merit[place], place))


def _pruned(world: World, schedule: Schedule, keep: frozenset[int], *, among: set[int] | None = None) -> Schedule:
    for place in _by_merit(world, schedule, keep):
        if among is not None and place not in among:
            continue
        trial = settled(world, schedule, set(schedule.year) - {place})
        if not short_of(world, trial.draft).any():
            schedule = trial
    return schedule


def _pruned_by_sharing(world: World, schedule: Schedule, keep: frozenset[int], is_over: Callable[[], bool]) -> Schedule:
    for place in _by_merit(world, schedule, keep)[:_PRUNED_BY_SHARING]:
        if is_over():
            break
        trial = settled(world, schedule, set(schedule.year) - {place})
        if not short_of(world, share_years(world, trial)[-1]).any():
            schedule = trial
    return schedule


def _least_cost(search: Search, world: World, schedule: Schedule, cost: float) -> tuple[float, str]:
    """Lower bound on what meeting the floors and the decisions costs."""
    if not len(world.floors.least) or cost <= 0:
        return 0.0, "bound: 0 IDR, nothing is asked"
    inside = np.zeros((1, world.instance.n_choices))
    inside[0, list(schedule.draft.choice.values())] = 1.0
    found = years_bound(
        world, demands=tuple(demand.choices for demand in search.demands), inside=inside,
        value=float(world.floors.least.sum()), max_rounds=int(search.limits["price_moves"]), is_over=search.clock.is_over,
        paid_idr=cost,
    )  # fmt: skip
    by_price = min(cost, found.value * (1 - 1e-9))
    whole = whole_sites_cost(
        world.instance, world.floors, (found.prices, found.floor_price), (inside[0], found.hint[0])
    )
    step = (
        f"price bound on the cost with cost shares: {by_price:.8g} IDR after {found.rounds} moves, {found.n_rows} rows"
    )
    return max(by_price, min(cost, whole)), f"{step}; covers of whole sites: {min(cost, whole):.8g} IDR"


def _check_ceiling(ceiling_idr: float | None, cost: float, bound: float) -> None:
    if ceiling_idr is None or cost <= ceiling_idr:
        return
    proof = "no plan reaches it" if bound > ceiling_idr else "whether a cheaper plan reaches it is open"
    message = (
        f"the goal costs {cost:,.0f} IDR in the cheapest plan found and at least {bound:,.0f} IDR, the ceiling is "
        f"{ceiling_idr:,.0f} IDR: {proof}"
    )
    raise InfeasibleError(message, code="goal_over_ceiling", cost_idr=cost, bound_idr=bound, ceiling_idr=ceiling_idr)


def _goal_rows(problem: Problem, goal: GoalRule, before: Mapping[str, tuple[float, float]], plan: Plan) -> pd.DataFrame:
    """By area: the share asked and the share served once the plan stands."""
    cells = (
        problem.cells.assign(weight=np.asarray(problem.weight, float)).set_index("cell_id").loc[plan.served["cell_id"]]
    )
    new = cells["weight"].to_numpy(float) * plan.served["share"].to_numpy(float)
    codes = cells["area_code"].to_numpy(dtype=str)
    rows = []
    for name, (whole, served) in before.items():
        share = (served + float(new[is_within(codes, goal.areas[name])].sum())) / whole if whole > 0 else 1.0
        rows.append(("goal", name, goal.share, share, max(0.0, goal.share - share), math.nan))
    table = pd.DataFrame(rows, columns=["rule", "area", "least", "reached", "short", "price"])
    return table.astype({"rule": "str", "area": "str", **dict.fromkeys(table.columns[2:], "float64")})
