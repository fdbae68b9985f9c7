"""Rows of line and polygon layers: judged one by one, used or quarantined, mends proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.errors import LayerError
from planner.geo import INDONESIA_BOUNDS_DEG
from planner.layers.headers import normal
from planner.layers.report import ASIDE_CODES, QUARANTINE_COLUMNS, Conformed, Problem, RawTable, ReadContext, Severity
from planner.schema_columns import EVIDENCE

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Judged", "column_notes", "finish", "judge_places", "known_evidence", "pick_columns", "selected", "text_of"]

Mask = NDArray[np.bool_]
_LISTED = 40
"""Problems listed one by one for each code; the rest are counted in the last one."""


@dataclass
class Judged:
    """A raw table with what was found about its rows; filled while a reader works, then `finish`ed.

    Parameters
    ----------
    table
        The rows.
    codes, reasons
        For each row the codes and sentences why it is not used; empty = used.
    problems, notes
        What is said about it.
    """

    table: RawTable
    codes: list[list[str]] = field(default_factory=list)
    reasons: list[list[str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    n_problems: int = 0

    def __post_init__(self) -> None:
        n_rows = len(self.table.cells)
        self.codes = [[] for _ in range(n_rows)]
        self.reasons = [[] for _ in range(n_rows)]
        self.problems = list(self.table.problems)
        self.notes = list(self.table.notes)
        self.n_problems = len(self.problems)

    @property
    def geometry(self) -> NDArray[Any]:
        """Geometries of the rows; all None where the table has none."""
        found = self.table.geometry
        return np.full(len(self.table.cells), None, dtype=object) if found is None else found

    @property
    def good_geometry(self) -> NDArray[Any]:
        """Geometries of the rows used so far, None for the others: repair is slow, and some numbers break it."""
        shapes = self.geometry.copy()
        shapes[~self.is_good] = None
        return shapes

    @property
    def is_good(self) -> Mask:
        """Which rows are used."""
        return np.array([not found for found in self.codes], dtype=np.bool_)

    def say(
        self,
        mask: Mask,
        code: str,
        message: str | Sequence[str],
        *,
        column: str = "",
        mend: str = "",
        severity: Severity = "quarantine",
        detail: str | Sequence[str] = "",
    ) -> None:
        """Record one finding about the rows of ``mask``; quarantined rows carry it as their reason.

        Parameters
        ----------
        message
            One sentence for all rows, or one for each row of the table.
        detail
            What other languages put into their own sentence as ``{detail}``.
        """
        rows = np.flatnonzero(mask)
        if not rows.size:
            return
        self.n_problems += rows.size
        is_aside = code in ASIDE_CODES
        for row in rows.tolist():  # messages differ from row to row
            text = message if isinstance(message, str) else message[row]
            if severity == "quarantine":
                self.codes[row].append(code)
                self.reasons[row].append(text)
        if is_aside:
            first = message if isinstance(message, str) else message[int(rows[0])]
            text = f"{rows.size} rows set aside: {first}"
            self.problems.append(
                Problem(
                    self.table.file,
                    code,
                    text,
                    sheet=self.table.sheet,
                    severity="warning",
                    mend=mend,
                    n_rows=int(rows.size),
                    fields={"detail": detail if isinstance(detail, str) else ""},
                )
            )
            return
        for place, row in enumerate(rows[:_LISTED].tolist()):
            text = message if isinstance(message, str) else message[row]
            n_rows = 1
            if place == _LISTED - 1 and rows.size > _LISTED:
                n_rows = int(rows.size) - _LISTED + 1
                text = f"{text} (and {n_rows - 1} more rows like it)"
            told = detail if isinstance(detail, str) else detail[row]
            value = str(self.table.cells[column].iloc[row])[:80] if column in self.table.cells.columns else ""
            self.problems.append(
                Problem(
                    self.table.file, code, text, sheet=self.table.sheet, line=int(self.table.line[row]),
                    column=column, value=value, mend=mend, severity=severity, n_rows=n_rows, fields={"detail": told},
                )
            )  # fmt: skip

    def quarantine(self) -> pd.DataFrame:
        """Rows that are not used, original cells as text."""
        import pandas as pd

        bad = ~self.is_good
        rows = np.flatnonzero(bad).tolist()
        head = pd.DataFrame(
            {
                "file": [self.table.file] * len(rows),
                "sheet": [self.table.sheet] * len(rows),
                "line": self.table.line[bad],
                "codes": ["; ".join(self.codes[row]) for row in rows],
                "reason": ["; ".join(self.reasons[row]) for row in rows],
            },
            columns=list(QUARANTINE_COLUMNS),
        )
        cells = self.table.cells.loc[bad].reset_index(drop=True)
        return pd.concat([head, cells.drop(columns=[c for c in cells if c in QUARANTINE_COLUMNS])], axis=1)


def finish(kind: str, judged: Sequence[Judged], data: Any) -> Conformed:
    """One conformed layer from all tables of a file.

    Parameters
    ----------
    data
        GeoDataFrame of the rows used.
    """
    import pandas as pd

    quarantine = pd.concat([item.quarantine() for item in judged], ignore_index=True)
    text = quarantine.columns.difference(["line"])
    quarantine[text] = quarantine[text].fillna("").astype("str")
    problems = [problem for item in judged for problem in item.problems]
    problems.sort(key=lambda p: (p.severity != "refused", p.line != 0, p.file, p.sheet))
    n_in = sum(len(item.table.cells) for item in judged)
    if not n_in and judged and not problems:
        problems.append(
            Problem(judged[0].table.file, "no_features", "the file holds no features", severity="warning", n_rows=0)
        )
    aside = sum(bool(codes) and set(codes) <= ASIDE_CODES for item in judged for codes in item.codes)
    notes = tuple(dict.fromkeys(note for item in judged for note in item.notes))
    return Conformed(
        kind=kind, data=data, quarantine=quarantine, problems=tuple(problems[:400]), n_in=n_in,
        n_used=n_in - len(quarantine), notes=notes, n_problems=sum(item.n_problems for item in judged), n_aside=aside,
    )  # fmt: skip


def judge_places(judged: Judged, context: ReadContext) -> None:
    """Quarantine rows without geometry or with impossible coordinates; set aside those outside the region.

    Proposes the mend that would bring rows back: axes exchanged, sign lost, metres labelled as degrees.
    """
    import shapely

    shapes = judged.geometry
    is_missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    judged.say(is_missing, "geometry_missing", "no geometry", mend="export the layer again with its geometries")
    box = np.where(is_missing[:, None], 0.0, shapely.bounds(shapes))
    is_finite = np.isfinite(box).all(axis=1) & (np.abs(box) < 1e12).all(axis=1) & _all_finite(shapes)
    judged.say(~is_finite & ~is_missing, "coordinates_infinite", "coordinates that are no numbers")
    known = is_finite & ~is_missing
    on_earth = (np.abs(box[:, [0, 2]]) <= 180.0).all(axis=1) & (np.abs(box[:, [1, 3]]) <= 90.0).all(axis=1)
    region = context.bounds_deg or INDONESIA_BOUNDS_DEG
    swapped = known & _meets(box[:, [1, 0, 3, 2]], INDONESIA_BOUNDS_DEG) & ~_meets(box, INDONESIA_BOUNDS_DEG)
    message = "latitude stands before longitude"
    n_swapped = int(swapped.sum())
    mend = f'give crs = "lat,lon" for this layer; it would place {n_swapped} rows in Indonesia'
    judged.say(swapped, "coordinates_swapped", message, mend=mend, detail=str(n_swapped))
    metres = known & ~on_earth & ~swapped
    if metres.any():
        codes, n_placed = _fitting_crs(box[metres], region)
        mend = "they look like metres: give the crs of this layer (EPSG:…)"
        if n_placed:
            mend = f'they look like metres: crs = "{codes}" would place {n_placed} of {int(metres.sum())} rows in the region'
        judged.say(
            metres, "coordinates_metres", "coordinates beyond ±180/±90 degrees", mend=mend, detail=codes or "EPSG:…"
        )
    outside = known & on_earth & ~swapped & ~_meets(box, region)
    flipped = outside & _meets(np.column_stack([box[:, 0], -box[:, 3], box[:, 2], -box[:, 1]]), region)
    if context.bounds_deg is None:
        judged.say(outside, "other_country", "outside Indonesia")
        return
    mend = f"if south is meant, latitudes lost their minus sign: it would place {int(flipped.sum())} rows in the region"
    is_mended = 2 * flipped.sum() > outside.sum()
    judged.say(
        outside,
        "outside_region",
        "outside the region of the scenario",
        mend=mend if is_mended else "",
        detail=str(int(flipped.sum())) if is_mended else "",
    )


def _all_finite(shapes: NDArray[Any]) -> Mask:
    """Whether every corner is a number; bounds pass over NaN."""
    import shapely

    points, of = shapely.get_coordinates(shapes, return_index=True)
    fine = np.ones(len(shapes), dtype=np.bool_)
    fine[of[~np.isfinite(points).all(axis=1)]] = False
    return fine


def _meets(box: NDArray[Any], region: tuple[float, float, float, float]) -> Mask:
    west, south, east, north = region
    meets: Mask = (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
    return meets


def _fitting_crs(box: NDArray[Any], region: tuple[float, float, float, float]) -> tuple[str, int]:
    """The usual Indonesian projections that would place the most of these coordinates in the region, and how many."""
    from pyproj import Transformer

    codes = [f"EPSG:{base + zone}" for zone in range(46, 55) for base in (32700, 32600)] + ["EPSG:3857"]
    easting, northing = (box[:, 0] + box[:, 2]) / 2.0, (box[:, 1] + box[:, 3]) / 2.0
    west, south, east, north = region
    counts = []
    for code in codes:
        lon, lat = Transformer.from_crs(code, "EPSG:4326", always_xy=True).transform(easting, northing)
        inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        counts.append((int(np.sum(inside)), code))
    best = max(count for count, _ in counts)
    return (" or ".join([code for count, code in counts if count == best][:3]), best) if best else ("", 0)


def selected(table: RawTable, where: Mapping[str, Any]) -> RawTable:
    """Rows whose cells match the scenario's ``where`` (column → value or list of values)."""
    keep = np.ones(len(table.cells), dtype=np.bool_)
    for column, wanted in where.items():
        if column not in table.cells.columns:
            known = ", ".join(map(str, table.cells.columns))
            message = f"'{table.file}' has no column '{column}' for where (it has: {known})"
            raise LayerError(message, code="where_column", file=table.file, column=column, known=known)
        values = (wanted,) if isinstance(wanted, str) else tuple(wanted)
        keep &= table.cells[column].isin(values).to_numpy()
    if not where:
        return table
    note = f"where kept {int(keep.sum())} of {len(keep)} rows"
    return replace(table.take(keep), notes=(*table.notes, note))


