"""The area engine's speed and error by terrain, band and number of rays, against exact profiles by the point kernel.

``python scripts/bench/accuracy.py --dem FOLDER`` adds real ground: every ``*.hgt.zip`` (SRTM, 1 or 3 arc-seconds) of the
folder. 20 km around a 42 m mast, pixels of 90 m, clutter of 10 m in patches; 4,000 pixels a terrain are computed
exactly. Covered is a loss of at most 140.2 dB: −110 dBm of a 20 W port, 10 MHz and 15 dBi.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).parent))

from radio import LATITUDE_DEG, archipelago  # noqa: E402  (the checkout comes first)

from planner.catalog import read_spec  # noqa: E402
from planner.grid import Grid  # noqa: E402
from planner.radio.propagation import AreaJob, Surface, p1812  # noqa: E402
from planner.radio.reach import settings_of  # noqa: E402
from planner.radio.surface import metric_km, pixel_km  # noqa: E402
from planner.specs.radio import RadioSpec  # noqa: E402
from planner.units import pixel_deg_for  # noqa: E402

BANDS_MHZ = (450.0, 900.0, 1800.0, 2600.0)
RADIUS_KM, COVERED_DB, SIDE = 20.0, 140.2, 491


def terrains(dem: Path | None) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Name, height and cover (−1 at sea) of each terrain."""
    woods = np.where(archipelago(SIDE, seed=11)[0] > 0.0, np.float32(10.0), np.float32(0.0))
    height, clutter, land = archipelago(SIDE)
    yield "islands and sea, invented", height, np.where(land, clutter, np.float32(-1.0))
    yield "hills, invented", np.abs(archipelago(SIDE, seed=8)[0] + 200.0), woods
    yield "mountains, invented", 4.0 * np.abs(archipelago(SIDE, seed=9)[0]), woods
    for path in sorted(dem.glob("*.hgt.zip")) if dem else ():
        with zipfile.ZipFile(path) as packed:
            raw = np.frombuffer(packed.read(packed.namelist()[0]), ">i2")
        side = round(raw.size**0.5)
        step = max(1, (side - 1) // 1200)
        real = raw.reshape(side, side)[::step, ::step].astype(np.float32)
        corner = max(
            ((r, c) for r in (0, 300, 700) for c in (0, 300, 700)),
            key=lambda at, real=real: float(real[at[0] : at[0] + SIDE, at[1] : at[1] + SIDE].std()),
        )
        window = real[corner[0] : corner[0] + SIDE, corner[1] : corner[1] + SIDE]
        if (window > -500.0).all():
            yield f"{path.name[:7]}, real", window, woods


def job_of(height: np.ndarray, cover: np.ndarray, spec: RadioSpec) -> AreaJob:
    """All pixels on land around the middle."""
    middle, pixel_deg = SIDE // 2, pixel_deg_for(90.0)
    place = (middle + 0.25, middle - 0.375)
    rows, cols = np.nonzero(cover >= 0.0)
    per_row, per_col = metric_km(LATITUDE_DEG, place[0], rows, pixel_deg)
    near = np.hypot((rows - place[0]) * per_row, (cols - place[1]) * per_col) <= RADIUS_KM
    shared = settings_of(spec, Grid(121.0, -8.0, pixel_deg, SIDE, SIDE))
    return AreaJob(
        surface=Surface(np.ascontiguousarray(height, np.float32), np.ascontiguousarray(cover, np.float32), has_cover=True),
        tower=place, latitude_deg=LATITUDE_DEG, pixel_km=pixel_km(LATITUDE_DEG, pixel_deg),
        rows=rows[near], cols=cols[near], km_per_row=per_row[near], km_per_col=per_col[near],
        heights_m=np.full(len(BANDS_MHZ), 42.0), bands_mhz=np.array(BANDS_MHZ),
        settings=dataclasses.replace(shared, radius_km=RADIUS_KM),
    )  # fmt: skip


def rate(job: AreaJob, repeats: int) -> float:
    """Million paths a processor second of one band."""
    one = dataclasses.replace(job, heights_m=job.heights_m[:1], bands_mhz=job.bands_mhz[:1])
    best = np.inf
    for _ in range(repeats):
        started = time.process_time()
        p1812.losses_db(one)
        best = min(best, time.process_time() - started)
    return float(job.rows.size / best / 1e6)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dem", type=Path, help="folder with SRTM tiles (*.hgt.zip)")
    parser.add_argument("--full", action="store_true", help="more repeats, 20,000 exact pixels a terrain")
    chosen = parser.parse_args()
    spec = read_spec(RadioSpec, "radio", "default")
    n_exact, repeats = (20_000, 30) if chosen.full else (4_000, 8)
    print(f"{'':28s}{'rays':>5s}{'M/s':>6s}" + "".join(f"{f'{band:g} MHz':>28s}" for band in BANDS_MHZ))
    print(f"{'':39s}" + "RMSE  bias dB  agree %".rjust(28) * len(BANDS_MHZ))
    for name, height, cover in terrains(chosen.dem):
        job = job_of(height, cover, spec)
        pick = np.random.default_rng(1).permutation(job.rows.size)[:n_exact]
        exact = p1812.exact_losses_db(job.some(pick)).astype(np.float64)
        for rays in (0.5, 1.0, 2.0):
            swept = dataclasses.replace(job, settings=dataclasses.replace(job.settings, rays_per_cell=rays))
            found = p1812.losses_db(swept)[:, pick]
            wrong = found - exact
            agree = 100.0 * ((found <= COVERED_DB) == (exact <= COVERED_DB)).mean(axis=1)
            cells = "".join(
                f"{rmse:14.2f}{bias:+6.2f}{share:8.1f}"
                for rmse, bias, share in zip(np.sqrt((wrong**2).mean(axis=1)), wrong.mean(axis=1), agree, strict=True)
            )
            print(f"{name if rays == 0.5 else '':28s}{rays:5.1f}{rate(swept, repeats):6.1f}{cells}")


if __name__ == "__main__":
    main()
