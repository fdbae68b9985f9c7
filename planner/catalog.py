"""Reads what ships with Merata: model files as specs, reference tables, the catalogue of datasets."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from planner.errors import Phrase, ScenarioError
from planner.paths import data_dir, models_dir
from planner.specs.base import Spec
from planner.specs.faults import fault_phrase, range_phrase

__all__ = ["read_catalog", "read_spec", "reference_path", "spec_names"]

_BOUNDS = ("greater_than_equal", "less_than_equal", "finite_number")

AnySpec = TypeVar("AnySpec", bound=Spec)


def spec_names(room: str) -> tuple[str, ...]:
    """Names of the model files of a room (``sites``, ``backhaul``, …), sorted."""
    return tuple(sorted(path.stem for path in (models_dir() / room).glob("*.toml")))


def read_spec(
    kind: type[AnySpec], room: str, name: str, *, overrides: dict[str, Any] | None = None, folder: Path | None = None
) -> AnySpec:
    """Read ``models/<room>/<name>.toml`` as a spec.

    Parameters
    ----------
    kind
        Class of the spec.
    room, name
        Folder and file below `models/`.
    overrides
        Fields replaced by the scenario; their source becomes "scenario".
    folder
        Another models folder (for a planner's own files).

    Raises
    ------
    ScenarioError
        No such file, or a file or override that breaks the spec; all faults at once.
    """
    path = (folder or models_dir()) / room / f"{name}.toml"
    if not path.is_file():
        known = spec_names(room)
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        message = f"models/{room} has no '{name}'{hint} (known: {', '.join(known)})"
        raise ScenarioError(message, code="model_unknown", room=room, name=name, known=", ".join(known))
    try:
        spec = kind.from_toml(name, tomllib.loads(path.read_text(encoding="utf-8")))
        return _overridden(spec, overrides or {})
    except (ValidationError, ValueError) as err:
        faults = _faults(err, kind)
        message = f"models/{room}/{name}.toml: {'; '.join(faults)}"
        raise ScenarioError(message, code="model_broken", path=f"models/{room}/{name}.toml", faults=faults) from err


def _overridden(spec: AnySpec, overrides: dict[str, Any]) -> AnySpec:
    if not overrides:
        return spec
    fields = {name: getattr(spec, name) for name in type(spec).model_fields}
    sources = dict(spec.sources)
    for key in overrides:
        sources.pop(key, None)
    return type(spec)(**{**fields, "sources": sources, **overrides})


def _faults(err: ValidationError | ValueError, kind: type[Spec]) -> tuple[Phrase, ...]:
    if not isinstance(err, ValidationError):
        return (Phrase(str(err), "fault_other"),)
    found = []
    for fault in err.errors():
        where = ".".join(str(part) for part in fault["loc"])
        near = difflib.get_close_matches(where, list(kind.model_fields), n=1)
        known = kind.range_of(where) if fault["type"] in _BOUNDS else None
        found.append(fault_phrase(fault, near[0] if near else "") if known is None else range_phrase(fault, *known))
    return tuple(found)


def read_catalog() -> dict[str, dict[str, Any]]:
    """Entries of ``data/catalog.toml``: dataset key → publisher, licence, address, date, sha256, …"""
    with (data_dir() / "catalog.toml").open("rb") as file:
        return tomllib.load(file)


def reference_path(name: str) -> Path:
    """Path of a small permanent table in ``data/reference``.

    Raises
    ------
    ScenarioError
        No such table.
    """
    path = data_dir() / "reference" / name
    if not path.is_file():
        message = f"data/reference has no '{name}'"
        raise ScenarioError(message, code="reference_unknown", name=name)
    return path
