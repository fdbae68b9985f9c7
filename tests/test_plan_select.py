"""Selection: against enumeration, against its own checker, under every kind of bad input."""

from __future__ import annotations

import dataclasses
import json
import signal

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plan_brute import best_value
from plan_worlds import (
    OPTION_COLUMNS,
    frame_of_candidates,
    frame_of_cells,
    frame_of_service,
    link,
    node,
    option_row,
    province,
    tiny_problem,
)

from planner.errors import InfeasibleError, LayerError, UsageError
from planner.interrupt import ASKED
from planner.plan import select as selection
from planner.plan.explain import explain
from planner.plan.link_word import obey_links
from planner.plan.select import select
from planner.plan.surveys import surveys
from planner.plan.types import Problem
from planner.plan.verify import verify


def shuffled(problem: Problem, seed: int) -> Problem:
    """The same problem with the rows of every table, and the graph, in another order."""
    rng = np.random.default_rng(seed)
    cells, options = rng.permutation(len(problem.cells)), rng.permutation(len(problem.options))
    new_at = np.argsort(cells)
    lists = [rng.permutation(new_at[problem.indices[problem.indptr[k] : problem.indptr[k + 1]]]) for k in options]
    graph = nx.MultiGraph()
    names = sorted(problem.graph)
    graph.add_nodes_from((name, problem.graph.nodes[name]) for name in rng.permutation(names))
    links = list(problem.graph.edges(keys=True, data=True))
    for at in rng.permutation(len(links)):
        a, b, key, data = links[at]
        graph.add_edge(b, a, key=key, **data)
    return Problem(
        cells=problem.cells.iloc[cells].reset_index(drop=True),
        service=problem.service.iloc[cells].reset_index(drop=True),
        candidates=problem.candidates.iloc[rng.permutation(len(problem.candidates))].reset_index(drop=True),
        options=problem.options.iloc[options].reset_index(drop=True),
        indptr=np.r_[0, np.cumsum([len(one) for one in lists])].astype(np.int64),
        indices=np.concatenate([*lists, np.zeros(0)]).astype(np.int32),
        graph=graph,
        weight=problem.weight[cells],
    )


def decision(action, **more) -> pd.DataFrame:
    row = {
        "decision_id": "D1", "action": action, "site_type": "", "backhaul": "", "radius_km": 1.0, "reason": "usulan",
        "author": "Bupati", "letter": "12/2025", "lon_deg": 120.0, "lat_deg": -9.0,
    }  # fmt: skip
    return pd.DataFrame([{**row, **more}])


