"""Power lines: how far the grid is from a site."""

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
    "power_id": ("osm id", "id jaringan", "kode jaringan", "id", "fid", "kode"),
    "voltage_kv": ("voltage kv", "tegangan kv", "tegangan", "voltage", "kv"),
    "source": ("sumber", "sumber data"),
    "evidence": ("bukti",),
}
_VOLTS_FROM = 1000.0  # OpenStreetMap writes volts; no grid carries 1000 kV and more


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read power lines; voltages of 1000 and more are volts (OpenStreetMap), smaller ones kilovolts."""
    found = [_attributes(lines, source) for lines in judged_lines(path, source, context, _NAMES)]
    data = line_frame(found, "power_id", "power-", layer("power").column_names)
    return finish("power", [lines.judged for lines, _ in found], data)


def _attributes(lines: Lines, source: LayerSource) -> tuple[Lines, pd.DataFrame]:
    import pandas as pd

    text = (
        pd.Series(lines.text("voltage_kv"), dtype="str").str.split(";").str[0]
    )  # 150000;20000: the higher comes first
    read = parse_numbers(text, unit="kv", is_count=True)
    volts = read.values >= _VOLTS_FROM
    if volts.any():
        lines.judged.notes.append(f"{int(volts.sum())} voltages of 1000 and more read as volts")
    voltage = np.where(volts, read.values / 1000.0, read.values)
    bad = read.unreadable | read.ambiguous | read.infinite | (voltage < 0.1) | (voltage > 1000.0)
    lines.judged.say(
        bad, "range", "voltage is not a number from 0.1 to 1000 kV", column=lines.picked.get("voltage_kv", "")
    )
    frame = pd.DataFrame(
        {
            "power_id": lines.text("power_id"),
            "source": np.full(len(voltage), source.source, dtype=object) if source.source else lines.text("source"),
            "evidence": known_evidence(lines.judged, lines.picked, source.evidence),
        }
    ).astype("str")
    frame.insert(1, "voltage_kv", voltage)
    return lines, frame
