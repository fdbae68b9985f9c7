"""The orchestrator: keeps what is unchanged, resumes, publishes whole or not at all."""

from __future__ import annotations

import ast
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import types
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.errors import LayerError, OutputError, RunBusyError
from planner.interrupt import ASKED
from planner.pipeline import keys
from planner.pipeline.runner import plan_run, run
from planner.pipeline.stage import Stage, StageContext
from planner.pipeline.stages import layer as layer_stage
from planner.pipeline.store import locked
from planner.pipeline.table import data_folder, stage_table
from planner.scenario import Scenario, read_scenario

CALLS: list[str] = []


def _module(monkeypatch: pytest.MonkeyPatch, name: str, **functions: object) -> None:
    module = types.ModuleType(f"planner.pipeline.stages.{name}")
    for key, function in functions.items():
        setattr(module, key, function)
    monkeypatch.setitem(sys.modules, module.__name__, module)


def _first(context: StageContext) -> None:
    CALLS.append("first")
    (context.folder / "value.txt").write_text(str(context.scenario.budget.ceiling_idr))


def _second(context: StageContext) -> None:
    CALLS.append("second")
    value = (context.inputs["first"] / "value.txt").read_text()
    context.publish_path("gis/out.txt").write_text(value)


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return Scenario(
        name="t",
        date="2026-01-01",
        region={"areas": ["53"]},
        layers={"admin": {"path": "a"}},
        budget={"ceiling_idr": 1e9},
        folder=tmp_path,
    )


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> tuple[Stage, ...]:
    CALLS.clear()
    _module(monkeypatch, "first", run=_first)
    _module(monkeypatch, "second", run=_second)
    monkeypatch.setattr(keys, "_source_digest", lambda dotted: dotted)
    return (Stage("first", "first", settings=("budget",)), Stage("second", "second", ("first",), ("date",)))


def test_an_unchanged_rerun_makes_nothing(table, scenario, tmp_path):
    out = tmp_path / "out"
    run(table, scenario, out, say=lambda _: None)
    before = (out / "gis/out.txt").read_bytes(), json.loads((out / "manifest.json").read_text())
    result = run(table, scenario, out, say=lambda _: None)
    after = json.loads((out / "manifest.json").read_text())
    assert CALLS == ["first", "second"]
    assert all(stage["kept"] for stage in result.stages)
    assert (out / "gis/out.txt").read_bytes() == before[0]
    before[1].pop("run"), after.pop("run")
    assert before[1] == after


def _stopped(context: StageContext) -> None:
    """A search that the user ends."""
    if CALLS.count("first") == 0:
        signal.raise_signal(signal.SIGINT)
    _first(context)


def test_ctrl_c_in_a_search_goes_on_and_the_next_run_makes_it_whole(table, scenario, tmp_path, monkeypatch):
    """What rests on the short search is short too; outputs made again by name use it."""
    table = (replace(table[0], can_stop=True), table[1])
    _module(monkeypatch, "first", run=_stopped)
    told: list[str] = []

    def made(**more: Any) -> bool:
        CALLS.clear() if more else None
        return run(
            table, scenario, tmp_path / "out", say=lambda _: None, on_stop=lambda: told.append("stop"), **more
        ).is_short

    before = signal.getsignal(signal.SIGINT)
    assert made()
    assert (told, CALLS) == (["stop"], ["first", "second"])
    assert (tmp_path / "out/gis/out.txt").is_file()
    assert [kept for _, _, kept in plan_run(table, scenario, tmp_path / "out")] == [False, False]
    assert made(again=("second",))
    assert CALLS == ["second"]
    CALLS[:] = ["first"]
    assert not made()
    assert CALLS == ["first", "first", "second"]
    assert not made()
    assert CALLS == ["first", "first", "second"]
    assert signal.getsignal(signal.SIGINT) is before
    assert not ASKED.is_set()


def test_a_second_ctrl_c_ends_the_run(table, scenario, tmp_path, monkeypatch):
    table = (replace(table[0], can_stop=True), table[1])

    def twice(_: StageContext) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    _module(monkeypatch, "first", run=twice)
    with pytest.raises(KeyboardInterrupt):
        run(table, scenario, tmp_path / "out", say=lambda _: None)
    assert not (tmp_path / "out/manifest.json").exists()
    assert not ASKED.is_set()


def test_a_changed_setting_makes_only_what_reads_it(table, scenario, tmp_path):
    out = tmp_path / "out"
    run(table, scenario, out, say=lambda _: None)
    later = scenario.model_copy(update={"date": scenario.date.replace(year=2027)})
    assert [kept for _, _, kept in plan_run(table, later, out)] == [True, False]
    run(table, later, out, say=lambda _: None)
    assert CALLS == ["first", "second", "second"]


