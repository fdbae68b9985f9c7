"""A run killed in the middle of a tile of coverage goes on where it was, to the bytes of a run that nobody killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

_CODE = """
import os, signal, sys
from pathlib import Path
from planner.pipeline.runner import run
from planner.pipeline.stages import coverage
from planner.pipeline.table import data_folder, stage_table
from planner.scenario import read_scenario


if __name__ == '__main__':
    out, kill_at = Path(sys.argv[1]), int(sys.argv[2])
    coverage.tile_side = lambda step: 40
    scenario = read_scenario(data_folder() / "scenario.toml", changes={"region.areas": ["53.20"], "region.pixel_m": 600.0})
    table = stage_table(scenario)
    inputs = {stage.name: stage.inputs for stage in table}
    wanted, waiting = set(), ["coverage"]
    while waiting:
        name = waiting.pop()
        wanted.add(name)
        waiting.extend(inputs[name])
    before = tuple(stage for stage in table if stage.name in wanted - {"coverage"})
    if not out.exists():  # a run of fewer stages would sweep what is left of coverage
        run(before, scenario, out, say=lambda _: None)
    written, write = [], coverage.write_bands
    def write_or_die(path, *rest, **more):
        write(path, *rest, **more)
        written.append(path)
        if len(written) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
    coverage.write_bands = write_or_die
    run(tuple(stage for stage in table if stage.name in wanted), scenario, out, say=lambda _: None)
    print(len(written))
"""


def _run(folder: Path, kill_at: int) -> subprocess.CompletedProcess[str]:
    script = folder.parent / "part.py"
    script.write_text(_CODE)
    return subprocess.run(
        [sys.executable, str(script), str(folder), str(kill_at)], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
    )  # fmt: skip


def _files(out: Path) -> dict[str, bytes]:
    (folder,) = (out / ".merata" / "stages" / "coverage").iterdir()
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != "done.json"}


def test_coverage_killed_in_the_middle_of_a_tile_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    whole = _run(tmp_path / "whole", 0)
    assert whole.returncode == 0, whole.stderr
    expected = _files(tmp_path / "whole")
    n_tiles = sum(name.startswith("tile-") for name in expected)
    assert n_tiles >= 4
    n_files, per_tile = int(whole.stdout), int(whole.stdout) // n_tiles
    assert n_files == per_tile * n_tiles
    assert per_tile >= 2

    killed = _run(tmp_path / "killed", 2 * per_tile + 1)
    assert killed.returncode == -signal.SIGKILL
    left = _files(tmp_path / "killed")
    assert sum(name.startswith("tile-") for name in left) == 2
    assert len(left) < len(expected)
    resumed = _run(tmp_path / "killed", 0)
    assert resumed.returncode == 0, resumed.stderr
    assert int(resumed.stdout) == n_files - 2 * per_tile
    assert _files(tmp_path / "killed") == expected
