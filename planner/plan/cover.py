"""Greedy covering by marginal weight: which places to look at first."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["greedy_cover", "greedy_rounds"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def greedy_cover(covers: Sequence[Ints], weight: Floats, *, least: float) -> Iterator[tuple[int, Ints, Floats]]:
    """Covers in the order of what they add, until none adds ``least``.

    Parameters
    ----------
    covers
        Positions in ``weight`` that each cover holds.
    weight
        Weight of each position, at least 0.
    least
        Smallest addition worth a turn; an addition of nothing never is.

    Yields
    ------
    tuple
        Number of the cover, the positions it adds (with weight left) and their weights. Ties go to the smaller number.

    Notes
    -----
    Additions only shrink as covers are taken, so a stale one is an upper bound and is looked at again only
    when it comes to the top (Minoux 1978, doi:10.1007/BFb0006528).
    """
    left = weight.astype(np.float64)
    heap = [(-float(left[held].sum()), i) for i, held in enumerate(covers)]
    heapq.heapify(heap)
    while heap and -heap[0][0] >= least and heap[0][0] < 0.0:
        _, i = heapq.heappop(heap)
        gain = float(left[covers[i]].sum())
        if heap and (-gain, i) > heap[0]:
            heapq.heappush(heap, (-gain, i))
            continue
        if gain < least or gain <= 0.0:
            break
        held = covers[i][left[covers[i]] > 0.0]
        yield i, held, left[held]
        left[held] = 0.0


def greedy_rounds(covers: Sequence[Ints], weight: Floats, *, least: float, most: int) -> list[int]:
    """The first ``most`` covers, in rounds: once nothing more is added, those not yet taken start again.

    The first round spreads over all weight; later rounds add alternatives to the heaviest places. Covers
    that never add ``least`` come last, by their weight and then their number.
    """
    order: list[int] = []
    open_ = list(range(len(covers)))
    while open_ and len(order) < most:
        taken = [open_[i] for i, _, _ in greedy_cover([covers[i] for i in open_], weight, least=least)]
        if not taken:
            totals = np.array([weight[covers[i]].sum() for i in open_])
            taken = [open_[i] for i in np.argsort(-totals, kind="stable")]
        order.extend(taken)
        gone = set(taken)
        open_ = [i for i in open_ if i not in gone]
    return order[:most]
