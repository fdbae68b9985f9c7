#!/usr/bin/env python3
"""Processor seconds and size of each output of a finished run, made once more beside it.

``scripts/bench/outputs.py runs/demo``: imports are counted apart; nothing of the run is changed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
import time
from pathlib import Path

from planner.cli.plan import changes_of
from planner.pipeline.stage import Stage, StageContext
from planner.pipeline.store import Store
from planner.pipeline.table import stage_table
from planner.scenario import Scenario, read_scenario

OUTPUTS = ("facts", "gis", "workbook", "report", "map")


def measure(stage: Stage, scenario: Scenario, run: Path, keys: dict[str, str]) -> tuple[float, float, float]:
    """Seconds of importing and of making an output, and its megabytes."""
    started = time.process_time()
    module = importlib.import_module(f"planner.pipeline.stages.{stage.module}")
    for name in getattr(module, "IMPORTS", ()):
        importlib.import_module(name)
    ready = time.process_time()
    store = Store(run)
    with tempfile.TemporaryDirectory() as folder:
        inputs = {name: store.folder(name, keys[name]) for name in stage.inputs}
        module.run(StageContext(scenario, stage, Path(folder), inputs, lambda _: None))
        size = sum(path.stat().st_size for path in Path(folder).rglob("publish/**/*") if path.is_file())
    return ready - started, time.process_time() - ready, size / 1e6


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; answer with the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, nargs="?", default=Path("runs/demo"), help="folder of a finished run")
    given = parser.parse_args(arguments)
    call = given.run / ".merata" / "call.json"
    if not call.is_file():
        print(f"'{given.run}' is not the folder of a finished run: make demo first", file=sys.stderr)
        return 2 if arguments or len(sys.argv) > 1 else 0
    told = json.loads(call.read_text(encoding="utf-8"))
    scenario = read_scenario(Path(told["scenario"]), changes=changes_of(told["changes"]))
    keys = json.loads((given.run / "manifest.json").read_text(encoding="utf-8"))["stages"]
    whole = 0.0
    for stage in (stage for stage in stage_table(scenario) if stage.name in OUTPUTS):
        imports, seconds, size = measure(stage, scenario, given.run, keys)
        whole += imports + seconds
        print(f"{stage.name:10} imports {imports:5.2f} s   made {seconds:5.2f} s of processor   {size:6.2f} MB")
    print(f"{'all':10} {whole:.2f} s of processor in one process")
    return 0


if __name__ == "__main__":
    sys.exit(main())
