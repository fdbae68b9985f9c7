"""What kept every candidate out that the plan does not build, and the ceiling at which it enters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from planner.backhaul.near import xyz_km
from planner.geo import distance_km
from planner.plan.build import (
    Draft,
    Reach,
    extra_cost,
    gains,
    open_choices,
    passes_itself,
    reach,
)
from planner.plan.decisions import Word
from planner.plan.draft import money
from planner.plan.growth import entries
from planner.plan.instance import Instance
from planner.plan.types import Problem

__all__ = ["REJECTED_COLUMNS", "gain_now", "rejected_table"]

Floats = NDArray[np.float64]
REJECTED_COLUMNS = (
    "candidate_id", "option_id", "reason", "gain", "cost_idr", "enters_at_idr", "decision_id", "near_id", "near_km",
)  # fmt: skip


def gain_now(instance: Instance, draft: Draft, node_mbps: Floats) -> Floats:
    """Weight each choice would newly serve beside a plan, over links that carry ``node_mbps`` to its node."""
    node = instance.choice_node
    mbps = np.minimum(instance.choice_mbps, np.where(node >= 0, node_mbps[np.maximum(node, 0)], np.inf))
    return gains(instance, draft.rest, instance.choice_option, mbps)


def rejected_table(instance: Instance, problem: Problem, draft: Draft, words: tuple[Word, ...]) -> pd.DataFrame:
    """Candidates that are not built, with the reason that binds (`REJECTED_COLUMNS`).

    Returns
    -------
    DataFrame
        ``option_id`` is the candidate's best option beside the plan, ``gain`` the weight it would add and
        ``cost_idr`` what it would add to the bill. ``reason``: the candidate's own exclusion,
        ``forbidden``, ``no_option``, ``no_unserved`` (reaches nobody unserved), ``no_backhaul`` (no way to
        the backbone, or none with capacity left),
        ``covered`` (the plan serves whom it reaches), ``beam_full`` or ``budget``. ``enters_at_idr`` is the
        ceiling at which it joins when the plan as it stands is continued greedily until nothing is left to gain; NaN
        where it never does. Of a place too dear for the ceiling even by itself it is what the plan as it stands and the
        place with a network of its own cost together. ``near_id``, ``near_km``: the nearest site of the plan; for a candidate ``over_limit`` the
        nearest one that was looked at.
    """
    order = problem.candidates["candidate_id"].astype(str).argsort(kind="stable")
    candidates = problem.candidates.iloc[order]
    name = candidates["candidate_id"].to_numpy(dtype=object)
    at = pd.Index(instance.place_ids).get_indexer(pd.Index(name)) if instance.place_ids else np.full(len(name), -1)
    built = np.isin(at, list(draft.choice))
    candidates, name, at = candidates[~built], name[~built], at[~built]
    first = problem.options.groupby("candidate_id")["option_id"].min()
    table = pd.DataFrame(
        {
            "candidate_id": name, "option_id": pd.Series(name).map(first).fillna("").to_numpy(dtype=object),
            "reason": candidates["excluded_because"].to_numpy(dtype=object), "gain": 0.0, "cost_idr": np.nan,
            "enters_at_idr": np.nan, "decision_id": "",
        }
    )  # fmt: skip
    has_option = candidates["candidate_id"].isin(first.index).to_numpy(bool)
    table.loc[(table["reason"] == "") & ~has_option, "reason"] = "no_option"
    rest = np.flatnonzero((table["reason"] == "").to_numpy())
    judged = _Judge(instance, draft, words).rows(name[rest].tolist(), at[rest].tolist())
    columns = ["option_id", "reason", "gain", "cost_idr", "enters_at_idr", "decision_id"]
    answers = pd.DataFrame(judged, columns=columns, index=rest)
    answers["option_id"] = answers["option_id"].where(answers["option_id"] != "", table["option_id"].iloc[rest])
    table.loc[rest, columns] = answers
    near_id, near_km = _near(problem, candidates, instance, draft)
    texts = dict.fromkeys(("candidate_id", "option_id", "reason", "decision_id", "near_id"), "str")
    numbers = dict.fromkeys(("gain", "cost_idr", "enters_at_idr", "near_km"), "float64")
    return table.assign(near_id=near_id, near_km=near_km)[list(REJECTED_COLUMNS)].astype({**texts, **numbers})


def _near(problem: Problem, candidates: pd.DataFrame, instance: Instance, draft: Draft) -> tuple[NDArray[Any], Floats]:
    """Nearest site of the plan of each candidate; of one over the limit, the nearest that was looked at."""
    site = np.array(sorted(draft.choice), dtype=np.int64)
    is_over = (candidates["excluded_because"] == "over_limit").to_numpy(bool)
    used = problem.candidates[problem.candidates["excluded_because"] == ""].sort_values("candidate_id", kind="stable")
    pools = (
        (~is_over, np.array(instance.place_ids, dtype=object)[site], instance.place_lon_deg[site], instance.place_lat_deg[site]),
        (is_over, used["candidate_id"].to_numpy(dtype=object), used["lon_deg"].to_numpy(float), used["lat_deg"].to_numpy(float)),
    )  # fmt: skip
    near_id, near_km = np.full(len(candidates), "", dtype=object), np.full(len(candidates), np.nan)
    lon, lat = candidates["lon_deg"].to_numpy(float), candidates["lat_deg"].to_numpy(float)
    for mask, ids, pool_lon, pool_lat in pools:
        rows = np.flatnonzero(mask)
        if len(ids) and len(rows):
            _, nearest = cKDTree(xyz_km(pool_lon, pool_lat)).query(xyz_km(lon[rows], lat[rows]))
            near_id[rows] = ids[nearest]
            near_km[rows] = distance_km(lon[rows], lat[rows], pool_lon[nearest], pool_lat[nearest])
    return near_id, near_km


class _Judge:
    """What keeps candidates out, with everything they share computed once."""

    def __init__(self, instance: Instance, draft: Draft, words: tuple[Word, ...]) -> None:
        self.instance, self.draft, self.words = instance, draft, words
        self.way = reach(instance, draft)
        self.cost = extra_cost(instance, draft, self.way)
        self.gain = gain_now(instance, draft, self.way.mbps)
        self.room = open_choices(instance, draft)
        self.later = entries(instance, draft)
        self.spent_idr = money(instance, draft)
        self.by_place = np.argsort(instance.choice_place, kind="stable")
        self.ends = np.searchsorted(instance.choice_place[self.by_place], np.arange(instance.n_places + 1))

    def rows(self, names: list[str], places: list[int]) -> list[tuple[str, str, float, float, float, str]]:
        """Option, reason, gain, cost, ceiling of entry and decision of each candidate."""
        return [self._row(name, at) for name, at in zip(names, places, strict=True)]

    def _row(self, name: str, at: int) -> tuple[str, str, float, float, float, str]:
        instance = self.instance
        forbids = [w for w in self.words if w.action == "forbid" and name in w.candidates]
        word = forbids[0].decision_id if forbids else ""
        if at < 0:
            return "", "forbidden", 0.0, np.nan, np.nan, word
        mine = self.by_place[self.ends[at] : self.ends[at + 1]]
        if not len(mine):
            return self._without_choice(at, forbids)
        _around_itself(instance, self.draft, self.way, mine, (self.cost, self.gain))
        merit = np.where(np.isfinite(self.cost[mine]), self.gain[mine] / np.maximum(self.cost[mine], 1.0), 0.0)
        best = int(mine[int(np.argmax(merit))])
        finds = np.isfinite(self.cost)
        reason = _binding(instance, self.gain, self.room & finds, mine, finds)
        gain, cost = (float(self.gain[best]), float(self.cost[best])) if finds[best] else (0.0, np.nan)
        option = instance.option_ids[int(instance.choice_option[best])]
        return option, reason, gain, cost, self.later.get(at, np.nan), ""

    def _without_choice(self, at: int, forbids: list[Word]) -> tuple[str, str, float, float, float, str]:
        """A place none of whose options can be connected, helps anybody, or fits the ceiling even alone."""
        instance = self.instance
        serves = (instance.option_place == at) & (np.diff(instance.groups.indptr) > 0)
        if not serves.any():
            return "", "no_unserved", 0.0, np.nan, np.nan, ""
        least = instance.option_least[serves]
        if not np.isfinite(least).any():
            return "", "no_backhaul", 0.0, np.nan, np.nan, ""
        if any(w.backhaul for w in forbids):
            return "", "forbidden", 0.0, np.nan, np.nan, forbids[0].decision_id
        return "", "budget", 0.0, np.nan, self.spent_idr + float(least.min()), ""


def _around_itself(
    instance: Instance, draft: Draft, way: Reach, mine: NDArray[np.int64], found: tuple[Floats, Floats]
) -> None:
    """Correct cost and gain (in place) of one place's choices: no way may run through the place it ends at."""
    cost, gain = found
    loops = [int(k) for k in mine if passes_itself(instance, way, int(k))]
    if loops:
        other = reach(instance, draft, shut=int(instance.choice_place[loops[0]]))
        cost[loops], gain[loops] = (
            extra_cost(instance, draft, other)[loops],
            gain_now(instance, draft, other.mbps)[loops],
        )


def _binding(
    instance: Instance, gain: Floats, room: NDArray[np.bool_], mine: NDArray[np.int64], finds_way: NDArray[np.bool_]
) -> str:
    tiny = 1e-9 * max(1.0, float(instance.groups.weight.sum()))
    gains_some = gain[mine] > tiny
    if not gains_some.any():
        return "covered"
    if not (gains_some & finds_way[mine]).any():
        return "no_backhaul"
    return "budget" if (room[mine] & gains_some).any() else "beam_full"
