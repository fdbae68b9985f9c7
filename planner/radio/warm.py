"""Compiles the kernels ahead of their first use, for example in a process beside the reading of layers."""

from __future__ import annotations

import numpy as np

from planner.radio.hops import hop_clearance
from planner.radio.link import RadioLink
from planner.radio.profile import profile_loss_db
from planner.radio.propagation import AreaJob, Settings, Surface

__all__ = ["compile_kernels"]


def compile_kernels() -> None:
    """Compile and keep the machine code of coverage, covers, the point model and hops.

    About 7 s of processor the first time, a second afterwards; needs a private cache folder
    (`planner.radio._jit.cache_folder`) to be of use to other processes.
    """
    from planner.radio.propagation import p1812

    ground = np.zeros((3, 3), dtype=np.float32)
    job = AreaJob(
        surface=Surface(ground, ground - 1.0, has_cover=True),
        tower=(1.0, 1.0),
        latitude_deg=0.0,
        pixel_km=(1.0, 1.0),
        rows=np.array([0]),
        cols=np.array([2]),
        km_per_row=np.ones(1),
        km_per_col=np.ones(1),
        heights_m=np.array([40.0]),
        bands_mhz=np.array([900.0]),
        settings=Settings(1.5, 50.0, 380.0, 50.0, 50.0, "vertical", 0.3, 300.0),
    )
    p1812.losses_db(job)
    profile_loss_db(np.arange(5.0), np.zeros(5), RadioLink(900.0, 40.0, 1.5, delta_n=50.0, n0=380.0, latitude_deg=0.0))
    hop_clearance(120.0, 0.0, 50.0, 120.1, 0.0, 50.0, frequency_ghz=7.0, terrain=None)


if __name__ == "__main__":
    compile_kernels()
