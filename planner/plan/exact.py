"""Small problems to the end: siting and network in one integer program.

To the rows of `planner.plan.model` come the arcs: z buys one, f carries one unit to every site on the
network (so each is connected), g carries its busy-hour Mbps. Traffic may split over several ways here, which
plans may not; the bound is valid all the same, and what the program buys is routed anew without splitting.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.plan.build import Draft, assemble, money
from planner.plan.instance import Instance
from planner.plan.model import Model
from planner.plan.network import SOURCE
from planner.plan.serve import share_out
from planner.plan.slim import MOST_ARCS_KEPT
from planner.plan.solver import TOLERANCE_SHARE, Rows, solve

__all__ = ["Exact", "is_small", "solve_exactly"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_MOST_COVERS = 2500


@dataclass(frozen=True, eq=False)
class Exact:
    """Bound of the integer program, the plan it led to (None: it breaks a rule) and what ended it."""

    bound: float
    draft: Draft | None
    status: str
    nodes: int


def is_small(instance: Instance) -> bool:
    """Whether the whole network fits into an integer program that is worth trying."""
    return len(instance.network.tail) <= MOST_ARCS_KEPT and len(instance.groups.indices) <= _MOST_COVERS


@dataclass(frozen=True, eq=False)
class _Columns:
    """Where the columns of each kind begin."""

    buy: int
    unit: int
    mbps: int
    tower: int
    end_mbps: int
    sat_mbps: int
    size: int
    nodes: Ints


def _columns(instance: Instance, model: Model) -> _Columns:
    network = instance.network
    n_arcs, n_towers = len(network.tail), len(network.tower_cost)
    nodes = np.unique(instance.choice_node[instance.choice_node >= 0])
    buy = model.n_columns
    starts = np.cumsum([buy, n_arcs, n_arcs, n_arcs, n_towers, len(nodes), instance.n_places])
    buy, unit, mbps, tower, end_mbps, sat_mbps, size = (int(value) for value in starts)
    return _Columns(buy, unit, mbps, tower, end_mbps, sat_mbps, size, nodes)


def solve_exactly(
    instance: Instance, model: Model, *, ceiling_idr: float, money_rows: tuple[Floats, ...], max_nodes: int,
    gap_target_share: float, seconds: float | None,
) -> Exact:  # fmt: skip
    """Solve siting and network as one integer program.

    Parameters
    ----------
    model
        Rows of the siting model.
    money_rows
        Rows of cost shares that the linear bound found; they hold for every plan and sharpen this one.
    max_nodes, gap_target_share, seconds
        When to stop; ``seconds`` only where the user set a clock.
    """
    at = _columns(instance, model)
    rows = _copy(model.rows, at.size)
    _money_rows(instance, model, rows, at, ceiling_idr, money_rows)
    _unit_rows(instance, rows, at)
    _mbps_rows(instance, model, rows, at)
    network = instance.network
    n_arcs = len(network.tail)
    n_sites = max(1, instance.n_places)
    most = float(instance.groups.demand_mbps.sum()) + 1.0
    top = np.ones(at.size)
    top[at.buy : at.unit] = np.where(network.edge >= 0, 1.0, 0.0)
    top[at.unit : at.mbps] = n_sites
    top[at.mbps : at.tower] = most
    top[at.end_mbps :] = most
    whole = np.zeros(at.size, dtype=bool)
    whole[: instance.n_choices] = True
    whole[at.buy : at.buy + n_arcs] = network.edge >= 0
    whole[at.tower : at.end_mbps] = network.tower_cost > 0
    gain = np.r_[model.gain, np.zeros(at.size - model.n_columns)]
    options: dict[str, float | int | str] = {
        "mip_max_nodes": max_nodes, "mip_rel_gap": min(gap_target_share, 1e-7), "mip_feasibility_tolerance": 1e-7,
    }  # fmt: skip
    if seconds is not None:
        options["time_limit"] = max(0.05, seconds)
    answer = solve(rows, gain, top, is_integer=whole, options=options)
    draft = _routed(instance, answer.x, at, ceiling_idr) if len(answer.x) else None
    bound = answer.bound * model.weight_unit * (1.0 + TOLERANCE_SHARE)
    return Exact(bound, draft, answer.status, answer.nodes)


def _copy(rows: Rows, n_columns: int) -> Rows:
    matrix, low, high = rows.matrix()
    wide = Rows(n_columns)
    entries = matrix.tocoo()
    wide.add(entries.coords[0], entries.coords[1], entries.data, high=high, low=low)
    return wide


def _money_rows(
    instance: Instance, model: Model, rows: Rows, at: _Columns, ceiling_idr: float, shares: tuple[Floats, ...]
) -> None:
    network, unit = instance.network, model.money_unit
    on = np.flatnonzero(network.edge >= 0)
    column = np.r_[np.arange(instance.n_choices), at.buy + on, at.tower + np.arange(len(network.tower_cost))]
    value = np.r_[instance.choice_cost, network.edge_cost[network.edge[on]], network.tower_cost] / unit
    rows.add(np.zeros(len(column), np.int64), column, value, high=np.array([ceiling_idr / unit * (1 + 1e-9)]))
    for row in shares:
        use = np.flatnonzero(row)
        rows.add(np.zeros(len(use), np.int64), use, row[use], high=np.array([1000.0 * (1 + 1e-9)]))


def _unit_rows(instance: Instance, rows: Rows, at: _Columns) -> None:
    """One unit to every site on the network, over arcs and towers that are bought."""
    network = instance.network
    arcs, n = np.arange(len(network.tail)), max(1, instance.n_places)
    on = np.flatnonzero(instance.choice_node >= 0)
    _balance(instance, rows, at.unit, (on, -np.ones(len(on)), instance.choice_node[on]))
    bought = np.flatnonzero(network.edge >= 0)
    k = np.arange(len(bought))
    rows.add(
        np.r_[k, k], np.r_[at.unit + bought, at.buy + bought], np.r_[np.ones(len(k)), -n * np.ones(len(k))],
        high=np.zeros(len(k)),
    )  # fmt: skip
    needs = np.flatnonzero(network.tower >= 0)
    needs = needs[network.tower_cost[network.tower[needs]] > 0]
    k = np.arange(len(needs))
    place = network.tower[needs]
    stands = np.flatnonzero(instance.has_tower[instance.choice_option])
    match = instance.choice_place[stands][None, :] == place[:, None]
    row, which = np.nonzero(match)
    rows.add(
        np.r_[k, k, row], np.r_[at.unit + needs, at.tower + place, stands[which]],
        np.r_[np.ones(len(k)), np.full(len(k), -n), np.full(len(row), -n)], high=np.zeros(len(k)),
    )  # fmt: skip
    edges, first = np.unique(network.edge[bought], return_inverse=True)
    rows.add(first, at.buy + arcs[bought], np.ones(len(bought)), high=np.ones(len(edges)))


def _balance(instance: Instance, rows: Rows, start: int, sinks: tuple[Ints, Floats, Ints]) -> None:
    """What flows into a node flows out or ends there."""
    network = instance.network
    column, value, node = sinks
    arcs = np.arange(len(network.tail))
    inner = network.tail != SOURCE
    row = np.r_[network.head, network.tail[inner], node] - 1
    columns = np.r_[start + arcs, start + arcs[inner], column]
    values = np.r_[np.ones(len(arcs)), -np.ones(int(inner.sum())), value]
    size = network.n_nodes - 1
    rows.add(row, columns, values, high=np.zeros(size), low=np.zeros(size))


def _mbps_rows(instance: Instance, model: Model, rows: Rows, at: _Columns) -> None:
    """Busy-hour Mbps from each site to a root, within links and roots that have a limit."""
    network, groups = instance.network, instance.groups
    bounded = np.flatnonzero((network.edge >= 0) & np.isfinite(network.edge_mbps[network.edge]))
    if not len(bounded):
        return
    ends = at.end_mbps + np.arange(len(at.nodes))
    _balance(instance, rows, at.mbps, (ends, -np.ones(len(ends)), at.nodes))
    k = np.arange(len(bounded))
    limit = network.edge_mbps[network.edge[bounded]]
    rows.add(
        np.r_[k, k], np.r_[at.mbps + bounded, at.buy + bounded], np.r_[np.ones(len(k)), -limit], high=np.zeros(len(k))
    )
    places, p = np.arange(instance.n_places), len(at.nodes)
    place_of_node = np.zeros(p, dtype=np.int64)
    on = instance.choice_node >= 0
    place_of_node[np.searchsorted(at.nodes, instance.choice_node[on])] = instance.choice_place[on]
    demand = groups.demand_mbps[model.pair_group]
    service = instance.n_choices + np.arange(len(model.pair_place))
    rows.add(
        np.r_[model.pair_place, place_of_node, places], np.r_[service, ends, at.sat_mbps + places],
        np.r_[demand, -np.ones(p), -np.ones(len(places))], high=np.zeros(len(places)),
    )  # fmt: skip
    use = np.flatnonzero(on)
    rows.add(
        np.r_[np.arange(p), np.searchsorted(at.nodes, instance.choice_node[use])], np.r_[ends, use],
        np.r_[np.ones(p), -instance.choice_mbps[use]], high=np.zeros(p),
    )  # fmt: skip
    use = np.flatnonzero(~on)
    rows.add(
        np.r_[places, instance.choice_place[use]], np.r_[at.sat_mbps + places, use],
        np.r_[np.ones(len(places)), -instance.choice_mbps[use]], high=np.zeros(len(places)),
    )  # fmt: skip


def _routed(instance: Instance, x: Floats, at: _Columns, ceiling_idr: float) -> Draft | None:
    """The choices of an answer with routes that do not split, within the ceiling."""
    chosen = np.flatnonzero(x[: instance.n_choices] > 0.5).tolist()
    bought = (instance.network.edge < 0) | (x[at.buy : at.unit] > 0.5)
    for arcs in (bought, None):
        draft = assemble(instance, chosen, open_arcs=arcs)
        if draft is not None and money(instance, draft) <= ceiling_idr * (1 + 1e-12):
            return share_out(instance, draft)
    return None
