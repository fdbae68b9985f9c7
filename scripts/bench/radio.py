"""Measures the radio room: paths a second, errors against reference values, what compiling and importing cost.

Run ``python scripts/bench/radio.py`` (``--quick`` for a glance). Rates are the best of many short runs, so that
other work on the machine counts as little as possible.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from planner.catalog import read_spec  # noqa: E402  (the checkout comes first)
from planner.grid import Grid, Raster  # noqa: E402
from planner.radio.coverage import coverage, settings_of  # noqa: E402
from planner.radio.hops import hop_clearance  # noqa: E402
from planner.radio.link import RadioLink  # noqa: E402
from planner.radio.profile import profile_loss_db, profile_parts  # noqa: E402
from planner.radio.propagation import AreaJob, Surface, p1812  # noqa: E402
from planner.radio.surface import metric_km, pixel_km  # noqa: E402
from planner.specs.radio import RadioSpec  # noqa: E402
from planner.units import pixel_deg_for  # noqa: E402

LATITUDE_DEG = -8.7


def archipelago(side: int, seed: int = 7) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Height, clutter height and land of invented hilly islands."""
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft2(rng.normal(size=(side, side)))
    wave = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None, :])
    wave[0, 0] = 1.0
    height = np.fft.irfft2(spectrum * wave**-1.9, s=(side, side))
    height = 420.0 * height / height.std() + 180.0
    woods = np.fft.irfft2(np.fft.rfft2(rng.normal(size=(side, side))) * wave**-1.2, s=(side, side)) > 0.0
    land = height > 0.0
    return np.where(land, height, 0.0).astype(np.float32), np.where(land & woods, 15.0, 0.0).astype(np.float32), land


def best_seconds(call: Callable[[], object], repeats: int) -> float:
    """Shortest of many runs."""
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return min(found)


def job(
    spec: RadioSpec, *, pixel_m: float, radius_km: float, cover: str, bands: int = 1, time_percent: float = 50.0
) -> AreaJob:
    """500 paths of a tower in the middle of the islands."""
    pixel_deg = pixel_deg_for(pixel_m)
    side = 2 * int(radius_km * 1000.0 / pixel_m) + 21
    height, clutter, land = archipelago(side)
    cover_m = np.where(land, clutter if cover != "bare" else np.float32(0.0), np.float32(-1.0))
    if cover != "islands":
        height, cover_m = np.abs(height), np.abs(np.where(land, cover_m, np.float32(0.0)))
        land = np.ones_like(land)
    middle = side // 2
    rows, cols = np.nonzero(land)
    per_row, per_col = metric_km(LATITUDE_DEG, middle + 0.3, rows, pixel_deg)
    near = np.hypot((rows - middle - 0.3) * per_row, (cols - middle - 0.2) * per_col) <= radius_km
    pick = np.flatnonzero(near)[np.random.default_rng(1).permutation(int(near.sum()))[:500]]
    grid = Grid(121.0, -8.0, pixel_deg, side, side)
    settings = dataclasses.replace(settings_of(spec, grid), time_percent=time_percent)
    return AreaJob(
        surface=Surface(height, cover_m.astype(np.float32), has_cover=bool((cover_m != 0.0).any())),
        tower=(middle + 0.3, middle + 0.2),
        latitude_deg=LATITUDE_DEG,
        pixel_km=pixel_km(LATITUDE_DEG, pixel_deg),
        rows=rows[pick],
        cols=cols[pick],
        km_per_row=per_row[pick],
        km_per_col=per_col[pick],
        heights_m=np.array([42.0, 42.0][:bands]),
        bands_mhz=np.array([900.0, 1800.0][:bands]),
        settings=settings,
    )


