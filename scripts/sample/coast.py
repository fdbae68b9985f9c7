"""Coast and land borders: Natural Earth 1:10m from a TopoJSON file, clipped to the region."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.transform import from_origin

from sample.common import GRID, write_geojson

__all__ = ["burn", "ntt_islands", "read_countries", "write_coast"]

FRAME_DEG = (117.2, -11.3, 126.0, -7.6)
"""Background drawn on maps: Sumbawa to the middle of Timor-Leste."""

SUMBAWA_EAST_DEG = 119.3
"""Islands centred west of this and north of 9.1 S belong to Nusa Tenggara Barat."""


def read_countries(path: Path) -> dict[str, Any]:
    """Polygons of Indonesia and Timor-Leste inside the frame.

    Parameters
    ----------
    path
        ``countries-10m.json`` of the npm package ``world-atlas`` 2 (Natural Earth 1:10m, public domain).

    Notes
    -----
    TopoJSON keeps shared arcs as differences of quantised numbers; arc ``~i`` is arc ``i`` backwards.
    """
    topology = json.loads(path.read_text(encoding="utf-8"))
    scale, shift = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]

    def ring(numbers: list[int]) -> NDArray[np.float64]:
        parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in numbers]
        return np.vstack([part if k == 0 else part[1:] for k, part in enumerate(parts)])

    frame = shapely.box(*FRAME_DEG)
    found: dict[str, Any] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        name = shape["properties"]["name"]
        if name not in ("Indonesia", "Timor-Leste"):
            continue
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        parts = [shapely.Polygon(ring(p[0]), [ring(hole) for hole in p[1:]]) for p in polygons]
        near = [part for part in parts if part.intersects(frame)]
        found[name] = shapely.union_all([shapely.make_valid(part) for part in near])
    return found


def ntt_islands(countries: dict[str, Any]) -> list[Any]:
    """Islands of Nusa Tenggara Timur as polygons, largest first."""
    parts = []
    for part in shapely.get_parts(countries["Indonesia"]):
        at = part.representative_point()
        is_sumbawa = at.x < SUMBAWA_EAST_DEG and at.y > -9.1
        if not is_sumbawa and part.within(shapely.box(*FRAME_DEG)):
            parts.append(shapely.set_precision(part, 1e-5))
    return sorted(parts, key=lambda part: (-round(part.area, 9), part.bounds))


def burn(shapes: list[tuple[Any, int]], *, fill: int = 0) -> NDArray[np.int32]:
    """Numbers of the polygons that hold each pixel centre."""
    transform = from_origin(GRID.west_deg, GRID.north_deg, GRID.pixel_deg, GRID.pixel_deg)
    burnt = rasterize(shapes, out_shape=GRID.shape, transform=transform, fill=fill, dtype="int32")
    return np.asarray(burnt, dtype=np.int32)


def write_coast(path: Path, countries: dict[str, Any], islands: list[Any]) -> None:
    """The background coast: the province, its neighbours in Indonesia, Timor-Leste."""
    frame = shapely.box(*FRAME_DEG)
    ntt = shapely.MultiPolygon(islands)
    rest = countries["Indonesia"].intersection(frame).difference(ntt.buffer(0.001))
    source = "Natural Earth 1:10m (public domain), npm world-atlas 2.0.2"
    features = [
        ({"name": name, "role": role, "evidence": "observed", "source": source}, geometry)
        for name, role, geometry in (
            ("Nusa Tenggara Timur", "region", ntt),
            ("Nusa Tenggara Barat", "neighbour", rest),
            ("Timor-Leste", "neighbour", countries["Timor-Leste"].intersection(frame)),
        )
    ]
    write_geojson(path, "coast", features)
