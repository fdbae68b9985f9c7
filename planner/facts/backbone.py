"""Totals of the two layers above the last mile: fiber routes and nodes, satellite capacity."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from planner.facts.types import FactsInputs
from planner.geo import distance_km

__all__ = ["upper_layers"]


def upper_layers(inputs: FactsInputs) -> dict[str, Any]:
    """What the region has of backbone and middle mile.

    Returns
    -------
    dict
        ``backbone``: ``n_routes``, ``route_km`` by kind (land, sea) and by evidence, ``n_nodes`` by kind;
        ``middle_mile``: ``n_beams``, and by satellite ``capacity_mbps`` and ``committed_mbps``. A layer that the
        run does not have is left out.

    Notes
    -----
    Lengths are those of the drawn lines, segment by segment on the ground.
    """
    found: dict[str, Any] = {}
    if inputs.fiber is not None and len(inputs.fiber):
        km = _length_km(inputs.fiber)
        found["backbone"] = {
            "n_routes": len(inputs.fiber),
            "route_km": _sums(km, inputs.fiber["kind"]),
            "route_km_by_evidence": _sums(km, inputs.fiber["evidence"]),
        }
    if inputs.fiber_nodes is not None and len(inputs.fiber_nodes):
        counts = inputs.fiber_nodes["kind"].value_counts()
        found.setdefault("backbone", {})["n_nodes"] = {str(kind): int(counts[kind]) for kind in sorted(counts.index)}
    if inputs.satellite is not None and len(inputs.satellite):
        groups = inputs.satellite.groupby("satellite_id", sort=True)
        found["middle_mile"] = {
            "n_beams": len(inputs.satellite),
            "by_satellite": {
                str(name): {key: float(rows[key].sum()) for key in ("capacity_mbps", "committed_mbps")}
                for name, rows in groups
            },
        }
    return found


def _length_km(lines: Any) -> pd.Series:
    import shapely

    place, index = shapely.get_coordinates(lines.geometry.to_numpy(), return_index=True)
    same = index[1:] == index[:-1]
    each = distance_km(place[:-1, 0], place[:-1, 1], place[1:, 0], place[1:, 1])
    return pd.Series(np.bincount(index[1:][same], weights=each[same], minlength=len(lines)), index=lines.index)


def _sums(values: pd.Series, key: pd.Series) -> dict[str, float]:
    return {str(name): float(part.sum()) for name, part in values.groupby(key, sort=True)}