def rates(spec: RadioSpec, repeats: int) -> None:
    """Paths a second of the point kernel on one core and on two."""
    print("\npoint kernel, P.1812-8, float64                              M paths/s   two threads")
    for label, changes in (
        ("300 m, 15 km, bare land", {"cover": "bare"}),
        ("300 m, 15 km, clutter", {"cover": "woods"}),
        ("300 m, 15 km, clutter and sea", {"cover": "islands"}),
        ("300 m, 15 km, clutter and sea, two bands a tower", {"cover": "islands", "bands": 2}),
        ("300 m, 15 km, clutter and sea, p = 10 %", {"cover": "islands", "time_percent": 10.0}),
        ("90 m, 20 km, clutter and sea", {"cover": "islands", "pixel_m": 90.0, "radius_km": 20.0}),
    ):
        made = job(spec, **{"pixel_m": 300.0, "radius_km": 15.0, **changes})
        n_paths = p1812.exact_losses_db(made).size
        alone = n_paths / best_seconds(lambda made=made: p1812.exact_losses_db(made), repeats) / 1e6
        with ThreadPoolExecutor(2) as pool:
            both = best_seconds(
                lambda made=made, pool=pool: list(pool.map(p1812.exact_losses_db, [made] * 8)), repeats // 4 + 1
            )
        print(f"{label:58s} {alone:9.2f} {8 * n_paths / both / 1e6:13.2f}")


def errors() -> None:
    """Largest difference from the values in tests/vectors."""
    folder = ROOT / "tests" / "vectors"
    points: dict[str, list[list[float]]] = {}
    for row in _rows(folder / "p1812_profiles.csv"):
        values = [float(row[name]) for name in ("distance_km", "height_m", "clutter_m", "zone")]
        points.setdefault(row["profile"], []).append(values)
    worst: dict[str, float] = {}
    cases = _rows(folder / "p1812_cases.csv")
    for case in cases:
        table = np.array(points[case["profile"]])
        names = (
            "frequency_mhz",
            "tx_height_m",
            "rx_height_m",
            "delta_n",
            "n0",
            "latitude_deg",
            "time_percent",
            "location_percent",
        )
        numbers = [float(case[name]) for name in names]
        link = RadioLink(*numbers, polarisation=case["polarisation"])  # type: ignore[arg-type]  # one of two words
        found = profile_parts(table[:, 0], table[:, 1], link, clutter_m=table[:, 2], zone=table[:, 3])
        for name in list(case)[11:]:
            worst[name] = max(worst.get(name, 0.0), abs(found[name] - float(case[name])))
    print(f"\nlargest difference from the ITU reference implementation, {len(cases)} own cases")
    for name in ("Lbfs", "Lb0p", "Ld50", "Ldp", "Lba", "Lbs", "Lbc", "Lb"):
        print(f"  {name:6s} {worst[name]:.1e} dB")