def two_places() -> Problem:
    """Two places: p0 (8 UMKM, dear) and p1 (5 UMKM, cheap), one fiber trunk over p0 to p1."""
    problem = tiny_problem(0, n_places=2, n_cells=2, rich=False)
    graph = nx.MultiGraph()
    node(graph, "root:a", "root")
    for name in ("p0", "p1"):
        node(graph, name, "place")
    link(graph, "root:a", "p0", "fiber", "fiber", 4.0, np.inf)
    link(graph, "p0", "p1", "fiber", "fiber", 1.0, np.inf)
    rows = [option_row("p0", "macro", 5.0, 50.0, 1, "fiber"), option_row("p1", "macro", 2.0, 50.0, 1, "fiber")]
    candidates = problem.candidates.assign(lon_deg=[120.0, 120.5])
    cells = problem.cells.assign(n_umkm=[8.0, 5.0], people=[80.0, 50.0], demand_mbps=[3.0, 2.0])
    service = problem.service.assign(level="unserved", served_share=0.0)
    return Problem(
        cells=cells, service=service, candidates=candidates, options=pd.DataFrame(rows, columns=OPTION_COLUMNS),
        indptr=np.array([0, 1, 2]), indices=np.array([0, 1], dtype=np.int32), graph=graph, weight=np.array([8.0, 5.0]),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_plan_keeps_every_rule_and_its_bound_holds(seed):
    """Shared trunks, relay towers, beams, link and root capacities; the best plan is found by enumeration."""
    problem = tiny_problem(seed, n_places=3, n_cells=6)
    ceiling = (6.0, 10.0, 16.0, 25.0)[seed % 4]
    plan = select(problem, ceiling_idr=ceiling, gap_target_share=0.0)
    best = best_value(problem, ceiling)
    assert verify(plan, problem, ceiling_idr=ceiling) == ()
    assert plan.certificate.value <= best + 1e-6
    assert plan.certificate.bound >= best - 1e-6


@pytest.mark.parametrize("seed", range(20))
def test_without_link_limits_the_plan_is_the_best_there_is(seed):
    problem = tiny_problem(seed, n_places=3, n_cells=6, rich=False)
    plan = select(problem, ceiling_idr=14.0, gap_target_share=0.0)
    assert plan.certificate.value == pytest.approx(best_value(problem, 14.0), rel=1e-6, abs=1e-9)
    assert plan.certificate.gap_share < 1e-4


def test_trunk_is_paid_once():
    """5 + 2 for the sites and 4 + 1 for the fiber: 12 together; the trunk over p0 is not paid twice."""
    plan = select(two_places(), ceiling_idr=12.0)
    assert plan.certificate.value == pytest.approx(13.0)
    assert plan.totals["cost_idr"] == pytest.approx(12.0)
    assert plan.sites["cost_idr"].tolist() == pytest.approx([5.0 + 2.0, 2.0 + 2.0 + 1.0])
    assert plan.links["n_sites"].tolist() == [2, 1] or plan.links["n_sites"].tolist() == [1, 2]
    assert plan.certificate.status == "optimal"


def test_fiber_passes_a_place_without_a_site():
    plan = select(two_places(), ceiling_idr=8.0)
    assert plan.sites["site_id"].tolist() == ["p1"]
    assert plan.sites["backhaul_path"].tolist() == ["p1>p0>root:a"]
    assert len(plan.relays) == 0


def test_a_site_cheaper_than_a_bare_tower_may_pass_traffic_on():
    """p1 serves nobody; its mast at 1 lets p0 hop to the fiber, a bare tower would cost 50."""
    problem, graph = two_places(), nx.MultiGraph()
    node(graph, "root:a", "root")
    for name in ("p0", "p1"):
        node(graph, name, "place", tower=50.0)
    link(graph, "root:a", "p1", "fiber", "fiber", 1.0, np.inf)
    link(graph, "p0", "p1", "hop", "microwave", 1.0, np.inf)
    rows = [option_row(name, "macro", cost, 50.0, 1, "fiber,microwave") for name, cost in (("p0", 2.0), ("p1", 1.0))]
    problem = dataclasses.replace(
        problem, options=pd.DataFrame(rows, columns=OPTION_COLUMNS), graph=graph, weight=np.array([8.0, 0.0])
    )
    plan = select(problem, ceiling_idr=10.0, gap_target_share=0.0)
    assert plan.certificate.bound >= 8.0 - 1e-6
    assert plan.certificate.value == pytest.approx(8.0)
    assert verify(plan, problem, ceiling_idr=10.0) == ()


def test_limited_cells_gain_only_what_is_unserved():
    problem = two_places()
    service = problem.service.assign(level=["limited", "served"], served_share=[0.75, 1.0])
    plan = select(dataclasses.replace(problem, service=service), ceiling_idr=100.0)
    assert plan.certificate.value == pytest.approx(2.0)
    assert plan.served["share"].tolist() == pytest.approx([0.25])


def test_unknown_cells_earn_a_survey_and_no_site():
    problem = two_places()
    problem = dataclasses.replace(problem, service=problem.service.assign(level="unknown", confidence_share=0.1))
    plan = surveys(select(problem, ceiling_idr=100.0), problem, reach_km=3.0)
    assert len(plan.sites) == 0
    assert plan.certificate.bound == 0.0
    assert plan.surveys["n_umkm_unknown"].tolist() == [13.0]


@pytest.mark.parametrize("seed", range(4))
def test_row_order_changes_nothing(seed):
    problem = tiny_problem(seed + 50, n_places=4, n_cells=8)
    first = select(problem, ceiling_idr=16.0)
    second = select(shuffled(problem, seed), ceiling_idr=16.0)
    pd.testing.assert_frame_equal(first.sites, second.sites)
    pd.testing.assert_frame_equal(first.links, second.links)
    pd.testing.assert_frame_equal(first.served, second.served)
    assert first.certificate == second.certificate


def test_two_runs_of_a_larger_world_are_equal_and_keep_the_rules():
    problem = province(3, n_places=40, n_cells=2500, n_relays=40)
    first, second = (select(problem, ceiling_idr=4e10, time_limit_s=600.0) for _ in range(2))
    assert first.certificate.to_json() == second.certificate.to_json()
    for name in ("sites", "links", "relays", "rejected", "served"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))
    points = problem.cells[["cell_id"]].assign(weight=problem.weight)
    assert verify(first, problem, ceiling_idr=4e10, points=points) == ()
    assert first.certificate.gap_share < 0.25


@given(st.integers(0, 400), st.floats(0.0, 20.0), st.floats(0.0, 10.0))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_larger_budget_never_serves_less_and_none_is_overspent(seed, ceiling, more):
    problem = tiny_problem(seed, n_places=3, n_cells=5, rich=False)
    poor, rich = (select(problem, ceiling_idr=c, gap_target_share=0.0) for c in (ceiling, ceiling + more))
    assert rich.certificate.value >= poor.certificate.value - 1e-6
    assert poor.totals["cost_idr"] <= ceiling * (1 + 1e-9) + 1e-9


