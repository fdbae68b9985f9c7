"""Satellite links: a star from every place that sees the satellite to the beams of its pool."""

from __future__ import annotations

from fnmatch import fnmatchcase

import numpy as np
import pandas as pd
from pydantic import Field

from planner.backhaul.network import Links, Network, edge_table, node_table, weakest
from planner.specs.backhaul import BackhaulSpec, Terms
from planner.specs.cost import CostSpec

__all__ = ["KIND_TERMS", "SatelliteTerms", "links"]


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
    """

    min_elevation_deg: float = Field(ge=0.0, le=90.0)
    terminal_idr: float = Field(ge=0.0)
    capacity_idr_per_mbps_month: float = Field(ge=0.0)
    upkeep_share_per_year: float = Field(ge=0.0, le=1.0)
    overbooking: float = Field(ge=1.0, le=100.0)


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
    What is left of a beam is ``capacity_mbps − committed_mbps``, at least 0; a full beam keeps its links,
    so that a plan can say that capacity, not sight, is what misses. The length is the slant range to the
    satellite, for the record: it enters no cost.
    """
    terms = spec.terms_as(SatelliteTerms)
    beams = _beams(network.satellite, spec)
    places = network.of_kind("place")
    tables = [_star(places, beam, (spec, terms, cost)) for beam in beams.itertuples(index=False)]
    tables = [table for table in tables if len(table)]
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
    return Links(pd.concat(tables, ignore_index=True) if tables else edge_table(), nodes)


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
    places: pd.DataFrame, beam: tuple[object, ...], prices: tuple[BackhaulSpec, SatelliteTerms, CostSpec]
) -> pd.DataFrame:
    from planner.radio.hops import satellite_elevation_deg, satellite_slant_range_km

    spec, terms, cost = prices
    orbit_deg = float(beam.orbit_deg)  # type: ignore[attr-defined]  # a named tuple of pandas
    lon, lat = places["lon_deg"].to_numpy(float), places["lat_deg"].to_numpy(float)
    elevation = np.asarray(satellite_elevation_deg(lon, lat, orbit_deg), dtype=np.float64)
    seen = elevation >= terms.min_elevation_deg
    if not seen.any():
        return edge_table()
    capex = terms.terminal_idr
    opex = (
        12.0 * terms.capacity_idr_per_mbps_month * spec.capacity_mbps / terms.overbooking
        + terms.upkeep_share_per_year * capex
    )
    slant = np.asarray(satellite_slant_range_km(lon[seen], lat[seen], orbit_deg), dtype=np.float64)
    return edge_table(
        {
            "from_id": places.loc[seen, "node_id"].to_numpy(),
            "to_id": f"beam:{beam.beam_id}",  # type: ignore[attr-defined]  # as above
            "technology": spec.name,
            "kind": "satellite",
            "pool": spec.pool,
            "length_km": slant,
            "capacity_mbps": spec.capacity_mbps,
            "reserved_mbps": spec.capacity_mbps / terms.overbooking,
            "capex_idr": capex,
            "opex_idr_per_year": opex,
            "cost_idr": cost.present_value_idr(capex, opex),
            "elevation_deg": elevation[seen],
            "evidence": weakest(places.loc[seen, "evidence"].to_numpy(dtype=str), str(beam.evidence)),  # type: ignore[attr-defined]  # as above
        }
    )
