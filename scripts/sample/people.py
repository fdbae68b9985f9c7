"""Synthetic people, enterprises and public facilities that add up to the known totals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from sample.common import GRID, PIXEL_KM, World, blur, km_east_north, rng, round_to_total, write_csv, write_tiff

__all__ = ["counts_by_kabupaten", "make_people", "write_facilities", "write_rasters", "write_umkm"]

N_UMKM = 366_473
N_SIZE = {"menengah": 230, "kecil": 1_184}
OFFLINE_SHARE = 0.87
"""Kemenkop 2020: 87 % of UMKM offline."""

SECTORS = (
    # KBLI 2020 group and its share of enterprises: Merata estimate (trade leads, weaving, food, farm trade)
    ("G", 0.46), ("C", 0.19), ("I", 0.12), ("A", 0.08), ("H", 0.06), ("S", 0.05), ("R", 0.01), ("N", 0.01), ("F", 0.01), ("Q", 0.01),
)  # fmt: skip

TOWN = {"A": (4.2, 400_000), "B": (1.7, 34_000), "C": (1.1, 12_000), "D": (0.7, 4_500)}
"""Width in km and people of the built town by size class: Merata estimate."""

WATER, OPEN, CROPS, FOREST, BUILT, MANGROVE = 80, 30, 40, 10, 50, 95
"""Classes of ESA WorldCover, so that the real raster may take this one's place."""


def make_people(world: World) -> None:
    """Fill ``people`` (whole people per pixel, exact by kabupaten) and ``town_share``."""
    town = _towns(world)
    rural = _hamlets(world)
    people = np.zeros(GRID.shape, dtype=np.int64)
    codes = [code[:5] for code in world.desa["code"]]
    kab_of = np.array([list(world.kabupaten["kemendagri_code"]).index(code) for code in codes])
    kab_at = np.where((world.desa_at >= 0) & world.is_ntt, kab_of[np.maximum(world.desa_at, 0)], -1)
    for number, row in enumerate(world.kabupaten.itertuples()):
        rows, cols = np.nonzero(kab_at == number)
        in_town, in_hamlet = town[rows, cols].astype(np.float64), rural[rows, cols].astype(np.float64)
        left = max(row.people_2025 - in_town.sum(), 0.3 * row.people_2025)
        expected = in_town + in_hamlet / in_hamlet.sum() * left
        expected[expected < 24.0] = 0.0  # a few houses off by themselves are left to the hamlet beside
        people[rows, cols] = round_to_total(expected, int(row.people_2025))
    world.people = people.astype(np.int32)
    world.town_share = np.where(town + rural > 0, town / np.maximum(town + rural, 1e-9), 0.0).astype(np.float32)
    world.kab = kab_at.astype(np.int16)


def _towns(world: World) -> NDArray[np.float32]:
    total = np.zeros(GRID.shape, dtype=np.float32)
    x_all, y_all = np.arange(GRID.n_cols) * PIXEL_KM[0], -np.arange(GRID.n_rows) * PIXEL_KM[1]
    patch = np.exp(0.5 * blur(rng("town").standard_normal(GRID.shape), 0.5) / 0.15)
    for t in world.towns.itertuples():
        width, size = TOWN[t.size_class]
        x, y = km_east_north(t.lon_deg, t.lat_deg)
        if not (0 < x < x_all[-1]) or not t.kabupaten_code.startswith("53"):
            continue
        away2 = (x_all[None, :] - x) ** 2 + (y_all[:, None] - y) ** 2
        if not (world.is_ntt & (away2 < (2.2 * width) ** 2)).any():
            away2 = away2 - float(away2[world.is_ntt].min())  # a port that lies off the drawn coast
        shape = np.exp(-away2 / (2.0 * (width / 1.6) ** 2)) * patch * world.is_ntt * (away2 < (2.2 * width) ** 2)
        if shape.sum() > 0:
            total += (shape / shape.sum() * size).astype(np.float32)
    return total


