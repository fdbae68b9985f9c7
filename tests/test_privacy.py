"""No name or phone number of an enterprise is in any output unless the scenario asks for points; a whole run is searched."""

from __future__ import annotations

import base64
import gzip
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from planner.layers._gdal import gdal_ready
from planner.pipeline.runner import run
from planner.pipeline.table import data_folder, stage_table
from planner.scenario import read_scenario

pytestmark = pytest.mark.slow
AREA = "53.20"
SECRETS = ("Warung Rahasia", "0812-7777", "rahasia@contoh.id")
CHANGES = {
    "region.areas": [AREA],
    "region.pixel_m": 900.0,
    "budget.ceiling_idr": 20e9,
    "budget.frontier_points": 0,
    "outputs.umkm_points": False,
    "outputs.atlas": True,
    "outputs.formats": ["gpkg", "geoparquet", "cog", "kmz", "flatgeobuf", "shapefile", "csv_excel"],
}


def texts_of(path: Path) -> Iterator[bytes]:
    """Everything a curious reader could find in a file, unpacked."""
    data = path.read_bytes()
    yield data
    if path.suffix in (".xlsx", ".kmz", ".zip"):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    elif path.suffix == ".parquet":
        yield pd.read_parquet(path).to_csv(index=False).encode()
    elif path.suffix == ".html":
        for block in re.findall(rb'id="merata-pack">"(.*?)"<', data):
            yield gzip.decompress(base64.b64decode(block))
    elif path.suffix == ".pdf" and shutil.which("pdftotext"):
        yield subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout


def test_no_name_or_phone_leaves_the_run(tmp_path: Path) -> None:
    gdal_ready()
    import geopandas as gpd

    shutil.copytree(data_folder(), tmp_path / "in")
    west, south, east, north = gpd.read_parquet(tmp_path / "in/admin.parquet").query("code == @AREA").total_bounds
    umkm = pd.read_parquet(tmp_path / "in/umkm.parquet")
    umkm = umkm[umkm["lon_deg"].between(west, east) & umkm["lat_deg"].between(south, north)].head(3000)
    umkm = umkm.assign(nama_usaha=SECRETS[0], no_hp=SECRETS[1], email=SECRETS[2])
    broken = umkm.head(20).assign(umkm_id=[f"bad{i}" for i in range(20)], lon_deg=999.0)  # these go to quarantine
    pd.concat([umkm, broken]).to_parquet(tmp_path / "in/umkm.parquet")
    bts = pd.read_csv(tmp_path / "in/bts.csv", dtype=str)
    lon, lat = bts["lon_deg"].astype(float), bts["lat_deg"].astype(float)
    bts[lon.between(west, east) & lat.between(south, north)].to_csv(tmp_path / "in/bts.csv", index=False)
    scenario = read_scenario(tmp_path / "in/scenario.toml", changes=CHANGES)
    out = tmp_path / "out"
    run(stage_table(scenario), scenario, out, say=lambda _: None)
    files = [path for path in out.rglob("*") if path.is_file() and ".merata" not in path.parts]
    assert {"map.html", "index.html", "plan.gpkg", "umkm.csv", "laporan_id.xlsx"} <= {path.name for path in files}
    for path in files:
        for text in texts_of(path):
            for secret in SECRETS:
                assert secret.encode() not in text, f"{secret} in {path.relative_to(out)}"
