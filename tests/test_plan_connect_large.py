"""Networks with beams: bounds, fixings and answers against enumeration, lossless shortening, larger worlds, determinism."""

from __future__ import annotations

import math
from itertools import combinations

import networkx as nx
import numpy as np
import pytest

from planner.errors import InfeasibleError, UsageError
from planner.plan._steiner_kernel import pack_cuts
from planner.plan.connect import Satellites, connect
from planner.plan.connect_check import reckoned
from planner.plan.connect_large import Found, search
from planner.plan.connect_net import Wishes, read_ground, shorter_net
from planner.plan.steiner_dual import Prices, ascend, known
from tests.connect_worlds import roads


def tiny(seed):
    """A graph with edges broken by bends and dead ends, its plain form for enumeration, and wishes without budget."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 8))
    plain = nx.gnm_random_graph(n, int(rng.integers(n, 2 * n)), seed=seed)
    scale = float(rng.choice([1.0, 1.0, 1e6, 1e-3]))
    for edge in plain.edges:
        plain.edges[edge]["cost"] = scale * float(rng.integers(0, 9))
    roots = [0] if rng.random() < 0.6 else [0, 1]
    others = [v for v in plain if v not in roots]
    prizes = {v: float(rng.integers(0, 9)) for v in others if rng.random() < 0.7}
    costs = {v: scale * float(rng.integers(0, 4)) for v in others if rng.random() < 0.5}
    sat = {v: scale * float(rng.integers(1, 7)) for v in others if rng.random() < 0.5}
    mbps = {v: float(rng.integers(0, 4)) for v in sat}
    beams = {v: ("east", "all") if rng.random() < 0.5 else ("west", "all") for v in sat}
    left = {"east": 3.0, "west": 2.0, "all": float(rng.integers(2, 6))}
    required = [v for v in others if rng.random() < 0.12]
    broken = nx.Graph()
    broken.add_nodes_from(plain)
    for a, b, data in plain.edges(data=True):
        bends = [f"{a}-{b}-{k}" for k in range(int(rng.integers(0, 3)))]
        share = rng.dirichlet(np.ones(len(bends) + 1))
        for (u, v), part in zip(zip([a, *bends], [*bends, b], strict=True), share, strict=True):
            broken.add_edge(u, v, cost=float(part) * data["cost"])
        if rng.random() < 0.3:
            broken.add_edge(a, f"dead end {a}-{b}", cost=1.0)
    return plain, broken, Wishes(roots, prizes, required, costs, Satellites(sat, mbps, beams, left), None), scale


def every_answer(plain, wishes):
    """(cost, prizes, who is on the network, who on satellite) of every answer that keeps the beams and the required."""
    sat = wishes.satellites
    others = [v for v in plain if v not in wishes.roots]
    whole = nx.Graph(plain)
    for root in wishes.roots[1:]:
        whole.add_edge(wishes.roots[0], root, cost=0.0)
    for n in range(len(others) + 1):
        for on in combinations(others, n):
            part = whole.subgraph([*wishes.roots, *on])
            if not nx.is_connected(part):
                continue
            net = nx.minimum_spanning_tree(part, weight="cost").size("cost") + sum(wishes.costs.get(v, 0.0) for v in on)
            free = [v for v in sat.costs if v not in on]
            for m in range(len(free) + 1):
                for up in combinations(free, m):
                    used = {beam: sum(sat.mbps[v] for v in up if beam in sat.beams[v]) for beam in sat.beam_mbps}
                    served = {*on, *up}
                    if set(wishes.required) <= served and all(used[b] <= sat.beam_mbps[b] for b in used):
                        cost = net + sum(sat.costs[v] for v in up)
                        yield cost, sum(wishes.prizes.get(v, 0.0) for v in served), set(on), set(up)


def best_of(answers, budget):
    """The answers of the best objective (prizes, or prizes less cost), and that objective."""
    scored = [(won if budget is not None else won - cost, on, up) for cost, won, on, up in answers
              if budget is None or cost <= budget * (1 + 1e-12)]  # fmt: skip
    most = max((score for score, _, _ in scored), default=-math.inf)
    return most, [(on, up) for score, on, up in scored if score >= most - 1e-9 * max(1.0, abs(most))]


def inspect(seed):
    """Whether bounds at any prices, fixings, the search and the call agree with enumeration; how many checks."""
    plain, broken, wishes, scale = tiny(seed)
    answers = list(every_answer(plain, wishes))
    rng = np.random.default_rng(seed)
    n_checks = 0
    for budget in (None, 4.0 * scale, 9.0 * scale, 17.0 * scale):
        wishes = Wishes(*[getattr(wishes, k) for k in ("roots", "prizes", "required", "costs", "satellites")], budget)
        most, best = best_of(answers, budget)
        try:
            ground = read_ground(broken, wishes)
        except InfeasibleError:
            assert not best
            continue
        net = shorter_net(ground)
        money = net.unit if budget is None else 1.0
        if best:
            for _ in range(6):
                rate = 1.0 if budget is None else float(10.0 ** rng.uniform(-2, 1.5))
                ascent = ascend(
                    net,
                    Prices(rate, rng.exponential(1.0, 3) * rng.integers(0, 2)),
                    step=float(rng.choice([0.2, 1.0, 50.0])),
                )
                assert ascent.bound * money >= most - 1e-9 * scale
                off, no_satellite, on = known(net, ascent, most / money - 1e-7)
                named = np.full(len(ground.names), -1)
                named[:] = net.node_of
                where = {name: named[k] for k, name in enumerate(ground.names)}
                for has, up in best:
                    assert not any(off[where[v]] for v in has if where[v] > 0)
                    assert not any(no_satellite[where[v]] for v in up if where[v] > 0)
                    assert {v for v in where if where[v] > 0 and on[where[v]]} <= has
                n_checks += 1
        found = Found(grain=0.0)
        search(net, found, lambda: math.inf)
        assert found.bound * money >= most - 1e-9 * scale
        assert found.target() * money <= most + 1e-9 * scale
        call = {
            "prizes": wishes.prizes,
            "required": wishes.required,
            "costs": wishes.costs,
            "satellite": wishes.satellites,
        }
        if not best:
            with pytest.raises(InfeasibleError):
                connect(broken, wishes.roots, budget=budget, **call)
            continue
        answer = connect(broken, wishes.roots, budget=budget, **call)
        score = most if budget is not None else sum(wishes.prizes.values()) - most
        assert answer.objective == pytest.approx(score, abs=1e-6 * scale)
        slack = 4e-6 * max(score, sum(wishes.prizes.values()))  # what the solver's tolerance leaves open
        assert abs(answer.bound - score) <= slack + 1e-9 * scale
        n_checks += 2
    return n_checks


@pytest.mark.parametrize("seed", range(30))
def test_bounds_fixings_and_answers_against_enumeration(seed):
    assert inspect(seed) > 0


def world_call(world, share):
    """Arguments of `connect` for a world whose budget is a share of what all its sites cost."""
    place = world.place.tolist()
    costs = dict(zip(place, world.site_cost.tolist(), strict=True))
    sat = {v: c for v, c in zip(place, world.satellite_cost.tolist(), strict=True) if math.isfinite(c)}
    beams = {v: (b,) for v, b in zip(place, world.beam.tolist(), strict=True)}
    left = dict(enumerate(world.beam_mbps.tolist()))
    return {
        "prizes": dict(zip(place, world.prize.tolist(), strict=True)), "costs": costs, "budget": share * sum(costs.values()),
        "satellite": Satellites(sat, dict(zip(place, world.mbps.tolist(), strict=True)), beams, left),
    }  # fmt: skip


def test_a_country_of_roads_is_planned_within_a_proven_percent():
    """2,000 places on 20,000 nodes, links beyond two fifths of the spend; the answer is reckoned anew by hand."""
    world = roads(2_000, 20_000, seed=3, idr_per_m=400_000.0)
    call, graph = world_call(world, 0.15), world.graph()
    found = connect(graph, world.roots.tolist(), **call)
    links = math.fsum(graph.edges[edge]["cost"] for edge in found.edges)
    assert links / found.cost > 0.4
    assert found.gap_share < 0.015
    assert found.value <= found.bound
    assert found.cost <= call["budget"] * (1 + 1e-9)
    used = {}
    for v in found.satellite:
        used[world.beam[v - world.place[0]]] = (
            used.get(world.beam[v - world.place[0]], 0.0) + world.mbps[v - world.place[0]]
        )
    assert found.satellite
    assert all(world.beam_mbps[b] >= mbps for b, mbps in used.items())
    assert len(found.edges) == len(found.chosen)


def test_the_order_of_nodes_and_edges_changes_nothing():
    world = roads(60, 600, seed=4, idr_per_m=400_000.0)
    call, graph = world_call(world, 0.2), world.graph()
    rng = np.random.default_rng(0)
    other = nx.Graph()
    other.add_nodes_from(rng.permutation(world.n_nodes).tolist())
    for k in rng.permutation(len(world.a)).tolist():
        other.add_edge(int(world.b[k]), int(world.a[k]), cost=float(world.edge_cost[k]))
    one = connect(graph, world.roots.tolist(), **call)
    two = connect(
        other,
        world.roots.tolist()[::-1],
        **{k: dict(reversed(v.items())) if isinstance(v, dict) else v for k, v in call.items()},
    )
    assert one.gap_share == 0.0
    assert (one.chosen, one.satellite, one.edges, one.bound, one.steps) == (
        two.chosen,
        two.satellite,
        two.edges,
        two.bound,
        two.steps,
    )


def test_ctrl_c_keeps_the_best_plan_and_a_bound_that_holds(monkeypatch):
    world = roads(60, 600, seed=4, idr_per_m=400_000.0)
    call = world_call(world, 0.2)
    whole = connect(world.graph(), world.roots.tolist(), **call)
    calls = []

    def stop(*_, **__):
        calls.append(1)
        raise KeyboardInterrupt

    monkeypatch.setattr("planner.plan.connect.prove", stop)
    found = connect(world.graph(), world.roots.tolist(), **call)
    assert calls
    assert found.steps[-1] == "interrupted"
    assert 0.0 < found.value <= whole.value <= found.bound


def test_required_nodes_beyond_their_beam_are_refused():
    graph = nx.Graph()
    graph.add_edge("r", "a", cost=1.0)
    graph.add_nodes_from(["x", "y"])
    sat = Satellites({"x": 1.0, "y": 1.0}, {"x": 2.0, "y": 2.0}, {"x": ["b"], "y": ["b"]}, {"b": 3.0})
    with pytest.raises(InfeasibleError, match="cannot be served together"):
        connect(graph, ["r"], required=["x", "y"], satellite=sat)
    assert connect(graph, ["r"], required=["x"], satellite=sat).satellite == ("x",)


def test_faults_of_beams_are_said_at_once():
    graph = nx.Graph()
    graph.add_edge("r", "a", cost=1.0)
    sat = Satellites({"a": -1.0}, {"q": math.nan}, {"a": ["b"]}, {"c": math.inf})
    with pytest.raises(UsageError) as caught:
        connect(graph, ["r"], satellite=sat)
    text = str(caught.value)
    for part in ("satellite of 'a' is -1.0", "mbps name 'q'", "mbps of 'q' is nan", "beam 'c' has inf Mbps", "beam 'b' of 'a'", "'a' has a beam but no mbps"):  # fmt: skip
        assert part in text


@pytest.mark.parametrize(
    ("chosen", "satellite", "edges", "fault"),
    [
        (("b",), (), (("a", "b"),), "does not lead on from a root"),
        (("a", "b"), (), (("r", "a"),), "not those its edges reach"),
        (("a",), ("a",), (("r", "a"),), "on the network and on a satellite"),
        (("a", "b"), (), (("r", "a"), ("a", "b")), "beyond the budget"),
        ((), (), (), "required 'a' is not served"),
        ((), ("a",), (), "gives 2.0 of 1.0 Mbps"),
    ],
)
def test_an_answer_that_breaks_a_rule_never_leaves(chosen, satellite, edges, fault):
    graph = nx.Graph()
    graph.add_weighted_edges_from([("r", "a", 2.0), ("a", "b", 2.0)], weight="cost")
    sat = Satellites({"a": 1.0}, {"a": 2.0}, {"a": ["s"]}, {"s": 1.0})
    wishes = Wishes(["r"], {"a": 1.0}, ["a"], {}, sat, 3.0)
    with pytest.raises(RuntimeError, match=fault):
        reckoned(graph, wishes, chosen, satellite, edges)


def test_a_node_that_only_a_satellite_reaches_is_packed_at_once():
    graph = nx.Graph()
    graph.add_nodes_from(["root", "island"])
    kappa, work = pack_cuts(
        np.zeros(3, np.int64), np.empty(0, np.int64), np.empty(0), np.array([0.0, 1e12]), 0, 1.0, np.zeros(2)
    )  # fmt: skip
    assert kappa.tolist() == [0.0, 1e12]
    assert work[0] == 1
    plan = connect(graph, ["root"], prizes={"island": 2e12}, satellite={"island": 1e12})
    assert plan.satellite == ("island",)
    assert plan.value == 2e12
