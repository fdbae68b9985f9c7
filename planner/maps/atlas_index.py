"""The list of an atlas: every kabupaten with what matters most, in both languages, without a script."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.maps.figure import read_asset
from planner.maps.inputs import MapInputs
from planner.schema_columns import LEVELS
from planner.words import LANGUAGES, Words, read_words

__all__ = ["IndexRow", "index_html"]

_BILLION = 1e9
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True)
class IndexRow:
    """One kabupaten of the list.

    Parameters
    ----------
    file
        Its page, beside the list.
    name, above
        Its name and that of its provinsi.
    record
        What the facts say of it.
    plan
        What the facts say of the plan within it.
    """

    file: str
    name: str
    above: str
    record: Mapping[str, Any]
    plan: Mapping[str, Any]

    @property
    def counts(self) -> list[float]:
        """UMKM by level, in the order of `LEVELS`."""
        umkm = self.record.get("umkm", {})
        return [float(umkm.get(level) or 0.0) for level in LEVELS]


def index_html(inputs: MapInputs, rows: Sequence[IndexRow], *, language: str) -> str:
    """The list as one page that asks for nothing and runs nothing; worst served first.

    Parameters
    ----------
    inputs
        Titles, date and run of the page.
    rows
        The kabupaten.
    language
        Language that is shown first; the other one is a click away.
    """
    ordered = sorted(rows, key=lambda row: (-_unserved(row.counts), -row.counts[2], row.name, row.file))
    languages = sorted(LANGUAGES, key=lambda name: name != language)
    inputs_html = "".join(
        f'<input type="radio" name="lang" id="lang-{name}"{" checked" if name == language else ""}>'
        f'<label for="lang-{name}" lang="{name}">{name.upper()}</label>'
        for name in languages
    )
    views = "".join(_view(inputs, ordered, read_words(name), name) for name in languages)
    title = html.escape(inputs.title_en if language == "en" and inputs.title_en else inputs.title_id)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title} · Merata</title>\n<style>\n{read_asset('merata.css')}\n</style>\n</head>\n"
        f'<body class="list"><main><div class="list-lang">{inputs_html}</div>{views}</main></body>\n</html>\n'
    )


def _view(inputs: MapInputs, rows: Sequence[IndexRow], words: Words, language: str) -> str:
    title = html.escape(inputs.title_en if language == "en" and inputs.title_en else inputs.title_id)
    synthetic = f'<p><strong class="badge">{html.escape(words("map.synthetic_badge"))}</strong></p>'
    heads = "".join(
        f'<th scope="col"{" class=num" if i > 1 else ""}>{html.escape(words(key))}</th>'
        for i, key in enumerate(
            (
                "area_levels_short.kabupaten",
                "map.atlas_levels",
                "map.unit.umkm",
                "map.rank.unserved",
                "map.rank.sites",
                "map.atlas_cost",
            )
        )
    )
    body = (
        "".join(_row(row, words) for row in rows)
        or f'<tr><td colspan="6">{html.escape(words("map.empty.areas"))}</td></tr>'
    )
    return (
        f'<section lang="{language}" class="list-view"><p class="eyebrow">Merata · {html.escape(words("map.atlas"))}</p>'
        f"<h1>{title}</h1>{synthetic if inputs.is_synthetic else ''}"
        f'<p class="note">{html.escape(words("map.atlas_why"))} {html.escape(words("map.indicative_why"))}</p>'
        f'<p><a class="more" href="../map.html">{html.escape(words("map.atlas_whole"))}</a></p>'
        f'<div class="wide"><table class="rank"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
        f'<p class="note">{html.escape(words("map.run"))} {html.escape(inputs.run_hash)} · {html.escape(inputs.date)}</p></section>'
    )


def _row(row: IndexRow, words: Words) -> str:
    counts = row.counts
    total = sum(counts)
    share = _unserved(counts)
    bar = "".join(
        f'<i class="{level}" style="width:{100.0 * count / total:.2f}%"></i>'
        for level, count in zip(LEVELS, counts, strict=True)
        if total > 0 and count > 0
    )
    n_sites, cost = row.plan.get("n_sites"), row.plan.get("cost_idr")
    figures = (
        _number(total, "#,##0", words) if total else "–",
        "–" if share < 0 else _number(share, "0.0%", words),
        _number(n_sites, "#,##0", words) if n_sites else "–",
        _number(cost / _BILLION, "#,##0.0", words) if cost else "–",
    )
    cells = "".join(f'<td class="num">{html.escape(text)}</td>' for text in figures)
    return (
        f'<tr><td><a class="link" href="{html.escape(row.file, quote=True)}">{html.escape(row.name)}</a>'
        f'<small>{html.escape(row.above)}</small></td><td><span class="bar thin">{bar}</span></td>{cells}</tr>'
    )


def _number(value: float, pattern: str, words: Words) -> str:
    from babel.numbers import format_decimal, format_percent

    write = format_percent if pattern.endswith("%") else format_decimal
    return str(write(value, format=pattern, locale={"id": "id_ID", "en": "en_GB"}[words.language]))


def _unserved(counts: Sequence[float]) -> float:
    """Share unserved; −1 where most is unknown or nobody is there, as the map ranks them."""
    total = sum(counts)
    return -1.0 if total <= 0 or counts[3] > total / 2 else counts[2] / total
