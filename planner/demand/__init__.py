"""Who needs service where: demand cells from enterprises, people and public facilities."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "DemandInputs": "cells",
    "DemandReport": "cells",
    "area_of_points": "areas",
    "build_cells": "cells",
    "build_demand": "cells",
    "busy_hour": "rates",
    "code_at_level": "areas",
}

__all__ = [
    "DemandInputs",
    "DemandReport",
    "area_of_points",
    "build_cells",
    "build_demand",
    "busy_hour",
    "code_at_level",
]


def __getattr__(name: str) -> Any:  # Any: whatever the module holds under that name
    if name not in _HOMES:
        message = f"module 'planner.demand' has no attribute '{name}'"
        raise AttributeError(message)
    return getattr(import_module(f"planner.demand.{_HOMES[name]}"), name)
