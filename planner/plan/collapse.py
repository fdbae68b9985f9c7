"""Lossless collapse: demand cells that no plan can tell apart become one group.

Cells merge when the same options reach them and their weight and demand stand in the same ratio: any
service of the merged group is then a service of its cells with the same value and the same load, and
the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["Groups", "collapse", "merge_cells"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
_RATIO_DIGITS = 12
_ENTRIES_A_TURN = 20_000_000
"""Entries between two looks at the interpreter, so that Ctrl-C is heard."""


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


def collapse(weight: Floats, demand_mbps: Floats, indptr: Ints, indices: Ints, *, kind: Ints | None = None) -> Groups:
    """Merge the cells that no plan can tell apart.

    Parameters
    ----------
    weight, demand_mbps
        By cell, at least 0. Cells of weight 0 are left out: serving them gains nothing.
    indptr, indices
        Cells of each option (CSR); a cell may not stand twice in one option.
    kind
        Class of each cell, at least 0: cells of different classes (floor areas) stay apart. None: one class.

    Returns
    -------
    Groups
        Groups in the order of their first cell.

    Examples
    --------
    >>> merged = collapse(np.array([1.0, 2.0, 5.0]), np.array([2.0, 4.0, 1.0]), np.array([0, 3]), np.array([0, 1, 2]))
    >>> merged.group_of.tolist(), merged.weight.tolist()
    ([0, 0, 1], [3.0, 5.0])
    """
    heavy = weight > 0
    first_class = np.full(len(weight), -1, dtype=np.int32)
    ratio = _ratio_key(weight[heavy], demand_mbps[heavy])
    first_class[heavy] = ratio if kind is None else _pairs(ratio, np.asarray(kind)[heavy])
    pointers = np.ascontiguousarray(indptr, dtype=np.int64)
    group_of, start, groups = merge_cells(first_class, pointers, np.ascontiguousarray(indices, dtype=np.int32))
    n_groups, on = int(group_of.max(initial=-1)) + 1, group_of >= 0
    sums = [np.bincount(group_of[on], weights=one[on], minlength=n_groups) for one in (weight, demand_mbps)]
    return Groups(
        weight=sums[0].astype(np.float64),
        demand_mbps=sums[1].astype(np.float64),
        indptr=start,
        indices=groups.astype(np.int64),
        group_of=group_of.astype(np.int64),
    )


def merge_cells(first_class: Shorts, indptr: Ints, indices: Shorts) -> tuple[Shorts, Ints, Shorts]:
    """Group of each cell and groups of each option.

    Parameters
    ----------
    first_class
        Class of each cell before any option is looked at, 0 … ; −1 leaves a cell out. Changed in place.
    indptr, indices
        Cells of each option (CSR), none twice in one option.

    Returns
    -------
    tuple
        Group by cell (−1: left out, or reached by no option), numbered by first cell; groups of the options (CSR),
        ascending.

    Notes
    -----
    Exact: classes are split option by option (`planner.plan._collapse_kernel.refine`), nothing is hashed.
    """
    from planner.plan._collapse_kernel import class_covers, number_classes, refine, turn_over  # numba loads slowly

    n_first = int(first_class.max(initial=-1)) + 1
    size, width = (np.zeros(len(first_class) + n_first, dtype=np.int32) for _ in range(2))
    size[:n_first] = np.bincount(first_class[first_class >= 0], minlength=n_first)
    n_classes = n_first
    stops = np.arange(0, max(1, int(indptr[-1])) + _ENTRIES_A_TURN, _ENTRIES_A_TURN)
    turns = np.unique(np.r_[0, np.searchsorted(indptr, stops[1:-1]), len(indptr) - 1])
    for turn in pairwise(turns.tolist()):
        n_classes = refine(first_class, size, width, n_classes, indptr, indices, turn)
    n_entries = int(width[:n_classes].sum(dtype=np.int64))
    n_groups = number_classes(first_class, width, n_classes)
    start, groups = class_covers(first_class, n_groups, n_entries, indptr, indices)
    holders = turn_over(start, groups, n_groups)
    start, groups = turn_over(*holders, len(indptr) - 1)
    return first_class, start, groups


def _pairs(first: Shorts, second: Ints) -> Shorts:
    """Number of each pair of classes."""
    both = first.astype(np.int64) + (int(first.max(initial=0)) + 1) * second
    return np.asarray(np.unique(both, return_inverse=True)[1], dtype=np.int32)


def _ratio_key(weight: Floats, demand_mbps: Floats) -> Shorts:
    """Class of weight over demand, equal only for equal ratios (12 digits)."""
    ratio = np.divide(demand_mbps, weight)
    scale = 10.0 ** (np.floor(np.log10(np.where(ratio > 0, ratio, 1.0))) - _RATIO_DIGITS + 1)
    return np.unique(np.round(ratio / scale) * scale, return_inverse=True)[1].astype(np.int32)
