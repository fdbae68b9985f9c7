"""Rain on terrestrial links: specific attenuation (ITU-R P.838) and its statistics over a hop (ITU-R P.530)."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from planner.radio.ranges import Floats, within

__all__ = [
    "MAX_PERCENT",
    "MIN_PERCENT",
    "Polarisation",
    "hop_rain_loss_db",
    "hop_rain_outage_percent",
    "rain_coefficients",
    "rain_specific_db_per_km",
]

Polarisation = Literal["horizontal", "vertical", "circular"]

MIN_PERCENT, MAX_PERCENT = 0.001, 1.0
"""Percentages of the average year for which ITU-R P.530-17 §2.4.1 holds."""

_P838 = "ITU-R P.838-3"
_P530 = "ITU-R P.530-17 §2.4.1"
_TILT_DEG = {"horizontal": 0.0, "vertical": 90.0, "circular": 45.0}

# ITU-R P.838-3 tables 1 to 4: a_j, b_j, c_j of each Gaussian, then slope and offset in log10 f
_K_H = (
    ((-5.33980, -0.10008, 1.13098), (-0.35351, 1.26970, 0.45400), (-0.23789, 0.86036, 0.15354), (-0.94158, 0.64552, 0.16817)),
    -0.18961, 0.71147,
)  # fmt: skip
_K_V = (
    ((-3.80595, 0.56934, 0.81061), (-3.44965, -0.22911, 0.51059), (-0.39902, 0.73042, 0.11899), (0.50167, 1.07319, 0.27195)),
    -0.16398, 0.63297,
)  # fmt: skip
_ALPHA_H = (
    ((-0.14318, 1.82442, -0.55187), (0.29591, 0.77564, 0.19822), (0.32177, 0.63773, 0.13164),
     (-5.37610, -0.96230, 1.47828), (16.1721, -3.29980, 3.43990)),
    0.67849, -1.95537,
)  # fmt: skip
_ALPHA_V = (
    ((-0.07771, 2.33840, -0.76284), (0.56727, 0.95545, 0.54039), (-0.20238, 1.14520, 0.26809),
     (-48.2991, 0.791669, 0.116226), (48.5833, 0.791459, 0.116479)),
    -0.053739, 0.83433,
)  # fmt: skip
_Fit = tuple[tuple[tuple[float, float, float], ...], float, float]


def _fitted(log_f: Floats, fit: _Fit) -> Floats:
    gaussians, slope, offset = fit
    total = slope * log_f + offset
    for a, b, c in gaussians:
        total = total + a * np.exp(-(((log_f - b) / c) ** 2))
    return total


def rain_coefficients(
    frequency_ghz: ArrayLike, *, elevation_deg: ArrayLike = 0.0, polarisation: Polarisation = "vertical"
) -> tuple[Floats, Floats]:
    """Coefficients ``k`` and ``α`` of ``γ = k·R^α``.

    Parameters
    ----------
    frequency_ghz
        1 to 1000.
    elevation_deg
        Of the path, -90 to 90.
    polarisation
        ``horizontal``, ``vertical`` or ``circular``.

    References
    ----------
    ITU-R P.838-3 (2005), eq. (2)-(5), tables 1-4.

    Examples
    --------
    Table 5 of the Recommendation at 15 GHz, horizontal: 0.04481 and 1.1233.

    >>> k, alpha = rain_coefficients(15.0, polarisation="horizontal")
    >>> round(float(k), 5), round(float(alpha), 4)
    (0.04481, 1.1233)
    """
    f = within("frequency_ghz", frequency_ghz, 1.0, 1000.0, _P838)
    elevation = within("elevation_deg", elevation_deg, -90.0, 90.0, _P838)
    log_f = np.log10(f)
    k_h, k_v = 10.0 ** _fitted(log_f, _K_H), 10.0 ** _fitted(log_f, _K_V)
    alpha_h, alpha_v = _fitted(log_f, _ALPHA_H), _fitted(log_f, _ALPHA_V)
    share = np.cos(np.radians(elevation)) ** 2 * np.cos(np.radians(2.0 * _TILT_DEG[polarisation]))
    k = (k_h + k_v + (k_h - k_v) * share) / 2.0
    alpha = (k_h * alpha_h + k_v * alpha_v + (k_h * alpha_h - k_v * alpha_v) * share) / (2.0 * k)
    return k, alpha


def rain_specific_db_per_km(
    frequency_ghz: ArrayLike,
    rain_mm_per_h: ArrayLike,
    *,
    elevation_deg: ArrayLike = 0.0,
    polarisation: Polarisation = "vertical",
) -> Floats:
    """Attenuation of one kilometre of rain, ``γ = k·R^α`` (ITU-R P.838-3 eq. 1); ranges as `rain_coefficients`.

    Examples
    --------
    >>> round(float(rain_specific_db_per_km(15.0, 99.0, polarisation="horizontal")), 2)
    7.82
    """
    rain = within("rain_mm_per_h", rain_mm_per_h, 0.0, 300.0, "ITU-R P.837-7: no place on Earth exceeds it")
    k, alpha = rain_coefficients(frequency_ghz, elevation_deg=elevation_deg, polarisation=polarisation)
    return np.asarray(k * rain**alpha, dtype=np.float64)


def _at_001(distance_km: Floats, frequency_ghz: Floats, rain: Floats, polarisation: Polarisation) -> Floats:
    """Attenuation exceeded 0.01 % of the time, eq. 32-33; the distance factor is at most 2.5."""
    k, alpha = rain_coefficients(frequency_ghz, polarisation=polarisation)
    spread = 0.477 * distance_km**0.633 * rain ** (0.073 * alpha) * frequency_ghz**0.123
    below = spread - 10.579 * (1.0 - np.exp(-0.024 * distance_km))
    factor = np.where(below > 0.4, 1.0 / np.maximum(below, 0.4), 2.5)
    return np.asarray(k * rain**alpha * distance_km * factor, dtype=np.float64)


def _shape(frequency_ghz: Floats) -> tuple[Floats, Floats, Floats]:
    """C1, C2, C3 of eq. 34, by eq. 35."""
    c0 = 0.12 + np.where(frequency_ghz >= 10.0, 0.32 * np.log10(np.maximum(frequency_ghz, 10.0) / 10.0), 0.0)
    c1 = 0.07**c0 * 0.12 ** (1.0 - c0)
    return c1, 0.855 * c0 + 0.546 * (1.0 - c0), 0.139 * c0 + 0.043 * (1.0 - c0)


def _checked_hop(
    distance_km: ArrayLike, frequency_ghz: ArrayLike, rain_mm_per_h: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    return (
        within("distance_km", distance_km, 1e-3, 60.0, _P530),
        within("frequency_ghz", frequency_ghz, 1.0, 100.0, _P530),
        within("rain_mm_per_h", rain_mm_per_h, 0.0, 300.0, "ITU-R P.837-7: no place on Earth exceeds it"),
    )


def hop_rain_loss_db(
    distance_km: ArrayLike,
    frequency_ghz: ArrayLike,
    rain_mm_per_h: ArrayLike,
    percent: ArrayLike = 0.01,
    *,
    polarisation: Polarisation = "vertical",
) -> Floats:
    """Rain attenuation of a hop exceeded for ``percent`` of an average year, dB; arguments are broadcast.

    Parameters
    ----------
    distance_km
        0.001 to 60.
    frequency_ghz
        1 to 100.
    rain_mm_per_h
        Rain rate exceeded 0.01 % of the time (ITU-R P.837), 0 to 300.
    percent
        0.001 to 1.
    polarisation
        Of the wave.

    Notes
    -----
    ``A0.01 = γ·d·r``, ``r = 1/(0.477 d^0.633 R^(0.073α) f^0.123 − 10.579(1 − exp(−0.024 d)))`` at most 2.5;
    other percentages ``A = A0.01·C1·p^−(C2 + C3·log10 p)``. In eq. 35 the exponent 0.8 belongs to ``f/10``
    (as in the ITU's reference code); ITU-Rpy raises the logarithm instead, which differs above 10 GHz away
    from 0.01 %.

    References
    ----------
    ITU-R P.530-17 (2017) §2.4.1, eq. 32-35 (unchanged in P.530-18).

    Examples
    --------
    15 GHz over 15 km of Java, where 99 mm/h is exceeded 0.01 % of the time:

    >>> round(float(hop_rain_loss_db(15.0, 15.0, 99.0, polarisation="horizontal")), 1)
    53.5
    """
    d, f, rain = _checked_hop(distance_km, frequency_ghz, rain_mm_per_h)
    p = within("percent", percent, MIN_PERCENT, MAX_PERCENT, _P530)
    c1, c2, c3 = _shape(f)
    loss = _at_001(d, f, rain, polarisation) * c1 * p ** -(c2 + c3 * np.log10(p))
    return np.asarray(loss, dtype=np.float64)


def hop_rain_outage_percent(
    margin_db: ArrayLike,
    distance_km: ArrayLike,
    frequency_ghz: ArrayLike,
    rain_mm_per_h: ArrayLike,
    *,
    polarisation: Polarisation = "vertical",
) -> Floats:
    """Share of an average year in which rain takes more than ``margin_db``, percent.

    Parameters
    ----------
    margin_db
        Fade margin; none left (0 or less) is an outage of 100 %.
    distance_km, frequency_ghz, rain_mm_per_h, polarisation
        As in `hop_rain_loss_db`.

    Notes
    -----
    The inverse of eq. 34: ``C3·x² + C2·x + log10(A/(A0.01·C1)) = 0`` with ``x = log10 p``. Below 0.001 %
    the power law is carried on (its attenuation still grows there down to 10⁻⁵ %), and above 1 % the answer is 100 %:
    nothing is promised where the Recommendation is silent.

    Examples
    --------
    The margin that 0.01 % of the year exceeds is lost for 0.01 % of the year:

    >>> round(float(hop_rain_outage_percent(hop_rain_loss_db(15.0, 15.0, 99.0), 15.0, 15.0, 99.0)), 6)
    0.01
    """
    margin = np.asarray(margin_db, dtype=np.float64)
    d, f, rain = _checked_hop(distance_km, frequency_ghz, rain_mm_per_h)
    c1, c2, c3 = _shape(f)
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.log10(np.maximum(margin, 1e-9) / (_at_001(d, f, rain, polarisation) * c1))  # no rain: +inf
        root = c2**2 - 4.0 * c3 * level
        x = np.where(root > 0.0, (-c2 + np.sqrt(np.maximum(root, 0.0))) / (2.0 * c3), -np.inf)
    percent = np.where(x > 0.0, 100.0, np.where(x < -5.0, 0.0, 10.0 ** np.maximum(x, -6.0)))
    return np.asarray(np.where(margin > 0.0, percent, 100.0), dtype=np.float64)
