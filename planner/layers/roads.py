"""Roads: lines along which fiber can be laid and crews can travel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from planner.layers.geo_rows import finish, known_evidence
from planner.layers.lines import Lines, judged_lines, line_frame
from planner.layers.report import Conformed, ReadContext
from planner.layers.values import parse_numbers
from planner.schema import layer

if TYPE_CHECKING:
    import pandas as pd

    from planner.scenario import LayerSource

__all__ = ["read"]

_NAMES = {
    "road_id": ("osm id", "id jalan", "kode ruas", "no ruas", "nomor ruas", "id ruas", "id", "fid", "kode"),
    "class": (
        "highway",
        "fclass",
        "kelas jalan",
        "kelas",
        "fungsi jalan",
        "fungsi",
        "status jalan",
        "jenis jalan",
        "remark",
    ),
    "length_factor": ("faktor panjang",),
    "source": ("sumber", "sumber data"),
    "evidence": ("bukti",),
}


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read roads; ways of an OpenStreetMap extract without a ``highway`` tag (rivers, runways) are not roads."""
    found = [_attributes(lines, source) for lines in judged_lines(path, source, context, _NAMES)]
    data = line_frame(found, "road_id", "road-", layer("roads").column_names)
    return finish("roads", [lines.judged for lines, _ in found], data)


def _attributes(lines: Lines, source: LayerSource) -> tuple[Lines, pd.DataFrame]:
    import pandas as pd

    kind = lines.text("class")
    if "highway" in lines.table.cells.columns:
        mend = "give only ways tagged highway"
        lines.judged.say(kind == "", "not_a_road", "no highway tag", column="highway", mend=mend)
    factor = factors(lines)
    frame = pd.DataFrame(
        {
            "road_id": lines.text("road_id"),
            "class": kind,
            "source": np.full(len(kind), source.source, dtype=object) if source.source else lines.text("source"),
            "evidence": known_evidence(lines.judged, lines.picked, source.evidence),
        }
    ).astype("str")
    frame.insert(2, "length_factor", factor)
    return lines, frame


def factors(lines: Lines) -> pd.Series[float]:
    """Road length over drawn length; 1 where the file does not say."""
    import pandas as pd

    declared = layer("roads").column("length_factor")
    text = pd.Series(lines.text("length_factor"), dtype="str")
    read = parse_numbers(text, bounds=(declared.minimum, declared.maximum))
    bad = read.unreadable | read.ambiguous | read.infinite | (read.values < 1.0) | (read.values > 5.0)
    lines.judged.say(
        bad, "range", "length factor is not a number from 1 to 5", column=lines.picked.get("length_factor", "")
    )
    return pd.Series(np.where(np.isfinite(read.values), read.values, 1.0))
