"""Air that the users of a plan's sites take, with all of its sites on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.plan.draft import Draft
from planner.plan.instance import Instance

__all__ = ["Spectrum", "airtime", "spectrum_left"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def airtime(instance: Instance, draft: Draft, places: list[int], site: Ints, group: Ints) -> Floats:
    """Share of a site's spectrum that serving the whole of a group takes.

    Parameters
    ----------
    places
        Built places, numbered as ``site`` names them; all of them are on.
    site, group
        Pairs: position in ``places`` and group it reaches.

    Returns
    -------
    array
        ``Σ demand / (efficiency · what the site carries at 1 b/s/Hz)`` over the group's cells; inf where interference leaves
        nothing at one of them. Zeros where interference is not modelled.
    """
    if instance.air is None or not len(group):
        return np.zeros(len(group))
    air = instance.air
    rows = np.asarray([instance.option_rows[instance.choice_option[draft.choice[place]]] for place in places])
    of_cell = np.full(air.asked_mbps.size, -1, dtype=np.int64)
    of_cell[instance.cell_rows] = instance.cell_group
    owner, cell, rate = air.efficiency(rows)
    mine = (of_cell[cell] >= 0) & ((air.asked_mbps[cell] > 0.0) | (rate <= 0.0))
    owner, cell, rate = owner[mine], cell[mine], rate[mine]
    n_groups = instance.groups.n_groups
    wanted, which = np.unique(site * n_groups + group, return_inverse=True)
    key = owner * n_groups + of_cell[cell]
    at = np.searchsorted(wanted, key)
    held = (at < len(wanted)) & (wanted[np.minimum(at, len(wanted) - 1)] == key)
    cost = _cost(air.asked_mbps[cell[held]], rate[held], air.full_mbps[rows[owner[held]]])
    return np.asarray(np.bincount(at[held], weights=cost, minlength=len(wanted))[which])


def _cost(asked_mbps: Floats, rate: Floats, full_mbps: Floats) -> Floats:
    """Share of the spectrum that cells take; inf without any rate, even where nothing is asked: nobody is served there."""
    return np.asarray(np.divide(asked_mbps, rate * full_mbps, out=np.full(len(rate), np.inf), where=rate > 0.0))


@dataclass(eq=False)
class Spectrum:
    """What is left of each built site's spectrum when its shared-out users are served; used up by `Spectrum.room`."""

    left_share: Floats
    site: Ints
    cell: Ints
    cost: Floats

    def room(self, number: int, cells: Ints, rest: Floats) -> Floats:
        """Share of what is left unserved in each of some cells that a site's spectrum still carries, in their order.

        Parameters
        ----------
        number
            Of the site.
        cells
            Rows of the problem's cells, first served first.
        rest
            Share of each cell's unserved demand that is still unserved.
        """
        low, high = np.searchsorted(self.site, [number, number + 1])
        at = low + np.searchsorted(self.cell[low:high], cells)
        held = (at < high) & (self.cell[np.minimum(at, max(len(self.cell) - 1, 0))] == cells) if high > low else at < 0
        need = np.full(len(cells), np.inf)
        need[held] = self.cost[at[held]] * rest[held]
        able = np.isfinite(need)
        before = np.cumsum(np.where(able, need, 0.0)) - np.where(able, need, 0.0)
        found = np.zeros(len(cells))
        found[able] = np.divide(
            self.left_share[number] - before[able], need[able], out=np.ones(int(able.sum())), where=need[able] > 0.0
        )
        return np.clip(found, 0.0, 1.0)


def spectrum_left(instance: Instance, draft: Draft, places: list[int]) -> Spectrum | None:
    """What the users of a draft leave of its sites' spectrum; None where interference is not modelled."""
    if instance.air is None:
        return None
    air = instance.air
    pairs = [(number, *draft.took[place]) for number, place in enumerate(places) if place in draft.took]
    site = np.repeat(np.array([p[0] for p in pairs], dtype=np.int64), [len(p[1]) for p in pairs])
    group = np.concatenate([np.zeros(0, dtype=np.int64), *(p[1] for p in pairs)]).astype(np.int64)
    share = np.concatenate([np.zeros(0), *(p[2] for p in pairs)])
    used = np.bincount(site, weights=airtime(instance, draft, places, site, group) * share, minlength=len(places))
    rows = np.asarray(
        [instance.option_rows[instance.choice_option[draft.choice[place]]] for place in places], dtype=int
    )
    owner, cell, rate = air.efficiency(rows)
    cost = _cost(air.asked_mbps[cell], rate, air.full_mbps[rows[owner]])
    return Spectrum(np.asarray((1.0 - used) * (1.0 - 1e-9), dtype=np.float64), owner, cell, cost)
