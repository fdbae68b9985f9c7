"""Compiled kernels of the collapse: classes of cells by partition refinement, covers turned over, dominated options."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import jit_maker

__all__ = ["class_covers", "dominated", "number_classes", "refine", "repeats", "turn_over"]

Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
Floats = NDArray[np.float64]


@jit_maker
def refine(
    class_of: Shorts, size: Shorts, width: Shorts, n_classes: int, indptr: Ints, indices: Shorts, span: tuple[int, int]
) -> int:
    """Split classes of cells by the options of a span, so that each class is wholly inside or outside each option.

    Parameters
    ----------
    class_of
        Class of each cell, −1 for cells left out. Changed in place.
    size, width
        Cells and options of each class, with room for one class a cell. Changed in place.
    n_classes
        Classes so far.
    indptr, indices
        Cells of each option, ascending, none twice.
    span
        First option and the one after the last.

    Returns
    -------
    int
        Classes now.

    Notes
    -----
    Two passes over the entries, without sorting and without hashes (Paige and Tarjan 1987, doi:10.1137/0216062,
    §2): cells end in one class if and only if they began in one and the same options hold them.
    """
    hits = np.zeros(len(size), dtype=np.int32)
    moved = np.full(len(size), -1, dtype=np.int32)
    touched = np.empty(len(size), dtype=np.int32)
    for option in range(span[0], span[1]):
        n_touched = 0
        for k in range(indptr[option], indptr[option + 1]):
            c = class_of[indices[k]]
            if c >= 0:
                if hits[c] == 0:
                    touched[n_touched] = c
                    n_touched += 1
                hits[c] += 1
        is_split = False
        for t in range(n_touched):
            c = touched[t]
            if hits[c] < size[c]:
                moved[c] = n_classes
                size[n_classes] = hits[c]
                size[c] -= hits[c]
                width[n_classes] = width[c] + 1
                n_classes += 1
                is_split = True
            else:
                width[c] += 1
            hits[c] = 0
        if is_split:
            for k in range(indptr[option], indptr[option + 1]):
                c = class_of[indices[k]]
                if c >= 0 and moved[c] >= 0:
                    class_of[indices[k]] = moved[c]
        for t in range(n_touched):
            moved[touched[t]] = -1
    return n_classes


@jit_maker
def repeats(indptr: Ints, indices: Shorts) -> NDArray[np.bool_]:
    """Entries whose cell stands in the same option before; empty where there are none."""
    twice = np.zeros(0, dtype=np.bool_)
    n_cells = 0
    for k in range(len(indices)):
        n_cells = max(n_cells, indices[k] + 1)
    seen = np.full(n_cells, -1, dtype=np.int32)
    for option in range(len(indptr) - 1):
        for k in range(indptr[option], indptr[option + 1]):
            if seen[indices[k]] == option:
                if len(twice) == 0:
                    twice = np.zeros(len(indices), dtype=np.bool_)
                twice[k] = True
            seen[indices[k]] = option
    return twice


@jit_maker
def number_classes(class_of: Shorts, width: Shorts, n_classes: int) -> int:
    """Number the classes anew by their first cell; cells of a class that no option holds get −1.

    Parameters
    ----------
    class_of
        Changed in place.

    Returns
    -------
    int
        Classes left.
    """
    new = np.full(n_classes, -1, dtype=np.int32)
    n = 0
    for cell in range(len(class_of)):
        c = class_of[cell]
        if c < 0:
            continue
        if width[c] == 0:
            class_of[cell] = -1
            continue
        if new[c] < 0:
            new[c] = n
            n += 1
        class_of[cell] = new[c]
    return n


@jit_maker
def class_covers(
    class_of: Shorts, n_classes: int, n_entries: int, indptr: Ints, indices: Shorts
) -> tuple[Ints, Shorts]:
    """Classes of each option, each once, in the order in which its cells name them.

    Parameters
    ----------
    n_entries
        Room for the answer: the sum of the classes' widths.
    """
    seen = np.full(n_classes, -1, dtype=np.int32)
    start = np.zeros(len(indptr), dtype=np.int64)
    found = np.empty(n_entries, dtype=np.int32)
    n = 0
    for option in range(len(indptr) - 1):
        for k in range(indptr[option], indptr[option + 1]):
            c = class_of[indices[k]]
            if c >= 0 and seen[c] != option:
                seen[c] = option
                found[n] = c
                n += 1
        start[option + 1] = n
    return start, found[:n]


@jit_maker
def turn_over(indptr: Ints, indices: Shorts, n_columns: int) -> tuple[Ints, Shorts]:
    """The other side of a CSR pattern: rows of each column, ascending."""
    start = np.zeros(n_columns + 1, dtype=np.int64)
    for k in range(len(indices)):
        start[indices[k] + 1] += 1
    for column in range(n_columns):
        start[column + 1] += start[column]
    at = start[:-1].copy()
    rows = np.empty(len(indices), dtype=np.int32)
    for row in range(len(indptr) - 1):
        for k in range(indptr[row], indptr[row + 1]):
            column = indices[k]
            rows[at[column]] = row
            at[column] += 1
    return start, rows


@jit_maker
def dominated(
    covers: tuple[Ints, Shorts], holders: tuple[Ints, Shorts], cost: Floats, open_: NDArray[np.bool_], max_tests: int
) -> NDArray[np.bool_]:
    """Options that another option, no dearer, covers wholly: some best plan does without them.

    Parameters
    ----------
    covers, holders
        Groups of each option, and options of each group, ascending.
    cost
        By option. Of options with the same cover and cost the first stays.
    open_
        Options that may be taken; no other dominates.
    max_tests
        Entries looked at, at most; the rest stay undecided, which loses nothing.
    """
    n_options = len(covers[0]) - 1
    out = np.zeros(n_options, dtype=np.bool_)
    mark = np.full(len(holders[0]) - 1, -1, dtype=np.int32)
    tests = 0
    for option in range(n_options):
        low, high = covers[0][option], covers[0][option + 1]
        if not open_[option] or low == high or tests > max_tests:
            continue
        rarest = covers[1][low]
        for k in range(low, high):
            group = covers[1][k]
            mark[group] = option
            if holders[0][group + 1] - holders[0][group] < holders[0][rarest + 1] - holders[0][rarest]:
                rarest = group
        for h in range(holders[0][rarest], holders[0][rarest + 1]):
            other = holders[1][h]
            n_other = covers[0][other + 1] - covers[0][other]
            if other == option or not open_[other] or out[other] or cost[other] > cost[option] or n_other < high - low:
                continue
            if n_other == high - low and cost[other] == cost[option] and other > option:
                continue
            n_shared, n_left = 0, n_other
            for k in range(covers[0][other], covers[0][other + 1]):
                tests += 1
                n_left -= 1
                if mark[covers[1][k]] == option:
                    n_shared += 1
                elif n_shared + n_left < high - low:
                    break
            if n_shared == high - low:
                out[option] = True
                break
    return out
