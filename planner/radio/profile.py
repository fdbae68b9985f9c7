"""Path loss of one profile, with every input checked first."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner import registry
from planner.errors import RadioError
from planner.radio import propagation
from planner.radio.link import P1812, RadioLink, require_between
from planner.radio.propagation import Profile

__all__ = ["checked_profile", "profile_loss_db", "profile_parts"]

MIN_POINTS = 5
MAX_DISTANCE_KM = 3000.0
MIN_HEIGHT_M, MAX_HEIGHT_M = -500.0, 9000.0
MAX_CLUTTER_M = 500.0
ZONES = (1, 3, 4)


def profile_loss_db(
    distance_km: ArrayLike,
    terrain_m: ArrayLike,
    link: RadioLink,
    *,
    clutter_m: ArrayLike | None = None,
    zone: ArrayLike | None = None,
    model: str = "p1812",
) -> float:
    """Basic transmission loss of one path, dB.

    Parameters
    ----------
    distance_km
        Distance of each profile point from the transmitter, shape ``(n,)``, n ≥ 5, rising from 0, up to
        3000 km. Below 0.25 km the result is free space plus the excess of the same profile at 0.25 km,
        scaled by the distance.
    terrain_m
        Ground above sea level at each point, shape ``(n,)``, metres, no NaN.
    link
        Frequency, antennas, air and percentages.
    clutter_m
        Clutter above ground at each point, 0 to 500 m; that of the two terminals is ignored. None = none.
    zone
        Radio-climatic zone of each point: 1 sea, 3 coastal land, 4 inland. None = inland.
    model
        Key of a file in ``planner/radio/propagation``.

    Returns
    -------
    float
        Loss L_b not exceeded for ``link.time_percent`` of the time and ``link.location_percent`` of the
        locations (the square of one profile step around the receiver, clutter there taken as none).

    Raises
    ------
    RadioError
        An input outside its range; the message names value, range and source.
    UsageError
        No such model.

    Notes
    -----
    Clutter loss depends on the spacing of the points: a profile of 30 m sees canopies a profile of 90 m
    steps over. Compare only results of the same spacing.

    References
    ----------
    ITU-R P.1812-8 (2025) for ``p1812``; see the model's file for the others.

    Examples
    --------
    Over open sea-level ground, 5 km at 900 MHz from a 40 m mast, free space loses 105.5 dB:

    >>> import numpy as np
    >>> link = RadioLink(900.0, 40.0, 1.5, delta_n=50.0, n0=380.0, latitude_deg=-10.0)
    >>> distance_km = np.linspace(0.0, 5.0, 51)
    >>> round(profile_loss_db(distance_km, np.zeros(51), link, model="free_space"), 1)
    105.5
    """
    profile = checked_profile(distance_km, terrain_m, clutter_m=clutter_m, zone=zone)
    return float(registry.load(propagation, model).loss_db(profile, link))


def profile_parts(
    distance_km: ArrayLike,
    terrain_m: ArrayLike,
    link: RadioLink,
    *,
    clutter_m: ArrayLike | None = None,
    zone: ArrayLike | None = None,
) -> dict[str, float]:
    """Every intermediate result of ITU-R P.1812 by name; arguments as in `profile_loss_db`.

    Returns
    -------
    dict
        Distances ``total_km, dlt, dlr, dtm, dlm, ae`` (km), angles ``theta_t, theta_r, theta`` (mrad),
        heights ``hts, hrs, hst, hsr, hstd, hsrd, hte, hre, hm`` (m), shares ``omega, Fi, Fj, Fk``,
        ``beta0`` (%), and the losses ``Lbfs, Lb0p, Lb0b, Ld50, Ldb, Ldp, Lbd50, Lbd, Lminb0p, Lba,
        Lminbap, Lbda, Lbam, Lbs, Lbc, Lloc, Lb`` with ``Lbulla, Lbulls, Ldsph`` at β0 % and their
        ``…50`` at 50 % of time (dB).
    """
    from planner.radio.propagation import p1812

    return p1812.parts(checked_profile(distance_km, terrain_m, clutter_m=clutter_m, zone=zone), link)


def checked_profile(
    distance_km: ArrayLike, terrain_m: ArrayLike, *, clutter_m: ArrayLike | None = None, zone: ArrayLike | None = None
) -> Profile:
    """Profile from a caller's arrays, refused unless it can carry a prediction.

    Raises
    ------
    RadioError
        Names the fault, the allowed range and its source.
    """
    distance = _numbers("distance_km", distance_km)
    n = distance.size
    if n < MIN_POINTS:
        message = f"distance_km has {n} points, fewer than {MIN_POINTS} ({P1812} §3.2: the profile needs inner points)"
        raise RadioError(message, code="radio_points", n=n, least=MIN_POINTS)
    if distance[0] != 0.0:
        message = f"distance_km must rise from 0 at the transmitter ({P1812} §3.2); it starts at {distance[0]:g}"
        raise RadioError(message, code="radio_order", first=float(distance[0]))
    falls = np.flatnonzero(np.diff(distance) <= 0.0)
    if falls.size:
        i = int(falls[0]) + 1
        message = (
            f"distance_km must rise from 0 at the transmitter ({P1812} §3.2); point {i} at {distance[i]:g} is not "
            f"beyond point {i - 1} at {distance[i - 1]:g}"
        )
        raise RadioError(message, code="radio_falls", i=i, value=float(distance[i]), before=float(distance[i - 1]))
    require_between("distance_km", float(distance[-1]), 1e-3, MAX_DISTANCE_KM, f"{P1812} table 1")
    height = _inside("terrain_m", _numbers("terrain_m", terrain_m, n), MIN_HEIGHT_M, MAX_HEIGHT_M, "heights on Earth")
    clutter = np.zeros(n)
    if clutter_m is not None:
        clutter = _inside("clutter_m", _numbers("clutter_m", clutter_m, n), 0.0, MAX_CLUTTER_M, f"{P1812} §3.2")
    zones = np.full(n, ZONES[-1], dtype=np.uint8)
    if zone is not None:
        codes = _numbers("zone", zone, n)
        strange = sorted({float(v) for v in codes} - {float(v) for v in ZONES})
        if strange:
            message = f"zone = {strange[0]:g} is not 1 (sea), 3 (coastal land) or 4 (inland) ({P1812} §3.3)"
            raise RadioError(message, code="radio_zone", value=strange[0])
        zones = codes.astype(np.uint8)
    return Profile(distance, height, clutter, zones)


def _numbers(name: str, values: ArrayLike, n: int | None = None) -> NDArray[np.float64]:
    array = _as_floats(name, values)
    if array.ndim != 1 or (n is not None and array.size != n):
        wanted = "one-dimensional" if n is None else f"of shape ({n},) like distance_km"
        message = f"{name} has shape {array.shape}; it must be {wanted}"
        raise RadioError(message, code="radio_shape", name=name, shape=str(array.shape))
    faulty = int((~np.isfinite(array)).sum())
    if faulty:
        message = (
            f"{name} holds {faulty} values that are not finite; a void is never taken for sea level: fill it first"
        )
        raise RadioError(message, code="radio_void", name=name, n=faulty)
    return array


def _as_floats(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """A copy as float64, NaN where a masked array hides its value."""
    try:
        given = values if isinstance(values, np.ma.MaskedArray) else np.asarray(values)
        if given.dtype.kind in "biufOSU":
            array = given.astype(np.float64)
            return array.filled(np.nan) if isinstance(array, np.ma.MaskedArray) else array
        what = f"of type {given.dtype}"
    except (TypeError, ValueError) as err:
        what = str(err)
    message = f"{name} does not hold numbers: {what}"
    raise RadioError(message, code="radio_numbers", name=name, what=what)


def _inside(name: str, values: NDArray[np.float64], low: float, high: float, source: str) -> NDArray[np.float64]:
    require_between(name, float(values.min()), low, high, source)
    require_between(name, float(values.max()), low, high, source)
    return values
