"""Points of enterprises (UMKM): their place, size, sector and whether they are online; never their names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from planner.layers.conform import Recipe, View
from planner.layers.headers import match_headers
from planner.layers.merge import read_table_layer
from planner.layers.report import Conformed, RawTable, ReadContext
from planner.layers.sectors import sector_of
from planner.layers.values import as_mask, by_distinct, clean

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["SIZES", "read", "sector_letters"]

SIZES = {
    **dict.fromkeys(("usaha mikro", "micro", "ultra mikro", "umi", "mikro kecil", "1"), "mikro"),
    **dict.fromkeys(("usaha kecil", "small", "uk", "2"), "kecil"),
    **dict.fromkeys(("usaha menengah", "medium", "um", "3"), "menengah"),
}
"""Size classes as written → ours."""

_DIGITAL = {
    **dict.fromkeys(
        ("ya", "y", "sudah", "true", "1", "sudah online", "go digital", "digital", "go online", "sudah digital", "on line", "yes", "aktif",
         "sudah onboarding", "onboarding"), "online"),
    **dict.fromkeys(
        ("tidak", "belum", "false", "0", "belum online", "belum digital", "no", "off line", "konvensional", "luring", "belum onboarding"), "offline"),
    **dict.fromkeys(("tidak diketahui", "-", "n/a", "tidak ada data", "belum ada data"), "unknown"),
    "daring": "online",
}  # fmt: skip


def _before(table: RawTable, source: LayerSource, context: ReadContext) -> View:
    """A column of NIB numbers says who has one."""
    del context
    match = match_headers([str(name) for name in table.cells.columns], "umkm", source.columns).columns.get("has_nib")
    if match is None or not match.header:
        return View(table)
    text = clean(table.cells[match.header])
    is_number = as_mask(pc.match_substring_regex(text, r"^\d{10,16}$"))
    if not is_number.any():
        return View(table)
    said = pc.if_else(pa.array(is_number), pa.scalar("ya", pa.large_string()), text)
    cells = table.cells.assign(**{match.header: pd.array(said, dtype="str")})
    return View(replace(table, cells=cells), notes=(f"'{match.header}': {int(is_number.sum())} numbers read as yes",))


def sector_letters(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """A frame whose ``sector`` is a KBLI group or "", and how many words had none."""
    text = pa.array(frame["sector"], type=pa.large_string(), from_pandas=True)
    answers, which = by_distinct(pc.fill_null(text, ""), sector_of)
    letters = pa.array(answers, type=pa.large_string()).take(pa.array(which))
    lost = as_mask(pc.equal(letters, "")) & as_mask(pc.not_equal(text, ""))
    notes = (f"sector: {int(lost.sum())} rows name no single KBLI group and have none",) if lost.any() else ()
    return frame.assign(sector=pd.array(letters, dtype="str")), notes


def _finish(frame: pd.DataFrame, table: RawTable, context: ReadContext) -> tuple[pd.DataFrame, tuple[str, ...]]:
    del table, context
    return sector_letters(frame)


RECIPE = Recipe(
    kind="umkm",
    vocabulary={"size": SIZES, "digital": _DIGITAL},
    code_column="desa_code",
    may_place=True,
    optional_area=True,
    before=_before,
    finish=_finish,
)


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read points of enterprises.

    Raises
    ------
    LayerError
        The file cannot be opened as a table.
    """
    return read_table_layer(RECIPE, path, source, context)
