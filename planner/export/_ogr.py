"""What the formats written by GDAL share: what it raises, and settings that hold for one block."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

__all__ = ["faults", "geometry_type", "settings"]

_TYPES = {0: "Point", 1: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon"}


def geometry_type(frame: Any) -> str:
    """The one type of a layer's geometries, ``Unknown`` where there are several."""
    import numpy as np
    import shapely

    kinds = np.unique(shapely.get_type_id(frame.geometry.to_numpy()))
    return _TYPES.get(int(kinds[0]), "Unknown") if len(kinds) == 1 else "Unknown"


def faults() -> tuple[type[Exception], ...]:
    """What GDAL raises when a file cannot be written."""
    from pyogrio import errors

    return (errors.DataSourceError, errors.DataLayerError, errors.FeatureError, errors.GeometryError, RuntimeError)


@contextlib.contextmanager
def settings(**options: str) -> Iterator[None]:
    """Settings of GDAL, put back at the end of the block."""
    import pyogrio

    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(options)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