def _hamlets(world: World) -> NDArray[np.float32]:
    """People outside towns: one to six hamlets a desa, sized unevenly, some strung along the road."""
    draw = rng("hamlets")
    n = len(world.desa)
    size = np.exp(draw.normal(0.0, 0.45, n))
    n_hamlets = draw.integers(2, 6, n)
    owner = np.repeat(np.arange(n), n_hamlets)
    spread = draw.normal(0.0, 0.85, (len(owner), 2))
    first = np.r_[True, owner[1:] != owner[:-1]]
    spread[first] *= 0.2
    rows = world.desa["row"].to_numpy()[owner] + np.rint(spread[:, 0] / PIXEL_KM[1]).astype(int)
    cols = world.desa["col"].to_numpy()[owner] + np.rint(spread[:, 1] / PIXEL_KM[0]).astype(int)
    rows, cols = np.clip(rows, 0, GRID.n_rows - 1), np.clip(cols, 0, GRID.n_cols - 1)
    share = np.where(first, 1.0, draw.uniform(0.15, 0.7, len(owner)))
    share = share * np.where(world.is_ntt[rows, cols] & (world.slope[rows, cols] < 0.35), 1.0, 0.0)
    share = np.where(first, 1.0, share)
    total = np.bincount(owner, weights=share, minlength=n)
    weight = size[owner] * share / total[owner]
    near_road = 0.55 + np.exp(-world.road_km[rows, cols] / 2.0)
    seeds = np.zeros(GRID.shape, dtype=np.float32)
    np.add.at(seeds, (rows, cols), (weight * near_road * 1500.0).astype(np.float32))
    grown = 0.45 * seeds + 0.55 * blur(seeds, 0.33)
    return np.where(world.is_ntt & (grown > 12.0), grown, 0.0).astype(np.float32)


def write_rasters(folder: Path, world: World) -> None:
    """People per pixel and land cover."""
    tags = {
        "EVIDENCE": "synthetic",
        "UNIT": "people",
        "TIFFTAG_IMAGEDESCRIPTION": "SYNTHETIC people per pixel; sums by kabupaten are Dukcapil 2025 figures",
    }
    values = np.where(world.is_ntt, world.people, 65_535).astype(np.uint16)
    write_tiff(folder / "population.tif", values, nodata=65_535, tags=tags)
    tags = {
        "EVIDENCE": "synthetic",
        "UNIT": "class",
        "TIFFTAG_IMAGEDESCRIPTION": "SYNTHETIC land cover in the classes of ESA WorldCover: 10 trees, 30 grassland, 40 cropland, 50 built-up, 80 water, 95 mangroves",
    }
    write_tiff(folder / "clutter.tif", _clutter(world), nodata=0, tags=tags)


def _clutter(world: World) -> NDArray[np.uint8]:
    texture = blur(rng("clutter").standard_normal(GRID.shape), 1.6)
    texture = texture / texture.std()
    lon, _ = GRID.lon_lat(np.zeros(GRID.n_cols), np.arange(GRID.n_cols))
    dry = np.where(lon > 121.2, 0.4, 0.0)[None, :] * 1.0  # east of Ende and on Sumba savanna wins
    lat, sumba = GRID.lon_lat(np.arange(GRID.n_rows), np.zeros(GRID.n_rows))[1], lon < 121.0
    dry = dry + 0.7 * ((lat < -9.2)[:, None] & sumba[None, :])
    moist = world.terrain_m / 550.0 + 4.0 * np.minimum(world.slope, 0.4) + 0.9 * texture - dry
    settled = blur(world.people, 1.2)
    found = np.full(GRID.shape, OPEN, dtype=np.uint8)
    found[moist > 1.5] = FOREST
    found[(settled > 6.0) & (moist < 2.6) & (texture > -0.6)] = CROPS
    found[(world.coast_km < 0.4) & (world.slope < 0.03) & (texture > 0.6)] = MANGROVE
    found[world.people >= 180] = BUILT
    found[~world.land] = WATER
    return found


def write_facilities(folder: Path, world: World) -> None:
    """A desa office each, schools, health centres and markets at settled pixels."""
    draw = rng("facilities")
    desa = world.desa
    first = ~desa["kecamatan_code"].duplicated().to_numpy()
    parts = [_facility(desa, "office", "Kantor desa", "KD")]
    parts.append(_facility(desa[draw.random(len(desa)) < 0.8], "school", "SD", "SD"))
    parts.append(_facility(desa[first | (draw.random(len(desa)) < 0.06)], "school", "SMP", "SMP"))
    parts.append(_facility(desa[first | (draw.random(len(desa)) < 0.03)], "health", "Puskesmas", "PKM"))
    parts.append(_facility(desa[first], "market", "Pasar", "PSR"))
    table = pd.concat(parts, ignore_index=True)
    reach = np.where(table["kind"] == "office", 0.05, 0.35)
    lon = table["lon_deg"] + draw.normal(0.0, 1.0, len(table)) * reach / 110.0
    lat = table["lat_deg"] + draw.normal(0.0, 1.0, len(table)) * reach / 110.6
    rows, cols = GRID.row_col(lon, lat)
    wet = ~world.is_ntt[np.clip(rows, 0, GRID.n_rows - 1), np.clip(cols, 0, GRID.n_cols - 1)]
    table["lon_deg"] = np.where(wet, table["lon_deg"], lon).round(5)
    table["lat_deg"] = np.where(wet, table["lat_deg"], lat).round(5)
    write_csv(folder / "facilities.csv", table)


