"""A `Problem` as checked arrays in canonical order: what every step of the selection works on.

A *choice* is an option together with the way it starts its backhaul: over the network (a terminal of
`Network`) or over one satellite link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.errors import LayerError
from planner.plan.collapse import Groups, collapse
from planner.plan.network import NET_KINDS, SOURCE, Network, by_tail, make_network
from planner.plan.slim import slim
from planner.plan.types import Problem

if TYPE_CHECKING:
    from planner.radio.planned import Air

__all__ = ["Instance", "check_problem", "make_instance", "network_costs", "only_choices"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Instance:
    """Arrays of one problem.

    Parameters
    ----------
    place_ids, place_lon_deg, place_lat_deg
        Places and where they are.
    option_rows, option_place
        Position of each option in ``problem.options``; its place.
    option_cost, has_tower
        Present value in IDR, and whether microwave may pass by its tower.
    groups
        Merged demand; its ``indices`` are sorted, option by option, by weight over demand, best first.
    cell_rows, cell_group
        Cells with something to gain: position in ``problem.cells``, and group.
    network, leaving
        What could be bought, and its arcs by the node they leave.
    choice_option, choice_place, choice_node, choice_sat, choice_cost, choice_mbps
        Choices: option, place, terminal (−1 for satellite), satellite link (−1 for network), cost of
        the option with its satellite link, capacity of radio and first known bottleneck.
    least_cost
        The least any plan pays for a choice, its network included.
    option_least
        The least any plan pays for each option, inf where it finds no backhaul that could carry anything.
    least_paths
        The least any plan pays to bring the network to each node.
    air
        Of the problem, by its rows of options and cells.
    """

    place_ids: tuple[str, ...]
    place_lon_deg: Floats
    place_lat_deg: Floats
    option_ids: tuple[str, ...]
    option_rows: Ints
    option_place: Ints
    option_cost: Floats
    has_tower: Flags
    groups: Groups
    cell_rows: Ints
    cell_group: Ints
    network: Network
    leaving: tuple[Ints, Ints, Ints]
    choice_option: Ints
    choice_place: Ints
    choice_node: Ints
    choice_sat: Ints
    choice_cost: Floats
    choice_mbps: Floats
    least_cost: Floats
    option_least: Floats
    least_paths: Floats
    air: Air | None = None

    @property
    def n_places(self) -> int:
        """Number of places that have options."""
        return len(self.place_ids)

    @property
    def n_choices(self) -> int:
        """Number of choices."""
        return len(self.choice_option)

    def choice_reserved(self) -> Floats:
        """Mbps each choice takes from its beam."""
        return np.asarray(np.where(self.choice_sat >= 0, _take(self.network.sat_reserved_mbps, self.choice_sat), 0.0))

    def choice_beam(self) -> Ints:
        """Beam of each choice, −1 for the network."""
        return np.asarray(np.where(self.choice_sat >= 0, _take(self.network.sat_beam, self.choice_sat), -1))


def _take(values: Any, index: Ints) -> Any:
    """``values[index]`` where the index is set (values may be empty, hence ``Any``)."""
    return values[np.maximum(index, 0)] if len(values) else np.zeros(len(index), dtype=values.dtype)


def check_problem(problem: Problem) -> None:
    """Refuse a problem whose numbers cannot be right.

    Raises
    ------
    LayerError
        Everything that is wrong with weights, demand, costs, capacities and covers, at once.
    """
    faults: list[str] = []
    n_cells, n_options = len(problem.cells), len(problem.options)
    indptr, indices = np.asarray(problem.indptr), np.asarray(problem.indices)
    if len(problem.service) != n_cells or (n_cells and not _same_cells(problem)):
        faults.append("the service table does not hold the cells' rows, one by one")
    _check_numbers(faults, "weight", np.asarray(problem.weight, dtype=float), n_cells)
    _check_numbers(faults, "demand_mbps", problem.cells["demand_mbps"], n_cells)
    _check_numbers(faults, "served_share", problem.service["served_share"], len(problem.service), top=1.0)
    for name in ("cost_idr", "radio_mbps"):
        _check_numbers(faults, name, problem.options[name], n_options)
    if problem.cells["cell_id"].duplicated().any():
        faults.append("cell_id stands twice in the cells")
    if problem.options["option_id"].duplicated().any():
        faults.append("option_id stands twice in the options")
    unknown = set(problem.options["candidate_id"]) - set(problem.candidates["candidate_id"])
    if unknown:
        faults.append(f"options name {len(unknown)} candidate(s) that are not there, such as {min(unknown)}")
    if len(indptr) != n_options + 1 or (len(indptr) and indptr[0] != 0) or (np.diff(indptr) < 0).any():
        faults.append(f"covers have {len(indptr)} offsets for {n_options} options")
    elif len(indices) != indptr[-1] or (len(indices) and (indices.min() < 0 or indices.max() >= n_cells)):
        faults.append("covers name cells that are not there")
    if faults:
        message = "the plan cannot be computed: " + "; ".join(faults)
        raise LayerError(message, code="plan_problem", faults="; ".join(faults))


def _same_cells(problem: Problem) -> bool:
    return bool((problem.cells["cell_id"].to_numpy() == problem.service["cell_id"].to_numpy()).all())


def _check_numbers(faults: list[str], name: str, values: Any, size: int, *, top: float = np.inf) -> None:
    number = np.asarray(values, dtype=float)
    if number.shape != (size,):
        faults.append(f"{name} has {number.shape} values for {size} rows")
        return
    bad = ~np.isfinite(number) | (number < 0) | (number > top)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        faults.append(
            f"{name} is {number[row]} in row {row} ({int(bad.sum())} such rows; must be a number of at least 0)"
        )


def _gains(problem: Problem) -> tuple[Ints, Floats, Floats]:
    """Cells with something to gain: rows in canonical order, weight and demand that are not served today."""
    level = problem.service["level"].to_numpy(dtype=str) if len(problem.service) else np.zeros(0, dtype=str)
    share = problem.service["served_share"].to_numpy(dtype=float)
    rest = np.where((level == "unserved") | (level == "limited"), 1.0 - share, 0.0)
    weight = np.asarray(problem.weight, dtype=float) * rest
    rows = np.flatnonzero(weight > 0)
    rows = rows[np.argsort(problem.cells["cell_id"].to_numpy()[rows], kind="stable")]
    demand = problem.cells["demand_mbps"].to_numpy(dtype=float) * rest
    return rows, weight[rows], demand[rows]


def _covers(problem: Problem, options: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Covers of the given options in numbers of ``rows``, each cell once and ascending.

    Where the problem knows its air, a cell at which an option has no rate even with no other site on is none of its cover.
    """
    where = np.full(len(problem.cells), -1, dtype=np.int64)
    where[rows] = np.arange(len(rows))
    indptr = np.asarray(problem.indptr, dtype=np.int64)
    width = indptr[options + 1] - indptr[options]
    ends = np.cumsum(width)
    at = (
        np.arange(int(ends[-1]) if len(ends) else 0)
        - np.repeat(ends - width, width)
        + np.repeat(indptr[options], width)
    )
    cell = np.asarray(problem.indices, dtype=np.int64)[at]
    option = np.repeat(np.arange(len(options)), width)
    if problem.air is not None:
        heard = _is_heard(problem.air, options[option], cell)
        option, cell = option[heard], cell[heard]
    cell = where[cell]
    pairs = np.unique((option * max(1, len(rows)) + cell)[cell >= 0])
    option, cell = np.divmod(pairs, max(1, len(rows)))
    return np.searchsorted(option, np.arange(len(options) + 1)).astype(np.int64), cell


