"""Schedules made of plans under one ceiling, their sites switched on year after year as money comes.

The search under one ceiling is several times as quick a round as the search over years, and most of the worth rests on
the state of the last year. Where sites of the plan disturb each other, each trial goes on at the rates that the sharing
of earlier ones left (as in `planner.plan.neighbours`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.plan.bound import Bound
from planner.plan.build import Draft, grow
from planner.plan.improve import ruin
from planner.plan.instance import Instance
from planner.plan.neighbours import carried_share, slots
from planner.plan.schedule import Schedule, World
from planner.plan.shrink import shrink
from planner.plan.years import with_weight
from planner.plan.years_bound import YearBound
from planner.plan.years_search import grown_compiled

__all__ = ["Rates", "at_one_price", "one_ceiling", "scheduled"]

Floats = NDArray[np.float64]
_FADING = 0.9
"""What was learnt of a place fades by this power with each trial."""


class Rates:
    """What planned neighbours have been seen to leave of each place's rate, by carrier."""

    def __init__(self, world: World) -> None:
        self.true = world
        self.slot: NDArray[np.int64] | None = None
        self.share: Floats = np.ones(0)
        if world.instance.air is not None:
            self.slot, self.share = slots(world.instance)

    def learn(self, draft: Draft) -> None:
        """Note what the sites of a draft carry, once it is shared out."""
        if self.slot is None or not draft.choice:
            return
        self.share **= _FADING
        at = self.slot[np.array(list(draft.choice.values()), dtype=np.int64)]
        self.share[at] = carried_share(self.true.instance, draft)

    def world(self) -> World:
        """The world at these rates; the true one where nobody disturbs anybody."""
        if self.slot is None:
            return self.true
        factor = self.share[self.slot]

        def slower(instance: Instance) -> Instance:
            return replace(instance, choice_mbps=instance.choice_mbps * factor, air=None)

        return replace(
            self.true, instance=slower(self.true.instance), by_year=tuple(slower(i) for i in self.true.by_year)
        )


def at_one_price(world: World, lean: Floats) -> Instance:
    """The instance priced for the middle of the years, weights leaning to floors (``lean``: by floor, at least 0)."""
    instance = world.by_year[len(world.by_year) // 2]
    if not (len(lean) and lean.any()):
        return instance
    return with_weight(instance, instance.groups.weight * (1.0 + lean @ world.floors.inside))


def one_ceiling(
    instance: Instance, draft: Draft, *, ceiling_idr: float, rounds: int, seed: int, bound: YearBound | None = None,
    keep: frozenset[int] = frozenset(), is_over: Callable[[], bool] | None = None,
) -> Draft | None:  # fmt: skip
    """A plan under one ceiling made of any draft: sites leave until it fits, it grows, and is improved.

    Parameters
    ----------
    instance
        From `at_one_price`.
    rounds, seed, keep, is_over
        As in `planner.plan.improve.improve`.
    bound
        What the bound over years knows about choices and groups.

    Returns
    -------
    Draft
        None where the places that stay cost more than the ceiling.
    """
    hints = None
    if bound is not None:
        x, none = np.minimum(bound.hint.sum(axis=0), 1.0), np.zeros(0)
        hints = Bound(bound.value, bound.is_infeasible, x, none, (), 0, prices=bound.prices)
    less = shrink(instance, draft, ceiling_idr=ceiling_idr, keep=keep)
    if less is None:
        return None
    grown = grow(instance, less, ceiling_idr=ceiling_idr, is_over=is_over)
    found, _ = ruin(
        instance, grown, ceiling_idr=ceiling_idr, rounds=rounds, seed=seed, bound=hints, keep=keep, is_over=is_over
    )
    return grown if found is None else found


def scheduled(world: World, start: Schedule, draft: Draft, lean: Floats) -> Schedule:
    """A schedule that adds the sites of a draft year after year, as many as the money pays for."""
    favour = np.zeros(world.instance.n_choices)
    favour[list(draft.choice.values())] = 1.0
    return grown_compiled(world, start.copy(), lean, favour=favour)
