"""Areas where nothing, or nothing tall, may be built: water, protected land, hazard zones, approaches of airports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.layers.admin import say_mended
from planner.layers.geo_rows import Judged, finish, judge_places, known_evidence, pick_columns, selected, text_of
from planner.layers.headers import normal
from planner.layers.mend import mend_polygons
from planner.layers.report import Conformed, ReadContext
from planner.layers.values import parse_numbers
from planner.layers.vector import raw_tables
from planner.schema import layer

if TYPE_CHECKING:
    import pandas as pd

    from planner.scenario import LayerSource

__all__ = ["read"]

_NAMES = {
    "exclusion_id": ("id", "fid", "kode", "objectid", "osm id"),
    "kind": ("jenis", "kategori", "fungsi", "fungsi kawasan", "jenis kawasan", "tipe", "type", "class"),
    "name": ("nama", "nama kawasan", "namobj", "keterangan"),
    "max_height_m": ("tinggi maksimum", "batas ketinggian", "tinggi maks", "ketinggian maksimum", "max height"),
    "source": ("sumber", "sumber data"),
    "evidence": ("bukti",),
}
_WORDS = {
    "aviation": ("aviation", "kkop", "penerbangan", "bandara", "bandar udara", "airport", "lanud"),
    "hazard": ("hazard", "rawan", "bencana", "longsor", "banjir", "tsunami", "lahar", "sesar"),
    "water": ("water", "perairan", "danau", "sungai", "waduk", "rawa", "laut"),
    "protected": ("protected", "lindung", "konservasi", "cagar", "suaka", "taman nasional", "tahura", "taman wisata alam", "adat"),
    "other": ("other", "lainnya", "lain", "militer", "larangan"),
}  # fmt: skip


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read polygons of areas where nothing may be built.

    Notes
    -----
    The kind is told from words in the file ("kawasan hutan lindung", "rawan longsor", "KKOP"); the scenario may give
    one kind for a whole file (``columns = { kind = "=protected" }``). A row of unknown kind is quarantined. Where
    ``max_height_m`` is above 0, lower structures may stand.
    """
    import geopandas as gpd
    import pandas as pd

    found, parts = [], []
    for table in raw_tables(path, source, context):
        judged = Judged(selected(table, source.where))
        rows = _rows(judged, source, context)
        found.append(judged)
        parts.append(rows[judged.is_good])
    held = pd.concat(parts, ignore_index=True)
    frame = gpd.GeoDataFrame(held, geometry="geometry", crs="EPSG:4326")
    order = np.lexsort((*frame.geometry.bounds.to_numpy().T[::-1], frame["exclusion_id"].to_numpy(dtype=str)))
    frame = frame.iloc[order].reset_index(drop=True)
    again = frame["exclusion_id"].duplicated(keep=False)
    number = (frame.groupby("exclusion_id").cumcount() + 1).astype(str)
    frame["exclusion_id"] = frame["exclusion_id"].where(~again, frame["exclusion_id"] + "-" + number).astype("str")
    return finish("exclusions", found, frame[[*layer("exclusions").column_names, "geometry"]])


def _rows(judged: Judged, source: LayerSource, context: ReadContext) -> pd.DataFrame:
    """One row for each row of the table."""
    import pandas as pd

    picked = pick_columns(judged.table, _NAMES, source.columns)
    judge_places(judged, context)
    kind = _kinds(text_of(judged.table, picked, "kind"), text_of(judged.table, picked, "name"))
    message = f"kind must be one of {', '.join(layer('exclusions').column('kind').allowed)}"
    judged.say(kind == "", "vocabulary", message, column=picked.get("kind", ""))
    mended = mend_polygons(judged.good_geometry)
    say_mended(judged, mended)
    name = text_of(judged.table, picked, "exclusion_id")
    numbered = np.array([f"area-{line}" for line in judged.table.line.tolist()], dtype=object)
    texts = {
        "exclusion_id": np.where(name == "", numbered, name),
        "kind": kind,
        "name": text_of(judged.table, picked, "name"),
        "source": np.full(len(kind), source.source, dtype=object) if source.source else text_of(judged.table, picked, "source"),
        "evidence": known_evidence(judged, picked, source.evidence),
    }  # fmt: skip
    rows = pd.DataFrame(texts).astype("str")
    return rows.assign(max_height_m=_height_m(judged, picked), geometry=mended.geometry)


def _kinds(kind: NDArray[Any], name: NDArray[Any]) -> NDArray[Any]:
    """Kind of each row by the first word known in its kind, else in its name; "" where none is."""

    def told(text: str) -> str:
        plain = normal(text)
        return next((key for key, words in _WORDS.items() if any(word in plain for word in words)), "")

    return np.array([told(k) or told(n) for k, n in zip(kind.tolist(), name.tolist(), strict=True)], dtype=object)


def _height_m(judged: Judged, picked: dict[str, str]) -> NDArray[np.float64]:
    import pandas as pd

    text = pd.Series(text_of(judged.table, picked, "max_height_m"), dtype="str")
    read = parse_numbers(text, unit="m")
    bad = read.unreadable | read.ambiguous | read.infinite | (read.values < 0.0) | (read.values > 500.0)
    judged.say(bad, "range", "the height is not a number from 0 to 500 m", column=picked.get("max_height_m", ""))
    return np.nan_to_num(np.where(bad, 0.0, read.values))
