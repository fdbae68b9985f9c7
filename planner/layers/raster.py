"""Brings raster tiles onto the run's grid, window by window: averages, sums, interpolated values, classes.

What a raster does not say is looked for and said: undeclared nodata, scale and offset, south-up rows. What
cannot be used is refused: rotation, no CRS, no overlap, a header that asks for more than the file can hold.
"""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from planner.errors import LayerError
from planner.grid import Grid, Lattice, first_centre
from planner.layers._gdal import raster_env, rasterio_module
from planner.layers.door import CheckedFile, staged

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = [
    "COARSE",
    "Method",
    "Sums",
    "Tile",
    "covering_grid",
    "lattice_of",
    "opened",
    "spread",
    "values_of",
    "warped_blocks",
]

Method = Literal["average", "sum"]
Cleaner = Callable[[NDArray[np.float64], int], NDArray[np.float64]]

_DRIVERS = {"geotiff": "GTiff", "hgt": "SRTMHGT"}
_PLAIN_DEGREES = (4326, 4755, 9470)  # WGS 84, DGN95, SRGI2013: equal within a metre
COARSE = 1.5
"""Pixels of the grid a side from which on a source's pixel is kept whole instead of being shared at its edges."""
_WINDOW_PIXELS = 4_000_000
_BLOCK_BYTES = 512 * 1024**2
_MAX_SWELLING = 1100.0  # deflate cannot pack more than 1032-fold
_SWELLING_FROM_BYTES = 256 * 1024**2
_MAX_GRID_SIDE = 2000


@dataclass
class Tile:
    """An opened tile that passed the checks of its header.

    Parameters
    ----------
    dataset
        rasterio's dataset (Any: rasterio carries no types).
    crs
        Its CRS, or the scenario's.
    notes
        What was found in the header.
    """

    dataset: Any
    crs: Any
    notes: list[str] = field(default_factory=list)

    @property
    def is_plain(self) -> bool:
        """Whether its rows and columns run along parallels and meridians of WGS 84."""
        return bool(self.crs.is_geographic) and self.crs.to_epsg() in _PLAIN_DEGREES

    @property
    def bounds_deg(self) -> tuple[float, float, float, float]:
        """``west, south, east, north`` in EPSG:4326."""
        from rasterio.warp import transform_bounds

        box = _corners(self.dataset)
        west, south, east, north = box if self.is_plain else transform_bounds(self.crs, "EPSG:4326", *box)
        return float(west), float(south), float(east), float(north)

    def pixel_deg(self) -> float:
        """Side of its pixels in degrees, about."""
        west, south, east, north = self.bounds_deg
        return float(min((east - west) / self.dataset.width, (north - south) / self.dataset.height))


@dataclass
class Sums:
    """What has been gathered on the grid so far: weighted sums of values, and the weights.

    Parameters
    ----------
    total, weight
        Arrays of the grid's shape; ``weight`` is the covered share of each pixel (summed over tiles).
    """

    total: NDArray[Any]
    weight: NDArray[Any]

    @classmethod
    def on(cls, grid: Grid, dtype: type = np.float64) -> Sums:
        """Nothing gathered yet; float32 is enough for averages, and half the memory of a nation."""
        return cls(np.zeros(grid.shape, dtype=dtype), np.zeros(grid.shape, dtype=dtype))


@contextlib.contextmanager
def opened(file: CheckedFile, shown: str, crs: str) -> Iterator[Tile]:
    """Open a tile with its own driver and no side-cars, and judge its header.

    Raises
    ------
    LayerError
        Unreadable, rotated, without place or CRS, a picture, or more pixels than the file can hold.
    """
    rasterio = rasterio_module()
    from rasterio.errors import NotGeoreferencedWarning

    with staged(file) as plain, rasterio.Env(**raster_env()):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", NotGeoreferencedWarning)
                dataset = rasterio.open(plain, driver=_DRIVERS[file.kind])
        except _gdal_faults() as err:
            raise _unreadable(shown, err) from err
        with dataset:
            try:
                tile = Tile(dataset, _judged_crs(dataset, plain, shown, crs), _header_notes(dataset, crs))
            except _gdal_faults() as err:
                raise _unreadable(shown, err) from err
            yield tile


