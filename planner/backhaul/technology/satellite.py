"""Satellite links: a star from every place that sees the satellite through its rain to the beams of its pool."""

from __future__ import annotations

from fnmatch import fnmatchcase

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from planner.backhaul.network import Links, Network, edge_table, node_table, refused_table, weakest
from planner.specs.backhaul import BackhaulSpec, Terms
from planner.specs.cost import CostSpec

__all__ = ["KIND_TERMS", "SatelliteTerms", "links", "reserved_mbps"]

Floats = NDArray[np.float64]
_LOWEST_DEG = 5.0  # ITU-R P.618-13 eq. 1


class SatelliteTerms(Terms):
    """Numbers of a satellite technology.

    Parameters
    ----------
    min_elevation_deg
        Lowest elevation at which a terminal is installed.
    terminal_idr
        Terminal with installation.
    capacity_idr_per_mbps_month
        Lease of one Mbps for a month.
    upkeep_share_per_year
        Yearly upkeep over the terminal's price.
    overbooking
        Mbps sold for each Mbps taken from the beam, at least 1.
    downlink_ghz, uplink_ghz
        Carriers towards and from the terminal.
    downlink_margin_db, uplink_margin_db
        What rain and air may take before the link is lost, slower coding included.
    downlink_air_db, uplink_air_db
        Of it, gases, clouds and scintillation.
    max_unavailable_percent
        Accepted outage by rain in an average year.
    return_mbps, return_capacity_share
        Rate of one site towards the gateway, and what the satellite carries that way for each Mbps towards sites.
    processing_ms
        Delay beside propagation, both ways.
    rain_mm_per_h, rain_height_km
        Climate where no table of places is given.
    """

    min_elevation_deg: float = Field(ge=0.0, le=90.0)
    terminal_idr: float = Field(ge=0.0)
    capacity_idr_per_mbps_month: float = Field(ge=0.0)
    upkeep_share_per_year: float = Field(ge=0.0, le=1.0)
    overbooking: float = Field(ge=1.0, le=100.0)
    downlink_ghz: float = Field(ge=1.0, le=55.0)
    uplink_ghz: float = Field(ge=1.0, le=55.0)
    downlink_margin_db: float = Field(ge=0.0, le=60.0)
    uplink_margin_db: float = Field(ge=0.0, le=60.0)
    downlink_air_db: float = Field(ge=0.0, le=30.0)
    uplink_air_db: float = Field(ge=0.0, le=30.0)
    max_unavailable_percent: float = Field(ge=0.001, le=5.0)
    return_mbps: float = Field(ge=0.0)
    return_capacity_share: float = Field(gt=0.0, le=10.0)
    processing_ms: float = Field(ge=0.0, le=1000.0)
    rain_mm_per_h: float = Field(ge=0.0, le=300.0)
    rain_height_km: float = Field(ge=0.0, le=7.0)


KIND_TERMS = SatelliteTerms


def links(network: Network, spec: BackhaulSpec, cost: CostSpec) -> Links:
    """Star edges from places to beams, and the beams with what is left of them.

    Parameters
    ----------
    network
        Places and the satellite layer.
    spec, cost
        Technology and money.

    Notes
    -----
    Capacities are counted towards the site. What is left of a beam is ``capacity_mbps − committed_mbps``, at least
    0; a full beam keeps its links, so that a plan can say that capacity, not sight, is what misses. A site takes its
    rate, or what its return rate needs of the beam's return capacity, whichever is more:
    ``max(capacity_mbps, return_mbps/return_capacity_share)/overbooking``; commitments are taken to have the same mix.

    Outage is that of the worse direction at the site (ITU-R P.618-13): both are lost in the same rain. Gateways
    stand for each other. A beam whose outline is known (`footprint_wkt`) serves the places inside it alone; of one whose
    outline nobody published, only what its satellite can see is known. The length is the slant range to the satellite, for the record: it enters no cost.
    """
    terms = spec.terms_as(SatelliteTerms)
    beams = _beams(network.satellite, spec)
    places = network.of_kind("place")
    stars = [_star(network, places, beam, (spec, terms, cost)) for beam in beams.itertuples(index=False)]
    tables = [table for table, _ in stars if len(table)]
    lost = [table for _, table in stars if len(table)]
    left = np.maximum(beams["capacity_mbps"].to_numpy(float) - beams["committed_mbps"].to_numpy(float), 0.0)
    nodes = node_table(
        {
            "node_id": "beam:" + beams["beam_id"].astype(str),
            "kind": "satellite",
            "ref_id": beams["beam_id"].astype(str),
            "name": beams["satellite_id"].astype(str) + " " + beams["beam_id"].astype(str),
            "capacity_mbps": left,
            "is_capacity_known": True,
            "pool": spec.pool,
            "evidence": beams["evidence"].astype(str),
        }
    )
    edges = pd.concat(tables, ignore_index=True) if tables else edge_table()
    return Links(edges, nodes, pd.concat(lost, ignore_index=True) if lost else refused_table())


def reserved_mbps(capacity_mbps: float, terms: SatelliteTerms) -> float:
    """What one site takes from its beam, counted towards the site (see `links`).

    Parameters
    ----------
    capacity_mbps
        Rate of one site.
    terms
        Return rate, return capacity and overbooking.
    """
    return max(capacity_mbps, terms.return_mbps / terms.return_capacity_share) / terms.overbooking


