"""Keys of artifacts: a hash of everything a stage's result depends on, found without importing it."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from planner.paths import shipped_dir
from planner.pipeline.stage import Stage
from planner.pipeline.store import file_digest
from planner.scenario import Scenario

__all__ = ["module_closure", "setting", "stage_key"]

_PACKAGE = Path(__file__).resolve().parents[1]
_NUMERIC = (
    "numpy", "scipy", "numba", "pandas", "pyarrow", "geopandas", "shapely", "pyogrio", "pyproj", "rasterio",
    "h3ronpy", "scikit-learn", "highspy", "networkx", "folium", "xlsxwriter", "babel", "python-calamine",
)  # fmt: skip


_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(planner[\w.]*)[ \t]+import[ \t]*(\([^)]*\)|[^\n]*)|import[ \t]+([^\n]*))", re.MULTILINE
)
_COMMENT = re.compile(r"#[^\n]*")


def setting(scenario: Scenario, dotted: str) -> Any:
    """JSON-able value of a scenario key."""
    value: Any = scenario.model_dump(mode="json")
    for part in dotted.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


@lru_cache(maxsize=512)
def _module_file(dotted: str) -> Path | None:
    base = _PACKAGE.parent / Path(*dotted.split("."))
    if base.with_suffix(".py").is_file():
        return base.with_suffix(".py")
    return base / "__init__.py" if (base / "__init__.py").is_file() else None


@lru_cache(maxsize=512)
def _imports(path: Path) -> frozenset[str]:
    """Dotted names below `planner` that a file imports anywhere in its text.

    Read by pattern, for a run that keeps everything reads some 400 files, and parsing them took half of its time. What
    only looks like an import, in a text, would bring one file more; a test compares with the syntax tree.
    """
    found: set[str] = set()
    for package, names, modules in _IMPORT.findall(path.read_text(encoding="utf-8")):
        told = [part.split()[0] for part in _COMMENT.sub("", names or modules).strip("()").split(",") if part.strip()]
        if package:
            found.update((package, *(f"{package}.{name}" for name in told)))
        else:
            found.update(name for name in told if name.startswith("planner"))
    return frozenset(found)


def module_closure(dotted: str) -> tuple[Path, ...]:
    """Source files that a module's behaviour rests on, sorted.

    A package that is imported as such (a registry) brings all its modules: they are loaded by name.
    """
    seen: set[Path] = set()
    waiting = [dotted]
    asked: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in asked:
            continue
        asked.add(name)
        path = _module_file(name)
        if path is None or path in seen:
            continue
        seen.add(path)
        if path.name == "__init__.py" and path.parent != _PACKAGE:
            waiting.extend(f"{name}.{item.stem}" for item in path.parent.glob("*.py") if item.stem != "__init__")
        waiting.extend(_imports(path))
    return tuple(sorted(seen))


@lru_cache(maxsize=128)
def _source_digest(dotted: str) -> str:
    digest = hashlib.sha256()
    for path in module_closure(dotted):
        digest.update(str(path.relative_to(_PACKAGE)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=128)
def _shipped_digest(relative: str) -> str:
    relative, _, sections = relative.partition("#")
    top, _, rest = relative.partition("/")
    root = shipped_dir(top) / rest if rest else shipped_dir(top)
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
        if path.is_file():
            digest.update(str(path.relative_to(root)).encode())
            digest.update(_sections(path, sections.split(",")) if sections else path.read_bytes())
    return digest.hexdigest()


def _sections(path: Path, wanted: list[str]) -> bytes:
    """Some tables of a TOML file, as text."""
    held = tomllib.loads(path.read_text(encoding="utf-8"))
    return json.dumps({name: held.get(name) for name in wanted}, sort_keys=True).encode()


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Versions of the numeric libraries that are installed."""
    found = {}
    for name in _NUMERIC:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def stage_key(stage: Stage, scenario: Scenario, inputs: dict[str, str], cache: dict[str, str]) -> str:
    """Key of a stage's artifact.

    Parameters
    ----------
    stage
        The row.
    scenario
        The scenario.
    inputs
        Keys of the stages it reads.
    cache
        Digests of input files known from earlier runs; filled here.
    """
    described = {
        "stage": stage.name,
        "arguments": dict(stage.arguments),
        "source": _source_digest(f"planner.pipeline.stages.{stage.module}"),
        "versions": versions(),
        "settings": {name: setting(scenario, name) for name in stage.settings},
        "shipped": {name: _shipped_digest(name) for name in stage.shipped},
        "files": [file_digest(path, cache) for path in stage.files],
        "inputs": {name: inputs[name] for name in stage.inputs},
    }
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()[:32]