def _gdal_faults() -> tuple[type[Exception], ...]:
    """What rasterio raises, and what GDAL raises where rasterio does not wrap it."""
    from rasterio._err import CPLE_BaseError
    from rasterio.errors import RasterioError

    return RasterioError, CPLE_BaseError


def _judged_crs(dataset: Any, plain: Path, shown: str, given: str) -> Any:
    from rasterio.crs import CRS
    from rasterio.errors import CRSError
    from rasterio.warp import transform_bounds

    fault, code = _header_fault(dataset, plain)
    if fault:
        message = f"'{shown}' {fault}"
        raise LayerError(message, code=code, file=shown)
    if not given and dataset.crs is None:
        message = f"'{shown}' does not say its CRS: give crs = \"EPSG:…\" for this layer (side-cars are not read)"
        raise LayerError(message, code="crs_missing", file=shown)
    try:
        found = CRS.from_user_input(given) if given else dataset.crs
        transform_bounds(found, "EPSG:4326", *_corners(dataset))
    except (CRSError, *_gdal_faults()) as err:
        message = f"'{shown}': from its CRS '{(given or str(dataset.crs))[:60]}' no way leads to degrees: give crs = \"EPSG:…\""
        raise LayerError(message, code="crs_unknown", file=shown, crs=given) from err
    return found


def _header_fault(dataset: Any, plain: Path) -> tuple[str, str]:
    """What forbids to use a raster, by its header alone: sentence and code."""
    from rasterio.enums import ColorInterp

    if not dataset.count or "complex" in dataset.dtypes[0]:
        return "has no band of numbers", "raster_bands"
    transform = dataset.transform
    item = np.dtype(dataset.dtypes[0]).itemsize
    n_bytes = dataset.width * dataset.height * item * dataset.count
    size = max(1, plain.stat().st_size)
    rows, cols = dataset.block_shapes[0]
    is_bomb = (n_bytes > _SWELLING_FROM_BYTES and n_bytes > _MAX_SWELLING * size) or rows * cols * item > _BLOCK_BYTES
    bomb = (
        f"claims {dataset.width} × {dataset.height} pixels in {size} bytes (blocks of {rows} × {cols}), "
        "more than it can hold: get the file again, or save it as a tiled GeoTIFF"
    )
    scale, offset = dataset.scales[0], dataset.offsets[0]
    faults = (
        (is_bomb, bomb, "raster_bomb"),
        (
            not _is_sane(dataset),
            "lies at coordinates that are no place: get the file again",
            "raster_place",
        ),
        (
            transform.is_identity,
            "does not say where it lies (no georeference inside): save it as a GeoTIFF",
            "raster_place",
        ),
        (
            bool(transform.b or transform.d) or not (transform.a > 0.0 and transform.e),
            "is rotated or mirrored: warp it to EPSG:4326, north up",
            "raster_rotated",
        ),
        (
            bool({ColorInterp.red, ColorInterp.green} & set(dataset.colorinterp)),
            "is a picture (red, green, blue), not values: get the data itself",
            "raster_picture",
        ),
        (
            scale == 0.0 or not np.isfinite([scale, offset]).all(),
            "has a scale factor of 0 or no number: repair its header",
            "raster_scale",
        ),
    )
    return next(((sentence, code) for is_so, sentence, code in faults if is_so), ("", ""))


def _corners(dataset: Any) -> tuple[float, float, float, float]:
    """West, south, east, north in the dataset's own CRS, rows running either way; not for rotated ones."""
    step = dataset.transform
    across = sorted((step.c, step.c + step.a * dataset.width))
    along = sorted((step.f, step.f + step.e * dataset.height))
    return float(across[0]), float(along[0]), float(across[1]), float(along[1])


def _is_sane(dataset: Any) -> bool:
    """Whether the corners are numbers that could lie on a map, and pixels have a size."""
    values = np.array([*_corners(dataset), dataset.transform.a, dataset.transform.e], dtype=np.float64)
    if not np.isfinite(values).all() or np.abs(values[:4]).max() > 1e9 or np.abs(values[4:]).min() < 1e-9:
        return False
    return not (dataset.crs is not None and dataset.crs.is_geographic) or bool(np.abs(values[:4]).max() <= 540.0)