class TestDecisions:
    def test_forced_site_is_built_and_checked(self):
        problem = two_places()
        plan = select(problem, ceiling_idr=9.0, decisions=decision("force"))
        assert plan.sites["site_id"].tolist() == ["p0"]
        assert verify(plan, problem, ceiling_idr=9.0, decisions=decision("force")) == ()
        assert verify(select(problem, ceiling_idr=8.0), problem, ceiling_idr=8.0, decisions=decision("force")) != ()

    def test_forbidden_site_is_not_built_and_named(self):
        plan = select(two_places(), ceiling_idr=100.0, decisions=decision("forbid"))
        assert plan.sites["site_id"].tolist() == ["p1"]
        row = plan.rejected.set_index("candidate_id").loc["p0"]
        assert (row["reason"], row["decision_id"]) == ("forbidden", "D1")

    def test_forced_beyond_the_ceiling_is_infeasible(self):
        with pytest.raises(InfeasibleError, match="D1"):
            select(two_places(), ceiling_idr=8.0, decisions=decision("force"))

    def test_two_words_about_one_place_are_met_together(self):
        """One asks for a site there, the other for its small type: one small site meets both, and no search hangs."""
        problem = two_places()
        small = option_row("p0", "small", 6.0, 50.0, 1, "fiber")
        problem = dataclasses.replace(
            problem,
            options=pd.concat([problem.options, pd.DataFrame([small])], ignore_index=True),
            indptr=np.array([0, 1, 2, 3]), indices=np.array([0, 1, 0], dtype=np.int32),
        )  # fmt: skip
        both = pd.concat([decision("force"), decision("force", decision_id="D2", site_type="small")], ignore_index=True)
        plan = select(problem, ceiling_idr=20.0, decisions=both)
        assert plan.sites.set_index("site_id").loc["p0", "site_type"] == "small"
        assert verify(plan, problem, ceiling_idr=20.0, decisions=both) == ()

    def test_a_decision_is_met_by_the_choice_that_the_bound_likes(self):
        problem = province(3, n_places=20, n_cells=500, n_relays=10)
        at = problem.candidates.iloc[4]
        word = decision("force", lon_deg=at.lon_deg, lat_deg=at.lat_deg, radius_km=0.1)
        search = selection.make_search(problem, 3e10, word, {"time_limit_s": np.inf}, 0)
        assert len(search.demands[0].choices) >= 4
        for choice in search.demands[0].choices.tolist():
            liked = np.zeros(search.instance.n_choices)
            liked[choice] = 1.0
            assert choice in selection.first_draft(search, liked).choice.values()

    def test_two_types_at_one_place_are_refused(self):
        problem = two_places()
        small = option_row("p0", "small", 6.0, 50.0, 1, "fiber")
        problem = dataclasses.replace(
            problem,
            options=pd.concat([problem.options, pd.DataFrame([small])], ignore_index=True),
            indptr=np.array([0, 1, 2, 3]), indices=np.array([0, 1, 0], dtype=np.int32),
        )  # fmt: skip
        words = [decision("force", decision_id=d, site_type=t) for d, t in (("D1", "macro"), ("D2", "small"))]
        with pytest.raises(InfeasibleError, match=r"D1.*D2"):
            select(problem, ceiling_idr=100.0, decisions=pd.concat(words, ignore_index=True))

    def test_contradiction_names_both(self):
        both = pd.concat([decision("force"), decision("forbid", decision_id="D2")], ignore_index=True)
        with pytest.raises(InfeasibleError, match=r"D1.*D2"):
            select(two_places(), ceiling_idr=100.0, decisions=both)

    def test_no_candidate_within_reach_is_said(self):
        with pytest.raises(InfeasibleError, match="no usable candidate"):
            select(two_places(), ceiling_idr=100.0, decisions=decision("lock", lon_deg=130.0))

    def test_lock_means_the_nearest_place_that_could_carry_its_site_type(self):
        """A lock of an access point or an upgrade met the point of the decision itself, where there is none."""
        problem = two_places()
        small = option_row("p1", "small", 6.0, 50.0, 1, "fiber")
        problem = dataclasses.replace(
            problem,
            options=pd.concat([problem.options, pd.DataFrame([small])], ignore_index=True),
            indptr=np.array([0, 1, 2, 3]), indices=np.array([0, 1, 1], dtype=np.int32),
        )  # fmt: skip
        wish = decision("lock", site_type="small", radius_km=100.0)
        plan = select(problem, ceiling_idr=100.0, decisions=wish)
        assert plan.sites.set_index("site_id").loc["p1", "site_type"] == "small"
        assert verify(plan, problem, ceiling_idr=100.0, decisions=wish) == ()
        near = decision("lock", radius_km=100.0)
        plan = select(problem, ceiling_idr=100.0, decisions=near)
        assert "p0" in set(plan.sites["site_id"])
        assert verify(plan, problem, ceiling_idr=100.0, decisions=near) == ()

    @pytest.mark.parametrize(("key", "known"), [("site_type", "macro"), ("backhaul", "fiber")])
    def test_words_that_nothing_here_is_called_are_named(self, key, known):
        with pytest.raises(InfeasibleError, match=rf"D1.*there is no 'makro' here \(there are: .*{known}"):
            select(two_places(), ceiling_idr=100.0, decisions=decision("force", **{key: "makro"}))

    def test_half_of_the_other_end_is_no_link(self):
        """The plan took it for a site and the checker for a link, so it was refused as a fault of the program."""
        for gone in ("to_lon_deg", "to_lat_deg"):
            wish = decision("force").assign(**{"to_lon_deg": 120.0, "to_lat_deg": -9.0, gone: np.nan})
            with pytest.raises(LayerError, match="D1: give both"):
                obey_links(two_places(), wish)

    def test_forced_technology_is_kept(self):
        problem = two_places()
        node(problem.graph, "beam:1", "satellite", capacity=10.0, pool="bts")
        link(problem.graph, "p0", "beam:1", "geo", "satellite", 30.0, 6.0, reserved=4.0, pool="bts")
        problem = dataclasses.replace(problem, options=problem.options.assign(backhaul_kinds="fiber,satellite"))
        wish = decision("force", backhaul="geo")
        plan = select(problem, ceiling_idr=100.0, decisions=wish)
        assert plan.sites.set_index("site_id").loc["p0", "backhaul"] == "geo"
        assert verify(plan, problem, ceiling_idr=100.0, decisions=wish) == ()
        never = decision("forbid", backhaul="fiber")
        plan = select(problem, ceiling_idr=100.0, decisions=never)
        assert plan.sites.set_index("site_id").loc["p0", "backhaul"] == "geo"
        assert verify(plan, problem, ceiling_idr=100.0, decisions=never) == ()


