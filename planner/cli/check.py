"""``merata check``: judge a file or all layers of a scenario, and say every problem with its mend."""

from __future__ import annotations

from pathlib import Path

from planner.cli.console import Console
from planner.errors import UsageError
from planner.layers.check import check_file, check_layers
from planner.pipeline.assumed import assumption_faults, refuse
from planner.scenario import read_scenario
from planner.schema import LAYERS

__all__ = ["run_check"]


def run_check(path: Path, kind: str, console: Console, *, out: Path) -> int:
    """Judge ``path``.

    Parameters
    ----------
    path
        A data file (or folder of tiles), or a scenario.
    kind
        Layer kind of a data file; empty for a scenario.
    console
        Where to write.
    out
        Folder for rejected rows and marked workbooks.

    Returns
    -------
    int
        0, or 3 when something is wrong.

    Raises
    ------
    UsageError
        A data file without ``--kind``.
    ScenarioError
        A scenario that names assumptions which cannot be read.
    """
    if kind and kind not in LAYERS:
        known = ", ".join(sorted(LAYERS))
        message = f"unknown layer kind '{kind}' (known: {known})"
        raise UsageError(message, code="layer_unknown", kind=kind, known=known)
    if kind:
        report = check_file(path, kind, out=out)
    elif path.suffix.lower() == ".toml":
        scenario = read_scenario(path)
        refuse(assumption_faults(scenario))
        report = check_layers(scenario, out=out)
    else:
        known = ", ".join(LAYERS)
        message = f"say which layer '{path.name}' is: --kind KIND (known: {known})"
        raise UsageError(message, code="check_kind", path=path.name, known=known)
    console.result("\n".join(report.lines(console.words)), report.to_json())
    return report.exit_code
