"""Climate of radio links by place: rain rate, rain height, refractivity gradient, roughness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from planner.errors import RadioError
from planner.specs.base import Spec
from planner.units import EARTH_RADIUS_KM

__all__ = ["Climate", "ClimateSpec"]

_NEAREST = 4

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Climate:
    """Climate at places; arrays of one shape.

    Parameters
    ----------
    rain_mm_per_h
        Rain rate exceeded 0.01 % of an average year.
    rain_height_km
        Mean annual rain height above sea level.
    dn1_per_km
        Refractivity gradient in the lowest 65 m not exceeded 1 % of the year, N-units/km.
    roughness_m
        Standard deviation of the ground in 110 km × 110 km.
    """

    rain_mm_per_h: Floats
    rain_height_km: Floats
    dn1_per_km: Floats
    roughness_m: Floats


class ClimateSpec(Spec):
    """Values at named places, and how far they are trusted.

    Parameters
    ----------
    places, lon_deg, lat_deg
        Where each value was computed.
    rain_mm_per_h, rain_height_km, dn1_per_km, roughness_m
        As in `Climate`.
    max_km
        Farthest place that may still answer.
    """

    places: tuple[str, ...]
    lon_deg: tuple[float, ...]
    lat_deg: tuple[float, ...]
    rain_mm_per_h: tuple[float, ...]
    rain_height_km: tuple[float, ...]
    dn1_per_km: tuple[float, ...]
    roughness_m: tuple[float, ...]
    max_km: float = Field(gt=0.0, le=2000.0)

    @model_validator(mode="after")
    def _whole(self) -> ClimateSpec:
        n = len(self.places)
        short = [
            name
            for name in ("lon_deg", "lat_deg", "rain_mm_per_h", "rain_height_km", "dn1_per_km", "roughness_m")
            if len(getattr(self, name)) != n
        ]
        if short or n < _NEAREST:
            message = (
                f"{n} places, but {', '.join(short) or 'at least 4 are needed'}: each column needs a value a place"
            )
            raise ValueError(message)
        return self

    def _near(self, lon_deg: ArrayLike, lat_deg: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
        from scipy.spatial import cKDTree

        lon, lat = np.asarray(lon_deg, dtype=np.float64), np.asarray(lat_deg, dtype=np.float64)
        chord, found = cKDTree(_unit(np.array(self.lon_deg), np.array(self.lat_deg))).query(_unit(lon, lat), _NEAREST)
        return 2.0 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chord / 2.0, 1.0)), np.asarray(found, dtype=np.int64)

    def nearest_km(self, lon_deg: ArrayLike, lat_deg: ArrayLike) -> Floats:
        """Distance to the nearest place of the table, km."""
        return self._near(lon_deg, lat_deg)[0][..., 0]

    def at(self, lon_deg: ArrayLike, lat_deg: ArrayLike) -> Climate:
        """Climate at places: the four nearest of the table, weighed by the inverse square of the distance.

        Raises
        ------
        RadioError
            A position that is not finite, or farther than ``max_km`` from every place of the table.
        """
        lon, lat = np.asarray(lon_deg, dtype=np.float64), np.asarray(lat_deg, dtype=np.float64)
        if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
            message = "climate was asked at a position that is not finite (models/radio/climate.toml)"
            raise RadioError(message, code="radio_position", n=int((~np.isfinite(lon + lat)).sum()))
        km, found = self._near(lon, lat)
        far = float(km[..., 0].max(initial=0.0))
        if far > self.max_km:
            message = (
                f"nearest place of known climate is {far:.0f} km away, more than {self.max_km:g} km "
                "(models/radio/climate.toml covers Indonesia)"
            )
            raise RadioError(message, code="radio_climate_far", km=round(far), max_km=self.max_km)
        weight = 1.0 / np.maximum(km, 1.0) ** 2
        weight /= weight.sum(axis=-1, keepdims=True)

        def weighed(column: tuple[float, ...]) -> Floats:
            return np.asarray((np.array(column)[found] * weight).sum(axis=-1), dtype=np.float64)

        return Climate(
            weighed(self.rain_mm_per_h),
            weighed(self.rain_height_km),
            weighed(self.dn1_per_km),
            weighed(self.roughness_m),
        )


def _unit(lon_deg: Floats, lat_deg: Floats) -> Floats:
    lon, lat = np.radians(lon_deg), np.radians(lat_deg)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
