"""The siting model as sparse rows: choices x, service y of a group by a place, capacity, money, beams.

::

    max Σ W_g y_ga
    y_ga ≤ Σ x of the choices at a that reach g          Σ_a y_ga ≤ 1
    Σ_g D_g y_ga ≤ Σ C x at a                            Σ_g W_g y_ga ≤ Σ V x at a
    Σ x at a ≤ 1      Σ q x ≤ K of a beam      Σ (c + κ − own tower) x ≤ ceiling, row after row

The network itself is not in it: the rows with cost shares κ (`planner.plan.shares`) stand for it. Link
capacities are left out, which only loosens the bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.plan.build import gains
from planner.plan.instance import Instance
from planner.plan.solver import Rows

__all__ = ["Model", "make_model"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Model:
    """Rows and columns of a model.

    Parameters
    ----------
    rows
        Everything but the money rows.
    gain
        Objective by column, weights over ``weight_unit``.
    pair_place, pair_group
        Place and group of each service column (they follow the choices).
    weight_unit, money_unit
        What the objective and the money rows are divided by.
    """

    rows: Rows
    gain: Floats
    pair_place: Ints
    pair_group: Ints
    weight_unit: float
    money_unit: float

    @property
    def n_columns(self) -> int:
        """Number of columns."""
        return len(self.gain)


def make_model(instance: Instance, *, ceiling_idr: float, demands: tuple[Ints, ...] = ()) -> Model:
    """The model of an instance without its money rows.

    Parameters
    ----------
    demands
        Sets of choices of which at least one must be taken (forced sites).
    """
    groups, n_choices = instance.groups, instance.n_choices
    option = np.repeat(np.arange(len(groups.indptr) - 1), np.diff(groups.indptr))
    live = np.zeros(len(groups.indptr) - 1, dtype=bool)
    live[instance.choice_option] = True
    entry = np.flatnonzero(live[option])
    key = instance.option_place[option[entry]] * max(1, groups.n_groups) + groups.indices[entry]
    pairs, pair_of = np.unique(key, return_inverse=True)
    place, group = np.divmod(pairs, max(1, groups.n_groups))
    weight_unit = max(1e-300, float(groups.weight[np.unique(group)].sum())) / 1000.0 if len(pairs) else 1.0
    rows = Rows(n_choices + len(pairs))
    service = n_choices + np.arange(len(pairs))
    by_option = np.argsort(instance.choice_option, kind="stable")
    first = np.searchsorted(instance.choice_option[by_option], np.arange(len(live) + 1))
    width = (first[option[entry] + 1] - first[option[entry]]).astype(np.int64)
    ends = np.cumsum(width)
    at = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - width, width)
    choice = by_option[at + np.repeat(first[option[entry]], width)]
    rows.add(
        np.r_[np.arange(len(pairs)), np.repeat(pair_of, width)], np.r_[service, choice],
        np.r_[np.ones(len(pairs)), -np.ones(len(choice))], high=np.zeros(len(pairs)),
    )  # fmt: skip
    _group_rows(rows, group, service)
    _place_rows(instance, rows, place, group, service)
    _choice_rows(instance, rows, demands)
    gain = np.r_[np.zeros(n_choices), groups.weight[group] / weight_unit]
    return Model(rows, gain, place, group, weight_unit, max(1.0, ceiling_idr) / 1000.0)


def _group_rows(rows: Rows, group: Ints, service: Ints) -> None:
    shared = np.flatnonzero(np.bincount(group)[group] > 1) if len(group) else np.zeros(0, np.int64)
    label, row = np.unique(group[shared], return_inverse=True)
    rows.add(row, service[shared], np.ones(len(shared)), high=np.ones(len(label)))


def _place_rows(instance: Instance, rows: Rows, place: Ints, group: Ints, service: Ints) -> None:
    groups, n_places = instance.groups, instance.n_places
    demand, weight = groups.demand_mbps[group], groups.weight[group]
    sums = np.r_[0.0, np.cumsum(groups.demand_mbps[groups.indices])]
    reach = (sums[groups.indptr[1:]] - sums[groups.indptr[:-1]])[instance.choice_option]
    at = instance.choice_place
    choices = np.arange(instance.n_choices)
    capacity = np.minimum(instance.choice_mbps, reach * (1 + 1e-9))
    least = np.full(n_places, np.inf)
    np.minimum.at(least, at, instance.choice_mbps)
    tight = np.bincount(place, weights=demand, minlength=n_places) > least
    number = np.cumsum(tight) - 1
    use, on = np.flatnonzero(tight[place] & (demand > 0)), np.flatnonzero(tight[at])
    unit = max(1.0, float(np.max(capacity, initial=1.0)))
    rows.add(
        np.r_[number[place[use]], number[at[on]]], np.r_[service[use], choices[on]],
        np.r_[demand[use], -capacity[on]] / unit, high=np.zeros(int(tight.sum())),
    )  # fmt: skip
    alone = gains(instance, np.ones(groups.n_groups), instance.choice_option, instance.choice_mbps) * (1 + 1e-9)
    use, on = np.flatnonzero(tight[place]), np.flatnonzero(tight[at])
    unit = max(1e-300, float(alone.max(initial=0.0)))
    rows.add(
        np.r_[number[place[use]], number[at[on]]], np.r_[service[use], choices[on]],
        np.r_[weight[use], -alone[on]] / unit, high=np.zeros(int(tight.sum())),
    )  # fmt: skip


def _choice_rows(instance: Instance, rows: Rows, demands: tuple[Ints, ...]) -> None:
    choices = np.arange(instance.n_choices)
    label, row = np.unique(instance.choice_place, return_inverse=True)
    rows.add(row, choices, np.ones(len(choices)), high=np.ones(len(label)))
    beam, reserved = instance.choice_beam(), instance.choice_reserved()
    on = np.flatnonzero(beam >= 0)
    label, row = np.unique(beam[on], return_inverse=True)
    if len(on):
        left = np.maximum(instance.network.beam_mbps[label], 0.0)
        finite = np.isfinite(left)
        unit = np.where(finite & (left > 0), left, 1.0)
        high = np.where(finite, left / unit, np.inf) * (1 + 1e-9)
        rows.add(row, on, reserved[on] / unit[row], high=high)
    for needed in demands:
        rows.add(np.zeros(len(needed), np.int64), needed, -np.ones(len(needed)), high=np.array([-1.0]))
