"""Which reader takes which layer from which file."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from planner.errors import LayerError, PlannerError
from planner.layers.report import Conformed, Problem, ReadContext
from planner.schema import layer

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["TABLE_SUFFIXES", "examine", "raise_refused"]

TABLE_SUFFIXES = (
    ".csv", ".csv.gz", ".txt", ".tsv", ".tsv.gz", ".txt.gz", ".xlsx", ".xlsm", ".xls", ".ods",
)  # fmt: skip
"""Endings of files without geometry."""


def examine(source: LayerSource, kind: str, *, path: Path, context: ReadContext) -> Conformed:
    """Read one source; whatever makes it unusable comes back as a ``refused`` problem."""
    declared = layer(kind)
    try:
        module = importlib.import_module(f"planner.layers.{_module_name(declared.kind, path)}")
        found: Conformed = module.read(path, source, context)
    except PlannerError as err:
        return refused(kind, context.shown(path), err)
    return found


def _module_name(kind: str, path: Path) -> str:
    is_table = path.name.lower().endswith(TABLE_SUFFIXES)
    return "admin_codes" if kind == "admin" and is_table else kind


def refused(kind: str, file: str, err: PlannerError) -> Conformed:
    """A layer that could not be read at all."""
    import pandas as pd

    from planner.layers.judge import empty_frame
    from planner.layers.report import QUARANTINE_COLUMNS

    problem = Problem(file, err.code or "unreadable", str(err), severity="refused", n_rows=0, fields=err.fields)
    empty = pd.DataFrame({name: pd.Series(dtype="str") for name in QUARANTINE_COLUMNS})
    data = empty_frame(layer(kind).columns) if layer(kind).shape in ("table", "point") else None
    return Conformed(kind, data, empty, (problem,), 0, 0)


def raise_refused(found: Conformed) -> None:
    """Raise one `LayerError` with every reason why the source cannot be used.

    Raises
    ------
    LayerError
        There is at least one such reason.
    """
    faults = [problem for problem in found.problems if problem.severity == "refused"]
    if not faults:
        return
    lines = "\n".join(f"  - {fault}" for fault in faults)
    message = str(faults[0]) if len(faults) == 1 else f"layer '{found.kind}' cannot be used:\n{lines}"
    is_one = len(faults) == 1 and faults[0].fields
    code = faults[0].code if is_one else "layer_refused"
    fields = {**(faults[0].fields if is_one else {}), "kind": found.kind, "faults": tuple(faults)}
    raise LayerError(message, code=code, **fields)
