"""Population rasters: people per pixel on the run's grid, with the total kept."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.errors import LayerError
from planner.geo import metres_per_degree, pixel_area_km2
from planner.grid import Lattice, Raster
from planner.layers.raster import Sums, Tile, lattice_of, spread
from planner.layers.raster_layer import Survey, conformed, frame_of, say_survey, walk
from planner.layers.report import Conformed, ReadContext
from planner.schema import layer

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["read"]

_UNITS = {
    "people": ("people", "people_per_pixel", "count", "counts", "jiwa", "orang", "persons"),
    "people_per_km2": (
        "people_per_km2",
        "density",
        "jiwa/km2",
        "people/km2",
        "per_km2",
        "persons per square kilometer",
    ),
    "people_per_ha": ("people_per_ha", "people/ha", "jiwa/ha", "per_ha"),
}
_NAMES = (
    (re.compile(r"_ppp_|_ppp\d|population_count|ghs_pop|_pop_\d{4}_.*_r\d|landscan", re.IGNORECASE), "people"),
    (re.compile(r"_pd_\d{4}|population_density|popdens", re.IGNORECASE), "people_per_km2"),
)
_DENSE_PER_KM2, _DENSE_KM2 = 1300.0, 5000.0
"""A density over an area that no part of Indonesia of that size reaches (Java, census 2020: 1171 people per km²)."""
_PER_KM2 = {"people_per_km2": 1.0, "people_per_ha": 100.0}


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read people per pixel.

    Notes
    -----
    Counts and densities look alike and differ by the area of a pixel, so the unit must be given
    (``unit = "people"`` or ``"people_per_km2"``), or follow from the file's own words: the name of a known
    product or the unit in its header. Every source pixel is shared among the pixels of the grid by area, so
    the total is kept; a much coarser one stays whole, even over the pixels whose centres it holds, and the layer says
    by its ``lattice`` where it lies. Negative values are never people.

    Raises
    ------
    LayerError
        Not readable, no place or CRS, no overlap, or a unit that nobody says.
    """
    declared = layer("population")
    survey = Survey(0.0, declared.maximum or np.inf)
    grid = frame_of(path, source, context)
    sums = Sums.on(grid)
    read_total = [0.0]
    reasons: list[str] = []
    lattices: list[Lattice | None] = []

    def take(tile: Tile, shown: str) -> bool:
        unit, reason = _unit(tile, source, shown, survey)
        reasons.append(reason)
        lattices.append(lattice_of(tile, grid))
        return spread(tile, grid, sums, _cleaner(tile, unit, survey, read_total), shown, method="sum")

    found = walk(path, source, context, grid, take)
    found.notes.extend(dict.fromkeys(reasons))
    say_survey(found, survey, "people")
    people = np.where(sums.weight > 1e-9, sums.total, np.nan)
    kept = float(np.nansum(people))
    found.notes.append(f"{read_total[0]:,.0f} people in the pixels read, {kept:,.0f} of them on the grid")
    known_km2 = float((np.isfinite(people) * pixel_area_km2(grid)[:, None]).sum())
    if known_km2 > _DENSE_KM2 and kept / known_km2 > _DENSE_PER_KM2:
        message = (
            f"{kept / known_km2:,.0f} people per km² over {known_km2:,.0f} km², more than on Java: is the unit right?"
        )
        found.warn("population_dense", message, mend="look at the unit of the file (people, people_per_km2)")
    lattice = _common(lattices)
    if lattice is not None:
        wide = lattice.step_lon_deg / grid.pixel_deg
        found.notes.append(
            f"its pixels are {wide:.1f} times as wide as the grid's: where in them people stand is an estimate"
        )
    return replace(conformed("population", found, Raster(grid, people, "people")), lattice=lattice)


def _common(lattices: list[Lattice | None]) -> Lattice | None:
    """The lattice all tiles share."""
    first = lattices[0] if lattices else None
    if first is None or not all(other is not None and first.is_in_step(other) for other in lattices):
        return None
    return first


