"""Numbers of the page, all taken from the facts of the run: nothing is counted here a second time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.maps.inputs import MapInputs
from planner.schema_columns import LEVELS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["UNITS", "area_numbers", "page_numbers"]

UNITS = ("umkm", "people", "desa", "facilities")
"""What is counted, in the order the page offers it."""


def page_numbers(inputs: MapInputs) -> dict[str, Any]:
    """Totals, causes, programmes, plan and evidence as the page shows them."""
    facts = inputs.facts
    totals = facts.get("totals", {})
    return {
        "totals": _plain({unit: totals[unit] for unit in UNITS if unit in totals}),
        "causes": _plain(facts.get("causes", {})),
        "programmes": _plain(facts.get("programmes", {})),
        "operators": _plain(facts.get("operators", {})),
        "plan": _plain({**facts.get("plan", {}), **inputs.plan}),
        "evidence": _plain(inputs.evidence or facts.get("evidence", {})),
        "satellite": _satellite(inputs.satellite),
    }


def area_numbers(facts: Mapping[str, Any]) -> pd.DataFrame:
    """Table of areas with one column ``<unit>_<level>`` per count, empty when the facts hold none."""
    import pandas as pd

    rows = []
    for record in facts.get("areas", ()):
        row: dict[str, Any] = {"area_level": record["area_level"], "area_code": str(record["area_code"])}
        for unit in UNITS:
            for level in LEVELS:
                if level in record.get(unit, {}):
                    row[f"{unit}_{level}"] = float(record[unit][level])
        rows.append(row)
    return pd.DataFrame(rows)


def _satellite(frame: pd.DataFrame | None) -> list[dict[str, Any]]:
    if frame is None:
        return []
    columns = ("satellite_id", "beam_id", "orbit_deg", "band", "capacity_mbps", "committed_mbps", "evidence", "source")
    kept = frame[[name for name in columns if name in frame.columns]].sort_values("beam_id", kind="stable")
    records: list[dict[str, Any]] = _plain(kept.to_dict(orient="records"))
    return records


def _plain(value: Any) -> Any:
    """Values JSON can hold: numpy scalars unwrapped, what is not a number becomes null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)
