"""Demand cells: the land pixels that hold people, enterprises or public facilities."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demand.areas import area_of_pixels, area_of_points
from planner.demand.counts import AreaCounts, Conflict, latest_counts, umkm_totals, worst
from planner.demand.points import UMKM_COUNTS, LandFrame, Placed, UmkmTally, in_units, place_on_land, tally_umkm
from planner.demand.rates import BusyHour, busy_hour, demand_mbps
from planner.demand.settle import Attraction, settled
from planner.demand.spread import LandPixels, Spread, land_pixels, settle_weights, spread_counts
from planner.grid import Grid, Lattice, Raster
from planner.schema_columns import EVIDENCE
from planner.specs.demand import DemandSpec

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Demand", "DemandInputs", "DemandReport", "build_cells", "build_demand"]

Settle = Callable[[], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class DemandInputs:
    """Everything the demand cells are made from.

    Parameters
    ----------
    grid, land
        Frame, and which of its pixels are land (shape ``grid.shape``).
    admin
        Areas.
    umkm
        Enterprises with a position, or their `UmkmTally` when they came in chunks.
    umkm_counts, population_counts
        Counts per area.
    population
        People per pixel on ``grid``, or None.
    facilities
        Public facilities.
    spec
        Demand model.
    priority_sectors
        KBLI letters of priority sectors.
    population_evidence
        Evidence of the raster.
    lattice
        Pixels of the raster's source where they are coarser than the grid, None where they are not.
    built
        Whether the ground cover says buildings, shape ``grid.shape``; None where it is not known.
    """

    grid: Grid
    land: NDArray[np.bool_]
    admin: gpd.GeoDataFrame
    umkm: pd.DataFrame | UmkmTally
    umkm_counts: pd.DataFrame
    population: Raster | None
    population_counts: pd.DataFrame
    facilities: pd.DataFrame
    spec: DemandSpec
    priority_sectors: tuple[str, ...] = ()
    population_evidence: str = "observed"
    lattice: Lattice | None = None
    built: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class DemandReport:
    """What went into the cells and what did not; sums in people, enterprises, facilities.

    Parameters
    ----------
    people_method
        ``raster``, ``counts``, ``raster_and_counts`` or ``none``.
    people_in, people_used, people_moved, people_left_out
        Stated for the region, placed on land, of these moved to the nearest land, and farther from
        it than the snap distance.
    people_placed
        People whose pixel is an estimate: their raster is coarser than the grid (`settled`, or even).
    people_cut
        Stated for the parts of areas that the region's border cuts off.
    n_areas_elsewhere
        Areas with a count of people that the region does not hold; they are no part of ``people_in``.
    umkm_in, umkm_moved, umkm_left_out
        Weight of enterprises with a position.
    umkm_from_counts
        Enterprises spread from counts per area (estimate).
    umkm_estimated, umkm_estimated_low, umkm_estimated_high
        Estimated from people, with the range between sources; 0 where not asked for.
    umkm_used
        All enterprises in the cells.
    facilities_in, facilities_moved, facilities_left_out
        Facilities.
    busy_hour
        Figures that dimension the plan, and their alternatives.
    conflicts
        Inputs that disagree.
    """

    people_method: str
    people_in: float
    people_used: float
    people_moved: float
    people_left_out: float
    people_placed: float
    people_cut: float
    n_areas_elsewhere: int
    umkm_in: float
    umkm_moved: float
    umkm_left_out: float
    umkm_from_counts: float
    umkm_estimated: float
    umkm_estimated_low: float
    umkm_estimated_high: float
    umkm_used: float
    facilities_in: int
    facilities_moved: int
    facilities_left_out: int
    busy_hour: BusyHour
    conflicts: tuple[Conflict, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain dict for the manifest."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Demand:
    """Demand cells and where each point went.

    Parameters
    ----------
    cells
        `schema.TABLES["cells"]` and ``n_facilities_main``, sorted by ``cell_id``.
    umkm_cells
        ``umkm_id, cell_id`` in the order of the enterprises, −1 for those left out; empty when they
        came as a tally.
    facility_cells
        ``facility_id, cell_id`` likewise.
    report
        Sums in and out.
    """

    cells: pd.DataFrame
    umkm_cells: pd.DataFrame
    facility_cells: pd.DataFrame
    report: DemandReport


@dataclass(frozen=True, eq=False)
class _People:
    values: NDArray[np.float64]
    evidence: NDArray[np.int8]
    method: str
    stated: float
    moved: float = 0.0
    left_out: float = 0.0
    placed: float = 0.0
    n_elsewhere: int = 0
    cut: float = 0.0
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, eq=False)
class _Umkm:
    counts: dict[str, NDArray[np.float64]]
    from_counts: float = 0.0
    estimated: tuple[float, float, float] = (0.0, 0.0, 0.0)
    conflicts: tuple[Conflict, ...] = field(default=())


def build_cells(  # noqa: PLR0913 - one argument a layer, all by keyword; `DemandInputs` carries the same
    *,
    grid: Grid,
    land: NDArray[np.bool_],
    admin: gpd.GeoDataFrame,
    umkm: pd.DataFrame,
    umkm_counts: pd.DataFrame,
    population: Raster | None,
    population_counts: pd.DataFrame,
    facilities: pd.DataFrame,
    spec: DemandSpec,
    priority_sectors: tuple[str, ...] = (),
    population_evidence: str = "observed",
    lattice: Lattice | None = None,
    built: NDArray[np.bool_] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Demand cells, with the report in ``attrs["demand"]``, and the cell of each enterprise.

    `build_demand` says what goes in and how; this is the same with one argument a layer.
    """
    demand = build_demand(
        DemandInputs(
            grid=grid,
            land=land,
            admin=admin,
            umkm=umkm,
            umkm_counts=umkm_counts,
            population=population,
            population_counts=population_counts,
            facilities=facilities,
            spec=spec,
            priority_sectors=priority_sectors,
            population_evidence=population_evidence,
            lattice=lattice,
            built=built,
        )
    )
    demand.cells.attrs["demand"] = demand.report.to_json()
    return demand.cells, demand.umkm_cells


