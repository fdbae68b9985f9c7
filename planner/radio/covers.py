"""Which demand cells each candidate transmitter would reach: path loss at the cells alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner import parallel, registry
from planner.errors import RadioError
from planner.grid import Grid, Raster
from planner.radio import propagation
from planner.radio.antenna import sector_loss_db
from planner.radio.coverage import model_used, settings_of
from planner.radio.link_budget import level_at_zero_loss_dbm
from planner.radio.propagation import AreaJob, Settings
from planner.radio.surface import Ground, make_ground, metric_km, pixel_km
from planner.specs.radio import RadioSpec

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Covers", "covers"]

_COLUMNS = ("lon_deg", "lat_deg", "height_m", "band_mhz", "power_dbm", "gain_dbi", "bandwidth_mhz", "radius_km")


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
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    rsrp_dbm: NDArray[np.float32]

    def of(self, transmitter: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Cells and levels of one transmitter."""
        part = slice(int(self.indptr[transmitter]), int(self.indptr[transmitter + 1]))
        return self.indices[part], self.rsrp_dbm[part]


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
    threshold_dbm: float,
    land: NDArray[np.bool_] | None = None,
) -> Covers:
    """Cells at which each transmitter reaches a level.

    Parameters
    ----------
    transmitters
        Columns ``lon_deg, lat_deg, height_m, band_mhz, power_dbm, gain_dbi, bandwidth_mhz, azimuth_deg``
        (NaN = omnidirectional) and ``radius_km``; ``technology`` is 4G where the column is missing.
    cells
        Demand cells (table ``cells``): their ``row`` and ``col`` on ``grid`` are used.
    grid
        Grid of the cells.
    spec, terrain, clutter_m, land
        As in `planner.radio.coverage.coverage`.
    threshold_dbm
        Lowest level that counts.

    Returns
    -------
    Covers
        In the order of the transmitters. A transmitter off the terrain model reaches nothing.
    """
    ground = make_ground(grid, terrain=terrain, clutter_m=clutter_m, land=land, spec=spec)
    model = registry.load(propagation, model_used(spec, terrain))
    settings = settings_of(spec, ground.frame)
    table = {name: transmitters[name].to_numpy(dtype=np.float64) for name in (*_COLUMNS, "azimuth_deg")}
    _require(table)
    zero_loss = _zero_loss(transmitters, table, spec)
    places = _places(table, ground)
    farthest_km = float(table["radius_km"].max(initial=0.0))
    ground.require_known(((p.lon_deg, p.lat_deg) for p in places), farthest_km, spec.void_policy)
    rows = cells["row"].to_numpy(dtype=np.int64) + ground.row
    cols = cells["col"].to_numpy(dtype=np.int64) + ground.col
    order = np.lexsort((cols, rows))
    sorted_rows, sorted_cols = rows[order], cols[order]

    def reach(place: _Place) -> list[tuple[int, NDArray[np.int32], NDArray[np.float32]]]:
        near = _near(place, ground, sorted_rows, sorted_cols, float(table["radius_km"][list(place.members)].max()))
        distance_km, bearing, job = _job(place, ground, settings, table, sorted_rows[near], sorted_cols[near])
        losses = model.losses_db(job) if job.rows.size else np.empty((len(place.members), 0), np.float32)
        found = []
        for k, i in enumerate(place.members):
            pattern = sector_loss_db(
                bearing,
                float(table["azimuth_deg"][i]),
                beam_width_deg=spec.beam_width_deg,
                front_back_db=spec.front_back_db,
            )
            level = (zero_loss[i] - pattern - losses[k]).astype(np.float32)
            keep = (level >= threshold_dbm) & (distance_km <= table["radius_km"][i])
            hit = order[near[keep]]
            rise = np.argsort(hit, kind="stable")
            found.append((i, hit[rise].astype(np.int32), level[keep][rise]))
        return found

    return _packed(parallel.map_parts(reach, places), len(transmitters))


def _require(table: dict[str, NDArray[np.float64]]) -> None:
    for name in _COLUMNS:
        count = int((~np.isfinite(table[name])).sum())
        if count:
            message = f"{count} transmitters have no {name}"
            raise RadioError(message, code="radio_station", column=name, n=count)


def _zero_loss(transmitters: pd.DataFrame, table: dict[str, NDArray[np.float64]], spec: RadioSpec) -> list[float]:
    count = len(transmitters)
    technology = transmitters["technology"].astype(str).tolist() if "technology" in transmitters else ["4G"] * count
    return [
        level_at_zero_loss_dbm(
            technology[i],
            port_power_dbm=float(table["power_dbm"][i]),
            gain_dbi=float(table["gain_dbi"][i]),
            bandwidth_mhz=float(table["bandwidth_mhz"][i]),
            spec=spec,
        )
        for i in range(count)
    ]


def _places(table: dict[str, NDArray[np.float64]], ground: Ground) -> list[_Place]:
    """Transmitters by place; those off the frame are dropped (they reach nothing)."""
    members: dict[tuple[float, float], list[int]] = {}
    for i, place in enumerate(zip(table["lon_deg"].tolist(), table["lat_deg"].tolist(), strict=True)):
        row, col = ground.place(*place)
        if ground.is_on(row, col):
            members.setdefault(place, []).append(i)
    return [_Place(place[0], place[1], tuple(found)) for place, found in sorted(members.items())]


def _near(
    place: _Place, ground: Ground, rows: NDArray[np.int64], cols: NDArray[np.int64], radius_km: float
) -> NDArray[np.int64]:
    """Positions, among cells sorted by row and column, of those in a box around a place."""
    row, col = ground.place(place.lon_deg, place.lat_deg)
    top, bottom, left, right = ground.window(row, col, place.lat_deg, radius_km)
    low, high = np.searchsorted(rows, [top, bottom + 1])
    inside = (cols[low:high] >= left) & (cols[low:high] <= right)
    near: NDArray[np.int64] = np.nonzero(inside)[0] + low
    return near


def _job(
    place: _Place,
    ground: Ground,
    settings: Settings,
    table: dict[str, NDArray[np.float64]],
    rows: NDArray[np.int64],
    cols: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], AreaJob]:
    row, col = ground.place(place.lon_deg, place.lat_deg)
    per_row, per_col = metric_km(place.lat_deg, row, rows, ground.frame.pixel_deg)
    members = list(place.members)
    job = AreaJob(
        surface=ground.surface,
        tower=(row, col),
        latitude_deg=place.lat_deg,
        pixel_km=pixel_km(place.lat_deg, ground.frame.pixel_deg),
        rows=rows,
        cols=cols,
        km_per_row=per_row,
        km_per_col=per_col,
        heights_m=table["height_m"][members],
        bands_mhz=table["band_mhz"][members],
        settings=settings,
    )
    bearing = np.degrees(np.arctan2((cols - col) * per_col, (row - rows) * per_row))
    return job.distance_km(), bearing, job


def _packed(parts: object, n_transmitters: int) -> Covers:
    cells: list[NDArray[np.int32]] = [np.empty(0, np.int32)] * n_transmitters
    levels: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * n_transmitters
    for part in parts:  # type: ignore[attr-defined]  # an iterator of lists
        for i, found, level in part:
            cells[i], levels[i] = found, level
    indptr = np.zeros(n_transmitters + 1, dtype=np.int64)
    indptr[1:] = np.cumsum([c.size for c in cells])
    empty_i, empty_f = [np.empty(0, np.int32)], [np.empty(0, np.float32)]
    return Covers(indptr, np.concatenate(cells or empty_i), np.concatenate(levels or empty_f))
