"""From raw tables to a conformed layer: the one path every table and point layer takes.

A layer module says what is special about it in a `Recipe`; everything else (headers, types, ranges, places,
areas, keys, quarantine, counts) happens here, so that no layer can forget it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.errors import LayerError
from planner.layers.areas import Areas, Session, region_faults, resolve_areas
from planner.layers.headers import Matched, match_headers, nearest_header
from planner.layers.judge import any_fault, judge_column, missing_columns, not_data
from planner.layers.places import Fault, Mask, Places, judge_places, place_at_areas, read_places
from planner.layers.report import RawTable, ReadContext
from planner.schema import layer
from planner.schema_columns import Column

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["Part", "Recipe", "View", "judge_table"]


@dataclass(frozen=True)
class View:
    """A table as its layer wants to see it.

    Parameters
    ----------
    table
        Rows under names that the header table knows.
    faults, notes
        What the layer's own reading found.
    """

    table: RawTable
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recipe:
    """What is special about a layer.

    Parameters
    ----------
    kind
        Layer kind.
    vocabulary
        Column → foreign word (lower case) → ours.
    code_column
        Our column that holds the area of a row; "" = none.
    may_place
        Rows without coordinates may stand at the point of their desa or kecamatan.
    identity
        Columns that together may occur once only (for layers whose key is made up, or that have none).
    before
        Turns a raw table of a special source into one the header table knows.
    columns
        Columns to judge, given what the file has; None = those of the declaration.
    finish
        Last word on the good rows: ``(frame, source row of each, table, context) -> (frame, source row, notes)``.
    key_from
        Makes keys for rows that share one (``frame -> keys``); None = conflicting rows are quarantined.
    optional_area
        A row is used without an area when it has coordinates.
    adds_up
        Column of counts: a row whose area holds other rows' areas is their total and is set aside.
    is_national
        Rows anywhere in Indonesia serve every region (ground stations of satellites).
    """

    kind: str
    vocabulary: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    code_column: str = ""
    may_place: bool = False
    identity: tuple[str, ...] = ()
    before: Callable[[RawTable, LayerSource, ReadContext], View] | None = None
    columns: Callable[[Matched], Sequence[Column]] | None = None
    finish: Callable[[pd.DataFrame, RawTable, ReadContext], tuple[pd.DataFrame, tuple[str, ...]]] | None = None
    key_from: Callable[[pd.DataFrame], pd.Series[Any]] | None = None
    optional_area: bool = False
    adds_up: str = ""
    is_national: bool = False


@dataclass(frozen=True)
class Part:
    """One table after judgement.

    Parameters
    ----------
    table
        The rows as they were (after ``where``).
    data
        Good rows, conformed; the column ``_row`` holds the position in ``table``.
    faults
        All complaints, masks over ``table``.
    notes
        Assumptions.
    n_known
        How many of the layer's columns the table has.
    """

    table: RawTable
    data: pd.DataFrame
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    n_known: int = 0

    @property
    def is_headless(self) -> bool:
        """Whether required columns are missing, so that the sheet may be something else."""
        return any(fault.code == "column_missing" for fault in self.faults)


@dataclass(frozen=True)
class _Work:
    """One table under judgement and all it needs."""

    table: RawTable
    matched: Matched
    recipe: Recipe
    source: LayerSource
    context: ReadContext
    session: Session


@dataclass(frozen=True)
class _Found:
    """Values by column, complaints and assumptions of one step."""

    values: Mapping[str, pd.Series[Any]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


def judge_table(table: RawTable, recipe: Recipe, source: LayerSource, context: ReadContext, session: Session) -> Part:
    """Judge every row of a raw table.

    Raises
    ------
    LayerError
        The scenario's ``where`` names a column the file does not have.
    """
    table = _where(table, source)
    aside = not_data(table)
    is_data = ~any_fault(aside, len(table.cells))
    inner = table.take(is_data)
    view = recipe.before(inner, source, context) if recipe.before else View(inner)
    found_headers = match_headers([str(name) for name in view.table.cells.columns], recipe.kind, source.columns)
    work = _Work(view.table, found_headers, recipe, source, context, session)
    columns = tuple(recipe.columns(found_headers) if recipe.columns else layer(recipe.kind).columns)
    steps = [_Found(faults=view.faults, notes=view.notes), _headers(work), _cells(work, columns)]
    areas = _areas(work)
    steps += [_Found(notes=areas.notes), _places(work, areas)]
    values = {name: series for step in steps for name, series in step.values.items()}
    if recipe.code_column:
        values[recipe.code_column] = pd.Series(areas.code, dtype="str")
    faults = [fault for step in steps for fault in step.faults]
    faults += _missing(work, columns, steps[-1].values)
    good = ~any_fault(faults, len(inner.cells)) & ~_refused(faults, len(inner.cells))
    data = pd.DataFrame({c.name: values[c.name] for c in columns if c.name in values}, index=pd.RangeIndex(len(good)))
    data = data.assign(_row=np.flatnonzero(is_data)).loc[good].reset_index(drop=True)
    notes = [*table.notes, *(note for step in steps for note in step.notes)]
    if recipe.finish and len(data):
        data, said = recipe.finish(data, work.table, context)
        notes += said
    spread = [replace(fault, **_over(fault, is_data)) for fault in faults]
    n_known = sum(bool(match.header) for match in found_headers.columns.values())
    return Part(table, data, (*aside, *spread), tuple(notes), n_known)


def _over(fault: Fault, is_data: Mask) -> dict[str, Any]:
    """A complaint about the data rows as one about all rows of the table."""
    mask = np.zeros(len(is_data), dtype=np.bool_)
    mask[is_data] = fault.mask
    spread: dict[str, Any] = {"mask": mask}
    for name in ("message", "mend", "detail"):
        texts = getattr(fault, name)
        if not isinstance(texts, str):
            wide = np.full(len(is_data), "", dtype=object)
            wide[is_data] = texts
            spread[name] = wide.tolist()
    return spread


def _refused(faults: Sequence[Fault], n_rows: int) -> Mask:
    is_refused = any(fault.severity == "refused" for fault in faults)
    return np.full(n_rows, is_refused, dtype=np.bool_)


def _where(table: RawTable, source: LayerSource) -> RawTable:
    if not source.where or not len(table.cells.columns):
        return table
    keep = np.ones(len(table.cells), dtype=np.bool_)
    for column, wanted in source.where.items():
        if column not in table.cells.columns:
            known = ", ".join(map(str, table.cells.columns))
            message = f"{table.file}: no column '{column}' for where (it has: {known})"
            raise LayerError(message, code="where_column", file=table.file, column=column, known=known)
        values = (wanted,) if isinstance(wanted, str) else tuple(wanted)
        keep &= table.cells[column].str.strip().isin(values).to_numpy(dtype=np.bool_)
    note = f"where kept {int(keep.sum())} of {len(keep)} rows"
    return replace(table.take(keep), notes=(*table.notes, note))


def _headers(work: _Work) -> _Found:
    """Headers twice, units that do not fit, overrides that point nowhere; columns not used."""
    everything = np.ones(len(work.table.cells), dtype=np.bool_)
    faults = [
        Fault(everything, code, message, header, "correct the header, or 'columns' in the scenario", "refused")
        for code, header, message in work.matched.faults
    ]
    for name, match in work.matched.columns.items():
        twin = f"{match.header} (2)"
        if match.header and twin in work.table.cells.columns and name not in work.source.columns:
            differs = work.table.cells[match.header].str.strip() != work.table.cells[twin].str.strip()
            if bool(differs.any()):
                message = f"two columns are called '{match.header}' and differ"
                faults.append(
                    Fault(everything, "header_twice", message, match.header, "rename or drop one of them", "refused")
                )
    notes = list(work.matched.notes)
    if work.matched.unused:
        notes.append(f"columns not used: {', '.join(work.matched.unused[:30])}")
    return _Found(faults=tuple(faults), notes=tuple(notes))


def _cells(work: _Work, columns: Sequence[Column]) -> _Found:
    """Every declared column but place and area."""
    place = ("lon_deg", "lat_deg", "is_placed") if layer(work.recipe.kind).shape == "point" else ()
    skip = {*place, work.recipe.code_column}
    values: dict[str, pd.Series[Any]] = {}
    faults: list[Fault] = []
    notes: list[str] = []
    key = layer(work.recipe.kind).key
    for column in columns:
        match = work.matched.columns.get(column.name)
        if column.name in skip or (column.name == key and match is None):
            continue
        judged = judge_column(work.table, column, match, work.recipe.vocabulary.get(column.name))
        values[column.name] = judged.values
        faults += judged.faults
        notes += judged.notes
    return _Found(_said(work, values, columns), tuple(faults), tuple(notes))


def _said(work: _Work, values: Mapping[str, pd.Series[Any]], columns: Sequence[Column]) -> Mapping[str, pd.Series[Any]]:
    """What the scenario says about the whole file fills the cells that say nothing; it never replaces a word."""
    names = {column.name for column in columns}
    filled = dict(values)
    source = work.source
    n_rows = len(work.table.cells)
    for name, value in (("evidence", source.evidence), ("source", source.source), ("year", source.year)):
        if not value or name not in names:
            continue
        match = work.matched.columns.get(name)
        if match is None or not match.header:
            kind = "Int64" if name == "year" else "str"
            filled[name] = pd.Series([value] * n_rows, dtype=kind)
        else:
            is_empty = work.table.cells[match.header].str.strip() == ""
            filled[name] = filled[name].mask(is_empty.to_numpy(dtype=np.bool_), value)
    return filled


def _areas(work: _Work) -> Areas:
    n_rows = len(work.table.cells)
    if not work.recipe.code_column:
        return Areas(np.full(n_rows, "", dtype=object), np.zeros(n_rows, dtype=np.bool_))
    found = resolve_areas(work.table, work.matched, work.recipe.code_column, source=work.source, session=work.session)
    header = work.matched.header(work.recipe.code_column)
    faults = list(found.faults)
    if not work.recipe.optional_area:
        faults += region_faults(found.code, work.source, work.context, header)
        empty = ~found.is_named & ~any_fault(faults, n_rows)
        if empty.any():
            mend = "give the Kemendagri code, or the names of the area and of those above it"
            faults.append(Fault(empty, "area_missing", "no area code and no area name", header, mend))
    return replace(found, faults=tuple(faults))


def _places(work: _Work, areas: Areas) -> _Found:
    """Coordinates; rows without them at their desa's point where the layer allows it."""
    if layer(work.recipe.kind).shape != "point":
        return _Found(faults=areas.faults)
    n_rows = len(work.table.cells)
    places = read_places(work.table, work.matched, work.source.crs)
    if places is None:
        if not (work.recipe.may_place and areas.is_named.any()):
            return _Found()  # its columns are missing, which is said later
        nothing = np.full(n_rows, np.nan)
        places = Places(nothing, nothing.copy(), (), ())
    faults = [*_area_doubts(work, areas, places), *places.faults, *judge_places(places, _where_asked(work))]
    placed = np.zeros(n_rows, dtype=np.bool_)
    notes = list(places.notes)
    notes += _not_looked_up(areas)
    if work.recipe.may_place:
        small = np.char.str_len(areas.code.astype("U13")) >= 8
        places, placed = place_at_areas(places, areas.code, work.session.gazetteer.points, level_ok=small)
        if placed.any():
            notes.append(
                f"{int(placed.sum())} rows without coordinates stand at the point of their desa or kecamatan (is_placed)"
            )
    nowhere = np.isnan(places.lon_deg) & np.isnan(places.lat_deg) & ~places.is_unreadable
    nowhere &= ~any_fault(faults, n_rows)  # a row whose area cannot be told says so; that is the thing to mend
    if nowhere.any():
        faults.append(_nowhere(work, nowhere, areas))
    values = {"lon_deg": pd.Series(places.lon_deg), "lat_deg": pd.Series(places.lat_deg)}
    if work.recipe.may_place:
        values["is_placed"] = pd.Series(placed)
    return _Found(values, tuple(faults), tuple(notes))


