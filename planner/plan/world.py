"""What candidate generators look at, and the few measures they share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any  # Any: columns given by keyword are arrays, series or single values

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.backhaul.near import label_landmass, xyz_km
from planner.errors import LayerError
from planner.geo import metres_per_degree
from planner.grid import Grid, Raster
from planner.specs.candidates import CandidateSpec

if TYPE_CHECKING:
    import geopandas as gpd
    from scipy.spatial import cKDTree

__all__ = ["PLACE_KINDS", "RAW_COLUMNS", "CandidateWorld", "places", "texts"]

PLACE_KINDS = ("new", "on_air", "inactive", "facility")
"""What stands at a candidate today; the same words as `SiteSpec.fits`."""

RAW_COLUMNS = ("generator", "ref_id", "name", "place_kind", "access_mode", "lon_deg", "lat_deg")
"""Columns of a generator's answer; `make_candidates` adds the rest of the declared table."""

Floats = NDArray[np.float64]
_WEIGHTS = {"people": "people", "facilities": "n_facilities"}


@dataclass(frozen=True, eq=False)
class CandidateWorld:
    """Layers and stage tables around the candidates; nothing in it is changed.

    Parameters
    ----------
    grid, land, terrain
        The run's grid, its land mask, ground heights (None: not known).
    cells, service
        Demand cells and their service today, row by row the same cells.
    bts, admin, proposals, facilities, roads
        Layers; empty where the scenario has none (``roads`` may be None).
    spec
        Assumptions of the generators.
    decisions
        The planner's word; forced and locked sites become candidates. None: no such layer.
    max_slope_deg
        Steepest ground that may carry a new site.
    only_areas
        Codes (Kemendagri) that are eligible, with everything below them, or kinds of the priority layer (3T,
        border, …); empty: all areas.
    priority
        Layer of areas with a kind. None: no such layer.
    eligibility
        Grounds that must all hold (`planner.schema_columns.ELIGIBILITY`, ``a|b`` means either); empty: none asked.
    exclusions
        Areas where nothing, or nothing tall, may be built. None: no such layer.
    objective
        What the plan maximises; decides which weight is looked for.
    seed
        For generators that draw lots; none of today's does.
    """

    grid: Grid
    land: NDArray[np.bool_]
    terrain: Raster | None
    cells: pd.DataFrame
    service: pd.DataFrame
    bts: pd.DataFrame
    admin: gpd.GeoDataFrame
    proposals: pd.DataFrame
    facilities: pd.DataFrame
    roads: gpd.GeoDataFrame | None
    spec: CandidateSpec
    decisions: pd.DataFrame | None = None
    max_slope_deg: float = 25.0
    only_areas: tuple[str, ...] = ()
    priority: pd.DataFrame | None = None
    eligibility: tuple[str, ...] = ()
    exclusions: gpd.GeoDataFrame | None = None
    objective: str = "umkm"
    seed: int = 0

    @cached_property
    def need(self) -> pd.DataFrame:
        """Cells that lack service: ``cell_id, lon_deg, lat_deg, area_code, level, weight``, sorted by ``cell_id``.

        The weight is the part not served of limited and unserved cells (unserved ones alone where the objective counts
        blank spots); unknown cells have none (they earn a survey, never construction). Where the objective's weight is
        zero everywhere, people count.
        """
        held = self.cells.merge(self.service[["cell_id", "level", "served_share"]], on="cell_id", validate="one_to_one")
        counted = ["unserved"] if self.objective == "blank_spot" else ["limited", "unserved"]
        lacks = held["level"].isin(counted).to_numpy()
        missing = np.where(lacks, 1.0 - held["served_share"].to_numpy(float), 0.0)
        weight = held[_WEIGHTS.get(self.objective, "n_umkm")].to_numpy(float) * missing
        if not weight.any():
            weight = held["people"].to_numpy(float) * missing
        found = held.assign(weight=weight)[["cell_id", "lon_deg", "lat_deg", "area_code", "level", "weight"]]
        return found.loc[found["weight"] > 0.0].sort_values("cell_id", kind="stable").reset_index(drop=True)

    @cached_property
    def eligible_codes(self) -> tuple[str, ...]:
        """Codes behind ``only_areas``, kinds of priority replaced by their areas; empty: all areas.

        Raises
        ------
        LayerError
            A kind that no row of the priority layer has.
        """
        found: set[str] = set()
        for item in self.only_areas:
            if re.fullmatch(r"\d\d(\.\d+)*", item):
                found.add(item)
                continue
            held = () if self.priority is None else self.priority.loc[self.priority["kind"] == item, "area_code"]
            if not len(held):
                message = f"options.only_areas '{item}' is neither an area code nor a kind of the priority layer"
                raise LayerError(message, code="candidates_only_areas", item=item)
            found |= {str(code) for code in held}
        return tuple(sorted(found))

    @cached_property
    def need_tree(self) -> cKDTree:
        """Tree of the cells of `need`."""
        from scipy.spatial import cKDTree

        return cKDTree(xyz_km(self.need["lon_deg"].to_numpy(float), self.need["lat_deg"].to_numpy(float)))

    @cached_property
    def cluster_centres(self) -> NDArray[np.int64]:
        """Rows of `need` in the middle of clusters (`planner.plan.clustering`)."""
        from planner.plan.clustering import cluster_centres

        return cluster_centres(self.need, self.spec)

    @cached_property
    def landmass(self) -> NDArray[np.int32]:
        """Number of the connected piece of land of each pixel, 0 on water."""
        return label_landmass(self.land)

    def is_dry(self, row: NDArray[np.int64], col: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the terrain is known to stand more than 1 m above the sea at pixels; those off the grid are not known."""
        found = np.zeros(len(row), dtype=bool)
        if self.terrain is not None:
            inside = np.flatnonzero(self.grid.contains(row, col))
            found[inside] = self.terrain.values[row[inside], col[inside]] > 1.0
        return found

    def slope_deg(self, row: NDArray[np.int64], col: NDArray[np.int64]) -> Floats:
        """Slope of the ground in pixels of the grid by central differences; NaN where it is not known."""
        if self.terrain is None:
            return np.full(len(row), np.nan)
        grid, ground = self.terrain.grid, self.terrain.values
        up, down = np.maximum(row - 1, 0), np.minimum(row + 1, grid.n_rows - 1)
        left, right = np.maximum(col - 1, 0), np.minimum(col + 1, grid.n_cols - 1)
        _, lat = grid.lon_lat(row, col)
        lon_m, lat_m = metres_per_degree(lat)
        north = (ground[up, col].astype(np.float64) - ground[down, col]) / (
            lat_m * grid.pixel_deg * np.maximum(down - up, 1)
        )
        east = (ground[row, right].astype(np.float64) - ground[row, left]) / (
            lon_m * grid.pixel_deg * np.maximum(right - left, 1)
        )
        slope: Floats = np.degrees(np.arctan(np.hypot(north, east)))
        return slope

    def need_near(self, lon_deg: Floats, lat_deg: Floats) -> list[list[int]]:
        """Rows of `need` within ``reach_km`` of each point, each list ascending."""
        if self.need.empty or not len(lon_deg):
            return [[] for _ in range(len(lon_deg))]
        found = self.need_tree.query_ball_point(xyz_km(lon_deg, lat_deg), self.spec.reach_km, return_sorted=True)
        return list(found)

    def weight_near(self, lon_deg: Floats, lat_deg: Floats, *, only_unserved: bool = False) -> Floats:
        """Weight that lacks service within ``reach_km`` of each point; of cells without any signal only, if asked."""
        weight = self.need["weight"].to_numpy(float)
        if only_unserved:
            weight = np.where(self.need["level"] == "unserved", weight, 0.0)
        return np.array([weight[near].sum() for near in self.need_near(lon_deg, lat_deg)], dtype=np.float64)

    def at(self, raster: Raster | None, lon_deg: Floats, lat_deg: Floats) -> Floats:
        """Values of a raster at points, NaN outside it or without it."""
        found = np.full(len(lon_deg), np.nan)
        if raster is None:
            return found
        row, col = raster.grid.row_col(lon_deg, lat_deg)
        inside = raster.grid.contains(row, col)
        found[inside] = raster.values[row[inside], col[inside]]
        return found


def places(generator: str, **columns: Any) -> pd.DataFrame:
    """A generator's answer with every raw column; neutral values where none is given."""
    neutral = {"generator": generator, "ref_id": "", "name": "", "place_kind": "new", "access_mode": ""}
    empty: dict[str, Any] = {"lon_deg": np.empty(0), "lat_deg": np.empty(0)}
    return pd.DataFrame({**neutral, **(columns or empty)})[list(RAW_COLUMNS)]


def texts(values: pd.Series) -> NDArray[np.str_]:
    """A text column as an array, missing values empty (a column without any text arrives as numbers)."""
    return np.asarray(values.astype(object).where(values.notna(), "").astype(str).to_numpy(), dtype=str)
