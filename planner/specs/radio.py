"""Assumptions of the radio room: propagation, receivers, thresholds, capacity, transmitters, clutter."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from planner.specs.base import Spec
from planner.specs.faults import broken

__all__ = [
    "MOST_REACH_KM",
    "UPLINK_OVERHEAD_SHARE",
    "CapacitySpec",
    "ClutterSpec",
    "Correction",
    "RadioSpec",
    "Transmitter",
    "TransmitterDefaults",
]

_P1812 = "ITU-R P.1812-8"

MOST_REACH_KM = 35.0
"""Farthest a station is followed where its radius follows its mast (`radius_km` = 0)."""

UPLINK_OVERHEAD_SHARE = 0.75
"""Of the granted blocks, what reference symbols, control and retransmissions leave (as downlink)."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CapacitySpec(_Table):
    """How a technology turns spectrum into rate (see `planner.radio.capacity`).

    ``mean_sinr_db`` stands for a cell where interference is not modelled.
    """

    mean_sinr_db: float = Field(ge=-10.0, le=40.0)
    attenuation_share: float = Field(gt=0.0, le=1.0)
    cap_bps_per_hz: float = Field(gt=0.0, le=30.0)
    overhead_share: float = Field(gt=0.0, le=1.0)
    stream_gain: float = Field(ge=1.0, le=8.0)


