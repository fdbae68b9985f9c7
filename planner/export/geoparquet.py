"""GeoParquet: one file a layer, for notebooks and data lakes."""

from __future__ import annotations

from pathlib import Path

from planner.export._inputs import ExportInputs
from planner.export._layers import vector_layers
from planner.export._whole import whole

__all__ = ["META", "write"]

META = {"is_folder": True, "suffix": ".parquet", "about": "one file a layer, for analysis in Python, R and DuckDB"}


def write(path: Path, inputs: ExportInputs) -> tuple[Path, ...]:
    """Write ``<layer>.parquet`` for every layer into a folder.

    Parameters
    ----------
    path
        The folder.
    inputs
        What to write; layers the run does not have are left out.

    Returns
    -------
    tuple of Path
        The files, each whole.

    Raises
    ------
    OutputError
        A file could not be written whole.
    """
    written = []
    for name, frame in vector_layers(inputs).items():
        target = path / f"{name}.parquet"
        with whole(target) as part:
            frame.to_parquet(part, index=False, compression="zstd", write_covering_bbox=True)
        written.append(target)
    return tuple(written)