def test_a_failing_stage_publishes_nothing_and_leaves_the_old_outputs(table, scenario, tmp_path, monkeypatch):
    out = tmp_path / "out"
    run(table, scenario, out, say=lambda _: None)
    manifest = (out / "manifest.json").read_bytes()

    def broken(context: StageContext) -> None:
        context.publish_path("gis/out.txt").write_text("torn")
        raise LayerError("broken")

    _module(monkeypatch, "second", run=broken)
    later = scenario.model_copy(update={"date": scenario.date.replace(year=2028)})
    with pytest.raises(LayerError, match="broken"):
        run(table, later, out, say=lambda _: None)
    assert (out / "gis/out.txt").read_text() == "1000000000.0"
    assert (out / "manifest.json").read_bytes() == manifest


def test_a_part_that_is_whole_is_not_made_again(scenario, tmp_path, monkeypatch):
    made: list[str] = []

    def run_part(context: StageContext, part: str) -> None:
        if part == "b" and not (tmp_path / "healed").exists():
            raise KeyboardInterrupt
        made.append(part)
        (context.folder / f"{part}.txt").write_text(part)

    monkeypatch.setattr(keys, "_source_digest", lambda dotted: dotted)
    _module(monkeypatch, "tiled", parts=lambda _: ["a", "b", "c"], run_part=run_part)
    table = (Stage("tiled", "tiled", partition="tile"),)
    with pytest.raises(KeyboardInterrupt):
        run(table, scenario, tmp_path / "out", say=lambda _: None)
    (tmp_path / "healed").touch()
    run(table, scenario, tmp_path / "out", say=lambda _: None)
    assert made == ["a", "b", "c"]


def test_an_output_that_somebody_changed_is_put_right(table, scenario, tmp_path):
    out = tmp_path / "out"
    run(table, scenario, out, say=lambda _: None)
    (out / "gis/out.txt").write_text("scribbled")
    run(table, scenario, out, say=lambda _: None)
    assert (out / "gis/out.txt").read_text() == "1000000000.0"


def test_an_output_no_longer_made_is_taken_away(table, scenario, tmp_path):
    out = tmp_path / "out"
    run(table, scenario, out, say=lambda _: None)
    run(table[:1], scenario, out, say=lambda _: None)
    assert not (out / "gis/out.txt").exists()


def test_a_link_in_the_place_of_an_output_is_refused(table, scenario, tmp_path):
    out = tmp_path / "out"
    (out / "gis").mkdir(parents=True)
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    (out / "gis/out.txt").symlink_to(precious)
    with pytest.raises(OutputError, match="not a regular file"):
        run(table, scenario, out, say=lambda _: None)
    assert precious.read_text() == "mine"


def test_two_runs_into_one_folder_do_not_mix(table, scenario, tmp_path):
    out = tmp_path / "out"
    with locked(out), pytest.raises(RunBusyError, match="another run"):
        run(table, scenario, out, say=lambda _: None)


def test_the_key_follows_the_source_of_what_a_stage_imports(tmp_path):
    closure = {path.name for path in keys.module_closure("planner.pipeline.store")}
    assert {"store.py", "errors.py"} <= closure
    assert "grid.py" not in closure


def test_imports_found_by_pattern_are_those_of_the_syntax_tree():
    for path in sorted(Path(keys.__file__).parents[1].rglob("*.py")):
        found: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names if alias.name.startswith("planner"))
            elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("planner"):
                found.update((node.module, *(f"{node.module}.{alias.name}" for alias in node.names)))
        assert keys._imports(path) == found, path


def test_a_run_that_keeps_everything_loads_no_numeric_library():
    code = "import sys, planner.cli.plan; print(sorted({'numpy', 'pandas', 'numba', 'scipy'} & set(sys.modules)))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_a_registry_package_brings_all_its_modules():
    names = {path.name for path in keys.module_closure("planner.specs")}
    assert "base.py" in names


def _artifact(out: Path, stage: str) -> Path:
    return next((out / ".merata/stages" / stage).iterdir())


def _bend(path: Path) -> None:
    """Another last byte, the size and the time of writing as they were."""
    stat = path.stat()
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


