"""How far the absence of a tower in the data is evidence of its absence on the ground."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.specs.service import ServiceSpec
from planner.units import EARTH_RADIUS_KM

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["confidence"]

_CHUNK = 20_000


def confidence(
    cells: pd.DataFrame,
    bts: pd.DataFrame,
    *,
    completeness_share: Mapping[str, float] | float | None,
    spec: ServiceSpec,
) -> NDArray[np.float64]:
    """Confidence in the evidence about towers around each cell, 0–1.

    Parameters
    ----------
    cells
        Demand cells.
    bts
        Stations. Rows with ``samples`` are crowd-sourced, rows without come from a register.
    completeness_share
        Declared share of the real stations that a register holds: by ``source`` of the rows, or one
        number for all registers. None, or a source without an entry, takes
        ``spec.register_completeness_share``. A declared source counts even without any row: an
        empty register says that nothing stands there. An empty mapping declares nothing.

    Notes
    -----
    Registers hold everywhere: c_r = the largest completeness among them (two registers may miss the
    same towers, so they are not multiplied as if independent). Crowd-sourced data hold where people
    reported: c_c = 1 − exp(−s / s0), s the samples of stations within ``crowd_radius_km`` of the
    cell and s0 = ``crowd_samples``. The confidence is the larger of the two. Both forms are
    judgement: they say where absence means something, not how likely a tower is.
    """
    samples = bts["samples"].to_numpy(dtype=np.float64, na_value=np.nan) if len(bts) else np.zeros(0)
    is_crowd = np.isfinite(samples)
    sources = set(bts["source"].astype(str)[~is_crowd]) if len(bts) else set()
    known = _register(sources, completeness_share, spec)
    found = np.full(len(cells), known)
    heard = is_crowd & (samples > 0.0)
    if heard.any() and len(cells):
        near = _samples_near(cells, bts.loc[heard], samples[heard], spec.crowd_radius_km)
        found = np.maximum(found, 1.0 - np.exp(-near / spec.crowd_samples))
    return found


def _register(sources: set[str], declared: Mapping[str, float] | float | None, spec: ServiceSpec) -> float:
    default = spec.register_completeness_share
    if declared is None:
        return default if sources else 0.0
    if isinstance(declared, Mapping):
        shares = [declared.get(source, default) for source in sources] + list(declared.values())
        return max(shares, default=0.0)
    return float(declared)


def _samples_near(
    cells: pd.DataFrame, bts: pd.DataFrame, samples: NDArray[np.float64], radius_km: float
) -> NDArray[np.float64]:
    """Sum of samples of the stations within ``radius_km`` of each cell (great circle)."""
    from scipy.spatial import KDTree

    places, inverse = np.unique(_unit_vectors(bts), axis=0, return_inverse=True)
    weight = np.bincount(inverse.ravel(), weights=samples, minlength=len(places))
    stations = KDTree(places)
    reach = 2.0 * np.sin(radius_km / EARTH_RADIUS_KM / 2.0)
    points = _unit_vectors(cells)
    near = np.zeros(len(cells))
    for start in range(0, len(points), _CHUNK):  # by chunk: pairs are many, their list is held whole
        part = slice(start, start + _CHUNK)
        pairs = KDTree(points[part]).sparse_distance_matrix(stations, reach, output_type="ndarray")
        near[part] = np.bincount(pairs["i"], weights=weight[pairs["j"]], minlength=len(points[part]))
    return near


def _unit_vectors(frame: pd.DataFrame) -> NDArray[Any]:
    lon = np.radians(frame["lon_deg"].to_numpy(dtype=np.float64))
    lat = np.radians(frame["lat_deg"].to_numpy(dtype=np.float64))
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
