"""Sites to coverage: level of the best server per operator and kind of service on every land pixel.

Levels follow `planner.radio.link_budget`: RSRP of one resource element for 4G and 5G, received level of BCCH
for 2G and of the pilot (RSCP) for 3G.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner import parallel, registry
from planner.errors import RadioError
from planner.grid import Grid, Raster
from planner.radio import propagation
from planner.radio.antenna import sector_loss_db
from planner.radio.link_budget import level_at_zero_loss_dbm
from planner.radio.propagation import AreaJob, Settings
from planner.radio.surface import Ground, make_ground, metric_km, pixel_km
from planner.specs.radio import RadioSpec

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Coverage", "CoverageGroup", "coverage", "coverage_groups", "model_used", "settings_of"]

_BROADBAND = ("4G", "5G")
_NEEDED = ("band_mhz", "height_m", "power_dbm", "gain_dbi", "bandwidth_mhz")


@dataclass(frozen=True, order=True)
class CoverageGroup:
    """One operator's stations of one kind.

    ``kind`` is ``broadband`` (4G and 5G on air), ``legacy`` (2G and 3G on air) or ``inactive`` (any
    technology). Stations in other states (planned, to be moved or switched off) are in no group.
    """

    operator: str
    kind: str


@dataclass(frozen=True)
class Coverage:
    """Best level and best server per group and pixel.

    Parameters
    ----------
    grid
        Frame of the arrays.
    groups
        Order of the first axis.
    rsrp_dbm
        Level, float32 ``(n_groups, n_rows, n_cols)``; NaN where nothing was computed (sea, out of reach)
        or all levels are below ``spec.floor_dbm``.
    server
        Position of the best server in the table of stations, int32, same shape; −1 where there is none.
    model
        Propagation model that was used.
    left_out
        Identifiers of stations near the grid that stand off the terrain model and were not computed.
    n_filled
        Land pixels whose height was filled by ``spec.void_policy``.
    """

    grid: Grid
    groups: tuple[CoverageGroup, ...]
    rsrp_dbm: NDArray[np.float32]
    server: NDArray[np.int32]
    model: str
    left_out: tuple[str, ...] = ()
    n_filled: int = 0


def coverage_groups(bts: pd.DataFrame) -> tuple[CoverageGroup, ...]:
    """Groups of a table of stations, sorted by operator and kind."""
    kinds = _kinds(bts)
    operators = bts["operator"].astype(str).to_numpy()
    found = {CoverageGroup(str(o), str(k)) for o, k in zip(operators, kinds, strict=True) if k}
    return tuple(sorted(found))


def _kinds(bts: pd.DataFrame) -> NDArray[np.object_]:
    status = bts["status"].astype(str).to_numpy()
    is_broadband = bts["technology"].astype(str).isin(_BROADBAND).to_numpy()
    kinds = np.where(is_broadband, "broadband", "legacy").astype(object)
    kinds[status != "on_air"] = ""
    kinds[status == "inactive"] = "inactive"
    return kinds


def model_used(spec: RadioSpec, terrain: Raster | None) -> str:
    """Key of the propagation model a run uses."""
    return spec.model if terrain is not None else spec.fallback_model


def settings_of(spec: RadioSpec, grid: Grid) -> Settings:
    """What all links of a run share."""
    pixel_m = grid.pixel_deg * 110_946.0
    return Settings(
        rx_height_m=spec.rx_height_m,
        delta_n=spec.delta_n,
        n0=spec.n0,
        time_percent=spec.time_percent,
        location_percent=spec.location_percent,
        polarisation=spec.polarisation,
        spacing_km=(spec.profile_spacing_m or pixel_m) / 1000.0,
        resolution_m=pixel_m,
        environment=spec.hata_environment,
        radius_km=spec.radius_km,
        rays_per_cell=spec.rays_per_cell,
    )


@dataclass(frozen=True)
class _Row:
    """One station: where in the tables, which group, which pair of height and band, and its levels."""

    position: int
    rank: int
    group: int
    pair: int
    zero_loss_dbm: float
    azimuth_deg: float


@dataclass(frozen=True)
class _Tower:
    """Stations that share a place."""

    lon_deg: float
    lat_deg: float
    heights_m: NDArray[np.float64]
    bands_mhz: NDArray[np.float64]
    rows: tuple[_Row, ...]


@dataclass(frozen=True)
class _Reached:
    """Levels of each station of a tower on the pixels around it."""

    tower: _Tower
    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    levels_dbm: NDArray[np.float32]


def coverage(
    bts: pd.DataFrame,
    grid: Grid,
    *,
    spec: RadioSpec,
    terrain: Raster | None,
    clutter_m: Raster | None,
    land: NDArray[np.bool_] | None,
    groups: tuple[CoverageGroup, ...] | None = None,
) -> Coverage:
    """Level of the best server per group on every land pixel within reach.

    Parameters
    ----------
    bts
        Stations: conformed layer ``bts``; band, height, power, gain and width must be present.
    grid
        Pixels wanted; may be a window (tile) of the terrain's grid.
    spec
        Propagation, handset, radius and floor.
    terrain
        Ground in metres, NaN where unknown, on the grid or a larger aligned one (`halo_pixels` around a
        tile makes its result equal to that of the whole). None: the fallback model is used.
    clutter_m
        Clutter heights on the terrain's grid; None = none. Not used by the fallback model.
    land
        Land on the terrain's grid; other pixels are sea at 0 m and are not predicted. None = all land.
    groups
        Groups wanted, in order; None takes those of the table. Tiles of one run must share them.

    Returns
    -------
    Coverage
        Path loss is computed once per place, antenna height and band. Equal levels go to the station that
        comes first by identifier. The result depends neither on the order of the rows nor on threads.

    Raises
    ------
    RadioError
        Stations without needed numbers or out of range, land without height under the policy ``refuse``,
        rasters that do not fit, a radius smaller than a pixel.
    """
    from planner.radio._coverage_kernel import keep_best

    wanted = coverage_groups(bts) if groups is None else groups
    name = model_used(spec, terrain)
    model = registry.load(propagation, name)
    ground = make_ground(grid, terrain=terrain, clutter_m=clutter_m, land=land, spec=spec)
    settings = settings_of(spec, ground.frame)
    if settings.resolution_m > spec.radius_km * 1000.0:
        message = f"radius_km = {spec.radius_km} is smaller than a pixel of {settings.resolution_m:.0f} m"
        raise RadioError(message, code="radio_radius", radius_km=spec.radius_km)
    towers, left_out = _towers(bts, wanted, ground, grid, spec)
    ground.require_known(((t.lon_deg, t.lat_deg) for t in towers), spec.radius_km, spec.void_policy)

    def reach(tower: _Tower) -> _Reached:
        return _reach(tower, ground, grid, spec, settings, model)

    rsrp = np.full((len(wanted), *grid.shape), -np.inf, dtype=np.float32)
    rank = np.full(rsrp.shape, np.iinfo(np.int32).max, dtype=np.int32)
    position = np.full(len(bts) + 1, -1, dtype=np.int32)
    for found in parallel.map_parts(reach, towers):
        for k, row in enumerate(found.tower.rows):
            position[row.rank] = row.position
            keep_best(
                rsrp[row.group], rank[row.group], found.rows, found.cols, found.levels_dbm[k], row.rank, spec.floor_dbm
            )
    server = np.where(np.isfinite(rsrp), position[np.minimum(rank, len(bts))], np.int32(-1)).astype(np.int32)
    rsrp[~np.isfinite(rsrp)] = np.nan
    return Coverage(grid, wanted, rsrp, server, name, left_out, ground.n_filled)


def _require_numbers(bts: pd.DataFrame) -> None:
    for column in (*_NEEDED, "lon_deg", "lat_deg"):
        values = bts[column].to_numpy(dtype=np.float64, na_value=np.nan)
        faulty = bts.loc[~np.isfinite(values), "bts_id"].astype(str).tolist()
        if faulty:
            message = (
                f"{len(faulty)} stations have no {column} ({', '.join(faulty[:5])}): fill them from "
                "models/radio/transmitters.toml when the layer is read"
            )
            raise RadioError(message, code="radio_station", column=column, n=len(faulty))


def _towers(
    bts: pd.DataFrame, groups: tuple[CoverageGroup, ...], ground: Ground, grid: Grid, spec: RadioSpec
) -> tuple[list[_Tower], tuple[str, ...]]:
    """Stations by place, those out of reach dropped, those off the terrain model named."""
    number = {group: i for i, group in enumerate(groups)}
    kinds, operators = _kinds(bts), bts["operator"].astype(str).to_numpy()
    keys = [number.get(CoverageGroup(o, k), -1) for o, k in zip(operators, kinds, strict=True)]
    ids = bts["bts_id"].astype(str).to_numpy()
    order = np.lexsort((np.arange(len(bts)), ids))
    used = np.asarray(keys, dtype=np.int64) >= 0
    _require_numbers(bts.loc[used])
    places: dict[tuple[float, float], list[tuple[int, int]]] = {}
    left_out: list[str] = []
    lon, lat = (bts[name].to_numpy(dtype=np.float64) for name in ("lon_deg", "lat_deg"))
    for rank, position in enumerate(order.tolist()):
        if not used[position]:
            continue
        state = _where(ground, grid, float(lon[position]), float(lat[position]), spec)
        if state == "on":
            places.setdefault((float(lon[position]), float(lat[position])), []).append((rank, position))
        elif state == "off":
            left_out.append(str(ids[position]))
    table = {name: bts[name].to_numpy() for name in (*_NEEDED, "technology", "azimuth_deg")}
    towers = [_tower(place, members, table, keys, spec) for place, members in sorted(places.items())]
    return towers, tuple(left_out)


def _where(ground: Ground, grid: Grid, lon_deg: float, lat_deg: float, spec: RadioSpec) -> str:
    """``on`` the frame and within reach of the grid, ``off`` the terrain though within reach, or ``far``."""
    row, col = ground.place(lon_deg, lat_deg)
    beside = max(ground.row - row, 0.0, row - (ground.row + grid.n_rows - 1))
    across = max(ground.col - col, 0.0, col - (ground.col + grid.n_cols - 1))
    per_row, per_col = metric_km(lat_deg, row, np.array([round(row)]), grid.pixel_deg)
    if np.hypot(beside * per_row[0], across * per_col[0]) > 1.001 * spec.radius_km:
        return "far"
    return "on" if ground.is_on(row, col) else "off"


def _tower(
    place: tuple[float, float],
    members: list[tuple[int, int]],
    table: dict[str, NDArray[Any]],
    keys: list[int],
    spec: RadioSpec,
) -> _Tower:
    pairs = sorted({(float(table["height_m"][p]), float(table["band_mhz"][p])) for _, p in members})
    number = {pair: i for i, pair in enumerate(pairs)}
    rows = tuple(
        _Row(
            position=p,
            rank=rank,
            group=keys[p],
            pair=number[float(table["height_m"][p]), float(table["band_mhz"][p])],
            zero_loss_dbm=level_at_zero_loss_dbm(
                str(table["technology"][p]),
                port_power_dbm=float(table["power_dbm"][p]),
                gain_dbi=float(table["gain_dbi"][p]),
                bandwidth_mhz=float(table["bandwidth_mhz"][p]),
                spec=spec,
            ),
            azimuth_deg=float(table["azimuth_deg"][p]),
        )
        for rank, p in members
    )
    heights, bands = (np.array(values, dtype=np.float64) for values in zip(*pairs, strict=True))
    return _Tower(place[0], place[1], heights, bands, rows)


def _reach(tower: _Tower, ground: Ground, grid: Grid, spec: RadioSpec, settings: Settings, model: object) -> _Reached:
    """Levels of a tower's stations on the land pixels of the grid within the radius."""
    from planner.radio._coverage_kernel import pixels_within

    row, col = ground.place(tower.lon_deg, tower.lat_deg)
    top, bottom, left, right = ground.window(row, col, tower.lat_deg, spec.radius_km)
    top, bottom = max(top, ground.row), min(bottom, ground.row + grid.n_rows - 1)
    left, right = max(left, ground.col), min(right, ground.col + grid.n_cols - 1)
    metric = metric_km(tower.lat_deg, row, np.arange(top, max(bottom + 1, top)), ground.frame.pixel_deg)
    window = ground.is_land[top : max(bottom + 1, top), left : max(right + 1, left)]
    rows, cols, per_row, per_col = (np.empty(window.size, dtype) for dtype in (np.int64, np.int64, float, float))
    n = pixels_within(window, (top, left), (row, col), metric, spec.radius_km, (rows, cols, per_row, per_col))
    rows, cols, per_row, per_col = rows[:n], cols[:n], per_row[:n], per_col[:n]
    job = AreaJob(
        surface=ground.surface,
        tower=(row, col),
        latitude_deg=tower.lat_deg,
        pixel_km=pixel_km(tower.lat_deg, ground.frame.pixel_deg),
        rows=rows,
        cols=cols,
        km_per_row=per_row,
        km_per_col=per_col,
        heights_m=tower.heights_m,
        bands_mhz=tower.bands_mhz,
        settings=settings,
    )
    losses = model.losses_db(job)  # type: ignore[attr-defined]  # the contract of the registry
    has_sector = any(np.isfinite(station.azimuth_deg) for station in tower.rows)
    bearing = np.zeros(n)
    if has_sector:
        bearing = np.degrees(np.arctan2((cols - col) * per_col, (row - rows) * per_row))
    levels = np.empty((len(tower.rows), n), dtype=np.float32)
    for k, station in enumerate(tower.rows):
        pattern = sector_loss_db(
            bearing, station.azimuth_deg, beam_width_deg=spec.beam_width_deg, front_back_db=spec.front_back_db
        )
        levels[k] = station.zero_loss_dbm - pattern - losses[station.pair]
    return _Reached(tower, rows - ground.row, cols - ground.col, levels)
