"""Columns of every layer and stage table: type, unit (in the name), range, vocabulary, meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Column"]

ColumnType = Literal["text", "number", "integer", "flag", "date"]


@dataclass(frozen=True)
class Column:
    """One declared column.

    Parameters
    ----------
    name
        With its unit.
    dtype
        ``text`` (also codes), ``number``, ``integer``, ``flag`` (true/false) or ``date`` (ISO text).
    about
        Meaning, in English; shown in the data dictionary.
    is_required
        The column must be present in the input (layers) or the frame (tables), without empty values.
    allowed
        Vocabulary of a text column; empty for free text.
    minimum, maximum
        Range of a number, both ends included.
    default
        Value given where the input has none (said in the ledger); None leaves it empty.
    most_letters
        Longest text of a layer's file that is believed.
    """

    name: str
    dtype: ColumnType
    about: str
    is_required: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    default: str | float | int | bool | None = None
    most_letters: int = 500

    def faults(self, values: pd.Series) -> list[str]:
        """What is wrong with a conformed column, as short English phrases."""
        found: list[str] = []
        missing = int(values.isna().sum())
        if self.is_required and missing:
            found.append(f"'{self.name}' is empty in {missing} rows")
        present = values.dropna()
        if self.allowed and len(present):
            strange = sorted({str(v) for v in present.unique()} - set(self.allowed))
            if strange:
                found.append(f"'{self.name}' holds {', '.join(strange[:5])} (allowed: {', '.join(self.allowed)})")
        if self.dtype in ("number", "integer") and len(present):
            if self.minimum is not None and bool((present < self.minimum).any()):
                found.append(f"'{self.name}' falls to {present.min()} (at least {self.minimum})")
            if self.maximum is not None and bool((present > self.maximum).any()):
                found.append(f"'{self.name}' rises to {present.max()} (at most {self.maximum})")
        return found


EVIDENCE = ("observed", "estimate", "schematic", "synthetic")
PRIORITY_KINDS = ("3T", "tertinggal", "border", "outermost_island", "priority_destination", "proposal")
ELIGIBILITY = (*PRIORITY_KINDS, "blank_spot", "land", "asked", "decided")
"""Grounds of a programme: kinds of priority areas, people without any signal, land that is granted, a letter that asks
for it, a decision that forces it."""
SITE_STATUS = (
    "indicative", "verified", "surveyed", "land_ready", "contracted", "on_air", "inactive", "relocate", "switch_off",
)  # fmt: skip
LEVELS = ("served", "limited", "unserved", "unknown")
CAUSES = (
    "", "no_data", "inactive_site", "signal", "technology", "cell_capacity", "backhaul_capacity",
)  # fmt: skip
PROGRAMMES = ("build", "upgrade", "accompany", "stimulus", "survey")

_LON = Column("lon_deg", "number", "Longitude, WGS 84", is_required=True, minimum=-180.0, maximum=180.0)
_LAT = Column("lat_deg", "number", "Latitude, WGS 84", is_required=True, minimum=-90.0, maximum=90.0)
_SOURCE = Column("source", "text", "Where the row comes from", default="")
_EVIDENCE = Column(
    "evidence", "text",
    "observed, estimate (computed from other figures), schematic (drawn, not surveyed) or synthetic (invented)",
    allowed=EVIDENCE, default="observed",
)  # fmt: skip

BTS = (
    Column("bts_id", "text", "Identifier of the base station", is_required=True),
    Column("operator", "text", "Mobile operator", is_required=True),
    Column("technology", "text", "Newest generation on air", is_required=True, allowed=("2G", "3G", "4G", "5G")),
    Column("band_mhz", "number", "Carrier frequency", minimum=30.0, maximum=6000.0),
    Column("height_m", "number", "Antenna above ground", minimum=1.0, maximum=200.0),
    Column("power_dbm", "number", "Transmit power of one antenna port", minimum=-10.0, maximum=60.0),
    Column("gain_dbi", "number", "Antenna gain, feeder loss taken off", minimum=-5.0, maximum=30.0),
    Column("azimuth_deg", "number", "Bearing of the main lobe; empty = omnidirectional", minimum=0.0, maximum=360.0),
    Column("tilt_deg", "number", "Electrical downtilt; empty = that of the radio model", minimum=-15.0, maximum=30.0),
    Column("mechanical_tilt_deg", "number", "Mechanical downtilt; empty = none", minimum=-15.0, maximum=30.0),
    Column("bandwidth_mhz", "number", "Downlink channel width", minimum=0.2, maximum=200.0),
    Column("n_sectors", "integer", "Sectors behind this row", minimum=1, maximum=12, default=1),
    Column("status", "text", "State of the site", allowed=SITE_STATUS, default="on_air"),
    Column("backhaul", "text", "Kind of backhaul", allowed=("fiber", "microwave", "satellite", "unknown"), default="unknown"),
    Column("backhaul_mbps", "number", "Backhaul rate of the station", minimum=0.0, maximum=100_000.0),
    Column("samples", "integer", "Crowd-sourced samples behind the row; empty in registers", minimum=0),
    Column("assumed", "text", "Columns filled from models/radio defaults, comma separated", default=""),
    _SOURCE, _EVIDENCE, _LON, _LAT,
)  # fmt: skip

FIBER = (
    Column("fiber_id", "text", "Identifier of the route", is_required=True),
    Column("name", "text", "Name of the route or system", default=""),
    Column("owner", "text", "Owner", default=""),
    Column("status", "text", "in_service, planned or retired", allowed=("in_service", "planned", "retired"), default="in_service"),
    Column("kind", "text", "land or sea", allowed=("land", "sea"), is_required=True),
    _SOURCE, _EVIDENCE,
)  # fmt: skip

FIBER_NODES = (
    Column("node_id", "text", "Identifier of the node", is_required=True),
    Column("name", "text", "Place", default=""),
    Column("kind", "text", "pop (equipment), landing (submarine cable) or tower (fiber-fed tower)", allowed=("pop", "landing", "tower"), is_required=True),
    Column("capacity_mbps", "number", "Capacity that may be taken by new sites; empty = not known", minimum=0.0),
    _SOURCE, _EVIDENCE, _LON, _LAT,
)  # fmt: skip

SATELLITE = (
    Column("satellite_id", "text", "Satellite", is_required=True),
    Column("beam_id", "text", "Beam, or one row for the whole satellite", is_required=True),
    Column("orbit_deg", "number", "Orbital longitude, east positive", is_required=True, minimum=-180.0, maximum=180.0),
    Column("band", "text", "Frequency band", allowed=("C", "Ku", "Ka"), is_required=True),
    Column("capacity_mbps", "number", "Forward capacity", is_required=True, minimum=0.0),
    Column("committed_mbps", "number", "Capacity already committed", is_required=True, minimum=0.0),
    Column("committed_mbps_per_site", "number", "Rate promised to each existing point", minimum=0.0),
    Column("footprint_wkt", "text", "Outline of the beam on the ground, WKT in degrees; empty = not published", default="", most_letters=1_000_000),
    _SOURCE, _EVIDENCE,
)  # fmt: skip

GATEWAYS = (
    Column("gateway_id", "text", "Identifier", is_required=True),
    Column("name", "text", "Place", default=""),
    Column("satellite_id", "text", "Satellite it serves", is_required=True),
    _SOURCE, _EVIDENCE, _LON, _LAT,
)  # fmt: skip

UMKM = (
    Column("umkm_id", "text", "Identifier of the enterprise", is_required=True),
    Column("sector", "text", "KBLI group, one capital letter", default=""),
    Column("size", "text", "Size class of UU 20/2008 and PP 7/2021", allowed=("mikro", "kecil", "menengah"), default="mikro"),
    Column("digital", "text", "Digital today", allowed=("offline", "online", "unknown"), default="unknown"),
    Column("has_nib", "flag", "Has a business number (NIB)"),
    Column("has_halal", "flag", "Has a halal certificate"),
    Column("desa_code", "text", "Kemendagri code of the desa (or the finest area known)", default=""),
    Column("weight", "number", "Enterprises behind the row", minimum=0.0, maximum=1_000_000.0, default=1.0),
    Column("is_placed", "flag", "Had no coordinates; stands at its desa's point", default=False),
    _EVIDENCE, _LON, _LAT,
)  # fmt: skip

UMKM_COUNTS = (
    Column("area_code", "text", "Kemendagri code of the area", is_required=True),
    Column("sector", "text", "KBLI group, empty = all", default=""),
    Column("size", "text", "Size class, empty = all", allowed=("", "mikro", "kecil", "menengah"), default=""),
    Column("n_umkm", "number", "Enterprises", is_required=True, minimum=0.0),
    Column("year", "integer", "Year of the count", minimum=1990, maximum=2100),
    Column("definition", "text", "Who is counted", default=""),
    _SOURCE, _EVIDENCE,
)  # fmt: skip

FACILITIES = (
    Column("facility_id", "text", "Identifier", is_required=True),
    Column("name", "text", "Name", default=""),
    Column("kind", "text", "school, health, office, market or other", allowed=("school", "health", "office", "market", "other"), is_required=True),
    Column("is_main", "flag", "Counts when the desa is judged", default=True),
    _SOURCE, _EVIDENCE, _LON, _LAT,
)  # fmt: skip

ADMIN = (
    Column("code", "text", "Kemendagri code, dotted text such as 53.01.02.2003", is_required=True),
    Column("bps_code", "text", "BPS code; empty where not known", default=""),
    Column("name", "text", "Name", is_required=True),
    Column("level", "text", "Level of the area", allowed=("provinsi", "kabupaten", "kecamatan", "desa"), is_required=True),
    Column("parent_code", "text", "Kemendagri code of the area above", default=""),
    Column("people", "number", "Inhabitants, where the source says", minimum=0.0),
    Column("lon_deg", "number", "Representative point", minimum=-180.0, maximum=180.0),
    Column("lat_deg", "number", "Representative point", minimum=-90.0, maximum=90.0),
    _SOURCE, _EVIDENCE,
)  # fmt: skip

POPULATION_COUNTS = (
    Column("area_code", "text", "Kemendagri code of the area", is_required=True),
    Column("name", "text", "Name", default=""),
    Column("people", "number", "Inhabitants", is_required=True, minimum=0.0),
    Column("year", "integer", "Year of the count", minimum=1990, maximum=2100),
    _SOURCE, _EVIDENCE,
)  # fmt: skip

PRIORITY = (
    Column("area_code", "text", "Kemendagri code of the area", is_required=True),
    Column("kind", "text", "Why it has priority", allowed=PRIORITY_KINDS, is_required=True),
    Column("name", "text", "Name", default=""),
    _SOURCE, _EVIDENCE,
)  # fmt: skip

ROADS = (
    Column("road_id", "text", "Identifier", is_required=True),
    Column("class", "text", "Road class", default=""),
    Column("length_factor", "number", "Road length over drawn length, for schematic lines", minimum=1.0, maximum=5.0, default=1.0),
    _SOURCE, _EVIDENCE,
)  # fmt: skip

POWER = (
    Column("power_id", "text", "Identifier", is_required=True),
    Column("voltage_kv", "number", "Voltage", minimum=0.1, maximum=1000.0),
    _SOURCE, _EVIDENCE,
)  # fmt: skip

EXCLUSIONS = (
    Column("exclusion_id", "text", "Identifier", is_required=True),
    Column("kind", "text", "Why nothing may be built there", allowed=("water", "protected", "hazard", "aviation", "other"), is_required=True),
    Column("name", "text", "Name of the area", default=""),
    Column("max_height_m", "number", "Tallest structure allowed; 0 = none at all", minimum=0.0, maximum=500.0, default=0.0),
    _SOURCE, _EVIDENCE,
)  # fmt: skip

PROPOSALS = (
    Column("proposal_id", "text", "Identifier", is_required=True),
    Column("name", "text", "Place asked for", default=""),
    Column("desa_code", "text", "Kemendagri code of the desa", default=""),
    Column("requested_by", "text", "Who asks", default=""),
    Column("letter", "text", "Letter number", default=""),
    Column("date", "date", "Date of the letter"),
    Column("land_status", "text", "Land", default=""),
    Column("access_mode", "text", "How a crew gets there", allowed=("road", "boat", "air")),
    Column("is_placed", "flag", "Had no coordinates; stands at its desa's point", default=False),
    _SOURCE, _EVIDENCE, _LON, _LAT,
)  # fmt: skip

DECISIONS = (
    Column("decision_id", "text", "Identifier", is_required=True),
    Column("action", "text", "What the planner decided", allowed=("force", "forbid", "lock"), is_required=True),
    Column("site_type", "text", "Key in models/sites; empty = any", default=""),
    Column("backhaul", "text", "Key in models/backhaul; empty = any", default=""),
    Column("radius_km", "number", "Reach of the decision around its point", minimum=0.0, maximum=100.0, default=1.0),
    Column("reason", "text", "Why", is_required=True),
    Column("author", "text", "Who", is_required=True),
    Column("letter", "text", "Letter number", default=""),
    Column("to_lon_deg", "number", "Other end, where a link is meant and not a site", minimum=-180.0, maximum=180.0),
    Column("to_lat_deg", "number", "Other end", minimum=-90.0, maximum=90.0),
    _LON, _LAT,
)  # fmt: skip

MEASUREMENTS = (
    Column("rsrp_dbm", "number", "Reference signal received power", is_required=True, minimum=-160.0, maximum=-20.0),
    Column("cell_id", "text", "Serving cell, where known", default=""),
    Column("operator", "text", "Operator", default=""),
    Column("date", "date", "When"),
    _SOURCE, _EVIDENCE, _LON, _LAT,
)  # fmt: skip

CELLS = (
    Column("cell_id", "integer", "Grid pixel, row-major number", is_required=True, minimum=0),
    Column("row", "integer", "Grid row", is_required=True, minimum=0),
    Column("col", "integer", "Grid column", is_required=True, minimum=0),
    _LON, _LAT,
    Column("area_code", "text", "Finest admin area that holds the cell; empty outside all", is_required=True),
    Column("people", "number", "Inhabitants", is_required=True, minimum=0.0),
    Column("n_umkm", "number", "UMKM (sum of weights)", is_required=True, minimum=0.0),
    Column("n_umkm_offline", "number", "of these offline", is_required=True, minimum=0.0),
    Column("n_umkm_online", "number", "of these online (the rest: unknown)", is_required=True, minimum=0.0),
    Column("n_umkm_small", "number", "of these kecil or menengah", is_required=True, minimum=0.0),
    Column("n_umkm_priority_sector", "number", "of these in the scenario's priority sectors", is_required=True, minimum=0.0),
    Column("n_umkm_observed", "number", "of these from observed rows", is_required=True, minimum=0.0),
    Column("n_facilities", "integer", "Public facilities", is_required=True, minimum=0),
    Column("demand_mbps", "number", "Busy-hour demand of everybody in the cell", is_required=True, minimum=0.0),
    Column("people_evidence", "text", "Evidence of the people", allowed=EVIDENCE, is_required=True),
)  # fmt: skip

SERVICE = (
    Column("cell_id", "integer", "Grid pixel", is_required=True, minimum=0),
    Column("level", "text", "Level of service", is_required=True, allowed=LEVELS),
    Column("cause", "text", "Why it is not served", is_required=True, allowed=CAUSES),
    Column("rest_cause", "text", "Why part of a served cell's demand is not served; empty = all is, or the cell is not served", allowed=CAUSES, default=""),
    Column("served_share", "number", "Share of the cell's demand that is served", is_required=True, minimum=0.0, maximum=1.0),
    Column("n_operators", "integer", "Operators with 4G or better signal", is_required=True, minimum=0),
    Column("rsrp_dbm", "number", "Best 4G or better RSRP; empty = none computed"),
    Column("server_bts_id", "text", "Best server; empty = none", is_required=True),
    Column("confidence_share", "number", "Confidence in the evidence about towers here", is_required=True, minimum=0.0, maximum=1.0),
    Column("is_indoor", "flag", "Signal is enough indoors", is_required=True),
    Column("n_operators_indoor", "integer", "Operators whose 4G or better signal is enough indoors", is_required=True, minimum=0),
    Column("sinr_db", "number", "Signal to interference and noise of the best server; empty = none, or not modelled"),
    Column("probability_share", "number", "Probability that the best signal is enough; empty = none computed", minimum=0.0, maximum=1.0),
    Column("deficit_db", "number", "How far the best signal stays below the threshold, 0 where it does not", is_required=True, minimum=0.0),
)  # fmt: skip

BTS_LOAD = (
    Column("bts_id", "text", "Base station", is_required=True),
    Column("demand_mbps", "number", "Busy-hour demand in its footprint", is_required=True, minimum=0.0),
    Column("radio_mbps", "number", "Capacity of its cells", is_required=True, minimum=0.0),
    Column("backhaul_mbps", "number", "Capacity of its backhaul; empty = not known"),
    Column("capacity_mbps", "number", "The smaller of the two", is_required=True, minimum=0.0),
    Column("served_share", "number", "Share of the demand it can serve", is_required=True, minimum=0.0, maximum=1.0),
    Column("load_share", "number", "Demand over capacity; above 1 it is overloaded", is_required=True, minimum=0.0),
    Column("efficiency_bps_per_hz", "number", "Harmonic mean over its users; empty = interference not modelled, or no users", minimum=0.0),
    Column("limit", "text", "What limits it", allowed=("", "cell_capacity", "backhaul_capacity"), is_required=True),
)  # fmt: skip

SERVERS = (
    Column("station", "integer", "Row of the layer bts; the rasters of coverage hold it", is_required=True, minimum=0),
    Column("bts_id", "text", "Base station", is_required=True),
    Column("operator", "text", "Mobile operator", is_required=True),
    Column("technology", "text", "Generation", is_required=True),
    Column("status", "text", "State of the site", is_required=True),
    _LON, _LAT,
    Column("height_m", "number", "Antenna above ground"),
    Column("band_mhz", "number", "Carrier frequency"),
    Column("bandwidth_mhz", "number", "Channel width"),
    Column("azimuth_deg", "number", "Bearing of the main lobe; empty = omnidirectional"),
    Column("tilt_deg", "number", "Electrical downtilt, that of the radio model where none is stated", is_required=True),
    Column("mechanical_tilt_deg", "number", "Mechanical downtilt", is_required=True),
    Column("n_sectors", "integer", "Sectors behind this row", is_required=True),
    Column("busy_share", "number", "Share of the time it sends, as interference counts it", is_required=True, minimum=0.0, maximum=1.0),
    Column("zero_loss_dbm", "number", "What a handset would report if the path lost nothing: EIRP of one resource element with the handset's gain, less body and margin"),
    Column("margin_db", "number", "Safety margin its levels hold"),
    Column("sigma_db", "number", "Spread of a predicted level"),
    Column("uplink_limit_dbm", "number", "Level at which the uplink just closes; empty for 2G and 3G"),
    Column("limit_dbm", "number", "Level that counts as signal outdoors"),
    Column("indoor_limit_dbm", "number", "Level outdoors that counts as signal indoors"),
    Column("demand_mbps", "number", "Busy-hour demand in its footprint; empty where it carries no 4G or 5G"),
    Column("capacity_mbps", "number", "The smaller of its cells and its backhaul"),
    Column("load_share", "number", "Demand over capacity"),
    Column("served_share", "number", "Share of the demand it can serve"),
    Column("efficiency_bps_per_hz", "number", "Harmonic mean over its users"),
    Column("limit", "text", "What limits it", is_required=True),
)  # fmt: skip

AREAS = (
    Column("area_level", "text", "hexagon, provinsi, kabupaten, kecamatan or desa", is_required=True),
    Column("area_code", "text", "Code of the area or H3 index", is_required=True),
    Column("score", "number", "Priority 0–100; empty where it cannot be computed", minimum=0.0, maximum=100.0),
    Column("score_low", "number", "Lower end, unknown parts at their worst", minimum=0.0, maximum=100.0),
    Column("score_high", "number", "Upper end", minimum=0.0, maximum=100.0),
)  # fmt: skip

CANDIDATES = (
    Column("candidate_id", "text", "Identifier, stable for the same place and generator", is_required=True),
    Column("generator", "text", "Key in plan/candidates", is_required=True),
    Column("ref_id", "text", "Row it stands for (bts_id, proposal_id, area code); may be empty", is_required=True),
    Column("name", "text", "Place", is_required=True),
    Column("area_code", "text", "Finest admin area", is_required=True),
    Column("elevation_m", "number", "Ground height; empty without terrain"),
    Column("access_mode", "text", "road, boat or air", allowed=("road", "boat", "air"), is_required=True),
    Column("is_existing", "flag", "A tower stands there already", is_required=True),
    Column("excluded_because", "text", "water, slope, …; empty = usable", is_required=True),
    Column("eligibility", "text", "Grounds on which a programme may build there, separated by ;", default=""),
    Column("max_height_m", "number", "Tallest structure allowed there; empty = no limit", minimum=0.0),
    _LON, _LAT,
)  # fmt: skip

OPTIONS = (
    Column("option_id", "text", "candidate_id:site_type", is_required=True),
    Column("candidate_id", "text", "Place", is_required=True),
    Column("site_type", "text", "Key in models/sites", is_required=True),
    Column("capex_idr", "number", "Construction without backhaul", is_required=True, minimum=0.0),
    Column("opex_idr_per_year", "number", "Yearly cost without backhaul", is_required=True, minimum=0.0),
    Column("cost_idr", "number", "Present value over the horizon, without backhaul", is_required=True, minimum=0.0),
    Column("radio_mbps", "number", "Capacity of its cells", is_required=True, minimum=0.0),
    Column("n_cells", "integer", "Demand cells it would reach", is_required=True, minimum=0),
)  # fmt: skip

SITES = (
    Column("site_id", "text", "Proposed site", is_required=True),
    Column("option_id", "text", "Chosen option", is_required=True),
    Column("candidate_id", "text", "Place", is_required=True),
    Column("name", "text", "Place name", is_required=True),
    Column("area_code", "text", "Finest admin area", is_required=True),
    Column("site_type", "text", "Key in models/sites", is_required=True),
    Column("status", "text", "Always indicative until verified", is_required=True, allowed=SITE_STATUS),
    Column("backhaul", "text", "Technology of its first link", is_required=True),
    Column("backhaul_path", "text", "Nodes from the site to the backbone, separated by >", is_required=True),
    Column("access_mode", "text", "road, boat or air", is_required=True),
    Column("n_umkm_new", "number", "UMKM newly served by it", is_required=True, minimum=0.0),
    Column("people_new", "number", "People newly served by it", is_required=True, minimum=0.0),
    Column("demand_mbps", "number", "Busy-hour demand it serves", is_required=True, minimum=0.0),
    Column("capacity_mbps", "number", "The smaller of radio and backhaul", is_required=True, minimum=0.0),
    Column("capex_idr", "number", "Construction with its share of the network", is_required=True, minimum=0.0),
    Column("opex_idr_per_year", "number", "Yearly cost with its share", is_required=True, minimum=0.0),
    Column("cost_idr", "number", "Present value with its share", is_required=True, minimum=0.0),
    Column("why", "text", "Machine-readable reason, JSON", is_required=True),
    _LON, _LAT,
)  # fmt: skip

LINKS = (
    Column("link_id", "text", "Identifier", is_required=True),
    Column("from_id", "text", "Node nearer to the site", is_required=True),
    Column("to_id", "text", "Node nearer to the backbone; a gateway for satellite", is_required=True),
    Column("technology", "text", "Key in models/backhaul", is_required=True),
    Column("length_km", "number", "Length of the route", is_required=True, minimum=0.0),
    Column("sea_km", "number", "of it under the sea", is_required=True, minimum=0.0),
    Column("capacity_mbps", "number", "Capacity", is_required=True, minimum=0.0),
    Column("load_mbps", "number", "Busy-hour traffic carried", is_required=True, minimum=0.0),
    Column("capex_idr", "number", "Construction", is_required=True, minimum=0.0),
    Column("opex_idr_per_year", "number", "Yearly cost", is_required=True, minimum=0.0),
    Column("cost_idr", "number", "Present value", is_required=True, minimum=0.0),
    Column("from_lon_deg", "number", "", is_required=True), Column("from_lat_deg", "number", "", is_required=True),
    Column("to_lon_deg", "number", "", is_required=True), Column("to_lat_deg", "number", "", is_required=True),
)  # fmt: skip

SURVEYS = (
    Column("area_code", "text", "Area to survey", is_required=True),
    Column("rank", "integer", "1 = first", is_required=True, minimum=1),
    Column("n_umkm_unknown", "number", "UMKM about which nothing is known", is_required=True, minimum=0.0),
    Column("people_unknown", "number", "People about whom nothing is known", is_required=True, minimum=0.0),
    Column("confidence_share", "number", "Mean confidence today", is_required=True, minimum=0.0, maximum=1.0),
    Column("settle_with", "text", "Key of the words that say what would settle it", is_required=True),
    Column("stake_weight", "number", "Most unknown weight that one site there could serve", minimum=0.0),
    Column("change_weight", "number", "What the plan would serve more if all of it proved unserved", minimum=0.0),
    Column("expected_weight", "number", "The same, times the probability that the unknown lack service", minimum=0.0),
    _LON, _LAT,
)  # fmt: skip
