"""Runs whose loads are iterated: the loads that interference counts are those that service finds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from planner.errors import ScenarioError
from planner.pipeline.artifacts import read_table
from planner.pipeline.runner import run
from planner.pipeline.store import Store
from planner.pipeline.table import data_folder, stage_table
from planner.scenario import read_scenario

_SABU = {"region.areas": ["53.20"], "region.pixel_m": 500.0}


def _artifacts(out: Path, **changes: object) -> dict[str, Path]:
    scenario = read_scenario(data_folder() / "scenario.toml", changes={**_SABU, **changes})
    wanted = ("layer:admin", "frame", "layer:umkm", "layer:population", "layer:facilities", "layer:clutter", "layer:terrain", "layer:bts", "layer:umkm_counts", "layer:population_counts", "cells", "reach", "loads", "coverage", "service")  # fmt: skip
    run(tuple(stage for stage in stage_table(scenario) if stage.name in wanted), scenario, out, say=lambda _: None)
    keys = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["stages"]
    return {name: Store(out).folder(name, key) for name, key in keys.items()}


def test_service_finds_the_loads_that_interference_counted(tmp_path: Path) -> None:
    fixed = _artifacts(tmp_path)
    assert "loads" not in fixed
    assert set(read_table(fixed["service"] / "servers.parquet")["busy_share"]) == {0.5}
    found = _artifacts(tmp_path, **{"radio.load": "iterated"})
    note = json.loads((found["service"] / "note.json").read_text(encoding="utf-8"))["loads"]
    assert note["is_converged"]
    servers = read_table(found["service"] / "servers.parquet").set_index("bts_id")
    load = read_table(found["service"] / "bts_load.parquet").set_index("bts_id")
    busy = servers["busy_share"].reindex(load.index)
    assert note["n_stations"] == len(load)
    assert note["mean_share"] == pytest.approx(busy.mean())
    pool = ["operator", "lon_deg", "lat_deg", "azimuth_deg"]
    sums = load[["demand_mbps", "radio_mbps"]].join(servers[pool]).groupby(pool, dropna=False).transform("sum")
    let = (load["backhaul_mbps"].fillna(np.inf) / load.join(servers[pool[:3]]).groupby(pool[:3])["demand_mbps"].transform("sum")).clip(upper=1.0)  # fmt: skip
    wanted = (sums["demand_mbps"] / sums["radio_mbps"] * let.fillna(1.0)).clip(upper=1.0)
    assert (np.abs(busy - wanted) <= 5e-3).mean() > 0.9  # the others have links below the floor of the curve
    assert busy.nunique() > 3


def test_loads_that_cannot_be_iterated_are_refused() -> None:
    for change in ({"radio.interference": "fixed"}, {"radio.load_share": 0.0}):
        changes = {**_SABU, "radio.load": "iterated", **change}
        with pytest.raises(ScenarioError, match="needs interference = 'modelled' and a load_share above 0"):
            stage_table(read_scenario(data_folder() / "scenario.toml", changes=changes))
