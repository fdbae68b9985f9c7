"""Connecting prizes to roots on a graph: Steiner trees with prizes, budgets and satellite alternatives, with proof.

The coupled special case of the selection without covers and capacities, for scripts and for graphs of one's own.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import networkx as nx
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order

from planner.errors import InfeasibleError, Phrase
from planner.plan.call_values import is_amount, number, whole
from planner.plan.connect_check import reckoned
from planner.plan.connect_exact import prove
from planner.plan.connect_large import Found, search
from planner.plan.connect_net import Ground, Net, Node, Satellites, Wishes, read_ground, shorter_net
from planner.plan.solver import TOLERANCE_SHARE
from planner.plan.steiner_tree import Plan, plan_of

__all__ = ["Connection", "Satellites", "connect"]

_KNOBS = ("max_nodes", "time_limit_s")
_MAX_NODES = 10_000
_MOST_SHOWN = 10


@dataclass(frozen=True)
class Connection:
    """Who is served, over which edges, and the proof.

    Parameters
    ----------
    chosen
        Nodes on the network other than roots: each pays its cost and wins its prize.
    satellite
        Nodes served by their satellite alternative.
    edges
        Edges bought, as (node, node) from the root outwards: a forest.
    cost, value
        Of edges, nodes and satellites; prizes won.
    objective, bound
        Without a budget, cost plus the prizes not won (least), those no root reaches among them, and a lower bound on
        it; with one, the value
        (most) and an upper bound on it.
    gap_share
        Distance of objective and bound over the larger of the two; 0 when both are 0.
    steps
        What was done.
    seconds
        Wall-clock time it took.
    """

    chosen: tuple[Node, ...]
    satellite: tuple[Node, ...]
    edges: tuple[tuple[Node, Node], ...]
    cost: float
    value: float
    objective: float
    bound: float
    gap_share: float
    steps: tuple[str, ...]
    seconds: float


def connect(
    graph: nx.Graph[Any], roots: Iterable[Node], *, prizes: Mapping[Node, float] | None = None,
    required: Iterable[Node] = (), costs: Mapping[Node, float] | None = None,
    satellite: Mapping[Node, float] | Satellites | None = None, budget: float | None = None,
    options: Mapping[str, float] | None = None,
) -> Connection:  # fmt: skip
    """The best network from roots to prizes, and how close to the best it is proven to be.

    Parameters
    ----------
    graph
        Undirected, multigraph or not; each edge has ``cost``, at least 0 (of parallel edges the cheapest counts).
    roots
        Nodes that are connected from the start.
    prizes
        By node: what serving it wins, at least 0.
    required
        Nodes that must be served.
    costs
        By node: what being on the network costs it, at least 0. Whoever lies on the network is served by it,
        so traffic passes a node only where its cost is paid.
    satellite
        By node: cost of being served without the network; `Satellites` where beams limit it.
    budget
        None: least cost plus prizes not won. Otherwise most prizes within this cost.
    options
        ``max_nodes`` of the search tree of each integer program (10,000 by default) and, where the user wants a clock,
        ``time_limit_s``. Without a clock two runs give the same answer; a step that has begun may overrun it a little.

    Returns
    -------
    Connection
        Interrupted (Ctrl-C) or out of time it holds the best network so far and a bound that holds.

    Raises
    ------
    UsageError
        No root, nodes that are not in the graph, costs or prizes that are negative or no numbers; all at once.
    InfeasibleError
        A required node that no root reaches and no satellite serves, or required nodes beyond the budget or the beams.

    Notes
    -----
    The graph is made smaller without loss (chains, dead ends, parallel edges), cuts packed into the prices of its arcs
    bound what any network can win at a price of money and of each beam, and trees grown along them are pruned, fitted
    to the budget and filled (`planner.plan.connect_large`). Where the bound leaves little open, an integer program with
    cuts settles it (`planner.plan.connect_exact`). Every answer is reckoned anew over the graph as it was given.

    Examples
    --------
    >>> tree = nx.Graph()
    >>> tree.add_weighted_edges_from([("r", "a", 4.0), ("a", "b", 1.0), ("r", "c", 9.0)], weight="cost")
    >>> found = connect(tree, ["r"], required=["b", "c"], satellite={"c": 6.0})
    >>> found.edges, found.satellite, found.cost, found.gap_share
    ((('r', 'a'), ('a', 'b')), ('c',), 11.0, 0.0)
    """
    started = time.monotonic()
    wishes, knobs, faults = _read_call(roots, prizes, required, costs, satellite, budget, options)
    ground = read_ground(graph, wishes, faults)
    limit = number(knobs.get("time_limit_s", math.inf))
    net = shorter_net(ground)
    found = _first(ground, net)
    try:
        search(net, found, lambda: limit - (time.monotonic() - started))
        if not found.is_closed():
            prove(
                ground,
                net,
                found,
                lambda: limit - (time.monotonic() - started),
                whole(knobs.get("max_nodes", _MAX_NODES)) or 0,
            )
    except KeyboardInterrupt:
        if found.plan is None:
            raise
        found.steps.append("interrupted")
    if found.net is None or found.plan is None:
        _refuse(ground, found)
    chosen, by_satellite, edges = _named(ground, found.net, found.plan)
    cost, value = reckoned(graph, wishes, chosen, by_satellite, edges)
    objective, bound = _objective(ground, wishes, net, found, (cost, value))
    size = max(abs(bound), abs(objective))
    if objective != bound and abs(bound - objective) <= 4 * TOLERANCE_SHARE * size:
        found.steps.append("the proof closes within the tolerance of the solver")
        bound = objective
    return Connection(
        chosen=chosen, satellite=by_satellite, edges=edges, cost=cost, value=value, objective=objective, bound=bound,
        gap_share=abs(bound - objective) / size if size > 0 else 0.0, steps=(*ground.notes, *found.steps),
        seconds=time.monotonic() - started,
    )  # fmt: skip


def _read_call(
    roots: Any, prizes: Any, required: Any, costs: Any, satellite: Any, budget: Any, options: Any
) -> tuple[Wishes, dict[str, Any], list[str]]:
    """Wishes and options as tables, and what is wrong with their forms (``Any``: whatever a caller hands in)."""
    faults: list[str] = []

    def table(name: str, values: Any) -> dict[Any, Any]:
        try:
            return {} if values is None else dict(values)
        except (TypeError, ValueError):
            faults.append(f"{name} must be a mapping, not {type(values).__name__}")
            return {}

    def listed(name: str, values: Any) -> list[Any]:
        if isinstance(values, Iterable):
            return list(values)
        faults.append(f"{name} must be a list of nodes, not {type(values).__name__}")
        return []

    sat = satellite if isinstance(satellite, Satellites) else Satellites(table("satellite", satellite))
    knobs = table("options", options)
    faults += [f"there is no option {name!r}" for name in sorted(set(knobs) - set(_KNOBS), key=str)]
    limit, nodes = knobs.get("time_limit_s", math.inf), knobs.get("max_nodes", _MAX_NODES)
    if not number(limit) >= 0:
        faults.append(f"option time_limit_s is {limit} (at least 0)")
    if not 0 <= (-1 if whole(nodes) is None else nodes) < 2**31:
        faults.append(f"option max_nodes is {nodes} (a whole number, 0 to 2³¹ - 1)")
    money = float(budget) if is_amount(budget) else budget
    wishes = Wishes(
        listed("roots", roots), table("prizes", prizes), listed("required", required), table("costs", costs), sat, money
    )
    return wishes, knobs, faults


def _first(ground: Ground, net: Net) -> Found:
    """Before anything is done: nothing is built, if that is allowed, and everybody's prize is the bound."""
    finite = ground.sat_cost[np.isfinite(ground.sat_cost)]
    parts = np.r_[ground.prize, *(() if ground.budget is not None else (ground.cost, ground.node_cost, finite))]
    is_whole = bool((parts == np.round(parts)).all())
    grain = (1.0 / net.unit if ground.budget is None else 1.0) if is_whole else 0.0
    found = Found(grain=grain, bound=math.fsum(net.prize[(net.sat_cost < math.inf) | (np.diff(net.enter) > 0)]))
    found.offer(net, plan_of(net, net.is_root, np.zeros(net.n_nodes, dtype=bool)))
    return found


