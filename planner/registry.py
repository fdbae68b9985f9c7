"""A folder as a registry: a file's name is its key, and it is imported when asked for."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from types import ModuleType

from planner.errors import UsageError

__all__ = ["load", "names"]


def names(package: ModuleType) -> tuple[str, ...]:
    """Keys of a registry folder, sorted.

    Parameters
    ----------
    package
        The imported package whose modules are the entries; names that begin with ``_`` are
        helpers, not entries.
    """
    found = (info.name for info in pkgutil.iter_modules(package.__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def load(package: ModuleType, name: str) -> ModuleType:
    """Module ``name`` of a registry folder.

    Raises
    ------
    UsageError
        No such entry; the message lists the known ones and the nearest.
    """
    known = names(package)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        kind = package.__name__.rpartition(".")[2]
        message = f"unknown {kind} entry '{name}'{hint} (known: {', '.join(known)})"
        raise UsageError(message, code="registry_unknown", kind=kind, name=name, known=", ".join(known))
    return importlib.import_module(f"{package.__name__}.{name}")