class TestBadInput:
    def test_no_demand(self):
        problem = dataclasses.replace(two_places(), weight=np.zeros(2))
        plan = select(problem, ceiling_idr=100.0)
        assert (len(plan.sites), plan.certificate.bound, plan.certificate.status) == (0, 0.0, "empty")
        assert verify(plan, problem, ceiling_idr=100.0) == ()

    def test_no_candidate_and_no_cell(self):
        problem = two_places()
        empty = Problem(
            cells=problem.cells.iloc[:0], service=problem.service.iloc[:0], candidates=problem.candidates.iloc[:0],
            options=problem.options.iloc[:0], indptr=np.array([0]), indices=np.zeros(0, np.int32),
            graph=nx.MultiGraph(), weight=np.zeros(0),
        )  # fmt: skip
        plan = select(empty, ceiling_idr=100.0)
        assert len(plan.sites) == 0
        assert verify(plan, empty, ceiling_idr=100.0) == ()

    def test_roots_without_any_place(self):
        """No candidate is eligible, but there is a backbone: it raised an IndexError."""
        problem = two_places()
        graph = problem.graph.copy()
        graph.remove_nodes_from(["p0", "p1"])
        empty = dataclasses.replace(
            problem, candidates=problem.candidates.iloc[:0], options=problem.options.iloc[:0], graph=graph,
            indptr=np.array([0]), indices=np.zeros(0, np.int32),
        )  # fmt: skip
        plan = select(empty, ceiling_idr=100.0)
        assert (len(plan.sites), plan.certificate.bound, plan.certificate.status) == (0, 0.0, "empty")
        assert verify(plan, empty, ceiling_idr=100.0) == ()

    @pytest.mark.parametrize("ceiling", [0.0, 6.9])
    def test_ceiling_below_the_cheapest_site_is_proven_empty(self, ceiling):
        plan = select(two_places(), ceiling_idr=ceiling)
        assert (len(plan.sites), plan.certificate.bound) == (0, 0.0)
        assert set(plan.rejected["reason"]) == {"budget"}

    @pytest.mark.parametrize("weight", [[np.nan, 1.0], [-1.0, 1.0], [np.inf, 1.0]])
    def test_weights_that_are_no_weights(self, weight):
        with pytest.raises(LayerError, match="weight is"):
            select(dataclasses.replace(two_places(), weight=np.array(weight)), ceiling_idr=10.0)

    @pytest.mark.parametrize("cost", [np.nan, -1.0])
    def test_costs_that_are_no_costs(self, cost):
        problem = two_places()
        with pytest.raises(LayerError, match="cost_idr is"):
            select(dataclasses.replace(problem, options=problem.options.assign(cost_idr=cost)), ceiling_idr=10.0)
        problem.graph.edges["p0", "p1", "fiber"]["cost_idr"] = cost
        with pytest.raises(LayerError, match="p0 – p1"):
            select(problem, ceiling_idr=10.0)

    def test_everything_wrong_is_said_at_once(self):
        problem = two_places()
        broken = dataclasses.replace(problem, weight=np.array([-1.0, 0.0]), indices=np.array([0, 7], np.int32))
        with pytest.raises(LayerError, match=r"weight.*covers name cells"):
            select(broken, ceiling_idr=10.0)

    @pytest.mark.parametrize(
        "call", [{"ceiling_idr": np.nan}, {"ceiling_idr": -1.0}, {"ceiling_idr": 1.0, "time_limit_s": -1}]
    )
    def test_limits_that_are_no_limits(self, call):
        with pytest.raises(UsageError, match="give"):
            select(two_places(), **call)

    def test_option_that_covers_nothing(self):
        problem = dataclasses.replace(two_places(), indptr=np.array([0, 0, 1]), indices=np.array([1], np.int32))
        plan = select(problem, ceiling_idr=100.0)
        assert plan.sites["site_id"].tolist() == ["p1"]
        assert plan.rejected["reason"].tolist() == ["no_unserved"]

    def test_graph_without_root_or_in_pieces(self):
        problem = two_places()
        problem.graph.remove_node("root:a")
        plan = select(problem, ceiling_idr=100.0)
        assert (len(plan.sites), plan.certificate.bound) == (0, 0.0)
        assert set(plan.rejected["reason"]) == {"no_backhaul"}
        problem = two_places()
        problem.graph.remove_edge("p0", "p1")
        plan = select(problem, ceiling_idr=100.0)
        assert plan.sites["site_id"].tolist() == ["p0"]
        problem.graph.remove_node("p1")
        assert select(problem, ceiling_idr=100.0).sites["site_id"].tolist() == ["p0"]

    def test_no_time_still_gives_a_plan_that_keeps_the_rules(self):
        problem = province(2, n_places=30, n_cells=1500, n_relays=30)
        plan = select(problem, ceiling_idr=3e10, time_limit_s=0.0)
        assert verify(plan, problem, ceiling_idr=3e10) == ()
        assert plan.certificate.status == "time_limit"