def _where_asked(work: _Work) -> ReadContext:
    return replace(work.context, bounds_deg=None) if work.recipe.is_national else work.context


def _area_doubts(work: _Work, areas: Areas, places: Places) -> list[Fault]:
    """Where a row has coordinates, an area that cannot be told is a doubt, not a reason to drop it."""
    if not work.recipe.optional_area:
        return list(areas.faults)
    has_place = np.isfinite(places.lon_deg) & np.isfinite(places.lat_deg)
    found = []
    for fault in areas.faults:
        if (fault.mask & has_place).any() and fault.code != "area_not_known":
            found.append(replace(fault, mask=fault.mask & has_place, severity="warning"))
        if (fault.mask & ~has_place).any():
            found.append(replace(fault, mask=fault.mask & ~has_place, severity="quarantine"))
    return found


def _not_looked_up(areas: Areas) -> list[str]:
    """Area names that no table could be asked about: said once, not row by row."""
    details = [set(fault.detail) - {""} for fault in areas.faults if fault.code == "area_not_known"]
    return [
        f"names of {level} not looked up: no admin layer holds them" for found in details for level in sorted(found)
    ]


def _nowhere(work: _Work, nowhere: Mask, areas: Areas) -> Fault:
    message = "no coordinates"
    if work.recipe.may_place and areas.is_named.any():
        message = "no coordinates, and no desa or kecamatan whose point is known"
    mend = "give longitude and latitude"
    if work.recipe.may_place:
        mend += ", or the desa with kecamatan and kabupaten (and an admin layer that holds them)"
    return Fault(nowhere, "coordinate_missing", message, mend=mend)


