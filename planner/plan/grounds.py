"""On what grounds a programme may build at a place, and what forbids it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.plan.world import CandidateWorld, texts
from planner.schema_columns import PRIORITY_KINDS

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["EXCLUSION_KINDS", "eligibility", "exclusions_at", "is_below", "meets_grounds"]

EXCLUSION_KINDS = ("water", "protected", "hazard", "aviation", "other")
Floats = NDArray[np.float64]


def eligibility(world: CandidateWorld, found: pd.DataFrame) -> NDArray[np.str_]:
    """Grounds of each candidate, in the order of `planner.schema_columns.ELIGIBILITY`, separated by ``;``.

    Parameters
    ----------
    world
        Layers.
    found
        Candidates with ``area_code, place_kind, provenance, lon_deg, lat_deg``.

    Notes
    -----
    The kinds of the priority areas that hold it; ``blank_spot`` where cells without any signal within ``reach_km``
    hold ``min_weight``; ``land`` where a tower or public building stands, or a proposal states the land; ``asked``
    where a proposal asks for it; ``decided`` where a planner's decision forces or locks a site (it is built whatever
    the grounds asked for: the decision carries its reason and letter).
    """
    code = found["area_code"].to_numpy(dtype=str)
    lon, lat = found["lon_deg"].to_numpy(float), found["lat_deg"].to_numpy(float)
    names, number = np.unique(code, return_inverse=True)
    held: dict[str, NDArray[np.bool_]] = {}
    priority = pd.DataFrame({"kind": [], "area_code": []}) if world.priority is None else world.priority
    for kind in PRIORITY_KINDS:
        areas = tuple(texts(priority.loc[priority["kind"] == kind, "area_code"]))
        if areas:
            held[kind] = np.array([is_below(name, areas) for name in names], dtype=bool)[number]
    held["blank_spot"] = world.weight_near(lon, lat, only_unserved=True) >= world.spec.min_weight
    asked = [_proposals(text) for text in found["provenance"].tolist()]
    granted: set[str] = set()
    if len(world.proposals) and "land_status" in world.proposals:
        stated = texts(world.proposals["land_status"]) != ""
        granted = set(texts(world.proposals.loc[stated, "proposal_id"]))
    has_land = np.array([bool(granted & names_) for names_ in asked], dtype=bool)
    held["land"] = has_land | (found["place_kind"] != "new").to_numpy(bool)
    held["asked"] = np.array([bool(names_) for names_ in asked], dtype=bool)
    held["decided"] = found["provenance"].str.contains("decisions:").to_numpy(dtype=bool)
    return np.array([";".join(name for name in held if held[name][k]) for k in range(len(found))], dtype=str)


def _proposals(provenance: str) -> set[str]:
    """Proposals that named a place."""
    parts = (part.partition(":") for part in provenance.split(";"))
    return {ref for generator, _, ref in parts if generator == "proposals"}


def meets_grounds(grounds: pd.Series, wanted: tuple[str, ...]) -> NDArray[np.bool_]:
    """Whether all wanted grounds hold; ``a|b`` wants either.

    Examples
    --------
    >>> meets_grounds(pd.Series(["3T;land", "land"]), ("3T|border", "land")).tolist()
    [True, False]
    """
    meets = np.ones(len(grounds), dtype=bool)
    for item in wanted:
        either = set(item.split("|"))
        meets &= np.array([bool(either & set(text.split(";"))) for text in grounds.tolist()], dtype=bool)
    return meets


def is_below(code: str, areas: tuple[str, ...]) -> bool:
    """Whether a code is, or lies below, one of some areas; true where there are none.

    Examples
    --------
    >>> is_below("53.01.02", ("53.01",)), is_below("53.10", ("53.1",))
    (True, False)
    """
    return not areas or any(code == area or code.startswith(f"{area}.") for area in areas)


def exclusions_at(areas: gpd.GeoDataFrame | None, lon_deg: Floats, lat_deg: Floats) -> tuple[NDArray[np.str_], Floats]:
    """Kind of area that shuts each point ("" = none), and the lowest limit of height there in metres (NaN = none).

    Parameters
    ----------
    areas
        Layer ``exclusions``. An area with ``max_height_m`` above 0 shuts nothing, it limits heights.
    lon_deg, lat_deg
        Points; those on an edge count as inside.
    """
    kind = np.full(len(lon_deg), "", dtype="U20")
    limit = np.full(len(lon_deg), np.nan)
    if areas is None or not len(areas) or not len(lon_deg):
        return kind, limit
    import shapely

    point, area = shapely.STRtree(areas.geometry.to_numpy()).query(
        shapely.points(lon_deg, lat_deg), predicate="intersects"
    )
    height = areas["max_height_m"].to_numpy(float)[area]
    rank = areas["kind"].map({name: k for k, name in enumerate(EXCLUSION_KINDS)}).to_numpy(np.int64)[area]
    first = np.full(len(lon_deg), len(EXCLUSION_KINDS))
    np.minimum.at(first, point[height <= 0], rank[height <= 0])
    np.fmin.at(limit, point[height > 0], height[height > 0])
    return np.array([*EXCLUSION_KINDS, ""])[first], limit