class TestChecker:
    @pytest.fixture
    def plan(self):
        problem = two_places()
        return problem, select(problem, ceiling_idr=12.0)

    def refused(self, problem, plan, match, ceiling=12.0):
        faults = verify(plan, problem, ceiling_idr=ceiling)
        assert any(match in fault for fault in faults), faults

    def test_overspending(self, plan):
        self.refused(*plan, "over the ceiling", ceiling=11.9)

    def test_one_rupiah_over_a_ceiling_of_billions(self, plan):
        problem, _ = plan
        dear = dataclasses.replace(problem, options=problem.options.assign(cost_idr=problem.options["cost_idr"] * 1e10))
        big = select(dear, ceiling_idr=1.2e11)
        cost = big.totals["cost_idr"]
        assert verify(big, dear, ceiling_idr=cost) == ()
        self.refused(dear, big, "over the ceiling", ceiling=cost - 1.0)

    def test_share_beyond_what_is_unserved(self, plan):
        problem, made = plan
        served = made.served.assign(share=made.served["share"] * 1.5)
        self.refused(problem, dataclasses.replace(made, served=served), "served")

    def test_unbought_link(self, plan):
        problem, made = plan
        self.refused(problem, dataclasses.replace(made, links=made.links.iloc[1:]), "link")

    def test_wrong_objective_and_bound(self, plan):
        problem, made = plan
        proof = dataclasses.replace(made.certificate, value=14.0)
        self.refused(problem, dataclasses.replace(made, certificate=proof), "objective")

    def test_cost_that_does_not_add_up(self, plan):
        problem, made = plan
        self.refused(problem, dataclasses.replace(made, totals={**made.totals, "cost_idr": 11.0}), "adds up")

    def test_radio_capacity(self, plan):
        problem, made = plan
        weak = dataclasses.replace(problem, options=problem.options.assign(radio_mbps=1.0))
        self.refused(weak, made, "over radio")

    def test_link_capacity_and_cover(self, plan):
        problem, made = plan
        problem.graph.edges["root:a", "p0", "fiber"]["capacity_mbps"] = 1.0
        self.refused(problem, made, "carries")
        swapped = dataclasses.replace(problem, indices=np.array([1, 0], dtype=np.int32))
        self.refused(swapped, made, "outside the cover")


