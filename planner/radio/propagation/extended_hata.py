"""Extended Hata with the knife edge of ITU-R P.526, for places without a terrain model.

The median of measured curves over ordinary ground, plus what the Earth's bulge (and, where a profile is
given, its highest edge) obstructs beyond flat ground. On mountain terrain it differs from P.1812 by about
10 dB (standard deviation): the map says where it was used.

References
----------
ERC Report 68 (2002) / SEAMCAT manual, extended Hata model (30 MHz to 4 GHz, to 100 km);
Hata, M. (1980), doi:10.1109/T-VT.1980.23859; COST 231 final report (1999) §4.4;
ITU-R P.526-15 (2019) §4.1, single knife edge, eq. (26) and (31).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.errors import RadioError
from planner.radio.link import RadioLink
from planner.radio.propagation import AreaJob, ModelInfo, Profile
from planner.radio.propagation._basics import free_space_loss_db, knife_edge_db, knife_edge_nu
from planner.units import EARTH_RADIUS_KM

__all__ = ["INFO", "hata_loss_db", "loss_db", "losses_db"]


INFO = ModelInfo(
    name="extended_hata",
    about="median over ordinary ground, with the Earth's bulge as a knife edge; no terrain needed",
    source="ERC Report 68 (2002), extended Hata; ITU-R P.526-15 (2019) §4.1",
    has_terrain=False,
    min_frequency_mhz=30.0,
    max_frequency_mhz=4000.0,
)

_STEPS = 64
"""Points at which the bulge of a smooth Earth is looked at."""


def _antenna_terms_db(
    frequency_mhz: float, low_m: NDArray[np.float64], high_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """``−a(H_m) − b(H_b)`` of the extended model."""
    log_f = np.log10(frequency_mhz)
    a = (1.1 * log_f - 0.7) * np.minimum(10.0, low_m) - (1.56 * log_f - 0.8)
    a = a + np.maximum(0.0, 20.0 * np.log10(low_m / 10.0))
    b = np.minimum(0.0, 20.0 * np.log10(high_m / 30.0))
    terms: NDArray[np.float64] = -a - b
    return terms


def _frequency_db(frequency_mhz: float) -> float:
    """The part of the urban loss that depends on the frequency alone."""
    if frequency_mhz <= 150.0:
        return float(69.6 + 26.2 * np.log10(150.0) - 20.0 * np.log10(150.0 / frequency_mhz))
    if frequency_mhz <= 1500.0:
        return float(69.6 + 26.2 * np.log10(frequency_mhz))
    if frequency_mhz <= 2000.0:
        return float(46.3 + 33.9 * np.log10(frequency_mhz))
    return float(46.3 + 33.9 * np.log10(2000.0) + 10.0 * np.log10(frequency_mhz / 2000.0))


def _environment_db(frequency_mhz: float, environment: str) -> float:
    """What suburbs and open land take off the urban loss."""
    log_f = float(np.log10(min(max(150.0, frequency_mhz), 2000.0)))
    if environment == "suburban":
        return -2.0 * (log_f - float(np.log10(28.0))) ** 2 - 5.4
    if environment == "open":
        return -4.78 * log_f**2 + 18.33 * log_f - 40.94
    return 0.0


def hata_loss_db(
    distance_km: NDArray[np.float64],
    frequency_mhz: float,
    tx_height_m: float,
    rx_height_m: float,
    *,
    environment: str = "suburban",
) -> NDArray[np.float64]:
    """Median loss of the extended Hata model, dB, never below free space.

    Parameters
    ----------
    distance_km
        0 to 100; below 0.1 km the loss goes over to free space at 0.04 km.
    frequency_mhz
        30 to 4000.
    tx_height_m, rx_height_m
        Antennas above ground, 1 to 200 m and 1 to 200 m.
    environment
        ``urban``, ``suburban`` or ``open``.

    Notes
    -----
    Hata's ``69.55 + 26.16·log f − 13.82·log h_b + (44.9 − 6.55·log h_b)·log d − a(h_m)``, carried on over
    1.5 GHz (COST 231), over 20 km (exponent α) and to 30 MHz–4 GHz as ERC Report 68 has it.

    Examples
    --------
    >>> round(float(hata_loss_db(np.array([5.0]), 900.0, 30.0, 1.5, environment="urban")[0]), 1)
    151.2
    """
    low = np.asarray(min(tx_height_m, rx_height_m), dtype=np.float64)
    high = np.asarray(max(tx_height_m, rx_height_m), dtype=np.float64)
    tall = np.maximum(30.0, high)
    distance = np.maximum(np.asarray(distance_km, dtype=np.float64), 1e-3)
    far = np.maximum(distance, 0.1)
    beyond = np.log10(np.maximum(far, 20.0) / 20.0) ** 0.8
    alpha = 1.0 + (0.14 + 1.87e-4 * frequency_mhz + 1.07e-3 * high) * beyond
    fixed = _frequency_db(frequency_mhz) - 13.82 * np.log10(tall) + _environment_db(frequency_mhz, environment)
    slope = 44.9 - 6.55 * np.log10(tall)
    # α multiplies log d only beyond 20 km, where log d is positive
    loss = fixed + slope * np.sign(np.log10(far)) * np.abs(np.log10(far)) ** alpha
    loss = loss + _antenna_terms_db(frequency_mhz, low, high)
    free = free_space_loss_db(np.hypot(distance, (high - low) / 1000.0), frequency_mhz)
    near = free_space_loss_db(np.hypot(0.04, (high - low) / 1000.0), frequency_mhz)
    share = np.clip((np.log10(distance) - np.log10(0.04)) / (np.log10(0.1) - np.log10(0.04)), 0.0, 1.0)
    loss = np.where(distance < 0.1, near + share * (loss - near), loss)
    result: NDArray[np.float64] = np.maximum(np.where(distance <= 0.04, free, loss), free)
    return result


def _bulge_db(
    distance_km: NDArray[np.float64], frequency_mhz: float, heights_m: tuple[float, float], delta_n: float
) -> NDArray[np.float64]:
    """What a smooth curved Earth obstructs beyond a flat one, by the edge of largest ν, dB."""
    radius_km = EARTH_RADIUS_KM * 157.0 / (157.0 - delta_n)
    share = (np.arange(1, _STEPS) / _STEPS)[:, np.newaxis]
    near = share * np.maximum(distance_km, 1e-3)
    far = (1.0 - share) * np.maximum(distance_km, 1e-3)
    line = heights_m[0] + share * (heights_m[1] - heights_m[0])
    curved = knife_edge_nu(500.0 * near * far / radius_km - line, near, far, frequency_mhz).max(axis=0)
    flat = knife_edge_nu(np.broadcast_to(-line, near.shape), near, far, frequency_mhz).max(axis=0)
    excess: NDArray[np.float64] = knife_edge_db(curved) - knife_edge_db(flat)
    return excess


def _require_band(frequency_mhz: float) -> None:
    if not INFO.min_frequency_mhz <= frequency_mhz <= INFO.max_frequency_mhz:
        message = (
            f"frequency_mhz = {frequency_mhz} is outside {INFO.min_frequency_mhz:g} to {INFO.max_frequency_mhz:g} "
            f"({INFO.source}): use p1812 with a terrain model"
        )
        low, high = f"{INFO.min_frequency_mhz:g}", f"{INFO.max_frequency_mhz:g}"
        raise RadioError(
            message,
            code="radio_outside",
            name="frequency_mhz",
            value=frequency_mhz,
            low=low,
            high=high,
            source=INFO.source,
        )


def loss_db(profile: Profile, link: RadioLink) -> float:
    """Median loss with the highest edge of the profile (ground and clutter), dB.

    The edge counts by what it obstructs beyond flat ground between the ends, for the curves already hold
    the loss over ordinary ground. Percentages have no part in it.
    """
    _require_band(link.frequency_mhz)
    total = profile.distance_km[-1]
    near = profile.distance_km[1:-1]
    far = total - near
    line = profile.height_m[0] + link.tx_height_m
    line = line + (profile.height_m[-1] + link.rx_height_m - line) * near / total
    ground = profile.height_m[0] + (profile.height_m[-1] - profile.height_m[0]) * near / total
    radius_km = EARTH_RADIUS_KM * 157.0 / (157.0 - link.delta_n)
    top = profile.height_m[1:-1] + profile.clutter_m[1:-1] + 500.0 * near * far / radius_km
    actual = knife_edge_db(knife_edge_nu(top - line, near, far, link.frequency_mhz).max())
    flat = knife_edge_db(knife_edge_nu(ground - line, near, far, link.frequency_mhz).max())
    median = hata_loss_db(np.array([total]), link.frequency_mhz, link.tx_height_m, link.rx_height_m)
    return float(median[0] + max(0.0, float(actual - flat)))


def losses_db(job: AreaJob) -> NDArray[np.float32]:
    """Losses from one place to many pixels over a smooth Earth; terrain is not looked at."""
    distance_km = job.distance_km()
    rx_m = job.settings.rx_height_m
    losses = np.empty((job.heights_m.size, job.rows.size), dtype=np.float32)
    for k, (height_m, band_mhz) in enumerate(zip(job.heights_m.tolist(), job.bands_mhz.tolist(), strict=True)):
        _require_band(band_mhz)
        median = hata_loss_db(distance_km, band_mhz, height_m, rx_m, environment=job.settings.environment)
        losses[k] = median + np.maximum(0.0, _bulge_db(distance_km, band_mhz, (height_m, rx_m), job.settings.delta_n))
    return losses