def _objective(
    ground: Ground, wishes: Wishes, net: Net, found: Found, sums: tuple[float, float]
) -> tuple[float, float]:
    """Objective and bound in the direction and money of the caller."""
    cost, value = sums
    if ground.budget is None:
        all_prizes = math.fsum(float(p) for v, p in wishes.prizes.items() if v not in set(wishes.roots))
        objective, bound = cost + all_prizes - value, all_prizes - found.bound * net.unit
        bound = math.ceil(bound - 1e-6 * max(1.0, 1e-6 * abs(bound))) if found.grain > 0 else bound
        return objective, objective if found.is_closed() else min(bound, objective)
    bound = math.floor(found.bound + 1e-6) if found.grain > 0 else found.bound
    return value, value if found.is_closed() else max(bound, value)


def _named(
    ground: Ground, net: Net, plan: Plan
) -> tuple[tuple[Node, ...], tuple[Node, ...], tuple[tuple[Node, Node], ...]]:
    """Nodes, satellites and edges of the whole graph, edges from the roots outwards."""
    n = len(ground.names)
    arcs = plan.tree.entered[plan.tree.entered >= 0]
    is_bought = np.zeros(int(net.edge_of.max(initial=-1)) + 2, dtype=bool)
    is_bought[net.edge[arcs]] = True
    bought = np.flatnonzero(is_bought[net.edge_of])  # −1 asks the last one, which is never bought
    roots = np.flatnonzero(ground.is_root)
    a, b = np.r_[ground.a[bought], np.full(len(roots), n)], np.r_[ground.b[bought], roots]
    links = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(n + 1, n + 1)).tocsr()
    order, before = breadth_first_order(links, n, directed=False)
    names = ground.names
    edges = tuple((names[before[v]], names[v]) for v in order[1:].tolist() if before[v] != n)
    chosen = tuple(names[v] for v in sorted(order[1:].tolist()) if not ground.is_root[v])
    up = plan.by_satellite[np.maximum(net.node_of, 0)] & (net.node_of > 0)
    return chosen, tuple(names[v] for v in np.flatnonzero(up).tolist()), edges


def _refuse(ground: Ground, found: Found) -> NoReturn:
    """No plan keeps every rule, or none was found: the two are told apart."""
    shown = ", ".join(str(ground.names[v]) for v in np.flatnonzero(ground.is_required)[:_MOST_SHOWN])
    within = Phrase("the beams", "connect_beams")
    if ground.budget is not None:
        money = f"{ground.budget:.10g}"
        within = Phrase(f"the budget of {money} and the beams", "connect_money", budget=money)
    where = f"together within {within}: {shown}"
    if found.bound == -math.inf:
        message = f"the required nodes cannot be served {where}"
        raise InfeasibleError(message, code="connect_budget", budget=within, nodes=shown)
    message = f"no network was found that serves the required nodes (it is not proven impossible) {where}"
    raise InfeasibleError(message, code="connect_open", budget=within, nodes=shown)
