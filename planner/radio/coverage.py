"""Sites to coverage: best and second best server per operator and kind of service on every land pixel, and interference.

Levels follow `planner.radio.link_budget`: RSRP of one resource element for 4G and 5G, received level of BCCH
for 2G and of the pilot (RSCP) for 3G.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner import parallel
from planner.errors import RadioError
from planner.grid import Grid, Raster
from planner.radio.capacity import busy_weight
from planner.radio.groups import Carrier, CoverageGroup, broadband_of, carriers_of, coverage_groups, kinds_of
from planner.radio.link import require_between
from planner.radio.link_budget import station_budgets
from planner.radio.ranges import Floats
from planner.radio.reach import Air, Antenna, Heard, make_air, model_used, mounts, on_pixels, settings_of
from planner.radio.surface import Ground, metric_km
from planner.specs.radio import RadioSpec

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Carrier", "Coverage", "CoverageGroup", "Edges", "carriers_of", "coverage", "coverage_groups", "model_used", "settings_of",
]  # fmt: skip

Pixels = tuple[NDArray[np.int64], NDArray[np.int64]]

_NEEDED = ("band_mhz", "height_m", "power_dbm", "gain_dbi", "bandwidth_mhz")


@dataclass(frozen=True)
class Edges:
    """Pixels at the rim of a place's radius, and those where its 4G or 5G still counts as signal.

    Signal there says that the radius cuts coverage off: people beyond it may be called unserved wrongly.
    """

    n_pixels: int = 0
    n_above: int = 0

    def __add__(self, other: Edges) -> Edges:
        return Edges(self.n_pixels + other.n_pixels, self.n_above + other.n_above)


@dataclass(frozen=True, eq=False)
class Coverage:
    """Best and second best server per group and pixel.

    Parameters
    ----------
    grid
        Frame of the arrays.
    groups
        Order of the first axis of ``rsrp_dbm`` and ``server``.
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
    second_dbm, second_server
        The strongest station at another place than the best, per group of `broadband`, as ``rsrp_dbm`` and ``server``.
    interference_dbm
        Power of the other cells on the best server's carrier as if always sending (by ``busy_share``: see `coverage`), dBm of one resource element, per
        group of `broadband`; NaN where there is no server or nothing else. Exceeded for ``interference_time_percent`` of
        time, but for the cells at the server's own place, which share its path.
    carriers, carrier_dbm
        Power of all cells of each carrier for ``interference_time_percent``, float32 ``(n_carriers, n_rows, n_cols)``;
        NaN where none.
    edges
        What happens at the rim of the radius.
    """

    grid: Grid
    groups: tuple[CoverageGroup, ...]
    rsrp_dbm: NDArray[np.float32]
    server: NDArray[np.int32]
    model: str
    left_out: tuple[str, ...] = ()
    n_filled: int = 0
    second_dbm: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0, 0), np.float32))
    second_server: NDArray[np.int32] = field(default_factory=lambda: np.empty((0, 0, 0), np.int32))
    interference_dbm: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0, 0), np.float32))
    carriers: tuple[Carrier, ...] = ()
    carrier_dbm: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0, 0), np.float32))
    edges: Edges = Edges()

    @property
    def broadband(self) -> tuple[int, ...]:
        """Positions of the groups of 4G and 5G."""
        return broadband_of(self.groups)


@dataclass(frozen=True)
class _Row:
    """One station: its rows, group and carrier (−1: none), what counts as its signal, what its power counts for."""

    position: int
    rank: int
    group: int
    carrier: int
    limit_dbm: float
    weight: float


@dataclass(frozen=True)
class _Tower:
    """Stations that share a place, their antennas row by row, and how far they are followed."""

    lon_deg: float
    lat_deg: float
    heights_m: NDArray[np.float64]
    bands_mhz: NDArray[np.float64]
    rows: tuple[_Row, ...]
    antennas: tuple[Antenna, ...]
    radius_km: float


@dataclass(frozen=True)
class _Reached:
    """Levels of each station of a tower on the pixels around it."""

    tower: _Tower
    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    heard: Heard


def coverage(
    bts: pd.DataFrame,
    grid: Grid,
    *,
    spec: RadioSpec,
    terrain: Raster | None,
    clutter_m: Raster | None,
    land: NDArray[np.bool_] | None,
    cover_db: Raster | None = None,
    at: Pixels | None = None,
) -> Coverage:
    """Level of the best server per group on every land pixel within reach, or on some of them.

    Parameters
    ----------
    bts
        Stations: conformed layer ``bts``, all of a run also where a tile is wanted; band, height, power, gain and width must be present. A column
        ``radius_km`` says how far each is followed (`planner.radio.radius`); without it ``spec.reach_km`` holds. A column
        ``busy_share`` says how long each sends: its interference counts for that over ``spec.load_share``, without it for 1.
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
    cover_db
        Part of a fitted correction by ground cover (`planner.radio.reach.make_air`).
    at
        Rows and columns on ``grid`` of the only pixels wanted, each once. A pixel's result does not depend on which
        others are wanted.

    Returns
    -------
    Coverage
        Arrays of shape ``(n, *grid.shape)``; with ``at`` ``(n, 1, n_pixels)``, in the order of ``at``.

        Path loss is computed once per place, antenna height and band; patterns are applied afterwards. Equal levels
        go to the station that comes first by identifier. The result depends neither on the order of the rows nor on
        threads. It holds 8 bytes a pixel and group, 12 more for each of 4G and 5G, and 4 for each carrier.

    Raises
    ------
    RadioError
        Stations without needed numbers or out of range, land without height under the policy ``refuse``,
        rasters that do not fit, a radius smaller than a pixel, a correction of another model or spacing.
    """
    groups, carriers = coverage_groups(bts), carriers_of(bts)
    air = make_air(grid, spec=spec, terrain=terrain, clutter_m=clutter_m, land=land, cover_db=cover_db)
    pixel_m = air.settings.resolution_m
    require_between(
        "radius_km", spec.reach_km, pixel_m / 1000.0, 100.0, f"one pixel of {pixel_m:.0f} m to the engine's reach"
    )
    towers, left_out = _towers(bts, (groups, carriers), air, grid, spec)
    air.ground.require_known(((t.lon_deg, t.lat_deg, t.radius_km) for t in towers), spec.void_policy)
    wanted = _Wanted.of(grid, at)
    is_varying = air.settings.interference_percent != air.settings.time_percent and hasattr(air.model, "area_losses")
    kept = _Kept.empty(groups, carriers, wanted.shape, len(bts), is_varying=is_varying)
    for found in parallel.map_parts(lambda tower: _reach(tower, air, grid, wanted), towers):
        kept.take(found, spec.floor_dbm, air.settings.resolution_m / 1000.0)
    return kept.coverage(grid, groups, carriers, bts, spec, (air.model_name, left_out, air.ground.n_filled))


@dataclass(frozen=True, eq=False)
class _Wanted:
    """Shape of the arrays that take results, and where in them a pixel's belongs (−1: not wanted); None: in its own place."""

    shape: tuple[int, int]
    place: NDArray[np.int32] | None

    @classmethod
    def of(cls, grid: Grid, at: Pixels | None) -> _Wanted:
        if at is None:
            return cls(grid.shape, None)
        place = np.full(grid.shape, -1, np.int32)
        place[at] = np.arange(at[0].size, dtype=np.int32)
        return cls((1, at[0].size), place)


