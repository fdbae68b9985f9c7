"""The area engine beside other tools, in one run on the same invented hills.

20 km around a 42 m mast at 900 MHz, 3 arc-seconds, one core. SPLAT! (Debian: ``apt install splat``) runs as a
program; pycraf and itmlogic (PyPI) in the Python given by ``--python``, since Merata does not depend on them. What is
not installed is named and left out. They are other models (Longley-Rice, ITU-R P.452), so only paths a second are
compared, never losses. All seconds are the processor's, so that other work on the machine counts little.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).parent))

from radio import archipelago  # noqa: E402  (the checkout comes first)

from planner.grid import Grid, Raster  # noqa: E402
from planner.radio import RadioLink, area_loss_db  # noqa: E402

SIDE, RADIUS_KM, MAST_M = 1201, 20.0, 42.0
TILE = "N00E010"  # SPLAT! wants whole degrees north of the equator; longitudes count westwards

ITMLOGIC = """
import sys, time, numpy as np
from itmlogic.preparatory_subroutines.qlrpfl import qlrpfl
from itmlogic.preparatory_subroutines.qlrps import qlrps
from itmlogic.statistics.avar import avar
heights = np.load(sys.argv[1]); n = 0; started = time.process_time()
for k in np.random.default_rng(0).integers(20, 220, 400):
    prop = dict(fmhz=900.0, hg=[42.0, 1.5], klimx=5, mdvarx=11, mdvar=11, lvar=5, mdp=-1, kwx=0, klim=5, aref=0)
    line = heights[600, 600 : 600 + k]
    prop['pfl'] = [len(line) - 1, 92.6, *line]
    prop['wn'], prop['gme'], prop['ens'], prop['zgnd'] = qlrps(900.0, line.mean(), 314.0, 0, 15.0, 0.005)
    avar(0.0, 0.0, 0.0, qlrpfl(prop)); n += 1
print(n / (time.process_time() - started))
"""

PYCRAF = """
import sys, time, warnings
warnings.filterwarnings('ignore')
import astropy.units as u
from pycraf import pathprof
with pathprof.SrtmConf.set(srtm_dir=sys.argv[2], download='never', server='viewpano'):
    heights = pathprof.height_map_data(10.5 * u.deg, 0.5 * u.deg, 0.36 * u.deg, 0.36 * u.deg, map_resolution=3 * u.arcsec)
started = time.process_time()
found = pathprof.atten_map_fast(0.9 * u.GHz, 298 * u.K, 1013 * u.hPa, 42 * u.m, 1.5 * u.m, 50 * u.percent, heights)
print(found['L_b'].size / (time.process_time() - started))
"""


def ours(heights: np.ndarray, *, with_clutter: bool) -> float:
    """Paths a second of the area engine, best of some runs."""
    grid = Grid(10.0, 1.0, 1.0 / 1200.0, SIDE, SIDE)
    link = RadioLink(900.0, MAST_M, 1.5, delta_n=50.0, n0=380.0, latitude_deg=0.5)
    terrain = Raster(grid, heights, "m")
    clutter = Raster(grid, np.where(np.random.default_rng(1).random(heights.shape) < 0.5, 10.0, 0.0), "m")
    best = 0.0
    for _ in range(12):
        started = time.process_time()
        found = area_loss_db(
            terrain, link, tx_row=600, tx_col=600, radius_km=RADIUS_KM, clutter=clutter if with_clutter else None
        )
        best = max(best, np.isfinite(found).sum() / (time.process_time() - started))
    return best


def splat(folder: Path) -> float | None:
    """Paths a second of SPLAT!'s path-loss map."""
    if not (shutil.which("splat") and shutil.which("srtm2sdf")):
        return None
    subprocess.run(["srtm2sdf", f"{TILE}.hgt"], cwd=folder, check=True, capture_output=True)
    (folder / "tx.qth").write_text(f"tx\n0.5\n-10.5\n{MAST_M:g}m\n")
    (folder / "tx.lrp").write_text("15.0\n0.005\n314.0\n900.0\n5\n1\n0.5\n0.5\n")
    command = ["splat", "-t", "tx.qth", "-L", "1.5", "-R", f"{RADIUS_KM:g}", "-metric", "-d", ".", "-o", "map.ppm"]
    started = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    stopped = resource.getrusage(resource.RUSAGE_CHILDREN)
    pixels = np.pi * (RADIUS_KM / 0.0926) ** 2
    return float(pixels / (stopped.ru_utime + stopped.ru_stime - started.ru_utime - started.ru_stime))


def foreign(code: str, python: str, folder: Path) -> float | None:
    """Paths a second that a snippet prints, None where its library is missing."""
    command = [python, "-c", code, str(folder / "heights.npy"), str(folder)]
    alone = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=alone)
    return float(done.stdout.split()[-1]) if done.returncode == 0 else None


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="interpreter that has pycraf and itmlogic")
    python = parser.parse_args().python
    height, _, _ = archipelago(SIDE)
    heights = np.abs(height)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        heights.astype(">i2").tofile(folder / f"{TILE}.hgt")
        np.save(folder / "heights.npy", heights.astype(np.float64))
        bare, covered = ours(heights, with_clutter=False), ours(heights, with_clutter=True)
        rows = {
            "SPLAT! (Longley-Rice, map)": splat(folder),
            "pycraf (P.452, map)": foreign(PYCRAF, python, folder),
            "itmlogic (Longley-Rice, path by path)": foreign(ITMLOGIC, python, folder),
        }
    print(f"{'':42s}{'M paths/s':>12s}{'ours is':>10s}")
    print(f"{'Merata area engine, bare ground':42s}{bare / 1e6:12.3f}")
    print(f"{'Merata area engine, clutter':42s}{covered / 1e6:12.3f}")
    for label, rate in rows.items():
        print(f"{label:42s}" + ("   not installed" if rate is None else f"{rate / 1e6:12.4f}{bare / rate:9.0f}x"))


if __name__ == "__main__":
    main()
