"""Assumptions of the radio room: propagation, receivers, thresholds, capacity, transmitters, clutter."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from planner.specs.base import Spec

__all__ = ["CapacitySpec", "ClutterSpec", "RadioSpec", "Transmitter", "TransmitterDefaults"]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CapacitySpec(_Table):
    """How a technology turns spectrum into rate (see `planner.radio.capacity`)."""

    mean_sinr_db: float = Field(ge=-10.0, le=40.0)
    attenuation_share: float = Field(gt=0.0, le=1.0)
    cap_bps_per_hz: float = Field(gt=0.0, le=30.0)
    overhead_share: float = Field(gt=0.0, le=1.0)
    stream_gain: float = Field(ge=1.0, le=8.0)


class RadioSpec(Spec):
    """How coverage is predicted and judged.

    Parameters
    ----------
    model
        Propagation model where there is terrain: a file of ``planner/radio/propagation``.
    fallback_model
        Model where there is no terrain.
    hata_environment
        Surroundings of the fallback model.
    void_policy
        What to do with land pixels without height: ``refuse`` (an error that counts them), ``nearest``
        (height of the nearest known land pixel within ``void_fill_km``, else refused) or ``sea`` (0 m, on
        the planner's word).
    polarisation
        Of the transmitted wave.
    delta_n, n0
        Median refractive lapse rate (N-units/km) and sea-level refractivity (N-units).
    time_percent
        Share of time; service is predicted at 50, interference below.
    location_percent
        Share of locations. Other than 50 only with ``margin_db`` 0.
    profile_spacing_m
        Step of the profiles; 0 takes the pixel. Clutter loss depends on it.
    rays_per_cell
        Rays of the area engine a pixel at the edge of the radius: more rays, less error (about 1 dB at 1).
    radius_km
        Reach of a prediction around a site.
    rx_height_m, rx_gain_dbi, body_loss_db
        The handset.
    sigma_model_db
        Standard deviation of the model's error.
    margin_db
        Taken off every predicted level; 0 predicts the median.
    threshold_dbm, indoor_threshold_dbm, legacy_threshold_dbm
        Levels that count as signal: 4G/5G RSRP outdoors and indoors, 2G/3G received level outdoors.
    floor_dbm
        Levels below it are not kept.
    classes_dbm
        Lower ends of the classes of signal, named.
    noise_figure_db
        Of the handset.
    pilot_share_db
        Share of a 3G cell's power in its pilot channel (CPICH), dB.
    beam_width_deg, front_back_db
        Horizontal pattern of a sector antenna (3GPP).
    capacity
        By technology, 4G and 5G; ``legacy_mbps`` gives 2G and 3G by sector.
    """

    model: str = "p1812"
    fallback_model: str = "extended_hata"
    hata_environment: Literal["urban", "suburban", "open"] = "suburban"
    void_policy: Literal["refuse", "nearest", "sea"] = "refuse"
    polarisation: Literal["vertical", "horizontal"] = "vertical"
    void_fill_km: float = Field(gt=0.0, le=20.0)
    delta_n: float = Field(ge=0.0, le=156.0)
    n0: float = Field(ge=200.0, le=450.0)
    time_percent: float = Field(ge=1.0, le=50.0)
    location_percent: float = Field(ge=1.0, le=99.0)
    profile_spacing_m: float = Field(ge=0.0, le=1000.0)
    rays_per_cell: float = Field(ge=0.25, le=8.0)
    radius_km: float = Field(gt=0.0, le=100.0)
    rx_height_m: float = Field(ge=1.0, le=200.0)
    rx_gain_dbi: float = Field(ge=-10.0, le=30.0)
    body_loss_db: float = Field(ge=0.0, le=30.0)
    sigma_model_db: float = Field(ge=0.0, le=20.0)
    margin_db: float = Field(ge=0.0, le=40.0)
    threshold_dbm: float = Field(ge=-140.0, le=-40.0)
    indoor_threshold_dbm: float = Field(ge=-140.0, le=-40.0)
    legacy_threshold_dbm: float = Field(ge=-140.0, le=-40.0)
    floor_dbm: float = Field(ge=-160.0, le=-60.0)
    classes_dbm: dict[str, float]
    noise_figure_db: float = Field(ge=0.0, le=20.0)
    pilot_share_db: float = Field(ge=-20.0, le=0.0)
    beam_width_deg: float = Field(gt=0.0, le=360.0)
    front_back_db: float = Field(ge=0.0, le=60.0)
    capacity: dict[Literal["4G", "5G"], CapacitySpec]
    legacy_mbps: dict[Literal["2G", "3G"], float]

    @model_validator(mode="after")
    def _one_margin(self) -> RadioSpec:
        if self.location_percent != 50.0 and self.margin_db > 0.0:
            message = (
                f"location_percent = {self.location_percent:g} and margin_db = {self.margin_db:g} both hold a safety "
                "margin: use one (50 with a margin, or a percentage with margin_db = 0), or it counts twice"
            )
            raise ValueError(message)
        highest = max(self.threshold_dbm, self.legacy_threshold_dbm)
        if self.floor_dbm > min(self.threshold_dbm, self.legacy_threshold_dbm):
            message = f"floor_dbm = {self.floor_dbm:g} is above a threshold: signal that counts would not be kept"
            raise ValueError(message)
        if self.indoor_threshold_dbm < self.threshold_dbm:
            message = f"indoor_threshold_dbm = {self.indoor_threshold_dbm:g} lies below threshold_dbm = {highest:g}"
            raise ValueError(message)
        return self

    def edge_margin_db(self, probability_share: float, sigma_location_db: float) -> float:
        """Margin for a coverage probability at the edge, ``z·sqrt(σ_model² + σ_L²)``, dB.

        Parameters
        ----------
        probability_share
            0.5 to below 1; 0.75, 0.90, 0.95 give 0.67, 1.28, 1.65 σ.
        sigma_location_db
            Location variability (`planner.radio.propagation.p1812.location_sigma_db`); 0 with a calibrated
            ``sigma_model_db``, which already contains it.
        """
        if not 0.5 <= probability_share < 1.0:
            message = f"probability_share = {probability_share} is outside 0.5 to 1 (a median needs no margin)"
            raise ValueError(message)
        return NormalDist().inv_cdf(probability_share) * math.hypot(self.sigma_model_db, sigma_location_db)


class Transmitter(_Table):
    """A typical base station of one technology, where a register is silent."""

    band_mhz: float = Field(ge=30.0, le=6000.0)
    height_m: float = Field(ge=1.0, le=200.0)
    power_dbm: float = Field(ge=-10.0, le=60.0)
    gain_dbi: float = Field(ge=-5.0, le=30.0)
    bandwidth_mhz: float = Field(ge=0.2, le=200.0)


class TransmitterDefaults(Spec):
    """Values that fill a register's gaps, by technology; each use is written into the row's ``assumed``."""

    defaults: dict[Literal["2G", "3G", "4G", "5G"], Transmitter]

    @model_validator(mode="after")
    def _all_technologies(self) -> TransmitterDefaults:
        missing = {"2G", "3G", "4G", "5G"} - set(self.defaults)
        if missing:
            message = f"defaults lack {', '.join(sorted(missing))}"
            raise ValueError(message)
        return self

    def for_technology(self, technology: str) -> dict[str, float]:
        """Values for ``2G``, ``3G``, ``4G`` or ``5G``, by column name."""
        found: dict[str, float] = self.defaults[technology].model_dump()  # type: ignore[index]  # text from a table
        return found


class ClutterSpec(Spec):
    """Height of the ground cover by class of a land-cover map.

    Parameters
    ----------
    heights
        Table by name: the map's code and a representative height above ground.
    """

    class Cover(_Table):
        """One class."""

        code: int = Field(ge=0, le=255)
        height_m: float = Field(ge=0.0, le=100.0)

    heights: dict[str, Cover]

    def height_of(self) -> dict[int, float]:
        """Height in metres by code of the map."""
        return {cover.code: cover.height_m for cover in self.heights.values()}
