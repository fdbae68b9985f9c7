"""What the report says, section by section: facts in the reader's words and numbers, for the template to set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.facts.flat import share, whole_levels
from planner.report import beside, outlook, sections
from planner.report._inputs import ReportInputs
from planner.report.annex import annex
from planner.report.figures import class_colours, drawn_level, pictures
from planner.report.say import Say, printable
from planner.report.tables import spoken
from planner.schema_columns import LEVELS
from planner.words import Words

__all__ = ["document"]


def document(inputs: ReportInputs, words: Words) -> dict[str, Any]:
    """The whole report as plain data.

    Parameters
    ----------
    inputs
        What to say. Totals come from ``facts`` alone.
    words
        Words of its language.

    Returns
    -------
    dict
        ``words`` (texts of ``[pdf]``), ``meta``, ``palette``, ``maps`` and one entry a section; every number is text
        already. `maps/templates/report.typ` says what it does with each.
    """
    say = Say(words.language)
    level_colours = class_colours("cells")
    return {
        "words": words.section("pdf"),
        "meta": _meta(inputs, words, say),
        "palette": [level_colours[level] for level in LEVELS],
        "levels": [words(f"levels.{level}") for level in LEVELS],
        "maps": {name: picture.to_json(words) for name, picture in pictures(inputs).items()},
        "level": _level_of_maps(inputs, words),
        "summary": _summary(inputs, words, say),
        "layers": sections.three_layers(inputs, words, say),
        "service": {**sections.service(inputs, words, say), "operators": outlook.operators(inputs, words, say)},
        "score": sections.score(inputs, words, say),
        "plan": {
            **sections.plan(inputs, words, say),
            "first": outlook.first_sites(inputs, words, say),
            "decisions": outlook.decisions(inputs, words, say),
            "existing": beside.existing_towers(inputs, words, say),
            "interference": beside.interference(inputs, words, say),
            "left_out": beside.left_out(inputs, words, say),
        },
        "money": {
            **sections.money(inputs, words, say),
            "years": outlook.years(inputs, words, say),
            "payers": outlook.payers(inputs, words, say),
        },
        "frontier": outlook.frontier(inputs, words, say),
        "programmes": sections.programmes(inputs, words, say),
        "equity": {
            **sections.equity(inputs, words, say),
            "rules": outlook.rules(inputs, words, say),
            "curves": beside.curves(inputs, words, say),
        },
        "surveys": sections.surveys(inputs, words, say),
        "claims": sections.claims(inputs, words, say),
        "assumptions": sections.assumptions(inputs, words, say),
        "ledger": sections.ledger(inputs, words, say),
        "annex": annex(inputs, words, say),
    }


def _meta(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    title = (inputs.title_en if words.language == "en" else inputs.title_id) or inputs.title_id or inputs.name
    is_synthetic = inputs.is_synthetic or any(code == "synthetic" for code, _ in inputs.notices)
    notices = [words(f"map.notice.{code}", **spoken(fields, words.language)) for code, fields in inputs.notices]
    number = inputs.document_number or f"MERATA/{inputs.name}/{inputs.date:%Y%m%d}/{inputs.run_hash[:8]}"
    return {
        "lang": words.language,
        "title": printable(title),
        "number": printable(number, breaks=False),
        "date": say.date(inputs.date),
        "run": inputs.run_hash,
        "is_synthetic": is_synthetic,
        "watermark": words("pdf.watermark_synthetic" if is_synthetic else "pdf.watermark_indicative"),
        "banner": " ".join([words("report.synthetic")] * is_synthetic + [words("report.indicative")]),
        "notices": [printable(text, 400) for text in notices],
        "people": [
            {"role": words(f"pdf.{role}"), "name": printable(getattr(inputs, f"{role}_by"))}
            for role in ("prepared", "checked", "approved")
        ],
    }


def _level_of_maps(inputs: ReportInputs, words: Words) -> str:
    level = drawn_level(inputs)
    return words(f"area_levels.{level}") if level else ""


def _summary(inputs: ReportInputs, words: Words, say: Say) -> dict[str, Any]:
    facts = inputs.facts
    (now, then), planned = whole_levels(facts), facts.get("plan") or {}
    umkm = now.get("umkm", {})
    whole = facts.get("whole", {}).get("umkm")
    fields: dict[str, str] = {
        "n_umkm": say.number(whole),
        "share_unserved": say.share(share(umkm.get("unserved"), whole)),
        "share_limited": say.share(share(umkm.get("limited"), whole)),
    }
    if planned.get("n_sites"):
        fields |= {
            "ceiling": say.money(inputs.ceiling_idr), "n_sites": say.number(planned["n_sites"]),
            "n_new": say.number(planned["n_umkm_new"]), "people_new": say.number(planned["people_new"]),
            "cost": say.money(planned["cost_idr"]), **_of_years(planned, say),
        }  # fmt: skip
    kind = "" if planned.get("n_sites") else "_no_plan"
    lead = words(f"pdf.summary_lead{'_years' if 'first' in fields else kind}", **fields)
    tables = [sections.by_level(now, words, say, words("pdf.now"))]
    if planned:
        tables.append(sections.by_level(then, words, say, words("pdf.then")))
    return {
        "lead": lead,
        "cards": _cards(facts, planned, words, say),
        "tables": tables,
        "least": sections.least_served(inputs, words, say),
    }


def _of_years(planned: Mapping[str, Any], say: Say) -> dict[str, str]:
    """What is spent within the years of a plan, and after them; nothing for a plan under one ceiling."""
    years = [row["year"] for row in planned.get("years") or ()]
    if not years:
        return {}
    after = planned.get("opex_after_idr_per_year")
    return {
        "cost": say.money(planned.get("spent_idr")),
        "after": say.money(after),
        "first": str(years[0]),
        "last": str(years[-1]),
    }


def _cards(facts: Mapping[str, Any], planned: Mapping[str, Any], words: Words, say: Say) -> list[dict[str, str]]:
    umkm, whole = facts.get("totals", {}).get("umkm", {}), facts.get("whole", {}).get("umkm")
    observed = sum(facts.get("umkm", {}).get("evidence", {}).get("observed", {}).values())
    unserved = f"{say.number(umkm.get('unserved'))} {words('pdf.of', n=say.number(whole))}"
    unsure = words("pdf.card_gap_unsure", share=say.share(share(observed, whole)))  # no gap without it
    found = [(say.share(share(umkm.get("unserved"), whole)), "card_unserved", unserved)]
    if planned:
        proof = planned.get("certificate", {})
        found += [
            (say.number(planned["n_sites"]), "card_sites", ""),
            (say.money(planned["spent_idr"]), "card_spent", "")
            if planned.get("years")
            else (say.money(planned["cost_idr"]), "card_cost", ""),
            (say.number(planned["n_umkm_new"]), "card_new", ""),
            (say.share(proof.get("gap_share")), "card_gap", unsure),
        ]
    found.append((say.number(facts.get("evidence", {}).get("umkm")), "card_evidence", ""))
    return [{"value": value, "label": words(f"pdf.{key}"), "note": note} for value, key, note in found]
