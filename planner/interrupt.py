"""Ctrl-C as a wish: the first one ends the search of a plan where it is, the second one ends the program."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["ASKED", "WISH", "heed_wish", "heeding"]

ASKED = threading.Event()
"""Set while the user's wish for an end stands."""

WISH = getattr(signal, "SIGUSR1", None)
"""The signal by which a run hands the wish on to the process that seeks the plan; None where the system has none."""


@contextmanager
def heeding(then: Callable[[], object] | None = None) -> Iterator[bool]:
    """While it lasts, the first Ctrl-C is noted (and ``then`` called); a second one ends the program as usual.

    Yields
    ------
    bool
        Whether Ctrl-C is minded here. Signals reach the main thread of a program alone, and who minds Ctrl-C already
        goes on doing so: then nothing changes.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield False
        return
    ASKED.clear()

    def ask(number: int, frame: FrameType | None) -> None:
        _ = number, frame
        signal.signal(signal.SIGINT, signal.default_int_handler)
        ASKED.set()
        if then is not None:
            then()

    signal.signal(signal.SIGINT, ask)
    try:
        yield True
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        ASKED.clear()


def heed_wish() -> None:
    """In a process of a run: Ctrl-C is the run's to handle, which hands the wish on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if WISH is not None:
        signal.signal(WISH, lambda *_: ASKED.set())
