"""Candidate × site type: what it would cost and carry, and the transmitter it would be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.backhaul.near import nearest_pairs
from planner.backhaul.roads import road_net
from planner.errors import LayerError
from planner.schema_columns import OPTIONS
from planner.specs.cost import CostSpec
from planner.specs.sites import SiteSpec

if TYPE_CHECKING:
    import geopandas as gpd

    from planner.specs.radio import RadioSpec

__all__ = ["TRANSMITTER_COLUMNS", "Options", "graph_places", "make_options", "operators_of", "with_covers"]

Floats = NDArray[np.float64]
HOURS_PER_YEAR = 8760.0
_SAME_BAND = 0.05
"""Two carriers whose middles differ by less than this share are of one band."""
TRANSMITTER_COLUMNS = (
    "option_id", "lon_deg", "lat_deg", "height_m", "band_mhz", "power_dbm", "gain_dbi", "bandwidth_mhz",
    "azimuth_deg", "tilt_deg", "radius_km",
)  # fmt: skip
_EXTRA = (
    "lon_deg", "lat_deg", "technology", "height_m", "place_kind", "ref_id", "access_mode", "power_source", "grid_km",
    "backhaul_kinds", "backhaul_pool", "n_sectors", "structure_capex_idr", "access_capex_idr", "power_capex_idr",
)  # fmt: skip
_TEXTS = (
    "option_id", "candidate_id", "site_type", "technology", "place_kind", "ref_id", "access_mode", "power_source",
    "backhaul_kinds", "backhaul_pool",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Options:
    """What could be built, and how it would radiate; row by row the same options.

    Parameters
    ----------
    frame
        `schema.TABLES["options"]` sorted by ``option_id``, with position, ``height_m``, ``technology``,
        ``place_kind``, ``ref_id``, ``access_mode``, ``power_source`` (grid, solar or none), ``grid_km`` (NaN: not
        known), ``backhaul_kinds`` (separated by commas), ``backhaul_pool``, ``n_sectors`` and the parts of the capex.
    transmitters
        `TRANSMITTER_COLUMNS`, for `planner.radio.covers`.
    """

    frame: pd.DataFrame
    transmitters: pd.DataFrame


def make_options(
    candidates: pd.DataFrame,
    site_specs: tuple[SiteSpec, ...],
    cost: CostSpec,
    *,
    radio: RadioSpec,
    bts: pd.DataFrame | None = None,
    power: gpd.GeoDataFrame | None = None,
) -> Options:
    """Every site type at every usable candidate that it fits.

    Parameters
    ----------
    candidates
        From `make_candidates`; rows with ``excluded_because`` get no option.
    site_specs
        Types allowed.
    cost
        Money.
    radio
        Assumptions of the cells' capacity.
    bts
        Existing towers, for the height at candidates that stand on one.
    power
        Lines of the grid. None or empty: the distance is not known, and solar is priced.

    Returns
    -------
    Options
        With ``n_cells`` 0 until `with_covers` counts them.

    Raises
    ------
    LayerError
        Two site types of one name.
    """
    specs = sorted(site_specs, key=lambda spec: spec.name)
    if len({spec.name for spec in specs}) < len(specs):
        message = "site types must have different names: " + ", ".join(spec.name for spec in specs)
        raise LayerError(message, code="options_twice", names=", ".join(spec.name for spec in specs))
    usable = candidates.loc[candidates["excluded_because"] == ""].sort_values("candidate_id", kind="stable")
    usable = usable.assign(
        grid_km=_grid_km(power, usable["lon_deg"].to_numpy(float), usable["lat_deg"].to_numpy(float)),
        tower_m=_tower_m(bts, usable["ref_id"]),
    )
    tables = [
        _of_type(usable.loc[(usable["place_kind"] == spec.fits) & _is_new_there(usable, bts, spec)], spec, cost, radio)
        for spec in specs
    ]
    tables = [table for table in tables if len(table)]
    frame = pd.concat(tables, ignore_index=True) if tables else _empty()
    frame = frame.sort_values("option_id", kind="stable").reset_index(drop=True)
    names = [column.name for column in OPTIONS]
    return Options(frame[[*names, *_EXTRA]], frame[list(TRANSMITTER_COLUMNS)].copy())


def _empty() -> pd.DataFrame:
    names = dict.fromkeys([*(column.name for column in OPTIONS), *_EXTRA, *TRANSMITTER_COLUMNS])
    return pd.DataFrame({name: pd.Series(dtype="str" if name in _TEXTS else "float64") for name in names})


def _grid_km(power: gpd.GeoDataFrame | None, lon_deg: Floats, lat_deg: Floats) -> Floats:
    """Distance to the nearest power line; NaN where no line is known."""
    found = np.full(len(lon_deg), np.nan)
    if power is not None and len(power) and len(lon_deg):
        net = road_net(power, step_km=0.1)  # a supply line is worth its last hundred metres
        i, _, km = nearest_pairs((lon_deg, lat_deg), (net.lon_deg, net.lat_deg), k=1, max_km=500.0)
        found[i] = km
    return found


def _tower_m(bts: pd.DataFrame | None, ref_id: pd.Series) -> Floats:
    """Height of the tower a candidate stands on; NaN for new ground and unknown heights."""
    if bts is None or bts.empty:
        return np.full(len(ref_id), np.nan)
    height = bts.drop_duplicates("bts_id").set_index("bts_id")["height_m"]
    return ref_id.map(height).to_numpy(float)


def _is_new_there(usable: pd.DataFrame, bts: pd.DataFrame | None, spec: SiteSpec) -> NDArray[np.bool_]:
    """Whether a type adds something to each place: not where every operator on the tower runs 4G in its band already.

    Rows at one position (to about 10 m) are one tower.
    """
    if spec.fits != "on_air" or bts is None or bts.empty:
        return np.ones(len(usable), dtype=bool)
    on_air = bts.loc[bts["status"] == "on_air"]
    tower = on_air["lon_deg"].map("{:.4f}".format) + on_air["lat_deg"].map("{:.4f}".format)
    runs = on_air["technology"].isin(["4G", "5G"]) & ((on_air["band_mhz"] / spec.band_mhz - 1.0).abs() <= _SAME_BAND)
    by_operator = runs.groupby([tower, on_air["operator"]]).any()
    full = by_operator.groupby(level=0).all()
    own = pd.Series(tower.to_numpy(), index=on_air["bts_id"].to_numpy())
    own = own[~own.index.duplicated()]
    return ~usable["ref_id"].map(own).map(full).fillna(value=False).to_numpy(dtype=bool)


def operators_of(options: pd.DataFrame, bts: pd.DataFrame | None) -> NDArray[np.str_]:
    """Whom each option would stand for: on whose carrier it sends.

    Parameters
    ----------
    options
        ``ref_id, lon_deg, lat_deg, place_kind, band_mhz``.
    bts
        Existing stations; those on air decide.

    Returns
    -------
    array
        On a tower an operator of it that does not run 4G or 5G in the band there yet: the one of ``ref_id`` before the others,
        then the one with most stations. Nobody knows yet whom a new tower will stand for: the operator with most 4G and
        5G stations on air is taken. A facility's access point is on nobody's carrier (empty).
    """
    found = np.full(len(options), "", dtype=object)
    if bts is None or bts.empty:
        return found.astype(str)
    operator = bts["operator"].astype(str)
    is_wide = (bts["technology"].isin(["4G", "5G"]) & (bts["status"] == "on_air")).to_numpy(dtype=bool)
    count = operator[is_wide].value_counts()
    ranked = sorted(count.index, key=lambda name: (-int(count[name]), name))
    of_row = dict(zip(bts["bts_id"].astype(str)[::-1], operator[::-1], strict=True))
    here: dict[tuple[str, str], set[str]] = {}
    runs: dict[tuple[str, str], list[tuple[str, float]]] = {}
    rows = zip(bts["lon_deg"], bts["lat_deg"], operator, bts["band_mhz"], is_wide, strict=True)
    for lon, lat, name, band, wide in rows:
        tower = _tower(lon, lat)
        here.setdefault(tower, set()).add(name)
        if wide:
            runs.setdefault(tower, []).append((name, float(band)))
    asked = zip(*(options[name] for name in ("ref_id", "lon_deg", "lat_deg", "place_kind", "band_mhz")), strict=True)
    for k, (ref, lon, lat, kind, band) in enumerate(asked):
        if kind == "facility":
            continue
        tower, own = _tower(lon, lat), of_row.get(str(ref), "")
        if not own:
            found[k] = ranked[0] if ranked else ""
            continue
        busy = {name for name, used in runs.get(tower, []) if abs(used / float(band) - 1.0) <= _SAME_BAND}
        order = [own, *(name for name in ranked if name in here.get(tower, set()))]
        found[k] = next((name for name in order if name not in busy), own)
    return found.astype(str)


def _tower(lon_deg: float, lat_deg: float) -> tuple[str, str]:
    """Name of a position: rows within about 10 m are one tower."""
    return f"{lon_deg:.4f}", f"{lat_deg:.4f}"


def _of_type(at: pd.DataFrame, spec: SiteSpec, cost: CostSpec, radio: RadioSpec) -> pd.DataFrame:
    if at.empty:
        return at
    from planner.radio.capacity import cell_capacity_mbps

    n = len(at)
    structure = spec.tower_capex_idr + spec.equipment_capex_idr
    mode = at["access_mode"].to_numpy(dtype=str)
    access_capex = spec.access_share * np.array([cost.access[m].capex_idr for m in mode])
    access_opex = spec.access_share * np.array([cost.access[m].opex_idr_per_year for m in mode])
    source, power_capex, power_opex = _power(at["grid_km"].to_numpy(float), spec.power_kw, cost)
    capex = structure + access_capex + power_capex
    opex = spec.opex_share_per_year * structure + spec.rent_idr_per_year + access_opex + power_opex
    tower = at["tower_m"].to_numpy(float)
    height = np.where(np.isnan(tower) | (not spec.uses_tower_height), spec.height_m, tower)
    mbps = np.asarray(
        cell_capacity_mbps(
            np.full(n, spec.bandwidth_mhz), np.full(n, spec.n_sectors), np.full(n, spec.technology), spec=radio
        ),
        dtype=np.float64,
    )
    candidate_id = at["candidate_id"].astype(str)
    made = pd.DataFrame(
        {
            "option_id": (candidate_id + ":" + spec.name).to_numpy(dtype=str),
            "candidate_id": candidate_id.to_numpy(dtype=str),
            "site_type": spec.name,
            "capex_idr": capex,
            "opex_idr_per_year": opex,
            "cost_idr": cost.present_value_idr(capex, opex),
            "radio_mbps": mbps,
            "n_cells": np.zeros(n, dtype=np.int64),
            **{name: at[name].to_numpy() for name in ("lon_deg", "lat_deg", "place_kind", "ref_id", "access_mode", "grid_km")},
            "technology": spec.technology,
            "height_m": height,
            "power_source": source,
            "backhaul_kinds": ",".join(sorted(spec.backhaul_kinds)),
            "backhaul_pool": spec.backhaul_pool,
            "n_sectors": spec.n_sectors,
            "structure_capex_idr": structure,
            "access_capex_idr": access_capex,
            "power_capex_idr": power_capex,
            "band_mhz": spec.band_mhz,
            "power_dbm": spec.power_dbm,
            "gain_dbi": spec.gain_dbi,
            "bandwidth_mhz": spec.bandwidth_mhz,
            "azimuth_deg": np.nan,
            "tilt_deg": np.nan if spec.tilt_deg is None else spec.tilt_deg,
            "radius_km": spec.radius_km,
        }
    )  # fmt: skip
    if "max_height_m" not in at:
        return made
    return made[~(height > at["max_height_m"].to_numpy(float)) | spec.uses_tower_height]


def _power(grid_km: Floats, load_kw: float, cost: CostSpec) -> tuple[NDArray[np.str_], Floats, Floats]:
    """Supply, its capex and yearly cost: the grid where it is near and cheaper over the horizon, else solar."""
    if load_kw == 0.0:
        return np.full(len(grid_km), "none"), np.zeros(len(grid_km)), np.zeros(len(grid_km))
    grid_capex = cost.grid_connection_idr + cost.grid_idr_per_km * grid_km
    grid_opex = np.full(len(grid_km), load_kw * HOURS_PER_YEAR * cost.grid_idr_per_kwh)
    sun_capex = np.full(len(grid_km), load_kw * cost.solar_idr_per_kw)
    sun_opex = sun_capex * cost.solar_opex_share_per_year
    cheaper = cost.present_value_idr(grid_capex, grid_opex) < cost.present_value_idr(sun_capex, sun_opex)
    by_grid = cheaper & (grid_km <= cost.grid_max_km)  # a distance that is not known compares false
    return (
        np.where(by_grid, "grid", "solar"),
        np.where(by_grid, grid_capex, sun_capex),
        np.where(by_grid, grid_opex, sun_opex),
    )


def with_covers(frame: pd.DataFrame, indptr: NDArray[np.int64]) -> pd.DataFrame:
    """Options with ``n_cells`` counted from their covers (`planner.radio.covers`, same rows)."""
    if len(indptr) != len(frame) + 1:
        message = f"covers of {len(indptr) - 1} transmitters do not fit {len(frame)} options"
        raise LayerError(message, code="options_covers", n_covers=len(indptr) - 1, n_options=len(frame))
    return frame.assign(n_cells=np.diff(indptr).astype(np.int64))


def graph_places(
    candidates: pd.DataFrame, options: pd.DataFrame, site_specs: tuple[SiteSpec, ...], cost: CostSpec
) -> pd.DataFrame:
    """Places for `planner.backhaul.graph.build_graph`: one a candidate that has options.

    Parameters
    ----------
    candidates, options
        Tables of `make_candidates` and `make_options`.
    site_specs, cost
        As given to `make_options`.

    Returns
    -------
    DataFrame
        ``place_id, lon_deg, lat_deg, height_m, name, ref_id`` and the cost of a bare relay tower there. A hop
        must be clear whatever is built, so ``height_m`` is the lowest of the place's options that may start on
        microwave; NaN where none may (no dish, and no relay).
    """
    by_name = {spec.name: spec for spec in site_specs}
    dish = options.loc[options["backhaul_kinds"].str.split(",").map(lambda kinds: "microwave" in kinds).to_numpy(bool)]
    height = dish.groupby("candidate_id")["height_m"].min()
    tower = dish["site_type"].map(lambda name: by_name[name].tower_capex_idr).astype(float).to_numpy()
    upkeep = dish["site_type"].map(lambda name: by_name[name].opex_share_per_year).astype(float).to_numpy() * tower
    mode = dish["access_mode"].to_numpy(dtype=str)
    share = np.where(
        tower > 0, dish["site_type"].map(lambda name: by_name[name].access_share).astype(float).to_numpy(), 0.0
    )
    bare = pd.DataFrame(
        {
            "candidate_id": dish["candidate_id"].to_numpy(dtype=str),
            "tower_capex_idr": tower + share * np.array([cost.access[m].capex_idr for m in mode]),
            "tower_opex_idr_per_year": upkeep + share * np.array([cost.access[m].opex_idr_per_year for m in mode]),
        }
    )
    bare = bare.sort_values(["candidate_id", "tower_capex_idr", "tower_opex_idr_per_year"], kind="stable")
    bare = bare.drop_duplicates("candidate_id").set_index("candidate_id")
    held = candidates.loc[candidates["candidate_id"].isin(options["candidate_id"])].sort_values(
        "candidate_id", kind="stable"
    )
    is_standing = held["place_kind"].isin(["on_air", "inactive"]).to_numpy(bool)
    name = held["candidate_id"]
    return pd.DataFrame(
        {
            "place_id": name.to_numpy(dtype=str),
            "lon_deg": held["lon_deg"].to_numpy(float),
            "lat_deg": held["lat_deg"].to_numpy(float),
            "height_m": name.map(height).to_numpy(float),
            "name": held["name"].to_numpy(dtype=str),
            "ref_id": np.where(is_standing, held["ref_id"].to_numpy(dtype=str), ""),
            "tower_capex_idr": name.map(bare["tower_capex_idr"]).fillna(0.0).to_numpy(float),
            "tower_opex_idr_per_year": name.map(bare["tower_opex_idr_per_year"]).fillna(0.0).to_numpy(float),
        }
    )
