"""Which demand cells each candidate transmitter would reach: path loss at the cells alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner import parallel
from planner.errors import RadioError
from planner.grid import Grid, Raster
from planner.radio.link_budget import station_budgets
from planner.radio.reach import Air, Antenna, make_air, mounts, on_pixels
from planner.radio.surface import Ground
from planner.specs.radio import RadioSpec

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Covers", "covers"]

_Part = tuple[int, NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]

_COLUMNS = (
    "lon_deg",
    "lat_deg",
    "height_m",
    "band_mhz",
    "power_dbm",
    "gain_dbi",
    "bandwidth_mhz",
    "radius_km",
    "limit_dbm",
)


@dataclass(frozen=True)
class Covers:
    """Cells reached by each transmitter, as compressed sparse rows.

    Parameters
    ----------
    indptr
        int64 ``(n_transmitters + 1,)``: transmitter i holds entries ``indptr[i]`` to ``indptr[i + 1]``.
    indices
        int32, positions in the table of cells, rising within a transmitter.
    rsrp_dbm
        float32, level at each of them.
    late_dbm
        float32, level at each of them as interference, for ``interference_time_percent``; None: as service.
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    rsrp_dbm: NDArray[np.float32]
    late_dbm: NDArray[np.float32] | None = None

    @property
    def disturbing_dbm(self) -> NDArray[np.float32]:
        """Levels as interference."""
        return self.rsrp_dbm if self.late_dbm is None else self.late_dbm

    def of(self, transmitter: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Cells and levels of one transmitter."""
        part = slice(int(self.indptr[transmitter]), int(self.indptr[transmitter + 1]))
        return self.indices[part], self.rsrp_dbm[part]

    def only(self, rows: NDArray[np.int64]) -> Covers:
        """The covers of some transmitters, in the order given."""
        start, width = self.indptr[rows], np.diff(self.indptr)[rows]
        ends = np.cumsum(width)
        at = np.arange(int(width.sum())) - np.repeat(ends - width, width) + np.repeat(start, width)
        late = None if self.late_dbm is None else self.late_dbm[at]
        return Covers(np.append(0, ends).astype(np.int64), self.indices[at], self.rsrp_dbm[at], late)


@dataclass(frozen=True)
class _Place:
    """Transmitters that share a place: positions in the table and their rows of numbers."""

    lon_deg: float
    lat_deg: float
    members: tuple[int, ...]


def covers(
    transmitters: pd.DataFrame,
    cells: pd.DataFrame,
    *,
    grid: Grid,
    spec: RadioSpec,
    terrain: Raster | None,
    clutter_m: Raster | None,
    land: NDArray[np.bool_] | None = None,
    cover_db: Raster | None = None,
) -> Covers:
    """Cells at which each transmitter reaches a level, as service or as interference.

    Parameters
    ----------
    transmitters
        Columns ``lon_deg, lat_deg, height_m, band_mhz, power_dbm, gain_dbi, bandwidth_mhz, azimuth_deg``
        (NaN = omnidirectional), ``radius_km`` and ``limit_dbm``, the lowest level that counts
        (`planner.radio.link_budget.Budgets`); where missing, ``technology`` is 4G and ``tilt_deg`` that of the model.
    cells
        Demand cells (table ``cells``): their ``row`` and ``col`` on ``grid`` are used.
    grid
        Grid of the cells.
    spec, terrain, clutter_m, land, cover_db
        As in `planner.radio.coverage.coverage`.

    Returns
    -------
    Covers
        In the order of the transmitters. A transmitter off the terrain model reaches nothing.
    """
    air = make_air(grid, spec=spec, terrain=terrain, clutter_m=clutter_m, land=land, cover_db=cover_db)
    table = {name: transmitters[name].to_numpy(dtype=np.float64) for name in _COLUMNS}
    _require(table)
    zero_loss = station_budgets(transmitters, spec, air.settings.resolution_m).zero_loss_dbm
    least = table["limit_dbm"].astype(np.float32)
    hung = mounts(transmitters, spec)
    places = _places(table, air.ground)
    radius = table["radius_km"]
    known = ((p.lon_deg, p.lat_deg, float(radius[list(p.members)].max())) for p in places)
    air.ground.require_known(known, spec.void_policy)
    rows = cells["row"].to_numpy(dtype=np.int64) + air.ground.row
    cols = cells["col"].to_numpy(dtype=np.int64) + air.ground.col
    order = np.lexsort((cols, rows))
    sorted_rows, sorted_cols = rows[order], cols[order]

    def reach(place: _Place) -> list[_Part]:
        members = list(place.members)
        radius_km = float(radius[members].max())
        near = _near(place, air, sorted_rows, sorted_cols, radius_km)
        pairs = np.column_stack([table["height_m"][members], table["band_mhz"][members]])
        kinds, which = np.unique(pairs, axis=0, return_inverse=True)
        antennas = tuple(
            Antenna(int(k), float(zero_loss[i]), hung[i]) for k, i in zip(which.ravel(), members, strict=True)
        )
        heights, bands = np.ascontiguousarray(kinds[:, 0]), np.ascontiguousarray(kinds[:, 1])
        at = sorted_rows[near], sorted_cols[near]
        heard = on_pixels(air, (place.lon_deg, place.lat_deg), (heights, bands), antennas, at, radius_km)
        found = []
        for k, i in enumerate(members):
            level, late = heard.levels_dbm[k], heard.disturbing_dbm[k]
            keep = (np.maximum(level, late) >= least[i]) & (heard.distance_km <= radius[i])
            hit = order[near[keep]]
            rise = np.argsort(hit, kind="stable")
            found.append((i, hit[rise].astype(np.int32), level[keep][rise], late[keep][rise]))
        return found

    is_varying = air.settings.interference_percent != air.settings.time_percent
    return _packed(parallel.map_parts(reach, places), len(transmitters), is_varying=is_varying)


def _require(table: dict[str, NDArray[np.float64]]) -> None:
    for name in _COLUMNS:
        count = int((~np.isfinite(table[name])).sum())
        if count:
            message = f"{count} transmitters have no {name}"
            raise RadioError(message, code="radio_station", column=name, n=count)


def _places(table: dict[str, NDArray[np.float64]], ground: Ground) -> list[_Place]:
    """Transmitters by place; those off the frame are dropped (they reach nothing)."""
    members: dict[tuple[float, float], list[int]] = {}
    for i, place in enumerate(zip(table["lon_deg"].tolist(), table["lat_deg"].tolist(), strict=True)):
        row, col = ground.place(*place)
        if ground.is_on(row, col):
            members.setdefault(place, []).append(i)
    return [_Place(place[0], place[1], tuple(found)) for place, found in sorted(members.items())]


def _near(
    place: _Place, air: Air, rows: NDArray[np.int64], cols: NDArray[np.int64], radius_km: float
) -> NDArray[np.int64]:
    """Positions, among cells sorted by row and column, of those in a box around a place."""
    row, col = air.ground.place(place.lon_deg, place.lat_deg)
    top, bottom, left, right = air.ground.window(row, col, place.lat_deg, radius_km)
    low, high = np.searchsorted(rows, [top, bottom + 1])
    inside = (cols[low:high] >= left) & (cols[low:high] <= right)
    near: NDArray[np.int64] = np.nonzero(inside)[0] + low
    return near


def _packed(parts: Iterable[list[_Part]], n_transmitters: int, *, is_varying: bool) -> Covers:
    cells: list[NDArray[np.int32]] = [np.empty(0, np.int32)] * n_transmitters
    levels: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * n_transmitters
    lates = levels.copy()
    for part in parts:
        for i, found, level, late in part:
            cells[i], levels[i], lates[i] = found, level, late
    indptr = np.zeros(n_transmitters + 1, dtype=np.int64)
    indptr[1:] = np.cumsum([c.size for c in cells])
    empty_i, empty_f = [np.empty(0, np.int32)], [np.empty(0, np.float32)]
    late_dbm = np.concatenate(lates or empty_f) if is_varying else None
    return Covers(indptr, np.concatenate(cells or empty_i), np.concatenate(levels or empty_f), late_dbm)
