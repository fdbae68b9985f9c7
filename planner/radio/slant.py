"""Paths to a geostationary satellite: rain (ITU-R P.618), availability and delay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from planner.radio.hops import satellite_slant_range_km
from planner.radio.rain import Polarisation, rain_specific_db_per_km
from planner.radio.ranges import Floats, within
from planner.units import LIGHT_SPEED_M_PER_S

__all__ = ["SlantPath", "satellite_delay_ms", "slant_rain_loss_db", "slant_rain_outage_percent"]


_P618 = "ITU-R P.618-13 §2.2.1.1"
MIN_PERCENT, MAX_PERCENT = 0.001, 5.0


@dataclass(frozen=True)
class SlantPath:
    """Where an Earth station stands and how it looks up; arrays are broadcast together.

    Parameters
    ----------
    elevation_deg
        Of the satellite, 5 to 90.
    latitude_deg
        -90 to 90.
    rain_mm_per_h
        Exceeded 0.01 % of the time (ITU-R P.837), 0 to 300.
    rain_height_km
        Mean annual rain height above sea level (ITU-R P.839: 0 °C isotherm + 0.36), 0 to 7.
    altitude_km
        Station above sea level, -0.5 to 9.

    Raises
    ------
    RadioError
        A value outside its range; the message names the range and its source.
    """

    elevation_deg: ArrayLike
    latitude_deg: ArrayLike
    rain_mm_per_h: ArrayLike
    rain_height_km: ArrayLike
    altitude_km: ArrayLike = 0.0

    def __post_init__(self) -> None:
        within("elevation_deg", self.elevation_deg, 5.0, 90.0, f"{_P618}: eq. 1 for 5° and more")
        within("latitude_deg", self.latitude_deg, -90.0, 90.0, _P618)
        within("rain_mm_per_h", self.rain_mm_per_h, 0.0, 300.0, "ITU-R P.837-7: no place on Earth exceeds it")
        within("rain_height_km", self.rain_height_km, 0.0, 7.0, "ITU-R P.839-4: range of the world map")
        within("altitude_km", self.altitude_km, -0.5, 9.0, "heights on Earth")


def _at_001(path: SlantPath, f: Floats, polarisation: Polarisation) -> Floats:
    """Attenuation exceeded 0.01 % of an average year, steps 2-9."""
    elevation, latitude, rain, top, foot = (
        np.asarray(v, dtype=np.float64)
        for v in (path.elevation_deg, path.latitude_deg, path.rain_mm_per_h, path.rain_height_km, path.altitude_km)
    )
    sine, cosine = np.sin(np.radians(elevation)), np.cos(np.radians(elevation))
    depth = np.maximum(top - foot, 0.0)
    across = depth / sine * cosine
    specific = rain_specific_db_per_km(f, rain, elevation_deg=elevation, polarisation=polarisation)
    reduction = 1.0 / (1.0 + 0.78 * np.sqrt(across * specific / f) - 0.38 * (1.0 - np.exp(-2.0 * across)))
    reduced = across * reduction
    steepness = np.degrees(np.arctan2(depth, reduced))
    in_rain = np.where(steepness > elevation, reduced / np.maximum(cosine, 1e-12), depth / sine)
    chi = np.maximum(36.0 - np.abs(latitude), 0.0)
    vertical = 1.0 / (
        1.0
        + np.sqrt(sine) * (31.0 * (1.0 - np.exp(-elevation / (1.0 + chi))) * np.sqrt(in_rain * specific) / f**2 - 0.45)
    )
    return np.asarray(specific * in_rain * vertical, dtype=np.float64)


def _scaled(at_001: Floats, percent: Floats, elevation: Floats, latitude: Floats) -> Floats:
    """Step 10: from 0.01 % to another percentage."""
    sine = np.sin(np.radians(elevation))
    south = -0.005 * (np.abs(latitude) - 36.0)
    beta = np.where(elevation >= 25.0, south, south + 1.8 - 4.25 * sine)
    beta = np.where((percent >= 1.0) | (np.abs(latitude) >= 36.0), 0.0, beta)
    with np.errstate(divide="ignore", invalid="ignore"):
        power = 0.655 + 0.033 * np.log(percent) - 0.045 * np.log(at_001) - beta * (1.0 - percent) * sine
        scaled = at_001 * (percent / 0.01) ** -power
    return np.asarray(np.where(at_001 > 0.0, scaled, 0.0), dtype=np.float64)


def slant_rain_loss_db(
    path: SlantPath, frequency_ghz: ArrayLike, percent: ArrayLike = 0.01, *, polarisation: Polarisation = "circular"
) -> Floats:
    """Rain attenuation towards a satellite exceeded for ``percent`` of an average year, dB.

    Parameters
    ----------
    path
        Stations.
    frequency_ghz
        1 to 55.
    percent
        0.001 to 5.
    polarisation
        Of the wave.

    References
    ----------
    ITU-R P.618-13 (2017) §2.2.1.1, steps 1-10; ITU-R P.838-3. Gases, clouds and scintillation are left out.

    Examples
    --------
    Jakarta to SATRIA-1 (45°), half a per cent of the year (with gases, clouds and scintillation 11 and 21 dB):

    >>> jakarta = SlantPath(45.0, -6.2, 99.0, 4.86)
    >>> slant_rain_loss_db(jakarta, [19.7, 29.5], 0.5).round(0).tolist()
    [8.0, 17.0]
    """
    f = within("frequency_ghz", frequency_ghz, 1.0, 55.0, f"{_P618}: up to 55 GHz")
    p = within("percent", percent, MIN_PERCENT, MAX_PERCENT, f"{_P618} step 10")
    elevation, latitude = np.asarray(path.elevation_deg, float), np.asarray(path.latitude_deg, float)
    return _scaled(_at_001(path, f, polarisation), p, elevation, latitude)


def slant_rain_outage_percent(
    path: SlantPath, frequency_ghz: float, margin_db: ArrayLike, *, polarisation: Polarisation = "circular"
) -> Floats:
    """Share of an average year in which rain takes more than ``margin_db``, percent.

    Parameters
    ----------
    path, frequency_ghz, polarisation
        As in `slant_rain_loss_db`.
    margin_db
        Clear-sky margin; none left (0 or less) is an outage of 100 %.

    Returns
    -------
    ndarray
        0.001 where the margin holds for all percentages of the Recommendation, 100 where it holds for none:
        nothing is promised beyond 0.001 to 5 %.
    """
    f = within("frequency_ghz", frequency_ghz, 1.0, 55.0, f"{_P618}: up to 55 GHz")
    margin = np.asarray(margin_db, dtype=np.float64)
    elevation, latitude = np.asarray(path.elevation_deg, float), np.asarray(path.latitude_deg, float)
    at_001 = _at_001(path, f, polarisation)
    shape = np.broadcast_shapes(at_001.shape, margin.shape)
    low, high = np.full(shape, np.log(MIN_PERCENT)), np.full(shape, np.log(MAX_PERCENT))
    for _ in range(30):  # attenuation falls with the percentage: bisection on its logarithm
        middle = (low + high) / 2.0
        is_over = _scaled(at_001, np.exp(middle), elevation, latitude) > margin
        low, high = np.where(is_over, middle, low), np.where(is_over, high, middle)
    never = _scaled(at_001, np.full(shape, MAX_PERCENT), elevation, latitude) > margin
    percent = np.where(never | (margin <= 0.0), 100.0, np.exp((low + high) / 2.0))
    return np.asarray(np.maximum(percent, MIN_PERCENT), dtype=np.float64)


def satellite_delay_ms(
    lon_deg: ArrayLike, lat_deg: ArrayLike, orbit_deg: ArrayLike, *, gateway_lon_lat_deg: ArrayLike | None = None
) -> Floats:
    """Delay from a place over a geostationary satellite to a gateway and back, milliseconds (propagation alone).

    Parameters
    ----------
    lon_deg, lat_deg, orbit_deg
        Places and orbital longitude.
    gateway_lon_lat_deg
        Gateways, shape ``(n, 2)``: the farthest from the satellite counts, since nobody knows which one serves the
        place. None: as far as the place itself.

    References
    ----------
    ITU-T G.114 (2003) annex A: propagation through a geostationary satellite, about 260 ms one way.

    Examples
    --------
    >>> round(float(satellite_delay_ms(123.6, -10.17, 146.0)))
    486
    """
    up = satellite_slant_range_km(lon_deg, lat_deg, orbit_deg)
    down = up
    if gateway_lon_lat_deg is not None and np.size(gateway_lon_lat_deg):
        gateways = np.asarray(gateway_lon_lat_deg, dtype=np.float64).reshape(-1, 2)
        down = np.asarray(satellite_slant_range_km(gateways[:, 0], gateways[:, 1], orbit_deg).max(), dtype=np.float64)
    return np.asarray(2.0 * (up + down) * 1e6 / LIGHT_SPEED_M_PER_S, dtype=np.float64)
