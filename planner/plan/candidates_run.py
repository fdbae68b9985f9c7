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
from planner.plan.world import PLACE_KINDS, RAW_COLUMNS, CandidateWorld, texts
from planner.registry import load
from planner.schema_columns import CANDIDATES

__all__ = ["DEFAULT_GENERATORS", "make_candidates"]

DEFAULT_GENERATORS = ("decisions", "existing_towers", "proposals", "clusters", "high_ground", "desa_centres")
"""Generators of a scenario that names none. The first to name a place keeps it."""

Floats = NDArray[np.float64]
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
        Most usable candidates. Those with the most weight that lacks service within ``reach_km`` stay (those
        that decisions name before all others); the rest keep their row with the reason ``over_limit``.

    Returns
    -------
    DataFrame
        `schema.TABLES["candidates"]` sorted by ``candidate_id``, with ``place_kind`` (what stands there:
        new, on_air, inactive, facility), ``provenance`` (every generator and row that named the place) and
        ``weight_near``. ``excluded_because`` is empty or ``outside``, ``not_eligible``, ``water``, ``slope``,
        ``protected``, ``no_unserved`` or ``over_limit``.

    Raises
    ------
    UsageError
        An unknown generator.
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
    found = found.assign(excluded_because=_reasons(world, found))
    return (
        _limited(found, max_candidates)
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
    order = pd.DataFrame({"keeper": keeper, "label": label})
    provenance = order.groupby("keeper", sort=True)["label"].agg(lambda names: ";".join(dict.fromkeys(names)))
    access = found["access_mode"].where(found["access_mode"] != "").groupby(keeper).first()
    kept = found.loc[provenance.index]
    return kept.assign(
        provenance=provenance.to_numpy(dtype=str) if len(kept) else "",
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


def _reasons(world: CandidateWorld, found: pd.DataFrame) -> NDArray[np.str_]:
    """Why a candidate cannot be built; the first reason that holds."""
    lon, lat = found["lon_deg"].to_numpy(float), found["lat_deg"].to_numpy(float)
    grid, code = world.grid, found["area_code"].to_numpy(dtype=str)
    row, col = grid.row_col(lon, lat)
    inside = grid.contains(row, col)
    pixel_km = grid.pixel_deg * 111.0
    reach = max(0, round(world.spec.coast_tolerance_km / pixel_km))
    on_land = landmass_at(grid, world.landmass, lon, lat, reach_pixels=reach) > 0
    is_new = (found["place_kind"] == "new").to_numpy()
    steep = np.zeros(len(found), dtype=bool)
    shut = np.zeros(len(found), dtype=bool)
    if world.slope_deg is not None:
        steep[inside] = np.nan_to_num(world.slope_deg[row[inside], col[inside]]) > world.max_slope_deg
    if world.protected is not None:
        shut[inside] = world.protected[row[inside], col[inside]]
    eligible = np.array([_is_below(item, world.only_areas) for item in code], dtype=bool)
    has_areas = len(world.admin) > 0
    answered = found["provenance"].str.contains("|".join(_ANSWERED)).to_numpy(bool)
    conditions = [
        (~inside) | (has_areas & (code == "")),
        ~eligible,
        ~on_land & is_new,
        steep & is_new,
        shut & is_new,
        (found["weight_near"].to_numpy(float) <= 0.0) & ~answered & is_new,
    ]
    reasons = ["outside", "not_eligible", "water", "slope", "protected", "no_unserved"]
    return np.asarray(np.select(conditions, reasons, default=""), dtype=str)


def _is_below(code: str, areas: tuple[str, ...]) -> bool:
    return not areas or any(code == area or code.startswith(f"{area}.") for area in areas)


def _limited(found: pd.DataFrame, most: int) -> pd.DataFrame:
    usable = np.flatnonzero((found["excluded_because"] == "").to_numpy())
    if len(usable) <= most:
        return found
    held = found.iloc[usable]
    named = held["provenance"].str.contains("decisions").to_numpy(bool)
    order = np.lexsort((held["candidate_id"].to_numpy(dtype=str), -held["weight_near"].to_numpy(float), ~named))
    reason = found["excluded_because"].to_numpy(dtype=object)
    reason[usable[order[most:]]] = "over_limit"
    return found.assign(excluded_because=reason.astype(str))
