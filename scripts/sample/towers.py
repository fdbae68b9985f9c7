"""Synthetic base stations: 2,794 rows at about a thousand towers, 421 of them BAKTI 4G sites by kabupaten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sample.common import GRID, PIXEL_KM, World, blur, distance_km_to, rng, write_csv

__all__ = ["write_bts"]

N_BTS = 2_794
"""BTS of all operators and technologies in NTT, April 2021 (tribunnews); transmitters, not towers."""

N_TOWERS = {"A": 140, "B": 20, "C": 9, "D": 1}
"""Commercial towers by size class of the town: Merata estimate."""

TELKOMSEL, INDOSAT, XL = "Telkomsel", "Indosat Ooredoo Hutchison", "XLSmart"

RADIO = {
    # technology, band_mhz -> power_dbm of a port, gain_dbi, bandwidth_mhz: usual macro equipment
    ("2G", 900): (43.0, 15.0, 0.2), ("3G", 900): (43.0, 15.0, 5.0), ("4G", 900): (43.0, 14.5, 5.0),
    ("4G", 1800): (43.0, 16.5, 20.0),
    ("2G", 1800): (43.0, 16.5, 0.2),
}  # fmt: skip


def _pick(
    weight: NDArray[Any], n: int, apart_km: float, draw: np.random.Generator, taken: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Pixels drawn by weight, none nearer than ``apart_km`` to another."""
    at = np.flatnonzero(weight.ravel() > 0)
    order = at[np.argsort(-(np.log(weight.ravel()[at]) + draw.gumbel(size=len(at))), kind="stable")]
    found: list[tuple[int, int]] = []
    near = [(r * PIXEL_KM[1], c * PIXEL_KM[0]) for r, c in taken]
    for pixel in order:
        row, col = int(pixel) // GRID.n_cols, int(pixel) % GRID.n_cols
        y, x = row * PIXEL_KM[1], col * PIXEL_KM[0]
        if all(abs(y - a) > apart_km or abs(x - b) > apart_km for a, b in near):
            found.append((row, col))
            near.append((y, x))
        if len(found) == n:
            break
    return found


def _up(world: World, row: int, col: int, reach_km: float) -> tuple[int, int]:
    """Highest land pixel within reach: where a rural tower would stand."""
    k = max(1, round(reach_km / PIXEL_KM[0]))
    rows, cols = slice(max(0, row - k), row + k + 1), slice(max(0, col - k), col + k + 1)
    height = np.where(world.is_ntt[rows, cols], world.terrain_m[rows, cols], -1.0)
    r, c = np.unravel_index(int(np.argmax(height)), height.shape)
    return rows.start + int(r), cols.start + int(c)


def _commercial(world: World, draw: np.random.Generator) -> pd.DataFrame:
    people = world.people.astype(np.float32)
    rows: list[tuple[int, int, str]] = []
    east, north = np.arange(GRID.n_cols) * PIXEL_KM[0], np.arange(GRID.n_rows) * PIXEL_KM[1]
    for t in world.towns.itertuples():
        row, col = GRID.row_col(t.lon_deg, t.lat_deg)
        if not t.kabupaten_code.startswith("53"):
            continue
        reach = {"A": 11.0, "B": 4.5, "C": 3.5}.get(t.size_class, 3.0)
        near = np.hypot(east[None, :] - col * PIXEL_KM[0], north[:, None] - row * PIXEL_KM[1]) < reach
        n = N_TOWERS[t.size_class]
        if t.size_class == "D":
            n = 6 if "capital" in t.role else 2 if "Trans" in t.role else n
        got = _pick(np.where(near, people, 0.0), n, {"A": 0.7, "B": 0.6}.get(t.size_class, 0.9), draw, [])
        rows += [(r, c, t.size_class) for r, c in got]
    roads = {kind: _near_roads(world, kind) for kind in ("trunk", "regional", "local")}
    smooth = blur(people, 1.5)
    for kind, n, apart in (("trunk", 44, 6.0), ("regional", 10, 9.0), ("local", 4, 10.0)):
        weight = np.where(roads[kind] < 0.8, smooth, 0.0)
        got = _pick(weight, n, apart, draw, [(r, c) for r, c, _ in rows])
        rows += [(*_up(world, r, c, 0.6), kind) for r, c in got]
    return pd.DataFrame(rows, columns=["row", "col", "place"]).drop_duplicates(["row", "col"], ignore_index=True)


