"""Small files and admin tables for the tests of the table readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from planner.layers import Conformed, ReadContext, examine_layer
from planner.scenario import LayerSource

DESA = [
    ("53", "", "Nusa Tenggara Timur", None, None),
    ("53.01", "5303", "Kabupaten Kupang", 123.8, -9.9),
    ("53.71", "5371", "Kota Kupang", 123.6, -10.17),
    ("53.10", "5313", "Kabupaten Manggarai", 120.4, -8.6),
    ("53.12", "5301", "Kabupaten Sumba Barat", 119.4, -9.6),
    ("53.01.02", "", "Amarasi", 123.8, -10.2),
    ("53.10.02", "", "Ruteng", 120.46, -8.61),
    ("53.71.04", "", "Oebobo", 123.60, -10.16),
    ("53.01.02.2003", "", "Oesena", 123.81, -10.21),
    ("53.01.02.2004", "", "Wae Rii", 123.82, -10.22),
    ("53.10.02.2003", "", "Wae Ri'i", 120.47, -8.62),
    ("53.71.04.1001", "", "Oebobo", 123.601, -10.169),
]


def codes() -> pd.DataFrame:
    """An admin table with two kabupaten of one name, a desa name that occurs twice, and points."""
    frame = pd.DataFrame(DESA, columns=["code", "bps_code", "name", "lon_deg", "lat_deg"])
    return frame.astype({"code": "str", "bps_code": "str", "name": "str", "lon_deg": "float64", "lat_deg": "float64"})


def examine(folder: Path, kind: str, content: str | bytes, name: str = "data.csv", **said: Any) -> Conformed:
    """Write a file and read it as a layer; ``context_*`` go to the context, the rest to the layer source."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return examine_path(path, kind, **said)


def examine_path(path: Path, kind: str, **said: Any) -> Conformed:
    """Read a file as a layer; the accounts must balance whatever it holds."""
    about = {key.removeprefix("context_"): said.pop(key) for key in list(said) if key.startswith("context_")}
    context = ReadContext(folder=path.parent, **about)
    found = examine_layer(LayerSource(path=path.name, **said), kind, path=path, context=context)
    assert found.n_in == found.n_used + found.n_quarantined
    assert len(found.quarantine) == found.n_quarantined
    return found


def codes_of(found: Conformed) -> list[str]:
    """Reason codes of the quarantined rows, by line."""
    return found.quarantine.sort_values("line")["codes"].tolist()
