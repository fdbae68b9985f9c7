"""Signal, capacity and evidence turned into a level of service for each cell."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "SignalAtCells": "signal",
    "confidence": "evidence",
    "join_signals": "signal",
    "judge": "levels",
    "pixel_quality": "quality",
    "server_table": "servers",
    "signal_at_cells": "signal",
}

__all__ = [
    "SignalAtCells",
    "confidence",
    "join_signals",
    "judge",
    "pixel_quality",
    "server_table",
    "signal_at_cells",
]


def __getattr__(name: str) -> Any:  # Any: whatever the module holds under that name
    if name not in _HOMES:
        message = f"module 'planner.service' has no attribute '{name}'"
        raise AttributeError(message)
    return getattr(import_module(f"planner.service.{_HOMES[name]}"), name)
