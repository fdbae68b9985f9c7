"""What is not known earns a survey: areas in the order in which knowing more would change most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.plan.types import Plan
from planner.schema_columns import SURVEYS

__all__ = ["survey_table", "surveys"]

_REGISTER = "register"
_DRIVE_TEST = "drive_test"
_COUNT = "count"


def surveys(plan: Plan, cells: pd.DataFrame, service: pd.DataFrame, *, areas: pd.DataFrame | None = None) -> Plan:
    """The plan with its surveys: unknown areas by the finest code of their cells (`survey_table`).

    Parameters
    ----------
    plan
        Any plan; only its surveys change.
    cells, service
        As the plan was made from.
    areas
        Not needed: an area is surveyed for what is unknown in it, whatever its score.
    """
    _ = areas
    return replace(plan, surveys=survey_table(cells, service, cells["area_code"].to_numpy(dtype=str)))


def survey_table(cells: pd.DataFrame, service: pd.DataFrame, area_code: NDArray[np.str_]) -> pd.DataFrame:
    """Areas that hold cells of unknown service, most unknown UMKM first.

    Parameters
    ----------
    cells
        `schema.TABLES["cells"]`.
    service
        `schema.TABLES["service"]`, row by row the same cells.
    area_code
        Area of each cell, at the level at which surveys are ordered; cells outside all areas ("") are left out.

    Returns
    -------
    DataFrame
        `schema.TABLES["surveys"]`, sorted by rank. ``settle_with`` is ``drive_test`` where a tower
        is known to be near (a server is named), else ``register`` (ask the operators for their
        registers), and ``count`` where fewer than half of the UMKM there come from observed rows.

    Notes
    -----
    The rank goes by unknown UMKM, then unknown people, then area code: what a survey could change at most.
    An area is placed at the middle of its unknown UMKM (of its unknown cells where it has none).
    """
    names = [column.name for column in SURVEYS]
    unknown = (service["level"].to_numpy(dtype=str) == "unknown") & (np.asarray(area_code, dtype=str) != "")
    holds = (cells["n_umkm"].to_numpy(dtype=float) > 0) | (cells["people"].to_numpy(dtype=float) > 0)
    at = np.flatnonzero(unknown & holds)
    if not len(at):
        return pd.DataFrame({name: pd.Series(dtype="float64") for name in names})
    code, area = np.unique(np.asarray(area_code, dtype=str)[at], return_inverse=True)
    n = len(code)
    umkm, people = cells["n_umkm"].to_numpy(dtype=float)[at], cells["people"].to_numpy(dtype=float)[at]
    weight = np.where(np.bincount(area, weights=umkm, minlength=n)[area] > 0, umkm, 1.0)
    total = np.bincount(area, weights=weight, minlength=n)
    size = np.bincount(area, minlength=n)
    confidence = service["confidence_share"].to_numpy(dtype=float)[at]
    seen = np.bincount(area, weights=cells["n_umkm_observed"].to_numpy(dtype=float)[at], minlength=n)
    named = np.bincount(
        area, weights=(service["server_bts_id"].to_numpy(dtype=str)[at] != "").astype(float), minlength=n
    )
    n_umkm = np.bincount(area, weights=umkm, minlength=n)
    settle = np.where(named > 0, _DRIVE_TEST, np.where((n_umkm > 0) & (seen < 0.5 * n_umkm), _COUNT, _REGISTER))
    table = pd.DataFrame(
        {
            "area_code": code, "rank": 0, "n_umkm_unknown": n_umkm,
            "people_unknown": np.bincount(area, weights=people, minlength=n),
            "confidence_share": np.clip(np.bincount(area, weights=confidence, minlength=n) / size, 0.0, 1.0),
            "settle_with": settle,
            "lon_deg": np.bincount(area, weights=weight * cells["lon_deg"].to_numpy(dtype=float)[at], minlength=n) / total,
            "lat_deg": np.bincount(area, weights=weight * cells["lat_deg"].to_numpy(dtype=float)[at], minlength=n) / total,
        }
    )  # fmt: skip
    order = ["n_umkm_unknown", "people_unknown", "area_code"]
    table = table.sort_values(order, ascending=[False, False, True], kind="stable", ignore_index=True)
    table["rank"] = np.arange(1, n + 1)
    return table[names]