def _header_notes(dataset: Any, crs: str) -> list[str]:
    notes = []
    if dataset.count > 1:
        notes.append(f"the first of {dataset.count} bands is read")
    if (dataset.scales[0], dataset.offsets[0]) != (1.0, 0.0):
        notes.append(f"scale {dataset.scales[0]:g} and offset {dataset.offsets[0]:g} of the file are applied")
    if dataset.transform.e > 0.0:
        notes.append("rows run from south to north; they were turned over")
    if crs and dataset.crs is not None:
        notes.append(f"CRS {crs} from the scenario replaces that of the file")
    return notes


def _unreadable(shown: str, err: Exception) -> LayerError:
    fault = re.sub(r"'?[^\s']*merata-\w+[/\\]\w+\.\w+'?", "the file", str(err))[:160]  # not the private name
    message = f"'{shown}' cannot be read ({fault}): it may be cut off; get the file again"
    return LayerError(message, code="raster_unreadable", file=shown, fault=fault)


def covering_grid(boxes: list[tuple[float, float, float, float]], pixel_deg: float) -> Grid:
    """A grid over boxes, of at most 2000 pixels a side: for judging a file that no scenario asks for."""
    west, south = min(b[0] for b in boxes), min(b[1] for b in boxes)
    east, north = max(b[2] for b in boxes), max(b[3] for b in boxes)
    pixel = max(pixel_deg, (east - west) / _MAX_GRID_SIDE, (north - south) / _MAX_GRID_SIDE)
    n_rows, n_cols = max(1, round((north - south) / pixel)), max(1, round((east - west) / pixel))
    return Grid(west, north, pixel, n_rows, n_cols)


def spread(tile: Tile, grid: Grid, sums: Sums, cleaner: Cleaner, shown: str, *, method: Method) -> bool:
    """Add a tile to what has been gathered; False when it does not meet the grid.

    Parameters
    ----------
    cleaner
        Turns values as read (NaN where the file says nodata) and the number of their first row into values
        to use (NaN where void).
    method
        ``average``: mean of the pixels that overlap, by overlapping area, where the tile is finer than the
        grid, bilinear where it is coarser. ``sum``: the tile's total is kept (people), and where the tile is
        coarse (`lattice_of`) the total of each of its pixels, evenly over the grid pixels whose centres it holds.

    Raises
    ------
    LayerError
        The pixels cannot be read.
    """
    west, south, east, north = tile.bounds_deg
    g_west, g_south, g_east, g_north = grid.bounds_deg
    if not (west < g_east and east > g_west and south < g_north and north > g_south):
        return False
    try:
        if tile.is_plain and (method == "sum" or tile.pixel_deg() <= grid.pixel_deg):
            is_whole = method == "sum" and lattice_of(tile, grid) is not None
            (_spread_whole if is_whole else _spread_exact)(tile, grid, sums, cleaner)
        else:
            _spread_warped(tile, grid, sums, cleaner, method)
    except _gdal_faults() as err:
        raise _unreadable(shown, err) from err
    return True


def values_of(tile: Tile, window: Any, cleaner: Cleaner) -> NDArray[np.float64]:
    """Values of a window, masked pixels NaN, scale and offset applied, then cleaned."""
    read = tile.dataset.read(1, window=window, masked=True)
    with np.errstate(invalid="ignore", over="ignore"):  # damaged files hold odd NaN
        values = np.ma.filled(read.astype(np.float64), np.nan)
    scale, offset = tile.dataset.scales[0], tile.dataset.offsets[0]
    scaled = values * scale + offset if (scale, offset) != (1.0, 0.0) else values
    return cleaner(scaled, int(window.row_off))


def lattice_of(tile: Tile, grid: Grid) -> Lattice | None:
    """Pixels of a tile in degrees whose sides are at least `COARSE` pixels of the grid; None for any other."""
    step = tile.dataset.transform
    if not tile.is_plain or min(step.a, abs(step.e)) < COARSE * grid.pixel_deg:
        return None
    north = step.f + max(0.0, step.e) * tile.dataset.height
    return Lattice(float(step.c), float(north), float(step.a), float(abs(step.e)))


