"""Diffraction of ITU-R P.1812-8 §4.3: Bullington construction, spherical Earth, delta-Bullington.

Heights in metres, distances in kilometres, frequency in gigahertz, losses in decibels. Equation numbers
are those of the Recommendation, as the ITU reference implementation prints them beside its results.
Logarithms are natural ones times a constant: that is twice as fast as ``log10``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit, jit_scan, least

__all__ = [
    "DB10",
    "Ground",
    "Steps",
    "bullington_loss",
    "delta_bullington",
    "edge_parameter",
    "knife_edge_loss",
    "make_ground",
    "make_steps",
    "profile_bullington",
    "profile_slopes",
    "smooth_bullington",
    "spherical_loss",
]

Array = NDArray[np.float64]

DB10 = 10.0 / math.log(10.0)
"""Decibels of one neper of power: ``10·log10(x) = DB10·ln(x)``."""


class Ground(NamedTuple):
    """What frequency and polarisation give to the first-term formulas.

    ``land`` and ``sea`` are the surface admittances of eq. (29) without their factor (a·f)^(−1/3).
    """

    wavelength_m: float
    cbrt_f: float
    land: float
    sea: float


class Steps(NamedTuple):
    """Distances of the profile points, and what the scans divide by.

    ``d`` from the transmitter (km); ``inv_t`` = 1/d, ``inv_r`` = 1/(total − d), ``inv_s`` =
    1/sqrt(d·(total − d)); the inverses at both ends have no meaning.
    """

    d: Array
    inv_t: Array
    inv_r: Array
    inv_s: Array


def make_steps(d: Array) -> Steps:
    """Steps of a profile with any spacing."""
    with np.errstate(divide="ignore"):
        inv_t, inv_r = 1.0 / d, 1.0 / (d[-1] - d)
        return Steps(d, inv_t, inv_r, np.sqrt(inv_t * inv_r))


def make_ground(frequency_ghz: float, *, is_vertical: bool) -> Ground:
    """Constants of a frequency (GHz) and polarisation: eq. (29a), (29b) with the ground of §4.3.3.

    Land: relative permittivity 22, conductivity 0.003 S/m; sea: 80 and 5 S/m. The wavelength takes
    c = 0.2998 m·GHz, as the Recommendation's own worked cases do.
    """

    def admittance(permittivity: float, conductivity: float) -> float:
        loss = 18.0 * conductivity / frequency_ghz
        horizontal = 0.036 * ((permittivity - 1.0) ** 2 + loss**2) ** -0.25
        return float(horizontal * math.sqrt(permittivity**2 + loss**2) if is_vertical else horizontal)

    return Ground(
        wavelength_m=0.2998 / frequency_ghz,
        cbrt_f=float(np.cbrt(frequency_ghz)),
        land=admittance(22.0, 0.003),
        sea=admittance(80.0, 5.0),
    )


@jit
def knife_edge_loss(nu: float) -> float:
    """J(ν) of eq. (12), zero up to ν = −0.78."""
    if nu <= -0.78:
        return 0.0
    shifted = nu - 0.1
    return 6.9 + 2.0 * DB10 * math.log(math.sqrt(shifted * shifted + 1.0) + shifted)


@jit
def bullington_loss(edge_db: float, total_km: float) -> float:
    """Eq. (21): the Bullington loss from the loss of its knife edge."""
    if edge_db == 0.0:
        return 0.0
    return edge_db + (1.0 - math.exp(-edge_db / 6.0)) * (10.0 + 0.02 * total_km)


@jit
def edge_parameter(hts: float, hrs: float, total_km: float, slope_t: float, slope_r: float) -> float:
    """ν of the Bullington point, eq. (18) and (20), without the factor sqrt(1/λ); 0 where an edge just grazes."""
    if slope_t + slope_r <= 1e-9:
        return 0.0
    at_km = (hrs - hts + slope_r * total_km) / (slope_t + slope_r)
    rest_km = total_km - at_km
    height = hts + slope_t * at_km - (hts * rest_km + hrs * at_km) / total_km
    return height * math.sqrt(0.002 * total_km / (at_km * rest_km))


@jit_scan
def largest_nu(s: Steps, g: Array, n: int, ends: tuple[float, float], bulge: float) -> float:
    """Largest ν of eq. (15) over the inner points, without the factor sqrt(1/λ).

    ``ends`` are the antenna heights above sea level, ``bulge`` is 500·C_e.
    """
    total = s.d[n - 1]
    hts, hrs = ends
    slope = (hrs - hts) / total
    best = -np.inf
    for i in range(1, n - 1):
        value = (g[i] + bulge * s.d[i] * (total - s.d[i]) - hts - slope * s.d[i]) * s.inv_s[i]
        best = greatest(best, value)
    return best * math.sqrt(0.002 * total)


@jit_scan
def smooth_largest_nu(s: Steps, n: int, ends: tuple[float, float], bulge: float) -> float:
    """`largest_nu` over a profile whose heights are all zero."""
    total = s.d[n - 1]
    hts, hrs = ends
    slope = (hrs - hts) / total
    best = -np.inf
    for i in range(1, n - 1):
        value = (bulge * s.d[i] * (total - s.d[i]) - hts - slope * s.d[i]) * s.inv_s[i]
        best = greatest(best, value)
    return best * math.sqrt(0.002 * total)


@jit_scan
def profile_slopes(s: Steps, g: Array, n: int, ends: tuple[float, float], bulge: float) -> tuple[float, float]:
    """Steepest slopes from both ends over the curved Earth, eq. (13) and (17), m/km."""
    total = s.d[n - 1]
    hts, hrs = ends
    slope_t = -np.inf
    slope_r = -np.inf
    for i in range(1, n - 1):
        slope_t = greatest(slope_t, (g[i] - hts) * s.inv_t[i] + bulge * (total - s.d[i]))
        slope_r = greatest(slope_r, (g[i] - hrs) * s.inv_r[i] + bulge * s.d[i])
    return slope_t, slope_r


@jit_scan
def smooth_slopes(s: Steps, n: int, ends: tuple[float, float], bulge: float) -> tuple[float, float]:
    """`profile_slopes` over a profile whose heights are all zero."""
    total = s.d[n - 1]
    hts, hrs = ends
    slope_t = -np.inf
    slope_r = -np.inf
    for i in range(1, n - 1):
        slope_t = greatest(slope_t, bulge * (total - s.d[i]) - hts * s.inv_t[i])
        slope_r = greatest(slope_r, bulge * s.d[i] - hrs * s.inv_r[i])
    return slope_t, slope_r


@jit
def profile_bullington(
    s: Steps,
    g: Array,
    n: int,
    ends: tuple[float, float],
    bulge: float,
    wavelength_m: float,
    slopes: tuple[float, float],
) -> float:
    """§4.3.1 over the profile ``g`` (ground plus clutter), given its `profile_slopes`."""
    total = s.d[n - 1]
    hts, hrs = ends
    if slopes[0] < (hrs - hts) / total:  # eq. (14): line of sight
        nu = largest_nu(s, g, n, ends, bulge)
    else:
        nu = edge_parameter(hts, hrs, total, slopes[0], slopes[1])
    return bullington_loss(knife_edge_loss(nu / math.sqrt(wavelength_m)), total)


@jit
def smooth_bullington(s: Steps, n: int, ends: tuple[float, float], bulge: float, wavelength_m: float) -> float:
    """§4.3.1 over a smooth Earth at height zero with the antennas of eq. (37)."""
    total = s.d[n - 1]
    hts, hrs = ends
    slope_t, slope_r = smooth_slopes(s, n, ends, bulge)
    if slope_t < (hrs - hts) / total:
        nu = smooth_largest_nu(s, n, ends, bulge)
    else:
        nu = edge_parameter(hts, hrs, total, slope_t, slope_r)
    return bullington_loss(knife_edge_loss(nu / math.sqrt(wavelength_m)), total)


@jit
def height_factor(b: float, k: float) -> float:
    """10^(G(Y)/20) of eq. (34) with B = βY, and G not below 2 + 20·log10(K)."""
    floor = 1.258_925_411_794_167 * k
    if b > 2.0:
        shifted = b - 1.1
        factor = math.exp((17.6 * math.sqrt(shifted) - 8.0) / (2.0 * DB10)) / math.sqrt(math.sqrt(shifted))
    else:
        factor = b + 0.1 * b * b * b
    return float(greatest(factor, floor))


@jit
def first_term_over(
    total_km: float, hte: float, hre: float, radius_km: float, cbrt_f: float, admittance: float
) -> float:
    """First term of the residue series over one kind of ground, §4.3.3, eq. (29)–(36)."""
    root = math.exp(math.log(radius_km) / 3.0)
    k = admittance / (root * cbrt_f)
    k2 = k * k
    beta = (1.0 + 1.6 * k2 + 0.67 * k2 * k2) / (1.0 + 4.5 * k2 + 1.53 * k2 * k2)  # (30)
    x = 21.88 * beta * cbrt_f / (root * root) * total_km  # (31)
    scale = 0.9575 * beta * beta * cbrt_f * cbrt_f / root  # (32), (35): B = β·Y
    gains = height_factor(scale * hte, k) * height_factor(scale * hre, k)
    log_x = math.log(x)
    if x >= 1.6:  # (33)
        return float(17.6 * x - 11.0 - DB10 * log_x - 2.0 * DB10 * math.log(gains))
    return float(5.6488 * math.exp(1.425 * log_x) + 2.0 * DB10 * math.log(x / gains))


@jit
def first_term(total_km: float, hte: float, hre: float, radius_km: float, ground: Ground, sea_share: float) -> float:
    """Eq. (28): land and sea weighted by the share of the path over sea."""
    loss = 0.0
    if sea_share < 1.0:
        loss += (1.0 - sea_share) * first_term_over(total_km, hte, hre, radius_km, ground.cbrt_f, ground.land)
    if sea_share > 0.0:
        loss += sea_share * first_term_over(total_km, hte, hre, radius_km, ground.cbrt_f, ground.sea)
    return loss


@jit
def tightest_km(total_km: float, hte: float, hre: float, radius_km: float) -> float:
    """Distance from the transmitter at which a smooth curved Earth comes nearest the direct line, eq. (24)."""
    c = (hte - hre) / (hte + hre)  # (24d)
    m = 250.0 * total_km * total_km / (radius_km * (hte + hre))  # (24e)
    m1 = m + 1.0
    angle = 1.5 * c * math.sqrt(3.0 * m / (m1 * m1 * m1))
    angle = least(1.0, greatest(-1.0, angle))
    b = 2.0 * math.sqrt(m1 / (3.0 * m)) * math.cos(math.pi / 3.0 + math.acos(angle) / 3.0)  # (24c)
    return 0.5 * total_km * (1.0 + b)  # (24a)


@jit
def spherical_loss(
    total_km: float, hte: float, hre: float, radius_km: float, ground: Ground, sea_share: float
) -> float:
    """Spherical-Earth diffraction loss of §4.3.2, eq. (22)–(27)."""
    roots = math.sqrt(hte) + math.sqrt(hre)
    if total_km >= math.sqrt(0.002 * radius_km) * roots:  # (22)
        return first_term(total_km, hte, hre, radius_km, ground, sea_share)
    first = tightest_km(total_km, hte, hre, radius_km)
    second = total_km - first  # (24b)
    clearance = (
        (hte - 500.0 * first * first / radius_km) * second + (hre - 500.0 * second * second / radius_km) * first
    ) / total_km  # (23)
    needed = 17.456 * math.sqrt(first * second * ground.wavelength_m / total_km)  # (25)
    if clearance > needed:
        return 0.0
    marginal_km = 500.0 * (total_km / roots) ** 2  # (26)
    loss = first_term(total_km, hte, hre, marginal_km, ground, sea_share)
    if loss < 0.0:
        return 0.0
    return (1.0 - clearance / needed) * loss  # (27)


@jit
def delta_bullington(
    s: Steps,
    g: Array,
    n: int,
    ends: tuple[float, float, float, float],
    radius_km: float,
    ground: Ground,
    sea_share: float,
    is_whole: bool,  # noqa: FBT001  (kernels take positional arguments)
) -> tuple[float, float, float, float]:
    """Complete delta-Bullington loss of §4.3.4.

    ``ends`` are the antenna heights above sea level and above the smooth surface of §5.6.2
    (``hts, hrs, hts − hstd, hrs − hsrd``, eq. 37).

    Returns
    -------
    tuple
        ``L_d, L_bulla, L_bulls, L_dsph`` of eq. (39). The smooth Bullington loss is not computed (0)
        where the spherical loss is zero and it could not count, unless ``is_whole``.
    """
    bulge = 500.0 / radius_km
    above_sea = (ends[0], ends[1])
    slopes = profile_slopes(s, g, n, above_sea, bulge)
    actual = profile_bullington(s, g, n, above_sea, bulge, ground.wavelength_m, slopes)
    spherical = spherical_loss(s.d[n - 1], ends[2], ends[3], radius_km, ground, sea_share)
    smooth = 0.0
    if spherical > 0.0 or is_whole:
        smooth = smooth_bullington(s, n, (ends[2], ends[3]), bulge, ground.wavelength_m)
    return actual + greatest(spherical - smooth, 0.0), actual, smooth, spherical
