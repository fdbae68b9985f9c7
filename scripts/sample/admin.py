"""Schematic areas: kabupaten by weighted Voronoi of the towns, desa by centres spread where people would live."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sample.coast import burn
from sample.common import GRID, PIXEL_KM, World, blur, km_east_north, rng

__all__ = ["make_desa", "make_kabupaten", "settlement_weight", "write_admin"]

KECAMATAN_FROM = 51
"""First schematic kecamatan number: the highest real one in the province is 32, so no code is anybody's."""

GUIDES: tuple[tuple[str, float, float], ...] = (
    # extra seeds (kabupaten, lon_deg, lat_deg), drawn by hand where towns alone give a wrong shape
    ("53.19", 120.85, -8.55), ("53.09", 121.0, -8.58), ("53.16", 121.3, -8.68), ("53.08", 121.5, -8.62),
    ("53.08", 121.95, -8.6), ("53.07", 122.38, -8.62), ("53.11", 120.0, -10.0), ("53.11", 120.4, -9.95),
    ("53.12", 119.35, -9.75), ("53.17", 119.6, -9.8), ("53.18", 119.1, -9.52), ("53.02", 124.4, -9.75),
    ("53.02", 124.6, -9.95), ("53.03", 124.6, -9.3), ("53.01", 124.1, -10.2), ("53.01", 123.9, -9.85),
    ("53.21", 124.85, -9.65), ("53.04", 125.0, -9.2), ("53.15", 120.0, -8.6), ("53.10", 120.4, -8.7),
    ("53.07", 121.71, -8.32), ("53.01", 123.6, -9.98), ("53.01", 123.72, -10.02), ("53.71", 123.62, -10.2),
)  # fmt: skip

SHARED_ISLANDS: dict[int, tuple[str, ...]] = {
    # number of the island by falling size: kabupaten that share it
    1: ("53.15", "53.10", "53.19", "53.09", "53.16", "53.08", "53.07", "53.06"),
    2: ("53.01", "53.02", "53.03", "53.04", "53.21", "53.71"),
    3: ("53.11", "53.12", "53.17", "53.18"),
}

NAMED: tuple[tuple[str, str, float, float], ...] = (
    # kecamatan named in the sources of ntt_kabupaten.csv; position by memory, low confidence
    ("53.19", "Elar", 120.86, -8.45),
    ("53.19", "Elar Selatan", 120.87, -8.6),
    ("53.19", "Lamba Leda Selatan", 120.57, -8.56),
)


def make_kabupaten(world: World) -> None:
    """Fill ``kab``: position in the kabupaten table of every land pixel of the province, -1 elsewhere."""
    codes = list(world.kabupaten["kemendagri_code"])
    seeds = [
        (codes.index(t.kabupaten_code), t.lon_deg, t.lat_deg)
        for t in world.towns.itertuples()
        if t.kabupaten_code in codes
    ]
    seeds += [(codes.index(code), lon, lat) for code, lon, lat in GUIDES]
    number = np.array([s[0] for s in seeds])
    x, y = km_east_north([s[1] for s in seeds], [s[2] for s in seeds])
    world.kab = np.full(GRID.shape, -1, dtype=np.int16)
    pixel_km2 = PIXEL_KM[0] * PIXEL_KM[1]
    for island in sorted(range(1, int(world.island.max()) + 1), key=lambda k: k in SHARED_ISLANDS):
        rows, cols = np.nonzero(world.island == island)
        if not len(rows):
            continue
        px, py = (cols + 0.5) * PIXEL_KM[0], -(rows + 0.5) * PIXEL_KM[1]
        allowed = [codes.index(code) for code in SHARED_ISLANDS.get(island, ())]
        if not allowed:
            away = (x[:, None] - px.mean()) ** 2 + (y[:, None] - py.mean()) ** 2
            world.kab[rows, cols] = number[int(np.argmin(away[:, 0]))]
            continue
        away = np.stack([_nearest2(x[number == k], y[number == k], px, py) for k in allowed])
        given = np.bincount(world.kab[world.kab >= 0], minlength=len(codes))[allowed] * pixel_km2  # on small islands
        area = world.kabupaten["area_km2"].to_numpy()[allowed] - given
        world.kab[rows, cols] = np.array(allowed)[_balanced(away, area / area.sum())]


