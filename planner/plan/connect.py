"""Connecting prizes to roots on a graph: Steiner trees with prizes, budgets and satellite alternatives, with proof.

The coupled special case of the selection without covers and capacities, for scripts and for graphs of one's own.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from planner.errors import InfeasibleError, UsageError
from planner.plan._connect_program import Net, Program, State
from planner.plan.solver import TOLERANCE_SHARE

__all__ = ["Connection", "connect"]

Node = Hashable
_ROUNDS = 200
_PATIENCE = 4
_PROGRESS = 1e-3
"""The linear program is left once so many rounds in a row move the bound by less than this share."""
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
    satellite: Mapping[Node, float] | None = None, budget: float | None = None, options: Mapping[str, float] | None = None,
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
        By node: cost of being served without the network.
    budget
        None: least cost plus prizes not won. Otherwise most prizes within this cost.
    options
        ``max_nodes`` of the search tree (10,000 by default) and, where the user wants a clock, ``time_limit_s``.

    Returns
    -------
    Connection

    Raises
    ------
    UsageError
        No root, nodes that are not in the graph, costs or prizes that are negative or no numbers; all at once.
    InfeasibleError
        A required node that no root reaches and no satellite serves, or required nodes beyond the budget.

    Examples
    --------
    >>> tree = nx.Graph()
    >>> tree.add_weighted_edges_from([("r", "a", 4.0), ("a", "b", 1.0), ("r", "c", 9.0)], weight="cost")
    >>> found = connect(tree, ["r"], required=["b", "c"], satellite={"c": 6.0})
    >>> found.edges, found.satellite, found.cost, found.gap_share
    ((('a', 'b'), ('r', 'a')), ('c',), 11.0, 0.0)
    """
    started = time.monotonic()
    knobs = dict(options or {})
    limit = knobs.get("time_limit_s", math.inf)
    names, net, notes = _net(graph, (list(roots), dict(prizes or {}), list(required)), (dict(costs or {}), dict(satellite or {})), budget, knobs)  # fmt: skip

    def left_s() -> float:
        return limit - (time.monotonic() - started)

    best, bound, steps = _search(net, names, left_s, int(knobs.get("max_nodes", 10_000)))
    objective = best.objective
    bound = min(bound, objective) if budget is None else max(bound, objective)
    if abs(bound - objective) <= 4 * TOLERANCE_SHARE * max(bound, objective):
        steps.append("the proof closes within the tolerance of the solver")
        bound = objective
    bound = _whole_bound(net, bound, objective)
    if budget is None:
        held = set(names)
        lost = math.fsum(prize for name, prize in (prizes or {}).items() if name not in held)
        objective, bound = objective + lost, bound + lost
    size = max(abs(bound), abs(objective))
    return Connection(
        chosen=tuple(names[v] for v in best.nodes), satellite=tuple(names[v] for v in best.sats),
        edges=tuple((names[u], names[v]) for u, v in best.edges), cost=best.cost, value=best.value,
        objective=objective, bound=bound, gap_share=abs(bound - objective) / size if size > 0 else 0.0,
        steps=(*notes, *steps), seconds=time.monotonic() - started,
    )  # fmt: skip


def _whole_bound(net: Net, bound: float, objective: float) -> float:
    """The bound moved to the next whole number where costs and prizes are whole, so that every plan is."""
    finite = net.sat_cost[np.isfinite(net.sat_cost)]
    parts = np.r_[net.prize, *(() if net.budget is not None else (net.cost, net.node_cost, finite))]
    if not (parts == np.round(parts)).all():
        return bound
    if net.budget is None:
        return min(objective, float(math.ceil(bound - 1e-6)))
    return max(objective, float(math.floor(bound + 1e-6)))


