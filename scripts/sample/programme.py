"""Satellite capacity, gateways, priority areas, proposals and decisions of the sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from sample.common import PIXEL_KM, World, read_reference, rng, write_csv

__all__ = ["write_programme", "write_satellites"]


def write_programme(folder: Path, world: World) -> None:
    """Write the five small tables."""
    write_satellites(folder)
    write_csv(folder / "priority.csv", _priority(world))
    write_csv(folder / "proposals.csv", _proposals(world))
    write_csv(folder / "decisions.csv", _decisions(world))


def write_satellites(folder: Path) -> None:
    """Satellite capacity and gateways in the columns of their layers."""
    columns = [
        "satellite_id",
        "beam_id",
        "orbit_deg",
        "band",
        "capacity_mbps",
        "committed_mbps",
        "committed_mbps_per_site",
        "source",
        "evidence",
    ]
    write_csv(folder / "satellite.csv", read_reference("satellites.csv")[columns])
    columns = ["gateway_id", "name", "satellite_id", "lon_deg", "lat_deg", "source", "evidence"]
    write_csv(folder / "gateways.csv", read_reference("gateways.csv")[columns])


def _priority(world: World) -> pd.DataFrame:
    """The province's rows of the reference table, and the schematic kecamatan at the land border."""
    known = read_reference("priority_areas.csv").query("area_code.str.startswith('53.')")
    facts = pd.DataFrame(
        {
            "area_code": known["area_code"],
            "kind": known["kind"],
            "name": known["name"],
            "source": known["source"],
            "evidence": "observed",
        }
    )
    border = world.countries["Timor-Leste"]
    near = shapely.dwithin(shapely.points(world.desa["lon_deg"], world.desa["lat_deg"]), border, 0.05)
    found = world.desa[near].drop_duplicates("kecamatan_code").sort_values("kecamatan_code")
    drawn = pd.DataFrame({"area_code": found["kecamatan_code"], "kind": "border", "name": found["kecamatan_name"],
                          "source": "schematic kecamatan within 5 km of the land border", "evidence": "schematic"})  # fmt: skip
    return pd.concat([facts, drawn], ignore_index=True)


def _proposals(world: World) -> pd.DataFrame:
    """Sixty invented usulan: most far from any tower on air, some where service already is."""
    draw = rng("proposals")
    live = world.towers[world.towers["status"] == "on_air"]
    scale = np.array([PIXEL_KM[0], PIXEL_KM[1]]) * 370.0
    away, _ = cKDTree(live[["lon_deg", "lat_deg"]].to_numpy() * scale).query(
        world.desa[["lon_deg", "lat_deg"]].to_numpy() * scale
    )
    far = np.argsort(-(np.minimum(away, 9.0) + 2.0 * draw.gumbel(size=len(away))), kind="stable")[:50]
    near = draw.choice(np.flatnonzero(away < 1.2), size=10, replace=False)
    chosen = world.desa.iloc[np.concatenate((far, near))].reset_index(drop=True)
    names = world.kabupaten.set_index("kemendagri_code")["name"]
    month = draw.integers(1, 11, len(chosen))
    day = draw.integers(1, 28, len(chosen))
    lon = (chosen["lon_deg"] + draw.normal(0.0, 0.002, len(chosen))).round(5)
    lat = (chosen["lat_deg"] + draw.normal(0.0, 0.002, len(chosen))).round(5)
    is_placed = draw.random(len(chosen)) < 0.2
    return pd.DataFrame({
        "proposal_id": [f"USL-{k + 1:03d}" for k in range(len(chosen))], "name": chosen["name"], "desa_code": chosen["code"],
        "requested_by": [f"Pemerintah Kabupaten {names[code]} (sintetis)" for code in chosen["kabupaten_code"]],
        "letter": [f"SINTETIS/{k + 1:03d}/2025" for k in range(len(chosen))], "date": [f"2025-{m:02d}-{d:02d}" for m, d in zip(month, day, strict=True)],
        "land_status": draw.choice(["hibah desa (sintetis)", "belum jelas (sintetis)", "tanah pemda (sintetis)"], len(chosen)),
        "access_mode": draw.choice(["road", "road", "road", "boat"], len(chosen)), "is_placed": np.where(is_placed, "true", "false"),
        "source": "synthetic", "evidence": "synthetic",
        "lon_deg": np.where(is_placed, chosen["lon_deg"].round(5), lon), "lat_deg": np.where(is_placed, chosen["lat_deg"].round(5), lat),
    })  # fmt: skip


def _decisions(world: World) -> pd.DataFrame:
    """Five invented decisions: two places forced (one on the island of Palue, by satellite), three forbidden."""
    table = _proposals(world)
    why = (
        ("force", "Puskesmas baru sudah dijanjikan (contoh sintetis)"), ("force", "Pulau Palue berpenduduk; satelit dipakai sampai ada jalur lain (contoh sintetis)"),
        ("forbid", "Tanah ulayat belum disepakati (contoh sintetis)"), ("forbid", "Kawasan hutan lindung, izin ditolak (contoh sintetis)"),
        ("forbid", "Rawan longsor menurut dinas (contoh sintetis)"),
    )  # fmt: skip
    rows = []
    island = world.desa.iloc[int(np.argmin(np.hypot(world.desa["lon_deg"] - 121.71, world.desa["lat_deg"] + 8.32)))]
    for k, (action, reason) in enumerate(why):
        at = island if k == 1 else table.iloc[4 + 9 * k]
        rows.append({"decision_id": f"KEP-{k + 1:02d}", "action": action, "site_type": "", "backhaul": "satellite_hts_lease" if k == 1 else "", "radius_km": 1.5 if action == "force" else 2.0, "reason": reason,
                     "author": "Perencana contoh (sintetis)", "letter": f"SINTETIS/KEP/{k + 1:02d}/2025", "lon_deg": round(float(at["lon_deg"]), 5), "lat_deg": round(float(at["lat_deg"]), 5)})  # fmt: skip
    return pd.DataFrame(rows)
