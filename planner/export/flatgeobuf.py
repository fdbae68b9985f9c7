"""FlatGeobuf: one file a layer with a spatial index, for the web and for QGIS over slow lines."""

from __future__ import annotations

from pathlib import Path

from planner.export._inputs import ExportInputs
from planner.export._layers import vector_layers
from planner.export._ogr import faults
from planner.export._whole import whole

__all__ = ["META", "write"]

META = {
    "is_folder": True, "suffix": ".fgb", "path": "gis/flatgeobuf", "about": "one file a layer with a spatial index, for the web",
}  # fmt: skip


def write(path: Path, inputs: ExportInputs) -> tuple[Path, ...]:
    """Write ``<layer>.fgb`` for every layer into a folder.

    Parameters
    ----------
    path
        The folder.
    inputs
        What to write; layers the run does not have are left out.

    Notes
    -----
    Rows stand in the order of the spatial index, not in ours. Columns that only hold lists become JSON texts.

    Raises
    ------
    OutputError
        A file could not be written whole.
    """
    import pyogrio

    written = []
    for name, frame in vector_layers(inputs).items():
        target = path / f"{name}.fgb"
        with whole(target, faults()) as part:
            pyogrio.write_dataframe(
                frame, part, layer=name, driver="FlatGeobuf", layer_options={"SPATIAL_INDEX": "YES"}, use_arrow=True
            )  # fmt: skip
        written.append(target)
    return tuple(written)
