"""``merata plan`` and its kin: read the scenario, run the table of stages, say what came out."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from planner.cli.console import INTERRUPTED, Console
from planner.cli.summary import summarise
from planner.errors import UsageError
from planner.pipeline.runner import RunResult, plan_run, run
from planner.pipeline.store import Store, write_whole
from planner.pipeline.table import stage_table
from planner.scenario import Scenario, read_scenario

__all__ = ["changes_of", "redo", "run_plan"]

WARNED = 5
_CALL = "call.json"


def run_plan(
    path: Path,
    console: Console,
    *,
    out: Path | None = None,
    changes: list[str] | None = None,
    fresh: bool = False,
    strict: bool = False,
    dry_run: bool = False,
) -> int:
    """Run a scenario file.

    Parameters
    ----------
    path
        The scenario.
    console
        Where to write.
    out
        Run folder; ``runs/<name>`` below the working folder by default.
    changes
        ``key=value`` pairs that replace keys of the scenario; values are read as TOML.
    fresh, strict, dry_run
        As on the command line.

    Returns
    -------
    int
        Exit code; `INTERRUPTED` too where Ctrl-C ended the search of the plan and outputs show the best one so far.
    """
    scenario = read_scenario(path, changes=changes_of(changes or []))
    folder = out or Path("runs") / scenario.name
    if dry_run:
        return _dry_run(scenario, folder, console)
    result = run(
        stage_table(scenario), scenario, folder, fresh=fresh, say=console.say,
        on_stop=lambda: console.say(console.words("cli.stopping")),
    )  # fmt: skip
    call = {"scenario": str(path.resolve()), "changes": changes or []}
    write_whole(Store(folder).root / _CALL, json.dumps(call).encode())
    _tell(result, console)
    warned = summarise(folder, console)
    if result.is_short:
        console.say(console.words("cli.stopped"))
        return INTERRUPTED
    return WARNED if strict and warned else 0


def redo(folder: Path, stages: tuple[str, ...], console: Console, *, formats: tuple[str, ...] = ()) -> int:
    """Make some outputs of a finished run again.

    Parameters
    ----------
    folder
        Run folder.
    stages
        Stages to make again even when nothing they rest on has changed.
    console
        Where to write.
    formats
        GIS formats to add to those of the scenario; later calls keep them, a new ``merata plan`` does not.

    Raises
    ------
    UsageError
        The folder holds no finished run.
    """
    try:
        call: dict[str, Any] = json.loads((folder / ".merata" / _CALL).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as err:
        message = f"'{folder}' is not the folder of a finished run: run 'merata plan' first"
        raise UsageError(message, code="run_missing", path=str(folder)) from err
    scenario = read_scenario(Path(call["scenario"]), changes=changes_of(call["changes"]))
    more = tuple(dict.fromkeys((*call.get("formats", ()), *formats)))
    named = {f"gis:{name}" for name in scenario.outputs.formats}
    again = tuple("gis" if name in named else name for name in stages)  # the scenario names this format already
    result = run(stage_table(scenario, more_formats=more), scenario, folder, again=again, say=console.say)
    write_whole(Store(folder).root / _CALL, json.dumps({**call, "formats": list(more)}).encode())
    _tell(result, console)
    return 0


def changes_of(pairs: list[str]) -> dict[str, Any]:
    """Keys of a scenario and their new values, from ``key=value`` pairs; values are read as TOML."""
    changes: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            message = f"'--set {pair}' is not of the form key=value, e.g. --set budget.ceiling_idr=2e11"
            raise UsageError(message, code="set_form", pair=pair)
        try:
            changes[key.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            changes[key.strip()] = value
    return changes


def _dry_run(scenario: Scenario, folder: Path, console: Console) -> int:
    planned = plan_run(stage_table(scenario), scenario, folder)
    words = console.words
    lines = [
        f"{words('cli.would_keep') if kept else words('cli.would_run'):<22} {stage.name}" for stage, _, kept in planned
    ]
    files = [str(folder / name) for stage, _, _ in planned for name in stage.outputs] + [str(folder / "manifest.json")]
    lines += [f"{words('cli.would_write'):<22} {name}" for name in files]
    data = {"stages": [{"stage": stage.name, "kept": kept} for stage, _, kept in planned], "files": files}
    console.result("\n".join(lines), data)
    return 0


def _tell(result: RunResult, console: Console) -> None:
    console.say(console.words("cli.seconds", seconds=f"{result.seconds:.1f}", peak=f"{result.peak_mb:.0f}"))
