"""What binds a plan beyond one ceiling: money by source and year, floors, shares of money, and what a year is worth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from planner.errors import UsageError

__all__ = [
    "Floor",
    "GoalRule",
    "MoneyShare",
    "Rules",
    "Source",
    "check_rules",
    "is_within",
    "whole_ceiling",
    "year_weights",
]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Source:
    """One source of money.

    Parameters
    ----------
    name, payer
        What the money is (Rupiah Murni, USO) and who pays with it.
    ceilings_idr
        Ceiling (pagu) of each year, in rupiah of that year's prices, at least 0.
    carries_over
        Whether what is left of a year may be spent later; else it lapses.
    only_in
        Areas or groups whose sites it may pay for; all when empty.
    kept_opex_idr_per_year
        First charge of every year: what already stands and stays.
    """

    name: str
    payer: str
    ceilings_idr: tuple[float, ...]
    carries_over: bool = False
    only_in: tuple[str, ...] = ()
    kept_opex_idr_per_year: float = 0.0


@dataclass(frozen=True)
class Floor:
    """Least newly served weight of an area or group when the plan is complete.

    Parameters
    ----------
    area
        Area code or name of a group.
    least
        In the unit of the objective, above 0.
    price
        Weight that each missing unit costs the plan (a soft floor); None for a floor that must be met.
    """

    area: str
    least: float
    price: float | None = None


@dataclass(frozen=True)
class MoneyShare:
    """Least share (0–1) of all the money spent that goes to the sites of an area or group."""

    area: str
    least_share: float


@dataclass(frozen=True)
class GoalRule:
    """What the cheapest plan must reach: a share (0–1) of all weight of each area, known codes by name.

    ``is_relaxed``: areas that no plan was found to lift so far are lifted as far as it goes.
    """

    share: float
    areas: Mapping[str, tuple[str, ...]]
    is_relaxed: bool = False


@dataclass(frozen=True)
class Rules:
    """Everything the planner's rules say.

    Parameters
    ----------
    years
        Calendar years, one after the other; a single one for a plan without years.
    sources
        Sources of money, each with a ceiling for every year.
    is_present_value
        True for a single year: ceilings hold present values. Otherwise a site, link or tower costs its capex in the
        year it is bought and its opex in every later year of the plan.
    most_sites
        Sites that may be switched on in each year; empty without a limit.
    discount_share_per_year
        What makes an earlier year worth more.
    horizon_years
        Years from the first one on in which service counts; the last year's state lasts until then. A plan of more years
        counts to its last one.
    floors, money_shares
        Rules of pemerataan.
    groups
        Area codes of each group that the rules name.
    goal
        Where the plan is the cheapest for a goal; None where it serves most for its money.
    """

    years: tuple[int, ...]
    sources: tuple[Source, ...]
    is_present_value: bool = False
    most_sites: tuple[float, ...] = ()
    discount_share_per_year: float = 0.0
    horizon_years: int = 1
    floors: tuple[Floor, ...] = ()
    money_shares: tuple[MoneyShare, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    goal: GoalRule | None = None

    def codes(self, area: str) -> tuple[str, ...]:
        """Area codes behind the name of a group, or the code itself."""
        return self.groups.get(area, (area,))


def year_weights(rules: Rules) -> Floats:
    """What a unit served in each year is worth; the sum is 1.

    Notes
    -----
    ``d_t = (1 + r)^−t``; the last year of the plan stands for all years up to the horizon, in which what was built
    goes on serving.

    Examples
    --------
    >>> year_weights(Rules((2026, 2027), (), horizon_years=4)).tolist()
    [0.25, 0.75]
    """
    n_years = len(rules.years)
    each = (1.0 + rules.discount_share_per_year) ** -np.arange(max(n_years, rules.horizon_years), dtype=float)
    found = np.r_[each[: n_years - 1], each[n_years - 1 :].sum()]
    return np.asarray(found / found.sum())


def whole_ceiling(rules: Rules) -> float:
    """All the money there is for building, over all sources and years."""
    each = [np.maximum(np.array(s.ceilings_idr) - s.kept_opex_idr_per_year, 0.0).sum() for s in rules.sources]
    return float(sum(each))


def is_within(area_codes: NDArray[np.str_], codes: tuple[str, ...]) -> Flags:
    """Which areas are one of ``codes`` or lie below one.

    Examples
    --------
    >>> is_within(np.array(["53.01", "53.011", "53.01.02"]), ("53.01",)).tolist()
    [True, False, True]
    """
    found = np.zeros(len(area_codes), dtype=bool)
    dotted = np.char.add(area_codes.astype(str), ".") if len(area_codes) else area_codes
    for code in codes:
        found |= np.char.startswith(dotted, f"{code}.") if len(area_codes) else found
    return found


def check_rules(rules: Rules) -> None:
    """Refuse rules that are no rules, all of them at once.

    Raises
    ------
    UsageError
        Years that do not follow each other, no source, ceilings that are missing, negative or no numbers, names that
        stand twice, floors that are no positive number, shares outside 0–1.
    """
    faults: list[str] = []
    years = rules.years
    if not years or any(b != a + 1 for a, b in pairwise(years)):
        faults.append(f"years are {list(years)}: give calendar years, one after the other")
    if not rules.sources:
        faults.append("no source of money: give at least one")
    names = [source.name for source in rules.sources]
    faults += [f"source '{name}' stands twice" for name in sorted({n for n in names if names.count(n) > 1})]
    for source in rules.sources:
        faults += _source_faults(source, len(years))
    if rules.is_present_value and len(years) != 1:
        faults.append("ceilings on present values hold for a single year only")
    if rules.most_sites and (len(rules.most_sites) != len(years) or not all(n >= 0 for n in rules.most_sites)):
        faults.append(f"most sites a year: {len(rules.most_sites)} numbers for {len(years)} years, each at least 0")
    if not (rules.discount_share_per_year >= 0 and math.isfinite(rules.discount_share_per_year)):
        faults.append(f"discount is {rules.discount_share_per_year}: give a share of at least 0")
    for floor in rules.floors:
        if not (math.isfinite(floor.least) and floor.least > 0):
            faults.append(f"floor of {floor.area} is {floor.least}: give a number above 0")
        if floor.price is not None and not (math.isfinite(floor.price) and floor.price > 0):
            faults.append(f"price of the floor of {floor.area} is {floor.price}: give a number above 0, or none")
    listed = [floor.area for floor in rules.floors]
    faults += [f"floor of {name} stands twice" for name in sorted({n for n in listed if listed.count(n) > 1})]
    shares = [
        f"share of {s.area} is {s.least_share}: give a share, 0–1"
        for s in rules.money_shares
        if not 0 <= s.least_share <= 1
    ]
    if faults + shares:
        listed_faults = "; ".join(faults + shares)
        raise UsageError(f"the rules cannot be read: {listed_faults}", code="plan_call", faults=listed_faults)


def _source_faults(source: Source, n_years: int) -> list[str]:
    faults = []
    if len(source.ceilings_idr) != n_years:
        faults.append(f"source '{source.name}' has {len(source.ceilings_idr)} ceilings for {n_years} years")
    if not all(math.isfinite(c) and c >= 0 for c in source.ceilings_idr):
        faults.append(f"source '{source.name}' has a ceiling that is no number of at least 0")
    if not (math.isfinite(source.kept_opex_idr_per_year) and source.kept_opex_idr_per_year >= 0):
        faults.append(f"source '{source.name}' keeps up what stands for {source.kept_opex_idr_per_year} IDR a year")
    return faults