def _unit(tile: Tile, source: LayerSource, shown: str, survey: Survey) -> tuple[str, str]:
    said = source.unit.strip().lower()
    if said:
        found = next((unit for unit, words in _UNITS.items() if said in words), "")
        if not found:
            message = f"'{shown}': unit '{source.unit}' of a population is not known: give one of {', '.join(_UNITS)}"
            raise LayerError(message, code="unit_unknown", file=shown, unit=source.unit)
        return found, f"values are {found} (scenario)"
    own = str(tile.dataset.units[0] or tile.dataset.tags().get("units", "")).strip().lower()
    found = next((unit for unit, words in _UNITS.items() if own and own in words), "")
    if found:
        return found, f"values are {found} (unit in the file's header)"
    for pattern, unit in _NAMES:
        if pattern.search(Path(shown).name):
            return unit, f"values are {unit} (name of a known product: {Path(shown).name})"
    raise _ask(tile, shown, survey)


def _ask(tile: Tile, shown: str, survey: Survey) -> LayerError:
    """The refusal, with what the file would sum to either way."""
    from rasterio.windows import Window

    from planner.layers.raster import values_of

    as_count = 0.0
    probe = Survey(survey.minimum, np.inf)
    step = max(1, int(tile.dataset.height * tile.dataset.width // 25_000_000))
    for row in range(0, tile.dataset.height, 256 * step):  # a sample of rows from large files
        n_rows = min(256, tile.dataset.height - row)
        values = np.nan_to_num(
            values_of(tile, Window(0, row, tile.dataset.width, n_rows), lambda found, _row: probe.clean(found))
        )
        as_count += float(values.sum()) * step
    as_density = as_count * _pixel_km2(tile)
    message = (
        f"'{shown}' does not say whether it holds people per pixel (it would sum to about {as_count:,.0f} people) or people "
        f'per km² (about {as_density:,.0f}): give unit = "people" or unit = "people_per_km2" for this layer'
    )
    return LayerError(
        message, code="population_unit", file=shown, as_count=f"{as_count:,.0f}", as_density=f"{as_density:,.0f}"
    )


def _pixel_km2(tile: Tile) -> float:
    """Area of a pixel in the middle of a tile; in a projection, its square metres (UTM: right to 0.2 %)."""
    step = tile.dataset.transform
    if tile.crs.is_projected:
        metres = float(tile.crs.linear_units_factor[1])
        return float(abs(step.a * step.e)) * metres * metres / 1e6
    west, south, east, north = tile.bounds_deg
    lon_m, lat_m = metres_per_degree((south + north) / 2.0)
    area_km2 = (east - west) * float(lon_m) * (north - south) * float(lat_m) / 1e6
    return float(area_km2 / (tile.dataset.width * tile.dataset.height))


def _cleaner(tile: Tile, unit: str, survey: Survey, read_total: list[float]) -> Any:
    """Values as read → people per source pixel; densities are multiplied by the area of their row."""
    per_km2 = _PER_KM2.get(unit, 0.0)
    transform = tile.dataset.transform

    def clean(values: NDArray[np.float64], first_row: int) -> NDArray[np.float64]:
        if not per_km2:
            people = survey.clean(values)
        else:
            density = survey.clean(values)
            people = density * per_km2 * _row_km2(tile, transform, first_row, len(values))[:, None]
        read_total[0] += float(np.nansum(people))
        return people

    return clean


def _row_km2(tile: Tile, transform: Any, first_row: int, n_rows: int) -> NDArray[np.float64]:
    if not tile.is_plain:
        return np.full(n_rows, _pixel_km2(tile))
    lat = transform.f + transform.e * (first_row + 0.5 + np.arange(n_rows))
    lon_m, lat_m = metres_per_degree(lat)
    return np.asarray(lon_m * lat_m * abs(transform.a * transform.e) / 1e6)
