"""Compiled kernels over covers: what each choice is worth, and whom it serves, under prices of the groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import jit_maker

__all__ = ["best_first", "gains_in_order", "knapsacks", "serve_in_order"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@jit_maker
def gains_in_order(
    indptr: Ints, indices: Ints, weight: Floats, demand: Floats, rest: Floats, choice_option: Ints, choice_mbps: Floats
) -> Floats:
    """Weight each choice would newly serve of what is left, its groups taken in their given order.

    Parameters
    ----------
    indptr, indices
        Groups of each option, best weight over demand first.
    weight, demand
        By group.
    rest
        Share of each group that nobody serves yet.
    choice_option, choice_mbps
        Option and capacity of each choice.
    """
    found = np.zeros(len(choice_option))
    for c in range(len(choice_option)):
        left = choice_mbps[c]
        total = 0.0
        for k in range(indptr[choice_option[c]], indptr[choice_option[c] + 1]):
            group = indices[k]
            share = rest[group]
            if share <= 0.0:
                continue
            need = demand[group] * share
            if need <= left:
                left -= need
                total += weight[group] * share
            else:
                total += weight[group] * share * left / need
                break
        found[c] = total
    return found


@jit_maker
def best_first(low: int, high: int, indices: Ints, worth: Floats, demand: Floats, spot: Ints, ratio: Floats) -> int:
    """Groups of one option that are worth something, best worth over demand first; how many."""
    n = 0
    for k in range(low, high):
        group = indices[k]
        if worth[group] > 0.0:
            spot[n] = group
            ratio[n] = worth[group] / demand[group] if demand[group] > 0.0 else np.inf
            n += 1
    order = np.argsort(-ratio[:n], kind="mergesort")
    kept = spot[:n].copy()
    for k in range(n):
        spot[k] = kept[order[k]]
    return n


@jit_maker
def knapsacks(
    indptr: Ints, indices: Ints, worth: Floats, demand: Floats, first_choice: Ints, choice_mbps: Floats,
    option_demand: Floats,
) -> Floats:  # fmt: skip
    """Most worth each choice can serve within its capacity: fractional knapsacks.

    Parameters
    ----------
    worth
        Weight less price, by group; groups of no worth are left out.
    first_choice
        By option: its choices are ``first_choice[k]`` … ``first_choice[k + 1] − 1``.
    option_demand
        Demand of all groups of an option; where it fits, nothing needs to be sorted.
    """
    n_options = len(indptr) - 1
    found = np.zeros(len(choice_mbps))
    spot = np.zeros(len(indices) + 1, dtype=np.int64)
    ratio = np.zeros(len(indices) + 1)
    for k in range(n_options):
        least = np.inf
        for c in range(first_choice[k], first_choice[k + 1]):
            least = min(least, choice_mbps[c])
        if first_choice[k + 1] == first_choice[k]:
            continue
        if option_demand[k] <= least:
            total = 0.0
            for j in range(indptr[k], indptr[k + 1]):
                total += max(worth[indices[j]], 0.0)
            found[first_choice[k] : first_choice[k + 1]] = total
            continue
        n = best_first(indptr[k], indptr[k + 1], indices, worth, demand, spot, ratio)
        for c in range(first_choice[k], first_choice[k + 1]):
            left = choice_mbps[c]
            total = 0.0
            for j in range(n):
                need = demand[spot[j]]
                if need <= left:
                    left -= need
                    total += worth[spot[j]]
                else:
                    total += worth[spot[j]] * left / need
                    break
            found[c] = total
    return found


@jit_maker
def serve_in_order(
    indptr: Ints, indices: Ints, worth: Floats, demand: Floats, choices: Ints, choice_option: Ints,
    choice_mbps: Floats, x: Floats,
) -> Floats:  # fmt: skip
    """How often each group is served when the given choices each take their knapsack, ``x`` of it.

    Parameters
    ----------
    choices
        Numbers of the choices taken.
    x
        How much of each choice is taken, by choice.
    """
    served = np.zeros(len(worth))
    spot = np.zeros(len(indices) + 1, dtype=np.int64)
    ratio = np.zeros(len(indices) + 1)
    for c in choices:
        k = choice_option[c]
        n = best_first(indptr[k], indptr[k + 1], indices, worth, demand, spot, ratio)
        left = choice_mbps[c]
        for j in range(n):
            need = demand[spot[j]]
            if need <= left:
                left -= need
                served[spot[j]] += x[c]
            else:
                served[spot[j]] += x[c] * left / need
                break
    return served
