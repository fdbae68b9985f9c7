"""The words users read, from `maps/words/<language>.toml`; never from Python."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import Any

from planner.errors import UsageError
from planner.paths import maps_dir

__all__ = ["LANGUAGES", "Words", "read_words"]

LANGUAGES = ("id", "en")


class Words:
    """Texts of one language by dotted key.

    Parameters
    ----------
    language
        ``id`` or ``en``.
    texts
        Dotted key → text.
    """

    def __init__(self, language: str, texts: dict[str, str]) -> None:
        self.language = language
        self.texts = texts

    def __call__(self, key: str, /, **fields: object) -> str:
        """Text of ``key`` with ``{fields}`` filled in.

        Raises
        ------
        KeyError
            The word file has no such key.
        """
        text = self.texts[key]
        return text.format(**fields) if fields else text

    def section(self, name: str) -> dict[str, str]:
        """Texts below ``name``, with the prefix taken off."""
        prefix = f"{name}."
        return {key.removeprefix(prefix): text for key, text in self.texts.items() if key.startswith(prefix)}


@lru_cache(maxsize=4)
def read_words(language: str) -> Words:
    """Words of a language.

    Raises
    ------
    UsageError
        No such language.
    """
    if language not in LANGUAGES:
        message = f"unknown language '{language}' (known: {', '.join(LANGUAGES)})"
        raise UsageError(message, code="language_unknown", language=language)
    with (maps_dir() / "words" / f"{language}.toml").open("rb") as file:
        return Words(language, _flat(tomllib.load(file)))


def _flat(table: dict[str, Any], prefix: str = "") -> dict[str, str]:
    texts: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            texts.update(_flat(value, f"{prefix}{key}."))
        else:
            texts[f"{prefix}{key}"] = str(value)
    return texts
