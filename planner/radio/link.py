"""What a radio link is, apart from the ground it crosses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import Literal

import numpy as np

from planner.errors import RadioError

__all__ = ["MAX_FREQUENCY_MHZ", "MIN_FREQUENCY_MHZ", "RadioLink", "require_between"]

MIN_FREQUENCY_MHZ = 30.0
MAX_FREQUENCY_MHZ = 6000.0
P1812 = "ITU-R P.1812-8"


def require_between(name: str, value: float, low: float, high: float, source: str) -> None:
    """Refuse what is no number, is not finite or lies outside ``low`` to ``high``.

    Raises
    ------
    RadioError
        Names the value, the allowed range and the source of the range.
    """
    if not _is_number(value):
        message = f"{name} = {value!r} is not a number; it must be one from {low:g} to {high:g} ({source})"
        raise RadioError(
            message, code="radio_number", name=name, value=repr(value), low=f"{low:g}", high=f"{high:g}", source=source
        )
    if not (low <= value <= high and math.isfinite(value)):
        message = f"{name} = {value} is outside {low:g} to {high:g} ({source})"
        raise RadioError(
            message, code="radio_outside", name=name, value=value, low=f"{low:g}", high=f"{high:g}", source=source
        )


def _is_number(value: object) -> bool:
    """Whether a caller's value is one real number: of Python, of numpy, or an array without dimensions."""
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "iuf" and not np.ma.is_masked(value)
    return isinstance(value, (Real, np.number)) and not isinstance(value, (bool, np.complexfloating))


@dataclass(frozen=True)
class RadioLink:
    """Frequency, antenna heights, air and percentages of one link.

    Parameters
    ----------
    frequency_mhz
        30 to 6000.
    tx_height_m, rx_height_m
        Antenna centres above ground, 1 to 3000.
    delta_n
        Median lapse rate of the refractive index in the lowest kilometre, N-units/km, a positive
        number below 157 (about 50 in Indonesia).
    n0
        Sea-level surface refractivity, N-units, 200 to 450 (about 380 in Indonesia).
    latitude_deg
        Latitude of the path's centre, −90 to 90.
    time_percent
        Share of the average year in which the loss is not exceeded, 1 to 50.
    location_percent
        Share of locations in which the loss is not exceeded, 1 to 99.
    polarisation
        ``vertical`` or ``horizontal``.

    Raises
    ------
    RadioError
        A value outside its range; the message names the range and its source.

    References
    ----------
    ITU-R P.1812-8 (2025), table 1 and §3.1, 3.5.

    Examples
    --------
    >>> RadioLink(900.0, 40.0, 1.5, delta_n=50.0, n0=380.0, latitude_deg=-10.0).time_percent
    50.0
    """

    frequency_mhz: float
    tx_height_m: float
    rx_height_m: float
    delta_n: float
    n0: float
    latitude_deg: float
    time_percent: float = 50.0
    location_percent: float = 50.0
    polarisation: Literal["vertical", "horizontal"] = "vertical"

    def __post_init__(self) -> None:
        checks = (
            ("frequency_mhz", self.frequency_mhz, MIN_FREQUENCY_MHZ, MAX_FREQUENCY_MHZ, f"{P1812} table 1"),
            ("tx_height_m", self.tx_height_m, 1.0, 3000.0, f"{P1812} table 1"),
            ("rx_height_m", self.rx_height_m, 1.0, 3000.0, f"{P1812} table 1"),
            ("delta_n", self.delta_n, 0.0, 156.0, f"{P1812} eq. 6: the Earth factor 157/(157 − ΔN) must stay positive"),
            ("n0", self.n0, 200.0, 450.0, f"{P1812} §3.5: range of the world map of N0"),
            ("latitude_deg", self.latitude_deg, -90.0, 90.0, f"{P1812} table 1"),
            ("time_percent", self.time_percent, 1.0, 50.0, f"{P1812} table 1"),
            ("location_percent", self.location_percent, 1.0, 99.0, f"{P1812} table 1"),
        )
        for name, value, low, high, source in checks:
            require_between(name, value, low, high, source)
            object.__setattr__(self, name, float(value))  # of whatever width it came: the same loss, the same code
        if self.polarisation not in ("vertical", "horizontal"):
            message = f"polarisation = '{self.polarisation}' is not one of vertical, horizontal ({P1812} table 1)"
            raise RadioError(message, code="radio_polarisation", value=self.polarisation)
