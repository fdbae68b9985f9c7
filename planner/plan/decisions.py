"""The planner's word: sites that are forced, forbidden or locked, as sets of choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import InfeasibleError, Phrase
from planner.geo import distance_km
from planner.plan.instance import Instance, only_choices
from planner.plan.link_word import is_link_word, link_starts
from planner.plan.types import Problem

__all__ = ["Demand", "Word", "allowed_options", "demands_of", "read_word", "speaks_of", "split_places"]

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Word:
    """One decision.

    Parameters
    ----------
    decision_id, action, site_type, backhaul
        As in the decisions layer; empty texts mean any.
    candidates
        Candidates it speaks of: all within its radius, or for ``lock`` the nearest of them that could carry the named
        site type; of a link, where it starts
        (none for a forbidden link, which the network then lacks: `planner.plan.link_word`).
    label
        Words for messages: identifier, letter, author, reason.
    """

    decision_id: str
    action: str
    site_type: str
    backhaul: str
    candidates: tuple[str, ...]
    label: Phrase


@dataclass(frozen=True, eq=False)
class Demand:
    """Choices of which at least one must be taken, and the decision that says so."""

    word: Word
    choices: Ints


def read_word(problem: Problem, decisions: pd.DataFrame | None) -> tuple[Word, ...]:
    """Decisions with the candidates they speak of, sorted by identifier.

    Raises
    ------
    InfeasibleError
        A site is forced or locked where no candidate stands.
    """
    if decisions is None or decisions.empty:
        return ()
    places = problem.candidates
    usable = places[
        places["candidate_id"].isin(set(problem.options["candidate_id"])) & (places["excluded_because"] == "")
    ]
    usable = usable.sort_values("candidate_id", kind="stable")
    rows = decisions.sort_values("decision_id", kind="stable").to_dict("records")
    found = [_word(row, usable, problem) for row in rows]
    lost = [
        (row, word) for row, word in zip(rows, found, strict=True) if not word.candidates and word.action != "forbid"
    ]
    if lost:
        names = tuple(_shut_there(row, word.label, places) for row, word in lost)
        message = (
            f"no usable candidate with an option stands within reach of: {'; '.join(names)}. "
            "Widen radius_km, or add a proposal there"
        )
        raise InfeasibleError(message, code="decision_no_candidate", decisions=names)
    return tuple(found)


def _shut_there(row: dict[Any, Any], label: Phrase, places: pd.DataFrame) -> Phrase:
    """A decision, and what excludes the candidates within its reach in brackets where there are any."""
    km = distance_km(
        places["lon_deg"].to_numpy(dtype=float), places["lat_deg"].to_numpy(dtype=float),
        float(row["lon_deg"]), float(row["lat_deg"]),
    )  # fmt: skip
    near = places[np.asarray(km) <= float(row.get("radius_km", 1.0))]
    reasons = sorted({str(reason) or "no_option" for reason in near["excluded_because"]})
    if not reasons:
        return label
    said = tuple(Phrase(reason.replace("_", " "), f"reason_{reason}") for reason in reasons)
    return Phrase(f"{label} [excluded there: {', '.join(said)}]", "decision_shut", decision=label, reasons=said)


def _word(row: dict[Any, Any], usable: pd.DataFrame, problem: Problem) -> Word:
    def text(name: str) -> str:
        value = row.get(name, "")
        return "" if value is None or value != value else str(value)  # noqa: PLR0124 (NaN)

    km = distance_km(
        usable["lon_deg"].to_numpy(dtype=float), usable["lat_deg"].to_numpy(dtype=float),
        float(row["lon_deg"]), float(row["lat_deg"]),
    )  # fmt: skip
    radius = float(row.get("radius_km", 1.0))
    near = np.flatnonzero(np.asarray(km) <= radius)
    if text("action") == "lock":
        near = _nearest(near, np.asarray(km), usable["candidate_id"].to_numpy(), problem, text("site_type"))
    told = {name: text(name) or "–" for name in ("decision_id", "letter", "author", "reason")}
    label = Phrase(
        f"{text('action')} {told['decision_id']} (letter {told['letter']}, {told['author']}: {told['reason']})",
        f"decision_{text('action')}", **told,
    )  # fmt: skip
    names = tuple(str(name) for name in usable["candidate_id"].to_numpy()[near])
    if is_link_word(row):
        names = link_starts(problem, row, usable)
    return Word(text("decision_id"), text("action"), text("site_type"), text("backhaul"), names, label)


def _nearest(near: Ints, km: NDArray[np.float64], names: Any, problem: Problem, site_type: str) -> Ints:
    """The nearest candidate, of those that could carry the named site type where there are any.

    A public facility or a tower that stands is locked by its place and what is done there; the point of the decision,
    itself a candidate nearer than any other, can carry neither an access point nor an upgrade.
    """
    if site_type:
        able = set(problem.options.loc[problem.options["site_type"] == site_type, "candidate_id"])
        fit = near[np.array([names[k] in able for k in near], dtype=bool)]
        near = fit if len(fit) else near
    return near[[int(np.argmin(km[near]))]] if len(near) else near


def allowed_options(problem: Problem, words: tuple[Word, ...]) -> Flags:
    """By row of the options: no decision forbids it whatever its backhaul."""
    allowed = np.ones(len(problem.options), dtype=bool)
    for word in words:
        if word.action == "forbid" and not word.backhaul:
            hit = problem.options["candidate_id"].isin(set(word.candidates))
            if word.site_type:
                hit &= problem.options["site_type"] == word.site_type
            allowed &= ~hit.to_numpy(dtype=bool)
    return allowed


def split_places(words: tuple[Word, ...]) -> frozenset[str]:
    """Candidates where the technology of the first link matters."""
    return frozenset(name for word in words if word.backhaul for name in word.candidates)


def speaks_of(instance: Instance, problem: Problem, word: Word) -> Flags:
    """Choices that a decision means."""
    place = np.isin(np.array(instance.place_ids, dtype=object), np.array(word.candidates, dtype=object))
    hit = place[instance.choice_place] if len(place) else np.zeros(instance.n_choices, dtype=bool)
    if word.site_type:
        types = problem.options["site_type"].to_numpy(dtype=object)[instance.option_rows]
        hit = hit & (types == word.site_type)[instance.choice_option]
    if word.backhaul:
        hit = hit & np.array([tech == word.backhaul for tech in _first_technology(instance, problem)], dtype=bool)
    return np.asarray(hit, dtype=bool)


def _first_technology(instance: Instance, problem: Problem) -> list[str]:
    """Technology of each choice's first link, "" where several are possible."""
    network = instance.network
    graph: Any = problem.graph
    start = {node: kinds for (_, kinds), node in network.terminal.items()}
    found: list[str] = []
    for node, sat in zip(instance.choice_node.tolist(), instance.choice_sat.tolist(), strict=True):
        if sat >= 0:
            a, b, key = network.sat_key[sat]
            data = graph.edges[a, b, key] if graph.is_multigraph() else graph.edges[a, b]
            found.append(str(data.get("technology", key)))
        else:
            kinds = start[node]
            found.append(kinds[0][1:] if len(kinds) == 1 and kinds[0].startswith("=") else "")
    return found


