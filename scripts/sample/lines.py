"""Schematic roads, fiber routes and submarine cables: least-effort paths through the towns in their known order."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from planner.geo import distance_km
from sample.common import (
    GRID,
    PIXEL_KM,
    World,
    distance_km_to,
    nearest_true,
    path_line,
    read_reference,
    write_csv,
    write_geojson,
)

__all__ = ["add_local_roads", "make_trunk_roads", "write_fiber", "write_roads"]

LINKS: tuple[tuple[str, str], ...] = (
    # further roads between towns of the table, drawn by hand: kabupaten and coast roads
    ("Labuan Bajo", "Terang"), ("Terang", "Bari"), ("Bari", "Reo"), ("Reo", "Pota"), ("Ruteng", "Pagal"), ("Pagal", "Benteng Jawa"),
    ("Pota", "Riung"), ("Riung", "Mbay"), ("Mbay", "Maurole"), ("Maurole", "Maumere"), ("Moni (Koanara)", "Maurole"),
    ("Larantuka", "Boru"), ("Waiwerang", "Waiwerang"), ("Lewoleba", "Balauring"), ("Lewoleba", "Lamalera"), ("Kalabahi", "Moru"),
    ("Kalabahi", "Maritaing"), ("Kabir", "Baranusa"), ("Waingapu", "Melolo"), ("Melolo", "Baing"), ("Waibakul (Anakalang)", "Mamboro"),
    ("Kupang", "Bolok"), ("Camplong", "Lelogama"), ("Lelogama", "Naikliu"), ("Soe", "Kolbano"), ("Kefamenanu", "Eban"),
    ("Betun", "Besikama"), ("Atambua", "Atapupu"), ("Atapupu", "Motaain (Silawan)"), ("Baa", "Papela"), ("Baa", "Nemberala"),
    ("Oelamasi (Naibonat)", "Oesao"), ("Kolbano", "Besikama"), ("Maumere", "Larantuka"),
)  # fmt: skip

SEA_DEG = 0.02
SEA_FRAME_DEG = (117.2, -11.3, 125.8, -7.6)


class Net:
    """Land pixels of the province as a graph whose edges cost length times the pains of slope."""

    def __init__(self, world: World) -> None:
        self.number = np.full(GRID.shape, -1, dtype=np.int64)
        self.rows, self.cols = np.nonzero(world.is_ntt)
        self.number[self.rows, self.cols] = np.arange(len(self.rows))
        pain = 1.0 + (np.minimum(world.slope, 0.8) / 0.07) ** 1.6
        pain = pain * np.where(world.coast_km < 0.5, 1.4, 1.0)
        self.graph = _graph(world.is_ntt, self.number, pain.astype(np.float64), PIXEL_KM)
        self.mask = world.is_ntt

    def node(self, lon_deg: float, lat_deg: float) -> int:
        """Number of the land pixel nearest to a point."""
        return int(self.number[nearest_true(self.mask, lon_deg, lat_deg)])

    def paths(self, start: int, ends: list[int]) -> list[list[int]]:
        """Cheapest paths from one pixel to others; empty where there is none."""
        _, before = dijkstra(self.graph, indices=start, return_predecessors=True)
        return [_trace(before, start, end) for end in ends]


def _graph(mask: NDArray[Any], number: NDArray[Any], pain: NDArray[Any], step_km: tuple[float, float]) -> csr_matrix:
    tails, heads, costs = [], [], []
    n_rows, n_cols = mask.shape
    for dr, dc in ((0, 1), (1, 0), (1, 1), (1, -1)):
        a = (slice(0, n_rows - dr), slice(max(0, -dc), n_cols - max(0, dc)))
        b = (slice(dr, n_rows), slice(max(0, dc), n_cols + min(0, dc)))
        both = mask[a] & mask[b]
        length = np.hypot(dr * step_km[1], dc * step_km[0])
        tails.append(number[a][both])
        heads.append(number[b][both])
        costs.append(length * 0.5 * (pain[a][both] + pain[b][both]))
    tail, head, cost = (np.concatenate(part) for part in (tails, heads, costs))
    n = int(number.max()) + 1
    return csr_matrix((np.tile(cost, 2), (np.concatenate((tail, head)), np.concatenate((head, tail)))), shape=(n, n))


def _trace(before: NDArray[Any], start: int, end: int) -> list[int]:
    path = [end]
    while path[-1] != start:
        path.append(int(before[path[-1]]))
        if path[-1] < 0:
            return []
    return path[::-1]


def _length_km(line: NDArray[np.float64]) -> float:
    return float(distance_km(line[:-1, 0], line[:-1, 1], line[1:, 0], line[1:, 1]).sum())


def make_trunk_roads(world: World) -> Net:
    """Fill ``roads`` with trunk and kabupaten roads through the towns, and ``road_km``."""
    net = Net(world)
    place = {
        t.name_: net.node(t.lon_deg, t.lat_deg)
        for t in world.towns.rename(columns={"name": "name_"}).itertuples()
        if t.kabupaten_code.startswith("53")
    }
    routes = read_reference("ntt_routes.csv").query("kind == 'road'")
    wanted: list[tuple[str, str, str, str]] = []
    for route_id, part in routes.groupby("route_id", sort=True):
        names = list(part.sort_values("order")["place"])
        wanted += [("trunk", str(route_id), a, b) for a, b in pairwise(names)]
    wanted += [("regional", "", a, b) for a, b in LINKS if a != b and (a, b) != ("Maumere", "Larantuka")]
    world.roads = []
    for kind, route, a, b in wanted:
        (path,) = net.paths(place[a], [place[b]])
        if path:
            world.roads.append(_road(net, kind, f"{route or 'REG'}:{a}-{b}", path, route=route, ends=(a, b)))
    _factors(world.roads, routes)
    _measure(world, net)
    return net


def _road(
    net: Net, kind: str, road_id: str, path: list[int], *, route: str = "", ends: tuple[str, str] = ("", "")
) -> dict[str, Any]:
    line = path_line(net.rows[path], net.cols[path])
    line = np.array(shapely.LineString(line).simplify(0.0006).coords)
    return {
        "road_id": road_id,
        "class": kind,
        "route": route,
        "ends": ends,
        "path": path,
        "line": line,
        "km": _length_km(line),
        "length_factor": 1.25,
    }


def _factors(roads: list[dict[str, Any]], routes: pd.DataFrame) -> None:
    """Length factors that bring the drawn trunk roads to the known road kilometres."""
    for route_id, part in routes.groupby("route_id", sort=True):
        section: list[dict[str, Any]] = []
        for row in part.sort_values("order").itertuples():
            section += [r for r in roads if r["route"] == route_id and r["ends"][1] == row.place]
            if section and not np.isnan(row.road_km_from_previous_given):
                factor = row.road_km_from_previous_given / sum(r["km"] for r in section)
                for road in section:
                    road["length_factor"] = round(float(np.clip(factor, 1.0, 2.5)), 3)
                section = []


def _measure(world: World, net: Net) -> None:
    on_road = np.zeros(GRID.shape, dtype=np.bool_)
    for road in world.roads:
        on_road[net.rows[road["path"]], net.cols[road["path"]]] = True
    world.road_km = distance_km_to(on_road)


def add_local_roads(world: World, net: Net) -> None:
    """Join each schematic kecamatan's centre to the network of its island by a local road."""
    done = {node for road in world.roads for node in road["path"]}
    first = world.desa.groupby("kecamatan_code", sort=True)[["lon_deg", "lat_deg"]].median()
    targets = [
        (code, net.node(row.lon_deg, row.lat_deg)) for code, row in zip(first.index, first.itertuples(), strict=True)
    ]
    for _ in range(2):  # the second round joins islands that had no road, from their own first centre
        _, before, _ = dijkstra(net.graph, indices=sorted(done), return_predecessors=True, min_only=True)
        left = []
        for code, node in targets:
            path = [node]
            while path[-1] not in done and before[path[-1]] >= 0:
                path.append(int(before[path[-1]]))
            if path[-1] not in done:
                left.append((code, node))
                continue
            if len(path) > 1:
                world.roads.append(_road(net, "local", f"LOC:{code}", path[::-1]))
                done.update(path)
        if not left:
            break
        done.update(node for _, node in left)
        targets = left
    _measure(world, net)


