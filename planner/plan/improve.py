"""Ruin and recreate: take the sites of a neighbourhood out, let the plan grow again, keep what is better."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from planner.plan.build import Draft, grow, keep_only
from planner.plan.instance import Instance
from planner.plan.serve import served_weight, share_out

__all__ = ["improve", "neighbourhood"]

Floats = NDArray[np.float64]
_NOISE = 0.1
_MOST_LEAN = 1.0
_SLACK = 0.004


def improve(
    instance: Instance, draft: Draft, *, ceiling_idr: float, rounds: int, seed: int, hint: Floats | None = None,
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
    hint
        By choice, 0–1: how much of it the linear bound takes; such choices are favoured.
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
    rng = np.random.default_rng(seed)
    now = top = keep_only(instance, draft, set(draft.choice))
    now_value = record = served_weight(instance, now)
    lean = np.ones(instance.n_choices) if hint is None else 0.5 + hint
    n_better = 0
    for number in range(rounds):
        built = np.array(sorted(set(now.choice) - keep), dtype=np.int64)
        if not len(built) or (is_over is not None and is_over()):
            break
        out = neighbourhood(instance, built, rng)
        favour = lean ** rng.uniform(0.0, _MOST_LEAN) * np.exp(rng.normal(0.0, _NOISE, instance.n_choices))
        left = keep_only(instance, now, set(now.choice) - out)
        trial = grow(instance, left, ceiling_idr=ceiling_idr, favour=favour, is_over=is_over)
        value = served_weight(instance, trial)
        if value > now_value * (1.0 - _SLACK * (1.0 - number / rounds)):
            now, now_value = trial, value
        if value > record * (1.0 + 1e-9):
            record, top = value, trial
            n_better += 1
    if n_better:
        top = share_out(instance, top)
    return (top if served_weight(instance, top) > served_weight(instance, draft) else draft), n_better


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