def _is_heard(air: Air, option: Ints, cell: Ints) -> Flags:
    """Whether options have any rate at cells while no other site is on."""
    n_cells = air.asked_mbps.size
    row = np.repeat(np.arange(len(air.heard.indptr) - 1), np.diff(air.heard.indptr))
    known = row * n_cells + air.heard.indices
    return np.isin(option * n_cells + cell, known[air.alone() > 0.0])


def _best_first(groups: Groups) -> Groups:
    """Groups with each option's list sorted by weight over demand, best first."""
    demand = groups.demand_mbps[groups.indices]
    ratio = np.divide(groups.weight[groups.indices], demand, out=np.full(len(demand), np.inf), where=demand > 0)
    option = np.repeat(np.arange(len(groups.indptr) - 1), np.diff(groups.indptr))
    order = np.lexsort((groups.indices, -ratio, option))
    return Groups(groups.weight, groups.demand_mbps, groups.indptr, groups.indices[order], groups.group_of)


def link_kinds(value: Any) -> tuple[str, ...]:
    """Kinds of link an option may start with, from text or a list (``Any``: a cell of a table)."""
    if isinstance(value, str):
        return tuple(sorted({part for part in re.split(r"[\s,;|]+", value) if part}))
    if isinstance(value, Iterable):
        return tuple(sorted({str(part) for part in value}))
    return (*NET_KINDS, "satellite")