def _missing(work: _Work, columns: Sequence[Column], values: Mapping[str, pd.Series[Any]]) -> list[Fault]:
    """Required columns that neither the file nor its places (``values``) give: all of them at once."""
    supplied = [*values, layer(work.recipe.kind).key]
    if work.recipe.code_column and (work.recipe.optional_area or _names_area(work)):
        supplied.append(work.recipe.code_column)
    everything = np.ones(len(work.table.cells), dtype=np.bool_)

    def mend(name: str) -> str:
        near = nearest_header(name, work.recipe.kind, work.matched.unused) or "header in the file"
        return f'name it in the scenario: columns = {{ {name} = "{near}" }} (or "=value" for all rows)'

    listed = ", ".join(f"'{name}'" for name in work.table.cells.columns[:40])
    return [
        Fault(
            everything, "column_missing", f"no column for {column.name} ({column.about}); the file has: {listed}",
            column.name, mend(column.name), "refused", listed,
        )
        for column in missing_columns(columns, work.matched, supplied=supplied)
    ]  # fmt: skip


def _names_area(work: _Work) -> bool:
    helpers = ("desa_name", "kecamatan_name", "kabupaten_name", "provinsi_name", "bps_area_code", "name")
    return any(name in work.matched.columns for name in (*helpers, work.recipe.code_column))
