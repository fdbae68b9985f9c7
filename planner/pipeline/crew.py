"""Processes that make stages side by side: each has a pipe, ends with its parent, and can be ended at once."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any, Self

from planner.errors import OutputError
from planner.interrupt import WISH, heed_wish

__all__ = ["Crew"]

_PR_SET_PDEATHSIG = 1
"""Of ``linux/prctl.h``: the signal a process gets when the one that started it ends."""


class Crew:
    """A few processes that call functions; a context manager that ends them whatever happens.

    Parameters
    ----------
    size
        How many processes.
    """

    def __init__(self, size: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        self._busy: dict[int, Any] = {}
        for _ in range(size):
            here, there = spawn.Pipe()
            process = spawn.Process(target=_serve, args=(there,), daemon=True)
            process.start()
            there.close()
            self._pipes.append(here)
            self._processes.append(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes: kindly those that rest, at once those that work."""
        for number, (pipe, process) in enumerate(zip(self._pipes, self._processes, strict=True)):
            if number in self._busy:
                process.terminate()
            pipe.close()
        for process in self._processes:
            process.join(5.0)
            if process.is_alive():
                process.kill()

    @property
    def idle(self) -> list[int]:
        """Numbers of the processes that rest."""
        return [number for number in range(len(self._pipes)) if number not in self._busy]

    def give(self, number: int, name: Any, function: Callable[..., Any], *arguments: Any) -> None:
        """Let a resting process call a function; ``name`` comes back with its result."""
        self._busy[number] = name
        self._pipes[number].send((function, arguments))

    def wish(self, name: Any) -> None:
        """Ask the process that makes ``name`` to end its search where it is."""
        for number, busy in self._busy.items():
            if busy == name and WISH is not None and (pid := self._processes[number].pid) is not None:
                os.kill(pid, WISH)

    def results(self) -> Iterator[tuple[Any, Any]]:
        """Wait until something is done; name and result of all that is.

        Raises
        ------
        OutputError
            A process has ended by itself (killed, or out of memory).
        BaseException
            What the called function raised, with the process's own traceback as a note.
        """
        numbers = {self._pipes[number]: number for number in self._busy}
        for pipe in wait(list(numbers)):
            number = numbers[pipe]  # type: ignore[index]  # only our pipes were waited for
            name = self._busy.pop(number)
            try:
                is_fault, value = self._pipes[number].recv()
            except EOFError as err:
                message = f"the process that made '{name}' was ended from outside (out of memory?): run again to resume"
                raise OutputError(message, code="worker_ended", stage=str(name)) from err
            if is_fault:
                raise value
            yield name, value


def _serve(pipe: Connection) -> None:
    """Life of a process: calls what it is given until the pipe closes. Ctrl-C is the parent's to handle.

    It ends without taking its memory apart: that takes a second, and the run waits for it.
    """
    heed_wish()
    _end_with_parent()
    with contextlib.suppress(EOFError, OSError):
        while True:
            function, arguments = pipe.recv()
            pipe.send(_call(function, arguments))
    atexit._run_exitfuncs()  # noqa: SLF001  folders for temporary files go with them
    os._exit(0)


def _call(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    try:
        return False, function(*arguments)
    except Exception as err:  # noqa: BLE001  the parent raises it again
        err.add_note("in a process of the run:\n" + traceback.format_exc())
        err.__cause__ = err.__context__ = None
        return True, err


def _end_with_parent() -> None:
    """A process of a run that was killed must not live on, nor write into the folder of the next run.

    The kernel of Linux ends it in the same moment; elsewhere a thread does, as soon as the interpreter lets it (code
    that is being compiled holds it for seconds).
    """
    parent = multiprocessing.parent_process()
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if parent is not None and os.getppid() != parent.pid:  # it was gone before we asked
        os._exit(1)

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
