"""Base stations: registers of operators, tower lists, OpenCelliD; antennas filled from models, and said so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.layers.conform import Recipe, View
from planner.layers.headers import match_headers
from planner.layers.merge import read_table_layer
from planner.layers.opencellid import as_bts, is_opencellid
from planner.layers.operators import one_spelling
from planner.layers.report import Conformed, RawTable, ReadContext
from planner.layers.values import clean, each_distinct
from planner.schema_columns import SITE_STATUS

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["ASSUMABLE", "read"]

ASSUMABLE = ("band_mhz", "height_m", "power_dbm", "gain_dbi", "bandwidth_mhz")
"""Columns that ``models/radio/transmitters.toml`` fills where a register is silent."""

_GENERATIONS = {
    **dict.fromkeys(("gsm", "dcs", "gprs", "edge", "cdma", "2g"), "2G"),
    **dict.fromkeys(("umts", "utms", "wcdma", "hspa", "hspa+", "hsdpa", "3g"), "3G"),
    **dict.fromkeys(("lte", "lte-a", "volte", "4g", "4g+", "4.5g"), "4G"),
    **dict.fromkeys(("nr", "5g"), "5G"),
}
_BESIDE = frozenset({"dan", "and", "mhz", "fdd", "tdd", "band", "&", "+"})
"""Words that may stand beside a generation without changing its meaning."""
_STATUS = {
    **{name: name for name in SITE_STATUS},
    **{name.replace("_", " "): name for name in SITE_STATUS},
    "aktif": "on_air", "on service": "on_air", "onair": "on_air", "on air": "on_air", "beroperasi": "on_air", "operasi": "on_air",
    "hidup": "on_air", "live": "on_air", "active": "on_air", "existing": "on_air", "eksisting": "on_air", "berfungsi": "on_air",
    "online": "on_air", "up": "on_air", "normal": "on_air",
    "tidak aktif": "inactive", "nonaktif": "inactive", "non aktif": "inactive", "off": "inactive", "mati": "inactive", "off air": "inactive",
    "rusak": "inactive", "down": "inactive", "tidak beroperasi": "inactive", "tidak berfungsi": "inactive", "offline": "inactive",
    "rencana": "indicative", "usulan": "indicative", "indikatif": "indicative", "planned": "indicative",
    "terverifikasi": "verified", "sudah disurvei": "surveyed", "survei": "surveyed", "disurvei": "surveyed",
    "lahan siap": "land_ready", "kontrak": "contracted", "terkontrak": "contracted", "pembangunan": "contracted", "konstruksi": "contracted",
    "relokasi": "relocate", "pindah": "relocate", "dimatikan": "switch_off", "bongkar": "switch_off",
}  # fmt: skip
_BACKHAUL = {
    "fo": "fiber", "fiber optik": "fiber", "fiber optic": "fiber", "serat optik": "fiber", "fibre": "fiber", "optik": "fiber", "metro e": "fiber",
    "mw": "microwave", "radio": "microwave", "radio link": "microwave", "microwave link": "microwave", "gelombang mikro": "microwave",
    "radio microwave": "microwave", "satelit": "satellite", "vsat": "satellite", "sat": "satellite", "satria": "satellite", "satria 1": "satellite",
    "tidak diketahui": "unknown", "-": "unknown", "n/a": "unknown", "tidak ada data": "unknown",
}  # fmt: skip

_CELL_PARTS = ("operator", "technology", "band_mhz", "azimuth_deg", "lon_deg", "lat_deg")


def _before(table: RawTable, source: LayerSource, context: ReadContext) -> View:
    """OpenCelliD exports as base stations; lists of generations (``2G/3G/4G 1800 MHz``) as the newest one."""
    del context
    if is_opencellid(table):
        return as_bts(table)
    match = match_headers([str(name) for name in table.cells.columns], "bts", source.columns).columns.get("technology")
    if match is None or not match.header:
        return View(table)
    words = each_distinct(clean(table.cells[match.header]), newest_generation)
    return View(replace(table, cells=table.cells.assign(**{match.header: pd.array(words, dtype="str")})))


def newest_generation(cell: str) -> str:
    """The newest generation a cell lists; the cell itself where it says anything else beside.

    Examples
    --------
    >>> newest_generation("2G/3G/4G"), newest_generation("LTE 1800 MHz"), newest_generation("4G rencana")
    ('4G', '4G', '4G rencana')
    """
    words = [word for word in re.split(r"[\s,;/|()]+", cell.casefold()) if word]
    found = [_GENERATIONS[word] for word in words if word in _GENERATIONS]
    others = [word for word in words if word not in _GENERATIONS and word not in _BESIDE and not word.isdigit()]
    return max(found) if found and not others else cell


def _finish(frame: pd.DataFrame, table: RawTable, context: ReadContext) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Fill silent antennas from the defaults of their technology, and list what was filled in ``assumed``."""
    del table
    spelt, told = one_spelling(frame)
    filled, notes = fill_defaults(spelt, context.transmitter_defaults)
    return filled, (*told, *notes)


