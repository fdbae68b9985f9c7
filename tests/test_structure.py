"""The structure shows the design: what a room may touch, what an import costs, what words there are."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from planner import registry
from planner.errors import UsageError
from planner.words import LANGUAGES, read_words

ROOT = Path(__file__).resolve().parent.parent
PURE = ("facts", "plan", "score", "backhaul", "service", "radio", "demand", "schema", "specs", "parallel", "geo", "grid", "units", "errors")  # fmt: skip
FORBIDDEN = {"open", "print", "read_text", "write_text", "read_bytes", "write_bytes", "to_file", "to_parquet", "to_csv", "read_file", "read_csv", "read_parquet", "getenv", "input"}  # fmt: skip
EXCEPTIONS = {"planner/radio/_jit.py"}  # numba's cache folder must be settled before numba is imported


def _pure_files() -> list[Path]:
    files = []
    for room in PURE:
        place = ROOT / "planner" / room
        files += sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    return [path for path in files if str(path.relative_to(ROOT)) not in EXCEPTIONS]


@pytest.mark.parametrize("path", _pure_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_pure_room_touches_neither_disk_nor_terminal_nor_environment(path):
    calls = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            calls.add(name)
        if isinstance(node, ast.Attribute) and node.attr == "environ":
            calls.add("getenv")
    assert not calls & FORBIDDEN


def test_help_loads_no_heavy_library():
    code = (
        "import sys, planner, planner.cli.app;"
        "print([m for m in ('sklearn','folium','numba','geopandas','pandas','rasterio','matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_both_languages_have_the_same_words_with_the_same_fields():
    texts = {language: read_words(language).texts for language in LANGUAGES}
    assert set(texts["id"]) == set(texts["en"])
    for key, text in texts["id"].items():
        assert set(re.findall(r"\{(\w+)", text)) == set(re.findall(r"\{(\w+)", texts["en"][key])), key


def test_an_unknown_registry_entry_names_the_nearest():
    import planner.specs

    with pytest.raises(UsageError, match="did you mean 'radio'"):
        registry.load(planner.specs, "raido")


def test_every_model_number_has_a_source_and_a_year():
    from planner.specs.base import unwrap

    files = sorted((ROOT / "models").rglob("*.toml"))
    assert files
    for path in files:
        unwrap(tomllib.loads(path.read_text(encoding="utf-8")))  # raises on a bare number


def test_nothing_shipped_loads_from_the_network():
    pattern = re.compile(r"(?:src|href)=[\"']https?://")
    for path in (*sorted((ROOT / "maps").rglob("*.html")), *sorted((ROOT / "maps").rglob("*.j2"))):
        text = path.read_text(encoding="utf-8")
        if "gallery" in path.parts:  # a made page holds Leaflet, whose credit is a link and loads nothing
            assert "default-src 'none'" in text, path
            text = text.replace('<a href="https://leafletjs.com"', "")
        assert not pattern.search(text), path
