"""Spreads counts per area over the land where people are likely to live; every result is an estimate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.demand.counts import AreaCounts, Conflict, owner_of, remainders
from planner.demand.inside import free_shares, leaf_codes
from planner.demand.points import LandFrame, place_on_land
from planner.geo import metres_per_degree, pixel_area_km2
from planner.specs.demand import DemandSpec

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["LandPixels", "Spread", "land_pixels", "settle_weights", "spread_counts"]


@dataclass(frozen=True, eq=False)
class LandPixels:
    """The land as a list of pixels.

    Parameters
    ----------
    cell_id
        Flat pixel numbers, ascending.
    code_index, codes
        Finest area of each pixel: position in ``codes``; 0 is ''.
    lon_deg, lat_deg, area_km2
        Centre and area of each pixel.
    """

    cell_id: NDArray[np.int64]
    code_index: NDArray[np.int32]
    codes: NDArray[np.str_]
    lon_deg: NDArray[np.float64]
    lat_deg: NDArray[np.float64]
    area_km2: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Spread:
    """Counts on the land.

    Parameters
    ----------
    values
        Per land pixel.
    owner, owners
        Area whose figure each pixel's value comes from: position in ``owners``, −1 for none.
    stated, placed, moved
        Sum of the figures' remainders in the region, what was put on pixels, and what of it went to the
        nearest land because its area is too small for a pixel.
    n_elsewhere
        Areas with a figure that the region does not hold.
    cut
        Part of areas that the region's border cuts off.
    conflicts
        Inputs that disagree.
    """

    values: NDArray[np.float64]
    owner: NDArray[np.int32]
    owners: tuple[str, ...]
    stated: float = 0.0
    placed: float = 0.0
    moved: float = 0.0
    n_elsewhere: int = 0
    cut: float = 0.0
    conflicts: tuple[Conflict, ...] = ()


def land_pixels(frame: LandFrame, index: NDArray[np.int32], codes: NDArray[np.str_]) -> LandPixels:
    """List of the land pixels with their areas."""
    grid = frame.grid
    cell_id = np.flatnonzero(frame.land)
    row, col = np.divmod(cell_id, grid.n_cols)
    lon, lat = grid.lon_lat(row, col)
    return LandPixels(cell_id, index.ravel()[cell_id], codes, lon, lat, pixel_area_km2(grid)[row])


def settle_weights(pixels: LandPixels, admin: gpd.GeoDataFrame, spec: DemandSpec) -> NDArray[np.float64]:
    """How the people of a sub-area lie on its pixels; sums to 1 in each sub-area with land.

    Notes
    -----
    A sub-area is a finest area of ``admin`` (desa, else kecamatan, …). The weight of a pixel at
    distance d from its representative point (else from the mean of its pixels) is
    A·exp(−d/L) up to d = ``settle_reach_decays``·L and 0 beyond, with A the pixel's area,
    L = max(``settle_decay_min_km``, ``settle_decay_share``·√(S/π)) and S the sub-area's land. If no
    pixel lies within reach the sub-area is even. An exponential fall of density with distance from a
    centre is Clark's law.

    References
    ----------
    C. Clark, Urban population densities, Journal of the Royal Statistical Society A 114 (1951) 490–496.
    """
    group, n_groups = pixels.code_index, len(pixels.codes)
    land_km2 = np.bincount(group, weights=pixels.area_km2, minlength=n_groups)
    lon0, lat0 = _centres(pixels, admin)
    length_km = np.maximum(spec.settle_decay_min_km, spec.settle_decay_share * np.sqrt(land_km2 / np.pi))[group]
    lon_m, lat_m = metres_per_degree(pixels.lat_deg)
    east_km, north_km = (pixels.lon_deg - lon0[group]) * lon_m / 1e3, (pixels.lat_deg - lat0[group]) * lat_m / 1e3
    decays = np.hypot(east_km, north_km) / length_km
    weight = np.where(decays <= spec.settle_reach_decays, pixels.area_km2 * np.exp(-decays), 0.0)
    total = np.bincount(group, weights=weight, minlength=n_groups)
    is_even = total[group] <= 0.0
    weight = np.where(is_even, pixels.area_km2, weight)
    total = np.where(total <= 0.0, land_km2, total)
    weight = weight / total[group]
    weight[group == 0] = 0.0
    return weight


def _centres(pixels: LandPixels, admin: gpd.GeoDataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Representative point of each code, else the mean of its pixels."""
    n_groups = len(pixels.codes)
    n = np.maximum(1, np.bincount(pixels.code_index, minlength=n_groups))
    lon = np.bincount(pixels.code_index, weights=pixels.lon_deg, minlength=n_groups) / n
    lat = np.bincount(pixels.code_index, weights=pixels.lat_deg, minlength=n_groups) / n
    if len(admin) and {"lon_deg", "lat_deg"} <= set(admin.columns):
        at = {code: i for i, code in enumerate(pixels.codes.tolist())}
        rows = zip(admin["code"].tolist(), admin["lon_deg"].tolist(), admin["lat_deg"].tolist(), strict=True)
        for code, point_lon, point_lat in rows:
            if code in at and np.isfinite(point_lon) and np.isfinite(point_lat):
                lon[at[code]], lat[at[code]] = point_lon, point_lat
    return lon, lat


