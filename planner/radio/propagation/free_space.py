"""Free space: the bound no other model goes below at 50 % of time; for tests.

References
----------
ITU-R P.525-4 (2019), Calculation of free-space attenuation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.radio.link import RadioLink
from planner.radio.propagation import AreaJob, ModelInfo, Profile
from planner.radio.propagation._basics import free_space_loss_db

__all__ = ["INFO", "loss_db", "losses_db"]

INFO = ModelInfo(
    name="free_space",
    about="nothing between the antennas: a bound, not a prediction",
    source="ITU-R P.525-4 (2019)",
    has_terrain=False,
    min_frequency_mhz=30.0,
    max_frequency_mhz=6000.0,
)


def loss_db(profile: Profile, link: RadioLink) -> float:
    """Free-space loss between the antennas of a profile, dB; percentages have no part in it."""
    tx_m = profile.height_m[0] + link.tx_height_m
    rx_m = profile.height_m[-1] + link.rx_height_m
    slant_km = float(np.hypot(profile.distance_km[-1], (tx_m - rx_m) / 1000.0))
    return float(free_space_loss_db(slant_km, link.frequency_mhz))


def losses_db(job: AreaJob) -> NDArray[np.float32]:
    """Losses from one place to many pixels; see the contract of `planner.radio.propagation`."""
    rise_m: NDArray[np.floating] = np.zeros(job.rows.size)
    if job.surface is not None:
        row, col = (round(v) for v in job.tower)
        rise_m = job.surface.height_m[job.rows, job.cols] - float(job.surface.height_m[row, col])
    distance_km = job.distance_km()
    losses = np.empty((job.heights_m.size, job.rows.size), dtype=np.float32)
    for k, (height_m, band_mhz) in enumerate(zip(job.heights_m, job.bands_mhz, strict=True)):
        slant_km = np.hypot(distance_km, (rise_m + job.settings.rx_height_m - height_m) / 1000.0)
        losses[k] = free_space_loss_db(slant_km, float(band_mhz))
    return losses
