"""All tables of one file as one conformed layer: sheets chosen, keys made and compared, everything counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.layers.areas import Session
from planner.layers.conform import Part, Recipe, judge_table
from planner.layers.gazetteer import make_gazetteer
from planner.layers.headers import is_personal
from planner.layers.judge import any_fault, empty_frame
from planner.layers.places import Fault
from planner.layers.report import ASIDE_CODES, QUARANTINE_COLUMNS, Conformed, Problem, RawTable, ReadContext
from planner.layers.tables import raw_tables
from planner.layers.totals import without_parents
from planner.schema import layer

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["LISTED", "conform", "read_table_layer"]

LISTED = 20
"""Problems listed one by one for each code and table; the rest are counted in the last one."""

_MAX_PROBLEMS = 400
_TOLD = 5


def read_table_layer(recipe: Recipe, path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read a file as a table or point layer.

    Raises
    ------
    LayerError
        The file cannot be opened as a table at all; everything else comes back in the result.
    """
    return conform(recipe, lambda: raw_tables(path, source, context, recipe.kind), source, context)


def conform(
    recipe: Recipe, tables: Callable[[], Iterable[RawTable]], source: LayerSource, context: ReadContext
) -> Conformed:
    """Judge all raw tables of a file and join what is good.

    Parameters
    ----------
    recipe
        What is special about the layer.
    tables
        Gives the raw tables, the same ones each time it is called.
    source, context
        As in `planner.layers.read_layer`.
    """
    session = Session(make_gazetteer(context.codes))
    parts = [judge_table(table, recipe, source, context, session) for table in tables()]
    parts = _without_other_sheets(parts)
    parts = _with_keys(parts, recipe)
    parts = _without_repeats(parts, recipe)
    parts = without_parents(parts, recipe)
    columns = layer(recipe.kind).columns
    frames = [part.data for part in parts if len(part.data)]
    data = pd.concat(frames, ignore_index=True) if frames else empty_frame(columns)
    data = _sorted(data[[column.name for column in columns if column.name in data.columns]], recipe)
    quarantine = [_quarantine(part, recipe.kind, context) for part in parts]
    n_in = sum(part.table.n_rows for part in parts)
    n_bad = sum(len(frame) for frame in quarantine)
    problems = [problem for part in parts for problem in _problems(part, recipe.kind, context)]
    problems.sort(key=lambda p: (p.severity != "refused", p.line != 0, p.file, p.sheet, p.line))
    if not n_in and not problems and parts:
        problems = [Problem(parts[0].table.file, "no_rows", "no rows below the header", severity="warning", n_rows=0)]
    joined = pd.concat(quarantine, ignore_index=True) if quarantine else _empty_quarantine()
    aside = (
        joined["codes"].map(lambda codes: set(codes.split("; ")) <= ASIDE_CODES) if n_bad else pd.Series(dtype="bool")
    )
    return Conformed(
        kind=recipe.kind,
        data=data,
        quarantine=_as_text(joined),
        problems=tuple(problems[:_MAX_PROBLEMS]),
        n_in=n_in,
        n_used=n_in - n_bad,
        notes=_notes(parts, source, recipe),
        n_problems=sum(problem.n_rows if problem.severity == "quarantine" else 1 for problem in problems),
        n_aside=int(aside.sum()),
    )


def _sorted(data: pd.DataFrame, recipe: Recipe) -> pd.DataFrame:
    """Rows by their key (by everything where there is none), so that the order of the file does not matter."""
    key = layer(recipe.kind).key
    by = [key] if key else list(data.columns)
    return data.sort_values(by, kind="stable", ignore_index=True)


def _without_other_sheets(parts: list[Part]) -> list[Part]:
    """Sheets that are something else step aside when another sheet is a table of the layer.

    Something else lacks required columns, or has fewer than half the known columns of the best sheet.
    """
    if len(parts) < 2 or all(part.is_headless for part in parts):
        return parts
    best = max(part.n_known for part in parts)
    kept = []
    for part in parts:
        if not part.is_headless and 2 * part.n_known >= best:
            kept.append(part)
            continue
        n_rows = part.table.n_rows
        if not n_rows and part.table.problems:
            kept.append(_emptied(part, part.table.problems))
            continue
        missing = (
            ", ".join(sorted({fault.column for fault in part.faults if fault.code == "column_missing"}))
            or "other columns"
        )
        problem = Problem(
            part.table.file, "sheet_skipped", f"the sheet is no table of this layer (no {missing}): {n_rows} rows not read",
            sheet=part.table.sheet, severity="warning", n_rows=n_rows, mend="nothing, if it is a cover or a note; else correct its header",
            fields={"n_rows": n_rows, "missing": missing},
        )  # fmt: skip
        kept.append(_emptied(part, (problem,)))
    return kept