@pytest.mark.parametrize("stage", ["first/value.txt", "second/publish/gis/out.txt"])
@pytest.mark.parametrize("is_known", [False, True], ids=["digest not kept", "digest kept"])
def test_a_changed_byte_in_an_artifact_is_noticed_and_never_used(table, scenario, tmp_path, stage, is_known):
    out = tmp_path / "out"
    for _ in range(1 + is_known):
        run(table, scenario, out, say=lambda _: None)
    name, _, file = stage.partition("/")
    path = _artifact(out, name) / file
    _bend(path)
    run(table, scenario, out, say=lambda _: None)
    assert CALLS.count(name) == 2
    assert path.read_text() == (out / "gis/out.txt").read_text() == "1000000000.0"


def test_a_file_slipped_into_an_artifact_is_not_published(table, scenario, tmp_path):
    out = tmp_path / "out"
    run(table, scenario, out, say=lambda _: None)
    (_artifact(out, "second") / "publish/foreign.txt").write_text("?")
    run(table, scenario, out, say=lambda _: None)
    assert not (out / "foreign.txt").exists()


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"files": 1}', b"\xff\xfe", b'{"files": {"value.txt": 3}}'])
@pytest.mark.parametrize("name", ["done.json", "digests.json", "published.json"])
def test_a_damaged_note_of_our_own_is_made_again(table, scenario, tmp_path, name, text):
    out = tmp_path / "out"
    run(table, scenario, out, say=lambda _: None)
    place = _artifact(out, "first") if name == "done.json" else out / ".merata"
    (place / name).write_bytes(text)
    run(table, scenario, out, say=lambda _: None)
    assert (out / "gis/out.txt").read_text() == "1000000000.0"


def test_a_run_folder_of_a_stranger_cannot_have_files_outside_removed(table, scenario, tmp_path):
    out = tmp_path / "out"
    run(table, scenario, out, say=lambda _: None)
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    (out / ".merata/published.json").write_text(json.dumps(["../precious.txt", str(precious), 5]))
    run(table[:1], scenario, out, say=lambda _: None)
    assert precious.read_text() == "mine"


@pytest.mark.parametrize("is_finished", [True, False])
def test_a_damaged_part_is_made_again_and_only_that_one(scenario, tmp_path, monkeypatch, is_finished):
    made: list[str] = []
    healed = tmp_path / "healed"

    def run_part(context: StageContext, part: str) -> None:
        if part == "c" and not healed.exists():
            raise KeyboardInterrupt
        made.append(part)
        (context.folder / f"{part}.txt").write_text(part * 9)

    monkeypatch.setattr(keys, "_source_digest", lambda dotted: dotted)
    _module(monkeypatch, "tiled", parts=lambda _: ["a", "b", "c"], run_part=run_part)
    table = (Stage("tiled", "tiled", partition="tile"),)
    if is_finished:
        healed.touch()
        run(table, scenario, tmp_path / "out", say=lambda _: None)
    else:
        with pytest.raises(KeyboardInterrupt):
            run(table, scenario, tmp_path / "out", say=lambda _: None)
    healed.touch()
    made.clear()
    damaged = _artifact(tmp_path / "out", "tiled") / "a.txt"
    damaged.write_text("aaa")
    run(table, scenario, tmp_path / "out", say=lambda _: None)
    assert damaged.read_text() == "a" * 9
    assert made == (["a"] if is_finished else ["a", "c"])


def _table_of(scenario: Scenario) -> dict[str, Stage]:
    return {stage.name: stage for stage in stage_table(scenario)}


@pytest.mark.parametrize("companion", [".dbf", ".prj", ".cpg", ".shx"])
def test_the_companions_of_a_shapefile_belong_to_the_key(tmp_path, companion):
    for suffix in (".shp", ".dbf", ".shx", ".prj", ".cpg"):
        (tmp_path / f"desa{suffix}").write_bytes(b"1")
    (tmp_path / "other.dbf").write_bytes(b"1")
    scenario = Scenario(
        name="t",
        date="2026-01-01",
        region={"areas": ["53"]},
        layers={"admin": {"path": "desa.shp"}, "umkm": {"path": "other.dbf"}},
        budget={"ceiling_idr": 1e9},
        folder=tmp_path,
    )
    stage = _table_of(scenario)["layer:admin"]
    assert len(stage.files) == 5
    before = keys.stage_key(stage, scenario, {}, {})
    (tmp_path / f"desa{companion}").write_bytes(b"2")
    assert keys.stage_key(stage, scenario, {}, {}) != before


def test_areas_of_another_region_are_read_again():
    path = data_folder() / "scenario.toml"
    here, there = (read_scenario(path, changes={"region.areas": [area]}) for area in ("53.20", "53.71"))
    stage = _table_of(here)["layer:admin"]
    assert keys.stage_key(stage, here, {}, {}) != keys.stage_key(stage, there, {}, {})


