"""FlatGeobuf: one file a layer with a spatial index, for the web and for QGIS over slow lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.export._inputs import ExportInputs
from planner.export._layers import dictionary, vector_layers
from planner.export._ogr import faults, geometry_type
from planner.export._whole import whole

if TYPE_CHECKING:
    import geopandas as gpd

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
    Rows stand in the order of the spatial index, not in ours. Columns that only hold lists become JSON texts. The
    header says of each column its labels (title) and its meaning with its unit (description).

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
            pyogrio.write_arrow(
                _explained(name, frame), part, layer=name, driver="FlatGeobuf", geometry_name="geometry",
                geometry_type=geometry_type(frame), crs="EPSG:4326", layer_options=_options(name, inputs),
            )  # fmt: skip
        written.append(target)
    return tuple(written)


def _options(name: str, inputs: ExportInputs) -> dict[str, str]:
    title = f"{name}: {inputs.title_id or inputs.name} · {inputs.title_en or inputs.title_id or inputs.name}"
    return {"SPATIAL_INDEX": "YES", "TITLE": title, "DESCRIPTION": f"{inputs.date.isoformat()} {inputs.run_hash}"}


def _explained(name: str, frame: gpd.GeoDataFrame) -> Any:
    """A layer as Arrow with its geometries as WKB; GDAL turns the metadata of a field into title and description."""
    import pyarrow as pa
    import shapely

    table = pa.Table.from_pandas(frame.drop(columns="geometry"), preserve_index=False)
    said = dictionary(name, frame)
    fields = [field.with_metadata(_of_field(said[field.name])) for field in table.schema]
    shapes = pa.field("geometry", pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"})
    wkb = pa.array(shapely.to_wkb(frame.geometry.to_numpy()), pa.binary())
    return table.cast(pa.schema(fields)).append_column(shapes, wkb)


def _of_field(said: dict[str, str]) -> dict[str, str]:
    labels = " · ".join(dict.fromkeys((said["label_id"], said["label_en"])))
    about = f"{said['about']} ({said['unit']})" if "unit" in said else said["about"]
    return {"GDAL:OGR:alternative_name": labels, "GDAL:OGR:comment": about}
