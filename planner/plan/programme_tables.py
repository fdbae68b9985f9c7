"""From a finished schedule to the tables of a `Plan`: years, payers and sources, money by year, floors."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from planner.plan.build import Draft
from planner.plan.decisions import Word
from planner.plan.explain import site_reasons
from planner.plan.ledger import cost_names
from planner.plan.money_shares import spent_for
from planner.plan.output import link_id, place_names, plan_totals, served_table
from planner.plan.rejected import rejected_table
from planner.plan.rules import is_within
from planner.plan.schedule import Schedule, World, purchases
from planner.plan.select import plan_tables
from planner.plan.types import Certificate, Plan, Problem
from planner.schema_columns import SURVEYS

__all__ = ["programme_plan"]

_UNITS = {"n_umkm": "n_umkm_on", "people": "people_on", "n_facilities": "facilities_on", "weight": "weight_on"}


def programme_plan(
    world: World, problem: Problem, schedule: Schedule, drafts: list[Draft], certificate: Certificate,
    words: tuple[Word, ...], *, is_light: bool = False,
) -> Plan:  # fmt: skip
    """The plan of a schedule.

    Parameters
    ----------
    schedule
        Year and source of each site.
    drafts
        Who serves whom in each year; the last one is the complete plan.
    words
        The planner's word, for reasons.
    is_light
        Without reasons of sites and candidates, for plans that are only compared.
    """
    instance, rules = world.instance, world.rules
    last = drafts[-1]
    bare = [item.number for item in purchases(world, schedule) if item.kind == "tower"]
    stands = last.has_site_tower.copy()
    stands[bare] = False  # bought before the site came: it stays a relay tower
    sites, links, relays, served = plan_tables(instance, problem, replace(last, has_site_tower=stands))
    whole = float(sites["cost_idr"].sum())
    whys = (
        [""] * len(sites) if is_light else site_reasons(instance, problem, last, (sites, links, relays), whole, words)
    )
    sites = _dated_sites(world, schedule, sites.assign(why=pd.Series(whys, dtype="str", index=sites.index)))
    links, relays = _dated_network(world, problem, schedule, links, relays)
    served_years = _served_years(world, problem, drafts)
    yearly = _yearly(world, problem, sites, served, served_years)
    totals = plan_totals(problem, sites, links, relays, served)
    money = _money(world, problem, (sites, links, relays))
    totals |= {
        "spent_idr": float(money["spent_idr"].sum()),
        "opex_after_idr_per_year": float(sites["opex_idr_per_year"].sum()) if not rules.is_present_value else 0.0,
        "worth_over_years": float((yearly["weight_on"] * yearly["year_worth"]).sum()),
    }
    return Plan(
        sites=sites, links=links, relays=relays,
        rejected=_left_out(problem, sites) if is_light else rejected_table(instance, problem, last, words),
        surveys=pd.DataFrame({column.name: pd.Series(dtype="float64") for column in SURVEYS}),
        served=served, totals=MappingProxyType(totals), certificate=certificate, money=money, yearly=yearly,
        served_years=served_years, equity=_equity(world, problem, sites, served),
    )  # fmt: skip


def _left_out(problem: Problem, sites: pd.DataFrame) -> pd.DataFrame:
    """Candidates without a site, by name alone."""
    names = set(problem.candidates["candidate_id"].astype(str)) - set(sites["candidate_id"].astype(str))
    return pd.DataFrame({"candidate_id": sorted(names)})


def _dated_sites(world: World, schedule: Schedule, sites: pd.DataFrame) -> pd.DataFrame:
    place = {name: k for k, name in enumerate(world.instance.place_ids)}
    at = [place[str(name)] for name in sites["site_id"]]
    spent = spent_for(world, schedule)
    return sites.assign(
        **_paid(world, [(schedule.year[k], schedule.source[k]) for k in at]), spent_idr=[spent[k] for k in at]
    )


def _paid(world: World, items: list[tuple[int, int]]) -> dict[str, pd.Series]:
    """Columns ``year, payer, funding_source`` of (year, source) pairs."""
    rules = world.rules
    return {
        "year": pd.Series([rules.years[y] for y, _ in items], dtype="int64"),
        "payer": pd.Series([rules.sources[s].payer for _, s in items], dtype="str"),
        "funding_source": pd.Series([rules.sources[s].name for _, s in items], dtype="str"),
    }


def _dated_network(
    world: World, problem: Problem, schedule: Schedule, links: pd.DataFrame, relays: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    network, instance = world.instance.network, world.instance
    places = place_names(instance, problem)
    bought: dict[str, tuple[int, int]] = {}
    towers: dict[str, tuple[int, int]] = {}
    for item in purchases(world, schedule):
        paid = (item.year, item.source)
        if item.kind == "tower":
            towers[places[item.number]] = paid
        elif item.kind == "edge":
            a, b, key = network.edge_key[item.number]
            bought[link_id((a, b, key))] = bought[link_id((b, a, key))] = paid
        elif (sat := int(instance.choice_sat[schedule.draft.choice[item.number]])) >= 0:
            bought[link_id(network.sat_key[sat])] = paid
    return (
        links.assign(**_paid(world, [bought[str(name)] for name in links["link_id"]])),
        relays.assign(**_paid(world, [towers[str(name)] for name in relays["place_id"]])),
    )


def _served_years(world: World, problem: Problem, drafts: list[Draft]) -> pd.DataFrame:
    """``year, cell_id, site_id, share`` of every year before the last."""
    parts = [
        served_table(world.instance, problem, draft).assign(year=year)
        for year, draft in zip(world.rules.years[:-1], drafts[:-1], strict=True)
    ]
    empty = {
        "year": np.zeros(0, np.int64), "cell_id": np.zeros(0, np.int64), "site_id": pd.Series(dtype="str"),
        "share": np.zeros(0),
    }  # fmt: skip
    if not parts:
        return pd.DataFrame(empty)
    return pd.concat(parts, ignore_index=True)[list(empty)].astype({"year": "int64", "cell_id": "int64"})


def _yearly(
    world: World, problem: Problem, sites: pd.DataFrame, served: pd.DataFrame, served_years: pd.DataFrame
) -> pd.DataFrame:
    """By year: sites switched on, and what is newly served while they are."""
    cells = problem.cells[["cell_id", "n_umkm", "people", "n_facilities"]].assign(
        weight=np.asarray(problem.weight, float)
    )
    cells = cells.set_index("cell_id")
    rows = []
    for year, worth in zip(world.rules.years, world.year_worth, strict=True):
        table = served if year == world.rules.years[-1] else served_years[served_years["year"] == year]
        at = cells.loc[table["cell_id"]]
        rows.append(
            {
                "year": year, "year_worth": float(worth), "n_sites": int((sites["year"] == year).sum()),
                "n_sites_on": int((sites["year"] <= year).sum()),
                **{to: float((at[name].to_numpy(float) * table["share"].to_numpy(float)).sum()) for name, to in _UNITS.items()},
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _money(world: World, problem: Problem, tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    """By source and year: ceiling, what stands already, capex, opex of earlier years, what is left."""
    sites, links, relays = tables
    names = cost_names(world.rules)
    options = problem.options.set_index("option_id").loc[sites["option_id"], list(names)].reset_index(drop=True)
    own = options.assign(year=sites["year"].to_numpy(), funding_source=sites["funding_source"].to_numpy())
    bought = pd.concat([own, *(t[[*names, "year", "funding_source"]] for t in (links, relays))], ignore_index=True)
    rows = []
    for source in world.rules.sources:
        mine, carried = bought[bought["funding_source"] == source.name], 0.0
        for k, year in enumerate(world.rules.years):
            capex = float(mine.loc[mine["year"] == year, names[0]].sum())
            opex = float(mine.loc[mine["year"] < year, names[1]].sum()) if len(names) > 1 else 0.0
            left = carried + source.ceilings_idr[k] - source.kept_opex_idr_per_year - capex - opex
            rows.append(
                {
                    "funding_source": source.name, "payer": source.payer, "year": year,
                    "ceiling_idr": source.ceilings_idr[k], "carried_in_idr": carried,
                    "kept_opex_idr": source.kept_opex_idr_per_year, "capex_idr": capex, "opex_idr": opex,
                    "spent_idr": capex + opex, "left_idr": left,
                    "n_sites": int(((sites["year"] == year) & (sites["funding_source"] == source.name)).sum()),
                }
            )  # fmt: skip
            carried = left if source.carries_over else 0.0
    return pd.DataFrame(rows)


def _equity(world: World, problem: Problem, sites: pd.DataFrame, served: pd.DataFrame) -> pd.DataFrame:
    """Floors and shares of money: what was asked, what the plan reaches, what is missing and its price."""
    cells = problem.cells.assign(weight=np.asarray(problem.weight, float)).set_index("cell_id").loc[served["cell_id"]]
    new = cells["weight"].to_numpy(float) * served["share"].to_numpy(float)
    at, of_site = cells["area_code"].to_numpy(dtype=str), sites["area_code"].to_numpy(dtype=str)
    spent = sites["spent_idr"].to_numpy(float)
    rows = []
    for floor in world.rules.floors:
        reached = float(new[is_within(at, world.rules.codes(floor.area))].sum())
        rows.append(("floor", floor.area, floor.least, reached, max(0.0, floor.least - reached), floor.price))
    for rule in world.rules.money_shares:
        mine = float(spent[is_within(of_site, world.rules.codes(rule.area))].sum())
        share = mine / float(spent.sum()) if spent.sum() > 0 else 1.0
        rows.append(("money_share", rule.area, rule.least_share, share, max(0.0, rule.least_share - share), None))
    columns = ["rule", "area", "least", "reached", "short", "price"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"rule": "str", "area": "str", **dict.fromkeys(columns[2:], "float64")})