def test_the_layer_of_clutter_rests_on_the_model_that_names_its_classes():
    scenario = read_scenario(data_folder() / "scenario.toml")
    assert "models/radio" in _table_of(scenario)["layer:clutter"].shipped


def test_a_worker_ends_when_the_run_is_killed(tmp_path):
    """Kill -9 of a run leaves no process behind that could write into the folder of the next one."""
    code = (
        "import os, time\n"
        "from planner.pipeline.crew import Crew\n"
        "if __name__ == '__main__':\n"
        "    crew = Crew(1)\n"
        "    crew.give(0, 'pid', os.getpid)\n"
        "    print(next(crew.results())[1], flush=True)\n"
        "    time.sleep(60)\n"
    )
    path = tmp_path / "parent.py"
    path.write_text(code)
    with subprocess.Popen([sys.executable, str(path)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.kill()
    for _ in range(100):
        if not _is_alive(worker):
            return
        time.sleep(0.1)
    pytest.fail(f"worker {worker} lives on")


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize(
    ("action", "radius_km"),
    [("forced", "1"), ("force", "-1")],
)
def test_no_plan_is_made_without_a_decision_that_cannot_be_read(tmp_path, action, radius_km):
    rows = ["D1,120.6,-8.6,forbid,1,tanah ulayat,A,L1", f"D2,120.7,-8.6,{action},{radius_km},janji,B,L2"]
    header = "decision_id,lon_deg,lat_deg,action,radius_km,reason,author,letter"
    (tmp_path / "keputusan.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    scenario = Scenario(
        name="t",
        date="2026-01-01",
        region={"areas": ["53"]},
        layers={"admin": {"path": "keputusan.csv"}, "umkm": {"path": "keputusan.csv"}, "decisions": {"path": "keputusan.csv"}},
        budget={"ceiling_idr": 1e9},
        folder=tmp_path,
    )  # fmt: skip
    stage = _table_of(scenario)["layer:decisions"]
    context = StageContext(scenario, stage, tmp_path, {}, lambda _: None)
    with pytest.raises(LayerError, match="1 of 2 decisions cannot be read") as caught:
        layer_stage.run(context)
    assert caught.value.code == "decisions_unread"
    assert "keputusan.csv:3" in str(caught.value)


def _two_outputs(context: StageContext) -> None:
    value = (context.inputs["first"] / "value.txt").read_text()
    for name in ("gis/out.txt", "report/out.txt"):
        context.publish_path(name).write_text(value)


@pytest.mark.parametrize("where", ["link", "copy", "manifest"])
def test_a_disk_that_fills_while_outputs_are_published_leaves_the_earlier_ones(
    table, scenario, tmp_path, monkeypatch, where
):
    _module(monkeypatch, "second", run=_two_outputs)
    out = tmp_path / "out"
    run(table, scenario, out, say=lambda _: None)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file() and ".merata" not in path.parts}
    link, copy, sync, n_done = os.link, shutil.copyfile, os.fsync, []

    def full(make: Callable[..., object]) -> Callable[..., object]:
        def made(*args: object, **options: object) -> object:
            n_done.append(args)
            if len(n_done) == 2:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return make(*args, **options)

        return made

    def foreign(*_args: object, **_options: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    def synced(handle: int) -> None:
        if "manifest" in str(Path(f"/proc/self/fd/{handle}").readlink()):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(handle)

    monkeypatch.setattr(os, "link", {"link": full(link), "copy": foreign}.get(where, link))
    monkeypatch.setattr(shutil, "copyfile", full(copy) if where == "copy" else copy)
    monkeypatch.setattr(os, "fsync", synced if where == "manifest" else sync)
    later = scenario.model_copy(update={"budget": scenario.budget.model_copy(update={"ceiling_idr": 2e9})})
    with pytest.raises(OutputError, match="No space left"):
        run(table, later, out, say=lambda _: None)
    after = {path: path.read_bytes() for path in out.rglob("*") if path.is_file() and ".merata" not in path.parts}
    assert after == before
    monkeypatch.undo()


def test_outputs_are_links_where_they_can_be_and_copies_elsewhere(table, scenario, tmp_path, monkeypatch):
    out = tmp_path / "out"
    run(table, scenario, out, say=lambda _: None)
    source = _artifact(out, "second") / "publish/gis/out.txt"
    assert (out / "gis/out.txt").samefile(source)

    def refuse(*_args: object, **_options: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)
    (out / "gis/out.txt").unlink()
    run(table, scenario, out, say=lambda _: None)
    assert not (out / "gis/out.txt").samefile(source)
    assert (out / "gis/out.txt").read_text() == "1000000000.0"
    assert list(out.rglob(".*.partial")) == []