def _beams(satellite: pd.DataFrame, spec: BackhaulSpec) -> pd.DataFrame:
    if satellite.empty:
        return satellite.reindex(
            columns=["satellite_id", "beam_id", "orbit_deg", "capacity_mbps", "committed_mbps", "evidence"]
        )
    is_mine = [
        any(fnmatchcase(str(sat), pattern) for pattern in spec.satellites)
        and any(fnmatchcase(str(beam), pattern) for pattern in spec.beams)
        for sat, beam in zip(satellite["satellite_id"], satellite["beam_id"], strict=True)
    ]
    return satellite.loc[is_mine].sort_values("beam_id", kind="stable")


def _star(
    network: Network,
    places: pd.DataFrame,
    beam: tuple[object, ...],
    prices: tuple[BackhaulSpec, SatelliteTerms, CostSpec],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Links of one beam, and the places it does not serve with the reason."""
    from planner.radio.hops import satellite_elevation_deg, satellite_slant_range_km

    spec, terms, cost = prices
    orbit_deg = float(beam.orbit_deg)  # type: ignore[attr-defined]  # a named tuple of pandas
    beam_id = f"beam:{beam.beam_id}"  # type: ignore[attr-defined]  # as above
    lon, lat = places["lon_deg"].to_numpy(float), places["lat_deg"].to_numpy(float)
    elevation = np.asarray(satellite_elevation_deg(lon, lat, orbit_deg), dtype=np.float64)
    seen = elevation >= max(terms.min_elevation_deg, _LOWEST_DEG)
    inside = _inside(str(getattr(beam, "footprint_wkt", "") or ""), lon, lat)
    seen &= inside
    outage = np.full(lon.size, np.nan)
    outage[seen] = _rain_percent(network, (lon[seen], lat[seen]), elevation[seen], terms)
    held = seen & (np.nan_to_num(outage, nan=100.0) <= terms.max_unavailable_percent)
    refused = refused_table(
        {
            "from_id": places.loc[~held, "node_id"].to_numpy(), "to_id": beam_id, "technology": spec.name,
            "refused": np.select([seen, ~inside], ["rain", "outline"], "elevation")[~held], "elevation_deg": elevation[~held],
            "rain_percent": outage[~held], "unavailable_percent": outage[~held],
            "margin_db": terms.downlink_margin_db - terms.downlink_air_db,
        }
    )  # fmt: skip
    if not held.any():
        return edge_table(), refused
    reserved = reserved_mbps(spec.capacity_mbps, terms)
    capex = terms.terminal_idr
    opex = (
        12.0 * terms.capacity_idr_per_mbps_month * spec.capacity_mbps / terms.overbooking
        + terms.upkeep_share_per_year * capex
    )
    at = (lon[held], lat[held], orbit_deg)
    edges = edge_table(
        {
            "from_id": places.loc[held, "node_id"].to_numpy(),
            "to_id": beam_id,
            "technology": spec.name,
            "kind": "satellite",
            "pool": spec.pool,
            "length_km": np.asarray(satellite_slant_range_km(*at), dtype=np.float64),
            "capacity_mbps": spec.capacity_mbps,
            "reserved_mbps": reserved,
            "capex_idr": capex,
            "opex_idr_per_year": opex,
            "cost_idr": cost.present_value_idr(capex, opex),
            "elevation_deg": elevation[held],
            "rain_percent": outage[held],
            "unavailable_percent": outage[held],
            "latency_ms": _latency_ms(network, beam, at, terms),
            "evidence": weakest(places.loc[held, "evidence"].to_numpy(dtype=str), str(beam.evidence)),  # type: ignore[attr-defined]  # as above
        }
    )
    return edges, refused


def _inside(outline: str, lon_deg: Floats, lat_deg: Floats) -> NDArray[np.bool_]:
    """Places within the outline of a beam, its edge included; all of them where it is not known."""
    if not outline:
        return np.ones(lon_deg.size, dtype=np.bool_)
    import shapely

    shape = shapely.from_wkt(outline)
    shapely.prepare(shape)
    found: NDArray[np.bool_] = shapely.intersects_xy(shape, lon_deg, lat_deg)
    return found


def _rain_percent(network: Network, at: tuple[Floats, Floats], elevation_deg: Floats, terms: SatelliteTerms) -> Floats:
    """Outage by rain of the worse direction at each place."""
    from planner.radio.slant import SlantPath, slant_rain_outage_percent

    rain, height = np.full(at[0].size, terms.rain_mm_per_h), np.full(at[0].size, terms.rain_height_km)
    if network.climate is not None:
        climate = network.climate.at(*at)
        rain, height = climate.rain_mm_per_h, climate.rain_height_km
    path = SlantPath(elevation_deg, at[1], rain, height, np.clip(network.foot_m(*at) / 1000.0, -0.5, 9.0))
    down = slant_rain_outage_percent(path, terms.downlink_ghz, terms.downlink_margin_db - terms.downlink_air_db)
    up = slant_rain_outage_percent(path, terms.uplink_ghz, terms.uplink_margin_db - terms.uplink_air_db)
    return np.maximum(down, up)


def _latency_ms(
    network: Network, beam: tuple[object, ...], at: tuple[Floats, Floats, float], terms: SatelliteTerms
) -> Floats:
    from planner.radio.slant import satellite_delay_ms

    gateways = None
    if len(network.gateways) and "satellite_id" in network.gateways:
        mine = network.gateways.loc[network.gateways["satellite_id"] == beam.satellite_id]  # type: ignore[attr-defined]  # a named tuple of pandas
        gateways = mine[["lon_deg", "lat_deg"]].to_numpy(float)
    return np.asarray(satellite_delay_ms(*at, gateway_lon_lat_deg=gateways) + terms.processing_ms, dtype=np.float64)