def make_instance(
    problem: Problem,
    *,
    ceiling_idr: float,
    is_allowed: Flags,
    split_places: frozenset[str] = frozenset(),
    wanted: frozenset[str] = frozenset(),
    cell_kind: Ints | None = None,
    prices: tuple[str, ...] = (),
) -> Instance:
    """Checked arrays of a problem.

    Parameters
    ----------
    problem
        The problem; checked by `check_problem`.
    ceiling_idr
        Choices that cost more even alone are left out.
    is_allowed
        By row of ``problem.options``: nothing forbids the option.
    split_places
        Candidates where choices are told apart by the technology of their first link.
    wanted
        Candidates that a decision wants, whose options stay even where they would serve nobody new.
    cell_kind
        By row of ``problem.cells``: cells of different kinds never merge. None: all alike.
    prices
        Names of the costs that are paid apart (capex, opex): links that any of them could want stay. Empty: the
        present value alone.
    """
    check_problem(problem)
    rows, weight, demand = _gains(problem)
    excluded = set(problem.candidates.loc[problem.candidates["excluded_because"] != "", "candidate_id"])
    usable = is_allowed & ~problem.options["candidate_id"].isin(excluded).to_numpy()
    ids = problem.options["option_id"].to_numpy(dtype=object)
    options = np.flatnonzero(usable)
    options = options[np.argsort(ids[options].astype(str), kind="stable")]
    indptr, cells = _covers(problem, options, rows)
    groups = _best_first(
        collapse(weight, demand, indptr, cells, kind=None if cell_kind is None else np.asarray(cell_kind)[rows])
    )
    table = problem.options.iloc[options]
    candidate = table["candidate_id"].to_numpy(dtype=object)
    place_ids = tuple(sorted(set(candidate)))
    place_of = {name: number for number, name in enumerate(place_ids)}
    place = np.array([place_of[name] for name in candidate], dtype=np.int64)
    kinds = (
        [link_kinds(v) for v in table["backhaul_kinds"]]
        if "backhaul_kinds" in table
        else [link_kinds(None)] * len(table)
    )
    pools = [str(v) for v in table["backhaul_pool"]] if "backhaul_pool" in table else [""] * len(table)
    starts = _starts(problem, place_ids, split_places)
    widest = _widest_starts(problem, place_ids)
    per_option = [
        _starts_of(kinds[k], starts[place[k]], has_existing="existing" in widest[place[k]]) for k in range(len(table))
    ]
    network = make_network(
        problem.graph, place_ids, {p: set().union(*s) for p, s in _by_place(place, per_option).items()}
    )
    network = slim(network, apart=tuple(network_costs(problem, network, place_ids, name) for name in prices))
    leaving = by_tail(network.tail, network.head, network.n_nodes)
    cost = table["cost_idr"].to_numpy(dtype=float)
    has_tower = np.array(["microwave" in k for k in kinds], dtype=bool)
    choices = _choices(network, place, per_option, kinds, pools)
    is_wanted = np.array([name in wanted for name in place_ids], dtype=bool)
    gains = (np.diff(groups.indptr) > 0) | (is_wanted[place] if len(place) else np.zeros(0, dtype=bool))
    for name in prices or ("cost_idr",):  # a site that costs less than a bare tower may stand there to pass traffic on
        bare = network_costs(problem, network, place_ids, name)[1][: len(place_ids)]
        gains |= has_tower & (table[name].to_numpy(dtype=float) < bare[place])
    radio = table["radio_mbps"].to_numpy(dtype=float)
    choice = _prune(choices, network, leaving, cost, (radio, _node_mbps(network, widest)), place, gains, ceiling_idr)
    at = problem.candidates.drop_duplicates("candidate_id").set_index("candidate_id").loc[list(place_ids)]
    return Instance(
        place_ids=place_ids, place_lon_deg=at["lon_deg"].to_numpy(dtype=float), place_lat_deg=at["lat_deg"].to_numpy(dtype=float),
        option_ids=tuple(ids[options].astype(str)), option_rows=options, option_place=place,
        option_cost=cost, has_tower=has_tower, groups=groups, cell_rows=rows, cell_group=groups.group_of,
        network=network, leaving=leaving, air=problem.air, **choice,
    )  # fmt: skip