def _near_roads(world: World, kind: str) -> NDArray[np.float32]:
    mask = np.zeros(GRID.shape, dtype=np.bool_)
    for road in world.roads:
        if road["class"] == kind:
            r, c = GRID.row_col(road["line"][:, 0], road["line"][:, 1])
            mask[np.clip(r, 0, GRID.n_rows - 1), np.clip(c, 0, GRID.n_cols - 1)] = True
    return distance_km_to(mask)


def _bakti(world: World, towers: pd.DataFrame, draw: np.random.Generator) -> pd.DataFrame:
    """The 421 sites: desa far from commercial towers, kabupaten by kabupaten."""
    desa = world.desa
    tree = cKDTree(np.column_stack((towers["row"] * PIXEL_KM[1], towers["col"] * PIXEL_KM[0])))
    away, _ = tree.query(np.column_stack((desa["row"] * PIXEL_KM[1], desa["col"] * PIXEL_KM[0])))
    rows: list[dict[str, Any]] = []
    for kab in world.kabupaten.itertuples():
        if kab.n_bakti_2021 == 0:
            continue
        own = np.flatnonzero(desa["kabupaten_code"] == kab.kemendagri_code)
        story = desa["kecamatan_name"].to_numpy()[own] == "Kec. Elar Selatan (skematis)"
        _, group = np.unique(desa["kecamatan_code"].to_numpy()[own], return_inverse=True)
        favour = draw.gumbel(size=int(group.max()) + 1)[group]  # the programme went kecamatan by kecamatan
        chance = np.minimum(away[own], 6.0) + 6.0 * favour + 1.2 * draw.gumbel(size=len(own))
        first = story & (np.cumsum(story) <= 7)
        rank = np.where(story, np.where(first, 99.0, -99.0), chance)
        best = own[np.argsort(-rank, kind="stable")[: kab.n_bakti_2021]]
        for k in np.sort(best):
            r, c = int(desa["row"].iloc[k]), int(desa["col"].iloc[k])
            rows.append({"row": r, "col": c, "place": "bakti", "kecamatan": desa["kecamatan_name"].iloc[k]})
    return pd.DataFrame(rows)


def _operators(place: str, draw: np.random.Generator) -> list[tuple[str, str, int]]:
    """Transmitters of a commercial tower as ``(operator, technology, band_mhz)``, most wanted first."""
    if place in ("A", "B", "C"):
        rows = [(TELKOMSEL, "2G", 1800), (TELKOMSEL, "4G", 1800), (INDOSAT, "4G", 1800)]
        rows += [(XL, "4G", 1800)] if draw.random() < 0.95 else []
        rows += [(INDOSAT, "2G", 1800)] if draw.random() < 0.75 else []
        rows += [(TELKOMSEL, "3G", 900)] if draw.random() < 0.3 else []
        return rows
    rows = [(TELKOMSEL, "2G", 900)]
    has_4g = {"D": 0.92, "trunk": 0.85, "regional": 0.62, "local": 0.45}[place]
    if draw.random() < has_4g:
        rows.append((TELKOMSEL, "4G", 900 if place in ("local", "regional") else 1800))
    elif draw.random() < 0.5:
        rows.append((TELKOMSEL, "3G", 900))
    if place in ("D", "trunk") and draw.random() < 0.45:
        rows.append((INDOSAT, "4G", 1800))
    if place in ("D", "trunk") and draw.random() < 0.2:
        rows.append((XL, "4G", 1800))
    return rows


def _backhaul(place: str, fiber_km: float, draw: np.random.Generator) -> tuple[str, float]:
    if (
        place in ("A", "B")
        or (place == "C" and fiber_km < 15.0)
        or (place in ("trunk", "D") and fiber_km < 3.0 and draw.random() < 0.7)
    ):
        return "fiber", 1000.0 if place == "A" else 500.0
    if place in ("C", "trunk", "D", "regional") or draw.random() < 0.7:
        return "microwave", float(draw.choice([50.0, 100.0, 150.0, 200.0]))
    return "satellite", float(draw.choice([8.0, 12.0]))


def _width(operator: str, technology: str, band: int, *, is_rural: bool) -> float:
    """Channel width; at 1800 MHz in towns the sum of an operator's carriers at 1800 and 2100 MHz."""
    if technology == "4G" and band == 1800:
        return 10.0 if is_rural else 20.0 if operator == XL else 35.0
    return RADIO[technology, band][2]


