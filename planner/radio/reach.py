"""What the antennas of one place send to pixels around it: loss, pattern and fitted correction; levels in dBm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner import registry
from planner.errors import RadioError
from planner.grid import Grid, Raster
from planner.radio import propagation
from planner.radio.antenna import Mount, Pattern, pattern_loss_db, pattern_of
from planner.radio.propagation import AreaJob, Settings
from planner.radio.ranges import Floats
from planner.radio.surface import Ground, make_ground, metric_km, offset, pixel_km
from planner.specs.radio import Correction, RadioSpec
from planner.units import EARTH_RADIUS_KM

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Air", "Antenna", "Heard", "make_air", "model_used", "mounts", "on_pixels", "settings_of"]

_K = 4.0 / 3.0
_SPACING_TOLERANCE = 0.05

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Antenna:
    """One transmitter of a place: which pair of height and band its paths belong to, its level without loss, its mount."""

    pair: int
    zero_loss_dbm: float
    mount: Mount


@dataclass(frozen=True)
class Air:
    """What all places of a prediction share.

    Parameters
    ----------
    ground
        Terrain, clutter and land on one frame.
    model
        Module of the propagation model, and its key.
    settings
        Of all links; the radius is replaced place by place.
    pattern
        Of all antennas.
    correction, cover_db
        Fitted correction and its part by ground cover, on the frame; None without.
    """

    ground: Ground
    model: Any
    model_name: str
    settings: Settings
    pattern: Pattern
    correction: Correction | None
    cover_db: NDArray[np.float32] | None


@dataclass(frozen=True)
class Heard:
    """Levels of a place's antennas on pixels, float32 ``(n_antennas, n_pixels)``, and the pixels' distance.

    ``levels_dbm`` are those of service, ``disturbing_dbm`` those of interference: exceeded for the smaller share of time
    ``interference_time_percent`` (the same array where the two percentages are equal or the model knows no time).
    """

    levels_dbm: NDArray[np.float32]
    distance_km: Floats
    disturbing_dbm: NDArray[np.float32]


def model_used(spec: RadioSpec, terrain: Raster | None) -> str:
    """Key of the propagation model a run uses."""
    return spec.model if terrain is not None else spec.fallback_model


def settings_of(spec: RadioSpec, grid: Grid) -> Settings:
    """What all links of a run share."""
    return Settings(
        rx_height_m=spec.rx_height_m,
        delta_n=spec.delta_n,
        n0=spec.n0,
        time_percent=spec.time_percent,
        location_percent=spec.location_percent,
        polarisation=spec.polarisation,
        spacing_km=(spec.profile_spacing_m or grid.pixel_m) / 1000.0,
        resolution_m=grid.pixel_m,
        environment=spec.hata_environment,
        radius_km=spec.reach_km,
        rays_per_cell=spec.rays_per_cell,
        interference_percent=spec.interference_time_percent if spec.interference == "modelled" else spec.time_percent,
    )


def make_air(
    grid: Grid,
    *,
    spec: RadioSpec,
    terrain: Raster | None,
    clutter_m: Raster | None,
    land: NDArray[np.bool_] | None,
    cover_db: Raster | None = None,
) -> Air:
    """Bring ground, model and correction together.

    Parameters
    ----------
    grid, spec, terrain, clutter_m, land
        As in `planner.radio.coverage.coverage`.
    cover_db
        Part of the correction by ground cover on the terrain's grid or larger
        (`planner.radio.calibration.cover_correction`); None: the reference class everywhere.

    Raises
    ------
    RadioError
        Rasters that do not fit; a correction fitted with another model or spacing of the profile.
    """
    ground = make_ground(grid, terrain=terrain, clutter_m=clutter_m, land=land, spec=spec)
    name, settings = model_used(spec, terrain), settings_of(spec, ground.frame)
    cover = None
    if spec.correction is not None:
        _require_same(spec.correction, name, settings)
        if cover_db is not None:
            top, left = offset(cover_db.grid, ground.frame, "correction")
            cover = cover_db.values[top : top + ground.frame.n_rows, left : left + ground.frame.n_cols]
            cover = np.ascontiguousarray(cover, dtype=np.float32)
    return Air(
        ground, registry.load(propagation, name), name, settings, pattern_of(spec), spec.correction, cover
    )  # fmt: skip


def _require_same(correction: Correction, model: str, settings: Settings) -> None:
    spacing_m = 1000.0 * settings.spacing_km
    if correction.model != model or abs(spacing_m / correction.spacing_m - 1.0) > _SPACING_TOLERANCE:
        message = (
            f"calibration '{correction.name}' was fitted with {correction.model} at {correction.spacing_m:.0f} m between the "
            f"points of a profile, and this run uses {model} at {spacing_m:.0f} m: losses of ground cover do not carry over "
            "(ITU-R P.1812-8 §3.2); calibrate again with this scenario"
        )
        raise RadioError(
            message, code="radio_calibration", name=correction.name, fitted=correction.model,
            fitted_m=f"{correction.spacing_m:.0f}", used=model, used_m=f"{spacing_m:.0f}",
        )  # fmt: skip


def mounts(stations: pd.DataFrame, spec: RadioSpec) -> list[Mount]:
    """How each station's antenna hangs; tilts that are not stated are those of the model (mechanical: none)."""
    n = len(stations)

    def column(name: str, default: float) -> list[float]:
        if name not in stations:
            return [default] * n
        values = stations[name].to_numpy(dtype=np.float64, na_value=np.nan)
        filled: list[float] = np.where(np.isnan(values), default, values).tolist()
        return filled

    tilts = zip(
        column("azimuth_deg", np.nan),
        column("tilt_deg", spec.tilt_deg),
        column("mechanical_tilt_deg", 0.0),
        strict=True,
    )
    known: dict[tuple[float, ...], Mount] = {}
    return [known.get(key) or known.setdefault(key, Mount(*key)) for key in tilts]


