"""Coverage of a nation of towers on an invented archipelago, tile by tile: seconds, memory, growth.

``python scripts/bench/nation.py`` computes a stated share of 150,000 towers (10 km, 90 m, one band, best server) and
says what the whole would take; ``--share 1`` computes all. Each tile's ground is made when it is wanted, so that memory
is that of a tile.
"""

from __future__ import annotations

import argparse
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
from planner.geo import pixel_deg_for  # noqa: E402
from planner.grid import Grid, Raster  # noqa: E402
from planner.radio.coverage import coverage  # noqa: E402
from planner.radio.surface import halo_pixels  # noqa: E402
from planner.specs.radio import RadioSpec  # noqa: E402

NATION = 150_000
TILE = 1024
PIXEL_M = 90.0


def tile_of(number: int, spec: RadioSpec, towers: int, bands: tuple[float, ...]) -> tuple[pd.DataFrame, Grid, Raster, Raster, np.ndarray]:  # fmt: skip
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
        "power_dbm": 43.0, "gain_dbi": 15.0, "azimuth_deg": np.nan, "bandwidth_mhz": 10.0, "n_sectors": 3,
        "status": "on_air", "lon_deg": lon, "lat_deg": lat,
    })  # fmt: skip
    bts = pd.concat(
        [one.assign(band_mhz=band, bts_id=one["bts_id"] + f"-{band:g}") for band in bands], ignore_index=True
    )
    window = frame.window(halo, halo, TILE, TILE)
    return bts, window, Raster(frame, height, "m"), Raster(frame, clutter, "m"), land


def run(towers: int, a_tile: int, spec: RadioSpec, bands: tuple[float, ...]) -> tuple[float, int]:
    """Seconds of coverage (making the ground apart) of ``towers``, ``a_tile`` a tile; and pixels with signal."""
    spent, pixels = 0.0, 0
    for number in range(-(-towers // a_tile)):
        bts, grid, terrain, clutter, land = tile_of(number, spec, min(a_tile, towers - number * a_tile), bands)
        started = time.perf_counter()
        found = coverage(bts, grid, spec=spec, terrain=terrain, clutter_m=clutter, land=land)
        spent += time.perf_counter() - started
        pixels += int(np.isfinite(found.rsrp_dbm).sum())
    return spent, pixels


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=0.01, help="share of the 150,000 towers that is computed")
    parser.add_argument("--a-tile", type=int, default=300, help="towers a tile of 92 km")
    chosen = parser.parse_args()
    near = read_spec(RadioSpec, "radio", "default", overrides={"radius_km": 10.0})
    far = read_spec(RadioSpec, "radio", "default", overrides={"radius_km": 30.0})
    run(5, 5, near, (900.0,))
    towers = round(NATION * chosen.share)
    print(f"{'':44s}{'towers':>9s}{'seconds':>10s}{'ms/tower':>10s}{'all, min':>10s}{'peak MB':>9s}")
    for label, count, spec, bands in (
        ("10 km, one band, a quarter", towers // 4, near, (900.0,)),
        ("10 km, one band", towers, near, (900.0,)),
        ("10 km, two bands", towers, near, (900.0, 1800.0)),
        ("30 km, two bands (high sites)", towers // 10, far, (900.0, 1800.0)),
    ):
        seconds, _ = run(count, chosen.a_tile, spec, bands)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
        each = seconds / count
        print(f"{label:44s}{count:9d}{seconds:10.1f}{1e3 * each:10.1f}{each * NATION / 60:10.1f}{peak:9.0f}")


if __name__ == "__main__":
    main()
