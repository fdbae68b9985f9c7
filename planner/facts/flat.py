"""Facts as flat tables, for exports and reports: the same numbers as on the map, one row an area."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.schema_columns import LEVELS

__all__ = ["NEW", "area_table", "names_above", "share", "share_of", "short_of", "whole_levels"]

_TEXT = ("area_level", "area_code", "bps_code", "name", "level", "cause")
_LEVELS = ("provinsi", "kabupaten", "kecamatan", "desa")


def area_table(facts: Mapping[str, Any], level: str, scores: pd.DataFrame | None = None) -> pd.DataFrame:
    """Areas of a level with their totals.

    Parameters
    ----------
    facts
        ``Facts.to_json()``.
    level
        ``provinsi``, ``kabupaten``, ``kecamatan`` or ``desa``.
    scores
        Declared table ``areas``; gives the parts of the score.

    Returns
    -------
    DataFrame
        ``area_code, bps_code, name``, ``<level>_name`` of the areas above, ``<unit>_total`` and
        ``<unit>_<level>`` for UMKM, people, desa and facilities, what the plan adds, ``level, cause`` (desa
        only), ``score, score_low, score_high``, ``raw_<criterion>, part_<criterion>``. By code; numbers are
        float64, NaN where unknown. Empty when the facts have no such area.
    """
    records = facts.get("areas", ())
    mine = [_flat(record) for record in records if record.get("area_level") == level]
    if not mine:
        return pd.DataFrame()
    frame = pd.DataFrame(mine).drop(columns="area_level")
    numbers = [name for name in frame.columns if name not in _TEXT]
    frame[numbers] = frame[numbers].astype(np.float64)
    for at, column in enumerate(names_above(facts, frame["area_code"], level).items()):
        frame.insert(3 + at, *column)
    if level != "desa":
        frame = frame.drop(columns=["level", "cause"], errors="ignore")
    if scores is not None and len(scores):
        parts = [name for name in scores.columns if name.startswith(("raw_", "part_"))]
        wanted = scores.loc[scores["area_level"] == level, ["area_code", *parts]]
        frame = frame.merge(wanted, on="area_code", how="left", validate="one_to_one")
    return frame.sort_values("area_code", kind="stable", ignore_index=True)


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, Mapping):
            order = ["total", *(name for name in value if name != "total")]
            flat |= {f"{key}_{name}": value.get(name) for name in order}
        else:
            flat[key] = value
    return flat


def names_above(facts: Mapping[str, Any], codes: pd.Series[Any], level: str = "") -> dict[str, pd.Series[Any]]:
    """Names of the areas that hold each code: ``<level>_name`` → names, "" where there is none.

    Parameters
    ----------
    facts
        ``Facts.to_json()``.
    codes
        Kemendagri codes.
    level
        Only levels above this one; "" gives all, down to the desa.
    """
    names = {str(record["area_code"]): str(record["name"]) for record in facts.get("areas", ())}
    parts = [code.split(".") for code in codes.astype("str")]
    wanted = _LEVELS[: _LEVELS.index(level)] if level else _LEVELS
    found = {}
    for at, above in enumerate(wanted, start=1):
        held = [names.get(".".join(part[:at]), "") if len(part) >= at else "" for part in parts]
        found[f"{above}_name"] = pd.Series(held, index=codes.index, dtype="str")
    return found


NEW = {"umkm": "n_umkm_new", "people": "people_new", "desa": "n_desa_new", "facilities": "n_facilities_new"}
"""Unit → name of what the plan newly serves."""


def whole_levels(facts: Mapping[str, Any]) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """Totals by level today and after the plan in whole numbers that still add up.

    Parameters
    ----------
    facts
        ``Facts.to_json()``.

    Returns
    -------
    now, then
        Unit → level → whole number; ``then`` is empty without a plan.

    Notes
    -----
    Totals sum shares, so they have fractions. Rounded one by one, served after the plan could miss served today plus
    newly served by one. Here served after is the sum of the two as they are shown, and ``limited`` takes what
    rounding leaves, so that the levels sum to the whole as it is shown.
    """
    plan = facts.get("plan") or {}
    now = {unit: _whole(counts) for unit, counts in facts.get("totals", {}).items()}
    then = {
        unit: _whole(counts, now[unit]["served"] + round(plan[NEW[unit]]))
        for unit, counts in plan.get("totals_after", {}).items()
        if unit in now and unit in NEW
    }
    return now, then


def _whole(counts: Mapping[str, float], served: int | None = None) -> dict[str, int]:
    found = {level: round(counts.get(level, 0.0)) for level in LEVELS}
    found["served"] = found["served"] if served is None else served
    rest = sum(value for level, value in found.items() if level != "limited")
    return {**found, "limited": max(0, round(sum(counts.get(level, 0.0) for level in LEVELS)) - rest)}


def share_of(table: pd.DataFrame, part: str, whole: str) -> NDArray[np.float64]:
    """A column over another, 0–1; NaN where the whole is 0 or not known."""
    above, below = (table[name].to_numpy(dtype=np.float64) for name in (part, whole))
    found: NDArray[np.float64] = np.divide(above, below, out=np.full(len(table), np.nan), where=below > 0.0)
    return found


def share(part: float | None, whole: float | None) -> float | None:
    """A total over another, 0–1; None where the whole is 0 or one is not known."""
    return None if part is None or not whole else float(part) / float(whole)


def short_of(table: pd.DataFrame, unit: str) -> pd.Series:
    """How many of a unit are not fully served, in an `area_table`: unserved or with short capacity."""
    found: pd.Series = table[f"{unit}_unserved"] + table[f"{unit}_limited"]
    return found
