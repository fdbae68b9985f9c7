"""From generators to one table of candidates: merged, judged, named, and no more than a plan can look at."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.backhaul.near import within_km
from planner.backhaul.sea import landmass_at
from planner.demand.areas import area_of_points
from planner.plan import candidates
from planner.plan.access import access_modes
from planner.plan.cover import greedy_rounds
from planner.plan.grounds import EXCLUSION_KINDS, eligibility, exclusions_at, is_below, meets_grounds
from planner.plan.world import PLACE_KINDS, RAW_COLUMNS, CandidateWorld, texts
from planner.registry import load
from planner.schema_columns import CANDIDATES

__all__ = ["DEFAULT_GENERATORS", "make_candidates"]

DEFAULT_GENERATORS = (
    "decisions", "existing_towers", "proposals", "clusters", "high_ground", "desa_centres", "facilities",
)  # fmt: skip
"""Generators of a scenario that names none. The first to name a place keeps it."""

Floats = NDArray[np.float64]
_FACILITY_TURNS = 3  # one public building for every three places of another kind: it serves its yard only
_ANSWERED = ("decisions", "proposals")  # somebody waits for a verdict on each of these
_COLUMNS = (*(column.name for column in CANDIDATES), "place_kind", "provenance", "weight_near")


def make_candidates(
    world: CandidateWorld, generators: tuple[str, ...] = DEFAULT_GENERATORS, *, max_candidates: int
) -> pd.DataFrame:
    """Run generators and make the table of candidates.

    Parameters
    ----------
    world
        Layers and stage tables.
    generators
        Keys in ``planner/plan/candidates``, in order: where places merge, the earlier one stays.
    max_candidates
        Most usable candidates. Those that decisions name stay first, then proposals (up to half of the
        limit), then those that add most weight lacking service within ``reach_km`` to the ones before them, so
        that the kept ones hold as much of it as they can; new ground, towers and facilities take turns.
        The rest keep their row with the reason ``over_limit``.

    Returns
    -------
    DataFrame
        `schema.TABLES["candidates"]` sorted by ``candidate_id``, with ``place_kind`` (what stands there:
        new, on_air, inactive, facility), ``provenance`` (every generator and row that named the place) and
        ``weight_near``. ``excluded_because`` is empty or ``outside``, ``not_eligible``, ``water``, ``slope``,
        ``protected``, ``hazard``, ``aviation``, ``other``, ``no_unserved`` or ``over_limit``.

    Raises
    ------
    UsageError
        An unknown generator.
    LayerError
        A kind of area in ``only_areas`` that no row of the priority layer has.
    """
    raw = [load(candidates, name).generate(world) for name in dict.fromkeys(generators)]
    found = _merged(pd.concat([_ordered(table) for table in raw], ignore_index=True), world.spec.merge_km)
    if found.empty:
        return pd.DataFrame({name: pd.Series(dtype=_dtype(name)) for name in _COLUMNS})
    lon, lat = found["lon_deg"].to_numpy(float), found["lat_deg"].to_numpy(float)
    area_code = area_of_points(world.admin, lon, lat) if len(world.admin) else np.full(len(found), "", dtype=str)
    found = found.assign(
        candidate_id=_names(found),
        area_code=area_code,
        elevation_m=world.at(world.terrain, lon, lat),
        access_mode=_access(world, found),
        is_existing=found["place_kind"].isin(["on_air", "inactive"]),
        weight_near=world.weight_near(lon, lat),
    )
    found = found.assign(eligibility=eligibility(world, found))
    kind, max_height_m = exclusions_at(world.exclusions, lon, lat)
    found = found.assign(max_height_m=max_height_m, excluded_because=_reasons(world, found, kind))
    return (
        _limited(world, found.reset_index(drop=True), max_candidates)
        .sort_values("candidate_id", kind="stable")[list(_COLUMNS)]
        .reset_index(drop=True)
    )


def _dtype(name: str) -> str:
    column = {column.name: column.dtype for column in CANDIDATES}.get(name, "text")
    return {"number": "float64", "flag": "bool"}.get(column, "float64" if name == "weight_near" else "str")


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    """One generator's places in an order that its rows do not decide."""
    return table.sort_values(["ref_id", "lon_deg", "lat_deg", "name"], kind="stable")


def _merged(found: pd.DataFrame, merge_km: float) -> pd.DataFrame:
    """Places of one kind nearer than ``merge_km`` become the earliest of them; its provenance names all."""
    found = found.reset_index(drop=True)
    keeper = np.arange(len(found))
    for kind in PLACE_KINDS:  # an existing tower is another option than new ground beside it
        rows = np.flatnonzero((found["place_kind"] == kind).to_numpy())
        at = (found["lon_deg"].to_numpy(float)[rows], found["lat_deg"].to_numpy(float)[rows])
        is_open = np.ones(len(rows), dtype=bool)
        for i, near in enumerate(within_km(at, at, max_km=merge_km)):  # in order: the first to come stays
            if is_open[i]:
                taken = [j for j in near if is_open[j]]
                is_open[taken] = False
                keeper[rows[taken]] = rows[i]
    label = np.where(found["ref_id"] == "", found["generator"], found["generator"] + ":" + found["ref_id"])
    named: dict[int, dict[str, None]] = {}
    for row, text in zip(keeper.tolist(), label.tolist(), strict=True):
        named.setdefault(row, {})[text] = None
    access = found["access_mode"].where(found["access_mode"] != "").groupby(keeper).first()
    kept = found.iloc[list(named)]
    return kept.assign(
        provenance=np.array([";".join(texts_) for texts_ in named.values()], dtype=str),
        access_mode=texts(access.reindex(kept.index)) if len(kept) else "",
    ).reset_index(drop=True)