def _emptied(part: Part, problems: tuple[Problem, ...]) -> Part:
    nothing = np.zeros(len(part.table.cells), dtype=np.bool_)
    table = replace(part.table.take(nothing), broken=None, problems=problems)
    return Part(table, part.data.iloc[:0], (), ())


def _with_keys(parts: list[Part], recipe: Recipe) -> list[Part]:
    """Keys for tables that have none, from the content of the rows (not from their order)."""
    key = layer(recipe.kind).key
    if not key or not any(len(part.data) and key not in part.data.columns for part in parts):
        return parts
    seen: dict[int, int] = {}
    made = []
    for part in parts:
        if not len(part.data) or key in part.data.columns:
            made.append(part)
            continue
        rows = part.table.cells.iloc[part.data["_row"].to_numpy()]
        digest = pd.util.hash_pandas_object(rows, index=False).to_numpy()
        place = [f"{value:016x}" for value in digest.tolist()]
        if len(set(place)) < len(place) or seen:
            place = [_numbered(value, text, seen) for value, text in zip(digest.tolist(), place, strict=True)]
        made.append(replace(part, data=part.data.assign(**{key: pd.array(place, dtype="str")})))
    note = f"no column for {key}: made from the content of each row"
    return [replace(part, notes=(*part.notes, note)) for part in made]


def _numbered(value: int, text: str, seen: dict[int, int]) -> str:
    seen[value] = seen.get(value, 0) + 1
    return text if seen[value] == 1 else f"{text}-{seen[value]}"


def _without_repeats(parts: list[Part], recipe: Recipe) -> list[Part]:
    """Of rows that repeat a key: identical ones count once, conflicting ones are all quarantined."""
    key = layer(recipe.kind).key
    identity = [key] if key and not recipe.key_from else list(recipe.identity)
    frames = [part.data for part in parts]
    if not identity or not sum(len(frame) for frame in frames):
        return _made_unique(parts, recipe)
    present = [name for name in identity if any(name in frame.columns for frame in frames)]
    ids = pd.concat(
        [frame[present].assign(_part=place) for place, frame in enumerate(frames) if len(frame)], ignore_index=True
    )
    twice = ids.duplicated(present, keep=False).to_numpy()
    if not twice.any():
        return _made_unique(parts, recipe)
    rows = pd.concat([f.assign(_part=place) for place, f in enumerate(frames) if len(f)], ignore_index=True)
    repeated = rows.loc[twice]
    body = [name for name in rows.columns if name not in ("_part", "_row")]
    is_copy = repeated.duplicated(body, keep="first")
    group = repeated.groupby(present, sort=False, dropna=False)
    n_kinds = (~is_copy).groupby([repeated[name] for name in present], sort=False, dropna=False).transform("sum")
    first_line = (
        _lines(parts, repeated)
        .groupby([repeated[name] for name in present], sort=False, dropna=False)
        .transform("first")
    )
    del group
    conflict = n_kinds > 1
    drop = repeated.loc[conflict | is_copy].assign(_conflict=conflict, _first=first_line)
    return _made_unique([_dropped(part, place, drop, present) for place, part in enumerate(parts)], recipe)


def _lines(parts: Sequence[Part], rows: pd.DataFrame) -> pd.Series[Any]:
    places = [int(parts[p].table.line[r]) for p, r in zip(rows["_part"].tolist(), rows["_row"].tolist(), strict=True)]
    return pd.Series(places, index=rows.index)


def _dropped(part: Part, place: int, drop: pd.DataFrame, identity: list[str]) -> Part:
    mine = drop.loc[drop["_part"] == place]
    if not len(mine):
        return part
    faults = []
    for code, rows in (("key_conflict", mine.loc[mine["_conflict"]]), ("row_repeated", mine.loc[~mine["_conflict"]])):
        if not len(rows):
            continue
        mask = np.zeros(len(part.table.cells), dtype=np.bool_)
        messages = np.full(len(part.table.cells), "", dtype=object)
        position = rows["_row"].to_numpy()
        mask[position] = True
        named = ", ".join(identity)
        what = "differing rows share one" if code == "key_conflict" else "the row repeats another of the same"
        parts = [rows[name].astype("str").fillna("").to_list() for name in identity]  # empty cells stay empty
        shown = [" / ".join(cells) for cells in zip(*parts, strict=True)]
        messages[position] = [
            f"{what} {named} {value} (first at line {line})" for value, line in zip(shown, rows["_first"], strict=True)
        ]
        mend = (
            "keep the right one, or give each its own identifier"
            if code == "key_conflict"
            else "nothing: it is used once"
        )
        faults.append(Fault(mask, code, messages.tolist(), named, mend))
    kept = part.data.loc[~part.data["_row"].isin(mine["_row"])].reset_index(drop=True)
    return replace(part, data=kept, faults=(*part.faults, *faults))


