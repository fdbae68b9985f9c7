"""Problems and notes of readers in the user's language, from the word files."""

from __future__ import annotations

import re
from functools import lru_cache

from planner.layers.report import Problem
from planner.words import Words, read_words

__all__ = ["note_text", "problem_text"]


def problem_text(problem: Problem, words: Words | None = None) -> str:
    """A problem as one line in the language of ``words`` (English without).

    Other languages take ``problems.<code>`` and ``mends.<code>``; what has no translation stays English.
    """
    if words is None or words.language == "en":
        return str(problem)
    message = (
        _said(words, f"problems.{problem.code}", problem)
        or _said(words, f"errors.{problem.code}", problem)
        or problem.message
    )
    alone = "" if problem.fields.get("detail") else _said(words, f"mends.{problem.code}_alone", problem)
    mend = alone or _said(words, f"mends.{problem.code}", problem) or problem.mend
    more = ""
    if problem.n_rows > 1 and problem.severity == "quarantine":
        more = " " + words("check.more_rows", n_rows=problem.n_rows - 1)
    elif problem.n_rows > 1:
        more = " " + words("check.rows", n_rows=problem.n_rows)
    value = f" '{problem.value}'" if problem.value else ""
    return f"{problem.place}{value}: {message}{more}{f' → {mend}' if mend else ''}"


def _said(words: Words, key: str, problem: Problem) -> str:
    if key not in words.texts:
        return ""
    fields = {
        "column": problem.column,
        "value": problem.value,
        "n_rows": problem.n_rows,
        "detail": "",
        "message": problem.message,
        **problem.fields,
    }
    try:
        return words.texts[key].format(**fields).strip()
    except (KeyError, IndexError, ValueError):
        return ""


def note_text(note: str, words: Words | None = None) -> str:
    """A note of a reader in the language of ``words``; English where no translation fits.

    The section ``notes`` of ``en.toml`` holds the English sentences with their ``{fields}``; a note that has
    the form of one is filled into the same key of the other language.
    """
    if words is None or words.language == "en":
        return note
    sheet = re.match(r"^(\[[^\]]*\] )(.*)$", note, re.DOTALL)
    prefix, bare = sheet.groups() if sheet else ("", note)
    for key, pattern in _patterns():
        found = pattern.match(bare)
        if found and f"notes.{key}" in words.texts:
            fields = {name: _because(text, words) for name, text in found.groupdict().items()}
            return prefix + words.texts[f"notes.{key}"].format(**fields)
    return note


def _because(text: str, words: Words) -> str:
    """An English clause that a note hands on, in the language of ``words``; other texts stay as they are."""
    clauses = {clause: key for key, clause in read_words("en").section("reasons").items()}
    return words(f"reasons.{clauses[text]}") if text in clauses else text


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Key and pattern of every English note, in the order of the word file."""
    found = []
    for key, text in read_words("en").section("notes").items():
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(text))
        found.append((key, re.compile(f"^{pattern}$", re.DOTALL)))
    return tuple(found)
