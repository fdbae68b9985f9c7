"""Antenna patterns of base stations: bearing, elevation, electrical and mechanical tilt.

References
----------
3GPP TR 36.814 v9.2 (2017), table A.2.1.1-2 (patterns in plan and elevation and how they combine).
3GPP TR 36.942 v17 (2022), §4.2.1 (65 degrees, 20 dB). 3GPP TR 38.901 v17 (2022), §7.1.3, eq. 7.1-7 and 7.1-8
(mechanical tilt as a rotation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.errors import RadioError
from planner.radio.ranges import Floats
from planner.specs.radio import RadioSpec

__all__ = ["Mount", "Pattern", "pattern_loss_db", "pattern_of"]


@dataclass(frozen=True)
class Pattern:
    """Shape of a panel antenna.

    Parameters
    ----------
    beam_width_deg, front_back_db
        3 dB width in plan and the largest loss (also of both cuts together).
    vertical_width_deg, side_lobe_db
        3 dB width in elevation and the largest loss there.
    """

    beam_width_deg: float
    front_back_db: float
    vertical_width_deg: float
    side_lobe_db: float


@dataclass(frozen=True)
class Mount:
    """How an antenna hangs.

    Parameters
    ----------
    azimuth_deg
        Bearing of the main lobe; NaN is an omnidirectional antenna, or the envelope of all sectors behind one row.
    tilt_deg
        Electrical downtilt: the cone of the main lobe lies so far below the antenna's horizon on all bearings.
    mechanical_tilt_deg
        Downtilt of the panel: down in front, up behind. The envelope of sectors takes it like electrical tilt.

    Raises
    ------
    RadioError
        An azimuth outside 0 to 360, a tilt outside −15 to 30.
    """

    azimuth_deg: float
    tilt_deg: float = 0.0
    mechanical_tilt_deg: float = 0.0

    def __post_init__(self) -> None:
        ranges = (("tilt_deg", -15.0, 30.0), ("mechanical_tilt_deg", -15.0, 30.0), ("azimuth_deg", 0.0, 360.0))
        for name, low, high in ranges:
            value = getattr(self, name)
            is_free = name == "azimuth_deg" and np.isnan(value)
            if not (is_free or low <= value <= high):
                message = (
                    f"{name} = {value} is outside {low:g} to {high:g} (3GPP TR 38.901 §7.3: panels of base stations)"
                )
                raise RadioError(
                    message, code="radio_outside", name=name, value=value, low=f"{low:g}", high=f"{high:g}",
                    source="3GPP TR 38.901 §7.3",
                )  # fmt: skip


def pattern_of(spec: RadioSpec) -> Pattern:
    """Pattern that a radio model gives all stations."""
    return Pattern(spec.beam_width_deg, spec.front_back_db, spec.vertical_width_deg, spec.side_lobe_db)


def pattern_loss_db(bearing_deg: ArrayLike, elevation_deg: ArrayLike, mount: Mount, pattern: Pattern) -> Floats:
    """Loss against the main lobe, dB: 0 in its middle, at most ``pattern.front_back_db``.

    Parameters
    ----------
    bearing_deg
        Directions from the site, degrees from north.
    elevation_deg
        Directions in which paths leave the antenna, degrees above the horizontal; same shape. Over terrain this is
        the way to the first obstructing edge, not to the receiver.
    mount, pattern
        How it hangs, and its shape.

    Notes
    -----
    ``A_H = min(12·(φ/φ_3dB)², A_m)``, ``A_V = min(12·((θ − θ_tilt)/θ_3dB)², SLA)``, together ``min(A_H + A_V, A_m)``;
    φ and θ are taken in the frame of the panel, which mechanical tilt rotates. An omnidirectional row has
    ``A_V`` alone. Real panels fill their nulls in many ways: side lobes are a floor here, not a prediction.

    Examples
    --------
    >>> panel = Pattern(65.0, 20.0, 10.0, 20.0)
    >>> pattern_loss_db([0.0, 32.5, 180.0], [0.0, 0.0, 0.0], Mount(0.0), panel).round(6).tolist()
    [0.0, 3.0, 20.0]
    >>> pattern_loss_db([0.0, 0.0, 180.0], [-6.0, -1.0, 0.0], Mount(np.nan, tilt_deg=6.0), panel).round(6).tolist()
    [0.0, 3.0, 4.32]
    """
    bearing, elevation = np.asarray(bearing_deg, dtype=np.float64), np.asarray(elevation_deg, dtype=np.float64)
    if np.isnan(mount.azimuth_deg):
        down = mount.tilt_deg + mount.mechanical_tilt_deg
        return np.minimum(_vertical(elevation + down, pattern), pattern.front_back_db)
    off = (bearing - mount.azimuth_deg + 180.0) % 360.0 - 180.0
    if mount.mechanical_tilt_deg != 0.0:
        off, elevation = _in_panel(off, elevation, mount.mechanical_tilt_deg)
    across = np.minimum(12.0 * (off / pattern.beam_width_deg) ** 2, pattern.front_back_db)
    return np.minimum(across + _vertical(elevation + mount.tilt_deg, pattern), pattern.front_back_db)


def _vertical(off_deg: Floats, pattern: Pattern) -> Floats:
    return np.minimum(12.0 * (off_deg / pattern.vertical_width_deg) ** 2, pattern.side_lobe_db)


def _in_panel(off_deg: Floats, elevation_deg: Floats, tilt_deg: float) -> tuple[Floats, Floats]:
    """Bearing and elevation in the frame of a panel tilted down (TR 38.901 eq. 7.1-7, 7.1-8; elevation = 90° − θ)."""
    phi, up, beta = np.radians(off_deg), np.radians(elevation_deg), np.radians(tilt_deg)
    sine = np.cos(phi) * np.cos(up) * np.sin(beta) + np.sin(up) * np.cos(beta)
    ahead = np.cos(phi) * np.cos(up) * np.cos(beta) - np.sin(up) * np.sin(beta)
    turned = np.degrees(np.arctan2(np.sin(phi) * np.cos(up), ahead))
    tipped: NDArray[np.float64] = np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0)))
    return np.asarray(turned, dtype=np.float64), tipped
