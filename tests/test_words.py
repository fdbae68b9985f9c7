"""The words users read: every code has them in both languages, and every call gives the fields they name."""

import ast
import re
from pathlib import Path

import pytest

from planner.words import LANGUAGES, read_words

PLANNER = Path(__file__).resolve().parents[1] / "planner"

DYNAMIC = {"planner/layers/dispatch.py", "planner/layers/raster.py"}
"""Rooms that hand on the code of a problem, or choose one of a table; their own tests look at these."""


def raised() -> list[tuple[str, str, set[str], bool]]:
    """``(place, code, names of the fields, whether more are handed on)`` of every error with a code."""
    found = []
    for path in sorted(PLANNER.rglob("*.py")):
        name = f"planner/{path.relative_to(PLANNER).as_posix()}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            given = {word.arg: word.value for word in node.keywords if word.arg}
            if not called.endswith("Error") or "code" not in given:
                continue
            code = given["code"]
            if not isinstance(code, ast.Constant):
                assert name in DYNAMIC, f"{name}:{node.lineno} raises a code that no test can see"
                continue
            more = any(word.arg is None for word in node.keywords)
            found.append((f"{name}:{node.lineno}", str(code.value), set(given) - {"code"}, more))
    return found


def test_every_error_code_raised_anywhere_has_words_in_both_languages():
    codes = {code for _, code, _, _ in raised()}
    assert len(codes) > 90
    for language in LANGUAGES:
        known = set(read_words(language).section("errors"))
        assert not codes - known, language


def test_every_error_gives_the_fields_that_its_words_name():
    """Without them the message would fall back to English."""
    for language in LANGUAGES:
        texts = read_words(language).section("errors")
        for place, code, fields, more in raised():
            wanted = set(re.findall(r"(?<!\{)\{(\w+)\}(?!\})", texts[code]))
            assert more or wanted <= fields, f"{place} ({code}) gives {fields}, {language} needs {wanted}"


def test_every_conflict_of_counts_has_words_in_both_languages():
    source = "".join(path.read_text(encoding="utf-8") for path in (PLANNER / "demand").glob("*.py"))
    kinds = set(re.findall(r'Conflict\("(\w+)"', source))
    assert kinds == {"same_year", "parts_exceed_whole", "rest_without_place", "no_figure"}
    for language in LANGUAGES:
        for kind in kinds:
            text = read_words(language)(f"conflicts.{kind}", code="53.05", stated=2, used=1)
            assert "53.05" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_empty(language):
    assert not [key for key, text in read_words(language).texts.items() if not text.strip()]
