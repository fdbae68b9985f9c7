"""Why a pixel has the level it has: who is heard there, how well, what the path took, and how full the server is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.geo import distance_km
from planner.radio.antenna import Mount, pattern_loss_db, pattern_of
from planner.radio.calibration import coverage_probability
from planner.radio.capacity import hidden_sectors, link_efficiency, sinr_db
from planner.radio.inspection import GroundProfile, Step, access_steps, departure_deg, free_space_steps
from planner.radio.link import RadioLink
from planner.specs.radio import RadioSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from planner.radio.coverage import Coverage

__all__ = ["Reason", "ServerHeard", "loss_steps", "reason_at"]


@dataclass(frozen=True)
class ServerHeard:
    """The strongest station of one operator and kind at a place.

    Parameters
    ----------
    kind
        ``broadband`` (4G and 5G on air), ``legacy`` (2G and 3G) or ``inactive`` (would be heard if it were on air).
    station
        Row of the table of servers.
    rsrp_dbm, limit_dbm, indoor_limit_dbm, uplink_limit_dbm
        Level, and those that count as signal outdoors, indoors, and on the way up (None for 2G and 3G).
    second_bts_id, second_dbm
        The strongest at another place; empty and None where there is none.
    interference_dbm, sinr_db, efficiency_bps_per_hz
        Of 4G and 5G where modelled, else None; the latter two behind a wall where service is judged indoors.
    needed_dbm
        The level that counts where service is judged: outdoors or indoors.
    probability_share
        That the level reaches it, from its median and spread.
    load_share, served_share, limit
        Of the station: demand over capacity, share it carries, what holds it back.
    """

    operator: str
    kind: str
    station: int
    bts_id: str
    technology: str
    band_mhz: float
    distance_km: float
    bearing_deg: float
    rsrp_dbm: float
    limit_dbm: float
    indoor_limit_dbm: float
    uplink_limit_dbm: float | None
    needed_dbm: float
    second_bts_id: str
    second_dbm: float | None
    interference_dbm: float | None
    sinr_db: float | None
    efficiency_bps_per_hz: float | None
    probability_share: float
    load_share: float | None
    served_share: float | None
    limit: str

    @property
    def margin_db(self) -> float:
        """Over the level that counts; negative is missing."""
        return self.rsrp_dbm - self.needed_dbm


@dataclass(frozen=True)
class Reason:
    """Why a pixel has its level.

    Parameters
    ----------
    lon_deg, lat_deg, row, col
        Centre of the pixel, and where it lies on the run's grid.
    heard
        Servers of each operator and kind, 4G and 5G first, the strongest first.
    cell
        Row of the table ``service`` with people, enterprises and demand; None where nobody lives.
    steps
        From the level without loss to the margin, of the strongest 4G or 5G server; empty where there is none.
    """

    lon_deg: float
    lat_deg: float
    row: int
    col: int
    heard: tuple[ServerHeard, ...]
    cell: Mapping[str, Any] | None
    steps: tuple[Step, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values; what is not known is None."""
        found = asdict(self)
        found["heard"] = [{**asdict(item), "margin_db": item.margin_db} for item in self.heard]
        found["cell"] = None if self.cell is None else dict(self.cell)
        return found


def reason_at(
    coverage: Coverage,
    servers: pd.DataFrame,
    row_col: tuple[int, int],
    *,
    radio: RadioSpec,
    is_indoor: bool = False,
    cell: Mapping[str, Any] | None = None,
) -> Reason:
    """Who is heard at a pixel of a coverage.

    Parameters
    ----------
    coverage
        A tile or the whole; best, second best and interference are taken from it.
    servers
        Table ``servers`` of the same run.
    row_col
        Pixel of the coverage's grid.
    radio
        Radio model of the run.
    is_indoor
        Whether service is judged indoors.
    cell
        Row of the table ``service`` at the pixel, if anybody lives there.
    """
    row, col = row_col
    lon, lat = (float(v[0]) for v in coverage.grid.lon_lat(np.array([row]), np.array([col])))
    wide = {group: i for i, group in enumerate(coverage.broadband)}
    heard = []
    for k, group in enumerate(coverage.groups):
        station = int(coverage.server[k, row, col])
        if station < 0:
            continue
        more: tuple[float, int, float] = (np.nan, -1, np.nan)
        if k in wide and len(coverage.second_dbm):
            i = wide[k]
            more = (
                float(coverage.second_dbm[i, row, col]), int(coverage.second_server[i, row, col]),
                float(coverage.interference_dbm[i, row, col]),
            )  # fmt: skip
        at = (group.operator, group.kind, float(coverage.rsrp_dbm[k, row, col]))
        heard.append(_heard(at, more, station, servers, (lon, lat), (radio, is_indoor)))
    rank = {"broadband": 0, "legacy": 1, "inactive": 2}
    heard.sort(key=lambda item: (rank[item.kind], -item.rsrp_dbm, item.operator))
    return Reason(lon, lat, row, col, tuple(heard), cell)


