"""What each decision of the planner costs: the plan without it, against the plan with all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.plan.build import Draft, assemble, extra_cost, grow, keep_only, money, reach
from planner.plan.decisions import Word, read_word, speaks_of, split_places
from planner.plan.improve import improve
from planner.plan.instance import Instance, make_instance, only_choices
from planner.plan.link_word import is_link_word, obey_links
from planner.plan.prices import price_bound
from planner.plan.redraft import draft_of
from planner.plan.serve import served_weight, share_out
from planner.plan.shrink import shrink
from planner.plan.types import Plan, Problem

__all__ = ["WORD_COLUMNS", "Free", "Kind", "price_words", "word_prices"]

WORD_COLUMNS = (
    "decision_id", "action", "object", "reason", "author", "letter", "candidates", "site_id", "cost_idr", "n_umkm_new",
    "price_weight", "price_at_most_weight", "price_by", "lon_deg", "lat_deg",
)  # fmt: skip
_PRICE_MOVES = 25
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Free:
    """The instance without any decision, the plan in it, and what each decision speaks of (by choice)."""

    instance: Instance
    draft: Draft
    meant: tuple[Flags, ...]
    words: tuple[Word, ...]

    def met(self, k: int) -> list[int]:
        """Places whose site is one that a decision speaks of."""
        return sorted(p for p, choice in self.draft.choice.items() if self.meant[k][choice])

    def keep(self, but: int) -> frozenset[int]:
        """Places that the other forced and locked decisions hold."""
        held = [k for k, word in enumerate(self.words) if k != but and word.action != "forbid"]
        return frozenset(place for k in held for place in self.met(k))

    def allowed(self, but: int) -> Flags:
        """Choices that no forbidding decision but one means."""
        allowed = np.ones(self.instance.n_choices, dtype=bool)
        for k, word in enumerate(self.words):
            if k != but and word.action == "forbid":
                allowed &= ~self.meant[k]
        return allowed


class Kind(Protocol):
    """How plans of a kind are made again without one decision."""

    def free(self, problem: Problem, plan: Plan, words: tuple[Word, ...]) -> Free | None:
        """The instance with every choice, decided or not; None where nothing can be built."""

    def same(self, free: Any) -> float:
        """Value of the plan after the work that a plan without a decision gets."""

    def trials(self, free: Any, k: int, row: dict[Any, Any]) -> Sequence[float]:
        """Values of plans without one decision, the others kept."""

    def most(self, free: Any, value: float) -> float:
        """No plan without any decision is worth more than this."""


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
    return price_words(problem, plan, decisions, _OneCeiling(ceiling_idr, ruin_rounds, seed))


def price_words(problem: Problem, plan: Plan, decisions: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """Each decision with its price, plans of a kind made again without it: the table of `word_prices`."""
    words = read_word(obey_links(problem, decisions), decisions)
    rows = decisions.sort_values("decision_id", kind="stable").to_dict("records")
    free = kind.free(obey_links(problem, decisions), plan, words)
    value = plan.certificate.value if free is None else max(plan.certificate.value, kind.same(free))
    found, is_idle = [], []
    for k, row in enumerate(rows):
        others = decisions[decisions["decision_id"] != row["decision_id"]]
        mine = kind.free(obey_links(problem, others), plan, words) if is_link_word(row) else free
        trials = [] if mine is None else kind.trials(mine, k, row)
        found.append(_row(row, k, plan, mine, [trial - value for trial in trials]))
        is_idle.append(_is_idle(mine, k, row))
    table = pd.DataFrame(found, columns=list(WORD_COLUMNS))
    whole = kind.free(problem, plan, words) if any(is_link_word(row) for row in rows) else free
    most = (np.inf if whole is None else kind.most(whole, value)) - plan.certificate.value
    at_most = np.where(is_idle, 0.0, np.maximum(most, table["price_weight"].to_numpy(float)))
    return table.assign(price_at_most_weight=at_most)


def _is_idle(free: Free | None, k: int, row: dict[Any, Any]) -> bool:
    """Whether a decision binds nothing: nothing can be built at all, or nothing of what it forbids."""
    if free is None:
        return True
    return row["action"] == "forbid" and not is_link_word(row) and not free.meant[k].any()


def _row(row: dict[Any, Any], k: int, plan: Plan, free: Free | None, gains: list[float]) -> dict[str, Any]:
    """One decision; ``gains``: what plans without it are worth more."""
    met = [] if free is None else free.met(k)
    site = free.instance.place_ids[met[0]] if free is not None and met else ""
    mine = plan.sites[plan.sites["site_id"] == site]
    said = ("decision_id", "action", "reason", "author", "letter", "lon_deg", "lat_deg")
    return {
        **{name: row.get(name, "") for name in said}, "object": "link" if is_link_word(row) else "site",
        "candidates": 0 if free is None else len(free.words[k].candidates), "site_id": site,
        "cost_idr": float(mine["cost_idr"].sum()), "n_umkm_new": float(mine["n_umkm_new"].sum()),
        "price_weight": max([0.0, *gains]), "price_at_most_weight": np.nan, "price_by": "rerun" if gains else "none",
    }  # fmt: skip


@dataclass(frozen=True)
class _OneCeiling:
    """Plans under one ceiling."""

    ceiling_idr: float
    rounds: int
    seed: int

    def free(self, problem: Problem, plan: Plan, words: tuple[Word, ...]) -> Free | None:
        everything = np.ones(len(problem.options), dtype=bool)
        wanted = frozenset(name for word in words if word.action != "forbid" for name in word.candidates)
        instance = make_instance(
            problem,
            ceiling_idr=self.ceiling_idr,
            is_allowed=everything,
            split_places=split_places(words),
            wanted=wanted,
        )
        draft = draft_of(instance, plan.sites, plan.links) if instance.n_choices else None
        return (
            None
            if draft is None
            else Free(instance, draft, tuple(speaks_of(instance, problem, w) for w in words), words)
        )

    def same(self, free: Free) -> float:
        return self._worked(free, -1, free.draft)

    def most(self, free: Free, value: float) -> float:
        inside = np.zeros(free.instance.n_choices)
        inside[list(free.draft.choice.values())] = 1.0
        return price_bound(
            free.instance, ceiling_idr=self.ceiling_idr, demands=(), inside=inside, value=value, max_rounds=_PRICE_MOVES
        ).value  # fmt: skip

    def trials(self, free: Free, k: int, row: dict[Any, Any]) -> list[float]:
        if row["action"] != "forbid":
            starts = [self._without_forced(free, k)]
        else:
            starts = [self._rewired(free), free.draft] if is_link_word(row) else [self._with_forbidden(free, k)]
        return [self._worked(free, k, start) for start in starts if start is not None]

    def _rewired(self, free: Free) -> Draft | None:
        """The sites of the plan joined afresh over all links."""
        draft = assemble(free.instance, list(free.draft.choice.values()))
        return draft if draft is not None and money(free.instance, draft) <= self.ceiling_idr else None

    def _without_forced(self, free: Free, k: int) -> Draft | None:
        """The plan without the sites that meet one decision alone."""
        leave = set(free.met(k)) - free.keep(k)
        return keep_only(free.instance, free.draft, set(free.draft.choice) - leave) if leave else None

    def _with_forbidden(self, free: Free, k: int) -> Draft | None:
        """The plan with the best of what one decision forbids, made room for."""
        instance, among = free.instance, free.meant[k] & free.allowed(k)
        cost = np.where(among, extra_cost(instance, free.draft, reach(instance, free.draft)), np.inf)
        if not np.isfinite(cost).any():
            return None
        room = shrink(instance, free.draft, ceiling_idr=self.ceiling_idr - float(cost.min()), keep=free.keep(k))
        return None if room is None else grow(instance, room, ceiling_idr=self.ceiling_idr, among=among, max_sites=1)

    def _worked(self, free: Free, but: int, start: Draft) -> float:
        """Value of a plan grown and improved among what the other decisions allow; 0 where its start breaks one."""
        allowed = free.allowed(but)
        number = np.cumsum(allowed) - 1
        if not all(allowed[choice] for choice in start.choice.values()):
            return 0.0
        instance = only_choices(free.instance, allowed)
        draft = replace(start, choice={place: int(number[choice]) for place, choice in start.choice.items()})
        draft = grow(instance, draft, ceiling_idr=self.ceiling_idr)
        better, n_better = improve(
            instance, draft, ceiling_idr=self.ceiling_idr, rounds=self.rounds, seed=self.seed, keep=free.keep(but)
        )
        return served_weight(instance, better if n_better else share_out(instance, draft))
