"""Which part of each area lies in the region of a run, so that counts of whole areas bring no more than theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.demand.counts import owner_of
from planner.demand.points import LandFrame, place_on_land
from planner.grid import Grid

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["free_shares", "leaf_codes"]

_TINY_PIXELS = 4.0
"""An area of at most this many pixels may lie between pixel centres."""


def leaf_codes(codes: set[str]) -> set[str]:
    """Codes that hold no other code of the set.

    Examples
    --------
    >>> sorted(leaf_codes({"53", "53.01", "53.01.02", "53.02"}))
    ['53.01.02', '53.02']
    """
    parents = {code[:i] for code in codes for i, letter in enumerate(code) if letter == "."}
    return codes - parents


def free_shares(
    admin: gpd.GeoDataFrame, owners: tuple[str, ...], with_land: set[str], frame: LandFrame
) -> Mapping[str, float]:
    """Part of the free territory of each counted area that lies in the region.

    Parameters
    ----------
    admin
        Areas, of the region and perhaps beyond it.
    owners
        Areas with a count.
    with_land
        Codes that own at least one land pixel.
    frame
        Grid and land of the region.

    Returns
    -------
    mapping
        Owner → share, 0–1. The free territory of an owner is those finest areas of ``admin`` below it
        that no finer count covers; each weighs as many people as ``admin`` states (1 where not all
        state it), and lies inside by the part of its box on the grid, or not at all without land there.
        An owner without any such area has share 1: its rest has no place, which is for the caller.

    Notes
    -----
    A region is often smaller than the areas that are counted: one kecamatan, with people by
    kabupaten. Without this rule all of them would be drawn into the kecamatan.
    """
    held = admin.drop_duplicates("code").set_index("code").sort_index()
    leaves = sorted(leaf_codes(set(held.index.astype(str))))
    rows = held.loc[leaves]
    inside = _inside(rows, with_land, frame)
    people = rows["people"].to_numpy(dtype=np.float64) if "people" in rows else np.full(len(rows), np.nan)
    position = {code: i for i, code in enumerate(owners)}
    owner = np.array([position.get(code, -1) for code in owner_of(leaves, set(owners))], dtype=np.int64)
    share = {}
    for i, code in enumerate(owners):
        own = owner == i
        weight = people[own]
        weight = weight if np.isfinite(weight).all() and weight.sum() > 0.0 else np.ones(weight.size)
        share[code] = float((weight * inside[own]).sum() / weight.sum()) if weight.size else 1.0
    return share


def _inside(rows: gpd.GeoDataFrame, with_land: set[str], frame: LandFrame) -> NDArray[np.float64]:
    """Part of each finest area that lies in the region."""
    import shapely

    has_land = np.array([code in with_land for code in rows.index], dtype=bool)
    shapes = rows.geometry.to_numpy()
    area_pixels = np.nan_to_num(shapely.area(shapes)) / frame.grid.pixel_deg**2  # no shape, no area
    inside = np.where(has_land, _on_grid(rows, has_land, frame.grid), 0.0)
    small = np.flatnonzero(~has_land & (area_pixels <= _TINY_PIXELS))
    lon = rows["lon_deg"].to_numpy(dtype=np.float64)[small]
    lat = rows["lat_deg"].to_numpy(dtype=np.float64)[small]
    known = np.isfinite(lon) & np.isfinite(lat)
    inside[small[known]] = place_on_land(frame, lon[known], lat[known]).is_used
    return inside


def _on_grid(rows: gpd.GeoDataFrame, wanted: NDArray[np.bool_], grid: Grid) -> NDArray[np.float64]:
    """Part of each area on the grid, by area in degrees (a ratio of like things)."""
    import shapely

    west, south, east, north = grid.bounds_deg
    bounds = rows.geometry.bounds.to_numpy()
    margin = grid.pixel_deg
    crosses = (bounds[:, 0] < west - margin) | (bounds[:, 1] < south - margin)
    crosses |= (bounds[:, 2] > east + margin) | (bounds[:, 3] > north + margin)
    share = np.ones(len(rows))
    at = np.flatnonzero(wanted & crosses)
    shapes = rows.geometry.to_numpy()[at]
    share[at] = shapely.area(shapely.intersection(shapes, shapely.box(west, south, east, north))) / shapely.area(shapes)
    return share
