"""Clear-air fading of microwave hops: multipath of the average worst month and year (ITU-R P.530)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planner.geo import metres_per_degree
from planner.grid import Raster
from planner.radio.ranges import Floats, within

__all__ = ["area_roughness_m", "geoclimatic_factor", "multipath_outage_percent", "multipath_worst_month_percent"]

_P530 = "ITU-R P.530-17 §2.3"
_BOX_KM = 110.0
_CELL_KM = 0.926
"""30 arc seconds, the resolution of the roughness map of ITU-R P.530-17."""


def geoclimatic_factor(dn1_per_km: ArrayLike, roughness_m: ArrayLike) -> Floats:
    """Factor ``K`` for the average worst month, ``10^(−4.4 − 0.0027·dN1)·(10 + s_a)^−0.46``.

    Parameters
    ----------
    dn1_per_km
        Refractivity gradient in the lowest 65 m not exceeded 1 % of the year, N-units/km, -2000 to 0.
    roughness_m
        Standard deviation of the ground in 110 km × 110 km, 0 to 3000: small over sea and plains, where
        multipath is worst.

    References
    ----------
    ITU-R P.530-17 (2017), eq. 4. P.530-18 (2021) replaces dN1 by two world maps that may not be passed on.
    """
    dn1 = within("dn1_per_km", dn1_per_km, -2000.0, 0.0, "ITU-R P.453-13: range of the world map of dN1")
    roughness = within("roughness_m", roughness_m, 0.0, 3000.0, f"{_P530}.1")
    return np.asarray(10.0 ** (-4.4 - 0.0027 * dn1) * (10.0 + roughness) ** -0.46, dtype=np.float64)


def multipath_worst_month_percent(
    distance_km: ArrayLike,
    frequency_ghz: ArrayLike,
    top_a_m: ArrayLike,
    top_b_m: ArrayLike,
    *,
    fade_db: ArrayLike,
    dn1_per_km: ArrayLike,
    roughness_m: ArrayLike,
) -> Floats:
    """Share of the average worst month in which a fade exceeds ``fade_db``, percent; arguments are broadcast.

    Parameters
    ----------
    distance_km
        0.001 to 200.
    frequency_ghz
        0.4 to 100 (the fits hold from 15/d GHz to 45 GHz).
    top_a_m, top_b_m
        Antennas above sea level, -500 to 9000.
    fade_db
        Fade depth, 0 or more.
    dn1_per_km, roughness_m
        As in `geoclimatic_factor`.

    Notes
    -----
    Deep fades: ``p_w = K·d^3.4·(1 + |ε_p|)^−1.03·f^0.8·10^(−0.00076 h_L − A/10)``; below the transition depth
    ``25 + 1.2·log10 p0`` the empirical interpolation of §2.3.2. ``ε_p`` is the inclination in mrad, ``h_L`` the
    lower antenna.

    References
    ----------
    ITU-R P.530-17 (2017) §2.3.1 eq. 4-8 and §2.3.2 eq. 11-18.

    Examples
    --------
    Flores, 7 GHz, 40 km between two masts at 500 m: 25 dB are exceeded 0.008 % of the worst month, 35 dB 0.0008 %.

    >>> p = multipath_worst_month_percent(40, 7, 500, 500, fade_db=[25, 35], dn1_per_km=-85.4, roughness_m=328)
    >>> p.round(5).tolist()
    [0.00805, 0.00081]
    """
    d = within("distance_km", distance_km, 1e-3, 200.0, f"{_P530}.1")
    f = within("frequency_ghz", frequency_ghz, 0.4, 100.0, f"{_P530}.1")
    top_a = within("top_a_m", top_a_m, -500.0, 9000.0, "heights on Earth")
    top_b = within("top_b_m", top_b_m, -500.0, 9000.0, "heights on Earth")
    fade = within("fade_db", fade_db, 0.0, 200.0, f"{_P530}.2")
    k = geoclimatic_factor(dn1_per_km, roughness_m)
    inclination = np.abs(top_a - top_b) / d  # m per km = mrad
    lower = np.maximum(np.minimum(top_a, top_b), 0.0)
    p0 = k * d**3.4 * (1.0 + inclination) ** -1.03 * f**0.8 * 10.0 ** (-0.00076 * lower)
    transition = np.maximum(25.0 + 1.2 * np.log10(p0), 1.0)
    deep = np.minimum(p0 * 10.0 ** (-fade / 10.0), 100.0)
    return np.asarray(np.where(fade >= transition, deep, _shallow(p0, transition, fade)), dtype=np.float64)


def _shallow(p0: Floats, transition: Floats, fade: Floats) -> Floats:
    """§2.3.2 step 3b: fades shallower than the transition."""
    at_transition = np.minimum(p0 * 10.0 ** (-transition / 10.0), 99.0)
    q_a = -20.0 * np.log10(-np.log1p(-at_transition / 100.0)) / transition
    q_t = (q_a - 2.0) / ((1.0 + 0.3 * 10.0 ** (-transition / 20.0)) * 10.0 ** (-0.016 * transition))
    q_t = q_t - 4.3 * (10.0 ** (-transition / 20.0) + transition / 800.0)
    q = 2.0 + (1.0 + 0.3 * 10.0 ** (-fade / 20.0)) * 10.0 ** (-0.016 * fade) * (
        q_t + 4.3 * (10.0 ** (-fade / 20.0) + fade / 800.0)
    )
    return np.asarray(100.0 * -np.expm1(-(10.0 ** (-q * fade / 20.0))), dtype=np.float64)


def multipath_outage_percent(
    distance_km: ArrayLike,
    frequency_ghz: ArrayLike,
    top_a_m: ArrayLike,
    top_b_m: ArrayLike,
    *,
    fade_db: ArrayLike,
    dn1_per_km: ArrayLike,
    roughness_m: ArrayLike,
    latitude_deg: ArrayLike,
) -> Floats:
    """Share of the average **year** in which a fade exceeds ``fade_db``, percent.

    Parameters
    ----------
    latitude_deg
        -90 to 90; the others as in `multipath_worst_month_percent`.

    Notes
    -----
    ``p = p_w·10^(−ΔG/10)`` with ``ΔG = 10.5 − 5.6·log10(1.1 ± |cos 2ξ|^0.7) − 2.7·log10 d + 1.7·log10(1 + |ε_p|)``,
    at most 10.8 dB; plus up to 45° of latitude, minus above.

    References
    ----------
    ITU-R P.530-17 (2017) §2.3.4, eq. 26-27.
    """
    latitude = np.abs(within("latitude_deg", latitude_deg, -90.0, 90.0, f"{_P530}.4"))
    worst = multipath_worst_month_percent(
        distance_km, frequency_ghz, top_a_m, top_b_m, fade_db=fade_db, dn1_per_km=dn1_per_km, roughness_m=roughness_m
    )
    d = np.asarray(distance_km, dtype=np.float64)
    inclination = np.abs(np.asarray(top_a_m, dtype=np.float64) - np.asarray(top_b_m, dtype=np.float64)) / d
    sign = np.where(latitude <= 45.0, 1.0, -1.0)
    season = 1.1 + sign * np.abs(np.cos(np.radians(2.0 * latitude))) ** 0.7
    gain = 10.5 - 5.6 * np.log10(season) - 2.7 * np.log10(d) + 1.7 * np.log10(1.0 + inclination)
    return np.asarray(worst * 10.0 ** (-np.clip(gain, 0.0, 10.8) / 10.0), dtype=np.float64)


def area_roughness_m(ground: Raster, lon_deg: ArrayLike, lat_deg: ArrayLike) -> Floats:
    """Standard deviation of the ground in the 110 km × 110 km around each place, metres; NaN where unknown.

    Parameters
    ----------
    ground
        Metres above sea level, sea as 0, NaN where unknown (left out of the deviation).
    lon_deg, lat_deg
        Places (the middle of each hop).

    Notes
    -----
    The ground is first thinned to 30 arc seconds. At the rim the part of the square that the raster holds
    counts; a place whose square is known by less than a quarter has no roughness.

    References
    ----------
    ITU-R P.530-17 (2017) §2.3.1, step 1.
    """
    from scipy.ndimage import uniform_filter

    grid = ground.grid
    step = max(1, round(_CELL_KM / grid.pixel_km))
    height = np.asarray(ground.values[::step, ::step], dtype=np.float64)
    _, lat_m = metres_per_degree(grid.north_deg - grid.n_rows * grid.pixel_deg / 2.0)
    side = max(3, round(_BOX_KM * 1000.0 / (step * grid.pixel_deg * float(lat_m))))
    known = np.isfinite(height)
    filled = np.where(known, height, 0.0)
    share = uniform_filter(known.astype(np.float64), side, mode="constant")
    mean = uniform_filter(filled, side, mode="constant") / np.maximum(share, 1e-9)
    square = uniform_filter(filled**2, side, mode="constant") / np.maximum(share, 1e-9)
    deviation = np.where(share >= 0.25, np.sqrt(np.maximum(square - mean**2, 0.0)), np.nan)
    row, col = grid.row_col(np.asarray(lon_deg, dtype=np.float64), np.asarray(lat_deg, dtype=np.float64))
    row = np.clip(row // step, 0, height.shape[0] - 1)
    col = np.clip(col // step, 0, height.shape[1] - 1)
    return np.asarray(deviation[row, col], dtype=np.float64)
