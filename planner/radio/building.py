"""Losses at the terminal: into buildings (ITU-R P.2109) and through the clutter around it (ITU-R P.2108)."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from planner.errors import RadioError
from planner.radio.ranges import Floats, within

__all__ = ["BUILDINGS", "CLUTTER_HEIGHT_M", "Building", "building_entry_loss_db", "terminal_clutter_loss_db"]

Building = Literal["traditional", "thermally_efficient"]

BUILDINGS: tuple[Building, ...] = ("traditional", "thermally_efficient")
"""Kinds of ITU-R P.2109; almost all Indonesian houses are traditional (no metallised glass, no foil)."""

_P2109 = "ITU-R P.2109-2 §3"
_P2108 = "ITU-R P.2108-1 §3.1"
# r, s, t, u, v, w, x, y, z of table 1
_TABLE_1 = {
    "traditional": (12.64, 3.72, 0.96, 9.6, 2.0, 9.1, -3.0, 4.5, -2.0),
    "thermally_efficient": (28.19, -3.00, 8.48, 13.5, 3.8, 27.8, -2.9, 9.4, -2.1),
}

CLUTTER_HEIGHT_M = {"water": 10.0, "open": 10.0, "suburban": 10.0, "urban": 15.0, "trees": 15.0, "dense_urban": 20.0}
"""Default clutter height R by class (ITU-R P.2108-1 table 3)."""

_STREET_M = 27.0
_BARE = ("water", "open")


def building_entry_loss_db(
    frequency_mhz: ArrayLike,
    probability_share: ArrayLike = 0.5,
    *,
    building: Building = "traditional",
    elevation_deg: ArrayLike = 0.0,
) -> Floats:
    """Loss from outside to inside a building that is not exceeded with ``probability_share``, dB.

    Parameters
    ----------
    frequency_mhz
        80 to 100 000.
    probability_share
        0.001 to 0.999; 0.5 is the median. With a share other than 0.5 no other margin for indoors may be added.
    building
        ``traditional`` or ``thermally_efficient``.
    elevation_deg
        Of the path at the façade, -90 to 90.

    Notes
    -----
    ``L = 10·log10(10^0.1A + 10^0.1B + 10^0.1C)`` with ``A = F⁻¹(P)·σ1 + μ1``, ``B = F⁻¹(P)·σ2 + μ2``, ``C = −3``.
    The handset is anywhere in the building; it holds both walls and the way inside.

    References
    ----------
    ITU-R P.2109-2 (2023) §3, eq. 1-9, table 1.

    Examples
    --------
    >>> building_entry_loss_db([700.0, 1800.0, 2600.0]).round(1).tolist()
    [14.1, 14.8, 15.3]
    """
    from scipy.special import ndtri

    if building not in _TABLE_1:
        message = f"building = '{building}' is not one of {', '.join(BUILDINGS)} ({_P2109})"
        raise RadioError(message, code="radio_kind", name="building", value=building, known=", ".join(BUILDINGS))
    f = within("frequency_mhz", frequency_mhz, 80.0, 100_000.0, _P2109)
    share = within("probability_share", probability_share, 0.001, 0.999, _P2109)
    elevation = within("elevation_deg", elevation_deg, -90.0, 90.0, _P2109)
    r, s, t, u, v, w, x, y, z = _TABLE_1[building]
    log_f = np.log10(f / 1000.0)
    mean = r + s * log_f + t * log_f**2 + 0.212 * np.abs(elevation)
    drawn = ndtri(share)
    first = drawn * (u + v * log_f) + mean
    second = drawn * (y + z * log_f) + w + x * log_f
    loss = 10.0 * np.log10(10.0 ** (0.1 * first) + 10.0 ** (0.1 * second) + 10.0**-0.3)
    return np.asarray(loss, dtype=np.float64)


def terminal_clutter_loss_db(
    frequency_mhz: ArrayLike, height_m: ArrayLike, clutter: str, *, clutter_height_m: float | None = None
) -> Floats:
    """Loss of the clutter around a terminal that stands below its top, dB; 0 above it.

    Never on top of a prediction that already holds clutter at the terminal (ITU-R P.1812 with a clutter profile).

    Parameters
    ----------
    frequency_mhz
        30 to 3000.
    height_m
        Antenna above ground, 0.1 to 3000.
    clutter
        ``water``, ``open``, ``suburban``, ``urban``, ``trees`` or ``dense_urban``.
    clutter_height_m
        Another representative height, 0.1 to 100; None takes the class's own.

    Notes
    -----
    Suburban, urban, trees: ``J(ν) − 6.03`` with ``ν = 0.342·sqrt(f·h_dif·θ)``, street width 27 m. Water and open:
    ``−(21.8 + 6.2·log10 f)·log10(h/R)``.

    References
    ----------
    ITU-R P.2108-1 (2021) §3.1, eq. 2a-2g, table 3.

    Examples
    --------
    A handset in the forest at 900 MHz:

    >>> round(float(terminal_clutter_loss_db(900.0, 1.5, "trees")), 1)
    22.6
    """
    if clutter not in CLUTTER_HEIGHT_M:
        known = ", ".join(CLUTTER_HEIGHT_M)
        message = f"clutter = '{clutter}' is not one of {known} ({_P2108} table 3)"
        raise RadioError(message, code="radio_kind", name="clutter", value=clutter, known=known)
    f = within("frequency_mhz", frequency_mhz, 30.0, 3000.0, _P2108) / 1000.0
    height = within("height_m", height_m, 0.1, 3000.0, _P2108)
    given = CLUTTER_HEIGHT_M[clutter] if clutter_height_m is None else clutter_height_m
    top = float(within("clutter_height_m", given, 0.1, 100.0, f"{_P2108} table 3"))
    below = np.maximum(top - height, 0.0)
    if clutter in _BARE:
        loss = -(21.8 + 6.2 * np.log10(f)) * np.log10(np.minimum(height, top) / top)
    else:
        angle = np.degrees(np.arctan(below / _STREET_M))
        nu = 0.342 * np.sqrt(f * below * angle)
        loss = 6.9 + 20.0 * np.log10(np.sqrt((nu - 0.1) ** 2 + 1.0) + nu - 0.1) - 6.03
    return np.asarray(np.where(below > 0.0, loss, 0.0), dtype=np.float64)
