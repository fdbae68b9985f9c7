"""Networks on graphs: published optima, a peer's sample, enumeration of tiny graphs, and bad input."""

from __future__ import annotations

import csv
import math
from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from planner.errors import InfeasibleError, UsageError
from planner.plan.connect import connect


def check(graph, roots, found, *, costs=None, satellite=None):
    """The answer is a forest from the roots, and its cost is that of its parts."""
    costs, satellite = costs or {}, satellite or {}
    tree = nx.Graph(list(found.edges))
    tree.add_nodes_from(roots)
    assert nx.is_forest(tree)
    assert set(found.chosen) == set(tree) - set(roots)
    for part in nx.connected_components(tree):
        assert len(part & set(roots)) == 1
    total = math.fsum(graph.edges[edge]["cost"] for edge in found.edges)
    total += math.fsum(costs.get(v, 0.0) for v in found.chosen) + math.fsum(satellite[v] for v in found.satellite)
    assert found.cost == pytest.approx(total, rel=1e-12)


def read_graph(path):
    """Graph and terminals of a file of the PACE challenge."""
    graph, ends = nx.Graph(), []
    for line in path.read_text().splitlines():
        part = line.split()
        if part[:1] == ["E"]:
            a, b, cost = int(part[1]), int(part[2]), float(part[3])
            graph.add_edge(a, b, cost=min(cost, graph.get_edge_data(a, b, {"cost": math.inf})["cost"]))
        elif part[:1] == ["T"]:
            ends.append(int(part[1]))
    return graph, ends


@pytest.mark.shared
@pytest.mark.parametrize(
    "file", ["t1_instance001.gr", "t1_instance033.gr", pytest.param("t1_instance045.gr", marks=pytest.mark.slow)]
)
def test_steiner_optima(shared, file):
    """PACE 2018 instances, optima in opt.csv."""
    folder = shared / "optim/steiner"
    best = {row["file"]: float(row["opt"]) for row in csv.DictReader((folder / "opt.csv").read_text().splitlines())}[
        file
    ]
    graph, ends = read_graph(folder / file)
    found = connect(graph, ends[:1], required=ends[1:])
    check(graph, ends[:1], found)
    assert set(ends[1:]) <= set(found.chosen)
    assert found.cost == best
    assert found.gap_share == 0.0


@pytest.mark.shared
@pytest.mark.slow
def test_a_hypercube_ends_by_its_limit_with_a_bound_that_holds(shared):
    """The linear program of a hypercube lies far below its optimum of 23: the tree is found, the proof stays open."""
    graph, ends = read_graph(shared / "optim/steiner/t1_instance011.gr")
    found = connect(graph, ends[:1], required=ends[1:], options={"max_nodes": 20})
    assert found.cost == 23.0
    assert 21.0 <= found.bound <= 23.0


def haversine_km(lon, lat):
    a, b = np.radians(lon), np.radians(lat)
    s = np.sin((b[:, None] - b) / 2) ** 2 + np.cos(b)[:, None] * np.cos(b) * np.sin((a[:, None] - a) / 2) ** 2
    return 2 * 6371.0088 * np.arcsin(np.sqrt(s))


@pytest.mark.shared
def test_giga_sample(shared):
    """Case E of the peer's sample: proven optimum 1,572,703.30 USD, 49 schools on fiber, one on satellite."""
    folder = shared / "peers/giga"
    schools, nodes = pd.read_csv(folder / "schools.csv"), pd.read_csv(folder / "fiber.csv")
    names = [*schools["school_id"], *nodes["coordinate_id"]]
    km = haversine_km(np.r_[schools["lon"], nodes["lon"]], np.r_[schools["lat"], nodes["lat"]])
    years, mbps = 5, 40.0
    graph = nx.Graph()
    graph.add_nodes_from(names)
    for i, j in combinations(range(len(names)), 2):
        if km[i, j] <= 60.0 and i < len(schools):
            graph.add_edge(names[i], names[j], cost=km[i, j] * (2000.0 + years * 50.0))
    power = schools["has_electricity"].to_numpy(bool)
    fiber = years * (mbps * 10.0 + power * 0.1 * 500.0) + ~power * 500.0
    sat = 20_000.0 + years * (mbps * 300.0 + power * 0.1 * 200.0) + ~power * 500.0
    costs, satellite = (dict(zip(schools["school_id"], values, strict=True)) for values in (fiber, sat))
    roots = list(nodes["coordinate_id"])
    found = connect(graph, roots, required=list(schools["school_id"]), costs=costs, satellite=satellite)
    check(graph, roots, found, costs=costs, satellite=satellite)
    assert found.cost == pytest.approx(1_572_703.30, abs=0.01)
    assert found.gap_share == 0.0
    assert (len(found.chosen), len(found.satellite)) == (49, 1)


