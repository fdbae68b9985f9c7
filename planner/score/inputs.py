"""What a criterion sees: cells, their service, and which area each cell belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from planner.schema_columns import LEVELS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AreaInputs", "Bounds", "Criterion", "ScoreContext", "counted", "listed_share", "share"]

Bounds = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True)
class Criterion:
    """What a criterion measures.

    Parameters
    ----------
    name
        Its key: the name of its file.
    unit
        Unit of the raw value: ``umkm``, ``people``, ``facilities``, ``share`` or ``km``.
    direction
        ``higher``: more of it is more urgent; ``lower``: less of it is.
    about
        One sentence.
    is_count
        The raw value grows with the size of the area; the profile's ``count_scale`` applies.
    """

    name: str
    unit: str
    direction: Literal["higher", "lower"]
    about: str
    is_count: bool = False


@dataclass(frozen=True, eq=False)
class ScoreContext:
    """Knowledge beyond cells and service; None stands for a layer the run does not have.

    Parameters
    ----------
    backbone_km
        Distance of each cell to the nearest backbone, shape ``(n_cells,)``.
    priority
        Rows of `schema.LAYERS["priority"]`: ``area_code, kind``.
    has_priority_sectors
        The scenario names priority sectors.
    """

    backbone_km: NDArray[np.float64] | None = None
    priority: pd.DataFrame | None = None
    has_priority_sectors: bool = False


@dataclass(frozen=True, eq=False)
class AreaInputs:
    """Cells grouped by area.

    Parameters
    ----------
    cells, service
        Stage tables, row by row the same cells; only cells that belong to an area.
    area_index
        Position of each cell's area in ``area_codes``.
    area_codes, area_level
        The areas.
    context
        Knowledge beyond cells and service.
    level_index
        Position of each cell's level in `schema_columns.LEVELS`.
    cell_code_index, cell_codes
        Finest area code of each cell: position in ``cell_codes``.
    """

    cells: pd.DataFrame
    service: pd.DataFrame
    area_index: NDArray[np.int64]
    area_codes: NDArray[np.str_]
    area_level: str
    context: ScoreContext
    level_index: NDArray[np.int8]
    cell_code_index: NDArray[np.int64]
    cell_codes: tuple[str, ...]

    def total(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum of a cell value over each area."""
        return np.bincount(self.area_index, weights=values, minlength=len(self.area_codes)).astype(np.float64)

    def column(self, name: str) -> NDArray[np.float64]:
        """A column of the cells as floats."""
        return self.cells[name].to_numpy(dtype=np.float64)

    def is_level(self, level: str) -> NDArray[np.bool_]:
        """Cells at a level of service."""
        found: NDArray[np.bool_] = self.level_index == LEVELS.index(level)
        return found

    @property
    def unknown_areas(self) -> NDArray[np.float64]:
        """NaN for each area: nothing is known."""
        return np.full(len(self.area_codes), np.nan)


def share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """``part / whole``, 0 where the whole is 0: nobody there, so nobody lacks anything."""
    return np.divide(part, whole, out=np.zeros(whole.size), where=whole > 0.0)


def counted(inputs: AreaInputs, column: str) -> tuple[NDArray[np.float64], Bounds]:
    """How many of ``column`` are unserved in each area: as far as is known, and between which bounds.

    Notes
    -----
    Cells without evidence (``unknown``) may turn out served or unserved, so the count lies between
    that of the known cells and that plus everybody in unknown ones. Where an area has somebody
    but no known cell with anybody, the count itself is unknown (NaN).
    """
    values = inputs.column(column)
    is_unknown = inputs.is_level("unknown")
    low = inputs.total(np.where(inputs.is_level("unserved"), values, 0.0))
    unknown = inputs.total(np.where(is_unknown, values, 0.0))
    known = inputs.total(np.where(is_unknown, 0.0, values))
    return np.where((unknown > 0.0) & (known <= 0.0), np.nan, low), (low, low + unknown)


def listed_share(inputs: AreaInputs, kinds: tuple[str, ...]) -> tuple[NDArray[np.float64], Bounds]:
    """Share of each area's busy-hour demand that lies in areas listed under ``kinds``.

    Notes
    -----
    A cell is listed when its code or a code above it is. Where the list is finer than the cell's own
    code (a desa is listed, the cell is known by its kecamatan) nobody can tell: the share is then
    unknown, between the listed cells alone and all such cells added.
    """
    priority = inputs.context.priority
    if priority is None:
        return inputs.unknown_areas, (inputs.unknown_areas, inputs.unknown_areas)
    listed = set(priority.loc[priority["kind"].isin(kinds), "area_code"].astype(str))
    above = {code[:i] for code in listed for i in _dots(code)}
    codes, inverse = inputs.cell_codes, inputs.cell_code_index
    is_listed = np.array([any(code[:i] in listed for i in [*_dots(code), len(code)]) for code in codes], dtype=bool)
    is_unsure = ~is_listed & np.array([code in above for code in codes], dtype=bool)
    weight = inputs.column("demand_mbps")
    whole = inputs.total(weight)
    low = share(inputs.total(weight * is_listed[inverse]), whole)
    unsure = share(inputs.total(weight * is_unsure[inverse]), whole)
    return np.where(unsure > 0.0, np.nan, low), (low, np.minimum(1.0, low + unsure))


def _dots(code: str) -> list[int]:
    """Positions at which a code may be cut into a code above it."""
    return [i for i, letter in enumerate(code) if letter == "."]
