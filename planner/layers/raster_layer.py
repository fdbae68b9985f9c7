"""What the raster layers share: walk over the tiles, count what is void or implausible, report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.errors import LayerError
from planner.grid import Grid, Raster
from planner.layers.door import RASTER_KINDS, CheckedFile, open_checked, tile_paths
from planner.layers.raster import Tile, covering_grid, opened
from planner.layers.report import QUARANTINE_COLUMNS, Conformed, Problem, ReadContext

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["SENTINELS", "Survey", "Walk", "conformed", "frame_of", "walk"]

Box = tuple[float, float, float, float]
SENTINELS = (-9999.0, -32768.0, -32767.0, -99999.0, -3.4028234663852886e38, 32767.0, 65535.0, 9999.0, 1e20, 1e30)
"""Numbers that stand for "no data" in files that do not declare it."""


@dataclass
class Survey:
    """Counts over the pixels read: what is void, undeclared nodata or implausible.

    Parameters
    ----------
    minimum, maximum
        Plausible range of the values.
    """

    minimum: float
    maximum: float
    n_pixels: int = 0
    n_void: int = 0
    n_implausible: int = 0
    lowest: float = np.inf
    highest: float = -np.inf
    sentinels: dict[float, int] = field(default_factory=dict)

    def clean(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values with everything outside the range as NaN; counts what was there."""
        void = ~np.isfinite(values)
        with np.errstate(invalid="ignore"):
            strange = ~void & ((values < self.minimum) | (values > self.maximum))
        known = values[~void & ~strange]
        self.n_pixels += values.size
        self.n_void += int(void.sum())
        if known.size:
            self.lowest, self.highest = min(self.lowest, float(known.min())), max(self.highest, float(known.max()))
        if strange.any():
            self._count_strange(values[strange])
        return np.where(void | strange, np.nan, values)

    def _count_strange(self, strange: NDArray[np.float64]) -> None:
        rest = np.ones(strange.shape, dtype=np.bool_)
        for sentinel in SENTINELS:
            same = np.isclose(strange, sentinel, rtol=1e-6, atol=1e-6)
            if same.any():
                self.sentinels[sentinel] = self.sentinels.get(sentinel, 0) + int(same.sum())
                rest &= ~same
        self.n_implausible += int(rest.sum())
        if rest.any():
            left = strange[rest]
            self.lowest, self.highest = min(self.lowest, float(left.min())), max(self.highest, float(left.max()))


@dataclass
class Walk:
    """A walk over the tiles of one source: files seen, used and set aside, with what is to be said."""

    file: str
    grid: Grid
    used: list[str] = field(default_factory=list)
    aside: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def warn(self, code: str, message: str, *, mend: str = "", n_rows: int = 1) -> None:
        """Say something doubtful about the whole source."""
        self.problems.append(Problem(self.file, code, message, mend=mend, severity="warning", n_rows=n_rows))


def frame_of(path: Path, source: LayerSource, context: ReadContext) -> Grid:
    """The run's grid, or without one (``merata check FILE``) a grid over the tiles themselves."""
    if context.grid is not None:
        return context.grid
    boxes, sides = [], []
    for tile_path in tile_paths(path, context):
        try:
            file = open_checked(tile_path, context, RASTER_KINDS)
            with opened(file, context.shown(tile_path), source.crs) as tile:
                boxes.append(tile.bounds_deg)
                sides.append(tile.pixel_deg())
        except LayerError:
            continue  # the walk itself says what is wrong with it
    if not boxes:
        return Grid(94.5, 6.5, 0.1, 180, 470)
    return covering_grid(boxes, min(sides))