def _rows(path: Path) -> list[dict[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def sensitivity() -> None:
    """Loss over 5 km of flat ground by clutter and spacing of the profile."""
    print("\n5 km flat, 900 MHz, 40 m to 1.5 m: loss in dB by spacing of the profile and height of the clutter")
    print("spacing_m      none     5 m    10 m    15 m")
    link = RadioLink(900.0, 40.0, 1.5, delta_n=50.0, n0=380.0, latitude_deg=LATITUDE_DEG)
    for spacing_m in (30.0, 90.0, 300.0):
        distance_km = np.linspace(0.0, 5.0, round(5000.0 / spacing_m) + 1)
        flat = np.zeros_like(distance_km)
        losses = [profile_loss_db(distance_km, flat, link, clutter_m=flat + m) for m in (0.0, 5.0, 10.0, 15.0)]
        print(f"{spacing_m:9.0f}" + "".join(f"{loss:8.1f}" for loss in losses))


def coastal_zone(spec: RadioSpec) -> None:
    """What coverage leaves out by calling all land inland: low land near the sea is zone A1."""
    rng = np.random.default_rng(3)
    differences = []
    for _ in range(300):
        n = int(rng.integers(12, 60))
        distance_km = np.linspace(0.0, n * 0.3, n)
        height = np.maximum(0.0, np.cumsum(rng.normal(0.0, 12.0, n)) + 40.0)
        sea = height <= 0.0
        link = RadioLink(900.0, 42.0, 1.5, delta_n=spec.delta_n, n0=spec.n0, latitude_deg=LATITUDE_DEG)
        inland = profile_loss_db(distance_km, height, link, zone=np.where(sea, 1, 4))
        coast = profile_loss_db(distance_km, height, link, zone=np.where(sea, 1, np.where(height < 100.0, 3, 4)))
        differences.append(abs(inland - coast))
    print(
        f"\nall land inland instead of coastal below 100 m: {np.mean(differences):.3f} dB mean, {max(differences):.2f} dB at most"
    )


def province(spec: RadioSpec, towers: int) -> None:
    """A coverage run of the size of a province."""
    height, clutter, land = archipelago(1000)
    grid = Grid(119.0, -8.0, pixel_deg_for(300.0), 1000, 1000)
    rng = np.random.default_rng(5)
    rows, cols = np.nonzero(land)
    pick = rng.integers(0, rows.size, towers)
    lon, lat = grid.lon_lat(rows[pick], cols[pick])
    bts = pd.DataFrame({
        "bts_id": [f"b{i:05d}" for i in range(towers)], "operator": rng.choice(["A", "B", "C"], towers),
        "technology": "4G", "band_mhz": rng.choice([900.0, 1800.0], towers), "height_m": 42.0, "power_dbm": 43.0,
        "gain_dbi": 15.0, "azimuth_deg": np.nan, "bandwidth_mhz": 10.0, "n_sectors": 3, "status": "on_air",
        "lon_deg": lon, "lat_deg": lat,
    })  # fmt: skip
    start, cpu = time.perf_counter(), time.process_time()
    found = coverage(
        bts, grid, spec=spec, terrain=Raster(grid, height, "m"), clutter_m=Raster(grid, clutter, "m"), land=land
    )
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(f"\ncoverage of {towers} stations, 300 m, 15 km, clutter: {wall:.1f} s, {cpu:.1f} s of processor, "
          f"{np.isfinite(found.rsrp_dbm).sum()} pixels with signal")  # fmt: skip


def hops(n_pairs: int) -> None:
    """Clearance of many hops over terrain."""
    height, _, _ = archipelago(600)
    grid = Grid(121.0, -8.0, pixel_deg_for(300.0), 600, 600)
    rng = np.random.default_rng(2)
    lon, lat = rng.uniform(121.3, 122.3, n_pairs), rng.uniform(-9.3, -8.3, n_pairs)
    other = lon + rng.uniform(-0.25, 0.25, n_pairs), lat + rng.uniform(-0.25, 0.25, n_pairs)
    arguments = {"frequency_ghz": 7.0, "terrain": Raster(grid, height, "m")}
    hop_clearance(lon[:2], lat[:2], 50.0, other[0][:2], other[1][:2], 50.0, **arguments)
    seconds = best_seconds(lambda: hop_clearance(lon, lat, 50.0, *other, 50.0, **arguments), 3)
    print(f"\n{n_pairs} hops of up to 38 km at 300 m, two k: {seconds:.2f} s")


def compiling() -> None:
    """Seconds of a first and a second process, from an empty cache."""
    ask = (
        "import time; t = time.perf_counter(); import planner.radio; light = time.perf_counter() - t; import numpy as np; "
        "t = time.perf_counter(); from planner.radio.propagation import p1812; heavy = time.perf_counter() - t; "
        "sys.path.insert(0, 'scripts/bench'); import radio; t = time.perf_counter(); c = time.process_time(); "
        "made = radio.job(radio.read_spec(radio.RadioSpec, 'radio', 'default'), pixel_m=300.0, radius_km=3.0, cover='islands'); "
        "p1812.losses_db(made); print(f'import planner.radio {light:.3f} s, kernels {heavy:.2f} s, first call '"
        "f'{time.perf_counter() - t:.2f} s ({time.process_time() - c:.2f} s of processor)')"
    )
    print()
    with tempfile.TemporaryDirectory() as folder:
        for label in ("cold  ", "cached"):
            done = subprocess.run(
                [sys.executable, "-c", "import sys; " + ask], cwd=ROOT, env={**os.environ, "XDG_CACHE_HOME": folder, "PYTHONPATH": str(ROOT)},
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            print(label, done.stdout.strip())


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few repeats, small sizes")
    quick = parser.parse_args().quick
    spec = read_spec(RadioSpec, "radio", "default")
    rates(spec, 8 if quick else 200)
    errors()
    sensitivity()
    coastal_zone(spec)
    province(spec, 20 if quick else 1100)
    hops(2000 if quick else 100_000)
    if not quick:
        compiling()


if __name__ == "__main__":
    main()
