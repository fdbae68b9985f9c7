"""``merata init``: a commented scenario to start from."""

from __future__ import annotations

from pathlib import Path

from planner.cli.console import Console
from planner.errors import UsageError
from planner.paths import maps_dir
from planner.pipeline.store import write_whole

__all__ = ["write_scenario"]


def write_scenario(path: Path, console: Console) -> int:
    """Write the template of the console's language to ``path``.

    Raises
    ------
    UsageError
        Something stands there already.
    """
    if path.exists():
        raise UsageError(f"'{path}' exists already: choose another name", code="init_exists", path=str(path))
    template = maps_dir() / "templates" / f"scenario_{console.words.language}.toml"
    write_whole(path, template.read_bytes())
    console.result(console.words("cli.sample_written", path=path), {"written": str(path)})
    return 0