def _rows(world: World, towers: pd.DataFrame, draw: np.random.Generator) -> list[dict[str, Any]]:
    trunk_km = _near_roads(world, "trunk")
    lon, lat = GRID.lon_lat(towers["row"].to_numpy(), towers["col"].to_numpy())
    lon = np.round(lon + draw.uniform(-0.4, 0.4, len(towers)) * GRID.pixel_deg, 5)
    lat = np.round(lat + draw.uniform(-0.4, 0.4, len(towers)) * GRID.pixel_deg, 5)
    found: list[dict[str, Any]] = []
    for k, tower in enumerate(towers.itertuples()):
        kind, rate = _backhaul(tower.place, float(trunk_km[tower.row, tower.col]), draw)
        height = float(
            {"A": draw.choice([25, 32, 42]), "B": draw.choice([32, 42, 52])}.get(
                tower.place, draw.choice([42, 52, 62, 72], p=[0.5, 0.35, 0.1, 0.05])
            )
        )
        given = _operators(tower.place, draw)
        for rank, (operator, technology, band) in enumerate(given):
            power, gain, _ = RADIO[technology, band]
            rural = tower.place not in ("A", "B", "C", "D")
            found.append({
                "tower": k, "rank": rank, "operator": operator, "technology": technology, "band_mhz": band, "height_m": height, "power_dbm": power,
                "gain_dbi": gain, "bandwidth_mhz": _width(operator, technology, band, is_rural=rural), "n_sectors": 3, "status": "on_air",
                "backhaul": kind, "backhaul_mbps": rate, "source": "synthetic commercial tower", "evidence": "synthetic", "lon_deg": lon[k], "lat_deg": lat[k],
            })  # fmt: skip
    return found


def _bakti_rows(sites: pd.DataFrame, draw: np.random.Generator) -> list[dict[str, Any]]:
    lon, lat = GRID.lon_lat(sites["row"].to_numpy(), sites["col"].to_numpy())
    found = []
    n_story = 0
    for k, site in enumerate(sites.itertuples()):
        is_story = site.kecamatan == "Kec. Elar Selatan (skematis)"
        n_story += is_story
        microwave = draw.random() < 0.22
        inactive = (n_story in (2, 4, 5)) if is_story else draw.random() < 0.055
        found.append({
            "tower": 100_000 + k, "rank": 0, "operator": TELKOMSEL, "technology": "4G", "band_mhz": 900, "height_m": float(draw.choice([32, 42, 52], p=[0.35, 0.5, 0.15])),
            "power_dbm": 40.0, "gain_dbi": 9.0, "bandwidth_mhz": 5.0, "n_sectors": int(draw.choice([1, 3], p=[0.35, 0.65])),
            "status": "inactive" if inactive else "on_air", "backhaul": "microwave" if microwave else "satellite",
            "backhaul_mbps": float(draw.choice([30.0, 50.0, 100.0])) if microwave else 8.0, "source": "synthetic BAKTI site; number by kabupaten: antaranews.com 2021-06-28",
            "evidence": "synthetic", "lon_deg": round(float(lon[k]), 5), "lat_deg": round(float(lat[k]), 5),
        })  # fmt: skip
    return found


def write_bts(folder: Path, world: World) -> None:
    """Write exactly 2,794 rows; the least wanted transmitters are left out, or further ones added in towns."""
    draw = rng("towers")
    towers = _commercial(world, draw)
    sites = _bakti(world, towers, draw)
    commercial = pd.DataFrame(_rows(world, towers, draw))
    wanted = N_BTS - len(sites)
    commercial["lot"] = commercial["rank"] + 0.99 * draw.random(len(commercial))
    if len(commercial) < wanted:
        message = f"{len(commercial)} transmitters at {len(towers)} towers, {wanted} are needed: raise the numbers in towers.py"
        raise ValueError(message)
    kept = commercial.sort_values(["lot"], kind="stable").head(wanted)
    table = pd.concat([kept.drop(columns="lot"), pd.DataFrame(_bakti_rows(sites, draw))], ignore_index=True)
    table = table.sort_values(["tower", "rank"], kind="stable", ignore_index=True)
    table.insert(
        0,
        "bts_id",
        [
            f"{'BAKTI' if t >= 100_000 else 'TWR'}-{t % 100_000 + 1:04d}-{r + 1}"
            for t, r in zip(table["tower"], table["rank"], strict=True)
        ],
    )
    world.towers = table
    write_csv(folder / "bts.csv", table.drop(columns=["tower", "rank"]))
