"""What is published for auditors adds up to the plan, over one ceiling and over years."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from planner.pipeline.artifacts import write_sheet
from planner.pipeline.stages._plan import dated
from planner.plan.audit import ends_table, purchases_table, served_shares
from planner.plan.programme import select_programme
from planner.plan.rules import Rules, Source
from planner.plan.select import select
from tests.plan_worlds import tiny_problem

MONEY = ("capex_idr", "opex_idr_per_year", "cost_idr")


@pytest.mark.parametrize("seed", range(40))
def test_under_one_ceiling(seed):
    problem = tiny_problem(seed)
    plan = dated(select(problem, ceiling_idr=float(problem.options["cost_idr"].max()) * 3), 2026)
    bought = purchases_table(plan, problem)
    assert len(bought) == len(plan.sites) + len(plan.links) + len(plan.relays)
    assert not bought.duplicated(["kind", "id"]).any()
    for name in MONEY:
        assert bought[name].sum() == pytest.approx(plan.totals[name], rel=1e-12)
    shares = served_shares(plan).merge(problem.cells.assign(weight=problem.weight), on="cell_id")
    assert (shares["share"] * shares["weight"]).sum() == pytest.approx(plan.totals["weight_new"], rel=1e-12)
    ends = ends_table(plan, problem)
    assert ends["n_sites"].sum() == len(plan.sites)
    assert ends["load_mbps"].sum() == pytest.approx(plan.sites["demand_mbps"].sum(), rel=1e-12)
    roots = ends[ends["kind"] == "root"]
    assert (roots["load_mbps"] <= roots["left_mbps"].fillna(np.inf) * (1 + 1e-9)).all()
    beams = ends[ends["kind"] == "satellite"]
    assert (beams["reserved_mbps"] <= beams["left_mbps"].fillna(np.inf) * (1 + 1e-9)).all()
    assert set(ends["kind"]) <= {"root", "satellite"}


@pytest.mark.parametrize("seed", range(12))
def test_over_years(seed):
    """Capex of each year and opex of what stood before, from the purchases alone."""
    problem = tiny_problem(seed)
    dear = float(problem.options["capex_idr"].max())
    rules = Rules(
        (2026, 2027, 2028), (Source("A", "p", (dear, 2 * dear, dear)), Source("B", "q", (0.0, dear, dear), True))
    )
    plan = select_programme(problem, rules)
    bought, money = purchases_table(plan, problem), plan.money
    for row in money.to_dict("records"):
        mine = bought[bought["funding_source"] == row["funding_source"]]
        capex = mine.loc[mine["year"] == row["year"], "capex_idr"].sum()
        opex = mine.loc[mine["year"] < row["year"], "opex_idr_per_year"].sum()
        assert (capex, opex) == pytest.approx((row["capex_idr"], row["opex_idr"]), rel=1e-12)
    shares = served_shares(plan).merge(problem.cells.assign(weight=problem.weight), on="cell_id")
    on = (shares["share"] * shares["weight"]).groupby(shares["year"]).sum()
    for row in plan.yearly.to_dict("records"):
        assert on.get(row["year"], 0.0) == pytest.approx(row["weight_on"], rel=1e-12)


def test_an_empty_plan_has_empty_tables_with_their_columns():
    problem = tiny_problem(0)
    plan = dated(select(problem, ceiling_idr=1.0), 2026)
    tables = purchases_table(plan, problem), served_shares(plan), ends_table(plan, problem)
    assert [len(table) for table in tables] == [0, 0, 0]
    assert list(tables[0].columns)[:3] == ["kind", "id", "what"]


def test_sheets_keep_rupiah_and_every_digit_where_asked(tmp_path):
    """Six digits of a number were kept, not six after its point: 24,941,234,567 stood there as 2.49412e+10."""
    table = pd.DataFrame({"idr": [24_941_234_567.25, 1 / 3], "name": ["=1", "b"]})
    for digits, wanted in ((6, [24_941_234_567.25, 0.333333]), (None, [24_941_234_567.25, 1 / 3])):
        write_sheet(tmp_path / "t.csv", table, digits=digits)
        found = pd.read_csv(tmp_path / "t.csv", sep=";", encoding="utf-8-sig")
        assert found["idr"].tolist() == wanted
        assert found["name"].tolist() == ["'=1", "b"]