def _nearest2(x: NDArray[Any], y: NDArray[Any], px: NDArray[Any], py: NDArray[Any]) -> NDArray[np.float64]:
    away, _ = cKDTree(np.column_stack((x, y))).query(np.column_stack((px, py)))
    return np.asarray(away, dtype=np.float64) ** 2


def _balanced(away2: NDArray[np.float64], want: NDArray[np.float64]) -> NDArray[np.int64]:
    """Power diagram whose weights are moved until the areas have the wanted shares."""
    weight = np.zeros(len(want))
    for step in range(160):
        chosen = np.argmin(away2 - weight[:, None], axis=0)
        have = np.bincount(chosen, minlength=len(want)) / away2.shape[1]
        weight += (900.0 if step < 80 else 250.0) * (want - have) / np.sqrt(want)
    return np.asarray(np.argmin(away2 - weight[:, None], axis=0), dtype=np.int64)


def settlement_weight(world: World) -> NDArray[np.float32]:
    """How likely people settle at each pixel: gentle ground, roads, coasts, towns; not the high hills."""
    ground = np.exp(-world.terrain_m / 1500.0) * np.exp(-((world.slope / 0.25) ** 2))
    near = 0.3 + np.exp(-world.road_km / 3.0) + 0.45 * np.exp(-world.coast_km / 1.5)
    town = np.zeros(GRID.shape, dtype=np.float32)
    for t in world.towns.itertuples():
        row, col = GRID.row_col(t.lon_deg, t.lat_deg)
        if GRID.contains(row, col):
            town[row, col] += {"A": 2.0, "B": 1.0, "C": 0.6}.get(t.size_class, 0.35)
    pull = blur(town, 4.0)
    weight = ground * near + 3.5 * pull / pull.max()
    return np.where(world.is_ntt, weight, 0.0).astype(np.float32)


def make_desa(world: World, islands: list[Any]) -> gpd.GeoDataFrame:
    """Fill ``desa`` (centres with code, name, kecamatan) and ``desa_at``; return the desa polygons."""
    weight = settlement_weight(world)
    parts = []
    for number, row in enumerate(world.kabupaten.itertuples()):
        rows, cols = np.nonzero(world.kab == number)
        points = np.column_stack(((cols + 0.5) * PIXEL_KM[0], -(rows + 0.5) * PIXEL_KM[1]))
        at = _centres(points, weight[rows, cols].astype(np.float64), row.n_desa, f"desa-{row.kemendagri_code}")
        group = _groups(points[at], row.n_kecamatan, f"kecamatan-{row.kemendagri_code}")
        parts.append(_named(world, row, rows[at], cols[at], group))
    world.desa = pd.concat(parts, ignore_index=True)
    shapes = _voronoi(world.desa, islands)
    world.desa_at = burn([(shape, k) for k, shape in enumerate(shapes)], fill=-1)
    return gpd.GeoDataFrame(world.desa.copy(), geometry=shapes, crs="EPSG:4326")


def _centres(points: NDArray[Any], weight: NDArray[Any], n: int, name: str) -> NDArray[np.int64]:
    """Pixels spread like the weights but apart from each other (weighted Lloyd rounds)."""
    draw = rng(name)
    first = draw.choice(len(points), size=n, replace=False, p=weight / weight.sum())
    centre = points[first]
    for _ in range(6):
        _, owner = cKDTree(centre).query(points)
        total = np.bincount(owner, weights=weight, minlength=n)
        mean = np.column_stack([np.bincount(owner, weights=weight * points[:, k], minlength=n) for k in (0, 1)])
        centre = np.where(total[:, None] > 0, mean / np.maximum(total, 1e-12)[:, None], centre)
    centre = centre + draw.normal(0.0, 0.25, centre.shape)
    taken: set[int] = set()
    _, near = cKDTree(points).query(centre, k=min(12, len(points)))
    chosen = np.empty(n, dtype=np.int64)
    for k in range(n):  # a pixel may be the nearest of two centres: the later takes its next
        chosen[k] = next((int(p) for p in near[k] if int(p) not in taken), int(near[k][0]))
        taken.add(int(chosen[k]))
    return chosen


