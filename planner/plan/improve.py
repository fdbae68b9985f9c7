"""Ruin and recreate: take the sites of a neighbourhood out, let the plan grow again, keep what is better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.plan.bound import Bound
from planner.plan.build import keep_only
from planner.plan.draft import Draft
from planner.plan.growth import field_of, from_field
from planner.plan.instance import Instance
from planner.plan.serve import served_weight, share_out

__all__ = ["improve", "neighbourhood", "ruin"]

Floats = NDArray[np.float64]
_BATCH = 200
_KNOBS = np.array([0.1, 0.003, 0.2, 0.5, 8.0])
"""Noise on merits, slack, chance of ruins along the network, of scattered ones, mean number of sites taken out."""


def improve(
    instance: Instance, draft: Draft, *, ceiling_idr: float, rounds: int, seed: int, bound: Bound | None = None,
    keep: frozenset[int] = frozenset(), is_over: Callable[[], bool] | None = None,
) -> tuple[Draft, int]:  # fmt: skip
    """A plan at least as good, by repeated ruin and growth.

    Parameters
    ----------
    draft
        A plan within the ceiling.
    rounds
        Ruins to try.
    seed
        Of the neighbourhoods and of the noise on merits.
    bound
        What a bound knows: choices it takes are favoured, and with its prices of the groups sites serve first what
        others cannot serve as well (None: what weighs most for its demand).
    keep
        Places that decisions bind; never taken out.
    is_over
        Says whether the user's clock has struck; None without one.

    Returns
    -------
    Draft
        The best plan found. Trials are compared by how their sites fill up one after the other; the one
        that does best is shared out exactly.
    int
        Ruins that set a record.
    """
    found, n_better = ruin(
        instance, draft, ceiling_idr=ceiling_idr, rounds=rounds, seed=seed, bound=bound, keep=keep, is_over=is_over
    )
    if found is None:
        return draft, 0
    top = share_out(instance, found)
    before = draft if instance.air is None else share_out(instance, draft)
    return (top if served_weight(instance, top) > served_weight(instance, before) else before), n_better


def ruin(
    instance: Instance, draft: Draft, *, ceiling_idr: float, rounds: int, seed: int, bound: Bound | None = None,
    keep: frozenset[int] = frozenset(), is_over: Callable[[], bool] | None = None,
) -> tuple[Draft | None, int]:  # fmt: skip
    """What `improve` finds, before it is shared out; None where no trial did better than the draft."""
    from planner.plan._ruin_kernel import search_plans  # numba takes a second to load

    if not draft.choice or rounds <= 0:
        return None, 0
    tilted = instance if bound is None or bound.prices is None else _tilted(instance, bound.prices)
    world = field_of(tilted, keep_only(tilted, draft, set(draft.choice)))
    lean = np.ones(instance.n_choices)
    if bound is not None and len(bound.x):
        lean = 0.5 + bound.x[: instance.n_choices]
    fixed = np.zeros(instance.n_places, dtype=np.int64)
    fixed[sorted(keep & set(range(instance.n_places)))] = 1
    east = instance.place_lon_deg * np.cos(np.radians(instance.place_lat_deg))
    spot = (np.array(east), np.array(instance.place_lat_deg))
    taste, order = (lean, _KNOBS, np.full(instance.n_choices, np.inf)), np.zeros(instance.n_places, dtype=np.int64)
    top_i = (world.place["choice"].copy(), world.place["steps"].copy(), world.path.copy())
    top_f = (world.cover["share"].copy(), np.array([world.sum[1]]))
    n_better, done = 0, 0
    while done < rounds and not (is_over is not None and is_over()):
        now = min(_BATCH, rounds - done)
        when = (now, done, rounds, seed + done, 0)
        n_better += search_plans(when, ceiling_idr, taste, (fixed, order), spot, top_i, top_f, world)
        done += now
    if not n_better:
        return None, 0
    built = [p for p in draft.choice if top_i[0][p] >= 0]
    built += [p for p in np.flatnonzero(top_i[0] >= 0).tolist() if p not in draft.choice]
    return from_field(tilted, (*top_i, top_f[0]), int(world.tally[1]), built), n_better


def _tilted(instance: Instance, prices: Floats) -> Instance:
    """The instance with each option's groups in order of weight less price over demand, best first."""
    groups = instance.groups
    demand = groups.demand_mbps[groups.indices]
    worth = (groups.weight - prices)[groups.indices]
    ratio = np.divide(worth, demand, out=np.full(len(demand), np.inf), where=demand > 0)
    option = np.repeat(np.arange(len(groups.indptr) - 1), np.diff(groups.indptr))
    order = np.lexsort((groups.indices, -ratio, option))
    return replace(instance, groups=replace(groups, indices=groups.indices[order]))


def neighbourhood(instance: Instance, built: NDArray[np.int64], rng: np.random.Generator) -> set[int]:
    """Built places around a random one; now and then scattered ones."""
    size = int(min(len(built), 1 + rng.geometric(0.25)))
    if rng.random() < 0.25:
        return set(rng.choice(built, size, replace=False).tolist())
    centre = built[int(rng.integers(len(built)))]
    east = (instance.place_lon_deg[built] - instance.place_lon_deg[centre]) * np.cos(
        np.radians(instance.place_lat_deg[centre])
    )
    north = instance.place_lat_deg[built] - instance.place_lat_deg[centre]
    return set(built[np.argsort(east**2 + north**2, kind="stable")[:size]].tolist())