def network_costs(problem: Problem, network: Network, place_ids: tuple[str, ...], name: str) -> tuple[Floats, Floats]:
    """One kind of cost of every edge and relay tower of a network."""
    graph: Any = problem.graph
    links = [
        0.0 if a == b else float((graph.edges[a, b, k] if graph.is_multigraph() else graph.edges[a, b]).get(name, 0.0))
        for a, b, k in network.edge_key
    ]
    others = sorted({n for n, d in graph.nodes(data=True) if d.get("kind") == "place"} - set(place_ids))
    towers = [float(graph.nodes[n].get(f"tower_{name}", 0.0)) if n in graph else 0.0 for n in (*place_ids, *others)]
    return np.array(links, dtype=float), np.array(towers, dtype=float)


Starts = set[tuple[str, ...]]


def _by_place(place: Ints, per_option: list[Starts]) -> dict[int, list[Starts]]:
    found: dict[int, list[Starts]] = {}
    for number, sets in zip(place.tolist(), per_option, strict=True):
        found.setdefault(number, []).append(sets)
    return found


def _starts(problem: Problem, place_ids: tuple[str, ...], split: frozenset[str]) -> list[dict[str, set[str]]]:
    """By place that must be told apart: technologies of its links by kind; empty for other places."""
    graph: Any = problem.graph
    found: list[dict[str, set[str]]] = []
    for name in place_ids:
        by_kind: dict[str, set[str]] = {}
        if name in split and name in graph:
            for _, _, data in graph.edges(name, data=True):
                by_kind.setdefault(str(data.get("kind", "fiber")), set()).add(str(data.get("technology", "")))
        found.append(by_kind)
    return found


def _starts_of(kinds: tuple[str, ...], by_kind: dict[str, set[str]], *, has_existing: bool) -> Starts:
    """Sets of first links that are told apart: an existing link costs nothing and is often thin, so it stands alone."""
    network = tuple(kind for kind in kinds if kind != "satellite")
    if not by_kind:
        rest = tuple(kind for kind in network if kind != "existing")
        if has_existing and "existing" in network and rest:
            return {("existing",), rest}
        return {network} if network else set()
    return {(f"={technology}",) for kind in network for technology in by_kind.get(kind, set())}


def _widest_starts(problem: Problem, place_ids: tuple[str, ...]) -> list[dict[str, float]]:
    """By place: Mbps of its widest link of each kind (and ``=technology``), the root at its other end included."""
    graph: Any = problem.graph
    found: list[dict[str, float]] = []
    for name in place_ids:
        widest: dict[str, float] = {}
        for _, other, data in graph.edges(name, data=True) if name in graph else ():
            far = graph.nodes[other]
            mbps = float(data.get("capacity_mbps", np.inf))
            if far.get("kind") == "root":
                mbps = min(mbps, float(far.get("capacity_mbps", np.inf)))
            if far.get("kind") != "satellite":
                for label in (str(data.get("kind", "fiber")), f"={data.get('technology', '')}"):
                    widest[label] = max(widest.get(label, 0.0), mbps)
        found.append(widest)
    return found


