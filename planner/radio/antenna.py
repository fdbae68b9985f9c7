"""Antenna patterns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["sector_loss_db"]


def sector_loss_db(
    bearing_deg: NDArray[np.float64], azimuth_deg: float, *, beam_width_deg: float, front_back_db: float
) -> NDArray[np.float64]:
    """Loss against the main lobe, dB: 0 on the azimuth, at most ``front_back_db``.

    Parameters
    ----------
    bearing_deg
        Directions from the site, degrees from north.
    azimuth_deg
        Direction of the main lobe; NaN is an omnidirectional antenna (or the envelope of all sectors
        behind one row), without loss.
    beam_width_deg
        3 dB width.
    front_back_db
        Largest loss.

    Notes
    -----
    ``A = min(12·(θ/θ_3dB)², A_m)``. Registers give no tilt, so no vertical pattern is applied: close to a
    high mast the level is overestimated, at the cell's edge it is not.

    References
    ----------
    3GPP TR 36.942 v17 (2022) §4.2.1; TR 38.901 table 7.3-1 (same horizontal cut).

    Examples
    --------
    >>> sector_loss_db(np.array([0.0, 32.5, 180.0]), 0.0, beam_width_deg=65.0, front_back_db=20.0).tolist()
    [0.0, 3.0, 20.0]
    """
    if not np.isfinite(azimuth_deg):
        return np.zeros_like(bearing_deg)
    off = (bearing_deg - azimuth_deg + 180.0) % 360.0 - 180.0
    loss: NDArray[np.float64] = np.minimum(12.0 * (off / beam_width_deg) ** 2, front_back_db)
    return loss
