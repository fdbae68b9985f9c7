"""Plans over years and sources of money: against enumeration, against the checker, under bad rules."""

from __future__ import annotations

import dataclasses
import math
import signal

import numpy as np
import pandas as pd
import pytest
from plan_brute_years import Brute
from plan_rule_worlds import tiny_rules
from plan_worlds import province

from planner.cli.console import Console
from planner.errors import InfeasibleError, UsageError
from planner.plan import goal, programme
from planner.plan.pemerataan import price_of_equity
from planner.plan.programme import select_programme
from planner.plan.rules import Floor, GoalRule, MoneyShare, Rules, Source, is_within, year_weights
from planner.plan.rules_check import refuse_nowhere
from planner.plan.types import Plan, Problem
from planner.plan.verify import verify

YEARS = (2026, 2027, 2028)


def two_areas(seed: int = 4) -> Problem:
    """A small province of two kabupaten, west and east."""
    problem = province(seed, n_places=40, n_cells=2500, n_relays=40)
    middle = float(problem.candidates["lon_deg"].median())

    def code(table: pd.DataFrame) -> np.ndarray:
        return np.where(table["lon_deg"] < middle, "53.01", "53.02")

    return dataclasses.replace(
        problem, cells=problem.cells.assign(area_code=code(problem.cells)),
        candidates=problem.candidates.assign(area_code=code(problem.candidates)),
    )  # fmt: skip


def rules(**more) -> Rules:
    held = {
        "years": YEARS,
        "sources": (
            Source("RM", "BAKTI", (1.2e10, 1.0e10, 1.0e10)),
            Source("USO", "Komdigi", (6e9, 6e9, 6e9), carries_over=True, only_in=("tertinggal",)),
        ),
        "discount_share_per_year": 0.05, "horizon_years": 10, "groups": {"tertinggal": ("53.02",)},
    }  # fmt: skip
    return Rules(**{**held, **more})


@pytest.fixture(scope="module")
def world() -> Problem:
    return two_areas()


@pytest.fixture(scope="module")
def plan(world) -> Plan:
    return select_programme(world, bound_to(), gap_target_share=0.0)


def bound_to() -> Rules:
    return rules(
        most_sites=(4.0, 9.0, 9.0), floors=(Floor("tertinggal", 150.0, 2.0),), money_shares=(MoneyShare("53.02", 0.4),)
    )


def faults_of(plan, problem, held) -> tuple[str, ...]:
    return verify(plan, problem, ceiling_idr=math.inf, rules=held)


@pytest.mark.parametrize("seed", range(40))
def test_plan_keeps_every_rule_and_its_bound_holds(seed):
    """Years, sources, shared trunks, relay towers, beams, build rates and floors; the best plan by enumeration."""
    problem, held = tiny_rules(seed)
    best = Brute(problem, held).run()
    if best == -math.inf:
        with pytest.raises(InfeasibleError, match=r"cannot be met|contradict"):
            select_programme(problem, held, gap_target_share=0.0)
        return
    try:
        found = select_programme(problem, held, gap_target_share=0.0)
    except InfeasibleError as err:
        said = str(err)
        assert "is open" in said, said
        return
    assert faults_of(found, problem, held) == ()
    assert found.certificate.value <= best + 1e-6
    assert found.certificate.bound >= best - 1e-6
    if found.certificate.status == "optimal":  # also where missed floors make every plan worth less than nothing
        assert found.certificate.value >= best - 1e-4 * max(1.0, abs(best))


def test_a_larger_world_keeps_the_rules_and_uses_all_sources(world, plan):
    assert faults_of(plan, world, bound_to()) == ()
    assert set(plan.sites["year"]) == set(YEARS)
    assert set(plan.sites["funding_source"]) == {"RM", "USO"}
    assert set(plan.sites["payer"]) == {"BAKTI", "Komdigi"}
    assert plan.certificate.gap_share < 0.3
    assert plan.totals["spent_idr"] == pytest.approx(plan.money["spent_idr"].sum())


def test_two_runs_are_equal(world, plan):
    again = select_programme(world, bound_to(), gap_target_share=0.0)
    assert again.certificate.to_json() == plan.certificate.to_json()
    for name in ("sites", "links", "relays", "served", "served_years", "money", "yearly", "equity"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(plan, name))


def broken(plan: Plan, table: str, column: str, row: int, value) -> Plan:
    frame = getattr(plan, table).copy()
    frame.loc[frame.index[row], column] = value
    return dataclasses.replace(plan, **{table: frame})


