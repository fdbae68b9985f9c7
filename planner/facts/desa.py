"""Level of service of a whole desa, as officials count it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.schema_columns import CAUSES, LEVELS
from planner.specs.service import ServiceSpec

__all__ = ["DesaLevels", "desa_levels", "sums_by"]


@dataclass(frozen=True, eq=False)
class DesaLevels:
    """Level and cause of each desa.

    Parameters
    ----------
    level
        One of `LEVELS` for each desa.
    cause
        The cause that keeps most of its people from service, '' for served ones.
    """

    level: NDArray[np.str_]
    cause: NDArray[np.str_]


def sums_by(index: NDArray[np.int64], n: int, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of ``values`` over each of ``n`` groups; cells of group −1 are left out."""
    held = index >= 0
    return np.bincount(index[held], weights=values[held], minlength=n).astype(np.float64)


def desa_levels(
    cells: pd.DataFrame,
    level: NDArray[np.str_],
    cause: NDArray[np.str_],
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
        Of each cell.
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
    is_served = (people["served"] >= p) & (places["served"] >= f)
    is_open = (people["served"] + people["unknown"] >= p) & (places["served"] + places["unknown"] >= f)
    reach_people = people["served"] + people["unknown"] + people["limited"]
    reach_places = places["served"] + places["unknown"] + places["limited"]
    is_limited = (reach_people >= p) & (reach_places >= f)
    is_empty = sums_by(desa_index, n_desa, weight) <= 0.0
    cases = [is_empty, is_served, is_open, is_limited]
    choices = [np.full(1, name) for name in ("unknown", "served", "unknown", "limited")]
    found = np.select(cases, choices, default=np.full(1, "unserved"))
    return DesaLevels(found, _causes(weight, cause, found, desa_index, n_desa))


def _weights(cells: pd.DataFrame, index: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    """People; where a desa has none, its enterprises; else its facilities."""
    columns = [cells[name].to_numpy(dtype=np.float64) for name in ("people", "n_umkm", "n_facilities")]
    has = [np.append(sums_by(index, n, column) > 0.0, False)[index] for column in columns]
    return np.where(has[0], columns[0], np.where(has[1], columns[1], columns[2]))


def _shares(
    weight: NDArray[np.float64], level: NDArray[np.str_], index: NDArray[np.int64], n: int, *, empty: float
) -> dict[str, NDArray[np.float64]]:
    """Share of each level; where there is nothing to weigh, ``served`` is ``empty`` and the rest 0."""
    whole = sums_by(index, n, weight)
    found = {}
    for name in LEVELS:
        part = sums_by(index, n, np.where(level == name, weight, 0.0))
        default = np.full(n, empty if name == "served" else 0.0)
        found[name] = np.divide(part, whole, out=default, where=whole > 0.0)
    return found


def _causes(
    weight: NDArray[np.float64],
    cause: NDArray[np.str_],
    level: NDArray[np.str_],
    index: NDArray[np.int64],
    n: int,
) -> NDArray[np.str_]:
    """Cause with the most people behind it; of equals the one that ranks first."""
    names = CAUSES[1:]
    sums = np.stack([sums_by(index, n, np.where(cause == name, weight, 0.0)) for name in names])
    found = np.array(names)[sums.argmax(axis=0)] if n else np.zeros(0, dtype="U20")
    found = np.where(sums.sum(axis=0) > 0.0, found, "no_data")
    return np.where(level == "served", "", found)
