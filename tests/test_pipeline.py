"""The orchestrator: keeps what is unchanged, resumes, publishes whole or not at all."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path

import pytest

from planner.errors import LayerError, OutputError, RunBusyError
from planner.pipeline import keys
from planner.pipeline.runner import plan_run, run
from planner.pipeline.stage import Stage, StageContext
from planner.pipeline.store import locked
from planner.scenario import Scenario

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


def test_a_registry_package_brings_all_its_modules():
    names = {path.name for path in keys.module_closure("planner.specs")}
    assert "base.py" in names
