"""Enterprises counted by area: long tables, and wide ones with a column a size (``Kecamatan;Mikro;Kecil``)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.layers.conform import Recipe
from planner.layers.headers import Matched
from planner.layers.merge import read_table_layer
from planner.layers.report import Conformed, RawTable, ReadContext
from planner.layers.sectors import sector_in_titles
from planner.layers.umkm import SIZES, sector_letters
from planner.schema import layer
from planner.schema_columns import Column

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["read"]

_WIDE = ("mikro", "kecil", "menengah")
_ALL_SIZES = {**SIZES, **dict.fromkeys(("semua", "total", "jumlah", "umkm", "all"), "")}


def _columns(matched: Matched) -> Sequence[Column]:
    """The declared columns, or one a size where the table is wide."""
    declared = layer("umkm_counts").columns
    wide = [name for name in _WIDE if name in matched.columns]
    if not wide or "size" in matched.columns:
        return declared
    return (
        *(column for column in declared if column.name not in ("n_umkm", "size")),
        *(Column(name, "number", f"Enterprises of size {name}", is_required=True, minimum=0.0) for name in wide),
    )


def _finish(frame: pd.DataFrame, table: RawTable, context: ReadContext) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One row a size; sector and year from the titles where no column says them."""
    del context
    notes: list[str] = []
    wide = [name for name in _WIDE if name in frame.columns]
    if wide:
        kept = [name for name in frame.columns if name not in wide]
        frame = frame.melt(id_vars=kept, value_vars=wide, var_name="size", value_name="n_umkm")
        frame = frame.assign(size=frame["size"].astype("str")).sort_values(
            ["_row", "size"], kind="stable", ignore_index=True
        )
        notes.append(
            f"one column a size ({', '.join(wide)}): {len(frame) // len(wide)} rows became {len(frame)} counts"
        )
    if (frame["sector"].fillna("") == "").all():
        letter = sector_in_titles(table.titles, table.file)
        if letter:
            frame = frame.assign(sector=letter)
            notes.append(f"sector {letter} (KBLI) taken from the title or file name")
    else:
        frame, said = sector_letters(frame)
        notes += said
    years = sorted({int(year) for title in table.titles for year in re.findall(r"\b(?:19|20)\d\d\b", title)})
    if frame["year"].isna().all() and len(years) == 1:
        frame = frame.assign(year=pd.array(np.full(len(frame), years[0]), dtype="Int64"))
        notes.append(f"year {years[0]} taken from the title")
    return frame.assign(sector=frame["sector"].astype("str")), tuple(notes)


RECIPE = Recipe(
    kind="umkm_counts",
    vocabulary={"size": _ALL_SIZES},
    code_column="area_code",
    identity=("area_code", "sector", "size", "year", "definition", "source"),
    columns=_columns,
    finish=_finish,
    adds_up="n_umkm",
)


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read counts of enterprises by area.

    Raises
    ------
    LayerError
        The file cannot be opened as a table.
    """
    return read_table_layer(RECIPE, path, source, context)