class Correction(_Table):
    """What measurements say the model misses: ``offset + slope·log10(d/pivot) + clutter[class]`` is added to levels.

    ``sigma_db`` is the spread that remains; it holds location variability already. The other fields are those of
    `planner.specs.calibration.CalibrationSpec`, which it is taken from.
    """

    name: str
    model: str
    spacing_m: float = Field(gt=0.0)
    offset_db: float
    slope_db_per_decade: float
    pivot_km: float = Field(gt=0.0)
    clutter_db: dict[str, float]
    sigma_db: float = Field(gt=0.0, le=40.0)


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
        Share of time for which service is predicted.
    interference_time_percent
        Share of time for which interference is predicted, at most ``time_percent``: levels exceeded more seldom are
        higher (over sea, beyond the horizon). Used where interference is ``modelled`` and the model knows time.
    location_percent
        Share of locations. Other than 50 only with ``margin_db`` 0.
    profile_spacing_m
        Step of the profiles; 0 takes the pixel. Clutter loss depends on it.
    picture_m
        Finest blocks in which coverage is drawn where nobody lives; demand cells always have their own pixel's level.
        0 predicts every pixel.
    rays_per_cell
        Rays of the area engine a pixel at the edge of the radius: more rays, less error (about 1 dB at 1).
    radius_km
        Reach of a prediction around a site; 0 takes it from mast height over terrain (`planner.radio.radius`).
    rx_height_m, rx_gain_dbi, body_loss_db
        The handset.
    sigma_model_db
        Standard deviation of the model's error.
    margin_db
        Taken off every predicted level; 0 predicts the median.
    edge_probability_share
        Share of the edge's places that must reach the threshold: a margin of z·sqrt(σ_model² + σ_L²) is taken off.
    building, entry_probability_share
        Kind of building of ITU-R P.2109 and the share of its rooms that indoor service must reach.
        At most one of ``location_percent``, ``margin_db``, ``edge_probability_share`` and
        ``entry_probability_share`` may leave its neutral value (50, 0, 0.5, 0.5).
    threshold_dbm, legacy_threshold_dbm
        Levels that count as signal outdoors: 4G/5G RSRP, 2G/3G received level. Indoors the entry loss is added.
    floor_dbm
        Levels below it are not kept.
    classes_dbm
        Lower ends of the classes of signal, named.
    noise_figure_db
        Of the handset.
    pilot_share_db
        Share of a 3G cell's power in its pilot channel (CPICH), dB.
    beam_width_deg, front_back_db, vertical_width_deg, side_lobe_db
        Pattern of an antenna (3GPP): 3 dB widths in plan and elevation, and the largest losses.
    tilt_deg
        Electrical downtilt where a station states none.
    interference
        ``modelled``: SINR from the powers of the operator's own carrier; ``fixed``: ``capacity.*.mean_sinr_db``
        everywhere, which is coverage, not capacity.
    load, load_share
        Share of the time that interfering cells send: ``fixed``, the same ``load_share`` for all, or ``iterated`` for the
        existing stations, each as long as the demand it carries needs (`planner.service.coupling`); proposed sites then
        send for ``load_share`` of the time.
    uplink_handset_dbm, uplink_blocks, uplink_mbps
        Power of a handset, blocks of 180 kHz it is granted, and the rate it must reach over them.
    uplink_attenuation_share, uplink_cap_bps_per_hz
        Throughput curve of the uplink.
    base_noise_figure_db, uplink_interference_db
        Receiver of the station, and the rise of its noise by interference.
    capacity
        By technology, 4G and 5G; ``legacy_mbps`` gives 2G and 3G by sector.
    correction
        Fitted correction of the levels (`merata calibrate`); None without.
    """

    RANGES: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("time_percent", "interference_time_percent", "location_percent"), f"{_P1812} table 1"),
        "delta_n": f"{_P1812} eq. 6: the Earth factor 157/(157 − ΔN) must stay positive",
        "n0": f"{_P1812} §3.5: range of the world map of N0",
        "rx_height_m": f"{_P1812} table 1, and no handset above a tall tower",
        "profile_spacing_m": f"{_P1812} §3.2",
        "radius_km": "the area engine's reach; 0 follows the mast",
        "rays_per_cell": "the area engine",
        "load_share": "a share of time",
        "tilt_deg": "3GPP TR 38.901 §7.3",
        "entry_probability_share": "ITU-R P.2109-2",
    }

    model: str = "p1812"
    fallback_model: str = "extended_hata"
    hata_environment: Literal["urban", "suburban", "open"] = "suburban"
    void_policy: Literal["refuse", "nearest", "sea"] = "refuse"
    polarisation: Literal["vertical", "horizontal"] = "vertical"
    void_fill_km: float = Field(gt=0.0, le=20.0)
    delta_n: float = Field(ge=0.0, le=156.0)
    n0: float = Field(ge=200.0, le=450.0)
    time_percent: float = Field(ge=1.0, le=50.0)
    interference_time_percent: float = Field(ge=1.0, le=50.0)
    location_percent: float = Field(ge=1.0, le=99.0)
    profile_spacing_m: float = Field(ge=0.0, le=1000.0)
    picture_m: float = Field(ge=0.0, le=5000.0)
    rays_per_cell: float = Field(ge=0.25, le=8.0)
    radius_km: float = Field(ge=0.0, le=100.0)
    rx_height_m: float = Field(ge=1.0, le=200.0)
    rx_gain_dbi: float = Field(ge=-10.0, le=30.0)
    body_loss_db: float = Field(ge=0.0, le=30.0)
    sigma_model_db: float = Field(ge=0.0, le=20.0)
    margin_db: float = Field(ge=0.0, le=40.0)
    edge_probability_share: float = Field(ge=0.5, lt=1.0)
    entry_probability_share: float = Field(ge=0.5, le=0.99)
    building: Literal["traditional", "thermally_efficient"] = "traditional"
    threshold_dbm: float = Field(ge=-140.0, le=-40.0)
    legacy_threshold_dbm: float = Field(ge=-140.0, le=-40.0)
    floor_dbm: float = Field(ge=-160.0, le=-60.0)
    classes_dbm: dict[str, float]
    noise_figure_db: float = Field(ge=0.0, le=20.0)
    pilot_share_db: float = Field(ge=-20.0, le=0.0)
    beam_width_deg: float = Field(gt=0.0, le=360.0)
    front_back_db: float = Field(ge=0.0, le=60.0)
    vertical_width_deg: float = Field(gt=0.0, le=180.0)
    side_lobe_db: float = Field(ge=0.0, le=60.0)
    tilt_deg: float = Field(ge=-15.0, le=30.0)
    interference: Literal["modelled", "fixed"] = "modelled"
    load: Literal["fixed", "iterated"] = "fixed"
    load_share: float = Field(ge=0.0, le=1.0)
    uplink_handset_dbm: float = Field(ge=0.0, le=40.0)
    uplink_blocks: int = Field(ge=1, le=100)
    uplink_mbps: float = Field(gt=0.0, le=50.0)
    uplink_attenuation_share: float = Field(gt=0.0, le=1.0)
    uplink_cap_bps_per_hz: float = Field(gt=0.0, le=30.0)
    base_noise_figure_db: float = Field(ge=0.0, le=20.0)
    uplink_interference_db: float = Field(ge=0.0, le=20.0)
    capacity: dict[Literal["4G", "5G"], CapacitySpec]
    legacy_mbps: dict[Literal["2G", "3G"], float]
    correction: Correction | None = None

    @model_validator(mode="after")
    def _one_margin(self) -> RadioSpec:
        neutral = {
            "location_percent": 50.0,
            "margin_db": 0.0,
            "edge_probability_share": 0.5,
            "entry_probability_share": 0.5,
        }
        set_apart = [
            f"{name} = {getattr(self, name):g}" for name, value in neutral.items() if getattr(self, name) != value
        ]
        if len(set_apart) > 1:
            raise broken(
                "fault_margins",
                "{given} each hold a safety margin: use one and leave the others at {neutral}, or it counts twice",
                given=set_apart,
                neutral=[f"{name} = {value:g}" for name, value in neutral.items()],
            )
        if self.interference_time_percent > self.time_percent:
            raise broken(
                "fault_interference_time",
                "interference_time_percent = {value} is more than time_percent = {most}: interference would be weaker than the "
                "signal of the same station",
                value=[f"{self.interference_time_percent:g}"],
                most=[f"{self.time_percent:g}"],
            )
        if self.load == "iterated" and not (self.interference == "modelled" and self.load_share > 0.0):
            text = "load = 'iterated' needs interference = 'modelled' and a load_share above 0 for proposed sites"
            raise broken("fault_load", text)
        if self.floor_dbm > min(self.threshold_dbm, self.legacy_threshold_dbm):
            text = "floor_dbm = {value} is above a threshold: signal that counts would not be kept"
            raise broken("fault_floor", text, value=[f"{self.floor_dbm:g}"])
        most = self.uplink_cap_bps_per_hz * UPLINK_OVERHEAD_SHARE * 0.18 * self.uplink_blocks
        if self.uplink_mbps > most:
            text = "uplink_mbps = {value} is more than {n} blocks can carry ({most})"
            value, n = f"{self.uplink_mbps:g}", self.uplink_blocks
            raise broken("fault_uplink", text, value=[value], n=[n], most=[f"{most:.2f}"])
        return self

    @property
    def reach_km(self) -> float:
        """Farthest a station is followed."""
        return self.radius_km or MOST_REACH_KM

    def spread_db(self, sigma_location_db: float) -> float:
        """Standard deviation of a predicted level, ``sqrt(σ_model² + σ_L²)``; a correction's own where there is one."""
        if self.correction is not None:
            return self.correction.sigma_db
        return math.hypot(self.sigma_model_db, sigma_location_db)

    def edge_margin_db(self, probability_share: float, sigma_location_db: float) -> float:
        """Margin for a coverage probability at the edge, ``z·spread``, dB.

        Parameters
        ----------
        probability_share
            0.5 to below 1; 0.75, 0.90, 0.95 give 0.67, 1.28, 1.65 σ.
        sigma_location_db
            Location variability (`planner.radio.propagation.p1812.location_sigma_db`).
        """
        if not 0.5 <= probability_share < 1.0:
            message = f"probability_share = {probability_share} is outside 0.5 to 1 (a median needs no margin)"
            raise ValueError(message)
        return NormalDist().inv_cdf(probability_share) * self.spread_db(sigma_location_db)


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