def _node_mbps(network: Network, widest: list[dict[str, float]]) -> Floats:
    """Mbps of the widest first link by which a terminal can be fed; inf for other nodes."""
    mbps = np.full(network.n_nodes, np.inf)
    for (place, labels), node in network.terminal.items():
        mbps[node] = max((widest[place].get(label, 0.0) for label in labels), default=0.0)
    return mbps


def _choices(
    network: Network, place: Ints, per_option: list[Starts], kinds: list[tuple[str, ...]], pools: list[str]
) -> list[tuple[int, int, int]]:
    """(option, terminal or −1, satellite link or −1), in canonical order."""
    sats: dict[int, list[int]] = {}
    for number, at in enumerate(network.sat_place.tolist()):
        sats.setdefault(at, []).append(number)
    found: list[tuple[int, int, int]] = []
    for option, at in enumerate(place.tolist()):
        found.extend((option, network.terminal[at, start], -1) for start in sorted(per_option[option]))
        if "satellite" in kinds[option]:
            found.extend(
                (option, -1, link)
                for link in sats.get(at, [])
                if not pools[option] or not network.sat_pool[link] or pools[option] == network.sat_pool[link]
            )
    return found


def _prune(
    choices: list[tuple[int, int, int]], network: Network, leaving: tuple[Ints, Ints, Ints], cost: Floats,
    limits: tuple[Floats, Floats], place: Ints,
    gains: Flags, ceiling_idr: float,
) -> dict[str, Any]:  # fmt: skip
    """Arrays of the choices that reach something, can be connected and fit under the ceiling.

    ``limits``: Mbps of each option's radio, and of the widest first link that leads to each node.
    """
    radio, first = limits
    table = np.asarray(choices, dtype=np.int64).reshape(-1, 3)
    option, node, sat = table[:, 0], table[:, 1], table[:, 2]
    least_tower = network.tower_cost.copy()
    np.minimum.at(least_tower, place, cost)
    reach = _least_paths(network, leaving, least_tower)
    sat_cost, sat_mbps = _take(network.sat_cost, sat), _take(network.sat_mbps, sat)
    total = cost[option] + np.where(sat >= 0, sat_cost, 0.0)
    least = total + np.where(node >= 0, reach[np.maximum(node, 0)], 0.0)
    mbps = np.minimum(radio[option], np.where(sat >= 0, sat_mbps, first[np.maximum(node, 0)]))
    fits = np.isfinite(least) & (least <= ceiling_idr * (1 + 1e-12))
    beam_left = _take(network.beam_mbps, _take(network.sat_beam, sat))
    beam_ok = (sat < 0) | (_take(network.sat_reserved_mbps, sat) <= beam_left * (1 + 1e-12))
    works = beam_ok & (mbps > 0)
    option_least = np.full(len(cost), np.inf)
    np.minimum.at(option_least, option[works], least[works])
    keep = np.flatnonzero(gains[option] & fits & works)
    return {
        "choice_option": option[keep], "choice_place": place[option[keep]], "choice_node": node[keep],
        "choice_sat": sat[keep], "choice_cost": total[keep], "choice_mbps": mbps[keep], "least_cost": least[keep],
        "option_least": option_least, "least_paths": reach,
    }  # fmt: skip


def only_choices(instance: Instance, keep: Flags) -> Instance:
    """The instance with the choices of ``keep`` alone."""
    if keep.all():
        return instance
    names = ("choice_option", "choice_place", "choice_node", "choice_sat", "choice_cost", "choice_mbps", "least_cost")
    return replace(instance, **{name: getattr(instance, name)[keep] for name in names})


def _least_paths(network: Network, leaving: tuple[Ints, Ints, Ints], tower_cost: Floats) -> Floats:
    from planner.plan._ascent_kernel import shortest_tree  # numba takes a second to load

    distance, _ = shortest_tree(*leaving, network.arc_cost(network.edge_cost, tower_cost), SOURCE)
    return np.asarray(distance)