def _net(
    graph: Any, wishes: tuple[list[Node], dict[Node, float], list[Node]], money: tuple[dict[Node, float], dict[Node, float]],
    budget: float | None, knobs: Mapping[str, float],
) -> tuple[list[Node], Net, list[str]]:  # fmt: skip
    """Checked arrays of the problem, its nodes in the order of their texts, and notes for the steps."""
    roots, prizes, required = wishes
    costs, satellite = money
    faults = _faults(graph, roots, {"prizes": prizes, "costs": costs, "satellite": satellite}, required)
    if budget is not None and not (math.isfinite(budget) and budget >= 0):
        faults.append(f"budget is {budget} (a number of at least 0, or None)")
    faults += [f"there is no option {name!r}" for name in sorted(set(knobs) - {"max_nodes", "time_limit_s"})]
    faults += [f"option {name} is {value} (at least 0)" for name, value in sorted(knobs.items()) if not value >= 0]
    if faults:
        shown = "; ".join(faults[:_MOST_SHOWN])
        raise UsageError(f"connect: {len(faults)} fault(s): {shown}", code="connect", n=len(faults), faults=shown)
    reached = set().union(*(nx.node_connected_component(graph, root) for root in roots))
    names = sorted(set(reached) | set(satellite), key=lambda name: (str(name), repr(name)))
    lost = [name for name in dict.fromkeys(required) if name not in reached and name not in satellite]
    if lost:
        shown = ", ".join(str(name) for name in lost[:_MOST_SHOWN])
        message = f"{len(lost)} required node(s) are cut off from every root and have no satellite: {shown}"
        raise InfeasibleError(message, code="connect_pieces", n=len(lost), nodes=shown)
    n_off = len(graph) - len(reached)
    notes = [f"{n_off} node(s) lie in pieces without a root"] if n_off else []
    at = {name: k for k, name in enumerate(names)}
    edges: dict[tuple[int, int], float] = {}
    for a, b, data in graph.edges(data=True):
        if a != b and a in reached:
            pair = (min(at[a], at[b]), max(at[a], at[b]))
            edges[pair] = min(edges.get(pair, math.inf), float(data["cost"]))
    return names, _arrays(names, edges, (set(roots), prizes, set(required)), money, budget), notes


def _arrays(
    names: list[Node], edges: dict[tuple[int, int], float], wishes: tuple[set[Node], dict[Node, float], set[Node]],
    money: tuple[dict[Node, float], dict[Node, float]], budget: float | None,
) -> Net:  # fmt: skip
    roots, prizes, required = wishes
    costs, satellite = money
    pairs = sorted(edges)
    a = np.array([p[0] for p in pairs], dtype=np.int64)
    b = np.array([p[1] for p in pairs], dtype=np.int64)
    cost = np.array([edges[p] for p in pairs], dtype=float)
    is_root = np.array([name in roots for name in names], dtype=bool)
    tail, head, edge = np.r_[a, b], np.r_[b, a], np.tile(np.arange(len(pairs)), 2)
    keep = ~is_root[head]

    def by_node(values: Mapping[Node, float], other: float) -> NDArray[np.float64]:
        found = np.array([float(values.get(name, other)) for name in names], dtype=float)
        return np.where(is_root, other, found)

    must = np.array([name in required for name in names], dtype=bool) & ~is_root
    return Net(
        n_nodes=len(names), tail=tail[keep], head=head[keep], edge=edge[keep], cost=np.r_[cost, cost][keep],
        is_root=is_root, node_cost=by_node(costs, 0.0), prize=by_node(prizes, 0.0),
        sat_cost=by_node(satellite, math.inf), is_required=must, budget=budget,
    )  # fmt: skip


