"""The planner's word about links: a decision with a second point speaks of the link between its two points."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import InfeasibleError, LayerError
from planner.geo import distance_km
from planner.plan.types import Problem

__all__ = ["is_link_word", "link_starts", "obey_links"]

Edge = tuple[str, str, str]


def is_link_word(row: dict[Any, Any]) -> bool:
    """Whether a decision (a row of its layer) speaks of a link: it names a second point."""
    lon, lat = row.get("to_lon_deg"), row.get("to_lat_deg")
    return lon is not None and lat is not None and not pd.isna(lon) and not pd.isna(lat)


def obey_links(problem: Problem, decisions: pd.DataFrame | None) -> Problem:
    """The problem whose network has only the links that the decisions leave.

    Parameters
    ----------
    problem
        Its graph stays as it is.
    decisions
        Layer ``decisions``; rows without ``to_lon_deg, to_lat_deg`` speak of sites and change nothing here.

    Raises
    ------
    LayerError
        A second point of which one coordinate is missing.
    InfeasibleError
        A link is forced or locked where the network has none that could be built.

    Notes
    -----
    A forbidden link leaves the network. A forced or locked one is the only link of the place it starts at (the
    nearest usable candidate to the first point that has it), and the site there must be built
    (`planner.plan.decisions.read_word`).
    """
    every = [] if decisions is None else _sorted(decisions)
    _refuse_half(every)
    rows = [row for row in every if is_link_word(row)]
    if not rows:
        return problem
    graph: Any = problem.graph.copy()
    usable = _usable(problem)
    lost = []
    for row in rows:
        if row["action"] == "forbid":
            graph.remove_edges_from([_as_edge(graph, edge) for edge in _matching(graph, row)])
    for row in rows:
        if row["action"] != "forbid":
            start, kept = _start(graph, row, usable)
            if not start:
                lost.append(str(row["decision_id"]))
                continue
            others = [e for e in _edges(graph, start) if e not in kept]
            graph.remove_edges_from([_as_edge(graph, edge) for edge in others])
    if lost:
        message = (
            f"decision(s) {', '.join(lost)}: no usable candidate near the first point has a link to the second; "
            "widen radius_km, give another technology, or see network/refused_links.csv"
        )
        raise InfeasibleError(message, code="decision_no_link", decisions=", ".join(lost))
    return replace(problem, graph=graph)


def _refuse_half(rows: list[dict[Any, Any]]) -> None:
    """A link meant with half of its other end is neither a link nor a site."""
    half = [row for row in rows if sum(not pd.isna(row.get(key)) for key in ("to_lon_deg", "to_lat_deg")) == 1]
    if half:
        listed = ", ".join(str(row["decision_id"]) for row in half)
        message = f"decision(s) {listed}: give both to_lon_deg and to_lat_deg, or neither"
        raise LayerError(message, code="decision_half_link", decisions=listed)


def link_starts(problem: Problem, row: dict[Any, Any], usable: pd.DataFrame) -> tuple[str, ...]:
    """The candidate at which a forced or locked link starts; none for a forbidden one or where no such link is."""
    if row["action"] == "forbid":
        return ()
    start, _ = _start(problem.graph, row, usable)
    return (start,) if start else ()


def _sorted(decisions: pd.DataFrame) -> list[dict[Any, Any]]:
    return decisions.sort_values("decision_id", kind="stable").to_dict("records")


def _usable(problem: Problem) -> pd.DataFrame:
    """Candidates that have options, by identifier."""
    places = problem.candidates
    held = places["candidate_id"].isin(set(problem.options["candidate_id"])) & (places["excluded_because"] == "")
    return places[held].sort_values("candidate_id", kind="stable")


def _start(graph: Any, row: dict[Any, Any], usable: pd.DataFrame) -> tuple[str, set[Edge]]:
    """Nearest usable candidate within reach of the first point that has such a link, and its links to keep."""
    km = np.asarray(
        distance_km(
            usable["lon_deg"].to_numpy(float), usable["lat_deg"].to_numpy(float), float(row["lon_deg"]), float(row["lat_deg"])
        )
    )  # fmt: skip
    names = usable["candidate_id"].to_numpy(dtype=object)
    found = _matching(graph, row)
    for k in np.argsort(km, kind="stable"):
        if km[k] > _radius_km(row):
            break
        kept = {edge for edge in found if names[k] in edge[:2]}
        if kept:
            return str(names[k]), kept
    return "", set()


def _radius_km(row: dict[Any, Any]) -> float:
    return float(row.get("radius_km", 1.0))


def _edges(graph: Any, node: str | None = None) -> list[Edge]:
    """Links (of one node) as (smaller name, larger name, key)."""
    if graph.is_multigraph():
        return [(min(a, b), max(a, b), str(key)) for a, b, key in graph.edges(node, keys=True)]
    return [(min(a, b), max(a, b), "") for a, b in graph.edges(node)]


def _as_edge(graph: Any, edge: Edge) -> tuple[str, ...]:
    return edge if graph.is_multigraph() else edge[:2]


def _matching(graph: Any, row: dict[Any, Any]) -> list[Edge]:
    """Links between the two points of a decision, of its technology where it names one."""
    near, far = (_around(graph, row, lon, lat) for lon, lat in (("lon_deg", "lat_deg"), ("to_lon_deg", "to_lat_deg")))
    wanted = row.get("backhaul")
    technology = "" if wanted is None or pd.isna(wanted) else str(wanted)
    found = []
    for a, b, key in _edges(graph):
        if not ((a in near and b in far) or (b in near and a in far)):
            continue
        data = graph.edges[a, b, key] if graph.is_multigraph() else graph.edges[a, b]
        if not technology or str(data.get("technology", key)) == technology:
            found.append((a, b, key))
    return found


def _around(graph: Any, row: dict[Any, Any], lon: str, lat: str) -> set[str]:
    """Nodes within reach of a point."""
    names = sorted(graph.nodes)
    place: NDArray[np.float64] = np.array(
        [[float(graph.nodes[n].get(axis, np.nan)) for axis in ("lon_deg", "lat_deg")] for n in names], dtype=float
    ).reshape(-1, 2)
    known = np.flatnonzero(np.isfinite(place).all(axis=1))
    km = np.asarray(distance_km(place[known, 0], place[known, 1], float(row[lon]), float(row[lat])))
    return {names[k] for k in known[km <= _radius_km(row)]}