def on_pixels(
    air: Air,
    place: tuple[float, float],
    pairs: tuple[Floats, Floats],
    antennas: tuple[Antenna, ...],
    pixels: tuple[Ints, Ints],
    radius_km: float,
) -> Heard:
    """Levels of the antennas of one place on pixels of the frame.

    Parameters
    ----------
    air
        Ground, model, settings.
    place
        Longitude and latitude.
    pairs
        Antenna heights (m) and bands (MHz): path loss is computed once for each pair.
    antennas
        Transmitters.
    pixels
        Rows and columns on the frame.
    radius_km
        Reach of the place: rays are a pixel apart there.
    """
    lon, lat = place
    row, col = air.ground.place(lon, lat)
    rows, cols = pixels
    first = int(rows.min(initial=air.ground.frame.n_rows))
    of_row = metric_km(lat, row, np.arange(first, int(rows.max(initial=-1)) + 1), air.ground.frame.pixel_deg)
    per_row, per_col = of_row[0][rows - first], of_row[1][rows - first]
    job = AreaJob(
        surface=air.ground.surface,
        tower=(row, col),
        latitude_deg=lat,
        pixel_km=pixel_km(lat, air.ground.frame.pixel_deg),
        rows=rows,
        cols=cols,
        km_per_row=per_row,
        km_per_col=per_col,
        heights_m=pairs[0],
        bands_mhz=pairs[1],
        settings=replace(air.settings, radius_km=radius_km),
    )
    distance = job.distance_km()
    losses, seldom, leaving_mrad = _losses(air.model, job, distance)
    bearing = np.zeros(rows.size)
    if any(not np.isnan(antenna.mount.azimuth_deg) for antenna in antennas):
        bearing = np.degrees(np.arctan2((cols - col) * per_col, (row - rows) * per_row))
    elevation = np.degrees(np.arctan(leaving_mrad / 1000.0))
    fitted = _fitted(air, rows, cols, distance)
    levels = np.empty((len(antennas), rows.size), dtype=np.float32)
    disturbing = levels if seldom is losses else np.empty_like(levels)
    for k, antenna in enumerate(antennas):
        pattern = pattern_loss_db(bearing, elevation[antenna.pair], antenna.mount, air.pattern)
        lossless = antenna.zero_loss_dbm + fitted - pattern
        levels[k] = lossless - losses[antenna.pair]
        if disturbing is not levels:
            disturbing[k] = lossless - seldom[antenna.pair]
    return Heard(levels, distance, disturbing)


def _losses(model: Any, job: AreaJob, distance_km: Floats) -> tuple[NDArray[np.float32], NDArray[np.float32], Floats]:
    """Losses of service and of interference, and the angles at which paths leave the antenna, by pair and pixel.

    Angles in mrad above the horizontal. Where losses do not differ they are the same array.
    """
    if not job.rows.size:
        none = np.empty((job.heights_m.size, 0))
        empty = none.astype(np.float32)
        return empty, empty, none
    if hasattr(model, "area_losses"):
        s = job.settings
        percents = (s.time_percent, s.interference_percent)
        if s.interference_percent == s.time_percent:
            losses, leaving = model.area_losses(job)
            return losses, losses, leaving.astype(np.float64)
        losses, leaving = model.area_losses(job, percents)
        return losses[0::2], losses[1::2], leaving[0::2].astype(np.float64)
    rise = np.full(job.rows.size, job.settings.rx_height_m)
    if job.surface is not None:
        height = job.surface.height_m
        at = tuple(min(max(round(v), 0), n - 1) for v, n in zip(job.tower, height.shape, strict=True))
        rise = rise + height[job.rows, job.cols] - float(height[at])
    km = np.maximum(distance_km, 1e-3)
    direct = (rise[np.newaxis, :] - job.heights_m[:, np.newaxis]) / km - 500.0 * km / (_K * EARTH_RADIUS_KM)
    losses = model.losses_db(job)
    return losses, losses, direct


def _fitted(air: Air, rows: Ints, cols: Ints, distance_km: Floats) -> Floats | float:
    """Correction of the levels at pixels, dB."""
    c = air.correction
    if c is None:
        return 0.0
    found = c.offset_db + c.slope_db_per_decade * np.log10(np.maximum(distance_km, 0.05) / c.pivot_km)
    return found if air.cover_db is None else found + air.cover_db[rows, cols]
