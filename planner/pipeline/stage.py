"""What a stage is: a name, its inputs, the settings and model files it reads, and its partition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from planner.scenario import Scenario

__all__ = ["Stage", "StageContext"]

Partition = Literal["whole", "tile", "chunk"]


@dataclass(frozen=True)
class Stage:
    """One row of the table of stages.

    Parameters
    ----------
    name
        Shown in the progress line and in the manifest.
    module
        Dotted module below ``planner.pipeline.stages``; it defines ``run(context)`` for whole stages,
        ``parts(context)`` and ``run_part(context, part)`` for the others. Imported only when it must run;
        ``IMPORTS`` may name modules it imports late, and ``warm()`` compile kernels ahead.
    inputs
        Names of the stages whose artifacts it reads.
    settings
        Dotted keys of the scenario it reads.
    shipped
        Files or folders below the checkout it reads by name (``models/radio``); ``maps/words#columns,map`` for some
        tables of the TOML files.
    files
        Absolute paths of input files it reads; their content is part of the key.
    arguments
        Constants of this row (for example the layer kind).
    partition
        ``whole``, ``tile`` or ``chunk``: the unit of work, of memory and of resuming. Parts may be made in several processes
        at once; the name of each file of a part holds the part's.
    outputs
        Files it puts below ``publish/`` of its artifact; they are copied into the run folder when the whole
        run has succeeded. Patterns are allowed where a file appears only at need.
    can_stop
        Ctrl-C ends its search where it is and keeps what it has, rather than ending the run.
    """

    name: str
    module: str
    inputs: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    shipped: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    arguments: Mapping[str, str] = field(default_factory=dict)
    partition: Partition = "whole"
    outputs: tuple[str, ...] = ()
    can_stop: bool = False


@dataclass(frozen=True)
class StageContext:
    """What a stage may touch while it runs.

    Parameters
    ----------
    scenario
        The frozen scenario.
    stage
        Its own row.
    folder
        Where it writes its artifact; invisible to others until it is whole.
    inputs
        Folder of each input's artifact.
    say
        Tells the user one line (shown below the progress line).
    """

    scenario: Scenario
    stage: Stage
    folder: Path
    inputs: Mapping[str, Path]
    say: Callable[[str], None]

    def publish_path(self, name: str) -> Path:
        """Where to write output ``name`` (relative to the run folder) so that it is published."""
        path = self.folder / "publish" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path