def test_checker_refuses_a_site_switched_on_too_early(world, plan):
    late = int(np.flatnonzero(plan.sites["year"] == 2028)[0])
    assert any(
        "needs it in 2026" in f or "2026" in f
        for f in faults_of(broken(plan, "sites", "year", late, 2026), world, bound_to())
    )


def test_checker_refuses_a_year_outside_the_plan(world, plan):
    assert any("outside the years" in f for f in faults_of(broken(plan, "sites", "year", 0, 2031), world, bound_to()))


def test_checker_refuses_a_source_that_may_not_pay_there(world, plan):
    west = int(np.flatnonzero((plan.sites["area_code"] == "53.01") & (plan.sites["funding_source"] == "RM"))[0])
    other = broken(broken(plan, "sites", "funding_source", west, "USO"), "sites", "payer", west, "Komdigi")
    assert any("may not pay there" in f for f in faults_of(other, world, bound_to()))


def test_checker_refuses_an_unknown_payer(world, plan):
    assert any(
        "states source" in f for f in faults_of(broken(plan, "sites", "payer", 0, "operator"), world, bound_to())
    )


def test_checker_refuses_a_link_bought_too_late(world, plan):
    early = int(np.flatnonzero(plan.links["year"] == 2026)[0])
    assert any(
        "a site needs it in 2026" in f for f in faults_of(broken(plan, "links", "year", early, 2028), world, bound_to())
    )


def test_checker_refuses_overspending_in_one_year(world, plan):
    """The same plan under a ceiling of one rupiah less than it spends in 2026."""
    spent = float(plan.money.query("funding_source == 'RM' and year == 2026")["spent_idr"].iloc[0])
    held = bound_to()
    less = dataclasses.replace(
        held, sources=(dataclasses.replace(held.sources[0], ceilings_idr=(spent - 1.0, 1e10, 1e10)), held.sources[1])
    )
    assert any("more than there is" in f for f in faults_of(plan, world, less))


def test_money_that_lapses_may_not_be_spent_later(world):
    """Nothing can be built with 1 % of a site in each year but together; only a source that carries over can."""
    each = (1.5e9,) * 3
    lapsing = select_programme(world, rules(sources=(Source("RM", "BAKTI", each),)))
    carried = select_programme(world, rules(sources=(Source("USO", "BAKTI", each, carries_over=True),)))
    assert carried.certificate.value > lapsing.certificate.value
    held = rules(sources=(Source("USO", "BAKTI", each),))
    assert any("more than there is" in f for f in faults_of(carried, world, held))


def test_opex_of_earlier_sites_is_paid_every_year(world, plan):
    table = plan.money.groupby("year")["opex_idr"].sum()
    assert table.loc[2026] == 0.0
    own = plan.sites.set_index("option_id")["year"]
    options = world.options.set_index("option_id")["opex_idr_per_year"]
    assert table.loc[2028] >= options.loc[own.index[own < 2028]].sum() - 1.0


def test_checker_refuses_more_sites_than_the_rate(world, plan):
    n = int((plan.sites["year"] == 2027).sum())
    held = dataclasses.replace(bound_to(), most_sites=(4.0, n - 1.0, 9.0))
    assert any(f"{n} sites are switched on in 2027" in f for f in faults_of(plan, world, held))


@pytest.mark.parametrize(
    ("column", "value", "said"), [("share", 1.5, "share 1.5"), ("cell_id", -1, "cannot be served")]
)
def test_checker_refuses_service_of_a_year_that_cannot_be(world, plan, column, value, said):
    other = broken(plan, "served_years", column, 0, value)
    assert any(said in f for f in faults_of(other, world, bound_to()))


def test_checker_refuses_service_before_a_site_is_on(world, plan):
    name = str(plan.sites.loc[plan.sites["year"] == 2028, "site_id"].iloc[0])
    cells = plan.served.loc[plan.served["site_id"] == name, "cell_id"]
    extra = pd.DataFrame({"year": [2026], "cell_id": [int(cells.iloc[0])], "site_id": [name], "share": [0.1]})
    other = dataclasses.replace(plan, served_years=pd.concat([plan.served_years, extra], ignore_index=True))
    assert any("is switched on in 2028" in f for f in faults_of(other, world, bound_to()))


def test_checker_refuses_a_missed_floor_and_a_missed_share(world, plan):
    reached = float(plan.equity.query("rule == 'floor'")["reached"].iloc[0])
    held = dataclasses.replace(
        bound_to(), floors=(Floor("tertinggal", reached + 5.0),), money_shares=(MoneyShare("53.02", 0.999),)
    )
    found = faults_of(plan, world, held)
    assert any("the floor is" in f for f in found)
    assert any("of the money, at least" in f for f in found)


