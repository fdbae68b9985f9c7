"""Microwave hops between places, existing towers and fiber nodes.

A hop stands when multipath, rain and equipment leave it out of service no longer than accepted
(`planner.radio.hop_outage`: ITU-R P.530-17 with P.838-3 and P.837-7) and when it is clear at the median k and at
the k exceeded 99.9 % of the time (`planner.radio.hops`). A hop that fails is kept apart with its numbers.
"""

from __future__ import annotations

from typing import Any  # Any: columns of a table are arrays or single values

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from planner.backhaul.near import nearest_pairs
from planner.backhaul.network import Links, Network, edge_table, node_table, refused_table, weakest
from planner.backhaul.roads import walk_back
from planner.radio.hop_outage import HopOutage, hop_fade_margin_db, hop_outage, low_k_factor
from planner.radio.multipath import area_roughness_m
from planner.specs.backhaul import BackhaulSpec, Terms
from planner.specs.climate import Climate
from planner.specs.cost import CostSpec

__all__ = ["KIND_TERMS", "MicrowaveTerms", "links"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
_LOOK = 8  # hops looked at for each one kept: hills hide many of the nearest
_MEDIAN_K = 4.0 / 3.0
_SHORTEST_KM = 0.05
_MEASURED = (
    "clearance_f1_share", "margin_db", "multipath_percent", "rain_percent", "unavailable_percent", "has_terrain",
)  # fmt: skip


class MicrowaveTerms(Terms):
    """Numbers of a microwave band.

    Parameters
    ----------
    frequency_ghz, tx_power_dbm, antenna_gain_dbi, threshold_dbm
        Radio of one end; gain of one antenna with its losses, received power at the needed error ratio.
    rain_mm_per_h, dn1_per_km, roughness_m
        Climate where no table of places is given.
    equipment_unavailable_percent
        Of one hop, both ends, in an average year.
    hop_unavailable_percent, path_unavailable_percent
        Accepted outage of one hop, and of all hops from a site to the backbone.
    clearance_f1_share
        Least clearance over the first Fresnel radius at the median k.
    low_k_clearance_f1_share, short_low_k_clearance_f1_share, tropical_km
        The same at the k exceeded 99.9 % of the time, for hops longer than ``tropical_km`` and others.
    hop_capex_idr, long_hop_capex_idr, long_hop_km
        Both ends of a hop, and of a long one.
    opex_share_per_year, colocation_idr_per_year
        Yearly cost over capex; rent for each end on a tower that stands already.
    nearest
        Clear hops kept a place and kind of neighbour; a relay keeps half as many.
    root_height_m
        Antenna height at a far end whose tower height is not known.
    """

    frequency_ghz: float = Field(ge=1.0, le=100.0)
    tx_power_dbm: float = Field(ge=-20.0, le=50.0)
    antenna_gain_dbi: float = Field(ge=0.0, le=60.0)
    threshold_dbm: float = Field(ge=-120.0, le=0.0)
    rain_mm_per_h: float = Field(ge=0.0, le=300.0)
    dn1_per_km: float = Field(ge=-2000.0, le=0.0)
    roughness_m: float = Field(ge=0.0, le=3000.0)
    equipment_unavailable_percent: float = Field(ge=0.0, le=1.0)
    hop_unavailable_percent: float = Field(ge=0.001, le=1.0)
    path_unavailable_percent: float = Field(ge=0.001, le=5.0)
    clearance_f1_share: float = Field(ge=0.0, le=2.0)
    low_k_clearance_f1_share: float = Field(ge=0.0, le=2.0)
    short_low_k_clearance_f1_share: float = Field(ge=0.0, le=2.0)
    tropical_km: float = Field(ge=0.0, le=100.0)
    hop_capex_idr: float = Field(gt=0.0)
    long_hop_capex_idr: float = Field(gt=0.0)
    long_hop_km: float = Field(gt=0.0)
    opex_share_per_year: float = Field(ge=0.0, le=1.0)
    colocation_idr_per_year: float = Field(ge=0.0)
    nearest: int = Field(ge=1, le=1000)
    root_height_m: float = Field(ge=1.0, le=200.0)


KIND_TERMS = MicrowaveTerms


def links(network: Network, spec: BackhaulSpec, cost: CostSpec) -> Links:
    """Hops that hold: the nearest of each kind of neighbour, and each place's cheapest way to a root.

    Parameters
    ----------
    network
        Places, roots and relays with antenna heights; heights not known take ``root_height_m`` and
        make the hop an estimate, as does missing terrain.
    spec, cost
        Technology and money.
    """
    terms = spec.terms_as(MicrowaveTerms)
    nodes = network.of_kind("place", "root", "relay")
    a, b, km = _pairs(nodes, spec, terms)
    apart = km >= _SHORTEST_KM
    a, b, km = a[apart], b[apart], km[apart]
    if not len(a):
        return Links(edge_table(), node_table())
    facts = _judged(network, nodes, (a, b, km), terms)
    clear = facts["refused"] == ""
    refused = _refused(nodes, spec, (a, b), {name: column[~clear] for name, column in facts.items()}, ~clear)
    a, b, km = a[clear], b[clear], km[clear]
    if not len(a):
        return Links(edge_table(), node_table(), refused)
    kind = nodes["kind"].to_numpy(dtype=str)
    kept = {name: column[clear] for name, column in facts.items()}
    table = _priced(nodes, (a, b, km), kept, (spec, terms, cost))
    near = _nearest_of_kind(kind, a, b, km, terms.nearest)
    ways = _cheapest_ways(kind, a, b, table["cost_idr"].to_numpy(float))
    return Links(table.iloc[np.union1d(near, ways)].reset_index(drop=True), node_table(), refused)


def _judged(
    network: Network, nodes: pd.DataFrame, pairs: tuple[Indices, Indices, Floats], terms: MicrowaveTerms
) -> dict[str, NDArray[Any]]:
    """What each hop is worth, by column; ``refused`` is empty where it stands."""
    from planner.radio.hops import hop_clearance

    a, b, km = pairs
    margin = hop_fade_margin_db(
        km, terms.frequency_ghz,
        tx_power_dbm=terms.tx_power_dbm, antenna_gain_dbi=terms.antenna_gain_dbi, threshold_dbm=terms.threshold_dbm,
    )  # fmt: skip
    outage = _outage(network, nodes, pairs, margin, terms)
    holds = outage.total_percent <= terms.hop_unavailable_percent
    clearance = np.full(km.size, np.nan)
    is_clear, is_unknown = np.zeros(km.size, dtype=bool), np.zeros(km.size, dtype=bool)
    if holds.any():
        i, j = a[holds], b[holds]
        lon, lat = nodes["lon_deg"].to_numpy(float), nodes["lat_deg"].to_numpy(float)
        height = nodes["height_m"].fillna(terms.root_height_m).to_numpy(float)
        long = km[holds] > terms.tropical_km
        low = np.where(long, terms.low_k_clearance_f1_share, terms.short_low_k_clearance_f1_share)
        sight = hop_clearance(
            lon[i], lat[i], height[i], lon[j], lat[j], height[j],
            frequency_ghz=terms.frequency_ghz,
            terrain=network.ground,
            k_factors=np.column_stack([np.full(i.size, _MEDIAN_K), low_k_factor(km[holds])]),
            min_f1_share=np.column_stack([np.full(i.size, terms.clearance_f1_share), low]),
        )  # fmt: skip
        clearance[holds], is_clear[holds], is_unknown[holds] = (
            sight.clearance_f1_share, sight.is_clear, sight.is_unknown,
        )  # fmt: skip
    worst = np.where(outage.rain_percent >= outage.multipath_percent, "rain", "multipath")
    refused = np.select(
        [margin <= 0.0, ~holds, is_clear, is_unknown], ["margin", worst, "", "unknown_ground"], default="clearance"
    )
    return {
        "length_km": km, "margin_db": margin, "clearance_f1_share": clearance, "refused": refused,
        "multipath_percent": outage.multipath_percent, "rain_percent": outage.rain_percent,
        "unavailable_percent": outage.total_percent,
        "has_terrain": np.full(km.size, network.ground is not None),
    }  # fmt: skip


def _outage(
    network: Network, nodes: pd.DataFrame, pairs: tuple[Indices, Indices, Floats], margin: Floats, terms: MicrowaveTerms
) -> HopOutage:
    a, b, km = pairs
    lon, lat = nodes["lon_deg"].to_numpy(float), nodes["lat_deg"].to_numpy(float)
    top = nodes["height_m"].fillna(terms.root_height_m).to_numpy(float) + network.foot_m(lon, lat)
    middle = (lon[a] + lon[b]) / 2.0, (lat[a] + lat[b]) / 2.0
    return hop_outage(
        km, terms.frequency_ghz, top[a], top[b], margin,
        climate=_climate(network, *middle, terms),
        latitude_deg=middle[1],
        equipment_percent=terms.equipment_unavailable_percent,
    )  # fmt: skip


def _climate(network: Network, lon_deg: Floats, lat_deg: Floats, terms: MicrowaveTerms) -> Climate:
    """By place where a table is given; the roughness by terrain where it is known."""
    if network.climate is None:
        n = lon_deg.size
        named = (terms.rain_mm_per_h, 0.0, terms.dn1_per_km, terms.roughness_m)
        climate = Climate(*(np.full(n, value) for value in named))
    else:
        climate = network.climate.at(lon_deg, lat_deg)
    if network.ground is None:
        return climate
    rough = area_roughness_m(network.ground, lon_deg, lat_deg)
    rough = np.where(np.isfinite(rough), np.minimum(rough, 3000.0), climate.roughness_m)
    return Climate(climate.rain_mm_per_h, climate.rain_height_km, climate.dn1_per_km, rough)


def _refused(
    nodes: pd.DataFrame, spec: BackhaulSpec, pairs: tuple[Indices, Indices], facts: dict[str, Any], which: Any
) -> pd.DataFrame:
    node_id = nodes["node_id"].to_numpy()
    named = {"from_id": node_id[pairs[0][which]], "to_id": node_id[pairs[1][which]], "technology": spec.name}
    return refused_table({**named, **facts})


def _cheapest_ways(kind: NDArray[np.str_], a: Indices, b: Indices, cost_idr: Floats) -> Indices:
    """Positions of the hops on each place's cheapest way to a root over existing towers."""
    n = len(kind)
    roots = np.flatnonzero(kind == "root")
    if not len(roots):
        return np.empty(0, dtype=np.int64)
    passes = kind != "place"  # a new place is no relay here: its tower is not paid
    tail, head, price = np.concatenate([a, b]), np.concatenate([b, a]), np.concatenate([cost_idr, cost_idr])
    held = passes[tail]
    graph = csr_array((price[held], (tail[held], head[held])), shape=(n, n))
    _, before, _ = dijkstra(graph, directed=True, indices=roots, min_only=True, return_predecessors=True)
    used = np.unique(walk_back(before, np.flatnonzero(kind == "place"), n))
    return np.flatnonzero(np.isin(a * n + b, used))


def _pairs(
    nodes: pd.DataFrame, spec: BackhaulSpec, terms: MicrowaveTerms
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Pairs worth a look: for each place or relay the nearest places, roots and relays; a < b, each once."""
    kind = nodes["kind"].to_numpy(dtype=str)
    has_dish = (kind != "place") | nodes["height_m"].notna().to_numpy()  # a place without height takes no dish
    where = {name: np.flatnonzero((kind == name) & has_dish) for name in ("place", "root", "relay")}
    lon, lat = nodes["lon_deg"].to_numpy(float), nodes["lat_deg"].to_numpy(float)
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], Floats]] = []
    for first, second in (
        ("place", "place"),
        ("place", "root"),
        ("place", "relay"),
        ("relay", "root"),
        ("relay", "relay"),
    ):
        ends = (lon[where[first]], lat[where[first]])
        others = ends if first == second else (lon[where[second]], lat[where[second]])
        look = _LOOK * terms.nearest if first == "place" else _LOOK * terms.nearest // 2
        i, j, km = nearest_pairs(ends, others, k=look, max_km=spec.max_km)
        found.append((where[first][i], where[second][j], km))
    a = np.concatenate([item[0] for item in found])
    b = np.concatenate([item[1] for item in found])
    km = np.concatenate([item[2] for item in found])
    low, high = np.minimum(a, b), np.maximum(a, b)
    _, once = np.unique(low * len(nodes) + high, return_index=True)
    return low[once], high[once], km[once]


def _nearest_of_kind(
    kind: NDArray[np.str_], a: NDArray[np.int64], b: NDArray[np.int64], km: Floats, nearest: int
) -> NDArray[np.int64]:
    """Positions of pairs that are among the nearest of one of their ends, by kind of the other end."""
    pair = np.concatenate([np.arange(len(a)), np.arange(len(a))])
    end, other = np.concatenate([a, b]), np.concatenate([b, a])
    length = np.concatenate([km, km])
    from_kind = np.unique(kind, return_inverse=True)[1][other]
    wants = kind[end] != "root"  # a root is an end: it needs no neighbours of its own
    pair, end, other, length, from_kind = pair[wants], end[wants], other[wants], length[wants], from_kind[wants]
    order = np.lexsort((other, length, from_kind, end))
    group = end[order] * 16 + from_kind[order]
    rank = np.arange(len(order)) - np.searchsorted(group, group, side="left")
    most = np.where(kind[end[order]] == "relay", (nearest + 1) // 2, nearest)
    return np.unique(pair[order][rank < most])


def _priced(
    nodes: pd.DataFrame,
    hops: tuple[NDArray[np.int64], NDArray[np.int64], Floats],
    facts: dict[str, NDArray[Any]],
    prices: tuple[BackhaulSpec, MicrowaveTerms, CostSpec],
) -> pd.DataFrame:
    (a, b, km), (spec, terms, cost) = hops, prices
    is_standing = nodes["kind"].isin(["root", "relay"]).to_numpy()
    is_guessed = nodes["height_m"].isna().to_numpy()
    capex = np.where(km >= terms.long_hop_km, terms.long_hop_capex_idr, terms.hop_capex_idr)
    n_rented = is_standing[a].astype(float) + is_standing[b]
    opex = terms.opex_share_per_year * capex + terms.colocation_idr_per_year * n_rented
    evidence = nodes["evidence"].to_numpy(dtype=str)
    doubt = np.where(is_guessed[a] | is_guessed[b] | ~facts["has_terrain"], "estimate", "observed")
    node_id = nodes["node_id"].to_numpy()
    return edge_table(
        {
            "from_id": node_id[a],
            "to_id": node_id[b],
            "technology": spec.name,
            "kind": "microwave",
            "length_km": km,
            "capacity_mbps": spec.capacity_mbps,
            "capex_idr": capex,
            "opex_idr_per_year": opex,
            "cost_idr": cost.present_value_idr(capex, opex),
            **{name: facts[name] for name in _MEASURED},
            "evidence": weakest(evidence[a], evidence[b], doubt),
        }
    )
