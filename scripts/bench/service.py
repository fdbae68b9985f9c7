"""Processor seconds and memory of coverage and service on the sample, kernels compiled.

python scripts/bench/service.py [RUN_FOLDER] [--set KEY=VALUE]

RUN_FOLDER keeps the conformed layers between calls (default runs/bench-service).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
import tomllib
from pathlib import Path

import numpy as np

from planner.pipeline.artifacts import read_table
from planner.pipeline.runner import peak_mb, run
from planner.pipeline.stage import Stage, StageContext
from planner.pipeline.stages import coverage, loads, service
from planner.pipeline.stages.coverage import warm
from planner.pipeline.store import Store
from planner.pipeline.table import data_folder, stage_table
from planner.scenario import read_scenario


def main() -> None:
    """Make the layers, then time the two stages in this process."""
    words = sys.argv[1:]
    changes = {}
    while "--set" in words:
        at = words.index("--set")
        key, _, value = words[at + 1].partition("=")
        changes[key] = tomllib.loads(f"value = {value}")["value"]
        del words[at : at + 2]
    out = Path(words[0] if words else "runs/bench-service")
    scenario = read_scenario(data_folder() / "scenario.toml", changes=changes)
    table = stage_table(scenario)
    first = tuple(stage for stage in table if stage.name.startswith("layer:") or stage.name in ("frame", "cells"))
    run(first, scenario, out, say=lambda _: None)
    store, keys = Store(out), _keys(out)
    by_name = {stage.name: stage for stage in table}
    warm()
    with tempfile.TemporaryDirectory() as made:
        folders = {name: store.folder(name, key) for name, key in keys.items()}

        def context(stage: Stage) -> StageContext:
            folders[stage.name] = Path(made) / stage.name
            folders[stage.name].mkdir(exist_ok=True)
            inputs = {name: folders[name] for name in stage.inputs}
            return StageContext(scenario, stage, folders[stage.name], inputs, print)

        if "loads" in by_name:
            for turn in ("first (loads the kernels)", "again"):
                here = context(by_name["loads"])
                started = time.process_time(), time.perf_counter()
                loads.run(here)
                _tell(f"loads, {turn}", started)
                print((here.folder / "note.json").read_text(encoding="utf-8"))
        here = context(by_name["coverage"])
        for turn in ("first (loads the kernels)", "again"):
            shutil.rmtree(here.folder)
            here.folder.mkdir()
            started = time.process_time(), time.perf_counter()
            parts = coverage.parts(here)
            for part in parts:
                coverage.run_part(here, part)
            _tell(f"coverage, {len(parts)} tiles, {turn}", started)
        megabytes = sum(path.stat().st_size for path in here.folder.iterdir()) / 1e6
        print(f"coverage artifact {megabytes:.1f} MB")
        started = time.process_time(), time.perf_counter()
        judged = context(by_name["service"])
        service.run(judged)
        _tell("service", started)
        _count(judged)
    print(f"peak {peak_mb():.0f} MB")


def _count(judged: StageContext) -> None:
    """Enterprises and demand by level, each cell's served share counted, and the mean rate of its links."""
    found = read_table(judged.folder / "service.parquet")
    cells = read_table(judged.inputs["cells"] / "cells.parquet")
    load = read_table(judged.folder / "bts_load.parquet")
    for unit in ("n_umkm", "demand_mbps"):
        whole = cells[unit].to_numpy(dtype=float)
        share = found["served_share"].to_numpy(dtype=float)
        levels = {
            name: float(whole[found["level"] == name].sum()) for name in ("served", "limited", "unserved", "unknown")
        }
        print(f"{unit}: {levels}, served share {float((whole * share).sum() / whole.sum()):.4f}")
    rate = load["efficiency_bps_per_hz"].to_numpy(dtype=float)
    print(
        f"mean b/s/Hz of the stations {float(np.nanmean(rate)):.3f}, overloaded {int((load['load_share'] > 1.0).sum())} of {len(load)}"
    )


def _keys(out: Path) -> dict[str, str]:
    import json

    found: dict[str, str] = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["stages"]
    return found


def _tell(what: str, started: tuple[float, float]) -> None:
    used, passed = time.process_time() - started[0], time.perf_counter() - started[1]
    print(f"{what}: {used:.2f} s of processor, {passed:.2f} s wall")


if __name__ == "__main__":
    main()
