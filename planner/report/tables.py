"""The tables of a report, before any format: summary, areas, plan, ledger, sources, assumptions, columns."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from planner.facts.flat import area_table, names_above, whole_levels
from planner.report._inputs import ReportInputs, areas_of
from planner.schema import LAYERS, TABLES
from planner.schema_columns import CAUSES, EVIDENCE, LEVELS, PROGRAMMES
from planner.specs.base import Spec
from planner.words import Words

__all__ = ["FORM_BLANKS", "SHEETS", "Block", "flat_rows", "sheet_tables", "spoken", "summary_blocks"]

_UNITS = ("umkm", "people", "desa", "facilities")
_SUMS = ("n_sites", "n_links", "capex_idr", "opex_idr_per_year", "cost_idr", "n_umkm_new", "people_new", "n_facilities_new", "n_desa_new")  # fmt: skip
_VOCABULARY = {
    "level": "levels", "cause": "causes", "limit": "causes", "evidence": "evidence", "status": "map.status",
    "access_mode": "map.access", "unit": "map.unit", "site_type": "map.site_type",
    "backhaul": "map.backhaul", "technology": "map.backhaul", "generator": "map.generator", "kind": "map.layer_kind", "reason": "map.reason", "excluded_because": "map.reason",
    "settle_with": "map.settle", "verdict": "report.verdict",
}  # fmt: skip
"""Column → section of the words that holds its values; a value without a word is shown as it is."""

_HIDDEN = (
    "option_id", "why", "link_ids", "option_cost_idr", "backhaul_path", "ref_id", "place_kind", "provenance", "weight_near", "decision",
    "excluded_because_of",
)  # fmt: skip
"""Columns that machines need and officials do not; the layers hold them."""

SHEETS = (
    "provinsi", "kabupaten", "kecamatan", "desa", "flat", "sites", "form", "links", "frontier", "decided", "curve", "interference", "existing", "surveys", "rejected", "exclusions", "ledger", "sources",
    "assumptions", "columns",
)  # fmt: skip
"""Sheets after the summary, in order; a run without other ceilings or decisions has no sheet of them."""

FORM_BLANKS = (
    "form_lon_deg", "form_lat_deg", "form_date", "form_by", "form_letter", "form_land_status", "form_access_mode",
    "form_is_granted", "form_keeper", "form_power", "form_signal", "form_status", "form_note",
)  # fmt: skip
"""Columns of the survey form that the surveyor fills; those the reader of proposals knows are headed as it knows them."""

_FLAT_MAX = 600

Block = tuple[str, pd.DataFrame]
"""Heading and table of a part of the summary; columns are labels already."""


def spoken(fields: Mapping[str, Any], language: str) -> dict[str, str]:
    """Fields of a notice in the reader's way of writing numbers (shares as percent)."""
    from babel.numbers import format_decimal, format_percent

    def one(value: Any) -> str:
        if isinstance(value, float) and 0.0 <= value <= 1.0:
            return str(format_percent(value, format="#,##0.#%", locale=language))
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return str(format_decimal(value, locale=language)) if is_number else str(value)

    return {name: one(value) for name, value in fields.items()}


def sheet_tables(inputs: ReportInputs, words: Words) -> dict[str, pd.DataFrame]:
    """Tables of all sheets but the summary, by name, with our column names; values in the reader's words."""
    found = _tables(inputs)
    said = {name: _in_words(table, words) for name, table in found.items()}
    return {**said, "columns": _columns(found, words)}


@lru_cache(maxsize=1)  # the workbooks of both languages have the same tables
def _tables(inputs: ReportInputs) -> dict[str, pd.DataFrame]:
    """Tables of all sheets but the summary and the columns, in our own words."""
    return {
        **{level: _areas(inputs, level) for level in SHEETS[:4]},
        "flat": flat_rows(inputs.facts),
        "sites": _sites(inputs),
        "form": _form(inputs),
        "links": _sorted(inputs.links, ["link_id"], ("kind", *_undated(inputs))),
        **({} if inputs.decided is None else {"decided": _sorted(inputs.decided, ["decision_id"], ())}),
        **({} if inputs.frontier is None else {"frontier": _frontier(inputs.frontier)}),
        **_beside(inputs),
        "surveys": _with_places(_sorted(inputs.surveys, ["rank"], _HIDDEN), inputs.facts, 1),
        "rejected": _rejected(inputs),
        **(
            {}
            if inputs.exclusions is None
            else {"exclusions": _sorted(_plain_columns(inputs.exclusions), ["kind", "name"], ())}
        ),
        "ledger": _ledger(inputs.facts),
        "sources": _sources(inputs),
        "assumptions": assumption_rows(inputs.specs),
    }


