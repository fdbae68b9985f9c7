"""A plan made cheaper: sites that serve least for their money leave, one by one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.plan.build import Draft, keep_only, money
from planner.plan.instance import Instance

__all__ = ["shrink"]

Floats = NDArray[np.float64]
_BATCH_SHARE = 0.25
"""Of what is too much, the part that leaves before the rest is shared out again."""


def shrink(instance: Instance, draft: Draft, *, ceiling_idr: float, keep: frozenset[int]) -> Draft | None:
    """The draft without the sites that lose least weight for the money they free, within a ceiling.

    Parameters
    ----------
    draft
        Any draft; it stays as it is.
    ceiling_idr
        On the whole plan.
    keep
        Places that stay.

    Returns
    -------
    Draft
        None where the places that stay cost more than the ceiling.

    Notes
    -----
    A site frees its own cost and the links that nobody else's way uses. Those whom a leaving site served may be
    served by others: they are shared out afresh a few times on the way.
    """
    now = keep_only(instance, draft, set(draft.choice))
    while (over := money(instance, now) - ceiling_idr) > 0:
        free = sorted(set(now.choice) - keep)
        if not free:
            return None
        order, freed = _leaving(instance, now, np.array(free, dtype=np.int64))
        first = order[: 1 + int(np.searchsorted(np.cumsum(freed[order]), _BATCH_SHARE * over))]
        out = {free[k] for k in first}
        now = keep_only(instance, now, set(now.choice) - out)
    return now


def _leaving(instance: Instance, draft: Draft, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats]:
    """Order in which places leave (positions), and the money each frees by itself."""
    network, weight = instance.network, instance.groups.weight
    edges = {place: np.unique(network.edge[arcs][network.edge[arcs] >= 0]) for place, arcs in draft.path.items()}
    users = np.bincount(
        np.concatenate([*edges.values(), np.zeros(0, dtype=np.int64)]), minlength=len(network.edge_cost)
    )
    alone = np.where(users == 1, network.edge_cost, 0.0)
    freed = np.array(
        [
            float(instance.choice_cost[draft.choice[p]]) + (float(alone[edges[p]].sum()) if p in edges else 0.0)
            for p in places.tolist()
        ]
    )
    lost = np.array([float((weight[draft.took[p][0]] * draft.took[p][1]).sum()) for p in places.tolist()])
    return np.lexsort((places, lost / np.maximum(freed, 1.0))), freed
