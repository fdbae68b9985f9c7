"""Rows that are the total of other rows of the same file: set aside, their sums compared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from planner.layers.conform import Part, Recipe
from planner.layers.gazetteer import parent_of
from planner.layers.places import Fault

__all__ = ["without_parents"]

_TOLERANCE_SHARE = 0.01


def without_parents(parts: list[Part], recipe: Recipe) -> list[Part]:
    """Set aside rows whose area holds the areas of other rows, so that nothing counts twice.

    Parameters
    ----------
    parts
        Judged tables of one file.
    recipe
        ``adds_up`` names the column of counts; without it nothing happens.
    """
    frames = [part.data.assign(_part=place) for place, part in enumerate(parts) if len(part.data)]
    if not recipe.adds_up or not frames:
        return parts
    rows = pd.concat(frames, ignore_index=True)
    totals = rows.groupby(recipe.code_column)[recipe.adds_up].sum()
    children: dict[str, list[str]] = {}
    for code in totals.index:
        children.setdefault(parent_of(str(code)), []).append(str(code))
    above = {ancestor for code in totals.index for ancestor in _ancestors(str(code))}
    parents = [str(code) for code in totals.index if str(code) in above]
    if not parents:
        return parts
    texts = {code: _message(code, totals, children) for code in parents}
    is_parent = rows[recipe.code_column].isin(parents)
    return [
        _set_aside(part, rows.loc[is_parent & (rows["_part"] == place)], recipe, texts)
        for place, part in enumerate(parts)
    ]


def _ancestors(code: str) -> list[str]:
    found = []
    while code := parent_of(code):
        found.append(code)
    return found


def _message(code: str, totals: pd.Series[float], children: dict[str, list[str]]) -> tuple[str, str]:
    """The sentence, and ``code: own ≠ sum`` where the two differ by more than rounding."""
    own = float(totals[code])
    below = children.get(code, [])
    message, detail = f"{code} is the total of areas that have rows of their own", ""
    if below:
        summed = float(totals[below].sum())
        if abs(summed - own) > _TOLERANCE_SHARE * max(own, 1.0):
            message += f" (it says {own:,.0f}, they sum to {summed:,.0f}: look for missing areas)"
            detail = f"{code}: {own:.0f} ≠ {summed:.0f}"
    return message, detail


def _set_aside(part: Part, rows: pd.DataFrame, recipe: Recipe, texts: dict[str, tuple[str, str]]) -> Part:
    if not len(rows):
        return part
    faults = []
    differs = rows[recipe.code_column].map(lambda code: bool(texts[code][1])).to_numpy(dtype=np.bool_)
    for code, mend, mine in (
        ("parent_row", "nothing, or set level for the file", rows.loc[~differs]),
        ("parent_differs", "look for areas that the file lacks; without rows they count as empty", rows.loc[differs]),
    ):
        if not len(mine):
            continue
        mask = np.zeros(len(part.table.cells), dtype=np.bool_)
        messages, details = (np.full(len(mask), "", dtype=object) for _ in range(2))
        position = mine["_row"].to_numpy()
        mask[position] = True
        messages[position] = [texts[area][0] for area in mine[recipe.code_column]]
        details[position] = [texts[area][1] for area in mine[recipe.code_column]]
        faults.append(Fault(mask, code, messages.tolist(), recipe.code_column, mend, detail=details.tolist()))
    kept = part.data.loc[~part.data["_row"].isin(rows["_row"])].reset_index(drop=True)
    return replace(part, data=kept, faults=(*part.faults, *faults))
