"""The tree of errors a caller of Merata can meet.

::

    PlannerError
     ├── UsageError (ValueError)        a command or call that cannot be understood      exit 2
     ├── ScenarioError (ValueError)     a scenario or model file that breaks its schema  exit 3
     ├── LayerError (ValueError)        input data that cannot be used                   exit 3
     │    └── DoorError                 a file refused before it was opened              exit 3
     ├── RadioError (ValueError)        an argument outside a Recommendation's range     exit 3
     ├── InfeasibleError (ValueError)   rules that no plan can meet                      exit 4
     ├── PlanRejectedError (RuntimeError)  a plan the independent checker refused        exit 1
     ├── RunBusyError (OSError)         another run holds the output folder              exit 2
     └── OutputError (OSError)          an output that could not be written whole        exit 1

Each carries a ``code`` (key of the word files), its ``fields`` and an English message;
the command line turns code and fields into the user's language.
"""

from __future__ import annotations

from typing import ClassVar, Self

__all__ = [
    "DoorError",
    "InfeasibleError",
    "LayerError",
    "OutputError",
    "Phrase",
    "PlanRejectedError",
    "PlannerError",
    "RadioError",
    "RunBusyError",
    "ScenarioError",
    "UsageError",
]


class Phrase(str):
    """A part of a message: English text that carries its code and fields, so that the command line can translate it.

    Parameters
    ----------
    text
        English.
    code
        Key in ``maps/words/*.toml`` under ``[phrases]``.
    fields
        Values named in the translated phrase; phrases, and tuples of them, among them.

    Examples
    --------
    >>> said = Phrase("no way out of K-1", "no_way", name="K-1")
    >>> said, said.code, said.fields
    ('no way out of K-1', 'no_way', {'name': 'K-1'})
    """

    __slots__ = ("code", "fields")
    code: str
    fields: dict[str, object]

    def __new__(cls, text: str, code: str, **fields: object) -> Self:
        """Text with its code and fields."""
        found = super().__new__(cls, text)
        found.code, found.fields = code, fields
        return found

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, object]]:
        """What `pickle` makes it from again: errors travel between the processes of a run."""
        return (str.__str__(self), self.code), self.fields


class PlannerError(Exception):
    """Base of every error Merata raises on purpose.

    Parameters
    ----------
    message
        English sentence: what is wrong, where, and how to mend it.
    code
        Key in ``maps/words/*.toml`` under ``[errors]``; empty when no translation exists.
    fields
        Values named in the translated sentence.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, code: str = "", **fields: object) -> None:
        super().__init__(message)
        self.code = code
        self.fields = fields


class UsageError(PlannerError, ValueError):
    """A command or call that cannot be understood."""

    exit_code = 2


class ScenarioError(PlannerError, ValueError):
    """A scenario, model or word file that breaks its schema."""

    exit_code = 3


class LayerError(PlannerError, ValueError):
    """Input data that cannot be used."""

    exit_code = 3


class DoorError(LayerError):
    """A file refused before a library opened it."""


class RadioError(PlannerError, ValueError):
    """An argument outside the range its Recommendation allows."""

    exit_code = 3


class InfeasibleError(PlannerError, ValueError):
    """Rules that no plan can meet."""

    exit_code = 4


class PlanRejectedError(PlannerError, RuntimeError):
    """A plan the independent checker refused; it is never written."""


class RunBusyError(PlannerError, OSError):
    """Another run holds the output folder."""

    exit_code = 2


class OutputError(PlannerError, OSError):
    """An output that could not be written whole."""