def _faults(graph: Any, roots: list[Node], tables: dict[str, dict[Node, float]], required: list[Node]) -> list[str]:
    faults = [] if roots else ["there is no root"]
    if graph.is_directed():
        faults.append("the graph is directed; give an undirected one")
    faults += [f"root {name!r} is not in the graph" for name in roots if name not in graph]
    faults += [f"required {name!r} is not in the graph" for name in required if name not in graph]
    for label, values in tables.items():
        faults += [f"{label} name {name!r}, which is not in the graph" for name in values if name not in graph]
        bad = {name: v for name, v in values.items() if not (math.isfinite(v) and v >= 0)}
        faults += [f"{label} of {name!r} is {v} (at least 0)" for name, v in bad.items()]
    for a, b, data in graph.edges(data=True):
        value = float(data.get("cost", math.nan))
        if not (math.isfinite(value) and value >= 0):
            faults.append(f"cost of edge {a!r} – {b!r} is {value} (at least 0)")
    return faults


@dataclass(frozen=True)
class _Tree:
    """A feasible answer."""

    nodes: tuple[int, ...]
    sats: tuple[int, ...]
    edges: tuple[tuple[int, int], ...]
    cost: float
    value: float
    objective: float


def _search(net: Net, names: list[Node], left_s: Callable[[], float], max_nodes: int) -> tuple[_Tree, float, list[str]]:
    """Cuts on the linear program, then on the integer one, with trees made from every answer on the way."""
    program, best = Program(net), _tree(net, net.is_required & ~np.isfinite(net.sat_cost), np.ones(len(net.tail)))
    steps: list[str] = []
    bound = 0.0 if net.budget is None else math.fsum(float(p) for p in net.prize)
    tighter = max if net.budget is None else min
    is_whole, n_cuts, slow, last = False, 0, 0, bound
    for number in range(_ROUNDS):
        seconds = left_s()
        if seconds <= 0:
            steps.append("the clock ended the search")
            break
        state = program.run(is_whole=is_whole, seconds=seconds if math.isfinite(seconds) else None, max_nodes=max_nodes)
        if state.status == "infeasible":
            _refuse(net, names)
        slack = TOLERANCE_SHARE * abs(state.bound) * (-1.0 if net.budget is None else 1.0)
        bound = tighter(bound, state.bound + (slack if math.isfinite(slack) else 0.0))
        if state.status == "limit":
            steps.append("a limit ended the search")
            break
        best = _better(net, best, _rounded(net, state, is_whole=is_whole))
        new = program.cut(state)
        n_cuts += new
        slow = 0 if is_whole or abs(state.bound - last) > _PROGRESS * abs(state.bound) else slow + 1
        last = state.bound
        if new and slow < _PATIENCE:
            continue
        steps.append(f"{'integer' if is_whole else 'linear'} program: bound {bound:.10g} with {n_cuts} cuts, {number + 1} rounds")  # fmt: skip
        if is_whole:
            break
        is_whole, slow = True, -_ROUNDS
    if best is None:
        _refuse(net, names)
    return best, bound, steps


def _refuse(net: Net, names: list[Node]) -> NoReturn:
    shown = ", ".join(str(names[v]) for v in np.flatnonzero(net.is_required)[:_MOST_SHOWN])
    message = f"the required nodes cannot be served together within the budget of {net.budget}: {shown}"
    raise InfeasibleError(message, code="connect_budget", budget=net.budget, nodes=shown)


def _better(net: Net, a: _Tree | None, b: _Tree | None) -> _Tree | None:
    if a is None or b is None:
        return a or b
    sign = 1.0 if net.budget is None else -1.0
    return b if sign * b.objective < sign * a.objective else a


def _rounded(net: Net, state: State, *, is_whole: bool) -> _Tree | None:
    """A tree from an answer: its nodes of more than a half, joined along the arcs it likes."""
    wanted = (state.x > 0.5) & ~net.is_root & ((net.prize > 0) | net.is_required)
    return _tree(net, wanted, np.maximum(1.0 - state.z, 1e-9 if is_whole else 1e-3))