def _names(found: pd.DataFrame) -> NDArray[np.str_]:
    """Identifiers from generator, row and position (1 m), as short as keeps them apart."""
    texts = [
        f"{row.generator}|{row.place_kind}|{row.ref_id}|{row.lon_deg:.5f}|{row.lat_deg:.5f}"
        for row in found[list(RAW_COLUMNS)].itertuples(index=False)
    ]
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    for length in range(8, 65, 4):
        names = [
            f"{generator}-{digest[:length]}" for generator, digest in zip(found["generator"], digests, strict=True)
        ]
        if len(set(names)) == len(names):
            break
    return np.array(names, dtype=str)


def _access(world: CandidateWorld, found: pd.DataFrame) -> NDArray[np.str_]:
    stated = found["access_mode"].to_numpy(dtype=str)
    derived = access_modes(world, found["lon_deg"].to_numpy(float), found["lat_deg"].to_numpy(float))
    return np.where(stated != "", stated, derived)


def _reasons(world: CandidateWorld, found: pd.DataFrame, shut: NDArray[np.str_]) -> NDArray[np.str_]:
    """Why a candidate cannot be built; the first reason that holds. ``shut``: kind of exclusion at each."""
    lon, lat = found["lon_deg"].to_numpy(float), found["lat_deg"].to_numpy(float)
    grid, code = world.grid, found["area_code"].to_numpy(dtype=str)
    row, col = grid.row_col(lon, lat)
    inside = grid.contains(row, col)
    reach = max(0, round(world.spec.coast_tolerance_km / grid.pixel_km))
    on_land = landmass_at(grid, world.landmass, lon, lat, reach_pixels=reach) > 0
    is_new = (found["place_kind"] == "new").to_numpy()
    between = ~on_land & is_new & world.is_dry(row, col)  # ground above the sea that no area claims
    steep = np.zeros(len(found), dtype=bool)
    steep[inside] = np.nan_to_num(world.slope_deg(row[inside], col[inside])) > world.max_slope_deg
    eligible = np.array([is_below(item, world.eligible_codes) for item in code], dtype=bool)
    eligible &= meets_grounds(found["eligibility"], world.eligibility)
    decided = found["provenance"].str.contains("decisions:").to_numpy(bool)
    eligible |= decided  # who forces a site gives reason and letter for it; the ground `decided` shows it
    has_areas = len(world.admin) > 0
    answered = found["provenance"].str.contains("|".join(_ANSWERED)).to_numpy(bool)
    conditions = [
        (~inside) | (has_areas & (code == "")) | between,
        ~eligible,
        ~on_land & is_new,
        steep & is_new,
        *((shut == kind) & is_new for kind in EXCLUSION_KINDS),
        (found["weight_near"].to_numpy(float) <= 0.0) & ~answered & is_new,
    ]
    reasons = ["outside", "not_eligible", "water", "slope", *EXCLUSION_KINDS, "no_unserved"]
    return np.asarray(np.select(conditions, reasons, default=""), dtype=str)


def _limited(world: CandidateWorld, found: pd.DataFrame, most: int) -> pd.DataFrame:
    """Mark what is over the limit: decisions stay, then proposals up to half, then the rest by what it adds."""
    usable = np.flatnonzero((found["excluded_because"] == "").to_numpy())
    if len(usable) <= most:
        return found
    held = found.iloc[usable].sort_values("candidate_id", kind="stable")
    provenance = held["provenance"]
    is_decided = provenance.str.contains("decisions").to_numpy(bool)
    is_asked = provenance.str.contains("proposals").to_numpy(bool) & ~is_decided
    order = _by_addition(world, held)
    decided = order[is_decided[order]]
    asked = order[is_asked[order]][: max(0, most // 2 - len(decided))]
    first = np.concatenate([decided, asked])
    ranked = np.concatenate([first, order[~np.isin(order, first)]])
    over = held.index.to_numpy()[ranked[most:]]
    return found.assign(excluded_because=found["excluded_because"].where(~found.index.isin(over), "over_limit"))


def _by_addition(world: CandidateWorld, held: pd.DataFrame) -> NDArray[np.int64]:
    """Positions by the weight they add to the others of their kind, kinds taking turns."""
    weight = world.need["weight"].to_numpy(float)
    near = world.need_near(held["lon_deg"].to_numpy(float), held["lat_deg"].to_numpy(float))
    covers = [np.array(rows, dtype=np.int64) for rows in near]
    turn = np.zeros(len(held), dtype=np.int64)
    kind = held["place_kind"].to_numpy(dtype=str)
    for name in PLACE_KINDS:
        rows = np.flatnonzero(kind == name)
        order = greedy_rounds([covers[i] for i in rows], weight, least=world.spec.min_weight, most=len(rows))
        turn[rows[order]] = np.arange(len(rows)) * (_FACILITY_TURNS if name == "facility" else 1)
    rank = np.array([PLACE_KINDS.index(name) for name in kind], dtype=np.int64)
    return np.lexsort((np.arange(len(held)), rank, turn))