def _groups(points: NDArray[Any], n: int, name: str) -> NDArray[np.int64]:
    """Groups of neighbouring centres, none empty, numbered from west to east."""
    centre = points[rng(name).choice(len(points), size=n, replace=False)]
    for _ in range(25):
        _, owner = cKDTree(centre).query(points)
        for k in range(n):
            if not (owner == k).any():
                owner[int(np.argmax(np.hypot(*(points - centre[owner]).T)))] = k
        centre = np.array([points[owner == k].mean(axis=0) for k in range(n)])
    rank = np.argsort(np.argsort(centre[:, 0], kind="stable"), kind="stable")
    return np.asarray(rank[owner], dtype=np.int64)


def _named(world: World, kab: Any, rows: NDArray[Any], cols: NDArray[Any], group: NDArray[Any]) -> pd.DataFrame:
    lon, lat = GRID.lon_lat(rows, cols)
    frame = pd.DataFrame({"row": rows, "col": cols, "lon_deg": lon, "lat_deg": lat, "group": group})
    frame = frame.sort_values(["group", "lat_deg", "lon_deg"], ascending=[True, False, True], ignore_index=True)
    order = frame.groupby("group").cumcount()
    kecamatan = [f"{kab.kemendagri_code}.{KECAMATAN_FROM + g:02d}" for g in frame["group"]]
    frame["kecamatan_code"] = kecamatan
    frame["code"] = [f"{kec}.{2001 + k}" for kec, k in zip(kecamatan, order, strict=True)]
    frame["name"] = [f"Desa {kab.name} {k + 1} (skematis)" for k in range(len(frame))]
    frame["kecamatan_name"] = [f"Kec. {kab.name} {g + 1} (skematis)" for g in frame["group"]]
    frame["kabupaten_code"] = kab.kemendagri_code
    frame["town"] = ""
    x, y = km_east_north(frame["lon_deg"], frame["lat_deg"])
    places = [
        (t.name_, t.size_class, t.lon_deg, t.lat_deg)
        for t in world.towns.rename(columns={"name": "name_"}).itertuples()
        if t.kabupaten_code == kab.kemendagri_code
    ]
    places.sort(key=lambda place: place[1], reverse=True)  # the largest town is written last, so its name stands
    for name, _, t_lon, t_lat in places:
        tx, ty = km_east_north(t_lon, t_lat)
        at = int(np.argmin(np.hypot(x - tx, y - ty)))
        frame.loc[at, ["name", "town"]] = [name, name]
        frame.loc[frame["group"] == frame.loc[at, "group"], "kecamatan_name"] = f"Kec. {name} (skematis)"
    for code, name, t_lon, t_lat in NAMED:
        if code == kab.kemendagri_code:
            tx, ty = km_east_north(t_lon, t_lat)
            at = int(np.argmin(np.hypot(x - tx, y - ty)))
            frame.loc[frame["group"] == frame.loc[at, "group"], "kecamatan_name"] = f"Kec. {name} (skematis)"
    return frame.drop(columns="group")


