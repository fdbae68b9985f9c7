"""GeoPackage: all layers of a run in one file, with its data dictionary."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planner.export._inputs import ExportInputs
from planner.export._layers import MASS_LAYERS, about_rows, dictionary_rows, vector_layers
from planner.export._ogr import faults, geometry_type, settings
from planner.export._qgis import layer_qml
from planner.export._whole import whole

__all__ = ["META", "write"]

META = {
    "is_folder": False,
    "suffix": ".gpkg",
    "path": "gis/plan.gpkg",
    "about": "all layers in one file, opens in QGIS and ArcGIS",
}

_ELSEWHERE = (*MASS_LAYERS, "cells")
"""Layers of tens of thousands of points: GeoParquet and FlatGeobuf hold them, `service_raster` draws the cells."""
_COMPATIBLE = {"VERSION": "1.2"}  # QGIS of the last five years reads it without a warning


def write(path: Path, inputs: ExportInputs) -> Path:
    """Write ``plan.gpkg``.

    Parameters
    ----------
    path
        The file.
    inputs
        What to write; layers the run does not have are left out.

    Notes
    -----
    Dates inside are the scenario's, so that equal runs give equal bytes. Besides the layers there are two
    tables without geometry: ``data_dictionary`` and ``about`` (what every reader must know, sources). Points of
    enterprises and demand cells are left to other formats: they would make half of a slow file.

    Raises
    ------
    OutputError
        It could not be written whole; nothing is left behind.
    """
    import pyogrio

    stamp = f"{inputs.date.isoformat()}T00:00:00.000Z"
    layers = {name: frame for name, frame in vector_layers(inputs).items() if name not in _ELSEWHERE}
    with whole(path, (*faults(), sqlite3.Error)) as part:
        with settings(OGR_CURRENT_DATE=stamp, OGR_SQLITE_SYNCHRONOUS="OFF"):  # `whole` syncs the file once, at its end
            for number, (name, frame) in enumerate(layers.items()):
                pyogrio.write_dataframe(
                    frame, part, layer=name, driver="GPKG", append=number > 0, promote_to_multi=False,
                    geometry_type=geometry_type(frame), use_arrow=True, dataset_options=_COMPATIBLE,
                )  # fmt: skip
            if not layers:  # still a GeoPackage, which says what it is about
                pyogrio.write_dataframe(
                    about_rows(inputs), part, layer="about", driver="GPKG", dataset_options=_COMPATIBLE
                )
        base = sqlite3.connect(part)
        try:
            _add_table(base, "data_dictionary", dictionary_rows(layers), stamp)
            if layers:
                _add_table(base, "about", about_rows(inputs), stamp)
            _add_styles(base, layers, stamp)
            base.commit()
        finally:
            base.close()
    return path


def _columns(frame: Any) -> list[str]:
    return [str(name) for name in frame.columns if name != "geometry"]


def _add_table(base: sqlite3.Connection, name: str, rows: Any, stamp: str) -> None:
    """Add a table of texts and register it as attributes, so that GIS programs list it."""
    columns = ", ".join(f'"{column}" TEXT NOT NULL' for column in rows.columns)
    base.execute(f'CREATE TABLE "{name}" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, {columns})')
    marks = ", ".join("?" for _ in rows.columns)
    listed = ", ".join(f'"{column}"' for column in rows.columns)
    statement = f'INSERT INTO "{name}" ({listed}) VALUES ({marks})'  # noqa: S608  # names are ours, values are bound
    base.executemany(statement, rows.itertuples(index=False, name=None))
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) VALUES (?, 'attributes', ?, '', ?)",
        (name, name, stamp),
    )


def _add_styles(base: sqlite3.Connection, layers: Mapping[str, Any], stamp: str) -> None:
    """Add the table in which QGIS looks for the style of a layer."""
    rows = [(name, qml) for name, frame in layers.items() if (qml := layer_qml(name, _columns(frame)))]
    if not rows:
        return
    base.execute(
        "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256), "
        "f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, "
        "useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)"
    )
    base.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD, "
        "useAsDefault, description, owner, ui, update_time) VALUES ('', '', ?, 'geom', 'merata', ?, '', 1, '', '', NULL, ?)",
        [(name, qml, stamp) for name, qml in rows],
    )
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)",
        (stamp,),
    )
