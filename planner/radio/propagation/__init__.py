"""Propagation models: one file a model, its name is its key.

Contract of a model file
------------------------
``INFO: ModelInfo``
    What the model is, where it holds, and whether it can do without terrain.
``loss_db(profile: Profile, link: RadioLink) -> float``
    Median (or ``time_percent``, ``location_percent``) basic transmission loss of one profile, dB.
``losses_db(job: AreaJob) -> NDArray[float32]``
    Loss from one place to many pixels for each pair of antenna height and band, ``(n_pairs, n_pixels)``.
    Called from several threads at once; it must not change its job.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["MIN_DISTANCE_KM", "AreaJob", "ModelInfo", "Profile", "Settings", "Surface"]

MIN_DISTANCE_KM = 0.25
"""Shortest path of ITU-R P.1812-8 (table 1); below it free space plus a scaled excess is used."""


@dataclass(frozen=True)
class ModelInfo:
    """Description of a propagation model.

    Parameters
    ----------
    name
        Key of the file.
    about
        One sentence.
    source
        Publication, with its number and year.
    has_terrain
        The model reads heights along the path; without terrain another one takes its place.
    min_frequency_mhz, max_frequency_mhz
        Where it holds.
    """

    name: str
    about: str
    source: str
    has_terrain: bool
    min_frequency_mhz: float
    max_frequency_mhz: float


@dataclass(frozen=True)
class Profile:
    """One path, points in order from transmitter to receiver; all arrays of the same length.

    Parameters
    ----------
    distance_km
        From the transmitter, rising from 0.
    height_m
        Ground above sea level.
    clutter_m
        Clutter above ground; the first and the last value do not count.
    zone
        Radio-climatic zone of ITU-R P.1812-8 §3.3: 1 sea, 3 coastal land, 4 inland.
    """

    distance_km: NDArray[np.float64]
    height_m: NDArray[np.float64]
    clutter_m: NDArray[np.float64]
    zone: NDArray[np.uint8]


@dataclass(frozen=True)
class Settings:
    """What all links of a run share (see `RadioLink` for meaning and ranges).

    ``spacing_km`` is the step of the profiles, ``resolution_m`` the side of the square a prediction
    stands for (location variability). ``radius_km`` is the reach of a place; there the rays of an area
    engine are ``rays_per_cell`` a pixel apart (more rays, less error). ``interference_percent`` is the share of time of
    interference, where a model tells it apart.
    """

    rx_height_m: float
    delta_n: float
    n0: float
    time_percent: float
    location_percent: float
    polarisation: str
    spacing_km: float
    resolution_m: float
    environment: str = "suburban"
    radius_km: float = 35.0
    rays_per_cell: float = 1.0
    interference_percent: float = 50.0


@dataclass(frozen=True)
class Surface:
    """Ground, clutter and sea on one frame of pixels.

    Parameters
    ----------
    height_m
        Ground above sea level, float32; 0 at sea, no NaN on paths that are computed.
    cover_m
        Clutter above ground, float32; −1 at sea.
    has_cover
        Some pixel is sea or carries clutter.
    """

    height_m: NDArray[np.float32]
    cover_m: NDArray[np.float32]
    has_cover: bool


@dataclass(frozen=True)
class AreaJob:
    """Path losses wanted from one place.

    Parameters
    ----------
    surface
        Ground under the paths; None where there is no terrain.
    tower
        Row and column of the place, in pixels, pixel centres at whole numbers.
    latitude_deg
        Of the place.
    pixel_km
        North-south and east-west length of a pixel at the place, km.
    rows, cols
        Pixels, int64.
    km_per_row, km_per_col
        North-south and east-west length of a pixel on the way to each pixel, km.
    heights_m, bands_mhz
        Pairs of antenna height and frequency.
    settings
        What all links share.
    """

    surface: Surface | None
    tower: tuple[float, float]
    latitude_deg: float
    pixel_km: tuple[float, float]
    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    km_per_row: NDArray[np.float64]
    km_per_col: NDArray[np.float64]
    heights_m: NDArray[np.float64]
    bands_mhz: NDArray[np.float64]
    settings: Settings

    def some(self, which: NDArray[np.int64]) -> AreaJob:
        """The same job for some of its pixels."""
        return replace(
            self,
            rows=self.rows[which],
            cols=self.cols[which],
            km_per_row=self.km_per_row[which],
            km_per_col=self.km_per_col[which],
        )

    def distance_km(self) -> NDArray[np.float64]:
        """Distance of each pixel."""
        north = (self.rows - self.tower[0]) * self.km_per_row
        east = (self.cols - self.tower[1]) * self.km_per_col
        return np.sqrt(north * north + east * east)
