"""What each decision of the planner costs a plan under rules: years, sources of money, floors, shares of money."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import InfeasibleError
from planner.interrupt import ASKED
from planner.plan.build import reach
from planner.plan.decisions import Word, speaks_of
from planner.plan.instance import only_choices
from planner.plan.ledger import Costs
from planner.plan.link_word import is_link_word
from planner.plan.money_shares import keep_shares, spent_for
from planner.plan.programme import filled, rules_instance
from planner.plan.rules import Rules
from planner.plan.schedule import Schedule, Taste, World, empty_schedule, grow_years, join, make_world
from planner.plan.types import Plan, Problem
from planner.plan.word_prices import Free, price_words
from planner.plan.years import HARD, settled, share_years, short_of, worth_of_years
from planner.plan.years_bound import years_bound
from planner.plan.years_redraft import schedule_of, worst_first
from planner.plan.years_search import improve_compiled

__all__ = ["years_word_prices"]

Flags = NDArray[np.bool_]
_PRICE_MOVES = 30
_RUIN_ROUNDS = 60


@dataclass(frozen=True, eq=False)
class _FreeYears(Free):
    """A world without any decision, and the plan in it."""

    world: World
    schedule: Schedule


def years_word_prices(
    problem: Problem,
    plan: Plan,
    rules: Rules,
    *,
    decisions: pd.DataFrame,
    ruin_rounds: int = _RUIN_ROUNDS,
    seed: int = 0,
) -> pd.DataFrame:
    """Each decision with its price against the plan under the same rules that is free of it.

    Parameters
    ----------
    problem
        With all links, forbidden ones among them.
    plan
        The plan that obeys all decisions.
    rules
        What binds it.
    decisions
        The planner's word.
    ruin_rounds
        Rounds of improvement of each plan compared.
    seed
        Of the improvement.

    Returns
    -------
    DataFrame
        The table of `planner.plan.word_prices.word_prices`; prices are in the unit of the plan's certificate, newly
        served weight averaged over the years less the price of what floors lack.
    """
    return price_words(problem, plan, decisions, _UnderRules(rules, ruin_rounds, seed))


@dataclass(frozen=True)
class _UnderRules:
    """Plans under rules."""

    rules: Rules
    rounds: int
    seed: int

    def free(self, problem: Problem, plan: Plan, words: tuple[Word, ...]) -> _FreeYears | None:
        instance, floors = rules_instance(problem, self.rules, words, np.ones(len(problem.options), dtype=bool))
        if not instance.n_choices:
            return None
        world = make_world(instance, problem, self.rules, floors)
        schedule = schedule_of(world, problem, plan) or empty_schedule(world)
        meant = tuple(speaks_of(instance, problem, word) for word in words)
        return _FreeYears(instance, schedule.draft, meant, words, world, schedule)

    def same(self, free: _FreeYears) -> float:
        return self._worked(free, -1, free.schedule)

    def most(self, free: _FreeYears, value: float) -> float:
        inside = np.zeros((len(self.rules.years), free.instance.n_choices))
        for place, choice in free.schedule.draft.choice.items():
            inside[free.schedule.year[place], choice] = 1.0
        size = float((free.instance.groups.weight * (1.0 - free.schedule.draft.rest)).sum())
        found = years_bound(free.world, inside=inside, value=max(size, value), max_rounds=_PRICE_MOVES)
        return found.value

    def trials(self, free: _FreeYears, k: int, row: dict[Any, Any]) -> list[float]:
        if row["action"] != "forbid":
            starts = [self._without_forced(free, k)]
        else:
            starts = [_rewired(free), free.schedule] if is_link_word(row) else [self._with_forbidden(free, k)]
        values = [self._worked(free, k, start) for start in starts if start is not None]
        return [value for value in values if value > -math.inf]

    def _without_forced(self, free: _FreeYears, k: int) -> Schedule | None:
        """The plan without the sites that meet one decision alone."""
        leave = set(free.met(k)) - free.keep(k)
        return settled(free.world, free.schedule, set(free.schedule.year) - leave) if leave else None

    def _with_forbidden(self, free: _FreeYears, k: int) -> Schedule | None:
        """The plan with the best of what one decision forbids; ever more of what is worth least makes room for it."""
        world, schedule, keep = free.world, free.schedule, free.keep(k)
        taste, n = Taste(among=free.meant[k] & free.allowed(k), most=1), 1
        while True:
            grown = grow_years(world, schedule.copy(), taste=taste)
            if len(grown.year) > len(schedule.year):
                return settled(world, grown)
            order = worst_first(world, schedule, set(schedule.year) - keep, spent_for(world, schedule))
            if not order:
                return None
            schedule, n = settled(world, schedule, set(schedule.year) - set(order[:n])), 2 * n

    def _worked(self, free: _FreeYears, but: int, start: Schedule) -> float:
        """Value of a plan grown and improved among what the other decisions allow; −inf where there is none."""
        allowed, keep = free.allowed(but), free.keep(but)
        if not all(allowed[choice] for choice in start.draft.choice.values()):
            return -math.inf
        world, number = _only(free.world, allowed), np.cumsum(allowed) - 1
        choice = {place: int(number[k]) for place, k in start.draft.choice.items()}
        schedule = settled(world, replace(start, draft=replace(start.draft, choice=choice)))
        lean = np.where(np.isfinite(world.floors.price), world.floors.price, HARD) * (
            short_of(world, schedule.draft) > 0
        )
        schedule = filled(world, lean, schedule, ASKED.is_set)
        better, _ = improve_compiled(
            world, schedule, lean, rounds=self.rounds, seed=self.seed, keep=keep, is_over=ASKED.is_set
        )
        try:
            schedule = keep_shares(world, filled(world, lean, better, ASKED.is_set), keep)
        except InfeasibleError:
            return -math.inf
        drafts = share_years(world, schedule)
        is_missed = (short_of(world, drafts[-1]) > 0) & np.isinf(world.floors.price)
        return -math.inf if is_missed.any() else worth_of_years(world, drafts)


def _rewired(free: _FreeYears) -> Schedule | None:
    """The sites of the plan joined afresh over all links, each in its year; None where one finds no way or no payer."""
    world, schedule = free.world, empty_schedule(free.world)
    for place in free.schedule.in_order():
        year = free.schedule.year[place]
        way = reach(world.by_year[year], schedule.draft)
        if not join(world, schedule, free.schedule.draft.choice[place], year, way):
            return None
    return settled(world, schedule)


def _only(world: World, keep: Flags) -> World:
    """The world with the choices of ``keep`` alone."""
    if keep.all():
        return world
    costs = Costs((world.costs.choice[0][keep], world.costs.choice[1][keep]), world.costs.edge, world.costs.tower)
    by_year = tuple(only_choices(instance, keep) for instance in world.by_year)
    return replace(world, instance=only_choices(world.instance, keep), costs=costs, by_year=by_year)