@pytest.mark.parametrize(
    ("table", "column", "said"),
    [
        ("money", "left_idr", "states left_idr"), ("money", "capex_idr", "states capex_idr"),
        ("yearly", "weight_on", "states weight_on"), ("yearly", "n_sites_on", "states n_sites_on"),
        ("equity", "reached", "is stated as"), ("sites", "spent_idr", "states spent_idr"),
    ],
)  # fmt: skip
def test_checker_refuses_wrong_statements(world, plan, table, column, said):
    value = getattr(plan, table)[column].iloc[0]
    assert any(said in f for f in faults_of(broken(plan, table, column, 0, value + 7), world, bound_to()))


def test_checker_refuses_a_wrong_objective(world, plan):
    proof = dataclasses.replace(plan.certificate, value=plan.certificate.value - 1.0)
    assert any(
        "the objective is" in f for f in faults_of(dataclasses.replace(plan, certificate=proof), world, bound_to())
    )


def test_floor_moves_the_plan_and_costs_the_rest(world):
    free = select_programme(world, rules())
    weight = pd.Series(world.weight, index=world.cells["cell_id"])
    area = world.cells.set_index("cell_id")["area_code"]

    def east(found: Plan) -> float:
        new = found.served["share"].to_numpy() * weight.loc[found.served["cell_id"]].to_numpy()
        return float(new[area.loc[found.served["cell_id"]].to_numpy() == "53.02"].sum())

    most = east(select_programme(world, rules(floors=(Floor("53.02", 1e4, 1e3),))))
    assert most > east(free) * (1 + 1e-6)
    asked = 0.5 * (east(free) + most)  # a plan that reaches more than this is known
    held = rules(floors=(Floor("53.02", asked),))
    bound = select_programme(world, held)
    assert faults_of(bound, world, held) == ()
    assert east(bound) >= asked * (1 - 1e-6)
    assert bound.certificate.value <= free.certificate.bound


def test_floor_that_cannot_be_met_is_named_with_what_could(world):
    weight = world.weight[world.cells["area_code"] == "53.02"].sum()
    with pytest.raises(InfeasibleError, match=r"53\.02: .* asked, .*no plan can reach it"):
        select_programme(world, rules(floors=(Floor("53.02", 0.85 * float(weight)),)))


def test_contradictory_rules_are_named_before_anything_is_sought(world):
    held = rules(
        floors=(Floor("53.02", 1e6), Floor("53.01", 1.0)),
        money_shares=(MoneyShare("53.01", 0.6), MoneyShare("tertinggal", 0.5)),
    )
    with pytest.raises(InfeasibleError, match=r"53\.02: 1000000 > \d+.*53\.01 0\.6 \+ tertinggal 0\.5 > 1") as said:
        select_programme(world, held)
    assert said.value.exit_code == 4
    nested = rules(money_shares=(MoneyShare("53", 0.9), MoneyShare("53.02", 0.5)))
    assert faults_of(select_programme(world, nested, ruin_rounds=0, price_moves=0), world, nested) == ()


def test_rules_for_nowhere_are_refused(world):
    lost = (Source("USO", "BAKTI", (1e9,) * 3, only_in=("99.01",)),)
    with pytest.raises(UsageError, match=r"'USO' only_in: 99\.01"):
        select_programme(world, rules(sources=lost, floors=(Floor("98", 1.0),)))
    with pytest.raises(
        UsageError, match=r"equity\.curve_area: 97"
    ):  # it drew a curve of one plan that served 100 % there
        refuse_nowhere(world, rules(), "97")


def test_who_cannot_keep_what_stands_is_named_in_the_users_language(world):
    held = rules(sources=(Source("USO", "BAKTI", (1e9, 1e9, 1e9), kept_opex_idr_per_year=2e9),))
    with pytest.raises(InfeasibleError, match=r"USO 2026: keeping up what stands takes 2000000000 IDR") as said:
        select_programme(world, held)
    told = Console("id").translated(said.value)
    assert "USO 2026: biaya rutin yang sudah ada Rp 2.000.000.000 per tahun" in told