def _tree(net: Net, wanted: NDArray[np.bool_], taste: NDArray[np.float64]) -> _Tree | None:
    """Join the wanted nodes, nearest first; None where the budget or the graph does not allow what is required."""
    out: dict[int, list[int]] = {}
    for arc, tail in enumerate(net.tail.tolist()):
        out.setdefault(tail, []).append(arc)
    price = (net.cost + net.node_cost[net.head]) * taste
    inside = set(np.flatnonzero(net.is_root).tolist())
    entered: dict[int, int] = {}
    left = set(np.flatnonzero(wanted).tolist())
    while left:
        path = _nearest(net, out, price, inside, left)
        if path is None:
            break
        for arc in path:
            entered[int(net.head[arc])] = arc
            inside.add(int(net.head[arc]))
        left -= inside
    return _priced(net, entered)


def _nearest(
    net: Net, out: dict[int, list[int]], price: NDArray[np.float64], inside: set[int], left: set[int]
) -> list[int] | None:
    """Arcs to the nearest node of ``left`` from those inside (Dijkstra)."""
    import heapq

    heap = [(0.0, v, -1) for v in sorted(inside)]
    by: dict[int, int] = {}
    while heap:
        far, node, arc = heapq.heappop(heap)
        if node in by:
            continue
        by[node] = arc
        if node in left:
            path = []
            while by[node] >= 0:
                path.append(by[node])
                node = int(net.tail[by[node]])
            return path[::-1]
        for k in out.get(node, ()):
            other = int(net.head[k])
            if other not in by and other not in inside:
                heapq.heappush(heap, (far + float(price[k]), other, k))
    return None


def _priced(net: Net, entered: dict[int, int]) -> _Tree | None:
    """A tree with its ends that do not pay for themselves cut off, satellites added, and its sums."""
    entered = dict(entered)
    while True:
        tails = {int(net.tail[arc]) for arc in entered.values()}
        worth = {v: min(float(net.prize[v]), float(net.sat_cost[v])) if not net.is_required[v] else float(net.sat_cost[v]) for v in entered}  # fmt: skip
        if net.budget is not None:
            worth = {v: math.inf if net.prize[v] > 0 or net.is_required[v] else 0.0 for v in entered}
        weak = [
            v for v, arc in entered.items() if v not in tails and float(net.cost[arc] + net.node_cost[v]) > worth[v]
        ]
        if not weak:
            break
        for v in weak:
            del entered[v]
    arcs = sorted(entered.values())
    cost = math.fsum(float(net.cost[k]) for k in arcs) + math.fsum(float(net.node_cost[v]) for v in sorted(entered))
    sats = _satellites(net, set(entered), cost)
    if sats is None:
        return None
    cost = math.fsum([cost, *(float(net.sat_cost[v]) for v in sats)])
    value = math.fsum(float(net.prize[v]) for v in sorted({*entered, *sats}))
    edges = tuple((int(net.tail[k]), int(net.head[k])) for k in arcs)
    lost = math.fsum(float(p) for p in net.prize) - value
    return _Tree(tuple(sorted(entered)), tuple(sats), edges, cost, value, cost + lost if net.budget is None else value)


def _satellites(net: Net, on: set[int], cost: float) -> list[int] | None:
    """Satellites of those who need or deserve one; None where somebody cannot be served or the budget is passed."""
    must = [v for v in np.flatnonzero(net.is_required).tolist() if v not in on]
    cost += math.fsum(float(net.sat_cost[v]) for v in must)
    limit = math.inf if net.budget is None else net.budget * (1 + 1e-12)
    if not cost <= limit or not math.isfinite(cost):
        return None
    chosen = list(must)
    free = [v for v in np.flatnonzero(np.isfinite(net.sat_cost)).tolist() if v not in on and v not in set(must)]
    free.sort(key=lambda v: (-float(net.prize[v]) / max(float(net.sat_cost[v]), 1e-300), v))
    for v in free:
        price, prize = float(net.sat_cost[v]), float(net.prize[v])
        if prize > 0 and (prize > price if net.budget is None else cost + price <= limit):
            chosen.append(v)
            cost += price
    return sorted(chosen)
