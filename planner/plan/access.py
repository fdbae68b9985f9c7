"""How a crew reaches a place: by road, by boat or by air."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.backhaul.near import nearest_pairs, xyz_km
from planner.backhaul.roads import road_net
from planner.backhaul.sea import landmass_at
from planner.plan.world import CandidateWorld

__all__ = ["access_modes"]

Floats = NDArray[np.float64]


def access_modes(world: CandidateWorld, lon_deg: Floats, lat_deg: Floats) -> NDArray[np.str_]:
    """Access mode of each point.

    Notes
    -----
    ``road`` within ``road_reach_km`` of a road on the same piece of land; else ``boat`` within ``coast_reach_km`` of
    the coast; else ``air``. Without any road layer nothing says that roads exist: a place on a piece of land
    that carries a tower on air is taken to be reached by road (somebody brought the tower there), any other
    by the rest of the rule. A missing distance is never short.
    """
    mass = landmass_at(world.grid, world.landmass, lon_deg, lat_deg)
    has_road = np.zeros(len(lon_deg), dtype=bool)
    if world.roads is not None and len(world.roads):
        net = road_net(world.roads)
        road_mass = landmass_at(world.grid, world.landmass, net.lon_deg, net.lat_deg)
        for number in np.unique(mass):  # one island a turn: a road across a strait does not count
            here, there = np.flatnonzero(mass == number), np.flatnonzero(road_mass == number)
            i, _, _ = nearest_pairs(
                (lon_deg[here], lat_deg[here]),
                (net.lon_deg[there], net.lat_deg[there]),
                k=1,
                max_km=world.spec.road_reach_km,
            )
            has_road[here[i]] = True
    else:
        on_air = world.bts.loc[world.bts["status"] == "on_air"] if len(world.bts) else world.bts
        settled = landmass_at(
            world.grid, world.landmass, on_air["lon_deg"].to_numpy(float), on_air["lat_deg"].to_numpy(float)
        )
        has_road = np.isin(mass, settled[settled > 0])
    near_coast = _coast_km(world, lon_deg, lat_deg) <= world.spec.coast_reach_km
    return np.where(has_road, "road", np.where(near_coast, "boat", "air"))


def _coast_km(world: CandidateWorld, lon_deg: Floats, lat_deg: Floats) -> Floats:
    """Distance to the nearest water pixel that touches land; infinite where the grid holds none."""
    from scipy.ndimage import binary_dilation
    from scipy.spatial import cKDTree

    shore = ~world.land & binary_dilation(world.land, structure=np.ones((3, 3), dtype=bool))
    row, col = np.nonzero(shore)
    if not len(row) or not len(lon_deg):
        return np.full(len(lon_deg), np.inf)
    distance, _ = cKDTree(xyz_km(*world.grid.lon_lat(row, col))).query(xyz_km(lon_deg, lat_deg))
    return np.asarray(distance, dtype=np.float64)
