"""Loops of coverage over pixels: which lie within reach, whose signal is best and second best, power of a carrier."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import jit, jit_entry

__all__ = ["add_power", "keep_best", "pixels_within"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Levels = NDArray[np.float32]
Members = tuple[Ints, Ints, Ints, NDArray[np.bool_], Floats]

_TO_POWER = 0.23025850929940458
"""Natural logarithm of a power for each decibel."""


@jit_entry
def pixels_within(
    land: NDArray[np.bool_],
    corner: tuple[int, int],
    place: tuple[float, float],
    metric: tuple[Floats, Floats],
    radius_km: float,
    found: tuple[Ints, Ints],
) -> int:
    """Land pixels within a radius of a place, in order of rows and columns; how many.

    Parameters
    ----------
    land
        Window of the land mask; ``corner`` is the row and column of its first pixel.
    place
        Row and column of the place, pixel centres at whole numbers.
    metric
        North-south and east-west kilometres of a pixel, a value a row of the window.
    radius_km
        Reach.
    found
        Takes rows and columns of each pixel; as long as the window has pixels.
    """
    rows, cols = found
    n = 0
    for i in range(land.shape[0]):
        north, per_col = (place[0] - (corner[0] + i)) * metric[0][i], metric[1][i]
        rest = radius_km * radius_km - north * north
        if rest < 0.0:
            continue
        for j in range(land.shape[1]):
            east = (corner[1] + j - place[1]) * per_col
            if land[i, j] and east * east <= rest:
                rows[n], cols[n] = corner[0] + i, corner[1] + j
                n += 1
    return n


@jit_entry
def keep_best(
    best: tuple[Levels, NDArray[np.int32]],
    second: tuple[Levels, NDArray[np.int32]],
    own: Levels,
    at: tuple[Ints, Ints],
    levels: tuple[Levels, Levels],
    members: Members,
    floor: float,
) -> None:
    """Take the strongest member of a place where it is at least ``floor`` and best or second best of its group.

    Parameters
    ----------
    best, second
        Levels and ranks by pixel; ``second`` may be empty (not kept). Of equals the lower rank comes first. Places are
        given one after another, so the second best always stands at another place.
    own
        By pixel: what to take off the power of the best server's carrier so that interference is left, mW; may be empty
        (not kept). That is its place's disturbing power less the levels of the place's other cells: those share its path,
        and rise and fall with it.
    at
        Rows and columns of the pixels.
    levels
        Of service and of interference, by station and pixel.
    members
        Stations of the group at this place: their rows in ``levels``, ranks, carriers, whether they are envelopes, and
        what their power counts for (1: as if always sending).
    floor
        Lowest level that is kept.
    """
    (rows, cols), (median, disturbing) = at, levels
    has_second, has_own = second[0].size > 0, own.size > 0
    for i in range(rows.size):
        value, mine, which = np.float32(-np.inf), 0, 0
        for k in range(members[0].size):
            level, rank = median[members[0][k], i], members[1][k]
            if level > value or (level == value and rank < mine):
                value, mine, which = level, rank, k
        if not value >= floor:
            continue
        row, col = rows[i], cols[i]
        top, holder = best[0][row, col], best[1][row, col]
        if value > top or (value == top and mine < holder):
            best[0][row, col], best[1][row, col] = value, mine
            if has_own:
                own[row, col] = _own_power(median, disturbing, members, which, i)
            value, mine = top, holder
        if has_second:
            top, holder = second[0][row, col], second[1][row, col]
            if value > top or (value == top and mine < holder):
                second[0][row, col], second[1][row, col] = value, mine


@jit_entry
def add_power(
    total: Levels, at: tuple[Ints, Ints], levels: Levels, members: Ints, is_envelope: NDArray[np.bool_], weight: Floats
) -> None:
    """Add the power of a place on one carrier, mW: all its sectors, and the strongest of its rows without azimuth.

    Rows without azimuth at one place are sectors drawn as their common envelope: added up they would drown each other.
    They share their users, so their ``weight`` is one.
    """
    rows, cols = at
    for i in range(rows.size):
        power, envelope, share = 0.0, -np.inf, 1.0
        for k in range(members.size):
            level = levels[members[k], i]
            if is_envelope[k]:
                envelope, share = max(envelope, level), weight[k]
            else:
                power += weight[k] * math.exp(level * _TO_POWER)
        if envelope > -np.inf:
            power += share * math.exp(envelope * _TO_POWER)
        total[rows[i], cols[i]] += np.float32(power)


@jit
def _own_power(median: Levels, disturbing: Levels, members: Members, which: int, i: int) -> float:
    """Disturbing power of a place on its best server's carrier, less the median power of the others on it, mW."""
    power, envelope, others, share = 0.0, -np.inf, 0.0, 1.0
    drawn = -np.inf
    for k in range(members[0].size):
        if members[2][k] != members[2][which]:
            continue
        level, loud = median[members[0][k], i], disturbing[members[0][k], i]
        if members[3][k]:
            envelope, drawn, share = max(envelope, loud), max(drawn, level), members[4][k]
        else:
            power += members[4][k] * math.exp(loud * _TO_POWER)
            if k != which:
                others += members[4][k] * math.exp(level * _TO_POWER)
    if envelope > -np.inf:
        power += share * math.exp(envelope * _TO_POWER)
        if not members[3][which]:
            others += share * math.exp(drawn * _TO_POWER)
    return power - others
