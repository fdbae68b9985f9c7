"""Make the background coast of Indonesia and its neighbours from Natural Earth 1:10m (public domain).

The file comes from the npm package ``world-atlas`` 2 (``npm pack world-atlas``, ``package/land-10m.json``)::

    python scripts/make_coast.py path/to/land-10m.json [--out data/reference/coast_indonesia.parquet]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

BOX_DEG = (90.0, -16.0, 146.0, 11.0)
"""West, south, east, north: Indonesia with the neighbours a map of a border region shows."""
PRECISION_DEG = 1e-4
"""Coordinates are rounded to 0.0001° (11 m); the source's own error is larger."""


def read_polygons(path: Path, name: str) -> list[Any]:
    """Polygons of one object of a quantised TopoJSON file (arcs are differences; arc ``~i`` is ``i`` backwards)."""
    topology = json.loads(path.read_text(encoding="utf-8"))
    scale, shift = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]

    def ring(indices: list[int]) -> np.ndarray[Any, Any]:
        parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
        return np.vstack([parts[0], *(part[1:] for part in parts[1:])])

    return [
        shapely.make_valid(shapely.Polygon(ring(rings[0]), [ring(hole) for hole in rings[1:]]))
        for geometry in topology["objects"][name]["geometries"]
        for rings in (geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]])
    ]


def main() -> None:
    """Clip, round and write the coast."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("land", type=Path)
    parser.add_argument("--out", type=Path, default=Path("data/reference/coast_indonesia.parquet"))
    given = parser.parse_args()
    box = shapely.box(*BOX_DEG)
    shapes = [
        part
        for polygon in read_polygons(given.land, "land")
        if polygon.intersects(box)
        for part in shapely.get_parts(shapely.set_precision(polygon.intersection(box), PRECISION_DEG))
        if part.geom_type == "Polygon" and not part.is_empty
    ]
    shapes.sort(key=lambda shape: (-round(shape.area, 8), shape.bounds))
    frame = gpd.GeoDataFrame(
        {"source": "Natural Earth 1:10m land (public domain)"},
        geometry=shapes,
        crs="EPSG:4326",
        index=range(len(shapes)),
    )
    frame.to_parquet(given.out, index=False, compression="zstd")
    print(f"{given.out}: {len(frame)} polygons, {given.out.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
