"""What a run found, in a few lines: service, plan and proof, evidence, and which files to open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from babel.numbers import format_decimal, format_percent

from planner.cli.console import Console
from planner.schema_columns import LEVELS

__all__ = ["summarise"]

_SHOWN = (
    "map.html", "report/laporan_id.pdf", "report/report_en.pdf", "report/laporan_id.xlsx", "report/report_en.xlsx",
    "gis/plan.gpkg", "manifest.json",
)  # fmt: skip
_BILLION = 1e9


def summarise(folder: Path, console: Console) -> bool:
    """Say what a finished run found.

    Parameters
    ----------
    folder
        Run folder with ``facts.json``.
    console
        Where to write; with ``--json`` the facts themselves are printed.

    Returns
    -------
    bool
        Whether the run ended with warnings (rows in quarantine).
    """
    facts: dict[str, Any] = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    files = [str(folder / name) for name in _SHOWN if (folder / name).is_file()]
    lines = [*_service(facts, console), *_plan(facts, console), *_least_served(facts, console), *_rest(facts, console)]
    lines += [f"{console.words('cli.open_files')}:", *(f"  {name}" for name in files)]
    console.result("\n".join(lines), {"facts": facts, "files": files})
    return any(item["n_quarantined"] for item in facts["layers"])


def _number(value: float, console: Console) -> str:
    return str(format_decimal(round(value), locale=console.words.language))


def _share(value: float, console: Console) -> str:
    return str(format_percent(value, format="#,##0.0 %", locale=console.words.language))


def _billions(value_idr: float, console: Console) -> str:
    amount = format_decimal(value_idr / _BILLION, format="#,##0.0", locale=console.words.language)
    return console.words("cli.billion_idr", amount=amount)


def _service(facts: dict[str, Any], console: Console) -> list[str]:
    words = console.words
    lines = [f"{words('cli.service')}:"]
    for unit in ("umkm", "people", "desa"):
        whole, name = facts["whole"][unit], words(f"units.{unit}")
        if not whole:
            lines.append("  " + words("cli.no_unit", unit=name))
            continue
        parts = [
            f"{words(f'levels.{level}')} {_share(facts['totals'][unit][level] / whole, console)}" for level in LEVELS
        ]
        lines.append(f"  {_number(whole, console)} {name}: " + ", ".join(parts))
    return lines


def _plan(facts: dict[str, Any], console: Console) -> list[str]:
    plan, words = facts["plan"], console.words
    proof = plan["certificate"]
    return [
        words(
            "cli.plan",
            n_sites=_number(plan["n_sites"], console),
            cost=_billions(plan["cost_idr"], console),
            n_umkm=_number(plan["n_umkm_new"], console),
            people=_number(plan["people_new"], console),
        ),
        "  " + _proof(proof, console, over_years="worth_over_years" in plan),
        "  " + words("cli.surveys", n=_number(facts["surveys"]["n_surveys"], console)),
    ]


def _proof(proof: dict[str, Any], console: Console, *, over_years: bool = False) -> str:
    """The proven gap; a programme is judged by its worth over the years, below what it serves in the end."""
    gap = _share(proof["gap_share"], console)
    if proof.get("sense") == "min":
        value, bound = (_billions(proof[name], console) for name in ("value", "bound"))
        return console.words("cli.proof_cost", gap=gap, value=value, bound=bound)
    return console.words(
        "cli.proof_years" if over_years else "cli.proof",
        gap=gap,
        unit=console.words(f"units.{proof.get('objective', 'umkm')}"),
        value=_number(proof["value"], console),
        bound=_number(proof["bound"], console),
    )


def _least_served(facts: dict[str, Any], console: Console) -> list[str]:
    rows = [
        (-row["umkm"]["unserved"] / row["umkm"]["total"], row["area_code"], row["name"])
        for row in facts["areas"]
        if row["area_level"] == "kabupaten" and row.get("umkm", {}).get("total")
    ]
    if not rows:
        return []
    named = ", ".join(f"{name} {_share(abs(share), console)}" for share, _, name in sorted(rows)[:3])
    return [f"{console.words('cli.least_served')}: {named}"]


def _rest(facts: dict[str, Any], console: Console) -> list[str]:
    evidence, words = facts["evidence"], console.words
    n_bad = sum(item["n_quarantined"] for item in facts["layers"])
    lines = [
        words(
            "cli.evidence",
            umkm=_number(evidence["umkm"], console),
            share=_share(evidence["umkm_share"], console),
            people=_number(evidence["people"], console),
            rows=_number(evidence["n_rows_observed"], console),
            used=_number(evidence["n_rows_used"], console),
        )
    ]
    conflicts = facts["demand"].get("conflicts", [])
    if conflicts:
        numbers = {name: _number(conflicts[0][name], console) for name in ("stated", "used")}
        first = words(f"conflicts.{conflicts[0]['kind']}", code=conflicts[0]["area_code"], **numbers)
        lines.append(words("cli.conflicts", n=_number(len(conflicts), console), first=first))
    check = facts["plan"].get("interference", {})
    if check.get("n_short"):
        numbers = {"n": _number(check["n_short"], console), "of": _number(check["n_sites"], console)}
        lines.append(words("cli.interference", share=_share(check["carried_share"], console), **numbers))
    if check.get("existing_lost_umkm", 0.0) >= 1.0:
        numbers = {name: _number(check[f"existing_lost_{name}"], console) for name in ("umkm", "people")}
        lines.append(words("cli.harm", **numbers))
    if facts["assumptions"]["is_radius_short"]:
        lines.append(
            words("map.notice.radius", share=_share(facts["assumptions"]["coverage_rim_above_share"], console))
        )
    if n_bad:
        lines.append(words("cli.quarantined", n=_number(n_bad, console)))
    lines.append(words("cli.indicative"))
    return lines
