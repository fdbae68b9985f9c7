"""Lossless collapse: demand cells that no plan can tell apart become one group.

Cells merge when the same options reach them and their weight and demand stand in the same ratio: any
service of the merged group is then a service of its cells with the same value and the same load, and
the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Groups", "collapse"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_RATIO_DIGITS = 12


@dataclass(frozen=True, eq=False)
class Groups:
    """Merged cells and the options that reach them.

    Parameters
    ----------
    weight, demand_mbps
        Sums over the cells of a group.
    indptr, indices
        Groups of each option (CSR), ascending.
    group_of
        Group of each cell; −1 for a cell that no option reaches or that weighs nothing.
    """

    weight: Floats
    demand_mbps: Floats
    indptr: Ints
    indices: Ints
    group_of: Ints

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return len(self.weight)


def collapse(weight: Floats, demand_mbps: Floats, indptr: Ints, indices: Ints) -> Groups:
    """Merge the cells that no plan can tell apart.

    Parameters
    ----------
    weight, demand_mbps
        By cell, at least 0. Cells of weight 0 are left out: serving them gains nothing.
    indptr, indices
        Cells of each option (CSR); a cell may not stand twice in one option.

    Returns
    -------
    Groups
        Groups in the order of their first cell.

    Notes
    -----
    Cover sets are compared by a 64-bit sum of random numbers of their options and then, list against
    list, with the group's first cell, so a collision splits a group and never merges two.

    Examples
    --------
    >>> merged = collapse(np.array([1.0, 2.0, 5.0]), np.array([2.0, 4.0, 1.0]), np.array([0, 3]), np.array([0, 1, 2]))
    >>> merged.group_of.tolist(), merged.weight.tolist()
    ([0, 0, 1], [3.0, 5.0])
    """
    n_cells, n_options = len(weight), len(indptr) - 1
    option_of = np.repeat(np.arange(n_options), np.diff(indptr))
    keep = weight[indices] > 0
    cell, option = np.asarray(indices, dtype=np.int64)[keep], option_of[keep]
    by_cell = np.lexsort((option, cell))
    cell, option = cell[by_cell], option[by_cell]
    start = np.searchsorted(cell, np.arange(n_cells + 1))
    used = np.flatnonzero(np.diff(start) > 0)
    group_of = np.full(n_cells, -1, dtype=np.int64)
    if len(used):
        ratio = _ratio_key(weight[used], demand_mbps[used])
        group_of[used] = _group(used, start, option, ratio, n_options)
    n_groups = int(group_of.max(initial=-1)) + 1
    member = group_of[used]
    merged_weight = np.bincount(member, weights=weight[used], minlength=n_groups).astype(np.float64)
    merged_demand = np.bincount(member, weights=demand_mbps[used], minlength=n_groups).astype(np.float64)
    first = np.full(n_groups, n_cells, dtype=np.int64)
    np.minimum.at(first, member, used)
    width = start[first + 1] - start[first] if n_groups else np.zeros(0, np.int64)
    at = np.repeat(start[first] if n_groups else first, width) + _ramp(width)
    group = np.repeat(np.arange(n_groups), width)
    order = np.lexsort((group, option[at]))
    out_option, out_group = option[at][order], group[order]
    return Groups(
        weight=merged_weight,
        demand_mbps=merged_demand,
        indptr=np.searchsorted(out_option, np.arange(n_options + 1)).astype(np.int64),
        indices=out_group.astype(np.int64),
        group_of=group_of,
    )


def _ratio_key(weight: Floats, demand_mbps: Floats) -> Ints:
    """Class of weight over demand, equal only for equal ratios (12 digits)."""
    ratio = np.divide(demand_mbps, weight)
    scale = 10.0 ** (np.floor(np.log10(np.where(ratio > 0, ratio, 1.0))) - _RATIO_DIGITS + 1)
    return np.unique(np.round(ratio / scale) * scale, return_inverse=True)[1].astype(np.int64)


def _group(used: Ints, start: Ints, option: Ints, ratio: Ints, n_options: int) -> Ints:
    mark = np.random.default_rng(20250101).integers(0, 2**63, size=n_options, dtype=np.uint64)
    total = np.r_[np.uint64(0), np.cumsum(mark[option], dtype=np.uint64)]
    hashed = total[start[used + 1]] - total[start[used]]
    width = start[used + 1] - start[used]
    order = np.lexsort((used, ratio, width, hashed))
    h, w, r = hashed[order], width[order], ratio[order]
    is_new = np.r_[True, (h[1:] != h[:-1]) | (w[1:] != w[:-1]) | (r[1:] != r[:-1])]
    label = np.cumsum(is_new) - 1
    head = order[np.flatnonzero(is_new)][label]
    n_each = width[order]
    here = np.repeat(start[used[order]], n_each) + _ramp(n_each)
    there = np.repeat(start[used[head]], n_each) + _ramp(n_each)
    differs = np.add.reduceat((option[here] != option[there]).astype(np.int64), np.r_[0, np.cumsum(n_each)[:-1]]) > 0
    if differs.any():
        label = label.copy()
        label[differs] = label.max() + 1 + np.arange(int(differs.sum()))
    member = np.empty(len(used), dtype=np.int64)
    member[order] = label
    _, first, inverse = np.unique(member, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return np.asarray(rank[inverse], dtype=np.int64)


def _ramp(width: Ints) -> Ints:
    """0 … width−1 for each entry, end to end."""
    ends = np.cumsum(width)
    return np.asarray(np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - width, width), dtype=np.int64)
