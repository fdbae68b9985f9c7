"""Improvement that sees what sites of the plan leave each other: ruin and recreate at the rates the last sharing found.

The compiled search knows one rate a choice, that of a site without planned neighbours. Which neighbours are on is known
once a plan stands: where its users fill a site's spectrum before they fill its rate, that place and carrier is worth
less, and the search goes on with what it did carry. Every trial is shared out at the true rates; the best stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.plan.airtime import airtime
from planner.plan.bound import Bound
from planner.plan.draft import Draft
from planner.plan.improve import ruin
from planner.plan.instance import Instance
from planner.plan.serve import served_weight, share_out

__all__ = ["carried_share", "improve_among_neighbours", "slots"]

Floats = NDArray[np.float64]
_FADING = 0.9
"""What was learnt of a place fades by this power with each trial: neighbours come and go."""
_LEAST_SHARE = 0.01
_FULL = 0.99


def improve_among_neighbours(
    instance: Instance, draft: Draft, *, ceiling_idr: float, work: tuple[int, int], seed: int, bound: Bound | None = None,
    keep: frozenset[int] = frozenset(), is_over: Callable[[], bool] | None = None,
) -> tuple[Draft, int]:  # fmt: skip
    """A plan at least as good under the interference of its own sites.

    Parameters
    ----------
    draft
        A plan within the ceiling, shared out.
    work
        Searches, each from the best plan so far, and ruins of each.
    seed
        Of the first; each has its own.
    bound, keep, is_over
        As in `planner.plan.improve.improve`.

    Returns
    -------
    Draft
        The best plan found, shared out.
    int
        Trials that set a record.
    """
    if instance.air is None or not draft.choice:
        return draft, 0
    slot, share = slots(instance)
    trials, rounds = work
    best, value, n_better = draft, served_weight(instance, draft), 0
    trial: Draft | None = draft
    for number in range(trials):
        if is_over is not None and is_over():
            break
        if trial is not None:
            share **= _FADING
            at = slot[np.array(list(trial.choice.values()), dtype=np.int64)]
            share[at] = carried_share(instance, trial)
        copy = replace(instance, choice_mbps=instance.choice_mbps * share[slot], air=None)
        found, _ = ruin(
            copy, best, ceiling_idr=ceiling_idr, rounds=rounds, seed=seed + number, bound=bound, keep=keep, is_over=is_over
        )  # fmt: skip
        trial = None if found is None else share_out(instance, found)
        if trial is not None and served_weight(instance, trial) > value:
            best, value, n_better = trial, served_weight(instance, trial), n_better + 1
    return best, n_better


def slots(instance: Instance) -> tuple[NDArray[np.int64], Floats]:
    """Number of each choice's place and carrier, and a share of 1 for each; needs ``instance.air``."""
    assert instance.air is not None  # noqa: S101 (for the type checker; the caller asked)
    carrier = np.asarray(instance.air.carrier, dtype=np.int64)[instance.option_rows[instance.choice_option]]
    _, slot = np.unique(np.c_[instance.choice_place, carrier], axis=0, return_inverse=True)
    slot = slot.reshape(-1)
    return slot, np.ones(int(slot.max(initial=-1)) + 1)


def carried_share(instance: Instance, draft: Draft) -> Floats:
    """What each site carries of its rate where its spectrum is full, 1 where it is not; in the order of building.

    Parameters
    ----------
    draft
        A plan, shared out.
    """
    places = list(draft.choice)
    took = [draft.took[place] for place in places]
    site = np.repeat(np.arange(len(places)), [len(group) for group, _ in took])
    group = np.concatenate([np.zeros(0, dtype=np.int64), *(group for group, _ in took)])
    share = np.concatenate([np.zeros(0), *(part for _, part in took)])
    air = airtime(instance, draft, places, site, group)
    used = np.bincount(site, weights=air * share, minlength=len(places))
    mbps = np.bincount(site, weights=instance.groups.demand_mbps[group] * share, minlength=len(places))
    rate = instance.choice_mbps[np.array(list(draft.choice.values()), dtype=np.int64)]
    part = np.divide(mbps, rate, out=np.ones(len(places)), where=rate > 0)
    return np.where(used > _FULL, np.clip(part, _LEAST_SHARE, 1.0), 1.0)