def _facility(desa: pd.DataFrame, kind: str, word: str, key: str) -> pd.DataFrame:
    return pd.DataFrame({
        "facility_id": [f"{key}-{code}" for code in desa["code"]], "name": [f"{word} {name.removeprefix('Desa ').removesuffix(' (skematis)')} (sintetis)" for name in desa["name"]],
        "kind": kind, "is_main": kind in ("office", "health") or key == "SD", "evidence": "synthetic", "lon_deg": desa["lon_deg"], "lat_deg": desa["lat_deg"],
    })  # fmt: skip


def counts_by_kabupaten(kabupaten: pd.DataFrame) -> NDArray[np.int64]:
    """Enterprises by kabupaten: known figures as they stand, the rest by population."""
    known = kabupaten["n_umkm"]
    people = kabupaten["people_2025"].where(known.isna(), 0).to_numpy(dtype=np.float64)
    rest = round_to_total(people, N_UMKM - int(known.sum()))
    return np.where(known.isna(), rest, known.fillna(0)).astype(np.int64)


def write_umkm(folder: Path, world: World) -> None:
    """366,473 enterprises as points of 1e-4 degree, sorted by desa."""
    draw = rng("umkm")
    pixels = []
    for number, n in enumerate(counts_by_kabupaten(world.kabupaten)):
        at = np.flatnonzero((world.kab == number).ravel() & (world.people > 0).ravel())
        pull = world.people.ravel()[at] * (1.0 + 0.35 * world.town_share.ravel()[at])
        pixels.append(np.repeat(at, draw.multinomial(n, pull / pull.sum())))
    at = np.concatenate(pixels)
    desa = world.desa_at.ravel()[at]
    order = np.lexsort((at, desa))
    at, desa = at[order], desa[order]
    lon, lat = _jitter(world, at, draw)
    town = world.town_share.ravel()[at].astype(np.float64)
    n = len(at)
    size = np.full(n, "mikro", dtype=object)
    ranked = np.argsort(-(draw.gumbel(size=n) + 2.2 * town), kind="stable")
    size[ranked[: N_SIZE["menengah"]]] = "menengah"
    size[ranked[N_SIZE["menengah"] : N_SIZE["menengah"] + N_SIZE["kecil"]]] = "kecil"
    keen = draw.logistic(size=n) + 3.5 * town + 1.5 * (size != "mikro")
    digital = np.full(n, "offline", dtype=object)
    digital[np.argsort(-keen, kind="stable")[: round((1.0 - OFFLINE_SHARE) * n)]] = "online"
    letters, shares = np.array([s[0] for s in SECTORS]), np.array([s[1] for s in SECTORS])
    sector = letters[draw.choice(len(letters), size=n, p=shares / shares.sum())]
    codes = world.desa["code"].to_numpy()
    _write_points(folder / "umkm.parquet", {
        "umkm_id": np.array([f"SINT-{k:06d}" for k in range(1, n + 1)], dtype=object), "sector": sector, "size": size, "digital": digital,
        "desa_code": codes[desa], "weight": np.ones(n, dtype=np.float32), "evidence": np.full(n, "synthetic", dtype=object),
        "lon_deg": lon, "lat_deg": lat,
    })  # fmt: skip


def _jitter(
    world: World, at: NDArray[Any], draw: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows, cols = at // GRID.n_cols, at % GRID.n_cols
    lon0, lat0 = GRID.lon_lat(rows, cols)
    lon = np.round(lon0 + draw.uniform(-0.5, 0.5, len(at)) * GRID.pixel_deg, 4)
    lat = np.round(lat0 + draw.uniform(-0.5, 0.5, len(at)) * GRID.pixel_deg, 4)
    shore = np.flatnonzero(world.coast_km.ravel()[at] < 0.8)
    islands = shapely.MultiPolygon(world.ntt)
    shapely.prepare(islands)
    wet = shore[~shapely.contains_xy(islands, lon[shore], lat[shore])]
    lon[wet], lat[wet] = np.round(lon0[wet], 4), np.round(lat0[wet], 4)
    return lon, lat


def _write_points(path: Path, columns: dict[str, NDArray[Any]]) -> None:
    words = ("sector", "size", "digital", "desa_code", "evidence", "weight", "lon_deg", "lat_deg")
    plain = {"umkm_id": "DELTA_BYTE_ARRAY"}
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    note = {
        "evidence": "synthetic",
        "about": "366,473 invented enterprises; totals by kabupaten are published figures or estimates, see README.md",
    }
    table = table.replace_schema_metadata(note)
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=15,
        use_dictionary=list(words),
        column_encoding=plain,
        row_group_size=64 * 1024,
        dictionary_pagesize_limit=1 << 22,
    )