@pytest.mark.parametrize("is_goal", [False, True])
def test_ctrl_c_keeps_the_best_plan_with_its_proof(world, monkeypatch, is_goal):
    """The user asks for an end while the first plan is being looked for or improved."""

    def interrupted(call):
        def inner(*arguments, **named):
            signal.raise_signal(signal.SIGINT)
            return call(*arguments, **named)

        return inner

    before = signal.getsignal(signal.SIGINT)
    if is_goal:
        monkeypatch.setattr(goal, "_cheaper", interrupted(goal._cheaper))
        found, held = goal.cheapest(world, GoalRule(0.1, {"53.01": ("53.01",)}), year=2026)
    else:
        held = rules()
        monkeypatch.setattr(programme, "_bound", interrupted(programme._bound))
        found = select_programme(world, held)
    assert signal.getsignal(signal.SIGINT) is before
    assert any("stopped by the user" in step for step in found.certificate.steps)
    assert found.certificate.status in {"stopped", "gap_reached", "optimal"}
    assert len(found.sites) > 0
    assert faults_of(found, world, held) == ()


def test_floor_with_a_price_falls_short_and_says_so(world):
    held = rules(floors=(Floor("53.02", 1e5, 0.5),))
    found = select_programme(world, held)
    row = found.equity.iloc[0]
    assert row["short"] == pytest.approx(1e5 - row["reached"])
    assert found.certificate.value == pytest.approx(found.totals["worth_over_years"] - 0.5 * row["short"])
    assert faults_of(found, world, held) == ()
    proof = found.certificate  # no plan reaches the floor, and the proof knows: it said 733 where the value was −4,170
    assert proof.value <= proof.bound <= proof.value + 0.25 * abs(proof.value)
    assert proof.gap_share == pytest.approx((proof.bound - proof.value) / abs(proof.value))
    assert proof.status != "optimal"


def test_ceiling_of_nothing_gives_an_empty_plan_with_its_proof(world):
    held = rules(sources=(Source("RM", "BAKTI", (0.0, 0.0, 0.0)),))
    found = select_programme(world, held)
    assert len(found.sites) == 0
    assert found.certificate.bound == 0.0
    assert faults_of(found, world, held) == ()


def test_ceiling_below_what_stands_is_refused(world):
    held = rules(sources=(Source("RM", "BAKTI", (1e9, 1e9, 1e9), kept_opex_idr_per_year=2e9),))
    with pytest.raises(InfeasibleError, match="do not pay for what already stands"):
        select_programme(world, held)


def test_no_time_left_still_gives_a_checked_plan(world):
    held = rules()
    found = select_programme(world, held, time_limit_s=0.0)
    assert faults_of(found, world, held) == ()
    assert found.certificate.status in {"time_limit", "empty", "gap_reached"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"years": (2026, 2028, 2029)}, "one after the other"),
        ({"sources": ()}, "no source of money"),
        ({"sources": (Source("RM", "B", (1.0,)),)}, "1 ceilings for 3 years"),
        ({"sources": (Source("RM", "B", (1.0, -1.0, math.nan)),)}, "no number of at least 0"),
        ({"sources": (Source("RM", "B", (1.0,) * 3), Source("RM", "B", (1.0,) * 3))}, "stands twice"),
        ({"floors": (Floor("53", 0.0),)}, "above 0"),
        ({"floors": (Floor("53", 1.0, -2.0),)}, "price"),
        ({"money_shares": (MoneyShare("53", 1.2),)}, "share, 0–1"),
        ({"most_sites": (1.0,)}, "1 numbers for 3 years"),
    ],
)
def test_rules_that_are_no_rules_are_refused(world, more, said):
    with pytest.raises(UsageError, match=said):
        select_programme(world, rules(**more))


def test_weights_of_years_sum_to_one_and_fall():
    worth = year_weights(rules())
    assert worth.sum() == pytest.approx(1.0)
    assert worth[0] > worth[1]
    assert worth[2] == pytest.approx(sum(1.05**-k for k in range(2, 10)) / sum(1.05**-k for k in range(10)))


def test_areas_are_matched_by_whole_parts_of_their_code():
    assert is_within(np.array(["53.01.02", "53.010", "5301"]), ("53.01",)).tolist() == [True, False, False]


def test_price_of_pemerataan_is_a_curve_of_real_plans(world):
    curve = price_of_equity(world, rules(floors=(Floor("tertinggal", 150.0),)), "tertinggal", n_points=4)
    assert len(curve) >= 3
    assert (np.diff(curve["reached"]) > 0).all()
    assert (curve["reached"] >= curve["floor"] * (1 - 1e-6)).all()
    assert curve["lost"].iloc[0] == 0.0
    assert curve["lost"].iloc[-1] > 0.0
    percent = np.diff(curve["reached_share"]) * 100.0
    assert curve["lost_per_percent"].to_numpy()[1:] == pytest.approx(-np.diff(curve["value"]) / percent)


def test_a_curve_of_one_point_is_refused(world):
    with pytest.raises(UsageError, match="at least 2 points"):
        price_of_equity(world, rules(), "53.02", n_points=1)
