"""The integer program behind `planner.plan.connect`: arcs away from the roots, and cuts found as they are broken.

::

    max  Σ p (x + w) − Σ c z − Σ f x − Σ s w        (or max Σ p (x + w) with Σ c z + Σ f x + Σ s w ≤ budget)
    Σ z into v = x_v          z_uv ≤ x_u          x_v + w_v ≤ 1 (= 1 where v must be served)
    Σ q w ≤ room of each beam
    Σ z into S ≥ x_v          for every set S without a root that holds v (cut by cut)

A program with only some of the cuts is a relaxation, so what it proves holds for all.

References
----------
Koch and Martin, Solving Steiner tree problems in graphs to optimality, Networks 32, 1998,
doi:10.1002/(SICI)1097-0037(199810)32:3<207::AID-NET5>3.0.CO;2-O (directed cuts and their separation).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from planner.plan.connect_net import Net
from planner.plan.solver import Rows, passed_model, run_model

__all__ = ["Program", "State"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_SCALE = 10**7
_ENOUGH = 2**30
_CREEP = 20
"""Added to every arc, so that of equal cuts the one with the fewest arcs is found."""
_LEAST_BREACH = 1e-4
_MOST_NESTED = 4


@dataclass(frozen=True, eq=False)
class State:
    """An answer: status, bound on the objective, arcs, nodes on the network, satellites."""

    status: str
    bound: float
    z: Floats
    x: Floats
    w: Floats


class Program:
    """The program of one net; it grows by cuts."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.seen: set[tuple[int, bytes]] = set()
        arcs, n = len(net.tail), net.n_nodes
        rows = Rows(arcs + 2 * n)
        a, v = np.arange(arcs), np.arange(n)
        rows.add(np.r_[net.head, v], np.r_[a, arcs + v], np.r_[np.ones(arcs), -np.where(net.is_root, 0.0, 1.0)],
                 high=np.zeros(n), low=np.zeros(n))  # fmt: skip
        inner = np.flatnonzero(~net.is_root[net.tail])
        k = np.arange(len(inner))
        rows.add(np.r_[k, k], np.r_[inner, arcs + net.tail[inner]], np.r_[np.ones(len(k)), -np.ones(len(k))],
                 high=np.zeros(len(k)))  # fmt: skip
        rows.add(np.r_[v, v], np.r_[arcs + v, arcs + n + v], np.ones(2 * n), high=np.ones(n),
                 low=np.where(net.is_required, 1.0, -np.inf))  # fmt: skip
        plain = (net.prize <= 0) & ~net.is_required & ~net.is_root  # nobody is served by ending there
        number = np.cumsum(plain) - 1
        come, go = np.flatnonzero(plain[net.head]), np.flatnonzero(plain[net.tail])
        rows.add(np.r_[number[net.head[come]], number[net.tail[go]]], np.r_[come, go],
                 np.r_[np.ones(len(come)), -np.ones(len(go))], high=np.zeros(int(plain.sum())))  # fmt: skip
        sat = np.where(np.isfinite(net.sat_cost), net.sat_cost, 0.0)
        spend = np.r_[net.cost, net.node_cost, sat]
        prize = np.r_[np.zeros(arcs), net.prize, net.prize]
        self.scale = 1.0 if net.budget is None else max(1e-300, float(net.prize.sum()) / 1000.0)
        gain = prize - spend if net.budget is None else prize / self.scale
        if net.budget is not None:
            on = np.flatnonzero(spend)
            rows.add(np.zeros(len(on), np.int64), on, spend[on], high=np.array([net.budget]))
        if len(net.room):
            takes = net.takes.tocoo()
            rows.add(takes.row, arcs + n + takes.col, takes.data, high=net.room)
        top = np.r_[np.ones(arcs), np.ones(n), np.where(np.isfinite(net.sat_cost), 1.0, 0.0)]
        self.highs = passed_model(
            rows, gain, top, low=np.r_[np.zeros(arcs), np.where(net.is_root | net.is_on, 1.0, 0.0), np.zeros(n)]
        )
        self.n_columns = rows.n_columns

    def run(self, *, is_whole: bool, seconds: float | None, max_nodes: int, slack: float) -> State:
        """Solve the program as it stands, as a linear one or with whole arcs and nodes, to an objective within ``slack``."""
        kind = highspy.HighsVarType.kInteger if is_whole else highspy.HighsVarType.kContinuous
        columns = np.arange(self.n_columns, dtype=np.int32)
        self.highs.changeColsIntegrality(self.n_columns, columns, np.full(self.n_columns, kind))
        for key, value in {
            "mip_rel_gap": 1e-9,
            "mip_abs_gap": max(1e-9, slack / self.scale),
            "mip_max_nodes": max_nodes,
        }.items():
            self.highs.setOptionValue(key, value)
        if seconds is not None:
            self.highs.setOptionValue("time_limit", self.highs.getRunTime() + max(seconds, 0.01))
        run_model(self.highs)
        if (
            self.highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible
        ):  # presolve has been seen to say so wrongly
            self.highs.setOptionValue("presolve", "off")
            self.highs.clearSolver()
            run_model(self.highs)
            self.highs.setOptionValue("presolve", "choose")
        model, status = highspy.HighsModelStatus, self.highs.getModelStatus()
        info, found = self.highs.getInfo(), np.array(self.highs.getSolution().col_value, dtype=float)
        names = {model.kOptimal: "optimal", model.kInfeasible: "infeasible"}
        name = names.get(status, "limit")
        top = math.inf
        if is_whole and status != model.kInfeasible:
            top = float(info.mip_dual_bound)
        elif name == "optimal":
            top = float(info.objective_function_value)
        if info.primal_solution_status != 2:
            found = np.zeros(self.n_columns)
            name = name if name == "infeasible" else "limit"
        arcs, n = len(self.net.tail), self.net.n_nodes
        return State(name, top * self.scale, found[:arcs], found[arcs : arcs + n], found[arcs + n :])

    def cut(self, state: State) -> int:
        """Add the cuts that an answer breaks; how many.

        Only for nodes that win or must be served: what others lie on without a root costs and gains nothing.
        """
        net, n = self.net, self.net.n_nodes
        roots = np.flatnonzero(net.is_root)
        tail = np.r_[net.tail, np.full(len(roots), n)]
        head = np.r_[net.head, roots]
        flow = np.floor(np.clip(state.z, 0.0, 1.0) * _SCALE).astype(np.int32) + _CREEP
        added = 0
        wins = ((net.prize > 0) | net.is_required) & ~net.is_root
        for node in np.flatnonzero((state.x > _LEAST_BREACH) & wins).tolist():
            room = np.r_[flow, np.full(len(roots), _ENOUGH, dtype=np.int32)]
            for _ in range(_MOST_NESTED):
                inside = _sink_side(tail, head, room, n, node)
                arcs = np.flatnonzero(inside[net.head] & ~inside[net.tail])
                if inside[n] or float((room[arcs] - _CREEP).sum()) / _SCALE >= state.x[node] - _LEAST_BREACH:
                    break
                room[arcs] = _SCALE + _CREEP
                added += self._add(arcs, node)
        return added

    def _add(self, arcs: Ints, node: int) -> int:
        key = (node, arcs.tobytes())
        if key in self.seen:
            return 0
        self.seen.add(key)
        columns = np.r_[arcs, len(self.net.tail) + node].astype(np.int32)
        values = np.r_[np.ones(len(arcs)), -1.0]
        self.highs.addRow(0.0, highspy.kHighsInf, len(columns), columns, values)
        return 1


def _sink_side(tail: Ints, head: Ints, room: NDArray[np.int32], source: int, sink: int) -> Flags:
    """Nodes that still reach ``sink`` under a maximum flow: the inner side of a smallest cut."""
    size = source + 1
    graph = csr_array((room, (tail, head)), shape=(size, size))
    left = csr_array(graph - maximum_flow(graph, source, sink).flow)
    left.data = (left.data > 0).astype(np.int32)
    left.eliminate_zeros()
    inside = np.zeros(size, dtype=bool)
    inside[breadth_first_order(csr_array(left.T), sink, return_predecessors=False)] = True
    return inside
