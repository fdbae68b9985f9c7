"""New fiber: along roads where they are known, by distance with a stated factor elsewhere, sea apart from land."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from planner.backhaul.near import nearest_pairs
from planner.backhaul.network import Links, Network, edge_table, node_table, weakest
from planner.backhaul.roads import Routes, Terminals, road_net, routes
from planner.backhaul.sea import Crossing, landmass_at, measure
from planner.specs.backhaul import BackhaulSpec, Terms
from planner.specs.cost import CostSpec

__all__ = ["KIND_TERMS", "FiberTerms", "links"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


class FiberTerms(Terms):
    """Numbers of a fiber technology.

    Parameters
    ----------
    land_idr_per_km, sea_idr_per_km, sea_landing_idr, terminal_idr
        Cable in place on land and under the sea, both landings of one crossing, equipment of one end.
    opex_share_per_year
        Yearly cost over capex.
    route_factor, sea_slack_factor
        Route over geodesic length on land without roads, and under the sea.
    max_sea_km
        Longest stretch under the sea.
    bay_share, bay_detour_factor
        A line between two points of one island with at most this share on water goes round the bay on
        land, by this factor over the water's length.
    road_snap_km
        A place farther than this from every road of its island is joined by distance.
    nearest
        Neighbours tried a place, by kind.
    """

    land_idr_per_km: float = Field(gt=0.0)
    sea_idr_per_km: float = Field(gt=0.0)
    sea_landing_idr: float = Field(ge=0.0)
    terminal_idr: float = Field(ge=0.0)
    opex_share_per_year: float = Field(ge=0.0, le=1.0)
    route_factor: float = Field(ge=1.0, le=5.0)
    sea_slack_factor: float = Field(ge=1.0, le=2.0)
    max_sea_km: float = Field(ge=0.0)
    bay_share: float = Field(ge=0.0, le=1.0)
    bay_detour_factor: float = Field(ge=1.0, le=10.0)
    road_snap_km: float = Field(ge=0.0)
    nearest: int = Field(ge=1, le=1000)


KIND_TERMS = FiberTerms


def links(network: Network, spec: BackhaulSpec, cost: CostSpec) -> Links:
    """Fiber between places, roots and forks of roads.

    Parameters
    ----------
    network
        Places and roots; relays carry no fiber.
    spec, cost
        Technology and money.

    Notes
    -----
    Where two ends hang on one piece of the road network, the route runs along roads and only there.
    Otherwise the straight line is measured on the land mask: water × ``sea_slack_factor`` is sea, land ×
    ``route_factor`` is land. Without a land mask nothing is known of the sea: routes are land and estimates.
    """
    terms = spec.terms_as(FiberTerms)
    ends = network.of_kind("place", "root")
    lon, lat = ends["lon_deg"].to_numpy(float), ends["lat_deg"].to_numpy(float)
    found = _along_roads(network, ends, terms)
    a, b = _straight_pairs(ends, found.group, spec, terms)
    crossing = measure(
        (lon[a], lat[a]), (lon[b], lat[b]), grid=network.grid, land=network.land, landmass=network.landmass
    )
    land_km, sea_km, n_crossings = _lengths(crossing, terms)
    fits = (land_km + sea_km <= spec.max_km) & (sea_km <= terms.max_sea_km)
    forks = _fork_nodes(found, network)
    name = np.concatenate([ends["node_id"].to_numpy(dtype=str), forks["node_id"].to_numpy(dtype=str)])
    evidence = np.concatenate([ends["evidence"].to_numpy(dtype=str), forks["evidence"].to_numpy(dtype=str)])
    doubt = np.concatenate([np.full(int(fits.sum()), "estimate"), np.full(len(found.a), _road_evidence(network))])
    first, second = np.concatenate([a[fits], found.a]), np.concatenate([b[fits], found.b])
    land_km = np.concatenate([land_km[fits], found.length_km])
    sea_km = np.concatenate([sea_km[fits], np.zeros(len(found.a))])
    landings = np.concatenate([n_crossings[fits], np.zeros(len(found.a))])
    n_ends = (first < len(ends)).astype(float) + (second < len(ends))
    capex = (
        land_km * terms.land_idr_per_km + sea_km * terms.sea_idr_per_km
        + landings * terms.sea_landing_idr + n_ends * terms.terminal_idr
    )  # fmt: skip
    opex = capex * terms.opex_share_per_year
    edges = edge_table(
        {
            "from_id": name[first],
            "to_id": name[second],
            "technology": spec.name,
            "kind": "fiber",
            "length_km": land_km + sea_km,
            "sea_km": sea_km,
            "capacity_mbps": spec.capacity_mbps,
            "capex_idr": capex,
            "opex_idr_per_year": opex,
            "cost_idr": cost.present_value_idr(capex, opex),
            "evidence": weakest(evidence[first], evidence[second], doubt),
        }
    )
    return Links(edges, forks)


def _along_roads(network: Network, ends: pd.DataFrame, terms: FiberTerms) -> Routes:
    if network.roads is None or network.roads.empty:
        none, no = np.empty(0), np.empty(0, np.int64)
        return Routes(none, none, no, no, none, np.full(len(ends), -1, dtype=np.int32))
    net = road_net(network.roads)
    lon, lat = ends["lon_deg"].to_numpy(float), ends["lat_deg"].to_numpy(float)
    if network.landmass is None:
        mass, vertex_mass = np.zeros(len(lon), dtype=np.int32), np.zeros(len(net.lon_deg), dtype=np.int32)
    else:
        mass = landmass_at(network.grid, network.landmass, lon, lat)
        vertex_mass = landmass_at(network.grid, network.landmass, net.lon_deg, net.lat_deg)
    at = Terminals(lon, lat, (ends["kind"] == "root").to_numpy(bool), mass, vertex_mass)
    return routes(net, at, snap_km=terms.road_snap_km, off_road_factor=terms.route_factor)


def _straight_pairs(
    ends: pd.DataFrame, group: NDArray[np.int32], spec: BackhaulSpec, terms: FiberTerms
) -> tuple[Indices, Indices]:
    """Place–root and place–place pairs that roads do not join, each once."""
    lon, lat = ends["lon_deg"].to_numpy(float), ends["lat_deg"].to_numpy(float)
    is_root = (ends["kind"] == "root").to_numpy()
    places, roots = np.flatnonzero(~is_root), np.flatnonzero(is_root)
    at_place, at_root = (lon[places], lat[places]), (lon[roots], lat[roots])
    i, j, _ = nearest_pairs(at_place, at_root, k=terms.nearest, max_km=spec.max_km)
    p, q, _ = nearest_pairs(at_place, at_place, k=terms.nearest, max_km=spec.max_km)
    a, b = np.concatenate([places[i], places[p]]), np.concatenate([roots[j], places[q]])
    apart = (group[a] != group[b]) | (group[a] < 0)
    low, high = np.minimum(a, b)[apart], np.maximum(a, b)[apart]
    _, once = np.unique(low * len(ends) + high, return_index=True)
    return low[once], high[once]


def _lengths(crossing: Crossing, terms: FiberTerms) -> tuple[Floats, Floats, Floats]:
    """Land km, sea km and crossings of a route, bays gone round."""
    sea = crossing.sea_km
    land = crossing.length_km - sea
    round_bay = crossing.is_same_landmass & (sea <= terms.bay_share * crossing.length_km)
    land_km = (land + np.where(round_bay, sea * terms.bay_detour_factor, 0.0)) * terms.route_factor
    sea_km = np.where(round_bay, 0.0, sea * terms.sea_slack_factor)
    return land_km, sea_km, np.where(round_bay, 0, crossing.n_crossings).astype(float)


def _road_evidence(network: Network) -> str:
    if network.roads is None or network.roads.empty or "evidence" not in network.roads:
        return "observed"
    return (
        str(weakest(*network.roads["evidence"].dropna().unique()))
        if network.roads["evidence"].notna().any()
        else "observed"
    )


def _fork_nodes(found: Routes, network: Network) -> pd.DataFrame:
    if not len(found.lon_deg):
        return node_table()
    names = [f"road:{lon:.6f},{lat:.6f}" for lon, lat in zip(found.lon_deg, found.lat_deg, strict=True)]
    return node_table(
        {
            "node_id": names,
            "kind": "relay",
            "lon_deg": found.lon_deg,
            "lat_deg": found.lat_deg,
            "evidence": _road_evidence(network),
        }
    )