def _spread_exact(tile: Tile, grid: Grid, sums: Sums, cleaner: Cleaner) -> None:
    """Share every source pixel among the grid pixels it overlaps, exactly, by rows and by columns.

    On one CRS the overlap of two pixels is the product of the overlaps of their rows and columns, so two
    sparse matrices do the work and the total is kept to rounding.
    """
    from rasterio.windows import Window

    row_edges, col_edges = _tile_edges(tile, grid)
    cols = _overlapping(col_edges, grid.n_cols)
    rows = _overlapping(row_edges, grid.n_rows)
    if cols is None or rows is None:
        return
    width = cols[1] - cols[0]
    across = _shares(col_edges[cols[0] : cols[1] + 1], grid.n_cols)
    n_rows = max(1, _WINDOW_PIXELS // width)
    for start in range(rows[0], rows[1], n_rows):
        stop = min(start + n_rows, rows[1])
        values = values_of(tile, Window(cols[0], start, width, stop - start), cleaner)
        known = np.isfinite(values)
        down = _shares(row_edges[start : stop + 1], grid.n_rows)
        used = np.unique(down.nonzero()[0])
        part = down[used]
        sums.total[used] += (part @ np.where(known, values, 0.0)) @ across.T
        sums.weight[used] += (part @ known.astype(np.float64)) @ across.T


def _overlapping(edges: NDArray[np.float64], n_pixels: int) -> tuple[int, int] | None:
    """First and one past the last source pixel that overlaps the grid along one axis."""
    low, high = np.minimum(edges[:-1], edges[1:]), np.maximum(edges[:-1], edges[1:])
    found = np.flatnonzero((high > 0.0) & (low < n_pixels))
    return (int(found[0]), int(found[-1]) + 1) if found.size else None


def _shares(edges: NDArray[np.float64], n_pixels: int) -> csr_array:
    """Matrix ``(grid pixel, source pixel)``: the share of the source pixel that lies in the grid pixel."""
    from scipy.sparse import csr_array

    low, high = np.minimum(edges[:-1], edges[1:]), np.maximum(edges[:-1], edges[1:])
    first = np.floor(low).astype(np.int64)
    n_met = int((np.ceil(high) - first).max(initial=1))
    pixel = first[:, None] + np.arange(n_met)
    share = np.minimum(high[:, None], pixel + 1.0) - np.maximum(low[:, None], pixel)
    share = np.clip(share, 0.0, None) / (high - low)[:, None]
    keep = (share > 1e-12) & (pixel >= 0) & (pixel < n_pixels)
    source = np.broadcast_to(np.arange(len(low))[:, None], pixel.shape)
    return csr_array((share[keep], (pixel[keep], source[keep])), shape=(n_pixels, len(low)))


def _spread_whole(tile: Tile, grid: Grid, sums: Sums, cleaner: Cleaner) -> None:
    """Lay every source pixel evenly over the grid pixels whose centres it holds; for tiles much coarser than the grid."""
    from rasterio.windows import Window

    row_edges, col_edges = _tile_edges(tile, grid)
    row_of, n_rows = _holders(row_edges, grid.n_rows)
    col_of, n_cols = _holders(col_edges, grid.n_cols)
    rows, cols = np.flatnonzero(row_of >= 0), np.flatnonzero(col_of >= 0)
    if not rows.size or not cols.size:
        return
    first, last = int(col_of[cols].min()), int(col_of[cols].max())
    on = slice(int(cols[0]), int(cols[-1]) + 1)
    step = max(1, _WINDOW_PIXELS // (last + 1 - first))
    for start in range(int(row_of[rows].min()), int(row_of[rows].max()) + 1, step):
        held = rows[(row_of[rows] >= start) & (row_of[rows] < start + step)]
        n_read = int(row_of[held].max()) + 1 - start if held.size else 0
        if not n_read:
            continue
        values = values_of(tile, Window(first, start, last + 1 - first, n_read), cleaner)
        share = values / (n_rows[start : start + n_read, None] * n_cols[None, first : last + 1])
        part = share[row_of[held] - start][:, col_of[on] - first]
        known = np.isfinite(part)
        here = slice(int(held[0]), int(held[-1]) + 1), on
        sums.total[here] += np.where(known, part, 0.0)
        sums.weight[here] += known


def _tile_edges(tile: Tile, grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Edges of a tile's rows and columns in pixels from the grid's corner."""
    dataset, step = tile.dataset, tile.dataset.transform
    left, top = step.c - grid.west_deg, grid.north_deg - step.f
    col_edges = (left + step.a * np.arange(dataset.width + 1)) / grid.pixel_deg
    row_edges = (top - step.e * np.arange(dataset.height + 1)) / grid.pixel_deg
    return row_edges, col_edges


def _holders(edges: NDArray[np.float64], n_pixels: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Source pixel that holds the centre of each grid pixel along one axis (−1: none), and how many each holds."""
    is_turned = edges[0] > edges[-1]
    firsts = first_centre(edges[::-1] if is_turned else edges)
    counts = np.diff(firsts)
    found = np.searchsorted(firsts, np.arange(n_pixels), side="right").astype(np.int64) - 1
    found[(found < 0) | (found >= counts.size)] = -1
    if is_turned:
        return np.where(found >= 0, counts.size - 1 - found, -1), counts[::-1]
    return found, counts


def _spread_warped(tile: Tile, grid: Grid, sums: Sums, cleaner: Cleaner, method: Method) -> None:
    """Warp block by block: other CRS, or a tile coarser than the grid."""
    from rasterio.warp import Resampling

    is_finer = tile.pixel_deg() <= grid.pixel_deg
    how = {"average": Resampling.average if is_finer else Resampling.bilinear, "sum": Resampling.sum}[method]
    for rows, cols, warped in warped_blocks(tile, grid, cleaner, how):
        known = np.isfinite(warped)
        sums.total[rows, cols] += np.where(known, warped, 0.0)
        sums.weight[rows, cols] += known


def warped_blocks(
    tile: Tile, grid: Grid, cleaner: Cleaner, how: Any
) -> Iterator[tuple[slice, slice, NDArray[np.float64]]]:
    """Yield blocks of the grid with the tile warped onto them, NaN where it says nothing."""
    from rasterio.transform import Affine
    from rasterio.warp import reproject, transform_bounds

    from planner.geo import tiles

    west, south, east, north = tile.bounds_deg
    ratio = max(1.0, grid.pixel_deg / tile.pixel_deg())
    side = int(np.clip(3000.0 / ratio, 16, 1024))
    for row, col, part in tiles(grid, side):
        p_west, p_south, p_east, p_north = part.bounds_deg
        if not (west < p_east and east > p_west and south < p_north and north > p_south):
            continue
        box = part.bounds_deg if tile.is_plain else transform_bounds("EPSG:4326", tile.crs, *part.bounds_deg)
        found = _window(tile.dataset, box)
        if found is None:
            continue
        values = values_of(tile, found, cleaner)
        target = np.full(part.shape, np.nan)
        reproject(
            values, target, src_transform=_shifted(tile.dataset.transform, found),
            src_crs="EPSG:4326" if tile.is_plain else tile.crs, src_nodata=np.nan,
            dst_transform=Affine(part.pixel_deg, 0.0, part.west_deg, 0.0, -part.pixel_deg, part.north_deg),
            dst_crs="EPSG:4326", dst_nodata=np.nan, resampling=how,
        )  # fmt: skip
        yield slice(row, row + part.n_rows), slice(col, col + part.n_cols), target


def _shifted(transform: Any, window: Any) -> Any:
    """Transform of a window (rasterio's own warns about a deprecated operator)."""
    from rasterio.transform import Affine

    t = transform
    return Affine(t.a, t.b, t.c + t.a * window.col_off, t.d, t.e, t.f + t.e * window.row_off)


def _window(dataset: Any, box: tuple[float, ...]) -> Any:
    """Source window of a box with two pixels around it, None when they do not meet; rows may run either way."""
    from rasterio.windows import Window

    west, south, east, north = box
    step = dataset.transform
    rows = sorted(((south - step.f) / step.e, (north - step.f) / step.e))
    row_0, row_1 = max(0, int(np.floor(rows[0])) - 2), min(dataset.height, int(np.ceil(rows[1])) + 2)
    col_0 = max(0, int(np.floor((west - step.c) / step.a)) - 2)
    col_1 = min(dataset.width, int(np.ceil((east - step.c) / step.a)) + 2)
    return Window(col_0, row_0, col_1 - col_0, row_1 - row_0) if row_0 < row_1 and col_0 < col_1 else None
