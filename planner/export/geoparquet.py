"""GeoParquet: one file a layer, for notebooks and data lakes."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.export._inputs import ExportInputs
from planner.export._layers import dictionary, vector_layers
from planner.export._whole import whole

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["META", "write"]

_WGS84 = (
    'GEOGCRS["WGS 84",ENSEMBLE["World Geodetic System 1984 ensemble",MEMBER["World Geodetic System 1984 (Transit)"],'
    'MEMBER["World Geodetic System 1984 (G730)"],MEMBER["World Geodetic System 1984 (G873)"],'
    'MEMBER["World Geodetic System 1984 (G1150)"],MEMBER["World Geodetic System 1984 (G1674)"],'
    'MEMBER["World Geodetic System 1984 (G1762)"],MEMBER["World Geodetic System 1984 (G2139)"],'
    'MEMBER["World Geodetic System 1984 (G2296)"],ELLIPSOID["WGS 84",6378137,298.257223563,LENGTHUNIT["metre",1]],'
    'ENSEMBLEACCURACY[2.0]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],CS[ellipsoidal,2],'
    'AXIS["geodetic latitude (Lat)",north,ORDER[1],ANGLEUNIT["degree",0.0174532925199433]],'
    'AXIS["geodetic longitude (Lon)",east,ORDER[2],ANGLEUNIT["degree",0.0174532925199433]],ID["EPSG",4326]]'
)
"""EPSG:4326 in words of our own: PROJ describes it in two ways, by what the process has read before."""

META = {
    "is_folder": True,
    "suffix": ".parquet",
    "path": "gis",
    "about": "one file a layer, for analysis in Python, R and DuckDB",
}


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

    Notes
    -----
    Each field carries its labels, unit and meaning (metadata of the Arrow schema); the same stands as JSON under the
    file's key ``merata``, with title, date and run, for programs that read Parquet alone.

    Raises
    ------
    OutputError
        A file could not be written whole.
    """
    import pyarrow.parquet as pq
    from pyproj import CRS

    crs = CRS.from_wkt(_WGS84)
    written = []
    for name, frame in vector_layers(inputs).items():
        target = path / f"{name}.parquet"
        with whole(target) as part:
            pq.write_table(_explained(name, frame.set_crs(crs, allow_override=True), inputs), part, compression="zstd")
        written.append(target)
    return tuple(written)


def _explained(name: str, frame: gpd.GeoDataFrame, inputs: ExportInputs) -> Any:
    """A layer as the Arrow table that geopandas writes, its fields and itself explained."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    held = io.BytesIO()
    frame.to_parquet(held, index=False, compression=None, write_covering_bbox=True)
    held.seek(0)
    table = pq.read_table(held)
    said = dictionary(name, frame)
    fields = [field.with_metadata(said[field.name]) if field.name in said else field for field in table.schema]
    about = {
        "layer": name, "title_id": inputs.title_id, "title_en": inputs.title_en, "date": inputs.date.isoformat(),
        "run": inputs.run_hash, "is_synthetic": inputs.is_synthetic, "fields": said,
    }  # fmt: skip
    more = {**(table.schema.metadata or {}), b"merata": json.dumps(about, ensure_ascii=False).encode(errors="replace")}
    return table.cast(pa.schema(fields, metadata=more))
