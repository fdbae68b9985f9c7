"""Runs the table of stages: keeps what is unchanged, makes the rest, publishes when all is whole."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import platform
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from planner.errors import OutputError, PlannerError
from planner.interrupt import ASKED, heeding
from planner.parallel import worker_count
from planner.pipeline.crew import Crew
from planner.pipeline.keys import stage_key, versions
from planner.pipeline.stage import Stage, StageContext
from planner.pipeline.store import (
    DONE,
    Store,
    begin_parts,
    claim_part,
    file_digest,
    finish_part,
    is_made,
    locked,
    read_note,
    write_whole,
)
from planner.scenario import Scenario

__all__ = ["RunResult", "peak_mb", "plan_run", "run"]

MANIFEST = "manifest.json"
PUBLISHED = "published.json"
DIGESTS = "digests.json"
SHORT = "is_short"
"""Of a note: made from a search that the user ended early."""
Say = Callable[[str], None]
Made = tuple[Stage, float, float, list[str]]

_LOOK_S = 0.01
"""How often a process looks whether another has made the last parts."""
MOST_PROCESSES = 4
"""More would wait for each other: the table is never wider for long, and each holds its own libraries."""


@dataclass
class RunResult:
    """What a run did.

    Parameters
    ----------
    out
        Run folder.
    stages
        Per stage: name, kept or made, seconds, peak megabytes of the process so far.
    outputs
        Published files, relative to the run folder.
    seconds
        From the start until the last stage was whole.
    is_short
        The user ended a search early: outputs are there, but the same run would find more.
    """

    out: Path
    stages: list[dict[str, Any]] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    seconds: float = 0.0
    is_short: bool = False

    @property
    def peak_mb(self) -> float:
        """Peak megabytes of the largest process."""
        return max([peak_mb(), *(float(stage["peak_mb"]) for stage in self.stages)])


def peak_mb() -> float:
    """Peak resident memory of this process in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024.0 if sys.platform != "darwin" else peak / 1024.0**2


def plan_run(table: tuple[Stage, ...], scenario: Scenario, out: Path) -> list[tuple[Stage, str, bool]]:
    """Each stage with its key and whether its artifact is there already; computes nothing."""
    store = Store(out)
    cache = _digests(store)
    keys = _keys(table, scenario, cache)
    return [(stage, keys[stage.name], _is_kept(store, stage, keys, cache)) for stage in table]


def _is_short(folder: Path) -> bool:
    """Whether an artifact rests on a search that the user ended early."""
    return bool((read_note(folder / DONE, dict) or {}).get(SHORT))


def _is_kept(store: Store, stage: Stage, keys: dict[str, str], cache: dict[str, str], *, has_time: bool = True) -> bool:
    """Whether a stage's artifact is there; with time, one that the user cut short is made again."""
    noted = store.done(stage.name, keys[stage.name], cache)
    return noted is not None and not (has_time and noted.get(SHORT))


