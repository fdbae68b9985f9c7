"""Frame, seeds, reference tables and writers shared by the makers of the sample."""

from __future__ import annotations

import csv
import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import rasterio
from numpy.typing import NDArray
from rasterio.transform import from_origin
from scipy import ndimage

from planner.geo import metres_per_degree
from planner.grid import Grid
from planner.units import pixel_deg_for

__all__ = [
    "GRID", "SEED", "World", "blur", "distance_km_to", "km_east_north", "local_km", "nearest_true",
    "path_line", "read_reference", "rng", "round_to_total", "write_csv", "write_geojson", "write_tiff",
]  # fmt: skip

SEED = 5_300_2025
"""Everything drawn at random starts here."""

PER_DEG = round(1.0 / pixel_deg_for(300.0))
GRID = Grid(west_deg=43_970 / PER_DEG, north_deg=-2_865 / PER_DEG, pixel_deg=1.0 / PER_DEG, n_rows=1_245, n_cols=2_395)
"""118.84-125.31 E, 11.11-7.74 S in whole pixels counted from 0 E, 0 N."""

MID_LAT_DEG = -9.3
LON_M, LAT_M = (float(v) for v in metres_per_degree(MID_LAT_DEG))
PIXEL_KM = (LON_M * GRID.pixel_deg / 1000.0, LAT_M * GRID.pixel_deg / 1000.0)

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"


@dataclass
class World:
    """What the makers hand to each other (filled in order by ``make_sample.py``)."""

    countries: dict[str, Any]
    ntt: Any
    kabupaten: pd.DataFrame
    towns: pd.DataFrame
    land: NDArray[np.bool_]
    is_ntt: NDArray[np.bool_]
    island: NDArray[np.int32]
    coast_km: NDArray[np.float32]
    terrain_m: NDArray[np.float32] = field(init=False)
    slope: NDArray[np.float32] = field(init=False)
    kab: NDArray[np.int16] = field(init=False)
    roads: list[dict[str, Any]] = field(init=False)
    road_km: NDArray[np.float32] = field(init=False)
    desa: pd.DataFrame = field(init=False)
    desa_at: NDArray[np.int32] = field(init=False)
    people: NDArray[np.int32] = field(init=False)
    town_share: NDArray[np.float32] = field(init=False)
    towers: pd.DataFrame = field(init=False)


def rng(name: str) -> np.random.Generator:
    """Generator of its own for each maker, so that one maker's draws do not move another's."""
    return np.random.default_rng([SEED, zlib.crc32(name.encode())])


def read_reference(name: str) -> pd.DataFrame:
    """A table of ``data/reference``, codes as text."""
    text = {"kemendagri_code": str, "bps_code": str, "kabupaten_code": str, "unit_code": str, "area_code": str}
    return pd.read_csv(REFERENCE / name, dtype=text, keep_default_na=True)


def local_km() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """East and north kilometres of pixel centres (columns, rows) from the frame's corner."""
    return (np.arange(GRID.n_cols) + 0.5) * PIXEL_KM[0], -(np.arange(GRID.n_rows) + 0.5) * PIXEL_KM[1]


def km_east_north(lon_deg: Any, lat_deg: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same kilometres for points."""
    east = (np.asarray(lon_deg, dtype=np.float64) - GRID.west_deg) * LON_M / 1000.0
    return east, (np.asarray(lat_deg, dtype=np.float64) - GRID.north_deg) * LAT_M / 1000.0


def distance_km_to(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Kilometres from each pixel to the nearest true pixel."""
    sampling = (PIXEL_KM[1], PIXEL_KM[0])
    return np.asarray(ndimage.distance_transform_edt(~mask, sampling=sampling), dtype=np.float32)


def blur(values: NDArray[Any], sigma_km: float) -> NDArray[np.float32]:
    """Gaussian blur with a width in kilometres."""
    sigma = (sigma_km / PIXEL_KM[1], sigma_km / PIXEL_KM[0])
    return np.asarray(ndimage.gaussian_filter(values.astype(np.float32), sigma), dtype=np.float32)


def nearest_true(mask: NDArray[np.bool_], lon_deg: float, lat_deg: float) -> tuple[int, int]:
    """Row and column of the true pixel nearest to a point."""
    rows, cols = np.nonzero(mask)
    row, col = (lat_deg - GRID.north_deg) / -GRID.pixel_deg - 0.5, (lon_deg - GRID.west_deg) / GRID.pixel_deg - 0.5
    at = int(np.argmin((rows - row) ** 2 + (cols - col) ** 2))
    return int(rows[at]), int(cols[at])


def round_to_total(values: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Whole numbers in proportion to ``values`` with the exact ``total`` (largest remainders)."""
    share = values / values.sum() * total
    whole = np.floor(share).astype(np.int64)
    order = np.argsort(-(share - whole), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def path_line(rows: NDArray[Any], cols: NDArray[Any], *, rounds: int = 2) -> NDArray[np.float64]:
    """Smooth line (Chaikin's corner cutting) through pixel centres, ends kept."""
    lon, lat = GRID.lon_lat(np.asarray(rows), np.asarray(cols))
    line = np.column_stack((lon, lat))
    for _ in range(rounds if len(line) > 2 else 0):
        cut = np.empty((2 * (len(line) - 1), 2))
        cut[0::2] = 0.75 * line[:-1] + 0.25 * line[1:]
        cut[1::2] = 0.25 * line[:-1] + 0.75 * line[1:]
        line = np.vstack((line[:1], cut, line[-1:]))
    return line


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Comma separated, LF, UTF-8; floats as given (round before)."""
    frame.to_csv(path, index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)


def write_geojson(path: Path, name: str, features: list[tuple[dict[str, Any], Any]], *, decimals: int = 4) -> None:
    """Features ``(properties, shapely geometry)``, one a line."""
    import shapely

    lines = []
    for properties, geometry in features:
        shape = json.loads(shapely.to_geojson(geometry))
        shape["coordinates"] = _rounded(shape["coordinates"], decimals)
        feature = {"type": "Feature", "properties": properties, "geometry": shape}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    body = ",\n".join(lines)
    path.write_text(f'{{"type":"FeatureCollection","name":"{name}","features":[\n{body}\n]}}\n', encoding="utf-8")


def _rounded(part: Any, decimals: int) -> Any:
    if isinstance(part, float | int):
        return round(float(part), decimals)
    return [_rounded(item, decimals) for item in part]


def write_tiff(path: Path, values: NDArray[Any], *, nodata: float | None, tags: dict[str, str]) -> None:
    """Deflated, tiled GeoTIFF on the sample's frame, with its evidence written into the tags."""
    profile = {
        "driver": "GTiff", "width": GRID.n_cols, "height": GRID.n_rows, "count": 1, "dtype": values.dtype.name,
        "crs": "EPSG:4326", "transform": from_origin(GRID.west_deg, GRID.north_deg, GRID.pixel_deg, GRID.pixel_deg),
        "compress": "deflate", "predictor": 2, "zlevel": 9, "tiled": True, "blockxsize": 256, "blockysize": 256,
        "nodata": nodata,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as file:
        file.write(values, 1)
        file.update_tags(**tags)
