"""The check in QGIS says what it needs, and finds nothing wrong where QGIS is there."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
import sys
from pathlib import Path

import export_worlds
import pytest

from planner.export import ExportInputs, cog, gpkg, service_raster

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "check_qgis.py"
SYSTEM = "/usr/bin/python3"


@pytest.fixture
def run(tmp_path) -> Path:
    known = {k: v for k, v in export_worlds.world().items() if k in ExportInputs.__dataclass_fields__}
    inputs = ExportInputs(name="u", title_id="U", title_en="T", date=export_worlds.DATE, **known)
    gpkg.write(tmp_path / "gis/plan.gpkg", inputs)
    cog.write(tmp_path / "gis/coverage.tif", inputs)
    service_raster.write(tmp_path / "gis/service.tif", inputs)
    return tmp_path


def check(python: str, run: Path) -> subprocess.CompletedProcess[str]:
    command = [python, str(SCRIPT), str(run), "--out", str(run / "drawn")]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_it_says_what_it_needs(run, tmp_path):
    done = check(sys.executable, run)
    assert done.returncode == 2
    assert "python3-qgis" in done.stderr
    assert check(sys.executable, tmp_path / "nothing").returncode == 2


def has_qgis() -> bool:
    return shutil.which(SYSTEM) is not None and not subprocess.run([SYSTEM, "-c", "import qgis"], capture_output=True, check=False).returncode  # fmt: skip


@pytest.mark.skipif(not has_qgis(), reason="needs QGIS (python3-qgis); not part of CI")
def test_every_layer_loads_and_its_style_leaves_nothing_out(run):
    done = check(SYSTEM, run)
    assert done.returncode == 0, done.stdout
    assert (run / "drawn/sites.png").stat().st_size > 1000
    assert (run / "drawn/together.png").is_file()


@pytest.mark.skipif(not has_qgis(), reason="needs QGIS (python3-qgis); not part of CI")
def test_a_level_without_a_class_is_found(run):
    known = {k: v for k, v in export_worlds.world().items() if k in ExportInputs.__dataclass_fields__}
    inputs = ExportInputs(name="u", title_id="U", title_en="T", date=export_worlds.DATE, **known)
    odd = dataclasses.replace(inputs, fiber_nodes=inputs.bts[["bts_id", "lon_deg", "lat_deg"]].rename(columns={"bts_id": "node_id"}).assign(kind="kiosk"))  # fmt: skip
    gpkg.write(run / "gis/plan.gpkg", odd)
    done = check(SYSTEM, run)
    assert done.returncode == 1
    assert "fiber_nodes: its style leaves out 2 features" in done.stdout
