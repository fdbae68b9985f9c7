"""The only door to GDAL: sets it up before its two wheels load, and refuses to read when that came too late.

GDAL follows what a file says: a VRT named ``.geojson`` reads other files, an ``.aux.xml`` beside a raster
replaces its CRS and nodata, a GDALG pipeline runs. Drivers can be taken away only before pyogrio and rasterio
are imported (later has no effect), so every reader takes both from here.
"""

from __future__ import annotations

import os
from types import ModuleType

from planner.errors import DoorError

__all__ = ["FORBIDDEN_DRIVERS", "gdal_ready", "pyogrio_module", "raster_env", "rasterio_module"]

FORBIDDEN_DRIVERS = ("OGR_VRT", "VRT", "GDALG")
"""Drivers that open other files or run pipelines; nothing is read while one of them is active."""

_SKIPPED = (
    *FORBIDDEN_DRIVERS,
    # services: these open connections for what looks like a file
    *("HTTP", "WMS", "WMTS", "WCS", "WFS", "CSW", "OAPIF", "OGCAPI", "EEDA", "EEDAI", "DAAS", "PLSCENES", "PLMOSAIC"),
    *("NGW", "Carto", "AmigoCloud", "Elasticsearch", "ADBC"),
    # catalogues and mosaics: these open the files they name
    *("DERIVED", "GTI", "STACIT", "STACTA", "KMLSUPEROVERLAY", "MRF", "TIL", "PDS4", "ISIS3", "DIMAP", "SAFE"),
    # guessed from content that other formats share
    *(
        "CSV",
        "TopoJSON",
        "ESRIJSON",
        "GeoJSONSeq",
        "JSONFG",
        "OSM",
        "SQLite",
        "Rasterlite",
        "GML",
        "GeoRSS",
        "GPX",
        "JML",
    ),
)
_OPTIONS = {
    "GDAL_SKIP": ",".join(_SKIPPED),
    "CPL_LOG": os.devnull,  # each wheel complains of the names that only the other one has
    "GDAL_DRIVER_PATH": "disable",  # no plugins
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "512",  # MB of one feature
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_HTTP_TIMEOUT": "1",
}
os.environ.update(_OPTIONS)


def gdal_ready() -> None:
    """Import both wheels and check that no forbidden driver is active.

    Raises
    ------
    DoorError
        pyogrio or rasterio was imported before `planner.layers` could take the drivers away.
    """
    import pyogrio
    import rasterio

    active = set(pyogrio.list_drivers())
    with rasterio.Env() as env:
        active |= set(env.drivers())
    found = sorted(active.intersection(FORBIDDEN_DRIVERS))
    if found:
        message = (
            f"GDAL was loaded before Merata could set it up, and its drivers {', '.join(found)} read other files: "
            "import planner.layers before pyogrio, geopandas and rasterio, or start a new process"
        )
        raise DoorError(message, code="gdal_late", drivers=", ".join(found))


def pyogrio_module() -> ModuleType:
    """`pyogrio`, with the forbidden drivers gone."""
    gdal_ready()
    import pyogrio

    module: ModuleType = pyogrio
    return module


def rasterio_module() -> ModuleType:
    """`rasterio`, with the forbidden drivers gone."""
    gdal_ready()
    import rasterio

    module: ModuleType = rasterio
    return module


def raster_env() -> dict[str, str | int]:
    """Options of a `rasterio.Env` for reading: no side-cars, no directory listing, 256 MB of cache."""
    return {"GDAL_PAM_ENABLED": "NO", "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_CACHEMAX": 256}