def _beside(inputs: ReportInputs) -> dict[str, pd.DataFrame]:
    """What stands beside the plan: the curve of pemerataan, each site's interference, a verdict on each tower."""
    curve = pd.DataFrame(list((inputs.facts.get("plan") or {}).get("pemerataan") or ()))
    sites_by_id = None if inputs.sites is None else inputs.sites.set_index("site_id")
    found = {} if curve.empty else {"curve": curve}
    if inputs.interference is not None:
        sites = _sorted(inputs.interference, ["site_id"], ())
        if len(sites) and sites_by_id is not None:
            for at, name in enumerate(("name", "area_code"), start=1):
                sites.insert(at, name, sites["site_id"].map(sites_by_id[name]).fillna("").astype("str"))
            sites = _with_places(sites, inputs.facts, 3)
        found["interference"] = sites
    if inputs.existing is not None:
        found["existing"] = _sorted(inputs.existing, ["tower_id"], ())
    return found


def _plain_columns(areas: pd.DataFrame) -> pd.DataFrame:
    """A layer without its shapes."""
    return pd.DataFrame(areas.drop(columns="geometry", errors="ignore"))


def _areas(inputs: ReportInputs, level: str) -> pd.DataFrame:
    """Areas of a level; to keep the longest sheet small, desa neither count desa nor show raw values."""
    table = areas_of(inputs, level)
    if level != "desa" or table.empty:
        return table
    return table.drop(columns=[name for name in table if str(name).startswith(("raw_", "desa_"))])


def _sorted(table: pd.DataFrame | None, by: list[str], drop: tuple[str, ...]) -> pd.DataFrame:
    if table is None or table.empty:
        return pd.DataFrame()
    return table.sort_values(by, kind="stable", ignore_index=True).drop(columns=[c for c in drop if c in table])


def _in_words(table: pd.DataFrame, words: Words) -> pd.DataFrame:
    said = table.copy()
    for column, section in _VOCABULARY.items():
        if column in said:
            texts = words.section(section)
            said[column] = [texts.get(str(value), value) for value in said[column]]
    return said


def _with_places(table: pd.DataFrame, facts: Mapping[str, Any], at: int) -> pd.DataFrame:
    """A table with the names of the areas of its codes, from column ``at`` on; rows by area, then as they were."""
    if table.empty:
        return table
    named = table.copy()
    for place, (name, values) in enumerate(names_above(facts, table["area_code"]).items()):
        if name != "provinsi_name":
            named.insert(at + place, name, values.to_numpy())
    return named


def _undated(inputs: ReportInputs) -> tuple[str, ...]:
    """The column that a plan without years does not show: the year of the scenario is no promise of a year."""
    sites, planned = inputs.sites, inputs.facts.get("plan") or {}
    is_dated = planned.get("years") or (sites is not None and "year" in sites and len(set(sites["year"])) > 1)
    return () if is_dated else ("year",)


def _sites(inputs: ReportInputs) -> pd.DataFrame:
    """Proposed sites by area, with what an enterprise newly served costs."""
    table = _sorted(inputs.sites, ["area_code", "site_id"], (*_HIDDEN, *_undated(inputs), "candidate_id"))
    if table.empty:
        return table
    umkm = table["n_umkm_new"].to_numpy(dtype=np.float64)
    each = np.divide(
        table["cost_idr"].to_numpy(dtype=np.float64), umkm, out=np.full(len(umkm), np.nan), where=umkm > 0.0
    )
    table.insert(list(table.columns).index("cost_idr") + 1, "cost_per_umkm_idr", each)
    return _with_places(table, inputs.facts, 2)


def flat_rows(facts: Mapping[str, Any]) -> pd.DataFrame:
    """One number a row, for pivot tables: finest areas up to 600 of them, unit, level of service, count.

    Only one level of areas is in it, so that a pivot table counts nobody twice; zeros are left out.
    """
    for level in ("desa", "kecamatan", "kabupaten", "provinsi"):
        areas = area_table(facts, level)
        if 0 < len(areas) <= _FLAT_MAX:
            break
    else:
        return pd.DataFrame()
    above = [name for name in areas.columns if str(name).endswith("_name")]
    parts = []
    for unit in _UNITS:
        for at in (name for name in LEVELS if f"{unit}_{name}" in areas):
            part = areas[["area_code", *above, "name"]].assign(unit=unit, level=at, count=areas[f"{unit}_{at}"])
            parts.append(part.loc[part["count"] > 0.0])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _form(inputs: ReportInputs) -> pd.DataFrame:
    """The survey form: what is planned, and blanks for what is found; its rows come back as the layer ``proposals``."""
    sites = _sorted(inputs.sites, ["area_code", "site_id"], ())
    if sites.empty:
        return sites
    planned = pd.DataFrame({
        "form_id": sites["site_id"], "form_name": sites["name"], "form_desa_code": sites["area_code"],
        "area_code": sites["area_code"], "site_type": sites["site_type"], "backhaul": sites["backhaul"],
        "form_planned_lon_deg": sites["lon_deg"], "form_planned_lat_deg": sites["lat_deg"],
    })  # fmt: skip
    placed = _with_places(planned, inputs.facts, 3).drop(columns="area_code")
    return placed.assign(**dict.fromkeys(FORM_BLANKS))