def tiny(seed):
    rng = np.random.default_rng(seed)
    graph = nx.gnm_random_graph(6, 9, seed=seed)
    for edge in graph.edges:
        graph.edges[edge]["cost"] = float(rng.integers(0, 9))
    roots = [0] if rng.random() < 0.6 else [0, 1]
    others = [v for v in graph if v not in roots]
    prizes = {v: float(rng.integers(0, 9)) for v in others if rng.random() < 0.8}
    costs = {v: float(rng.integers(0, 3)) for v in others if rng.random() < 0.5}
    satellite = {v: float(rng.integers(1, 9)) for v in others if rng.random() < 0.4}
    return graph, roots, prizes, costs, satellite


def every_answer(graph, roots, prizes, costs, satellite):
    """(cost, prizes won, who is served) of every set of nodes on the network, with every set of satellites."""
    others = [v for v in graph if v not in roots]
    for n in range(len(others) + 1):
        for on in combinations(others, n):
            part = nx.Graph(graph.subgraph([*roots, *on]))
            for root in roots[1:]:
                part.add_edge(roots[0], root, cost=0.0)
            if not nx.is_connected(part):
                continue
            net = nx.minimum_spanning_tree(part, weight="cost").size("cost")
            if len(roots) > 1:  # an edge between roots is never bought
                part.edges[roots[0], roots[1]]["cost"] = 0.0
                net = nx.minimum_spanning_tree(part, weight="cost").size("cost")
            free = [v for v in satellite if v not in on]
            for m in range(len(free) + 1):
                for up in combinations(free, m):
                    served = {*on, *up}
                    cost = net + sum(costs.get(v, 0.0) for v in on) + sum(satellite[v] for v in up)
                    yield cost, sum(prizes.get(v, 0.0) for v in served), served


@pytest.mark.parametrize("seed", range(60))
def test_against_enumeration(seed):
    graph, roots, prizes, costs, satellite = tiny(seed)
    answers = list(every_answer(graph, roots, prizes, costs, satellite))
    everything = sum(prizes.values())
    found = connect(graph, roots, prizes=prizes, costs=costs, satellite=satellite)
    check(graph, roots, found, costs=costs, satellite=satellite)
    assert found.objective == pytest.approx(min(cost + everything - won for cost, won, _ in answers))
    assert found.bound == pytest.approx(found.objective)
    for budget in (3.0, 8.0, 15.0):
        most = max(won for cost, won, _ in answers if cost <= budget + 1e-9)
        found = connect(graph, roots, prizes=prizes, costs=costs, satellite=satellite, budget=budget)
        check(graph, roots, found, costs=costs, satellite=satellite)
        assert found.value == pytest.approx(most)
        assert found.bound == pytest.approx(most)
        assert found.cost <= budget * (1 + 1e-9)
    must = [v for v in graph if v not in roots][:2]
    can = [cost for cost, _, served in answers if set(must) <= served]
    if can:
        found = connect(graph, roots, required=must, costs=costs, satellite=satellite)
        assert found.cost == pytest.approx(min(can))
    else:
        with pytest.raises(InfeasibleError, match="cut off"):
            connect(graph, roots, required=must, costs=costs, satellite=satellite)


def test_a_clock_of_nothing_still_gives_an_answer_and_an_honest_bound():
    graph, roots, prizes, costs, satellite = tiny(5)
    found = connect(graph, roots, prizes=prizes, costs=costs, satellite=satellite, options={"time_limit_s": 0.0})
    assert found.bound <= 0.0
    assert found.gap_share == 1.0
    assert "the clock ended the search" in found.steps


class TestBadInput:
    def graph(self):
        made = nx.Graph()
        made.add_edge("r", "a", cost=1.0)
        made.add_edge("b", "c", cost=1.0)
        return made

    def test_no_root(self):
        with pytest.raises(UsageError, match="there is no root"):
            connect(self.graph(), [], required=["a"])

    def test_pieces(self):
        with pytest.raises(InfeasibleError, match=r"1 required node.*cut off.*: b"):
            connect(self.graph(), ["r"], required=["a", "b"])
        found = connect(self.graph(), ["r"], prizes={"a": 5.0, "b": 9.0})
        assert found.chosen == ("a",)
        assert "2 node(s) lie in pieces without a root" in found.steps
        assert (found.objective, found.bound) == (found.cost + 9.0, found.cost + 9.0)  # b's prize is not won

    def test_beyond_the_budget(self):
        with pytest.raises(InfeasibleError, match=r"cannot be served together within the budget of 0\.5"):
            connect(self.graph(), ["r"], required=["a"], budget=0.5)

    @pytest.mark.parametrize("cost", [-1.0, math.nan, math.inf])
    def test_costs_that_are_no_costs(self, cost):
        graph = self.graph()
        with pytest.raises(UsageError, match="costs of 'a'"):
            connect(graph, ["r"], costs={"a": cost})
        with pytest.raises(UsageError, match="prizes of 'a'"):
            connect(graph, ["r"], prizes={"a": cost})
        graph.edges["r", "a"]["cost"] = cost
        with pytest.raises(UsageError, match="cost of edge 'r' – 'a'"):
            connect(graph, ["r"])

    def test_everything_wrong_is_said_at_once(self):
        with pytest.raises(UsageError, match=r"root 'x'.*required 'y'.*budget is nan"):
            connect(self.graph(), ["x"], required=["y"], budget=math.nan)
