"""What remains when everything synthetic, estimated, schematic or unknown is removed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.facts.types import FactsInputs
from planner.schema_columns import EVIDENCE

__all__ = ["evidence_answer", "evidenced", "ledger"]


def ledger(inputs: FactsInputs) -> tuple[dict[str, Any], ...]:
    """One entry a file: rows in, used and quarantined, evidence, source and year."""
    rows = sorted(inputs.layers, key=lambda item: (item.kind, item.name))
    return tuple(
        {
            "kind": item.kind,
            "name": item.name,
            "source": item.source,
            "year": item.year or None,
            "n_in": item.n_in,
            "n_used": item.n_used,
            "n_quarantined": item.n_quarantined,
            "completeness_share": item.completeness_share,
            "is_raster": item.is_raster,
            "evidence": {kind: int(item.evidence.get(kind, 0)) for kind in EVIDENCE},
        }
        for item in rows
    )


def evidence_answer(inputs: FactsInputs) -> dict[str, Any]:
    """Rows of each layer, and enterprises and people, that rest on observation alone.

    Returns
    -------
    dict
        ``rows``: layer → rows by evidence; ``n_rows_observed``, ``n_rows_used``; ``steps``: what is
        left of ``umkm`` and ``people`` as one condition after the other is asked for; ``umkm`` and
        ``people``: what is left in the end; ``umkm_share`` and ``people_share`` of the whole.

    Notes
    -----
    The conditions, each on top of those before:

    1. ``all``: everybody.
    2. ``counted``: the enterprise's row, and the cell's people, are observed.
    3. ``level_known``: the level is not ``unknown``.
    4. ``stations``: the level rests on observed stations. A served or limited cell rests on its
       server; a cell without one rests on the whole layer, for absence is a statement about all.
    5. ``transmitters``: no transmitter value of those stations was filled from defaults.
    6. ``terrain``: the run has terrain, and it is observed (without it, or with invented relief, the
       signal is a guess).

    What is left is still a prediction of a model from observed inputs, not a measurement.
    """
    rows = _rows(inputs)
    umkm = inputs.cells["n_umkm_observed"].to_numpy(dtype=np.float64)
    people = inputs.cells["people"].to_numpy(dtype=np.float64)
    whole = {"umkm": float(inputs.cells["n_umkm"].sum()), "people": float(people.sum())}
    people = np.where((inputs.cells["people_evidence"] == "observed").to_numpy(dtype=bool), people, 0.0)
    steps: list[dict[str, Any]] = [{"step": "all", **whole}]
    left = np.ones(len(inputs.cells), dtype=bool)
    for name, holds in (("counted", left), *_conditions(inputs)):
        left = left & holds
        steps.append({"step": name, "umkm": float(umkm[left].sum()), "people": float(people[left].sum())})
    last = steps[-1]
    return {
        "rows": rows,
        "n_rows_used": sum(sum(kinds.values()) for kinds in rows.values()),
        "n_rows_observed": sum(kinds["observed"] for kinds in rows.values()),
        "steps": steps,
        "umkm": last["umkm"],
        "people": last["people"],
        **{f"{unit}_share": last[unit] / whole[unit] if whole[unit] > 0.0 else 0.0 for unit in whole},
    }


def evidenced(inputs: FactsInputs) -> dict[str, NDArray[np.float64]]:
    """Enterprises and people of each cell that pass every condition of `evidence_answer`."""
    left = np.ones(len(inputs.cells), dtype=bool)
    for _, holds in _conditions(inputs):
        left = left & holds
    is_counted = (inputs.cells["people_evidence"] == "observed").to_numpy(dtype=bool)
    return {
        "umkm_evidenced": np.where(left, inputs.cells["n_umkm_observed"].to_numpy(dtype=np.float64), 0.0),
        "people_evidenced": np.where(left & is_counted, inputs.cells["people"].to_numpy(dtype=np.float64), 0.0),
    }


def _rows(inputs: FactsInputs) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for item in sorted(inputs.layers, key=lambda item: (item.kind, item.name)):
        kinds = found.setdefault(item.kind, dict.fromkeys(EVIDENCE, 0))
        for kind, n_rows in item.evidence.items():
            kinds[kind] += int(n_rows)
    return found


def _conditions(inputs: FactsInputs) -> tuple[tuple[str, NDArray[np.bool_]], ...]:
    is_known = (inputs.service["level"] != "unknown").to_numpy(dtype=bool)
    is_observed = (inputs.bts["evidence"] == "observed").to_numpy(dtype=bool)
    is_stated = (inputs.bts["assumed"].fillna("") == "").to_numpy(dtype=bool)
    terrain = [item for item in inputs.layers if item.kind == "terrain"]
    has_terrain = bool(terrain) and all(set(item.evidence) <= {"observed"} for item in terrain)
    return (
        ("level_known", is_known),
        ("stations", _of_stations(inputs, is_observed)),
        ("transmitters", _of_stations(inputs, is_stated)),
        ("terrain", np.full(is_known.size, has_terrain)),
    )


def _of_stations(inputs: FactsInputs, holds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a property holds for the stations a cell's level rests on."""
    row = pd.Index(inputs.bts["bts_id"]).get_indexer(inputs.service["server_bts_id"])
    has_server = inputs.service["level"].isin(("served", "limited")).to_numpy(dtype=bool) & (row >= 0)
    everywhere = bool(len(holds)) and bool(holds.all())  # without a station nothing was observed
    return np.where(has_server, np.append(holds, everywhere)[row], everywhere)
