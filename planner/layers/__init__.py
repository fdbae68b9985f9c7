"""Readers: files of any make in, declared layers out; one file a layer.

Every layer module has ``read(path, source, context) -> Conformed``. Table layers take `RawTable` values, no
matter which reader made them: `sheets.raw_tables` (workbooks), `text.raw_tables` (CSV and its kin) or
`vector.raw_tables` (GeoJSON, GeoPackage, GeoParquet, Shapefile, KML), all called
``raw_tables(path, source, context) -> Iterable[RawTable]``. Line, polygon and raster layers read for themselves.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.layers import _gdal as _gdal  # sets GDAL up before any reader or writer can load it
from planner.layers.report import Conformed, Problem, RawTable, ReadContext

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["Conformed", "Problem", "RawTable", "ReadContext", "examine_layer", "read_layer"]


def read_layer(source: LayerSource, kind: str, *, path: Path, context: ReadContext) -> Conformed:
    """Read one source of a layer.

    Parameters
    ----------
    source
        What the scenario says about it.
    kind
        Key of `planner.schema.LAYERS`.
    path
        The file, or folder of tiles.
    context
        What the reader may know about the run.

    Raises
    ------
    LayerError
        The file cannot be used; all the reasons at once. Rows that cannot be used do not raise: they
        come back in ``quarantine``.
    """
    from planner.layers import dispatch

    found = dispatch.examine(source, kind, path=path, context=context)
    dispatch.raise_refused(found)
    return found


def examine_layer(source: LayerSource, kind: str, *, path: Path, context: ReadContext) -> Conformed:
    """Like `read_layer`, but a file that cannot be used comes back with its ``refused`` problems."""
    from planner.layers import dispatch

    return dispatch.examine(source, kind, path=path, context=context)