def fill_defaults(
    frame: pd.DataFrame, defaults: Mapping[str, Mapping[str, float]]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Base stations with antennas filled in from the defaults of their technology.

    Parameters
    ----------
    frame
        Conformed `bts` rows.
    defaults
        Technology → column → value.

    Returns
    -------
    frame, notes
        ``assumed`` names the columns filled in each row.
    """
    values: dict[str, Any] = {}
    given = frame["assumed"].fillna("").astype("str")
    assumed: list[set[str]] = [set(filter(None, text.split(","))) for text in given.to_list()]
    notes = []
    for name in ASSUMABLE:
        column = frame[name].to_numpy(dtype=np.float64, na_value=np.nan).copy()
        wanted = (
            frame["technology"]
            .map(lambda tech, name=name: defaults.get(tech, {}).get(name, np.nan))
            .to_numpy(dtype=np.float64)
        )
        use = np.isnan(column) & np.isfinite(wanted)
        column[use] = wanted[use]
        values[name] = column
        for row in np.flatnonzero(use).tolist():
            assumed[row].add(name)
        if use.any():
            notes.append(f"{name}: {int(use.sum())} of {len(frame)} rows filled from models/radio/transmitters.toml")
        elif np.isnan(column).any() and not defaults:
            notes.append(
                f"{name}: {int(np.isnan(column).sum())} rows are silent; a run fills them from models/radio/transmitters.toml"
            )
    values["assumed"] = pd.array(
        [",".join(name for name in ASSUMABLE if name in names) for names in assumed], dtype="str"
    )
    return frame.assign(**values), tuple(notes)


def _keys(frame: pd.DataFrame) -> pd.Series[Any]:
    """Identifiers for the rows of one site: site/operator/technology/band/azimuth, numbered where that is not enough."""

    def text(name: str) -> pd.Series[Any]:
        if name in ("band_mhz", "azimuth_deg"):
            return frame[name].map(lambda value: "" if pd.isna(value) else f"{value:g}").astype("str")
        return frame[name].astype("str")

    shared = frame["bts_id"].duplicated(keep=False)
    longer = frame["bts_id"].astype("str")
    for name in _CELL_PARTS[:4]:
        part = text(name)
        longer = longer.where(~shared | (part == ""), longer + "/" + part)
    order = (
        frame.assign(_long=longer)
        .sort_values(["_long", "lon_deg", "lat_deg", "height_m", "samples"], kind="stable")
        .index
    )
    number = longer.loc[order].groupby(longer.loc[order], sort=False).cumcount().loc[frame.index]
    return longer.where(number == 0, longer + "/" + (number + 1).astype("str"))


RECIPE = Recipe(
    kind="bts",
    vocabulary={"status": _STATUS, "backhaul": _BACKHAUL},
    identity=("bts_id", *_CELL_PARTS, "height_m", "samples"),
    before=_before,
    finish=_finish,
    key_from=_keys,
)


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read base stations.

    Raises
    ------
    LayerError
        The file cannot be opened as a table.
    """
    return read_table_layer(RECIPE, path, source, context)
