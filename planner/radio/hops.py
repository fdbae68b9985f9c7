"""Geometry of backhaul links: Fresnel clearance of microwave hops, elevation and range of a satellite."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner import geo
from planner.errors import RadioError
from planner.grid import Raster
from planner.radio.profile import MAX_HEIGHT_M, MIN_HEIGHT_M
from planner.radio.ranges import within
from planner.units import EARTH_RADIUS_KM

__all__ = [
    "MIN_CLEARANCE_SHARE",
    "HopClearance",
    "hop_clearance",
    "satellite_elevation_deg",
    "satellite_slant_range_km",
]

MIN_CLEARANCE_SHARE = 0.6
"""Least clearance in first Fresnel radii in a tropical climate (ITU-R P.530-18 §2.2.2.1)."""

MIN_FREQUENCY_GHZ, MAX_FREQUENCY_GHZ = 0.4, 100.0

_ORBIT_KM = 42_164.17
"""Radius of the geostationary orbit (ITU-R S.484: one sidereal day)."""

_EQUATOR_KM = 6378.137
_GEOGRAPHIC = "WGS 84: degrees, east and north positive"

Array = NDArray[np.float64]


@dataclass(frozen=True)
class HopClearance:
    """Clearance of each hop; arrays of shape ``(n,)``.

    Parameters
    ----------
    distance_km
        Geodesic length.
    clearance_f1_share
        Smallest clearance over the profile and all k, in radii of the first Fresnel zone; negative where
        the line is cut; NaN where the hop crosses ground of unknown height.
    is_clear
        Clearance reaches ``min_f1_share`` at each k. Never true over unknown ground.
    obstacle_km
        Distance of the tightest point from end a.
    by_k
        Clearance at each k, ``(n, n_k)``.
    is_unknown
        The hop crosses ground without height, or leaves the terrain model.
    has_terrain
        False: only the bulge of a smooth Earth was looked at; a hop called clear may still meet a hill.
    """

    distance_km: Array
    clearance_f1_share: Array
    is_clear: NDArray[np.bool_]
    obstacle_km: Array
    by_k: Array
    is_unknown: NDArray[np.bool_]
    has_terrain: bool


def hop_clearance(  # noqa: PLR0913  (two ends of three numbers each)
    lon_a: ArrayLike,
    lat_a: ArrayLike,
    height_a_m: ArrayLike,
    lon_b: ArrayLike,
    lat_b: ArrayLike,
    height_b_m: ArrayLike,
    *,
    frequency_ghz: ArrayLike,
    terrain: Raster | None,
    k_factors: ArrayLike = (4 / 3, 2 / 3),
    land: NDArray[np.bool_] | None = None,
    min_f1_share: ArrayLike = MIN_CLEARANCE_SHARE,
) -> HopClearance:
    """Fresnel clearance of many hops over terrain and sea.

    Parameters
    ----------
    lon_a, lat_a, lon_b, lat_b
        Ends, degrees; scalars and arrays are broadcast together.
    height_a_m, height_b_m
        Antennas above ground, positive.
    frequency_ghz
        0.4 to 100.
    terrain
        Ground in metres, NaN where unknown. None: a smooth Earth.
    k_factors
        Effective-Earth factors: the median and the one exceeded 99.9 % of the time, shape ``(n_k,)`` for all
        hops or ``(n, n_k)``.
    land
        Land on the terrain's grid; other pixels are sea at 0 m whatever the terrain says.
    min_f1_share
        Clearance at which a hop counts as clear: one value, one for each k, or ``(n, n_k)``.

    Notes
    -----
    ``F1 = 17.3·sqrt(d1·d2/(f·d))`` m and bulge ``500·d1·d2/(k·a)`` m (d in km, f in GHz). P.530 asks for
    1.0 F1 at the median k, and in a tropical climate (over 30 km) for 0.6 F1 at the k exceeded 99.9 % of the
    time: ``min_f1_share=(1.0, 0.6)``. The default asks 0.6 of both, which differs below 20 km only.

    References
    ----------
    ITU-R P.530-18 (2021) §2.2.2.1; ITU-R P.526-15 (2019) eq. (2).

    Raises
    ------
    RadioError
        Ends at the same place, heights or factors that are not positive and finite, a frequency outside its range,
        a terrain that cannot be in metres or is a single row of pixels, arrays that do not go together.

    Examples
    --------
    40 km between two 50 m masts over a smooth Earth at 7 GHz: the low k cuts the line.

    >>> hop = hop_clearance(120.0, 0.0, 50.0, 120.359, 0.0, 50.0, frequency_ghz=7.0, terrain=None)
    >>> [round(float(v), 2) for v in hop.by_k[0]]
    [1.28, 0.15]
    """
    given = (lon_a, lat_a, height_a_m, lon_b, lat_b, height_b_m, frequency_ghz)
    arrays = _broadcast(given)
    lon_a, lat_a, mast_a, lon_b, lat_b, mast_b, frequency = (np.ascontiguousarray(v) for v in arrays)
    distance = geo.distance_km(lon_a, lat_a, lon_b, lat_b)
    k = np.atleast_1d(np.asarray(k_factors, dtype=np.float64))
    _require_positive(distance, mast_a, mast_b, frequency, k)
    height = np.zeros((0, 0), dtype=np.float32)
    ends = np.zeros((distance.size, 6))
    ends[:, 2], ends[:, 5] = mast_a, mast_b
    step_km = 0.5
    if terrain is not None:
        height = _ground(terrain, land)
        ends[:, 0], ends[:, 1] = _place(terrain, lon_a, lat_a)
        ends[:, 3], ends[:, 4] = _place(terrain, lon_b, lat_b)
        step_km = terrain.grid.pixel_km
    bulge = np.ascontiguousarray(np.broadcast_to(500.0 / (k * EARTH_RADIUS_KM), (distance.size, k.shape[-1])))
    share, at_km = np.empty(bulge.shape), np.empty(bulge.shape)
    from planner.radio._hop_kernel import tightest_points

    tightest_points(height, ends, distance, step_km, bulge, frequency, share, at_km)
    worst = np.nan_to_num(share, nan=-np.inf).argmin(axis=1)
    every = np.arange(distance.size)
    smallest = share[every, worst]
    return HopClearance(
        distance_km=distance,
        clearance_f1_share=smallest,
        is_clear=np.all(share >= np.asarray(min_f1_share, dtype=np.float64), axis=1),
        obstacle_km=at_km[every, worst],
        by_k=share,
        is_unknown=np.isnan(smallest),
        has_terrain=terrain is not None,
    )


def _broadcast(given: tuple[ArrayLike, ...]) -> tuple[Array, ...]:
    """Ends and frequency as float64 of one shape, at least one-dimensional."""
    try:
        return np.broadcast_arrays(*(np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in given))
    except (TypeError, ValueError) as err:
        message = f"ends and frequency of hops must be numbers whose shapes go together: {err}"
        raise RadioError(message, code="radio_hops_shape", what=str(err)) from err


def _require_positive(distance: Array, mast_a: Array, mast_b: Array, frequency: Array, k: Array) -> None:
    checks = (
        ("distance_km", distance, "two places"),
        ("height_a_m", mast_a, "ITU-R P.530-18 §2.2.2"),
        ("height_b_m", mast_b, "ITU-R P.530-18 §2.2.2"),
        ("frequency_ghz", frequency, "ITU-R P.530-18 §2.2.2"),
        ("k_factors", k, "ITU-R P.530-18 §2.2.2"),
    )
    for name, values, source in checks:
        faulty = ~(np.isfinite(values) & (values > 0.0))
        if faulty.any():
            n, first = int(faulty.sum()), float(values[faulty].flat[0])
            message = (
                f"{name} must be positive and finite ({source}); {n} of {values.size} are not, the first is {first:g}"
            )
            raise RadioError(message, code="radio_outside", name=name, value=first, low="> 0", high="∞", source=source)
    within("frequency_ghz", frequency, MIN_FREQUENCY_GHZ, MAX_FREQUENCY_GHZ, "microwave links; P.530 asks for GHz")


def _ground(terrain: Raster, land: NDArray[np.bool_] | None) -> NDArray[np.float32]:
    if terrain.unit != "m":
        message = f"terrain is in '{terrain.unit}', not in metres ('m'): convert it first"
        raise RadioError(message, code="radio_unit", name="terrain", unit=terrain.unit)
    if min(terrain.grid.shape) < 2:
        message = f"terrain of {terrain.grid.n_rows} x {terrain.grid.n_cols} pixels has no slope: give at least 2 x 2"
        raise RadioError(message, code="radio_grid", what="terrain")
    height = np.array(terrain.values, dtype=np.float32)
    if land is not None:
        if land.shape != height.shape:
            message = f"land has shape {land.shape}, the terrain {height.shape}"
            raise RadioError(message, code="radio_land_shape", shape=str(land.shape))
        height[~land] = 0.0
    known = np.isfinite(height)
    within("terrain", height[known], MIN_HEIGHT_M, MAX_HEIGHT_M, "heights on Earth in metres")
    height[~known] = np.nan
    return height


def _place(terrain: Raster, lon_deg: Array, lat_deg: Array) -> tuple[Array, Array]:
    grid = terrain.grid
    return (grid.north_deg - lat_deg) / grid.pixel_deg - 0.5, (lon_deg - grid.west_deg) / grid.pixel_deg - 0.5


def _to_satellite(lon_deg: ArrayLike, lat_deg: ArrayLike, orbit_deg: ArrayLike) -> tuple[Array, Array]:
    """Slant range (km) and sine of the elevation, by the angle between place and sub-satellite point."""
    lat = np.radians(within("lat_deg", lat_deg, -90.0, 90.0, _GEOGRAPHIC))
    lon = within("lon_deg", lon_deg, -180.0, 360.0, _GEOGRAPHIC)
    away = np.radians(within("orbit_deg", orbit_deg, -180.0, 360.0, "ITU-R S.484: orbital longitude") - lon)
    cosine = np.cos(lat) * np.cos(away)
    slant = np.sqrt(_EQUATOR_KM**2 + _ORBIT_KM**2 - 2.0 * _EQUATOR_KM * _ORBIT_KM * cosine)
    return slant, (_ORBIT_KM * cosine - _EQUATOR_KM) / slant


def satellite_elevation_deg(lon_deg: ArrayLike, lat_deg: ArrayLike, orbit_deg: ArrayLike) -> Array:
    """Elevation of a geostationary satellite above the horizon, degrees; negative below it.

    Parameters
    ----------
    lon_deg, lat_deg
        Places, −180 to 360 and −90 to 90; broadcast with ``orbit_deg``.
    orbit_deg
        Orbital longitude, east positive, −180 to 360.

    Raises
    ------
    RadioError
        A value outside its range, or not finite.

    References
    ----------
    Maral, G., Bousquet, M. (2009), Satellite Communications Systems, 5th ed., §2.1.4: spherical Earth of equatorial
    radius, right to 0.1°; refraction left out.

    Examples
    --------
    SATRIA-1 (146° E) from Kupang and Sabang:

    >>> [round(float(v), 1) for v in satellite_elevation_deg([123.602, 95.32], [-10.169, 5.89], 146.0)]
    [61.4, 31.7]
    """
    _, sine = _to_satellite(lon_deg, lat_deg, orbit_deg)
    elevation: Array = np.degrees(np.arcsin(sine))
    return elevation


def satellite_slant_range_km(lon_deg: ArrayLike, lat_deg: ArrayLike, orbit_deg: ArrayLike) -> Array:
    """Distance to a geostationary satellite, km; arguments as in `satellite_elevation_deg`.

    Examples
    --------
    >>> round(float(satellite_slant_range_km(123.602, -10.169, 146.0)))
    36456
    """
    slant, _ = _to_satellite(lon_deg, lat_deg, orbit_deg)
    return slant
