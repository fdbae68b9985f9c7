"""Several sources of areas as one layer: polygons of any level, code tables, and the outlines above them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.layers.admin import with_points
from planner.layers.gazetteer import Gazetteer, level_of, make_gazetteer, parent_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["merge_admin"]


def merge_admin(frames: Sequence[pd.DataFrame]) -> gpd.GeoDataFrame:
    """One row for each code.

    Parameters
    ----------
    frames
        Conformed admin sources in the scenario's order: GeoDataFrames, or tables of codes without shapes.

    Returns
    -------
    GeoDataFrame
        Columns of the `admin` layer, by code. Of two sources of one code the first with a shape gives the
        shape and the name; empty BPS codes, people and points are filled from the others. Areas above
        polygons that no source gives are made: their outline is that of their known parts (``estimate``).
    """
    import geopandas as gpd
    import pandas as pd

    parts = [_with_geometry(frame).assign(source_rank=rank) for rank, frame in enumerate(frames)]
    every = pd.concat(parts, ignore_index=True)
    has_shape = (every["geometry"].notna() & ~gpd.GeoSeries(every["geometry"]).is_empty).to_numpy()
    order = np.lexsort((every["source_rank"].to_numpy(), ~has_shape, every["code"].to_numpy(dtype=str)))
    ranked = every.iloc[order]
    for column in ("bps_code", "name"):
        ranked[column] = ranked[column].where(ranked[column] != "", None)
    merged = ranked.groupby("code", sort=True, as_index=False).first()
    for column in ("bps_code", "name", "source", "parent_code"):
        merged[column] = merged[column].fillna("")
    frame = gpd.GeoDataFrame(merged.drop(columns="source_rank"), geometry="geometry", crs="EPSG:4326")
    return with_points(_with_parents(frame))


def _with_geometry(frame: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    plain = pd.DataFrame(frame)
    shapes = frame["geometry"].to_numpy() if "geometry" in frame else np.full(len(frame), None, dtype=object)
    return plain.drop(columns="geometry", errors="ignore").assign(geometry=pd.Series(shapes, dtype=object))


def _with_parents(areas: Any) -> Any:
    """Add areas above those that have shapes; give shapeless parents the outline of their parts."""
    import geopandas as gpd
    import pandas as pd

    gazetteer = make_gazetteer(None)
    for depth in (3, 2, 1):  # from kecamatan up to provinsi
        shaped = areas.loc[areas.geometry.notna() & ~areas.geometry.is_empty]
        known = set(shaped["code"])
        below = shaped.loc[(shaped["code"].str.count(r"\.") == depth) & ~shaped["code"].map(parent_of).isin(known)]
        if below.empty:
            continue
        rows = [_parent(code, parts, areas, gazetteer) for code, parts in below.groupby(below["code"].map(parent_of))]
        made = gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")
        rest = areas.loc[~areas["code"].isin(made["code"])]
        areas = gpd.GeoDataFrame(pd.concat([rest, made], ignore_index=True), geometry="geometry", crs="EPSG:4326")
    return areas


def _parent(code: str, parts: Any, areas: Any, gazetteer: Gazetteer) -> dict[str, Any]:
    import shapely

    shape = shapely.union_all(parts.geometry.to_numpy())
    row = {
        "code": code, "bps_code": "", "name": gazetteer.names.get(code, code), "level": level_of(code),
        "parent_code": parent_of(code), "people": np.nan, "lon_deg": np.nan, "lat_deg": np.nan, "source": "",
        "evidence": "estimate", "geometry": shape,
    }  # fmt: skip
    listed = areas.loc[areas["code"] == code]
    return row if listed.empty else {**listed.iloc[0].to_dict(), "geometry": shape}