def demands_of(instance: Instance, problem: Problem, words: tuple[Word, ...]) -> tuple[Instance, tuple[Demand, ...]]:
    """The instance without forbidden choices, and the sets of choices of which one must be taken.

    Raises
    ------
    InfeasibleError
        A forced or locked site has no choice left: too dear, without backhaul, or forbidden by another
        decision, which is then named.
    """
    allowed = np.ones(instance.n_choices, dtype=bool)
    for word in words:
        if word.action == "forbid" and word.backhaul:
            allowed &= ~speaks_of(instance, problem, word)
    instance = only_choices(instance, allowed)
    demands, faults = [], []
    for word in words:
        if word.action == "forbid":
            continue
        choices = np.flatnonzero(speaks_of(instance, problem, word))
        if len(choices):
            demands.append(Demand(word, choices))
        else:
            against = tuple(w.label for w in words if w.action == "forbid" and set(w.candidates) & set(word.candidates))
            faults.append(_unmet(word, against, problem))
    if faults:
        message = f"{len(faults)} decision(s) cannot be met: " + " | ".join(faults)
        raise InfeasibleError(message, code="decisions_infeasible", decisions=tuple(faults))
    return instance, tuple(demands)


def _unmet(word: Word, against: tuple[Phrase, ...], problem: Problem) -> Phrase:
    """Why a decision cannot be met: others forbid it, it names what there is not, or nothing it allows can be built."""
    label = word.label
    if against:
        text = f"{label}: contradicted by {'; '.join(against)}"
        return Phrase(text, "decision_contradicted", decision=label, against=against)
    types = sorted(set(problem.options["site_type"].astype(str)))
    ways = sorted({str(data.get("technology", "")) for _, _, data in problem.graph.edges(data=True)} - {""})
    for name, known in ((word.site_type, types), (word.backhaul, ways)):
        if name and name not in known:
            text = f"{label}: there is no '{name}' here (there are: {', '.join(known)})"
            return Phrase(text, "decision_no_such", decision=label, name=name, known=", ".join(known))
    text = f"{label}: no option it allows finds a backhaul within the ceiling"
    return Phrase(text, "decision_no_way", decision=label)