@dataclass(eq=False)
class _Kept:
    """What is best so far; ranks instead of positions, so that ties do not depend on the order of the rows."""

    best: NDArray[np.float32]
    rank: NDArray[np.int32]
    second: NDArray[np.float32]
    second_rank: NDArray[np.int32]
    power: NDArray[np.float32]
    own: NDArray[np.float32]
    position: NDArray[np.int32]
    number: dict[int, int]
    edges: Edges = Edges()

    @classmethod
    def empty(
        cls,
        groups: tuple[CoverageGroup, ...],
        carriers: tuple[Carrier, ...],
        frame: tuple[int, int],
        n_stations: int,
        *,
        is_varying: bool,
    ) -> _Kept:
        none = np.iinfo(np.int32).max
        broadband = broadband_of(groups)
        shape, few = (len(groups), *frame), (len(broadband), *frame)
        return cls(
            best=np.full(shape, -np.inf, np.float32),
            rank=np.full(shape, none, np.int32),
            second=np.full(few, -np.inf, np.float32),
            second_rank=np.full(few, none, np.int32),
            power=np.zeros((len(carriers), *frame), np.float32),
            own=np.zeros(few if is_varying else (0, *frame), np.float32),
            position=np.full(n_stations + 1, -1, np.int32),
            number={group: i for i, group in enumerate(broadband)},
        )

    def take(self, found: _Reached, floor_dbm: float, pixel_km: float) -> None:
        """Take the levels of one tower."""
        from planner.radio._coverage_kernel import add_power, keep_best

        rows, levels, disturbing = found.tower.rows, found.heard.levels_dbm, found.heard.disturbing_dbm
        drawn = np.array([bool(np.isnan(item.mount.azimuth_deg)) for item in found.tower.antennas])
        carriers = np.array([row.carrier for row in rows])
        weight = np.array([row.weight for row in rows])
        nothing = np.empty((0, 0), np.float32), np.empty((0, 0), np.int32)
        for group in sorted({row.group for row in rows}):
            members = np.array([k for k, row in enumerate(rows) if row.group == group])
            ranks = np.array([rows[k].rank for k in members])
            self.position[ranks] = [rows[k].position for k in members]
            i = self.number.get(group, -1)
            second = nothing if i < 0 else (self.second[i], self.second_rank[i])
            best = self.best[group], self.rank[group]
            own = self.own[i] if i >= 0 and len(self.own) else nothing[0]
            mine = members, ranks, carriers[members], drawn[members], weight[members]
            keep_best(best, second, own, (found.rows, found.cols), (levels, disturbing), mine, floor_dbm)
        for carrier in sorted({row.carrier for row in rows} - {-1}):
            members = np.flatnonzero(carriers == carrier)
            add_power(
                self.power[carrier], (found.rows, found.cols), disturbing, members, drawn[members], weight[members]
            )
        self.edges += _edges(found, pixel_km)

    def coverage(
        self,
        grid: Grid,
        groups: tuple[CoverageGroup, ...],
        carriers: tuple[Carrier, ...],
        bts: pd.DataFrame,
        spec: RadioSpec,
        notes: tuple[str, tuple[str, ...], int],
    ) -> Coverage:
        """What was kept, as levels and positions in the table of stations."""
        server, second_server = self._positions(self.best, self.rank), self._positions(self.second, self.second_rank)
        weight = np.append(_weights(bts, spec), 1.0).astype(np.float32)
        interference = self._interference(server, groups, carriers, bts, weight)
        for level in (self.best, self.second):
            level[~np.isfinite(level)] = np.nan
        return Coverage(
            grid, groups, self.best, server, notes[0], notes[1], notes[2], self.second, second_server, interference,
            carriers, _dbm(self.power), self.edges,
        )  # fmt: skip

    def _positions(self, level: NDArray[np.float32], rank: NDArray[np.int32]) -> NDArray[np.int32]:
        at = self.position[np.minimum(rank, self.position.size - 1)]
        return np.where(np.isfinite(level), at, np.int32(-1)).astype(np.int32)

    def _interference(
        self,
        server: NDArray[np.int32],
        groups: tuple[CoverageGroup, ...],
        carriers: tuple[Carrier, ...],
        bts: pd.DataFrame,
        weight: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """Power of the best server's carrier without its own; what is lost in the rounding of the sum counts as none."""
        number = {carrier: i for i, carrier in enumerate(carriers)}
        keys = zip(
            bts["operator"].astype(str), bts["technology"].astype(str), bts["band_mhz"].astype(float), strict=True
        )
        of_station = np.array([number.get(Carrier(*key), -1) for key in keys] + [-1], dtype=np.int64)
        found = np.full(self.second.shape, np.nan, np.float32)
        for group, i in self.number.items():
            carrier = of_station[server[group]]
            for k in (k for k, item in enumerate(carriers) if item.operator == groups[group].operator):
                mine = carrier == k
                if len(self.own):
                    own = self.own[i][mine]
                else:
                    own = np.exp(self.best[group][mine] * np.float32(np.log(10.0) / 10.0)) * weight[server[group][mine]]
                other = self.power[k][mine] - own
                found[i][mine] = _dbm(np.where(other > 1e-5 * self.power[k][mine], other, 0.0))
        return found


def _weights(bts: pd.DataFrame, spec: RadioSpec) -> Floats:
    """What the power of each station counts for as interference."""
    if "busy_share" not in bts:
        return np.ones(len(bts))
    return busy_weight(bts["busy_share"].to_numpy(dtype=np.float64), spec)


def _dbm(power_mw: NDArray[np.float32]) -> NDArray[np.float32]:
    """Decibels of milliwatts; NaN where there is no power."""
    found = np.full(power_mw.shape, np.nan, np.float32)
    has = power_mw > 0.0
    found[has] = 10.0 * np.log10(power_mw[has])
    return found


def _edges(found: _Reached, pixel_km: float) -> Edges:
    """Pixels of the last and a half of the radius, and those where a 4G or 5G station on air counts as signal."""
    rows = np.array([k for k, row in enumerate(found.tower.rows) if row.carrier >= 0], dtype=np.int64)
    rim = np.flatnonzero(found.heard.distance_km > found.tower.radius_km - 1.5 * pixel_km)
    if not rows.size or not rim.size:
        return Edges()
    limits = np.array([found.tower.rows[k].limit_dbm for k in rows], dtype=np.float32)
    above = (found.heard.levels_dbm[np.ix_(rows, rim)] >= limits[:, np.newaxis]).any(axis=0)
    return Edges(int(rim.size), int(above.sum()))


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
    bts: pd.DataFrame,
    wanted: tuple[tuple[CoverageGroup, ...], tuple[Carrier, ...]],
    air: Air,
    grid: Grid,
    spec: RadioSpec,
) -> tuple[list[_Tower], tuple[str, ...]]:
    """Stations by place, those out of reach dropped, those off the terrain model named."""
    groups = {group: i for i, group in enumerate(wanted[0])}
    kinds, operators = kinds_of(bts), bts["operator"].astype(str).to_numpy()
    of_group = np.array(
        [groups.get(CoverageGroup(o, k), -1) for o, k in zip(operators, kinds, strict=True)], dtype=np.int64
    )
    _require_numbers(bts.loc[of_group >= 0])
    carriers = {carrier: i for i, carrier in enumerate(wanted[1])}
    technology, band = bts["technology"].astype(str).to_numpy(), bts["band_mhz"].to_numpy(dtype=np.float64)
    ids = bts["bts_id"].astype(str).to_numpy()
    lon, lat = (bts[name].to_numpy(dtype=np.float64) for name in ("lon_deg", "lat_deg"))
    radius = _radius_by_place(bts.loc[of_group >= 0], spec)
    places: dict[tuple[float, float], list[tuple[int, _Row]]] = {}
    left_out: list[str] = []
    budgets, weight = station_budgets(bts, spec, air.settings.resolution_m), _weights(bts, spec).tolist()
    for rank, position in enumerate(np.lexsort((np.arange(len(bts)), ids)).tolist()):
        if of_group[position] < 0:
            continue
        place = float(lon[position]), float(lat[position])
        state = _where(air.ground, grid, place, radius[place])
        if state == "on":
            carrier = -1
            if kinds[position] == "broadband":
                carrier = carriers[Carrier(operators[position], technology[position], float(band[position]))]
            row = _Row(
                position, rank, int(of_group[position]), carrier, float(budgets.limit_dbm[position]), weight[position]
            )
            places.setdefault(place, []).append((position, row))
        elif state == "off":
            left_out.append(str(ids[position]))
    pairs = np.column_stack([bts["height_m"].to_numpy(dtype=np.float64), band])
    antennas = mounts(bts, spec)

    def tower(place: tuple[float, float], members: list[tuple[int, _Row]]) -> _Tower:
        at = [position for position, _ in members]
        found, which = np.unique(pairs[at], axis=0, return_inverse=True)
        made = tuple(
            Antenna(int(pair), float(budgets.zero_loss_dbm[p]), antennas[p])
            for p, pair in zip(at, which.ravel(), strict=True)
        )
        rows = tuple(row for _, row in members)
        heights, bands = np.ascontiguousarray(found[:, 0]), np.ascontiguousarray(found[:, 1])
        return _Tower(place[0], place[1], heights, bands, rows, made, radius[place])

    return [tower(place, members) for place, members in sorted(places.items())], tuple(left_out)


