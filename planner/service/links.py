"""Links of the demand cells to the stations that serve them, and what each hears of the others: what load coupling needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.radio.covers import Covers
from planner.radio.link_budget import element_noise_dbm, station_budgets
from planner.radio.planned import full_mbps
from planner.service.coupling import Coupled, Links, coupled_load
from planner.service.load import stations_and_pools
from planner.specs.service import ServiceSpec

if TYPE_CHECKING:
    import pandas as pd
    from scipy.sparse import csr_matrix

    from planner.specs.radio import RadioSpec

__all__ = ["busy_shares", "station_links"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def busy_shares(
    stations: pd.DataFrame, cells: pd.DataFrame, heard: Covers, *, radio: RadioSpec, spec: ServiceSpec, pixel_m: float
) -> tuple[Floats, Coupled]:
    """Share of the time each station sends, and how it was found; arguments as in `station_links`."""
    links, pool = station_links(stations, cells, heard, radio=radio, spec=spec, pixel_m=pixel_m)
    found = coupled_load(links)
    return found.load_share[pool], found


def station_links(
    stations: pd.DataFrame, cells: pd.DataFrame, heard: Covers, *, radio: RadioSpec, spec: ServiceSpec, pixel_m: float
) -> tuple[Links, Ints]:
    """Links of the demand cells to their best servers, and the pool of each station.

    Parameters
    ----------
    stations
        4G and 5G on air, rows of the layer bts.
    cells
        Demand cells.
    heard
        Levels of the stations at the cells, as service and as interference, down to where they no longer count.
    radio, spec, pixel_m
        As in `planner.service.judge`.

    Notes
    -----
    Servers and interference are those of `planner.radio.coverage`: the strongest station of an operator, of equals the
    first by identifier; cells of its own mast share its path; rows without azimuth at one place are one envelope, whose
    hidden sectors count ``front_back_db`` below the server. A cell's demand is split evenly over the operators that
    cover it, also where `judge` finds that interference leaves one of them nothing: no load may fall because another rises.
    """
    budgets = station_budgets(stations, radio, pixel_m)
    indoors = spec.place == "indoor"
    limit = budgets.indoor_limit_dbm if indoors else budgets.limit_dbm
    wall = budgets.indoor_limit_dbm - budgets.limit_dbm if indoors else np.zeros(len(stations))
    table = _numbers(stations, wall)
    station = np.repeat(np.arange(len(stations), dtype=np.int64), np.diff(heard.indptr))
    levels = heard.rsrp_dbm.astype(np.float64), heard.disturbing_dbm.astype(np.float64)
    entries = _Entries(station, heard.indices.astype(np.int64), *levels)
    best = _servers(table, entries, len(cells), limit)
    server, cell = station[best], entries.cell[best]
    asked = (cells["demand_mbps"].to_numpy(dtype=np.float64) / np.maximum(1, np.bincount(cell, minlength=len(cells))))[
        cell
    ]
    link_of = np.full((int(table.operator.max(initial=-1)) + 1, len(cells)), -1, dtype=np.int64)
    link_of[table.operator[server], cell] = np.arange(cell.size, dtype=np.int64)
    at = link_of[table.operator[station], entries.cell]
    signal = 10.0 ** ((entries.level_dbm[best] - wall[server]) / 10.0)
    kinds = stations["technology"].to_numpy(dtype=str)[server]
    full, let_through = _pools(stations, table.pool, (server, asked), radio)
    curve = {kind: (c.attenuation_share, c.cap_bps_per_hz) for kind, c in radio.capacity.items()}
    noise = {kind: 10.0 ** (element_noise_dbm(radio.noise_figure_db, kind) / 10.0) for kind in curve}
    links = Links(
        pool=table.pool[server],
        asked_mbps=asked,
        signal_mw=signal,
        noise_mw=np.array([noise[kind] for kind in kinds]),
        attenuation_share=np.array([curve[kind][0] for kind in kinds]),
        cap_bps_per_hz=np.array([curve[kind][1] for kind in kinds]),
        power_mw=_power(table, entries, (at, server, signal), radio),
        full_mbps=full,
        backhaul_share=let_through,
    )
    return links, table.pool


class _Stations(NamedTuple):
    """Numbers of stations: what they share, rank by identifier, sectors hidden behind a row, what a wall takes."""

    place: Ints
    carrier: Ints
    operator: Ints
    pool: Ints
    rank: Ints
    is_envelope: NDArray[np.bool_]
    n_hidden: Floats
    wall_db: Floats


class _Entries(NamedTuple):
    """Level of a station at a cell, as service and as interference."""

    station: Ints
    cell: Ints
    level_dbm: Floats
    late_dbm: Floats


def _numbers(stations: pd.DataFrame, wall_db: Floats) -> _Stations:
    ids = stations["bts_id"].to_numpy(dtype=str)
    rank = np.argsort(np.lexsort((np.arange(len(stations)), ids)))
    is_envelope = np.isnan(stations["azimuth_deg"].to_numpy(dtype=np.float64, na_value=np.nan))
    sectors = stations["n_sectors"].to_numpy(dtype=np.float64, na_value=1.0)

    def number(*names: str) -> Ints:
        return np.asarray(stations.groupby(list(names), sort=True).ngroup(), dtype=np.int64)

    return _Stations(
        place=number("lon_deg", "lat_deg"), carrier=number("operator", "technology", "band_mhz"),
        operator=number("operator"), pool=stations_and_pools(stations)[1], rank=rank.astype(np.int64), is_envelope=is_envelope,
        n_hidden=np.where(is_envelope, sectors - 1.0, 0.0), wall_db=wall_db,
    )  # fmt: skip


def _servers(table: _Stations, entries: _Entries, n_cells: int, limit_dbm: Floats) -> Ints:
    """Entries of the best server of each operator at each cell it covers: a link each."""
    key = table.operator[entries.station] * n_cells + entries.cell
    order = np.lexsort((table.rank[entries.station], -entries.level_dbm, key))
    first = order[np.append(True, np.diff(key[order]) != 0)] if order.size else order
    return np.asarray(first[entries.level_dbm[first] >= limit_dbm[entries.station[first]]], dtype=np.int64)


def _power(table: _Stations, entries: _Entries, links: tuple[Ints, Ints, Floats], radio: RadioSpec) -> csr_matrix:
    """What each link hears of each pool on its server's carrier, mW, behind the server's wall.

    ``links`` are the link of each entry (−1: none), the server and the signal (mW) of each link.
    """
    from scipy.sparse import csr_matrix

    at, server, signal = links
    use = np.flatnonzero(at >= 0)
    use = use[table.carrier[entries.station[use]] == table.carrier[server[at[use]]]]
    use = use[entries.station[use] != server[at[use]]]
    link, station = at[use], entries.station[use]
    mine = server[link]
    is_own = table.place[station] == table.place[mine]
    level = np.where(is_own, entries.level_dbm[use], entries.late_dbm[use])
    is_envelope = table.is_envelope[station]
    keep = ~(is_own & is_envelope & table.is_envelope[mine])  # the server's own envelope holds them
    order = np.lexsort((level, table.place[station], is_envelope, link))
    ahead, behind = order[:-1], order[1:]
    is_weaker = is_envelope[ahead] & is_envelope[behind] & (link[ahead] == link[behind])
    keep[ahead[is_weaker & (table.place[station[ahead]] == table.place[station[behind]])]] = False
    power = 10.0 ** ((level - table.wall_db[mine]) / 10.0)
    hidden = table.n_hidden[server] * signal * 10.0 ** (-radio.front_back_db / 10.0)
    rows = np.concatenate([link[keep], np.arange(server.size)])
    pools = np.concatenate([table.pool[station[keep]], table.pool[server]])
    shape = (server.size, int(table.pool.max(initial=-1)) + 1)
    return csr_matrix((np.concatenate([power[keep], hidden]), (rows, pools)), shape=shape)


def _pools(stations: pd.DataFrame, pool: Ints, asked: tuple[Ints, Floats], radio: RadioSpec) -> tuple[Floats, Floats]:
    """Rate of each pool at 1 b/s/Hz, and the share of its station's demand that the backhaul lets through."""
    width, sectors = (stations[name].to_numpy(dtype=np.float64) for name in ("bandwidth_mhz", "n_sectors"))
    full = full_mbps(width, sectors, stations["technology"].to_numpy(dtype=str), radio)
    station, _ = stations_and_pools(stations)
    demand = np.bincount(station, weights=np.bincount(asked[0], weights=asked[1], minlength=len(stations)))
    rate = stations["backhaul_mbps"].to_numpy(dtype=np.float64, na_value=np.nan)
    widest = np.full(demand.size, -np.inf)
    np.maximum.at(widest, station, np.where(np.isnan(rate), -np.inf, rate))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(np.isinf(widest) | (demand <= widest), 1.0, widest / demand)
    first = np.unique(pool, return_index=True)[1]
    return np.bincount(pool, weights=full).astype(np.float64), share[station[first]]
