"""Layers of a run for other programs: one file a format, its name is its key.

Every format has ``write(path, inputs)``, which leaves the whole file or none, with the same bytes each time:
dates inside come from the scenario. What they write is settled once, in `planner.export._layers`. ``META`` says
whether ``path`` (below the run folder) is a folder, how its files end, and what the format is for.
"""

from __future__ import annotations

from planner.export._inputs import ExportInputs

__all__ = ["ExportInputs"]
