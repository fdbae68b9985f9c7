"""Damaged geo files never raise anything but our errors, never hang, and every row stays accounted for.

Cases are drawn from fixed seeds; raise ``MERATA_FUZZ_CASES`` to look further.
"""

from __future__ import annotations

import os
import random
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planner.grid import Grid
from planner.layers import ReadContext, examine_layer
from planner.layers._gdal import pyogrio_module, rasterio_module
from planner.scenario import LayerSource

CASES = int(os.environ.get("MERATA_FUZZ_CASES", "60"))
DRIVERS = {"geojson": "GeoJSON", "gpkg": "GPKG", "fgb": "FlatGeobuf", "shp": "ESRI Shapefile", "kml": "LIBKML"}
GRID = Grid(124.0, -9.0, 0.01, 20, 30)


@pytest.fixture(scope="module")
def originals(tmp_path_factory) -> dict[str, tuple[str, dict[str, bytes]]]:
    """Name → layer kind and files (name → bytes)."""
    folder = tmp_path_factory.mktemp("originals")
    lines = shapely.linestrings([[[124.0, -9.0], [124.1, -9.1]], [[124.1, -9.1], [124.2, -9.0]]])
    roads = gpd.GeoDataFrame(
        {"kode": ["53.10", "007"], "kelas": ["primary", "tertiary"]}, geometry=lines, crs="EPSG:4326"
    )
    found: dict[str, tuple[str, dict[str, bytes]]] = {}
    for suffix, driver in DRIVERS.items():
        pyogrio_module().write_dataframe(roads, folder / f"a.{suffix}", driver=driver)
        parts = sorted(folder.glob("a.*")) if suffix == "shp" else [folder / f"a.{suffix}"]
        kept = [p for p in parts if suffix != "shp" or p.suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg")]
        found[f"a.{suffix}"] = ("roads", {p.name: p.read_bytes() for p in kept})
    roads.to_parquet(folder / "a.parquet")
    found["a.parquet"] = ("roads", {"a.parquet": (folder / "a.parquet").read_bytes()})
    with zipfile.ZipFile(folder / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in found["a.shp"][1].items():
            archive.writestr(name, data)
    found["z.zip"] = ("roads", {"z.zip": (folder / "z.zip").read_bytes()})
    rasterio = rasterio_module()
    from rasterio.transform import Affine

    for name, kind, profile in (
        ("t.tif", "terrain", {"compress": "deflate"}),
        ("p.tif", "population", {"tiled": True, "blockxsize": 16, "blockysize": 16}),
    ):
        values = np.linspace(0, 900, 2400, dtype=np.float32).reshape(40, 60)
        with rasterio.open(folder / name, "w", driver="GTiff", height=40, width=60, count=1, dtype="float32", crs="EPSG:4326",
                           transform=Affine(0.005, 0, 124, 0, -0.005, -9), **profile) as file:  # fmt: skip
            file.write(values, 1)
        found[name] = (kind, {name: (folder / name).read_bytes()})
    return found


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Cut off, some bytes changed, or a run of bytes overwritten."""
    mode, changed = rng.random(), bytearray(data)
    if mode < 0.2:
        return data[: rng.randrange(1, len(data))]
    if mode < 0.6:
        for _ in range(rng.randrange(1, 8)):
            changed[rng.randrange(len(data))] = rng.randrange(256)
    elif mode < 0.8:
        start = rng.randrange(len(data))
        stop = min(len(data), start + rng.randrange(1, 64))
        changed[start:stop] = bytes(rng.choice((0, 255, 45, 57)) for _ in range(stop - start))
    else:
        changed[rng.randrange(min(len(data), 400))] = rng.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("name", [*(f"a.{suffix}" for suffix in DRIVERS), "a.parquet", "z.zip", "t.tif", "p.tif"])
def test_damage_is_refused_or_accounted_for(name, originals, tmp_path):
    kind, files = originals[name]
    rng = random.Random(f"merata {name}")  # noqa: S311  # draws cases, not secrets
    verdicts = set()
    for case in range(CASES):
        folder: Path = tmp_path / str(case)
        folder.mkdir()
        hit = rng.choice(sorted(files))
        for part, data in files.items():
            (folder / part).write_bytes(damaged(data, rng) if part == hit else data)
        context = ReadContext(folder=folder, grid=GRID)
        found = examine_layer(
            LayerSource(path=name, unit="people" if kind == "population" else ""),
            kind,
            path=folder / name,
            context=context,
        )
        assert found.n_in == found.n_used + len(found.quarantine)
        verdicts.add(found.is_refused)
        if found.is_refused:
            problem = next(p for p in found.problems if p.severity == "refused")
            assert problem.code
            assert str(problem)
    assert True in verdicts