def spread_counts(
    counts: AreaCounts,
    pixels: LandPixels,
    frame: LandFrame,
    admin: gpd.GeoDataFrame,
    *,
    settle: NDArray[np.float64],
    pattern: NDArray[np.float64] | None = None,
    already: NDArray[np.float64] | None = None,
) -> Spread:
    """Spread counts per area over the land pixels of the area that no finer count covers.

    Parameters
    ----------
    counts
        Figures.
    pixels, frame
        The land.
    admin
        Areas; a figure whose area is not among them is of elsewhere and left out.
    settle
        `settle_weights`; each sub-area takes an equal part of its area's remainder (or its part of
        ``admin.people`` where all sub-areas state it), laid out by these weights.
    pattern
        Values per pixel to spread in proportion to (people, for enterprises) where an area holds any.
    already
        What stands on each pixel already and is part of the figures.

    Notes
    -----
    The sum over the pixels equals the remainders' parts in the region (`free_shares`) within 10⁻⁹; where
    an area is too small for a pixel centre its remainder goes to the nearest land pixel of its
    representative point.
    """
    known = set(admin["code"].astype(str)) if len(admin) else set()
    owners = tuple(sorted(code for code in counts.total if code in known))
    by_code = _owner_of_codes(pixels, owners)
    owner = by_code[pixels.code_index]
    stands = dict(zip(owners, _by_owner(owner, already, len(owners)).tolist(), strict=True))
    here = {code: counts.total[code] for code in owners}
    rest, conflicts = remainders(AreaCounts(here, counts.evidence, {}, {}), stands)
    with_land = set(pixels.codes[np.unique(pixels.code_index)].tolist()) - {""}
    inside = free_shares(admin, owners, with_land, frame) if owners else {}
    amount = np.array([rest[code] * inside[code] for code in owners])
    values = _laid_out(amount, owner, _base(pixels, by_code, admin, settle), pattern)
    n_pixels = np.bincount(owner[owner >= 0], minlength=len(owners))
    landless = [owners[i] for i in np.flatnonzero(n_pixels == 0)]
    moved, lost = _place_landless(values, {c: rest[c] * inside[c] for c in landless}, with_land, pixels, frame, admin)
    is_outside = [inside[code] <= 0.0 for code in owners]
    return Spread(
        values=values,
        owner=owner,
        owners=owners,
        stated=float(values.sum()) + sum(conflict.stated for conflict in lost),
        placed=float(values.sum()),
        moved=moved,
        n_elsewhere=len(counts.total) - len(owners) + sum(is_outside),
        cut=sum(rest[code] * (1.0 - inside[code]) for code in owners if inside[code] > 0.0),
        conflicts=(*counts.conflicts, *conflicts, *lost),
    )


