"""One link looked at closely: ground under it, bulge, Fresnel zone, obstacles and its budget step by step."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from planner.errors import RadioError
from planner.grid import Raster
from planner.radio.hop_outage import HopOutage, hop_outage, low_k_factor
from planner.radio.link import RadioLink, require_between
from planner.radio.multipath import area_roughness_m
from planner.radio.profile import profile_parts
from planner.radio.ranges import Floats
from planner.specs.climate import Climate
from planner.units import EARTH_RADIUS_KM

__all__ = [
    "GroundProfile",
    "HopEnds",
    "Obstacle",
    "Sight",
    "Step",
    "access_steps",
    "departure_deg",
    "free_space_steps",
    "ground_profile",
    "hop_steps",
    "link_outage",
    "sight_of",
]

MEDIAN_K = 4.0 / 3.0
_LEAST_POINTS = 9
_MOST_OBSTACLES = 3


@dataclass(frozen=True, eq=False)
class GroundProfile:
    """Ground between two places; arrays of shape ``(n,)`` in order from the first place.

    Parameters
    ----------
    distance_km
        From the first place.
    lon_deg, lat_deg
        Points of the geodesic.
    ground_m
        Above sea level.
    clutter_m
        Cover above ground; 0 at both ends.
    is_sea
        Points without height that the caller said are sea, and ground at or below 0 m.
    spacing_m
        Between points.
    n_filled
        Points whose void was taken for sea.
    """

    distance_km: Floats
    lon_deg: Floats
    lat_deg: Floats
    ground_m: Floats
    clutter_m: Floats
    is_sea: np.typing.NDArray[np.bool_]
    spacing_m: float
    n_filled: int


@dataclass(frozen=True)
class Obstacle:
    """A summit that enters the first Fresnel zone: where, how high with cover, clearance in Fresnel radii."""

    at_km: float
    lon_deg: float
    lat_deg: float
    top_m: float
    clearance_f1_share: float


@dataclass(frozen=True, eq=False)
class Sight:
    """Geometry of a link at the median k; arrays of shape ``(n,)``.

    Parameters
    ----------
    bulge_m
        Height of the curved sea level over the chord.
    line_m
        Straight line between the antennas, metres above the chord's sea level.
    f1_m
        Radius of the first Fresnel zone.
    clearance_f1_share, low_k_f1_share
        Least clearance over the ground (with cover) at k = 4/3 and at the k exceeded 99.9 % of the time.
    tightest_km
        Where, at k = 4/3.
    low_k
        That k.
    obstacles
        At most three, the worst first.
    tilt_a_deg, tilt_b_deg
        Elevation of the line at each end; negative looks down.
    """

    bulge_m: Floats
    line_m: Floats
    f1_m: Floats
    clearance_f1_share: float
    low_k_f1_share: float
    tightest_km: float
    low_k: float
    obstacles: tuple[Obstacle, ...]
    tilt_a_deg: float
    tilt_b_deg: float


@dataclass(frozen=True)
class Step:
    """One line of a budget: its key among the words, its value, and what it is.

    ``level`` in dBm, ``change`` in dB (losses negative), ``margin`` in dB.
    """

    key: str
    value: float
    kind: Literal["level", "change", "margin"]


@dataclass(frozen=True)
class HopEnds:
    """Radio of a microwave hop, both ends alike: carrier, power, gain of one antenna, threshold."""

    frequency_ghz: float
    tx_power_dbm: float
    antenna_gain_dbi: float
    threshold_dbm: float


def ground_profile(
    terrain: Raster,
    from_lon_lat: tuple[float, float],
    to_lon_lat: tuple[float, float],
    *,
    clutter: Raster | None = None,
    void_is_sea: bool = False,
    n_points: int = 0,
) -> GroundProfile:
    """Ground along the geodesic, at the terrain's own spacing (bilinear; cover by the nearest pixel).

    Parameters
    ----------
    terrain, clutter
        Metres; NaN where unknown. A void of the cover counts as none.
    from_lon_lat, to_lon_lat
        Ends, degrees.
    void_is_sea
        The caller's word that ground without height is sea; otherwise it is refused.
    n_points
        At least 5: another spacing, for losses of ground cover depend on it; 0 takes the terrain's.

    Raises
    ------
    RadioError
        Ends at one place or off the terrain, ground without height.
    """
    from pyproj import Geod

    (lon_a, lat_a), (lon_b, lat_b) = from_lon_lat, to_lon_lat
    for name, value, limit in (("longitude", lon_a, 180.0), ("longitude", lon_b, 180.0), ("latitude", lat_a, 90.0), ("latitude", lat_b, 90.0)):  # fmt: skip
        require_between(name, value, -limit, limit, "degrees on the ellipsoid")
    geod = Geod(ellps="WGS84")
    length_km = float(geod.inv(lon_a, lat_a, lon_b, lat_b)[2]) / 1000.0
    require_between("distance_km", length_km, 0.01, 500.0, "two places at most 500 km apart")
    _require_on(terrain, from_lon_lat, "from")
    _require_on(terrain, to_lon_lat, "to")
    n = n_points or max(_LEAST_POINTS, math.ceil(length_km / terrain.grid.pixel_km) + 1)
    inner = geod.npts(lon_a, lat_a, lon_b, lat_b, n - 2)
    lon, lat = (np.array(column, dtype=np.float64) for column in zip((lon_a, lat_a), *inner, (lon_b, lat_b), strict=True))  # fmt: skip
    ground = _bilinear(terrain, lon, lat)
    unknown = np.isnan(ground)
    if unknown.any() and not void_is_sea:
        first = int(np.flatnonzero(unknown)[0])
        message = (
            f"the terrain has no height at {int(unknown.sum())} of {n} points of the path (first at {lon[first]:.4f}, "
            f"{lat[first]:.4f}): a void is never taken for sea in silence; say so with --void-is-sea, or fill the model"
        )
        raise RadioError(
            message, code="radio_path_void", n=int(unknown.sum()), n_points=n, lon_deg=f"{lon[first]:.4f}",
            lat_deg=f"{lat[first]:.4f}",
        )  # fmt: skip
    ground = np.where(unknown, 0.0, ground)
    cover = np.zeros(n)
    if clutter is not None:
        row, col = clutter.grid.row_col(lon, lat)
        inside = clutter.grid.contains(row, col)
        cover[inside] = np.nan_to_num(np.asarray(clutter.values[row[inside], col[inside]], dtype=np.float64))
    cover[[0, -1]] = 0.0
    return GroundProfile(
        np.linspace(0.0, length_km, n), lon, lat, ground, cover, ground <= 0.0, 1000.0 * length_km / (n - 1),
        int(unknown.sum()),
    )  # fmt: skip


def _require_on(terrain: Raster, place: tuple[float, float], name: str) -> None:
    west, south, east, north = terrain.grid.bounds_deg
    if not (west <= place[0] <= east and south <= place[1] <= north):
        message = (
            f"'{name}' = {place[0]:.4f},{place[1]:.4f} lies off the terrain model, which spans "
            f"{west:.3f} to {east:.3f} and {south:.3f} to {north:.3f}"
        )
        raise RadioError(
            message, code="radio_off_terrain", name=name, lon_deg=f"{place[0]:.4f}", lat_deg=f"{place[1]:.4f}",
            bounds=f"{west:.3f} – {east:.3f}, {south:.3f} – {north:.3f}",
        )  # fmt: skip


def _bilinear(raster: Raster, lon_deg: Floats, lat_deg: Floats) -> Floats:
    from scipy.ndimage import map_coordinates

    grid = raster.grid
    row = np.clip((grid.north_deg - lat_deg) / grid.pixel_deg - 0.5, 0.0, grid.n_rows - 1.0)
    col = np.clip((lon_deg - grid.west_deg) / grid.pixel_deg - 0.5, 0.0, grid.n_cols - 1.0)
    top, left = int(row.min()), int(col.min())
    part = raster.values[top : int(row.max()) + 2, left : int(col.max()) + 2].astype(np.float64)  # not the whole raster
    return np.asarray(map_coordinates(part, [row - top, col - left], order=1, mode="nearest"), dtype=np.float64)


def sight_of(profile: GroundProfile, *, frequency_mhz: float, height_a_m: float, height_b_m: float) -> Sight:
    """Line, Fresnel zone, clearance and obstacles of a link over its ground.

    Parameters
    ----------
    profile
        Ground.
    frequency_mhz
        30 to 100 000.
    height_a_m, height_b_m
        Antennas above ground, 1 to 3000.

    Notes
    -----
    ``F1 = 17.3·sqrt(d1·d2/(f·d))`` m, bulge ``500·d1·d2/(k·a)`` m (d in km, f in GHz).

    References
    ----------
    ITU-R P.530-17 §2.2.2.1; ITU-R P.526-15 eq. 2.
    """
    require_between("frequency_mhz", frequency_mhz, 30.0, 100_000.0, "ITU-R P.1812-8 and P.530-17")
    for name, value in (("height_a_m", height_a_m), ("height_b_m", height_b_m)):
        require_between(name, value, 1.0, 3000.0, "ITU-R P.1812-8 table 1")
    d, length = profile.distance_km, float(profile.distance_km[-1])
    product = d * (length - d)
    top = profile.ground_m + profile.clutter_m
    end_a, end_b = profile.ground_m[0] + height_a_m, profile.ground_m[-1] + height_b_m
    line = end_a + (end_b - end_a) * d / length
    f1 = 17.3 * np.sqrt(product / (frequency_mhz / 1000.0 * length))
    low_k = float(low_k_factor(length))

    def shares(k: float) -> Floats:
        over = line - top - 500.0 * product / (k * EARTH_RADIUS_KM)
        return np.asarray(over[1:-1] / f1[1:-1], dtype=np.float64)

    median = shares(MEDIAN_K)
    worst = int(median.argmin())
    drop = 1000.0 * (end_b - end_a) / (1000.0 * length)
    sag = length * 1000.0 / (2.0 * MEDIAN_K * EARTH_RADIUS_KM)
    return Sight(
        bulge_m=500.0 * product / (MEDIAN_K * EARTH_RADIUS_KM),
        line_m=line,
        f1_m=f1,
        clearance_f1_share=float(median[worst]),
        low_k_f1_share=float(shares(low_k).min()),
        tightest_km=float(d[1 + worst]),
        low_k=low_k,
        obstacles=_obstacles(profile, top, median),
        tilt_a_deg=math.degrees(math.atan2(drop - sag, 1000.0)),
        tilt_b_deg=math.degrees(math.atan2(-drop - sag, 1000.0)),
    )


def _obstacles(profile: GroundProfile, top: Floats, share: Floats) -> tuple[Obstacle, ...]:
    """The worst points below one Fresnel radius, apart from each other by a twentieth of the path."""
    apart = max(1, share.size // 20)
    found: list[int] = []
    for i in np.argsort(share, kind="stable"):
        if share[i] >= 1.0 or len(found) == _MOST_OBSTACLES:
            break
        is_summit = share[i] <= share[max(0, int(i) - apart) : int(i) + apart + 1].min()  # not a shoulder
        if is_summit and all(abs(int(i) - j) > apart for j in found):
            found.append(int(i))
    return tuple(
        Obstacle(
            float(profile.distance_km[i + 1]), float(profile.lon_deg[i + 1]), float(profile.lat_deg[i + 1]),
            float(top[i + 1]), float(share[i]),
        )
        for i in found
    )  # fmt: skip


def departure_deg(profile: GroundProfile, height_a_m: float, height_b_m: float, delta_n: float) -> float:
    """Angle at which the path leaves the first antenna, degrees above the horizontal, over the curved Earth.

    That of the first obstructing edge (ground with its cover) or, on a clear path, of the other antenna: where the
    area engine takes an antenna's pattern too.
    """
    d = profile.distance_km[1:]
    top = profile.ground_m[1:] + profile.clutter_m[1:]
    top[-1] = profile.ground_m[-1] + height_b_m
    curvature = 500.0 * d * (157.0 - delta_n) / (EARTH_RADIUS_KM * 157.0)
    slope_mrad = (top - profile.ground_m[0] - height_a_m) / d - curvature
    return math.degrees(math.atan(float(slope_mrad.max()) / 1000.0))


def access_steps(
    profile: GroundProfile,
    link: RadioLink,
    *,
    zero_loss_dbm: float,
    threshold_dbm: float,
    extra: tuple[Step, ...] = (),
) -> tuple[Step, ...]:
    """From the level without any loss to the margin over the threshold, by ITU-R P.1812.

    Parameters
    ----------
    profile, link
        Ground and radio; sea is zone 1, the rest inland.
    zero_loss_dbm
        Level that the handset would report if the path lost nothing
        (`planner.radio.link_budget.level_at_zero_loss_dbm`).
    threshold_dbm
        Least level that counts.
    extra
        Changes of the level beside the path's: pattern of the antenna, fitted correction.

    Notes
    -----
    Terrain is the loss over bare ground less free space, clutter what the cover adds; location what a
    ``location_percent`` other than 50 adds. All are of P.1812 §4, at the spacing of the profile.
    """
    zone = np.where(profile.is_sea, 1, 4)
    median = replace(link, location_percent=50.0)
    bare = profile_parts(profile.distance_km, profile.ground_m, median, zone=zone)
    cover = profile_parts(profile.distance_km, profile.ground_m, median, clutter_m=profile.clutter_m, zone=zone)
    whole = profile_parts(profile.distance_km, profile.ground_m, link, clutter_m=profile.clutter_m, zone=zone)
    level = zero_loss_dbm - whole["Lb"] + sum(step.value for step in extra)
    steps = [
        Step("zero_loss", zero_loss_dbm, "level"),
        Step("free_space", -bare["Lbfs"], "change"),
        Step("terrain", -(bare["Lb"] - bare["Lbfs"]), "change"),
        Step("clutter", -(cover["Lb"] - bare["Lb"]), "change"),
    ]
    if link.location_percent != 50.0:
        steps.append(Step("location", -(whole["Lb"] - cover["Lb"]), "change"))
    return (*steps, *extra, *_outcome(level, threshold_dbm))


def _outcome(level_dbm: float, threshold_dbm: float) -> tuple[Step, ...]:
    return (
        Step("received", level_dbm, "level"),
        Step("threshold", threshold_dbm, "level"),
        Step("margin", level_dbm - threshold_dbm, "margin"),
    )


def free_space_steps(
    distance_km: float,
    frequency_mhz: float,
    level_dbm: float,
    *,
    zero_loss_dbm: float,
    threshold_dbm: float,
    extra: tuple[Step, ...] = (),
) -> tuple[Step, ...]:
    """Steps of a predicted level where the ground is not known: free space (ITU-R P.525-4), the extra changes, the rest."""
    free = 32.45 + 20.0 * math.log10(frequency_mhz) + 20.0 * math.log10(distance_km)
    rest = level_dbm - zero_loss_dbm + free - sum(step.value for step in extra)
    return (
        Step("zero_loss", zero_loss_dbm, "level"),
        Step("free_space", -free, "change"),
        *extra,
        Step("rest", rest, "change"),
        *_outcome(level_dbm, threshold_dbm),
    )


def hop_steps(distance_km: float, ends: HopEnds) -> tuple[Step, ...]:
    """From the transmitter to the fade margin of a microwave hop in clear air (free-space loss, ITU-R P.525-4)."""
    f = ends.frequency_ghz
    require_between("frequency_ghz", f, 1.0, 100.0, "ITU-R P.530-17")
    loss = 92.45 + 20.0 * math.log10(f) + 20.0 * math.log10(distance_km)
    level = ends.tx_power_dbm + 2.0 * ends.antenna_gain_dbi - loss
    return (
        Step("tx_power", ends.tx_power_dbm, "level"),
        Step("tx_gain", ends.antenna_gain_dbi, "change"),
        Step("free_space", -loss, "change"),
        Step("rx_gain", ends.antenna_gain_dbi, "change"),
        Step("received", level, "level"),
        Step("threshold", ends.threshold_dbm, "level"),
        Step("margin", level - ends.threshold_dbm, "margin"),
    )


def link_outage(
    profile: GroundProfile,
    ends: HopEnds,
    heights_m: tuple[float, float],
    *,
    margin_db: float,
    climate: Climate,
    terrain: Raster | None = None,
    equipment_percent: float = 0.0,
) -> HopOutage:
    """Yearly outage of a hop; the roughness is that of the terrain around its middle where it is known.

    Parameters
    ----------
    profile, ends
        Ground and radio.
    heights_m
        Antennas above ground.
    margin_db
        Fade margin.
    climate
        At the middle of the path.
    terrain
        For the roughness of 110 km × 110 km; None takes that of the climate.
    equipment_percent
        Of both ends.
    """
    middle = profile.distance_km.size // 2
    lon, lat = float(profile.lon_deg[middle]), float(profile.lat_deg[middle])
    if terrain is not None:
        rough = float(area_roughness_m(terrain, lon, lat))
        if math.isfinite(rough):
            climate = replace(climate, roughness_m=np.asarray(rough))
    return hop_outage(
        float(profile.distance_km[-1]), ends.frequency_ghz,
        profile.ground_m[0] + heights_m[0], profile.ground_m[-1] + heights_m[1], margin_db,
        climate=climate, latitude_deg=lat, equipment_percent=equipment_percent,
    )  # fmt: skip
