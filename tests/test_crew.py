"""Processes that make stages side by side."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from planner.errors import LayerError, OutputError
from planner.interrupt import ASKED
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


def _until_asked(path: str) -> bool:
    Path(path).write_text("", encoding="utf-8")
    return ASKED.wait(60.0)


def test_the_users_wish_reaches_the_process_that_searches_and_no_other(tmp_path: Path) -> None:
    with Crew(2) as crew:
        for number, name in enumerate("ab"):
            crew.give(number, name, _until_asked, str(tmp_path / name))
        while not all((tmp_path / name).exists() for name in "ab"):
            time.sleep(0.01)
        crew.wish("b")
        assert list(crew.results()) == [("b", True)]
        assert crew.idle == [1]


_LEFT_ALONE = """
import os, sys, time
from planner.pipeline.crew import Crew
if __name__ == "__main__":
    with Crew(2) as crew:
        print(*(process.pid for process in crew._processes), flush=True)
        for number in crew.idle:
            crew.give(number, "busy", sum, range(10**10))  # holds the interpreter to its end
        time.sleep(60.0)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere they end when the interpreter lets them")
def test_processes_end_with_a_parent_that_is_killed_even_where_one_call_holds_the_interpreter(tmp_path: Path) -> None:
    script = tmp_path / "alone.py"
    script.write_text(_LEFT_ALONE, encoding="utf-8")
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        started = [int(pid) for pid in parent.stdout.readline().split()]
        time.sleep(2.0)  # let them be called
        parent.kill()
    time.sleep(1.0)
    assert len(started) == 2
    assert [pid for pid in started if _is_alive(pid)] == []


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


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