def _made_unique(parts: list[Part], recipe: Recipe) -> list[Part]:
    """Where several rows may rightly share an identifier (cells of one tower), each gets its own."""
    if recipe.key_from is None:
        return parts
    key = layer(recipe.kind).key
    frames = [part.data.assign(_part=place) for place, part in enumerate(parts) if len(part.data)]
    if not frames:
        return parts
    rows = pd.concat(frames, ignore_index=True)
    if not rows[key].duplicated().any():
        return parts
    keys = recipe.key_from(rows)
    note = f"{int(rows[key].duplicated(keep=False).sum())} rows share their {key} with others: each got its own"
    made = []
    for place, part in enumerate(parts):
        mine = keys.loc[rows["_part"] == place]
        made.append(replace(part, data=part.data.assign(**{key: mine.to_numpy()})) if len(mine) else part)
    return [replace(part, notes=(*part.notes, note)) for part in made]


def _bad_rows(part: Part) -> np.ndarray[Any, np.dtype[np.bool_]]:
    bad = any_fault(part.faults, len(part.table.cells))
    if any(fault.severity == "refused" for fault in part.faults):
        bad[:] = True
    return bad


def _quarantine(part: Part, kind: str, context: ReadContext) -> pd.DataFrame:
    """Rows not used, with every reason; columns that name people are left out unless the scenario wants them."""
    table = part.table
    rows = np.flatnonzero(_bad_rows(part))
    codes: dict[int, list[str]] = {row: [] for row in rows.tolist()}
    reasons: dict[int, list[str]] = {row: [] for row in rows.tolist()}
    for fault in part.faults:
        if fault.severity == "warning":
            continue
        where = f"{fault.column}: " if fault.column else ""
        for row in np.flatnonzero(fault.mask).tolist():
            text = fault.message if isinstance(fault.message, str) else fault.message[row]
            codes[row].append(fault.code)
            reasons[row].append(f"{where}{text}")
    head = pd.DataFrame(
        {"file": table.file, "sheet": table.sheet, "line": table.line[rows],
         "codes": ["; ".join(dict.fromkeys(codes[row])) for row in rows.tolist()],
         "reason": ["; ".join(reasons[row]) for row in rows.tolist()]},
        index=pd.RangeIndex(len(rows)),
    )  # fmt: skip
    hide = kind == "umkm" and not context.umkm_points
    cells = table.cells.iloc[rows].reset_index(drop=True)
    cells = cells[[name for name in cells.columns if not (hide and is_personal(str(name)))]]
    cells.columns = pd.Index(
        [f"{name} (source)" if name in QUARANTINE_COLUMNS else str(name) for name in cells.columns]
    )
    found = pd.concat([head, cells], axis=1)
    if table.broken is not None:
        kept = table.broken["text"].where(~np.full(len(table.broken), hide), "")
        broken = pd.DataFrame({"file": table.file, "sheet": table.sheet, "line": table.broken["line"],
                               "codes": table.broken["code"], "reason": table.broken["message"], "row as it is": kept})  # fmt: skip
        found = pd.concat([found, broken], ignore_index=True)
    return found.sort_values("line", kind="stable", ignore_index=True)


def _empty_quarantine() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="str") for name in QUARANTINE_COLUMNS})


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    texts = [name for name in frame.columns if name != "line"]
    return frame.assign(
        **{name: frame[name].fillna("").astype("str") for name in texts}, line=frame["line"].astype("int64")
    )


def _problems(part: Part, kind: str, context: ReadContext) -> list[Problem]:
    found = list(part.table.problems)
    for fault in part.faults:
        found += _of_fault(part.table, fault)
    if part.table.broken is not None:
        hide = kind == "umkm" and not context.umkm_points
        for code, rows in part.table.broken.groupby("code", sort=True):
            found += _of_broken(part.table, str(code), rows, hide=hide)
    return found