def write_roads(path: Path, world: World) -> None:
    """Roads as GeoJSON."""
    features = []
    for road in sorted(world.roads, key=lambda r: ({"trunk": 0, "regional": 1}.get(r["class"], 2), r["road_id"])):
        source = "order of towns and road kilometres: facts; course: least-effort path over synthetic relief"
        properties = {
            "road_id": road["road_id"], "class": road["class"], "length_factor": road["length_factor"],
            "source": source if road["class"] == "trunk" else "drawn", "evidence": "schematic",
        }  # fmt: skip
        features.append((properties, shapely.LineString(road["line"])))
    write_geojson(path, "roads", features)


def _sea(countries: dict[str, Any]) -> tuple[csr_matrix, NDArray[np.int64], NDArray[np.bool_]]:
    from rasterio.features import rasterize
    from rasterio.transform import from_origin
    from scipy import ndimage

    west, south, east, north = SEA_FRAME_DEG
    shape = (round((north - south) / SEA_DEG), round((east - west) / SEA_DEG))
    land = rasterize(
        list(countries.values()),
        out_shape=shape,
        transform=from_origin(west, north, SEA_DEG, SEA_DEG),
        all_touched=False,
    )
    basins, _ = ndimage.label(land == 0)
    wet = basins == int(np.argmax(np.bincount(basins[land == 0])))  # the open sea, without lagoons
    away = ndimage.distance_transform_edt(wet)
    number = np.full(shape, -1, dtype=np.int64)
    number[wet] = np.arange(int(wet.sum()))
    step_km = (PIXEL_KM[0] * SEA_DEG / GRID.pixel_deg, PIXEL_KM[1] * SEA_DEG / GRID.pixel_deg)
    return _graph(wet, number, 1.0 + 3.0 / away.clip(1.0), step_km), number, wet


