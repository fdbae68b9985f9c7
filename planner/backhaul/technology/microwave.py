"""Microwave hops between places, existing towers and fiber nodes.

A hop stands when it is short enough for its fade margin (free-space loss; rain by ITU-R P.530-18 §2.4.1
with P.838-3 coefficients; a least clear-air margin that covers multipath) and clear (`planner.radio.hops`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from planner.backhaul.near import nearest_pairs
from planner.backhaul.network import Links, Network, edge_table, node_table, weakest
from planner.backhaul.roads import walk_back
from planner.specs.backhaul import BackhaulSpec, Terms
from planner.specs.cost import CostSpec

__all__ = ["KIND_TERMS", "MicrowaveTerms", "clear_air_margin_db", "links", "rain_loss_db"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
_LOOK = 8  # hops looked at for each one kept: hills hide many of the nearest


class MicrowaveTerms(Terms):
    """Numbers of a microwave band.

    Parameters
    ----------
    frequency_ghz, tx_power_dbm, antenna_gain_dbi, threshold_dbm
        Radio of one end; gain of one antenna with its losses, received power at the needed error ratio.
    min_margin_db
        Least clear-air fade margin (multipath).
    rain_mm_per_h, rain_k, rain_alpha, unavailable_percent
        Rain rate exceeded 0.01 % of the time, P.838 coefficients, accepted outage by rain.
    min_clearance_f1_share
        Least clearance over the first Fresnel radius.
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
    min_margin_db: float = Field(ge=0.0, le=80.0)
    rain_mm_per_h: float = Field(ge=0.0, le=250.0)
    rain_k: float = Field(ge=0.0, le=10.0)
    rain_alpha: float = Field(ge=0.5, le=2.0)
    unavailable_percent: float = Field(ge=0.001, le=1.0)
    min_clearance_f1_share: float = Field(ge=0.0, le=2.0)
    hop_capex_idr: float = Field(gt=0.0)
    long_hop_capex_idr: float = Field(gt=0.0)
    long_hop_km: float = Field(gt=0.0)
    opex_share_per_year: float = Field(ge=0.0, le=1.0)
    colocation_idr_per_year: float = Field(ge=0.0)
    nearest: int = Field(ge=1, le=1000)
    root_height_m: float = Field(ge=1.0, le=200.0)


KIND_TERMS = MicrowaveTerms


def rain_loss_db(distance_km: Floats, terms: MicrowaveTerms) -> Floats:
    """Rain attenuation exceeded for the accepted share of an average year.

    Parameters
    ----------
    distance_km
        Hop lengths, positive.
    terms
        Band and climate.

    Notes
    -----
    ITU-R P.530-18 §2.4.1, eq. 32-36: ``A0.01 = γ d r`` with
    ``r = 1 / (0.477 d^0.633 R^(0.073 α) f^0.123 − 10.579 (1 − exp(−0.024 d)))``, at most 2.5, then scaled
    to the percentage. Valid to 60 km, 1-100 GHz and 0.001-1 %.

    References
    ----------
    ITU-R P.530-18 (2021); ITU-R P.838-3 (2005).
    """
    d, f = np.maximum(np.asarray(distance_km, dtype=np.float64), 1e-3), terms.frequency_ghz
    specific = terms.rain_k * terms.rain_mm_per_h**terms.rain_alpha
    spread = 0.477 * d**0.633 * terms.rain_mm_per_h ** (0.073 * terms.rain_alpha) * f**0.123
    below = spread - 10.579 * (1.0 - np.exp(-0.024 * d))
    share = np.where(below > 0.4, 1.0 / np.maximum(below, 0.4), 2.5)
    at_001 = specific * d * share
    c0 = 0.12 + (0.4 * np.log10((f / 10.0) ** 0.8) if f >= 10.0 else 0.0)
    c1 = 0.07**c0 * 0.12 ** (1.0 - c0)
    c2, c3 = 0.855 * c0 + 0.546 * (1.0 - c0), 0.139 * c0 + 0.043 * (1.0 - c0)
    p = terms.unavailable_percent
    scaled: Floats = at_001 * c1 * p ** -(c2 + c3 * np.log10(p))
    return scaled


def clear_air_margin_db(distance_km: Floats, terms: MicrowaveTerms) -> Floats:
    """Received power over the threshold without rain or fading (free-space loss, ITU-R P.525-4)."""
    d = np.maximum(np.asarray(distance_km, dtype=np.float64), 1e-3)
    loss = 92.45 + 20.0 * np.log10(terms.frequency_ghz) + 20.0 * np.log10(d)
    margin: Floats = terms.tx_power_dbm + 2.0 * terms.antenna_gain_dbi - loss - terms.threshold_dbm
    return margin


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
    from planner.radio.hops import hop_clearance

    terms = spec.terms_as(MicrowaveTerms)
    nodes = network.of_kind("place", "root", "relay")
    a, b, km = _pairs(nodes, spec, terms)
    margin = clear_air_margin_db(km, terms)
    holds = (margin >= terms.min_margin_db) & (margin >= rain_loss_db(km, terms)) & (km > 0.0)
    a, b, km, margin = a[holds], b[holds], km[holds], margin[holds]
    if not len(a):
        return Links(edge_table(), node_table())
    lon, lat = nodes["lon_deg"].to_numpy(float), nodes["lat_deg"].to_numpy(float)
    height = nodes["height_m"].fillna(terms.root_height_m).to_numpy(float)
    sight = hop_clearance(
        lon[a], lat[a], height[a], lon[b], lat[b], height[b],
        frequency_ghz=terms.frequency_ghz,
        terrain=network.ground,
        min_f1_share=terms.min_clearance_f1_share,
    )  # fmt: skip
    clearance, clear = sight.clearance_f1_share, sight.is_clear
    a, b, km, margin, clearance = a[clear], b[clear], km[clear], margin[clear], clearance[clear]
    kind = nodes["kind"].to_numpy(dtype=str)
    table = _priced(nodes, (a, b, km), (margin, clearance, sight.has_terrain), (spec, terms, cost))
    near = _nearest_of_kind(kind, a, b, km, terms.nearest)
    ways = _cheapest_ways(kind, a, b, table["cost_idr"].to_numpy(float))
    return Links(table.iloc[np.union1d(near, ways)].reset_index(drop=True), node_table())


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
    sight: tuple[Floats, Floats, bool],
    prices: tuple[BackhaulSpec, MicrowaveTerms, CostSpec],
) -> pd.DataFrame:
    (a, b, km), (margin, clearance, has_terrain), (spec, terms, cost) = hops, sight, prices
    is_standing = nodes["kind"].isin(["root", "relay"]).to_numpy()
    is_guessed = nodes["height_m"].isna().to_numpy()
    capex = np.where(km >= terms.long_hop_km, terms.long_hop_capex_idr, terms.hop_capex_idr)
    n_rented = is_standing[a].astype(float) + is_standing[b]
    opex = terms.opex_share_per_year * capex + terms.colocation_idr_per_year * n_rented
    evidence = nodes["evidence"].to_numpy(dtype=str)
    doubt = np.where(is_guessed[a] | is_guessed[b] | (not has_terrain), "estimate", "observed")
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
            "clearance_f1_share": clearance,
            "margin_db": margin,
            "has_terrain": has_terrain,
            "evidence": weakest(evidence[a], evidence[b], doubt),
        }
    )
