"""Path analysis of ITU-R P.1812-8: zones, smooth surface, horizons, roughness (§3.6, attachment 1)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit, jit_entry, jit_scan, least
from planner.radio.propagation._p1812_diffraction import Steps

__all__ = [
    "FAR_COAST_KM",
    "duct_incidence",
    "horizon_angles",
    "horizon_points",
    "profile_sums",
    "roughness",
    "smooth_heights",
    "terrain_slopes",
    "zone_lengths",
]

Array = NDArray[np.float64]
Zones = NDArray[np.uint8]

SEA, COAST, INLAND = 1, 3, 4
"""Radio-climatic zones B, A1 and A2 of §3.3, with the codes the ITU databank uses."""

FAR_COAST_KM = 500.0
"""Distance to the coast of a terminal whose path meets no sea (§3.4: no effect beyond 5 km)."""


@jit_entry
def zone_lengths(d: Array, zone: Zones, n: int) -> tuple[float, float, float, float, float]:
    """Shares and longest sections of the radio-climatic zones along a path.

    Each point stands for the half steps around it.

    Returns
    -------
    tuple
        Share of the path over sea ω; longest land section d_tm (inland and coastal); longest inland
        section d_lm; distance over land to the coast from the transmitter d_ct and the receiver d_cr, km.
    """
    total = d[n - 1]
    sea = 0.0
    land = inland = longest_land = longest_inland = 0.0
    d_ct = d_cr = FAR_COAST_KM
    for i in range(n):
        low = 0.0 if i == 0 else 0.5 * (d[i - 1] + d[i])
        high = total if i == n - 1 else 0.5 * (d[i] + d[i + 1])
        if zone[i] == SEA:
            sea += high - low
            d_ct = least(d_ct, low)
            d_cr = total - high
            land = 0.0
        else:
            land += high - low
        if zone[i] == INLAND:
            inland += high - low
        else:
            inland = 0.0
        longest_land = greatest(longest_land, land)
        longest_inland = greatest(longest_inland, inland)
    return least(1.0, sea / total), longest_land, longest_inland, d_ct, d_cr


@jit
def duct_incidence(latitude_deg: float, land_km: float, inland_km: float) -> float:
    """β0, per cent of time with a lapse rate over 100 N-units/km: eq. (2)–(5)."""
    tau = 1.0 - math.exp(-4.12e-4 * inland_km**2.41)  # (3)
    mu1 = (10.0 ** (-land_km / (16.0 - 6.6 * tau)) + 10.0 ** (-5.0 * (0.496 + 0.354 * tau))) ** 0.2  # (2)
    mu1 = least(1.0, mu1)
    latitude = abs(latitude_deg)
    if latitude <= 70.0:
        mu4 = mu1 ** (-0.935 + 0.0176 * latitude)  # (4)
        return float(10.0 ** (-0.015 * latitude + 1.67) * mu1 * mu4)  # (5)
    return float(4.17 * mu1 * mu1**0.3)


@jit_scan
def profile_sums(d: Array, h: Array, n: int) -> tuple[float, float]:
    """v1 and v2 of eq. (85), (86): the moments of the least-squares smooth surface."""
    v1 = 0.0
    v2 = 0.0
    for i in range(1, n):
        step = d[i] - d[i - 1]
        v1 += step * (h[i] + h[i - 1])
        v2 += step * (h[i] * (2.0 * d[i] + d[i - 1]) + h[i - 1] * (d[i] + 2.0 * d[i - 1]))
    return v1, v2


@jit_scan
def terrain_slopes(
    s: Steps, h: Array, n: int, ends: tuple[float, float], bulge: float
) -> tuple[float, float, float, float, float]:
    """Maxima over the inner points of the bare ground.

    Returns
    -------
    tuple
        Horizon slopes from both ends over the curved Earth (mrad, eq. 77 and 82a before the arc
        tangent); steepest slopes from both ends without curvature (m/km, eq. 89b and 89c before the
        slope of the direct line); greatest height above the direct line (m, eq. 89a).
    """
    total = s.d[n - 1]
    hts, hrs = ends
    slope = (hrs - hts) / total
    over_t = over_r = bare_t = bare_r = above = -np.inf
    for i in range(1, n - 1):
        from_t = (h[i] - hts) * s.inv_t[i]
        from_r = (h[i] - hrs) * s.inv_r[i]
        over_t = greatest(over_t, from_t - bulge * s.d[i])
        over_r = greatest(over_r, from_r - bulge * (total - s.d[i]))
        bare_t = greatest(bare_t, from_t)
        bare_r = greatest(bare_r, from_r)
        above = greatest(above, h[i] - hts - slope * s.d[i])
    return over_t, over_r, bare_t, bare_r, above


@jit
def smooth_heights(
    total: float,
    ground: tuple[float, float],
    ends: tuple[float, float],
    sums: tuple[float, float],
    tops: tuple[float, float, float],
) -> tuple[float, float, float, float]:
    """Smooth surface at both ends, and as the diffraction model wants it (§5.6.1, 5.6.2).

    ``ground`` are the heights at both ends, ``sums`` those of `profile_sums`, ``tops`` are ``bare_t, bare_r, above`` of `terrain_slopes`.

    Returns
    -------
    tuple
        ``hst, hsr`` of eq. (87), (88) and ``hstd, hsrd`` of eq. (91), metres above sea level.
    """
    hts, hrs = ends
    v1, v2 = sums
    hst = (2.0 * v1 * total - v2) / (total * total)
    hsr = (v2 - v1 * total) / (total * total)
    low_t, low_r = hst, hsr
    if tops[2] > 0.0:
        slope = (hrs - hts) / total
        alpha_t = tops[0] - slope  # (89b)
        alpha_r = tops[1] + slope  # (89c)
        low_t = hst - tops[2] * alpha_t / (alpha_t + alpha_r)  # (90c)
        low_r = hsr - tops[2] * alpha_r / (alpha_t + alpha_r)  # (90d)
    return hst, hsr, least(low_t, ground[0]), least(low_r, ground[1])


@jit
def horizon_angles(
    total_km: float, ends: tuple[float, float], bulge: float, over: tuple[float, float]
) -> tuple[float, float]:
    """Horizon angles θ_t, θ_r of the bare ground, mrad (attachment 1 §5.1–5.4, eq. 76–82).

    ``over`` are ``over_t, over_r`` of `terrain_slopes`.
    """
    hts, hrs = ends
    slope_t, slope_r = over
    direct = (hrs - hts) / total_km - bulge * total_km  # (78)
    if slope_t <= direct:
        slope_t, slope_r = direct, (hts - hrs) / total_km - bulge * total_km  # (81)
    return _mrad(slope_t), _mrad(slope_r)


@jit
def _mrad(slope: float) -> float:
    """Angle of a slope in m/km, mrad; below 50 m/km by four terms of the series, right to 1e-9 mrad."""
    x = slope / 1000.0
    if abs(x) > 0.05:
        return 1000.0 * math.atan(x)
    x2 = x * x
    return slope * (1.0 - x2 * (1.0 / 3.0 - x2 * (0.2 - x2 / 7.0)))


@jit
def horizon_points(
    s: Steps, h: Array, n: int, ends: tuple[float, float], bulge: float, over: tuple[float, float]
) -> tuple[int, int]:
    """Profile points of both horizons (eq. 80, 83); the point of largest ν, twice, on a line-of-sight path."""
    total = s.d[n - 1]
    hts, hrs = ends
    if over[0] > (hrs - hts) / total - bulge * total:
        return _first_at(s, h, n, hts, bulge, over[0]), _last_at(s, h, n, hrs, bulge, over[1])
    slope = (hrs - hts) / total
    best, at = -np.inf, 1
    for i in range(1, n - 1):
        value = (h[i] + bulge * s.d[i] * (total - s.d[i]) - hts - slope * s.d[i]) * s.inv_s[i]
        if value >= best:
            best, at = value, i
    return at, at


@jit
def _first_at(s: Steps, h: Array, n: int, hts: float, bulge: float, slope: float) -> int:
    """First point whose slope from the transmitter reaches ``slope`` but for rounding."""
    limit = slope - 1e-9 * greatest(1.0, abs(slope))
    for i in range(1, n - 1):
        if (h[i] - hts) * s.inv_t[i] - bulge * s.d[i] >= limit:
            return i
    return n - 2


@jit
def _last_at(s: Steps, h: Array, n: int, hrs: float, bulge: float, slope: float) -> int:
    """Last point whose slope from the receiver reaches ``slope`` but for rounding."""
    limit = slope - 1e-9 * greatest(1.0, abs(slope))
    for i in range(n - 2, 0, -1):
        if (h[i] - hrs) * s.inv_r[i] - bulge * (s.d[n - 1] - s.d[i]) >= limit:
            return i
    return 1


@jit
def roughness(d: Array, h: Array, line: tuple[float, float], first: int, last: int) -> float:
    """Terrain roughness h_m of eq. (95): greatest height above the smooth surface between the horizons.

    ``line`` is that surface's height at the transmitter and its slope in m/km (eq. 92, 93).
    """
    top = -np.inf
    for i in range(first, last + 1):
        top = greatest(top, h[i] - (line[0] + line[1] * d[i]))
    return top
