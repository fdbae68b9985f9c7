"""Money by source and year: what each thing costs when, who may pay it, and whether the ceilings hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.plan.instance import Instance, network_costs
from planner.plan.rules import Rules, is_within
from planner.plan.types import Problem

__all__ = ["Costs", "Ledger", "cost_names", "costs_of", "eligible", "empty_ledger", "place_codes", "priced"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Costs:
    """What each thing costs once and every year after, in IDR: choices with their satellite link, edges, towers."""

    choice: tuple[Floats, Floats]
    edge: tuple[Floats, Floats]
    tower: tuple[Floats, Floats]


def costs_of(instance: Instance, problem: Problem, rules: Rules) -> Costs:
    """Capex and yearly opex of everything in an instance; the present value and nothing where ceilings hold those."""
    choice, edge, tower = [], [], []
    graph: Any = problem.graph
    for name in cost_names(rules):
        option = problem.options[name].to_numpy(dtype=float)[instance.option_rows]
        own = option[instance.choice_option].astype(float)
        on = np.flatnonzero(instance.choice_sat >= 0)
        for k in on.tolist():
            a, b, key = instance.network.sat_key[int(instance.choice_sat[k])]
            link = graph.edges[a, b, key] if graph.is_multigraph() else graph.edges[a, b]
            own[k] += float(link.get(name, 0.0))
        links, towers = network_costs(problem, instance.network, instance.place_ids, name)
        choice.append(own)
        edge.append(links)
        tower.append(towers)
    if len(choice) == 1:
        choice, edge, tower = ([part[0], np.zeros_like(part[0])] for part in (choice, edge, tower))
    return Costs((choice[0], choice[1]), (edge[0], edge[1]), (tower[0], tower[1]))


def cost_names(rules: Rules) -> tuple[str, ...]:
    """Columns of what is paid once and every year after, or of the present value where ceilings hold those."""
    return ("cost_idr",) if rules.is_present_value else ("capex_idr", "opex_idr_per_year")


def priced(instance: Instance, costs: Costs, *, capex: float = 1.0, opex_years: float) -> Instance:
    """The instance with ``capex`` times the capex and ``opex_years`` times the yearly opex as its only costs."""

    def blend(pair: tuple[Floats, Floats]) -> Floats:
        return np.asarray(capex * pair[0] + opex_years * pair[1])

    network = replace(instance.network, edge_cost=blend(costs.edge), tower_cost=blend(costs.tower))
    return replace(instance, choice_cost=blend(costs.choice), network=network)


def eligible(instance: Instance, problem: Problem, rules: Rules) -> Flags:
    """By place and source: may this source pay for a site there?"""
    codes = place_codes(instance, problem)
    found = np.ones((instance.n_places, len(rules.sources)), dtype=bool)
    for number, source in enumerate(rules.sources):
        if source.only_in:
            found[:, number] = is_within(codes, tuple(c for name in source.only_in for c in rules.codes(name)))
    return found


def place_codes(instance: Instance, problem: Problem) -> NDArray[np.str_]:
    """Area code of each place."""
    at = problem.candidates.drop_duplicates("candidate_id").set_index("candidate_id").loc[list(instance.place_ids)]
    return np.asarray(at["area_code"].to_numpy(dtype=str))


@dataclass(frozen=True, eq=False)
class Ledger:
    """Money that is there and money that is spent, by source and year.

    Parameters
    ----------
    has
        Ceilings less what already stands, in IDR, shape (sources, years).
    spent
        Of the same shape.
    carries_over
        By source.
    """

    has: Floats
    spent: Floats
    carries_over: Flags

    def with_item(self, source: int, year: int, capex: float, opex: float) -> Ledger:
        """The ledger after one purchase."""
        spent = self.spent.copy()
        spent[source, year] += capex
        spent[source, year + 1 :] += opex
        return replace(self, spent=spent)

    def fits(self, source: int, year: int, capex: float, opex: float) -> bool:
        """Whether a source can pay for something from a year on, all later years included."""
        more = self.spent[source].copy()
        more[year] += capex
        more[year + 1 :] += opex
        return bool((self._over(source, more) <= 0.0).all())

    def takes(self, source: int, year: int, capex: float) -> bool:
        """Whether a source can pay so much more in a year, whatever later years pay."""
        more = self.spent[source].copy()
        more[year] += capex
        return bool(self._over(source, more)[year] <= 0.0)

    def _over(self, source: int, spent: Floats) -> Floats:
        has = self.has[source]
        if self.carries_over[source]:
            has, spent = np.cumsum(has), np.cumsum(spent)
        return np.asarray(spent - has - _ROUNDING * np.abs(has))

    def is_kept(self) -> bool:
        """Whether every ceiling holds."""
        return all(bool((self._over(s, self.spent[s]) <= 0.0).all()) for s in range(len(self.has)))

    def over_in(self) -> tuple[int, int] | None:
        """A source and year that spend too much, the earliest; None when every ceiling holds."""
        found = [
            (int(np.argmax(over > 0)), s)
            for s in range(len(self.has))
            if (over := self._over(s, self.spent[s])).max() > 0
        ]
        return (min(found)[1], min(found)[0]) if found else None

    def room(self, year: int) -> Floats:
        """Most capex each source could pay in a year."""
        left = self.has[:, year] - self.spent[:, year]
        ahead = np.cumsum(self.has, axis=1) - np.cumsum(self.spent, axis=1)
        return np.where(self.carries_over, ahead[:, year:].min(axis=1), left)


def empty_ledger(rules: Rules) -> Ledger:
    """Nothing spent yet."""
    has = np.array([[c - s.kept_opex_idr_per_year for c in s.ceilings_idr] for s in rules.sources], dtype=float)
    return Ledger(has, np.zeros_like(has), np.array([s.carries_over for s in rules.sources], dtype=bool))
