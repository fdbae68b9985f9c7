"""Weight of a cell under each objective."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import UsageError
from planner.plan.types import OBJECTIVES

__all__ = ["objective_weight"]

Floats = NDArray[np.float64]


def objective_weight(
    objective: str, cells: pd.DataFrame, service: pd.DataFrame | None = None, *, areas: pd.DataFrame | None = None
) -> Floats:
    """Weight of each cell, at least 0.

    Parameters
    ----------
    objective
        ``umkm``, ``people`` or ``facilities`` count what the cell holds. ``desa`` gives every area code
        one unit, spread over its people (over its UMKM where nobody is counted), so that serving all of
        a desa is worth the same everywhere. ``score`` weighs each UMKM by the score of the finest area
        that holds it and has one. ``blank_spot`` counts the UMKM of cells without any signal (or without evidence of
        one) alone: what a site serves beside them it serves, but it is not chosen for it.
    cells
        `schema.TABLES["cells"]`.
    service
        `schema.TABLES["service"]`, row by row the same cells; only ``blank_spot`` needs it, for what is served already is
        left out by the selection.
    areas
        `schema.TABLES["areas"]`, for ``score``.

    Raises
    ------
    UsageError
        An unknown objective, ``score`` without scores, ``blank_spot`` without service.

    Examples
    --------
    >>> cells = pd.DataFrame({"area_code": ["a", "a", "b"], "people": [1.0, 3.0, 9.0], "n_umkm": [1.0, 0.0, 2.0]})
    >>> objective_weight("desa", cells).tolist()
    [0.25, 0.75, 1.0]
    """
    if objective == "umkm":
        return cells["n_umkm"].to_numpy(dtype=float)
    if objective == "people":
        return cells["people"].to_numpy(dtype=float)
    if objective == "facilities":
        return cells["n_facilities"].to_numpy(dtype=float)
    if objective == "desa":
        return _desa(cells)
    if objective == "score" and areas is not None:
        return np.asarray(_score(cells, areas) / 100.0 * cells["n_umkm"].to_numpy(dtype=float))
    if objective == "blank_spot" and service is not None:
        is_blank = service["level"].isin(["unserved", "unknown"]).to_numpy(dtype=bool)
        return np.where(is_blank, cells["n_umkm"].to_numpy(dtype=float), 0.0)
    known = ", ".join(OBJECTIVES)
    needs = {"score": "scores of areas", "blank_spot": "the service of the cells"}
    what = (
        f"objective '{objective}' needs {needs[objective]}"
        if objective in needs
        else f"unknown objective '{objective}'"
    )
    message = f"{what} (known: {known})"
    raise UsageError(message, code="objective_unknown", objective=objective, known=known)


def _score(cells: pd.DataFrame, areas: pd.DataFrame) -> Floats:
    """Score of each cell: of the longest area code that begins its own and has a score; 0 where none has."""
    known = areas.loc[(areas["area_level"] != "hexagon") & areas["score"].notna()]
    by_code = {str(code): float(score) for code, score in zip(known["area_code"], known["score"], strict=True)}

    def finest(code: str) -> float:
        while code:
            if code in by_code:
                return by_code[code]
            code = code.rpartition(".")[0]
        return 0.0

    codes, number = np.unique(cells["area_code"].to_numpy(dtype=str), return_inverse=True)
    return np.asarray(np.array([finest(str(code)) for code in codes], dtype=float)[number])


def _desa(cells: pd.DataFrame) -> Floats:
    code = cells["area_code"].to_numpy(dtype=str)
    _, number = np.unique(code, return_inverse=True)
    people = cells["people"].to_numpy(dtype=float)
    umkm = cells["n_umkm"].to_numpy(dtype=float)
    of_people = np.bincount(number, weights=people, minlength=1)[number] if len(cells) else people
    of_umkm = np.bincount(number, weights=umkm, minlength=1)[number] if len(cells) else umkm
    by_umkm = np.divide(umkm, of_umkm, out=np.zeros(len(cells)), where=of_umkm > 0)
    share = np.divide(people, of_people, out=by_umkm, where=of_people > 0)
    return np.where(code == "", 0.0, share)