def run(
    table: tuple[Stage, ...],
    scenario: Scenario,
    out: Path,
    *,
    fresh: bool = False,
    again: tuple[str, ...] = (),
    say: Say,
    on_stop: Callable[[], object] | None = None,
) -> RunResult:
    """Make everything the table asks for.

    Parameters
    ----------
    table
        Stages in an order in which inputs come first.
    scenario
        The scenario.
    out
        Run folder; locked while the run goes on.
    fresh
        Forget the artifacts of earlier runs.
    again
        Stages to make again even when nothing they rest on has changed.
    say
        Receives progress lines.
    on_stop
        Called when Ctrl-C ends a search early: the run goes on with the best plan so far, and a second Ctrl-C ends it.
        What rests on such a plan is used by ``again``, and made whole by the next run without it.

    Raises
    ------
    PlannerError
        From a stage; nothing is published then, and outputs of an earlier run stay as they were.
    """
    started = time.perf_counter()
    with locked(out):
        store = Store(out)
        if fresh:
            shutil.rmtree(store.root / "stages", ignore_errors=True)
        cache = _digests(store)
        keys = _keys(table, scenario, cache)
        result = RunResult(out)
        kept = [row for row in table if _is_kept(store, row, keys, cache, has_time=not again)]
        must = [row for row in table if row.name in again or row not in kept]
        maker = _Maker(scenario, store, keys, on_stop)
        measured = _make_side_by_side(maker, must) if _is_wide(must) else _make_in_turn(maker, must)
        kept = [row for row in kept if row not in must]
        for number, (stage, seconds, peak, lines) in enumerate(chain(_untouched(kept), measured), start=1):
            row = {"stage": stage.name, "kept": stage in kept, "seconds": round(seconds, 3), "peak_mb": round(peak)}
            result.stages.append(row)
            word = "kept" if stage in kept else "made"
            say(f"[{number:2d}/{len(table)}] {stage.name:<22} {word}  {seconds:6.2f} s  peak {peak:5.0f} MB")
            for line in lines:
                say(line)
        result.is_short = any(_is_short(store.folder(name, key)) for name, key in keys.items())
        result.seconds = time.perf_counter() - started
        _publish(table, scenario, store, keys, cache, result)
        store.sweep(keys)
        there = {path: digest for path, digest in cache.items() if Path(path).exists()}
        with contextlib.suppress(OutputError):  # without it the next run reads every file again, and that is all
            write_whole(store.root / DIGESTS, json.dumps(there, sort_keys=True).encode())
        return result


def _digests(store: Store) -> dict[str, str]:
    known: dict[str, Any] = read_note(store.root / DIGESTS, dict) or {}
    return {path: digest for path, digest in known.items() if isinstance(digest, str)}