def _frontier(points: pd.DataFrame) -> pd.DataFrame:
    """What each ceiling would serve, in the columns of a plan's sites."""
    new = {"umkm": "n_umkm_new", "people": "people_new", "facilities": "facilities_new", "desa": "desa_new"}
    if "scale" in points:
        new["ceiling_idr"] = "ceiling_years_idr"
    return points.sort_values("ceiling_idr", kind="stable", ignore_index=True).rename(columns=new)


def _rejected(inputs: ReportInputs) -> pd.DataFrame:
    """Candidates that are not built, with the reason: excluded before the selection, or not chosen by it."""
    if inputs.candidates is None or inputs.candidates.empty:
        return pd.DataFrame()
    table = inputs.candidates
    if inputs.rejected is not None and len(inputs.rejected):
        why = inputs.rejected.drop(columns=["name", "area_code", "lon_deg", "lat_deg"], errors="ignore")
        table = table.merge(why.drop_duplicates("candidate_id"), on="candidate_id", how="left")
    if inputs.sites is not None and len(inputs.sites):
        table = table.loc[~table["candidate_id"].isin(inputs.sites["candidate_id"])]
    return _with_places(_sorted(table, ["area_code", "candidate_id"], _HIDDEN), inputs.facts, 4)


def _ledger(facts: Mapping[str, Any]) -> pd.DataFrame:
    rows = [
        {
            "kind": item["kind"], "name": item["name"], "source": item["source"], "year": item["year"],
            "n_in": item["n_in"], "n_used": item["n_used"], "n_quarantined": item["n_quarantined"],
            **{kind: item["evidence"].get(kind, 0) for kind in EVIDENCE}, "completeness_share": item["completeness_share"],
        }
        for item in facts.get("layers", ())
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _sources(inputs: ReportInputs) -> pd.DataFrame:
    rows = {
        (str(item["source"]), str(item["kind"]), str(item["name"]), item["year"]): None
        for item in inputs.facts.get("layers", ())
    }
    listed = {source for source, *_ in rows}
    extra = [(credit, "", "", None) for credit in inputs.credits if credit not in listed]
    return pd.DataFrame([*rows, *extra], columns=["source", "kind", "name", "year"])


def assumption_rows(specs: tuple[tuple[str, Spec], ...]) -> pd.DataFrame:
    """Every assumed number with its source: ``model, key, value, source, year, note``."""
    rows = []
    for place, spec in specs:
        for path, value in _numbers(spec.model_dump(exclude={"name", "about", "sources"})):
            told = spec.source_of(path)
            source, year, note = (told.source, told.year, told.note) if told else ("", None, "")
            rows.append((place, path, value, source, year, note))
    return pd.DataFrame(rows, columns=["model", "key", "value", "source", "year", "note"])


def _numbers(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            found.extend(_numbers(value, f"{prefix}{key}."))
        elif isinstance(value, (list, tuple)):
            found.append((f"{prefix}{key}", ", ".join(str(item) for item in value)))
        else:
            found.append((f"{prefix}{key}", value))
    return found


def _columns(tables: Mapping[str, pd.DataFrame], words: Words) -> pd.DataFrame:
    """The columns used in this workbook, with their meaning as declared; their label where tables differ."""
    declared: dict[str, set[str]] = {}
    for columns in (*TABLES.values(), *(layer.columns for layer in LAYERS.values())):
        for column in columns:
            declared.setdefault(column.name, set()).add(column.about)
    labels = words.section("columns")
    names = dict.fromkeys(name for table in tables.values() for name in table.columns)
    rows = []
    for name in names:
        label, abouts = labels.get(name, name), declared.get(name, set())
        rows.append((name, label, next(iter(abouts)) if len(abouts) == 1 else label))
    return pd.DataFrame(rows, columns=["column", "label", "about"])


def summary_blocks(inputs: ReportInputs, words: Words) -> list[Block]:
    """Parts of the summary sheet; empty ones are left out."""
    facts = inputs.facts
    plan = facts.get("plan") or {}
    now, then = whole_levels(facts)
    blocks = [
        (words("report.services"), _by_level(now, words)),
        (words("report.plan"), _plan(plan, inputs.ceiling_idr, words)),
        *(
            (words(f"report.by_{key}"), _groups(plan.get(f"by_{key}", {}), key, words))
            for key in ("year", "payer", "source")
        ),
        (words("report.after"), _by_level(then, words)),
        (words("report.causes"), _by_name(facts.get("causes", {}), CAUSES[1:], "causes", words)),
        (
            words("report.programmes"),
            _by_name(facts.get("programmes", {}), (*PROGRAMMES, "undecided"), "programmes", words),
        ),
        (words("report.evidence"), _evidence(facts.get("evidence", {}), words)),
    ]
    return [(heading, table) for heading, table in blocks if len(table)]


def _unit_label(unit: str, words: Words) -> str:
    return words(f"map.unit.{unit}")


def _by_level(totals: Mapping[str, Mapping[str, float]], words: Words) -> pd.DataFrame:
    rows = []
    for unit in (name for name in _UNITS if name in totals):
        levels = {level: float(totals[unit].get(level, 0.0)) for level in LEVELS}
        whole = sum(levels.values())
        rows.append({
            words("report.counted_in"): _unit_label(unit, words), words("report.total"): whole,
            **{words(f"levels.{level}"): value for level, value in levels.items()},
            words("report.share_unserved"): levels["unserved"] / whole if whole else None,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _by_name(
    table: Mapping[str, Mapping[str, float]], names: tuple[str, ...], section: str, words: Words
) -> pd.DataFrame:
    rows = []
    for name in names:
        if name in table:
            label = words.texts.get(f"{section}.{name}") or words.texts.get(f"report.{name}", name)
            rows.append({"": label, **{_unit_label(u, words): table[name][u] for u in _UNITS if u in table[name]}})
    return pd.DataFrame(rows)


def _plan(plan: Mapping[str, Any], ceiling_idr: float | None, words: Words) -> pd.DataFrame:
    if not plan:
        return pd.DataFrame()
    proof = plan.get("certificate", {})
    rows: list[tuple[str, Any]] = (
        []
        if ceiling_idr is None
        else [(words("report.ceiling_years" if plan.get("years") else "report.ceiling_idr"), ceiling_idr)]
    )
    rows += [
        (words(f"report.plan_{name}"), plan[name]) for name in ("spent_idr", "opex_after_idr_per_year") if name in plan
    ]
    rows += [(words(f"report.plan_{name}"), plan.get(name)) for name in _SUMS]
    harm = plan.get("interference", {})
    rows += [
        (words(f"report.plan_{name}"), harm[name])
        for name in ("existing_lost_umkm", "existing_lost_people")
        if name in harm
    ]
    kind = "_cost" if proof.get("sense") == "min" else "_worth" if plan.get("years") else ""
    unit = words.texts.get(f"units.{proof.get('objective', '')}", "")
    rows += [
        (words(f"report.proof_value{kind}", unit=unit), proof.get("value")),
        (words(f"report.proof_bound{'_cost' if kind == '_cost' else ''}", unit=unit), proof.get("bound")),
        (words("report.proof_gap_share"), proof.get("gap_share")),
    ]
    status = str(proof.get("status", ""))
    rows.append((words("report.proof_status"), words.texts.get(f"report.proof_is_{status}", status)))
    return pd.DataFrame(rows, columns=["", words("columns.value")], dtype=object)


def _groups(groups: Mapping[str, Mapping[str, float]], key: str, words: Words) -> pd.DataFrame:
    """Sites and money of each year, payer or source; nothing where there is but one year."""
    if key == "year" and len(groups) < 2:
        return pd.DataFrame()
    sums = ("n_sites", "capex_idr", "opex_idr_per_year", "cost_idr", "n_umkm_new", "people_new")
    return pd.DataFrame(
        [{"": name, **{words(f"report.plan_{sum_}"): row[sum_] for sum_ in sums}} for name, row in groups.items()]
    )


def _evidence(evidence: Mapping[str, Any], words: Words) -> pd.DataFrame:
    return pd.DataFrame([
        {"": words.texts.get(f"report.step_{step['step']}", step["step"]),
         **{_unit_label(unit, words): step[unit] for unit in ("umkm", "people")}}
        for step in evidence.get("steps", ())
    ])  # fmt: skip
