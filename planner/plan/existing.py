"""What becomes of the towers that stand: keep, upgrade, reactivate, leave idle, relocate or switch off."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.geo import distance_km
from planner.specs.sites import SiteSpec

__all__ = ["EXISTING_COLUMNS", "existing_towers"]

EXISTING_COLUMNS = (
    "tower_id", "operators", "technology", "status", "verdict", "site_id", "n_umkm_best", "people_best", "people_alone",
    "demand_mbps", "load_share", "reuse_km", "reuse_idr", "saving_idr_per_year", "lon_deg", "lat_deg",
)  # fmt: skip
_TEXTS = ("tower_id", "operators", "technology", "status", "verdict", "site_id")
Floats = NDArray[np.float64]


def existing_towers(
    bts: pd.DataFrame, load: pd.DataFrame, cells: pd.DataFrame, service: pd.DataFrame, sites: pd.DataFrame,
    candidates: pd.DataFrame, specs: tuple[SiteSpec, ...], *, reach_km: float,
) -> pd.DataFrame:  # fmt: skip
    """A verdict on each tower; rows at one position (to about 10 m) are one tower.

    Parameters
    ----------
    bts
        Layer ``bts``.
    load
        `schema.TABLES["bts_load"]`.
    cells, service
        Demand cells and their service today, row by row the same cells.
    sites, candidates
        The plan's sites and all candidates; a candidate on a tower names it in ``ref_id``.
    specs
        Site types, for what a tower's equipment is worth and what running it costs.
    reach_km
        How far the equipment of a tower that serves nobody may be moved to a new site of the plan.

    Returns
    -------
    DataFrame
        `EXISTING_COLUMNS`, sorted by ``tower_id`` (its smallest ``bts_id``). ``n_umkm_best, people_best``: in cells whose
        best server it is; ``people_alone``: of these with one operator at most. ``verdict``: ``upgrade`` or
        ``reactivate`` where the plan builds on it (``site_id``); an inactive one else stays ``idle``; one on air with 4G
        in whose footprint nobody is may be ``switch_off``, or ``relocate`` where a new site of the plan stands within reach
        (``site_id``, ``reuse_km``, ``reuse_idr``: radio equipment it need not buy); the others ``keep``.

    Notes
    -----
    Advice beside the optimum, not part of it: what moving or switching off frees is not spent by the plan. Every
    verdict needs the operator's traffic figures before anything is done.
    """
    held = bts[bts["status"].isin(["on_air", "inactive"])].sort_values("bts_id", kind="stable")
    if held.empty:
        return pd.DataFrame(
            {name: pd.Series(dtype="str" if name in _TEXTS else "float64") for name in EXISTING_COLUMNS}
        )
    place = held["lon_deg"].map("{:.4f}".format) + " " + held["lat_deg"].map("{:.4f}".format)
    tower = held["bts_id"].groupby(place).transform("first")
    by_tower = held.groupby(tower.to_numpy(), sort=True)
    table = pd.DataFrame(
        {
            "operators": by_tower["operator"].agg(lambda names: "; ".join(sorted({str(n) for n in names}))),
            "technology": by_tower["technology"].agg(lambda names: max(str(n) for n in names)),
            "status": by_tower["status"].agg(lambda values: "on_air" if (values == "on_air").any() else "inactive"),
            "lon_deg": by_tower["lon_deg"].first(), "lat_deg": by_tower["lat_deg"].first(),
        }
    )  # fmt: skip
    of_bts = dict(zip(held["bts_id"], tower, strict=True))
    owner = service["server_bts_id"].map(of_bts)
    alone = cells["people"].where(service["n_operators"].to_numpy() <= 1, 0.0)
    for name, values in (("n_umkm_best", cells["n_umkm"]), ("people_best", cells["people"]), ("people_alone", alone)):
        table[name] = values.groupby(owner.to_numpy()).sum().reindex(table.index, fill_value=0.0)
    loads = load.assign(tower=load["bts_id"].map(of_bts)).groupby("tower")
    table["demand_mbps"] = loads["demand_mbps"].sum().reindex(table.index, fill_value=0.0)
    table["load_share"] = loads["load_share"].max().reindex(table.index, fill_value=0.0)
    return _judged(table, sites, candidates, specs, of_bts, reach_km).reset_index(names="tower_id")[
        list(EXISTING_COLUMNS)
    ]


def _judged(
    table: pd.DataFrame, sites: pd.DataFrame, candidates: pd.DataFrame, specs: tuple[SiteSpec, ...],
    of_bts: dict[str, str], reach_km: float,
) -> pd.DataFrame:  # fmt: skip
    ref = candidates.set_index("candidate_id")["ref_id"].map(of_bts)
    built = sites.assign(tower=sites["candidate_id"].map(ref))
    on_tower = built.dropna(subset=["tower"]).drop_duplicates("tower").set_index("tower")["site_id"]
    site_id = pd.Series(table.index, index=table.index).map(on_tower)
    is_on_air = table["status"] == "on_air"
    serves = (table["n_umkm_best"] > 0) | (table["people_best"] > 0) | (table["demand_mbps"] > 0)
    is_free = is_on_air & site_id.isna() & ~serves & table["technology"].isin(["4G", "5G"])
    new = {
        spec.name: spec.equipment_capex_idr
        for spec in specs
        if spec.fits == "new" and "microwave" in spec.backhaul_kinds
    }
    targets = built[built["tower"].isna() & built["site_type"].isin(new)]
    near, km = _nearest(table[is_free], targets, reach_km)
    verdict = np.where(
        is_on_air, np.where(site_id.notna(), "upgrade", "keep"), np.where(site_id.notna(), "reactivate", "idle")
    )
    table = table.assign(verdict=verdict, site_id=site_id.fillna("").astype(str), reuse_km=np.nan, reuse_idr=0.0)
    rows = table.index[is_free]
    table.loc[rows, "verdict"] = np.where(near == "", "switch_off", "relocate")
    table.loc[rows, "site_id"], table.loc[rows, "reuse_km"] = near, km
    worth = targets.set_index("site_id")["site_type"].map(new)
    table.loc[rows, "reuse_idr"] = pd.Series(near).map(worth).fillna(0.0).to_numpy(float)
    tall = [spec for spec in specs if spec.fits == "new" and spec.name in new]
    yearly = min((s.opex_share_per_year * (s.tower_capex_idr + s.equipment_capex_idr) for s in tall), default=0.0)
    return table.assign(saving_idr_per_year=np.where(table["verdict"].isin(["relocate", "switch_off"]), yearly, 0.0))


def _nearest(towers: pd.DataFrame, targets: pd.DataFrame, reach_km: float) -> tuple[NDArray[np.object_], Floats]:
    """For each tower the nearest new site within reach that no nearer tower supplies; "" where none is."""
    found, away = np.full(len(towers), "", dtype=object), np.full(len(towers), np.nan)
    if not len(towers) or not len(targets):
        return found, away
    km = np.asarray(
        distance_km(
            towers["lon_deg"].to_numpy(float)[:, None], towers["lat_deg"].to_numpy(float)[:, None],
            targets["lon_deg"].to_numpy(float)[None, :], targets["lat_deg"].to_numpy(float)[None, :],
        )
    )  # fmt: skip
    names = targets["site_id"].to_numpy(dtype=object)
    taken: set[int] = set()
    order = np.lexsort(
        (np.tile(np.arange(km.shape[1]), km.shape[0]), np.repeat(np.arange(km.shape[0]), km.shape[1]), km.ravel())
    )
    for at in order.tolist():  # nearest pairs first: a tower moves once, a site takes one
        i, j = divmod(at, km.shape[1])
        if km[i, j] > reach_km:
            break
        if found[i] == "" and j not in taken:
            found[i], away[i] = names[j], km[i, j]
            taken.add(j)
    return found, away
