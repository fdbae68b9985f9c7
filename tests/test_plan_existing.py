"""Verdicts on standing towers, each known by construction."""

from __future__ import annotations

import numpy as np
import pandas as pd
from ground_worlds import SITES
from plan_worlds import frame_of_candidates, frame_of_cells, frame_of_service

from planner.plan.existing import EXISTING_COLUMNS, existing_towers


def _bts() -> pd.DataFrame:
    rows = [
        ("a1", "A", "2G", "on_air", 120.0), ("a2", "B", "4G", "on_air", 120.0),  # one tower, serves
        ("b1", "A", "4G", "on_air", 120.5),  # the plan builds on it
        ("c1", "A", "4G", "inactive", 121.0), ("d1", "A", "4G", "inactive", 121.5),  # one is reactivated
        ("h1", "A", "3G", "on_air", 123.0), ("i1", "A", "4G", "on_air", 123.5),  # voice alone; a footprint without homes
        ("e1", "A", "4G", "on_air", 122.0), ("f1", "A", "4G", "on_air", 122.1), ("g1", "A", "4G", "on_air", 125.0),  # nobody
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["bts_id", "operator", "technology", "status", "lon_deg"])
    return table.assign(lat_deg=-9.0)


def _found(order: int = 1) -> pd.DataFrame:
    cells = frame_of_cells(np.array([120.0, 120.5, 120.0]), np.full(3, -9.0), np.array([5.0, 7.0, 2.0]), np.array([50.0, 70.0, 20.0]), 0.1)  # fmt: skip
    service = frame_of_service(3, level="served").assign(server_bts_id=["a2", "b1", "a2"], n_operators=[1, 1, 2])
    load = pd.DataFrame({"bts_id": ["a2", "b1", "i1"], "demand_mbps": [4.0, 9.0, 0.1], "load_share": [0.5, 1.5, 0.1]})
    candidates = frame_of_candidates(["c0", "c1", "c2"], [120.5, 121.0, 122.2], np.full(3, -9.0))
    candidates["ref_id"] = ["b1", "c1", ""]
    sites = pd.DataFrame(
        {"site_id": ["c0", "c1", "c2"], "candidate_id": ["c0", "c1", "c2"], "lon_deg": [120.5, 121.0, 122.2],
         "lat_deg": -9.0, "site_type": ["upgrade_4g", "reactivate", "macro_42m"]}
    )  # fmt: skip
    tables = [table.iloc[::order].reset_index(drop=True) for table in (_bts(), load)]
    return existing_towers(*tables, cells, service, sites, candidates.iloc[::order], SITES, reach_km=50.0)


def test_each_tower_gets_the_verdict_that_fits_it():
    found = _found().set_index("tower_id")
    assert found["verdict"].to_dict() == {
        "a1": "keep", "b1": "upgrade", "c1": "reactivate", "d1": "idle", "e1": "switch_off", "f1": "relocate",
        "g1": "switch_off", "h1": "keep", "i1": "keep",
    }  # fmt: skip
    assert found["site_id"].to_dict() == {
        "a1": "",
        "b1": "c0",
        "c1": "c1",
        "d1": "",
        "e1": "",
        "f1": "c2",
        "g1": "",
        "h1": "",
        "i1": "",
    }
    assert found.loc["a1", ["operators", "technology", "n_umkm_best", "people_best", "people_alone"]].tolist() == ["A; B", "4G", 7.0, 70.0, 50.0]  # fmt: skip
    macro = next(spec for spec in SITES if spec.name == "macro_42m")
    assert found.loc["f1", "reuse_idr"] == macro.equipment_capex_idr
    assert 10.9 < found.loc["f1", "reuse_km"] < 11.1
    assert found.loc["g1", "saving_idr_per_year"] == macro.opex_share_per_year * (macro.tower_capex_idr + macro.equipment_capex_idr)  # fmt: skip
    assert (found.loc[["a1", "b1", "c1", "d1"], "saving_idr_per_year"] == 0).all()


def test_row_order_changes_nothing_and_no_tower_is_fine():
    pd.testing.assert_frame_equal(_found(), _found(-1))
    none = existing_towers(
        _bts().iloc[:0], pd.DataFrame({"bts_id": [], "demand_mbps": [], "load_share": []}),
        frame_of_cells(np.zeros(1), np.zeros(1), np.ones(1), np.ones(1), 0.1), frame_of_service(1),
        pd.DataFrame({"site_id": [], "candidate_id": [], "lon_deg": [], "lat_deg": [], "site_type": []}),
        frame_of_candidates([], [], []), SITES, reach_km=50.0,
    )  # fmt: skip
    assert none.empty
    assert tuple(none.columns) == EXISTING_COLUMNS
