"""Packs the plans of other ceilings, so that a reader can ask what more or less money would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.maps import tables
from planner.maps.packed import Pack

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["add_frontier", "plan_row"]

_SAME_SHARE = 1e-6
_YEAR_COLUMNS = ("point", "year", "n_sites_on", "n_umkm_on")


def add_frontier(
    pack: Pack,
    points: pd.DataFrame,
    *,
    sites: dict[str, Any] | None,
    links: dict[str, Any] | None,
    years: pd.DataFrame | None,
    ceiling_idr: float | None,
) -> dict[str, Any]:
    """Pack the points of a frontier, cheapest first, with the sites and links of each.

    Parameters
    ----------
    pack
        Block that takes the columns.
    points
        A row a ceiling: ``point, ceiling_idr`` and what its plan reaches.
    sites, links
        Packed rows of all points, with the column ``point``.
    years
        ``point, year, n_sites_on, n_umkm_on``: what stands and serves by the end of each year; None without years.
    ceiling_idr
        Ceiling of the plan the page is about; its point is named ``own``.

    Returns
    -------
    dict
        ``points`` and ``years`` packed, ``sites``, ``links`` and ``own``, the row of the page's own plan.
    """
    ordered = _ordered(points)
    return {
        "points": tables.add_table(pack, ordered, ordered.columns),
        "sites": sites,
        "links": links,
        "years": None if years is None else tables.add_table(pack, years, _YEAR_COLUMNS),
        "own": plan_row(points, ceiling_idr),
    }


def plan_row(points: pd.DataFrame, ceiling_idr: float | None) -> int | None:
    """Row of the point under a ceiling, cheapest first; None where there is none."""
    ceilings = _ordered(points)["ceiling_idr"].to_numpy(np.float64)
    same = np.flatnonzero(np.isclose(ceilings, ceiling_idr or np.nan, rtol=_SAME_SHARE, atol=0.0))
    return int(same[0]) if len(same) else None


def _ordered(points: pd.DataFrame) -> pd.DataFrame:
    return points.sort_values(["ceiling_idr", "point"], kind="stable").reset_index(drop=True)