def _heard(
    at: tuple[str, str, float],
    more: tuple[float, int, float],
    station: int,
    servers: pd.DataFrame,
    place: tuple[float, float],
    judged: tuple[RadioSpec, bool],
) -> ServerHeard:
    row = servers.iloc[station]
    (operator, kind, level), (second, second_station, other), (radio, is_indoor) = at, more, judged
    needed = float(row["indoor_limit_dbm" if is_indoor else "limit_dbm"])
    wall = needed - float(row["limit_dbm"])
    x, y = float(row["lon_deg"]), float(row["lat_deg"])
    sinr = efficiency = None
    technology = str(row["technology"])
    if kind == "broadband" and radio.interference == "modelled":
        sectors = hidden_sectors(row["n_sectors"], row["azimuth_deg"], row["busy_share"], radio)
        sinr = float(sinr_db(level - wall, other - wall, technology, spec=radio, n_sectors=sectors))
        efficiency = float(link_efficiency(sinr, technology, spec=radio))
    return ServerHeard(
        operator=operator, kind=kind, station=station, bts_id=str(row["bts_id"]), technology=technology,
        band_mhz=float(row["band_mhz"]), distance_km=float(distance_km(x, y, *place)),
        bearing_deg=float(_bearing_deg((x, y), place)), rsrp_dbm=level, limit_dbm=float(row["limit_dbm"]),
        indoor_limit_dbm=float(row["indoor_limit_dbm"]), uplink_limit_dbm=_known(row["uplink_limit_dbm"]), needed_dbm=needed,
        second_bts_id=str(servers["bts_id"].iloc[second_station]) if second_station >= 0 else "",
        second_dbm=_known(second), interference_dbm=_known(other), sinr_db=sinr, efficiency_bps_per_hz=efficiency,
        probability_share=float(coverage_probability(level + row["margin_db"], needed, row["sigma_db"])),
        load_share=_known(row["load_share"]), served_share=_known(row["served_share"]), limit=str(row["limit"]),
    )  # fmt: skip


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _bearing_deg(tower: tuple[float, float], place: tuple[float, float]) -> float:
    """Bearing of a place from a tower on the local plane, 0 to 360 degrees from north."""
    east = (place[0] - tower[0]) * np.cos(np.radians((place[1] + tower[1]) / 2.0))
    return float(np.degrees(np.arctan2(east, place[1] - tower[1])) % 360.0)


def loss_steps(
    heard: ServerHeard,
    servers: pd.DataFrame,
    radio: RadioSpec,
    *,
    profile: GroundProfile | None,
    cover: str = "",
) -> tuple[Step, ...]:
    """From the level of a server without any loss to its margin at the place, step by step.

    Parameters
    ----------
    heard, servers, radio
        The server, the table it stands in, and the radio model.
    profile
        Ground from the server to the place, at the spacing of the run; None where there is no terrain: then what is
        left of the predicted level after free space and pattern is one step.
    cover
        Class of ground cover at the place, for the fitted correction.

    Notes
    -----
    With terrain the losses are those of the exact profile (ITU-R P.1812), and the level may differ from that of the
    raster by what the area engine leaves (about half a decibel).
    """
    row = servers.iloc[heard.station]
    mount = Mount(float(row["azimuth_deg"]), float(row["tilt_deg"]), float(row["mechanical_tilt_deg"]))
    leaving, length = 0.0, max(heard.distance_km, 0.01)
    if profile is not None:
        leaving = departure_deg(profile, float(row["height_m"]), radio.rx_height_m, radio.delta_n)
        length = float(profile.distance_km[-1])
    pattern = float(pattern_loss_db(heard.bearing_deg, leaving, mount, pattern_of(radio)))
    extra = [Step("pattern", -pattern, "change")]
    c = radio.correction
    if c is not None:
        fitted = c.offset_db + c.slope_db_per_decade * np.log10(max(length, 0.05) / c.pivot_km)
        extra.append(Step("calibration", float(fitted) + c.clutter_db.get(cover, 0.0), "change"))
    budget = {"zero_loss_dbm": float(row["zero_loss_dbm"]), "threshold_dbm": heard.needed_dbm}
    if profile is None:
        return free_space_steps(length, heard.band_mhz, heard.rsrp_dbm, extra=tuple(extra), **budget)
    latitude = float(profile.lat_deg.mean())
    link = RadioLink(
        heard.band_mhz, float(row["height_m"]), radio.rx_height_m, radio.delta_n, radio.n0, latitude,
        radio.time_percent, radio.location_percent, radio.polarisation,
    )  # fmt: skip
    return access_steps(profile, link, extra=tuple(extra), **budget)
