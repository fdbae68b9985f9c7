"""Coverage of a nation of towers on an invented archipelago, tile by tile: seconds, memory, growth.

``python scripts/bench/nation.py`` computes a stated share of 150,000 towers (90 m pixels, clutter and sea, best server)
and says what the whole would take; ``--share 1`` computes all. Each tile's ground is made when it is wanted, so that memory
is that of a tile. Processor seconds are those of all threads; on a busy machine they say more than the clock does.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).parent))

from radio import archipelago  # noqa: E402  (the checkout comes first)

from planner.catalog import read_spec  # noqa: E402
from planner.grid import Grid, Raster  # noqa: E402
from planner.radio.coverage import coverage  # noqa: E402
from planner.radio.surface import halo_pixels  # noqa: E402
from planner.specs.radio import RadioSpec  # noqa: E402
from planner.units import pixel_deg_for  # noqa: E402

NATION = 150_000
TILE = 1024
PIXEL_M = 90.0


def tile_of(
    number: int, spec: RadioSpec, towers: int, bands: tuple[float, ...], azimuths: tuple[float, ...] = (np.nan,)
) -> tuple[pd.DataFrame, Grid, Raster, Raster, np.ndarray]:
    """Stations, grid, terrain, clutter and land of one invented tile with its halo."""
    pixel_deg = pixel_deg_for(PIXEL_M)
    halo = halo_pixels(spec, pixel_deg)
    height, clutter, land = archipelago(TILE + 2 * halo, seed=number)
    frame = Grid(119.0, -8.0, pixel_deg, *height.shape)
    rng = np.random.default_rng(number)
    rows, cols = np.nonzero(land[halo:-halo, halo:-halo])
    pick = rng.integers(0, rows.size, towers)
    lon, lat = frame.lon_lat(rows[pick] + halo, cols[pick] + halo)
    one = pd.DataFrame({
        "bts_id": [f"b{i:06d}" for i in range(towers)], "operator": "A", "technology": "4G", "height_m": 42.0,
        "power_dbm": 43.0, "gain_dbi": 15.0, "bandwidth_mhz": 10.0, "n_sectors": 3, "status": "on_air",
        "lon_deg": lon, "lat_deg": lat,
    })  # fmt: skip
    bts = pd.concat(
        [
            one.assign(band_mhz=band, azimuth_deg=azimuth, bts_id=one["bts_id"] + f"-{band:g}-{azimuth:g}")
            for band in bands
            for azimuth in azimuths
        ],
        ignore_index=True,
    )
    window = frame.window(halo, halo, TILE, TILE)
    return bts, window, Raster(frame, height, "m"), Raster(frame, clutter, "m"), land


def run(
    towers: int, a_tile: int, spec: RadioSpec, bands: tuple[float, ...], azimuths: tuple[float, ...] = (np.nan,)
) -> tuple[float, float]:
    """Seconds by the clock and of the processor that coverage of ``towers`` took, the making of ground apart."""
    wall, cpu = 0.0, 0.0
    for number in range(-(-towers // a_tile)):
        bts, grid, terrain, clutter, land = tile_of(
            number, spec, min(a_tile, towers - number * a_tile), bands, azimuths
        )
        started, spent = time.perf_counter(), time.process_time()
        coverage(bts, grid, spec=spec, terrain=terrain, clutter_m=clutter, land=land)
        wall, cpu = wall + time.perf_counter() - started, cpu + time.process_time() - spent
    return wall, cpu


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=0.002, help="share of the 150,000 towers that is computed")
    parser.add_argument("--a-tile", type=int, default=300, help="towers a tile of 92 km")
    parser.add_argument("--only", help="one row of the table, by its whole name")
    chosen = parser.parse_args()
    five, ten, thirty = (
        read_spec(RadioSpec, "radio", "default", overrides={"radius_km": km}) for km in (5.0, 10.0, 30.0)
    )
    sectors, two = (0.0, 120.0, 240.0), (900.0, 1800.0)
    run(5, 5, ten, (900.0,))
    towers = max(8, round(NATION * chosen.share))
    all_cores = os.sched_getaffinity(0)
    print(
        f"{'':46s}{'towers':>8s}{'cpu ms':>8s}{'clock ms':>10s}{'all: cpu min':>14s}{'clock min':>11s}{'peak MB':>9s}"
    )
    found = {}
    for label, count, spec, bands, azimuths, cores in (
        ("10 km, one band, a quarter of the towers", towers // 4, ten, two[:1], (np.nan,), all_cores),
        ("5 km, one band (a quarter of the pixels)", towers, five, two[:1], (np.nan,), all_cores),
        ("10 km, one band, one thread", towers, ten, two[:1], (np.nan,), {min(all_cores)}),
        ("10 km, one band", towers, ten, two[:1], (np.nan,), all_cores),
        ("10 km, 3 sectors, 2 bands", towers, ten, two, sectors, all_cores),
        ("30 km, 3 sectors, 2 bands (high sites)", max(4, towers // 20), thirty, two, sectors, all_cores),
    ):
        if chosen.only and label != chosen.only:
            continue
        os.sched_setaffinity(0, cores)
        wall, cpu = (1e3 * seconds / count for seconds in run(count, chosen.a_tile, spec, bands, azimuths))
        os.sched_setaffinity(0, all_cores)
        found[label] = wall, cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
        minutes = NATION / 60_000.0
        print(f"{label:46s}{count:8d}{cpu:8.1f}{wall:10.1f}{cpu * minutes:14.1f}{wall * minutes:11.1f}{peak:9.0f}")
    if chosen.only:
        return
    *_, low, high = found.values()
    wall, cpu = (sum(part) * NATION / 60_000.0 for part in ((0.95 * low[i], 0.05 * high[i]) for i in (0, 1)))
    print(f"3 sectors, 2 bands, one site in twenty high: {cpu:.0f} min of processor, {wall:.0f} by the clock")


if __name__ == "__main__":
    main()
