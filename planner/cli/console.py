"""What the command line tells people, and with which exit code it ends."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ParamSpec

from planner.errors import OutputError, Phrase, PlannerError
from planner.words import Words, read_words

__all__ = ["Console", "ends_cleanly", "writing_to"]

P = ParamSpec("P")

INTERRUPTED = 130


@contextlib.contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Turn what the system says while a command writes into ``folder`` into an error that names it.

    Raises
    ------
    OutputError
        The folder cannot be made or written, or is full.
    """
    try:
        yield
    except OSError as err:
        fault = err.strerror or str(err)
        message = f"'{folder}' cannot be written: {fault}; make room or give another folder with --out"
        raise OutputError(message, code="output_unwritten", path=str(folder), fault=fault) from err


class Console:
    """Where a command writes: results to stdout, progress and messages to stderr.

    Parameters
    ----------
    language
        ``id`` or ``en``.
    as_json
        Stdout carries one JSON document and nothing else.
    """

    current: Console | None = None

    def __init__(self, language: str, *, as_json: bool = False) -> None:
        self.words: Words = read_words(language)
        self.as_json = as_json
        Console.current = self

    def say(self, text: str) -> None:
        """A line for people, on stderr."""
        print(text, file=sys.stderr, flush=True)

    def result(self, text: str, data: Any) -> None:
        """The result: text for people, or the same as JSON."""
        print(json.dumps(data, ensure_ascii=False, indent=1, default=str) if self.as_json else text, flush=True)

    def error(self, err: PlannerError) -> None:
        """An error in the user's language, on stderr, and as JSON on stdout when asked."""
        text = self.translated(err)
        self.say(f"{self.words('cli.error')}: {text}")
        if self.as_json:
            kind = type(err).__name__
            print(json.dumps({"error": kind, "code": err.code, "message": text, "fields": err.fields}, default=str))

    def translated(self, err: PlannerError) -> str:
        """Message of an error in the user's language; English where no translation exists."""
        if self.words.language == "en":
            return str(err)
        key = f"errors.{err.code}"
        faults = err.fields.get("faults")
        if key not in self.words.texts and faults and isinstance(faults, tuple):
            key = "errors.layer_refused"
        if key not in self.words.texts:
            return str(err)
        try:
            return self.words(key, **{name: self._spoken(value, name) for name, value in err.fields.items()})
        except (KeyError, IndexError):
            return str(err)

    def _spoken(self, value: object, name: str = "") -> object:
        """A value named in a sentence; money in whole rupiah, problems of a layer said in the user's language."""
        from babel.numbers import format_decimal

        from planner.layers.report import Problem
        from planner.layers.speak import problem_text

        if isinstance(value, Phrase):
            key = next(
                (name for name in (f"phrases.{value.code}", f"errors.{value.code}") if name in self.words.texts), ""
            )
            spoken = {item: self._spoken(part, item) for item, part in value.fields.items()}
            return self.words(key, **spoken) if key else str(value)
        if isinstance(value, Problem):
            return problem_text(value, self.words)
        if isinstance(value, tuple):
            said = [str(self._spoken(item)) for item in value]
            if any(isinstance(item, Problem) for item in value):
                return "".join(f"\n  - {item}" for item in said)
            return ("\n" if name == "faults" and len(value) > 1 else "; ").join(said)
        if name.endswith("_idr") and isinstance(value, int | float):
            return format_decimal(round(value), locale=self.words.language)
        return value


def ends_cleanly(command: Callable[P, int]) -> Callable[P, None]:
    """Turn every way a command can end into an exit code; no traceback reaches a user.

    0 ok, 1 internal error, 2 usage, 3 bad data, 4 infeasible, 5 warnings under ``--strict``, 130 interrupted.
    """

    @functools.wraps(command)
    def wrapped(*arguments: P.args, **options: P.kwargs) -> None:
        try:
            code = command(*arguments, **options)
        except PlannerError as err:
            (Console.current or Console("id")).error(err)
            code = err.exit_code
        except KeyboardInterrupt:
            code = _interrupted()
        except BrokenPipeError:
            code = 0
        except Exception:  # noqa: BLE001 the last door: what is left is our own fault and must not look like the user's
            code = _crashed()
        sys.stdout.flush()
        raise SystemExit(code)

    return wrapped


def _interrupted() -> int:
    console = Console.current or Console("id")
    console.say(console.words("cli.interrupted"))
    return INTERRUPTED


def _crashed() -> int:
    console = Console.current or Console("id")
    if os.environ.get("MERATA_DEBUG"):
        traceback.print_exc()
    handle, name = tempfile.mkstemp(prefix="merata-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(traceback.format_exc())
    console.say(console.words("cli.crashed", path=Path(name)))
    return 1
