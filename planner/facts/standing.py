"""The one rule by which weight is counted: every total sums shares.

A cell of weight w and served share s counts w·s as served. What is left of it counts by what it meets: ``limited``
where a signal reaches it, else ``unserved`` or ``unknown``. Desa alone are counted as whole things (`planner.facts.desa`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demand.points import UNIT
from planner.schema_columns import CAUSES, LEVELS

__all__ = ["LIMITED", "SERVED", "UNKNOWN", "UNSERVED", "Standing", "after", "part_of", "standing_of", "sums_by"]

SERVED, LIMITED, UNSERVED, UNKNOWN = range(len(LEVELS))
Floats = NDArray[np.float64]


def part_of(weight: Floats, share: Floats) -> Floats:
    """Weight times share in steps of 2⁻²⁰, so that float64 adds it without rounding in any order."""
    found: Floats = np.round(weight * share / UNIT) * UNIT
    return found


@dataclass(frozen=True, eq=False)
class Standing:
    """How the demand of each cell stands.

    Parameters
    ----------
    share
        What is served, 0–1.
    rest_level, rest_cause
        Level (never ``served``) and cause of what is not: positions in `LEVELS` and `CAUSES`. They mean nothing
        where all is served.
    """

    share: Floats
    rest_level: NDArray[np.int64]
    rest_cause: NDArray[np.int64]

    def served(self, weight: Floats) -> Floats:
        """Served part of each cell's weight."""
        return part_of(weight, self.share)

    def parts(self, weight: Floats) -> Floats:
        """Weight of each level in each cell, shape ``(n_levels, n)``; a column sums to the cell's weight."""
        return self.split(self.served(weight), weight)

    def split(self, served: Floats, weight: Floats) -> Floats:
        """`parts` of a weight whose served part is known."""
        found = np.zeros((len(LEVELS), len(weight)))
        found[self.rest_level, np.arange(len(weight))] = weight - served
        found[SERVED] += served
        return found

    def by_cause(self, weight: Floats) -> Floats:
        """Weight that is not served by cause in each cell, shape ``(n_causes, n)``; the cause '' holds what is served."""
        served = self.served(weight)
        found = np.zeros((len(CAUSES), len(weight)))
        found[self.rest_cause, np.arange(len(weight))] = weight - served
        found[0] += served
        return found


def standing_of(service: pd.DataFrame) -> Standing:
    """How cells stand today, from ``level, cause, rest_cause, served_share`` of the service table.

    Notes
    -----
    What a served cell lacks is ``limited`` by ``rest_cause``: the signal reaches it, capacity is short.
    """
    level, cause = _index(service["level"], LEVELS), _index(service["cause"], CAUSES)
    rest = _index(service["rest_cause"], CAUSES)
    is_served = level == SERVED
    share = np.clip(service["served_share"].to_numpy(dtype=np.float64), 0.0, 1.0)
    return Standing(share, np.where(is_served, LIMITED, level), np.where(is_served, rest, cause))


def after(before: Standing, new_share: Floats) -> Standing:
    """How cells stand once a plan serves more: what it reaches in part is limited by the capacity of its cells.

    Parameters
    ----------
    before
        Today.
    new_share
        Share of each cell's whole demand that the plan newly serves; never counted beyond what is not served.
    """
    share = np.minimum(before.share + new_share, 1.0)
    is_touched = new_share > 0.0
    level = np.where(is_touched, LIMITED, before.rest_level)
    return Standing(share, level, np.where(is_touched, CAUSES.index("cell_capacity"), before.rest_cause))


def sums_by(index: NDArray[np.int64], n: int, values: Floats) -> Floats:
    """Sum over each of ``n`` groups; cells of group −1 are left out.

    Parameters
    ----------
    index
        Group of each cell.
    n
        Number of groups.
    values
        Shape ``(n_cells,)`` or ``(k, n_cells)``; the result has ``n`` in place of ``n_cells``.
    """
    if values.ndim == 2:
        return np.array([sums_by(index, n, row) for row in values]).reshape(len(values), n)
    held = index >= 0
    return np.bincount(index[held], weights=values[held], minlength=n).astype(np.float64)


def _index(values: pd.Series, names: tuple[str, ...]) -> NDArray[np.int64]:
    """Position of each value in ``names``: sums over numbers are many times faster than over text."""
    return np.asarray(pd.Categorical(values, categories=list(names)).codes, dtype=np.int64)
