"""A plan on disk and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from planner.pipeline.artifacts import read_json, read_table, write_json, write_table
from planner.plan.types import Certificate, Plan

__all__ = ["dated", "read_plan", "write_plan"]

_TABLES = ("sites", "links", "relays", "rejected", "surveys", "served")
_UNDER_RULES = ("money", "yearly", "served_years", "equity", "curve")
"""Tables of plans under rules; a plan under one ceiling has none of them."""


def write_plan(folder: Path, plan: Plan) -> None:
    """Write the tables of a plan, its totals and its certificate."""
    for name in _TABLES:
        write_table(folder / f"{name}.parquet", getattr(plan, name))
    for name in _UNDER_RULES:
        if len(getattr(plan, name).columns):
            write_table(folder / f"{name}.parquet", getattr(plan, name))
    write_json(folder / "plan.json", {"totals": dict(plan.totals), "certificate": plan.certificate.to_json()})


def read_plan(folder: Path) -> Plan:
    """Read what `write_plan` wrote."""
    noted = read_json(folder / "plan.json")
    certificate = Certificate(**{**noted["certificate"], "steps": tuple(noted["certificate"]["steps"])})
    tables = {name: read_table(folder / f"{name}.parquet") for name in _TABLES}
    tables |= {n: read_table(folder / f"{n}.parquet") for n in _UNDER_RULES if (folder / f"{n}.parquet").is_file()}
    return Plan(**tables, totals=noted["totals"], certificate=certificate)


def dated(plan: Plan, year: int) -> Plan:
    """A plan under one ceiling belongs to one year and names no source; one of years stays as it is."""
    said = {"year": year, "payer": "", "funding_source": ""}
    tables = {
        name: table.assign(**{column: value for column, value in said.items() if column not in table})
        for name in ("sites", "links", "relays")
        if (table := getattr(plan, name)) is not None
    }
    return replace(plan, **tables)