def _owner_of_codes(pixels: LandPixels, owners: tuple[str, ...]) -> NDArray[np.int32]:
    """Owner of each finest code, −1 for none."""
    position = {code: i for i, code in enumerate(owners)}
    found = owner_of(pixels.codes.tolist(), set(owners))
    return np.array([position.get(code, -1) for code in found], dtype=np.int32)


def _by_owner(owner: NDArray[np.int32], values: NDArray[np.float64] | None, n: int) -> NDArray[np.float64]:
    if values is None or n == 0:
        return np.zeros(n)
    held = owner >= 0
    return np.bincount(owner[held], weights=values[held], minlength=n).astype(np.float64)


def _base(
    pixels: LandPixels, owner_of_code: NDArray[np.int32], admin: gpd.GeoDataFrame, settle: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weight of each pixel within its owner: the sub-area's part, laid out by `settle`.

    A finest area weighs as many people as ``admin`` states where all under one owner state it, else 1.
    Pixels that only a coarser area holds (slivers between desa, or a kecamatan whose desa are not all
    drawn) weigh by their land, measured against the mean finest area of the owner.
    """
    n_codes = len(pixels.codes)
    land_km2 = np.bincount(pixels.code_index, weights=pixels.area_km2, minlength=n_codes)
    stated = dict(zip(admin["code"].tolist(), admin["people"].to_numpy(np.float64).tolist(), strict=True))
    people = np.array([stated.get(code, np.nan) for code in pixels.codes.tolist()])
    leaves = leaf_codes(set(admin["code"].astype(str)))
    is_leaf = np.array([code in leaves for code in pixels.codes.tolist()], dtype=bool)
    part = np.zeros(n_codes)
    for i in np.unique(owner_of_code[owner_of_code >= 0]):
        held = (owner_of_code == i) & (land_km2 > 0.0)
        leaf, rest = held & is_leaf, held & ~is_leaf
        is_stated = bool(np.isfinite(people[leaf]).all()) and people[leaf].sum() > 0.0
        part[leaf] = people[leaf] if is_stated else 1.0
        per_km2 = part[leaf].sum() / land_km2[leaf].sum() if leaf.any() else 1.0
        part[rest] = land_km2[rest] * per_km2
    return part[pixels.code_index] * settle


def _laid_out(
    amount: NDArray[np.float64],
    owner: NDArray[np.int32],
    base: NDArray[np.float64],
    pattern: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    values = np.zeros(owner.size)
    if amount.size == 0:
        return values
    held = owner >= 0
    weight = base
    if pattern is not None:
        has_pattern = _by_owner(owner, pattern, amount.size) > 0.0
        weight = np.where(held & has_pattern[owner], pattern, base)
    total = _by_owner(owner, weight, amount.size)
    factor = np.divide(amount, total, out=np.zeros(amount.size), where=total > 0.0)
    values[held] = weight[held] * factor[owner[held]]
    return values


def _place_landless(
    values: NDArray[np.float64],
    amount: dict[str, float],
    with_land: set[str],
    pixels: LandPixels,
    frame: LandFrame,
    admin: gpd.GeoDataFrame,
) -> tuple[float, tuple[Conflict, ...]]:
    """Put what areas without a free land pixel still hold at their representative points, in place.

    An area whose finer figures cover all its land and still leave a rest states more people than
    its parts: the parts are believed and the rest is reported. One without land in the region is no
    concern of this run.
    """
    moved, lost = 0.0, []
    rows = admin.drop_duplicates("code").set_index("code")[["lon_deg", "lat_deg"]]
    for code in sorted(code for code, left in amount.items() if left > 1e-6):
        is_below = any(held.startswith(f"{code}.") for held in with_land)
        point = rows.loc[[code]].to_numpy(dtype=np.float64)
        if is_below or not np.isfinite(point).all():
            lost.append(Conflict("rest_without_place", code, amount[code], 0.0))
            continue
        spot = place_on_land(frame, point[:, 0], point[:, 1]).cell_id
        if spot[0] >= 0:
            values[np.searchsorted(pixels.cell_id, spot[0])] += amount[code]
            moved += amount[code]
    return moved, tuple(lost)
