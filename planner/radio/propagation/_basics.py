"""Free space and the single knife edge, on whole arrays; used by more than one model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.units import LIGHT_SPEED_M_PER_S

__all__ = ["free_space_loss_db", "knife_edge_db", "knife_edge_nu"]


def free_space_loss_db(distance_km: NDArray[np.float64] | float, frequency_mhz: float) -> NDArray[np.float64]:
    """Free-space basic transmission loss, ``32.4 + 20·log10(f) + 20·log10(d)``, dB.

    Parameters
    ----------
    distance_km
        Between the antennas, positive; distances below one metre count as one metre.
    frequency_mhz
        Frequency.

    References
    ----------
    ITU-R P.525-4 (2019), eq. (4).

    Examples
    --------
    >>> round(float(free_space_loss_db(10.0, 900.0)), 2)
    111.48
    """
    distance = np.maximum(np.asarray(distance_km, dtype=np.float64), 1e-3)
    loss: NDArray[np.float64] = 32.4 + 20.0 * np.log10(frequency_mhz) + 20.0 * np.log10(distance)
    return loss


def knife_edge_nu(
    height_m: NDArray[np.float64], near_km: NDArray[np.float64], far_km: NDArray[np.float64], frequency_mhz: float
) -> NDArray[np.float64]:
    """ν of an edge ``height_m`` above the direct line, ``h·sqrt(2·(d1 + d2)/(λ·d1·d2))``.

    Parameters
    ----------
    height_m
        Edge above the line between the antennas; negative below it.
    near_km, far_km
        Distances of the edge from both ends, positive.
    frequency_mhz
        Frequency.

    References
    ----------
    ITU-R P.526-15 (2019), eq. (26).
    """
    wavelength_m = LIGHT_SPEED_M_PER_S / (frequency_mhz * 1e6)
    nu: NDArray[np.float64] = height_m * np.sqrt(2e-3 * (near_km + far_km) / (wavelength_m * near_km * far_km))
    return nu


def knife_edge_db(nu: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Loss of a single knife edge J(ν), dB; zero up to ν = −0.78.

    References
    ----------
    ITU-R P.526-15 (2019), eq. (31).

    Examples
    --------
    >>> round(float(knife_edge_db(0.0)), 2)
    6.03
    """
    shifted = np.maximum(np.asarray(nu, dtype=np.float64), -0.78) - 0.1
    loss = 6.9 + 20.0 * np.log10(np.sqrt(shifted**2 + 1.0) + shifted)
    edge: NDArray[np.float64] = np.where(np.asarray(nu) > -0.78, loss, 0.0)
    return edge
