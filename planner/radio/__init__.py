"""Signal: path loss over terrain, sites to coverage, hops and satellite geometry, capacity of a cell.

`RadioLink`, `profile_loss_db`, `coverage`, `covers` and the rest are loaded when first asked for, so that
`import planner.radio` stays light (numba takes more than a second).
"""

from __future__ import annotations

import importlib
from typing import Any

__all__ = [
    "Coverage",
    "CoverageGroup",
    "Covers",
    "HopClearance",
    "HopOutage",
    "RadioLink",
    "SlantPath",
    "area_loss_db",
    "building_entry_loss_db",
    "cell_capacity_mbps",
    "chain_outage_percent",
    "coverage_groups",
    "fill_voids",
    "hop_clearance",
    "hop_fade_margin_db",
    "hop_rain_loss_db",
    "multipath_outage_percent",
    "profile_loss_db",
    "profile_parts",
    "satellite_elevation_deg",
    "satellite_slant_range_km",
    "slant_rain_loss_db",
    "terminal_clutter_loss_db",
]

# `coverage` and `covers` are also module names: import them from their modules.
_HOME = {
    "Coverage": "coverage",
    "CoverageGroup": "coverage",
    "Covers": "covers",
    "HopClearance": "hops",
    "HopOutage": "hop_outage",
    "RadioLink": "link",
    "SlantPath": "slant",
    "area_loss_db": "area",
    "building_entry_loss_db": "building",
    "cell_capacity_mbps": "capacity",
    "chain_outage_percent": "hop_outage",
    "coverage_groups": "coverage",
    "fill_voids": "surface",
    "hop_clearance": "hops",
    "hop_fade_margin_db": "hop_outage",
    "hop_rain_loss_db": "rain",
    "multipath_outage_percent": "multipath",
    "profile_loss_db": "profile",
    "profile_parts": "profile",
    "satellite_elevation_deg": "hops",
    "satellite_slant_range_km": "hops",
    "slant_rain_loss_db": "slant",
    "terminal_clutter_loss_db": "building",
}


def __getattr__(name: str) -> Any:  # what a lazy export is depends on its name
    if name not in _HOME:
        message = f"module 'planner.radio' has no attribute '{name}'"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"planner.radio.{_HOME[name]}"), name)