def _keys(table: tuple[Stage, ...], scenario: Scenario, cache: dict[str, str]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for stage in table:
        keys[stage.name] = stage_key(stage, scenario, keys, cache)
    return keys


@dataclass(frozen=True)
class _Maker:
    """What making a stage needs; goes to other processes."""

    scenario: Scenario
    store: Store
    keys: dict[str, str]
    on_stop: Callable[[], object] | None = field(default=None, compare=False)

    def __call__(self, stage: Stage) -> Made:
        """Make one stage: seconds it took, peak megabytes of its process, what it has to say."""
        lines: list[str] = []
        seconds, peak = _make(stage, self.scenario, self.store, self.keys, lines.append)
        return stage, seconds, peak, lines

    def begin(self, stage: Stage) -> None:
        """Ready a stage of parts for its makers, before any of them begins."""
        if stage.partition != "whole":
            begin_parts(self.store.folder(stage.name, self.keys[stage.name]))

    def help(self, stage: Stage) -> None:
        """Make parts of a stage beside the process that makes it, from the last part on."""
        module = importlib.import_module(f"planner.pipeline.stages.{stage.module}")
        with _writing(stage, self.scenario, self.store, self.keys, lambda _: None) as context:
            _make_free(module, context, module.parts(context)[::-1])


def _untouched(stages: list[Stage]) -> Iterator[Made]:
    for stage in stages:
        yield stage, 0.0, peak_mb(), []


def _make_in_turn(make: _Maker, must: list[Stage]) -> Iterator[Made]:
    for stage in must:
        make.begin(stage)
        with heeding(make.on_stop) if stage.can_stop else contextlib.nullcontext():
            made = make(stage)
        yield made


def _is_wide(must: list[Stage]) -> bool:
    """Whether two stages can be made at once, and there are processors for it."""
    return worker_count() > 1 and any(len(ready) > 1 for ready in _waves(must))


def _waves(must: list[Stage]) -> Iterator[list[Stage]]:
    """Stages that are ready together if all that are ready are always made."""
    done: set[str] = set()
    names = {stage.name for stage in must}
    while ready := [stage for stage in must if stage.name not in done and not (set(stage.inputs) & names) - done]:
        yield ready
        done |= {stage.name for stage in ready}


def _make_side_by_side(make: _Maker, must: list[Stage]) -> Iterator[Made]:
    """Stages whose inputs are there, in the order of the table, one a process.

    A process that has nothing to make imports what later stages will want. Of two that rest, the one that made something
    last is asked first: it still holds what the next stage reads. While nothing else is ready, those that rest make parts
    of a stage that has any.
    """
    waiting, done = list(must), set(make.keys) - {stage.name for stage in must}
    there = replace(make, on_stop=None)  # what tells the user stays in this process
    with Crew(min(worker_count(), MOST_PROCESSES)) as crew, contextlib.ExitStack() as heeded:
        warmed: dict[int, set[str]] = {number: set() for number in crew.idle}
        given: dict[str, int] = {}
        making: dict[str, set[int]] = {}
        latest: list[int] = []
        while len(done) < len(make.keys):
            for number in sorted(crew.idle, key=lambda number: number not in latest):
                ready = next((stage for stage in waiting if done.issuperset(stage.inputs)), None)
                if ready is not None:
                    waiting.remove(ready)
                    warmed[number].add(ready.module)
                    if ready.can_stop:
                        heeded.enter_context(heeding(partial(_wish, crew, ready.name, make.on_stop)))
                    given[ready.name] = number
                    make.begin(ready)
                    if ready.partition != "whole":
                        making[ready.name] = {number}
                    crew.give(number, ready.name, there, ready)
                elif shared := next(
                    (stage for stage in must if stage.name in making and number not in making[stage.name]), None
                ):
                    making[shared.name].add(number)
                    crew.give(number, None, there.help, shared)
                elif cold := [stage.module for stage in waiting if stage.module not in warmed[number]]:
                    warmed[number].add(cold[0])
                    crew.give(number, None, _warm, cold[0])
            for name, made in crew.results():
                if name is not None:
                    done.add(name)
                    making.pop(name, None)
                    latest = [given[name]]
                    if made[0].can_stop:
                        heeded.close()
                    yield made


def _wish(crew: Crew, name: str, on_stop: Callable[[], object] | None) -> None:
    """Hand the user's wish on to the process that seeks the plan."""
    crew.wish(name)
    if on_stop is not None:
        on_stop()


def _warm(module: str) -> None:
    """Import a stage and what it imports late; compile its kernels."""
    stage = importlib.import_module(f"planner.pipeline.stages.{module}")
    for name in getattr(stage, "IMPORTS", ()):
        importlib.import_module(name)
    if hasattr(stage, "warm"):
        stage.warm()


def _make(stage: Stage, scenario: Scenario, store: Store, keys: dict[str, str], say: Say) -> tuple[float, float]:
    """Make one stage; seconds it took and peak megabytes of the process."""
    started = time.perf_counter()
    module = importlib.import_module(f"planner.pipeline.stages.{stage.module}")
    try:
        with _writing(stage, scenario, store, keys, say) as context:
            if stage.partition == "whole":
                shutil.rmtree(context.folder, ignore_errors=True)
            context.folder.mkdir(parents=True, exist_ok=True)
            if stage.partition == "whole":
                module.run(context)
            else:
                _make_parts(module, context)
            short = ASKED.is_set() or any(_is_short(folder) for folder in context.inputs.values())
            store.finish(stage.name, keys[stage.name], **({SHORT: True} if short else {}))
        return time.perf_counter() - started, peak_mb()
    finally:
        ASKED.clear()


@contextlib.contextmanager
def _writing(stage: Stage, scenario: Scenario, store: Store, keys: dict[str, str], say: Say) -> Iterator[StageContext]:
    """What a stage may touch; what the system says against writing becomes an `OutputError`."""
    folder = store.folder(stage.name, keys[stage.name])
    inputs = {name: store.folder(name, keys[name]) for name in stage.inputs}
    try:
        yield StageContext(scenario, stage, folder, inputs, say)
    except PlannerError:
        raise
    except OSError as err:
        message = f"stage '{stage.name}' could not write below '{folder}': {err.strerror or err}"
        raise OutputError(message, code="stage_failed", stage=stage.name, fault=str(err.strerror or err)) from err


def _make_parts(module: Any, context: StageContext) -> None:
    """Make the parts that are not there yet, and wait for those that another process makes."""
    parts = module.parts(context)
    _make_free(module, context, parts)
    while not all(is_made(context.folder, part) for part in parts):
        time.sleep(_LOOK_S)


def _make_free(module: Any, context: StageContext, parts: list[str]) -> None:
    """Make the parts that nobody else makes; a marker written last says that one is whole."""
    for part in parts:
        if claim_part(context.folder, part):
            module.run_part(context, part)
            finish_part(context.folder, part)


def _publish(
    table: tuple[Stage, ...],
    scenario: Scenario,
    store: Store,
    keys: dict[str, str],
    cache: dict[str, str],
    result: RunResult,
) -> None:
    earlier = _earlier(store)
    wanted = {name: stage.name for stage in table for name in store.published(stage.name, keys[stage.name])}
    digests = {
        name: file_digest(store.folder(stage, keys[stage]) / "publish" / name, cache) for name, stage in wanted.items()
    }
    stale = [name for name in wanted if not _same(store.out / name, digests[name], cache)]
    gone = [name for name in earlier if name not in wanted and (store.out / name).is_file()]
    result.outputs = sorted(wanted)
    manifest = json.dumps(
        _manifest(table, scenario, store, (keys, digests), cache, result), indent=1, ensure_ascii=False
    )
    sources = {name: store.folder(wanted[name], keys[wanted[name]]) / "publish" / name for name in stale}
    with store.prepared(sources, {MANIFEST: manifest.encode()}) as made:  # all that needs room, before anything changes
        if stale or gone:  # while outputs change, the folder has no manifest: a kill here leaves no false claim
            write_whole(store.root / PUBLISHED, json.dumps(sorted({*earlier, *wanted})).encode())
            (store.out / MANIFEST).unlink(missing_ok=True)
        for name in gone:
            (store.out / name).unlink()
        for name in (*stale, MANIFEST):
            made[name].replace(store.out / name)


def _manifest(
    table: tuple[Stage, ...],
    scenario: Scenario,
    store: Store,
    told: tuple[dict[str, str], dict[str, str]],
    cache: dict[str, str],
    result: RunResult,
) -> dict[str, Any]:
    """What a run folder says about itself; ``told`` are the keys of the stages and the digests of the outputs."""
    keys, digests = told
    notes = {stage.name: _note(store, stage, keys) for stage in table}
    return {
        "merata": {"versions": versions(), "python": platform.python_version()},
        "scenario": scenario.model_dump(mode="json"),
        "inputs": {
            os.path.relpath(path, scenario.folder): file_digest(path, cache) for stage in table for path in stage.files
        },
        "stages": keys,
        "notes": {name: note for name, note in notes.items() if note},
        "outputs": dict(sorted(digests.items())),
        "run": {
            "stages": result.stages,
            "seconds": round(result.seconds, 3),
            "host": platform.node(),
            "system": platform.platform(),
        },
    }


def _note(store: Store, stage: Stage, keys: dict[str, str]) -> Any:
    """What a stage asks to be said in the manifest (``note.json`` of its artifact)."""
    path = store.folder(stage.name, keys[stage.name]) / "note.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _earlier(store: Store) -> list[str]:
    """Outputs that this or an unfinished earlier run may have left in the run folder, and nothing beyond it."""
    names = [name for name in read_note(store.root / PUBLISHED, list) or () if isinstance(name, str)]
    return [name for name in names if not Path(name).is_absolute() and ".." not in Path(name).parts]


def _same(path: Path, digest: str, cache: dict[str, str]) -> bool:
    return path.is_file() and not path.is_symlink() and file_digest(path, cache) == digest