RAW_COLUMNS = {
    "sites": {
        "option_id", "candidate_id", "name", "area_code", "site_type", "status", "backhaul", "backhaul_path",
        "access_mode", "n_umkm_new", "people_new", "demand_mbps", "capacity_mbps", "capex_idr", "opex_idr_per_year",
        "cost_idr", "lon_deg", "lat_deg", "facilities_new", "link_ids", "option_cost_idr",
    },
    "links": {
        "link_id", "from_id", "to_id", "technology", "length_km", "sea_km", "capacity_mbps", "load_mbps", "capex_idr",
        "opex_idr_per_year", "cost_idr", "from_lon_deg", "from_lat_deg", "to_lon_deg", "to_lat_deg", "kind", "n_sites",
    },
    "relays": {"place_id", "lon_deg", "lat_deg", "capex_idr", "opex_idr_per_year", "cost_idr", "n_sites"},
}  # fmt: skip


@pytest.fixture(scope="module")
def made():
    for seed in range(200):
        problem = tiny_problem(seed, n_places=4, n_cells=8)
        plan = select(problem, ceiling_idr=20.0)
        if len(plan.relays) and len(plan.sites) > 1 and np.isfinite(plan.links["capacity_mbps"]).all():
            assert verify(plan, problem, ceiling_idr=20.0) == ()
            return problem, plan
    pytest.fail("no world with a relay tower")


def test_the_checker_refuses_a_beam_behind_another_place():
    """Satellite is a star: a plan made where the far end is a root is none where it is a beam."""
    problem = two_places()
    plan = select(problem, ceiling_idr=8.0)
    assert plan.sites["backhaul_path"].tolist() == ["p1>p0>root:a"]
    graph = problem.graph.copy()
    graph.nodes["root:a"]["kind"] = graph.edges["root:a", "p0", "fiber"]["kind"] = "satellite"
    faults = verify(plan, dataclasses.replace(problem, graph=graph), ceiling_idr=8.0)
    assert any("reaches beam root:a over other nodes" in fault for fault in faults), faults


class TestEveryStatement:
    """A plan with fiber, a hop over a bare relay tower and finite links: whatever it states wrongly is found."""

    @pytest.mark.parametrize(("table", "column"), [(t, c) for t in sorted(RAW_COLUMNS) for c in sorted(RAW_COLUMNS[t])])
    def test_a_wrong_cell_is_found(self, made, table, column):
        problem, plan = made
        frame = getattr(plan, table).copy()
        old = frame[column].iloc[0]
        is_text = isinstance(old, str)
        frame[column] = frame[column].astype(object)
        frame.iloc[0, frame.columns.get_loc(column)] = old + "x" if is_text else type(old)(old + 1)
        assert verify(dataclasses.replace(plan, **{table: frame}), problem, ceiling_idr=20.0) != ()

    @pytest.mark.parametrize("name", [
        "n_sites", "n_links", "n_relays", "capex_idr", "opex_idr_per_year", "cost_idr", "network_cost_idr", "weight_new",
        "n_umkm_new", "people_new", "facilities_new", "demand_mbps",
    ])  # fmt: skip
    def test_a_wrong_or_missing_total_is_found(self, made, name):
        problem, plan = made
        assert name in plan.totals
        for totals in (
            {**plan.totals, name: plan.totals[name] + 1.0},
            {k: v for k, v in plan.totals.items() if k != name},
        ):
            faults = verify(dataclasses.replace(plan, totals=totals), problem, ceiling_idr=20.0)
            assert any(name in fault for fault in faults), faults

    @pytest.mark.parametrize("broken", ["", "[", "{}", "7", '["nothing"]', "[3]", None])
    def test_broken_links_of_a_site_are_a_fault_and_no_crash(self, made, broken):
        problem, plan = made
        sites = plan.sites.assign(link_ids=[broken, *plan.sites["link_ids"].iloc[1:]])
        faults = verify(dataclasses.replace(plan, sites=sites), problem, ceiling_idr=20.0)
        assert any("link" in fault for fault in faults), faults

    def test_a_built_candidate_among_the_rejected_and_a_lost_one(self, made):
        problem, plan = made
        first = plan.rejected.head(1)
        twice = pd.concat([plan.rejected, first.assign(candidate_id=plan.sites["candidate_id"].iloc[0])])
        faults = verify(dataclasses.replace(plan, rejected=twice), problem, ceiling_idr=20.0)
        assert any("built and listed as rejected" in fault for fault in faults), faults
        faults = verify(dataclasses.replace(plan, rejected=plan.rejected.iloc[1:]), problem, ceiling_idr=20.0)
        assert any("neither built nor rejected" in fault for fault in faults), faults

    @pytest.mark.parametrize(
        ("change", "match"),
        [
            ({"objective": "people"}, "speaks of people"),
            ({"status": "optimal", "bound": 1e3, "gap_share": 0.9}, "says optimal"),
            ({"status": "gap_reached", "bound": 1e3, "gap_share": 0.9}, "was reached"),
            ({"status": "empty"}, "nothing can be built"),
            ({"status": "fine"}, "unknown status"),
        ],
    )
    def test_a_proof_that_claims_too_much(self, made, change, match):
        problem, plan = made
        proof = dataclasses.replace(plan.certificate, **change)
        faults = verify(dataclasses.replace(plan, certificate=proof), problem, ceiling_idr=20.0)
        assert any(match in fault for fault in faults), faults

    def test_one_rupiah_in_a_quarter_of_a_trillion(self):
        problem = two_places()
        dear = dataclasses.replace(problem, options=problem.options.assign(cost_idr=problem.options["cost_idr"] * 5e10))
        plan = select(dear, ceiling_idr=1e12)
        totals = {**plan.totals, "cost_idr": plan.totals["cost_idr"] + 1.0}
        faults = verify(dataclasses.replace(plan, totals=totals), dear, ceiling_idr=1e12)
        assert any("cost_idr adds up" in fault for fault in faults), faults