def pick_columns(table: RawTable, names: Mapping[str, tuple[str, ...]], given: Mapping[str, str]) -> dict[str, str]:
    """Header of the file for each of our columns, ``=constant`` where the scenario gives a value instead.

    Parameters
    ----------
    names
        Our column → foreign names, the likeliest first, as `planner.layers.headers.normal` writes them.
    given
        The scenario's own choice: our column → header, or → ``=constant``.

    Raises
    ------
    LayerError
        The scenario names a column that is not ours, or a header that the file does not have.
    """
    headers = [str(column) for column in table.cells.columns]
    exact = {normal(header): header for header in reversed(headers)}
    for ours, header in given.items():
        if ours not in names:
            message = f"columns: '{ours}' is no column of this layer (known: {', '.join(sorted(names))})"
            raise LayerError(message, code="override_unknown", file=table.file, column=ours)
        if not header.startswith("=") and header not in headers and normal(header) not in exact:
            message = f"'{table.file}' has no column '{header}' for {ours} (it has: {', '.join(headers)})"
            raise LayerError(message, code="override_missing", file=table.file, column=header)
    found = {
        ours: exact[name] for ours, known in names.items() for name in reversed((normal(ours), *known)) if name in exact
    }
    chosen = {o: h if h.startswith("=") or h in headers else exact[normal(h)] for o, h in given.items()}
    return {**found, **chosen}


