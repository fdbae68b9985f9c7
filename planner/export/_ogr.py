"""What the formats written by GDAL share: what it raises, and settings that hold for one block."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

__all__ = ["faults", "settings"]


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