def build_demand(inputs: DemandInputs) -> Demand:
    """Make the demand cells.

    Parameters
    ----------
    inputs
        Layers and model.

    Returns
    -------
    Demand
        One row per land pixel that holds anybody or anything.

    Notes
    -----
    People come from the raster where it knows them, else from counts spread by `settle_weights`
    (estimate). Enterprises come from their points; a count per area adds what it states beyond the
    points inside the area, spread by people (estimate). Points and people off the land go to the
    nearest land pixel within ``spec.snap_km``. What is farther is left out and reported; nothing is
    lost in silence: ``*_in = used + left out`` for each layer.
    """
    frame = LandFrame(inputs.grid, inputs.land, inputs.spec.snap_km)
    index, codes = area_of_pixels(inputs.admin, inputs.grid)
    pixels = land_pixels(frame, index, codes)
    settle = functools.cache(lambda: settle_weights(pixels, inputs.admin, inputs.spec))  # only counts ask for it
    placed_umkm, tally = _tally(inputs, frame)
    facilities = inputs.facilities
    placed = place_on_land(frame, facilities["lon_deg"].to_numpy(), facilities["lat_deg"].to_numpy())
    people = _people(inputs, frame, pixels, settle, _attraction(inputs, pixels, tally, placed))
    umkm = _umkm(inputs, frame, pixels, settle, people, tally)
    is_main = facilities["is_main"].fillna(value=True).to_numpy(dtype=bool) if len(facilities) else np.zeros(0, bool)
    counts = {
        "n_facilities": _count(pixels, placed.cell_id),
        "n_facilities_main": _count(pixels, placed.cell_id[is_main]),
    }
    figures = busy_hour(inputs.spec)
    cells = _frame(inputs, pixels, people, umkm, counts, figures, np.unique(tally.cell_id))
    return Demand(
        cells=cells,
        umkm_cells=_ids(inputs.umkm, "umkm_id", placed_umkm),
        facility_cells=_ids(facilities, "facility_id", placed),
        report=_report(people, umkm, tally, placed, figures),
    )