def _voronoi(desa: pd.DataFrame, islands: list[Any]) -> list[Any]:
    """One polygon a desa: Voronoi of the centres of each island; islets without a centre join the nearest desa."""
    points = shapely.points(desa["lon_deg"], desa["lat_deg"])
    parts: list[list[Any]] = [[] for _ in range(len(desa))]
    x, y = km_east_north(desa["lon_deg"], desa["lat_deg"])
    tree = cKDTree(np.column_stack((x, y)))
    for island in islands:
        inside = np.flatnonzero(shapely.contains_xy(island.buffer(0.004), desa["lon_deg"], desa["lat_deg"]))
        if len(inside) < 2:
            at = island.representative_point()
            own = int(inside[0]) if len(inside) else int(tree.query(np.array(km_east_north(at.x, at.y)))[1])
            parts[own].append(island)
            continue
        cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points[inside]), extend_to=island))
        owner = shapely.STRtree(points[inside]).query(cells, predicate="contains")
        for cell, which in zip(owner[0], owner[1], strict=True):
            part = shapely.set_precision(shapely.intersection(cells[cell], island), 1e-5)
            parts[int(inside[which])].append(part)
    return [shapely.union_all(part, grid_size=1e-5) for part in parts]


def write_admin(path: Path, world: World, shapes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Write provinsi, kabupaten, kecamatan and desa as one GeoParquet; return it."""
    people = np.bincount(world.desa_at[world.people > 0], weights=world.people[world.people > 0], minlength=len(shapes))
    desa = shapes.assign(level="desa", parent_code=shapes["kecamatan_code"], people=people, bps_code="")
    kecamatan = _dissolved(desa, "kecamatan_code", "kecamatan", parent=slice(0, 5))
    kabupaten = _dissolved(desa, "kabupaten_code", "kabupaten", parent=slice(0, 2))
    names = world.kabupaten.set_index("kemendagri_code")
    is_city = kabupaten["code"].str[3] == "7"
    bare = names.loc[kabupaten["code"], "name"].str.removeprefix("Kota ").to_numpy()  # the reference says Kota Kupang
    kabupaten["name"] = np.where(is_city, "Kota ", "Kabupaten ") + bare
    kabupaten["bps_code"] = names.loc[kabupaten["code"], "bps_code"].to_numpy()
    name_of = dict(zip(world.desa["kecamatan_code"], world.desa["kecamatan_name"], strict=True))
    kecamatan["name"] = kecamatan["code"].map(name_of)
    province = gpd.GeoDataFrame(
        {"code": ["53"], "bps_code": ["53"], "name": ["Nusa Tenggara Timur"], "level": ["provinsi"], "parent_code": [""],
         "people": [float(kabupaten["people"].sum())]},
        geometry=[shapely.union_all(kabupaten.geometry.to_numpy(), grid_size=1e-5)], crs="EPSG:4326",
    )  # fmt: skip
    columns = ["code", "bps_code", "name", "level", "parent_code", "people", "geometry"]
    table = pd.concat([part[columns] for part in (province, kabupaten, kecamatan, desa)], ignore_index=True)
    at = table.geometry.representative_point()
    table["lon_deg"], table["lat_deg"] = at.x.round(6), at.y.round(6)
    own = table["level"] == "desa"
    table.loc[own, "lon_deg"], table.loc[own, "lat_deg"] = (
        desa["lon_deg"].round(5).to_numpy(),
        desa["lat_deg"].round(5).to_numpy(),
    )
    table["source"] = np.where(
        table["level"].isin(["provinsi", "kabupaten"]), "code, name, people: facts; shape schematic", "schematic"
    )
    table["evidence"] = "schematic"
    table = gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326")
    table.to_parquet(path, index=False, compression="zstd", geometry_encoding="WKB", write_covering_bbox=False)
    return table


def _dissolved(desa: gpd.GeoDataFrame, key: str, level: str, *, parent: slice) -> gpd.GeoDataFrame:
    groups = desa.groupby(key, sort=True)
    codes = list(groups.groups)
    shapes = [shapely.union_all(part.geometry.to_numpy(), grid_size=1e-5) for _, part in groups]
    table = {"code": codes, "bps_code": "", "name": codes, "level": level, "parent_code": [c[parent] for c in codes],
             "people": groups["people"].sum().to_numpy()}  # fmt: skip
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")
