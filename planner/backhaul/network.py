"""What the technologies look at (`Network`) and what they find (`Links`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any  # Any: columns of a table are arrays, series or single values

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.backhaul.near import label_landmass
from planner.grid import Grid, Raster
from planner.specs.climate import ClimateSpec

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "EDGE_COLUMNS",
    "NODE_COLUMNS",
    "REFUSED_COLUMNS",
    "Links",
    "Network",
    "edge_table",
    "node_table",
    "refused_table",
    "weakest",
]

NODE_COLUMNS = (
    "node_id", "kind", "ref_id", "name", "lon_deg", "lat_deg", "height_m", "capacity_mbps", "is_capacity_known",
    "pool", "tower_capex_idr", "tower_opex_idr_per_year", "tower_cost_idr", "evidence",
)  # fmt: skip
EDGE_COLUMNS = (
    "from_id", "to_id", "technology", "kind", "pool", "length_km", "sea_km", "capacity_mbps", "reserved_mbps",
    "capex_idr", "opex_idr_per_year", "cost_idr", "clearance_f1_share", "margin_db", "multipath_percent",
    "rain_percent", "unavailable_percent", "elevation_deg", "latency_ms", "has_terrain", "evidence",
)  # fmt: skip
REFUSED_COLUMNS = (
    "from_id", "to_id", "technology", "refused", "length_km", "margin_db", "multipath_percent", "rain_percent",
    "unavailable_percent", "clearance_f1_share", "elevation_deg",
)  # fmt: skip
_NODE_DEFAULTS: dict[str, Any] = {
    "ref_id": "", "name": "", "lon_deg": np.nan, "lat_deg": np.nan, "height_m": np.nan, "capacity_mbps": np.inf, "is_capacity_known": False, "pool": "",
    "tower_capex_idr": 0.0, "tower_opex_idr_per_year": 0.0, "tower_cost_idr": 0.0, "evidence": "observed",
}  # fmt: skip
_EDGE_DEFAULTS: dict[str, Any] = {
    "pool": "", "sea_km": 0.0, "reserved_mbps": 0.0, "clearance_f1_share": np.nan, "margin_db": np.nan,
    "multipath_percent": np.nan, "rain_percent": np.nan, "unavailable_percent": np.nan, "elevation_deg": np.nan,
    "latency_ms": np.nan, "has_terrain": False, "evidence": "observed",
}  # fmt: skip
_RANK = ("observed", "estimate", "schematic", "synthetic")


@dataclass(frozen=True, eq=False)
class Network:
    """Places, roots and relays with the ground between them.

    Parameters
    ----------
    nodes
        `NODE_COLUMNS`, sorted by ``node_id``: kinds ``place``, ``root`` and ``relay``.
    grid, land, terrain
        The run's grid, its land mask (None: not known) and ground heights (None: not known).
    roads
        Lines with ``length_factor`` (None or empty: no roads known).
    satellite, gateways
        Their layers.
    climate
        Rain and refractivity by place; None: what each technology assumes for the country.
    """

    nodes: pd.DataFrame
    grid: Grid
    land: NDArray[np.bool_] | None
    terrain: Raster | None
    roads: gpd.GeoDataFrame | None
    satellite: pd.DataFrame
    gateways: pd.DataFrame
    climate: ClimateSpec | None = None

    @cached_property
    def landmass(self) -> NDArray[np.int32] | None:
        """Number of the connected piece of land of each pixel, 0 on water; None without a land mask."""
        return None if self.land is None else label_landmass(self.land)

    @cached_property
    def ground(self) -> Raster | None:
        """Terrain with 0 m where it knows nothing and no land of the region lies: the sea.

        Land of a neighbour country keeps the height the terrain gives it, although the mask does not hold it.
        """
        if self.terrain is None or self.land is None or self.land.shape != self.terrain.values.shape:
            return self.terrain
        height = np.array(self.terrain.values, dtype=np.float32)
        height[np.isnan(height) & ~self.land] = 0.0
        return Raster(self.terrain.grid, height, self.terrain.unit)

    def foot_m(self, lon_deg: NDArray[Any], lat_deg: NDArray[Any]) -> NDArray[np.float64]:
        """Ground at places, m; 0 where it is not known, the unfavourable side (low hops fade more, rain is deeper)."""
        foot = np.zeros(np.shape(lon_deg))
        if self.ground is not None:
            row, col = self.ground.grid.row_col(lon_deg, lat_deg)
            inside = self.ground.grid.contains(row, col)
            foot[inside] = self.ground.values[row[inside], col[inside]]
        return np.nan_to_num(foot, nan=0.0)

    def of_kind(self, *kinds: str) -> pd.DataFrame:
        """Nodes of the given kinds, in order of ``node_id``."""
        return self.nodes.loc[self.nodes["kind"].isin(kinds)].reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class Links:
    """Links of one technology, the nodes they bring with them (forks, beams), and links that do not hold.

    ``refused`` has `REFUSED_COLUMNS`: why (``margin``, ``rain``, ``multipath``, ``clearance``,
    ``unknown_ground``, ``elevation``, ``outline``) and the numbers behind it.
    """

    edges: pd.DataFrame
    nodes: pd.DataFrame
    refused: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(REFUSED_COLUMNS)))


def node_table(columns: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Nodes with every declared column; those not given take their neutral value.

    Parameters
    ----------
    columns
        Arrays of one length, or single values for all rows; at least ``node_id`` is an array.
    """
    return pd.DataFrame({**_NODE_DEFAULTS, **(columns or {"node_id": [], "kind": []})})[list(NODE_COLUMNS)]


def edge_table(columns: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Edges with every declared column; those not given take their neutral value."""
    none: dict[str, Any] = {name: [] for name in EDGE_COLUMNS if name not in _EDGE_DEFAULTS}
    return pd.DataFrame({**_EDGE_DEFAULTS, **(columns or none)})[list(EDGE_COLUMNS)]


def refused_table(columns: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Links that do not hold, with every declared column; a number that was not computed is NaN."""
    none: dict[str, Any] = {name: [] for name in ("from_id", "to_id", "technology", "refused")}
    given = {**dict.fromkeys(REFUSED_COLUMNS, np.nan), **(columns or none)}
    return pd.DataFrame(given)[list(REFUSED_COLUMNS)]


def weakest(*evidence: object) -> NDArray[np.str_]:
    """The weakest of several evidences, row by row.

    Examples
    --------
    >>> weakest(np.array(["observed", "synthetic"]), "estimate").tolist()
    ['estimate', 'synthetic']
    """
    ranks = [np.searchsorted(np.array(_ORDERED), np.asarray(item, dtype=str)) for item in evidence]
    worst = np.maximum.reduce(np.broadcast_arrays(*[_RANK_OF_ORDERED[rank] for rank in ranks]))
    return np.asarray(_RANK, dtype=str)[worst]


_ORDERED = sorted(_RANK)
_RANK_OF_ORDERED = np.array([_RANK.index(name) for name in _ORDERED])