def column_notes(table: RawTable, picked: Mapping[str, str]) -> list[str]:
    """What was read from which header, and which headers were not: the words of tables, for layers with shapes."""
    read = [(header, ours) for ours, header in picked.items() if not header.startswith("=")]
    notes = [f"column '{header}' read as {ours}" for header, ours in read if header != ours]
    used = {header for header, _ in read}
    unused = [str(name) for name in table.cells.columns if str(name) not in used]
    return notes + ([f"columns not used: {', '.join(unused[:30])}"] if unused else [])


def text_of(table: RawTable, picked: Mapping[str, str], name: str, default: str = "") -> NDArray[Any]:
    """Cells of one of our columns as text, trimmed; ``default`` where the file has no such column."""
    header = picked.get(name, f"={default}")
    if header.startswith("="):
        return np.full(len(table.cells), header[1:].strip(), dtype=object)
    found: NDArray[Any] = table.cells[header].str.strip().to_numpy(dtype=object)
    return found


def known_evidence(judged: Judged, picked: Mapping[str, str], given: str) -> NDArray[Any]:
    """Evidence of each row: the scenario's, else the file's own column, else observed (and that is said)."""
    if given:
        return np.full(len(judged.table.cells), given, dtype=object)
    text = text_of(judged.table, picked, "evidence")
    strange = (text != "") & ~np.isin(text, EVIDENCE)
    message = f"evidence must be one of {', '.join(EVIDENCE)}"
    judged.say(strange, "vocabulary", message, column=picked.get("evidence", ""))
    if (text == "").any():
        judged.notes.append("nothing says what kind of evidence the rows are: taken as observed")
    return np.where(text == "", "observed", text)
