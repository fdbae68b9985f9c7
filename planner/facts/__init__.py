"""Every total of a run, computed once: map, tables, layers and report take their numbers here."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Facts": "types",
    "FactsInputs": "types",
    "LayerRows": "types",
    "compute_facts": "compute",
    "desa_levels": "desa",
    "newly_served": "planned",
}

__all__ = ["Facts", "FactsInputs", "LayerRows", "compute_facts", "desa_levels", "newly_served"]


def __getattr__(name: str) -> Any:  # Any: whatever the module holds under that name
    if name not in _HOMES:
        message = f"module 'planner.facts' has no attribute '{name}'"
        raise AttributeError(message)
    return getattr(import_module(f"planner.facts.{_HOMES[name]}"), name)