def _radius_by_place(bts: pd.DataFrame, spec: RadioSpec) -> dict[tuple[float, float], float]:
    """How far the stations of each place are followed: as the farthest of them, whichever tile asks."""
    found: dict[tuple[float, float], float] = {}
    radius = bts["radius_km"].to_numpy(dtype=np.float64) if "radius_km" in bts else np.full(len(bts), spec.reach_km)
    for lon, lat, km in zip(bts["lon_deg"].tolist(), bts["lat_deg"].tolist(), radius.tolist(), strict=True):
        found[lon, lat] = max(km, found.get((lon, lat), 0.0))
    return found


def _where(ground: Ground, grid: Grid, place: tuple[float, float], radius_km: float) -> str:
    """``on`` the frame and within reach of the grid, ``off`` the terrain though within reach, or ``far``."""
    row, col = ground.place(*place)
    beside = max(ground.row - row, 0.0, row - (ground.row + grid.n_rows - 1))
    across = max(ground.col - col, 0.0, col - (ground.col + grid.n_cols - 1))
    per_row, per_col = metric_km(place[1], row, np.array([round(row)]), grid.pixel_deg)
    if np.hypot(beside * per_row[0], across * per_col[0]) > 1.001 * radius_km:
        return "far"
    return "on" if ground.is_on(row, col) else "off"


