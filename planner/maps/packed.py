"""Packs arrays, lines and polygons into one gzipped block that the page unpacks without a request.

Whole numbers that grow slowly (vertices, sorted points, cell numbers) are stored as zigzag differences with
their bytes set apart, which gzip then squeezes to about a byte and a half a number; the page undoes it in
a few milliseconds (``maps/assets/src/codec.js``).
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAX_VERTICES", "WORLD_UNITS", "Pack", "mercator_units"]

WORLD_UNITS = 1 << 26
"""Vertices are whole units of the Web-Mercator square; one unit is 0.6 m at the equator."""

_MAX_MERCATOR_LAT_DEG = 85.051_128_78
MAX_VERTICES = 120_000
"""Vertices a layer of outlines may have before it is snapped to a coarser lattice."""

_CODES = ("u1", "u2", "u4", "i1", "i4", "f4", "f8")
_LINE, _RING, _POLYGON = 1, 2, 3  # shapely's numbers of types
_FIRST_SHIFT, _COARSEST_SHIFT = 5, 12  # lattices of 19 m to 2.4 km


def mercator_units(
    lon_deg: NDArray[Any], lat_deg: NDArray[Any], *, units: int = WORLD_UNITS
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Whole Web-Mercator units (EPSG:3857 scaled to ``0 … units``), y growing southwards.

    Examples
    --------
    >>> x, y = mercator_units(np.array([0.0]), np.array([0.0]))
    >>> int(x[0]) * 2 == WORLD_UNITS, int(y[0]) * 2 == WORLD_UNITS
    (True, True)
    """
    lat = np.radians(np.clip(np.asarray(lat_deg, dtype=np.float64), -_MAX_MERCATOR_LAT_DEG, _MAX_MERCATOR_LAT_DEG))
    x = (np.asarray(lon_deg, dtype=np.float64) / 360.0 + 0.5) * units
    y = (0.5 - np.arcsinh(np.tan(lat)) / (2.0 * np.pi)) * units
    return np.rint(x).astype(np.int64), np.rint(y).astype(np.int64)


class Pack:
    """A growing block of arrays; `add` and its kin answer with the reference the page reads.

    References are small tables: ``{"o": offset, "n": count, "t": type}`` for plain arrays and
    ``{"o", "n", "t": "d"}`` for differences.
    """

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._length = 0

    def add(self, values: NDArray[Any]) -> dict[str, Any]:
        """Store a plain array (``u1 u2 u4 i1 i4 f4 f8``), little-endian, aligned to 8 bytes."""
        array = np.ascontiguousarray(values)
        code = array.dtype.str[1:]
        if code not in _CODES:
            message = f"cannot pack an array of {array.dtype}"
            raise TypeError(message)
        return self._store(array.astype(array.dtype.newbyteorder("<")).tobytes(), array.size, code)

    def add_steps(self, values: NDArray[Any]) -> dict[str, Any]:
        """Store whole numbers (within ±2³⁰) as zigzag differences, bytes set apart."""
        whole = np.asarray(values, dtype=np.int64)
        steps = np.diff(whole, prepend=np.int64(0))
        zigzag = ((steps << 1) ^ (steps >> 63)).astype("<u4")
        planes = np.ascontiguousarray(zigzag.view(np.uint8).reshape(-1, 4).T)
        return self._store(planes.tobytes(), whole.size, "d")

    def add_texts(self, values: Sequence[str]) -> dict[str, Any]:
        """Store texts as one JSON list in UTF-8; halves of surrogate pairs become question marks."""
        data = json.dumps(list(values), ensure_ascii=False, separators=(",", ":")).encode("utf-8", errors="replace")
        return self._store(data, len(data), "u1")

    def add_shapes(self, geometry: Any, *, max_vertices: int = MAX_VERTICES) -> dict[str, Any]:
        """Store lines or polygons (an array of shapely geometries in EPSG:4326).

        Parameters
        ----------
        geometry
            Lines, polygons or collections of them; empty and missing ones keep their place.
        max_vertices
            With more, vertices are snapped to a coarser and coarser lattice and repeats dropped;
            neighbours snap alike, so shared borders stay shared.

        Returns
        -------
        dict
            ``x, y`` vertices, ``rings`` vertices per ring, ``parts`` rings per geometry.
        """
        lines, owner, count = _outlines(geometry)
        lon_lat, line = _coordinates(lines)
        x, y = mercator_units(lon_lat[:, 0], lon_lat[:, 1])
        shift, kept = 0, _fresh(x, y, line)
        while int(kept.sum()) > max_vertices and shift < _COARSEST_SHIFT:
            shift = shift + 1 if shift else _FIRST_SHIFT
            kept = _fresh(x >> shift, y >> shift, line)
        half = (1 << shift) >> 1
        return {
            "x": self.add_steps(((x >> shift << shift) + half)[kept]),
            "y": self.add_steps(((y >> shift << shift) + half)[kept]),
            "rings": self.add_steps(np.bincount(line[kept], minlength=len(lines))),
            "parts": self.add_steps(np.bincount(owner, minlength=count)),
        }

    def to_text(self) -> str:
        """The whole block as base64 of gzip; equal arrays give equal text."""
        return base64.b64encode(gzip.compress(b"".join(self._parts), compresslevel=5, mtime=0)).decode("ascii")

    def _store(self, data: bytes, count: int, code: str) -> dict[str, Any]:
        reference = {"o": self._length, "n": int(count), "t": code}
        padding = -len(data) % 8
        self._parts.append(data + b"\0" * padding)
        self._length += len(data) + padding
        return reference


def _outlines(geometry: Any) -> tuple[Any, NDArray[np.int64], int]:
    """Rings and lines of geometries, and the position of the geometry each belongs to."""
    import shapely

    shapes = np.asarray(geometry, dtype=object)
    parts, owner = shapely.get_parts(shapes, return_index=True)
    inner, outer = shapely.get_parts(parts, return_index=True)  # collections of multi-parts open in two steps
    owner, kind = owner[outer], shapely.get_type_id(inner)
    rings, ring_of = shapely.get_rings(inner[kind == _POLYGON], return_index=True)
    lines = np.concatenate([rings, inner[(kind == _LINE) | (kind == _RING)]])
    owners = np.concatenate([owner[kind == _POLYGON][ring_of], owner[(kind == _LINE) | (kind == _RING)]])
    order = np.argsort(owners, kind="stable")
    return lines[order], owners[order].astype(np.int64), len(shapes)


def _coordinates(lines: Any) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    import shapely

    lon_lat, line = shapely.get_coordinates(lines, return_index=True)
    return lon_lat, line


def _fresh(x: NDArray[np.int64], y: NDArray[np.int64], line: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Vertices that differ from the one before them in their line."""
    fresh = np.ones(len(x), dtype=bool)
    fresh[1:] = (np.diff(x) != 0) | (np.diff(y) != 0) | (np.diff(line) != 0)
    return fresh
