"""Priority score of areas: one file a criterion, weights and anchors in `models/score/`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "ScoreContext": "inputs",
    "area_codes": "areas",
    "effective_weights": "areas",
    "score_areas": "areas",
    "score_context": "context",
}

__all__ = ["ScoreContext", "area_codes", "effective_weights", "score_areas", "score_context"]


def __getattr__(name: str) -> Any:  # Any: whatever the module holds under that name
    if name not in _HOMES:
        message = f"module 'planner.score' has no attribute '{name}'"
        raise AttributeError(message)
    return getattr(import_module(f"planner.score.{_HOMES[name]}"), name)
