"""Compiles the kernels of a run ahead of their first use, for example in a process beside the reading of layers."""

from __future__ import annotations

import numpy as np

from planner.radio import _coverage_kernel
from planner.radio.hops import hop_clearance
from planner.radio.propagation import AreaJob, Settings, Surface, p1812

__all__ = ["compile_kernels"]

_FAR = 40
"""Pixels of the strip of ground: long enough for the sweep, which leaves the nearest to the point model."""


def compile_kernels() -> None:
    """Compile and keep the machine code of coverage, covers and hops.

    About 15 s of processor the first time, a second afterwards; needs a private cache folder
    (`planner.radio._jit.cache_folder`) to be of use to other processes.
    """
    ground = np.zeros((3, _FAR + 2), dtype=np.float32)
    job = AreaJob(
        surface=Surface(ground, ground - 1.0, has_cover=True),
        tower=(1.0, 1.0),
        latitude_deg=0.0,
        pixel_km=(0.3, 0.3),
        rows=np.array([0, 0]),
        cols=np.array([2, _FAR]),
        km_per_row=np.full(2, 0.3),
        km_per_col=np.full(2, 0.3),
        heights_m=np.array([40.0]),
        bands_mhz=np.array([900.0]),
        settings=Settings(1.5, 50.0, 380.0, 50.0, 50.0, "vertical", 0.3, 300.0),
    )
    p1812.area_losses(job, (50.0, 10.0))
    _keep_one_pixel()
    hop_clearance(120.0, 0.0, 50.0, 120.1, 0.0, 50.0, frequency_ghz=7.0, terrain=None)


def _keep_one_pixel() -> None:
    """Coverage of a single pixel by a single station."""
    level, rank, at = np.zeros((1, 1), np.float32), np.zeros((1, 1), np.int32), np.zeros(1, np.int64)
    one, is_drawn = np.ones(1), np.zeros(1, np.bool_)
    _coverage_kernel.pixels_within(np.ones((1, 1), np.bool_), (0, 0), (0.0, 0.0), (one, one), 1.0, (at, at.copy()))
    _coverage_kernel.keep_best(
        (level, rank), (level.copy(), rank.copy()), level.copy(), (at, at), (level, level), (at, at, at, is_drawn, one),
        -200.0,
    )  # fmt: skip
    _coverage_kernel.add_power(level, (at, at), level.copy(), at, is_drawn, one)


if __name__ == "__main__":
    compile_kernels()
