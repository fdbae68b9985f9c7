"""Surveys: ranked by what knowing more would change, known by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from plan_worlds import frame_of_cells, frame_of_service, tiny_problem

from planner.plan.select import select
from planner.plan.surveys import Worth, survey_table, surveys, worth_of

_FREE = Worth()


def _table(umkm, km, areas, *, worth=_FREE, level="unknown", **service):
    n = len(umkm)
    cells = frame_of_cells(
        120.0 + np.array(km) / 110.0, np.full(n, -9.0), np.array(umkm, float), np.array(umkm) * 4.0, 0.1
    )
    about = frame_of_service(n, level=level).assign(confidence_share=0.2, **service)
    return survey_table(cells, about, np.array(areas), weight=np.array(umkm, float), reach_km=3.0, worth=worth).set_index("area_code")  # fmt: skip


def test_what_is_at_stake_is_what_one_site_could_serve():
    found = _table([10, 20, 30, 25], [0.0, 2.0, 8.0, 40.0], ["a", "a", "a", "b"])
    assert found["stake_weight"].to_dict() == {"a": 30.0, "b": 25.0}
    assert found["n_umkm_unknown"].to_dict() == {"a": 60.0, "b": 25.0}


def test_a_survey_that_could_not_change_the_plan_comes_last():
    """A site costs 5 of which each would serve 4 elsewhere: 20 must be found before the plan changes."""
    worth = Worth(cost_idr=5.0, weight_per_idr=4.0, lacking_share=0.5)
    found = _table([19, 30, 18, 18], [0.0, 50.0, 100.0, 110.0], ["a", "b", "c", "c"], worth=worth)
    assert found.index.tolist() == ["b", "c", "a"]
    assert found["rank"].tolist() == [1, 2, 3]
    assert found["change_weight"].tolist() == [10.0, 0.0, 0.0]
    assert found["expected_weight"].tolist() == [5.0, 0.0, 0.0]


def test_what_settles_it_follows_from_what_is_there():
    cells = {"umkm": [10, 10, 10], "km": [0.0, 50.0, 100.0], "areas": ["a", "b", "c"]}
    found = _table(**cells, server_bts_id=["T1", "", ""])
    assert found["settle_with"].to_dict() == {"a": "drive_test", "b": "register", "c": "register"}


def test_known_cells_earn_no_survey():
    assert _table([10, 10], [0.0, 5.0], ["a", "b"], level="unserved").empty


def test_a_plan_says_what_its_weakest_money_serves():
    problem = tiny_problem(3, n_places=4, n_cells=8)
    plan = select(problem, ceiling_idr=20.0)
    worth = worth_of(plan, problem)
    assert worth.cost_idr == pytest.approx(np.median(plan.sites["cost_idr"]))
    assert 0 < worth.weight_per_idr <= plan.certificate.value / plan.totals["cost_idr"] * (1 + 1e-9)
    assert 0 < worth.lacking_share <= 1
    half = problem.service.assign(level=["unknown", *problem.service["level"][1:]])
    found = surveys(plan, dataclasses.replace(problem, service=half), reach_km=3.0).surveys
    assert isinstance(found, pd.DataFrame)
    assert len(found) <= 1
