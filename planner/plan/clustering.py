"""Clusters of weight that lacks service, and the places in their middle.

References
----------
Campello, Moulavi, Sander (2013), Density-based clustering based on hierarchical density estimates,
doi:10.1007/978-3-642-37456-2_14 (HDBSCAN).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from planner.backhaul.near import xyz_km
from planner.geo import h3_cells
from planner.plan.cover import greedy_cover
from planner.specs.candidates import CandidateSpec

__all__ = ["cluster_cells", "cluster_centres"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_FINEST, _COARSEST = 9, 4  # H3 resolutions: hexagons of 0.2 km to 26 km
_COPIES = 8  # a heavy point counts as at most this many


def cluster_centres(need: pd.DataFrame, spec: CandidateSpec) -> Ints:
    """Rows of ``need`` in the middle of unserved and limited weight, ascending.

    Parameters
    ----------
    need
        ``lon_deg, lat_deg, weight``, in a fixed order (ties go to the first row).
    spec
        Reach, least weight and sizes.

    Notes
    -----
    Cells are summed into hexagons until they are few enough, and clustered by density. A cluster wider
    than a site reaches, and the scattered rest, are covered by discs: the heaviest disc of ``reach_km`` first,
    until none holds ``min_weight``. A place stands at the cell nearest to its disc's centre of weight.
    """
    if need.empty:
        return np.empty(0, dtype=np.int64)
    lon, lat, weight = (need[name].to_numpy(float) for name in ("lon_deg", "lat_deg", "weight"))
    label = cluster_cells(need, spec)
    owner, points, mass = _summed(lon, lat, weight, 4 * spec.cluster_points)
    first = np.full(len(points), len(need), dtype=np.int64)
    np.minimum.at(first, owner, np.arange(len(need)))
    middle = _discs(points, mass, label[first], spec)
    _, row = cKDTree(xyz_km(lon, lat)).query(middle)
    return np.unique(row).astype(np.int64)


def cluster_cells(need: pd.DataFrame, spec: CandidateSpec) -> Ints:
    """Number of the cluster of each row of ``need``, −1 for the scattered rest."""
    from sklearn.cluster import HDBSCAN

    lon, lat, weight = (need[name].to_numpy(float) for name in ("lon_deg", "lat_deg", "weight"))
    owner, points, mass = _summed(lon, lat, weight, spec.cluster_points)
    if len(points) < spec.min_cluster_points:
        return np.full(len(need), -1, dtype=np.int64)
    copies = _copies(mass, spec.cluster_points)
    many = np.repeat(points, copies, axis=0) + _spread(copies)
    found = HDBSCAN(
        min_cluster_size=spec.min_cluster_points,
        min_samples=min(spec.min_cluster_points, len(many)),
        algorithm="kd_tree",
        copy=True,
    ).fit_predict(many)
    first = np.cumsum(copies) - copies
    label: Ints = found[first].astype(np.int64)[owner]
    return label


def _summed(lon: Floats, lat: Floats, weight: Floats, most: int) -> tuple[Ints, Floats, Floats]:
    """Sum points into the finest hexagons that are at most ``most``: owner of each point, centres, weights."""
    for resolution in range(_FINEST, _COARSEST - 1, -1):
        hexagon = h3_cells(lon, lat, resolution)
        _, owner = np.unique(hexagon, return_inverse=True)
        n = int(owner.max()) + 1
        if n <= most or resolution == _COARSEST:
            break
    mass = np.bincount(owner, weights=weight, minlength=n)
    xyz = xyz_km(lon, lat)
    centre = np.column_stack(
        [np.bincount(owner, weights=xyz[:, axis] * weight, minlength=n) / mass for axis in range(3)]
    )
    return np.asarray(owner, dtype=np.int64), centre, np.asarray(mass, dtype=np.float64)


def _copies(mass: Floats, most: int) -> Ints:
    """How often each point counts: by weight over the median, with the total at most ``most``."""
    copies = np.clip(np.round(mass / np.median(mass)), 1, _COPIES).astype(np.int64)
    ceiling = _COPIES
    while copies.sum() > most and ceiling > 1:
        ceiling -= 1
        copies = np.minimum(copies, ceiling)
    return copies


def _spread(copies: Ints) -> Floats:
    """Small offsets (10 m apart) that keep copies of one point from having no distance at all."""
    nth = np.arange(copies.sum()) - np.repeat(np.cumsum(copies) - copies, copies)
    angle = nth * 2.399963  # golden angle
    radius_km = 0.01 * np.sqrt(nth)
    return np.column_stack([radius_km * np.cos(angle), radius_km * np.sin(angle), np.zeros(len(nth))])


def _discs(points: Floats, mass: Floats, label: Ints, spec: CandidateSpec) -> Floats:
    """Centres of weight of discs, heaviest first, cluster by cluster and then for the rest."""
    found: list[Floats] = []
    order = np.argsort(label, kind="stable")
    ends = np.flatnonzero(np.diff(label[order])) + 1
    for members in np.split(order, ends):  # one cluster a turn: each disc depends on what the earlier ones left
        at = points[members]
        near = cKDTree(at).query_ball_point(at, spec.reach_km, return_sorted=True)
        chosen = greedy_cover([np.array(some) for some in near], mass[members], least=spec.min_weight)
        found.extend(np.average(at[held], axis=0, weights=weight) for _, held, weight in chosen)
    return np.array(found).reshape(-1, 3)
