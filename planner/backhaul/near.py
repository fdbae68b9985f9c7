"""Nearest neighbours on the ellipsoid, without degrees and without a map projection."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from planner.geo import distance_km

__all__ = ["label_landmass", "nearest_pairs", "within_km", "xyz_km"]

_A_KM = 6378.137
_E2 = 0.006_694_379_990_141_3  # WGS 84 first eccentricity squared
_STRETCH = 1.001  # a geodesic of 500 km is 0.03 % longer than its chord

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


def xyz_km(lon_deg: NDArray[Any], lat_deg: NDArray[Any]) -> Floats:
    """Earth-centred coordinates on WGS 84, shape ``(n, 3)``.

    Chords between such points are shorter than geodesics by less than 0.01 % up to 300 km, so trees of
    neighbours can be built on them anywhere in the country.

    Examples
    --------
    >>> xyz_km(np.array([0.0]), np.array([0.0])).round(1).tolist()
    [[6378.1, 0.0, 0.0]]
    """
    lon, lat = np.radians(np.asarray(lon_deg, dtype=np.float64)), np.radians(np.asarray(lat_deg, dtype=np.float64))
    prime = _A_KM / np.sqrt(1.0 - _E2 * np.sin(lat) ** 2)
    return np.column_stack(
        [prime * np.cos(lat) * np.cos(lon), prime * np.cos(lat) * np.sin(lon), prime * (1.0 - _E2) * np.sin(lat)]
    )


def nearest_pairs(
    a: tuple[Floats, Floats], b: tuple[Floats, Floats], *, k: int, max_km: float
) -> tuple[Indices, Indices, Floats]:
    """The ``k`` nearest points of ``b`` for each point of ``a``, within a distance.

    Parameters
    ----------
    a, b
        Longitudes and latitudes. Where both are the same object, a point is not its own neighbour.
    k
        Neighbours a point.
    max_km
        Geodesic limit.

    Returns
    -------
    tuple of arrays
        Positions in ``a``, positions in ``b``, geodesic km; sorted by position in ``a``, then distance.
    """
    is_same = a is b
    wanted = min(k + int(is_same), len(b[0]))
    if wanted == 0 or len(a[0]) == 0 or k <= 0:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    _, found = cKDTree(xyz_km(*b)).query(xyz_km(*a), k=wanted, distance_upper_bound=max_km * _STRETCH)
    found = found.reshape(len(a[0]), wanted)
    first, column = np.nonzero(found < len(b[0]))
    second = found[first, column].astype(np.int64)
    keep = (first != second) if is_same else np.ones(len(first), dtype=bool)
    first, second = first[keep].astype(np.int64), second[keep]
    km = distance_km(a[0][first], a[1][first], b[0][second], b[1][second])
    near = km <= max_km
    first, second, km = first[near], second[near], km[near]
    order = np.lexsort((second, km, first))
    first, second, km = first[order], second[order], km[order]
    if is_same and len(first):
        start = np.searchsorted(first, first, side="left")
        top = np.arange(len(first)) - start < k
        first, second, km = first[top], second[top], km[top]
    return first, second, km


def within_km(a: tuple[Floats, Floats], b: tuple[Floats, Floats], *, max_km: float) -> list[list[int]]:
    """Positions in ``b`` within a distance of each point of ``a``, each list ascending."""
    if not len(a[0]) or not len(b[0]):
        return [[] for _ in range(len(a[0]))]
    found = cKDTree(xyz_km(*b)).query_ball_point(xyz_km(*a), max_km)
    return [sorted(near) for near in found]


def label_landmass(land: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Number of the connected piece of land of each pixel (8 neighbours), 0 on water."""
    from scipy.ndimage import label

    labels, _ = label(land, structure=np.ones((3, 3), dtype=int))
    return np.asarray(labels, dtype=np.int32)
