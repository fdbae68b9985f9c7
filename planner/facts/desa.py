"""Level of service of a whole desa, as officials count it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.schema_columns import CAUSES, LEVELS
from planner.specs.service import ServiceSpec

__all__ = ["DesaLevels", "class_sums", "desa_levels", "sums_by"]


@dataclass(frozen=True, eq=False)
class DesaLevels:
    """Level and cause of each desa.

    Parameters
    ----------
    level
        Position in `LEVELS` for each desa.
    cause
        Position in `CAUSES` of the cause that keeps most of its people from service; 0 ('') for
        served ones.
    """

    level: NDArray[np.int64]
    cause: NDArray[np.int64]


SERVED, LIMITED, UNSERVED, UNKNOWN = range(len(LEVELS))


def sums_by(index: NDArray[np.int64], n: int, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of ``values`` over each of ``n`` groups; cells of group −1 are left out."""
    held = index >= 0
    return np.bincount(index[held], weights=values[held], minlength=n).astype(np.float64)


def desa_levels(
    cells: pd.DataFrame,
    level: NDArray[np.int64],
    cause: NDArray[np.int64],
    *,
    desa_index: NDArray[np.int64],
    n_desa: int,
    spec: ServiceSpec,
) -> DesaLevels:
    """Judge each desa by its people and its main public facilities.

    Parameters
    ----------
    cells
        Demand cells; ``n_facilities_main`` counts where it is present, else ``n_facilities``.
    level, cause
        Of each cell: positions in `LEVELS` and `CAUSES`.
    desa_index
        Desa of each cell, −1 for none.
    n_desa
        Number of desa.
    spec
        ``desa_people_share`` p and ``desa_facilities_share`` f.

    Notes
    -----
    With s, l, u the shares of the desa's people (else its enterprises, else its facilities) in served,
    limited and unknown cells, and S, L, U those of its main facilities (1, 0, 0 where it has none):

    - served: s ≥ p and S ≥ f;
    - unknown: not served, but s + u ≥ p and S + U ≥ f: what is not known decides; also a desa
      in which nobody and nothing is known to be;
    - limited: not unknown, and s + l + u ≥ p and S + L + U ≥ f;
    - unserved: the rest.
    """
    main = cells["n_facilities_main"] if "n_facilities_main" in cells else cells["n_facilities"]
    facilities = main.to_numpy(dtype=np.float64)
    weight = _weights(cells, desa_index, n_desa)
    people = _shares(weight, level, desa_index, n_desa, empty=0.0)
    places = _shares(facilities, level, desa_index, n_desa, empty=1.0)
    p, f = spec.desa_people_share - 1e-12, spec.desa_facilities_share - 1e-12
    is_served = (people[SERVED] >= p) & (places[SERVED] >= f)
    may_be = (people[SERVED] + people[UNKNOWN] >= p) & (places[SERVED] + places[UNKNOWN] >= f)
    is_limited = (1.0 - people[UNSERVED] >= p) & (1.0 - places[UNSERVED] >= f)
    is_empty = sums_by(desa_index, n_desa, weight) <= 0.0
    found = np.select(
        [is_empty, is_served, may_be, is_limited], [UNKNOWN, SERVED, UNKNOWN, LIMITED], default=UNSERVED
    ).astype(np.int64)
    return DesaLevels(found, _causes(weight, cause, found, desa_index, n_desa))


def _weights(cells: pd.DataFrame, index: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    """People; where a desa has none, its enterprises; else its facilities."""
    columns = [cells[name].to_numpy(dtype=np.float64) for name in ("people", "n_umkm", "n_facilities")]
    has = [np.append(sums_by(index, n, column) > 0.0, np.False_)[index] for column in columns]
    return np.where(has[0], columns[0], np.where(has[1], columns[1], columns[2]))


def _shares(
    weight: NDArray[np.float64], level: NDArray[np.int64], index: NDArray[np.int64], n: int, *, empty: float
) -> NDArray[np.float64]:
    """Share of each level, shape ``(n_levels, n)``; where there is nothing to weigh, ``empty`` is served."""
    parts = class_sums(weight, level, len(LEVELS), index, n)
    whole = parts.sum(axis=0)
    default = np.zeros(parts.shape)
    default[SERVED] = empty
    shares: NDArray[np.float64] = np.divide(parts, whole, out=default, where=whole > 0.0)
    return shares


def class_sums(
    values: NDArray[np.float64], of: NDArray[np.int64], n_classes: int, index: NDArray[np.int64], n: int
) -> NDArray[np.float64]:
    """Sum of ``values`` of each class in each group, shape ``(n_classes, n)``."""
    joint = np.where(index >= 0, of * n + index, -1)
    return sums_by(joint, n_classes * n, values).reshape(n_classes, n)


def _causes(
    weight: NDArray[np.float64],
    cause: NDArray[np.int64],
    level: NDArray[np.int64],
    index: NDArray[np.int64],
    n: int,
) -> NDArray[np.int64]:
    """Cause with the most people behind it; of equals the one that ranks first."""
    sums = class_sums(weight, cause, len(CAUSES), index, n)[1:]
    found = sums.argmax(axis=0) + 1  # without any, the first: no data
    return np.where(level == SERVED, 0, found).astype(np.int64)