def _tally(inputs: DemandInputs, frame: LandFrame) -> tuple[Placed, UmkmTally]:
    if isinstance(inputs.umkm, UmkmTally):
        return Placed(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)), inputs.umkm
    placed = place_on_land(frame, inputs.umkm["lon_deg"].to_numpy(), inputs.umkm["lat_deg"].to_numpy())
    return placed, tally_umkm(inputs.umkm, placed, priority_sectors=inputs.priority_sectors)


def _ids(frame: pd.DataFrame | UmkmTally, key: str, placed: Placed) -> pd.DataFrame:
    ids = pd.Series([], dtype="str") if isinstance(frame, UmkmTally) else frame[key].reset_index(drop=True)
    return pd.DataFrame({key: ids, "cell_id": placed.cell_id})


def _count(pixels: LandPixels, cell_id: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.bincount(np.searchsorted(pixels.cell_id, cell_id[cell_id >= 0]), minlength=pixels.cell_id.size)


def _attraction(inputs: DemandInputs, pixels: LandPixels, tally: UmkmTally, facilities: Placed) -> Attraction:
    weight = _count(pixels, facilities.cell_id).astype(np.float64)
    weight[np.searchsorted(pixels.cell_id, tally.cell_id)] += tally.counts[0]
    is_built = np.zeros(weight.size, bool) if inputs.built is None else inputs.built.ravel()[pixels.cell_id]
    return Attraction(weight, is_built)


def _people(
    inputs: DemandInputs, frame: LandFrame, pixels: LandPixels, settle: Settle, attraction: Attraction
) -> _People:
    raster = _from_raster(inputs, frame, pixels, attraction)
    counts = latest_counts(inputs.population_counts, "people")
    if raster is not None:
        counts = _unknown_to_raster(counts, inputs.population, pixels)
    if raster is not None and not counts.total:
        return raster
    spread = spread_counts(counts, pixels, frame, inputs.admin, settle=settle())
    kinds = [EVIDENCE.index(worst("estimate", counts.evidence[code])) for code in spread.owners]
    evidence = np.array([*kinds, EVIDENCE.index("estimate")], dtype=np.int8)[spread.owner]
    if raster is None:
        raster = _People(np.zeros(pixels.cell_id.size), evidence, "none", 0.0)
    is_spread = spread.values > 0.0
    has_counts = bool(spread.owners)
    missing = (
        _without_figure(pixels, spread, np.zeros(pixels.cell_id.size)) if has_counts and raster.method == "none" else ()
    )
    methods = {("none", True): "counts", ("none", False): "none", ("raster", True): "raster_and_counts"}
    return _People(
        values=raster.values + in_units(spread.values, spread.owner),
        evidence=np.where(is_spread, evidence, raster.evidence),
        method=methods.get((raster.method, has_counts), raster.method),
        stated=raster.stated + spread.stated,
        moved=raster.moved + spread.moved,
        left_out=raster.left_out + max(0.0, spread.stated - spread.placed),
        placed=raster.placed,
        n_elsewhere=spread.n_elsewhere,
        cut=spread.cut,
        conflicts=(*spread.conflicts, *missing),
    )


def _without_figure(pixels: LandPixels, spread: Spread, held: NDArray[np.float64]) -> tuple[Conflict, ...]:
    """Areas of the region for which neither they nor anything above them has a figure: they hold none, by ignorance."""
    n_codes = len(pixels.codes)
    is_bare = np.bincount(pixels.code_index, weights=spread.owner >= 0, minlength=n_codes) == 0.0
    is_empty = np.bincount(pixels.code_index, weights=held, minlength=n_codes) == 0.0
    has_land = np.bincount(pixels.code_index, minlength=n_codes) > 0
    found = pixels.codes[is_bare & is_empty & has_land].tolist()
    return tuple(Conflict("no_figure", code, 0.0, 0.0) for code in found if code)


def _from_raster(inputs: DemandInputs, frame: LandFrame, pixels: LandPixels, attraction: Attraction) -> _People | None:
    """People of the raster; those on water go to the nearest land pixel, of their own coarse pixel if it has any."""
    if inputs.population is None:
        return None
    people = inputs.population.values.ravel()
    kind = inputs.population_evidence
    evidence = np.full(pixels.cell_id.size, EVIDENCE.index(kind), dtype=np.int8)
    moved, placed = 0.0, 0.0
    if inputs.lattice is not None and inputs.spec.people_placement == "settled":
        found = settled(people.astype(np.float64), inputs.grid, inputs.lattice, pixels, attraction)
        values, at_sea, moved = found.values, found.at_sea, found.moved
        evidence[found.is_estimate] = EVIDENCE.index(worst(kind, "estimate"))
        placed = float(values[found.is_estimate].sum())
    else:
        values = np.nan_to_num(people[pixels.cell_id].astype(np.float64), nan=0.0)
        at_sea = np.flatnonzero((people > 0.0) & ~inputs.land.ravel())
        if inputs.lattice is not None:
            evidence[:] = EVIDENCE.index(worst(kind, "estimate"))
            placed = float(values.sum())
    lon, lat = inputs.grid.lon_lat(at_sea // inputs.grid.n_cols, at_sea % inputs.grid.n_cols)
    spots = place_on_land(frame, lon, lat)
    used = spots.is_used
    values = values + np.bincount(
        np.searchsorted(pixels.cell_id, spots.cell_id[used]),
        weights=people[at_sea[used]].astype(np.float64),
        minlength=values.size,
    )
    return _People(
        in_units(values),
        evidence,
        "raster",
        stated=float(np.nansum(people, dtype=np.float64)),
        moved=moved + float(people[at_sea[used]].sum(dtype=np.float64)),
        left_out=float(people[at_sea[~used]].sum(dtype=np.float64)),
        placed=placed,
    )


def _unknown_to_raster(counts: AreaCounts, population: Raster | None, pixels: LandPixels) -> AreaCounts:
    """Counts of the areas in which the raster knows no pixel at all."""
    if population is None or not counts.total:
        return counts
    known = np.isfinite(population.values.ravel()[pixels.cell_id].astype(np.float64))
    seen: set[str] = set()
    for code in np.unique(pixels.codes[pixels.code_index[known]]).tolist():
        parts = code.split(".")
        seen.update(".".join(parts[: i + 1]) for i in range(len(parts)))
    kept = {code: value for code, value in counts.total.items() if code not in seen}
    return AreaCounts(kept, counts.evidence, {}, {}, counts.conflicts)


def _umkm(
    inputs: DemandInputs,
    frame: LandFrame,
    pixels: LandPixels,
    settle: Settle,
    people: _People,
    tally: UmkmTally,
) -> _Umkm:
    counts = {name: np.zeros(pixels.cell_id.size) for name in UMKM_COUNTS}
    at = np.searchsorted(pixels.cell_id, tally.cell_id)
    for name, values in zip(UMKM_COUNTS, tally.counts, strict=True):
        counts[name][at] = values
    spec = inputs.spec
    stated = umkm_totals(inputs.umkm_counts, inputs.priority_sectors)
    if stated.total:
        spread = spread_counts(
            stated, pixels, frame, inputs.admin, settle=settle(), pattern=people.values, already=counts["n_umkm"]
        )
        small = np.array([*(stated.small_share.get(code, 0.0) for code in spread.owners), 0.0])[spread.owner]
        priority = np.array([*(stated.priority_share.get(code, 0.0) for code in spread.owners), 0.0])[spread.owner]
        added = in_units(spread.values, spread.owner)
        counts["n_umkm"] = counts["n_umkm"] + added
        for name, part in (("n_umkm_small", small), ("n_umkm_priority_sector", priority)):
            counts[name] = counts[name] + np.minimum(in_units(added * part, spread.owner), added)
        missing = _without_figure(pixels, spread, counts["n_umkm"] - added)
        return _Umkm(counts, from_counts=spread.placed, conflicts=(*spread.conflicts, *missing))
    if spec.estimate_umkm and tally.n_rows == 0:
        counts["n_umkm"] = in_units(people.values * spec.umkm_per_people_share)
        n = float(people.values.sum())
        low, high = spec.umkm_per_people_low_share, spec.umkm_per_people_high_share
        return _Umkm(counts, estimated=(n * spec.umkm_per_people_share, n * low, n * high))
    return _Umkm(counts)


def _frame(
    inputs: DemandInputs,
    pixels: LandPixels,
    people: _People,
    umkm: _Umkm,
    facilities: dict[str, NDArray[np.int64]],
    figures: BusyHour,
    with_rows: NDArray[np.int64],
) -> pd.DataFrame:
    held = (people.values > 0.0) | (umkm.counts["n_umkm"] > 0.0) | (facilities["n_facilities"] > 0)
    held[np.searchsorted(pixels.cell_id, with_rows)] = True  # an enterprise of weight 0 has its cell too
    at = np.flatnonzero(held)
    cell_id = pixels.cell_id[at]
    lon, lat = pixels.lon_deg[at], pixels.lat_deg[at]
    columns: dict[str, Any] = {
        "cell_id": cell_id,
        "row": cell_id // inputs.grid.n_cols,
        "col": cell_id % inputs.grid.n_cols,
        "lon_deg": lon,
        "lat_deg": lat,
        "area_code": _area_codes(inputs, pixels, at),
        "people": people.values[at],
        **{name: umkm.counts[name][at] for name in UMKM_COUNTS},
        "n_facilities": facilities["n_facilities"][at].astype(np.int64),
        "demand_mbps": np.zeros(at.size),
        "people_evidence": pd.Series(EVIDENCE, dtype="str").take(people.evidence[at]).array,
        "n_facilities_main": facilities["n_facilities_main"][at].astype(np.int64),
    }
    columns["demand_mbps"] = demand_mbps(columns["people"], columns["n_umkm"], columns["n_facilities"], figures)
    return pd.DataFrame(columns)


def _area_codes(inputs: DemandInputs, pixels: LandPixels, at: NDArray[np.int64]) -> Any:
    """Area of each cell as a text column; a pixel whose centre no area holds takes the nearest."""
    index = pixels.code_index[at].astype(np.int64)
    outside = np.flatnonzero(index == 0)
    lon, lat = pixels.lon_deg[at[outside]], pixels.lat_deg[at[outside]]
    found = area_of_points(inputs.admin, lon, lat, snap_km=inputs.spec.snap_km)
    index[outside] = len(pixels.codes) + np.arange(outside.size)
    return pd.Series(np.concatenate([pixels.codes, found]), dtype="str").take(index).array


def _report(people: _People, umkm: _Umkm, tally: UmkmTally, facilities: Placed, figures: BusyHour) -> DemandReport:
    placed = float(tally.counts[0].sum()) if tally.counts.size else 0.0
    estimated, low, high = umkm.estimated
    return DemandReport(
        people_method=people.method,
        people_in=people.stated,
        people_used=float(people.values.sum()),
        people_moved=people.moved,
        people_left_out=people.left_out,
        people_placed=people.placed,
        people_cut=people.cut,
        n_areas_elsewhere=people.n_elsewhere,
        umkm_in=placed + tally.left_out,
        umkm_moved=tally.moved,
        umkm_left_out=tally.left_out,
        umkm_from_counts=umkm.from_counts,
        umkm_estimated=estimated,
        umkm_estimated_low=low,
        umkm_estimated_high=high,
        umkm_used=float(umkm.counts["n_umkm"].sum()),
        facilities_in=int(facilities.cell_id.size),
        facilities_moved=int(facilities.is_moved.sum()),
        facilities_left_out=int((~facilities.is_used).sum()),
        busy_hour=figures,
        conflicts=(*people.conflicts, *umkm.conflicts),
    )
