"""Makes the context of the score from layers: distance to the backbone, lists, sectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.score.inputs import ScoreContext
from planner.units import EARTH_RADIUS_KM

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["backbone_distance_km", "score_context"]

_STEP_DEG = 0.005
"""Lines are taken as points at most this far apart (about 550 m), which is the error of a distance to
a line at worst close to it, and 150 m at 1 km."""


def score_context(
    cells: pd.DataFrame,
    *,
    fiber: gpd.GeoDataFrame | None,
    fiber_nodes: pd.DataFrame | None,
    priority: pd.DataFrame | None,
    priority_sectors: tuple[str, ...] = (),
) -> ScoreContext:
    """Context of a run.

    Parameters
    ----------
    cells
        Demand cells.
    fiber, fiber_nodes
        Backbone routes and nodes; None or empty where the run has none.
    priority
        Listed areas; None or an empty table where the run has no list.
    priority_sectors
        KBLI letters named by the scenario.
    """
    return ScoreContext(
        backbone_km=backbone_distance_km(cells, fiber, fiber_nodes),
        priority=priority if priority is not None and len(priority) else None,
        has_priority_sectors=bool(priority_sectors),
    )


def backbone_distance_km(
    cells: pd.DataFrame, fiber: gpd.GeoDataFrame | None, fiber_nodes: pd.DataFrame | None
) -> NDArray[np.float64] | None:
    """Great-circle distance of each cell to the nearest place where the backbone can be entered.

    Parameters
    ----------
    cells
        Demand cells.
    fiber
        Routes; those in service on land count. A sea cable passes by without a way in: only its
        landing nodes count.
    fiber_nodes
        Nodes, all of them.

    Returns
    -------
    array or None
        Kilometres; None when no backbone is known at all.
    """
    from scipy.spatial import KDTree

    places = []
    if fiber_nodes is not None and len(fiber_nodes):
        nodes = fiber_nodes[["lon_deg", "lat_deg"]].to_numpy(dtype=np.float64)
        places.append(nodes)
    if fiber is not None and len(fiber):
        import shapely

        on_land = fiber.loc[(fiber["kind"] == "land") & (fiber["status"].fillna("in_service") == "in_service")]
        shapes = on_land.geometry.to_numpy()
        shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        places.append(shapely.get_coordinates(shapely.segmentize(shapes, _STEP_DEG)))
    points = np.concatenate(places) if places else np.zeros((0, 2))
    if len(points) == 0:
        return None
    chord, _ = KDTree(_unit_vectors(points)).query(
        _unit_vectors(cells[["lon_deg", "lat_deg"]].to_numpy(dtype=np.float64))
    )
    return np.asarray(2.0 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, chord / 2.0)), dtype=np.float64)


def _unit_vectors(lon_lat_deg: NDArray[Any]) -> NDArray[np.float64]:
    lon, lat = np.radians(lon_lat_deg).T
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
