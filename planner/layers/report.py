"""What every reader speaks: raw tables in, conformed layers, problems and quarantine out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from planner.grid import Grid, Lattice, Raster

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ASIDE_CODES", "QUARANTINE_COLUMNS", "Conformed", "Problem", "RawTable", "ReadContext", "Severity"]

Severity = Literal["quarantine", "warning", "refused"]

ASIDE_CODES = frozenset(
    {
        "outside_region", "other_country", "other_level", "parent_row", "parent_differs", "totals_row",
        "header_repeated", "column_numbers", "footnote",
    }
)  # fmt: skip
"""Reasons that say "not wanted here", or "no data", not "wrong": such rows do not count against a file's quality."""

QUARANTINE_COLUMNS = ("file", "sheet", "line", "codes", "reason")
"""First columns of a quarantine table; the original cells follow, as text, under their original names."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, or doubtful, in a file.

    Parameters
    ----------
    file
        Name of the file, relative to the scenario's folder where that is possible.
    code
        Key of the word files under ``[problems]``.
    message
        English sentence: what is wrong.
    sheet
        Sheet or table inside the file; empty for files without.
    line
        Line of a text file, row of a sheet or number of a feature, from 1; 0 = the whole file.
    column
        Column as the file names it; empty when no single column is meant.
    value
        The cell as found, cut to 80 characters.
    mend
        How to mend it; empty when there is no advice.
    severity
        ``quarantine``: the row is not used; ``warning``: the row or file is used, but look;
        ``refused``: the file cannot be used at all.
    n_rows
        Rows concerned; more than one for summaries.
    fields
        Values named in the translated sentence.
    """

    file: str
    code: str
    message: str
    sheet: str = ""
    line: int = 0
    column: str = ""
    value: str = ""
    mend: str = ""
    severity: Severity = "quarantine"
    n_rows: int = 1
    fields: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def place(self) -> str:
        """Where it is: ``file[sheet]:line, column``."""
        sheet = f"[{self.sheet}]" if self.sheet else ""
        line = f":{self.line}" if self.line else ""
        column = f", {self.column}" if self.column else ""
        return f"{self.file}{sheet}{line}{column}"

    def __str__(self) -> str:
        value = f" '{self.value}'" if self.value else ""
        mend = f" → {self.mend}" if self.mend else ""
        return f"{self.place}{value}: {self.message}{mend}"


@dataclass(frozen=True)
class RawTable:
    """Rows of one sheet, file or vector layer as they stand in the source, before any judgement.

    Parameters
    ----------
    file
        Name shown in messages.
    cells
        Every cell as text (``""`` = empty), under the header of the source, with a RangeIndex.
        A header that occurs twice gets `` (2)`` after its second occurrence.
    line
        Line, row or feature number of each row, from 1.
    sheet
        Sheet or layer name, else ``""``.
    titles
        Non-empty rows above the header, each joined to one text.
    geometry
        shapely geometries in EPSG:4326 (None where missing), for tables from vector files. A reader that
        finds coordinates as text puts them into text columns ``lon_deg`` and ``lat_deg`` instead.
    number_cells
        Column → mask of the cells that were numbers in the source (not text that looks like one), so that
        ``1.125`` from a workbook is never taken for 1125 and damaged codes are recognised.
    broken
        Rows that could not be cut into columns: ``line, text, code, message`` (they are quarantined).
    problems
        What the reader itself has to say.
    notes
        What was assumed: encoding, delimiter, header row, …
    """

    file: str
    cells: pd.DataFrame
    line: NDArray[np.int64]
    sheet: str = ""
    titles: tuple[str, ...] = ()
    geometry: NDArray[Any] | None = None
    number_cells: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    broken: pd.DataFrame | None = None
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def n_rows(self) -> int:
        """Rows in, broken ones included."""
        return len(self.cells) + (0 if self.broken is None else len(self.broken))

    def take(self, keep: NDArray[np.bool_]) -> RawTable:
        """The table with only the rows of ``keep`` (broken rows stay)."""
        return replace(
            self,
            cells=self.cells.loc[keep].reset_index(drop=True),
            line=self.line[keep],
            geometry=None if self.geometry is None else self.geometry[keep],
            number_cells={name: mask[keep] for name, mask in self.number_cells.items()},
        )


@dataclass(frozen=True)
class Conformed:
    """A layer as the stages want it, and what became of every row of the source.

    Parameters
    ----------
    kind
        Layer kind, a key of `planner.schema.LAYERS`.
    data
        DataFrame, GeoDataFrame or Raster that meets the declaration.
    quarantine
        Rows not used: `QUARANTINE_COLUMNS`, then the original cells as text.
    problems
        At most a few hundred, files first, then by line; `n_problems` tells how many there are in all.
    n_in, n_used
        Rows (or features, or 1 for a raster) read and used. One row of a wide table may give several
        rows of ``data``; it is counted once.
    notes
        Assumptions said aloud: delimiter, encoding, header row, renamed columns, units, defaults filled in.
    n_problems
        Number of problems found; 0 means "as many as are listed".
    n_aside
        Quarantined rows that are not wrong but not wanted here (`ASIDE_CODES` only).
    lattice
        Pixels of a raster whose total was kept pixel by pixel because they are coarser than the grid, else None.
    """

    kind: str
    data: pd.DataFrame | Raster | Any  # Any: GeoDataFrame, whose package carries no types
    quarantine: pd.DataFrame
    problems: tuple[Problem, ...]
    n_in: int
    n_used: int
    notes: tuple[str, ...] = ()
    n_problems: int = 0
    n_aside: int = 0
    lattice: Lattice | None = None

    @property
    def n_quarantined(self) -> int:
        """Rows not used; always the length of ``quarantine``."""
        return self.n_in - self.n_used

    @property
    def n_faulty(self) -> int:
        """Quarantined rows that are wrong (rows merely set aside left out)."""
        return self.n_quarantined - self.n_aside

    @property
    def is_refused(self) -> bool:
        """Whether some problem makes the whole file unusable."""
        return any(problem.severity == "refused" for problem in self.problems)


@dataclass(frozen=True)
class ReadContext:
    """What a reader may know about the run that asks.

    Parameters
    ----------
    folder
        Folder of the scenario; files must lie below it or below one of ``roots``.
    roots
        Further allowed folders.
    grid
        The run's grid; rasters are brought onto it.
    bounds_deg
        Region box with its margin: ``west, south, east, north``. Points outside it are set aside.
    areas
        Kemendagri codes of the region; rows of other areas are set aside. Empty = everywhere.
    codes
        Admin table (columns of the `admin` layer, with ``lon_deg, lat_deg``): gives codes for names and
        points for desa without coordinates.
    transmitter_defaults
        Technology → column → value, from models/radio/transmitters.toml.
    umkm_points
        The scenario wants points of named enterprises: names and phones may stay in quarantine files.
    """

    folder: Path = field(default_factory=Path)
    roots: tuple[Path, ...] = ()
    grid: Grid | None = None
    bounds_deg: tuple[float, float, float, float] | None = None
    areas: tuple[str, ...] = ()
    codes: pd.DataFrame | None = None
    transmitter_defaults: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    umkm_points: bool = False

    def shown(self, path: Path) -> str:
        """Name of ``path`` in messages: relative to the folder where possible."""
        try:
            return str(path.resolve().relative_to(self.folder.resolve()))
        except ValueError:
            return path.name
