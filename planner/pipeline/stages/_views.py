"""Coverage of a run as whole rasters, put together from the tiles of the stage `coverage` for maps and GIS files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.grid import Grid, Raster
from planner.pipeline.artifacts import read_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._picture import picture_grid
from planner.pipeline.stages._signal import BEST_BANDS, best_tiles, picture_levels
from planner.pipeline.stages._specs import picture_step, radio_spec, service_spec
from planner.service import pixel_quality

__all__ = ["ALL_VIEWS", "Views", "operator_coverage", "signal_views"]

_UNITS = {
    "rsrp_dbm": "dbm", "operator": "class", "server": "class", "second": "class", "lead_db": "db", "sinr_db": "db",
    "probability_share": "share",
}  # fmt: skip
ALL_VIEWS = tuple(_UNITS)


@dataclass(frozen=True, eq=False)
class Views:
    """The best 4G or 5G signal of all operators per pixel; every raster None where no station is on air.

    Parameters
    ----------
    operators
        Names that the numbers of ``operator`` mean.
    rsrp_dbm, lead_db
        Level of the strongest server, and how far it leads the next one; NaN where there is none.
    operator, server, second
        Operator, row of the strongest and of the next server in the layer bts; −1 where there is none.
    sinr_db, probability_share
        `planner.service.quality.pixel_quality`; the first None where interference is not modelled.
    """

    operators: tuple[str, ...] = ()
    rsrp_dbm: Raster | None = None
    operator: Raster | None = None
    server: Raster | None = None
    second: Raster | None = None
    lead_db: Raster | None = None
    sinr_db: Raster | None = None
    probability_share: Raster | None = None


def signal_views(context: StageContext, grid: Grid, wanted: tuple[str, ...] = ALL_VIEWS) -> Views:
    """Rasters of the whole run from its tiles, each tile read once; on the grid of the picture.

    Parameters
    ----------
    context
        Of a stage that reads ``coverage`` and ``service``.
    grid
        Of the run.
    wanted
        Fields of `Views`; the others stay None, for each costs four bytes a pixel of the whole.
    """
    radio = radio_spec(context.scenario)
    is_indoor = service_spec(context.scenario).place == "indoor"
    grid = picture_grid(grid, picture_step(radio, grid.pixel_m))
    servers = read_table(context.inputs["service"] / "servers.parquet")
    found: dict[str, NDArray[Any]] = {}
    operators: tuple[str, ...] = ()
    for tile, bands, names in best_tiles(context.inputs["coverage"]):
        operators = names
        band = dict(zip(BEST_BANDS, bands, strict=True))
        station = np.nan_to_num(band["station"], nan=-1.0).astype(np.int32)
        sinr, probability = pixel_quality(
            band["rsrp_dbm"], band["interference_dbm"], station, servers, radio=radio, is_indoor=is_indoor
        )
        made = {
            "rsrp_dbm": band["rsrp_dbm"],
            "operator": np.nan_to_num(band["operator"], nan=-1.0).astype(np.int32),
            "server": station,
            "second": np.nan_to_num(band["second_station"], nan=-1.0).astype(np.int32),
            "lead_db": band["rsrp_dbm"] - band["second_dbm"],
            "sinr_db": sinr,
            "probability_share": probability,
        }
        for name in wanted:
            values = made[name]
            if values is not None:
                none = -1 if values.dtype == np.int32 else np.nan
                found.setdefault(name, np.full(grid.shape, none, dtype=values.dtype))[_window(grid, tile)] = values
    return Views(operators, **{name: Raster(grid, values, _UNITS[name]) for name, values in found.items()})


def operator_coverage(context: StageContext, grid: Grid) -> dict[str, Raster]:
    """4G or 5G signal per pixel of each operator alone, where there are two or more."""
    grid = picture_grid(grid, picture_step(radio_spec(context.scenario), grid.pixel_m))
    found: dict[str, Raster] = {}
    for tile, group, level_dbm in picture_levels(context.inputs["coverage"]):
        if group.kind == "broadband":
            if group.operator not in found:
                found[group.operator] = Raster(grid, np.full(grid.shape, np.nan, dtype=np.float32), "dbm")
            found[group.operator].values[_window(grid, tile)] = level_dbm
    return found if len(found) > 1 else {}


def _window(grid: Grid, tile: Grid) -> tuple[slice, slice]:
    """Rows and columns of a tile in the grid of the run."""
    row = round((grid.north_deg - tile.north_deg) / grid.pixel_deg)
    col = round((tile.west_deg - grid.west_deg) / grid.pixel_deg)
    return slice(row, row + tile.n_rows), slice(col, col + tile.n_cols)
