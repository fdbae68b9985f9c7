"""What each decision of the planner costs: the plan without it, against the plan with all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.plan.build import Draft, assemble, empty_draft, extra_cost, grow, keep_only, money, reach
from planner.plan.decisions import Word, read_word, speaks_of, split_places
from planner.plan.improve import improve
from planner.plan.instance import Instance, make_instance, only_choices
from planner.plan.link_word import is_link_word, obey_links
from planner.plan.prices import price_bound
from planner.plan.redraft import draft_of
from planner.plan.serve import served_weight, share_out
from planner.plan.shrink import shrink
from planner.plan.types import Plan, Problem

__all__ = ["WORD_COLUMNS", "word_prices"]

WORD_COLUMNS = (
    "decision_id", "action", "object", "reason", "author", "letter", "candidates", "site_id", "cost_idr", "n_umkm_new",
    "price_weight", "price_at_most_weight", "price_by", "lon_deg", "lat_deg",
)  # fmt: skip
_PRICE_MOVES = 25
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Free:
    """The instance without any decision, the plan in it, and what each decision speaks of (by choice)."""

    instance: Instance
    draft: Draft
    meant: tuple[Flags, ...]
    words: tuple[Word, ...]
    ceiling_idr: float
    rounds: int
    seed: int


def word_prices(
    problem: Problem, plan: Plan, *, ceiling_idr: float, decisions: pd.DataFrame, ruin_rounds: int = 4, seed: int = 0
) -> pd.DataFrame:
    """Each decision with its price against the plan that is free of it.

    Parameters
    ----------
    problem
        With all links, forbidden ones among them.
    plan
        The plan that obeys all decisions.
    ceiling_idr
        Its ceiling.
    decisions
        The planner's word.
    ruin_rounds
        Rounds of improvement of each plan compared.
    seed
        Of the improvement.

    Returns
    -------
    DataFrame
        `WORD_COLUMNS`, by ``decision_id``. ``site_id``: the site that meets a forced or locked one, with its ``cost_idr``
        and ``n_umkm_new``. ``price_weight``: what is newly served more without this decision, the others
        kept. ``price_by`` says how it was found: ``rerun`` (a plan was made: the price is at least this) or ``none`` (no
        plan without it was found). ``price_at_most_weight``: no plan without any decision serves more than the plan by
        more than this (a proven bound); 0 where a decision forbids nothing that could be built.

    Notes
    -----
    Without a forced or locked site its money goes where it serves most; for a forbidden one the best choice it forbids
    is built, and what serves least leaves. Both plans are improved by the same work, so that improvement is no price.
    """
    words = read_word(obey_links(problem, decisions), decisions)
    work = (ceiling_idr, ruin_rounds, seed)
    rows = decisions.sort_values("decision_id", kind="stable").to_dict("records")
    free = _free(obey_links(problem, decisions), plan, words, work)
    value = plan.certificate.value
    if free is not None:
        value = max(value, _value(free, _worked(free, np.ones(len(words), dtype=bool), free.draft)))
    found, is_idle = [], []
    for k, row in enumerate(rows):
        of_link = is_link_word(row)
        others = decisions[decisions["decision_id"] != row["decision_id"]]
        mine = _free(obey_links(problem, others), plan, words, work) if of_link else free
        found.append(_row(row, k, plan, mine, value))
        is_idle.append(_is_idle(mine, k, row))
    table = pd.DataFrame(found, columns=list(WORD_COLUMNS))
    has_links = any(is_link_word(row) for row in rows)
    most = _most(_free(problem, plan, words, work) if has_links else free, value) - plan.certificate.value
    at_most = np.where(is_idle, 0.0, np.maximum(most, table["price_weight"].to_numpy(float)))
    return table.assign(price_at_most_weight=at_most)


def _free(problem: Problem, plan: Plan, words: tuple[Word, ...], work: tuple[float, int, int]) -> _Free | None:
    """The instance with every choice, decided or not; None where nothing can be built."""
    everything = np.ones(len(problem.options), dtype=bool)
    wanted = frozenset(name for word in words if word.action != "forbid" for name in word.candidates)
    instance = make_instance(
        problem, ceiling_idr=work[0], is_allowed=everything, split_places=split_places(words), wanted=wanted
    )
    draft = draft_of(instance, plan.sites, plan.links) if instance.n_choices else None
    meant = tuple(speaks_of(instance, problem, word) for word in words)
    return None if draft is None else _Free(instance, draft, meant, words, *work)


def _most(free: _Free | None, value: float) -> float:
    """No plan without any decision serves more than this."""
    if free is None:
        return np.inf
    inside = np.zeros(free.instance.n_choices)
    inside[list(free.draft.choice.values())] = 1.0
    return price_bound(
        free.instance, ceiling_idr=free.ceiling_idr, demands=(), inside=inside, value=value, max_rounds=_PRICE_MOVES
    ).value  # fmt: skip


def _is_idle(free: _Free | None, k: int, row: dict[Any, Any]) -> bool:
    """Whether a decision binds nothing: nothing can be built at all, or nothing of what it forbids."""
    if free is None:
        return True
    return row["action"] == "forbid" and not is_link_word(row) and not free.meant[k].any()


def _row(row: dict[Any, Any], k: int, plan: Plan, free: _Free | None, value: float) -> dict[str, Any]:
    """One decision."""
    site, price, by, n = "", 0.0, "none", 0
    if free is not None:
        n, met = len(free.words[k].candidates), _met(free, k)
        site = free.instance.place_ids[met[0]] if met else ""
        for trial in _trials(free, k, row, met):
            price, by = max(price, _value(free, trial) - value), "rerun"
    mine = plan.sites[plan.sites["site_id"] == site]
    said = ("decision_id", "action", "reason", "author", "letter", "lon_deg", "lat_deg")
    return {
        **{name: row.get(name, "") for name in said}, "object": "link" if is_link_word(row) else "site",
        "candidates": n, "site_id": site, "cost_idr": float(mine["cost_idr"].sum()),
        "n_umkm_new": float(mine["n_umkm_new"].sum()), "price_weight": price, "price_at_most_weight": np.nan,
        "price_by": by,
    }  # fmt: skip


def _trials(free: _Free, k: int, row: dict[Any, Any], met: list[int]) -> list[Draft]:
    """Plans without one decision."""
    if row["action"] != "forbid":
        trials = [_without_forced(free, k, met)]
    elif is_link_word(row):
        trials = [_rewired(free, k), _worked(free, _others(free, k), free.draft, but=k)]
    else:
        trials = [_without_forbidden(free, k)]
    return [trial for trial in trials if trial is not None]


def _rewired(free: _Free, k: int) -> Draft | None:
    """The sites of the plan joined afresh over all links, what that saves spent again."""
    draft = assemble(free.instance, list(free.draft.choice.values()))
    if draft is None or money(free.instance, draft) > free.ceiling_idr:
        return None
    return _worked(free, _others(free, k), draft, but=k)


def _met(free: _Free, k: int) -> list[int]:
    """Places whose site is one that a decision speaks of."""
    return sorted(p for p, choice in free.draft.choice.items() if free.meant[k][choice])


def _keep(free: _Free, but: int) -> frozenset[int]:
    """Places that the other forced and locked decisions hold."""
    held = [k for k, word in enumerate(free.words) if k != but and word.action != "forbid"]
    return frozenset(place for k in held for place in _met(free, k))


def _allowed(free: _Free, bound: NDArray[np.bool_]) -> Flags:
    """Choices that none of the given forbidding decisions means."""
    allowed = np.ones(free.instance.n_choices, dtype=bool)
    for k, word in enumerate(free.words):
        if bound[k] and word.action == "forbid":
            allowed &= ~free.meant[k]
    return allowed


def _others(free: _Free, k: int) -> NDArray[np.bool_]:
    bound = np.ones(len(free.words), dtype=bool)
    bound[k] = False
    return bound


def _without_forced(free: _Free, k: int, met: list[int]) -> Draft | None:
    """The plan without the sites that meet one decision alone, its money spent again."""
    leave = set(met) - _keep(free, k)
    if not leave:
        return None
    rest = keep_only(free.instance, free.draft, set(free.draft.choice) - leave)
    return _worked(free, _others(free, k), rest, but=k)


def _without_forbidden(free: _Free, k: int) -> Draft | None:
    """The plan with the best of what one decision forbids, made room for."""
    instance, bound = free.instance, _others(free, k)
    among = free.meant[k] & _allowed(free, bound)
    way = reach(instance, free.draft)
    cost = np.where(among, extra_cost(instance, free.draft, way), np.inf)
    if not np.isfinite(cost).any():
        return None
    least = float(cost.min())
    room = shrink(instance, free.draft, ceiling_idr=free.ceiling_idr - least, keep=_keep(free, k))
    if room is None:
        return None
    room = grow(instance, room, ceiling_idr=free.ceiling_idr, among=among, max_sites=1)
    return _worked(free, bound, room, but=k)


def _worked(free: _Free, bound: NDArray[np.bool_], start: Draft, *, but: int = -1) -> Draft:
    """A plan grown and improved among the choices that are left; of no value where its start breaks a rule."""
    allowed = _allowed(free, bound)
    number = np.cumsum(allowed) - 1
    if not all(allowed[choice] for choice in start.choice.values()):
        return empty_draft(free.instance)
    instance = only_choices(free.instance, allowed)
    draft = replace(start, choice={place: int(number[choice]) for place, choice in start.choice.items()})
    draft = grow(instance, draft, ceiling_idr=free.ceiling_idr)
    better, n_better = improve(
        instance, draft, ceiling_idr=free.ceiling_idr, rounds=free.rounds, seed=free.seed, keep=_keep(free, but)
    )
    return better if n_better else share_out(instance, draft)


def _value(free: _Free, draft: Draft) -> float:
    return served_weight(free.instance, draft)
