"""``merata doctor``: what this installation has, and whether it can work."""

from __future__ import annotations

import importlib
import platform
import shutil
import sys
from pathlib import Path

from planner import __version__
from planner.catalog import spec_names
from planner.cli.console import Console
from planner.parallel import worker_count
from planner.paths import data_dir, maps_dir, models_dir

__all__ = ["diagnose"]

_NEEDED = (
    "numpy", "scipy", "numba", "pandas", "pyarrow", "geopandas", "shapely", "pyogrio", "pyproj", "rasterio", "h3ronpy",
    "sklearn", "highspy", "networkx", "folium", "xlsxwriter", "pydantic", "python_calamine", "typer",
)  # fmt: skip


def diagnose(console: Console) -> int:
    """Import every library, look for the shipped folders and for room on the disk.

    Returns
    -------
    int
        0 when everything is there, 1 otherwise.
    """
    found: dict[str, str] = {"merata": __version__, "python": platform.python_version(), "system": platform.platform()}
    missing = []
    for name in _NEEDED:
        try:
            found[name] = str(getattr(importlib.import_module(name), "__version__", "present"))
        except ImportError as err:
            missing.append(f"{name}: {err}")
    for folder in (data_dir, maps_dir, models_dir):
        try:
            found[folder.__name__] = str(folder())
        except FileNotFoundError as err:
            missing.append(str(err))
    found["models/sites"] = ", ".join(spec_names("sites"))
    found["models/backhaul"] = ", ".join(spec_names("backhaul"))
    found["processors"] = str(worker_count())
    found["free_disk_gb"] = f"{shutil.disk_usage(Path.cwd()).free / 1e9:.1f}"
    found["encoding"] = sys.stdout.encoding
    lines = [f"{name:<16} {value}" for name, value in found.items()] + [f"! {fault}" for fault in missing]
    console.result("\n".join(lines), {"found": found, "missing": missing})
    return 1 if missing else 0
