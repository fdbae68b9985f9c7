"""Reads quarantine files back: rows that could not be used but still say where they stand, for the map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.geo import INDONESIA_BOUNDS_DEG
from planner.layers.headers import NAMES, match_headers
from planner.layers.quarantine import meaning
from planner.layers.report import ASIDE_CODES
from planner.words import LANGUAGES, read_words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["placed_rows"]


def placed_rows(path: Path, kind: str) -> pd.DataFrame:
    """Rows of a written quarantine file that still have a place, without those that were merely set aside.

    Parameters
    ----------
    path
        As `planner.layers.quarantine.write_quarantine_csv` wrote it.
    kind
        Kind of the layer, by which the headers of coordinates are known.

    Returns
    -------
    DataFrame
        ``kind, file, line, reason_id, reason_en, lon_deg, lat_deg``; reasons say what their codes mean and hold no
        cell of the row.
    """
    import pandas as pd

    table = pd.read_csv(path, sep=";", dtype="str", keep_default_na=False, encoding="utf-8-sig")
    codes = table["codes"].str.split("; ")
    lon, lat = (_degrees(table, name, kind) for name in ("lon_deg", "lat_deg"))
    west, south, east, north = INDONESIA_BOUNDS_DEG
    is_faulty = codes.map(lambda names: not set(names) <= ASIDE_CODES).astype(bool)
    kept = is_faulty & lon.between(west, east) & lat.between(south, north)
    said = {f"reason_{language}": codes[kept].map(_speaker(language)) for language in LANGUAGES}
    rows: pd.DataFrame = table.loc[kept, ["file"]].assign(
        line=pd.to_numeric(table.loc[kept, "line"]), kind=kind, **said, lon_deg=lon[kept], lat_deg=lat[kept]
    )
    return rows.reset_index(drop=True)


def _degrees(table: pd.DataFrame, name: str, kind: str) -> pd.Series[Any]:
    """A column of degrees under whatever header the file has for it; NaN where it says none."""
    import pandas as pd

    match = (
        match_headers([str(header) for header in table.columns], kind, {}).columns.get(name)
        if name in NAMES.get(kind, ())
        else None
    )
    if match is None or not match.header:
        return pd.Series(float("nan"), index=table.index)
    written = table[match.header].str.lstrip("'").str.replace(",", ".", regex=False)
    return pd.to_numeric(written, errors="coerce")


def _speaker(language: str) -> Any:
    words = read_words(language)
    return lambda codes: "; ".join(meaning(str(code), words) for code in codes)
