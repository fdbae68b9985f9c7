"""Numbers of the page, all taken from the facts of the run: nothing is counted here a second time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.facts.flat import NEW, whole_levels
from planner.maps.inputs import MapInputs
from planner.schema_columns import LEVELS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["UNITS", "area_numbers", "page_numbers"]

UNITS = ("umkm", "people", "desa", "facilities")
"""What is counted, in the order the page offers it."""

_AREA_NUMBERS = ("umkm_new", "people_new", "facilities_new", "served_demand_share", "confidence_share")
_AREA_TEXTS = ("bps_code", "level", "cause")


def page_numbers(inputs: MapInputs) -> dict[str, Any]:
    """Totals, causes, programmes, plan and evidence as the page shows them."""
    facts = inputs.facts
    now, then = whole_levels(facts)
    plan = {**inputs.plan, **facts.get("plan", {})}
    return {
        "totals": _plain({unit: now[unit] for unit in UNITS if unit in now}),
        "causes": _by_unit(facts.get("causes", {})),
        "programmes": _by_unit(facts.get("programmes", {})),
        "operators": _by_unit(facts.get("operators", {})),
        "plan": _plain({**plan, **({"totals_after": then} if then else {}), **_whole_gains(plan)}),
        "evidence": _plain(inputs.evidence or facts.get("evidence", {})),
        "satellite": _satellite(inputs.satellite),
        "criteria": criteria_units(),
    }


def _whole_gains(plan: Mapping[str, Any]) -> dict[str, int]:
    """Newly served in whole numbers: rounded here as in the report, not by the page."""
    return {name: round(plan[name]) for name in NEW.values() if isinstance(plan.get(name), (int, float))}


def area_numbers(facts: Mapping[str, Any]) -> pd.DataFrame:
    """Table of areas with one column ``<unit>_<level>`` per count and what the plan adds; empty without facts."""
    import pandas as pd

    rows = []
    for record in facts.get("areas", ()):
        row: dict[str, Any] = {"area_level": record["area_level"], "area_code": str(record["area_code"])}
        for unit in UNITS:
            counts = record.get(unit, {})
            row |= {f"{unit}_{level}": float(counts[level]) for level in LEVELS if level in counts}
        row |= {name: float(record[name]) for name in _AREA_NUMBERS if record.get(name) is not None}
        row |= {name: str(record[name]) for name in _AREA_TEXTS if record.get(name)}
        rows.append(row)
    return pd.DataFrame(rows)


def criteria_units() -> dict[str, str]:
    """Unit of the raw value of each criterion of the score."""
    from planner import registry
    from planner.score import criteria

    return {name: registry.load(criteria, name).META.unit for name in registry.names(criteria)}


def _by_unit(table: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Facts say class → unit → number; the page reads unit → class → number."""
    found: dict[str, dict[str, Any]] = {}
    for name, units in table.items():
        for unit, value in units.items():
            found.setdefault(str(unit), {})[str(name)] = _plain(value)
    return found


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