def test_reasons_name_gain_cost_backhaul_and_alternative():
    problem = two_places()
    names = pd.DataFrame({"code": ["53", "53.01"], "name": ["Nusa Tenggara Timur", "Kupang"]})
    plan = explain(select(problem, ceiling_idr=9.0), problem, ceiling_idr=9.0, areas=names)
    why = json.loads(plan.sites["why"].iloc[0])
    assert plan.sites["site_id"].tolist() == ["p0"]
    assert why["new"]["umkm"] == 8.0
    assert why["cost_idr"]["total"] == 9.0
    assert why["cost_idr"]["fiber"] == 4.0
    assert why["alternative"] == {"cost_idr": 7, "option_id": "p1:macro", "weight": 5.0}
    assert why["area"] == ["Nusa Tenggara Timur", "Kupang"]
    row = plan.rejected.iloc[0]
    assert (row["candidate_id"], row["reason"]) == ("p1", "budget")
    assert row["enters_at_idr"] == pytest.approx(12.0)
    assert row["near_id"] == "p0"
    assert why["backhaul"]["why"] == "only"
    assert why["new"]["umkm_priority_sector"] == 0.0


def test_the_nearest_place_that_could_serve_the_same_people_is_named():
    """The plan's site serves 5 and 4 UMKM: p1 beside it reaches the 4 alone, p2 farther off the 5."""
    problem = two_places()
    graph = nx.MultiGraph()
    node(graph, "root:a", "root")
    for k in range(4):
        node(graph, f"p{k}", "place", lon=120.0 + k / 10)
        link(graph, "root:a", f"p{k}", "fiber", "fiber", 1.0, 50.0)
    cells = frame_of_cells(np.full(3, 120.0), np.full(3, -9.0), np.array([5.0, 4.0, 3.0]), 10.0, 0.1)
    options = pd.DataFrame([option_row(f"p{k}", "macro", 5.0, 9.0, 2, "fiber") for k in (0, 1, 2, 3)])
    reached = [[0, 1], [1], [0, 2], [2]]
    problem = dataclasses.replace(
        problem, cells=cells, service=frame_of_service(3), graph=graph, options=options, weight=cells["n_umkm"].to_numpy(),
        candidates=frame_of_candidates([f"p{k}" for k in range(4)], 120.0 + np.arange(4) / 10, np.full(4, -9.0)),
        indptr=np.cumsum([0, *map(len, reached)]), indices=np.concatenate(reached).astype(np.int32),
    )  # fmt: skip
    plan = select(problem, ceiling_idr=6.0)
    assert plan.sites["site_id"].tolist() == ["p0"]
    near = json.loads(plan.sites["why"].iloc[0])["nearest"]
    assert (near["option_id"], near["is_built"]) == ("p2:macro", False)
    assert near["reaches_share"] == pytest.approx(5 / 9, abs=1e-3)
    assert near["km"] == pytest.approx(22.0, abs=0.1)


def test_a_candidate_over_the_limit_names_the_one_looked_at_in_its_stead():
    problem = two_places()
    over = problem.candidates.iloc[[1]].assign(candidate_id="p9", excluded_because="over_limit", lon_deg=120.001)
    problem = dataclasses.replace(problem, candidates=pd.concat([problem.candidates, over], ignore_index=True))
    row = select(problem, ceiling_idr=9.0).rejected.set_index("candidate_id").loc["p9"]
    assert row["reason"] == "over_limit"
    lon = problem.candidates.set_index("candidate_id")["lon_deg"].drop("p9")
    assert row["near_id"] == (lon - 120.001).abs().idxmin()


