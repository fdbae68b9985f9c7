"""Level of service of a whole desa, as officials count it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.facts.standing import LIMITED, SERVED, UNKNOWN, UNSERVED, Standing, sums_by
from planner.specs.service import ServiceSpec

__all__ = ["DesaLevels", "desa_levels"]


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


def desa_levels(
    cells: pd.DataFrame,
    standing: Standing,
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
    standing
        How the demand of each cell stands.
    desa_index
        Desa of each cell, −1 for none.
    n_desa
        Number of desa.
    spec
        ``desa_people_share`` p and ``desa_facilities_share`` f.

    Notes
    -----
    With s, l, u the shares of the desa's people (else its enterprises, else its facilities) that are served,
    limited and unknown (shares of cells summed, as in every total), and S, L, U those of its main facilities
    (1, 0, 0 where it has none):

    - served: s ≥ p and S ≥ f;
    - unknown: not served, but s + u ≥ p and S + U ≥ f: what is not known decides; also a desa
      in which nobody and nothing is known to be;
    - limited: not unknown, and s + l + u ≥ p and S + L + U ≥ f;
    - unserved: the rest.
    """
    main = cells["n_facilities_main"] if "n_facilities_main" in cells else cells["n_facilities"]
    facilities = main.to_numpy(dtype=np.float64)
    weight = _weights(cells, desa_index, n_desa)
    people = _shares(standing.parts(weight), desa_index, n_desa, empty=0.0)
    places = _shares(standing.parts(facilities), desa_index, n_desa, empty=1.0)
    p, f = spec.desa_people_share - 1e-12, spec.desa_facilities_share - 1e-12
    is_served = (people[SERVED] >= p) & (places[SERVED] >= f)
    may_be = (people[SERVED] + people[UNKNOWN] >= p) & (places[SERVED] + places[UNKNOWN] >= f)
    is_limited = (1.0 - people[UNSERVED] >= p) & (1.0 - places[UNSERVED] >= f)
    is_empty = sums_by(desa_index, n_desa, weight) <= 0.0
    found = np.select(
        [is_empty, is_served, may_be, is_limited], [UNKNOWN, SERVED, UNKNOWN, LIMITED], default=UNSERVED
    ).astype(np.int64)
    return DesaLevels(found, _causes(standing.by_cause(weight), found, desa_index, n_desa))


def _weights(cells: pd.DataFrame, index: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    """People; where a desa has none, its enterprises; else its facilities."""
    columns = [cells[name].to_numpy(dtype=np.float64) for name in ("people", "n_umkm", "n_facilities")]
    has = [np.append(sums_by(index, n, column) > 0.0, np.False_)[index] for column in columns]
    return np.where(has[0], columns[0], np.where(has[1], columns[1], columns[2]))


def _shares(cells: NDArray[np.float64], index: NDArray[np.int64], n: int, *, empty: float) -> NDArray[np.float64]:
    """Share of each level, shape ``(n_levels, n)``; where there is nothing to weigh, ``empty`` is served."""
    parts = sums_by(index, n, cells)
    whole = parts.sum(axis=0)
    default = np.zeros(parts.shape)
    default[SERVED] = empty
    shares: NDArray[np.float64] = np.divide(parts, whole, out=default, where=whole > 0.0)
    return shares


def _causes(
    by_cause: NDArray[np.float64], level: NDArray[np.int64], index: NDArray[np.int64], n: int
) -> NDArray[np.int64]:
    """Cause with the most people behind it; of equals the one that ranks first."""
    sums = sums_by(index, n, by_cause)[1:]
    found = sums.argmax(axis=0) + 1  # without any, the first: no data
    return np.where(level == SERVED, 0, found).astype(np.int64)
