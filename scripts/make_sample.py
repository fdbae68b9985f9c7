"""Make the embedded sample region: Nusa Tenggara Timur in ``data/sample``, from facts and a fixed seed.

Facts come from ``data/reference`` (each row or column with its source), the coast from Natural Earth 1:10m
(npm package ``world-atlas`` 2, file ``countries-10m.json``: fetch it with ``npm pack world-atlas``). Areas,
roads and fiber courses are schematic; relief, people per pixel, towers and enterprises are synthetic. Every
file says so in its rows, tags or README. The same versions of the libraries give the same bytes.

    python scripts/make_sample.py path/to/countries-10m.json [--out data/sample]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from sample import admin, coast, lines, people, programme, relief, towers
from sample.common import GRID, World, distance_km_to, read_reference, write_tiff


def make_world(atlas: Path) -> tuple[World, list[object]]:
    """Coast, islands and facts: what every maker starts from."""
    countries = coast.read_countries(atlas)
    islands = coast.ntt_islands(countries)
    island = coast.burn([(shape, k + 1) for k, shape in enumerate(islands)])
    land = coast.burn([(shape, 1) for shape in countries.values()]) > 0
    world = World(
        countries=countries, ntt=islands, kabupaten=read_reference("ntt_kabupaten.csv"), towns=read_reference("ntt_towns.csv"),
        land=land, is_ntt=island > 0, island=island, coast_km=distance_km_to(~land) * land,
    )  # fmt: skip
    return world, islands


def make(atlas: Path, out: Path) -> None:
    """Make every file of the sample below ``out``."""
    started = time.perf_counter()

    def said(what: str) -> None:
        print(f"{time.perf_counter() - started:6.1f} s  {what}", flush=True)

    out.mkdir(parents=True, exist_ok=True)
    world, islands = make_world(atlas)
    coast.write_coast(out / "coast.geojson", world.countries, islands)
    said(f"coast: {len(islands)} islands, {int(world.is_ntt.sum())} land pixels")
    relief.make_relief(world)
    write_tiff(out / "terrain.tif", np.asarray(world.terrain_m, dtype=np.int16), nodata=None, tags={
        "EVIDENCE": "synthetic", "UNIT": "m", "TIFFTAG_IMAGEDESCRIPTION": "SYNTHETIC relief, not a survey: real summits and towns, invented valleys",
    })  # fmt: skip
    said(f"relief: highest {int(world.terrain_m.max())} m")
    admin.make_kabupaten(world)
    net = lines.make_trunk_roads(world)
    said("kabupaten and trunk roads")
    desa = admin.make_desa(world, islands)
    lines.add_local_roads(world, net)
    lines.write_roads(out / "roads.geojson", world)
    lines.write_fiber(out, world)
    said(f"{len(desa)} desa, {len(world.roads)} roads, fiber")
    people.make_people(world)
    people.write_rasters(out, world)
    admin.write_admin(out / "admin.parquet", world, desa)
    people.write_facilities(out, world)
    people.write_umkm(out, world)
    said("people, facilities, enterprises")
    towers.write_bts(out, world)
    said("towers")
    programme.write_programme(out, world)
    said(f"done: {sum(f.stat().st_size for f in out.iterdir()) / 1e6:.2f} MB in {out} (frame {GRID.shape})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("atlas", type=Path, help="countries-10m.json of the npm package world-atlas")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[1] / "data" / "sample")
    chosen = parser.parse_args()
    make(chosen.atlas, chosen.out)