def _of_fault(table: RawTable, fault: Fault) -> list[Problem]:
    rows = np.flatnonzero(fault.mask)
    if not rows.size and fault.severity != "refused":
        return []
    told = (
        [fault.detail] if isinstance(fault.detail, str) else list(dict.fromkeys(text for text in fault.detail if text))
    )
    fields = {"column": fault.column, "detail": "; ".join(told[:_TOLD])}
    if fault.severity == "refused" or fault.code in ASIDE_CODES:
        text = fault.message if isinstance(fault.message, str) else next((m for m in fault.message if m), "")
        mend = fault.mend if isinstance(fault.mend, str) else next((m for m in fault.mend if m), "")
        is_aside = fault.code in ASIDE_CODES
        message = f"{rows.size} {'row' if rows.size == 1 else 'rows'} set aside: {text}" if is_aside else text
        line = int(table.line[rows[0]]) if is_aside and rows.size == 1 else 0
        severity = "warning" if is_aside else fault.severity
        return [Problem(table.file, fault.code, message, sheet=table.sheet, line=line, column=fault.column, mend=mend,
                        severity=severity, n_rows=int(rows.size), fields=fields)]  # fmt: skip
    listed = []
    for place, row in enumerate(rows[:LISTED].tolist()):
        message = fault.message if isinstance(fault.message, str) else fault.message[row]
        mend = fault.mend if isinstance(fault.mend, str) else fault.mend[row]
        n_rows = 1
        if not isinstance(fault.detail, str):
            fields = {"column": fault.column, "detail": fault.detail[row]}
        if place == LISTED - 1 and rows.size > LISTED:
            n_rows = int(rows.size) - LISTED + 1
            message = f"{message} (and {n_rows - 1} more rows like it)"
        listed.append(
            Problem(table.file, fault.code, message, sheet=table.sheet, line=int(table.line[row]), column=fault.column,
                    value=_cell(table, fault.column, row), mend=mend, severity=fault.severity, n_rows=n_rows, fields=fields)
        )  # fmt: skip
    return listed


def _cell(table: RawTable, column: str, row: int) -> str:
    names = [column] if column in table.cells.columns else column.split(", ")
    found = [str(table.cells[name].iloc[row]) for name in names if name in table.cells.columns]
    return ", ".join(found)[:80]


def _of_broken(table: RawTable, code: str, rows: pd.DataFrame, *, hide: bool) -> list[Problem]:
    mends = {
        "extra_cells": "put texts that hold the delimiter into quotation marks, or take the extra cell out",
        "short_row": "fill up the row, with empty cells where nothing is known",
        "unclosed_quote": "close the quotation mark, or take it out",
        "stray_return": "take the line break out of the cell",
    }
    n_rows = len(rows)
    every = len(table.cells) == 0 and n_rows > 1
    listed = []
    for place, (line, text, message) in enumerate(
        zip(rows["line"].tolist()[:LISTED], rows["text"].tolist(), rows["message"].tolist(), strict=False)
    ):
        more = n_rows - LISTED if place == LISTED - 1 and n_rows > LISTED else 0
        said = f"{message} (and {more} more rows like it)" if more else message
        if every and place == 0 and code == "extra_cells":
            said = f"{message}: so in every row, so that the columns would shift against their names"
        listed.append(Problem(table.file, code, said, sheet=table.sheet, line=int(line), value="" if hide else text[:80],
                              mend=mends.get(code, ""), n_rows=1 + more))  # fmt: skip
    return listed


def _sheets(names: Sequence[str]) -> str:
    """Names of sheets, the first few of many."""
    listed = list(dict.fromkeys(names))
    return ", ".join(listed[:_TOLD]) + (f" … +{len(listed) - _TOLD}" if len(listed) > _TOLD else "")


def _notes(parts: Sequence[Part], source: LayerSource, recipe: Recipe) -> tuple[str, ...]:
    said: dict[str, list[str]] = {}
    for part in parts:
        for note in part.notes:
            said.setdefault(note, []).append(part.table.sheet)
    named = list(dict.fromkeys(part.table.sheet for part in parts if len(part.table.cells)))
    notes = [note if set(sheets) >= set(named) else f"[{_sheets(sheets)}] {note}" for note, sheets in said.items()]
    names = layer(recipe.kind).column_names
    has_evidence = any("column" in note and "read as evidence" in note for note in notes)
    if "evidence" in names and not source.evidence and not has_evidence:
        notes.append("nothing says what kind of evidence the rows are: taken as observed")
    return tuple(dict.fromkeys(notes))
