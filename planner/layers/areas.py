"""The area of every row of a table: from its code, or from the names beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from planner.layers.codes import AreaAnswer, name_of_system, resolve_area, system_of
from planner.layers.gazetteer import Gazetteer, level_of
from planner.layers.headers import Matched
from planner.layers.places import Fault, Mask
from planner.layers.report import RawTable, ReadContext
from planner.layers.values import clean

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["Areas", "Session", "region_faults", "resolve_areas"]

_LEVEL_COLUMNS = {
    "desa_name": "desa",
    "kecamatan_name": "kecamatan",
    "kabupaten_name": "kabupaten",
    "provinsi_name": "provinsi",
}
_SEP = "\x1f"


@dataclass(frozen=True)
class Session:
    """What one reading of a file keeps between its chunks.

    Parameters
    ----------
    gazetteer
        Names, codes and points of areas.
    systems
        Sheet → system of its codes and why, once told apart.
    """

    gazetteer: Gazetteer
    systems: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Areas:
    """Areas of a table's rows.

    Parameters
    ----------
    code
        Kemendagri code, "" where none is known or a fault says why.
    is_named
        Rows that gave a code or a name at all.
    faults
        By rows; a system that cannot be told is ``refused``.
    notes
        How the codes were understood.
    """

    code: NDArray[Any]
    is_named: Mask
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


def resolve_areas(
    table: RawTable, matched: Matched, code_column: str, *, source: LayerSource, session: Session
) -> Areas:
    """Find the area of every row.

    Parameters
    ----------
    table, matched
        The rows and their columns.
    code_column
        Our column that holds the code (``area_code``, ``desa_code``, ``code``).
    source
        ``code_system`` says the system, ``level`` the level of bare names.
    session
        Gazetteer, and the system found in earlier chunks.
    """
    n_rows = len(table.cells)
    code_header, said = _code_header(matched, code_column, source.code_system)
    code_text = _column(table, code_header)
    names = {level: _column(table, matched.columns[name].header) for name, level in _LEVEL_COLUMNS.items() if name in matched.columns}  # fmt: skip
    bare_name = matched.columns.get("name") if code_column != "desa_code" else None
    if bare_name is not None and bare_name.header:
        names[source.level if source.level and not code_header else ""] = _column(table, bare_name.header)
    rows = pd.DataFrame({"code": code_text, **{f"name {level}": column for level, column in names.items()}})
    if not names and not code_header:
        return Areas(np.full(n_rows, "", dtype=object), np.zeros(n_rows, dtype=np.bool_))
    joined = pc.binary_join_element_wise(
        *(pc.replace_substring(clean(rows[column]), _SEP, " ") for column in rows.columns),
        pa.scalar(_SEP, pa.large_string()),
    )
    which, distinct = pd.factorize(np.asarray(joined.to_pylist(), dtype=object))
    parts = [dict(zip(rows.columns, str(text).split(_SEP), strict=True)) for text in distinct]
    system, reason = _system(table.sheet, parts, said, session)
    notes = []
    if code_header and reason and any(part["code"] for part in parts):
        notes.append(f"'{code_header}' holds {name_of_system(system) or 'unknown'} codes: {reason}")
    if not system and any(part["code"] for part in parts):
        return _unclear(n_rows, code_header, reason, notes)
    hints = (table.sheet, *table.titles)
    answers = [_answer(part, system, hints, session.gazetteer) for part in parts]
    found = np.array([answer.code for answer in answers], dtype=object)[which]
    is_named = np.array([any(part.values()) for part in parts], dtype=np.bool_)[which]
    return Areas(found, is_named, tuple(_faults(answers, which, code_header or _name_header(matched))), tuple(notes))


def _code_header(matched: Matched, code_column: str, system: str) -> tuple[str, str]:
    """Header of the codes, and the system that the header or the scenario says."""
    ours, theirs = matched.columns.get(code_column), matched.columns.get("bps_area_code")
    if theirs is not None and (ours is None or system == "bps"):
        return theirs.header, "bps"
    return (ours.header if ours is not None else ""), system


def _column(table: RawTable, header: str) -> pd.Series[Any]:
    if not header:
        return pd.Series([""] * len(table.cells), dtype="str")
    return table.cells[header]


def _system(sheet: str, parts: list[dict[str, str]], said: str, session: Session) -> tuple[str, str]:
    if said:
        return said, "as its header or the scenario says"
    if sheet not in session.systems:
        sample = sorted({(part["code"], _own_name(part)) for part in parts if part["code"]})[:5000]
        session.systems[sheet] = system_of(
            [code for code, _ in sample], [name for _, name in sample], session.gazetteer
        )
    return session.systems[sheet]


def _own_name(part: dict[str, str]) -> str:
    if part.get("name "):
        return part["name "]
    by_length = {2: "provinsi", 4: "kabupaten", 6: "kecamatan", 7: "kecamatan", 10: "desa"}
    digits = sum(letter.isdigit() for letter in part["code"])
    return part.get(f"name {by_length.get(digits, '')}", "")


def _answer(part: dict[str, str], system: str, hints: tuple[str, ...], gazetteer: Gazetteer) -> AreaAnswer:
    if not any(part.values()):
        return AreaAnswer("")
    names = {key.removeprefix("name "): value for key, value in part.items() if key != "code" and value}
    return resolve_area(part["code"], names, system=system, hints=hints, gazetteer=gazetteer)


def _name_header(matched: Matched) -> str:
    """Header of the finest area name."""
    return next((matched.columns[name].header for name in (*_LEVEL_COLUMNS, "name") if name in matched.columns), "")


def _faults(answers: list[AreaAnswer], which: NDArray[np.int64], header: str) -> list[Fault]:
    faults = []
    for code in sorted({answer.fault for answer in answers} - {""}):
        is_it = np.array([answer.fault == code for answer in answers], dtype=np.bool_)[which]
        messages = np.array([answer.message for answer in answers], dtype=object)[which]
        mends = np.array([answer.mend for answer in answers], dtype=object)[which]
        details = np.array([answer.detail for answer in answers], dtype=object)[which]
        faults.append(Fault(is_it, code, messages.tolist(), header, mends.tolist(), detail=details.tolist()))
    return faults


def _unclear(n_rows: int, header: str, reason: str, notes: list[str]) -> Areas:
    everything = np.ones(n_rows, dtype=np.bool_)
    message = f"Kemendagri and BPS codes cannot be told apart here: {reason}"
    mend = 'set code_system = "kemendagri" or "bps" for this file, or add a column with the names'
    fault = Fault(everything, "code_system_unclear", message, header, mend, "refused")
    return Areas(np.full(n_rows, "", dtype=object), everything, (fault,), tuple(notes))


def region_faults(code: NDArray[Any], source: LayerSource, context: ReadContext, header: str) -> list[Fault]:
    """Rows of areas outside the region, or of another level than the scenario asks for."""
    which, distinct = pd.factorize(code)
    areas = [str(area) for area in distinct]
    faults = []
    if context.areas:
        outside = [bool(a) and not any(_within(a, region) for region in context.areas) for a in areas]
        mask = np.array(outside, dtype=np.bool_)[which]
        if mask.any():
            faults.append(Fault(mask, "outside_region", "an area outside the region of the scenario", header))
    if source.level:
        other = [bool(a) and level_of(a) != source.level for a in areas]
        mask = np.array(other, dtype=np.bool_)[which]
        if mask.any():
            faults.append(
                Fault(mask, "other_level", f"no {source.level} (the scenario asks for level {source.level})", header)
            )
    return faults


def _within(area: str, region: str) -> bool:
    return area == region or area.startswith(f"{region}.") or region.startswith(f"{area}.")