def _sea_line(
    sea: tuple[Any, NDArray[Any], NDArray[Any]], a: tuple[float, float], b: tuple[float, float]
) -> NDArray[np.float64]:
    graph, number, wet = sea
    rows, cols = np.nonzero(wet)
    west, _, _, north = SEA_FRAME_DEG
    lon, lat = west + (cols + 0.5) * SEA_DEG, north - (rows + 0.5) * SEA_DEG
    ends = [
        int(number[rows[k], cols[k]]) for k in (int(np.argmin((lon - p[0]) ** 2 + (lat - p[1]) ** 2)) for p in (a, b))
    ]
    _, before = dijkstra(graph, indices=ends[0], return_predecessors=True)
    path = _trace(before, ends[0], ends[1])
    line = np.vstack((a, np.column_stack((lon[path], lat[path])), b))
    thin = np.array(shapely.LineString(line).simplify(0.03).coords)
    for _ in range(2):
        cut = np.empty((2 * (len(thin) - 1), 2))
        cut[0::2], cut[1::2] = 0.75 * thin[:-1] + 0.25 * thin[1:], 0.25 * thin[:-1] + 0.75 * thin[1:]
        thin = np.vstack((thin[:1], cut, thin[-1:]))
    return thin


def write_fiber(folder: Path, world: World) -> None:
    """Land and sea routes, and their nodes."""
    routes = read_reference("ntt_routes.csv")
    landing = read_reference("ntt_landing_points.csv")
    at = {row.name_: (row.lon_deg, row.lat_deg) for row in landing.rename(columns={"name": "name_"}).itertuples()}
    sea = _sea(world.countries)
    features = []
    for road in world.roads:
        if road["class"] != "trunk":
            continue
        how = routes.query("route_id == @road['route']")["fiber"].iloc[0]
        owner = "Telkom / Moratelindo" if road["route"] == "TRANS-FLORES" else "Telkom"
        source = f"along the road {road['ends'][0]} - {road['ends'][1]}; existence {how}, course schematic"
        features.append(({"fiber_id": f"FO-{road['road_id']}", "name": road["route"], "owner": owner, "status": "in_service",
                          "kind": "land", "source": source, "evidence": "schematic"}, shapely.LineString(road["line"])))  # fmt: skip
    for route_id, part in routes.query("kind == 'sea'").groupby("route_id", sort=True):
        rows = list(part.sort_values("order").itertuples())
        for a, b in pairwise(rows):
            if max(at[a.place][0], at[b.place][0]) < GRID.west_deg:
                continue  # between two landings outside the frame
            line = _sea_line(sea, at[a.place], at[b.place])
            features.append(({"fiber_id": f"{route_id}:{a.place}-{b.place}", "name": str(route_id), "owner": a.owner, "status": "in_service",
                              "kind": "sea", "source": f"{a.source}; course schematic", "evidence": "schematic"}, shapely.LineString(line)))  # fmt: skip
    write_geojson(folder / "fiber.geojson", "fiber", features, decimals=5)
    write_csv(folder / "fiber_nodes.csv", _nodes(world, landing, routes))


def _nodes(world: World, landing: pd.DataFrame, routes: pd.DataFrame) -> pd.DataFrame:
    nodes = [
        {"node_id": row.node_id, "name": row.name_, "kind": "landing", "capacity_mbps": 10_000.0, "source": f"{row.source}; capacity: Merata estimate",
         "evidence": "schematic", "lon_deg": row.lon_deg, "lat_deg": row.lat_deg}
        for row in landing.rename(columns={"name": "name_"}).itertuples() if row.lon_deg > 118.8
    ]  # fmt: skip
    on_route = set(routes.query("kind == 'road'")["place"])
    sized = {"A": 10_000.0, "B": 2_000.0, "C": 1_000.0}
    for town in world.towns.rename(columns={"name": "name_"}).itertuples():
        if town.name_ in on_route and town.kabupaten_code.startswith("53"):
            key = "".join(ch for ch in town.name_.upper() if ch.isalpha())[:10]
            source = "town on a fiber route; capacity: Merata estimate by size of the town"
            nodes.append({"node_id": f"POP-{key}", "name": town.name_, "kind": "pop", "capacity_mbps": sized.get(town.size_class, 500.0), "source": source,
                          "evidence": "schematic", "lon_deg": town.lon_deg, "lat_deg": town.lat_deg})  # fmt: skip
    return pd.DataFrame(nodes)