def test_a_beam_too_small_is_not_called_a_lack_of_money():
    """The only backhaul asks 4 Mbps of a beam that has 2 left: no ceiling brings the site in."""
    problem = two_places()
    problem.graph.remove_edge("p0", "p1")
    node(problem.graph, "beam:1", "satellite", capacity=2.0, pool="bts")
    link(problem.graph, "p1", "beam:1", "geo", "satellite", 1.0, 6.0, reserved=4.0, pool="bts")
    problem = dataclasses.replace(problem, options=problem.options.assign(backhaul_kinds="fiber,satellite"))
    row = select(problem, ceiling_idr=100.0).rejected.set_index("candidate_id").loc["p1"]
    assert row["reason"] == "no_backhaul"
    assert np.isnan(row["enters_at_idr"])


@pytest.mark.parametrize("seed", [2, 23, 33, 41, 49, 60, 62, 63, 84, 96])
def test_who_is_left_out_for_money_does_not_fit(seed):
    """The reason "budget" needs a price: either what the site would add does not fit, or its least ceiling is higher."""
    plan = select(tiny_problem(seed, n_places=4, n_cells=6), ceiling_idr=20.0, gap_target_share=0.0)
    for row in plan.rejected[plan.rejected["reason"] == "budget"].to_dict("records"):
        assert not plan.totals["cost_idr"] + row["cost_idr"] <= 20.0
        assert np.isfinite(row["cost_idr"]) or row["enters_at_idr"] > 20.0
        assert not row["enters_at_idr"] <= 20.0


@pytest.mark.parametrize("ceiling_idr", [9.0, 35.0])
def test_a_place_too_dear_even_alone_enters_beside_the_plan(ceiling_idr):
    """The sites and their links cost 9 + 31: under 9 the dear one alone is beyond the ceiling, under 35 it is not."""
    problem = two_places()
    problem.graph.remove_edge("p0", "p1")
    link(problem.graph, "root:a", "p1", "fiber", "fiber", 29.0, 100.0)
    row = select(problem, ceiling_idr=ceiling_idr).rejected.set_index("candidate_id").loc["p1"]
    assert row["reason"] == "budget"
    assert row["enters_at_idr"] == pytest.approx(40.0)
    assert len(select(problem, ceiling_idr=40.0).sites) == 2


def test_a_thin_existing_link_is_told_apart_from_a_wide_one_to_build():
    """The free link of p0 carries 1 of the 3 Mbps: 8/3 UMKM for nothing, all 8 for a hop of 4."""
    problem = two_places()
    graph = nx.MultiGraph()
    node(graph, "root:a", "root")
    node(graph, "p0", "place")
    link(graph, "root:a", "p0", "existing", "existing", 0.0, 1.0)
    link(graph, "root:a", "p0", "hop", "microwave", 4.0, 50.0)
    options = problem.options.iloc[:1].assign(backhaul_kinds="existing,fiber,microwave")
    problem = dataclasses.replace(
        problem, graph=graph, options=options, indptr=np.array([0, 1]), indices=np.array([0], dtype=np.int32)
    )
    for ceiling, value, backhaul in ((8.0, 8.0 / 3.0, "existing"), (9.0, 8.0, "hop")):
        plan = select(problem, ceiling_idr=ceiling, gap_target_share=0.0)
        assert plan.certificate.value == pytest.approx(value)
        assert plan.certificate.bound == pytest.approx(value, rel=1e-5)
        assert plan.sites["backhaul"].tolist() == [backhaul]
        assert verify(plan, problem, ceiling_idr=ceiling) == ()


def test_only_a_clock_that_was_asked_for_stands_in_the_proof():
    problem = two_places()
    assert "time_limit_s" not in select(problem, ceiling_idr=12.0).certificate.work_limits
    assert select(problem, ceiling_idr=12.0, time_limit_s=30.0).certificate.work_limits["time_limit_s"] == 30.0


def test_ctrl_c_keeps_the_best_plan_under_one_ceiling(monkeypatch):
    def interrupted(*arguments):
        signal.raise_signal(signal.SIGINT)
        return bound(*arguments)

    problem, before, bound = (
        province(3, n_places=40, n_cells=2500, n_relays=40),
        signal.getsignal(signal.SIGINT),
        selection._bound,
    )
    monkeypatch.setattr(selection, "_bound", interrupted)
    plan = select(problem, ceiling_idr=4e10, gap_target_share=0.0)
    assert any("stopped by the user" in step for step in plan.certificate.steps)
    assert plan.certificate.status in {"stopped", "optimal"}
    assert len(plan.sites) > 0
    assert verify(plan, problem, ceiling_idr=4e10) == ()
    assert signal.getsignal(signal.SIGINT) is before
    assert not ASKED.is_set()
