"""Ctrl-C while a plan is sought: the search ends where it is, and the best plan is kept with its proof."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from planner.plan.select import Clock

__all__ = ["STOPPED", "StopClock", "stoppable"]

STOPPED = "stopped by the user: the best plan so far"


@dataclass(frozen=True, eq=False)
class StopClock(Clock):
    """A clock that also strikes when the user asks for an end."""

    asked: threading.Event = field(default_factory=threading.Event)

    def is_over(self) -> bool:
        """Whether the limit has struck or an end was asked for."""
        return self.asked.is_set() or super().is_over()


@contextmanager
def stoppable(clock: Clock) -> Iterator[None]:
    """While it lasts, the first Ctrl-C strikes the clock; a second one ends the program as usual.

    Notes
    -----
    Signals reach the main thread of a program alone; elsewhere nothing changes.
    """
    if not isinstance(clock, StopClock) or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler:  # somebody else minds Ctrl-C, or it is ignored
        yield
        return

    def ask(number: int, frame: FrameType | None) -> None:
        _ = number, frame
        clock.asked.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
