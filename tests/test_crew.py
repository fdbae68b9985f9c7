"""Processes that make stages side by side."""

from __future__ import annotations

import os
import time

import pytest

from planner.errors import LayerError, OutputError
from planner.pipeline.crew import Crew
from planner.pipeline.runner import _waves
from planner.pipeline.stage import Stage


def _fail(text: str) -> None:
    raise LayerError(text, code="unusable_value", value=text)


def _slow(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def test_results_come_back_by_name() -> None:
    with Crew(2) as crew:
        crew.give(0, "a", abs, -1)
        crew.give(1, "b", abs, -2)
        found: dict[str, int] = {}
        while len(found) < 2:
            found |= dict(crew.results())
        assert found == {"a": 1, "b": 2}
        assert crew.idle == [0, 1]


def test_a_fault_is_raised_as_it_was_with_its_fields() -> None:
    with Crew(1) as crew:
        crew.give(0, "a", _fail, "kata")
        with pytest.raises(LayerError, match="kata") as caught:
            list(crew.results())
    assert caught.value.code == "unusable_value"
    assert "_fail" in "".join(caught.value.__notes__)


def test_a_process_that_is_killed_is_said() -> None:
    with Crew(1) as crew:
        crew.give(0, "plan", os._exit, 9)
        with pytest.raises(OutputError, match="plan"):
            list(crew.results())


def test_leaving_does_not_wait_for_work() -> None:
    started = time.perf_counter()
    with Crew(2) as crew:
        crew.give(0, "a", abs, -1)
        list(crew.results())
        crew.give(0, "b", _slow, 60.0)
    assert time.perf_counter() - started < 30.0


def test_stages_that_are_ready_together() -> None:
    table = [Stage("a", "m"), Stage("b", "m", ("a",)), Stage("c", "m", ("a", "kept")), Stage("d", "m", ("b", "c"))]
    assert [[stage.name for stage in wave] for wave in _waves(table)] == [["a"], ["b", "c"], ["d"]]
