"""Compiled kernels of the price bound: what each copy is worth under prices, whom it serves, and how places mix copies."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.plan._cover_kernel import best_first
from planner.radio._jit import jit_maker

__all__ = ["bend", "mix_places", "serve_copies", "worth_of_copies"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@jit_maker
def worth_of_copies(
    cover: tuple[Ints, Ints, Ints], worth: Floats, demand: Floats, spans: tuple[Ints, Ints], limit: tuple[Floats, Floats],
    found: tuple[Floats, Floats, Floats], whole: Ints,
) -> None:  # fmt: skip
    """Most worth each copy can serve within its Mbps, where a Mbps not carried earns a rebate.

    Parameters
    ----------
    cover
        Groups of each option (offsets, groups), and room for the same groups best worth over demand first.
    worth, demand
        By group: weight less price; Mbps.
    spans
        By option: its copies are the first figure up to the second one.
    limit
        By copy: Mbps at most; rebate for each Mbps less.
    found
        By copy, changed in place: worth with rebates, Mbps carried, share of the first group that is not whole.
    whole
        By copy, changed in place: groups served as a whole.
    """
    indptr, indices, ordered = cover
    spot, ratio = np.zeros(len(indices) + 1, dtype=np.int64), np.zeros(len(indices) + 1)
    for option in range(len(indptr) - 1):
        if spans[1][option] == spans[0][option]:
            continue
        n = best_first(indptr[option], indptr[option + 1], indices, worth, demand, spot, ratio)
        ordered[indptr[option] : indptr[option] + n] = spot[:n]
        for c in range(spans[0][option], spans[1][option]):
            left, total, j, part = limit[0][c], 0.0, 0, 0.0
            while j < n and worth[spot[j]] > limit[1][c] * demand[spot[j]]:
                need = demand[spot[j]]
                if need > left:
                    part = left / need
                    total += worth[spot[j]] * part
                    left = 0.0
                    break
                left -= need
                total += worth[spot[j]]
                j += 1
            found[0][c], found[1][c], found[2][c], whole[c] = total + limit[1][c] * left, limit[0][c] - left, part, j


@jit_maker
def serve_copies(
    indptr: Ints, ordered: Ints, option: Ints, x: Floats, part: Floats, whole: Ints, n_groups: int
) -> Floats:  # fmt: skip
    """How often each group is served when the copies serve as `worth_of_copies` found, ``x`` of each."""
    served = np.zeros(n_groups)
    for c in range(len(x)):
        if x[c] <= 1e-6:
            continue
        first = indptr[option[c]]
        for j in range(first, first + whole[c]):
            served[ordered[j]] += x[c]
        if part[c] > 0.0:
            served[ordered[first + whole[c]]] += x[c] * part[c]
    return served


@jit_maker
def mix_places(first: Ints, net: Floats, heat: float, x: Floats) -> tuple[float, float]:
    """Share of each copy when every place leans to its best one; the smoothed and the exact sum of the best.

    Parameters
    ----------
    first
        Where the copies of each place begin.
    net
        Worth of each copy less what it pays.
    heat
        How far below the best a copy still counts.
    x
        Shares, changed in place; a place may also take nothing.
    """
    smooth, exact = 0.0, 0.0
    for p in range(len(first)):
        end = first[p + 1] if p + 1 < len(first) else len(net)
        best = 0.0
        for c in range(first[p], end):
            best = max(best, net[c])
        total = math.exp(-best / heat)
        for c in range(first[p], end):
            x[c] = math.exp((net[c] - best) / heat)
            total += x[c]
        for c in range(first[p], end):
            x[c] /= total
        smooth += best + heat * math.log(total)
        exact += best
    return smooth, exact


@jit_maker
def bend(first: Ints, cost: NDArray[np.float64], free: Ints, x: Floats, heat: float) -> NDArray[np.float64]:
    """Second derivatives of the smoothed bound by the prices of the ``free`` rows (``cost``: row by copy)."""
    n, size = len(free), cost.shape[1]
    curve, mean, row = np.zeros((n, n)), np.zeros(n), np.zeros(n)
    for p in range(len(first)):
        end = first[p + 1] if p + 1 < len(first) else size
        mean[:] = 0.0
        for c in range(first[p], end):
            if x[c] < 1e-9:
                continue
            for i in range(n):
                row[i] = cost[free[i], c]
                mean[i] += x[c] * row[i]
            for i in range(n):
                for j in range(i + 1):
                    curve[i, j] += x[c] * row[i] * row[j]
        for i in range(n):
            for j in range(i + 1):
                curve[i, j] -= mean[i] * mean[j]
    for i in range(n):
        for j in range(i + 1):
            curve[i, j] /= heat
            curve[j, i] = curve[i, j]
    return curve
