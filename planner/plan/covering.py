"""A covering problem as sorted arrays, and smaller ones made from it by deciding options."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.plan.collapse import merge_cells

__all__ = ["BUDGET_ALLOWANCE", "Covering", "make_covering", "narrowed", "nearby_order", "worth_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
Flags = NDArray[np.bool_]

BUDGET_ALLOWANCE = 1e-12
"""Share of the budget that sums of costs may exceed it by: rounding of decimal costs."""
_TESTS = 400_000_000
"""Entries looked at for dominated options, at most (about a second)."""


@dataclass(frozen=True, eq=False)
class Covering:
    """Choose options within a budget so that most weight is covered.

    Parameters
    ----------
    weight
        By group, above 0.
    cost, budget
        By option, and in all; at least 0.
    indptr, indices
        Groups of each option (CSR), ascending.
    by_group, holders
        Options of each group (CSR), ascending.
    option
        Number of each option in the problem this one was made from.
    taken
        Options of that problem that are taken for good.
    base
        Weight these cover; their groups are not here, and what they cost is not in the budget.
    """

    weight: Floats
    cost: Floats
    budget: float
    indptr: Ints
    indices: Shorts
    by_group: Ints
    holders: Shorts
    option: Ints
    taken: Ints
    base: float

    @property
    def n_options(self) -> int:
        """Options to decide."""
        return len(self.cost)

    @property
    def n_groups(self) -> int:
        """Groups to cover."""
        return len(self.weight)

    @property
    def sides(self) -> tuple[Ints, Shorts, Ints, Shorts]:
        """Covers and holders, as the kernels want them."""
        return self.indptr, self.indices, self.by_group, self.holders


def make_covering(weight: Floats, indptr: Ints, indices: Shorts, cost: Floats, budget: float) -> Covering:
    """The collapsed problem, without options that cannot be paid, cover nothing or are dominated.

    Parameters
    ----------
    weight
        By point, at least 0.
    indptr, indices
        Points of each option (CSR), none twice in an option.

    Notes
    -----
    An option that a no dearer one covers wholly is left out: exchanging the two loses nothing.
    """
    from planner.plan._collapse_kernel import dominated, turn_over  # numba takes a second to load

    first = np.where(weight > 0, 0, -1).astype(np.int32)
    group_of, start, groups = merge_cells(first, indptr, indices)
    on = group_of >= 0
    n_groups = int(group_of.max(initial=-1)) + 1
    merged = np.bincount(group_of[on], weights=weight[on], minlength=n_groups).astype(np.float64)
    by_group, holders = turn_over(start, groups, n_groups)
    open_ = (np.diff(start) > 0) & (cost <= budget * (1 + BUDGET_ALLOWANCE))
    open_ &= ~dominated((start, groups), (by_group, holders), cost, open_, _TESTS)
    option = np.arange(len(cost), dtype=np.int64)
    whole = Covering(
        merged, cost, budget, start, groups, by_group, holders, option, np.zeros(0, dtype=np.int64), 0.0
    )  # fmt: skip
    return whole if open_.all() else narrowed(whole, open_, np.zeros(0, dtype=np.int64))


def narrowed(covering: Covering, open_: Flags, taken: Ints) -> Covering:
    """The problem that is left when only some options are open and some are taken, collapsed again.

    Parameters
    ----------
    open_
        By option of ``covering``: still to decide.
    taken
        Numbers in ``covering`` of options taken for good, none of them open.
    """
    from planner.plan._collapse_kernel import turn_over

    first = np.zeros(covering.n_groups, dtype=np.int32)
    for number in taken.tolist():
        first[covering.indices[covering.indptr[number] : covering.indptr[number + 1]]] = -1
    base = covering.base + float(covering.weight[first < 0].sum())
    kept = np.flatnonzero(open_)
    width = np.diff(covering.indptr)[kept]
    start = np.r_[0, np.cumsum(width)].astype(np.int64)
    at = np.arange(int(start[-1])) + np.repeat(covering.indptr[kept] - start[:-1], width)
    group_of, start, groups = merge_cells(first, start, covering.indices[at])
    on = group_of >= 0
    n_groups = int(group_of.max(initial=-1)) + 1
    weight = np.bincount(group_of[on], weights=covering.weight[on], minlength=n_groups).astype(np.float64)
    by_group, holders = turn_over(start, groups, n_groups)
    return Covering(
        weight=weight, cost=covering.cost[kept], budget=covering.budget - math.fsum(covering.cost[taken]), indptr=start,
        indices=groups, by_group=by_group, holders=holders, option=covering.option[kept],
        taken=np.r_[covering.taken, covering.option[taken]].astype(np.int64), base=base,
    )  # fmt: skip


def worth_of(covering: Covering, chosen: Flags) -> float:
    """Weight that options cover, with what is covered for good."""
    is_covered = np.zeros(covering.n_groups, dtype=bool)
    for number in np.flatnonzero(chosen).tolist():
        is_covered[covering.indices[covering.indptr[number] : covering.indptr[number + 1]]] = True
    return covering.base + float(covering.weight[is_covered].sum())


def nearby_order(covering: Covering) -> Ints:
    """Rank of each option in an order that keeps options with common groups together (Cuthill and McKee 1969)."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    n, width = covering.n_options, np.diff(covering.by_group)
    first = np.repeat(covering.holders[covering.by_group[:-1]], width)
    pairs = csr_array((np.ones(len(first), dtype=np.int8), (first, covering.holders)), shape=(n, n))
    rank = np.empty(n, dtype=np.int64)
    rank[reverse_cuthill_mckee(csr_array(pairs + pairs.T), symmetric_mode=True)] = np.arange(n)
    return rank