def walk(path: Path, source: LayerSource, context: ReadContext, grid: Grid, take: Callable[[Tile, str], bool]) -> Walk:
    """Hand every tile to ``take``; a tile that cannot be used is set aside with its reason.

    Parameters
    ----------
    take
        Uses a tile (opened, and its name); False when the tile does not meet the grid.

    Raises
    ------
    LayerError
        The only file cannot be used, or no tile meets the grid.
    """
    paths = tile_paths(path, context)
    found = Walk(context.shown(path), grid)
    boxes: list[Box] = []
    for tile_path in paths:
        shown = context.shown(tile_path)
        try:
            file = open_checked(tile_path, context, RASTER_KINDS)
            named = _named_box(file)
            if named is not None and not _meets(named, grid.bounds_deg):
                boxes.append(named)
                is_used = False  # unpacking 2000 tiles of a nation to look at each would take minutes
            else:
                with opened(file, shown, source.crs) as tile:
                    boxes.append(tile.bounds_deg)
                    is_used = take(tile, shown)
                    found.notes.extend(tile.notes)
        except LayerError as err:
            if len(paths) == 1:
                raise
            found.aside.append((shown, err.code, str(err)))
            found.problems.append(Problem(shown, err.code, str(err)))
            continue
        if is_used:
            found.used.append(shown)
        else:
            found.aside.append((shown, "outside_region", "the tile does not meet the region"))
    if not found.used:
        raise _no_overlap(found, boxes)
    found.notes = list(dict.fromkeys(found.notes))
    return found


def _named_box(file: CheckedFile) -> Box | None:
    """Where an SRTM tile lies by its name, with the half pixel around it; None for other files."""
    if file.kind != "hgt":
        return None
    name = Path(file.member or file.path.name).name.upper()
    south = int(name[1:3]) * (-1 if name[0] == "S" else 1)
    west = int(name[4:7]) * (-1 if name[3] == "W" else 1)
    return west - 0.001, south - 0.001, west + 1.001, south + 1.001


def _meets(one: Box, other: Box) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def _no_overlap(found: Walk, boxes: list[Box]) -> LayerError:
    if not boxes:
        message = f"'{found.file}': no tile can be used: " + "; ".join(reason for _, _, reason in found.aside[:5])
        return LayerError(message, code="raster_unreadable", file=found.file)
    box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    here = ", ".join(f"{v:.2f}" for v in box)
    wanted = ", ".join(f"{v:.2f}" for v in found.grid.bounds_deg)
    message = f"'{found.file}' lies at {here} (west, south, east, north); the region is {wanted}: they do not meet"
    return LayerError(message, code="raster_no_overlap", file=found.file, bounds=here, region=wanted)


def say_survey(found: Walk, survey: Survey, what: str) -> None:
    """Report voids, undeclared nodata and implausible values."""
    for sentinel, count in sorted(survey.sentinels.items()):
        share = count / max(1, survey.n_pixels)
        found.warn(
            "raster_nodata", f"{count} pixels ({share:.1%}) hold {sentinel:g}: taken as nodata, which the file does not declare",
            mend=f"declare it: gdal_edit.py -a_nodata {sentinel:g}", n_rows=count,
        )  # fmt: skip
    if survey.n_implausible:
        low, high = survey.minimum, survey.maximum
        found.warn(
            "raster_range", f"{survey.n_implausible} pixels lie outside {low:g} to {high:g} {what} (from {survey.lowest:g} to {survey.highest:g}): not used",
            n_rows=survey.n_implausible,
        )  # fmt: skip
    if survey.n_void:
        found.notes.append(f"{survey.n_void} of {survey.n_pixels} source pixels are void")


def conformed(kind: str, found: Walk, raster: Raster) -> Conformed:
    """The layer, with one row for each tile."""
    import pandas as pd

    quarantine = pd.DataFrame(
        [(name, "", 0, code, reason) for name, code, reason in found.aside], columns=list(QUARANTINE_COLUMNS)
    )
    n_aside = sum(code == "outside_region" for _, code, _ in found.aside)
    if n_aside:
        found.notes.append(f"{n_aside} tiles do not meet the region")
    return Conformed(
        kind=kind, data=raster, quarantine=quarantine, problems=tuple(found.problems[:400]),
        n_in=len(found.used) + len(found.aside), n_used=len(found.used), notes=tuple(found.notes),
        n_problems=len(found.problems), n_aside=n_aside,
    )  # fmt: skip


def divided(total: NDArray[np.float64], weight: NDArray[np.float64], *, least: float = 1e-9) -> NDArray[Any]:
    """``total / weight`` as float32, NaN where nothing was gathered."""
    known = weight > least
    return np.where(known, total / np.where(known, weight, 1.0), np.nan).astype(np.float32)
