"""Location variability: how a level spreads over the square that a prediction stands for (ITU-R P.1812-8 §4.7)."""

from __future__ import annotations

__all__ = ["location_sigma_db"]


def location_sigma_db(frequency_mhz: float, resolution_m: float, rx_height_m: float, clutter_m: float = 0.0) -> float:
    """Standard deviation of the location variability outdoors, dB.

    Parameters
    ----------
    frequency_mhz
        30 to 6000.
    resolution_m
        Side of the square over which the signal varies, m.
    rx_height_m
        Receiver above ground, m.
    clutter_m
        Clutter around the receiver, m.

    Notes
    -----
    ``σ_L = (0.52 + 0.024·f)·w^0.28`` (f in GHz, w in m), times u(h), which falls from 1 at the clutter's
    height R to 0 at R + 10 m (P.1812-8 §4.7, eq. 66–67).

    Examples
    --------
    >>> round(location_sigma_db(900.0, 100.0, 1.5, clutter_m=10.0), 2)
    1.97
    """
    share = min(1.0, max(0.0, 1.0 - (rx_height_m - clutter_m) / 10.0))
    return (0.52 + 0.024 * frequency_mhz / 1000.0) * float(resolution_m**0.28) * share