def _reach(tower: _Tower, air: Air, grid: Grid, wanted: _Wanted) -> _Reached:
    """Levels of a tower's stations on the wanted land pixels of the grid within its radius."""
    from planner.radio._coverage_kernel import pixels_within

    ground = air.ground
    row, col = ground.place(tower.lon_deg, tower.lat_deg)
    top, bottom, left, right = ground.window(row, col, tower.lat_deg, tower.radius_km)
    top, bottom = max(top, ground.row), min(bottom, ground.row + grid.n_rows - 1)
    left, right = max(left, ground.col), min(right, ground.col + grid.n_cols - 1)
    metric = metric_km(tower.lat_deg, row, np.arange(top, max(bottom + 1, top)), ground.frame.pixel_deg)
    window = ground.is_land[top : max(bottom + 1, top), left : max(right + 1, left)]
    if wanted.place is not None:
        above, beside = top - ground.row, left - ground.col
        window = window & (wanted.place[above : above + window.shape[0], beside : beside + window.shape[1]] >= 0)
    rows, cols = np.empty(window.size, np.int64), np.empty(window.size, np.int64)
    n = pixels_within(np.ascontiguousarray(window), (top, left), (row, col), metric, tower.radius_km, (rows, cols))
    rows, cols = rows[:n].copy(), cols[:n].copy()
    heard = on_pixels(
        air, (tower.lon_deg, tower.lat_deg), (tower.heights_m, tower.bands_mhz), tower.antennas, (rows, cols), tower.radius_km
    )  # fmt: skip
    rows, cols = rows - ground.row, cols - ground.col
    if wanted.place is not None:
        rows, cols = np.zeros_like(rows), wanted.place[rows, cols].astype(np.int64)
    return _Reached(tower, rows, cols, heard)
