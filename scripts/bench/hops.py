"""Time of judging 100,000 microwave hops: climate by place, roughness, outage, clearance at two k over 90 m ground.

python scripts/bench/hops.py
"""

from __future__ import annotations

import time

import numpy as np

from planner import geo
from planner.catalog import read_spec
from planner.grid import Grid, Raster
from planner.radio.hop_outage import hop_fade_margin_db, hop_outage, low_k_factor
from planner.radio.hops import hop_clearance
from planner.radio.multipath import area_roughness_m
from planner.specs.climate import ClimateSpec

N_HOPS = 100_000


def main() -> None:
    """Print seconds of each step."""
    rng = np.random.default_rng(1)
    grid = Grid(119.0, -8.0, 1 / 1200, 3600, 6000)
    ground = Raster(grid, rng.uniform(0, 300, grid.shape).astype(np.float32), "m")
    lon, lat = rng.uniform(119.2, 123.5, N_HOPS), rng.uniform(-10.8, -8.2, N_HOPS)
    bearing, km = rng.uniform(0, 2 * np.pi, N_HOPS), rng.uniform(1, 45, N_HOPS)
    far_lon = np.clip(lon + km * np.cos(bearing) / 110, 119.05, 123.95)
    far_lat = np.clip(lat + km * np.sin(bearing) / 110.6, -10.95, -8.05)
    km = np.maximum(geo.distance_km(lon, lat, far_lon, far_lat), 0.1)
    middle = (lon + far_lon) / 2, (lat + far_lat) / 2

    def sight(which: slice) -> None:
        k = np.column_stack([np.full(km[which].size, 4 / 3), low_k_factor(km[which])])
        ends = lon[which], lat[which], 50.0, far_lon[which], far_lat[which], 50.0
        hop_clearance(*ends, frequency_ghz=7.0, terrain=ground, k_factors=k, min_f1_share=(1.0, 0.6))

    sight(slice(10))  # compile or load
    marks = [time.perf_counter()]
    climate = read_spec(ClimateSpec, "radio", "climate").at(*middle)
    marks.append(time.perf_counter())
    area_roughness_m(ground, *middle)
    marks.append(time.perf_counter())
    margin = hop_fade_margin_db(km, 7.0, tx_power_dbm=27.0, antenna_gain_dbi=38.5, threshold_dbm=-69.0)
    hop_outage(km, 7.0, 100.0, 100.0, margin, climate=climate, latitude_deg=middle[1])
    marks.append(time.perf_counter())
    sight(slice(None))
    marks.append(time.perf_counter())
    steps = ("climate", "roughness", "outage", "clearance")
    print(", ".join(f"{name} {s:.2f} s" for name, s in zip(steps, np.diff(marks), strict=True)))
    print(f"{N_HOPS} hops of {km.mean():.0f} km on average: {marks[-1] - marks[0]:.2f} s")


if __name__ == "__main__":
    main()
